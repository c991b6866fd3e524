#!/usr/bin/env python3
"""The tiny models of deepseek/*.json, computed by deepseek_oracle.py and by transformers: largest relative differences.

Each model's tensors are put into the class of transformers, q and k of llama and deepseek in their order before the
converter's permutation. transformers computes norms, RoPE, router and softmax in float32 whatever the model's type
is; here the names torch.float32 and Tensor.float mean float64, so that what is left is a difference of formulas.
DeepSeek's first MoE has no class: Llama's with the feed-forward module of DeepseekV2 in the layers that have experts.

    python check_against_transformers.py [NAME ...]

Needs: pip install numpy gguf torch transformers (the results in README.md are of transformers 5.24)
"""

import json
import math
import pathlib
import sys
import tempfile

import numpy as np
import torch
import transformers
from transformers.models.deepseek_v2.modeling_deepseek_v2 import DeepseekV2Moe

import make_tiny_models as tiny
from deepseek_oracle import Model, expert, forward, rotation

LLAMA3 = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
          "original_max_position_embeddings": 64}  # what rope_freqs.weight of llama_llama3 was made of


def in_double():
    torch.set_default_dtype(torch.float64)
    torch.float32 = torch.float = torch.float64
    torch.Tensor.float = torch.Tensor.double


def rope_parameters(model):
    kind = model.key("rope.scaling.type", "none")
    base = {"rope_theta": model.key("rope.freq_base")}
    if "rope_freqs.weight" in model.tensors:
        return base | LLAMA3
    if kind == "none":
        return base | {"rope_type": "default"}
    base |= {"rope_type": kind, "factor": model.key("rope.scaling.factor")}
    if kind == "yarn":
        base |= {"original_max_position_embeddings": model.key("rope.scaling.original_context_length"),
                 "beta_fast": model.key("rope.scaling.yarn_beta_fast", 32.0),
                 "beta_slow": model.key("rope.scaling.yarn_beta_slow", 1.0)}
        if (multiplier := model.key("rope.scaling.yarn_log_multiplier")) is not None:
            base |= {"mscale": multiplier * 10, "mscale_all_dim": multiplier * 10}
        if (factor := model.key("rope.scaling.attn_factor")) is not None:
            base["attention_factor"] = factor * (0.1 * math.log(base["factor"]) + 1.0)
    return base


def configuration(model):
    heads = model.key("attention.head_count")
    common = dict(
        vocab_size=model.weight("token_embd.weight").shape[0], hidden_size=model.key("embedding_length"),
        intermediate_size=model.key("feed_forward_length"), num_hidden_layers=model.layers,
        num_attention_heads=heads, max_position_embeddings=model.key("context_length"),
        rms_norm_eps=model.key("attention.layer_norm_rms_epsilon"), rope_parameters=rope_parameters(model),
        tie_word_embeddings="output.weight" not in model.tensors, attn_implementation="eager",
        experts_implementation="eager")
    a = model.architecture
    if a in ("llama", "qwen2", "qwen3", "deepseek"):
        common |= dict(num_key_value_heads=model.key("attention.head_count_kv"),
                       head_dim=model.key("attention.key_length", common["hidden_size"] // heads))
    if a in ("deepseek", "deepseek2"):
        rope = model.key("rope.dimension_count")
        moe = dict(
            moe_intermediate_size=model.key("expert_feed_forward_length"), n_routed_experts=model.key("expert_count"),
            n_shared_experts=model.key("expert_shared_count"), num_experts_per_tok=model.key("expert_used_count"),
            first_k_dense_replace=model.key("leading_dense_block_count"), n_group=model.key("expert_group_count", 1),
            topk_group=model.key("expert_group_used_count", 1),
            routed_scaling_factor=model.key("expert_weights_scale"),
            norm_topk_prob=model.key("expert_weights_norm", False))
    if a == "deepseek":
        return (transformers.LlamaConfig(**common),
                transformers.DeepseekV2Config(**(common | moe | {"topk_method": "greedy"})))
    if a == "deepseek2":
        common |= moe | dict(
            num_key_value_heads=heads, q_lora_rank=model.key("attention.q_lora_rank"),
            kv_lora_rank=model.key("attention.kv_lora_rank"), qk_rope_head_dim=rope,
            qk_nope_head_dim=model.key("attention.key_length_mla", model.key("attention.key_length")) - rope,
            v_head_dim=model.key("attention.value_length_mla", model.key("attention.value_length")))
        if model.key("expert_gating_func", 1) == 2:
            return transformers.DeepseekV3Config(**common, num_mtp_layers=0), None
        method = "group_limited_greedy" if common["n_group"] > 1 else "greedy"
        return transformers.DeepseekV2Config(**common, topk_method=method), None
    return {"llama": transformers.LlamaConfig, "qwen2": transformers.Qwen2Config,
            "qwen3": transformers.Qwen3Config}[a](**common), None


def unpermuted(rows, heads):
    """Rows of each head from (0, d/2, 1, d/2 + 1, ...) back to (0, 1, 2, ...)."""
    size = rows.shape[0] // heads
    return rows.reshape(heads, size // 2, 2, *rows.shape[1:]).swapaxes(1, 2).reshape(rows.shape)


def state(model):
    """transformers' names and float64 tensors."""
    names = {"attn_norm.weight": "input_layernorm.weight", "ffn_norm.weight": "post_attention_layernorm.weight",
             "attn_output.weight": "self_attn.o_proj.weight", "attn_q_norm.weight": "self_attn.q_norm.weight",
             "attn_k_norm.weight": "self_attn.k_norm.weight", "attn_q_a.weight": "self_attn.q_a_proj.weight",
             "attn_q_a_norm.weight": "self_attn.q_a_layernorm.weight", "attn_q_b.weight": "self_attn.q_b_proj.weight",
             "attn_kv_a_mqa.weight": "self_attn.kv_a_proj_with_mqa.weight",
             "attn_kv_a_norm.weight": "self_attn.kv_a_layernorm.weight",
             "attn_kv_b.weight": "self_attn.kv_b_proj.weight", "ffn_gate_inp.weight": "mlp.gate.weight",
             "exp_probs_b.bias": "mlp.gate.e_score_correction_bias"}
    for part in "qkv":
        for kind in ("weight", "bias"):
            names[f"attn_{part}.{kind}"] = f"self_attn.{part}_proj.{kind}"
    for part in ("gate", "up", "down"):
        names[f"ffn_{part}.weight"] = f"mlp.{part}_proj.weight"
        names[f"ffn_{part}_shexp.weight"] = f"mlp.shared_experts.{part}_proj.weight"
    result = {"model.embed_tokens.weight": model.weight("token_embd.weight"),
              "model.norm.weight": model.weight("output_norm.weight")}
    head = model.weight("output.weight")
    result["lm_head.weight"] = result["model.embed_tokens.weight"] if head is None else head
    for layer in range(model.layers):
        def w(name):
            return model.weight(f"blk.{layer}.{name}")

        prefix = f"model.layers.{layer}."
        for name, other in names.items():
            if (value := w(name)) is None:
                continue
            if model.architecture in ("llama", "deepseek") and name[:7] in ("attn_q.", "attn_k."):
                value = unpermuted(value, model.key("attention.head_count" if name[5] == "q" else "attention.head_count_kv"))
            result[prefix + other] = value
        if w("attn_k_b.weight") is not None and w("attn_kv_b.weight") is None:
            both = np.concatenate([w("attn_k_b.weight").swapaxes(1, 2), w("attn_v_b.weight")], axis=1)
            result[prefix + "self_attn.kv_b_proj.weight"] = both.reshape(-1, both.shape[2])
        if w("ffn_gate_inp.weight") is not None:
            experts = [expert(model, layer, e) for e in range(model.key("expert_count"))]
            result[prefix + "mlp.experts.gate_up_proj"] = np.stack([np.concatenate(e[:2]) for e in experts])
            result[prefix + "mlp.experts.down_proj"] = np.stack([e[2] for e in experts])
    return {key: torch.tensor(np.ascontiguousarray(value)) for key, value in result.items()}


def logits(model, ids, divisors=False):
    """With divisors: RoPE's frequencies by the file's rope_freqs, which are rounded to float32."""
    config, experts = configuration(model)
    other = transformers.AutoModelForCausalLM.from_config(config)
    if experts is not None:
        experts._experts_implementation = "eager"
        for layer in other.model.layers[experts.first_k_dense_replace:]:
            layer.mlp = DeepseekV2Moe(experts)
    other = other.double().eval()
    other.load_state_dict(state(model), strict=True)
    if divisors:
        other.model.rotary_emb.inv_freq = torch.tensor(rotation(model, model.key("rope.dimension_count"))[0])
    with torch.no_grad():
        return type(other).__name__, other(torch.tensor([ids])).logits[0].numpy()


def main():
    in_double()
    vocabulary = json.loads((tiny.FOLDER / "vocabulary.json").read_text())
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for description in tiny.descriptions():
            name = description["name"]
            if sys.argv[1:] and name not in sys.argv[1:]:
                continue
            path = pathlib.Path(folder) / f"{name}.gguf"
            tiny.write_gguf(description, vocabulary, path)
            ids = json.loads((tiny.FOLDER / description["logits"]).read_text())["tokens"]
            model = Model(path)
            for divisors in [False, True] if "rope_freqs.weight" in model.tensors else [False]:
                kind, expected = logits(model, ids, divisors)
                assert expected.dtype == np.float64
                apart = tiny.difference(forward(model, ids), expected)
                worst = max(worst, apart)
                print(f"{name:22} {kind:24} {apart:.2g}{' with the divisors of the file' * divisors}", flush=True)
    if worst > 1e-5:
        raise SystemExit("they disagree")


if __name__ == "__main__":
    main()
