#include "inference/token_chances.h"

#include "inference/logit_passes.h"
#include "inference/sampler.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace inference {

static_assert(kMostAlternatives < kernels::kMostLikeliest);

TokenChances::TokenChances(std::uint32_t alternatives, const SamplingOptions &options, const Tokenizer &tokenizer,
                           std::uint32_t vocabularySize)
    : m_tokenizer(tokenizer), m_alternatives(std::min(alternatives, kMostAlternatives)),
      m_copies(m_alternatives > 0 && Sampler::changesLogits(options))
{
    if (m_copies)
        m_copy.resize(vocabularySize);
    if (m_alternatives > 0)
        m_maxima.resize((vocabularySize + kLogitBlock - 1) / kLogitBlock);
    m_best.reserve(m_alternatives + 2);
    m_others.reserve(m_alternatives);
}

void TokenChances::read(std::span<const float> logits)
{
    if (m_alternatives == 0)
        return;
    m_best.clear();
    const std::size_t wanted = likeliest();
    float least = -std::numeric_limits<float>::max();
    m_sum = 0;
    if (!blockMaxima(logits, m_maxima))
        return; // the sampler says so, and nothing is told
    for (std::size_t block = 0; block < m_maxima.size(); ++block) {
        if (m_best.size() == wanted && m_maxima[block] <= least)
            continue;
        const std::size_t at = block * kLogitBlock, end = std::min(logits.size(), at + kLogitBlock);
        for (std::size_t i = at; i < end; ++i) {
            if (m_best.size() == wanted && logits[i] <= least)
                continue;
            const auto after = std::find_if(m_best.begin(), m_best.end(), [&](const Candidate &c) { return c.logit < logits[i]; });
            m_best.insert(after, {logits[i], TokenId(i)});
            if (m_best.size() > wanted)
                m_best.pop_back();
            least = m_best.back().logit;
        }
    }
    m_greatest = m_best.front().logit;
    m_sum = sumOfChances(logits, m_greatest);
    m_logits = logits;
    if (m_copies) {
        std::copy(logits.begin(), logits.end(), m_copy.begin());
        m_logits = m_copy;
    }
}

TokenChance TokenChances::chance(TokenId token, float logit) const
{
    const float probability = std::min(1.0f, float(std::exp(double(logit - m_greatest)) / m_sum));
    return {token, probability, !m_tokenizer.isSpecial(token), m_tokenizer.bytes(token)};
}

void TokenChances::tell(TokenId token, GenerationSink &sink)
{
    if (m_alternatives > 0)
        tell(token, m_logits[std::size_t(token)], sink);
}

void TokenChances::tell(const kernels::DrawnToken &drawn, GenerationSink &sink)
{
    if (m_alternatives == 0)
        return;
    m_best.clear();
    for (const auto &likely : std::span(drawn.likeliest).first(drawn.likeliestCount))
        m_best.push_back({likely.logit, likely.token});
    m_greatest = m_best.front().logit;
    m_sum = drawn.sum;
    tell(drawn.token, drawn.logit, sink);
}

void TokenChances::tell(TokenId token, float logit, GenerationSink &sink)
{
    m_others.clear();
    for (const Candidate &candidate : m_best) {
        if (candidate.token != token && m_others.size() < m_alternatives)
            m_others.push_back(chance(candidate.token, candidate.logit));
    }
    sink.onToken(chance(token, logit), m_others);
}

} // namespace inference
