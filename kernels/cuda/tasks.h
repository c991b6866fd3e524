// What each kernel is given: plain numbers and addresses of device memory, not owned.
#pragma once

#include "kernels/backend.h"
#include "kernels/cuda/block_layout.h"
#include "kernels/cuda/device.cuh"
#include "kernels/cuda/draw_state.h"
#include "kernels/cuda/run_state.h"
#include "kernels/plan.h"

#include <cstddef>
#include <cstdint>

namespace kernels::cuda {

inline constexpr std::uint32_t kRowLanes = kUnitsOfSuper; // of a warp that share a row of weights
inline constexpr std::uint32_t kRowsOfWarp = kWarp / kRowLanes;
inline constexpr std::uint32_t kMatmulWarps = 16; // of a block, at most
inline constexpr std::uint32_t kMostSegments = 3; // of one product
inline constexpr std::uint32_t kTileKeys = 32;    // that attention reads at a time
inline constexpr std::uint32_t kMostValueDim = 512;
inline constexpr std::uint32_t kMostExperts = 1024;
inline constexpr std::uint32_t kMostExpertGroups = 64;

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

// Cosines and sines of a run's positions, times the amplitude: (tokens, pairs), for all layers.
struct Rotations
{
    float *cosines = nullptr, *sines = nullptr;
    std::uint32_t pairs = 0;
    bool adjacent = true; // RopePairs::Adjacent
};

// A layer's rows of the cache: in a page, heads side by side, each with the keys of all its positions and, behind them, the values.
// Elements are halves. With MLA there is one head, [c | rotated key], and no values.
struct KvLayer
{
    std::uint64_t offset = 0;    // of the layer, in a page
    std::uint64_t headBytes = 0; // keys and values of one head
    std::uint32_t keyDim = 0, valueDim = 0; // elements of a row, multiples of 8; valueDim 0: there are no values
};

struct EmbedTask
{
    DeviceMatrix table;
    float *residual = nullptr; // (tokens, columns of the table)
    const float *inverseFrequencies = nullptr;
    float amplitude = 1;
    Rotations rotations;
    RunView run;
};

// out(t) = in / sqrt(mean(in^2) + eps) * norm, quantised where that is read.
struct NormTask
{
    const float *in = nullptr;
    std::uint32_t inStride = 0; // floats from token to token
    std::uint32_t columns = 0;
    const float *norm = nullptr;
    float epsilon = 0;
    ActivationRows out;
    bool wantsLogits = false; // of the tokens from state->firstLogit on; row 0 of out is the first of them
    const RunState *state = nullptr;
};

// Rows of floats, quantised.
struct QuantiseTask
{
    ActivationRows rows; // both forms
    std::uint32_t columns = 0;
    std::uint32_t rowsOfToken = 1;
    const RunState *state = nullptr;
};

// out(row) = silu(gate(row)) * up(row): where the two products could not be one kernel.
struct ActivateTask
{
    const float *gate = nullptr, *up = nullptr; // (rows, columns)
    std::uint32_t columns = 0;
    std::uint32_t rowsOfToken = 1;
    ActivationRows out;
    const RunState *state = nullptr;
};

struct RopeKvTask
{
    const float *products = nullptr; // (tokens, [q | k | v] of all heads), biases added
    const float *qNorm = nullptr, *kNorm = nullptr; // (headDim), where heads have norms
    float epsilon = 0;
    std::uint32_t heads = 0, kvHeads = 0, headDim = 0;
    Rotations rotations;
    float *queries = nullptr; // (tokens, heads, keyDim)
    KvLayer layer;
    RunView run;
};

struct LatentTask
{
    const float *down = nullptr; // (tokens, latent + ropeDim)
    const float *norm = nullptr; // (latent)
    float epsilon = 0;
    std::uint32_t latent = 0, ropeDim = 0;
    Rotations rotations;
    KvLayer layer;
    RunView run;
};

struct MlaQueryTask
{
    const float *products = nullptr; // (tokens, heads, nopeDim + ropeDim)
    std::uint32_t heads = 0, nopeDim = 0, ropeDim = 0;
    std::uint32_t latent = 0, keyDim = 0; // of a query as attention takes it: [up q_nope | rotated rest]
    Rotations rotations;
    ActivationRows nope;      // (tokens, heads): rows of nopeDim
    float *queries = nullptr; // (tokens, heads, keyDim): the rotated rest
    const RunState *state = nullptr;
};

// What the pages of a split say to a row: values = sum of e^(score - maximum) * value, total = sum of e^(score - maximum).
struct AttentionPart
{
    float maximum, total;
};

struct AttentionTask
{
    const float *queries = nullptr; // (tokens, heads, keyDim)
    std::uint32_t heads = 0, kvHeads = 0;
    KvLayer layer;
    std::uint32_t valueDim = 0; // elements of a value, of the keys' first ones where the layer has none; at most kMostValueDim
    float scale = 0;
    std::uint32_t firstToken = 0; // of the run, in a slice of at most kVerifyTokens
    std::uint32_t splits = 0;     // split s has the pages s, s + splits, ...
    float *partValues = nullptr;  // (tokens of the slice * heads, splits, valueDim)
    AttentionPart *parts = nullptr; // (tokens of the slice * heads, splits)
    RunView run;

    // Elements of a row of keys in shared memory: 16 bytes more, so that lanes with a row each meet different banks.
    __host__ __device__ std::uint32_t keyStride() const { return layer.keyDim + 8; }
    __host__ __device__ std::uint32_t valueStride() const { return layer.valueDim; }
    __host__ std::size_t sharedBytes(std::uint32_t rows) const
    {
        return (std::size_t(kTileKeys) * (keyStride() + valueStride())) * sizeof(std::uint16_t)
            + (std::size_t(rows) * layer.keyDim + std::size_t(rows) * kTileKeys + 3 * rows) * sizeof(float);
    }
};

// The same of all tokens of a long run, without splits.
struct FlashAttentionTask
{
    const float *queries = nullptr; // (tokens, heads, keyDim)
    std::uint32_t heads = 0, kvHeads = 0;
    KvLayer layer;
    std::uint32_t valueDim = 0; // of a head, at most kMostValueDim
    float scale = 0;
    float *attended = nullptr; // (tokens, heads, valueDim)
    std::uint32_t tokenStride = 0, headStride = 0; // floats
    RunView run;

    // Elements of rows in shared memory: whole fragments of 16, and 16 bytes more, see AttentionTask.
    __host__ __device__ std::uint32_t keyStride() const { return (layer.keyDim + 15) / 16 * 16 + 8; }
    __host__ __device__ std::uint32_t valueStride() const { return layer.valueDim ? layer.valueDim + 8 : 0; }
    __host__ std::size_t sharedBytes(std::uint32_t rows) const
    {
        const std::size_t halves = std::size_t(2 * rows + kTileKeys) * keyStride() + kTileKeys * valueStride() + 2 * rows * (kTileKeys + 8);
        return halves * sizeof(std::uint16_t) + rows * (kTileKeys + 4 + 3) * sizeof(float);
    }
};

// attended(token, head, dim) = what all splits say, merged in order; and quantised for the product behind.
struct CombineTask
{
    const float *partValues = nullptr;
    const AttentionPart *parts = nullptr;
    std::uint32_t heads = 0, splits = 0;
    std::uint32_t partDim = 0;  // elements of a row of partValues
    std::uint32_t valueDim = 0; // of a head's value
    std::uint32_t firstToken = 0;
    ActivationRows attended;      // rows of rowColumns of a token's heads * valueDim
    std::uint32_t rowColumns = 0; // heads * valueDim, or valueDim where each head has a row
    const RunState *state = nullptr;
};

struct ChooseTask
{
    const float *logits = nullptr; // (tokens, experts)
    const float *bias = nullptr;   // (experts), or null
    std::uint32_t experts = 0, used = 0, groups = 1, groupsUsed = 1;
    RouterScore score = RouterScore::Softmax;
    GroupRank groupRank = GroupRank::Maximum;
    bool normalised = false;
    float scale = 1;
    std::uint32_t *chosen = nullptr; // (tokens, used): numbers, the best first
    float *weights = nullptr;        // (tokens, used)
    const RunState *state = nullptr;
};

struct SortTask
{
    const std::uint32_t *chosen = nullptr; // (tokens, used)
    std::uint32_t experts = 0, used = 0;
    std::uint32_t *count = nullptr, *withTokens = nullptr, *begins = nullptr, *tokens = nullptr; // see ExpertLists
    std::uint32_t *places = nullptr; // (tokens, used): where a token's pairs are, by expert
    std::uint32_t *pairs = nullptr;  // of a place, the pair (token * used + i) that it is
    const RunState *state = nullptr;
};

struct AddExpertsTask
{
    const float *products = nullptr; // (pairs, hidden), by expert
    const float *weights = nullptr;  // (tokens, used), as chosen
    const std::uint32_t *places = nullptr, *pairs = nullptr;
    std::uint32_t used = 0, hidden = 0;
    float *residual = nullptr;
    const RunState *state = nullptr;
};

// How the warps of a block share the work: rowWarps groups of rows, depthWarps parts of a row.
struct WarpShape
{
    std::uint32_t rowWarps = 1, depthWarps = 1;
    __host__ __device__ std::uint32_t rows() const { return rowWarps * kRowsOfWarp; }
    __host__ __device__ std::uint32_t threads() const { return rowWarps * depthWarps * kWarp; }
};

// Rows of activations of one product: token t reads row `first + t * step`, or the row that `list` names there.
struct InputRows
{
    ActivationRows rows;
    const std::uint32_t *list = nullptr;
    std::uint32_t first = 0, step = 1;

    KERNELS_DEVICE std::uint32_t row(std::uint32_t token) const
    {
        return list ? list[token] : first + token * step;
    }
};

// Some products of the same input with matrices of one type, one behind the other along the grid.
// out(t, row) = w(row, :) . x(t, :) + bias, or += that.
struct ProductSegment
{
    DeviceMatrix w;
    const float *bias = nullptr;
    float *out = nullptr;
    std::uint32_t outStride = 0; // floats from token to token
    std::uint32_t firstBlock = 0;
};

struct ProductTask
{
    ProductSegment segments[kMostSegments];
    std::uint32_t segmentCount = 0;
    WarpShape shape;
    InputRows x;
    bool addsToOut = false;
    bool wantsLogits = false;        // of the tokens from state->firstLogit on; out begins with the first of them
    std::uint32_t outMatrixStride = 0; // floats from one matrix of a stack to the next; blockIdx.y is its number
    std::uint32_t inputMatrixStep = 0; // rows of x from one matrix to the next
    const RunState *state = nullptr;
};

// Rows of floats as halves: halves * scale.
struct HalveRowsTask
{
    ActivationRows rows;
    std::uint32_t columns = 0, stride = 0;
    std::uint16_t *halves = nullptr; // (tokens, stride)
    float *scales = nullptr;         // (tokens)
    const RunState *state = nullptr;
};

// out(t, row) = scale(t) * sums(t, row) + bias, or += that.
struct StoreProductTask
{
    const float *sums = nullptr; // (tokens, rows)
    const float *scales = nullptr;
    const float *bias = nullptr;
    float *out = nullptr;
    std::uint32_t rows = 0, outStride = 0;
    bool addsToOut = false;
    const RunState *state = nullptr;
};

// Experts that have tokens, in device memory: the part of blockIdx.y is that of withTokens[blockIdx.y] (moe.cuh).
struct ExpertLists
{
    const std::uint32_t *count = nullptr;      // of experts that have tokens
    const std::uint32_t *withTokens = nullptr; // their numbers, ascending
    const std::uint32_t *begins = nullptr;     // (experts of the model + 1), by number: into what follows
    const std::uint32_t *tokens = nullptr;     // of each pair of expert and token, by expert, then by token
};

// activated(t, row) = silu(gate(row, :) . x(t, :)) * (up(row, :) . x(t, :)), in the forms that the product behind it reads.
struct GateUpTask
{
    DeviceMatrix weights[2]; // gate, up
    InputRows x;
    ActivationRows activated;
    WarpShape shape; // of 8 rowWarps: 32 rows, a unit of activations
    bool isRouted = false;
    ExpertLists experts; // where isRouted: tokens are theirs, and rows of `activated` are pairs
    const RunState *state = nullptr;
};

// One row of logits to a token, and the next step's state. Sizes are those of DrawRoom.
struct DrawTask
{
    const float *logits = nullptr; // (vocabulary)
    float *penalised = nullptr;    // (vocabulary): the row that is drawn from, where there is a penalty
    std::uint32_t vocabulary = 0;
    float *maxima = nullptr, *penalisedMaxima = nullptr; // (blocks), of either row
    float *chances = nullptr;                            // (lanes)
    float *sums = nullptr;                               // (sums): lanes of top-p, or of each block
    std::uint32_t *invalid = nullptr;                    // (runs): 1 where a logit is not finite
    DrawingState *drawing = nullptr;
    std::int32_t *window = nullptr; // (kMostWindow)
    DrawnToken *ring = nullptr;     // (kTokenRing), pinned memory of the host
    // of the step that is behind, and the next one
    const RunFindings *findings = nullptr;
    RunState *state = nullptr;
    std::int32_t *tokens = nullptr;
};

// out(pair, row) = w(row, :) . x(pair, :) with the matrix of the pair's expert.
struct ExpertProductTask
{
    DeviceMatrix w;
    ActivationRows x; // rows of pairs, or of the pairs' tokens
    bool readsTokens = false;
    float *out = nullptr; // (pairs, rows of w)
    WarpShape shape;
    ExpertLists experts;
};

} // namespace kernels::cuda
