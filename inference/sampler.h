// Logits to one token: repeat penalty, top-k, top-p, min-p, temperature, draw.
//
// The filters run in the default order of llama.cpp, because that is what the published settings of models
// mean:
//
//   1. repeat penalty: every token of the window once; logit > 0 ? logit / p : logit * p
//   2. top-k: the k greatest logits
//   3. top-p: the smallest set of greatest probabilities whose sum reaches p (at temperature 1, among those
//   of 2)
//   4. min-p: probability >= p * the greatest probability (at temperature 1)
//   5. temperature: the survivors' logits divided by it, softmax, one draw
//
// At temperature 0 (below 0.0001) the greatest logit after step 1 wins, the lowest id among equals. One token
// always survives.
//
// The draw comes from a counter-based generator of our own and an exponential of our own, in a fixed order of
// additions: the same logits, options and seed give the same tokens on every machine.
#pragma once

#include "inference/engine.h"
#include "inference/result.h"
#include "kernels/token_stream.h"

#include <cstdint>
#include <span>
#include <vector>

namespace inference {

// SplitMix64 (Steele, Lea, Flood 2014) from a mixed seed. Draw n depends on the seed and n only.
class RandomStream
{
public:
    explicit RandomStream(std::uint64_t seed);
    std::uint64_t next();
    double nextUnit(); // [0, 1), 53 bits
    void skip(std::uint64_t draws);
    std::uint64_t state() const { return m_state; } // before the next draw

private:
    std::uint64_t m_state;
};

// A seed from the operating system, for requests that name none.
std::uint64_t randomSeed();

// Fails with InvalidArgument for a value that is not finite or out of range, naming option, range and value.
Result<void> checkSamplingOptions(const SamplingOptions &options);

// One per generation; sized at construction, no allocation per token. Not thread-safe.
class Sampler
{
public:
    // options: checked by checkSamplingOptions(). historyTokens: the most that accept() will ever see (the
    // context length): the repeat window is no longer than that. seed: used instead of options.seed.
    Sampler(const SamplingOptions &options, std::uint32_t vocabularySize, std::uint32_t historyTokens,
            std::uint64_t seed);

    // A token of the prompt or of the answer enters the window of the repeat penalty.
    void accept(TokenId token);
    // As if so many tokens had been sampled: for an answer that goes on.
    void skip(std::uint64_t tokens) { m_random.skip(tokens); }
    // sample() leaves other values in the row than it found, and not only of the tokens that it looked at.
    static bool changesLogits(const SamplingOptions &options);

    // What a backend needs to choose the next tokens as this would. The window lives as long as this, until accept().
    kernels::DrawOptions drawOptions(std::uint32_t likeliest) const;
    kernels::DrawState drawState() const;

    // Chooses from one row of `vocabularySize` logits, which is scratch afterwards.
    // Fails with InvalidNumbers when a logit is not finite.
    Result<TokenId> sample(std::span<float> logits);

private:
    struct Candidate
    {
        float logit;
        TokenId token;
    };
    struct Scan;

    void penalise(std::span<float> logits);
    Scan scan(std::span<const float> logits);
    void selectGreatest(std::span<const float> logits, std::size_t count);
    void selectAtLeast(std::span<const float> logits, float threshold);
    void keepNucleus(std::span<const float> logits, float greatest);
    TokenId drawFromCandidates(float greatest);
    TokenId drawFromAll(std::span<float> logits, float greatest);

    SamplingOptions m_options;
    RandomStream m_random;
    std::vector<TokenId> m_window; // ring of the last accepted tokens
    std::size_t m_windowNext = 0, m_windowUsed = 0;
    std::vector<std::uint32_t> m_penalisedAt; // by token: the last sample() that penalised it
    std::uint32_t m_samples = 0;
    std::vector<float> m_blockGreatest, m_blockOrder;
    std::vector<Candidate> m_candidates; // greatest logit first, then lowest id
    std::vector<float> m_weights;
};

} // namespace inference
