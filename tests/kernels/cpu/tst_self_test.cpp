// Every kernel of every instruction set of this machine against loops in double (kernels/cpu/self_test.h).
#include "kernels/cpu/isa.h"
#include "kernels/cpu/self_test.h"

#include <QTest>

using namespace kernels;

class TestSelfTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyInstructionSet_data()
    {
        QTest::addColumn<QString>("isa");
        for (const std::string_view isa : availableIsas())
            QTest::newRow(std::string(isa).c_str()) << QString::fromUtf8(isa.data(), qsizetype(isa.size()));
    }
    void everyInstructionSet()
    {
        QFETCH(QString, isa);
        QStringList failures;
        const SelfTestResult result
            = runSelfTest(isa.toStdString(), [&](const std::string &check, const std::string &failure) {
                  if (!failure.empty())
                      failures.append(QString::fromStdString(check + ": " + failure));
              });
        QVERIFY2(failures.isEmpty(), qPrintable(failures.mid(0, 10).join(QLatin1Char('\n'))));
        QVERIFY(result.passed > 200);
    }
    void refusesWhatTheMachineDoesNotHave()
    {
        QCOMPARE(opsForIsa("avx1024").error().code, ErrorCode::InvalidArgument);
        const SelfTestResult result = runSelfTest("avx1024", [](const std::string &, const std::string &) {});
        QCOMPARE(result.failed, 1u);
    }
};

QTEST_GUILESS_MAIN(TestSelfTest)
#include "tst_self_test.moc"
