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

// Tags may be split over pieces: up to 7 bytes are held back. Tolerates a missing opening tag (start inside), an empty
// <think></think> and an answer that ends while thinking. The tags and the line breaks around them are not shown.
// A second <think> after the answer has begun is text.
class ReasoningParser
{
public:
    explicit ReasoningParser(bool startsInside);
    std::vector<TextPiece> push(std::string_view text);
    std::vector<TextPiece> flush();

private:
    enum class State { Before, Inside, Answer };
    State m_state;
    std::string m_pending;
    bool m_skipLeadingSpace = true;
};

} // namespace inference
