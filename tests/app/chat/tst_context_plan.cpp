// app/chat/context_plan.h: what is offered when the context is full.
#include "app/chat/context_plan.h"

#include <QTest>

using namespace app;
using Kind = ContextPart::Kind;

namespace {

ContextPart turn(qint64 id, int tokens, Kind kind = Kind::Conversation, Sight sight = Sight::Seen)
{
    ContextPart part;
    part.kind = kind;
    part.messageId = id;
    part.tokens = tokens;
    part.sight = sight;
    return part;
}

// Ten turns of 1,000 tokens.
ContextMap tenTurns()
{
    ContextMap map;
    map.limit = 12000;
    map.kept = 1000;
    map.parts << turn(0, 0, Kind::Instructions);
    for (int i = 1; i <= 10; ++i)
        map.parts << turn(i, 1000);
    map.used = 10000;
    return map;
}

inference::ModelSummary model(quint32 trained, quint64 bytesPerToken)
{
    inference::ModelSummary summary;
    summary.trainedContextLength = trained;
    summary.kvBytesPerToken = bytesPerToken;
    return summary;
}

} // namespace

class TestContextPlan : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theSumsOfAMap()
    {
        ContextMap map = tenTurns();
        map.draft = 50;
        map.used = 10250;
        map.parts << turn(11, 500, Kind::Conversation, Sight::LeftOut) << turn(12, 70, Kind::Pinned);
        map.used += 70;
        QCOMPARE(map.of(Kind::Conversation), 10000);
        QCOMPARE(map.of(Kind::Pinned), 70);
        QCOMPARE(map.of(Kind::Draft), 50);
        QCOMPARE(map.of(Kind::Instructions), 200); // what the format takes among them
        QCOMPARE(map.excess(), 0);
        QCOMPARE(map.free(), 12000 - 10320 - 1000);
        map.used = 11500;
        QCOMPARE(map.excess(), 500);
        QCOMPARE(map.free(), 0);
    }
    void asFewOldTurnsAsSuffice()
    {
        const auto ways = waysOut(tenTurns(), 1200, {100, 10}, {}, 0);
        QCOMPARE(ways.from, 1);
        QCOMPARE(ways.to, 2);
        QCOMPARE(ways.turns, 2);
        QVERIFY(ways.enough);
        QVERIFY(ways.frees >= 1200);
        QCOMPARE(ways.frees, 2000 - summaryTokens(12000));
        QCOMPARE(ways.seconds, 2000 / 100.0 + summaryTokens(12000) / 10.0);
        QCOMPARE(ways.largerContext, 0);
    }
    void theLastTurnStaysAndWhatDoesNotSufficeSaysSo()
    {
        const auto ways = waysOut(tenTurns(), 9500, {}, {}, 0);
        QCOMPARE(ways.turns, 9);
        QCOMPARE(ways.to, 9);
        QVERIFY(!ways.enough);
        QCOMPARE(ways.seconds, 0.0);
        ContextMap one;
        one.limit = 100;
        one.parts << turn(1, 90);
        QCOMPARE(waysOut(one, 10, {}, {}, 0).turns, 0);
    }
    void pinnedAndLeftOutTurnsArePassedOver()
    {
        ContextMap map = tenTurns();
        map.parts[1].kind = Kind::Pinned;
        map.parts[2].sight = Sight::LeftOut;
        const auto ways = waysOut(map, 100, {}, {}, 0);
        QCOMPARE(ways.from, 3);
        QCOMPARE(ways.to, 3);
    }
    void anEarlierSummaryIsSummarisedAgain()
    {
        ContextMap map = tenTurns();
        ContextPart summary = turn(2, 400);
        summary.isSummary = true;
        summary.turns = 2;
        map.parts.insert(1, summary);
        map.parts[2].sight = map.parts[3].sight = Sight::Summarised;
        const auto ways = waysOut(map, 500, {}, {}, 0);
        QCOMPARE(ways.from, 1); // of the first of them, whose summary takes the earlier one's place
        QCOMPARE(ways.to, 3);
        QCOMPARE(ways.turns, 3);
        QCOMPARE(ways.frees, 1400 - 1400 / 3);
    }
    void aLargerContextWhereModelAndMemoryAllow_data()
    {
        QTest::addColumn<quint32>("trained");
        QTest::addColumn<quint64>("memory");
        QTest::addColumn<int>("needed");
        QTest::addColumn<int>("length");
        const quint64 gib = 1 << 30;
        QTest::newRow("twice") << 131072u << gib << 500 << 24064;
        QTest::newRow("four times") << 131072u << gib << 13000 << 48128;
        QTest::newRow("to the end of what was trained") << 16384u << gib << 500 << 16384;
        QTest::newRow("not beyond") << 12288u << gib << 500 << 0;
        QTest::newRow("no memory") << 131072u << quint64(12000) * 999 << 500 << 0;
    }
    void aLargerContextWhereModelAndMemoryAllow()
    {
        QFETCH(quint32, trained);
        QFETCH(quint64, memory);
        QFETCH(int, needed);
        QFETCH(int, length);
        const auto ways = waysOut(tenTurns(), needed, {}, model(trained, 1000), memory);
        QCOMPARE(ways.largerContext, length);
        QCOMPARE(ways.largerBytes, length ? quint64(length - 12000) * 1000 : 0);
    }
    void olderIsAllButTheLast()
    {
        const auto ways = summariseOlder(tenTurns(), {});
        QCOMPARE(ways.turns, 9);
        QCOMPARE(ways.from, 1);
        QCOMPARE(ways.to, 9);
    }
};

QTEST_GUILESS_MAIN(TestContextPlan)
#include "tst_context_plan.moc"
