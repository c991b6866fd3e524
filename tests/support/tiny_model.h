// Tiny seeded models as GGUF files: whole models of every supported architecture, for tests that need one
// without a download. Weights are random, so the text they write is noise; the vocabulary, the chat template
// and the special tokens are real ones in small.
//
//     const std::string file = test::tinyModel({.architecture = "qwen2", .weights = ElementType::Q8_0});
//     folder.write("tiny.gguf", QByteArray::fromStdString(file));
//
// The same options give the same bytes on every machine.
#pragma once

#include "kernels/element_type.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace test {

struct TinyModelOptions
{
    std::string architecture = "llama";                       // "llama" or "qwen2"
    kernels::ElementType weights = kernels::ElementType::F32; // of every matrix; norms and biases are F32
    bool tied = true;                                         // no output.weight: the embedding is the head
    std::uint32_t layers = 2;
    std::uint32_t heads = 4;
    std::uint32_t keyValueHeads = 2;
    std::uint32_t headDim = 16;
    std::uint32_t hiddenSize = 64; // rows of K-quants are whole blocks of 256: see wideTinyModel()
    std::uint32_t intermediateSize = 96;
    std::uint32_t contextLength = 512;
    std::uint32_t vocabularySize =
        0; // above the natural size: padded with unused tokens; 0: the natural size
    float rmsNormEpsilon = 1e-5f;
    float ropeBase = 10000;
    float ropeLinearFactor = 1;        // above 1: rope.scaling.type linear with this factor
    std::vector<float> ropeDivisors{}; // headDim / 2 numbers: rope_freqs.weight
    bool attentionBiases = false; // llama with attn_q.bias, attn_k.bias, attn_v.bias; qwen2 always has them
    std::uint64_t seed = 1;
    std::string name = "Tiny";
};

// The same with rows of whole K-quant blocks: hidden 256, intermediate 512, 4 heads of 64.
TinyModelOptions wideTinyModel(TinyModelOptions options = {});

// What goes into the file, open to changes: tests that need a file with one thing wrong edit it.
struct TinyModel
{
    using Value = std::variant<bool, std::uint32_t, float, std::string, std::vector<std::string>,
                               std::vector<std::int32_t>, std::vector<std::uint32_t>>;
    struct Tensor
    {
        std::string name;
        kernels::ElementType type = kernels::ElementType::F32;
        std::vector<std::uint64_t> dimensions; // ne0 (input dimension) first
        std::string bytes;
    };
    std::vector<std::pair<std::string, Value>> metadata;
    std::vector<Tensor> tensors;

    TinyModel() = default;
    explicit TinyModel(const TinyModelOptions &options);
    // Any good file, taken apart. Numbers come back as uint32_t or float. Ends the program for an array that
    // Value has no type for.
    static TinyModel ofFile(std::string_view gguf);
    void set(std::string_view key, Value value); // replaces or appends
    void remove(std::string_view key);           // a key or a tensor
    Tensor &tensor(std::string_view name);       // ends the program when there is none
    bool has(std::string_view name) const;       // a key or a tensor
    std::string toGguf() const;
};

// Why a model cannot be run, as far as that shows without running it: file, configuration, tokenizer, plan.
// Empty where it can.
std::string refusal(const TinyModel &model);

// Bytes of a GGUF file.
std::string tinyModel(const TinyModelOptions &options = {});

// The vocabulary of every tiny model: 256 byte tokens, merged ones, then the special ones
// <|endoftext|> (BOS, padding), <|im_start|>, <|im_end|> (EOS), <|fim_prefix|>, <|fim_middle|>,
// <|fim_suffix|>.
struct TinyVocabulary
{
    std::vector<std::string> tokens; // as in the file: bytes in GPT-2's printable form
    std::vector<std::string> merges; // "left right", best first
    std::vector<std::int32_t> types; // 1 normal, 3 control, 5 unused
};
TinyVocabulary tinyVocabulary(std::uint32_t size = 0);

} // namespace test
