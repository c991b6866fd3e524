#!/usr/bin/env python3
"""GGUF files with the exact shapes and types of real models and random weights, for benchmarks.

    make_model.py v2-lite V2-Lite-shape-Q4_K_M.gguf                  # 27 layers, 9.7 GiB
    make_model.py qwen2-7b Distill-Qwen-7B-shape-Q4_K_M.gguf
    make_model.py v2-lite small.gguf --mix Q8_0 --layers 3           # for a quick trial
    make_model.py v2-lite --list                                     # tensors and types; writes nothing

Speed depends on shapes and types, and hardly on the weights: these let activations neither vanish nor grow. Answers are
nonsense. The vocabulary is a real byte-level BPE, cut or padded to the size of the shape. Metadata is what llama.cpp's
converter writes, types are what its quantiser chooses (quantiser_mix.py). The same seed and the same version of numpy give
the same bytes.

A weight's numbers are blocks of a pool for its type, from a random block on and around: drawing all of them would take
minutes. The pool holds a prime number of blocks, more than any tensor has rows, so that no two rows of a tensor are the
same: equal rows of the output would be equal logits.

Needs: pip install numpy
"""

import argparse
import math
import os
import pathlib
import zlib

import numpy as np

from baleen_cli import models_folder
from gguf_file import ARRAY, BOOL, F32, I32, STRING, TENSOR_TYPES, U32, Tensor, read_file, write_file
from quantiser_mix import MIXES, assign_types

STARTER = "Qwen2.5-Coder-1.5B-Instruct-Q4_K_M.gguf"
POOL_BLOCKS = 262147  # a prime

# ---- shapes --------------------------------------------------------------------------------------------------------


class Shape:
    """A dense model; the numbers of its config.json."""

    def __init__(self, architecture, label, layers, hidden, heads, kv_heads, width, vocabulary, context, base, epsilon, tied):
        self.architecture, self.label, self.layers, self.hidden = architecture, label, layers, hidden
        self.heads, self.kv_heads, self.width, self.vocabulary = heads, kv_heads, width, vocabulary
        self.context, self.base, self.epsilon, self.tied = context, base, epsilon, tied
        self.head_dim = hidden // heads

    def keys(self, layers):
        """Metadata of the architecture, its prefix left out."""
        keys = {"block_count": layers, "context_length": self.context, "embedding_length": self.hidden,
                "feed_forward_length": self.width, "attention.head_count": self.heads,
                "attention.head_count_kv": self.kv_heads, "rope.freq_base": self.base,
                "attention.layer_norm_rms_epsilon": self.epsilon}
        if self.architecture == "llama":
            keys |= {"vocab_size": self.vocabulary, "rope.dimension_count": self.head_dim}
        return keys

    def layer(self, _):
        """Name and dimensions of a layer's tensors."""
        biases = self.architecture == "qwen2"
        for part, heads in (("q", self.heads), ("k", self.kv_heads), ("v", self.kv_heads)):
            yield f"attn_{part}.weight", [self.hidden, heads * self.head_dim]
            if biases:
                yield f"attn_{part}.bias", [heads * self.head_dim]
        yield "attn_output.weight", [self.heads * self.head_dim, self.hidden]
        yield from feed_forward("", self.hidden, self.width)

    def tensors(self, layers):
        ends = [("output_norm.weight", [self.hidden]), ("token_embd.weight", [self.hidden, self.vocabulary])]
        if not self.tied:
            ends.append(("output.weight", [self.hidden, self.vocabulary]))
        for name, ne in sorted(ends):
            yield Tensor(name, ne)
        for layer in range(layers):  # in the order of the quantiser
            norms = [(f"{part}_norm.weight", [self.hidden]) for part in ("attn", "ffn")]
            for name, ne in sorted([*norms, *self.layer(layer)]):
                yield Tensor(f"blk.{layer}.{name}", ne)


class V2Lite(Shape):
    """DeepSeek-V2-Lite and Coder-V2-Lite: latent attention without a latent query, routed experts."""

    LATENT, NOPE, ROPE, VALUE = 512, 128, 64, 128
    DENSE, EXPERTS, USED, SHARED, EXPERT_WIDTH = 1, 64, 6, 2, 1408

    def __init__(self):
        super().__init__("deepseek2", "16B", 27, 2048, 16, 1, 10944, 102400, 163840, 1e4, 1e-6, False)

    def keys(self, layers):
        keys = super().keys(layers)
        keys |= {"expert_used_count": self.USED, "expert_group_count": 1, "expert_group_used_count": 1,
                 "expert_gating_func": 1, "leading_dense_block_count": self.DENSE, "vocab_size": self.vocabulary,
                 "attention.kv_lora_rank": self.LATENT, "attention.key_length": self.LATENT + self.ROPE,
                 "attention.value_length": self.LATENT, "attention.key_length_mla": self.NOPE + self.ROPE,
                 "attention.value_length_mla": self.VALUE, "expert_feed_forward_length": self.EXPERT_WIDTH,
                 "expert_count": self.EXPERTS, "expert_shared_count": self.SHARED, "expert_weights_scale": 1.0,
                 "rope.dimension_count": self.ROPE, "rope.scaling.type": "yarn", "rope.scaling.factor": 40.0,
                 "rope.scaling.original_context_length": 4096, "rope.scaling.yarn_beta_fast": 32.0,
                 "rope.scaling.yarn_beta_slow": 1.0, "rope.scaling.yarn_log_multiplier": 0.0707}
        if layers != self.layers:  # llama.cpp tells Lite by its 27 layers, and of any other model demands this key
            keys["attention.q_lora_rank"] = 0
        return keys

    def layer(self, layer):
        yield "attn_q.weight", [self.hidden, self.heads * (self.NOPE + self.ROPE)]
        yield "attn_kv_a_mqa.weight", [self.hidden, self.LATENT + self.ROPE]
        yield "attn_kv_a_norm.weight", [self.LATENT]
        yield "attn_k_b.weight", [self.NOPE, self.LATENT, self.heads]
        yield "attn_v_b.weight", [self.LATENT, self.VALUE, self.heads]
        yield "attn_output.weight", [self.heads * self.VALUE, self.hidden]
        if layer < self.DENSE:
            yield from feed_forward("", self.hidden, self.width)
        else:
            yield "ffn_gate_inp.weight", [self.hidden, self.EXPERTS]
            yield from feed_forward("_exps", self.hidden, self.EXPERT_WIDTH, [self.EXPERTS])
            yield from feed_forward("_shexp", self.hidden, self.SHARED * self.EXPERT_WIDTH)


def feed_forward(suffix, hidden, width, experts=()):
    for part in ("gate", "up"):
        yield f"ffn_{part}{suffix}.weight", [hidden, width, *experts]
    yield f"ffn_down{suffix}.weight", [width, hidden, *experts]


SHAPES = {
    "smollm2-135m": Shape("llama", "135M", 30, 576, 9, 3, 1536, 49152, 8192, 1e5, 1e-5, True),
    # R1-Distill-Qwen's numbers; those of Qwen2.5 differ in base and context only.
    "qwen2-1.5b": Shape("qwen2", "1.5B", 28, 1536, 12, 2, 8960, 151936, 131072, 1e4, 1e-6, False),
    "qwen2-7b": Shape("qwen2", "7B", 28, 3584, 28, 4, 18944, 152064, 131072, 1e4, 1e-6, False),
    "v2-lite": V2Lite(),
}

# ---- metadata ------------------------------------------------------------------------------------------------------

NORMAL, UNUSED = 1, 5


def typed(value):
    kind = {bool: BOOL, int: U32, float: F32, str: STRING}[type(value)]
    return kind, value


def chosen_tokens(kinds, size):
    """Ids that stay: special tokens and the first of the ordinary ones."""
    special = [i for i, kind in enumerate(kinds) if kind not in (NORMAL, UNUSED)]
    ordinary = [i for i, kind in enumerate(kinds) if kind == NORMAL]
    unused = [i for i, kind in enumerate(kinds) if kind == UNUSED]
    return sorted((special + ordinary + unused)[:size])


def fitted_vocabulary(source, size):
    """The tokenizer.* keys of a file with as many tokens as wanted."""
    keys = {key: value for key, value in source.items() if key.startswith("tokenizer.")}
    tokens, kinds, merges = (keys[f"tokenizer.ggml.{name}"][1][1] for name in ("tokens", "token_type", "merges"))
    kept = chosen_tokens(kinds, size)
    numbers = {old: new for new, old in enumerate(kept)}
    tokens, kinds = [tokens[i] for i in kept], [kinds[i] for i in kept]
    texts = set(tokens)
    merges = [merge for merge in merges if {*merge.split(" "), merge.replace(" ", "")} <= texts]
    kinds += [UNUSED] * (size - len(tokens))
    tokens += [f"[PAD{i}]" for i in range(len(tokens), size)]
    keys |= {"tokenizer.ggml.tokens": (ARRAY, (STRING, tokens)), "tokenizer.ggml.token_type": (ARRAY, (I32, kinds)),
             "tokenizer.ggml.merges": (ARRAY, (STRING, merges))}
    for key in [key for key in keys if key.endswith("_token_id")]:
        if keys[key][1] in numbers:
            keys[key] = keys[key][0], numbers[keys[key][1]]
        else:
            del keys[key]
    return keys


def make_metadata(name, shape, mix, layers, vocabulary):
    keys = {"general.architecture": shape.architecture, "general.type": "model",
            "general.name": f"Random weights in the shape {name}", "general.size_label": shape.label}
    keys |= {f"{shape.architecture}.{key}": value for key, value in shape.keys(layers).items()}
    keys["general.file_type"] = MIXES[mix][0]
    metadata = {key: typed(value) for key, value in keys.items()}
    metadata |= fitted_vocabulary(vocabulary, shape.vocabulary)
    metadata["general.quantization_version"] = typed(2)
    return metadata

# ---- weights -------------------------------------------------------------------------------------------------------


def packed_scales(scales):
    """Eight numbers of 6 bits and the same eight once more as minima, as Q4_K and Q5_K have them in 12 bytes."""
    low, high = scales[:, :4], scales[:, 4:]
    first = low | high >> 4 << 6
    return np.concatenate([first, first, (high & 15) | (high & 15) << 4], axis=1).astype(np.uint8)


class Pool:
    """Random blocks of one type, whose numbers can be brought to any size."""

    def __init__(self):
        self.blocks = None  # as they are in the file, one a row

    def pieces(self, first, count):
        while count > 0:
            piece = self.blocks[first:first + count]
            yield piece
            count -= len(piece)
            first = 0


class FloatPool(Pool):
    """F16 and BF16: runs of 32 numbers take the place of blocks."""

    length = 32

    def __init__(self, kind, generator):
        super().__init__()
        self.kind = kind
        self.numbers = generator.standard_normal((POOL_BLOCKS, self.length), np.float32)

    def scale_to(self, deviation):
        numbers = self.numbers * np.float32(deviation)
        # the upper half of a float; cut off, not rounded
        self.blocks = numbers.astype("<f2") if self.kind == "F16" else (numbers.view("<u4") >> 16).astype("<u2")


class QuantisedPool(Pool):
    # type: half-precision fields, [place, multiple of the block's scale]; bits of a weight; whether a minimum is added
    FIELDS = {"Q4_0": ([[0, 1.0]], 4, False), "Q4_1": ([[0, 1.0], [2, -7.5]], 4, True), "Q5_0": ([[0, 1.0]], 5, False),
              "Q5_1": ([[0, 1.0], [2, -15.5]], 5, True), "Q8_0": ([[0, 1.0]], 8, False),
              "Q4_K": ([[0, 1.0], [2, 7.5]], 4, True), "Q5_K": ([[0, 1.0], [2, 15.5]], 5, True),
              "Q6_K": ([[208, 1.0]], 6, False)}

    def __init__(self, kind, generator):
        super().__init__()
        _, self.length, size = TENSOR_TYPES[kind]
        self.halves, bits, minimum = self.FIELDS[kind]
        self.blocks = np.frombuffer(generator.bytes(POOL_BLOCKS * size), np.uint8).reshape(POOL_BLOCKS, size).copy()
        if kind == "Q8_0":
            self.blocks[self.blocks == 128] = 0  # quantisers write no -128
        self.scales = generator.uniform(0.5, 1.5, POOL_BLOCKS)
        if not minimum:
            # There is one level more below zero than above. A scale of either sign, as quantisers choose it, keeps the mean of
            # a row at zero: else all outputs of a matrix would have a part in common, which grows from layer to layer.
            self.scales *= generator.choice([-1.0, 1.0], POOL_BLOCKS)
        mean_square = (4 ** bits - 1 if minimum else 4 ** bits + 2) / 12 * (self.scales ** 2).mean()
        self.scales /= math.sqrt(mean_square * self.fill_inner_scales(kind, generator))

    def fill_inner_scales(self, kind, generator):
        """Of the parts of a block, returns their mean square."""
        if kind in ("Q4_K", "Q5_K"):
            scales = generator.integers(32, 64, (POOL_BLOCKS, 8), np.uint8)
            self.blocks[:, 4:16] = packed_scales(scales)
        elif kind == "Q6_K":
            scales = generator.integers(64, 128, (POOL_BLOCKS, 16), np.uint8)
            self.blocks[:, 192:208] = scales
        else:
            return 1.0
        return (scales.astype(float) ** 2).mean()

    def scale_to(self, deviation):
        for place, factor in self.halves:
            numbers = (self.scales * (deviation * factor)).astype("<f2")
            self.blocks[:, place:place + 2] = numbers.view(np.uint8).reshape(-1, 2)


class Weights:
    def __init__(self, seed):
        self.seed, self.pools = seed, {}

    def generator(self, name):
        return np.random.default_rng([self.seed, zlib.crc32(name.encode())])

    def pool(self, kind):
        if kind not in self.pools:
            generator = self.generator(kind)
            self.pools[kind] = FloatPool(kind, generator) if kind in ("F16", "BF16") else QuantisedPool(kind, generator)
        return self.pools[kind]

    def pieces(self, tensor):
        """A tensor's bytes. A row's product with numbers of size 1 has size 1."""
        generator = self.generator(tensor.name)
        deviation = 1 / math.sqrt(tensor.ne[0])
        if tensor.kind == "F32":
            mean, deviation = (1.0, 0.1) if "_norm." in tensor.name else (0.0, 0.1 if len(tensor.ne) == 1 else deviation)
            numbers = generator.standard_normal(tensor.elements, np.float32) * np.float32(deviation) + np.float32(mean)
            yield numbers.astype("<f4")
            return
        assert tensor.elements // tensor.ne[0] < POOL_BLOCKS
        pool = self.pool(tensor.kind)
        pool.scale_to(deviation)
        yield from pool.pieces(int(generator.integers(POOL_BLOCKS)), tensor.elements // pool.length)

# ---- the program ---------------------------------------------------------------------------------------------------


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shape", choices=SHAPES)
    parser.add_argument("file", nargs="?", help="the GGUF file to write")
    parser.add_argument("--mix", choices=MIXES, default="Q4_K_M")
    parser.add_argument("--layers", type=int, help="fewer layers than the shape has")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--vocabulary", type=pathlib.Path, default=models_folder() / STARTER, metavar="FILE",
                        help="a GGUF file with a byte-level BPE (default: the starter model)")
    parser.add_argument("--list", action="store_true", help="print name, type and dimensions of the tensors instead")
    options = parser.parse_args()
    shape = SHAPES[options.shape]
    layers = options.layers or shape.layers
    tensors = list(shape.tensors(layers))
    assign_types(tensors, options.mix, layers)
    if options.list:
        for tensor in tensors:
            print(tensor.name, tensor.kind, *tensor.ne)
        return
    if not options.file:
        parser.error("a file to write is missing")
    vocabulary, _ = read_file(options.vocabulary)
    metadata = make_metadata(options.shape, shape, options.mix, layers, vocabulary)
    write_file(options.file, metadata, tensors, Weights(options.seed).pieces)
    print(f"{options.file}: {sum(tensor.elements for tensor in tensors) / 1e9:.2f} billion weights, "
          f"{os.path.getsize(options.file) / 2**30:.2f} GiB")


if __name__ == "__main__":
    main()
