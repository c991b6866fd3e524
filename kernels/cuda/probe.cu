// What CUDA says about this machine, and whether a kernel of this plug-in really runs on each device: a
// driver can list a device that has no code for it in this file.
#include "kernels/cuda/probe.h"

#include "kernels/cuda/launch.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

namespace kernels::cuda {

namespace {

constexpr int kProbeValues = 1000; // not a multiple of a warp

// out(count) = 3 i + warp sum of ones: an index, a shuffle and a store, which is what every real kernel
// needs.
__global__ void probeKernel(std::int32_t *out, int count)
{
    const int index = blockIdx.x * blockDim.x + threadIdx.x;
    int lanes = 1;
    for (int offset = 16; offset > 0; offset /= 2)
        lanes += __shfl_xor_sync(0xffffffffu, lanes, offset);
    if (index < count)
        out[index] = 3 * index + lanes;
}

void setText(char (&field)[256], const char *text)
{
    std::snprintf(field, sizeof field, "%s", text ? text : "");
}

// Runs the kernel on the current device; the first error of CUDA, or cudaErrorUnknown for wrong numbers.
cudaError_t tryKernel()
{
    std::int32_t *device = nullptr;
    std::int32_t host[kProbeValues] = {};
    cudaError_t error = cudaMalloc(&device, sizeof host);
    if (error != cudaSuccess)
        return error;
    constexpr int kThreads = 128;
    try {
        launch(probeKernel, {(kProbeValues + kThreads - 1) / kThreads, kThreads}, nullptr, device,
               kProbeValues);
        error = cudaMemcpy(host, device, sizeof host, cudaMemcpyDeviceToHost);
    } catch (const Failure &failure) {
        error = failure.error();
    }
    cudaFree(device);
    if (error != cudaSuccess)
        return error;
    for (int i = 0; i < kProbeValues; ++i)
        if (host[i] != 3 * i + 32)
            return cudaErrorUnknown;
    return cudaSuccess;
}

void describeDevice(int index, BaleenCudaDevice &device)
{
    cudaDeviceProp properties;
    cudaError_t error = cudaGetDeviceProperties(&properties, index);
    if (error == cudaSuccess) {
        setText(device.name, properties.name);
        device.computeMajor = properties.major;
        device.computeMinor = properties.minor;
        device.multiprocessors = properties.multiProcessorCount;
        device.totalBytes = properties.totalGlobalMem;
        error = cudaSetDevice(index);
    }
    std::size_t free = 0, total = 0;
    if (error == cudaSuccess)
        error = cudaMemGetInfo(&free, &total);
    device.freeBytes = free;
    if (error == cudaSuccess)
        error = tryKernel();
    device.runsOurCode = error == cudaSuccess;
    setText(device.problem, error == cudaSuccess ? "" : cudaGetErrorString(error));
}

} // namespace

std::int32_t probe(BaleenCudaProbe *probe)
{
    std::memset(probe, 0, sizeof *probe);
    probe->runtimeVersion = CUDART_VERSION;
    // 0 and no error where there is no driver; asked first because it opens no device.
    int driver = 0;
    cudaDriverGetVersion(&driver);
    probe->driverVersion = driver;
    if (driver == 0)
        return probe->status = kBaleenCudaNoDriver;

    int count = 0;
    const cudaError_t error = cudaGetDeviceCount(&count);
    if (error != cudaSuccess)
        setText(probe->errorText, cudaGetErrorString(error));
    if (error == cudaErrorInsufficientDriver)
        return probe->status = kBaleenCudaOldDriver;
    if (error == cudaErrorNoDevice || (error == cudaSuccess && count == 0))
        return probe->status = kBaleenCudaNoGpu;
    if (error != cudaSuccess)
        return probe->status = kBaleenCudaFailed;

    probe->deviceCount = std::min(count, 16);
    bool anyRuns = false;
    for (int i = 0; i < probe->deviceCount; ++i) {
        describeDevice(i, probe->devices[i]);
        anyRuns = anyRuns || probe->devices[i].runsOurCode;
    }
    if (!anyRuns) {
        setText(probe->errorText, probe->devices[0].problem);
        return probe->status = kBaleenCudaFailed;
    }
    return probe->status = kBaleenCudaReady;
}

} // namespace kernels::cuda
