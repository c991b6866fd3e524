#include "inference/model/model_config.h"

#include "inference/gguf/gguf_types.h"
#include "inference/gguf/wording.h"
#include "inference/model/key_reader.h"
#include "inference/model/plan_builder.h"
#include "inference/model/problem_list.h"
#include "kernels/dequantize.h"

#include <cmath>

namespace inference {

using kernels::ModelShape;
using Kind = ProblemList::Kind;

namespace {

// Above these a number is damage, not a model. The largest published models stay well below.
constexpr std::uint32_t kMaxLayers = 1024;
constexpr std::uint32_t kMaxHeads = 1024;
constexpr std::uint32_t kMaxHeadDim = 1024;
constexpr std::uint32_t kMaxHiddenSize = 1u << 17;
constexpr std::uint32_t kMaxIntermediateSize = 1u << 20;
constexpr std::uint32_t kMaxVocabularySize = 1u << 22;
constexpr std::uint32_t kMaxContextLength = 1u << 24;

// The vocabulary is the token list; embedding rows are checked against it when the plan is built.
std::uint32_t readVocabularySize(const GgufFile &file, KeyReader &keys, ProblemList &problems)
{
    const std::string name = "tokenizer.ggml.tokens";
    const GgufValue *value = file.find(name);
    const auto *tokens = value ? std::get_if<GgufArray>(value) : nullptr;
    if (!tokens || tokens->elementType != GgufValueType::String) {
        problems.add(Kind::Damaged, name + (value ? " must be an array of strings" : " is missing"));
        return 0;
    }
    const std::uint32_t size = keys.inRange("the length of " + name, tokens->count, kMaxVocabularySize);
    const std::uint32_t stated = keys.countOrNone("vocab_size");
    if (size && stated && stated != size)
        problems.add(Kind::Damaged, keys.key("vocab_size") + " and the length of " + name +
                                        " must agree, found " + grouped(stated) + " and " + grouped(size));
    return size;
}

void readAttention(KeyReader &keys, ModelShape &shape, ProblemList &problems)
{
    shape.attentionHeads = keys.count("attention.head_count", kMaxHeads);
    shape.keyValueHeads = keys.countOr("attention.head_count_kv", kMaxHeads, shape.attentionHeads);
    if (shape.attentionHeads && shape.keyValueHeads && shape.attentionHeads % shape.keyValueHeads != 0)
        problems.add(Kind::Damaged, keys.key("attention.head_count_kv") + " must divide " +
                                        keys.key("attention.head_count") + ", found " +
                                        std::to_string(shape.keyValueHeads) + " and " +
                                        std::to_string(shape.attentionHeads));

    // Without a key of its own, a head's dimension is the hidden size shared out.
    if (keys.has("attention.key_length")) {
        shape.headDim = keys.count("attention.key_length", kMaxHeadDim);
    } else if (shape.attentionHeads && shape.hiddenSize) {
        if (shape.hiddenSize % shape.attentionHeads != 0)
            problems.add(Kind::Damaged, keys.key("embedding_length") + " must be a multiple of " +
                                            keys.key("attention.head_count") + ", found " +
                                            grouped(shape.hiddenSize) + " and " +
                                            std::to_string(shape.attentionHeads));
        else
            shape.headDim =
                keys.inRange("the dimension of a head", shape.hiddenSize / shape.attentionHeads, kMaxHeadDim);
    }
    if (!shape.headDim)
        return;
    if (shape.headDim % 2 != 0)
        problems.add(Kind::Damaged,
                     "the dimension of a head must be even, found " + std::to_string(shape.headDim));
    const std::uint32_t valueLength = keys.countOr("attention.value_length", kMaxHeadDim, shape.headDim);
    if (valueLength && valueLength != shape.headDim)
        problems.add(Kind::Unsupported,
                     keys.key("attention.value_length") + " must be the dimension of a head, expected " +
                         std::to_string(shape.headDim) + ", found " + std::to_string(valueLength));
    const std::uint32_t rotated = keys.countOr("rope.dimension_count", kMaxHeadDim, shape.headDim);
    if (rotated && rotated != shape.headDim)
        problems.add(Kind::Unsupported,
                     keys.key("rope.dimension_count") + ": a part of a head cannot be rotated, expected " +
                         std::to_string(shape.headDim) + ", found " + std::to_string(rotated));
}

// What positions are divided by. Only linear scaling is known; llama3's comes as divisors in a tensor.
double readLinearFactor(KeyReader &keys, ProblemList &problems)
{
    if (keys.has("rope.scaling.attn_factor") && keys.positive("rope.scaling.attn_factor") != 1)
        problems.add(Kind::Unsupported,
                     keys.key("rope.scaling.attn_factor") + " other than 1 is not supported");
    if (!keys.has("rope.scaling.type")) // files of 2023 have the factor alone
        return keys.positive("rope.scale_linear", 1.0f);
    const std::string_view type = keys.text("rope.scaling.type", "none");
    if (type == "linear")
        return keys.positive("rope.scaling.factor");
    if (type != "none" && !type.empty())
        problems.add(Kind::Unsupported,
                     "RoPE scaling \"" + printable(type) + "\" is not supported, expected none or linear");
    return 1;
}

// Divisors of the frequencies, all 1 where the file has none.
std::vector<float> readRopeDivisors(const GgufFile &file, std::uint32_t pairs, ProblemList &problems)
{
    std::vector<float> divisors(pairs, 1.0f);
    const GgufTensor *tensor = file.findTensor(kRopeDivisorsTensor);
    if (!tensor)
        return divisors;
    const std::string name = "tensor " + std::string(kRopeDivisorsTensor);
    if (tensor->ggufType != std::uint32_t(kernels::ElementType::F32) || tensor->dimensions[0] != pairs ||
        file.bytes(*tensor).size() != pairs * sizeof(float)) {
        const std::uint64_t wanted = pairs;
        problems.add(Kind::Damaged,
                     name + " must be F32 " + dimensionText({&wanted, 1}) + ", found " +
                         ggufTypeText(tensor->ggufType) + " " +
                         dimensionText(std::span(tensor->dimensions).first(tensor->dimensionCount)));
        return divisors;
    }
    kernels::dequantizeRow(kernels::ElementType::F32, file.bytes(*tensor).data(), pairs, divisors.data());
    for (std::size_t i = 0; i < divisors.size(); ++i) {
        if (!std::isfinite(divisors[i]) || divisors[i] <= 0) {
            problems.add(Kind::Damaged, name + " must hold finite numbers above 0, found " +
                                            std::to_string(divisors[i]) + " at " + std::to_string(i));
            break;
        }
    }
    return divisors;
}

// theta_i = base^(-2i / headDim) / (linear factor * divisor_i)
void readRope(const GgufFile &file, const ArchitectureTraits &architecture, KeyReader &keys,
              ModelShape &shape, ProblemList &problems)
{
    shape.ropePairs = architecture.ropePairs;
    const double base = keys.positive("rope.freq_base", 10000.0f);
    const double factor = readLinearFactor(keys, problems);
    const std::uint32_t pairs = shape.headDim / 2;
    const std::vector<float> divisors =
        architecture.ropeDivisors ? readRopeDivisors(file, pairs, problems) : std::vector<float>(pairs, 1.0f);
    for (std::uint32_t i = 0; i < pairs; ++i)
        shape.ropeInverseFrequencies.push_back(
            float(std::pow(base, -2.0 * i / shape.headDim) / (factor * divisors[i])));
}

// Parts of other models under a name that is known: without them the answers would be wrong.
void refuseUnknownParts(KeyReader &keys, std::uint32_t contextLength, ProblemList &problems)
{
    if (keys.countOrNone("expert_count") > 0)
        problems.add(Kind::Unsupported, keys.key("expert_count") + ": routed experts are not supported");
    const std::uint32_t window = keys.countOrNone("attention.sliding_window");
    if (window > 0 && window < contextLength)
        problems.add(Kind::Unsupported, keys.key("attention.sliding_window") + " of " + grouped(window) +
                                            " tokens is not supported");
}

} // namespace

Result<ModelConfig> ModelConfig::fromGguf(const GgufFile &file)
{
    const std::string where = pathText(file.path());
    Result<std::string_view> architecture = file.requireString("general.architecture");
    if (!architecture)
        return architecture.error();
    const ArchitectureTraits *traits = findArchitecture(*architecture);
    if (!traits)
        return unsupportedArchitecture(*architecture, where);
    ProblemList problems;
    KeyReader keys(file, traits->name, problems);

    ModelConfig config;
    config.architecture = std::string(traits->name);
    if (const Result<std::optional<std::string_view>> name = file.optionalString("general.name");
        name && *name)
        config.name = printable(**name);
    config.contextLength = keys.count("context_length", kMaxContextLength);
    ModelShape &shape = config.shape;
    shape.layers = keys.count("block_count", kMaxLayers);
    shape.hiddenSize = keys.count("embedding_length", kMaxHiddenSize);
    shape.intermediateSize = keys.count("feed_forward_length", kMaxIntermediateSize);
    shape.vocabularySize = readVocabularySize(file, keys, problems);
    shape.rmsNormEpsilon = keys.positive("attention.layer_norm_rms_epsilon");
    readAttention(keys, shape, problems);
    readRope(file, *traits, keys, shape, problems);
    refuseUnknownParts(keys, config.contextLength, problems);

    if (!problems.empty())
        return problems.toError(where);
    return config;
}

} // namespace inference
