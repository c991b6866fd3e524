#!/usr/bin/env python3
"""Writes real text in eight languages and code in eleven, for tokenizer_speed and ../golden/check_tokenizers.py.

    python3 tests/bench/make_tokenizer_text.py FOLDER [MEGABYTES]

Fetches the Debian packages below into FOLDER/packages with apt-get (nothing is installed, no root needed) and takes apart
what they hold: help pages, translated catalogues, sources. Writes FOLDER/NAME.txt for each kind and FOLDER/mixed.txt, which has
all of them in turn, in blocks of about 4 kB. MEGABYTES is the size of mixed.txt (12). The same packages give the same bytes.
"""
import gettext
import html.parser
import io
import pathlib
import random
import subprocess
import sys
import tarfile

KINDS = {  # kind: packages, and the ends of the files taken from them
    "english": ("libreoffice-help-en-us", ".html"),
    "chinese": ("libreoffice-help-zh-cn libreoffice-l10n-zh-cn", ".html .mo"),
    "japanese": ("libreoffice-help-ja libreoffice-l10n-ja", ".html .mo"),
    "korean": ("libreoffice-help-ko libreoffice-l10n-ko", ".html .mo"),
    "russian": ("libreoffice-help-ru libreoffice-l10n-ru", ".html .mo"),
    "arabic": ("libreoffice-l10n-ar", ".mo"),
    "thai": ("libreoffice-l10n-th", ".mo"),
    "hindi": ("libreoffice-l10n-hi", ".mo"),
    "c": ("linux-libc-dev", ".h"),
    "c++": ("libeigen3-dev nlohmann-json3-dev", ".h .hpp"),
    "python": ("python3-docutils python3-jinja2", ".py"),
    "perl": ("libmojolicious-perl", ".pm"),
    "shell": ("bash-completion", ""),
    "javascript": ("node-lodash node-acorn", ".js"),
    "go": ("golang-golang-x-tools-dev", ".go"),
    "rust": ("librust-tokio-dev", ".rs"),
    "ruby": ("ruby-rspec-core ruby-sinatra", ".rb"),
    "php": ("php-symfony-console php-twig", ".php"),
    "lua": ("lua-penlight", ".lua"),
}
NATURAL = 8  # of them: the first are natural languages
# Letters that show that a text is translated: most of it has to be in them.
SCRIPTS = {"chinese": "一-鿿", "japanese": "ぁ-鿿", "korean": "가-힣", "russian": "А-я", "arabic": "ء-ۿ", "thai": "ก-๛",
           "hindi": "ऀ-ॿ"}


class PlainText(html.parser.HTMLParser):
    """The text of a page, a line for each block."""

    def __init__(self):
        super().__init__()
        self.parts, self.hidden = [], 0

    def handle_starttag(self, tag, attributes):
        self.hidden += tag in ("script", "style")
        if tag in ("p", "div", "h1", "h2", "h3", "li", "td", "br"):
            self.parts.append("\n")

    def handle_endtag(self, tag):
        self.hidden -= tag in ("script", "style")

    def handle_data(self, data):
        if not self.hidden:
            self.parts.append(data)

    def text(self):
        lines = (" ".join(line.split()) for line in "".join(self.parts).split("\n"))
        return "\n".join(line for line in lines if line) + "\n"


def text_of(name, content, script):
    if name.endswith(".mo"):
        catalogue = gettext.GNUTranslations(io.BytesIO(content))._catalog
        text = "\n".join(value for value in catalogue.values() if isinstance(value, str) and value) + "\n"
    elif name.endswith(".html"):
        page = PlainText()
        page.feed(content.decode())
        text = page.text()
    else:
        return content.decode()
    if script:
        low, _, high = script.partition("-")
        text = "\n".join(line for line in text.split("\n") if 4 * sum(low <= c <= high for c in line) > len(line)) + "\n"
    return text


def files_of(packages, package):
    """(name, bytes) of the regular files of a package, in the order of their names."""
    if not list(packages.glob(f"{package}_*.deb")):
        subprocess.run(["apt-get", "download", package], cwd=packages, check=True)
    archive = sorted(packages.glob(f"{package}_*.deb"))[-1]
    data = subprocess.run(["dpkg-deb", "--fsys-tarfile", archive], check=True, stdout=subprocess.PIPE).stdout
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        members = {member.name: member for member in tar if member.isfile()}
        for name in sorted(members):
            yield name, tar.extractfile(members[name]).read()


def main():
    folder = pathlib.Path(sys.argv[1])
    size = float(sys.argv[2]) * 1e6 if len(sys.argv) > 2 else 12e6
    packages = folder / "packages"
    packages.mkdir(parents=True, exist_ok=True)
    codes = len(KINDS) - NATURAL
    shares = [size / (NATURAL + 2) if i < NATURAL else 2 * size / (NATURAL + 2) / codes for i in range(len(KINDS))]
    blocks = []
    for (kind, (names, ends)), share in zip(KINDS.items(), shares):
        texts = []
        for package in names.split():
            for name, content in files_of(packages, package):
                if name.endswith(tuple(ends.split(" "))) and "/doc/" not in name.replace("/doc/libreoffice", ""):
                    try:
                        texts.append(text_of(name, content, SCRIPTS.get(kind)))
                    except UnicodeDecodeError:
                        pass
        random.Random(kind).shuffle(texts)
        lines = "".join(texts).splitlines(keepends=True)
        taken, mine, block = 0, [], ""
        for line in lines:
            block += line[:2000]
            if len(block.encode()) > 4096:
                mine.append(block)
                taken += len(block.encode())
                block = ""
            if taken >= share:
                break
        (folder / f"{kind}.txt").write_bytes("".join(mine).encode())
        print(f"{kind:12} {taken:9} bytes")
        blocks += mine
    random.Random("mixed").shuffle(blocks)
    (folder / "mixed.txt").write_bytes("".join(blocks).encode())
    print(f"{'mixed':12} {len(''.join(blocks).encode()):9} bytes")


main()
