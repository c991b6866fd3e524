// AMX tiles for the products of many tokens, AVX-512 with VNNI for all else. Compiled with the flags of its instruction set: include
// nothing here that has inline functions of the standard library, or the linker may give those to every processor.
#include "kernels/cpu/ops.h"

#define KERNELS_ISA amx
#include "kernels/cpu/simd_avx512.h"
// after the vector types
#include "kernels/cpu/unpack.inl.h"
// after the formats
#include "kernels/cpu/matmul.inl.h"
// after the panel
#include "kernels/cpu/amx_matmul.inl.h"

namespace kernels {
namespace amx {

// The registers of this thread. Not the compilers' intrinsics: those of g++ 12 take no template argument for the number of a
// register, and their loads do not say that they read memory.
struct Tiles
{
    KERNELS_INLINE_MEMBER static void configure(const TileConfig &config)
    {
        __asm__ volatile("ldtilecfg %0" : : "m"(config) : "memory");
    }
    KERNELS_INLINE_MEMBER static void release() { __asm__ volatile("tilerelease"); }
    template <int tile> KERNELS_INLINE_MEMBER static void zero() { __asm__ volatile("tilezero %%tmm%c0" : : "i"(tile)); }
    template <int tile> KERNELS_INLINE_MEMBER static void load(const void *rows, std::size_t stride)
    {
        __asm__ volatile("tileloadd (%0,%1,1), %%tmm%c2" : : "r"(rows), "r"(stride), "i"(tile) : "memory");
    }
    template <int tile> KERNELS_INLINE_MEMBER static void store(void *rows, std::size_t stride)
    {
        __asm__ volatile("tilestored %%tmm%c2, (%0,%1,1)" : : "r"(rows), "r"(stride), "i"(tile) : "memory");
    }
    // sums += a . b: TDPBSUD sums, a, b in Intel's order
    template <int sums, int a, int b> KERNELS_INLINE_MEMBER static void dot()
    {
        __asm__ volatile("tdpbsud %%tmm%c2, %%tmm%c1, %%tmm%c0" : : "i"(sums), "i"(a), "i"(b));
    }
};

static void matmulOnTiles(const MatmulTask &task)
{
    if (!tileMatmul<Tiles>(task))
        avx512Ops().matmul(task);
}

// 64 columns, as no scale block has them: this is what the machine can do.
static std::uint64_t tileRounds(std::uint32_t rounds)
{
    alignas(64) std::int8_t bytes[kTileRows * kTileRowBytes];
    std::memset(bytes, 1, sizeof bytes);
    TileConfig config;
    for (int tile = 0; tile < 6; ++tile)
        config.shape(tile, kTileRows, kTileRowBytes);
    Tiles::configure(config);
    Tiles::zero<0>();
    Tiles::zero<1>();
    Tiles::zero<2>();
    Tiles::zero<3>();
    Tiles::load<4>(bytes, kTileRowBytes);
    Tiles::load<5>(bytes, kTileRowBytes);
    for (std::uint32_t round = 0; round < rounds; ++round) {
        Tiles::dot<0, 4, 5>();
        Tiles::dot<1, 4, 5>();
        Tiles::dot<2, 4, 5>();
        Tiles::dot<3, 4, 5>();
    }
    Tiles::release();
    return std::uint64_t(rounds) * 4 * kTileRows * kTileRows * kTileRowBytes * 2;
}

static bool tryProduct()
{
    constexpr std::uint32_t columns = 32;
    alignas(64) std::int8_t a[kTileTokens][columns];
    alignas(64) std::uint8_t b[columns / 4][kRowGroup][4];
    alignas(64) std::int32_t sums[kTileTokens][kRowGroup];
    for (std::uint32_t k = 0; k < columns; ++k)
        for (std::uint32_t i = 0; i < kTileTokens; ++i) {
            a[i][k] = static_cast<std::int8_t>(37 * i + 91 * k); // all bytes, the ends included
            b[k / 4][i][k % 4] = static_cast<std::uint8_t>(53 * i + 29 * k);
        }
    Tiles::configure(tileShapes(columns));
    Tiles::load<kHigh>(a, columns);
    Tiles::load<kWeights>(b, 4 * kRowGroup);
    Tiles::zero<kSumsHigh>();
    Tiles::dot<kSumsHigh, kHigh, kWeights>();
    Tiles::store<kSumsHigh>(sums, 4 * kRowGroup);
    Tiles::release();
    for (std::uint32_t token = 0; token < kTileTokens; ++token)
        for (std::uint32_t row = 0; row < kRowGroup; ++row) {
            std::int32_t sum = 0;
            for (std::uint32_t k = 0; k < columns; ++k)
                sum += a[token][k] * b[k / 4][row][k % 4];
            if (sums[token][row] != sum)
                return false;
        }
    return true;
}

} // namespace amx

const CpuOps &amxOps()
{
    static const CpuOps ops = [] {
        CpuOps copy = avx512Ops();
        copy.name = "amx";
        copy.matmul = amx::matmulOnTiles;
        copy.dotRounds = amx::tileRounds;
        return copy;
    }();
    return ops;
}

bool tryTiles()
{
    return amx::tryProduct();
}

} // namespace kernels
