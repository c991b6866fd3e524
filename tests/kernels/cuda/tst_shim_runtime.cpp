// The emulated device as the runtime shows it: memory, streams, events, graphs, launches, and calls that fail
// on purpose.
#include "kernels/cuda/launch.h"
#include "tests/support/cuda_shim/device_array.h"
#include "tests/support/cuda_shim/shim.h"

#include <QTest>

#include <vector>

using kernels::cuda::Failure;
using kernels::cuda::launch;
using test::DeviceArray;

namespace {

__global__ void addOne(int *values)
{
    values[blockIdx.x * blockDim.x + threadIdx.x] += 1;
}

__global__ void copyFirst(const int *from, int *to)
{
    *to = *from;
}

__global__ void doubleIt(int *value)
{
    *value *= 2;
}

__global__ void nothing() {}

struct PinnedInt
{
    PinnedInt() { (void)cudaMallocHost(&at, sizeof(int)); }
    ~PinnedInt() { cudaFreeHost(at); }
    int *at = nullptr;
};

struct Stream
{
    Stream() { (void)cudaStreamCreateWithFlags(&at, cudaStreamNonBlocking); }
    ~Stream() { cudaStreamDestroy(at); }
    operator cudaStream_t() const { return at; }
    cudaStream_t at = nullptr;
};

struct Event
{
    Event() { (void)cudaEventCreateWithFlags(&at, cudaEventDisableTiming); }
    ~Event() { cudaEventDestroy(at); }
    operator cudaEvent_t() const { return at; }
    cudaEvent_t at = nullptr;
};

// What an engine does in a run: memory, weights, a captured step, its replays, results. Every error comes
// back.
cudaError_t shortRun(std::vector<int> *result)
{
    int *values = nullptr, *pinned = nullptr;
    cudaStream_t stream = nullptr;
    cudaGraph_t graph = nullptr;
    cudaGraphExec_t step = nullptr;
    const auto run = [&]() -> cudaError_t {
        const std::vector<int> start = {1, 2, 3, 4};
        cudaError_t error = cudaSuccess;
        const auto failed = [&](cudaError_t now) { return (error = now) != cudaSuccess; };
        if (failed(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking)) ||
            failed(cudaMalloc(&values, 16)) || failed(cudaMallocHost(&pinned, 16)) ||
            failed(cudaMemcpyAsync(values, start.data(), 16, cudaMemcpyHostToDevice, stream)) ||
            failed(cudaStreamSynchronize(stream)) ||
            failed(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal)))
            return error;
        try {
            launch(addOne, {2, 2}, stream, values);
            launch(addOne, {2, 2}, stream, values);
        } catch (const Failure &failure) {
            error = failure.error();
        }
        const cudaError_t ended = cudaStreamEndCapture(stream, &graph);
        if (error != cudaSuccess || failed(ended) || failed(cudaGraphInstantiate(&step, graph)))
            return error;
        for (int i = 0; i < 3; ++i)
            if (failed(cudaGraphLaunch(step, stream)))
                return error;
        if (failed(cudaMemcpyAsync(pinned, values, 16, cudaMemcpyDeviceToHost, stream)) ||
            failed(cudaStreamSynchronize(stream)))
            return error;
        result->assign(pinned, pinned + 4);
        return cudaSuccess;
    };
    const cudaError_t error = run();
    if (step)
        cudaGraphExecDestroy(step);
    if (graph)
        cudaGraphDestroy(graph);
    cudaFree(values);
    cudaFreeHost(pinned);
    if (stream)
        cudaStreamDestroy(stream);
    return error;
}

} // namespace

class TestShimRuntime : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { shim::reset(); }
    void cleanup() { QVERIFY(shim::counts().nothingLeft()); }

    void memoryHasItsLimit()
    {
        shim::DeviceModel model;
        model.totalBytes = 1 << 20;
        shim::reset(model);
        std::size_t free = 0, total = 0;
        QCOMPARE(cudaMemGetInfo(&free, &total), cudaSuccess);
        QCOMPARE(free, std::size_t(1) << 20);
        void *first = nullptr, *second = nullptr;
        QCOMPARE(cudaMalloc(&first, 700 << 10), cudaSuccess);
        QCOMPARE(cudaMalloc(&second, 700 << 10), cudaErrorMemoryAllocation);
        QCOMPARE(cudaGetLastError(), cudaErrorMemoryAllocation);
        QCOMPARE(cudaGetLastError(), cudaSuccess); // it does not stay
        QCOMPARE(cudaFree(first), cudaSuccess);
        QCOMPARE(cudaMalloc(&second, 700 << 10), cudaSuccess);
        QCOMPARE(shim::counts().deviceBytes, std::size_t(700) << 10);
        QCOMPARE(shim::counts().mostDeviceBytes, std::size_t(700) << 10);
        QCOMPARE(cudaFree(second), cudaSuccess);
        QCOMPARE(cudaFree(second), cudaErrorInvalidValue);
    }

    void copiesAreChecked()
    {
        DeviceArray<int> device(4);
        int host[8] = {};
        QCOMPARE(cudaMemcpy(device.data(), host, 16, cudaMemcpyHostToDevice), cudaSuccess);
        QCOMPARE(cudaMemcpy(device.data(), host, 17, cudaMemcpyHostToDevice), cudaErrorInvalidValue);
        QCOMPARE(cudaMemcpy(device.data() + 1, host, 16, cudaMemcpyHostToDevice), cudaErrorInvalidValue);
        QCOMPARE(cudaMemcpy(host, device.data(), 16, cudaMemcpyHostToDevice), cudaErrorInvalidValue);
        QCOMPARE(cudaMemcpy(host, device.data(), 16, cudaMemcpyDefault), cudaSuccess);
        QCOMPARE(cudaMemsetAsync(device.data(), 1, 17), cudaErrorInvalidValue);
        QCOMPARE(cudaMemset(device.data(), 1, 16), cudaSuccess);
        QCOMPARE(device.read(), std::vector<int>(4, 0x01010101));
    }

    void rowsAreCopied()
    {
        const int host[] = {1, 2, 3, 4, 5, 6};
        DeviceArray<int> device(std::vector<int>(8, 0));
        QCOMPARE(cudaMemcpy2DAsync(device.data(), 16, host, 12, 8, 2, cudaMemcpyHostToDevice), cudaSuccess);
        QCOMPARE(device.read(), (std::vector<int>{1, 2, 0, 0, 4, 5, 0, 0}));
        QCOMPARE(cudaMemcpy2DAsync(device.data(), 4, host, 12, 8, 2, cudaMemcpyHostToDevice),
                 cudaErrorInvalidValue);
    }

    // Pageable memory is read before the call returns, pinned memory when the copy's turn comes.
    void pinnedMemoryIsReadLater()
    {
        const Stream stream;
        const PinnedInt pinned;
        int pageable = 1;
        *pinned.at = 1;
        DeviceArray<int> fromPageable(1), fromPinned(1);
        QCOMPARE(cudaMemcpyAsync(fromPageable.data(), &pageable, 4, cudaMemcpyHostToDevice, stream),
                 cudaSuccess);
        QCOMPARE(cudaMemcpyAsync(fromPinned.data(), pinned.at, 4, cudaMemcpyHostToDevice, stream),
                 cudaSuccess);
        pageable = *pinned.at = 2;
        QCOMPARE(cudaStreamSynchronize(stream), cudaSuccess);
        QCOMPARE(fromPageable.read()[0], 1);
        QCOMPARE(fromPinned.read()[0], 2);
        // And a copy to pageable memory is done when the call returns.
        QCOMPARE(cudaMemcpyAsync(&pageable, fromPageable.data(), 4, cudaMemcpyDeviceToHost, stream),
                 cudaSuccess);
        QCOMPARE(pageable, 1);
    }

    void streamsKnowOfEachOtherByEventsOnly()
    {
        const Stream first, second;
        const Event written;
        for (const bool waits : {false, true}) {
            DeviceArray<int> value(std::vector<int>{0}), seen(std::vector<int>{-1});
            launch(addOne, {1, 1}, first, value.data());
            QCOMPARE(cudaEventRecord(written, first), cudaSuccess);
            if (waits)
                QCOMPARE(cudaStreamWaitEvent(second, written), cudaSuccess);
            launch(copyFirst, {1, 1}, second, value.data(), seen.data());
            QCOMPARE(cudaStreamSynchronize(second), cudaSuccess);
            QCOMPARE(cudaEventQuery(written), waits ? cudaSuccess : cudaErrorNotReady);
            QCOMPARE(seen.read()[0], waits ? 1 : 0);
            (void)cudaGetLastError();
        }
    }

    void whatTwoStreamsDoWithoutOrderDependsOnIt()
    {
        std::vector<int> results;
        for (const auto kind : {shim::RunOrder::Ascending, shim::RunOrder::Descending}) {
            shim::setOrder({kind, 0});
            const Stream first, second;
            DeviceArray<int> value(std::vector<int>{3});
            launch(addOne, {1, 1}, first, value.data());
            launch(doubleIt, {1, 1}, second, value.data());
            results.push_back(value.read()[0]);
        }
        QCOMPARE(results, (std::vector<int>{8, 7}));
    }

    void theDefaultStreamComesBetween()
    {
        cudaStream_t blocking = nullptr;
        QCOMPARE(cudaStreamCreate(&blocking), cudaSuccess);
        DeviceArray<int> value(std::vector<int>{3});
        launch(addOne, {1, 1}, blocking, value.data());
        launch(doubleIt, {1, 1}, nullptr, value.data());
        launch(addOne, {1, 1}, blocking, value.data());
        QCOMPARE(cudaStreamSynchronize(blocking), cudaSuccess);
        QCOMPARE(value.read()[0], 9);
        QCOMPARE(cudaStreamDestroy(blocking), cudaSuccess);
    }

    void pollingGetsThere()
    {
        const Stream stream;
        const Event done;
        DeviceArray<int> value(std::vector<int>{0});
        for (int i = 0; i < 3; ++i)
            launch(addOne, {1, 1}, stream, value.data());
        QCOMPARE(cudaEventRecord(done, stream), cudaSuccess);
        int polls = 0;
        while (cudaEventQuery(done) == cudaErrorNotReady && polls < 100)
            ++polls;
        QVERIFY(polls >= 3 && polls < 10);
        QCOMPARE(cudaGetLastError(), cudaErrorNotReady); // as CUDA has it
        QCOMPARE(cudaStreamQuery(stream), cudaSuccess);
    }

    void hostFunctionsKeepTheirPlace()
    {
        const Stream stream;
        const PinnedInt pinned;
        DeviceArray<int> value(std::vector<int>{5});
        struct Seen
        {
            const int *from;
            int value;
        } seen{pinned.at, 0};
        QCOMPARE(cudaMemcpyAsync(pinned.at, value.data(), 4, cudaMemcpyDeviceToHost, stream), cudaSuccess);
        const auto note = [](void *data) {
            static_cast<Seen *>(data)->value = *static_cast<Seen *>(data)->from;
        };
        QCOMPARE(cudaLaunchHostFunc(stream, note, &seen), cudaSuccess);
        QCOMPARE(cudaMemsetAsync(value.data(), 0, 4, stream), cudaSuccess);
        QCOMPARE(cudaStreamSynchronize(stream), cudaSuccess);
        QCOMPARE(seen.value, 5);
    }

    void aGraphIsReplayedAsItWasCaptured()
    {
        const Stream stream, other;
        const Event fork, join;
        DeviceArray<int> value(std::vector<int>{1}), copy(std::vector<int>{0});
        cudaGraph_t graph = nullptr;
        cudaGraphExec_t step = nullptr;
        QCOMPARE(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), cudaSuccess);
        launch(doubleIt, {1, 1}, stream, value.data());
        QCOMPARE(cudaEventRecord(fork, stream), cudaSuccess);
        QCOMPARE(cudaStreamWaitEvent(other, fork), cudaSuccess);
        launch(copyFirst, {1, 1}, other, value.data(), copy.data());
        QCOMPARE(cudaEventRecord(join, other), cudaSuccess);
        QCOMPARE(cudaStreamWaitEvent(stream, join), cudaSuccess);
        launch(addOne, {1, 1}, stream, value.data());
        QCOMPARE(cudaStreamEndCapture(stream, &graph), cudaSuccess);
        QCOMPARE(cudaGraphInstantiate(&step, graph), cudaSuccess);
        QCOMPARE(cudaGraphDestroy(graph), cudaSuccess);
        QCOMPARE(value.read()[0], 1); // capturing does nothing
        for (int i = 0; i < 3; ++i)
            QCOMPARE(cudaGraphLaunch(step, stream), cudaSuccess);
        QCOMPARE(cudaGraphExecDestroy(step), cudaSuccess); // though it waits to run
        QCOMPARE(cudaStreamSynchronize(stream), cudaSuccess);
        QCOMPARE(value.read()[0], 15);
        QCOMPARE(copy.read()[0], 14);
    }

    void whatACaptureForbidsEndsIt()
    {
        const Stream stream, other;
        const Event fork;
        cudaGraph_t graph = nullptr;
        DeviceArray<int> value(1);
        QCOMPARE(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal), cudaSuccess);
        QCOMPARE(cudaStreamSynchronize(stream), cudaErrorStreamCaptureUnsupported);
        QVERIFY_THROWS_EXCEPTION(Failure, launch(addOne, {1, 1}, stream, value.data()));
        QCOMPARE(cudaStreamEndCapture(stream, &graph), cudaErrorStreamCaptureInvalidated);

        QCOMPARE(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal), cudaSuccess);
        void *memory = nullptr;
        QCOMPARE(cudaMalloc(&memory, 4), cudaErrorStreamCaptureUnsupported);
        QCOMPARE(cudaStreamEndCapture(stream, &graph), cudaErrorStreamCaptureInvalidated);

        QCOMPARE(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal), cudaSuccess);
        QCOMPARE(cudaEventRecord(fork, stream), cudaSuccess);
        QCOMPARE(cudaStreamWaitEvent(other, fork), cudaSuccess);
        launch(addOne, {1, 1}, other, value.data());
        QCOMPARE(cudaStreamEndCapture(stream, &graph), cudaErrorStreamCaptureUnjoined);
        QVERIFY(!graph);
        (void)cudaGetLastError();
        launch(nothing, {1, 1}, stream);
        QCOMPARE(cudaStreamSynchronize(stream), cudaSuccess);
    }

    void launchesOfABadShapeAreRefused_data()
    {
        QTest::addColumn<int>("blocks");
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("threads");
        QTest::addColumn<int>("shared");
        QTest::addColumn<int>("error");
        QTest::newRow("all that there is") << 1 << 65535 << 1024 << (48 << 10) << int(cudaSuccess);
        QTest::newRow("no block") << 0 << 1 << 32 << 0 << int(cudaErrorInvalidConfiguration);
        QTest::newRow("too many rows of blocks")
            << 1 << 65536 << 32 << 0 << int(cudaErrorInvalidConfiguration);
        QTest::newRow("no thread") << 1 << 1 << 0 << 0 << int(cudaErrorInvalidConfiguration);
        QTest::newRow("too many threads") << 1 << 1 << 1025 << 0 << int(cudaErrorInvalidConfiguration);
        QTest::newRow("too much shared memory")
            << 1 << 1 << 32 << (48 << 10) + 1 << int(cudaErrorInvalidValue);
    }
    void launchesOfABadShapeAreRefused()
    {
        QFETCH(int, blocks);
        QFETCH(int, rows);
        QFETCH(int, threads);
        QFETCH(int, shared);
        QFETCH(int, error);
        int got = cudaSuccess;
        try {
            launch(nothing, {dim3(unsigned(blocks), unsigned(rows)), unsigned(threads), std::size_t(shared)},
                   nullptr);
        } catch (const Failure &failure) {
            got = failure.error();
            QCOMPARE(cudaGetLastError(), failure.error());
        }
        QCOMPARE(got, error);
        shim::reset(); // what is queued need not run
    }

    void moreSharedMemoryIsGivenOnRequest()
    {
        QCOMPARE(cudaFuncSetAttribute(nothing, cudaFuncAttributeMaxDynamicSharedMemorySize, 227 << 10),
                 cudaSuccess);
        launch(nothing, {1, 32, 227 << 10}, nullptr);
        QCOMPARE(cudaDeviceSynchronize(), cudaSuccess);
        QCOMPARE(cudaFuncSetAttribute(nothing, cudaFuncAttributeMaxDynamicSharedMemorySize, (227 << 10) + 1),
                 cudaErrorInvalidValue);
        shim::DeviceModel turing;
        turing.major = 7;
        turing.minor = 5;
        shim::reset(turing);
        QCOMPARE(cudaFuncSetAttribute(nothing, cudaFuncAttributeMaxDynamicSharedMemorySize, 65 << 10),
                 cudaErrorInvalidValue);
    }

    void driversAndDevicesCanBeMissing()
    {
        int count = -1, driver = -1;
        shim::DeviceModel model;
        model.driverVersion = 12040;
        shim::reset(model);
        QCOMPARE(cudaGetDeviceCount(&count), cudaErrorInsufficientDriver);
        model.driverVersion = 13010;
        model.devices = 0;
        shim::reset(model);
        QCOMPARE(cudaGetDeviceCount(&count), cudaErrorNoDevice);
        QCOMPARE(cudaDriverGetVersion(&driver), cudaSuccess);
        QCOMPARE(driver, 13010);
    }

    void everyCallCanFail_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("error");
        QTest::addColumn<bool>("sticky");
        QTest::newRow("allocation") << int(shim::Call::Allocation) << int(cudaErrorMemoryAllocation) << false;
        QTest::newRow("copy") << int(shim::Call::Copy) << int(cudaErrorInvalidValue) << false;
        QTest::newRow("launch") << int(shim::Call::Launch) << int(cudaErrorInvalidConfiguration) << false;
        QTest::newRow("synchronisation") << int(shim::Call::Synchronise) << int(cudaErrorUnknown) << false;
        QTest::newRow("capture") << int(shim::Call::Capture) << int(cudaErrorStreamCaptureUnsupported)
                                 << false;
        QTest::newRow("copy, for good") << int(shim::Call::Copy) << int(cudaErrorIllegalAddress) << true;
        QTest::newRow("launch, for good") << int(shim::Call::Launch) << int(cudaErrorLaunchFailure) << true;
        QTest::newRow("synchronisation, for good")
            << int(shim::Call::Synchronise) << int(cudaErrorECCUncorrectable) << true;
        QTest::newRow("execution, for good")
            << int(shim::Call::Execution) << int(cudaErrorIllegalAddress) << true;
    }
    void everyCallCanFail()
    {
        QFETCH(int, kind);
        QFETCH(int, error);
        QFETCH(bool, sticky);
        std::vector<int> result;
        QCOMPARE(shortRun(&result), cudaSuccess);
        QCOMPARE(result, (std::vector<int>{7, 8, 9, 10}));
        const std::uint64_t calls = shim::counts().of(shim::Call(kind));
        QVERIFY(calls >= 2);
        for (std::uint64_t nth = 1; nth <= calls; ++nth) {
            shim::planFailure({shim::Call(kind), nth, cudaError_t(error), sticky});
            result.clear();
            QCOMPARE(shortRun(&result), cudaError_t(error));
            QVERIFY(result.empty());
            QVERIFY(shim::failureHappened());
            QVERIFY(shim::counts().nothingLeft());
            QCOMPARE(shortRun(&result), sticky ? cudaError_t(error) : cudaSuccess);
            shim::clearFailure();
            QCOMPARE(shortRun(&result), cudaSuccess);
        }
    }
};

QTEST_GUILESS_MAIN(TestShimRuntime)
#include "tst_shim_runtime.moc"
