// The device's arithmetic on the CUDA shim: every half and bfloat16, rounding of what lies between, dot
// products of bytes.
#include "kernels/half.h"
#include "tests/support/cuda_shim/shim.h"

#include <QTest>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

namespace {

__extension__ using Exact = __float128; // holds a * b + c of halves, and of bfloat16 that are not far apart

Exact magnitude(Exact value)
{
    return value < 0 ? -value : value;
}

// Whether `bits` is the number of its format that is nearest to `exact`, the even one of two.
template <class Value> bool isNearest(Exact exact, unsigned short bits, Value value)
{
    const Exact distance = magnitude(exact - Exact(value(bits)));
    for (const int step : {-1, 1}) {
        const unsigned short other = static_cast<unsigned short>(bits + step);
        if ((bits & 0x7fff) == 0 && step < 0)
            continue; // below zero lies the other sign, which is as far as the next above
        const float neighbour = value(other);
        if (!std::isfinite(neighbour))
            continue;
        const Exact otherDistance = magnitude(exact - Exact(neighbour));
        if (otherDistance < distance || (otherDistance == distance && (bits & 1) && neighbour != value(bits)))
            return false;
    }
    return true;
}

float randomFloat(std::mt19937 &random, int lowestExponent, int highestExponent)
{
    const int exponent = std::uniform_int_distribution<int>(lowestExponent, highestExponent)(random);
    const float part = std::uniform_real_distribution<float>(1, 2)(random);
    return std::ldexp(random() & 1 ? -part : part, exponent);
}

} // namespace

class TestShimNumbers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyHalfIsAFloatAndBack()
    {
        for (unsigned bits = 0; bits < 65536; ++bits) {
            const __half value = __ushort_as_half(static_cast<unsigned short>(bits));
            const float wide = __half2float(value), expected = kernels::halfToFloat(std::uint16_t(bits));
            if (std::isnan(expected)) {
                QVERIFY(std::isnan(wide) && __hisnan(value));
                QCOMPARE(__half_as_ushort(__float2half(wide)), static_cast<unsigned short>(0x7fff));
                continue;
            }
            QCOMPARE(std::bit_cast<std::uint32_t>(wide), std::bit_cast<std::uint32_t>(expected));
            QCOMPARE(unsigned(__half_as_ushort(__float2half_rn(wide))), bits);
        }
    }

    void everyBfloatIsAFloatAndBack()
    {
        for (unsigned bits = 0; bits < 65536; ++bits) {
            const float wide = __bfloat162float(__ushort_as_bfloat16(static_cast<unsigned short>(bits)));
            QCOMPARE(std::bit_cast<std::uint32_t>(wide), std::uint32_t(bits) << 16);
            const unsigned back = __bfloat16_as_ushort(__float2bfloat16_rn(wide));
            QCOMPARE(back, std::isnan(wide) ? 0x7fffu : bits);
        }
    }

    void floatsAreRoundedToTheNearest()
    {
        std::mt19937 random(1);
        for (int i = 0; i < 300000; ++i) {
            const float value = randomFloat(random, -27, 15);
            if (std::fabs(value) < 65520)
                QVERIFY2(isNearest(value, __half_as_ushort(__float2half(value)), shim::halfValue),
                         qPrintable(QString::number(value)));
            QVERIFY(isNearest(value, __bfloat16_as_ushort(__float2bfloat16(value)), shim::bfloatValue));
            const double wide = double(value) * (1 + 1e-12);
            if (std::fabs(wide) < 65519)
                QVERIFY(isNearest(wide, __half(wide).bits, shim::halfValue));
        }
        // Half way between two, and the ends of the range.
        for (unsigned bits = 0; bits < 0x7bff; ++bits) {
            const float low = shim::halfValue(std::uint16_t(bits)),
                        high = shim::halfValue(std::uint16_t(bits + 1));
            const float between = (low + high) / 2;
            QCOMPARE(unsigned(shim::halfBits(between)), bits + (bits & 1));
            QCOMPARE(unsigned(shim::halfBits(-between)), (bits + (bits & 1)) | 0x8000);
        }
        QCOMPARE(unsigned(shim::halfBits(65519.996f)), 0x7bffu);
        QCOMPARE(unsigned(shim::halfBits(65520.0f)), 0x7c00u);
        QCOMPARE(unsigned(shim::halfBits(-1e30f)), 0xfc00u);
        QCOMPARE(unsigned(shim::halfBits(std::ldexp(1.0f, -25))), 0u);
        QCOMPARE(unsigned(shim::bfloatBits(3.4e38f)), 0x7f80u);
    }

    void oneOperationRoundsOnce()
    {
        std::mt19937 random(2);
        for (int i = 0; i < 200000; ++i) {
            const __half a(randomFloat(random, -12, 5)), b(randomFloat(random, -12, 5)),
                c(randomFloat(random, -20, 9));
            const Exact exactA = float(a), exactB = float(b), exactC = float(c);
            QVERIFY(isNearest(exactA + exactB, __hadd(a, b).bits, shim::halfValue));
            QVERIFY(isNearest(exactA - exactB, (a - b).bits, shim::halfValue));
            QVERIFY(isNearest(exactA * exactB, __hmul(a, b).bits, shim::halfValue));
            QVERIFY(isNearest(exactA * exactB + exactC, __hfma(a, b, c).bits, shim::halfValue));
            if (std::fabs(float(a) / float(b)) < 65504)
                QVERIFY(isNearest(exactA / exactB, __hdiv(a, b).bits, shim::halfValue));
            const __nv_bfloat16 x = float(a) + 0.01f, y = float(b), z = float(c);
            QVERIFY(isNearest(Exact(float(x)) * Exact(float(y)) + Exact(float(z)), __hfma(x, y, z).bits,
                              shim::bfloatValue));
            QVERIFY(isNearest(Exact(float(x)) + Exact(float(y)), __hadd(x, y).bits, shim::bfloatValue));
        }
        // A product that is just above half way, which two roundings would lose.
        const __half one(1.0f), step(0.00048828125f), tiny(5.9604644775390625e-8f);
        QCOMPARE(float(__hfma(step, one, one)), 1.0f);
        QCOMPARE(float(__hfma(step, __half(1.0009765625f), one)), 1.0009765625f);
        QVERIFY(isNearest(Exact(1) + Exact(float(step)) * Exact(float(tiny)), __hfma(step, tiny, one).bits,
                          shim::halfValue));
    }

    void pairsAreTwoOfThem()
    {
        const __half2 a = __floats2half2_rn(1.5f, -2.25f), b = __half2half2(__half(3.0f));
        const __half2 sum = __hadd2(a, b), product = __hmul2(a, b), fused = __hfma2(a, b, a);
        QCOMPARE(__low2float(sum), 4.5f);
        QCOMPARE(__high2float(sum), 0.75f);
        QCOMPARE(__half22float2(product).y, -6.75f);
        QCOMPARE(float(fused.x), 6.0f);
        QCOMPARE(sizeof(__half2), std::size_t(4));
        unsigned bits = 0;
        std::memcpy(&bits, &a, 4);
        QCOMPARE(bits, 0xc0803e00u); // the low half first
    }

    void bytesAreMultipliedAndAdded()
    {
        std::mt19937 random(3);
        for (int i = 0; i < 100000; ++i) {
            const unsigned a = random(), b = random(), c = random();
            int sum = 0;
            unsigned unsignedSum = c;
            for (int k = 0; k < 4; ++k) {
                sum += int(std::int8_t(a >> (8 * k))) * int(std::int8_t(b >> (8 * k)));
                unsignedSum += (a >> (8 * k) & 255) * (b >> (8 * k) & 255);
            }
            QCOMPARE(__dp4a(int(a), int(b), int(c)), int(c + unsigned(sum)));
            QCOMPARE(__dp4a(a, b, c), unsignedSum);
            const unsigned selector = random() & 0x7777;
            const unsigned got = __byte_perm(a, b, selector);
            for (int k = 0; k < 4; ++k) {
                const unsigned byte = selector >> (4 * k) & 7;
                QCOMPARE(got >> (8 * k) & 255, (byte < 4 ? a >> (8 * byte) : b >> (8 * (byte - 4))) & 255);
            }
            const unsigned difference = __vsub4(a, b), saturated = __vsubss4(a, b),
                           equal = __vcmpeq4(a, a ^ (b & 0xff00u));
            for (int k = 0; k < 4; ++k) {
                const int x = std::int8_t(a >> (8 * k)), y = std::int8_t(b >> (8 * k));
                QCOMPARE(int(std::int8_t(difference >> (8 * k))), int(std::int8_t(x - y)));
                QCOMPARE(int(std::int8_t(saturated >> (8 * k))), std::clamp(x - y, -128, 127));
                QCOMPARE(equal >> (8 * k) & 255, k == 1 && (b & 0xff00u) ? 0u : 255u);
            }
        }
        QCOMPARE(__byte_perm(0x00000080u, 0, 0x8888), 0xffffffffu);
        QCOMPARE(__dp4a(int(0x80808080u), int(0x80808080u), 0), 4 * 128 * 128);
    }

    void conversionsAreDefinedEverywhere()
    {
        QCOMPARE(__float2int_rn(2.5f), 2);
        QCOMPARE(__float2int_rn(3.5f), 4);
        QCOMPARE(__float2int_rn(-2.5f), -2);
        QCOMPARE(__float2int_rz(-2.9f), -2);
        QCOMPARE(__float2int_rd(-2.1f), -3);
        QCOMPARE(__float2int_ru(2.1f), 3);
        QCOMPARE(__float2int_rn(1e20f), std::numeric_limits<int>::max());
        QCOMPARE(__float2int_rn(-1e20f), std::numeric_limits<int>::min());
        QCOMPARE(__float2int_rn(NAN), 0);
        QCOMPARE(__float2uint_rn(-1.0f), 0u);
        QCOMPARE(__saturatef(NAN), 0.0f);
        QCOMPARE(min(NAN, 2.0f), 2.0f);
        QCOMPARE(max(-3, 2), 2);
        QCOMPARE(max(1u, 2u), 2u);
    }

    void bitsAreCounted()
    {
        QCOMPARE(__popc(0xf0f0u), 8);
        QCOMPARE(__clz(1), 31);
        QCOMPARE(__clz(0), 32);
        QCOMPARE(__ffs(0), 0);
        QCOMPARE(__ffs(8), 4);
        QCOMPARE(__brev(1u), 0x80000000u);
        QCOMPARE(__umulhi(0xffffffffu, 2u), 1u);
        QCOMPARE(__mulhi(-1, 2), -1);
        QCOMPARE(__umul64hi(~0ull, 4ull), 3ull);
        QCOMPARE(__funnelshift_r(0x89abcdefu, 0x01234567u, 8), 0x6789abcdu);
        QCOMPARE(__funnelshift_l(0x89abcdefu, 0x01234567u, 8), 0x23456789u);
    }
};

QTEST_GUILESS_MAIN(TestShimNumbers)
#include "tst_shim_numbers.moc"
