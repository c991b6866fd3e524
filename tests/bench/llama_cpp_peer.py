#!/usr/bin/env python3
"""llama.cpp's side of compare_llama_cpp.py: one job in a fresh process, by the C interface of llama-cpp-python.

    llama_cpp_peer.py JOB        a JSON object: task, model, repack, flash, threads, context, and what the task needs

Prints a JSON object. No copies of logits or lists of tokens lie between; libraries are loaded before any clock starts.
"""

import ctypes
import json
import os
import sys
import time

import llama_cpp.llama_cpp as library
import numpy
from llama_cpp import __version__

BATCH = 512


@library.llama_log_callback
def say_nothing(_level, _text, _data):
    pass


class Peer:
    def __init__(self, job):
        library.llama_log_set(say_nothing, None)
        library.llama_backend_init()
        parameters = library.llama_model_default_params()
        parameters.use_extra_bufts = job["repack"]
        self.model = library.llama_model_load_from_file(job["model"].encode(), parameters)
        if not self.model:
            sys.exit(f"{job['model']} cannot be loaded.")
        parameters = library.llama_context_default_params()
        parameters.n_ctx, parameters.n_batch, parameters.n_ubatch = job["context"], BATCH, BATCH
        parameters.n_threads = parameters.n_threads_batch = job["threads"]
        parameters.flash_attn_type = (library.LLAMA_FLASH_ATTN_TYPE_ENABLED if job["flash"]
                                      else library.LLAMA_FLASH_ATTN_TYPE_DISABLED)
        self.context = library.llama_init_from_model(self.model, parameters)
        if not self.context:
            sys.exit("There is no context of this size.")
        self.vocabulary = library.llama_model_get_vocab(self.model)
        self.size = library.llama_vocab_n_tokens(self.vocabulary)

    def encode(self, text):
        data = text.encode()
        tokens = (library.llama_token * (len(data) + 8))()
        count = library.llama_tokenize(self.vocabulary, data, len(data), tokens, len(tokens), True, False)
        return tokens[:count]

    def forget(self, position=0):
        library.llama_memory_seq_rm(library.llama_get_memory(self.context), 0, position, -1)

    def read(self, tokens):
        """Runs the tokens, as many at once as a batch takes; gives the logits after the last, valid until the next run."""
        for at in range(0, len(tokens), BATCH):
            part = tokens[at:at + BATCH]
            ids = (library.llama_token * len(part))(*part)  # named: the batch holds no reference to them
            if library.llama_decode(self.context, library.llama_batch_get_one(ids, len(part))) != 0:
                sys.exit("llama_decode failed.")
        row = library.llama_get_logits_ith(self.context, -1)
        return numpy.ctypeslib.as_array(ctypes.cast(row, ctypes.POINTER(ctypes.c_float)), (self.size,))

    def next(self, tokens):
        return int(self.read(tokens).argmax())

    def write(self, token, count):
        """The greedy tokens from this one on."""
        tokens = []
        for _ in range(count):
            tokens.append(token)
            token = self.next([token])
        return tokens


def seconds(work):
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def answer(job):
    peer = Peer(job)
    return {"tokens": peer.write(peer.next(peer.encode(job["text"])), job["generate"])}


def speed(job):
    """Prefill and decode, tokens a second, each after a warm-up. The tokens below a depth are read once for both."""
    peer = Peer(job)
    text = peer.encode(job["text"])
    prompt = text * (max(job["prompt"], job["depth"]) // len(text) + 1)
    result = {}
    for _ in range(2):  # the first one warms up
        if job["prompt"]:
            peer.forget()
            result["prefill"] = job["prompt"] / seconds(lambda: peer.read(prompt[:job["prompt"]]))
    if job["generate"]:
        depth = max(job["depth"], 1)
        peer.forget()
        token = peer.next(prompt[:depth])
        for _ in range(2):
            peer.forget(depth)
            result["decode"] = job["generate"] / seconds(lambda: peer.write(token, job["generate"]))
    return result


def first_token(job):
    """Milliseconds from opening the model to the first token. The interpreter's start and its imports are not in them."""
    started = time.perf_counter()
    peer = Peer(job)
    text = peer.encode(job["text"])
    token = peer.next(text)
    return {"milliseconds": (time.perf_counter() - started) * 1000, "prompt_tokens": len(text), "token": token}


def main():
    job = json.loads(sys.argv[1])
    result = {"answer": answer, "speed": speed, "first token": first_token}[job["task"]](job)
    print(json.dumps(result | {"version": __version__}), flush=True)
    os._exit(0)  # what the interpreter would free at its end is no part of the job


if __name__ == "__main__":
    main()
