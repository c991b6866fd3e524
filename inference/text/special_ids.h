// The tokens with a role that a file names or that their literals give away: BOS, end of generation, FIM.
#pragma once

#include "inference/result.h"
#include "inference/text/vocabulary.h"

#include <optional>
#include <string_view>
#include <vector>

namespace inference {

struct SpecialIds
{
    std::optional<TokenId> bos, eos;
    std::vector<TokenId> endOfGeneration; // ascending
    std::optional<FillInMiddleTokens> fillInMiddle;
    bool addsBos = false;

    // Fails with Damaged when a key has another type or an id that is no token. `addsBos` is what a file
    // without the key means.
    static Result<SpecialIds> fromGguf(const GgufFile &file, const Vocabulary &vocabulary, bool addsBos);
};

} // namespace inference
