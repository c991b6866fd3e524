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

// Whether form C may replace a character or join it to the one before it.
bool mayCompose(std::uint32_t c)
{
    static const std::vector<std::uint32_t> table = [] {
        std::vector<std::uint32_t> result;
        for (const std::uint64_t entry : kDecompositions)
            result.push_back(static_cast<std::uint32_t>(entry & 1 ? entry >> 1 & 0x1FFFFF : entry >> 43));
        for (std::uint32_t vowel = 0; vowel < kVowels; ++vowel)
            result.push_back(kVowel + vowel);
        for (std::uint32_t tail = 1; tail < kTails; ++tail)
            result.push_back(kTail + tail);
        std::sort(result.begin(), result.end());
        result.erase(std::unique(result.begin(), result.end()), result.end());
        return result;
    }();
    return std::binary_search(table.begin(), table.end(), c);
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

bool isUnstable(const utf8::Character &c)
{
    return (utf8::classOf(c.codePoint, classes()) & kUnstable) != 0;
}

// Where the first stretch begins that form C may change: at a stable character, or at `p`. `end` when there
// is none.
const char *findChange(const char *p, const char *end)
{
    const std::uint8_t *classBits = classes();
    const char *start = p;
    std::uint8_t last = 0; // combining class of the character before
    while (p < end) {
        // Eight plain bytes at a time; below U+0300 (lead bytes up to CB) nothing is unstable.
        std::uint64_t eight = 0;
        while (end - p >= 8 && (std::memcpy(&eight, p, 8), (eight & 0x8080808080808080u) == 0)) {
            p += 8;
            start = p - 1;
            last = 0;
        }
        if (p == end)
            break;
        const utf8::Character c = utf8::read(p, end);
        std::uint8_t combining = 0;
        if (c.codePoint >= 0x300 && (utf8::classOf(c.codePoint, classBits) & kUnstable)) {
            // Vowel signs and tone marks of most scripts join nothing: only their order could be another one.
            combining = combiningClass(c.codePoint);
            if (mayCompose(c.codePoint) || combining < last)
                return start;
        } else {
            start = p;
        }
        last = combining;
        p += c.length;
    }
    return end;
}

} // namespace

bool isSurelyComposed(std::string_view text)
{
    const char *end = text.data() + text.size();
    return findChange(text.data(), end) == end;
}

std::string composed(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    std::vector<Symbol> symbols;
    const char *p = text.data(), *end = p + text.size();
    for (;;) {
        const char *start = findChange(p, end);
        out.append(p, start);
        if (start == end)
            return out;
        // A stable character and the unstable ones behind it.
        symbols.clear();
        p = start;
        do {
            const utf8::Character c = utf8::read(p, end);
            appendDecomposed(c.codePoint, symbols);
            p += c.length;
        } while (p < end && isUnstable(utf8::read(p, end)));
        composeStretch(symbols, out);
    }
}

} // namespace inference
