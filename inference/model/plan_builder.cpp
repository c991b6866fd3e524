#include "inference/model/plan_builder.h"

#include "inference/gguf/gguf_types.h"
#include "inference/gguf/wording.h"

#include "kernels/element_type.h"

#include <array>

namespace inference {

using kernels::ElementType;
using kernels::ElementTypeTraits;
using kernels::kNoWeight;
using kernels::WeightId;
using Kind = ProblemList::Kind;

namespace {

std::span<const std::uint64_t> dimensionsOf(const GgufTensor &tensor)
{
    return std::span(tensor.dimensions).first(tensor.dimensionCount);
}

// A vector may be stored as [n] or as [n, 1]: trailing ones say nothing.
bool sameShape(std::span<const std::uint64_t> wanted, std::span<const std::uint64_t> found)
{
    for (std::size_t i = 0; i < std::max(wanted.size(), found.size()); ++i)
        if ((i < wanted.size() ? wanted[i] : 1) != (i < found.size() ? found[i] : 1))
            return false;
    return true;
}

std::string supportedTypes()
{
    std::string names;
    for (const ElementTypeTraits &traits : kernels::elementTypes())
        names.append(names.empty() ? "" : " ").append(traits.name);
    return names;
}

} // namespace

PlanBuilder::PlanBuilder(const GgufFile &file, const ModelConfig &config)
    : m_file(file), m_architecture(config.architecture), m_used(file.tensors().size())
{
    m_plan.shape = config.shape;
}

WeightId PlanBuilder::bind(std::string_view name, std::span<const std::uint64_t> dimensions, bool required)
{
    const GgufTensor *tensor = m_file.findTensor(name);
    if (!tensor) {
        if (required)
            m_problems.add(Kind::Damaged, "tensor " + std::string(name) + " is missing");
        return kNoWeight;
    }
    m_used[std::size_t(tensor - m_file.tensors().data())] = true;

    if (!sameShape(dimensions, dimensionsOf(*tensor))) {
        m_problems.add(Kind::Damaged, "tensor " + std::string(name) + " has another shape, expected " +
                                          dimensionText(dimensions) + ", found " +
                                          dimensionText(dimensionsOf(*tensor)));
        return kNoWeight;
    }
    const ElementTypeTraits *type = kernels::findElementType(tensor->ggufType);
    const bool isVector = dimensions.size() == 1;
    if (!type || (isVector && type->type != ElementType::F32)) {
        m_problems.add(Kind::Unsupported, "tensor " + std::string(name) +
                                              " has an unsupported type, expected " +
                                              (isVector ? "F32" : "one of " + supportedTypes()) + ", found " +
                                              ggufTypeText(tensor->ggufType));
        return kNoWeight;
    }
    const std::span<const std::byte> bytes = m_file.bytes(*tensor);
    kernels::WeightView view;
    view.name = std::string(name);
    view.type = type->type;
    view.columns = std::uint32_t(dimensions[0]);
    view.rows = isVector ? 1 : std::uint32_t(dimensions[1]);
    view.bytes = bytes.data();
    if (bytes.size() != view.byteSize() || view.columns % type->blockLength != 0) {
        m_problems.add(Kind::Damaged, "tensor " + std::string(name) + " has a wrong size, expected " +
                                          grouped(view.byteSize()) + " bytes, found " +
                                          grouped(bytes.size()));
        return kNoWeight;
    }
    m_plan.weights.push_back(std::move(view));
    return WeightId(m_plan.weights.size() - 1);
}

WeightId PlanBuilder::matrix(std::string_view name, std::uint32_t columns, std::uint32_t rows)
{
    return bind(name, std::array<std::uint64_t, 2>{columns, rows}, true);
}

WeightId PlanBuilder::vector(std::string_view name, std::uint32_t length)
{
    return bind(name, std::array<std::uint64_t, 1>{length}, true);
}

WeightId PlanBuilder::optionalMatrix(std::string_view name, std::uint32_t columns, std::uint32_t rows)
{
    return bind(name, std::array<std::uint64_t, 2>{columns, rows}, false);
}

WeightId PlanBuilder::optionalVector(std::string_view name, std::uint32_t length)
{
    return bind(name, std::array<std::uint64_t, 1>{length}, false);
}

Result<kernels::Plan> PlanBuilder::finish()
{
    const std::span<const GgufTensor> tensors = m_file.tensors();
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        // ModelConfig has applied the divisors already; rot_embd are frequencies that old converters wrote as
        // well.
        const std::string_view name = tensors[i].name;
        const ArchitectureTraits *architecture = findArchitecture(m_architecture);
        const bool known = (name == kRopeDivisorsTensor && architecture && architecture->ropeDivisors) ||
                           name.ends_with("attn_rot_embd.weight") || name.ends_with("attn.rot_embd");
        if (!m_used[i] && !known)
            m_problems.add(Kind::Unsupported, "tensor " + printable(name) +
                                                  " is not part of the architecture " + m_architecture);
    }
    if (!m_problems.empty())
        return m_problems.toError(pathText(m_file.path()));
    return std::move(m_plan);
}

} // namespace inference
