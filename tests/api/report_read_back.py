"""Reads the workbook of a report back with another library and holds each cell against the JSON answer.

usage: report_read_back.py REPORT ANSWER WORKBOOK

REPORT is ii06a, index_766, acceptance, differences, indicators or quarterly. What the columns are called and mean is
spelled here anew. Prints what differs; the exit status is 1 when something does.
"""
import datetime
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "print"))
from late_read_back import LABELS, LOCAL, Seconds, findings, found, same  # noqa: E402

from openpyxl import load_workbook  # noqa: E402
from openpyxl.utils import get_column_letter  # noqa: E402

FORM = {"Lĩnh vực": "field", "(3) Tiếp nhận: tổng số": "received", "(4) Trong kỳ, trực tuyến": "received_online",
        "(5) Trong kỳ, trực tiếp và bưu chính": "received_other", "(6) Từ kỳ trước": "brought_forward",
        "(7) Đã giải quyết: tổng số": "settled", "(8) Trước hạn": "early", "(9) Đúng hạn": "on_time",
        "(10) Quá hạn": "late", "(11) Đang giải quyết: tổng số": "open", "(12) Trong hạn": "open_in_term",
        "(13) Quá hạn": "open_late", "Không có thời hạn: tiếp nhận": "untimed_received",
        "Không có thời hạn: đã giải quyết": "untimed_settled", "Không có thời hạn: đang giải quyết": "untimed_open"}
INDEX = {"Tiếp nhận": "received", "Đúng hạn": "on_time", "Trễ hạn": "late", "Bổ sung trên một lần": "supplemented_twice",
         "Không có thời hạn": "untimed", "Không xác định": "undetermined"}
ABOUT = ("Cơ quan", "Gồm các cơ quan trực thuộc", "Kỳ số liệu", "Từ ngày", "Đến ngày", "Chốt số liệu lúc",
         "Chốt tại vị trí", "Phương pháp", "Căn cứ", "Đã đối chiếu văn bản")


class Typed:
    """A cell that must hold a value of one kind, shown by the format of that kind."""

    def __init__(self, value, kind, shown):
        self.value, self.kind, self.shown = value, kind, shown

    def fits(self, cell):
        if self.value is None:
            return cell.value is None
        return cell.data_type == self.kind and cell.number_format == self.shown and self.equals(cell.value)

    def equals(self, seen):
        return seen == self.value and not isinstance(seen, bool)

    def __repr__(self):
        return f"{self.value!r} as {self.kind} {self.shown}"


class Count(Typed):
    def __init__(self, value):
        super().__init__(value, "n", "General")


class Words(Typed):
    def __init__(self, value):
        super().__init__(value or None, "s", "General")

    def fits(self, cell):
        # A text may be kept in the cell itself.
        return super().fits(cell) or (cell.data_type == "inlineStr" and cell.value == self.value)


class Rate(Typed):
    def __init__(self, basis_points):
        super().__init__(basis_points, "n", "0.00%")

    def equals(self, seen):
        return abs(seen - self.value / 10000) < 1e-9


class Points(Typed):
    def __init__(self, hundredths):
        super().__init__(hundredths, "n", "0.00")

    def equals(self, seen):
        return abs(seen - self.value / 100) < 1e-9


class Day(Typed):
    def __init__(self, text):
        super().__init__(datetime.datetime.fromisoformat(text), "d", "dd/mm/yyyy")


class Moment(Typed):
    def __init__(self, text):
        at = datetime.datetime.fromisoformat(text).astimezone(LOCAL).replace(tzinfo=None)
        super().__init__(at, "d", "dd/mm/yyyy hh:mm")

    def equals(self, seen):
        return abs(seen - self.value) < datetime.timedelta(seconds=0.5)


class Time(Typed):
    def __init__(self, seconds):
        super().__init__(seconds, "d", "[h]:mm:ss")

    def equals(self, seen):
        return Seconds(self.value) == seen


def check_sheet(book, name, heads, rows):
    """A title, the heads in the second row with filters over all rows, and the typed cells below."""
    if name not in book.sheetnames:
        found(f"no sheet {name}: {book.sheetnames}")
        return
    sheet = book[name]
    if not sheet["A1"].value or not sheet["A1"].font.b:
        found(f"{name}: no title")
    same(f"{name} heads", [cell.value for cell in sheet[2]], list(heads))
    for cell in sheet[2]:
        if not cell.font.b or not cell.fill.fgColor.rgb.endswith("E3EAF2"):
            found(f"{name}: {cell.coordinate} does not look like a head")
    same(f"{name} stays in sight", sheet.freeze_panes, "A3")
    same(f"{name} rows on each printed page", sheet.print_title_rows, "$2:$2")
    last = get_column_letter(len(heads))
    same(f"{name} filters", sheet.auto_filter.ref, f"A2:{last}{max(2, 2 + len(rows))}")
    seen = list(sheet.iter_rows(min_row=3, max_col=len(heads)))
    same(f"{name} count of rows", len(seen), len(rows))
    for number, (cells, wanted) in enumerate(zip(seen, rows)):
        wanted = wanted + [Words(None)] * (len(heads) - len(wanted))
        for cell, value in zip(cells, wanted):
            if not value.fits(cell):
                found(f"{name} {cell.coordinate}: {cell.value!r} as {cell.data_type} {cell.number_format} "
                      f"instead of {value}, row {number}")


def check_about(book, answer, period, cutoff, more=()):
    name = answer["agency_name"] + " (" + answer["agency"] + ")"
    values = [Words(name), Words("Có" if answer["below"] else "Không"), Words(period["name"]), Day(period["from_on"]),
              Day(period["to_on"]), Moment(cutoff["recorded_at"]), Count(cutoff["position"]), Words(answer["method"]),
              Words(answer["basis"]), Words("Có" if answer["confirmed"] else "Chưa")]
    lines = list(zip(ABOUT, values)) + list(more)
    check_sheet(book, "Thông tin", ("Nội dung", "Giá trị"), [[Words(what), value] for what, value in lines])


def check_form(book, form):
    def row(field, counts):
        return [Words(field)] + [Count(counts[name]) for name in list(FORM.values())[1:]]
    rows = [row(one["field"], one["counts"]) for one in form["fields"]]
    check_sheet(book, "II.06a", FORM, rows + [row("Tổng số", form["total"])])


def check_index(book, answer):
    def row(code, name, one):
        return ([Words(code), Words(name)] + [Count(one["counts"][member]) for member in INDEX.values()] +
                [Rate(one["on_time_bp"]), Points(one["score_hundredths"])])
    rows = [row(one["agency"], one["agency_name"], one) for one in answer["agencies"]]
    heads = ("Mã cơ quan", "Cơ quan", *INDEX, "Tỷ lệ đúng hạn", "Điểm (tối đa 20)")
    check_sheet(book, "Tiến độ", heads, rows + [row("", "Tổng số", answer["total"])])


def check_acceptance(book, answer):
    def row(code, name, one):
        return [Words(code), Words(name), Count(one["fell_due"]), Count(one["in_time"]), Count(one["late"]),
                Rate(one["in_time_bp"])]
    rows = [row(one["agency"], one["agency_name"], one) for one in answer["agencies"]]
    heads = ("Mã cơ quan", "Cơ quan tiếp nhận", "Đến hạn", "Đúng hạn", "Trễ hạn", "Tỷ lệ đúng hạn")
    check_sheet(book, "Tiếp nhận", heads, rows + [row("", "Tổng số", answer["total"])])


def check_differences(book, answer):
    heads = {"Mã hồ sơ": "code", "Thủ tục": "procedure", "Cơ quan giải quyết": "competent_agency",
             "Danh sách trễ": "late_list", "II.06a": "ii06a", "Lý do II.06a": "ii06a_reason",
             "Chỉ số 766": "index_766", "Lý do chỉ số 766": "index_766_reason"}
    check_sheet(book, "Khác nhau", heads, [[Words(one[name]) for name in heads.values()] for one in answer["items"]])


def check_indicators(book, answer):
    sheet = book["Chỉ tiêu"]
    labels = {}  # as the sheet calls them: in the order of the answer
    rows = []
    seen = iter(sheet.iter_rows(min_row=3, max_col=2, values_only=True))
    for one in answer["indicators"]:
        shares = [(month["month"], month) for month in one.get("months") or []]
        shares += [("Cả kỳ", one["total"])] if one["measured"] else [("Không đo được", None)]
        for when, share in shares:
            label = next(seen, (None, None))[1]
            if labels.setdefault(one["indicator"], label) != label or not label:
                found(f"Chỉ tiêu: {one['indicator']} is called {labels[one['indicator']]!r} and {label!r}")
            numbers = [Count(share["numerator"]), Count(share["denominator"]), Rate(share["bp"])] if share else []
            rows.append([Count(one["item"]), Words(label), Words(when)] + numbers)
    check_agencies(book, answer, labels)
    same("Chỉ tiêu: labels of their own", len(set(labels.values())), len(answer["indicators"]))
    check_sheet(book, "Chỉ tiêu", ("Mục", "Chỉ tiêu", "Tháng", "Đạt", "Tổng số", "Tỷ lệ"), rows)


def check_agencies(book, answer, labels):
    if answer.get("agencies") is None:
        return
    items = {one["indicator"]: one["item"] for one in answer["indicators"]}
    rows = [[Words(it["agency"]), Words(it["agency_name"]), Count(items[one["indicator"]]),
             Words(labels[one["indicator"]]), Words(month["month"]), Count(month["numerator"]),
             Count(month["denominator"]), Rate(month["bp"])]
            for it in answer["agencies"] for one in it["indicators"] for month in one["months"]]
    check_sheet(book, "Theo cơ quan", ("Mã cơ quan", "Cơ quan", "Mục", "Chỉ tiêu", "Tháng", "Đạt", "Tổng số", "Tỷ lệ"), rows)


def check_lists(book, lists):
    def cell(name, value):
        return (Rate if name.endswith("_bp") else Time if name.endswith("_seconds") else Count)(value)
    by_label = {label: name for name, label in LABELS.items()}
    same("the counts of a list", sorted(lists[0]["counts"]), sorted(LABELS))
    seen = [row[0] for row in book["Danh sách trễ hẹn"].iter_rows(min_row=3, max_col=1, values_only=True)]
    same("Danh sách trễ hẹn: labels", sorted(map(str, seen)), sorted(by_label))
    rows = [[Words(label)] + [cell(by_label[label], month["counts"][by_label[label]]) for month in lists]
            for label in seen if label in by_label]
    check_sheet(book, "Danh sách trễ hẹn", ("Nội dung", *(month["month"] for month in lists)), rows)


def main(report, answer_file, workbook):
    answer = json.loads(pathlib.Path(answer_file).read_text(encoding="utf-8"))
    same("the report", answer["report"], report)
    book = load_workbook(workbook)
    sheets = {"ii06a": ["II.06a"], "index_766": ["Tiến độ"], "acceptance": ["Tiếp nhận"], "differences": ["Khác nhau"],
              "indicators": ["Chỉ tiêu"], "quarterly": ["II.06a", "Danh sách trễ hẹn", "Chỉ tiêu"]}[report]
    sheets = sheets + (["Theo cơ quan"] if report == "indicators" and answer["agencies"] is not None else [])
    same("sheets", book.sheetnames, sheets + ["Thông tin"])
    whole = answer["form"] if report == "quarterly" else answer
    cutoff = answer["months"][-1]["cutoff"] if report == "indicators" else whole["cutoff"]
    more = []
    if report == "differences":
        more = [("Số hồ sơ đánh giá khác nhau", Count(answer["count"])),
                ("Số hồ sơ trong tệp này", Count(len(answer["items"])))]
    check_about(book, answer, whole["period"], cutoff, more)
    if "II.06a" in sheets:
        check_form(book, whole)
    if report == "quarterly":
        check_lists(book, answer["late_lists"])
    if "Chỉ tiêu" in sheets:
        check_indicators(book, answer)
    for name, check in (("index_766", check_index), ("acceptance", check_acceptance),
                        ("differences", check_differences)):
        if report == name:
            check(book, answer)
    same("made when its numbers were closed", book.properties.created.replace(tzinfo=datetime.timezone.utc),
         datetime.datetime.fromisoformat(cutoff["recorded_at"]).astimezone(datetime.timezone.utc))
    for finding in findings:
        print(f"{report}: {finding}")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
