// Reading UTF-8 that may be broken: whole characters, and single bytes where there is none.
#pragma once

#include "inference/text/unicode_tables.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace inference::utf8 {

// A byte that is not part of a character reads as kInvalid + byte, one byte long.
inline constexpr std::uint32_t kInvalid = 0x110000;

struct Character
{
    std::uint32_t codePoint = 0;
    std::uint32_t length = 0; // bytes, 1 .. 4
};

// Reads the character at `p`; `p` is before `end`. Overlong forms, surrogates and numbers above 10FFFF are
// invalid.
inline Character read(const char *p, const char *end)
{
    const auto at = [p](int i) { return static_cast<std::uint8_t>(p[i]); };
    const std::uint32_t lead = at(0);
    if (lead < 0x80)
        return {lead, 1};
    const auto available = end - p;
    const auto follows = [&](int i) { return (at(i) & 0xC0u) == 0x80u; };
    if (lead >= 0xC2 && lead < 0xE0) {
        if (available >= 2 && follows(1))
            return {(lead & 0x1F) << 6 | (at(1) & 0x3Fu), 2};
    } else if (lead >= 0xE0 && lead < 0xF0) {
        if (available >= 3 && follows(1) && follows(2)) {
            const std::uint32_t c = (lead & 0x0F) << 12 | (at(1) & 0x3Fu) << 6 | (at(2) & 0x3Fu);
            if (c >= 0x800 && (c < 0xD800 || c >= 0xE000))
                return {c, 3};
        }
    } else if (lead >= 0xF0 && lead < 0xF5) {
        if (available >= 4 && follows(1) && follows(2) && follows(3)) {
            const std::uint32_t c =
                (lead & 0x07) << 18 | (at(1) & 0x3Fu) << 12 | (at(2) & 0x3Fu) << 6 | (at(3) & 0x3Fu);
            if (c >= 0x10000 && c < 0x110000)
                return {c, 4};
        }
    }
    return {kInvalid + lead, 1};
}

// Appends a character; one that read() called invalid becomes the same byte again.
void append(std::string &out, std::uint32_t codePoint);

// Class bits of a character; a byte that is none counts as the symbol U+FFFD, which would stand for it.
inline std::uint8_t classOf(std::uint32_t codePoint, const std::uint8_t *classes)
{
    return codePoint < kInvalid ? classes[codePoint] : unicode::kSymbol;
}

} // namespace inference::utf8
