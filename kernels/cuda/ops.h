// Launches of the kernels that are no products, one function each: grids, threads, shared memory. For products: matmul.h.
//
// tokens: for how many a launch is sized; what a run really has is in RunState. All throw Failure.
#pragma once

#include "kernels/cuda/launch.h"
#include "kernels/cuda/tasks.h"

namespace kernels::cuda::ops {

void embed(const EmbedTask &task, std::uint32_t tokens, cudaStream_t stream);
void normQuant(const NormTask &task, std::uint32_t tokens, cudaStream_t stream);
void quantise(const QuantiseTask &task, std::uint32_t tokens, cudaStream_t stream);
void activate(const ActivateTask &task, std::uint32_t tokens, cudaStream_t stream);
void ropeKv(const RopeKvTask &task, std::uint32_t tokens, cudaStream_t stream);

// Rows of queries that a block of attention takes: 16 where a KV head has so many and shared memory holds them, else 8.
std::uint32_t attentionRows(const AttentionTask &task, std::uint32_t tokens, std::size_t sharedLimit);
// Lets attention have more than the 48 KiB of shared memory that need no asking. Once, before the first launch.
void allowSharedMemory(std::size_t bytes);
void attention(const AttentionTask &task, std::uint32_t tokens, std::uint32_t rows, cudaStream_t stream);
// The same for a long run: 32, 16, or 0 where shared memory holds neither.
std::uint32_t flashAttentionRows(const FlashAttentionTask &task, std::size_t sharedLimit);
void flashAttention(const FlashAttentionTask &task, std::uint32_t tokens, std::uint32_t rows, cudaStream_t stream);
void combineAttention(const CombineTask &task, std::uint32_t tokens, cudaStream_t stream);

void latent(const LatentTask &task, std::uint32_t tokens, cudaStream_t stream);
void mlaQuery(const MlaQueryTask &task, std::uint32_t tokens, cudaStream_t stream);

// stride: halves from row to row.
void dequantise(const DeviceMatrix &w, std::uint16_t *halves, std::uint32_t stride, cudaStream_t stream);
void halveRows(const HalveRowsTask &task, std::uint32_t tokens, cudaStream_t stream);
void storeProduct(const StoreProductTask &task, std::uint32_t tokens, cudaStream_t stream);

void chooseExperts(const ChooseTask &task, std::uint32_t tokens, cudaStream_t stream);
void sortByExpert(const SortTask &task, cudaStream_t stream);
void addExperts(const AddExpertsTask &task, std::uint32_t tokens, cudaStream_t stream);

// Three launches, sized by the vocabulary.
void draw(const DrawTask &task, cudaStream_t stream);

} // namespace kernels::cuda::ops
