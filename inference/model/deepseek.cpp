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
    const ModelConfig &config = builder.config();
    const kernels::WeightId embedding = addEmbedding(builder);
    for (std::uint32_t layer = 0; layer < config.shape.layers; ++layer) {
        addAttention(builder, layer, {});
        addFeedForwardNorm(builder, layer);
        if (layer < config.moe.leadingDenseLayers)
            addFeedForward(builder, layer, "", config.denseIntermediateSize);
        else
            addRoutedFeedForward(builder, layer);
    }
    addHead(builder, embedding);
}

} // namespace inference
