#include "kernels/cpu/machine.h"

#include "kernels/cpu/aligned_buffer.h"
#include "kernels/cpu/isa.h"
#include "kernels/cpu/thread_pool.h"

#include <algorithm>
#include <chrono>

namespace kernels {

namespace {

using Clock = std::chrono::steady_clock;

double seconds(Clock::duration duration)
{
    return std::chrono::duration<double>(duration).count();
}

// Larger than the caches of desktops; servers with hundreds of MiB of cache read it faster than their memory.
constexpr std::size_t kReadBytes = std::size_t(256) << 20;

} // namespace

double measureReadBandwidth(unsigned threads)
{
    ThreadPool pool(threads ? threads : physicalCores());
    AlignedBuffer<std::uint8_t> memory; // allocate() writes it, so that every page is there
    if (!memory.allocate(kReadBytes))
        return 0;
    const CpuOps &ops = **opsForIsa("auto");
    double best = 0;
    for (int repeat = 0; repeat < 4; ++repeat) {
        const Clock::time_point start = Clock::now();
        pool.run([&](Worker &worker) {
            const std::size_t part = kReadBytes / worker.count() / 64 * 64;
            ops.readAll(memory.data() + worker.index() * part, part);
        });
        best = std::max(best, double(kReadBytes) / seconds(Clock::now() - start));
    }
    return best;
}

double measureInt8Rate(unsigned threads)
{
    ThreadPool pool(threads ? threads : physicalCores());
    const CpuOps &ops = **opsForIsa("auto");
    constexpr std::uint32_t rounds = 1000000;
    double best = 0;
    for (int repeat = 0; repeat < 4; ++repeat) {
        std::uint64_t operations = 0;
        const Clock::time_point start = Clock::now();
        pool.run([&](Worker &worker) {
            const std::uint64_t done = ops.dotRounds(rounds);
            if (worker.index() == 0)
                operations = done * worker.count();
        });
        best = std::max(best, double(operations) / seconds(Clock::now() - start));
    }
    return best;
}

} // namespace kernels
