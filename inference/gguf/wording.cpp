#include "inference/gguf/wording.h"

#include <algorithm>

namespace inference {

namespace {

// A whole character at the start of text: its code point and length; length 0 when the bytes are not UTF-8.
struct Character
{
    std::uint32_t codePoint = 0;
    std::size_t length = 0;
};

Character firstCharacter(std::string_view text)
{
    const auto byteAt = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byteAt(0);
    if (lead < 0x80)
        return {lead, 1};
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < length)
        return {};
    std::uint32_t codePoint = lead & (0x7fu >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byteAt(i) & 0xc0) != 0x80)
            return {};
        codePoint = codePoint << 6 | (byteAt(i) & 0x3fu);
    }
    static constexpr std::uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (codePoint < smallest[length] || codePoint > 0x10ffff || (codePoint >= 0xd800 && codePoint <= 0xdfff))
        return {};
    return {codePoint, length};
}

bool isVisible(std::uint32_t c)
{
    const bool control = c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x2028 || c == 0x2029;
    const bool direction = (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
                           (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || c == 0x061c;
    const bool tag = c >= 0xe0000 && c <= 0xe007f;
    return !control && !direction && !tag;
}

void appendEscaped(std::string &out, std::string_view bytes)
{
    static constexpr char digits[] = "0123456789abcdef";
    for (const char byte : bytes) {
        const auto value = static_cast<unsigned char>(byte);
        out.append({'\\', 'x', digits[value >> 4], digits[value & 15]});
    }
}

} // namespace

std::string grouped(std::uint64_t number)
{
    std::string text = std::to_string(number);
    for (std::size_t at = text.size(); at > 3;) {
        at -= 3;
        text.insert(at, 1, ',');
    }
    return text;
}

std::string byteCount(std::uint64_t bytes)
{
    return grouped(bytes) + (bytes == 1 ? " byte" : " bytes");
}

std::string printable(std::string_view text, std::size_t maxBytes)
{
    std::string out;
    while (!text.empty()) {
        if (out.size() >= maxBytes) {
            out += "...";
            break;
        }
        const Character character = firstCharacter(text);
        const std::string_view bytes = text.substr(0, std::max<std::size_t>(character.length, 1));
        if (character.length != 0 && isVisible(character.codePoint))
            out.append(bytes);
        else
            appendEscaped(out, bytes);
        text.remove_prefix(bytes.size());
    }
    return out;
}

std::string inQuotes(std::string_view text, std::size_t maxBytes)
{
    std::string out = printable(text, maxBytes);
    out.insert(out.begin(), '"');
    out += '"';
    return out;
}

std::string pathText(const std::filesystem::path &path)
{
    constexpr std::size_t pathLimit = 4096; // PATH_MAX
    return printable(path.native(), pathLimit);
}

} // namespace inference
