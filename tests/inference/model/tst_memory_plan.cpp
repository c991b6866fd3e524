// inference/model/memory_plan.h: figures, what the system says, and refusals with a way out.
#include "inference/gguf/gguf_file.h"
#include "inference/model/architecture.h"
#include "inference/model/memory_plan.h"
#include "kernels/backend.h"
#include "kernels/cpu/cpu_backend.h"
#include "kernels/reference/reference_backend.h"
#include "tests/support/temporary_file.h"
#include "tests/support/tiny_model.h"

#include <QDir>
#include <QFileInfo>
#include <QTest>

using namespace inference;

namespace {

constexpr std::uint64_t kMiB = 1024 * 1024, kGiB = 1024 * kMiB;

// A model like a 1.5B one: 1 GiB of weights, 28 KiB of cache per token.
MemoryPlan example(std::uint32_t contextLength)
{
    MemoryPlan plan;
    plan.weightBytes = kGiB;
    plan.kvBytesPerToken = 28 * 1024;
    plan.contextLength = contextLength;
    plan.kvBytes = plan.kvBytesPerToken * contextLength;
    plan.activationBytes = 20 * kMiB;
    return plan;
}

QString message(const Result<void> &result)
{
    return result ? QString() : QString::fromStdString(result.error().message);
}

} // namespace

class TestMemoryPlan : public QObject
{
    Q_OBJECT

    test::TemporaryFolder m_folder;
    // A root with these files; the contents of real systems.
    std::filesystem::path root(const QString &name, const std::vector<std::pair<QString, QByteArray>> &files)
    {
        for (const auto &[path, bytes] : files) {
            const QString whole = name + QLatin1Char('/') + path;
            QDir().mkpath(QFileInfo(m_folder.path(whole)).path());
            m_folder.write(whole, bytes);
        }
        return m_folder.path(name).toStdString();
    }

private Q_SLOTS:
    void countsWhatAModelTakes()
    {
        test::TinyModelOptions options;
        options.tied = false;
        const QString path =
            m_folder.write(QStringLiteral("tiny.gguf"), QByteArray::fromStdString(test::tinyModel(options)));
        const auto file = GgufFile::open(path.toStdString());
        QVERIFY(file);
        const auto config = ModelConfig::fromGguf(**file);
        QVERIFY(config);
        auto plan = buildPlan(**file, *config);
        QVERIFY(plan);

        std::uint64_t tensorBytes = 0;
        for (const GgufTensor &tensor : (*file)->tensors())
            tensorBytes += tensor.byteSize;
        const MemoryPlan memory = planMemory(
            *plan, {.contextLength = 130, .reference = true, .chunkTokens = 32, .repackedBytes = 7});
        QCOMPARE(memory.weightBytes, tensorBytes + 7);
        QCOMPARE(memory.kvBytesPerToken,
                 std::uint64_t(2 * 2 * 2 * 16 * 4));            // K and V, layers, KV heads, dim, float
        QCOMPARE(memory.kvBytes, memory.kvBytesPerToken * 192); // three pages of 64
        QCOMPARE(memory.totalBytes(), memory.weightBytes + memory.kvBytes + memory.activationBytes);

        // What the reference path really takes.
        const auto backend = kernels::createReferenceBackend(1);
        QVERIFY(backend->compile(std::move(plan).value(), 32));
        QCOMPARE(std::uint64_t(backend->kvPageBytes()), memory.kvBytesPerToken * kernels::kKvPageTokens);
        QVERIFY(backend->activationBytes() <= memory.activationBytes);
        QVERIFY(backend->activationBytes() * 4 > memory.activationBytes);
    }

    void countsTheCacheAsTheCpuHoldsIt_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<int>("type");
        QTest::addColumn<quint64>("perToken");
        const auto rows = [](const char *name, const std::string &model, quint64 sixteen, quint64 eight) {
            const QByteArray bytes = QByteArray::fromStdString(model);
            QTest::addRow("%s, 16 bits", name) << bytes << int(kernels::KvCacheType::F16) << sixteen;
            QTest::addRow("%s, 8 bits", name) << bytes << int(kernels::KvCacheType::Q8) << eight;
        };
        // layers, KV heads, K and V: bytes, a quarter of K in two, and a float for up to 64 bytes
        rows("heads of 64", test::tinyModel(test::wideTinyModel()), 2 * 2 * 2 * 64 * 2,
             2 * 2 * ((64 + 16 + 4) + (64 + 4)));
        rows("heads of 96", test::tinyModel({.headDim = 96}), 2 * 2 * 2 * 96 * 2,
             2 * 2 * ((96 + 24 + 8) + (96 + 8)));
    }
    void countsTheCacheAsTheCpuHoldsIt()
    {
        QFETCH(QByteArray, model);
        QFETCH(int, type);
        QFETCH(quint64, perToken);
        const test::TemporaryFolder folder;
        const auto file = GgufFile::open(folder.write(QStringLiteral("m.gguf"), model).toStdString());
        auto plan = buildPlan(**file, *ModelConfig::fromGguf(**file));
        const MemoryPlan memory =
            planMemory(*plan, {.contextLength = 64, .kvCacheType = kernels::KvCacheType(type)});
        QCOMPARE(quint64(memory.kvBytesPerToken), perToken);
        const auto backend = kernels::createCpuBackend({.threads = 1, .kvCacheType = kernels::KvCacheType(type)});
        QVERIFY((*backend)->compile(std::move(plan).value(), 8));
        QCOMPARE(quint64((*backend)->kvPageBytes()), quint64(memory.kvBytes));
    }

    void readsMemAvailable()
    {
        const auto plain =
            root(QStringLiteral("plain"),
                 {{QStringLiteral("proc/meminfo"),
                   "MemTotal:       24000000 kB\nMemFree:  100 kB\nMemAvailable:   23000000 kB\n"}});
        QCOMPARE(availableMemory(plain).value(), std::uint64_t(23000000) * 1024);
        QVERIFY(!availableMemory(root(QStringLiteral("empty"), {{QStringLiteral("proc/other"), ""}})));
        QVERIFY(!availableMemory(
            root(QStringLiteral("odd"), {{QStringLiteral("proc/meminfo"), "MemAvailable: x kB\n\0"}})));
        const auto here = availableMemory();
        QVERIFY(here && *here > 64 * kMiB);
    }

    void controlGroupsLimitIt_data()
    {
        QTest::addColumn<QString>("groups");
        QTest::addColumn<QString>("folder");
        QTest::addColumn<QString>("limit");
        QTest::addColumn<qulonglong>("expected");
        const qulonglong free = 23000000ull * 1024;
        QTest::addRow("version 2") << "0::/app/one\n"
                                   << "sys/fs/cgroup/app/one"
                                   << "1000000000" << 700000000ull;
        QTest::addRow("version 2, limit of the parent") << "0::/app/one\n"
                                                        << "sys/fs/cgroup/app"
                                                        << "1000000000" << 700000000ull;
        QTest::addRow("version 2, in a container") << "0::/host/path\n"
                                                   << "sys/fs/cgroup"
                                                   << "1000000000" << 700000000ull;
        QTest::addRow("version 2, no limit") << "0::/app/one\n"
                                             << "sys/fs/cgroup/app/one"
                                             << "max" << free;
        QTest::addRow("version 1") << "9:cpu:/\n8:memory:/job\n"
                                   << "sys/fs/cgroup/memory/job"
                                   << "1000000000" << 700000000ull;
        QTest::addRow("version 1, no limit") << "8:memory:/job\n"
                                             << "sys/fs/cgroup/memory/job"
                                             << "9223372036854771712" << free;
        QTest::addRow("limit already passed") << "0::/a\n"
                                              << "sys/fs/cgroup/a"
                                              << "1000" << 0ull;
        QTest::addRow("damaged group list") << ":\n\nx\n"
                                            << "sys/fs/cgroup"
                                            << "1000" << free;
    }
    void controlGroupsLimitIt()
    {
        QFETCH(QString, groups);
        QFETCH(QString, folder);
        QFETCH(QString, limit);
        QFETCH(qulonglong, expected);
        const bool second = !folder.contains(QLatin1String("/memory"));
        const auto at =
            root(QString::fromLatin1(QTest::currentDataTag()),
                 {{QStringLiteral("proc/meminfo"), "MemAvailable:   23000000 kB\n"},
                  {QStringLiteral("proc/self/cgroup"), groups.toUtf8()},
                  {folder + (second ? "/memory.max" : "/memory.limit_in_bytes"), limit.toUtf8() + "\n"},
                  {folder + (second ? "/memory.current" : "/memory.usage_in_bytes"), "400000000\n"},
                  {folder + "/memory.stat", second ? "anon 300000000\ninactive_file 100000000\n"
                                                   : "rss 3\ntotal_inactive_file 100000000\n"}});
        QCOMPARE(qulonglong(availableMemory(at).value()), expected);
    }

    void refusesWithFiguresAndAWayOut()
    {
        QVERIFY(checkMemory(example(16384), 2 * kGiB, "Tiny"));
        QVERIFY(checkMemory(example(16384), example(16384).totalBytes(), "Tiny"));

        const Result<void> shorter = checkMemory(example(131072), 2 * kGiB, "Tiny");
        QVERIFY(!shorter);
        QCOMPARE(shorter.error().code, ErrorCode::OutOfMemory);
        QCOMPARE(message(shorter),
                 QStringLiteral(
                     "There is not enough memory for the model, Tiny (expected 4.6 GiB: weights 1.0 GiB, "
                     "131,072 tokens of context 3.5 GiB, activations 20 MiB, found 2.0 GiB free). Choose a "
                     "context of 36,672 tokens or less, or close other programs, or choose a smaller "
                     "quantisation of the model."));
        QVERIFY(checkMemory(example(36672), 2 * kGiB, "Tiny")); // the way out is one
        QVERIFY(!checkMemory(example(36672 + 64), 2 * kGiB, "Tiny"));

        const QString noContext = message(checkMemory(example(4096), 900 * kMiB, "Tiny"));
        QVERIFY(noContext.contains(QLatin1String("found 900 MiB free")));
        QVERIFY(!noContext.contains(QLatin1String("Choose a context")));
        QVERIFY(noContext.contains(QLatin1String("smaller model")));
        QVERIFY(!checkMemory(example(1), 0, ""));
    }
    void roundsAgainstTheUser()
    {
        QCOMPARE(memoryText(kGiB, true), std::string("1.0 GiB"));
        QCOMPARE(memoryText(kGiB + 1, true), std::string("1.1 GiB"));
        QCOMPARE(memoryText(kGiB + 1, false), std::string("1.0 GiB"));
        QCOMPARE(memoryText(5000 * kGiB, false), std::string("5,000.0 GiB"));
        QCOMPARE(memoryText(1, true), std::string("1 MiB"));
        QCOMPARE(memoryText(1, false), std::string("0 MiB"));
    }
};

QTEST_GUILESS_MAIN(TestMemoryPlan)
#include "tst_memory_plan.moc"
