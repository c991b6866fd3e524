// A plan in two parts, for a GPU whose memory does not hold the whole model: what goes to the CPU, and in which order both compute.
//
// All that goes from one to the other is the residual. The CPU begins, since the rows of the embedding are looked up where they lie,
// and runs the first layers with it, as many as it has. Where it has the routed experts of a layer alone, it takes the norm and
// the router with them: the GPU, which has the shared experts, computes the norm for itself.
//
//     CPU   embedding, layers   |                    | norm, router, experts |                   | ...
//     GPU                       | attention -> norm, shared gate and up      | shared down, attention -> ...
//
// The arrow is where a segment's residual is final: what stands behind it runs beside the CPU.
#pragma once

#include "kernels/plan.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace kernels {

// What the CPU has: the first cpuLayers layers, the routed experts of the first cpuExpertLayers, and the embedding.
struct PlanSplit
{
    std::uint32_t cpuLayers = 0;       // below the number of layers: the last one and the head are the GPU's
    std::uint32_t cpuExpertLayers = 0; // at least cpuLayers where there are routed experts
};

// Both parts have the same number of segments, the CPU's first: cpu 0, gpu 0, cpu 1, gpu 1 ... The head is in the GPU's last one.
// Layers count anew in each part; weights are those of the part, and keep alive what the whole plan does.
struct SplitPlan
{
    Plan cpu, gpu;
    std::vector<std::size_t> cpuSteps, gpuSteps; // by step of a part: its number in the whole plan
};

// The plan is whole and as the recipes emit it: a norm before each attention and each feed-forward part, shared experts behind the
// routed ones.
SplitPlan splitPlan(const Plan &plan, const PlanSplit &split);

// Every split there is, the one with most on the GPU first: routed experts go layer by layer, then whole layers.
std::vector<PlanSplit> splitsOf(const Plan &plan);

} // namespace kernels
