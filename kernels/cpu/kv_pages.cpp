#include "kernels/cpu/kv_pages.h"

#include <cstring>

namespace kernels {

void KvPages::configure(const ModelShape &shape, KvCacheType type)
{
    const auto rounded = [](std::uint32_t dim) { return (dim + 15) / 16 * 16; };
    m_valuesAreKeys = shape.hasMla();
    m_heads = m_valuesAreKeys ? 1 : shape.keyValueHeads;
    const bool bytes = type == KvCacheType::Q8;
    m_valueDim = rounded(m_valuesAreKeys ? shape.mla.latentSize : shape.headDim);
    if (m_valuesAreKeys) // values are of one type, so that halves begin behind all of them
        m_keyDim = bytes ? m_valueDim + rounded(shape.mla.ropeDim) : rounded(shape.mla.latentSize + shape.mla.ropeDim);
    else
        m_keyDim = rounded(shape.headDim);
    m_byteDims = !bytes ? 0 : m_valuesAreKeys ? m_valueDim : m_keyDim - kvHalfDims(shape.headDim);
    m_keyBytes = kvRowBytes(m_keyDim, m_keyDim - m_byteDims) * kKvPageTokens;
    m_valueBytes = m_valuesAreKeys ? 0 : kvRowBytes(m_valueDim, bytes ? 0 : m_valueDim) * kKvPageTokens;
    m_pageBytes = std::size_t(shape.layers) * m_heads * (m_keyBytes + m_valueBytes);
    m_pages.clear();
    m_free.clear();
}

Result<KvPageId> KvPages::allocate()
{
    if (!m_free.empty()) {
        const KvPageId page = m_free.back();
        m_free.pop_back();
        // Keys that are read as values meet weights of 0 behind the last position: there must be no NaN.
        if (m_valuesAreKeys)
            std::memset(m_pages[page].data(), 0, pageBytes());
        return page;
    }
    AlignedBuffer<std::byte> page;
    if (!page.allocate(m_pageBytes))
        return Error(ErrorCode::OutOfMemory, {.what = "There is no memory for more context",
                                              .where = "KV cache page of " + std::to_string(pageBytes()) + " bytes",
                                              .wayOut = "Close other programs or choose a shorter context."});
    const std::lock_guard lock(m_growth);
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

// visit(byte in the page, byte in the exported ones, how many bytes) for all that belongs to the first positions.
template <class Visit> void KvPages::forEachPiece(std::uint32_t tokens, Visit visit) const
{
    if (tokens == kKvPageTokens)
        return visit(std::size_t(0), std::size_t(0), pageBytes());
    std::size_t at = 0, exported = 0;
    const auto pieces = [&](std::size_t count, std::size_t bytesPerToken) {
        for (std::size_t i = 0; i < count; ++i, at += bytesPerToken * kKvPageTokens, exported += bytesPerToken * tokens)
            visit(at, exported, bytesPerToken * tokens);
    };
    const std::uint32_t byteValues = m_byteDims > 0 ? m_valueDim : 0;
    while (at < m_pageBytes) {
        pieces(m_byteDims, sizeof(std::int8_t));
        pieces(m_keyDim - m_byteDims, sizeof(std::uint16_t));
        pieces(kvBlocks(m_byteDims), sizeof(float));
        if (m_valuesAreKeys)
            continue;
        pieces(1, byteValues ? byteValues : m_valueDim * sizeof(std::uint16_t));
        pieces(kvBlocks(byteValues), sizeof(float));
    }
}

void KvPages::exportPage(KvPageId page, std::uint32_t tokens, std::byte *bytes) const
{
    const std::byte *from = nullptr;
    {
        const std::lock_guard lock(m_growth);
        from = m_pages[page].data();
    }
    forEachPiece(tokens, [&](std::size_t at, std::size_t exported, std::size_t count) {
        std::memcpy(bytes + exported, from + at, count);
    });
}

void KvPages::importPage(KvPageId page, std::uint32_t tokens, const std::byte *bytes)
{
    std::byte *to = m_pages[page].data();
    forEachPiece(tokens, [&](std::size_t at, std::size_t exported, std::size_t count) {
        std::memcpy(to + at, bytes + exported, count);
    });
}

} // namespace kernels
