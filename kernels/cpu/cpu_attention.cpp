// Softmax attention on the CPU: which thread has which queries and keys. The arithmetic of a chunk:
// attention.inl.h.
#include "kernels/cpu/cpu_backend_impl.h"

#include <algorithm>

namespace kernels {

namespace {

// Few tokens have few tiles of query rows: then threads share out the chunks of keys as well, so many at a
// time, whose parts are merged in order behind a barrier.
constexpr std::uint32_t kSplitChunks = 32;
constexpr std::uint32_t kTilesPerThread = 4; // so many are enough to go round

} // namespace

// Query rows of one KV head, (token, head of the group) in order, kAttentionQueries at a time.
struct CpuBackend::QueryTiles
{
    std::uint32_t kvHeads, group, rows, tilesPerHead;

    QueryTiles(const CpuBackend &backend, std::uint32_t tokens)
        : kvHeads(backend.m_kv.heads()), group(backend.m_plan.shape.attentionHeads / kvHeads),
          rows(tokens * group), tilesPerHead((rows + kAttentionQueries - 1) / kAttentionQueries)
    {}
    std::uint32_t count() const { return kvHeads * tilesPerHead; }
};

// One of them: `count` rows, their queries, and where what they attend to goes.
struct CpuBackend::QueryTile
{
    std::uint32_t kvHead, count = 0;
    std::uint32_t positions[kAttentionQueries];
    std::size_t rows[kAttentionQueries]; // token * heads + head
    const float *queries[kAttentionQueries];
    AttentionPart sums[kAttentionQueries];

    QueryTile(CpuBackend &backend, const QueryTiles &tiles, std::uint32_t index, const Run &run)
    {
        const std::uint32_t heads = backend.m_plan.shape.attentionHeads;
        const std::uint32_t first = index % tiles.tilesPerHead * kAttentionQueries;
        kvHead = index / tiles.tilesPerHead;
        count = std::min(kAttentionQueries, tiles.rows - first);
        for (std::uint32_t i = 0; i < count; ++i) {
            const std::uint32_t t = (first + i) / tiles.group,
                                head = kvHead * tiles.group + (first + i) % tiles.group;
            positions[i] = run.input.firstPosition + t;
            rows[i] = std::size_t(t) * heads + head;
            queries[i] = backend.m_queryHeads.data() + rows[i] * backend.m_kv.keyDim();
            sums[i].values = backend.m_attendedHeads.data() + rows[i] * backend.m_kv.valueDim();
        }
    }
    std::uint32_t lastPosition() const { return positions[count - 1]; } // later rows see more
};

void CpuBackend::attendChunk(std::uint32_t layer, const Run &run, const QueryTile &tile, std::uint32_t chunk,
                             AttentionPart *parts)
{
    std::uint32_t seen[kAttentionQueries];
    for (std::uint32_t i = 0; i < tile.count; ++i) {
        const std::uint32_t begin = chunk * kAttentionChunk, keys = tile.positions[i] + 1;
        seen[i] = keys <= begin ? 0 : std::min(keys - begin, kAttentionChunk);
    }
    const std::byte *keyPages[kChunkPages], *valuePages[kChunkPages];
    const std::size_t firstPage = std::size_t(chunk) * kChunkPages;
    const std::size_t pages = std::min<std::size_t>(kChunkPages, run.input.pages.size() - firstPage);
    for (std::size_t p = 0; p < pages; ++p) {
        const KvPageId page = run.input.pages[firstPage + p];
        keyPages[p] = m_kv.keys(page, layer, tile.kvHead);
        valuePages[p] = m_kv.valuesAreKeys() ? nullptr : m_kv.values(page, layer, tile.kvHead);
    }
    AttentionTask task;
    task.queries = tile.queries;
    task.parts = parts;
    task.seen = seen;
    task.queryCount = tile.count;
    task.keyPages = keyPages;
    task.valuePages = m_kv.valuesAreKeys() ? nullptr : valuePages;
    task.keyDim = m_kv.keyDim();
    task.valueDim = m_kv.valueDim();
    task.byteDims = m_kv.byteDims();
    task.scale = static_cast<float>(m_plan.shape.attentionScale());
    m_ops.attention(task);
}

// A row that all its chunks are in. Where whole blocks are quantised in a head, it is what the output product
// reads.
void CpuBackend::finishRow(std::size_t row, AttentionPart &sum)
{
    m_ops.finishAttention(sum, m_kv.valueDim());
    if (!m_headsAreBlocks)
        return;
    const std::uint32_t heads = m_plan.shape.attentionHeads, headDim = m_plan.shape.headDim;
    const auto token = static_cast<std::uint32_t>(row / heads),
               first = static_cast<std::uint32_t>(row % heads) * headDim;
    const ActivationRows attended = m_attended.rows(heads * headDim);
    std::copy_n(sum.values, headDim, attended.row(token) + first);
    if (attended.isQuantised())
        m_ops.quantise(sum.values, headDim, attended.quantised, token, first);
}

// m_attendedHeads = attention of m_queryHeads; m_attended too where m_headsAreBlocks.
void CpuBackend::attend(std::uint32_t layer, const Run &run, Worker &worker)
{
    const QueryTiles tiles(*this, run.tokens);
    if (run.tokens <= kFewTokens && worker.count() > 1 && tiles.count() < kTilesPerThread * worker.count() &&
        run.lastPosition() >= kAttentionChunk)
        return attendSplit(layer, run, tiles, worker);
    // Tiles go round the threads, since later tokens see more keys.
    AttentionPart parts[kAttentionQueries];
    for (std::uint32_t i = 0; i < kAttentionQueries; ++i)
        parts[i].values =
            m_partValues.data() + (std::size_t(worker.index()) * kAttentionQueries + i) * m_kv.valueDim();
    for (std::uint32_t index = worker.index(); index < tiles.count() && !run.stopping();
         index += worker.count()) {
        QueryTile tile(*this, tiles, index, run);
        for (std::uint32_t chunk = 0; chunk <= tile.lastPosition() / kAttentionChunk; ++chunk) {
            attendChunk(layer, run, tile, chunk, chunk == 0 ? tile.sums : parts);
            for (std::uint32_t i = 0; i < tile.count && chunk > 0; ++i)
                m_ops.mergeAttention(tile.sums[i], parts[i], m_kv.valueDim());
        }
        for (std::uint32_t i = 0; i < tile.count; ++i)
            finishRow(tile.rows[i], tile.sums[i]);
    }
}

// The same with the chunks of a tile on several threads: the same parts, merged in the same order.
void CpuBackend::attendSplit(std::uint32_t layer, const Run &run, const QueryTiles &tiles, Worker &worker)
{
    const std::uint32_t chunks = run.lastPosition() / kAttentionChunk + 1;
    const auto partsOf = [&](std::uint32_t tile, std::uint32_t chunk) {
        return &m_parts[(std::size_t(tile) * kSplitChunks + chunk % kSplitChunks) * kAttentionQueries];
    };
    for (std::uint32_t first = 0; first < chunks; first += kSplitChunks) {
        const std::uint32_t some = std::min(kSplitChunks, chunks - first);
        for (std::uint32_t item = worker.index(); item < tiles.count() * some && !run.stopping();
             item += worker.count()) {
            const std::uint32_t index = item / some, chunk = first + item % some;
            attendChunk(layer, run, QueryTile(*this, tiles, index, run), chunk, partsOf(index, chunk));
        }
        worker.barrier();
        for (std::uint32_t row = worker.index(); row < tiles.count() * kAttentionQueries;
             row += worker.count()) {
            const std::uint32_t index = row / kAttentionQueries, i = row % kAttentionQueries;
            const QueryTile tile(*this, tiles, index, run);
            if (i >= tile.count)
                continue;
            AttentionPart &sum = m_sums[row];
            std::uint32_t chunk = first;
            if (chunk == 0) {
                const AttentionPart &part = partsOf(index, chunk++)[i];
                sum = {tile.sums[i].values, part.maximum, part.total};
                std::copy_n(part.values, m_kv.valueDim(), sum.values);
            }
            for (; chunk < first + some; ++chunk)
                m_ops.mergeAttention(sum, partsOf(index, chunk)[i], m_kv.valueDim());
            if (chunk == chunks)
                finishRow(tile.rows[i], sum);
        }
        if (first + some < chunks)
            worker.barrier(); // the next chunks take the place of these
    }
}

bool CpuBackend::allocateAttention()
{
    const std::size_t threads = m_pool.threads(), few = std::min(kFewTokens, m_maxTokens);
    const std::size_t tiles =
        std::min<std::size_t>(QueryTiles(*this, std::uint32_t(few)).count(), kTilesPerThread * threads);
    m_sums.assign(tiles * kAttentionQueries, {});
    m_parts.assign(tiles * kSplitChunks * kAttentionQueries, {});
    if (!m_partValues.allocate(std::max(m_parts.size(), threads * kAttentionQueries) * m_kv.valueDim()))
        return false;
    for (std::size_t i = 0; i < m_parts.size(); ++i)
        m_parts[i].values = m_partValues.data() + i * m_kv.valueDim();
    return true;
}

} // namespace kernels
