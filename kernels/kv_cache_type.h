// How the rows of the KV cache are held: a choice of the user's, for the fast backends.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kernels {

// The reference path has floats, whatever is asked.
enum class KvCacheType {
    F16, // half precision
    // Signed bytes, up to kKvBlock of them with one scale: value = scale * byte, scale = absolute maximum / 127, a float.
    // Of a key some dimensions stay in half precision, see kvHalfDims().
    Q8
};

inline constexpr std::uint32_t kKvBlock = 64;

constexpr std::uint32_t kvBlocks(std::uint32_t dim)
{
    return (dim + kKvBlock - 1) / kKvBlock;
}

// Dimensions of a key that stay halves in KvCacheType::Q8: the quarter of RoPE's pairs that turn slowest, where biases add up.
// Qwen2.5-Coder 1.5B has numbers of 350 there, beside a median of 1: with all of a key in bytes the mean KL divergence from the
// 16-bit cache is 3.3e-2 and that of SmolLM2 8.8e-4; with these in halves 2.5e-4 and 3.8e-4. With MLA it is the rotated key.
constexpr std::uint32_t kvHalfDims(std::uint32_t headDim)
{
    return (headDim + 7) / 8 * 2;
}

// Bytes of one row: of a key or a value of one head and position, `halves` of its dimensions in half precision.
constexpr std::size_t kvRowBytes(std::uint32_t dim, std::uint32_t halves)
{
    return dim + halves + kvBlocks(dim - halves) * sizeof(float);
}

} // namespace kernels
