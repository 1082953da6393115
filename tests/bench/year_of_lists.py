"""Drafts, publishes and counts again the list of every month of a year, on a database made by year_database.py.

usage: year_of_lists.py FOLDER FIRST LAST [--agency H32] [--procedures COUNT]

For each month from FIRST to LAST (2025-11, 2026-10): the list is opened, reviewed, published (which replays the events),
fetched with its export, verified, recomputed by the engine byte for byte and by tools/recompute_late_list.py; it is held
against the identities, against the journal as year_journal.py counts it past the engine, and against the month before.
Once, changed files are given to each of the programs, which must refuse them. Data without suspensions, re-appointments,
supplements and the like, or in which fewer than COUNT procedures were filed (all that are defined, unless said), are
refused. Prints a line a month with the times, and ends with 1 at the first difference.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid

from year_checks import check_document, check_follows, check_journal, check_turns
from year_database import LISTEN, MOTCUA, ROOT
from year_journal import Journal

OFFICER = "H32.ct01"


class Service:
    def __init__(self, folder):
        self.config = folder / "server.json"
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

    def cpu_seconds(self):
        """What the service has used, children not counted: on a busy machine the clock says little."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        self.process.terminate()
        self.process.wait()


def months(first, last):
    year, month = map(int, first.split("-"))
    while f"{year}-{month:02}" <= last:
        yield f"{year}-{month:02}"
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


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


class Files:
    """A published list with its export, and the programs that anybody may give them to."""

    def __init__(self, folder, public_key):
        self.envelope, self.export, self.public_key = folder / "list.json", folder / "export.jsonl", public_key
        self.changed_list, self.changed_export = folder / "changed_list.json", folder / "changed_export.jsonl"

    def verify(self, envelope):
        return [MOTCUA, "verify", envelope, "--key", self.public_key]

    def recompute(self, export, envelope):
        return [MOTCUA, "recompute", export, "--against", envelope]

    def by_python(self, export, envelope):
        return [sys.executable, ROOT / "tools/recompute_late_list.py", export, envelope]

    def refuse_changes(self):
        """An export that lacks a late dossier, and a list that counts one more: every program must say so."""
        envelope = json.loads(self.envelope.read_text(encoding="utf-8"))
        code = next(section["late"][0]["code"] for section in envelope["document"]["agencies"] if section["late"])
        lines = self.export.read_text(encoding="utf-8").splitlines()
        head = json.loads(lines[0])
        kept = [line for line in lines[1:] if f'"code":"{code}"' not in line]
        head["dossiers"] = len(kept)
        self.changed_export.write_text("\n".join([json.dumps(head, ensure_ascii=False, separators=(",", ":"))] + kept) + "\n",
                                       encoding="utf-8")
        envelope["document"]["head"]["total"]["received"] += 1
        self.changed_list.write_text(json.dumps(envelope, ensure_ascii=False), encoding="utf-8")
        for command in (self.recompute(self.changed_export, self.envelope), self.by_python(self.changed_export, self.envelope),
                        self.verify(self.changed_list), self.recompute(self.export, self.changed_list),
                        self.by_python(self.export, self.changed_list)):
            if len(kept) != len(lines) - 2 or subprocess.run(command, capture_output=True, check=False).returncode == 0:
                raise SystemExit(f"a changed file was taken: {' '.join(map(str, command))}")


def month_of(service, month, agency, folder):
    """Publishes and proves one month: the document, and the seconds that each part took."""
    cpu_before = service.cpu_seconds()
    published, drafting, publishing = publish(service, month, agency)
    cpu = service.cpu_seconds() - cpu_before
    files = Files(folder, published["public_key"])
    files.envelope.write_bytes(service.ask("GET", f"/public/late/{month}/{agency}-{published['number']}/list.json"))
    with files.export.open("w", encoding="utf-8") as out:
        began = time.monotonic()
        subprocess.run([MOTCUA, "export-publication", month, "--agency", agency, "--config", service.config],
                       stdout=out, check=True)
        exporting = time.monotonic() - began
    run(files.verify(files.envelope))
    seconds = {"draft": drafting, "replay and files": publishing, "CPU of both": cpu, "export": exporting,
               "recomputed": run(files.recompute(files.export, files.envelope)),
               "by Python": run(files.by_python(files.export, files.envelope))}
    return json.loads(files.envelope.read_text(encoding="utf-8"))["document"], seconds, files


def read_journal(folder, procedures):
    began = time.monotonic()
    journal = Journal(folder / "m.db")
    check_turns(journal.turns, journal.filed(), journal.procedures, len(journal.procedures) if procedures is None else procedures)
    print(f"journal: {len(journal.cases)} dossiers, {len(journal.filed())} of {len(journal.procedures)} procedures filed, read in "
          f"{time.monotonic() - began:.0f} s")
    print("\n".join(f"  {count:>8} {name}" for name, count in sorted(journal.turns.items())), flush=True)
    return journal


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("first")
    parser.add_argument("last")
    parser.add_argument("--agency", default="H32")
    parser.add_argument("--procedures", type=int)
    options = parser.parse_args()
    folder = options.folder.resolve()
    journal = read_journal(folder, options.procedures)
    service, before, held_late = Service(folder), None, 0
    try:
        for month in months(options.first, options.last):
            document, seconds, files = month_of(service, month, options.agency, folder)
            counted = journal.month(month, options.agency)
            total = check_document(document, month)
            check_journal(document, counted, month)
            if before is None:
                files.refuse_changes()
            else:
                check_follows(before, document, month)
            before = document
            held_late += len(counted.held_late)
            counts = ", ".join(f"{name.replace('_', ' ')} {total[name]}" for name in (
                "brought_forward", "received", "ended", "open", "early", "on_time", "late_ended", "late_open", "untimed_ended"))
            times = ", ".join(f"{name} {value:.2f} s" for name, value in seconds.items())
            print(f"{month}: {counts}, suspended while late {len(counted.held_late)}; {times}", flush=True)
    finally:
        service.stop()
    if held_late == 0:
        raise SystemExit("at no month's end was a dossier suspended while late")


if __name__ == "__main__":
    main()
