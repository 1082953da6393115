"""The processes under load, and the programs that load them."""

import ctypes
import hashlib
import json
import mmap
import os
import pathlib
import re
import struct
import subprocess
import threading
import time
import urllib.error
import urllib.request

SCRIPTS = pathlib.Path(__file__).parent
TICKS = os.sysconf("SC_CLK_TCK")


class Process:
    """A server on a port of this machine."""

    token = "none"
    process = None

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def rss_anon_mb(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"RssAnon:\s+(\d+)", status)[1]) / 1000

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=30)


class Echo(Process):
    name = "echo"

    def __init__(self, build, body_bytes):
        self.process = subprocess.Popen([build / "tests/bench_echo_server", "0", "2", str(body_bytes)],
                                        stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().split()[1])


class Service(Process):
    """The real program, with the shipped settings but for its paths, its port and the limits of one client."""

    name = "motcua"
    token = "mc_bench"

    def __init__(self, build, root, folder):
        self.build, self.root, self.folder = build, root, folder
        config = json.loads((root / "config/server.json").read_text())
        for name in ("calendars", "rulebook", "agencies", "ladders", "procedures", "messages", "slips", "roles"):
            if name in config:  # of an older commit that is measured beside this one: not all
                config[name] = str(root / config[name])
        config.update(listen="127.0.0.1:0", database=str(folder / "motcua.db"), keys_file=str(folder / "keys.json"),
                      master_key_file=str(folder / "master.key"))
        if "on_behalf_of" in config:  # what is posted names no officer
            config["on_behalf_of"] = "optional"
        if "rates" in config:  # all load is one key's, and comes from one address
            config["rates"] = None
            config["limits"]["connections_per_address"] = config["limits"]["connections"]
        (folder / "server.json").write_text(json.dumps(config))
        known = [role["role"] for role in json.loads((root / "config/roles.json").read_text())["roles"]]
        digest = hashlib.sha256(self.token.encode()).hexdigest()
        (folder / "keys.json").write_text(json.dumps(
            {"keys": [{"id": "bench", "name": "load", "sha256": digest,
                       "grants": [{"role": role} for role in ("integration", "unmasking", "erasing", "auditor", "administrator")
                                  if role in known]}]}))

    def start(self):
        """Seconds from the start of the process until it says that it is ready."""
        self.log = open(self.folder / "service.log", "a")
        began = time.monotonic()
        self.process = subprocess.Popen([self.build / "motcua", "serve", "--config", self.folder / "server.json"],
                                        stdout=subprocess.PIPE, stderr=self.log, text=True)
        said = next((line for line in self.process.stdout if " on http://" in line), None)
        if said is None:
            raise RuntimeError(f"the service did not start: see {self.folder / 'service.log'}")
        self.port = int(said.rsplit(":", 1)[1])
        while True:
            try:
                self.get("/readyz")
                break
            except urllib.error.URLError:
                time.sleep(0.002)
        took = time.monotonic() - began
        # What it prints later must not fill the pipe.
        threading.Thread(target=self.process.stdout.read, daemon=True).start()
        return took

    def get(self, target):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{target}",
                                         headers={"Authorization": f"Bearer {self.token}"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read()

    def database_bytes(self):
        return (self.folder / "motcua.db").stat().st_size


class HeldPages:
    """Keeps the pages of a file in memory, as far as the kernel lets this user: some machines take away what
    nobody has touched for a minute, and then the disk is measured. A page that is held is read like any other.
    Raises OSError where that is not allowed, or memory too small."""

    def __init__(self, file):
        library = ctypes.CDLL(None, use_errno=True)
        library.mmap.restype = ctypes.c_void_p
        library.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int,
                                 ctypes.c_long]
        library.mlock.argtypes = library.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
        self.library = library
        descriptor = os.open(file, os.O_RDONLY)
        self.bytes = os.fstat(descriptor).st_size
        self.at = library.mmap(None, self.bytes, mmap.PROT_READ, mmap.MAP_SHARED, descriptor, 0)
        os.close(descriptor)
        if self.at in (None, ctypes.c_void_p(-1).value):
            raise OSError(ctypes.get_errno(), f"cannot map {file}")
        if library.mlock(self.at, self.bytes) != 0:
            error = ctypes.get_errno()
            self.release()
            raise OSError(error, os.strerror(error))

    def release(self):
        self.library.munmap(self.at, self.bytes)


class WalPages:
    """Counts the pages that go into a write-ahead log, from its index: the count of frames stands there, grows
    with each commit and begins anew when the log does. Looking often enough misses little of a turn."""

    FRAMES = 16  # offset in the header of the index

    def __init__(self, shm):
        self.file = os.open(shm, os.O_RDONLY)
        self.total = 0
        self.last = self.frames()
        self.going = True
        self.thread = threading.Thread(target=self.watch)
        self.thread.start()

    def frames(self):
        return struct.unpack("=I", os.pread(self.file, 4, self.FRAMES))[0]

    def look(self):
        now = self.frames()
        self.total += now - self.last if now >= self.last else now
        self.last = now

    def watch(self):
        while self.going:
            self.look()
            time.sleep(0.01)

    def stop(self):
        self.going = False
        self.thread.join()
        self.look()
        os.close(self.file)
        return self.total


def wrk(port, file, mode, token, run, seconds, connections, threads):
    made = subprocess.run(
        ["wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", SCRIPTS / "load.lua",
         f"http://127.0.0.1:{port}", "--", file, mode, token, run, str(threads)],
        check=True, capture_output=True, text=True)
    line = [text for text in made.stdout.splitlines() if text.startswith("JSON ")]
    if not line:
        raise RuntimeError(f"wrk gave no figures: {made.stdout}{made.stderr}")
    return json.loads(line[0][5:])


def paced(build, service, file, rate, seconds, warm_up, connections, run):
    made = subprocess.run([build / "tests/bench_paced", str(service.port), str(connections), f"{rate:.1f}",
                           str(seconds), str(warm_up), service.token, run, file],
                          check=True, capture_output=True, text=True)
    if made.stderr:
        print(made.stderr[:2000])
    return json.loads(made.stdout) | {"rate": rate}


def whole(build, service, file, seconds, connections, run):
    """Dossiers from submission to return, one call after the other."""
    made = subprocess.run([build / "tests/bench_whole", str(service.port), str(connections), str(seconds),
                           service.token, run, file], check=True, capture_output=True, text=True)
    if made.stderr:
        print(made.stderr[:2000])
    return json.loads(made.stdout)
