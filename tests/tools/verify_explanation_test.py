import copy
import datetime
import json
import subprocess
import sys
import unittest

from tree import ROOT

from calendar_files import Difference
from verify_explanation import verify

FILES = [ROOT / "config/calendars" / name for name in ("vn.json", "vn-khanh-hoa.json")]
CALENDARS = [json.loads(path.read_text(encoding="utf-8")) for path in FILES]
ENTRIES = {entry["on"]: entry for entry in CALENDARS[0]["exceptions"]}
HOURS = ["07:00-11:30", "13:30-17:00"]
BOOK = {"id": "vn-khanh-hoa", "version": "v", "utc_offset": "+07:00", "nominal_day_seconds": 28800,
        "official_until_on": "2026-12-31"}


def instant(local):
    return local.replace(" ", "T") + (":00" if len(local) == 16 else "") + "+07:00"


def span(start, end, on, counted, why):
    entry = {key: ENTRIES[on][key] for key in ("name", "source", "confirmed")} if on in ENTRIES else {}
    return {"from": instant(start), "to": instant(end), "on": on, "counted": counted, "why": why, **entry}


def pieces(*lines):
    """Spans of working time: "2026-08-21 16:00 17:00 session", counted when it is a session."""
    spans = []
    for line in lines:
        on, start, end, why = line.split()
        after = (datetime.date.fromisoformat(on) + datetime.timedelta(days=1)).isoformat()
        end = f"{after} 00:00" if end == "24:00" else f"{on} {end}"
        spans.append(span(f"{on} {start}", end, on, why == "session", why))
    return spans


def days(start, end, *words):
    """Spans of whole dates from the first: "+working_day" counted, "-event_day" not."""
    spans = []
    for index, word in enumerate(words):
        on = datetime.date.fromisoformat(start[:10]) + datetime.timedelta(days=index)
        begins, ends = f"{on} 00:00", f"{on + datetime.timedelta(days=1)} 00:00"
        spans.append(span(max(start, begins), min(end, ends), on.isoformat(), word[0] == "+", word[1:]))
    return spans


def explanation(limit, start, due, spans, **more):
    return {"calendar": dict(BOOK), "limit": limit, "start_at": instant(start), "day_end": "office_close",
            "due_at": instant(due), "provisional": False, "spans": spans, **more}


def on_day(day, unrolled=None):
    return {"rolled_on": day, "due_day_sessions": list(HOURS), **({"unrolled_on": unrolled} if unrolled else {})}


EIGHT_HOURS = explanation(
    {"value": 8, "unit": "working_hour"}, "2026-08-21 16:00", "2026-08-22 16:00",
    pieces("2026-08-21 16:00 17:00 session", "2026-08-21 17:00 24:00 outside_session",
           "2026-08-22 00:00 07:00 outside_session", "2026-08-22 07:00 11:30 session",
           "2026-08-22 11:30 13:30 outside_session", "2026-08-22 13:30 16:00 session"))
CULTURE_DAY = explanation(
    {"value": 2, "unit": "working_day", "counting": "by_day"}, "2026-11-20 09:00", "2026-11-25 17:00",
    days("2026-11-20 09:00", "2026-11-25 17:00", "-event_day", "-weekly_off", "-weekly_off", "+working_day",
         "-exception", "+working_day"), **on_day("2026-11-25"))
ROLLED = explanation(
    {"value": 2, "unit": "calendar_day"}, "2026-11-22 09:00", "2026-11-25 17:00",
    days("2026-11-22 09:00", "2026-11-25 17:00", "-event_day", "+working_day", "+exception", "-working_day"),
    **on_day("2026-11-25", "2026-11-24"))
MONTH = explanation(
    {"value": 1, "unit": "month"}, "2024-01-31 09:00", "2024-02-29 17:00",
    days("2024-01-31 09:00", "2024-02-29 17:00", "-event_day", *["+working_day"] * 2, *["+weekly_off"] * 2,
         *["+working_day"] * 3, *["+exception"] * 2, *["+weekly_off"] * 2, *["+exception"] * 3,
         *["+working_day"] * 2, *["+weekly_off"] * 2, *["+working_day"] * 5, *["+weekly_off"] * 2,
         *["+working_day"] * 4), **on_day("2024-02-29", "2024-02-29"))
AT_ONCE = explanation(
    {"unit": "immediate"}, "2026-11-23 15:00:00.001", "2026-11-25 17:00",
    days("2026-11-23 15:00:00.001", "2026-11-25 17:00", "-after_cutoff", "-exception", "+working_day"),
    immediate_cutoff="15:00", **on_day("2026-11-25"))
CLOCK_HOURS = explanation({"value": 2, "unit": "hour"}, "2026-08-10 23:30", "2026-08-11 01:30",
                          [span("2026-08-10 23:30", "2026-08-11 01:30", "2026-08-10", True, "clock_time")])
HANDED_OVER = explanation(
    {"value": 1, "unit": "by_cutoff"}, "2026-11-23 15:00", "2026-11-23 17:00",
    days("2026-11-23 15:00", "2026-11-23 17:00", "+working_day"), forward_cutoff="15:00", **on_day("2026-11-23"))
HANDED_OVER_LATER = explanation(
    {"value": 1, "unit": "by_cutoff"}, "2026-11-23 15:00:00.001", "2026-11-25 08:00",
    days("2026-11-23 15:00:00.001", "2026-11-25 00:00", "-after_cutoff", "-exception")
    + pieces("2026-11-25 00:00 07:00 outside_session", "2026-11-25 07:00 08:00 session"), forward_cutoff="15:00")
NO_TIME = explanation({"value": 0, "unit": "hour"}, "2026-08-10 23:30", "2026-08-10 23:30",
                      [span("2026-08-10 23:30", "2026-08-10 23:30", "2026-08-10", True, "clock_time")])
ELAPSED = {"calendar": dict(BOOK), "from": instant("2026-08-10 11:00"), "to": instant("2026-08-10 14:00"),
           "working_seconds": 3600,
           "spans": pieces("2026-08-10 11:00 11:30 session", "2026-08-10 11:30 13:30 outside_session",
                           "2026-08-10 13:30 14:00 session")}
RIGHT = [EIGHT_HOURS, CULTURE_DAY, ROLLED, MONTH, AT_ONCE, CLOCK_HOURS, ELAPSED]


class Verdict(unittest.TestCase):
    def refused(self, document, words, calendars=()):
        with self.assertRaisesRegex(Difference, words):
            verify(document, calendars)

    def forged(self, document, words, change, calendars=()):
        """The document is right until `change`, and refused after."""
        verify(document, calendars)
        copied = copy.deepcopy(document)
        change(copied)
        self.refused(copied, words, calendars)

    def consistent_but_wrong(self, document, words):
        verify(document, [])
        self.refused(document, words, CALENDARS)


class VerifyExplanation(Verdict):
    def test_right_explanations_are_confirmed_with_and_without_the_calendar(self):
        for document in RIGHT:
            verify(document, [])
            verify(document, CALENDARS)
            verify({"explanation": document}, CALENDARS)

    def test_a_due_instant_moved_by_one_millisecond_is_refused(self):
        for document in RIGHT[:-1]:
            late = document["due_at"].replace(":00+", ":00.001+")
            self.forged(document, "the spans end", lambda forged: forged.update(due_at=late))

            def stretched(forged):
                forged["due_at"] = forged["spans"][-1]["to"] = late
            self.forged(document, "it is|must be", stretched)

    def test_another_limit_is_refused(self):
        for document in (EIGHT_HOURS, CULTURE_DAY, ROLLED, MONTH, CLOCK_HOURS):
            self.forged(document, "counted|unrolled_on", lambda forged: forged["limit"].update(value=3))

    def test_a_limit_counted_as_another_unit_is_refused(self):
        for unit in ("hour", "calendar_day", "month", "immediate", "working_day", "fortnight", "unspecified"):
            forged = copy.deepcopy(EIGHT_HOURS)
            forged["limit"]["unit"] = unit
            with self.assertRaises(Difference):
                verify(forged, [])

    def test_a_gap_and_an_overlap_are_refused(self):
        for document in RIGHT[:-2]:
            self.forged(document, "ended at", lambda forged: forged["spans"].pop(1))
            self.forged(document, "ended at", lambda forged: forged["spans"].insert(1, forged["spans"][1]))

    def test_time_outside_sessions_is_never_counted(self):
        def change(forged):
            forged["spans"][1]["counted"] = True
        self.forged(EIGHT_HOURS, "outside_session cannot be counted", change)

    def test_a_day_off_is_never_counted_as_a_working_day(self):
        def change(forged):
            forged["spans"][4]["counted"] = True
        self.forged(CULTURE_DAY, "exception cannot be counted", change)

    def test_the_day_of_the_event_is_never_counted(self):
        for document in (CULTURE_DAY, ROLLED, MONTH):
            self.forged(document, "day of the event", lambda forged: forged["spans"][0].update(counted=True))

    def test_a_holiday_without_a_source_is_refused(self):
        self.forged(CULTURE_DAY, "without a name and a source", lambda forged: forged["spans"][4].pop("source"))

    def test_a_week_that_contradicts_itself_is_refused(self):
        forged = copy.deepcopy(CULTURE_DAY)
        forged["limit"]["value"] = 3
        forged["spans"] = days("2026-08-03 09:00", "2026-08-12 17:00", "-event_day", "+working_day", "-weekly_off",
                               "-weekly_off", "-weekly_off", "-weekly_off", "-weekly_off", "-weekly_off",
                               "+working_day", "+working_day")
        forged.update(start_at=instant("2026-08-03 09:00"), due_at=instant("2026-08-12 17:00"), rolled_on="2026-08-12")
        self.refused(forged, "wednesday is both worked and off")

    def test_a_date_that_needs_no_roll_is_not_rolled(self):
        def change(forged):
            forged["spans"][2]["why"] = "working_day"
        self.forged(ROLLED, "may not be rolled over a working_day", change)

    def test_a_limit_may_not_end_on_a_day_off(self):
        def change(forged):
            forged["spans"].pop()
            forged["spans"][-1]["to"] = forged["due_at"] = instant("2026-11-24 17:00")
            forged["rolled_on"] = "2026-11-24"
        self.forged(ROLLED, "ends on a date that is exception", change)

    def test_the_unrolled_day_is_found_by_the_programs_own_arithmetic(self):
        self.forged(ROLLED, "unrolled_on", lambda forged: forged.update(unrolled_on="2026-11-25"))
        self.forged(MONTH, "unrolled_on", lambda forged: forged.update(unrolled_on="2024-03-02"))

    def test_the_cut_off_is_kept_to_the_millisecond(self):
        def change(forged):
            forged["start_at"] = forged["spans"][0]["from"] = instant("2026-11-23 15:00")
        self.forged(AT_ONCE, "before the cut-off", change)
        late = explanation({"unit": "immediate"}, "2026-11-23 15:00:00.001", "2026-11-23 17:00",
                           days("2026-11-23 15:00:00.001", "2026-11-23 17:00", "+working_day"),
                           immediate_cutoff="15:00", **on_day("2026-11-23"))
        self.refused(late, "after the cut-off")

    def test_papers_that_came_after_the_cut_off_go_on_the_next_day(self):
        for document in (HANDED_OVER, HANDED_OVER_LATER, NO_TIME):
            verify(document, [])
            verify(document, CALENDARS)

        def change(forged):
            forged["start_at"] = forged["spans"][0]["from"] = instant("2026-11-23 15:00")
        self.forged(HANDED_OVER_LATER, "before the cut-off", change)
        self.forged(HANDED_OVER_LATER, "counted time", lambda forged: forged["limit"].update(value=2))
        self.forged(HANDED_OVER_LATER, "does not move it", lambda forged: forged["spans"][0].update(why="working_day"))

        def later(forged):
            forged["start_at"] = forged["spans"][0]["from"] = instant("2026-11-23 15:00:00.001")
        self.forged(HANDED_OVER, "after the cut-off", later)
        self.forged(HANDED_OVER, "due instant", lambda forged: forged.update(due_day_sessions=["07:00-11:30"]))

    def test_the_end_of_the_day_is_that_of_the_duty(self):
        self.forged(ROLLED, "the due instant", lambda forged: forged.update(day_end="midnight"))
        self.forged(ROLLED, "the due instant", lambda forged: forged.update(due_day_sessions=["07:00-11:30"]))

    def test_provisional_is_neither_hidden_nor_invented(self):
        for document in RIGHT[:-1]:
            self.forged(document, "provisional", lambda forged: forged.update(provisional=True))
        self.forged(CULTURE_DAY, "provisional",
                    lambda forged: forged["calendar"].update(official_until_on="2026-11-24"))

    def test_an_answer_must_say_what_its_explanation_says(self):
        answer = {"due_at": EIGHT_HOURS["due_at"], "limit": EIGHT_HOURS["limit"], "explanation": EIGHT_HOURS}
        self.forged(answer, "the answer's due_at", lambda forged: forged.update(due_at=instant("2026-08-24 16:00")))
        self.forged(answer, "the answer's limit", lambda forged: forged.update(limit={"value": 9, "unit": "hour"}))

    def test_a_capped_date_is_the_earlier_one(self):
        cap = instant("2026-11-23 17:00")
        capped = {**CULTURE_DAY, "derived_at": CULTURE_DAY["due_at"], "due_at": cap,
                  "capped_by": {"clock": "settlement", "due_at": cap}}
        self.forged(capped, "due_at", lambda forged: forged.update(due_at=CULTURE_DAY["due_at"]))

    def test_a_span_that_runs_backwards_is_refused(self):
        again = [{**ELAPSED["spans"][1], "from": ELAPSED["spans"][0]["to"], "to": ELAPSED["from"]}, ELAPSED["spans"][0]]
        self.forged(ELAPSED, "ends before it begins",
                    lambda forged: forged.update(spans=forged["spans"][:1] + again + forged["spans"][1:]))

    def test_a_span_must_keep_to_its_date(self):
        self.forged(EIGHT_HOURS, "leaves its date", lambda forged: forged["spans"][0].update(on="2026-08-20"))
        self.forged(CULTURE_DAY, "not its turn", lambda forged: forged["spans"][1].update(on="2026-11-22"))

        def change(forged):
            forged["spans"][1]["to"] = forged["spans"][2]["from"] = instant("2026-11-22 01:00")
        self.forged(CULTURE_DAY, "does not end with its date", change)

    def test_nothing_follows_the_end_of_the_limit(self):
        def rest(forged):
            forged["spans"] += pieces("2026-08-22 16:00 17:00 outside_session")
            forged["due_at"] = instant("2026-08-22 17:00")
        self.forged(EIGHT_HOURS, "after the limit was reached", rest)

        def weekend(forged):
            forged["limit"]["value"] = 1
            forged["spans"][5].update(counted=False, why="weekly_off")
        self.forged(CULTURE_DAY, "after the limit was reached", weekend)

    def test_a_limit_in_days_ends_no_earlier_and_counts_no_more(self):
        early = copy.deepcopy(ROLLED)
        early["spans"] = days("2026-11-22 09:00", "2026-11-23 17:00", "-event_day", "+working_day")
        early.update(due_at=instant("2026-11-23 17:00"), rolled_on="2026-11-23")
        self.refused(early, "ends before the limit")
        self.forged(ROLLED, "the limit ends on 2026-11-24", lambda forged: forged["spans"][3].update(counted=True))
        self.forged(ROLLED, "rolled_on", lambda forged: forged.update(rolled_on="2026-11-26"))

    def test_a_limit_must_be_whole(self):
        self.forged(EIGHT_HOURS, "has no value", lambda forged: forged["limit"].pop("value"))
        self.forged(CULTURE_DAY, "has no counting", lambda forged: forged["limit"].pop("counting"))
        self.forged(ROLLED, "end of the day is not", lambda forged: forged.update(due_day_sessions=[]))
        self.forged(ROLLED, "end of the day is not", lambda forged: forged.update(day_end="noon"))

    def test_what_is_due_at_once_waits_for_nothing_else(self):
        for index, change, words in ((2, {"counted": False}, "does not end on a working day"),
                                     (0, {"why": "event_day"}, "does not move it"),
                                     (0, {"why": "after_close"}, "after the cut-off"),
                                     (1, {"counted": True}, "only the last day"),
                                     (1, {"why": "working_day"}, "a working_day was skipped")):
            self.forged(AT_ONCE, words, lambda forged: forged["spans"][index].update(change))

    def test_working_time_is_summed_anew(self):
        self.forged(ELAPSED, "working_seconds", lambda forged: forged.update(working_seconds=3601))
        self.forged(ELAPSED, "working_seconds", lambda forged: forged.update(working_seconds=3600.0))

    def test_no_date_is_confirmed_only_with_its_reason(self):
        beyond = {**explanation({"value": 30, "unit": "working_day", "counting": "by_day"}, "2026-12-23 09:00",
                                "2026-12-24 17:00", []), "due_at": None, "due_pending": "calendar_horizon"}
        self.forged(beyond, "due_pending", lambda forged: forged.update(due_pending="untimed"), CALENDARS)
        self.forged(beyond, "the calendar files know", lambda forged: forged["limit"].update(value=20), CALENDARS)
        self.forged(beyond, "spans, but no due date", lambda forged: forged.update(spans=CULTURE_DAY["spans"]))
        self.forged(CULTURE_DAY, "pending too", lambda forged: forged.update(due_pending="untimed"))
        self.forged(CLOCK_HOURS, "the limit has none", lambda forged: forged.update(limit={"unit": "unspecified"}))
        self.forged(CLOCK_HOURS, "there is no span",
                    lambda forged: forged.update(spans=[], due_at=forged["start_at"]))


FIVE_DAYS = explanation(
    {"value": 5, "unit": "working_day", "counting": "by_day"}, "2026-08-03 09:00", "2026-08-10 17:00",
    days("2026-08-03 09:00", "2026-08-10 17:00", "-event_day", "+working_day", "+working_day", "+working_day",
         "+working_day", "-weekly_off", "-weekly_off", "+working_day"), **on_day("2026-08-10"))


def move(why, at, before, after, to=None, **more):
    return {"why": why, "from": instant(at), "to": instant(to or at), "late_before": at > before,
            "due_before": instant(before), "due_after": instant(after), **more}


def corrected(at, before, after, start_before, start_after):
    return move("corrected", at, before, after, start_before=instant(start_before), start_after=instant(start_after))


class VerifyCorrections(unittest.TestCase):
    """What a correction of the start made of a date, through all that had moved it."""
    first, second, third = "2026-08-10 17:00", "2026-08-11 17:00", "2026-08-12 17:00"
    filed, entered, known = "2026-08-03 09:00", "2026-08-04 10:00", "2026-08-05 11:00"

    def answer(self, *moves):
        return {"explanation": FIVE_DAYS, "moves": list(moves), "due_at": moves[-1]["due_after"],
                "started_at": instant(self.entered)}

    def test_of_each_shape_is_found_again(self):
        extension = {"value": 2, "unit": "working_day", "counting": "by_day"}
        once = corrected("2026-08-06 09:00", self.first, self.second, self.filed, self.entered)
        wait = move("suspended", "2026-08-05 09:00", self.first, self.second, to="2026-08-06 09:00")
        for moves in (
                [once],
                [once, corrected("2026-08-06 10:00", self.second, self.third, self.entered, self.known)],
                [wait, corrected("2026-08-06 10:00", self.second, self.third, self.filed, self.entered)],
                [once, move("extended", "2026-08-07 09:00", self.second, "2026-08-13 17:00", by=extension)],
                [move("extended", "2026-08-05 09:00", self.first, self.third, by=extension),
                 move("reappointed", "2026-08-06 08:00", self.third, "2026-08-14 10:00"),
                 corrected("2026-08-06 09:00", "2026-08-14 10:00", "2026-08-14 10:00", self.filed, self.entered)],
                [corrected("2026-08-11 09:00", self.first, self.second, self.filed, self.entered)]):
            with self.subTest([one["why"] for one in moves]):
                verify(self.answer(*moves), [])
                verify(self.answer(*moves), CALENDARS)

    def test_that_moved_the_date_elsewhere_is_refused(self):
        forged = self.answer(corrected("2026-08-06 09:00", self.first, self.third, self.filed, self.entered))
        verify(forged, [])
        with self.assertRaisesRegex(Difference, "due_after of what was corrected"):
            verify(forged, CALENDARS)

    def test_days_that_were_rolled_count_on_from_where_they_had_come(self):
        """Ten calendar days from Thursday 06/08 end on Sunday 16/08, a wait of two nights later on Tuesday 18/08; an
        extension of five days ends on Sunday 23/08. From Friday 07/08: 17/08, 19/08, Monday 24/08."""
        ten = explanation(
            {"value": 10, "unit": "calendar_day"}, "2026-08-06 09:00", "2026-08-17 17:00",
            days("2026-08-06 09:00", "2026-08-17 17:00", "-event_day", *["+working_day"], "+weekly_off", "+weekly_off",
                 *["+working_day"] * 5, "+weekly_off", "+weekly_off", "-working_day"), **on_day("2026-08-17", "2026-08-16"))
        wait = move("suspended", "2026-08-10 09:00", "2026-08-17 17:00", "2026-08-18 17:00", to="2026-08-12 09:00",
                    unrolled_before="2026-08-16", unrolled_after="2026-08-18")
        more = move("extended", "2026-08-13 09:00", "2026-08-18 17:00", "2026-08-24 17:00",
                    by={"value": 5, "unit": "calendar_day"}, unrolled_before="2026-08-18", unrolled_after="2026-08-23")
        for start, due, right in (("2026-08-07 09:00", "2026-08-24 17:00", True), ("2026-08-08 09:00", "2026-08-25 17:00", True),
                                  ("2026-08-07 09:00", "2026-08-25 17:00", False)):
            moves = [wait, more, corrected("2026-08-14 09:00", "2026-08-24 17:00", due, "2026-08-06 09:00", start)]
            answer = {"explanation": ten, "moves": moves, "due_at": instant(due), "started_at": instant(start)}
            verify(answer, [])
            if right:
                verify(answer, CALENDARS)
                continue
            with self.assertRaisesRegex(Difference, "due_after of what was corrected"):
                verify(answer, CALENDARS)


class VerifyAgainstTheCalendar(Verdict):
    """What holds together by itself is still refused when the calendar says otherwise."""

    def test_a_worked_saturday_that_was_forgotten_is_refused(self):
        spans = pieces("2026-08-21 16:00 17:00 session", "2026-08-21 17:00 24:00 outside_session")
        spans.append({**span("2026-08-22 00:00", "2026-08-23 00:00", "2026-08-22", False, "weekly_off")})
        spans += pieces("2026-08-23 00:00 24:00 weekly_off", "2026-08-24 00:00 07:00 outside_session",
                        "2026-08-24 07:00 08:00 session")
        forged = explanation({"value": 2, "unit": "working_hour"}, "2026-08-21 16:00", "2026-08-24 08:00", spans)
        self.consistent_but_wrong(forged, "by the calendar this date is worked")

    def test_a_holiday_that_was_forgotten_is_refused(self):
        forged = copy.deepcopy(CULTURE_DAY)
        forged["spans"][4:] = days("2026-11-24 00:00", "2026-11-24 17:00", "+working_day")
        forged.update(due_at=instant("2026-11-24 17:00"), rolled_on="2026-11-24")
        self.consistent_but_wrong(forged, "by the calendar this date is off")

    def test_an_invented_holiday_is_refused(self):
        forged = explanation({"value": 1, "unit": "working_day", "counting": "by_day"}, "2026-08-10 09:00",
                             "2026-08-12 17:00", days("2026-08-10 09:00", "2026-08-12 17:00", "-event_day",
                                                      "-exception", "+working_day"), **on_day("2026-08-12"))
        forged["spans"][1].update(name="a feast", source="a decision", confirmed=True)
        self.consistent_but_wrong(forged, "the calendar's entry is none")

    def test_another_source_or_confirmation_is_refused(self):
        for change in ({"source": "another decision"}, {"confirmed": not ENTRIES["2026-11-24"]["confirmed"]}):
            forged = copy.deepcopy(CULTURE_DAY)
            forged["spans"][4].update(change)
            self.consistent_but_wrong(forged, "the calendar's entry is")

    def test_a_session_of_other_hours_is_refused(self):
        lunch = explanation({"value": 1, "unit": "working_hour"}, "2026-08-10 11:00", "2026-08-10 12:00",
                            pieces("2026-08-10 11:00 12:00 session"))
        self.consistent_but_wrong(lunch, "no session")
        pause = explanation({"value": 1, "unit": "working_hour"}, "2026-08-10 09:00", "2026-08-10 11:00",
                            pieces("2026-08-10 09:00 10:00 outside_session", "2026-08-10 10:00 11:00 session"))
        self.consistent_but_wrong(pause, "this is a session")

    def test_other_closing_hours_are_refused(self):
        forged = copy.deepcopy(ROLLED)
        forged["due_day_sessions"][1] = "13:30-16:30"
        forged["due_at"] = forged["spans"][-1]["to"] = instant("2026-11-25 16:30")
        self.consistent_but_wrong(forged, "due_day_sessions")

    def test_another_nominal_day_is_refused(self):
        forged = explanation({"value": 1, "unit": "working_day", "counting": "by_hours"}, "2026-08-10 07:00",
                             "2026-08-10 11:00", pieces("2026-08-10 07:00 11:00 session"))
        forged["calendar"]["nominal_day_seconds"] = 4 * 3600
        self.consistent_but_wrong(forged, "nominal day")

    def test_another_offset_or_horizon_is_refused(self):
        forged = copy.deepcopy(ELAPSED)
        forged["calendar"]["utc_offset"] = "+08:00"
        self.consistent_but_wrong(forged, "offset")
        forged = copy.deepcopy(CULTURE_DAY)
        forged["calendar"]["official_until_on"] = "2027-12-31"
        self.consistent_but_wrong(forged, "official part")

    def test_another_reason_for_a_day_is_refused(self):
        forged = copy.deepcopy(CULTURE_DAY)
        forged["spans"][4]["why"] = "weekly_off"
        self.consistent_but_wrong(forged, "another reason")
        forged = copy.deepcopy(MONTH)
        forged["spans"][5]["why"] = "not_known"
        self.consistent_but_wrong(forged, "knows other days")

    def test_a_close_that_had_not_come_moves_nothing(self):
        forged = explanation({"unit": "immediate"}, "2026-08-10 14:00", "2026-08-11 17:00",
                             days("2026-08-10 14:00", "2026-08-11 17:00", "-after_close", "+working_day"),
                             immediate_cutoff="15:00", **on_day("2026-08-11"))
        self.consistent_but_wrong(forged, "before the close")

    def test_a_calendar_without_a_file_is_refused(self):
        self.forged(EIGHT_HOURS, "no file of the calendar",
                    lambda forged: forged["calendar"].update(id="vn-elsewhere"), CALENDARS)


class CommandLine(unittest.TestCase):
    def run_tool(self, text, *arguments):
        done = subprocess.run([sys.executable, ROOT / "tools/verify_explanation.py", *arguments], input=text,
                              capture_output=True, text=True)
        return done.returncode, done.stdout.strip()

    def test_the_exit_status_tells_the_outcome(self):
        self.assertEqual(self.run_tool(json.dumps(EIGHT_HOURS), "--calendar", *FILES), (0, "confirmed"))
        status, printed = self.run_tool(json.dumps([EIGHT_HOURS, {**EIGHT_HOURS, "due_at": None}, {}]))
        self.assertEqual(status, 1)
        self.assertRegex(printed, "^answer 2: due_pending.*\nanswer 3: ")

    def test_what_cannot_be_read_is_not_confirmed(self):
        for text in ("", "{", '{"a": 1, "a": 2}'):
            self.assertEqual(self.run_tool(text), (2, ""))
        for text in ("[]", "1", "{}", '{"explanation": null}', '{"start_at": 1, "calendar": {"utc_offset": "+07:00"}}'):
            self.assertEqual(self.run_tool(text)[0], 1, text)


if __name__ == "__main__":
    unittest.main()
