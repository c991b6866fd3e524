// Which instruction sets this processor and this kernel really grant.
#pragma once

#include "kernels/cpu/ops.h"
#include "kernels/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace kernels {

// "scalar", "avx2", "avxvnni", "avx512", "amx", slowest first: those that this build has and this machine runs.
// CPUID says what the processor has, XGETBV whether the system saves its registers; for AMX see kernels/cpu/amx.h.
std::vector<std::string_view> availableIsas();

// The functions for an instruction set by name; "auto" gives the best one. Fails with Unsupported for a name that
// this machine or this build does not have, and with InvalidArgument for an unknown one.
Result<const CpuOps *> opsForIsa(std::string_view name);

// Why "amx" is not among them; empty where it is. Found out once.
const std::string &whyNoAmx();

// "Intel Xeon Platinum 8480" and the features that matter here, for doctor.
std::string processorName();
std::vector<std::string> processorFeatures();

} // namespace kernels
