// The steps of a plan in plain float: the reading key of the fast backends, which have the same steps and
// stages. Formulas: kernels/plan.h and reference/deepseek-models.md section 2. T tokens, each on its own:
// nothing here depends on T or on the number of threads.
#include "kernels/dequantize.h"
#include "kernels/reference/parallel_for.h"
#include "kernels/reference/reference_backend.h"
#include "kernels/reference/reference_ops.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace kernels {

using namespace reference;

void ReferenceBackend::perform(const EmbedStep &step)
{
    const std::uint32_t hidden = m_plan.shape.hiddenSize;
    const WeightView &embedding = weight(step.embedding);
    for (std::size_t t = 0; t < m_input->tokens.size(); ++t) {
        const std::byte *row = embedding.bytes + std::size_t(m_input->tokens[t]) * embedding.rowBytes();
        dequantizeRow(embedding.type, row, hidden, m_residual.data() + t * hidden);
    }
}

void ReferenceBackend::perform(const NormQuantStep &step)
{
    // Named after what the fast backends do here; this one keeps the activations in float.
    const std::uint32_t hidden = m_plan.shape.hiddenSize;
    const std::vector<float> norm = vectorOf(step.norm, hidden);
    for (std::size_t t = 0; t < m_input->tokens.size(); ++t)
        rmsNorm({m_residual.data() + t * hidden, hidden}, norm, m_plan.shape.rmsNormEpsilon,
                m_normed.data() + t * hidden);
}

void ReferenceBackend::perform(const QkvRopeKvStep &step)
{
    const ModelShape &shape = m_plan.shape;
    const auto tokens = std::uint32_t(m_input->tokens.size());
    const std::uint32_t first = m_input->firstPosition;

    // Products and biases. Keys and values go straight to their rows of the cache.
    const std::vector<float> qBias = vectorOf(step.qBias, queryRows());
    const std::vector<float> kBias = vectorOf(step.kBias, keyRows());
    const std::vector<float> vBias = vectorOf(step.vBias, keyRows());
    forProduct(weight(step.q), m_normed, tokens, [&](std::uint32_t t, std::uint32_t row, double sum) {
        m_q[std::size_t(t) * queryRows() + row] = float(sum + double(qBias[row]));
    });
    forProduct(weight(step.k), m_normed, tokens, [&](std::uint32_t t, std::uint32_t row, double sum) {
        kvRow(step.layer, KvPart::Keys, first + t)[row] = float(sum + double(kBias[row]));
    });
    forProduct(weight(step.v), m_normed, tokens, [&](std::uint32_t t, std::uint32_t row, double sum) {
        kvRow(step.layer, KvPart::Values, first + t)[row] = float(sum + double(vBias[row]));
    });

    // RoPE: queries and keys by their position. Values stay as they are.
    const std::uint32_t pairs = shape.headDim / 2;
    for (std::uint32_t t = 0; t < tokens; ++t) {
        const float *cosines = m_cosines.data() + std::size_t(t) * pairs;
        const float *sines = m_sines.data() + std::size_t(t) * pairs;
        float *q = m_q.data() + std::size_t(t) * queryRows();
        for (std::uint32_t head = 0; head < shape.attentionHeads; ++head)
            rotateHead({q + head * shape.headDim, shape.headDim}, shape.ropePairs, cosines, sines);
        float *k = kvRow(step.layer, KvPart::Keys, first + t);
        for (std::uint32_t head = 0; head < shape.keyValueHeads; ++head)
            rotateHead({k + head * shape.headDim, shape.headDim}, shape.ropePairs, cosines, sines);
    }
}

void ReferenceBackend::perform(const AttentionStep &step)
{
    const std::uint32_t heads = m_plan.shape.attentionHeads;
    forRows(std::uint32_t(m_input->tokens.size()) * heads, [&](unsigned worker, std::uint32_t item) {
        attendHead(step.layer, item / heads, item % heads, m_scratch[worker]);
    });
}

void ReferenceBackend::attendHead(std::uint32_t layer, std::uint32_t token, std::uint32_t head,
                                  Scratch &scratch)
{
    const std::uint32_t headDim = m_plan.shape.headDim;
    const std::uint32_t kvHead = head / (m_plan.shape.attentionHeads / m_plan.shape.keyValueHeads);
    const std::uint32_t positions = m_input->firstPosition + token + 1; // causal: itself and all before
    const std::size_t place = std::size_t(token) * queryRows() + head * headDim;

    // Scores: q k^T / sqrt(headDim).
    const float *q = m_q.data() + place;
    const double scale = 1 / std::sqrt(double(headDim));
    for (std::uint32_t p = 0; p < positions; ++p)
        scratch.scores[p] = dot(q, kvRow(layer, KvPart::Keys, p) + kvHead * headDim, headDim) * scale;

    softmax({scratch.scores.data(), positions});

    // Values, weighted.
    std::fill_n(scratch.sums.begin(), headDim, 0.0);
    for (std::uint32_t p = 0; p < positions; ++p) {
        const float *v = kvRow(layer, KvPart::Values, p) + kvHead * headDim;
        for (std::uint32_t j = 0; j < headDim; ++j)
            scratch.sums[j] += scratch.scores[p] * double(v[j]);
    }
    for (std::uint32_t j = 0; j < headDim; ++j)
        m_attended[place + j] = float(scratch.sums[j]);
}

void ReferenceBackend::perform(const OutResidualStep &step)
{
    const std::uint32_t hidden = m_plan.shape.hiddenSize;
    const std::vector<float> bias = vectorOf(step.bias, hidden);
    forProduct(weight(step.output), m_attended, std::uint32_t(m_input->tokens.size()),
               [&](std::uint32_t t, std::uint32_t row, double sum) {
                   float &residual = m_residual[std::size_t(t) * hidden + row];
                   residual = float(double(residual) + sum + double(bias[row]));
               });
}

void ReferenceBackend::perform(const GateUpActStep &step)
{
    const std::uint32_t hidden = m_plan.shape.hiddenSize, intermediate = m_plan.shape.intermediateSize;
    const WeightView &gate = weight(step.gate), &up = weight(step.up);
    assert(gate.columns == hidden && up.columns == hidden && gate.rows == up.rows);

    // silu(gate * normed) * (up * normed), both rows at once
    forRows(gate.rows, [&](unsigned worker, std::uint32_t row) {
        float *gateRow = m_scratch[worker].row.data(), *upRow = m_scratch[worker].secondRow.data();
        dequantizeRow(gate.type, gate.bytes + row * gate.rowBytes(), hidden, gateRow);
        dequantizeRow(up.type, up.bytes + row * up.rowBytes(), hidden, upRow);
        for (std::size_t t = 0; t < m_input->tokens.size(); ++t) {
            const float *x = m_normed.data() + t * hidden;
            m_activated[t * intermediate + row] =
                float(silu(dot(gateRow, x, hidden)) * dot(upRow, x, hidden));
        }
    });
}

void ReferenceBackend::perform(const DownResidualStep &step)
{
    const std::uint32_t hidden = m_plan.shape.hiddenSize;
    forProduct(weight(step.down), m_activated, std::uint32_t(m_input->tokens.size()),
               [&](std::uint32_t t, std::uint32_t row, double sum) {
                   float &residual = m_residual[std::size_t(t) * hidden + row];
                   residual = float(double(residual) + sum);
               });
}

void ReferenceBackend::perform(const HeadStep &step)
{
    if (m_input->logitsWanted == LogitsWanted::None)
        return;
    const std::size_t tokens = m_input->tokens.size();
    const std::size_t first = m_input->logitsWanted == LogitsWanted::Last ? tokens - 1 : 0;
    const std::size_t hidden = m_plan.shape.hiddenSize, vocabulary = m_plan.shape.vocabularySize;

    // Final norm, of the wanted tokens only: row 0 of m_normed is the first of them.
    const std::vector<float> norm = vectorOf(step.norm, m_plan.shape.hiddenSize);
    for (std::size_t t = first; t < tokens; ++t)
        rmsNorm({m_residual.data() + t * hidden, hidden}, norm, m_plan.shape.rmsNormEpsilon,
                m_normed.data() + (t - first) * hidden);

    forProduct(weight(step.head), m_normed, std::uint32_t(tokens - first),
               [&](std::uint32_t t, std::uint32_t row, double sum) {
                   m_logits[std::size_t(t) * vocabulary + row] = float(sum);
               });
}

// Rows 0 .. rows over the threads, until the run is stopped.
void ReferenceBackend::forRows(std::uint32_t rows, const RowBody &body)
{
    parallelFor(m_capabilities.threads, rows, [&](unsigned worker, std::size_t begin, std::size_t end) {
        for (std::size_t row = begin; row < end && !m_stop.stop_requested(); ++row)
            body(worker, std::uint32_t(row));
    });
}

// weight * input, one output row after the other: each row is dequantised once and serves all tokens.
void ReferenceBackend::forProduct(
    const WeightView &weight, const std::vector<float> &input, std::uint32_t tokens,
    const std::function<void(std::uint32_t token, std::uint32_t row, double sum)> &take)
{
    forRows(weight.rows, [&](unsigned worker, std::uint32_t row) {
        float *weights = m_scratch[worker].row.data();
        dequantizeRow(weight.type, weight.bytes + row * weight.rowBytes(), weight.columns, weights);
        for (std::uint32_t t = 0; t < tokens; ++t)
            take(t, row, dot(weights, input.data() + std::size_t(t) * weight.columns, weight.columns));
    });
}

// A norm or a bias as floats; zeros where the model has none.
std::vector<float> ReferenceBackend::vectorOf(WeightId id, std::uint32_t length) const
{
    std::vector<float> values(length);
    if (id != kNoWeight) {
        assert(weight(id).columns == length);
        dequantizeRow(weight(id).type, weight(id).bytes, length, values.data());
    }
    return values;
}

float *ReferenceBackend::kvRow(std::uint32_t layer, KvPart part, std::uint32_t position)
{
    // A page: [layer][keys, values][position in the page][kvHeads * headDim]
    std::vector<float> &page = m_pages[m_input->pages[position / kKvPageTokens]];
    const std::size_t block = std::size_t(layer) * 2 + (part == KvPart::Values ? 1 : 0);
    return page.data() + (block * kKvPageTokens + position % kKvPageTokens) * keyRows();
}

} // namespace kernels
