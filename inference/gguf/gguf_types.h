// Tables of the GGUF format: sizes and names of value types and of tensor types.
#pragma once

#include "inference/gguf/gguf_file.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace inference {

// Bytes of a scalar of a type; 0 for strings, arrays and ids that do not exist.
std::uint32_t scalarBytes(GgufValueType type);
std::string_view valueTypeName(GgufValueType type);

// Block of a published type id, supported or not; nothing when its layout is not known here.
struct GgufBlock
{
    std::uint32_t length = 0; // weights
    std::uint32_t bytes = 0;
};
std::optional<GgufBlock> ggufBlock(std::uint32_t ggufType);
// "Q4_K", or "type 97" when the id has no published name.
std::string ggufTypeText(std::uint32_t ggufType);

// "16 x 32", ne0 first.
std::string shapeText(const GgufTensor &tensor);

} // namespace inference
