#include "app/chat/markdown_writer.h"
#include "app/chat/markdown_stream.h"

#include <QTest>

using namespace app::markdown;

class TestMarkdownWriter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsWrittenGivesTheSameBlocks_data()
    {
        QTest::addColumn<QString>("source");
        const char *sources[] = {
            "words\nand a line",
            "**bold** *it* `co``de` ~~gone~~ ***both***",
            "a\\*b\\*c and snake_case and _x_",
            "[t](https://e.org) <https://e.org> https://e.org/a",
            "# One\n\n## Two *it*",
            "- a\n- b\n  - c\n- [x] d\n- [ ] e",
            "1. a\n2. b\n\n   more\n3. c",
            "> a\n>\n> - b\n>   > c",
            "```cpp\nint a;\n\n```\n\n````\n```\n````",
            "| a | b |\n|:-:|--:|\n| `x\\|y` | **z** |",
            "so $a_1*b$ is\n\n$$\nx^2\n$$",
            "\\[\n\\begin{aligned}\na &= b\\\\\n- c\n\\end{aligned}\n\\]",
            "word[^1] and[^2].\n\n[^1]: One\n\n    two\n\n[^2]: *Three*",
            "a\n\n---\n\nb",
            "1\\. no list\n\n\\# no heading\n\n\\- no item",
            "costs $5 and $10",
            "这是**“重点”**内容，*斜体*",
            "a < b & c &amp; d",
        };
        for (const char *source : sources)
            QTest::newRow(source) << QString::fromUtf8(source);
    }
    void whatIsWrittenGivesTheSameBlocks()
    {
        QFETCH(QString, source);
        const auto blocksOf = [](const QString &text) {
            MarkdownStream stream;
            stream.append(text);
            stream.finish();
            QVector<Block> blocks = stream.blocks();
            for (Block &block : blocks)
                block.separated = block.tight = false; // as chunks were cut
            return blocks;
        };
        const QVector<Block> blocks = blocksOf(source);
        const QString written = asMarkdown(blocks);
        const QVector<Block> again = blocksOf(written);
        QVERIFY2(again == blocks, qPrintable(written + QStringLiteral("\n-> ") + asMarkdown(again)));
    }

    void aPartOfTheWordsKeepsItsMarks()
    {
        const Block block = parse(u"some **bold words** and `code`").first();
        QCOMPARE(blockMarkdown(block, 0, 9), QStringLiteral("some **bold**"));
        QCOMPARE(blockMarkdown(block, 10, 22), QStringLiteral("**words** and `co`"));
        const Block formula = parse(u"so $x^2$ is").first();
        QCOMPARE(blockMarkdown(formula, 4, 6), QStringLiteral("$x^2$")); // whole or not at all
        const Block item = parse(u"- first item").first();
        QCOMPARE(blockMarkdown(item, 6, 10), QStringLiteral("- item"));
    }
};

QTEST_APPLESS_MAIN(TestMarkdownWriter)
#include "tst_markdown_writer.moc"
