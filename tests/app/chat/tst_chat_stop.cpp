// Stop in every stage of an answer, and the end of the program in the middle of one: idle in time, nothing stuck, nothing lost, and
// the next question answered.
#include "app/chat/chat_sessions.h"
#include "inference/model_engine.h"
#include "tests/support/disk/faulty_disk.h"
#include "tests/support/fake_engine.h"
#include "tests/support/temporary_file.h"
#include "tests/support/tiny_model.h"

#include <QElapsedTimer>
#include <QRandomGenerator>
#include <QTest>

#include <thread>

using namespace app;
using inference::ErrorCode;
using test::EngineScript;
using test::FakeAnswer;
using test::FakePiece;
using test::milliseconds;
using State = ChatSession::State;

namespace {

constexpr int kTimes = 100;
constexpr qint64 kInTimeMs = 150;

enum class Stage {
    Sending,
    WithoutModel,
    LoadingModel,
    Queued,
    Tokenising,
    ReadingFirst,
    Reading,
    BeforeFirstToken,
    Thinking,
    Writing,
    Continuing
};

bool waitFor(const std::function<bool()> &condition, int ms = 20000)
{
    QElapsedTimer timer;
    timer.start();
    while (!condition()) {
        if (timer.elapsed() > ms)
            return false;
        QCoreApplication::processEvents();
        if (!condition())
            std::this_thread::sleep_for(std::chrono::microseconds(50));
    }
    return true;
}

struct Setup
{
    explicit Setup(std::unique_ptr<inference::Engine> engine = {})
        : settings(folder.path(QStringLiteral("settings.ini"))), disk(folder.path(QStringLiteral(".")))
    {
        store = std::make_unique<ChatStore>(folder.path(QStringLiteral("data")));
        service = std::make_unique<InferenceService>(engine ? std::move(engine) : std::make_unique<test::FakeEngine>(script));
        session = std::make_unique<ChatSession>(*service, *store, settings, 0);
        (void)waitFor([&] { return session->state() == State::Idle && store->isOpen(); });
    }
    bool load(const QString &path = QStringLiteral("/models/a.gguf"))
    {
        service->load(path);
        return waitFor([&] { return service->state() == InferenceService::State::Ready; });
    }
    const MessageRecord &last() { return session->messages()->message(session->messages()->rowCount() - 1); }
    bool isIn(State state)
    {
        return waitFor([&] { return session->state() == state; });
    }

    test::TemporaryFolder folder;
    Settings settings;
    test::FaultyDisk disk; // fast
    std::shared_ptr<EngineScript> script = std::make_shared<EngineScript>();
    std::unique_ptr<ChatStore> store;
    std::unique_ptr<InferenceService> service;
    std::unique_ptr<ChatSession> session;
};

FakeAnswer holding(const std::string &kept)
{
    return FakeAnswer(std::vector<FakePiece>{{kept}, {" never", milliseconds(0), true}});
}

// Brings the session to the stage; false: it does not come there.
bool reach(Setup &s, Stage stage, ChatSession &other)
{
    FakeAnswer answer = holding("kept");
    switch (stage) {
    case Stage::Sending:
        return s.session->send(QStringLiteral("x")) && s.session->state() == State::Sending;
    case Stage::WithoutModel:
        s.service->unload();
        return waitFor([&] { return s.service->state() == InferenceService::State::NoModel; }) && s.session->send(QStringLiteral("x")) &&
               s.isIn(State::WaitingForModel);
    case Stage::LoadingModel: {
        test::FakeLoad load;
        load.hold = true;
        s.script->addLoad(load);
        s.service->load(QStringLiteral("/models/b.gguf"));
        return s.session->send(QStringLiteral("x")) && s.isIn(State::WaitingForModel) && waitFor([&] { return s.script->holding(); });
    }
    case Stage::Queued:
        s.script->addAnswer(holding("other"));
        return other.send(QStringLiteral("before")) && waitFor([&] { return other.state() == State::Writing; }) &&
               s.session->send(QStringLiteral("x")) && s.isIn(State::Queued);
    case Stage::Tokenising:
        answer.holdPrompt = true;
        s.script->addAnswer(answer);
        return s.session->send(QStringLiteral("x")) && s.isIn(State::Reading) && waitFor([&] { return s.script->holding(); });
    case Stage::ReadingFirst:
        answer.promptChunks = 100;
        answer.chunkDelay = milliseconds(1000);
        s.script->addAnswer(answer);
        return s.session->send(QStringLiteral("x")) && s.isIn(State::Reading);
    case Stage::Reading:
        answer.promptChunks = 10000;
        answer.chunkDelay = milliseconds(1);
        s.script->addAnswer(answer);
        return s.session->send(QStringLiteral("x")) && waitFor([&] { return s.session->state() == State::Reading && s.session->promptDone() > 0; });
    case Stage::BeforeFirstToken:
        s.script->addAnswer(FakeAnswer(std::vector<FakePiece>{{"never", milliseconds(0), true}}));
        return s.session->send(QStringLiteral("x")) && waitFor([&] { return s.script->holding(); });
    case Stage::Thinking:
        answer = holding("hm");
        answer.opensReasoning = true;
        s.script->addAnswer(answer);
        return s.session->send(QStringLiteral("x")) && s.isIn(State::Thinking);
    case Stage::Writing:
        s.script->addAnswer(answer);
        return s.session->send(QStringLiteral("x")) && s.isIn(State::Writing);
    case Stage::Continuing:
        s.script->addAnswer(answer);
        if (!s.session->send(QStringLiteral("x")) || !s.isIn(State::Writing))
            return false;
        s.session->stop();
        s.script->addAnswer(holding(" more"));
        return s.isIn(State::Idle) && s.session->continueAnswer() && s.isIn(State::Writing);
    }
    return false;
}

void addStages()
{
    QTest::addColumn<int>("stage");
    const char *names[] = {"the message is being saved", "no model", "the model is loading", "queued", "text becomes tokens", "the prompt, first chunk",
                           "the prompt, later", "before the first token", "thinking", "writing", "continuing"};
    for (int stage = 0; stage <= int(Stage::Continuing); ++stage)
        QTest::newRow(names[stage]) << stage;
}

} // namespace

class TestChatStop : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isIdleInTime_data() { addStages(); }
    void isIdleInTime()
    {
        QFETCH(int, stage);
        Setup s;
        QVERIFY(s.load());
        ChatSession other(*s.service, *s.store, s.settings, 0);
        QVERIFY(waitFor([&] { return other.state() == State::Idle; }));
        int inTime = 0;
        for (int time = 0; time < kTimes; ++time) {
            int ended = 0;
            const auto counts = connect(s.session.get(), &ChatSession::answerFinished, this, [&] { ++ended; });
            QVERIFY2(reach(s, Stage(stage), other), qPrintable(QString::number(time)));
            const int endedBefore = ended;
            QElapsedTimer timer;
            timer.start();
            s.session->stop();
            if (time % 2)
                s.session->stop(); // twice is once
            QVERIFY2(s.isIn(State::Idle), qPrintable(QStringLiteral("time %1, stuck in %2").arg(time).arg(int(s.session->state()))));
            inTime += timer.elapsed() <= kInTimeMs;
            QCOMPARE(ended, endedBefore + 1);
            disconnect(counts);
            QCOMPARE(s.last().state, MessageState::Stopped);
            const QString kept = Stage(stage) == Stage::Continuing ? QStringLiteral("kept more") : Stage(stage) == Stage::Writing ? QStringLiteral("kept") : QString();
            QCOMPARE(s.last().content, kept);
            QCOMPARE(s.last().reasoning, Stage(stage) == Stage::Thinking ? QStringLiteral("hm") : QString());

            // What stood around it goes on, and the next question is answered.
            if (Stage(stage) == Stage::LoadingModel)
                s.script->release();
            if (Stage(stage) == Stage::WithoutModel)
                s.service->load(QStringLiteral("/models/a.gguf"));
            if (Stage(stage) == Stage::Queued) {
                QCOMPARE(other.state(), State::Writing);
                other.stop();
                QVERIFY(waitFor([&] { return other.state() == State::Idle; }));
            }
            QVERIFY(waitFor([&] { return s.service->state() == InferenceService::State::Ready; }));
            QVERIFY(s.session->send(QStringLiteral("again")));
            QVERIFY(s.isIn(State::Idle));
            QVERIFY2(s.last().content.endsWith(QLatin1String("again")), qPrintable(s.last().content));
            QCOMPARE(s.last().state, MessageState::Complete);
            QCOMPARE(s.service->waiting(), 0);
            if (time % 20 == 19) { // short conversations: what is told costs their length
                s.session = std::make_unique<ChatSession>(*s.service, *s.store, s.settings, 0);
                QVERIFY(s.isIn(State::Idle));
            }
        }
        // A machine with other work may take a processor away for longer than that.
        QVERIFY2(inTime >= kTimes * 95 / 100, qPrintable(QStringLiteral("%1 of %2 in time").arg(inTime).arg(kTimes)));
        QCOMPARE(s.script->mostAtOnce(), 1);
    }
    void isIdleInTimeWithARealModel_data()
    {
        QTest::addColumn<QString>("stage");
        for (const char *stage : {"sending", "loading", "queued", "reading", "writing", "by chance"})
            QTest::newRow(stage) << QString::fromLatin1(stage);
    }
    void isIdleInTimeWithARealModel()
    {
        QFETCH(QString, stage);
        Setup s(std::make_unique<inference::ModelEngine>());
        test::TinyModelOptions model = test::wideTinyModel({.architecture = "qwen2", .weights = kernels::ElementType::Q8_0, .layers = 4, .contextLength = 8192});
        const QString path = s.folder.write(QStringLiteral("tiny.gguf"), QByteArray::fromStdString(test::tinyModel(model)));
        QVERIFY(s.load(path));
        ChatSession other(*s.service, *s.store, s.settings, 0);
        QVERIFY(waitFor([&] { return other.state() == State::Idle; }));
        QRandomGenerator random(7);
        int inTime = 0, stopped = 0;
        for (int time = 0; time < kTimes; ++time) {
            s.session = std::make_unique<ChatSession>(*s.service, *s.store, s.settings, 0);
            QVERIFY(s.isIn(State::Idle));
            // Another text each time, so that none of it is known from before.
            const bool reads = stage == QLatin1String("reading") || stage == QLatin1String("by chance");
            const QString text = QStringLiteral("%1 the whale ").arg(time).repeated(reads ? 300 : 1);
            if (stage == QLatin1String("loading"))
                s.service->load(path);
            if (stage == QLatin1String("queued")) {
                QVERIFY(other.send(QStringLiteral("%1 other ").arg(time).repeated(300)));
                QVERIFY(waitFor([&] { return other.state() == State::Reading; }));
            }
            QVERIFY(s.session->send(text));
            if (stage == QLatin1String("reading"))
                QVERIFY(waitFor([&] { return s.session->state() == State::Reading || s.session->state() == State::Idle; }));
            else if (stage == QLatin1String("writing"))
                QVERIFY(waitFor([&] { return s.session->state() == State::Writing || s.session->state() == State::Idle; }));
            else if (stage == QLatin1String("by chance")) {
                const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds(random.bounded(60000u));
                QVERIFY(waitFor([&] { return std::chrono::steady_clock::now() >= until; }));
            } else if (stage == QLatin1String("queued"))
                QVERIFY(waitFor([&] { return s.session->state() != State::Sending; }));
            QElapsedTimer timer;
            timer.start();
            s.session->stop();
            QVERIFY2(s.isIn(State::Idle), qPrintable(QStringLiteral("time %1, stuck in %2").arg(time).arg(int(s.session->state()))));
            inTime += timer.elapsed() <= kInTimeMs;
            stopped += s.last().state == MessageState::Stopped;
            QVERIFY(s.last().state == MessageState::Stopped || s.last().state == MessageState::Complete);
            other.stop();
            QVERIFY(waitFor([&] { return other.state() == State::Idle && s.service->state() == InferenceService::State::Ready; }));
        }
        QVERIFY2(stopped >= kTimes / 2, qPrintable(QString::number(stopped)));
        QVERIFY2(inTime >= kTimes * 95 / 100, qPrintable(QStringLiteral("%1 of %2 in time").arg(inTime).arg(kTimes)));
    }
    void theEndSavesWhatCame_data() { addStages(); }
    void theEndSavesWhatCame()
    {
        QFETCH(int, stage);
        constexpr int kEnds = 20;
        int inTime = 0;
        for (int time = 0; time < kEnds; ++time) {
            Setup s;
            QVERIFY(s.load());
            auto other = std::make_unique<ChatSession>(*s.service, *s.store, s.settings, 0);
            QVERIFY(waitFor([&] { return other->state() == State::Idle; }));
            QVERIFY(reach(s, Stage(stage), *other));
            QString content, reasoning;
            if (s.session->messages()->rowCount() > 0) {
                content = s.last().content;
                reasoning = s.last().reasoning;
            }
            s.session->setDraft(QStringLiteral("typed meanwhile"));
            QElapsedTimer timer;
            timer.start();
            s.session.reset();
            other.reset();
            s.service.reset();
            s.store.reset();
            inTime += timer.elapsed() <= 2000;

            ChatStore again(s.folder.path(QStringLiteral("data")));
            std::optional<ConversationContents> found;
            again.readConversations(&again, [&](const auto &all) {
                for (const ConversationRecord &chat : all ? *all : QVector<ConversationRecord>())
                    if (chat.title == QLatin1String("x"))
                        again.readContents(chat.id, &again, [&](const auto &contents) { found = contents ? *contents : ConversationContents(); });
            });
            QVERIFY(waitFor([&] { return found.has_value(); }));
            QCOMPARE(found->messages.size(), 2);
            QCOMPARE(found->messages[0].content, QStringLiteral("x"));
            QCOMPARE(found->messages[1].content, content);
            QCOMPARE(found->messages[1].reasoning, reasoning);
            QCOMPARE(found->messages[1].state, MessageState::Stopped);
            QCOMPARE(found->draft, QStringLiteral("typed meanwhile"));
            QCOMPARE(again.report().interrupted, 0);
        }
        QVERIFY2(inTime == kEnds, qPrintable(QString::number(inTime)));
    }
};

QTEST_GUILESS_MAIN(TestChatStop)
#include "tst_chat_stop.moc"
