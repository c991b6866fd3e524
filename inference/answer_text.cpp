#include "inference/answer_text.h"

#include <algorithm>

namespace inference {

AnswerText::AnswerText(const Tokenizer &tokenizer, std::vector<std::string> stopStrings, GenerationSink &sink)
    : m_tokenizer(tokenizer), m_stopStrings(std::move(stopStrings)), m_sink(sink)
{}

bool AnswerText::push(TokenId token)
{
    const std::string_view bytes = m_tokenizer.bytes(token);
    // Control tokens are no text. Reasoning tags are, whatever the vocabulary calls them.
    if (m_tokenizer.isSpecial(token) && bytes != "<think>" && bytes != "</think>")
        return false;
    return take(m_characters.push(bytes));
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
    m_pending += text;
    std::size_t first = std::string::npos;
    for (const std::string &stop : m_stopStrings)
        first = std::min(first, m_pending.find(stop));
    m_stopped = first != std::string::npos;
    const std::size_t ready = m_stopped ? first : m_pending.size() - heldBack();
    if (ready > 0)
        m_sink.onText(std::string_view(m_pending).substr(0, ready));
    m_pending.erase(0, m_stopped ? std::string::npos : ready);
    return m_stopped;
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
