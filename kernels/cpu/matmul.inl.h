// Products of weights and activations: rows in lanes, tokens in registers. Included by isa_*.cpp only.
//
// Few tokens (decode, verify): blocks go from the file through registers into the dot product. Many tokens (prefill):
// 16 rows x kPanelColumns are unpacked once to an 8-bit panel that stays in the first-level cache while all tokens
// pass. Both add the same terms in the same order, so the result does not depend on which one ran.
#pragma once

namespace kernels::KERNELS_ISA {

// Up to kDirectTokens tokens are not worth a panel: blocks are unpacked again for every kDirectTile tokens. Both are of the
// instruction set, simd_*.h: what was measured as fastest.
inline constexpr int kSubGroups = int(kRowGroup) / kLanes;

// Groups of 4 weights whose products are added up before they are widened: 8, 4, 2 or 1.
template <class Unpack> constexpr int groupsTogether()
{
    int together = int(Unpack::kScaleBlock) / 4;
    while (together > 1 && (Unpack::kSigned || together * Unpack::kLargest > kPartialSums))
        together /= 2;
    return together;
}
// acc += w . a for 4 weights of every row and 4 bytes of a plane, group number `group` of the scale block
template <class Unpack> KERNELS_INLINE void dotPlane(VI &acc, VI &partial, int group, VB w, const std::int8_t *plane)
{
    constexpr int together = groupsTogether<Unpack>();
    std::int32_t a;
    std::memcpy(&a, plane, 4);
    if constexpr (kDotsFromMemory && !Unpack::kSigned) {
        acc = dotAt(acc, w, plane);
    } else if constexpr (Unpack::kSigned) {
        acc = dotSigned(acc, w, a);
    } else {
        partial = addPartial(group % together == 0 ? zeroI() : partial, w, a);
        if (group % together == together - 1)
            acc = addI(acc, whole(partial));
    }
}
// Where the high bytes of a scale block begin: 16-wide blocks lie in pairs before the low bytes of both.
template <std::uint32_t scaleBlock> KERNELS_INLINE std::uint32_t planeByte(std::uint32_t block)
{
    return scaleBlock == 16 ? block / 2 * 2 * kQuantBlock + block % 2 * 16 : block * 2 * kQuantBlock;
}
// What the sum of a scale block's products begins with: minus the zero point times the sum of the activations.
template <int zero> KERNELS_INLINE VI minusZero(const std::int32_t *negated)
{
    if constexpr (zero <= 0)
        return zeroI();
    else if constexpr (zero == 12)
        return addI(shiftLeft<3>(set1I(*negated)), shiftLeft<2>(set1I(*negated)));
    else
        return shiftLeft<__builtin_ctz(zero)>(set1I(*negated));
}
// Exact: 32 products of 255 and 32512 stay below 2^31, with or without the zero point.
KERNELS_INLINE VI joinPlanes(VI high, VI low)
{
    return addI(shiftLeft<8>(high), low);
}
// The product with a high plane that is 0 but in the outlier group: of 4 weights a row and the high bytes of that group.
template <class Unpack> KERNELS_INLINE VI outlierProduct(VB w, const std::int8_t *high)
{
    std::int32_t a;
    std::memcpy(&a, high, 4);
    return Unpack::kSigned ? dotSigned(zeroI(), w, a) : dot(zeroI(), w, a);
}
// The same for activations that are spread over a vector already.
template <class Unpack, class Activations> KERNELS_INLINE void addGroup(VI &acc, VI &partial, int group, VB w, Activations x)
{
    constexpr int together = groupsTogether<Unpack>();
    if constexpr (kHasVnni) {
        acc = addSpread(acc, w, x);
    } else {
        partial = addSpread(group % together == 0 ? zeroI() : partial, w, x);
        if (group % together == together - 1)
            acc = addI(acc, whole(partial));
    }
}
// Where the outlier group of an activation block lies in a scale block, which may be half of it: if it lies in the other half,
// the high bytes in its place are 0.
template <std::uint32_t scaleBlock> KERNELS_INLINE std::size_t outlierIn(const std::uint8_t *outliers, std::size_t block)
{
    std::size_t group = outliers[block / (kQuantBlock / scaleBlock)];
    // Or g++ keeps the byte in memory where registers are short, and loads eight from there: such a load waits for the store.
    __asm__("" : "+r"(group));
    return group % (scaleBlock / kOutlierGroup);
}

// --- few tokens -----------------------------------------------------------------------------------------------------

template <int N, class Unpack, QuantForm form> struct DirectSink
{
    // bytes of kLanes rows, and scale blocks of one, that a unit takes
    static constexpr std::uint32_t kAhead = kLanes * Unpack::kUnitBytes, kBlocks = Unpack::kUnit / Unpack::kScaleBlock;

    const std::int8_t *q[N];
    const std::int8_t *planes[N]; // of the scale block
    const float *scales[N];
    const float *sums[N]; // where the type has offsets
    const std::int32_t *negated[N];
    const std::uint8_t *outliers[N];
    VF scaled[N], offsets[N]; // the two running sums of an output
    VF d, m;
    VI high[N], low[N];         // products with the two planes of the activations
    VI partialHigh[N], partialLow[N];
    VB *blockWeights;           // of the scale block, to pick those of the outlier group from: in memory, unlike all else here
    int group = 0;              // of 4 weights of the scale block
    std::size_t block = 0;      // scale block of the row
    std::size_t unitBlock = 0;  // the first one of the unit
    std::uint32_t emission = 0; // how many of the unit came before: known when this is compiled, with all that follows from it
    // What the next rows need is fetched at the pace of the work, each line once: a processor has few buffers for lines
    // on their way from memory, and asking twice takes two. Of a unit of many blocks the lines are known when this is compiled, but
    // for the last one, which may belong to the next unit.
    const std::uint8_t *ahead, *aheadEnd;

    KERNELS_INLINE_MEMBER void beginUnit()
    {
        emission = 0;
        aheadEnd += kAhead;
    }
    KERNELS_INLINE_MEMBER void endUnit()
    {
        unitBlock += kBlocks;
        ahead += kAhead / 64 * 64;
        if (kAhead % 64 != 0 && ahead < aheadEnd) {
            prefetch(ahead);
            ahead += 64;
        }
    }
    KERNELS_INLINE_MEMBER void beginBlock(VF scale, VF offset = zeroF())
    {
        d = scale;
        m = offset;
        block = unitBlock + Unpack::blockAt(emission);
#pragma GCC unroll 8
        for (std::uint32_t line = kAhead / 64 * emission / kBlocks; line < kAhead / 64 * (emission + 1) / kBlocks; ++line)
            prefetch(ahead + line * 64);
        for (int n = 0; n < N; ++n) {
            planes[n] = q[n] + 2 * unitBlock * Unpack::kScaleBlock + planeByte<Unpack::kScaleBlock>(Unpack::blockAt(emission));
            // One pointer a block: with longer distances from one a unit the code would outgrow the processor's cache of instructions.
            __asm__("" : "+r"(planes[n]));
            high[n] = zeroI();
            low[n] = minusZero<Unpack::kZero>(negated[n] + block);
        }
        group = 0;
    }
    KERNELS_INLINE_MEMBER void weights(VB w)
    {
        if constexpr (form == QuantForm::Outliers)
            blockWeights[group] = w;
        for (int n = 0; n < N; ++n) {
            if constexpr (form == QuantForm::Full)
                dotPlane<Unpack>(high[n], partialHigh[n], group, w, planes[n] + 4 * group);
            dotPlane<Unpack>(low[n], partialLow[n], group, w, planes[n] + kQuantBlock + 4 * group);
        }
        ++group;
    }
    KERNELS_INLINE_MEMBER void endBlock()
    {
        constexpr std::uint32_t perScale = kQuantBlock / Unpack::kScaleBlock;
        for (int n = 0; n < N; ++n) {
            if constexpr (form == QuantForm::Outliers) {
                const std::size_t g = outlierIn<Unpack::kScaleBlock>(outliers[n], block);
                high[n] = outlierProduct<Unpack>(blockWeights[g], planes[n] + 4 * g);
            }
            const VF both = mul(d, set1(scales[n][block / perScale]));
            scaled[n] = fma(both, toFloat(joinPlanes(high[n], low[n])), scaled[n]);
            if constexpr (Unpack::kZero == kOffsets)
                offsets[n] = fma(m, set1(sums[n][block]), offsets[n]);
        }
        ++emission;
        // A unit is one long piece of code: what belongs to a block shall not wait in registers for its turn in another.
        __asm__ volatile("" ::: "memory");
    }
};

static inline const float *sumsOf(const QuantRows &rows, std::uint32_t scaleBlock, std::uint32_t row)
{
    return scaleBlock == 16 ? rows.sums16 + std::size_t(row) * (rows.columns / 16)
                            : rows.sums32 + std::size_t(row) * (rows.columns / kQuantBlock);
}
static inline const std::int32_t *negatedOf(const QuantRows &rows, std::uint32_t scaleBlock, std::uint32_t row)
{
    return scaleBlock == 16 ? rows.negated16 + std::size_t(row) * (rows.columns / 16)
                            : rows.negated32 + std::size_t(row) * (rows.columns / kQuantBlock);
}

// N tokens from `token` times a group of rows: out(token of the N, row).
template <int N, class Unpack, QuantForm form>
static void directGroup(const MatmulTask &task, const std::uint8_t *rows, std::uint32_t token, float *out)
{
    const QuantRows &a = *task.quantised;
    for (int sub = 0; sub < kSubGroups; ++sub) {
        DirectSink<N, Unpack, form> sink;
        VB blockWeights[Unpack::kScaleBlock / 4];
        sink.blockWeights = blockWeights;
        for (int n = 0; n < N; ++n) {
            const std::uint32_t row = token + std::uint32_t(n);
            sink.q[n] = a.q + QuantRows::planeOffset(a.columns, row, 0);
            sink.scales[n] = a.scales + std::size_t(row) * (a.columns / kQuantBlock);
            sink.sums[n] = sumsOf(a, Unpack::kScaleBlock, row);
            sink.negated[n] = negatedOf(a, Unpack::kScaleBlock, row);
            sink.outliers[n] = a.outliers + std::size_t(row) * (a.columns / kQuantBlock);
            sink.scaled[n] = sink.offsets[n] = zeroF();
        }
        Rows lanes(rows + std::size_t(sub) * kLanes * task.rowBytes, task.rowBytes);
        // The next rows lie behind these: as many of their bytes are fetched as are used up here.
        sink.ahead = sink.aheadEnd = rows + std::size_t(sub + kSubGroups) * kLanes * task.rowBytes;
        for (std::uint32_t k = 0; k < task.columns; k += Unpack::kUnit) {
            sink.beginUnit();
            Unpack::unpack(lanes, sink);
            sink.endUnit();
            lanes.advance(Unpack::kUnitBytes);
        }
        for (int n = 0; n < N; ++n)
            storeF(out + n * kRowGroup + sub * kLanes, add(sink.scaled[n], sink.offsets[n]));
    }
}

// --- many tokens ----------------------------------------------------------------------------------------------------

// 16 rows of kPanelColumns weights: bytes (columns / 4, 16, 4), scales (blocks, 16), and offsets where the type has them.
struct Panel
{
    std::uint8_t *bytes;
    float *scales, *offsets;
};

inline constexpr std::size_t kPanelBytes = std::size_t(kPanelColumns) * kRowGroup;
inline constexpr std::size_t kPanelFloats = std::size_t(kPanelColumns) / 16 * kRowGroup;

struct PanelSink
{
    std::uint8_t *bytes;
    float *scales, *offsets;

    KERNELS_INLINE_MEMBER void beginBlock(VF scale)
    {
        storeF(scales, scale);
        scales += kRowGroup;
    }
    KERNELS_INLINE_MEMBER void beginBlock(VF scale, VF offset)
    {
        beginBlock(scale);
        storeF(offsets, offset);
        offsets += kRowGroup;
    }
    KERNELS_INLINE_MEMBER void weights(VB w)
    {
        storeB(bytes, w);
        bytes += 4 * kRowGroup;
    }
    KERNELS_INLINE_MEMBER void endBlock() {}
};

template <class Unpack>
static void fillPanel(const std::uint8_t *rows, std::size_t rowBytes, std::uint32_t columns, const Panel &panel)
{
    for (int sub = 0; sub < kSubGroups; ++sub) {
        PanelSink sink{panel.bytes + std::size_t(sub) * kLanes * 4, panel.scales + sub * kLanes, panel.offsets + sub * kLanes};
        Rows lanes(rows + std::size_t(sub) * kLanes * rowBytes, rowBytes);
        for (std::uint32_t k = 0; k < columns; k += Unpack::kUnit) {
            Unpack::unpack(lanes, sink);
            lanes.advance(Unpack::kUnitBytes);
        }
    }
}

// N tokens from `token` times a panel of `columns` weights that begin at column `first` of the row. `sums` holds the
// running sums of the group: (tokens, 2, 16).
template <int N, class Unpack, QuantForm form>
static void panelTile(const Panel &panel, const QuantRows &a, std::uint32_t token, std::uint32_t first,
                      std::uint32_t columns, float *sums)
{
    constexpr std::uint32_t scaleBlock = Unpack::kScaleBlock;
    constexpr int groups = int(scaleBlock) / 4;
    for (int sub = 0; sub < kSubGroups; ++sub) {
        const std::int8_t *q[N];
        const float *scales[N], *blockSums[N];
        const std::int32_t *negated[N];
        const std::uint8_t *outliers[N];
        VF scaled[N], offsets[N];
        for (int n = 0; n < N; ++n) {
            const std::size_t row = token + std::size_t(n);
            outliers[n] = a.outliers + row * (a.columns / kQuantBlock) + first / kQuantBlock;
            q[n] = a.q + QuantRows::planeOffset(a.columns, row, first);
            scales[n] = a.scales + row * (a.columns / kQuantBlock) + first / kQuantBlock;
            blockSums[n] = sumsOf(a, scaleBlock, std::uint32_t(row)) + first / scaleBlock;
            negated[n] = negatedOf(a, scaleBlock, std::uint32_t(row)) + first / scaleBlock;
            scaled[n] = loadF(sums + std::size_t(n) * 2 * kRowGroup + sub * kLanes);
            offsets[n] = loadF(sums + std::size_t(n) * 2 * kRowGroup + kRowGroup + sub * kLanes);
        }
        const std::uint8_t *bytes = panel.bytes + std::size_t(sub) * kLanes * 4;
        const float *panelScales = panel.scales + sub * kLanes, *panelOffsets = panel.offsets + sub * kLanes;
        for (std::uint32_t emission = 0; emission < columns / scaleBlock; ++emission) {
            const std::uint32_t block = Unpack::blockAt(emission);
            const VF d = loadF(panelScales), m = Unpack::kZero == kOffsets ? loadF(panelOffsets) : zeroF();
            const std::uint32_t byte = planeByte<scaleBlock>(block);
            VB w[groups];
            for (int g = 0; g < groups; ++g)
                w[g] = loadB(bytes + std::size_t(g) * 4 * kRowGroup);
#pragma GCC unroll 8
            for (int n = 0; n < N; ++n) {
                VI high = zeroI(), low = minusZero<Unpack::kZero>(negated[n] + block);
                VI partialHigh = zeroI(), partialLow = zeroI();
                if constexpr (form == QuantForm::Outliers) {
                    const std::size_t g = outlierIn<scaleBlock>(outliers[n], block);
                    high = outlierProduct<Unpack>(loadB(bytes + std::size_t(g) * 4 * kRowGroup), q[n] + byte + 4 * g);
                }
#pragma GCC unroll 8
                for (int g = 0; g < groups; ++g) {
                    if constexpr (form == QuantForm::Full)
                        dotPlane<Unpack>(high, partialHigh, g, w[g], q[n] + byte + 4 * g);
                    dotPlane<Unpack>(low, partialLow, g, w[g], q[n] + byte + kQuantBlock + 4 * g);
                }
                const VF both = mul(d, set1(scales[n][block / (kQuantBlock / scaleBlock)]));
                scaled[n] = fma(both, toFloat(joinPlanes(high, low)), scaled[n]);
                if constexpr (Unpack::kZero == kOffsets)
                    offsets[n] = fma(m, set1(blockSums[n][block]), offsets[n]);
            }
            bytes += std::size_t(groups) * 4 * kRowGroup;
            panelScales += kRowGroup;
            panelOffsets += kRowGroup;
        }
        for (int n = 0; n < N; ++n) {
            storeF(sums + std::size_t(n) * 2 * kRowGroup + sub * kLanes, scaled[n]);
            storeF(sums + std::size_t(n) * 2 * kRowGroup + kRowGroup + sub * kLanes, offsets[n]);
        }
    }
}

// The same for two vectors of rows: two panels, or the halves of one where a vector has 8 rows. Each activation comes from memory once
// for both. A processor loads as many vectors a cycle as it multiplies, so that one load for each product and some beside leave the
// multipliers waiting. A block has one sum of whole numbers, which is exact in any order.
template <int N, class Unpack, QuantForm form>
static void panelPair(const Panel *panels, const QuantRows &a, std::uint32_t token, std::uint32_t first, std::uint32_t columns,
                      float *const *sums)
{
    static_assert(!Unpack::kSigned);
    constexpr std::uint32_t scaleBlock = Unpack::kScaleBlock;
    constexpr int groups = int(scaleBlock) / 4;
    const std::int8_t *q[N];
    const float *scales[N], *blockSums[N];
    const std::int32_t *negated[N];
    const std::uint8_t *outliers[N];
    VF scaled[2][N];
    for (int n = 0; n < N; ++n) {
        const std::size_t row = token + std::size_t(n);
        outliers[n] = a.outliers + row * (a.columns / kQuantBlock) + first / kQuantBlock;
        q[n] = a.q + QuantRows::planeOffset(a.columns, row, first);
        scales[n] = a.scales + row * (a.columns / kQuantBlock) + first / kQuantBlock;
        blockSums[n] = sumsOf(a, scaleBlock, std::uint32_t(row)) + first / scaleBlock;
        negated[n] = negatedOf(a, scaleBlock, std::uint32_t(row)) + first / scaleBlock;
        for (int p = 0; p < 2; ++p)
            scaled[p][n] = loadF(sums[p] + row * 2 * kRowGroup);
    }
    const std::uint8_t *bytes[2] = {panels[0].bytes, panels[1].bytes};
    for (std::uint32_t emission = 0; emission < columns / scaleBlock; ++emission) {
        const std::uint32_t block = Unpack::blockAt(emission);
        const std::uint32_t byte = planeByte<scaleBlock>(block);
        VI sum[2][N];
        const auto addPlane = [&](std::uint32_t plane) __attribute__((always_inline)) {
            VI partial[2][N];
#pragma GCC unroll 8
            for (int g = 0; g < groups; ++g) {
                const VB w0 = loadB(bytes[0] + std::size_t(g) * 4 * kRowGroup), w1 = loadB(bytes[1] + std::size_t(g) * 4 * kRowGroup);
#pragma GCC unroll 8
                for (int n = 0; n < N; ++n) {
                    const VI x = spread(q[n] + byte + plane + 4 * g);
                    addGroup<Unpack>(sum[0][n], partial[0][n], g, w0, x);
                    addGroup<Unpack>(sum[1][n], partial[1][n], g, w1, x);
                }
            }
        };
        const auto addHighBytes = [&] __attribute__((always_inline)) {
#pragma GCC unroll 8
            for (int n = 0; n < N; ++n) {
                if constexpr (form == QuantForm::Outliers) {
                    const std::size_t g = outlierIn<scaleBlock>(outliers[n], block);
                    const VI x = spread(q[n] + byte + 4 * g);
                    for (int p = 0; p < 2; ++p) {
                        VI high = zeroI(), partial = zeroI();
                        addGroup<Unpack>(high, partial, groupsTogether<Unpack>() - 1, loadB(bytes[p] + std::size_t(g) * 4 * kRowGroup), x);
                        sum[p][n] = addI(sum[p][n], shiftLeft<8>(high));
                    }
                }
                if constexpr (Unpack::kZero > 0)
                    for (int p = 0; p < 2; ++p)
                        sum[p][n] = addI(sum[p][n], minusZero<Unpack::kZero>(negated[n] + block));
            }
        };
        for (int n = 0; n < N; ++n)
            sum[0][n] = sum[1][n] = zeroI();
        if constexpr (form == QuantForm::Full) {
            addPlane(0);
            for (int n = 0; n < N; ++n)
                for (int p = 0; p < 2; ++p)
                    sum[p][n] = shiftLeft<8>(sum[p][n]);
        }
        // Sums that are parted in two take all registers of AVX2; elsewhere they go on from what is there.
        if constexpr (kHasVnni)
            addHighBytes();
        addPlane(kQuantBlock);
        if constexpr (!kHasVnni)
            addHighBytes();
        const std::size_t of = std::size_t(emission) * kRowGroup;
#pragma GCC unroll 8
        for (int n = 0; n < N; ++n) {
            const VF scale = set1(scales[n][block / (kQuantBlock / scaleBlock)]);
            for (int p = 0; p < 2; ++p)
                scaled[p][n] = fma(mul(loadF(panels[p].scales + of), scale), toFloat(sum[p][n]), scaled[p][n]);
        }
        for (int p = 0; p < 2; ++p)
            bytes[p] += std::size_t(groups) * 4 * kRowGroup;
    }
    for (int n = 0; n < N; ++n)
        for (int p = 0; p < 2; ++p)
            storeF(sums[p] + (token + std::size_t(n)) * 2 * kRowGroup, scaled[p][n]);
    if constexpr (Unpack::kZero == kOffsets) {
        // On their own: the registers above are all taken.
        VF offsets[2][N];
        for (int n = 0; n < N; ++n)
            for (int p = 0; p < 2; ++p)
                offsets[p][n] = loadF(sums[p] + (token + std::size_t(n)) * 2 * kRowGroup + kRowGroup);
        for (std::uint32_t emission = 0; emission < columns / scaleBlock; ++emission) {
            const std::uint32_t block = Unpack::blockAt(emission);
            const std::size_t of = std::size_t(emission) * kRowGroup;
            const VF m0 = loadF(panels[0].offsets + of), m1 = loadF(panels[1].offsets + of);
#pragma GCC unroll 8
            for (int n = 0; n < N; ++n) {
                const VF blockSum = set1(blockSums[n][block]);
                offsets[0][n] = fma(m0, blockSum, offsets[0][n]);
                offsets[1][n] = fma(m1, blockSum, offsets[1][n]);
            }
        }
        for (int n = 0; n < N; ++n)
            for (int p = 0; p < 2; ++p)
                storeF(sums[p] + (token + std::size_t(n)) * 2 * kRowGroup + kRowGroup, offsets[p][n]);
    }
}

template <class Unpack, QuantForm form>
static void pairTokens(const Panel *panels, const QuantRows &a, std::uint32_t tokens, std::uint32_t first, std::uint32_t columns,
                       float *const *sums)
{
    std::uint32_t token = 0;
    for (; token + kPairTile <= tokens; token += kPairTile)
        panelPair<kPairTile, Unpack, form>(panels, a, token, first, columns, sums);
    for (; token + 2 <= tokens; token += 2)
        panelPair<2, Unpack, form>(panels, a, token, first, columns, sums);
    for (; token < tokens; ++token)
        panelPair<1, Unpack, form>(panels, a, token, first, columns, sums);
}

template <class Unpack, QuantForm form>
static void panelTokens(const Panel &panel, const QuantRows &a, std::uint32_t tokens, std::uint32_t first,
                        std::uint32_t columns, float *sums)
{
    if constexpr (kPairTile > 0 && kSubGroups == 2 && !Unpack::kSigned) {
        const Panel halves[2] = {panel, {panel.bytes + kLanes * 4, panel.scales + kLanes, panel.offsets + kLanes}};
        float *const both[2] = {sums, sums + kLanes};
        pairTokens<Unpack, form>(halves, a, tokens, first, columns, both);
    } else { // not compiled where it is not called
        std::uint32_t token = 0;
        for (; token + kTile <= tokens; token += kTile)
            panelTile<kTile, Unpack, form>(panel, a, token, first, columns, sums + std::size_t(token) * 2 * kRowGroup);
        for (; token + 2 <= tokens; token += 2)
            panelTile<2, Unpack, form>(panel, a, token, first, columns, sums + std::size_t(token) * 2 * kRowGroup);
        if (token < tokens)
            panelTile<1, Unpack, form>(panel, a, token, first, columns, sums + std::size_t(token) * 2 * kRowGroup);
    }
}

// --- a whole task ---------------------------------------------------------------------------------------------------

// Memory of one thread, cut from MatmulScratch; matmulScratchBytes() adds it up.
struct ScratchParts
{
    Panel panel;
    Panel halves[2];    // the same memory for two groups and half the columns
    float *sums;        // (kGroupsTogether, tokens, 2, 16)
    std::uint8_t *tail; // 16 rows, where the last group is cut short

    explicit ScratchParts(const MatmulTask &task)
    {
        std::uint8_t *p = task.scratch.bytes;
        panel.bytes = p;
        panel.scales = reinterpret_cast<float *>(p + kPanelBytes);
        panel.offsets = panel.scales + kPanelFloats;
        halves[0] = panel;
        halves[1] = {panel.bytes + kPanelBytes / 2, panel.scales + kPanelFloats / 2, panel.offsets + kPanelFloats / 2};
        sums = panel.offsets + kPanelFloats;
        tail = reinterpret_cast<std::uint8_t *>(sums + std::size_t(kGroupsTogether) * task.tokens * 2 * kRowGroup);
    }
};

// The first row of a group; a group that is cut short is copied and filled with zeros, so that all 16 can be read.
static const std::uint8_t *groupRows(const MatmulTask &task, std::uint32_t group, std::uint8_t *tail)
{
    const std::uint32_t row = group * kRowGroup;
    const auto *rows = reinterpret_cast<const std::uint8_t *>(task.weights) + std::size_t(row) * task.rowBytes;
    if (task.rows - row >= kRowGroup)
        return rows;
    const std::size_t have = (task.rows - row) * task.rowBytes;
    std::memcpy(tail, rows, have);
    std::memset(tail + have, 0, kRowGroup * task.rowBytes - have);
    return tail;
}

static void storeGroup(const MatmulTask &task, std::uint32_t group, std::uint32_t token, const float *values)
{
    const std::uint32_t row = group * kRowGroup;
    const std::uint32_t left = task.rows - row;
    std::memcpy(task.out + std::size_t(token) * task.outStride + row, values, (left < kRowGroup ? left : kRowGroup) * sizeof(float));
}

// The outputs of `together` groups from `base` on: of each the two running sums, added up. sums(group, token, 2, 16).
static void storeSums(const MatmulTask &task, std::uint32_t base, std::uint32_t together, const float *sums)
{
    for (std::uint32_t t = 0; t < task.tokens; ++t)
        for (std::uint32_t g = 0; g < together; ++g) {
            const float *both = sums + (std::size_t(g) * task.tokens + t) * 2 * kRowGroup;
            float values[kRowGroup];
            for (int sub = 0; sub < kSubGroups; ++sub)
                storeF(values + sub * kLanes, add(loadF(both + sub * kLanes), loadF(both + kRowGroup + sub * kLanes)));
            storeGroup(task, base + g, t, values);
        }
}

// directGroup() of `count` tokens, N at the most.
template <int N, class Unpack>
static void directTile(const MatmulTask &task, const std::uint8_t *rows, std::uint32_t token, std::uint32_t count, float *out)
{
    if constexpr (N > 1)
        if (count < N)
            return directTile<N - 1, Unpack>(task, rows, token, count, out);
    if (task.quantised->form == QuantForm::Full)
        directGroup<N, Unpack, QuantForm::Full>(task, rows, token, out);
    else
        directGroup<N, Unpack, QuantForm::Outliers>(task, rows, token, out);
}

template <class Unpack>
static void directTokens(const MatmulTask &task, std::uint32_t group, const std::uint8_t *rows)
{
    float out[kDirectTile * kRowGroup];
    // Tiles of the same size, as far as it goes: 4 tokens are 2 and 2.
    const std::uint32_t tiles = (task.tokens + kDirectTile - 1) / kDirectTile;
    for (std::uint32_t tile = 0; tile < tiles; ++tile) {
        const std::uint32_t token = task.tokens * tile / tiles, count = task.tokens * (tile + 1) / tiles - token;
        directTile<int(kDirectTile), Unpack>(task, rows, token, count, out);
        for (std::uint32_t t = 0; t < count; ++t)
            storeGroup(task, group, token + t, out + t * kRowGroup);
    }
}

// What is unpacked next comes from memory while the tokens pass by this panel: `columns` from `first` on of a group's rows.
template <class Unpack>
static void prefetchPanel(const MatmulTask &task, std::uint32_t group, std::uint32_t columns, std::uint32_t first)
{
    const auto *rows = reinterpret_cast<const std::uint8_t *>(task.weights) + std::size_t(group) * kRowGroup * task.rowBytes
        + first / Unpack::kUnit * Unpack::kUnitBytes;
    const std::size_t bytes = std::size_t(columns) / Unpack::kUnit * Unpack::kUnitBytes;
    for (std::uint32_t row = 0; row < kRowGroup; ++row, rows += task.rowBytes)
        for (std::size_t i = 0; i < bytes; i += 64)
            prefetch(rows + i);
}

// Products::tokens() multiplies a panel with all tokens.
template <class Unpack, class Products> static void panelMatmul(const MatmulTask &task, std::uint32_t firstGroup = 0)
{
    const ScratchParts scratch(task);
    const std::uint32_t groups = (task.rows + kRowGroup - 1) / kRowGroup;
    const std::size_t groupFloats = std::size_t(task.tokens) * 2 * kRowGroup;
    for (std::uint32_t base = firstGroup; base < groups; base += kGroupsTogether) {
        const std::uint32_t together = groups - base < kGroupsTogether ? groups - base : kGroupsTogether;
        std::memset(scratch.sums, 0, together * groupFloats * sizeof(float));
        for (std::uint32_t first = 0; first < task.columns; first += kPanelColumns) {
            const std::uint32_t columns = task.columns - first < kPanelColumns ? task.columns - first : kPanelColumns;
            for (std::uint32_t g = 0; g < together; ++g) {
                const std::uint8_t *rows = groupRows(task, base + g, scratch.tail) + first / Unpack::kUnit * Unpack::kUnitBytes;
                fillPanel<Unpack>(rows, task.rowBytes, columns, scratch.panel);
                if (g + 1 < together)
                    prefetchPanel<Unpack>(task, base + g + 1, kPanelColumns, first);
                else if (first + columns < task.columns)
                    prefetchPanel<Unpack>(task, base, kPanelColumns, first + columns);
                else // behind the task's rows there may be none: that does no harm
                    prefetchPanel<Unpack>(task, base + together, kPanelColumns, 0);
                Products::tokens(scratch.panel, *task.quantised, task.tokens, first, columns, scratch.sums + g * groupFloats);
            }
        }
        storeSums(task, base, together, scratch.sums);
    }
}

template <class Unpack> struct VectorProducts
{
    KERNELS_INLINE_MEMBER static void tokens(const Panel &panel, const QuantRows &a, std::uint32_t tokens, std::uint32_t first,
                                             std::uint32_t columns, float *sums)
    {
        if (a.form == QuantForm::Full)
            panelTokens<Unpack, QuantForm::Full>(panel, a, tokens, first, columns, sums);
        else
            panelTokens<Unpack, QuantForm::Outliers>(panel, a, tokens, first, columns, sums);
    }
};

// Of two groups of rows at a time, and the last one alone where their number is odd.
template <class Unpack> static void pairMatmul(const MatmulTask &task)
{
    constexpr std::uint32_t kColumns = kPanelColumns / 2;
    const ScratchParts scratch(task);
    const QuantRows &a = *task.quantised;
    const std::uint32_t groups = (task.rows + kRowGroup - 1) / kRowGroup, paired = groups / 2 * 2;
    const std::size_t groupFloats = std::size_t(task.tokens) * 2 * kRowGroup;
    for (std::uint32_t base = 0; base < paired; base += kGroupsTogether) {
        const std::uint32_t together = paired - base < kGroupsTogether ? paired - base : kGroupsTogether;
        std::memset(scratch.sums, 0, together * groupFloats * sizeof(float));
        for (std::uint32_t first = 0; first < task.columns; first += kColumns) {
            const std::uint32_t columns = task.columns - first < kColumns ? task.columns - first : kColumns;
            for (std::uint32_t g = 0; g < together; g += 2) {
                for (std::uint32_t p = 0; p < 2; ++p)
                    fillPanel<Unpack>(groupRows(task, base + g + p, scratch.tail) + first / Unpack::kUnit * Unpack::kUnitBytes,
                                      task.rowBytes, columns, scratch.halves[p]);
                // What is unpacked next comes from memory meanwhile; behind the task's rows there may be none: that does no harm.
                const bool lastPair = g + 2 >= together, lastColumns = first + columns >= task.columns;
                const std::uint32_t next = !lastPair ? base + g + 2 : lastColumns ? base + together : base;
                for (std::uint32_t p = 0; p < 2; ++p)
                    prefetchPanel<Unpack>(task, next + p, kColumns, !lastPair ? first : lastColumns ? 0 : first + columns);
                float *const sums[2] = {scratch.sums + g * groupFloats, scratch.sums + (g + 1) * groupFloats};
                if (a.form == QuantForm::Full)
                    pairTokens<Unpack, QuantForm::Full>(scratch.halves, a, task.tokens, first, columns, sums);
                else
                    pairTokens<Unpack, QuantForm::Outliers>(scratch.halves, a, task.tokens, first, columns, sums);
            }
        }
        storeSums(task, base, together, scratch.sums);
    }
    if (paired < groups)
        panelMatmul<Unpack, VectorProducts<Unpack>>(task, paired);
}

template <class Unpack> static void quantisedMatmul(const MatmulTask &task)
{
    // Scale blocks of 16 take as much again to unpack.
    constexpr std::uint32_t few = Unpack::kScaleBlock == 16 ? kDirectTokens / 2 : kDirectTokens;
    if (task.tokens > few) {
        if constexpr (kPairTile > 0 && kSubGroups == 1)
            return pairMatmul<Unpack>(task);
        else
            return panelMatmul<Unpack, VectorProducts<Unpack>>(task);
    }
    const ScratchParts scratch(task);
    const std::uint32_t groups = (task.rows + kRowGroup - 1) / kRowGroup;
    for (std::uint32_t group = 0; group < groups; ++group)
        directTokens<Unpack>(task, group, groupRows(task, group, scratch.tail));
}

// Calls visit() with the Unpack of a block type; false for weights in floats.
template <class Visit> static bool withUnpack(ElementType type, const Visit &visit)
{
    switch (type) {
    case ElementType::Q4_0:
        visit(UnpackQ4_0());
        return true;
    case ElementType::Q4_1:
        visit(UnpackQ4_1());
        return true;
    case ElementType::Q5_0:
        visit(UnpackQ5_0());
        return true;
    case ElementType::Q5_1:
        visit(UnpackQ5_1());
        return true;
    case ElementType::Q8_0:
        visit(UnpackQ8_0());
        return true;
    case ElementType::Q2_K:
        visit(UnpackQ2_K());
        return true;
    case ElementType::Q3_K:
        visit(UnpackQ3_K());
        return true;
    case ElementType::Q4_K:
        visit(UnpackQ4_K());
        return true;
    case ElementType::Q5_K:
        visit(UnpackQ5_K());
        return true;
    case ElementType::Q6_K:
        visit(UnpackQ6_K());
        return true;
    case ElementType::IQ4_NL:
        visit(UnpackIQ4_NL());
        return true;
    case ElementType::IQ4_XS:
        visit(UnpackIQ4_XS());
        return true;
    case ElementType::MXFP4:
        visit(UnpackMXFP4());
        return true;
    case ElementType::F32:
    case ElementType::F16:
    case ElementType::BF16:
    case ElementType::F8_E4M3:
        break;
    }
    return false;
}

} // namespace kernels::KERNELS_ISA

// after the parts of a task
#include "kernels/cpu/float_matmul.inl.h"
#include "kernels/cpu/fp8_matmul.inl.h"

namespace kernels::KERNELS_ISA {

static inline void matmul(const MatmulTask &task)
{
    if (withUnpack(task.type, [&]<class Unpack>(Unpack) { quantisedMatmul<Unpack>(task); }))
        return;
    if (task.type == ElementType::F32)
        floatMatmul<WeightsF32>(task);
    else if (task.type == ElementType::F16)
        floatMatmul<WeightsF16>(task);
    else if (task.type == ElementType::BF16)
        floatMatmul<WeightsBF16>(task);
    else
        fp8Matmul(task);
}

} // namespace kernels::KERNELS_ISA
