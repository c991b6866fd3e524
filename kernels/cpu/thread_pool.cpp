#include "kernels/cpu/thread_pool.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <span>
#include <string>

#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace kernels {

namespace {

void pauseProcessor()
{
#if defined(__x86_64__)
    _mm_pause();
#endif
}

// "core id:package id" of a processor; the processor's own number where the system does not say.
std::string coreOf(int processor)
{
    const std::string folder = "/sys/devices/system/cpu/cpu" + std::to_string(processor) + "/topology/";
    std::string core, package;
    std::ifstream(folder + "core_id") >> core;
    std::ifstream(folder + "physical_package_id") >> package;
    return core.empty() ? "cpu" + std::to_string(processor) : core + ":" + package;
}

struct Processors
{
    std::vector<int> ordered;
    unsigned cores = 1;
};

Processors findProcessors()
{
    Processors found;
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return found;
    std::set<std::string> cores;
    std::vector<int> siblings;
    for (int processor = 0; processor < CPU_SETSIZE; ++processor) {
        if (!CPU_ISSET(processor, &set))
            continue;
        if (cores.insert(coreOf(processor)).second)
            found.ordered.push_back(processor);
        else
            siblings.push_back(processor);
    }
    found.cores = std::max<unsigned>(1, static_cast<unsigned>(found.ordered.size()));
    found.ordered.insert(found.ordered.end(), siblings.begin(), siblings.end());
    return found;
}

// What the process was given when it was first asked. Later a thread would only see what pin() left of it.
const Processors &processors()
{
    static const Processors found = findProcessors();
    return found;
}

// A refusal only costs speed.
void runOn(std::span<const int> allowed)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    for (const int processor : allowed)
        CPU_SET(processor, &set);
    if (!allowed.empty())
        pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

// Asks the system for short turns on a busy processor: the share is the same, but a thread that was woken need not wait for
// another one's long turn to end, while its own kind wait for it at a barrier. 0: as usual. Before Linux 6.12 it is ignored.
void askForTurns(std::uint64_t nanoseconds)
{
    // As in linux/sched/types.h, which cannot be included beside sched.h.
    struct
    {
        std::uint32_t size, policy;
        std::uint64_t flags;
        std::int32_t nice;
        std::uint32_t priority;
        std::uint64_t runtime, deadline, period;
    } attributes{};
    if (syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) != 0 || attributes.policy != SCHED_OTHER)
        return;
    attributes.runtime = nanoseconds;
    syscall(SYS_sched_setattr, 0, &attributes, 0); // a refusal only costs speed
}

constexpr std::uint64_t kTurn = 100'000; // the least that is granted

// Long enough to bridge the phases of a token, short enough not to burn a processor that somebody else needs.
constexpr int kSpins = 4000;

} // namespace

std::vector<int> allowedProcessors()
{
    return processors().ordered;
}

void runOnAllowedProcessors()
{
    runOn(processors().ordered);
    askForTurns(0);
}

unsigned physicalCores()
{
    return processors().cores;
}

void Worker::barrier()
{
    barrier([] {});
}

Worker::Range Worker::shareOf(unsigned index, std::uint32_t total, std::uint32_t unit) const
{
    const std::uint64_t units = (std::uint64_t(total) + unit - 1) / unit;
    const auto edge = [&](unsigned i) {
        return static_cast<std::uint32_t>(std::min<std::uint64_t>(total, units * i / m_count * unit));
    };
    return {edge(index), edge(index + 1)};
}

// The next piece of the owner's part in this sharing, or `pieces` where none is left. The counter says which sharing it
// counts: an earlier one begins anew, and a later one means that the owner, or a helper, found nothing left in this one.
std::uint32_t Worker::takePiece(unsigned owner, std::uint32_t pieces) const
{
    constexpr int kPieceBits = 20; // and 44 for sharings: more than a year
    const std::uint64_t sharing = m_pool.m_region * kSharings + m_sharings;
    std::atomic<std::uint64_t> &taken = m_pool.m_taken[owner].pieces;
    std::uint64_t now = taken.load(std::memory_order_relaxed);
    for (;;) {
        const std::uint64_t counted = now >> kPieceBits;
        const auto piece = counted == sharing ? static_cast<std::uint32_t>(now & ((1u << kPieceBits) - 1)) : 0;
        if (counted > sharing || piece >= pieces)
            return pieces;
        if (taken.compare_exchange_weak(now, sharing << kPieceBits | (piece + 1), std::memory_order_relaxed))
            return piece;
    }
}

ThreadPool::ThreadPool(unsigned threads)
    : m_count(std::max(1u, threads)), m_processors(allowedProcessors()),
      m_spins(m_processors.size() < m_count ? 0 : kSpins), m_taken(m_count)
{
    for (unsigned i = 1; i < m_count; ++i)
        m_workers.emplace_back([this, i] { workerMain(i); });
}

ThreadPool::~ThreadPool()
{
    m_quit = true;
    m_generation.fetch_add(1, std::memory_order_release);
    m_generation.notify_all();
    if (m_pinnedCaller == std::this_thread::get_id()) {
        runOn(m_processors);
        askForTurns(0);
    }
}

void ThreadPool::awaitChange(const std::atomic<std::uint32_t> &value, std::uint32_t old) const
{
    for (int i = 0; i < m_spins; ++i) {
        if (value.load(std::memory_order_acquire) != old)
            return;
        pauseProcessor();
    }
    while (value.load(std::memory_order_acquire) == old)
        value.wait(old, std::memory_order_acquire);
}

bool ThreadPool::arrive()
{
    const std::uint32_t phase = m_phase.load(std::memory_order_relaxed);
    if (m_arrived.fetch_add(1, std::memory_order_acq_rel) + 1 == m_count)
        return true;
    awaitChange(m_phase, phase);
    return false;
}

void ThreadPool::release()
{
    m_arrived.store(0, std::memory_order_relaxed);
    ++m_region;
    m_phase.fetch_add(1, std::memory_order_release);
    m_phase.notify_all();
}

void ThreadPool::pin(unsigned index)
{
    // With more threads than processors the system shares them out better than we can. A thread has the processors of the
    // one that started it, which may have been pinned.
    const std::span<const int> all = m_processors;
    runOn(m_processors.size() < m_count ? all : all.subspan(index, 1));
    askForTurns(kTurn);
}

void ThreadPool::workerMain(unsigned index)
{
    pin(index);
    Worker worker(*this, index, m_count);
    std::uint32_t seen = 0;
    for (;;) {
        awaitChange(m_generation, seen);
        seen = m_generation.load(std::memory_order_acquire);
        if (m_quit)
            return;
        m_call(m_context, worker);
        worker.barrier();
    }
}

void ThreadPool::runErased(Call call, void *context)
{
    Worker caller(*this, 0, m_count);
    if (m_count > 1) {
        if (m_pinnedCaller != std::this_thread::get_id()) {
            pin(0);
            m_pinnedCaller = std::this_thread::get_id();
        }
        m_call = call;
        m_context = context;
        m_generation.fetch_add(1, std::memory_order_release);
        m_generation.notify_all();
    }
    call(context, caller);
    caller.barrier();
}

} // namespace kernels
