#!/usr/bin/env python3
"""Writes unicode_tables.cpp.

    pip install 'unicodedata2<17' 'tokenizers==0.23.3' && python3 inference/text/make_unicode_tables.py

Unicode 16.0 is the version whose classes the `tokenizers` library (0.23) has in its regular expressions; the
script refuses another one, because a younger table would split young code points differently. Its form C is older: of
Unicode 9.0. What it does not know neither composes nor has an order, here as there.
"""
import pathlib

import unicodedata2 as u
from tokenizers import normalizers

assert u.unidata_version == "16.0.0", u.unidata_version

# Letters of the deepseek-llm pre-tokenizer, by number: some would change under NFC in a source file.
LETTERS = """41-5A 61-7A B5 C0-D6 D8-F6 F8-1BA 1BC-1BF 1C4-293 295-2AF 370-373 376 377 37B-37D 37F 386 388-38A 38C
38E-3A1 3A3-3F5 3F7-481 48A-52F 531-556 10A0-10C5 13A0-13F5 13F8-13FD 1C90-1CBA 1CBD-1CBF 1D00-1D2B 1D6B-1D77
1D79-1D9A 1E00-1F15 1F18-1F1D 1F20-1F45 1F48-1F4D 1F50-1F57 1F59 1F5B 1F5D 1F5F-1F7D 1F80-1FB4 1FB6-1FBC 1FBE
1FC2-1FC4 1FC6-1FCC 1FD0-1FD3 1FD6-1FDB 1FE0-1FEC 1FF2-1FF4 1FF6-1FFC 2102 2107 210A-2113 2115 2119-211D 2124 2126
2128 212A-212D 212F-2134 2139 213C-213F 2145-2149 214E 2183 2184 2C00-2C7B 2C7E-2CE4 2CEB-2CEE 2CF2 2CF3 A640-A66D
A680-A69B A722-A76F A771-A787 A78B-A78E AB70-ABBF FB00-FB06 FB13-FB17 FF21-FF3A FF41-FF5A 10400-1044F 104B0-104D3
104D8-104FB 10C80-10CB2 10CC0-10CF2 118A0-118DF 1E900-1E943"""
SPACES = set(map(int, "9 10 11 12 13 32 133 160 5760 8232 8233 8239 8287 12288".split())) | set(range(0x2000, 0x200B))

letters = set()
for part in LETTERS.split():
    low, _, high = part.partition("-")
    letters.update(range(int(low, 16), int(high or low, 16) + 1))

library = normalizers.NFC().normalize_str


def combining(c):
    """The canonical combining class that the library puts marks in order by."""
    order = u.combining(chr(c))
    known = all(library(text) == u.normalize("NFC", text) for text in (f"a\u0315{chr(c)}b", f"a{chr(c)}\u0334"))
    return order if order and known else 0


decompositions = []  # (code point, first, second or 0)
second = set()  # code points that may join the one before them
for c in range(0x110000):
    d = u.decomposition(chr(c))
    if d and not d.startswith("<"):
        parts = [int(x, 16) for x in d.split()]
        composes = len(parts) == 2 and u.normalize("NFC", chr(c)) == chr(c)
        text = "".join(map(chr, parts)) if composes else chr(c)
        if library(text) != u.normalize("NFC", text):
            continue
        decompositions.append((c, parts[0], parts[1] if len(parts) == 2 else 0, composes))
        if composes:
            second.add(parts[1])
second.update(range(0x1161, 0x1176))
second.update(range(0x11A8, 0x11C3))
order = [0 if 0xD800 <= c < 0xE000 else combining(c) for c in range(0x110000)]
changes = {c for c, _, _, composes in decompositions if not composes}


def flags(c):
    category = u.category(chr(c))
    f = {"L": 1, "M": 2, "N": 4, "P": 8, "S": 16}.get(category[0], 0)
    f |= 32 if c in SPACES else 0
    f |= 64 if c in letters else 0
    f |= 128 if order[c] or c in second or c in changes else 0
    return f


def runs(value):
    last = None
    for c in range(0x110000):
        v = value(c)
        if v != last:
            yield c, v
            last = v


def rows(items, width=104):
    line = "   "
    for item in items:
        if len(line) + len(item) + 2 > width:
            yield line
            line = "   "
        line += " " + item + ","
    yield line


out = ["// Classes of Unicode 16.0, canonical composition of Unicode 9.0. Written by make_unicode_tables.py; do not edit.",
       "// clang-format off",
       '#include "inference/text/unicode_tables.h"', "", "namespace inference::unicode {", ""]


def table(kind, name, items):
    items = list(items)
    out.append(f"static const {kind} {name}Data[] = {{")
    out.extend(rows(items))
    out.append("};")
    out.append(f"const std::span<const {kind}> {name}{{{name}Data}};")
    out.append("")


table("std::uint32_t", "kClassRuns", (hex(c << 8 | f) for c, f in runs(flags)))
table("std::uint32_t", "kCombiningRuns", (hex(c << 8 | v) for c, v in runs(lambda c: order[c])))
table("std::uint64_t", "kDecompositions",
      (hex(c << 43 | a << 22 | b << 1 | int(n)) for c, a, b, n in decompositions))
out.append("} // namespace inference::unicode")
path = pathlib.Path(__file__).with_name("unicode_tables.cpp")
path.write_text("\n".join(out) + "\n")
