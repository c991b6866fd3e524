#include "inference/token_chances.h"

#include "inference/exponential.h"
#include "inference/sampler.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace inference {

namespace {

constexpr std::size_t kBlock = 64; // logits that are passed over together when none of them is among the best

struct Block
{
    float greatest;
    bool finite;
};

Block look(const float *values, std::size_t count)
{
    float lanes[8];
    std::fill_n(lanes, 8, -std::numeric_limits<float>::max());
    std::uint32_t bad = 0; // all exponent bits set: NaN or infinity
    std::size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        for (std::size_t j = 0; j < 8; ++j) {
            const float v = values[i + j];
            lanes[j] = v > lanes[j] ? v : lanes[j];
            bad |= (std::bit_cast<std::uint32_t>(v) & 0x7f800000u) == 0x7f800000u;
        }
    }
    for (; i < count; ++i) {
        lanes[0] = std::max(lanes[0], values[i]);
        bad |= (std::bit_cast<std::uint32_t>(values[i]) & 0x7f800000u) == 0x7f800000u;
    }
    return {*std::max_element(lanes, lanes + 8), bad == 0};
}

} // namespace

TokenChances::TokenChances(std::uint32_t alternatives, const SamplingOptions &options, const Tokenizer &tokenizer,
                           std::uint32_t vocabularySize)
    : m_tokenizer(tokenizer), m_alternatives(std::min(alternatives, kMostAlternatives)),
      m_copies(m_alternatives > 0 && Sampler::changesLogits(options))
{
    if (m_copies)
        m_copy.resize(vocabularySize);
    m_best.reserve(m_alternatives + 2);
    m_others.reserve(m_alternatives);
}

void TokenChances::read(std::span<const float> logits)
{
    if (m_alternatives == 0)
        return;
    m_best.clear();
    const std::size_t wanted = m_alternatives + 1; // the one that is drawn may be among them
    float least = -std::numeric_limits<float>::max();
    for (std::size_t at = 0; at < logits.size(); at += kBlock) {
        const std::size_t end = std::min(logits.size(), at + kBlock);
        const Block block = look(logits.data() + at, end - at);
        if (!block.finite)
            return; // the sampler says so, and nothing is told
        if (m_best.size() == wanted && block.greatest <= least)
            continue;
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
    m_sum = sumOfExponentials(logits, m_greatest);
    m_logits = logits;
    if (m_copies) {
        std::copy(logits.begin(), logits.end(), m_copy.begin());
        m_logits = m_copy;
    }
}

TokenChance TokenChances::chance(TokenId token, float logit) const
{
    const float below = std::min(0.0f, logit - m_greatest);
    const float probability = std::min(1.0f, float(double(exponential(below)) / m_sum));
    return {token, probability, !m_tokenizer.isSpecial(token), m_tokenizer.bytes(token)};
}

void TokenChances::tell(TokenId token, GenerationSink &sink)
{
    if (m_alternatives == 0)
        return;
    m_others.clear();
    for (const Candidate &candidate : m_best) {
        if (candidate.token != token && m_others.size() < m_alternatives)
            m_others.push_back(chance(candidate.token, candidate.logit));
    }
    sink.onToken(chance(token, m_logits[std::size_t(token)]), m_others);
}

} // namespace inference
