// upper(), lower(), title() and capitalize() on texts.
#include "inference/chat/jinja/case_tables.h"
#include "inference/chat/jinja/strings.h"
#include "inference/text/utf8.h"

#include <algorithm>
#include <string>

namespace inference::jinja {

namespace {

// Appends the character in that case; true when it is another one then.
bool appendCased(const CaseTable &table, std::uint32_t c, std::string &out)
{
    if (c >= 0x80) {
        for (const CaseSeveral &several : table.several) {
            if (several.character == c) {
                out += several.becomes;
                return true;
            }
        }
    }
    const auto next = std::upper_bound(table.runs.begin(), table.runs.end(), c,
                                       [](std::uint32_t x, const CaseRun &run) { return x < run.first; });
    if (next != table.runs.begin()) {
        const CaseRun &run = *(next - 1);
        if (c <= run.last && (c - run.first) % run.step == 0) {
            utf8::append(out, static_cast<std::uint32_t>(static_cast<std::int64_t>(c) + run.distance));
            return true;
        }
    }
    utf8::append(out, c);
    return false;
}

// Python writes a sigma at the end of a word in its final form: a cased letter before it and none behind it.
bool isFinalSigma(std::string_view text, std::size_t at, bool afterLetter)
{
    const char *end = text.data() + text.size();
    const char *p = text.data() + at;
    p += utf8::read(p, end).length;
    return afterLetter && (p >= end || !isCased(utf8::read(p, end).codePoint));
}

// `tableFor(afterLetter)` chooses the case of each character.
template <class Choose> Text changed(Evaluation &evaluation, const Text &text, Choose tableFor)
{
    constexpr std::uint32_t kSigma = 0x3A3;
    evaluation.spendBytes(text.size() * 3);
    Text out;
    std::string character;
    const char *begin = text.bytes().data(), *end = begin + text.size();
    bool afterLetter = false;
    for (const char *p = begin; p < end;) {
        const utf8::Character c = utf8::read(p, end);
        const auto at = static_cast<std::size_t>(p - begin);
        character.clear();
        const CaseTable &table = tableFor(at, afterLetter);
        if (c.codePoint == kSigma && &table == &kLower && isFinalSigma(text.bytes(), at, afterLetter))
            character = "\xCF\x82";
        else
            appendCased(table, c.codePoint, character);
        out.append(character, text.foreignAt(at));
        afterLetter = isCased(c.codePoint);
        p += c.length;
    }
    return out;
}

} // namespace

bool isCased(std::uint32_t c)
{
    std::string ignored;
    return appendCased(kUpper, c, ignored) || appendCased(kLower, c, ignored);
}

Text upper(Evaluation &evaluation, const Text &text)
{
    return changed(evaluation, text, [](std::size_t, bool) -> const CaseTable & { return kUpper; });
}

Text lower(Evaluation &evaluation, const Text &text)
{
    return changed(evaluation, text, [](std::size_t, bool) -> const CaseTable & { return kLower; });
}

Text capitalized(Evaluation &evaluation, const Text &text)
{
    return changed(evaluation, text,
                   [](std::size_t at, bool) -> const CaseTable & { return at == 0 ? kTitle : kLower; });
}

Text titled(Evaluation &evaluation, const Text &text)
{
    return changed(evaluation, text, [](std::size_t, bool afterLetter) -> const CaseTable & {
        return afterLetter ? kLower : kTitle;
    });
}

} // namespace inference::jinja
