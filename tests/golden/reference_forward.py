#!/usr/bin/env python3
"""The forward pass of llama and qwen2 models in float64, and the golden files made with it.

Written from the formulas alone (RMSNorm, RoPE, grouped-query attention, SwiGLU; DeepSeek fact sheet, section 2), with
numpy and nothing of this program: it is what the reference path is tested against. Weights are dequantised by the
gguf package to float32 and used in float64.

    python reference_forward.py MODEL.gguf --out GOLDEN.json [--tokens IDS.txt] [--every 16] [--columns 64]
                                [--full-every 32] [--made-by "how MODEL.gguf was made"] [--checked "by what"]

Without --tokens, the ids are those of the GOLDEN.json that is there: the way to make it anew. The ids of the committed
files are the first 256 (Qwen2.5: 64) tokens of reference_text.txt, encoded by llama.cpp with the model's vocabulary.

Needs: pip install numpy gguf
"""

import argparse
import hashlib
import json
import math
import pathlib

import gguf
import numpy as np


class Model:
    """Hyperparameters and weights (float64, rows first) of a GGUF file."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.reader = gguf.GGUFReader(str(path))
        self.tensors = {tensor.name: tensor for tensor in self.reader.tensors}
        self.architecture = self.value("general.architecture")
        if self.architecture not in ("llama", "qwen2"):
            raise SystemExit(f"architecture {self.architecture} is not covered by this script")
        self.layers = self.number("block_count")
        self.hidden = self.number("embedding_length")
        self.heads = self.number("attention.head_count")
        self.kv_heads = self.number("attention.head_count_kv", self.heads)
        self.head_dim = self.number("attention.key_length", self.hidden // self.heads)
        self.epsilon = float(self.number("attention.layer_norm_rms_epsilon"))
        self.theta = self.rotation_frequencies()

    def value(self, key, default=None):
        field = self.reader.fields.get(key)
        return default if field is None else field.contents()

    def number(self, key, default=None):
        return self.value(f"{self.architecture}.{key}", default)

    def weight(self, name):
        """A tensor in float64, or None. Matrices come as (output, input)."""
        tensor = self.tensors.get(name)
        if tensor is None:
            return None
        return gguf.quants.dequantize(tensor.data, tensor.tensor_type).astype(np.float64)

    def rotation_frequencies(self):
        """theta_i = base^(-2i/d), divided by the linear factor and by llama3's baked divisors."""
        base = float(self.number("rope.freq_base", 10000.0))
        theta = base ** (-2.0 * np.arange(self.head_dim // 2) / self.head_dim)
        scaling = self.number("rope.scaling.type", "none")
        if scaling == "linear":
            theta = theta / float(self.number("rope.scaling.factor"))
        elif scaling != "none":
            raise SystemExit(f"rope scaling {scaling} is not covered by this script")
        divisors = self.weight("rope_freqs.weight")
        return theta if divisors is None else theta / divisors


def rms_norm(x, weight, epsilon):
    return x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + epsilon) * weight


def rotate(heads, theta, half_pairs):
    """heads (tokens, heads, d) turned by position * theta_i; pairs (i, i+d/2) or (2i, 2i+1)."""
    tokens, _, dimension = heads.shape
    angles = np.arange(tokens)[:, None] * theta[None, :]
    turn = np.exp(1j * angles)[:, None, :]
    if half_pairs:
        first, second = heads[..., : dimension // 2], heads[..., dimension // 2:]
    else:
        first, second = heads[..., 0::2], heads[..., 1::2]
    turned = (first + 1j * second) * turn
    out = np.empty_like(heads)
    if half_pairs:
        out[..., : dimension // 2], out[..., dimension // 2:] = turned.real, turned.imag
    else:
        out[..., 0::2], out[..., 1::2] = turned.real, turned.imag
    return out


def attention(q, k, v):
    """Causal softmax(q k^T / sqrt(d)) v; query head j reads KV head j * kv_heads // heads."""
    tokens, heads, dimension = q.shape
    kv_heads = k.shape[1]
    hidden_future = np.triu(np.full((tokens, tokens), -np.inf), 1)
    out = np.empty_like(q)
    for head in range(heads):
        kv = head * kv_heads // heads
        scores = q[:, head] @ k[:, kv].T / math.sqrt(dimension) + hidden_future
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        out[:, head] = scores / scores.sum(axis=1, keepdims=True) @ v[:, kv]
    return out


def silu(z):
    return z / (1.0 + np.exp(-z))


def forward(model, ids):
    """Logits (tokens, vocabulary) of one sequence, all positions at once."""
    embedding = model.weight("token_embd.weight")
    x = embedding[ids]
    tokens = len(ids)
    half_pairs = model.architecture == "qwen2"
    for layer in range(model.layers):
        def w(name):
            return model.weight(f"blk.{layer}.{name}")

        def project(y, name, heads):
            out = y @ w(f"{name}.weight").T
            bias = w(f"{name}.bias")
            if bias is not None:
                out = out + bias
            return out.reshape(tokens, heads, model.head_dim)

        y = rms_norm(x, w("attn_norm.weight"), model.epsilon)
        q = rotate(project(y, "attn_q", model.heads), model.theta, half_pairs)
        k = rotate(project(y, "attn_k", model.kv_heads), model.theta, half_pairs)
        v = project(y, "attn_v", model.kv_heads)
        attended = attention(q, k, v).reshape(tokens, -1)
        x = x + attended @ w("attn_output.weight").T
        out_bias = w("attn_output.bias")
        if out_bias is not None:
            x = x + out_bias
        y = rms_norm(x, w("ffn_norm.weight"), model.epsilon)
        x = x + (silu(y @ w("ffn_gate.weight").T) * (y @ w("ffn_up.weight").T)) @ w("ffn_down.weight").T
    x = rms_norm(x, model.weight("output_norm.weight"), model.epsilon)
    head = model.weight("output.weight")
    return x @ (embedding if head is None else head).T


def log_sum_exp(rows):
    largest = rows.max(axis=1, keepdims=True)
    return (largest + np.log(np.exp(rows - largest).sum(axis=1, keepdims=True)))[:, 0]


def rounded(array):
    """float32 is 9 digits: the error left is far below what the tests allow."""
    return [float(f"{value:.9g}") for value in np.asarray(array, dtype=np.float64).ravel()]


def golden(model, ids, logits, options):
    vocabulary = logits.shape[1]
    columns = sorted({i * vocabulary // options.columns for i in range(options.columns)})
    positions = list(range(options.every - 1, len(ids), options.every))
    full = list(range(options.full_every - 1, len(ids), options.full_every)) if options.full_every else []
    return {
        "what": "logits of a float64 forward pass; every position listed, the columns given, some rows whole",
        "command": "tests/golden/reference_forward.py " + " ".join(options.command),
        "model": model.path.name,
        "modelMadeBy": options.made_by,
        "modelSha256": hashlib.sha256(model.path.read_bytes()).hexdigest(),
        "checkedAgainst": options.checked,
        "vocabularySize": vocabulary,
        "tokens": [int(i) for i in ids],
        "positions": positions,
        "columns": columns,
        "largestMagnitude": rounded(np.abs(logits[positions]).max(axis=1)),
        "argmax": [int(i) for i in logits[positions].argmax(axis=1)],
        "logSumExp": rounded(log_sum_exp(logits[positions])),
        "logits": [rounded(logits[p][columns]) for p in positions],
        "fullPositions": full,
        "fullLogits": [rounded(logits[p]) for p in full],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--out", required=True)
    parser.add_argument("--tokens", help="file of token ids, separated by spaces")
    parser.add_argument("--every", type=int, default=1, help="keep every n-th position")
    parser.add_argument("--columns", type=int, default=12, help="keep this many vocabulary ids")
    parser.add_argument("--full-every", type=int, default=0, help="keep whole rows of every n-th position")
    parser.add_argument("--made-by", default="")
    parser.add_argument("--checked", default="")
    options = parser.parse_args()
    out = pathlib.Path(options.out)
    options.command = [pathlib.Path(options.model).name, "--out", out.name, "--every", str(options.every),
                       "--columns", str(options.columns), "--full-every", str(options.full_every)]
    if options.tokens:
        ids = np.array([int(i) for i in pathlib.Path(options.tokens).read_text().split()])
    else:
        ids = np.array(json.loads(out.read_text())["tokens"])
    model = Model(options.model)
    result = golden(model, ids, forward(model, ids), options)
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in result.items()]
    out.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
