// Python's str methods on texts that keep track of foreign bytes: a byte made from foreign bytes is foreign.
#pragma once

#include "inference/chat/jinja/evaluation.h"
#include "inference/chat/jinja/text.h"

#include <optional>
#include <string_view>
#include <vector>

namespace inference::jinja {

// Offset of the first or last place at or behind `from`, or npos; in linear time, whatever the texts.
std::size_t findBytes(std::string_view text, std::string_view part, std::size_t from = 0);
std::size_t findLastBytes(std::string_view text, std::string_view part);

bool isPythonSpace(std::uint32_t character); // str.isspace(): white space and the four separators 1C-1F
bool isPrintable(std::uint32_t character);   // str.isprintable()

// The characters of `set`, or white space, off the ends.
Text stripped(Evaluation &evaluation, const Text &text, std::optional<std::string_view> set, bool left = true,
              bool right = true);
// At most `limit` cuts (negative: all). Without a separator: at white space, no part empty. `separator` is
// not empty.
std::vector<Text> splitText(Evaluation &evaluation, const Text &text,
                            std::optional<std::string_view> separator, std::int64_t limit, bool fromRight);
std::vector<Text> splitLines(Evaluation &evaluation, const Text &text, bool keepEnds);
Text replaced(Evaluation &evaluation, const Text &text, const Text &old, const Text &with,
              std::int64_t limit);
Text joined(Evaluation &evaluation, const std::vector<Text> &parts, const Text &separator);
Text repeated(Evaluation &evaluation, const Text &text, std::int64_t times);

Text upper(Evaluation &evaluation, const Text &text);
Text lower(Evaluation &evaluation, const Text &text);
Text capitalized(Evaluation &evaluation,
                 const Text &text);                    // the first character in title case, the rest lower
Text titled(Evaluation &evaluation, const Text &text); // each run of letters capitalized
bool isCased(std::uint32_t character);

// & < > ' " as HTML entities.
Text escaped(Evaluation &evaluation, const Text &text);

// Charges for `more` bytes and appends them.
void appendTo(Evaluation &evaluation, Text &out, std::string_view more, bool foreign);
void appendTo(Evaluation &evaluation, Text &out, const Text &more);

} // namespace inference::jinja
