#include "inference/text/utf8.h"

#include <vector>

namespace inference {

const std::uint8_t *unicode::classes()
{
    static const std::vector<std::uint8_t> table = [] {
        std::vector<std::uint8_t> result(utf8::kInvalid, 0);
        for (std::size_t i = 0; i < kClassRuns.size(); ++i) {
            const std::size_t end = i + 1 < kClassRuns.size() ? kClassRuns[i + 1] >> 8 : result.size();
            for (std::size_t c = kClassRuns[i] >> 8; c < end; ++c)
                result[c] = static_cast<std::uint8_t>(kClassRuns[i]);
        }
        return result;
    }();
    return table.data();
}

void utf8::append(std::string &out, std::uint32_t c)
{
    if (c >= kInvalid) {
        out += static_cast<char>(c - kInvalid);
    } else if (c < 0x80) {
        out += static_cast<char>(c);
    } else if (c < 0x800) {
        out += static_cast<char>(0xC0 | c >> 6);
        out += static_cast<char>(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        out += static_cast<char>(0xE0 | c >> 12);
        out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
        out += static_cast<char>(0x80 | (c & 0x3F));
    } else {
        out += static_cast<char>(0xF0 | c >> 18);
        out += static_cast<char>(0x80 | (c >> 12 & 0x3F));
        out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
        out += static_cast<char>(0x80 | (c & 0x3F));
    }
}

} // namespace inference
