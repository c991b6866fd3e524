// How matrices of weights lie in device memory: quantised ones in planes of whole 16-byte pieces.
//
// A block of a GGUF file mixes scales and weights, at 2-byte alignment for most types. On the way to the device a matrix is taken
// apart (repack.cuh): what 32 neighbouring weights of a row need is a unit, and each part of all units lies side by side in a
// plane of its own, row after row. Neighbouring lanes read neighbouring units, so that every load of weights is of 8 or 16
// aligned bytes a lane whatever the type. No bit is lost; the size is the file's but for Q3_K and IQ4_XS, whose packed scales
// become whole bytes (4 and 2 bytes in 110 and 136 more).
#pragma once

#include "kernels/element_type.h"

#include <cstddef>
#include <cstdint>

namespace kernels::cuda {

inline constexpr std::uint32_t kUnit = 32;            // weights, or activations, that one lane takes at a time
inline constexpr std::uint32_t kUnitsOfSuper = 8;     // units of a block of 256; lanes that share a row
inline constexpr std::uint32_t kPlaneAlignment = 256; // bytes, of each plane

// Bytes of a unit in each plane. How bits lie in the planes: unpack.cuh.
struct BlockLayout
{
    std::uint32_t levels = 0; // the low 2, 4 or 8 bits of each weight: 8, 16 or 32 bytes
    std::uint32_t more = 0;   // the next bit of each weight, or the next two: 4 or 8 bytes
    std::uint32_t scales = 0; // what belongs to a unit alone
    std::uint32_t super = 0;  // what 8 units share: bytes of a block of 256
};

constexpr BlockLayout blockLayout(ElementType type)
{
    switch (type) {
    case ElementType::Q4_0:
    case ElementType::IQ4_NL:
        return {16, 0, 2, 0};
    case ElementType::Q4_1:
        return {16, 0, 4, 0};
    case ElementType::Q5_0:
        return {16, 4, 2, 0};
    case ElementType::Q5_1:
        return {16, 4, 4, 0};
    case ElementType::Q8_0:
        return {32, 0, 2, 0};
    case ElementType::MXFP4:
        return {16, 0, 1, 0};
    case ElementType::Q2_K:
        return {8, 0, 2, 4};
    case ElementType::Q3_K:
        return {8, 4, 2, 2};
    case ElementType::Q4_K:
        return {16, 0, 0, 16};
    case ElementType::Q5_K:
        return {16, 4, 0, 16};
    case ElementType::Q6_K:
        return {16, 8, 2, 2};
    case ElementType::IQ4_XS:
        return {16, 0, 1, 2};
    case ElementType::F32:
    case ElementType::F16:
    case ElementType::BF16:
    case ElementType::F8_E4M3:
        break;
    }
    return {};
}

constexpr bool isQuantised(ElementType type)
{
    return blockLayout(type).levels != 0;
}

// Of one matrix in F8_E4M3, see Fp8Scales (kernels/plan.h); values in device memory.
struct DeviceFp8Scales
{
    const float *values = nullptr;
    std::uint32_t firstRow = 0;
};

// A matrix in device memory, or a stack of such. Not owned. Rows of floats begin at multiples of 16 bytes, zeros behind them.
struct DeviceMatrix
{
    const std::uint8_t *bytes = nullptr; // of the first matrix: its plane of levels, or its rows
    std::uint64_t stride = 0;            // bytes from one matrix to the next
    std::uint64_t moreAt = 0, scalesAt = 0, superAt = 0; // planes, from the beginning of a matrix
    const DeviceFp8Scales *fp8 = nullptr; // one for each matrix; F8_E4M3 only
    ElementType type = ElementType::F32;
    std::uint32_t rows = 0, columns = 0;
    std::uint32_t rowBytes = 0; // of floats
};

constexpr std::uint64_t alignedTo(std::uint64_t bytes, std::uint64_t alignment)
{
    return (bytes + alignment - 1) / alignment * alignment;
}

// The shape of a matrix without its bytes: planes, rowBytes and the stride.
constexpr DeviceMatrix deviceMatrix(ElementType type, std::uint32_t rows, std::uint32_t columns, std::uint32_t elementBytes)
{
    DeviceMatrix matrix;
    matrix.type = type;
    matrix.rows = rows;
    matrix.columns = columns;
    if (!isQuantised(type)) {
        matrix.rowBytes = std::uint32_t(alignedTo(std::uint64_t(columns) * elementBytes, 16));
        matrix.stride = alignedTo(std::uint64_t(rows) * matrix.rowBytes, kPlaneAlignment);
        return matrix;
    }
    const BlockLayout layout = blockLayout(type);
    const std::uint64_t units = std::uint64_t(rows) * (columns / kUnit);
    matrix.moreAt = alignedTo(units * layout.levels, kPlaneAlignment);
    matrix.scalesAt = alignedTo(matrix.moreAt + units * layout.more, kPlaneAlignment);
    matrix.superAt = alignedTo(matrix.scalesAt + units * layout.scales, kPlaneAlignment);
    matrix.stride = alignedTo(matrix.superAt + units / kUnitsOfSuper * layout.super, kPlaneAlignment);
    return matrix;
}

} // namespace kernels::cuda
