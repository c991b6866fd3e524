// DeepSeek-V2, V3, R1 and V3.1, whole and Lite (arXiv 2405.04434, 2412.19437; reference/deepseek-models.md
// sections 1b, 2).
//
//     per layer:  x += W_o MLA(n)                                              with n = rmsNorm(x)
//                 x += FFN(n), or sum of w_e FFN_e(n) + FFN_shared(n)          with n = rmsNorm(x)
//
//     MLA:  q = W_q n, or W_qb rmsNorm(W_qa n); a head's query is [nope | rope(rest)]
//           [c | k] = W_kva n; c = rmsNorm(c); rope(k) is one key for all heads
//           a head's key is [W_uk c | k], its value W_uv c; scores are scaled with mscale^2 / sqrt(headDim)
//
// The router's score is a softmax (V2) or a sigmoid with a bias for the choice (V3), with groups of experts
// in the large models; ModelConfig has read which. RoPE turns adjacent pairs. Layers that predict several
// tokens (MTP) are not run.
#include "inference/model/blocks.h"

namespace inference {

using namespace kernels;

namespace {

void addLatentAttention(PlanBuilder &builder, std::uint32_t layer)
{
    const ModelShape &s = builder.shape();
    const MlaShape &mla = s.mla;
    const LayerNames name(layer);
    const std::uint32_t queryRows = s.attentionHeads * s.headDim;

    builder.add(NormQuantStep{builder.vector(name("attn_norm.weight"), s.hiddenSize)});
    MlaQkvStep qkv{};
    qkv.layer = layer;
    if (mla.queryLatentSize > 0) {
        qkv.qDown = builder.matrix(name("attn_q_a.weight"), s.hiddenSize, mla.queryLatentSize);
        qkv.qNorm = builder.vector(name("attn_q_a_norm.weight"), mla.queryLatentSize);
        qkv.q = builder.matrix(name("attn_q_b.weight"), mla.queryLatentSize, queryRows);
    } else {
        qkv.q = builder.matrix(name("attn_q.weight"), s.hiddenSize, queryRows);
    }
    qkv.kvDown = builder.matrix(name("attn_kv_a_mqa.weight"), s.hiddenSize, mla.latentSize + mla.ropeDim);
    qkv.kvNorm = builder.vector(name("attn_kv_a_norm.weight"), mla.latentSize);
    qkv.up = builder.mlaUp(name);
    builder.add(qkv);
    builder.add(MlaAttentionStep{layer, qkv.up});
    OutResidualStep out{};
    out.output = builder.matrix(name("attn_output.weight"), s.attentionHeads * mla.valueDim, s.hiddenSize);
    builder.add(out);
}

} // namespace

void emitDeepSeek2(PlanBuilder &builder)
{
    const std::uint32_t layers = builder.shape().layers;
    const WeightId embedding = addEmbedding(builder);
    for (std::uint32_t layer = 0; layer < layers; ++layer) {
        addLatentAttention(builder, layer);
        addFeedForwardNorm(builder, layer);
        addExpertsOrDense(builder, layer);
    }
    addHead(builder, embedding);
}

} // namespace inference
