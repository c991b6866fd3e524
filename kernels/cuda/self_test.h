// Every kernel of the CUDA engine on a device against plain loops in double, on odd sizes.
#pragma once

#include "kernels/cpu/self_test.h"
#include "kernels/result.h"

namespace kernels::cuda {

// Reports as the CPU's does: "cuda product Q4_K 50 x 512, 5 tokens". Fails only where the device fails; wrong numbers are in the
// result.
Result<SelfTestResult> runSelfTest(int device, const SelfTestReport &report);

} // namespace kernels::cuda
