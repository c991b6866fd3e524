// The shapes of AMX tile registers, as LDTILECFG takes them from memory.
#pragma once

#include "kernels/cpu/ops.h"

#include <cstdint>

namespace kernels {

inline constexpr int kTileRegisters = 8;
inline constexpr std::uint32_t kTileRows = 16, kTileRowBytes = 64; // of a register, at most: palette 1

struct alignas(64) TileConfig
{
    std::uint8_t palette = 1;
    std::uint8_t startRow = 0; // where an interrupted load or store goes on
    std::uint8_t reserved[14] = {};
    std::uint16_t rowBytes[16] = {}; // the last eight are reserved, here and below
    std::uint8_t rows[16] = {};

    KERNELS_INLINE_MEMBER void shape(int tile, std::uint32_t rowCount, std::uint32_t bytes)
    {
        rows[tile] = static_cast<std::uint8_t>(rowCount);
        rowBytes[tile] = static_cast<std::uint16_t>(bytes);
    }
};
static_assert(sizeof(TileConfig) == 64);

} // namespace kernels
