#include "inference/model/model_config.h"

#include "inference/gguf/wording.h"
#include "inference/model/key_reader.h"
#include "inference/model/plan_builder.h"
#include "inference/model/problem_list.h"
#include "inference/model/rope_config.h"
#include "inference/model/sparse_attention.h"

#include <algorithm>

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
constexpr std::uint32_t kMaxExperts = 4096;

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

// Ordinary attention, grouped or not.
void readAttention(KeyReader &keys, ModelShape &shape, ProblemList &problems)
{
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

// MLA, in both conventions of GGUF (reference/deepseek-models.md section 3b): newer files state the lengths
// of a head as the absorbed form sees them and add those of the model under names that end in _mla.
void readMla(const GgufFile &file, KeyReader &keys, ModelShape &shape, ProblemList &problems)
{
    kernels::MlaShape &mla = shape.mla;
    shape.keyValueHeads = shape.attentionHeads;
    mla.latentSize = keys.count("attention.kv_lora_rank", kMaxHiddenSize);
    // Lite models have no query latent. The tensors tell, since some converters write the key for them too.
    if (file.findTensor("blk.0.attn_q_a.weight") || file.findTensor("blk.0.attn_q_b.weight"))
        mla.queryLatentSize = keys.count("attention.q_lora_rank", kMaxHiddenSize);
    const bool newer = keys.has("attention.key_length_mla") || keys.has("attention.value_length_mla");
    shape.headDim = keys.count(newer ? "attention.key_length_mla" : "attention.key_length", kMaxHeadDim);
    mla.valueDim = keys.count(newer ? "attention.value_length_mla" : "attention.value_length", kMaxHeadDim);
    mla.ropeDim = keys.count("rope.dimension_count", kMaxHeadDim);
    if (!shape.headDim || !mla.ropeDim)
        return;
    if (mla.ropeDim % 2 != 0 || mla.ropeDim >= shape.headDim)
        problems.add(Kind::Damaged, keys.key("rope.dimension_count") + " must be even and less than the " +
                                        std::to_string(shape.headDim) + " dimensions of a head, found " +
                                        std::to_string(mla.ropeDim));
    else
        mla.nopeDim = shape.headDim - mla.ropeDim;
}

// Groups of experts, of which only the best are used. Files written before 2026 have no keys for them: the
// two models that were trained with groups are told by their sizes.
void readGroups(KeyReader &keys, const ModelShape &shape, kernels::RouterStep &router, ProblemList &problems)
{
    if (keys.countOrNone("expert_group_count") > 0 || keys.countOrNone("expert_group_used_count") > 0) {
        router.groups = keys.count("expert_group_count", kMaxExperts);
        router.groupsUsed = keys.count("expert_group_used_count", kMaxExperts);
    } else if (router.experts == 256 && router.used == 8 && shape.hiddenSize == 7168) { // V3, R1
        router.groups = 8;
        router.groupsUsed = 4;
    } else if (router.experts == 160 && router.used == 6 && shape.hiddenSize == 5120) { // V2, V2.5, Coder-V2
        router.groups = 8;
        router.groupsUsed = 3;
    }
    if (!router.groups || !router.groupsUsed)
        return;
    if (router.experts % router.groups != 0 || router.groupsUsed > router.groups)
        problems.add(Kind::Damaged,
                     keys.key("expert_group_count") + " must divide the " + std::to_string(router.experts) +
                         " experts and be no less than " + keys.key("expert_group_used_count") + ", found " +
                         std::to_string(router.groups) + " and " + std::to_string(router.groupsUsed));
    else if (router.used > router.experts / router.groups * router.groupsUsed)
        problems.add(Kind::Damaged, keys.key("expert_used_count") + " must be at most the experts of " +
                                        std::to_string(router.groupsUsed) + " groups, expected " +
                                        std::to_string(router.experts / router.groups * router.groupsUsed) +
                                        ", found " + std::to_string(router.used));
}

void readScore(const GgufFile &file, KeyReader &keys, std::uint32_t firstMoeLayer,
               kernels::RouterStep &router, ProblemList &problems)
{
    enum : std::uint32_t { kSoftmax = 1, kSigmoid = 2 };
    // The bias came with the sigmoid: a file with the one and without the key is a V3 of the first weeks.
    const bool biased = file.findTensor("blk." + std::to_string(firstMoeLayer) + ".exp_probs_b.bias");
    std::uint32_t function = keys.countOrNone("expert_gating_func");
    if (function == 0)
        function = biased ? kSigmoid : kSoftmax;
    if (function != kSoftmax && function != kSigmoid)
        problems.add(Kind::Unsupported, keys.key("expert_gating_func") +
                                            " must be 1 (softmax) or 2 (sigmoid), found " +
                                            std::to_string(function));
    router.score = function == kSigmoid ? kernels::RouterScore::Sigmoid : kernels::RouterScore::Softmax;
    router.groupRank = function == kSigmoid ? kernels::GroupRank::TopTwoSum : kernels::GroupRank::Maximum;
}

void readExperts(const GgufFile &file, KeyReader &keys, const ModelShape &shape, MoeConfig &moe,
                 ProblemList &problems)
{
    kernels::RouterStep &router = moe.router;
    router.experts = keys.count("expert_count", kMaxExperts);
    router.used = keys.count("expert_used_count", kMaxExperts);
    moe.expertIntermediateSize = keys.count("expert_feed_forward_length", kMaxIntermediateSize);
    moe.sharedExperts = std::min(keys.countOrNone("expert_shared_count"), kMaxExperts);
    moe.leadingDenseLayers = std::min(keys.countOrNone("leading_dense_block_count"), shape.layers);
    router.normalised = keys.flag("expert_weights_norm", false);
    router.scale = keys.positive("expert_weights_scale", 1.0f);
    if (router.used > router.experts)
        problems.add(Kind::Damaged, keys.key("expert_used_count") + " must be at most " +
                                        keys.key("expert_count") + ", found " + std::to_string(router.used) +
                                        " and " + std::to_string(router.experts));
    readScore(file, keys, moe.leadingDenseLayers, router, problems);
    readGroups(keys, shape, router, problems);
    const std::uint64_t shared = std::uint64_t(moe.sharedExperts) * moe.expertIntermediateSize;
    moe.sharedIntermediateSize =
        shared ? keys.inRange("the width of the shared experts", shared, kMaxIntermediateSize) : 0;
}

// Parts of other models under a name that is known: without them the answers would be wrong.
void refuseUnknownParts(KeyReader &keys, const ArchitectureTraits &architecture, std::uint32_t contextLength,
                        ProblemList &problems)
{
    if (!architecture.experts && keys.countOrNone("expert_count") > 0)
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
    if (auto refusal = refuseIndexer(file, supportedArchitectures()))
        return std::move(*refusal);
    ProblemList problems;
    KeyReader keys(file, traits->name, problems);

    ModelConfig config;
    config.architecture = std::string(traits->name);
    if (const Result<std::optional<std::string_view>> name = file.optionalString("general.name");
        name && *name)
        config.name = printable(**name);
    config.contextLength = keys.count("context_length", kMaxContextLength);
    config.denseAbove = traits->mla ? tokensOfMissingIndexer(file) : 0;
    ModelShape &shape = config.shape;
    shape.layers = keys.count("block_count", kMaxLayers);
    // Layers for multi-token prediction lie behind the others and count with them; nothing here needs them.
    config.predictingLayers = keys.countOrNone("nextn_predict_layers");
    if (shape.layers && config.predictingLayers >= shape.layers)
        problems.add(Kind::Damaged, keys.key("nextn_predict_layers") + " must be less than " +
                                        keys.key("block_count") + ", found " +
                                        grouped(config.predictingLayers) + " and " + grouped(shape.layers));
    else
        shape.layers -= std::min(shape.layers, config.predictingLayers);
    shape.hiddenSize = keys.count("embedding_length", kMaxHiddenSize);
    config.denseIntermediateSize = keys.count("feed_forward_length", kMaxIntermediateSize);
    shape.vocabularySize = readVocabularySize(file, keys, problems);
    shape.rmsNormEpsilon = keys.positive("attention.layer_norm_rms_epsilon");
    shape.attentionHeads = keys.count("attention.head_count", kMaxHeads);
    if (traits->mla)
        readMla(file, keys, shape, problems);
    else
        readAttention(keys, shape, problems);
    if (traits->experts)
        readExperts(file, keys, shape, config.moe, problems);
    const bool anyDense = !traits->experts || config.moe.leadingDenseLayers > 0;
    shape.intermediateSize =
        std::max(anyDense ? config.denseIntermediateSize : 0, config.moe.sharedIntermediateSize);
    shape.ropePairs = traits->ropePairs;
    const Result<std::optional<bool>> rowsAsTrained = file.optionalBool("baleen.rows_as_trained");
    if (rowsAsTrained && rowsAsTrained->value_or(false) && !traits->mla)
        shape.ropePairs = kernels::RopePairs::Half; // MLA's models were trained with adjacent pairs
    readRope(file, keys, {traits->ropeDivisors, config.contextLength}, shape, problems);
    refuseUnknownParts(keys, *traits, config.contextLength, problems);

    if (!problems.empty())
        return problems.toError(where);
    return config;
}

std::vector<std::string> ModelConfig::notes() const
{
    if (denseAbove == 0)
        return {};
    return {denseAttentionNote(denseAbove)};
}

} // namespace inference
