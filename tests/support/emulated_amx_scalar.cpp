// Compiled with the flags of its instruction set, see kernels/cpu/isa_scalar.cpp.
#define KERNELS_INLINE static inline
#define KERNELS_INLINE_MEMBER inline
#include "tests/support/emulated_amx.h"

#include "tests/support/emulated_tiles.h"

#define KERNELS_ISA emulated_scalar
#include "kernels/cpu/simd_scalar.h"
// after the vector types
#include "kernels/cpu/unpack.inl.h"
// after the formats
#include "kernels/cpu/matmul.inl.h"
// after the panel
#include "kernels/cpu/amx_matmul.inl.h"

namespace test {

bool emulatedAmxOnScalar(const kernels::MatmulTask &task)
{
    return kernels::KERNELS_ISA::tileMatmul<EmulatedTiles>(task);
}

} // namespace test
