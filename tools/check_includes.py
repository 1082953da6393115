"""Guards how the folders of the house may depend on each other, and the words that belong to one folder only.

usage: check_includes.py [ROOT]

Prints "path:line: what is wrong" for every finding; the exit status is 1 when there is one.
"""
import pathlib
import re
import sys

from source_text import known_files, without_comments

# Headers that are not our own, by family. A header without dot and slash is the standard library's.
FAMILIES = (
    ("std", r"[a-z_0-9]+"),
    ("json_fwd", r"nlohmann/json_fwd\.hpp"),
    ("json", r"nlohmann/.*"),
    ("tls", r"openssl/(ssl|tls1|dtls1|x509.*)\.h"),
    ("openssl", r"openssl/.*"),
    ("boost", r"boost/.*"),
    ("curl", r"curl/.*"),
    ("sqlite", r"sqlite3(ext)?\.h"),
    ("utf8proc", r"utf8proc\.h"),
    ("curl", r"curl/curl\.h"),
    ("mustache", r"kainjow/mustache\.hpp"),
    ("pango", r"pango/.*|cairo(-pdf)?\.h"),
    ("qrencode", r"qrencode\.h"),
    ("xlsxwriter", r"xlsxwriter\.h"),
    ("simdjson", r"simdjson\.h"),
    ("spdlog", r"spdlog/.*"),
    ("cli11", r"CLI/.*"),
    ("posix", r"(unistd|fcntl|signal|pthread|poll|dirent|syslog|ifaddrs|netdb|malloc)\.h|(sys|netinet|arpa|net)/.*\.h"),
)

# Which families and which of our own headers a folder may include. The first matching folder counts.
RULES = (
    ("engine/core/", {"std"}, ("engine/core/",)),
    ("engine/store/", {"std", "posix", "sqlite", "openssl", "simdjson", "utf8proc"}, ("engine/core/", "engine/store/")),
    ("engine/run/", {"std", "posix", "json_fwd", "openssl", "utf8proc", "mustache"}, ("engine/core/", "engine/store/", "engine/run/")),
    ("api/net/", {"std", "posix", "boost", "tls", "openssl", "curl"}, ("api/net/",)),
    ("api/print/", {"std", "pango", "qrencode", "xlsxwriter"}, ("engine/core/", "api/print/")),
    ("api/", {"std", "posix", "json_fwd", "json", "simdjson", "spdlog", "cli11", "utf8proc"},
     ("engine/", "api/")),
)
# From outside api/net only these of its headers are known.
NET_PUBLIC = {"api/net/http.h", "api/net/mail_message.h", "api/net/networks.h", "api/net/outgoing.h", "api/net/rate_limiter.h", "api/net/server.h",
              "api/net/smtp.h", "api/net/tls.h"}

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(<[^>\n]+>|"[^"\n]+"|\S+)', re.MULTILINE)
_COROUTINE = re.compile(r"\bco_(await|return|yield)\b")
_DEFAULT = re.compile(r"\bdefault\s*:(?!:)")
# The benches compare with servers of other shapes, and the tests of api/net may speak its language.
_COROUTINE_FOLDERS = ("api/net/", "tests/net/", "tests/bench/")


def family_of(header):
    return next((name for name, pattern in FAMILIES if re.fullmatch(pattern, header)), "other")


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def library_fault(path, header):
    """What is wrong with including <header> in this file, or None."""
    family = family_of(header)
    if family == "json" and not path.endswith(".cpp"):
        return f"<{header}> only in .cpp files; a header may include <nlohmann/json_fwd.hpp>"
    folder, families, _ = next((rule for rule in RULES if path.startswith(rule[0])), (None, None, None))
    if folder is None or family in families:
        return None
    if folder == "engine/run/" and family == "json" and path.endswith("_loader.cpp"):
        return None
    return f"{folder} may not include <{header}>"


def own_fault(root, path, header):
    """What is wrong with including "header" in this file, or None."""
    if not (root / header).is_file() or ".." in header:
        return f'"{header}" is no file from the root of the repository'
    folder, _, allowed = next((rule for rule in RULES if path.startswith(rule[0])), (None, None, None))
    if folder is not None and not header.startswith(allowed):
        return f'{folder} may not include "{header}"'
    if folder == "api/" and header.startswith("api/net/") and header not in NET_PUBLIC:
        return f'outside api/net only {", ".join(sorted(NET_PUBLIC))} are known, not "{header}"'
    return None


def include_faults(root, path, text):
    includes = [(line_of(text, m.start(1)), m.group(1)) for m in _INCLUDE.finditer(text)]
    for line, target in includes:
        if target[0] == "<":
            fault = library_fault(path, target[1:-1])
        elif target[0] == '"':
            fault = own_fault(root, path, target[1:-1])
        else:
            fault = f"an include names its header, not the macro {target}"
        if fault:
            yield line, fault
    own = re.sub(r"\.cpp$", ".h", path)
    if own != path and (root / own).is_file() and (not includes or includes[0][1] != f'"{own}"'):
        yield (includes[0][0] if includes else 1), f'its own header "{own}" comes first'


def word_faults(path, code):
    if not path.startswith(_COROUTINE_FOLDERS):
        for match in _COROUTINE.finditer(code):
            what = f"{match.group(0)} only in api/net, where its trap in g++ 12 is known"
            yield line_of(code, match.start()), what
    if path.startswith("engine/core/"):
        for match in _DEFAULT.finditer(code):
            yield line_of(code, match.start()), "a switch of the core names every case, no default"


def findings(root):
    """Every fault of the tree as (path, line, what)."""
    for path in known_files(root):
        if not path.endswith((".cpp", ".h")):
            continue
        text = (root / path).read_text(encoding="utf-8")
        for line, what in include_faults(root, path, without_comments(text, keep_literals=True)):
            yield path, line, what
        for line, what in word_faults(path, without_comments(text)):
            yield path, line, what


def main(arguments):
    root = pathlib.Path(arguments[0] if arguments else ".").resolve()
    found = sorted(findings(root))
    for path, line, what in found:
        print(f"{path}:{line}: {what}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
