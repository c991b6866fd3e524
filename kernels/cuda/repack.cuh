// From the blocks of a file to the planes of block_layout.h: one thread for each unit of 32 weights.
//
// Formats: kernels/dequantize.cpp, which has the same fields under the same names.
#pragma once

#include "kernels/cuda/unpack.cuh"

namespace kernels::cuda {

// Whole blocks of a matrix, as the file has them, in device memory.
struct RepackTask
{
    const std::uint8_t *blocks = nullptr;
    std::uint64_t firstUnit = 0; // of the matrix, that the blocks begin with
    std::uint32_t units = 0;
    DeviceMatrix matrix;
    std::uint8_t *to = nullptr; // where the matrix lies
};

// Low bits of weight `index` of a unit, and those above them, where a block has these apart; unsigned.
struct LevelBits
{
    std::uint32_t low, high;
};

// block: of 32 or 256 weights; place: the unit's number in it.
template <ElementType type>
KERNELS_DEVICE LevelBits levelBitsAt(const std::uint8_t *block, std::uint32_t place, std::uint32_t index)
{
    // nibbles of 16 bytes: the low ones, then the high ones
    const auto nibble = [&](const std::uint8_t *qs) {
        return std::uint32_t(qs[index % 16]) >> (index < 16 ? 0 : 4) & 15u;
    };
    // nibbles of 32 bytes that two neighbouring units share
    const auto sharedNibble = [&](const std::uint8_t *qs) {
        return std::uint32_t(qs[32 * (place / 2) + index]) >> (place % 2 ? 4 : 0) & 15u;
    };
    const std::uint32_t half = place / 4, k = place % 4; // of two times four units
    if constexpr (type == ElementType::Q4_0 || type == ElementType::IQ4_NL) {
        return {nibble(block + 2), 0};
    } else if constexpr (type == ElementType::Q4_1) {
        return {nibble(block + 4), 0};
    } else if constexpr (type == ElementType::MXFP4) {
        return {nibble(block + 1), 0};
    } else if constexpr (type == ElementType::Q5_0) {
        return {nibble(block + 6), std::uint32_t(block[2 + index / 8]) >> (index % 8) & 1u};
    } else if constexpr (type == ElementType::Q5_1) {
        return {nibble(block + 8), std::uint32_t(block[4 + index / 8]) >> (index % 8) & 1u};
    } else if constexpr (type == ElementType::Q8_0) {
        return {block[2 + index], 0};
    } else if constexpr (type == ElementType::Q4_K) {
        return {sharedNibble(block + 16), 0};
    } else if constexpr (type == ElementType::Q5_K) {
        return {sharedNibble(block + 48), std::uint32_t(block[16 + index]) >> place & 1u};
    } else if constexpr (type == ElementType::Q6_K) {
        const std::uint32_t packed = block[64 * half + 32 * (k % 2) + index];
        return {packed >> (k < 2 ? 0 : 4) & 15u, std::uint32_t(block[128 + 32 * half + index]) >> (2 * k) & 3u};
    } else if constexpr (type == ElementType::Q2_K) {
        return {std::uint32_t(block[16 + 32 * half + index]) >> (2 * k) & 3u, 0};
    } else if constexpr (type == ElementType::Q3_K) {
        return {std::uint32_t(block[32 + 32 * half + index]) >> (2 * k) & 3u,
                std::uint32_t(block[index]) >> (4 * half + k) & 1u};
    } else { // IQ4_XS
        return {nibble(block + 8 + 16 * place), 0};
    }
}

KERNELS_DEVICE void copyBytes(const std::uint8_t *from, std::uint8_t *to, std::uint32_t count)
{
    for (std::uint32_t i = 0; i < count; ++i)
        to[i] = from[i];
}

template <ElementType type> KERNELS_DEVICE void repackScales(const std::uint8_t *block, std::uint32_t place, std::uint8_t *to)
{
    constexpr std::uint32_t bytes = blockLayout(type).scales;
    if constexpr (type == ElementType::Q5_1) {
        copyBytes(block, to, 4); // d, m
    } else if constexpr (type == ElementType::Q2_K) {
        copyBytes(block + 2 * place, to, 2);
    } else if constexpr (type == ElementType::Q6_K) {
        copyBytes(block + 192 + 2 * place, to, 2);
    } else if constexpr (type == ElementType::Q3_K) {
        for (std::uint32_t i = 2 * place; i < 2 * place + 2; ++i) {
            const std::uint8_t *s = block + 96;
            const std::uint32_t low = i < 8 ? s[i] & 15u : std::uint32_t(s[i - 8]) >> 4;
            const std::uint32_t high = std::uint32_t(s[8 + i % 4]) >> (2 * (i / 4)) & 3u;
            to[i % 2] = static_cast<std::uint8_t>(static_cast<int>(low | high << 4) - 32);
        }
    } else if constexpr (type == ElementType::IQ4_XS) {
        const std::uint32_t low = std::uint32_t(block[4 + place / 2]) >> (4 * (place % 2)) & 15u;
        const std::uint32_t high = std::uint32_t(block[2 + place / 4]) >> (2 * (place % 4)) & 3u;
        to[0] = static_cast<std::uint8_t>(static_cast<int>(low | high << 4) - 32);
    } else if constexpr (bytes != 0) {
        copyBytes(block, to, bytes);
    }
}

template <ElementType type> KERNELS_DEVICE void repackSuper(const std::uint8_t *block, std::uint8_t *to)
{
    if constexpr (type == ElementType::Q4_K || type == ElementType::Q5_K)
        copyBytes(block, to, 16);
    else if constexpr (type == ElementType::Q2_K)
        copyBytes(block + 80, to, 4);
    else if constexpr (type == ElementType::Q3_K)
        copyBytes(block + 108, to, 2);
    else if constexpr (type == ElementType::Q6_K)
        copyBytes(block + 208, to, 2);
    else if constexpr (type == ElementType::IQ4_XS)
        copyBytes(block, to, 2);
}

template <ElementType type> KERNELS_DEVICE void repackUnit(const RepackTask &task, std::uint32_t number, std::uint32_t blockBytes)
{
    constexpr BlockLayout layout = blockLayout(type);
    constexpr std::uint32_t unitsOfBlock = layout.super != 0 ? kUnitsOfSuper : 1;
    const std::uint8_t *block = task.blocks + std::uint64_t(number / unitsOfBlock) * blockBytes;
    const std::uint32_t place = number % unitsOfBlock;
    const std::uint64_t unit = task.firstUnit + number;

    std::uint32_t levels[layout.levels / 4] = {};
    std::uint32_t more[2] = {};
    for (std::uint32_t i = 0; i < kUnit; ++i) {
        const LevelBits bits = levelBitsAt<type>(block, place, i);
        const std::uint32_t word = i / 4, byte = 8 * (i % 4); // of the unpacked unit
        if constexpr (layout.levels == 32)
            levels[word] |= bits.low << byte;
        else if constexpr (layout.levels == 16)
            levels[word % 4] |= bits.low << (byte + 4 * (word / 4));
        else
            levels[word / 4] |= bits.low << (byte + 2 * (word % 4));
        if constexpr (layout.more == 4)
            more[0] |= bits.high << (byte + word);
        else if constexpr (layout.more == 8)
            more[word / 4] |= bits.high << (byte + 2 * (word % 4));
    }
    std::uint32_t *to = reinterpret_cast<std::uint32_t *>(task.to + unit * layout.levels);
    for (std::uint32_t i = 0; i < layout.levels / 4; ++i)
        to[i] = levels[i];
    if constexpr (layout.more != 0) {
        to = reinterpret_cast<std::uint32_t *>(task.to + task.matrix.moreAt + unit * layout.more);
        for (std::uint32_t i = 0; i < layout.more / 4; ++i)
            to[i] = more[i];
    }
    repackScales<type>(block, place, task.to + task.matrix.scalesAt + unit * layout.scales);
    if (layout.super != 0 && place == 0)
        repackSuper<type>(block, task.to + task.matrix.superAt + unit / kUnitsOfSuper * layout.super);
}

// Threads: one a unit. blockBytes: of the type, see ElementTypeTraits.
__global__ void repackKernel(const __grid_constant__ RepackTask task, std::uint32_t blockBytes)
{
    const std::uint32_t number = blockIdx.x * blockDim.x + threadIdx.x;
    if (number >= task.units)
        return;
    withQuantisedType(task.matrix.type, [&]<ElementType type>() { repackUnit<type>(task, number, blockBytes); });
}

} // namespace kernels::cuda
