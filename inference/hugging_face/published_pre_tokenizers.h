// Which of the pre-tokenizers of text/pre_tokenizer.h a tokenizer.json describes.
#pragma once

#include "inference/result.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace inference {

// The value of tokenizer.ggml.pre whose scanner does exactly what `preTokenizer` (the JSON of that name)
// says. Regular expressions are compared by what they match: a character and its escape are the same, and so
// are two spellings of one set of characters. Fails with Unsupported and shows the description.
Result<std::string_view> publishedPreTokenizer(const nlohmann::json &preTokenizer, std::string_view where);

// Whether `normalizer` is form C (true) or nothing at all (false). Fails with Unsupported and shows it.
Result<bool> normalizesToFormC(const nlohmann::json &normalizer, std::string_view where);

// A regular expression in one spelling: escapes resolved, sets of characters as sorted ranges. Nothing where
// it holds what the published ones do not have.
std::optional<std::string> canonicalRegex(std::string_view regex);

} // namespace inference
