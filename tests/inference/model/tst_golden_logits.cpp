// The reference path against golden logits of a float64 forward (tests/golden/reference_forward.py): from a
// GGUF file through ModelConfig and buildPlan to logits. Cutting the prompt into chunks changes no bit. The fast path
// of the CPU against the reference path on the same text.
//
// With BALEEN_WRITE_MODELS=FOLDER the test writes its tiny models there and ends: input for the script.
#include "kernels/cpu/cpu_backend.h"
#include "kernels/reference/reference_backend.h"
#include "tests/support/divergence.h"
#include "tests/support/golden_logits.h"
#include "tests/support/models.h"
#include "tests/support/sanitized.h"
#include "tests/support/temporary_file.h"
#include "tests/support/tiny_model.h"

#include <QCryptographicHash>
#include <QTest>

#include <nlohmann/json.hpp>

#include <fstream>

using kernels::TokenId;

namespace {

struct TinyCase
{
    const char *name;
    test::TinyModelOptions options;
};

// llama and qwen2, tied and untied, grouped and single KV heads, biases, both kinds of RoPE scaling.
std::vector<TinyCase> tinyCases()
{
    test::TinyModelOptions llama;
    test::TinyModelOptions scaled;
    scaled.tied = false;
    scaled.ropeLinearFactor = 4;
    scaled.ropeDivisors = {1, 1, 1.5f, 2, 4, 8};
    scaled.attentionBiases = true;
    scaled.headDim = 12;
    test::TinyModelOptions qwen2;
    qwen2.architecture = "qwen2";
    qwen2.tied = false;
    qwen2.rmsNormEpsilon = 1e-6f;
    qwen2.ropeBase = 1e6f;
    test::TinyModelOptions tied = qwen2;
    tied.tied = true;
    tied.keyValueHeads = 1;
    return {{"llama", llama}, {"llama_scaled", scaled}, {"qwen2", qwen2}, {"qwen2_tied", tied}};
}

nlohmann::json readGolden(const QString &name)
{
    return test::readGolden(QStringLiteral(BALEEN_GOLDEN_DIR "/%1_logits.json").arg(name));
}

struct Loaded : test::RunnableModel
{
    Loaded(const QString &path, std::uint32_t maxTokens,
           std::unique_ptr<kernels::Backend> runsOn = kernels::createReferenceBackend(0))
        : RunnableModel(path, maxTokens, std::move(runsOn))
    {}
};

} // namespace

class TestGoldenLogits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        const QString folder = qEnvironmentVariable("BALEEN_WRITE_MODELS");
        if (folder.isEmpty())
            return;
        for (const TinyCase &tiny : tinyCases()) {
            const QString path = folder + QStringLiteral("/tiny_") + tiny.name + QStringLiteral(".gguf");
            std::ofstream(path.toStdString(), std::ios::binary) << test::tinyModel(tiny.options);
        }
        qFatal("Wrote the tiny models to %s; no test was run.", qPrintable(folder));
    }

    void tinyModels_data()
    {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < tinyCases().size(); ++i)
            QTest::addRow("%s", tinyCases()[i].name) << int(i);
    }
    void tinyModels()
    {
        QFETCH(int, index);
        const TinyCase tiny = tinyCases()[std::size_t(index)];
        const nlohmann::json golden = readGolden(QStringLiteral("tiny_") + tiny.name);
        const QByteArray bytes = QByteArray::fromStdString(test::tinyModel(tiny.options));
        QCOMPARE(QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex(),
                 QByteArray::fromStdString(golden["modelSha256"].get<std::string>()));

        const test::TemporaryFolder folder;
        Loaded model(folder.write(QStringLiteral("tiny.gguf"), bytes), 256);
        const auto tokens = golden["tokens"].get<std::vector<TokenId>>();
        QCOMPARE(tokens.size(), std::size_t(256));
        const std::vector<float> logits = model.logits(tokens, 256);
        const test::Agreement agreement = test::compareWithGolden(golden, logits);
        QCOMPARE(agreement.positions, 256);
        QCOMPARE(agreement.argmaxDifferences, 0);
        qInfo("largest relative difference %.2g", agreement.largest);
        QVERIFY(agreement.largest < 1e-4);

        for (const std::size_t chunk : {1, 7, 64})
            QVERIFY2(model.logits(tokens, chunk) == logits, qPrintable(QString::number(chunk)));
    }

    // A golden test that passes whatever the model computes would be worthless: one changed number must show.
    void aWrongModelFails_data()
    {
        QTest::addColumn<QString>("change");
        for (const char *change : {"rope base", "linear factor", "epsilon", "rope divisors", "bias"})
            QTest::addRow("%s", change) << QString::fromLatin1(change);
    }
    void aWrongModelFails()
    {
        QFETCH(QString, change);
        TinyCase tiny = tinyCases()[1];
        const nlohmann::json golden = readGolden(QStringLiteral("tiny_") + tiny.name);
        test::TinyModel model(tiny.options);
        if (change == QLatin1String("rope base"))
            model.set("llama.rope.freq_base", 10100.0f);
        else if (change == QLatin1String("linear factor"))
            model.set("llama.rope.scaling.type", std::string("none"));
        else if (change == QLatin1String("epsilon"))
            model.set("llama.attention.layer_norm_rms_epsilon", 1e-3f);
        else if (change == QLatin1String("rope divisors"))
            model.remove("rope_freqs.weight");
        else
            model.remove("blk.1.attn_k.bias");
        const test::TemporaryFolder folder;
        Loaded loaded(folder.write(QStringLiteral("tiny.gguf"), QByteArray::fromStdString(model.toGguf())),
                      256);
        const auto tokens = golden["tokens"].get<std::vector<TokenId>>();
        QVERIFY(test::compareWithGolden(golden, loaded.logits(tokens, 256)).largest > 1e-4);
    }

    void realModels_data()
    {
        QTest::addColumn<QString>("golden");
        QTest::addColumn<QString>("path");
        QTest::addRow("SmolLM2 135M, Q4_1 and Q8_0") << QStringLiteral("smollm2") << test::smallModel();
        QTest::addRow("Qwen2.5-Coder 1.5B, Q4_K and Q6_K")
            << QStringLiteral("qwen25_coder") << test::starterModel();
    }
    void realModels()
    {
        QFETCH(QString, golden);
        QFETCH(QString, path);
        const nlohmann::json expected = readGolden(golden);
        auto tokens = expected["tokens"].get<std::vector<TokenId>>();
        if (test::kSanitized) // the arithmetic is the same, many times slower
            tokens.resize(tokens.size() / 4);
        Loaded model(path, std::uint32_t(tokens.size()));
        const std::vector<float> reference = model.logits(tokens, tokens.size());
        const test::Agreement agreement = test::compareWithGolden(expected, reference);
        QCOMPARE(agreement.positions, int(expected["positions"].size()) / (test::kSanitized ? 4 : 1));
        QCOMPARE(agreement.argmaxDifferences, 0);
        qInfo("largest relative difference %.2g", agreement.largest);
        QVERIFY(agreement.largest < 1e-3);

        const auto vocabulary = expected["vocabularySize"].get<std::size_t>();
        const auto fastLogits = [&](kernels::KvCacheType cache) {
            Loaded fast(path, std::uint32_t(tokens.size()),
                        std::move(kernels::createCpuBackend({.kvCacheType = cache})).value());
            return fast.logits(tokens, tokens.size());
        };
        const std::vector<float> fast = fastLogits(kernels::KvCacheType::F16);
        const double divergence = test::meanDivergence(reference, fast, vocabulary);
        qInfo("fast path: mean KL divergence %.2g", divergence);
        // 1e-3 is what users are promised; attention in 16 bits and feed-forward in 8 with outliers (QuantForm) reach 2.9e-4.
        QVERIFY(divergence < 5e-4);

        const double ofCache =
            test::meanDivergence(fast, fastLogits(kernels::KvCacheType::Q8), vocabulary);
        qInfo("KV cache in 8 bits against 16: mean KL divergence %.2g", ofCache);
        QVERIFY(ofCache < 1e-3);
    }
};

QTEST_GUILESS_MAIN(TestGoldenLogits)
#include "tst_golden_logits.moc"
