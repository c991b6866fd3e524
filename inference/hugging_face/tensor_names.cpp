#include "inference/hugging_face/tensor_names.h"

#include "inference/model/plan_builder.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace inference {

namespace {

struct NamePair
{
    std::string_view huggingFace, gguf;
};

constexpr std::array kGlobal{
    NamePair{"model.embed_tokens.weight", "token_embd.weight"},
    NamePair{"model.norm.weight", "output_norm.weight"},
    NamePair{"lm_head.weight", "output.weight"},
};

// Behind "model.layers.N." and "blk.N.".
constexpr std::array kOfLayer{
    NamePair{"input_layernorm.weight", "attn_norm.weight"},
    NamePair{"post_attention_layernorm.weight", "ffn_norm.weight"},
    NamePair{"self_attn.q_proj.weight", "attn_q.weight"},
    NamePair{"self_attn.q_proj.bias", "attn_q.bias"},
    NamePair{"self_attn.k_proj.weight", "attn_k.weight"},
    NamePair{"self_attn.k_proj.bias", "attn_k.bias"},
    NamePair{"self_attn.v_proj.weight", "attn_v.weight"},
    NamePair{"self_attn.v_proj.bias", "attn_v.bias"},
    NamePair{"self_attn.o_proj.weight", "attn_output.weight"},
    NamePair{"self_attn.o_proj.bias", "attn_output.bias"},
    NamePair{"self_attn.q_norm.weight", "attn_q_norm.weight"},
    NamePair{"self_attn.k_norm.weight", "attn_k_norm.weight"},
    NamePair{"self_attn.q_a_proj.weight", "attn_q_a.weight"},
    NamePair{"self_attn.q_a_layernorm.weight", "attn_q_a_norm.weight"},
    NamePair{"self_attn.q_b_proj.weight", "attn_q_b.weight"},
    NamePair{"self_attn.kv_a_proj_with_mqa.weight", "attn_kv_a_mqa.weight"},
    NamePair{"self_attn.kv_a_layernorm.weight", "attn_kv_a_norm.weight"},
    NamePair{"self_attn.kv_b_proj.weight", "attn_kv_b.weight"},
    NamePair{"mlp.gate_proj.weight", "ffn_gate.weight"},
    NamePair{"mlp.up_proj.weight", "ffn_up.weight"},
    NamePair{"mlp.down_proj.weight", "ffn_down.weight"},
    NamePair{"mlp.gate.weight", "ffn_gate_inp.weight"},
    NamePair{"mlp.gate.e_score_correction_bias", "exp_probs_b.bias"},
    NamePair{"mlp.shared_experts.gate_proj.weight", "ffn_gate_shexp.weight"},
    NamePair{"mlp.shared_experts.up_proj.weight", "ffn_up_shexp.weight"},
    NamePair{"mlp.shared_experts.down_proj.weight", "ffn_down_shexp.weight"},
};

// Behind "mlp.experts.E.": "ffn_gate.E.weight"
constexpr std::array kOfExpert{
    NamePair{"gate_proj.weight", "ffn_gate"},
    NamePair{"up_proj.weight", "ffn_up"},
    NamePair{"down_proj.weight", "ffn_down"},
};

template <std::size_t N>
std::optional<std::string_view> lookUp(const std::array<NamePair, N> &pairs, std::string_view name)
{
    const auto found = std::find_if(pairs.begin(), pairs.end(),
                                    [&](const NamePair &pair) { return pair.huggingFace == name; });
    return found == pairs.end() ? std::nullopt : std::optional(found->gguf);
}

// Takes `prefix` and "NUMBER." off the front.
std::optional<std::uint32_t> takeNumber(std::string_view &name, std::string_view prefix)
{
    if (!name.starts_with(prefix))
        return std::nullopt;
    std::uint32_t number = 0;
    const char *begin = name.data() + prefix.size(), *end = name.data() + name.size();
    const auto [stop, error] = std::from_chars(begin, end, number);
    if (error != std::errc() || stop == end || *stop != '.' || (*begin == '0' && stop - begin > 1))
        return std::nullopt;
    name.remove_prefix(std::size_t(stop + 1 - name.data()));
    return number;
}

} // namespace

std::optional<std::string> ggufTensorName(std::string_view name, std::uint32_t layers)
{
    if (name.ends_with(kFp8ScaleSuffix)) {
        const std::string_view weight = name.substr(0, name.size() - kFp8ScaleSuffix.size());
        std::optional<std::string> translated = ggufTensorName(weight, layers);
        if (translated)
            translated->append(kFp8ScaleSuffix);
        return translated;
    }
    if (const auto global = lookUp(kGlobal, name))
        return std::string(*global);
    std::string_view rest = name;
    const std::optional<std::uint32_t> layer = takeNumber(rest, "model.layers.");
    if (!layer)
        return std::string(name);
    if (*layer >= layers || rest == "self_attn.rotary_emb.inv_freq")
        return std::nullopt;
    const std::string prefix = "blk." + std::to_string(*layer) + ".";
    if (const auto suffix = lookUp(kOfLayer, rest))
        return prefix + std::string(*suffix);
    if (const auto expert = takeNumber(rest, "mlp.experts."))
        if (const auto part = lookUp(kOfExpert, rest))
            return prefix + std::string(*part) + "." + std::to_string(*expert) + ".weight";
    return std::string(name);
}

} // namespace inference
