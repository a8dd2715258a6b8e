# SPDX-License-Identifier: GPL-2.0-or-later
"""The examples of docs/*.md, for the tests that compile and run them.

example.py block DOCUMENT TEXT
    prints the first fenced block after the first line with TEXT in it
example.py patch DOCUMENT HEADING TREE
    applies the ```diff blocks of that section to the files of TREE; what a hunk takes away or stands
    beside has to be in its file exactly once, however that is wrapped and indented
"""
import os
import sys


def blocks(lines):
    """(kind, line number, text) of each fenced block."""
    kind = None
    for nr, line in enumerate(lines):
        if not line.startswith("```"):
            continue
        if kind is None:
            kind, start = line[3:], nr + 1
        else:
            yield kind, start, "".join(l + "\n" for l in lines[start:nr])
            kind = None


def block(document, text):
    lines = open(document, encoding="utf-8").read().split("\n")
    first = next((nr for nr, line in enumerate(lines) if text in line), None)
    if first is None:
        sys.exit(f"{document}: no line has '{text}'")
    for _, start, content in blocks(lines):
        if start > first + 1:
            sys.stdout.write(content)
            return
    sys.exit(f"{document}: no block after '{text}'")


def squeezed(text):
    """The text without blanks and without backslashes at ends of lines, and where each character was."""
    kept = [i for i, c in enumerate(text) if not c.isspace() and not (c == "\\" and text[i + 1:i + 2] == "\n")]
    return "".join(text[i] for i in kept), kept


def replace(path, hunk):
    before = "".join(line[1:] + "\n" for line in hunk if line[:1] in " -")
    after = "".join(line[1:] + "\n" for line in hunk if line[:1] in " +")
    text = open(path, encoding="utf-8").read()
    wanted, (have, at) = squeezed(before)[0], squeezed(text)
    if have.count(wanted) != 1:
        sys.exit(f"{path}: {have.count(wanted)} places have\n{before}")
    first = have.index(wanted)
    _, kept = squeezed(after)
    text = text[:at[first]] + after[kept[0]:kept[-1] + 1] + text[at[first + len(wanted) - 1] + 1:]
    open(path, "w", encoding="utf-8").write(text)


def patch(document, heading, tree):
    lines = open(document, encoding="utf-8").read().split("\n")
    first = next((nr for nr, line in enumerate(lines) if line == f"## {heading}"), None)
    if first is None:
        sys.exit(f"{document}: no section '{heading}'")
    end = next((nr for nr in range(first + 1, len(lines)) if lines[nr].startswith("## ")), len(lines))
    hunks = 0
    for kind, _, content in blocks(lines[first:end]):
        path, hunk = None, []
        for line in content.rstrip("\n").split("\n") + ["@@"] if kind == "diff" else []:
            if line.startswith("--- a/") or line == "@@":
                if hunk:
                    replace(path, hunk)
                    hunks += 1
                hunk = []
            elif line.startswith("+++ b/"):
                path = os.path.join(tree, line[6:])
            else:
                hunk.append(line)
    if not hunks:
        sys.exit(f"{document}: section '{heading}' has no patch")


if __name__ == "__main__":
    {"block": block, "patch": patch}[sys.argv[1]](*sys.argv[2:])
