#!/usr/bin/env python3
"""What a receiver of webhooks that is down costs commands: the p99 of submissions at a fixed rate, beside one that is up.

Two services run all the time, each with a subscription to every event: the receiver of one answers 204, at the address of the
other nobody listens. Rounds of load go to one after the other, and begin with the other each time. With more than one build,
each has such a pair, and the rounds of all are interleaved: so what else happens on the machine meets all of them.

    outage.py [--build BUILD]... [--tools BUILD] [--rounds 8] [--seconds 5] [--rate 200]
"""

import argparse
import http.server
import json
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from measured import Service, paced  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
WANTED_MS = 5


class Taking(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def receiver():
    """A process of its own, for the sake of the bench's: answers its port."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    pid = os.fork()
    if pid == 0:
        server.serve_forever()
    return server.server_port, pid


def nobody():
    """A port at which nobody listens, held so that nobody will."""
    held = socket.socket()
    held.bind(("127.0.0.1", 0))
    return held.getsockname()[1], held


class Arm:
    """A service whose receiver is up or down."""

    def __init__(self, name, build, tools, seeded, folder):
        self.name, self.tools = name, tools
        shutil.copytree(seeded, folder)
        self.service = Service(build, ROOT, folder)
        config = json.loads((folder / "server.json").read_text())
        config["webhooks"].update(allow_http=True, allow_networks=["127.0.0.0/8"])
        (folder / "server.json").write_text(json.dumps(config))
        subprocess.run([build / "motcua", "apply", "--config", folder / "server.json"], check=True, stdout=subprocess.DEVNULL)
        self.made = []

    def start(self, port):
        self.service.start()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.service.port}/v1/webhooks", json.dumps({"url": f"http://127.0.0.1:{port}/hook"}).encode(),
            {"Authorization": f"Bearer {self.service.token}", "Content-Type": "application/json", "Idempotency-Key": "bench"})
        self.id = json.loads(urllib.request.urlopen(request, timeout=10).read())["id"]

    def round(self, file, rate, seconds, run):
        cpu = self.service.cpu_seconds()
        made = paced(self.tools, self.service, file, rate, seconds, 1, 32, f"{time.time()}-{run}")
        made["cpu_us"] = (self.service.cpu_seconds() - cpu) / made["requests"] * 1e6
        if made["failed"]:
            raise SystemExit(f"{self.name}: {made['failed']} failed")
        self.made.append(made)
        return made

    def subscription(self):
        return json.loads(self.service.get(f"/v1/webhooks/{self.id}"))

    def told(self):
        webhook = self.subscription()
        median = {field: statistics.median(one[field] for one in self.made) for field in ("p50", "p90", "p99", "max", "cpu_us")}
        return (f"{self.name}: p50 {median['p50'] / 1e3:.2f} ms, p90 {median['p90'] / 1e3:.2f} ms, p99 {median['p99'] / 1e3:.2f} ms, "
                f"longest {median['max'] / 1e3:.1f} ms, {median['cpu_us']:.0f} us of CPU; subscription {webhook['state']}, {webhook['pending']} pending")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", type=pathlib.Path, action="append")
    parser.add_argument("--tools", type=pathlib.Path, help="the build whose load is used; default: the first")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--dossiers", type=int, default=20_000)
    a = parser.parse_args()
    builds = a.build or [ROOT / "build"]
    tools = a.tools or builds[0]
    up, taking = receiver()
    down, held = nobody()
    pairs = []
    with tempfile.TemporaryDirectory(prefix="motcua-outage-") as name:
        folder = pathlib.Path(name)
        try:
            seeded = folder / "seeded"
            seeded.mkdir()
            subprocess.run([tools / "tests/bench_seed", ROOT, seeded / "motcua.db", seeded / "master.key", seeded,
                            str(a.dossiers), "1000", "1"], check=True, stdout=subprocess.DEVNULL)
            file = folder / "submit.tsv"
            file.write_text("".join(f"POST\t/v1/dossiers\t{line}\n" for line in (seeded / "submit.jsonl").read_text().splitlines()))
            for build in builds:
                pairs.append([])
                for word, port in (("up", up), ("down", down)):
                    arm = Arm(f"{build} {word}", build, tools, seeded, folder / f"{len(pairs)}{word}")
                    pairs[-1].append(arm)
                    arm.start(port)
            for number in range(a.rounds):
                for pair in pairs if number % 2 == 0 else pairs[::-1]:
                    for arm in pair if number % 2 == 0 else pair[::-1]:
                        arm.round(file, a.rate, a.seconds, f"{number}")
            missed = False
            for pair in pairs:
                more = [(d["p99"] - u["p99"]) / 1e3 for u, d in zip(pair[0].made, pair[1].made)]
                for arm in pair:
                    print(arm.told(), [round(one["p99"] / 1e3, 1) for one in arm.made])
                print(f"  p99 while down above up: median {statistics.median(more):+.2f} ms of {[round(one, 1) for one in more]}, "
                      f"wanted at most +{WANTED_MS} ms")
                missed = missed or statistics.median(more) > WANTED_MS
            print(f"{a.rate:g} submissions a second, {a.rounds} rounds of {a.seconds} s, load average {os.getloadavg()[0]:.1f}")
            sys.exit(missed)
        finally:
            for pair in pairs:
                for arm in pair:
                    arm.service.stop()
            os.kill(taking, 9)
            held.close()


if __name__ == "__main__":
    main()
