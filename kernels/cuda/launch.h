// The one way to launch a kernel. Under nvcc it is a launch; where kernels are compiled for the CPU (BALEEN_CUDA_SHIM,
// tests/support/cuda_shim/) a scheduler runs every thread of every block.
#pragma once

#include "kernels/cuda/failure.h"

#include <cstddef>
#include <utility>

namespace kernels::cuda {

struct LaunchShape
{
    dim3 grid = 1;
    dim3 block = 1;
    std::size_t sharedBytes = 0; // of dynamic shared memory; above 48 KiB see cudaFuncSetAttribute()
};

// Queues kernel(arguments...), converted to the kernel's parameters, on the stream. Throws Failure when the launch is
// refused; what goes wrong while the kernel runs shows where the stream is waited for.
template <class... Parameters, class... Arguments>
void launch(void (*kernel)(Parameters...), const LaunchShape &shape, cudaStream_t stream, Arguments &&...arguments)
{
    static_assert(sizeof...(Parameters) == sizeof...(Arguments), "a kernel has no default arguments");
#ifdef BALEEN_CUDA_SHIM
    check(shim::launchKernel<Parameters...>(kernel, shape.grid, shape.block, shape.sharedBytes, stream,
                                            static_cast<Parameters>(std::forward<Arguments>(arguments))...),
          "launch of a kernel");
#else
    kernel<<<shape.grid, shape.block, shape.sharedBytes, stream>>>(
        static_cast<Parameters>(std::forward<Arguments>(arguments))...);
    check(cudaGetLastError(), "launch of a kernel");
#endif
}

// The block's dynamic shared memory, LaunchShape::sharedBytes of it, aligned for any vector load. One block of bytes per
// kernel, which divides it itself.
template <class T = std::byte> __device__ inline T *dynamicShared()
{
#ifdef BALEEN_CUDA_SHIM
    return reinterpret_cast<T *>(shim::self().dynamicShared);
#else
    extern __shared__ __align__(128) unsigned char baleenDynamicShared[];
    return reinterpret_cast<T *>(baleenDynamicShared);
#endif
}

} // namespace kernels::cuda
