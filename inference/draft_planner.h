// How many guessed tokens a decode step should verify: what that costs was measured, and so was how often
// guesses hold.
#pragma once

#include <array>
#include <cstdint>

namespace inference {

// One per open model: times hold from one generation to the next. Not thread-safe.
//
// A step of n tokens reads the weights once, as a step of one does, but computes n times as much. It pays
// where
//     (1 + p + p^2 + ... + p^(n-1)) / seconds(n)  >  1 / seconds(1)
// p being the part of such guesses that held. What a step says does not depend on n (kernels/backend.h): the
// answer is the same whatever is chosen here.
class DraftPlanner
{
public:
    static constexpr std::uint32_t kMostDrafts = 15;

    // A generation begins. secondsPerToken: of its prefill, a first idea of what a token more costs; 0:
    // unknown.
    void begin(double secondsPerToken);
    // How many of `available` guesses to verify, `matched` tokens long before them.
    std::uint32_t choose(std::uint32_t matched, std::uint32_t available) const;
    // A step of that many tokens took that long.
    void ran(std::uint32_t tokens, double seconds);
    // Guesses of a match of that length were compared with what came: `held` did, and then one did not
    // (`failed`).
    void compared(std::uint32_t matched, std::uint32_t held, bool failed);

private:
    struct Record
    {
        double held, all;
        double rate() const { return held / all; }
    };
    static std::size_t kindOf(std::uint32_t matched);
    double secondsOf(std::uint32_t tokens) const;

    std::array<double, kMostDrafts + 2> m_seconds{}; // by tokens of a step, averages; 0: never measured
    double m_secondsPerToken = 0;
    std::array<Record, 4> m_records{};
};

} // namespace inference
