#include "kernels/cuda/ops.h"

#include "kernels/cuda/dequantise.cuh"
#include "kernels/cuda/draw.cuh"
#include "kernels/cuda/elementwise.cuh"
#include "kernels/cuda/flash_attention.cuh"
#include "kernels/cuda/mla.cuh"
#include "kernels/cuda/moe.cuh"

#include <algorithm>

namespace kernels::cuda::ops {

namespace {

constexpr std::uint32_t kFreeSharedBytes = 48 << 10;
constexpr std::uint32_t kThreads = 256;
constexpr std::uint32_t kRowThreads = 1024; // where one block has a whole row and little else runs

std::uint32_t parts(std::uint32_t count, std::uint32_t of)
{
    return (count + of - 1) / of;
}

// Whole warps for `count` things, at most `most` threads.
std::uint32_t threadsFor(std::uint32_t count, std::uint32_t most)
{
    return std::min(parts(count, kWarp) * kWarp, most);
}

} // namespace

void embed(const EmbedTask &task, std::uint32_t tokens, cudaStream_t stream)
{
    launch(embedKernel, {tokens, kThreads}, stream, task);
}

void normQuant(const NormTask &task, std::uint32_t tokens, cudaStream_t stream)
{
    launch(normQuantKernel, {tokens, threadsFor(task.columns, kRowThreads)}, stream, task);
}

void quantise(const QuantiseTask &task, std::uint32_t tokens, cudaStream_t stream)
{
    const std::uint32_t threads = threadsFor(task.columns, kThreads);
    launch(quantiseKernel, {dim3(tokens * task.rowsOfToken, parts(task.columns, threads)), threads}, stream, task);
}

void activate(const ActivateTask &task, std::uint32_t tokens, cudaStream_t stream)
{
    const std::uint32_t threads = threadsFor(task.columns, kThreads);
    launch(activateKernel, {dim3(tokens * task.rowsOfToken, parts(task.columns, threads)), threads}, stream, task);
}

void ropeKv(const RopeKvTask &task, std::uint32_t tokens, cudaStream_t stream)
{
    const std::uint32_t heads = task.heads + 2 * task.kvHeads;
    launch(ropeKvKernel, {tokens, std::min(heads * kWarp, kRowThreads)}, stream, task);
}

std::uint32_t attentionRows(const AttentionTask &task, std::uint32_t tokens, std::size_t sharedLimit)
{
    const std::uint32_t rows = std::min(tokens, kVerifyTokens) * (task.heads / task.kvHeads);
    return rows > 8 && task.sharedBytes(16) <= sharedLimit ? 16 : 8;
}

void allowSharedMemory(std::size_t bytes)
{
    if (bytes <= kFreeSharedBytes)
        return;
    const auto allow = [&](auto *kernel) {
        check(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(bytes)),
              "shared memory for attention");
    };
    allow(attentionKernel<8>);
    allow(attentionKernel<16>);
    allow(flashAttentionKernel<16>);
    allow(flashAttentionKernel<32>);
}

void attention(const AttentionTask &task, std::uint32_t tokens, std::uint32_t rows, cudaStream_t stream)
{
    const std::uint32_t queries = tokens * (task.heads / task.kvHeads);
    const LaunchShape shape{dim3(task.splits, task.kvHeads, parts(queries, rows)), kAttentionThreads, task.sharedBytes(rows)};
    launch(rows == 16 ? attentionKernel<16> : attentionKernel<8>, shape, stream, task);
}

std::uint32_t flashAttentionRows(const FlashAttentionTask &task, std::size_t sharedLimit)
{
    return task.sharedBytes(32) <= sharedLimit ? 32 : task.sharedBytes(16) <= sharedLimit ? 16 : 0;
}

void flashAttention(const FlashAttentionTask &task, std::uint32_t tokens, std::uint32_t rows, cudaStream_t stream)
{
    const std::uint32_t queries = tokens * (task.heads / task.kvHeads);
    const LaunchShape shape{dim3(parts(queries, rows), task.kvHeads), kAttentionThreads, task.sharedBytes(rows)};
    launch(rows == 32 ? flashAttentionKernel<32> : flashAttentionKernel<16>, shape, stream, task);
}

void combineAttention(const CombineTask &task, std::uint32_t tokens, cudaStream_t stream)
{
    const std::uint32_t elements = task.heads * task.valueDim, threads = threadsFor(elements, kThreads);
    launch(combineAttentionKernel, {dim3(tokens, parts(elements, threads)), threads}, stream, task);
}

void latent(const LatentTask &task, std::uint32_t tokens, cudaStream_t stream)
{
    launch(latentKernel, {tokens, threadsFor(task.latent, kRowThreads)}, stream, task);
}

void mlaQuery(const MlaQueryTask &task, std::uint32_t tokens, cudaStream_t stream)
{
    launch(mlaQueryKernel, {tokens, std::min(task.heads * kWarp, kRowThreads)}, stream, task);
}

void dequantise(const DeviceMatrix &w, std::uint16_t *halves, std::uint32_t stride, cudaStream_t stream)
{
    const std::uint32_t items = isQuantised(w.type) ? w.columns / kUnit : w.columns;
    launch(dequantiseKernel, {w.rows, threadsFor(items, kThreads)}, stream, w, halves, stride);
}

void halveRows(const HalveRowsTask &task, std::uint32_t tokens, cudaStream_t stream)
{
    launch(halveRowsKernel, {tokens, threadsFor(task.columns, kRowThreads)}, stream, task);
}

void storeProduct(const StoreProductTask &task, std::uint32_t tokens, cudaStream_t stream)
{
    const std::uint32_t threads = threadsFor(task.rows, kThreads);
    launch(storeProductKernel, {dim3(tokens, parts(task.rows, threads)), threads}, stream, task);
}

void chooseExperts(const ChooseTask &task, std::uint32_t tokens, cudaStream_t stream)
{
    launch(chooseExpertsKernel, {tokens, kWarp}, stream, task);
}

void sortByExpert(const SortTask &task, cudaStream_t stream)
{
    launch(sortByExpertKernel, {1, threadsFor(task.experts, kRowThreads)}, stream, task);
}

void addExperts(const AddExpertsTask &task, std::uint32_t tokens, cudaStream_t stream)
{
    const std::uint32_t threads = threadsFor(task.hidden, kThreads);
    launch(addExpertsKernel, {dim3(tokens, parts(task.hidden, threads)), threads}, stream, task);
}

void draw(const DrawTask &task, cudaStream_t stream)
{
    const std::uint32_t runs = DrawRoom(task.vocabulary).runs;
    const std::uint32_t threads = threadsFor(task.vocabulary, kThreads);
    launch(scanLogitsKernel, {runs, threads}, stream, task);
    launch(sumLogitsKernel, {runs, threads}, stream, task);
    launch(drawKernel, {1, std::min(parts(task.vocabulary, kLogitBlock) * kLogitBlock, kDrawThreads)}, stream, task);
}

} // namespace kernels::cuda::ops
