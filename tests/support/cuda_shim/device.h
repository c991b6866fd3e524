// The state of the emulated device, behind the runtime's functions.
#pragma once

#include "tests/support/cuda_shim/device_memory.h"
#include "tests/support/cuda_shim/shim.h"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

namespace shim {

// A piece of queued work. Its error, and with text a fault, stays with the device.
struct Work
{
    std::function<cudaError_t()> run;
    std::uint64_t number = 0; // in the order in which the host queued work
};

// One recording of an event.
struct EventPoint
{
    CUstream_st *stream = nullptr; // null once done
    std::uint64_t number = 0;
    bool done = false;
    std::chrono::steady_clock::time_point when;
    std::weak_ptr<struct Capture> capture; // of a capturing stream
    bool captured = false;
    std::size_t capturedWork = 0; // how much of the stream's work it follows
};

struct Capture
{
    CUstream_st *origin = nullptr;
    cudaStreamCaptureMode mode = cudaStreamCaptureModeGlobal;
    std::vector<std::function<cudaError_t()>> work;
    std::map<CUstream_st *, std::size_t> workOf; // pieces by each stream that takes part
    std::map<CUstream_st *, std::size_t> joined; // of those, how many another one waits for
    bool invalidated = false;
};

} // namespace shim

struct CUstream_st
{
    unsigned flags = 0;
    std::deque<shim::Work> queue;
    std::shared_ptr<shim::Capture> capture;
};

struct CUevent_st
{
    unsigned flags = 0;
    std::shared_ptr<shim::EventPoint> point;
};

struct CUgraph_st
{
    std::vector<std::function<cudaError_t()>> work;
};

struct CUgraphExec_st
{
    std::vector<std::function<cudaError_t()>> work;
};

namespace shim {

struct Device
{
    std::recursive_mutex mutex;
    DeviceModel model;
    RunOrder order;
    DeviceMemory memory;
    std::map<const std::byte *, std::size_t> pinned; // ranges that the device can read
    std::set<std::byte *> pinnedOwned;               // of those, what cudaMallocHost() gave
    CUstream_st legacy;
    std::vector<std::unique_ptr<CUstream_st>> streams;
    std::set<CUevent_st *> events;
    std::set<CUgraph_st *> graphs;
    std::set<CUgraphExec_st *> executables;
    std::map<const void *, int> dynamicSharedLimits;
    std::uint64_t nextNumber = 1;
    cudaError_t sticky = cudaSuccess;
    std::string fault;
    std::optional<PlannedFailure> planned;
    bool plannedHappened = false;
    std::array<std::uint64_t, std::size_t(Call::Count)> calls{};
    std::size_t mostDeviceBytes = 0;

    bool ownsStream(CUstream_st *stream) const;
    // Queues or captures work on the stream (null: the default one); its error when that is not possible.
    cudaError_t enqueue(cudaStream_t stream, std::function<cudaError_t()> work);
    // Does the stream's work up to and including this number, and what it has to wait for.
    cudaError_t runUpTo(CUstream_st &stream, std::uint64_t number);
    cudaError_t runAll(CUstream_st &stream) { return runUpTo(stream, ~std::uint64_t(0)); }
    cudaError_t runEverything();
    // Not allowed while a stream captures, in its mode: ends the capture.
    cudaError_t refuseInCapture();
    void fail(cudaError_t error, const std::string &text);
    // Counts; the error that was planned for this call, or success.
    cudaError_t count(Call call);
    bool pinnedHolds(const void *address, std::size_t bytes) const;
};

Device &device();

// One call of the runtime: locks the device, counts, and answers with an error that was planned or stays.
class ApiCall
{
public:
    explicit ApiCall(Call call, bool givesBack = false);

    // What the call has to return at once, or success.
    cudaError_t error() const { return m_error; }
    // Notes the error for cudaGetLastError(), and returns it.
    cudaError_t end(cudaError_t error) const;

private:
    std::unique_lock<std::recursive_mutex> m_lock;
    cudaError_t m_error = cudaSuccess;
};

} // namespace shim
