// tests/support/block_quantiser.h: what it writes, dequantizeRow() reads back; else tests that use it prove
// little.
#include "kernels/dequantize.h"
#include "tests/support/block_quantiser.h"

#include <QTest>

#include <bit>
#include <cmath>
#include <cstring>
#include <random>

using namespace kernels;

namespace {

// Root mean square of the error, relative to that of the values.
double roundTripError(ElementType type, std::uint32_t columns, const std::vector<float> &values)
{
    const std::string bytes = test::quantiseRows(type, columns, values);
    const std::size_t rows = values.size() / columns, rowBytes = bytes.size() / rows;
    std::vector<float> back(columns);
    double errors = 0, squares = 0;
    for (std::size_t r = 0; r < rows; ++r) {
        dequantizeRow(type, reinterpret_cast<const std::byte *>(bytes.data()) + r * rowBytes, columns,
                      back.data());
        for (std::uint32_t j = 0; j < columns; ++j) {
            const double x = values[r * columns + j];
            errors += (back[j] - x) * (back[j] - x);
            squares += x * x;
        }
    }
    return std::sqrt(errors / squares);
}

} // namespace

class TestBlockQuantiser : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void roundTrip_data()
    {
        QTest::addColumn<int>("type");
        QTest::addColumn<double>("bound");
        const std::pair<ElementType, double> bounds[] = {
            {ElementType::F32, 0},     {ElementType::F16, 3e-4},     {ElementType::BF16, 2e-3},
            {ElementType::Q4_0, 0.09}, {ElementType::Q4_1, 0.08},    {ElementType::Q5_0, 0.045},
            {ElementType::Q5_1, 0.04}, {ElementType::Q8_0, 0.006},   {ElementType::Q4_K, 0.08},
            {ElementType::Q5_K, 0.04}, {ElementType::Q6_K, 0.02},    {ElementType::Q2_K, 0.16},
            {ElementType::Q3_K, 0.11}, {ElementType::IQ4_NL, 0.075}, {ElementType::IQ4_XS, 0.075},
            {ElementType::MXFP4, 0.12}};
        QCOMPARE(std::size(bounds), elementTypes().size());
        for (const auto &[type, bound] : bounds)
            QTest::addRow("%s", traitsOf(type).name.data()) << int(type) << bound;
    }
    void roundTrip()
    {
        QFETCH(int, type);
        QFETCH(double, bound);
        std::mt19937 random(3);
        std::vector<float> values(512 * 5);
        for (std::size_t i = 0; i < values.size(); ++i) // sub-blocks of different size and middle
            values[i] =
                (float(int(random() % 2001) - 1000) / 1000 + float(i / 16 % 3)) * float(1 + i / 32 % 7);
        const double error = roundTripError(ElementType(type), 512, values);
        QVERIFY2(error <= bound, qPrintable(QString::number(error)));
        const std::vector<float> zeros(512);
        const std::string bytes = test::quantiseRows(ElementType(type), 512, zeros);
        std::vector<float> back(512, 1.0f);
        dequantizeRow(ElementType(type), reinterpret_cast<const std::byte *>(bytes.data()), 512, back.data());
        for (const float value : back)
            QCOMPARE(value, 0.0f);
    }
    void everyHalfSurvives()
    {
        for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
            const auto half = std::uint16_t(bits);
            std::byte bytes[2];
            std::memcpy(bytes, &half, 2);
            float value = 0;
            dequantizeRow(ElementType::F16, bytes, 1, &value);
            if (std::isnan(value))
                QVERIFY((test::toHalf(value) & 0x7fff) > 0x7c00);
            else
                QCOMPARE(test::toHalf(value), half);
        }
    }
    void halvesRoundToNearestEven()
    {
        QCOMPARE(test::toHalf(1.0f + 0x1p-11f), std::uint16_t(0x3c00));     // tie, down to even
        QCOMPARE(test::toHalf(1.0f + 3 * 0x1p-11f), std::uint16_t(0x3c02)); // tie, up to even
        QCOMPARE(test::toHalf(0x1p-25f), std::uint16_t(0));                 // half of the smallest
        QCOMPARE(test::toHalf(3 * 0x1p-25f), std::uint16_t(2));
        QCOMPARE(test::toHalf(65519.0f), std::uint16_t(0x7bff));
        QCOMPARE(test::toHalf(65520.0f), std::uint16_t(0x7c00));
        QCOMPARE(test::toHalf(-1e30f), std::uint16_t(0xfc00));
        QCOMPARE(test::toBrainFloat(1.0f + 0x1p-8f), std::uint16_t(0x3f80));
        QCOMPARE(test::toBrainFloat(1.0f + 3 * 0x1p-8f), std::uint16_t(0x3f82));
    }
};

QTEST_GUILESS_MAIN(TestBlockQuantiser)
#include "tst_block_quantiser.moc"
