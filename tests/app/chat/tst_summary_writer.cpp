// app/chat/summary_writer.h and context_counter.h: what the model sees is counted exactly, and a summary takes the place of what it is of.
#include "app/chat/summary_writer.h"

#include "app/chat/context_plan.h"
#include "tests/support/fake_engine.h"
#include "tests/support/temporary_file.h"

#include <QSignalSpy>
#include <QTest>

using namespace app;
using test::EngineScript;
using test::FakeAnswer;
using test::FakeEngine;
using test::FakePiece;
using Kind = ContextPart::Kind;

namespace {

struct Setup
{
    explicit Setup(quint32 contextLength = 4096) : settings(folder.path(QStringLiteral("settings.ini")))
    {
        test::FakeLoad load;
        load.summary = FakeEngine::defaultSummary("/models/a.gguf");
        load.summary->contextLength = contextLength;
        script->addLoad(load);
        script->setContextLength(contextLength);
        service.load(QStringLiteral("/models/a.gguf"));
        (void)QTest::qWaitFor([&] { return service.state() == InferenceService::State::Ready; });
        open(0);
    }
    void open(qint64 id)
    {
        session = std::make_unique<ChatSession>(service, store, settings, id);
        (void)idle();
        counter.setSession(session.get());
    }
    bool idle()
    {
        return QTest::qWaitFor([&] { return session->state() == ChatSession::State::Idle; }, 10000);
    }
    bool ask(const QString &text, const char *answer)
    {
        script->addAnswer(answer);
        return session->send(text) && idle();
    }
    bool turns(int count)
    {
        for (int i = 1; i <= count; ++i)
            if (!ask(QStringLiteral("question number %1").arg(i), "an answer of six words, here"))
                return false;
        return true;
    }
    qint64 question(int turn) { return session->messages()->message(2 * (turn - 1)).id; }
    const ContextMap &count(const QString &draft = QString())
    {
        counter.count(draft);
        (void)QTest::qWaitFor([&] { return counter.isExact(draft) && counter.map().complete; }, 10000);
        return counter.map();
    }
    QStringList lastTurns()
    {
        QStringList turns;
        const auto requests = script->requests();
        for (const auto &message : std::get<inference::ChatInput>(requests.back().input).messages)
            turns << QString::fromStdString(message.role + ": " + message.content);
        return turns;
    }

    test::TemporaryFolder folder;
    std::shared_ptr<EngineScript> script = std::make_shared<EngineScript>();
    Settings settings;
    ChatStore store{folder.path(QStringLiteral("data"))};
    InferenceService service{std::make_unique<FakeEngine>(script)};
    std::unique_ptr<ChatSession> session;
    SummaryWriter writer{service};
    ContextCounter counter{service, settings};
};

} // namespace

class TestSummaryWriter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // The fake engine counts words, and four for each message.
    void partsAddUpToWhatTheEngineCounts()
    {
        Setup s;
        QVERIFY(s.turns(3));
        const ContextMap map = s.count(QStringLiteral("four more words here"));
        QCOMPARE(map.used, 3 * (3 + 4 + 6 + 4) + 4 + 4);
        QCOMPARE(map.draft, 4 + 4);
        QCOMPARE(map.of(Kind::Conversation), 3 * (3 + 6));
        QCOMPARE(map.of(Kind::Instructions), 6 * 4);
        QCOMPARE(map.limit, 4096);
        QCOMPARE(map.kept, 512);
        QCOMPARE(map.parts.size(), 4);
        QCOMPARE(s.counter.nameOf(map.parts[2]), QStringLiteral("question number 2"));
        // What is known is not counted again: the two prompts alone are.
        const int before = s.script->counts();
        s.count(QStringLiteral("four more words here now"));
        QCOMPARE(s.script->counts(), before + 2);
    }
    void leftOutTurnsTakeNothingAndComeBack()
    {
        Setup s;
        QVERIFY(s.turns(3));
        QVERIFY(s.session->setLeftOut(s.question(2), true));
        ContextMap map = s.count();
        QCOMPARE(map.used, 2 * 17);
        QCOMPARE(map.parts[2].sight, Sight::LeftOut);
        QCOMPARE(map.parts[2].tokens, 9); // what it would take
        QCOMPARE(map.of(Kind::Conversation), 18);
        QVERIFY(s.ask(QStringLiteral("next"), "ok"));
        QVERIFY(!s.lastTurns().contains(QStringLiteral("user: question number 2")));
        // It is the file's as well.
        s.open(s.session->conversationId());
        QCOMPARE(s.session->messages()->turnOf(3).sight, Sight::LeftOut);
        QVERIFY(s.session->setPinned(s.question(2), true)); // and not left out any more
        map = s.count();
        QCOMPARE(map.parts[2].kind, Kind::Pinned);
        QCOMPARE(map.of(Kind::Pinned), 9);
        QCOMPARE(map.used, 3 * 17 + 5 + 5);
    }
    void marksOutliveTheAnswerThatEnds()
    {
        Setup s;
        QVERIFY(s.turns(2));
        QVERIFY(s.session->setPinned(s.question(1), true));
        QVERIFY(s.session->regenerate(1)); // saves an answer of the same turn
        QVERIFY(s.idle());
        s.open(s.session->conversationId());
        QVERIFY(s.session->messages()->message(0).pinned);
    }
    void aSummaryTakesThePlaceOfItsTurns()
    {
        Setup s;
        QVERIFY(s.turns(4));
        const ContextWaysOut ways = waysOut(s.count(), 5, {}, s.service.model(), 0);
        QCOMPARE(ways.turns, 1);
        QSignalSpy finished(&s.writer, &SummaryWriter::finished);
        s.script->addAnswer("They talked about numbers.");
        QVERIFY(s.writer.begin(*s.session, s.question(1), s.question(3)));
        QVERIFY(s.writer.isWriting());
        QVERIFY(!s.writer.begin(*s.session, s.question(1), s.question(3)));
        QTRY_COMPARE(finished.size(), 1);
        QVERIFY(!s.writer.isWriting());
        const QString asked = s.lastTurns().last();
        for (int i = 1; i <= 3; ++i)
            QVERIFY(asked.contains(QStringLiteral("question number %1").arg(i)));
        QVERIFY(!asked.contains(QStringLiteral("question number 4")));
        QCOMPARE(s.session->messages()->turnOf(0).sight, Sight::Summarised);
        QCOMPARE(s.session->messages()->turnsSummarised(s.session->messages()->turnOf(0)), 3);
        const ContextMap map = s.count();
        QVERIFY(map.parts[1].isSummary);
        QCOMPARE(map.parts[1].turns, 3);
        QVERIFY(s.ask(QStringLiteral("next"), "ok"));
        QCOMPARE(s.lastTurns().size(), 3);
        QVERIFY(s.lastTurns().first().contains(QStringLiteral("They talked about numbers.\n\nquestion number 4")));
        // After a restart too, and it can be taken back.
        s.open(s.session->conversationId());
        QCOMPARE(s.session->messages()->turnOf(0).sight, Sight::Summarised);
        QVERIFY(s.session->removeSummary(s.session->messages()->message(5).id));
        QCOMPARE(s.session->messages()->turnOf(0).sight, Sight::Seen);
        QCOMPARE(s.count().used, 4 * 17 + 10);
    }
    void aLongConversationIsReadInPieces()
    {
        Setup s(1500);
        const QString many = QStringLiteral("word ").repeated(250);
        for (int i = 0; i < 4; ++i)
            QVERIFY(s.ask(many, "short"));
        s.script->addAnswer("First part.");
        s.script->addAnswer("Second part.");
        QSignalSpy finished(&s.writer, &SummaryWriter::finished);
        QVERIFY(s.writer.begin(*s.session, s.question(1), s.question(4)));
        QTRY_COMPARE(finished.size(), 1);
        QCOMPARE(s.writer.pieces(), 2);
        QCOMPARE(s.session->messages()->message(7).summary, QStringLiteral("First part.\n\nSecond part."));
    }
    void whatGoesWrongChangesNothing_data()
    {
        QTest::addColumn<QString>("how");
        for (const char *how : {"stopped", "failed", "empty", "too long", "sent meanwhile", "session gone"})
            QTest::newRow(how) << QString::fromLatin1(how);
    }
    void whatGoesWrongChangesNothing()
    {
        QFETCH(QString, how);
        Setup s(1500);
        QVERIFY(s.turns(3));
        if (how == QLatin1String("too long")) {
            s.script->setContextLength(0);
            QVERIFY(s.ask(QStringLiteral("word ").repeated(1400), "ok"));
        }
        const QSignalSpy failed(&s.writer, &SummaryWriter::failed), finished(&s.writer, &SummaryWriter::finished);
        FakeAnswer answer(std::vector<FakePiece>{{"A summary", test::milliseconds(0), false}, {" that goes on", test::milliseconds(0), true}});
        if (how == QLatin1String("failed"))
            answer.error = inference::Error(inference::ErrorCode::Io, inference::ErrorParts{.what = "The file is gone"});
        if (how == QLatin1String("empty"))
            answer = FakeAnswer("  \n");
        s.script->addAnswer(answer);
        const qint64 last = s.session->messages()->message(s.session->messages()->rowCount() - 2).id;
        QVERIFY(s.writer.begin(*s.session, s.question(1), last));
        if (how == QLatin1String("empty") || how == QLatin1String("too long")) {
            QTRY_COMPARE(failed.size(), 1);
        } else {
            QTRY_VERIFY(s.script->holding());
            if (how == QLatin1String("stopped"))
                s.writer.stop();
            else if (how == QLatin1String("failed"))
                s.script->release();
            else if (how == QLatin1String("sent meanwhile"))
                QVERIFY(s.session->send(QStringLiteral("And now?")));
            else
                s.open(s.session->conversationId());
            QTRY_VERIFY(!s.writer.isWriting());
            if (how == QLatin1String("failed"))
                QTRY_COMPARE(failed.size(), 1);
            s.script->release(10);
        }
        QVERIFY(s.idle());
        QTRY_COMPARE(s.service.state(), InferenceService::State::Ready);
        QCOMPARE(finished.size(), 0);
        for (int row = 0; row < s.session->messages()->rowCount(); ++row) {
            QVERIFY(s.session->messages()->message(row).summary.isEmpty());
            QCOMPARE(s.session->messages()->turnOf(row).sight, Sight::Seen);
        }
    }
    void aSummaryThatReachedItsLimitEndsWithASentence()
    {
        Setup s;
        QVERIFY(s.turns(2));
        FakeAnswer answer("They spoke of whales. They dive deep. And then they");
        answer.endReason = inference::EndReason::Length;
        s.script->addAnswer(answer);
        QSignalSpy finished(&s.writer, &SummaryWriter::finished);
        QVERIFY(s.writer.begin(*s.session, s.question(1), s.question(2)));
        QTRY_COMPARE(finished.size(), 1);
        QCOMPARE(s.session->messages()->message(3).summary, QStringLiteral("They spoke of whales. They dive deep."));
    }
};

QTEST_GUILESS_MAIN(TestSummaryWriter)
#include "tst_summary_writer.moc"
