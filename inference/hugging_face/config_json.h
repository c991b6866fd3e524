// config.json of a Hugging Face folder in GGUF's terms.
#pragma once

#include "inference/hugging_face/metadata_writer.h"
#include "inference/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace inference {

struct FolderConfig
{
    std::string architecture;         // in GGUF's names
    std::uint32_t vocabularySize = 0; // rows of the embedding
    std::uint32_t layers = 0;         // those for multi-token prediction not counted
    bool tiedHead = false;            // tie_word_embeddings: a head in the files is not used
    bool fp8 = false; // quantization_config: weights in FP8 e4m3, with scales for their blocks
    // Divisors of the rotation frequencies, one a pair (llama3's scaling, which GGUF has as a tensor); else
    // empty.
    std::vector<float> ropeDivisors;
};

// Writes general.architecture and the architecture's keys. Families: llama, qwen2, qwen3, deepseek,
// deepseek_v2, deepseek_v3; both spellings of RoPE's parameters (rope_theta + rope_scaling, rope_parameters).
//
// Weights may be quantised in one way, that of DeepSeek-V3: quantization_config with quant_method fp8, fmt
// e4m3, weight_block_size [128, 128], activation_scheme dynamic (activations are not quantised here).
//
// Fails with Damaged (no JSON, a key of the wrong kind or missing) and Unsupported (family, or a key that
// says what this program does not compute). A key that is not known counts as one that changes the
// mathematics, unless it is a text, null or false: all of them are named.
Result<FolderConfig> readConfigJson(std::string_view json, const std::string &where, MetadataWriter &out);

} // namespace inference
