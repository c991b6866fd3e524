// Multi-head latent attention, absorbed: what stands between its products. Formulas: kernels/plan.h; the same stages in plain
// float: kernels/reference/reference_mla_steps.cpp.
#pragma once

#include "kernels/cuda/elementwise.cuh"

namespace kernels::cuda {

// The norm of c, and c and the key that all heads share into the cache. Grid: tokens.
__global__ void latentKernel(const __grid_constant__ LatentTask task)
{
    const std::uint32_t t = blockIdx.x;
    if (t >= task.run.state->tokens)
        return;
    const float *down = task.down + std::uint64_t(t) * (task.latent + task.ropeDim);
    const float scale = normScale(down, task.latent, task.epsilon);
    const KvRow to = kvRow(task.layer, task.run, task.run.state->firstPosition + t, 0, false);
    for (std::uint32_t dim = threadIdx.x; dim < task.latent; dim += blockDim.x)
        to.write(dim, down[dim] * scale * task.norm[dim]);
    if (threadIdx.x < kWarp)
        rotateHead(
            task.rotations, t, task.ropeDim, [&](std::uint32_t dim) { return down[task.latent + dim]; },
            [&](std::uint32_t dim, float x) { to.write(task.latent + dim, x); });
}

// Grid: tokens; a warp for each head, one after the other.
__global__ void mlaQueryKernel(const __grid_constant__ MlaQueryTask task)
{
    const std::uint32_t t = blockIdx.x, lane = threadIdx.x % kWarp;
    if (t >= task.state->tokens)
        return;
    for (std::uint32_t head = threadIdx.x / kWarp; head < task.heads; head += blockDim.x / kWarp) {
        const std::uint64_t row = std::uint64_t(t) * task.heads + head;
        const float *in = task.products + row * (task.nopeDim + task.ropeDim);
        for (std::uint32_t column = lane; column / kWarp * kWarp < task.nopeDim; column += kWarp)
            storeActivation(column < task.nopeDim ? in[column] : 0.0f, task.nope, row, column, task.nopeDim);
        float *to = task.queries + row * task.keyDim + task.latent;
        rotateHead(
            task.rotations, t, task.ropeDim, [&](std::uint32_t dim) { return in[task.nopeDim + dim]; },
            [&](std::uint32_t dim, float x) { to[dim] = x; });
    }
}

} // namespace kernels::cuda
