"""Calendar files and local time, read without the engine, for the programs that check its answers."""
import datetime
import re

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{3}))?(Z|[+-]\d\d:\d\d)")
TIME = re.compile(r"(\d\d):(\d\d)(?::(\d\d)\.(\d{3}))?")


class Difference(Exception):
    """What the explanation says and what must be true instead."""


def expect(holds, what):
    if not holds:
        raise Difference(what)


def same(what, said, found):
    expect(said == found and type(said) is type(found), f"{what}: it says {said}, but it is {found}")


def member(owner, name, kind):
    value = owner.get(name) if isinstance(owner, dict) else None
    expect(isinstance(value, kind) and (kind is bool or not isinstance(value, bool)), f"{name} is missing or malformed")
    return value


def ordinal(text):
    try:
        return datetime.date.fromisoformat(text).toordinal()
    except ValueError:
        raise Difference(f"{text} is no date") from None


def shown_date(day):
    return datetime.date.fromordinal(day).isoformat()


def offset_of(text):
    found = re.fullmatch(r"([+-])(\d\d):(\d\d)", text)
    expect(found, f"{text} is no offset")
    return (-1 if found[1] == "-" else 1) * (int(found[2]) * HOUR + int(found[3]) * MINUTE)


class Zone:
    """Instants as milliseconds of local time; a date's midnight is its ordinal times a day."""

    def __init__(self, offset_text):
        self.offset_text, self.offset = offset_text, offset_of(offset_text)

    def read(self, text):
        found = INSTANT.fullmatch(text) if isinstance(text, str) else None
        expect(found, f"{text} is no instant")
        hours, minutes, seconds, fraction = int(found[2]), int(found[3]), int(found[4]), int(found[5] or 0)
        expect(hours < 24 and minutes < 60 and seconds < 60, f"{text} is no instant")
        stated = 0 if found[6] == "Z" else offset_of(found[6])
        time = hours * HOUR + minutes * MINUTE + seconds * 1000 + fraction
        return ordinal(found[1]) * DAY + time - stated + self.offset

    def shown(self, at):
        day, time = divmod(at, DAY)
        text = f"{shown_date(day)}T{time // HOUR:02}:{time // MINUTE % 60:02}:{time // 1000 % 60:02}"
        return text + (f".{time % 1000:03}" if time % 1000 else "") + self.offset_text


def time_of_day(text):
    found = TIME.fullmatch(text)
    expect(found, f"{text} is no time of day")
    return int(found[1]) * HOUR + int(found[2]) * MINUTE + int(found[3] or 0) * 1000 + int(found[4] or 0)


def sessions_of(texts):
    sessions = []
    for text in texts:
        opens, _, closes = text.partition("-")
        sessions.append((time_of_day(opens), time_of_day(closes)))
    expect(all(a < b for a, b in sessions), "a session closes before it opens")
    expect(all(a[1] <= b[0] for a, b in zip(sessions, sessions[1:])), "the sessions of a day overlap")
    return sessions


class CalendarFiles:
    """One calendar, read from its file and its parents' as if they were one."""

    def __init__(self, documents, wanted):
        by_id = {document["id"]: document for document in documents}
        chain, name = [], wanted
        while name:
            expect(name in by_id and name not in [link["id"] for link in chain], f"no file of the calendar {name}")
            chain.insert(0, by_id[name])
            name = by_id[name].get("parent", "")
        self.facts, self.entries, self.known, known_until = {}, {}, {}, None
        for link in chain:
            self.facts.update({key: value for key, value in link.items() if key != "exceptions"})
            self.entries.update({ordinal(entry["on"]): entry for entry in link.get("exceptions", [])})
            known_until = link.get("provisional_until_on", known_until)
        self.first = ordinal(self.facts["first_on"])
        self.last = max(ordinal(self.facts["official_until_on"]), ordinal(known_until) if known_until else 0)

    def knows(self, day):
        return self.first <= day <= self.last

    def sessions(self, day):
        if day not in self.known:
            self.known[day] = self.read_sessions(day)
        return self.known[day]

    def read_sessions(self, day):
        entry = self.entries.get(day)
        if entry is not None and "sessions" in entry:
            return sessions_of(entry["sessions"])
        like = entry["as"] if entry is not None else WEEKDAYS[(day - 1) % 7]
        return sessions_of(self.facts["weekly"][like])

    def worked_days_after(self, day):
        return sum(1 for later in range(day + 1, self.last + 1) if self.sessions(later))

    def worked_time_after(self, at):
        pieces = ((day * DAY + opens, day * DAY + closes) for day in range(at // DAY, self.last + 1)
                  for opens, closes in self.sessions(day))
        return sum(max(0, closes - max(opens, at)) for opens, closes in pieces)
