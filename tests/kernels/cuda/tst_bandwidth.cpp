// kernels/cuda/bandwidth.h on the emulated device.
#include "kernels/cuda/bandwidth.h"

#include "tests/support/cuda_shim/shim.h"

#include <QTest>

using namespace kernels;

class TestBandwidth : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { shim::reset({.totalBytes = std::size_t(64) << 20}); }

    void measuresAndGivesEverythingBack()
    {
        const auto bandwidth = cuda::measureCopyBandwidth(0);
        QVERIFY2(bandwidth.ok(), bandwidth ? "" : bandwidth.error().message.c_str());
        QVERIFY(*bandwidth > 1e6 && *bandwidth < 1e14);
        QVERIFY(shim::counts().nothingLeft());
    }
    void aDeviceThatIsNotThereIsAnError()
    {
        QVERIFY(!cuda::measureCopyBandwidth(7));
    }
    // Whatever fails: a sentence, and nothing is left.
    void failuresAreErrors()
    {
        for (const shim::Call call : {shim::Call::Allocation, shim::Call::Copy, shim::Call::Synchronise, shim::Call::Other})
            for (const bool sticky : {false, true}) {
                shim::reset({.totalBytes = std::size_t(64) << 20});
                shim::planFailure({.call = call, .error = cudaErrorMemoryAllocation, .sticky = sticky});
                const auto bandwidth = cuda::measureCopyBandwidth(0);
                QVERIFY(shim::failureHappened());
                QVERIFY(!bandwidth);
                QCOMPARE(bandwidth.error().code, ErrorCode::OutOfMemory);
                QVERIFY(shim::counts().nothingLeft());
            }
    }
};

QTEST_GUILESS_MAIN(TestBandwidth)
#include "tst_bandwidth.moc"
