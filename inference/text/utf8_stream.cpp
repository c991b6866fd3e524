#include "inference/text/tokenizer.h"
#include "inference/text/utf8.h"

namespace inference {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// How many bytes at `p` can be the beginning of a character (none when that is invalid already), and how many
// more the character would need. The ranges of second bytes are those of The Unicode Standard, table 3-7.
struct Beginning
{
    std::size_t length = 0;
    bool complete = false;
};

Beginning beginning(const char *p, const char *end)
{
    const auto at = [p](std::size_t i) { return static_cast<std::uint8_t>(p[i]); };
    const std::uint8_t lead = at(0);
    if (lead < 0x80)
        return {1, true};
    const std::size_t wanted = lead >= 0xC2 && lead < 0xE0   ? 2
                               : lead >= 0xE0 && lead < 0xF0 ? 3
                               : lead >= 0xF0 && lead < 0xF5 ? 4
                                                             : 0;
    if (wanted == 0)
        return {};
    const std::uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const std::uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    const auto available = static_cast<std::size_t>(end - p);
    std::size_t length = 1;
    if (length < available && at(1) >= low && at(1) <= high)
        ++length;
    while (length > 1 && length < wanted && length < available && (at(length) & 0xC0) == 0x80)
        ++length;
    return {length, length == wanted};
}

} // namespace

// Every longest beginning of a character that is not completed becomes one U+FFFD, and so does every byte
// that can begin none: what the Unicode Standard recommends, and what does not depend on where the bytes were
// cut.
std::string Utf8Stream::push(std::string_view bytes)
{
    std::string joined;
    if (!m_pending.empty()) {
        joined = m_pending;
        joined += bytes;
        bytes = joined;
    }
    std::string out;
    out.reserve(bytes.size());
    const char *p = bytes.data(), *end = p + bytes.size();
    std::string pending;
    while (p < end) {
        const Beginning b = beginning(p, end);
        if (b.complete) {
            out.append(p, b.length);
        } else if (b.length > 0 && p + b.length == end) {
            pending.assign(p, b.length); // more may come
        } else {
            out += kReplacement;
        }
        p += b.length > 0 ? b.length : 1;
    }
    m_pending = std::move(pending);
    return out;
}

std::string Utf8Stream::flush()
{
    const bool incomplete = !m_pending.empty();
    m_pending.clear();
    return incomplete ? std::string(kReplacement) : std::string();
}

} // namespace inference
