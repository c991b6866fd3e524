// What the arithmetic of one token needs: against the machine's ceilings it says how fast a model can be.
#pragma once

#include "inference/result.h"
#include "kernels/plan.h"

#include <filesystem>

namespace inference {

struct TokenCost
{
    double decodeBytes = 0;       // of the weights that a token reads; of the experts those that it uses. The cache comes on top.
    double prefillOperations = 0; // on them, a multiply-add being two
    double bitsPerWeight = 0;     // of these, on average
    unsigned layers = 0;
};

TokenCost tokenCost(const kernels::Plan &plan);

// Of a model file, which is opened as far as its tensors: some milliseconds.
Result<TokenCost> tokenCostOf(const std::filesystem::path &model);

} // namespace inference
