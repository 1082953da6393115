"""A small repository of its own for each test of a checker."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))


class TreeTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        subprocess.run(["git", "init", "-q", folder.name], check=True)

    def write(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")

    def run_tool(self, *arguments):
        """Exit status and output of a tool as the check command runs it."""
        done = subprocess.run(
            [sys.executable, ROOT / "tools" / arguments[0], *arguments[1:], self.root], capture_output=True, text=True
        )
        return done.returncode, done.stdout
