// Causal softmax attention over KV pages, a page at a time with a running maximum (online softmax; FlashAttention,
// arXiv 2205.14135). Included by isa_*.cpp only.
//
// A page is the fixed chunk of keys: the order of the sums depends on the positions alone, not on how many queries are
// computed together. Keys lie transposed, so that 64 scores of a query come out of plain multiply-adds.
#pragma once

namespace kernels::KERNELS_ISA {

inline constexpr std::uint32_t kPageKeys = 64;
inline constexpr int kKeyVectors = int(kPageKeys) / kLanes;
// Query rows and key vectors of one register tile: 16 accumulators at most.
inline constexpr int kScoreVectors = kKeyVectors < 4 ? kKeyVectors : 4;

// scores(N, 64) = queries . keys of one page
template <int N>
static void pageScores(const float *const *queries, const std::uint16_t *keys, std::uint32_t headDim, float scale, float *scores)
{
    for (int part = 0; part < kKeyVectors; part += kScoreVectors) {
        VF acc[N][kScoreVectors];
        for (int n = 0; n < N; ++n)
            for (int j = 0; j < kScoreVectors; ++j)
                acc[n][j] = zeroF();
        for (std::uint32_t d = 0; d < headDim; ++d) {
            VF k[kScoreVectors];
            for (int j = 0; j < kScoreVectors; ++j)
                k[j] = loadHalf(keys + std::size_t(d) * kPageKeys + std::size_t(part + j) * kLanes);
            for (int n = 0; n < N; ++n) {
                const VF q = set1(queries[n][d]);
                for (int j = 0; j < kScoreVectors; ++j)
                    acc[n][j] = fma(q, k[j], acc[n][j]);
            }
        }
        for (int n = 0; n < N; ++n)
            for (int j = 0; j < kScoreVectors; ++j)
                storeF(scores + std::size_t(n) * kPageKeys + std::size_t(part + j) * kLanes, mul(acc[n][j], set1(scale)));
    }
}

// outputs(N, W vectors from column d) += weights(N, keys) . values(keys, headDim)
template <int N, int W>
static void addColumns(float *const *outputs, const float *weights, const std::uint16_t *values, std::uint32_t headDim,
                       std::uint32_t keys, std::uint32_t d)
{
    VF acc[N][W];
    for (int n = 0; n < N; ++n)
        for (int j = 0; j < W; ++j)
            acc[n][j] = loadF(outputs[n] + d + j * kLanes);
    for (std::uint32_t key = 0; key < keys; ++key) {
        VF v[W];
        for (int j = 0; j < W; ++j)
            v[j] = loadHalf(values + std::size_t(key) * headDim + d + j * kLanes);
        for (int n = 0; n < N; ++n) {
            const VF p = set1(weights[std::size_t(n) * kPageKeys + key]);
            for (int j = 0; j < W; ++j)
                acc[n][j] = fma(p, v[j], acc[n][j]);
        }
    }
    for (int n = 0; n < N; ++n)
        for (int j = 0; j < W; ++j)
            storeF(outputs[n] + d + j * kLanes, acc[n][j]);
}

template <int N>
static void addValues(float *const *outputs, const float *weights, const std::uint16_t *values, std::uint32_t headDim,
                      std::uint32_t keys)
{
    std::uint32_t d = 0;
    for (; d + 4 * kLanes <= headDim; d += 4 * kLanes)
        addColumns<N, 4>(outputs, weights, values, headDim, keys, d);
    for (; d < headDim; d += kLanes)
        addColumns<N, 1>(outputs, weights, values, headDim, keys, d);
}

// The same where values are the first valueDim rows of the transposed keys: each output is a dot product over the 64
// keys of the page. Weights of keys that a query does not see are 0.
template <int N>
static void addKeyColumns(float *const *outputs, const float *weights, const std::uint16_t *keys, std::uint32_t valueDim)
{
    for (std::uint32_t d = 0; d < valueDim; ++d) {
        VF acc[N];
        for (int n = 0; n < N; ++n)
            acc[n] = zeroF();
        for (int j = 0; j < kKeyVectors; ++j) {
            const VF k = loadHalf(keys + std::size_t(d) * kPageKeys + j * kLanes);
            for (int n = 0; n < N; ++n)
                acc[n] = fma(loadF(weights + std::size_t(n) * kPageKeys + j * kLanes), k, acc[n]);
        }
        for (int n = 0; n < N; ++n)
            outputs[n][d] += sumF(acc[n]);
    }
}

template <int N> static void attend(const AttentionTask &task)
{
    float maximum[N], total[N];
    std::uint32_t last = 0;
    for (int n = 0; n < N; ++n) {
        maximum[n] = -3.0e38f;
        total[n] = 0;
        std::memset(task.outputs[n], 0, task.valueDim * sizeof(float));
        last = task.positions[n] > last ? task.positions[n] : last;
    }
    alignas(64) float scores[N * kPageKeys];
    for (std::uint32_t page = 0; page <= last / kPageKeys; ++page) {
        pageScores<N>(task.queries, task.keyPages[page], task.keyDim, task.scale, scores);
        std::uint32_t keysOfPage = 0;
        for (int n = 0; n < N; ++n) {
            float *row = scores + std::size_t(n) * kPageKeys;
            // keys of this page that the query sees; the others get weight 0
            const std::uint32_t begin = page * kPageKeys;
            const std::uint32_t seen = task.positions[n] < begin ? 0
                : task.positions[n] - begin + 1 < kPageKeys     ? task.positions[n] - begin + 1
                                                                : kPageKeys;
            if (seen == 0) {
                std::memset(row, 0, kPageKeys * sizeof(float));
                continue;
            }
            keysOfPage = seen > keysOfPage ? seen : keysOfPage;
            for (std::uint32_t key = seen; key < kPageKeys; ++key)
                row[key] = -3.0e38f;
            VF largest = loadF(row);
            for (int j = 1; j < kKeyVectors; ++j)
                largest = maxF(largest, loadF(row + j * kLanes));
            const float pageMaximum = maxLane(largest);
            if (pageMaximum > maximum[n]) {
                float shrink[kLanes];
                storeF(shrink, expF(set1(maximum[n] - pageMaximum)));
                const float factor = maximum[n] < -1.0e38f ? 0.0f : shrink[0];
                for (std::uint32_t d = 0; d < task.valueDim; d += kLanes)
                    storeF(task.outputs[n] + d, mul(loadF(task.outputs[n] + d), set1(factor)));
                total[n] *= factor;
                maximum[n] = pageMaximum;
            }
            VF sum = zeroF(); // NaN where a score is not finite
            for (int j = 0; j < kKeyVectors; ++j) {
                const VF score = loadF(row + j * kLanes);
                sum = fma(score, zeroF(), sum);
                storeF(row + j * kLanes, expF(sub(score, set1(maximum[n]))));
            }
            for (std::uint32_t key = seen; key < kPageKeys; ++key)
                row[key] = 0;
            for (int j = 0; j < kKeyVectors; ++j)
                sum = add(sum, loadF(row + j * kLanes));
            total[n] += sumF(sum);
        }
        if (task.valuePages)
            addValues<N>(task.outputs, scores, task.valuePages[page], task.valueDim, keysOfPage);
        else
            addKeyColumns<N>(task.outputs, scores, task.keyPages[page], task.valueDim);
    }
    for (int n = 0; n < N; ++n)
        for (std::uint32_t d = 0; d < task.valueDim; d += kLanes)
            storeF(task.outputs[n] + d, mul(loadF(task.outputs[n] + d), set1(1.0f / total[n])));
}

static void attention(const AttentionTask &task)
{
    switch (task.queryCount) {
    case 1:
        return attend<1>(task);
    case 2:
        return attend<2>(task);
    case 3:
        return attend<3>(task);
    default:
        return attend<4>(task);
    }
}

} // namespace kernels::KERNELS_ISA
