// The CPU backend's own threads: pinned, started once, asleep between runs.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <type_traits>
#include <vector>

namespace kernels {

class ThreadPool;

// One participant of a parallel run.
class Worker
{
public:
    unsigned index() const { return m_index; }
    unsigned count() const { return m_count; }
    // Waits until every participant is here. Spins for some microseconds, then sleeps, so that a machine that is
    // busy with other work loses no more than its share.
    void barrier();
    // The same; the last one to come calls last() before the others go on.
    template <class Function> void barrier(Function &&last);
    // The part [begin, end) of 0 .. total of this participant, in multiples of `unit`: always the same one.
    struct Range
    {
        std::uint32_t begin, end;
    };
    Range share(std::uint32_t total, std::uint32_t unit = 1) const { return shareOf(m_index, total, unit); }
    // Shares out 0 .. total as share() does, but `most` (a multiple of unit) at a time, and whoever is through with its own
    // part takes what is left of others': a participant that has to leave its processor holds up one piece and not its
    // part. Calls work(Range). All participants call it, at most kSharings times between two barriers, in one order.
    template <class Work> void shareOut(std::uint32_t total, std::uint32_t unit, std::uint32_t most, Work &&work);

private:
    friend class ThreadPool;
    static constexpr std::uint32_t kSharings = 8;
    Range shareOf(unsigned index, std::uint32_t total, std::uint32_t unit) const;
    std::uint32_t takePiece(unsigned owner, std::uint32_t pieces) const;
    Worker(ThreadPool &pool, unsigned index, unsigned count) : m_pool(pool), m_index(index), m_count(count) {}
    ThreadPool &m_pool;
    unsigned m_index, m_count;
    std::uint32_t m_sharings = 0; // since the last barrier
};

// run() is called by one thread at a time; that thread takes part as worker 0.
class ThreadPool
{
public:
    // threads: participants, the caller included; at least 1. Each is pinned to a processor of its own when there are
    // enough of them, the caller from its first run on until the pool dies (in the same thread).
    explicit ThreadPool(unsigned threads);
    ~ThreadPool();
    ThreadPool(const ThreadPool &) = delete;
    ThreadPool &operator=(const ThreadPool &) = delete;

    unsigned threads() const { return m_count; }
    // Barriers so far, the one at the end of each run() included: parallel regions. Wraps around.
    std::uint32_t regions() const { return m_phase.load(std::memory_order_relaxed); }

    // Calls function(worker) on every participant and returns when all are done. The function must not throw.
    template <class Function> void run(Function &&function)
    {
        using Plain = std::remove_reference_t<Function>;
        runErased([](void *context, Worker &worker) { (*static_cast<Plain *>(context))(worker); }, &function);
    }

private:
    friend class Worker;
    using Call = void (*)(void *, Worker &);
    void runErased(Call call, void *context);
    void workerMain(unsigned index);
    void pin(unsigned index);
    void awaitChange(const std::atomic<std::uint32_t> &value, std::uint32_t old) const;
    // Of a barrier: all but the last one to come wait in arrive(), which gives true to that one; it releases them.
    bool arrive();
    void release();

    unsigned m_count;
    std::vector<int> m_processors; // that this process may use, one per core first
    int m_spins;                   // before a wait sleeps; none where threads outnumber processors
    std::vector<std::jthread> m_workers;
    std::thread::id m_pinnedCaller;
    // What is taken of a participant's part: which sharing of which region that was, and its pieces so far.
    struct alignas(64) Taken
    {
        std::atomic<std::uint64_t> pieces{0};
    };
    std::vector<Taken> m_taken;
    std::uint64_t m_region = 0; // barriers so far; written while all others wait at one
    Call m_call = nullptr;
    void *m_context = nullptr;
    bool m_quit = false;
    alignas(64) std::atomic<std::uint32_t> m_generation{0}; // of run(): workers wait for it to change
    alignas(64) std::atomic<std::uint32_t> m_arrived{0};
    alignas(64) std::atomic<std::uint32_t> m_phase{0}; // of barrier()
};

template <class Function> void Worker::barrier(Function &&last)
{
    m_sharings = 0;
    if (m_pool.arrive()) {
        last();
        m_pool.release();
    }
}

template <class Work> void Worker::shareOut(std::uint32_t total, std::uint32_t unit, std::uint32_t most, Work &&work)
{
    for (unsigned i = 0; i < m_count; ++i) {
        const unsigned owner = m_index + i < m_count ? m_index + i : m_index + i - m_count;
        const Range part = shareOf(owner, total, unit);
        const std::uint32_t pieces = (part.end - part.begin + most - 1) / most;
        for (std::uint32_t piece; (piece = takePiece(owner, pieces)) < pieces;) {
            const std::uint32_t begin = part.begin + piece * most;
            work(Range{begin, part.end - begin < most ? part.end : begin + most});
        }
    }
    ++m_sharings;
}

// Processors this process may run on, one of each physical core first: those at the first call.
std::vector<int> allowedProcessors();
// Lets the calling thread run on all of them, as usual: it has only the processor, and the turns, of the thread that started
// it, if that one was pinned.
void runOnAllowedProcessors();
// How many physical cores those are; at least 1.
unsigned physicalCores();

} // namespace kernels
