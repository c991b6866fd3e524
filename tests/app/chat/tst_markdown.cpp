#include "app/chat/markdown.h"
#include "app/chat/markdown_stream.h"

#include <QElapsedTimer>
#include <QTest>

using namespace app::markdown;

namespace {

// Blocks as text, for comparing: kind, containers, words with styles between marks.
QString describe(const Text &text)
{
    QString all;
    int at = 0;
    for (const Span &span : text.spans) {
        all += text.text.mid(at, span.start - at);
        QString marks;
        if (span.styles & Bold)
            marks += QLatin1Char('b');
        if (span.styles & Emphasis)
            marks += QLatin1Char('i');
        if (span.styles & Code)
            marks += QLatin1Char('c');
        if (span.styles & Strike)
            marks += QLatin1Char('s');
        if (span.styles & Math)
            marks += QLatin1Char('m');
        if (span.styles & app::markdown::Display)
            marks += QLatin1Char('d');
        if (span.styles & Superscript)
            marks += QLatin1Char('^');
        if (span.link >= 0)
            marks += QLatin1Char('<') + text.links[span.link] + QLatin1Char('>');
        all += QStringLiteral("{%1:%2}").arg(marks, text.text.mid(span.start, span.length));
        at = span.start + span.length;
    }
    all += text.text.mid(at);
    return all.replace(QChar::LineSeparator, QLatin1Char('~'));
}

QString describe(const Block &block)
{
    QString all;
    for (const Container &c : block.containers) {
        static const char *names[] = {">", "*", "#", "[ ]", "[x]"};
        all += QLatin1String(names[c.kind]);
        if (c.kind == Container::Number)
            all += QString::number(c.number);
        if (c.footnote)
            all += QLatin1Char('^');
        all += c.begins ? QLatin1Char('!') : QLatin1Char(' ');
    }
    switch (block.kind) {
    case BlockKind::Paragraph:
        return all + QLatin1String("p ") + describe(block.text);
    case BlockKind::Heading:
        return all + QStringLiteral("h%1 ").arg(block.level) + describe(block.text);
    case BlockKind::Code:
        return all + QStringLiteral("code(%1) ").arg(block.language) +
               QString(block.code).replace(QLatin1Char('\n'), QLatin1Char('~'));
    case BlockKind::Rule:
        return all + QLatin1String("rule");
    case BlockKind::Formula:
        return all + QLatin1String(block.open ? "formula... " : "formula ") + QString(block.code).replace(QLatin1Char('\n'), QLatin1Char('~'));
    case BlockKind::Table: {
        all += QLatin1String("table ");
        for (const Alignment a : block.alignments)
            all += QLatin1String(a == Alignment::Left ? "l" : a == Alignment::Right ? "r" : "c");
        for (const auto &row : block.rows) {
            all += QLatin1String(" /");
            for (const Text &cell : row)
                all += QLatin1Char(' ') + describe(cell) + QLatin1Char('|');
        }
        return all;
    }
    }
    return all;
}

QStringList describe(const QVector<Block> &blocks)
{
    QStringList all;
    for (const Block &block : blocks)
        all.append(describe(block));
    return all;
}

const char kAnswer[] = R"(# Title

Words with **bold**, *slanted*, `code` and ~~gone~~; see [the page](https://example.org/a).

1. First
2. Second

   more of the second

   ```cpp
   int main() {}

   // after a blank line
   ```
3. Third
   - nested
   - [x] done

> quoted
> 
> still

```python
def f():

    return 1
```
After the fence.

| A | B |
|-|-:|
| 1 | `x|y` |

**注意：**后面的字要正常。

$$
a^2 + b^2
$$

\[
\begin{aligned}
- c &= d
\end{aligned}
\]

Before
$$
x
$$
behind[^1].

[^1]: A note.
[^2]: Another.

The end.
)";

} // namespace

class TestMarkdown : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void blocksAreWhatTheSourceSays_data();
    void blocksAreWhatTheSourceSays();
    void streamedInAnyPiecesGivesTheSameBlocks();
    void aFormulaIsOpenUntilItsEndCame();
    void sealedBlocksAreNeverParsedAgain();
    void openCodeIsNotParsedAgain();
    void hostileSourceEndsQuickly_data();
    void hostileSourceEndsQuickly();
    void plainTextKeepsTheWords();
};

void TestMarkdown::blocksAreWhatTheSourceSays_data()
{
    QTest::addColumn<QString>("source");
    QTest::addColumn<QStringList>("expected");
    const auto row = [](const char *name, const char *source, std::initializer_list<const char *> blocks) {
        QStringList expected;
        for (const char *block : blocks)
            expected.append(QString::fromUtf8(block));
        QTest::newRow(name) << QString::fromUtf8(source) << expected;
    };
    row("paragraphs", "one\n\ntwo", {"p one", "p two"});
    row("line break is kept", "one\ntwo", {"p one~two"});
    row("styles", "**a** *b* `c` ~~d~~", {"p {b:a} {i:b} {c:c} {s:d}"});
    row("bold before Han after Chinese colon", "**注意：**后文", {"p {b:注意：}后文"});
    row("bold in Chinese quotes inside words", "这是**“重点”**内容", {"p 这是{b:“重点”}内容"});
    row("two bolds with comma", "**甲**，**乙**", {"p {b:甲}，{b:乙}"});
    row("stars in code stay", "`a**b：**c`", {"p {c:a**b：**c}"});
    row("raw HTML is text", "<script>alert(1)</script>", {"p <script>alert(1)</script>"});
    row("inline HTML is text", "a <b>x</b>", {"p a <b>x</b>"});
    row("picture is its description with a sentence", "![a cat](http://x/y.png)",
        {"p a cat {i<http://x/y.png>:(a picture on x, not loaded)}"});
    row("picture without words", "![](data:image/png;base64,AAAA)",
        {"p {i<data:image/png;base64,AAAA>:(a picture of the answer, not loaded)}"});
    row("entities", "&lt;a&gt; &#20013;", {"p <a> 中"});
    row("link", "[t](https://e.org)", {"p {<https://e.org>:t}"});
    row("short delimiter row", "|a|b|\n|-|:-:|\n|1|2|", {"table lc / a| b| / 1| 2|"});
    row("table right after words", "words\n| a | b |\n|---|---|\n| 1 | 2 |",
        {"p words", "table ll / a| b| / 1| 2|"});
    row("task list", "- [ ] a\n- [x] b", {"[ ]!p a", "[x]!p b"});
    row("numbers go on", "3. a\n4. b", {"#3!p a", "#4!p b"});
    row("nested list", "- a\n  - b\n- c", {"*!p a", "* *!p b", "*!p c"});
    row("empty item shows its mark", "-\n- b", {"*!p ", "*!p b"});
    row("quote", "> a\n>\n> b", {">!p a", "> p b"});
    row("rule", "a\n\n---", {"p a", "rule"});
    row("fence", "```cpp\nint a;\n\nb\n```", {"code(cpp) int a;~~b"});
    row("open fence is code", "```\na", {"code() a"});
    row("inline formula in backslash brackets", "so \\( a_1*b_1*c \\) is", {"p so {m:a_1*b_1*c} is"});
    row("display formula", "\\[\nx^2\n\\]", {"formula x^2"});
    row("money is no formula", "costs $5 and $10", {"p costs $5 and $10"});
    row("a range of money", "from $5-$10 to $20", {"p from $5-$10 to $20"});
    row("money before a formula", "for $5 the $x^2$ of it", {"p for $5 the {m:x^2} of it"});
    row("money in code", "`$5` and $6", {"p {c:$5} and $6"});
    row("money with a space behind", "$ 5 and $ 6", {"p $ 5 and $ 6"});
    row("money in words", "between $5 for one and 6$ for two", {"p between $5 for one and 6$ for two"});
    row("a formula that begins with a figure", "$2x+1$", {"p {m:2x+1}"});
    row("formula in bold", "**so $x$**", {"p {b:so }{bm:x}"});
    row("formula marks of Markdown", "$a_1 * b_2 * c$ and $\\{x\\}$", {"p {m:a_1 * b_2 * c} and {m:\\{x\\}}"});
    row("formula in code", "`$x$` and `\\(x\\)`", {"p {c:$x$} and {c:\\(x\\)}"});
    row("bracket without an end", "\\(x and more", {"p (x and more"});
    row("two formulas in brackets", "\\(x\\), \\( y \\).", {"p {m:x}, {m:y}."});
    row("display on a line", "so:\n$$x^2$$\nthen", {"p so:", "formula x^2", "p then"});
    row("display inside of words", "so $$x^2$$ then", {"p so", "formula x^2", "p then"});
    row("two displays in a line", "$$x$$ and $$y$$", {"formula x", "p and", "formula y"});
    row("display keeps its full stop", "\\[ x^2 \\].", {"formula x^2."});
    row("display with lines that look like Markdown",
        "$$\n\\begin{aligned}\na &= b \\\\\n- c &= d \\\\[4pt]\n+ e\n= f\n# g\n> h\n\\end{aligned}\n$$",
        {"formula \\begin{aligned}~a &= b \\\\~- c &= d \\\\[4pt]~+ e~= f~# g~> h~\\end{aligned}"});
    row("environment without marks", "\\begin{align*}\nx &= 1\n\\end{align*}\nmore",
        {"formula \\begin{align*}~x &= 1~\\end{align*}", "p more"});
    row("blank lines behind marks alone", "$$\n\nx\n\n$$", {"formula x"});
    row("display in a list", "- a\n  $$\n  x\n  $$\n- b", {"*!p a", "* formula x", "*!p b"});
    row("display as an item", "1. $$x$$\n2. y", {"#1!formula x", "#2!p y"});
    row("display in a quote", "> $$\n> x\n> $$\n> y", {">!formula x", "> p y"});
    row("display without an end is text", "$$ x\n\ny", {"p $$ x", "p y"});
    row("fence of math", "```math\nx^2\n```", {"formula x^2"});
    row("formula in a table", "|a|b|\n|---|---|\n|$x_1$|\\(y\\)|", {"table ll / a| b| / {m:x_1}| {m:y}|"});
    row("footnote", "Words[^1].\n\n[^1]: The *source*.",
        {"p Words{^<#footnote-1>:[1]}.", "#1^!p The {i:source}."});
    row("two footnotes", "[^1]: One\n[^2]: https://e.org", {"#1^!p One", "#2^!p {<https://e.org>:https://e.org}"});
    row("footnote of two paragraphs", "[^1]: One\n\n    Two\n", {"#1^!p One", "#1^ p Two"});
    row("footnote with a name", "a[^src] b\n\n[^src]: It.", {"p a{^<#footnote-src>:[^src]} b", "*^!p src: It."});
    row("footnote in code", "`[^1]` and [^a-z]", {"p {c:[^1]} and [^a-z]"});
    row("footnote after a list is not an item of it", "- a\n\n[^1]: b", {"*!p a", "#1^!p b"});
    row("task behind a nested numbered list", "- a\n  1. b\n- [x] c\n- [ ] d", {"*!p a", "* #1!p b", "[x]!p c", "[ ]!p d"});
    row("no task without a space", "- [x]c", {"*!p [x]c"});
    row("address by itself", "see https://e.org/a?b=1.", {"p see {<https://e.org/a?b=1>:https://e.org/a?b=1}."});
    row("address in angles", "<https://e.org>", {"p {<https://e.org>:https://e.org}"});
    row("quote in a quote", "> a\n>> b", {">!p a", "> >!p b"});
    row("list in a quote in a list", "- a\n  > - b", {"*!p a", "* >!*!p b"});
    row("strike in words", "a~~b~~c", {"p a{s:b}c"});
    row("table with a dash", "|a|\n|-|\n|1|", {"table l / a| / 1|"});
    row("table in a list", "- x\n\n  |a|b|\n  |--|--|\n  |1|2|", {"*!p x", "* table ll / a| b| / 1| 2|"});
    row("table with too few cells", "|a|b|\n|---|---|\n|1|", {"table ll / a| b| / 1| |"});
    row("pipe in a cell", "|a|\n|---|\n|`x\\|y`|", {"table l / a| / {c:x|y}|"});
    row("indented text is no code", "a\n\n    b", {"p a", "p b"});
}

void TestMarkdown::blocksAreWhatTheSourceSays()
{
    QFETCH(QString, source);
    QFETCH(QStringList, expected);
    QCOMPARE(describe(parse(source)), expected);
}

void TestMarkdown::streamedInAnyPiecesGivesTheSameBlocks()
{
    const QString source = QString::fromUtf8(kAnswer);
    MarkdownStream whole;
    whole.append(source);
    whole.finish();
    const QStringList expected = describe(whole.blocks());
    QVERIFY(expected.contains(QStringLiteral("code(python) def f():~~    return 1")));
    QVERIFY(expected.contains(QStringLiteral("p After the fence.")));
    QVERIFY(expected.contains(QStringLiteral("formula a^2 + b^2")));
    for (const int step : {1, 2, 3, 7, 31}) {
        MarkdownStream stream;
        for (int at = 0; at < source.size(); at += step) {
            const int sealedBefore = stream.sealedCount();
            const QVector<Block> before = stream.blocks().mid(0, sealedBefore);
            stream.append(QStringView(source).mid(at, step));
            QVERIFY(stream.sealedCount() >= sealedBefore);
            QCOMPARE(stream.blocks().mid(0, sealedBefore), before); // sealed means sealed
        }
        stream.finish();
        QCOMPARE(describe(stream.blocks()), expected);
    }
}

void TestMarkdown::aFormulaIsOpenUntilItsEndCame()
{
    MarkdownStream stream;
    stream.append(u"so\n$$\nx^2 +");
    QCOMPARE(describe(stream.blocks()), (QStringList{QStringLiteral("p so"), QStringLiteral("formula... x^2 +")}));
    stream.append(u" y\n$");
    QCOMPARE(stream.blocks().size(), 2);
    QVERIFY(stream.blocks().last().open);
    stream.append(u"$\nthen");
    QCOMPARE(describe(stream.blocks()), (QStringList{QStringLiteral("p so"), QStringLiteral("formula x^2 + y"), QStringLiteral("p then")}));
    // One that never ends is text, and what follows is not taken for it.
    stream.clear();
    stream.append(u"$$\nx\n\n");
    for (int i = 0; i < 400; ++i)
        stream.append(QStringLiteral("Paragraph %1 of an answer.\n\n").arg(i));
    QVERIFY(stream.sealedCount() > 200);
    stream.finish();
    QVERIFY(describe(stream.blocks()).contains(QStringLiteral("p Paragraph 7 of an answer.")));
    for (const Block &block : stream.blocks())
        QVERIFY(block.kind == BlockKind::Paragraph);
}

void TestMarkdown::sealedBlocksAreNeverParsedAgain()
{
    // 400 paragraphs in pieces of 20 characters: each paragraph is parsed some five times while it grows, and
    // the sealed ones before it not at all.
    MarkdownStream stream;
    QString source;
    for (int i = 0; i < 400; ++i)
        source +=
            QStringLiteral("Paragraph %1 has some words in it, enough for a line or two of text.\n\n").arg(i);
    for (int at = 0; at < source.size(); at += 20)
        stream.append(QStringView(source).mid(at, 20));
    stream.finish();
    QCOMPARE(stream.blocks().size(), 400);
    QVERIFY2(stream.parsedCharacters() < source.size() * 8,
             qPrintable(QString::number(double(stream.parsedCharacters()) / source.size())));
}

void TestMarkdown::openCodeIsNotParsedAgain()
{
    MarkdownStream stream;
    QString source = QStringLiteral("```c\n");
    for (int i = 0; i < 2000; ++i)
        source += QStringLiteral("int a%1 = %1;\n").arg(i);
    for (int at = 0; at < source.size(); at += 16)
        stream.append(QStringView(source).mid(at, 16));
    QCOMPARE(stream.blocks().size(), 1);
    QVERIFY(stream.parsedCharacters() < 1000);
    stream.append(u"```\n");
    QCOMPARE(stream.sealedCount(), 1);
    QVERIFY(stream.blocks().first().code.endsWith(QLatin1String("int a1999 = 1999;")));
}

void TestMarkdown::hostileSourceEndsQuickly_data()
{
    QTest::addColumn<QString>("source");
    QTest::newRow("quotes") << QString(20000, QLatin1Char('>'));
    QTest::newRow("brackets") << QString(20000, QLatin1Char('['));
    QTest::newRow("stars") << QStringLiteral("*a ").repeated(8000);
    QTest::newRow("bold") << QStringLiteral("**a").repeated(8000);
    QTest::newRow("ticks") << [] {
        QString all;
        for (int i = 1; i < 250; ++i)
            all += QString(i, QLatin1Char('`')) + QLatin1Char(' ');
        return all;
    }();
    QTest::newRow("wide table") << QStringLiteral("|a").repeated(3000) + QLatin1Char('\n') +
                                       QStringLiteral("|-").repeated(3000) + QLatin1Char('\n') +
                                       QStringLiteral("|x\n").repeated(3000);
    QTest::newRow("nested lists") << [] {
        QString all;
        for (int i = 0; i < 300; ++i)
            all += QString(2 * i, QLatin1Char(' ')) + QStringLiteral("- a\n");
        return all;
    }();
    QTest::newRow("one endless line") << QString(200000, QLatin1Char('x'));
    QTest::newRow("NUL") << QStringLiteral("a") + QChar(0) + QStringLiteral("b");
    QTest::newRow("lone surrogates") << QString(QChar(0xd800)) + QStringLiteral("a") + QChar(0xdc00);
}

void TestMarkdown::hostileSourceEndsQuickly()
{
    QFETCH(QString, source);
    QElapsedTimer timer;
    timer.start();
    MarkdownStream stream;
    for (qsizetype at = 0; at < source.size(); at += 4096)
        stream.append(QStringView(source).mid(at, 4096));
    stream.finish();
    QVERIFY(!stream.blocks().isEmpty());
    for (const Block &block : stream.blocks())
        QVERIFY(block.containers.size() <= kDeepestNesting);
    QVERIFY2(timer.elapsed() < 3000, qPrintable(QString::number(timer.elapsed())));
}

void TestMarkdown::plainTextKeepsTheWords()
{
    const QString text = plainText(parse(u"# T\n\n- **a**\n- b\n\n```\ncode\n```"));
    QCOMPARE(text, QStringLiteral("T\n\n- a\n- b\n\ncode"));
}

QTEST_APPLESS_MAIN(TestMarkdown)
#include "tst_markdown.moc"
