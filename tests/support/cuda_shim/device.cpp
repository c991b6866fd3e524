#include "tests/support/cuda_shim/device.h"

#include "tests/support/cuda_shim/shared_memory.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace shim {

namespace {

thread_local cudaError_t t_lastError = cudaSuccess;

RunOrder orderFromEnvironment()
{
    const char *text = std::getenv("BALEEN_SHIM_ORDER");
    const std::string_view wanted = text ? text : "";
    RunOrder order;
    if (wanted == "descending")
        order.kind = RunOrder::Descending;
    if (wanted.starts_with("shuffled")) {
        order.kind = RunOrder::Shuffled;
        if (const auto colon = wanted.find(':'); colon != wanted.npos)
            order.seed = std::strtoull(wanted.data() + colon + 1, nullptr, 10);
    }
    return order;
}

} // namespace

Device &device()
{
    static Device *const instance = [] {
        auto *created = new Device; // outlives what static objects give back
        created->order = orderFromEnvironment();
        return created;
    }();
    return *instance;
}

cudaError_t Device::count(Call call)
{
    ++calls[std::size_t(call)];
    if (!planned || planned->call != call || --planned->nth > 0)
        return cudaSuccess;
    const cudaError_t error = planned->error;
    if (planned->sticky)
        sticky = error;
    planned.reset();
    plannedHappened = true;
    return error;
}

ApiCall::ApiCall(Call call, bool givesBack) : m_lock(device().mutex)
{
    if (!givesBack)
        m_error = device().count(call);
    if (m_error == cudaSuccess)
        m_error = device().sticky;
    if (m_error != cudaSuccess)
        t_lastError = m_error;
}

cudaError_t ApiCall::end(cudaError_t error) const
{
    if (error != cudaSuccess)
        t_lastError = error;
    return error;
}

bool Device::ownsStream(CUstream_st *stream) const
{
    return stream == &legacy ||
           std::any_of(streams.begin(), streams.end(), [&](const auto &own) { return own.get() == stream; });
}

bool Device::pinnedHolds(const void *address, std::size_t bytes) const
{
    const auto *at = static_cast<const std::byte *>(address);
    const auto next = pinned.upper_bound(at);
    if (next == pinned.begin())
        return false;
    const auto &[start, size] = *std::prev(next);
    return std::size_t(at - start) <= size && bytes <= size - std::size_t(at - start);
}

void Device::fail(cudaError_t error, const std::string &text)
{
    if (sticky == cudaSuccess)
        sticky = error;
    if (!text.empty()) {
        fault = text;
        std::fprintf(stderr, "CUDA shim: %s\n", text.c_str());
    }
}

bool deviceCanRead(const void *address)
{
    const std::lock_guard lock(device().mutex);
    return device().memory.holds(address, 0) || device().pinnedHolds(address, 0);
}

void reset(const DeviceModel &model)
{
    Device &self = device();
    const std::lock_guard lock(self.mutex);
    self.streams.clear();
    self.legacy.queue.clear();
    self.legacy.capture.reset();
    for (CUevent_st *event : self.events)
        delete event;
    for (CUgraph_st *graph : self.graphs)
        delete graph;
    for (CUgraphExec_st *executable : self.executables)
        delete executable;
    self.events.clear();
    self.graphs.clear();
    self.executables.clear();
    self.dynamicSharedLimits.clear();
    self.memory.freeAll();
    self.pinned.clear();
    for (std::byte *memory : self.pinnedOwned)
        std::free(memory);
    self.pinnedOwned.clear();
    self.model = model;
    self.order = orderFromEnvironment();
    self.fault.clear();
    self.calls = {};
    self.mostDeviceBytes = 0;
    clearFailure();
}

void setOrder(const RunOrder &order)
{
    const std::lock_guard lock(device().mutex);
    device().order = order;
}

RunOrder order()
{
    const std::lock_guard lock(device().mutex);
    return device().order;
}

std::string fault()
{
    const std::lock_guard lock(device().mutex);
    return device().fault;
}

void planFailure(const PlannedFailure &failure)
{
    const std::lock_guard lock(device().mutex);
    device().planned = failure;
    device().plannedHappened = false;
}

bool failureHappened()
{
    const std::lock_guard lock(device().mutex);
    return device().plannedHappened;
}

void clearFailure()
{
    Device &self = device();
    const std::lock_guard lock(self.mutex);
    self.planned.reset();
    self.plannedHappened = false;
    self.sticky = cudaSuccess;
    t_lastError = cudaSuccess;
}

Counts counts()
{
    const Device &self = device();
    const std::lock_guard lock(device().mutex);
    Counts result;
    result.calls = self.calls;
    result.deviceBytes = self.memory.bytes();
    result.deviceAllocations = self.memory.count();
    for (const auto &[at, bytes] : self.pinned)
        result.pinnedBytes += bytes;
    result.pinnedAllocations = self.pinned.size();
    result.streams = self.streams.size();
    result.events = self.events.size();
    result.graphs = self.graphs.size();
    result.executables = self.executables.size();
    result.mostDeviceBytes = self.mostDeviceBytes;
    return result;
}

std::size_t sharedVariables()
{
    return SharedVariables::instance().count();
}

} // namespace shim

cudaError_t cudaGetLastError()
{
    const cudaError_t error = shim::t_lastError;
    const std::lock_guard lock(shim::device().mutex);
    shim::t_lastError = shim::device().sticky;
    return error;
}

cudaError_t cudaPeekAtLastError()
{
    return shim::t_lastError;
}
