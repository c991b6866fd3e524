// Llama: DeepSeek LLM, Coder and Distill-Llama; SmolLM2 (reference/deepseek-models.md sections 1a and 2).
//
//     x = embedding(token)
//     per layer:  x += W_o attention(rope(W_q n), rope(W_k n), W_v n)  with n = rmsNorm(x)
//                 x += W_down (silu(W_gate n) * W_up n)                with n = rmsNorm(x)
//     logits = W_head rmsNorm(x)
//
// RoPE turns adjacent pairs: the converter permutes the rows of q and k for it. The head is the embedding
// where the file has none of its own.
#include "inference/model/plan_builder.h"

namespace inference {

using namespace kernels;

void emitLlama(PlanBuilder &builder)
{
    const ModelShape &s = builder.shape();
    const std::uint32_t queryRows = s.attentionHeads * s.headDim;
    const std::uint32_t keyRows = s.keyValueHeads * s.headDim;

    const WeightId embedding = builder.matrix("token_embd.weight", s.hiddenSize, s.vocabularySize);
    builder.add(EmbedStep{embedding});

    for (std::uint32_t layer = 0; layer < s.layers; ++layer) {
        const LayerNames name(layer);

        builder.add(NormQuantStep{builder.vector(name("attn_norm.weight"), s.hiddenSize)});
        QkvRopeKvStep qkv{};
        qkv.layer = layer;
        qkv.q = builder.matrix(name("attn_q.weight"), s.hiddenSize, queryRows);
        qkv.k = builder.matrix(name("attn_k.weight"), s.hiddenSize, keyRows);
        qkv.v = builder.matrix(name("attn_v.weight"), s.hiddenSize, keyRows);
        qkv.qBias = builder.optionalVector(name("attn_q.bias"), queryRows);
        qkv.kBias = builder.optionalVector(name("attn_k.bias"), keyRows);
        qkv.vBias = builder.optionalVector(name("attn_v.bias"), keyRows);
        builder.add(qkv);
        builder.add(AttentionStep{layer});
        OutResidualStep out{};
        out.output = builder.matrix(name("attn_output.weight"), queryRows, s.hiddenSize);
        out.bias = builder.optionalVector(name("attn_output.bias"), s.hiddenSize);
        builder.add(out);

        builder.add(NormQuantStep{builder.vector(name("ffn_norm.weight"), s.hiddenSize)});
        GateUpActStep gateUp{};
        gateUp.gate = builder.matrix(name("ffn_gate.weight"), s.hiddenSize, s.intermediateSize);
        gateUp.up = builder.matrix(name("ffn_up.weight"), s.hiddenSize, s.intermediateSize);
        builder.add(gateUp);
        builder.add(
            DownResidualStep{builder.matrix(name("ffn_down.weight"), s.intermediateSize, s.hiddenSize)});
    }

    HeadStep head{};
    head.norm = builder.vector("output_norm.weight", s.hiddenSize);
    head.head = builder.optionalMatrix("output.weight", s.hiddenSize, s.vocabularySize);
    if (head.head == kNoWeight)
        head.head = embedding;
    builder.add(head);
}

} // namespace inference
