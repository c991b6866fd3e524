#include "inference/model/blocks.h"

#include <tuple>

namespace inference {

using namespace kernels;

WeightId addEmbedding(PlanBuilder &builder)
{
    const ModelShape &s = builder.shape();
    const WeightId embedding = builder.matrix("token_embd.weight", s.hiddenSize, s.vocabularySize);
    builder.add(EmbedStep{embedding});
    return embedding;
}

void addAttention(PlanBuilder &builder, std::uint32_t layer, const AttentionParts &parts)
{
    const ModelShape &s = builder.shape();
    const LayerNames name(layer);
    const std::uint32_t queryRows = s.attentionHeads * s.headDim;
    const std::uint32_t keyRows = s.keyValueHeads * s.headDim;
    const auto bias = [&](std::string_view suffix, Biases kind, std::uint32_t length) {
        return kind == Biases::Required   ? builder.vector(name(suffix), length)
               : kind == Biases::Optional ? builder.optionalVector(name(suffix), length)
                                          : kNoWeight;
    };

    builder.add(NormQuantStep{builder.vector(name("attn_norm.weight"), s.hiddenSize)});
    QkvRopeKvStep qkv{};
    qkv.layer = layer;
    qkv.q = builder.matrix(name("attn_q.weight"), s.hiddenSize, queryRows);
    qkv.k = builder.matrix(name("attn_k.weight"), s.hiddenSize, keyRows);
    qkv.v = builder.matrix(name("attn_v.weight"), s.hiddenSize, keyRows);
    qkv.qBias = bias("attn_q.bias", parts.queryKeyValue, queryRows);
    qkv.kBias = bias("attn_k.bias", parts.queryKeyValue, keyRows);
    qkv.vBias = bias("attn_v.bias", parts.queryKeyValue, keyRows);
    if (parts.headNorms) {
        qkv.qNorm = builder.vector(name("attn_q_norm.weight"), s.headDim);
        qkv.kNorm = builder.vector(name("attn_k_norm.weight"), s.headDim);
    }
    builder.add(qkv);
    builder.add(AttentionStep{layer});
    OutResidualStep out{};
    out.output = builder.matrix(name("attn_output.weight"), queryRows, s.hiddenSize);
    out.bias = bias("attn_output.bias", parts.output, s.hiddenSize);
    builder.add(out);
}

void addFeedForwardNorm(PlanBuilder &builder, std::uint32_t layer)
{
    const LayerNames name(layer);
    builder.add(NormQuantStep{builder.vector(name("ffn_norm.weight"), builder.shape().hiddenSize),
                              NormQuantStep::Reader::FeedForward});
}

void addFeedForward(PlanBuilder &builder, std::uint32_t layer, std::string_view suffix, std::uint32_t width)
{
    const std::uint32_t hidden = builder.shape().hiddenSize;
    const LayerNames layerName(layer);
    const auto name = [&](std::string_view part) {
        return layerName(std::string(part).append(suffix) + ".weight");
    };
    GateUpActStep gateUp{};
    gateUp.gate = builder.matrix(name("ffn_gate"), hidden, width);
    gateUp.up = builder.matrix(name("ffn_up"), hidden, width);
    builder.add(gateUp);
    builder.add(DownResidualStep{builder.matrix(name("ffn_down"), width, hidden)});
}

void addExpertsOrDense(PlanBuilder &builder, std::uint32_t layer)
{
    const std::uint32_t hidden = builder.shape().hiddenSize;
    const MoeConfig &moe = builder.config().moe;
    if (layer < moe.leadingDenseLayers)
        return addFeedForward(builder, layer, "", builder.config().denseIntermediateSize);
    const LayerNames name(layer);

    RouterStep router = moe.router;
    router.router = builder.matrix(name("ffn_gate_inp.weight"), hidden, router.experts);
    // Every model that was trained with sigmoids chooses by score and bias.
    router.bias = router.score == RouterScore::Sigmoid
                      ? builder.vector(name("exp_probs_b.bias"), router.experts)
                      : builder.optionalVector(name("exp_probs_b.bias"), router.experts);
    builder.add(router);
    MoeFfnStep experts{};
    std::tie(experts.gate, experts.up) = builder.gateAndUpExperts(name);
    experts.down = builder.experts(name, "ffn_down", moe.expertIntermediateSize, hidden);
    builder.add(experts);
    if (moe.sharedIntermediateSize > 0)
        addFeedForward(builder, layer, "_shexp", moe.sharedIntermediateSize);
}

void addHead(PlanBuilder &builder, WeightId embedding)
{
    const ModelShape &s = builder.shape();
    HeadStep head{};
    head.norm = builder.vector("output_norm.weight", s.hiddenSize);
    head.head = builder.optionalMatrix("output.weight", s.hiddenSize, s.vocabularySize);
    if (head.head == kNoWeight)
        head.head = embedding;
    builder.add(head);
}

} // namespace inference
