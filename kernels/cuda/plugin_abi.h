// The C interface between the program and libbaleen_cuda.so: plain data, no CUDA type, so that either side
// may be built by another compiler.
#pragma once

#include <cstdint>

extern "C" {

// Raised with every change below; a plug-in of another number is not used.
enum { kBaleenCudaAbi = 1 };

enum BaleenCudaStatus {
    kBaleenCudaReady = 0,
    kBaleenCudaNoDriver = 1,  // libcuda.so.1 is not there
    kBaleenCudaOldDriver = 2, // it is, and is older than the plug-in's runtime
    kBaleenCudaNoGpu = 3,     // a driver without a device that it may use
    kBaleenCudaFailed = 4     // see errorText
};

struct BaleenCudaDevice
{
    char name[256];            // zero-terminated
    std::int32_t computeMajor; // 9 of 9.0
    std::int32_t computeMinor; // 0
    std::int32_t multiprocessors;
    std::int32_t runsOurCode; // 1: a kernel of the plug-in ran on it and gave the right numbers
    std::uint64_t totalBytes;
    std::uint64_t freeBytes;
    char problem[256]; // why runsOurCode is 0; else empty
};

struct BaleenCudaProbe
{
    std::int32_t abi;            // in: what the caller knows; out: what the plug-in knows
    std::int32_t status;         // BaleenCudaStatus
    std::int32_t driverVersion;  // 13000 for CUDA 13.0; 0 without a driver
    std::int32_t runtimeVersion; // of the plug-in
    std::int32_t deviceCount;    // of devices[] that are filled, at most 16
    char errorText[256];         // what CUDA said when status is not Ready
    BaleenCudaDevice devices[16];
};

// The one function the plug-in exports, under this name. Fills *probe and returns its status. Touches nothing
// of *probe but `abi` when that differs from its own. Not thread-safe.
using BaleenCudaProbeFunction = std::int32_t (*)(BaleenCudaProbe *probe);
#define BALEEN_CUDA_PROBE_NAME "baleenCudaProbe"

} // extern "C"
