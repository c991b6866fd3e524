// A GPU and the CPU as one backend, for a model that the GPU's memory does not hold: each runs its part of the plan.
//
// What goes where, and in which order both compute: plan_split.h. The positions of a layer lie where its attention runs, so that a KV
// page is one page of each; kvPageBytes() and exported pages are the CPU's, then the GPU's.
#pragma once

#include "kernels/backend.h"
#include "kernels/plan_split.h"

#include <memory>

namespace kernels {

// Neither is compiled yet; both must have segments(). compile() splits the plan.
std::unique_ptr<Backend> createHybridBackend(std::unique_ptr<Backend> gpu, std::unique_ptr<Backend> cpu, const PlanSplit &split);

} // namespace kernels
