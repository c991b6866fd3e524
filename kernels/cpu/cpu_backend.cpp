#include "kernels/cpu/cpu_backend.h"

#include "kernels/cpu/cpu_backend_impl.h"
#include "kernels/cpu/isa.h"
#include "kernels/dequantize.h"

#include <algorithm>
#include <cmath>

namespace kernels {

CpuBackend::CpuBackend(const CpuOps &ops, unsigned threads, KvCacheType kvCacheType)
    : m_ops(ops), m_pool(threads), m_kvCacheType(kvCacheType)
{
    m_capabilities.device = "cpu";
    m_capabilities.isa = ops.name;
    m_capabilities.threads = m_pool.threads();
    m_capabilities.description = processorName() + ", " + std::to_string(m_pool.threads())
        + (m_pool.threads() == 1 ? " thread, " : " threads, ") + ops.name;
}

std::string CpuBackend::kvFormat() const
{
    return "cpu " + m_capabilities.isa + (m_kvCacheType == KvCacheType::Q8 ? ", bytes" : ", halves") + ", keys transposed";
}

// --- compile --------------------------------------------------------------------------------------------------------

std::vector<float> CpuBackend::floatsOf(WeightId id) const
{
    const WeightView &w = m_plan.weights[id];
    std::vector<float> values(w.columns);
    dequantizeRow(w, 0, 0, values.data());
    return values;
}

// What the matrices of a plan ask of the arenas.
struct CpuBackend::Needs
{
    // The forms in which matrices read one input.
    struct Input
    {
        bool floats = false, blocks = false;
        std::uint32_t columns = 0;
        Activations::Form form() const
        {
            return !blocks ? Activations::Form::Floats : floats ? Activations::Form::Both : Activations::Form::Quantised;
        }
    };
    Input normed, attended, activated, queryLatent, nopeQuery, latents, gathered, expertActivated;
    RouterStep router{}; // the largest numbers of all
    std::size_t largestRow = 0;
};

CpuBackend::Needs CpuBackend::needsOf(const Plan &plan)
{
    Needs needs;
    const auto reads = [&](WeightId id, Needs::Input &input) {
        const WeightView &w = plan.weights[id];
        (traitsOf(w.type).blockLength > 1 ? input.blocks : input.floats) = true;
        input.columns = std::max(input.columns, w.columns);
        needs.largestRow = std::max(needs.largestRow, w.rowBytes());
    };
    const auto floats = [&](WeightId id) {
        if (id != kNoWeight && m_vectors[id].empty())
            m_vectors[id] = floatsOf(id);
    };
    for (const Step &step : plan.steps) {
        if (const auto *norm = std::get_if<NormQuantStep>(&step)) {
            floats(norm->norm);
        } else if (const auto *qkv = std::get_if<QkvRopeKvStep>(&step)) {
            for (const WeightId id : {qkv->q, qkv->k, qkv->v})
                reads(id, needs.normed);
            for (const WeightId id : {qkv->qBias, qkv->kBias, qkv->vBias, qkv->qNorm, qkv->kNorm})
                floats(id);
        } else if (const auto *mla = std::get_if<MlaQkvStep>(&step)) {
            reads(mla->kvDown, needs.normed);
            if (mla->qDown != kNoWeight)
                reads(mla->qDown, needs.normed);
            reads(mla->q, mla->qDown != kNoWeight ? needs.queryLatent : needs.normed);
            reads(mla->up.key, needs.nopeQuery);
            reads(mla->up.value, needs.latents);
            floats(mla->qNorm);
            floats(mla->kvNorm);
        } else if (const auto *out = std::get_if<OutResidualStep>(&step)) {
            reads(out->output, needs.attended);
            floats(out->bias);
        } else if (const auto *gate = std::get_if<GateUpActStep>(&step)) {
            reads(gate->gate, needs.normed);
            reads(gate->up, needs.normed);
        } else if (const auto *down = std::get_if<DownResidualStep>(&step)) {
            reads(down->down, needs.activated);
        } else if (const auto *router = std::get_if<RouterStep>(&step)) {
            reads(router->router, needs.normed);
            floats(router->bias);
            needs.router.experts = std::max(needs.router.experts, router->experts);
            needs.router.used = std::max(needs.router.used, router->used);
            needs.router.groups = std::max(needs.router.groups, router->groups);
        } else if (const auto *moe = std::get_if<MoeFfnStep>(&step)) {
            for (const WeightId id : {moe->gate, moe->up}) {
                reads(id, needs.normed);
                reads(id, needs.gathered);
            }
            reads(moe->down, needs.expertActivated);
        } else if (const auto *head = std::get_if<HeadStep>(&step)) {
            floats(head->norm);
            reads(head->head, needs.normed);
        }
    }
    // These are computed in float before they are quantised.
    needs.normed.floats = needs.attended.floats = needs.queryLatent.floats = true;
    needs.nopeQuery.floats = needs.latents.floats = true;
    return needs;
}

bool CpuBackend::allocateArenas(const Needs &needs)
{
    const ModelShape &shape = m_plan.shape;
    const MlaShape &mla = shape.mla;
    const std::size_t tokens = m_maxTokens, heads = shape.attentionHeads, pairs = shape.ropeInverseFrequencies.size();
    const std::size_t routed = tokens * needs.router.used;
    std::size_t bytes = 0;
    bool ok = true;
    const auto buffer = [&](auto &arena, std::size_t count) {
        ok = ok && arena.reserve(count);
        bytes += arena.bytes();
    };
    const auto input = [&](Activations &arena, std::size_t count, const Needs::Input &need) {
        ok = ok && (need.columns == 0 || arena.allocate(count, need.columns, need.form()));
        bytes += arena.bytes();
    };

    buffer(m_residual, tokens * shape.hiddenSize);
    buffer(m_product, tokens * shape.hiddenSize);
    input(m_normed, tokens, needs.normed);
    input(m_attended, tokens, needs.attended);
    input(m_activated, tokens, needs.activated);
    buffer(m_query, tokens * heads * shape.headDim);
    buffer(m_queryHeads, tokens * heads * m_kv.keyDim());
    buffer(m_attendedHeads, tokens * heads * m_kv.valueDim());
    buffer(m_placedKeys, std::size_t(m_pool.threads()) * m_kv.keyDim());
    buffer(m_cosines, tokens * pairs);
    buffer(m_sines, tokens * pairs);
    if (shape.hasMla()) {
        buffer(m_queryDown, tokens * mla.queryLatentSize);
        buffer(m_kvDown, tokens * (mla.latentSize + mla.ropeDim));
        input(m_queryLatent, tokens, needs.queryLatent);
        input(m_nopeQuery, tokens * heads, needs.nopeQuery);
        input(m_latents, tokens * heads, needs.latents);
    } else {
        buffer(m_key, tokens * shape.keyValueHeads * shape.headDim);
        buffer(m_value, tokens * shape.keyValueHeads * shape.headDim);
    }
    if (routed > 0) {
        input(m_gathered, routed, needs.gathered);
        input(m_expertActivated, routed, needs.expertActivated);
        m_routerLogits.resize(tokens * needs.router.experts);
        m_chosen.resize(routed);
        m_routed.resize(routed);
        m_expertBegins.resize(needs.router.experts + 1);
        m_experts.reserve(needs.router.experts);
        m_choosers.assign(m_pool.threads(), ExpertChooser(needs.router));
        bytes += m_routerLogits.size() * sizeof(float) + routed * (sizeof(ExpertChoice) + sizeof(Routed));
    }
    m_scratch.clear();
    m_gate.clear();
    for (unsigned i = 0; i < m_pool.threads(); ++i) {
        buffer(m_scratch.emplace_back(), matmulScratchBytes(needs.largestRow, m_maxTokens));
        buffer(m_gate.emplace_back(), 2 * tokens * kGateRows);
    }
    ok = ok && allocateAttention();
    bytes += m_partValues.bytes() + (m_parts.size() + m_sums.size()) * sizeof(AttentionPart);
    m_activationBytes = bytes;
    return ok;
}

// Which steps of a segment run as one. A norm of few tokens is so short that sharing it out would take longer.
CpuBackend::Schedule CpuBackend::scheduleOf(Together together, const StepRange &range) const
{
    const std::vector<Step> &steps = m_plan.steps;
    Schedule schedule;
    for (std::size_t i = range.first; i < range.end;) {
        Stage stage{.first = i, .last = i, .shared = {}, .router = std::get_if<RouterStep>(&steps[i])};
        if (together != Together::Nothing) {
            stage.shared = sharedBehind(i, range.end);
            if (stage.shared.gateUp)
                stage.last = i + 2;
        }
        if (together == Together::ExpertsAndNorms && stage.last + 1 < range.end) {
            stage.norm = std::get_if<NormQuantStep>(&steps[stage.last + 1]);
            if (stage.norm)
                ++stage.last;
        }
        i = stage.last + 1;
        schedule.push_back(stage);
    }
    return schedule;
}

Result<void> CpuBackend::compile(Plan plan, std::uint32_t maxTokens)
{
    m_plan = std::move(plan);
    m_maxTokens = maxTokens;
    m_fewTokens.clear();
    m_manyTokens.clear();
    for (const StepRange &segment : segmentsOf(m_plan)) {
        m_fewTokens.push_back(scheduleOf(Together::ExpertsAndNorms, segment));
        m_manyTokens.push_back(scheduleOf(Together::Experts, segment));
    }
    m_kv.configure(m_plan.shape, m_kvCacheType);
    // Five sixths of the products of a dense model. With routed experts all stay in 16 bits: a token whose scores are close
    // would get another expert.
    m_feedForward = hasRoutedExperts(m_plan) ? QuantForm::Full : QuantForm::Outliers;
    m_headsAreBlocks = !m_plan.shape.hasMla() && m_plan.shape.headDim % kQuantBlock == 0;
    m_vectors.assign(m_plan.weights.size(), {});
    if (!allocateArenas(needsOf(m_plan)))
        return Error(ErrorCode::OutOfMemory, {.what = "There is no memory for the activations",
                                              .where = "runs of " + std::to_string(maxTokens) + " tokens",
                                              .wayOut = "Close other programs or choose a smaller model."});
    return {};
}

// --- run ------------------------------------------------------------------------------------------------------------

namespace {

constexpr std::size_t kNoStep(-1);

bool allFinite(std::span<const float> values)
{
    return std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
}

} // namespace

// All stages in order, on all threads. After each one worker 0 asks whether to go on, where there is somebody to ask.
void CpuBackend::runStages(const Schedule &schedule, Run &run, const std::function<bool(std::size_t step)> &goOn)
{
    m_pool.run([&](Worker &worker) {
        for (const Stage &stage : schedule) {
            if (stage.shared.gateUp)
                runExperts(std::get<MoeFfnStep>(m_plan.steps[stage.first]), stage.shared, run, worker);
            else
                std::visit([&](const auto &step) { runStep(step, run, worker); }, m_plan.steps[stage.first]);
            if (run.stopping()) {
                std::size_t none = kNoStep;
                run.lastStep.compare_exchange_strong(none, stage.first, std::memory_order_relaxed);
            }
            worker.barrier([&] {
                if (stage.norm)
                    normalise(*stage.norm, {0, run.tokens});
                if (stage.router)
                    finishRouting(*stage.router, run, worker);
            });
            if (run.lastStep.load(std::memory_order_relaxed) <= stage.first)
                return;
            if (!goOn)
                continue;
            // A flag of its own, looked at behind a barrier of its own: others may be looking at lastStep still.
            if (worker.index() == 0 && !goOn(stage.last))
                run.ended.store(true, std::memory_order_relaxed);
            worker.barrier();
            if (run.ended.load(std::memory_order_relaxed))
                return;
        }
    });
}

Result<RunOutcome> CpuBackend::runSegment(std::size_t segment, const RunInput &input, std::span<float> logits, std::stop_token stop)
{
    Run run{input, logits, static_cast<std::uint32_t>(input.tokens.size()), std::move(stop)};
    runStages((run.tokens <= kFewTokens ? m_fewTokens : m_manyTokens)[segment], run, {});
    if (run.lastStep.load(std::memory_order_relaxed) != kNoStep)
        return RunOutcome::Stopped;
    if (run.cacheInvalid.load(std::memory_order_relaxed))
        return invalidNumbers("a key or a value of a token");
    return RunOutcome::Done;
}

Result<std::optional<std::size_t>> CpuBackend::findInvalidStepOf(std::size_t segment, const RunInput &input, std::stop_token stop)
{
    RunInput last = input;
    last.logitsWanted = LogitsWanted::Last;
    std::vector<float> logits(m_plan.shape.vocabularySize);
    Run run{last, logits, static_cast<std::uint32_t>(input.tokens.size()), std::move(stop)};
    std::optional<std::size_t> found;
    runStages(scheduleOf(Together::Nothing, segmentsOf(m_plan)[segment]), run, [&](std::size_t step) {
        const std::size_t count = std::size_t(run.tokens) * m_plan.shape.hiddenSize;
        const bool finite = std::holds_alternative<HeadStep>(m_plan.steps[step])
                                ? allFinite(logits)
                                : allFinite({m_residual.data(), count}) && !run.cacheInvalid;
        if (!finite)
            found = step;
        return finite;
    });
    return found;
}

std::size_t matmulScratchBytes(std::size_t rowBytes, std::uint32_t tokens)
{
    const std::size_t panel = std::size_t(kPanelColumns) * kRowGroup + 2 * std::size_t(kPanelColumns) / 16 * kRowGroup * sizeof(float);
    const std::size_t sums = std::size_t(kGroupsTogether) * tokens * 2 * kRowGroup * sizeof(float);
    return panel + sums + kRowGroup * rowBytes + 64;
}

Result<std::unique_ptr<Backend>> createCpuBackend(const CpuBackendOptions &options)
{
    const Result<const CpuOps *> ops = opsForIsa(options.isa);
    if (!ops)
        return ops.error();
    if (options.threads > 1024)
        return Error(ErrorCode::InvalidArgument, {.what = "Too many threads", .where = "threads", .expected = "at most 1,024", .found = std::to_string(options.threads)});
    return std::unique_ptr<Backend>(std::make_unique<CpuBackend>(**ops, options.threads ? options.threads : physicalCores(), options.kvCacheType));
}

} // namespace kernels
