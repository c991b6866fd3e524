// Qwen2: R1-Distill-Qwen, Qwen2.5-Coder (reference/deepseek-models.md sections 1a and 2).
//
// Llama's recipe with two differences: q, k and v have biases, and RoPE turns the pairs (i, i + headDim / 2),
// so that rows of q and k lie in the file as they were trained.
#include "inference/model/plan_builder.h"

namespace inference {

using namespace kernels;

void emitQwen2(PlanBuilder &builder)
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
        qkv.qBias = builder.vector(name("attn_q.bias"), queryRows);
        qkv.kBias = builder.vector(name("attn_k.bias"), keyRows);
        qkv.vBias = builder.vector(name("attn_v.bias"), keyRows);
        builder.add(qkv);
        builder.add(AttentionStep{layer});
        OutResidualStep out{};
        out.output = builder.matrix(name("attn_output.weight"), queryRows, s.hiddenSize);
        out.bias = kNoWeight;
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
