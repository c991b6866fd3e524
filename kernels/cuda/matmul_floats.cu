// Products of weights in floats.
#include "kernels/cuda/matmul.h"

namespace kernels::cuda {

MatmulKernels floatKernels(ElementType type)
{
    switch (type) {
    case ElementType::F32:
        return makeMatmulKernels<ElementType::F32>();
    case ElementType::F16:
        return makeMatmulKernels<ElementType::F16>();
    case ElementType::BF16:
        return makeMatmulKernels<ElementType::BF16>();
    case ElementType::F8_E4M3:
        return makeMatmulKernels<ElementType::F8_E4M3>();
    default:
        return {};
    }
}

MatmulKernels matmulKernels(ElementType type)
{
    if (!isQuantised(type))
        return floatKernels(type);
    return traitsOf(type).blockLength == kUnit ? smallBlockKernels(type) : superBlockKernels(type);
}

} // namespace kernels::cuda
