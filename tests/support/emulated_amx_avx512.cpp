// Compiled with the flags of its instruction set, see kernels/cpu/isa_avx512.cpp.
#include "tests/support/emulated_amx.h"

#include "tests/support/emulated_tiles.h"

#define KERNELS_ISA emulated_avx512
#include "kernels/cpu/simd_avx512.h"
// after the vector types
#include "kernels/cpu/unpack.inl.h"
// after the formats
#include "kernels/cpu/matmul.inl.h"
// after the panel
#include "kernels/cpu/amx_matmul.inl.h"

namespace test {

bool emulatedAmxOnAvx512(const kernels::MatmulTask &task)
{
    return kernels::KERNELS_ISA::tileMatmul<EmulatedTiles>(task);
}

} // namespace test
