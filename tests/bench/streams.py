#!/usr/bin/env python3
"""What streams of events cost: their memory, and what is left of the rate of commands while they follow.

Two kinds of events are written at once: submissions, as many as the server takes, and refusals at a fixed rate.
The streams, each with the scope of one agency or the province, follow the refusals. Rounds with and without them
take turns. Prints medians and the targets; the exit status is 1 when one is missed.

usage: streams.py [--build build] [--streams 1000] [--rounds 5] [--seconds 5] [--events 50]
"""

import argparse
import hashlib
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from measured import Service, paced, wrk  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Followers:
    """Streams that are open until the end of the block."""

    def __init__(self, bench, count, target):
        self.command = [bench.build / "tests/bench_streams", str(bench.service.port), str(count),
                        bench.folder / "tokens.txt", target]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != "open\n":
            raise RuntimeError("the streams did not open")
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.told = json.loads(self.process.stdout.read())
        self.process.wait()


class Bench:
    def __init__(self, arguments, folder):
        self.arguments, self.folder, self.build = arguments, folder, arguments.build
        subprocess.run([self.build / "tests/bench_seed", ROOT, folder / "motcua.db", folder / "master.key", folder,
                        str(arguments.dossiers), "1000", "1"], check=True, stdout=subprocess.DEVNULL)
        self.service = Service(self.build, ROOT, folder)
        self.deal_keys()
        self.service.start()
        self.runs = 0

    def deal_keys(self):
        """A key for each agency that takes dossiers in, and one for the province."""
        keys = json.loads((self.folder / "keys.json").read_text())
        tokens = []
        agencies = [a for a in json.loads((ROOT / "config/agencies.json").read_text())["agencies"] if not a["valid_to"]]
        for place, agency in enumerate(agencies + [None]):
            token = f"mc_streams_{place}"
            tokens.append(token)
            keys["keys"].append({"id": f"s{place}", "name": "streams", "sha256": hashlib.sha256(token.encode()).hexdigest(),
                                 "grants": [{"role": "integration"} | ({"agency": agency["code"]} if agency else {})]})
        (self.folder / "keys.json").write_text(json.dumps(keys))
        (self.folder / "tokens.txt").write_text("\n".join(tokens) + "\n")

    def refusals(self, count):
        """Dossiers that wait to be refused, submitted beforehand."""
        online = [json.loads(line) for line in (self.folder / "submit.jsonl").read_text().splitlines()]
        online = [body for body in online if body["channel"] == "online" and not body.get("accept")]
        self.runs += 1
        file = self.folder / "online.tsv"
        file.write_text("".join(f"POST\t/v1/dossiers\t{json.dumps(online[i % len(online)])}\n" for i in range(count)))
        last = json.loads(self.service.get("/v1/events?after=end"))["next"]
        paced(self.build, self.service, file, 400, count / 400, 0, 16, f"o{self.runs}")
        ids = []
        while True:
            page = json.loads(self.service.get(last))
            ids += [event["subject"] for event in page["items"] if event["type"] == "vn.motcua.dossier.submitted.v1"]
            last = page["next"]
            if not page["more"]:
                break
        refuse = self.folder / "refuse.tsv"
        refuse.write_text("".join(f'POST\t/v1/dossiers/{id}/refuse\t{{"reason":"Sai"}}\n' for id in ids))
        return refuse

    def round(self):
        """Commands a second while refusals come at their rate, the server's CPU for each, and the refusals."""
        a = self.arguments
        refuse = self.refusals(int(a.events * (a.seconds + 1)))
        self.runs += 1
        submit = self.folder / "submit.tsv"
        if not submit.exists():
            lines = (self.folder / "submit.jsonl").read_text().splitlines()
            submit.write_text("".join(f"POST\t/v1/dossiers\t{line}\n" for line in lines))
        told = {}
        beside = threading.Thread(target=lambda: told.update(
            paced(self.build, self.service, refuse, a.events, a.seconds, 0, 8, f"r{self.runs}")))
        cpu = self.service.cpu_seconds()
        beside.start()
        made = wrk(self.service.port, submit, "cycle", self.service.token, f"w{self.runs}", a.seconds, 64, 2)
        beside.join()
        if made["status"] or made["broken"] or told["failed"]:
            raise RuntimeError(f"not every command was taken: {made} {told}")
        cpu = (self.service.cpu_seconds() - cpu) / made["requests"] * 1e6
        return made["requests"] / made["microseconds"] * 1e6, cpu, told["requests"]

    def memory(self):
        count = self.arguments.streams
        before = self.service.rss_anon_mb()
        with Followers(self, count, "/v1/events/stream"):
            time.sleep(2)
            return before, self.service.rss_anon_mb()

    def compare(self, target):
        without, following, cpu_without, cpu_with, events, p = [], [], [], [], [], []
        for _ in range(self.arguments.rounds):
            rate, cpu, _ = self.round()
            without.append(rate)
            cpu_without.append(cpu)
            with Followers(self, self.arguments.streams, target) as followers:
                rate, cpu, written = self.round()
                following.append(rate)
                cpu_with.append(cpu)
                time.sleep(0.5)
            if followers.told["closed"]:
                raise RuntimeError("streams were closed")
            events.append(followers.told["events"] / max(1, written))
            p.append(rate / without[-1])
        return {"commands_per_second_without": round(statistics.median(without)),
                "commands_per_second_with": round(statistics.median(following)),
                "cpu_us_without": round(statistics.median(cpu_without)),
                "cpu_us_with": round(statistics.median(cpu_with)),
                "ratio": round(statistics.median(p), 3), "ratios": [round(one, 3) for one in p],
                "streams_told_of_an_event": round(statistics.median(events), 1)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--streams", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--events", type=float, default=50)
    parser.add_argument("--dossiers", type=int, default=20_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(arguments, pathlib.Path(name))
        try:
            # Before any load: else they would live in what it gave back.
            before, after = bench.memory()
            bench.round()  # warm
            print(f"{arguments.streams} idle streams: RssAnon {before:.1f} MB, then {after:.1f} MB (+{after - before:.1f})")
            told = bench.compare("/v1/events/stream?type=refused")
            print(f"{arguments.streams} streams follow {arguments.events:g} events/s: {json.dumps(told)}")
        finally:
            bench.service.stop()
    missed = [text for text, held in ((f"idle streams cost {after - before:.1f} MB, wanted < 50", after - before < 50),
                                      (f"commands at {told['ratio']}, wanted >= 0.9", told["ratio"] >= 0.9)) if not held]
    print("\n".join(missed) or "both targets held")
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
