// The element types of weights: ids, names and block sizes, GGUF's and one more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace kernels {

// Values are the ids of the GGUF format (ggml type numbers). From kFirstOwnType on they are this program's
// own.
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
    MXFP4 = 39,
    // One sign bit, four of exponent (bias 7), three of mantissa; 448 is the largest, S1111111 is NaN, there
    // is no infinity (OCP OFP8, "E4M3"). As Hugging Face folders of DeepSeek-V3 have it: see kFp8Block.
    F8_E4M3 = 0x10000
};
inline constexpr std::uint32_t kFirstOwnType = 0x10000; // no file of GGUF holds these

// A matrix in F8_E4M3 comes with scales: one for each block of this many rows and columns, blocks at the
// edges cut short (reference/deepseek-models.md section 2, "FP8 block weights").
inline constexpr std::uint32_t kFp8Block = 128;
inline constexpr std::uint32_t fp8Blocks(std::uint32_t rowsOrColumns)
{
    return rowsOrColumns / kFp8Block + (rowsOrColumns % kFp8Block != 0);
}

struct ElementTypeTraits
{
    ElementType type;
    std::string_view name;     // as GGUF tools write it, "Q4_K"
    std::uint32_t blockLength; // weights in a block; a row is a whole number of blocks
    std::uint32_t blockBytes;
};

// Every supported type of GGUF, in the order of the ids.
std::span<const ElementTypeTraits> elementTypes();

// The traits of a supported type, GGUF's or not; nothing for an id this program does not support.
const ElementTypeTraits *findElementType(std::uint32_t id);
const ElementTypeTraits &traitsOf(ElementType type);

// The published name of a GGUF type id, supported or not ("IQ2_XXS"), or of a type of our own; empty when
// unknown.
std::string_view ggufTypeName(std::uint32_t id);

} // namespace kernels
