#include "inference/lookup_draft.h"

#include <algorithm>
#include <bit>

namespace inference {

namespace {

constexpr int kMostCandidates = 32; // a text of one repeated word has thousands

} // namespace

LookupDraft::LookupDraft(std::uint32_t contextLength)
    : m_latest(std::bit_ceil(std::clamp<std::size_t>(contextLength, 1024, 1u << 17)), 0),
      m_shift(64 - std::countr_zero(m_latest.size()))
{
    m_tokens.reserve(contextLength + 1);
    m_earlier.reserve(contextLength + 2);
    m_earlier.push_back(0);
}

std::size_t LookupDraft::slotOf(std::size_t end) const
{
    const auto a = static_cast<std::uint32_t>(m_tokens[end - 2]),
               b = static_cast<std::uint32_t>(m_tokens[end - 1]);
    return (std::uint64_t(a) << 32 | b) * 0x9E3779B97F4A7C15u >> m_shift;
}

void LookupDraft::append(TokenId token)
{
    m_tokens.push_back(token);
    const std::size_t end = m_tokens.size();
    m_earlier.push_back(0);
    if (end < kShortest)
        return;
    std::uint32_t &latest = m_latest[slotOf(end)];
    m_earlier[end] = latest;
    latest = static_cast<std::uint32_t>(end);
}

// How many tokens before `end` are those at the end of the text.
std::uint32_t LookupDraft::matchLength(std::size_t end) const
{
    std::uint32_t length = 0;
    while (length < kLongest && length < end &&
           m_tokens[end - 1 - length] == m_tokens[m_tokens.size() - 1 - length])
        ++length;
    return length;
}

LookupDraft::Guess LookupDraft::guess(std::uint32_t most) const
{
    if (m_tokens.size() < kShortest)
        return {};
    std::size_t best = 0;
    std::uint32_t longest = kShortest - 1;
    std::size_t end = m_earlier[m_tokens.size()];
    for (int i = 0; end != 0 && i < kMostCandidates && longest < kLongest; ++i, end = m_earlier[end]) {
        if (const std::uint32_t length = matchLength(end); length > longest) {
            longest = length;
            best = end;
        }
    }
    if (best == 0)
        return {};
    return {std::span(m_tokens).subspan(best, std::min<std::size_t>(most, m_tokens.size() - best)), longest};
}

} // namespace inference
