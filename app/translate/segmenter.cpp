#include "app/translate/segmenter.h"

#include <algorithm>
#include <array>

namespace app::translate {
namespace {

bool isBreak(QChar c)
{
    return c == QLatin1Char('\n') || c == QLatin1Char('\r') || c == QChar::ParagraphSeparator;
}

// A line of the source: [start, contentStart) marks, [contentStart, contentEnd) text, [contentEnd, end)
// spaces and the line break.
struct Line
{
    qsizetype start = 0, contentStart = 0, contentEnd = 0, end = 0;
    bool blank = false;
    bool marked = false; // a list, quote or heading mark stands before the text
    qsizetype indent = 0;

    qsizetype length() const { return contentEnd - contentStart; }
};

// Length of a list, quote or heading mark with its spaces at `at`, or 0.
qsizetype markLength(QStringView text, qsizetype at, qsizetype end)
{
    const auto spaced = [&](qsizetype from) -> qsizetype {
        qsizetype i = from;
        while (i < end && text[i].isSpace())
            ++i;
        return i > from ? i - at : 0;
    };
    if (at >= end)
        return 0;
    const QChar c = text[at];
    if (c == QLatin1Char('>'))
        return std::max<qsizetype>(1, spaced(at + 1));
    if (c == QLatin1Char('#')) {
        qsizetype i = at;
        while (i < end && i - at < 6 && text[i] == QLatin1Char('#'))
            ++i;
        return spaced(i);
    }
    if (c == QLatin1Char('[') && at + 2 < end && text[at + 2] == QLatin1Char(']') &&
        (text[at + 1] == QLatin1Char(' ') || text[at + 1].toLower() == QLatin1Char('x')))
        return spaced(at + 3); // task list
    if (QStringView(u"-*+\u2022\u2023\u25E6\u2013\u2014").contains(c))
        return spaced(at + 1);
    qsizetype i = at;
    while (i < end && i - at < 4 && text[i] >= QLatin1Char('0') && text[i] <= QLatin1Char('9'))
        ++i;
    if (i > at && i < end && (text[i] == QLatin1Char('.') || text[i] == QLatin1Char(')')))
        return spaced(i + 1);
    return 0;
}

Line readLine(QStringView text, qsizetype start)
{
    Line line;
    line.start = start;
    qsizetype end = start;
    while (end < text.size() && !isBreak(text[end]))
        ++end;
    line.end = end;
    if (end < text.size())
        line.end +=
            text[end] == QLatin1Char('\r') && end + 1 < text.size() && text[end + 1] == QLatin1Char('\n') ? 2
                                                                                                          : 1;
    line.contentEnd = end;
    while (line.contentEnd > start && text[line.contentEnd - 1].isSpace())
        --line.contentEnd;
    line.contentStart = start;
    while (line.contentStart < line.contentEnd && text[line.contentStart].isSpace())
        ++line.contentStart;
    line.indent = line.contentStart - start;
    line.blank = line.contentStart == line.contentEnd;
    for (int depth = 0; depth < 8; ++depth) { // "> - [ ] text"
        const qsizetype mark = markLength(text, line.contentStart, line.contentEnd);
        if (mark == 0 || line.contentStart + mark >= line.contentEnd)
            break;
        line.contentStart += mark;
        line.marked = true;
    }
    return line;
}

struct Fence
{
    QChar letter;
    qsizetype length = 0; // 0: no fence
    bool bare = false;    // nothing after it: can close
};

Fence fenceOf(QStringView text, const Line &line)
{
    const QStringView content =
        text.mid(line.start + line.indent, line.contentEnd - line.start - line.indent);
    if (content.size() < 3 || (content[0] != QLatin1Char('`') && content[0] != QLatin1Char('~')))
        return {};
    qsizetype length = 0;
    while (length < content.size() && content[length] == content[0])
        ++length;
    if (length < 3 || content.mid(length).contains(QLatin1Char('`')))
        return {};
    return {content[0], length, length == content.size()};
}

bool isCjk(QChar c)
{
    const Script script = scriptOf(c.unicode());
    return script == Script::Han || script == Script::Kana || script == Script::Hangul ||
           (c.unicode() >= 0x3000 && c.unicode() <= 0x303F);
}

bool isSentenceMark(QChar c)
{
    return QStringView(
               u".!?\u2026\u3002\uFF01\uFF1F\uFF0E\uFF61\u061F\u06D4\u0964\u0965\u0589\u1362\u104B\u17D4")
        .contains(c);
}

// Marks that end a sentence with no space after them.
bool isFullWidthMark(QChar c)
{
    return QStringView(u"\u3002\uFF01\uFF1F\uFF61\u0964\u0965\u104B\u17D4").contains(c);
}

bool isClosing(QChar c)
{
    return QStringView(u"\"')]}\u201D\u2019\u00BB\u203A\u300D\u300F\u3011\u3009\u300B\uFF09\uFF3D\u3015")
        .contains(c);
}

// Whether the paragraph goes on in the next line: hard-wrapped prose, as mail and README files have it.
// Lines between two blank ones.
struct Block
{
    std::size_t end = 0;
    qsizetype width = 0;
    bool wrapped = false; // three lines or more, and the first word of each had no room in the line before
};

bool continues(QStringView text, const Line &line, const Line &next, const Block &block)
{
    if (next.blank || next.marked || line.length() < 40 || block.width > 120)
        return false;
    if (next.indent > line.indent + 3 && !line.marked)
        return false;
    const QChar last = text[line.contentEnd - 1], first = text[next.contentStart];
    if (isSentenceMark(last) || last == QLatin1Char(':') || isClosing(last) || isCjk(last) || isCjk(first))
        return false;
    if (first == QLatin1Char('|') || first == QLatin1Char('<') || first == QLatin1Char('=') ||
        text[line.contentStart] == QLatin1Char('|'))
        return false; // tables, tags and underlines
    if (first.isLower())
        return true;
    return block.wrapped && first.isLetterOrNumber();
}

class Segmenter
{
public:
    explicit Segmenter(QStringView source) : m_source(source) {}

    Segmentation run()
    {
        for (qsizetype at = 0; at < m_source.size();) {
            m_lines.push_back(readLine(m_source, at));
            at = m_lines.back().end;
        }
        std::size_t i = 0;
        while (i < m_lines.size() && m_lines[i].blank)
            ++i;
        m_result.lead = m_source.left(i < m_lines.size() ? m_lines[i].start : m_source.size()).toString();
        Block block;
        while (i < m_lines.size()) {
            if (i >= block.end)
                block = measureBlock(i);
            std::size_t last = fencedUntil(i);
            const bool code = last != i || fenceOf(m_source, m_lines[i]).length > 0;
            if (!code) {
                while (last + 1 < m_lines.size() && fenceOf(m_source, m_lines[last + 1]).length == 0 &&
                       continues(m_source, m_lines[last], m_lines[last + 1], block))
                    ++last;
            }
            std::size_t next = last + 1;
            while (next < m_lines.size() && m_lines[next].blank)
                ++next;
            addParagraph(i, last, next, code);
            i = next;
        }
        return std::move(m_result);
    }

private:
    Block measureBlock(std::size_t from) const
    {
        Block block;
        std::size_t i = from;
        for (; i < m_lines.size() && !m_lines[i].blank; ++i)
            block.width = std::max(block.width, m_lines[i].contentEnd - m_lines[i].start);
        block.end = i;
        block.wrapped = block.end - from >= 3;
        for (i = from; block.wrapped && i + 1 < block.end; ++i) {
            const Line &next = m_lines[i + 1];
            qsizetype word = next.contentStart;
            while (word < next.contentEnd && !m_source[word].isSpace())
                ++word;
            const qsizetype joined = m_lines[i].contentEnd - m_lines[i].start + 1 + word - next.contentStart;
            block.wrapped = joined > block.width;
        }
        return block;
    }

    // The line that closes the fence opened in line i; i itself when there is no fence or nothing closes it.
    std::size_t fencedUntil(std::size_t i)
    {
        const Fence open = fenceOf(m_source, m_lines[i]);
        if (open.length == 0)
            return i;
        qsizetype &unclosed = m_unclosed[open.letter == QLatin1Char('`') ? 0 : 1];
        if (unclosed > 0 && open.length >= unclosed)
            return i; // searched before, to the end
        for (std::size_t j = i + 1; j < m_lines.size(); ++j) {
            const Fence close = fenceOf(m_source, m_lines[j]);
            if (close.bare && close.letter == open.letter && close.length >= open.length)
                return j;
        }
        unclosed = unclosed == 0 ? open.length : std::min(unclosed, open.length);
        return i;
    }

    void addParagraph(std::size_t first, std::size_t last, std::size_t next, bool code)
    {
        const Line &head = m_lines[first], &foot = m_lines[last];
        const qsizetype end = m_lines[next - 1].end;
        const qsizetype start = code ? head.start + head.indent : head.contentStart;
        const QStringView text = m_source.mid(start, foot.contentEnd - start);
        Segment base;
        base.paragraph = m_result.paragraphs++;
        base.firstLine = int(first);
        base.lineCount = int(next - first);
        base.copied = code || !hasProse(text);

        std::vector<qsizetype> cuts;
        if (!base.copied)
            cuts = longTextCuts(text);
        cuts.push_back(text.size());
        qsizetype from = 0;
        for (const qsizetype cut : cuts) {
            Segment part = base;
            qsizetype textEnd = cut;
            while (textEnd > from && text[textEnd - 1].isSpace())
                --textEnd;
            part.before = from == 0 ? m_source.mid(head.start, start - head.start).toString() : QString();
            part.text = text.mid(from, textEnd - from).toString();
            part.after = cut == text.size() ? m_source.mid(start + textEnd, end - start - textEnd).toString()
                                            : text.mid(textEnd, cut - textEnd).toString();
            from = cut;
            m_result.segments.push_back(std::move(part));
        }
    }

    // Where a text too long for one request is cut: sentence ends, else clause marks, else spaces, else
    // anywhere.
    static std::vector<qsizetype> longTextCuts(QStringView text)
    {
        const auto cjk = std::count_if(text.begin(), text.end(), isCjk);
        const qsizetype limit = cjk * 4 > text.size() ? kMaxCjkSegment : kMaxSegment;
        std::vector<qsizetype> cuts;
        if (text.size() <= limit)
            return cuts;
        const std::vector<qsizetype> ends = sentenceEnds(text);
        auto end = ends.begin();
        qsizetype from = 0;
        while (text.size() - from > limit) {
            qsizetype cut = 0;
            while (end != ends.end() && *end <= from + limit)
                cut = std::max(cut, *end++);
            if (cut <= from)
                cut = bestCut(text, from, from + limit);
            while (cut < text.size() && text[cut].isSpace())
                ++cut;
            if (cut >= text.size())
                break;
            cuts.push_back(cut);
            from = cut;
        }
        return cuts;
    }

    static qsizetype bestCut(QStringView text, qsizetype from, qsizetype limit)
    {
        qsizetype space = 0;
        for (qsizetype i = limit; i > from + (limit - from) / 3; --i) {
            const QChar before = text[i - 1];
            if (QStringView(u"\uFF0C\u3001\uFF1B\uFF1A").contains(before) ||
                (QStringView(u",;:\u060C").contains(before) && text[i].isSpace()))
                return i;
            if (space == 0 && before.isSpace())
                space = i;
        }
        if (space > 0)
            return space;
        qsizetype cut = limit; // a character stays whole, unless marks are heaped on it
        while (cut > limit - 32 && (text[cut].isLowSurrogate() || text[cut].isMark()))
            --cut;
        return cut > limit - 32 ? cut : limit - (text[limit].isLowSurrogate() ? 1 : 0);
    }

    QStringView m_source;
    std::vector<Line> m_lines;
    Segmentation m_result;
    std::array<qsizetype, 2> m_unclosed{}; // shortest fence of each letter that nothing closes from here on
};

} // namespace

QString Segmentation::joined() const
{
    QString text = lead;
    for (const Segment &part : segments)
        text += part.before + part.text + part.after;
    return text;
}

Segmentation segment(QStringView source)
{
    return Segmenter(source).run();
}

QString joinTranslation(const Segmentation &segmentation, const std::vector<QString> &texts,
                        const Language *target)
{
    QString joined = segmentation.lead;
    for (std::size_t i = 0; i < segmentation.segments.size(); ++i) {
        const Segment &part = segmentation.segments[i];
        joined += part.before + (i < texts.size() ? texts[i] : part.text);
        const bool inside =
            i + 1 < segmentation.segments.size() && segmentation.segments[i + 1].paragraph == part.paragraph;
        const bool spaced =
            target && target->script != Script::Thai && (!target->cjk || target->script == Script::Hangul);
        if (!inside || !target)
            joined += part.after;
        else if (spaced)
            joined += part.after.isEmpty() ? QStringLiteral(" ") : part.after;
        else if (part.after.trimmed().isEmpty() && !part.after.contains(QLatin1Char('\n')))
            continue; // no space between sentences in Chinese, Japanese and Thai
        else
            joined += part.after;
    }
    return joined;
}

std::vector<qsizetype> sentenceEnds(QStringView text)
{
    std::vector<qsizetype> ends;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (!isSentenceMark(text[i]))
            continue;
        bool fullWidth = false;
        const qsizetype mark = i;
        while (i < text.size() && (isSentenceMark(text[i]) || isClosing(text[i]))) {
            fullWidth = fullWidth || isFullWidthMark(text[i]);
            ++i;
        }
        const bool spaced = i == text.size() || text[i].isSpace();
        if (!fullWidth && !spaced) { // "3.5", "example.org"
            --i;
            continue;
        }
        // "e.g. this", "No. 5", "J. Smith": a short word or an initial before the point, or a small letter
        // after it.
        if (!fullWidth && text[mark] == QLatin1Char('.')) {
            qsizetype word = mark;
            while (word > 0 && text[word - 1].isLetter())
                --word;
            qsizetype next = i;
            while (next < text.size() && text[next].isSpace())
                ++next;
            if ((mark - word <= 2 && mark > word) || (next < text.size() && text[next].isLower())) {
                --i;
                continue;
            }
        }
        ends.push_back(i);
        --i;
    }
    return ends;
}

bool hasProse(QStringView text)
{
    // Addresses, code, tags and placeholders are skipped; one letter anywhere else is prose.
    const auto skipTo = [&](qsizetype from, QChar close, qsizetype limit) -> qsizetype {
        const qsizetype end = text.mid(from, limit).indexOf(close);
        return end < 0 ? -1 : from + end + 1;
    };
    for (qsizetype i = 0; i < text.size();) {
        const QChar c = text[i];
        qsizetype end = -1;
        if (c == QLatin1Char('`'))
            end = skipTo(i + 1, c, 400);
        else if (c == QLatin1Char('<') && i + 1 < text.size() &&
                 (text[i + 1].isLetter() || text[i + 1] == QLatin1Char('/') ||
                  text[i + 1] == QLatin1Char('!')))
            end = skipTo(i + 1, QLatin1Char('>'), 400);
        else if (c == QLatin1Char('{') ||
                 (c == QLatin1Char('%') && i + 1 < text.size() && text[i + 1] == QLatin1Char('{')))
            end = skipTo(i + 1, QLatin1Char('}'), 60);
        if (end > 0) {
            i = end;
            continue;
        }
        if (scriptOf(c.unicode()) == Script::None && !c.isSurrogate()) {
            ++i;
            continue;
        }
        // A word: an address goes up to the next space.
        qsizetype stop = i;
        bool address = false;
        while (stop < text.size() && !text[stop].isSpace() && text[stop].unicode() < 0x2E80 &&
               stop - i < 2048) {
            address = address || text[stop] == QLatin1Char('@') || text.mid(stop, 3) == QLatin1String("://");
            ++stop;
        }
        if (!address && !text.mid(i, 4).startsWith(QLatin1String("www."), Qt::CaseInsensitive)) {
            const qsizetype length =
                c.isHighSurrogate() && i + 1 < text.size() && text[i + 1].isLowSurrogate() ? 2 : 1;
            if (hasLetters(text.mid(i, length)))
                return true;
            i += length;
            continue;
        }
        i = std::max(stop, i + 1);
    }
    return false;
}

} // namespace app::translate
