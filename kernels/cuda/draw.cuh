// From a row of logits to a token, as inference::Sampler does it, bit by bit: the same arithmetic (kernels/sampling.h) in the
// same order of additions. What the order leaves free is parallel: exponentials, lanes of runs, comparisons. What it does not is
// a few dozen additions of one thread, as many as there are candidates.
//
// A row of 150,000 logits is 600 kB, which the head has just written to the L2 cache. scanLogitsKernel reads it once;
// sumLogitsKernel once more, where a sum over the vocabulary is wanted: of the probabilities that the host shows, top-p without
// top-k, no filter at all; drawKernel looks at the maxima, 9 kB, and then at the blocks of 64 that hold candidates.
#pragma once

#include "kernels/cuda/tasks.h"

namespace kernels::cuda {

inline constexpr std::uint32_t kDrawThreads = 1024; // of drawKernel, at most

// What the options ask for.
KERNELS_DEVICE bool isGreedy(const DrawOptions &options)
{
    return options.temperature < kLeastTemperature || options.topK == 1;
}
KERNELS_DEVICE bool isNucleusOfAll(const DrawOptions &options)
{
    return !isGreedy(options) && options.topK == 0 && options.topP < 1;
}
KERNELS_DEVICE bool hasNoFilter(const DrawOptions &options)
{
    return !isGreedy(options) && options.topK == 0 && !(options.topP < 1) && options.minP <= 0;
}

// The row that is drawn from, and the greatest logit of each of its blocks.
struct DrawRow
{
    const float *logits, *maxima;
};
KERNELS_DEVICE DrawRow rowOf(const DrawTask &task, bool penalised)
{
    return penalised ? DrawRow{task.penalised, task.penalisedMaxima} : DrawRow{task.logits, task.maxima};
}

// Of a run in shared memory; a warp for each block.
KERNELS_DEVICE void storeMaxima(const float *run, std::uint32_t size, float *maxima)
{
    const std::uint32_t lane = threadIdx.x % kWarp;
    for (std::uint32_t block = threadIdx.x / kWarp; block * kLogitBlock < size; block += blockDim.x / kWarp) {
        float greatest = -3.4028234e38f;
        for (std::uint32_t i = block * kLogitBlock + lane; i < size && i < (block + 1) * kLogitBlock; i += kWarp)
            greatest = fmaxf(greatest, run[i]);
        greatest = maxOfWarp(greatest);
        if (lane == 0)
            maxima[block] = greatest;
    }
}

// Grid: runs. The greatest logit of each block, the penalty, and whether all is finite.
__global__ void scanLogitsKernel(const __grid_constant__ DrawTask task)
{
    __shared__ float run[kLogitRun];
    __shared__ std::uint32_t done[kLogitRun / 32]; // a bit for each token that was penalised
    const std::uint32_t first = blockIdx.x * kLogitRun, size = min(kLogitRun, task.vocabulary - first);
    const DrawingState &drawing = *task.drawing;
    for (std::uint32_t i = threadIdx.x; i < size; i += blockDim.x)
        run[i] = task.logits[first + i];
    for (std::uint32_t i = threadIdx.x; i < kLogitRun / 32; i += blockDim.x)
        done[i] = 0;
    __syncthreads();
    storeMaxima(run, size, task.maxima + first / kLogitBlock);
    if (drawing.windowSize > 0) {
        __syncthreads();
        const float penalty = drawing.options.repeatPenalty;
        for (std::uint32_t i = threadIdx.x; i < drawing.windowUsed; i += blockDim.x) {
            const std::uint32_t at = static_cast<std::uint32_t>(task.window[i]) - first, bit = 1u << at % 32;
            if (at < size && !(atomicOr(&done[at / 32], bit) & bit))
                run[at] = run[at] > 0 ? run[at] / penalty : run[at] * penalty;
        }
        __syncthreads();
        storeMaxima(run, size, task.penalisedMaxima + first / kLogitBlock);
        for (std::uint32_t i = threadIdx.x; i < size; i += blockDim.x)
            task.penalised[first + i] = run[i];
    }
    bool bad = false;
    for (std::uint32_t i = threadIdx.x; i < size; i += blockDim.x)
        bad = bad || !isFinite(run[i]);
    bad = __syncthreads_or(bad) != 0;
    if (threadIdx.x == 0)
        task.invalid[blockIdx.x] = bad;
}

// Of all blocks' maxima; every thread of the block gets it. shared: room for 32 floats.
KERNELS_DEVICE float greatestOf(const float *maxima, std::uint32_t blocks, float *shared)
{
    float greatest = -3.4028234e38f;
    for (std::uint32_t i = threadIdx.x; i < blocks; i += blockDim.x)
        greatest = fmaxf(greatest, maxima[i]);
    greatest = maxOfWarp(greatest);
    __syncthreads(); // whoever reads what was there before
    if (threadIdx.x % kWarp == 0)
        shared[threadIdx.x / kWarp] = greatest;
    __syncthreads();
    for (std::uint32_t warp = 0; warp < blockDim.x / kWarp; ++warp)
        greatest = fmaxf(greatest, shared[warp]);
    return greatest;
}

// sums[lane]: of every eighth of `count` values in shared memory, a multiple of 8, one behind the other.
KERNELS_DEVICE void sumLanes(const float *values, std::uint32_t count, float *sums)
{
    __syncthreads();
    if (threadIdx.x < kLogitLanes) {
        float sum = 0;
        for (std::uint32_t i = threadIdx.x; i < count; i += kLogitLanes)
            sum += values[i];
        sums[threadIdx.x] = sum;
    }
    __syncthreads();
}

// Grid: runs. Sums over a run, where the options want any.
__global__ void sumLogitsKernel(const __grid_constant__ DrawTask task)
{
    __shared__ float values[kLogitRun];
    __shared__ float shared[kWarp];
    const DrawingState &drawing = *task.drawing;
    const DrawOptions &options = drawing.options;
    const std::uint32_t first = blockIdx.x * kLogitRun, size = min(kLogitRun, task.vocabulary - first);
    const std::uint32_t blocks = (task.vocabulary + kLogitBlock - 1) / kLogitBlock;
    // chances of tokens, of the row as it came; beyond its end is what is least
    if (options.likeliest > 0) {
        const float greatest = greatestOf(task.maxima, blocks, shared);
        const std::uint32_t count = (size + kLogitLanes - 1) / kLogitLanes * kLogitLanes;
        for (std::uint32_t i = threadIdx.x; i < count; i += blockDim.x)
            values[i] = i < size ? chanceOf(task.logits[first + i], greatest) : 0x1p-126f;
        sumLanes(values, count, task.chances + blockIdx.x * kLogitLanes);
    }
    if (!isNucleusOfAll(options) && !hasNoFilter(options))
        return;
    const DrawRow row = rowOf(task, drawing.windowSize > 0);
    const float greatest = greatestOf(row.maxima, blocks, shared);
    // top-p: probabilities at temperature 1; drawKernel adds what is behind the last whole eight
    if (isNucleusOfAll(options)) {
        for (std::uint32_t i = threadIdx.x; i < size; i += blockDim.x)
            values[i] = exponential(row.logits[first + i] - greatest);
        sumLanes(values, size / kLogitLanes * kLogitLanes, task.sums + blockIdx.x * kLogitLanes);
        return;
    }
    // no filter: weights, added block by block; eight threads have a block's lanes
    const float inverse = 1.0f / options.temperature;
    for (std::uint32_t i = threadIdx.x; i < kLogitRun; i += blockDim.x)
        values[i] = i < size ? exponential((row.logits[first + i] - greatest) * inverse) : 0.0f;
    __syncthreads();
    for (std::uint32_t i = threadIdx.x; i < kLogitRun / kLogitBlock * kLogitLanes; i += blockDim.x) {
        const std::uint32_t block = i / kLogitLanes, lane = i % kLogitLanes;
        const std::uint32_t begin = block * kLogitBlock, end = max(begin, min(size, begin + kLogitBlock));
        float sum = 0;
        std::uint32_t at = begin;
        for (; at + kLogitLanes <= end; at += kLogitLanes)
            sum += values[at + lane];
        for (; lane == 0 && at < end; ++at)
            sum += values[at];
        float all = 0;
        for (std::uint32_t other = 0; other < kLogitLanes; ++other)
            all += __shfl_sync(kAllLanes, sum, static_cast<int>(threadIdx.x % kWarp / kLogitLanes * kLogitLanes + other));
        if (lane == 0 && begin < size)
            task.sums[first / kLogitBlock + block] = all;
    }
}

// A logit and its token as a number that is greater for what comes first: the greater logit, then the lower id.
KERNELS_DEVICE std::uint32_t orderOf(float logit)
{
    const std::uint32_t bits = bitsOf(logit + 0.0f); // zero has one sign
    return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}
KERNELS_DEVICE std::uint64_t keyOf(float logit, std::uint32_t token)
{
    return std::uint64_t(orderOf(logit)) << 32 | (0xffffffffu - token);
}
KERNELS_DEVICE std::uint32_t tokenOf(std::uint64_t key)
{
    return 0xffffffffu - static_cast<std::uint32_t>(key);
}
KERNELS_DEVICE float logitOf(std::uint64_t key)
{
    const auto order = static_cast<std::uint32_t>(key >> 32);
    return floatOfBits(order & 0x80000000u ? order & 0x7fffffffu : ~order);
}

// Shared memory of drawKernel.
struct DrawMemory
{
    std::uint64_t keys[kMostCandidates], sorted[kMostCandidates];
    float weights[kMostCandidates];
    std::uint16_t blocks[kDrawThreads]; // that are looked at
    float lanes[kMostLogitBlocks * kLogitBlock / kLogitRun * kLogitLanes]; // sums of runs
    std::uint32_t counts[kWarp];
    std::uint32_t kept;
    std::int32_t token;
    double sum;
};

struct Places
{
    std::uint32_t before, all;
};
// How many threads say yes before this one, and of all. All threads of the block call it.
KERNELS_DEVICE Places placesOf(bool yes, std::uint32_t *counts)
{
    const std::uint32_t votes = __ballot_sync(kAllLanes, yes), warp = threadIdx.x / kWarp, lane = threadIdx.x % kWarp;
    __syncthreads(); // whoever reads the counts before
    if (lane == 0)
        counts[warp] = static_cast<std::uint32_t>(__popc(votes));
    __syncthreads();
    Places places{0, 0};
    for (std::uint32_t i = 0; i < blockDim.x / kWarp; ++i) {
        if (i == warp)
            places.before = places.all;
        places.all += counts[i];
    }
    places.before += static_cast<std::uint32_t>(__popc(votes & ((1u << lane) - 1)));
    return places;
}

// A bound that `count` of the maxima reach, and so at least as many logits: the count-th greatest, or a little less. That of all
// where there are fewer.
KERNELS_DEVICE std::uint32_t boundOf(const float *maxima, std::uint32_t blocks, std::uint32_t count, DrawMemory &memory)
{
    if (count > blocks)
        return 0;
    auto *orders = reinterpret_cast<std::uint32_t *>(memory.keys); // and sorted, which follows
    __syncthreads(); // whoever reads keys
    for (std::uint32_t i = threadIdx.x; i < blocks; i += blockDim.x)
        orders[i] = orderOf(maxima[i]);
    std::uint32_t bound = 0;
    for (std::uint32_t bit = 0x80000000u; bit != 0; bit /= 2) {
        std::uint32_t reached = 0;
        for (std::uint32_t begin = 0; begin < blocks; begin += blockDim.x) {
            const std::uint32_t i = begin + threadIdx.x; // of the same thread that wrote it
            reached += static_cast<std::uint32_t>(__syncthreads_count(i < blocks && orders[i] >= (bound | bit)));
        }
        if (reached >= count)
            bound |= bit;
        if (reached == count)
            break;
    }
    return bound;
}

// The logits above the bound, by id, to memory.keys, and, for at most mostEqual of those that are equal to it, the first by id,
// to memory.sorted. Gives both counts; the first is above kMostCandidates where there is no room.
struct Gathered
{
    std::uint32_t above, equal;
};
KERNELS_DEVICE Gathered gather(const DrawRow &row, std::uint32_t vocabulary, std::uint32_t bound, std::uint32_t mostEqual,
                               DrawMemory &memory)
{
    const std::uint32_t all = (vocabulary + kLogitBlock - 1) / kLogitBlock, perRound = blockDim.x / kLogitBlock;
    Gathered found{0, 0};
    __syncthreads(); // whoever reads keys
    for (std::uint32_t begin = 0; begin < all; begin += blockDim.x) {
        const std::uint32_t mine = begin + threadIdx.x;
        const bool wanted = mine < all && orderOf(row.maxima[mine]) >= bound;
        const Places places = placesOf(wanted, memory.counts);
        if (wanted)
            memory.blocks[places.before] = static_cast<std::uint16_t>(mine);
        __syncthreads();
        for (std::uint32_t round = 0; round < places.all; round += perRound) {
            const std::uint32_t place = round + threadIdx.x / kLogitBlock;
            std::uint32_t token = vocabulary; // none
            if (place < places.all)
                token = memory.blocks[place] * kLogitBlock + threadIdx.x % kLogitBlock;
            const bool isThere = token < vocabulary;
            const float logit = isThere ? row.logits[token] : 0.0f;
            const std::uint32_t order = orderOf(logit);
            const bool isAbove = isThere && order > bound, isEqual = isThere && order == bound;
            const Places above = placesOf(isAbove, memory.counts), equal = placesOf(isEqual, memory.counts);
            if (isAbove && found.above + above.before < kMostCandidates)
                memory.keys[found.above + above.before] = keyOf(logit, token);
            if (isEqual && found.equal + equal.before < mostEqual)
                memory.sorted[found.equal + equal.before] = keyOf(logit, token);
            found.above += above.all;
            found.equal = min(mostEqual, found.equal + equal.all);
        }
    }
    __syncthreads();
    return found;
}

// At least `count` of the greatest logits, or all, in order, in memory.sorted: how many; 0 where there are too many.
KERNELS_DEVICE std::uint32_t selectGreatest(const DrawRow &row, std::uint32_t vocabulary, std::uint32_t count, DrawMemory &memory)
{
    const std::uint32_t bound = boundOf(row.maxima, (vocabulary + kLogitBlock - 1) / kLogitBlock, count, memory);
    const Gathered found = gather(row, vocabulary, bound, count, memory);
    const std::uint32_t all = found.above + found.equal;
    if (all > kMostCandidates)
        return 0;
    for (std::uint32_t i = threadIdx.x; i < found.equal; i += blockDim.x)
        memory.keys[found.above + i] = memory.sorted[i];
    __syncthreads();
    // each goes to the place that as many others are before
    for (std::uint32_t i = threadIdx.x; i < all; i += blockDim.x) {
        std::uint32_t before = 0;
        for (std::uint32_t j = 0; j < all; ++j)
            before += memory.keys[j] > memory.keys[i];
        memory.sorted[before] = memory.keys[i];
    }
    __syncthreads();
    return all;
}

// Sums of runs to where one thread reads them fast.
KERNELS_DEVICE void stageLanes(const float *sums, std::uint32_t vocabulary, DrawMemory &memory)
{
    const std::uint32_t lanes = (vocabulary + kLogitRun - 1) / kLogitRun * kLogitLanes;
    for (std::uint32_t i = threadIdx.x; i < lanes; i += blockDim.x)
        memory.lanes[i] = sums[i];
}

// Top-p among `count` candidates in order, or, where they are a beginning of all, among all: how many stay, 0 where these are too
// few to tell. One thread does it; memory.weights are the probabilities.
KERNELS_DEVICE std::uint32_t nucleusOf(const DrawTask &task, const DrawRow &row, float greatest, std::uint32_t count,
                                       const DrawMemory &memory)
{
    const DrawOptions &options = task.drawing->options;
    double total = 0;
    if (options.topK != 0) {
        for (std::uint32_t i = 0; i < count; ++i)
            total += double(memory.weights[i]);
    } else {
        for (std::uint32_t i = 0; i < (task.vocabulary + kLogitRun - 1) / kLogitRun * kLogitLanes; ++i)
            total += double(memory.lanes[i]);
        for (std::uint32_t i = task.vocabulary / kLogitLanes * kLogitLanes; i < task.vocabulary; ++i)
            total += double(exponential(row.logits[i] - greatest));
    }
    const double target = total * double(options.topP);
    double sum = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
        sum += double(memory.weights[i]);
        if (sum >= target)
            return i + 1;
    }
    return options.topK != 0 || count == task.vocabulary ? count : 0; // rounding kept the sum below the target: everything stays
}

// The draw among candidates with their weights; those below 0 are none. One thread does it.
KERNELS_DEVICE std::int32_t drawAmong(const std::uint64_t *candidates, const float *weights, std::uint32_t count, double unit)
{
    double total = 0;
    std::uint32_t last = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
        if (weights[i] < 0)
            continue;
        total += double(weights[i]);
        last = i;
    }
    double left = unit * total;
    for (std::uint32_t i = 0; i < last; ++i) {
        if (weights[i] < 0)
            continue;
        left -= double(weights[i]);
        if (left < 0)
            return static_cast<std::int32_t>(tokenOf(candidates[i]));
    }
    return static_cast<std::int32_t>(tokenOf(candidates[last]));
}

// The draw among all: the block whose weights it falls into, then the token. One thread does it; sums: of the blocks, in shared
// memory.
KERNELS_DEVICE std::int32_t drawFromAll(const DrawTask &task, const DrawRow &row, float greatest, const float *sums, double unit)
{
    const float inverse = 1.0f / task.drawing->options.temperature;
    const std::uint32_t blocks = (task.vocabulary + kLogitBlock - 1) / kLogitBlock;
    double total = 0;
    for (std::uint32_t i = 0; i < blocks; ++i)
        total += double(sums[i]);
    double left = unit * total;
    std::uint32_t block = 0;
    while (block + 1 < blocks && left >= double(sums[block]))
        left -= double(sums[block++]);
    std::uint32_t last = block * kLogitBlock;
    for (std::uint32_t i = block * kLogitBlock; i < min(task.vocabulary, (block + 1) * kLogitBlock); ++i) {
        const float weight = exponential((row.logits[i] - greatest) * inverse);
        if (weight > 0)
            last = i;
        left -= double(weight);
        if (left < 0)
            return static_cast<std::int32_t>(i);
    }
    return static_cast<std::int32_t>(last);
}

// Candidates in order, or by id where there is min-p alone, and how many; 0: they are too many for the room, or too few to tell.
struct Candidates
{
    const std::uint64_t *keys;
    std::uint32_t count;
};
KERNELS_DEVICE Candidates filter(const DrawTask &task, const DrawRow &row, float greatest, std::uint32_t count,
                                 DrawMemory &memory)
{
    const DrawOptions &options = task.drawing->options;
    if (options.topP < 1) {
        __syncthreads(); // whoever reads kept
        for (std::uint32_t i = threadIdx.x; i < count; i += blockDim.x)
            memory.weights[i] = exponential(logitOf(memory.sorted[i]) - greatest);
        if (options.topK == 0)
            stageLanes(task.sums, task.vocabulary, memory);
        __syncthreads();
        if (threadIdx.x == 0)
            memory.kept = nucleusOf(task, row, greatest, count, memory);
        __syncthreads();
        return {memory.sorted, memory.kept};
    }
    if (options.topK != 0)
        return {memory.sorted, count};
    const float least = greatest + options.logMinP - 1e-3f; // a little more than needed
    const std::uint32_t order = orderOf(least);
    const Gathered found = gather(row, task.vocabulary, order > 0 ? order - 1 : 0, 0, memory);
    return {memory.keys, found.above > kMostCandidates ? 0 : found.above};
}

// The likeliest of the row as it came, out of memory.sorted.
KERNELS_DEVICE void storeLikeliest(const DrawTask &task, const DrawMemory &memory, DrawnToken *out)
{
    const std::uint32_t count = min(task.drawing->options.likeliest, task.vocabulary);
    for (std::uint32_t i = threadIdx.x; i < count; i += blockDim.x)
        out->likeliest[i] = {logitOf(memory.sorted[i]), static_cast<std::int32_t>(tokenOf(memory.sorted[i]))};
    if (threadIdx.x == 0)
        out->likeliestCount = count;
}

// One block: the token of the row, and what the next step reads. Where it is left to the host, the next step runs token 0, for
// nothing.
__global__ void __launch_bounds__(kDrawThreads) drawKernel(const __grid_constant__ DrawTask task)
{
    __shared__ DrawMemory memory;
    DrawingState &drawing = *task.drawing;
    const DrawOptions &options = drawing.options;
    const std::uint32_t vocabulary = task.vocabulary, blocks = (vocabulary + kLogitBlock - 1) / kLogitBlock;
    const std::uint32_t runs = (vocabulary + kLogitRun - 1) / kLogitRun;
    const bool penalised = drawing.windowSize > 0, greedy = isGreedy(options);
    const DrawRow row = rowOf(task, penalised);
    DrawnToken *const out = &task.ring[drawing.steps % kTokenRing];

    // the greatest logits: as many as top-k has, for top-p some that may suffice; and those that are shown, where the row is the
    // same
    bool bad = threadIdx.x < runs && task.invalid[threadIdx.x] != 0;
    bad = __syncthreads_or(bad) || drawing.stopped || task.findings->cacheInvalid;
    const auto some = [&](std::uint32_t number) { return min(number, vocabulary <= kMostCandidates ? vocabulary : blocks); };
    const std::uint32_t likeliest = min(options.likeliest, vocabulary);
    std::uint32_t wanted = 1;
    if (!greedy && (options.topK != 0 || options.topP < 1))
        wanted = options.topK != 0 ? min(options.topK, vocabulary) : some(64);
    std::uint32_t count = bad ? 0 : selectGreatest(row, vocabulary, penalised ? wanted : max(wanted, likeliest), memory);
    bool hasLikeliest = likeliest == 0;
    if (!hasLikeliest && !penalised && count > 0) {
        storeLikeliest(task, memory, out);
        hasLikeliest = true;
    }
    const float greatest = count > 0 ? logitOf(memory.sorted[0]) : 0.0f;

    // which are left, and their weights
    Candidates left{memory.sorted, min(count, 1u)};
    const bool drawsFromAll = hasNoFilter(options) && count > 0;
    if (drawsFromAll) {
        auto *sums = reinterpret_cast<float *>(memory.keys); // and sorted, which follows
        __syncthreads();
        for (std::uint32_t i = threadIdx.x; i < blocks; i += blockDim.x)
            sums[i] = task.sums[i];
    } else if (!greedy && count > 0) {
        left = filter(task, row, greatest, options.topK != 0 ? wanted : count, memory);
        if (left.count == 0 && isNucleusOfAll(options)) { // more of them
            count = selectGreatest(row, vocabulary, some(640), memory);
            left = count > 0 ? filter(task, row, greatest, count, memory) : left;
        }
        const float inverse = 1.0f / options.temperature;
        __syncthreads();
        for (std::uint32_t i = threadIdx.x; i < left.count; i += blockDim.x) {
            const float below = logitOf(left.keys[i]) - greatest;
            memory.weights[i] = options.minP > 0 && exponential(below) < options.minP ? -1.0f : exponential(below * inverse);
        }
    }

    // the draw; beside it another warp adds the chances
    const std::uint64_t random = drawing.random + kRandomStep;
    if (likeliest > 0)
        stageLanes(task.chances, vocabulary, memory);
    __syncthreads();
    if (threadIdx.x == 0) {
        const double unit = unitOf(mixed(random));
        if (drawsFromAll)
            memory.token = drawFromAll(task, row, greatest, reinterpret_cast<const float *>(memory.keys), unit);
        else if (left.count == 0)
            memory.token = -1;
        else if (greedy)
            memory.token = static_cast<std::int32_t>(tokenOf(left.keys[0]));
        else
            memory.token = drawAmong(left.keys, memory.weights, left.count, unit);
    }
    if (threadIdx.x == kWarp && likeliest > 0) {
        double sum = 0;
        for (std::uint32_t i = 0; i < runs * kLogitLanes; ++i)
            sum += double(memory.lanes[i]);
        memory.sum = sum;
    }
    __syncthreads();
    const std::int32_t token = memory.token;
    if (!hasLikeliest && token >= 0) {
        selectGreatest(rowOf(task, false), vocabulary, likeliest, memory);
        storeLikeliest(task, memory, out);
    }
    if (threadIdx.x != 0)
        return;
    out->token = token;
    if (likeliest > 0 && token >= 0) {
        out->logit = task.logits[token];
        out->sum = memory.sum;
    }
    ++drawing.steps;
    if (!greedy)
        drawing.random = random;
    if (token < 0) {
        drawing.stopped = 1;
    } else if (penalised) {
        task.window[drawing.windowNext] = token;
        drawing.windowNext = (drawing.windowNext + 1) % drawing.windowSize;
        drawing.windowUsed = min(drawing.windowUsed + 1, drawing.windowSize);
    }
    task.tokens[0] = max(token, 0);
    ++task.state->firstPosition;
}

} // namespace kernels::cuda
