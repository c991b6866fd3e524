// Every kernel of the CUDA engine against loops in double (kernels/cuda/self_test.h), on the emulated device.
#include "kernels/cuda/self_test.h"
#include "tests/support/cuda_shim/shim.h"

#include <QTest>

using namespace kernels;

class TestCudaSelfTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyKernel()
    {
        shim::reset();
        QStringList failures;
        const Result<SelfTestResult> result =
            cuda::runSelfTest(0, [&](const std::string &check, const std::string &failure) {
                if (!failure.empty())
                    failures.append(QString::fromStdString(check + ": " + failure));
            });
        QCOMPARE(shim::fault(), std::string());
        QVERIFY2(result.ok(), result ? "" : result.error().message.c_str());
        QVERIFY2(failures.isEmpty(), qPrintable(failures.mid(0, 10).join(QLatin1Char('\n'))));
        QVERIFY(result->passed > 300);
        qInfo("%u checks", result->passed);
        QVERIFY(shim::counts().nothingLeft());
    }
    void aDeviceThatIsNotThereIsAnError()
    {
        shim::reset();
        QVERIFY(!cuda::runSelfTest(5, [](const std::string &, const std::string &) {}));
    }
};

QTEST_GUILESS_MAIN(TestCudaSelfTest)
#include "tst_cuda_self_test.moc"
