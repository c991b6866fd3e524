// Barriers, shuffles, votes and shared memory of the CUDA shim, against plain loops.
#include "kernels/cuda/launch.h"
#include "tests/support/cuda_shim/shim.h"

#include <QTest>

#include <numeric>
#include <vector>

using kernels::cuda::launch;

namespace {

__global__ void sums(const float *in, float *out, int count)
{
    __shared__ float part[32];
    float sum = 0;
    for (int i = threadIdx.x; i < count; i += blockDim.x)
        sum += in[blockIdx.x * count + i];
    for (int offset = 16; offset > 0; offset /= 2)
        sum += __shfl_xor_sync(0xffffffffu, sum, offset);
    if (threadIdx.x % 32 == 0)
        part[threadIdx.x / 32] = sum;
    __syncthreads();
    float total = 0;
    for (unsigned i = 0; i < blockDim.x / 32; ++i)
        total += part[i];
    if (threadIdx.x == 0)
        out[blockIdx.x] = total;
}

} // namespace

class TestShimLanes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { shim::reset(); }

    void aBlockAddsUp()
    {
        QVERIFY(shim::sharedVariables() > 0);
        const int rows = 5, count = 1000;
        std::vector<float> in(rows * count), out(rows);
        std::iota(in.begin(), in.end(), 1.0f);
        float *deviceIn = nullptr, *deviceOut = nullptr;
        QCOMPARE(cudaMalloc(&deviceIn, in.size() * 4), cudaSuccess);
        QCOMPARE(cudaMalloc(&deviceOut, out.size() * 4), cudaSuccess);
        cudaStream_t stream;
        QCOMPARE(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), cudaSuccess);
        QCOMPARE(cudaMemcpyAsync(deviceIn, in.data(), in.size() * 4, cudaMemcpyHostToDevice, stream), cudaSuccess);
        launch(sums, {rows, 256}, stream, deviceIn, deviceOut, count);
        QCOMPARE(cudaMemcpyAsync(out.data(), deviceOut, out.size() * 4, cudaMemcpyDeviceToHost, stream), cudaSuccess);
        QCOMPARE(cudaStreamSynchronize(stream), cudaSuccess);
        for (int row = 0; row < rows; ++row)
            QCOMPARE(double(out[row]), std::accumulate(&in[row * count], &in[row * count] + count, 0.0));
    }
};

QTEST_GUILESS_MAIN(TestShimLanes)
#include "tst_shim_lanes.moc"
