// Multi-head latent attention on the GPU, absorbed: the cache holds [c | rotated key] of a position once for all heads.
// Formulas: kernels/plan.h; the same stages on the CPU: kernels/cpu/cpu_mla_steps.cpp.
#include "kernels/cuda/cuda_backend_impl.h"

namespace kernels::cuda {

void CudaBackend::runStep(const MlaQkvStep &step, const Run &run)
{
    const ModelShape &shape = m_plan.shape;
    const MlaShape &mla = shape.mla;
    const std::uint32_t heads = shape.attentionHeads, queryRows = heads * shape.headDim;
    const std::uint32_t latentRow = mla.latentSize + mla.ropeDim;
    const KvLayer layer = m_kv.layer(step.layer);
    const ActivationRows normed = m_normed.rows(shape.hiddenSize);
    const bool hasQueryLatent = step.qDown != kNoWeight;

    // down: the latents of the query, where there are such, and of keys and values
    if (hasQueryLatent)
        multiply({{step.qDown, kNoWeight, m_queryDown, mla.queryLatentSize}, {step.kvDown, kNoWeight, m_kvDown, latentRow}},
                 normed, run);
    else
        multiply({{step.q, kNoWeight, m_products, queryRows}, {step.kvDown, kNoWeight, m_kvDown, latentRow}}, normed, run);
    // norms; c and the key that all heads share into the cache
    ops::latent({m_kvDown, m_weights.vector(step.kvNorm), mla.normEpsilon, mla.latentSize, mla.ropeDim, m_rotations, layer, m_run},
                run.tokens, m_stream);
    if (hasQueryLatent) {
        const ActivationRows queryLatent = m_queryLatent.rows(mla.queryLatentSize);
        normalise(m_queryDown, mla.queryLatentSize, mla.queryLatentSize, step.qNorm, mla.normEpsilon, queryLatent, run);
        multiply({{step.q, kNoWeight, m_products, queryRows}}, queryLatent, run);
    }
    // a head's query: [up q_nope | rotated rest]
    MlaQueryTask query;
    query.products = m_products;
    query.heads = heads;
    query.nopeDim = mla.nopeDim;
    query.ropeDim = mla.ropeDim;
    query.latent = mla.latentSize;
    query.keyDim = layer.keyDim;
    query.rotations = m_rotations;
    query.nope = m_nopeQuery.rows(mla.nopeDim);
    query.queries = m_queryHeads;
    query.state = m_state;
    ops::mlaQuery(query, run.tokens, m_stream);
    multiplyHeads(step.up.key, query.nope, m_queryHeads, heads * layer.keyDim, layer.keyDim, run);
}

void CudaBackend::runStep(const MlaAttentionStep &step, const Run &run)
{
    const MlaShape &mla = m_plan.shape.mla;
    const ActivationRows latents = m_latents.rows(mla.latentSize);
    attend(step.layer, latents, mla.latentSize, run);
    // what a head attended to are latents still: its value comes out of them
    const std::uint32_t columns = m_plan.shape.attentionHeads * mla.valueDim;
    const ActivationRows attended = m_attended.rows(columns);
    multiplyHeads(step.up.value, latents, attended.floats, attended.floatStride, mla.valueDim, run);
    quantise(attended, columns, 1, run);
}

} // namespace kernels::cuda
