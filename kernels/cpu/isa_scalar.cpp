// Plain C++, for any processor. Compiled with the flags of its instruction set: include nothing here that has inline functions of
// the standard library, or the linker may give those to every processor.
#define KERNELS_INLINE static inline
#define KERNELS_INLINE_MEMBER inline
#include "kernels/cpu/ops.h"

#define KERNELS_ISA scalar
#include "kernels/cpu/simd_scalar.h"
// after the vector types
#include "kernels/cpu/unpack.inl.h"
// after the formats
#include "kernels/cpu/matmul.inl.h"
// after the products
#include "kernels/cpu/elementwise.inl.h"
// after expF()
#include "kernels/cpu/attention.inl.h"

namespace kernels {

const CpuOps &scalarOps()
{
    static constexpr CpuOps ops{"scalar",
                                KERNELS_ISA::matmul,
                                KERNELS_ISA::attention,
                                KERNELS_ISA::mergeAttention,
                                KERNELS_ISA::finishAttention,
                                KERNELS_ISA::rmsNorm,
                                KERNELS_ISA::quantise,
                                KERNELS_ISA::siluMultiply,
                                KERNELS_ISA::addInPlace,
                                KERNELS_ISA::toHalf,
                                KERNELS_ISA::toInt8,
                                KERNELS_ISA::readAll,
                                KERNELS_ISA::dotRounds};
    return ops;
}

} // namespace kernels
