// What a kernel sees of the block it runs in: its lane, and the places where lanes meet. A block's threads
// are fibers of one thread of the system.
#pragma once

#include "tests/support/cuda_shim/vector_types.h"

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace shim {

struct Block;
struct Warp;
struct Meeting;

// A place in a kernel's source.
struct Site
{
    const char *file = "";
    unsigned line = 0;

    static constexpr Site here(const char *file = __builtin_FILE(), unsigned line = __builtin_LINE())
    {
        return {file, line};
    }
};

// What every thread of a kernel may read of itself. The rest of it is the scheduler's (scheduler.h).
struct LaneView
{
    uint3 threadIndex{};
    uint3 blockIndex{};
    dim3 blockSize;
    dim3 gridSize;
    unsigned lane = 0;    // in its warp
    unsigned members = 0; // of its warp that exist, as a mask: the last warp of a block may be part of one
    std::byte *dynamicShared = nullptr;
};

extern LaneView *g_lane;
inline const LaneView &self()
{
    return *g_lane;
}

// Why lanes meet. Lanes that come to one meeting for different reasons are a fault of the kernel.
enum class Reason { Barrier, Shuffle, Vote, Fragments };

enum class BlockVote { None, Count, And, Or };

// __syncthreads() and its kin. A lane that leaves the kernel or waits elsewhere is a fault.
int meetBlock(BlockVote vote, bool predicate, Site site);

// The most that a lane can bring to a meeting of its warp.
inline constexpr std::size_t kSlotBytes = 64;

// Waits until all lanes of `mask` have come, each with `bytes` bytes at `mine`; leaveMeeting() frees what was
// brought. Only Reason::Barrier orders memory between the lanes, as on the device.
Meeting *meetWarp(unsigned mask, Reason reason, const void *mine, std::size_t bytes, Site site);
const std::byte *slotOf(const Meeting *meeting, unsigned lane);
void leaveMeeting(Meeting *meeting);

// The kernel did what the device leaves undefined: ends the block, and the stream with
// cudaErrorLaunchFailure.
[[noreturn]] void kernelFault(const char *what, Site site);

// Gives other lanes a turn, in no defined order: what a lane that polls must do.
void yieldLane();

// What the lanes of a warp bring to each other, a value each: the primitive of shuffles, votes and matrix
// fragments. Every lane of `mask` makes one at the same time; it reads those of all.
template <class T> class Exchange
{
public:
    static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= kSlotBytes && alignof(T) <= 16);

    Exchange(unsigned mask, const T &mine, Reason reason = Reason::Fragments, Site site = Site::here())
        : m_meeting(meetWarp(mask, reason, &mine, sizeof mine, site)), m_mask(mask & self().members),
          m_site(site)
    {}
    ~Exchange() { leaveMeeting(m_meeting); }
    Exchange(const Exchange &) = delete;
    Exchange &operator=(const Exchange &) = delete;

    unsigned mask() const { return m_mask; }
    const T &operator[](unsigned lane) const
    {
        if (lane >= 32 || !(m_mask >> lane & 1))
            kernelFault("a lane reads another that is not in the mask", m_site);
        return *reinterpret_cast<const T *>(slotOf(m_meeting, lane));
    }

private:
    Meeting *m_meeting;
    unsigned m_mask;
    Site m_site;
};

} // namespace shim
