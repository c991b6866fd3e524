#include "kernels/cuda_memory.h"

#include "kernels/cuda/block_layout.h"
#include "kernels/cuda/draw_state.h"
#include "kernels/cuda/run_state.h"

#include <algorithm>

namespace kernels::cuda {

std::size_t attentionPartBytes(std::uint32_t heads, std::uint32_t valueDim)
{
    return std::size_t(kVerifyTokens) * heads * (valueDim + 2) * sizeof(float);
}

std::uint32_t attentionSplits(std::uint32_t heads, std::uint32_t valueDim)
{
    constexpr std::size_t most = std::size_t(64) << 20;
    return static_cast<std::uint32_t>(std::clamp<std::size_t>(most / attentionPartBytes(heads, valueDim), 8, 64));
}

CublasRoom cublasRoomOf(const Plan &plan)
{
    CublasRoom room;
    for (const WeightView &w : plan.weights) {
        const bool isVector = w.rows <= 1, isHead = w.rows == plan.shape.vocabularySize;
        if (isVector || isHead || w.matrices() > 1)
            continue;
        room.columns = std::max<std::size_t>(room.columns, alignedTo(w.columns, 8));
        room.weights = std::max<std::size_t>(room.weights, w.rows * alignedTo(w.columns, 8));
        room.rows = std::max<std::size_t>(room.rows, w.rows);
    }
    return room;
}

std::uint64_t weightBytesOf(const Plan &plan)
{
    std::uint64_t bytes = 0;
    for (const WeightView &w : plan.weights)
        bytes += deviceMatrix(w.type, w.rows, w.columns, traitsOf(w.type).blockBytes).stride * w.matrices();
    for (const auto &scales : plan.scales)
        bytes += scales->size() * sizeof(float);
    return bytes;
}

std::uint64_t workBytesOf(const Plan &plan, std::uint32_t maxTokens)
{
    const ModelShape &shape = plan.shape;
    const std::uint32_t valueDim = shape.hasMla() ? shape.mla.latentSize : (shape.headDim + 7) / 8 * 8;
    std::uint64_t bytes = attentionPartBytes(shape.attentionHeads, valueDim) * attentionSplits(shape.attentionHeads, valueDim);
    bytes += std::uint64_t(kVerifyTokens) * shape.vocabularySize * sizeof(float); // logits
    bytes += DrawRoom(shape.vocabularySize).bytes();
    if (hasRoutedExperts(plan) || maxTokens < kCublasTokens)
        return bytes;
    const CublasRoom room = cublasRoomOf(plan);
    return bytes + kCublasWorkspaceBytes + room.weights * sizeof(std::uint16_t) +
           maxTokens * (room.columns * sizeof(std::uint16_t) + (room.rows + 1) * sizeof(float));
}

} // namespace kernels::cuda
