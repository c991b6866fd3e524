#include "inference/cli/text_width.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace inference::cli {

namespace {

struct Range
{
    char32_t first, last;
};

// Unicode 15, East_Asian_Width W and F; short gaps of unassigned code points are closed.
constexpr Range kWide[] = {
    {0x1100, 0x115f},   {0x231a, 0x231b},   {0x2329, 0x232a},   {0x23e9, 0x23ec},   {0x23f0, 0x23f0},
    {0x23f3, 0x23f3},   {0x25fd, 0x25fe},   {0x2614, 0x2615},   {0x2648, 0x2653},   {0x267f, 0x267f},
    {0x2693, 0x2693},   {0x26a1, 0x26a1},   {0x26aa, 0x26ab},   {0x26bd, 0x26be},   {0x26c4, 0x26c5},
    {0x26ce, 0x26ce},   {0x26d4, 0x26d4},   {0x26ea, 0x26ea},   {0x26f2, 0x26f3},   {0x26f5, 0x26f5},
    {0x26fa, 0x26fa},   {0x26fd, 0x26fd},   {0x2705, 0x2705},   {0x270a, 0x270b},   {0x2728, 0x2728},
    {0x274c, 0x274c},   {0x274e, 0x274e},   {0x2753, 0x2755},   {0x2757, 0x2757},   {0x2795, 0x2797},
    {0x27b0, 0x27b0},   {0x27bf, 0x27bf},   {0x2b1b, 0x2b1c},   {0x2b50, 0x2b50},   {0x2b55, 0x2b55},
    {0x2e80, 0x303e},   {0x3041, 0x33ff},   {0x3400, 0x4dbf},   {0x4e00, 0xa4cf},   {0xa960, 0xa97f},
    {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe10, 0xfe19},   {0xfe30, 0xfe6f},   {0xff01, 0xff60},
    {0xffe0, 0xffe6},   {0x16fe0, 0x18d08}, {0x1aff0, 0x1b2fb}, {0x1f004, 0x1f004}, {0x1f0cf, 0x1f0cf},
    {0x1f18e, 0x1f18e}, {0x1f191, 0x1f19a}, {0x1f200, 0x1f320}, {0x1f32d, 0x1f335}, {0x1f337, 0x1f37c},
    {0x1f37e, 0x1f393}, {0x1f3a0, 0x1f3ca}, {0x1f3cf, 0x1f3d3}, {0x1f3e0, 0x1f3f0}, {0x1f3f4, 0x1f3f4},
    {0x1f3f8, 0x1f43e}, {0x1f440, 0x1f440}, {0x1f442, 0x1f4fc}, {0x1f4ff, 0x1f53d}, {0x1f54b, 0x1f54e},
    {0x1f550, 0x1f567}, {0x1f57a, 0x1f57a}, {0x1f595, 0x1f596}, {0x1f5a4, 0x1f5a4}, {0x1f5fb, 0x1f64f},
    {0x1f680, 0x1f6c5}, {0x1f6cc, 0x1f6cc}, {0x1f6d0, 0x1f6d2}, {0x1f6d5, 0x1f6df}, {0x1f6eb, 0x1f6ec},
    {0x1f6f4, 0x1f6fc}, {0x1f7e0, 0x1f7eb}, {0x1f90c, 0x1f93a}, {0x1f93c, 0x1f945}, {0x1f947, 0x1faff},
    {0x20000, 0x3fffd},
};

// Combining marks of the scripts in common use, and characters that show nothing.
constexpr Range kZero[] = {
    {0x0300, 0x036f},   {0x0483, 0x0489},   {0x0591, 0x05bd}, {0x05bf, 0x05bf}, {0x05c1, 0x05c2},
    {0x05c4, 0x05c5},   {0x05c7, 0x05c7},   {0x0610, 0x061a}, {0x064b, 0x065f}, {0x0670, 0x0670},
    {0x06d6, 0x06dc},   {0x06df, 0x06e4},   {0x06e7, 0x06e8}, {0x06ea, 0x06ed}, {0x0711, 0x0711},
    {0x0730, 0x074a},   {0x07a6, 0x07b0},   {0x0900, 0x0902}, {0x093a, 0x093a}, {0x093c, 0x093c},
    {0x0941, 0x0948},   {0x094d, 0x094d},   {0x0951, 0x0957}, {0x0981, 0x0981}, {0x09bc, 0x09bc},
    {0x09c1, 0x09c4},   {0x09cd, 0x09cd},   {0x0e31, 0x0e31}, {0x0e34, 0x0e3a}, {0x0e47, 0x0e4e},
    {0x0eb1, 0x0eb1},   {0x0eb4, 0x0ebc},   {0x0ec8, 0x0ecd}, {0x1160, 0x11ff}, {0x1ab0, 0x1aff},
    {0x1dc0, 0x1dff},   {0x200b, 0x200f},   {0x202a, 0x202e}, {0x2060, 0x2064}, {0x20d0, 0x20ff},
    {0x302a, 0x302d},   {0x3099, 0x309a},   {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xfeff, 0xfeff},
    {0x1f3fb, 0x1f3ff}, {0xe0001, 0xe01ef},
};

template <std::size_t N> bool contains(const Range (&ranges)[N], char32_t code)
{
    const Range *range = std::lower_bound(std::begin(ranges), std::end(ranges), code,
                                          [](const Range &r, char32_t c) { return r.last < c; });
    return range != std::end(ranges) && range->first <= code;
}

} // namespace

Character characterAt(std::string_view text, std::size_t at)
{
    const auto byte = [&](std::size_t i) {
        return at + i < text.size() ? std::uint8_t(text[at + i]) : std::uint8_t(0);
    };
    const std::uint8_t lead = byte(0);
    if (lead < 0x80)
        return {lead, 1};
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4)
        return {0xfffd, 1};
    char32_t code = lead & (0x7f >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0) != 0x80)
            return {0xfffd, 1};
        code = code << 6 | (byte(i) & 0x3f);
    }
    static constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < least[length] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return {0xfffd, 1};
    return {code, length};
}

int columnsOf(char32_t code)
{
    if (contains(kZero, code))
        return 0;
    return contains(kWide, code) ? 2 : 1;
}

std::size_t clusterAfter(std::string_view text, std::size_t at)
{
    if (at >= text.size())
        return text.size();
    at += characterAt(text, at).bytes;
    while (at < text.size()) {
        const Character next = characterAt(text, at);
        if (columnsOf(next.code) != 0)
            break;
        at += next.bytes;
    }
    return at;
}

std::size_t clusterBefore(std::string_view text, std::size_t at)
{
    std::size_t begin = 0;
    // From the line's start: only there is it certain where characters begin.
    if (at > 0) {
        const std::size_t lineBreak = text.rfind('\n', at - 1);
        if (lineBreak != std::string_view::npos)
            begin = lineBreak + 1 == at ? lineBreak : lineBreak + 1;
    }
    while (begin < at) {
        const std::size_t end = clusterAfter(text, begin);
        if (end >= at)
            return begin;
        begin = end;
    }
    return begin;
}

std::string terminalSafe(std::string_view text)
{
    std::string safe;
    for (std::size_t at = 0; at < text.size();) {
        const Character character = characterAt(text, at);
        const bool control = (character.code < 0x20 && character.code != '\n' && character.code != '\t') ||
                             (character.code >= 0x7f && character.code < 0xa0);
        if (control || character.code == 0xfffd)
            safe += "\xef\xbf\xbd";
        else
            safe += text.substr(at, character.bytes);
        at += character.bytes;
    }
    return safe;
}

} // namespace inference::cli
