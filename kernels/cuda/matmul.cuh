// Products of weights with up to 16 tokens: decode and verify.
//
// Eight lanes share a row: each takes every eighth unit of 32 weights, unpacks it once and multiplies it with all tokens; several
// warps share long rows. A value's sum has one order, set by the shape of the matrix: units of a lane one after the other, then
// the 8 lanes as a tree, then the warps. It does not depend on how many tokens there are, so decode and verify give the same bits.
// Quantised weights: dot products of bytes with both planes of the activations, exact, then one multiplication with the scales.
#pragma once

#include "kernels/cuda/activations.cuh"
#include "kernels/cuda/unpack.cuh"

namespace kernels::cuda {

inline constexpr std::uint32_t kUnitsAhead = 2;   // loads of a lane that are under way

// A lane's part of the sums of one row, over the tokens of a tile.
template <ElementType type, std::uint32_t kTokens>
KERNELS_DEVICE void sumQuantised(const DeviceMatrix &w, const std::uint8_t *matrix, std::uint32_t row, std::uint32_t firstUnit,
                                 std::uint32_t step, const QuantRows &x, const std::uint32_t (&inputs)[kTokens],
                                 float (&sums)[kTokens])
{
    constexpr LevelTraits traits = levelTraits(type);
    const std::uint32_t units = w.columns / kUnit;
    const std::uint64_t rowUnits = std::uint64_t(row) * units;
    RawUnit<type> ring[kUnitsAhead];
    KERNELS_UNROLL
    for (std::uint32_t i = 0; i < kUnitsAhead; ++i)
        if (firstUnit + i * step < units)
            ring[i] = loadUnit<type>(w, matrix, rowUnits + firstUnit + i * step);
    for (std::uint32_t begin = firstUnit; begin < units; begin += kUnitsAhead * step) {
        KERNELS_UNROLL
        for (std::uint32_t i = 0; i < kUnitsAhead; ++i) {
            const std::uint32_t unit = begin + i * step;
            if (unit >= units)
                break;
            const RawUnit<type> raw = ring[i];
            if (unit + kUnitsAhead * step < units)
                ring[i] = loadUnit<type>(w, matrix, rowUnits + unit + kUnitsAhead * step);
            std::uint32_t levels[8];
            unpackLevels<type>(raw, levels);
            const UnitScales scales = unpackScales<type>(raw, unit % kUnitsOfSuper);
            KERNELS_UNROLL
            for (std::uint32_t t = 0; t < kTokens; ++t) {
                const uint4 *pieces = x.pieces(inputs[t], unit);
                const UnitOfActivations about = *x.unit(inputs[t], unit);
                int dots[2];
                KERNELS_UNROLL
                for (int half = 0; half < 2; ++half) {
                    const uint4 high = pieces[half * kUnitsOfSuper], low = pieces[(2 + half) * kUnitsOfSuper];
                    const std::uint32_t *q = levels + 4 * half;
                    int highs = __dp4a(static_cast<int>(q[0]), static_cast<int>(high.x), 0);
                    highs = __dp4a(static_cast<int>(q[1]), static_cast<int>(high.y), highs);
                    highs = __dp4a(static_cast<int>(q[2]), static_cast<int>(high.z), highs);
                    highs = __dp4a(static_cast<int>(q[3]), static_cast<int>(high.w), highs);
                    int lows = __dp4a(static_cast<int>(q[0]), static_cast<int>(low.x), 0);
                    lows = __dp4a(static_cast<int>(q[1]), static_cast<int>(low.y), lows);
                    lows = __dp4a(static_cast<int>(q[2]), static_cast<int>(low.z), lows);
                    lows = __dp4a(static_cast<int>(q[3]), static_cast<int>(low.w), lows);
                    dots[half] = 256 * highs + lows - traits.zero * about.sums[half];
                }
                float term;
                if constexpr (traits.halfScales) {
                    term = fmaf(scales.scale[1], static_cast<float>(dots[1]), scales.scale[0] * static_cast<float>(dots[0]));
                    if constexpr (traits.hasOffset) {
                        term = fmaf(scales.offset[0], static_cast<float>(about.sums[0]), term);
                        term = fmaf(scales.offset[1], static_cast<float>(about.sums[1]), term);
                    }
                } else {
                    term = scales.scale[0] * static_cast<float>(dots[0] + dots[1]);
                    if constexpr (traits.hasOffset)
                        term = fmaf(scales.offset[0], static_cast<float>(about.sums[0] + about.sums[1]), term);
                }
                sums[t] = fmaf(about.scale, term, sums[t]);
            }
        }
    }
}

// The same for weights in floats: pieces of 16 bytes.
template <ElementType type, std::uint32_t kTokens>
KERNELS_DEVICE void sumFloats(const DeviceMatrix &w, const std::uint8_t *matrix, std::uint32_t row, std::uint32_t firstPiece,
                              std::uint32_t step, const float *scales, const ActivationRows &x,
                              const std::uint32_t (&inputs)[kTokens], float (&sums)[kTokens])
{
    constexpr std::uint32_t elementBytes = floatBytes(type), count = 16 / elementBytes;
    const std::uint8_t *bytes = matrix + std::uint64_t(row) * w.rowBytes;
    for (std::uint32_t column = firstPiece * count; column < w.columns; column += step * count) {
        std::uint32_t piece[4];
        loadWords<16>(bytes + column * elementBytes, piece);
        float weights[count];
        KERNELS_UNROLL
        for (std::uint32_t i = 0; i < count; ++i) {
            weights[i] = floatElement<type>(piece, i);
            if constexpr (type == ElementType::F8_E4M3)
                weights[i] *= scales[column / kFp8Block];
        }
        KERNELS_UNROLL
        for (std::uint32_t t = 0; t < kTokens; ++t) {
            const float *in = x.floats + std::uint64_t(inputs[t]) * x.floatStride + column;
            KERNELS_UNROLL
            for (std::uint32_t i = 0; i < count; i += 4) {
                const float4 four = *reinterpret_cast<const float4 *>(in + i);
                const float values[4] = {four.x, four.y, four.z, four.w};
                KERNELS_UNROLL
                for (std::uint32_t j = 0; j < 4; ++j)
                    if (column + i + j < w.columns) // what is behind a row may be anything
                        sums[t] = fmaf(weights[i + j], values[j], sums[t]);
            }
        }
    }
}

// The sums of a lane group's row over the part of the row that warp `depth` of `depths` has, for a tile of tokens from `first` on.
// Each of the 8 lanes gets the sums.
template <ElementType type, std::uint32_t kTokens>
KERNELS_DEVICE void sumRow(const DeviceMatrix &w, std::uint32_t index, std::uint32_t row, const InputRows &x,
                                std::uint32_t first, std::uint32_t tokens, std::uint32_t depth, std::uint32_t depths,
                                float (&sums)[kTokens])
{
    const std::uint32_t lane = threadIdx.x % kRowLanes, begin = depth * kRowLanes + lane, step = depths * kRowLanes;
    const std::uint8_t *matrix = w.bytes + index * w.stride;
    row = row < w.rows ? row : w.rows - 1; // lanes without a row do as others do, for nothing
    std::uint32_t inputs[kTokens];
    float parts[kTokens];
    KERNELS_UNROLL
    for (std::uint32_t t = 0; t < kTokens; ++t) {
        parts[t] = 0;
        inputs[t] = x.row(first + t < tokens ? first + t : tokens - 1);
    }
    if constexpr (isQuantised(type)) {
        sumQuantised<type, kTokens>(w, matrix, row, begin, step, x.rows.quantised, inputs, parts);
    } else {
        const float *scales = nullptr;
        if constexpr (type == ElementType::F8_E4M3) {
            const DeviceFp8Scales of = w.fp8[index];
            scales = of.values + std::uint64_t(of.firstRow + row) / kFp8Block * fp8Blocks(w.columns);
        }
        sumFloats<type, kTokens>(w, matrix, row, begin, step, scales, x.rows, inputs, parts);
    }
    KERNELS_UNROLL
    for (std::uint32_t t = 0; t < kTokens; ++t) {
        for (std::uint32_t offset = kRowLanes / 2; offset > 0; offset /= 2)
            parts[t] += __shfl_xor_sync(kAllLanes, parts[t], offset);
        sums[t] = parts[t];
    }
}

// Where the parts of the warps of a block meet: (depthWarps, rows of the block, tokens).
template <std::uint32_t kTokens> struct BlockSums
{
    float parts[kMatmulWarps * kRowsOfWarp * kTokens];

    KERNELS_DEVICE void put(const WarpShape &shape, const float (&sums)[kTokens])
    {
        const std::uint32_t warp = threadIdx.x / kWarp, lane = threadIdx.x % kWarp;
        // warps of one part of the rows lie side by side: (depth, rowWarp)
        float *to = parts + (warp * kRowsOfWarp + lane / kRowLanes) * kTokens;
        if (lane % kRowLanes == 0)
            KERNELS_UNROLL
            for (std::uint32_t t = 0; t < kTokens; ++t)
                to[t] = sums[t];
    }
    KERNELS_DEVICE float get(const WarpShape &shape, std::uint32_t row, std::uint32_t token) const
    {
        float sum = 0;
        for (std::uint32_t depth = 0; depth < shape.depthWarps; ++depth)
            sum += parts[(depth * shape.rows() + row) * kTokens + token];
        return sum;
    }
};


// Grid: blocks of rows, matrices, tiles of kTokens tokens.
template <ElementType type, std::uint32_t kTokens>
__global__ void __launch_bounds__(kMatmulWarps * kWarp, 1) productKernel(const __grid_constant__ ProductTask task)
{
    __shared__ BlockSums<kTokens> block;
    const std::uint32_t tokens = task.wantsLogits ? task.state->logitRows : task.state->tokens;
    const std::uint32_t first = blockIdx.z * kTokens;
    if (first >= tokens)
        return;
    std::uint32_t segment = 0;
    while (segment + 1 < task.segmentCount && blockIdx.x >= task.segments[segment + 1].firstBlock)
        ++segment;
    const ProductSegment &part = task.segments[segment];
    const std::uint32_t firstRow = (blockIdx.x - part.firstBlock) * task.shape.rows();
    const std::uint32_t warp = threadIdx.x / kWarp, group = threadIdx.x % kWarp / kRowLanes;
    const std::uint32_t rowWarp = warp % task.shape.rowWarps, depth = warp / task.shape.rowWarps;
    InputRows x = task.x;
    x.first += blockIdx.y * task.inputMatrixStep;

    float sums[kTokens];
    sumRow<type, kTokens>(part.w, blockIdx.y, firstRow + rowWarp * kRowsOfWarp + group, x, first, tokens, depth,
                    task.shape.depthWarps, sums);
    block.put(task.shape, sums);
    __syncthreads();
    for (std::uint32_t i = threadIdx.x; i < task.shape.rows() * kTokens; i += blockDim.x) {
        const std::uint32_t row = firstRow + i % task.shape.rows(), t = i / task.shape.rows();
        if (row >= part.w.rows || first + t >= tokens)
            continue;
        float sum = block.get(task.shape, i % task.shape.rows(), t);
        if (part.bias)
            sum += part.bias[row];
        float *out = part.out + std::uint64_t(first + t) * part.outStride + blockIdx.y * task.outMatrixStride + row;
        *out = task.addsToOut ? *out + sum : sum;
    }
}

// What one expert, or the dense part of a layer, has to do: its matrix, its tokens, and where their results go.
struct ExpertPart
{
    std::uint32_t matrix = 0, firstRow = 0, tokens = 0;
};
KERNELS_DEVICE ExpertPart expertPart(const ExpertLists &lists, std::uint32_t number)
{
    if (number >= *lists.count)
        return {};
    const std::uint32_t expert = lists.withTokens[number], begin = lists.begins[expert];
    return {expert, begin, lists.begins[expert + 1] - begin};
}

inline constexpr std::uint32_t kGateRowWarps = kUnit / kRowsOfWarp;

// Grid: blocks of 32 rows, experts with tokens, tiles of kTokens tokens.
template <ElementType type, std::uint32_t kTokens>
__global__ void __launch_bounds__(kMatmulWarps * kWarp, 1) gateUpKernel(const __grid_constant__ GateUpTask task)
{
    __shared__ BlockSums<kTokens> products[2];
    ExpertPart part{0, 0, task.state->tokens};
    InputRows x = task.x;
    if (task.isRouted) {
        part = expertPart(task.experts, blockIdx.y);
        x.list = task.experts.tokens + part.firstRow;
    }
    const std::uint32_t first = blockIdx.z * kTokens;
    if (first >= part.tokens)
        return;
    const std::uint32_t firstRow = blockIdx.x * kUnit;
    const std::uint32_t warp = threadIdx.x / kWarp, lane = threadIdx.x % kWarp;
    const std::uint32_t rowWarp = warp % kGateRowWarps, depth = warp / kGateRowWarps;
    const std::uint32_t row = firstRow + rowWarp * kRowsOfWarp + lane / kRowLanes;

    KERNELS_NO_UNROLL
    for (std::uint32_t i = 0; i < 2; ++i) {
        float sums[kTokens];
        sumRow<type, kTokens>(task.weights[i], part.matrix, row, x, first, part.tokens, depth, task.shape.depthWarps, sums);
        products[i].put(task.shape, sums);
    }
    __syncthreads();
    // a warp for each token: its lanes have a unit of activations
    for (std::uint32_t t = warp; t < kTokens && first + t < part.tokens; t += task.shape.threads() / kWarp) {
        const float value = silu(products[0].get(task.shape, lane, t)) * products[1].get(task.shape, lane, t);
        storeActivation(value, task.activated, part.firstRow + first + t, firstRow + lane, task.weights[0].rows);
    }
}

// Grid as that of gateUpKernel, blocks of shape.rows() rows.
template <ElementType type, std::uint32_t kTokens>
__global__ void __launch_bounds__(kMatmulWarps * kWarp, 1) expertProductKernel(const __grid_constant__ ExpertProductTask task)
{
    __shared__ BlockSums<kTokens> block;
    const ExpertPart part = expertPart(task.experts, blockIdx.y);
    const std::uint32_t first = blockIdx.z * kTokens;
    if (first >= part.tokens)
        return;
    const std::uint32_t firstRow = blockIdx.x * task.shape.rows();
    const std::uint32_t warp = threadIdx.x / kWarp, group = threadIdx.x % kWarp / kRowLanes;
    const std::uint32_t rowWarp = warp % task.shape.rowWarps, depth = warp / task.shape.rowWarps;
    const InputRows x{task.x, task.readsTokens ? task.experts.tokens + part.firstRow : nullptr, part.firstRow};

    float sums[kTokens];
    sumRow<type, kTokens>(task.w, part.matrix, firstRow + rowWarp * kRowsOfWarp + group, x, first, part.tokens, depth,
                          task.shape.depthWarps, sums);
    block.put(task.shape, sums);
    __syncthreads();
    for (std::uint32_t i = threadIdx.x; i < task.shape.rows() * kTokens; i += blockDim.x) {
        const std::uint32_t row = firstRow + i % task.shape.rows(), t = i / task.shape.rows();
        if (row < task.w.rows && first + t < part.tokens)
            task.out[std::uint64_t(part.firstRow + first + t) * task.w.rows + row] =
                block.get(task.shape, i % task.shape.rows(), t);
    }
}

} // namespace kernels::cuda
