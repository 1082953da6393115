"""Counts what a GoogleTest binary wrote: prints "passed failed skipped" for one JSON result file.

usage: gtest_totals.py RESULT.json EXIT_STATUS FAILURES

A binary that wrote no results, or ended badly after them (a leak, a crash at exit), counts as one more failure.
What failed, and what it said, is added to the file FAILURES.
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


def told(document):
    """What each failed case said: its name, and the first lines of each failure."""
    for suite in document.get("testsuites", []):
        for case in suite.get("testsuite", []):
            for found in case.get("failures", []):
                lines = found["failure"].splitlines()
                yield "\n  ".join([f"FAILED {suite['name']}.{case['name']}", *(line[:500] for line in lines[:30])])


def main(arguments):
    path, exit_status, failures = arguments[0], int(arguments[1]), arguments[2]
    try:
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
    except (OSError, ValueError):
        document = {}
    counts = count(document, exit_status)
    said = list(told(document))
    if counts[1] and not said:
        said = [f"FAILED {path}: ended with {exit_status}"]
    with open(failures, "a", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in said)
    print(*counts)


if __name__ == "__main__":
    main(sys.argv[1:])
