#include "kernels/plan.h"

#include <algorithm>
#include <array>

namespace kernels {

std::string_view stepName(const Step &step)
{
    static constexpr std::array<std::string_view, std::variant_size_v<Step>> names{
        "Embed",       "NormQuant", "QkvRopeKv",    "Attention", "MlaQkv", "MlaAttention",
        "OutResidual", "GateUpAct", "DownResidual", "Router",    "MoeFfn", "Head"};
    return names[step.index()];
}

std::string stepPlace(const Plan &plan, std::size_t step)
{
    // A norm belongs to what reads it.
    const bool isNorm = std::holds_alternative<NormQuantStep>(plan.steps[step]);
    const std::size_t last = isNorm && step + 1 < plan.steps.size() ? step + 1 : step;
    std::uint32_t layer = 0;
    const char *part = "the output";
    for (std::size_t i = 0; i <= last; ++i) {
        const Step &each = plan.steps[i];
        if (std::holds_alternative<EmbedStep>(each))
            part = "the embedding";
        else if (const auto *qkv = std::get_if<QkvRopeKvStep>(&each))
            layer = qkv->layer, part = "attention";
        else if (const auto *mla = std::get_if<MlaQkvStep>(&each))
            layer = mla->layer, part = "attention";
        else if (std::holds_alternative<GateUpActStep>(each) || std::holds_alternative<RouterStep>(each))
            part = "feed-forward";
        else if (std::holds_alternative<HeadStep>(each))
            part = "the output";
    }
    const std::string_view name = part;
    return name.starts_with("the ") ? part : "layer " + std::to_string(layer) + ", " + part;
}

bool hasRoutedExperts(const Plan &plan)
{
    const auto isRouter = [](const Step &step) { return std::holds_alternative<RouterStep>(step); };
    return plan.expertsElsewhere || std::ranges::any_of(plan.steps, isRouter);
}

std::vector<StepRange> segmentsOf(const Plan &plan)
{
    if (plan.segments.empty())
        return {{0, plan.steps.size()}};
    std::vector<StepRange> ranges;
    for (std::size_t i = 0; i < plan.segments.size(); ++i)
        ranges.push_back({plan.segments[i], i + 1 < plan.segments.size() ? plan.segments[i + 1] : plan.steps.size()});
    return ranges;
}

} // namespace kernels
