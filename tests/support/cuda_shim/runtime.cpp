// The runtime's functions of devices and memory.
#include "tests/support/cuda_shim/device.h"
#include "tests/support/cuda_shim/shared_memory.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <vector>

using shim::ApiCall;
using shim::Call;
using shim::Device;
using shim::device;

namespace {

struct ErrorName
{
    cudaError_t error;
    const char *name, *text;
};

constexpr ErrorName kErrors[] = {
    {cudaSuccess, "cudaSuccess", "no error"},
    {cudaErrorInvalidValue, "cudaErrorInvalidValue", "invalid argument"},
    {cudaErrorMemoryAllocation, "cudaErrorMemoryAllocation", "out of memory"},
    {cudaErrorInitializationError, "cudaErrorInitializationError", "initialization error"},
    {cudaErrorInvalidConfiguration, "cudaErrorInvalidConfiguration", "invalid configuration argument"},
    {cudaErrorInsufficientDriver, "cudaErrorInsufficientDriver",
     "CUDA driver version is insufficient for CUDA runtime version"},
    {cudaErrorInvalidDeviceFunction, "cudaErrorInvalidDeviceFunction", "invalid device function"},
    {cudaErrorNoDevice, "cudaErrorNoDevice", "no CUDA-capable device is detected"},
    {cudaErrorInvalidDevice, "cudaErrorInvalidDevice", "invalid device ordinal"},
    {cudaErrorNoKernelImageForDevice, "cudaErrorNoKernelImageForDevice",
     "no kernel image is available for execution on the device"},
    {cudaErrorECCUncorrectable, "cudaErrorECCUncorrectable", "uncorrectable ECC error encountered"},
    {cudaErrorInvalidResourceHandle, "cudaErrorInvalidResourceHandle", "invalid resource handle"},
    {cudaErrorNotReady, "cudaErrorNotReady", "device not ready"},
    {cudaErrorIllegalAddress, "cudaErrorIllegalAddress", "an illegal memory access was encountered"},
    {cudaErrorHostMemoryAlreadyRegistered, "cudaErrorHostMemoryAlreadyRegistered",
     "part or all of the requested memory range is already mapped"},
    {cudaErrorHostMemoryNotRegistered, "cudaErrorHostMemoryNotRegistered",
     "pointer does not correspond to a registered memory region"},
    {cudaErrorLaunchFailure, "cudaErrorLaunchFailure", "unspecified launch failure"},
    {cudaErrorNotSupported, "cudaErrorNotSupported", "operation not supported"},
    {cudaErrorStreamCaptureUnsupported, "cudaErrorStreamCaptureUnsupported",
     "operation not permitted when stream is capturing"},
    {cudaErrorStreamCaptureInvalidated, "cudaErrorStreamCaptureInvalidated",
     "operation failed due to a previous error during capture"},
    {cudaErrorStreamCaptureMerge, "cudaErrorStreamCaptureMerge",
     "operation would result in a merge of separate capture sequences"},
    {cudaErrorStreamCaptureUnmatched, "cudaErrorStreamCaptureUnmatched",
     "capture was not ended in the same stream as it began"},
    {cudaErrorStreamCaptureUnjoined, "cudaErrorStreamCaptureUnjoined", "capturing stream has unjoined work"},
    {cudaErrorStreamCaptureImplicit, "cudaErrorStreamCaptureImplicit",
     "operation would make the legacy stream depend on a capturing blocking stream"},
    {cudaErrorCapturedEvent, "cudaErrorCapturedEvent",
     "operation not permitted on an event last recorded in a capturing stream"},
    {cudaErrorUnknown, "cudaErrorUnknown", "unknown error"},
};

// What a block may have on request, by compute capability.
std::size_t sharedOptin(int major, int minor)
{
    if (major == 7)
        return 64 << 10;
    if (major == 8)
        return minor == 0 || minor == 7 ? 163 << 10 : 99 << 10;
    if (major == 12)
        return 99 << 10;
    return 227 << 10;
}

cudaDeviceProp propertiesOf(const shim::DeviceModel &model)
{
    cudaDeviceProp result{};
    std::strncpy(result.name, model.name.c_str(), sizeof result.name - 1);
    result.totalGlobalMem = model.totalBytes;
    result.sharedMemPerBlock = 48 << 10;
    result.sharedMemPerBlockOptin = sharedOptin(model.major, model.minor);
    result.reservedSharedMemPerBlock = 1 << 10;
    result.sharedMemPerMultiprocessor = result.sharedMemPerBlockOptin + (1 << 10);
    result.regsPerBlock = result.regsPerMultiprocessor = 65536;
    result.warpSize = 32;
    result.maxThreadsPerBlock = 1024;
    result.maxThreadsPerMultiProcessor = model.major == 7                  ? 1024
                                         : model.major == 8 && model.minor ? 1536
                                                                           : 2048;
    result.maxBlocksPerMultiProcessor = 16;
    result.maxThreadsDim[0] = result.maxThreadsDim[1] = 1024;
    result.maxThreadsDim[2] = 64;
    result.maxGridSize[0] = 0x7fffffff;
    result.maxGridSize[1] = result.maxGridSize[2] = 65535;
    result.major = model.major;
    result.minor = model.minor;
    result.multiProcessorCount = model.multiprocessors;
    result.l2CacheSize = 4 << 20;
    result.memoryBusWidth = 5120;
    result.asyncEngineCount = 2;
    result.concurrentKernels = result.unifiedAddressing = result.canMapHostMemory = 1;
    return result;
}

enum class Place { Device, Pinned, Pageable };

Place placeOf(const void *address)
{
    if (device().memory.contains(address))
        return Place::Device;
    return device().pinnedHolds(address, 0) ? Place::Pinned : Place::Pageable;
}

// Whether the pointers lie where the kind says, and device memory is allocated there.
bool copyMakesSense(const void *to, const void *from, std::size_t bytes, cudaMemcpyKind kind)
{
    const bool toDevice = placeOf(to) == Place::Device, fromDevice = placeOf(from) == Place::Device;
    if ((toDevice && !device().memory.holds(to, bytes)) ||
        (fromDevice && !device().memory.holds(from, bytes)))
        return false;
    switch (kind) {
    case cudaMemcpyHostToHost:
        return !toDevice && !fromDevice;
    case cudaMemcpyHostToDevice:
        return toDevice && !fromDevice;
    case cudaMemcpyDeviceToHost:
        return !toDevice && fromDevice;
    case cudaMemcpyDeviceToDevice:
        return toDevice && fromDevice;
    case cudaMemcpyDefault:
        return true;
    }
    return false;
}

// The copy of `rows` rows, as it is when its turn comes.
struct RowCopy
{
    std::byte *to;
    std::size_t toPitch;
    const std::byte *from;
    std::size_t fromPitch, width, rows;

    std::size_t toBytes() const { return rows ? (rows - 1) * toPitch + width : 0; }
    std::size_t fromBytes() const { return rows ? (rows - 1) * fromPitch + width : 0; }
    void run() const
    {
        for (std::size_t row = 0; row < rows; ++row)
            std::memcpy(to + row * toPitch, from + row * fromPitch, width);
    }
};

cudaError_t copyAsync(RowCopy copy, cudaMemcpyKind kind, cudaStream_t stream)
{
    Device &self = device();
    if (!copy.rows || !copy.width)
        return cudaSuccess;
    if (copy.toPitch < copy.width || copy.fromPitch < copy.width ||
        !copyMakesSense(copy.to, copy.from, copy.toBytes(), kind) ||
        !copyMakesSense(copy.to, copy.from, copy.fromBytes(), kind))
        return cudaErrorInvalidValue;
    const bool capturing = stream && self.ownsStream(stream) && stream->capture;
    if (!capturing && placeOf(copy.from) == Place::Pageable) {
        // What pageable memory holds is taken before the call returns.
        auto staged = std::make_shared<std::vector<std::byte>>(copy.from, copy.from + copy.fromBytes());
        copy.from = staged->data();
        return self.enqueue(stream, [copy, staged] {
            copy.run();
            return cudaSuccess;
        });
    }
    const cudaError_t queued = self.enqueue(stream, [copy] {
        // Memory that was given back since then would be read or written here.
        if ((device().memory.contains(copy.to) && !device().memory.holds(copy.to, copy.toBytes())) ||
            (device().memory.contains(copy.from) && !device().memory.holds(copy.from, copy.fromBytes()))) {
            device().fail(cudaErrorIllegalAddress, "a copy whose memory was freed before its turn came");
            return cudaErrorIllegalAddress;
        }
        copy.run();
        return cudaSuccess;
    });
    // And a copy to pageable memory returns when it is done.
    if (queued == cudaSuccess && !capturing && placeOf(copy.to) == Place::Pageable)
        return self.runAll(stream ? *stream : self.legacy);
    return queued;
}

} // namespace

const char *cudaGetErrorString(cudaError_t error)
{
    for (const ErrorName &known : kErrors)
        if (known.error == error)
            return known.text;
    return "unrecognized error code";
}

const char *cudaGetErrorName(cudaError_t error)
{
    for (const ErrorName &known : kErrors)
        if (known.error == error)
            return known.name;
    return "unrecognized error code";
}

cudaError_t cudaDriverGetVersion(int *version)
{
    *version = device().model.driverVersion;
    return cudaSuccess;
}

cudaError_t cudaRuntimeGetVersion(int *version)
{
    *version = CUDART_VERSION;
    return cudaSuccess;
}

cudaError_t cudaGetDeviceCount(int *count)
{
    const ApiCall call(Call::Other);
    if (call.error() != cudaSuccess)
        return call.error();
    *count = device().model.devices;
    if (device().model.driverVersion < CUDART_VERSION)
        return call.end(cudaErrorInsufficientDriver);
    return call.end(*count ? cudaSuccess : cudaErrorNoDevice);
}

cudaError_t cudaSetDevice(int index)
{
    const ApiCall call(Call::Other);
    if (call.error() != cudaSuccess)
        return call.error();
    return call.end(index >= 0 && index < device().model.devices ? cudaSuccess : cudaErrorInvalidDevice);
}

cudaError_t cudaGetDevice(int *index)
{
    *index = 0;
    return cudaSuccess;
}

cudaError_t cudaSetDeviceFlags(unsigned)
{
    const ApiCall call(Call::Other);
    return call.error();
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp *properties, int index)
{
    const ApiCall call(Call::Other);
    if (call.error() != cudaSuccess)
        return call.error();
    if (index < 0 || index >= device().model.devices)
        return call.end(cudaErrorInvalidDevice);
    *properties = propertiesOf(device().model);
    return cudaSuccess;
}

cudaError_t cudaDeviceGetAttribute(int *value, cudaDeviceAttr attribute, int index)
{
    cudaDeviceProp properties;
    if (const cudaError_t error = cudaGetDeviceProperties(&properties, index); error != cudaSuccess)
        return error;
    switch (attribute) {
    case cudaDevAttrMaxThreadsPerBlock:
        *value = properties.maxThreadsPerBlock;
        return cudaSuccess;
    case cudaDevAttrMaxSharedMemoryPerBlock:
        *value = int(properties.sharedMemPerBlock);
        return cudaSuccess;
    case cudaDevAttrWarpSize:
        *value = properties.warpSize;
        return cudaSuccess;
    case cudaDevAttrMultiProcessorCount:
        *value = properties.multiProcessorCount;
        return cudaSuccess;
    case cudaDevAttrL2CacheSize:
        *value = properties.l2CacheSize;
        return cudaSuccess;
    case cudaDevAttrMaxThreadsPerMultiProcessor:
        *value = properties.maxThreadsPerMultiProcessor;
        return cudaSuccess;
    case cudaDevAttrComputeCapabilityMajor:
        *value = properties.major;
        return cudaSuccess;
    case cudaDevAttrComputeCapabilityMinor:
        *value = properties.minor;
        return cudaSuccess;
    case cudaDevAttrMaxSharedMemoryPerMultiprocessor:
        *value = int(properties.sharedMemPerMultiprocessor);
        return cudaSuccess;
    case cudaDevAttrMaxSharedMemoryPerBlockOptin:
        *value = int(properties.sharedMemPerBlockOptin);
        return cudaSuccess;
    }
    return cudaErrorInvalidValue;
}

cudaError_t cudaDeviceReset()
{
    shim::reset(device().model);
    return cudaSuccess;
}

cudaError_t cudaMemGetInfo(std::size_t *free, std::size_t *total)
{
    const ApiCall call(Call::Other);
    if (call.error() != cudaSuccess)
        return call.error();
    *total = device().model.totalBytes;
    *free = *total - std::min(*total, device().memory.bytes());
    return cudaSuccess;
}

cudaError_t cudaMalloc(void **memory, std::size_t bytes)
{
    const ApiCall call(Call::Allocation);
    if (call.error() != cudaSuccess)
        return call.error();
    Device &self = device();
    if (const cudaError_t refused = self.refuseInCapture(); refused != cudaSuccess)
        return call.end(refused);
    if (bytes == 0) {
        *memory = nullptr;
        return cudaSuccess;
    }
    void *allocated = self.memory.allocate(bytes, self.model.totalBytes);
    if (!allocated)
        return call.end(cudaErrorMemoryAllocation);
    *memory = allocated;
    self.mostDeviceBytes = std::max(self.mostDeviceBytes, self.memory.bytes());
    return cudaSuccess;
}

// Memory comes back on a device in error, too; the error is the answer all the same.
cudaError_t cudaFree(void *memory)
{
    const ApiCall call(Call::Other, true);
    Device &self = device();
    if (const cudaError_t refused = self.refuseInCapture(); refused != cudaSuccess)
        return call.end(refused);
    if (!memory)
        return call.error();
    const cudaError_t before = self.runEverything();
    if (!self.memory.free(memory))
        return call.end(cudaErrorInvalidValue);
    return call.end(call.error() != cudaSuccess ? call.error() : before);
}

cudaError_t cudaMallocHost(void **memory, std::size_t bytes)
{
    return cudaHostAlloc(memory, bytes, cudaHostAllocDefault);
}

cudaError_t cudaHostAlloc(void **memory, std::size_t bytes, unsigned)
{
    const ApiCall call(Call::Allocation);
    if (call.error() != cudaSuccess)
        return call.error();
    Device &self = device();
    void *allocated = nullptr;
    if (::posix_memalign(&allocated, 256, std::max<std::size_t>(bytes, 1)))
        return call.end(cudaErrorMemoryAllocation);
    std::memset(allocated, shim::kUnwritten, bytes);
    self.pinned[static_cast<std::byte *>(allocated)] = bytes;
    self.pinnedOwned.insert(static_cast<std::byte *>(allocated));
    *memory = allocated;
    return cudaSuccess;
}

cudaError_t cudaFreeHost(void *memory)
{
    const ApiCall call(Call::Other, true);
    Device &self = device();
    if (!memory)
        return call.error();
    const cudaError_t before = self.runEverything();
    if (!self.pinnedOwned.erase(static_cast<std::byte *>(memory)))
        return call.end(cudaErrorInvalidValue);
    self.pinned.erase(static_cast<std::byte *>(memory));
    std::free(memory);
    return call.end(call.error() != cudaSuccess ? call.error() : before);
}

cudaError_t cudaHostRegister(void *memory, std::size_t bytes, unsigned)
{
    const ApiCall call(Call::Allocation);
    if (call.error() != cudaSuccess)
        return call.error();
    if (!memory || !bytes)
        return call.end(cudaErrorInvalidValue);
    if (!device().pinned.emplace(static_cast<std::byte *>(memory), bytes).second)
        return call.end(cudaErrorHostMemoryAlreadyRegistered);
    return cudaSuccess;
}

cudaError_t cudaHostUnregister(void *memory)
{
    const ApiCall call(Call::Other, true);
    Device &self = device();
    auto *const at = static_cast<std::byte *>(memory);
    if (self.pinnedOwned.count(at) || !self.pinned.count(at))
        return call.end(cudaErrorHostMemoryNotRegistered);
    self.runEverything();
    self.pinned.erase(at);
    return call.error();
}

cudaError_t cudaHostGetDevicePointer(void **mapped, void *host, unsigned)
{
    const ApiCall call(Call::Other);
    if (call.error() != cudaSuccess)
        return call.error();
    if (!device().pinnedHolds(host, 0))
        return call.end(cudaErrorInvalidValue);
    *mapped = host;
    return cudaSuccess;
}

cudaError_t cudaMemcpy(void *to, const void *from, std::size_t bytes, cudaMemcpyKind kind)
{
    const ApiCall call(Call::Copy);
    if (call.error() != cudaSuccess)
        return call.error();
    Device &self = device();
    cudaError_t error = self.refuseInCapture();
    if (error == cudaSuccess)
        error = copyAsync(
            {static_cast<std::byte *>(to), bytes, static_cast<const std::byte *>(from), bytes, bytes, 1},
            kind, nullptr);
    if (error == cudaSuccess)
        error = self.runAll(self.legacy);
    return call.end(error);
}

cudaError_t cudaMemcpyAsync(void *to, const void *from, std::size_t bytes, cudaMemcpyKind kind,
                            cudaStream_t stream)
{
    const ApiCall call(Call::Copy);
    if (call.error() != cudaSuccess)
        return call.error();
    return call.end(copyAsync(
        {static_cast<std::byte *>(to), bytes, static_cast<const std::byte *>(from), bytes, bytes, 1}, kind,
        stream));
}

cudaError_t cudaMemcpy2DAsync(void *to, std::size_t toPitch, const void *from, std::size_t fromPitch,
                              std::size_t width, std::size_t height, cudaMemcpyKind kind, cudaStream_t stream)
{
    const ApiCall call(Call::Copy);
    if (call.error() != cudaSuccess)
        return call.error();
    return call.end(copyAsync({static_cast<std::byte *>(to), toPitch, static_cast<const std::byte *>(from),
                               fromPitch, width, height},
                              kind, stream));
}

cudaError_t cudaMemsetAsync(void *to, int value, std::size_t bytes, cudaStream_t stream)
{
    const ApiCall call(Call::Copy);
    if (call.error() != cudaSuccess)
        return call.error();
    if (bytes && !device().memory.holds(to, bytes) && !device().pinnedHolds(to, bytes))
        return call.end(cudaErrorInvalidValue);
    return call.end(device().enqueue(stream, [=] {
        std::memset(to, value, bytes);
        return cudaSuccess;
    }));
}

cudaError_t cudaMemset(void *to, int value, std::size_t bytes)
{
    return cudaMemsetAsync(to, value, bytes, nullptr);
}
