// Small things of the device language that every kernel uses: loads, conversions, sums over a warp.
//
// Where the device has an instruction without a name that the shim knows, the other branch says the same in plain C++.
// Arithmetic is written so that the compiler cannot choose: fused multiply-adds are fmaf(), and nvcc is told to make no others
// (-fmad=false), so that a sum has the same bits in every kernel that computes it.
#pragma once

#include "kernels/half.h"

#include <cuda_fp16.h>
#include <cuda_runtime.h>

#include <cstdint>
#include <cstring>

#define KERNELS_DEVICE __device__ __forceinline__
#if defined(__CUDACC__)
#define KERNELS_UNROLL _Pragma("unroll")
#define KERNELS_NO_UNROLL _Pragma("unroll 1")
#else
#define KERNELS_UNROLL
#define KERNELS_NO_UNROLL
#endif

namespace kernels::cuda {

inline constexpr unsigned kWarp = 32;
inline constexpr unsigned kAllLanes = 0xffffffffu;

// Weights are read once a run: they leave the caches first.
template <class T> KERNELS_DEVICE T loadOnce(const T *from)
{
#if defined(__CUDA_ARCH__)
    return __ldcs(from);
#else
    return *from;
#endif
}

KERNELS_DEVICE float halfBitsToFloat(std::uint32_t bits)
{
#if defined(__CUDA_ARCH__)
    return __half2float(__ushort_as_half(static_cast<unsigned short>(bits)));
#else
    return halfToFloat(static_cast<std::uint16_t>(bits));
#endif
}

// Rounded to nearest even; the value is finite and within the range of halves.
KERNELS_DEVICE std::uint16_t floatToHalfBits(float value)
{
#if defined(__CUDA_ARCH__)
    return __half_as_ushort(__float2half_rn(value));
#else
    return floatToHalf(value);
#endif
}

KERNELS_DEVICE float floatOfBits(std::uint32_t bits)
{
#if defined(__CUDA_ARCH__)
    return __uint_as_float(bits);
#else
    float value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
#endif
}

KERNELS_DEVICE std::uint32_t bitsOf(float value)
{
#if defined(__CUDA_ARCH__)
    return __float_as_uint(value);
#else
    std::uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
#endif
}

KERNELS_DEVICE bool isFinite(float value)
{
    return fabsf(value) <= 3.4028234e38f; // false for NaN
}

// Bytes 0 .. 7 of [high | low] that the four lower nibbles of `selector`, below 8, name.
KERNELS_DEVICE std::uint32_t selectBytes(std::uint32_t low, std::uint32_t high, std::uint32_t selector)
{
#if defined(__CUDA_ARCH__)
    return __byte_perm(low, high, selector);
#else
    const std::uint64_t bytes = std::uint64_t(high) << 32 | low;
    std::uint32_t selected = 0;
    for (int i = 0; i < 4; ++i)
        selected |= std::uint32_t(bytes >> (8 * ((selector >> (4 * i)) & 7)) & 0xff) << (8 * i);
    return selected;
#endif
}

KERNELS_DEVICE float maxOfWarp(float value)
{
    for (int offset = 16; offset > 0; offset /= 2)
        value = fmaxf(value, __shfl_xor_sync(kAllLanes, value, offset));
    return value;
}

KERNELS_DEVICE float sumOfWarp(float value)
{
    for (int offset = 16; offset > 0; offset /= 2)
        value += __shfl_xor_sync(kAllLanes, value, offset);
    return value;
}

// Of all threads of a block of at most 1,024, in the same order always; every thread gets it. shared: room for 32 floats that
// nothing else uses.
KERNELS_DEVICE float sumOfBlock(float value, float *shared)
{
    value = sumOfWarp(value);
    __syncthreads(); // whoever reads the sum before
    if (threadIdx.x % kWarp == 0)
        shared[threadIdx.x / kWarp] = value;
    __syncthreads();
    float sum = 0;
    for (unsigned warp = 0; warp < (blockDim.x + kWarp - 1) / kWarp; ++warp)
        sum += shared[warp];
    return sum;
}

KERNELS_DEVICE float silu(float x)
{
    return x / (1.0f + expf(-x));
}

} // namespace kernels::cuda
