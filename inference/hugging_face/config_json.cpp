#include "inference/hugging_face/config_json.h"

#include "inference/gguf/wording.h"
#include "inference/hugging_face/json_tree.h"
#include "inference/model/problem_list.h"
#include "kernels/element_type.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>
#include <set>

namespace inference {

namespace {

using nlohmann::json;
using Kind = ProblemList::Kind;

struct Family
{
    std::string_view modelType;    // config.json
    std::string_view architecture; // GGUF
    bool experts, mla;
};

constexpr std::array kFamilies{
    Family{"llama", "llama", false, false},         Family{"qwen2", "qwen2", false, false},
    Family{"qwen3", "qwen3", false, false},         Family{"deepseek", "deepseek", true, false},
    Family{"deepseek_v2", "deepseek2", true, true}, Family{"deepseek_v3", "deepseek2", true, true},
};

// Keys that say nothing about what the model computes, or what the tokenizer's files say as well.
constexpr std::array<std::string_view, 27> kIgnored{
    "architectures",
    "attention_dropout",
    "auto_map",
    "aux_loss_alpha",
    "bos_token_id",
    "dtype",
    "eos_token_id",
    "ep_size",
    "initializer_range",
    "max_window_layers",
    "model_type",
    "pad_token_id",
    "pretraining_tp",
    "seq_aux",
    "torch_dtype",
    "transformers_version",
    "use_cache",
    "id2label",
    "label2id",
    "output_router_logits",
    "router_aux_loss_coef",
    "return_dict",
    "is_decoder",
    "chunk_size_feed_forward",
    "problem_type",
    "head_dtype",
    "unsloth_fixed",
};

// Reads keys, remembers which, and collects what is wrong.
class ConfigReader
{
public:
    ConfigReader(const json &config, ProblemList &problems) : m_config(config), m_problems(problems) {}

    const json *find(const char *key)
    {
        m_known.insert(key);
        const auto found = m_config.find(key);
        return found == m_config.end() || found->is_null() ? nullptr : &*found;
    }
    std::uint32_t count(const char *key, std::optional<std::uint32_t> fallback = std::nullopt)
    {
        const json *value = find(key);
        if (!value) {
            if (!fallback)
                m_problems.add(Kind::Damaged, std::string(key) + " is missing");
            return fallback.value_or(0);
        }
        if (value->is_number_unsigned() && value->get<std::uint64_t>() <= 0xffffffffu)
            return value->get<std::uint32_t>();
        m_problems.add(Kind::Damaged,
                       std::string(key) + " must be a whole number, found " +
                           printable(value->dump(-1, ' ', false, json::error_handler_t::replace)));
        return 0;
    }
    float number(const char *key, std::optional<float> fallback = std::nullopt)
    {
        return numberOf(find(key), key, fallback);
    }
    float numberOf(const json *value, const std::string &name, std::optional<float> fallback)
    {
        if (!value || value->is_null()) {
            if (!fallback)
                m_problems.add(Kind::Damaged, name + " is missing");
            return fallback.value_or(1);
        }
        if (value->is_number() && std::isfinite(value->get<float>()))
            return value->get<float>();
        m_problems.add(Kind::Damaged, name + " must be a finite number");
        return 1;
    }
    bool flag(const char *key, bool fallback)
    {
        const json *value = find(key);
        if (!value)
            return fallback;
        if (value->is_boolean())
            return value->get<bool>();
        m_problems.add(Kind::Damaged, std::string(key) + " must be true or false");
        return fallback;
    }
    std::string text(const char *key, const std::string &fallback)
    {
        const json *value = find(key);
        if (!value)
            return fallback;
        if (value->is_string())
            return value->get<std::string>();
        m_problems.add(Kind::Damaged, std::string(key) + " must be a text");
        return fallback;
    }
    // A key that this program knows in one value alone.
    void require(const char *key, const json &wanted)
    {
        const json *value = find(key);
        if (value && *value != wanted)
            m_problems.add(Kind::Unsupported,
                           std::string(key) + " must be " + wanted.dump() + ", found " +
                               printable(value->dump(-1, ' ', false, json::error_handler_t::replace)));
    }
    void refuseUnknown()
    {
        for (const auto &[key, value] : m_config.items()) {
            const bool harmless = value.is_null() || value.is_string() || value == json(false) ||
                                  key.starts_with("_") ||
                                  std::find(kIgnored.begin(), kIgnored.end(), key) != kIgnored.end();
            if (!harmless && !m_known.contains(key))
                m_problems.add(Kind::Unsupported, "the key " + printable(key) + " is not known here");
        }
    }
    ProblemList &problems() { return m_problems; }

private:
    const json &m_config;
    ProblemList &m_problems;
    std::set<std::string, std::less<>> m_known;
};

// What GGUF needs of one model, under its architecture's prefix.
class Translation
{
public:
    Translation(ConfigReader &keys, const Family &family, MetadataWriter &out)
        : m_keys(keys), m_family(family), m_out(out)
    {}

    FolderConfig run();

private:
    template <class T> void add(std::string_view suffix, T value)
    {
        m_out.add(std::string(m_family.architecture) + "." + std::string(suffix), value);
    }
    void attention();
    void experts();
    void quantisation();
    void rope();
    void yarn(const json &parameters);
    void llama3(const json &parameters, double base);

    ConfigReader &m_keys;
    const Family &m_family;
    MetadataWriter &m_out;
    FolderConfig m_config;
    std::uint32_t m_hiddenSize = 0, m_rotatedDim = 0;
};

FolderConfig Translation::run()
{
    m_config.architecture = m_family.architecture;
    m_out.add("general.architecture", m_family.architecture);
    m_config.vocabularySize = m_keys.count("vocab_size");
    m_config.layers = m_keys.count("num_hidden_layers");
    m_config.tiedHead = m_keys.flag("tie_word_embeddings", false);
    add("vocab_size", m_config.vocabularySize);
    add("block_count", m_config.layers);
    add("context_length", m_keys.count("max_position_embeddings"));
    m_hiddenSize = m_keys.count("hidden_size");
    add("embedding_length", m_hiddenSize);
    add("feed_forward_length", m_keys.count("intermediate_size"));
    add("attention.layer_norm_rms_epsilon", m_keys.number("rms_norm_eps", 1e-6f));
    m_keys.require("hidden_act", "silu");
    m_keys.require("mlp_bias", false);
    m_keys.count("num_nextn_predict_layers", 0); // their tensors lie behind the others and are left out
    attention();
    if (m_family.experts)
        experts();
    rope();
    quantisation();
    m_keys.refuseUnknown();
    return m_config;
}

// How the weights are stored. Which of them are quantised is told by the types of their tensors.
void Translation::quantisation()
{
    const json *config = m_keys.find("quantization_config");
    if (!config)
        return;
    const auto refuse = [&](Kind kind, const std::string &phrase) {
        m_keys.problems().add(kind, "quantization_config" + phrase);
    };
    const auto dumped = [](const json &value) {
        return printable(value.dump(-1, ' ', false, json::error_handler_t::replace));
    };
    if (!config->is_object())
        return refuse(Kind::Damaged, " must be an object");
    const auto method = config->find("quant_method");
    if (method == config->end() || *method != json("fp8"))
        return refuse(Kind::Unsupported, ".quant_method must be \"fp8\", found " +
                                             (method == config->end() ? "none" : dumped(*method)));
    m_config.fp8 = true;
    const json blocks = {kernels::kFp8Block, kernels::kFp8Block};
    if (!config->contains("weight_block_size") || (*config)["weight_block_size"].is_null())
        refuse(Kind::Unsupported, ".weight_block_size must be " + blocks.dump() + ", found none");
    for (const auto &[key, value] : config->items()) {
        if (value.is_null())
            continue;
        const json wanted = key == "fmt"                 ? json("e4m3")
                            : key == "weight_block_size" ? blocks
                            : key == "activation_scheme" ? json("dynamic")
                                                         : json();
        // Lists of layers that are not quantised; how scales were rounded when the weights were made.
        const bool harmless = key == "quant_method" || key == "modules_to_not_convert" ||
                              key == "ignored_layers" || key == "scale_fmt" || value == json(false);
        if (!wanted.is_null() ? value != wanted : !harmless)
            refuse(Kind::Unsupported,
                   "." + printable(key) +
                       (wanted.is_null() ? " is not known here"
                                         : " must be " + wanted.dump() + ", found " + dumped(value)));
    }
}

void Translation::attention()
{
    const std::uint32_t heads = m_keys.count("num_attention_heads");
    add("attention.head_count", heads);
    const std::uint32_t kvHeads = m_keys.count("num_key_value_heads", heads);
    m_keys.flag("attention_bias", false); // the biases are tensors, where there are any
    if (m_keys.flag("use_sliding_window", false))
        add("attention.sliding_window", m_keys.count("sliding_window", 0));
    else
        m_keys.find("sliding_window");
    if (const json *types = m_keys.find("layer_types"))
        for (const json &type : *types)
            if (type != json("full_attention")) {
                m_keys.problems().add(
                    Kind::Unsupported,
                    "layer_types must be full_attention alone, found " +
                        printable(type.dump(-1, ' ', false, json::error_handler_t::replace)));
                break;
            }
    if (!m_family.mla) {
        m_rotatedDim = m_keys.count("head_dim", heads ? m_hiddenSize / heads : 0);
        add("attention.head_count_kv", kvHeads);
        add("attention.key_length", m_rotatedDim);
        add("attention.value_length", m_rotatedDim);
        return;
    }
    // In the words of the older convention: keys and values as the model was trained.
    m_keys.find("head_dim"); // transformers writes qk_rope_head_dim there
    m_keys.find("qk_head_dim");
    m_keys.require("rope_interleave", true);
    m_rotatedDim = m_keys.count("qk_rope_head_dim");
    add("attention.head_count_kv", heads);
    add("attention.key_length", m_keys.count("qk_nope_head_dim") + m_rotatedDim);
    add("attention.value_length", m_keys.count("v_head_dim"));
    add("attention.kv_lora_rank", m_keys.count("kv_lora_rank"));
    if (m_keys.find("q_lora_rank"))
        add("attention.q_lora_rank", m_keys.count("q_lora_rank"));
}

void Translation::experts()
{
    const bool isV3 = m_family.modelType == "deepseek_v3";
    add("expert_count", m_keys.count("n_routed_experts"));
    add("expert_used_count", m_keys.count("num_experts_per_tok"));
    add("expert_shared_count", m_keys.count("n_shared_experts", 0));
    add("expert_feed_forward_length", m_keys.count("moe_intermediate_size"));
    add("leading_dense_block_count", m_keys.count("first_k_dense_replace", 0));
    m_keys.require("moe_layer_freq", 1);
    add("expert_weights_scale", m_keys.number("routed_scaling_factor", 1.0f));
    // transformers' class of V2 does not look at norm_topk_prob, and no V2 model sets it.
    const bool normalised = m_keys.flag("norm_topk_prob", isV3);
    add("expert_weights_norm", normalised && m_family.modelType != "deepseek_v2");
    const std::string score = m_keys.text("scoring_func", isV3 ? "sigmoid" : "softmax");
    if (score != "sigmoid" && score != "softmax")
        m_keys.problems().add(Kind::Unsupported,
                              "scoring_func must be softmax or sigmoid, found " + printable(score));
    add("expert_gating_func", score == "sigmoid" ? 2u : 1u);
    const std::string method = m_keys.text("topk_method", isV3 ? "noaux_tc" : "greedy");
    const bool grouped = method != "greedy";
    const std::optional<std::uint32_t> none = grouped ? std::nullopt : std::optional(1u);
    const std::uint32_t groups = m_keys.count("n_group", none), used = m_keys.count("topk_group", none);
    if (method != "greedy" && method != "group_limited_greedy" && method != "noaux_tc")
        m_keys.problems().add(Kind::Unsupported,
                              "topk_method must be greedy, group_limited_greedy or noaux_tc, found " +
                                  printable(method));
    // Written even when there is one group: a file without the keys is taken for one of before they existed.
    add("expert_group_count", grouped ? groups : 1u);
    add("expert_group_used_count", grouped ? used : 1u);
}

void Translation::rope()
{
    // transformers 5 writes one rope_parameters, earlier versions rope_theta and rope_scaling.
    const json *parameters = m_keys.find("rope_parameters");
    const json *scaling = m_keys.find("rope_scaling");
    const json *given = parameters ? parameters : scaling;
    const json none = json::object();
    if (given && !given->is_object())
        m_keys.problems().add(Kind::Damaged, std::string(parameters ? "rope_parameters" : "rope_scaling") +
                                                 " must be an object");
    const json &values = given && given->is_object() ? *given : none;
    const json *theta = values.contains("rope_theta") ? &values["rope_theta"] : m_keys.find("rope_theta");
    m_keys.find("rope_theta");
    const float base = m_keys.numberOf(theta, "rope_theta", 10000.0f);
    add("rope.freq_base", base);
    add("rope.dimension_count", m_rotatedDim);
    m_keys.require("partial_rotary_factor", 1.0);

    const auto kindOf = [&](const char *key) {
        return values.contains(key) && values[key].is_string() ? values[key].get<std::string>()
                                                               : std::string();
    };
    const std::string kind = !kindOf("rope_type").empty() ? kindOf("rope_type") : kindOf("type");
    if (kind.empty() || kind == "default")
        return;
    if (kind == "linear") {
        add("rope.scaling.type", "linear");
        add("rope.scaling.factor", m_keys.numberOf(values.contains("factor") ? &values["factor"] : nullptr,
                                                   "the factor of rope_scaling", std::nullopt));
    } else if (kind == "yarn") {
        yarn(values);
    } else if (kind == "llama3") {
        llama3(values, double(base));
    } else {
        m_keys.problems().add(Kind::Unsupported, "RoPE scaling " + printable(kind) +
                                                     " is not supported, expected linear, llama3 or yarn");
    }
}

void Translation::yarn(const json &parameters)
{
    const auto number = [&](const char *key, std::optional<float> fallback) {
        return m_keys.numberOf(parameters.contains(key) ? &parameters[key] : nullptr,
                               "rope_scaling." + std::string(key), fallback);
    };
    const float factor = number("factor", std::nullopt);
    add("rope.scaling.type", "yarn");
    add("rope.scaling.factor", factor);
    if (parameters.contains("original_max_position_embeddings"))
        add("rope.scaling.original_context_length",
            std::uint32_t(
                std::clamp(number("original_max_position_embeddings", std::nullopt), 1.0f, 16777216.0f)));
    add("rope.scaling.yarn_beta_fast", number("beta_fast", 32.0f));
    add("rope.scaling.yarn_beta_slow", number("beta_slow", 1.0f));
    if (parameters.contains("truncate") && parameters["truncate"] != json(true))
        m_keys.problems().add(Kind::Unsupported, "rope_scaling.truncate must be true");

    const float mscale = number("mscale", 0.0f), allDim = number("mscale_all_dim", 0.0f);
    const float usual = factor > 1 ? 0.1f * std::log(factor) + 1 : 1;
    if (m_family.mla && mscale != 0 && allDim != 0) {
        // The amplitude is the quotient of the two. GGUF has a key for the second alone.
        if (mscale != allDim)
            m_keys.problems().add(Kind::Unsupported, "rope_scaling.mscale must be mscale_all_dim, found " +
                                                         std::to_string(mscale) + " and " +
                                                         std::to_string(allDim));
        add("rope.scaling.yarn_log_multiplier", 0.1f * allDim);
    } else if (parameters.contains("attention_factor") && !parameters["attention_factor"].is_null()) {
        add("rope.scaling.attn_factor", number("attention_factor", std::nullopt) / usual);
    }
}

// Slow rotations are divided, fast ones not, with a ramp between (reference/deepseek-models.md section 2).
void Translation::llama3(const json &parameters, double base)
{
    const auto number = [&](const char *key) {
        return double(m_keys.numberOf(parameters.contains(key) ? &parameters[key] : nullptr,
                                      "rope_scaling." + std::string(key), std::nullopt));
    };
    const double factor = number("factor"), low = number("low_freq_factor"),
                 high = number("high_freq_factor");
    const double original = number("original_max_position_embeddings");
    if (factor <= 0 || original <= 0 || low <= 0 || high <= low) {
        m_keys.problems().add(
            Kind::Damaged,
            "the numbers of rope_scaling must be above 0, and low_freq_factor below high_freq_factor");
        return;
    }
    const std::uint32_t pairs = std::min(m_rotatedDim, 4096u) / 2;
    for (std::uint32_t i = 0; i < pairs; ++i) {
        const double wavelength = 2 * std::numbers::pi * std::pow(base, 2.0 * i / (2.0 * pairs));
        const double smooth = std::clamp((original / wavelength - low) / (high - low), 0.0, 1.0);
        m_config.ropeDivisors.push_back(float(1 / ((1 - smooth) / factor + smooth)));
    }
}

} // namespace

Result<FolderConfig> readConfigJson(std::string_view text, const std::string &where, MetadataWriter &out)
{
    JsonTree tree; // within limits: what is wrong may be shown, and text of any depth cannot be
    const bool isRead = json::sax_parse(text.begin(), text.end(), &tree) && tree.problem.empty();
    const json &config = tree.root;
    if (!isRead || !config.is_object())
        return Error(ErrorCode::Damaged, {.what = "The configuration is no JSON object",
                                          .where = where,
                                          .found = tree.problem,
                                          .wayOut = "Download the file again."});
    ProblemList problems;
    ConfigReader keys(config, problems);
    const std::string type = keys.text("model_type", "");
    const auto family = std::find_if(kFamilies.begin(), kFamilies.end(),
                                     [&](const Family &f) { return f.modelType == type; });
    if (family == kFamilies.end()) {
        std::string names;
        for (const Family &known : kFamilies)
            names.append(names.empty() ? "" : ", ").append(known.modelType);
        return Error(ErrorCode::Unsupported, {.what = "Models of this family are not supported",
                                              .where = where,
                                              .expected = "model_type to be one of " + names,
                                              .found = type.empty() ? "none" : printable(type),
                                              .wayOut = "Choose a model of one of these families."});
    }
    FolderConfig result = Translation(keys, *family, out).run();
    if (!problems.empty())
        return problems.toError(where);
    return result;
}

} // namespace inference
