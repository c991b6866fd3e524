#!/usr/bin/env python3
"""Tiny seeded models of DeepSeek's architectures as GGUF files, and the golden files made of them.

    python make_tiny_models.py                    # deepseek/*.json anew: searches the seeds, writes models and logits
    python make_tiny_models.py --check            # the committed files are what this script and the oracle say
    python make_tiny_models.py --models FOLDER    # the GGUF files of the committed deepseek/*.json, into FOLDER

The models are not committed. deepseek/NAME.json says all that is in one: metadata, tensors, seed; a program that
reads it writes the same bytes (tests/support/tiny_deepseek.cpp does, and compares the SHA-256).

    metadata   [key, type, value] in file order; type is u32, f32, bool, string, strings or i32s; a value "@NAME" stands
               for the entry NAME of deepseek/vocabulary.json. general.architecture is the first.
    tensors    in file order, F32 unless `type` says another: name; ne, input dimension first; and either `values`, or
               where its numbers are in a stream of random ones: scale, offset, and, where it is not the whole stream of
               its own name, stream, start, and shape and strides, which count elements, first dimension fastest in the
               file. Three things can be different:
               bits   of int16 only so many of the upper ones count: with a scale of one or two significant bits all
                      numbers fit BF16 and F16, so that files of these types are the same model
               fp8    float32(e4m3(448 * int16 / 32768) * block scale), rounded to the nearest e4m3, ties to even; one
                      block scale for 128 x 128 numbers, (row blocks, column blocks), float32(scale + scale / 2 *
                      int16 / 32768) from the stream "NAME_scale_inv": the same model as a folder with FP8 weights
               type   blocks of a quantised type whose bytes are the upper ones of int16, but for the half-precision
                      fields [place, value] in `halves`: value * (1 + block number mod 3) / 2

Element number n of a stream, n from 0 (all integers modulo 2^64):

    s = seed * 0x9e3779b97f4a7c15;  for each byte c of the stream's name: s = (s ^ c) * 0x100000001b3
    z = s + (n + 1) * 0x9e3779b97f4a7c15                                                      (splitmix64)
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;  z = (z ^ z >> 27) * 0x94d049bb133111eb;  z ^= z >> 31
    value = float32(offset + float32(int16(z >> 48) / 32768 * scale))

A scale has 8 significant bits, so the product is exact and the sum rounded once: any IEEE machine gives the same.

A seed is taken when no choice of a router is nearer than 1e-4 (of the score's size; of 1 for sigmoid), no best token of
a golden row nearer than 3e-4 of the row's size to the second, most experts are used, and each key in NOTICED changes
the logits by more than 2e-3 of their size when it is left out or altered: a model that ignores it fails the test.

Needs: pip install numpy gguf
"""

import argparse
import hashlib
import json
import math
import pathlib
import tempfile

import gguf
import numpy as np

from deepseek_oracle import Model, forward

FOLDER = pathlib.Path(__file__).parent / "deepseek"
TOKENS = 256
GOLDEN_RATIO = 0x9E3779B97F4A7C15
SPECIAL = ["<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>", "<｜▁pad▁｜>", "<｜User｜>", "<｜Assistant｜>", "<think>",
           "</think>", "<｜fim▁hole｜>", "<｜fim▁begin｜>", "<｜fim▁end｜>", "<|EOT|>"]
WORDS = [" the", " of", " and", " in", "ing", "er", "on", " whale", " sea", "def", "return", "你好", "é"]
TEMPLATE = ("{{ bos_token }}{% for m in messages %}{% if m['role'] == 'user' %}{{ '<｜User｜>' + m['content'] }}"
            "{% elif m['role'] == 'assistant' %}{{ '<｜Assistant｜>' + m['content'] + '<｜end▁of▁sentence｜>' }}"
            "{% else %}{{ m['content'] }}{% endif %}{% endfor %}"
            "{% if add_generation_prompt %}{{ '<｜Assistant｜>' }}{% endif %}")


# --- Numbers ---------------------------------------------------------------------------------------------------------


def stream_values(seed, stream, index):
    """int16 / 32768 of the stream's elements, exact in float32."""
    mask = (1 << 64) - 1
    state = seed * GOLDEN_RATIO & mask
    for byte in stream.encode():
        state = (state ^ byte) * 0x100000001B3 & mask
    with np.errstate(over="ignore"):
        z = np.uint64(state) + (index.astype(np.uint64) + np.uint64(1)) * np.uint64(GOLDEN_RATIO)
        z = (z ^ z >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ z >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    return (z >> np.uint64(48)).astype(np.uint16).view(np.int16).astype(np.float32) / np.float32(32768)


def short_scale(scale):
    """The nearest number with 8 significant bits."""
    mantissa, exponent = math.frexp(scale)
    return math.ldexp(round(mantissa * 256), exponent - 8)


def nearest_e4m3(x):
    """float64, |x| <= 448."""
    size = np.abs(x)
    step = np.ldexp(1.0, np.maximum(np.frexp(size)[1] - 1, -6) - 3)
    return np.copysign(np.rint(size / step) * step, x)


def fp8_values(seed, tensor):
    columns, rows = tensor["ne"]
    numbers = stream_values(seed, tensor["name"], np.arange(rows * columns)).reshape(rows, columns)
    e4m3 = nearest_e4m3(numbers.astype(np.float64) * 448).astype(np.float32)
    scale = tensor["scale"]
    scales = tensor_values(seed, {"name": tensor["name"] + "_scale_inv", "ne": [-(-columns // 128), -(-rows // 128)],
                                  "scale": scale / 2, "offset": scale})
    return e4m3 * scales.repeat(128, axis=0)[:rows].repeat(128, axis=1)[:, :columns]


def block_bytes(seed, tensor):
    """uint8 (..., bytes of a row)."""
    length, size = gguf.GGML_QUANT_SIZES[gguf.GGMLQuantizationType[tensor["type"]]]
    ne = tensor["ne"]
    blocks = math.prod(ne) // length
    data = (stream_values(seed, tensor["name"], np.arange(blocks * size)) * 128).astype(np.float64)
    data = (np.floor(data).astype(np.int64) & 255).astype(np.uint8).reshape(blocks, size)
    for place, value in tensor["halves"]:
        numbers = (value * (1 + np.arange(blocks) % 3) / 2).astype(np.float16)
        data[:, place:place + 2] = numbers.view(np.uint8).reshape(blocks, 2)
    return data.reshape(*ne[:0:-1], ne[0] // length * size)


def tensor_values(seed, tensor):
    """float32, last dimension first, as numpy and GGUF's reader have it."""
    ne = tensor["ne"]
    if tensor.get("fp8"):
        return fp8_values(seed, tensor)
    if "values" in tensor:
        return np.array(tensor["values"], np.float32).reshape(ne[::-1])
    shape = tensor.get("shape", ne)
    strides = tensor.get("strides", [math.prod(shape[:i]) for i in range(len(shape))])
    index = np.full((1,) * len(shape), tensor.get("start", 0), np.int64)
    for dimension, (count, stride) in enumerate(zip(shape, strides)):
        axis = len(shape) - 1 - dimension
        index = index + (np.arange(count, dtype=np.int64) * stride).reshape([-1 if a == axis else 1 for a in range(len(shape))])
    values = stream_values(seed, tensor.get("stream", tensor["name"]), index)
    if bits := tensor.get("bits"):
        values = np.floor(np.ldexp(values, bits - 1)) / np.float32(1 << bits - 1)
    return (np.float32(tensor["offset"]) + values * np.float32(tensor["scale"])).reshape(ne[::-1])


def write_gguf(model, vocabulary, path):
    """The file; returns its SHA-256."""
    kinds = {"u32": gguf.GGUFValueType.UINT32, "f32": gguf.GGUFValueType.FLOAT32, "bool": gguf.GGUFValueType.BOOL,
             "string": gguf.GGUFValueType.STRING}
    arrays = {"strings": gguf.GGUFValueType.STRING, "i32s": gguf.GGUFValueType.INT32}
    assert model["metadata"][0][0] == "general.architecture"
    writer = gguf.GGUFWriter(str(path), model["metadata"][0][2])  # writes general.architecture
    for key, kind, value in model["metadata"][1:]:
        if isinstance(value, str) and value.startswith("@"):
            value = vocabulary[value[1:]]
        if kind in arrays:
            writer.add_key_value(key, value, gguf.GGUFValueType.ARRAY, arrays[kind])
        else:
            writer.add_key_value(key, value, kinds[kind])
    for tensor in model["tensors"]:
        if "type" in tensor:
            writer.add_tensor(tensor["name"], block_bytes(model["seed"], tensor),
                              raw_dtype=gguf.GGMLQuantizationType[tensor["type"]])
        else:
            writer.add_tensor(tensor["name"], np.ascontiguousarray(tensor_values(model["seed"], tensor)))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


# --- What the models are ---------------------------------------------------------------------------------------------


def make_vocabulary():
    """256 bytes in GPT-2's printable form and order, words merged from the left, special tokens."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    form = {byte: chr(byte) for byte in printable} | {byte: chr(0x100 + i) for i, byte in enumerate(others)}
    tokens, merges = [form[byte] for byte in printable + others], []
    for word in WORDS:
        pieces = [form[byte] for byte in word.encode()]
        for end in range(1, len(pieces)):
            left, whole = "".join(pieces[:end]), "".join(pieces[:end + 1])
            if whole not in tokens:
                tokens.append(whole)
                merges.append(f"{left} {pieces[end]}")
    types = [1] * len(tokens) + [3] * len(SPECIAL)
    return {"tokens": tokens + SPECIAL, "types": types, "merges": merges, "template": TEMPLATE}


# Half-precision fields for blocks of random bytes whose numbers are around zero: [place, multiple of the scale].
HALVES = {"Q4_K": [[0, 1.0], [2, 7.5]], "Q6_K": [[208, 1.0]], "Q5_0": [[0, 1.0]], "Q8_0": [[0, 1.0]]}


def block_size_of_numbers(kind):
    """Standard deviation of a block type's numbers at scale 1."""
    length, _ = gguf.GGML_QUANT_SIZES[gguf.GGMLQuantizationType[kind]]
    data = block_bytes(1, {"name": kind, "ne": [length * 96], "type": kind, "halves": HALVES[kind]})
    return float(gguf.quants.dequantize(data, gguf.GGMLQuantizationType[kind]).std())


def as_quantisers_do(name, columns, layer):
    """The type of a matrix in a Q4_K_M file, or None for F32: more bits for what hurts most in every other layer, types
    of 32 columns where a row is no whole number of 256."""
    if layer is None:
        return "Q6_K" if name == "output.weight" else "Q4_K"
    part = name.split(".")[-2]
    if part == "ffn_gate_inp":  # the usual one is F32
        return "Q8_0" if layer == 2 else None
    more = part.startswith(("ffn_down", "attn_v", "attn_k_b")) and layer % 2 == 0
    if columns % 256:
        return "Q8_0" if more else "Q5_0"
    return "Q6_K" if more else "Q4_K"


class Builder:
    """Collects metadata and tensors of one model. store: None for F32 numbers of any kind, or how they are limited."""

    def __init__(self, architecture, vocabulary, hidden, layers, heads, pre, store=None):
        self.store = store  # "half", "fp8", "blocks"
        self.a, self.vocabulary_size = architecture, len(vocabulary["tokens"])
        self.hidden, self.layers, self.heads, self.pre = hidden, layers, heads, pre
        self.special = {token: vocabulary["tokens"].index(token) for token in SPECIAL}
        self.metadata = [["general.architecture", "string", architecture], ["general.type", "string", "model"],
                         ["general.name", "string", "Tiny DeepSeek"], ["general.file_type", "u32", 0],
                         ["general.quantization_version", "u32", 2]]
        self.tensors = []

    def key(self, name, value):
        kind = {bool: "bool", int: "u32", float: "f32", str: "string"}[type(value)]
        self.metadata.append([f"{self.a}.{name}", kind, value])

    def keys(self, **values):
        for name, value in values.items():
            self.key(name.replace("__", "."), value)

    def random(self, name, ne, scale, offset=0.0, **view):
        layer = int(name.split(".")[1]) if name.startswith("blk.") else None
        kind = as_quantisers_do(name, ne[0], layer) if self.store == "blocks" and len(ne) > 1 else None
        # As in DeepSeek-V3: not the embedding, the head and the router.
        if self.store == "fp8" and len(ne) == 2 and layer is not None and "gate_inp" not in name:
            self.tensors.append({"name": name, "ne": ne, "fp8": True, "scale": short_scale(scale / 448)})
        elif self.store in ("fp8", "half"):
            if name.endswith("exp_probs_b.bias"):
                scale, offset = 0.375, -0.375
            else:
                scale = 2.0 ** round(math.log2(scale))
            self.tensors.append({"name": name, "ne": ne, "bits": 6, "scale": scale, "offset": offset} | view)
        elif kind:
            d = scale / math.sqrt(3) / block_size_of_numbers(kind)
            self.tensors.append({"name": name, "ne": ne, "type": kind,
                                 "halves": [[place, short_scale(d) * times] for place, times in HALVES[kind]]})
        else:
            self.tensors.append({"name": name, "ne": ne, "scale": short_scale(scale), "offset": offset} | view)

    def matrix(self, name, inputs, outputs, gain, **view):
        """gain 1 keeps the size of what goes through."""
        self.random(name, [inputs, outputs], gain * math.sqrt(3 / inputs), **view)

    def norm(self, name, length):
        self.random(name, [length], 0.3, 1.0)

    def base(self, feed_forward, kv_heads, context, base, epsilon):
        self.keys(block_count=self.layers, context_length=context, embedding_length=self.hidden,
                  feed_forward_length=feed_forward, attention__head_count=self.heads,
                  attention__head_count_kv=kv_heads, rope__freq_base=float(base),
                  attention__layer_norm_rms_epsilon=epsilon)

    def yarn(self, factor, original=64):
        self.keys(rope__scaling__type="yarn", rope__scaling__factor=float(factor),
                  rope__scaling__original_context_length=original)

    def tokenizer(self, add_bos=True):
        self.metadata += [["tokenizer.ggml.model", "string", "gpt2"], ["tokenizer.ggml.pre", "string", self.pre],
                          ["tokenizer.ggml.tokens", "strings", "@tokens"],
                          ["tokenizer.ggml.token_type", "i32s", "@types"],
                          ["tokenizer.ggml.merges", "strings", "@merges"],
                          ["tokenizer.ggml.bos_token_id", "u32", self.special[SPECIAL[0]]],
                          ["tokenizer.ggml.eos_token_id", "u32", self.special[SPECIAL[1]]],
                          ["tokenizer.ggml.padding_token_id", "u32", self.special[SPECIAL[2]]],
                          ["tokenizer.ggml.add_bos_token", "bool", add_bos],
                          ["tokenizer.ggml.add_eos_token", "bool", False],
                          ["tokenizer.chat_template", "string", "@template"]]

    def ends(self, tied=False):
        # Small, as in real models: the first norm's epsilon shows, and a tied model does not just repeat its input.
        self.random("token_embd.weight", [self.hidden, self.vocabulary_size], 0.08)
        self.tensors.insert(0, self.tensors.pop())
        self.norm("output_norm.weight", self.hidden)
        if not tied:
            self.matrix("output.weight", self.hidden, self.vocabulary_size, 3)

    def grouped(self, block, kv_heads, head_dim, biases=False, norms=False, gain=1.5):
        rows = {"q": self.heads * head_dim, "k": kv_heads * head_dim, "v": kv_heads * head_dim}
        self.norm(f"{block}attn_norm.weight", self.hidden)
        for part, count in rows.items():
            self.matrix(f"{block}attn_{part}.weight", self.hidden, count, 1 if part == "v" else gain)
            if biases:
                self.random(f"{block}attn_{part}.bias", [count], 0.3 if part == "v" else 1.0)
            if norms and part != "v":
                self.random(f"{block}attn_{part}_norm.weight", [head_dim], 0.5, 1.5)
        self.matrix(f"{block}attn_output.weight", self.heads * head_dim, self.hidden, 1.5)

    def latent(self, block, q_lora, kv_lora, nope, rope, value, forms, gain):
        """forms: of kv_b, split (k_b and v_b, 3-D), split2 (2-D, as ik_llama.cpp writes beside kv_b)."""
        heads, size, both = self.heads, nope + rope, nope + value
        self.norm(f"{block}attn_norm.weight", self.hidden)
        if q_lora:
            self.matrix(f"{block}attn_q_a.weight", self.hidden, q_lora, 1)
            self.norm(f"{block}attn_q_a_norm.weight", q_lora)
            self.matrix(f"{block}attn_q_b.weight", q_lora, heads * size, gain)
        else:
            self.matrix(f"{block}attn_q.weight", self.hidden, heads * size, gain)
        self.matrix(f"{block}attn_kv_a_mqa.weight", self.hidden, kv_lora + rope, 1.5)
        self.norm(f"{block}attn_kv_a_norm.weight", kv_lora)
        name, scale = f"{block}attn_kv_b.weight", 1.25 * math.sqrt(3 / kv_lora)
        if "kv_b" in forms:
            self.random(name, [kv_lora, heads * both], scale)
        key = {"stream": name, "shape": [nope, kv_lora, heads], "strides": [kv_lora, 1, both * kv_lora]}
        val = {"stream": name, "start": nope * kv_lora, "shape": [kv_lora, value, heads],
               "strides": [1, kv_lora, both * kv_lora]}
        if "split" in forms:
            self.random(f"{block}attn_k_b.weight", [nope, kv_lora, heads], scale, **key)
            self.random(f"{block}attn_v_b.weight", [kv_lora, value, heads], scale, **val)
        if "split2" in forms:
            self.random(f"{block}attn_k_b.weight", [nope, kv_lora * heads], scale, **key)
            self.random(f"{block}attn_v_b.weight", [kv_lora, value * heads], scale, **val)
        self.matrix(f"{block}attn_output.weight", heads * value, self.hidden, 1.5)

    def dense(self, block, width):
        self.norm(f"{block}ffn_norm.weight", self.hidden)
        for name in ("gate", "up"):
            self.matrix(f"{block}ffn_{name}.weight", self.hidden, width, 1.5)
        self.matrix(f"{block}ffn_down.weight", width, self.hidden, 1.5)

    def experts(self, block, count, shared, width, router, gain, form="3-D", bias=None):
        hidden = self.hidden
        self.norm(f"{block}ffn_norm.weight", hidden)
        self.matrix(f"{block}ffn_gate_inp.weight", hidden, count, router)
        if bias:
            self.random(f"{block}exp_probs_b.bias", [count], bias[0], bias[1])
        merged, down = f"{block}ffn_gate_up_exps.weight", f"{block}ffn_down_exps.weight"
        scale, down_scale = 1.5 * math.sqrt(3 / hidden), gain * math.sqrt(3 / width)
        if form == "merged":
            self.random(merged, [hidden, 2 * width, count], scale)
        elif form == "3-D":
            for number, name in enumerate(("gate", "up")):
                self.random(f"{block}ffn_{name}_exps.weight", [hidden, width, count], scale, stream=merged,
                            start=number * width * hidden, shape=[hidden, width, count],
                            strides=[1, hidden, 2 * width * hidden])
        if form == "2-D":
            for e in range(count):
                for number, name in enumerate(("gate", "up")):
                    self.random(f"{block}ffn_{name}.{e}.weight", [hidden, width], scale, stream=merged,
                                start=(2 * e + number) * width * hidden)
                self.random(f"{block}ffn_down.{e}.weight", [width, hidden], down_scale, stream=down,
                            start=e * width * hidden)
        else:
            self.random(down, [width, hidden, count], down_scale)
        for name in ("gate", "up"):
            self.matrix(f"{block}ffn_{name}_shexp.weight", hidden, shared * width, 1.5)
        self.matrix(f"{block}ffn_down_shexp.weight", shared * width, hidden, 1.0)

    def predicting(self, block):
        """What a layer for multi-token prediction has beside the parts of a layer [V3 2.2]."""
        self.matrix(f"{block}nextn.eh_proj.weight", 2 * self.hidden, self.hidden, 1)
        for name in ("embed_tokens", "shared_head_head"):
            self.matrix(f"{block}nextn.{name}.weight", self.hidden, self.vocabulary_size, 1)
        for name in ("enorm", "hnorm", "shared_head_norm"):
            self.norm(f"{block}nextn.{name}.weight", self.hidden)

    def done(self):
        return {"metadata": self.metadata, "tensors": self.tensors}


def llama(vocabulary, kv_heads=2, head_dim=16, base=1e4, epsilon=1e-6, linear=None, llama3=None):
    b = Builder("llama", vocabulary, 64, 2, 4, "llama-bpe" if llama3 else "deepseek-coder" if linear else "deepseek-llm")
    b.base(96, kv_heads, 512, base, epsilon)
    b.keys(vocab_size=b.vocabulary_size, rope__dimension_count=head_dim)
    if linear:
        b.keys(rope__scaling__type="linear", rope__scaling__factor=linear)
    if llama3:
        b.keys(attention__key_length=head_dim, attention__value_length=head_dim)
        # theta' = theta / divisor [hf _compute_llama3_parameters], in float32 as the converter does
        factor, low, high, original = llama3
        theta = base ** (-2.0 * np.arange(head_dim // 2) / head_dim)
        wave = 2 * np.pi / theta
        smooth = np.clip((original / wave - low) / (high - low), 0, 1)
        divisors = (1 / ((1 - smooth) / factor + smooth)).astype(np.float32)
        b.tensors.append({"name": "rope_freqs.weight", "ne": [head_dim // 2],
                          "values": [float(str(d)) for d in divisors]})
    b.tokenizer()
    for layer in range(b.layers):
        b.grouped(f"blk.{layer}.", kv_heads, head_dim)
        b.dense(f"blk.{layer}.", 96)
    b.ends()
    return b.done()


def qwen(vocabulary, architecture, base=1e6):
    b = Builder(architecture, vocabulary, 64, 2, 4, "qwen2" if architecture == "qwen2" else "deepseek-r1-qwen")
    head_dim = 16 if architecture == "qwen2" else 24
    b.base(96, 2, 1024, base, 1e-6)
    if architecture == "qwen3":
        b.keys(attention__key_length=head_dim, attention__value_length=head_dim)
        b.yarn(4)
    b.tokenizer(add_bos=False)
    for layer in range(b.layers):
        b.grouped(f"blk.{layer}.", 2, head_dim, biases=architecture == "qwen2", norms=architecture == "qwen3")
        b.dense(f"blk.{layer}.", 96)
    b.ends(tied=architecture == "qwen2")
    return b.done()


def qwen3_attn_factor(vocabulary):
    """The other keys of YaRN. attn_factor multiplies YaRN's own amplitude, as in llama.cpp."""
    model = qwen(vocabulary, "qwen3", base=1e4)
    at = [key for key, _, _ in model["metadata"]].index("qwen3.rope.scaling.original_context_length") + 1
    model["metadata"][at:at] = [["qwen3.rope.scaling.attn_factor", "f32", 0.75],
                                ["qwen3.rope.scaling.finetuned", "bool", True],
                                ["qwen3.rope.scaling.yarn_beta_fast", "f32", 4.0],
                                ["qwen3.rope.scaling.yarn_beta_slow", "f32", 0.25]]
    return model


def deepseek(vocabulary, form):
    b = Builder("deepseek", vocabulary, 64, 3, 4, "deepseek-llm")
    b.base(96, 4, 512, 1e4, 1e-6)
    b.keys(expert_used_count=3, rope__dimension_count=16, rope__scaling__type="none", leading_dense_block_count=1,
           vocab_size=b.vocabulary_size, expert_feed_forward_length=32, expert_weights_scale=1.0, expert_count=12,
           expert_shared_count=2)
    b.tokenizer()
    for layer in range(b.layers):
        block = f"blk.{layer}."
        b.grouped(block, 4, 16)
        if layer == 0:
            b.dense(block, 96)
        else:
            b.experts(block, 12, 2, 32, 2.0, 2.0, form)
    b.ends()
    return b.done()


def deepseek2(vocabulary, hidden=64, layers=3, heads=4, q_lora=48, kv_lora=32, nope=16, rope=16, value=16, dense=1,
              width=32, experts=16, shared=2, used=4, groups=(4, 2), sigmoid=False, scale=1.0, gain=2.0, forms="split",
              mscale=0.707, factor=40, feed_forward=96, pre="deepseek-llm", qk_gain=1.25, store=None, form="3-D",
              predicting=0):
    b = Builder("deepseek2", vocabulary, hidden, layers + predicting, heads, pre, store)
    if store == "blocks":
        b.metadata[3][2] = 15  # general.file_type: Q4_K_M
    old = "kv_b" in forms  # the converter of 2024
    b.base(feed_forward, heads if old else 1, 4096, 1e4, 1e-6)
    if predicting:
        b.keys(nextn_predict_layers=predicting)
    b.keys(expert_used_count=used)
    b.keys(expert_group_count=groups[0], expert_group_used_count=groups[1])
    b.keys(leading_dense_block_count=dense, vocab_size=b.vocabulary_size)
    if q_lora:
        b.keys(attention__q_lora_rank=q_lora)
    b.keys(attention__kv_lora_rank=kv_lora)
    if old:
        b.keys(attention__key_length=nope + rope, attention__value_length=value)
    else:
        b.keys(attention__key_length=kv_lora + rope, attention__value_length=kv_lora,
               attention__key_length_mla=nope + rope, attention__value_length_mla=value)
    b.keys(expert_feed_forward_length=width, expert_count=experts, expert_shared_count=shared,
           expert_weights_scale=scale)
    if sigmoid or not old:
        b.keys(expert_weights_norm=sigmoid, expert_gating_func=2 if sigmoid else 1)
    b.keys(rope__dimension_count=rope)
    if factor:
        b.yarn(factor)
        if mscale:
            b.keys(rope__scaling__yarn_log_multiplier=0.1 * mscale)
        if not old:
            b.keys(rope__scaling__yarn_beta_fast=32.0, rope__scaling__yarn_beta_slow=1.0)
    b.tokenizer()
    for layer in range(layers + predicting):
        block = f"blk.{layer}."
        b.latent(block, q_lora, kv_lora, nope, rope, value, forms, qk_gain)
        if layer < dense:
            b.dense(block, feed_forward)
        else:
            # Some choices s + b are below zero: then 0 in place of minus infinity for a group left out chooses wrongly.
            b.experts(block, experts, shared, width, 2.0, gain, form, bias=(0.4, -0.4) if sigmoid else None)
        if layer >= layers:
            b.predicting(block)
    b.ends()
    return b.done()


V3 = dict(layers=4, dense=2, sigmoid=True, scale=2.5, gain=1.0, shared=1, mscale=1.0, pre="deepseek-v3")
# name: (how it is built, models that hold the same weights and so give the same logits)
VARIANTS = {
    "llama_grouped": (lambda v: llama(v), {}),
    "llama_linear": (lambda v: llama(v, kv_heads=4, base=1e5, linear=4.0), {}),
    "llama_llama3": (lambda v: llama(v, base=5e5, epsilon=1e-5, head_dim=24, llama3=(8.0, 1.0, 4.0, 64)), {}),
    "qwen2_tied": (lambda v: qwen(v, "qwen2"), {}),
    "qwen3_yarn": (lambda v: qwen(v, "qwen3"), {}),
    "qwen3_attn_factor": (qwen3_attn_factor, {}),
    "deepseek": (lambda v: deepseek(v, "3-D"), {"deepseek_merged": lambda v: deepseek(v, "merged"),
                                                "deepseek_separate": lambda v: deepseek(v, "2-D")}),
    "deepseek2_lite": (lambda v: deepseek2(v, q_lora=None, groups=(1, 1)), {}),
    "deepseek2_v2": (lambda v: deepseek2(v, scale=16.0, gain=0.25), {}),
    "deepseek2_v3": (lambda v: deepseek2(v, **V3), {"deepseek2_v3_kv_b": lambda v: deepseek2(v, **V3, forms="kv_b"),
                                                   "deepseek2_v3_all": lambda v: deepseek2(v, **V3, forms=("kv_b", "split2")),
                                                   "deepseek2_v3_mtp": lambda v: deepseek2(v, **V3, predicting=1)}),
    "deepseek2_ragged": (lambda v: deepseek2(v, **(V3 | dict(
        hidden=72, layers=3, dense=1, heads=3, q_lora=40, kv_lora=24, nope=20, rope=12, value=28, width=40, experts=15,
        used=5, groups=(3, 2), shared=3, feed_forward=88))), {}),
    "deepseek2_half": (lambda v: deepseek2(v, **V3, store="half"), {}),
    "deepseek2_fp8": (lambda v: deepseek2(v, **(V3 | dict(
        hidden=200, layers=2, dense=1, heads=3, q_lora=136, kv_lora=40, nope=20, rope=12, value=28, width=132, experts=9,
        used=3, groups=(3, 2), feed_forward=150)), forms="kv_b", form="2-D", store="fp8"), {}),
    "deepseek2_mixed": (lambda v: deepseek2(v, **(V3 | dict(
        hidden=256, layers=3, dense=1, q_lora=256, kv_lora=64, nope=32, rope=16, value=64, width=96, experts=8, used=2,
        feed_forward=512)), store="blocks"), {}),
    "deepseek2_plain_yarn": (lambda v: deepseek2(v, layers=2, scale=16.0, gain=0.25, mscale=None), {}),
}

# What must be noticed when it is lost: changes of keys, and tensors taken away.
NOTICED = {
    "rope.freq_base": lambda x: x * 1.1, "rope.scaling.type": lambda x: "none", "rope.scaling.factor": lambda x: x * 2,
    "rope.scaling.original_context_length": lambda x: x * 4, "rope.scaling.attn_factor": lambda x: None,
    "rope.scaling.yarn_beta_fast": lambda x: None if x != 32.0 else 2.0,
    "rope.scaling.yarn_beta_slow": lambda x: None if x != 1.0 else 0.3,
    "rope.scaling.yarn_log_multiplier": lambda x: 1e-9, "expert_used_count": lambda x: x - 1,
    "expert_group_used_count": lambda x: x + 1, "expert_weights_scale": lambda x: None,
    "expert_weights_norm": lambda x: not x, "expert_gating_func": lambda x: 3 - x,
    "attention.layer_norm_rms_epsilon": lambda x: 1e-5 if x < 5e-6 else 1e-6,
}
NOTICED_TENSORS = ["rope_freqs.weight", "blk.1.attn_k.bias", "blk.1.attn_q_norm.weight", "blk.2.exp_probs_b.bias",
                   "blk.1.ffn_gate_shexp.weight"]
UNSEEN = {("deepseek", "expert_weights_scale"), ("deepseek", "rope.scaling.type"), ("deepseek2_lite", "expert_group_used_count"),
          ("deepseek2_lite", "expert_weights_scale")}  # they say what holds without them


def difference(found, expected):
    """Largest difference of a row relative to the row's largest magnitude."""
    return float((np.abs(found - expected).max(axis=1) / np.abs(expected).max(axis=1)).max())


def noticed(name, path, ids, logits):
    """{what was left out: relative change of the logits}."""
    result = {}
    for key, change in NOTICED.items():
        model = Model(path)
        value = model.key(key)
        if value is None or (name, key) in UNSEEN:
            continue
        model.change({key: change(value)})
        result[key] = difference(forward(model, ids), logits)
    for tensor in NOTICED_TENSORS:
        model = Model(path)
        if model.tensors.pop(tensor, None) is not None:
            result[tensor] = difference(forward(model, ids), logits)
    return result


def token_ids(name, vocabulary):
    """Bytes and words more often than special tokens; the first is the begin-of-sentence token."""
    ids = (stream_values(0, f"tokens of {name}", np.arange(TOKENS)) * 32768).astype(np.int64) % len(vocabulary["tokens"])
    ids[0] = vocabulary["tokens"].index(SPECIAL[0])
    return [int(i) for i in ids]


def faults(model, logits):
    """Why a seed does not do, or nothing."""
    ranked = np.sort(logits, axis=1)
    if ((ranked[:, -1] - ranked[:, -2]) / np.abs(logits).max(axis=1)).min() < 3e-4:
        return "two best tokens are too near"
    if model.margins and min(margin for _, margin in model.margins) < 1e-4:
        return "two choices of a router are too near"
    for layer, uses in model.uses.items():
        if (uses > 0).mean() < 0.75:
            return f"layer {layer} uses {(uses > 0).sum()} of {len(uses)} experts"
    return ""


def rounded(array):
    return [float(f"{value:.9g}") for value in np.asarray(array, dtype=np.float64).ravel()]


def golden(name, ids, logits):
    """In the form of reference_forward.py's golden files: every position in few columns, a dozen whole."""
    columns = [i * logits.shape[1] // 4 + 17 for i in range(4)]
    whole = [0, 1, 2, 31, 63, 64, 65, 100, 127, 128, 200, 255]
    largest = logits.max(axis=1)
    return {
        "what": "logits of deepseek_oracle.py in float64; every position in the columns given, some rows whole",
        "command": "tests/golden/make_tiny_models.py",
        "model": f"{name}.json",
        "vocabularySize": logits.shape[1],
        "tokens": ids,
        "positions": list(range(TOKENS)),
        "columns": columns,
        "largestMagnitude": rounded(np.abs(logits).max(axis=1)),
        "argmax": [int(i) for i in logits.argmax(axis=1)],
        "logSumExp": rounded(largest + np.log(np.exp(logits - largest[:, None]).sum(axis=1))),
        "logits": [rounded(row[columns]) for row in logits],
        "fullPositions": whole,
        "fullLogits": [rounded(logits[p]) for p in whole],
    }


def as_lines(value):
    """JSON with one line for each entry, and for each entry of metadata and tensors."""
    def entry(key, item):
        if key in ("metadata", "tensors"):
            return "[\n" + ",\n".join("  " + json.dumps(row, ensure_ascii=False) for row in item) + "\n]"
        return json.dumps(item, ensure_ascii=False)
    return "{\n" + ",\n".join(f"{json.dumps(key)}: {entry(key, item)}" for key, item in value.items()) + "\n}\n"


def described(name, logits_of, model, seed, sha256):
    return {"name": name, "what": "a tiny model; make_tiny_models.py says how to read this", "seed": seed,
            "sha256": sha256, "logits": f"{logits_of}_logits.json"} | model


def make(folder, name, vocabulary, scratch):
    build, same = VARIANTS[name]
    ids = token_ids(name, vocabulary)
    for seed in range(1, 400):
        model = build(vocabulary) | {"seed": seed}
        path = scratch / f"{name}.gguf"
        sha256 = write_gguf(model, vocabulary, path)
        read = Model(path)
        logits = forward(read, ids)
        reason = faults(read, logits)
        if not reason:
            break
    else:
        raise SystemExit(f"{name}: no seed does: {reason}")
    margin = min((m for _, m in read.margins), default=math.nan)
    changes = noticed(name, path, ids, logits)
    print(f"{name}: seed {seed}, {path.stat().st_size >> 10} KiB, size of logits {np.abs(logits).max():.3g}, "
          f"router margin {margin:.2g}; left out: "
          + ", ".join(f"{key} {change:.2g}" for key, change in changes.items()), flush=True)
    weak = [key for key, change in changes.items() if not change > 2e-3]
    if weak:
        raise SystemExit(f"{name}: not noticed: {weak}")
    (folder / f"{name}.json").write_text(as_lines(described(name, name, build(vocabulary), seed, sha256)))
    (folder / f"{name}_logits.json").write_text(as_lines(golden(name, ids, logits)))
    for other, build_other in same.items():
        other_path = scratch / f"{other}.gguf"
        sha256 = write_gguf(build_other(vocabulary) | {"seed": seed}, vocabulary, other_path)
        apart = difference(forward(Model(other_path), ids), logits)
        print(f"{other}: differs from {name} by {apart:.2g}", flush=True)
        assert apart < 1e-12
        (folder / f"{other}.json").write_text(as_lines(described(other, name, build_other(vocabulary), seed, sha256)))


def descriptions():
    for path in sorted(FOLDER.glob("*.json")):
        if path.name != "vocabulary.json" and not path.name.endswith("_logits.json"):
            yield json.loads(path.read_text())


def check(scratch):
    vocabulary = make_vocabulary()
    assert json.loads((FOLDER / "vocabulary.json").read_text()) == vocabulary
    for model in descriptions():
        path = scratch / f"{model['name']}.gguf"
        assert write_gguf(model, vocabulary, path) == model["sha256"], model["name"]
        expected = json.loads((FOLDER / model["logits"]).read_text())
        found = forward(Model(path), expected["tokens"])[expected["fullPositions"]]
        apart = difference(found, np.array(expected["fullLogits"]))
        print(f"{model['name']}: {apart:.2g}")
        assert apart < 1e-8, model["name"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--models", help="folder for the GGUF files")
    parser.add_argument("--only", help="the variant of this name")
    options = parser.parse_args()
    if options.models:
        vocabulary = json.loads((FOLDER / "vocabulary.json").read_text())
        for model in descriptions():
            path = pathlib.Path(options.models) / f"{model['name']}.gguf"
            assert write_gguf(model, vocabulary, path) == model["sha256"], model["name"]
        return
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        if options.check:
            return check(scratch)
        FOLDER.mkdir(exist_ok=True)
        vocabulary = make_vocabulary()
        (FOLDER / "vocabulary.json").write_text(as_lines(vocabulary))
        for name in VARIANTS:
            if options.only in (None, name):
                make(FOLDER, name, vocabulary, scratch)


if __name__ == "__main__":
    main()
