#include "kernels/cpu/cpu_backend.h"

#include "kernels/cpu/aligned_buffer.h"
#include "kernels/cpu/isa.h"
#include "kernels/cpu/kv_pages.h"
#include "kernels/cpu/thread_pool.h"
#include "kernels/dequantize.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace kernels {

namespace {

bool isBlockType(ElementType type)
{
    return traitsOf(type).blockLength > 1;
}

// Activations of one matrix input: floats, and their quantised form when a quantised matrix reads them.
struct Activations
{
    AlignedBuffer<float> floats; // (tokens, columns)
    AlignedBuffer<std::int8_t> q;
    AlignedBuffer<float> scales, sums16, sums32;
    QuantRows rows;
    std::uint32_t columns = 0;
    bool quantised = false;

    bool allocate(std::uint32_t tokens, std::uint32_t columnCount, bool asBlocks)
    {
        columns = columnCount;
        quantised = asBlocks;
        if (!floats.allocate(std::size_t(tokens) * columns))
            return false;
        if (!quantised)
            return true;
        if (!q.allocate(QuantRows::planeOffset(columns, tokens, 0)) || !scales.allocate(std::size_t(tokens) * columns / 32)
            || !sums16.allocate(std::size_t(tokens) * columns / 16) || !sums32.allocate(std::size_t(tokens) * columns / 32))
            return false;
        rows = {q.data(), scales.data(), sums16.data(), sums32.data(), columns};
        return true;
    }
    std::size_t bytes() const
    {
        return floats.bytes() + q.bytes() + scales.bytes() + sums16.bytes() + sums32.bytes();
    }
    float *row(std::uint32_t token) { return floats.data() + std::size_t(token) * columns; }
};

// Rows of the gate and up products that one thread finishes before it quantises them for the down product.
constexpr std::uint32_t kGateRows = 32;

// A product looks at the stop token after about this many multiplications, a millisecond of a core, and between these rows:
// kernels work on that many together. Decode reads ahead across rows, so that it must not be cut smaller.
constexpr std::uint64_t kProductsBetweenLooks = 1u << 24;
constexpr std::uint32_t kLookRows = kRowGroup * kGroupsTogether;

class CpuBackend final : public Backend
{
public:
    CpuBackend(const CpuOps &ops, unsigned threads) : m_ops(ops), m_pool(threads)
    {
        m_capabilities.device = "cpu";
        m_capabilities.isa = ops.name;
        m_capabilities.threads = m_pool.threads();
        m_capabilities.description = processorName() + ", " + std::to_string(m_pool.threads())
            + (m_pool.threads() == 1 ? " thread, " : " threads, ") + ops.name;
    }

    const BackendCapabilities &capabilities() const override { return m_capabilities; }
    const Plan &plan() const override { return m_plan; }
    std::uint32_t maxTokens() const override { return m_maxTokens; }
    std::size_t kvPageBytes() const override { return m_kv.pageBytes(); }
    std::size_t activationBytes() const override { return m_activationBytes; }
    Result<KvPageId> allocateKvPage() override { return m_kv.allocate(); }
    void freeKvPage(KvPageId page) override { m_kv.free(page); }
    void copyKvPage(KvPageId from, KvPageId to, std::uint32_t) override { m_kv.copy(from, to); }

    Result<void> compile(Plan plan, std::uint32_t maxTokens) override;
    Result<RunOutcome> run(const RunInput &input, std::span<float> logits, std::stop_token stop) override;

private:
    // What the steps of one run share.
    struct Run
    {
        const RunInput &input;
        std::span<float> logits;
        std::uint32_t tokens;
        std::stop_token stop;
        // The step that was the last one, since the stop token rose in it. Not a flag: a participant may still be
        // about to look after the barrier of one step when another, in the next step already, gives up. Both must
        // leave after the same barrier, or one of them waits for ever.
        std::atomic<std::size_t> lastStep{std::size_t(-1)};

        // Between the parts of a long step. Once true it stays true; what the step computes is not used then.
        bool stopping() const { return stop.stop_requested(); }
    };

    void runStep(const EmbedStep &step, Run &run, Worker &worker);
    void runStep(const NormQuantStep &step, Run &run, Worker &worker);
    void runStep(const QkvRopeKvStep &step, Run &run, Worker &worker);
    void runStep(const AttentionStep &step, Run &run, Worker &worker);
    void runStep(const OutResidualStep &step, Run &run, Worker &worker);
    void runStep(const GateUpActStep &step, Run &run, Worker &worker);
    void runStep(const DownResidualStep &step, Run &run, Worker &worker);
    void runStep(const HeadStep &step, Run &run, Worker &worker);

    const WeightView &weight(WeightId id) const { return m_plan.weights[id]; }
    void multiply(const WeightView &w, Worker::Range rows, Activations &x, std::uint32_t firstToken, std::uint32_t tokens,
                  float *out, std::size_t outStride, const Run &run, const Worker &worker);
    void multiplyAll(const WeightView &w, Activations &x, float *out, const Run &run, const Worker &worker);
    void addProduct(const WeightView &w, WeightId bias, Activations &x, Run &run, Worker &worker);
    void addBias(WeightId bias, Worker::Range rows, float *out, std::size_t stride, std::uint32_t tokens) const;
    void quantiseRow(Activations &x, std::uint32_t token);
    void rotate(float *head, const float *cosines, const float *sines) const;
    std::vector<float> floatsOf(WeightId id) const;

    const CpuOps &m_ops;
    ThreadPool m_pool;
    BackendCapabilities m_capabilities;
    Plan m_plan;
    std::uint32_t m_maxTokens = 0;
    KvPages m_kv;
    std::vector<std::vector<float>> m_vectors; // norms and biases as floats, by WeightId; empty for matrices

    AlignedBuffer<float> m_residual;           // (tokens, hidden)
    Activations m_normed, m_attended, m_activated;
    AlignedBuffer<float> m_query, m_key, m_value; // (tokens, heads * headDim), padded per head for attention
    AlignedBuffer<float> m_queryHeads, m_attendedHeads; // (tokens, heads, padded headDim)
    AlignedBuffer<float> m_product;            // (tokens, hidden), before it is added to the residual
    AlignedBuffer<float> m_cosines, m_sines;   // (tokens, headDim / 2)
    std::vector<AlignedBuffer<std::uint8_t>> m_scratch; // one a thread: products
    std::vector<AlignedBuffer<float>> m_gate;           // one a thread: (2, tokens, kGateRows)
    struct PagePointers
    {
        std::vector<const std::uint16_t *> keys, values; // of one KV head; grows with the context, not per token
    };
    std::vector<PagePointers> m_pagePointers; // one a thread
    std::size_t m_activationBytes = 0;
};

// --- compile --------------------------------------------------------------------------------------------------------

std::vector<float> CpuBackend::floatsOf(WeightId id) const
{
    const WeightView &w = m_plan.weights[id];
    std::vector<float> values(w.columns);
    dequantizeRow(w.type, w.bytes, w.columns, values.data());
    return values;
}

Result<void> CpuBackend::compile(Plan plan, std::uint32_t maxTokens)
{
    m_plan = std::move(plan);
    m_maxTokens = maxTokens;
    const ModelShape &shape = m_plan.shape;
    m_kv.configure(shape);

    // Which inputs need their quantised form, and vectors as floats.
    bool normedBlocks = false, attendedBlocks = false, activatedBlocks = false;
    std::uint32_t largestRow = 0;
    m_vectors.assign(m_plan.weights.size(), {});
    const auto matrix = [&](WeightId id, bool &blocks) {
        blocks = blocks || isBlockType(weight(id).type);
        largestRow = std::max(largestRow, static_cast<std::uint32_t>(weight(id).rowBytes()));
    };
    const auto vector = [&](WeightId id) {
        if (id != kNoWeight && m_vectors[id].empty())
            m_vectors[id] = floatsOf(id);
    };
    for (const Step &step : m_plan.steps) {
        if (const auto *norm = std::get_if<NormQuantStep>(&step)) {
            vector(norm->norm);
        } else if (const auto *qkv = std::get_if<QkvRopeKvStep>(&step)) {
            for (const WeightId id : {qkv->q, qkv->k, qkv->v})
                matrix(id, normedBlocks);
            for (const WeightId id : {qkv->qBias, qkv->kBias, qkv->vBias})
                vector(id);
        } else if (const auto *out = std::get_if<OutResidualStep>(&step)) {
            matrix(out->output, attendedBlocks);
            vector(out->bias);
        } else if (const auto *gate = std::get_if<GateUpActStep>(&step)) {
            matrix(gate->gate, normedBlocks);
            matrix(gate->up, normedBlocks);
        } else if (const auto *down = std::get_if<DownResidualStep>(&step)) {
            matrix(down->down, activatedBlocks);
        } else if (const auto *head = std::get_if<HeadStep>(&step)) {
            vector(head->norm);
            matrix(head->head, normedBlocks);
        }
    }

    // Arenas, sized once.
    const std::size_t tokens = maxTokens, heads = shape.attentionHeads, headDim = shape.headDim;
    const std::size_t padded = m_kv.headDim();
    bool ok = m_residual.allocate(tokens * shape.hiddenSize)
        && m_normed.allocate(maxTokens, shape.hiddenSize, normedBlocks)
        && m_attended.allocate(maxTokens, static_cast<std::uint32_t>(heads * headDim), attendedBlocks)
        && m_activated.allocate(maxTokens, shape.intermediateSize, activatedBlocks)
        && m_query.allocate(tokens * heads * headDim) && m_key.allocate(tokens * shape.keyValueHeads * headDim)
        && m_value.allocate(tokens * shape.keyValueHeads * headDim) && m_queryHeads.allocate(tokens * heads * padded)
        && m_attendedHeads.allocate(tokens * heads * padded) && m_product.allocate(tokens * shape.hiddenSize)
        && m_cosines.allocate(tokens * headDim / 2) && m_sines.allocate(tokens * headDim / 2);
    m_scratch.clear();
    m_gate.clear();
    m_pagePointers.assign(m_pool.threads(), {});
    for (unsigned i = 0; ok && i < m_pool.threads(); ++i) {
        m_scratch.emplace_back();
        m_gate.emplace_back();
        ok = m_scratch.back().allocate(matmulScratchBytes(largestRow, maxTokens))
            && m_gate.back().allocate(2 * tokens * kGateRows);
    }
    if (!ok)
        return Error(ErrorCode::OutOfMemory, {.what = "There is no memory for the activations",
                                              .where = "runs of " + std::to_string(maxTokens) + " tokens",
                                              .wayOut = "Close other programs or choose a smaller model."});
    m_activationBytes = m_residual.bytes() + m_normed.bytes() + m_attended.bytes() + m_activated.bytes() + m_query.bytes()
        + m_key.bytes() + m_value.bytes() + m_queryHeads.bytes() + m_attendedHeads.bytes() + m_product.bytes()
        + m_cosines.bytes() + m_sines.bytes();
    for (unsigned i = 0; i < m_pool.threads(); ++i)
        m_activationBytes += m_scratch[i].bytes() + m_gate[i].bytes();
    return {};
}

// --- run ------------------------------------------------------------------------------------------------------------

Result<RunOutcome> CpuBackend::run(const RunInput &input, std::span<float> logits, std::stop_token stop)
{
    constexpr std::size_t kNone(-1);
    Run run{input, logits, static_cast<std::uint32_t>(input.tokens.size()), std::move(stop)};
    m_pool.run([&](Worker &worker) {
        for (std::size_t i = 0; i < m_plan.steps.size(); ++i) {
            std::visit([&](const auto &typed) { runStep(typed, run, worker); }, m_plan.steps[i]);
            if (run.stopping()) {
                std::size_t none = kNone;
                run.lastStep.compare_exchange_strong(none, i, std::memory_order_relaxed);
            }
            worker.barrier();
            if (run.lastStep.load(std::memory_order_relaxed) <= i)
                return;
        }
    });
    return run.lastStep.load(std::memory_order_relaxed) == kNone ? RunOutcome::Done : RunOutcome::Stopped;
}

// Rows [rows.begin, rows.end) of a product, some at a time until the run is stopped; out points at row 0 of the first
// token.
void CpuBackend::multiply(const WeightView &w, Worker::Range rows, Activations &x, std::uint32_t firstToken, std::uint32_t tokens,
                          float *out, std::size_t outStride, const Run &run, const Worker &worker)
{
    MatmulTask task;
    task.type = w.type;
    task.rowBytes = w.rowBytes();
    task.columns = w.columns;
    task.tokens = tokens;
    QuantRows from = x.rows;
    if (isBlockType(w.type)) {
        from.q += QuantRows::planeOffset(x.columns, firstToken, 0);
        from.scales += std::size_t(firstToken) * (x.columns / 32);
        from.sums16 += std::size_t(firstToken) * (x.columns / 16);
        from.sums32 += std::size_t(firstToken) * (x.columns / 32);
        task.quantised = &from;
    }
    task.floats = x.row(firstToken);
    task.outStride = outStride;
    task.scratch.bytes = m_scratch[worker.index()].data();
    const std::uint64_t products = std::uint64_t(tokens) * w.columns * kLookRows;
    const std::uint64_t together = std::max<std::uint64_t>(1, kProductsBetweenLooks / products) * kLookRows;
    for (std::uint64_t row = rows.begin; row < rows.end && !run.stopping(); row += together) {
        task.weights = w.bytes + row * task.rowBytes;
        task.rows = static_cast<std::uint32_t>(std::min(together, rows.end - row));
        task.out = out + row;
        m_ops.matmul(task);
    }
}

void CpuBackend::multiplyAll(const WeightView &w, Activations &x, float *out, const Run &run, const Worker &worker)
{
    multiply(w, worker.share(w.rows, kRowGroup), x, 0, run.tokens, out, w.rows, run, worker);
}

void CpuBackend::addBias(WeightId bias, Worker::Range rows, float *out, std::size_t stride, std::uint32_t tokens) const
{
    if (bias == kNoWeight || rows.begin >= rows.end)
        return;
    for (std::uint32_t t = 0; t < tokens; ++t)
        m_ops.addInPlace(out + t * stride + rows.begin, m_vectors[bias].data() + rows.begin, rows.end - rows.begin);
}

void CpuBackend::quantiseRow(Activations &x, std::uint32_t token)
{
    if (x.quantised)
        m_ops.quantise(x.row(token), x.columns, x.rows, token, 0);
}

void CpuBackend::runStep(const EmbedStep &step, Run &run, Worker &worker)
{
    const ModelShape &shape = m_plan.shape;
    const WeightView &table = weight(step.embedding);
    const std::uint32_t half = shape.headDim / 2;
    const Worker::Range mine = worker.share(run.tokens);
    for (std::uint32_t t = mine.begin; t < mine.end; ++t) {
        const std::size_t row = static_cast<std::size_t>(run.input.tokens[t]);
        dequantizeRow(table.type, table.bytes + row * table.rowBytes(), shape.hiddenSize,
                      m_residual.data() + std::size_t(t) * shape.hiddenSize);
        // rotation of this position, for all layers
        const double position = run.input.firstPosition + t;
        for (std::uint32_t i = 0; i < half; ++i) {
            const double angle = position * double(shape.ropeInverseFrequencies[i]);
            m_cosines.data()[std::size_t(t) * half + i] = static_cast<float>(std::cos(angle));
            m_sines.data()[std::size_t(t) * half + i] = static_cast<float>(std::sin(angle));
        }
    }
}

void CpuBackend::runStep(const NormQuantStep &step, Run &run, Worker &worker)
{
    const ModelShape &shape = m_plan.shape;
    const Worker::Range mine = worker.share(run.tokens);
    for (std::uint32_t t = mine.begin; t < mine.end; ++t) {
        m_ops.rmsNorm(m_residual.data() + std::size_t(t) * shape.hiddenSize, m_vectors[step.norm].data(), shape.rmsNormEpsilon,
                      shape.hiddenSize, m_normed.row(t));
        quantiseRow(m_normed, t);
    }
}

void CpuBackend::rotate(float *head, const float *cosines, const float *sines) const
{
    const std::uint32_t half = m_plan.shape.headDim / 2;
    const bool adjacent = m_plan.shape.ropePairs == RopePairs::Adjacent;
    for (std::uint32_t i = 0; i < half; ++i) {
        float &a = head[adjacent ? 2 * i : i];
        float &b = head[adjacent ? 2 * i + 1 : i + half];
        const float x = a, y = b;
        a = x * cosines[i] - y * sines[i];
        b = x * sines[i] + y * cosines[i];
    }
}

void CpuBackend::runStep(const QkvRopeKvStep &step, Run &run, Worker &worker)
{
    const ModelShape &shape = m_plan.shape;
    const std::uint32_t headDim = shape.headDim, padded = m_kv.headDim();
    const std::uint32_t heads = shape.attentionHeads, kvHeads = shape.keyValueHeads;
    // products and biases
    multiplyAll(weight(step.q), m_normed, m_query.data(), run, worker);
    addBias(step.qBias, worker.share(heads * headDim, kRowGroup), m_query.data(), heads * headDim, run.tokens);
    multiplyAll(weight(step.k), m_normed, m_key.data(), run, worker);
    addBias(step.kBias, worker.share(kvHeads * headDim, kRowGroup), m_key.data(), kvHeads * headDim, run.tokens);
    multiplyAll(weight(step.v), m_normed, m_value.data(), run, worker);
    addBias(step.vBias, worker.share(kvHeads * headDim, kRowGroup), m_value.data(), kvHeads * headDim, run.tokens);
    worker.barrier();
    // RoPE on q and k; k and v into the cache
    const std::uint32_t half = headDim / 2;
    const Worker::Range mine = worker.share(run.tokens * (heads + kvHeads));
    std::uint16_t halves[512];
    for (std::uint32_t item = mine.begin; item < mine.end; ++item) {
        const std::uint32_t t = item / (heads + kvHeads), head = item % (heads + kvHeads);
        const float *cosines = m_cosines.data() + std::size_t(t) * half, *sines = m_sines.data() + std::size_t(t) * half;
        if (head < heads) {
            float *query = m_queryHeads.data() + (std::size_t(t) * heads + head) * padded;
            std::memcpy(query, m_query.data() + (std::size_t(t) * heads + head) * headDim, headDim * sizeof(float));
            rotate(query, cosines, sines);
            continue;
        }
        const std::uint32_t kvHead = head - heads;
        const std::uint32_t position = run.input.firstPosition + t;
        const KvPageId page = run.input.pages[position / kKvPageTokens];
        const std::uint32_t slot = position % kKvPageTokens;
        float *key = m_key.data() + (std::size_t(t) * kvHeads + kvHead) * headDim;
        rotate(key, cosines, sines);
        std::uint16_t *keys = m_kv.keys(page, step.layer, kvHead);
        for (std::uint32_t first = 0; first < headDim; first += 512) {
            const std::uint32_t count = std::min(headDim - first, 512u);
            m_ops.toHalf(key + first, count, halves);
            for (std::uint32_t d = 0; d < count; ++d)
                keys[std::size_t(first + d) * kKvPageTokens + slot] = halves[d];
        }
        m_ops.toHalf(m_value.data() + (std::size_t(t) * kvHeads + kvHead) * headDim, headDim,
                     m_kv.values(page, step.layer, kvHead) + std::size_t(slot) * padded);
    }
}

void CpuBackend::runStep(const AttentionStep &step, Run &run, Worker &worker)
{
    const ModelShape &shape = m_plan.shape;
    const std::uint32_t heads = shape.attentionHeads, kvHeads = shape.keyValueHeads, padded = m_kv.headDim();
    const std::uint32_t group = heads / kvHeads;
    const std::uint32_t pages = static_cast<std::uint32_t>(run.input.pages.size());
    std::vector<const std::uint16_t *> &keyPages = m_pagePointers[worker.index()].keys;
    std::vector<const std::uint16_t *> &valuePages = m_pagePointers[worker.index()].values;
    keyPages.resize(pages);
    valuePages.resize(pages);

    // Query rows of one KV head, (token, head of the group) in order, kAttentionQueries at a time. Items go round the
    // threads, since later tokens see more keys.
    const std::uint32_t rows = run.tokens * group, tiles = (rows + kAttentionQueries - 1) / kAttentionQueries;
    for (std::uint32_t kvHead = 0; kvHead < kvHeads; ++kvHead) {
        bool located = false;
        for (std::uint32_t tile = 0; tile < tiles && !run.stopping(); ++tile) {
            if ((tile + kvHead * tiles) % worker.count() != worker.index())
                continue;
            if (!located) {
                for (std::uint32_t p = 0; p < pages; ++p) {
                    keyPages[p] = m_kv.keys(run.input.pages[p], step.layer, kvHead);
                    valuePages[p] = m_kv.values(run.input.pages[p], step.layer, kvHead);
                }
                located = true;
            }
            const float *queries[kAttentionQueries];
            float *outputs[kAttentionQueries];
            std::uint32_t positions[kAttentionQueries];
            AttentionTask task;
            task.queryCount = std::min(kAttentionQueries, rows - tile * kAttentionQueries);
            for (std::uint32_t i = 0; i < task.queryCount; ++i) {
                const std::uint32_t row = tile * kAttentionQueries + i;
                const std::uint32_t t = row / group, head = kvHead * group + row % group;
                queries[i] = m_queryHeads.data() + (std::size_t(t) * heads + head) * padded;
                outputs[i] = m_attendedHeads.data() + (std::size_t(t) * heads + head) * padded;
                positions[i] = run.input.firstPosition + t;
            }
            task.queries = queries;
            task.outputs = outputs;
            task.positions = positions;
            task.keyPages = keyPages.data();
            task.valuePages = valuePages.data();
            task.headDim = padded;
            task.scale = 1.0f / std::sqrt(static_cast<float>(shape.headDim));
            m_ops.attention(task);
        }
    }
    worker.barrier();
    // heads side by side, quantised for the output product
    const Worker::Range mine = worker.share(run.tokens);
    for (std::uint32_t t = mine.begin; t < mine.end; ++t) {
        for (std::uint32_t head = 0; head < heads; ++head)
            std::memcpy(m_attended.row(t) + std::size_t(head) * shape.headDim,
                        m_attendedHeads.data() + (std::size_t(t) * heads + head) * padded, shape.headDim * sizeof(float));
        quantiseRow(m_attended, t);
    }
}

// residual += w * x + bias
void CpuBackend::addProduct(const WeightView &w, WeightId bias, Activations &x, Run &run, Worker &worker)
{
    const std::uint32_t hidden = m_plan.shape.hiddenSize;
    multiplyAll(w, x, m_product.data(), run, worker);
    const Worker::Range mine = worker.share(hidden, kRowGroup);
    if (mine.begin >= mine.end)
        return;
    addBias(bias, mine, m_product.data(), hidden, run.tokens);
    for (std::uint32_t t = 0; t < run.tokens; ++t)
        m_ops.addInPlace(m_residual.data() + std::size_t(t) * hidden + mine.begin,
                         m_product.data() + std::size_t(t) * hidden + mine.begin, mine.end - mine.begin);
}

void CpuBackend::runStep(const OutResidualStep &step, Run &run, Worker &worker)
{
    addProduct(weight(step.output), step.bias, m_attended, run, worker);
}

void CpuBackend::runStep(const GateUpActStep &step, Run &run, Worker &worker)
{
    const WeightView &gateWeights = weight(step.gate), &upWeights = weight(step.up);
    float *gate = m_gate[worker.index()].data(), *up = gate + std::size_t(m_maxTokens) * kGateRows;
    const Worker::Range mine = worker.share(m_plan.shape.intermediateSize, kGateRows);
    for (std::uint32_t row = mine.begin; row < mine.end && !run.stopping(); row += kGateRows) {
        const Worker::Range rows{row, std::min(row + kGateRows, mine.end)};
        const std::uint32_t count = rows.end - rows.begin;
        // the products of a few rows stay in the cache until they are one
        multiply(gateWeights, rows, m_normed, 0, run.tokens, gate - rows.begin, kGateRows, run, worker);
        multiply(upWeights, rows, m_normed, 0, run.tokens, up - rows.begin, kGateRows, run, worker);
        for (std::uint32_t t = 0; t < run.tokens; ++t) {
            float *activated = gate + std::size_t(t) * kGateRows;
            m_ops.siluMultiply(activated, up + std::size_t(t) * kGateRows, count);
            if (m_activated.quantised)
                m_ops.quantise(activated, count, m_activated.rows, t, row);
            else
                std::memcpy(m_activated.row(t) + row, activated, count * sizeof(float));
        }
    }
}

void CpuBackend::runStep(const DownResidualStep &step, Run &run, Worker &worker)
{
    addProduct(weight(step.down), kNoWeight, m_activated, run, worker);
}

void CpuBackend::runStep(const HeadStep &step, Run &run, Worker &worker)
{
    if (run.input.logitsWanted == LogitsWanted::None)
        return;
    const ModelShape &shape = m_plan.shape;
    const bool all = run.input.logitsWanted == LogitsWanted::All;
    const std::uint32_t first = all ? 0 : run.tokens - 1, count = run.tokens - first;
    const Worker::Range mine = worker.share(count);
    for (std::uint32_t t = first + mine.begin; t < first + mine.end; ++t) {
        m_ops.rmsNorm(m_residual.data() + std::size_t(t) * shape.hiddenSize, m_vectors[step.norm].data(), shape.rmsNormEpsilon,
                      shape.hiddenSize, m_normed.row(t));
        quantiseRow(m_normed, t);
    }
    worker.barrier();
    const WeightView &head = weight(step.head);
    multiply(head, worker.share(head.rows, kRowGroup), m_normed, first, count, run.logits.data(), shape.vocabularySize, run, worker);
}

} // namespace

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
    return std::unique_ptr<Backend>(std::make_unique<CpuBackend>(**ops, options.threads ? options.threads : physicalCores()));
}

} // namespace kernels
