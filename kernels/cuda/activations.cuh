// Rows of activations as products take them: quantised to two planes of bytes, as the CPU's QuantForm::Full
// (kernels/cpu/ops.h), by whole warps.
#pragma once

#include "kernels/cuda/block_layout.h"
#include "kernels/cuda/device.cuh"

namespace kernels::cuda {

inline constexpr float kQuantMaximum = 127 * 256; // the largest quantised activation

// Of 32 activations: x = scale * (256 * high + low).
struct alignas(16) UnitOfActivations
{
    float scale;
    std::int32_t sums[2]; // of the first and the second 16 numbers, without the scale
    std::int32_t unused;
};

// Not owned. 8 units, of 256 activations, lie together as four runs of 8 pieces of 16 bytes, one a unit: the high bytes of its
// first 16 activations, of its second 16, then the low ones. So 8 lanes that take a unit each read 128 bytes in a row.
struct QuantRows
{
    uint4 *planes = nullptr;             // (rows, supers, 4, 8)
    UnitOfActivations *units = nullptr;  // (rows, supers, 8)
    std::uint32_t supers = 0;            // of a row

    static constexpr std::uint32_t supersOf(std::uint32_t columns)
    {
        return (columns + kUnit * kUnitsOfSuper - 1) / (kUnit * kUnitsOfSuper);
    }
    // The first of four pieces, 8 apart.
    KERNELS_DEVICE uint4 *pieces(std::uint64_t row, std::uint32_t unit) const
    {
        return planes + (row * supers + unit / kUnitsOfSuper) * 4 * kUnitsOfSuper + unit % kUnitsOfSuper;
    }
    KERNELS_DEVICE UnitOfActivations *unit(std::uint64_t row, std::uint32_t unit) const
    {
        return units + row * supers * kUnitsOfSuper + unit;
    }
};

// Rows of activations in both forms; either may be missing where nobody reads it.
struct ActivationRows
{
    QuantRows quantised;
    float *floats = nullptr;
    std::uint32_t floatStride = 0; // floats from row to row, a multiple of 16

    bool isQuantised() const { return quantised.planes != nullptr; }
};

// One unit, a lane an activation. With a NaN or an infinity among them the scale is NaN.
KERNELS_DEVICE void quantiseUnit(float x, const QuantRows &to, std::uint64_t row, std::uint32_t unit)
{
    const std::uint32_t lane = threadIdx.x % kWarp;
    const bool wrong = __any_sync(kAllLanes, !isFinite(x)) != 0;
    const float maximum = maxOfWarp(wrong ? 0.0f : fabsf(x));
    const float inverse = maximum > 1e-30f ? kQuantMaximum / maximum : 0.0f; // 32512 / 1e-30 is still finite
    const int rounded = wrong ? 0 : static_cast<int>(rintf(x * inverse));
    const int high = (rounded + 128) >> 8;
    const int rest = rounded - high * 256, low = rest < -127 ? -127 : rest; // as the CPU, whose planes have no -128
    int sum = high * 256 + low;
    for (int offset = 8; offset > 0; offset /= 2)
        sum += __shfl_xor_sync(kAllLanes, sum, offset);
    const int second = __shfl_sync(kAllLanes, sum, 16);

    std::int8_t *bytes = reinterpret_cast<std::int8_t *>(to.pieces(row, unit) + (lane / 16) * kUnitsOfSuper) + lane % 16;
    bytes[0] = static_cast<std::int8_t>(high);
    bytes[2 * kUnitsOfSuper * sizeof(uint4)] = static_cast<std::int8_t>(low);
    if (lane == 0)
        *to.unit(row, unit) = {wrong ? floatOfBits(0x7fc00000u) : maximum / kQuantMaximum, {sum, second}, 0};
}

// An activation of each lane in the forms that are wanted. column: of the row, the lane's own, lanes side by side from a multiple
// of 32; those behind the row's end write nothing.
KERNELS_DEVICE void storeActivation(float x, const ActivationRows &to, std::uint64_t row, std::uint32_t column,
                                    std::uint32_t columns)
{
    if (to.floats && column < columns)
        to.floats[row * to.floatStride + column] = x;
    if (to.quantised.planes) // then columns is a multiple of 32
        quantiseUnit(x, to.quantised, row, column / kUnit);
}

} // namespace kernels::cuda
