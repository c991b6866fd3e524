// Embedding, norms, RoPE and writing to the KV cache: what stands between products.
#pragma once

#include "kernels/backend.h"
#include "kernels/cuda/activations.cuh"
#include "kernels/cuda/run_state.h"
#include "kernels/cuda/unpack.cuh"

namespace kernels::cuda {

// Cosines and sines of a run's positions, times the amplitude: (tokens, pairs), for all layers.
struct Rotations
{
    float *cosines = nullptr, *sines = nullptr;
    std::uint32_t pairs = 0;
    bool adjacent = true; // RopePairs::Adjacent
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

// Grid: tokens.
__global__ void embedKernel(const __grid_constant__ EmbedTask task)
{
    const std::uint32_t t = blockIdx.x, columns = task.table.columns;
    if (t >= task.run.state->tokens)
        return;
    // the row of the embedding
    const auto row = static_cast<std::uint32_t>(task.run.tokens[t]);
    float *residual = task.residual + std::uint64_t(t) * columns;
    if (isQuantised(task.table.type)) {
        const std::uint32_t units = columns / kUnit;
        withQuantisedType(task.table.type, [&]<ElementType type>() {
            for (std::uint32_t unit = threadIdx.x; unit < units; unit += blockDim.x) {
                const RawUnit<type> raw = loadUnit<type>(task.table, task.table.bytes, std::uint64_t(row) * units + unit);
                float values[kUnit];
                dequantiseUnit<type>(raw, unit % kUnitsOfSuper, values);
                for (std::uint32_t i = 0; i < kUnit; ++i)
                    residual[unit * kUnit + i] = values[i];
            }
        });
    } else {
        const std::uint8_t *bytes = task.table.bytes + std::uint64_t(row) * task.table.rowBytes;
        const float *scales = nullptr;
        if (task.table.fp8)
            scales = task.table.fp8->values + std::uint64_t(task.table.fp8->firstRow + row) / kFp8Block * fp8Blocks(columns);
        withFloatType(task.table.type, [&]<ElementType type>() {
            for (std::uint32_t column = threadIdx.x; column < columns; column += blockDim.x)
                residual[column] = floatElement<type>(bytes, column) * (scales ? scales[column / kFp8Block] : 1.0f);
        });
    }
    // rotation of this position, for all layers
    const double position = task.run.state->firstPosition + t;
    for (std::uint32_t i = threadIdx.x; i < task.rotations.pairs; i += blockDim.x) {
        const double angle = position * double(task.inverseFrequencies[i]);
        const std::uint64_t at = std::uint64_t(t) * task.rotations.pairs + i;
        task.rotations.cosines[at] = static_cast<float>(double(task.amplitude) * cos(angle));
        task.rotations.sines[at] = static_cast<float>(double(task.amplitude) * sin(angle));
    }
}

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

// What x is multiplied with, besides the norm's weights. All threads of a block call it.
KERNELS_DEVICE float normScale(const float *in, std::uint32_t columns, float epsilon)
{
    __shared__ float parts[kWarp];
    float squares = 0;
    for (std::uint32_t column = threadIdx.x; column < columns; column += blockDim.x)
        squares = fmaf(in[column], in[column], squares);
    squares = sumOfBlock(squares, parts);
    return 1.0f / sqrtf(squares / static_cast<float>(columns) + epsilon);
}

// Grid: tokens.
__global__ void normQuantKernel(const __grid_constant__ NormTask task)
{
    const std::uint32_t t = blockIdx.x;
    if (t >= (task.wantsLogits ? task.state->logitRows : task.state->tokens))
        return;
    const std::uint64_t row = task.wantsLogits ? task.state->firstLogit + t : t;
    const float *in = task.in + row * task.inStride;
    const float scale = normScale(in, task.columns, task.epsilon);
    for (std::uint32_t column = threadIdx.x; column / kWarp * kWarp < task.columns; column += blockDim.x) {
        const float x = column < task.columns ? in[column] * scale * task.norm[column] : 0.0f;
        storeActivation(x, task.out, t, column, task.columns);
    }
}

// Rows of floats, quantised.
struct QuantiseTask
{
    ActivationRows rows; // both forms
    std::uint32_t columns = 0;
    const RunState *state = nullptr;
};

// Grid: tokens, parts of a row of blockDim.x activations.
__global__ void quantiseKernel(const __grid_constant__ QuantiseTask task)
{
    const std::uint32_t t = blockIdx.x, column = blockIdx.y * blockDim.x + threadIdx.x;
    if (t >= task.state->tokens || column / kWarp * kWarp >= task.columns)
        return;
    quantiseUnit(task.rows.floats[std::uint64_t(t) * task.rows.floatStride + column], task.rows.quantised, t, column / kUnit);
}

// A layer's rows of the cache: in a page, heads side by side, each with the keys of all its positions and, behind them, the values.
// Elements are halves. With MLA there is one head, [c | rotated key], and no values.
struct KvLayer
{
    std::uint64_t offset = 0;    // of the layer, in a page
    std::uint64_t headBytes = 0; // keys and values of one head
    std::uint32_t keyDim = 0, valueDim = 0; // elements of a row, multiples of 8; valueDim 0: there are no values
};

struct KvRow
{
    std::uint16_t *elements;
    RunFindings *findings;

    KERNELS_DEVICE void write(std::uint32_t dim, float value) const
    {
        if (!isFinite(value))
            findings->cacheInvalid = 1;
        elements[dim] = floatToHalfBits(fminf(fmaxf(value, -65504.0f), 65504.0f));
    }
};

KERNELS_DEVICE KvRow kvRow(const KvLayer &layer, const RunView &run, std::uint32_t position, std::uint32_t head, bool isValue)
{
    std::byte *at = run.pages[position / kKvPageTokens] + layer.offset + head * layer.headBytes;
    const std::uint32_t slot = position % kKvPageTokens;
    auto *halves = reinterpret_cast<std::uint16_t *>(at);
    halves += isValue ? std::uint64_t(kKvPageTokens) * layer.keyDim + std::uint64_t(slot) * layer.valueDim
                      : std::uint64_t(slot) * layer.keyDim;
    return {halves, run.findings};
}

// Gives take(dim, value) for all dimensions of a head, rotated by the token's position; a warp does it. value(dim) is what is
// rotated.
template <class Value, class Take>
KERNELS_DEVICE void rotateHead(const Rotations &rotations, std::uint32_t token, std::uint32_t dims, Value value, Take take)
{
    const std::uint32_t lane = threadIdx.x % kWarp, pairs = rotations.pairs;
    for (std::uint32_t i = lane; i < pairs; i += kWarp) {
        const std::uint64_t at = std::uint64_t(token) * pairs + i;
        const float cosine = rotations.cosines[at], sine = rotations.sines[at];
        const std::uint32_t first = rotations.adjacent ? 2 * i : i, second = rotations.adjacent ? 2 * i + 1 : i + pairs;
        const float a = value(first), b = value(second);
        take(first, a * cosine - b * sine);
        take(second, a * sine + b * cosine);
    }
    for (std::uint32_t dim = 2 * pairs + lane; dim < dims; dim += kWarp)
        take(dim, value(dim));
}

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

// Grid: tokens; a warp for each head of q, k and v, one after the other.
__global__ void ropeKvKernel(const __grid_constant__ RopeKvTask task)
{
    const std::uint32_t t = blockIdx.x, lane = threadIdx.x % kWarp;
    if (t >= task.run.state->tokens)
        return;
    const std::uint32_t all = task.heads + 2 * task.kvHeads, position = task.run.state->firstPosition + t;
    for (std::uint32_t head = threadIdx.x / kWarp; head < all; head += blockDim.x / kWarp) {
        const float *in = task.products + (std::uint64_t(t) * all + head) * task.headDim;
        if (head >= task.heads + task.kvHeads) {
            const KvRow to = kvRow(task.layer, task.run, position, head - task.heads - task.kvHeads, true);
            for (std::uint32_t dim = lane; dim < task.headDim; dim += kWarp)
                to.write(dim, in[dim]);
            continue;
        }
        // norm of the head, where the model has them
        const bool isQuery = head < task.heads;
        const float *norm = isQuery ? task.qNorm : task.kNorm;
        float scale = 1;
        if (norm) {
            float squares = 0;
            for (std::uint32_t dim = lane; dim < task.headDim; dim += kWarp)
                squares = fmaf(in[dim], in[dim], squares);
            scale = 1.0f / sqrtf(sumOfWarp(squares) / static_cast<float>(task.headDim) + task.epsilon);
        }
        const auto value = [&](std::uint32_t dim) { return norm ? in[dim] * scale * norm[dim] : in[dim]; };
        if (isQuery) {
            float *to = task.queries + (std::uint64_t(t) * task.heads + head) * task.layer.keyDim;
            rotateHead(task.rotations, t, task.headDim, value, [&](std::uint32_t dim, float x) { to[dim] = x; });
        } else {
            const KvRow to = kvRow(task.layer, task.run, position, head - task.heads, false);
            rotateHead(task.rotations, t, task.headDim, value, [&](std::uint32_t dim, float x) { to.write(dim, x); });
        }
    }
}

} // namespace kernels::cuda
