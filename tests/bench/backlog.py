#!/usr/bin/env python3
"""A backlog of warnings: how fast it is cleared, and what commands keep of their rate meanwhile.

    backlog.py FOLDER [--rungs N] [--seconds S] [--build BUILD]

FOLDER is one that bench.py keeps (--folder). The marks of the ladders are set back, so that about N rungs are due when the
service starts. First the rate of submissions without a backlog, then the backlog alone, then both at once.
"""

import argparse
import pathlib
import sqlite3
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from measured import Service, wrk  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMMITTED = "motcua_commands_committed_total"


def metric(service, name):
    for line in service.get("/metrics").decode().splitlines():
        if line.startswith(name + " "):
            return float(line.rsplit(" ", 1)[1])
    raise KeyError(name)


def set_back(database, wanted):
    """Marks of all agencies go to where `wanted` clocks lie behind them; kinds are taken by their rungs' names."""
    kinds = {"settlement": 3, "acceptance": 1, "step": 6, "citizen": 4, "forward": 5, "consultation": 7}
    db = sqlite3.connect(database)
    now = int(time.time() * 1000)
    left = wanted
    db.execute("DELETE FROM rung_mark WHERE agency <> 0")
    for (rung,) in db.execute("SELECT rung FROM rung_mark WHERE agency = 0 ORDER BY rung").fetchall():
        kind = kinds.get(rung.split("-")[0].split("@")[0])
        if kind is None or left <= 0 or "@due" not in rung:
            continue
        rows = db.execute("SELECT due FROM open_clock WHERE view % 2 = 0 AND kind = ? AND due < ? AND role <> 1 "
                          "ORDER BY due DESC LIMIT ?", (kind, now, left)).fetchall()
        if not rows:
            continue
        db.execute("UPDATE rung_mark SET due = ? WHERE rung = ?", (rows[-1][0] - 1, rung))
        left -= len(rows)
    db.commit()
    db.close()
    return wanted - left


def ready(service):
    while b'"accepted"' not in service.get("/readyz"):  # until then the writer reads in what it needs
        time.sleep(0.002)


def cleared(service, expected):
    """Seconds that it took, and the orders that were committed meanwhile."""
    began, committed = time.monotonic(), metric(service, COMMITTED)
    while metric(service, "motcua_oldest_unfired_rung_seconds") > 0:
        if time.monotonic() - began > 120:
            raise SystemExit("the backlog is not cleared after two minutes")
        time.sleep(0.02)
    took, committed = time.monotonic() - began, metric(service, COMMITTED) - committed
    fired = metric(service, "motcua_alerts_fired_total")
    print(f"  {fired:.0f} alerts of {expected} rungs in {took:.2f} s: {fired / max(took, 0.001):.0f} a second")
    return took, committed


def rate(service, folder, seconds, run):
    made = wrk(service.port, folder / "submit.tsv", "cycle", service.token, f"{time.time()}-{run}", seconds, 64, 2)
    if made["status"] or made["broken"] or made["timeouts"]:
        print(f"  refused: {made}")
    return made["requests"] / made["microseconds"] * 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--rungs", type=int, default=100_000)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    a = parser.parse_args()
    service = Service(a.build, ROOT, a.folder)
    subprocess.run([a.build / "motcua", "apply", "--config", a.folder / "server.json"], check=True,
                   stdout=subprocess.DEVNULL)
    service.start()
    ready(service)
    plain = rate(service, a.folder, a.seconds, "plain")
    service.stop()
    print(f"submissions alone: {plain:.0f} a second")
    for both in (False, True):
        expected = set_back(a.folder / "motcua.db", a.rungs)
        service.start()
        print("with submissions:" if both else "backlog alone:")
        load = threading.Thread(target=lambda: rate(service, a.folder, a.seconds, "both"))
        if both:
            load.start()
        ready(service)
        took, committed = cleared(service, expected)
        if both:
            print(f"  submissions meanwhile: {committed / took:.0f} a second, {committed / took / plain:.2f} of their rate"
                  + ("" if load.is_alive() else "; they ended before the backlog: more --seconds"))
            load.join()
        service.stop()


if __name__ == "__main__":
    main()
