// Writes a model of a GGUF file as a Hugging Face folder: the way back from what hugging_face/folder.h reads.
#pragma once

#include "inference/gguf/gguf_file.h"
#include "kernels/element_type.h"

#include <QString>

#include <nlohmann/json.hpp>

namespace test {

struct FolderOptions
{
    kernels::ElementType type = kernels::ElementType::F32; // of all weights: F32 or BF16
    bool rounded = false;                                  // F32 holds what BF16 would
    int files = 1;                                         // above 1: several safetensors files with an index
};

// The model's tensors must be F32, its tokenizer byte-level BPE of GPT-2. Rows of q and k go back to the
// order before GGUF's permutation, experts and MLA's halves to one tensor each. config.json is the caller's.
void writeHuggingFaceFolder(const inference::GgufFile &model, const nlohmann::json &config,
                            const FolderOptions &options, const QString &folder);

} // namespace test
