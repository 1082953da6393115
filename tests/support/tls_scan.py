#!/usr/bin/env python3
"""Has testssl.sh look for weaknesses of the service over TLS, and judges what it finds.

usage: tls_scan.py MOTCUA [--full] [--key ec|rsa] [--json FILE]

Fails when there is anything above low, but for the exceptions below. Without --full, what takes longest is left
out: the ciphers one by one for each version, and the handshakes of named browsers.
"""

import argparse
import collections
import json
import pathlib
import subprocess
import sys
import tempfile
import time

from tls_service import TlsService

# What testssl.sh calls it, and why it says nothing of the service.
EXCEPTIONS = {
    "engine_problem": "of the scanner: the OpenSSL beside it has no ciphers of GOST, which the service does not offer",
    "cert_revocation": "of the certificate: the authority of the test publishes no list of what it revoked",
}
HARMLESS = {"OK", "INFO", "LOW", "DEBUG"}
CHECKS = ["-p", "-s", "-f", "-P", "-S", "-h", "-U"]


def scan(service, folder, full):
    report = folder / "testssl.json"
    command = ["testssl", "--warnings", "batch", "--color", "0", "--add-ca", str(folder / "ca.pem"), "--jsonfile", str(report)]
    made = subprocess.run(command + ([] if full else CHECKS) + [f"https://localhost:{service.secure_port}/public/late"],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=900)
    try:
        return json.loads(report.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RuntimeError(f"testssl.sh gave no report ({error}): {made.stdout[-2000:]}{made.stderr[-2000:]}") from error


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("motcua")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--key", choices=("ec", "rsa"), default="ec", help="of the certificate")
    parser.add_argument("--json", type=pathlib.Path, help="keep the report of testssl.sh there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        service = TlsService(options.motcua, folder, options.key)
        began = time.monotonic()
        try:
            findings = scan(service, folder, options.full)
        finally:
            service.stop()
        if options.json:
            options.json.write_text(json.dumps(findings, indent=1), encoding="utf-8")
    counts = collections.Counter(finding["severity"] for finding in findings)
    print(f"{len(findings)} findings in {time.monotonic() - began:.0f} s: "
          + ", ".join(f"{count} {severity}" for severity, count in counts.most_common()))
    wrong = 0
    for finding in findings:
        if finding["severity"] in HARMLESS - {"LOW"}:
            continue
        reason = EXCEPTIONS.get(finding["id"])
        print(f"{finding['severity']} {finding['id']}: {finding['finding']}" + (f" (exception: {reason})" if reason else ""))
        wrong += finding["severity"] not in HARMLESS and reason is None
    # A report that lacks these is of no use: the scan was cut short.
    seen = {finding["id"] for finding in findings}
    missing = {"TLS1_2", "TLS1_3", "PFS", "HSTS_time", "Content-Security-Policy", "secure_renego", "ROBOT", "BREACH"} - seen
    if missing:
        print(f"nothing was found of {', '.join(sorted(missing))}")
    return 1 if wrong or missing else 0


if __name__ == "__main__":
    sys.exit(main())
