#include "inference/prefill.h"

#include <algorithm>
#include <chrono>

namespace inference {

using kernels::LogitsWanted;
using kernels::RunOutcome;

namespace {

constexpr double kLayerSeconds = 0.08;    // half of what a stop may take (150 ms)
constexpr double kChunkSeconds = 2;       // and progress is shown at least this often
constexpr std::uint32_t kFirstChunk = 64; // before anything was measured: a short prompt is one run
constexpr std::uint32_t kMultiple = 32;   // matrix kernels work on blocks of columns

} // namespace

PrefillChunk::PrefillChunk(std::uint32_t maxTokens, std::uint32_t layers, std::uint32_t fixedTokens)
    : m_maxTokens(maxTokens), m_layers(layers), m_fixed(fixedTokens != 0),
      m_tokens(std::min(maxTokens, m_fixed ? fixedTokens : kFirstChunk))
{}

void PrefillChunk::measured(std::uint32_t tokens, double seconds)
{
    // A run much shorter than the chunk says little: it reads all weights for few tokens.
    if (m_fixed || tokens == 0 || seconds <= 0 || tokens < std::min(m_tokens, kFirstChunk))
        return;
    const double target = std::min(kLayerSeconds * m_layers, kChunkSeconds);
    const double fitting = std::min(target / (seconds / tokens), double(m_maxTokens));
    std::uint32_t next = std::max(1u, std::uint32_t(fitting));
    if (next > kMultiple && next < m_maxTokens)
        next -= next % kMultiple;
    m_tokens = next;
}

Result<RunOutcome> readPrompt(kernels::Backend &backend, KvCache &cache, std::span<const TokenId> prompt,
                              PrefillChunk &chunk, std::span<float> logits,
                              const std::function<void(std::uint32_t done)> &progress, std::stop_token stop)
{
    while (cache.length() < prompt.size()) {
        if (stop.stop_requested())
            return RunOutcome::Stopped;
        const auto tokens = prompt.subspan(
            cache.length(), std::min<std::size_t>(chunk.tokens(), prompt.size() - cache.length()));
        if (auto reserved = cache.reserve(std::uint32_t(tokens.size())); !reserved)
            return reserved.error();
        const bool last = cache.length() + tokens.size() == prompt.size();
        const kernels::RunInput input{.tokens = tokens,
                                      .firstPosition = cache.length(),
                                      .pages = cache.pages(),
                                      .logitsWanted = last ? LogitsWanted::Last : LogitsWanted::None};
        const auto start = std::chrono::steady_clock::now();
        auto outcome = backend.run(input, last ? logits : std::span<float>(), stop);
        if (!outcome || *outcome == RunOutcome::Stopped)
            return outcome;
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
        chunk.measured(std::uint32_t(tokens.size()), elapsed.count());
        cache.append(tokens);
        if (progress)
            progress(cache.length());
    }
    return RunOutcome::Done;
}

Result<RunOutcome> decodeStep(kernels::Backend &backend, KvCache &cache, std::span<const TokenId> tokens,
                              std::span<float> logits, std::stop_token stop)
{
    if (auto reserved = cache.reserve(std::uint32_t(tokens.size())); !reserved)
        return reserved.error();
    auto outcome = backend.run({.tokens = tokens,
                                .firstPosition = cache.length(),
                                .pages = cache.pages(),
                                .logitsWanted = LogitsWanted::All},
                               logits, stop);
    if (outcome && *outcome == RunOutcome::Done)
        cache.append(tokens.first(1));
    return outcome;
}

} // namespace inference
