#include "tests/support/small_folder.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <utility>

namespace test {

using Json = nlohmann::ordered_json;

namespace {

const std::string kGolden = BALEEN_GOLDEN_DIR;

Json readJson(const std::string &path)
{
    std::ifstream file(path);
    Json value = Json::parse(file, nullptr, false);
    if (value.is_discarded()) {
        std::fprintf(stderr, "small_folder: cannot read %s\n", path.c_str());
        std::abort();
    }
    return value;
}

// Numbers of config.json small enough for thousands of files a second.
void shrink(Json &config)
{
    const Json small{{"vocab_size", 20},
                     {"hidden_size", 8},
                     {"intermediate_size", 8},
                     {"num_hidden_layers", 1},
                     {"num_attention_heads", 2},
                     {"num_key_value_heads", 1},
                     {"head_dim", 4},
                     {"kv_lora_rank", 4},
                     {"q_lora_rank", 4},
                     {"qk_nope_head_dim", 4},
                     {"qk_rope_head_dim", 4},
                     {"qk_head_dim", 8},
                     {"v_head_dim", 4},
                     {"n_routed_experts", 4},
                     {"n_group", 2},
                     {"topk_group", 1},
                     {"num_experts_per_tok", 2},
                     {"moe_intermediate_size", 4},
                     {"first_k_dense_replace", 1}};
    for (const auto &[key, value] : small.items())
        if (config.contains(key))
            config[key] = value;
    if (config.contains("n_routed_experts")) // one dense layer and one with experts
        config["num_hidden_layers"] = 2;
    config.erase("layer_types");
}

// Collects the tensors of a model.
class Weights
{
public:
    explicit Weights(const Json &config) : m_config(config) {}
    std::vector<FolderWeight> all();

private:
    std::uint64_t number(const char *key) const { return m_config.value(key, std::uint64_t(0)); }
    void add(const std::string &name, const std::vector<std::uint64_t> &shape)
    {
        std::uint64_t count = 1;
        for (const std::uint64_t dimension : shape)
            count *= dimension;
        m_weights.push_back({name, shape, "F32", smallFloats(count)});
    }
    void attention(const std::string &prefix);
    void latentAttention(const std::string &prefix);
    void feedForward(const std::string &prefix, std::uint64_t width)
    {
        const std::uint64_t hidden = number("hidden_size");
        add(prefix + "gate_proj.weight", {width, hidden});
        add(prefix + "up_proj.weight", {width, hidden});
        add(prefix + "down_proj.weight", {hidden, width});
    }
    void experts(const std::string &prefix);

    const Json &m_config;
    std::vector<FolderWeight> m_weights;
};

void Weights::attention(const std::string &prefix)
{
    const std::uint64_t hidden = number("hidden_size"), heads = number("num_attention_heads");
    const std::uint64_t dim = m_config.value("head_dim", hidden / heads),
                        keys = number("num_key_value_heads") * dim;
    add(prefix + "q_proj.weight", {heads * dim, hidden});
    add(prefix + "k_proj.weight", {keys, hidden});
    add(prefix + "v_proj.weight", {keys, hidden});
    add(prefix + "o_proj.weight", {hidden, heads * dim});
    if (m_config["model_type"] == "qwen2") {
        add(prefix + "q_proj.bias", {heads * dim});
        add(prefix + "k_proj.bias", {keys});
        add(prefix + "v_proj.bias", {keys});
    } else if (m_config["model_type"] == "qwen3") {
        add(prefix + "q_norm.weight", {dim});
        add(prefix + "k_norm.weight", {dim});
    }
}

void Weights::latentAttention(const std::string &prefix)
{
    const std::uint64_t hidden = number("hidden_size"), heads = number("num_attention_heads"),
                        nope = number("qk_nope_head_dim"), rope = number("qk_rope_head_dim"),
                        value = number("v_head_dim"), latent = number("kv_lora_rank"),
                        query = number("q_lora_rank");
    add(prefix + "q_a_proj.weight", {query, hidden});
    add(prefix + "q_a_layernorm.weight", {query});
    add(prefix + "q_b_proj.weight", {heads * (nope + rope), query});
    add(prefix + "kv_a_proj_with_mqa.weight", {latent + rope, hidden});
    add(prefix + "kv_a_layernorm.weight", {latent});
    add(prefix + "kv_b_proj.weight", {heads * (nope + value), latent});
    add(prefix + "o_proj.weight", {hidden, heads * value});
}

void Weights::experts(const std::string &prefix)
{
    const std::uint64_t count = number("n_routed_experts"), width = number("moe_intermediate_size");
    add(prefix + "gate.weight", {count, number("hidden_size")});
    if (m_config["model_type"] == "deepseek_v3")
        add(prefix + "gate.e_score_correction_bias", {count});
    for (std::uint64_t expert = 0; expert < count; ++expert)
        feedForward(prefix + "experts." + std::to_string(expert) + ".", width);
    feedForward(prefix + "shared_experts.", width * number("n_shared_experts"));
}

std::vector<FolderWeight> Weights::all()
{
    const std::uint64_t hidden = number("hidden_size");
    add("model.embed_tokens.weight", {number("vocab_size"), hidden});
    for (std::uint64_t layer = 0; layer < number("num_hidden_layers"); ++layer) {
        const std::string prefix = "model.layers." + std::to_string(layer) + ".";
        add(prefix + "input_layernorm.weight", {hidden});
        m_config["model_type"] == "deepseek_v3" ? latentAttention(prefix + "self_attn.")
                                                : attention(prefix + "self_attn.");
        add(prefix + "post_attention_layernorm.weight", {hidden});
        if (number("n_routed_experts") == 0 || layer < number("first_k_dense_replace"))
            feedForward(prefix + "mlp.", number("intermediate_size"));
        else
            experts(prefix + "mlp.");
    }
    add("model.norm.weight", {hidden});
    if (!m_config.value("tie_word_embeddings", false))
        add("lm_head.weight", {number("vocab_size"), hidden});
    return std::move(m_weights);
}

} // namespace

std::string smallFloats(std::size_t count)
{
    std::string bytes;
    for (std::size_t i = 0; i < count; ++i) {
        const float value = 0.5f - float(i * 7 % 16) / 16;
        bytes.append(reinterpret_cast<const char *>(&value), sizeof value);
    }
    return bytes;
}

std::string safetensorsFile(const std::string &header, const std::string &data)
{
    const std::uint64_t length = header.size();
    std::string bytes(sizeof length, '\0');
    std::memcpy(bytes.data(), &length, sizeof length);
    return bytes + header + data;
}

std::string safetensorsFile(const std::vector<FolderWeight> &weights)
{
    Json header{{"__metadata__", {{"format", "pt"}}}};
    std::string data;
    for (const FolderWeight &weight : weights) {
        header[weight.name] = {{"dtype", weight.type},
                               {"shape", weight.shape},
                               {"data_offsets", {data.size(), data.size() + weight.bytes.size()}}};
        data += weight.bytes;
    }
    return safetensorsFile(header.dump(), data);
}

Json smallConfig(std::string_view name)
{
    Json config = readJson(kGolden + "/deepseek/config/" + std::string(name) + ".json");
    shrink(config);
    return config;
}

std::vector<FolderWeight> smallWeights(const Json &config)
{
    return Weights(config).all();
}

std::string smallTokenizer(std::string_view name)
{
    Json tokenizer = readJson(kGolden + "/text/tokenizer_json/" + std::string(name) + ".json");
    Json &model = tokenizer["model"];
    const bool pairs = model["merges"][0].is_array();
    Json vocabulary, merges = Json::array(), added = Json::array();
    std::size_t id = 0;
    for (const char *token : {"a", "b", "t", "h", "e", "\xC4\xA0", "\xC4\x8A", "th", "the", "\xC4\xA0the"})
        vocabulary[token] = id++;
    for (const auto &[left, right] :
         {std::pair("t", "h"), std::pair("th", "e"), std::pair("\xC4\xA0", "the")})
        merges.push_back(pairs ? Json::array({left, right}) : Json(std::string(left) + " " + right));
    for (std::size_t i = 0; i < 3; ++i) {
        added.push_back(tokenizer["added_tokens"][i]);
        added.back()["id"] = id++;
    }
    model["vocab"] = vocabulary;
    model["merges"] = merges;
    tokenizer["added_tokens"] = added;
    return tokenizer.dump();
}

FolderFiles smallFolder(std::string_view name, int files)
{
    const Json config = smallConfig(name);
    FolderFiles folder;
    folder["config.json"] = config.dump();
    folder["tokenizer.json"] = smallTokenizer(name.starts_with("qwen")    ? "qwen2"
                                              : name.starts_with("llama") ? "llama-bpe"
                                                                          : "deepseek-v3");
    folder["tokenizer_config.json"] =
        R"({"add_bos_token":true,"add_eos_token":false,"bos_token":{"content":"<｜begin▁of▁sentence｜>"},)"
        R"("eos_token":"<｜end▁of▁sentence｜>","pad_token":null,"tokenizer_class":"LlamaTokenizerFast",)"
        R"("chat_template":[{"name":"default","template":"{% for m in messages %}{{ m.content }}{% endfor %}"}],)"
        R"("added_tokens_decoder":{"10":{"content":"<｜begin▁of▁sentence｜>","special":true}}})";
    folder["special_tokens_map.json"] = R"({"unk_token":"the","pad_token":{"content":"a"}})";
    folder["generation_config.json"] = R"({"bos_token_id":10,"eos_token_id":[11,12]})";
    const std::vector<FolderWeight> weights = smallWeights(config);
    if (files == 1) {
        folder["model.safetensors"] = safetensorsFile(weights);
        return folder;
    }
    Json map;
    std::vector<FolderWeight> halves[2];
    for (std::size_t i = 0; i < weights.size(); ++i) {
        halves[i % 2].push_back(weights[i]);
        map[weights[i].name] = i % 2 ? "model-2.safetensors" : "model-1.safetensors";
    }
    folder["model-1.safetensors"] = safetensorsFile(halves[0]);
    folder["model-2.safetensors"] = safetensorsFile(halves[1]);
    folder["model.safetensors.index.json"] =
        Json{{"metadata", {{"total_size", 1234}}}, {"weight_map", map}}.dump();
    return folder;
}

} // namespace test
