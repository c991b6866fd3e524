// Qwen3: DeepSeek-R1-0528-Qwen3-8B (reference/deepseek-models.md sections 1a and 2).
//
// Qwen2's recipe with two differences: no biases, and each head's query and key go through an RMSNorm of
// their own before RoPE.
#include "inference/model/blocks.h"

namespace inference {

void emitQwen3(PlanBuilder &builder)
{
    const kernels::ModelShape &s = builder.shape();
    const kernels::WeightId embedding = addEmbedding(builder);
    for (std::uint32_t layer = 0; layer < s.layers; ++layer) {
        addAttention(builder, layer, {.headNorms = true});
        addFeedForwardNorm(builder, layer);
        addFeedForward(builder, layer, "", s.intermediateSize);
    }
    addHead(builder, embedding);
}

} // namespace inference
