// Finds and asks the CUDA plug-in: whether this machine can run models on a GPU and, if not, why not in one
// line; and has it make what runs them.
#pragma once

#include "kernels/backend.h"
#include "kernels/cpu/self_test.h"
#include "kernels/cuda/cuda_backend.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace kernels {

enum class CudaStatus {
    Ready,
    NoPlugin,  // libbaleen_cuda.so is not beside the program
    NoDriver,  // no NVIDIA driver
    OldDriver, // one that is older than the plug-in needs
    NoGpu,     // a driver and no device, or none that this process may use
    Failed     // the plug-in is broken or of another build, or CUDA reported an error
};

struct CudaDevice
{
    std::string name; // "NVIDIA H100 80GB HBM3"
    int computeMajor = 0, computeMinor = 0;
    int multiprocessors = 0;
    std::uint64_t totalBytes = 0, freeBytes = 0;
    std::string problem; // why it cannot be used; empty when a kernel of the plug-in ran on it
};

struct CudaProbe
{
    CudaStatus status = CudaStatus::NoPlugin;
    std::filesystem::path plugin; // the file; empty where there is none
    int driverVersion = 0;        // 13000 for CUDA 13.0; 0 without a driver
    int runtimeVersion = 0;       // what the plug-in was built with; 0 without it
    std::vector<CudaDevice> devices;
    // Why the GPU cannot be used, within a sentence: "there is no NVIDIA driver". Empty when Ready.
    std::string problem;
    // One line for people, for any status: "NVIDIA H100 80GB HBM3 (compute 9.0, 79.1 GiB, 78.6 GiB free),
    // CUDA 13.0" or what is missing and what to do.
    std::string line;
};

// The plug-in beside the running program, or in the library folder of an installed one; empty where there is
// none.
std::filesystem::path findCudaPlugin();

// Opens the plug-in (which stays loaded) and asks it. Takes under 5 ms where there is no driver, up to a
// second where there is a GPU: its context is made. Never throws; not thread-safe.
CudaProbe probeCuda();
CudaProbe probeCuda(const std::filesystem::path &plugin);

// The plug-in's backend, not compiled; it stays usable as long as the process lives. Fails with Unsupported where the plug-in
// cannot be used, with the reason; does not ask for the device first. From the thread of the engine.
Result<std::unique_ptr<Backend>> createCudaBackend(const std::filesystem::path &plugin,
                                                   const cuda::CudaBackendOptions &options);

// Every kernel on the device against plain loops. Fails as createCudaBackend() does, or when the device fails.
Result<SelfTestResult> runCudaSelfTest(const std::filesystem::path &plugin, int device, const SelfTestReport &report);

// Bytes a second that a copy within the device's memory reads and writes. Fails as runCudaSelfTest() does.
Result<double> measureCudaBandwidth(const std::filesystem::path &plugin, int device);

} // namespace kernels
