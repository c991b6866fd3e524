#include "kernels/cuda/bandwidth.h"

#include "kernels/cuda/device_memory.h"

#include <algorithm>
#include <chrono>

namespace kernels::cuda {

namespace {

constexpr std::size_t kLargest = std::size_t(256) << 20; // beyond any cache
constexpr int kRounds = 5, kCopies = 8; // copies that are queued together, so that the wait for them counts little

} // namespace

Result<double> measureCopyBandwidth(int device)
{
    using Clock = std::chrono::steady_clock;
    try {
        check(cudaSetDevice(device), "choice of the GPU");
        std::size_t free = 0, total = 0;
        check(cudaMemGetInfo(&free, &total), "memory of the GPU");
        const std::size_t bytes = std::min(kLargest, free / 4);
        const DeviceBuffer<std::byte> from(bytes), to(bytes);
        const Stream stream = Stream::create();
        double best = 0;
        for (int round = 0; round <= kRounds; ++round) { // the first one warms up
            const auto start = Clock::now();
            for (int i = 0; i < kCopies; ++i)
                check(cudaMemcpyAsync(to.data(), from.data(), bytes, cudaMemcpyDeviceToDevice, stream), "copy on the GPU");
            stream.wait();
            const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
            if (round > 0)
                best = std::max(best, 2.0 * double(bytes) * kCopies / seconds);
        }
        return best;
    } catch (const Failure &failure) {
        return Error(failure.outOfMemory() ? ErrorCode::OutOfMemory : ErrorCode::Internal,
                     ErrorParts{.what = "The GPU's memory could not be measured", .where = failure.what()});
    }
}

} // namespace kernels::cuda
