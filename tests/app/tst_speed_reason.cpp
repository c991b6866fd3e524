// app/speed_reason.h: the sentence follows from what was measured, and nothing is said that was not.
#include "app/speed_reason.h"

#include <QTest>

using namespace app;

namespace {

// A 1.5B model in 4 bits on a machine that reads 20 GB/s.
SpeedFacts facts(double tokensPerSecond)
{
    SpeedFacts f;
    f.weightBytes = 0.9e9;
    f.bitsPerWeight = 4.85;
    f.kvBytesPerToken = 28672;
    f.readBandwidth = 20e9;
    f.decodeTokensPerSecond = tokensPerSecond;
    f.prefillTokensPerSecond = 200;
    f.promptTokens = 100;
    f.generatedTokens = 200;
    f.layers = 28;
    return f;
}

} // namespace

class TestSpeedReason : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void countsWhatATokenReads()
    {
        QCOMPARE(SpeedFacts().bytesPerToken(), 0.0);
        QCOMPARE(facts(10).bytesPerToken(), 0.9e9 + 28672.0 * 200);
        SpeedFacts f = facts(10);
        f.cachedTokens = 60;
        QCOMPARE(f.readingMs(), 200.0);
        QCOMPARE(f.writingMs(), 20000.0);
    }
    void saysWhatTheLimitIs_data()
    {
        QTest::addColumn<double>("speed");
        QTest::addColumn<int>("limit");
        QTest::newRow("nothing yet") << 0.0 << int(SpeedLimit::NothingMeasured);
        QTest::newRow("near the memory's speed") << 19.0 << int(SpeedLimit::Memory);
        QTest::newRow("just there") << 15.5 << int(SpeedLimit::Memory);
        QTest::newRow("far below") << 6.0 << int(SpeedLimit::OtherWork);
        QTest::newRow("above") << 30.0 << int(SpeedLimit::Guesses);
    }
    void saysWhatTheLimitIs()
    {
        QFETCH(double, speed);
        QFETCH(int, limit);
        const SpeedFacts f = facts(speed);
        QCOMPARE(int(speedReason(f).limit), limit);
        QVERIFY(!speedSentence(speedReason(f), f).isEmpty());
        QVERIFY(!speedSentence(speedReason(f), f).contains(QLatin1Char('%') + QStringLiteral("1")));
    }
    void namesTheShare()
    {
        const SpeedFacts f = facts(19);
        QCOMPARE(speedSentence(speedReason(f), f), QStringLiteral("Memory speed is the limit: 86 % of what this machine can read."));
    }
    void aFewTokensSayNothing()
    {
        SpeedFacts f = facts(19);
        f.generatedTokens = 7;
        QCOMPARE(speedReason(f).limit, SpeedLimit::NothingMeasured);
    }
    void withoutACeilingNoShareIsNamed()
    {
        SpeedFacts f = facts(19);
        f.readBandwidth = 0;
        QCOMPARE(speedReason(f).limit, SpeedLimit::NoCeiling);
        QVERIFY(!speedSentence(speedReason(f), f).contains(QLatin1Char('%')));
        f = facts(190);
        f.onGpu = true; // the processor's memory is no measure of it
        QCOMPARE(speedReason(f).limit, SpeedLimit::NoCeiling);
        QCOMPARE(speedReason(f).share, 0.0);
        f.onGpu = false;
        f.sharedLayers = 20; // nor where it reads a part of the model
        QCOMPARE(speedReason(f).limit, SpeedLimit::NoCeiling);
        QVERIFY(speedSentence(speedReason(f), f).startsWith(QStringLiteral("The processor sets the pace")));
    }
    void aLongPromptIsNamedFirst()
    {
        SpeedFacts f = facts(19);
        f.promptTokens = 12000;
        QCOMPARE(speedReason(f).limit, SpeedLimit::Reading);
        QCOMPARE(speedReason(f).advice, SpeedAdvice::KeepOnDisk);
        QVERIFY(speedSentence(speedReason(f), f).contains(QStringLiteral("12,000")));
        f.cachedTokens = 2000;
        QCOMPARE(speedReason(f).advice, SpeedAdvice::ShorterPrompt);
    }
    void fewerThreadsThanCoresAreNamed()
    {
        SpeedFacts f = facts(6);
        f.threads = 1;
        f.cores = 4;
        QCOMPARE(speedReason(f).limit, SpeedLimit::FewThreads);
        QCOMPARE(speedReason(f).advice, SpeedAdvice::MoreThreads);
        f.threads = 4;
        QCOMPARE(speedReason(f).limit, SpeedLimit::OtherWork);
    }
    void advisesWhatHelpsMost()
    {
        SpeedFacts f = facts(19);
        QCOMPARE(speedReason(f).advice, SpeedAdvice::None); // 4 bits already, a short context
        f.promptTokens = 16000;
        f.cachedTokens = 15900;
        f.decodeTokensPerSecond = 13;
        QCOMPARE(speedReason(f).limit, SpeedLimit::Memory);
        QCOMPARE(speedReason(f).advice, SpeedAdvice::EightBitContext);
        QCOMPARE(speedReason(f).gainPercent, 16);
        f.kvBits = 8;
        QCOMPARE(speedReason(f).advice, SpeedAdvice::None);
        f = facts(10);
        f.weightBytes = 1.6e9;
        f.bitsPerWeight = 8.5;
        QCOMPARE(speedReason(f).advice, SpeedAdvice::SmallerWeights);
        QVERIFY(adviceSentence(speedReason(f)).contains(QStringLiteral("+7")));
    }
};

QTEST_GUILESS_MAIN(TestSpeedReason)
#include "tst_speed_reason.moc"
