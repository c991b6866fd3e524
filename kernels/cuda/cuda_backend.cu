#include "kernels/cuda/cuda_backend.h"

#include "kernels/cuda/cuda_backend_impl.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <new>

namespace kernels::cuda {

namespace {

constexpr std::uint32_t kStepsAhead = 12; // of a long run that are queued before the host waits, and looks at the stop token

std::uint32_t largestLogits(LogitsWanted wanted, std::uint32_t tokens)
{
    return wanted == LogitsWanted::None ? 0 : wanted == LogitsWanted::Last ? 1 : tokens;
}

bool allFinite(std::span<const float> values)
{
    return std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
}

} // namespace

Error invalid(const char *what, std::uint64_t expected, std::uint64_t found)
{
    return {ErrorCode::InvalidArgument, {.what = what,
                                         .where = "a run of the CUDA backend",
                                         .expected = std::to_string(expected),
                                         .found = std::to_string(found)}};
}

Error failed(const Failure &failure)
{
    if (failure.outOfMemory())
        return {ErrorCode::OutOfMemory, {.what = "There is no GPU memory for the model",
                                         .where = failure.what(),
                                         .wayOut = "Close other programs, choose a smaller model, or run it on the CPU."}};
    return {ErrorCode::Internal,
            {.what = "The GPU failed", .where = failure.what(), .wayOut = "Load the model again, or run it on the CPU."}};
}

CudaBackend::CudaBackend(const CudaBackendOptions &options, const cudaDeviceProp &device) : m_device(options.device)
{
    useDevice();
    m_stream = Stream::create();
    m_exportStream = Stream::create();
    for (Event &event : m_progress)
        event = Event::create();
    for (Event &event : m_drawn)
        event = Event::create();
    m_handedOver = Event::create();
    m_sharedLimit = device.sharedMemPerBlockOptin;
    m_kvBudget = options.kvBudgetBytes;
    m_cublasFunctions = options.cublas;
    m_capabilities.device = "cuda";
    m_capabilities.description = device.name;
    m_capabilities.gpu = options.device;
    m_capabilities.isa = "sm_" + std::to_string(10 * device.major + device.minor);
}

// Members free what they have on the device, which is current then.
CudaBackend::~CudaBackend()
{
    cudaSetDevice(m_device);
}

// --- compile --------------------------------------------------------------------------------------------------------

// What the matrices of a plan ask of the arenas.
struct CudaBackend::Needs
{
    RowForms normed, attended, activated, queryLatent, nopeQuery, latents, expertActivated;
    std::size_t products = 0; // floats a token
    std::uint32_t experts = 0, used = 0, groups = 0;
    std::size_t expertProducts = 0; // floats a pair of token and expert
};

CudaBackend::Needs CudaBackend::needsOf(const Plan &plan, std::uint32_t maxTokens) const
{
    Needs needs;
    const ModelShape &shape = plan.shape;
    const auto reads = [&](WeightId id, RowForms &input) {
        const WeightView &w = plan.weights[id];
        (isQuantised(w.type) ? input.blocks : input.floats) = true;
        input.columns = std::max(input.columns, w.columns);
    };
    const auto rows = [&](WeightId id) { return plan.weights[id].rows; };
    // Gate and up are two products where one kernel cannot make both.
    const auto apart = [&](WeightId gate, WeightId up) {
        const ElementType type = plan.weights[gate].type;
        return type != plan.weights[up].type || isPrefill(type, maxTokens) || usesCublas(maxTokens) ? 2 * std::size_t(rows(gate)) : 0;
    };
    const auto products = [&](std::size_t floats) { needs.products = std::max(needs.products, floats); };
    const bool mla = shape.hasMla();
    products(std::size_t(shape.attentionHeads + (mla ? 0 : 2 * shape.keyValueHeads)) * shape.headDim);
    for (const Step &step : plan.steps) {
        if (const auto *qkv = std::get_if<QkvRopeKvStep>(&step)) {
            for (const WeightId id : {qkv->q, qkv->k, qkv->v})
                reads(id, needs.normed);
        } else if (const auto *latent = std::get_if<MlaQkvStep>(&step)) {
            reads(latent->kvDown, needs.normed);
            if (latent->qDown != kNoWeight)
                reads(latent->qDown, needs.normed);
            reads(latent->q, latent->qDown != kNoWeight ? needs.queryLatent : needs.normed);
            reads(latent->up.key, needs.nopeQuery);
            reads(latent->up.value, needs.latents);
        } else if (const auto *out = std::get_if<OutResidualStep>(&step)) {
            reads(out->output, needs.attended);
        } else if (const auto *gate = std::get_if<GateUpActStep>(&step)) {
            reads(gate->gate, needs.normed);
            reads(gate->up, needs.normed);
            products(apart(gate->gate, gate->up));
        } else if (const auto *down = std::get_if<DownResidualStep>(&step)) {
            reads(down->down, needs.activated);
        } else if (const auto *router = std::get_if<RouterStep>(&step)) {
            reads(router->router, needs.normed);
            needs.experts = std::max(needs.experts, router->experts);
            needs.used = std::max(needs.used, router->used);
            needs.groups = std::max(needs.groups, router->groups);
        } else if (const auto *moe = std::get_if<MoeFfnStep>(&step)) {
            reads(moe->gate, needs.normed);
            reads(moe->up, needs.normed);
            reads(moe->down, needs.expertActivated);
            needs.expertProducts =
                std::max({needs.expertProducts, apart(moe->gate, moe->up), std::size_t(shape.hiddenSize)});
        } else if (const auto *head = std::get_if<HeadStep>(&step)) {
            reads(head->head, needs.normed);
        }
    }
    // What comes out of a product, or of tensor cores, is quantised from floats.
    needs.attended.floats = needs.attended.floats || mla || maxTokens > kVerifyTokens;
    needs.latents.floats = needs.latents.floats || maxTokens > kVerifyTokens;
    if (usesCublas(maxTokens)) // it takes halves, which are made of floats
        needs.normed.floats = needs.activated.floats = needs.queryLatent.floats = true;
    return needs;
}

// What kernels have fixed room for.
Result<void> CudaBackend::checkPlan(const Needs &needs) const
{
    const auto above = [](const char *what, std::uint64_t most, std::uint64_t found) {
        return Error(ErrorCode::Unsupported, {.what = what,
                                              .where = "the GPU engine",
                                              .expected = "at most " + std::to_string(most),
                                              .found = std::to_string(found),
                                              .wayOut = "Run the model on the CPU."});
    };
    if (m_valueDim > kMostValueDim)
        return above("A head is too wide", kMostValueDim, m_valueDim);
    if (m_valueDim % 2 != 0)
        return above("The latents of the model have an odd size", kMostValueDim, m_valueDim);
    if (needs.experts > kMostExperts)
        return above("There are too many experts", kMostExperts, needs.experts);
    if (needs.groups > kMostExpertGroups)
        return above("There are too many groups of experts", kMostExpertGroups, needs.groups);
    if (attentionTask(0).sharedBytes(8) > m_sharedLimit)
        return above("A head does not fit the shared memory", m_sharedLimit, attentionTask(0).sharedBytes(8));
    return {};
}

void CudaBackend::allocateArenas(const Needs &needs)
{
    const ModelShape &shape = m_plan.shape;
    const MlaShape &mla = shape.mla;
    const std::size_t tokens = alignedTo(m_maxTokens, kVerifyTokens), heads = shape.attentionHeads;
    const std::size_t pairs = tokens * needs.used, vocabulary = shape.vocabularySize;
    const std::vector<float> &frequencies = shape.ropeInverseFrequencies;

    m_state = m_arena.take<RunState>(1);
    m_tokens = m_arena.take<TokenId>(tokens);
    m_pages = m_arena.take<std::byte *>(kMostPages);
    m_run = {m_state, m_tokens, m_pages, m_arena.take<RunFindings>(1)};
    m_staging = PinnedBuffer<Staging>(1);
    m_stagedTokens = PinnedBuffer<TokenId>(tokens);
    m_stagedPages = PinnedBuffer<std::byte *>(kMostPages);
    m_stagedLogits = PinnedBuffer<float>(kVerifyTokens * vocabulary);
    if (!m_plan.segments.empty())
        m_stagedResidual = PinnedBuffer<float>(tokens * shape.hiddenSize);

    m_residual = m_arena.take<float>(tokens * shape.hiddenSize);
    m_normed.allocate(m_arena, tokens, needs.normed);
    m_attended.allocate(m_arena, tokens, needs.attended);
    m_activated.allocate(m_arena, tokens, needs.activated);
    m_products = m_arena.take<float>(tokens * needs.products);
    m_queryHeads = m_arena.take<float>(tokens * heads * m_kv.layer(0).keyDim);
    m_rotations = {m_arena.take<float>(tokens * frequencies.size()), m_arena.take<float>(tokens * frequencies.size()),
                   static_cast<std::uint32_t>(frequencies.size()), shape.ropePairs == RopePairs::Adjacent};
    m_frequencies = m_arena.take<float>(frequencies.size());
    check(cudaMemcpy(m_frequencies, frequencies.data(), frequencies.size() * sizeof(float), cudaMemcpyHostToDevice),
          "copy of the model's numbers to the GPU");
    m_logits = m_arena.take<float>(kVerifyTokens * vocabulary);
    m_partValues = m_arena.take<float>(kVerifyTokens * heads * m_splits * m_valueDim);
    m_parts = m_arena.take<AttentionPart>(kVerifyTokens * heads * m_splits);
    if (shape.hasMla()) {
        m_kvDown = m_arena.take<float>(tokens * (mla.latentSize + mla.ropeDim));
        m_queryDown = m_arena.take<float>(tokens * mla.queryLatentSize);
        m_queryLatent.allocate(m_arena, tokens, needs.queryLatent);
        m_nopeQuery.allocate(m_arena, tokens * heads, needs.nopeQuery);
        m_latents.allocate(m_arena, tokens * heads, needs.latents);
    }
    if (pairs > 0) {
        m_routing.logits = m_arena.take<float>(tokens * needs.experts);
        m_routing.weights = m_arena.take<float>(pairs);
        for (std::uint32_t **list : {&m_routing.chosen, &m_routing.places, &m_routing.pairs, &m_routing.tokens})
            *list = m_arena.take<std::uint32_t>(pairs);
        m_routing.begins = m_arena.take<std::uint32_t>(needs.experts + 1);
        m_routing.withTokens = m_arena.take<std::uint32_t>(needs.experts);
        m_routing.count = m_arena.take<std::uint32_t>(1);
        m_expertActivated.allocate(m_arena, pairs, needs.expertActivated);
        m_expertProducts = m_arena.take<float>(pairs * needs.expertProducts);
    }
}

void CudaBackend::allocateCublas()
{
    const CublasRoom room = cublasRoomOf(m_plan);
    m_halfWeights = m_arena.take<std::uint16_t>(room.weights);
    m_halfRows = m_arena.take<std::uint16_t>(m_maxTokens * room.columns);
    m_halfScales = m_arena.take<float>(m_maxTokens);
    m_sums = m_arena.take<float>(m_maxTokens * room.rows);
    m_cublas.emplace(*m_cublasFunctions, m_stream, m_arena.take<std::byte>(kCublasWorkspaceBytes), kCublasWorkspaceBytes);
}

void CudaBackend::makeSegments()
{
    const auto changesResidual = [](const Step &step) {
        return std::holds_alternative<OutResidualStep>(step) || std::holds_alternative<DownResidualStep>(step) ||
               std::holds_alternative<MoeFfnStep>(step);
    };
    for (const StepRange &range : segmentsOf(m_plan)) {
        Segment segment;
        const bool isPart = !m_plan.segments.empty(), isLast = range.end == m_plan.steps.size();
        std::size_t end = range.end;
        while (!isLast && end > range.first && !changesResidual(m_plan.steps[end - 1]))
            --end;
        segment.piece.steps = {range.first, end};
        segment.piece.takesResidual = isPart;
        segment.piece.givesResidual = isPart && !isLast;
        segment.beside.steps = {end, range.end};
        m_segments.push_back(std::move(segment));
    }
}

Result<void> CudaBackend::compile(Plan plan, std::uint32_t maxTokens)
{
    if (m_maxTokens != 0 || maxTokens == 0)
        return Error(ErrorCode::InvalidArgument,
                     ErrorParts{.what = "A plan is compiled once, for at least one token", .where = "CUDA backend"});
    try {
        useDevice();
        m_plan = std::move(plan);
        m_kv.configure(m_plan.shape, m_kvBudget);
        m_valueDim = m_plan.shape.hasMla() ? m_plan.shape.mla.latentSize : m_kv.layer(0).valueDim;
        m_splits = attentionSplits(m_plan.shape.attentionHeads, m_valueDim);
        // Its activations have 11 bits: with routed experts a token whose scores are close would get another one.
        if (hasRoutedExperts(m_plan) || maxTokens < kCublasTokens)
            m_cublasFunctions = nullptr;
        else if (!m_cublasFunctions)
            m_cublasFunctions = systemCublas();
        const Needs needs = needsOf(m_plan, maxTokens);
        if (Result<void> checked = checkPlan(needs); !checked)
            return checked;
        m_weights.upload(m_plan, m_stream);
        m_maxTokens = maxTokens;
        makeSegments();
        allocateArenas(needs);
        if (m_plan.segments.empty() && DrawRoom(m_plan.shape.vocabularySize).blocks <= kMostLogitBlocks)
            allocateDrawing();
        if (usesCublas(maxTokens))
            allocateCublas();
        ops::allowSharedMemory(
            std::min(m_sharedLimit, std::max(attentionTask(0).sharedBytes(16), flashAttentionTask(0).sharedBytes(32))));
    } catch (const Failure &failure) {
        return failed(failure);
    } catch (const std::bad_alloc &) {
        return Error(ErrorCode::OutOfMemory,
                     ErrorParts{.what = "There is no memory for the model", .where = "CUDA backend"});
    }
    return {};
}

// --- pages ----------------------------------------------------------------------------------------------------------

Result<KvPageId> CudaBackend::allocateKvPage()
{
    if (const cudaError_t error = cudaSetDevice(m_device); error != cudaSuccess)
        return failed(Failure(error, "choice of the GPU"));
    return m_kv.allocate();
}

void CudaBackend::copyKvPage(KvPageId from, KvPageId to, std::uint32_t)
{
    try {
        useDevice();
        m_kv.copy(from, to, m_stream);
    } catch (const Failure &failure) {
        m_pending = failed(failure); // what is in the page is said with the next run
    }
}

Result<void> CudaBackend::exportKvPage(KvPageId page, std::uint32_t tokens, std::span<std::byte> bytes) const
{
    const std::lock_guard lock(m_exporting);
    try {
        useDevice();
        m_kv.exportPage(page, tokens, bytes, m_exportStream);
    } catch (const Failure &failure) {
        return failed(failure);
    }
    return {};
}

void CudaBackend::importKvPage(KvPageId page, std::uint32_t tokens, std::span<const std::byte> bytes)
{
    try {
        useDevice();
        m_kv.importPage(page, tokens, bytes, m_stream);
    } catch (const Failure &failure) {
        m_pending = failed(failure);
    }
}

// --- run ------------------------------------------------------------------------------------------------------------

Result<void> CudaBackend::checkInput(const RunInput &input, std::size_t logitsRoom) const
{
    const std::size_t tokens = input.tokens.size(), vocabulary = m_plan.shape.vocabularySize;
    if (tokens == 0 || tokens > m_maxTokens)
        return invalid("The number of tokens is out of range", m_maxTokens, tokens);
    for (const TokenId token : input.tokens)
        if (token < 0 || std::uint32_t(token) >= vocabulary)
            return invalid("A token is not in the vocabulary", vocabulary - 1, std::uint64_t(token));
    const std::size_t pages = (std::size_t(input.firstPosition) + tokens + kKvPageTokens - 1) / kKvPageTokens;
    if (pages > kMostPages)
        return invalid("There are too many positions", std::size_t(kMostPages) * kKvPageTokens, input.firstPosition + tokens);
    if (input.pages.size() < pages)
        return invalid("The pages do not cover all positions", pages, input.pages.size());
    for (const KvPageId page : input.pages.first(pages))
        if (!m_kv.has(page))
            return invalid("A page is not allocated", 0, page);
    const std::size_t rows = largestLogits(input.logitsWanted, static_cast<std::uint32_t>(tokens));
    if (logitsRoom < rows * vocabulary)
        return invalid("There is too little room for the logits", rows * vocabulary, logitsRoom);
    return {};
}

// Copies what changes from run to run to the device. The stream is idle: what was staged before has been read.
void CudaBackend::prepare(const RunInput &input)
{
    const std::size_t tokens = input.tokens.size();
    const std::size_t pages = (input.firstPosition + tokens + kKvPageTokens - 1) / kKvPageTokens;
    std::copy(input.tokens.begin(), input.tokens.end(), m_stagedTokens.data());
    check(cudaMemcpyAsync(m_tokens, m_stagedTokens.data(), tokens * sizeof(TokenId), cudaMemcpyHostToDevice, m_stream), kInputCopy);
    m_drawPages = 0;
    addPages(input.pages, pages);
    check(cudaMemsetAsync(m_run.findings, 0, sizeof(RunFindings), m_stream), "work of the GPU");
    m_staging.data()->state = {static_cast<std::uint32_t>(tokens), input.firstPosition, 0, 0};
    const std::uint32_t rows = std::min(largestLogits(input.logitsWanted, static_cast<std::uint32_t>(tokens)), kVerifyTokens);
    setLogitRows(input.logitsWanted == LogitsWanted::Last ? static_cast<std::uint32_t>(tokens) - 1 : 0, rows);
}

void CudaBackend::setLogitRows(std::uint32_t first, std::uint32_t rows)
{
    RunState &state = m_staging.data()->state;
    state.firstLogit = first;
    state.logitRows = rows;
    check(cudaMemcpyAsync(m_state, &state, sizeof state, cudaMemcpyHostToDevice, m_stream), kInputCopy);
}

void CudaBackend::runStep(const Step &step, const Run &run)
{
    std::visit([&](const auto &typed) { runStep(typed, run); }, step);
}

// The first segment begins a run. What is left of one that ended early is done before its memory is used again.
void CudaBackend::begin(std::size_t segment, const RunInput &input)
{
    useDevice();
    if (segment > 0)
        return;
    m_isDrawing = false;
    m_stream.wait();
    prepare(input);
}

void CudaBackend::takeResidual(std::uint32_t tokens)
{
    check(cudaMemcpyAsync(m_residual, m_stagedResidual.data(), std::size_t(tokens) * m_plan.shape.hiddenSize * sizeof(float),
                          cudaMemcpyHostToDevice, m_stream),
          kInputCopy);
}

// All steps of a piece in order, as long as goOn, asked before each, says so. False when it did not.
bool CudaBackend::queueSteps(const Piece &piece, const Run &run, const Between &goOn)
{
    if (piece.takesResidual)
        takeResidual(run.tokens);
    for (std::size_t i = piece.steps.first; i < piece.steps.end; ++i) {
        if (goOn && !goOn(i))
            return false;
        runStep(m_plan.steps[i], run);
    }
    if (piece.givesResidual)
        check(cudaMemcpyAsync(m_stagedResidual.data(), m_residual, std::size_t(run.tokens) * m_plan.shape.hiddenSize * sizeof(float),
                              cudaMemcpyDeviceToHost, m_stream),
              "copy of a run's results from the GPU");
    return true;
}

// The rows that state->logitRows says, and what kernels found; waits for all that is queued.
void CudaBackend::takeLogits(std::uint32_t rows, std::span<float> logits)
{
    const std::size_t count = std::size_t(rows) * m_plan.shape.vocabularySize;
    const auto copy = [&](void *to, const void *from, std::size_t bytes) {
        check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, m_stream), "copy of a run's results from the GPU");
    };
    if (rows > 0)
        copy(m_stagedLogits.data(), m_logits, count * sizeof(float));
    copy(&m_staging.data()->findings, m_run.findings, sizeof(RunFindings));
    m_stream.wait();
    std::copy_n(m_stagedLogits.data(), count, logits.data());
}

// Decode and verify: a captured graph, sized for the bucket. The first run of a kind goes without, since kernels are loaded when they
// are first launched, which a capture may not bear.
void CudaBackend::queueFew(Piece &piece, const RunInput &input)
{
    const std::uint32_t bucket = bucketOf(static_cast<std::uint32_t>(input.tokens.size())), sized = tokensOfBucket(bucket);
    const bool hasHead = piece.steps.end == m_plan.steps.size();
    const LogitsWanted wanted = hasHead ? input.logitsWanted : LogitsWanted::None;
    const Run run{sized, largestLogits(wanted, sized)};
    Graph &graph = piece.graphs[bucket][std::size_t(wanted)];
    if (graph) {
        graph.launch(m_stream);
        ++m_graphLaunches;
    } else {
        queueSteps(piece, run, {});
        graph = Graph::capture(m_stream, [&] { queueSteps(piece, run, {}); });
        ++m_captures;
    }
}

// Prefill: launches of the run's own sizes, a few steps ahead of the GPU.
bool CudaBackend::queueMany(const Piece &piece, const RunInput &input, const std::stop_token &stop)
{
    const auto tokens = static_cast<std::uint32_t>(input.tokens.size());
    const Run run{tokens, std::min(largestLogits(input.logitsWanted, tokens), kVerifyTokens)};
    return queueSteps(piece, run, [&](std::size_t step) {
        if (step % kStepsAhead == 0) {
            m_progress[step / kStepsAhead % 2].wait(); // that of two times as many steps ago
            m_progress[step / kStepsAhead % 2].record(m_stream);
        }
        return !stop.stop_requested();
    });
}

// False when the run was stopped; nothing is under way then.
bool CudaBackend::queue(Piece &piece, const RunInput &input, const std::stop_token &stop)
{
    if (piece.steps.first == piece.steps.end)
        return true;
    if (input.tokens.size() <= kVerifyTokens) {
        queueFew(piece, input);
        return true;
    }
    if (queueMany(piece, input, stop))
        return true;
    m_stream.wait();
    return false;
}

// The results of a run that is queued to its end.
Result<RunOutcome> CudaBackend::finish(const RunInput &input, std::span<float> logits, const std::stop_token &stop)
{
    const auto tokens = static_cast<std::uint32_t>(input.tokens.size());
    const std::uint32_t wanted = largestLogits(input.logitsWanted, tokens);
    takeLogits(std::min(wanted, kVerifyTokens), logits);
    // more rows than there is room for: the head again
    const auto *head = std::get_if<HeadStep>(&m_plan.steps.back());
    for (std::uint32_t first = kVerifyTokens; head && first < wanted; first += kVerifyTokens) {
        const std::uint32_t rows = std::min(wanted - first, kVerifyTokens);
        if (stop.stop_requested())
            return RunOutcome::Stopped;
        setLogitRows(first, rows);
        runStep(*head, {tokens, rows});
        takeLogits(rows, logits.subspan(std::size_t(first) * m_plan.shape.vocabularySize));
    }
    if (cacheIsInvalid())
        return invalidNumbers("a key or a value of a token");
    return RunOutcome::Done;
}

bool CudaBackend::cacheIsInvalid()
{
    return m_staging.data()->findings.cacheInvalid != 0;
}

Result<RunOutcome> CudaBackend::runSegment(std::size_t segment, const RunInput &input, std::span<float> logits, std::stop_token stop)
{
    if (m_pending)
        return *std::exchange(m_pending, {});
    if (Result<void> checked = checkInput(input, logits.size()); !checked)
        return checked.error();
    if (stop.stop_requested())
        return RunOutcome::Stopped;
    try {
        begin(segment, input);
        Segment &parts = m_segments[segment];
        if (!queue(parts.piece, input, stop))
            return RunOutcome::Stopped;
        if (segment + 1 == m_segments.size())
            return finish(input, logits, stop);
        m_handedOver.record(m_stream);
        if (!queue(parts.beside, input, stop))
            return RunOutcome::Stopped;
        m_handedOver.wait();
        return RunOutcome::Done;
    } catch (const Failure &failure) {
        return failed(failure);
    }
}

Result<std::optional<std::size_t>> CudaBackend::findInvalidStepOf(std::size_t segment, const RunInput &input, std::stop_token stop)
{
    RunInput last = input;
    last.logitsWanted = LogitsWanted::Last;
    std::vector<float> logits(m_plan.shape.vocabularySize), residual(input.tokens.size() * m_plan.shape.hiddenSize);
    if (Result<void> checked = checkInput(last, logits.size()); !checked)
        return checked.error();
    try {
        begin(segment, last);
        const Run run{static_cast<std::uint32_t>(input.tokens.size()), 1};
        const Segment &parts = m_segments[segment];
        if (parts.piece.takesResidual)
            takeResidual(run.tokens);
        for (std::size_t step = parts.piece.steps.first; step < parts.beside.steps.end; ++step) {
            if (stop.stop_requested())
                return std::optional<std::size_t>();
            runStep(m_plan.steps[step], run);
            const bool isHead = std::holds_alternative<HeadStep>(m_plan.steps[step]);
            takeLogits(isHead ? 1 : 0, logits);
            check(cudaMemcpy(residual.data(), m_residual, residual.size() * sizeof(float), cudaMemcpyDeviceToHost),
                  "copy of a run's results from the GPU");
            if (isHead ? !allFinite(logits) : !allFinite(residual) || cacheIsInvalid())
                return std::optional(step);
        }
        if (parts.piece.givesResidual)
            std::copy(residual.begin(), residual.end(), m_stagedResidual.data());
        return std::optional<std::size_t>();
    } catch (const Failure &failure) {
        return failed(failure);
    }
}

Result<std::unique_ptr<Backend>> createCudaBackend(const CudaBackendOptions &options)
{
    int count = 0;
    cudaError_t error = cudaGetDeviceCount(&count);
    if (error == cudaSuccess && (options.device < 0 || options.device >= count))
        return Error(ErrorCode::Unsupported, {.what = "There is no such GPU",
                                              .where = "device " + std::to_string(options.device),
                                              .expected = std::to_string(count) + " devices"});
    cudaDeviceProp properties;
    if (error == cudaSuccess)
        error = cudaGetDeviceProperties(&properties, options.device);
    if (error != cudaSuccess)
        return Error(ErrorCode::Unsupported,
                     ErrorParts{.what = "The GPU cannot be used", .where = cudaGetErrorString(error)});
    try {
        return std::unique_ptr<Backend>(std::make_unique<CudaBackend>(options, properties));
    } catch (const Failure &failure) {
        return failed(failure);
    }
}

} // namespace kernels::cuda
