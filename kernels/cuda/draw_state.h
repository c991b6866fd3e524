// What a token stream keeps in device memory from step to step, and its measures. No CUDA header.
#pragma once

#include "kernels/sampling.h"
#include "kernels/token_stream.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace kernels::cuda {

inline constexpr std::uint32_t kMostCandidates = 2048; // that are sorted; where there would be more, the token is left to the host
inline constexpr std::uint32_t kMostTopK = 1024;
inline constexpr std::uint32_t kMostWindow = 4096;      // tokens of the repeat penalty
inline constexpr std::uint32_t kMostLogitBlocks = 8192; // 524,288 tokens of a vocabulary
inline constexpr std::uint32_t kTokenRing = 4;          // above TokenStream::kMostAhead

struct DrawingState
{
    DrawOptions options;
    std::uint64_t random = 0;
    std::uint32_t windowSize = 0, windowNext = 0, windowUsed = 0; // 0: no penalty
    std::uint32_t steps = 0;                                      // that have drawn: the place in the ring
    std::uint32_t stopped = 0;                                    // 1: a token was left to the host
};

// Of the arrays that drawing from one row takes.
struct DrawRoom
{
    std::uint32_t blocks = 0, runs = 0;

    explicit constexpr DrawRoom(std::uint32_t vocabulary)
        : blocks((vocabulary + kLogitBlock - 1) / kLogitBlock), runs((vocabulary + kLogitRun - 1) / kLogitRun)
    {}
    constexpr std::uint32_t lanes() const { return runs * kLogitLanes; }
    constexpr std::uint32_t sums() const { return std::max(blocks, lanes()); }
    constexpr std::size_t bytes() const // but for what rounding adds
    {
        return (2 * blocks + lanes() + sums()) * sizeof(float) + (runs + kMostWindow) * sizeof(std::uint32_t) + sizeof(DrawingState);
    }
};

} // namespace kernels::cuda
