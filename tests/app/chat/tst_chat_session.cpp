// app/chat/chat_session.h: what is sent is committed, answered, journaled; nothing is overwritten.
#include "app/chat/chat_session.h"

#include "app/chat/chat_sessions.h"
#include "app/chat/conversation_list_model.h"
#include "tests/support/fake_engine.h"
#include "tests/support/temporary_file.h"

#include <QProcess>
#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTest>

#include <cstdio>

using namespace app;
using inference::EndReason;
using inference::ErrorCode;
using test::EngineScript;
using test::FakeAnswer;
using test::FakeEngine;
using test::FakePiece;
using test::milliseconds;
using State = ChatSession::State;

namespace {

struct Setup
{
    explicit Setup(bool loads = true) : settings(folder.path(QStringLiteral("settings.ini")))
    {
        start();
        if (loads) {
            service->load(QStringLiteral("/models/a.gguf"));
            (void)QTest::qWaitFor([&] { return service->state() == InferenceService::State::Ready; });
        }
    }
    void start(qint64 conversation = 0)
    {
        store = std::make_unique<ChatStore>(folder.path(QStringLiteral("data")));
        service = std::make_unique<InferenceService>(std::make_unique<FakeEngine>(script));
        open(conversation);
    }
    void open(qint64 conversation)
    {
        session = std::make_unique<ChatSession>(*service, *store, settings, conversation);
        (void)QTest::qWaitFor([&] { return session->state() == State::Idle; });
    }
    void restart()
    {
        const qint64 id = session->conversationId();
        session.reset();
        service.reset();
        store.reset();
        start(id);
    }
    bool idle()
    {
        return QTest::qWaitFor([&] { return session->state() == State::Idle; }, 10000);
    }
    bool ask(const QString &text) { return session->send(text) && idle(); }
    MessageListModel &rows() { return *session->messages(); }
    QStringList texts()
    {
        QStringList all;
        for (int row = 0; row < rows().rowCount(); ++row)
            all << rows().message(row).content;
        return all;
    }
    // What the engine was last asked, as "role: text" lines.
    QStringList lastTurns()
    {
        QStringList turns;
        const auto requests = script->requests();
        if (requests.empty())
            return turns;
        for (const auto &message : std::get<inference::ChatInput>(requests.back().input).messages)
            turns << QString::fromStdString(message.role + ": " + message.content);
        return turns;
    }

    test::TemporaryFolder folder;
    Settings settings;
    std::shared_ptr<EngineScript> script = std::make_shared<EngineScript>();
    std::unique_ptr<ChatStore> store;
    std::unique_ptr<InferenceService> service;
    std::unique_ptr<ChatSession> session;
};

FakeAnswer holding(const std::string &kept)
{
    return FakeAnswer(std::vector<FakePiece>{{kept}, {" never", milliseconds(0), true}});
}

} // namespace

class TestChatSession : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answersAndRemembers()
    {
        Setup s;
        s.script->addAnswer("The sea.", milliseconds(2));
        QSignalSpy sent(s.session.get(), &ChatSession::sent);
        QSignalSpy created(s.session.get(), &ChatSession::conversationCreated);
        QSignalSpy inserted(&s.rows(), &QAbstractItemModel::rowsInserted);
        QVERIFY(s.session->send(QStringLiteral("What is deep?\nTell me.")));
        QCOMPARE(s.session->state(), State::Sending);
        QCOMPARE(s.rows().rowCount(), 0); // not before the commit
        QVERIFY(s.idle());
        QCOMPARE(sent.count(), 1);
        QCOMPARE(created.count(), 1);
        QCOMPARE(inserted.count(), 1);
        QCOMPARE(s.session->title(), QStringLiteral("What is deep?"));
        QCOMPARE(s.texts(),
                 (QStringList{QStringLiteral("What is deep?\nTell me."), QStringLiteral("The sea.")}));
        const MessageRecord &answer = s.rows().message(1);
        QCOMPARE(answer.state, MessageState::Complete);
        QCOMPARE(answer.endReason, QStringLiteral("stop"));
        QCOMPARE(answer.generatedTokens, 2);
        QCOMPARE(answer.model, QStringLiteral("a"));
        QVERIFY(answer.promptTokens > 0);

        s.restart();
        QCOMPARE(s.texts(),
                 (QStringList{QStringLiteral("What is deep?\nTell me."), QStringLiteral("The sea.")}));
        QCOMPARE(s.session->title(), QStringLiteral("What is deep?"));
        QCOMPARE(s.rows().message(1).state, MessageState::Complete);
        QCOMPARE(s.store->report().interrupted, 0);
    }
    void theNextTurnSendsThePath()
    {
        Setup s;
        s.settings.set(kSystemPrompt, QStringLiteral("Be brief."));
        s.settings.set(kSamplingPreset, int(SamplingPreset::Precise));
        s.script->addAnswer("<think>\nHm.\n</think>\n\nOne.");
        QVERIFY(s.ask(QStringLiteral("first")));
        QCOMPARE(s.rows().message(1).content, QStringLiteral("One."));
        QCOMPARE(s.rows().message(1).reasoning, QStringLiteral("Hm."));
        QVERIFY(s.ask(QStringLiteral("second")));
        QCOMPARE(s.lastTurns(),
                 (QStringList{QStringLiteral("system: Be brief."), QStringLiteral("user: first"),
                              QStringLiteral("assistant: One."), QStringLiteral("user: second")}));
        QCOMPARE(s.script->requests().back().sampling.temperature, 0.2f);
    }
    void textIsAppendedAndNeverToldAgain()
    {
        Setup s;
        std::vector<FakePiece> pieces;
        for (int i = 0; i < 100; ++i)
            pieces.push_back({std::to_string(i) + " ", milliseconds(2), false});
        s.script->addAnswer(FakeAnswer(pieces));
        QString shown;
        int changes = 0;
        connect(&s.rows(), &MessageListModel::textAppended, this, [&](int row, const QString &text) {
            QCOMPARE(row, 1);
            shown += text;
        });
        connect(&s.rows(), &QAbstractItemModel::dataChanged, this, [&] { ++changes; });
        QVERIFY(s.ask(QStringLiteral("count")));
        QCOMPARE(shown, s.rows().message(1).content);
        QVERIFY(shown.endsWith(QLatin1String("98 99 ")));
        QVERIFY2(changes <= 8, qPrintable(QString::number(changes)));
    }
    void reasoningIsSplitAndTimed()
    {
        Setup s;
        FakeAnswer answer(std::vector<FakePiece>{{"I think", milliseconds(0), false},
                                                 {" hard", milliseconds(120), false},
                                                 {"</th", milliseconds(0), false},
                                                 {"ink>\n\nDone", milliseconds(0), false}});
        answer.opensReasoning = true;
        s.script->addAnswer(answer);
        QSet<State> states;
        connect(s.session.get(), &ChatSession::stateChanged, this, [&] { states << s.session->state(); });
        QVERIFY(s.ask(QStringLiteral("x")));
        QVERIFY(states.contains(State::Thinking) && states.contains(State::Writing));
        QCOMPARE(s.rows().message(1).reasoning, QStringLiteral("I think hard"));
        QCOMPARE(s.rows().message(1).content, QStringLiteral("Done"));
        QVERIFY(s.rows().message(1).reasoningMs >= 100);
        s.restart();
        QCOMPARE(s.rows().message(1).reasoning, QStringLiteral("I think hard"));
        QVERIFY(s.rows().message(1).reasoningMs >= 100);
    }
    void stopKeepsWhatCame()
    {
        Setup s;
        s.script->addAnswer(holding("kept"));
        QVERIFY(s.session->send(QStringLiteral("x")));
        QVERIFY(QTest::qWaitFor([&] { return s.session->state() == State::Writing; }));
        QCOMPARE(s.session->answerRow(), 1);
        s.session->stop();
        QVERIFY(s.idle());
        QCOMPARE(s.rows().message(1).content, QStringLiteral("kept"));
        QCOMPARE(s.rows().message(1).state, MessageState::Stopped);
        QCOMPARE(s.rows().message(1).endReason, QStringLiteral("cancelled"));
        s.restart();
        QCOMPARE(s.rows().message(1).content, QStringLiteral("kept"));
        QCOMPARE(s.rows().message(1).state, MessageState::Stopped);
    }
    void stopWorksInEveryState_data()
    {
        QTest::addColumn<bool>("model");
        QTest::addColumn<bool>("atOnce");
        QTest::newRow("while it is committed") << true << true;
        QTest::newRow("while no model is there") << false << false;
        QTest::newRow("while it is committed, no model") << false << true;
    }
    void stopWorksInEveryState()
    {
        QFETCH(bool, model);
        QFETCH(bool, atOnce);
        Setup s(model);
        QVERIFY(s.session->send(QStringLiteral("x")));
        if (!atOnce)
            QVERIFY(QTest::qWaitFor([&] { return s.session->state() == State::WaitingForModel; }));
        s.session->stop();
        QVERIFY(s.idle());
        QCOMPARE(s.rows().rowCount(), 2);
        QCOMPARE(s.rows().message(1).state, MessageState::Stopped);
        QCOMPARE(s.script->requests().size(), std::size_t(0));
    }
    void waitsForAModel()
    {
        Setup s(false);
        QVERIFY(s.session->send(QStringLiteral("hello")));
        QVERIFY(QTest::qWaitFor([&] { return s.session->state() == State::WaitingForModel; }));
        QCOMPARE(s.texts().first(), QStringLiteral("hello"));
        s.service->load(QStringLiteral("/models/a.gguf"));
        QVERIFY(s.idle());
        QCOMPARE(s.texts().last(), QStringLiteral("You said: hello"));
    }
    void regenerationMakesAVersion()
    {
        Setup s;
        s.script->addAnswer("one");
        s.script->addAnswer("two");
        s.script->addAnswer("three");
        QVERIFY(s.ask(QStringLiteral("x")));
        QVERIFY(s.session->regenerate(1));
        QVERIFY(s.idle());
        QVERIFY(s.session->regenerate(0)); // the question's row means its answer
        QVERIFY(s.idle());
        QCOMPARE(s.rows().rowCount(), 2);
        QCOMPARE(s.texts().last(), QStringLiteral("three"));
        QCOMPARE(s.rows().version(1), 3);
        QCOMPARE(s.rows().versionCount(1), 3);
        s.session->showVersion(1, 1);
        QCOMPARE(s.texts().last(), QStringLiteral("one"));
        QVERIFY(s.ask(QStringLiteral("more")));
        QCOMPARE(s.lastTurns().mid(1),
                 (QStringList{QStringLiteral("assistant: one"), QStringLiteral("user: more")}));
        s.session->showVersion(1, 2);
        QCOMPARE(s.texts(), (QStringList{QStringLiteral("x"), QStringLiteral("two")}));
        s.session->showVersion(1, 1); // back to the end of that branch
        QCOMPARE(s.rows().rowCount(), 4);
        s.session->showVersion(1, 2);
        s.restart();
        QCOMPARE(s.texts(), (QStringList{QStringLiteral("x"), QStringLiteral("two")}));
        QCOMPARE(s.rows().versionCount(1), 3);
    }
    void editingMakesABranch()
    {
        Setup s;
        QVERIFY(s.ask(QStringLiteral("one")));
        QVERIFY(s.ask(QStringLiteral("two")));
        QVERIFY(s.session->editAndResend(2, QStringLiteral("TWO")));
        QVERIFY(s.idle());
        QCOMPARE(s.texts().mid(2), (QStringList{QStringLiteral("TWO"), QStringLiteral("You said: TWO")}));
        QCOMPARE(s.rows().versionCount(2), 2);
        QVERIFY(s.session->editAndResend(0, QStringLiteral("ONE")));
        QVERIFY(s.idle());
        QCOMPARE(s.rows().rowCount(), 2);
        QCOMPARE(s.lastTurns(), QStringList{QStringLiteral("user: ONE")});
        QCOMPARE(s.rows().versionCount(0), 2);
        s.session->showVersion(0, 1);
        QCOMPARE(s.rows().rowCount(), 4);
        QCOMPARE(s.texts()[2], QStringLiteral("TWO"));
        QVERIFY(!s.session->editAndResend(1, QStringLiteral("an answer cannot be edited")));
    }
    void continuesWhatWasCutShort()
    {
        Setup s;
        FakeAnswer first("one two");
        first.endReason = EndReason::Length;
        s.script->addAnswer(first);
        s.script->addAnswer("three.");
        QVERIFY(s.ask(QStringLiteral("x")));
        QVERIFY(s.session->canContinue());
        // By another model, which is asked to: with the same one, see tst_chat_session_tokens.cpp.
        s.service->load(QStringLiteral("/models/b.gguf"));
        QVERIFY(QTest::qWaitFor([&] { return s.service->model() && s.service->model()->path == "/models/b.gguf"; }));
        QVERIFY(s.session->continueAnswer());
        QVERIFY(s.idle());
        QCOMPARE(s.rows().rowCount(), 2);
        QCOMPARE(s.texts().last(), QStringLiteral("one two three."));
        QCOMPARE(s.rows().message(1).generatedTokens, 3);
        QCOMPARE(s.rows().message(1).state, MessageState::Complete);
        QVERIFY(!s.session->canContinue());
        QCOMPARE(s.lastTurns().mid(0, 2),
                 (QStringList{QStringLiteral("user: x"), QStringLiteral("assistant: one two")}));
        s.restart();
        QCOMPARE(s.texts().last(), QStringLiteral("one two three."));
    }
    void errorsBelongToTheAnswer()
    {
        Setup s;
        FakeAnswer answer("half");
        answer.error = inference::Error(ErrorCode::InvalidNumbers, "Layer 3 gave NaN.");
        s.script->addAnswer(answer);
        QSignalSpy finished(s.session.get(), &ChatSession::answerFinished);
        QVERIFY(s.ask(QStringLiteral("x")));
        QCOMPARE(finished.count(), 1);
        QCOMPARE(s.rows().message(1).state, MessageState::Failed);
        QCOMPARE(s.rows().message(1).errorCode, int(ErrorCode::InvalidNumbers));
        QVERIFY(s.rows().message(1).error.contains(QLatin1String("Layer 3")));
        QCOMPARE(s.rows().message(1).content, QStringLiteral("half"));
        s.restart();
        QCOMPARE(s.rows().message(1).state, MessageState::Failed);
    }
    void aFullContextKeepsTheText()
    {
        Setup s;
        s.script->setContextLength(12);
        const QString text = QStringLiteral("word ").repeated(50);
        QVERIFY(s.ask(text));
        QCOMPARE(s.texts().first(), text);
        QCOMPARE(s.rows().message(1).errorCode, int(ErrorCode::ContextFull));
        // An answer without text is not part of the next prompt, and the turns alternate.
        s.script->setContextLength(0);
        QVERIFY(s.session->editAndResend(0, QStringLiteral("short")));
        QVERIFY(s.idle());
        QCOMPARE(s.rows().message(1).state, MessageState::Complete);
    }
    void refusesWhatItCannotDo()
    {
        Setup s;
        QVERIFY(!s.session->send(QStringLiteral("  \n ")));
        QVERIFY(!s.session->regenerate(0));
        QVERIFY(!s.session->continueAnswer());
        s.script->addAnswer(holding("a"));
        QVERIFY(s.session->send(QStringLiteral("x")));
        QVERIFY(!s.session->send(QStringLiteral("y")));
        QVERIFY(QTest::qWaitFor([&] { return s.session->state() == State::Writing; }));
        QVERIFY(!s.session->send(QStringLiteral("y")));
        QVERIFY(!s.session->regenerate(1));
        s.session->showVersion(7, 3);
        s.session->stop();
        QVERIFY(s.idle());
    }
    void anotherVersionCanBeShownWhileOneIsWritten()
    {
        Setup s;
        s.script->addAnswer("one");
        s.script->addAnswer(holding("two"));
        QVERIFY(s.ask(QStringLiteral("x")));
        QVERIFY(s.session->regenerate(1));
        QVERIFY(QTest::qWaitFor([&] { return s.session->state() == State::Writing; }));
        s.session->showVersion(1, 1);
        QCOMPARE(s.session->answerRow(), -1);
        QSignalSpy appended(&s.rows(), &MessageListModel::textAppended);
        s.script->release();
        QVERIFY(s.idle());
        QCOMPARE(appended.count(), 0);
        QCOMPARE(s.texts().last(), QStringLiteral("one"));
        s.session->showVersion(1, 2);
        QCOMPARE(s.texts().last(), QStringLiteral("two never"));
    }
    void draftsAreKept()
    {
        Setup s;
        s.session->setDraft(QStringLiteral("half a thou"));
        s.session.reset();
        s.open(0);
        QCOMPARE(s.session->draft(), QStringLiteral("half a thou"));
        QVERIFY(s.ask(QStringLiteral("half a thou")));
        QCOMPARE(s.session->draft(), QString());
        s.session->setDraft(QStringLiteral("more"));
        s.restart();
        QCOMPARE(s.session->draft(), QStringLiteral("more"));
        s.open(0);
        QCOMPARE(s.session->draft(), QString());
    }
    void closingWhileItWritesKeepsTheAnswer()
    {
        Setup s;
        s.script->addAnswer(holding("kept"));
        QVERIFY(s.session->send(QStringLiteral("x")));
        QVERIFY(QTest::qWaitFor([&] { return s.session->state() == State::Writing; }));
        QElapsedTimer timer;
        timer.start();
        s.restart();
        QVERIFY(timer.elapsed() < 2000);
        QCOMPARE(s.rows().message(1).content, QStringLiteral("kept"));
        QCOMPARE(s.rows().message(1).state, MessageState::Stopped);
        QVERIFY(s.session->canContinue());
    }
    void nothingIsSentThatCannotBeSaved()
    {
        Setup s;
        QVERIFY(s.ask(QStringLiteral("before")));
        const qint64 id = s.session->conversationId();
        s.session.reset();
        s.store.reset();
        const QString path = s.folder.path(QStringLiteral("data"));
        QVERIFY(
            (*Database::open(storePath(path), Database::Mode::ReadWrite))->run("PRAGMA user_version = 77"));
        s.store = std::make_unique<ChatStore>(path);
        s.open(id);
        QCOMPARE(s.rows().rowCount(), 2);
        QSignalSpy failed(s.session.get(), &ChatSession::sendFailed);
        QVERIFY(s.session->send(QStringLiteral("precious")));
        QVERIFY(QTest::qWaitFor([&] { return failed.count() == 1; }));
        QCOMPARE(failed.first().first().toString(), QStringLiteral("precious"));
        QCOMPARE(s.session->state(), State::Idle);
        QCOMPARE(s.rows().rowCount(), 2);
    }
    void sessionsGoOnInTheBackground()
    {
        Setup s;
        s.session.reset();
        {
            ChatSessions sessions(*s.service, *s.store, s.settings);
            QPointer<ChatSession> first = sessions.newChat();
            QCOMPARE(sessions.newChat(), first.data());
            QVERIFY(QTest::qWaitFor([&] { return first->state() == State::Idle; }));
            s.script->addAnswer(holding("one"));
            QVERIFY(first->send(QStringLiteral("x")));
            QVERIFY(QTest::qWaitFor([&] { return first->state() == State::Writing; }));
            QCOMPARE(sessions.busy(), QVector<ChatSession *>{first});
            QPointer<ChatSession> second = sessions.newChat();
            QVERIFY(second != first);
            QCOMPARE(sessions.open(first->conversationId()), first.data());
            for (int i = 0; i < 20; ++i)
                sessions.open(1000 + i);
            QTest::qWait(20);
            QVERIFY(first); // busy ones stay
            QCOMPARE(first->messages()->rowCount(), 2);
            ConversationListModel list(*s.store);
            QVERIFY(QTest::qWaitFor([&] { return list.isLoaded(); }));
            list.remove(first->conversationId());
            QVERIFY(QTest::qWaitFor([&] { return first.isNull(); }));
        }
    }
    void everyAnswerUpToTheLastSecondSurvivesAKill();
};

namespace {

int chatForever(const QString &folder)
{
    auto script = std::make_shared<EngineScript>();
    std::vector<FakePiece> pieces(20000, FakePiece{"word ", milliseconds(2), false});
    script->setDefaultAnswer([pieces](const auto &) { return FakeAnswer(pieces); });
    Settings settings(folder + QStringLiteral(".ini"));
    ChatStore store(folder);
    InferenceService service(std::make_unique<FakeEngine>(script));
    service.load(QStringLiteral("/models/a.gguf"));
    ChatSession session(service, store, settings, 0);
    QElapsedTimer timer;
    timer.start();
    QObject::connect(&session, &ChatSession::loaded, [&] { session.send(QStringLiteral("typed")); });
    QObject::connect(&session, &ChatSession::sent, [] {
        std::printf("sent\n");
        std::fflush(stdout);
    });
    QObject::connect(session.messages(), &MessageListModel::textAppended, [&](int row, const QString &) {
        std::printf("%lld %lld\n", static_cast<long long>(timer.elapsed()),
                    static_cast<long long>(session.messages()->message(row).content.size()));
        std::fflush(stdout);
    });
    return QCoreApplication::exec();
}

} // namespace

void TestChatSession::everyAnswerUpToTheLastSecondSurvivesAKill()
{
    QRandomGenerator random(3);
    for (int round = 0; round < 6; ++round) {
        const test::TemporaryFolder folder;
        const QString path = folder.path(QStringLiteral("data"));
        QProcess child;
        child.start(QCoreApplication::applicationFilePath(), {QStringLiteral("--chat-forever"), path});
        QVERIFY(child.waitForStarted());
        QByteArray output;
        while (!output.contains('\n')) {
            QVERIFY(child.waitForReadyRead(20000));
            output += child.readAll();
        }
        QTest::qSleep(1100 + int(random.bounded(900)));
        child.kill();
        QVERIFY(child.waitForFinished(20000));
        output += child.readAll();
        const QList<QByteArray> lines = output.split('\n');
        QCOMPARE(lines.first(), QByteArray("sent"));
        QVERIFY(lines.size() > 10);
        const qint64 killed = lines[lines.size() - 2].split(' ').first().toLongLong();
        qint64 expected = 0; // what was there a second before the end
        for (const QByteArray &line : lines.mid(1, lines.size() - 2))
            if (const auto parts = line.split(' ');
                parts.size() == 2 && parts[0].toLongLong() <= killed - 1000)
                expected = parts[1].toLongLong();
        Setup s(false);
        s.session.reset();
        s.store = std::make_unique<ChatStore>(path);
        std::optional<QVector<ConversationRecord>> list;
        s.store->readConversations(this, [&](const auto &result) { list = *result; });
        QVERIFY(QTest::qWaitFor([&] { return list.has_value(); }));
        QCOMPARE(list->size(), 1);
        s.open(list->first().id);
        QCOMPARE(s.rows().rowCount(), 2);
        QCOMPARE(s.rows().message(0).content, QStringLiteral("typed"));
        QCOMPARE(s.rows().message(1).state, MessageState::Interrupted);
        QVERIFY2(
            s.rows().message(1).content.size() >= expected,
            qPrintable(QStringLiteral("%1 of %2").arg(s.rows().message(1).content.size()).arg(expected)));
        QVERIFY(expected > 0 || killed < 1100);
        QVERIFY(s.session->canContinue());
        s.session.reset();
    }
}

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    if (argc > 2 && qstrcmp(argv[1], "--chat-forever") == 0)
        return chatForever(QString::fromLocal8Bit(argv[2]));
    TestChatSession test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_chat_session.moc"
