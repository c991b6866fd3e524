// inference/device_choice.h: which device a model goes to, by what a probe found and what the plan needs.
#include "inference/device_choice.h"

#include <QTest>

using namespace inference;
using kernels::CudaDevice;
using kernels::CudaProbe;
using kernels::CudaStatus;

namespace {

constexpr std::uint64_t kGiB = std::uint64_t(1) << 30;

CudaProbe ready(std::vector<std::uint64_t> freeBytes)
{
    CudaProbe probe;
    probe.status = CudaStatus::Ready;
    for (std::size_t i = 0; i < freeBytes.size(); ++i) {
        CudaDevice device;
        device.name = "GPU " + std::to_string(i);
        device.freeBytes = freeBytes[i];
        device.totalBytes = 80 * kGiB;
        probe.devices.push_back(device);
    }
    return probe;
}

CudaProbe withoutDriver()
{
    CudaProbe probe;
    probe.status = CudaStatus::NoDriver;
    probe.problem = "there is no NVIDIA driver";
    probe.line = "No NVIDIA driver: models run on the processor.";
    return probe;
}

// 4 GiB of weights, 1 of cache, 1 of activations: 6.5 with the reserve.
MemoryPlan sixGibibytes()
{
    MemoryPlan plan;
    plan.weightBytes = 4 * kGiB;
    plan.kvBytes = kGiB;
    plan.kvBytesPerToken = kGiB / 16384;
    plan.activationBytes = kGiB;
    plan.contextLength = 16384;
    return plan;
}

} // namespace

class TestDeviceChoice : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theRoomiestUsableGpuIsTaken()
    {
        CudaProbe probe = ready({8 * kGiB, 40 * kGiB, 79 * kGiB});
        probe.devices[2].problem = "no kernel image";
        for (const char *device : {"auto", "cuda"}) {
            const auto choice = chooseDevice(device, Precision::Fast, sixGibibytes(), probe);
            QVERIFY(choice.ok());
            QVERIFY(choice->onGpu);
            QCOMPARE(choice->gpu, 1);
            // What is left for the cache when all else has its place.
            QCOMPARE(choice->kvBytes, 40 * kGiB - 5 * kGiB - kGpuReserveBytes);
            QCOMPARE(QString::fromStdString(choice->reason),
                     "The model fits the memory of GPU 1 (6.5 GiB of 40.0 GiB free).");
        }
    }

    void itFitsToTheByte()
    {
        const std::uint64_t needed = 6 * kGiB + kGpuReserveBytes;
        QVERIFY(chooseDevice("auto", Precision::Fast, sixGibibytes(), ready({needed}))->onGpu);
        QCOMPARE(chooseDevice("auto", Precision::Fast, sixGibibytes(), ready({needed}))->kvBytes, kGiB);
        QVERIFY(!chooseDevice("auto", Precision::Fast, sixGibibytes(), ready({needed - 1}))->onGpu);
    }

    void whatDoesNotFitRunsOnTheProcessorAndSaysSo()
    {
        const auto choice = chooseDevice("auto", Precision::Fast, sixGibibytes(), ready({6 * kGiB}));
        QVERIFY(choice.ok());
        QVERIFY(!choice->onGpu);
        QVERIFY2(QString::fromStdString(choice->reason)
                     .startsWith("The model does not fit the memory of GPU 0 (6.5 GiB of 6.0 GiB free): it "
                                 "runs on the processor."),
                 choice->reason.c_str());
        const auto asked = chooseDevice("cuda", Precision::Fast, sixGibibytes(), ready({6 * kGiB}));
        QVERIFY(!asked);
        QCOMPARE(asked.error().code, ErrorCode::OutOfMemory);
        QVERIFY2(asked.error().message.find("Choose a context of") != std::string::npos,
                 asked.error().message.c_str());
    }

    void withoutGpuTheReasonIsTheProbes()
    {
        const auto choice = chooseDevice("auto", Precision::Fast, sixGibibytes(), withoutDriver());
        QVERIFY(choice.ok() && !choice->onGpu);
        QCOMPARE(choice->reason, withoutDriver().line);
        const auto asked = chooseDevice("cuda", Precision::Fast, sixGibibytes(), withoutDriver());
        QVERIFY(!asked);
        QCOMPARE(asked.error().code, ErrorCode::Unsupported);
        QCOMPARE(
            asked.error().message,
            std::string("The device cuda cannot be used, there is no NVIDIA driver. Choose --device cpu."));
    }

    void theProcessorIsTakenWhereItWasAskedFor()
    {
        const auto choice = chooseDevice("cpu", Precision::Fast, sixGibibytes(), ready({79 * kGiB}));
        QVERIFY(choice.ok() && !choice->onGpu && choice->reason.empty());
    }

    void theReferenceRunsOnTheProcessor()
    {
        const auto choice = chooseDevice("auto", Precision::Reference, sixGibibytes(), ready({79 * kGiB}));
        QVERIFY(choice.ok() && !choice->onGpu && choice->reason.empty());
        QVERIFY(!chooseDevice("cuda", Precision::Reference, sixGibibytes(), ready({79 * kGiB})).ok());
    }

    void theDriverIsNotAskedWithoutNeed()
    {
        QVERIFY(probeFor({.device = "cpu"}).line.empty());
        QVERIFY(probeFor({.device = "auto", .precision = Precision::Reference}).line.empty());
        QVERIFY(!probeFor({.device = "auto"}).line.empty());
    }
};

QTEST_GUILESS_MAIN(TestDeviceChoice)
#include "tst_device_choice.moc"
