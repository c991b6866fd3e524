// app/chat/title_writer.h: titles come when the model is idle, and never in the way.
#include "app/chat/title_writer.h"

#include "tests/support/fake_engine.h"
#include "tests/support/temporary_file.h"

#include <QSignalSpy>
#include <QTest>

using namespace app;
using test::EngineScript;
using test::FakeEngine;

namespace {

struct Setup
{
    Setup() : settings(folder.path(QStringLiteral("settings.ini")))
    {
        service.load(QStringLiteral("/models/a.gguf"));
        (void)QTest::qWaitFor([&] { return service.state() == InferenceService::State::Ready; });
        session = std::make_unique<ChatSession>(service, store, settings, 0);
        (void)idle();
        QObject::connect(session.get(), &ChatSession::answerFinished, &titles, [this] { titles.consider(*session); });
    }
    bool idle()
    {
        return QTest::qWaitFor([&] { return session->state() == ChatSession::State::Idle; }, 10000);
    }
    bool ask(const char *answer)
    {
        script->addAnswer(answer);
        return session->send(QStringLiteral("How deep do whales dive, and why?")) && idle();
    }
    // Until a title was asked for and has come, or not.
    bool settle()
    {
        const int before = script->finished();
        return QTest::qWaitFor(
            [&] {
                return script->finished() > before && !titles.isWriting() && store.saveState() == ChatStore::SaveState::Saved;
            },
            TitleWriter::kIdleMs + 3000);
    }

    test::TemporaryFolder folder;
    std::shared_ptr<EngineScript> script = std::make_shared<EngineScript>();
    Settings settings;
    ChatStore store{folder.path(QStringLiteral("data"))};
    InferenceService service{std::make_unique<FakeEngine>(script)};
    std::unique_ptr<ChatSession> session;
    TitleWriter titles{service, store, settings};
};

} // namespace

class TestTitleWriter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void titlesAreTakenOutOfAnswers_data()
    {
        QTest::addColumn<QString>("answer");
        QTest::addColumn<QString>("title");
        const auto row = [](const char *name, const char *answer, const char *title) {
            QTest::newRow(name) << QString::fromUtf8(answer) << QString::fromUtf8(title);
        };
        row("plain", "Whale diving depth", "Whale diving depth");
        row("quoted", " \"Whale diving depth.\"\n", "Whale diving depth");
        row("labelled", "**Title:** Whale diving depth", "Whale diving depth");
        row("Chinese", "标题：《鲸鱼潜水深度》。", "鲸鱼潜水深度");
        row("first line", "Whale diving\n\nI chose it because", "Whale diving");
        row("nothing", "", "");
        row("a letter", "W", "");
        row("talk", "Sure, here is a good title for the conversation that you asked me about:", "");
        row("a question", "What would you like?", "");
        row("tags", "<think>Hm", "");
        row("many words", "one two three four five six seven eight nine ten eleven", "");
    }
    void titlesAreTakenOutOfAnswers()
    {
        QFETCH(QString, answer);
        QTEST(titleOfAnswer(answer), "title");
    }

    void comesAfterTheFirstAnswer()
    {
        Setup s;
        QVERIFY(s.ask("Deep."));
        const QString before = s.session->title();
        s.script->addAnswer("Diving whales");
        QVector<bool> told;
        connect(&s.titles, &TitleWriter::changed, &s.titles, [&] { told << s.titles.isWriting(); });
        QVERIFY(s.settle());
        QCOMPARE(told, (QVector<bool>{true, false}));
        QTRY_COMPARE(s.session->title(), QStringLiteral("Diving whales"));
        QVERIFY(before != s.session->title());
        QCOMPARE(s.session->messages()->rowCount(), 2);
        const auto request = s.script->requests().back();
        QCOMPARE(request.sampling.temperature, 0.0f);
        QVERIFY(request.maxTokens > 0 && request.maxTokens <= 32);
        // The chat's own beginning, which is in memory.
        QCOMPARE(std::get<inference::ChatInput>(request.input).messages.size(), 3u);
        QVERIFY(s.ask("Deeper.")); // and only then
        QVERIFY(s.session->regenerate(1) && s.idle());
        QTest::qWait(TitleWriter::kIdleMs + 500);
        QCOMPARE(s.script->requests().size(), 4u);
    }

    void comesAfterTwoAnswersToo()
    {
        Setup s;
        s.script->addAnswer("Deep.");
        s.script->addAnswer("Very deep.");
        QVERIFY(s.session->sendForAnswers(QStringLiteral("How deep do whales dive, and why?"), QVector<AnswerChoice>(2)));
        QVERIFY(s.idle());
        s.script->addAnswer("Diving whales");
        QVERIFY(s.settle());
        QTRY_COMPARE(s.session->title(), QStringLiteral("Diving whales"));
    }

    void uselessOnesChangeNothing()
    {
        Setup s;
        QVERIFY(s.ask("Deep."));
        const QString before = s.session->title();
        s.script->addAnswer("I would like to know more about that, could you tell me more?");
        QVERIFY(s.settle());
        QCOMPARE(s.session->title(), before);
    }

    void theUserGoesFirst()
    {
        Setup s;
        QVERIFY(s.ask("Deep."));
        const QString before = s.session->title();
        s.script->addAnswer(test::FakeAnswer({{"Diving", test::milliseconds(0), true}}));
        QVERIFY(QTest::qWaitFor([&] { return s.titles.isWriting() && s.script->holding(); }, TitleWriter::kIdleMs + 3000));
        s.titles.stop(); // as the panel does when something is sent
        QVERIFY(!s.titles.isWriting());
        QVERIFY(s.ask("Deeper."));
        QCOMPARE(s.session->title(), before);
        QCOMPARE(s.script->cancelled(), 1);
    }

    void neverInPlaceOfTheUsersOwnNorWhenOff()
    {
        Setup s;
        QVERIFY(s.ask("Deep."));
        s.store.write({SetTitle{s.session->conversationId(), QStringLiteral("Mine"), true}}, Durability::Typed);
        QTRY_COMPARE(s.session->title(), QStringLiteral("Mine"));
        s.script->addAnswer("Diving whales");
        (void)s.settle();
        QCOMPARE(s.session->title(), QStringLiteral("Mine"));

        Setup off;
        off.settings.set(kModelTitles, false);
        QVERIFY(off.ask("Deep."));
        QTest::qWait(TitleWriter::kIdleMs + 500);
        QCOMPARE(off.script->requests().size(), 1u);
    }
};

QTEST_GUILESS_MAIN(TestTitleWriter)
#include "tst_title_writer.moc"
