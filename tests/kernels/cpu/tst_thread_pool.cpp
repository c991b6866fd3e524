// The pool's threads: where they run, what they share out, and that none is left behind at a barrier.
#include "kernels/cpu/thread_pool.h"

#include <QTest>

#include <atomic>
#include <set>
#include <thread>
#include <vector>

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace kernels;

namespace {

std::set<int> processorsOfThisThread()
{
    cpu_set_t set;
    CPU_ZERO(&set);
    sched_getaffinity(0, sizeof set, &set);
    std::set<int> processors;
    for (int processor = 0; processor < CPU_SETSIZE; ++processor)
        if (CPU_ISSET(processor, &set))
            processors.insert(processor);
    return processors;
}

// Nanoseconds, as the scheduler has them.
std::uint64_t turnOfThisThread()
{
    std::uint64_t attributes[6] = {}; // the fourth is the runtime: see linux/sched/types.h
    syscall(SYS_sched_getattr, 0, attributes, sizeof attributes, 0);
    return attributes[3];
}

std::vector<std::set<int>> processorsOfWorkers(ThreadPool &pool)
{
    std::vector<std::set<int>> found(pool.threads());
    pool.run([&](Worker &worker) { found[worker.index()] = processorsOfThisThread(); });
    return found;
}

std::set<int> allProcessors()
{
    const std::vector<int> all = allowedProcessors();
    return {all.begin(), all.end()};
}

} // namespace

class TestThreadPool : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // A second model in the same thread had all its threads on the processor that the first one had pinned it
    // to.
    void everyPoolHasAllProcessors()
    {
        const auto threads = unsigned(allowedProcessors().size());
        for (int pools = 0; pools < 3; ++pools) {
            ThreadPool pool(threads);
            std::set<int> used;
            for (const std::set<int> &processors : processorsOfWorkers(pool)) {
                QCOMPARE(processors.size(), std::size_t(1));
                used.insert(processors.begin(), processors.end());
            }
            QCOMPARE(used.size(), std::size_t(threads));
        }
    }
    void aPoolBesideAnotherHasThemToo()
    {
        ThreadPool first(1 + unsigned(allowedProcessors().size() > 1));
        processorsOfWorkers(first);
        ThreadPool second(unsigned(allowedProcessors().size()));
        std::set<int> used;
        for (const std::set<int> &processors : processorsOfWorkers(second))
            used.insert(processors.begin(), processors.end());
        QCOMPARE(used, allProcessors());
    }
    void moreThreadsThanProcessorsRunAnywhere()
    {
        ThreadPool pinning(unsigned(allowedProcessors().size()));
        processorsOfWorkers(pinning);
        ThreadPool pool(unsigned(allowedProcessors().size()) + 1);
        for (const std::set<int> &processors : processorsOfWorkers(pool))
            QCOMPARE(processors, allProcessors());
    }
    void theCallerIsFreeAfterwards()
    {
        {
            ThreadPool pool(2);
            processorsOfWorkers(pool);
        }
        QCOMPARE(processorsOfThisThread(), allProcessors());
    }

    void aThreadOfAPinnedOneCanBeFreed()
    {
        ThreadPool pool(unsigned(allowedProcessors().size()));
        processorsOfWorkers(pool); // pins this thread
        std::set<int> found;
        std::thread([&] {
            runOnAllowedProcessors();
            found = processorsOfThisThread();
        }).join();
        QCOMPARE(found, allProcessors());
    }

    void sharesEverythingOnce_data()
    {
        QTest::addColumn<quint32>("total");
        QTest::addColumn<quint32>("unit");
        for (const quint32 total : {0u, 1u, 5u, 16u, 1000u})
            for (const quint32 unit : {1u, 16u, 32u})
                QTest::addRow("%u by %u", total, unit) << total << unit;
    }
    void sharesEverythingOnce()
    {
        QFETCH(quint32, total);
        QFETCH(quint32, unit);
        for (const unsigned threads : {1u, 2u, 3u, 7u}) {
            ThreadPool pool(threads);
            std::vector<std::atomic<int>> times(total);
            pool.run([&](Worker &worker) {
                const Worker::Range range = worker.share(total, unit);
                for (std::uint32_t i = range.begin; i < range.end; ++i)
                    times[i].fetch_add(1);
            });
            for (const std::atomic<int> &count : times)
                QCOMPARE(count.load(), 1);
        }
    }

    void takesEveryPieceOnce_data()
    {
        QTest::addColumn<quint32>("total");
        QTest::addColumn<quint32>("unit");
        QTest::addColumn<quint32>("most");
        QTest::addRow("nothing") << 0u << 16u << 64u;
        QTest::addRow("less than a unit") << 5u << 16u << 64u;
        QTest::addRow("less than threads") << 40u << 16u << 64u;
        QTest::addRow("pieces of a unit") << 1000u << 1u << 1u;
        QTest::addRow("pieces of four units") << 1000u << 16u << 64u;
        QTest::addRow("one piece each") << 1000u << 16u << 1024u;
    }
    void takesEveryPieceOnce()
    {
        QFETCH(quint32, total);
        QFETCH(quint32, unit);
        QFETCH(quint32, most);
        for (const unsigned threads : {1u, 2u, 3u, 7u}) {
            ThreadPool pool(threads);
            constexpr int kRegions = 50, kSharings = 3;
            std::vector<std::atomic<int>> times(total);
            std::atomic<bool> wrong{false};
            for (int run = 0; run < 2; ++run)
                pool.run([&](Worker &worker) {
                    for (int i = 0; i < kRegions * kSharings; ++i) {
                        worker.shareOut(total, unit, most, [&](Worker::Range piece) {
                            if (piece.begin >= piece.end || piece.end > total || piece.begin % unit != 0 ||
                                piece.end - piece.begin > most)
                                wrong = true;
                            for (std::uint32_t item = piece.begin; item < piece.end; ++item)
                                times[item].fetch_add(1);
                        });
                        if (i % kSharings == kSharings - 1)
                            worker.barrier();
                    }
                });
            QVERIFY(!wrong);
            for (const std::atomic<int> &count : times)
                QCOMPARE(count.load(), 2 * kRegions * kSharings);
        }
    }
    // A thread that another process keeps from its processor holds up the piece it is at.
    void othersDoThePartOfOneThatIsAway()
    {
        ThreadPool pool(2);
        std::atomic<int> away{0}, others{0};
        constexpr int kPieces = 100;
        pool.run([&](Worker &worker) {
            worker.shareOut(kPieces, 1, 1, [&](Worker::Range) {
                if (worker.index() == 1) {
                    ++away;
                    while (others + away < kPieces)
                        std::this_thread::yield();
                } else {
                    ++others;
                }
            });
        });
        QCOMPARE(others + away, kPieces);
        QVERIFY(away <= 1);
    }

    // What a barrier waits for comes to its turn soon, and nobody else's turns change.
    void turnsAreShortInThePoolOnly()
    {
        const std::uint64_t usual = turnOfThisThread();
        if (usual == 0)
            QSKIP("The system does not tell (before Linux 6.12).");
        {
            ThreadPool pool(2);
            std::vector<std::uint64_t> found(2);
            pool.run([&](Worker &worker) { found[worker.index()] = turnOfThisThread(); });
            for (const std::uint64_t turn : found)
                QVERIFY(turn < usual);
            std::uint64_t freed = 0;
            std::thread([&] {
                runOnAllowedProcessors();
                freed = turnOfThisThread();
            }).join();
            QCOMPARE(freed, usual);
        }
        QCOMPARE(turnOfThisThread(), usual);
    }

    // The last one to come does it, before anybody goes on.
    void oneDoesWhatIsBetween()
    {
        for (const unsigned threads : {1u, 2u, 3u, 5u}) {
            ThreadPool pool(threads);
            constexpr int kRounds = 500;
            int rounds = 0; // no atomic: the barrier orders it
            std::atomic<bool> wrong{false};
            pool.run([&](Worker &worker) {
                for (int i = 0; i < kRounds; ++i) {
                    worker.barrier([&] { ++rounds; });
                    if (rounds != i + 1)
                        wrong = true;
                    worker.barrier();
                }
            });
            QCOMPARE(rounds, kRounds);
            QVERIFY(!wrong);
        }
    }
};

QTEST_GUILESS_MAIN(TestThreadPool)
#include "tst_thread_pool.moc"
