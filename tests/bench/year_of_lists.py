"""Drafts, publishes and counts again the list of every month of a year, on a database made by bench_seed.

usage: year_of_lists.py FOLDER FIRST LAST [--agency H32]

FOLDER holds m.db, master.key and is written into. For each month from FIRST to LAST (2025-11, 2026-10): the list is
opened, reviewed, published (which replays the events), fetched with its export, verified, recomputed by the engine byte
for byte and by tools/recompute_late_list.py; the identities are checked; and the open of one month must be what the
next one brings forward. Prints a line a month with the times, and ends with 1 at the first difference.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[2]
MOTCUA = ROOT / "build/motcua"
LISTEN = "127.0.0.1:8197"
OFFICER = "H32.ct01"


class Service:
    def __init__(self, folder):
        config = json.loads((ROOT / "config/server.json").read_text(encoding="utf-8"))
        config.update(listen=LISTEN, database=str(folder / "m.db"), master_key_file=str(folder / "master.key"),
                      keys_file=str(folder / "keys.json"))
        for name in ("calendars", "rulebook", "agencies", "ladders", "procedures", "messages", "slips"):
            config[name] = str(ROOT / config[name])
        self.config = folder / "server.json"
        self.config.write_text(json.dumps(config), encoding="utf-8")
        (folder / "keys.json").unlink(missing_ok=True)
        subprocess.run([MOTCUA, "apply", "--config", self.config], check=True, stdout=subprocess.DEVNULL)
        self.process = subprocess.Popen([MOTCUA, "serve", "--config", self.config], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for line in self.process.stdout:
            if "export KEY=" in line:
                self.key = line.split("=")[1].strip()
                break
        while True:
            try:
                return self.ask("GET", "/healthz") and None
            except urllib.error.URLError:
                time.sleep(0.02)

    def ask(self, method, path, body=None):
        request = urllib.request.Request(f"http://{LISTEN}{path}", method=method)
        request.add_header("Authorization", f"Bearer {self.key}")
        data = None
        if body is not None:
            request.add_header("Content-Type", "application/json")
            request.add_header("Idempotency-Key", str(uuid.uuid4()))
            data = json.dumps(body).encode()
        try:
            with urllib.request.urlopen(request, data, timeout=60) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{method} {path}: {error.read().decode()[:500]}") from None

    def list_when(self, identifier, state):
        began = time.monotonic()
        while True:
            found = json.loads(self.ask("GET", f"/v1/publications/{identifier}"))
            if found["state"] == state:
                return found, time.monotonic() - began
            if found["trouble"]:
                raise SystemExit(f"{found['month']}: {found['trouble']}")
            time.sleep(0.05)

    def stop(self):
        self.process.terminate()
        self.process.wait()


def months(first, last):
    year, month = map(int, first.split("-"))
    while f"{year}-{month:02}" <= last:
        yield f"{year}-{month:02}"
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def check_identities(counts, place):
    of = counts.get
    holds = (of("brought_forward") + of("received") == of("ended") + of("open")
             and of("settled") + of("withdrawn") + of("stopped") == of("ended")
             and of("early") + of("on_time") + of("late_ended") == of("ended") - of("untimed_ended")
             and of("late_ended") + of("late_open") == of("late"))
    if not holds:
        raise SystemExit(f"{place}: the counts do not add up: {counts}")


def check_document(document, place):
    total = document["head"]["total"]
    check_identities(total, place)
    for section in document["agencies"]:
        check_identities(section["counts"], f"{place} {section['agency']}")
    for name in ("received", "brought_forward", "ended", "open", "late", "delay_seconds"):
        if sum(section["counts"][name] for section in document["agencies"]) != total[name]:
            raise SystemExit(f"{place}: the agencies do not sum up to {name}")
    codes = [row["code"] for section in document["agencies"] for row in section["late"]]
    if len(codes) != len(set(codes)):
        raise SystemExit(f"{place}: a dossier is counted twice")
    return total


def run(command):
    began = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return time.monotonic() - began


def publish(service, month, agency):
    opened = json.loads(service.ask("POST", "/v1/publications", {"month": month, "officer": OFFICER, "agency": agency}))
    identifier = opened["id"]
    _, drafting = service.list_when(identifier, "draft")
    service.ask("POST", f"/v1/publications/{identifier}/review", {"officer": OFFICER})
    service.ask("POST", f"/v1/publications/{identifier}/publish", {"officer": OFFICER})
    published, publishing = service.list_when(identifier, "published")
    return published, drafting, publishing


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("first")
    parser.add_argument("last")
    parser.add_argument("--agency", default="H32")
    options = parser.parse_args()
    service, before = Service(options.folder), None
    try:
        for month in months(options.first, options.last):
            published, drafting, publishing = publish(service, month, options.agency)
            folder = f"/public/late/{month}/{options.agency}-{published['number']}/"
            envelope, export = options.folder / "list.json", options.folder / "export.jsonl"
            envelope.write_bytes(service.ask("GET", folder + "list.json"))
            with export.open("w", encoding="utf-8") as out:
                exporting = time.monotonic()
                subprocess.run([MOTCUA, "export-publication", month, "--agency", options.agency, "--config",
                                service.config], stdout=out, check=True)
                exporting = time.monotonic() - exporting
            run([MOTCUA, "verify", envelope, "--key", published["public_key"]])
            again = run([MOTCUA, "recompute", export, "--against", envelope])
            python = run([sys.executable, ROOT / "tools/recompute_late_list.py", export, envelope])
            total = check_document(json.loads(envelope.read_text(encoding="utf-8"))["document"], month)
            if before is not None and before != total["brought_forward"]:
                raise SystemExit(f"{month}: brings forward {total['brought_forward']}, but {before} were open before")
            before = total["open"]
            print(f"{month}: received {total['received']}, ended {total['ended']}, open {total['open']}, late "
                  f"{total['late']}; draft {drafting:.2f} s, replay and files {publishing:.2f} s, export "
                  f"{exporting:.2f} s, recomputed {again:.2f} s, by Python {python:.2f} s", flush=True)
    finally:
        service.stop()


if __name__ == "__main__":
    main()
