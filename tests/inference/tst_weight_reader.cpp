// Weights that are brought into memory beside other work: all of them, or none that would keep a stop waiting.
#include "inference/weight_reader.h"

#include "tests/support/gguf_writer.h"
#include "tests/support/temporary_file.h"

#include <QFile>
#include <QTest>

#include <algorithm>
#include <vector>

#include <unistd.h>

using namespace inference;

namespace {

constexpr std::uint64_t kRows = 40'000; // of 1,024 bytes: several slices
constexpr std::uint64_t kBytes = kRows * 1024;

class TestWeightReader : public QObject
{
    Q_OBJECT

    std::unique_ptr<GgufFile> open(const QString &name)
    {
        test::GgufWriter writer;
        writer.set("general.architecture", "llama");
        const std::string weights(kBytes, 'w');
        writer.addTensor("large.weight", kernels::ElementType::F32, {256, kRows}, weights);
        writer.addTensor("small.weight", kernels::ElementType::F32, {256},
                         std::string_view(weights).substr(0, 1024));
        m_path = m_folder.write(name, QByteArray::fromStdString(writer.finish()));
        auto file = GgufFile::open(m_path.toStdString());
        if (!file)
            qFatal("%s", file.error().message.c_str());
        return std::move(*file);
    }

private Q_SLOTS:
    void readsAllAndSaysHowFar()
    {
        const auto file = open("all.gguf");
        std::vector<std::uint64_t> steps;
        std::uint64_t total = 0;
        WeightReader reader(*file, {});
        QVERIFY(reader.finish([&](std::uint64_t done, std::uint64_t all) {
            steps.push_back(done);
            total = all;
        }));
        QCOMPARE(total, kBytes + 1024);
        QVERIFY(steps.size() >= 2);
        QVERIFY(std::is_sorted(steps.begin(), steps.end()));
        QCOMPARE(steps.back(), total);
    }
    // A page that is in memory but not in the page tables would cost the first prompt what the reader is for.
    void afterwardsPagesAreMapped()
    {
        const auto file = open("mapped.gguf");
        WeightReader reader(*file, {});
        QVERIFY(reader.finish(nullptr));
        const auto pageBytes = std::uint64_t(::sysconf(_SC_PAGESIZE));
        QFile map("/proc/self/pagemap");
        QVERIFY(map.open(QIODevice::ReadOnly | QIODevice::Unbuffered));
        const std::span<const std::byte> bytes = file->bytes(*file->findTensor("large.weight"));
        const auto begin = reinterpret_cast<std::uintptr_t>(bytes.data()) / pageBytes;
        const auto end = reinterpret_cast<std::uintptr_t>(bytes.data() + bytes.size()) / pageBytes;
        std::vector<std::uint64_t> entries(end - begin);
        QVERIFY(map.seek(qint64(begin * sizeof(std::uint64_t))));
        const auto size = qint64(entries.size() * sizeof(std::uint64_t));
        QCOMPARE(map.read(reinterpret_cast<char *>(entries.data()), size), size);
        for (const std::uint64_t entry : entries)
            QVERIFY(entry >> 63 == 1); // present
    }
    void aRaisedStopEndsIt()
    {
        const auto file = open("stopped.gguf");
        std::stop_source stop;
        stop.request_stop();
        WeightReader reader(*file, stop.get_token());
        QVERIFY(!reader.finish(nullptr));
    }
    void mayBeLeftUnfinished()
    {
        const auto file = open("left.gguf");
        for (int i = 0; i < 20; ++i)
            WeightReader reader(*file, {});
    }
    void survivesAFileThatIsCutShort()
    {
        const auto file = open("cut.gguf");
        QVERIFY(QFile::resize(m_path, 1 << 20));
        WeightReader reader(*file, {});
        QVERIFY(reader.finish(nullptr));
        QVERIFY(file->changedOnDisk());
    }

private:
    test::TemporaryFolder m_folder;
    QString m_path;
};

} // namespace

QTEST_GUILESS_MAIN(TestWeightReader)
#include "tst_weight_reader.moc"
