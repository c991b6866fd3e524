// Asks CUDA about this machine, and proves on each device that a kernel of this file runs there.
#pragma once

#include "kernels/cuda/plugin_abi.h"

namespace kernels::cuda {

// Fills *probe and returns its status.
std::int32_t probe(BaleenCudaProbe *probe);

} // namespace kernels::cuda
