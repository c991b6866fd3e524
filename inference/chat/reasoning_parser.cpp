#include "inference/chat/reasoning_parser.h"

#include "inference/chat/chat_markers.h"

#include <algorithm>

namespace inference {

namespace {

bool isBeginningOf(std::string_view text, std::string_view tag)
{
    return text.size() < tag.size() && tag.starts_with(text);
}

void emit(TextKind kind, std::string_view text, std::vector<TextPiece> &out)
{
    if (text.empty())
        return;
    if (!out.empty() && out.back().kind == kind)
        out.back().text += text;
    else
        out.push_back({kind, std::string(text)});
}

} // namespace

ReasoningParser::ReasoningParser(bool startsInside)
    : m_state(startsInside ? State::Inside : State::Before), m_mayReopen(startsInside)
{}

std::vector<TextPiece> ReasoningParser::push(std::string_view text)
{
    m_pending += text;
    std::vector<TextPiece> out;
    read(false, out);
    return out;
}

std::vector<TextPiece> ReasoningParser::flush()
{
    std::vector<TextPiece> out;
    read(true, out);
    m_pending.clear();
    return out;
}

void ReasoningParser::read(bool ends, std::vector<TextPiece> &out)
{
    if (m_state == State::Before && !readBefore(ends))
        return;
    if (m_state == State::Inside && !readInside(ends, out))
        return;
    if (m_skipLeadingSpace) {
        m_pending.erase(0, std::min(m_pending.find_first_not_of(kLineBreaks), m_pending.size())); // an indent may open an answer
        if (m_pending.empty())
            return;
        m_skipLeadingSpace = false;
    }
    emit(TextKind::Answer, m_pending, out);
    m_pending.clear();
}

// Nothing but white space has come. True when the state is another one now.
bool ReasoningParser::readBefore(bool ends)
{
    const std::size_t start = std::min(m_pending.find_first_not_of(kBlanks), m_pending.size());
    const std::string_view rest = std::string_view(m_pending).substr(start);
    if (rest.starts_with(kThink)) {
        m_pending.erase(0, start + kThink.size());
        m_state = State::Inside;
        return true;
    }
    if (!ends && isBeginningOf(rest, kThink))
        return false; // the empty text is a beginning, too
    m_state = State::Answer;
    m_skipLeadingSpace = false; // an answer without reasoning is shown as it is
    return true;
}

// True when the closing tag has come.
bool ReasoningParser::readInside(bool ends, std::vector<TextPiece> &out)
{
    if (m_skipLeadingSpace) {
        m_pending.erase(0, std::min(m_pending.find_first_not_of(kBlanks), m_pending.size()));
        if (m_mayReopen && std::string_view(m_pending).starts_with(kThink)) {
            m_mayReopen = false;
            m_pending.erase(0, kThink.size());
            return readInside(ends, out);
        }
        if (m_pending.empty() || (!ends && m_mayReopen && isBeginningOf(m_pending, kThink)))
            return false;
    }
    const std::size_t close = m_pending.find(kThinkEnd);
    if (close != m_pending.npos) {
        const std::string_view reasoning = std::string_view(m_pending).substr(0, close);
        const std::size_t last = reasoning.find_last_not_of(kBlanks);
        emit(TextKind::Reasoning, reasoning.substr(0, last == reasoning.npos ? 0 : last + 1), out);
        m_pending.erase(0, close + kThinkEnd.size());
        m_state = State::Answer;
        m_skipLeadingSpace = true;
        return true;
    }
    // What may belong to a closing tag stays: a beginning of it, and the white space before.
    std::size_t keep = m_pending.size();
    if (!ends) {
        for (std::size_t n = std::min(kThinkEnd.size() - 1, m_pending.size()); n > 0; --n) {
            if (kThinkEnd.starts_with(std::string_view(m_pending).substr(m_pending.size() - n))) {
                keep = m_pending.size() - n;
                break;
            }
        }
    }
    const std::size_t last = keep == 0 ? m_pending.npos : m_pending.find_last_not_of(kBlanks, keep - 1);
    keep = last == m_pending.npos ? 0 : last + 1;
    if (keep > 0) {
        m_skipLeadingSpace = false;
        m_mayReopen = false;
        emit(TextKind::Reasoning, std::string_view(m_pending).substr(0, keep), out);
        m_pending.erase(0, keep);
    }
    return false;
}

} // namespace inference
