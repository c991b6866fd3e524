// The element types of weights: GGUF's ids, names and block sizes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace kernels {

// Values are the ids of the GGUF format (ggml type numbers).
enum class ElementType : std::uint32_t {
    F32 = 0,
    F16 = 1,
    Q4_0 = 2,
    Q4_1 = 3,
    Q5_0 = 6,
    Q5_1 = 7,
    Q8_0 = 8,
    Q2_K = 10,
    Q3_K = 11,
    Q4_K = 12,
    Q5_K = 13,
    Q6_K = 14,
    IQ4_NL = 20,
    IQ4_XS = 23,
    BF16 = 30,
    MXFP4 = 39
};

struct ElementTypeTraits
{
    ElementType type;
    std::string_view name;     // as GGUF tools write it, "Q4_K"
    std::uint32_t blockLength; // weights in a block; a row is a whole number of blocks
    std::uint32_t blockBytes;
};

// Every supported type, in the order of the ids.
std::span<const ElementTypeTraits> elementTypes();

// The traits of a supported type; nothing for an id this program does not support.
const ElementTypeTraits *findElementType(std::uint32_t ggufId);
const ElementTypeTraits &traitsOf(ElementType type);

// The published name of a GGUF type id, supported or not ("IQ2_XXS"); empty when unknown.
std::string_view ggufTypeName(std::uint32_t ggufId);

} // namespace kernels
