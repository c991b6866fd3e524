// kernels/cpu/kv_pages.h: pages as bytes and back, for both kinds of attention.
#include "kernels/cpu/kv_pages.h"

#include <QTest>

#include <random>
#include <vector>

using namespace kernels;

namespace {

ModelShape ordinary()
{
    ModelShape shape;
    shape.layers = 3;
    shape.keyValueHeads = 2;
    shape.headDim = 90; // rounded up to 96: two scales
    return shape;
}

ModelShape latent()
{
    ModelShape shape;
    shape.layers = 2;
    shape.mla.latentSize = 80; // two scales
    shape.mla.ropeDim = 12;
    return shape;
}

// visit(byte of the page) for all that the page has of one position.
template <class Visit> void forPosition(KvPages &pages, KvPageId page, const ModelShape &shape, std::uint32_t at, Visit visit)
{
    const auto piece = [&](std::byte *begin, std::size_t size) {
        for (std::size_t i = 0; i < size; ++i)
            visit(begin[i]);
    };
    const auto transposed = [&](std::byte *rows, std::size_t count, std::size_t size) {
        for (std::size_t i = 0; i < count; ++i)
            piece(rows + (i * kKvPageTokens + at) * size, size);
        return rows + count * kKvPageTokens * size;
    };
    const std::uint32_t byteDims = pages.byteDims();
    for (std::uint32_t layer = 0; layer < shape.layers; ++layer)
        for (std::uint32_t head = 0; head < pages.heads(); ++head) {
            std::byte *keys = transposed(pages.keys(page, layer, head), byteDims, 1);
            keys = transposed(keys, pages.keyDim() - byteDims, 2);
            transposed(keys, kvBlocks(byteDims), sizeof(float));
            if (pages.valuesAreKeys())
                continue;
            std::byte *values = pages.values(page, layer, head);
            const std::size_t row = pages.valueDim() * (byteDims ? 1 : 2);
            piece(values + at * row, row);
            transposed(values + row * kKvPageTokens, byteDims ? kvBlocks(pages.valueDim()) : 0, sizeof(float));
        }
}

void fill(KvPages &pages, KvPageId page, const ModelShape &shape, unsigned seed)
{
    std::mt19937 random(seed);
    for (std::uint32_t i = 0; i < kKvPageTokens; ++i)
        forPosition(pages, page, shape, i, [&](std::byte &byte) { byte = std::byte(random()); });
}

// All that the page has of one position.
std::vector<std::byte> position(KvPages &pages, KvPageId page, const ModelShape &shape, std::uint32_t at)
{
    std::vector<std::byte> bytes;
    forPosition(pages, page, shape, at, [&](std::byte &byte) { bytes.push_back(byte); });
    return bytes;
}

} // namespace

class TestKvPages : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void thePositionsThatWereExportedComeBackAndNoOthers_data()
    {
        QTest::addColumn<bool>("mla");
        QTest::addColumn<int>("type");
        QTest::addColumn<std::uint32_t>("tokens");
        for (const bool mla : {false, true})
            for (const KvCacheType type : {KvCacheType::F16, KvCacheType::Q8})
                for (const std::uint32_t tokens : {1u, 7u, 16u, 63u, 64u})
                    QTest::addRow("%s in %s, %u positions", mla ? "latents" : "keys and values",
                                  type == KvCacheType::Q8 ? "bytes" : "halves", tokens)
                        << mla << int(type) << tokens;
    }
    void thePositionsThatWereExportedComeBackAndNoOthers()
    {
        QFETCH(bool, mla);
        QFETCH(int, type);
        QFETCH(std::uint32_t, tokens);
        const ModelShape shape = mla ? latent() : ordinary();
        KvPages pages;
        pages.configure(shape, KvCacheType(type));
        QCOMPARE(pages.pageBytes() % kKvPageTokens, std::size_t(0));
        const KvPageId from = *pages.allocate(), to = *pages.allocate();
        fill(pages, from, shape, 1);
        fill(pages, to, shape, 2);
        std::vector<std::vector<std::byte>> before;
        for (std::uint32_t i = 0; i < kKvPageTokens; ++i)
            before.push_back(position(pages, to, shape, i));

        QCOMPARE(position(pages, from, shape, 0).size(), pages.pageBytes() / kKvPageTokens); // nothing is left out
        const std::size_t size = tokens * pages.pageBytes() / kKvPageTokens;
        std::vector<std::byte> bytes(size + 1, std::byte(0x5a));
        pages.exportPage(from, tokens, bytes.data());
        QCOMPARE(int(bytes[size]), 0x5a);
        pages.importPage(to, tokens, bytes.data());
        for (std::uint32_t i = 0; i < kKvPageTokens; ++i)
            QVERIFY2(position(pages, to, shape, i) ==
                         (i < tokens ? position(pages, from, shape, i) : before[i]),
                     qPrintable(QString::number(i)));
    }
};

QTEST_GUILESS_MAIN(TestKvPages)
#include "tst_kv_pages.moc"
