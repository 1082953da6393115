"""What has to hold of a published list of late dossiers: within itself, with the month before it, and with what
year_journal counts of the same month. Each check raises SystemExit with what is wrong.
"""
NOT_SUMS = ("_bp", "_median_seconds", "_p90_seconds")
# Of these an agency knows more than its units: who receives has none, and a unit is not late "repeatedly".
NOT_OF_UNITS = ("acceptances", "acceptances_late", "units_repeatedly_late", "delay_own_seconds", "delay_others_seconds")
COUNTED = ("acceptances acceptances_late brought_forward received ended settled withdrawn stopped early on_time late_ended "
           "late_open late open untimed_received untimed_ended untimed_open reappointed_kept reappointed_missed "
           "reappointed_pending late_without_reappointment late_in_twelve_months").split()


def check_identities(counts, place):
    of = counts.__getitem__
    identities = {
        "brought forward + received = ended + open": (of("brought_forward") + of("received"), of("ended") + of("open")),
        "settled + withdrawn + stopped = ended": (of("settled") + of("withdrawn") + of("stopped"), of("ended")),
        "early + on time + late = ended and timed":
            (of("early") + of("on_time") + of("late_ended"), of("ended") - of("untimed_ended")),
        "late = ended late + open late": (of("late_ended") + of("late_open"), of("late")),
        "apologies = late": (sum(of("apologies_" + mark) for mark in ("in_time", "late", "missing", "owed")), of("late")),
        "explanations = late":
            (sum(of("explanations_" + mark) for mark in ("given", "late", "missing", "owed")), of("late")),
    }
    for name, (left, right) in identities.items():
        if left != right:
            raise SystemExit(f"{place}: {name} does not hold: {left}, {right}")


def check_sums(parts, whole, without, place):
    """Every count of the whole is the sum of its parts'."""
    for name, value in whole.items():
        if name.endswith(NOT_SUMS) or name in without:
            continue
        found = sum(part[name] for part in parts)
        if found != value:
            raise SystemExit(f"{place}: {name} is {value}, but its parts sum up to {found}")


def check_document(document, month):
    """The list by itself; answers the total."""
    total = document["head"]["total"]
    check_identities(total, month)
    check_sums([section["counts"] for section in document["agencies"]], total, (), month)
    for section in document["agencies"]:
        place = f"{month} {section['agency']}"
        check_identities(section["counts"], place)
        for unit in section["units"]:
            check_identities(unit["counts"], f"{place} {unit['unit']}")
        check_sums([unit["counts"] for unit in section["units"]], section["counts"], NOT_OF_UNITS, place)
        check_rows(section, place)
    codes = [row["code"] for section in document["agencies"] for row in section["late"]]
    if len(codes) != len(set(codes)):
        raise SystemExit(f"{month}: a dossier is listed twice")
    return total


def check_rows(section, place):
    counts, rows = section["counts"], section["late"]
    said = {
        "late": len(rows),
        "late_ended": sum(row["finished_at"] is not None for row in rows),
        "delay_seconds": sum(row["delay_seconds"] for row in rows),
    }
    for mark in ("in_time", "late", "missing", "owed"):
        said["apologies_" + mark] = sum(row["apology"] == mark for row in rows)
    for mark, name in (("given", "given"), ("given_late", "late"), ("missing", "missing"), ("owed", "owed")):
        said["explanations_" + name] = sum(row["explanation"] == mark for row in rows)
    for name, value in said.items():
        if counts[name] != value:
            raise SystemExit(f"{place}: {name} is {counts[name]}, but {value} by its rows")
    for row in rows:
        if row["shares"] and sum(share["seconds"] for share in row["shares"]) != row["delay_seconds"]:
            raise SystemExit(f"{place}: the shares of {row['code']} are not its delay")


def check_journal(document, counted, month):
    """The list against what the journal says; `counted` is of year_journal.Month."""
    if len(counted.codes) != len(set(counted.codes)):
        raise SystemExit(f"{month}: the journal knows a code of two dossiers")
    sections = {section["agency"]: section["counts"] for section in document["agencies"]}
    nothing = dict.fromkeys(COUNTED, 0)
    for agency in sorted(set(sections) | set(counted.counts)):
        for name in COUNTED:
            said, found = sections.get(agency, nothing)[name], counted.counts.get(agency, nothing)[name]
            if said != found:
                raise SystemExit(f"{month} {agency}: {name} is {said} in the list, but {found} by the journal")
    total = document["head"]["total"]
    if total["brought_forward"] + total["received"] != len(counted.codes):
        raise SystemExit(f"{month}: not each dossier is counted once")
    listed = {row["code"]: section["agency"] for section in document["agencies"] for row in section["late"]}
    if listed != counted.late:
        wrong = sorted(set(listed.items()) ^ set(counted.late.items()))
        raise SystemExit(f"{month}: late by one of list and journal only: {wrong[:10]}")
    if not counted.held_late <= set(listed):
        raise SystemExit(f"{month}: suspended while late, and not in the list: {sorted(counted.held_late - set(listed))}")


def check_follows(before, document, month):
    """The list after that of the month before: what was open is brought forward, and who is late stays so."""
    forward = {section["agency"]: section["counts"]["brought_forward"] for section in document["agencies"]}
    listed = {row["code"] for section in document["agencies"] for row in section["late"]}
    for section in before["agencies"]:
        agency, left = section["agency"], section["counts"]["open"]
        if forward.pop(agency, 0) != left:
            raise SystemExit(f"{month} {agency}: does not bring forward the {left} that were open")
        for row in section["late"]:
            if (row["finished_at"] is None) != (row["code"] in listed):
                raise SystemExit(f"{month} {agency}: {row['code']} left the list while open, or came back")
    if any(forward.values()):
        raise SystemExit(f"{month}: brings forward what was not open: {forward}")


def check_turns(turns, filed, known, least):
    """Nothing is proven by data in which it did not happen."""
    for name in ("dossier.suspended", "dossier.resumed", "dossier.resumed by the system", "dossier.extended",
                 "reappointed in time", "reappointed too late", "dossier.supplement_requested", "dossier.withdrawn",
                 "dossier.stopped by the system", "dossier.refused"):
        if turns[name] == 0:
            raise SystemExit(f"nothing in the data is: {name}")
    if len(filed) < least:
        raise SystemExit(f"{len(filed)} procedures were filed of {len(known)} that are defined, and {least} should be")
