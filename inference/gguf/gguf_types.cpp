#include "inference/gguf/gguf_types.h"

#include "inference/gguf/wording.h"

#include <array>

namespace inference {

std::uint32_t scalarBytes(GgufValueType type)
{
    static constexpr std::array<std::uint8_t, 13> bytes{1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
    const auto id = static_cast<std::uint32_t>(type);
    return id < bytes.size() ? bytes[id] : 0;
}

std::string_view valueTypeName(GgufValueType type)
{
    static constexpr std::array<std::string_view, 13> names{"8-bit unsigned integer",
                                                            "8-bit integer",
                                                            "16-bit unsigned integer",
                                                            "16-bit integer",
                                                            "32-bit unsigned integer",
                                                            "32-bit integer",
                                                            "32-bit float",
                                                            "truth value",
                                                            "string",
                                                            "array",
                                                            "64-bit unsigned integer",
                                                            "64-bit integer",
                                                            "64-bit float"};
    const auto id = static_cast<std::uint32_t>(type);
    return id < names.size() ? names[id] : "unknown type";
}

std::optional<GgufBlock> ggufBlock(std::uint32_t ggufType)
{
    if (const kernels::ElementTypeTraits *traits = kernels::findElementType(ggufType))
        return GgufBlock{traits->blockLength, traits->blockBytes};
    // Not supported, but published (reference/deepseek-models.md section 3a): their extents can be checked,
    // too.
    switch (ggufType) {
    case 15: // Q8_K
        return GgufBlock{256, 292};
    case 16: // IQ2_XXS
        return GgufBlock{256, 66};
    case 17: // IQ2_XS
        return GgufBlock{256, 74};
    case 18: // IQ3_XXS
        return GgufBlock{256, 98};
    case 19: // IQ1_S
        return GgufBlock{256, 50};
    case 21: // IQ3_S
        return GgufBlock{256, 110};
    case 22: // IQ2_S
        return GgufBlock{256, 82};
    case 24: // I8
        return GgufBlock{1, 1};
    case 25: // I16
        return GgufBlock{1, 2};
    case 26: // I32
        return GgufBlock{1, 4};
    case 27: // I64
    case 28: // F64
        return GgufBlock{1, 8};
    case 29: // IQ1_M
        return GgufBlock{256, 56};
    case 34: // TQ1_0
        return GgufBlock{256, 54};
    case 35: // TQ2_0
        return GgufBlock{256, 66};
    default:
        return std::nullopt;
    }
}

std::string ggufTypeText(std::uint32_t ggufType)
{
    const std::string_view name = kernels::ggufTypeName(ggufType);
    return name.empty() ? "type " + grouped(ggufType) : std::string(name);
}

std::string shapeText(const GgufTensor &tensor)
{
    std::string text;
    for (std::uint32_t i = 0; i < tensor.dimensionCount && i < tensor.dimensions.size(); ++i)
        text += (i == 0 ? "" : " x ") + grouped(tensor.dimensions[i]);
    return text;
}

} // namespace inference
