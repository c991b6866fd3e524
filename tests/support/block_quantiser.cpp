#include "tests/support/block_quantiser.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>

namespace test {

using kernels::ElementType;

namespace {

void append16(std::string &out, std::uint16_t value)
{
    out.push_back(static_cast<char>(value & 0xff));
    out.push_back(static_cast<char>(value >> 8));
}

void append32(std::string &out, std::uint32_t value)
{
    append16(out, static_cast<std::uint16_t>(value));
    append16(out, static_cast<std::uint16_t>(value >> 16));
}

// The half that is nearest to a scale, and the float that a reader gets back from it.
float appendScale(std::string &out, float scale)
{
    const std::uint16_t half = toHalf(scale);
    append16(out, half);
    const int exponent = half >> 10 & 31;
    const int mantissa = half & 1023;
    const float magnitude =
        exponent == 0 ? std::ldexp(float(mantissa), -24) : std::ldexp(float(mantissa + 1024), exponent - 25);
    return half & 0x8000 ? -magnitude : magnitude;
}

int level(float value, float scale, int lowest, int highest)
{
    if (scale == 0)
        return std::clamp(0, lowest, highest);
    return std::clamp(int(std::lround(value / scale)), lowest, highest);
}

float largestMagnitude(std::span<const float> values)
{
    float largest = 0;
    for (const float value : values)
        largest = std::max(largest, std::fabs(value));
    return largest;
}

// Low nibble: weight j; high nibble: weight j + half.
void appendNibbles(std::string &out, std::span<const int> levels)
{
    const std::size_t half = levels.size() / 2;
    for (std::size_t j = 0; j < half; ++j)
        out.push_back(static_cast<char>((levels[j] & 15) | (levels[j + half] & 15) << 4));
}

// Q4_0, Q5_0: d * (q - middle). Q4_1, Q5_1: d * q + m. The fifth bits of Q5 come before the nibbles.
void appendLegacyBlock(std::string &out, std::span<const float> x, int bits, bool hasMinimum)
{
    const int highest = (1 << bits) - 1;
    std::array<int, 32> levels{};
    if (hasMinimum) {
        const auto [low, high] = std::minmax_element(x.begin(), x.end());
        const float scale = appendScale(out, (*high - *low) / float(highest));
        const float minimum = appendScale(out, *low);
        for (std::size_t j = 0; j < 32; ++j)
            levels[j] = level(x[j] - minimum, scale, 0, highest);
    } else {
        const int middle = 1 << (bits - 1);
        const float scale = appendScale(out, largestMagnitude(x) / float(middle - 1));
        for (std::size_t j = 0; j < 32; ++j)
            levels[j] = level(x[j], scale, -middle, middle - 1) + middle;
    }
    if (bits == 5) {
        std::uint32_t fifthBits = 0;
        for (std::size_t j = 0; j < 32; ++j)
            fifthBits |= std::uint32_t(levels[j] >> 4) << j;
        append32(out, fifthBits);
    }
    appendNibbles(out, levels);
}

void appendQ8Block(std::string &out, std::span<const float> x)
{
    const float scale = appendScale(out, largestMagnitude(x) / 127);
    for (const float value : x)
        out.push_back(static_cast<char>(level(value, scale, -127, 127)));
}

// Q4_K, Q5_K: eight sub-blocks of 32, d * scale * q - dmin * minimum with 6-bit scales and minima.
void appendKBlock(std::string &out, std::span<const float> x, int bits)
{
    const int highest = (1 << bits) - 1;
    std::array<float, 8> wantedScale{}, wantedMinimum{};
    for (std::size_t s = 0; s < 8; ++s) {
        const auto sub = x.subspan(s * 32, 32);
        const float low = std::min(0.0f, *std::min_element(sub.begin(), sub.end()));
        wantedScale[s] = (std::max(low, *std::max_element(sub.begin(), sub.end())) - low) / float(highest);
        wantedMinimum[s] = -low;
    }
    const float d = appendScale(out, largestMagnitude(wantedScale) / 63);
    const float dMinimum = appendScale(out, largestMagnitude(wantedMinimum) / 63);

    std::array<int, 256> levels{};
    std::array<std::uint8_t, 12> packed{};
    for (std::size_t s = 0; s < 8; ++s) {
        const int scale = level(wantedScale[s], d, 0, 63);
        const int minimum = level(wantedMinimum[s], dMinimum, 0, 63);
        for (std::size_t l = 0; l < 32; ++l)
            levels[s * 32 + l] =
                level(x[s * 32 + l] + dMinimum * float(minimum), d * float(scale), 0, highest);
        if (s < 4) {
            packed[s] |= static_cast<std::uint8_t>(scale);
            packed[s + 4] |= static_cast<std::uint8_t>(minimum);
        } else {
            packed[s + 4] |= static_cast<std::uint8_t>((scale & 15) | (minimum & 15) << 4);
            packed[s - 4] |= static_cast<std::uint8_t>((scale >> 4) << 6);
            packed[s] |= static_cast<std::uint8_t>((minimum >> 4) << 6);
        }
    }
    out.append(reinterpret_cast<const char *>(packed.data()), packed.size());
    if (bits == 5) {
        for (std::size_t l = 0; l < 32; ++l) {
            int fifthBits = 0;
            for (std::size_t s = 0; s < 8; ++s)
                fifthBits |= (levels[s * 32 + l] >> 4) << s;
            out.push_back(static_cast<char>(fifthBits));
        }
    }
    for (std::size_t pair = 0; pair < 4; ++pair)
        appendNibbles(out, std::span(levels).subspan(pair * 64, 64));
}

// Q6_K: sixteen sub-blocks of 16, d * scale * (q - 32) with 8-bit scales.
void appendQ6KBlock(std::string &out, std::span<const float> x)
{
    std::array<float, 16> wantedScale{};
    for (std::size_t s = 0; s < 16; ++s)
        wantedScale[s] = largestMagnitude(x.subspan(s * 16, 16)) / 31;
    std::string scaleBytes;
    const float d = appendScale(scaleBytes, largestMagnitude(wantedScale) / 127);

    std::array<int, 256> levels{};
    std::string scales;
    for (std::size_t s = 0; s < 16; ++s) {
        const int scale = level(wantedScale[s], d, 0, 127);
        scales.push_back(static_cast<char>(scale));
        for (std::size_t l = 0; l < 16; ++l)
            levels[s * 16 + l] = level(x[s * 16 + l], d * float(scale), -32, 31) + 32;
    }
    std::string highBits;
    for (std::size_t half = 0; half < 256; half += 128) {
        const int *q = levels.data() + half;
        for (std::size_t l = 0; l < 64; ++l) // weight l or l + 64 of this half
            out.push_back(static_cast<char>((q[l] & 15) | (q[l + 64] & 15) << 4));
        for (std::size_t l = 0; l < 32; ++l)
            highBits.push_back(static_cast<char>(q[l] >> 4 | (q[l + 32] >> 4) << 2 | (q[l + 64] >> 4) << 4 |
                                                 (q[l + 96] >> 4) << 6));
    }
    out.append(highBits).append(scales).append(scaleBytes);
}

// The value of largest magnitude, with its sign.
float extreme(std::span<const float> values)
{
    return *std::max_element(values.begin(), values.end(),
                             [](float a, float b) { return std::fabs(a) < std::fabs(b); });
}

// Two bits of each level of 128 weights: bits 2k, 2k + 1 of byte l are those of weight 32k + l.
void appendPairsOfBits(std::string &out, const int *levels)
{
    for (std::size_t l = 0; l < 32; ++l)
        out.push_back(static_cast<char>((levels[l] & 3) | (levels[l + 32] & 3) << 2 |
                                        (levels[l + 64] & 3) << 4 | (levels[l + 96] & 3) << 6));
}

// Q2_K: sixteen sub-blocks of 16, d * scale * q - dmin * minimum with 4-bit scales and minima.
void appendQ2KBlock(std::string &out, std::span<const float> x)
{
    std::array<float, 16> wantedScale{}, wantedMinimum{};
    for (std::size_t s = 0; s < 16; ++s) {
        const auto sub = x.subspan(s * 16, 16);
        const float low = std::min(0.0f, *std::min_element(sub.begin(), sub.end()));
        wantedScale[s] = (std::max(low, *std::max_element(sub.begin(), sub.end())) - low) / 3;
        wantedMinimum[s] = -low;
    }
    std::string halves;
    const float d = appendScale(halves, largestMagnitude(wantedScale) / 15);
    const float dMinimum = appendScale(halves, largestMagnitude(wantedMinimum) / 15);

    std::array<int, 256> levels{};
    for (std::size_t s = 0; s < 16; ++s) {
        const int scale = level(wantedScale[s], d, 0, 15);
        const int minimum = level(wantedMinimum[s], dMinimum, 0, 15);
        out.push_back(static_cast<char>(scale | minimum << 4));
        for (std::size_t l = 0; l < 16; ++l)
            levels[s * 16 + l] = level(x[s * 16 + l] + dMinimum * float(minimum), d * float(scale), 0, 3);
    }
    for (std::size_t half = 0; half < 256; half += 128)
        appendPairsOfBits(out, levels.data() + half);
    out.append(halves);
}

// Q3_K: sixteen sub-blocks of 16, d * scale * (q - 4) with scales of six bits, -32 .. 31.
void appendQ3KBlock(std::string &out, std::span<const float> x)
{
    std::array<float, 16> wantedScale{};
    for (std::size_t s = 0; s < 16; ++s)
        wantedScale[s] = extreme(x.subspan(s * 16, 16)) / -4; // so that it is a level, whatever its sign
    std::string half;
    const float d = appendScale(half, largestMagnitude(wantedScale) / 31);

    std::array<int, 256> levels{};
    std::array<std::uint8_t, 12> packed{};
    for (std::size_t s = 0; s < 16; ++s) {
        const int scale = level(wantedScale[s], d, -32, 31);
        for (std::size_t l = 0; l < 16; ++l)
            levels[s * 16 + l] = level(x[s * 16 + l], d * float(scale), -4, 3) + 4;
        const int bits = scale + 32;
        packed[s % 8] |= static_cast<std::uint8_t>((bits & 15) << (s < 8 ? 0 : 4));
        packed[8 + s % 4] |= static_cast<std::uint8_t>((bits >> 4) << (2 * (s / 4)));
    }
    for (std::size_t l = 0; l < 32; ++l) {
        int thirdBits = 0;
        for (std::size_t k = 0; k < 8; ++k)
            thirdBits |= (levels[32 * k + l] >> 2) << k;
        out.push_back(static_cast<char>(thirdBits));
    }
    for (std::size_t first = 0; first < 256; first += 128)
        appendPairsOfBits(out, levels.data() + first);
    out.append(reinterpret_cast<const char *>(packed.data()), packed.size()).append(half);
}

constexpr std::array<int, 16> kIq4Levels{-127, -104, -83, -65, -49, -35, -22, -10,
                                         1,    13,   25,  38,  53,  69,  89,  113};
constexpr std::array<int, 16> kFp4Levels{0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

// 32 weights as numbers of the nearest levels, in the order of Q4_0.
void appendNearest(std::string &out, std::span<const float> x, float scale, const std::array<int, 16> &levels)
{
    std::array<int, 32> numbers{};
    for (std::size_t j = 0; j < 32; ++j) {
        float best = std::numeric_limits<float>::infinity();
        for (int n = 0; n < 16; ++n) {
            const float distance = std::fabs(x[j] - scale * float(levels[std::size_t(n)]));
            if (distance < best) {
                best = distance;
                numbers[j] = n;
            }
        }
    }
    appendNibbles(out, numbers);
}

void appendIq4NlBlock(std::string &out, std::span<const float> x)
{
    const float scale = appendScale(out, extreme(x) / -127);
    appendNearest(out, x, scale, kIq4Levels);
}

// IQ4_XS: eight sub-blocks of 32, each as IQ4_NL with the scale d * scale, six bits, -32 .. 31.
void appendIq4XsBlock(std::string &out, std::span<const float> x)
{
    std::array<float, 8> wantedScale{};
    for (std::size_t s = 0; s < 8; ++s)
        wantedScale[s] = extreme(x.subspan(s * 32, 32)) / -127;
    const float d = appendScale(out, largestMagnitude(wantedScale) / 31);

    std::uint32_t low = 0, high = 0;
    std::string weights;
    for (std::size_t s = 0; s < 8; ++s) {
        const int scale = level(wantedScale[s], d, -32, 31);
        low |= std::uint32_t((scale + 32) & 15) << (4 * s);
        high |= std::uint32_t((scale + 32) >> 4) << (2 * s);
        appendNearest(weights, x.subspan(s * 32, 32), d * float(scale), kIq4Levels);
    }
    append16(out, static_cast<std::uint16_t>(high));
    append32(out, low);
    out.append(weights);
}

// MXFP4: the power of two that leaves the largest weight between 4 and 8, of which 6 is the largest level.
void appendMxFp4Block(std::string &out, std::span<const float> x)
{
    const float largest = largestMagnitude(x);
    const int e = largest > 0 ? std::clamp(std::ilogb(largest) - 2 + 127, 0, 254) : 0;
    out.push_back(static_cast<char>(e));
    appendNearest(out, x, std::ldexp(1.0f, e - 128), kFp4Levels);
}

void appendBlock(std::string &out, ElementType type, std::span<const float> x)
{
    switch (type) {
    case ElementType::F32:
        return append32(out, std::bit_cast<std::uint32_t>(x[0]));
    case ElementType::F16:
        return append16(out, toHalf(x[0]));
    case ElementType::BF16:
        return append16(out, toBrainFloat(x[0]));
    case ElementType::Q4_0:
        return appendLegacyBlock(out, x, 4, false);
    case ElementType::Q4_1:
        return appendLegacyBlock(out, x, 4, true);
    case ElementType::Q5_0:
        return appendLegacyBlock(out, x, 5, false);
    case ElementType::Q5_1:
        return appendLegacyBlock(out, x, 5, true);
    case ElementType::Q8_0:
        return appendQ8Block(out, x);
    case ElementType::Q2_K:
        return appendQ2KBlock(out, x);
    case ElementType::Q3_K:
        return appendQ3KBlock(out, x);
    case ElementType::Q4_K:
        return appendKBlock(out, x, 4);
    case ElementType::Q5_K:
        return appendKBlock(out, x, 5);
    case ElementType::Q6_K:
        return appendQ6KBlock(out, x);
    case ElementType::IQ4_NL:
        return appendIq4NlBlock(out, x);
    case ElementType::IQ4_XS:
        return appendIq4XsBlock(out, x);
    case ElementType::MXFP4:
        return appendMxFp4Block(out, x);
    case ElementType::F8_E4M3:
        break; // no type of GGUF: tiny_deepseek.h has matrices of it
    }
}

} // namespace

std::string quantiseRows(ElementType type, std::uint32_t columns, std::span<const float> values)
{
    const kernels::ElementTypeTraits &traits = kernels::traitsOf(type);
    if (columns == 0 || columns % traits.blockLength != 0 || values.size() % columns != 0) {
        std::fprintf(stderr, "quantiseRows: %zu weights in rows of %u are not whole blocks of %s\n",
                     values.size(), columns, traits.name.data());
        std::abort();
    }
    std::string out;
    out.reserve(values.size() / traits.blockLength * traits.blockBytes);
    for (std::size_t at = 0; at < values.size(); at += traits.blockLength)
        appendBlock(out, type, values.subspan(at, traits.blockLength));
    return out;
}

std::uint16_t toHalf(float value)
{
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
    const auto sign = static_cast<std::uint16_t>(bits >> 16 & 0x8000);
    const std::uint32_t magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000)
        return sign | 0x7e00; // NaN
    if (magnitude >= 0x477ff000)
        return sign | 0x7c00;   // rounds above the largest half
    if (magnitude < 0x38800000) // subnormal: a whole number of 2^-24, ties to even by the addition's rounding
        return static_cast<std::uint16_t>(
            sign | std::uint16_t(std::nearbyint(std::ldexp(double(std::bit_cast<float>(magnitude)), 24))));
    const std::uint32_t rounded = magnitude + 0xfff + (magnitude >> 13 & 1);
    return static_cast<std::uint16_t>(sign | (rounded - 0x38000000) >> 13);
}

std::uint16_t toBrainFloat(float value)
{
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
    if ((bits & 0x7fffffff) > 0x7f800000)
        return static_cast<std::uint16_t>(bits >> 16 | 0x40);
    return static_cast<std::uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

} // namespace test
