// Repairs of Markdown as models write it, before it is parsed. Works line by line and never touches fenced
// code.
#include "app/chat/markdown.h"
#include "app/chat/markdown_formulas.h"

#include <QStringList>

#include <algorithm>

namespace app::markdown {

namespace {

constexpr qsizetype kMostFilledCells = 8500; // a chunk of well-formed rows has fewer

struct Fence
{
    QChar mark;
    int length = 0;
};

// Opening or closing fence at the begin of a line (after quote marks and indentation).
Fence fenceOf(QStringView line)
{
    qsizetype i = 0;
    while (i < line.size() &&
           (line[i] == QLatin1Char(' ') || line[i] == QLatin1Char('>') || line[i] == QLatin1Char('\t')))
        ++i;
    if (i >= line.size() || (line[i] != QLatin1Char('`') && line[i] != QLatin1Char('~')))
        return {};
    const QChar mark = line[i];
    const qsizetype begin = i;
    while (i < line.size() && line[i] == mark)
        ++i;
    if (i - begin < 3)
        return {};
    if (mark == QLatin1Char('`') && line.mid(i).contains(QLatin1Char('`')))
        return {};
    return {mark, int(i - begin)};
}

bool isDelimiterRow(QStringView line)
{
    bool dash = false, pipe = false;
    for (const QChar c : line) {
        if (c == QLatin1Char('-'))
            dash = true;
        else if (c == QLatin1Char('|'))
            pipe = true;
        else if (c != QLatin1Char(':') && c != QLatin1Char(' ') && c != QLatin1Char('\t') &&
                 c != QLatin1Char('\r'))
            return false;
    }
    return dash && pipe;
}

// "|-|:-:|" -> "|---|:---:|": md4c wants three dashes a cell, the standard one.
QString lengthenedDelimiters(QStringView line)
{
    QString result;
    for (qsizetype i = 0; i < line.size();) {
        if (line[i] != QLatin1Char('-')) {
            result += line[i++];
            continue;
        }
        qsizetype dashes = 0;
        while (i < line.size() && line[i] == QLatin1Char('-'))
            ++i, ++dashes;
        result += QString(std::max<qsizetype>(dashes, 3), QLatin1Char('-'));
    }
    return result;
}

bool isWordLike(QChar c)
{
    return c.isLetterOrNumber() || c.isSurrogate();
}

bool isPunctuation(QChar c)
{
    return c.isPunct() || c.isSymbol();
}

// Emphasis marks in text, in pairs; `open` survives line ends within a paragraph.
class EmphasisRepair
{
public:
    void paragraphEnds() { m_open = false; }

    QString repaired(QStringView line)
    {
        if (!line.contains(QLatin1String("**")))
            return line.toString();
        QString result;
        result.reserve(line.size() + 8);
        for (qsizetype i = 0; i < line.size();) {
            const QChar c = line[i];
            if (c == QLatin1Char('\\') && i + 1 < line.size()) {
                result += line.mid(i, 2);
                i += 2;
            } else if (c == QLatin1Char('`')) {
                i = copyCode(line, i, result);
            } else if (c == QLatin1Char('*')) {
                i = copyStars(line, i, result);
            } else {
                result += c;
                ++i;
            }
        }
        return result;
    }

private:
    static qsizetype copyCode(QStringView line, qsizetype i, QString &result)
    {
        qsizetype ticks = i;
        while (ticks < line.size() && line[ticks] == QLatin1Char('`'))
            ++ticks;
        const QStringView run = line.mid(i, ticks - i);
        const qsizetype close = line.indexOf(run, ticks);
        const qsizetype end = close < 0 ? ticks : close + run.size();
        result += line.mid(i, end - i);
        return end;
    }

    qsizetype copyStars(QStringView line, qsizetype i, QString &result)
    {
        qsizetype end = i;
        while (end < line.size() && line[end] == QLatin1Char('*'))
            ++end;
        const QStringView run = line.mid(i, end - i);
        if (run.size() != 2) {
            result += run;
            return end;
        }
        const QChar before = i > 0 ? line[i - 1] : QLatin1Char(' ');
        const QChar after = end < line.size() ? line[end] : QLatin1Char(' ');
        if (!m_open) {
            result += run;
            if (!after.isSpace()) {
                m_open = true;
                if (isPunctuation(after) && isWordLike(before))
                    result += kJoiner;
            }
        } else {
            if (!before.isSpace()) {
                m_open = false;
                if (isPunctuation(before) && isWordLike(after))
                    result += kJoiner;
            }
            result += run;
        }
        return end;
    }

    bool m_open = false;
};

} // namespace

QString normalise(QStringView source, bool complete)
{
    QStringList out;
    Fence open;
    EmphasisRepair emphasis;
    bool tableAbove = false;
    qsizetype columns = 0, cells = 0; // of that table
    QHash<QString, int> hopeless;
    QVector<QStringView> lines;
    for (qsizetype from = 0; from <= source.size();) {
        const qsizetype end = source.indexOf(QLatin1Char('\n'), from);
        lines.append(source.mid(from, end < 0 ? -1 : end - from));
        if (end < 0)
            break;
        from = end + 1;
    }
    for (int i = 0; i < lines.size(); ++i) {
        const QStringView line = lines[i];
        const Fence fence = fenceOf(line);
        if (open.length > 0) {
            out.append(line.toString());
            if (fence.mark == open.mark && fence.length >= open.length)
                open = {};
            continue;
        }
        if (fence.length > 0) {
            open = fence;
            emphasis.paragraphEnds();
            out.append(line.toString());
            tableAbove = false;
            continue;
        }
        if (line.trimmed().isEmpty()) {
            emphasis.paragraphEnds();
            tableAbove = false;
            out.append(line.toString());
            continue;
        }
        // A short row is filled up to the head: a few letters could make thousands of cells.
        if (tableAbove && (cells += columns) > kMostFilledCells) {
            out.append(QString());
            tableAbove = false;
        }
        if (const auto formula = displayFormula(lines, i, complete, hopeless)) {
            emphasis.paragraphEnds();
            tableAbove = false;
            out += formula->written;
            i += formula->lines - 1;
            continue;
        }
        const bool delimiter =
            isDelimiterRow(line) && !out.isEmpty() && out.last().contains(QLatin1Char('|'));
        if (delimiter && !tableAbove && line.count(QLatin1Char('|')) <= kMostTableColumns + 1) {
            // A table may follow words without a blank line.
            if (out.size() >= 2 && !out[out.size() - 2].trimmed().isEmpty())
                out.insert(out.size() - 1, QString());
            out.append(lengthenedDelimiters(line));
            tableAbove = true;
            columns = line.count(QLatin1Char('|'));
            cells = 0;
            continue;
        }
        if (delimiter && !tableAbove) {
            // Too wide: one row of a table may cost as many cells as its head has. Shown as it is.
            out.append(QStringLiteral("\\") + line.trimmed().toString());
            continue;
        }
        out.append(withFootnotes(withFormulas(emphasis.repaired(line))));
    }
    return out.join(QLatin1Char('\n'));
}

} // namespace app::markdown
