#include "tests/support/fake_engine.h"
#include "tests/support/temporary_file.h"
#include "ui/chat/formula_pictures.h"
#include "ui/code/code_panel.h"
#include "ui/code/editor_card.h"
#include "ui/code/task_card.h"

#include <QClipboard>
#include <QDir>
#include <QFile>
#include <QGuiApplication>
#include <QSignalSpy>
#include <QTest>

using namespace ui;
using app::code::Verb;
using test::EngineScript;
using test::FakeAnswer;
using test::FakeEngine;
using test::FakePiece;
using test::milliseconds;

namespace {

struct Setup
{
    explicit Setup(bool fillsIn = true, bool loads = true)
    {
        test::FakeLoad load;
        load.summary = FakeEngine::defaultSummary("/models/a.gguf");
        load.summary->canFillInMiddle = fillsIn;
        load.summary->contextLength = 8192;
        script->addLoad(load);
        if (loads)
            service.load(QStringLiteral("/models/a.gguf"));
        appearance.setScheme(Scheme::Light);
        open();
    }
    void open()
    {
        panel.reset();
        panel =
            std::make_unique<CodePanel>(service, settings, appearance, folder.path(QStringLiteral("data")));
        panel->resize(1384, 870);
        panel->show();
        panel->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(panel.get())); // keys of the panel want it
    }
    bool ready()
    {
        return QTest::qWaitFor([&] { return service.model().has_value(); });
    }
    bool waitForEnd()
    {
        return QTest::qWaitFor([&] { return !panel->session().isBusy(); });
    }
    CodeEditor *editor() { return panel->editorCard()->editor(); }
    QString code() { return editor()->text(); }
    void setCode(const char *text) { editor()->replaceText(QString::fromUtf8(text)); }
    void run(Verb verb, const char *instruction = "")
    {
        panel->taskCard()->setVerb(verb);
        panel->taskCard()->setInstruction(QString::fromUtf8(instruction));
        panel->run();
    }
    QString lastUserText()
    {
        const auto requests = script->requests();
        if (requests.empty())
            return {};
        const auto *chat = std::get_if<inference::ChatInput>(&requests.back().input);
        return chat ? QString::fromStdString(chat->messages.back().content) : QString();
    }
    QString notes()
    {
        ProseView *prose = panel->editorCard()->prose();
        return prose->messageCount() > 0 ? prose->contentTexts(0).join(u'\n') : QString();
    }
    TextButton *noticeButton(const QString &text)
    {
        Notice *notice = panel->editorCard()->notice();
        if (!notice)
            return nullptr;
        for (TextButton *button : notice->findChildren<TextButton *>())
            if (button->text() == text)
                return button;
        return nullptr;
    }

    test::TemporaryFolder folder;
    std::shared_ptr<EngineScript> script = std::make_shared<EngineScript>();
    app::InferenceService service{std::make_unique<FakeEngine>(script)};
    app::Settings settings{folder.path(QStringLiteral("s.ini"))};
    Appearance appearance{settings};
    std::unique_ptr<CodePanel> panel;
};

} // namespace

class TestCodePanel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void generateStreamsIntoTheEditor()
    {
        Setup s;
        QVERIFY(s.ready());
        QSignalSpy status(s.panel.get(), &Panel::statusChanged);
        s.script->addAnswer("Here:\n\n```python\nimport sys\nprint( sys.argv )\n```\n\nRun it. ",
                            milliseconds(10));
        s.run(Verb::Generate, "print the arguments");
        QVERIFY(s.panel->session().isBusy());
        QVERIFY(s.waitForEnd());
        QCOMPARE(s.code(), QStringLiteral("import sys\nprint( sys.argv )\n"));
        QCOMPARE(s.notes(), QStringLiteral("Here:\nRun it."));
        QVERIFY(s.panel->editorCard()->isProseShown());
        QVERIFY(s.lastUserText().contains(QStringLiteral("print the arguments")));
        QCOMPARE(app::syntax::languageId(*s.editor()->language()), QStringLiteral("python"));
        QStringList sentences;
        for (const auto &call : status)
            sentences.append(call.at(0).toString());
        QVERIFY(sentences.contains(QStringLiteral("Writing code")));
        QVERIFY(sentences.last().isEmpty());
        QCOMPARE(status.last().at(1).toString(), QStringLiteral("50.0 tok/s"));
        s.editor()->undo();
        QCOMPARE(s.code(), QString());
    }
    void everyVerbSendsTheEditorsText_data()
    {
        QTest::addColumn<int>("verb");
        QTest::addColumn<QString>("says");
        QTest::newRow("generate") << int(Verb::Generate) << QStringLiteral("code so far");
        QTest::newRow("fix") << int(Verb::Fix) << QStringLiteral("fix the bugs");
        QTest::newRow("refactor") << int(Verb::Refactor) << QStringLiteral("Refactor");
        QTest::newRow("tests") << int(Verb::Tests) << QStringLiteral("unit tests");
        QTest::newRow("explain") << int(Verb::Explain) << QStringLiteral("Explain");
    }
    void everyVerbSendsTheEditorsText()
    {
        QFETCH(int, verb);
        QFETCH(QString, says);
        Setup s;
        QVERIFY(s.ready());
        s.setCode("def add(a, b):\n    return a - b\n");
        s.script->addAnswer("```python\nx = 1\n```\nWords.");
        s.run(Verb(verb), "wish");
        QVERIFY(s.waitForEnd());
        const QString text = s.lastUserText();
        QVERIFY2(text.contains(QStringLiteral("```python\ndef add(a, b):\n    return a - b\n```")),
                 qPrintable(text));
        QVERIFY(text.contains(says));
        QVERIFY(text.contains(QStringLiteral("wish")));
        if (Verb(verb) == Verb::Explain) {
            QCOMPARE(s.code(), QStringLiteral("def add(a, b):\n    return a - b\n"));
            QVERIFY(s.notes().contains(QStringLiteral("Words.")));
        } else {
            QCOMPARE(s.code(), QStringLiteral("x = 1\n"));
            QCOMPARE(s.panel->editorCard()->former()->text(),
                     QStringLiteral("def add(a, b):\n    return a - b\n"));
        }
    }
    void generateCanLeaveTheEditorsTextOut()
    {
        Setup s;
        QVERIFY(s.ready());
        s.setCode("int secret;\n");
        s.panel->taskCard()->setSendsEditorText(false);
        s.script->addAnswer("```c\nint a;\n```");
        s.run(Verb::Generate, "something else");
        QVERIFY(s.waitForEnd());
        QVERIFY(!s.lastUserText().contains(QStringLiteral("secret")));
        QCOMPARE(s.panel->editorCard()->former()->text(), QStringLiteral("int secret;\n"));
    }
    void mainButtonSaysWhatIsMissing()
    {
        Setup s;
        QVERIFY(s.ready());
        TextButton *button = s.panel->taskCard()->mainButton();
        s.panel->taskCard()->setVerb(Verb::Fix);
        QVERIFY(!button->isEnabled());
        QVERIFY(!button->toolTip().isEmpty());
        s.setCode("x");
        QVERIFY(button->isEnabled());
        s.panel->taskCard()->setVerb(Verb::Generate);
        QVERIFY(!button->isEnabled());
        s.panel->run();
        QVERIFY(!s.panel->session().isBusy());
    }

    void stopKeepsThePartAndOneUndoBringsTheFormerTextBack()
    {
        Setup s;
        QVERIFY(s.ready());
        s.setCode("old();\n");
        s.script->addAnswer(FakeAnswer({{"```c\nint a;\n", milliseconds(0), false},
                                        {"int b;\n", milliseconds(50), false},
                                        {"int c;\n", milliseconds(0), true}}));
        s.run(Verb::Fix);
        QVERIFY(QTest::qWaitFor([&] { return s.code().contains(QStringLiteral("int b;")); }));
        QCOMPARE(s.panel->taskCard()->mainButton()->text(), QStringLiteral("Stop"));
        QTest::mouseClick(s.panel->taskCard()->mainButton(), Qt::LeftButton);
        QVERIFY(s.waitForEnd());
        QCOMPARE(s.code(), QStringLiteral("int a;\nint b;\n"));
        QVERIFY(s.noticeButton(QStringLiteral("Undo")));
        s.editor()->undo();
        QCOMPARE(s.code(), QStringLiteral("old();\n"));
        s.editor()->redo();
        QCOMPARE(s.code(), QStringLiteral("int a;\nint b;\n"));
    }
    void ctrlEnterRunsAndEscapeStops()
    {
        Setup s;
        QVERIFY(s.ready());
        s.panel->taskCard()->setInstruction(QStringLiteral("x"));
        s.panel->focusInput();
        s.script->addAnswer(FakeAnswer(std::vector<FakePiece>{{"a", milliseconds(0), true}}));
        QTest::keyClick(s.panel->taskCard()->instructionField(), Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(s.panel->session().isBusy());
        s.panel->stop();
        QVERIFY(s.waitForEnd());
    }
    void queuedBehindAnotherRequestSaysSo()
    {
        Setup s;
        QVERIFY(s.ready());
        s.script->addAnswer(
            FakeAnswer({{"words ", milliseconds(0), false}, {"more", milliseconds(0), true}}));
        inference::GenerationRequest chat;
        chat.input = inference::ChatInput{{{"user", "hello"}}, inference::Thinking::ModelDefault};
        s.service.generate(chat, app::Priority::Chat, this);
        QTRY_VERIFY(s.script->holding());
        QSignalSpy status(s.panel.get(), &Panel::statusChanged);
        s.run(Verb::Generate, "anything");
        QTRY_COMPARE(status.last().first().toString(), QStringLiteral("Waits for 1 other request"));
        s.script->release();
        QVERIFY(s.waitForEnd());
    }

    void queuedWithoutAModelSaysSo()
    {
        Setup s(true, false);
        QSignalSpy status(s.panel.get(), &Panel::statusChanged);
        s.script->addAnswer("```\nx\n```");
        s.run(Verb::Generate, "x");
        QCOMPARE(status.last().at(0).toString(), QStringLiteral("Waits for a model"));
        s.service.load(QStringLiteral("/models/a.gguf"));
        QVERIFY(s.waitForEnd());
        QCOMPARE(s.code(), QStringLiteral("x\n"));
    }
    void failureIsANoticeAndTheTextStays()
    {
        Setup s;
        QVERIFY(s.ready());
        s.setCode("keep me\n");
        FakeAnswer answer;
        answer.refused = true;
        answer.error = inference::Error(inference::ErrorCode::ContextFull, "The prompt does not fit.");
        s.script->addAnswer(answer);
        s.run(Verb::Fix);
        QVERIFY(s.waitForEnd());
        QCOMPARE(s.code(), QStringLiteral("keep me\n"));
        QVERIFY(s.panel->editorCard()->notice());
        QCOMPARE(s.panel->editorCard()->notice()->sentence(), QStringLiteral("The prompt does not fit."));
        s.script->addAnswer("```c\nint a;\n```");
        QTest::mouseClick(s.noticeButton(QStringLiteral("Try again")), Qt::LeftButton);
        QVERIFY(s.waitForEnd());
        QCOMPARE(s.code(), QStringLiteral("int a;\n"));
        QVERIFY(!s.panel->editorCard()->notice());
    }
    void answerWithoutCodeLeavesTheText()
    {
        Setup s;
        QVERIFY(s.ready());
        s.setCode("keep me\n");
        s.script->addAnswer("There is nothing wrong with this code. It does what it says.");
        s.run(Verb::Fix);
        QVERIFY(s.waitForEnd());
        QCOMPARE(s.code(), QStringLiteral("keep me\n"));
        QVERIFY(s.panel->editorCard()->notice()->sentence().contains(QStringLiteral("no code")));
        QVERIFY(s.notes().contains(QStringLiteral("nothing wrong")));
    }
    void lengthLimitIsTold()
    {
        Setup s;
        QVERIFY(s.ready());
        FakeAnswer answer("```c\nint a;\n");
        answer.endReason = inference::EndReason::Length;
        s.script->addAnswer(answer);
        s.run(Verb::Generate, "x");
        QVERIFY(s.waitForEnd());
        QVERIFY(s.panel->editorCard()->notice()->sentence().contains(QStringLiteral("length limit")));
    }

    void completeInsertsAtTheCursorAsOneStep()
    {
        Setup s;
        QVERIFY(s.ready());
        const QString source = QStringLiteral("int add(int a, int b)\n{\n    \n}\n");
        s.editor()->replaceText(source);
        const int at = int(source.indexOf(QStringLiteral("\n}")));
        QTextCursor cursor = s.editor()->textCursor();
        cursor.setPosition(at);
        s.editor()->setTextCursor(cursor);
        s.script->addAnswer("return a + b;", milliseconds(40));
        s.run(Verb::Complete);
        // The cursor moves away meanwhile: the place that was asked for counts.
        cursor.setPosition(0);
        s.editor()->setTextCursor(cursor);
        QVERIFY(s.waitForEnd());
        QCOMPARE(s.code(), QString(source).insert(at, QStringLiteral("return a + b;")));
        const auto requests = s.script->requests();
        const auto &input = std::get<inference::FillInMiddleInput>(requests.back().input);
        QCOMPARE(QString::fromStdString(input.prefix), source.left(at));
        QCOMPARE(QString::fromStdString(input.suffix), source.mid(at));
        s.editor()->undo();
        QCOMPARE(s.code(), source);
    }
    void completeIsDroppedWhenTheTextChangedMeanwhile()
    {
        Setup s;
        QVERIFY(s.ready());
        s.setCode("int a = ;\n");
        s.script->addAnswer(FakeAnswer(std::vector<FakePiece>{{"1", milliseconds(0), true}}));
        s.run(Verb::Complete);
        QVERIFY(QTest::qWaitFor([&] { return s.script->holding(); }));
        QTest::keyClicks(s.editor(), QStringLiteral("x"));
        s.script->release();
        QVERIFY(s.waitForEnd());
        QCOMPARE(s.code(), QStringLiteral("xint a = ;\n"));
        QVERIFY(s.panel->editorCard()->notice());
    }
    void typingWhileTheAnswerComesKeepsWhatIsTyped()
    {
        Setup s;
        QVERIFY(s.ready());
        s.script->addAnswer(FakeAnswer(
            {{"```c\nint a;\n", milliseconds(0), false}, {"int b;\n```\n", milliseconds(0), true}}));
        s.run(Verb::Generate, "x");
        QVERIFY(QTest::qWaitFor([&] { return s.code() == QStringLiteral("int a;\n"); }));
        s.editor()->moveCursor(QTextCursor::End);
        QTest::keyClicks(s.editor(), QStringLiteral("mine"));
        s.script->release();
        QVERIFY(s.waitForEnd());
        QCOMPARE(s.code(), QStringLiteral("int a;\nmine"));
        TextButton *use = s.noticeButton(QStringLiteral("Use the answer"));
        QVERIFY(use);
        QTest::mouseClick(use, Qt::LeftButton);
        QCOMPARE(s.code(), QStringLiteral("int a;\nint b;\n"));
        s.editor()->undo();
        QCOMPARE(s.code(), QStringLiteral("int a;\nmine"));
    }
    void undoWhileTheAnswerComesStopsIt()
    {
        Setup s;
        QVERIFY(s.ready());
        s.setCode("old\n");
        s.script->addAnswer(FakeAnswer(
            {{"```c\nint a;\n", milliseconds(0), false}, {"int b;\n```\n", milliseconds(0), true}}));
        s.run(Verb::Fix);
        QVERIFY(QTest::qWaitFor([&] { return s.code() == QStringLiteral("int a;\n"); }));
        s.editor()->undo();
        QVERIFY(s.waitForEnd());
        QCOMPARE(s.code(), QStringLiteral("old\n"));
        QCOMPARE(s.script->cancelled(), 1);
    }

    void opensSavesAndKeepsTheFormOfTheFile()
    {
        Setup s;
        const QString path = s.folder.write(QStringLiteral("a.py"), "x = 1\r\ny = 2\r\n");
        QVERIFY(s.panel->acceptsFile(path));
        s.panel->openFile(path);
        QCOMPARE(s.code(), QStringLiteral("x = 1\ny = 2\n"));
        QCOMPARE(app::syntax::languageId(*s.editor()->language()), QStringLiteral("python"));
        QVERIFY(!s.editor()->document()->isModified());
        QTest::keyClicks(s.editor(), QStringLiteral("z"));
        QVERIFY(s.editor()->document()->isModified());
        QTest::keyClick(s.editor(), Qt::Key_S, Qt::ControlModifier);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), QByteArray("zx = 1\r\ny = 2\r\n"));
        QVERIFY(!s.editor()->document()->isModified());
    }
    void savingOverAChangedFileAsks()
    {
        Setup s;
        const QString path = s.folder.write(QStringLiteral("a.py"), "x = 1\n");
        s.panel->openFile(path);
        s.setCode("mine\n");
        s.folder.write(QStringLiteral("a.py"), "theirs, longer\n");
        QVERIFY(!s.panel->saveTo(path, false));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), QByteArray("theirs, longer\n"));
        file.close();
        QTest::mouseClick(s.noticeButton(QStringLiteral("Overwrite")), Qt::LeftButton);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), QByteArray("mine\n"));
        QVERIFY(!s.panel->editorCard()->notice());
    }
    void aFailedSaveSaysWhereAndKeepsTheText()
    {
        Setup s;
        s.setCode("precious\n");
        // A folder that cannot take a file, whoever runs this: it is a file itself.
        s.folder.write(QStringLiteral("plain"), "x");
        const QString path = s.folder.path(QStringLiteral("plain/code.py"));
        QVERIFY(!s.panel->saveTo(path));
        QCOMPARE(s.code(), QStringLiteral("precious\n"));
        QVERIFY(s.panel->editorCard()->notice());
        QVERIFY2(s.panel->editorCard()->notice()->sentence().contains(path),
                 qPrintable(s.panel->editorCard()->notice()->sentence()));
        QVERIFY(s.noticeButton(QStringLiteral("Save as…")));
        QVERIFY(s.panel->filePath().isEmpty());
    }
    void testsAreAnotherFileThanTheSource()
    {
        Setup s;
        QVERIFY(s.ready());
        const QString path = s.folder.write(QStringLiteral("a.py"), "def f(): pass\n");
        s.panel->openFile(path);
        s.script->addAnswer("```python\ndef test_f(): f()\n```");
        s.run(Verb::Tests);
        QVERIFY(s.waitForEnd());
        QCOMPARE(s.code(), QStringLiteral("def test_f(): f()\n"));
        QVERIFY(s.panel->filePath().isEmpty());
    }
    void filesThatAreNoTextAreRefused()
    {
        Setup s;
        s.setCode("mine\n");
        s.panel->openFile(s.folder.write(QStringLiteral("a.bin"), QByteArray("\0\1\2", 3)));
        QCOMPARE(s.code(), QStringLiteral("mine\n"));
        QVERIFY(s.panel->editorCard()->notice());
        QVERIFY(!s.panel->acceptsFile(s.folder.path(QStringLiteral("none.py"))));
        QVERIFY(!s.panel->acceptsFile(s.folder.path(QStringLiteral("."))));
    }
    void openingAFileKeepsUnsavedText()
    {
        Setup s;
        QTest::keyClicks(s.editor(), QStringLiteral("unsaved"));
        s.panel->openFile(s.folder.write(QStringLiteral("b.py"), "b\n"));
        QCOMPARE(s.panel->editorCard()->former()->text(), QStringLiteral("unsaved"));
    }

    void allTextSurvivesARestart()
    {
        Setup s;
        QVERIFY(s.ready());
        s.setCode("int old;\n");
        s.script->addAnswer("Some words.\n```cpp\nint fresh;\n```\n");
        s.run(Verb::Fix, "修复");
        QVERIFY(s.waitForEnd());
        QTest::keyClicks(s.editor(), QStringLiteral("//"));
        const QString code = s.code();
        s.open(); // the first panel goes, another comes
        QCOMPARE(s.code(), code);
        QCOMPARE(s.panel->editorCard()->former()->text(), QStringLiteral("int old;\n"));
        QCOMPARE(s.panel->taskCard()->instruction(), QString::fromUtf8("修复"));
        QCOMPARE(s.panel->taskCard()->verb(), Verb::Fix);
        QCOMPARE(s.notes(), QStringLiteral("Some words."));
        QVERIFY(s.panel->taskCard()->mainButton()->isEnabled()); // what is there can be worked on at once
        QCOMPARE(s.editor()->textCursor().position(), 2);
        QVERIFY(s.editor()->document()->isModified());
    }
    void formulasOfTheNotesAreTypeset()
    {
        Setup s;
        QVERIFY(s.ready());
        s.script->addAnswer("The sum is $n(n+1)/2$:\n\n```cpp\nint n;\n```\n\n$$\\sum_{i=1}^n i$$\n\n| a | b |\n|---|---|\n| 1 | $x^2$ |\n");
        s.run(Verb::Generate, "sum");
        QVERIFY(s.waitForEnd());
        s.panel->editorCard()->prose()->grab();
        const app::math::FormulaRenderer &renderer = FormulaPictures::of(s.appearance).renderer();
        QTRY_COMPARE(renderer.typesetCount(), 3);
        QVERIFY(s.panel->editorCard()->prose()->markdown().contains(QLatin1String("$x^2$"))); // what is copied
    }
    void textIsStoredWhileOneTypes()
    {
        Setup s;
        QTest::keyClicks(s.editor(), QStringLiteral("abc"));
        const QString path = s.folder.path(QStringLiteral("data/code_session.json"));
        QVERIFY(QTest::qWaitFor([&] {
            QFile file(path);
            return file.open(QIODevice::ReadOnly) && file.readAll().contains("\"code\":\"abc\"");
        }));
    }
    void storingThatFailsIsTold()
    {
        Setup s;
        s.folder.write(QStringLiteral("blocked"), "a file where the folder should be");
        CodePanel panel(s.service, s.settings, s.appearance, s.folder.path(QStringLiteral("blocked")));
        QTest::keyClicks(panel.editorCard()->editor(), QStringLiteral("abc"));
        QVERIFY(QTest::qWaitFor([&] { return panel.editorCard()->notice() != nullptr; }));
        QVERIFY(panel.editorCard()->notice()->sentence().contains(QStringLiteral("code_session.json")));
    }

    void codeFromTheChatComesIn()
    {
        Setup s;
        s.setCode("mine\n");
        s.panel->showCode(QStringLiteral("fn main() {}\n"), QStringLiteral("rs"));
        QCOMPARE(s.code(), QStringLiteral("fn main() {}\n"));
        QCOMPARE(app::syntax::languageId(*s.editor()->language()), QStringLiteral("rust"));
        QCOMPARE(s.panel->editorCard()->former()->text(), QStringLiteral("mine\n"));
        s.editor()->undo();
        QCOMPARE(s.code(), QStringLiteral("mine\n"));
    }
    void newTaskKeepsTheTextWithinReach()
    {
        Setup s;
        s.setCode("mine\n");
        s.panel->taskCard()->setInstruction(QStringLiteral("wish"));
        s.panel->newItem();
        QVERIFY(s.code().isEmpty());
        QVERIFY(s.panel->taskCard()->instruction().isEmpty());
        QCOMPARE(s.panel->editorCard()->former()->text(), QStringLiteral("mine\n"));
        s.panel->editorCard()->showFormerTab();
        Q_EMIT s.panel->editorCard()->useFormerRequested();
        QCOMPARE(s.code(), QStringLiteral("mine\n"));
        QVERIFY(!s.panel->editorCard()->isFormerSeen());
    }
    void tokensAreCountedExactly()
    {
        Setup s;
        QVERIFY(s.ready());
        QSignalSpy used(s.panel.get(), &Panel::contextUsed);
        s.panel->taskCard()->setInstruction(QStringLiteral("count these words"));
        QVERIFY(QTest::qWaitFor([&] { return !used.isEmpty() && used.last().at(0).toInt() > 0; }));
        QCOMPARE(used.last().at(1).toInt(), 8192);
    }
    void narrowWindowsShowOneCardAtATime()
    {
        Setup s;
        s.panel->resize(824, 530);
        QVERIFY(s.panel->taskCard()->isVisible());
        QVERIFY(!s.panel->editorCard()->isVisible());
        Q_EMIT s.panel->taskCard()->editorRequested();
        QVERIFY(!s.panel->taskCard()->isVisible());
        QVERIFY(s.panel->editorCard()->isVisible());
        s.panel->resize(1384, 870);
        QVERIFY(s.panel->taskCard()->isVisible() && s.panel->editorCard()->isVisible());
    }
    void deletingThePanelWhileItRunsIsHarmless()
    {
        Setup s;
        QVERIFY(s.ready());
        s.script->addAnswer(
            FakeAnswer({{"```c\nint a;\n", milliseconds(0), false}, {"b", milliseconds(0), true}}));
        s.run(Verb::Generate, "x");
        QVERIFY(QTest::qWaitFor([&] { return s.code() == QStringLiteral("int a;\n"); }));
        s.panel.reset();
        QVERIFY(QTest::qWaitFor([&] { return s.script->cancelled() == 1; }));
        s.open();
        QCOMPARE(s.code(), QStringLiteral("int a;\n"));
    }
};

QTEST_MAIN(TestCodePanel)
#include "tst_code_panel.moc"
