// UTF-8 text on a terminal: characters one by one, and how many columns each takes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace inference::cli {

struct Character
{
    char32_t code = 0; // U+FFFD for a byte that is no UTF-8
    std::size_t bytes = 1;
};

// The character that begins at `at`, which is below text.size().
Character characterAt(std::string_view text, std::size_t at);

// 0 for combining marks and invisible characters, 2 for East Asian wide ones and emoji, otherwise 1.
int columnsOf(char32_t code);

// Where the cluster before or after `at` begins or ends: a character with the combining marks that follow it.
std::size_t clusterBefore(std::string_view text, std::size_t at);
std::size_t clusterAfter(std::string_view text, std::size_t at);

// Text from outside for a terminal: control characters but line break and tab become U+FFFD, so that no
// answer of a model can move the cursor or change the terminal.
std::string terminalSafe(std::string_view text);

} // namespace inference::cli
