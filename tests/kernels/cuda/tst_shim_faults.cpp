// Kernels with a fault planted in them: the shim finds each. Races: where a barrier is missing, the result
// depends on the order of lanes or, with a thread for each lane, the thread sanitizer reports it.
#include "kernels/cuda/launch.h"
#include "tests/support/cuda_shim/device_array.h"
#include "tests/support/cuda_shim/shim.h"
#include "tests/support/sanitized.h"

#include <QTest>

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cmath>
#include <functional>
#include <numeric>
#include <vector>

using kernels::cuda::dynamicShared;
using kernels::cuda::launch;
using test::DeviceArray;

#if defined(__SANITIZE_THREAD__)
#define BALEEN_TSAN 1
#elif defined(__has_feature)
#define BALEEN_TSAN __has_feature(thread_sanitizer)
#else
#define BALEEN_TSAN 0
#endif

#if BALEEN_TSAN
namespace {
std::atomic<int> g_races{0};
}
// Races are what this test asks for; each function says how many.
extern "C" void __tsan_on_report(void *)
{
    ++g_races;
}
extern "C" const char *__tsan_default_options()
{
    return "exitcode=0:halt_on_error=0:report_bugs=1";
}
#endif

namespace {

constexpr unsigned kAll = 0xffffffffu;

// Each thread reads what the thread 33 before it wrote. Without the barrier that depends on who is first.
template <bool barrier> __global__ void passOn(const float *in, float *out)
{
    __shared__ float row[128];
    row[threadIdx.x] = in[threadIdx.x];
    if (barrier)
        __syncthreads();
    out[threadIdx.x] = row[(threadIdx.x + 95) % 128];
}

// The same within a warp: a shuffle orders no memory.
template <bool barrier> __global__ void passOnInWarp(const float *in, float *out)
{
    __shared__ float row[32];
    row[threadIdx.x] = in[threadIdx.x];
    float other = 0;
    if (barrier)
        __syncwarp();
    other = row[(threadIdx.x + 31) % 32];
    out[threadIdx.x] = other;
}

// The second barrier is missing: a fast thread writes what a slow one still reads.
template <bool barrier> __global__ void rotateTwice(float *values)
{
    __shared__ float row[64];
    for (int round = 0; round < 2; ++round) {
        row[threadIdx.x] = values[threadIdx.x];
        __syncthreads();
        values[threadIdx.x] = row[(threadIdx.x + 1) % 64];
        if (barrier)
            __syncthreads();
    }
}

__global__ void barrierLeftOut(int *out)
{
    if (threadIdx.x != 31)
        __syncthreads();
    out[threadIdx.x] = 1;
}

__global__ void barrierAfterLeaving(int *out)
{
    if (threadIdx.x == 5)
        return;
    __syncthreads();
    out[threadIdx.x] = 1;
}

__global__ void differentBarriers(int *out)
{
    if (threadIdx.x < 32) {
        __syncthreads();
        out[threadIdx.x] = 1;
    } else {
        __syncthreads();
        out[threadIdx.x] = 2;
    }
}

__global__ void laneLeftOutOfShuffle(int *out)
{
    if (threadIdx.x < 31)
        out[threadIdx.x] = __shfl_xor_sync(kAll, int(threadIdx.x), 1);
}

__global__ void wrongMask(int *out)
{
    out[threadIdx.x] = __shfl_sync(0xffffu, int(threadIdx.x), 0);
}

__global__ void readsOutsideOfMask(int *out)
{
    if (threadIdx.x < 16)
        out[threadIdx.x] = __shfl_xor_sync(0xffffu, int(threadIdx.x), 16);
}

__global__ void barrierMeetsShuffle(int *out)
{
    if (threadIdx.x < 16)
        __syncwarp();
    else
        out[threadIdx.x] = __shfl_sync(kAll, int(threadIdx.x), 0);
}

__global__ void waitForEachOther(int *out)
{
    // Lane 0 waits for lane 1, which waits at the barrier of the block for lane 0.
    if (threadIdx.x == 0)
        __syncwarp(3);
    __syncthreads();
    if (threadIdx.x == 1)
        __syncwarp(3);
    out[threadIdx.x] = 1;
}

__global__ void writeAt(int *out, int index)
{
    out[index] = 1;
}

__global__ void readAt(const int *in, int index, int *out)
{
    out[0] = in[index];
}

__global__ void writeDynamic(int index)
{
    dynamicShared<volatile int>()[index] = 1;
}

__global__ void addUnwritten(float *out)
{
    __shared__ float written[8], unwritten[8];
    float *const dynamic = dynamicShared<float>();
    written[threadIdx.x] = 1;
    out[threadIdx.x] = written[threadIdx.x];
    out[8 + threadIdx.x] = unwritten[threadIdx.x];
    out[16 + threadIdx.x] = dynamic[threadIdx.x];
    // What the next block must not find.
    unwritten[threadIdx.x] = 2;
    dynamic[threadIdx.x] = 3;
}

// Each block adds what the one before it left: nothing orders blocks.
__global__ void chainOfBlocks(int *sums)
{
    sums[blockIdx.x] = (blockIdx.x ? sums[blockIdx.x - 1] : 0) + 1;
}

const std::vector<shim::RunOrder> kOrders = {{shim::RunOrder::Ascending, 0},
                                             {shim::RunOrder::Descending, 0},
                                             {shim::RunOrder::Shuffled, 1},
                                             {shim::RunOrder::Shuffled, 2}};

// Whether running it in every order gives what the first gave; where each lane is a thread, whether no race
// is reported.
bool isFreeOfRaces(const std::function<std::vector<float>()> &run)
{
#if BALEEN_TSAN
    const int before = g_races;
    run();
    return g_races == before;
#else
    const std::vector<float> first = run();
    for (const shim::RunOrder &order : kOrders) {
        shim::setOrder(order);
        const std::vector<float> next = run();
        if (std::memcmp(first.data(), next.data(), first.size() * sizeof(float)) != 0)
            return false;
    }
    return true;
#endif
}

template <class Kernel> std::vector<float> runOnFloats(Kernel kernel, unsigned threads, bool inPlace)
{
    std::vector<float> in(threads);
    std::iota(in.begin(), in.end(), 1.0f);
    DeviceArray<float> input(in), output(threads);
    if constexpr (std::is_invocable_v<Kernel, float *>)
        launch(kernel, {1, threads}, nullptr, input.data());
    else
        launch(kernel, {1, threads}, nullptr, input.data(), output.data());
    return inPlace ? input.read() : output.read();
}

// What a child process says when it does this. Its end: the exit status, or minus the signal.
struct ChildEnd
{
    int status = 0;
    QByteArray said;
};

ChildEnd inChild(const std::function<void()> &work)
{
    int ends[2];
    if (::pipe(ends) != 0)
        return {};
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(ends[1], 2);
        ::close(ends[0]);
        work();
        ::_exit(0);
    }
    ::close(ends[1]);
    ChildEnd end;
    char buffer[4096];
    for (ssize_t got; (got = ::read(ends[0], buffer, sizeof buffer)) > 0;)
        end.said.append(buffer, int(got));
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    end.status = WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
    return end;
}

using IntKernel = void (*)(int *);

struct PlantedFault
{
    const char *name;
    IntKernel kernel;
    unsigned threads;
    const char *says, *orSays; // by who comes first
};

const PlantedFault kPlanted[] = {
    {"one thread leaves out a barrier", barrierLeftOut, 64, "thread 31 of block 0: it left the kernel",
     "which thread 31 left"},
    {"one thread leaves before a barrier", barrierAfterLeaving, 64, "thread 5 of block 0: it left the kernel",
     "which thread 5 left"},
    {"half of a block at another barrier", differentBarriers, 64, "different barriers", nullptr},
    {"a lane left out of a shuffle", laneLeftOutOfShuffle, 32, "while others wait for it at a shuffle",
     "lane 31, which left the kernel"},
    {"a mask without its own lane", wrongMask, 32, "the mask leaves out the lane", nullptr},
    {"a lane outside of the mask is read", readsOutsideOfMask, 32, "not in the mask", nullptr},
    {"a barrier meets a shuffle", barrierMeetsShuffle, 32, "it comes to a shuffle while",
     "it comes to __syncwarp while"},
    {"two barriers that wait for each other", waitForEachOther, 2, "nobody can go on", nullptr},
};

} // namespace

class TestShimFaults : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { shim::reset(); }
    void cleanupTestCase() { shim::reset(); }

    void aMissingBarrierShows()
    {
        QVERIFY(isFreeOfRaces([] { return runOnFloats(passOn<true>, 128, false); }));
        QVERIFY(!isFreeOfRaces([] { return runOnFloats(passOn<false>, 128, false); }));
    }

    void aMissingBarrierOfAWarpShows()
    {
        QVERIFY(isFreeOfRaces([] { return runOnFloats(passOnInWarp<true>, 32, false); }));
        QVERIFY(!isFreeOfRaces([] { return runOnFloats(passOnInWarp<false>, 32, false); }));
    }

    void aMissingSecondBarrierShows()
    {
        QVERIFY(isFreeOfRaces([] { return runOnFloats(rotateTwice<true>, 64, true); }));
        QVERIFY(!isFreeOfRaces([] { return runOnFloats(rotateTwice<false>, 64, true); }));
    }

    void blocksThatWaitForEachOtherShow()
    {
        std::vector<std::vector<int>> results;
        for (const shim::RunOrder &order : kOrders) {
            shim::setOrder(order);
            DeviceArray<int> sums(std::vector<int>(9, 0));
            launch(chainOfBlocks, {9, 1}, nullptr, sums.data());
            results.push_back(sums.read());
        }
        QVERIFY(results[0] != results[1]);
        QVERIFY(results[0] != results[2]);
    }

    void brokenMeetingsAreFaults_data()
    {
        QTest::addColumn<int>("index");
        QTest::addColumn<int>("order");
        for (int index = 0; index < int(std::size(kPlanted)); ++index)
            for (const int order : {0, 1, 2})
                QTest::addRow("%s, order %d", kPlanted[index].name, order) << index << order;
    }
    void brokenMeetingsAreFaults()
    {
        QFETCH(int, index);
        QFETCH(int, order);
        const PlantedFault &planted = kPlanted[index];
        shim::setOrder({shim::RunOrder::Kind(order), 3});
        {
            DeviceArray<int> output(planted.threads);
            launch(planted.kernel, {1, planted.threads}, nullptr, output.data());
            QCOMPARE(cudaDeviceSynchronize(), cudaErrorLaunchFailure);
            // It stays, whatever is called.
            QCOMPARE(cudaDeviceSynchronize(), cudaErrorLaunchFailure);
            QCOMPARE(cudaGetLastError(), cudaErrorLaunchFailure);
            int *more = nullptr;
            QCOMPARE(cudaMalloc(&more, 4), cudaErrorLaunchFailure);
        }
        const QString fault = QString::fromStdString(shim::fault());
        QVERIFY2(fault.contains(QLatin1String(planted.says)) ||
                     (planted.orSays && fault.contains(QLatin1String(planted.orSays))),
                 qPrintable(fault));
        QVERIFY2(fault.contains(QLatin1String("tst_shim_faults.cpp:")), qPrintable(fault));
        QCOMPARE(shim::counts().deviceAllocations, std::size_t(0));
        // The device after a reset runs kernels as before.
        shim::reset();
        QVERIFY(runOnFloats(passOn<true>, 128, false)[95] == 63.0f);
    }

    void memoryIsSpoiledBeforeEveryBlock()
    {
        DeviceArray<float> output(24);
        for (int launches = 0; launches < 3; ++launches) {
            launch(addUnwritten, {4, 8, 32}, nullptr, output.data());
            const std::vector<float> out = output.read();
            for (int i = 0; i < 24; ++i)
                QCOMPARE(std::isnan(out[i]), i >= 8);
        }
        DeviceArray<float> fresh(100);
        for (const float value : fresh.read())
            QVERIFY(std::isnan(value));
    }

    // The sanitizer ends the program at the access; without it a write is noticed when the kernel is through.
    void aWriteBesideAnAllocationShows_data()
    {
        QTest::addColumn<int>("index");
        QTest::newRow("behind") << 10;
        QTest::newRow("before") << -1;
    }
    void aWriteBesideAnAllocationShows()
    {
        QFETCH(int, index);
        const auto run = [index] {
            DeviceArray<int> output(10), neighbour(10);
            launch(writeAt, {1, 1}, nullptr, output.data(), index);
            return cudaDeviceSynchronize();
        };
        if (test::kAddressSanitized) {
            const ChildEnd end = inChild([&] { run(); });
            QVERIFY(end.status != 0);
            QVERIFY2(end.said.contains("use-after-poison") && end.said.contains("writeAt"),
                     end.said.constData());
            return;
        }
        QCOMPARE(run(), cudaErrorIllegalAddress);
        QVERIFY2(QString::fromStdString(shim::fault()).contains("allocation of 40 bytes"),
                 shim::fault().c_str());
        QVERIFY2(QString::fromStdString(shim::fault()).contains("writeAt"), shim::fault().c_str());
    }

    void aReadBesideAnAllocationShows()
    {
        if (!test::kAddressSanitized)
            QSKIP("without the address sanitizer only writes are noticed");
        const ChildEnd end = inChild([] {
            DeviceArray<int> input(10), output(10);
            launch(readAt, {1, 1}, nullptr, input.data(), 10, output.data());
            cudaDeviceSynchronize();
        });
        QVERIFY2(end.status != 0 && end.said.contains("use-after-poison"), end.said.constData());
    }

    void aWriteBehindDynamicSharedMemoryShows()
    {
        const auto run = [] {
            launch(writeDynamic, {1, 1, 40}, nullptr, 10);
            return cudaDeviceSynchronize();
        };
        if (test::kAddressSanitized) {
            const ChildEnd end = inChild([&] { run(); });
            QVERIFY2(end.status != 0 && end.said.contains("heap-buffer-overflow"), end.said.constData());
            return;
        }
        QCOMPARE(run(), cudaErrorLaunchFailure);
        QVERIFY(shim::fault().find("past the end of its dynamic shared memory") != std::string::npos);
    }

    void memoryThatWasGivenBackIsNotUsed()
    {
        int *freed = nullptr;
        QCOMPARE(cudaMalloc(&freed, 40), cudaSuccess);
        QCOMPARE(cudaFree(freed), cudaSuccess);
        launch(writeAt, {1, 1}, nullptr, freed, 0);
        QCOMPARE(cudaDeviceSynchronize(), cudaErrorIllegalAddress);
        QVERIFY2(shim::fault().find("argument 0") != std::string::npos, shim::fault().c_str());
    }

    void memoryOfTheHostIsNotTheDevices()
    {
        int onStack = 0;
        launch(writeAt, {1, 1}, nullptr, &onStack, 0);
        QCOMPARE(cudaDeviceSynchronize(), cudaErrorIllegalAddress);
        QCOMPARE(onStack, 0);
    }

    void theHostCannotReadDeviceMemory()
    {
        if (BALEEN_TSAN)
            QSKIP("races are no failure of this program, so its exit code says nothing");
        DeviceArray<int> values(std::vector<int>{1, 2, 3});
        const ChildEnd end = inChild([&] {
            const volatile int read = values.data()[1];
            (void)read;
        });
        QVERIFY2(end.status != 0, "device memory was read");
        QVERIFY2(test::kAddressSanitized ? end.said.contains("SEGV") : end.status == -SIGSEGV,
                 end.said.constData());
    }

    void aResultThatIsReadTooEarlyIsNotThere()
    {
        cudaStream_t stream = nullptr;
        QCOMPARE(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), cudaSuccess);
        int *pinned = nullptr;
        QCOMPARE(cudaMallocHost(&pinned, 4), cudaSuccess);
        *pinned = 7;
        DeviceArray<int> output(1);
        launch(writeAt, {1, 1}, stream, output.data(), 0);
        QCOMPARE(cudaMemcpyAsync(pinned, output.data(), 4, cudaMemcpyDeviceToHost, stream), cudaSuccess);
        QCOMPARE(*pinned, 7);
        QCOMPARE(cudaStreamSynchronize(stream), cudaSuccess);
        QCOMPARE(*pinned, 1);
        cudaFreeHost(pinned);
        cudaStreamDestroy(stream);
    }
};

QTEST_GUILESS_MAIN(TestShimFaults)
#include "tst_shim_faults.moc"
