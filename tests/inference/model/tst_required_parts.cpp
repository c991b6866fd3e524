// Every tensor and every key of a model of each architecture, as a GGUF file and as a Hugging Face folder:
// taken away, in another shape, of another type. What is needed is missed by name before anything is
// computed, several faults at once.
#include "inference/hugging_face/tensor_names.h"
#include "inference/model/architecture.h"
#include "inference/model/problem_list.h"
#include "inference/model_file.h"
#include "tests/support/small_folder.h"
#include "tests/support/temporary_file.h"
#include "tests/support/tiny_deepseek.h"
#include "tests/support/tiny_model.h"

#include <QTest>

#include <algorithm>
#include <map>
#include <set>

using namespace inference;
using Json = nlohmann::ordered_json;
using kernels::ElementType;
using test::refusal;
using test::TinyModel;

namespace {

constexpr const char *kModels[] = {"llama_grouped", "qwen2_tied", "qwen3_yarn", "deepseek", "deepseek2_v3"};

constexpr auto kI32 = ElementType(26); // as large as F32, and no weight can have it

class Folder
{
public:
    explicit Folder(const test::FolderFiles &files)
    {
        for (const auto &[name, bytes] : files)
            write(name, bytes);
    }
    void write(const std::string &name, const std::string &bytes)
    {
        m_folder.write(QString::fromStdString(name), QByteArray::fromStdString(bytes));
    }
    std::string refusal() const
    {
        const auto model = ModelFile::open(m_folder.path("").toStdString());
        if (!model)
            return model.error().message;
        const auto plan = buildPlan(*(*model)->gguf, (*model)->config);
        return plan ? std::string() : plan.error().message;
    }

private:
    test::TemporaryFolder m_folder;
};

bool holds(const std::string &text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

// Another shape of as many elements.
std::vector<std::uint64_t> reshaped(std::vector<std::uint64_t> shape)
{
    if (shape.size() >= 2 && shape[0] != shape[1])
        std::swap(shape[0], shape[1]);
    else if (shape.size() >= 2)
        shape = {shape[0] * 2, shape[1] / 2};
    else
        shape = {shape[0] / 2, 2};
    return shape;
}

TinyModel modelOf(const QString &name)
{
    return TinyModel::ofFile(test::TinyDeepseek(name.toStdString()).toGguf());
}

// What a model can do without: nobody can tell that it was there.
bool isOptionalTensor(const std::string &name)
{
    return name == "output.weight" || name == "lm_head.weight"; // tied to the embedding, then
}

// What becomes of a key's absence.
enum class Absent {
    Named,   // the refusal names it
    Caught,  // other values follow from it, and tensors or other keys do not fit them
    Default, // the format says what it then is
    Unread
};

// Behind "tokenizer.ggml." or the architecture's name, or whole.
const std::map<std::string, Absent> &keysOfGguf()
{
    static const std::map<std::string, Absent> keys{
        {"general.architecture", Absent::Named},
        {"general.type", Absent::Unread},
        {"general.name", Absent::Unread}, // shown alone
        {"general.file_type", Absent::Unread},
        {"general.quantization_version", Absent::Unread},
        {"block_count", Absent::Named},
        {"context_length", Absent::Named},
        {"embedding_length", Absent::Named},
        {"feed_forward_length", Absent::Named},
        {"vocab_size", Absent::Default},
        {"attention.head_count", Absent::Named},
        {"attention.head_count_kv", Absent::Caught},
        {"attention.key_length", Absent::Caught},
        {"attention.value_length", Absent::Default},
        {"attention.layer_norm_rms_epsilon", Absent::Named},
        {"rope.freq_base", Absent::Default},
        {"rope.dimension_count", Absent::Default},
        {"rope.scaling.type", Absent::Default},
        {"rope.scaling.factor", Absent::Named},
        {"rope.scaling.original_context_length", Absent::Default},
        {"rope.scaling.yarn_log_multiplier", Absent::Default},
        {"rope.scaling.yarn_beta_fast", Absent::Default},
        {"rope.scaling.yarn_beta_slow", Absent::Default},
        {"expert_count", Absent::Named},
        {"expert_used_count", Absent::Named},
        {"expert_feed_forward_length", Absent::Named},
        {"expert_shared_count", Absent::Caught},
        {"leading_dense_block_count", Absent::Caught},
        {"expert_group_count", Absent::Named},
        {"expert_group_used_count", Absent::Named},
        {"expert_weights_scale", Absent::Default},
        {"expert_weights_norm", Absent::Default},
        {"expert_gating_func", Absent::Default},
        {"attention.q_lora_rank", Absent::Named},
        {"attention.kv_lora_rank", Absent::Named},
        {"attention.key_length_mla", Absent::Named},
        {"attention.value_length_mla", Absent::Named},
        {"model", Absent::Named},
        {"pre", Absent::Default},
        {"tokens", Absent::Named},
        {"token_type", Absent::Default},
        {"merges", Absent::Named},
        {"bos_token_id", Absent::Default},
        {"eos_token_id", Absent::Default},
        {"padding_token_id", Absent::Unread},
        {"add_bos_token", Absent::Default},
        {"add_eos_token", Absent::Unread},
        {"tokenizer.chat_template",
         Absent::Unread}, // without a usable one a known format is guessed, and said
    };
    return keys;
}

// MLA's files state lengths a second time, as another program's absorbed form sees them; its rotated part has
// no default.
Absent absenceOf(const std::string &key, const std::string &architecture)
{
    const bool mla = architecture == "deepseek2";
    std::string suffix = key;
    for (const std::string &prefix : {architecture + ".", std::string("tokenizer.ggml.")})
        if (key.starts_with(prefix))
            suffix = key.substr(prefix.size());
    if (mla && (suffix == "attention.key_length" || suffix == "attention.value_length" ||
                suffix == "attention.head_count_kv"))
        return Absent::Unread;
    if (mla && suffix == "rope.dimension_count")
        return Absent::Named;
    if (architecture == "deepseek" && suffix == "attention.head_count_kv")
        return Absent::Default; // this model has as many as query heads
    const auto found = keysOfGguf().find(suffix);
    if (found == keysOfGguf().end())
        qFatal("%s: say in keysOfGguf() what its absence means", key.c_str());
    return found->second;
}

// The same for config.json.
const std::map<std::string, Absent> &keysOfConfig()
{
    static const std::map<std::string, Absent> keys{
        {"model_type", Absent::Named},
        {"vocab_size", Absent::Named},
        {"hidden_size", Absent::Named},
        {"intermediate_size", Absent::Named},
        {"num_hidden_layers", Absent::Named},
        {"num_attention_heads", Absent::Named},
        {"max_position_embeddings", Absent::Named},
        {"n_routed_experts", Absent::Named},
        {"num_experts_per_tok", Absent::Named},
        {"moe_intermediate_size", Absent::Named},
        {"kv_lora_rank", Absent::Named},
        {"qk_nope_head_dim", Absent::Named},
        {"qk_rope_head_dim", Absent::Named},
        {"v_head_dim", Absent::Named},
        {"q_lora_rank", Absent::Named},
        {"n_group", Absent::Named},
        {"topk_group", Absent::Named},
        {"num_key_value_heads", Absent::Caught},
        {"n_shared_experts", Absent::Caught},
        {"first_k_dense_replace", Absent::Caught},
        {"tie_word_embeddings", Absent::Default},
        {"head_dim", Absent::Default},
        {"rms_norm_eps", Absent::Default},
        {"rope_parameters", Absent::Default},
        {"routed_scaling_factor", Absent::Default},
        {"norm_topk_prob", Absent::Default},
        {"scoring_func", Absent::Default},
        {"moe_layer_freq", Absent::Default},
        {"hidden_act", Absent::Default},
        {"mlp_bias", Absent::Default},
        {"attention_bias", Absent::Default},
        {"use_sliding_window", Absent::Default},
        {"num_nextn_predict_layers", Absent::Default},
        {"rope_interleave", Absent::Default},
    };
    return keys;
}

Absent absenceInConfig(const std::string &key, const std::string &family)
{
    // Of a layout that MLA has its own names for.
    if (family == "deepseek_v3" && key == "head_dim")
        return Absent::Unread;
    if (family == "deepseek_v3" && key == "num_key_value_heads")
        return Absent::Default;
    const auto found = keysOfConfig().find(key);
    return found == keysOfConfig().end() ? Absent::Unread : found->second;
}

} // namespace

class TestRequiredParts : public QObject
{
    Q_OBJECT

    void rowsOfAllModels()
    {
        QTest::addColumn<QString>("name");
        for (const char *name : kModels)
            QTest::newRow(name) << name;
    }

private Q_SLOTS:
    void tensorsOfFiles_data() { rowsOfAllModels(); }
    void tensorsOfFiles()
    {
        QFETCH(QString, name);
        const TinyModel whole = modelOf(name);
        QCOMPARE(refusal(whole), std::string());
        for (std::size_t i = 0; i < whole.tensors.size(); ++i) {
            const std::string tensor = whole.tensors[i].name;
            TinyModel missing = whole, shaped = whole, typed = whole;
            missing.remove(tensor);
            shaped.tensors[i].dimensions = reshaped(whole.tensors[i].dimensions);
            typed.tensors[i].type = kI32;
            if (isOptionalTensor(tensor))
                QCOMPARE(refusal(missing), std::string());
            else
                QVERIFY2(holds(refusal(missing), "tensor " + tensor + " is missing"),
                         (tensor + ": " + refusal(missing)).c_str());
            QVERIFY2(holds(refusal(shaped), "tensor " + tensor + " has another shape"),
                     (tensor + ": " + refusal(shaped)).c_str());
            QVERIFY2(holds(refusal(typed), "tensor " + tensor + " has an unsupported type"),
                     (tensor + ": " + refusal(typed)).c_str());
        }
    }

    void keysOfFiles_data() { rowsOfAllModels(); }
    void keysOfFiles()
    {
        QFETCH(QString, name);
        const TinyModel whole = modelOf(name);
        const std::string architecture = std::get<std::string>(whole.metadata.front().second);
        int named = 0;
        for (const auto &[key, value] : whole.metadata) {
            const Absent absent = absenceOf(key, architecture);
            TinyModel missing = whole, typed = whole;
            missing.remove(key);
            typed.set(key, std::holds_alternative<std::string>(value) ? TinyModel::Value(7u)
                                                                      : TinyModel::Value(std::string("x")));
            const std::string without = refusal(missing), retyped = refusal(typed);
            if (absent == Absent::Named) {
                ++named;
                QVERIFY2(holds(without, key), (key + " missing: " + without).c_str());
            } else if (absent == Absent::Caught) {
                QVERIFY2(holds(without, "tensor blk.") || holds(without, "attention.value_length must be"),
                         (key + " missing: " + without).c_str());
            } else {
                QVERIFY2(without.empty(), (key + " missing: " + without).c_str());
            }
            if (absent != Absent::Unread)
                QVERIFY2(holds(retyped, key), (key + " of another type: " + retyped).c_str());
            else
                QVERIFY2(retyped.empty(), (key + " of another type: " + retyped).c_str());
        }
        QVERIFY(named >= 10);
    }

    void tensorsOfFolders_data() { rowsOfAllModels(); }
    void tensorsOfFolders()
    {
        QFETCH(QString, name);
        const test::FolderFiles files = test::smallFolder(name.toStdString());
        const Json config = Json::parse(files.at("config.json"));
        const std::vector<test::FolderWeight> whole = test::smallWeights(config);
        Folder folder(files);
        QCOMPARE(folder.refusal(), std::string());
        const auto refusalWith = [&](const std::vector<test::FolderWeight> &weights) {
            folder.write("model.safetensors", test::safetensorsFile(weights));
            return folder.refusal();
        };
        for (std::size_t i = 0; i < whole.size(); ++i) {
            const std::string tensor = whole[i].name;
            const std::string inGguf = *ggufTensorName(tensor, config["num_hidden_layers"]);
            std::vector<test::FolderWeight> missing = whole, shaped = whole, typed = whole;
            missing.erase(missing.begin() + std::ptrdiff_t(i));
            shaped[i].shape = reshaped(whole[i].shape);
            typed[i].type = "I32";
            const std::string without = refusalWith(missing);
            if (isOptionalTensor(tensor))
                QCOMPARE(without, std::string());
            else
                QVERIFY2(holds(without, "tensor " + inGguf + " is missing"),
                         (tensor + ": " + without).c_str());
            const std::string other = refusalWith(shaped);
            QVERIFY2(holds(other, "tensor " + inGguf + " has another shape"),
                     (tensor + ": " + other).c_str());
            const std::string retyped = refusalWith(typed);
            QVERIFY2(holds(retyped, "tensor " + tensor +
                                        " has an unsupported type, expected F32, F16 or BF16, found I32"),
                     (tensor + ": " + retyped).c_str());
        }
    }

    void keysOfFolders_data() { rowsOfAllModels(); }
    void keysOfFolders()
    {
        QFETCH(QString, name);
        const test::FolderFiles files = test::smallFolder(name.toStdString());
        const Json whole = Json::parse(files.at("config.json"));
        const std::string family = whole["model_type"];
        Folder folder(files);
        const auto refusalWith = [&](const Json &config) {
            folder.write("config.json", config.dump());
            return folder.refusal();
        };
        int named = 0;
        for (const auto &[key, value] : whole.items()) {
            const Absent absent = absenceInConfig(key, family);
            Json missing = whole, typed = whole;
            missing.erase(key);
            typed[key] = value.is_string() ? Json(7) : Json("x");
            const std::string without = refusalWith(missing);
            if (absent == Absent::Named) {
                ++named;
                QVERIFY2(holds(without, key) || (key == "model_type" && holds(without, "family")),
                         (key + " missing: " + without).c_str());
            } else if (absent == Absent::Caught) {
                QVERIFY2(holds(without, "tensor blk."), (key + " missing: " + without).c_str());
            } else {
                QVERIFY2(without.empty(), (key + " missing: " + without).c_str());
            }
            const std::string retyped = value.is_null() ? std::string() : refusalWith(typed);
            if (absent != Absent::Unread)
                QVERIFY2(value.is_null() || holds(retyped, key),
                         (key + " of another type: " + retyped).c_str());
            else
                QVERIFY2(retyped.empty(), (key + " of another type: " + retyped).c_str());
        }
        QVERIFY(named >= 7);
    }

    void severalFaultsAreAllNamed()
    {
        TinyModel tensors = modelOf("deepseek2_v3");
        tensors.remove("blk.0.attn_kv_a_norm.weight");
        tensors.remove("blk.3.ffn_down_shexp.weight");
        tensors.tensor("blk.1.ffn_up.weight").dimensions = {96, 64};
        tensors.tensor("blk.2.ffn_gate_exps.weight").type = kI32;
        tensors.tensor("output_norm.weight").name = "output_nerm.weight";
        // All of them by name, up to five; then how many more.
        const std::string six = refusal(tensors);
        for (const char *says : {"for 6 reasons", "tensor blk.0.attn_kv_a_norm.weight is missing",
                                 "tensor blk.1.ffn_up.weight has another shape",
                                 "tensor blk.2.ffn_gate_exps.weight has an unsupported type",
                                 "tensor blk.3.ffn_down_shexp.weight is missing",
                                 "tensor output_norm.weight is missing", "and 1 more"})
            QVERIFY2(holds(six, says), six.c_str());

        TinyModel keys = modelOf("deepseek2_v3");
        keys.remove("deepseek2.block_count");
        keys.remove("deepseek2.attention.kv_lora_rank");
        keys.set("deepseek2.expert_count", std::string("many"));
        keys.set("deepseek2.attention.layer_norm_rms_epsilon", -1.0f);
        const std::string four = refusal(keys);
        for (const char *says :
             {"deepseek2.block_count is missing", "deepseek2.attention.kv_lora_rank is missing",
              "deepseek2.expert_count must be an integer", "layer_norm_rms_epsilon must be"})
            QVERIFY2(holds(four, says), four.c_str());

        const test::FolderFiles files = test::smallFolder("deepseek2_v3");
        Json config = Json::parse(files.at("config.json"));
        config.erase("hidden_size");
        config.erase("n_group");
        config["kv_lora_rank"] = "4";
        config["rope_parameters"]["rope_type"] = "longrope";
        Folder folder(files);
        folder.write("config.json", config.dump());
        for (const char *says :
             {"hidden_size is missing", "n_group is missing", "kv_lora_rank must be a whole number",
              "RoPE scaling longrope is not supported"})
            QVERIFY2(holds(folder.refusal(), says), folder.refusal().c_str());

        std::vector<test::FolderWeight> weights = test::smallWeights(test::smallConfig("deepseek2_v3"));
        weights[2].type = weights[5].type = "I32";
        folder.write("config.json", files.at("config.json"));
        folder.write("model.safetensors", test::safetensorsFile(weights));
        for (const std::size_t i : {2, 5})
            QVERIFY2(holds(folder.refusal(), weights[i].name), folder.refusal().c_str());
        weights = test::smallWeights(test::smallConfig("deepseek2_v3"));
        weights[3].shape = reshaped(weights[3].shape);
        weights.erase(weights.begin() + 7);
        weights.erase(weights.begin() + 5);
        folder.write("model.safetensors", test::safetensorsFile(weights));
        QVERIFY2(holds(folder.refusal(), "for 3 reasons"), folder.refusal().c_str());
    }

    // A file whose layers hold one expert of 4,096 each misses millions of tensors: they are counted and
    // not kept.
    void aMillionProblemsTakeNoMemory()
    {
        ProblemList problems;
        const std::string phrase(1000, 'x');
        for (int i = 0; i < 1'000'000; ++i)
            problems.add(ProblemList::Kind::Damaged, phrase);
        QCOMPARE(problems.size(), std::size_t(1'000'000));
        QVERIFY(holds(problems.toError("here").message, "and 999,995 more"));
        QVERIFY(problems.toError("here").message.size() < 6000);
    }
};

QTEST_GUILESS_MAIN(TestRequiredParts)
#include "tst_required_parts.moc"
