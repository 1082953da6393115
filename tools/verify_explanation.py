"""Finds a due date again from its explanation alone, without the engine, and says whether it is right.

usage: verify_explanation.py [FILE] [--calendar FILE ...]

FILE (or the standard input) holds an explanation, an answer of the service that holds one under "explanation"
(POST /v1/deadlines, POST /v1/working-time, .../clocks/{kind}/explain), or a list of these. What was counted must
follow from the limit, and the due instant from what was counted. With the calendar files (the calendar's own and
its parents') every span is held against them too: what was worked, what was off, by which entry and which source.

Prints "confirmed" and ends with 0; or prints the first difference of each and ends with 1. Ends with 2 when there is
nothing to read.
"""
import argparse
import calendar as months
import datetime
import json
import sys

from calendar_files import DAY, HOUR, WEEKDAYS, CalendarFiles, Difference, Zone
from calendar_files import expect, member, ordinal, same, sessions_of, shown_date, time_of_day

OFF = ("weekly_off", "exception")


class Span:
    def __init__(self, written, zone):
        self.start, self.end = zone.read(member(written, "from", str)), zone.read(member(written, "to", str))
        self.day = ordinal(member(written, "on", str))
        self.counted, self.why = member(written, "counted", bool), member(written, "why", str)
        self.entry = {key: written[key] for key in ("name", "source", "confirmed") if key in written}
        self.place = f"the span from {zone.shown(self.start)}"

    def expect(self, holds, what):
        expect(holds, f"{self.place}: {what}")


def read_spans(explanation, zone, start, end):
    """The spans, checked to lie one after the other from start to end, each with its reason in order."""
    spans = [Span(written, zone) for written in member(explanation, "spans", list)]
    at = start
    for span in spans:
        span.expect(span.start == at, f"it begins, but the time before ended at {zone.shown(at)}")
        span.expect(span.end > span.start or (span.end == span.start and len(spans) == 1), "it ends before it begins")
        span.expect(span.why != "exception" or (span.entry.get("name") and span.entry.get("source")),
                    "an exception without a name and a source")
        at = span.end
    expect(at == end, f"the spans end at {zone.shown(at)}, but they must reach {zone.shown(end)}")
    off, on = ({(span.day - 1) % 7 for span in spans if not span.entry and span.why in reasons}
               for reasons in (("weekly_off",), ("session", "outside_session", "working_day")))
    both = off & on
    expect(not both, f"{WEEKDAYS[min(both)] if both else ''} is both worked and off by the week")
    return spans


def check_sessions(spans):
    for span in spans:
        span.expect(span.day * DAY <= span.start and span.end <= (span.day + 1) * DAY, "it leaves its date")
        reasons = ("session",) if span.counted else ("outside_session",) + OFF
        span.expect(span.why in reasons, f"{span.why} cannot be {'counted' if span.counted else 'skipped'} here")


def check_days(spans, start, end):
    """One span per date, from the date of the event to that of the end."""
    for index, span in enumerate(spans):
        span.expect(span.day == start // DAY + index, f"it stands for {shown_date(span.day)}, which is not its turn")
        span.expect(span.end == min(end, (span.day + 1) * DAY), "it does not end with its date")


def counted_time(spans):
    return sum(span.end - span.start for span in spans if span.counted)


def add_months(day, count):
    date = datetime.date.fromordinal(day)
    year, month = divmod(date.year * 12 + date.month - 1 + count, 12)
    last = months.monthrange(year, month + 1)[1]
    return datetime.date(year, month + 1, min(date.day, last)).toordinal()


class DueDate:
    """The rules of one explanation of a due date."""

    def __init__(self, explanation, files):
        self.of, self.files = explanation, files
        book = member(explanation, "calendar", dict)
        self.zone = Zone(member(book, "utc_offset", str))
        self.nominal_day = member(book, "nominal_day_seconds", int) * 1000
        self.official_until = ordinal(member(book, "official_until_on", str))
        self.limit = member(explanation, "limit", dict)
        self.unit, self.value = member(self.limit, "unit", str), self.limit.get("value", 0)
        self.start = self.zone.read(member(explanation, "start_at", str))

    def verify(self):
        if self.unit not in ("immediate", "unspecified"):
            least = 0 if self.unit == "hour" else 1  # no hours: a rule that gives no time at all
            expect(type(self.value) is int and self.value >= least, "the limit has no value")
        derived = self.of.get("derived_at") if "capped_by" in self.of else self.of.get("due_at")
        if derived is None:
            self.check_pending()
        else:
            self.check_due(self.zone.read(derived))
        if "capped_by" in self.of:
            cap = self.zone.read(member(self.of["capped_by"], "due_at", str))
            earliest = min(cap, self.zone.read(derived)) if derived is not None else cap
            same("due_at", self.of.get("due_at"), self.zone.shown(earliest))

    def check_pending(self):
        reason = "untimed" if self.unit == "unspecified" else "calendar_horizon"
        same("due_pending", self.of.get("due_pending"), reason)
        expect(not self.of.get("spans"), "there are spans, but no due date")
        if self.files and self.unit != "unspecified":
            expect(self.lies_past_horizon(), "due_pending: the calendar files know the days that it needs")

    def lies_past_horizon(self):
        files, day = self.files, self.start // DAY
        if self.unit == "hour":
            return False
        if self.unit == "by_cutoff":
            return not files.knows(day) or files.worked_time_after((day + 1) * DAY) < self.value * HOUR
        if self.by_time():
            return not files.knows(day) or files.worked_time_after(self.start) < self.time_needed()
        if self.unit in ("calendar_day", "month"):
            if self.value > (files.last - day) + 1:
                return True
            unrolled = self.unrolled()
            return unrolled < files.first or files.worked_days_after(unrolled - 1) == 0
        known = files.knows(day) or (self.unit == "working_day" and day == files.first - 1)
        return not known or files.worked_days_after(day) < (self.value or 1)

    def check_due(self, due):
        expect(self.unit != "unspecified", "a due date, but the limit has none")
        expect("due_pending" not in self.of, "a due date that is pending too")
        spans = read_spans(self.of, self.zone, self.start, due)
        expect(spans, "there is no span")
        if self.unit == "hour":
            expect(len(spans) == 1 and spans[0].why == "clock_time" and spans[0].counted, "clock hours skip nothing")
            same("the counted time in ms", counted_time(spans), self.value * HOUR)
        elif self.by_time():
            check_sessions(spans)
            expect(spans[-1].counted, "it goes on after the limit was reached")
            same("the counted time in ms", counted_time(spans), self.time_needed())
        elif self.unit == "by_cutoff" and "rolled_on" not in self.of:
            self.check_after_cutoff(spans)
        else:
            check_days(spans, self.start, due)
            {"working_day": self.check_working_days, "calendar_day": self.check_rolled, "month": self.check_rolled,
             "immediate": self.check_at_once, "by_cutoff": self.check_before_cutoff}.get(self.unit, self.refuse_unit)(spans)
            self.check_end_of_day(spans[-1].day, due)
        rests_on = spans[-1].day if self.unit != "hour" else self.official_until
        same("provisional", self.of.get("provisional"), rests_on > self.official_until)
        if self.files:
            self.check_files(spans)

    def by_time(self):
        if self.unit == "working_day":
            expect(self.limit.get("counting") in ("by_day", "by_hours"), "the limit has no counting")
        return self.unit == "working_hour" or self.limit.get("counting") == "by_hours"

    def time_needed(self):
        return self.value * (HOUR if self.unit == "working_hour" else self.nominal_day)

    def refuse_unit(self, spans):
        raise Difference(f"{self.unit} is no unit of a limit")

    def check_working_days(self, spans):
        self.check_event_day(spans)
        for span in spans[1:]:
            span.expect(span.why in (("working_day",) if span.counted else OFF), f"{span.why} cannot be counted so")
        same("the counted days", sum(span.counted for span in spans), self.value)
        expect(spans[-1].counted, "it goes on after the limit was reached")

    def check_rolled(self, spans):
        self.check_event_day(spans)
        unrolled = self.unrolled()
        same("unrolled_on", self.of.get("unrolled_on"), shown_date(unrolled))
        expect(spans[-1].day >= unrolled, "it ends before the limit")
        for span in spans[1:]:
            span.expect(span.counted == (span.day <= unrolled), f"the limit ends on {shown_date(unrolled)}")
            if span.day >= unrolled and span is not spans[-1]:
                span.expect(span.why in OFF, f"the limit may not be rolled over a {span.why}")
        expect(spans[-1].why == "working_day", f"it ends on a date that is {spans[-1].why}")

    def unrolled(self):
        day = self.start // DAY
        return day + self.value if self.unit == "calendar_day" else add_months(day, self.value)

    def check_event_day(self, spans):
        first = spans[0]
        first.expect(first.why == "event_day" and not first.counted, "the day of the event is not counted")

    def cutoff(self, name):
        return self.start // DAY * DAY + time_of_day(member(self.of, name, str))

    def check_before_cutoff(self, spans):
        only = spans[0]
        expect(len(spans) == 1 and only.counted and only.why == "working_day", "that day, and it alone, is counted")
        only.expect(self.start <= self.cutoff("forward_cutoff"), "the event came after the cut-off")

    def check_after_cutoff(self, spans):
        """The rest of the day of the event is skipped, then sessions are counted from the next opening."""
        first, after, cutoff = spans[0], spans[1:], self.cutoff("forward_cutoff")
        first.expect(not first.counted and first.why in OFF + ("after_cutoff", "after_close"),
                     f"{first.why} does not move it to a later day")
        first.expect(first.end == (self.start // DAY + 1) * DAY, "it does not end with the day of the event")
        first.expect(first.why != "after_cutoff" or self.start > cutoff, "the event came before the cut-off")
        first.expect(first.why != "after_close" or self.start <= cutoff, "the event came after the cut-off")
        expect(after and after[-1].counted, "it goes on after the limit was reached")
        check_sessions(after)
        same("the counted time in ms", counted_time(after), self.value * HOUR)

    def check_at_once(self, spans):
        cutoff = self.cutoff("immediate_cutoff")
        first, last = spans[0], spans[-1]
        last.expect(last.why == "working_day" and last.counted, "it does not end on a working day")
        if first is last:
            return first.expect(self.start <= cutoff, "the event came after the cut-off")
        first.expect(first.why in OFF + ("after_cutoff", "after_close"), f"{first.why} does not move it to a later day")
        first.expect(first.why != "after_cutoff" or self.start > cutoff, "the event came before the cut-off")
        first.expect(first.why != "after_close" or self.start <= cutoff, "the event came after the cut-off")
        for span in spans[:-1]:
            span.expect(not span.counted, "only the last day is counted")
            span.expect(span is first or span.why in OFF, f"a {span.why} was skipped")

    def check_end_of_day(self, day, due):
        same("rolled_on", self.of.get("rolled_on"), shown_date(day))
        day_end = member(self.of, "day_end", str)
        sessions = sessions_of(member(self.of, "due_day_sessions", list))
        expect(sessions and day_end in ("office_close", "midnight"), "the end of the day is not explained")
        ends = (day + 1) * DAY if day_end == "midnight" else day * DAY + sessions[-1][1]
        same("the due instant", self.zone.shown(due), self.zone.shown(ends))

    def check_files(self, spans):
        check_book(self.of["calendar"], self.files)
        for span in spans:
            if self.unit != "hour":
                check_span(span, self.files, self.start)
        if "due_day_sessions" in self.of:
            same("due_day_sessions", sessions_of(self.of["due_day_sessions"]), self.files.sessions(spans[-1].day))


def check_book(book, files):
    same("the calendar's offset", book["utc_offset"], files.facts["utc_offset"])
    same("the calendar's nominal day", book["nominal_day_seconds"] * 1000, time_of_day(files.facts["nominal_day"]))
    same("the calendar's official part", book["official_until_on"], files.facts["official_until_on"])


def check_span(span, files, start):
    """One span against the calendar files."""
    entry = files.entries.get(span.day, {})
    found = {key: entry[key] for key in ("name", "source", "confirmed") if key in entry}
    span.expect(span.entry == found, f"the calendar's entry is {found or 'none'}, but it says {span.entry or 'none'}")
    if span.why == "event_day":
        return
    span.expect((span.why == "not_known") != files.knows(span.day), "the calendar knows other days")
    if span.why == "not_known":
        return
    sessions = [(span.day * DAY + opens, span.day * DAY + closes) for opens, closes in files.sessions(span.day)]
    if span.why in OFF:
        span.expect(not sessions, "by the calendar this date is worked")
        span.expect(span.why == ("exception" if entry else "weekly_off"), "another reason takes this date off")
    else:
        span.expect(sessions, "by the calendar this date is off")
    if span.why == "session":
        span.expect(any(a <= span.start and span.end <= b for a, b in sessions), "by the calendar this is no session")
    if span.why == "outside_session":
        span.expect(not any(a < span.end and span.start < b for a, b in sessions), "by the calendar this is a session")
    if span.why == "after_close":
        span.expect(start > sessions[-1][1], "the event came before the close")


class Moves:
    """What moved a date after it was derived: each move begins with the date that the one before left. With the
    calendar files each is computed anew, and so is what a correction of the start made of the moves before it; a date
    that was set (a re-appointment) stands as it is."""

    def __init__(self, answer, explanation, files):
        self.answer, self.of, self.files = answer, explanation, files
        self.zone = Zone(member(member(explanation, "calendar", dict), "utc_offset", str))
        self.nominal_day = explanation["calendar"]["nominal_day_seconds"] * 1000
        self.limit = member(explanation, "limit", dict)

    def verify(self):
        due = self.of.get("due_at")
        moves = member(self.answer, "moves", list)
        for index, move in enumerate(moves):
            same("due_before", move.get("due_before"), due)
            due = move.get("due_after")
            if move.get("due_before") is not None and due is not None:
                self.check(move)
            if "start_after" in move:
                self.check_start(moves[:index], move)
        same("the answer's due_at", self.answer.get("due_at"), due)

    def check_start(self, before, move):
        """A correction counts from another start, through all that moved the date before it."""
        expect(move["why"] == "corrected", f"a start was replaced by what was {move['why']}")
        expect(move.get("start_before") is not None, "a start replaces none")
        if not self.files or self.limit["unit"] in ("immediate", "by_cutoff", "unspecified") or move["due_after"] is None:
            return
        due, unrolled = self.derived(self.zone.read(move["start_after"]))
        for earlier in before:
            if earlier["why"] == "reappointed":
                due, unrolled = self.zone.read(earlier["due_after"]), None
            if earlier["why"] not in ("suspended", "extended") or earlier["late_before"] and earlier["why"] == "suspended":
                continue
            known = {name: value for name, value in earlier.items() if name != "unrolled_before"}
            if unrolled is not None:  # days count on from where they had come before they were rolled
                known["unrolled_before"] = shown_date(unrolled)
            start, end = self.zone.read(earlier["from"]), self.zone.read(earlier["to"])
            stood = earlier["why"] == "suspended"
            after = self.suspended(known, start, end, due) if stood else self.extended(known, due)
            due, unrolled = after, self.unrolled_after(known, self.moved_by(known, start, end, after != due), due, unrolled)
        self.check_instant(move, due, self.zone.read(move["due_after"]))

    def moved_by(self, move, start, end, moved):
        """By how much a date went on, in a unit that says whether it is rolled."""
        if move["why"] == "extended":
            return member(move, "by", dict)
        if self.limit["unit"] in ("calendar_day", "month"):
            return {"unit": "calendar_day", "value": self.nights(start, end)}
        return {"unit": self.limit["unit"], "value": int(moved)}

    def unrolled_after(self, move, by, before, unrolled):
        """The day on which the date falls then, before it is rolled; none of one that is not rolled."""
        unit, value = member(by, "unit", str), member(by, "value", int)
        if value == 0:
            return unrolled
        if unit == "calendar_day":
            return self.base(move, before) + value
        return add_months(self.base(move, before), value) if unit == "month" else None

    def derived(self, start):
        """The due instant of the limit from another start, and the day before it was rolled."""
        unit, value, day = self.limit["unit"], self.limit["value"], start // DAY
        if self.by_time(self.limit):
            return self.later(start, value * (HOUR if unit == "working_hour" else self.nominal_day)), None
        if unit == "hour":
            return start + value * HOUR, None
        if unit == "working_day":
            return self.nth_worked(day, value), None
        unrolled = day + value if unit == "calendar_day" else add_months(day, value)
        return self.rolled(unrolled), unrolled

    def check(self, move):
        why = member(move, "why", str)
        start, end = self.zone.read(move["from"]), self.zone.read(move["to"])
        before, after = self.zone.read(move["due_before"]), self.zone.read(move["due_after"])
        expect(start <= end, "a move ends before it begins")
        same("late_before", member(move, "late_before", bool), start > before)
        if why == "suspended":
            expect(after >= before, "a suspension made the date earlier")
            expect(not move["late_before"] or after == before, "what was late when it was suspended moved")
            if self.files and not move["late_before"]:
                self.check_instant(move, self.suspended(move, start, end, before), after)
        elif why == "extended":
            expect(after > before, "an extension moved nothing")
            if self.files:
                self.check_instant(move, self.extended(move, before), after)
        else:
            expect(why in ("reappointed", "corrected"), f"{why} moves no date")

    def check_instant(self, move, found, after):
        same(f"due_after of what was {move['why']}", self.zone.shown(after), self.zone.shown(found))

    def nights(self, start, end):
        return sum(1 for day in range(start // DAY, end // DAY + 1) if start <= day * DAY < end)

    def worked(self, start, end):
        pieces = ((day * DAY + opens, day * DAY + closes) for day in range(start // DAY, end // DAY + 1)
                  for opens, closes in self.files.sessions(day))
        return sum(max(0, min(closes, end) - max(opens, start)) for opens, closes in pieces)

    def later(self, at, time):
        if time == 0:
            return at
        for day in range(at // DAY, self.files.last + 1):
            for opens, closes in self.files.sessions(day):
                begins = max(at, day * DAY + opens)
                left = day * DAY + closes - begins
                if left <= 0:
                    continue
                if left >= time:
                    return begins + time
                time -= left
        raise Difference("the calendar files do not reach so far")

    def close(self, day):
        return day * DAY + (DAY if self.of.get("day_end") == "midnight" else self.files.sessions(day)[-1][1])

    def rolled(self, day):
        while not self.files.sessions(day):
            day += 1
        return self.close(day)

    def nth_worked(self, day, count):
        while count > 0:
            day += 1
            count -= bool(self.files.sessions(day))
        return self.close(day)

    def by_time(self, limit):
        return limit["unit"] == "working_hour" or limit.get("counting") == "by_hours"

    def base(self, move, before):
        return ordinal(move["unrolled_before"]) if "unrolled_before" in move else (before - 1) // DAY

    def suspended(self, move, start, end, before):
        unit = self.limit["unit"]
        if self.by_time(self.limit):
            return self.later(before, self.worked(start, end))
        if unit == "hour":
            return before + end - start
        if unit in ("calendar_day", "month"):
            nights = self.nights(start, end)
            return self.rolled(self.base(move, before) + nights) if nights else before
        closes = sum(1 for day in range(start // DAY, end // DAY + 1) if self.files.sessions(day)
                     and start <= day * DAY + self.files.sessions(day)[-1][1] < end)
        return self.nth_worked((before - 1) // DAY, closes) if closes else before

    def extended(self, move, before):
        by = member(move, "by", dict)
        unit, value = member(by, "unit", str), member(by, "value", int)
        if self.by_time(by):
            return self.later(before, value * (HOUR if unit == "working_hour" else self.nominal_day))
        if unit == "hour":
            return before + value * HOUR
        base = self.base(move, before)
        if unit == "calendar_day":
            return self.rolled(base + value)
        return self.rolled(add_months(base, value)) if unit == "month" else self.nth_worked(base, value)


def verify_elapsed(explanation, files):
    zone = Zone(member(member(explanation, "calendar", dict), "utc_offset", str))
    start, end = zone.read(member(explanation, "from", str)), zone.read(member(explanation, "to", str))
    spans = read_spans(explanation, zone, start, max(start, end))
    check_sessions(spans)
    same("working_seconds", explanation.get("working_seconds"), -(-counted_time(spans) // 1000))
    if files:
        check_book(explanation["calendar"], files)
        for span in spans:
            check_span(span, files, start)


def verify(answer, calendars):
    """Raises Difference unless the answer is right."""
    explanation = answer.get("explanation", answer) if isinstance(answer, dict) else None
    expect(isinstance(explanation, dict), "there is no explanation")
    files = CalendarFiles(calendars, member(member(explanation, "calendar", dict), "id", str)) if calendars else None
    if "start_at" in explanation:
        DueDate(explanation, files).verify()
    else:
        verify_elapsed(explanation, files)
    moved = explanation is not answer and bool(answer.get("moves"))
    if moved:
        Moves(answer, explanation, files).verify()
    for name in ("due_at", "limit", "provisional", "working_seconds"):
        if name == "due_at" and moved:
            continue
        if explanation is not answer and name in answer and name in explanation:
            same(f"the answer's {name}", answer[name], explanation[name])


def closed(pairs):
    names = [name for name, _ in pairs]
    expect(len(names) == len(set(names)), "a member is named twice")
    return dict(pairs)


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", nargs="?", help="the explanation; the standard input when absent")
    parser.add_argument("--calendar", nargs="+", default=[], help="the calendar's file and its parents'")
    options = parser.parse_args(arguments)
    try:
        calendars = [json.load(open(path, encoding="utf-8")) for path in options.calendar]
        text = open(options.file, encoding="utf-8").read() if options.file else sys.stdin.read()
        document = json.loads(text, object_pairs_hook=closed)
    except (OSError, ValueError, Difference) as error:
        print(f"cannot read: {error}", file=sys.stderr)
        return 2
    answers = document if isinstance(document, list) else [document]
    differences = 0
    for index, answer in enumerate(answers):
        try:
            verify(answer, calendars)
        except (Difference, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            difference = error if isinstance(error, Difference) else f"malformed: {error!r}"
            differences += 1
            print(f"answer {index + 1}: {difference}" if len(answers) > 1 else difference)
    if not answers:
        print("there is no explanation")
    if answers and not differences:
        print("confirmed" if len(answers) == 1 else f"confirmed: {len(answers)}")
    return 0 if answers and not differences else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
