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

// scores(N, 64 of kAttentionChunk) = queries . keys of one page
template <int N>
static void pageScores(const float *const *queries, const std::uint16_t *keys, std::uint32_t headDim, float scale, float *scores)
{
    constexpr int width = tileVectors<N>();
    for (int part = 0; part < kKeyVectors; part += width) {
        VF acc[N][width];
        for (int n = 0; n < N; ++n)
            for (int j = 0; j < width; ++j)
                acc[n][j] = zeroF();
        for (std::uint32_t d = 0; d < headDim; ++d) {
            VF k[width];
            for (int j = 0; j < width; ++j)
                k[j] = loadHalf(keys + std::size_t(d) * kPageKeys + std::size_t(part + j) * kLanes);
            for (int n = 0; n < N; ++n) {
                const VF q = set1(queries[n][d]);
                for (int j = 0; j < width; ++j)
                    acc[n][j] = fma(q, k[j], acc[n][j]);
            }
        }
        for (int n = 0; n < N; ++n)
            for (int j = 0; j < width; ++j)
                storeF(scores + std::size_t(n) * kAttentionChunk + std::size_t(part + j) * kLanes, mul(acc[n][j], set1(scale)));
    }
}

// W vectors from column d on of values(N, valueDim) = weights(N, keys) . values of the chunk
template <int N, int W>
static void sumColumns(const AttentionTask &task, const float *weights, std::uint32_t keys, std::uint32_t d)
{
    VF acc[N][W];
    for (int n = 0; n < N; ++n)
        for (int j = 0; j < W; ++j)
            acc[n][j] = zeroF();
    for (std::uint32_t begin = 0; begin < keys; begin += kPageKeys) {
        const std::uint16_t *values = task.valuePages[begin / kPageKeys] + d;
        const std::uint32_t count = keys - begin < kPageKeys ? keys - begin : kPageKeys;
        for (std::uint32_t key = 0; key < count; ++key, values += task.valueDim) {
            VF v[W];
            for (int j = 0; j < W; ++j)
                v[j] = loadHalf(values + j * kLanes);
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

template <int N> static void sumValues(const AttentionTask &task, const float *weights, std::uint32_t keys)
{
    constexpr int width = tileVectors<N>();
    std::uint32_t d = 0;
    for (; d + width * kLanes <= task.valueDim; d += width * kLanes)
        sumColumns<N, width>(task, weights, keys, d);
    for (; d < task.valueDim; d += kLanes)
        sumColumns<N, 1>(task, weights, keys, d);
}

// The same where values are the first valueDim rows of the transposed keys: each is a dot product over the keys of the
// chunk. Weights of keys that a query does not see are 0.
template <int N> static void sumKeyColumns(const AttentionTask &task, const float *weights, std::uint32_t keys)
{
    for (std::uint32_t d = 0; d < task.valueDim; ++d) {
        VF acc[N];
        for (int n = 0; n < N; ++n)
            acc[n] = zeroF();
        for (std::uint32_t begin = 0; begin < keys; begin += kPageKeys)
            for (int j = 0; j < kKeyVectors; ++j) {
                const VF k = loadHalf(task.keyPages[begin / kPageKeys] + std::size_t(d) * kPageKeys + j * kLanes);
                for (int n = 0; n < N; ++n)
                    acc[n] = fma(loadF(weights + std::size_t(n) * kAttentionChunk + begin + j * kLanes), k, acc[n]);
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

template <int N> static void attendChunk(const AttentionTask &task)
{
    std::uint32_t most = 0;
    for (int n = 0; n < N; ++n)
        most = task.seen[n] > most ? task.seen[n] : most;
    const std::uint32_t keys = (most + kPageKeys - 1) / kPageKeys * kPageKeys;
    alignas(64) float scores[N * kAttentionChunk];
    for (std::uint32_t begin = 0; begin < keys; begin += kPageKeys)
        pageScores<N>(task.queries, task.keyPages[begin / kPageKeys], task.keyDim, task.scale, scores + begin);
    for (int n = 0; n < N; ++n)
        softmax(scores + std::size_t(n) * kAttentionChunk, task.seen[n], keys, task.parts[n]);
    if (task.valuePages)
        sumValues<N>(task, scores, most);
    else
        sumKeyColumns<N>(task, scores, keys);
}

// attendChunk() of the task's queries, N at the most.
template <int N> static void attendQueries(const AttentionTask &task)
{
    if constexpr (N > 1)
        if (task.queryCount < N)
            return attendQueries<N - 1>(task);
    attendChunk<N>(task);
}

static void attention(const AttentionTask &task)
{
    attendQueries<int(kAttentionQueries)>(task);
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
