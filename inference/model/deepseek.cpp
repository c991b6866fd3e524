// DeepSeek-MoE-16B, the first with routed experts (arXiv 2401.06066; reference/deepseek-models.md sections 1b
// and 2).
//
// Llama's attention. The first layers have a dense feed-forward part, the others
//
//     x += sum of w_e FFN_e(n) over the chosen experts + FFN_shared(n),  n = rmsNorm(x)
//
// with w = softmax(W_router n), not renormalised over the chosen ones.
#include "inference/model/blocks.h"

namespace inference {

void emitDeepSeek(PlanBuilder &builder)
{
    const std::uint32_t layers = builder.shape().layers;
    const kernels::WeightId embedding = addEmbedding(builder);
    for (std::uint32_t layer = 0; layer < layers; ++layer) {
        addAttention(builder, layer, {});
        addFeedForwardNorm(builder, layer);
        addExpertsOrDense(builder, layer);
    }
    addHead(builder, embedding);
}

} // namespace inference
