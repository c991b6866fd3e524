// The AMX kernel on emulated tiles: the bits of the vector kernels, no instruction that the processor would refuse. And who
// may use the real ones.
#include "kernels/cpu/activations.h"
#include "kernels/cpu/aligned_buffer.h"
#include "kernels/cpu/amx.h"
#include "kernels/cpu/isa.h"
#include "kernels/cpu/ops.h"
#include "tests/support/block_quantiser.h"
#include "tests/support/emulated_amx.h"
#include "tests/support/emulated_tiles.h"

#include <QTest>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <random>
#include <vector>

#include <unistd.h>

using namespace kernels;
using test::TileMachine;

namespace {

TileConfig good()
{
    TileConfig config;
    config.shape(0, 16, 64);
    config.shape(1, 16, 32);
    config.shape(2, 8, 64);
    return config;
}

// A product of random weights and activations, ready to run.
class Product
{
public:
    Product(const CpuOps &ops, ElementType type, std::uint32_t rows, std::uint32_t columns, std::uint32_t tokens,
            QuantForm form = QuantForm::Full)
    {
        std::mt19937 random(rows + columns + tokens);
        std::normal_distribution<float> normal;
        std::vector<float> values(std::size_t(rows) * columns);
        for (float &value : values)
            value = normal(random);
        m_weights = test::quantiseRows(type, columns, values);
        const std::size_t rowBytes = m_weights.size() / rows, count = std::size_t(tokens) * columns;
        if (!m_activations.allocate(tokens, columns, Activations::Form::Both) ||
            !m_scratch.allocate(matmulScratchBytes(rowBytes, tokens)))
            qFatal("no memory");
        m_rows = m_activations.rows(columns, form);
        for (std::size_t i = 0; i < count; ++i)
            m_rows.floats[i] = normal(random) * (i % 97 == 0 ? 50.0f : 1.0f); // outliers, as activations have them
        for (std::uint32_t t = 0; t < tokens; ++t)
            ops.quantise(m_rows.row(t), columns, m_rows.quantised, t, 0);
        task.type = type;
        task.weights = reinterpret_cast<const std::byte *>(m_weights.data());
        task.rowBytes = rowBytes;
        task.rows = rows;
        task.columns = columns;
        task.tokens = tokens;
        task.quantised = &m_rows.quantised;
        task.floats = m_rows.floats;
        task.outStride = rows;
        task.scratch.bytes = m_scratch.data();
    }
    // What `matmul` makes of it.
    template <class Matmul> std::vector<float> run(const Matmul &matmul)
    {
        std::vector<float> out(std::size_t(task.tokens) * task.rows, -1.0f);
        task.out = out.data();
        matmul(task);
        return out;
    }

    MatmulTask task;

private:
    std::string m_weights;
    Activations m_activations;
    ActivationRows m_rows;
    AlignedBuffer<std::uint8_t> m_scratch;
};

bool hasAvx512()
{
    const auto isas = availableIsas();
    return std::find(isas.begin(), isas.end(), "avx512") != isas.end();
}

} // namespace

class TestAmx : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { TileMachine::ofThisThread() = {}; }

    void refusesWrongConfigurations_data()
    {
        QTest::addColumn<TileConfig>("config");
        QTest::addColumn<bool>("wrong");
        const auto row = [](const char *name, bool wrong, auto change) {
            TileConfig config = good();
            change(config);
            QTest::newRow(name) << config << wrong;
        };
        row("a good one", false, [](TileConfig &) {});
        row("palette", true, [](TileConfig &c) { c.palette = 2; });
        row("start row", true, [](TileConfig &c) { c.startRow = 1; });
        row("reserved bytes", true, [](TileConfig &c) { c.reserved[13] = 1; });
        row("17 rows", true, [](TileConfig &c) { c.shape(3, 17, 64); });
        row("rows of 68 bytes", true, [](TileConfig &c) { c.shape(3, 16, 68); });
        row("rows without bytes", true, [](TileConfig &c) { c.shape(3, 16, 0); });
        row("bytes without rows", true, [](TileConfig &c) { c.shape(3, 0, 64); });
        row("a ninth register", true, [](TileConfig &c) { c.shape(8, 16, 64); });
    }
    void refusesWrongConfigurations()
    {
        QFETCH(TileConfig, config);
        QFETCH(bool, wrong);
        TileMachine machine;
        machine.configure(config);
        QCOMPARE(machine.takeError() != nullptr, wrong);
        QCOMPARE(machine.configured(), !wrong);
    }

    void refusesWrongProducts()
    {
        TileMachine machine;
        machine.zero(0);
        QVERIFY2(machine.takeError(), "without a configuration");
        machine.configure(good());
        machine.dotSignedUnsigned(0, 1, 2);
        QVERIFY(!machine.takeError());
        machine.dotSignedUnsigned(0, 0, 2);
        QVERIFY2(machine.takeError(), "a register twice");
        machine.dotSignedUnsigned(0, 2, 1);
        QVERIFY2(machine.takeError(), "8 rows for sums of 16");
        machine.zero(3);
        QVERIFY2(machine.takeError(), "no shape");
        machine.release();
        machine.zero(0);
        QVERIFY2(machine.takeError(), "released");
        TileConfig config = good();
        config.shape(1, 16, 30);
        machine.configure(config);
        machine.dotSignedUnsigned(0, 1, 2);
        QVERIFY2(machine.takeError(), "30 bytes are no whole number of 4");
        config.shape(1, 16, 28);
        machine.configure(config);
        machine.dotSignedUnsigned(0, 1, 2);
        QVERIFY2(machine.takeError(), "28 bytes meet 8 rows");
    }

    // Numbers by hand: signed times unsigned, four bytes a lane, added to what is there, wrapping.
    void multipliesAsTheManualSays()
    {
        TileConfig config;
        config.shape(0, 2, 8);
        config.shape(1, 2, 8);
        config.shape(2, 2, 8);
        TileMachine machine;
        machine.configure(config);
        const std::int32_t sums[2][2] = {{1000, 2000}, {3000, 0x7fffffff}};
        const std::int8_t a[2][8] = {{1, 2, 3, 4, -1, -2, -3, -4}, {127, -128, 0, 0, 0, 0, 0, 1}};
        const std::uint8_t b[2][8] = {{10, 20, 30, 40, 255, 0, 0, 1}, {1, 1, 1, 1, 0, 0, 0, 2}};
        machine.load(0, sums, 8);
        machine.load(1, a, 8);
        machine.load(2, b, 8);
        machine.dotSignedUnsigned(0, 1, 2);
        std::int32_t found[2][4] = {{7, 7, 7, 7}, {7, 7, 7, 7}};
        machine.store(0, found, 16);
        QVERIFY(!machine.takeError());
        QCOMPARE(found[0][0], 1000 + 10 + 40 + 90 + 160 - 10);
        QCOMPARE(found[0][1], 2000 + 255 + 4 - 8);
        QCOMPARE(found[1][0], 3000 + 1270 - 2560 + 1);
        QCOMPARE(found[1][1], std::int32_t(0x7fffffffu + 127 * 255 + 2));
        QCOMPARE(found[0][2], 7); // behind the row
        QCOMPARE(found[1][3], 7);
    }

    void sameBitsAsVectors_data()
    {
        QTest::addColumn<ElementType>("type");
        for (const ElementTypeTraits &traits : elementTypes())
            if (traits.blockLength > 1)
                QTest::newRow(std::string(traits.name).c_str()) << traits.type;
    }
    void sameBitsAsVectors()
    {
        QFETCH(ElementType, type);
        TileMachine &machine = TileMachine::ofThisThread();
        const std::vector<std::uint32_t> columnCounts = traitsOf(type).blockLength == 32 ? std::vector{32u, 160u, 1056u} : std::vector{256u, 1280u};
        for (const std::uint32_t columns : columnCounts)
            for (const std::uint32_t rows : {1u, 97u})
                for (const std::uint32_t tokens : {16u, 19u, 45u}) {
                    const QuantForm form = tokens == 19 ? QuantForm::Outliers : QuantForm::Full;
                    const auto compare = [&](const CpuOps &ops, bool (*onTiles)(const MatmulTask &)) {
                        Product product(ops, type, rows, columns, tokens, form);
                        const std::vector<float> expected = product.run(ops.matmul);
                        const std::uint64_t before = machine.products();
                        bool taken = false;
                        const std::vector<float> found = product.run([&](const MatmulTask &task) { taken = onTiles(task); });
                        QVERIFY(taken);
                        QVERIFY(machine.products() > before);
                        QVERIFY2(!machine.configured(), "tiles were not released");
                        const char *error = machine.takeError();
                        QVERIFY2(!error, error);
                        for (std::size_t i = 0; i < found.size(); ++i)
                            if (std::memcmp(&found[i], &expected[i], sizeof(float)) != 0)
                                QFAIL(qPrintable(QStringLiteral("%1 x %2, %3 tokens: row %4 of token %5 is %6 and not %7")
                                                     .arg(rows).arg(columns).arg(tokens).arg(i % rows).arg(i / rows)
                                                     .arg(double(found[i])).arg(double(expected[i]))));
                    };
                    compare(scalarOps(), test::emulatedAmxOnScalar);
                    if (QTest::currentTestFailed())
                        return;
#if defined(__x86_64__)
                    if (hasAvx512())
                        compare(avx512Ops(), test::emulatedAmxOnAvx512);
                    if (QTest::currentTestFailed())
                        return;
#endif
                }
    }

    void leavesFewTokensAndFloatsToVectors()
    {
        Product few(scalarOps(), ElementType::Q4_K, 16, 256, 15), floats(scalarOps(), ElementType::BF16, 16, 256, 64);
        for (Product *product : {&few, &floats}) {
            bool taken = true;
            product->run([&](const MatmulTask &task) { taken = test::emulatedAmxOnScalar(task); });
            QVERIFY(!taken);
        }
        QCOMPARE(TileMachine::ofThisThread().products(), std::uint64_t(0));
    }

    void aChildFindsOut()
    {
        QCOMPARE(tryInChild([] { return true; }), std::string());
        QVERIFY(tryInChild([] { return false; }).find("wrong") != std::string::npos);
        QVERIFY(tryInChild([] { return ::raise(SIGILL) == 0; }).find("crashed") != std::string::npos);
        QVERIFY(tryInChild([] { return ::kill(::getpid(), SIGKILL) == 0; }).find("crashed") != std::string::npos);
    }

    void saysWhyThereIsNone()
    {
        TileFacts facts;
        QVERIFY(whyNoTiles(facts).find("processor has no AMX") != std::string::npos);
        facts.processor = true;
        QVERIFY(whyNoTiles(facts).find("AVX-512") != std::string::npos);
        facts.avx512 = true;
        QVERIFY(whyNoTiles(facts).find("does not save") != std::string::npos);
        // Where the facts are wrong, the system or the trial says so, and nothing crashes.
        facts.saved = true;
        const auto isas = availableIsas();
        const bool granted = std::find(isas.begin(), isas.end(), "amx") != isas.end();
        QCOMPARE(whyNoTiles(facts).empty(), granted);
        const Result<const CpuOps *> ops = opsForIsa("amx");
        QCOMPARE(bool(ops), granted);
        QCOMPARE(whyNoAmx().empty(), granted);
#if defined(__x86_64__)
        QCOMPARE(tryInChild(tryTiles).empty(), granted); // an illegal instruction elsewhere
#endif
        if (!granted) {
            QCOMPARE(ops.error().code, ErrorCode::Unsupported);
            QVERIFY(ops.error().message.find(whyNoAmx()) != std::string::npos);
        }
    }
};

QTEST_GUILESS_MAIN(TestAmx)
#include "tst_amx.moc"
