// Writes a model of a GGUF file as a Hugging Face folder: the way back from what hugging_face/folder.h reads.
#pragma once

#include "inference/gguf/gguf_file.h"
#include "kernels/element_type.h"
#include "tests/support/tiny_deepseek.h"

#include <QByteArray>
#include <QString>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace test {

// A tensor of a safetensors file.
struct StoredTensor
{
    std::string type; // "BF16"
    std::vector<std::uint64_t> shape;
    QByteArray bytes;
};
using StoredTensors = std::map<std::string, StoredTensor>;

struct FolderOptions
{
    kernels::ElementType type = kernels::ElementType::F32; // of all weights: F32, F16 or BF16
    bool rounded = false;                                  // F32 holds what BF16 would
    int files = 1;                                         // above 1: several safetensors files with an index
    // Matrices in FP8 with their scales, by the names of the GGUF file, which holds what they say.
    std::map<std::string, Fp8Matrix> fp8{};
    std::function<void(StoredTensors &)> change{}; // of what is written, for a folder with something wrong
};

// Tensors are read to floats; the tokenizer is byte-level BPE of GPT-2. Rows of q and k go back to the order
// before GGUF's permutation, experts and MLA's halves to one tensor each, layers for multi-token prediction
// to their names. config.json is the caller's.
void writeHuggingFaceFolder(const inference::GgufFile &model, const nlohmann::json &config,
                            const FolderOptions &options, const QString &folder);

} // namespace test
