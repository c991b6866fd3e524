// Products with FP8 e4m3 weights and their block scales: rows in lanes, activations in float. Included by
// isa_*.cpp only.
//
// In each block of 128 columns even and odd columns have a sum of their own, so that two chains of fused
// multiply-adds overlap; sum += scale * (even + odd). Few tokens: weights go from the file through registers.
// Many tokens: 16 rows x 128 columns are unpacked once for all of them. Both add the same terms in the same
// order.
#pragma once

namespace kernels::KERNELS_ISA {

inline constexpr std::uint32_t kFp8Chunk = 16; // columns that are read together

// Four weights of every lane from 16 columns; byte n of them as floats. Sign, exponent and mantissa are moved
// to their places; the product puts the exponent's bias right, for subnormal weights too. NaN comes out as
// 480: see NanRows.
template <int n> KERNELS_INLINE VF e4m3(VB w)
{
    VI top = w;
    if constexpr (n < 3)
        top = shiftLeft<24 - 8 * n>(w);
    return mul(floatOfBits(andB(shiftRightSigned<4>(top), set1I(static_cast<std::int32_t>(0x87f00000u)))),
               set1(0x1p120f));
}

// Rows that hold a NaN: their scale becomes one.
struct NanRows
{
    VB seen = zeroI(); // bit 7 of a byte: it was S1111111

    KERNELS_INLINE_MEMBER void look(VB w)
    {
        seen = orB(seen, addI(andB(w, set1I(0x7f7f7f7f)), set1I(0x01010101)));
    }
    KERNELS_INLINE_MEMBER void poison(float *scales) const
    {
        std::uint32_t lanes[kLanes];
        storeB(lanes, seen);
        for (int lane = 0; lane < kLanes; ++lane)
            if (lanes[lane] & 0x80808080u)
                scales[lane] = __builtin_nanf("");
    }
};

// Columns [first, first + 16) of kLanes rows, transposed; past the end of the rows they are zeros. Nothing
// behind the end is read: it may be the end of the file.
KERNELS_INLINE void loadChunk(const std::uint8_t *rows, std::size_t rowBytes, std::uint32_t columns, VB w[4])
{
    if (columns >= kFp8Chunk)
        return loadTransposed(Rows(rows, rowBytes), 0, w);
    std::uint8_t copy[kLanes * kFp8Chunk] = {};
    for (int lane = 0; lane < kLanes; ++lane)
        std::memcpy(copy + lane * int(kFp8Chunk), rows + std::size_t(lane) * rowBytes, columns);
    loadTransposed(Rows(copy, kFp8Chunk), 0, w);
}

// Scales of a group's 16 rows in one block of columns. Rows behind the last of the task have its scale.
static void groupScales(const MatmulTask &task, std::uint32_t group, std::uint32_t block, float *scales)
{
    const std::uint32_t blocks = fp8Blocks(task.columns);
    for (std::uint32_t r = 0; r < kRowGroup; ++r) {
        const std::uint32_t row = group * kRowGroup + r < task.rows ? group * kRowGroup + r : task.rows - 1;
        scales[r] = task.scales[std::size_t(task.scaleRow + row) / kFp8Block * blocks + block];
    }
}

// One block of columns as floats: (columns, 16). Past the last column up to the end of its chunk they are
// zeros.
static void fillFp8Panel(const std::uint8_t *rows, std::size_t rowBytes, std::uint32_t columns, float *panel,
                         float *scales)
{
    for (int sub = 0; sub < kSubGroups; ++sub) {
        const std::uint8_t *lanes = rows + std::size_t(sub) * kLanes * rowBytes;
        float *out = panel + sub * kLanes;
        NanRows nan;
        for (std::uint32_t k = 0; k < columns; k += kFp8Chunk) {
            VB w[4];
            loadChunk(lanes + k, rowBytes, columns - k, w);
            for (int j = 0; j < 4; ++j) {
                nan.look(w[j]);
                storeF(out, e4m3<0>(w[j]));
                storeF(out + kRowGroup, e4m3<1>(w[j]));
                storeF(out + 2 * kRowGroup, e4m3<2>(w[j]));
                storeF(out + 3 * kRowGroup, e4m3<3>(w[j]));
                out += 4 * kRowGroup;
            }
        }
        nan.poison(scales + sub * kLanes);
    }
}

// sums(n, 16) += scale * panel . x, for N tokens.
template <int N>
static void fp8Tile(const float *panel, const float *scales, const float *x, std::size_t stride,
                    std::uint32_t columns, float *sums)
{
    for (int sub = 0; sub < kSubGroups; ++sub) {
        VF even[N], odd[N];
        for (int n = 0; n < N; ++n)
            even[n] = odd[n] = zeroF();
        const float *w = panel + sub * kLanes;
        std::uint32_t k = 0;
        for (; k + 2 <= columns; k += 2, w += 2 * kRowGroup) {
            const VF first = loadF(w), second = loadF(w + kRowGroup);
            for (int n = 0; n < N; ++n) {
                even[n] = fma(first, set1(x[std::size_t(n) * stride + k]), even[n]);
                odd[n] = fma(second, set1(x[std::size_t(n) * stride + k + 1]), odd[n]);
            }
        }
        if (k < columns)
            for (int n = 0; n < N; ++n)
                even[n] = fma(loadF(w), set1(x[std::size_t(n) * stride + k]), even[n]);
        for (int n = 0; n < N; ++n) {
            float *sum = sums + n * int(kRowGroup) + sub * kLanes;
            storeF(sum, fma(loadF(scales + sub * kLanes), add(even[n], odd[n]), loadF(sum)));
        }
    }
}

// One group and N tokens without a panel. out: (N, 16).
template <int N>
static void fp8Direct(const MatmulTask &task, const std::uint8_t *rows, std::uint32_t group, float *out)
{
    for (int n = 0; n < N * int(kRowGroup); ++n)
        out[n] = 0;
    for (std::uint32_t first = 0; first < task.columns; first += kFp8Block) {
        const std::uint32_t columns = task.columns - first < kFp8Block ? task.columns - first : kFp8Block;
        const std::uint32_t whole = columns / kFp8Chunk * kFp8Chunk;
        const float *x = task.floats + first;
        float scales[kRowGroup];
        groupScales(task, group, first / kFp8Block, scales);
        if (whole < columns) { // a ragged edge: its columns are few
            float panel[kFp8Block * kRowGroup];
            fillFp8Panel(rows + first, task.rowBytes, columns, panel, scales);
            fp8Tile<N>(panel, scales, x, task.columns, columns, out);
            continue;
        }
        for (int sub = 0; sub < kSubGroups; ++sub) {
            VF even[N], odd[N];
            for (int n = 0; n < N; ++n)
                even[n] = odd[n] = zeroF();
            NanRows nan;
            Rows lanes(rows + std::size_t(sub) * kLanes * task.rowBytes + first, task.rowBytes);
            for (std::uint32_t k = 0; k < whole; k += kFp8Chunk) {
                VB w[4];
                loadTransposed(lanes, 0, w);
                lanes.advance(kFp8Chunk);
                for (int j = 0; j < 4; ++j) {
                    nan.look(w[j]);
                    const VF w0 = e4m3<0>(w[j]), w1 = e4m3<1>(w[j]), w2 = e4m3<2>(w[j]), w3 = e4m3<3>(w[j]);
                    for (int n = 0; n < N; ++n) {
                        const float *four = x + std::size_t(n) * task.columns + k + std::uint32_t(4 * j);
                        even[n] = fma(w0, set1(four[0]), even[n]);
                        odd[n] = fma(w1, set1(four[1]), odd[n]);
                        even[n] = fma(w2, set1(four[2]), even[n]);
                        odd[n] = fma(w3, set1(four[3]), odd[n]);
                    }
                }
            }
            nan.poison(scales + sub * kLanes);
            for (int n = 0; n < N; ++n) {
                float *sum = out + n * int(kRowGroup) + sub * kLanes;
                storeF(sum, fma(loadF(scales + sub * kLanes), add(even[n], odd[n]), loadF(sum)));
            }
        }
    }
}

// Many tokens: some groups share a slice of the activations, as in quantisedMatmul().
static void fp8Panels(const MatmulTask &task, const ScratchParts &scratch, std::uint32_t base,
                      std::uint32_t together)
{
    const std::size_t groupFloats = std::size_t(task.tokens) * kRowGroup;
    const std::uint8_t *rows[kGroupsTogether];
    for (std::uint32_t g = 0; g < together; ++g)
        rows[g] = groupRows(task, base + g, scratch.tail); // one at most is cut short
    std::memset(scratch.sums, 0, together * groupFloats * sizeof(float));
    float *panel = scratch.panel.scales; // as in floatMatmul()
    for (std::uint32_t first = 0; first < task.columns; first += kFp8Block) {
        const std::uint32_t columns = task.columns - first < kFp8Block ? task.columns - first : kFp8Block;
        const float *x = task.floats + first;
        for (std::uint32_t g = 0; g < together; ++g) {
            float scales[kRowGroup];
            groupScales(task, base + g, first / kFp8Block, scales);
            fillFp8Panel(rows[g] + first, task.rowBytes, columns, panel, scales);
            float *sums = scratch.sums + g * groupFloats;
            std::uint32_t t = 0;
            for (; t + kTile <= task.tokens; t += kTile)
                fp8Tile<kTile>(panel, scales, x + std::size_t(t) * task.columns, task.columns, columns,
                               sums + std::size_t(t) * kRowGroup);
            for (; t < task.tokens; ++t)
                fp8Tile<1>(panel, scales, x + std::size_t(t) * task.columns, task.columns, columns,
                           sums + std::size_t(t) * kRowGroup);
        }
    }
    for (std::uint32_t t = 0; t < task.tokens; ++t)
        for (std::uint32_t g = 0; g < together; ++g)
            storeGroup(task, base + g, t, scratch.sums + g * groupFloats + std::size_t(t) * kRowGroup);
}

static void fp8Matmul(const MatmulTask &task)
{
    const ScratchParts scratch(task);
    const std::uint32_t groups = (task.rows + kRowGroup - 1) / kRowGroup;
    if (task.tokens > 2) {
        for (std::uint32_t base = 0; base < groups; base += kGroupsTogether)
            fp8Panels(task, scratch, base, groups - base < kGroupsTogether ? groups - base : kGroupsTogether);
        return;
    }
    float out[2 * kRowGroup];
    for (std::uint32_t group = 0; group < groups; ++group) {
        const std::uint8_t *rows = groupRows(task, group, scratch.tail);
        if (task.tokens == 1)
            fp8Direct<1>(task, rows, group, out);
        else
            fp8Direct<2>(task, rows, group, out);
        for (std::uint32_t t = 0; t < task.tokens; ++t)
            storeGroup(task, group, t, out + t * kRowGroup);
    }
}

} // namespace kernels::KERNELS_ISA
