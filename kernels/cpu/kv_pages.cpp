#include "kernels/cpu/kv_pages.h"

#include <cstring>

namespace kernels {

void KvPages::configure(const ModelShape &shape)
{
    const auto rounded = [](std::uint32_t dim) { return (dim + 15) / 16 * 16; };
    m_valuesAreKeys = shape.hasMla();
    m_heads = m_valuesAreKeys ? 1 : shape.keyValueHeads;
    m_keyDim = rounded(m_valuesAreKeys ? shape.mla.latentSize + shape.mla.ropeDim : shape.headDim);
    m_valueDim = rounded(m_valuesAreKeys ? shape.mla.latentSize : shape.headDim);
    m_headRows = m_valuesAreKeys ? m_keyDim : m_keyDim + m_valueDim;
    m_pageHalves = std::size_t(shape.layers) * m_heads * m_headRows * kKvPageTokens;
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
    AlignedBuffer<std::uint16_t> page;
    if (!page.allocate(m_pageHalves))
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

// visit(half in the page, byte in the exported ones, how many bytes) for all that belongs to the first positions.
template <class Visit> void KvPages::forEachPiece(std::uint32_t tokens, Visit visit) const
{
    if (tokens == kKvPageTokens)
        return visit(std::size_t(0), std::size_t(0), pageBytes());
    const std::size_t keyBytes = tokens * sizeof(std::uint16_t), valueBytes = keyBytes * m_valueDim;
    const std::size_t blockHalves = std::size_t(m_headRows) * kKvPageTokens;
    std::size_t at = 0;
    for (std::size_t block = 0; block < m_pageHalves; block += blockHalves) {
        for (std::size_t row = 0; row < m_keyDim; ++row, at += keyBytes)
            visit(block + row * kKvPageTokens, at, keyBytes);
        if (!m_valuesAreKeys) {
            visit(block + std::size_t(m_keyDim) * kKvPageTokens, at, valueBytes);
            at += valueBytes;
        }
    }
}

void KvPages::exportPage(KvPageId page, std::uint32_t tokens, std::byte *bytes) const
{
    const std::uint16_t *halves = nullptr;
    {
        const std::lock_guard lock(m_growth);
        halves = m_pages[page].data();
    }
    forEachPiece(tokens, [&](std::size_t half, std::size_t at, std::size_t count) {
        std::memcpy(bytes + at, halves + half, count);
    });
}

void KvPages::importPage(KvPageId page, std::uint32_t tokens, const std::byte *bytes)
{
    std::uint16_t *halves = m_pages[page].data();
    forEachPiece(tokens, [&](std::size_t half, std::size_t at, std::size_t count) {
        std::memcpy(halves + half, bytes + at, count);
    });
}

} // namespace kernels
