#include "tests/fuzz/support/mutant_run.h"

#include "tests/fuzz/support/memory_meter.h"
#include "tests/support/sanitized.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

#include <sys/time.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
extern "C" void __sanitizer_set_death_callback(void (*callback)());
#endif

namespace fuzz {

namespace {

constexpr bool sharesAreWhole()
{
    int sum = 0;
    for (const Share &share : kShares)
        sum += share.ofThousand;
    return sum == 1000;
}
static_assert(sharesAreWhole());

volatile std::sig_atomic_t s_number = -1;

void sayNumber()
{
    char text[64];
    const int length = std::snprintf(text, sizeof text, "fuzz: at mutant %d\n", int(s_number));
    if (s_number >= 0 && length > 0)
        (void)!::write(STDERR_FILENO, text, std::size_t(length));
}

void onSignal(int signal)
{
    sayNumber();
    std::signal(SIGABRT, SIG_DFL);
    if (signal != SIGABRT)
        std::abort();
}

// Processor time: what others do on the machine does not count.
double seconds()
{
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return double(now.tv_sec) + double(now.tv_nsec) * 1e-9;
}

void setTimer(int limit)
{
    const itimerval value{{0, 0}, {limit, 0}};
    setitimer(ITIMER_PROF, &value, nullptr);
}

} // namespace

int mutantCount(std::string_view kind)
{
    const char *wanted = std::getenv("BALEEN_FUZZ_FILES");
    const long all = wanted ? std::strtol(wanted, nullptr, 10) : test::kSanitized ? 60'000 : 300'000;
    for (const Share &share : kShares)
        if (share.kind == kind)
            return std::max(1, int(all * share.ofThousand / 1000));
    std::fprintf(stderr, "fuzz: no share for %s\n", std::string(kind).c_str());
    std::abort();
}

std::uint64_t mutantSeed()
{
    const char *wanted = std::getenv("BALEEN_FUZZ_SEED");
    return wanted ? std::strtoull(wanted, nullptr, 10) : 20260101;
}

Tally runMutants(std::string_view kind, int count, const std::function<Outcome()> &one)
{
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_set_death_callback(sayNumber);
#endif
    std::signal(SIGABRT, onSignal);
    std::signal(SIGPROF, onSignal);
    Tally tally;
    tally.count = count;
    for (int i = 0; i < count; ++i) {
        s_number = i;
        setTimer(10);
        resetPeak();
        const double begin = seconds();
        const Outcome outcome = one();
        const double took = seconds() - begin;
        const std::size_t most = peakBytes();
        if (outcome.opened)
            ++tally.opened;
        else
            ++tally.refused[outcome.code];
        if (took > tally.slowest) {
            tally.slowest = took;
            tally.slowestNumber = i;
        }
        if (most > tally.largest) {
            tally.largest = most;
            tally.largestNumber = i;
        }
    }
    setTimer(0);
    s_number = -1;
    std::signal(SIGABRT, SIG_DFL);
    std::string refused;
    for (const auto &[code, number] : tally.refused)
        refused += ", code " + std::to_string(int(code)) + " " + std::to_string(number);
    std::printf("%s: %d mutants, %d opened%s; slowest %.0f ms (mutant %d), most memory %zu KiB (mutant %d)\n",
                std::string(kind).c_str(), count, tally.opened, refused.c_str(), tally.slowest * 1e3,
                tally.slowestNumber, tally.largest >> 10, tally.largestNumber);
    std::fflush(stdout);
    return tally;
}

} // namespace fuzz
