#include "inference/gguf/gguf_info.h"

#include "inference/gguf/gguf_types.h"
#include "inference/gguf/wording.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

namespace inference {

namespace {

// In the order of a forward pass; the index is a tensor's group.
constexpr std::array<std::string_view, 10> kGroups{
    "token embedding", "attention",     "feed-forward", "router",       "routed experts",
    "shared experts",  "normalisation", "output",       "RoPE factors", "other"};
enum Group : std::size_t {
    TokenEmbedding,
    Attention,
    FeedForward,
    RouterGroup,
    RoutedExperts,
    SharedExperts,
    Normalisation,
    Output,
    RopeFactors,
    Other
};

bool contains(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

// Names: reference/deepseek-models.md section 3c.
Group groupOf(std::string_view name)
{
    if (name.starts_with("rope_"))
        return RopeFactors;
    if (contains(name, "_norm.") || name.ends_with("_norm"))
        return Normalisation;
    if (name.starts_with("token_embd"))
        return TokenEmbedding;
    if (name.starts_with("output"))
        return Output;
    if (!name.starts_with("blk."))
        return Other;
    if (contains(name, ".attn_") || contains(name, ".indexer"))
        return Attention;
    if (contains(name, "ffn_gate_inp") || contains(name, "exp_probs_b"))
        return RouterGroup;
    if (contains(name, "_shexp"))
        return SharedExperts;
    if (contains(name, "_exps"))
        return RoutedExperts;
    return contains(name, ".ffn_") ? FeedForward : Other;
}

std::uint64_t weightsOf(const GgufTensor &tensor)
{
    // At most 2^48, checked by open().
    return tensor.dimensions[0] * tensor.dimensions[1] * tensor.dimensions[2] * tensor.dimensions[3];
}

// By type id. A map: a hostile file may have a million types that do not exist.
using Totals = std::map<std::uint32_t, GgufTypeTotal>;

void count(Totals &totals, const GgufTensor &tensor, std::uint64_t weights, std::uint64_t bytes)
{
    const auto [at, isNew] = totals.try_emplace(tensor.ggufType);
    GgufTypeTotal &total = at->second;
    if (isNew) {
        total.ggufType = tensor.ggufType;
        total.name = ggufTypeText(tensor.ggufType);
        total.supported = kernels::findElementType(tensor.ggufType) != nullptr;
        total.sizeKnown = ggufBlock(tensor.ggufType).has_value();
        total.firstTensor = tensor.name;
    }
    ++total.tensorCount;
    total.weightCount += weights;
    total.bytes += bytes;
}

std::vector<GgufTypeTotal> mostBytesFirst(Totals &&totals)
{
    std::vector<GgufTypeTotal> sorted;
    sorted.reserve(totals.size());
    for (auto &[type, total] : totals)
        sorted.push_back(std::move(total));
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const GgufTypeTotal &a, const GgufTypeTotal &b) { return a.bytes > b.bytes; });
    return sorted;
}

std::string textOf(const GgufFile &file, std::string_view key)
{
    const auto text = file.optionalString(key);
    return text && *text ? std::string(**text) : std::string();
}

std::string quantisationOf(const GgufFile &file, const std::vector<GgufTypeTotal> &types)
{
    constexpr std::uint32_t guessed = 1024; // a bit that converters set when they did not know for sure
    if (const auto fileType = file.optionalU32("general.file_type"); fileType && *fileType)
        if (const std::string_view name = ggufFileTypeName(**fileType & ~guessed); !name.empty())
            return std::string(name);
    return types.empty() ? std::string() : types.front().name;
}

} // namespace

std::vector<GgufTypeTotal> GgufInfo::unsupportedTypes() const
{
    std::vector<GgufTypeTotal> unsupported;
    std::copy_if(types.begin(), types.end(), std::back_inserter(unsupported),
                 [](const GgufTypeTotal &t) { return !t.supported; });
    return unsupported;
}

std::string GgufInfo::unsupportedText() const
{
    constexpr std::size_t shown = 8;
    const std::vector<GgufTypeTotal> unsupported = unsupportedTypes();
    if (unsupported.empty())
        return {};
    std::string text = unsupported.size() == 1 ? "This type of weights is not supported: "
                                               : "These types of weights are not supported: ";
    for (std::size_t i = 0; i < unsupported.size() && i < shown; ++i) {
        const GgufTypeTotal &type = unsupported[i];
        text += (i == 0 ? "" : "; ") + type.name + " (" + grouped(type.tensorCount) +
                (type.tensorCount == 1 ? " tensor, " : " tensors, first ") + printable(type.firstTensor) +
                ")";
    }
    if (unsupported.size() > shown)
        text += "; and " + grouped(unsupported.size() - shown) + " more";
    return text + ".";
}

GgufInfo describeGguf(const GgufFile &file)
{
    GgufInfo info;
    info.architecture = textOf(file, "general.architecture");
    info.name = textOf(file, "general.name");
    info.version = file.version();
    info.partCount = file.partCount();
    info.fileBytes = file.fileBytes();
    info.tensorCount = file.tensors().size();

    std::array<GgufGroupTotal, kGroups.size()> groups;
    std::array<Totals, kGroups.size()> groupTypes;
    Totals types;
    for (const GgufTensor &tensor : file.tensors()) {
        const std::uint64_t weights = weightsOf(tensor);
        const std::optional<GgufBlock> block = ggufBlock(tensor.ggufType);
        const std::uint64_t bytes = block ? weights / block->length * block->bytes : 0;
        info.parameterCount += weights;
        info.tensorBytes += bytes;
        count(types, tensor, weights, bytes);
        const Group role = groupOf(tensor.name);
        GgufGroupTotal &group = groups[role];
        ++group.tensorCount;
        group.weightCount += weights;
        group.bytes += bytes;
        count(groupTypes[role], tensor, weights, bytes);
    }
    info.types = mostBytesFirst(std::move(types));
    for (std::size_t i = 0; i < groups.size(); ++i) {
        if (groups[i].tensorCount == 0)
            continue;
        groups[i].name = kGroups[i];
        groups[i].types = mostBytesFirst(std::move(groupTypes[i]));
        info.groups.push_back(std::move(groups[i]));
    }
    info.quantisation = quantisationOf(file, info.types);
    return info;
}

std::string_view ggufFileTypeName(std::uint64_t fileType)
{
    // GGUF's general.file_type; numbers that were withdrawn have no name.
    static constexpr std::array<std::string_view, 39> names{
        "F32",    "F16",    "Q4_0",   "Q4_1",    "",       "",       "",       "Q8_0",   "Q5_0",  "Q5_1",
        "Q2_K",   "Q3_K_S", "Q3_K_M", "Q3_K_L",  "Q4_K_S", "Q4_K_M", "Q5_K_S", "Q5_K_M", "Q6_K",  "IQ2_XXS",
        "IQ2_XS", "Q2_K_S", "IQ3_XS", "IQ3_XXS", "IQ1_S",  "IQ4_NL", "IQ3_S",  "IQ3_M",  "IQ2_S", "IQ2_M",
        "IQ4_XS", "IQ1_M",  "BF16",   "",        "",       "",       "TQ1_0",  "TQ2_0",  "MXFP4"};
    return fileType < names.size() ? names[fileType] : std::string_view();
}

} // namespace inference
