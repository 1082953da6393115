"""A month of a province, counted from what the service says of each dossier at the month's last instant."""
import datetime

ZONE = datetime.timezone(datetime.timedelta(hours=7))
INSTANT = datetime.timedelta(milliseconds=1)


def read_instant(text):
    return datetime.datetime.fromisoformat(text).astimezone(ZONE)


def shown(at):
    return at.isoformat(timespec="milliseconds" if at.microsecond else "seconds")


def in_query(at):
    return shown(at).replace("+", "%2B")


class Month:
    """A month as every dossier stands at its last instant."""

    FORM = ("received", "received_online", "received_other", "brought_forward", "settled", "early", "on_time", "late", "open",
            "open_in_term", "open_late", "untimed_received", "untimed_settled", "untimed_open")
    INDEX = ("received", "on_time", "late", "supplemented_twice", "untimed")

    def __init__(self, service, ids, start, end):
        self.service, self.start, self.end = service, start, end
        self.agencies, self.rows = {}, {}
        self.form, self.index = dict.fromkeys(self.FORM, 0), dict.fromkeys(self.INDEX, 0)
        for one in ids:
            self.add(service.get(f"/v1/dossiers/{one}"))

    def add(self, dossier):
        self.count_acceptance(dossier)
        accepted, ended = (dossier[name] and read_instant(dossier[name]) for name in ("accepted_at", "ended_at"))
        if not accepted:
            return
        late_before = dossier["late_since"] and read_instant(dossier["late_since"]) < self.start
        received = accepted >= self.start and not late_before
        if received:
            self.count_index(dossier, ended)
        if ended and ended < self.start:
            return
        self.count_form(dossier, received, ended)
        self.count_case(dossier, received, ended)

    def count_acceptance(self, dossier):
        clocks = [clock for clock in dossier["clocks"] if clock["kind"] == "acceptance"]
        if dossier["channel"] != "online" or not clocks:
            return
        first = (clocks[0].get("earlier") or clocks)[0]["due_at"]
        if self.start <= read_instant(first) < self.end:
            agency = self.agencies.setdefault(dossier["receiving_agency"], {})
            agency["acceptances"] = agency.get("acceptances", 0) + 1
            agency["acceptances_late"] = agency.get("acceptances_late", 0) + any(clock["state"] == "missed" for clock in clocks)

    def count_index(self, dossier, ended):
        rounds, counts = dossier["supplements"], self.index
        if dossier["untimed"]:
            counts["untimed"] += 1
            return
        counts["received"] += 1
        counts["supplemented_twice"] += len(rounds) > 1
        waits = rounds and not rounds[0]["supplied_at"]
        finish = ended or (read_instant(rounds[0]["asked_at"]) if waits else self.end)
        counts["on_time" if len(rounds) < 2 and finish <= read_instant(dossier["due_at"]) else "late"] += 1

    def count_form(self, dossier, received, ended):
        names = ["received", ("received_online" if dossier["channel"] == "online" else "received_other") if received else "brought_forward"]
        due = dossier["due_at"] and read_instant(dossier["due_at"]).date()
        if dossier["untimed"]:
            names = ["untimed_received", "untimed_settled" if ended else "untimed_open"]
        elif ended:
            day = due if dossier["state"] == "withdrawn" else ended.date()
            names += ["settled", "on_time" if day == due else "early" if day < due else "late"]
        else:
            stands = self.stands_since(dossier["id"])
            waits = stands and stands.date() <= due
            names += ["open", "open_late" if due < self.end.date() and not waits else "open_in_term"]
        for name in names:
            self.form[name] += 1

    def stands_since(self, dossier):
        """Since when no settlement term of it runs."""
        since = None
        for _, data in self.service.history(dossier):
            for change in data.get("clocks", []):
                if change["kind"] == "settlement" and change["action"] != "derive":
                    stands = change["action"] in ("pause", "end", "void", "repause")
                    since = (since or read_instant(change["at"])) if stands else None
        return since

    def count_case(self, dossier, received, ended):
        late, untimed, state = dossier["late"], dossier["untimed"], dossier["state"]
        of = self.agencies.setdefault(dossier["competent_agency"], {})
        due = dossier["due_at"] and read_instant(dossier["due_at"]).date()
        names = {"received": received, "brought_forward": not received, "untimed_received": received and untimed,
                 "ended": ended, "open": not ended, "untimed_ended": ended and untimed, "untimed_open": not ended and untimed,
                 "settled": state in ("settled", "returned"), "withdrawn": state == "withdrawn", "stopped": state == "stopped",
                 "late": late, "late_ended": late and ended, "late_open": late and not ended,
                 "late_without_reappointment": late and not dossier["reappointment"],
                 "on_time": ended and not late and not untimed and due == ended.date(),
                 "early": ended and not late and not untimed and due != ended.date()}
        for name, holds in names.items():
            of[name] = of.get(name, 0) + bool(holds)
        if late:
            row = self.rows[dossier["code"]] = self.row(dossier, ended)
            of["delay_seconds"] = of.get("delay_seconds", 0) + row["delay"]
            for name in ("apologies_" + row["apology"], "explanations_" + row["explanation"].replace("given_late", "late")):
                of[name] = of.get(name, 0) + 1

    def row(self, dossier, ended):
        shares = {}
        for piece in self.service.get(f"/v1/dossiers/{dossier['id']}/attribution?at={in_query(self.end - INSTANT)}")["delays"]:
            for share in piece["shares"]:
                key = (share["agency"], share.get("unit") or "")
                shares[key] = shares.get(key, 0) + share["working_seconds"]
        explanation = {"in_time": "given", "late": "given_late"}
        mark = self.mark(dossier["lateness_explanation"])
        return {"delay": dossier["late_working_seconds"], "ended": bool(ended), "apology": self.mark(dossier["apology"]),
                "explanation": explanation.get(mark, mark), "shares": {key: value for key, value in shares.items() if value}}

    def mark(self, duty):
        if duty["state"] == "owed" and duty["due_at"] and read_instant(duty["due_at"]) < self.end:
            return "missing"  # from the end on
        return {"done_in_time": "in_time", "done_late": "late"}.get(duty["state"], duty["state"])

    def differences(self, document):
        sections = {one["agency"]: one["counts"] for one in document["agencies"]}
        for agency in sorted(set(sections) | set(self.agencies)):
            for name, value in self.agencies.get(agency, {}).items():
                said = sections.get(agency, {}).get(name)
                if said != value:
                    yield f"{agency}: {name} is {said} in the list, but {value} by what stood"
        listed = {}
        for row in (row for one in document["agencies"] for row in one["late"]):
            shares = {}
            for share in row["shares"]:
                key = (share["agency"], share["unit"])
                shares[key] = shares.get(key, 0) + share["seconds"]
            listed[row["code"]] = {"delay": row["delay_seconds"], "ended": row["finished_at"] is not None, "apology": row["apology"],
                                   "explanation": row["explanation"], "shares": {key: value for key, value in shares.items() if value}}
        for code in sorted(set(listed) | set(self.rows)):
            if listed.get(code) != self.rows.get(code):
                yield f"{code} is {listed.get(code)} in the list, but {self.rows.get(code)} by what stood"
