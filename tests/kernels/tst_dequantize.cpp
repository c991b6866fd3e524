// kernels/dequantize.h against the gguf Python package, and kernels/half.h against the definition.
#include "kernels/dequantize.h"

#include "kernels/half.h"

#include <QFile>
#include <QTest>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

using namespace kernels;

class TestDequantize : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void givesTheReferenceDecodersBits_data();
    void givesTheReferenceDecodersBits();
    void goldenFileHasEveryType();
    void writesNothingBehindTheRow();
    void e4m3IsExact();
    void fp8RowsHaveTheScalesOfTheirBlocks();
    void halfIsExact();
    void halfRoundTripsEveryValue();
    void halfRoundsToNearestEven_data();
    void halfRoundsToNearestEven();
    void bfloat16RoundsToNearestEven();
    void nanStaysNan();
};

namespace {

struct Golden
{
    ElementType type{};
    QByteArray blocks;
    std::vector<float> weights;
};

// The format is described in tests/golden/make_dequantize.py.
std::vector<Golden> readGolden()
{
    QFile file(QStringLiteral(BALEEN_GOLDEN_DIR "/dequantize.bin"));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("cannot read %s", qPrintable(file.fileName()));
    std::vector<Golden> all;
    while (!file.atEnd()) {
        std::uint32_t header[2] = {};
        if (file.read(reinterpret_cast<char *>(header), sizeof header) != sizeof header)
            qFatal("short header");
        const ElementTypeTraits *traits = findElementType(header[0]);
        if (!traits)
            qFatal("unknown type %u", header[0]);
        Golden golden{traits->type, file.read(header[1] * qint64(traits->blockBytes)), {}};
        golden.weights.resize(std::size_t(header[1]) * traits->blockLength);
        const qint64 size = static_cast<qint64>(golden.weights.size() * sizeof(float));
        if (file.read(reinterpret_cast<char *>(golden.weights.data()), size) != size)
            qFatal("short weights");
        all.push_back(std::move(golden));
    }
    return all;
}

bool sameBits(float a, float b)
{
    return (std::isnan(a) && std::isnan(b)) ||
           std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
}

// The definition of a half, in double.
double halfByDefinition(std::uint16_t half)
{
    const int exponent = (half >> 10) & 31, mantissa = half & 1023;
    const double sign = half & 0x8000 ? -1 : 1;
    if (exponent == 31)
        return mantissa ? std::numeric_limits<double>::quiet_NaN()
                        : sign * std::numeric_limits<double>::infinity();
    return exponent == 0 ? sign * std::ldexp(mantissa, -24)
                         : sign * std::ldexp(1024 + mantissa, exponent - 25);
}

} // namespace

void TestDequantize::givesTheReferenceDecodersBits_data()
{
    QTest::addColumn<int>("index");
    int index = 0;
    for (const Golden &golden : readGolden())
        QTest::addRow("%s", traitsOf(golden.type).name.data()) << index++;
}

void TestDequantize::givesTheReferenceDecodersBits()
{
    QFETCH(int, index);
    const std::vector<Golden> all = readGolden();
    const Golden &golden = all[static_cast<std::size_t>(index)];
    // One byte off: rows of a file have the alignment of their block size, which may be odd.
    QByteArray unaligned = "x" + golden.blocks;
    std::vector<float> weights(golden.weights.size());
    dequantizeRow(golden.type, reinterpret_cast<const std::byte *>(unaligned.constData()) + 1,
                  static_cast<std::uint32_t>(weights.size()), weights.data());
    std::size_t finite = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        finite += std::isfinite(weights[i]);
        if (!sameBits(weights[i], golden.weights[i]))
            QFAIL(qPrintable(QStringLiteral("weight %1: %2, expected %3")
                                 .arg(i)
                                 .arg(double(weights[i]), 0, 'g', 9)
                                 .arg(double(golden.weights[i]), 0, 'g', 9)));
    }
    QVERIFY(finite > weights.size() / 2); // else the comparison says little
}

void TestDequantize::goldenFileHasEveryType()
{
    QCOMPARE(readGolden().size(), elementTypes().size());
    for (const ElementTypeTraits &traits : elementTypes()) {
        const std::vector<Golden> all = readGolden();
        QVERIFY2(std::any_of(all.begin(), all.end(), [&](const Golden &g) { return g.type == traits.type; }),
                 traits.name.data());
    }
}

void TestDequantize::writesNothingBehindTheRow()
{
    for (const Golden &golden : readGolden()) {
        const std::uint32_t columns = traitsOf(golden.type).blockLength;
        std::vector<float> weights(columns + 1, 12345.0f);
        dequantizeRow(golden.type, reinterpret_cast<const std::byte *>(golden.blocks.constData()), columns,
                      weights.data());
        QCOMPARE(weights[columns], 12345.0f);
        dequantizeRow(golden.type, nullptr, 0, nullptr); // a row of nothing is nothing
    }
}

// The definition: sign, exponent with bias 7, three bits of mantissa.
void TestDequantize::e4m3IsExact()
{
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        const double sign = byte & 0x80 ? -1 : 1, mantissa = byte & 7;
        const int exponent = int(byte >> 3 & 15);
        const float found = e4m3ToFloat(std::uint8_t(byte));
        const auto weight = std::byte(byte);
        float row = 0;
        dequantizeRow(ElementType::F8_E4M3, &weight, 1, &row);
        QVERIFY(sameBits(row, found));
        if ((byte & 0x7f) == 0x7f) {
            QVERIFY(std::isnan(found));
            continue;
        }
        const double expected =
            sign * (exponent == 0 ? std::ldexp(mantissa, -9) : std::ldexp(8 + mantissa, exponent - 10));
        QVERIFY2(double(found) == expected && std::signbit(found) == (sign < 0),
                 qPrintable(QString::number(byte, 16)));
    }
    QCOMPARE(e4m3ToFloat(0x7e), 448.0f);
}

// Blocks at the edges are cut short, and a matrix may begin in the middle of one.
void TestDequantize::fp8RowsHaveTheScalesOfTheirBlocks()
{
    constexpr std::uint32_t columns = 300, rows = 10, firstRow = 125; // of 135 rows: two blocks of them
    const std::vector<std::byte> one(rows * columns, std::byte(0x38));
    const std::vector<float> scales{1, 2, 3, 4, 5, 6};
    WeightView view;
    view.type = ElementType::F8_E4M3;
    view.columns = columns;
    view.rows = rows;
    view.bytes = one.data();
    view.scales = {{scales.data(), firstRow}};
    std::vector<float> row(columns);
    for (std::uint32_t r = 0; r < rows; ++r) {
        dequantizeRow(view, 0, r, row.data());
        for (std::uint32_t c = 0; c < columns; ++c)
            QCOMPARE(row[c], float((firstRow + r >= 128 ? 4 : 1) + c / 128));
    }
}

void TestDequantize::halfIsExact()
{
    for (std::uint32_t half = 0; half < 0x10000; ++half) {
        const double expected = halfByDefinition(static_cast<std::uint16_t>(half));
        const float found = halfToFloat(static_cast<std::uint16_t>(half));
        if (std::isnan(expected))
            QVERIFY(std::isnan(found));
        else
            QVERIFY2(double(found) == expected && std::signbit(found) == std::signbit(expected),
                     qPrintable(QString::number(half, 16)));
    }
}

void TestDequantize::halfRoundTripsEveryValue()
{
    for (std::uint32_t half = 0; half < 0x10000; ++half) {
        const float value = halfToFloat(static_cast<std::uint16_t>(half));
        if (!std::isnan(value))
            QCOMPARE(floatToHalf(value), static_cast<std::uint16_t>(half));
    }
}

void TestDequantize::halfRoundsToNearestEven_data()
{
    QTest::addColumn<float>("value");
    QTest::addColumn<uint>("half");
    QTest::newRow("tie to even, down") << 1.0f + 0x1p-11f << 0x3c00u;
    QTest::newRow("tie to even, up") << 1.0f + 3 * 0x1p-11f << 0x3c02u;
    QTest::newRow("above the tie") << 1.0f + 0x1.002p-11f << 0x3c01u;
    QTest::newRow("largest that stays finite") << std::nextafter(65520.0f, 0.0f) << 0x7bffu;
    QTest::newRow("tie with infinity") << 65520.0f << 0x7c00u;
    QTest::newRow("far above") << 1e30f << 0x7c00u;
    QTest::newRow("negative infinity") << -std::numeric_limits<float>::infinity() << 0xfc00u;
    QTest::newRow("half the smallest") << 0x1p-25f << 0x0000u;
    QTest::newRow("just above half the smallest") << std::nextafter(0x1p-25f, 1.0f) << 0x0001u;
    QTest::newRow("subnormal tie to even") << -3 * 0x1p-25f << 0x8002u;
    QTest::newRow("largest subnormal rounds up to normal") << std::nextafter(0x1p-14f, 0.0f) << 0x0400u;
    QTest::newRow("tiny float") << std::numeric_limits<float>::denorm_min() << 0x0000u;
    QTest::newRow("negative zero") << -0.0f << 0x8000u;
}

void TestDequantize::halfRoundsToNearestEven()
{
    QFETCH(float, value);
    QFETCH(uint, half);
    QCOMPARE(uint(floatToHalf(value)), half);
}

void TestDequantize::bfloat16RoundsToNearestEven()
{
    for (std::uint32_t bfloat = 0; bfloat < 0x10000; ++bfloat) {
        const float value = bfloat16ToFloat(static_cast<std::uint16_t>(bfloat));
        if (std::isnan(value))
            continue;
        QCOMPARE(floatToBfloat16(value), static_cast<std::uint16_t>(bfloat));
    }
    QCOMPARE(uint(floatToBfloat16(std::bit_cast<float>(0x3f808000u))), 0x3f80u); // tie to even, down
    QCOMPARE(uint(floatToBfloat16(std::bit_cast<float>(0x3f818000u))), 0x3f82u); // tie to even, up
    QCOMPARE(uint(floatToBfloat16(std::bit_cast<float>(0x3f808001u))), 0x3f81u);
    QCOMPARE(uint(floatToBfloat16(std::numeric_limits<float>::max())), 0x7f80u);
}

void TestDequantize::nanStaysNan()
{
    for (const std::uint32_t bits : {0x7f800001u, 0x7fc00000u, 0xffffffffu, 0x7f802000u}) {
        const float nan = std::bit_cast<float>(bits);
        QVERIFY(std::isnan(halfToFloat(floatToHalf(nan))));
        QVERIFY(std::isnan(bfloat16ToFloat(floatToBfloat16(nan))));
    }
}

QTEST_GUILESS_MAIN(TestDequantize)
#include "tst_dequantize.moc"
