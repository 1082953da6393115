"""Each check that a generated year goes through can fail."""
import copy
import collections
import json
import sqlite3
import sys
import tempfile
import unittest
from pathlib import Path

from tree import ROOT

sys.path.insert(0, str(ROOT / "tests/bench"))
import year_checks
import year_journal

DAY = year_journal.DAY
MARCH = year_journal.start_of("2026-03")
KINDS = "apologies_in_time apologies_late apologies_missing apologies_owed explanations_given explanations_late " \
        "explanations_missing explanations_owed delay_seconds delay_own_seconds delay_others_seconds " \
        "units_repeatedly_late".split()
NONE = dict.fromkeys(year_checks.COUNTED + KINDS, 0)


def row(code, finished=None):
    return {"code": code, "finished_at": finished, "delay_seconds": 60, "apology": "missing", "explanation": "owed",
            "shares": [{"seconds": 60}]}


def small_list():
    """Two agencies: A with an open late dossier and one settled early, B with one that ended late."""
    a = NONE | {"brought_forward": 1, "received": 1, "ended": 1, "open": 1, "settled": 1, "early": 1, "late": 1, "late_open": 1,
                "apologies_missing": 1, "explanations_owed": 1, "delay_seconds": 60}
    b = NONE | {"received": 1, "ended": 1, "withdrawn": 1, "late": 1, "late_ended": 1, "apologies_missing": 1,
                "explanations_owed": 1, "delay_seconds": 60}
    sections = [{"agency": "A", "counts": a, "units": [{"unit": "u", "counts": dict(a)}], "late": [row("A-1")]},
                {"agency": "B", "counts": b, "units": [{"unit": "v", "counts": dict(b)}], "late": [row("B-1", "2026-03-02")]}]
    total = {name: a[name] + b[name] for name in NONE}
    return {"agencies": sections, "head": {"month": "2026-03", "total": total}}


class Counted:
    """What the journal says of the small list's month."""

    def __init__(self, document):
        self.counts = {section["agency"]: {name: section["counts"][name] for name in year_checks.COUNTED}
                       for section in document["agencies"]}
        self.codes, self.late, self.held_late = ["A-1", "A-2", "B-1"], {"A-1": "A", "B-1": "B"}, {"A-1"}


class ChecksOfAMonth(unittest.TestCase):
    def setUp(self):
        self.document = small_list()
        self.counted = Counted(self.document)

    def assert_refused(self, says, check, *arguments):
        with self.assertRaises(SystemExit) as refused:
            check(*arguments)
        self.assertIn(says, str(refused.exception))

    def test_take_a_list_in_which_all_holds(self):
        year_checks.check_document(self.document, "2026-03")
        year_checks.check_journal(self.document, self.counted, "2026-03")

    def test_refuse_a_wrong_count_wherever_it_stands(self):
        for name in ("brought_forward", "received", "ended", "open", "settled", "withdrawn", "stopped", "early", "on_time",
                     "late_ended", "late_open", "late", "untimed_ended", "apologies_missing", "explanations_owed",
                     "delay_seconds"):
            for place in ("total", "section", "unit"):
                with self.subTest(name=name, place=place):
                    document = small_list()
                    section = document["agencies"][0]
                    counts = {"total": document["head"]["total"], "section": section["counts"], "unit": section["units"][0]["counts"]}
                    counts[place][name] += 1
                    self.assert_refused("", year_checks.check_document, document, "2026-03")

    def test_refuse_wrong_rows(self):
        for change, says in ((lambda rows: rows.append(row("A-9")), "late is 1, but 2 by its rows"),
                             (lambda rows: rows[0].update(delay_seconds=61), "delay_seconds is 60, but 61"),
                             (lambda rows: rows[0].update(apology="late"), "by its rows"),
                             (lambda rows: rows[0].update(explanation="given_late"), "by its rows"),
                             (lambda rows: rows[0].update(finished_at="2026-03-05"), "late_ended is 0, but 1"),
                             (lambda rows: rows[0].update(shares=[{"seconds": 59}]), "are not its delay"),
                             (lambda rows: rows[0].update(code="B-1"), "listed twice")):
            document = small_list()
            change(document["agencies"][0]["late"])
            self.assert_refused(says, year_checks.check_document, document, "2026-03")

    def test_refuse_what_the_journal_does_not_say(self):
        for name in year_checks.COUNTED:
            counted = Counted(self.document)
            counted.counts["A"][name] += 1
            self.assert_refused(f"A: {name} is", year_checks.check_journal, self.document, counted, "2026-03")
        counted.counts = Counted(self.document).counts | {"C": {**counted.counts["A"], "open": 1}}
        self.assert_refused("2026-03 C:", year_checks.check_journal, self.document, counted, "2026-03")

    def test_refuse_a_dossier_that_is_not_counted_once(self):
        self.counted.codes = ["A-1", "B-1"]
        self.assert_refused("counted once", year_checks.check_journal, self.document, self.counted, "2026-03")
        self.counted.codes = ["A-1", "A-1", "B-1"]
        self.assert_refused("a code of two", year_checks.check_journal, self.document, self.counted, "2026-03")

    def test_refuse_another_set_of_late_dossiers(self):
        self.counted.late["A-2"] = self.counted.late.pop("A-1")
        self.assert_refused("late by one", year_checks.check_journal, self.document, self.counted, "2026-03")

    def test_refuse_a_suspended_one_that_left_the_list(self):
        self.counted.held_late.add("A-2")
        self.assert_refused("suspended while late", year_checks.check_journal, self.document, self.counted, "2026-03")

    def test_refuse_a_month_that_does_not_follow(self):
        after = copy.deepcopy(self.document)
        after["agencies"][1]["late"] = []
        year_checks.check_follows(self.document, after, "2026-04")
        for agency, forward in (("A", 2), ("B", 1)):
            wrong = copy.deepcopy(after)
            next(one for one in wrong["agencies"] if one["agency"] == agency)["counts"]["brought_forward"] = forward
            self.assert_refused("bring", year_checks.check_follows, self.document, wrong, "2026-04")
        self.assert_refused("came back", year_checks.check_follows, self.document, self.document, "2026-04")
        after["agencies"][0]["late"] = []
        self.assert_refused("left the list", year_checks.check_follows, self.document, after, "2026-04")

    def test_refuse_data_in_which_nothing_happened(self):
        turns = collections.Counter({name: 1 for name in (
            "dossier.suspended", "dossier.resumed", "dossier.resumed by the system", "dossier.extended", "reappointed in time",
            "reappointed too late", "dossier.supplement_requested", "dossier.withdrawn", "dossier.stopped by the system",
            "dossier.refused")})
        year_checks.check_turns(turns, {"1"}, {"1", "2"}, 1)
        self.assert_refused("1 procedures were filed of 2", year_checks.check_turns, turns, {"1"}, {"1", "2"}, 2)
        for name in turns:
            self.assert_refused(name, year_checks.check_turns, turns - collections.Counter([name]), {"1"}, {"1"}, 1)


def clock(action, at, due=None, kind="settlement", pending="none"):
    return {"kind": kind, "action": action, "at": at} | ({} if due is None else {"due": {"at": due, "pending": pending}})


class MonthsByTheJournal(unittest.TestCase):
    def month(self, *events, month="2026-03"):
        """A dossier accepted on 20 February with its due on 3 March, and what happened to it then: days after 1 March."""
        start = MARCH - 9 * DAY
        facts = {"procedure": "1", "channel": "direct", "receiving_agency": "A", "competent_agency": "A"}
        history = [("submitted", start, {"body": facts}),
                   ("accepted", start, {"body": {"code": "A-1"}, "clocks": [clock("start", start, MARCH + 2 * DAY)]}), *events]
        with tempfile.TemporaryDirectory() as folder:
            database = sqlite3.connect(Path(folder) / "m.db")
            database.executescript("CREATE TABLE word(id INTEGER PRIMARY KEY, text TEXT);"
                                   "CREATE TABLE definition(seq, kind, key, text);"
                                   "CREATE TABLE event(position INTEGER PRIMARY KEY, dossier, type, caller, occurred_at, body);")
            agencies = json.dumps({"agencies": [{"code": "P"}, {"code": "A", "parent": "P"}]})
            database.execute("INSERT INTO definition VALUES(1, 2, 'agencies', ?)", (agencies,))
            database.execute("INSERT INTO word VALUES(1, 'counter')")
            for number, (kind, at, event) in enumerate(history, 2):
                database.execute("INSERT INTO word VALUES(?, ?)", (number, "dossier." + kind))
                database.execute("INSERT INTO event VALUES(NULL, 1, ?, 1, ?, ?)", (number, at, json.dumps(event)))
            database.commit()
            database.close()
            counted = year_journal.Journal(Path(folder) / "m.db").month(month, "P")
        return counted, {name for name, count in counted.counts["A"].items() if count and name != "told elsewhere"}

    def settled(self, at):
        return "settled", at, {"body": {}, "clocks": [clock("end", at)]}

    def test_know_the_last_instant_in_time_from_the_first_too_late(self):
        due = MARCH + 2 * DAY
        self.assertEqual(self.month(self.settled(due))[1], {"brought_forward", "ended", "settled", "on_time"})
        self.assertEqual(self.month(self.settled(due - DAY))[1], {"brought_forward", "ended", "settled", "early"})
        late = {"brought_forward", "ended", "settled", "late_ended", "late", "late_without_reappointment", "late_in_twelve_months"}
        self.assertEqual(self.month(self.settled(due + 1))[1], late)

    def test_know_the_last_instant_of_a_month_from_the_first(self):
        self.assertIn("ended", self.month(self.settled(MARCH + 31 * DAY - 1))[1])
        self.assertIn("open", self.month(self.settled(MARCH + 31 * DAY))[1])
        self.assertIn("ended", self.month(self.settled(MARCH), month="2026-03")[1])
        self.assertEqual(self.month(self.settled(MARCH - 1))[1], set())
        self.assertIn("received", self.month(month="2026-02")[1])

    def test_hold_one_that_is_suspended_while_late(self):
        at = MARCH + 3 * DAY
        hold = ("suspended", at, {"body": {"ground": "G"}, "clocks": [clock("pause", at)]})
        counted, _ = self.month(hold)
        self.assertEqual((counted.held_late, counted.late), ({"A-1"}, {"A-1": "A"}))
        again = at + DAY
        counted, _ = self.month(hold, ("resumed", again, {"body": {"ground": "G"}, "clocks": [clock("resume", again, again)]}))
        self.assertEqual((counted.held_late, counted.late), (set(), {"A-1": "A"}))
        before = MARCH + DAY
        counted, _ = self.month(("suspended", before, {"body": {"ground": "G"}, "clocks": [clock("pause", before)]}))
        self.assertEqual((counted.held_late, counted.late), (set(), {}))

    def test_take_no_term_that_was_begun_after_the_month(self):
        # A supplement came on the 20th and was accepted in April: the new term counts from the 20th, and was due in March.
        asked, came, judged = MARCH + DAY, MARCH + 19 * DAY, MARCH + 33 * DAY
        events = (("supplement_requested", asked, {"clocks": [clock("pause", asked)]}),
                  ("supplement_accepted", judged, {"clocks": [clock("void", judged), clock("start", came, came + DAY)]}))
        self.assertEqual(self.month(*events)[0].late, {})
        self.assertEqual(self.month(*events, month="2026-04")[0].late, {"A-1": "A"})

    def test_stop_at_what_is_not_understood(self):
        with self.assertRaises(SystemExit):
            self.month(("corrected", MARCH, {"body": {}}))
        with self.assertRaises(SystemExit):
            self.month(("step_assigned", MARCH, {"clocks": [clock("reopen", MARCH)]}))


if __name__ == "__main__":
    unittest.main()
