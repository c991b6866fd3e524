#include "kernels/plan_split.h"

#include <type_traits>

namespace kernels {

namespace {

// Calls f(id) for each weight of a step; those that are not there as well.
template <class F> void forEachWeight(Step &step, F f)
{
    const auto each = [&](auto &...ids) { (f(ids), ...); };
    std::visit(
        [&](auto &s) {
            using S = std::decay_t<decltype(s)>;
            if constexpr (std::is_same_v<S, EmbedStep>)
                each(s.embedding);
            else if constexpr (std::is_same_v<S, NormQuantStep>)
                each(s.norm);
            else if constexpr (std::is_same_v<S, QkvRopeKvStep>)
                each(s.q, s.k, s.v, s.qBias, s.kBias, s.vBias, s.qNorm, s.kNorm);
            else if constexpr (std::is_same_v<S, MlaQkvStep>)
                each(s.q, s.qDown, s.qNorm, s.kvDown, s.kvNorm, s.up.key, s.up.value);
            else if constexpr (std::is_same_v<S, MlaAttentionStep>)
                each(s.up.key, s.up.value);
            else if constexpr (std::is_same_v<S, OutResidualStep>)
                each(s.output, s.bias);
            else if constexpr (std::is_same_v<S, GateUpActStep>)
                each(s.gate, s.up);
            else if constexpr (std::is_same_v<S, DownResidualStep>)
                each(s.down);
            else if constexpr (std::is_same_v<S, RouterStep>)
                each(s.router, s.bias);
            else if constexpr (std::is_same_v<S, MoeFfnStep>)
                each(s.gate, s.up, s.down);
            else if constexpr (std::is_same_v<S, HeadStep>)
                each(s.norm, s.head);
            else
                static_assert(std::is_same_v<S, AttentionStep>);
        },
        step);
}

std::uint32_t *layerOf(Step &step)
{
    return std::visit(
        [](auto &s) -> std::uint32_t * {
            if constexpr (requires { s.layer; })
                return &s.layer;
            else
                return nullptr;
        },
        step);
}

// One part while it is made.
class Part
{
public:
    Part(const Plan &whole, Plan &plan, std::vector<std::size_t> &origins, std::uint32_t firstLayer, std::uint32_t layers)
        : m_whole(whole), m_plan(plan), m_origins(origins), m_firstLayer(firstLayer), m_ids(whole.weights.size(), kNoWeight)
    {
        m_plan.shape = whole.shape;
        m_plan.shape.layers = layers;
        m_plan.derived = whole.derived;
        m_plan.scales = whole.scales;
        m_plan.expertsElsewhere = hasRoutedExperts(whole);
    }
    void beginSegment() { m_plan.segments.push_back(m_plan.steps.size()); }
    void take(Step step, std::size_t origin)
    {
        forEachWeight(step, [this](WeightId &id) {
            if (id == kNoWeight)
                return;
            if (m_ids[id] == kNoWeight) {
                m_ids[id] = static_cast<WeightId>(m_plan.weights.size());
                m_plan.weights.push_back(m_whole.weights[id]);
            }
            id = m_ids[id];
        });
        if (std::uint32_t *layer = layerOf(step))
            *layer -= m_firstLayer;
        m_plan.steps.push_back(std::move(step));
        m_origins.push_back(origin);
    }
    void take(std::size_t step) { take(m_whole.steps[step], step); }

private:
    const Plan &m_whole;
    Plan &m_plan;
    std::vector<std::size_t> &m_origins;
    std::uint32_t m_firstLayer;
    std::vector<WeightId> m_ids; // of the part, by those of the whole plan
};

template <class S> bool isA(const Plan &plan, std::size_t step)
{
    return step < plan.steps.size() && std::holds_alternative<S>(plan.steps[step]);
}

} // namespace

SplitPlan splitPlan(const Plan &plan, const PlanSplit &split)
{
    SplitPlan parts;
    Part cpu(plan, parts.cpu, parts.cpuSteps, 0, split.cpuLayers);
    Part gpu(plan, parts.gpu, parts.gpuSteps, split.cpuLayers, plan.shape.layers - split.cpuLayers);
    cpu.beginSegment();
    gpu.beginSegment();
    gpu.take(EmbedStep{kNoWeight}, 0);
    std::uint32_t layers = 0; // that have begun, each with the norm before its attention
    for (std::size_t i = 0; i < plan.steps.size(); ++i) {
        if (isA<NormQuantStep>(plan, i) && (isA<QkvRopeKvStep>(plan, i + 1) || isA<MlaQkvStep>(plan, i + 1)))
            ++layers;
        if (layers <= split.cpuLayers) {
            cpu.take(i);
        } else if (layers <= split.cpuExpertLayers && isA<NormQuantStep>(plan, i) && isA<RouterStep>(plan, i + 1)) {
            cpu.beginSegment();
            for (std::size_t step = i; step < i + 3; ++step) // the norm, the router, the experts
                cpu.take(step);
            const bool isShared = isA<GateUpActStep>(plan, i + 3) && isA<DownResidualStep>(plan, i + 4);
            if (isShared) {
                gpu.take(i);
                gpu.take(i + 3);
            }
            gpu.beginSegment();
            if (isShared)
                gpu.take(i + 4);
            i += isShared ? 4 : 2;
        } else {
            gpu.take(i);
        }
    }
    return parts;
}

std::vector<PlanSplit> splitsOf(const Plan &plan)
{
    std::vector<PlanSplit> splits{{}};
    const std::uint32_t layers = plan.shape.layers, expertLayers = hasRoutedExperts(plan) ? layers : 0;
    // A dense layer before the first one with experts has none to move.
    std::uint32_t layer = 0;
    for (const Step &step : plan.steps) {
        if (std::holds_alternative<AttentionStep>(step) || std::holds_alternative<MlaAttentionStep>(step))
            ++layer;
        else if (std::holds_alternative<MoeFfnStep>(step))
            splits.push_back({0, layer});
    }
    for (std::uint32_t cpuLayers = 1; cpuLayers < layers; ++cpuLayers)
        splits.push_back({cpuLayers, expertLayers});
    return splits;
}

} // namespace kernels
