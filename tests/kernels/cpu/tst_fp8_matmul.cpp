// Products with FP8 weights at the end of a file: not one byte behind the last row is read. Their values are
// tested by tst_self_test.cpp.
#include "kernels/cpu/aligned_buffer.h"
#include "kernels/cpu/isa.h"
#include "kernels/cpu/ops.h"

#include <QTest>

#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <vector>

using namespace kernels;

namespace {

// Weights that end where the readable memory ends.
class LastBytes
{
public:
    explicit LastBytes(std::size_t count) : m_count(count)
    {
        const auto page = std::size_t(::sysconf(_SC_PAGESIZE));
        m_readable = (count + page - 1) / page * page;
        m_size = m_readable + page;
        m_memory = static_cast<std::byte *>(
            ::mmap(nullptr, m_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
        if (m_memory == MAP_FAILED)
            qFatal("no memory");
        std::memset(begin(), 0x38, count); // 1
        ::mprotect(m_memory + m_readable, page, PROT_NONE);
    }
    ~LastBytes() { ::munmap(m_memory, m_size); }
    LastBytes(const LastBytes &) = delete;
    LastBytes &operator=(const LastBytes &) = delete;
    std::byte *begin() { return m_memory + m_readable - m_count; }

private:
    std::size_t m_count, m_readable = 0, m_size = 0;
    std::byte *m_memory = nullptr;
};

} // namespace

class TestFp8Matmul : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsNothingBehindTheLastRow_data()
    {
        QTest::addColumn<QString>("isa");
        for (const std::string_view isa : availableIsas())
            QTest::newRow(std::string(isa).c_str()) << QString::fromStdString(std::string(isa));
    }
    void readsNothingBehindTheLastRow()
    {
        QFETCH(QString, isa);
        const CpuOps &ops = **opsForIsa(isa.toStdString());
        for (const std::uint32_t rows : {1u, 16u, 33u})
            for (const std::uint32_t columns : {1u, 15u, 128u, 129u, 200u, 385u})
                for (const std::uint32_t tokens : {1u, 2u, 3u, 9u}) {
                    LastBytes weights(std::size_t(rows) * columns);
                    const std::vector<float> scales(std::size_t(fp8Blocks(rows)) * fp8Blocks(columns), 0.5f);
                    const std::vector<float> x(std::size_t(tokens) * columns, 1.0f);
                    std::vector<float> out(std::size_t(tokens) * rows);
                    AlignedBuffer<std::uint8_t> scratch;
                    QVERIFY(scratch.allocate(matmulScratchBytes(columns, tokens)));
                    MatmulTask task;
                    task.type = ElementType::F8_E4M3;
                    task.weights = weights.begin();
                    task.rowBytes = columns;
                    task.rows = rows;
                    task.columns = columns;
                    task.tokens = tokens;
                    task.floats = x.data();
                    task.scales = scales.data();
                    task.out = out.data();
                    task.outStride = rows;
                    task.scratch.bytes = scratch.data();
                    ops.matmul(task);
                    for (const float value : out)
                        QCOMPARE(value, 0.5f * float(columns));
                }
    }
};

QTEST_GUILESS_MAIN(TestFp8Matmul)
#include "tst_fp8_matmul.moc"
