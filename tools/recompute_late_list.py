"""Counts a published list of late dossiers again from its export, without the engine.

usage: recompute_late_list.py EXPORT LIST

EXPORT is what `motcua export-publication` prints, LIST the published list.json. The counts of every agency and of all
of them are found from the events, but for how a delay is shared among holders; so is each late dossier with its delay,
apology and explanation. What differs is printed. Prints "confirmed" and ends with 0; or ends with 1.
"""
import datetime
import json
import sys

from calendar_files import DAY, CalendarFiles, Zone

ZONE = Zone("+07:00")
EPOCH = datetime.date(1970, 1, 1).toordinal() * DAY
ENDS = {"dossier.refused": "refused", "dossier.withdrawn": "withdrawn", "dossier.stopped": "stopped",
        "dossier.settled": "settled"}


def local(ms):
    """An instant of the export as milliseconds of local time."""
    return None if ms is None else ms + EPOCH + ZONE.offset


class WorkingTime:
    """The working time before each day, so that a span is one subtraction."""

    def __init__(self, calendar):
        self.calendar, self.before, self.days, time, days = calendar, {}, {}, 0, 0
        for day in range(calendar.first, calendar.last + 2):
            self.before[day], self.days[day] = time, days
            if day <= calendar.last:
                sessions = calendar.sessions(day)
                time += sum(closes - opens for opens, closes in sessions)
                days += 1 if sessions else 0

    def until(self, at):
        day = at // DAY
        if day > self.calendar.last:
            return self.before[self.calendar.last + 1]
        sessions = self.calendar.sessions(day)
        return self.before[day] + sum(max(0, min(closes, at % DAY) - opens) for opens, closes in sessions)

    def elapsed(self, start, end):
        return max(0, self.until(end) - self.until(start))

    def close_of(self, day, count):
        """The close of the last session of the working day so many working days after a day; None past the calendar."""
        while count > 0 and day < self.calendar.last:
            day += 1
            count -= 1 if self.calendar.sessions(day) else 0
        return None if count > 0 else day * DAY + self.calendar.sessions(day)[-1][1]

    def days_after(self, start, end):
        """Working days d with start < d <= end."""
        return max(0, self.days[end + 1] - self.days[start + 1])


class Term:
    """One term of a clock: what ran of it, each with its due date, and what was counted when it ended."""

    def __init__(self, change):
        self.pieces, self.paused, self.over, self.pending = [], False, False, None
        self.started = self.begun = local(change["at"])
        self.open(change)

    def open(self, change):
        self.pieces.append({"from": local(change["at"]), "to": None, "due": local(change["due"].get("at")), "delay": None})
        self.paused, self.pending = False, change["due"].get("pending", "none")

    def close(self, change, paused):
        piece = self.pieces[-1]
        if not self.paused:
            piece["to"] = local(change["at"])
        if "delay" in change:
            piece["delay"] = change["delay"]
        self.paused, self.over = paused, not paused

    def running(self):
        return not self.paused and not self.over

    def missed(self, end):
        """Of what began before the end, those whose due was missed by then."""
        return [(piece["due"], piece) for piece in self.pieces if piece["due"] is not None and piece["from"] < end
                and min(end, piece["to"] if piece["to"] is not None else end) > piece["due"]]

    def change(self, change):
        action = change["action"]
        if action in ("pause", "end", "void"):
            self.close(change, action == "pause")
        elif action == "derive":
            self.pieces[-1]["due"], self.pending = local(change["due"].get("at")), change["due"].get("pending", "none")
        elif action == "resume":
            self.pieces[-1]["delay"] = change.get("delay", self.pieces[-1]["delay"])
            self.open(change)
        elif action == "move":
            self.close(change, True)
            self.open(change)
        elif action == "reopen":
            self.pieces[-1]["to"] = self.pieces[-1]["delay"] = None
            self.paused = self.over = False
        elif action == "repause":
            self.paused, self.over = True, False


class Dossier:
    """What the events that count tell of one dossier, as of the end of the period."""

    def __init__(self, events, end, explanation):
        self.facts, self.terms, self.code = {}, {"settlement": {}, "acceptance": {}}, ""
        self.accepted = self.ended = self.ended_as = self.promised_again = self.explained = None
        self.reappointed = self.moved = self.reappointed_in = None  # when, whether that moved the date, of which term
        self.apologies = []
        self.explanation_limit = explanation
        left_out, accepted_later = set(), None
        self.over = set()  # terms that what is left out ended
        for event in sorted(events, key=lambda event: event["version"]):
            body, kind = event["event"].get("body", {}), event["type"]
            of_left_out = kind == "dossier.stop_countered" and body["countered_version"] in left_out
            if accepted_later and self.facts and kind == "dossier.corrected" and body["corrected_version"] == accepted_later["version"] and (
                    "after" in body and local(body["after"]) < end):
                self.take_event(accepted_later, False)  # it was before the end, as is told now
                left_out.discard(accepted_later["version"])
                accepted_later = None
            later = local(event["occurred_at"]) >= end or of_left_out
            tells = kind == "dossier.clocks_derived" or (
                kind == "dossier.corrected" and body["corrected_version"] not in left_out)
            if later and (of_left_out or not tells or not self.facts or self.takes_lateness_away(kind, body, end)):
                left_out.add(event["version"])
                accepted_later = event if kind == "dossier.accepted" else accepted_later
                self.leave_out(event["event"].get("clocks", []))
                continue
            self.take_event(event, later)
        if self.ended is not None and self.ended >= end:
            self.ended = self.ended_as = None  # as a correction says

    def take_event(self, event, later):
        body, kind = event["event"].get("body", {}), event["type"]
        self.take(kind, body, local(event["occurred_at"]))
        changes = event["event"].get("clocks", [])
        if kind == "dossier.corrected" and body["what"] == "settlement" and "after" in body and changes:
            self.ended = local(body["after"])  # it ended its term later than was known
        waiting = {(change["kind"], change["term"]) for change in changes if change["action"] == "pause"}
        for change in changes:
            self.move(change, later, waiting)
            if kind == "dossier.supplement_accepted" and (change["kind"], change["action"]) == ("settlement", "start"):
                # It counts from the supplement, and runs for the office from when that was found complete.
                self.terms["settlement"][change["term"]].begun = local(event["occurred_at"])

    def leave_out(self, changes):
        for change in changes:
            if change["action"] in ("end", "void"):
                self.over.add((change["kind"], change["term"]))
            elif change["action"] in ("reopen", "repause"):
                self.over.discard((change["kind"], change["term"]))

    def takes_lateness_away(self, kind, body, end):
        """A correction by which a term began after the period, of a dossier that was late in it."""
        begun_later = kind == "dossier.corrected" and body["what"] in ("acceptance", "supplement") and (
            "after" in body and local(body["after"]) >= end)
        return begun_later and any(term.missed(end) for term in self.terms["settlement"].values())

    def take(self, kind, body, at):
        if kind in ("dossier.submitted", "dossier.imported"):
            self.facts = body
        self.code = body.get("code", self.code) if kind in ("dossier.submitted", "dossier.accepted",
                                                            "dossier.imported") else self.code
        if kind == "dossier.imported":
            self.accepted, self.ended = local(body.get("accepted_at")), local(body.get("ended_at"))
            self.ended_as = "settled" if body["state"] == "returned" else body["state"]
        elif kind == "dossier.accepted":
            self.accepted = at
        elif kind in ENDS:
            self.ended, self.ended_as = at, ENDS[kind]
        elif kind == "dossier.stop_countered":
            self.ended = self.ended_as = None
        elif kind == "dossier.reappointed":
            self.promised_again, self.reappointed = local(body["promised_at"]), at
            self.moved, self.reappointed_in = body.get("moves_due"), max(self.terms["settlement"], default=0)
        elif kind == "dossier.apology_sent":
            self.apologies.append(at)
        elif kind == "dossier.lateness_explained":
            self.explained = at
        elif kind == "dossier.corrected" and "after" in body and body["what"] == "acceptance":
            self.accepted = local(body["after"])
        if kind == "dossier.corrected" and "after" in body:
            self.begin_anew(body["what"], local(body["before"]), local(body["after"]))

    def begin_anew(self, what, before, after):
        """A term that is not over begins when the correction says."""
        for number, term in self.terms["settlement"].items():
            if term.started != before or (number == 1) != (what == "acceptance") or what not in ("acceptance", "supplement"):
                continue
            if not term.over and ("settlement", number) not in self.over:
                term.started, term.begun = after, after if what == "acceptance" else term.begun
            elif what == "supplement":
                term.begun = term.started

    def move(self, change, later, waiting):
        terms = self.terms.get(change["kind"])
        if terms is None:
            return
        known = terms.get(change["term"])
        if later:
            waits = known is not None and known.paused and (change["kind"], change["term"]) in waiting
            ended = known is not None and known.over and change["kind"] == "settlement" and change["action"] == "end"
            if known is None or not (known.running() or waits or ended):
                return
        if change["action"] == "start":
            terms[change["term"]] = Term(change)
        else:
            known.change(change)

    def apologised(self, method, number, missed):
        """When, for what made it late: the due of that term that was missed."""
        reappointed = [] if self.reappointed is None else [self.reappointed]
        if method == "late-list/1":
            return min(self.apologies + reappointed, default=None)
        sent = [at for at in self.apologies if at >= self.terms["settlement"][number].begun]
        if reappointed and self.moved and self.reappointed_in == number and self.reappointed < missed:
            return min((at for at in sent if at > self.reappointed), default=None)
        return min(sent + (reappointed if reappointed and self.reappointed_in >= number else []), default=None)

    def settled_terms(self):
        return [self.terms["settlement"][number] for number in sorted(self.terms["settlement"])]


def nearest_rank(values, percent):
    return sorted(values)[max(1, (percent * len(values) + 99) // 100) - 1] if values else None


def basis_points(part, whole):
    return (part * 10_000 + whole // 2) // whole if whole > 0 else None


class Count:
    """The counts of one agency; those of all are the sum."""

    NAMES = ("acceptances acceptances_late brought_forward received ended settled withdrawn stopped early on_time "
             "late_ended late_open late open untimed_received untimed_ended untimed_open reappointed_kept "
             "reappointed_missed reappointed_pending late_without_reappointment late_in_twelve_months "
             "delay_seconds apologies_in_time apologies_late apologies_missing apologies_owed explanations_given "
             "explanations_late explanations_missing explanations_owed").split()

    def __init__(self):
        self.of, self.delays, self.rows = dict.fromkeys(self.NAMES, 0), [], {}

    def add(self, name, holds=True):
        self.of[name] += 1 if holds else 0

    def shown(self):
        shown = dict(self.of)
        shown["late_rate_bp"] = basis_points(shown["late_ended"], shown["ended"] - shown["untimed_ended"])
        shown["acceptances_on_time_bp"] = basis_points(shown["acceptances"] - shown["acceptances_late"],
                                                       shown["acceptances"])
        shown["delay_median_seconds"] = nearest_rank(self.delays, 50)
        shown["delay_p90_seconds"] = nearest_rank(self.delays, 90)
        return shown


class List:
    def __init__(self, head):
        self.method = head["head"]["method"]
        if self.method not in ("late-list/1", "late-list/2"):
            raise SystemExit(f"{self.method} is not known here")
        self.start, self.end = ZONE.read(head["head"]["period_from"]), ZONE.read(head["head"]["period_to"])
        first = datetime.date.fromordinal(self.start // DAY)
        self.year_start = datetime.date(first.year - (first.month < 12), (first.month % 12) + 1, 1).toordinal() * DAY
        self.agencies = {agency["agency"]: agency for agency in head["agencies"]}
        newest = {one["calendar"]: json.loads(one["text"]) for one in head["calendars"]}
        self.time = {name: WorkingTime(CalendarFiles(newest.values(), name)) for name in newest}
        self.counts = {}

    def count(self, agency):
        return self.counts.setdefault(agency, Count()) if self.agencies[agency]["in_scope"] else None

    def add(self, dossier):
        if not dossier.facts:
            return
        self.count_acceptance(dossier)
        if dossier.accepted is None or dossier.accepted >= self.end:
            return
        terms = dossier.settled_terms()
        missed = [due for term in terms for due, _ in term.missed(self.end)]
        since, ended = min(missed, default=None), dossier.ended
        late_this_year = since is not None and self.year_start <= since < self.end
        before = ended is not None and ended < self.start
        # An agency of which nothing is counted has no section, whatever of it the export holds.
        count = None if before and not late_this_year else self.count(dossier.facts["competent_agency"])
        if count is None:
            return
        count.add("late_in_twelve_months", late_this_year)
        if before:
            return
        self.count_case(count, dossier, terms, since)
        if since is not None:
            self.count_delay(count, dossier, terms, since)

    def count_acceptance(self, dossier):
        terms = dossier.terms["acceptance"]
        due = terms[1].pieces[0]["due"] if 1 in terms else None
        if dossier.facts["channel"] != "online" or due is None or not self.start <= due < self.end:
            return
        count = self.count(dossier.facts["receiving_agency"])
        if count is not None:
            count.add("acceptances")
            count.add("acceptances_late", any(term.missed(self.end) for term in terms.values()))

    def count_case(self, count, dossier, terms, since):
        untimed = bool(terms) and terms[-1].pending == "untimed"
        # What was late before was accepted before, whatever a correction says since.
        received, ended = dossier.accepted >= self.start and not (since is not None and since < self.start), dossier.ended
        count.add("received" if received else "brought_forward")
        count.add("untimed_received", received and untimed)
        count.add("late", since is not None)
        count.add("late_without_reappointment", since is not None and dossier.promised_again is None)
        if dossier.promised_again is not None:
            missed = min(self.end if ended is None else ended, self.end) > dossier.promised_again
            count.add("reappointed_missed" if missed else "reappointed_pending" if ended is None else "reappointed_kept")
        if ended is None:
            count.add("open")
            count.add("untimed_open", untimed)
            count.add("late_open", since is not None)
            return
        count.add("ended")
        count.add(dossier.ended_as)
        due = terms[-1].pieces[-1]["due"] if terms else None
        if untimed:
            count.add("untimed_ended")
        elif since is not None:
            count.add("late_ended")
        else:
            count.add("on_time" if due is not None and ended // DAY == due // DAY else "early")

    def count_delay(self, count, dossier, terms, since):
        time = self.time[self.agencies[dossier.facts["competent_agency"]]["calendar"]]
        # An end that was set back to before its due is late until it was entered.
        known = [piece["to"] for term in terms[-1:] for piece in term.pieces[-1:] if piece["to"] is not None]
        until = self.end if dossier.ended is None else min(self.end - 1, max([dossier.ended] + known))
        seconds, days = 0, 0
        for term in terms:
            for due, piece in term.missed(until):
                begin = max(due, piece["from"])
                over = piece["to"] is not None and piece["to"] <= until
                counted = piece["delay"] if over and piece["delay"] is not None else time.elapsed(
                    begin, piece["to"] if over else until)
                seconds += -(-counted // 1000)
                last = min(piece["to"] if over else until, self.end - 1)
                days += time.days_after(begin // DAY, last // DAY)
        if self.method == "late-list/1":
            days = time.days_after(since // DAY, (until if dossier.ended is not None else self.end - 1) // DAY)
        count.of["delay_seconds"] += seconds
        count.delays.append(seconds)
        apology, explanation = self.count_duties(count, dossier, time)
        count.rows[dossier.code] = (seconds, days, apology, explanation)

    def count_duties(self, count, dossier, time):
        """What lateness obliges to, as it stands at the end of the period: the marks of the apology and the explanation."""
        number, term = next(pair for pair in sorted(dossier.terms["settlement"].items()) if pair[1].missed(self.end))
        missed = term.missed(self.end)[0][0]
        limit = dossier.explanation_limit
        if (limit["unit"], limit["counting"]) != ("working_day", "by_day"):
            raise SystemExit(f"explanations are not counted with a limit of {limit}")
        # Apologised for the day before; where the term was shorter than two days, by its end.
        short = missed - term.started < 2 * DAY
        apology = self.mark(dossier.apologised(self.method, number, missed), missed if short else missed // DAY * DAY - 1)
        explanation = self.mark(dossier.explained, time.close_of(missed // DAY, limit["value"]))
        explanation = {"in_time": "given", "late": "given_late"}.get(explanation, explanation)
        count.add("apologies_" + apology)
        count.add("explanations_" + {"given_late": "late"}.get(explanation, explanation))
        return apology, explanation

    def mark(self, done, due):
        if done is not None:
            return "late" if due is not None and done > due else "in_time"
        return "missing" if due is not None and self.end > due else "owed"


def differences(said, found, place):
    return [f"{place}: {name} is {said[name]} in the list, but {value} by the events"
            for name, value in found.items() if said[name] != value]


def compare(document, counted):
    wrong, total = [], Count()
    sections = {section["agency"]: section for section in document["agencies"]}
    for agency in sorted(set(sections) | set(counted.counts)):
        if agency not in sections or agency not in counted.counts:
            wrong.append(f"{agency}: stands in one of the two only")
            continue
        count, section = counted.counts[agency], sections[agency]
        wrong += differences(section["counts"], count.shown(), agency)
        rows = {row["code"]: (row["delay_seconds"], row["delay_days"], row["apology"], row["explanation"]) for row in section["late"]}
        wrong += [f"{agency}: {code} is {rows.get(code)} in the list, but {count.rows.get(code)} by the events"
                  for code in sorted(set(rows) | set(count.rows)) if rows.get(code) != count.rows.get(code)]
        for name, value in count.of.items():
            total.of[name] += value
        total.delays += count.delays
    return wrong + differences(document["head"]["total"], total.shown(), "all")


def main(arguments):
    if len(arguments) != 2:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    with open(arguments[1], encoding="utf-8") as file:
        document = json.load(file)["document"]
    with open(arguments[0], encoding="utf-8") as file:
        head = json.loads(file.readline())
        counted, dossiers = List(head), 0
        for line in file:
            dossiers += 1
            line = json.loads(line)
            counted.add(Dossier(line["events"], counted.end, line["explanation"]))
    wrong = compare(document, counted)
    if head["head"] != document["head"]:
        wrong.append("the export is of another list")
    if dossiers != head["dossiers"]:
        wrong.append(f"the export names {head['dossiers']} dossiers, but holds {dossiers}")
    print("\n".join(wrong[:50]) if wrong else f"confirmed: {dossiers} dossiers, {len(counted.counts)} agencies, "
          f"{sum(len(count.rows) for count in counted.counts.values())} late")
    return 1 if wrong else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        sys.exit(f"the export or the list cannot be read: {type(error).__name__}: {error}")
