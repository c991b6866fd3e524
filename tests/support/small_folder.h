// Hugging Face folders of a few kilobytes, whole models with all their files: for tests that open thousands
// of them.
#pragma once

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace test {

using FolderFiles = std::map<std::string, std::string>; // name, bytes

struct FolderWeight
{
    std::string name;
    std::vector<std::uint64_t> shape; // output dimension first
    std::string type;                 // "F32"
    std::string bytes;
};

// Bytes of so many F32 weights, between -0.44 and 0.5.
std::string smallFloats(std::size_t count);
// A safetensors file: header and data.
std::string safetensorsFile(const std::string &header, const std::string &data);
std::string safetensorsFile(const std::vector<FolderWeight> &weights);

// The config.json that transformers saved for a tiny model (tests/golden/deepseek/config/NAME.json) with
// smaller numbers: one or two layers, 20 tokens. Ends the program for another name.
nlohmann::ordered_json smallConfig(std::string_view name);
// The tensors that a config.json of these asks for.
std::vector<FolderWeight> smallWeights(const nlohmann::ordered_json &config);
// tokenizer.json as DeepSeek-V3 ("deepseek-v3"), Llama ("llama-bpe") or Qwen ("qwen2") have it, with 13
// tokens.
std::string smallTokenizer(std::string_view name);
// All of it: config.json, tokenizer.json, tokenizer_config.json, special_tokens_map.json,
// generation_config.json and model.safetensors; or, of two files, model-1.safetensors, model-2.safetensors
// and model.safetensors.index.json.
FolderFiles smallFolder(std::string_view name, int files = 1);

} // namespace test
