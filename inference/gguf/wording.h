// Numbers and foreign text as they appear in messages.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace inference {

// "1,117,320,768"
std::string grouped(std::uint64_t number);
// "1,117,320,768 bytes", "1 byte"
std::string byteCount(std::uint64_t bytes);

// Foreign text on one line: control characters, invisible direction marks and invalid UTF-8 as \xNN, cut
// after maxBytes with "...".
std::string printable(std::string_view text, std::size_t maxBytes = 120);
// The same between quotation marks.
std::string inQuotes(std::string_view text, std::size_t maxBytes = 120);
// A path, whole.
std::string pathText(const std::filesystem::path &path);

} // namespace inference
