import contextlib
import io
import json
import tempfile
import unittest
from pathlib import Path

from tree import ROOT

import recompute_late_list

CALENDARS = [json.loads((ROOT / f"config/calendars/{name}.json").read_text(encoding="utf-8")) for name in ("vn", "vn-khanh-hoa")]
MONTH = {"method": "late-list/2", "period_from": "2026-03-01T00:00:00+07:00", "period_to": "2026-04-01T00:00:00+07:00"}
NONE = dict.fromkeys(recompute_late_list.Count.NAMES, 0) | {
    "late_rate_bp": None, "acceptances_on_time_bp": None, "delay_median_seconds": None, "delay_p90_seconds": None}
EXPLANATION = {"value": 3, "unit": "working_day", "counting": "by_day"}
HOUR, DAY = 3_600_000, 86_400_000
FEBRUARY_2 = 1_769_990_400_000  # 07:00 in Vietnam


def event(version, kind, at, body=None, clocks=()):
    return {"version": version, "type": "dossier." + kind, "occurred_at": at, "recorded_at": at,
            "event": {"body": body or {}, "clocks": list(clocks)}}


def clock(action, at, due=None):
    return {"kind": "settlement", "term": 1, "action": action, "at": at} | (
        {} if due is None else {"due": {"at": due, "pending": "none"}})


def life(ended_after, due_after, returned_after):
    """A dossier accepted on 2 February, settled, and handed out later: days after it."""
    at = FEBRUARY_2
    return [event(1, "submitted", at, {"channel": "direct", "receiving_agency": "A", "competent_agency": "A"}),
            event(2, "accepted", at, {"code": "A-260202-0001"}, [clock("start", at, at + due_after * DAY)]),
            event(3, "settled", at + ended_after * DAY, {}, [clock("end", at + ended_after * DAY)]),
            event(4, "result_returned", at + returned_after * DAY)]


def difference(history, sections):
    """What the program answers to an export of one dossier and a March list with these sections."""
    agencies = [{"agency": "A", "calendar": "vn-khanh-hoa", "in_scope": True}]
    total = sections[0]["counts"] if sections else NONE
    document = {"head": MONTH | {"total": total}, "agencies": sections}
    head = {"dossiers": 1, "head": document["head"], "agencies": agencies,
            "calendars": [{"calendar": one["id"], "text": json.dumps(one)} for one in CALENDARS]}
    with tempfile.TemporaryDirectory() as folder:
        export, envelope = Path(folder) / "export.jsonl", Path(folder) / "list.json"
        export.write_text(json.dumps(head) + "\n" + json.dumps({"explanation": EXPLANATION, "events": history}) + "\n", encoding="utf-8")
        envelope.write_text(json.dumps({"document": document}), encoding="utf-8")
        with contextlib.redirect_stdout(io.StringIO()) as said:
            recompute_late_list.main([str(export), str(envelope)])
        return said.getvalue()


class RecomputedList(unittest.TestCase):
    def test_has_no_section_of_an_agency_of_which_nothing_is_counted(self):
        # The export holds it, as its result was handed out in March; it ended before.
        self.assertIn("confirmed: 1 dossiers, 0 agencies", difference(life(12, 20, 35), []))

    def test_has_a_section_of_an_agency_that_was_late_within_the_year_only(self):
        section = {"agency": "A", "counts": NONE | {"late_in_twelve_months": 1}, "late": []}
        self.assertIn("confirmed", difference(life(12, 5, 35), [section]))
        self.assertIn("A: stands in one of the two only", difference(life(12, 5, 35), []))

    def test_counts_what_ended_within_the_month(self):
        counts = NONE | {"brought_forward": 1, "ended": 1, "settled": 1, "early": 1, "late_rate_bp": 0}
        section = {"agency": "A", "counts": counts, "late": []}
        self.assertIn("confirmed", difference(life(30, 50, 35), [section]))
        counts["early"], counts["on_time"] = 0, 1
        self.assertIn("early is 0 in the list, but 1 by the events", difference(life(30, 50, 35), [section]))

    def test_knows_when_an_apology_and_an_explanation_are_due(self):
        # Due on Saturday 7 March at 07:00: the apology by the end of Friday, the explanation by Wednesday 17:00.
        due, friday, wednesday = FEBRUARY_2 + 33 * DAY, FEBRUARY_2 + 33 * DAY - 7 * HOUR - 1, FEBRUARY_2 + 37 * DAY + 10 * HOUR
        for kind, at, apology, explanation in (
                ("apology_sent", friday, "in_time", "missing"), ("apology_sent", friday + 1, "late", "missing"),
                ("lateness_explained", wednesday, "missing", "given"),
                ("lateness_explained", wednesday + 1, "missing", "given_late"),
                ("reappointed", friday, "in_time", "missing")):
            act = event(3, kind, at, {"promised_at": due + 90 * DAY} if kind == "reappointed" else {})
            history = life(40, 33, 41)[:2] + [act] + [event(4, "settled", due + 5 * DAY, {}, [clock("end", due + 5 * DAY)])]
            history = sorted(history, key=lambda one: one["occurred_at"])
            with self.subTest(kind=kind, at=at):
                self.assertEqual(self.counted(history)["A-260202-0001"][2:], (apology, explanation))

    @staticmethod
    def counted(history):
        head = {"head": MONTH, "agencies": [{"agency": "A", "calendar": "vn-khanh-hoa", "in_scope": True}],
                "calendars": [{"calendar": one["id"], "text": json.dumps(one)} for one in CALENDARS]}
        counted = recompute_late_list.List(head)
        counted.add(recompute_late_list.Dossier(history, counted.end, EXPLANATION))
        return counted.counts["A"].rows


if __name__ == "__main__":
    unittest.main()
