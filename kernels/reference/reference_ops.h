// The arithmetic of the reference path: float values, sums in double, one fixed order of additions.
//
// A result depends on its inputs alone, never on how many tokens are computed together or on which thread.
// Formulas: reference/deepseek-models.md section 2.
#pragma once

#include "kernels/plan.h"

#include <cstddef>
#include <span>

namespace kernels::reference {

// Sum of a_j * b_j over n elements. Four times four float lanes, emptied into a double every 256 elements:
// the error stays below that of the inputs, at several times the speed of a sum in double.
double dot(const float *a, const float *b, std::size_t n);

// out_j = x_j / sqrt(mean(x^2) + epsilon) * norm_j. All of the same length; out may be x.
void rmsNorm(std::span<const float> x, std::span<const float> norm, float epsilon, float *out);

// cosines and sines of position * frequency, times the amplitude, one each per pair.
void rotationOf(std::uint32_t position, std::span<const float> inverseFrequencies, float amplitude,
                float *cosines, float *sines);
// Turns the pairs of one head: (a, b) becomes (a cos - b sin, a sin + b cos).
void rotateHead(std::span<float> head, RopePairs pairs, const float *cosines, const float *sines);

// z / (1 + e^-z)
double silu(double z);

// Scores to probabilities in place: e^(s - max) / sum.
void softmax(std::span<double> scores);

} // namespace kernels::reference
