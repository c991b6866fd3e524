#include "inference/text/normalize.h"

#include "inference/text/utf8.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace inference {

namespace {

using namespace unicode;

// Hangul syllables follow from arithmetic (The Unicode Standard, section 3.12).
constexpr std::uint32_t kSyllable = 0xAC00, kLead = 0x1100, kVowel = 0x1161, kTail = 0x11A7;
constexpr std::uint32_t kLeads = 19, kVowels = 21, kTails = 28, kSyllables = kLeads * kVowels * kTails;

std::uint8_t combiningClass(std::uint32_t c)
{
    if (c < 0x300 || c >= utf8::kInvalid)
        return 0;
    const auto next = std::upper_bound(kCombiningRuns.begin(), kCombiningRuns.end(), c << 8 | 0xFF);
    return static_cast<std::uint8_t>(*(next - 1)); // the first run begins at 0
}

struct Decomposition
{
    std::uint32_t first = 0, second = 0; // second is 0 when there is none
};

bool decomposition(std::uint32_t c, Decomposition &out)
{
    constexpr std::uint64_t kMask = 0x1FFFFF;
    const std::uint64_t key = std::uint64_t(c) << 43;
    const auto found = std::lower_bound(kDecompositions.begin(), kDecompositions.end(), key);
    if (found == kDecompositions.end() || *found >> 43 != c)
        return false;
    out = {static_cast<std::uint32_t>(*found >> 22 & kMask), static_cast<std::uint32_t>(*found >> 1 & kMask)};
    return true;
}

// first << 42 | second << 21 | composed, sorted.
const std::vector<std::uint64_t> &compositions()
{
    static const std::vector<std::uint64_t> table = [] {
        std::vector<std::uint64_t> result;
        for (const std::uint64_t entry : kDecompositions) {
            if (entry & 1)
                result.push_back((entry << 21 >> 22) << 21 | entry >> 43);
        }
        std::sort(result.begin(), result.end());
        return result;
    }();
    return table;
}

// The character that two make, or 0.
std::uint32_t composition(std::uint32_t a, std::uint32_t b)
{
    if (a - kLead < kLeads && b - kVowel < kVowels)
        return kSyllable + ((a - kLead) * kVowels + (b - kVowel)) * kTails;
    if (a - kSyllable < kSyllables && (a - kSyllable) % kTails == 0 && b - kTail - 1 < kTails - 1)
        return a + (b - kTail);
    if (a >= utf8::kInvalid || b >= utf8::kInvalid)
        return 0;
    const std::uint64_t key = std::uint64_t(a) << 42 | std::uint64_t(b) << 21;
    const auto &table = compositions();
    const auto found = std::lower_bound(table.begin(), table.end(), key);
    if (found == table.end() || *found >> 21 != key >> 21)
        return 0;
    return static_cast<std::uint32_t>(*found & 0x1FFFFF);
}

struct Symbol
{
    std::uint32_t codePoint;
    std::uint8_t combining;
};

void appendDecomposed(std::uint32_t c, std::vector<Symbol> &out)
{
    if (c - kSyllable < kSyllables) {
        const std::uint32_t s = c - kSyllable;
        out.push_back({kLead + s / (kVowels * kTails), 0});
        out.push_back({kVowel + s % (kVowels * kTails) / kTails, 0});
        if (s % kTails)
            out.push_back({kTail + s % kTails, 0});
        return;
    }
    Decomposition d;
    if (!decomposition(c, d)) {
        out.push_back({c, combiningClass(c)});
        return;
    }
    appendDecomposed(d.first, out); // at most four deep: the table is Unicode's own
    if (d.second)
        out.push_back({d.second, combiningClass(d.second)}); // a second part never decomposes further
}

// Decomposes, orders and composes what stands between two stable characters.
void composeStretch(std::vector<Symbol> &symbols, std::string &out)
{
    for (auto from = symbols.begin(); from != symbols.end();) {
        if (from->combining == 0) {
            ++from;
            continue;
        }
        const auto to = std::find_if(from, symbols.end(), [](const Symbol &s) { return s.combining == 0; });
        std::stable_sort(from, to,
                         [](const Symbol &a, const Symbol &b) { return a.combining < b.combining; });
        from = to;
    }
    std::size_t starter = symbols.size(); // index of the last starter; none yet
    std::size_t kept = 0;
    std::uint8_t lastCombining = 0; // of what is kept behind the starter
    for (const Symbol symbol : symbols) {
        const bool adjacent = starter < symbols.size() && kept == starter + 1;
        const bool blocked = !adjacent && lastCombining >= symbol.combining;
        if (starter < symbols.size() && !blocked) {
            if (const std::uint32_t c = composition(symbols[starter].codePoint, symbol.codePoint)) {
                symbols[starter].codePoint = c;
                continue;
            }
        }
        if (symbol.combining == 0)
            starter = kept;
        lastCombining = symbol.combining;
        symbols[kept++] = symbol;
    }
    for (std::size_t i = 0; i < kept; ++i)
        utf8::append(out, symbols[i].codePoint);
}

} // namespace

bool isSurelyComposed(std::string_view text)
{
    const std::uint8_t *classBits = classes();
    const char *p = text.data(), *end = p + text.size();
    while (p < end) {
        // Eight plain bytes at a time; below U+0300 (lead bytes up to CB) nothing is unstable.
        std::uint64_t eight = 0;
        while (end - p >= 8 && (std::memcpy(&eight, p, 8), (eight & 0x8080808080808080u) == 0))
            p += 8;
        if (p == end)
            break;
        if (static_cast<std::uint8_t>(*p) < 0xCC) {
            ++p;
            continue;
        }
        const utf8::Character c = utf8::read(p, end);
        if (utf8::classOf(c.codePoint, classBits) & kUnstable)
            return false;
        p += c.length;
    }
    return true;
}

std::string composed(std::string_view text)
{
    const std::uint8_t *classBits = classes();
    std::string out;
    out.reserve(text.size());
    std::vector<Symbol> symbols;
    const char *p = text.data(), *end = p + text.size();
    while (p < end) {
        // A stable character and the unstable ones behind it.
        const char *start = p;
        p += utf8::read(p, end).length;
        bool alone = true;
        if (utf8::classOf(utf8::read(start, end).codePoint, classBits) & kUnstable)
            alone = false;
        while (p < end) {
            const utf8::Character c = utf8::read(p, end);
            if (!(utf8::classOf(c.codePoint, classBits) & kUnstable))
                break;
            p += c.length;
            alone = false;
        }
        if (alone) {
            out.append(start, p);
            continue;
        }
        symbols.clear();
        for (const char *q = start; q < p;) {
            const utf8::Character c = utf8::read(q, end);
            appendDecomposed(c.codePoint, symbols);
            q += c.length;
        }
        composeStretch(symbols, out);
    }
    return out;
}

} // namespace inference
