// Reads a prompt into the KV cache, in chunks.
#pragma once

#include "inference/kv_cache.h"
#include "kernels/backend.h"

#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>

namespace inference {

// How many tokens a prefill run reads. A backend looks at the stop token between steps, and no step takes
// longer than a layer: the chunk is as large as a layer may take long. It grows and shrinks with the speed
// that was measured. The numbers do not depend on it (kernels/backend.h), so every size gives the same
// answer.
class PrefillChunk
{
public:
    // fixedTokens: always this many (0: by speed). maxTokens: what the backend was compiled for.
    PrefillChunk(std::uint32_t maxTokens, std::uint32_t layers, std::uint32_t fixedTokens);
    std::uint32_t tokens() const { return m_tokens; }
    void measured(std::uint32_t tokens, double seconds);

private:
    std::uint32_t m_maxTokens;
    std::uint32_t m_layers;
    bool m_fixed;
    std::uint32_t m_tokens;
};

// Runs prompt[cache.length() ..], appending to the open sequence; logits gets the row after the last token.
// Stopped: what was read until then stays in the cache. progress: tokens of the prompt in the cache, after
// each chunk.
Result<kernels::RunOutcome> readPrompt(kernels::Backend &backend, KvCache &cache,
                                       std::span<const TokenId> prompt, PrefillChunk &chunk,
                                       std::span<float> logits,
                                       const std::function<void(std::uint32_t done)> &progress,
                                       std::stop_token stop);

// One decode step: the first token enters the cache. The others are guesses of what comes behind it: they are run with
// it, and those that turn out right are append()ed to the cache by the caller, in order, before anything else runs.
// logits: a row for each token, of what follows it if all before are right.
Result<kernels::RunOutcome> decodeStep(kernels::Backend &backend, KvCache &cache, std::span<const TokenId> tokens,
                                       std::span<float> logits, std::stop_token stop);

} // namespace inference
