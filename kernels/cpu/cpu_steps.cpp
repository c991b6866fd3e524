// The steps of dense models on the CPU. Each participant of a run calls them with its own worker; work is cut by output
// rows or by tokens, never so that the order of one sum depends on it.
#include "kernels/cpu/cpu_backend_impl.h"

#include "kernels/dequantize.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace kernels {

namespace {

// A product looks at the stop token after about this many multiplications, a millisecond of a core, and between these rows:
// kernels work on that many together. Decode reads ahead across rows, so that it must not be cut smaller.
constexpr std::uint64_t kProductsBetweenLooks = 1u << 24;
constexpr std::uint32_t kLookRows = kRowGroup * kGroupsTogether;

// A participant's part of a product is cut into so many pieces at least where rows allow it: see Worker::shareOut().
constexpr std::uint32_t kPiecesOfPart = 8;

} // namespace

CpuBackend::Matrix CpuBackend::matrix(WeightId id, std::size_t index) const
{
    const WeightView &w = weight(id);
    return {w.type, w.columns, w.rows, w.rowBytes(), w.matrix(index), w.scalesOf(index)};
}

// So many rows are multiplied between two looks at the stop token.
std::uint32_t CpuBackend::rowsTogether(const Product &product) const
{
    const std::uint64_t products = std::uint64_t(product.tokens) * product.w.columns * kLookRows;
    return static_cast<std::uint32_t>(std::max<std::uint64_t>(1, kProductsBetweenLooks / products)) * kLookRows;
}

// Rows [rows.begin, rows.end) of a product, some at a time until the run is stopped.
void CpuBackend::multiply(const Product &product, Worker::Range rows, const Run &run, const Worker &worker)
{
    const Matrix &w = product.w;
    MatmulTask task;
    task.type = w.type;
    task.rowBytes = w.rowBytes;
    task.columns = w.columns;
    task.tokens = product.tokens;
    task.quantised = &product.x.quantised;
    task.floats = product.x.floats;
    task.scales = w.scales.values;
    task.outStride = product.outStride;
    task.scratch.bytes = m_scratch[worker.index()].data();
    const std::uint64_t together = rowsTogether(product);
    for (std::uint64_t row = rows.begin; row < rows.end && !run.stopping(); row += together) {
        task.weights = w.bytes + row * task.rowBytes;
        task.scaleRow = w.scales.firstRow + static_cast<std::uint32_t>(row);
        task.rows = static_cast<std::uint32_t>(std::min(together, rows.end - row));
        task.out = product.out + row;
        m_ops.matmul(task);
    }
}

// All rows of a product, each by one participant, which then calls then(Range) for them. A few tokens take a moment, in
// which rows are fetched ahead: there everybody has one part.
template <class Then> void CpuBackend::multiplyAll(const Product &product, const Run &run, Worker &worker, Then then)
{
    const std::uint32_t rows = product.w.rows;
    const auto compute = [&](Worker::Range some) {
        multiply(product, some, run, worker);
        then(some);
    };
    if (product.tokens <= kFewTokens)
        return compute(worker.share(rows, kRowGroup));
    const std::uint32_t pieces = kPiecesOfPart * worker.count();
    const std::uint32_t fine = (rows + pieces * kLookRows - 1) / (pieces * kLookRows) * kLookRows;
    worker.shareOut(rows, kRowGroup, std::min(fine, rowsTogether(product)), compute);
}

void CpuBackend::multiplyAll(const Product &product, const Run &run, Worker &worker)
{
    multiplyAll(product, run, worker, [](Worker::Range) {});
}

void CpuBackend::addBias(WeightId bias, Worker::Range rows, float *out, std::size_t stride, std::uint32_t tokens) const
{
    if (bias == kNoWeight || rows.begin >= rows.end)
        return;
    for (std::uint32_t t = 0; t < tokens; ++t)
        m_ops.addInPlace(out + t * stride + rows.begin, vector(bias) + rows.begin, rows.end - rows.begin);
}

void CpuBackend::quantise(const ActivationRows &x, std::size_t token) const
{
    if (x.isQuantised())
        m_ops.quantise(x.row(token), x.columns, x.quantised, static_cast<std::uint32_t>(token), 0);
}

void CpuBackend::runStep(const EmbedStep &step, Run &run, Worker &worker)
{
    const ModelShape &shape = m_plan.shape;
    const std::size_t pairs = shape.ropeInverseFrequencies.size();
    const Worker::Range mine = worker.share(run.tokens);
    for (std::uint32_t t = mine.begin; t < mine.end; ++t) {
        if (step.embedding != kNoWeight)
            dequantizeRow(weight(step.embedding), 0, static_cast<std::uint32_t>(run.input.tokens[t]),
                          m_residual.data() + std::size_t(t) * shape.hiddenSize);
        // rotation of this position, for all layers
        const double position = run.input.firstPosition + t;
        for (std::size_t i = 0; i < pairs; ++i) {
            const double angle = position * double(shape.ropeInverseFrequencies[i]);
            m_cosines.data()[t * pairs + i] = static_cast<float>(double(shape.ropeAmplitude) * std::cos(angle));
            m_sines.data()[t * pairs + i] = static_cast<float>(double(shape.ropeAmplitude) * std::sin(angle));
        }
    }
}

void CpuBackend::normalise(const NormQuantStep &step, Worker::Range tokens)
{
    const ModelShape &shape = m_plan.shape;
    const bool feedForward = step.reader == NormQuantStep::Reader::FeedForward;
    const ActivationRows normed = m_normed.rows(shape.hiddenSize, feedForward ? m_feedForward : QuantForm::Full);
    for (std::uint32_t t = tokens.begin; t < tokens.end; ++t) {
        m_ops.rmsNorm(m_residual.data() + std::size_t(t) * shape.hiddenSize, vector(step.norm), shape.rmsNormEpsilon,
                      shape.hiddenSize, normed.row(t));
        quantise(normed, t);
    }
}

void CpuBackend::runStep(const NormQuantStep &step, Run &run, Worker &worker)
{
    normalise(step, worker.share(run.tokens));
}

// The rotated part of one head, by the position of the run's token.
void CpuBackend::rotate(float *head, std::uint32_t token) const
{
    const std::size_t pairs = m_plan.shape.ropeInverseFrequencies.size();
    const float *cosines = m_cosines.data() + token * pairs, *sines = m_sines.data() + token * pairs;
    const bool adjacent = m_plan.shape.ropePairs == RopePairs::Adjacent;
    for (std::size_t i = 0; i < pairs; ++i) {
        float &a = head[adjacent ? 2 * i : i];
        float &b = head[adjacent ? 2 * i + 1 : i + pairs];
        const float x = a, y = b;
        a = x * cosines[i] - y * sines[i];
        b = x * sines[i] + y * cosines[i];
    }
}

// A head's query or key, rotated, in the order of the cache: what stays in half precision comes last (kvHalfDims()).
void CpuBackend::placeHead(const float *head, float *placed) const
{
    const std::uint32_t dim = m_plan.shape.headDim, halves = kvHalfDims(dim), byteDims = m_kv.byteDims();
    const auto copy = [&](std::uint32_t first, std::uint32_t end, std::uint32_t to) {
        std::memcpy(placed + to, head + first, (end - first) * sizeof(float));
    };
    if (byteDims == 0)
        return copy(0, dim, 0);
    if (m_plan.shape.ropePairs == RopePairs::Adjacent) {
        copy(0, dim - halves, 0);
        return copy(dim - halves, dim, byteDims);
    }
    const std::uint32_t pairs = dim / 2, slow = halves / 2;
    copy(0, pairs - slow, 0);
    copy(pairs, dim - slow, pairs - slow);
    copy(pairs - slow, pairs, byteDims);
    copy(dim - slow, dim, byteDims + slow);
}

// False where the row is not finite.
bool CpuBackend::writeRow(const float *row, std::uint32_t count, const KvRow &to) const
{
    constexpr std::uint32_t together = 512;
    static_assert(together % kKvBlock == 0);
    const auto write = [&](const auto *elements, std::uint32_t first, std::uint32_t some) {
        constexpr std::size_t size = sizeof *elements;
        for (std::uint32_t d = 0; d < some; ++d)
            std::memcpy(to.elements + (to.first + (first + d) * to.stride) * size, elements + d, size);
    };
    bool finite = true;
    for (std::uint32_t first = 0; first < count; first += together) {
        const std::uint32_t some = std::min(count - first, together);
        if (!to.scales) {
            std::uint16_t halves[together];
            finite = m_ops.toHalf(row + first, some, halves) && finite;
            write(halves, first, some);
            continue;
        }
        std::int8_t bytes[together];
        float scales[together / kKvBlock];
        finite = m_ops.toInt8(row + first, some, bytes, scales) && finite;
        write(bytes, first, some);
        for (std::uint32_t i = 0; i < kvBlocks(some); ++i)
            std::memcpy(to.scales + std::size_t(first / kKvBlock + i) * kKvPageTokens * sizeof(float), &scales[i], sizeof(float));
    }
    return finite;
}

// A key, placed, into its column of the transposed keys.
bool CpuBackend::writeKey(const float *key, std::uint32_t slot, std::byte *keys) const
{
    const std::uint32_t byteDims = m_kv.byteDims(), halves = m_kv.keyDim() - byteDims;
    std::byte *halfRows = keys + std::size_t(byteDims) * kKvPageTokens,
              *scales = halfRows + std::size_t(halves) * kKvPageTokens * sizeof(std::uint16_t);
    const bool finite = writeRow(key, byteDims, {keys, slot, kKvPageTokens, scales + slot * sizeof(float)});
    return writeRow(key + byteDims, halves, {halfRows, slot, kKvPageTokens, nullptr}) && finite;
}

bool CpuBackend::writeValue(const float *value, std::uint32_t slot, std::byte *values) const
{
    const std::uint32_t dim = m_kv.valueDim();
    std::byte *scales = m_kv.byteDims() ? values + std::size_t(dim) * kKvPageTokens + slot * sizeof(float) : nullptr;
    return writeRow(value, m_plan.shape.headDim, {values, std::size_t(slot) * dim, 1, scales});
}

void CpuBackend::runStep(const QkvRopeKvStep &step, Run &run, Worker &worker)
{
    const ModelShape &shape = m_plan.shape;
    const std::uint32_t headDim = shape.headDim, padded = m_kv.keyDim();
    const std::uint32_t heads = shape.attentionHeads, kvHeads = shape.keyValueHeads;
    const ActivationRows normed = m_normed.rows(shape.hiddenSize);
    // products and biases
    const auto product = [&](WeightId w, WeightId bias, std::uint32_t rows, float *out) {
        multiplyAll({matrix(w), normed, run.tokens, out, rows}, run, worker,
                    [&](Worker::Range some) { addBias(bias, some, out, rows, run.tokens); });
    };
    product(step.q, step.qBias, heads * headDim, m_query.data());
    product(step.k, step.kBias, kvHeads * headDim, m_key.data());
    product(step.v, step.vBias, kvHeads * headDim, m_value.data());
    worker.barrier();
    // norms of the heads, RoPE on q and k; k and v into the cache
    const auto normHead = [&](float *head, WeightId norm) {
        if (norm != kNoWeight)
            m_ops.rmsNorm(head, vector(norm), shape.rmsNormEpsilon, headDim, head);
    };
    const Worker::Range mine = worker.share(run.tokens * (heads + kvHeads));
    for (std::uint32_t item = mine.begin; item < mine.end; ++item) {
        const std::uint32_t t = item / (heads + kvHeads), head = item % (heads + kvHeads);
        if (head < heads) {
            float *query = m_query.data() + (std::size_t(t) * heads + head) * headDim;
            normHead(query, step.qNorm);
            rotate(query, t);
            placeHead(query, m_queryHeads.data() + (std::size_t(t) * heads + head) * padded);
            continue;
        }
        const std::uint32_t kvHead = head - heads;
        const std::uint32_t position = run.input.firstPosition + t;
        const KvPageId page = run.input.pages[position / kKvPageTokens];
        const std::uint32_t slot = position % kKvPageTokens;
        float *key = m_key.data() + (std::size_t(t) * kvHeads + kvHead) * headDim;
        normHead(key, step.kNorm);
        rotate(key, t);
        float *placed = m_placedKeys.data() + std::size_t(worker.index()) * padded;
        placeHead(key, placed);
        const bool keyIsFinite = writeKey(placed, slot, m_kv.keys(page, step.layer, kvHead));
        const bool valueIsFinite = writeValue(m_value.data() + (std::size_t(t) * kvHeads + kvHead) * headDim, slot,
                                              m_kv.values(page, step.layer, kvHead));
        if (!keyIsFinite || !valueIsFinite)
            run.cacheInvalid.store(true, std::memory_order_relaxed);
    }
}

void CpuBackend::runStep(const AttentionStep &step, Run &run, Worker &worker)
{
    const ModelShape &shape = m_plan.shape;
    const std::uint32_t heads = shape.attentionHeads;
    attend(step.layer, run, worker);
    if (m_headsAreBlocks)
        return;
    worker.barrier();
    // heads side by side, quantised for the output product
    const ActivationRows attended = m_attended.rows(heads * shape.headDim);
    const Worker::Range mine = worker.share(run.tokens);
    for (std::uint32_t t = mine.begin; t < mine.end; ++t) {
        for (std::uint32_t head = 0; head < heads; ++head)
            std::memcpy(attended.row(t) + std::size_t(head) * shape.headDim,
                        m_attendedHeads.data() + (std::size_t(t) * heads + head) * m_kv.valueDim(),
                        shape.headDim * sizeof(float));
        quantise(attended, t);
    }
}

// residual += product + bias, in these columns
void CpuBackend::addToResidual(WeightId bias, Worker::Range columns, std::uint32_t tokens)
{
    const std::uint32_t hidden = m_plan.shape.hiddenSize;
    if (columns.begin >= columns.end)
        return;
    addBias(bias, columns, m_product.data(), hidden, tokens);
    for (std::uint32_t t = 0; t < tokens; ++t)
        m_ops.addInPlace(m_residual.data() + std::size_t(t) * hidden + columns.begin,
                         m_product.data() + std::size_t(t) * hidden + columns.begin, columns.end - columns.begin);
}

// residual += w * x + bias
void CpuBackend::addProduct(WeightId w, WeightId bias, const ActivationRows &x, const Run &run, Worker &worker)
{
    multiplyAll({matrix(w), x, run.tokens, m_product.data(), m_plan.shape.hiddenSize}, run, worker,
                [&](Worker::Range rows) { addToResidual(bias, rows, run.tokens); });
}

void CpuBackend::runStep(const OutResidualStep &step, Run &run, Worker &worker)
{
    addProduct(step.output, step.bias, m_attended.rows(weight(step.output).columns), run, worker);
}

// Some rows at a time, so that their products stay in the cache until they are one.
void CpuBackend::activate(const GateUp &parts, Worker::Range rows, const Run &run, const Worker &worker)
{
    float *gate = m_gate[worker.index()].data(), *up = gate + std::size_t(m_maxTokens) * kGateRows;
    const ActivationRows &activated = parts.activated;
    for (std::uint32_t row = rows.begin; row < rows.end && !run.stopping(); row += kGateRows) {
        const Worker::Range some{row, std::min(row + kGateRows, rows.end)};
        const std::uint32_t count = some.end - some.begin;
        multiply({parts.gate, parts.x, parts.tokens, gate - row, kGateRows}, some, run, worker);
        multiply({parts.up, parts.x, parts.tokens, up - row, kGateRows}, some, run, worker);
        for (std::uint32_t t = 0; t < parts.tokens; ++t) {
            float *values = gate + std::size_t(t) * kGateRows;
            m_ops.siluMultiply(values, up + std::size_t(t) * kGateRows, count);
            if (activated.isQuantised())
                m_ops.quantise(values, count, activated.quantised, t, row);
            if (activated.floats)
                std::memcpy(activated.row(t) + row, values, count * sizeof(float));
        }
    }
}

void CpuBackend::activateAll(const GateUp &parts, const Run &run, Worker &worker)
{
    const std::uint32_t rows = parts.gate.rows;
    const auto compute = [&](Worker::Range some) { activate(parts, some, run, worker); };
    if (parts.tokens <= kFewTokens)
        compute(worker.share(rows, kGateRows));
    else
        worker.shareOut(rows, kGateRows, kGateRows, compute);
}

void CpuBackend::runStep(const GateUpActStep &step, Run &run, Worker &worker)
{
    const Matrix gate = matrix(step.gate);
    activateAll({gate, matrix(step.up), m_normed.rows(m_plan.shape.hiddenSize, m_feedForward), run.tokens,
                 m_activated.rows(gate.rows, m_feedForward)},
                run, worker);
}

void CpuBackend::runStep(const DownResidualStep &step, Run &run, Worker &worker)
{
    addProduct(step.down, kNoWeight, m_activated.rows(weight(step.down).columns, m_feedForward), run, worker);
}

void CpuBackend::runStep(const HeadStep &step, Run &run, Worker &worker)
{
    if (run.input.logitsWanted == LogitsWanted::None)
        return;
    const ModelShape &shape = m_plan.shape;
    const ActivationRows normed = m_normed.rows(shape.hiddenSize);
    const bool all = run.input.logitsWanted == LogitsWanted::All;
    const std::uint32_t first = all ? 0 : run.tokens - 1, count = run.tokens - first;
    const Worker::Range mine = worker.share(count);
    for (std::uint32_t t = first + mine.begin; t < first + mine.end; ++t) {
        m_ops.rmsNorm(m_residual.data() + std::size_t(t) * shape.hiddenSize, vector(step.norm), shape.rmsNormEpsilon,
                      shape.hiddenSize, normed.row(t));
        quantise(normed, t);
    }
    worker.barrier();
    multiplyAll({matrix(step.head), normed.from(first), count, run.logits.data(), shape.vocabularySize}, run, worker);
}

} // namespace kernels
