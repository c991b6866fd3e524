#include "app/code/answer_splitter.h"

#include <QRandomGenerator>
#include <QTest>

using namespace app::code;

namespace {

struct Outcome
{
    QString code, prose, tag;
};

Outcome splitIn(const QString &text, bool expectsCode, const QVector<int> &cuts)
{
    AnswerSplitter splitter(expectsCode);
    int from = 0;
    for (const int cut : cuts) {
        splitter.push(QStringView(text).mid(from, cut - from));
        from = cut;
    }
    splitter.push(QStringView(text).mid(from));
    splitter.finish();
    return {splitter.code(), splitter.prose(), splitter.languageTag()};
}

} // namespace

class TestAnswerSplitter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void splits_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("code");
        QTest::addColumn<QString>("prose");
        QTest::addColumn<QString>("tag");
        const auto row = [](const char *name, const char *text, const char *code, const char *prose,
                            const char *tag) {
            QTest::newRow(name) << QString::fromUtf8(text) << QString::fromUtf8(code)
                                << QString::fromUtf8(prose) << QString::fromUtf8(tag);
        };
        row("block alone", "```python\nx = 1\n```", "x = 1\n", "", "python");
        row("prose around", "Here:\n\n```c\nint x;\n```\n\nDone.\n", "int x;\n", "Here:\n\nDone.\n", "c");
        row("no end", "Here:\n```js\nlet a;\nlet b", "let a;\nlet b", "Here:\n", "js");
        row("end behind the last line", "```c\nint f() {\n}```", "int f() {\n}", "", "c");
        row("tildes", "~~~sh\nls\n~~~\nText", "ls\n", "Text", "sh");
        row("tildes do not end backticks", "```\n~~~\n```\n", "~~~\n", "", "");
        row("longer fence holds a shorter one", "````md\n```c\nx\n```\n````\n", "```c\nx\n```\n", "", "md");
        row("the longest wins",
            "```sh\npip install x\n```\nThen:\n```python\nimport x\nx.run()\nprint(x)\n```\nBye",
            "import x\nx.run()\nprint(x)\n", "```sh\npip install x\n```\nThen:\n\nBye", "python");
        row("the first of equals", "```\nab\n```\n```\ncd\n```\n", "ab\n", "```\ncd\n```\n", "");
        row("prose alone", "I cannot do that. It is not clear what is wanted.", "",
            "I cannot do that. It is not clear what is wanted.", "");
        row("bare code", "def f(x):\n    for i in range(x):\n        print(i)\n    return x\n",
            "def f(x):\n    for i in range(x):\n        print(i)\n    return x\n", "", "");
        row("info words", "```cpp title=\"a.cpp\"\nint a;\n```", "int a;\n", "", "cpp");
        row("file after the tag", "```python:main.py\na\n```", "a\n", "", "python");
        row("carriage returns", "A\r\n```c\r\nint a;\r\n```\r\nB", "int a;\n", "A\n\nB", "c");
        row("indented in a list", "1. Do\n   ```c\n   if (a)\n       b();\n   ```\n2. Go",
            "if (a)\n    b();\n", "1. Do\n\n2. Go", "c");
        row("inline code is no fence", "Use ```x``` here.\nAnd `y`.", "", "Use ```x``` here.\nAnd `y`.", "");
        row("empty", "", "", "", "");
        row("empty block", "```\n```", "", "", "");
    }
    void splits()
    {
        QFETCH(QString, text);
        const Outcome whole = splitIn(text, true, {});
        QTEST(whole.code, "code");
        QTEST(whole.prose, "prose");
        QTEST(whole.tag, "tag");
    }

    void proseVerbKeepsEverything()
    {
        const QString text = QStringLiteral("It prints.\n\n```c\nint a;\n```\nEnd");
        QCOMPARE(splitIn(text, false, {}).prose, text);
        QCOMPARE(splitIn(text, false, {}).code, QString());
    }

    // Any text, any cuts: the same code and prose, and no character of the answer is lost or made up.
    void cutsDoNotMatter()
    {
        static const char *const kPieces[] = {
            "```", "~~~",       "````",        "\n", "\n", "\r\n", "python", " ",
            "  ",  "x = f(1);", "Text here. ", "`",  "}",  "你好", "😀",      "def f(x):\n    return x\n"};
        QRandomGenerator random(7);
        for (int round = 0; round < 3000; ++round) {
            QString text;
            for (int i = int(random.bounded(30)); i > 0; --i)
                text += QString::fromUtf8(kPieces[random.bounded(quint32(std::size(kPieces)))]);
            const bool expectsCode = random.bounded(4) != 0;
            const Outcome whole = splitIn(text, expectsCode, {});
            QVector<int> cuts;
            for (int i = 0; i < text.size(); ++i)
                if (random.bounded(3) == 0)
                    cuts.append(i);
            const Outcome cut = splitIn(text, expectsCode, cuts);
            QCOMPARE(cut.code, whole.code);
            QCOMPARE(cut.prose, whole.prose);
            QCOMPARE(cut.tag, whole.tag);
            const auto words = [](QString s) {
                s.remove(QLatin1Char('`')).remove(QLatin1Char('~'));
                return s.simplified().remove(QLatin1Char(' '));
            };
            if (!whole.code.isEmpty() &&
                text.count(QLatin1String("```")) + text.count(QLatin1String("~~~")) <= 2 &&
                whole.tag.isEmpty() && whole.prose.isEmpty())
                QVERIFY(words(text).contains(words(whole.code)));
        }
    }

    void codeGrowsWhileItStreams()
    {
        const QString text =
            QStringLiteral("Here is it:\n\n```cpp\nint main()\n{\n    return 0;\n}\n```\n\nThat is all.\n");
        AnswerSplitter splitter;
        QString last;
        for (const QChar c : text) {
            splitter.push(QStringView(&c, 1));
            const QString code = splitter.code();
            QVERIFY2(code.startsWith(last), qPrintable(code));
            QVERIFY(!code.contains(QLatin1Char('`')));
            QVERIFY(!splitter.prose().contains(QLatin1Char('`')));
            last = code;
        }
        splitter.finish();
        QCOMPARE(splitter.code(), QStringLiteral("int main()\n{\n    return 0;\n}\n"));
    }

    void longAnswersAreFast()
    {
        const QString line = QStringLiteral("    value = compute(value, 12)  # step\n");
        AnswerSplitter splitter;
        splitter.push(u"```python\n");
        qsizetype seen = 0;
        for (int i = 0; i < 3000; ++i) {
            splitter.push(line);
            if (i % 10 == 0)
                seen += splitter.code().size();
        }
        splitter.finish();
        QVERIFY(seen > 0);
        QCOMPARE(splitter.code().size(), line.size() * 3000);
    }

    void looksLikeCode_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("code");
        QTest::newRow("c") << QStringLiteral("int a = 1;\nfoo(a);\n") << true;
        QTest::newRow("python") << QStringLiteral("def f():\n    return [1 for i in range(3)]\n") << true;
        QTest::newRow("prose") << QStringLiteral("This function returns one.\nIt is fast (and small).\n")
                               << false;
        QTest::newRow("list") << QStringLiteral("- The first bug: off by one.\n- The second: a leak.\n")
                              << false;
        QTest::newRow("markdown") << QStringLiteral("# Title\n\n## Part\n\nWords.\n") << false;
        QTest::newRow("blank") << QStringLiteral("\n\n") << false;
    }
    void looksLikeCode()
    {
        QFETCH(QString, text);
        QTEST(app::code::looksLikeCode(text), "code");
    }
};

QTEST_GUILESS_MAIN(TestAnswerSplitter)
#include "tst_answer_splitter.moc"
