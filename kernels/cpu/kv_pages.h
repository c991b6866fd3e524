// The KV cache of the CPU backend: pages of keys (transposed) and values for all layers, in half precision or bytes.
#pragma once

#include "kernels/backend.h"
#include "kernels/cpu/aligned_buffer.h"
#include "kernels/kv_cache_type.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace kernels {

// One page: per layer, per KV head, keys (keyDim, 64) and values (64, valueDim), both rounded up to 16. With MLA there is
// one row for all heads, [c | rotated key], and no values: they are the keys' first valueDim dimensions. In KvCacheType::Q8
// the first byteDims dimensions of the keys are bytes, all of the values, too, and both are followed by their scales, (blocks of
// dimensions, 64): a vector over the keys of the page, as scores are.
class KvPages
{
public:
    void configure(const ModelShape &shape, KvCacheType type);

    std::size_t pageBytes() const { return m_pageBytes; }
    std::uint32_t heads() const { return m_heads; } // that have rows of their own
    bool valuesAreKeys() const { return m_valuesAreKeys; }
    std::uint32_t keyDim() const { return m_keyDim; }
    std::uint32_t byteDims() const { return m_byteDims; } // of a key; 0 in KvCacheType::F16
    std::uint32_t valueDim() const { return m_valueDim; }

    Result<KvPageId> allocate();
    void free(KvPageId page);
    // The whole page; positions from `tokens` on are garbage to the caller anyway.
    void copy(KvPageId from, KvPageId to);

    // See Backend. The bytes are those of the page without the positions that are left out: of each head the keys of its
    // dimensions, one after the other, and their scales; then its values and theirs.
    void exportPage(KvPageId page, std::uint32_t tokens, std::byte *bytes) const;
    void importPage(KvPageId page, std::uint32_t tokens, const std::byte *bytes);

    // As AttentionTask takes them.
    std::byte *keys(KvPageId page, std::uint32_t layer, std::uint32_t head)
    {
        return m_pages[page].data() + (std::size_t(layer) * m_heads + head) * (m_keyBytes + m_valueBytes);
    }
    std::byte *values(KvPageId page, std::uint32_t layer, std::uint32_t head) { return keys(page, layer, head) + m_keyBytes; }

private:

    template <class Visit> void forEachPiece(std::uint32_t tokens, Visit visit) const;

    std::uint32_t m_heads = 0, m_keyDim = 0, m_valueDim = 0, m_byteDims = 0;
    std::size_t m_keyBytes = 0, m_valueBytes = 0; // of a head in a layer, with scales
    bool m_valuesAreKeys = false;
    std::size_t m_pageBytes = 0;
    mutable std::mutex m_growth; // of m_pages, which exportPage() reads from another thread
    std::vector<AlignedBuffer<std::byte>> m_pages;
    std::vector<KvPageId> m_free;
};

} // namespace kernels
