// What the plug-in does for the program, once both know that they are of one build: C++ types cross here.
#pragma once

#include "kernels/backend.h"
#include "kernels/cpu/self_test.h"
#include "kernels/cuda/cuda_backend.h"

#include <memory>

namespace kernels::cuda {

// No function throws.
struct EngineTable
{
    // Not compiled. The caller owns it; its virtual destructor is the plug-in's code, which stays loaded.
    Result<std::unique_ptr<Backend>> (*createBackend)(const CudaBackendOptions &options);
    // Every kernel on the device.
    Result<SelfTestResult> (*selfTest)(int device, const SelfTestReport &report);
    Result<double> (*measureCopyBandwidth)(int device); // see bandwidth.h
};

} // namespace kernels::cuda
