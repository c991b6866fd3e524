// Lanes as threads of the system, for the thread sanitizer: it then sees which accesses of a kernel are
// ordered by its barriers and which are not. This library is compiled without it and waits by system calls
// that it does not know, so that the only order it learns of is the kernel's own (releaseTo(),
// acquireFrom()).
//
// A shuffle or a vote orders nothing, as on the device; blocks come one after the other, and that order it
// does see.
#ifdef BALEEN_SHIM_THREADS

#include "tests/support/cuda_shim/block.h"
#include "tests/support/cuda_shim/lane_runner.h"
#include "tests/support/cuda_shim/scheduler.h"

#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>
#include <thread>

// The thread sanitizer's runtime, which the program is linked with.
extern "C" void __tsan_acquire(void *token);
extern "C" void __tsan_release(void *token);

namespace shim {

thread_local LaneView *t_lane = nullptr;

namespace {

constexpr unsigned kMostLanes = 1024;

void sleepWhile(const std::uint32_t &word, std::uint32_t value)
{
    ::syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, value, nullptr, nullptr, 0);
}

void wake(const std::uint32_t &word, int sleepers)
{
    ::syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, sleepers, nullptr, nullptr, 0);
}

std::uint32_t load(const std::uint32_t &word)
{
    return __atomic_load_n(&word, __ATOMIC_ACQUIRE);
}

// Everything here outlives the threads, which are never joined.
struct Threads
{
    Block block;
    std::uint32_t lock = 0;               // 0 free, 1 taken, 2 taken and waited for
    std::uint32_t begun[kMostLanes] = {}; // blocks that each thread was called to
    std::uint32_t left = 0;               // lanes of this one that are through
    unsigned running = 0;                 // lanes that neither wait nor are through
    unsigned started = 0;                 // threads
    const std::function<void()> *body = nullptr;
    std::uint64_t switches = 0;
};

Threads &threads()
{
    static auto *const all = new Threads;
    return *all;
}

void runLane(Lane &lane)
{
    Threads &all = threads();
    t_lane = &lane;
    acquireFrom(all.begun);
    runBody(*all.body);
    releaseTo(&all.left);
    lockBlock();
    leaveKernel(lane);
    if (--all.running == 0 && all.block.live > 0)
        recordFault(describeWaiting(all.block), {}, lane);
    const std::uint32_t left = __atomic_add_fetch(&all.left, 1, __ATOMIC_ACQ_REL);
    const bool last = left == all.block.count;
    unlockBlock();
    if (last)
        wake(all.left, INT_MAX);
}

void serve(unsigned index)
{
    Threads &all = threads();
    for (std::uint32_t done = 0;; ++done) {
        while (load(all.begun[index]) == done)
            sleepWhile(all.begun[index], done);
        runLane(all.block.lanes[index]);
    }
}

} // namespace

Block &currentBlock()
{
    return threads().block;
}

Lane &currentLane()
{
    return static_cast<Lane &>(*t_lane);
}

void lockBlock()
{
    std::uint32_t &lock = threads().lock;
    std::uint32_t state = 0;
    if (__atomic_compare_exchange_n(&lock, &state, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE))
        return;
    while (__atomic_exchange_n(&lock, 2, __ATOMIC_ACQUIRE) != 0)
        sleepWhile(lock, 2);
}

void unlockBlock()
{
    std::uint32_t &lock = threads().lock;
    if (__atomic_exchange_n(&lock, 0, __ATOMIC_RELEASE) == 2)
        wake(lock, 1);
}

void releaseTo(const void *token)
{
    __tsan_release(const_cast<void *>(token));
}

void acquireFrom(const void *token)
{
    __tsan_acquire(const_cast<void *>(token));
}

void wakeLane(Lane &lane)
{
    lane.waitsFor = nullptr;
    ++threads().running;
    __atomic_store_n(&lane.awake, 1, __ATOMIC_RELEASE);
    wake(lane.awake, 1);
}

void parkLane(Lane &lane)
{
    Threads &all = threads();
    __atomic_store_n(&lane.awake, 0, __ATOMIC_RELEASE);
    ++all.switches;
    if (--all.running == 0)
        failBlock(describeWaiting(all.block), {});
    unlockBlock();
    while (load(lane.awake) == 0)
        sleepWhile(lane.awake, 0);
    lockBlock();
    if (all.block.failed)
        throw LaneAborted();
}

void yieldLane()
{
    ::sched_yield();
    lockBlock();
    const bool failed = threads().block.failed;
    unlockBlock();
    if (failed)
        throw LaneAborted();
}

void runLanes(const std::vector<unsigned> &order, const std::function<void()> &body)
{
    Threads &all = threads();
    all.body = &body;
    all.running = unsigned(order.size());
    __atomic_store_n(&all.left, 0, __ATOMIC_RELEASE);
    for (; all.started < order.size(); ++all.started)
        std::thread(serve, all.started).detach();
    releaseTo(all.begun);
    for (const unsigned lane : order) {
        __atomic_add_fetch(&all.begun[lane], 1, __ATOMIC_ACQ_REL);
        wake(all.begun[lane], 1);
    }
    while (true) {
        const std::uint32_t left = load(all.left);
        if (left == order.size())
            break;
        sleepWhile(all.left, left);
    }
    acquireFrom(&all.left);
}

std::uint64_t laneSwitches()
{
    return threads().switches;
}

} // namespace shim

#endif
