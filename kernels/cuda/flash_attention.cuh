// Attention of many queries: prefill, on tensor cores.
//
// A block has 32 or 16 rows of queries (token, head of the group) of one KV head and goes through the keys 32 at a time, each tile
// read once for all rows, with a running softmax (FlashAttention, arXiv 2205.14135). Queries and weights are two halves each, so
// that scores and sums keep the precision that decode has: with weights of 11 bits a token of DeepSeek-V3 chose another expert.
#pragma once

#include "kernels/cuda/attention.cuh"
#include "kernels/cuda/mma.cuh"

namespace kernels::cuda {

inline constexpr std::uint32_t kFlashWarps = kAttentionThreads / kWarp;
inline constexpr std::uint32_t kScoreStride = kTileKeys + 4;  // floats
inline constexpr std::uint32_t kWeightStride = kTileKeys + 8; // halves

// Two halves whose sum is the value, to 22 bits.
KERNELS_DEVICE void splitInHalves(float value, std::uint16_t &high, std::uint16_t &low)
{
    high = floatToHalfBits(value);
    low = floatToHalfBits(value - halfBitsToFloat(high));
}

// The fragment a of 16 rows and 16 columns of halves in shared memory.
KERNELS_DEVICE void loadFragment(const std::uint16_t *tile, std::uint32_t stride, std::uint32_t (&a)[4])
{
    const std::uint32_t lane = threadIdx.x % kWarp, group = lane / 4, quad = lane % 4;
    const std::uint16_t *row = tile + group * stride + 2 * quad;
    a[0] = *reinterpret_cast<const std::uint32_t *>(row);
    a[1] = *reinterpret_cast<const std::uint32_t *>(row + 8 * stride);
    a[2] = *reinterpret_cast<const std::uint32_t *>(row + 8);
    a[3] = *reinterpret_cast<const std::uint32_t *>(row + 8 * stride + 8);
}

// Grid: tiles of kRows rows, KV heads. Dynamic shared memory: task.sharedBytes(kRows).
template <std::uint32_t kRows>
__global__ void __launch_bounds__(kAttentionThreads, 1) flashAttentionKernel(const __grid_constant__ FlashAttentionTask task)
{
    constexpr std::uint32_t rowTiles = kRows / 16, mostTiles = kMostValueDim / 8 / kFlashWarps;
    const RunState state = *task.run.state;
    const std::uint32_t group = task.heads / task.kvHeads, rows = state.tokens * group;
    const std::uint32_t firstRow = blockIdx.x * kRows;
    if (firstRow >= rows)
        return;
    const std::uint32_t count = min(rows - firstRow, kRows);
    const KvLayer &layer = task.layer;
    const std::uint32_t keyDim = layer.keyDim, stride = task.keyStride();
    const bool valuesAreKeys = layer.valueDim == 0;
    const std::uint32_t warp = threadIdx.x / kWarp, lane = threadIdx.x % kWarp, laneGroup = lane / 4, quad = lane % 4;

    auto *queries = reinterpret_cast<std::uint16_t *>(dynamicShared()); // (two halves, kRows, keys' stride)
    std::uint16_t *keys = queries + 2 * kRows * stride;
    std::uint16_t *values = valuesAreKeys ? keys : keys + kTileKeys * stride;
    const std::uint32_t valueStride = valuesAreKeys ? stride : task.valueStride();
    std::uint16_t *weights = keys + kTileKeys * (stride + task.valueStride()); // (two halves, kRows, kWeightStride)
    auto *scores = reinterpret_cast<float *>(weights + 2 * kRows * kWeightStride); // (kRows, kScoreStride)
    float *maxima = scores + kRows * kScoreStride, *totals = maxima + kRows, *factors = totals + kRows;

    const auto tokenOf = [&](std::uint32_t row) { return (firstRow + row) / group; };
    const auto headOf = [&](std::uint32_t row) { return blockIdx.y * group + (firstRow + row) % group; };
    for (std::uint32_t i = threadIdx.x; i < kRows * stride; i += blockDim.x) {
        const std::uint32_t row = i / stride, dim = i % stride;
        float query = 0;
        if (row < count && dim < keyDim)
            query = task.queries[(std::uint64_t(tokenOf(row)) * task.heads + headOf(row)) * keyDim + dim] * task.scale;
        splitInHalves(query, queries[i], queries[kRows * stride + i]);
    }
    if (threadIdx.x < kRows) {
        maxima[threadIdx.x] = kNoScore;
        totals[threadIdx.x] = 0;
    }
    float sums[rowTiles][mostTiles][4] = {}; // of every kFlashWarps-th 8 dimensions of the values
    const std::uint32_t valueTiles = (task.valueDim + 7) / 8;
    const std::uint32_t positions = state.firstPosition + tokenOf(count - 1) + 1; // that the last row sees

    for (std::uint32_t firstKey = 0; firstKey < positions; firstKey += kTileKeys) {
        const std::byte *page = task.run.pages[firstKey / kKvPageTokens] + layer.offset + blockIdx.y * layer.headBytes;
        const auto *from = reinterpret_cast<const std::uint16_t *>(page);
        const std::uint32_t slot = firstKey % kKvPageTokens, valid = min(positions - firstKey, kTileKeys);
        __syncthreads(); // the tile before is done with
        loadTile(from + slot * keyDim, keyDim, stride, stride - 8, valid, keys);
        if (!valuesAreKeys)
            loadTile(from + kKvPageTokens * keyDim + slot * layer.valueDim, layer.valueDim, valueStride, layer.valueDim, valid, values);
        __syncthreads();
        // scores: 16 rows and 8 keys a warp
        if (warp < rowTiles * (kTileKeys / 8)) {
            const std::uint32_t rowTile = warp / (kTileKeys / 8), keyTile = warp % (kTileKeys / 8);
            float d[4] = {};
            for (std::uint32_t dim = 0; dim + 16 <= stride; dim += 16) {
                const std::uint16_t *tile = queries + rowTile * 16 * stride + dim;
                const std::uint16_t *key = keys + (keyTile * 8 + laneGroup) * stride + dim + 2 * quad;
                const std::uint32_t b[2] = {*reinterpret_cast<const std::uint32_t *>(key),
                                            *reinterpret_cast<const std::uint32_t *>(key + 8)};
                std::uint32_t a[4];
                loadFragment(tile, stride, a);
                mmaHalves(d, a, b);
                loadFragment(tile + kRows * stride, stride, a);
                mmaHalves(d, a, b);
            }
            for (std::uint32_t i = 0; i < 4; ++i)
                scores[(rowTile * 16 + laneGroup + i / 2 * 8) * kScoreStride + keyTile * 8 + 2 * quad + i % 2] = d[i];
        }
        __syncthreads();
        // softmax so far: 8 lanes a row, 4 keys each
        if (threadIdx.x < kRows * 8) {
            const std::uint32_t row = threadIdx.x / 8, firstOfLane = threadIdx.x % 8 * 4;
            const std::uint32_t seen = row < count ? state.firstPosition + tokenOf(row) + 1 : 0;
            const float before = maxima[row];
            float maximum = before, total = 0;
            const float *of = scores + row * kScoreStride + firstOfLane;
            for (std::uint32_t i = 0; i < 4; ++i)
                if (firstKey + firstOfLane + i < seen)
                    maximum = fmaxf(maximum, of[i]);
            for (int offset = 4; offset > 0; offset /= 2)
                maximum = fmaxf(maximum, __shfl_xor_sync(kAllLanes, maximum, offset));
            for (std::uint32_t i = 0; i < 4; ++i) {
                // score * 0: 0, or NaN where a score is not finite
                const bool isSeen = firstKey + firstOfLane + i < seen;
                const float weight = isSeen ? fmaf(of[i], 0.0f, expf(of[i] - maximum)) : 0.0f;
                const std::uint32_t at = row * kWeightStride + firstOfLane + i;
                splitInHalves(weight, weights[at], weights[kRows * kWeightStride + at]);
                total += weight;
            }
            for (int offset = 4; offset > 0; offset /= 2)
                total += __shfl_xor_sync(kAllLanes, total, offset);
            __syncwarp(); // every lane has read the maximum before: shuffles order no memory
            if (firstOfLane == 0) {
                factors[row] = expf(before - maximum);
                totals[row] = fmaf(totals[row], factors[row], total);
                maxima[row] = maximum;
            }
        }
        __syncthreads();
        // values, weighted
        KERNELS_UNROLL
        for (std::uint32_t rowTile = 0; rowTile < rowTiles; ++rowTile) {
            const float upper = factors[rowTile * 16 + laneGroup], lower = factors[rowTile * 16 + laneGroup + 8];
            std::uint32_t high[kTileKeys / 16][4], low[kTileKeys / 16][4];
            KERNELS_UNROLL
            for (std::uint32_t k = 0; k < kTileKeys / 16; ++k) {
                const std::uint16_t *tile = weights + rowTile * 16 * kWeightStride + 16 * k;
                loadFragment(tile, kWeightStride, high[k]);
                loadFragment(tile + kRows * kWeightStride, kWeightStride, low[k]);
            }
            KERNELS_UNROLL
            for (std::uint32_t j = 0; j < mostTiles; ++j) {
                const std::uint32_t tile = warp + j * kFlashWarps;
                if (tile >= valueTiles)
                    break;
                float(&d)[4] = sums[rowTile][j];
                d[0] *= upper;
                d[1] *= upper;
                d[2] *= lower;
                d[3] *= lower;
                KERNELS_UNROLL
                for (std::uint32_t k = 0; k < kTileKeys / 16; ++k) {
                    std::uint32_t b[2];
                    loadTransposed(values + 16 * k * valueStride + 8 * tile, valueStride, b);
                    mmaHalves(d, high[k], b);
                    mmaHalves(d, low[k], b);
                }
            }
        }
    }
    __syncthreads();
    KERNELS_UNROLL
    for (std::uint32_t rowTile = 0; rowTile < rowTiles; ++rowTile)
        KERNELS_UNROLL
        for (std::uint32_t j = 0; j < mostTiles; ++j)
            for (std::uint32_t i = 0; i < 4; ++i) {
                const std::uint32_t row = rowTile * 16 + laneGroup + i / 2 * 8;
                const std::uint32_t dim = (warp + j * kFlashWarps) * 8 + 2 * quad + i % 2;
                if (row < count && dim < task.valueDim)
                    task.attended[tokenOf(row) * std::uint64_t(task.tokenStride) + headOf(row) * std::uint64_t(task.headStride) + dim] =
                        sums[rowTile][j][i] / totals[row];
            }
}

} // namespace kernels::cuda
