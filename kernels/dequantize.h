// Weights of every supported element type to float, one row at a time: the plain reference that fast kernels
// are tested against.
#pragma once

#include "kernels/plan.h"

#include <cstddef>
#include <cstdint>

namespace kernels {

// Writes `columns` floats to out. row holds that many weights in whole blocks, at any alignment. columns is a
// multiple of the type's block length (checked when a file is opened). Formulas: reference/deepseek-models.md
// section 3a, in this order of operations, in float and without fused multiply-add; so the result is the
// same, bit for bit, on every machine and in the gguf Python package. F8_E4M3: without its scales.
void dequantizeRow(ElementType type, const std::byte *row, std::uint32_t columns, float *out);

// One row of one matrix of a weight, scales applied. F8_E4M3: float(e4m3) * scale, rounded once.
void dequantizeRow(const WeightView &weight, std::size_t matrix, std::uint32_t row, float *out);

} // namespace kernels
