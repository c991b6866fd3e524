// Causal softmax attention over one chunk of keys (FlashAttention, arXiv 2205.14135). Included by isa_*.cpp only.
//
// A chunk is kAttentionChunk keys from a multiple of it on: the order of the sums depends on the positions alone, not on how
// many queries are computed together, nor on which thread has which chunk. Chunks are merged in their order. Keys lie
// transposed, so that scores of a query come out of plain multiply-adds.
#pragma once

namespace kernels::KERNELS_ISA {

inline constexpr std::uint32_t kPageKeys = kAttentionChunk / kChunkPages;
inline constexpr int kKeyVectors = int(kPageKeys) / kLanes;
// What a register tile of N query rows can be wide, in vectors: 16 accumulators of the 32 registers of AVX-512, 8 of 16.
template <int N> constexpr int tileVectors()
{
    constexpr int accumulators = kLanes == 16 ? 16 : 8;
    return accumulators / N >= 4 ? 4 : accumulators / N >= 2 ? 2 : 1;
}

// The element types of rows (KvCacheType).
struct HalfRows
{
    using Element = std::uint16_t;
    static constexpr bool kScaled = false;
    KERNELS_INLINE_MEMBER static VF load(const Element *p) { return loadHalf(p); }
};
struct ByteRows
{
    using Element = std::int8_t;
    static constexpr bool kScaled = true;
    KERNELS_INLINE_MEMBER static VF load(const Element *p) { return loadInt8(p); }
};

template <class Rows> static const typename Rows::Element *elements(const std::byte *page)
{
    return reinterpret_cast<const typename Rows::Element *>(page);
}

// Where the dimensions end that have one scale in common with d.
template <class Rows> static std::uint32_t blockEnd(std::uint32_t d, std::uint32_t dim)
{
    return Rows::kScaled && dim - d > kKvBlock ? d + kKvBlock : dim;
}

// A page begins where no processor guesses: what comes after it is fetched at the pace of the work.
template <std::size_t bytes> KERNELS_INLINE void prefetchLines(const void *p)
{
    for (std::size_t i = 0; i < bytes; i += 64)
        prefetch(static_cast<const char *>(p) + i);
}

// What pageScores() does for the dimensions from `first` on: of `width` vectors of keys from `key` on, of which rows begin at
// `keys`. `next` is where this place is in the page that is read afterwards.
template <class Rows, int N>
static void addScores(const AttentionTask &task, std::uint32_t first, std::uint32_t count, std::uint32_t key,
                      const std::byte *keys, const std::byte *next, const float *scales, float *scores)
{
    constexpr int width = tileVectors<N>();
    VF acc[N][width];
    for (int n = 0; n < N; ++n)
        for (int j = 0; j < width; ++j)
            acc[n][j] = zeroF();
    for (std::uint32_t d = 0; d < count; ++d) {
        if (key == 0)
            prefetchLines<kPageKeys * sizeof(typename Rows::Element)>(elements<Rows>(next) + std::size_t(d) * kPageKeys);
        VF k[width];
        for (int j = 0; j < width; ++j)
            k[j] = Rows::load(elements<Rows>(keys) + std::size_t(d) * kPageKeys + key + j * kLanes);
        for (int n = 0; n < N; ++n) {
            const VF q = set1(task.queries[n][first + d]);
            for (int j = 0; j < width; ++j)
                acc[n][j] = fma(q, k[j], acc[n][j]);
        }
    }
    for (int j = 0; j < width; ++j) {
        VF scale = set1(task.scale);
        if constexpr (Rows::kScaled)
            scale = mul(scale, loadF(scales + key + j * kLanes));
        for (int n = 0; n < N; ++n) {
            float *score = scores + std::size_t(n) * kAttentionChunk + key + j * kLanes;
            storeF(score, first == 0 ? mul(acc[n][j], scale) : fma(acc[n][j], scale, loadF(score)));
        }
    }
}

// The scales behind a page's keys, or values of which all are bytes: (blocks, 64).
static const float *scalesOf(const std::byte *page, std::uint32_t dim, std::uint32_t byteDims)
{
    return reinterpret_cast<const float *>(page + (std::size_t(dim) + dim - byteDims) * kPageKeys);
}

// scores(N, 64 of kAttentionChunk) = queries . keys of one page; `next` is read after it
template <int N>
static void pageScores(const AttentionTask &task, const std::byte *page, const std::byte *next, float *scores)
{
    const float *scales = scalesOf(page, task.keyDim, task.byteDims);
    for (std::uint32_t key = 0; key < kPageKeys; key += tileVectors<N>() * kLanes) {
        for (std::uint32_t d = 0; d < task.byteDims; d += kKvBlock)
            addScores<ByteRows, N>(task, d, blockEnd<ByteRows>(d, task.byteDims) - d, key, page + std::size_t(d) * kPageKeys,
                                   next + std::size_t(d) * kPageKeys, scales + std::size_t(d / kKvBlock) * kPageKeys, scores);
        const std::size_t halves = std::size_t(task.byteDims) * kPageKeys;
        addScores<HalfRows, N>(task, task.byteDims, task.keyDim - task.byteDims, key, page + halves, next + halves, nullptr, scores);
    }
}

// scaled(N, keys) = weights * scales of the chunk's keys or values, those of block `block` behind each page
template <int N>
static void scaleWeights(const std::byte *const *pages, std::uint32_t dim, std::uint32_t byteDims, std::uint32_t block,
                         const float *weights, std::uint32_t keys, float *scaled)
{
    for (std::uint32_t begin = 0; begin < keys; begin += kPageKeys) {
        const float *scales = scalesOf(pages[begin / kPageKeys], dim, byteDims) + std::size_t(block) * kPageKeys;
        for (std::uint32_t key = 0; key < kPageKeys; key += kLanes) {
            const VF scale = loadF(scales + key);
            for (int n = 0; n < N; ++n) {
                const std::size_t at = std::size_t(n) * kAttentionChunk + begin + key;
                storeF(scaled + at, mul(loadF(weights + at), scale));
            }
        }
    }
}

// W vectors from column d on of values(N, valueDim) = weights(N, keys) . values of the chunk
template <class Rows, int N, int W>
static void sumColumns(const AttentionTask &task, const float *weights, std::uint32_t keys, std::uint32_t d)
{
    VF acc[N][W];
    for (int n = 0; n < N; ++n)
        for (int j = 0; j < W; ++j)
            acc[n][j] = zeroF();
    for (std::uint32_t begin = 0; begin < keys; begin += kPageKeys) {
        const auto *values = elements<Rows>(task.valuePages[begin / kPageKeys]) + d;
        const std::uint32_t count = keys - begin < kPageKeys ? keys - begin : kPageKeys;
        const auto *next = begin + kPageKeys < keys ? elements<Rows>(task.valuePages[begin / kPageKeys + 1]) + d : values;
        for (std::uint32_t key = 0; key < count; ++key, values += task.valueDim, next += task.valueDim) {
            prefetchLines<W * kLanes * sizeof *values>(next);
            VF v[W];
            for (int j = 0; j < W; ++j)
                v[j] = Rows::load(values + j * kLanes);
            for (int n = 0; n < N; ++n) {
                const VF p = set1(weights[std::size_t(n) * kAttentionChunk + begin + key]);
                for (int j = 0; j < W; ++j)
                    acc[n][j] = fma(p, v[j], acc[n][j]);
            }
        }
    }
    for (int n = 0; n < N; ++n)
        for (int j = 0; j < W; ++j)
            storeF(task.parts[n].values + d + j * kLanes, acc[n][j]);
}

template <class Rows, int N> static void sumValues(const AttentionTask &task, const float *weights, std::uint32_t keys)
{
    constexpr int width = tileVectors<N>();
    alignas(64) float scaled[Rows::kScaled ? N * kAttentionChunk : 1];
    for (std::uint32_t d = 0, end; d < task.valueDim; d = end) {
        end = blockEnd<Rows>(d, task.valueDim);
        if constexpr (Rows::kScaled)
            scaleWeights<N>(task.valuePages, task.valueDim, task.valueDim, d / kKvBlock, weights, keys, scaled);
        const float *factors = Rows::kScaled ? scaled : weights;
        for (; d + width * kLanes <= end; d += width * kLanes)
            sumColumns<Rows, N, width>(task, factors, keys, d);
        for (; d < end; d += kLanes)
            sumColumns<Rows, N, 1>(task, factors, keys, d);
    }
}

// The same where values are the first valueDim rows of the transposed keys: each is a dot product over the keys of the
// chunk. Weights of keys that a query does not see are 0.
template <class Rows, int N> static void sumKeyColumns(const AttentionTask &task, const float *weights, std::uint32_t keys)
{
    alignas(64) float scaled[Rows::kScaled ? N * kAttentionChunk : 1];
    for (std::uint32_t d = 0; d < task.valueDim; ++d) {
        if constexpr (Rows::kScaled)
            if (d % kKvBlock == 0)
                scaleWeights<N>(task.keyPages, task.keyDim, task.byteDims, d / kKvBlock, weights, keys, scaled);
        const float *factors = Rows::kScaled ? scaled : weights;
        VF acc[N];
        for (int n = 0; n < N; ++n)
            acc[n] = zeroF();
        for (std::uint32_t begin = 0; begin < keys; begin += kPageKeys)
            for (int j = 0; j < kKeyVectors; ++j) {
                const VF k = Rows::load(elements<Rows>(task.keyPages[begin / kPageKeys]) + std::size_t(d) * kPageKeys + j * kLanes);
                for (int n = 0; n < N; ++n)
                    acc[n] = fma(loadF(factors + std::size_t(n) * kAttentionChunk + begin + j * kLanes), k, acc[n]);
            }
        for (int n = 0; n < N; ++n)
            task.parts[n].values[d] = sumF(acc[n]);
    }
}

// weights = e^(scores - their maximum) of the first `seen` keys, 0 of the others up to `keys`, a multiple of 64. The
// total is NaN where a score is not finite.
static void softmax(float *row, std::uint32_t seen, std::uint32_t keys, AttentionPart &part)
{
    if (seen == 0) {
        std::memset(row, 0, keys * sizeof(float));
        part.maximum = kNoScore;
        part.total = 0;
        return;
    }
    const std::uint32_t whole = (seen + kLanes - 1) / kLanes * kLanes;
    for (std::uint32_t key = seen; key < whole; ++key)
        row[key] = kNoScore;
    VF largest = loadF(row);
    for (std::uint32_t key = kLanes; key < whole; key += kLanes)
        largest = maxF(largest, loadF(row + key));
    part.maximum = maxLane(largest);
    VF sum = zeroF();
    for (std::uint32_t key = 0; key < whole; key += kLanes) {
        const VF score = loadF(row + key);
        const VF weight = expF(sub(score, set1(part.maximum)));
        sum = add(fma(score, zeroF(), sum), weight);
        storeF(row + key, weight);
    }
    // what is not seen added e^-87 at the most: nothing, beside the maximum's 1
    for (std::uint32_t key = seen; key < keys; ++key)
        row[key] = 0;
    part.total = sumF(sum);
}

template <class Rows, int N> static void attendChunk(const AttentionTask &task)
{
    std::uint32_t most = 0;
    for (int n = 0; n < N; ++n)
        most = task.seen[n] > most ? task.seen[n] : most;
    const std::uint32_t keys = (most + kPageKeys - 1) / kPageKeys * kPageKeys;
    alignas(64) float scores[N * kAttentionChunk];
    for (std::uint32_t begin = 0; begin < keys; begin += kPageKeys)
        pageScores<N>(task, task.keyPages[begin / kPageKeys],
                      begin + kPageKeys < keys ? task.keyPages[begin / kPageKeys + 1]
                      : task.valuePages        ? task.valuePages[0]
                                               : task.keyPages[0],
                      scores + begin);
    for (int n = 0; n < N; ++n)
        softmax(scores + std::size_t(n) * kAttentionChunk, task.seen[n], keys, task.parts[n]);
    if (task.valuePages)
        sumValues<Rows, N>(task, scores, most);
    else
        sumKeyColumns<Rows, N>(task, scores, keys);
}

// attendChunk() of the task's queries, N at the most.
template <class Rows, int N> static void attendQueries(const AttentionTask &task)
{
    if constexpr (N > 1)
        if (task.queryCount < N)
            return attendQueries<Rows, N - 1>(task);
    attendChunk<Rows, N>(task);
}

static void attention(const AttentionTask &task)
{
    if (task.byteDims > 0)
        attendQueries<ByteRows, int(kAttentionQueries)>(task);
    else
        attendQueries<HalfRows, int(kAttentionQueries)>(task);
}

static void mergeAttention(AttentionPart &sum, const AttentionPart &part, std::uint32_t valueDim)
{
    if (part.total == 0.0f)
        return; // nothing of it is seen
    const float maximum = part.maximum > sum.maximum ? part.maximum : sum.maximum;
    float factors[2][kLanes];
    storeF(factors[0], expF(set1(sum.maximum - maximum)));
    storeF(factors[1], expF(set1(part.maximum - maximum)));
    const float shrink = factors[0][0], weight = factors[1][0];
    for (std::uint32_t d = 0; d < valueDim; d += kLanes)
        storeF(sum.values + d, fma(loadF(part.values + d), set1(weight), mul(loadF(sum.values + d), set1(shrink))));
    sum.total = __builtin_fmaf(part.total, weight, sum.total * shrink);
    sum.maximum = maximum;
}

static void finishAttention(AttentionPart &sum, std::uint32_t valueDim)
{
    const VF inverse = set1(1.0f / sum.total);
    for (std::uint32_t d = 0; d < valueDim; d += kLanes)
        storeF(sum.values + d, mul(loadF(sum.values + d), inverse));
}

} // namespace kernels::KERNELS_ISA
