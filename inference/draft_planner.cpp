#include "inference/draft_planner.h"

#include <algorithm>

namespace inference {

namespace {

constexpr double kNewWeight = 0.2;  // of a measurement in its average
constexpr double kForget = 0.97;    // what earlier comparisons weigh with each new one
constexpr double kLeastGain = 1.05; // measured times are not exact
// Before anything was compared: the longer a match, the likelier it goes on.
constexpr std::array<double, 4> kFirstRates{0.4, 0.6, 0.8, 0.9};
constexpr double kFirstCount = 4;

} // namespace

std::size_t DraftPlanner::kindOf(std::uint32_t matched)
{
    return matched < 4 ? 0 : matched < 8 ? 1 : matched < 16 ? 2 : 3;
}

void DraftPlanner::begin(double secondsPerToken)
{
    if (secondsPerToken > 0)
        m_secondsPerToken = secondsPerToken;
    for (std::size_t i = 0; i < m_records.size(); ++i)
        m_records[i] = {kFirstCount * kFirstRates[i], kFirstCount};
}

// What was never measured is what the nearest smaller step took and, for each token more, what prefill takes.
double DraftPlanner::secondsOf(std::uint32_t tokens) const
{
    std::uint32_t known = tokens;
    while (known > 1 && m_seconds[known] == 0)
        --known;
    return m_seconds[known] + (tokens - known) * m_secondsPerToken;
}

std::uint32_t DraftPlanner::choose(std::uint32_t matched, std::uint32_t available) const
{
    if (m_seconds[1] == 0 || m_secondsPerToken == 0)
        return 0;
    const double rate = m_records[kindOf(matched)].rate();
    double best = kLeastGain / m_seconds[1], expected = 1, chance = 1;
    std::uint32_t chosen = 0;
    for (std::uint32_t drafts = 1; drafts <= std::min(available, kMostDrafts); ++drafts) {
        chance *= rate;
        expected += chance;
        if (const double speed = expected / secondsOf(drafts + 1); speed > best) {
            best = speed;
            chosen = drafts;
        }
    }
    return chosen;
}

void DraftPlanner::ran(std::uint32_t tokens, double seconds)
{
    if (tokens == 0 || tokens >= m_seconds.size())
        return;
    double &average = m_seconds[tokens];
    average = average == 0 ? seconds : average + kNewWeight * (seconds - average);
}

void DraftPlanner::compared(std::uint32_t matched, std::uint32_t held, bool failed)
{
    Record &record = m_records[kindOf(matched)];
    record.held = kForget * record.held + held;
    record.all = kForget * record.all + held + (failed ? 1 : 0);
}

} // namespace inference
