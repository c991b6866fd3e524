// Products of types in blocks of 32.
#include "kernels/cuda/matmul.h"

namespace kernels::cuda {

MatmulKernels smallBlockKernels(ElementType type)
{
    switch (type) {
    case ElementType::Q4_0:
        return makeMatmulKernels<ElementType::Q4_0>();
    case ElementType::Q4_1:
        return makeMatmulKernels<ElementType::Q4_1>();
    case ElementType::Q5_0:
        return makeMatmulKernels<ElementType::Q5_0>();
    case ElementType::Q5_1:
        return makeMatmulKernels<ElementType::Q5_1>();
    case ElementType::Q8_0:
        return makeMatmulKernels<ElementType::Q8_0>();
    case ElementType::IQ4_NL:
        return makeMatmulKernels<ElementType::IQ4_NL>();
    case ElementType::MXFP4:
        return makeMatmulKernels<ElementType::MXFP4>();
    default:
        return {};
    }
}

} // namespace kernels::cuda
