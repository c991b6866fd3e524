#include "inference/answer_text.h"

#include <algorithm>

namespace inference {

AnswerText::AnswerText(const Tokenizer &tokenizer, std::vector<std::string> stopStrings, GenerationSink &sink)
    : m_tokenizer(tokenizer), m_stopStrings(std::move(stopStrings)), m_sink(sink)
{}

// Control tokens are no text. Reasoning tags are, whatever the vocabulary calls them.
std::string_view AnswerText::textOf(TokenId token) const
{
    const std::string_view bytes = m_tokenizer.bytes(token);
    return m_tokenizer.isSpecial(token) && bytes != "<think>" && bytes != "</think>" ? std::string_view() : bytes;
}

std::string AnswerText::begin(std::span<const TokenId> tokens)
{
    std::string text;
    for (const TokenId token : tokens) {
        text += settle(m_characters.push(textOf(token)));
        if (m_stopped)
            break;
    }
    return text;
}

bool AnswerText::push(TokenId token)
{
    return take(m_characters.push(textOf(token)));
}

void AnswerText::flush()
{
    if (m_stopped || take(m_characters.flush()))
        return;
    if (!m_pending.empty())
        m_sink.onText(m_pending);
    m_pending.clear();
}

bool AnswerText::take(const std::string &text)
{
    const std::string ready = settle(text);
    if (!ready.empty())
        m_sink.onText(ready);
    return m_stopped;
}

// The text, and what was held back before it, as far as it can no longer become part of a stop string.
std::string AnswerText::settle(const std::string &text)
{
    m_pending += text;
    std::size_t first = std::string::npos;
    for (const std::string &stop : m_stopStrings)
        first = std::min(first, m_pending.find(stop));
    m_stopped = first != std::string::npos;
    const std::string ready = m_pending.substr(0, m_stopped ? first : m_pending.size() - heldBack());
    m_pending.erase(0, m_stopped ? std::string::npos : ready.size());
    return ready;
}

std::size_t AnswerText::heldBack() const
{
    std::size_t most = 0;
    for (const std::string &stop : m_stopStrings) {
        for (std::size_t length = std::min(stop.size() - 1, m_pending.size()); length > most; --length) {
            if (m_pending.ends_with(std::string_view(stop).substr(0, length))) {
                most = length;
                break;
            }
        }
    }
    // Never half a character: a stop string may share its first byte with many of them.
    while (most > 0 && most < m_pending.size() &&
           (std::uint8_t(m_pending[m_pending.size() - most]) & 0xc0) == 0x80)
        ++most;
    return most;
}

} // namespace inference
