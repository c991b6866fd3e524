#!/usr/bin/env python3
"""Makes dequantize.bin: random blocks of every element type and what the gguf package makes of them.

Command:  python3 tests/golden/make_dequantize.py        (needs the packages gguf 0.19 or later and numpy)

File: for each type  u32 GGUF type id, u32 number of blocks, the blocks, the float32 weights; little endian.
Blocks: scales at the edges of half precision (of MXFP4: of its exponent) with all-zero, all-one and random payloads, then
random bytes (so infinities, NaNs and subnormal scales come too).
"""
import pathlib
import struct

import numpy
from gguf import GGMLQuantizationType as T
from gguf.constants import GGML_QUANT_SIZES
from gguf.quants import dequantize

# Offsets of the half-precision scales in a block.
SCALES = {T.F32: [], T.F16: [], T.BF16: [], T.Q4_0: [0], T.Q4_1: [0, 2], T.Q5_0: [0], T.Q5_1: [0, 2], T.Q8_0: [0],
          T.Q4_K: [0, 2], T.Q5_K: [0, 2], T.Q6_K: [208], T.Q2_K: [80, 82], T.Q3_K: [108], T.IQ4_NL: [0], T.IQ4_XS: [0],
          T.MXFP4: []}
EXPONENTS = [0, 1, 2, 127, 128, 252, 253, 254, 255]  # scale of MXFP4: subnormal below 2, with infinite weights from 253
EDGES = [0x0000, 0x8000, 0x0001, 0x83FF, 0x0400, 0x3C00, 0x7BFF, 0xFBFF]  # 0, -0, subnormals, 2^-14, 1, +-65504


def blocks_of(type_, rng):
    size = GGML_QUANT_SIZES[type_][1]
    blocks = []
    for i, edge in enumerate(EDGES if SCALES[type_] else []):
        payload = [bytes(size), b"\xff" * size, rng.bytes(size)][i % 3]
        block = bytearray(payload)
        for n, offset in enumerate(SCALES[type_]):
            block[offset:offset + 2] = struct.pack("<H", EDGES[(i + 3 * n) % len(EDGES)])
        blocks.append(bytes(block))
    if type_ == T.MXFP4:
        every = bytes(16 * (15 - n) + n for n in range(16))  # each level as a low and as a high nibble
        blocks = [bytes([e]) + payload for e in EXPONENTS for payload in (every, rng.bytes(16))]
    many = 6 if size > 80 else 24 if size > 4 else 256
    return blocks + [rng.bytes(size) for _ in range(many)]


def weights_of(type_, data, count):
    if type_ == T.F32:
        return data.view(numpy.float32)
    if type_ == T.F16:
        return data.view(numpy.float16).astype(numpy.float32)
    return dequantize(data.reshape(count, -1), type_).astype(numpy.float32)


rng = numpy.random.default_rng(20260101)
with open(pathlib.Path(__file__).with_name("dequantize.bin"), "wb") as out, numpy.errstate(all="ignore"):
    for type_ in SCALES:
        blocks = blocks_of(type_, rng)
        data = numpy.frombuffer(b"".join(blocks), dtype=numpy.uint8)
        weights = weights_of(type_, data, len(blocks))
        assert weights.size == len(blocks) * GGML_QUANT_SIZES[type_][0]
        out.write(struct.pack("<II", int(type_), len(blocks)) + data.tobytes() + weights.tobytes())
