// Products with weights in floats at the end of a file: not one byte behind the last row is read. Their values
// are tested by tst_self_test.cpp.
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

// Weights of 1 that end where the readable memory ends.
class LastBytes
{
public:
    LastBytes(ElementType type, std::size_t elements) : m_count(elements * traitsOf(type).blockBytes)
    {
        const std::size_t count = m_count;
        const auto page = std::size_t(::sysconf(_SC_PAGESIZE));
        m_readable = (count + page - 1) / page * page;
        m_size = m_readable + page;
        m_memory = static_cast<std::byte *>(
            ::mmap(nullptr, m_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
        if (m_memory == MAP_FAILED)
            qFatal("no memory");
        const std::vector<unsigned char> one = oneOf(type);
        for (std::size_t i = 0; i < count; ++i)
            begin()[i] = static_cast<std::byte>(one[i % one.size()]);
        ::mprotect(m_memory + m_readable, page, PROT_NONE);
    }
    ~LastBytes() { ::munmap(m_memory, m_size); }
    LastBytes(const LastBytes &) = delete;
    LastBytes &operator=(const LastBytes &) = delete;
    std::byte *begin() { return m_memory + m_readable - m_count; }

private:
    static std::vector<unsigned char> oneOf(ElementType type)
    {
        switch (type) {
        case ElementType::F32:
            return {0, 0, 0x80, 0x3f};
        case ElementType::F16:
            return {0, 0x3c};
        case ElementType::BF16:
            return {0x80, 0x3f};
        default:
            return {0x38}; // F8_E4M3
        }
    }

    std::size_t m_count, m_readable = 0, m_size = 0;
    std::byte *m_memory = nullptr;
};

} // namespace

class TestFloatMatmul : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsNothingBehindTheLastRow_data()
    {
        QTest::addColumn<QString>("isa");
        QTest::addColumn<ElementType>("type");
        for (const std::string_view isa : availableIsas())
            for (const ElementType type : {ElementType::F32, ElementType::F16, ElementType::BF16, ElementType::F8_E4M3}) {
                const std::string name = std::string(isa) + " " + std::string(traitsOf(type).name);
                QTest::newRow(name.c_str()) << QString::fromStdString(std::string(isa)) << type;
            }
    }
    void readsNothingBehindTheLastRow()
    {
        QFETCH(QString, isa);
        QFETCH(ElementType, type);
        const std::size_t bytes = traitsOf(type).blockBytes;
        const float scale = type == ElementType::F8_E4M3 ? 0.5f : 1.0f;
        const CpuOps &ops = **opsForIsa(isa.toStdString());
        for (const std::uint32_t rows : {1u, 16u, 33u})
            for (const std::uint32_t columns : {1u, 15u, 128u, 129u, 200u, 385u})
                for (const std::uint32_t tokens : {1u, 2u, 3u, 9u}) {
                    LastBytes weights(type, std::size_t(rows) * columns);
                    const std::vector<float> scales(std::size_t(fp8Blocks(rows)) * fp8Blocks(columns), scale);
                    const std::vector<float> x(std::size_t(tokens) * columns, 1.0f);
                    std::vector<float> out(std::size_t(tokens) * rows);
                    AlignedBuffer<std::uint8_t> scratch;
                    QVERIFY(scratch.allocate(matmulScratchBytes(columns * bytes, tokens)));
                    MatmulTask task;
                    task.type = type;
                    task.weights = weights.begin();
                    task.rowBytes = columns * bytes;
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
                        QCOMPARE(value, scale * float(columns));
                }
    }
};

QTEST_GUILESS_MAIN(TestFloatMatmul)
#include "tst_float_matmul.moc"
