#include "kernels/cpu/kv_pages.h"

#include <cstring>

namespace kernels {

void KvPages::configure(const ModelShape &shape)
{
    m_heads = shape.keyValueHeads;
    m_headDim = (shape.headDim + 15) / 16 * 16;
    m_pageHalves = std::size_t(shape.layers) * m_heads * 2 * m_headDim * kKvPageTokens;
    m_pages.clear();
    m_free.clear();
}

Result<KvPageId> KvPages::allocate()
{
    if (!m_free.empty()) {
        const KvPageId page = m_free.back();
        m_free.pop_back();
        return page;
    }
    AlignedBuffer<std::uint16_t> page;
    if (!page.allocate(m_pageHalves))
        return Error(ErrorCode::OutOfMemory, {.what = "There is no memory for more context",
                                              .where = "KV cache page of " + std::to_string(pageBytes()) + " bytes",
                                              .wayOut = "Close other programs or choose a shorter context."});
    m_pages.push_back(std::move(page));
    return static_cast<KvPageId>(m_pages.size() - 1);
}

void KvPages::free(KvPageId page)
{
    m_free.push_back(page);
}

void KvPages::copy(KvPageId from, KvPageId to)
{
    std::memcpy(m_pages[to].data(), m_pages[from].data(), pageBytes());
}

} // namespace kernels
