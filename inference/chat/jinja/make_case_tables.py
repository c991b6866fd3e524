#!/usr/bin/env python3
"""Writes case_tables.cpp: upper, lower and title case of each character, from Python's own str methods.

    python3 inference/chat/jinja/make_case_tables.py

Templates are written for Jinja, whose upper, lower, title and capitalize are Python's. Python 3.11 has Unicode 14.0.
Runs of characters with one distance (every one, or every second) are one row; what becomes several characters
is in a list of its own.
"""
import pathlib


def table(name, change):
    single, several = {}, {}
    for c in range(0x110000):
        if 0xD800 <= c < 0xE000:
            continue
        new = change(chr(c))
        if new == chr(c):
            continue
        if len(new) == 1:
            single[c] = ord(new) - c
        else:
            several[c] = new
    runs = []  # first, last, step, distance
    for c, distance in single.items():
        if runs and runs[-1][3] == distance:
            first, last, step, _ = runs[-1]
            gap = c - last
            if (last == first and gap in (1, 2)) or gap == step:
                runs[-1] = [first, c, gap, distance]
                continue
        runs.append([c, c, 1, distance])
    rows = ["{%#x, %#x, %d, %d}" % tuple(r) for r in runs]
    listed = ['{%#x, "%s"}' % (c, "".join("\\%03o" % b for b in s.encode())) for c, s in several.items()]
    return wrapped(f"const CaseRun {name}RunsData[] = {{", rows), wrapped(f"const CaseSeveral {name}SeveralData[] = {{", listed)


def wrapped(head, items, width=108):
    lines, line = [head], "   "
    for item in items:
        if len(line) + len(item) + 2 > width:
            lines.append(line)
            line = "   "
        line += " " + item + ","
    return "\n".join(lines + [line, "};"])


out = ["// Case of characters. Written by make_case_tables.py; do not edit.", "// clang-format off",
       '#include "inference/chat/jinja/case_tables.h"', "", "namespace inference::jinja {", "", "namespace {", ""]
end = []
for name, change in (("kUpper", str.upper), ("kLower", str.lower), ("kTitle", str.title)):
    out.extend(table(name, change))
    end.append(f"const CaseTable {name}{{{name}RunsData, {name}SeveralData}};")
out += ["", "} // namespace", ""] + end + ["", "} // namespace inference::jinja"]
pathlib.Path(__file__).with_name("case_tables.cpp").write_text("\n".join(out) + "\n")
