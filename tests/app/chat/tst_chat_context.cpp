// app/chat/chat_context.h: which messages the model sees.
#include "app/chat/chat_context.h"

#include "app/chat/chat_prompt.h"

#include <QRandomGenerator>
#include <QTest>

using namespace app;

namespace {

// "q1", "a1", "q2", "a2" ..: ids 1, 2, 3 ..
QVector<MessageRecord> conversation(int turns)
{
    QVector<MessageRecord> path;
    for (int i = 1; i <= turns; ++i) {
        for (const Role role : {Role::User, Role::Assistant}) {
            MessageRecord record;
            record.id = path.size() + 1;
            record.parentId = path.size();
            record.role = role;
            record.content = (role == Role::User ? QStringLiteral("q%1") : QStringLiteral("a%1")).arg(i);
            path << record;
        }
    }
    return path;
}

QStringList turnsOf(const QVector<MessageRecord> &path)
{
    QStringList all;
    const auto request = chatRequest(path, {}, {});
    for (const auto &each : std::get<inference::ChatInput>(request.input).messages)
        all << QString::fromStdString(each.content);
    return all;
}

const QString kHead = summaryForModel(QString());

} // namespace

class TestChatContext : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void allIsSeenAtFirst()
    {
        const auto path = conversation(3);
        const auto turns = contextTurns(path);
        QCOMPARE(turns.size(), 3);
        for (int i = 0; i < 3; ++i)
            QCOMPARE(turns[i], (ContextTurn{2 * i, 2, Sight::Seen, false, -1}));
        QCOMPARE(turnsOf(path).join(u' '), QStringLiteral("q1 a1 q2 a2 q3 a3"));
        QVERIFY(contextTurns(QVector<MessageRecord>()).isEmpty());
    }
    void whatComesBeforeTheFirstQuestionBelongsToIt()
    {
        auto path = conversation(2);
        MessageRecord greeting;
        greeting.id = 100;
        greeting.role = Role::Assistant;
        greeting.content = QStringLiteral("Hello.");
        path.prepend(greeting);
        const auto turns = contextTurns(path);
        QCOMPARE(turns.size(), 2);
        QCOMPARE(turns[0].count, 3);
        QCOMPARE(turns[1].first, 3);
    }
    void aTurnThatIsLeftOutGoesWithItsAnswers()
    {
        auto path = conversation(3);
        path[2].leftOut = true;
        QCOMPARE(contextTurns(path)[1].sight, Sight::LeftOut);
        QCOMPARE(turnsOf(path).join(u' '), QStringLiteral("q1 a1 q3 a3"));
        // A mark at an answer means nothing.
        path[2].leftOut = false;
        path[3].leftOut = true;
        QCOMPARE(turnsOf(path).join(u' '), QStringLiteral("q1 a1 q2 a2 q3 a3"));
    }
    void whatIsAskedIsAlwaysSeen()
    {
        auto path = conversation(2);
        path.removeLast();
        path[2].leftOut = true;
        QCOMPARE(turnsOf(path).join(u' '), QStringLiteral("q1 a1 q2"));
    }
    void aSummaryStandsForItsTurns()
    {
        auto path = conversation(4);
        path[3].summary = QStringLiteral("S");
        path[3].summaryFrom = 1;
        const auto turns = contextTurns(path);
        QCOMPARE(turns[0].summary, 3);
        QCOMPARE(turns[0].sight, Sight::Summarised);
        QCOMPARE(turns[1].sight, Sight::Summarised);
        QCOMPARE(turns[1].summary, -1);
        QCOMPARE(turns[2].sight, Sight::Seen);
        QCOMPARE(turnsOf(path), (QStringList{kHead + QStringLiteral("S\n\nq3"), QStringLiteral("a3"), QStringLiteral("q4"), QStringLiteral("a4")}));
    }
    void pinnedTurnsStayInsideOfASummary()
    {
        auto path = conversation(4);
        path[2].pinned = true;
        path[5].summary = QStringLiteral("S");
        path[5].summaryFrom = 1;
        QCOMPARE(turnsOf(path), (QStringList{kHead + QStringLiteral("S\n\nq2"), QStringLiteral("a2"), QStringLiteral("q4"), QStringLiteral("a4")}));
    }
    void onAnotherBranchNothingIsSummarised()
    {
        auto path = conversation(3);
        path[3].summary = QStringLiteral("S");
        path[3].summaryFrom = 77; // another version of the first question
        QCOMPARE(turnsOf(path).join(u' '), QStringLiteral("q1 a1 q2 a2 q3 a3"));
        path[3].summaryFrom = 5; // after it: damaged
        QCOMPARE(turnsOf(path).join(u' '), QStringLiteral("q1 a1 q2 a2 q3 a3"));
    }
    void aLaterSummaryTakesTheEarlierOnesPlace()
    {
        auto path = conversation(5);
        path[3].summary = QStringLiteral("early");
        path[3].summaryFrom = 1;
        path[7].summary = QStringLiteral("late");
        path[7].summaryFrom = 1;
        QCOMPARE(turnsOf(path), (QStringList{kHead + QStringLiteral("late\n\nq5"), QStringLiteral("a5")}));
        // Beside each other both stand.
        path[7].summaryFrom = 5;
        QCOMPARE(turnsOf(path).first(), kHead + QStringLiteral("early\n\n") + kHead + QStringLiteral("late\n\nq5"));
    }
    // Whatever the marks: each message is sent, left out by the user, or inside a summary that is sent; roles alternate.
    void nothingVanishesByItself()
    {
        QRandomGenerator random(7);
        for (int round = 0; round < 3000; ++round) {
            auto path = conversation(1 + random.bounded(7));
            for (MessageRecord &record : path) {
                record.leftOut = random.bounded(4) == 0;
                record.pinned = random.bounded(5) == 0;
                if (random.bounded(5) == 0) {
                    record.summary = QStringLiteral("S%1").arg(record.id);
                    record.summaryFrom = 1 + random.bounded(int(path.size()) + 2);
                }
            }
            const auto turns = contextTurns(path);
            const auto request = chatRequest(path, {}, {});
            const auto &messages = std::get<inference::ChatInput>(request.input).messages;
            QString sent;
            for (std::size_t i = 0; i < messages.size(); ++i) {
                sent += QString::fromStdString(messages[i].content) + QLatin1Char('\n');
                QCOMPARE(messages[i].role, std::string(i % 2 ? "assistant" : "user"));
            }
            int covered = 0, summary = -1;
            for (const ContextTurn &turn : turns) {
                QCOMPARE(turn.first, covered);
                covered += turn.count;
                if (turn.summary >= 0) {
                    summary = turn.summary;
                    QVERIFY(sent.contains(path[summary].summary + QLatin1Char('\n')));
                }
                if (turn.sight == Sight::LeftOut)
                    QVERIFY(path[turn.first].leftOut);
                else if (turn.sight == Sight::Summarised)
                    QVERIFY(summary >= turn.first);
                else
                    QVERIFY(sent.contains(path[turn.first].content + QLatin1Char('\n')));
            }
            QCOMPARE(covered, int(path.size()));
        }
    }
};

QTEST_GUILESS_MAIN(TestChatContext)
#include "tst_chat_context.moc"
