// The AMX kernel on emulated tiles (emulated_tiles.h), with the vectors of two instruction sets.
#pragma once

#include "kernels/cpu/ops.h"

namespace test {

// False where the task is not for tiles; see tileMatmul() in kernels/cpu/amx_matmul.inl.h.
bool emulatedAmxOnScalar(const kernels::MatmulTask &task);
// On machines with AVX-512 only.
bool emulatedAmxOnAvx512(const kernels::MatmulTask &task);

} // namespace test
