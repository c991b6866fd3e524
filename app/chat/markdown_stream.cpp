#include "app/chat/markdown_stream.h"

#include "app/chat/markdown_formulas.h"
#include "app/chat/markdown_writer.h"

#include <algorithm>

namespace app::markdown {

namespace {

int indentOf(QStringView line)
{
    int columns = 0;
    for (const QChar c : line) {
        if (c == QLatin1Char(' '))
            ++columns;
        else if (c == QLatin1Char('\t'))
            columns += 4 - columns % 4;
        else
            break;
    }
    return columns;
}

bool beginsListItem(QStringView trimmed)
{
    if (trimmed.size() < 2)
        return false;
    if (QStringView(u"-*+").contains(trimmed[0]))
        return trimmed[1].isSpace();
    int digits = 0;
    while (digits < trimmed.size() && digits < 9 && trimmed[digits].isDigit() &&
           trimmed[digits].unicode() < 128)
        ++digits;
    return digits > 0 && digits + 1 < trimmed.size() && QStringView(u".)").contains(trimmed[digits]) &&
           trimmed[digits + 1].isSpace();
}

int fenceLength(QStringView trimmed)
{
    if (trimmed.isEmpty() || (trimmed[0] != QLatin1Char('`') && trimmed[0] != QLatin1Char('~')))
        return 0;
    int length = 0;
    while (length < trimmed.size() && trimmed[length] == trimmed[0])
        ++length;
    if (length < 3 || (trimmed[0] == QLatin1Char('`') && trimmed.mid(length).contains(QLatin1Char('`'))))
        return 0;
    return length;
}

} // namespace

void MarkdownStream::clear()
{
    *this = MarkdownStream();
}

void MarkdownStream::append(QStringView text)
{
    if (text.isEmpty())
        return;
    m_source += text;
    scan();
    parseTail();
}

void MarkdownStream::finish()
{
    if (m_chunk < m_source.size())
        seal(m_source.size());
    m_sealed = int(m_blocks.size());
}

// Looks at every line once, when its end has come; a line after a blank one decides as soon as its first
// letters are there, at the latest at its end.
void MarkdownStream::scan()
{
    for (;;) {
        const qsizetype end = m_source.indexOf(QLatin1Char('\n'), m_line);
        if (end < 0)
            break;
        const QStringView line = QStringView(m_source).mid(m_line, end - m_line);
        const QStringView trimmed = line.trimmed();
        const int indent = indentOf(line);
        const qsizetype next = end + 1;

        if (m_inFence) {
            const int length = fenceLength(trimmed);
            const bool closes =
                length >= m_fenceLength && trimmed[0] == m_fenceMark && trimmed.size() == length;
            if (closes) {
                m_inFence = false;
                if (m_fenceIndent == 0 && !m_chunkIsList)
                    seal(next);
            }
            m_blank = -1;
        } else if (trimmed.isEmpty()) {
            if (m_inMath && next - m_mathBegin > kLongestDisplay)
                m_inMath = false; // it was none
            m_blank = next;
        } else {
            // After a blank line a block at the margin begins anew: what stands above is complete.
            const bool anew = m_blank >= 0 && m_line > m_chunk && indent < 2 && !m_inMath;
            // A long list is cut between its items, else it would be parsed again with every word of its end.
            const bool nextItem = !anew && m_chunkIsList && indent < 2 && m_line - m_chunk > kLongList && beginsListItem(trimmed);
            if (anew || nextItem)
                seal(m_line);
            m_within = nextItem || (m_within && m_line > m_chunk);
            m_blank = -1;
            if (m_line == m_chunk)
                m_chunkIsList = beginsListItem(trimmed);
            const int length = fenceLength(trimmed);
            if (length > 0) {
                if (indent == 0 && !m_chunkIsList && m_line > m_chunk && !m_inMath)
                    seal(m_line); // a fence needs no blank line above
                m_inFence = true;
                m_fenceMark = trimmed[0];
                m_fenceLength = length;
                m_fenceIndent = indent;
                m_fenceBody = next;
            } else if (m_inMath ? closesFormula(trimmed, m_mathMark) : opensFormula(trimmed)) {
                m_inMath = !m_inMath;
                m_mathMark = trimmed.toString();
                m_mathBegin = m_line;
            }
        }
        m_line = next;
        // A chunk without any boundary would be parsed again and again. Fenced code may be long: it is cheap.
        if (!m_inFence && m_line - m_chunk > kLongestChunk) {
            m_inMath = false;
            seal(m_line, true);
        }
    }
    // One endless line: cut it at a space, never inside a surrogate pair.
    while (!m_inFence && m_source.size() - m_chunk > 2 * kLongestChunk) {
        qsizetype at = m_source.lastIndexOf(QLatin1Char(' '), m_chunk + kLongestChunk);
        if (at <= m_chunk)
            at = m_chunk + kLongestChunk;
        if (m_source[at].isLowSurrogate())
            ++at;
        seal(at);
        m_line = std::max(m_line, m_chunk);
    }
}

// A table that was cut is given its head again.
QVector<Block> MarkdownStream::parsed(QStringView chunk, bool complete)
{
    m_parsedCharacters += chunk.size();
    if (m_tableHead.isEmpty() || !chunk.left(chunk.indexOf(QLatin1Char('\n'))).contains(QLatin1Char('|')))
        return parse(chunk, complete);
    QVector<Block> blocks = parse(m_tableHead + chunk.toString(), complete);
    if (!blocks.isEmpty())
        blocks.first().continued = blocks.first().kind == BlockKind::Table;
    return blocks;
}

void MarkdownStream::seal(qsizetype end, bool within)
{
    const QStringView chunk = QStringView(m_source).mid(m_chunk, end - m_chunk);
    m_blocks.resize(m_sealed);
    m_blocks += parsed(chunk, true);
    m_tableHead = within && m_blocks.size() > m_sealed && m_blocks.last().kind == BlockKind::Table && m_blocks.last().containers.isEmpty()
                      ? tableHead(m_blocks.last())
                      : QString();
    if (m_blocks.size() > m_sealed)
        m_blocks[m_sealed].separated = !m_within && !m_blocks[m_sealed].continued;
    m_sealed = int(m_blocks.size());
    m_chunk = end;
    m_chunkIsList = false;
}

// Open code at the margin only grows: no need to parse what is known.
bool MarkdownStream::growFence()
{
    if (!m_inFence || m_fenceIndent != 0 || m_chunkIsList || m_blocks.size() != m_sealed + 1 ||
        m_blocks.last().kind != BlockKind::Code || m_fenceBody <= m_chunk)
        return false;
    QStringView code = QStringView(m_source).mid(m_fenceBody);
    // Marks that may become the closing fence are not shown.
    const qsizetype lastLine = code.lastIndexOf(QLatin1Char('\n')) + 1;
    const QStringView last = code.mid(lastLine).trimmed();
    if (!last.isEmpty() &&
        std::all_of(last.begin(), last.end(), [this](QChar c) { return c == m_fenceMark; }))
        code = code.left(std::max<qsizetype>(0, lastLine));
    if (code.endsWith(QLatin1Char('\n')))
        code.chop(1);
    QString text = code.toString();
    text.remove(QChar(0));
    m_blocks.last().code = text;
    return true;
}

void MarkdownStream::parseTail()
{
    if (growFence())
        return;
    m_blocks.resize(m_sealed);
    if (m_chunk >= m_source.size())
        return;
    const QStringView chunk = QStringView(m_source).mid(m_chunk);
    m_blocks += parsed(chunk, false);
    if (m_blocks.size() > m_sealed)
        m_blocks[m_sealed].separated = !m_within && !m_blocks[m_sealed].continued;
}

} // namespace app::markdown
