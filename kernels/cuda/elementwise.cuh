// Embedding, norms, RoPE and writing to the KV cache: what stands between products.
#pragma once

#include "kernels/cuda/activations.cuh"
#include "kernels/cuda/unpack.cuh"

namespace kernels::cuda {

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
        const auto *words = reinterpret_cast<const std::uint32_t *>(task.table.bytes + std::uint64_t(row) * task.table.rowBytes);
        const float *scales = nullptr;
        if (task.table.fp8)
            scales = task.table.fp8->values + std::uint64_t(task.table.fp8->firstRow + row) / kFp8Block * fp8Blocks(columns);
        withFloatType(task.table.type, [&]<ElementType type>() {
            for (std::uint32_t column = threadIdx.x; column < columns; column += blockDim.x)
                residual[column] = floatElement<type>(words, column) * (scales ? scales[column / kFp8Block] : 1.0f);
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

// Grid: tokens * rowsOfToken, parts of a row of blockDim.x activations.
__global__ void quantiseKernel(const __grid_constant__ QuantiseTask task)
{
    const std::uint32_t row = blockIdx.x, column = blockIdx.y * blockDim.x + threadIdx.x;
    if (row >= task.state->tokens * task.rowsOfToken || column / kWarp * kWarp >= task.columns)
        return;
    quantiseUnit(task.rows.floats[std::uint64_t(row) * task.rows.floatStride + column], task.rows.quantised, row, column / kUnit);
}

// Where one key or value goes.
struct KvRow
{
    std::uint16_t *elements;
    RunFindings *findings;

    KERNELS_DEVICE void write(std::uint32_t dim, float value) const
    {
        if (!isFinite(value))
            atomicOr(&findings->cacheInvalid, 1u);
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

// Grid: tokens * rowsOfToken, parts of blockDim.x columns.
__global__ void activateKernel(const __grid_constant__ ActivateTask task)
{
    const std::uint32_t row = blockIdx.x, column = blockIdx.y * blockDim.x + threadIdx.x;
    if (row >= task.state->tokens * task.rowsOfToken || column / kWarp * kWarp >= task.columns)
        return;
    const std::uint64_t at = std::uint64_t(row) * task.columns + column;
    const float value = column < task.columns ? silu(task.gate[at]) * task.up[at] : 0.0f;
    storeActivation(value, task.out, row, column, task.columns);
}

} // namespace kernels::cuda
