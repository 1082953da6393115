#!/usr/bin/env python3
"""What a change costs under TLS: this program and another one side by side, both over TLS on connections that are kept
alive, round by round, each round in the other order: the GET of one dossier (masked), and submissions at a counter.

usage: paired_tls.py BUILD OTHER_BUILD OTHER_ROOT [--rounds N] [--seconds N] [--connections N]

OTHER_ROOT has the config and workflows of the other program.
"""

import argparse
import json
import pathlib
import statistics
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from tls import ROOT, SecureService, load, submit  # noqa: E402

POSTS = """
local count = 0
local thread_number = 0
function setup(thread) thread_number = thread_number + 1; thread:set("number", thread_number) end
function request()
  count = count + 1
  local body = '{"procedure":"1.004194","channel":"direct","receiving_agency":"H32.101","accept":true,' ..
    '"owner":{"kind":"citizen","name":"Nguyễn Văn A","id_number":"056090' .. string.format("%06d", count % 1000000) ..
    '","phone":"0905000001"},"content":"Đăng ký tạm trú"}'
  return wrk.format("POST", "/v1/dossiers", {["Content-Type"] = "application/json", ["Authorization"] = "Bearer TOKEN",
    ["Idempotency-Key"] = "ROUND-" .. number .. "-" .. count}, body)
end
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("other_build", type=pathlib.Path)
    parser.add_argument("other_root", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--connections", type=int, default=64)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        services = []
        for number, (build, root) in enumerate(((options.build, ROOT), (options.other_build, options.other_root))):
            (folder / str(number)).mkdir()
            services.append(SecureService(build.resolve(), root.resolve(), folder / str(number), 28443 + number))
            keys = json.loads((folder / str(number) / "keys.json").read_text())
            keys["keys"][0]["grants"] = [{"role": "integration"}]  # of an older program: else it would tell all, unasked
            (folder / str(number) / "keys.json").write_text(json.dumps(keys))
        try:
            paths = []
            for service in services:
                service.start()
                paths.append(f"/v1/dossiers/{submit(service)}")
            rounds = []
            for turn in range(options.rounds):
                made = {}
                for which in ((0, 1), (1, 0))[turn % 2]:
                    service = services[which]
                    base = f"https://127.0.0.1:{service.secure_port}"
                    made["get", which] = load(service, base + paths[which], options.seconds, options.connections)
                for which in ((0, 1), (1, 0))[turn % 2]:
                    service = services[which]
                    script = folder / f"{turn}-{which}.lua"
                    script.write_text(POSTS.replace("TOKEN", service.token).replace("ROUND", f"r{turn}"))
                    made["submit", which] = load(service, f"https://127.0.0.1:{service.secure_port}", options.seconds,
                                                 options.connections, ["-s", str(script)])
                rounds.append(made)
                print(f"round {turn + 1}: " + ", ".join(f"{what} {'other' if which else 'this'} {value['rate']:.0f}/s "
                                                        f"{value['cpu_us']:.1f} us" for (what, which), value in sorted(made.items())),
                      flush=True)
        finally:
            for service in services:
                service.stop()
    for what in ("get", "submit"):
        ratios = [r[what, 0]["rate"] / r[what, 1]["rate"] for r in rounds]
        cpu = [r[what, 0]["cpu_us"] / r[what, 1]["cpu_us"] for r in rounds]
        print(f"{what}: rate {statistics.median(ratios):.2f} of the other's ({min(ratios):.2f} to {max(ratios):.2f}), "
              f"CPU a request {statistics.median(cpu):.2f}")


if __name__ == "__main__":
    main()
