// What several parts of the chat look for in templates and answers.
#pragma once

#include <string_view>

namespace inference {

// DeepSeek's and ChatML's marks, as their templates have them.
inline constexpr std::string_view kAssistant = "<｜Assistant｜>";
inline constexpr std::string_view kImEnd = "<|im_end|>";
inline constexpr std::string_view kThink = "<think>";
inline constexpr std::string_view kThinkEnd = "</think>";

// JSON's white space.
inline constexpr std::string_view kBlanks = " \t\r\n";
inline constexpr std::string_view kLineBreaks = "\r\n";

inline bool has(std::string_view text, std::string_view part)
{
    return text.find(part) != text.npos;
}

} // namespace inference
