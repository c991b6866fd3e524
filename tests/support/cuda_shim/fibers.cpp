// Lanes as fibers: stacks of their own on one thread, switched where they meet.
//
// To the thread sanitizer every lane is a thread, without any order among them but what the kernel's own
// barriers make (releaseTo(), acquireFrom()): it finds races whatever order lanes run in. A shuffle or a vote
// orders nothing, as on the device; blocks come one after the other, and that order it does see.
#include "tests/support/cuda_shim/block.h"
#include "tests/support/cuda_shim/lane_runner.h"

#include <sys/mman.h>

#include <cstdlib>
#include <exception>
#include <new>

#if defined(__has_feature)
#define BALEEN_SHIM_ASAN __has_feature(address_sanitizer)
#elif defined(__SANITIZE_ADDRESS__)
#define BALEEN_SHIM_ASAN 1
#else
#define BALEEN_SHIM_ASAN 0
#endif
#if BALEEN_SHIM_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

#ifdef BALEEN_SHIM_TSAN
// The thread sanitizer's runtime, which the program is linked with; this file is compiled without it.
extern "C" {
void *__tsan_get_current_fiber();
void *__tsan_create_fiber(unsigned flags);
void __tsan_switch_to_fiber(void *fiber, unsigned flags);
void __tsan_acquire(void *token);
void __tsan_release(void *token);
}
#endif

#ifndef __x86_64__
#error "The switch of stacks below is written for x86-64."
#endif

// Saves the registers that a function must keep on the stack, leaves the stack pointer at *from and goes on
// where `to` was left.
extern "C" void baleenShimSwitch(void **from, void *to);
asm(R"(
    .text
    .globl baleenShimSwitch
    .hidden baleenShimSwitch
    .type baleenShimSwitch, @function
baleenShimSwitch:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
    .size baleenShimSwitch, .-baleenShimSwitch
)");

namespace shim {

LaneView *g_lane = nullptr;

namespace {

// Frames are larger where sanitizers keep room around every variable.
constexpr std::size_t kStackBytes = BALEEN_SHIM_ASAN ? 256 << 10 : 64 << 10;
constexpr std::size_t kPage = 4096;
constexpr unsigned kMostLanes = 1024;

// Lanes that may have a turn, by their position in the order.
struct ReadySet
{
    std::uint64_t words[kMostLanes / 64] = {};

    void add(unsigned position) { words[position / 64] |= std::uint64_t(1) << position % 64; }
    void remove(unsigned position) { words[position / 64] &= ~(std::uint64_t(1) << position % 64); }
    // The next one behind `position`, from the beginning again; -1 when there is none.
    int after(unsigned position) const
    {
        const unsigned start = (position + 1) % kMostLanes;
        for (unsigned i = 0; i <= kMostLanes / 64; ++i) {
            const unsigned word = (start / 64 + i) % (kMostLanes / 64);
            std::uint64_t bits = words[word];
            if (i == 0)
                bits &= ~std::uint64_t(0) << start % 64;
            if (bits)
                return int(word * 64 + unsigned(std::countr_zero(bits)));
        }
        return -1;
    }
};

struct Fibers
{
    Block block;
    std::vector<unsigned> laneAt; // by position
    ReadySet ready;
    const std::function<void()> *body = nullptr;
    void *mainStack = nullptr; // of the thread that runs the block, saved
    const void *mainBottom = nullptr;
    std::size_t mainBytes = 0;
    std::uint64_t switches = 0;
    void *mainThread = nullptr; // as the thread sanitizer knows it
    char begun = 0, left = 0;   // tokens: lanes come after the start of their block, its end after them
};

Fibers g_fibers;

// The thread that a lane is to the thread sanitizer. There are as many as the largest block had.
void *sanitizerThread([[maybe_unused]] unsigned lane)
{
#ifdef BALEEN_SHIM_TSAN
    static std::vector<void *> threads;
    while (threads.size() <= lane)
        threads.push_back(__tsan_create_fiber(0));
    return threads[lane];
#else
    return nullptr;
#endif
}

std::byte *stackOf(unsigned lane)
{
    static std::byte *const stacks = [] {
        constexpr std::size_t kEach = kStackBytes + kPage;
        void *memory = ::mmap(nullptr, kMostLanes * kEach, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
        if (memory == MAP_FAILED)
            throw std::bad_alloc();
        auto *base = static_cast<std::byte *>(memory);
        for (unsigned i = 0; i < kMostLanes; ++i) // a stack that overflows ends the program there
            ::mprotect(base + i * kEach, kPage, PROT_NONE);
        return base;
    }();
    return stacks + lane * (kStackBytes + kPage) + kPage;
}

// Leaves `saved` behind and goes on with the lane, or with the thread that runs the block.
void switchTo(Lane *next, void **saved, [[maybe_unused]] void **sanitizerStack)
{
    ++g_fibers.switches;
    g_lane = next;
#if BALEEN_SHIM_ASAN
    __sanitizer_start_switch_fiber(sanitizerStack, next ? next->stack : g_fibers.mainBottom,
                                   next ? kStackBytes : g_fibers.mainBytes);
#endif
#ifdef BALEEN_SHIM_TSAN
    constexpr unsigned kNoOrder = 1; // the switch itself orders nothing
    __tsan_switch_to_fiber(next ? next->sanitizerThread : g_fibers.mainThread, kNoOrder);
#endif
    baleenShimSwitch(saved, next ? next->stackPointer : g_fibers.mainStack);
#if BALEEN_SHIM_ASAN
    __sanitizer_finish_switch_fiber(sanitizerStack ? *sanitizerStack : nullptr, nullptr, nullptr);
#endif
}

Lane *nextReady(unsigned position)
{
    const int next = g_fibers.ready.after(position);
    return next < 0 ? nullptr : &g_fibers.block.lanes[g_fibers.laneAt[unsigned(next)]];
}

// Where a fiber begins.
[[noreturn]] void enterLane()
{
#if BALEEN_SHIM_ASAN
    const void *bottom = nullptr;
    std::size_t bytes = 0;
    __sanitizer_finish_switch_fiber(nullptr, &bottom, &bytes);
    if (!g_fibers.mainBottom) { // the first fiber comes from the thread itself
        g_fibers.mainBottom = bottom;
        g_fibers.mainBytes = bytes;
    }
#endif
    Lane &lane = currentLane();
    acquireFrom(&g_fibers.begun);
    if (!g_fibers.block.failed)
        runBody(*g_fibers.body);
    releaseTo(&g_fibers.left);
    g_fibers.ready.remove(lane.position);
    leaveKernel(lane);
    Lane *next = nextReady(lane.position);
    if (!next && g_fibers.block.live > 0) {
        recordFault(describeWaiting(g_fibers.block), {}, lane);
        next = nextReady(lane.position);
    }
    switchTo(next, &lane.stackPointer, nullptr);
    std::abort();
}

void prepareStack(Lane &lane)
{
    lane.stack = stackOf(lane.index);
#if BALEEN_SHIM_ASAN
    __asan_unpoison_memory_region(lane.stack + kStackBytes - kPage, kPage); // what the last one left
#endif
    auto **top = reinterpret_cast<void **>(lane.stack + kStackBytes);
    *--top = nullptr; // no caller
    *--top = reinterpret_cast<void *>(&enterLane);
    for (int i = 0; i < 6; ++i)
        *--top = nullptr;
    lane.stackPointer = top;
    lane.sanitizerStack = nullptr;
    lane.sanitizerThread = sanitizerThread(lane.index);
}

} // namespace

Block &currentBlock()
{
    return g_fibers.block;
}

Lane &currentLane()
{
    return static_cast<Lane &>(*g_lane);
}

#ifdef BALEEN_SHIM_TSAN
void releaseTo(const void *token)
{
    __tsan_release(const_cast<void *>(token));
}

void acquireFrom(const void *token)
{
    __tsan_acquire(const_cast<void *>(token));
}
#else
void releaseTo(const void *) {}
void acquireFrom(const void *) {}
#endif

void wakeLane(Lane &lane)
{
    lane.waitsFor = nullptr;
    g_fibers.ready.add(lane.position);
}

void parkLane(Lane &lane)
{
    g_fibers.ready.remove(lane.position);
    Lane *next = nextReady(lane.position);
    if (!next) {
        const std::string problem = describeWaiting(g_fibers.block);
        failBlock(problem, {});
    }
    switchTo(next, &lane.stackPointer, &lane.sanitizerStack);
    if (g_fibers.block.failed)
        throw LaneAborted();
}

void yieldLane()
{
    Lane &lane = currentLane();
    Lane *next = nextReady(lane.position);
    if (next != &lane)
        switchTo(next, &lane.stackPointer, &lane.sanitizerStack);
    if (g_fibers.block.failed)
        throw LaneAborted();
}

void runLanes(const std::vector<unsigned> &order, const std::function<void()> &body)
{
    g_fibers.laneAt = order;
    g_fibers.ready = {};
    g_fibers.body = &body;
    for (unsigned position = 0; position < order.size(); ++position) {
        Lane &lane = g_fibers.block.lanes[order[position]];
        lane.position = position;
        prepareStack(lane);
        g_fibers.ready.add(position);
    }
    g_fibers.mainBottom = nullptr;
#ifdef BALEEN_SHIM_TSAN
    g_fibers.mainThread = __tsan_get_current_fiber();
#endif
    releaseTo(&g_fibers.begun);
    void *sanitizerStack = nullptr;
    switchTo(&g_fibers.block.lanes[order.front()], &g_fibers.mainStack, &sanitizerStack);
    acquireFrom(&g_fibers.left);
}

std::uint64_t laneSwitches()
{
    return g_fibers.switches;
}

} // namespace shim
