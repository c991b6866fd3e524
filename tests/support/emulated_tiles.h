// AMX tile registers in plain C++: what Intel's manual says of each instruction (Intel 64 and IA-32 Architectures Software
// Developer's Manual, volume 1, chapter 18, and volume 2: LDTILECFG, TILELOADD, TILESTORED, TILEZERO, TILERELEASE, TDPBSUD),
// so that the kernels run on every machine. What would be an exception ends the test: it is the kernel's mistake.
#pragma once

#include "kernels/cpu/tile_config.h"

#include <cstddef>
#include <cstdint>

namespace test {

// A processor's tiles; one for each thread that uses them.
class TileMachine
{
public:
    static TileMachine &ofThisThread();

    void configure(const kernels::TileConfig &config);
    void release();
    void zero(int tile);
    void load(int tile, const void *rows, std::size_t stride);
    void store(int tile, void *rows, std::size_t stride);
    void dotSignedUnsigned(int sums, int a, int b);

    bool configured() const { return m_configured; }
    std::uint64_t products() const { return m_products; } // dot products of two tiles so far
    // What the last instruction that was refused did wrong; empty: nothing was. Cleared by takeError().
    const char *takeError();

private:
    struct Tile
    {
        std::uint8_t rows = 0;
        std::uint16_t rowBytes = 0; // palette 1: at most 16 rows of 64 bytes
        alignas(64) std::uint8_t bytes[kernels::kTileRows][kernels::kTileRowBytes] = {};
    };
    bool refuse(bool wrong, const char *error);
    bool usable(int tile);

    Tile m_tiles[kernels::kTileRegisters];
    bool m_configured = false;
    std::uint64_t m_products = 0;
    const char *m_error = nullptr;
};

// What amx_matmul.inl.h takes. Forced in: a function that was compiled for AVX-512 must not become that of all.
struct EmulatedTiles
{
    KERNELS_INLINE_MEMBER static void configure(const kernels::TileConfig &config) { TileMachine::ofThisThread().configure(config); }
    KERNELS_INLINE_MEMBER static void release() { TileMachine::ofThisThread().release(); }
    template <int tile> KERNELS_INLINE_MEMBER static void zero() { TileMachine::ofThisThread().zero(tile); }
    template <int tile> KERNELS_INLINE_MEMBER static void load(const void *rows, std::size_t stride) { TileMachine::ofThisThread().load(tile, rows, stride); }
    template <int tile> KERNELS_INLINE_MEMBER static void store(void *rows, std::size_t stride) { TileMachine::ofThisThread().store(tile, rows, stride); }
    template <int sums, int a, int b> KERNELS_INLINE_MEMBER static void dot() { TileMachine::ofThisThread().dotSignedUnsigned(sums, a, b); }
};

} // namespace test
