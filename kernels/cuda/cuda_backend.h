// The fast path on an NVIDIA GPU: plans on quantised blocks, everything in device memory.
#pragma once

#include "kernels/backend.h"

#include <cstddef>
#include <memory>

namespace kernels::cuda {

struct CublasFunctions;

struct CudaBackendOptions
{
    int device = 0;                // CUDA's number
    std::size_t kvBudgetBytes = 0; // device memory for the KV cache; 0: what there is
    const CublasFunctions *cublas = nullptr; // null: the system's library, where there is one
};

// Fails with Unsupported where there is no such device.
Result<std::unique_ptr<Backend>> createCudaBackend(const CudaBackendOptions &options);

} // namespace kernels::cuda
