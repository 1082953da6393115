"""Counts what a GoogleTest binary wrote: prints "passed failed skipped" for one JSON result file.

usage: gtest_totals.py RESULT.json EXIT_STATUS

A binary that wrote no results, or ended badly after them (a leak, a crash at exit), counts as one more failure.
"""
import json
import sys


def count(document, exit_status):
    passed = failed = skipped = 0
    for suite in document.get("testsuites", []):
        for case in suite.get("testsuite", []):
            if case.get("failures"):
                failed += 1
            elif case.get("result") == "COMPLETED":
                passed += 1
            else:
                skipped += 1
    if failed == 0 and (exit_status != 0 or passed + skipped == 0):
        failed = 1
    return passed, failed, skipped


def main(arguments):
    path, exit_status = arguments[0], int(arguments[1])
    try:
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
    except (OSError, ValueError):
        document = {}
    print(*count(document, exit_status))


if __name__ == "__main__":
    main(sys.argv[1:])
