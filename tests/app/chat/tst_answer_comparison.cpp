// app/chat/answer_comparison.h: two answers to one message, one after the other; nothing is lost however it ends.
#include "app/chat/answer_comparison.h"

#include "app/chat/receipt.h"
#include "tests/support/fake_engine.h"
#include "tests/support/temporary_file.h"

#include <QDir>
#include <QSignalSpy>
#include <QTest>

using namespace app;
using inference::ErrorCode;
using test::EngineScript;
using test::FakeAnswer;
using test::FakeEngine;
using test::FakeLoad;
using test::FakePiece;
using test::milliseconds;
using State = ChatSession::State;
using Stage = AnswerComparison::Stage;

namespace {

const QString kA = QStringLiteral("/models/a.gguf"), kB = QStringLiteral("/models/b.gguf");

struct Setup
{
    Setup() : settings(folder.path(QStringLiteral("settings.ini")))
    {
        settings.set(kModelTitles, false);
        service.load(kA);
        (void)QTest::qWaitFor([&] { return service.state() == InferenceService::State::Ready; });
        open(0);
    }
    void open(qint64 conversation)
    {
        session.reset();
        session = std::make_unique<ChatSession>(service, *store, settings, conversation);
        (void)QTest::qWaitFor([&] { return session->state() == State::Idle; });
    }
    bool idle()
    {
        return QTest::qWaitFor(
            [&] { return session->state() == State::Idle && service.state() != InferenceService::State::Loading; }, 10000);
    }
    bool ask(const QString &text) { return session->send(text) && idle(); }
    AnswerComparison *compare()
    {
        auto *comparison = new AnswerComparison(service, *session);
        QObject::connect(comparison, &AnswerComparison::modelWanted, &service,
                         [this](const QString &path) { service.load(path); });
        return comparison;
    }
    const MessageRecord &record(qint64 id) { return session->messages()->tree().at(id); }
    QString content(const AnswerComparison *comparison, int side) { return record(comparison->side(side).answer).content; }
    QString loaded() { return service.model() ? QString::fromStdString(service.model()->path.string()) : QString(); }

    test::TemporaryFolder folder;
    Settings settings;
    std::shared_ptr<EngineScript> script = std::make_shared<EngineScript>();
    std::unique_ptr<ChatStore> store = std::make_unique<ChatStore>(folder.path(QStringLiteral("data")));
    InferenceService service{std::make_unique<FakeEngine>(script)};
    std::unique_ptr<ChatSession> session;
};

ComparedAnswer anew(SamplingPreset preset, const QString &model = {})
{
    return {0, {preset, model}};
}

FakeAnswer holding(const std::string &kept)
{
    return FakeAnswer(std::vector<FakePiece>{{kept}, {" never", milliseconds(0), true}});
}

} // namespace

class TestAnswerComparison : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theNextMessageGetsTwoAnswersOneAfterTheOther()
    {
        Setup s;
        s.script->addAnswer("First answer.");
        s.script->addAnswer("Second answer.");
        QSignalSpy sent(s.session.get(), &ChatSession::sent);
        AnswerComparison *both = s.compare();
        QVERIFY(both->send(QStringLiteral("go"), {anew(SamplingPreset::Precise), anew(SamplingPreset::Creative)}, {}));
        QCOMPARE(both->stage(0), Stage::Committing);
        bool second = false; // the second one waits while the first is at work, and never the other way round
        connect(both, &AnswerComparison::changed, this, [&] {
            if (both->stage(0) == Stage::AtWork)
                QCOMPARE(both->stage(1), Stage::Waiting);
            second = second || both->stage(1) == Stage::AtWork;
        });
        QVERIFY(s.idle());
        QVERIFY(second);
        QCOMPARE(sent.count(), 1);
        QVERIFY(!both->isBusy());
        QCOMPARE(s.content(both, 0), QStringLiteral("First answer."));
        QCOMPARE(s.content(both, 1), QStringLiteral("Second answer."));
        QCOMPARE(both->shown(0)->message(0).content, QStringLiteral("First answer."));
        QCOMPARE(both->shown(1)->message(0).content, QStringLiteral("Second answer."));
        QCOMPARE(both->question()->message(0).content, QStringLiteral("go"));
        // Ordinary versions, the first of them open, each with its receipt.
        QCOMPARE(s.session->messages()->rowCount(), 2);
        QCOMPARE(s.session->messages()->versionCount(1), 2);
        QCOMPARE(s.session->messages()->leaf(), both->side(0).answer);
        const auto requests = s.script->requests();
        QCOMPARE(requests.size(), size_t(2));
        const SamplingPreset presets[] = {SamplingPreset::Precise, SamplingPreset::Creative};
        for (int side = 0; side < 2; ++side) {
            QCOMPARE(requests[size_t(side)].sampling.temperature, samplingFor(presets[side], s.service.model()).temperature);
            const auto receipt = receiptFromJson(s.record(both->side(side).answer).receipt);
            QVERIFY(receipt);
            QCOMPARE(receipt->sampling.temperature, requests[size_t(side)].sampling.temperature);
        }
        QCOMPARE(s.script->mostAtOnce(), 1);
    }
    void aFurtherAnswerLeavesWhatIsOpenUntilItIsKept()
    {
        Setup s;
        QVERIFY(s.ask(QStringLiteral("one")));
        QVERIFY(s.ask(QStringLiteral("two")));
        const qint64 question = s.session->messages()->message(0).id, answer = s.session->messages()->message(1).id;
        const qint64 leaf = s.session->messages()->leaf();
        AnswerComparison *both = s.compare();
        QSignalSpy closed(both, &AnswerComparison::closed);
        s.script->addAnswer("Another way.");
        QVERIFY(both->ask(question, {ComparedAnswer{answer}, anew(SamplingPreset::Creative)}));
        QVERIFY(s.idle());
        QCOMPARE(s.session->messages()->leaf(), leaf);
        QCOMPARE(s.session->messages()->rowCount(), 4);
        QCOMPARE(s.content(both, 1), QStringLiteral("Another way."));
        const qint64 second = both->side(1).answer;
        both->keep(1);
        QCOMPARE(closed.count(), 1);
        QCOMPARE(s.session->messages()->leaf(), second);
        const qint64 id = s.session->conversationId();
        s.open(id); // as the file has it
        QCOMPARE(s.session->messages()->leaf(), second);
        QCOMPARE(s.session->messages()->versionCount(1), 2);
    }
    void twoThatAreThereAreShownAndNothingIsAsked()
    {
        Setup s;
        QVERIFY(s.ask(QStringLiteral("one")));
        QVERIFY(s.session->regenerate(1));
        QVERIFY(s.idle());
        const MessageListModel &messages = *s.session->messages();
        const qint64 first = messages.versionId(1, 1), second = messages.versionId(1, 2), question = messages.message(0).id;
        AnswerComparison *both = s.compare();
        QVERIFY(both->ask(question, {ComparedAnswer{second}, ComparedAnswer{first}}));
        QVERIFY(!both->isBusy());
        QCOMPARE(both->shown(1)->message(0).id, first);
        both->close();
        QCOMPARE(messages.leaf(), second);
        QCOMPARE(s.script->requests().size(), size_t(2));
        AnswerComparison wrong(s.service, *s.session);
        QVERIFY(!wrong.ask(question, {ComparedAnswer{question}, ComparedAnswer{first}}));
        QVERIFY(!wrong.ask(first, {ComparedAnswer{second}, anew(SamplingPreset::Precise)}));
    }
    void theOtherModelIsLoadedForItsSideAndTheFirstComesBack_data()
    {
        QTest::addColumn<QString>("end");
        QTest::addColumn<QString>("loadedAfter");
        QTest::newRow("keep the first") << QStringLiteral("keep 0") << kA;
        QTest::newRow("keep the second") << QStringLiteral("keep 1") << kB;
        QTest::newRow("close") << QStringLiteral("close") << kA;
        QTest::newRow("the next message") << QStringLiteral("send") << kA;
    }
    void theOtherModelIsLoadedForItsSideAndTheFirstComesBack()
    {
        QFETCH(QString, end);
        QFETCH(QString, loadedAfter);
        Setup s;
        AnswerComparison *both = s.compare();
        QVERIFY(both->send(QStringLiteral("go"), {anew(SamplingPreset::Precise), anew(SamplingPreset::Precise, kB)}, {}));
        QVERIFY(s.idle());
        QCOMPARE(s.record(both->side(0).answer).model, QStringLiteral("a"));
        QCOMPARE(s.record(both->side(1).answer).model, QStringLiteral("b"));
        QCOMPARE(s.script->loads(), (std::vector<std::string>{kA.toStdString(), kB.toStdString()}));
        QCOMPARE(s.loaded(), kB); // nothing is loaded back before the user goes on
        if (end == QLatin1String("close"))
            both->close();
        else if (end == QLatin1String("send"))
            QVERIFY(s.session->send(QStringLiteral("and")));
        else
            both->keep(end.right(1).toInt());
        QVERIFY(s.idle());
        QVERIFY(QTest::qWaitFor([&] { return s.loaded() == loadedAfter; }));
        QCOMPARE(s.script->loads().size(), size_t(loadedAfter == kA ? 3 : 2));
        if (end == QLatin1String("send"))
            QCOMPARE(s.session->messages()->message(3).model, QStringLiteral("a"));
    }
    void aModelOfTheUsersOwnChoiceStays()
    {
        Setup s;
        AnswerComparison *both = s.compare();
        QVERIFY(both->send(QStringLiteral("go"), {anew(SamplingPreset::Precise), anew(SamplingPreset::Precise, kB)}, {}));
        QVERIFY(s.idle());
        s.service.load(QStringLiteral("/models/c.gguf"));
        QVERIFY(s.idle());
        both->close();
        QVERIFY(s.idle());
        QCOMPARE(s.loaded(), QStringLiteral("/models/c.gguf"));
    }
    void aModelThatCannotBeLoadedFailsItsSideAlone()
    {
        Setup s;
        FakeLoad fails;
        fails.error = inference::Error(ErrorCode::OutOfMemory, "b.gguf needs 9 GiB");
        s.script->addLoad(fails);
        AnswerComparison *both = s.compare();
        QVERIFY(both->send(QStringLiteral("go"), {anew(SamplingPreset::Precise), anew(SamplingPreset::Precise, kB)}, {}));
        QVERIFY(s.idle());
        QCOMPARE(s.record(both->side(0).answer).state, MessageState::Complete);
        const qint64 failed = both->side(1).answer;
        QCOMPARE(s.record(failed).state, MessageState::Failed);
        QVERIFY(s.record(failed).error.contains(QLatin1String("9 GiB")));
        QCOMPARE(s.script->requests().size(), size_t(1));
        QCOMPARE(s.loaded(), kA);
        // Asked anew, it is another version in its place.
        s.script->addAnswer("At last.");
        QVERIFY(both->askAgain(1));
        QVERIFY(s.idle());
        QVERIFY(both->side(1).answer != failed);
        QCOMPARE(s.content(both, 1), QStringLiteral("At last."));
        QCOMPARE(both->shown(1)->message(0).content, QStringLiteral("At last."));
        QCOMPARE(s.record(both->side(1).answer).model, QStringLiteral("b"));
        QCOMPARE(s.session->messages()->versionCount(1), 3);
        QCOMPARE(s.session->messages()->leaf(), both->side(0).answer);
    }
    void stopEndsTheSideAtWorkAndTheOtherHasItsTurn_data()
    {
        QTest::addColumn<int>("side");
        QTest::addColumn<QString>("at");
        QTest::newRow("while the first is committed") << 0 << QStringLiteral("commit");
        QTest::newRow("while the first is read") << 0 << QStringLiteral("prompt");
        QTest::newRow("while the first is written") << 0 << QStringLiteral("text");
        QTest::newRow("while the second's model is loaded") << 1 << QStringLiteral("load");
        QTest::newRow("while the second is read") << 1 << QStringLiteral("prompt");
        QTest::newRow("while the second is written") << 1 << QStringLiteral("text");
    }
    void stopEndsTheSideAtWorkAndTheOtherHasItsTurn()
    {
        QFETCH(int, side);
        QFETCH(QString, at);
        Setup s;
        FakeAnswer held = holding("Kept words");
        held.holdPrompt = at == QLatin1String("prompt");
        if (side == 1)
            s.script->addAnswer("Whole.");
        if (at != QLatin1String("commit") && at != QLatin1String("load"))
            s.script->addAnswer(held);
        FakeLoad load;
        load.hold = at == QLatin1String("load");
        s.script->addLoad(load);
        s.script->setDefaultAnswer([](const auto &) { return FakeAnswer("Whole."); });
        AnswerComparison *both = s.compare();
        QVERIFY(both->send(QStringLiteral("go"),
                           {anew(SamplingPreset::Precise), anew(SamplingPreset::Precise, side == 1 ? kB : kA)}, {}));
        if (at != QLatin1String("commit"))
            QVERIFY(QTest::qWaitFor([&] {
                return both->stage(side) == Stage::AtWork && s.script->holding() &&
                       (at != QLatin1String("text") || !s.content(both, side).isEmpty());
            }));
        both->stop();
        QVERIFY(s.idle());
        const MessageRecord stopped = s.record(both->side(side).answer), other = s.record(both->side(1 - side).answer);
        QCOMPARE(stopped.state, MessageState::Stopped);
        QCOMPARE(stopped.content, at == QLatin1String("text") ? QStringLiteral("Kept words") : QString());
        QCOMPARE(other.state, MessageState::Complete);
        QCOMPARE(other.content, QStringLiteral("Whole."));
        if (at == QLatin1String("load"))
            QCOMPARE(s.loaded(), kA);
    }
    void closeStopsBothAndKeepsWhatCame()
    {
        Setup s;
        s.script->addAnswer(holding("Kept words"));
        AnswerComparison *both = s.compare();
        QVERIFY(both->send(QStringLiteral("go"), {anew(SamplingPreset::Precise), anew(SamplingPreset::Creative)}, {}));
        QVERIFY(QTest::qWaitFor([&] { return both->stage(0) == Stage::AtWork && !s.content(both, 0).isEmpty(); }));
        const qint64 first = both->side(0).answer, second = both->side(1).answer;
        both->close();
        QVERIFY(s.idle());
        QCOMPARE(s.script->requests().size(), size_t(1));
        const qint64 id = s.session->conversationId();
        s.open(id);
        QCOMPARE(s.record(first).content, QStringLiteral("Kept words"));
        QCOMPARE(s.record(first).state, MessageState::Stopped);
        QCOMPARE(s.record(second).state, MessageState::Stopped);
        QCOMPARE(s.session->messages()->leaf(), first);
    }
    void anAnswerThatIsKeptWhileItIsWrittenGoesOn()
    {
        Setup s;
        s.script->addAnswer(FakeAnswer({{"One "}, {"two.", milliseconds(0), true}}));
        AnswerComparison *both = s.compare();
        QVERIFY(both->send(QStringLiteral("go"), {anew(SamplingPreset::Precise), anew(SamplingPreset::Creative)}, {}));
        QVERIFY(QTest::qWaitFor([&] { return both->stage(0) == Stage::AtWork && !s.content(both, 0).isEmpty(); }));
        const qint64 second = both->side(1).answer;
        both->keep(0);
        s.script->release();
        QVERIFY(s.idle());
        QCOMPARE(s.session->messages()->message(1).content, QStringLiteral("One two."));
        QCOMPARE(s.record(second).state, MessageState::Stopped);
        QCOMPARE(s.script->requests().size(), size_t(1));
    }
    void aSessionThatGoesSavesBoth()
    {
        Setup s;
        s.script->addAnswer(holding("Kept words"));
        AnswerComparison *both = s.compare();
        QVERIFY(both->send(QStringLiteral("go"), {anew(SamplingPreset::Precise), anew(SamplingPreset::Creative)}, {}));
        QVERIFY(QTest::qWaitFor([&] { return both->stage(0) == Stage::AtWork && !s.content(both, 0).isEmpty(); }));
        const qint64 first = both->side(0).answer, second = both->side(1).answer, id = s.session->conversationId();
        s.session.reset();
        s.open(id);
        QCOMPARE(s.record(first).content, QStringLiteral("Kept words"));
        QCOMPARE(s.record(first).state, MessageState::Stopped);
        QCOMPARE(s.record(second).state, MessageState::Stopped);
    }
    void afterACrashBothAreThere_data()
    {
        QTest::addColumn<int>("side");
        QTest::newRow("in the first") << 0;
        QTest::newRow("in the second") << 1;
    }
    void afterACrashBothAreThere()
    {
        QFETCH(int, side);
        Setup s;
        if (side == 1)
            s.script->addAnswer("Whole.");
        s.script->addAnswer(holding("Kept words"));
        AnswerComparison *both = s.compare();
        QVERIFY(both->send(QStringLiteral("go"), {anew(SamplingPreset::Precise), anew(SamplingPreset::Creative)}, {}));
        QSignalSpy committed(s.store.get(), &ChatStore::committed);
        const auto journaled = [&] {
            return std::any_of(committed.begin(), committed.end(), [&](const QList<QVariant> &one) {
                const auto operations = one.first().value<StoreOperations>();
                return std::any_of(operations.begin(), operations.end(), [&](const StoreOperation &operation) {
                    const auto *journal = std::get_if<JournalAnswer>(&operation);
                    return journal && journal->messageId == both->side(side).answer && !journal->content.isEmpty();
                });
            });
        };
        QVERIFY(QTest::qWaitFor(journaled));
        // The files as the end of the program would leave them.
        const QString after = s.folder.path(QStringLiteral("after"));
        QVERIFY(QDir().mkpath(after));
        const QDir before(s.folder.path(QStringLiteral("data")));
        for (const QString &name : before.entryList({QStringLiteral("baleen.db*")}, QDir::Files))
            QVERIFY(QFile::copy(before.filePath(name), after + QLatin1Char('/') + name));
        const qint64 ids[] = {both->side(0).answer, both->side(1).answer};
        ChatStore crashed(after);
        ChatSession found(s.service, crashed, s.settings, s.session->conversationId());
        QVERIFY(QTest::qWaitFor([&] { return found.state() == State::Idle && found.messages()->rowCount() == 2; }));
        QCOMPARE(found.messages()->versionCount(1), 2);
        const MessageRecord &cut = found.messages()->tree().at(ids[side]), &other = found.messages()->tree().at(ids[1 - side]);
        QCOMPARE(cut.content, QStringLiteral("Kept words"));
        QCOMPARE(cut.state, MessageState::Interrupted);
        QCOMPARE(other.content, side == 1 ? QStringLiteral("Whole.") : QString());
        QCOMPARE(other.state, side == 1 ? MessageState::Complete : MessageState::Interrupted);
    }
    void aBranchAtATokenTakesThePlaceOfItsSide()
    {
        Setup s;
        s.script->addAnswer("First answer.");
        s.script->addAnswer("Second answer.");
        AnswerComparison *both = s.compare();
        QVERIFY(both->send(QStringLiteral("go"), {anew(SamplingPreset::Precise), anew(SamplingPreset::Creative, kB)}, {}));
        QVERIFY(s.idle());
        const qint64 first = both->side(0).answer, second = both->side(1).answer;
        QVERIFY(!both->branchAtToken(0, 1, 0)); // the other model is loaded
        QVERIFY(both->branchAtToken(1, 7, 0));  // there is no such token, as is found out later
        QVERIFY(s.idle());
        QCOMPARE(both->side(1).answer, second);
        s.script->addAnswer("end.");
        QVERIFY(both->branchAtToken(1, 1, 0));
        QTRY_VERIFY(both->side(1).answer != second);
        QVERIFY(s.idle());
        QCOMPARE(s.content(both, 1), QStringLiteral("Second other end."));
        QCOMPARE(both->shown(1)->message(0).content, QStringLiteral("Second other end."));
        QCOMPARE(s.record(second).content, QStringLiteral("Second answer."));
        QCOMPARE(s.session->messages()->leaf(), first); // what is open stays
        QCOMPARE(s.loaded(), kB);
        both->keep(1);
        QCOMPARE(s.session->messages()->message(1).content, QStringLiteral("Second other end."));
        QCOMPARE(s.loaded(), kB);
    }

    void whatElseTheChatIsAskedEndsIt()
    {
        Setup s;
        QVERIFY(s.ask(QStringLiteral("one")));
        AnswerComparison *both = s.compare();
        QSignalSpy closed(both, &AnswerComparison::closed);
        QVERIFY(both->ask(s.session->messages()->message(0).id,
                          {ComparedAnswer{s.session->messages()->leaf()}, anew(SamplingPreset::Creative)}));
        QVERIFY(s.idle());
        QCOMPARE(closed.count(), 0);
        QVERIFY(s.ask(QStringLiteral("two")));
        QCOMPARE(closed.count(), 1);
        QCOMPARE(s.session->messages()->message(3).content.isEmpty(), false);
        QCOMPARE(s.session->messages()->message(3).state, MessageState::Complete);
    }
    void othersAtWorkAreNotStoppedByALoad()
    {
        Setup s;
        QVERIFY(s.ask(QStringLiteral("one")));
        s.script->addAnswer(FakeAnswer({{"A translation"}, {" to its end.", milliseconds(0), true}}));
        QObject context;
        inference::GenerationRequest request;
        request.input = inference::RawInput{"text", false};
        GenerationReply *other = s.service.generate(request, Priority::Document, &context);
        QVERIFY(QTest::qWaitFor([&] { return s.script->holding(); }));
        AnswerComparison *both = s.compare();
        QVERIFY(both->ask(s.session->messages()->message(0).id,
                          {ComparedAnswer{s.session->messages()->leaf()}, anew(SamplingPreset::Creative, kB)}));
        QVERIFY(QTest::qWaitFor([&] { return s.session->state() == State::WaitingForModel; }));
        QTest::qWait(50);
        QCOMPARE(s.script->loads().size(), size_t(1));
        QSignalSpy finished(other, &GenerationReply::finished);
        s.script->release();
        QVERIFY(s.idle());
        QCOMPARE(finished.count(), 1);
        QCOMPARE(s.script->cancelled(), 0);
        QCOMPARE(s.record(both->side(1).answer).model, QStringLiteral("b"));
    }
};

QTEST_GUILESS_MAIN(TestAnswerComparison)
#include "tst_answer_comparison.moc"
