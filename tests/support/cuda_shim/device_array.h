// An array in the memory of the emulated device, for tests.
#pragma once

#include "tests/support/cuda_shim/include/cuda_runtime.h"

#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

namespace test {

// Throws std::runtime_error where CUDA fails: a test that expects that calls the runtime itself.
template <class T> class DeviceArray
{
public:
    explicit DeviceArray(std::size_t count) : m_count(count) { must(cudaMalloc(&m_data, count * sizeof(T))); }
    explicit DeviceArray(const std::vector<T> &values) : DeviceArray(values.size()) { write(values); }
    ~DeviceArray() { cudaFree(m_data); }
    DeviceArray(const DeviceArray &) = delete;
    DeviceArray &operator=(const DeviceArray &) = delete;

    T *data() const { return m_data; }
    std::size_t size() const { return m_count; }

    void write(const std::vector<T> &values)
    {
        must(cudaMemcpy(m_data, values.data(), values.size() * sizeof(T), cudaMemcpyHostToDevice));
    }
    // Waits for all work first.
    std::vector<T> read() const
    {
        std::vector<T> values(m_count);
        must(cudaDeviceSynchronize());
        must(cudaMemcpy(values.data(), m_data, m_count * sizeof(T), cudaMemcpyDeviceToHost));
        return values;
    }

private:
    static void must(cudaError_t error)
    {
        if (error != cudaSuccess)
            throw std::runtime_error(std::string("CUDA shim: ") + cudaGetErrorString(error));
    }

    T *m_data = nullptr;
    std::size_t m_count;
};

} // namespace test
