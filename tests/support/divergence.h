// How far the probabilities of two sets of logits lie apart.
#pragma once

#include <cstddef>
#include <span>

namespace test {

// Mean over the rows of KL(softmax(expected) || softmax(found)), in nats. Rows of `vocabulary` logits, as many in both.
double meanDivergence(std::span<const float> expected, std::span<const float> found, std::size_t vocabulary);

} // namespace test
