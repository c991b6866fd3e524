#include "tests/support/markdown_cases.h"

#include <algorithm>

namespace test {

namespace {

QString times(const char *text, int count)
{
    return QString::fromUtf8(text).repeated(count);
}

QString indented(const char *text, int deep, int step)
{
    QString all;
    for (int i = 0; i < deep; ++i)
        all += QString(step * i, u' ') + QString::fromUtf8(text) + u'\n';
    return all;
}

QString table(int columns, int rows, const QString &cell)
{
    QString all;
    for (int r = 0; r < rows + 2; ++r) {
        for (int c = 0; c < columns; ++c)
            all += u'|' + (r == 1 ? QStringLiteral("---") : cell);
        all += QStringLiteral("|\n");
    }
    return all;
}

} // namespace

QVector<MarkdownCase> markdownCases()
{
    QVector<MarkdownCase> all;
    const auto add = [&](const QString &name, const QString &source) { all.append({name, source}); };
    // Marks without a partner, alone, in words, in lines, around each other: 31 x 6.
    const char *marks[] = {"*", "**", "***", "_", "__", "~", "~~", "`", "``", "```", "$", "$$", "\\(", "\\[", "[", "]", "![", "](", "<", ">",
                           "&", "&#", "|", "|-", "#", "\\", "[^", "[^1]", "<!--", "http://", "\\begin{align}"};
    for (const char *mark : marks) {
        const QString name = QString::fromLatin1(mark);
        add(name + QStringLiteral(" run"), times(mark, 6000));
        add(name + QStringLiteral(" before words"), times((QByteArray(mark) + "a ").constData(), 4000));
        add(name + QStringLiteral(" around words"), times((QByteArray("a") + mark + "b" + mark).constData(), 3000));
        add(name + QStringLiteral(" lines"), times((QByteArray(mark) + "\n").constData(), 4000));
        add(name + QStringLiteral(" lines of words"), times((QByteArray(mark) + " a\n").constData(), 3000));
        add(name + QStringLiteral(" nested"), times(mark, 2000) + QStringLiteral("x") + times(mark, 2000));
    }
    // Pairs of marks that cross: 36.
    const char *pairs[] = {"*", "_", "**", "~~", "`", "$"};
    for (const char *a : pairs)
        for (const char *b : pairs)
            add(QStringLiteral("crossed %1 %2").arg(QLatin1String(a), QLatin1String(b)), times((QByteArray(a) + "a" + b + "b" + a + "c" + b + " ").constData(), 1500));
    // Depth, length and number: 48.
    for (const int deep : {10, 100, 1000, 4000}) {
        add(QStringLiteral("quotes %1").arg(deep), QString(deep, u'>') + QStringLiteral(" a"));
        add(QStringLiteral("lists %1").arg(deep), indented("- a", std::min(deep, 200), 2));
        add(QStringLiteral("numbers %1").arg(deep), indented("1. a", std::min(deep, 200), 3));
        add(QStringLiteral("list marks in a line %1").arg(deep), times("- ", deep) + u'a');
        add(QStringLiteral("quotes and lists %1").arg(deep), times("> - ", deep) + u'a');
        add(QStringLiteral("links in links %1").arg(deep), times("[a", deep) + times("](b)", deep));
        add(QStringLiteral("brackets %1").arg(deep), times("[", deep) + u'a' + times("]", deep));
        add(QStringLiteral("definitions %1").arg(deep), times("[a]: http://b\n", deep) + times("[a] ", deep));
        add(QStringLiteral("footnotes %1").arg(deep), times("a[^1] ", deep) + QStringLiteral("\n\n") + times("[^1]: b\n", deep));
        add(QStringLiteral("headings %1").arg(deep), times("# a\n", deep));
        add(QStringLiteral("rules %1").arg(deep), times("---\n\n", deep));
        add(QStringLiteral("items %1").arg(deep), times("- [ ] a\n", deep));
    }
    // Tables: 10.
    for (const int columns : {1, 8, 64, 65, 1000})
        for (const int rows : {3, 3000 / columns + 1})
            add(QStringLiteral("table %1 x %2").arg(columns).arg(rows), table(columns, rows, QStringLiteral("a")));
    add(QStringLiteral("wide head and short rows"), table(64, 0, QStringLiteral("a")) + times("|x\n", 5000));
    add(QStringLiteral("table of formulas"), table(4, 100, QStringLiteral("$x$")));
    // Formulas: 8.
    add(QStringLiteral("formula of braces"), QStringLiteral("$$") + times("{", 3000) + times("}", 3000) + QStringLiteral("$$"));
    add(QStringLiteral("formula without an end"), QStringLiteral("$$\n") + times("x \\\\\n", 3000));
    add(QStringLiteral("environments"), times("\\begin{matrix}\n", 3000));
    add(QStringLiteral("environments with ends"), times("\\begin{matrix}a\\end{matrix}\n", 500));
    add(QStringLiteral("many formulas"), times("$a$ ", 3000));
    add(QStringLiteral("many displays"), times("$$a$$\n", 1500));
    add(QStringLiteral("opened again and again"), times("$$\na\n\n", 2000));
    add(QStringLiteral("backslashes in brackets"), QStringLiteral("\\[") + times("\\\\]", 3000));
    // Long and odd: 20.
    add(QStringLiteral("one line"), QString(60000, u'x'));
    add(QStringLiteral("one line of words"), times("word ", 12000));
    add(QStringLiteral("one line of Han"), times("字", 30000));
    add(QStringLiteral("code of one line"), QStringLiteral("```c\n") + QString(60000, u'x'));
    add(QStringLiteral("code of many lines"), QStringLiteral("```c\n") + times("int a;\n", 6000));
    add(QStringLiteral("code of comments"), QStringLiteral("```c\n") + times("/* ", 10000));
    add(QStringLiteral("ticks that grow"), [] {
        QString ticks;
        for (int i = 1; i < 250; ++i)
            ticks += QString(i, u'`') + u' ';
        return ticks;
    }());
    add(QStringLiteral("NUL"), QString(3000, QChar(0)));
    add(QStringLiteral("lone surrogates"), QString(2000, QChar(0xd800)) + QString(2000, QChar(0xdc00)));
    add(QStringLiteral("noncharacters"), QString(2000, QChar(0xfdd0)) + u'a' + QString(2000, QChar(0xfdd1)) + QString(100, QChar(0xffff)));
    add(QStringLiteral("joiners"), QString(4000, QChar(0x2060)));
    add(QStringLiteral("right to left"), times("\u202e*a*\u202c", 1500));
    add(QStringLiteral("marks above marks"), u'a' + QString(4000, QChar(0x301)));
    add(QStringLiteral("emoji joined"), times("👨‍👩‍👧‍👦", 1000));
    add(QStringLiteral("flags"), times("🇩🇪", 3000));
    add(QStringLiteral("line separators"), QString(6000, QChar(0x2028)));
    add(QStringLiteral("tabs"), times("\t- a\n", 2000));
    add(QStringLiteral("spaces"), QString(30000, u' ') + u'a');
    add(QStringLiteral("carriage returns"), times("a\r", 6000));
    add(QStringLiteral("blank lines"), QString(30000, u'\n'));
    return all;
}

QString wholeAnswer()
{
    return QString::fromUtf8("# Title with $x$\n\nWords with **bold**, *slanted*, `code`, ~~gone~~ and [a link](https://example.org/a)[^1].\n\n"
                             "1. First\n2. Second\n   - nested \\(y\\)\n   - [x] done\n\n> quoted\n>\n> $$\n> x^2\n> $$\n\n"
                             "```python\ndef f():\n    return 1\n```\n\n| A | B |\n|-|-:|\n| $1$ | `x` |\n\n"
                             "**注意：**后面的字。\n\n\\[\n\\begin{aligned}\n- a &= b\n\\end{aligned}\n\\]\n\n![p](http://e.org/p.png)\n\n[^1]: Note.\n");
}

QString mutated(const QString &source, std::mt19937 &random)
{
    static const QStringList marks{QStringLiteral("$$"), QStringLiteral("$"), QStringLiteral("```"), QStringLiteral("\n\n"), QStringLiteral("> "), QStringLiteral("- "),
                                   QStringLiteral("|"), QStringLiteral("\\("), QStringLiteral("\\]"), QStringLiteral("[^1]"), QStringLiteral("[^1]: "), QStringLiteral("**"),
                                   QStringLiteral("\n|-|\n"), QStringLiteral("    "), QStringLiteral("]("), QStringLiteral("!["), QStringLiteral("\\begin{align}"), QString(QChar(0x202e)),
                                   QString(QChar(0)), QString(QChar(0xd800)), QString(QChar(0x2060)), QString(QChar(0xfdd1)), QStringLiteral("~~~~~~~~"), QStringLiteral("[x] ")};
    QString text = source;
    const auto below = [&](qsizetype end) { return qsizetype(random() % std::max<quint64>(1, quint64(end))); };
    for (int changes = 1 + int(random() % 12); changes > 0; --changes) {
        const qsizetype at = below(text.size() + 1), length = below(60);
        switch (random() % 6) {
        case 0:
            text.remove(at, length);
            break;
        case 1:
            text.insert(at, text.mid(below(text.size()), length));
            break;
        case 2:
            text.insert(at, marks[below(marks.size())].repeated(1 + int(below(random() % 8 == 0 ? 500 : 3))));
            break;
        case 3:
            text.truncate(std::max<qsizetype>(at, 1));
            break;
        case 4:
            if (at < text.size())
                text[at] = QChar(ushort(random() % 8 == 0 ? random() : 32 + random() % 95));
            break;
        default:
            text += source.mid(below(source.size()), length * 4);
            break;
        }
    }
    return text.left(30000);
}

} // namespace test
