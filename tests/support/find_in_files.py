"""Searches files for texts that must not be in them, in every way in which they could be.

usage: find_in_files.py FOLDER NEEDLES

NEEDLES holds a text a line. Every file of FOLDER is searched as it is, and what it packs too: the members of a zip
(a workbook), the streams of a PDF, its text and its properties. Prints what is found where; the status is 1 then, and
2 when nothing could be searched.
"""
import pathlib
import re
import subprocess
import sys
import unicodedata
import zipfile
import zlib


def spellings(text):
    plain = unicodedata.normalize("NFD", text.lower()).replace("đ", "d")
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    for one in {text, text.lower(), text.upper(), unicodedata.normalize("NFD", text), plain}:
        for encoding in ("utf-8", "utf-16-be", "utf-16-le"):
            yield one.encode(encoding)


def parts(path):
    data = path.read_bytes()
    yield "", data
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            for name in packed.namelist():
                yield name, packed.read(name)
    if data.startswith(b"%PDF"):
        for number, found in enumerate(re.finditer(rb"stream\r?\n(.*?)endstream", data, re.S)):
            try:
                yield f"stream {number}", zlib.decompress(found[1])
            except zlib.error:
                yield f"stream {number}", found[1]
        for program in (["pdftotext", "-enc", "UTF-8", str(path), "-"], ["pdfinfo", str(path)]):
            yield program[0], subprocess.run(program, capture_output=True, check=True).stdout


def main(folder, needles):
    wanted = [line for line in pathlib.Path(needles).read_text(encoding="utf-8").splitlines() if line]
    searched, found = 0, False
    for path in sorted(pathlib.Path(folder).iterdir()):
        for name, data in parts(path):
            searched += 1
            for text in wanted:
                if any(spelling in data for spelling in spellings(text)):
                    print(f"{path.name} {name}: {text}")
                    found = True
    print(f"{searched} parts searched for {len(wanted)} texts")
    return 2 if searched == 0 or not wanted else 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
