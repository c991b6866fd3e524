// Random weights of every element type, for self-tests.
#pragma once

#include "kernels/element_type.h"

#include <cstddef>
#include <random>
#include <vector>

namespace kernels {

// Ends: blocks of one byte all over, which are levels at the ends of the range.
enum class WeightLevels { Random, Ends };

// Whole blocks for `elements` weights. Every number is finite; scales are of middling size.
std::vector<std::byte> randomWeights(const ElementTypeTraits &traits, std::size_t elements, WeightLevels levels,
                                     std::mt19937 &random);

} // namespace kernels
