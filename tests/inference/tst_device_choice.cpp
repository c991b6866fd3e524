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

    void oneOfSeveralGpusIsTakenByNumberOrName()
    {
        CudaProbe probe = ready({79 * kGiB, 40 * kGiB, 8 * kGiB, 60 * kGiB});
        probe.devices[1].name = probe.devices[3].name = "NVIDIA RTX 6000";
        probe.devices[2].problem = "no kernel image";
        const auto taken = [&](const std::string &device) {
            const auto choice = chooseDevice(device, Precision::Fast, sixGibibytes(), probe);
            return choice ? choice->gpu : -1;
        };
        QCOMPARE(taken("cuda"), 0);
        QCOMPARE(taken("cuda:1"), 1);
        QCOMPARE(taken("cuda:NVIDIA RTX 6000"), 3); // the roomier of two
        QCOMPARE(taken("cuda:RTX 6000"), 3);        // as some drivers name it
        QCOMPARE(taken("cuda:GPU 0"), 0);
        const auto message = [&](const std::string &device) {
            const auto choice = chooseDevice(device, Precision::Fast, sixGibibytes(), probe);
            return choice ? QString() : QString::fromStdString(choice.error().message);
        };
        QCOMPARE(message("cuda:2"), QStringLiteral("The device cuda cannot be used, GPU 2: no kernel image. Choose --device cpu."));
        QCOMPARE(message("cuda:7"), QStringLiteral("The device cuda cannot be used, there is no such GPU: 0 is GPU 0, 1 is NVIDIA RTX 6000, "
                                                   "2 is GPU 2, 3 is NVIDIA RTX 6000. Choose --device cpu."));
        QVERIFY(message("cuda:RTX").contains(QLatin1String("no such GPU")));
        for (const char *device : {"", "cuda:", "CUDA", "gpu", "cpu:0", "autos"})
            QVERIFY2(message(device).startsWith(QLatin1String("There is no such device")), device);
        QVERIFY(message("cuda:99999999999").contains(QLatin1String("no such GPU")));
        QVERIFY(message("cuda:-1").contains(QLatin1String("no such GPU")));
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

    // What does not fit as a whole: the search is asked with the room there is, and what it finds is taken.
    void aPartThatFitsIsTaken_data()
    {
        QTest::addColumn<std::uint32_t>("cpuLayers");
        QTest::addColumn<std::uint32_t>("cpuExpertLayers");
        QTest::addColumn<QString>("sentence");
        QTest::newRow("layers") << 8u << 0u
                                << "20 of 28 layers are on GPU 0; the rest does not fit its memory (6.0 GiB free) and runs on the processor.";
        QTest::newRow("experts") << 0u << 12u
                                 << "All 28 layers are on GPU 0, but for the routed experts of the first 12, which do not fit its memory "
                                    "(6.0 GiB free) and run on the processor.";
        QTest::newRow("both") << 8u << 28u
                              << "20 of 28 layers are on GPU 0, without their routed experts; the rest does not fit its memory (6.0 GiB free) "
                                 "and runs on the processor.";
        QTest::newRow("embedding") << 0u << 0u
                                   << "All layers are on GPU 0; the embedding does not fit its memory (6.0 GiB free) and stays on the processor.";
    }
    void aPartThatFitsIsTaken()
    {
        QFETCH(std::uint32_t, cpuLayers);
        QFETCH(std::uint32_t, cpuExpertLayers);
        QFETCH(QString, sentence);
        MemoryPlan part = sixGibibytes();
        part.weightBytes = 3 * kGiB;
        std::uint64_t asked = 0;
        const SplitSearch search = [&](std::uint64_t bytes) {
            asked = bytes;
            return std::optional(FittingSplit{{cpuLayers, cpuExpertLayers}, part, 28});
        };
        for (const char *device : {"auto", "cuda"}) {
            const auto choice = chooseDevice(device, Precision::Fast, sixGibibytes(), ready({6 * kGiB}), search);
            QVERIFY(choice.ok() && choice->onGpu && choice->placement);
            QCOMPARE(asked, 6 * kGiB - kGpuReserveBytes);
            QCOMPARE(choice->placement->cpuLayers, cpuLayers);
            QCOMPARE(choice->placement->cpuExpertLayers, cpuExpertLayers);
            QCOMPARE(choice->kvBytes, asked - 5 * kGiB + kGiB);
            QCOMPARE(QString::fromStdString(choice->reason), sentence);
        }
        // Nothing is shared that fits as a whole, or of which nothing fits.
        QVERIFY(!chooseDevice("auto", Precision::Fast, sixGibibytes(), ready({7 * kGiB}), search)->placement);
        QVERIFY(!chooseDevice("auto", Precision::Fast, sixGibibytes(), ready({kGiB}), [](std::uint64_t) { return std::nullopt; })->onGpu);
    }

    // Routed experts leave the GPU first, then whole layers; each time as few as will do.
    void asMuchIsOnTheGpuAsFits()
    {
        const auto planOf = [](bool experts) {
            kernels::Plan plan;
            plan.shape.hiddenSize = 64;
            plan.shape.attentionHeads = plan.shape.keyValueHeads = 1;
            plan.shape.headDim = 64;
            plan.shape.layers = 3;
            const auto weight = [&](std::uint32_t rows) {
                kernels::WeightView view;
                view.columns = 64;
                view.rows = rows;
                plan.weights.push_back(view);
                return kernels::WeightId(plan.weights.size() - 1);
            };
            plan.steps.push_back(kernels::EmbedStep{weight(1000)});
            for (std::uint32_t layer = 0; layer < 3; ++layer) {
                plan.steps.push_back(kernels::NormQuantStep{weight(1)});
                kernels::QkvRopeKvStep qkv{};
                qkv.layer = layer;
                qkv.q = qkv.k = qkv.v = weight(64);
                plan.steps.push_back(qkv);
                plan.steps.push_back(kernels::AttentionStep{layer});
                plan.steps.push_back(kernels::OutResidualStep{weight(64)});
                plan.steps.push_back(kernels::NormQuantStep{weight(1), kernels::NormQuantStep::Reader::FeedForward});
                if (experts) {
                    kernels::RouterStep router{};
                    router.router = weight(8);
                    router.experts = 8;
                    router.used = 2;
                    plan.steps.push_back(router);
                    plan.steps.push_back(kernels::MoeFfnStep{weight(4000), weight(4000), weight(4000)});
                }
                plan.steps.push_back(kernels::GateUpActStep{weight(200), weight(200)});
                plan.steps.push_back(kernels::DownResidualStep{weight(200)});
            }
            plan.steps.push_back(kernels::HeadStep{weight(1), weight(1000)});
            return plan;
        };
        for (const bool experts : {false, true}) {
            const kernels::Plan plan = planOf(experts);
            std::uint64_t least = ~std::uint64_t(0);
            for (const kernels::PlanSplit &split : kernels::splitsOf(plan)) {
                const std::uint64_t bytes = planGpuMemory(kernels::splitPlan(plan, split).gpu, 256, 16).totalBytes();
                QVERIFY(bytes < least);
                const auto exact = fittingSplit(plan, 256, 16, bytes);
                QVERIFY(exact && exact->split.cpuLayers == split.cpuLayers && exact->split.cpuExpertLayers == split.cpuExpertLayers);
                QCOMPARE(exact->gpu.totalBytes(), bytes);
                // with a byte less something more has to go
                const auto next = fittingSplit(plan, 256, 16, bytes - 1);
                QVERIFY(!next || next->split.cpuLayers > split.cpuLayers || next->split.cpuExpertLayers > split.cpuExpertLayers);
                if (experts && split.cpuLayers > 0)
                    QCOMPARE(split.cpuExpertLayers, 3u);
                least = bytes;
            }
            QVERIFY(!fittingSplit(plan, 256, 16, least - 1));
        }
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
