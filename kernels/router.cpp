#include "kernels/router.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace kernels {

namespace {

constexpr double kOut = -std::numeric_limits<double>::infinity();

// A rank above kOut whatever the file holds, so that no expert is chosen twice: NaN and minus infinity come
// last.
double ranked(double value)
{
    return value > std::numeric_limits<double>::lowest() ? value : std::numeric_limits<double>::lowest();
}

// The place of the largest; of equal ones the first.
std::size_t best(std::span<const double> values)
{
    return std::size_t(std::max_element(values.begin(), values.end()) - values.begin());
}

double sumOfBestTwo(std::span<const double> values)
{
    double first = kOut, second = kOut;
    for (const double value : values) {
        if (value > first) {
            second = first;
            first = value;
        } else if (value > second) {
            second = value;
        }
    }
    return values.size() > 1 ? first + second : first;
}

} // namespace

ExpertChooser::ExpertChooser(const RouterStep &largest)
    : m_scores(largest.experts), m_ranks(largest.experts), m_groups(largest.groups)
{}

void ExpertChooser::scoreAll(const RouterStep &step, std::span<const float> logits)
{
    if (step.score == RouterScore::Sigmoid) {
        for (std::size_t e = 0; e < logits.size(); ++e)
            m_scores[e] = 1 / (1 + std::exp(-double(logits[e])));
        return;
    }
    const double largest = double(*std::max_element(logits.begin(), logits.end()));
    double sum = 0;
    for (std::size_t e = 0; e < logits.size(); ++e) {
        m_scores[e] = std::exp(double(logits[e]) - largest);
        sum += m_scores[e];
    }
    for (std::size_t e = 0; e < logits.size(); ++e)
        m_scores[e] /= sum;
}

// Takes the experts of all but the best groups out.
void ExpertChooser::maskGroups(const RouterStep &step)
{
    const std::size_t size = step.experts / step.groups;
    for (std::size_t g = 0; g < step.groups; ++g) {
        const std::span<const double> members = std::span(m_ranks).subspan(g * size, size);
        m_groups[g] =
            ranked(step.groupRank == GroupRank::TopTwoSum ? sumOfBestTwo(members) : members[best(members)]);
    }
    const std::span<double> groups = std::span(m_groups).first(step.groups);
    for (std::uint32_t i = 0; i < step.groupsUsed; ++i)
        groups[best(groups)] = kOut; // those that are used; the others keep their ranks
    for (std::size_t g = 0; g < step.groups; ++g)
        if (groups[g] != kOut)
            std::fill_n(m_ranks.begin() + std::ptrdiff_t(g * size), size, kOut);
}

void ExpertChooser::choose(const RouterStep &step, std::span<const float> logits, std::span<const float> bias,
                           std::span<ExpertChoice> chosen)
{
    scoreAll(step, logits);
    for (std::size_t e = 0; e < step.experts; ++e)
        m_ranks[e] = ranked(m_scores[e] + (bias.empty() ? 0 : double(bias[e])));
    if (step.groupsUsed < step.groups)
        maskGroups(step);

    // 0, or NaN where a number is not finite: such an expert may not be among the chosen, which must not hide
    // it.
    double wrong = 0;
    for (const float logit : logits)
        wrong += double(logit) * 0;
    for (const float value : bias)
        wrong += double(value) * 0;

    const std::span<double> ranks = std::span(m_ranks).first(step.experts);
    double sum = 0;
    for (ExpertChoice &choice : chosen) {
        const std::size_t expert = best(ranks);
        ranks[expert] = kOut;
        choice.expert = std::uint32_t(expert);
        sum += m_scores[expert];
    }
    const double factor = double(step.scale) / (step.normalised ? sum + 1e-20 : 1) + wrong;
    for (ExpertChoice &choice : chosen)
        choice.weight = float(m_scores[choice.expert] * factor);
}

} // namespace kernels
