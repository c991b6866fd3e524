// Routed experts on the CPU: tokens sorted by expert, one pass over the weights of each expert that was chosen. Shared
// experts behind them take part in the same regions.
// Formulas: kernels/plan.h; the same stages in plain float: kernels/reference/reference_moe_steps.cpp.
#include "kernels/cpu/cpu_backend_impl.h"

#include <algorithm>
#include <cstring>

namespace kernels {

namespace {

// The down products go through all experts a piece of columns at a time, at least so many: the activations of the
// experts come from farther away with each piece.
constexpr std::uint32_t kDownColumns = 64;
constexpr std::uint32_t kDownPieces = 4; // of a participant's part

} // namespace

void CpuBackend::runStep(const RouterStep &step, Run &run, Worker &worker)
{
    const ActivationRows normed = m_normed.rows(m_plan.shape.hiddenSize);
    multiplyAll({matrix(step.router), normed, run.tokens, m_routerLogits.data(), step.experts}, run, worker);
    if (run.tokens <= kFewTokens)
        return;
    worker.barrier();
    choose(step, worker.share(run.tokens), worker);
}

// What the last participant that comes to the end of the step does: all where that is little.
void CpuBackend::finishRouting(const RouterStep &step, const Run &run, const Worker &worker)
{
    if (run.tokens <= kFewTokens)
        choose(step, {0, run.tokens}, worker);
    sortByExpert(step, run.tokens);
    if (gathers(run.tokens) && run.tokens <= kFewTokens)
        gather({0, m_expertBegins[step.experts]});
}

// The experts of each token.
void CpuBackend::choose(const RouterStep &step, Worker::Range tokens, const Worker &worker)
{
    const std::span<const float> bias = step.bias == kNoWeight ? std::span<const float>() : m_vectors[step.bias];
    for (std::uint32_t t = tokens.begin; t < tokens.end; ++t)
        m_choosers[worker.index()].choose(step, std::span(m_routerLogits).subspan(std::size_t(t) * step.experts, step.experts),
                                          bias, std::span(m_chosen).subspan(std::size_t(t) * step.used, step.used));
}

// m_routed and m_expertBegins from m_chosen: by expert, then by token. m_experts: those with tokens, most tokens first.
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

    m_experts.clear();
    for (std::uint32_t e = 0; e < step.experts; ++e)
        if (tokensOf(e) > 0)
            m_experts.push_back(e);
    std::sort(m_experts.begin(), m_experts.end(), [this](std::uint32_t a, std::uint32_t b) {
        return tokensOf(a) != tokensOf(b) ? tokensOf(a) > tokensOf(b) : a < b;
    });
}

// Rows of an expert's tokens side by side. With routed experts they are in QuantForm::Full, which has no outliers.
void CpuBackend::gather(Worker::Range routed)
{
    const std::uint32_t hidden = m_plan.shape.hiddenSize;
    const ActivationRows normed = m_normed.rows(hidden), gathered = m_gathered.rows(hidden);
    for (std::uint32_t i = routed.begin; i < routed.end; ++i) {
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
    }
}

// The shared experts behind the routed ones, before `end`: neither reads what the other writes but the residual.
CpuBackend::SharedExperts CpuBackend::sharedBehind(std::size_t step, std::size_t end) const
{
    const std::vector<Step> &steps = m_plan.steps;
    if (!std::holds_alternative<MoeFfnStep>(steps[step]) || step + 2 >= end)
        return {};
    const SharedExperts shared{std::get_if<GateUpActStep>(&steps[step + 1]), std::get_if<DownResidualStep>(&steps[step + 2])};
    return shared.gateUp && shared.down ? shared : SharedExperts{};
}

void CpuBackend::runStep(const MoeFfnStep &step, Run &run, Worker &worker)
{
    runExperts(step, {}, run, worker);
}

void CpuBackend::runExperts(const MoeFfnStep &step, const SharedExperts &shared, Run &run, Worker &worker)
{
    const std::uint32_t hidden = m_plan.shape.hiddenSize;
    const auto experts = static_cast<std::uint32_t>(weight(step.gate).matrices());
    const std::uint32_t width = weight(step.gate).rows;
    const ActivationRows normed = m_normed.rows(hidden), gathered = m_gathered.rows(hidden);
    const ActivationRows activated = m_expertActivated.rows(width);

    if (gathers(run.tokens) && run.tokens > kFewTokens) {
        gather(worker.share(m_expertBegins[experts]));
        worker.barrier();
    }
    // silu(gate x) * (up x), blocks of rows of one expert after the other; the shared ones have all tokens and come first
    const Matrix sharedGate = shared.gateUp ? matrix(shared.gateUp->gate) : Matrix{};
    const ActivationRows sharedActivated = m_activated.rows(sharedGate.rows);
    const std::uint32_t sharedBlocks = (sharedGate.rows + kGateRows - 1) / kGateRows;
    const std::uint32_t blocks = (width + kGateRows - 1) / kGateRows;
    const auto expertsWithTokens = static_cast<std::uint32_t>(m_experts.size());
    worker.shareOut(sharedBlocks + expertsWithTokens * blocks, 1, 1, [&](Worker::Range item) {
        const bool isShared = item.begin < sharedBlocks;
        const std::uint32_t block = isShared ? item.begin : (item.begin - sharedBlocks) % blocks;
        const Worker::Range rows{block * kGateRows, std::min((block + 1) * kGateRows, isShared ? sharedGate.rows : width)};
        if (isShared)
            return activate({sharedGate, matrix(shared.gateUp->up), normed, run.tokens, sharedActivated}, rows, run, worker);
        const std::uint32_t e = m_experts[(item.begin - sharedBlocks) / blocks], first = m_expertBegins[e];
        activate({matrix(step.gate, e), matrix(step.up, e), gathers(run.tokens) ? gathered.from(first) : normed,
                  tokensOf(e), activated.from(first)},
                 rows, run, worker);
    });
    worker.barrier();
    // residual += weight * down activated: experts in order, whatever tokens a run has, so that sums do not depend on it
    const auto addExperts = [&](Worker::Range columns) {
        for (std::uint32_t e = 0; e < experts && !run.stopping(); ++e) {
            const std::uint32_t first = m_expertBegins[e], tokens = tokensOf(e);
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
        if (shared.down) {
            multiply({matrix(shared.down->down), sharedActivated, run.tokens, m_product.data(), hidden}, columns, run, worker);
            addToResidual(kNoWeight, columns, run.tokens);
        }
    };
    if (run.tokens <= kFewTokens)
        return addExperts(worker.share(hidden, kRowGroup));
    const std::uint32_t pieces = worker.count() * kDownPieces;
    const std::uint32_t columns = std::max(kDownColumns, (hidden + pieces - 1) / pieces / kRowGroup * kRowGroup);
    worker.shareOut(hidden, kRowGroup, columns, addExperts);
}

} // namespace kernels
