// Device and pinned memory with owners. Allocation throws Failure; device memory begins as zeros.
#pragma once

#include "kernels/cuda/failure.h"

#include <cstddef>
#include <span>
#include <utility>

namespace kernels::cuda {

// Of trivially copyable elements. Freed on whatever device it is from.
template <class T> class DeviceBuffer
{
public:
    DeviceBuffer() = default;
    explicit DeviceBuffer(std::size_t count) : m_count(count)
    {
        if (count == 0)
            return;
        check(cudaMalloc(reinterpret_cast<void **>(&m_data), bytes()), "allocation of GPU memory");
        cudaError_t error = cudaMemset(m_data, 0, bytes());
        if (error == cudaSuccess) // other streams do not wait for it
            error = cudaStreamSynchronize(nullptr);
        if (error != cudaSuccess) {
            cudaFree(m_data);
            check(error, "clearing of GPU memory");
        }
    }
    DeviceBuffer(DeviceBuffer &&other) noexcept { *this = std::move(other); }
    DeviceBuffer &operator=(DeviceBuffer &&other) noexcept
    {
        std::swap(m_data, other.m_data);
        std::swap(m_count, other.m_count);
        return *this;
    }
    ~DeviceBuffer()
    {
        if (m_data)
            cudaFree(m_data);
    }

    T *data() const { return m_data; }
    std::size_t size() const { return m_count; }
    std::size_t bytes() const { return m_count * sizeof(T); }

private:
    T *m_data = nullptr;
    std::size_t m_count = 0;
};

// Host memory that the device copies from and to by itself.
template <class T> class PinnedBuffer
{
public:
    PinnedBuffer() = default;
    explicit PinnedBuffer(std::size_t count) : m_count(count)
    {
        if (count > 0)
            check(cudaMallocHost(reinterpret_cast<void **>(&m_data), count * sizeof(T)), "allocation of pinned memory");
    }
    PinnedBuffer(PinnedBuffer &&other) noexcept { *this = std::move(other); }
    PinnedBuffer &operator=(PinnedBuffer &&other) noexcept
    {
        std::swap(m_data, other.m_data);
        std::swap(m_count, other.m_count);
        return *this;
    }
    ~PinnedBuffer()
    {
        if (m_data)
            cudaFreeHost(m_data);
    }

    T *data() const { return m_data; }
    std::size_t size() const { return m_count; }
    std::span<T> span() const { return {m_data, m_count}; }

private:
    T *m_data = nullptr;
    std::size_t m_count = 0;
};

class Stream
{
public:
    Stream() = default;
    static Stream create()
    {
        Stream stream;
        check(cudaStreamCreateWithFlags(&stream.m_stream, cudaStreamNonBlocking), "creation of a stream");
        return stream;
    }
    Stream(Stream &&other) noexcept { *this = std::move(other); }
    Stream &operator=(Stream &&other) noexcept
    {
        std::swap(m_stream, other.m_stream);
        return *this;
    }
    ~Stream()
    {
        if (m_stream)
            cudaStreamDestroy(m_stream);
    }
    operator cudaStream_t() const { return m_stream; }
    void wait() const { check(cudaStreamSynchronize(m_stream), "work of the GPU"); }

private:
    cudaStream_t m_stream = nullptr;
};

class Event
{
public:
    Event() = default;
    static Event create()
    {
        Event event;
        check(cudaEventCreateWithFlags(&event.m_event, cudaEventDisableTiming), "creation of an event");
        return event;
    }
    Event(Event &&other) noexcept { *this = std::move(other); }
    Event &operator=(Event &&other) noexcept
    {
        std::swap(m_event, other.m_event);
        return *this;
    }
    ~Event()
    {
        if (m_event)
            cudaEventDestroy(m_event);
    }
    void record(cudaStream_t stream) const { check(cudaEventRecord(m_event, stream), "work of the GPU"); }
    void wait() const { check(cudaEventSynchronize(m_event), "work of the GPU"); } // at once where nothing was recorded

private:
    cudaEvent_t m_event = nullptr;
};

} // namespace kernels::cuda
