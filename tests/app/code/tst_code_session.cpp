#include "app/code/code_session.h"
#include "tests/support/fake_engine.h"

#include <QSignalSpy>
#include <QTest>

using namespace app::code;
using app::InferenceService;
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
        script->addLoad(load);
        QObject::connect(&session, &CodeSession::codeAppended, [this](const QString &text) { code += text; });
        QObject::connect(&session, &CodeSession::codeReplaced, [this](const QString &text) { code = text; });
        QObject::connect(&session, &CodeSession::proseAppended,
                         [this](const QString &text) { prose += text; });
        QObject::connect(&session, &CodeSession::proseReplaced,
                         [this](const QString &text) { prose = text; });
        QObject::connect(&session, &CodeSession::ended, [this] { ++ends; });
        if (loads)
            service.load(QStringLiteral("/models/a.gguf"));
    }
    bool ready()
    {
        return QTest::qWaitFor([&] { return service.model().has_value(); });
    }
    bool waitForEnd()
    {
        return QTest::qWaitFor([&] { return ends > 0; });
    }

    std::shared_ptr<EngineScript> script = std::make_shared<EngineScript>();
    InferenceService service{std::make_unique<FakeEngine>(script)};
    CodeSession session{service};
    QString code, prose;
    int ends = 0;
};

CodeTask generate(const QString &instruction)
{
    CodeTask task;
    task.instruction = instruction;
    return task;
}

} // namespace

class TestCodeSession : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void streamsCodeAndProse()
    {
        Setup s;
        QVERIFY(s.ready());
        s.script->addAnswer(
            "Here is it:\n\n```python\nimport sys\nprint( sys.argv )\n```\n\nRun it with Python. ",
            milliseconds(15));
        QVector<CodeSession::State> states;
        connect(&s.session, &CodeSession::stateChanged, this, [&] { states.append(s.session.state()); });
        QVERIFY(s.session.run(generate(QStringLiteral("print arguments"))));
        QVERIFY(s.session.isBusy());
        QVERIFY(s.waitForEnd());
        QCOMPARE(s.code, QStringLiteral("import sys\nprint( sys.argv )\n"));
        QCOMPARE(s.code, s.session.code());
        QCOMPARE(s.prose, QStringLiteral("Here is it:\n\nRun it with Python. "));
        QCOMPARE(s.session.languageTag(), QStringLiteral("python"));
        using State = CodeSession::State;
        QCOMPARE(states, (QVector<State>{State::Queued, State::Reading, State::Writing, State::Done}));
        QVERIFY(s.session.statistics().generatedTokens > 0);
    }
    void refusesWhatLacksInputAndASecondRun()
    {
        Setup s;
        QVERIFY(s.ready());
        QVERIFY(!s.session.run(generate(QString())));
        QCOMPARE(s.session.state(), CodeSession::State::Idle);
        s.script->addAnswer(FakeAnswer(std::vector<FakePiece>{{"a", milliseconds(0), true}}));
        QVERIFY(s.session.run(generate(QStringLiteral("one"))));
        QVERIFY(!s.session.run(generate(QStringLiteral("two"))));
        s.script->release();
        QVERIFY(s.waitForEnd());
        QVERIFY(s.session.run(generate(QStringLiteral("two"))));
    }
    void waitsForTheModel()
    {
        Setup s(true, false);
        s.script->addAnswer("```\nx\n```");
        QVERIFY(s.session.run(generate(QStringLiteral("x"))));
        QTest::qWait(30);
        QCOMPARE(s.session.state(), CodeSession::State::Queued);
        s.service.load(QStringLiteral("/models/a.gguf"));
        QVERIFY(s.waitForEnd());
        QCOMPARE(s.code, QStringLiteral("x\n"));
    }
    void stopKeepsWhatHasCome()
    {
        Setup s;
        QVERIFY(s.ready());
        s.script->addAnswer(
            FakeAnswer({{"```c\nint a;\nint b", milliseconds(0), false}, {";\n", milliseconds(0), true}}));
        QVERIFY(s.session.run(generate(QStringLiteral("x"))));
        QVERIFY(QTest::qWaitFor([&] { return s.code.contains(QStringLiteral("int b")); }));
        s.session.stop();
        QVERIFY(s.waitForEnd());
        QCOMPARE(s.session.state(), CodeSession::State::Done);
        QCOMPARE(s.session.statistics().endReason, inference::EndReason::Cancelled);
        QCOMPARE(s.code, QStringLiteral("int a;\nint b"));
        QCOMPARE(s.ends, 1);
    }
    void stopWhileQueued()
    {
        Setup s(true, false);
        QVERIFY(s.session.run(generate(QStringLiteral("x"))));
        s.session.stop();
        QVERIFY(s.waitForEnd());
        QCOMPARE(s.session.state(), CodeSession::State::Done);
        QVERIFY(!s.session.isBusy());
        QVERIFY(s.code.isEmpty());
    }
    void failureKeepsWhatHasCome()
    {
        Setup s;
        QVERIFY(s.ready());
        FakeAnswer answer({{"```c\nint a;\n", milliseconds(0), false}});
        answer.error = inference::Error(inference::ErrorCode::InvalidNumbers, "The model produced NaN.");
        s.script->addAnswer(answer);
        QVERIFY(s.session.run(generate(QStringLiteral("x"))));
        QVERIFY(s.waitForEnd());
        QCOMPARE(s.session.state(), CodeSession::State::Failed);
        QCOMPARE(s.session.error().code, inference::ErrorCode::InvalidNumbers);
        QCOMPARE(s.code, QStringLiteral("int a;\n"));
    }
    void theLongestBlockReplacesTheFirst()
    {
        Setup s;
        QVERIFY(s.ready());
        s.script->addAnswer(
            "```sh\npip install x\n```\nThen:\n```python\nimport x\nx.run()\nprint( x )\n```\n",
            milliseconds(40));
        QVERIFY(s.session.run(generate(QStringLiteral("x"))));
        QVERIFY(s.waitForEnd());
        QCOMPARE(s.code, QStringLiteral("import x\nx.run()\nprint( x )\n"));
        QCOMPARE(s.prose, QStringLiteral("```sh\npip install x\n```\nThen:\n"));
    }
    void reasoningIsNotShown()
    {
        Setup s;
        QVERIFY(s.ready());
        FakeAnswer answer({{"I think `code` is\n```c\nint no;\n```\n", milliseconds(20), false},
                           {"</think>\n\n```c\nint a;\n```\n", milliseconds(60), false}});
        answer.opensReasoning = true;
        s.script->addAnswer(answer);
        bool thought = false;
        connect(&s.session, &CodeSession::stateChanged, this,
                [&] { thought = thought || s.session.state() == CodeSession::State::Thinking; });
        QVERIFY(s.session.run(generate(QStringLiteral("x"))));
        QVERIFY(s.waitForEnd());
        QVERIFY(thought);
        QCOMPARE(s.code, QStringLiteral("int a;\n"));
        QCOMPARE(s.prose, QString());
    }
    void explainIsProse()
    {
        Setup s;
        QVERIFY(s.ready());
        s.script->addAnswer("It adds.\n\n```c\na + b\n```\n");
        CodeTask task;
        task.verb = Verb::Explain;
        task.source = QStringLiteral("a+b");
        QVERIFY(s.session.run(task));
        QVERIFY(s.waitForEnd());
        QVERIFY(s.code.isEmpty());
        QCOMPARE(s.prose, QStringLiteral("It adds.\n\n```c\na + b\n```\n"));
    }
    void completeInsertsRawText()
    {
        Setup s;
        QVERIFY(s.ready());
        s.script->addAnswer("return a + b;\n}\n");
        CodeTask task;
        task.verb = Verb::Complete;
        task.source = QStringLiteral("int add(int a, int b)\n{\n    \n}\n// end of file\n");
        task.cursor = int(task.source.indexOf(QStringLiteral("\n}")));
        QVERIFY(s.session.run(task));
        QVERIFY(s.waitForEnd());
        QCOMPARE(s.session.form(), PromptForm::FillInMiddle);
        const auto requests = s.script->requests();
        QCOMPARE(requests.size(), size_t(1));
        QVERIFY(std::holds_alternative<inference::FillInMiddleInput>(requests[0].input));
        QCOMPARE(s.code, QStringLiteral("return a + b;\n}\n"));
        QVERIFY(s.prose.isEmpty());
    }
    void completeWithoutFillInMiddleTakesTheBlock()
    {
        Setup s(false);
        QVERIFY(s.ready());
        s.script->addAnswer("Sure.\n```c\n    return a + b;\n```\nThis adds.");
        CodeTask task;
        task.verb = Verb::Complete;
        task.source = QStringLiteral("int add(int a, int b)\n{\n    \n}\n");
        task.cursor = int(task.source.indexOf(QStringLiteral("\n}")));
        QVERIFY(s.session.run(task));
        QVERIFY(s.waitForEnd());
        QCOMPARE(s.session.form(), PromptForm::InstructedFilling);
        QCOMPARE(s.code, QStringLiteral("return a + b;"));
    }
    void deletingTheSessionStopsTheRun()
    {
        Setup s;
        QVERIFY(s.ready());
        s.script->addAnswer(FakeAnswer(std::vector<FakePiece>{{"a", milliseconds(0), true}}));
        auto session = std::make_unique<CodeSession>(s.service);
        QVERIFY(session->run(generate(QStringLiteral("x"))));
        QVERIFY(QTest::qWaitFor([&] { return s.script->holding(); }));
        session.reset();
        QVERIFY(QTest::qWaitFor([&] { return s.script->cancelled() == 1; }));
    }
};

QTEST_GUILESS_MAIN(TestCodeSession)
#include "tst_code_session.moc"
