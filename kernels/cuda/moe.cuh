// Routed experts: the choice of each token, tokens sorted by expert, and the sum over a token's experts. The products between
// are in matmul.cuh. Formulas: kernels/plan.h; the same choice on the CPU: kernels/router.cpp.
#pragma once

#include "kernels/cuda/tasks.h"

namespace kernels::cuda {

inline constexpr double kOut = -1.7976931348623157e308; // the rank of what is chosen or left out

KERNELS_DEVICE double sumOfWarp(double value)
{
    for (int offset = 16; offset > 0; offset /= 2)
        value += __shfl_xor_sync(kAllLanes, value, offset);
    return value;
}

// The place of the largest of `count` ranks in shared memory; of equal ones the first. A warp calls it.
KERNELS_DEVICE std::uint32_t bestOf(const double *ranks, std::uint32_t count)
{
    const std::uint32_t lane = threadIdx.x % kWarp;
    std::uint32_t best = lane < count ? lane : 0;
    for (std::uint32_t i = lane + kWarp; i < count; i += kWarp)
        if (ranks[i] > ranks[best])
            best = i;
    double rank = ranks[best];
    for (int offset = 16; offset > 0; offset /= 2) {
        const double otherRank = __shfl_xor_sync(kAllLanes, rank, offset);
        const std::uint32_t other = __shfl_xor_sync(kAllLanes, best, offset);
        if (otherRank > rank || (otherRank == rank && other < best)) {
            rank = otherRank;
            best = other;
        }
    }
    return best;
}

// A rank above kOut whatever the file holds, so that no expert is chosen twice: NaN and minus infinity come last.
KERNELS_DEVICE double ranked(double value)
{
    constexpr double last = -1e308;
    return value > last ? value : last;
}

// The rank of a group by those of its members.
KERNELS_DEVICE double rankOfGroup(const ChooseTask &task, const double *members, std::uint32_t count)
{
    double first = kOut, second = kOut;
    for (std::uint32_t i = 0; i < count; ++i) {
        if (members[i] > first) {
            second = first;
            first = members[i];
        } else if (members[i] > second) {
            second = members[i];
        }
    }
    return ranked(task.groupRank == GroupRank::TopTwoSum && count > 1 ? first + second : first);
}

// Grid: tokens; one warp.
__global__ void __launch_bounds__(kWarp) chooseExpertsKernel(const __grid_constant__ ChooseTask task)
{
    __shared__ double scores[kMostExperts], ranks[kMostExperts], groupRanks[kMostExpertGroups];
    const std::uint32_t t = blockIdx.x, lane = threadIdx.x;
    if (t >= task.state->tokens)
        return;
    const float *logits = task.logits + std::uint64_t(t) * task.experts;
    // scores; wrong is 0, or NaN where a number is not finite: such an expert may not be among the chosen, which must not hide it
    double wrong = 0;
    float largest = -3.4028234e38f;
    for (std::uint32_t e = lane; e < task.experts; e += kWarp) {
        wrong += double(logits[e]) * 0 + (task.bias ? double(task.bias[e]) * 0 : 0);
        largest = fmaxf(largest, logits[e]);
    }
    wrong = sumOfWarp(wrong);
    largest = maxOfWarp(largest);
    double sum = 0;
    for (std::uint32_t e = lane; e < task.experts; e += kWarp) {
        scores[e] = task.score == RouterScore::Sigmoid ? 1 / (1 + exp(-double(logits[e])))
                                                       : exp(double(logits[e]) - double(largest));
        sum += scores[e];
    }
    sum = sumOfWarp(sum);
    for (std::uint32_t e = lane; e < task.experts; e += kWarp) {
        if (task.score == RouterScore::Softmax)
            scores[e] /= sum;
        ranks[e] = ranked(scores[e] + (task.bias ? double(task.bias[e]) : 0));
    }
    __syncwarp();
    // experts of all but the best groups are out
    if (task.groupsUsed < task.groups) {
        const std::uint32_t size = task.experts / task.groups;
        for (std::uint32_t g = lane; g < task.groups; g += kWarp)
            groupRanks[g] = rankOfGroup(task, ranks + g * size, size);
        __syncwarp();
        for (std::uint32_t i = 0; i < task.groupsUsed; ++i) {
            const std::uint32_t best = bestOf(groupRanks, task.groups);
            __syncwarp();
            if (lane == 0)
                groupRanks[best] = kOut; // those that are used; the others keep their ranks
            __syncwarp();
        }
        for (std::uint32_t e = lane; e < size * task.groups; e += kWarp)
            if (groupRanks[e / size] != kOut)
                ranks[e] = kOut;
        __syncwarp();
    }
    // the best, and their weights
    std::uint32_t *chosen = task.chosen + std::uint64_t(t) * task.used;
    double chosenSum = 0;
    for (std::uint32_t i = 0; i < task.used; ++i) {
        const std::uint32_t expert = bestOf(ranks, task.experts);
        chosenSum += scores[expert];
        __syncwarp();
        if (lane == 0) {
            ranks[expert] = kOut;
            chosen[i] = expert;
        }
        __syncwarp();
    }
    const double factor = double(task.scale) / (task.normalised ? chosenSum + 1e-20 : 1) + wrong;
    for (std::uint32_t i = lane; i < task.used; i += kWarp)
        task.weights[std::uint64_t(t) * task.used + i] = static_cast<float>(scores[chosen[i]] * factor);
}

// Pairs of token and expert, by expert, then by token. Grid: one block.
__global__ void sortByExpertKernel(const __grid_constant__ SortTask task)
{
    __shared__ std::uint32_t begins[kMostExperts + 1];
    const std::uint32_t pairs = task.state->tokens * task.used;
    for (std::uint32_t e = threadIdx.x; e < task.experts; e += blockDim.x) {
        std::uint32_t count = 0;
        for (std::uint32_t i = 0; i < pairs; ++i)
            count += task.chosen[i] == e;
        begins[e + 1] = count;
    }
    __syncthreads();
    if (threadIdx.x == 0) {
        begins[0] = 0;
        std::uint32_t experts = 0;
        for (std::uint32_t e = 0; e < task.experts; ++e) {
            if (begins[e + 1] > 0)
                task.withTokens[experts++] = e;
            begins[e + 1] += begins[e];
        }
        *task.count = experts;
    }
    __syncthreads();
    for (std::uint32_t e = threadIdx.x; e < task.experts; e += blockDim.x) {
        std::uint32_t place = begins[e];
        for (std::uint32_t i = 0; i < pairs && place < begins[e + 1]; ++i)
            if (task.chosen[i] == e) {
                task.tokens[place] = i / task.used;
                task.pairs[place++] = i;
            }
        task.begins[e] = begins[e];
    }
    if (threadIdx.x == 0)
        task.begins[task.experts] = begins[task.experts];
    __syncthreads();
    // of each token, its places in order: experts ascending
    for (std::uint32_t t = threadIdx.x; t < task.state->tokens; t += blockDim.x) {
        std::uint32_t found = 0;
        for (std::uint32_t last = 0; found < task.used; ++found) {
            std::uint32_t next = 0xffffffffu;
            for (std::uint32_t i = 0; i < task.used; ++i) {
                const std::uint32_t expert = task.chosen[std::uint64_t(t) * task.used + i];
                if (expert >= last && expert < next)
                    next = expert;
            }
            // the token's place among those of the expert: they are in order
            std::uint32_t low = begins[next], high = begins[next + 1];
            while (low + 1 < high) {
                const std::uint32_t middle = (low + high) / 2;
                (task.tokens[middle] <= t ? low : high) = middle;
            }
            task.places[std::uint64_t(t) * task.used + found] = low;
            last = next + 1;
        }
    }
}

// residual += sum over the token's experts, in their order, of weight * product. Grid: tokens, parts of blockDim.x columns.
__global__ void addExpertsKernel(const __grid_constant__ AddExpertsTask task)
{
    const std::uint32_t t = blockIdx.x, column = blockIdx.y * blockDim.x + threadIdx.x;
    if (t >= task.state->tokens || column >= task.hidden)
        return;
    float *to = task.residual + std::uint64_t(t) * task.hidden + column;
    float sum = *to;
    for (std::uint32_t i = 0; i < task.used; ++i) {
        const std::uint32_t place = task.places[std::uint64_t(t) * task.used + i];
        sum += task.weights[task.pairs[place]] * task.products[std::uint64_t(place) * task.hidden + column];
    }
    *to = sum;
}

} // namespace kernels::cuda
