// A SentencePiece model file (tokenizer.model): its pieces in the terms of GGUF.
#pragma once

#include "inference/hugging_face/token_list.h"
#include "inference/result.h"

#include <filesystem>
#include <string>
#include <vector>

namespace inference {

struct SentencePieceModel
{
    TokenList tokens;
    std::vector<float> scores; // of every token, 0 where there is none
    bool addsSpace = true;     // add_dummy_prefix

    // Fails with Unsupported for a model that is not BPE, or that changes text in another way than by a space
    // in front; with Damaged for what the library does not take.
    static Result<SentencePieceModel> read(const std::filesystem::path &path, std::uint32_t vocabularySize);
};

} // namespace inference
