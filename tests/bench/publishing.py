#!/usr/bin/env python3
"""What the publication of a list costs commands: the rate of submissions while one is replayed, beside the rate without.

FOLDER holds motcua.db, master.key and submit.jsonl of bench_seed, and is written into. A round is one stretch of load without and one
with a list that is being published, each list of another agency; which comes first changes from round to round. The replay is
the same for every agency: all dossiers of the month.

    publishing.py FOLDER MONTH [--build BUILD] [--rounds 4] [--seconds 8] [--first 0]
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time
import urllib.request
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from measured import Service, wrk  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
WANTED = 0.8
CONNECTIONS = 64


def ask(service, path, body):
    request = urllib.request.Request(
        f"http://127.0.0.1:{service.port}{path}", json.dumps(body).encode(),
        {"Authorization": f"Bearer {service.token}", "Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())})
    return json.loads(urllib.request.urlopen(request, timeout=60).read())


def state_of(service, identifier):
    found = json.loads(service.get(f"/v1/publications/{identifier}"))
    if found["trouble"] or found.get("retry"):
        raise SystemExit(f"the list cannot be published: {found}")
    return found["state"]


def wait_for(service, identifier, state):
    began = time.monotonic()
    while state_of(service, identifier) != state:
        time.sleep(0.1)
    return time.monotonic() - began


class Bench:
    def __init__(self, arguments):
        self.arguments = arguments
        self.service = Service(arguments.build, ROOT, arguments.folder)
        self.file = arguments.folder / "submit.tsv"
        bodies = (arguments.folder / "submit.jsonl").read_text().splitlines()
        self.file.write_text("".join(f"POST\t/v1/dossiers\t{body}\n" for body in bodies))
        self.runs = 0

    def rate(self):
        self.runs += 1
        made = wrk(self.service.port, self.file, "cycle", self.service.token, f"{time.time():.0f}-{self.runs}", self.arguments.seconds,
                   CONNECTIONS, 2)
        wrong = {name: made[name] for name in ("status", "broken", "timeouts") if made[name]}
        if wrong:
            raise SystemExit(f"submissions failed: {wrong}")
        return made["requests"] / made["microseconds"] * 1e6

    def rate_while_publishing(self, agency, officer):
        identifier = ask(self.service, "/v1/publications", {"month": self.arguments.month, "officer": officer, "agency": agency})["id"]
        drafted = wait_for(self.service, identifier, "draft")
        ask(self.service, f"/v1/publications/{identifier}/review", {"officer": officer})
        ask(self.service, f"/v1/publications/{identifier}/publish", {"officer": officer})
        began = time.monotonic()
        rate = self.rate()
        if state_of(self.service, identifier) != "publishing":
            raise SystemExit("the list was published before the load was over: more dossiers or fewer --seconds")
        wait_for(self.service, identifier, "published")
        print(f"  {agency}: draft {drafted:.1f} s, published after {time.monotonic() - began:.1f} s, a part of it under load", flush=True)
        return rate

    def run(self):
        a = self.arguments
        subprocess.run([a.build / "motcua", "apply", "--config", a.folder / "server.json"], check=True, stdout=subprocess.DEVNULL)
        self.service.start()
        heads = [(agency["code"], officer["id"]) for agency in json.loads((ROOT / "config/agencies.json").read_text())["agencies"]
                 for officer in agency.get("officers", []) if officer["role"] == "agency_head"]
        ratios = []
        self.rate()  # warms up
        for number in range(a.rounds):
            without, during = None, None
            for publishing in (number % 2 == 0, number % 2 == 1):
                if publishing:
                    during = self.rate_while_publishing(*heads[a.first + number])
                else:
                    without = self.rate()
            ratios.append(during / without)
            print(f"{without:.0f} submissions a second without, {during:.0f} with: {ratios[-1]:.2f}", flush=True)
        median = statistics.median(ratios)
        print(f"median {median:.2f}, wanted at least {WANTED}; {a.rounds} rounds of {a.seconds} s, {CONNECTIONS} connections, "
              f"load average {os.getloadavg()[0]:.1f}")
        return median < WANTED


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("month")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--first", type=int, default=0, help="agencies to pass over: a list is published once")
    bench = Bench(parser.parse_args())
    try:
        return bench.run()
    finally:
        bench.service.stop()


if __name__ == "__main__":
    sys.exit(main())
