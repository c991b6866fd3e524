// What bench and doctor read off the machine.
#include "inference/cli/machine.h"

#include <QTest>

using namespace inference::cli;

class TestMachine : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findsTheVersionOfTheDriver_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QByteArray>("version");
        QTest::newRow("open modules")
            << QByteArray("NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.159.04  Release Build  (builder@)  ")
            << QByteArray("580.159.04");
        QTest::newRow("closed modules")
            << QByteArray("NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.183.01  Sun May 12 19:39:15 UTC 2024")
            << QByteArray("535.183.01");
        QTest::newRow("version last") << QByteArray("driver 1.2") << QByteArray("1.2");
        QTest::newRow("no driver") << QByteArray() << QByteArray();
        QTest::newRow("no version") << QByteArray("NVRM version: none x86.64") << QByteArray();
    }
    void findsTheVersionOfTheDriver()
    {
        QFETCH(QByteArray, line);
        QFETCH(QByteArray, version);
        QCOMPARE(QByteArray::fromStdString(nvidiaDriverVersion({line.data(), std::size_t(line.size())})), version);
    }
    void knowsItsProcessorAndMemory()
    {
        QVERIFY(!cpuName().empty());
        QVERIFY(totalMemory() > (1ull << 28));
        QVERIFY(peakMemory() > (1ull << 20) && peakMemory() < totalMemory());
    }
};

QTEST_GUILESS_MAIN(TestMachine)
#include "tst_machine.moc"
