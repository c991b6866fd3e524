#include "tests/support/cuda_shim/scheduler.h"

#include "tests/support/cuda_shim/block.h"
#include "tests/support/cuda_shim/lane_runner.h"
#include "tests/support/cuda_shim/shared_memory.h"

#include <algorithm>
#include <exception>
#include <numeric>
#include <random>

namespace shim {

namespace {

std::vector<std::uint32_t> orderOf(std::uint64_t count, const RunOrder &order, std::uint64_t salt)
{
    std::vector<std::uint32_t> result(count);
    std::iota(result.begin(), result.end(), 0u);
    if (order.kind == RunOrder::Descending)
        std::reverse(result.begin(), result.end());
    if (order.kind == RunOrder::Shuffled)
        std::shuffle(result.begin(), result.end(), std::mt19937_64(order.seed * 0x9e3779b97f4a7c15u + salt));
    return result;
}

void prepareBlock(const KernelRun &run, unsigned index, std::byte *dynamicShared)
{
    Block &block = currentBlock();
    const unsigned count = run.block.x * run.block.y * run.block.z;
    if (block.lanes.size() < count)
        block.lanes.resize(count);
    block.warps.resize((count + 31) / 32);
    block.count = block.live = count;
    block.arrived = 0;
    block.generation = 0;
    block.failed = false;
    block.problem.clear();
    block.kernel = run.kernel;
    for (std::size_t i = 0; i < block.warps.size(); ++i) {
        Warp &warp = block.warps[i];
        const unsigned members = std::min<unsigned>(32, count - unsigned(i) * 32);
        warp.members = members == 32 ? 0xffffffffu : (1u << members) - 1;
        warp.gone = 0;
        warp.open.clear();
        warp.free.clear();
        for (const auto &meeting : warp.all)
            warp.free.push_back(meeting.get());
    }
    for (unsigned i = 0; i < count; ++i) {
        Lane &lane = block.lanes[i];
        lane.threadIndex = {i % run.block.x, i / run.block.x % run.block.y, i / run.block.x / run.block.y};
        lane.blockIndex = {index % run.grid.x, index / run.grid.x % run.grid.y,
                           index / run.grid.x / run.grid.y};
        lane.blockSize = run.block;
        lane.gridSize = run.grid;
        lane.lane = i % 32;
        lane.warp = &block.warps[i / 32];
        lane.members = lane.warp->members;
        lane.dynamicShared = dynamicShared;
        lane.index = i;
        lane.finished = false;
        lane.waitsFor = nullptr;
    }
}

} // namespace

void runBody(const std::function<void()> &body)
{
    try {
        body();
    } catch (const LaneAborted &) {
    } catch (...) {
        recordFault("the kernel threw an exception", {}, currentLane());
    }
}

std::optional<std::string> runKernel(const KernelRun &run, const RunOrder &order)
{
    SharedVariables &variables = SharedVariables::instance();
    DynamicShared dynamic(run.dynamicShared);
    const std::uint64_t blocks = std::uint64_t(run.grid.x) * run.grid.y * run.grid.z;
    const std::uint64_t threads = std::uint64_t(run.block.x) * run.block.y * run.block.z;
    std::vector<std::uint32_t> lanes = orderOf(threads, order, 0);
    for (const std::uint32_t index : orderOf(blocks, order, blocks)) {
        if (order.kind == RunOrder::Shuffled)
            lanes = orderOf(threads, order, index + 1);
        dynamic.spoil();
        prepareBlock(run, index, dynamic.data());
        runLanes(lanes, run.body);
        variables.afterBlock(run.kernel);
        std::string problem = currentBlock().problem;
        if (problem.empty() && !dynamic.guardsIntact())
            problem = "block " + std::to_string(index) + " wrote past the end of its dynamic shared memory";
        if (!problem.empty())
            return functionName(run.kernel) + ": " + problem;
    }
    return {};
}

} // namespace shim
