#include "app/chat/markdown_writer.h"

#include <algorithm>

namespace app::markdown {

namespace {

bool isWord(QChar c)
{
    return c.isLetterOrNumber() || c == QLatin1Char('_');
}

// Marks in plain words that would count as Markdown.
QString escaped(QStringView words, QChar before, bool lineBegins)
{
    QString result;
    for (qsizetype i = 0; i < words.size(); ++i) {
        const QChar c = words[i];
        const QChar last = i > 0 ? words[i - 1] : before;
        const bool begins = (i == 0 && lineBegins) || last == QChar::LineSeparator;
        bool escape = QStringView(u"\\`*[]<$").contains(c) || (c == QLatin1Char('~') && i + 1 < words.size() && words[i + 1] == c);
        if (c == QLatin1Char('_'))
            escape = !(isWord(last) && i + 1 < words.size() && isWord(words[i + 1]));
        if (begins)
            escape = escape || QStringView(u"#>+-|=~").contains(c);
        if (c == QLatin1Char('|') || (c == QLatin1Char('&') && i + 1 < words.size() && (words[i + 1].isLetter() || words[i + 1] == QLatin1Char('#'))))
            escape = true;
        if ((c == QLatin1Char('.') || c == QLatin1Char(')')) && last.isDigit()) { // "1." at the begin of a line
            qsizetype digits = i;
            while (digits > 0 && words[digits - 1].isDigit())
                --digits;
            escape = escape || (digits == 0 ? lineBegins : words[digits - 1] == QChar::LineSeparator);
        }
        if (escape)
            result += QLatin1Char('\\');
        result += c == QChar::LineSeparator ? QLatin1Char('\n') : c;
    }
    return result;
}

QString codeSpan(const QString &code)
{
    int longest = 0, run = 0;
    for (const QChar c : code) {
        run = c == QLatin1Char('`') ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    const QString marks(longest + 1, QLatin1Char('`'));
    const bool space = code.startsWith(QLatin1Char('`')) || code.endsWith(QLatin1Char('`'));
    const QLatin1String air(space ? " " : "");
    return marks + air + code + air + marks;
}

QString spanMarkdown(const Text &text, const Span &span, QChar before, bool lineBegins)
{
    const QString words = text.text.mid(span.start, span.length);
    const QString link = text.links.value(span.link);
    if (span.styles & Superscript)
        return words.startsWith(QLatin1String("[^")) ? words : QStringLiteral("[^") + words.mid(1);
    QString inner;
    if (span.styles & Math)
        inner = span.styles & Display ? QStringLiteral("$$%1$$").arg(words) : QStringLiteral("$%1$").arg(words);
    else if (span.styles & Code)
        inner = codeSpan(words);
    else if (span.link >= 0 && words == link)
        return link.contains(QLatin1String("://")) ? QLatin1Char('<') + link + QLatin1Char('>') : words;
    else
        inner = escaped(words, before, lineBegins);
    // Marks of emphasis stand beside words, not beside spaces.
    qsizetype front = 0, back = inner.size();
    while (front < back && inner[front].isSpace())
        ++front;
    while (back > front && inner[back - 1].isSpace())
        --back;
    const QString lead = inner.left(front), tail = inner.mid(back);
    inner = inner.mid(front, back - front);
    if (inner.isEmpty())
        return lead + tail;
    if (span.styles & Strike)
        inner = QStringLiteral("~~") + inner + QStringLiteral("~~");
    if (span.styles & Emphasis)
        inner = QLatin1Char('*') + inner + QLatin1Char('*');
    if (span.styles & Bold)
        inner = QStringLiteral("**") + inner + QStringLiteral("**");
    if (span.link >= 0)
        inner = QLatin1Char('[') + inner + QStringLiteral("](<") + QString(link).remove(QLatin1Char('<')).remove(QLatin1Char('>')) + QStringLiteral(">)");
    return lead + inner + tail;
}

struct Prefix
{
    QString first, next;
};

Prefix prefixOf(const QVector<Container> &containers)
{
    Prefix prefix;
    for (const Container &container : containers) {
        if (container.kind == Container::Quote) {
            prefix.first += QStringLiteral("> ");
            prefix.next += QStringLiteral("> ");
            continue;
        }
        const bool task = container.kind == Container::TaskOpen || container.kind == Container::TaskDone;
        const QString mark = container.footnote && container.kind == Container::Number ? QStringLiteral("[^%1]: ").arg(container.number)
                             : container.kind == Container::Number                     ? QStringLiteral("%1. ").arg(container.number)
                                                                                       : QStringLiteral("- ");
        const QString space(container.footnote ? 4 : mark.size(), QLatin1Char(' '));
        prefix.first += !container.begins ? space : mark;
        if (container.begins && task)
            prefix.first += container.kind == Container::TaskDone ? QStringLiteral("[x] ") : QStringLiteral("[ ] ");
        prefix.next += space;
    }
    return prefix;
}

QString framed(const Block &block, const QString &body)
{
    const Prefix prefix = prefixOf(block.containers);
    QString result;
    const QStringList lines = body.split(QLatin1Char('\n'));
    for (qsizetype i = 0; i < lines.size(); ++i)
        result += (i == 0 ? prefix.first : QLatin1Char('\n') + prefix.next) + lines[i];
    return result;
}

QString fenced(const QString &code, const QString &language)
{
    int ticks = 3, run = 0;
    for (const QChar c : code) {
        run = c == QLatin1Char('`') ? run + 1 : 0;
        ticks = std::max(ticks, run + 1);
    }
    const QString fence(ticks, QLatin1Char('`'));
    return fence + language + QLatin1Char('\n') + (code.isEmpty() ? QString() : code + QLatin1Char('\n')) + fence;
}

QString tableMarkdown(const Block &block)
{
    QString result;
    for (qsizetype r = block.continued ? 1 : 0; r < block.rows.size(); ++r) {
        result += QLatin1Char('|');
        for (const Text &cell : block.rows[r]) {
            QString words = inlineMarkdown(cell).replace(QLatin1Char('\n'), QLatin1Char(' '));
            for (qsizetype i = words.size() - 1; i >= 0; --i) // those in code and formulas too
                if (words[i] == QLatin1Char('|') && (i == 0 || words[i - 1] != QLatin1Char('\\')))
                    words.insert(i, QLatin1Char('\\'));
            result += QLatin1Char(' ') + words + QStringLiteral(" |");
        }
        if (r == 0) {
            result += QStringLiteral("\n|");
            for (qsizetype c = 0; c < block.rows[0].size(); ++c) {
                const Alignment alignment = block.alignments.value(c, Alignment::Left);
                result += alignment == Alignment::Right    ? QStringLiteral("---:|")
                          : alignment == Alignment::Center ? QStringLiteral(":---:|")
                                                           : QStringLiteral("---|");
            }
        }
        if (r + 1 < block.rows.size())
            result += QLatin1Char('\n');
    }
    return result;
}

} // namespace

QString tableHead(const Block &table)
{
    Block head = table;
    head.containers.clear();
    head.continued = false;
    head.rows.resize(std::min<qsizetype>(1, head.rows.size()));
    return tableMarkdown(head) + QLatin1Char('\n');
}

QString inlineMarkdown(const Text &text, int from, int to)
{
    const int end = to < 0 ? int(text.text.size()) : std::min(to, int(text.text.size()));
    QString result;
    int at = std::clamp(from, 0, end);
    const auto before = [&] { return at > 0 ? text.text[at - 1] : QChar(u' '); };
    const auto lineBegins = [&] { return result.isEmpty() || result.endsWith(QLatin1Char('\n')); };
    for (Span span : text.spans) {
        const int begin = std::max(span.start, at), stop = std::min(span.start + span.length, end);
        if (begin >= stop)
            continue;
        result += escaped(QStringView(text.text).mid(at, begin - at), before(), lineBegins());
        at = begin;
        if (span.styles & (Math | Superscript)) { // whole or not at all
            result += spanMarkdown(text, span, before(), lineBegins());
        } else {
            span.start = begin;
            span.length = stop - begin;
            result += spanMarkdown(text, span, before(), lineBegins());
        }
        at = stop;
    }
    return result + escaped(QStringView(text.text).mid(at, end - at), before(), lineBegins());
}

QString blockMarkdown(const Block &block, int from, int to)
{
    switch (block.kind) {
    case BlockKind::Paragraph:
        return framed(block, inlineMarkdown(block.text, from, to));
    case BlockKind::Heading:
        return framed(block, QString(block.level, QLatin1Char('#')) + QLatin1Char(' ') + inlineMarkdown(block.text, from, to).replace(QLatin1Char('\n'), QLatin1Char(' ')));
    case BlockKind::Code:
        return framed(block, fenced(block.code.mid(from, to < 0 ? -1 : to - from), block.language));
    case BlockKind::Formula:
        return framed(block, QStringLiteral("$$\n%1\n$$").arg(block.code));
    case BlockKind::Rule:
        return framed(block, QStringLiteral("---"));
    case BlockKind::Table:
        return framed(block, tableMarkdown(block));
    }
    return {};
}

QString blockMarkdown(const Block &block)
{
    return blockMarkdown(block, 0, -1);
}

QString markdownBetween(const Block &above, const Block &below)
{
    if (below.continued || (above.tight && below.tight && !below.separated))
        return QStringLiteral("\n");
    // The line between two blocks of a quote has its mark.
    QVector<Container> shared;
    const qsizetype depth = std::min(above.containers.size(), below.containers.size());
    for (qsizetype i = 0; i < depth && !below.containers[i].begins; ++i)
        shared.append(below.containers[i]);
    QString line = prefixOf(shared).next;
    while (line.endsWith(QLatin1Char(' ')))
        line.chop(1);
    return QLatin1Char('\n') + line + QLatin1Char('\n');
}

QString asMarkdown(const QVector<Block> &blocks)
{
    QString result;
    for (qsizetype i = 0; i < blocks.size(); ++i)
        result += (i > 0 ? markdownBetween(blocks[i - 1], blocks[i]) : QString()) + blockMarkdown(blocks[i]);
    return result;
}

} // namespace app::markdown
