// A backend that draws tokens where their logits are: each decode step runs the token that the one before has drawn, and the host
// reads them behind it.
#pragma once

#include "kernels/backend.h"

#include <cstdint>
#include <span>

namespace kernels {

// How a token is chosen from a row of logits. What each option does, and in which order of additions, says inference/sampler.h; a
// stream chooses the very same token.
struct DrawOptions
{
    float temperature = 0; // below kLeastTemperature: the greatest logit
    std::uint32_t topK = 0; // 0: off
    float topP = 1, minP = 0; // 1, 0: off
    float logMinP = 0;        // the natural logarithm of minP above 0
    float repeatPenalty = 1;
    std::uint32_t likeliest = 0; // tokens that a DrawnToken names, at most kMostLikeliest
};

inline constexpr std::uint32_t kMostLikeliest = 17;

// Where the sampler stands.
struct DrawState
{
    std::uint64_t random = 0;          // state of SplitMix64 before the next draw (sampling.h)
    std::span<const TokenId> window{}; // of the repeat penalty: a ring; empty where there is no penalty
    std::uint32_t windowNext = 0, windowUsed = 0; // the place of the next token, how many places are taken
};

struct DrawnToken
{
    TokenId token = -1; // -1: left to the caller, who reads the step's logits by run(); all that were queued behind it are void
    // Where likeliest tokens are asked for: of the row as the model gave it, before the penalty.
    std::uint32_t likeliestCount = 0; // fewer only where the vocabulary is smaller
    float logit = 0;                  // of the token
    double sum = 0;                   // of chanceOf() over all logits
    struct Likely
    {
        float logit;
        TokenId token;
    } likeliest[kMostLikeliest] = {}; // the greatest logit first, then the lowest id
};

// Of one backend, for one sequence at a time; engine thread. After a failure, and after any Backend::run(), startDrawing() is
// next.
class TokenStream
{
public:
    virtual ~TokenStream() = default;

    static constexpr std::uint32_t kMostAhead = 2; // steps that are queued and not taken

    // Whether it draws with these options and a window of so many tokens.
    virtual bool serves(const DrawOptions &options, std::size_t window) const = 0;
    // The first step runs first.tokens[0], one token, at first.firstPosition. What was queued before is forgotten.
    virtual Result<void> startDrawing(const DrawOptions &options, const DrawState &state, const RunInput &first) = 0;
    // Queues the next step: it runs a token, draws the one behind it, and says so to takeToken(). Does not wait. pages: of all
    // positions up to the step's; those of earlier steps as they were.
    virtual Result<void> queueStep(std::span<const KvPageId> pages) = 0;
    // Waits for the earliest step that was not taken. Numbers that are not finite, in the logits, a key or a value, are left to
    // the caller's run() to tell, as is what the stream has no room for.
    virtual Result<DrawnToken> takeToken() = 0;
    // Waits until nothing is under way. What was not taken is forgotten; rows behind the last token that was run for good are
    // garbage.
    virtual void stopDrawing() = 0;
};

} // namespace kernels
