// The runtime's functions of streams, events, graphs and launches: what is queued, and when it is done.
#include "tests/support/cuda_shim/device.h"
#include "tests/support/cuda_shim/shared_memory.h"

#include <algorithm>

using shim::ApiCall;
using shim::Call;
using shim::Capture;
using shim::Device;
using shim::device;
using shim::EventPoint;

namespace shim {

namespace {

bool isBlocking(const CUstream_st &stream)
{
    return !(stream.flags & cudaStreamNonBlocking);
}

CUstream_st &streamOf(cudaStream_t stream)
{
    return stream ? *stream : device().legacy;
}

bool anyCapture()
{
    const auto &streams = device().streams;
    return std::any_of(streams.begin(), streams.end(),
                       [](const auto &stream) { return stream->capture != nullptr; });
}

// One piece, and before it what the default stream's order asks for.
cudaError_t runOne(CUstream_st &stream)
{
    Device &self = device();
    const std::uint64_t number = stream.queue.front().number;
    cudaError_t error = cudaSuccess;
    if (&stream == &self.legacy) {
        for (const auto &other : self.streams)
            if (isBlocking(*other) && error == cudaSuccess)
                error = self.runUpTo(*other, number - 1);
    } else if (isBlocking(stream)) {
        error = self.runUpTo(self.legacy, number - 1);
    }
    if (error != cudaSuccess || stream.queue.empty() || stream.queue.front().number != number)
        return error;
    const Work work = std::move(stream.queue.front());
    stream.queue.pop_front();
    if (self.sticky != cudaSuccess)
        return self.sticky; // nothing runs on a device in error
    error = work.run();
    if (error != cudaSuccess && self.sticky == cudaSuccess)
        self.sticky = error;
    return error;
}

} // namespace

cudaError_t Device::enqueue(cudaStream_t stream, std::function<cudaError_t()> work)
{
    if (stream && !ownsStream(stream))
        return cudaErrorInvalidResourceHandle;
    CUstream_st &target = streamOf(stream);
    if (target.capture) {
        if (target.capture->invalidated)
            return cudaErrorStreamCaptureInvalidated;
        target.capture->work.push_back(std::move(work));
        ++target.capture->workOf[&target];
        return cudaSuccess;
    }
    if (&target == &legacy && anyCapture()) {
        for (const auto &other : streams)
            if (other->capture && isBlocking(*other)) {
                other->capture->invalidated = true;
                return cudaErrorStreamCaptureImplicit;
            }
    }
    target.queue.push_back({std::move(work), nextNumber++});
    return cudaSuccess;
}

cudaError_t Device::runUpTo(CUstream_st &stream, std::uint64_t number)
{
    if (stream.queue.empty() || stream.queue.front().number > number)
        return sticky;
    const DeviceMemory::Access access(memory); // once for all: locking takes as long as a small kernel
    while (!stream.queue.empty() && stream.queue.front().number <= number)
        if (const cudaError_t error = runOne(stream); error != cudaSuccess) {
            stream.queue.clear();
            return error;
        }
    return sticky;
}

// Streams have no order among each other but by events: they run as the lanes do, one way or the other.
cudaError_t Device::runEverything()
{
    std::vector<CUstream_st *> all = {&legacy};
    for (const auto &stream : streams)
        all.push_back(stream.get());
    if (order.kind == RunOrder::Descending)
        std::reverse(all.begin(), all.end());
    cudaError_t error = sticky;
    for (CUstream_st *stream : all)
        if (const cudaError_t its = runAll(*stream); error == cudaSuccess)
            error = its;
    return error;
}

cudaError_t Device::refuseInCapture()
{
    cudaError_t error = cudaSuccess;
    for (const auto &stream : streams)
        if (stream->capture && stream->capture->mode != cudaStreamCaptureModeRelaxed) {
            stream->capture->invalidated = true;
            error = cudaErrorStreamCaptureUnsupported;
        }
    return error;
}

cudaError_t enqueueLaunch(LaunchRequest request)
{
    const ApiCall call(Call::Launch);
    if (call.error() != cudaSuccess)
        return call.error();
    Device &self = device();
    const dim3 &grid = request.grid, &block = request.block;
    const std::uint64_t threads = std::uint64_t(block.x) * block.y * block.z;
    if (!grid.x || !grid.y || !grid.z || grid.x > 0x7fffffff || grid.y > 65535 || grid.z > 65535 ||
        threads == 0 || threads > 1024 || block.z > 64)
        return call.end(cudaErrorInvalidConfiguration);
    const auto limit = self.dynamicSharedLimits.find(request.kernel);
    if (request.dynamicShared >
        std::size_t(limit == self.dynamicSharedLimits.end() ? 48 << 10 : limit->second))
        return call.end(cudaErrorInvalidValue);
    const cudaStream_t stream = request.stream;
    return call.end(self.enqueue(stream, [request = std::move(request)] {
        Device &own = device();
        if (const cudaError_t planned = own.count(Call::Execution); planned != cudaSuccess)
            return planned;
        if (request.foreignArgument >= 0) {
            own.fail(cudaErrorIllegalAddress, functionName(request.kernel) + ": argument " +
                                                  std::to_string(request.foreignArgument) +
                                                  " points to memory that the device cannot read");
            return cudaErrorIllegalAddress;
        }
        const auto problem = runKernel(
            {request.body, request.kernel, request.grid, request.block, request.dynamicShared}, own.order);
        if (problem) {
            own.fail(cudaErrorLaunchFailure, *problem);
            return cudaErrorLaunchFailure;
        }
        if (const std::string broken = own.memory.brokenGuard(); !broken.empty()) {
            own.fail(cudaErrorIllegalAddress, functionName(request.kernel) + ": " + broken);
            return cudaErrorIllegalAddress;
        }
        return cudaSuccess;
    }));
}

} // namespace shim

cudaError_t cudaDeviceSynchronize()
{
    const ApiCall call(Call::Synchronise);
    if (call.error() != cudaSuccess)
        return call.error();
    if (const cudaError_t refused = device().refuseInCapture(); refused != cudaSuccess)
        return call.end(refused);
    return call.end(device().runEverything());
}

cudaError_t cudaStreamCreate(cudaStream_t *stream)
{
    return cudaStreamCreateWithFlags(stream, cudaStreamDefault);
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t *stream, unsigned flags)
{
    const ApiCall call(Call::Other);
    if (call.error() != cudaSuccess)
        return call.error();
    device().streams.push_back(std::make_unique<CUstream_st>());
    *stream = device().streams.back().get();
    (*stream)->flags = flags;
    return cudaSuccess;
}

cudaError_t cudaStreamCreateWithPriority(cudaStream_t *stream, unsigned flags, int)
{
    return cudaStreamCreateWithFlags(stream, flags);
}

cudaError_t cudaStreamDestroy(cudaStream_t stream)
{
    const ApiCall call(Call::Other, true);
    Device &self = device();
    if (!stream || stream == &self.legacy || !self.ownsStream(stream))
        return call.end(cudaErrorInvalidResourceHandle);
    self.runAll(*stream);
    self.streams.erase(std::find_if(self.streams.begin(), self.streams.end(),
                                    [&](const auto &own) { return own.get() == stream; }));
    return call.error();
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream)
{
    const ApiCall call(Call::Synchronise);
    if (call.error() != cudaSuccess)
        return call.error();
    Device &self = device();
    if (stream && !self.ownsStream(stream))
        return call.end(cudaErrorInvalidResourceHandle);
    CUstream_st &own = shim::streamOf(stream);
    if (own.capture) {
        own.capture->invalidated = true;
        return call.end(cudaErrorStreamCaptureUnsupported);
    }
    // The default stream stands for what it waits for as well.
    if (&own == &self.legacy)
        for (const auto &other : self.streams)
            if (shim::isBlocking(*other))
                if (const cudaError_t error = self.runAll(*other); error != cudaSuccess)
                    return call.end(error);
    return call.end(self.runAll(own));
}

cudaError_t cudaStreamQuery(cudaStream_t stream)
{
    const ApiCall call(Call::Synchronise);
    if (call.error() != cudaSuccess)
        return call.error();
    Device &self = device();
    if (stream && !self.ownsStream(stream))
        return call.end(cudaErrorInvalidResourceHandle);
    CUstream_st &own = shim::streamOf(stream);
    if (own.capture) {
        own.capture->invalidated = true;
        return call.end(cudaErrorStreamCaptureUnsupported);
    }
    if (own.queue.empty())
        return call.end(self.sticky);
    const shim::DeviceMemory::Access access(self.memory);
    const cudaError_t error = shim::runOne(own);
    return call.end(error != cudaSuccess ? error : cudaErrorNotReady);
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned)
{
    const ApiCall call(Call::Other);
    if (call.error() != cudaSuccess)
        return call.error();
    Device &self = device();
    if (!self.events.count(event) || (stream && !self.ownsStream(stream)))
        return call.end(cudaErrorInvalidResourceHandle);
    CUstream_st &own = shim::streamOf(stream);
    const std::shared_ptr<EventPoint> point = event->point;
    if (!point)
        return cudaSuccess; // never recorded: nothing to wait for
    if (point->captured) {
        const std::shared_ptr<Capture> capture = point->capture.lock();
        if (!capture)
            return call.end(cudaErrorCapturedEvent);
        if (own.capture && own.capture != capture)
            return call.end(cudaErrorStreamCaptureMerge);
        own.capture = capture;
        capture->workOf.try_emplace(&own, 0);
        capture->joined[point->stream] = std::max(capture->joined[point->stream], point->capturedWork);
        return cudaSuccess;
    }
    if (own.capture) {
        own.capture->invalidated = true; // it would wait for work outside of the graph
        return call.end(cudaErrorStreamCaptureUnsupported);
    }
    return call.end(self.enqueue(stream, [point] {
        return point->done ? cudaSuccess : device().runUpTo(*point->stream, point->number);
    }));
}

cudaError_t cudaEventCreate(cudaEvent_t *event)
{
    return cudaEventCreateWithFlags(event, cudaEventDefault);
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t *event, unsigned flags)
{
    const ApiCall call(Call::Other);
    if (call.error() != cudaSuccess)
        return call.error();
    *event = new CUevent_st{flags, nullptr};
    device().events.insert(*event);
    return cudaSuccess;
}

cudaError_t cudaEventDestroy(cudaEvent_t event)
{
    const ApiCall call(Call::Other, true);
    if (!device().events.erase(event))
        return call.end(cudaErrorInvalidResourceHandle);
    delete event;
    return call.error();
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream)
{
    const ApiCall call(Call::Other);
    if (call.error() != cudaSuccess)
        return call.error();
    Device &self = device();
    if (!self.events.count(event) || (stream && !self.ownsStream(stream)))
        return call.end(cudaErrorInvalidResourceHandle);
    CUstream_st &own = shim::streamOf(stream);
    auto point = std::make_shared<EventPoint>();
    point->stream = &own;
    if (own.capture) {
        point->captured = true;
        point->capture = own.capture;
        point->capturedWork = own.capture->workOf[&own];
    } else {
        point->number = self.nextNumber;
        const cudaError_t error = self.enqueue(stream, [point] {
            point->done = true;
            point->when = std::chrono::steady_clock::now();
            return cudaSuccess;
        });
        if (error != cudaSuccess)
            return call.end(error);
    }
    event->point = std::move(point);
    return cudaSuccess;
}

cudaError_t cudaEventSynchronize(cudaEvent_t event)
{
    const ApiCall call(Call::Synchronise);
    if (call.error() != cudaSuccess)
        return call.error();
    if (!device().events.count(event))
        return call.end(cudaErrorInvalidResourceHandle);
    const std::shared_ptr<EventPoint> point = event->point;
    if (!point || point->done)
        return call.end(device().sticky);
    if (point->captured)
        return call.end(cudaErrorCapturedEvent);
    return call.end(device().runUpTo(*point->stream, point->number));
}

cudaError_t cudaEventQuery(cudaEvent_t event)
{
    const ApiCall call(Call::Synchronise);
    if (call.error() != cudaSuccess)
        return call.error();
    if (!device().events.count(event))
        return call.end(cudaErrorInvalidResourceHandle);
    const std::shared_ptr<EventPoint> point = event->point;
    if (!point || point->done)
        return call.end(device().sticky);
    if (point->captured)
        return call.end(cudaErrorCapturedEvent);
    const shim::DeviceMemory::Access access(device().memory);
    const cudaError_t error = shim::runOne(*point->stream);
    return call.end(error != cudaSuccess ? error : cudaErrorNotReady);
}

cudaError_t cudaEventElapsedTime(float *milliseconds, cudaEvent_t from, cudaEvent_t to)
{
    const ApiCall call(Call::Other);
    if (call.error() != cudaSuccess)
        return call.error();
    if (!device().events.count(from) || !device().events.count(to) || !from->point || !to->point ||
        ((from->flags | to->flags) & cudaEventDisableTiming))
        return call.end(cudaErrorInvalidResourceHandle);
    if (!from->point->done || !to->point->done)
        return call.end(cudaErrorNotReady);
    *milliseconds = std::chrono::duration<float, std::milli>(to->point->when - from->point->when).count();
    return cudaSuccess;
}

cudaError_t cudaLaunchHostFunc(cudaStream_t stream, cudaHostFn_t function, void *userData)
{
    const ApiCall call(Call::Launch);
    if (call.error() != cudaSuccess)
        return call.error();
    return call.end(device().enqueue(stream, [function, userData] {
        function(userData);
        return cudaSuccess;
    }));
}

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode mode)
{
    const ApiCall call(Call::Capture);
    if (call.error() != cudaSuccess)
        return call.error();
    if (!stream || stream->capture) // the default stream cannot be captured
        return call.end(cudaErrorStreamCaptureUnsupported);
    if (!device().ownsStream(stream))
        return call.end(cudaErrorInvalidResourceHandle);
    stream->capture = std::make_shared<Capture>();
    stream->capture->origin = stream;
    stream->capture->mode = mode;
    stream->capture->workOf[stream] = 0;
    return cudaSuccess;
}

cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t *graph)
{
    // A capture ends even when the device is in error.
    const ApiCall call(Call::Capture);
    *graph = nullptr;
    Device &self = device();
    if (!stream || !self.ownsStream(stream) || !stream->capture)
        return call.end(call.error() != cudaSuccess ? call.error() : cudaErrorInvalidValue);
    const std::shared_ptr<Capture> capture = stream->capture;
    if (capture->origin != stream)
        return call.end(cudaErrorStreamCaptureUnmatched);
    for (const auto &other : self.streams)
        if (other->capture == capture)
            other->capture.reset();
    if (call.error() != cudaSuccess)
        return call.error();
    if (capture->invalidated)
        return call.end(cudaErrorStreamCaptureInvalidated);
    for (const auto &[other, pieces] : capture->workOf)
        if (other != stream && (!capture->joined.count(other) || capture->joined[other] < pieces))
            return call.end(cudaErrorStreamCaptureUnjoined);
    *graph = new CUgraph_st{std::move(capture->work)};
    self.graphs.insert(*graph);
    return cudaSuccess;
}

cudaError_t cudaStreamIsCapturing(cudaStream_t stream, cudaStreamCaptureStatus *status)
{
    const ApiCall call(Call::Other);
    if (call.error() != cudaSuccess)
        return call.error();
    if (stream && !device().ownsStream(stream))
        return call.end(cudaErrorInvalidResourceHandle);
    const auto &capture = shim::streamOf(stream).capture;
    *status = !capture               ? cudaStreamCaptureStatusNone
              : capture->invalidated ? cudaStreamCaptureStatusInvalidated
                                     : cudaStreamCaptureStatusActive;
    return cudaSuccess;
}

cudaError_t cudaGraphInstantiate(cudaGraphExec_t *executable, cudaGraph_t graph, unsigned long long)
{
    const ApiCall call(Call::Capture);
    if (call.error() != cudaSuccess)
        return call.error();
    if (!device().graphs.count(graph))
        return call.end(cudaErrorInvalidValue);
    *executable = new CUgraphExec_st{graph->work};
    device().executables.insert(*executable);
    return cudaSuccess;
}

cudaError_t cudaGraphUpload(cudaGraphExec_t executable, cudaStream_t)
{
    const ApiCall call(Call::Other);
    if (call.error() != cudaSuccess)
        return call.error();
    return call.end(device().executables.count(executable) ? cudaSuccess : cudaErrorInvalidValue);
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t executable, cudaStream_t stream)
{
    const ApiCall call(Call::Launch);
    if (call.error() != cudaSuccess)
        return call.error();
    if (!device().executables.count(executable))
        return call.end(cudaErrorInvalidValue);
    // The pieces are copied: the executable may be destroyed while they wait.
    return call.end(device().enqueue(stream, [work = executable->work] {
        for (const auto &piece : work)
            if (const cudaError_t error = piece(); error != cudaSuccess)
                return error;
        return cudaSuccess;
    }));
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph)
{
    const ApiCall call(Call::Other, true);
    if (!device().graphs.erase(graph))
        return call.end(cudaErrorInvalidValue);
    delete graph;
    return call.error();
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t executable)
{
    const ApiCall call(Call::Other, true);
    if (!device().executables.erase(executable))
        return call.end(cudaErrorInvalidValue);
    delete executable;
    return call.error();
}

cudaError_t cudaFuncSetAttribute(const void *kernel, cudaFuncAttribute attribute, int value)
{
    const ApiCall call(Call::Other);
    if (call.error() != cudaSuccess)
        return call.error();
    if (attribute != cudaFuncAttributeMaxDynamicSharedMemorySize)
        return cudaSuccess;
    int most = 0;
    cudaDeviceGetAttribute(&most, cudaDevAttrMaxSharedMemoryPerBlockOptin, 0);
    if (value < 0 || value > most)
        return call.end(cudaErrorInvalidValue);
    device().dynamicSharedLimits[kernel] = value;
    return cudaSuccess;
}

cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, const void *, int threads,
                                                          std::size_t dynamicShared)
{
    cudaDeviceProp properties;
    if (const cudaError_t error = cudaGetDeviceProperties(&properties, 0); error != cudaSuccess)
        return error;
    const int byThreads = properties.maxThreadsPerMultiProcessor / std::max(threads, 1);
    const int byShared =
        dynamicShared ? int(properties.sharedMemPerMultiprocessor / dynamicShared) : byThreads;
    *blocks = std::min({byThreads, byShared, properties.maxBlocksPerMultiProcessor});
    return cudaSuccess;
}
