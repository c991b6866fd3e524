// Attention on the GPU: queries of a run against the pages, and what comes of it for the output product.
#include "kernels/cuda/cuda_backend_impl.h"

#include <algorithm>

namespace kernels::cuda {

AttentionTask CudaBackend::attentionTask(std::uint32_t layer) const
{
    AttentionTask task;
    task.queries = m_queryHeads;
    task.heads = m_plan.shape.attentionHeads;
    task.kvHeads = m_kv.heads();
    task.layer = m_kv.layer(layer);
    task.valueDim = m_valueDim;
    task.scale = static_cast<float>(m_plan.shape.attentionScale());
    task.splits = m_splits;
    task.partValues = m_partValues;
    task.parts = m_parts;
    task.run = m_run;
    return task;
}

FlashAttentionTask CudaBackend::flashAttentionTask(std::uint32_t layer) const
{
    FlashAttentionTask task;
    task.queries = m_queryHeads;
    task.heads = m_plan.shape.attentionHeads;
    task.kvHeads = m_kv.heads();
    task.layer = m_kv.layer(layer);
    task.valueDim = m_plan.shape.hasMla() ? m_plan.shape.mla.latentSize : m_plan.shape.headDim;
    task.scale = static_cast<float>(m_plan.shape.attentionScale());
    task.run = m_run;
    return task;
}

void CudaBackend::attend(std::uint32_t layer, const ActivationRows &attended, std::uint32_t rowColumns, const Run &run)
{
    FlashAttentionTask flash = flashAttentionTask(layer);
    const std::uint32_t rows = ops::flashAttentionRows(flash, m_sharedLimit);
    if (run.tokens > kVerifyTokens && rows != 0) {
        const std::uint32_t rowsOfToken = flash.heads * flash.valueDim / rowColumns;
        flash.attended = attended.floats;
        flash.tokenStride = attended.floatStride * rowsOfToken;
        flash.headStride = rowsOfToken == 1 ? flash.valueDim : attended.floatStride;
        ops::flashAttention(flash, run.tokens, rows, m_stream);
        return quantise(attended, rowColumns, rowsOfToken, run);
    }
    AttentionTask task = attentionTask(layer);
    CombineTask combine;
    combine.partValues = m_partValues;
    combine.parts = m_parts;
    combine.heads = task.heads;
    combine.splits = m_splits;
    combine.partDim = m_valueDim;
    combine.valueDim = m_plan.shape.hasMla() ? m_plan.shape.mla.latentSize : m_plan.shape.headDim;
    combine.attended = attended;
    combine.rowColumns = rowColumns;
    combine.state = m_state;
    for (std::uint32_t first = 0; first < run.tokens; first += kVerifyTokens) {
        const std::uint32_t tokens = std::min(run.tokens - first, kVerifyTokens);
        task.firstToken = combine.firstToken = first;
        ops::attention(task, tokens, ops::attentionRows(task, tokens, m_sharedLimit), m_stream);
        ops::combineAttention(combine, tokens, m_stream);
    }
}

void CudaBackend::runStep(const AttentionStep &step, const Run &run)
{
    const std::uint32_t columns = m_plan.shape.attentionHeads * m_plan.shape.headDim;
    attend(step.layer, m_attended.rows(columns), columns, run);
}

} // namespace kernels::cuda
