#include "kernels/cuda_plugin.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using kernels::CudaProbe;
using kernels::CudaStatus;

Q_DECLARE_METATYPE(kernels::CudaStatus)

class TestCudaPlugin : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { qunsetenv("BALEEN_FAKE_CUDA"); }

    void withoutPluginTheProcessorServes()
    {
        const CudaProbe probe = kernels::probeCuda(std::filesystem::path());
        QCOMPARE(probe.status, CudaStatus::NoPlugin);
        QVERIFY(probe.plugin.empty());
        QCOMPARE(probe.line, std::string("No CUDA plug-in beside the program: models run on the processor."));
    }

    void eachAnswerBecomesOneLine_data()
    {
        QTest::addColumn<QByteArray>("kind");
        QTest::addColumn<CudaStatus>("status");
        QTest::addColumn<QString>("line");
        QTest::newRow("no driver")
            << QByteArray("no driver") << CudaStatus::NoDriver
            << "No NVIDIA driver: models run on the processor. For a GPU, install the driver "
               "for CUDA 13.0 or later.";
        QTest::newRow("old driver")
            << QByteArray("old driver") << CudaStatus::OldDriver
            << "The NVIDIA driver is for CUDA 12.4 and the plug-in needs 13.0: models run on "
               "the processor. Install a newer driver.";
        QTest::newRow("no GPU")
            << QByteArray("no gpu") << CudaStatus::NoGpu
            << "An NVIDIA driver (CUDA 13.1) and no GPU that this process may use: models run on "
               "the processor.";
        QTest::newRow("error") << QByteArray("error") << CudaStatus::Failed
                               << "The GPU cannot be used (out of memory): models run on the processor.";
        QTest::newRow("unknown status") << QByteArray("unknown status") << CudaStatus::Failed
                                        << "The GPU cannot be used (): models run on the processor.";
        QTest::newRow("two devices")
            << QByteArray("two devices") << CudaStatus::Ready
            << "Fake 1 (compute 9.0, 80.0 GiB, 79.0 GiB free); Fake 2 (compute 9.0, 80.0 GiB, "
               "79.0 GiB free): cannot be used, no kernel image is available for execution on "
               "the device, driver for CUDA 13.1";
    }
    void eachAnswerBecomesOneLine()
    {
        QFETCH(QByteArray, kind);
        QFETCH(CudaStatus, status);
        QFETCH(QString, line);
        qputenv("BALEEN_FAKE_CUDA", kind);
        const CudaProbe probe = kernels::probeCuda(FAKE_CUDA_PLUGIN);
        QCOMPARE(QString::fromStdString(probe.line), line);
        QCOMPARE(probe.status, status);
        QCOMPARE(probe.runtimeVersion, 13000);
    }

    void devicesAreReportedWithTheirProblems()
    {
        const CudaProbe probe = kernels::probeCuda(FAKE_CUDA_PLUGIN);
        QCOMPARE(probe.devices.size(), std::size_t(2));
        QCOMPARE(probe.devices[0].name, std::string("Fake 1"));
        QCOMPARE(probe.devices[0].freeBytes, std::uint64_t(79) << 30);
        QVERIFY(probe.devices[0].problem.empty());
        QVERIFY(!probe.devices[1].problem.empty());
    }

    void aPluginOfAnotherBuildIsNotUsed_data()
    {
        QTest::addColumn<QByteArray>("kind");
        QTest::addColumn<QString>("reason");
        QTest::newRow("version") << QByteArray("other version") << "is of another version of the program";
        QTest::newRow("build") << QByteArray("other build") << "is of another build of the program";
        QTest::newRow("no table") << QByteArray("no table") << "is of another version of the program";
    }
    void aPluginOfAnotherBuildIsNotUsed()
    {
        QFETCH(QByteArray, kind);
        QFETCH(QString, reason);
        qputenv("BALEEN_FAKE_CUDA", kind);
        const CudaProbe probe = kernels::probeCuda(FAKE_CUDA_PLUGIN);
        QCOMPARE(probe.status, CudaStatus::Failed);
        QVERIFY(probe.devices.empty());
        QCOMPARE(QString::fromStdString(probe.line),
                 QString("The GPU cannot be used (%1 %2): models run on the processor.")
                     .arg(FAKE_CUDA_PLUGIN, reason));
        const auto backend = kernels::createCudaBackend(FAKE_CUDA_PLUGIN, {});
        QVERIFY(!backend);
        QCOMPARE(backend.error().code, kernels::ErrorCode::Unsupported);
        QVERIFY2(QString::fromStdString(backend.error().message).contains(reason),
                 backend.error().message.c_str());
    }

    void aPluginFromBeforeTheEngineIsNotUsed()
    {
        const CudaProbe probe = kernels::probeCuda(OLD_CUDA_PLUGIN);
        QCOMPARE(probe.status, CudaStatus::Failed);
        QVERIFY2(probe.line.find("is of another version of the program") != std::string::npos,
                 probe.line.c_str());
    }

    void withoutPluginThereIsNoBackend()
    {
        const auto backend = kernels::createCudaBackend({}, {});
        QVERIFY(!backend);
        QCOMPARE(QString::fromStdString(backend.error().message),
                 "The device cuda cannot be used, there is no CUDA plug-in beside the program. Choose "
                 "--device cpu.");
    }

    void itsBackendIsTheCallers()
    {
        auto backend = kernels::createCudaBackend(FAKE_CUDA_PLUGIN, {});
        QVERIFY2(backend.ok(), backend ? "" : backend.error().message.c_str());
        QVERIFY(!(*backend)->capabilities().description.empty());
        backend->reset(); // by code of the plug-in
        const auto refused = kernels::createCudaBackend(FAKE_CUDA_PLUGIN, {.device = 3});
        QVERIFY(!refused);
        QCOMPARE(refused.error().message, std::string("There is no such GPU."));
    }

    void itsSelfTestReports()
    {
        QStringList lines;
        const auto result = kernels::runCudaSelfTest(
            FAKE_CUDA_PLUGIN, 2, [&](const std::string &check, const std::string &failure) {
                lines.append(QString::fromStdString(check + "|" + failure));
            });
        QVERIFY(result.ok());
        QCOMPARE(result->passed, 1u);
        QCOMPARE(result->failed, 1u);
        QCOMPARE(lines, (QStringList{"fake kernel 2|", "another|wrong by 1"}));
        const auto bandwidth = kernels::measureCudaBandwidth(FAKE_CUDA_PLUGIN, 1);
        QVERIFY(bandwidth.ok());
        QCOMPARE(*bandwidth, 2e12);
        QVERIFY(!kernels::measureCudaBandwidth({}, 0));
    }

    // The plug-in as it is, on the emulated device: probing runs a kernel there.
    void theRealOneAnswersOnTheEmulatedDevice()
    {
        const CudaProbe probe = kernels::probeCuda(SHIM_CUDA_PLUGIN);
        QVERIFY2(probe.status == CudaStatus::Ready, probe.line.c_str());
        QCOMPARE(QString::fromStdString(probe.line),
                 "Shim (compute 9.0, 4.0 GiB, 4.0 GiB free), driver for CUDA 13.0");
    }

    void theRealOneMakesTheCudaBackend()
    {
        auto backend = kernels::createCudaBackend(SHIM_CUDA_PLUGIN, {});
        QVERIFY2(backend.ok(), backend ? "" : backend.error().message.c_str());
        QCOMPARE((*backend)->capabilities().device, std::string("cuda"));
        QCOMPARE((*backend)->capabilities().isa, std::string("sm_90"));
        backend->reset();
        QVERIFY(!kernels::createCudaBackend(SHIM_CUDA_PLUGIN, {.device = 1}).ok());
    }

    void countsAndTextsOutOfRangeAreCut()
    {
        qputenv("BALEEN_FAKE_CUDA", "garbage");
        const CudaProbe probe = kernels::probeCuda(FAKE_CUDA_PLUGIN);
        QCOMPARE(probe.devices.size(), std::size_t(16));
        QCOMPARE(probe.devices[15].name.size(), std::size_t(256));
    }

    void whatIsNoPluginIsRefusedInASentence_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("text") << QByteArray("not a library\n");
        QTest::newRow("cut short") << QByteArray("\x7f"
                                                 "ELF\x02\x01\x01",
                                                 7);
    }
    void whatIsNoPluginIsRefusedInASentence()
    {
        QFETCH(QByteArray, content);
        QTemporaryDir folder;
        QFile file(folder.filePath("libbaleen_cuda.so"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(content);
        file.close();
        const CudaProbe probe = kernels::probeCuda(file.fileName().toStdString());
        QCOMPARE(probe.status, CudaStatus::Failed);
        QVERIFY2(QString::fromStdString(probe.line).startsWith("The GPU cannot be used ("),
                 probe.line.c_str());
    }

    void aLibraryWithoutTheFunctionIsRefused()
    {
        // Any library of the system will do; it is in the process already, so the loader finds it by its name
        // there.
        QFile maps("/proc/self/maps");
        QVERIFY(maps.open(QIODevice::ReadOnly));
        QString library;
        for (const QString &line : QString::fromUtf8(maps.readAll()).split('\n'))
            if (line.contains("/libm.so"))
                library = line.mid(line.indexOf('/'));
        QVERIFY(!library.isEmpty());
        const CudaProbe probe = kernels::probeCuda(library.toStdString());
        QCOMPARE(probe.status, CudaStatus::Failed);
        QVERIFY2(probe.line.find("is not a plug-in of this program") != std::string::npos,
                 probe.line.c_str());
    }

#ifdef REAL_CUDA_PLUGIN
    // Where nvcc built the plug-in: it loads without a driver, and answers at once then.
    void theRealPluginAnswers()
    {
        const CudaProbe first = kernels::probeCuda(REAL_CUDA_PLUGIN);
        QVERIFY2(first.status != CudaStatus::NoPlugin && first.status != CudaStatus::Failed,
                 first.line.c_str());
        QVERIFY(first.runtimeVersion >= 11000);
        if (first.status == CudaStatus::Ready) {
            QVERIFY(!first.devices.empty());
            return;
        }
        QVERIFY(first.devices.empty());
        QElapsedTimer timer;
        timer.start();
        for (int i = 0; i < 10; ++i)
            QVERIFY(kernels::probeCuda(REAL_CUDA_PLUGIN).status == first.status);
        QVERIFY2(timer.elapsed() < 50, qPrintable(QString("ten probes took %1 ms").arg(timer.elapsed())));
    }
#endif
};

QTEST_GUILESS_MAIN(TestCudaPlugin)
#include "tst_cuda_plugin.moc"
