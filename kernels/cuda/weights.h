// The weights of a plan in device memory, in the form that kernels read: block_layout.h.
#pragma once

#include "kernels/cuda/block_layout.h"
#include "kernels/cuda/device_memory.h"
#include "kernels/plan.h"

#include <vector>

namespace kernels::cuda {

class DeviceWeights
{
public:
    // Bytes of device memory that upload() takes for the weights of a plan.
    static std::size_t bytesFor(const Plan &plan);

    // Copies all of them, vectors (norms, biases) as floats, and waits for it. Throws Failure.
    void upload(const Plan &plan, cudaStream_t stream);

    // A stack of matrices is one. Nothing behind it for a vector.
    const DeviceMatrix &matrix(WeightId id) const { return m_matrices[id]; }
    // Null for kNoWeight.
    const float *vector(WeightId id) const { return id == kNoWeight ? nullptr : m_vectors[id]; }
    std::size_t bytes() const { return m_memory.bytes(); }

private:
    DeviceBuffer<std::uint8_t> m_memory;
    std::vector<DeviceMatrix> m_matrices; // by WeightId
    std::vector<const float *> m_vectors; // by WeightId
};

} // namespace kernels::cuda
