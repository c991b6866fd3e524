// Passes over all logits of a token, by vectors of eight: what the sampler and the chances of a token have in common.
#pragma once

#include "kernels/sampling.h"

#include <cstddef>
#include <span>

namespace inference {

inline constexpr std::size_t kLogitBlock = kernels::kLogitBlock; // logits whose greatest one is remembered together

// The greatest logit of each block, exactly. False, and the rest is not written, where one is not finite.
bool blockMaxima(std::span<const float> logits, std::span<float> maxima);

// Of e^(logit - greatest) over all logits, none of which is greater; relative error below 1e-5. The same bits on every machine.
double sumOfChances(std::span<const float> logits, float greatest);

} // namespace inference
