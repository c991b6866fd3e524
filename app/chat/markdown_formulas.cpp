// Formulas and footnotes in lines of Markdown.
#include "app/chat/markdown_formulas.h"

#include <algorithm>

namespace app::markdown {

namespace {

constexpr auto kFence = "~~~~~~~~";

// Quote marks, spaces and marks of list items at the begin of a line; `next` is what stands there on the lines below.
struct LinePrefix
{
    QString first, next;
    qsizetype length = 0;
};

LinePrefix linePrefixOf(QStringView line)
{
    LinePrefix prefix;
    qsizetype i = 0;
    const auto isSpaceAt = [&](qsizetype at) { return at < line.size() && (line[at] == QLatin1Char(' ') || line[at] == QLatin1Char('\t')); };
    for (int marks = 0; i < line.size() && marks < 16;) {
        if (isSpaceAt(i) || line[i] == QLatin1Char('>')) {
            prefix.next += line[i++];
            continue;
        }
        qsizetype end = i;
        if (QStringView(u"-*+").contains(line[i]))
            end = i + 1;
        else
            while (end < line.size() && end - i < 9 && line[end] >= QLatin1Char('0') && line[end] <= QLatin1Char('9'))
                ++end;
        const bool number = end > i && line[i].isDigit();
        if (number)
            end = end < line.size() && QStringView(u".)").contains(line[end]) ? end + 1 : i;
        if (end == i || !isSpaceAt(end))
            break;
        prefix.next += QString(end - i, QLatin1Char(' '));
        i = end;
        ++marks;
    }
    prefix.first = line.left(i).toString();
    prefix.length = i;
    return prefix;
}

// A line below without the quote marks and spaces that the formula stands behind.
QStringView bodyOf(QStringView line, const LinePrefix &prefix)
{
    qsizetype quotes = prefix.next.count(QLatin1Char('>')), i = 0;
    while (i < line.size() && (line[i].isSpace() || (line[i] == QLatin1Char('>') && quotes > 0))) {
        if (line[i] == QLatin1Char('>'))
            --quotes;
        ++i;
    }
    return line.mid(i);
}

struct Opening
{
    QStringView mark;
    QString close;
    bool kept = false; // the marks are a part of the formula
};

std::optional<Opening> openingOf(QStringView body)
{
    if (body.startsWith(u"$$"))
        return Opening{body.left(2), QStringLiteral("$$")};
    if (body.startsWith(u"\\["))
        return Opening{body.left(2), QStringLiteral("\\]")};
    if (!body.startsWith(u"\\begin{"))
        return {};
    const qsizetype end = body.indexOf(QLatin1Char('}'));
    if (end < 0 || end > 24)
        return {};
    QStringView name = body.mid(7, end - 7);
    const QStringView plain = name.endsWith(QLatin1Char('*')) ? name.chopped(1) : name;
    for (const char *known : {"equation", "align", "aligned", "alignat", "flalign", "gather", "gathered", "multline", "eqnarray", "split", "cases",
                              "matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "Vmatrix", "array"}) {
        if (plain == QLatin1String(known))
            return Opening{body.left(end + 1), QStringLiteral("\\end{%1}").arg(name), true};
    }
    return {};
}

// Where a mark that ends a formula begins: "\\]" is a line break of TeX before a bracket.
qsizetype closeIn(QStringView text, const QString &close, qsizetype from)
{
    for (qsizetype at = text.indexOf(close, from); at >= 0; at = text.indexOf(close, at + 1)) {
        qsizetype slashes = 0;
        while (at - slashes > from && text[at - slashes - 1] == QLatin1Char('\\'))
            ++slashes;
        if (slashes % 2 == 0)
            return at;
    }
    return -1;
}

bool isSentenceMark(QStringView rest)
{
    return rest.size() == 1 && QStringView(u".,;:。，").contains(rest[0]);
}

qsizetype endOfCode(QStringView line, qsizetype i)
{
    qsizetype ticks = i;
    while (ticks < line.size() && line[ticks] == QLatin1Char('`'))
        ++ticks;
    const qsizetype close = line.indexOf(line.mid(i, ticks - i), ticks);
    return close < 0 ? ticks : close + (ticks - i);
}

// "5 to 10 dollars, between two dollar signs": no formula begins with a figure and goes on with words.
bool isMoney(QStringView inner)
{
    if (inner.isEmpty() || !inner[0].isDigit())
        return false;
    int letters = 0;
    bool words = false;
    for (const QChar c : inner) {
        if (QStringView(u"\\^_={}<>").contains(c))
            return false;
        letters = c.isLetter() ? letters + 1 : 0;
        words = words || letters >= 3;
    }
    return words;
}

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
                return !line[i - 1].isSpace() && !at(i + 1).isDigit() && !isMoney(QStringView(line).mid(from, i - from)) ? i : -1;
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
            end = endOfCode(line, i);
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

// \( x \) and \[ x \] become $ and $$, which the parser takes verbatim; an opening mark without a closing one stays.
QString withDollars(const QString &line)
{
    if (!line.contains(QLatin1Char('\\')))
        return line;
    QString result;
    qsizetype lastClose[2] = {line.lastIndexOf(QLatin1String("\\)")), line.lastIndexOf(QLatin1String("\\]"))};
    for (qsizetype i = 0; i < line.size(); ++i) {
        if (line[i] == QLatin1Char('`')) {
            const qsizetype end = endOfCode(line, i);
            result += QStringView(line).mid(i, end - i);
            i = end - 1;
            continue;
        }
        if (line[i] != QLatin1Char('\\') || i + 1 >= line.size()) {
            result += line[i];
            continue;
        }
        const bool round = line[i + 1] == QLatin1Char('('), square = line[i + 1] == QLatin1Char('[');
        const QString close = round ? QStringLiteral("\\)") : QStringLiteral("\\]");
        const qsizetype end = (round && lastClose[0] > i) || (square && lastClose[1] > i) ? closeIn(line, close, i + 2) : -1;
        if (end < 0) {
            result += QStringView(line).mid(i, 2);
            i += 1;
            continue;
        }
        // A space inside would keep a dollar sign from counting.
        const QStringView inner = QStringView(line).mid(i + 2, end - i - 2).trimmed();
        const QLatin1String mark(round ? "$" : "$$");
        if (inner.isEmpty() || inner.contains(QLatin1Char('$')))
            result += QStringView(line).mid(i, end + 2 - i);
        else
            (result += mark).append(inner) += mark;
        i = end + 1;
    }
    return result;
}

bool isLabel(QStringView label)
{
    if (label.isEmpty() || label.size() > 32)
        return false;
    const bool number = std::all_of(label.begin(), label.end(), [](QChar c) { return c >= QLatin1Char('0') && c <= QLatin1Char('9'); });
    if (number)
        return label.size() <= 4;
    return label.size() > 1 && label[0].isLetter() &&
           std::all_of(label.begin(), label.end(), [](QChar c) { return c.unicode() < 128 && c.isLetterOrNumber(); });
}

// The label of "[^label]" at i, or nothing.
QStringView labelAt(QStringView line, qsizetype i)
{
    if (i + 3 >= line.size() || line[i] != QLatin1Char('[') || line[i + 1] != QLatin1Char('^'))
        return {};
    const qsizetype end = line.mid(i, 40).indexOf(QLatin1Char(']'));
    const QStringView label = end > 2 ? line.mid(i + 2, end - 2) : QStringView();
    return isLabel(label) ? label : QStringView();
}

} // namespace

bool opensFormula(QStringView trimmed)
{
    return trimmed == u"$$" || trimmed == u"\\[";
}

bool closesFormula(QStringView trimmed, QStringView opening)
{
    return trimmed.endsWith(opening == u"$$" ? QStringView(u"$$") : QStringView(u"\\]"));
}

std::optional<DisplayLines> displayFormula(const QVector<QStringView> &lines, int first, bool complete, QHash<QString, int> &hopeless)
{
    const QStringView line = lines[first];
    if (!line.contains(u"$$") && !line.contains(u"\\[") && !line.contains(u"\\begin{"))
        return {};
    const LinePrefix prefix = linePrefixOf(line);
    const QStringView body = line.mid(prefix.length);
    const auto opening = openingOf(body);
    if (!opening || first < hopeless.value(opening->close, 0))
        return {};
    const bool alone = opensFormula(body.trimmed());
    QStringList inner;
    QString rest;
    qsizetype length = 0;
    bool closed = false;
    int i = first;
    for (; i < lines.size() && !closed; ++i) {
        QStringView text = i == first ? body.mid(opening->mark.size()) : bodyOf(lines[i], prefix);
        if (i > first && !alone && text.trimmed().isEmpty())
            break;
        length += text.size() + 1;
        if (length > kLongestDisplay) {
            hopeless[opening->close] = i;
            return {};
        }
        const qsizetype close = closeIn(text, opening->close, 0);
        if (close >= 0) {
            rest = text.mid(close + opening->close.size()).trimmed().toString();
            text = text.left(close);
            closed = true;
        }
        if (text.contains(QLatin1String(kFence)))
            return {};
        if (!text.trimmed().isEmpty())
            inner.append(text.trimmed().toString());
    }
    if (!closed && (complete || i < lines.size())) {
        hopeless[opening->close] = i;
        return {};
    }
    if (inner.isEmpty() && closed)
        return {};
    if (opening->kept) {
        inner.prepend(opening->mark.toString());
        if (closed)
            inner.append(opening->close);
    }
    if (isSentenceMark(rest) && !inner.isEmpty()) {
        inner.last() += rest;
        rest.clear();
    } else if (rest.contains(u"$$")) {
        return {}; // several in a line: spans of a paragraph
    }
    DisplayLines result;
    result.lines = i - first;
    result.written.append(prefix.first + QLatin1String(kFence) + (closed ? kFormulaFence : kOpenFormulaFence).toString());
    for (const QString &one : std::as_const(inner))
        result.written.append(prefix.next + one);
    if (closed)
        result.written.append(prefix.next + QLatin1String(kFence));
    if (!rest.isEmpty())
        result.written.append(prefix.next + withFootnotes(withFormulas(rest)));
    return result;
}

QString withFormulas(const QString &line)
{
    return withDollars(withPlainPrices(line));
}

QString withFootnotes(const QString &line)
{
    if (!line.contains(QLatin1String("[^")))
        return line;
    QString result;
    qsizetype indent = 0;
    while (indent < line.size() && line[indent] == QLatin1Char(' '))
        ++indent;
    for (qsizetype i = 0; i < line.size(); ++i) {
        const QChar c = line[i];
        qsizetype end = i + 1;
        if (c == QLatin1Char('`')) {
            end = endOfCode(line, i);
        } else if (c == QLatin1Char('\\')) {
            end = std::min(i + 2, line.size());
        } else if (const QStringView label = labelAt(line, i); !label.isEmpty()) {
            end = i + label.size() + 3;
            const QChar next = end < line.size() ? line[end] : QChar(u' ');
            const bool number = label[0].isDigit();
            if (next == QLatin1Char(':') && i == indent && indent < 4) {
                ((result += QLatin1String("+ ")) += kFootnoteMark).append(label) += kFootnoteMark;
                i = end;
                continue;
            }
            if (next != QLatin1Char('(')) {
                ((result += kReferenceMark) += QLatin1String(number ? "\\[" : "\\[^")).append(label);
                (result += QLatin1String("\\]")) += kReferenceMark;
                i = end - 1;
                continue;
            }
        }
        result += QStringView(line).mid(i, end - i);
        i = end - 1;
    }
    return result;
}

} // namespace app::markdown
