// Byte-level BPE of a tokenizer.json: tokens, merges, and how text is cut for them.
#pragma once

#include "inference/hugging_face/token_list.h"
#include "inference/result.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace inference {

// What keeps a tokenizer from being used; no text: nothing.
struct TokenizerProblem
{
    std::string text;
    bool unsupported = false; // well formed, but not something that is known here
};

struct ByteLevelJson
{
    TokenList tokens;
    std::vector<std::string> merges; // "left right"
    std::string_view preTokenizer;   // a value of tokenizer.ggml.pre
    bool composes = false;           // form C first
    bool wholeFirst = false;         // ignore_merges
    nlohmann::json postProcessor;

    // Fails with Unsupported for what the byte-level tokenizer of text/ would not encode exactly alike, with
    // Damaged for what the format forbids; with the place.
    static Result<ByteLevelJson> read(const std::filesystem::path &path, std::uint32_t vocabularySize);
};

// Adds the tokens of a list [{"id", "content", "special", ...}] as control tokens or user-defined ones.
TokenizerProblem addTokens(const nlohmann::json &list, TokenList &tokens);

} // namespace inference
