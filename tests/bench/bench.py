#!/usr/bin/env python3
"""Measures the service against the floor of a bare echo server, on one machine in one run.

Both run all the time; load goes to one after the other, round by round, so that what else happens on the
machine meets both. Every answer that is not 2xx counts, and fails the run. What is printed: medians over the
rounds, their spread, CPU per request (of the server), pages per command, and the targets.
"""

import argparse
import json
import os
import pathlib
import platform
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from measured import Echo, HeldPages, Service, WalPages, paced, whole, wrk  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONNECTIONS = 64
WARM_UP = 2  # seconds at the same rate before latencies count
VIETNAM = "%2B07:00"


class Commands:
    """The next legal command of each open dossier: every dossier once before any a second time."""

    def __init__(self, file):
        self.waiting = []
        for line in file.read_text().splitlines():
            fields = line.split("\t")
            steps = list(zip(fields[3::2], fields[4::2]))
            if steps:
                self.waiting.append((fields[0], steps))

    def take(self, count):
        taken, self.waiting = self.waiting[:count], self.waiting[count:]
        return taken

    def give_back(self, taken, used, threads):
        """`used` of the lines of each thread were sent; some of the last may not have been answered, and those
        dossiers are left alone from then on."""
        for place, (dossier, steps) in enumerate(taken):
            thread, turn = place % threads, place // threads
            if turn >= used[thread]:
                self.waiting.insert(0, (dossier, steps))
            elif turn < used[thread] - 10 * CONNECTIONS and len(steps) > 1:
                self.waiting.append((dossier, steps[1:]))

    def save(self, file):
        """What is left, so that a database may be used for another run."""
        file.write_text("".join("\t".join([dossier, "", ""] + [part for step in steps for part in step]) + "\n"
                                for dossier, steps in self.waiting))

    @staticmethod
    def lines(taken):
        return [f"POST\t/v1/dossiers/{dossier}/{steps[0][0]}\t{steps[0][1]}" for dossier, steps in taken]


class Bench:
    def __init__(self, arguments, folder):
        self.arguments = arguments
        self.folder = folder
        self.threads = 2
        self.failures = []
        self.results = {}
        self.runs = 0
        self.began = f"{time.time():.0f}"  # no key of an earlier run is used again

    def service_threads(self):
        return json.loads((self.folder / "server.json").read_text())["threads"]

    # Preparation ------------------------------------------------------------------------------------------

    def seed(self):
        a = self.arguments
        began = time.monotonic()
        subprocess.run([a.build / "tests/bench_seed", ROOT, self.folder / "motcua.db", self.folder / "master.key",
                        self.folder, str(a.dossiers), str(a.open), "1"], check=True)
        self.results["seed_seconds"] = round(time.monotonic() - began, 1)
        self.results["database_bytes"] = (self.folder / "motcua.db").stat().st_size

    def prepare(self):
        """The requests of each kind of load, as files."""
        ids = (self.folder / "ids.txt").read_text().split()
        bodies = (self.folder / "submit.jsonl").read_text().splitlines()
        self.body_bytes = round(statistics.mean(len(body.encode()) for body in bodies))
        self.write("get", [f"GET\t/v1/dossiers/{id}\t" for id in ids])
        self.write("submit", [f"POST\t/v1/dossiers\t{body}" for body in bodies])
        self.commands = Commands(self.folder / "open.tsv")
        sizes = [len(self.service.get(f"/v1/dossiers/{id}")) for id in ids[:200]]
        self.dossier_bytes = round(statistics.mean(sizes))
        self.write("whole", self.whole_lives(bodies))
        self.write("late_now", self.late_targets(now=True))
        self.write("late_past", self.late_targets(now=False))

    def late_targets(self, now):
        """First and later pages of everybody's list and of each agency's, at one or at many instants."""
        chance = random.Random(2)
        agencies = [a["code"] for a in json.loads((ROOT / "config/agencies.json").read_text())["agencies"]]
        targets = []
        for _ in range(12 if now else 60):
            at = time.time() if now else chance.uniform(1706720400, time.time() - 86400)
            stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at + 7 * 3600)) + VIETNAM
            agency = chance.choice(agencies + [""] * len(agencies))
            target = "/v1/late?limit=200" + ("" if now else f"&at={stamp}") + (f"&agency={agency}" if agency else "")
            for _ in range(5):
                targets.append(target)
                following = json.loads(self.service.get(target))["next"]
                if not following:
                    break
                # The instant is part of a later page's address; '+' must be escaped in a query.
                target = following.replace("+", "%2B")
        chance.shuffle(targets)
        return [f"GET\t{target}\t" for target in targets]

    def whole_lives(self, bodies):
        """Ten calls each, of dossiers handed in at a counter whose steps follow in the order of the file."""
        agencies = {a["code"]: a for a in json.loads((ROOT / "config/agencies.json").read_text())["agencies"]}
        plain = set()
        for file in (ROOT / "workflows").glob("*.json"):
            definition = json.loads(file.read_text())
            steps = definition.get("steps", [])
            if len(steps) > 1 and not any("next" in step for step in steps):
                plain.add(definition.get("code"))
        lines = []
        for body in map(json.loads, bodies):
            if body["channel"] != "direct" or body["procedure"] not in plain:
                continue
            body.pop("accept", None)
            officers = agencies[body.get("competent_agency") or body["receiving_agency"]].get("officers")
            if not officers:
                continue
            assign = json.dumps({"officer": officers[0]["id"]})
            ask = json.dumps({"missing": [body["papers"][0]["key"]] if body.get("papers") else [], "reason": "thiếu"})
            calls = [("accept", "{}"), ("receive-forwarded", "{}"), ("assign", assign), ("complete-step", "{}"),
                     ("request-supplement", ask), ("supplement", "{}"), ("accept-supplement", "{}"),
                     ("settle", '{"outcome":"granted","result_form":"electronic"}'), ("return-result", "{}")]
            lines.append("\t".join([json.dumps(body, ensure_ascii=False)] + [part for call in calls for part in call]))
        return lines

    def write(self, name, lines):
        (self.folder / f"{name}.tsv").write_text("".join(line + "\n" for line in lines))

    def hold_pages(self):
        """None where the database is left to the machine, which the settings then say."""
        self.pages = "left to the machine"
        if self.arguments.let_go:
            return None
        try:
            held = HeldPages(self.folder / "motcua.db")
        except OSError as error:
            self.pages += f", as its pages cannot be kept in memory ({error.strerror})"
            return None
        self.pages = "its pages kept in memory"
        return held

    # Load -------------------------------------------------------------------------------------------------

    def load(self, process, name, mode="cycle", seconds=None):
        self.runs += 1
        run = f"{self.began}-{self.runs}"
        cpu = process.cpu_seconds()
        pages = WalPages(self.folder / "motcua.db-shm") if process is self.service else None
        made = wrk(process.port, self.folder / f"{name}.tsv", mode, process.token, run,
                   seconds or self.arguments.seconds, CONNECTIONS, self.threads)
        if pages:
            made["pages"] = pages.stop() / max(made["requests"], 1)
        made["rate"] = made["requests"] / made["microseconds"] * 1e6
        made["cpu_us"] = (process.cpu_seconds() - cpu) / max(made["requests"], 1) * 1e6
        wrong = {k: made[k] for k in ("status", "broken", "timeouts", "exhausted") if made[k]}
        if wrong:
            self.failures.append(f"{name} on {process.name}: {wrong}")
        return made

    def transitions(self, seconds=None):
        seconds = seconds or self.arguments.seconds
        taken = self.commands.take(min(int(seconds * 12_000), len(self.commands.waiting)))
        self.write("transition", Commands.lines(taken))
        made = self.load(self.service, "transition", "once", seconds)
        self.commands.give_back(taken, made["taken"], self.threads)
        return made

    def round(self):
        return {
            "echo_post": self.load(self.echo, "submit"),
            "submit": self.load(self.service, "submit"),
            "transition": self.transitions(),
            "echo_get": self.load(self.echo, "get"),
            "get": self.load(self.service, "get"),
        }

    def whole_dossiers(self):
        """The echo server and the service, one after the other in each round, with the same calls."""
        self.wholes = []
        for number in range(self.arguments.rounds):
            made = {}
            for process in (self.echo, self.service):
                cpu = process.cpu_seconds()
                one = whole(self.arguments.build, process, self.folder / "whole.tsv", self.arguments.seconds,
                            CONNECTIONS, f"{self.began}-w{number}-{process.name}")
                one["cpu_us"] = (process.cpu_seconds() - cpu) / max(one["requests"], 1) * 1e6
                one["rate"] = one["dossiers"] / one["seconds"]
                if one["failed"]:
                    self.failures.append(f"whole dossiers on {process.name}: {one['failed']} calls failed")
                made[process.name] = one
            self.wholes.append(made)

    def max_rates(self):
        self.load(self.service, "get", seconds=2)  # warm
        self.rounds = []
        for number in range(self.arguments.rounds):
            made = self.round()
            self.rounds.append(made)
            print(f"round {number + 1}: " + ", ".join(f"{k} {v['rate']:.0f}/s" for k, v in made.items()), flush=True)
        self.late = {name: self.load(self.service, name) for name in ("late_now", "late_past")}

    def median(self, name, field="rate"):
        return statistics.median(made[name][field] for made in self.rounds)

    def latencies(self):
        """At half of what each kind of request can do at most."""
        seconds = max(self.arguments.seconds, 5)
        out = {}
        rate = self.median("submit") / 2
        bodies = (self.folder / "submit.tsv").read_text().splitlines()
        out["submit"] = self.paced_run(self.service, bodies, rate, seconds, "ps")
        rate = self.median("transition") / 2
        taken = self.commands.take(int(rate * (seconds + WARM_UP)) + 1)
        out["transition"] = self.paced_run(self.service, Commands.lines(taken), rate, seconds, "pt")
        gets = (self.folder / "get.tsv").read_text().splitlines()
        out["echo_get"] = self.paced_run(self.echo, gets, self.median("get") / 2, seconds, "eg")
        out["get"] = self.read_latency("get", self.median("get") / 2, seconds)
        for name in ("late_now", "late_past"):
            out[name] = self.read_latency(name, self.late[name]["rate"] / 2, seconds)
        for name, made in out.items():
            if made["failed"]:
                self.failures.append(f"{name} at a fixed rate: {made['failed']} failed")
        self.latency = out

    def read_latency(self, name, rate, seconds):
        lines = (self.folder / f"{name}.tsv").read_text().splitlines()
        return self.paced_run(self.service, lines, rate, seconds, name)

    def paced_run(self, process, lines, rate, seconds, name):
        need = int(rate * (seconds + WARM_UP)) + 1
        file = self.folder / "paced.tsv"
        file.write_text("".join(line + "\n" for line in (lines * (need // len(lines) + 1))[:need]))
        return paced(self.arguments.build, process, file, rate, seconds, WARM_UP, CONNECTIONS, f"{self.began}-{name}")

    def calendar(self):
        made = subprocess.run([self.arguments.build / "tests/bench_calendar", "--benchmark_format=json",
                               "--benchmark_filter=add_(warm|cold)", "--benchmark_repetitions=3",
                               "--benchmark_report_aggregates_only=true", "--benchmark_min_time=0.2"],
                              check=True, capture_output=True, text=True)
        return {b["run_name"]: b["real_time"] for b in json.loads(made.stdout)["benchmarks"]
                if b["aggregate_name"] == "median"}

    # The whole --------------------------------------------------------------------------------------------

    def run(self):
        a = self.arguments
        if not a.database:
            self.seed()
        self.service = Service(a.build, ROOT, self.folder)
        self.echo = None
        held = self.hold_pages()
        try:
            self.results["ready_seconds_first"] = self.service.start()
            self.prepare()
            self.echo = Echo(a.build, self.dossier_bytes)
            self.max_rates()
            self.whole_dossiers()
            self.latencies()
            self.results["rss_anon_mb"] = self.service.rss_anon_mb()
            self.service.stop()
            self.results["ready_seconds"] = self.service.start()
        finally:
            self.service.stop()
            if hasattr(self, "commands"):
                self.commands.save(self.folder / "open.tsv")
            if self.echo:
                self.echo.stop()
            if held:
                held.release()
        self.results["calendar_ns"] = self.calendar()

    def rows(self):
        """(what, target, measured, ratio, spread over the rounds, CPU per request, pages per command)."""
        def rate_row(what, name, floor, least_ratio, least_rate=None):
            ratios = [made[name]["rate"] / made[floor]["rate"] for made in self.rounds]
            ratio, rate = statistics.median(ratios), self.median(name)
            met = ratio >= least_ratio and (least_rate is None or rate >= least_rate)
            target = f"≥ {least_ratio:.2f} of echo" + (f", ≥ {least_rate}/s" if least_rate else "")
            pages = f"{self.median(name, 'pages'):.1f}" if name != "get" else ""
            return (what, target, f"{rate:.0f}/s", f"{ratio:.2f}", f"{min(ratios):.2f}–{max(ratios):.2f}",
                    f"{self.median(name, 'cpu_us'):.0f} µs", pages, met)

        def echo_row(what, name):
            rates = [made[name]["rate"] for made in self.rounds]
            return (what, "", f"{statistics.median(rates):.0f}/s", "", f"{min(rates):.0f}–{max(rates):.0f}",
                    f"{self.median(name, 'cpu_us'):.0f} µs", "", None)

        def latency_row(what, name, most_ms):
            made = self.latency[name]
            p99 = made["p99"] / 1000
            target, met = (f"p99 ≤ {most_ms} ms", p99 <= most_ms) if most_ms else ("", None)
            return (what, target, f"p99 {p99:.2f} ms", "", f"p50 {made['p50'] / 1000:.2f} ms",
                    f"at {made['rate']:.0f}/s", "", met)

        def whole_row(what, name):
            def middle(field):
                return statistics.median(made[name][field] for made in self.wholes)
            ratio = statistics.median(made[name]["rate"] / made["echo"]["rate"] for made in self.wholes)
            return (what, "", f"{middle('rate'):.0f} dossiers/s", f"{ratio:.2f}",
                    f"a call p50 {middle('p50') / 1000:.2f}, p90 {middle('p90') / 1000:.2f}, "
                    f"p99 {middle('p99') / 1000:.2f} ms", f"{middle('cpu_us'):.0f} µs", "", None)

        def plain_row(what, target, value, unit, met):
            return (what, target, f"{value:.4g} {unit}", "", "", "", "", met)

        calendar, results = self.results["calendar_ns"], self.results
        warm = [calendar["add_warm/one_hour"], calendar["add_warm/three_years"]]
        cold = [calendar["add_cold/one_hour"], calendar["add_cold/three_years"]]
        apart = max(abs(warm[0] - warm[1]), abs(cold[0] - cold[1]))
        return [
            echo_row("echo POST", "echo_post"), echo_row("echo GET", "echo_get"),
            rate_row("submit", "submit", "echo_post", 0.30),
            rate_row("transition", "transition", "echo_post", 0.12, 3000),
            rate_row("GET dossier", "get", "echo_get", 0.35),
            whole_row("ten calls on echo", "echo"), whole_row("dossier of ten calls", "motcua"),
            latency_row("submit, half rate", "submit", 25),
            latency_row("transition, half rate", "transition", 25),
            latency_row("GET dossier, half rate", "get", 1),
            latency_row("echo GET at that rate", "echo_get", None),
            latency_row("late page of 200, now", "late_now", 5),
            latency_row("late page of 200, past", "late_past", 20),
            plain_row("add, warm", "≤ 30 ns", max(warm), "ns", max(warm) <= 30),
            plain_row("add, cold", "≤ 150 ns", max(cold), "ns", max(cold) <= 150),
            plain_row("add, 1 h against 3 years", "≤ 10 ns apart", apart, "ns", apart <= 10),
            plain_row("ready after start", "< 1 s", results["ready_seconds"], "s", results["ready_seconds"] < 1),
            plain_row("RssAnon after the run", "< 250 MB", results["rss_anon_mb"], "MB", results["rss_anon_mb"] < 250),
        ]

    def report(self):
        head = ("what", "target", "measured", "ratio", "spread", "CPU/request", "pages", "")
        rows = [head] + [row[:7] + ({True: "met", False: "NOT MET", None: ""}[row[7]],) for row in self.rows()]
        widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
        for row in rows:
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
        settings = self.settings()
        for name, value in settings.items():
            print(f"{name}: {value}")
        for failure in self.failures:
            print(f"FAILED: {failure}")
        self.arguments.json.write_text(json.dumps(
            {"settings": settings, "rows": [dict(zip(head[:7] + ("met",), row)) for row in self.rows()],
             "rounds": self.rounds, "late_max": self.late, "latency": self.latency, "whole": self.wholes, "other": self.results,
             "failures": self.failures}, ensure_ascii=False, indent=1))
        print(f"all figures: {self.arguments.json}")

    def settings(self):
        a = self.arguments
        model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")),
                     platform.machine())
        memory = next(int(line.split()[1]) for line in open("/proc/meminfo") if line.startswith("MemTotal"))
        return {
            "machine": f"{os.cpu_count()} × {model}, {memory / 1e6:.0f} GB, Linux {platform.release()}",
            "load before and after": f"{self.load_before:.1f}, {os.getloadavg()[0]:.1f} (1 minute)",
            "settings": f"{CONNECTIONS} connections, {a.rounds} rounds of {a.seconds} s, wrk with {self.threads} threads, "
                        f"service with {self.service_threads()} threads, as shipped, echo with 2",
            "database": f"{a.dossiers} dossiers, {a.open} open, {self.service.database_bytes() / 1e6:.0f} MB, "
                        + self.pages,
            "bodies": f"submission {self.body_bytes} bytes, dossier {self.dossier_bytes} bytes, "
                      f"late page {self.late_bytes()} bytes",
        }

    def late_bytes(self):
        return round(self.late["late_now"]["bytes"] / max(self.late["late_now"]["requests"], 1))


def arguments_of(argv):
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--quick", action="store_true", help="60,000 dossiers and one short round")
    parser.add_argument("--rounds", type=int, help="at least five for figures to keep (default 5)")
    parser.add_argument("--seconds", type=int, help="of each load in a round (default 8)")
    parser.add_argument("--dossiers", type=int)
    parser.add_argument("--open", type=int)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--folder", type=pathlib.Path, help="keep the database there, and use one that is there")
    parser.add_argument("--let-go", action="store_true",
                        help="do not keep the database's pages in memory while it is measured")
    parser.add_argument("--json", type=pathlib.Path, help="default: bench.json in the build folder")
    a = parser.parse_args(argv)
    quick = (1, 3, 60_000, 20_000)  # fewer open ones would not last for the transitions
    full = (5, 8, 1_000_000, 300_000)
    for name, small, large in zip(("rounds", "seconds", "dossiers", "open"), quick, full):
        if getattr(a, name) is None:
            setattr(a, name, small if a.quick else large)
    a.json = a.json or a.build / "bench.json"
    a.database = a.folder is not None and (a.folder / "motcua.db").exists()
    return a


def main():
    arguments = arguments_of(sys.argv[1:])
    folder = arguments.folder or pathlib.Path(tempfile.mkdtemp(prefix="motcua-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    bench = Bench(arguments, folder)
    bench.load_before = os.getloadavg()[0]
    try:
        bench.run()
        bench.report()
    finally:
        if not arguments.folder:
            shutil.rmtree(folder)
    return 1 if bench.failures else 0


if __name__ == "__main__":
    sys.exit(main())
