import unittest

import tree  # noqa: F401  puts tools/ on the path

from gtest_totals import count, told


def document(*cases):
    return {"testsuites": [{"name": "Suite", "testsuite": list(cases)}]}


PASSED = {"result": "COMPLETED"}
FAILED = {"name": "Fails", "result": "COMPLETED", "failures": [{"failure": "a.cpp:1\nx"}]}
SKIPPED = {"result": "SKIPPED"}
DISABLED = {"status": "NOTRUN", "result": "SUPPRESSED"}


class GtestTotals(unittest.TestCase):
    def test_cases_are_counted_by_their_outcome(self):
        self.assertEqual(count(document(PASSED, FAILED, SKIPPED, DISABLED, PASSED), 1), (2, 1, 2))

    def test_a_crash_after_the_results_is_one_failure(self):
        self.assertEqual(count(document(PASSED), 66), (1, 1, 0))

    def test_a_binary_without_results_or_without_cases_has_failed(self):
        self.assertEqual(count({}, 0), (0, 1, 0))
        self.assertEqual(count(document(), 0), (0, 1, 0))

    def test_what_failed_is_told_by_name(self):
        self.assertEqual(list(told(document(PASSED, FAILED))), ["FAILED Suite.Fails\n  a.cpp:1\n  x"])


if __name__ == "__main__":
    unittest.main()
