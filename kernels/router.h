// Which experts a token goes to: the part of RouterStep behind the product, the same in every backend.
#pragma once

#include "kernels/plan.h"

#include <span>
#include <vector>

namespace kernels {

struct ExpertChoice
{
    std::uint32_t expert = 0;
    float weight = 0; // what the expert's output is multiplied with
};

// Memory of one thread, so that nothing is allocated for a token.
class ExpertChooser
{
public:
    explicit ExpertChooser(const RouterStep &largest);

    // logits: of step.experts experts, from the router's product. bias: as many, or none. chosen gets
    // step.used different experts, the best first. Formulas: kernels/plan.h, in double. The groups that are
    // used must hold step.used experts. A score that is no number comes last.
    void choose(const RouterStep &step, std::span<const float> logits, std::span<const float> bias,
                std::span<ExpertChoice> chosen);

private:
    void scoreAll(const RouterStep &step, std::span<const float> logits);
    void maskGroups(const RouterStep &step);

    std::vector<double> m_scores; // of each expert
    std::vector<double> m_ranks;  // score + bias; minus infinity once chosen or in a group that is left out
    std::vector<double> m_groups;
};

} // namespace kernels
