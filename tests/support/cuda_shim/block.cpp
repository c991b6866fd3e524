#include "tests/support/cuda_shim/block.h"

#include <algorithm>
#include <cstring>

namespace shim {

namespace {

#ifndef BALEEN_SHIM_TSAN
void copyBytes(std::byte *to, const void *from, std::size_t bytes)
{
    if (bytes > 0)
        std::memcpy(to, from, bytes);
}
#else
// Not memcpy(): the thread sanitizer would take what the scheduler copies for accesses of the kernel.
void copyBytes(std::byte *to, const void *from, std::size_t bytes)
{
    const auto *source = static_cast<const volatile std::byte *>(from);
    for (std::size_t i = 0; i < bytes; ++i)
        to[i] = source[i];
}
#endif

std::string nameOf(const Lane &lane)
{
    const auto triple = [](unsigned x, unsigned y, unsigned z) {
        std::string text = std::to_string(x);
        if (y || z)
            text += "," + std::to_string(y);
        if (z)
            text += "," + std::to_string(z);
        return text;
    };
    return "thread " + triple(lane.threadIndex.x, lane.threadIndex.y, lane.threadIndex.z) + " of block " +
           triple(lane.blockIndex.x, lane.blockIndex.y, lane.blockIndex.z);
}

std::string placeOf(Site site)
{
    std::string file = site.file;
    return file.substr(file.rfind('/') + 1) + ":" + std::to_string(site.line);
}

const char *wordFor(Reason reason)
{
    switch (reason) {
    case Reason::Barrier:
        return "__syncwarp";
    case Reason::Shuffle:
        return "a shuffle";
    case Reason::Vote:
        return "a vote";
    case Reason::Fragments:
        break;
    }
    return "an exchange of fragments";
}

Meeting *openMeeting(Warp &warp, unsigned mask, Reason reason, Site site)
{
    for (Meeting *meeting : warp.open)
        if (meeting->mask == mask) {
            if (meeting->reason != reason)
                failBlock(std::string("it comes to ") + wordFor(reason) +
                              " while others of its mask are at " + wordFor(meeting->reason) + " (" +
                              placeOf(meeting->site) + ")",
                          site);
            return meeting;
        }
    if (warp.free.empty()) {
        warp.all.push_back(std::make_unique<Meeting>());
        warp.free.push_back(warp.all.back().get());
    }
    Meeting *meeting = warp.free.back();
    warp.free.pop_back();
    meeting->mask = mask;
    meeting->arrived = meeting->left = 0;
    meeting->reason = reason;
    meeting->site = site;
    warp.open.push_back(meeting);
    return meeting;
}

int resultOf(BlockVote vote, int counted, unsigned count)
{
    switch (vote) {
    case BlockVote::None:
        return 0;
    case BlockVote::Count:
        return counted;
    case BlockVote::And:
        return counted == int(count);
    case BlockVote::Or:
        return counted != 0;
    }
    return 0;
}

} // namespace

void recordFault(const std::string &problem, Site site, const Lane &lane)
{
    Block &block = currentBlock();
    if (!block.failed) {
        block.failed = true;
        block.problem = (site.line ? placeOf(site) + ": " : std::string()) + nameOf(lane) + ": " + problem;
    }
    wakeAll();
}

void failBlock(const std::string &problem, Site site)
{
    recordFault(problem, site, currentLane());
    throw LaneAborted();
}

void kernelFault(const char *what, Site site)
{
    failBlock(what, site);
}

void wakeAll()
{
    Block &block = currentBlock();
    for (unsigned i = 0; i < block.count; ++i)
        if (block.lanes[i].waitsFor)
            wakeLane(block.lanes[i]);
}

std::string describeWaiting(const Block &block)
{
    std::string text = "nobody can go on:";
    int named = 0;
    for (unsigned i = 0; i < block.count && named < 4; ++i) {
        const Lane &lane = block.lanes[i];
        if (!lane.waitsFor)
            continue;
        // One for each place.
        const auto samePlace = [&](const Lane &other) {
            return other.waitsFor && other.waitsAt.line == lane.waitsAt.line &&
                   other.waitsAt.file == lane.waitsAt.file;
        };
        if (std::any_of(block.lanes.begin(), block.lanes.begin() + i, samePlace))
            continue;
        text += (named++ ? ", " : " ") + nameOf(lane) + " waits at " + lane.waitsFor + " (" +
                placeOf(lane.waitsAt) + ")";
    }
    return text;
}

void leaveKernel(Lane &lane)
{
    Block &block = currentBlock();
    lane.finished = true;
    --block.live;
    block.leftFirst = lane.index;
    lane.warp->gone |= 1u << lane.lane;
    if (block.failed)
        return;
    if (block.arrived > 0)
        return recordFault("it left the kernel while others wait at a barrier of the block",
                           block.barrierSite, lane);
    for (const Meeting *meeting : lane.warp->open)
        if (meeting->mask >> lane.lane & 1)
            return recordFault(std::string("it left the kernel while others wait for it at ") +
                                   wordFor(meeting->reason),
                               meeting->site, lane);
}

int meetBlock(BlockVote vote, bool predicate, Site site)
{
    Lane &lane = currentLane();
    Block &block = currentBlock();
    if (block.live < block.count)
        failBlock("a barrier of the block, which thread " + std::to_string(block.leftFirst) +
                      " left the kernel without",
                  site);
    if (block.arrived == 0) {
        block.barrierSite = site;
        block.vote = vote;
        block.counted = 0;
    } else if (block.barrierSite.line != site.line || std::string_view(block.barrierSite.file) != site.file) {
        failBlock("threads of a block wait at different barriers, this one and " + placeOf(block.barrierSite),
                  site);
    }
    // Two tokens in turn: nobody comes to the barrier after the next before all have left this one.
    const void *token = reinterpret_cast<std::byte *>(&block) + (block.generation & 1);
    releaseTo(token);
    block.counted += predicate;
    if (++block.arrived == block.count) {
        block.arrived = 0;
        ++block.generation;
        block.voteResult = resultOf(block.vote, block.counted, block.count);
        for (unsigned i = 0; i < block.count; ++i)
            if (&block.lanes[i] != &lane)
                wakeLane(block.lanes[i]);
    } else {
        lane.waitsFor = "__syncthreads";
        lane.waitsAt = site;
        parkLane(lane);
    }
    acquireFrom(token);
    return block.voteResult;
}

Meeting *meetWarp(unsigned mask, Reason reason, const void *mine, std::size_t bytes, Site site)
{
    Lane &lane = currentLane();
    Warp &warp = *lane.warp;
    if (!(mask >> lane.lane & 1))
        failBlock("the mask leaves out the lane that gives it", site);
    mask &= warp.members; // lanes beyond the block's end do not exist
    if (mask & warp.gone)
        failBlock("the mask names lane " + std::to_string(__builtin_ctz(mask & warp.gone)) +
                      ", which left the kernel",
                  site);
    Meeting *meeting = openMeeting(warp, mask, reason, site);
    copyBytes(meeting->slots[lane.lane], mine, bytes);
    if (reason == Reason::Barrier)
        releaseTo(meeting);
    meeting->arrived |= 1u << lane.lane;
    if (meeting->arrived == mask) {
        warp.open.erase(std::find(warp.open.begin(), warp.open.end(), meeting));
        for (unsigned other = 0; other < 32; ++other)
            if (mask >> other & 1 && other != lane.lane)
                wakeLane((&lane - lane.lane)[other]);
    } else {
        lane.waitsFor = wordFor(reason);
        lane.waitsAt = site;
        parkLane(lane);
    }
    if (reason == Reason::Barrier)
        acquireFrom(meeting);
    return meeting;
}

const std::byte *slotOf(const Meeting *meeting, unsigned lane)
{
    return meeting->slots[lane];
}

void leaveMeeting(Meeting *meeting)
{
    Lane &lane = currentLane();
    meeting->left |= 1u << lane.lane;
    if (meeting->left == meeting->mask)
        lane.warp->free.push_back(meeting);
}

} // namespace shim
