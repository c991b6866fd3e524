// Names of tensors in safetensors files of Hugging Face, in GGUF's terms (reference/deepseek-models.md
// section 3c).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace inference {

// "model.layers.3.mlp.experts.7.up_proj.weight" is "blk.3.ffn_up.7.weight". A name that is not known stays as
// it is, so that whoever binds tensors refuses it by name. Nothing for a tensor that is to be left out: of a
// layer at or behind `layers`, or old frequencies of RoPE. The block scales of FP8 weights keep their suffix:
// "blk.3.ffn_up.7.weight_scale_inv".
std::optional<std::string> ggufTensorName(std::string_view name, std::uint32_t layers);

} // namespace inference
