"""Counts months from the journal of a database, past the engine: its rows of events are read once, in order, and each
dossier is kept as the few instants that a month's list hangs on. It understands what bench_seed makes, and stops at
what it does not.
"""
import collections
import datetime
import json
import sqlite3

HOUR, DAY = 3_600_000, 86_400_000
OFFSET = 7 * HOUR
EPOCH = datetime.date(1970, 1, 1)
PROCEDURE, AGENCIES = 3, 2  # kinds of definitions
ENDS = {"dossier.refused": "refused", "dossier.withdrawn": "withdrawn", "dossier.stopped": "stopped",
        "dossier.settled": "settled"}
NOT_UNDERSTOOD = {"dossier.imported", "dossier.stop_countered", "dossier.corrected", "dossier.clocks_derived"}


def midnight(day):
    return (day - EPOCH).days * DAY - OFFSET


def shifted(month, count):
    """The month so many months later, as "2026-10"."""
    place = int(month[:4]) * 12 + int(month[5:]) - 1 + count
    return f"{place // 12}-{place % 12 + 1:02}"


def start_of(month):
    return midnight(datetime.date(int(month[:4]), int(month[5:]), 1))


def local_day(instant):
    return (instant + OFFSET) // DAY


class Clock:
    """One kind of clock of a dossier over all its terms: the dues that it ran past, each with the instant of the event
    that set it. A term may begin before that (a supplement that is accepted counts from its receipt), and what happens
    after a month is no fact of it.
    """

    def __init__(self):
        self.due = self.set_at = self.first_due = None
        self.running, self.untimed, self.missed = False, False, []

    def stop(self, at):
        if self.running and self.due is not None and (at is None or at > self.due):
            self.missed.append((self.due, self.set_at))
        self.running = False

    def take(self, change, happened):
        action, at = change["action"], change["at"]
        if action not in ("start", "pause", "resume", "move", "end", "void"):
            raise SystemExit(f"the journal holds a change of a clock that is not understood: {change}")
        if action in ("pause", "end", "void"):
            return self.stop(at)
        if action == "move":
            self.stop(at)
        if action == "start" and self.first_due is None:
            self.first_due = change["due"].get("at")
        self.due, self.set_at, self.running = change["due"].get("at"), happened, True
        self.untimed = change["due"].get("pending") == "untimed"

    def missed_before(self, end):
        """The first due that was missed before an instant; after `stop(None)`, when nothing more comes."""
        return min((due for due, set_at in self.missed if due < end and set_at < end), default=None)


class Case:
    def __init__(self, facts):
        self.facts, self.code = facts, facts.get("code")
        self.accepted = self.ended = self.ended_as = self.reappointed = self.promised = None
        self.settlement, self.acceptance = Clock(), Clock()
        self.holds = []  # [from, to] of each suspension, by ground

    def take(self, kind, at, event):
        body = event.get("body", {})
        for change in event.get("clocks", ()):
            if change["kind"] in ("settlement", "acceptance"):
                getattr(self, change["kind"]).take(change, at)
        if kind == "dossier.accepted":
            self.accepted, self.code = at, body.get("code", self.code)
        elif kind == "dossier.reappointed":
            self.reappointed, self.promised = at, body["promised_at"]
        elif kind == "dossier.suspended":
            self.holds.append([body["ground"], at, None])
        elif kind == "dossier.resumed":
            next(hold for hold in self.holds if hold[0] == body["ground"] and hold[2] is None)[2] = at
        elif kind in ENDS:
            self.ended, self.ended_as = at, ENDS[kind]

    def close(self):
        """Nothing more comes; what still runs is missed once its due has passed."""
        self.settlement.stop(None)
        self.acceptance.stop(None)

    def held_at(self, instant):
        open_then = self.ended is None or self.ended >= instant
        return open_then and any(start < instant and (to is None or to >= instant) for _, start, to in self.holds)


class Journal:
    """Every dossier of a database, and what its events were."""

    def __init__(self, database):
        self.cases, self.turns = {}, collections.Counter()
        read = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
        texts = [row[0] for row in read.execute("SELECT text FROM definition WHERE kind = ? ORDER BY seq", (AGENCIES,))]
        self.parents = {agency["code"]: agency.get("parent") for text in texts for agency in json.loads(text)["agencies"]}
        self.procedures = {row[0] for row in read.execute("SELECT DISTINCT key FROM definition WHERE kind = ?", (PROCEDURE,))}
        rows = read.execute("SELECT event.dossier, type.text, caller.text, event.occurred_at, event.body FROM event "
                            "JOIN word type ON type.id = event.type JOIN word caller ON caller.id = event.caller "
                            "ORDER BY event.position")
        for dossier, kind, caller, at, body in rows:
            self.take(dossier, kind, caller, at, json.loads(body))
        for case in self.cases.values():
            case.close()
        read.close()

    def take(self, dossier, kind, caller, at, event):
        if kind in NOT_UNDERSTOOD:
            raise SystemExit(f"the journal holds an event that is not understood: {kind}")
        if kind == "dossier.submitted":
            self.cases[dossier] = Case(event["body"])
        self.cases[dossier].take(kind, at, event)
        self.turns[kind + (" by the system" if caller == "system" else "")] += 1
        if kind == "dossier.reappointed":
            self.turns["reappointed in time" if event["body"].get("in_time") else "reappointed too late"] += 1

    def filed(self):
        return {case.facts["procedure"] for case in self.cases.values()}

    def below(self, scope):
        """Whether an agency is `scope` or lies under it."""
        def holds(agency):
            while agency and agency != scope:
                agency = self.parents.get(agency)
            return agency == scope
        return {agency for agency in self.parents if holds(agency)}

    def month(self, month, scope):
        return Month(self, month, self.below(scope))


class Month:
    """The counts of each agency of a scope in a month, the late dossiers and those that waited while they were late."""

    def __init__(self, journal, month, agencies):
        self.start, self.end = start_of(month), start_of(shifted(month, 1))
        self.year_start = start_of(shifted(month, -11))
        self.counts = collections.defaultdict(collections.Counter)
        self.late, self.held_late, self.codes = {}, set(), []
        for case in journal.cases.values():
            facts = case.facts
            if facts["channel"] == "online" and facts["receiving_agency"] in agencies:
                self.count_acceptance(case, self.counts[facts["receiving_agency"]])
            if facts["competent_agency"] in agencies and case.accepted is not None and case.accepted < self.end:
                self.count(case, self.counts[facts["competent_agency"]])

    def count_acceptance(self, case, count):
        due = case.acceptance.first_due
        if due is None or not self.start <= due < self.end:
            return
        count["acceptances"] += 1
        count["acceptances_late"] += case.acceptance.missed_before(self.end) is not None

    def count(self, case, count):
        missed = case.settlement.missed_before(self.end)
        late = missed is not None
        count["late_in_twelve_months"] += late and missed >= self.year_start
        if case.ended is not None and case.ended < self.start:
            return
        ended = case.ended is not None and case.ended < self.end
        untimed = case.settlement.untimed
        self.codes.append(case.code)
        count["received" if case.accepted >= self.start else "brought_forward"] += 1
        count["untimed_received"] += untimed and case.accepted >= self.start
        count["ended" if ended else "open"] += 1
        count["untimed_ended" if ended else "untimed_open"] += untimed
        count["late_ended" if ended else "late_open"] += late
        count["late"] += late
        if ended:
            count[case.ended_as] += 1
            count[self.punctuality(case, late, untimed)] += 1
        self.count_promise(case, count, ended, late)
        if late:
            self.late[case.code] = case.facts["competent_agency"]
            if case.held_at(self.end):
                self.held_late.add(case.code)

    @staticmethod
    def punctuality(case, late, untimed):
        if untimed or late:
            return "told elsewhere"
        due = case.settlement.due
        return "on_time" if due is not None and local_day(case.ended) == local_day(due) else "early"

    def count_promise(self, case, count, ended, late):
        if case.reappointed is None or case.reappointed >= self.end:
            count["late_without_reappointment"] += late
        elif (case.ended if ended else self.end) > case.promised:
            count["reappointed_missed"] += 1
        else:
            count["reappointed_kept" if ended else "reappointed_pending"] += 1
