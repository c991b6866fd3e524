// The JSON in a tool call: checked within limits, and its parts found without a copy of it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace inference {

// Without white space of JSON around or before it.
std::string_view trimmed(std::string_view text);
std::string_view withoutLeadingSpace(std::string_view text);

// Empty when `text` is one JSON object with brackets at most `maxDepth` deep, else what is wrong, a sentence.
std::string problemOfJsonObject(std::string_view text, std::size_t maxDepth);

// The value of a member as it is written; empty where there is none. The last one counts, as in other
// readers. `object` has to be a JSON object (problemOfJsonObject() found nothing).
std::string_view memberOf(std::string_view object, std::string_view name);

// What a JSON string says; nothing for other values.
std::optional<std::string> textOf(std::string_view value);

} // namespace inference
