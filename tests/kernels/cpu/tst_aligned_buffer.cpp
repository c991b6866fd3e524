// Memory of the arenas: when it is there, and what is in it.
#include "kernels/cpu/aligned_buffer.h"

#include "tests/support/sanitized.h"

#include <QTest>

#include <algorithm>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>

using namespace kernels;

namespace {

constexpr std::size_t kCount = std::size_t(16) << 20; // floats

double residentPart(AlignedBuffer<float> &buffer)
{
    const auto pageBytes = std::uintptr_t(::sysconf(_SC_PAGESIZE));
    const auto first = reinterpret_cast<std::uintptr_t>(buffer.data()) / pageBytes * pageBytes;
    std::vector<unsigned char> pages(buffer.bytes() / pageBytes);
    if (::mincore(reinterpret_cast<void *>(first), pages.size() * pageBytes, pages.data()) != 0)
        qFatal("mincore failed");
    return double(std::count_if(pages.begin(), pages.end(), [](unsigned char page) { return page & 1; })) / double(pages.size());
}

class TestAlignedBuffer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void allocatedMemoryIsThere()
    {
        AlignedBuffer<float> buffer;
        QVERIFY(buffer.allocate(kCount));
        QCOMPARE(residentPart(buffer), 1.0);
    }
    void reservedMemoryComesWhenItIsUsed()
    {
        if (test::kSanitized)
            QSKIP("The sanitizer's allocator decides.");
        AlignedBuffer<float> buffer;
        QVERIFY(buffer.reserve(kCount));
        QVERIFY(residentPart(buffer) < 0.01);
        std::fill_n(buffer.data(), kCount / 2, 1.0f);
        QVERIFY(residentPart(buffer) > 0.49 && residentPart(buffer) < 0.51);
    }
    void bothAreZeroAndOnACacheLine()
    {
        for (const std::size_t count : {0u, 1u, 15u, 16u, 1000u, 100'000u})
            for (const bool now : {true, false}) {
                AlignedBuffer<float> buffer;
                for (int again = 0; again < 2; ++again) {
                    QVERIFY(now ? buffer.allocate(count) : buffer.reserve(count));
                    QCOMPARE(buffer.size(), count);
                    QCOMPARE(reinterpret_cast<std::uintptr_t>(buffer.data()) % 64, std::uintptr_t(0));
                    QVERIFY(std::all_of(buffer.data(), buffer.data() + count, [](float x) { return x == 0; }));
                    std::fill_n(buffer.data(), count, 1.0f);
                }
            }
    }
    void tooMuchIsReported()
    {
        if (test::kSanitized)
            QSKIP("The sanitizer ends the program.");
        AlignedBuffer<float> buffer;
        QVERIFY(!buffer.reserve(std::size_t(1) << 58));
        QCOMPARE(buffer.size(), std::size_t(0));
    }
};

} // namespace

QTEST_GUILESS_MAIN(TestAlignedBuffer)
#include "tst_aligned_buffer.moc"
