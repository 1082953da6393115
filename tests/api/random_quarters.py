"""Lives a random quarter of a province over HTTP, and counts its months by what the service said on the way.

usage: random_quarters.py PORT TOKEN SEED DOSSIERS FOLDER MOTCUA

The service is a sandbox on 2026-07-01 with the procedures of tests/support. Whatever `actions` allows is done to
dossiers at random, with dates set back, corrections, and what is told late. The instant before a month ends, every
dossier is read as it stands, and the month is counted from that alone: the list, II.06a and index 766. Lists are
published and corrected meanwhile; each is verified, counted again by `motcua recompute` and by
tools/recompute_late_list.py, and held against /v1/late, the reports and the month before. Prints what differs and
ends with 1, else with 0. Each act is a line of FOLDER/acts.txt.
"""
import datetime
import http.client
import json
import os
import random
import subprocess
import sys
import time

from counted_month import INSTANT, ZONE, Month, in_query, read_instant, shown

PUBLISHER = "H32.ct01"
COMMUNES = ["H32.101", "H32.102", "H32.103"]
# By days and hours, at once, untimed; on grounds, with fees, edges, hand-overs and linked dossiers.
PROCEDURES = ["2.000908", "1.004194", "1.013225", "1.004837", "1.001193", "1.005458", "2.002516", "1.013949",
              "9.000002", "9.000003", "9.000005", "9.100001"]
WEIGHTS = {"accept": 12, "refuse": 1, "request-supplement": 4, "supplement": 10, "accept-supplement": 10, "assign": 5,
           "complete-step": 4, "settle": 5, "return-result": 2, "withdraw": 1, "reappoint": 4, "apologise": 3, "correct": 4,
           "explain-lateness": 3, "suspend": 3, "resume": 4, "extend": 3, "consult": 3, "answer-consultation": 3,
           "forward": 3, "receive-forwarded": 5, "request-payment": 2, "confirm-payment": 6, "waive-payment": 2, "stop": 1}
OVER = ("settled", "returned", "withdrawn", "stopped", "refused")


class Wrong(Exception):
    pass


class Service:
    def __init__(self, port, token):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.token, self.keys = token, 0

    def send(self, method, target, body, headers):
        self.connection.request(method, target, None if body is None else json.dumps(body), headers)
        answer = self.connection.getresponse()
        return answer, answer.read()

    def ask(self, method, target, body=None):
        headers = {"Authorization": "Bearer " + self.token}
        if body is not None:
            self.keys += 1
            headers |= {"Content-Type": "application/json", "Idempotency-Key": f"key-{self.keys}"}
        try:
            answer, data = self.send(method, target, body, headers)
        except ConnectionError:  # it was idle for long
            self.connection.close()
            answer, data = self.send(method, target, body, headers)
        if answer.status >= 500:
            raise Wrong(f"{method} {target} {body}: {answer.status} {data[:400]}")
        return answer, data

    def get(self, target):
        answer, data = self.ask("GET", target)
        if answer.status != 200:
            raise Wrong(f"GET {target}: {answer.status} {data[:400]}")
        return json.loads(data)

    def post(self, target, body):
        answer, data = self.ask("POST", target, body)
        return answer.status, json.loads(data)

    def must(self, target, body, status):
        found, answer = self.post(target, body)
        if found != status:
            raise Wrong(f"POST {target}: {found} {answer}")
        return answer

    def pages(self, target):
        items, cursor = [], ""
        while cursor is not None:
            page = self.get(target + (f"&cursor={cursor}" if cursor else ""))
            items, cursor = items + page["items"], page["next_cursor"]
        return items

    def history(self, dossier):
        """Its events: each one's word, and its data."""
        for event in self.get(f"/v1/dossiers/{dossier}/events?limit=200")["items"]:
            yield event["type"].split(".")[3], event["data"]

    def move(self, at):
        status = 202
        while status == 202:
            answer, data = self.ask("PUT", "/v1/sandbox/clock", {"now": shown(at)})
            status = answer.status
        if status != 200:
            raise Wrong(f"the clock does not go to {at}: {data}")


class Bodies:
    """Bodies of commands, made at random of what `actions` tells of their fields."""

    def __init__(self, dice):
        self.dice, self.references = dice, 0

    def at_work(self, now, days):
        on = now + datetime.timedelta(days=self.dice.randrange(1, days))
        return shown(on.replace(hour=self.dice.choice([9, 11, 16]), minute=0, second=0, microsecond=0))

    def of(self, word, fields, dossier, now):
        body = {}
        for field in fields:
            self.fill(body, field, word, now)
        if word in ("explain-lateness", "correct", "extend"):
            body["on_behalf_of"] = self.dice.choice([dossier["competent_agency"] + ".ct01", PUBLISHER])
        if word == "correct":
            choice = self.dice.choice(next(field for field in fields if field["name"] == "version")["choices"])
            body |= {"version": choice["value"], "occurred_at": shown(self.between(choice, now))}
        elif word != "resume" and self.dice.random() < 0.15:
            body["occurred_at"] = shown(now - datetime.timedelta(minutes=self.dice.randrange(1, 2 * 24 * 60)))
        if word == "assign":
            body = {"officer": f"{dossier['holder']['agency'] or dossier['competent_agency']}.cv0{self.dice.randrange(1, 4)}"}
        if word == "reappoint":
            body["promised_at"] = self.at_work(now, 30)
        return body

    def between(self, choice, now):
        low = read_instant(choice.get("not_before") or choice["at"])
        high = read_instant(choice["not_after"]) if choice.get("not_after") else now
        return low + datetime.timedelta(seconds=self.dice.randrange(0, max(1, int((high - low).total_seconds()))))

    def fill(self, body, field, word, now):
        required = field.get("required", False)
        for condition in ("when", "required_when"):
            if condition not in field:
                continue
            other = body.get(field[condition]["pointer"][2:])
            holds = other is not None and other in field[condition].get("values", [other])
            if condition == "when" and not holds:
                return
            required = required or holds
        value = self.value(field, word, now) if required or self.dice.random() < 0.4 else None
        if value is not None:
            body[field["name"]] = value

    def value(self, field, word, now):
        kind, name = field["type"], field.get("name")
        if field.get("choices") or field.get("values"):
            choice = self.dice.choice(field.get("choices") or field["values"])
            return choice["value"] if field.get("choices") else choice
        if kind == "boolean":
            return self.dice.random() < 0.5
        if kind == "integer":
            return self.dice.randrange(field.get("min", 0), min(field.get("max", 500), 500) + 1)
        if kind == "instant":
            return self.at_work(now, 20) if word == "suspend" else None
        if kind == "date":
            return "2020-05-05"
        if kind == "array":
            items = [self.value(field["items"], word, now) for _ in range(max(field.get("min_items", 0), 1))]
            return [one for one in items if one is not None] or None
        if kind == "object":
            made = {}
            for inner in field.get("fields", []):
                self.fill(made, inner, word, now)
            return made or None
        if name == "reference":
            self.references += 1
            return f"GD{self.references}"
        return "Lý do" if name in ("reason", "note") else None


class Lists:
    """The monthly lists: made, corrected and held against everything else."""

    def __init__(self, service, folder, motcua, wrong):
        self.service, self.folder, self.motcua, self.wrong = service, folder, motcua, wrong
        self.published = {}  # by month

    def publish(self, month, until=None):
        """The month's list, or its correction as of now; the one before where there is nothing to correct."""
        body = {"officer": PUBLISHER} | ({"recorded_until": shown(until)} if until else {})
        before = self.published.get(month)
        if before:
            made = self.service.must(f"/v1/publications/{before['id']}/correct", body | {"reason": "late_entry"}, 202)
        else:
            made = self.service.must("/v1/publications", body | {"month": month}, 202)
        target, act = f"/v1/publications/{made['id']}", {"officer": PUBLISHER}
        self.until_it_is(target, "draft")
        self.service.must(target + "/review", act, 200)
        status, answer = self.service.post(target + "/publish", act)
        if status == 409 and answer["code"] == "corrects_nothing":
            self.service.must(target + "/discard", act, 200)
            return
        if status != 202:
            raise Wrong(f"{target}: {status} {answer}")
        self.published[month] = self.until_it_is(target, "published")
        self.count_again(self.published[month])

    def until_it_is(self, target, state):
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            found = self.service.get(target)
            if found["state"] == state:
                return found
            if found["trouble"]:
                break
            time.sleep(0.002)
        raise Wrong(f"{target} is {found['state']}, not {state}: {found['trouble']} {found['trouble_month']} {found['retry']}")

    def folder_of(self, made):
        return f"/public/late/{made['month']}/{made['agency']}-{made['number']}/"

    def file_of(self, month, name):
        return self.service.ask("GET", self.folder_of(self.published[month]) + name)[1]

    def document(self, month):
        return json.loads(self.file_of(month, "list.json"))["document"]

    def count_again(self, made):
        base = os.path.join(self.folder, f"{made['month']}-{made['number']}")
        with open(base + ".json", "wb") as file:
            file.write(self.file_of(made["month"], "list.json"))
        target = self.folder_of(made) + "export?limit=500"
        with open(base + ".jsonl", "wb") as file:
            while target:
                answer, data = self.service.ask("GET", target)
                file.write(data)
                link = answer.getheader("Link")
                target = link[1:link.index(">")] if link else None
        python = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../tools/recompute_late_list.py")
        for words in ([self.motcua, "verify", base + ".json"], [self.motcua, "recompute", base + ".jsonl", "--against", base + ".json"],
                      [sys.executable, python, base + ".jsonl", base + ".json"]):
            ended = subprocess.run(words, capture_output=True, text=True, check=False)
            if ended.returncode != 0:
                self.wrong.append(f"{base}: {' '.join(words[:2])}: {ended.stdout[-1500:]} {ended.stderr[-500:]}")

    def same(self, place, one, other):
        if one != other:
            self.wrong.append(f"{place}: {one} and {other}")

    def hold_against_month(self, month, counted):
        self.wrong += [f"{month}: {line}" for line in counted.differences(self.document(month))]
        days = f"from={counted.start.date()}&to={(counted.end - INSTANT).date()}"
        for name, target in (("index", f"index-766?month={month}"), ("form", f"ii06a?{days}")):
            total = self.service.get(f"/v1/reports/{target}&agency=H32&below=true&recorded_until={in_query(counted.end)}")["total"]
            self.same(f"{month} {name}", {key: total.get("counts", total)[key] for key in getattr(counted, name)}, getattr(counted, name))

    def hold_against_reads(self, month, end, now):
        made, document = self.published[month], self.document(month)
        total, cutoff = document["head"]["total"], read_instant(made["cutoff"]["recorded_at"])
        if now == cutoff:  # the other read tells with all that is known now
            late = {item["code"] for item in self.service.pages(f"/v1/late?at={in_query(end - INSTANT)}&limit=200")}
            listed = {row["code"] for one in document["agencies"] for row in one["late"] if row["finished_at"] is None}
            self.same(f"{month} open and late", listed, {code for code in late if code in listed or not self.told_later(code, end)})
        asked = f"agency=H32&below=true&recorded_until={in_query(cutoff)}"
        report = self.service.get(f"/v1/reports/acceptance?month={month}&{asked}")["total"]
        self.same(f"{month} acceptance", (report["fell_due"], report["late"]), (total["acceptances"], total["acceptances_late"]))
        indicators = self.service.get(f"/v1/indicators?from={month}&to={month}&{asked}")["indicators"]
        shares = {one["indicator"]: (one["total"]["numerator"], one["total"]["denominator"]) for one in indicators if one["measured"]}
        explained = total["explanations_given"] + total["explanations_late"]
        apologised = total["apologies_in_time"] + total["apologies_late"]
        self.same(f"{month} explanation", shares["explanation"], (explained, explained + total["explanations_missing"]))
        self.same(f"{month} apology", shares["apology"], (apologised, apologised + total["apologies_missing"]))
        published = json.loads(self.file_of(month, "index-766.json"))["document"]["total"]
        index = self.service.get(f"/v1/reports/index-766?month={month}&{asked}")["total"]["counts"]
        self.same(f"{month} index 766", index, {key: published[key] for key in index})

    def told_later(self, code, end):
        """Late by what is known now, and not in the month: a date that was given after it, by a term from an earlier day or
        a correction; what was given up in it, as was entered after it."""
        for word, data in self.service.history(code):
            given = word in ("supplement_accepted", "corrected") and read_instant(data["occurred_at"]) >= end
            given_up = word in ("withdrawn", "stopped") and read_instant(data["recorded_at"]) >= end
            if given or given_up:
                return True
        return False

    def hold_together(self, months):
        """What one month leaves open, the next brings forward, where both are counted with what is known now."""
        for before, after in zip(months, months[1:]):
            left, brought = ({one["agency"]: one["counts"][name] for one in self.document(month)["agencies"] if one["counts"][name]}
                             for month, name in ((before, "open"), (after, "brought_forward")))
            self.same(f"left open in {before}, brought forward", left, brought)


class Quarter:
    def __init__(self, service, seed, folder, motcua):
        self.service, self.dice, self.wrong, self.ids = service, random.Random(seed), [], []
        self.bodies = Bodies(self.dice)
        self.lists = Lists(service, folder, motcua, self.wrong)
        self.acts = open(os.path.join(folder, "acts.txt"), "w", encoding="utf-8")
        self.now = read_instant(service.get("/v1/sandbox/clock")["now"])

    def post(self, target, body):
        status, answer = self.service.post(target, body)
        print(shown(self.now), target, json.dumps(body, ensure_ascii=False), status, answer.get("code"), answer.get("id"), file=self.acts)
        return answer if status < 300 else None

    def submit(self):
        procedure, channel = self.dice.choice(PROCEDURES), self.dice.choice(["direct", "direct", "online", "post"])
        body = {"procedure": procedure, "channel": channel, "receiving_agency": self.dice.choice(COMMUNES), "facts": {},
                "owner": {"kind": "citizen", "name": "Lê Văn C"}, "accept": channel != "online" and self.dice.random() < 0.7}
        if self.dice.random() < 0.25:
            body["competent_agency"] = self.dice.choice(COMMUNES)
        if procedure.startswith("9.1"):
            body["variant"] = self.dice.choice(["thuong", "nhanh"])
        filed = self.post("/v1/dossiers", body)
        if filed:
            self.ids.append(filed["id"])

    def act(self):
        dossier = self.dice.choice(self.ids[-40:] if self.dice.random() < 0.7 else self.ids)
        told = self.service.get(f"/v1/dossiers/{dossier}/actions")
        allowed = [one for one in told["actions"] if one["allowed"] and one["command"] in WEIGHTS]
        if not allowed or (told["state"] in OVER and self.dice.random() < 0.8):
            return
        action = self.dice.choices(allowed, [WEIGHTS[one["command"]] for one in allowed])[0]
        stands = self.service.get(f"/v1/dossiers/{dossier}")
        body = self.bodies.of(action["command"], action.get("fields", []), stands, self.now)
        self.post(f"/v1/dossiers/{dossier}/{action['command']}", body)

    def move(self, at):
        self.now = at
        self.service.move(at)

    def live(self, dossiers):
        firsts = [datetime.datetime(2026, month, 1, tzinfo=ZONE) for month in (7, 8, 9, 10)]
        days = (firsts[-1] - firsts[0]).days
        for number in range(days + 10):
            date = firsts[0] + datetime.timedelta(days=number)
            if date in firsts[1:]:
                self.end_month(firsts[firsts.index(date) - 1], date)
            if date.day == 8 and self.lists.published:
                months = list(self.lists.published)[-2:]
                for month in months:
                    self.lists.publish(month)
                    first = read_instant(month + "-01T00:00:00+07:00")
                    self.lists.hold_against_reads(month, firsts[firsts.index(first) + 1], self.now)
                self.lists.hold_together(months)
            for minute in sorted(self.dice.sample(range(7 * 60, 17 * 60), 3)):
                self.move(date + datetime.timedelta(minutes=minute))
                if number < days and self.dice.random() < dossiers / days / 3:
                    self.submit()
                for _ in range(self.dice.randrange(0, 8) if self.ids else 0):
                    self.act()

    def end_month(self, start, end):
        self.move(end - INSTANT)
        counted = Month(self.service, self.ids, start, end)
        self.move(end)
        month = start.strftime("%Y-%m")
        self.lists.publish(month, end)
        self.lists.hold_against_month(month, counted)
        self.lists.hold_against_reads(month, end, self.now)


def main(arguments):
    if len(arguments) != 6:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    port, token, seed, dossiers, folder, motcua = arguments
    quarter = Quarter(Service(int(port), token), int(seed), folder, motcua)
    try:
        quarter.live(int(dossiers))
    except Wrong as wrong:
        quarter.wrong.append(str(wrong))
    lates = sum(len(section["late"]) for month in quarter.lists.published for section in quarter.lists.document(month)["agencies"])
    print("\n".join(quarter.wrong[:40]) if quarter.wrong else f"confirmed: {len(quarter.ids)} dossiers, {lates} late rows")
    return 1 if quarter.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
