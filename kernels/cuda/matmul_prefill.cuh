// Products of quantised weights with many tokens: prefill, on tensor cores.
//
// A block makes 128 rows x 64 tokens, a warp 16 of the rows. 128 columns at a time are unpacked into shared memory, once for all
// tokens; a unit of 32 is a tensor-core product for each plane of the activations, in whole numbers, which scales turn to floats.
// Sums go through the columns in order: other bits than those of decode, the same in every run.
#pragma once

#include "kernels/cuda/matmul.cuh"
#include "kernels/cuda/mma.cuh"

namespace kernels::cuda {

inline constexpr std::uint32_t kPrefillRows = 128;
inline constexpr std::uint32_t kPrefillTokens = 64;
inline constexpr std::uint32_t kPrefillThreads = 256;
inline constexpr std::uint32_t kStageUnits = 4; // of columns that are in shared memory at a time

// Strides of 4 banks more than a multiple of 32: the 8 rows that a fragment takes words of meet all 32 banks.
struct PrefillStage
{
    static constexpr std::uint32_t kRowWords = kStageUnits * 8 + 4;
    static constexpr std::uint32_t kTokenWords = kStageUnits * 16 + 4;

    std::uint32_t weights[kPrefillRows * kRowWords];      // (rows, units, 8)
    std::uint32_t activations[kPrefillTokens * kTokenWords]; // (tokens, pieces, units, 4): see QuantRows
    UnitScales scales[kPrefillRows * kStageUnits];
    UnitOfActivations units[kPrefillTokens * kStageUnits];
};
static_assert(sizeof(PrefillStage) <= 48 << 10);

// 128 columns from unit `first` on; what is behind the end of rows, tokens or columns comes out as zeros.
template <ElementType type>
KERNELS_DEVICE void stage(PrefillStage &to, const DeviceMatrix &w, const std::uint8_t *matrix, std::uint32_t firstRow,
                          const InputRows &x, std::uint32_t firstToken, std::uint32_t tokens, std::uint32_t first)
{
    const std::uint32_t units = w.columns / kUnit;
    for (std::uint32_t i = threadIdx.x; i < kPrefillRows * kStageUnits; i += blockDim.x) {
        const std::uint32_t row = i / kStageUnits, unit = first + i % kStageUnits;
        std::uint32_t levels[8] = {};
        UnitScales scales{};
        if (firstRow + row < w.rows && unit < units) {
            const RawUnit<type> raw = loadUnit<type>(w, matrix, std::uint64_t(firstRow + row) * units + unit);
            unpackLevels<type>(raw, levels);
            scales = unpackScales<type>(raw, unit % kUnitsOfSuper);
        }
        auto *words = reinterpret_cast<uint4 *>(to.weights + row * PrefillStage::kRowWords + i % kStageUnits * 8);
        words[0] = {levels[0], levels[1], levels[2], levels[3]};
        words[1] = {levels[4], levels[5], levels[6], levels[7]};
        to.scales[i] = scales;
    }
    for (std::uint32_t i = threadIdx.x; i < kPrefillTokens * 4 * kStageUnits; i += blockDim.x) {
        const std::uint32_t token = i / (4 * kStageUnits), piece = i / kStageUnits % 4, unit = first + i % kStageUnits;
        uint4 words = {0, 0, 0, 0};
        UnitOfActivations about{};
        if (firstToken + token < tokens && unit < units) {
            const std::uint32_t row = x.row(firstToken + token);
            words = x.rows.quantised.pieces(row, unit)[piece * kUnitsOfSuper];
            if (piece == 0)
                about = *x.rows.quantised.unit(row, unit);
        }
        *reinterpret_cast<uint4 *>(to.activations + token * PrefillStage::kTokenWords + i % (4 * kStageUnits) * 4) = words;
        if (piece == 0)
            to.units[token * kStageUnits + i % kStageUnits] = about;
    }
}

// One unit of a warp's 16 rows and 8 of the tokens: sums(d) += what it gives.
template <ElementType type>
KERNELS_DEVICE void addUnit(const PrefillStage &from, std::uint32_t warpRow, std::uint32_t firstToken, std::uint32_t unit,
                            const std::uint32_t (&a)[4], const UnitScales (&scales)[2], float (&sums)[4])
{
    constexpr LevelTraits traits = levelTraits(type);
    const std::uint32_t lane = threadIdx.x % kWarp, group = lane / 4, quad = lane % 4;
    const std::uint32_t *x = from.activations + (firstToken + group) * PrefillStage::kTokenWords + unit * 4 + quad;
    constexpr std::uint32_t piece = kStageUnits * 4; // words from piece to piece
    const std::uint32_t high[2] = {x[0], x[piece]}, low[2] = {x[2 * piece], x[3 * piece]};
    int highs[2][4] = {}, lows[2][4] = {}; // of 16 columns each, or of all 32 in the first
    if constexpr (traits.halfScales) {
        for (int half = 0; half < 2; ++half) {
            mmaHalfBytes(highs[half], a[2 * half], a[2 * half + 1], high[half]);
            mmaHalfBytes(lows[half], a[2 * half], a[2 * half + 1], low[half]);
        }
    } else {
        mmaBytes(highs[0], a, high);
        mmaBytes(lows[0], a, low);
    }
    KERNELS_UNROLL
    for (std::uint32_t i = 0; i < 4; ++i) {
        const UnitOfActivations about = from.units[(firstToken + 2 * quad + i % 2) * kStageUnits + unit];
        const UnitScales &of = scales[i / 2];
        float term;
        if constexpr (traits.halfScales) {
            const int first = 256 * highs[0][i] + lows[0][i] - traits.zero * about.sums[0];
            const int second = 256 * highs[1][i] + lows[1][i] - traits.zero * about.sums[1];
            term = fmaf(of.scale[1], static_cast<float>(second), of.scale[0] * static_cast<float>(first));
            if constexpr (traits.hasOffset) {
                term = fmaf(of.offset[0], static_cast<float>(about.sums[0]), term);
                term = fmaf(of.offset[1], static_cast<float>(about.sums[1]), term);
            }
        } else {
            const int sum = about.sums[0] + about.sums[1];
            term = of.scale[0] * static_cast<float>(256 * highs[0][i] + lows[0][i] - traits.zero * sum);
            if constexpr (traits.hasOffset)
                term = fmaf(of.offset[0], static_cast<float>(sum), term);
        }
        sums[i] = fmaf(about.scale, term, sums[i]);
    }
}

// The block's tile; take(row, token, sum) gets each of its sums once.
template <ElementType type, class Take>
KERNELS_DEVICE void multiplyTile(const DeviceMatrix &w, std::uint32_t index, std::uint32_t firstRow, const InputRows &x,
                                 std::uint32_t firstToken, std::uint32_t tokens, Take take)
{
    __shared__ PrefillStage shared;
    constexpr std::uint32_t tiles = kPrefillTokens / 8;
    const std::uint32_t lane = threadIdx.x % kWarp, group = lane / 4, quad = lane % 4, warpRow = threadIdx.x / kWarp * 16;
    const std::uint8_t *matrix = w.bytes + index * w.stride;
    float sums[tiles][4] = {};
    for (std::uint32_t first = 0; first < w.columns / kUnit; first += kStageUnits) {
        __syncthreads(); // what was staged before is done with
        stage<type>(shared, w, matrix, firstRow, x, firstToken, tokens, first);
        __syncthreads();
        KERNELS_NO_UNROLL
        for (std::uint32_t unit = 0; unit < kStageUnits; ++unit) {
            const std::uint32_t *rows = shared.weights + (warpRow + group) * PrefillStage::kRowWords + unit * 8 + quad;
            constexpr std::uint32_t lower = 8 * PrefillStage::kRowWords;
            const std::uint32_t a[4] = {rows[0], rows[lower], rows[4], rows[lower + 4]};
            const UnitScales scales[2] = {shared.scales[(warpRow + group) * kStageUnits + unit],
                                          shared.scales[(warpRow + group + 8) * kStageUnits + unit]};
            KERNELS_UNROLL
            for (std::uint32_t tile = 0; tile < tiles; ++tile)
                addUnit<type>(shared, warpRow, 8 * tile, unit, a, scales, sums[tile]);
        }
    }
    KERNELS_UNROLL
    for (std::uint32_t tile = 0; tile < tiles; ++tile)
        for (std::uint32_t i = 0; i < 4; ++i) {
            const std::uint32_t row = firstRow + warpRow + group + i / 2 * 8, token = firstToken + 8 * tile + 2 * quad + i % 2;
            if (row < w.rows && token < tokens)
                take(row, token, sums[tile][i]);
        }
}

// As productKernel, for tokens that are many. Grid: blocks of 128 rows, matrices, tiles of 64 tokens.
template <ElementType type>
__global__ void __launch_bounds__(kPrefillThreads, 1) prefillProductKernel(const __grid_constant__ ProductTask task)
{
    const std::uint32_t tokens = task.state->tokens, first = blockIdx.z * kPrefillTokens;
    if (first >= tokens)
        return;
    std::uint32_t segment = 0;
    while (segment + 1 < task.segmentCount && blockIdx.x >= task.segments[segment + 1].firstBlock)
        ++segment;
    const ProductSegment &part = task.segments[segment];
    InputRows x = task.x;
    x.first += blockIdx.y * task.inputMatrixStep;
    float *to = part.out + blockIdx.y * task.outMatrixStride;
    multiplyTile<type>(part.w, blockIdx.y, (blockIdx.x - part.firstBlock) * kPrefillRows, x, first, tokens,
                       [&](std::uint32_t row, std::uint32_t token, float sum) {
                           float *out = to + std::uint64_t(token) * part.outStride + row;
                           if (part.bias)
                               sum += part.bias[row];
                           *out = task.addsToOut ? *out + sum : sum;
                       });
}

// As expertProductKernel. Grid: blocks of 128 rows, experts with tokens, tiles of 64 tokens.
template <ElementType type>
__global__ void __launch_bounds__(kPrefillThreads, 1) prefillExpertKernel(const __grid_constant__ ExpertProductTask task)
{
    const ExpertPart part = expertPart(task.experts, blockIdx.y);
    const std::uint32_t first = blockIdx.z * kPrefillTokens;
    if (first >= part.tokens)
        return;
    const InputRows x{task.x, task.readsTokens ? task.experts.tokens + part.firstRow : nullptr, part.firstRow};
    multiplyTile<type>(task.w, part.matrix, blockIdx.x * kPrefillRows, x, first, part.tokens,
                       [&](std::uint32_t row, std::uint32_t token, float sum) {
                           task.out[std::uint64_t(part.firstRow + token) * task.w.rows + row] = sum;
                       });
}

} // namespace kernels::cuda
