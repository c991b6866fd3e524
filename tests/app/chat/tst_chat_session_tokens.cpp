// app/chat/chat_session_tokens.cpp: answers go on from their tokens, and branch at one.
#include "app/chat/answer_replay.h"
#include "app/chat/chat_session.h"

#include "tests/support/fake_engine.h"
#include "tests/support/temporary_file.h"

#include <QDir>
#include <QSignalSpy>
#include <QTest>

using namespace app;
using test::EngineScript;
using test::FakeAnswer;
using test::FakeEngine;
using test::FakePiece;
using Ids = std::vector<inference::TokenId>;

namespace {

struct Setup
{
    explicit Setup(const QString &data = QStringLiteral("data")) : settings(folder.path(QStringLiteral("settings.ini")))
    {
        store = std::make_unique<ChatStore>(folder.path(data));
        load("/models/a.gguf");
        open(0);
    }
    void load(const char *path)
    {
        service.load(QString::fromLatin1(path));
        (void)QTest::qWaitFor([&] { return service.state() == InferenceService::State::Ready && service.model()->path == path; });
    }
    void open(qint64 id)
    {
        session = std::make_unique<ChatSession>(service, *store, settings, id);
        (void)idle();
    }
    bool idle()
    {
        return QTest::qWaitFor([&] { return session->state() == ChatSession::State::Idle; }, 20000);
    }
    // An answer that the limit cut.
    bool askCut(const char *text)
    {
        FakeAnswer answer{std::string(text)};
        answer.endReason = inference::EndReason::Length;
        script->addAnswer(answer);
        return session->send(QStringLiteral("Sing")) && idle();
    }
    bool goOn(const char *text)
    {
        script->addAnswer(text);
        return session->continueAnswer() && idle();
    }
    MessageRecord answer() // empty before it is committed
    {
        const int last = session->messages()->rowCount() - 1;
        return last < 1 ? MessageRecord() : session->messages()->message(last);
    }
    Receipt receipt() { return receiptFromJson(answer().receipt).value_or(Receipt()); }
    std::optional<TokenLens> lens(int row = 1)
    {
        std::optional<std::optional<TokenLens>> read;
        session->readLens(session->messages()->message(row), session.get(),
                          [&](const std::optional<TokenLens> &lens) { read = lens; });
        (void)QTest::qWaitFor([&] { return read.has_value(); }, 20000);
        return read.value_or(std::nullopt);
    }
    Ids ids(const std::vector<const char *> &pieces)
    {
        Ids result;
        for (const char *piece : pieces)
            result.push_back(script->tokenOf(piece));
        return result;
    }
    std::vector<inference::ChatMessage> turns(int request)
    {
        return std::get<inference::ChatInput>(script->requests()[std::size_t(request)].input).messages;
    }
    std::pair<AnswerReplay::Outcome, QString> replay()
    {
        AnswerReplay replay(service, session->pathBefore(session->messages()->message(1).id), receipt());
        QSignalSpy spy(&replay, &AnswerReplay::finished);
        replay.start();
        (void)QTest::qWaitFor([&] { return spy.count() > 0; }, 20000);
        return {spy.value(0).value(0).value<AnswerReplay::Outcome>(), spy.value(0).value(1).toString()};
    }

    test::TemporaryFolder folder;
    std::shared_ptr<EngineScript> script = std::make_shared<EngineScript>();
    Settings settings;
    std::unique_ptr<ChatStore> store;
    InferenceService service{std::make_unique<FakeEngine>(script)};
    std::unique_ptr<ChatSession> session;
};

} // namespace

class TestChatSessionTokens : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tokensAreKeptWithTheAnswer()
    {
        Setup s;
        s.script->addAnswer("one two three");
        QVERIFY(s.session->send(QStringLiteral("Sing")) && s.idle());
        QCOMPARE(s.script->requests()[0].alternatives, kLensAlternatives);
        const auto lens = s.lens();
        QVERIFY(lens.has_value());
        QCOMPARE(lens->ids(), s.ids({"one ", "two ", "three"}));
        QCOMPARE(textsOf(*lens).content, s.answer().content);
        QCOMPARE(lens->tokens[0].others.size(), 1);
        QVERIFY(!s.lens(0).has_value()); // of the question
        const qint64 id = s.session->conversationId();
        s.open(id); // in the file
        QCOMPARE(s.lens()->ids(), lens->ids());
    }

    void aCutAnswerGoesOnFromItsTokens()
    {
        Setup s;
        s.settings.set(kSystemPrompt, QStringLiteral("Be a whale."));
        QVERIFY(s.askCut("one two three"));
        s.settings.set(kSystemPrompt, QStringLiteral("Be a fish.")); // changed since
        s.settings.set(kSamplingPreset, int(SamplingPreset::Precise));
        QVERIFY(s.session->canContinue());
        QVERIFY(s.goOn(" four five"));
        QCOMPARE(s.answer().content, QStringLiteral("one two three four five"));
        QCOMPARE(s.answer().state, MessageState::Complete);
        QCOMPARE(s.answer().generatedTokens, 6);
        const auto requests = s.script->requests();
        QCOMPARE(requests.size(), 2u);
        QCOMPARE(requests[1].start, s.ids({"one ", "two ", "three"}));
        QCOMPARE(*requests[1].sampling.seed, 4711u);
        QCOMPARE(requests[1].sampling.temperature, requests[0].sampling.temperature);
        QCOMPARE(s.turns(1).size(), s.turns(0).size());
        for (std::size_t i = 0; i < s.turns(0).size(); ++i)
            QCOMPARE(s.turns(1)[i].content, s.turns(0)[i].content);
        const Receipt receipt = s.receipt();
        QVERIFY(!receipt.continued);
        QCOMPARE(receipt.cuts, QVector<int>{3});
        QCOMPARE(receipt.given, 0);
        QCOMPARE(receipt.tokens.size(), 6);
        QCOMPARE(receipt.promptTokens, s.answer().promptTokens);
        QCOMPARE(int(s.lens()->tokens.size()), 6);

        // It can be replayed in one.
        s.script->addAnswer(FakeAnswer(std::vector<FakePiece>{{"one "}, {"two "}, {"three"}, {" "}, {"four "}, {"five"}}));
        const auto [outcome, sentence] = s.replay();
        QVERIFY2(outcome == AnswerReplay::Outcome::Same, qPrintable(sentence));
        QVERIFY(s.script->requests()[2].start.empty());
    }

    void itCanBeCutAgain()
    {
        Setup s;
        QVERIFY(s.askCut("one two"));
        FakeAnswer more(" three four");
        more.endReason = inference::EndReason::Length;
        s.script->addAnswer(more);
        QVERIFY(s.session->continueAnswer() && s.idle());
        QVERIFY(s.session->canContinue());
        QVERIFY(s.goOn(" five"));
        QCOMPARE(s.answer().content, QStringLiteral("one two three four five"));
        QCOMPARE(s.receipt().cuts, (QVector<int>{2, 5}));
        QCOMPARE(s.script->requests()[2].start.size(), 5u);
    }

    void whereTheTokensAreNoneOfThisModelItIsAsked_data()
    {
        QTest::addColumn<QString>("way");
        QTest::newRow("another model") << "model";
        QTest::newRow("the text was changed") << "text";
        QTest::newRow("no tokens") << "lens";
        QTest::newRow("damaged tokens") << "damaged";
        QTest::newRow("no receipt") << "receipt";
    }
    void whereTheTokensAreNoneOfThisModelItIsAsked()
    {
        QFETCH(QString, way);
        Setup s;
        QVERIFY(s.askCut("one two three"));
        const qint64 id = s.session->conversationId();
        MessageRecord record = s.answer();
        StoreOperations change;
        if (way == QLatin1String("text"))
            record.content = QStringLiteral("one two eleven");
        if (way == QLatin1String("receipt"))
            record.receipt.clear();
        change << SaveMessage{record};
        if (way == QLatin1String("lens"))
            change << SaveLens{record.id, {}};
        if (way == QLatin1String("damaged"))
            change << SaveLens{record.id, "\x01\x00nonsense"};
        s.session.reset();
        s.store->write(change, Durability::Typed);
        s.open(id);
        if (way == QLatin1String("model"))
            s.load("/models/b.gguf");
        QVERIFY(s.goOn("four five"));
        QCOMPARE(s.answer().content, record.content + QStringLiteral(" four five")); // with the space that belongs there
        QVERIFY(s.script->requests()[1].start.empty());
        QVERIFY(s.turns(1).back().content.find("Go on with your answer") != std::string::npos);
        QVERIFY(s.receipt().continued);
        QVERIFY(!s.lens().has_value()); // they would not be all of it
        QCOMPARE(s.replay().first, AnswerReplay::Outcome::Impossible);
        QVERIFY(!s.session->branchProblem(s.session->messages()->message(1)).isEmpty());
    }

    void anAnswerThatTheEndOfTheProgramCutGoesOn()
    {
        Setup s;
        FakeAnswer held(std::vector<FakePiece>{{"one "}, {"two "}, {"three "}, {"never", test::milliseconds(0), true}});
        s.script->addAnswer(held);
        QVERIFY(s.session->send(QStringLiteral("Sing")));
        QTRY_COMPARE(s.answer().content, QStringLiteral("one two three "));
        QTRY_VERIFY(s.script->holding());
        // Journaled: the file as a kill would leave it.
        const QString copy = s.folder.path(QStringLiteral("killed"));
        std::optional<TokenLens> journaled;
        QTRY_VERIFY_WITH_TIMEOUT((journaled = s.lens()).has_value() && journaled->tokens.size() == 3, 20000);
        QTRY_COMPARE(s.store->saveState(), ChatStore::SaveState::Saved);
        QVERIFY(QDir().mkpath(copy));
        for (const QString &name :
             QDir(s.folder.path(QStringLiteral("data"))).entryList({QStringLiteral("baleen.db*")}, QDir::Files))
            QVERIFY(QFile::copy(s.folder.path(QStringLiteral("data/")) + name, copy + QLatin1Char('/') + name));
        const qint64 id = s.session->conversationId();
        s.session->stop();
        QVERIFY(s.idle());
        s.session.reset();

        s.store = std::make_unique<ChatStore>(copy);
        s.open(id);
        QCOMPARE(s.answer().state, MessageState::Interrupted);
        QCOMPARE(s.answer().content, QStringLiteral("one two three "));
        QVERIFY(s.session->canContinue());
        QVERIFY(s.goOn("four"));
        QCOMPARE(s.answer().content, QStringLiteral("one two three four"));
        QCOMPARE(s.script->requests().back().start, s.ids({"one ", "two ", "three "}));
        QCOMPARE(*s.script->requests().back().sampling.seed, 4711u);
        QCOMPARE(s.answer().generatedTokens, 4);
        QVERIFY(!s.receipt().continued);
        QCOMPARE(s.receipt().tokens.size(), 4);
    }

    void oneThatWasCutWhileThinkingThinksOn()
    {
        Setup s;
        FakeAnswer thinks(std::vector<FakePiece>{{"Hm"}, {"m"}, {"never", test::milliseconds(0), true}});
        thinks.opensReasoning = true;
        s.script->addAnswer(thinks);
        QVERIFY(s.session->send(QStringLiteral("Sing")));
        QTRY_COMPARE(s.answer().reasoning, QStringLiteral("Hmm"));
        s.session->stop();
        QVERIFY(s.idle());
        QCOMPARE(s.answer().state, MessageState::Stopped);
        QVERIFY(s.session->canContinue());
        FakeAnswer rest(std::vector<FakePiece>{{" so"}, {"</think>"}, {"\n\n"}, {"Yes"}});
        rest.opensReasoning = true;
        s.script->addAnswer(rest);
        QVERIFY(s.session->continueAnswer() && s.idle());
        QCOMPARE(s.answer().reasoning, QStringLiteral("Hmm so"));
        QCOMPARE(s.answer().content, QStringLiteral("Yes"));
        QCOMPARE(reasoningTokens(*s.lens()), 4);
    }

    void theTagsAtTheSeamAreRead()
    {
        Setup s;
        FakeAnswer thinks(std::vector<FakePiece>{{"<think>"}, {"Hm"}, {"</thi"}, {"never", test::milliseconds(0), true}});
        s.script->addAnswer(thinks);
        QVERIFY(s.session->send(QStringLiteral("Sing")));
        QTRY_COMPARE(s.answer().reasoning, QStringLiteral("Hm"));
        QTRY_VERIFY(s.script->holding());
        s.session->stop();
        QVERIFY(s.idle());
        QCOMPARE(s.answer().reasoning, QStringLiteral("Hm</thi")); // it ended there
        s.script->addAnswer(FakeAnswer(std::vector<FakePiece>{{"nk>"}, {"Yes"}}));
        QVERIFY(s.session->continueAnswer() && s.idle());
        QCOMPARE(s.answer().reasoning, QStringLiteral("Hm"));
        QCOMPARE(s.answer().content, QStringLiteral("Yes"));
    }

    void stoppedBeforeItGoesOnNothingIsLost()
    {
        Setup s;
        QVERIFY(s.askCut("one two three"));
        const QByteArray receipt = s.answer().receipt;
        QVERIFY(s.session->continueAnswer());
        s.session->stop();
        QVERIFY(s.idle());
        QVERIFY(s.answer().content.startsWith(QStringLiteral("one two three")));
        QVERIFY(s.session->canContinue());
        QVERIFY(s.goOn(" four"));
        QVERIFY(!s.receipt().continued);
        QVERIFY(!receipt.isEmpty());
    }

    void branchesAtAToken()
    {
        Setup s;
        s.script->addAnswer(FakeAnswer(std::vector<FakePiece>{
            {"The "}, {"whale ", test::milliseconds(0), false, 0.5f, {{"fish ", 0.3f}, {"bird ", 0.1f}}}, {"sings."}}));
        QVERIFY(s.session->send(QStringLiteral("Sing")) && s.idle());
        const qint64 first = s.answer().id;
        QVERIFY(s.session->branchProblem(s.session->messages()->message(1)).isEmpty());
        QVERIFY(!s.session->branchProblem(s.session->messages()->message(0)).isEmpty());
        s.script->addAnswer("flies.");
        QVERIFY(s.session->branchAtToken(s.session->messages()->message(1), 1, 1));
        QVERIFY(s.session->isBusy());
        QVERIFY(s.idle());
        QCOMPARE(s.session->messages()->rowCount(), 2);
        QCOMPARE(s.session->messages()->versionCount(1), 2);
        QVERIFY(s.answer().id != first);
        QCOMPARE(s.answer().content, QStringLiteral("The bird flies."));
        QCOMPARE(s.script->requests()[1].start, s.ids({"The ", "bird "}));
        QCOMPARE(s.answer().generatedTokens, 3);
        const auto lens = s.lens();
        QVERIFY(lens.has_value());
        QCOMPARE(int(lens->tokens.size()), 3);
        QVERIFY(lens->tokens[1].chosenByUser && lens->tokens[0].givenBefore && !lens->tokens[2].givenBefore);
        QCOMPARE(s.receipt().given, 2);
        QCOMPARE(s.receipt().tokens.size(), 3);
        QVERIFY(s.receipt().cuts.isEmpty());
        s.session->showVersion(1, 1);
        QCOMPARE(s.answer().content, QStringLiteral("The whale sings."));
        s.session->showVersion(1, 2);

        // A replay begins behind what was given.
        s.script->addAnswer("flies.");
        QCOMPARE(s.replay().first, AnswerReplay::Outcome::Same);
        QCOMPARE(s.script->requests()[2].start, s.ids({"The ", "bird "}));

        const qint64 id = s.session->conversationId();
        s.open(id); // in the file
        QCOMPARE(s.answer().content, QStringLiteral("The bird flies."));
        QVERIFY(s.lens().has_value());
    }

    void branchesInItsReasoning()
    {
        Setup s;
        FakeAnswer thinks(
            std::vector<FakePiece>{{"Hm", test::milliseconds(0), false, 0.5f, {{"Oh", 0.3f}}}, {"</think>"}, {"Yes"}});
        thinks.opensReasoning = true;
        s.script->addAnswer(thinks);
        QVERIFY(s.session->send(QStringLiteral("Sing")) && s.idle());
        FakeAnswer rest(std::vector<FakePiece>{{"</think>"}, {"No"}});
        rest.opensReasoning = true;
        s.script->addAnswer(rest);
        QVERIFY(s.session->branchAtToken(s.session->messages()->message(1), 0, 0) && s.idle());
        QCOMPARE(s.answer().reasoning, QStringLiteral("Oh"));
        QCOMPARE(s.answer().content, QStringLiteral("No"));
    }

    void aBranchNeedsItsModelAndItsToken()
    {
        Setup s;
        QVERIFY(s.askCut("one two"));
        QVERIFY(s.session->branchAtToken(s.session->messages()->message(1), 7, 0)); // told when the tokens were read
        QVERIFY(s.idle());
        QCOMPARE(s.session->messages()->versionCount(1), 1);
        QVERIFY(!s.session->branchAtToken(s.session->messages()->message(1), -1, 0));
        QVERIFY(!s.session->branchAtToken(s.session->messages()->message(0), 0, 0));
        s.load("/models/b.gguf");
        QVERIFY(s.session->branchProblem(s.session->messages()->message(1)).contains(QLatin1Char('a')));
        QVERIFY(!s.session->branchAtToken(s.session->messages()->message(1), 0, 0));
    }
};

QTEST_GUILESS_MAIN(TestChatSessionTokens)
#include "tst_chat_session_tokens.moc"
