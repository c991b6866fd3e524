#include "app/code/code_prompt.h"

#include <QTest>

using namespace app::code;
using inference::ChatInput;
using inference::FillInMiddleInput;

namespace {

inference::ModelSummary model(bool fillsIn, std::uint32_t context = 16384)
{
    inference::ModelSummary summary;
    summary.canFillInMiddle = fillsIn;
    summary.contextLength = context;
    return summary;
}

QString userText(const CodeRequest &built)
{
    const auto *chat = std::get_if<ChatInput>(&built.request.input);
    if (!chat || chat->messages.size() != 2 || chat->messages[0].role != "system" ||
        chat->messages[1].role != "user")
        return {};
    return QString::fromStdString(chat->messages[1].content);
}

CodeTask task(Verb verb, const char *source = "", const char *instruction = "", const char *language = "")
{
    CodeTask t;
    t.verb = verb;
    t.source = QString::fromUtf8(source);
    t.instruction = QString::fromUtf8(instruction);
    t.languageId = QString::fromLatin1(language);
    return t;
}

} // namespace

class TestCodePrompt : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void saysWhatIsMissing_data()
    {
        QTest::addColumn<int>("verb");
        QTest::addColumn<QString>("source");
        QTest::addColumn<QString>("instruction");
        QTest::addColumn<int>("lack");
        const auto row = [](const char *name, Verb verb, const char *source, const char *instruction,
                            Lack lack) {
            QTest::newRow(name) << int(verb) << QString::fromUtf8(source) << QString::fromUtf8(instruction)
                                << int(lack);
        };
        row("generate from nothing", Verb::Generate, "", "", Lack::Instruction);
        row("generate from blanks", Verb::Generate, "x", " \n", Lack::Instruction);
        row("generate", Verb::Generate, "", "a game", Lack::Nothing);
        row("fix nothing", Verb::Fix, " \n\t", "it crashes", Lack::Source);
        row("fix", Verb::Fix, "x", "", Lack::Nothing);
        row("explain nothing", Verb::Explain, "", "why", Lack::Source);
        row("tests of nothing", Verb::Tests, "", "", Lack::Source);
        row("complete nothing", Verb::Complete, "", "", Lack::Source);
        row("complete", Verb::Complete, "int ", "", Lack::Nothing);
    }
    void saysWhatIsMissing()
    {
        QFETCH(int, verb);
        QFETCH(QString, source);
        QFETCH(QString, instruction);
        QFETCH(int, lack);
        CodeTask t;
        t.verb = Verb(verb);
        t.source = source;
        t.instruction = instruction;
        QCOMPARE(int(lackOf(t)), lack);
    }

    void everyVerbBuildsItsRequest_data()
    {
        QTest::addColumn<int>("verb");
        QTest::addColumn<int>("answer");
        QTest::addColumn<QStringList>("contains");
        const auto row = [](const char *name, Verb verb, AnswerKind answer, const QStringList &contains) {
            QTest::newRow(name) << int(verb) << int(answer) << contains;
        };
        const QString fencedSource = QStringLiteral("```python\ndef f(): pass\n```");
        const QString oneBlock = QStringLiteral("one fenced code block");
        const QString wish = QStringLiteral("make it fast");
        row("generate", Verb::Generate, AnswerKind::Code,
            {fencedSource, oneBlock, wish, QStringLiteral("Write Python code")});
        row("fix", Verb::Fix, AnswerKind::Code,
            {fencedSource, oneBlock, wish, QStringLiteral("fix the bugs in this Python")});
        row("refactor", Verb::Refactor, AnswerKind::Code,
            {fencedSource, oneBlock, wish, QStringLiteral("stays the same")});
        row("tests", Verb::Tests, AnswerKind::Code, {fencedSource, oneBlock, wish, QStringLiteral("pytest")});
        row("explain", Verb::Explain, AnswerKind::Prose,
            {fencedSource, wish, QStringLiteral("Explain this Python code")});
    }
    void everyVerbBuildsItsRequest()
    {
        QFETCH(int, verb);
        QFETCH(int, answer);
        QFETCH(QStringList, contains);
        const CodeRequest built =
            buildRequest(task(Verb(verb), "def f(): pass\n", "make it fast", "python"), model(true));
        QCOMPARE(int(built.answer), answer);
        QCOMPARE(built.form, PromptForm::Chat);
        const QString text = userText(built);
        for (const QString &part : contains)
            QVERIFY2(text.contains(part), qPrintable(part + QStringLiteral(" in ") + text));
        QCOMPARE(built.request.sampling.temperature, 0.2f);
        QVERIFY(built.request.maxTokens >= 1024 && built.request.maxTokens <= 8192);
        QCOMPARE(std::get<ChatInput>(built.request.input).thinking, inference::Thinking::Off);
    }

    void generateWithoutSourceOrLanguageNamesNone()
    {
        const QString text = userText(buildRequest(task(Verb::Generate, "", "a snake game"), model(true)));
        QVERIFY(text.contains(QStringLiteral("a snake game")));
        QVERIFY(text.contains(QStringLiteral("the language that the task names")));
        QVERIFY(!text.contains(QStringLiteral("code so far")));
    }
    void automaticLanguageIsGuessedFromTheSource()
    {
        const QString text = userText(buildRequest(
            task(Verb::Fix, "use std::fs;\nfn main() {\n    let mut x = 1;\n    println!(\"{}\", x);\n}\n"),
            model(true)));
        QVERIFY2(text.contains(QStringLiteral("this Rust code")) &&
                     text.contains(QStringLiteral("```rust\n")),
                 qPrintable(text));
    }

    void completeFillsInTheMiddle()
    {
        CodeTask t = task(Verb::Complete, "int add(int a, int b)\n{\n    \n}\n", "", "c");
        t.cursor = int(t.source.indexOf(QStringLiteral("\n}")));
        const CodeRequest built = buildRequest(t, model(true));
        QCOMPARE(built.form, PromptForm::FillInMiddle);
        QCOMPARE(built.answer, AnswerKind::Insertion);
        const auto &input = std::get<FillInMiddleInput>(built.request.input);
        QCOMPARE(QString::fromStdString(input.prefix), QStringLiteral("int add(int a, int b)\n{\n    "));
        QCOMPARE(QString::fromStdString(input.suffix), QStringLiteral("\n}\n"));
        QCOMPARE(built.request.sampling.temperature, 0.0f);
        QVERIFY(built.request.maxTokens > 0 && built.request.maxTokens <= 512);
        QVERIFY(std::find(built.request.stopStrings.begin(), built.request.stopStrings.end(), "\n") ==
                built.request.stopStrings.end());
    }
    void completeInsideALineEndsWithTheLine()
    {
        CodeTask t = task(Verb::Complete, "print(, file)\n", "", "python");
        t.cursor = 6;
        const CodeRequest built = buildRequest(t, model(true));
        QCOMPARE(built.request.stopStrings.back(), std::string("\n"));
    }
    void completeWithoutFillInMiddleAsks()
    {
        CodeTask t = task(Verb::Complete, "int a = ;\n", "", "c");
        t.cursor = 8;
        const CodeRequest built = buildRequest(t, model(false));
        QCOMPARE(built.form, PromptForm::InstructedFilling);
        QCOMPARE(built.answer, AnswerKind::Insertion);
        QVERIFY(userText(built).contains(QStringLiteral("int a = <MISSING>;")));
        QCOMPARE(built.request.sampling.temperature, 0.0f);
        QCOMPARE(buildRequest(t, std::nullopt).form, PromptForm::InstructedFilling);
    }
    void completeReadsAWindowOfALongSource()
    {
        QString source;
        for (int i = 0; i < 5000; ++i)
            source += QStringLiteral("line_%1()\n").arg(i);
        CodeTask t;
        t.verb = Verb::Complete;
        t.source = source;
        t.cursor = int(source.indexOf(QStringLiteral("line_2500")));
        const CodeRequest built = buildRequest(t, model(true, 2048));
        const auto &input = std::get<FillInMiddleInput>(built.request.input);
        QVERIFY(built.leftOutBefore > 0 && built.leftOutAfter > 0);
        QVERIFY(input.prefix.size() + input.suffix.size() < 2048 * 3);
        QVERIFY(input.prefix.size() > input.suffix.size());
        QVERIFY(QString::fromStdString(input.prefix).startsWith(QStringLiteral("line_"))); // cut at a line
        QVERIFY(QString::fromStdString(input.prefix).endsWith(QStringLiteral("line_2499()\n")));
        QCOMPARE(source.mid(built.leftOutBefore, 20), QString::fromStdString(input.prefix).left(20));
        QCOMPARE(built.leftOutBefore + int(input.prefix.size() + input.suffix.size()) + built.leftOutAfter,
                 int(source.size()));
    }
    void cursorsOutsideOrInsideACharacterAreHarmless()
    {
        CodeTask t;
        t.verb = Verb::Complete;
        t.source = QString::fromUtf8("a😀b");
        for (const int cursor : {-5, -1, 0, 1, 2, 3, 4, 1000}) {
            t.cursor = cursor;
            const CodeRequest built = buildRequest(t, model(true));
            const auto &input = std::get<FillInMiddleInput>(built.request.input);
            QCOMPARE(QString::fromStdString(input.prefix + input.suffix), t.source);
        }
    }

    void maxTokensLeaveRoomForThePrompt_data()
    {
        QTest::addColumn<int>("context");
        QTest::newRow("small") << 512;
        QTest::newRow("usual") << 4096;
        QTest::newRow("large") << 131072;
    }
    void maxTokensLeaveRoomForThePrompt()
    {
        QFETCH(int, context);
        for (const Verb verb : kVerbs) {
            const CodeRequest built =
                buildRequest(task(verb, "int a;", "b"), model(true, std::uint32_t(context)));
            QVERIFY(built.request.maxTokens > 0);
            QVERIFY(int(built.request.maxTokens) <= context / 2);
        }
    }

    void fencesAreLongerThanWhatTheyHold_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("fence");
        QTest::newRow("plain") << QStringLiteral("a") << QStringLiteral("```");
        QTest::newRow("inline") << QStringLiteral("`a` ``b``") << QStringLiteral("```");
        QTest::newRow("fence") << QStringLiteral("```\na\n```") << QStringLiteral("````");
        QTest::newRow("long fence") << QStringLiteral("``````") << QStringLiteral("```````");
    }
    void fencesAreLongerThanWhatTheyHold()
    {
        QFETCH(QString, text);
        QFETCH(QString, fence);
        QCOMPARE(fenced(text, QStringLiteral("c")),
                 fence + QStringLiteral("c\n") + text + QStringLiteral("\n") + fence);
    }
};

QTEST_GUILESS_MAIN(TestCodePrompt)
#include "tst_code_prompt.moc"
