// app/chat/receipt.h, answer_replay.h: what made an answer is kept with it, and a replay says whether the same tokens come.
#include "app/chat/answer_replay.h"
#include "app/chat/chat_session.h"
#include "app/chat/receipt.h"

#include "tests/support/fake_engine.h"
#include "tests/support/temporary_file.h"

#include <QSignalSpy>
#include <QTest>

using namespace app;
using test::EngineScript;
using test::FakeEngine;
using Outcome = AnswerReplay::Outcome;

namespace {

struct Setup
{
    Setup() : settings(folder.path(QStringLiteral("settings.ini")))
    {
        load("/models/a.gguf");
        session = std::make_unique<ChatSession>(service, store, settings, 0);
        (void)idle(); // its draft is read
    }
    void load(const char *path)
    {
        service.load(QString::fromLatin1(path));
        (void)QTest::qWaitFor([&] {
            return service.state() == InferenceService::State::Ready && service.model()->path == path;
        });
    }
    bool idle()
    {
        return QTest::qWaitFor([&] { return session->state() == ChatSession::State::Idle; }, 10000);
    }
    bool ask(const char *answer)
    {
        script->addAnswer(answer);
        return session->send(QStringLiteral("Sing")) && idle();
    }
    Receipt receipt(int row = 1) { return receiptFromJson(session->messages()->message(row).receipt).value_or(Receipt()); }
    std::pair<Outcome, QString> replay(int row = 1)
    {
        AnswerReplay replay(service, session->pathBefore(session->messages()->message(row).id), receipt(row));
        QSignalSpy spy(&replay, &AnswerReplay::finished);
        replay.start();
        (void)QTest::qWaitFor([&] { return spy.count() > 0; }, 10000);
        return {spy.value(0).value(0).value<Outcome>(), spy.value(0).value(1).toString()};
    }

    test::TemporaryFolder folder;
    std::shared_ptr<EngineScript> script = std::make_shared<EngineScript>();
    Settings settings;
    ChatStore store{folder.path(QStringLiteral("data"))};
    InferenceService service{std::make_unique<FakeEngine>(script)};
    std::unique_ptr<ChatSession> session;
};

} // namespace

class TestReceipt : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void comesBackFromJson()
    {
        Receipt r;
        r.program = QStringLiteral("1.2.3");
        r.model = QStringLiteral("R1 \"鲸\"");
        r.file = QStringLiteral("/m/ä.gguf");
        r.fingerprint = QStringLiteral("0123456789abcdef");
        r.fileBytes = qint64(1) << 41;
        r.device = QStringLiteral("cpu");
        r.contextLength = 131072;
        r.instructions = QStringLiteral("Be\nshort.");
        r.thinking = inference::Thinking::Off;
        r.sampling.temperature = 0.6f;
        r.sampling.topP = 0.95f;
        r.sampling.minP = 0.05f;
        r.sampling.topK = 0;
        r.sampling.repeatPenalty = 1.1f;
        r.sampling.seed = 0xfedcba9876543210u;
        r.maxTokens = 77;
        r.promptTokens = 12;
        r.tokens = {0, 1, 255, 256, 65536, 151935, 0xffffff};
        r.continued = true;
        const auto back = receiptFromJson(receiptToJson(r));
        QVERIFY(back.has_value());
        QCOMPARE(receiptToJson(*back), receiptToJson(r));
        QCOMPARE(back->tokens, r.tokens);
        QCOMPARE(*back->sampling.seed, *r.sampling.seed);
        QCOMPARE(back->sampling.temperature, r.sampling.temperature);
        QCOMPARE(back->contextLength, r.contextLength);
        for (const char *damaged : {"", "{}", "[", "{\"version\":2}", "nonsense"})
            QVERIFY(!receiptFromJson(damaged).has_value());
        QVERIFY(receiptFromJson("{\"version\":1,\"tokens\":\"!!\",\"thinking\":99,\"top_k\":-5}").has_value());
    }

    void isKeptWithTheAnswer()
    {
        Setup s;
        s.settings.set(kSystemPrompt, QStringLiteral("Be a whale."));
        QVERIFY(s.ask("one two three"));
        const Receipt receipt = s.receipt();
        QCOMPARE(receipt.model, QStringLiteral("a"));
        QCOMPARE(receipt.fingerprint, QStringLiteral("of /models/a.gguf"));
        QCOMPARE(receipt.tokens.size(), 3);
        QCOMPARE(*receipt.sampling.seed, quint64(4711));
        QCOMPARE(receipt.instructions, QStringLiteral("Be a whale."));
        QVERIFY(s.session->messages()->message(0).receipt.isEmpty()); // of the question
        std::optional<ConversationContents> contents; // in the file
        s.store.readContents(s.session->conversationId(), &s.store, [&](const auto &result) { contents = *result; });
        QTRY_VERIFY(contents.has_value());
        QCOMPARE(contents->messages[1].receipt, s.session->messages()->message(1).receipt);
    }

    void aReplayAsksTheSameAndComparesTokens()
    {
        Setup s;
        s.settings.set(kSystemPrompt, QStringLiteral("Be a whale."));
        QVERIFY(s.ask("one two three"));
        s.settings.set(kSystemPrompt, QStringLiteral("Be a fish.")); // changed since
        s.script->addAnswer("one two three");
        const auto [outcome, sentence] = s.replay();
        QCOMPARE(outcome, Outcome::Same);
        QVERIFY(sentence.contains(QStringLiteral("3 tokens")));
        const auto requests = s.script->requests();
        QCOMPARE(requests.size(), 2u);
        QCOMPARE(*requests[1].sampling.seed, 4711u);
        const auto &first = std::get<inference::ChatInput>(requests[0].input).messages, &second = std::get<inference::ChatInput>(requests[1].input).messages;
        QCOMPARE(first.size(), second.size());
        for (std::size_t i = 0; i < first.size(); ++i)
            QCOMPARE(first[i].content, second[i].content);
        QCOMPARE(s.session->messages()->rowCount(), 2); // nothing of it is kept
    }

    void aReplaySaysWhereItDiffers()
    {
        Setup s;
        QVERIFY(s.ask("one two three four"));
        s.script->addAnswer("one two other four");
        const auto [outcome, sentence] = s.replay();
        QCOMPARE(outcome, Outcome::Differs);
        QVERIFY2(sentence.contains(QStringLiteral("first 2 tokens")) && sentence.contains(QStringLiteral("token 3")), qPrintable(sentence));
        s.script->addAnswer("one two"); // shorter
        QCOMPARE(s.replay().first, Outcome::Differs);
    }

    void aStoppedAnswerIsReplayedAsFarAsItWent()
    {
        Setup s;
        s.script->addAnswer(test::FakeAnswer({{"one "}, {"two "}, {"three", test::milliseconds(0), true}}));
        QVERIFY(s.session->send(QStringLiteral("Sing")));
        QTRY_VERIFY(s.script->holding());
        s.session->stop();
        QVERIFY(s.idle());
        QCOMPARE(s.receipt().tokens.size(), 2);
        s.script->addAnswer(test::FakeAnswer({{"one "}, {"two "}, {"three"}}));
        QCOMPARE(s.replay().first, Outcome::Same);
    }

    void withAnotherModelOrInPartsItIsImpossible()
    {
        Setup s;
        QVERIFY(s.ask("one two"));
        s.load("/models/b.gguf");
        auto [outcome, sentence] = s.replay();
        QCOMPARE(outcome, Outcome::Impossible);
        QVERIFY(sentence.contains(QStringLiteral("/models/a.gguf")));
        QCOMPARE(s.script->requests().size(), 1u); // nothing was asked
        Receipt continued = s.receipt();
        continued.continued = true;
        QVERIFY(AnswerReplay::problem(continued, s.service).contains(QStringLiteral("continued")));
        s.load("/models/a.gguf");
        QVERIFY(AnswerReplay::problem(s.receipt(), s.service).isEmpty());
        s.script->addAnswer([] {
            test::FakeAnswer failing("one");
            failing.error = inference::Error(inference::ErrorCode::Internal, "The device is gone.");
            return failing;
        }());
        QCOMPARE(s.replay().first, Outcome::Impossible);
    }

    void anAnswerCanBeEditedAndBranchedFrom()
    {
        Setup s;
        QVERIFY(s.ask("one"));
        QVERIFY(s.ask("two"));
        ChatSession &session = *s.session;
        QVERIFY(!session.editAnswer(0, QStringLiteral("x"))); // a question
        QVERIFY(!session.editAnswer(1, QStringLiteral("  ")));
        QVERIFY(session.editAnswer(1, QStringLiteral("edited")));
        QTRY_COMPARE(session.messages()->rowCount(), 2);
        QCOMPARE(session.messages()->message(1).content, QStringLiteral("edited"));
        QCOMPARE(session.messages()->message(1).endReason, kEditedByUser);
        QCOMPARE(session.messages()->versionCount(1), 2);
        QVERIFY(!session.canContinue());
        session.showVersion(1, 1);
        QCOMPARE(session.messages()->rowCount(), 4); // the model's own, and all below it
        QVERIFY(!session.branchFrom(3)); // the last one: it is there already
        QVERIFY(!session.isBranching());
        QVERIFY(session.branchFrom(1));
        QCOMPARE(session.messages()->rowCount(), 2);
        QVERIFY(session.isBranching());
        session.leaveBranch();
        QCOMPARE(session.messages()->rowCount(), 4);
        QVERIFY(session.branchFrom(1));
        QVERIFY(s.ask("three"));
        QVERIFY(!session.isBranching());
        QCOMPARE(session.messages()->versionCount(2), 2);
        QCOMPARE(session.messages()->message(3).content, QStringLiteral("three"));
    }
};

QTEST_GUILESS_MAIN(TestReceipt)
#include "tst_receipt.moc"
