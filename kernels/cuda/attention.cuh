// Attention of a few queries to the cache: decode and verify.
//
// Keys are split by pages: a block takes one page of one KV head for some rows of queries (token, head of the group), another
// kernel merges what the pages say, in order. Keys are read 32 at a time into shared memory, once for all rows of the block.
// A row's sums have one order, whatever else is computed beside it, so decode and verify give the same bits. Pages and not the
// CPU's chunks of 256 keys: at 512 positions two KV heads would keep 4 multiprocessors busy.
#pragma once

#include "kernels/cuda/elementwise.cuh"
#include "kernels/cuda/launch.h"

namespace kernels::cuda {

inline constexpr std::uint32_t kAttentionThreads = 256;
inline constexpr float kNoScore = -3.0e38f; // of a key that is not seen
static_assert(kKvPageTokens % kTileKeys == 0);

// 32 rows of `dims` halves, those from `valid` on, and what fills a row up to `padded`, as zeros.
KERNELS_DEVICE void loadTile(const std::uint16_t *from, std::uint32_t dims, std::uint32_t stride, std::uint32_t padded,
                             std::uint32_t valid, std::uint16_t *to)
{
    const std::uint32_t pieces = padded / 8;
    for (std::uint32_t i = threadIdx.x; i < kTileKeys * pieces; i += blockDim.x) {
        const std::uint32_t key = i / pieces, piece = i % pieces;
        const uint4 zero = {0, 0, 0, 0};
        *reinterpret_cast<uint4 *>(to + key * stride + piece * 8) =
            key < valid && piece * 8 < dims ? *reinterpret_cast<const uint4 *>(from + std::uint64_t(key) * dims + piece * 8) : zero;
    }
}

KERNELS_DEVICE void toFloats(const uint4 &halves, float (&values)[8])
{
    const std::uint32_t words[4] = {halves.x, halves.y, halves.z, halves.w};
    KERNELS_UNROLL
    for (int i = 0; i < 4; ++i) {
        values[2 * i] = halfBitsToFloat(words[i] & 0xffffu);
        values[2 * i + 1] = halfBitsToFloat(words[i] >> 16);
    }
}

// Grid: splits, KV heads, tiles of kRows rows. Dynamic shared memory: task.sharedBytes(kRows).
template <std::uint32_t kRows> __global__ void __launch_bounds__(kAttentionThreads, 1) attentionKernel(const __grid_constant__ AttentionTask task)
{
    const RunState state = *task.run.state;
    const std::uint32_t group = task.heads / task.kvHeads;
    const std::uint32_t tokens = min(state.tokens - task.firstToken, kVerifyTokens), rows = tokens * group;
    const std::uint32_t firstRow = blockIdx.z * kRows, count = min(rows - min(rows, firstRow), kRows);
    const std::uint32_t positions = state.firstPosition + task.firstToken + tokens; // that a row of the slice may see
    const std::uint32_t pages = (positions + kKvPageTokens - 1) / kKvPageTokens;
    if (count == 0 || blockIdx.x >= pages)
        return;
    const KvLayer &layer = task.layer;
    const std::uint32_t keyDim = layer.keyDim, valueDim = task.valueDim;
    const bool valuesAreKeys = layer.valueDim == 0;

    auto *keys = reinterpret_cast<std::uint16_t *>(dynamicShared());
    std::uint16_t *values = keys + kTileKeys * task.keyStride();
    auto *queries = reinterpret_cast<float *>(values + kTileKeys * task.valueStride()); // (kRows, keyDim)
    float *weights = queries + kRows * keyDim;                                           // (kRows, kTileKeys)
    float *maxima = weights + kRows * kTileKeys, *totals = maxima + kRows, *factors = totals + kRows;

    const auto tokenOf = [&](std::uint32_t row) { return task.firstToken + (firstRow + row) / group; };
    const auto headOf = [&](std::uint32_t row) { return blockIdx.y * group + (firstRow + row) % group; };
    for (std::uint32_t i = threadIdx.x; i < count * keyDim; i += blockDim.x) {
        const std::uint32_t row = i / keyDim;
        queries[i] = task.queries[(std::uint64_t(tokenOf(row)) * task.heads + headOf(row)) * keyDim + i % keyDim];
    }
    if (threadIdx.x < kRows) {
        maxima[threadIdx.x] = kNoScore;
        totals[threadIdx.x] = 0;
    }
    // A thread sums two neighbouring dimensions of the values, for every rowsAtOnce-th row.
    const std::uint32_t pairs = valueDim / 2, rowsAtOnce = max(1u, blockDim.x / pairs);
    const std::uint32_t pair = threadIdx.x % pairs, valueRow = threadIdx.x / pairs;
    const std::uint16_t *valueTile = valuesAreKeys ? keys : values;
    const std::uint32_t valueTileStride = valuesAreKeys ? task.keyStride() : task.valueStride();
    float sums[kRows][2] = {};

    for (std::uint32_t page = blockIdx.x; page < pages; page += task.splits) {
        const auto *from = reinterpret_cast<const std::uint16_t *>(task.run.pages[page] + layer.offset
                                                                   + blockIdx.y * layer.headBytes);
        for (std::uint32_t first = 0; first < kKvPageTokens && page * kKvPageTokens + first < positions; first += kTileKeys) {
            const std::uint32_t firstKey = page * kKvPageTokens + first;
            const std::uint32_t valid = min(positions - firstKey, kTileKeys); // what is behind may be anything
            __syncthreads(); // the tile before is done with
            loadTile(from + std::uint64_t(first) * keyDim, keyDim, task.keyStride(), keyDim, valid, keys);
            if (!valuesAreKeys)
                loadTile(from + std::uint64_t(kKvPageTokens) * keyDim + std::uint64_t(first) * layer.valueDim, layer.valueDim,
                         task.valueStride(), layer.valueDim, valid, values);
            __syncthreads();
            // scores: q k^T * scale, a lane a key; softmax so far
            for (std::uint32_t row = threadIdx.x / kWarp; row < count; row += blockDim.x / kWarp) {
                const std::uint32_t lane = threadIdx.x % kWarp;
                const std::uint32_t seen = state.firstPosition + tokenOf(row) + 1;
                if (firstKey >= seen)
                    continue;
                float score = 0;
                for (std::uint32_t dim = 0; dim < keyDim; dim += 8) {
                    float key[8];
                    toFloats(*reinterpret_cast<const uint4 *>(keys + lane * task.keyStride() + dim), key);
                    const float *query = queries + row * keyDim + dim;
                    KERNELS_UNROLL
                    for (int i = 0; i < 8; ++i)
                        score = fmaf(query[i], key[i], score);
                }
                score *= task.scale;
                const bool isSeen = firstKey + lane < seen;
                const float before = maxima[row];
                const float maximum = fmaxf(before, maxOfWarp(isSeen ? score : kNoScore));
                // score * 0: 0, or NaN where a score is not finite
                const float weight = isSeen ? fmaf(score, 0.0f, expf(score - maximum)) : 0.0f;
                const float total = sumOfWarp(weight), factor = expf(before - maximum);
                weights[row * kTileKeys + lane] = weight;
                __syncwarp(); // every lane has read the maximum before: shuffles order no memory
                if (lane == 0) {
                    maxima[row] = maximum;
                    totals[row] = fmaf(totals[row], factor, total);
                    factors[row] = factor;
                }
            }
            __syncthreads();
            // values, weighted
            KERNELS_UNROLL
            for (std::uint32_t i = 0; i < kRows; ++i) {
                const std::uint32_t row = valueRow + i * rowsAtOnce;
                if (valueRow < rowsAtOnce && row < count && firstKey <= state.firstPosition + tokenOf(row)) {
                    sums[i][0] *= factors[row];
                    sums[i][1] *= factors[row];
                }
            }
            for (std::uint32_t key = 0; key < kTileKeys; ++key) {
                const std::uint32_t halves =
                    *reinterpret_cast<const std::uint32_t *>(valueTile + key * valueTileStride + 2 * pair);
                const float element[2] = {halfBitsToFloat(halves & 0xffffu), halfBitsToFloat(halves >> 16)};
                KERNELS_UNROLL
                for (std::uint32_t i = 0; i < kRows; ++i) {
                    const std::uint32_t row = valueRow + i * rowsAtOnce;
                    if (valueRow < rowsAtOnce && row < count && firstKey <= state.firstPosition + tokenOf(row)) {
                        const float weight = weights[row * kTileKeys + key];
                        sums[i][0] = fmaf(weight, element[0], sums[i][0]);
                        sums[i][1] = fmaf(weight, element[1], sums[i][1]);
                    }
                }
            }
        }
    }
    __syncthreads();
    const auto partOf = [&](std::uint32_t row) {
        return ((std::uint64_t(tokenOf(row) - task.firstToken)) * task.heads + headOf(row)) * task.splits + blockIdx.x;
    };
    KERNELS_UNROLL
    for (std::uint32_t i = 0; i < kRows; ++i) {
        const std::uint32_t row = valueRow + i * rowsAtOnce;
        if (valueRow < rowsAtOnce && row < count)
            *reinterpret_cast<float2 *>(task.partValues + partOf(row) * valueDim + 2 * pair) = {sums[i][0], sums[i][1]};
    }
    if (threadIdx.x < count)
        task.parts[partOf(threadIdx.x)] = {maxima[threadIdx.x], totals[threadIdx.x]};
}

// Grid: tokens of the slice, parts of blockDim.x elements of a token.
__global__ void combineAttentionKernel(const __grid_constant__ CombineTask task)
{
    const RunState state = *task.state;
    const std::uint32_t t = blockIdx.x, token = task.firstToken + t;
    const std::uint32_t element = blockIdx.y * blockDim.x + threadIdx.x, elements = task.heads * task.valueDim;
    if (token >= state.tokens || element / kWarp * kWarp >= elements)
        return;
    float value = 0;
    if (element < elements) {
        const std::uint32_t pages = (state.firstPosition + token + kKvPageTokens) / kKvPageTokens;
        const std::uint32_t splits = min(task.splits, pages);
        const std::uint64_t first = (std::uint64_t(t) * task.heads + element / task.valueDim) * task.splits;
        const float *values = task.partValues + first * task.partDim + element % task.valueDim;
        float maximum = task.parts[first].maximum, total = task.parts[first].total;
        value = values[0];
        for (std::uint32_t split = 1; split < splits; ++split) {
            const AttentionPart part = task.parts[first + split];
            const float larger = fmaxf(maximum, part.maximum);
            const float before = expf(maximum - larger), now = expf(part.maximum - larger);
            value = fmaf(value, before, values[std::uint64_t(split) * task.partDim] * now);
            total = fmaf(total, before, part.total * now);
            maximum = larger;
        }
        value /= total;
    }
    const std::uint32_t rowsOfToken = elements / task.rowColumns;
    const std::uint64_t row = std::uint64_t(token) * rowsOfToken + element / task.rowColumns;
    // Lanes behind the last element have nothing to store: then elements are no whole units, and rows are floats.
    storeActivation(value, task.attended, row, element < elements ? element % task.rowColumns : task.rowColumns,
                    task.rowColumns);
}

} // namespace kernels::cuda
