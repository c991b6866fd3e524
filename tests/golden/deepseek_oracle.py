#!/usr/bin/env python3
"""Logits of DeepSeek's architectures in float64: llama, qwen2, qwen3, deepseek (V1 MoE), deepseek2 (V2, V2-Lite, V3, R1).

An oracle: numpy and the formulas, nothing of this program. Weights come dequantised from the GGUF file, every sum is
in float64, attention is the plain (not absorbed) form, all positions at once. Sources are named at each formula:
the papers [V1] arXiv 2401.06066, [V2] 2405.04434, [V3] 2412.19437, [YaRN] 2309.00071, [RoPE] 2104.09864, the class of
`transformers` 5.24 [hf], and ggml/llama.cpp [ggml] where a key exists only in GGUF.
check_against_transformers.py compares it with transformers, make_tiny_models.py writes golden files with it.

    python deepseek_oracle.py MODEL.gguf ID ID ID ...      # the five best tokens after each position

Needs: pip install numpy gguf
"""

import math
import sys

import gguf
import numpy as np


class Model:
    """Metadata and weights of a GGUF file. `changes` replaces metadata (None removes): to see what a key does."""

    def __init__(self, path, changes=None):
        self.reader = gguf.GGUFReader(str(path))
        self.fields = {key: field.contents() for key, field in self.reader.fields.items()}
        self.tensors = {tensor.name: tensor for tensor in self.reader.tensors}
        self.cache = {}
        self.architecture = self.fields["general.architecture"]
        if self.architecture not in ("llama", "qwen2", "qwen3", "deepseek", "deepseek2"):
            raise SystemExit(f"architecture {self.architecture} is not covered by this script")
        self.change(changes or {})
        # One entry for each choice a router made: how far the last taken was above the first left out, relative to
        # the scores' size. [(layer, margin)]; and how often each expert was taken, by layer.
        self.margins, self.uses = [], {}

    def change(self, changes):
        for key, value in changes.items():
            if value is None:
                self.fields.pop(f"{self.architecture}.{key}", None)
            else:
                self.fields[f"{self.architecture}.{key}"] = value

    def key(self, key, default=None, layer=None):
        """A value of `ARCHITECTURE.key`; of arrays the layer's."""
        value = self.fields.get(f"{self.architecture}.{key}", default)
        return value[layer] if isinstance(value, list) else value

    def weight(self, name):
        """A tensor in float64, last GGUF dimension first, or None. Matrices are (output, input)."""
        if name not in self.tensors:
            return None
        if name not in self.cache:
            tensor = self.tensors[name]
            self.cache[name] = gguf.quants.dequantize(tensor.data, tensor.tensor_type).astype(np.float64)
        return self.cache[name]

    @property
    def layers(self):
        return self.key("block_count") - self.key("nextn_predict_layers", 0)  # MTP blocks come last [V3 2.2]


def rms_norm(x, weight, epsilon):
    """x / sqrt(mean(x^2) + eps) * w. [hf LlamaRMSNorm]"""
    return x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + epsilon) * weight


def silu(x):
    return x / (1.0 + np.exp(-x))


def softmax(x):
    x = np.exp(x - x.max(axis=-1, keepdims=True))
    return x / x.sum(axis=-1, keepdims=True)


def linear(x, weight, bias=None):
    return x @ weight.T if bias is None else x @ weight.T + bias


# --- Positions -------------------------------------------------------------------------------------------------------


def rotation(model, dimension):
    """(theta_i for i < dimension/2, amplitude of cos and sin)."""
    base = float(model.key("rope.freq_base", 10000.0))
    theta = base ** (-2.0 * np.arange(dimension // 2) / dimension)  # [RoPE 3.2.2]
    divisors = model.weight("rope_freqs.weight")  # llama3's scaling, computed by the converter [ggml rope factors]
    if divisors is not None:
        theta = theta / divisors
    kind = model.key("rope.scaling.type", "none")
    factor = float(model.key("rope.scaling.factor", 1.0))
    amplitude = float(model.key("rope.scaling.attn_factor", 1.0))  # [ggml rope_attn_factor]: times the kind's own
    if kind == "none" or factor == 0.0:
        return theta, amplitude
    if kind == "linear":  # position / factor [hf _compute_linear_scaling_rope_parameters]
        return theta / factor, amplitude
    if kind != "yarn":
        raise SystemExit(f"rope scaling {kind} is not covered by this script")
    # [YaRN 3.2; hf _compute_yarn_parameters; ggml rope_yarn]
    original = float(model.key("rope.scaling.original_context_length", model.key("context_length")))

    def dimension_of(rotations):
        return dimension * math.log(original / (rotations * 2 * math.pi)) / (2 * math.log(base))

    low = max(math.floor(dimension_of(float(model.key("rope.scaling.yarn_beta_fast", 32.0)))), 0)
    high = min(math.ceil(dimension_of(float(model.key("rope.scaling.yarn_beta_slow", 1.0)))), dimension - 1)
    ramp = np.clip((np.arange(dimension // 2) - low) / (high - low if high != low else 0.001), 0.0, 1.0)
    extrapolated = float(model.key("rope.scaling.yarn_ext_factor", 1.0))  # [ggml]: 0 leaves linear scaling alone
    keep = (1.0 - ramp) * extrapolated
    theta = theta * keep + theta / factor * (1.0 - keep)
    # M(f, mscale) / M(f, mscale_all_dim): 1 where GGUF says yarn_log_multiplier, for DeepSeek's two mscale are equal;
    # where the config has neither, M(f, 1). [hf: attention_factor]
    if extrapolated != 0.0 and model.key("rope.scaling.yarn_log_multiplier") is None:
        amplitude *= yarn_m(factor, 0.1)
    # rope.scaling.yarn_attn_factor is left aside: llama.cpp overwrites it, transformers has no such key.
    return theta, amplitude


def yarn_m(factor, log_multiplier):
    """M = 1 + 0.1 mscale ln f, with log_multiplier = 0.1 mscale. [hf yarn_get_mscale]"""
    return 1.0 + log_multiplier * math.log(factor) if factor > 1.0 else 1.0


def rotate(heads, rotation, half_pairs):
    """heads (tokens, heads, d), position = row. Pairs are (i, i + d/2), or (2i, 2i + 1)."""
    theta, amplitude = rotation
    tokens, _, dimension = heads.shape
    turn = amplitude * np.exp(1j * np.arange(tokens)[:, None] * theta)[:, None, :]
    first = slice(0, dimension // 2) if half_pairs else slice(0, None, 2)
    second = slice(dimension // 2, None) if half_pairs else slice(1, None, 2)
    turned = (heads[..., first] + 1j * heads[..., second]) * turn
    out = np.empty_like(heads)
    out[..., first], out[..., second] = turned.real, turned.imag
    return out


# --- Attention -------------------------------------------------------------------------------------------------------


def causal_attention(q, k, v, scale):
    """softmax(scale q k^T) v; query head j reads key head j * n_k // n_q. (tokens, heads, d) each."""
    tokens, heads, _ = q.shape
    future = np.triu(np.full((tokens, tokens), -np.inf), 1)
    out = np.empty((tokens, heads, v.shape[2]))
    for head in range(heads):
        shared = head * k.shape[1] // heads
        out[:, head] = softmax(q[:, head] @ k[:, shared].T * scale + future) @ v[:, shared]
    return out.reshape(tokens, -1)


def grouped_attention(model, layer, x):
    """Grouped-query attention. [hf LlamaAttention, Qwen2Attention (biases), Qwen3Attention (norms before RoPE)]"""
    def w(name):
        return model.weight(f"blk.{layer}.{name}")

    heads = model.key("attention.head_count", layer=layer)
    kv_heads = model.key("attention.head_count_kv", heads, layer=layer)
    head_dim = model.key("attention.key_length", model.key("embedding_length") // heads)
    epsilon = model.key("attention.layer_norm_rms_epsilon")

    def project(name, count):
        out = linear(x, w(f"{name}.weight"), w(f"{name}.bias")).reshape(len(x), count, head_dim)
        norm = w(f"{name}_norm.weight")
        return out if norm is None else rms_norm(out, norm, epsilon)

    # The converter has permuted q and k of llama and deepseek, so that their pairs are neighbours. [ggml permute()]
    half_pairs = model.architecture in ("qwen2", "qwen3")
    turn = rotation(model, head_dim)
    q = rotate(project("attn_q", heads), turn, half_pairs)
    k = rotate(project("attn_k", kv_heads), turn, half_pairs)
    out = causal_attention(q, k, project("attn_v", kv_heads), head_dim ** -0.5)
    return linear(out, w("attn_output.weight"), w("attn_output.bias"))


def latent_attention(model, layer, x):
    """Multi-head latent attention, [V2 2.1.2, 2.1.3; hf DeepseekV3Attention]: keys and values written out for each head."""
    def w(name):
        return model.weight(f"blk.{layer}.{name}.weight")

    if model.key("rope.scaling.attn_factor", 1.0) != 1.0:
        raise SystemExit("what rope.scaling.attn_factor means for MLA is not defined")
    tokens = len(x)
    epsilon = 1e-6  # of the two latent norms, whatever the model's is [hf]
    heads = model.key("attention.head_count", layer=layer)
    # New files give the sizes of one head under *_mla and those of the absorbed form under key_length; old ones have
    # the sizes of one head there.
    key_size = model.key("attention.key_length_mla", model.key("attention.key_length"))
    value_size = model.key("attention.value_length_mla", model.key("attention.value_length"))
    rope_size = model.key("rope.dimension_count")
    latent_size = model.key("attention.kv_lora_rank")
    nope = key_size - rope_size

    if w("attn_q_a") is None:
        q = linear(x, w("attn_q"))
    else:
        q = linear(rms_norm(linear(x, w("attn_q_a")), w("attn_q_a_norm"), epsilon), w("attn_q_b"))
    q = q.reshape(tokens, heads, key_size)
    compressed = linear(x, w("attn_kv_a_mqa"))
    latent = rms_norm(compressed[:, :latent_size], w("attn_kv_a_norm"), epsilon)
    turn = rotation(model, rope_size)
    q_rope = rotate(q[..., nope:], turn, half_pairs=False)
    k_rope = rotate(compressed[:, None, latent_size:], turn, half_pairs=False)

    # Rows of attn_kv_b: head by head, the key's part, then the value's. attn_k_b holds the key's part transposed.
    parts = []
    if w("attn_kv_b") is not None:
        both = w("attn_kv_b").reshape(heads, nope + value_size, latent_size)
        parts.append((both[:, :nope], both[:, nope:]))
    if w("attn_k_b") is not None:
        parts.append((w("attn_k_b").reshape(heads, latent_size, nope).swapaxes(1, 2),
                      w("attn_v_b").reshape(heads, value_size, latent_size)))
    key_up, value_up = parts[0]
    for other in parts[1:]:
        assert np.allclose(other[0], key_up) and np.allclose(other[1], value_up), "the two forms are different weights"

    k = np.concatenate([np.einsum("tc,hnc->thn", latent, key_up), np.broadcast_to(k_rope, (tokens, heads, rope_size))], 2)
    v = np.einsum("tc,hvc->thv", latent, value_up)
    # (nope + rope)^-1/2 M(f, mscale_all_dim)^2 [hf yarn_apply_mscale]
    scale = key_size ** -0.5
    if model.key("rope.scaling.type") == "yarn":
        m = yarn_m(float(model.key("rope.scaling.factor")), float(model.key("rope.scaling.yarn_log_multiplier", 0.0)))
        scale *= m * m
    return linear(causal_attention(np.concatenate([q[..., :nope], q_rope], 2), k, v, scale), w("attn_output"))


# --- Feed-forward ----------------------------------------------------------------------------------------------------


def swiglu(x, gate, up, down):
    return linear(silu(linear(x, gate)) * linear(x, up), down)


def largest(scores, count):
    """Mask of the `count` largest of each row, and each row's margin: the last taken minus the first left out."""
    order = np.argsort(-scores, axis=-1, kind="stable")
    mask = np.zeros(scores.shape, bool)
    np.put_along_axis(mask, order[:, :count], True, axis=-1)
    if count == scores.shape[-1]:
        return mask, np.full(len(scores), np.inf), np.ones(len(scores))
    ranked = np.take_along_axis(scores, order, axis=-1)
    return mask, ranked[:, count - 1] - ranked[:, count], np.abs(ranked[:, count - 1])


def route(model, layer, logits, bias):
    """Weights (tokens, experts), 0 for those not taken.
    [V1 3.2; V2 2.2; V3 2.1.2; hf DeepseekV2TopkRouter, DeepseekV3TopkRouter]"""
    function = model.key("expert_gating_func", 1)  # 1 softmax, 2 sigmoid; files from before the key: softmax
    if function not in (1, 2):
        raise SystemExit(f"expert_gating_func {function} is not covered by this script")
    sigmoid = function == 2
    scores = 1.0 / (1.0 + np.exp(-logits)) if sigmoid else softmax(logits)
    choice = scores if bias is None else scores + bias  # the bias chooses, it does not weigh [V3 eq. 16]
    tokens, experts = scores.shape

    def take(values, count):
        mask, margin, size = largest(values, count)
        model.margins += [(layer, m) for m in margin / (1.0 if sigmoid else size)]
        return mask

    groups = model.key("expert_group_count", 1)
    kept_groups = model.key("expert_group_used_count", groups)
    if groups > 1 and kept_groups < groups:
        by_group = choice.reshape(tokens, groups, -1)
        if sigmoid:  # noaux_tc: a group is worth its two best
            rank = np.sort(by_group, axis=-1)[..., -2:].sum(axis=-1)
        else:  # group_limited_greedy: its best
            rank = by_group.max(axis=-1)
        kept = np.repeat(take(rank, kept_groups), experts // groups, axis=1)
        choice = np.where(kept, choice, -np.inf)
    taken = take(choice, model.key("expert_used_count"))
    model.uses[layer] = taken.sum(axis=0)
    weights = np.where(taken, scores, 0.0)
    if model.key("expert_weights_norm", False):
        weights /= weights.sum(axis=-1, keepdims=True) + 1e-20
    return weights * (model.key("expert_weights_scale", 1.0) or 1.0)


def expert(model, layer, number):
    """(gate, up, down) of one expert: tensors of all experts, gate and up merged, or one tensor for each expert."""
    def w(name):
        return model.weight(f"blk.{layer}.{name}.weight")

    if w(f"ffn_gate.{number}") is not None:
        return w(f"ffn_gate.{number}"), w(f"ffn_up.{number}"), w(f"ffn_down.{number}")
    if w("ffn_gate_up_exps") is not None:
        gate, up = np.split(w("ffn_gate_up_exps")[number], 2)
    else:
        gate, up = w("ffn_gate_exps")[number], w("ffn_up_exps")[number]
    return gate, up, w("ffn_down_exps")[number]


def feed_forward(model, layer, x):
    def w(name):
        return model.weight(f"blk.{layer}.{name}")

    router = w("ffn_gate_inp.weight")
    if router is None:  # dense: all of llama and qwen, the first layers of the others
        return swiglu(x, w("ffn_gate.weight"), w("ffn_up.weight"), w("ffn_down.weight"))
    weights = route(model, layer, linear(x, router), w("exp_probs_b.bias"))
    out = np.zeros_like(x)
    for number in range(weights.shape[1]):
        rows = np.flatnonzero(weights[:, number])
        if len(rows):
            out[rows] += weights[rows, number, None] * swiglu(x[rows], *expert(model, layer, number))
    if w("ffn_gate_shexp.weight") is not None:  # as wide as all shared experts together, not routed, not scaled
        out += swiglu(x, w("ffn_gate_shexp.weight"), w("ffn_up_shexp.weight"), w("ffn_down_shexp.weight"))
    return out


def forward(model, ids):
    """Logits (tokens, vocabulary) of one sequence that starts at position 0."""
    model.margins, model.uses = [], {}
    epsilon = model.key("attention.layer_norm_rms_epsilon")
    attention = latent_attention if model.architecture == "deepseek2" else grouped_attention
    x = model.weight("token_embd.weight")[np.asarray(ids)]
    for layer in range(model.layers):
        x = x + attention(model, layer, rms_norm(x, model.weight(f"blk.{layer}.attn_norm.weight"), epsilon))
        x = x + feed_forward(model, layer, rms_norm(x, model.weight(f"blk.{layer}.ffn_norm.weight"), epsilon))
    x = rms_norm(x, model.weight("output_norm.weight"), epsilon)
    head = model.weight("output.weight")
    return linear(x, model.weight("token_embd.weight") if head is None else head)  # without a head: tied


def main():
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    logits = forward(Model(sys.argv[1]), [int(i) for i in sys.argv[2:]])
    for position, row in enumerate(logits):
        print(position, " ".join(f"{i}:{row[i]:.6f}" for i in np.argsort(-row)[:5]))


if __name__ == "__main__":
    main()
