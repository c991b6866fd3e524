// Repairs of Markdown as models write it, before it is parsed. Works line by line and never touches fenced
// code.
#include "app/chat/markdown.h"

#include <QStringList>

#include <algorithm>

namespace app::markdown {

namespace {

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

// A dollar sign that opens no formula is money: "$5 and $10". As in Pandoc a formula has no space behind its first
// sign and none before its last one, and no digit follows that.
QString withPlainPrices(const QString &line)
{
    if (!line.contains(QLatin1Char('$')))
        return line;
    const auto at = [&](qsizetype i) { return i < line.size() ? line[i] : QChar(u' '); };
    const auto closing = [&](qsizetype from) -> qsizetype {
        for (qsizetype i = from; i < line.size(); ++i) {
            if (line[i] == QLatin1Char('\\'))
                ++i;
            else if (line[i] == QLatin1Char('$')) // the next sign closes or nothing does
                return !line[i - 1].isSpace() && !at(i + 1).isDigit() ? i : -1;
        }
        return -1;
    };
    QString result;
    for (qsizetype i = 0; i < line.size(); ++i) {
        const QChar c = line[i];
        qsizetype end = i + 1; // what is copied as it is
        if (c == QLatin1Char('\\')) {
            end = std::min(i + 2, line.size());
        } else if (c == QLatin1Char('`')) {
            while (at(end) == QLatin1Char('`'))
                ++end;
            const qsizetype close = line.indexOf(line.mid(i, end - i), end);
            if (close >= 0)
                end = close + (end - i);
        } else if (c == QLatin1Char('$') && at(i + 1) == QLatin1Char('$')) {
            const qsizetype close = line.indexOf(QLatin1String("$$"), i + 2);
            end = (close < 0 ? i : close) + 2;
        } else if (c == QLatin1Char('$')) {
            const qsizetype close = at(i + 1).isSpace() ? -1 : closing(i + 1);
            if (close < 0)
                result += QLatin1Char('\\');
            else
                end = close + 1;
        }
        result += QStringView(line).mid(i, end - i);
        i = end - 1;
    }
    return result;
}

// \( x \) and \[ x \] become $ and $$, which the parser takes verbatim.
QString withDollars(const QString &line)
{
    if (!line.contains(QLatin1Char('\\')))
        return line;
    QString result;
    bool code = false;
    for (qsizetype i = 0; i < line.size(); ++i) {
        if (line[i] == QLatin1Char('`'))
            code = !code;
        if (!code && line[i] == QLatin1Char('\\') && i + 1 < line.size()) {
            const QChar next = line[i + 1];
            if (next == QLatin1Char('(') || next == QLatin1Char(')')) {
                // A space inside would keep a dollar sign from counting.
                if (next == QLatin1Char('(')) {
                    result += QLatin1Char('$');
                    i += 1;
                    while (i + 1 < line.size() && line[i + 1] == QLatin1Char(' '))
                        ++i;
                } else {
                    while (result.endsWith(QLatin1Char(' ')))
                        result.chop(1);
                    result += QLatin1Char('$');
                    i += 1;
                }
                continue;
            }
            if (next == QLatin1Char('[') || next == QLatin1Char(']')) {
                result += QLatin1String("$$");
                i += 1;
                continue;
            }
            result += line[i];
            result += next;
            i += 1;
            continue;
        }
        result += line[i];
    }
    return result;
}

} // namespace

QString normalise(QStringView source)
{
    QStringList out;
    Fence open;
    EmphasisRepair emphasis;
    bool tableAbove = false;
    for (QStringView line : source.split(QLatin1Char('\n'))) {
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
        const bool delimiter =
            isDelimiterRow(line) && !out.isEmpty() && out.last().contains(QLatin1Char('|'));
        if (delimiter && !tableAbove && line.count(QLatin1Char('|')) <= kMostTableColumns + 1) {
            // A table may follow words without a blank line.
            if (out.size() >= 2 && !out[out.size() - 2].trimmed().isEmpty())
                out.insert(out.size() - 1, QString());
            out.append(lengthenedDelimiters(line));
            tableAbove = true;
            continue;
        }
        if (delimiter && !tableAbove) {
            // Too wide: one row of a table may cost as many cells as its head has. Shown as it is.
            out.append(QStringLiteral("\\") + line.trimmed().toString());
            continue;
        }
        out.append(withDollars(withPlainPrices(emphasis.repaired(line))));
    }
    return out.join(QLatin1Char('\n'));
}

} // namespace app::markdown
