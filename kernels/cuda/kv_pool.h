// The KV cache of the CUDA backend: pages in device memory, allocated in slabs.
#pragma once

#include "kernels/backend.h"
#include "kernels/cuda/device_memory.h"
#include "kernels/cuda/tasks.h"

#include <mutex>
#include <span>
#include <vector>

namespace kernels::cuda {

// One page: per layer and KV head, (64, keyDim) halves of keys, then (64, valueDim) of values, rows rounded up to 8 with zeros.
// With MLA one row for all heads, [c | rotated key], and no values: they are the keys' first dimensions.
class KvPool
{
public:
    // budget: bytes of device memory that pages may take, 0 for as much as there is.
    void configure(const ModelShape &shape, std::size_t budget);

    KvLayer layer(std::uint32_t layer) const;
    std::uint32_t heads() const { return m_heads; } // that have rows of their own
    std::size_t pageBytes() const { return m_pageBytes; }

    Result<KvPageId> allocate();
    void free(KvPageId page) { m_free.push_back(page); }
    bool has(KvPageId page) const { return page < m_pages.size(); }
    std::byte *address(KvPageId page) const { return m_pages[page]; }

    // Throw Failure; done when they return. See Backend; exportPage() may run beside the others.
    void copy(KvPageId from, KvPageId to, cudaStream_t stream) const;
    void exportPage(KvPageId page, std::uint32_t tokens, std::span<std::byte> bytes, cudaStream_t stream) const;
    void importPage(KvPageId page, std::uint32_t tokens, std::span<const std::byte> bytes, cudaStream_t stream) const;

private:
    std::size_t rows() const { return m_pageBytes / (m_rowBytes * kKvPageTokens); }

    KvLayer m_layer; // the first
    std::uint32_t m_heads = 0;
    std::size_t m_rowBytes = 0; // of one position: a key, or a value, which has the same size
    std::size_t m_pageBytes = 0, m_budget = 0;
    mutable std::mutex m_growth; // of m_pages, which exportPage() reads from another thread
    std::vector<DeviceBuffer<std::byte>> m_slabs;
    std::vector<std::byte *> m_pages;
    std::vector<KvPageId> m_free;
};

} // namespace kernels::cuda
