// Memory for arenas: aligned to cache lines, zeroed, reported instead of thrown when there is none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace kernels {

template <class T> class AlignedBuffer
{
public:
    AlignedBuffer() = default;
    ~AlignedBuffer() { std::free(m_block); }
    AlignedBuffer(AlignedBuffer &&other) noexcept
        : m_block(std::exchange(other.m_block, nullptr)), m_data(std::exchange(other.m_data, nullptr)), m_size(std::exchange(other.m_size, 0))
    {}
    AlignedBuffer &operator=(AlignedBuffer &&other) noexcept
    {
        std::swap(m_block, other.m_block);
        std::swap(m_data, other.m_data);
        std::swap(m_size, other.m_size);
        return *this;
    }

    // Memory that is there, every page of it. False when the system has none; the former content is gone then.
    [[nodiscard]] bool allocate(std::size_t count)
    {
        if (!reserve(count))
            return false;
        std::memset(static_cast<void *>(m_data), 0, bytes());
        return true;
    }
    // The same, but the system brings a page when it is first used: for arenas of which a short run needs little.
    [[nodiscard]] bool reserve(std::size_t count)
    {
        std::free(m_block);
        m_size = 0;
        m_data = nullptr;
        const std::size_t lines = (count * sizeof(T) + kAlignment - 1) / kAlignment + 1; // the last one may be read whole
        m_block = std::calloc(lines, kAlignment); // fresh memory of the system is not written to
        if (!m_block)
            return false;
        const auto address = reinterpret_cast<std::uintptr_t>(m_block);
        m_data = reinterpret_cast<T *>((address + kAlignment - 1) / kAlignment * kAlignment);
        m_size = count;
        return true;
    }
    T *data() { return m_data; }
    const T *data() const { return m_data; }
    std::size_t size() const { return m_size; }
    std::size_t bytes() const { return m_size * sizeof(T); }

private:
    static constexpr std::size_t kAlignment = 64;
    void *m_block = nullptr;
    T *m_data = nullptr;
    std::size_t m_size = 0;
};

} // namespace kernels
