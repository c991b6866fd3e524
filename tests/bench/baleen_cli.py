"""baleen-cli in fresh processes for the benchmarks: what it answers, how fast, how soon, and with how much memory."""

import json
import os
import pathlib
import subprocess
import sys
import time

SAMPLING_PAUSE = 0.02  # seconds between two looks at a process's memory


def models_folder():
    return pathlib.Path(os.environ.get("BALEEN_MODELS") or pathlib.Path.home() / ".cache/baleen/models")


class BaleenCli:
    def __init__(self, program, threads):
        self.program, self.threads = program, threads

    def call(self, *arguments, text=None):
        done = subprocess.run([self.program, *map(str, arguments)], input=text, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{' '.join([self.program, *map(str, arguments)])} failed:\n{done.stderr[-2000:]}")
        return done.stdout

    def machine(self):
        """Name of the processor, instruction set, commit."""
        report = json.loads(self.call("doctor", "--json"))
        return report["cpu"]["name"], report["kernels"]["isa"], report["commit"]

    def bench(self, model, prompt, generate, depth):
        return json.loads(self.call("bench", model, "--prompt", prompt, "--generate", generate, "--depth", depth, "--repeat", 1,
                                    "--threads", self.threads, "--json", "--quiet"))

    def text_of(self, model, text, count):
        """The text, repeated and cut so that it has this many tokens."""
        ids = self.call("tokenize", model, text=text).split()
        ids = (ids * (count // len(ids) + 2))
        for length in range(count, count + 8):  # where the cut is, tokens may come out otherwise
            cut = self.call("detokenize", model, text=" ".join(ids[:length]))
            if len(self.call("tokenize", model, text=cut).split()) == count:
                return cut
        sys.exit(f"No text of {count} tokens was found for {model}.")

    def generation(self, model, text, count, context):
        """A process that writes greedily to the text on its standard input."""
        command = [self.program, "generate", model, "--raw", "--prompt", "-", "--temperature", "0", "--max-tokens", count,
                   "--threads", self.threads, "--context", context, "--json", "--quiet"]
        process = subprocess.Popen(list(map(str, command)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        process.stdin.write(text)
        process.stdin.close()
        return process

    @staticmethod
    def statistics(process, lines):
        if process.wait() != 0:
            sys.exit(f"{' '.join(process.args)} failed.")
        return json.loads(lines[-1])["stats"]

    def answer(self, model, text, count):
        process = self.generation(model, text, count, 512)
        return self.statistics(process, process.stdout.readlines())["tokens"]

    def first_token(self, model, text, context):
        """Milliseconds from the start of the process to the first line it writes, and the prompt's tokens."""
        started = time.perf_counter()
        process = self.generation(model, text, 1, context)
        lines = [process.stdout.readline()]
        elapsed = (time.perf_counter() - started) * 1000
        lines += process.stdout.readlines()
        return elapsed, self.statistics(process, lines)["prompt_tokens"]

    def memory(self, model, text, count, context):
        """The most bytes that were not pages of a file, and the tokens read and written."""
        process = self.generation(model, text, count, context)
        most = 0
        while process.poll() is None:
            most = max(most, anonymous_bytes(process.pid))
            time.sleep(SAMPLING_PAUSE)
        statistics = self.statistics(process, process.stdout.readlines())
        return most, statistics["prompt_tokens"] + statistics["generated_tokens"]


def anonymous_bytes(pid):
    """Resident memory less pages of files, as the kernel counts it."""
    try:
        with open(f"/proc/{pid}/status") as status:
            fields = dict(line.split(":", 1) for line in status)
    except OSError:  # it has ended
        return 0
    return sum(int(fields[name].split()[0]) * 1024 for name in ("RssAnon", "RssShmem") if name in fields)
