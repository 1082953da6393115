#!/usr/bin/env python3
"""What TLS costs on connections that are kept alive: the same GET of one dossier in the clear and over TLS, one after
the other, round by round, at the highest rate of wrk; and handshakes, a new connection for each request.

usage: tls.py BUILD [--rounds N] [--seconds N] [--connections N]
"""

import argparse
import json
import os
import pathlib
import re
import ssl
import statistics
import subprocess
import sys
import tempfile
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
sys.path.insert(0, str(pathlib.Path(__file__).parent))
from measured import Service  # noqa: E402
from tls_service import certify, tls_settings  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]


class SecureService(Service):
    def __init__(self, build, root, folder, port=28443):
        super().__init__(build, root, folder)
        certify(folder)
        self.secure_port = port
        config = json.loads((folder / "server.json").read_text())
        config["tls"] = tls_settings(folder) | {"listen": f"127.0.0.1:{port}"}
        (folder / "server.json").write_text(json.dumps(config))


def submit(service):
    body = {"procedure": "1.004194", "channel": "direct", "receiving_agency": "H32.101", "accept": True,
            "owner": {"kind": "citizen", "name": "Nguyễn Văn A", "phone": "0905000001"}}
    request = urllib.request.Request(
        f"http://127.0.0.1:{service.port}/v1/dossiers", json.dumps(body).encode(),
        {"Authorization": f"Bearer {service.token}", "Content-Type": "application/json", "Idempotency-Key": "tls-1"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)["id"]


def load(service, address, seconds, connections, more=()):
    cpu = service.cpu_seconds()
    made = subprocess.run(["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "-H", f"Authorization: Bearer {service.token}",
                           *more, address], check=True, capture_output=True, text=True)
    requests, took = re.search(r"(\d+) requests in ([\d.]+)s", made.stdout).groups()
    wrong = re.search(r"Non-2xx|Socket errors.*", made.stdout)
    if wrong:
        raise RuntimeError(made.stdout)
    return {"rate": int(requests) / float(took), "cpu_us": (service.cpu_seconds() - cpu) / max(int(requests), 1) * 1e6}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=64)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        service = SecureService(options.build.resolve(), ROOT, folder)
        service.start()
        try:
            path = f"/v1/dossiers/{submit(service)}"
            context = ssl.create_default_context(cafile=folder / "ca.pem")
            request = urllib.request.Request(f"https://localhost:28443{path}", headers={"Authorization": f"Bearer {service.token}"})
            with urllib.request.urlopen(request, context=context, timeout=30) as answer:
                size = len(answer.read())
            rounds = []
            for number in range(options.rounds):
                made = {"plain": load(service, f"http://127.0.0.1:{service.port}{path}", options.seconds, options.connections),
                        "tls": load(service, f"https://127.0.0.1:28443{path}", options.seconds, options.connections)}
                rounds.append(made)
                print(f"round {number + 1}: " + ", ".join(f"{k} {v['rate']:.0f}/s {v['cpu_us']:.0f} us" for k, v in made.items()),
                      flush=True)
            fresh = load(service, f"https://127.0.0.1:28443{path}", options.seconds, options.connections, ["-H", "Connection: close"])
        finally:
            service.stop()
    median = {k: {f: statistics.median(r[k][f] for r in rounds) for f in ("rate", "cpu_us")} for k in ("plain", "tls")}
    ratios = [r["tls"]["rate"] / r["plain"]["rate"] for r in rounds]
    print(f"{os.cpu_count()} CPUs, {options.connections} connections, an answer of {size} bytes")
    for name, made in median.items():
        print(f"{name:5} {made['rate']:8.0f}/s  {made['cpu_us']:6.1f} us of the service's CPU a request")
    print(f"tls/plain: rate {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}), "
          f"CPU {median['tls']['cpu_us'] / median['plain']['cpu_us']:.2f}")
    print(f"a new connection each: {fresh['rate']:.0f} handshakes/s, {fresh['cpu_us']:.0f} us each")


if __name__ == "__main__":
    main()
