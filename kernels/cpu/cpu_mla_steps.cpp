// Multi-head latent attention on the CPU, absorbed: the cache holds [c | rotated key] of a position once for all heads.
// Formulas: kernels/plan.h; the same stages in plain float: kernels/reference/reference_mla_steps.cpp.
#include "kernels/cpu/cpu_backend_impl.h"

#include <cstring>

namespace kernels {

void CpuBackend::runStep(const MlaQkvStep &step, Run &run, Worker &worker)
{
    const ModelShape &shape = m_plan.shape;
    const MlaShape &mla = shape.mla;
    const std::uint32_t heads = shape.attentionHeads, queryRows = heads * shape.headDim;
    const std::uint32_t latentRow = mla.latentSize + mla.ropeDim, keyDim = m_kv.keyDim();
    const std::uint32_t rotatedAt = m_kv.byteDims() ? m_kv.byteDims() : mla.latentSize;
    const ActivationRows normed = m_normed.rows(shape.hiddenSize);
    const bool hasQueryLatent = step.qDown != kNoWeight;
    const ActivationRows queryLatent = m_queryLatent.rows(mla.queryLatentSize);

    // down: the latents of the query, where there are such, and of keys and values
    if (hasQueryLatent)
        multiplyAll({matrix(step.qDown), normed, run.tokens, m_queryDown.data(), mla.queryLatentSize}, run, worker);
    else
        multiplyAll({matrix(step.q), normed, run.tokens, m_query.data(), queryRows}, run, worker);
    multiplyAll({matrix(step.kvDown), normed, run.tokens, m_kvDown.data(), latentRow}, run, worker);
    worker.barrier();
    // norms; c and the key that all heads share into the cache
    const Worker::Range mine = worker.share(run.tokens);
    for (std::uint32_t t = mine.begin; t < mine.end; ++t) {
        if (hasQueryLatent) {
            m_ops.rmsNorm(m_queryDown.data() + std::size_t(t) * mla.queryLatentSize, vector(step.qNorm), mla.normEpsilon,
                          mla.queryLatentSize, queryLatent.row(t));
            quantise(queryLatent, t);
        }
        float *latent = m_kvDown.data() + std::size_t(t) * latentRow;
        m_ops.rmsNorm(latent, vector(step.kvNorm), mla.normEpsilon, mla.latentSize, latent);
        rotate(latent + mla.latentSize, t);
        const std::uint32_t position = run.input.firstPosition + t;
        float *placed = m_placedKeys.data() + std::size_t(worker.index()) * keyDim;
        std::memcpy(placed, latent, mla.latentSize * sizeof(float));
        std::memcpy(placed + rotatedAt, latent + mla.latentSize, mla.ropeDim * sizeof(float));
        if (!writeKey(placed, position % kKvPageTokens,
                      m_kv.keys(run.input.pages[position / kKvPageTokens], step.layer, 0)))
            run.cacheInvalid.store(true, std::memory_order_relaxed);
    }
    if (hasQueryLatent) {
        worker.barrier();
        multiplyAll({matrix(step.q), queryLatent, run.tokens, m_query.data(), queryRows}, run, worker);
    }
    worker.barrier();
    // a head's query: [up q_nope | rotated rest]
    const ActivationRows nope = m_nopeQuery.rows(mla.nopeDim); // (heads, tokens)
    const Worker::Range myHeads = worker.share(heads);
    for (std::uint32_t head = myHeads.begin; head < myHeads.end; ++head) {
        const std::size_t firstRow = std::size_t(head) * run.tokens;
        for (std::uint32_t t = 0; t < run.tokens; ++t) {
            const float *query = m_query.data() + std::size_t(t) * queryRows + std::size_t(head) * shape.headDim;
            std::memcpy(nope.row(firstRow + t), query, mla.nopeDim * sizeof(float));
            quantise(nope, firstRow + t);
            float *rotated = m_queryHeads.data() + (std::size_t(t) * heads + head) * keyDim + rotatedAt;
            std::memcpy(rotated, query + mla.nopeDim, mla.ropeDim * sizeof(float));
            rotate(rotated, t);
        }
        const Matrix up = matrix(step.up.key, head);
        multiply({up, nope.from(firstRow), run.tokens, m_queryHeads.data() + std::size_t(head) * keyDim,
                  std::size_t(heads) * keyDim},
                 {0, up.rows}, run, worker);
    }
}

void CpuBackend::runStep(const MlaAttentionStep &step, Run &run, Worker &worker)
{
    const ModelShape &shape = m_plan.shape;
    const MlaShape &mla = shape.mla;
    const std::uint32_t heads = shape.attentionHeads;
    attend(step.layer, run, worker);
    worker.barrier();
    // what a head attended to are latents still: its value comes out of them
    const ActivationRows latents = m_latents.rows(mla.latentSize); // (heads, tokens)
    const ActivationRows attended = m_attended.rows(heads * mla.valueDim);
    const Worker::Range myHeads = worker.share(heads);
    for (std::uint32_t head = myHeads.begin; head < myHeads.end; ++head) {
        const std::size_t firstRow = std::size_t(head) * run.tokens;
        for (std::uint32_t t = 0; t < run.tokens; ++t) {
            std::memcpy(latents.row(firstRow + t),
                        m_attendedHeads.data() + (std::size_t(t) * heads + head) * m_kv.valueDim(),
                        mla.latentSize * sizeof(float));
            quantise(latents, firstRow + t);
        }
        const Matrix up = matrix(step.up.value, head);
        multiply({up, latents.from(firstRow), run.tokens, attended.floats + std::size_t(head) * mla.valueDim,
                  attended.columns},
                 {0, up.rows}, run, worker);
    }
    worker.barrier();
    const Worker::Range mine = worker.share(run.tokens);
    for (std::uint32_t t = mine.begin; t < mine.end; ++t)
        quantise(attended, t);
}

} // namespace kernels
