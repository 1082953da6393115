"""A certificate authority, and the settings of a service that shows a certificate of it."""

import json
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
KEYS = {"ec": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"], "rsa": ["-newkey", "rsa:3072"]}


def issue(folder, name, key, more):
    subprocess.run(["openssl", "req", "-x509", "-nodes", "-days", "90"] + KEYS[key] + ["-subj", f"/CN={name}", "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem"] + more,
                   check=True, capture_output=True)


def certify(folder, key="ec"):
    """Makes ca.pem, and localhost.pem with its key, as any authority would issue it."""
    issue(folder, "ca", key, ["-addext", "keyUsage=critical,keyCertSign,cRLSign"])
    issue(folder, "localhost", key, ["-CA", folder / "ca.pem", "-CAkey", folder / "ca.key",
                                     "-addext", "basicConstraints=critical,CA:FALSE",
                                     "-addext", "keyUsage=critical,digitalSignature", "-addext", "extendedKeyUsage=serverAuth",
                                     "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])


def tls_settings(folder):
    return {"listen": "127.0.0.1:0", "certificate_file": str(folder / "localhost.pem"),
            "key_file": str(folder / "localhost.key"), "client_ca_file": None}


class TlsService:
    """The program with the shipped settings but for its paths, its ports and its certificate."""

    def __init__(self, binary, folder, key="ec"):
        config = json.loads((ROOT / "config/server.json").read_text(encoding="utf-8"))
        for name in ("calendars", "rulebook", "agencies", "ladders", "procedures", "messages", "slips", "roles"):
            config[name] = str(ROOT / config[name])
        certify(folder, key)
        config.update(listen="127.0.0.1:0", tls=tls_settings(folder), database=str(folder / "motcua.db"),
                      master_key_file=str(folder / "master.key"), keys_file=str(folder / "keys.json"), on_behalf_of="optional")
        config["limits"]["queue_wait_ms"] = 20_000
        config["log"]["file"] = str(folder / "service.log")
        (folder / "server.json").write_text(json.dumps(config), encoding="utf-8")
        self.process = subprocess.Popen([binary, "serve", "--config", folder / "server.json"], stdout=subprocess.PIPE, text=True)
        said = ""
        while "\nTry:" not in said:
            line = self.process.stdout.readline()
            if not line:
                raise RuntimeError(f"the service did not start: {said}")
            said += line
        self.port = int(re.search(r"on http://127\.0\.0\.1:(\d+)", said)[1])
        self.secure_port = int(re.search(r"and on https://127\.0\.0\.1:(\d+)", said)[1])

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)
