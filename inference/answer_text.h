// Tokens of an answer to text: whole characters, stop strings found across tokens, special tokens left out.
#pragma once

#include "inference/engine.h"
#include "inference/text/tokenizer.h"

#include <span>
#include <string>
#include <vector>

namespace inference {

class AnswerText
{
public:
    AnswerText(const Tokenizer &tokenizer, std::vector<std::string> stopStrings, GenerationSink &sink);

    // Before all else: tokens that the answer begins with. Gives the text that push() would have passed on; of what it would have
    // held back, text comes with the tokens that follow. Where a stop string is complete, stopped() is true.
    std::string begin(std::span<const TokenId> tokens);
    bool stopped() const { return m_stopped; }
    // Passes on what can no longer become part of a stop string. True when a stop string is complete: the
    // text before it is out, nothing more may be pushed.
    bool push(TokenId token);
    // The answer has ended: without a stop string, what was held back is text.
    void flush();

private:
    std::string_view textOf(TokenId token) const;
    std::string settle(const std::string &text);
    bool take(const std::string &text);
    std::size_t heldBack() const; // bytes at the end of m_pending that may begin a stop string

    const Tokenizer &m_tokenizer;
    const std::vector<std::string> m_stopStrings;
    GenerationSink &m_sink;
    Utf8Stream m_characters;
    std::string m_pending;
    bool m_stopped = false;
};

} // namespace inference
