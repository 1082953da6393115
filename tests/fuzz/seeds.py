"""Writes the first inputs of each fuzzer from the files of the tree, and the words that they consist of.

usage: seeds.py FOLDER

FOLDER/NAME/ then holds inputs, FOLDER/NAME.dict the words of them. Small ones come first to a fuzzer by itself.
"""
import hashlib
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BYTES_MAX = 40_000
WORDS_MAX = 600

PERSON = {"kind": "citizen", "name": "Nguyễn Văn A", "id_kind": "cccd", "id_number": "001099012345",
          "phone": "0905 123 456", "email": "a@example.vn", "address": "1 Trần Phú",
          "portal_account": {"id": "p-1", "verified": True}}
AT = "2026-08-21T16:00:00+07:00"


def texts(pattern):
    return [path.read_bytes() for path in sorted(ROOT.glob(pattern)) if path.name != "schema.json"]


def bodies():
    api = json.loads((ROOT / "api/openapi.json").read_text())
    words = sorted({path.rsplit("/", 1)[1] for path in api["paths"] if re.fullmatch(r"/v1/dossiers/\{\w+\}/[a-z-]+", path)})
    command = {"occurred_at": AT, "on_behalf_of": "ct01", "reason": "vì", "note": "ghi", "appointment_at": AT,
               "missing": ["p1"], "papers": [{"key": "p1", "form": "original", "copies": 2, "digitised": True,
                                              "source": "s", "file_ref": "f"}],
               "agency": "H32.8", "officer": "ct01", "step": "verify", "to": "verify", "outcome": "granted",
               "result_form": "electronic", "result_kind": "gcn", "result_delivery": "direct", "number": 1,
               "until": AT, "ground": "disaster", "by": {"value": 3, "unit": "working_day"}, "event": 2,
               "fees": ["f1"], "reference": "r-1", "facts": {"floors": 3}, "owner": PERSON, "content": "nội dung"}
    submit = {"procedure": "9.000003", "received_at": AT, "channel": "direct", "receiving_agency": "H32.8",
              "competent_agency": "H32.8", "owner": PERSON, "filer": PERSON, "content": "nội dung", "accept": True,
              "papers": command["papers"], "facts": {"floors": 3}, "on_behalf_of": "ct01"}
    for word in words:
        yield f"{word}\n{json.dumps(command, ensure_ascii=False)}".encode()
        yield f"{word}\n{{\"on_behalf_of\":\"ct01\"}}".encode()
    for word in ("submit", "old"):
        yield f"{word}\n{json.dumps(submit, ensure_ascii=False)}".encode()
    yield b'limit\n{"limit":{"value":3,"unit":"working_day","counting":"by_day"}}'


def definitions():
    for letter, pattern in (("p", "tests/support/procedures/*.json"), ("p", "workflows/*.json"), ("r", "config/rulebook.json"),
                            ("c", "config/calendars/*.json"), ("a", "config/agencies.json"), ("l", "config/ladders.json"),
                            ("m", "config/messages.json"), ("s", "config/slips/*.json"), ("o", "config/roles.json"),
                            ("g", "config/server.json")):
        for text in texts(pattern):
            yield letter.encode() + json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":")).encode()
    yield b'y{"keys":[{"id":"k","name":"n","grants":[{"role":"clerk"}],"sha256":"' + b"0a" * 32 + b'"}],"people":[]}'
    yield ('k{"code":"1.001193","name":"Khai sinh","level":"xã","domain":"Hộ tịch","limits":[{"channel":"Trực tiếp",'
           '"value":"1","unit":"Ngày làm việc","fee":""}],"results":[{"code":"KQ","name":"Giấy"}]}').encode()
    yield ('i' + json.dumps({"code": "H32.8-240111-0002", "procedure": "9.000003", "channel": "direct",
                             "receiving_agency": "H32.8", "received_at": AT, "accepted_at": AT, "due_at": AT,
                             "state": "processing", "owner": PERSON}, ensure_ascii=False)).encode()


def stored():
    for path in sorted((ROOT / "tests/store/golden").glob("*.json")):
        yield b"e" + path.stem.encode() + b"\n" + path.read_bytes().strip()
    yield b"s" + bytes.fromhex((ROOT / "tests/store/golden/dossier_snapshot.hex").read_text())
    yield b"t" + bytes(60)
    yield b"rH32.8|u|ct01|ct02|handler\nH32.9||||head"
    yield b"h1 3 " + b"0a" * 32
    for text in texts("tests/api/golden/late-list-1.document.json"):
        document = json.loads(text)
        write = lambda value: json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        for agency in document.pop("agencies"):
            yield b"a" + write(agency)
        yield b"d" + write(document)
        yield b"d" + write(document.get("head", {}))


def queries():
    yield f"state=accepted,processing&agency=H32.8&clock=settlement&late=true&limit=50&at={AT}&q=Nguy%E1%BB%85n".encode()
    for text in (AT, "2026-08-21T09:00:00.123Z", "1970-01-01T00:00:00+14:00", "9998-12-31T23:59:59-12:00", "2026-08-21",
                 "0190f3c2-7a10-7b3e-8f00-0123456789ab", "0905%20123%20456", "%C4%90%E1%BB%97", "00" * 33, "00" * 32):
        yield text.encode()


def tokens():
    yield b't' + b"eyJhbGciOiJFZERTQSIsImtpZCI6ImVkIiwidHlwIjoiYXQrand0In0.eyJpc3MiOiJ4In0.AAAA"
    yield (b'c{"iss":"https://id.example.vn","sub":"u","aud":["motcua"],"employee_code":"H32.1","iat":1,"nbf":1,'
           b'"exp":1800000300.5}')
    yield b'h{"alg":"EdDSA","kid":"ed","typ":"at+jwt"}'
    yield b'h{"alg":"EdDSA","crit":["b64"],"b64":false,"jwk":{}}'
    yield (b'k{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","use":"sig","kid":"a",'
           b'"alg":"EdDSA","key_ops":["verify"]},{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",'
           b'"y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"},{"kty":"RSA","n":"' + b"v" * 342 + b'","e":"AQAB"}]}')


def requests():
    yield b"\x00GET /v1/dossiers?q=a HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n"
    yield b"\x05POST /v1/deadlines HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    yield (b"\x03POST /v1/deadlines HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"
           b"2;x=y\r\n{}\r\n0\r\nTrailer: a\r\n\r\n")
    yield (b"\x02GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.7, 10.1.1.1\r\n"
           b"X-Forwarded-For: fd00::1, ::ffff:10.0.0.2,10.9.9.9\r\n\r\n")
    yield b"\x01HEAD http://a/ HTTP/1.0\r\nConnection: keep-alive\r\nUpgrade: h2c\r\n\r\n"


def pages(kind, number, follows, contents, **changed):
    head = {"number": number, "epoch": 1, "page_size": 512, "pages": 3, "journal_end": 7, "recorded_at": 1, "salt_1": 1,
            "salt_2": 2, "frame": 3, "sum_1": 4, "sum_2": 5} | changed
    text = f"motcua pages 1\nkind {kind}\nfollows {follows}\n" + "".join(f"{name} {value}\n" for name, value in head.items())
    parts = [len(text).to_bytes(4, "big"), text.encode()]
    for page, letter in contents:
        parts += [page.to_bytes(4, "big"), letter * head["page_size"]]
    return b"".join(parts + [bytes(4), number.to_bytes(4, "big")])


def files():
    zeros = "0" * 64
    ledger = [f"0190f3c2-7a10-7b3e-8f00-0123456789a{i} 2026-08-21T09:00:00+00:00 {ground}"
              for i, ground in enumerate(("retention_over", "subject_request", "authority_order"))]
    yield b"L" + "\n".join(ledger).encode()
    chain = hashlib.sha256(("\n" + ledger[0]).encode()).hexdigest()
    yield f"l{ledger[0]} {chain}\n0190f3c2".encode()
    for letter in b"vBs":
        for change in (b"", b"\0\0\x30\1", b"\1\0\x90\7", b"\xc0\0\5\0", b"\x40\0\x40\0", b"\x80\0\1\1\xc1\0\x20\0"):
            yield bytes([letter]) + change
    yield b"bSQLite format 3\0"
    yield b"bmotcua-sealed-1\n" + bytes(60)
    base = pages("base", 0, zeros, [(1, b"a"), (2, b"b"), (3, b"c")])
    segments = [pages("segment", 1, zeros, [(2, b"d")]), pages("segment", 2, zeros, [(1, b"e"), (4, b"f")], pages=4)]
    yield b"p" + base
    yield b"p" + segments[1]
    for parts in ([base], [base, segments[0]], [base, *segments], [base, segments[1]],
                  [base, pages("segment", 1, zeros, [(1, b"g")], page_size=1024)]):
        yield b"f" + b"\n====\n".join(parts)
    head = {"size": 3, "root": "0a" * 32, "at": "2026-08-21T09:00:00+00:00", "previous": zeros, "signature": "A" * 86 + "==",
            "text": f"motcua journal-head/1\nepoch 5\nsize 3\nroot {'0a' * 32}\nat 1787302800000\nprevious {zeros}\n"}
    yield b"k" + json.dumps({"epoch": "5", "head": head}).encode()
    yield b"k" + b"A" * 43 + b"="
    for text in texts("tests/api/golden/late-list-1.export.jsonl"):
        export = json.loads(text.splitlines()[0])
        yield b"x" + json.dumps(export, ensure_ascii=False, separators=(",", ":")).encode()
        export |= {"dossiers": 0, "agencies": export["agencies"][:1], "calendars": []}
        export["head"]["procedures"] = export["head"]["procedures"][:1]
        yield b"x" + json.dumps(export, ensure_ascii=False, separators=(",", ":")).encode()


# What stands for a parameter of the API's description in a path or a query; others by their schema.
SAMPLES = {"dossier": "H32.101-260821-0001", "agency": "H32.101", "procedure": "9.000003", "code": "9.000003", "kind": "settlement",
           "form": "BOOK", "month": "2026-08", "list": "H32-1", "file": "list.json", "id": "vn-khanh-hoa", "period": "month:2026-08",
           "quarter": "2026-Q2", "on": "2026-08-21", "type": "submitted,accepted", "notice": "any", "state": "open",
           "holder": "H32.101", "holder_officer": "H32.101.tp01", "officer": "H32.101.tp01", "unit": "kinh-te", "caller": "fuzz",
           "on_behalf_of": "H32.101.tp01", "reason": "vi%C3%AAc", "q": "Nguy%E1%BB%85n", "clock": "settlement", "after": "end",
           "severity": "urgent", "channel": "online", "format": "xlsx", "cursor": "0" * 66}


def sample(api, parameter):
    schema = parameter["schema"]
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    if name == "Instant":
        return "2026-09-01T09:00:00+07:00"
    if name == "Day":
        return "2026-08-21"
    if name == "Id":
        return "0190f3c2-7a10-7b3e-8f00-0123456789ab"
    if name == "Month":
        return "2026-08"
    if parameter["name"] in SAMPLES:
        return SAMPLES[parameter["name"]]
    if name:
        schema = api["components"]["schemas"][name]
    return {"boolean": "true", "integer": "2"}.get(schema.get("type"), "a")


def routes():
    api = json.loads((ROOT / "api/openapi.json").read_text())
    yield (b"GET /v1/dossiers?state=submitted,accepted&clock=any\nAccept-Language: vi, en;q=0.5\n"
           b"traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\n\n")
    yield b"POST /v1/dossiers/H32.101-260821-0001/accept\nIf-Match: \"1\"\n\n{}"
    for line in ("dossiers?state=accepted,submitted&agency=H32.101&clock=settlement&late=true&count=true&limit=2",
                 "dossiers?received_from=2026-08-01T00:00:00Z&received_before=2026-09-01T00:00:00Z&q=nguyen%20001099012311",
                 "late?at=2026-09-01T09:00:00%2B07:00&clock=any&limit=1&count=true", "due-soon?clock=acceptance&within_hours=9600",
                 "dossiers/H32.101-260821-0001/slips/RECEIPT?format=html", "slips/BOOK?agency=H32.101&from=2026-08-21&to=2026-08-22",
                 "alerts?agency=H32.101&state=open,closed,acknowledged&severity=urgent&limit=1", "reports/quarterly?quarter=2026-Q3",
                 "reports/ii06a?period=month:2026-08&agency=H32.101", "reports/index-766?month=2026-08&agency=H32&below=true",
                 "reports/acceptance?month=2026-08", "reports/differences?month=2026-08&limit=1", "calendars/vn?from=2026-08-01&to=2026-09-01",
                 "indicators?from=2026-08&to=2026-08", "events?type=submitted,accepted&notice=any&limit=2", "officers?agency=H32.101&limit=2",
                 "access-log?caller=fuzz&from=2026-08-01T00:00:00Z&until=2026-09-01T00:00:00Z", "publications?month=2026-08&state=draft"):
        yield f"GET /v1/{line}\n\n".encode()
    for path, operations in api["paths"].items():
        for method, operation in operations.items():
            if "responses" not in operation:
                continue
            known = [api["components"]["parameters"][one["$ref"].rsplit("/", 1)[1]] if "$ref" in one else one
                     for one in operation.get("parameters", []) + operations.get("parameters", [])]
            target = re.sub(r"\{(\w+)\}", lambda found: SAMPLES.get(found[1], "0190f3c2-7a10-7b3e-8f00-0123456789ab"), path)
            query = [f"{one['name']}={sample(api, one)}" for one in known if one["in"] == "query"]
            content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            examples = [content["example"]] if "example" in content else [one["value"] for one in content.get("examples", {}).values()]
            for body in examples or [None]:
                text = "" if body is None else json.dumps(body, ensure_ascii=False)
                yield f"{method.upper()} {target}\n\n{text}".encode()
            if query:
                yield f"{method.upper()} {target}?{'&'.join(query)}\n\n".encode()
                for one in query:
                    yield f"{method.upper()} {target}?{one}\n\n".encode()


SOURCES = {"token": tokens, "body": bodies, "query": queries, "definitions": definitions, "stored": stored, "http": requests,
           "files": files, "route": routes}


def main(folder):
    for name, source in SOURCES.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        words = {}
        for seed in source():
            for word in re.findall(rb"[A-Za-z0-9_.-]{2,24}", seed[:BYTES_MAX]):
                words[word] = words.get(word, 0) + 1
            if len(seed) <= BYTES_MAX:
                (folder / name / hashlib.sha1(seed).hexdigest()).write_bytes(seed)
        kept = sorted(words, key=words.get, reverse=True)[:WORDS_MAX]
        (folder / f"{name}.dict").write_text("".join(f'"{word.decode()}"\n' for word in sorted(kept)))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))
