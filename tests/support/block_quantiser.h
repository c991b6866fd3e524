// Float weights to the block formats of GGUF files: for tests that need a valid tensor of a type.
//
// Plain rounding to the nearest level; no search for better scales as quantisers of real models do. The
// result is a valid file of every supported type, with an error near the best that the type can do.
#pragma once

#include "kernels/element_type.h"

#include <cstdint>
#include <span>
#include <string>

namespace test {

// Rows of `columns` weights, one after the other. columns is a multiple of the type's block length; ends the
// program where it is not.
std::string quantiseRows(kernels::ElementType type, std::uint32_t columns, std::span<const float> values);

// IEEE half and bfloat16, rounded to nearest even. Half: above 65,504 becomes infinity.
std::uint16_t toHalf(float value);
std::uint16_t toBrainFloat(float value);

} // namespace test
