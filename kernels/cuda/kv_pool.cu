#include "kernels/cuda/kv_pool.h"

#include <algorithm>
#include <new>

namespace kernels::cuda {

namespace {

constexpr std::size_t kSlabBytes = std::size_t(64) << 20;

Error noMemory(std::size_t pageBytes)
{
    return {ErrorCode::OutOfMemory, {.what = "There is no GPU memory for more context",
                                     .where = "KV cache page of " + std::to_string(pageBytes) + " bytes",
                                     .wayOut = "Close other programs or choose a shorter context."}};
}

} // namespace

void KvPool::configure(const ModelShape &shape, std::size_t budget)
{
    const auto rounded = [](std::uint32_t dim) { return (dim + 7) / 8 * 8; };
    m_heads = shape.hasMla() ? 1 : shape.keyValueHeads;
    m_layer.keyDim = rounded(shape.hasMla() ? shape.mla.latentSize + shape.mla.ropeDim : shape.headDim);
    m_layer.valueDim = shape.hasMla() ? 0 : m_layer.keyDim;
    m_rowBytes = m_layer.keyDim * sizeof(std::uint16_t);
    m_layer.headBytes = m_rowBytes * kKvPageTokens * (shape.hasMla() ? 1 : 2);
    m_pageBytes = std::size_t(shape.layers) * m_heads * m_layer.headBytes;
    m_budget = budget;
}

KvLayer KvPool::layer(std::uint32_t layer) const
{
    KvLayer of = m_layer;
    of.offset = layer * m_heads * m_layer.headBytes;
    return of;
}

Result<KvPageId> KvPool::allocate()
{
    if (m_free.empty()) {
        std::size_t count = std::max<std::size_t>(1, kSlabBytes / m_pageBytes);
        if (m_budget != 0)
            count = std::min(count, m_budget / m_pageBytes - std::min(m_budget / m_pageBytes, m_pages.size()));
        if (count == 0)
            return noMemory(m_pageBytes);
        try {
            DeviceBuffer<std::byte> slab(count * m_pageBytes);
            const std::lock_guard lock(m_growth);
            m_free.reserve(m_pages.size() + count); // so that freeing never fails
            m_pages.reserve(m_pages.size() + count);
            for (std::size_t i = 0; i < count; ++i)
                m_pages.push_back(slab.data() + i * m_pageBytes);
            m_slabs.push_back(std::move(slab));
        } catch (const Failure &) {
            return noMemory(m_pageBytes);
        } catch (const std::bad_alloc &) {
            return noMemory(m_pageBytes);
        }
        for (std::size_t i = 0; i < count; ++i)
            m_free.push_back(static_cast<KvPageId>(m_pages.size() - 1 - i));
    }
    const KvPageId page = m_free.back();
    m_free.pop_back();
    return page;
}

void KvPool::copy(KvPageId from, KvPageId to, cudaStream_t stream) const
{
    check(cudaMemcpyAsync(m_pages[to], m_pages[from], m_pageBytes, cudaMemcpyDeviceToDevice, stream), "copy of a KV cache page");
    check(cudaStreamSynchronize(stream), "copy of a KV cache page");
}

void KvPool::exportPage(KvPageId page, std::uint32_t tokens, std::span<std::byte> bytes, cudaStream_t stream) const
{
    const std::byte *from = nullptr;
    {
        const std::lock_guard lock(m_growth);
        from = m_pages[page];
    }
    check(cudaMemcpy2DAsync(bytes.data(), tokens * m_rowBytes, from, kKvPageTokens * m_rowBytes, tokens * m_rowBytes, rows(),
                            cudaMemcpyDeviceToHost, stream),
          "copy of a KV cache page from the GPU");
    check(cudaStreamSynchronize(stream), "copy of a KV cache page from the GPU");
}

void KvPool::importPage(KvPageId page, std::uint32_t tokens, std::span<const std::byte> bytes, cudaStream_t stream) const
{
    check(cudaMemcpy2DAsync(m_pages[page], kKvPageTokens * m_rowBytes, bytes.data(), tokens * m_rowBytes, tokens * m_rowBytes,
                            rows(), cudaMemcpyHostToDevice, stream),
          "copy of a KV cache page to the GPU");
    check(cudaStreamSynchronize(stream), "copy of a KV cache page to the GPU");
}

} // namespace kernels::cuda
