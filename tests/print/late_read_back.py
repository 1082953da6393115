"""Reads the public formats of a monthly list back and holds them against the document.

usage: late_read_back.py FOLDER

FOLDER has the envelope as list.json and every file that was made of it. Prints what differs; the exit status is 1
when something does. The words of people are spelled here anew, so that both sides would have to err alike.
"""
import csv
import datetime
import io
import json
import pathlib
import re
import sys
import zipfile
from xml.etree import ElementTree

LOCAL = datetime.timezone(datetime.timedelta(hours=7))
CHANNELS = {"direct": "Trực tiếp", "online": "Trực tuyến", "post": "Bưu chính"}
APOLOGIES = {"in_time": "Đúng hạn", "late": "Muộn", "missing": "Chưa có", "owed": "Còn hạn"}
EXPLANATIONS = {"given": "Đúng hạn", "given_late": "Muộn", "missing": "Chưa có", "owed": "Còn hạn"}
REAPPOINTMENTS = {"none": "Không", "pending": "Chưa đến hẹn", "kept": "Đúng hẹn", "missed": "Sai hẹn"}
LABELS = {"brought_forward": "Kỳ trước chuyển sang", "received": "Tiếp nhận trong kỳ",
          "open": "Đang giải quyết cuối kỳ", "ended": "Đã kết thúc trong kỳ", "settled": "Đã có kết quả",
          "withdrawn": "Người dân rút hồ sơ", "stopped": "Dừng giải quyết", "early": "Kết thúc trước hạn",
          "on_time": "Kết thúc đúng hạn", "late": "Hồ sơ trễ hẹn", "late_ended": "Đã kết thúc, trễ hẹn",
          "late_open": "Chưa kết thúc, đã quá hạn",
          "late_rate_bp": "Tỷ lệ trễ hẹn trên hồ sơ có thời hạn đã kết thúc",
          "late_without_reappointment": "Trễ hẹn mà không hẹn lại",
          "late_in_twelve_months": "Hồ sơ trễ hẹn trong 12 tháng",
          "units_repeatedly_late": "Bộ phận trễ hẹn nhiều lần trong 12 tháng", "delay_seconds": "Tổng thời gian trễ",
          "delay_median_seconds": "Trung vị", "delay_p90_seconds": "Bách phân vị 90",
          "delay_own_seconds": "Phần của chính nơi này", "delay_own_bp": "Tỷ lệ phần của chính nơi này",
          "delay_others_seconds": "Phần của cơ quan khác", "apologies_in_time": "Xin lỗi đúng hạn",
          "apologies_late": "Xin lỗi muộn", "apologies_missing": "Chưa xin lỗi",
          "apologies_owed": "Còn trong hạn xin lỗi", "explanations_given": "Giải trình đúng hạn",
          "explanations_late": "Giải trình muộn", "explanations_missing": "Chưa giải trình",
          "explanations_owed": "Còn trong hạn giải trình", "reappointed_kept": "Hẹn lại, giữ đúng hẹn",
          "reappointed_missed": "Hẹn lại, lại sai hẹn", "reappointed_pending": "Hẹn lại, chưa đến hẹn",
          "acceptances": "Trực tuyến: đến hạn tiếp nhận trong kỳ", "acceptances_late": "Trực tuyến: tiếp nhận muộn",
          "acceptances_on_time_bp": "Trực tuyến: tỷ lệ tiếp nhận đúng hạn",
          "untimed_received": "Không thời hạn: tiếp nhận trong kỳ", "untimed_ended": "Không thời hạn: đã kết thúc",
          "untimed_open": "Không thời hạn: đang giải quyết"}
CITIZEN = ("Hồ sơ có thời gian chờ người dân", "Thời gian chờ người dân")
YES = {True: "Có", False: "Không"}

findings = []


def found(what):
    if len(findings) < 40:
        findings.append(what)


def same(where, seen, expected):
    if seen != expected:
        found(f"{where}: {seen!r} instead of {expected!r}")


def words_of(value):
    """A value of the document as a CSV file spells it."""
    if value is None:
        return ""
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def csv_rows(folder, name):
    raw = (folder / name).read_bytes()
    if not raw.startswith(b"\xef\xbb\xbf"):
        found(f"{name} has no byte order mark")
    text = raw[3:].decode("utf-8")
    if not text.endswith("\r\n"):
        found(f"{name} ends without a line")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    result = []
    for row in rows:
        cells = []
        for cell in row:
            if cell[:1] in "=+-@\t\r\n＝＋－＠" and cell and not cell.lstrip("-").isdigit():
                found(f"{name}: a spreadsheet would run {cell!r}")
            cells.append(cell[1:] if cell.startswith("'") else cell)
        result.append(cells)
    if any(len(row) != len(result[0]) for row in result):
        found(f"{name}: lines of several lengths")
    return result


def check_csv(folder, document):
    head = document["head"]
    procedures = {it["procedure"]: it["name"] for it in head["procedures"]}
    rows, shares, persons, others = [], [], [], []
    counts = [["total", head["scope"], head["scope_name"], "", ""] + list(head["total"].values()) + ["", ""]]
    for it in document["agencies"]:
        units = {unit["unit"]: unit["name"] for unit in it["units"]}
        for row in it["late"]:
            fields = [value for name, value in row.items() if name != "shares"]
            rows.append([it["agency"], it["name"], *fields, procedures[row["procedure"]],
                         units[row["unit"]] or row["unit"]])
            shares += [[it["agency"], row["number"], row["code"], *share.values()] for share in row["shares"]]
        counts.append(["agency", it["agency"], it["name"], "", "", *it["counts"].values(), it["citizen_dossiers"],
                       it["citizen_seconds"]])
        counts += [["unit", it["agency"], it["name"], unit["unit"], unit["name"], *unit["counts"].values(), "", ""]
                   for unit in it["units"]]
        persons += [[it["agency"], *person.values()] for person in it["persons"]]
        others += [[it["agency"], *other.values()] for other in it["others"]]
    row_names = ["accepted_at", "apology", "channel", "citizen_seconds", "code", "corrected", "delay_days",
                 "delay_seconds", "ended_as", "explanation", "finished_at", "first_due_at", "late_since", "number",
                 "procedure", "promised_at", "reappointment", "received_at", "supplements", "unit"]
    heads = {"list.csv": ["section", "section_name", *row_names, "procedure_name", "unit_name"],
             "shares.csv": ["section", "number", "dossier", "agency", "name", "person", "position", "seconds", "unit"],
             "counts.csv": ["kind", "agency", "agency_name", "unit", "unit_name", *head["total"], "citizen_dossiers",
                            "citizen_seconds"],
             "persons.csv": ["section", "dossiers", "name", "person", "position", "seconds", "unit"],
             "others.csv": ["section", "agency", "dossiers", "name", "seconds"]}
    expected = {"list.csv": rows, "shares.csv": shares, "counts.csv": counts, "persons.csv": persons,
                "others.csv": others}
    for name, lines in expected.items():
        seen = csv_rows(folder, name)
        same(f"{name} head", seen[0], heads[name])
        same(f"{name} lines", len(seen) - 1, len(lines))
        for number, (line, wanted) in enumerate(zip(seen[1:], lines)):
            same(f"{name} line {number}", line, [words_of(value) for value in wanted])


def duration(seconds):
    hours, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    parts = ([f"{hours:,}".replace(",", ".") + " giờ"] if hours else []) + (
        [f"{minutes} phút"] if minutes or not seconds else []) + ([f"{rest} giây"] if rest else [])
    return " ".join(parts)


def person(it):
    return ", ".join(part for part in (it["name"], it["position"], it["person"] and "mã số " + it["person"]) if part)


def holder(share, section):
    units = {unit["unit"]: unit["name"] for unit in section["units"]}
    others = {other["agency"]: other["name"] for other in section["others"]}
    if share["agency"] != section["agency"]:
        place = others.get(share["agency"]) or share["agency"]
    else:
        place = units[share["unit"]] if share["unit"] else "Cơ quan giải quyết"
    return place + (f" ({person(share)})" if person(share) else "")


def shares_of(row, section):
    return [f"{holder(share, section)}: {duration(share['seconds'])}" for share in row["shares"]]


def ended(row):
    words = {None: "Đang giải quyết", "submitted": "Mới đăng ký", "accepted": "Được tiếp nhận",
             "refused": "Không được tiếp nhận", "processing": "Đang xử lý",
             "awaiting_supplement": "Chờ bổ sung giấy tờ", "awaiting_payment": "Chờ nghĩa vụ tài chính",
             "withdrawn": "Người dân rút hồ sơ", "stopped": "Dừng giải quyết", "settled": "Đã có kết quả",
             "returned": "Đã trả kết quả"}
    return words[row["ended_as"]]


class Instant:
    """An instant as a cell of a workbook: local, without a zone, to half a second."""

    def __init__(self, text):
        self.at = datetime.datetime.fromisoformat(text).astimezone(LOCAL).replace(tzinfo=None)

    def __eq__(self, cell):
        return isinstance(cell, datetime.datetime) and abs(cell - self.at) < datetime.timedelta(seconds=0.5)

    def __repr__(self):
        return str(self.at)


class Seconds:
    """A duration as a cell of a workbook, which openpyxl may take for a span, a time of day or a date."""

    def __init__(self, seconds):
        self.seconds = seconds

    def __eq__(self, cell):
        if isinstance(cell, datetime.timedelta):
            seen = cell.total_seconds()
        elif isinstance(cell, datetime.time):
            seen = cell.hour * 3600 + cell.minute * 60 + cell.second + cell.microsecond / 1e6
        elif isinstance(cell, datetime.datetime):
            seen = (cell - datetime.datetime(1899, 12, 30)).total_seconds()
        else:
            return False
        return abs(seen - self.seconds) < 0.5

    def __repr__(self):
        return f"{self.seconds} s"


def cell_of(kind, value):
    if value is None or value == "":
        return None
    if kind == "instant":
        return Instant(value)
    if kind == "duration":
        return Seconds(value)
    return value


def sheet_rows(sheet, where):
    same(f"{where} frozen", sheet.freeze_panes, "A3")
    if not sheet.auto_filter.ref or not sheet.auto_filter.ref.startswith("A2:"):
        found(f"{where} has no filters")
    width = sheet.max_column
    for row in sheet.iter_rows(min_row=3):
        for cell in row:
            if cell.data_type == "f":
                found(f"{where} {cell.coordinate} is a formula")
        yield [cell.value for cell in row] + [None] * (width - len(row))


def check_workbook(folder, document, expected_date):
    from openpyxl import load_workbook
    with zipfile.ZipFile(folder / "list.xlsx") as archive:
        if archive.testzip() is not None:
            found("list.xlsx is damaged")
        for info in archive.infolist():
            same(f"list.xlsx {info.filename} date", info.date_time, (1980, 1, 1, 0, 0, 0))
        core = archive.read("docProps/core.xml").decode()
    dates = set(re.findall(r"\d{4}-\d\d-\d\dT[0-9:]+Z", core))
    same("list.xlsx dates", dates, {expected_date})
    book = load_workbook(folder / "list.xlsx")
    head = document["head"]
    names = ["Tổng hợp", "Cơ quan", "Bộ phận"] + [it["agency"] for it in document["agencies"] if it["late"]]
    names += (["Cá nhân"] if head["individuals"] != "off" else []) + ["Cơ quan khác", "Chứng thực"]
    same("list.xlsx sheets", len(book.sheetnames), len(names))
    same("list.xlsx sheet names", len({name.lower() for name in book.sheetnames}), len(names))
    if any(len(name) > 31 or re.search(r"[\[\]:*?/\\]", name) for name in book.sheetnames):
        found(f"list.xlsx has names that a workbook cannot have: {book.sheetnames}")
    sheets = iter(book.worksheets[3:])
    for it in document["agencies"]:
        if it["late"]:
            check_rows(next(sheets), it, head)
    same("list.xlsx first sheets", book.sheetnames[:3], ["Tổng hợp", "Cơ quan", "Bộ phận"])
    check_total(book.worksheets[0], document["head"]["total"])
    check_agencies(book.worksheets[1], document)
    check_units(book.worksheets[2], document)
    cells = [value for sheet in book.worksheets[len(names) - 2:] for row in sheet.iter_rows(values_only=True)
             for value in row]
    for it in document["agencies"]:
        for other in it["others"]:
            if other["name"] not in cells:
                found(f"list.xlsx does not name {other['name']}")


def check_rows(sheet, section, head):
    where = f"sheet {sheet.title}"
    procedures = {it["procedure"]: it["name"] for it in head["procedures"]}
    units = {unit["unit"]: unit["name"] for unit in section["units"]}
    same(where, sheet["A1"].value, f"{section['name']} ({section['agency']})")
    rows = list(sheet_rows(sheet, where))
    same(f"{where} rows", len(rows), len(section["late"]))
    for seen, row in zip(rows, section["late"]):
        wanted = [("", row["number"]), ("", row["code"]), ("", row["procedure"]), ("", procedures[row["procedure"]]),
                  ("", CHANNELS[row["channel"]]), ("", units[row["unit"]]), ("instant", row["received_at"]),
                  ("instant", row["accepted_at"]), ("instant", row["first_due_at"]), ("instant", row["promised_at"]),
                  ("instant", row["late_since"]), ("instant", row["finished_at"]), ("", ended(row)),
                  ("duration", row["delay_seconds"]), ("", row["delay_days"]), ("duration", row["citizen_seconds"]),
                  ("", row["supplements"]), ("", APOLOGIES[row["apology"]]), ("", EXPLANATIONS[row["explanation"]]),
                  ("", REAPPOINTMENTS[row["reappointment"]]), ("", YES[row["corrected"]]),
                  ("", "; ".join(shares_of(row, section)))]
        for column, (cell, (kind, value)) in enumerate(zip(seen, wanted, strict=True)):
            same(f"{where} {row['code']} column {column}", cell, cell_of(kind, value))


def count_cell(name, value):
    if name.endswith("_bp") and value is not None:
        value = value / 10_000
    return cell_of("duration" if name.endswith("_seconds") else "", value)


def check_total(sheet, total):
    """A line for each count, so that no column of it is the sum of anything."""
    cells = {row[1]: row[2] for row in sheet_rows(sheet, "total")}
    same("total", sorted(cells), sorted(LABELS.values()))
    for name, value in total.items():
        same(f"total {name}", cells.get(LABELS[name]), count_cell(name, value))


def check_counts(sheet, where, lines, keys):
    """Lines of one level alone: what a column sums to is the total, once."""
    heads = [cell.value for cell in sheet[2]]
    rows = list(sheet_rows(sheet, where))
    same(f"{where} lines", len(rows), len(lines))
    for seen, (key, counts) in zip(rows, lines):
        cells = dict(zip(heads, seen))
        same(where, [cells[head] for head in keys], key)
        for name, value in counts.items():
            same(f"{where} {key} {name}", cells[LABELS[name]], count_cell(name, value))
    return heads, rows


def check_agencies(sheet, document):
    lines = [([it["agency"], it["name"]], it["counts"]) for it in document["agencies"]]
    heads, rows = check_counts(sheet, "agencies", lines, ["Mã cơ quan", "Cơ quan"])
    same("agencies heads", sorted(heads[2:]), sorted([*LABELS.values(), *CITIZEN]))
    for seen, it in zip(rows, document["agencies"]):
        same(f"agencies {it['agency']} citizen", tuple(seen[-2:]), (it["citizen_dossiers"], Seconds(it["citizen_seconds"])))


def check_units(sheet, document):
    lines = [([it["agency"], it["name"], unit["unit"] or None, unit["name"] if unit["unit"] else "Không thuộc bộ phận nào"],
              unit["counts"]) for it in document["agencies"] for unit in it["units"]]
    heads, _ = check_counts(sheet, "units", lines, ["Mã cơ quan", "Cơ quan", "Mã bộ phận", "Bộ phận"])
    same("units heads", sorted(heads[4:]), sorted(LABELS.values()))


def text_of(node):
    return "".join(node.itertext())


def clock(text):
    return datetime.datetime.fromisoformat(text).astimezone(LOCAL).strftime("%H:%M %d/%m/%Y") if text else "–"


def row_cells(row, section, head):
    procedures = {it["procedure"]: it["name"] for it in head["procedures"]}
    finished = clock(row["finished_at"]) if row["finished_at"] else ""
    return [str(f"{row['number']:,}".replace(",", ".")), row["code"],
            f"{procedures[row['procedure']]} {row['procedure']}", CHANNELS[row["channel"]],
            clock(row["received_at"]) + clock(row["accepted_at"]),
            clock(row["first_due_at"]) + clock(row["promised_at"]), finished + ended(row),
            duration(row["delay_seconds"]) + f"{row['delay_days']} ngày làm việc", "".join(shares_of(row, section)),
            APOLOGIES[row["apology"]], EXPLANATIONS[row["explanation"]], REAPPOINTMENTS[row["reappointment"]],
            YES[row["corrected"]]]


def check_page(folder, name):
    """A page that a strict parser takes, that needs nothing from elsewhere, and whose parts are told by their marks."""
    text = (folder / name).read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    same(f"{name} language", root.get("lang"), "vi")
    same(f"{name} headings", len(list(root.iter("h1"))), 1)
    if not text_of(next(root.iter("title"))).strip():
        found(f"{name} has no title")
    ids = [node.get("id") for node in root.iter() if node.get("id")]
    same(f"{name} ids", len(ids), len(set(ids)))
    for node in root.iter():
        if node.tag in ("script", "img", "iframe", "object", "link", "form") or node.get("src"):
            found(f"{name} needs <{node.tag}>")
        if node.tag == "table" and node.find("caption") is None:
            found(f"{name} has a table without a caption")
        if node.tag == "th" and node.get("scope") not in ("col", "row"):
            found(f"{name} has a head without a scope")
        if node.tag == "a":
            target = node.get("href")
            if target == "export":  # the service makes it, beside the files
                continue
            if not (target[1:] in ids if target.startswith("#") else (folder / target).is_file()):
                found(f"{name} leads to {target}, which is not there")
    if re.search(r"url\(|@import|https?:", text):
        found(f"{name} asks for something from elsewhere")
    return root


def check_pages(folder, document):
    head = document["head"]
    pages = {path.name: check_page(folder, path.name) for path in folder.glob("*.html")}
    index = text_of(pages.pop("index.html"))
    envelope = json.loads((folder / "list.json").read_text(encoding="utf-8"))
    for text in (envelope["sha256"], envelope["signature"]["value"], envelope["signature"]["key"], head["scope_name"]):
        if text not in index:
            found(f"index.html does not say {text}")
    rows = {}
    for root in pages.values():
        key = next(p.text for p in root.iter("p") if p.text and p.text.startswith("Mã cơ quan ")).split(" ")[3]
        for table in root.iter("table"):
            if "Mã hồ sơ" in [text_of(cell) for cell in table.iter("th")]:
                rows.setdefault(key, {}).update(
                    {text_of(line[0]): [text_of(cell) for cell in line] for line in table.find("tbody")})
    for it in document["agencies"]:
        if it["name"] not in index:
            found(f"index.html does not name {it['name']}")
        if it["late"] and len(rows.get(it["agency"], {})) != len(it["late"]):
            found(f"the pages of {it['agency']} have {len(rows.get(it['agency'], {}))} rows")
            continue
        for row in it["late"]:
            wanted = row_cells(row, it, head)
            same(f"page of {it['agency']}", rows[it["agency"]].get(wanted[0]), wanted)


def main(folder):
    folder = pathlib.Path(folder)
    envelope = json.loads((folder / "list.json").read_text(encoding="utf-8"))
    document = envelope["document"]
    check_csv(folder, document)
    check_workbook(folder, document, "2026-11-05T00:00:00Z")
    check_pages(folder, document)
    for finding in findings:
        print(finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
