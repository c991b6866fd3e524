// Hugging Face folders: every tiny DeepSeek model written as one, with the config.json that transformers
// saves, gives the oracle's logits; both spellings of RoPE's parameters; F32 and BF16; one file and several.
// What a folder can have wrong.
#include "inference/hugging_face/folder.h"
#include "inference/hugging_face/tensor_names.h"
#include "inference/model/architecture.h"
#include "inference/model_file.h"
#include "kernels/cpu/cpu_backend.h"
#include "kernels/reference/reference_backend.h"
#include "tests/support/divergence.h"
#include "tests/support/golden_logits.h"
#include "tests/support/hugging_face_folder.h"
#include "tests/support/temporary_file.h"
#include "tests/support/tiny_deepseek.h"

#include <QDir>
#include <QFile>
#include <QTest>

using namespace inference;
using nlohmann::json;

namespace {

json configOf(const std::string &name)
{
    return test::readGolden(
        QString(BALEEN_GOLDEN_DIR "/deepseek/config/%1.json").arg(QString::fromStdString(name)));
}

// As transformers wrote it before version 5.
json earlierSpelling(json config)
{
    json scaling = config["rope_parameters"];
    config.erase("rope_parameters");
    config["rope_theta"] = scaling["rope_theta"];
    scaling.erase("rope_theta");
    const std::string type = scaling["rope_type"];
    scaling.erase("rope_type");
    scaling[type == "llama3" ? "rope_type" : "type"] = type;
    config["rope_scaling"] = type == "default" ? json() : scaling;
    return config;
}

class Folder
{
public:
    explicit Folder(const std::string &name, const json &config, test::FolderOptions options = {})
        : m_model(name)
    {
        const std::string bytes = m_model.toGguf();
        if (config.contains("quantization_config")) { // the rest as DeepSeek-V3 has it
            options.fp8 = m_model.fp8Matrices();
            options.type = kernels::ElementType::BF16;
        }
        const auto file = GgufFile::openMemory(std::as_bytes(std::span(bytes)), name);
        test::writeHuggingFaceFolder(**file, config, options, path());
    }
    QString path() const { return m_folder.path("Tiny-Whale"); }
    QString path(const char *file) const { return path() + "/" + file; }
    json golden() const { return test::readGolden(QString::fromStdString(m_model.goldenPath())); }

private:
    test::TinyDeepseek m_model;
    test::TemporaryFolder m_folder;
};

std::vector<float> logitsOf(const QString &path, const json &golden)
{
    const auto tokens = golden["tokens"].get<std::vector<kernels::TokenId>>();
    return test::RunnableModel(path, std::uint32_t(tokens.size()), kernels::createReferenceBackend(0))
        .logits(tokens, 64);
}

QString refusal(const QString &path)
{
    const auto model = ModelFile::open(path.toStdString());
    return model ? QString() : QString::fromStdString(model.error().message);
}

void replaceFile(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(bytes);
}

} // namespace

class TestFolder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void agreesWithTheOracle_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("earlier");
        for (const std::string &name : test::TinyDeepseek::names()) {
            QTest::addRow("%s", name.c_str()) << QString::fromStdString(name) << false;
            QTest::addRow("%s, earlier spelling", name.c_str()) << QString::fromStdString(name) << true;
        }
    }
    void agreesWithTheOracle()
    {
        QFETCH(QString, name);
        QFETCH(bool, earlier);
        const json config = configOf(name.toStdString());
        const Folder folder(name.toStdString(), earlier ? earlierSpelling(config) : config,
                            {.files = earlier ? 3 : 1});
        const json golden = folder.golden();
        const test::Agreement agreement = test::compareWithGolden(golden, logitsOf(folder.path(), golden));
        QCOMPARE(agreement.argmaxDifferences, 0);
        QVERIFY(agreement.positions > 0);
        qInfo("largest relative difference %.2g", agreement.largest);
        QVERIFY(agreement.largest < 1e-5);
    }

    void halfWidthWeightsAreWhatTheySay()
    {
        const std::string name = "deepseek2_v3";
        const Folder whole(name, configOf(name)), rounded(name, configOf(name), {.rounded = true}),
            half(name, configOf(name), {.type = kernels::ElementType::BF16, .files = 2});
        const json golden = whole.golden();
        const std::vector<float> logits = logitsOf(half.path(), golden);
        QVERIFY(logits == logitsOf(rounded.path(), golden));
        QVERIFY(logits != logitsOf(whole.path(), golden));
    }

    // A model whose numbers fit all of them, so that the oracle's logits are theirs.
    void everyFloatTypeAgreesWithTheOracle_data()
    {
        QTest::addColumn<int>("type");
        QTest::addColumn<int>("files");
        for (const kernels::ElementType type :
             {kernels::ElementType::F32, kernels::ElementType::F16, kernels::ElementType::BF16})
            for (const int files : {1, 5})
                QTest::addRow("%s, %d", kernels::traitsOf(type).name.data(), files) << int(type) << files;
    }
    void everyFloatTypeAgreesWithTheOracle()
    {
        QFETCH(int, type);
        QFETCH(int, files);
        const std::string name = "deepseek2_half";
        const Folder folder(name, configOf(name), {.type = kernels::ElementType(type), .files = files});
        QCOMPARE(summarise(**ModelFile::open(folder.path().toStdString())).quantisation,
                 std::string(kernels::traitsOf(kernels::ElementType(type)).name));
        const json golden = folder.golden();
        const std::vector<float> reference = logitsOf(folder.path(), golden);
        QVERIFY(test::compareWithGolden(golden, reference).largest < 1e-5);
        const auto tokens = golden["tokens"].get<std::vector<kernels::TokenId>>();
        const std::vector<float> fast =
            test::RunnableModel(folder.path(), std::uint32_t(tokens.size()),
                                std::move(kernels::createCpuBackend({.threads = 2})).value())
                .logits(tokens, 64);
        QVERIFY(test::meanDivergence(reference, fast, golden["vocabularySize"]) < 1e-3);
    }

    void opensAsAModel()
    {
        const std::string name = "qwen3_yarn";
        const Folder folder(name, configOf(name));
        const auto model = ModelFile::open(folder.path().toStdString());
        QVERIFY2(model.ok(), model ? "" : model.error().message.c_str());
        const ModelSummary summary = summarise(**model);
        QCOMPARE(summary.name, std::string("Tiny-Whale"));
        QCOMPARE(summary.architecture, std::string("qwen3"));
        QCOMPARE(summary.quantisation, std::string("F32"));
        QVERIFY(!(*model)->gguf->differsFromOpened());
        const std::string text = "The whale sings.";
        QCOMPARE((*model)->tokenizer->decode((*model)->tokenizer->encode(text, PromptPiece::Origin::User)),
                 text);
    }

    void leavesOutWhatIsNotRun()
    {
        QCOMPARE(ggufTensorName("model.layers.3.mlp.experts.7.up_proj.weight", 4),
                 std::optional<std::string>("blk.3.ffn_up.7.weight"));
        QCOMPARE(ggufTensorName("model.layers.4.eh_proj.weight", 4), std::optional<std::string>());
        QCOMPARE(ggufTensorName("model.layers.0.self_attn.rotary_emb.inv_freq", 4),
                 std::optional<std::string>());
        for (const char *unknown :
             {"model.layers.01.mlp.up_proj.weight", "model.layers.x.mlp.up_proj.weight", "model.layers.",
              "model.layers.3", "model.layers.3.mlp.experts.7.other.weight", "visual.weight"})
            QCOMPARE(ggufTensorName(unknown, 4), std::optional<std::string>(unknown));
    }

    void refusesConfigurations_data()
    {
        QTest::addColumn<QByteArray>("pointer");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, const char *pointer, const char *value, const char *says) {
            QTest::newRow(name) << QByteArray(pointer) << QByteArray(value) << QString::fromUtf8(says);
        };
        row("family", "/model_type", "\"deepseek_v4\"", "found deepseek_v4");
        row("family with an indexer", "/model_type", "\"deepseek_v32\"",
            "expected model_type to be one of llama, qwen2, qwen3, deepseek, deepseek_v2, deepseek_v3, found "
            "deepseek_v32");
        row("indexer", "/index_topk", "2048", "the key index_topk is not known here");
        row("unknown switch", "/use_something_new", "true", "the key use_something_new is not known here");
        row("unknown number", "/new_scale", "3.5", "the key new_scale is not known here");
        row("activation", "/hidden_act", "\"gelu\"", "hidden_act must be \"silu\", found \"gelu\"");
        row("score", "/scoring_func", "\"tanh\"", "scoring_func must be softmax or sigmoid, found tanh");
        row("choice", "/topk_method", "\"random\"", "topk_method must be greedy");
        row("scaling", "/rope_parameters/rope_type", "\"longrope\"",
            "RoPE scaling longrope is not supported");
        row("mscale", "/rope_parameters/mscale", "2", "rope_scaling.mscale must be mscale_all_dim");
        row("a text for a number", "/hidden_size", "\"64\"",
            "hidden_size must be a whole number, found \"64\"");
        row("a fraction", "/num_hidden_layers", "2.5", "num_hidden_layers must be a whole number");
        row("huge", "/num_hidden_layers", "99999999999", "num_hidden_layers must be a whole number");
        row("negative", "/kv_lora_rank", "-4", "kv_lora_rank must be a whole number");
        row("a list for an object", "/rope_parameters", "[1]", "rope_parameters must be an object");
        for (const char *method : {"gptq", "awq", "bitsandbytes", "compressed-tensors", "fp4"})
            QTest::newRow(method)
                << QByteArray("/quantization_config") << QByteArray("{\"quant_method\": \"") + method + "\"}"
                << QString("quantization_config.quant_method must be \"fp8\", found \"%1\"").arg(method);
        row("no method", "/quantization_config", "{\"bits\": 4}", "quant_method must be \"fp8\", found none");
        row("a list of methods", "/quantization_config", "[\"fp8\"]",
            "quantization_config must be an object");
        const auto fp8 = [&](const char *name, const char *more, const char *says) {
            QTest::newRow(name) << QByteArray("/quantization_config")
                                << QByteArray("{\"quant_method\": \"fp8\"") + more + "}"
                                << QString::fromUtf8(says);
        };
        fp8("one scale a tensor", "", "quantization_config.weight_block_size must be [128,128], found none");
        fp8("one scale a tensor, said so", ", \"weight_block_size\": null", "must be [128,128], found none");
        fp8("blocks of another size", ", \"weight_block_size\": [1, 128]",
            "must be [128,128], found [1,128]");
        fp8("the other FP8", ", \"weight_block_size\": [128, 128], \"fmt\": \"e5m2\"",
            "quantization_config.fmt must be \"e4m3\", found \"e5m2\"");
        fp8("scales of activations", ", \"weight_block_size\": [128, 128], \"activation_scheme\": \"static\"",
            "quantization_config.activation_scheme must be \"dynamic\", found \"static\"");
        fp8("unknown key of FP8", ", \"weight_block_size\": [128, 128], \"zero_point\": true",
            "quantization_config.zero_point is not known here");
        row("other layers", "/moe_layer_freq", "2", "moe_layer_freq must be 1, found 2");
        row("too many experts used", "/num_experts_per_tok", "99", "expert_used_count must be at most");
        row("another width", "/intermediate_size", "100", "has another shape");
        row("more layers", "/num_hidden_layers", "5", "is missing");
    }
    void refusesConfigurations()
    {
        QFETCH(QByteArray, pointer);
        QFETCH(QByteArray, value);
        QFETCH(QString, says);
        json config = configOf("deepseek2_v3");
        config[json::json_pointer(pointer.toStdString())] = json::parse(value.toStdString());
        const Folder folder("deepseek2_v3", config);
        QString message = refusal(folder.path());
        if (message.isEmpty()) { // shapes are looked at when the plan is built
            const auto model = ModelFile::open(folder.path().toStdString());
            const auto plan = buildPlan(*(*model)->gguf, (*model)->config);
            QVERIFY(!plan);
            message = QString::fromStdString(plan.error().message);
        }
        QVERIFY2(message.contains(says), qPrintable(message));
        QVERIFY(!message.contains('\n'));
    }

    void everyRequiredKeyIsRequired()
    {
        for (const char *key :
             {"vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size",
              "max_position_embeddings", "kv_lora_rank", "qk_rope_head_dim", "qk_nope_head_dim", "v_head_dim",
              "n_routed_experts", "num_experts_per_tok", "moe_intermediate_size"}) {
            json config = configOf("deepseek2_v3");
            config.erase(key);
            const Folder folder("deepseek2_v3", config);
            QVERIFY2(refusal(folder.path()).contains(QString(key) + " is missing"), key);
        }
    }

    void refusesFolders()
    {
        const json config = configOf("qwen2_tied");
        {
            const Folder folder("qwen2_tied", config);
            QVERIFY(QFile::remove(folder.path("model.safetensors")));
            QVERIFY(refusal(folder.path()).contains("The folder has no weights"));
        }
        {
            const Folder folder("qwen2_tied", config, {.files = 2});
            QVERIFY(QFile::remove(folder.path("model-2.safetensors")));
            const QString message = refusal(folder.path());
            QVERIFY2(message.contains("A file of the model is missing") &&
                         message.contains("model-2.safetensors"),
                     qPrintable(message));
        }
        {
            const Folder folder("qwen2_tied", config, {.files = 2});
            for (const QByteArray &name :
                 {QByteArray("../../etc/passwd"), QByteArray(5000, 'y'), QByteArray()}) {
                replaceFile(folder.path("model.safetensors.index.json"),
                            R"({"weight_map": {"a": ")" + name + R"("}})");
                QVERIFY(refusal(folder.path()).contains("The index names no file of the folder"));
            }
        }
        {
            const Folder folder("qwen2_tied", config, {.files = 2});
            replaceFile(folder.path("model.safetensors.index.json"), R"({"weight_map": {"a": "b\nc"}})");
            QVERIFY(refusal(folder.path()).contains("(expected b\\x0ac)", Qt::CaseInsensitive));
        }
        {
            const Folder folder("qwen2_tied", config);
            replaceFile(folder.path("config.json"), "{\"model_type\": ");
            QVERIFY(refusal(folder.path()).contains("The configuration is no JSON object"));
        }
        {
            const Folder folder("qwen2_tied", config);
            replaceFile(folder.path("config.json"), R"({"model_type": "llama", "hidden_size": )" +
                                                        QByteArray(1000000, '[') + QByteArray(1000000, ']') +
                                                        "}");
            QVERIFY(refusal(folder.path()).contains("The configuration is no JSON object"));
        }
        {
            const Folder folder("qwen2_tied", config);
            QVERIFY(QFile::remove(folder.path("tokenizer.json")));
            QVERIFY(refusal(folder.path()).contains("tokenizer"));
        }
        {
            const Folder folder("qwen2_tied", config);
            QFile file(folder.path("model.safetensors"));
            QVERIFY(file.resize(file.size() - 1));
            QVERIFY(refusal(folder.path()).contains("The file is incomplete"));
        }
        const test::TemporaryFolder empty;
        QVERIFY(refusal(empty.path("")).contains("a folder without config.json"));
    }
};

QTEST_GUILESS_MAIN(TestFolder)
#include "tst_folder.moc"
