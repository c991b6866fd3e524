#include "kernels/dequantize.h"

#include "kernels/half.h"

#include <array>
#include <bit>
#include <cassert>
#include <cstring>

static_assert(std::endian::native == std::endian::little, "GGUF files are little endian and read in place");

namespace kernels {

namespace {

// Names of fields are those of the format: d scale, m or dmin minimum, qs low bits of the weights, qh high
// bits.

std::uint32_t byteAt(const std::byte *bytes, std::size_t index)
{
    return std::to_integer<std::uint32_t>(bytes[index]);
}

std::uint16_t u16At(const std::byte *bytes)
{
    std::uint16_t value;
    std::memcpy(&value, bytes, sizeof value);
    return value;
}

std::uint32_t u32At(const std::byte *bytes)
{
    std::uint32_t value;
    std::memcpy(&value, bytes, sizeof value);
    return value;
}

float halfAt(const std::byte *bytes)
{
    return halfToFloat(u16At(bytes));
}

float signedByteAt(const std::byte *bytes, std::size_t index)
{
    return static_cast<float>(static_cast<std::int8_t>(byteAt(bytes, index)));
}

std::uint32_t lowNibble(std::uint32_t value)
{
    return value & 15u;
}

std::uint32_t highNibble(std::uint32_t value)
{
    return value >> 4;
}

void dequantizeF32(const std::byte *block, float *y)
{
    std::memcpy(y, block, sizeof *y);
}

void dequantizeF16(const std::byte *block, float *y)
{
    *y = halfAt(block);
}

void dequantizeBf16(const std::byte *block, float *y)
{
    *y = bfloat16ToFloat(u16At(block));
}

void dequantizeE4m3(const std::byte *block, float *y)
{
    *y = e4m3ToFloat(std::to_integer<std::uint8_t>(*block));
}

// f16 d, qs[16]
void dequantizeQ4_0(const std::byte *block, float *y)
{
    const float d = halfAt(block);
    const std::byte *qs = block + 2;
    for (std::size_t j = 0; j < 16; ++j) {
        y[j] = d * (static_cast<float>(lowNibble(byteAt(qs, j))) - 8.0f);
        y[j + 16] = d * (static_cast<float>(highNibble(byteAt(qs, j))) - 8.0f);
    }
}

// f16 d, f16 m, qs[16]
void dequantizeQ4_1(const std::byte *block, float *y)
{
    const float d = halfAt(block), m = halfAt(block + 2);
    const std::byte *qs = block + 4;
    for (std::size_t j = 0; j < 16; ++j) {
        y[j] = d * static_cast<float>(lowNibble(byteAt(qs, j))) + m;
        y[j + 16] = d * static_cast<float>(highNibble(byteAt(qs, j))) + m;
    }
}

// The fifth bit of weight j is bit j of qh.
std::uint32_t fifthBit(std::uint32_t qh, std::size_t j)
{
    return ((qh >> j) & 1u) << 4;
}

// f16 d, u32 qh, qs[16]
void dequantizeQ5_0(const std::byte *block, float *y)
{
    const float d = halfAt(block);
    const std::uint32_t qh = u32At(block + 2);
    const std::byte *qs = block + 6;
    for (std::size_t j = 0; j < 16; ++j) {
        y[j] = d * (static_cast<float>(lowNibble(byteAt(qs, j)) | fifthBit(qh, j)) - 16.0f);
        y[j + 16] = d * (static_cast<float>(highNibble(byteAt(qs, j)) | fifthBit(qh, j + 16)) - 16.0f);
    }
}

// f16 d, f16 m, u32 qh, qs[16]
void dequantizeQ5_1(const std::byte *block, float *y)
{
    const float d = halfAt(block), m = halfAt(block + 2);
    const std::uint32_t qh = u32At(block + 4);
    const std::byte *qs = block + 8;
    for (std::size_t j = 0; j < 16; ++j) {
        y[j] = d * static_cast<float>(lowNibble(byteAt(qs, j)) | fifthBit(qh, j)) + m;
        y[j + 16] = d * static_cast<float>(highNibble(byteAt(qs, j)) | fifthBit(qh, j + 16)) + m;
    }
}

// f16 d, i8 qs[32]
void dequantizeQ8_0(const std::byte *block, float *y)
{
    const float d = halfAt(block);
    for (std::size_t j = 0; j < 32; ++j)
        y[j] = d * signedByteAt(block + 2, j);
}

struct ScaleAndMinimum
{
    float scale, minimum;
};

// Six bits each for the scale and the minimum of sub-block j (0 .. 7), packed into 12 bytes.
ScaleAndMinimum unpackScale(const std::byte *s, std::size_t j)
{
    std::uint32_t scale, minimum;
    if (j < 4) {
        scale = byteAt(s, j) & 63u;
        minimum = byteAt(s, j + 4) & 63u;
    } else {
        scale = lowNibble(byteAt(s, j + 4)) | (byteAt(s, j - 4) >> 6) << 4;
        minimum = highNibble(byteAt(s, j + 4)) | (byteAt(s, j) >> 6) << 4;
    }
    return {static_cast<float>(scale), static_cast<float>(minimum)};
}

// scales[16], qs[64], f16 d, f16 dmin: two halves of 128 weights, 32 bytes of qs each; weight 32k + l of a
// half is bits 2k, 2k + 1 of qs[l]. 16 weights share a byte of scales: the scale in its low nibble, the
// minimum in the high one.
void dequantizeQ2_K(const std::byte *block, float *y)
{
    const std::byte *scales = block, *qs = block + 16;
    const float d = halfAt(block + 80), dmin = halfAt(block + 82);
    for (std::size_t half = 0; half < 2; ++half, y += 128, qs += 32, scales += 8)
        for (std::size_t k = 0; k < 4; ++k)
            for (std::size_t l = 0; l < 32; ++l) {
                const std::uint32_t packed = byteAt(scales, 2 * k + l / 16);
                const float scale = d * static_cast<float>(lowNibble(packed));
                const float minimum = dmin * static_cast<float>(highNibble(packed));
                const std::uint32_t q = (byteAt(qs, l) >> (2 * k)) & 3u;
                y[32 * k + l] = scale * static_cast<float>(q) - minimum;
            }
}

// Six bits, 32 too large, for the scale of block i (0 .. 15) of 16 weights, packed into 12 bytes.
float unpackQ3Scale(const std::byte *s, std::size_t i)
{
    const std::uint32_t low = i < 8 ? lowNibble(byteAt(s, i)) : highNibble(byteAt(s, i - 8));
    const std::uint32_t high = (byteAt(s, 8 + i % 4) >> (2 * (i / 4))) & 3u;
    return static_cast<float>(low | high << 4) - 32.0f;
}

// hmask[32], qs[64], scales[12], f16 d: qs as in Q2_K; the third bit of weight 32k + l of a half is bit
// 4 * half + k of hmask[l].
void dequantizeQ3_K(const std::byte *block, float *y)
{
    const std::byte *hmask = block, *qs = block + 32, *scales = block + 96;
    const float d = halfAt(block + 108);
    for (std::size_t half = 0; half < 2; ++half, y += 128, qs += 32)
        for (std::size_t k = 0; k < 4; ++k)
            for (std::size_t l = 0; l < 32; ++l) {
                const float scale = d * unpackQ3Scale(scales, 8 * half + 2 * k + l / 16);
                const std::uint32_t low = (byteAt(qs, l) >> (2 * k)) & 3u;
                const std::uint32_t high = (byteAt(hmask, l) >> (4 * half + k)) & 1u;
                y[32 * k + l] = scale * (static_cast<float>(low | high << 2) - 4.0f);
            }
}

// f16 d, f16 dmin, scales[12], qs[128]: eight sub-blocks of 32; 32 bytes hold sub-block 2k in the low nibbles
// and 2k + 1 in the high ones.
void dequantizeQ4_K(const std::byte *block, float *y)
{
    const float d = halfAt(block), dmin = halfAt(block + 2);
    const std::byte *scales = block + 4, *qs = block + 16;
    for (std::size_t j = 0; j < 8; ++j) {
        const ScaleAndMinimum sub = unpackScale(scales, j);
        const float scale = d * sub.scale, minimum = dmin * sub.minimum;
        for (std::size_t l = 0; l < 32; ++l) {
            const std::uint32_t packed = byteAt(qs, 32 * (j / 2) + l);
            const std::uint32_t q = j % 2 == 0 ? lowNibble(packed) : highNibble(packed);
            y[32 * j + l] = scale * static_cast<float>(q) - minimum;
        }
    }
}

// As Q4_K with qh[32] before qs: bit j of qh[l] is the fifth bit of weight l of sub-block j.
void dequantizeQ5_K(const std::byte *block, float *y)
{
    const float d = halfAt(block), dmin = halfAt(block + 2);
    const std::byte *scales = block + 4, *qh = block + 16, *qs = block + 48;
    for (std::size_t j = 0; j < 8; ++j) {
        const ScaleAndMinimum sub = unpackScale(scales, j);
        const float scale = d * sub.scale, minimum = dmin * sub.minimum;
        for (std::size_t l = 0; l < 32; ++l) {
            const std::uint32_t packed = byteAt(qs, 32 * (j / 2) + l);
            const std::uint32_t low = j % 2 == 0 ? lowNibble(packed) : highNibble(packed);
            y[32 * j + l] = scale * static_cast<float>(low | fifthBit(byteAt(qh, l), j)) - minimum;
        }
    }
}

// ql[128], qh[64], i8 scales[16], f16 d: two halves of 128 weights; in each, weight 32k + l takes its low
// four bits from ql (k = 0, 1: low nibbles of ql[l], ql[l + 32]; k = 2, 3: the high ones) and bits 2k, 2k + 1
// of qh[l].
void dequantizeQ6_K(const std::byte *block, float *y)
{
    const std::byte *ql = block, *qh = block + 128, *scales = block + 192;
    const float d = halfAt(block + 208);
    for (std::size_t half = 0; half < 2; ++half, y += 128, ql += 64, qh += 32, scales += 8)
        for (std::size_t k = 0; k < 4; ++k)
            for (std::size_t l = 0; l < 32; ++l) {
                const std::uint32_t packed = byteAt(ql, l + 32 * (k % 2));
                const std::uint32_t low = k < 2 ? lowNibble(packed) : highNibble(packed);
                const std::uint32_t high = (byteAt(qh, l) >> (2 * k)) & 3u;
                const float q = static_cast<float>(low | high << 4) - 32.0f;
                const float scale = d * signedByteAt(scales, 2 * k + l / 16);
                y[32 * k + l] = scale * q;
            }
}

// The levels of IQ4_NL and IQ4_XS, closer together near zero.
constexpr std::array<float, 16> kIq4Levels{-127, -104, -83, -65, -49, -35, -22, -10,
                                           1,    13,   25,  38,  53,  69,  89,  113};

// f16 d, qs[16]
void dequantizeIQ4_NL(const std::byte *block, float *y)
{
    const float d = halfAt(block);
    const std::byte *qs = block + 2;
    for (std::size_t j = 0; j < 16; ++j) {
        y[j] = d * kIq4Levels[lowNibble(byteAt(qs, j))];
        y[j + 16] = d * kIq4Levels[highNibble(byteAt(qs, j))];
    }
}

// f16 d, u16 high, low[4], qs[128]: eight sub-blocks of 32, their weights as in IQ4_NL. The scale of
// sub-block j has six bits and is 32 too large: nibble j of low, then bits 2j, 2j + 1 of high.
void dequantizeIQ4_XS(const std::byte *block, float *y)
{
    const float d = halfAt(block);
    const std::uint32_t high = u16At(block + 2), low = u32At(block + 4);
    const std::byte *qs = block + 8;
    for (std::size_t sub = 0; sub < 8; ++sub, y += 32, qs += 16) {
        const std::uint32_t packed = ((low >> (4 * sub)) & 15u) | ((high >> (2 * sub)) & 3u) << 4;
        const float scale = d * (static_cast<float>(packed) - 32.0f);
        for (std::size_t j = 0; j < 16; ++j) {
            y[j] = scale * kIq4Levels[lowNibble(byteAt(qs, j))];
            y[j + 16] = scale * kIq4Levels[highNibble(byteAt(qs, j))];
        }
    }
}

// Twice the values of FP4 (one bit of sign, two of exponent, one of mantissa), so that all are whole. Minus
// zero is zero.
constexpr std::array<float, 16> kFp4Levels{0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

// 2^(e - 128), for the doubled levels; the format has 2^(e - 127). The two smallest are subnormal. 255, which
// the format calls NaN, is 2^127 here as in the gguf package.
float halvedPowerOfTwo(std::uint32_t e)
{
    return std::bit_cast<float>(e < 2 ? 0x00200000u << e : (e - 1) << 23);
}

// u8 e, qs[16]
void dequantizeMXFP4(const std::byte *block, float *y)
{
    const float d = halvedPowerOfTwo(byteAt(block, 0));
    const std::byte *qs = block + 1;
    for (std::size_t j = 0; j < 16; ++j) {
        y[j] = d * kFp4Levels[lowNibble(byteAt(qs, j))];
        y[j + 16] = d * kFp4Levels[highNibble(byteAt(qs, j))];
    }
}

template <void (*dequantizeBlock)(const std::byte *, float *)>
void dequantizeBlocks(const ElementTypeTraits &traits, const std::byte *row, std::uint32_t columns,
                      float *out)
{
    assert(columns % traits.blockLength == 0);
    for (std::uint32_t block = 0; block < columns / traits.blockLength; ++block)
        dequantizeBlock(row + std::size_t(block) * traits.blockBytes,
                        out + std::size_t(block) * traits.blockLength);
}

} // namespace

void dequantizeRow(ElementType type, const std::byte *row, std::uint32_t columns, float *out)
{
    const ElementTypeTraits &traits = traitsOf(type);
    switch (type) {
    case ElementType::F32:
        return dequantizeBlocks<dequantizeF32>(traits, row, columns, out);
    case ElementType::F16:
        return dequantizeBlocks<dequantizeF16>(traits, row, columns, out);
    case ElementType::Q4_0:
        return dequantizeBlocks<dequantizeQ4_0>(traits, row, columns, out);
    case ElementType::Q4_1:
        return dequantizeBlocks<dequantizeQ4_1>(traits, row, columns, out);
    case ElementType::Q5_0:
        return dequantizeBlocks<dequantizeQ5_0>(traits, row, columns, out);
    case ElementType::Q5_1:
        return dequantizeBlocks<dequantizeQ5_1>(traits, row, columns, out);
    case ElementType::Q8_0:
        return dequantizeBlocks<dequantizeQ8_0>(traits, row, columns, out);
    case ElementType::Q2_K:
        return dequantizeBlocks<dequantizeQ2_K>(traits, row, columns, out);
    case ElementType::Q3_K:
        return dequantizeBlocks<dequantizeQ3_K>(traits, row, columns, out);
    case ElementType::Q4_K:
        return dequantizeBlocks<dequantizeQ4_K>(traits, row, columns, out);
    case ElementType::Q5_K:
        return dequantizeBlocks<dequantizeQ5_K>(traits, row, columns, out);
    case ElementType::Q6_K:
        return dequantizeBlocks<dequantizeQ6_K>(traits, row, columns, out);
    case ElementType::IQ4_NL:
        return dequantizeBlocks<dequantizeIQ4_NL>(traits, row, columns, out);
    case ElementType::IQ4_XS:
        return dequantizeBlocks<dequantizeIQ4_XS>(traits, row, columns, out);
    case ElementType::BF16:
        return dequantizeBlocks<dequantizeBf16>(traits, row, columns, out);
    case ElementType::MXFP4:
        return dequantizeBlocks<dequantizeMXFP4>(traits, row, columns, out);
    case ElementType::F8_E4M3:
        return dequantizeBlocks<dequantizeE4m3>(traits, row, columns, out);
    }
}

void dequantizeRow(const WeightView &weight, std::size_t matrix, std::uint32_t row, float *out)
{
    dequantizeRow(weight.type, weight.matrix(matrix) + row * weight.rowBytes(), weight.columns, out);
    if (weight.type != ElementType::F8_E4M3)
        return;
    const float *scales = weight.scalesOf(matrix).ofRow(row, weight.columns);
    for (std::uint32_t column = 0; column < weight.columns; ++column)
        out[column] *= scales[column / kFp8Block];
}

} // namespace kernels
