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
        dequantizeRow(embedding, 0, std::uint32_t(m_input->tokens[t]), m_residual.data() + t * hidden);
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
    const std::uint32_t keyRows = shape.keyValueHeads * shape.headDim;
    const std::vector<float> qBias = vectorOf(step.qBias, queryRows());
    const std::vector<float> kBias = vectorOf(step.kBias, keyRows);
    const std::vector<float> vBias = vectorOf(step.vBias, keyRows);
    forProduct(weight(step.q), m_normed, tokens, [&](std::uint32_t t, std::uint32_t row, double sum) {
        m_q[std::size_t(t) * queryRows() + row] = float(sum + double(qBias[row]));
    });
    forProduct(weight(step.k), m_normed, tokens, [&](std::uint32_t t, std::uint32_t row, double sum) {
        kvRow(step.layer, KvPart::Keys, first + t)[row] = float(sum + double(kBias[row]));
    });
    forProduct(weight(step.v), m_normed, tokens, [&](std::uint32_t t, std::uint32_t row, double sum) {
        kvRow(step.layer, KvPart::Values, first + t)[row] = float(sum + double(vBias[row]));
    });

    // Norms of the heads, where the model has them, and RoPE: queries and keys by their position. Values stay
    // as they are.
    const std::vector<float> qNorm = vectorOf(step.qNorm, shape.headDim);
    const std::vector<float> kNorm = vectorOf(step.kNorm, shape.headDim);
    for (std::uint32_t t = 0; t < tokens; ++t) {
        float *q = m_q.data() + std::size_t(t) * queryRows();
        float *k = kvRow(step.layer, KvPart::Keys, first + t);
        if (step.qNorm != kNoWeight)
            normHeads(q, shape.attentionHeads, qNorm);
        if (step.kNorm != kNoWeight)
            normHeads(k, shape.keyValueHeads, kNorm);
        rotateAll(q, shape.headDim, shape.attentionHeads, t);
        rotateAll(k, shape.headDim, shape.keyValueHeads, t);
    }
    checkCached(step.layer);
}

// Keys and values of the run's tokens, of one layer.
void ReferenceBackend::checkCached(std::uint32_t layer)
{
    const auto check = [&](const float *values, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i)
            m_cacheInvalid = m_cacheInvalid || !std::isfinite(values[i]);
    };
    for (std::uint32_t t = 0; t < m_input->tokens.size(); ++t) {
        const std::uint32_t position = m_input->firstPosition + t;
        check(kvRow(layer, KvPart::Keys, position), m_attention.keyFloats);
        check(kvRow(layer, KvPart::Values, position), m_attention.valueFloats);
    }
}

// Each of `count` heads on its own, in place.
void ReferenceBackend::normHeads(float *heads, std::uint32_t count, const std::vector<float> &norm)
{
    const std::uint32_t headDim = m_plan.shape.headDim;
    for (std::uint32_t head = 0; head < count; ++head)
        rmsNorm({heads + head * headDim, headDim}, norm, m_plan.shape.rmsNormEpsilon, heads + head * headDim);
}

// What is to be rotated of `count` heads, `stride` floats apart, by the position of the run's token.
void ReferenceBackend::rotateAll(float *heads, std::size_t stride, std::uint32_t count, std::uint32_t token)
{
    const ModelShape &shape = m_plan.shape;
    const std::size_t rotation = std::size_t(token) * shape.ropeInverseFrequencies.size();
    for (std::uint32_t head = 0; head < count; ++head)
        rotateHead({heads + head * stride, shape.rotatedDim()}, shape.ropePairs, m_cosines.data() + rotation,
                   m_sines.data() + rotation);
}

void ReferenceBackend::perform(const AttentionStep &step)
{
    attendAll(step.layer);
}

void ReferenceBackend::attendAll(std::uint32_t layer)
{
    const std::uint32_t heads = m_attention.heads;
    forRows(std::uint32_t(m_input->tokens.size()) * heads, [&](unsigned worker, std::uint32_t item) {
        attendHead(layer, item / heads, item % heads, m_scratch[worker]);
    });
}

void ReferenceBackend::attendHead(std::uint32_t layer, std::uint32_t token, std::uint32_t head,
                                  Scratch &scratch)
{
    const std::uint32_t keyDim = m_attention.keyDim, valueDim = m_attention.valueDim;
    const std::uint32_t kvHead = head / m_attention.headsPerKeyValue;
    const std::uint32_t positions = m_input->firstPosition + token + 1; // causal: itself and all before

    // Scores: q k^T * scale.
    const float *q = m_q.data() + std::size_t(token) * queryRows() + head * keyDim;
    const double scale = m_plan.shape.attentionScale();
    for (std::uint32_t p = 0; p < positions; ++p)
        scratch.scores[p] = dot(q, kvRow(layer, KvPart::Keys, p) + kvHead * keyDim, keyDim) * scale;

    softmax({scratch.scores.data(), positions});

    // Values, weighted.
    const KvPart values = m_attention.valueFloats ? KvPart::Values : KvPart::Keys;
    std::fill_n(scratch.sums.begin(), valueDim, 0.0);
    for (std::uint32_t p = 0; p < positions; ++p) {
        const float *v = kvRow(layer, values, p) + kvHead * valueDim;
        for (std::uint32_t j = 0; j < valueDim; ++j)
            scratch.sums[j] += scratch.scores[p] * double(v[j]);
    }
    float *attended = m_attended.data() + (std::size_t(token) * m_attention.heads + head) * valueDim;
    for (std::uint32_t j = 0; j < valueDim; ++j)
        attended[j] = float(scratch.sums[j]);
}

void ReferenceBackend::perform(const OutResidualStep &step)
{
    const std::uint32_t hidden = m_plan.shape.hiddenSize;
    const std::vector<float> bias = vectorOf(step.bias, hidden);
    const bool absorbed = m_plan.shape.hasMla() && m_mlaForm == MlaForm::Absorbed;
    forProduct(weight(step.output), absorbed ? m_mlaHeads : m_attended, std::uint32_t(m_input->tokens.size()),
               [&](std::uint32_t t, std::uint32_t row, double sum) {
                   float &residual = m_residual[std::size_t(t) * hidden + row];
                   residual = float(double(residual) + sum + double(bias[row]));
               });
}

void ReferenceBackend::perform(const GateUpActStep &step)
{
    const std::uint32_t hidden = m_plan.shape.hiddenSize;
    const WeightView &gate = weight(step.gate), &up = weight(step.up);
    assert(gate.columns == hidden && up.columns == hidden && gate.rows == up.rows);

    // silu(gate * normed) * (up * normed), both rows at once
    forRows(gate.rows, [&](unsigned worker, std::uint32_t row) {
        float *gateRow = m_scratch[worker].row.data(), *upRow = m_scratch[worker].secondRow.data();
        dequantizeRow(gate, 0, row, gateRow);
        dequantizeRow(up, 0, row, upRow);
        for (std::size_t t = 0; t < m_input->tokens.size(); ++t) {
            const float *x = m_normed.data() + t * hidden;
            m_activated[t * gate.rows + row] = float(silu(dot(gateRow, x, hidden)) * dot(upRow, x, hidden));
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
        dequantizeRow(weight, 0, row, weights);
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
        dequantizeRow(weight(id), 0, 0, values.data());
    }
    return values;
}

float *ReferenceBackend::kvRow(std::uint32_t layer, KvPart part, std::uint32_t position)
{
    // A page: [layer][keys of 64 positions, then their values]
    std::vector<float> &page = m_pages[m_input->pages[position / kKvPageTokens]];
    float *keys = page.data() + layer * layerFloats();
    const std::size_t slot = position % kKvPageTokens;
    return part == KvPart::Keys
               ? keys + slot * m_attention.keyFloats
               : keys + std::size_t(kKvPageTokens) * m_attention.keyFloats + slot * m_attention.valueFloats;
}

} // namespace kernels
