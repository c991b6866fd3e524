// Guesses of the next tokens: what stood behind an earlier occurrence of the last ones, in the prompt or in
// the answer. Edited code, a text translated again and quotations repeat much of what was read.
#pragma once

#include "kernels/backend.h"

#include <cstdint>
#include <span>
#include <vector>

namespace inference {

using kernels::TokenId;

// One per generation; sized at construction, no allocation per token. Not thread-safe.
class LookupDraft
{
public:
    struct Guess
    {
        std::span<const TokenId> tokens; // until the next append()
        std::uint32_t matched = 0;       // how many of the last tokens stood there before, at most kLongest
    };
    static constexpr std::uint32_t kShortest = 2, kLongest = 32;

    // For at most that many tokens.
    explicit LookupDraft(std::uint32_t contextLength);

    void append(TokenId token);
    // Up to `most` tokens behind the longest earlier match, of equal ones the latest. Empty where the last
    // kShortest tokens are new.
    Guess guess(std::uint32_t most) const;

private:
    std::size_t slotOf(std::size_t end) const; // of the kShortest tokens before that place
    std::uint32_t matchLength(std::size_t end) const;

    std::vector<TokenId> m_tokens;
    std::vector<std::uint32_t> m_latest;  // by slot: the place behind its latest tokens; 0: none
    std::vector<std::uint32_t> m_earlier; // by place: the one before of the same slot
    int m_shift;
};

} // namespace inference
