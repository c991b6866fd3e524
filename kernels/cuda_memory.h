// What the CUDA backend takes of a GPU's memory, in numbers that are known before the plug-in is loaded. No CUDA header.
#pragma once

#include "kernels/plan.h"

#include <cstddef>
#include <cstdint>

namespace kernels::cuda {

// From so many tokens on, dense products go through cuBLAS where it is there: an estimate for an H100, not measured yet.
inline constexpr std::uint32_t kCublasTokens = 192;
inline constexpr std::size_t kCublasWorkspaceBytes = std::size_t(32) << 20; // what the library asks for on the largest GPUs

// Into so many parts the keys of few queries are shared out: as many as fill a large GPU at some depth, within a bound of memory. By
// the shape of the model alone, so that sums have one order on every GPU. valueDim: of a head, as attention sums it.
std::uint32_t attentionSplits(std::uint32_t heads, std::uint32_t valueDim);
// Bytes of one part of all queries.
std::size_t attentionPartBytes(std::uint32_t heads, std::uint32_t valueDim);

// A matrix as halves, the activations it reads and its sums: room for the largest that is no expert's, head's or stack's.
struct CublasRoom
{
    std::size_t weights = 0, columns = 0, rows = 0;
};
CublasRoom cublasRoomOf(const Plan &plan);

// Bytes of the weights as they lie on the GPU: a little more than in the file for some types (cuda/block_layout.h).
std::uint64_t weightBytesOf(const Plan &plan);
// Bytes that runs of up to maxTokens tokens take besides what every backend keeps of a token.
std::uint64_t workBytesOf(const Plan &plan, std::uint32_t maxTokens);

} // namespace kernels::cuda
