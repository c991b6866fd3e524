// The kernels of matmul.cuh by element type: each type's are compiled apart, with the registers that it needs.
#pragma once

#include "kernels/cuda/matmul_prefill.cuh"

namespace kernels::cuda {

// Tokens that a kernel multiplies together: 1, 2, 4, 8 or 16.
inline constexpr std::uint32_t kTokenBuckets = 5;
constexpr std::uint32_t tokensOfBucket(std::uint32_t bucket)
{
    return 1u << bucket;
}
// The smallest that holds so many; the largest for more.
constexpr std::uint32_t bucketOf(std::uint32_t tokens)
{
    std::uint32_t bucket = 0;
    while (bucket + 1 < kTokenBuckets && tokensOfBucket(bucket) < tokens)
        ++bucket;
    return bucket;
}

struct MatmulKernels
{
    void (*product[kTokenBuckets])(const ProductTask);
    void (*gateUp[kTokenBuckets])(const GateUpTask);
    void (*expertProduct[kTokenBuckets])(const ExpertProductTask);
    // For more than kVerifyTokens tokens (matmul_prefill.cuh); null for weights in floats.
    void (*prefillProduct)(const ProductTask) = nullptr;
    void (*prefillExpert)(const ExpertProductTask) = nullptr;
};

template <ElementType type> MatmulKernels makeMatmulKernels()
{
    MatmulKernels kernels{
        {productKernel<type, 1>, productKernel<type, 2>, productKernel<type, 4>, productKernel<type, 8>, productKernel<type, 16>},
        {gateUpKernel<type, 1>, gateUpKernel<type, 2>, gateUpKernel<type, 4>, gateUpKernel<type, 8>, gateUpKernel<type, 16>},
        {expertProductKernel<type, 1>, expertProductKernel<type, 2>, expertProductKernel<type, 4>,
         expertProductKernel<type, 8>, expertProductKernel<type, 16>}};
    if constexpr (isQuantised(type)) {
        kernels.prefillProduct = prefillProductKernel<type>;
        kernels.prefillExpert = prefillExpertKernel<type>;
    }
    return kernels;
}

// Defined by matmul_*.cu, which share out the compiling.
MatmulKernels smallBlockKernels(ElementType type); // blocks of 32
MatmulKernels superBlockKernels(ElementType type); // blocks of 256
MatmulKernels floatKernels(ElementType type);

MatmulKernels matmulKernels(ElementType type);

} // namespace kernels::cuda
