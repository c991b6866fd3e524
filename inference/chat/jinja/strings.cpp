#include "inference/chat/jinja/strings.h"

#include "inference/gguf/wording.h"
#include "inference/text/utf8.h"

#include <algorithm>
#include <cstring>
#include <string>

namespace inference::jinja {

namespace {

constexpr std::size_t kNowhere = std::string_view::npos;

bool isAmong(std::string_view set, std::string_view character)
{
    const char *end = set.data() + set.size();
    for (const char *p = set.data(); p < end;) {
        const utf8::Character c = utf8::read(p, end);
        if (std::string_view(p, c.length) == character)
            return true;
        p += c.length;
    }
    return false;
}

bool isLineBreak(std::uint32_t c)
{
    return (c >= 0x0A && c <= 0x0D) || (c >= 0x1C && c <= 0x1E) || c == 0x85 || c == 0x2028 || c == 0x2029;
}

struct Stretch
{
    std::size_t begin, end;
};

// Parts between white space, the first `limit` only; the rest, without white space around it, is the last.
std::vector<Stretch> words(std::string_view text, std::int64_t limit)
{
    std::vector<Stretch> found;
    const char *begin = text.data(), *end = begin + text.size();
    std::size_t wordBegin = kNowhere;
    for (const char *p = begin; p < end;) {
        const utf8::Character c = utf8::read(p, end);
        const auto at = static_cast<std::size_t>(p - begin);
        const bool space = isPythonSpace(c.codePoint);
        if (!space && wordBegin == kNowhere) {
            wordBegin = at;
            if (limit >= 0 && static_cast<std::int64_t>(found.size()) == limit)
                break;
        } else if (space && wordBegin != kNowhere) {
            found.push_back({wordBegin, at});
            wordBegin = kNowhere;
        }
        p += c.length;
    }
    if (wordBegin != kNowhere)
        found.push_back({wordBegin, text.size()});
    return found;
}

} // namespace

std::size_t findBytes(std::string_view text, std::string_view part, std::size_t from)
{
    if (from > text.size())
        return kNowhere;
    if (part.empty())
        return from;
    // memmem() is linear; string_view::find() is not.
    const void *found = memmem(text.data() + from, text.size() - from, part.data(), part.size());
    return found ? static_cast<std::size_t>(static_cast<const char *>(found) - text.data()) : kNowhere;
}

std::size_t findLastBytes(std::string_view text, std::string_view part)
{
    const std::string turnedText(text.rbegin(), text.rend()), turnedPart(part.rbegin(), part.rend());
    const std::size_t found = findBytes(turnedText, turnedPart);
    return found == kNowhere ? kNowhere : text.size() - found - part.size();
}

bool isPythonSpace(std::uint32_t c)
{
    return (utf8::classOf(c, unicode::classes()) & unicode::kSpace) != 0 || (c >= 0x1C && c <= 0x1F);
}

bool isPrintable(std::uint32_t c)
{
    using namespace unicode;
    if (c >= utf8::kInvalid)
        return false;
    return c == ' ' || (classes()[c] & (kLetter | kMark | kNumber | kPunctuation | kSymbol)) != 0;
}

void appendTo(Evaluation &evaluation, Text &out, std::string_view more, bool foreign)
{
    if (out.size() + more.size() > evaluation.limits().stringBytes)
        evaluation.spendBytes(out.size() + more.size());
    evaluation.spend(more.size() + 1);
    out.append(more, foreign);
}

void appendTo(Evaluation &evaluation, Text &out, const Text &more)
{
    if (out.size() + more.size() > evaluation.limits().stringBytes)
        evaluation.spendBytes(out.size() + more.size());
    evaluation.spend(more.size() + 1 + kElementPrice / 2 * more.runs().size());
    out.append(more);
}

Text stripped(Evaluation &evaluation, const Text &text, std::optional<std::string_view> set, bool left,
              bool right)
{
    const auto goes = [&](const utf8::Character &c, const char *p) {
        return set ? isAmong(*set, {p, c.length}) : isPythonSpace(c.codePoint);
    };
    // What is looked through costs as much as what is made; a set of characters is looked through for each.
    const std::size_t effort = text.size() * (set ? 1 + set->size() / 4 : 1);
    evaluation.spend(effort + 1);
    const char *begin = text.bytes().data(), *end = begin + text.size();
    const char *from = begin;
    while (left && from < end) {
        const utf8::Character c = utf8::read(from, end);
        if (!goes(c, from))
            break;
        from += c.length;
    }
    const char *last = right ? from : end; // behind the last character that stays
    for (const char *p = from; right && p < end;) {
        const utf8::Character c = utf8::read(p, end);
        if (!goes(c, p))
            last = p + c.length;
        p += c.length;
    }
    return text.slice(static_cast<std::size_t>(from - begin), static_cast<std::size_t>(last - from));
}

std::vector<Text> splitText(Evaluation &evaluation, const Text &text,
                            std::optional<std::string_view> separator, std::int64_t limit, bool fromRight)
{
    evaluation.spendBytes(text.size() * 2);
    std::vector<Stretch> parts;
    const std::string_view bytes = text.bytes();
    if (!separator) {
        parts = words(bytes, fromRight ? -1 : limit);
        const auto kept = static_cast<std::size_t>(std::max<std::int64_t>(limit, 0));
        if (fromRight && limit >= 0 && parts.size() > kept) { // what is left of the cuts is one part
            const Stretch first{0, parts[parts.size() - kept - 1].end}; // with the space before it
            const std::vector<Stretch> tail(parts.end() - static_cast<std::ptrdiff_t>(kept), parts.end());
            parts = {first};
            parts.insert(parts.end(), tail.begin(), tail.end());
        } else if (!fromRight && limit >= 0 && parts.size() > kept) {
            parts.back().end = bytes.size(); // Python keeps the white space at the end of the rest
        }
    } else {
        std::size_t from = 0;
        std::vector<std::size_t> cuts;
        for (std::size_t at = findBytes(bytes, *separator); at != kNowhere;
             at = findBytes(bytes, *separator, from)) {
            if (!fromRight && limit >= 0 && static_cast<std::int64_t>(cuts.size()) == limit)
                break;
            evaluation.spend(kElementPrice);
            cuts.push_back(at);
            from = at + separator->size();
        }
        if (fromRight && limit >= 0) { // counted from the end, where overlapping places may fall otherwise
            cuts.clear();
            std::string_view rest = bytes;
            while (static_cast<std::int64_t>(cuts.size()) < limit) {
                evaluation.spend(rest.size());
                const std::size_t at = findLastBytes(rest, *separator);
                if (at == kNowhere)
                    break;
                cuts.insert(cuts.begin(), at);
                rest = rest.substr(0, at);
            }
        }
        from = 0;
        for (const std::size_t at : cuts) {
            parts.push_back({from, at});
            from = at + separator->size();
        }
        parts.push_back({from, bytes.size()});
    }
    evaluation.spendElements(parts.size() * 2);
    std::vector<Text> result;
    result.reserve(parts.size());
    for (const Stretch &part : parts)
        result.push_back(text.slice(part.begin, part.end - part.begin));
    return result;
}

std::vector<Text> splitLines(Evaluation &evaluation, const Text &text, bool keepEnds)
{
    evaluation.spendBytes(text.size() * 2);
    std::vector<Text> lines;
    const char *begin = text.bytes().data(), *end = begin + text.size();
    const char *lineBegin = begin;
    for (const char *p = begin; p < end;) {
        const utf8::Character c = utf8::read(p, end);
        const char *next = p + c.length;
        if (isLineBreak(c.codePoint)) {
            if (c.codePoint == '\r' && next < end && *next == '\n')
                ++next;
            evaluation.spend(kElementPrice * 2);
            lines.push_back(text.slice(static_cast<std::size_t>(lineBegin - begin),
                                       static_cast<std::size_t>((keepEnds ? next : p) - lineBegin)));
            lineBegin = next;
        }
        p = next;
    }
    if (lineBegin < end)
        lines.push_back(text.slice(static_cast<std::size_t>(lineBegin - begin),
                                   static_cast<std::size_t>(end - lineBegin)));
    return lines;
}

Text replaced(Evaluation &evaluation, const Text &text, const Text &old, const Text &with, std::int64_t limit)
{
    Text out;
    const std::string_view bytes = text.bytes();
    std::size_t from = 0;
    std::int64_t done = 0;
    evaluation.spendBytes(bytes.size());
    const auto keep = [&](std::size_t upTo) {
        evaluation.spend(1);
        out.append(text, from, upTo - from);
        from = upTo;
    };
    if (old.empty()) { // between all characters, at both ends too
        const std::vector<std::uint32_t> offsets = characterOffsets(bytes);
        for (std::size_t i = 0; i < offsets.size() && (limit < 0 || done < limit); ++i, ++done) {
            keep(offsets[i]);
            appendTo(evaluation, out, with);
        }
    } else {
        while (limit < 0 || done < limit) {
            const std::size_t at = findBytes(bytes, old.bytes(), from);
            if (at == kNowhere)
                break;
            keep(at);
            appendTo(evaluation, out, with);
            from = at + old.size();
            ++done;
        }
    }
    keep(bytes.size());
    return out;
}

Text joined(Evaluation &evaluation, const std::vector<Text> &parts, const Text &separator)
{
    Text out;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i > 0)
            appendTo(evaluation, out, separator);
        appendTo(evaluation, out, parts[i]);
    }
    return out;
}

Text repeated(Evaluation &evaluation, const Text &text, std::int64_t times)
{
    Text out;
    if (text.empty() || times <= 0)
        return out;
    if (static_cast<std::uint64_t>(times) > evaluation.limits().stringBytes / text.size())
        evaluation.failUnsupported("A text is repeated too often",
                                   "at most " + byteCount(evaluation.limits().stringBytes) + " in all",
                                   std::to_string(times) + " times " + byteCount(text.size()));
    for (std::int64_t i = 0; i < times; ++i)
        appendTo(evaluation, out, text);
    return out;
}

Text escaped(Evaluation &evaluation, const Text &text)
{
    Text out;
    const std::string_view bytes = text.bytes();
    std::size_t from = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const std::string_view entity = bytes[i] == '&'    ? "&amp;"
                                        : bytes[i] == '<'  ? "&lt;"
                                        : bytes[i] == '>'  ? "&gt;"
                                        : bytes[i] == '\'' ? "&#39;"
                                        : bytes[i] == '"'  ? "&#34;"
                                                           : std::string_view();
        if (entity.empty())
            continue;
        out.append(text, from, i - from);
        appendTo(evaluation, out, entity, text.foreignAt(i));
        from = i + 1;
    }
    evaluation.spendBytes(out.size() + bytes.size());
    out.append(text, from, bytes.size() - from);
    return out;
}

} // namespace inference::jinja
