// Splits an answer into reasoning (between <think> and </think>) and the answer proper, while it streams.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace inference {

enum class TextKind { Answer, Reasoning };

struct TextPiece
{
    TextKind kind = TextKind::Answer;
    std::string text;
};

// Tags may be split over pieces: up to 7 bytes are held back, and line breaks that may turn out to stand
// before a closing tag. Tolerates a missing opening tag (start inside), an empty <think></think>, an opening
// tag that repeats the prompt's, and an answer that ends while thinking. The tags and the line breaks around
// them are not shown. A <think> after the answer has begun is text, and so is a </think> that closes nothing.
//
// What the pieces of one kind add up to does not depend on how the text was cut.
class ReasoningParser
{
public:
    explicit ReasoningParser(bool startsInside);
    std::vector<TextPiece> push(std::string_view text);
    std::vector<TextPiece> flush();

private:
    enum class State { Before, Inside, Answer };
    void read(bool ends, std::vector<TextPiece> &out);
    bool readBefore(bool ends);
    bool readInside(bool ends, std::vector<TextPiece> &out);

    State m_state;
    std::string m_pending;
    bool m_skipLeadingSpace = true; // line breaks behind a tag
    bool m_mayReopen = false;       // the prompt opened the reasoning and nothing of it has come yet
};

} // namespace inference
