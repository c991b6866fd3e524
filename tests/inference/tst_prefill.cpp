// inference/prefill.h: chunks follow the speed of the device.
#include "inference/prefill.h"

#include <QTest>

using namespace inference;

class TestPrefill : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aFixedChunkStays()
    {
        PrefillChunk chunk(512, 30, 100);
        QCOMPARE(chunk.tokens(), 100u);
        chunk.measured(100, 1000);
        QCOMPARE(chunk.tokens(), 100u);
        QCOMPARE(PrefillChunk(64, 30, 100).tokens(), 64u);
    }
    void aFastDeviceGetsTheLargestChunk()
    {
        PrefillChunk chunk(512, 30, 0);
        chunk.measured(chunk.tokens(), 0.02);
        QCOMPARE(chunk.tokens(), 512u);
    }
    // A layer of the chunk, and with it every step, takes at most 80 ms; the whole chunk at most 2 s.
    void aSlowDeviceGetsASmallOne_data()
    {
        QTest::addColumn<double>("secondsPerToken");
        QTest::addColumn<int>("layers");
        for (const double seconds : {0.0005, 0.003, 0.01, 0.05, 0.3, 2.0, 30.0}) {
            for (const int layers : {2, 12, 28, 95})
                QTest::addRow("%g s, %d layers", seconds, layers) << seconds << layers;
        }
    }
    void aSlowDeviceGetsASmallOne()
    {
        QFETCH(double, secondsPerToken);
        QFETCH(int, layers);
        PrefillChunk chunk(512, std::uint32_t(layers), 0);
        for (int i = 0; i < 5; ++i)
            chunk.measured(chunk.tokens(), chunk.tokens() * secondsPerToken);
        QVERIFY(chunk.tokens() >= 1 && chunk.tokens() <= 512);
        if (chunk.tokens() > 1) {
            QVERIFY(chunk.tokens() * secondsPerToken / layers <= 0.081);
            QVERIFY(chunk.tokens() * secondsPerToken <= 2.01);
        }
        // And no smaller than that: the next multiple would be too long.
        if (chunk.tokens() < 512) {
            const double next = (chunk.tokens() + (chunk.tokens() >= 32 ? 32 : 1)) * secondsPerToken;
            QVERIFY(next / layers > 0.079 || next > 1.99);
        }
    }
    void aShortRestSaysNothing()
    {
        PrefillChunk chunk(512, 30, 0);
        chunk.measured(64, 0.02);
        const std::uint32_t before = chunk.tokens();
        chunk.measured(1, 0.5);
        QCOMPARE(chunk.tokens(), before);
        chunk.measured(0, 0);
        QCOMPARE(chunk.tokens(), before);
    }
    // A device that became slower (a deep context) is noticed even with small chunks.
    void slowsDownAndRecovers()
    {
        PrefillChunk chunk(512, 30, 0);
        chunk.measured(64, 64.0);
        QCOMPARE(chunk.tokens(), 2u);
        chunk.measured(2, 0.001);
        QCOMPARE(chunk.tokens(), 512u);
    }
};

QTEST_GUILESS_MAIN(TestPrefill)
#include "tst_prefill.moc"
