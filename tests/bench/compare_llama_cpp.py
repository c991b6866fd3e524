#!/usr/bin/env python3
"""baleen-cli and llama.cpp (llama-cpp-python) on one machine, measured in turn; prints a table in Markdown.

    compare_llama_cpp.py --cli PATH --python PATH --case all                # the whole table; --case may be repeated
    compare_llama_cpp.py --cli PATH --python PATH --model FILE [--model FILE ...] [--prompt 512] [--generate 64] [--depth 0]

Cases (their sizes give way to --prompt, --generate, --depth and --repeat; their file to --model):

CASES

Files of cases are looked for in --models. v2-lite-Q4_K_M.gguf and qwen2-7b-Q4_K_M.gguf come from make_model.py.

Every repetition starts fresh processes, ours and the peer's in its four settings (weights repacked or not, flash attention
or not), one after the other, so that a change of the machine's speed meets all of them. Each process warms up once and
measures once. The peer's figure is that of its best setting, for prefill and decode each. Where decode begins at a depth, a
first round finds the best setting, and only that goes on. Some builds of the peer die where a virtual machine announces
instructions that it does not have (AMX): a setting that crashes is left out, and the table says so.

Time to the first token: of ours, from the start of the process to its first line; of the peer, from opening the model to
the token, without the start of its interpreter and imports, which include loading its libraries. The file is in the page
cache. Memory: the most that is resident and no page of a file, over a whole prompt and answer that fill the context.

Before anything is timed, both write a greedy answer to one prompt; the tokens are compared and shown. Standard library only
here; the interpreter given by --python needs llama_cpp and numpy.
"""

import argparse
import datetime
import json
import os
import pathlib
import platform
import shlex
import statistics
import subprocess
import sys

from baleen_cli import BaleenCli, models_folder

PROMPT = "The whale is the largest animal on earth. It lives in the sea, and it feeds on"
SMALL, STARTER = "SmolLM2-135M-Instruct-Q4_1.gguf", "Qwen2.5-Coder-1.5B-Instruct-Q4_K_M.gguf"
FIRST_TOKEN_CONTEXT = 4096

# name: (repacked, flash attention)
SETTINGS = {"repacked, flash": (True, True), "repacked": (True, False), "flash": (False, True), "neither": (False, False)}


class Case:
    def __init__(self, kind, title, file, prompt=0, generate=0, depth=0, repeat=7, least_agreement=1):
        self.kind, self.title, self.file, self.repeat = kind, title, file, repeat
        self.prompt, self.generate, self.depth = prompt, generate, depth
        self.least_agreement = least_agreement  # answers of random weights are nonsense and part early

    def described(self):
        sizes = {"prefill": self.prompt, "decode": self.generate, "at depth": self.depth}
        return f"{self.title}, {self.kind}: " + ", ".join(f"{name} {size}" for name, size in sizes.items() if size)


CASES = {
    "smollm2": Case("speed", "SmolLM2-135M Q4_1", SMALL, 512, 64),
    "starter": Case("speed", "starter", STARTER, 512, 64),
    "starter-deep": Case("speed", "starter", STARTER, 0, 64, depth=4096),
    "v2-lite": Case("speed", "V2-Lite shape", "v2-lite-Q4_K_M.gguf", 512, 64, least_agreement=0),
    "7b": Case("speed", "7B shape", "qwen2-7b-Q4_K_M.gguf", 256, 32, least_agreement=0),
    "first-token": Case("first token", "starter", STARTER, 32),
    "memory": Case("memory", "starter", STARTER, 4032, 64, repeat=3),
}


# ---- the peer ------------------------------------------------------------------------------------------------------


class Peer:
    def __init__(self, python, threads):
        self.python, self.threads, self.version = python, threads, ""
        self.crashed = set()  # (model, setting)

    def call(self, task, model, setting, context, **sizes):
        """The result of a job in a fresh process, or nothing where this setting crashes."""
        repack, flash = SETTINGS[setting]
        if (model, setting) in self.crashed:
            return None
        job = {"task": task, "model": model, "repack": repack, "flash": flash, "threads": self.threads, "context": context,
               "text": PROMPT, "prompt": 0, "generate": 0, "depth": 0} | sizes
        script = pathlib.Path(__file__).with_name("llama_cpp_peer.py")
        done = subprocess.run([self.python, str(script), json.dumps(job)], capture_output=True, text=True)
        if done.returncode < 0 and repack:
            self.crashed.add((model, setting))
            return None
        if done.returncode != 0:
            sys.exit(f"The peer failed with {done.returncode}:\n{done.stderr[-2000:]}")
        result = json.loads(done.stdout.strip().splitlines()[-1])
        self.version = result["version"]
        return result

    def answer(self, model, count):
        return self.call("answer", model, "neither", 512, generate=count)["tokens"]


# ---- cases ---------------------------------------------------------------------------------------------------------


class Row:
    """What one line of the table says."""

    def __init__(self, label, unit):
        self.label, self.unit, self.limit = label, unit, None
        self.ours, self.theirs = [], {setting: [] for setting in SETTINGS}

    def best(self):
        """The peer's best setting. Those that did not go on after a first round are out."""
        most = max(map(len, self.theirs.values()))
        if most == 0:
            return None
        candidates = [setting for setting, values in self.theirs.items() if len(values) == most]
        return (max if self.unit == "tok/s" else min)(candidates, key=lambda setting: statistics.median(self.theirs[setting]))

    def ratio(self):
        ours, theirs = statistics.median(self.ours), statistics.median(self.theirs[self.best()])
        return ours / theirs if self.unit == "tok/s" else theirs / ours

    def number(self, value):
        return f"{value:.1f}" if self.unit == "tok/s" else f"{value:.0f}"

    def spread(self, values):
        least, most = self.number(min(values)), self.number(max(values))
        return f"{self.number(statistics.median(values))} ({least} to {most})"

    def line(self):
        best = self.best()
        settings = [self.number(statistics.median(values)) if values else "-" for values in self.theirs.values()]
        cells = [self.label, self.unit, self.spread(self.ours), self.spread(self.theirs[best]) if best else "-",
                 f"{self.ratio():.2f}" if best else "-", *settings, str(len(self.ours)),
                 "-" if self.limit is None else f"{self.limit:.0f}"]
        return f"| {' | '.join(cells)} |"


HEADER = (f"| | | baleen-cli | llama.cpp | ratio | {' | '.join(SETTINGS)} | runs | our % of the limit |\n"
          f"|{'---|' * (7 + len(SETTINGS))}")


def speed_rows(cli, peer, case, model):
    sizes = {"prompt": case.prompt, "generate": case.generate, "depth": case.depth}
    depth = f" at {case.depth}" if case.depth else ""
    rows = {}
    if case.prompt:
        rows["prefill"] = Row(f"{case.title}: prefill {case.prompt}", "tok/s")
    if case.generate:
        rows["decode"] = Row(f"{case.title}: decode {case.generate}{depth}", "tok/s")
    context = max(case.prompt, max(case.depth, 1) + case.generate, 64)
    settings = list(SETTINGS)
    for _ in range(case.repeat):
        bench = cli.bench(model, **sizes)
        for kind, row in rows.items():
            row.ours.append(bench[kind]["tokens_per_second"]["median"])
            row.limit = bench["percent_of_limit"][kind]
        for setting in settings:
            result = peer.call("speed", model, setting, context, **sizes)
            for kind, row in rows.items() if result else ():
                row.theirs[setting].append(result[kind])
        if case.depth and "decode" in rows:
            settings = [rows["decode"].best()]
    return list(rows.values())


def first_token_rows(cli, peer, case, model):
    row = Row(f"{case.title}: start to first token, prompt of {case.prompt}", "ms")
    text = cli.text_of(model, PROMPT, case.prompt)
    with open(model, "rb") as file:
        while file.read(1 << 24):  # into the page cache
            pass
    for _ in range(case.repeat):
        milliseconds, length = cli.first_token(model, text, FIRST_TOKEN_CONTEXT)
        row.ours.append(milliseconds)
        for setting in SETTINGS:
            result = peer.call("first token", model, setting, FIRST_TOKEN_CONTEXT, text=text)
            if result and result["prompt_tokens"] != length:
                sys.exit(f"The prompt has {length} tokens for one and {result['prompt_tokens']} for the other.")
            if result:
                row.theirs[setting].append(result["milliseconds"])
    return [row]


def memory_rows(cli, _, case, model):
    context = case.prompt + case.generate
    text = cli.text_of(model, PROMPT, case.prompt)
    row = Row(f"{case.title}: memory beyond the file, context {context}", "MiB")
    for _ in range(case.repeat):
        most, tokens = cli.memory(model, text, case.generate, context)
        if tokens < case.prompt:
            sys.exit(f"Only {tokens} tokens of {context} were read.")
        row.ours.append(most / 2**20)
    return [row]


def compare_answers(options, cli, peer, case, model):
    """Lines that show both answers."""
    ours, theirs = cli.answer(model, PROMPT, options.answer), peer.answer(model, options.answer)
    length = min(len(ours), len(theirs))
    same = next((i for i in range(length) if ours[i] != theirs[i]), length)
    least = case.least_agreement if options.least_agreement is None else options.least_agreement
    lines = [f"{os.path.basename(model)}: the first {same} of {length} equal.", "",
             f"- baleen-cli: {' '.join(map(str, ours))}", f"- llama.cpp: {' '.join(map(str, theirs))}", ""]
    if same < least:
        sys.exit("\n".join(lines) + f"The answers differ from token {same + 1} on: nothing is timed (see --least-agreement).")
    return lines


# ---- the program ---------------------------------------------------------------------------------------------------


def chosen_cases(options):
    """[(case, file)]; options given replace a case's own sizes."""
    if options.case:
        names = list(CASES) if "all" in options.case else options.case
        if options.model and len(options.model) + len(names) != 2:
            sys.exit("One --model goes with one --case.")
        files = options.model or [str(options.models / CASES[name].file) for name in names]
        chosen = [(CASES[name], file) for name, file in zip(names, files)]
    else:
        chosen = [(Case("speed", "", model, 512, 64, least_agreement=4), model) for model in options.model]
    for case, model in chosen:
        if options.model:
            case.title = pathlib.Path(model).stem
        for name in ("prompt", "generate", "depth", "repeat"):
            value = getattr(options, name)
            if value is not None:
                setattr(case, name, value)
        if not os.path.exists(model):
            sys.exit(f"{model} is not there. Fetch or make it (make_model.py), or name its folder with --models.")
    return chosen


def parse_options():
    cases = "\n".join(f"    {name:12} {case.described()}" for name, case in CASES.items())
    parser = argparse.ArgumentParser(description=__doc__.replace("CASES", cases),
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cli", required=True, help="baleen-cli")
    parser.add_argument("--python", required=True, help="an interpreter with llama_cpp and numpy")
    parser.add_argument("--case", action="append", choices=[*CASES, "all"], help="may be repeated")
    parser.add_argument("--models", type=pathlib.Path, default=models_folder(), help="folder of the files of cases")
    parser.add_argument("--model", action="append", help="a GGUF file; may be repeated where there is no --case")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--prompt", type=int, help="tokens of the prompt (default: 512, or the case's)")
    parser.add_argument("--generate", type=int, help="tokens to decode (default: 64, or the case's)")
    parser.add_argument("--depth", type=int, help="tokens in the cache before decoding (default: 0, or the case's)")
    parser.add_argument("--repeat", type=int, help="fresh processes of each (default: 7, or the case's)")
    parser.add_argument("--answer", type=int, default=24, help="tokens of the answer that is compared")
    parser.add_argument("--least-agreement", type=int,
                        help="tokens that must be equal from the start (default: 4; cases: 1, or 0 for random weights)")
    options = parser.parse_args()
    if not options.case and not options.model:
        parser.error("--case or --model is missing")
    return options


def main():
    options = parse_options()
    chosen = chosen_cases(options)
    cli, peer = BaleenCli(options.cli, options.threads), Peer(options.python, options.threads)
    cpu, isa, commit = cli.machine()
    command = shlex.join(sys.argv).replace(str(pathlib.Path.home()), "~")
    print(f"# Speed beside llama.cpp, {datetime.date.today()}\n\n    {command}\n\n{HEADER}", flush=True)
    load = os.getloadavg()[0]
    answers = {}
    for case, model in chosen:
        if model not in answers:
            answers[model] = compare_answers(options, cli, peer, case, model)
        rows = {"speed": speed_rows, "first token": first_token_rows, "memory": memory_rows}[case.kind](cli, peer, case, model)
        print("\n".join(row.line() for row in rows), flush=True)
    for model, setting in sorted(peer.crashed):
        print(f"\nllama.cpp crashed on {os.path.basename(model)}: {setting}.")
    print("\nMedian (least to greatest) of so many fresh processes, in turn; behind the ratio the peer's four settings. A ratio "
          "above 1:\nbaleen-cli is the faster.\n\n"
          f"{options.threads} threads, n_batch 512. baleen-cli {commit}, {isa}; llama-cpp-python {peer.version}; {cpu}, "
          f"{platform.system()} {platform.release()}; load average at the start {load:.1f}.\n\n## Greedy tokens\n")
    print("\n".join(line for lines in answers.values() for line in lines))


if __name__ == "__main__":
    main()
