"""Runs the tests of the Python tools in a folder (*_test.py) and adds them to the tally of tools/test.

usage: python_tests.py FOLDER
"""
import os
import sys
import unittest


def main(folder):
    suite = unittest.defaultTestLoader.discover(folder, pattern="*_test.py")
    result = unittest.TextTestRunner(verbosity=1).run(suite)
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    skipped = len(result.skipped)
    passed = result.testsRun - failed - skipped
    if passed + failed + skipped == 0:
        print(f"no test in {folder}")
        failed = 1
    tally = os.environ.get("MOTCUA_TALLY")
    if tally:
        with open(tally, "a", encoding="utf-8") as file:
            file.write(f"{passed} {failed} {skipped}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
