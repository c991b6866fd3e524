#!/usr/bin/env python3
"""make_model.py beside llama.cpp: the types its quantiser chooses, and what its decoder makes of the blocks.

    check_make_model.py

Each shape is described to llama.cpp's quantiser as F16 in a file that is mostly a hole, and each mix is asked for as a
trial run, which reads no weights. Needs: pip install numpy gguf llama-cpp-python
"""

import ctypes
import math
import pathlib
import re
import tempfile

import gguf
import llama_cpp
import numpy as np

from baleen_cli import models_folder
from gguf_file import TENSOR_TYPES, Tensor, header_bytes, read_file, write_file
from make_model import SHAPES, STARTER, Weights, make_metadata
from quantiser_mix import MIXES, assign_types

LINE = re.compile(r"\] (\S+) +- \[.*type = +(\w+), size = [^(\n]*(?:\((\w+)\))?")


def chosen_by_quantiser(file, mix):
    """{tensor: type}, from what a trial run prints."""
    lines = []
    log = llama_cpp.llama_log_callback(lambda level, text, data: lines.append(text.decode(errors="replace")))
    llama_cpp.llama_log_set(log, None)
    parameters = llama_cpp.llama_model_quantize_default_params()
    parameters.ftype, parameters.dry_run = MIXES[mix][0], True
    if llama_cpp.llama_model_quantize(str(file).encode(), b"", ctypes.byref(parameters)) != 0:
        raise SystemExit("".join(lines[-20:]))
    found = LINE.findall("".join(lines))
    return {name: (after or before).upper() for name, before, after in found}


def check_mixes(folder, vocabulary):
    for name, shape in SHAPES.items():
        tensors = list(shape.tensors(shape.layers))
        assign_types(tensors, "F16", shape.layers)
        file = folder / f"{name}.gguf"
        with open(file, "wb") as out:
            out.write(header_bytes(make_metadata(name, shape, "F16", shape.layers, vocabulary), tensors))
            out.truncate(out.tell() + sum(tensor.bytes + 32 for tensor in tensors))
        for mix in MIXES:
            if mix == "F16":
                continue
            expected = chosen_by_quantiser(file, mix)
            assign_types(tensors, mix, shape.layers)
            assert len(expected) == len(tensors), (len(expected), len(tensors))
            wrong = [(t.name, t.kind, expected[t.name]) for t in tensors if t.kind != expected[t.name]]
            print(f"{name} {mix}: {len(tensors)} tensors, {len(wrong)} of another type {wrong[:3]}")
            assert not wrong


def check_blocks(folder):
    columns, rows = 1536, 4096
    kinds = [kind for kind in TENSOR_TYPES if kind != "F32"]
    file = folder / "blocks.gguf"
    write_file(file, {"general.architecture": (8, "none")}, [Tensor(f"{kind}.weight", [columns, rows], kind) for kind in kinds],
               Weights(1).pieces)
    assert [tensor.kind for tensor in read_file(file)[1]] == kinds
    for tensor in gguf.GGUFReader(file).tensors:
        numbers = gguf.quants.dequantize(tensor.data, tensor.tensor_type).reshape(rows, columns) * math.sqrt(columns)
        sums = numbers.sum(axis=1) / math.sqrt(columns)
        print(f"{tensor.tensor_type.name}: deviation {numbers.std():.3f}, mean {numbers.mean():.4f}; "
              f"of rows' sums {sums.std():.3f}")
        assert abs(numbers.std() - 1) < 0.02 and abs(numbers.mean()) < 0.01 and sums.std() < 1.5
        assert len(np.unique(tensor.data.reshape(rows, -1), axis=0)) == rows


def main():
    vocabulary, _ = read_file(models_folder() / STARTER)
    with tempfile.TemporaryDirectory() as folder:
        check_blocks(pathlib.Path(folder))
        check_mixes(pathlib.Path(folder), vocabulary)


if __name__ == "__main__":
    main()
