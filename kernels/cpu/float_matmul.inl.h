// Products with F32, F16 and BF16 weights: rows in lanes, activations in float. Included by isa_*.cpp only.
//
// Even and odd columns of a row have a sum of their own each, so that two chains of fused multiply-adds overlap and the two
// halves of a 32-bit lane go where they are; at the end of the row they are added. Few tokens: weights go from the file
// through registers. Many tokens: 16 rows x kFloatPanelColumns are unpacked once for all of them. Both add the same terms
// in the same order.
#pragma once

namespace kernels::KERNELS_ISA {

// --- weights of the file to floats ----------------------------------------------------------------------------------

// Bytes of a row that are read together. With AVX-512 they are a line of the cache: where rows lie 4 KiB apart, 16 of them
// share 8 places in the first-level cache, and a line would be gone before its second half is read.
inline constexpr std::uint32_t kSquareBytes = 4 * kLanes;

// kSquareBytes of each of kLanes rows, transposed; past the end of the rows they are zeros. Nothing behind the end is read:
// it may be the end of the file.
KERNELS_INLINE void loadSquareUpTo(const std::uint8_t *rows, std::size_t rowBytes, std::size_t bytesLeft, VB w[kLanes])
{
    if (bytesLeft >= kSquareBytes)
        return loadSquare(Rows(rows, rowBytes), 0, w);
    std::uint8_t copy[kLanes * kSquareBytes] = {};
    for (int lane = 0; lane < kLanes; ++lane)
        std::memcpy(copy + lane * int(kSquareBytes), rows + std::size_t(lane) * rowBytes, bytesLeft);
    loadSquare(Rows(copy, kSquareBytes), 0, w);
}

// read(): the kPerLane columns that a vector of the transposed bytes holds.
struct WeightsF32
{
    static constexpr int kPerLane = 1;
    KERNELS_INLINE_MEMBER static void read(VB w, VF *columns) { columns[0] = floatOfBits(w); }
};
struct WeightsF16
{
    static constexpr int kPerLane = 2;
    KERNELS_INLINE_MEMBER static void read(VB w, VF *columns) { halves(w, columns[0], columns[1]); }
};
struct WeightsBF16
{
    static constexpr int kPerLane = 2;
    KERNELS_INLINE_MEMBER static void read(VB w, VF *columns)
    {
        columns[0] = floatOfBits(shiftLeft<16>(w));
        columns[1] = floatOfBits(andB(w, set1I(static_cast<std::int32_t>(0xffff0000u))));
    }
};
template <class Weights> inline constexpr std::uint32_t kSquareColumns = kLanes * Weights::kPerLane;
template <class Weights> inline constexpr std::uint32_t kWeightBytes = 4 / Weights::kPerLane;

// --- few tokens -----------------------------------------------------------------------------------------------------

inline constexpr std::uint32_t kFloatDirectTokens = kLanes == 16 ? 8 : 3; // they share what is read from the file

// N tokens times a group of rows: out(token, row).
template <int N, class Weights>
static void floatDirect(const MatmulTask &task, const std::uint8_t *rows, float *out)
{
    constexpr std::uint32_t square = kSquareColumns<Weights>;
    constexpr int perLane = Weights::kPerLane;
    for (int sub = 0; sub < kSubGroups; ++sub) {
        VF sums[N][2];
        for (int n = 0; n < N; ++n)
            sums[n][0] = sums[n][1] = zeroF();
        const std::uint8_t *first = rows + std::size_t(sub) * kLanes * task.rowBytes;
        Rows lanes(first, task.rowBytes);
        // The next rows lie behind these, see DirectSink.
        const std::uint8_t *ahead = first + kLanes * task.rowBytes;
        std::uint32_t k = 0;
        for (; k + square <= task.columns; k += square) {
            VB w[kLanes];
            loadSquare(lanes, 0, w);
            lanes.advance(kSquareBytes);
            for (std::size_t i = 0; i < kLanes * kSquareBytes; i += 64)
                prefetch(ahead + i);
            ahead += kLanes * kSquareBytes;
#pragma GCC unroll 16
            for (int j = 0; j < kLanes; ++j) {
                VF columns[perLane];
                Weights::read(w[j], columns);
#pragma GCC unroll 8
                for (int n = 0; n < N; ++n) {
                    const float *x = task.floats + std::size_t(n) * task.columns + k + std::uint32_t(j * perLane);
                    for (int i = 0; i < perLane; ++i)
                        sums[n][(j * perLane + i) % 2] = fma(columns[i], set1(x[i]), sums[n][(j * perLane + i) % 2]);
                }
            }
        }
        if (k < task.columns) {
            const std::uint32_t left = task.columns - k;
            VB w[kLanes];
            loadSquareUpTo(first + std::size_t(k) * kWeightBytes<Weights>, task.rowBytes, std::size_t(left) * kWeightBytes<Weights>, w);
            for (std::uint32_t j = 0; j * perLane < left; ++j) {
                VF columns[perLane];
                Weights::read(w[j], columns);
                for (std::uint32_t i = 0; i < perLane && j * perLane + i < left; ++i)
                    for (int n = 0; n < N; ++n) {
                        VF &sum = sums[n][(j * perLane + i) % 2];
                        sum = fma(columns[i], set1(task.floats[std::size_t(n) * task.columns + k + j * perLane + i]), sum);
                    }
            }
        }
        for (int n = 0; n < N; ++n)
            storeF(out + n * int(kRowGroup) + sub * kLanes, add(sums[n][0], sums[n][1]));
    }
}

template <int N, class Weights> static void floatDirectTokens(const MatmulTask &task, const std::uint8_t *rows, float *out)
{
    if constexpr (N > 1)
        if (task.tokens < N)
            return floatDirectTokens<N - 1, Weights>(task, rows, out);
    floatDirect<N, Weights>(task, rows, out);
}

// --- many tokens ----------------------------------------------------------------------------------------------------

// Of a row, unpacked at a time: 16 rows of them fill the panel of bytes, and the activations that 16 x kGroupsTogether rows
// share stay in the L2 cache.
inline constexpr std::uint32_t kFloatPanelColumns = 256;
static_assert(kFloatPanelColumns * kRowGroup * sizeof(float) <= kPanelBytes);
// As many sums as registers hold: kFloatTile tokens x kFloatSubGroups x 2.
inline constexpr int kFloatTile = kLanes == 16 ? 8 : 3;
inline constexpr int kFloatSubGroups = kLanes == 16 ? 1 : 2;

// Columns of 16 rows to (columns, 16) floats. Past the last column up to the end of its square they are zeros.
template <class Weights>
static void fillFloatPanel(const std::uint8_t *rows, std::size_t rowBytes, std::uint32_t columns, float *panel)
{
    for (int sub = 0; sub < kSubGroups; ++sub) {
        const std::uint8_t *lanes = rows + std::size_t(sub) * kLanes * rowBytes;
        float *out = panel + sub * kLanes;
        for (std::uint32_t k = 0; k < columns; k += kSquareColumns<Weights>, lanes += kSquareBytes) {
            VB w[kLanes];
            loadSquareUpTo(lanes, rowBytes, std::size_t(columns - k) * kWeightBytes<Weights>, w);
            for (int j = 0; j < kLanes; ++j) {
                VF values[Weights::kPerLane];
                Weights::read(w[j], values);
                for (int i = 0; i < Weights::kPerLane; ++i, out += kRowGroup)
                    storeF(out, values[i]);
            }
        }
    }
}

// sums(n, even or odd, 16) += panel . x, for N tokens.
template <int N> static void floatTile(const float *panel, const float *x, std::size_t stride, std::uint32_t columns, float *sums)
{
    constexpr int subs = kFloatSubGroups;
    for (int first = 0; first < kSubGroups; first += subs, panel += subs * kLanes, sums += subs * kLanes) {
        VF acc[N][2][subs];
        for (int n = 0; n < N; ++n)
            for (int odd = 0; odd < 2; ++odd)
                for (int s = 0; s < subs; ++s)
                    acc[n][odd][s] = loadF(sums + (2 * n + odd) * int(kRowGroup) + s * kLanes);
        const float *w = panel;
        std::uint32_t k = 0;
        for (; k + 2 <= columns; k += 2, w += 2 * kRowGroup)
#pragma GCC unroll 2
            for (int odd = 0; odd < 2; ++odd) {
                VF weights[subs];
                for (int s = 0; s < subs; ++s)
                    weights[s] = loadF(w + odd * int(kRowGroup) + s * kLanes);
#pragma GCC unroll 12
                for (int n = 0; n < N; ++n) {
                    const VF value = set1(x[std::size_t(n) * stride + k + std::uint32_t(odd)]);
                    for (int s = 0; s < subs; ++s)
                        acc[n][odd][s] = fma(weights[s], value, acc[n][odd][s]);
                }
            }
        if (k < columns)
            for (int n = 0; n < N; ++n)
                for (int s = 0; s < subs; ++s)
                    acc[n][0][s] = fma(loadF(w + s * kLanes), set1(x[std::size_t(n) * stride + k]), acc[n][0][s]);
        for (int n = 0; n < N; ++n)
            for (int odd = 0; odd < 2; ++odd)
                for (int s = 0; s < subs; ++s)
                    storeF(sums + (2 * n + odd) * int(kRowGroup) + s * kLanes, acc[n][odd][s]);
    }
}

static void prefetchRows(const std::uint8_t *rows, std::size_t rowBytes, std::size_t bytes)
{
    for (std::uint32_t row = 0; row < kRowGroup; ++row, rows += rowBytes)
        for (std::size_t i = 0; i < bytes; i += 64)
            prefetch(rows + i);
}

// Some groups share a slice of the activations, as in quantisedMatmul().
template <class Weights>
static void floatPanels(const MatmulTask &task, const ScratchParts &scratch, std::uint32_t base, std::uint32_t together)
{
    const std::size_t groupFloats = std::size_t(task.tokens) * 2 * kRowGroup;
    const std::uint8_t *rows[kGroupsTogether];
    for (std::uint32_t g = 0; g < together; ++g)
        rows[g] = groupRows(task, base + g, scratch.tail); // one at most is cut short
    std::memset(scratch.sums, 0, together * groupFloats * sizeof(float));
    auto *panel = reinterpret_cast<float *>(scratch.panel.bytes);
    constexpr std::size_t panelBytes = std::size_t(kFloatPanelColumns) * kWeightBytes<Weights>;
    for (std::uint32_t first = 0; first < task.columns; first += kFloatPanelColumns) {
        const std::uint32_t columns = task.columns - first < kFloatPanelColumns ? task.columns - first : kFloatPanelColumns;
        const float *x = task.floats + first;
        for (std::uint32_t g = 0; g < together; ++g) {
            fillFloatPanel<Weights>(rows[g] + std::size_t(first) * kWeightBytes<Weights>, task.rowBytes, columns, panel);
            // What is unpacked next comes from memory meanwhile; behind the last row there may be none: that does no harm.
            if (g + 1 < together)
                prefetchRows(rows[g + 1] + std::size_t(first) * kWeightBytes<Weights>, task.rowBytes, panelBytes);
            else if (first + columns < task.columns)
                prefetchRows(rows[0] + std::size_t(first + columns) * kWeightBytes<Weights>, task.rowBytes, panelBytes);
            else
                prefetchRows(rows[0] + std::size_t(together) * kRowGroup * task.rowBytes, task.rowBytes, panelBytes);
            float *sums = scratch.sums + g * groupFloats;
            std::uint32_t t = 0;
            for (; t + kFloatTile <= task.tokens; t += kFloatTile)
                floatTile<kFloatTile>(panel, x + std::size_t(t) * task.columns, task.columns, columns, sums + std::size_t(t) * 2 * kRowGroup);
            for (; t + 2 <= task.tokens; t += 2)
                floatTile<2>(panel, x + std::size_t(t) * task.columns, task.columns, columns, sums + std::size_t(t) * 2 * kRowGroup);
            if (t < task.tokens)
                floatTile<1>(panel, x + std::size_t(t) * task.columns, task.columns, columns, sums + std::size_t(t) * 2 * kRowGroup);
        }
    }
    storeSums(task, base, together, scratch.sums);
}

template <class Weights> static void floatMatmul(const MatmulTask &task)
{
    const ScratchParts scratch(task);
    const std::uint32_t groups = (task.rows + kRowGroup - 1) / kRowGroup;
    if (task.tokens > kFloatDirectTokens) {
        for (std::uint32_t base = 0; base < groups; base += kGroupsTogether)
            floatPanels<Weights>(task, scratch, base, groups - base < kGroupsTogether ? groups - base : kGroupsTogether);
        return;
    }
    float out[kFloatDirectTokens * kRowGroup];
    for (std::uint32_t group = 0; group < groups; ++group) {
        floatDirectTokens<int(kFloatDirectTokens), Weights>(task, groupRows(task, group, scratch.tail), out);
        for (std::uint32_t t = 0; t < task.tokens; ++t)
            storeGroup(task, group, t, out + t * kRowGroup);
    }
}

} // namespace kernels::KERNELS_ISA
