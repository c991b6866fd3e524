// What stands around a product of cuBLAS: weights and activations as halves, and its sums to where they belong.
#pragma once

#include "kernels/cuda/activations.cuh"
#include "kernels/cuda/unpack.cuh"

namespace kernels::cuda {

// Grid: rows; the row's columns to halves.
__global__ void dequantiseKernel(const __grid_constant__ DeviceMatrix w, std::uint16_t *halves, std::uint32_t stride)
{
    const std::uint32_t row = blockIdx.x;
    std::uint16_t *to = halves + std::uint64_t(row) * stride;
    if (isQuantised(w.type)) {
        const std::uint32_t units = w.columns / kUnit;
        withQuantisedType(w.type, [&]<ElementType type>() {
            for (std::uint32_t unit = threadIdx.x; unit < units; unit += blockDim.x) {
                const RawUnit<type> raw = loadUnit<type>(w, w.bytes, std::uint64_t(row) * units + unit);
                float values[kUnit];
                dequantiseUnit<type>(raw, unit % kUnitsOfSuper, values);
                KERNELS_UNROLL
                for (std::uint32_t i = 0; i < kUnit; i += 8) { // 16 bytes at a time
                    std::uint32_t words[4];
                    for (std::uint32_t j = 0; j < 4; ++j)
                        words[j] = floatToHalfBits(values[i + 2 * j])
                            | std::uint32_t(floatToHalfBits(values[i + 2 * j + 1])) << 16;
                    *reinterpret_cast<uint4 *>(to + unit * kUnit + i) = {words[0], words[1], words[2], words[3]};
                }
            }
        });
        return;
    }
    const auto *words = reinterpret_cast<const std::uint32_t *>(w.bytes + std::uint64_t(row) * w.rowBytes);
    const float *scales = nullptr;
    if (w.fp8)
        scales = w.fp8->values + std::uint64_t(w.fp8->firstRow + row) / kFp8Block * fp8Blocks(w.columns);
    withFloatType(w.type, [&]<ElementType type>() {
        for (std::uint32_t column = threadIdx.x; column < w.columns; column += blockDim.x)
            to[column] = floatToHalfBits(floatElement<type>(words, column) * (scales ? scales[column / kFp8Block] : 1.0f));
    });
}

// Grid: tokens. Each row by a scale of its own, so that halves hold it: NaN where a number is not finite.
__global__ void halveRowsKernel(const __grid_constant__ HalveRowsTask task)
{
    __shared__ float parts[kWarp];
    const std::uint32_t t = blockIdx.x;
    if (t >= task.state->tokens)
        return;
    const float *in = task.rows.floats + std::uint64_t(t) * task.rows.floatStride;
    float largest = 0, wrong = 0;
    for (std::uint32_t column = threadIdx.x; column < task.columns; column += blockDim.x) {
        largest = fmaxf(largest, fabsf(in[column]));
        wrong = fmaf(in[column], 0.0f, wrong);
    }
    wrong = sumOfBlock(wrong, parts);
    largest = maxOfWarp(largest);
    __syncthreads(); // the sum has been read
    if (threadIdx.x % kWarp == 0)
        parts[threadIdx.x / kWarp] = largest;
    __syncthreads();
    for (std::uint32_t warp = 0; warp < blockDim.x / kWarp; ++warp)
        largest = fmaxf(largest, parts[warp]);
    const float scale = (largest > 1e-30f ? largest / 1024.0f : 1.0f) + wrong; // far from both ends of the range of halves
    const float inverse = 1.0f / scale;
    for (std::uint32_t column = threadIdx.x; column < task.columns; column += blockDim.x)
        task.halves[std::uint64_t(t) * task.stride + column] = wrong == 0.0f ? floatToHalfBits(in[column] * inverse) : 0;
    if (threadIdx.x == 0)
        task.scales[t] = scale;
}

// Grid: tokens, parts of blockDim.x rows of the matrix.
__global__ void storeProductKernel(const __grid_constant__ StoreProductTask task)
{
    const std::uint32_t t = blockIdx.x, row = blockIdx.y * blockDim.x + threadIdx.x;
    if (t >= task.state->tokens || row >= task.rows)
        return;
    float sum = task.sums[std::uint64_t(t) * task.rows + row] * task.scales[t];
    if (task.bias)
        sum += task.bias[row];
    float *out = task.out + std::uint64_t(t) * task.outStride + row;
    *out = task.addsToOut ? *out + sum : sum;
}

} // namespace kernels::cuda
