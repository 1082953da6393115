"""What the checkers share: which files the repository has, and C++ text without comments and literals."""
import re
import subprocess

# Numbers come first, so that the separator in 10'000 does not open a character literal.
_TOKEN = re.compile(
    r"""\b\d[\w.']*
      | //[^\n]*
      | /\*.*?\*/
      | R"(?P<mark>[^()\s\\]*)\(.*?\)(?P=mark)"
      | "(?:\\.|[^"\\\n])*"
      | '(?:\\.|[^'\\\n])+'
    """,
    re.DOTALL | re.VERBOSE,
)


def known_files(root):
    """Paths, from the root, of the files that git tracks or would track, as far as they exist."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root, check=True, capture_output=True,
    ).stdout.decode()
    return sorted(path for path in set(listed.split("\0")) if path and (root / path).is_file())


def without_comments(text, keep_literals=False):
    """Blanks comments, and literals unless they are kept; every line keeps its number."""

    def blank(match):
        token = match.group(0)
        if token[0].isdigit() or (keep_literals and not token.startswith("/")):
            return token
        return re.sub(r"[^\n]", " ", token)

    return _TOKEN.sub(blank, text)
