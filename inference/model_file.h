// What a model file says besides its weights: configuration, tokenizer and chat format, opened and checked.
#pragma once

#include "inference/chat/chat_format.h"
#include "inference/engine.h"
#include "inference/gguf/gguf_file.h"
#include "inference/model/model_config.h"
#include "inference/text/tokenizer.h"

#include <filesystem>
#include <memory>

namespace inference {

// Immutable after open() or read(), thread-safe.
struct ModelFile
{
    std::unique_ptr<GgufFile> gguf; // first: everything else may point into it
    ModelConfig config;
    std::unique_ptr<Tokenizer> tokenizer;
    ChatFormat chatFormat;

    // Fails with the errors of the parts.
    static Result<std::shared_ptr<const ModelFile>> open(const std::filesystem::path &path);
    // The second half of open(): all else from `gguf`, which is there.
    Result<void> read();
};

// A GGUF file, whatever it holds, or a Hugging Face folder as one.
Result<std::unique_ptr<GgufFile>> openGguf(const std::filesystem::path &path);

// What the file alone says; device, context in use and time are the loader's to fill in.
ModelSummary summarise(const ModelFile &model);

// The context length to use: `wanted` tokens, or with 0 the trained one up to kDefaultContextLength.
// Fails with InvalidArgument above the trained length: positions that a model has never seen give noise.
Result<std::uint32_t> chooseContextLength(const ModelConfig &config, std::uint32_t wanted);

} // namespace inference
