// Qwen2: R1-Distill-Qwen, Qwen2.5-Coder (reference/deepseek-models.md sections 1a and 2).
//
// Llama's recipe with two differences: q, k and v have biases, and RoPE turns the pairs (i, i + headDim / 2),
// so that rows of q and k lie in the file as they were trained.
#include "inference/model/blocks.h"

namespace inference {

void emitQwen2(PlanBuilder &builder)
{
    const kernels::ModelShape &s = builder.shape();
    const kernels::WeightId embedding = addEmbedding(builder);
    for (std::uint32_t layer = 0; layer < s.layers; ++layer) {
        addAttention(builder, layer, {.queryKeyValue = Biases::Required});
        addFeedForwardNorm(builder, layer);
        addFeedForward(builder, layer, "", s.intermediateSize);
    }
    addHead(builder, embedding);
}

} // namespace inference
