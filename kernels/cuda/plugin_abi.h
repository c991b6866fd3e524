// The C interface between the program and libbaleen_cuda.so: what either side can read of the other before it
// knows that both are of one build. What only one build understands is behind `engine`.
#pragma once

#include <cstdint>

extern "C" {

// Raised with every change below; a plug-in of another number is not used.
enum { kBaleenCudaAbi = 2 };

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
    std::int32_t status;         // BaleenCudaStatus
    std::int32_t driverVersion;  // 13000 for CUDA 13.0; 0 without a driver
    std::int32_t runtimeVersion; // of the plug-in
    std::int32_t deviceCount;    // of devices[] that are filled, at most 16
    char errorText[256];         // what CUDA said when status is not Ready
    BaleenCudaDevice devices[16];
};

struct BaleenCudaPlugin
{
    std::int32_t abi;  // kBaleenCudaAbi of the plug-in; first in every version
    const char *build; // its kernels::buildIdentity()
    // Fills *probe and returns its status. Not thread-safe.
    std::int32_t (*probe)(BaleenCudaProbe *probe);
    const void *engine; // a kernels::cuda::EngineTable, where the builds are the same
};

// The one function the plug-in exports, under this name: its table, which lives as long as the plug-in is
// loaded.
using BaleenCudaPluginFunction = const BaleenCudaPlugin *(*)();
#define BALEEN_CUDA_PLUGIN_NAME "baleenCudaPlugin"
// What version 1 exported: a plug-in that has this and not the above is an old one.
#define BALEEN_CUDA_OLD_NAME "baleenCudaProbe"

} // extern "C"
