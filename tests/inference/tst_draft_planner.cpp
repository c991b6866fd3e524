#include "inference/draft_planner.h"

#include <QtTest>

using namespace inference;

namespace {

constexpr std::uint32_t kMany = DraftPlanner::kMostDrafts;

// A machine on which a step of one takes `first` and each token more takes `more`.
DraftPlanner measured(double first, double more)
{
    DraftPlanner planner;
    planner.begin(more);
    for (std::uint32_t tokens = 1; tokens <= kMany + 1; ++tokens)
        planner.ran(tokens, first + (tokens - 1) * more);
    return planner;
}

} // namespace

class TestDraftPlanner : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void doesNothingBeforeAnythingWasMeasured();
    void verifiesMoreWhereItIsCheap();
    void stopsWhereGuessesFailAndComesBack();
    void followsTheMachine();
};

void TestDraftPlanner::doesNothingBeforeAnythingWasMeasured()
{
    DraftPlanner planner;
    planner.begin(0);
    QCOMPARE(planner.choose(32, kMany), 0u);
    planner.ran(1, 0.05);
    QCOMPARE(planner.choose(32, kMany), 0u);
    // prefill gives the first idea of what a token more costs
    planner.begin(0.001);
    QVERIFY(planner.choose(32, kMany) > 0);
    QCOMPARE(planner.choose(32, 0), 0u);
    QCOMPARE(planner.choose(32, 2), 2u);
}

void TestDraftPlanner::verifiesMoreWhereItIsCheap()
{
    const DraftPlanner cheap = measured(0.050, 0.001), dear = measured(0.050, 0.020),
                       useless = measured(0.050, 0.050);
    QVERIFY(cheap.choose(32, kMany) > dear.choose(32, kMany));
    QVERIFY(dear.choose(32, kMany) > 0);
    QVERIFY(cheap.choose(32, kMany) > cheap.choose(2, kMany));
    QCOMPARE(useless.choose(32, kMany), 0u);
}

void TestDraftPlanner::stopsWhereGuessesFailAndComesBack()
{
    DraftPlanner planner = measured(0.050, 0.020);
    for (int i = 0; i < 20; ++i)
        planner.compared(32, 0, true);
    QCOMPARE(planner.choose(32, kMany), 0u);
    for (int i = 0; i < 60; ++i) // guesses that were not run are compared, too
        planner.compared(32, 1, false);
    QVERIFY(planner.choose(32, kMany) > 0);
    for (int i = 0; i < 20; ++i)
        planner.compared(32, 0, true);
    planner.begin(0.020); // another text begins without that
    QVERIFY(planner.choose(32, kMany) > 0);
}

void TestDraftPlanner::followsTheMachine()
{
    DraftPlanner planner = measured(0.050, 0.020);
    QVERIFY(planner.choose(32, kMany) > 0);
    for (int i = 0; i < 50; ++i)
        for (std::uint32_t tokens = 2; tokens <= kMany + 1; ++tokens)
            planner.ran(tokens, 0.050 * tokens);
    QCOMPARE(planner.choose(32, kMany), 0u);
    planner.ran(0, 1);
    planner.ran(kMany + 2, 1); // longer than any step with guesses: of no interest
}

QTEST_GUILESS_MAIN(TestDraftPlanner)
#include "tst_draft_planner.moc"
