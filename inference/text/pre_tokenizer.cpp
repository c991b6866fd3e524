#include "inference/text/pre_tokenizer.h"

#include "inference/text/utf8.h"

#include <array>
#include <cstring>

namespace inference {

namespace {

using namespace unicode;

// A piece of text under the eye of a scanner.
struct Text
{
    const char *begin, *end;
    const std::uint8_t *classes = unicode::classes();
};

struct Seen
{
    std::uint32_t codePoint;
    std::uint32_t length;
    std::uint8_t classBits;
    bool is(std::uint8_t wanted) const { return (classBits & wanted) != 0; }
    bool isLineBreak() const { return codePoint == '\r' || codePoint == '\n'; }
};

[[gnu::noinline, gnu::pure]] Seen seeBeyondAscii(const Text &text, const char *p)
{
    // Nearly all are whole characters of two or three bytes.
    if (text.end - p >= 4) {
        std::uint32_t four = 0;
        std::memcpy(&four, p, 4); // the first byte lowest
        if ((four & 0xC0C0F0) == 0x8080E0) {
            const std::uint32_t c = (four & 0x0F) << 12 | (four >> 2 & 0xFC0) | (four >> 16 & 0x3F);
            if (c >= 0x800 && (c < 0xD800 || c >= 0xE000))
                return {c, 3, text.classes[c]};
        } else if ((four & 0xC0E0) == 0x80C0) {
            const std::uint32_t c = (four & 0x1F) << 6 | (four >> 8 & 0x3F);
            if (c >= 0x80)
                return {c, 2, text.classes[c]};
        }
    }
    const utf8::Character c = utf8::read(p, text.end);
    return {c.codePoint, c.length, utf8::classOf(c.codePoint, text.classes)};
}

// At the end of the text nothing is seen: no class and no code point of it matches. Scanners spend their time
// here.
[[gnu::always_inline]] inline Seen see(const Text &text, const char *p)
{
    if (p >= text.end)
        return {~0u, 0, 0};
    const auto byte = static_cast<std::uint8_t>(*p);
    if (byte < 0x80)
        return {byte, 1, text.classes[byte]};
    return seeBeyondAscii(text, p);
}

// The end of the longest run from `p` whose characters satisfy the predicate; `p` itself when there is none.
template <class Predicate> const char *run(const Text &text, const char *p, Predicate &&predicate)
{
    for (;;) {
        const Seen c = see(text, p);
        if (c.length == 0 || !predicate(c))
            return p;
        p += c.length;
    }
}

const char *runOf(const Text &text, const char *p, std::uint8_t classes)
{
    return run(text, p, [classes](const Seen &c) { return c.is(classes); });
}

bool isAsciiLetter(std::uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Behind the characters at `p` that neither a cased letter, white space nor punctuation of deepseek-llm is
// among: U+0800 to 0FFF, U+3040 to 9FFF and U+B000 to CFFF, by their bytes alone. Bytes that are no
// characters begin no match either.
const char *skipUncased(const Text &text, const char *p)
{
    const auto byteAt = [](const char *q) { return static_cast<std::uint8_t>(*q); };
    for (; text.end - p >= 3; p += 3) {
        const std::uint32_t lead = byteAt(p), second = byteAt(p + 1);
        if (lead != 0xE0 && (lead < 0xE4 || lead > 0xE9) && lead != 0xEB && lead != 0xEC &&
            (lead != 0xE3 || second < 0x81))
            break;
        if ((second & 0xC0) != 0x80 || (byteAt(p + 2) & 0xC0) != 0x80)
            break;
    }
    return p;
}

const char *skipNone(const Text &, const char *p)
{
    return p;
}

// One split of a sequence: `match(text, p, first)` gives the end of the match that begins at `p`, where
// `first` is seen, or `p`. Calls `next` with every match and everything between two matches. `skip(text, p)`
// goes over characters that begin no match.
template <class Match, class Next, class Skip = decltype(skipNone)>
void split(const Text &text, Match &&match, Next &&next, Skip &&skip = skipNone)
{
    const char *gap = text.begin;
    for (const char *p = text.begin; (p = skip(text, p)) < text.end;) {
        const Seen first = see(text, p); // once: most characters begin no match
        const char *end = match(text, p, first);
        if (end == p) {
            p += first.length;
            continue;
        }
        if (gap < p)
            next(Text{gap, p, text.classes});
        next(Text{p, end, text.classes});
        p = gap = end;
    }
    if (gap < text.end)
        next(Text{gap, text.end, text.classes});
}

// [\r\n]
template <class Next> void splitLines(const Text &text, Next &&next)
{
    const char *gap = text.begin;
    for (const char *p = text.begin; p < text.end; ++p) {
        if (*p != '\r' && *p != '\n')
            continue;
        if (gap < p)
            next(Text{gap, p, text.classes});
        next(Text{p, p + 1, text.classes});
        gap = p + 1;
    }
    if (gap < text.end)
        next(Text{gap, text.end, text.classes});
}

// Whether a piece is a word, perhaps behind a space, of ASCII's letters or of others below U+0800: the splits
// of deepseek-llm and deepseek-coder for punctuation, ideographs and numbers leave it whole.
bool isPlainWord(const Text &text, std::uint8_t letters)
{
    const char *p = *text.begin == ' ' ? text.begin + 1 : text.begin;
    const bool ascii = isAsciiLetter(see(text, p).codePoint);
    const char *end = run(text, p, [&](const Seen &s) {
        return ascii ? isAsciiLetter(s.codePoint)
                     : s.codePoint >= 0x80 && s.codePoint < 0x800 && s.is(letters);
    });
    return p < end && end == text.end;
}

// \p{N}
const char *oneNumber(const Text &, const char *p, const Seen &first)
{
    return first.is(kNumber) ? p + first.length : p;
}

// \p{N}{1,3}
const char *upToThreeNumbers(const Text &text, const char *p)
{
    for (int i = 0; i < 3; ++i) {
        const Seen c = see(text, p);
        if (!c.is(kNumber))
            break;
        p += c.length;
    }
    return p;
}

// \s?X+ for the characters X of a predicate; white space is taken as the \s alone
template <class Predicate>
const char *afterOneSpace(const Text &text, const char *p, const Seen &first, Predicate &&predicate)
{
    if (!first.is(kSpace))
        return predicate(first) ? run(text, p + first.length, predicate) : p;
    const char *start = p + first.length;
    const char *end = run(text, start, predicate);
    return end > start ? end : p;
}

// What stands where a run of white space begins: \s*[\r\n]+ (when `lines`), else \s+(?!\S), else one
// character. `p` is on white space.
const char *whiteSpace(const Text &text, const char *p, bool lines)
{
    const char *last = p;       // the last white space of the run
    const char *afterBreak = p; // behind its last line break
    const char *end = p;
    for (;;) {
        const Seen c = see(text, end);
        if (!c.is(kSpace))
            break;
        last = end;
        end += c.length;
        if (c.isLineBreak())
            afterBreak = end;
    }
    if (lines && afterBreak > p)
        return afterBreak;
    if (end == text.end || last == p)
        return end; // all of it, or its only character
    return last;    // the last one belongs to the word behind it, if that wants it
}

// 's|'t|'re|'ve|'m|'ll|'d behind an apostrophe at `p`. Without case, the long s counts as s.
const char *contraction(const Text &text, const char *p, bool anyCase)
{
    const auto lower = [anyCase](std::uint32_t c) {
        if (!anyCase)
            return c;
        return c >= 'A' && c <= 'Z' ? c + 32 : c == 0x17F ? std::uint32_t('s') : c;
    };
    const Seen first = see(text, p + 1);
    const std::uint32_t a = lower(first.codePoint);
    const char *one = p + 1 + first.length;
    if (a == 's' || a == 't' || a == 'm' || a == 'd')
        return one;
    const Seen second = see(text, one);
    const std::uint32_t b = lower(second.codePoint);
    if ((a == 'r' && b == 'e') || (a == 'v' && b == 'e') || (a == 'l' && b == 'l'))
        return one + second.length;
    return p;
}

//  's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
const char *gpt2Word(const Text &text, const char *p, const Seen &first)
{
    if (*p == '\'') {
        if (const char *end = contraction(text, p, false); end > p)
            return end;
    }
    const char *start = *p == ' ' ? p + 1 : p;
    const Seen c = start == p ? first : see(text, start);
    if (c.is(kLetter))
        return runOf(text, start, kLetter);
    if (c.is(kNumber))
        return runOf(text, start, kNumber);
    if (c.length > 0 && !c.is(kSpace))
        return run(text, start, [](const Seen &s) { return !s.is(kSpace | kLetter | kNumber); });
    return whiteSpace(text, p, false);
}

// (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,DIGITS}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+
// |\s+(?!\S)|\s+
template <int kDigits> const char *qwenWord(const Text &text, const char *p, const Seen &first)
{
    if (*p == '\'') {
        if (const char *end = contraction(text, p, true); end > p)
            return end;
    }
    if (first.is(kLetter))
        return runOf(text, p, kLetter);
    if (first.is(kNumber))
        return kDigits == 1 ? p + first.length : upToThreeNumbers(text, p);
    if (!first.isLineBreak()) {
        if (see(text, p + first.length).is(kLetter))
            return runOf(text, p + first.length, kLetter);
    }
    const char *start = *p == ' ' ? p + 1 : p;
    const char *end = run(text, start, [](const Seen &s) { return !s.is(kSpace | kLetter | kNumber); });
    if (end > start)
        return run(text, end, [](const Seen &s) { return s.isLineBreak(); });
    return whiteSpace(text, p, true);
}

// [!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*
// |\s*[\r\n]+|\s+(?!\S)|\s+
const char *deepSeekV3Word(const Text &text, const char *p, const Seen &first)
{
    const char *second = p + first.length;
    const Seen next = see(text, second);
    if (first.codePoint < 0x80 && first.is(kPunctuation | kSymbol) && isAsciiLetter(next.codePoint))
        return run(text, second, [](const Seen &s) { return isAsciiLetter(s.codePoint); });
    if (first.is(kLetter | kMark))
        return runOf(text, p, kLetter | kMark);
    if (!first.isLineBreak() && !first.is(kPunctuation | kSymbol) && next.is(kLetter | kMark))
        return runOf(text, second, kLetter | kMark);
    const char *start = *p == ' ' ? p + 1 : p;
    const char *end = runOf(text, start, kPunctuation | kSymbol);
    if (end > start)
        return run(text, end, [](const Seen &s) { return s.isLineBreak(); });
    if (first.is(kSpace))
        return whiteSpace(text, p, true);
    return p; // a control character, say: it stays between the pieces
}

bool isIn(std::uint32_t c, std::uint32_t low, std::uint32_t high)
{
    return c >= low && c <= high;
}

// \p{N}{1,3} or, which no number is in, [4E00-9FA5 3040-309F 30A0-30FF]+ (hexadecimal code points)
const char *deepSeekV3NumberOrCjk(const Text &text, const char *p, const Seen &first)
{
    if (first.is(kNumber))
        return upToThreeNumbers(text, p);
    const auto isCjk = [](const Seen &s) {
        return isIn(s.codePoint, 0x4E00, 0x9FA5) || isIn(s.codePoint, 0x3040, 0x30FF);
    };
    return isCjk(first) ? run(text, p + first.length, isCjk) : p;
}

// [4E00-9FA5 0800-4E00 AC00-D7FF]+
const char *deepSeekLlmCjk(const Text &text, const char *p, const Seen &first)
{
    const auto isCjk = [](const Seen &s) {
        return isIn(s.codePoint, 0x4E00, 0x9FA5) || isIn(s.codePoint, 0x0800, 0x4E00) ||
               isIn(s.codePoint, 0xAC00, 0xD7FF);
    };
    return isCjk(first) ? run(text, p + first.length, isCjk) : p;
}

bool isDeepSeekLlmPunctuation(const Seen &s)
{
    const std::uint32_t c = s.codePoint;
    return isIn(c, 0x21, 0x2F) || isIn(c, 0x3A, 0x7E) || isIn(c, 0xFF01, 0xFF0F) || isIn(c, 0xFF1A, 0xFF5E) ||
           isIn(c, 0x2018, 0x201F) || isIn(c, 0x3000, 0x3002);
}

// \s+$ as a split of its own: cuts the white space at the end off.
template <class Next> void cutTrailingSpace(const Text &text, Next &&next)
{
    const char *last = text.end - 1; // the lead byte of the last character, if it is whole
    for (int i = 0; i < 2 && last > text.begin && (static_cast<std::uint8_t>(*last) & 0xC0) == 0x80; ++i)
        --last;
    const Seen c = see(text, last);
    if (!c.is(kSpace) || last + c.length != text.end) { // nearly always
        next(text);
        return;
    }
    const char *start = text.begin; // of the last run of white space
    bool inside = false;
    for (const char *p = text.begin; p < text.end;) {
        const Seen c = see(text, p);
        if (c.is(kSpace) && !inside)
            start = p;
        inside = c.is(kSpace);
        p += c.length;
    }
    if (!inside || start == text.begin) {
        next(text);
        return;
    }
    next(Text{text.begin, start, text.classes});
    next(Text{start, text.end, text.classes});
}

template <class Next> void splitDeepSeekLlm(const Text &text, Next &&next)
{
    const auto letters = [](const Text &t, const char *p, const Seen &first) {
        return afterOneSpace(t, p, first, [](const Seen &s) { return s.is(kCasedLetter); });
    };
    // U+3000 is white space and punctuation here: the optional space takes it only when another one follows.
    const auto punctuation = [](const Text &t, const char *p, const Seen &first) {
        const char *end = afterOneSpace(t, p, first, isDeepSeekLlmPunctuation);
        return end == p && isDeepSeekLlmPunctuation(first) ? p + first.length : end;
    };
    const auto last = [&](const Text &t) { split(t, oneNumber, next); };
    const auto cjk = [&](const Text &t) { split(t, deepSeekLlmCjk, last); };
    const auto trailing = [&](const Text &t) { cutTrailingSpace(t, cjk); };
    const auto third = [&](const Text &t) { split(t, punctuation, trailing, skipUncased); };
    const auto word = [&](const Text &t) { isPlainWord(t, kCasedLetter) ? next(t) : third(t); };
    const auto second = [&](const Text &t) { split(t, letters, word, skipUncased); };
    splitLines(text, second);
}

template <class Next> void splitDeepSeekCoder(const Text &text, Next &&next)
{
    const auto letters = [](const Text &t, const char *p, const Seen &first) {
        return afterOneSpace(t, p, first, [](const Seen &s) { return s.is(kLetter); });
    };
    const auto punctuation = [](const Text &t, const char *p, const Seen &first) {
        return afterOneSpace(t, p, first, [](const Seen &s) { return s.is(kPunctuation); });
    };
    const auto last = [&](const Text &t) { split(t, oneNumber, next); };
    const auto cjk = [&](const Text &t) { split(t, deepSeekLlmCjk, last); };
    const auto third = [&](const Text &t) { split(t, punctuation, cjk); };
    const auto word = [&](const Text &t) { isPlainWord(t, kLetter) ? next(t) : third(t); };
    const auto second = [&](const Text &t) { split(t, letters, word); };
    splitLines(text, second);
}

template <class Next> void splitDeepSeekV3(const Text &text, Next &&next)
{
    const auto words = [&](const Text &t) { split(t, deepSeekV3Word, next); };
    split(text, deepSeekV3NumberOrCjk, words);
}

struct Name
{
    std::string_view name;
    PreTokenizer kind;
};
constexpr std::array kNames = {
    Name{"gpt2", PreTokenizer::Gpt2},
    Name{"gpt-2", PreTokenizer::Gpt2},
    Name{"smollm", PreTokenizer::SmolLm},
    Name{"qwen2", PreTokenizer::Qwen2},
    Name{"deepseek-r1-qwen", PreTokenizer::Qwen2},
    Name{"llama-bpe", PreTokenizer::LlamaBpe},
    Name{"llama3", PreTokenizer::LlamaBpe},
    Name{"llama-v3", PreTokenizer::LlamaBpe},
    Name{"deepseek-llm", PreTokenizer::DeepSeekLlm},
    Name{"deepseek-coder", PreTokenizer::DeepSeekCoder},
    Name{"deepseek-v3", PreTokenizer::DeepSeekV3},
    Name{"joyai-llm", PreTokenizer::DeepSeekV3},
};

} // namespace

std::optional<PreTokenizer> preTokenizerNamed(std::string_view name)
{
    for (const Name &entry : kNames) {
        if (entry.name == name)
            return entry.kind;
    }
    return std::nullopt;
}

void splitIntoPieces(PreTokenizer kind, std::string_view text, PieceSink sink)
{
    const Text whole{text.data(), text.data() + text.size()};
    const auto last = [&sink](const Text &t) { sink({t.begin, static_cast<std::size_t>(t.end - t.begin)}); };
    switch (kind) {
    case PreTokenizer::Gpt2:
        return split(whole, gpt2Word, last);
    case PreTokenizer::SmolLm:
        return split(whole, oneNumber, [&last](const Text &t) { split(t, gpt2Word, last); });
    case PreTokenizer::Qwen2:
        return split(whole, qwenWord<1>, last);
    case PreTokenizer::LlamaBpe:
        return split(whole, qwenWord<3>, last);
    case PreTokenizer::DeepSeekLlm:
        return splitDeepSeekLlm(whole, last);
    case PreTokenizer::DeepSeekCoder:
        return splitDeepSeekCoder(whole, last);
    case PreTokenizer::DeepSeekV3:
        return splitDeepSeekV3(whole, last);
    }
}

} // namespace inference
