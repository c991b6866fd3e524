#include "inference/chat/jinja/text.h"

#include "inference/text/utf8.h"

#include <algorithm>

namespace inference::jinja {

namespace {

std::vector<Text::Run>::const_iterator runAt(const std::vector<Text::Run> &runs, std::size_t offset)
{
    return std::upper_bound(runs.begin(), runs.end(), offset,
                            [](std::size_t at, const Text::Run &run) { return at < run.end; });
}

} // namespace

bool Text::foreignAt(std::size_t offset) const
{
    const auto run = runAt(m_runs, offset);
    return run != m_runs.end() && run->foreign;
}

bool Text::anyForeign() const
{
    return m_runs.size() > 1 || (!m_runs.empty() && m_runs.front().foreign);
}

void Text::append(std::string_view bytes, bool foreign)
{
    if (bytes.empty())
        return;
    m_bytes.append(bytes);
    const auto end = static_cast<std::uint32_t>(m_bytes.size());
    if (!m_runs.empty() && m_runs.back().foreign == foreign)
        m_runs.back().end = end;
    else
        m_runs.push_back({end, foreign});
}

void Text::append(const Text &other)
{
    append(other, 0, other.size());
}

void Text::append(const Text &other, std::size_t from, std::size_t length)
{
    const std::size_t end = from + length;
    for (auto run = runAt(other.m_runs, from); from < end; ++run) {
        const std::size_t upTo = std::min<std::size_t>(run->end, end);
        append(other.bytes().substr(from, upTo - from), run->foreign);
        from = upTo;
    }
}

Text Text::slice(std::size_t from, std::size_t length) const
{
    Text part;
    part.append(*this, from, length);
    return part;
}

std::vector<std::uint32_t> characterOffsets(std::string_view text)
{
    std::vector<std::uint32_t> offsets;
    offsets.reserve(text.size() + 1);
    const char *begin = text.data(), *end = begin + text.size();
    for (const char *p = begin; p < end; p += utf8::read(p, end).length)
        offsets.push_back(static_cast<std::uint32_t>(p - begin));
    offsets.push_back(static_cast<std::uint32_t>(text.size()));
    return offsets;
}

std::size_t characterCount(std::string_view text)
{
    std::size_t count = 0;
    const char *end = text.data() + text.size();
    for (const char *p = text.data(); p < end; p += utf8::read(p, end).length)
        ++count;
    return count;
}

} // namespace inference::jinja
