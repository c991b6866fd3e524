#!/usr/bin/env python3
"""Speed of baleen-cli and of llama.cpp (llama-cpp-python) on one machine, measured in turn.

    compare_llama_cpp.py --cli PATH --python PATH --model FILE [--model FILE ...] [--threads 2] [--repeat 5]

Some builds of the peer die where a virtual machine announces instructions that it does not have (AMX): then its
repacked weights are left out, and the report says so.

Every repetition starts fresh processes, ours and the peer's with flash attention off and on, one after the other, so
that a change of the machine's speed meets all of them. Each process warms up once and measures once. The peer gets its
better setting. Before anything is timed, both write a greedy answer to one prompt; the tokens are compared and shown.
Standard library only here; the interpreter given by --python needs llama_cpp and numpy.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time

PROMPT = "The whale is the largest animal on earth. It lives in the sea, and it feeds on"


# ---- the peer's side: runs under --python -------------------------------------------------------------------------

class Peer:
    """The model with its own batch object: no copies of logits or token lists in between."""

    def __init__(self, job):
        import llama_cpp
        if not job["repack"]:
            defaults = llama_cpp.llama_cpp.llama_model_default_params

            def without_repacking():
                parameters = defaults()
                parameters.use_extra_bufts = False
                return parameters
            llama_cpp.llama_cpp.llama_model_default_params = without_repacking
        length = max(job["prompt"], job["generate"] + 64, 256)
        started = time.perf_counter()
        self.model = llama_cpp.Llama(model_path=job["model"], n_ctx=length, n_batch=512, n_ubatch=512,
                                     n_threads=job["threads"], n_threads_batch=job["threads"],
                                     flash_attn=job["flash"], verbose=False)
        self.load_ms = (time.perf_counter() - started) * 1000
        self.library = llama_cpp
        self.position = 0

    def forget(self):
        context = self.model._ctx.ctx
        if hasattr(self.library, "llama_memory_clear"):
            self.library.llama_memory_clear(self.library.llama_get_memory(context), True)
        else:
            self.library.llama_kv_cache_clear(context)
        self.position = 0

    def read(self, tokens):
        """Runs the tokens, as many at once as a batch takes; gives the id of the greatest logit after the last."""
        import ctypes
        import numpy
        for at in range(0, len(tokens), 512):
            part = tokens[at:at + 512]
            self.model._batch.set_batch(batch=part, n_past=self.position, logits_all=False)
            self.model._ctx.decode(self.model._batch)
            self.position += len(part)
        row = self.library.llama_get_logits_ith(self.model._ctx.ctx, -1)
        floats = ctypes.cast(row, ctypes.POINTER(ctypes.c_float))
        return int(numpy.ctypeslib.as_array(floats, (self.model.n_vocab(),)).argmax())


def run_peer(job):
    peer = Peer(job)
    result = {"load_ms": peer.load_ms, "version": peer.library.__version__}
    text = peer.model.tokenize(PROMPT.encode(), add_bos=True, special=True)
    if job["task"] == "answer":
        token, tokens = peer.read(text), []
        for _ in range(job["generate"]):
            tokens.append(token)
            token = peer.read([token])
        result["tokens"] = tokens
        return result
    prompt = (text * (job["prompt"] // len(text) + 1))[:job["prompt"]]
    for _ in range(2):  # the first one warms up
        peer.forget()
        started = time.perf_counter()
        peer.read(prompt)
        result["prefill"] = job["prompt"] / (time.perf_counter() - started)
        peer.forget()
        token = peer.read(prompt[:1])
        started = time.perf_counter()
        for _ in range(job["generate"]):
            token = peer.read([token])
        result["decode"] = job["generate"] / (time.perf_counter() - started)
    return result


# ---- our side ------------------------------------------------------------------------------------------------------

def call_peer(options, model, task, flash, repack):
    job = {"model": model, "task": task, "flash": flash, "repack": repack, "threads": options.threads, "prompt": options.prompt,
           "generate": options.generate if task == "speed" else options.answer}
    done = subprocess.run([options.python, os.path.abspath(__file__), "--peer", json.dumps(job)], capture_output=True,
                          text=True)
    if done.returncode < 0 and repack:
        return None  # a crash
    if done.returncode != 0:
        sys.exit(f"The peer failed with {done.returncode}:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def call_ours(options, arguments):
    done = subprocess.run([options.cli, *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join([options.cli, *arguments])} failed:\n{done.stderr[-2000:]}")
    return done.stdout


def our_answer(options, model):
    out = call_ours(options, ["generate", model, "--raw", "--prompt", PROMPT, "--temperature", "0", "--max-tokens",
                              str(options.answer), "--threads", str(options.threads), "--json", "--quiet"])
    return json.loads(out.strip().splitlines()[-1])["stats"]["tokens"]


def our_speed(options, model):
    return json.loads(call_ours(options, ["bench", model, "--prompt", str(options.prompt), "--generate",
                                          str(options.generate), "--repeat", "1", "--threads", str(options.threads),
                                          "--json", "--quiet"]))


def agreement(ours, theirs):
    same = 0
    for a, b in zip(ours, theirs):
        if a != b:
            break
        same += 1
    return same


def spread(values):
    return f"{statistics.median(values):.1f} ({min(values):.1f} to {max(values):.1f})"


def compare(options, model):
    name = os.path.basename(model)
    ours, repack = our_answer(options, model), True
    theirs = call_peer(options, model, "answer", False, repack)
    if theirs is None:
        repack = False
        theirs = call_peer(options, model, "answer", False, repack)
    same = agreement(ours, theirs["tokens"])
    print(f"\n## {name}\n\nGreedy tokens, the first {same} of {min(len(ours), len(theirs['tokens']))} equal:\n")
    print(f"- baleen-cli: {' '.join(map(str, ours))}\n- llama.cpp: {' '.join(map(str, theirs['tokens']))}\n", flush=True)
    if same < options.least_agreement:
        sys.exit(f"The answers differ from token {same + 1} on: nothing is timed (see --least-agreement).")

    rates = {kind: {"ours": [], False: [], True: []} for kind in ("prefill", "decode")}
    bench = None
    for _ in range(options.repeat):
        bench = our_speed(options, model)
        for kind in rates:
            rates[kind]["ours"].append(bench[kind]["tokens_per_second"]["median"])
        for flash in (False, True):
            result = call_peer(options, model, "speed", flash, repack)
            for kind in rates:
                rates[kind][flash].append(result[kind])

    print("| | baleen-cli tok/s | llama.cpp tok/s | flash attention off | on | ratio | our % of the limit |")
    print("|---|---|---|---|---|---|---|")
    for kind, tokens in (("prefill", options.prompt), ("decode", options.generate)):
        of_kind = rates[kind]
        better = max((False, True), key=lambda flash: statistics.median(of_kind[flash]))
        ratio = statistics.median(of_kind["ours"]) / statistics.median(of_kind[better])
        limit = bench["percent_of_limit"][kind]
        print(f"| {kind} {tokens} | {spread(of_kind['ours'])} | {spread(of_kind[better])} | "
              f"{statistics.median(of_kind[False]):.1f} | {statistics.median(of_kind[True]):.1f} | {ratio:.2f} | "
              f"{'-' if limit is None else f'{limit:.0f}'} |")
    print(f"\nMedian (least to greatest) of {options.repeat} processes each, {options.threads} threads, n_batch 512"
          f"{'' if repack else ', without its repacked weights: with them it crashed'}.")
    print(f"baleen-cli {bench['commit']}, {bench['isa']}; llama-cpp-python {theirs['version']}; "
          f"{bench['machine']['cpu']}, {platform.system()} {platform.release()}.", flush=True)


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "--peer":
        result = run_peer(json.loads(sys.argv[2]))
        print(json.dumps(result), flush=True)
        os._exit(0)  # the peer's destructors complain at the end of the interpreter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cli", required=True, help="baleen-cli")
    parser.add_argument("--python", required=True, help="an interpreter with llama_cpp and numpy")
    parser.add_argument("--model", required=True, action="append", help="a GGUF file; may be repeated")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--prompt", type=int, default=512)
    parser.add_argument("--generate", type=int, default=64)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--answer", type=int, default=24, help="tokens of the answer that is compared")
    parser.add_argument("--least-agreement", type=int, default=4, help="tokens that must be equal from the start")
    options = parser.parse_args()
    print(f"# Speed beside llama.cpp: prefill {options.prompt}, decode {options.generate}")
    for model in options.model:
        compare(options, model)


if __name__ == "__main__":
    main()
