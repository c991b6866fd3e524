// Splits an answer into text and the calls of tools in it, while it streams.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace inference {

struct ToolCall
{
    std::string name;
    std::string arguments; // a JSON object, as the model wrote it
};

// Text, a call, or what was meant as a call and is none.
struct AnswerPart
{
    enum class Kind { Text, Call, BrokenCall };
    Kind kind = Kind::Text;
    std::string text;    // Text and BrokenCall: what the model wrote, opening tag included
    ToolCall call;       // Call
    std::string problem; // BrokenCall: what is wrong, a sentence
};

// Three ways to write a call are known, whatever the model (reference/deepseek-models.md section 5, and the
// chat templates of Qwen 2.5 and 3):
//
//     V3, R1  <｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>NAME
//             ```json
//             {...}
//             ```<｜tool▁call▁end｜><｜tool▁calls▁end｜>
//     V3.1
//     <｜tool▁calls▁begin｜><｜tool▁call▁begin｜>NAME<｜tool▁sep｜>{...}<｜tool▁call▁end｜><｜tool▁calls▁end｜>
//     Qwen    <tool_call>
//             {"name": NAME, "arguments": {...}}
//             </tool_call>
//
// Closing tags may be missing, as models leave them out. Tags may be split over pieces; text is held back
// only while it may be a tag. White space around calls is dropped once the first has come. What the parts add
// up to does not depend on how the text was cut. It wants the answer alone, without reasoning
// (reasoning_parser.h): a thought may speak of calls that it does not make.
//
// Bounded: a call longer than kMaxCallBytes is broken, and after kMaxCalls calls everything is text.
class ToolCallParser
{
public:
    static constexpr std::size_t kMaxCallBytes = 1u << 20;
    static constexpr std::size_t kMaxCalls = 128;
    static constexpr std::size_t kMaxDepth = 64; // brackets of the arguments inside one another

    std::vector<AnswerPart> push(std::string_view text);
    std::vector<AnswerPart> flush(); // the answer is over

private:
    enum class State { Text, Between, DeepSeekCall, HermesCall };
    std::vector<AnswerPart> read(bool ends);
    bool readText(bool ends, std::vector<AnswerPart> &out);
    bool readBetween(bool ends);
    bool readCall(bool ends, std::vector<AnswerPart> &out);
    bool breakOff(std::vector<AnswerPart> &out);

    State m_state = State::Text;
    std::string m_pending;     // not handed on yet; a call stands there from its opening tag on
    std::size_t m_at = 0;      // what of it has been read
    std::size_t m_scanned = 0; // in a call: no closing tag begins before
    std::size_t m_calls = 0;   // broken ones, too
};

} // namespace inference
