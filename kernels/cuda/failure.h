// How code below kernels/cuda says that CUDA failed. Caught at the functions of the Backend: no exception leaves the
// plug-in.
#pragma once

#include <cuda_runtime.h>

#include <stdexcept>
#include <string>

namespace kernels::cuda {

class Failure : public std::runtime_error
{
public:
    Failure(cudaError_t error, const std::string &what)
        : std::runtime_error(what + ": " + cudaGetErrorString(error)), m_error(error)
    {
    }

    cudaError_t error() const { return m_error; }
    // The device has no room: the only failure after which it can be used as before.
    bool outOfMemory() const { return m_error == cudaErrorMemoryAllocation; }

private:
    cudaError_t m_error;
};

// what: what was tried, "copy of the weights to the GPU".
inline void check(cudaError_t error, const char *what)
{
    if (error != cudaSuccess)
        throw Failure(error, what);
}

} // namespace kernels::cuda
