#include "inference/model/plan_builder.h"

#include "inference/gguf/gguf_types.h"
#include "inference/gguf/wording.h"

#include "kernels/dequantize.h"
#include "kernels/element_type.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

namespace inference {

using kernels::ElementType;
using kernels::ElementTypeTraits;
using kernels::kNoWeight;
using kernels::WeightId;
using kernels::WeightView;
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

// The number in "blk.7.attn_q.weight"; -1 for a tensor of no layer.
std::int64_t layerOf(std::string_view name)
{
    std::uint32_t layer = 0;
    if (!name.starts_with("blk.") ||
        std::from_chars(name.data() + 4, name.data() + name.size(), layer).ec != std::errc())
        return -1;
    return layer;
}

// A stack of `count` matrices out of one: `rows` rows each, the first from row `first` on, then every `step`
// rows.
struct RowSlices
{
    std::uint32_t first = 0, rows = 0, step = 0, count = 0;
};

WeightView sliced(const WeightView &whole, const RowSlices &slices)
{
    WeightView view = whole;
    view.rows = slices.rows;
    view.scales.clear();
    for (std::size_t i = 0; i < slices.count; ++i) {
        const std::size_t row = i * slices.step + slices.first;
        view.stack.push_back(whole.bytes + row * whole.rowBytes());
        if (!whole.scales.empty())
            view.scales.push_back({whole.scales.front().values, std::uint32_t(row)});
    }
    view.bytes = view.stack.front();
    return view;
}

} // namespace

PlanBuilder::PlanBuilder(const GgufFile &file, const ModelConfig &config)
    : m_file(file), m_config(config), m_used(file.tensors().size())
{
    m_plan.shape = config.shape;
}

std::optional<WeightView> PlanBuilder::find(std::string_view name, std::span<const std::uint64_t> dimensions,
                                            bool required)
{
    const GgufTensor *tensor = m_file.findTensor(name);
    if (!tensor) {
        if (required)
            m_problems.add(Kind::Damaged, "tensor " + std::string(name) + " is missing");
        return std::nullopt;
    }
    const auto use = [&](const GgufTensor &used) {
        m_used[std::size_t(&used - m_file.tensors().data())] = true;
    };
    use(*tensor);
    if (tensor->ggufType == std::uint32_t(ElementType::F8_E4M3))
        if (const GgufTensor *scales = m_file.findTensor(std::string(name) + std::string(kFp8ScaleSuffix)))
            use(*scales);

    if (!sameShape(dimensions, dimensionsOf(*tensor))) {
        m_problems.add(Kind::Damaged, "tensor " + std::string(name) + " has another shape, expected " +
                                          dimensionText(dimensions) + ", found " +
                                          dimensionText(dimensionsOf(*tensor)));
        return std::nullopt;
    }
    const ElementTypeTraits *type = kernels::findElementType(tensor->ggufType);
    const bool isVector = dimensions.size() == 1;
    const bool isFp8 = type && type->type == ElementType::F8_E4M3;
    const bool cannotBeFp8 = dimensions.size() != 2 || name.ends_with(kFp8ScaleSuffix);
    if (!type || (isVector && type->blockLength != 1) || (isFp8 && cannotBeFp8)) {
        m_problems.add(Kind::Unsupported, "tensor " + std::string(name) +
                                              " has an unsupported type, expected " +
                                              (isVector ? "F32, F16 or BF16" : "one of " + supportedTypes()) +
                                              ", found " + ggufTypeText(tensor->ggufType));
        return std::nullopt;
    }
    const std::span<const std::byte> bytes = m_file.bytes(*tensor);
    WeightView view;
    view.name = std::string(name);
    view.type = type->type;
    view.columns = std::uint32_t(dimensions[0]);
    std::uint64_t rows = 1;
    for (std::size_t i = 1; i < dimensions.size(); ++i)
        rows *= dimensions[i]; // each is below 2^22: see the limits of ModelConfig
    view.rows = std::uint32_t(rows);
    view.bytes = bytes.data();
    if (rows > std::numeric_limits<std::uint32_t>::max() || bytes.size() != view.byteSize() ||
        view.columns % type->blockLength != 0) {
        m_problems.add(Kind::Damaged, "tensor " + std::string(name) + " has a wrong size, expected " +
                                          grouped(view.byteSize()) + " bytes, found " +
                                          grouped(bytes.size()));
        return std::nullopt;
    }
    if (isFp8 && !addScales(view))
        return std::nullopt;
    return view;
}

// The scales of a matrix in FP8, as the file has them beside it: checked, and copied, for they are few and
// what is checked must not change.
bool PlanBuilder::addScales(WeightView &weight)
{
    const auto scales = find(
        weight.name + std::string(kFp8ScaleSuffix),
        std::array<std::uint64_t, 2>{kernels::fp8Blocks(weight.columns), kernels::fp8Blocks(weight.rows)},
        true);
    if (!scales)
        return false;
    auto values = std::make_shared<std::vector<float>>(std::size_t(scales->rows) * scales->columns);
    for (std::uint32_t row = 0; row < scales->rows; ++row)
        kernels::dequantizeRow(*scales, 0, row, values->data() + std::size_t(row) * scales->columns);
    if (!std::all_of(values->begin(), values->end(), [](float scale) { return std::isfinite(scale); })) {
        m_problems.add(Kind::Damaged, "tensor " + scales->name + " holds scales that are no finite numbers");
        return false;
    }
    weight.scales.push_back({values->data(), 0});
    m_plan.scales.push_back(std::move(values));
    return true;
}

WeightId PlanBuilder::push(std::optional<WeightView> view)
{
    if (!view)
        return kNoWeight;
    m_plan.weights.push_back(std::move(*view));
    return WeightId(m_plan.weights.size() - 1);
}

WeightId PlanBuilder::matrix(std::string_view name, std::uint32_t columns, std::uint32_t rows)
{
    return push(find(name, std::array<std::uint64_t, 2>{columns, rows}, true));
}

WeightId PlanBuilder::vector(std::string_view name, std::uint32_t length)
{
    return push(find(name, std::array<std::uint64_t, 1>{length}, true));
}

WeightId PlanBuilder::optionalMatrix(std::string_view name, std::uint32_t columns, std::uint32_t rows)
{
    return push(find(name, std::array<std::uint64_t, 2>{columns, rows}, false));
}

WeightId PlanBuilder::optionalVector(std::string_view name, std::uint32_t length)
{
    return push(find(name, std::array<std::uint64_t, 1>{length}, false));
}

std::optional<WeightView> PlanBuilder::findStack(std::string_view name, std::uint32_t columns,
                                                 std::uint32_t rows, std::uint32_t count)
{
    const GgufTensor *tensor = m_file.findTensor(name);
    const std::uint64_t allRows = std::uint64_t(rows) * count;
    if (tensor && tensor->dimensionCount == 2 && tensor->dimensions[1] == allRows)
        return find(name, std::array<std::uint64_t, 2>{columns, allRows}, true);
    return find(name, std::array<std::uint64_t, 3>{columns, rows, count}, true);
}

WeightId PlanBuilder::experts(const LayerNames &layer, std::string_view part, std::uint32_t columns,
                              std::uint32_t rows)
{
    const std::uint32_t count = m_config.moe.router.experts;
    const std::string merged = layer(std::string(part) + "_exps.weight");
    const auto apart = [&](std::uint32_t expert) {
        return layer(std::string(part) + "." + std::to_string(expert) + ".weight");
    };
    if (has(merged) || (!has(apart(0)) && !has(apart(count - 1)))) {
        const std::optional<WeightView> whole = findStack(merged, columns, rows, count);
        return whole ? push(sliced(*whole, {.rows = rows, .step = rows, .count = count})) : kNoWeight;
    }

    // One tensor for each, wherever it lies.
    std::optional<WeightView> stack;
    bool complete = true;
    for (std::uint32_t expert = 0; expert < count; ++expert) {
        const auto one = find(apart(expert), std::array<std::uint64_t, 2>{columns, rows}, true);
        complete = complete && one;
        if (!one)
            continue;
        if (!stack) {
            stack = *one;
            stack->scales.clear();
        }
        if (one->type != stack->type) {
            m_problems.add(Kind::Unsupported,
                           "tensor " + one->name + " has another type than the experts before it");
            complete = false;
        }
        stack->stack.push_back(one->bytes);
        stack->scales.insert(stack->scales.end(), one->scales.begin(), one->scales.end());
    }
    return complete ? push(std::move(stack)) : kNoWeight;
}

std::pair<WeightId, WeightId> PlanBuilder::gateAndUpExperts(const LayerNames &layer)
{
    const std::uint32_t columns = shape().hiddenSize, rows = m_config.moe.expertIntermediateSize;
    const std::string merged = layer("ffn_gate_up_exps.weight");
    if (!has(merged))
        return {experts(layer, "ffn_gate", columns, rows), experts(layer, "ffn_up", columns, rows)};
    const std::uint32_t count = m_config.moe.router.experts;
    const std::optional<WeightView> whole = findStack(merged, columns, 2 * rows, count);
    if (!whole)
        return {kNoWeight, kNoWeight};
    return {push(sliced(*whole, {.first = 0, .rows = rows, .step = 2 * rows, .count = count})),
            push(sliced(*whole, {.first = rows, .rows = rows, .step = 2 * rows, .count = count}))};
}

kernels::MlaUp PlanBuilder::mlaUp(const LayerNames &layer)
{
    const kernels::MlaShape &mla = shape().mla;
    const std::uint32_t heads = shape().attentionHeads, latent = mla.latentSize;
    const std::string keyName = layer("attn_k_b.weight"), valueName = layer("attn_v_b.weight");
    const std::string bothName = layer("attn_kv_b.weight");
    const std::uint32_t headRows = mla.nopeDim + mla.valueDim; // of attn_kv_b: a head's keys, then its values

    if (has(keyName) || has(valueName)) {
        const auto key = findStack(keyName, mla.nopeDim, latent, heads);
        const auto value = findStack(valueName, latent, mla.valueDim, heads);
        // Files for engines that want both forms hold the same weights once more.
        if (has(bothName))
            static_cast<void>(
                find(bothName, std::array<std::uint64_t, 2>{latent, std::uint64_t(heads) * headRows}, true));
        if (!key || !value)
            return {kNoWeight, kNoWeight};
        return {push(sliced(*key, {.rows = latent, .step = latent, .count = heads})),
                push(sliced(*value, {.rows = mla.valueDim, .step = mla.valueDim, .count = heads}))};
    }
    const auto both =
        find(bothName, std::array<std::uint64_t, 2>{latent, std::uint64_t(heads) * headRows}, true);
    if (!both)
        return {kNoWeight, kNoWeight};
    const RowSlices keys{.first = 0, .rows = mla.nopeDim, .step = headRows, .count = heads};
    const RowSlices values{.first = mla.nopeDim, .rows = mla.valueDim, .step = headRows, .count = heads};
    return {push(transposed(sliced(*both, keys))), push(sliced(*both, values))};
}

// Every matrix on its side, in a type that holds what the file's type says: its own where that is a float,
// else F32.
WeightView PlanBuilder::transposed(const WeightView &stack)
{
    const bool isFloat = kernels::traitsOf(stack.type).blockLength == 1 && stack.type != ElementType::F8_E4M3;
    const ElementType type = isFloat ? stack.type : ElementType::F32;
    const std::size_t elementBytes = kernels::traitsOf(type).blockBytes;
    const std::size_t matrixBytes = std::size_t(stack.rows) * stack.columns * elementBytes;
    auto bytes = std::make_shared<std::vector<std::byte>>(matrixBytes * stack.matrices());

    WeightView turned;
    turned.name = stack.name + " (keys, transposed)";
    turned.type = type;
    turned.columns = stack.rows;
    turned.rows = stack.columns;
    std::vector<float> row(stack.columns);
    for (std::size_t m = 0; m < stack.matrices(); ++m) {
        std::byte *target = bytes->data() + m * matrixBytes;
        turned.stack.push_back(target);
        for (std::uint32_t r = 0; r < stack.rows; ++r) {
            const std::byte *source = stack.matrix(m) + r * stack.rowBytes();
            if (type != stack.type) {
                kernels::dequantizeRow(stack, m, r, row.data());
                source = reinterpret_cast<const std::byte *>(row.data());
            }
            for (std::size_t c = 0; c < stack.columns; ++c)
                std::memcpy(target + (c * stack.rows + r) * elementBytes, source + c * elementBytes,
                            elementBytes);
        }
    }
    turned.bytes = turned.stack.front();
    m_plan.derived.push_back(std::move(bytes));
    return turned;
}

Result<kernels::Plan> PlanBuilder::finish()
{
    const ArchitectureTraits *architecture = findArchitecture(m_config.architecture);
    // ModelConfig has applied the divisors already; rot_embd are frequencies that old converters wrote as
    // well; layers behind the last one predict several tokens at once (MTP).
    const auto isKnown = [&](std::string_view name) {
        return (name == kRopeDivisorsTensor && architecture && architecture->ropeDivisors) ||
               name.ends_with("attn_rot_embd.weight") || name.ends_with("attn.rot_embd") ||
               (m_config.predictingLayers > 0 && layerOf(name) >= shape().layers);
    };
    const std::span<const GgufTensor> tensors = m_file.tensors();
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        if (m_used[i] || isKnown(tensors[i].name))
            continue;
        std::string_view weight = tensors[i].name;
        const bool isScale = weight.ends_with(kFp8ScaleSuffix);
        weight.remove_suffix(isScale ? kFp8ScaleSuffix.size() : 0);
        m_problems.add(Kind::Unsupported,
                       "tensor " + printable(tensors[i].name) +
                           (isScale && has(weight)
                                ? " has scales for a weight that is not in FP8"
                                : " is not part of the architecture " + m_config.architecture));
    }
    if (!m_problems.empty())
        return m_problems.toError(pathText(m_file.path()));
    return std::move(m_plan);
}

} // namespace inference
