#include "inference/sampler.h"

#include "inference/exponential.h"
#include "inference/logit_passes.h"
#include "kernels/backend.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <limits>
#include <random>
#include <string>

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF // a fused product would change the draw from machine to machine
#endif

namespace inference {

using kernels::kLeastTemperature;
using kernels::kRandomStep;

namespace {

constexpr std::size_t kBlock = kLogitBlock;

std::string number(float value)
{
    char text[32];
    std::snprintf(text, sizeof text, "%g", double(value));
    return text;
}

Result<void> checkRange(const char *name, float value, float least, float most, const char *range)
{
    if (std::isfinite(value) && value >= least && value <= most)
        return {};
    const std::string found = number(value);
    return Error(
        ErrorCode::InvalidArgument,
        {.what = "A sampling option is out of range", .where = name, .expected = range, .found = found});
}

} // namespace

RandomStream::RandomStream(std::uint64_t seed) : m_state(kernels::mixed(seed + kRandomStep)) {}

std::uint64_t RandomStream::next()
{
    m_state += kRandomStep;
    return kernels::mixed(m_state);
}

void RandomStream::skip(std::uint64_t draws)
{
    m_state += draws * kRandomStep;
}

double RandomStream::nextUnit()
{
    return kernels::unitOf(next());
}

std::uint64_t randomSeed()
{
    std::random_device device;
    return (std::uint64_t(device()) << 32) ^ device();
}

Result<void> checkSamplingOptions(const SamplingOptions &options)
{
    if (auto r = checkRange("temperature", options.temperature, 0, 1000, "0 to 1000"); !r)
        return r;
    if (auto r = checkRange("top-p", options.topP, 0, 1, "0 to 1"); !r)
        return r;
    if (auto r = checkRange("min-p", options.minP, 0, 1, "0 to 1"); !r)
        return r;
    return checkRange("repeat penalty", options.repeatPenalty, 1e-3f, 1000, "0.001 to 1000");
}

// What one pass over all logits finds.
struct Sampler::Scan
{
    bool finite = true;
    float greatest = 0;
    TokenId token = 0;
};

Sampler::Sampler(const SamplingOptions &options, std::uint32_t vocabularySize, std::uint32_t historyTokens,
                 std::uint64_t seed)
    : m_options(options), m_random(seed)
{
    if (options.repeatPenalty != 1.0f) {
        m_window.resize(std::min(options.repeatWindow, historyTokens));
        m_penalisedAt.resize(vocabularySize);
    }
    m_blockGreatest.resize((vocabularySize + kBlock - 1) / kBlock);
    m_blockOrder.reserve(m_blockGreatest.size());
    m_candidates.reserve(vocabularySize);
    m_weights.reserve(vocabularySize);
}

bool Sampler::changesLogits(const SamplingOptions &options)
{
    const bool filters = options.topK != 0 || options.topP < 1 || options.minP > 0;
    return options.repeatPenalty != 1.0f || (options.temperature >= kLeastTemperature && !filters);
}

void Sampler::accept(TokenId token)
{
    if (m_window.empty())
        return;
    m_window[m_windowNext] = token;
    m_windowNext = (m_windowNext + 1) % m_window.size();
    m_windowUsed = std::min(m_windowUsed + 1, m_window.size());
}

kernels::DrawOptions Sampler::drawOptions(std::uint32_t likeliest) const
{
    kernels::DrawOptions options;
    options.temperature = m_options.temperature;
    options.topK = m_options.topK;
    options.topP = m_options.topP;
    options.minP = m_options.minP;
    options.logMinP = m_options.minP > 0 ? std::log(m_options.minP) : 0;
    options.repeatPenalty = m_options.repeatPenalty;
    options.likeliest = likeliest;
    return options;
}

kernels::DrawState Sampler::drawState() const
{
    return {m_random.state(), m_window, std::uint32_t(m_windowNext), std::uint32_t(m_windowUsed)};
}

void Sampler::penalise(std::span<float> logits)
{
    ++m_samples;
    for (std::size_t i = 0; i < m_windowUsed; ++i) {
        const auto token = static_cast<std::size_t>(m_window[i]);
        if (token >= logits.size() || m_penalisedAt[token] == m_samples)
            continue;
        m_penalisedAt[token] = m_samples;
        float &logit = logits[token];
        logit = logit > 0 ? logit / m_options.repeatPenalty : logit * m_options.repeatPenalty;
    }
}

Sampler::Scan Sampler::scan(std::span<const float> logits)
{
    Scan result;
    result.finite = blockMaxima(logits, m_blockGreatest);
    if (!result.finite)
        return result;
    const auto bestBlock = std::size_t(std::max_element(m_blockGreatest.begin(), m_blockGreatest.end()) - m_blockGreatest.begin());
    result.greatest = m_blockGreatest[bestBlock];
    const auto first = logits.begin() + std::ptrdiff_t(bestBlock * kBlock);
    result.token = TokenId(std::find(first, logits.end(), result.greatest) - logits.begin());
    return result;
}

void Sampler::selectAtLeast(std::span<const float> logits, float threshold)
{
    m_candidates.clear();
    for (std::size_t block = 0; block < m_blockGreatest.size(); ++block) {
        if (m_blockGreatest[block] < threshold)
            continue;
        const std::size_t end = std::min(logits.size(), (block + 1) * kBlock);
        for (std::size_t i = block * kBlock; i < end; ++i) {
            if (logits[i] >= threshold)
                m_candidates.push_back({logits[i], TokenId(i)});
        }
    }
}

// The `count` greatest logits, in order. The count-th greatest of the block maxima is a lower bound of the
// count-th greatest logit, so only few logits are looked at one by one.
void Sampler::selectGreatest(std::span<const float> logits, std::size_t count)
{
    float threshold = -std::numeric_limits<float>::max();
    if (count <= m_blockGreatest.size()) {
        m_blockOrder.assign(m_blockGreatest.begin(), m_blockGreatest.end());
        const auto nth = m_blockOrder.begin() + std::ptrdiff_t(count - 1);
        std::nth_element(m_blockOrder.begin(), nth, m_blockOrder.end(), std::greater<>());
        threshold = *nth;
    }
    selectAtLeast(logits, threshold);
    const auto before = [](const Candidate &a, const Candidate &b) {
        return a.logit != b.logit ? a.logit > b.logit : a.token < b.token;
    };
    if (count < m_candidates.size()) {
        std::nth_element(m_candidates.begin(), m_candidates.begin() + std::ptrdiff_t(count),
                         m_candidates.end(), before);
        m_candidates.resize(count);
    }
    std::sort(m_candidates.begin(), m_candidates.end(), before);
}

// Top-p. With top-k, the candidates are there already; without it, more and more of the greatest logits are
// sorted until their probabilities reach p.
void Sampler::keepNucleus(std::span<const float> logits, float greatest)
{
    double total = 0;
    std::size_t wanted = m_candidates.size();
    if (m_options.topK == 0) {
        total = sumOfExponentials(logits, greatest);
        wanted = 512;
    } else {
        for (const Candidate &candidate : m_candidates)
            total += double(exponential(candidate.logit - greatest));
    }
    const double target = total * double(m_options.topP);
    for (;; wanted *= 8) {
        if (m_options.topK == 0)
            selectGreatest(logits, std::min(wanted, logits.size()));
        double sum = 0;
        for (std::size_t i = 0; i < m_candidates.size(); ++i) {
            sum += double(exponential(m_candidates[i].logit - greatest));
            if (sum >= target) {
                m_candidates.resize(i + 1);
                return;
            }
        }
        if (m_options.topK != 0 || wanted >= logits.size())
            return; // rounding kept the sum below the target: everything stays
    }
}

TokenId Sampler::drawFromCandidates(float greatest)
{
    const float inverse = 1.0f / m_options.temperature;
    double total = 0;
    m_weights.clear();
    for (const Candidate &candidate : m_candidates) {
        m_weights.push_back(exponential((candidate.logit - greatest) * inverse));
        total += double(m_weights.back());
    }
    double left = m_random.nextUnit() * total;
    for (std::size_t i = 0; i + 1 < m_candidates.size(); ++i) {
        left -= double(m_weights[i]);
        if (left < 0)
            return m_candidates[i].token;
    }
    return m_candidates.back().token;
}

// No filter at all: the draw walks the vocabulary in the order of the ids, block by block.
TokenId Sampler::drawFromAll(std::span<float> logits, float greatest)
{
    const float inverse = 1.0f / m_options.temperature;
    for (float &logit : logits)
        logit = exponential((logit - greatest) * inverse);
    double total = 0;
    for (std::size_t block = 0; block < m_blockGreatest.size(); ++block) {
        const std::size_t end = std::min(logits.size(), (block + 1) * kBlock);
        float lanes[8] = {};
        std::size_t i = block * kBlock;
        for (; i + 8 <= end; i += 8) {
            for (std::size_t j = 0; j < 8; ++j)
                lanes[j] += logits[i + j];
        }
        for (; i < end; ++i)
            lanes[0] += logits[i];
        float sum = 0;
        for (const float lane : lanes)
            sum += lane;
        m_blockGreatest[block] = sum;
        total += double(sum);
    }
    double left = m_random.nextUnit() * total;
    std::size_t block = 0;
    while (block + 1 < m_blockGreatest.size() && left >= double(m_blockGreatest[block]))
        left -= double(m_blockGreatest[block++]);
    const std::size_t end = std::min(logits.size(), (block + 1) * kBlock);
    std::size_t last = block * kBlock;
    for (std::size_t i = block * kBlock; i < end; ++i) {
        if (logits[i] > 0)
            last = i;
        left -= double(logits[i]);
        if (left < 0)
            return TokenId(i);
    }
    return TokenId(last);
}

Result<TokenId> Sampler::sample(std::span<float> logits)
{
    if (!m_window.empty())
        penalise(logits);
    const Scan found = scan(logits);
    if (!found.finite)
        return kernels::invalidNumbers("the logits of the next token");
    if (m_options.temperature < kLeastTemperature || m_options.topK == 1)
        return found.token;

    const bool nucleus = m_options.topP < 1;
    if (m_options.topK != 0)
        selectGreatest(logits, std::min<std::size_t>(m_options.topK, logits.size()));
    if (nucleus)
        keepNucleus(logits, found.greatest);
    if (m_options.topK == 0 && !nucleus) {
        if (m_options.minP <= 0)
            return drawFromAll(logits, found.greatest);
        selectAtLeast(logits, found.greatest + std::log(m_options.minP) - 1e-3f); // a little more than needed
    }
    if (m_options.minP > 0) {
        std::erase_if(m_candidates, [&](const Candidate &candidate) {
            return exponential(candidate.logit - found.greatest) < m_options.minP;
        });
    }
    return drawFromCandidates(found.greatest);
}

} // namespace inference
