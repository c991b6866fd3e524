// The KV cache of the CPU backend: pages of half-precision keys (transposed) and values for all layers.
#pragma once

#include "kernels/backend.h"
#include "kernels/cpu/aligned_buffer.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace kernels {

// One page: per layer, per KV head, keys (keyDim, 64) and values (64, valueDim), both rounded up to 16. With MLA there is
// one row for all heads, [c | rotated key], and no values: they are the keys' first valueDim dimensions.
class KvPages
{
public:
    void configure(const ModelShape &shape);

    std::size_t pageBytes() const { return m_pageHalves * sizeof(std::uint16_t); }
    std::uint32_t heads() const { return m_heads; } // that have rows of their own
    bool valuesAreKeys() const { return m_valuesAreKeys; }
    std::uint32_t keyDim() const { return m_keyDim; }
    std::uint32_t valueDim() const { return m_valueDim; }

    Result<KvPageId> allocate();
    void free(KvPageId page);
    // The whole page; positions from `tokens` on are garbage to the caller anyway.
    void copy(KvPageId from, KvPageId to);

    // See Backend. The bytes are those of the page without the positions that are left out: of each head the keys of its
    // dimensions, one after the other, then its values.
    void exportPage(KvPageId page, std::uint32_t tokens, std::byte *bytes) const;
    void importPage(KvPageId page, std::uint32_t tokens, const std::byte *bytes);

    std::uint16_t *keys(KvPageId page, std::uint32_t layer, std::uint32_t head) { return block(page, layer, head); }
    std::uint16_t *values(KvPageId page, std::uint32_t layer, std::uint32_t head)
    {
        return block(page, layer, head) + std::size_t(m_keyDim) * kKvPageTokens;
    }

private:
    std::uint16_t *block(KvPageId page, std::uint32_t layer, std::uint32_t head)
    {
        return m_pages[page].data() + (std::size_t(layer) * m_heads + head) * m_headRows * kKvPageTokens;
    }

    template <class Visit> void forEachPiece(std::uint32_t tokens, Visit visit) const;

    std::uint32_t m_heads = 0, m_keyDim = 0, m_valueDim = 0;
    std::uint32_t m_headRows = 0; // of 64 halves, that a head has in a layer
    bool m_valuesAreKeys = false;
    std::size_t m_pageHalves = 0;
    mutable std::mutex m_growth; // of m_pages, which exportPage() reads from another thread
    std::vector<AlignedBuffer<std::uint16_t>> m_pages;
    std::vector<KvPageId> m_free;
};

} // namespace kernels
