// Products of quantised weights and many tokens on AMX tiles. Included by isa_amx.cpp, and with tiles that are computed by
// tests/support/emulated_tiles.h.
//
// 16 tokens x 16 rows of a panel (matmul.inl.h) at a time. A scale block has two tile products, one for each plane of the
// activations: C(token, row) = A(token, columns) . B(columns / 4, row, 4), A signed, from QuantRows as they lie, B unsigned,
// from the panel as it lies. What they give goes through memory to the vector unit, which joins planes and scales sums in
// exactly the order of panelTile(): whole numbers are exact, so the bits are the same. Scale blocks are 16 or 32 weights wide,
// so a tile is filled to a quarter or a half; what a product takes depends on its 16 tokens alone.
//
// Intel 64 and IA-32 Architectures Software Developer's Manual: volume 1, chapter 18, and TDPBSUD in volume 2.
#pragma once

#include "kernels/cpu/tile_config.h"

namespace kernels::KERNELS_ISA {

inline constexpr std::uint32_t kTileTokens = 16;
inline constexpr std::uint32_t kTileBlocks = 4; // scale blocks whose products are in memory together
inline constexpr std::size_t kTileSums = std::size_t(kTileTokens) * kRowGroup;
static_assert(kTileTokens == 4 * kTileBlocks); // a block is multiplied and 4 tokens are finished in turn

// Tile registers: sums of the planes for even and for odd blocks, so that one block's are stored while the next has its
// products; activations; weights for even and for odd blocks.
enum : int { kSumsHigh, kSumsLow, kOddSumsHigh, kOddSumsLow, kHigh, kLow, kWeights, kOddWeights };

// The shapes of those registers for scale blocks of 16 or 32 weights.
inline TileConfig tileShapes(std::uint32_t scaleBlock)
{
    TileConfig config;
    for (int tile = kSumsHigh; tile <= kOddSumsLow; ++tile)
        config.shape(tile, kTileTokens, kRowGroup * 4);
    for (int tile = kHigh; tile <= kLow; ++tile)
        config.shape(tile, kTileTokens, scaleBlock);
    for (int tile = kWeights; tile <= kOddWeights; ++tile)
        config.shape(tile, scaleBlock / 4, kRowGroup * 4);
    return config;
}

// Products of 16 tokens with up to kTileBlocks scale blocks of a panel.
struct TileJob
{
    std::uint32_t token = 0;  // first of the 16
    std::uint32_t from = 0;   // those before it have their sums already
    std::uint32_t block = 0;  // emission of the first scale block in the panel
    std::uint32_t blocks = 0; // 0: no job
    std::int32_t *products = nullptr; // (kTileBlocks, 2 planes, kTileTokens, 16)
};

template <class Unpack, class Tiles> struct TileProducts
{
    static constexpr std::uint32_t kScaleBlock = Unpack::kScaleBlock;
    static_assert(!Unpack::kSigned, "the bytes of a panel are unsigned where there is AMX");

    // Scale block `i` of a job; odd: of the two sets of registers.
    template <bool odd>
    KERNELS_INLINE_MEMBER static void multiply(const Panel &panel, const QuantRows &a, std::uint32_t first, const TileJob &job, std::uint32_t i)
    {
        constexpr int sumsHigh = odd ? kOddSumsHigh : kSumsHigh, sumsLow = odd ? kOddSumsLow : kSumsLow, weights = odd ? kOddWeights : kWeights;
        const std::uint32_t emission = job.block + i;
        const std::int8_t *high = a.q + QuantRows::planeOffset(a.columns, job.token, first) + planeByte<kScaleBlock>(Unpack::blockAt(emission));
        const std::size_t tokenBytes = QuantRows::planeOffset(a.columns, 1, 0);
        std::int32_t *products = job.products + 2 * kTileSums * i;
        Tiles::template load<weights>(panel.bytes + std::size_t(emission) * kScaleBlock * kRowGroup, 4 * kRowGroup);
        Tiles::template load<kHigh>(high, tokenBytes);
        Tiles::template zero<sumsHigh>();
        Tiles::template dot<sumsHigh, kHigh, weights>();
        Tiles::template load<kLow>(high + kQuantBlock, tokenBytes);
        Tiles::template zero<sumsLow>();
        Tiles::template dot<sumsLow, kLow, weights>();
        Tiles::template store<sumsHigh>(products, 4 * kRowGroup);
        Tiles::template store<sumsLow>(products + kTileSums, 4 * kRowGroup);
    }

    // Adds the job's products to the sums of N tokens, from the job's token `t` on: panelTile() from its dot products on.
    template <int N>
    static void finish(const Panel &panel, const QuantRows &a, std::uint32_t first, const TileJob &job, std::uint32_t t, float *sums)
    {
        sums += std::size_t(job.token + t) * 2 * kRowGroup;
        const float *scales[N], *blockSums[N];
        const std::int32_t *negated[N];
        for (int n = 0; n < N; ++n) {
            const std::size_t row = std::size_t(job.token) + t + std::size_t(n);
            scales[n] = a.scales + row * (a.columns / kQuantBlock) + first / kQuantBlock;
            blockSums[n] = sumsOf(a, kScaleBlock, std::uint32_t(row)) + first / kScaleBlock;
            negated[n] = negatedOf(a, kScaleBlock, std::uint32_t(row)) + first / kScaleBlock;
        }
        for (int sub = 0; sub < kSubGroups; ++sub) {
            VF scaled[N], offsets[N];
            for (int n = 0; n < N; ++n) {
                scaled[n] = loadF(sums + std::size_t(n) * 2 * kRowGroup + sub * kLanes);
                offsets[n] = loadF(sums + std::size_t(n) * 2 * kRowGroup + kRowGroup + sub * kLanes);
            }
            for (std::uint32_t i = 0; i < job.blocks; ++i) {
                const std::uint32_t emission = job.block + i, block = Unpack::blockAt(emission);
                const VF d = loadF(panel.scales + std::size_t(emission) * kRowGroup + sub * kLanes);
                const VF m = Unpack::kZero == kOffsets ? loadF(panel.offsets + std::size_t(emission) * kRowGroup + sub * kLanes) : zeroF();
                const std::int32_t *products = job.products + 2 * kTileSums * i + t * kRowGroup + sub * kLanes;
#pragma GCC unroll 4
                for (int n = 0; n < N; ++n, products += kRowGroup) {
                    const VI high = loadB(products), low = addI(loadB(products + kTileSums), minusZero<Unpack::kZero>(negated[n] + block));
                    const VF both = mul(d, set1(scales[n][block / (kQuantBlock / kScaleBlock)]));
                    scaled[n] = fma(both, toFloat(joinPlanes(high, low)), scaled[n]);
                    if constexpr (Unpack::kZero == kOffsets)
                        offsets[n] = fma(m, set1(blockSums[n][block]), offsets[n]);
                }
            }
            for (int n = 0; n < N; ++n) {
                storeF(sums + std::size_t(n) * 2 * kRowGroup + sub * kLanes, scaled[n]);
                storeF(sums + std::size_t(n) * 2 * kRowGroup + kRowGroup + sub * kLanes, offsets[n]);
            }
        }
    }

    // Quarter `quarter` of the job's tokens.
    static void finishQuarter(const Panel &panel, const QuantRows &a, std::uint32_t first, const TileJob &job, std::uint32_t quarter, float *sums)
    {
        const std::uint32_t t = 4 * quarter;
        if (job.token + t >= job.from)
            return finish<4>(panel, a, first, job, t, sums);
        for (std::uint32_t i = 0; i < 4; ++i)
            if (job.token + t + i >= job.from)
                finish<1>(panel, a, first, job, t + i, sums);
    }

    // Like panelTokens(), for 16 tokens or more. The last 16 may overlap those before them. While a job is multiplied, the one
    // before it is finished: so close together that tiles and vectors overlap.
    static void tokens(const Panel &panel, const QuantRows &a, std::uint32_t tokens, std::uint32_t first, std::uint32_t columns, float *sums)
    {
        alignas(64) std::int32_t products[2][kTileBlocks * 2 * kTileSums];
        const std::uint32_t blocks = columns / kScaleBlock;
        TileJob before, job;
        bool other = false;
        for (job.from = 0; job.from < tokens; job.from += kTileTokens) {
            job.token = job.from + kTileTokens <= tokens ? job.from : tokens - kTileTokens;
            for (job.block = 0; job.block < blocks; job.block += kTileBlocks) {
                job.blocks = blocks - job.block < kTileBlocks ? blocks - job.block : kTileBlocks;
                job.products = products[other];
                for (std::uint32_t i = 0; i < kTileBlocks; ++i) {
                    if (i < job.blocks) {
                        if (i % 2 == 0)
                            multiply<false>(panel, a, first, job, i);
                        else
                            multiply<true>(panel, a, first, job, i);
                    }
                    if (before.blocks > 0)
                        finishQuarter(panel, a, first, before, i, sums);
                }
                before = job;
                other = !other;
            }
        }
        for (std::uint32_t i = 0; i < kTileBlocks; ++i)
            finishQuarter(panel, a, first, before, i, sums);
    }
};

// False where tiles are of no use: few tokens, or weights in floats, whose products in BF16 would round differently than those
// of one token. Registers have their shapes during the task only: the system need not save them between tasks.
template <class Tiles> static bool tileMatmul(const MatmulTask &task)
{
    if (task.tokens < kTileTokens)
        return false;
    return withUnpack(task.type, [&]<class Unpack>(Unpack) {
        Tiles::configure(tileShapes(Unpack::kScaleBlock));
        panelMatmul<Unpack, TileProducts<Unpack, Tiles>>(task);
        Tiles::release();
    });
}

} // namespace kernels::KERNELS_ISA
