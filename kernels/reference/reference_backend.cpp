#include "kernels/reference/reference_backend.h"

#include "kernels/reference/reference_ops.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <new>
#include <thread>

namespace kernels {

namespace {

Error invalid(const char *what, std::uint64_t expected, std::uint64_t found)
{
    return Error(ErrorCode::InvalidArgument, ErrorParts{.what = what,
                                                        .where = "a run of the reference backend",
                                                        .expected = std::to_string(expected),
                                                        .found = std::to_string(found)});
}

} // namespace

ReferenceBackend::ReferenceBackend(unsigned threads, MlaForm mlaForm) : m_mlaForm(mlaForm)
{
    m_capabilities.device = "cpu";
    m_capabilities.threads = threads ? threads : std::max(1u, std::thread::hardware_concurrency());
    m_capabilities.description = "reference path in float, " + std::to_string(m_capabilities.threads) +
                                 (m_capabilities.threads == 1 ? " thread" : " threads");
}

Result<void> ReferenceBackend::compile(Plan plan, std::uint32_t maxTokens)
{
    if (m_maxTokens != 0 || maxTokens == 0)
        return Error(ErrorCode::InvalidArgument,
                     ErrorParts{.what = "A plan is compiled once, for at least one token",
                                .where = "reference backend"});
    m_plan = std::move(plan);
    const ModelShape &shape = m_plan.shape;
    const MlaShape &mla = shape.mla;
    const bool absorbed = shape.hasMla() && m_mlaForm == MlaForm::Absorbed;
    const std::uint32_t kvHeads = absorbed ? 1 : shape.hasMla() ? shape.attentionHeads : shape.keyValueHeads;
    m_attention.heads = shape.attentionHeads;
    m_attention.headsPerKeyValue = shape.attentionHeads / kvHeads;
    m_attention.keyDim = absorbed ? mla.latentSize + mla.ropeDim : shape.headDim;
    m_attention.valueDim = absorbed ? mla.latentSize : shape.valueDim();
    m_attention.keyFloats = kvHeads * m_attention.keyDim;
    m_attention.valueFloats = absorbed ? 0 : kvHeads * m_attention.valueDim;
    m_kvPageFloats = shape.layers * layerFloats();

    const std::size_t tokens = maxTokens;
    std::uint32_t widest = std::max({shape.hiddenSize, shape.intermediateSize, mla.queryLatentSize});
    std::size_t experts = 0, expertsUsed = 0, expertRows = 0;
    for (const Step &step : m_plan.steps) {
        if (const auto *router = std::get_if<RouterStep>(&step)) {
            experts = std::max<std::size_t>(experts, router->experts);
            expertsUsed = std::max<std::size_t>(expertsUsed, router->used);
        } else if (const auto *moe = std::get_if<MoeFfnStep>(&step)) {
            expertRows = std::max<std::size_t>(expertRows, weight(moe->gate).rows);
        }
    }
    for (const WeightView &view : m_plan.weights)
        widest = std::max(widest, view.columns);
    try {
        m_residual.resize(tokens * shape.hiddenSize);
        m_normed.resize(tokens * shape.hiddenSize);
        m_q.resize(tokens * queryRows());
        m_attended.resize(tokens * m_attention.heads * m_attention.valueDim);
        m_activated.resize(tokens * shape.intermediateSize);
        m_cosines.resize(tokens * shape.ropeInverseFrequencies.size());
        m_sines.resize(m_cosines.size());
        m_queryLatent.resize(tokens * mla.queryLatentSize);
        if (shape.hasMla())
            m_latent.resize(tokens * (mla.latentSize + mla.ropeDim));
        if (absorbed)
            m_mlaHeads.resize(tokens * shape.attentionHeads * std::max(shape.headDim, mla.valueDim));
        m_routerLogits.resize(tokens * experts);
        m_chosen.resize(tokens * expertsUsed);
        m_expertActivated.resize(tokens * expertRows);
        m_scratch.resize(m_capabilities.threads);
        for (Scratch &scratch : m_scratch) {
            scratch.row.resize(widest);
            scratch.secondRow.resize(widest);
            scratch.sums.resize(m_attention.valueDim);
            scratch.keys.resize(shape.hasMla() && !absorbed ? tokens * mla.nopeDim : 0);
        }
    } catch (const std::bad_alloc &) {
        return Error(ErrorCode::OutOfMemory,
                     ErrorParts{.what = "There is no memory for the activations of " +
                                        std::to_string(tokens) + " tokens",
                                .where = "reference backend",
                                .wayOut = "Close other programs, or choose a smaller model."});
    }
    m_maxTokens = maxTokens;
    return {};
}

std::size_t ReferenceBackend::activationBytes() const
{
    std::size_t bytes =
        sizeof(float) *
            (m_residual.size() + m_normed.size() + m_q.size() + m_attended.size() + m_activated.size() +
             m_cosines.size() + m_sines.size() + m_queryLatent.size() + m_latent.size() + m_mlaHeads.size() +
             m_routerLogits.size() + m_expertActivated.size()) +
        sizeof(ExpertChoice) * m_chosen.size();
    for (const Scratch &scratch : m_scratch)
        bytes += sizeof(float) * (scratch.row.size() + scratch.secondRow.size()) +
                 sizeof(double) * (scratch.scores.size() + scratch.sums.size() + scratch.keys.size());
    return bytes;
}

Result<KvPageId> ReferenceBackend::allocateKvPage()
{
    try {
        if (m_freePages.empty()) {
            m_freePages.reserve(m_pages.size() + 1); // so that freeing never fails
            m_pageInUse.reserve(m_pages.size() + 1);
            std::vector<float> page(m_kvPageFloats);
            const std::lock_guard lock(m_growth);
            m_pages.push_back(std::move(page));
            m_pageInUse.push_back(false);
            m_freePages.push_back(KvPageId(m_pages.size() - 1));
        }
    } catch (const std::bad_alloc &) {
        return Error(ErrorCode::OutOfMemory,
                     ErrorParts{.what = "There is no memory for more of the KV cache",
                                .where = "page " + std::to_string(m_pages.size()) + " of " +
                                         std::to_string(kvPageBytes()) + " bytes",
                                .wayOut = "Choose a shorter context."});
    }
    const KvPageId page = m_freePages.back();
    m_freePages.pop_back();
    m_pageInUse[page] = true;
    return page;
}

void ReferenceBackend::freeKvPage(KvPageId page)
{
    if (page >= m_pages.size() || !m_pageInUse[page])
        return;
    m_pageInUse[page] = false;
    m_freePages.push_back(page);
}

void ReferenceBackend::copyKvPage(KvPageId from, KvPageId to, std::uint32_t tokens)
{
    if (from >= m_pages.size() || to >= m_pages.size() || from == to)
        return;
    const std::size_t copied = std::min(tokens, kKvPageTokens);
    const std::size_t valuesAt = std::size_t(kKvPageTokens) * m_attention.keyFloats;
    for (std::size_t layer = 0; layer < m_kvPageFloats; layer += layerFloats()) {
        const float *source = m_pages[from].data() + layer;
        float *target = m_pages[to].data() + layer;
        std::copy_n(source, copied * m_attention.keyFloats, target);
        std::copy_n(source + valuesAt, copied * m_attention.valueFloats, target + valuesAt);
    }
}

std::string ReferenceBackend::kvFormat() const
{
    return m_mlaForm == MlaForm::Absorbed ? "reference, floats, latents" : "reference, floats";
}

Result<void> ReferenceBackend::exportKvPage(KvPageId page, std::uint32_t tokens, std::span<std::byte> bytes) const
{
    const float *floats = nullptr;
    {
        const std::lock_guard lock(m_growth);
        floats = m_pages[page].data();
    }
    const std::size_t keys = std::size_t(tokens) * m_attention.keyFloats * sizeof(float);
    const std::size_t values = std::size_t(tokens) * m_attention.valueFloats * sizeof(float);
    const std::size_t valuesAt = std::size_t(kKvPageTokens) * m_attention.keyFloats;
    std::byte *to = bytes.data();
    for (std::size_t layer = 0; layer < m_kvPageFloats; layer += layerFloats(), to += keys + values) {
        std::memcpy(to, floats + layer, keys);
        std::memcpy(to + keys, floats + layer + valuesAt, values);
    }
    return {};
}

void ReferenceBackend::importKvPage(KvPageId page, std::uint32_t tokens, std::span<const std::byte> bytes)
{
    const std::size_t keys = std::size_t(tokens) * m_attention.keyFloats * sizeof(float);
    const std::size_t values = std::size_t(tokens) * m_attention.valueFloats * sizeof(float);
    const std::size_t valuesAt = std::size_t(kKvPageTokens) * m_attention.keyFloats;
    const std::byte *from = bytes.data();
    float *floats = m_pages[page].data();
    for (std::size_t layer = 0; layer < m_kvPageFloats; layer += layerFloats(), from += keys + values) {
        std::memcpy(floats + layer, from, keys);
        std::memcpy(floats + layer + valuesAt, from + keys, values);
    }
}

Result<void> ReferenceBackend::checkInput(const RunInput &input, std::size_t logitsRoom) const
{
    const std::size_t tokens = input.tokens.size();
    if (tokens == 0 || tokens > m_maxTokens)
        return invalid("The number of tokens is out of range", m_maxTokens, tokens);
    for (const TokenId token : input.tokens)
        if (token < 0 || std::uint32_t(token) >= m_plan.shape.vocabularySize)
            return Error(ErrorCode::InvalidArgument, "A token is not in the vocabulary (expected 0 to " +
                                                         std::to_string(m_plan.shape.vocabularySize - 1) +
                                                         ", found " + std::to_string(token) + ").");
    const std::size_t pagesNeeded =
        (std::size_t(input.firstPosition) + tokens + kKvPageTokens - 1) / kKvPageTokens;
    if (input.pages.size() < pagesNeeded)
        return invalid("The pages do not cover all positions", pagesNeeded, input.pages.size());
    for (const KvPageId page : input.pages.first(pagesNeeded))
        if (page >= m_pages.size() || !m_pageInUse[page])
            return invalid("A page is not allocated", m_pages.size(), page);
    const std::size_t rows = input.logitsWanted == LogitsWanted::None   ? 0
                             : input.logitsWanted == LogitsWanted::Last ? 1
                                                                        : tokens;
    if (logitsRoom < rows * m_plan.shape.vocabularySize)
        return invalid("There is too little room for the logits", rows * m_plan.shape.vocabularySize,
                       logitsRoom);
    return {};
}

Result<RunOutcome> ReferenceBackend::run(const RunInput &input, std::span<float> logits, std::stop_token stop)
{
    auto outcome = runSteps(input, logits, std::move(stop), {});
    if (outcome && *outcome == RunOutcome::Done && m_cacheInvalid)
        return invalidNumbers("a key or a value of a token");
    return outcome;
}

Result<std::optional<std::size_t>> ReferenceBackend::findInvalidStep(const RunInput &input,
                                                                     std::stop_token stop)
{
    RunInput last = input;
    last.logitsWanted = LogitsWanted::Last;
    std::vector<float> logits(m_plan.shape.vocabularySize);
    std::optional<std::size_t> found;
    const auto allFinite = [](std::span<const float> values) {
        return std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
    };
    const auto outcome = runSteps(last, logits, std::move(stop), [&](std::size_t step) {
        const std::size_t count = input.tokens.size() * m_plan.shape.hiddenSize;
        const bool finite = std::holds_alternative<HeadStep>(m_plan.steps[step])
                                ? allFinite(logits)
                                : allFinite({m_residual.data(), count}) && !m_cacheInvalid;
        if (!finite)
            found = step;
        return finite;
    });
    if (!outcome)
        return outcome.error();
    return found;
}

// Stopped too when goOn, asked after each step, says so.
Result<RunOutcome> ReferenceBackend::runSteps(const RunInput &input, std::span<float> logits,
                                              std::stop_token stop,
                                              const std::function<bool(std::size_t step)> &goOn)
{
    if (Result<void> checked = checkInput(input, logits.size()); !checked)
        return checked.error();
    m_input = &input;
    m_logits = logits;
    m_stop = std::move(stop);
    m_cacheInvalid = false;
    try {
        prepareRun();
        for (std::size_t i = 0; i < m_plan.steps.size(); ++i) {
            std::visit([this](const auto &step) { perform(step); }, m_plan.steps[i]);
            if (m_stop.stop_requested()) // a step that was stopped is incomplete
                return RunOutcome::Stopped;
            if (goOn && !goOn(i))
                return RunOutcome::Stopped;
        }
    } catch (const std::bad_alloc &) {
        return Error(ErrorCode::OutOfMemory,
                     ErrorParts{.what = "There is no memory for a step of the reference path",
                                .wayOut = "Choose a shorter context."});
    }
    return RunOutcome::Done;
}

void ReferenceBackend::prepareRun()
{
    const auto tokens = std::uint32_t(m_input->tokens.size());
    const std::size_t positions = std::size_t(m_input->firstPosition) + tokens;
    for (Scratch &scratch : m_scratch)
        if (scratch.scores.size() < positions)
            scratch.scores.resize(positions + kKvPageTokens);

    const std::vector<float> &frequencies = m_plan.shape.ropeInverseFrequencies;
    for (std::uint32_t t = 0; t < tokens; ++t)
        reference::rotationOf(m_input->firstPosition + t, frequencies, m_plan.shape.ropeAmplitude,
                              m_cosines.data() + t * frequencies.size(),
                              m_sines.data() + t * frequencies.size());
}

std::unique_ptr<Backend> createReferenceBackend(unsigned threads, MlaForm mlaForm)
{
    return std::make_unique<ReferenceBackend>(threads, mlaForm);
}

} // namespace kernels
