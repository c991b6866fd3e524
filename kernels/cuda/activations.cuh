// Rows of activations as products take them: quantised to two planes of bytes, as the CPU's QuantForm::Full
// (kernels/cpu/ops.h), by whole warps.
#pragma once

#include "kernels/cuda/tasks.h"

namespace kernels::cuda {

inline constexpr float kQuantMaximum = 127 * 256; // the largest quantised activation

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
