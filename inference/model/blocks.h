// The parts that recipes share: each binds its tensors by the names GGUF gives them and adds its steps.
#pragma once

#include "inference/model/plan_builder.h"

namespace inference {

// Adds the lookup of rows and gives the table, which may be the head as well.
kernels::WeightId addEmbedding(PlanBuilder &builder);

enum class Biases { None, Optional, Required };

struct AttentionParts
{
    Biases queryKeyValue = Biases::None;
    Biases output = Biases::None; // not Required
    bool headNorms = false;       // RMSNorm of each head's query and key
};

// x += W_o attention(rope(W_q n), rope(W_k n), W_v n), n = rmsNorm(x)
void addAttention(PlanBuilder &builder, std::uint32_t layer, const AttentionParts &parts);

// n = rmsNorm(x), for the feed-forward part
void addFeedForwardNorm(PlanBuilder &builder, std::uint32_t layer);

// x += W_down (silu(W_gate n) * W_up n); suffix: what stands behind ffn_gate in the names, "" or "_shexp"
void addFeedForward(PlanBuilder &builder, std::uint32_t layer, std::string_view suffix, std::uint32_t width);

// x += sum of the chosen experts' and of the shared experts' feed-forward parts; a dense part in the leading
// layers
void addExpertsOrDense(PlanBuilder &builder, std::uint32_t layer);

// logits = W_head rmsNorm(x); the embedding where the file has no head of its own
void addHead(PlanBuilder &builder, kernels::WeightId embedding);

} // namespace inference
