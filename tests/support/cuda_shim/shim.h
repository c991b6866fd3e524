// The emulated CUDA device as tests handle it: which device it is, in which order lanes run, what fails, what
// is left.
#pragma once

#include "tests/support/cuda_shim/include/cuda_bf16.h"
#include "tests/support/cuda_shim/include/cuda_fp16.h"
#include "tests/support/cuda_shim/include/cuda_runtime.h"
#include "tests/support/cuda_shim/scheduler.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace shim {

struct DeviceModel
{
    std::string name = "Shim";
    int major = 9, minor = 0;
    int multiprocessors = 4;
    std::size_t totalBytes = std::size_t(4) << 30;
    int devices = 1;           // 0: a driver and no device
    int driverVersion = 13000; // 0: no driver; below CUDART_VERSION: an old one
};

// A new device without memory, work or errors. What is left of the old one is lost; tests call it before each
// function.
void reset(const DeviceModel &model = {});

// How the next kernels run. BALEEN_SHIM_ORDER=ascending|descending|shuffled[:SEED] sets the order at reset().
void setOrder(const RunOrder &order);
RunOrder order();

// The last fault of a kernel or of a use of memory, in a sentence; empty when there was none since reset().
std::string fault();

// What a call of the runtime is, for counting and for failing.
enum class Call {
    Allocation,  // of device or pinned memory
    Copy,        // and memset
    Launch,      // of a kernel or a graph: what is refused when it is queued
    Execution,   // of a kernel: what shows where its stream is waited for; always sticky
    Synchronise, // of a stream, an event or the device, and their queries
    Capture,     // begin, end and instantiate
    Other,       // streams, events, attributes
    Count
};

// The nth call of the kind from now on (1: the next) fails with `error`, once; sticky: every call after it
// does, too, as after an illegal address. Calls that give memory or objects back never fail so, but for their
// answer when sticky.
struct PlannedFailure
{
    Call call = Call::Allocation;
    std::uint64_t nth = 1;
    cudaError_t error = cudaErrorMemoryAllocation;
    bool sticky = false;
};
void planFailure(const PlannedFailure &failure);
bool failureHappened(); // the planned one
void clearFailure();    // and what is sticky: as if the process had begun anew, with its memory kept

struct Counts
{
    std::array<std::uint64_t, std::size_t(Call::Count)> calls{};
    std::size_t deviceBytes = 0, deviceAllocations = 0;
    std::size_t pinnedBytes = 0, pinnedAllocations = 0;
    std::size_t streams = 0, events = 0, graphs = 0, executables = 0;
    std::size_t mostDeviceBytes = 0; // at any time since reset()

    std::uint64_t of(Call call) const { return calls[std::size_t(call)]; }
    bool nothingLeft() const
    {
        return deviceAllocations + pinnedAllocations + streams + events + graphs + executables == 0;
    }
};
Counts counts();

// Variables that kernels of this program declare __shared__; 0 means that they are not found and never
// spoiled.
std::size_t sharedVariables();

} // namespace shim
