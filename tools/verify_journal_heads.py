#!/usr/bin/env python3
"""Confirms, without the engine, that a journal only grew since a head of it was kept.

    verify_journal_heads.py KEPT NEWER

KEPT is an earlier answer of GET /v1/journal/head, NEWER one of GET /v1/journal/head?since=N, where N is the size of the kept head.
Both heads must be of one epoch and signed by one key (openssl checks that), and the newer tree must begin with the older one
(RFC 9162, section 2.1.4.2). Exit 0: so it is. Exit 1: it is not, or cannot be told; says why.
"""

import base64
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile

# What stands before the 32 bytes of a public key of Ed25519 in its usual wrapping (RFC 8410).
KEY_HEAD = bytes.fromhex("302a300506032b6570032100")


class Doubt(Exception):
    pass


def demand(holds, why):
    if not holds:
        raise Doubt(why)


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def check_signature(answer, name):
    """That the text of the head says what its members say, and that the key signed it."""
    head = answer["head"]
    lines = head["text"].split("\n")
    demand(lines[0] == "motcua journal-head/1" and lines[-1] == "", f"the head of {name} has another form")
    said = dict(line.split(" ", 1) for line in lines[1:-1])
    for member, value in (("epoch", answer["epoch"]), ("size", head["size"]), ("root", head["root"]), ("previous", head["previous"])):
        demand(said.get(member) == str(value), f"{name} shows another {member} than was signed")
    access = head.get("access")
    demand(said.get("access") == (f"{access['position']} {access['hash']}" if access else None), f"{name} shows another access than was signed")
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        (place / "key").write_bytes(KEY_HEAD + base64.b64decode(answer["key"]))
        (place / "text").write_text(head["text"])
        (place / "signature").write_bytes(base64.b64decode(head["signature"]))
        checked = subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", place / "key", "-rawin", "-in", place / "text",
                                  "-sigfile", place / "signature"], capture_output=True, check=False)
    demand(checked.returncode == 0, f"the head of {name} is not signed by its key")


def check_growth(older, newer, path):
    """The roots of both trees, computed from what the path brings."""
    first, last = older["size"], newer["size"]
    old_root, new_root = bytes.fromhex(older["root"]), bytes.fromhex(newer["root"])
    hashes = [bytes.fromhex(text) for text in path]
    if first == last:
        demand(not hashes and old_root == new_root, "two heads of one size differ")
        return
    demand(first < last, "the newer journal is shorter")
    if first & (first - 1) == 0:
        hashes.insert(0, old_root)
    demand(hashes, "the path is empty")
    at, end = first - 1, last - 1
    while at & 1:
        at, end = at >> 1, end >> 1
    old, new = hashes[0], hashes[0]
    for one in hashes[1:]:
        demand(end, "the path is too long")
        if at & 1 or at == end:
            old, new = node(one, old), node(one, new)
            while not at & 1 and at:
                at, end = at >> 1, end >> 1
        else:
            new = node(new, one)
        at, end = at >> 1, end >> 1
    demand(end == 0 and old == old_root and new == new_root, "the newer journal does not begin with the events of the kept head")


def check(kept, newer):
    for answer, name in ((kept, "KEPT"), (newer, "NEWER")):
        demand(answer["head"], f"{name} has no head")
        check_signature(answer, name)
    demand(kept["epoch"] == newer["epoch"], "the database was restored in between: it has another epoch")
    demand(kept["key"] == newer["key"], "the heads are signed by two keys")
    proof = newer["consistency"]
    demand(proof and proof["since"] == kept["head"]["size"], f"NEWER was not asked with since={kept['head']['size']}")
    check_growth(kept["head"], newer["head"], proof["path"])


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        kept, newer = (json.loads(pathlib.Path(file).read_text()) for file in sys.argv[1:])
        check(kept, newer)
    except (Doubt, OSError, ValueError, KeyError, TypeError) as error:
        print(f"verify_journal_heads: {error!r}" if not isinstance(error, Doubt) else f"verify_journal_heads: {error}", file=sys.stderr)
        return 1
    print(f"the first {kept['head']['size']} of {newer['head']['size']} events are the same")
    return 0


if __name__ == "__main__":
    sys.exit(main())
