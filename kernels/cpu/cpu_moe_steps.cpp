// Routed experts on the CPU: tokens sorted by expert, one pass over the weights of each expert that was chosen.
// Formulas: kernels/plan.h; the same stages in plain float: kernels/reference/reference_moe_steps.cpp.
#include "kernels/cpu/cpu_backend_impl.h"

#include <algorithm>
#include <cstring>

namespace kernels {

void CpuBackend::runStep(const RouterStep &step, Run &run, Worker &worker)
{
    const ActivationRows normed = m_normed.rows(m_plan.shape.hiddenSize);
    multiplyAll({matrix(step.router), normed, run.tokens, m_routerLogits.data(), step.experts}, run, worker);
    worker.barrier();
    const std::span<const float> bias = step.bias == kNoWeight ? std::span<const float>() : m_vectors[step.bias];
    const Worker::Range mine = worker.share(run.tokens);
    for (std::uint32_t t = mine.begin; t < mine.end; ++t)
        m_choosers[worker.index()].choose(step, std::span(m_routerLogits).subspan(std::size_t(t) * step.experts, step.experts),
                                          bias, std::span(m_chosen).subspan(std::size_t(t) * step.used, step.used));
    worker.barrier();
    if (worker.index() == 0)
        sortByExpert(step, run.tokens);
}

// m_routed and m_expertBegins from m_chosen: by expert, then by token.
void CpuBackend::sortByExpert(const RouterStep &step, std::uint32_t tokens)
{
    const std::span<const ExpertChoice> chosen = std::span(m_chosen).first(std::size_t(tokens) * step.used);
    const std::span<std::uint32_t> begins = std::span(m_expertBegins).first(std::size_t(step.experts) + 1);
    std::fill(begins.begin(), begins.end(), 0u);
    for (const ExpertChoice &choice : chosen)
        ++begins[choice.expert + 1];
    for (std::uint32_t e = 0; e < step.experts; ++e)
        begins[e + 1] += begins[e];
    for (std::size_t i = 0; i < chosen.size(); ++i)
        m_routed[begins[chosen[i].expert]++] = {static_cast<std::uint32_t>(i / step.used), chosen[i].weight};
    // each begin has moved to its end, which is the next one's begin
    std::copy_backward(begins.begin(), begins.end() - 1, begins.end());
    begins[0] = 0;
}

void CpuBackend::runStep(const MoeFfnStep &step, Run &run, Worker &worker)
{
    const std::uint32_t hidden = m_plan.shape.hiddenSize;
    const std::size_t experts = weight(step.gate).matrices();
    const std::uint32_t width = weight(step.gate).rows, routed = m_expertBegins[experts];
    const ActivationRows normed = m_normed.rows(hidden), gathered = m_gathered.rows(hidden);
    const ActivationRows activated = m_expertActivated.rows(width);

    // rows of an expert's tokens side by side
    const Worker::Range mine = worker.share(routed);
    for (std::uint32_t i = mine.begin; i < mine.end; ++i) {
        const std::uint32_t token = m_routed[i].token;
        if (gathered.floats)
            std::memcpy(gathered.row(i), normed.row(token), hidden * sizeof(float));
        if (!gathered.isQuantised())
            continue;
        const QuantRows from = normed.from(token).quantised, to = gathered.from(i).quantised;
        std::memcpy(to.q, from.q, QuantRows::planeOffset(hidden, 1, 0));
        std::memcpy(to.scales, from.scales, hidden / 32 * sizeof(float));
        std::memcpy(to.sums16, from.sums16, hidden / 16 * sizeof(float));
        std::memcpy(to.sums32, from.sums32, hidden / 32 * sizeof(float));
        std::memcpy(to.negated16, from.negated16, hidden / 16 * sizeof(std::int32_t));
        std::memcpy(to.negated32, from.negated32, hidden / 32 * sizeof(std::int32_t));
        std::memcpy(to.outliers, from.outliers, hidden / 32);
    }
    worker.barrier();
    // silu(gate x) * (up x)
    for (std::size_t e = 0; e < experts && !run.stopping(); ++e) {
        const std::uint32_t first = m_expertBegins[e], tokens = m_expertBegins[e + 1] - first;
        if (tokens > 0)
            activate({matrix(step.gate, e), matrix(step.up, e), gathered.from(first), tokens, activated.from(first)},
                     worker.share(width, kGateRows), run, worker);
    }
    worker.barrier();
    // residual += weight * down activated: experts in order, whatever tokens a run has, so that sums do not depend on it
    const Worker::Range columns = worker.share(hidden, kRowGroup);
    for (std::size_t e = 0; e < experts && !run.stopping(); ++e) {
        const std::uint32_t first = m_expertBegins[e], tokens = m_expertBegins[e + 1] - first;
        if (tokens == 0)
            continue;
        multiply({matrix(step.down, e), activated.from(first), tokens, m_product.data(), hidden}, columns, run, worker);
        for (std::uint32_t i = 0; i < tokens; ++i) {
            const Routed &to = m_routed[first + i];
            const float *product = m_product.data() + std::size_t(i) * hidden;
            float *residual = m_residual.data() + std::size_t(to.token) * hidden;
            for (std::uint32_t j = columns.begin; j < columns.end; ++j)
                residual[j] += to.weight * product[j];
        }
    }
}

} // namespace kernels
