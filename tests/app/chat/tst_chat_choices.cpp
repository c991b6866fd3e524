// app/chat/chat_choices.h: what a chat, a folder or a model wants otherwise than the settings.
#include "app/chat/chat_choices.h"

#include "app/chat/chat_session.h"
#include "app/chat/conversation_list_model.h"
#include "tests/support/fake_engine.h"
#include "tests/support/temporary_file.h"

#include <QLocale>
#include <QTest>

using namespace app;
using test::EngineScript;
using test::FakeEngine;

namespace {

ChatChoices telling(const char *instructions)
{
    ChatChoices choices;
    choices.instructions = QString::fromUtf8(instructions);
    return choices;
}

struct Setup
{
    Setup() : settings(folder.path(QStringLiteral("settings.ini")))
    {
        test::FakeLoad load;
        load.summary = FakeEngine::defaultSummary("/models/a.gguf");
        load.summary->name = "A model";
        load.summary->fingerprint = "f00d";
        script->addLoad(load);
        service.load(QStringLiteral("/models/a.gguf"));
        (void)QTest::qWaitFor([&] { return service.state() == InferenceService::State::Ready; });
        open(0);
    }
    void open(qint64 id)
    {
        session = std::make_unique<ChatSession>(service, store, settings, id);
        (void)idle();
    }
    bool idle()
    {
        return QTest::qWaitFor([&] { return session->state() == ChatSession::State::Idle; }, 10000);
    }
    // What the model is told before the question; empty: nothing.
    QString told()
    {
        const auto request = session->draftRequest(QStringLiteral("question"));
        const auto &messages = std::get<inference::ChatInput>(request.input).messages;
        return messages.front().role == "system" ? QString::fromStdString(messages.front().content) : QString();
    }

    test::TemporaryFolder folder;
    std::shared_ptr<EngineScript> script = std::make_shared<EngineScript>();
    Settings settings;
    ChatStore store{folder.path(QStringLiteral("data"))};
    ConversationListModel conversations{store};
    InferenceService service{std::make_unique<FakeEngine>(script)};
    std::unique_ptr<ChatSession> session;
};

} // namespace

class TestChatChoices : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void choicesAreKeptAsJson()
    {
        QVERIFY(choicesToJson({}).isEmpty());
        for (int i = 0; i < 27; ++i) {
            ChatChoices choices;
            if (i % 3)
                choices.instructions = i % 3 == 1 ? QString(QLatin1String("")) : QString::fromUtf8("回答要“简短”。\n\"{{date}}\"");
            if (i / 3 % 3)
                choices.preset = i / 3 % 3 == 1 ? SamplingPreset::Precise : SamplingPreset::Recommended;
            if (i / 9)
                choices.thinking = i / 9 == 1 ? inference::Thinking::On : inference::Thinking::Off;
            QCOMPARE(choicesFromJson(choicesToJson(choices)), choices);
        }
    }
    void anOuterFolderFillsWhatIsLeftOpen()
    {
        const ChatChoices nearer{.preset = SamplingPreset::Precise};
        const ChatChoices further{.instructions = QStringLiteral("Be brief."), .preset = SamplingPreset::Creative, .thinking = inference::Thinking::Off};
        const ChatChoices both = withInherited(nearer, further);
        QCOMPARE(both, (ChatChoices{QStringLiteral("Be brief."), SamplingPreset::Precise, inference::Thinking::Off}));
        QCOMPARE(withInherited({}, {}), ChatChoices());
    }
    void whatIsDamagedIsNotChosen()
    {
        for (const char *json : {"", "{", "[]", "null", "{\"instructions\":7,\"sampling\":\"hot\",\"thinking\":\"yes\"}", "\xff\xfe"})
            QVERIFY(choicesFromJson(json).isEmpty());
    }
    void variablesAreFilledIn_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("filled");
        QTest::newRow("none") << QStringLiteral("Be brief.") << QStringLiteral("Be brief.");
        QTest::newRow("date") << QStringLiteral("Today is {{weekday}}, {{ date }}, {{TIME}}.") << QStringLiteral("Today is Friday, 2026-11-27, 09:05.");
        QTest::newRow("model") << QStringLiteral("{{model}}{{model}}") << QStringLiteral("MM");
        QTest::newRow("language") << QStringLiteral("{{language}}") << QLocale::languageToString(QLocale::system().language());
        QTest::newRow("unknown") << QStringLiteral("{{name}} {{ }} {{}}") << QStringLiteral("{{name}} {{ }} {{}}");
        QTest::newRow("open") << QStringLiteral("{{date") << QStringLiteral("{{date");
        QTest::newRow("inside of another") << QStringLiteral("{{x {{date}}") << QStringLiteral("{{x 2026-11-27");
        QTest::newRow("braces of code") << QStringLiteral("f'{{{model}}}'") << QStringLiteral("f'{M}'");
    }
    void variablesAreFilledIn()
    {
        QFETCH(QString, text);
        QFETCH(QString, filled);
        QCOMPARE(withVariables(text, {QDateTime(QDate(2026, 11, 27), QTime(9, 5)), QStringLiteral("M")}), filled);
    }
    void aTextOfBracesTakesLinearTime()
    {
        const QString text = QStringLiteral("{{").repeated(200000) + QStringLiteral("{{model}}");
        const QString filled = withVariables(text, {QDateTime(), QStringLiteral("M")});
        QVERIFY(filled.endsWith(QStringLiteral("{{M")));
    }
    void theNearestLevelDecides()
    {
        Setup s;
        s.settings.set(kSystemPrompt, QStringLiteral("all"));
        QCOMPARE(s.told(), QStringLiteral("all"));
        setModelChoices(s.settings, *s.service.model(), telling("model {{model}}"));
        QCOMPARE(s.told(), QStringLiteral("model A model"));
        QVERIFY(s.session->send(QStringLiteral("hello")));
        QVERIFY(s.idle());
        const qint64 id = s.session->conversationId();
        const qint64 folder = s.conversations.createFolder(QStringLiteral("Work"));
        s.conversations.setFolder(id, folder);
        QTRY_COMPARE(s.session->folder().id, folder);
        FolderRecord record = s.session->folder();
        record.choices = choicesToJson(telling("folder"));
        s.store.write({SaveFolder{record}}, Durability::Typed);
        QTRY_COMPARE(s.told(), QStringLiteral("folder"));
        s.session->setChoices(telling("chat"));
        QCOMPARE(s.told(), QStringLiteral("chat"));
        s.open(id); // as the file has it
        QCOMPARE(s.told(), QStringLiteral("chat"));
        s.session->setChoices(telling("")); // nothing, on purpose
        QCOMPARE(s.told(), QString());
        s.session->setChoices({});
        QCOMPARE(s.told(), QStringLiteral("folder"));
        s.conversations.renameFolder(folder, QStringLiteral("Play"));
        QTRY_COMPARE(s.session->folder().name, QStringLiteral("Play"));
        QCOMPARE(s.told(), QStringLiteral("folder"));
        s.conversations.removeFolder(folder);
        QTRY_COMPARE(s.told(), QStringLiteral("model A model"));
    }
    void whatIsChosenBeforeTheFirstMessageIsKeptWithIt()
    {
        Setup s;
        ChatChoices choices = telling("first");
        choices.preset = SamplingPreset::Precise;
        s.session->setChoices(choices);
        QVERIFY(s.session->send(QStringLiteral("hello")));
        QVERIFY(s.idle());
        QCOMPARE(s.script->requests().back().sampling.temperature, 0.2f);
        s.open(s.session->conversationId());
        QCOMPARE(s.session->choices(), choices);
    }
    // Else every message would change the beginning of the prompt, and all of it would be read again.
    void dateAndTimeStayThoseOfTheBeginning()
    {
        Setup s;
        s.session->setChoices(telling("{{date}} {{time}}"));
        QVERIFY(s.session->send(QStringLiteral("hello")));
        QVERIFY(s.idle());
        const QString first = s.told();
        s.open(s.session->conversationId());
        QCOMPARE(s.told(), first);
        QVERIFY(first.startsWith(QStringLiteral("20")));
    }
};

QTEST_GUILESS_MAIN(TestChatChoices)
#include "tst_chat_choices.moc"
