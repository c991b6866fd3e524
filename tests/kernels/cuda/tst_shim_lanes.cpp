// What threads of a block do together on the CUDA shim, against plain loops, in every order of lanes.
#include "kernels/cuda/launch.h"
#include "tests/support/cuda_shim/device_array.h"
#include "tests/support/cuda_shim/shim.h"

#include <QTest>

#include <bit>
#include <numeric>
#include <vector>

using kernels::cuda::dynamicShared;
using kernels::cuda::launch;
using test::DeviceArray;

namespace {

constexpr unsigned kAll = 0xffffffffu;

// Sum of a row by shuffles, one float a warp, a barrier.
__global__ void sumRows(const float *in, float *out, int count)
{
    __shared__ float part[32];
    float sum = 0;
    for (int i = threadIdx.x; i < count; i += blockDim.x)
        sum += in[blockIdx.x * count + i];
    for (int offset = 16; offset > 0; offset /= 2)
        sum += __shfl_xor_sync(kAll, sum, offset);
    if (threadIdx.x % 32 == 0)
        part[threadIdx.x / 32] = sum;
    __syncthreads();
    float total = 0;
    for (unsigned i = 0; i < blockDim.x / 32; ++i)
        total += part[i];
    if (threadIdx.x == 0)
        out[blockIdx.x] = total;
}

// Reverses a block's numbers through dynamic shared memory, twice, so that a write meets an earlier read.
__global__ void reverse(const int *in, int *out)
{
    int *const shared = dynamicShared<int>();
    const unsigned i = threadIdx.x, last = blockDim.x - 1;
    shared[i] = in[i];
    __syncthreads();
    const int first = shared[last - i];
    __syncthreads();
    shared[i] = first + 1;
    __syncthreads();
    out[i] = shared[last - i];
}

enum Shuffle { To, Up, Down, Xor };

__global__ void shuffle(int kind, int argument, int width, int *out)
{
    const int mine = 100 + int(threadIdx.x);
    int got = 0;
    if (kind == To)
        got = __shfl_sync(kAll, mine, argument, width);
    if (kind == Up)
        got = __shfl_up_sync(kAll, mine, unsigned(argument), width);
    if (kind == Down)
        got = __shfl_down_sync(kAll, mine, unsigned(argument), width);
    if (kind == Xor)
        got = __shfl_xor_sync(kAll, mine, argument, width);
    out[threadIdx.x] = got;
}

// Of lane `lane`, as the PTX manual computes it.
int expectedShuffle(int kind, int lane, int argument, int width)
{
    const int first = lane / width * width, end = first + width;
    int source = lane;
    if (kind == To)
        source = first + argument % width;
    if (kind == Up && lane - argument >= first)
        source = lane - argument;
    if (kind == Down && lane + argument < end)
        source = lane + argument;
    if (kind == Xor && (lane ^ argument) < end)
        source = lane ^ argument;
    return 100 + source;
}

struct Votes
{
    unsigned ballot, match, added, smallest, largest, bits;
    int any, all, signedLeast;
};

__global__ void votes(unsigned odd, Votes *out)
{
    const unsigned lane = threadIdx.x;
    // Two groups of lanes that vote by themselves at the same time.
    const bool isOdd = odd >> lane & 1;
    const unsigned mask = isOdd ? odd : ~odd;
    Votes &mine = out[lane];
    mine.ballot = __ballot_sync(mask, lane % 3 == 0);
    mine.match = __match_any_sync(mask, lane / 5);
    mine.any = __any_sync(mask, lane == 3);
    mine.all = __all_sync(mask, isOdd);
    mine.added = __reduce_add_sync(mask, lane);
    mine.smallest = __reduce_min_sync(mask, lane);
    mine.largest = __reduce_max_sync(mask, lane);
    mine.bits = __reduce_xor_sync(mask, 1u << lane);
    mine.signedLeast = __reduce_min_sync(mask, 10 - int(lane));
}

__global__ void blockVotes(int below, int *out)
{
    const bool mine = int(threadIdx.x) < below;
    const int counted = __syncthreads_count(mine), all = __syncthreads_and(mine),
              any = __syncthreads_or(mine);
    if (threadIdx.x == blockDim.x - 1)
        out[0] = counted, out[1] = all, out[2] = any;
}

__global__ void indices(unsigned *out)
{
    const unsigned thread = threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z);
    const unsigned block = blockIdx.x + gridDim.x * (blockIdx.y + gridDim.y * blockIdx.z);
    atomicAdd(&out[block * blockDim.x * blockDim.y * blockDim.z + thread], 1 + block * 1000 + thread);
}

// A warp of which only the first lanes exist: the full mask is right.
__global__ void partOfAWarp(int *out)
{
    __syncwarp();
    const unsigned there = __ballot_sync(kAll, 1);
    out[threadIdx.x] = int(there) + __shfl_sync(kAll, int(threadIdx.x), 0);
}

struct Fragment
{
    int a[4];
    float b[2];
};

__global__ void fragments(float *out)
{
    const int lane = threadIdx.x;
    float sum = 0;
    for (int round = 0; round < 3; ++round) {
        const Fragment mine = {{lane, lane + 1, lane + 2, round}, {float(lane), 0.5f}};
#ifdef BALEEN_CUDA_SHIM
        const shim::Exchange<Fragment> all(kAll, mine);
        for (int other = 0; other < 32; ++other)
            sum += float(all[other].a[other % 4]) * all[other].b[other % 2];
#endif
    }
    out[lane] = sum;
}

__global__ void warpMessages(int *out)
{
    __shared__ int slot[64];
    const unsigned lane = threadIdx.x % 32, warp = threadIdx.x / 32 * 32;
    int value = int(threadIdx.x);
    for (int round = 0; round < 5; ++round) {
        slot[threadIdx.x] = value;
        __syncwarp();
        value = slot[warp + (lane + 1) % 32] + 1;
        __syncwarp();
    }
    out[threadIdx.x] = value;
}

__global__ void countTickets(int *tickets, unsigned *wrapped, unsigned long long *wide, int *extremes)
{
    const int i = int(blockIdx.x * blockDim.x + threadIdx.x);
    const int ticket = atomicAdd(&tickets[0], 1);
    atomicAdd(&tickets[1 + ticket], 1);
    atomicInc(wrapped, 6);
    atomicAdd(wide, 1ull << 33);
    atomicMax(&extremes[0], i);
    atomicMin(&extremes[1], i);
    atomicOr(&extremes[2], i);
    atomicCAS(&extremes[3], 0, i + 1);
}

} // namespace

class TestShimLanes : public QObject
{
    Q_OBJECT

    static void addOrders()
    {
        QTest::addColumn<int>("order");
        QTest::newRow("ascending") << int(shim::RunOrder::Ascending);
        QTest::newRow("descending") << int(shim::RunOrder::Descending);
        QTest::newRow("shuffled") << int(shim::RunOrder::Shuffled);
    }
    static void takeOrder()
    {
        QFETCH(int, order);
        shim::setOrder({shim::RunOrder::Kind(order), 7});
    }

private Q_SLOTS:
    void init() { shim::reset(); }
    void cleanup() { QCOMPARE(QString::fromStdString(shim::fault()), QString()); }

    void aBlockAddsUp_data() { addOrders(); }
    void aBlockAddsUp()
    {
        takeOrder();
        QVERIFY(shim::sharedVariables() > 0);
        const int rows = 5, count = 1000;
        std::vector<float> in(rows * count);
        std::iota(in.begin(), in.end(), 1.0f);
        DeviceArray<float> input(in), output(rows);
        launch(sumRows, {rows, 256}, nullptr, input.data(), output.data(), count);
        const std::vector<float> out = output.read();
        for (int row = 0; row < rows; ++row)
            QCOMPARE(double(out[row]), std::accumulate(&in[row * count], &in[row * count] + count, 0.0));
    }

    void dynamicSharedMemoryIsShared_data() { addOrders(); }
    void dynamicSharedMemoryIsShared()
    {
        takeOrder();
        for (const unsigned count : {1u, 33u, 1024u}) {
            std::vector<int> in(count);
            std::iota(in.begin(), in.end(), 5);
            DeviceArray<int> input(in), output(count);
            launch(reverse, {1, count, count * 4}, nullptr, input.data(), output.data());
            const std::vector<int> out = output.read();
            for (unsigned i = 0; i < count; ++i)
                QCOMPARE(out[i], in[i] + 1);
        }
    }

    void shufflesFollowTheManual_data() { addOrders(); }
    void shufflesFollowTheManual()
    {
        takeOrder();
        DeviceArray<int> output(64);
        for (const int width : {2, 8, 32})
            for (const int kind : {To, Up, Down, Xor})
                for (const int argument : {0, 1, 3, 7, 16, 31}) {
                    if (kind == Xor && argument >= width)
                        continue; // the manual allows it; no kernel has a use for it
                    launch(shuffle, {1, 64}, nullptr, kind, argument, width, output.data());
                    const std::vector<int> out = output.read();
                    for (int thread = 0; thread < 64; ++thread)
                        QCOMPARE(out[thread],
                                 expectedShuffle(kind, thread % 32, argument, width) + thread / 32 * 32);
                }
    }

    void groupsOfAWarpVoteByThemselves_data() { addOrders(); }
    void groupsOfAWarpVoteByThemselves()
    {
        takeOrder();
        const unsigned odd = 0xa5f00f1bu;
        DeviceArray<Votes> output(32);
        launch(votes, {1, 32}, nullptr, odd, output.data());
        const std::vector<Votes> out = output.read();
        for (unsigned lane = 0; lane < 32; ++lane) {
            const bool isOdd = odd >> lane & 1;
            const unsigned mask = isOdd ? odd : ~odd;
            Votes expected{0, 0, 0, 100, 0, mask, 0, isOdd, 100};
            for (unsigned other = 0; other < 32; ++other) {
                if (!(mask >> other & 1))
                    continue;
                expected.ballot |= unsigned(other % 3 == 0) << other;
                expected.match |= unsigned(other / 5 == lane / 5) << other;
                expected.any |= other == 3;
                expected.added += other;
                expected.smallest = std::min(expected.smallest, other);
                expected.largest = std::max(expected.largest, other);
                expected.signedLeast = std::min(expected.signedLeast, 10 - int(other));
            }
            QCOMPARE(out[lane].ballot, expected.ballot);
            QCOMPARE(out[lane].match, expected.match);
            QCOMPARE(out[lane].any, expected.any);
            QCOMPARE(out[lane].all, expected.all);
            QCOMPARE(out[lane].added, expected.added);
            QCOMPARE(out[lane].smallest, expected.smallest);
            QCOMPARE(out[lane].largest, expected.largest);
            QCOMPARE(out[lane].bits, expected.bits);
            QCOMPARE(out[lane].signedLeast, expected.signedLeast);
        }
    }

    void theBlockVotes()
    {
        DeviceArray<int> output(3);
        for (const int below : {0, 1, 69, 70}) {
            launch(blockVotes, {1, 70}, nullptr, below, output.data());
            QCOMPARE(output.read(), (std::vector<int>{below, below == 70, below > 0}));
        }
    }

    void everyThreadOfEveryBlockRunsOnce_data() { addOrders(); }
    void everyThreadOfEveryBlockRunsOnce()
    {
        takeOrder();
        const dim3 grid(3, 2, 2), block(5, 3, 4);
        const unsigned threads = 60, blocks = 12;
        DeviceArray<unsigned> output(std::vector<unsigned>(threads * blocks, 0));
        launch(indices, {grid, block}, nullptr, output.data());
        const std::vector<unsigned> out = output.read();
        for (unsigned i = 0; i < out.size(); ++i)
            QCOMPARE(out[i], 1 + i / threads * 1000 + i % threads);
    }

    void aBlockMayEndInPartOfAWarp_data() { addOrders(); }
    void aBlockMayEndInPartOfAWarp()
    {
        takeOrder();
        DeviceArray<int> output(40);
        launch(partOfAWarp, {1, 40}, nullptr, output.data());
        const std::vector<int> out = output.read();
        for (int i = 0; i < 40; ++i)
            QCOMPARE(out[i], i < 32 ? -1 : 255 + 32);
    }

    void lanesSeeEachOthersFragments_data() { addOrders(); }
    void lanesSeeEachOthersFragments()
    {
        takeOrder();
        float expected = 0;
        for (int round = 0; round < 3; ++round)
            for (int other = 0; other < 32; ++other) {
                const float a[4] = {float(other), float(other + 1), float(other + 2), float(round)};
                expected += a[other % 4] * (other % 2 ? 0.5f : float(other));
            }
        DeviceArray<float> output(32);
        launch(fragments, {1, 32}, nullptr, output.data());
        QCOMPARE(output.read(), std::vector<float>(32, expected));
    }

    void aWarpPassesMessagesThroughSharedMemory_data() { addOrders(); }
    void aWarpPassesMessagesThroughSharedMemory()
    {
        takeOrder();
        DeviceArray<int> output(64);
        launch(warpMessages, {1, 64}, nullptr, output.data());
        const std::vector<int> out = output.read();
        for (int i = 0; i < 64; ++i)
            QCOMPARE(out[i], i / 32 * 32 + (i + 5) % 32 + 5);
    }

    void atomicsCountEveryThread()
    {
        const int threads = 4 * 64;
        DeviceArray<int> tickets(std::vector<int>(1 + threads, 0)),
            extremes(std::vector<int>{-1, 1000, 0, 0});
        DeviceArray<unsigned> wrapped(std::vector<unsigned>{0});
        DeviceArray<unsigned long long> wide(std::vector<unsigned long long>{0});
        launch(countTickets, {4, 64}, nullptr, tickets.data(), wrapped.data(), wide.data(), extremes.data());
        std::vector<int> expected(1 + threads, 1);
        expected[0] = threads;
        QCOMPARE(tickets.read(), expected);
        QCOMPARE(wrapped.read()[0], unsigned(threads % 7));
        QCOMPARE(wide.read()[0], (unsigned long long)(threads) << 33);
        const std::vector<int> found = extremes.read();
        QCOMPARE(found[0], threads - 1);
        QCOMPARE(found[1], 0);
        QCOMPARE(found[2], threads - 1);
        QVERIFY(found[3] >= 1 && found[3] <= threads);
    }
};

QTEST_GUILESS_MAIN(TestShimLanes)
#include "tst_shim_lanes.moc"
