// Llama: DeepSeek LLM, Coder and Distill-Llama; SmolLM2 (reference/deepseek-models.md sections 1a and 2).
//
//     x = embedding(token)
//     per layer:  x += W_o attention(rope(W_q n), rope(W_k n), W_v n)  with n = rmsNorm(x)
//                 x += W_down (silu(W_gate n) * W_up n)                with n = rmsNorm(x)
//     logits = W_head rmsNorm(x)
//
// RoPE turns adjacent pairs: the converter permutes the rows of q and k for it. The head is the embedding
// where the file has none of its own.
#include "inference/model/blocks.h"

namespace inference {

void emitLlama(PlanBuilder &builder)
{
    const kernels::ModelShape &s = builder.shape();
    const kernels::WeightId embedding = addEmbedding(builder);
    for (std::uint32_t layer = 0; layer < s.layers; ++layer) {
        addAttention(builder, layer, {.queryKeyValue = Biases::Optional, .output = Biases::Optional});
        addFeedForwardNorm(builder, layer);
        addFeedForward(builder, layer, "", s.intermediateSize);
    }
    addHead(builder, embedding);
}

} // namespace inference
