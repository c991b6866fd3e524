#include "kernels/element_type.h"

#include <array>
#include <cassert>

namespace kernels {

namespace {

constexpr std::array kElementTypes{
    ElementTypeTraits{ElementType::F32, "F32", 1, 4},
    ElementTypeTraits{ElementType::F16, "F16", 1, 2},
    ElementTypeTraits{ElementType::Q4_0, "Q4_0", 32, 18},
    ElementTypeTraits{ElementType::Q4_1, "Q4_1", 32, 20},
    ElementTypeTraits{ElementType::Q5_0, "Q5_0", 32, 22},
    ElementTypeTraits{ElementType::Q5_1, "Q5_1", 32, 24},
    ElementTypeTraits{ElementType::Q8_0, "Q8_0", 32, 34},
    ElementTypeTraits{ElementType::Q2_K, "Q2_K", 256, 84},
    ElementTypeTraits{ElementType::Q3_K, "Q3_K", 256, 110},
    ElementTypeTraits{ElementType::Q4_K, "Q4_K", 256, 144},
    ElementTypeTraits{ElementType::Q5_K, "Q5_K", 256, 176},
    ElementTypeTraits{ElementType::Q6_K, "Q6_K", 256, 210},
    ElementTypeTraits{ElementType::IQ4_NL, "IQ4_NL", 32, 18},
    ElementTypeTraits{ElementType::IQ4_XS, "IQ4_XS", 256, 136},
    ElementTypeTraits{ElementType::BF16, "BF16", 1, 2},
    ElementTypeTraits{ElementType::MXFP4, "MXFP4", 32, 17},
};
constexpr ElementTypeTraits kFp8{ElementType::F8_E4M3, "F8_E4M3", 1, 1};

} // namespace

std::span<const ElementTypeTraits> elementTypes()
{
    return kElementTypes;
}

const ElementTypeTraits *findElementType(std::uint32_t id)
{
    for (const ElementTypeTraits &traits : kElementTypes)
        if (static_cast<std::uint32_t>(traits.type) == id)
            return &traits;
    return id == static_cast<std::uint32_t>(kFp8.type) ? &kFp8 : nullptr;
}

const ElementTypeTraits &traitsOf(ElementType type)
{
    const ElementTypeTraits *traits = findElementType(static_cast<std::uint32_t>(type));
    assert(traits);
    return *traits;
}

std::string_view ggufTypeName(std::uint32_t id)
{
    static constexpr std::array<std::string_view, 40> names{
        "F32",     "F16",    "Q4_0",    "Q4_1",  "Q4_2",   "Q4_3",  "Q5_0",  "Q5_1",  "Q8_0",    "Q8_1",
        "Q2_K",    "Q3_K",   "Q4_K",    "Q5_K",  "Q6_K",   "Q8_K",  "IQ2_XXS", "IQ2_XS", "IQ3_XXS", "IQ1_S",
        "IQ4_NL",  "IQ3_S",  "IQ2_S",   "IQ4_XS", "I8",    "I16",   "I32",   "I64",   "F64",     "IQ1_M",
        "BF16",    "Q4_0_4_4", "Q4_0_4_8", "Q4_0_8_8", "TQ1_0", "TQ2_0", "IQ4_NL_4_4", "IQ4_NL_4_8", "IQ4_NL_8_8",
        "MXFP4"};
    if (id == static_cast<std::uint32_t>(kFp8.type))
        return kFp8.name;
    return id < names.size() ? names[id] : std::string_view();
}

} // namespace kernels
