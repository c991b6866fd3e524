// inference/model/model_config.h: every number from the file, limits, consistency, all problems in one
// message.
#include "inference/gguf/gguf_file.h"
#include "inference/model/model_config.h"
#include "tests/support/models.h"
#include "tests/support/temporary_file.h"
#include "tests/support/tiny_model.h"

#include <QTest>

#include <cmath>
#include <limits>

using namespace inference;
using test::TinyModel;
using test::TinyModelOptions;
using Value = TinyModel::Value;

Q_DECLARE_METATYPE(Value)

class TestModelConfig : public QObject
{
    Q_OBJECT

    test::TemporaryFolder m_folder;
    int m_files = 0;

    Result<ModelConfig> configOf(const TinyModel &model)
    {
        const QString path = m_folder.write(QStringLiteral("%1.gguf").arg(++m_files),
                                            QByteArray::fromStdString(model.toGguf()));
        const auto file = GgufFile::open(path.toStdString());
        if (!file)
            return file.error();
        return ModelConfig::fromGguf(**file);
    }

private Q_SLOTS:
    void readsEveryNumber()
    {
        TinyModelOptions options;
        options.architecture = "qwen2";
        options.layers = 3;
        options.heads = 6;
        options.keyValueHeads = 2;
        options.headDim = 10;
        options.hiddenSize = 44;
        options.intermediateSize = 77;
        options.contextLength = 1234;
        options.vocabularySize = 500;
        options.rmsNormEpsilon = 3e-6f;
        options.name = "Some Model";
        const auto config = configOf(TinyModel(options));
        QVERIFY2(config, config ? "" : config.error().message.c_str());
        QCOMPARE(config->architecture, std::string("qwen2"));
        QCOMPARE(config->name, std::string("Some Model"));
        QCOMPARE(config->contextLength, 1234u);
        const kernels::ModelShape &s = config->shape;
        QCOMPARE(s.layers, 3u);
        QCOMPARE(s.attentionHeads, 6u);
        QCOMPARE(s.keyValueHeads, 2u);
        QCOMPARE(s.headDim, 10u);
        QCOMPARE(s.hiddenSize, 44u);
        QCOMPARE(s.intermediateSize, 77u);
        QCOMPARE(s.vocabularySize, 500u);
        QCOMPARE(s.rmsNormEpsilon, 3e-6f);
        QCOMPARE(s.ropePairs, kernels::RopePairs::Half);
        QCOMPARE(s.ropeInverseFrequencies.size(), std::size_t(5));
    }
    void readsRealModels()
    {
        const auto small = GgufFile::open(test::smallModel().toStdString());
        QVERIFY(small);
        const auto smolLm = ModelConfig::fromGguf(**small);
        QVERIFY(smolLm);
        QCOMPARE(smolLm->shape.hiddenSize, 576u);
        QCOMPARE(smolLm->shape.layers, 30u);
        QCOMPARE(smolLm->shape.attentionHeads, 9u);
        QCOMPARE(smolLm->shape.keyValueHeads, 3u);
        QCOMPARE(smolLm->shape.headDim, 64u);
        QCOMPARE(smolLm->shape.vocabularySize, 49152u);
        QCOMPARE(smolLm->shape.ropePairs, kernels::RopePairs::Adjacent);
        QCOMPARE(smolLm->contextLength, 8192u);
        const auto starter = GgufFile::open(test::starterModel().toStdString());
        QVERIFY(starter);
        const auto qwen = ModelConfig::fromGguf(**starter);
        QVERIFY(qwen);
        QCOMPARE(qwen->shape.headDim, 128u);
        QCOMPARE(qwen->shape.keyValueHeads, 2u);
        QCOMPARE(qwen->shape.vocabularySize, 151936u);
        QVERIFY(std::fabs(qwen->shape.ropeInverseFrequencies[63] / std::pow(1e6, -126.0 / 128) - 1) < 1e-6);
    }

    void defaultsOfMissingKeys()
    {
        TinyModelOptions options;
        options.keyValueHeads = 4;
        TinyModel model(options);
        model.remove("llama.attention.head_count_kv");
        model.remove("llama.rope.dimension_count");
        model.remove("llama.rope.freq_base");
        model.remove("general.name");
        const auto config = configOf(model);
        QVERIFY2(config, config ? "" : config.error().message.c_str());
        QCOMPARE(config->shape.keyValueHeads, 4u);
        QCOMPARE(config->shape.headDim, 16u);
        QCOMPARE(config->shape.ropeInverseFrequencies[1], float(std::pow(10000.0, -2.0 / 16)));
        QCOMPARE(config->name, std::string());
    }
    void scalesRope()
    {
        TinyModelOptions options;
        options.ropeBase = 5000;
        options.ropeLinearFactor = 4;
        options.ropeDivisors = {1, 1, 1, 2, 2, 2, 8, 8};
        const auto config = configOf(TinyModel(options));
        QVERIFY(config);
        for (std::size_t i = 0; i < 8; ++i)
            QCOMPARE(config->shape.ropeInverseFrequencies[i],
                     float(std::pow(5000.0, -double(i) / 8) / (4 * double(options.ropeDivisors[i]))));

        TinyModel old{TinyModelOptions()}; // before rope.scaling.type there was one key
        old.set("llama.rope.scale_linear", 2.0f);
        const auto oldConfig = configOf(old);
        QVERIFY(oldConfig);
        QCOMPARE(oldConfig->shape.ropeInverseFrequencies[0], 0.5f);
        TinyModel none{TinyModelOptions()};
        none.set("llama.rope.scaling.type", std::string("none"));
        none.set("llama.rope.scaling.factor", 2.0f);
        QCOMPARE(configOf(none)->shape.ropeInverseFrequencies[0], 1.0f);
    }
    void layersThatAgreeMayEachHaveANumber()
    {
        TinyModel model{TinyModelOptions()};
        model.set("llama.feed_forward_length", std::vector<std::uint32_t>{96, 96});
        model.set("llama.attention.head_count_kv", std::vector<std::int32_t>{2, 2});
        const auto config = configOf(model);
        QVERIFY2(config, config ? "" : config.error().message.c_str());
        QCOMPARE(config->shape.intermediateSize, 96u);
        QCOMPARE(config->shape.keyValueHeads, 2u);
    }

    void refusesByName_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<Value>("value");
        QTest::addColumn<bool>("unsupported");
        QTest::addColumn<QString>("says");
        const auto damaged = [](const char *name, const char *key, Value value, const char *says) {
            QTest::addRow("%s", name)
                << QString::fromLatin1(key) << value << false << QString::fromLatin1(says);
        };
        const auto unsupported = [](const char *name, const char *key, Value value, const char *says) {
            QTest::addRow("%s", name)
                << QString::fromLatin1(key) << value << true << QString::fromLatin1(says);
        };
        damaged("no layers", "llama.block_count", 0u, "llama.block_count must be 1 to 1,024, found 0");
        damaged("too many layers", "llama.block_count", 1025u, "must be 1 to 1,024, found 1,025");
        damaged("huge hidden size", "llama.embedding_length", 4294967295u, "found 4,294,967,295");
        damaged("no context", "llama.context_length", 0u, "llama.context_length must be");
        damaged("text for a number", "llama.block_count", std::string("two"),
                "llama.block_count must be an integer, found a string");
        damaged("float for a number", "llama.attention.head_count", 4.0f,
                "llama.attention.head_count must be an integer, found a float");
        damaged("negative number", "llama.feed_forward_length", std::vector<std::int32_t>{-1, -1},
                "llama.feed_forward_length must be 1 to");
        damaged("array of text", "llama.feed_forward_length", std::vector<std::string>{"a"},
                "llama.feed_forward_length must be an integer, found an array without integers");
        damaged("heads do not divide the hidden size", "llama.attention.head_count", 6u,
                "llama.embedding_length must be a multiple of llama.attention.head_count, found 64 and 6");
        damaged("KV heads do not divide the heads", "llama.attention.head_count_kv", 3u,
                "llama.attention.head_count_kv must divide llama.attention.head_count, found 3 and 4");
        damaged("more KV heads than heads", "llama.attention.head_count_kv", 8u, "must divide");
        damaged("odd head", "llama.attention.key_length", 15u, "must be even, found 15");
        damaged("epsilon 0", "llama.attention.layer_norm_rms_epsilon", 0.0f,
                "llama.attention.layer_norm_rms_epsilon must be a finite number above 0");
        damaged("epsilon infinite", "llama.attention.layer_norm_rms_epsilon",
                std::numeric_limits<float>::infinity(), "found inf");
        damaged("epsilon NaN", "llama.attention.layer_norm_rms_epsilon",
                std::numeric_limits<float>::quiet_NaN(), "must be a finite number");
        damaged("epsilon as text", "llama.attention.layer_norm_rms_epsilon", std::string("1e-5"),
                "must be a float, found a string");
        damaged("negative rope base", "llama.rope.freq_base", -10000.0f, "llama.rope.freq_base must be");
        damaged("vocabulary size differs", "llama.vocab_size", 7u,
                "llama.vocab_size and the length of tokenizer.ggml.tokens must agree, found 7 and 410");
        damaged("tokens are numbers", "tokenizer.ggml.tokens", std::vector<std::int32_t>{1, 2},
                "tokenizer.ggml.tokens must be an array of strings");
        damaged("tokens are text", "tokenizer.ggml.tokens", std::string("a b"),
                "must be an array of strings");
        damaged("no tokens", "tokenizer.ggml.tokens", std::vector<std::string>{},
                "the length of tokenizer.ggml.tokens must be 1 to");
        damaged("scaling type is a number", "llama.rope.scaling.type", 1u,
                "must be a string, found an integer");
        damaged("old linear factor 0", "llama.rope.scale_linear", 0.0f, "llama.rope.scale_linear must be");
        damaged("linear without a factor", "llama.rope.scaling.type", std::string("linear"),
                "llama.rope.scaling.factor is missing");
        damaged("yarn without a factor", "llama.rope.scaling.type", std::string("yarn"),
                "llama.rope.scaling.factor is missing");
        unsupported("longrope", "llama.rope.scaling.type", std::string("longrope"),
                    "RoPE scaling \"longrope\" is not supported, expected none, linear or yarn");
        unsupported("attention factor", "llama.rope.scaling.attn_factor", 1.2f,
                    "llama.rope.scaling.attn_factor");
        unsupported("partial rotation", "llama.rope.dimension_count", 8u,
                    "llama.rope.dimension_count: a part of a head cannot be rotated, expected 16, found 8");
        unsupported("values of another length", "llama.attention.value_length", 8u,
                    "llama.attention.value_length");
        unsupported("layers differ", "llama.feed_forward_length", std::vector<std::uint32_t>{96, 128},
                    "llama.feed_forward_length differs between layers");
        unsupported("experts", "llama.expert_count", 8u,
                    "llama.expert_count: routed experts are not supported");
        unsupported("sliding window", "llama.attention.sliding_window", 128u,
                    "llama.attention.sliding_window of 128 tokens is not supported");
    }
    void refusesByName()
    {
        QFETCH(QString, key);
        QFETCH(Value, value);
        QFETCH(bool, unsupported);
        QFETCH(QString, says);
        TinyModel model{TinyModelOptions()};
        model.set(key.toStdString(), value);
        const auto config = configOf(model);
        QVERIFY(!config);
        const QString message = QString::fromStdString(config.error().message);
        QVERIFY2(message.contains(says), qPrintable(message));
        QVERIFY2(message.contains(m_folder.path(QStringLiteral("%1.gguf").arg(m_files))),
                 qPrintable(message));
        QVERIFY(!message.contains(QLatin1Char('\n')));
        QCOMPARE(config.error().code, unsupported ? ErrorCode::Unsupported : ErrorCode::Damaged);
    }

    void everyRequiredKeyIsRequired_data()
    {
        QTest::addColumn<QString>("key");
        for (const char *key : {"llama.block_count", "llama.context_length", "llama.embedding_length",
                                "llama.feed_forward_length", "llama.attention.head_count",
                                "llama.attention.layer_norm_rms_epsilon", "tokenizer.ggml.tokens"})
            QTest::addRow("%s", key) << QString::fromLatin1(key);
    }
    void everyRequiredKeyIsRequired()
    {
        QFETCH(QString, key);
        TinyModel model{TinyModelOptions()};
        model.remove(key.toStdString());
        const auto config = configOf(model);
        QVERIFY(!config);
        QCOMPARE(config.error().code, ErrorCode::Damaged);
        QVERIFY2(config.error().message.find("cannot be loaded: " + key.toStdString() + " is missing") !=
                     std::string::npos,
                 config.error().message.c_str());
    }

    void unknownArchitecture_data()
    {
        QTest::addColumn<QString>("architecture");
        QTest::addColumn<QString>("shown");
        QTest::addRow("another one") << "gemma3"
                                     << "\"gemma3\"";
        QTest::addRow("empty") << ""
                               << "\"\"";
        QTest::addRow("other case") << "Llama"
                                    << "\"Llama\"";
        QTest::addRow("line break") << "a\nb"
                                    << "\"a\\x0Ab\"";
    }
    void unknownArchitecture()
    {
        QFETCH(QString, architecture);
        QFETCH(QString, shown);
        TinyModel model{TinyModelOptions()};
        model.set("general.architecture", architecture.toStdString());
        const auto config = configOf(model);
        QVERIFY(!config);
        QCOMPARE(config.error().code, ErrorCode::Unsupported);
        const QString message = QString::fromStdString(config.error().message);
        QVERIFY2(message.contains(shown, Qt::CaseInsensitive), qPrintable(message));
        const std::string supported = "llama, qwen2, qwen3, deepseek and deepseek2";
        QVERIFY2(message.contains(QString::fromStdString(supported)), qPrintable(message));
        QCOMPARE(supportedArchitectures(), supported);
    }
    void noArchitecture()
    {
        TinyModel missing{TinyModelOptions()};
        missing.remove("general.architecture");
        QCOMPARE(configOf(missing).error().code, ErrorCode::Damaged);
        TinyModel number{TinyModelOptions()};
        number.set("general.architecture", 7u);
        QCOMPARE(configOf(number).error().code, ErrorCode::Damaged);
    }

    void listsAllProblemsAtOnce()
    {
        TinyModel model{TinyModelOptions()};
        model.set("llama.block_count", 0u);
        model.set("llama.rope.scaling.type", std::string("longrope"));
        model.remove("llama.context_length");
        const auto three = configOf(model);
        QVERIFY(!three);
        const QString message = QString::fromStdString(three.error().message);
        QVERIFY2(message.startsWith(QLatin1String("The model cannot be loaded for 3 reasons: ")),
                 qPrintable(message));
        for (const char *part : {"llama.block_count", "longrope", "llama.context_length is missing"})
            QVERIFY2(message.contains(QLatin1String(part)), qPrintable(message));
        QCOMPARE(three.error().code, ErrorCode::Damaged); // fetch the file again first

        for (const char *key : {"llama.embedding_length", "llama.feed_forward_length",
                                "llama.attention.head_count", "llama.attention.layer_norm_rms_epsilon"})
            model.remove(key);
        const QString seven = QString::fromStdString(configOf(model).error().message);
        QVERIFY2(seven.contains(QLatin1String("for 7 reasons")), qPrintable(seven));
        QVERIFY2(seven.contains(QLatin1String("; and 2 more, ")), qPrintable(seven));
    }

    void ropeDivisorsAreChecked()
    {
        TinyModelOptions options;
        options.ropeDivisors = {1, 1, 1};
        const auto tooFew = configOf(TinyModel(options));
        QVERIFY(!tooFew);
        QVERIFY2(tooFew.error().message.find("tensor rope_freqs.weight must be F32 [8], found F32 [3]") !=
                     std::string::npos,
                 tooFew.error().message.c_str());
        options.ropeDivisors = {1, 1, 1, 0, 1, 1, 1, 1};
        const auto zero = configOf(TinyModel(options));
        QVERIFY(!zero);
        QVERIFY2(zero.error().message.find("at 3") != std::string::npos, zero.error().message.c_str());
        options.ropeDivisors.assign(8, 1);
        TinyModel half(options);
        half.tensor("rope_freqs.weight").type = kernels::ElementType::F16;
        half.tensor("rope_freqs.weight").bytes.resize(16);
        QVERIFY(!configOf(half));
    }
};

QTEST_GUILESS_MAIN(TestModelConfig)
#include "tst_model_config.moc"
