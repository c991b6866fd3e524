// Multi-head latent attention in plain float, in both of its forms. Formulas: kernels/plan.h and
// reference/deepseek-models.md section 2.
#include "kernels/dequantize.h"
#include "kernels/reference/reference_backend.h"
#include "kernels/reference/reference_ops.h"

#include <algorithm>

namespace kernels {

using namespace reference;

void ReferenceBackend::perform(const MlaQkvStep &step)
{
    const ModelShape &shape = m_plan.shape;
    const MlaShape &mla = shape.mla;
    const auto tokens = std::uint32_t(m_input->tokens.size());
    const bool absorbed = m_mlaForm == MlaForm::Absorbed;
    const std::uint32_t rowsOfQuery = shape.attentionHeads * shape.headDim;
    const std::uint32_t latentRow = mla.latentSize + mla.ropeDim;

    // Down: the latents of the query, where there are such, and of keys and values.
    if (step.qDown != kNoWeight) {
        forProduct(weight(step.qDown), m_normed, tokens, [&](std::uint32_t t, std::uint32_t row, double sum) {
            m_queryLatent[std::size_t(t) * mla.queryLatentSize + row] = float(sum);
        });
        const std::vector<float> norm = vectorOf(step.qNorm, mla.queryLatentSize);
        for (std::uint32_t t = 0; t < tokens; ++t) {
            float *latent = m_queryLatent.data() + std::size_t(t) * mla.queryLatentSize;
            rmsNorm({latent, mla.queryLatentSize}, norm, mla.normEpsilon, latent);
        }
    }
    forProduct(weight(step.kvDown), m_normed, tokens, [&](std::uint32_t t, std::uint32_t row, double sum) {
        m_latent[std::size_t(t) * latentRow + row] = float(sum);
    });
    const std::vector<float> norm = vectorOf(step.kvNorm, mla.latentSize);
    for (std::uint32_t t = 0; t < tokens; ++t) {
        float *latent = m_latent.data() + std::size_t(t) * latentRow;
        rmsNorm({latent, mla.latentSize}, norm, mla.normEpsilon, latent);
        rotateAll(latent + mla.latentSize, mla.ropeDim, 1, t); // the key that all heads share
    }

    // Queries of all heads, [nope | rope].
    std::vector<float> &queries = absorbed ? m_mlaHeads : m_q;
    forProduct(weight(step.q), step.qDown != kNoWeight ? m_queryLatent : m_normed, tokens,
               [&](std::uint32_t t, std::uint32_t row, double sum) {
                   queries[std::size_t(t) * rowsOfQuery + row] = float(sum);
               });
    for (std::uint32_t t = 0; t < tokens; ++t)
        rotateAll(queries.data() + std::size_t(t) * rowsOfQuery + mla.nopeDim, shape.headDim,
                  shape.attentionHeads, t);

    if (absorbed)
        absorbQueries(step);
    else
        expandKeysAndValues(step);
    checkCached(step.layer);
}

// Into the cache, for each head: [key^T c | rotated key] and value c.
void ReferenceBackend::expandKeysAndValues(const MlaQkvStep &step)
{
    const ModelShape &shape = m_plan.shape;
    const MlaShape &mla = shape.mla;
    const WeightView &key = weight(step.up.key), &value = weight(step.up.value);
    const std::size_t tokens = m_input->tokens.size(), latentRow = mla.latentSize + mla.ropeDim;
    const std::uint32_t first = m_input->firstPosition;

    forRows(shape.attentionHeads, [&](unsigned worker, std::uint32_t head) {
        float *row = m_scratch[worker].row.data();
        std::vector<double> &keys = m_scratch[worker].keys;
        std::fill(keys.begin(), keys.end(), 0.0);
        for (std::uint32_t l = 0; l < mla.latentSize; ++l) {
            dequantizeRow(key, head, l, row);
            for (std::size_t t = 0; t < tokens; ++t)
                for (std::uint32_t j = 0; j < mla.nopeDim; ++j)
                    keys[t * mla.nopeDim + j] += double(row[j]) * double(m_latent[t * latentRow + l]);
        }
        for (std::size_t t = 0; t < tokens; ++t) {
            float *cached = kvRow(step.layer, KvPart::Keys, first + std::uint32_t(t)) + head * shape.headDim;
            for (std::uint32_t j = 0; j < mla.nopeDim; ++j)
                cached[j] = float(keys[t * mla.nopeDim + j]);
            std::copy_n(m_latent.data() + t * latentRow + mla.latentSize, mla.ropeDim, cached + mla.nopeDim);
        }
        for (std::uint32_t j = 0; j < mla.valueDim; ++j) {
            dequantizeRow(value, head, j, row);
            for (std::size_t t = 0; t < tokens; ++t)
                kvRow(step.layer, KvPart::Values, first + std::uint32_t(t))[head * mla.valueDim + j] =
                    float(dot(row, m_latent.data() + t * latentRow, mla.latentSize));
        }
    });
}

// Into the cache: [c | rotated key]. A head's query becomes [key q_nope | rotated query].
void ReferenceBackend::absorbQueries(const MlaQkvStep &step)
{
    const ModelShape &shape = m_plan.shape;
    const MlaShape &mla = shape.mla;
    const WeightView &key = weight(step.up.key);
    const std::size_t tokens = m_input->tokens.size(), latentRow = mla.latentSize + mla.ropeDim;
    const auto query = [&](std::size_t t, std::uint32_t head) {
        return m_mlaHeads.data() + (t * shape.attentionHeads + head) * shape.headDim;
    };

    for (std::size_t t = 0; t < tokens; ++t)
        std::copy_n(m_latent.data() + t * latentRow, latentRow,
                    kvRow(step.layer, KvPart::Keys, m_input->firstPosition + std::uint32_t(t)));
    forRows(shape.attentionHeads * mla.latentSize, [&](unsigned worker, std::uint32_t item) {
        const std::uint32_t head = item / mla.latentSize, l = item % mla.latentSize;
        float *row = m_scratch[worker].row.data();
        dequantizeRow(key, head, l, row);
        for (std::size_t t = 0; t < tokens; ++t)
            m_q[t * queryRows() + head * latentRow + l] = float(dot(row, query(t, head), mla.nopeDim));
    });
    for (std::size_t t = 0; t < tokens; ++t)
        for (std::uint32_t head = 0; head < shape.attentionHeads; ++head)
            std::copy_n(query(t, head) + mla.nopeDim, mla.ropeDim,
                        m_q.data() + t * queryRows() + head * latentRow + mla.latentSize);
}

void ReferenceBackend::perform(const MlaAttentionStep &step)
{
    attendAll(step.layer);
    if (m_mlaForm == MlaForm::Expanded)
        return;
    // What a head attended to are latents still; its value comes out of them now.
    const MlaShape &mla = m_plan.shape.mla;
    const WeightView &value = weight(step.up.value);
    const std::uint32_t heads = m_plan.shape.attentionHeads;
    forRows(heads * mla.valueDim, [&](unsigned worker, std::uint32_t item) {
        const std::uint32_t head = item / mla.valueDim, j = item % mla.valueDim;
        float *row = m_scratch[worker].row.data();
        dequantizeRow(value, head, j, row);
        for (std::size_t t = 0; t < m_input->tokens.size(); ++t)
            m_mlaHeads[t * heads * mla.valueDim + item] =
                float(dot(row, m_attended.data() + (t * heads + head) * mla.latentSize, mla.latentSize));
    });
}

} // namespace kernels
