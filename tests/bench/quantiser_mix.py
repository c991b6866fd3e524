"""Which type each tensor of a GGUF file has: what llama.cpp's quantiser chooses, without an importance matrix.

Its rules are in llama_tensor_get_type_impl() and tensor_type_fallback() of llama-quant.cpp. Left out is what no shape of
make_model.py meets: 8 experts, 70B, fused QKV, types below 4 bits. check_quantiser_mix.py compares with llama.cpp itself.
"""

from gguf_file import TENSOR_TYPES

# name: (general.file_type, the type of most tensors)
MIXES = {"F16": (1, "F16"), "BF16": (32, "BF16"), "Q4_0": (2, "Q4_0"), "Q4_1": (3, "Q4_1"), "Q8_0": (7, "Q8_0"),
         "Q5_0": (8, "Q5_0"), "Q5_1": (9, "Q5_1"), "Q4_K_S": (14, "Q4_K"), "Q4_K_M": (15, "Q4_K"),
         "Q5_K_S": (16, "Q5_K"), "Q5_K_M": (17, "Q5_K"), "Q6_K": (18, "Q6_K")}
# For rows that are no whole number of blocks of 256.
FALLBACK = {"Q4_K": "Q5_0", "Q5_K": "Q5_1", "Q6_K": "Q8_0"}


def has_more_bits(layer, layers):
    """The first and the last eighth, and every third layer between."""
    return layer < layers // 8 or layer >= 7 * layers // 8 or (layer - layers // 8) % 3 == 2


def is_quantised(tensor):
    return (len(tensor.ne) > 1 and tensor.name.endswith("weight") and "_norm.weight" not in tensor.name
            and "ffn_gate_inp.weight" not in tensor.name)


def head_type(tensor, usual):
    if tensor.ne[0] % TENSOR_TYPES[usual][1]:
        return "Q8_0"
    return usual if usual == "Q8_0" else "Q6_K"


def value_type(mix, usual, layer, layers):
    if mix in ("Q4_K_M", "Q5_K_M") and has_more_bits(layer, layers):
        return "Q6_K"
    return "Q5_K" if mix == "Q4_K_S" and layer < 4 else usual


def down_type(mix, usual, layer, layers):
    if mix in ("Q4_K_M", "Q5_K_M") and has_more_bits(layer, layers):
        return "Q6_K"
    return "Q5_K" if mix == "Q4_K_S" and layer < layers // 8 else usual


def wanted_type(tensor, mix, layers, tied):
    usual = MIXES[mix][1]
    if tensor.name == "output.weight" or (tied and tensor.name == "token_embd.weight"):
        return head_type(tensor, usual)
    if not tensor.name.startswith("blk."):
        return usual
    _, layer, part, _ = tensor.name.split(".")
    if part in ("attn_v", "attn_kv_b"):
        return value_type(mix, usual, int(layer), layers)
    if part.startswith("ffn_down"):
        return down_type(mix, usual, int(layer), layers)
    return usual


def assign_types(tensors, mix, layers):
    """Sets the type of each tensor."""
    tied = all(tensor.name != "output.weight" for tensor in tensors)
    for tensor in tensors:
        if not is_quantised(tensor):
            tensor.kind = "F32"
        elif mix in ("F16", "BF16"):
            tensor.kind = mix
        else:
            tensor.kind = wanted_type(tensor, mix, layers, tied)
            if tensor.ne[0] % TENSOR_TYPES[tensor.kind][1]:
                tensor.kind = FALLBACK.get(tensor.kind, "F16")
            if tensor.ne[0] % TENSOR_TYPES[tensor.kind][1]:
                tensor.kind = "F16"
