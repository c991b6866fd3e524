// The state of the block that runs, and the rules by which its lanes meet. How a lane waits is up to
// fibers.cpp or lane_threads.cpp.
#pragma once

#include "tests/support/cuda_shim/lanes.h"

#include <memory>
#include <string>
#include <vector>

namespace shim {

struct Lane;

// Thrown out of the kernel in every lane of a block that failed.
struct LaneAborted
{};

struct Meeting
{
    unsigned mask = 0, arrived = 0, left = 0;
    Reason reason = Reason::Barrier;
    Site site;
    alignas(16) std::byte slots[32][kSlotBytes];
};

struct Warp
{
    unsigned members = 0; // lanes that exist
    unsigned gone = 0;    // lanes that left the kernel
    std::vector<std::unique_ptr<Meeting>> all;
    std::vector<Meeting *> open; // some lane is still to come
    std::vector<Meeting *> free;
};

struct Lane : LaneView
{
    unsigned index = 0;    // in its block
    unsigned position = 0; // in the order of turns
    Warp *warp = nullptr;
    bool finished = false;
    // Where it waits; nothing while it runs.
    const char *waitsFor = nullptr;
    Site waitsAt;
    // The fiber, and what sanitizers know of it.
    void *stackPointer = nullptr;
    std::byte *stack = nullptr;
    void *sanitizerStack = nullptr, *sanitizerThread = nullptr;
};

struct Block
{
    std::vector<Lane> lanes; // the first `count` are in use
    std::vector<Warp> warps;
    unsigned count = 0;
    unsigned live = 0;       // lanes that have not left
    unsigned arrived = 0;    // at the barrier of the block
    unsigned generation = 0; // barriers passed
    Site barrierSite;
    BlockVote vote = BlockVote::None;
    int counted = 0, voteResult = 0;
    unsigned leftFirst = 0; // a lane that left while others are in the kernel
    bool failed = false;
    std::string problem; // of the first fault
    const void *kernel = nullptr;
};

Block &currentBlock();
Lane &currentLane();

// Waits until wakeLane() names this lane. Throws LaneAborted when the block failed; when nobody is left to
// run, it fails.
void parkLane(Lane &lane);
void wakeLane(Lane &lane);

[[noreturn]] void failBlock(const std::string &problem, Site site);
void recordFault(const std::string &problem, Site site, const Lane &lane);
void wakeAll();
std::string describeWaiting(const Block &block); // "nobody can go on: ..."
void leaveKernel(Lane &lane);                    // bookkeeping of a lane that returned

// Memory order between lanes for the thread sanitizer; nothing without it.
void releaseTo(const void *token);
void acquireFrom(const void *token);

} // namespace shim
