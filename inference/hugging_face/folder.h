// A Hugging Face folder, opened in place: config.json, tokenizer and safetensors files.
#pragma once

#include "inference/gguf/gguf_file.h"

#include <filesystem>
#include <memory>

namespace inference {

// Whether a folder says that it is one: it has a config.json.
bool isHuggingFaceFolder(const std::filesystem::path &path);

// The folder as the GGUF file that it would be converted to: metadata made from its JSON files
// (config_json.h, tokenizer_json.h), tensors under GGUF's names where they lie in model.safetensors or in the
// files that model.safetensors.index.json names. Nothing is copied but the tokenizer. Beside GGUF's keys:
//   baleen.rows_as_trained  true: rows of q and k are not permuted, as GGUF's converters of llama and
//   deepseek do
//
// Weights in F32, F16 and BF16, and in FP8 e4m3 where config.json says so; their scales are tensors under
// their weight's name and kFp8ScaleSuffix (plan_builder.h checks and applies them). Layers for multi-token
// prediction, and the head of a model that ties it to the embedding, are left out. All tensors of another
// type are named at once. Fails with NotFound, Io, Incomplete, Damaged or Unsupported.
Result<std::unique_ptr<GgufFile>> openHuggingFaceFolder(const std::filesystem::path &folder);

} // namespace inference
