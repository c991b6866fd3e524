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
    shape.headDim = 20; // rounded up to 32
    return shape;
}

ModelShape latent()
{
    ModelShape shape;
    shape.layers = 2;
    shape.mla.latentSize = 48;
    shape.mla.ropeDim = 12;
    return shape;
}

void fill(KvPages &pages, KvPageId page, const ModelShape &shape, unsigned seed)
{
    std::mt19937 random(seed);
    for (std::uint32_t layer = 0; layer < shape.layers; ++layer) {
        for (std::uint32_t head = 0; head < pages.heads(); ++head) {
            for (std::size_t i = 0; i < std::size_t(pages.keyDim()) * kKvPageTokens; ++i)
                pages.keys(page, layer, head)[i] = std::uint16_t(random());
            for (std::size_t i = 0;
                 !pages.valuesAreKeys() && i < std::size_t(pages.valueDim()) * kKvPageTokens; ++i)
                pages.values(page, layer, head)[i] = std::uint16_t(random());
        }
    }
}

// All that the page has of one position.
std::vector<std::uint16_t> position(KvPages &pages, KvPageId page, const ModelShape &shape, std::uint32_t at)
{
    std::vector<std::uint16_t> halves;
    for (std::uint32_t layer = 0; layer < shape.layers; ++layer) {
        for (std::uint32_t head = 0; head < pages.heads(); ++head) {
            for (std::size_t i = 0; i < pages.keyDim(); ++i)
                halves.push_back(pages.keys(page, layer, head)[i * kKvPageTokens + at]);
            for (std::size_t i = 0; !pages.valuesAreKeys() && i < pages.valueDim(); ++i)
                halves.push_back(pages.values(page, layer, head)[at * pages.valueDim() + i]);
        }
    }
    return halves;
}

} // namespace

class TestKvPages : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void thePositionsThatWereExportedComeBackAndNoOthers_data()
    {
        QTest::addColumn<bool>("mla");
        QTest::addColumn<std::uint32_t>("tokens");
        for (const bool mla : {false, true})
            for (const std::uint32_t tokens : {1u, 7u, 16u, 63u, 64u})
                QTest::addRow("%s, %u positions", mla ? "latents" : "keys and values", tokens)
                    << mla << tokens;
    }
    void thePositionsThatWereExportedComeBackAndNoOthers()
    {
        QFETCH(bool, mla);
        QFETCH(std::uint32_t, tokens);
        const ModelShape shape = mla ? latent() : ordinary();
        KvPages pages;
        pages.configure(shape);
        QCOMPARE(pages.pageBytes() % kKvPageTokens, std::size_t(0));
        const KvPageId from = *pages.allocate(), to = *pages.allocate();
        fill(pages, from, shape, 1);
        fill(pages, to, shape, 2);
        std::vector<std::vector<std::uint16_t>> before;
        for (std::uint32_t i = 0; i < kKvPageTokens; ++i)
            before.push_back(position(pages, to, shape, i));

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
