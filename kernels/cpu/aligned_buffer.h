// Memory for arenas: aligned to cache lines, zeroed, reported instead of thrown when there is none.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace kernels {

template <class T> class AlignedBuffer
{
public:
    AlignedBuffer() = default;
    ~AlignedBuffer() { std::free(m_data); }
    AlignedBuffer(AlignedBuffer &&other) noexcept : m_data(std::exchange(other.m_data, nullptr)), m_size(std::exchange(other.m_size, 0)) {}
    AlignedBuffer &operator=(AlignedBuffer &&other) noexcept
    {
        std::swap(m_data, other.m_data);
        std::swap(m_size, other.m_size);
        return *this;
    }

    // False when the system has no memory; the former content is gone then.
    [[nodiscard]] bool allocate(std::size_t count)
    {
        std::free(m_data);
        m_size = 0;
        const std::size_t bytes = (count * sizeof(T) + 63) / 64 * 64;
        m_data = static_cast<T *>(std::aligned_alloc(64, bytes ? bytes : 64));
        if (!m_data)
            return false;
        std::memset(static_cast<void *>(m_data), 0, bytes);
        m_size = count;
        return true;
    }
    T *data() { return m_data; }
    const T *data() const { return m_data; }
    std::size_t size() const { return m_size; }
    std::size_t bytes() const { return m_size * sizeof(T); }

private:
    T *m_data = nullptr;
    std::size_t m_size = 0;
};

} // namespace kernels
