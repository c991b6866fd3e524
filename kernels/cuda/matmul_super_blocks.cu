// Products of types in blocks of 256.
#include "kernels/cuda/matmul.h"

namespace kernels::cuda {

MatmulKernels superBlockKernels(ElementType type)
{
    switch (type) {
    case ElementType::Q2_K:
        return makeMatmulKernels<ElementType::Q2_K>();
    case ElementType::Q3_K:
        return makeMatmulKernels<ElementType::Q3_K>();
    case ElementType::Q4_K:
        return makeMatmulKernels<ElementType::Q4_K>();
    case ElementType::Q5_K:
        return makeMatmulKernels<ElementType::Q5_K>();
    case ElementType::Q6_K:
        return makeMatmulKernels<ElementType::Q6_K>();
    case ElementType::IQ4_XS:
        return makeMatmulKernels<ElementType::IQ4_XS>();
    default:
        return {};
    }
}

} // namespace kernels::cuda
