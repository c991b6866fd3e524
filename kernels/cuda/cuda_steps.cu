// The steps of dense models on the GPU: what each queues, with the stages of kernels/cpu/cpu_steps.cpp.
#include "kernels/cuda/cuda_backend_impl.h"

#include <algorithm>

namespace kernels::cuda {

namespace {

// So many warps keep the largest GPUs busy: of matrices with fewer rows several warps share each row. It depends on the shape
// of the matrix alone, so that sums have one order on every GPU.
constexpr std::uint32_t kWarpsWanted = 3072;
constexpr std::uint32_t kMostDepthWarps = 8;
constexpr std::uint32_t kWarpsOfBlock = 8;

std::uint32_t parts(std::uint32_t count, std::uint32_t of)
{
    return (count + of - 1) / of;
}

// Rounds of kRowLanes lanes that a row takes.
std::uint32_t roundsOf(const DeviceMatrix &w)
{
    return parts(isQuantised(w.type) ? w.columns / kUnit : w.rowBytes / 16, kRowLanes);
}

std::uint32_t depthWarpsFor(const DeviceMatrix &w, std::uint32_t most)
{
    std::uint32_t depth = 1;
    while (2 * depth <= most && w.rows / kRowsOfWarp * depth < kWarpsWanted && roundsOf(w) >= 4 * depth)
        depth *= 2;
    return depth;
}

WarpShape productShape(const DeviceMatrix &w)
{
    const std::uint32_t depth = depthWarpsFor(w, kMostDepthWarps);
    return {kWarpsOfBlock / depth, depth};
}

WarpShape gateUpShape(const DeviceMatrix &w)
{
    return {kGateRowWarps, depthWarpsFor(w, kMatmulWarps / kGateRowWarps)};
}

std::uint32_t blocksOf(const DeviceMatrix &w, const WarpShape &shape)
{
    return parts(w.rows, shape.rows());
}

// Tiles of the kernel of a bucket.
std::uint32_t tilesOf(std::uint32_t tokens, std::uint32_t bucket)
{
    return parts(tokens, tokensOfBucket(bucket));
}

} // namespace

ProductTask CudaBackend::productOf(const ActivationRows &x) const
{
    ProductTask task;
    task.x.rows = x;
    task.state = m_state;
    return task;
}

// Products of a long run of quantised weights go by tensor cores.
bool CudaBackend::isPrefill(ElementType type, std::uint32_t tokens)
{
    return tokens > kVerifyTokens && isQuantised(type);
}

void CudaBackend::launchProduct(ProductTask task, ElementType type, const Run &run, std::uint32_t matrices)
{
    const std::uint32_t tokens = task.wantsLogits ? run.logitRows : run.tokens, bucket = bucketOf(tokens);
    const ProductSegment &last = task.segments[task.segmentCount - 1];
    if (usesCublas(tokens) && matrices == 1)
        return multiplyByCublas(task, run);
    if (isPrefill(type, tokens)) {
        std::uint32_t blocks = 0;
        for (std::uint32_t i = 0; i < task.segmentCount; ++i) {
            task.segments[i].firstBlock = blocks;
            blocks += parts(task.segments[i].w.rows, kPrefillRows);
        }
        const dim3 grid(blocks, matrices, parts(tokens, kPrefillTokens));
        return launch(matmulKernels(type).prefillProduct, {grid, kPrefillThreads}, m_stream, task);
    }
    const dim3 grid(last.firstBlock + blocksOf(last.w, task.shape), matrices, tilesOf(tokens, bucket));
    launch(matmulKernels(type).product[bucket], {grid, task.shape.threads()}, m_stream, task);
}

// Halves of weights and activations, sums in float: the matrices of the task one after the other.
void CudaBackend::multiplyByCublas(const ProductTask &task, const Run &run)
{
    const std::uint32_t columns = task.segments[0].w.columns;
    const auto stride = static_cast<std::uint32_t>(alignedTo(columns, 8));
    ops::halveRows({task.x.rows, columns, stride, m_halfRows, m_halfScales, m_state}, run.tokens, m_stream);
    for (std::uint32_t i = 0; i < task.segmentCount; ++i) {
        const ProductSegment &part = task.segments[i];
        ops::dequantise(part.w, m_halfWeights, stride, m_stream);
        m_cublas->multiply({m_halfWeights, m_halfRows, part.w.rows, run.tokens, columns, stride, m_sums});
        ops::storeProduct({m_sums, m_halfScales, part.bias, part.out, part.w.rows, part.outStride, task.addsToOut, m_state},
                          run.tokens, m_stream);
    }
}

// Some products of one input: those with matrices of one type and shape of warps in one launch.
void CudaBackend::multiply(std::initializer_list<Output> outputs, const ActivationRows &x, const Run &run)
{
    std::array<bool, kMostSegments> done{};
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        const Output *const all = outputs.begin();
        if (done[i])
            continue;
        const DeviceMatrix &first = matrix(all[i].weight);
        ProductTask task = productOf(x);
        task.shape = productShape(first);
        std::uint32_t blocks = 0;
        for (std::size_t j = i; j < outputs.size(); ++j) {
            const DeviceMatrix &w = matrix(all[j].weight);
            const WarpShape shape = productShape(w);
            if (done[j] || w.type != first.type || shape.depthWarps != task.shape.depthWarps)
                continue;
            task.segments[task.segmentCount++] = {w, m_weights.vector(all[j].bias), all[j].out, all[j].stride, blocks};
            blocks += blocksOf(w, shape);
            done[j] = true;
        }
        launchProduct(task, first.type, run);
    }
}

// residual += w * x + bias
void CudaBackend::addProduct(WeightId w, WeightId bias, const ActivationRows &x, const Run &run)
{
    ProductTask task = productOf(x);
    task.shape = productShape(matrix(w));
    task.segments[task.segmentCount++] = {matrix(w), m_weights.vector(bias), m_residual, m_plan.shape.hiddenSize, 0};
    task.addsToOut = true;
    launchProduct(task, matrix(w).type, run);
}

void CudaBackend::multiplyHeads(WeightId stack, const ActivationRows &x, float *out, std::uint32_t tokenStride,
                                std::uint32_t headStride, const Run &run)
{
    const std::uint32_t heads = m_plan.shape.attentionHeads;
    const DeviceMatrix &w = matrix(stack);
    ProductTask task = productOf(x);
    task.shape = productShape(w);
    task.segments[task.segmentCount++] = {w, nullptr, out, tokenStride, 0};
    task.x.step = heads;
    task.inputMatrixStep = 1;
    task.outMatrixStride = headStride;
    launchProduct(task, w.type, run, heads);
}

void CudaBackend::normalise(const float *in, std::uint32_t stride, std::uint32_t columns, WeightId norm, float epsilon,
                            const ActivationRows &out, const Run &run)
{
    NormTask task;
    task.in = in;
    task.inStride = stride;
    task.columns = columns;
    task.norm = m_weights.vector(norm);
    task.epsilon = epsilon;
    task.out = out;
    task.state = m_state;
    ops::normQuant(task, run.tokens, m_stream);
}

void CudaBackend::quantise(const ActivationRows &rows, std::uint32_t columns, std::uint32_t rowsOfToken, const Run &run)
{
    if (rows.isQuantised())
        ops::quantise({rows, columns, rowsOfToken, m_state}, run.tokens, m_stream);
}

void CudaBackend::runStep(const EmbedStep &step, const Run &run)
{
    EmbedTask task;
    if (step.embedding != kNoWeight) // a table of no columns: the rotations alone
        task.table = matrix(step.embedding);
    task.residual = m_residual;
    task.inverseFrequencies = m_frequencies;
    task.amplitude = m_plan.shape.ropeAmplitude;
    task.rotations = m_rotations;
    task.run = m_run;
    ops::embed(task, run.tokens, m_stream);
}

void CudaBackend::runStep(const NormQuantStep &step, const Run &run)
{
    const ModelShape &shape = m_plan.shape;
    normalise(m_residual, shape.hiddenSize, shape.hiddenSize, step.norm, shape.rmsNormEpsilon, m_normed.rows(shape.hiddenSize), run);
}

void CudaBackend::runStep(const QkvRopeKvStep &step, const Run &run)
{
    const ModelShape &shape = m_plan.shape;
    const std::uint32_t queries = shape.attentionHeads * shape.headDim, keys = shape.keyValueHeads * shape.headDim;
    const std::uint32_t stride = queries + 2 * keys;
    // products and biases
    multiply({{step.q, step.qBias, m_products, stride},
              {step.k, step.kBias, m_products + queries, stride},
              {step.v, step.vBias, m_products + queries + keys, stride}},
             m_normed.rows(shape.hiddenSize), run);
    // norms of the heads, RoPE on q and k; k and v into the cache
    RopeKvTask task;
    task.products = m_products;
    task.qNorm = m_weights.vector(step.qNorm);
    task.kNorm = m_weights.vector(step.kNorm);
    task.epsilon = shape.rmsNormEpsilon;
    task.heads = shape.attentionHeads;
    task.kvHeads = shape.keyValueHeads;
    task.headDim = shape.headDim;
    task.rotations = m_rotations;
    task.queries = m_queryHeads;
    task.layer = m_kv.layer(step.layer);
    task.run = m_run;
    ops::ropeKv(task, run.tokens, m_stream);
}

void CudaBackend::runStep(const OutResidualStep &step, const Run &run)
{
    addProduct(step.output, step.bias, m_attended.rows(matrix(step.output).columns), run);
}

void CudaBackend::runStep(const GateUpActStep &step, const Run &run)
{
    const DeviceMatrix &gate = matrix(step.gate), &up = matrix(step.up);
    const ActivationRows normed = m_normed.rows(m_plan.shape.hiddenSize), activated = m_activated.rows(gate.rows);
    if (gate.type != up.type || isPrefill(gate.type, run.tokens) || usesCublas(run.tokens)) {
        float *ups = m_products + std::size_t(run.tokens) * gate.rows;
        multiply({{step.gate, kNoWeight, m_products, gate.rows}, {step.up, kNoWeight, ups, gate.rows}}, normed, run);
        return ops::activate({m_products, ups, gate.rows, 1, activated, m_state}, run.tokens, m_stream);
    }
    const GateUpTask task{{gate, up}, {normed}, activated, gateUpShape(gate), false, {}, m_state};
    const std::uint32_t bucket = bucketOf(run.tokens);
    const dim3 grid(parts(gate.rows, kUnit), 1, tilesOf(run.tokens, bucket));
    launch(matmulKernels(gate.type).gateUp[bucket], {grid, task.shape.threads()}, m_stream, task);
}

void CudaBackend::runStep(const DownResidualStep &step, const Run &run)
{
    addProduct(step.down, kNoWeight, m_activated.rows(matrix(step.down).columns), run);
}

void CudaBackend::runStep(const HeadStep &step, const Run &run)
{
    if (run.logitRows == 0)
        return;
    // final norm, of the wanted tokens only: row 0 of m_normed is the first of them
    const ModelShape &shape = m_plan.shape;
    NormTask norm;
    norm.in = m_residual;
    norm.inStride = norm.columns = shape.hiddenSize;
    norm.norm = m_weights.vector(step.norm);
    norm.epsilon = shape.rmsNormEpsilon;
    norm.out = m_normed.rows(shape.hiddenSize);
    norm.wantsLogits = true;
    norm.state = m_state;
    ops::normQuant(norm, run.logitRows, m_stream);

    ProductTask task = productOf(norm.out);
    task.shape = productShape(matrix(step.head));
    task.segments[task.segmentCount++] = {matrix(step.head), nullptr, m_logits, shape.vocabularySize, 0};
    task.wantsLogits = true;
    launchProduct(task, matrix(step.head).type, run);
}

// --- routed experts -------------------------------------------------------------------------------------------------

ExpertLists CudaBackend::expertLists() const
{
    return {m_routing.count, m_routing.withTokens, m_routing.begins, m_routing.tokens};
}

void CudaBackend::runStep(const RouterStep &step, const Run &run)
{
    m_routing.used = step.used;
    m_routing.experts = step.experts;
    multiply({{step.router, kNoWeight, m_routing.logits, step.experts}}, m_normed.rows(m_plan.shape.hiddenSize), run);
    ChooseTask choose;
    choose.logits = m_routing.logits;
    choose.bias = m_weights.vector(step.bias);
    choose.experts = step.experts;
    choose.used = step.used;
    choose.groups = step.groups;
    choose.groupsUsed = step.groupsUsed;
    choose.score = step.score;
    choose.groupRank = step.groupRank;
    choose.normalised = step.normalised;
    choose.scale = step.scale;
    choose.chosen = m_routing.chosen;
    choose.weights = m_routing.weights;
    choose.state = m_state;
    ops::chooseExperts(choose, run.tokens, m_stream);
    SortTask sort;
    sort.chosen = m_routing.chosen;
    sort.experts = step.experts;
    sort.used = step.used;
    sort.count = m_routing.count;
    sort.withTokens = m_routing.withTokens;
    sort.begins = m_routing.begins;
    sort.tokens = m_routing.tokens;
    sort.places = m_routing.places;
    sort.pairs = m_routing.pairs;
    sort.state = m_state;
    ops::sortByExpert(sort, m_stream);
}

void CudaBackend::runStep(const MoeFfnStep &step, const Run &run)
{
    const std::uint32_t hidden = m_plan.shape.hiddenSize;
    const DeviceMatrix &gate = matrix(step.gate), &up = matrix(step.up), &down = matrix(step.down);
    const ActivationRows normed = m_normed.rows(hidden), activated = m_expertActivated.rows(gate.rows);
    // An expert has few of the tokens, though it may have all.
    const std::uint32_t bucket = std::min(bucketOf(run.tokens), bucketOf(run.tokens > kVerifyTokens ? 8 : 4));
    const std::uint32_t experts = std::min(m_routing.experts, run.tokens * m_routing.used);
    const std::uint32_t tiles = tilesOf(run.tokens, bucket);
    const auto multiplyExperts = [&](const DeviceMatrix &w, const ActivationRows &x, bool readsTokens, float *out) {
        const ExpertProductTask task{w, x, readsTokens, out, productShape(w), expertLists()};
        if (isPrefill(w.type, run.tokens)) {
            const dim3 grid(parts(w.rows, kPrefillRows), experts, parts(run.tokens, kPrefillTokens));
            return launch(matmulKernels(w.type).prefillExpert, {grid, kPrefillThreads}, m_stream, task);
        }
        launch(matmulKernels(w.type).expertProduct[bucket], {dim3(blocksOf(w, task.shape), experts, tiles), task.shape.threads()},
               m_stream, task);
    };

    // silu(gate x) * (up x), of each expert for its tokens
    if (gate.type == up.type && !isPrefill(gate.type, run.tokens)) {
        const GateUpTask task{{gate, up}, {normed}, activated, gateUpShape(gate), true, expertLists(), m_state};
        const dim3 grid(parts(gate.rows, kUnit), experts, tiles);
        launch(matmulKernels(gate.type).gateUp[bucket], {grid, task.shape.threads()}, m_stream, task);
    } else {
        float *ups = m_expertProducts + std::size_t(run.tokens) * m_routing.used * gate.rows;
        multiplyExperts(gate, normed, true, m_expertProducts);
        multiplyExperts(up, normed, true, ups);
        ops::activate({m_expertProducts, ups, gate.rows, m_routing.used, activated, m_state}, run.tokens, m_stream);
    }
    // residual += weight * down activated: experts in order, whatever tokens a run has
    multiplyExperts(down, activated, false, m_expertProducts);
    AddExpertsTask add;
    add.products = m_expertProducts;
    add.weights = m_routing.weights;
    add.places = m_routing.places;
    add.pairs = m_routing.pairs;
    add.used = m_routing.used;
    add.hidden = hidden;
    add.residual = m_residual;
    add.state = m_state;
    ops::addExperts(add, run.tokens, m_stream);
}

} // namespace kernels::cuda
