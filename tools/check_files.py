"""Checks on files of every language.

usage: check_files.py (long_files | machine_names | json_parses | loops_over_temporaries) [ROOT]

Prints "path:line: what is wrong" for every finding; the exit status is 1 when there is one.
"""
import hashlib
import json
import pathlib
import re
import sys

from source_text import known_files

LINES_MAX = 400
LONG_FILES = "tools/check_long_files.txt"

# A path of the machine that happened to write the file means nothing on the next one. The names are put
# together here so that this file does not find itself.
_MACHINE_PATH = re.compile(r"(?<![\w.}$/-])/(?:" + "wo" + r"rk(?![\w-])|" + "tm" + r"p/)")
# Tools that only some machines have and no reader can look up, kept as the start of their SHA-256.
_PRIVATE_TOOLS = {"fbb8037df8cc9050", "8cf10d1b0e07c1d8"}
_TWO_WORDS = re.compile(r"(?<![a-z0-9])(?=([a-z0-9]+-[a-z0-9]+))")


def text_of(root, path):
    """The text of a file, or None for one that is no text."""
    try:
        return (root / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def long_files(root):
    """Files of the house over 400 lines, unless the list gives a reason; and entries of the list that are stale."""
    excused = {}
    if (root / LONG_FILES).is_file():
        for number, line in enumerate((root / LONG_FILES).read_text(encoding="utf-8").splitlines(), 1):
            path, _, reason = line.partition(" ")
            if not line or line.startswith("#"):
                continue
            excused[path] = number
            if not reason.strip():
                yield LONG_FILES, number, f"{path} stands here without a reason"
    for path in known_files(root):
        if not path.startswith(("engine/", "api/")):
            continue
        lines = len((text_of(root, path) or "").splitlines())
        if lines <= LINES_MAX:
            continue
        if excused.pop(path, None) is None:
            yield path, lines, f"{lines} lines, {LINES_MAX} is the limit: split it, or give a reason in {LONG_FILES}"
    for path, number in excused.items():
        yield LONG_FILES, number, f"{path} is not long any more: take it off"


def machine_names(root):
    """Names that only the machine of the writer knows."""
    for path in known_files(root):
        for number, line in enumerate((text_of(root, path) or "").splitlines(), 1):
            if _MACHINE_PATH.search(line):
                yield path, number, "a path of one machine"
            for match in _TWO_WORDS.finditer(line.lower()):
                if hashlib.sha256(match.group(1).encode()).hexdigest()[:16] in _PRIVATE_TOOLS:
                    yield path, number, "the name of a private tool"


def _members_once(pairs):
    seen = dict(pairs)
    if len(seen) != len(pairs):
        raise ValueError("a member occurs twice")
    return seen


def json_parses(root):
    """The shipped configuration and definitions. Those of tests may be broken on purpose."""
    for path in known_files(root):
        if not path.endswith(".json") or not (path.startswith(("config/", "workflows/", "tests/node/")) or "/" not in path):
            continue
        try:
            json.loads((root / path).read_bytes().decode("utf-8"), object_pairs_hook=_members_once)
        except ValueError as error:
            yield path, getattr(error, "lineno", 1), f"no valid JSON: {error}"


def _between(text, begin):
    """What stands between the parenthesis that ends before `begin` and the one that closes it."""
    depth, end = 1, begin
    while depth and end < len(text):
        depth += {"(": 1, ")": -1}.get(text[end], 0)
        end += 1
    return text[begin : end - 1]


def loops_over_temporaries(root):
    """`for (x : f()["member"])`: until C++23 what f() returned is gone before the first turn."""
    for path in known_files(root):
        if not path.endswith((".cpp", ".h")):
            continue
        text = text_of(root, path) or ""
        for match in re.finditer(r"\bfor \((?=[^;]*?\s:\s)", text):
            head = _between(text, match.end())
            if ";" not in head and re.search(r"\s:\s.*(?<!back)(?<!front)(?<!at)(?<=\w)\([^()]*\)(\[|\.at\()", head):
                yield path, text.count("\n", 0, match.start()) + 1, "a loop over a part of a temporary: name it first"


RULES = {rule.__name__: rule for rule in (long_files, machine_names, json_parses, loops_over_temporaries)}


def main(arguments):
    if not arguments or arguments[0] not in RULES:
        print(__doc__)
        return 2
    root = pathlib.Path(arguments[1] if len(arguments) > 1 else ".").resolve()
    found = list(RULES[arguments[0]](root))
    for path, line, what in found:
        print(f"{path}:{line}: {what}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
