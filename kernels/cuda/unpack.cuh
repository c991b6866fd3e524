// Units of 32 quantised weights: from their planes (block_layout.h) to bytes, scales and offsets.
//
// value = scale * (byte - zero) + offset. The bytes of a unit are 8 words of 4 weights, in order. In the plane of levels, nibble j
// of the low halves of 16 bytes is weight j, that of the high halves weight 16 + j. Pairs of bits: bits 2m, 2m + 1 of byte k of
// word h are those of weight 16 h + 4 m + k. Single bits: bit j of byte k is that of weight 4 j + k.
#pragma once

#include "kernels/cuda/block_layout.h"
#include "kernels/cuda/device.cuh"

namespace kernels::cuda {

inline constexpr int kNoZero = 0;

// What the levels of a type are.
struct LevelTraits
{
    int zero = kNoZero;       // taken off in whole numbers
    bool hasOffset = false;   // value has an offset of its own
    bool halfScales = false;  // 16 weights share a scale, not 32
    bool isTable = false;     // nibbles number signed bytes
};

constexpr LevelTraits levelTraits(ElementType type)
{
    switch (type) {
    case ElementType::Q4_0:
        return {.zero = 8};
    case ElementType::Q5_0:
        return {.zero = 16};
    case ElementType::Q2_K:
        return {.hasOffset = true, .halfScales = true};
    case ElementType::Q3_K:
        return {.zero = 4, .halfScales = true};
    case ElementType::Q6_K:
        return {.zero = 32, .halfScales = true};
    case ElementType::Q4_1:
    case ElementType::Q5_1:
    case ElementType::Q4_K:
    case ElementType::Q5_K:
        return {.hasOffset = true};
    case ElementType::IQ4_NL:
    case ElementType::IQ4_XS:
    case ElementType::MXFP4:
        return {.isTable = true};
    default:
        return {};
    }
}

// Of the first and the second 16 weights; the same twice where 32 share them.
struct UnitScales
{
    float scale[2];
    float offset[2];
};

// What a lane has loaded of a unit and not looked at yet: loads go ahead of the work.
template <ElementType type> struct RawUnit
{
    static constexpr BlockLayout kLayout = blockLayout(type);
    std::uint32_t levels[kLayout.levels / 4];
    std::uint32_t more[kLayout.more ? kLayout.more / 4 : 1];
    std::uint32_t super[kLayout.super >= 4 ? kLayout.super / 4 : 1];
    std::uint32_t scales;
};

template <int bytes> KERNELS_DEVICE void loadWords(const std::uint8_t *from, std::uint32_t *words)
{
    if constexpr (bytes >= 16) {
        for (int i = 0; i < bytes / 16; ++i) {
            const uint4 piece = loadOnce(reinterpret_cast<const uint4 *>(from) + i);
            words[4 * i] = piece.x;
            words[4 * i + 1] = piece.y;
            words[4 * i + 2] = piece.z;
            words[4 * i + 3] = piece.w;
        }
    } else if constexpr (bytes == 8) {
        const uint2 piece = loadOnce(reinterpret_cast<const uint2 *>(from));
        words[0] = piece.x;
        words[1] = piece.y;
    } else if constexpr (bytes == 4) {
        words[0] = loadOnce(reinterpret_cast<const unsigned int *>(from));
    } else if constexpr (bytes == 2) {
        words[0] = loadOnce(reinterpret_cast<const unsigned short *>(from));
    } else if constexpr (bytes == 1) {
        words[0] = loadOnce(from);
    }
}

// matrix: the first byte of one matrix; unit: row * (columns / 32) + the unit in the row.
template <ElementType type>
KERNELS_DEVICE RawUnit<type> loadUnit(const DeviceMatrix &w, const std::uint8_t *matrix, std::uint64_t unit)
{
    constexpr BlockLayout layout = blockLayout(type);
    RawUnit<type> raw;
    loadWords<layout.levels>(matrix + unit * layout.levels, raw.levels);
    if constexpr (layout.more != 0)
        loadWords<layout.more>(matrix + w.moreAt + unit * layout.more, raw.more);
    if constexpr (layout.scales != 0)
        loadWords<layout.scales>(matrix + w.scalesAt + unit * layout.scales, &raw.scales);
    if constexpr (layout.super != 0)
        loadWords<layout.super>(matrix + w.superAt + unit / kUnitsOfSuper * layout.super, raw.super);
    return raw;
}

// The levels of IQ4_NL and IQ4_XS, and twice those of MXFP4, as bytes: four words.
template <ElementType type> KERNELS_DEVICE std::uint32_t levelWord(int word)
{
    constexpr bool fp4 = type == ElementType::MXFP4;
    constexpr std::uint32_t words[4] = {fp4 ? 0x03020100u : 0xbfad9881u, fp4 ? 0x0c080604u : 0xf6eaddcfu,
                                        fp4 ? 0xfdfeff00u : 0x26190d01u, fp4 ? 0xf4f8fafcu : 0x71594535u};
    return words[word];
}

// The bytes that the 8 nibbles of `nibbles` number: those of the low nibbles and those of the high ones.
template <ElementType type> KERNELS_DEVICE void lookUp(std::uint32_t nibbles, std::uint32_t &low, std::uint32_t &high)
{
    const std::uint32_t eighths = nibbles & 0x77777777u;
    // Four results of the first or the second 8 levels each, chosen by the nibble's upper bit.
    const std::uint32_t chosen = 0x32103210u | (nibbles & 0x88888888u) >> 1;
    std::uint32_t pairs[2];
    for (int half = 0; half < 2; ++half) {
        const std::uint32_t selector = eighths >> (16 * half);
        const std::uint32_t below = selectBytes(levelWord<type>(0), levelWord<type>(1), selector);
        const std::uint32_t above = selectBytes(levelWord<type>(2), levelWord<type>(3), selector);
        pairs[half] = selectBytes(below, above, chosen >> (16 * half));
    }
    low = selectBytes(pairs[0], pairs[1], 0x6420);
    high = selectBytes(pairs[0], pairs[1], 0x7531);
}

template <ElementType type> KERNELS_DEVICE void unpackLevels(const RawUnit<type> &raw, std::uint32_t (&levels)[8])
{
    constexpr BlockLayout layout = blockLayout(type);
    for (int j = 0; j < 4; ++j) {
        if constexpr (levelTraits(type).isTable) {
            lookUp<type>(raw.levels[j], levels[j], levels[4 + j]);
        } else if constexpr (layout.levels == 32) {
            levels[j] = raw.levels[j];
            levels[4 + j] = raw.levels[4 + j];
        } else if constexpr (layout.levels == 16) {
            levels[j] = raw.levels[j] & 0x0f0f0f0fu;
            levels[4 + j] = raw.levels[j] >> 4 & 0x0f0f0f0fu;
        } else {
            levels[j] = raw.levels[0] >> (2 * j) & 0x03030303u;
            levels[4 + j] = raw.levels[1] >> (2 * j) & 0x03030303u;
        }
    }
    if constexpr (layout.more == 4) {
        constexpr int shift = layout.levels == 8 ? 2 : 4;
        for (int j = 0; j < 8; ++j)
            levels[j] |= (raw.more[0] >> j & 0x01010101u) << shift;
    } else if constexpr (layout.more == 8) {
        for (int j = 0; j < 4; ++j) {
            levels[j] |= (raw.more[0] >> (2 * j) & 0x03030303u) << 4;
            levels[4 + j] |= (raw.more[1] >> (2 * j) & 0x03030303u) << 4;
        }
    }
}

// place: the unit's number in its block of 256.
template <ElementType type> KERNELS_DEVICE UnitScales unpackScales(const RawUnit<type> &raw, std::uint32_t place)
{
    UnitScales to{};
    if constexpr (type == ElementType::Q4_0 || type == ElementType::Q5_0 || type == ElementType::Q8_0
                  || type == ElementType::IQ4_NL) {
        to.scale[0] = to.scale[1] = halfBitsToFloat(raw.scales);
    } else if constexpr (type == ElementType::Q4_1 || type == ElementType::Q5_1) {
        to.scale[0] = to.scale[1] = halfBitsToFloat(raw.scales & 0xffffu);
        to.offset[0] = to.offset[1] = halfBitsToFloat(raw.scales >> 16);
    } else if constexpr (type == ElementType::MXFP4) {
        // 2^(e - 128), for the doubled levels; the two smallest are subnormal
        const std::uint32_t e = raw.scales;
        to.scale[0] = to.scale[1] = floatOfBits(e < 2 ? 0x00200000u << e : (e - 1) << 23);
    } else if constexpr (type == ElementType::Q4_K || type == ElementType::Q5_K) {
        // six bits each for the scale and the minimum, packed into 12 bytes behind d and dmin
        const std::uint32_t shift = 8 * (place % 4);
        std::uint32_t scale, minimum;
        if (place < 4) {
            scale = raw.super[1] >> shift & 63u;
            minimum = raw.super[2] >> shift & 63u;
        } else {
            scale = (raw.super[3] >> shift & 15u) | (raw.super[1] >> (shift + 6) & 3u) << 4;
            minimum = (raw.super[3] >> (shift + 4) & 15u) | (raw.super[2] >> (shift + 6) & 3u) << 4;
        }
        to.scale[0] = to.scale[1] = halfBitsToFloat(raw.super[0] & 0xffffu) * static_cast<float>(scale);
        to.offset[0] = to.offset[1] = -(halfBitsToFloat(raw.super[0] >> 16) * static_cast<float>(minimum));
    } else if constexpr (type == ElementType::Q2_K) {
        const float d = halfBitsToFloat(raw.super[0] & 0xffffu), dmin = halfBitsToFloat(raw.super[0] >> 16);
        for (int half = 0; half < 2; ++half) {
            to.scale[half] = d * static_cast<float>(raw.scales >> (8 * half) & 15u);
            to.offset[half] = -(dmin * static_cast<float>(raw.scales >> (8 * half + 4) & 15u));
        }
    } else if constexpr (type == ElementType::IQ4_XS) {
        to.scale[0] = to.scale[1] =
            halfBitsToFloat(raw.super[0]) * static_cast<float>(static_cast<std::int8_t>(raw.scales & 0xffu));
    } else {
        const float d = halfBitsToFloat(raw.super[0]);
        for (int half = 0; half < 2; ++half)
            to.scale[half] = d * static_cast<float>(static_cast<std::int8_t>(raw.scales >> (8 * half) & 0xffu));
    }
    return to;
}

// The bits that dequantizeRow() (kernels/dequantize.h) gives.
template <ElementType type> KERNELS_DEVICE void dequantiseUnit(const RawUnit<type> &raw, std::uint32_t place, float (&values)[kUnit])
{
    constexpr LevelTraits traits = levelTraits(type);
    std::uint32_t levels[8];
    unpackLevels<type>(raw, levels);
    const UnitScales scales = unpackScales<type>(raw, place);
    for (std::uint32_t i = 0; i < kUnit; ++i) {
        const std::uint32_t byte = levels[i / 4] >> (8 * (i % 4)) & 0xffu;
        const int level = static_cast<int>(static_cast<std::int8_t>(byte)) - traits.zero; // no unsigned level is above 127
        values[i] = scales.scale[i / 16] * static_cast<float>(level);
        if constexpr (traits.hasOffset)
            values[i] += scales.offset[i / 16];
    }
}

// Of one number of a matrix in floats.
constexpr std::uint32_t floatBytes(ElementType type)
{
    return type == ElementType::F32 ? 4 : type == ElementType::F8_E4M3 ? 1 : 2;
}

// Number `index` of the first in `words`.
template <ElementType type> KERNELS_DEVICE float floatElement(const std::uint32_t *words, std::uint32_t index)
{
    constexpr std::uint32_t bytes = floatBytes(type), inWord = 4 / bytes;
    const std::uint32_t bits = words[index / inWord] >> (8 * bytes * (index % inWord));
    if constexpr (type == ElementType::F32)
        return floatOfBits(bits);
    else if constexpr (type == ElementType::F16)
        return halfBitsToFloat(bits & 0xffffu);
    else if constexpr (type == ElementType::BF16)
        return floatOfBits(bits << 16);
    else {
        const std::uint32_t sign = (bits & 0x80u) << 24, magnitude = bits & 0x7fu;
        if (magnitude == 0x7fu)
            return floatOfBits(sign | 0x7fc00000u);
        // Exponent and mantissa in their places make a number 2^120 too small, subnormal ones too: that is exact.
        return floatOfBits(sign | magnitude << 20) * 0x1p120f;
    }
}

// Runs `body.template operator()<type>()` with the type of a matrix: quantised, or floats.
template <class Body> KERNELS_DEVICE void withQuantisedType(ElementType type, Body body)
{
    switch (type) {
    case ElementType::Q4_0:
        return body.template operator()<ElementType::Q4_0>();
    case ElementType::Q4_1:
        return body.template operator()<ElementType::Q4_1>();
    case ElementType::Q5_0:
        return body.template operator()<ElementType::Q5_0>();
    case ElementType::Q5_1:
        return body.template operator()<ElementType::Q5_1>();
    case ElementType::Q8_0:
        return body.template operator()<ElementType::Q8_0>();
    case ElementType::Q2_K:
        return body.template operator()<ElementType::Q2_K>();
    case ElementType::Q3_K:
        return body.template operator()<ElementType::Q3_K>();
    case ElementType::Q4_K:
        return body.template operator()<ElementType::Q4_K>();
    case ElementType::Q5_K:
        return body.template operator()<ElementType::Q5_K>();
    case ElementType::Q6_K:
        return body.template operator()<ElementType::Q6_K>();
    case ElementType::IQ4_NL:
        return body.template operator()<ElementType::IQ4_NL>();
    case ElementType::IQ4_XS:
        return body.template operator()<ElementType::IQ4_XS>();
    case ElementType::MXFP4:
        return body.template operator()<ElementType::MXFP4>();
    default:
        return;
    }
}

template <class Body> KERNELS_DEVICE void withFloatType(ElementType type, Body body)
{
    switch (type) {
    case ElementType::F32:
        return body.template operator()<ElementType::F32>();
    case ElementType::F16:
        return body.template operator()<ElementType::F16>();
    case ElementType::BF16:
        return body.template operator()<ElementType::BF16>();
    case ElementType::F8_E4M3:
        return body.template operator()<ElementType::F8_E4M3>();
    default:
        return;
    }
}

} // namespace kernels::cuda
