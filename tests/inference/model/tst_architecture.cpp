// inference/model/architecture.h: tensors are bound by name, type and shape, and the steps come in the right
// order.
#include "inference/gguf/gguf_file.h"
#include "inference/model/architecture.h"
#include "tests/support/block_quantiser.h"
#include "tests/support/models.h"
#include "tests/support/temporary_file.h"
#include "tests/support/tiny_model.h"

#include <QTest>

using namespace inference;
using kernels::ElementType;
using kernels::kNoWeight;
using test::TinyModel;
using test::TinyModelOptions;

namespace {

TinyModelOptions optionsOf(const char *architecture, bool tied)
{
    TinyModelOptions options;
    options.architecture = architecture;
    options.tied = tied;
    return options;
}

} // namespace

class TestArchitecture : public QObject
{
    Q_OBJECT

    test::TemporaryFolder m_folder;
    int m_files = 0;
    std::unique_ptr<GgufFile> m_file;

    Result<kernels::Plan> planOf(const QString &path)
    {
        auto file = GgufFile::open(path.toStdString());
        if (!file)
            return file.error();
        m_file = std::move(file).value();
        const auto config = ModelConfig::fromGguf(*m_file);
        if (!config)
            return config.error();
        return buildPlan(*m_file, *config);
    }
    Result<kernels::Plan> planOf(const TinyModel &model)
    {
        return planOf(m_folder.write(QStringLiteral("%1.gguf").arg(++m_files),
                                     QByteArray::fromStdString(model.toGguf())));
    }

private Q_SLOTS:
    void stepsOfARecipe_data()
    {
        QTest::addColumn<QString>("architecture");
        QTest::addColumn<bool>("tied");
        for (const char *architecture : {"llama", "qwen2"})
            for (const bool tied : {false, true})
                QTest::addRow("%s %s", architecture, tied ? "tied" : "untied") << architecture << tied;
    }
    void stepsOfARecipe()
    {
        QFETCH(QString, architecture);
        QFETCH(bool, tied);
        const auto plan = planOf(TinyModel(optionsOf(qPrintable(architecture), tied)));
        QVERIFY2(plan, plan ? "" : plan.error().message.c_str());

        std::string order;
        for (const kernels::Step &step : plan->steps)
            order.append(kernels::stepName(step)).append(" ");
        const std::string layer =
            "NormQuant QkvRopeKv Attention OutResidual NormQuant GateUpAct DownResidual ";
        QCOMPARE(order, "Embed " + layer + layer + "Head ");

        const auto nameOf = [&](kernels::WeightId id) { return plan->weights.at(id).name; };
        const auto qkv = std::get<kernels::QkvRopeKvStep>(plan->steps[9]);
        QCOMPARE(qkv.layer, 1u);
        QCOMPARE(nameOf(qkv.q), std::string("blk.1.attn_q.weight"));
        QCOMPARE(nameOf(qkv.k), std::string("blk.1.attn_k.weight"));
        QCOMPARE(nameOf(qkv.v), std::string("blk.1.attn_v.weight"));
        QCOMPARE(plan->weights[qkv.k].columns, 64u);
        QCOMPARE(plan->weights[qkv.k].rows, 32u);
        const bool biases = architecture == QLatin1String("qwen2");
        QCOMPARE(qkv.qBias == kNoWeight, !biases);
        if (biases) {
            QCOMPARE(nameOf(qkv.vBias), std::string("blk.1.attn_v.bias"));
            QCOMPARE(plan->weights[qkv.qBias].rows, 1u);
            QCOMPARE(plan->weights[qkv.qBias].columns, 64u);
        }
        const auto head = std::get<kernels::HeadStep>(plan->steps.back());
        QCOMPARE(nameOf(head.head), std::string(tied ? "token_embd.weight" : "output.weight"));
        QCOMPARE(nameOf(head.norm), std::string("output_norm.weight"));
        for (const kernels::WeightView &weight : plan->weights) {
            const GgufTensor *tensor = m_file->findTensor(weight.name);
            QCOMPARE(m_file->bytes(*tensor).data(), weight.bytes);
            QCOMPARE(m_file->bytes(*tensor).size(), weight.byteSize());
        }
    }
    void llamaMayHaveBiases()
    {
        TinyModelOptions options;
        options.attentionBiases = true;
        TinyModel model(options);
        const std::vector<float> bias(64, 0.5f);
        model.tensors.push_back({"blk.0.attn_output.bias",
                                 ElementType::F32,
                                 {64},
                                 test::quantiseRows(ElementType::F32, 64, bias)});
        const auto plan = planOf(model);
        QVERIFY2(plan, plan ? "" : plan.error().message.c_str());
        QVERIFY(std::get<kernels::QkvRopeKvStep>(plan->steps[2]).kBias != kNoWeight);
        QVERIFY(std::get<kernels::OutResidualStep>(plan->steps[4]).bias != kNoWeight);
        QVERIFY(std::get<kernels::OutResidualStep>(plan->steps[11]).bias == kNoWeight);
    }
    void realModels()
    {
        const auto small = planOf(test::smallModel());
        QVERIFY2(small, small ? "" : small.error().message.c_str());
        QCOMPARE(small->steps.size(), std::size_t(2 + 30 * 7));
        const auto starter = planOf(test::starterModel());
        QVERIFY2(starter, starter ? "" : starter.error().message.c_str());
        QCOMPARE(starter->steps.size(), std::size_t(2 + 28 * 7));
        QCOMPARE(starter->weights.size(), std::size_t(339));
    }
    void everyElementTypeIsBound_data()
    {
        QTest::addColumn<int>("type");
        for (const kernels::ElementTypeTraits &traits : kernels::elementTypes())
            QTest::addRow("%s", traits.name.data()) << int(traits.type);
    }
    void everyElementTypeIsBound()
    {
        QFETCH(int, type);
        TinyModelOptions options = test::wideTinyModel();
        options.weights = ElementType(type);
        const auto plan = planOf(TinyModel(options));
        QVERIFY2(plan, plan ? "" : plan.error().message.c_str());
        QCOMPARE(int(plan->weights[0].type), type);
    }

    // Every required tensor: taken away, transposed, of a type that is not supported.
    void everyTensorIsRequired()
    {
        for (const char *architecture : {"llama", "qwen2"}) {
            const TinyModel whole(optionsOf(architecture, false));
            for (const TinyModel::Tensor &tensor : whole.tensors) {
                if (tensor.name == "output.weight") // absent means tied
                    continue;
                TinyModel model = whole;
                model.remove(tensor.name);
                const auto plan = planOf(model);
                QVERIFY2(!plan, tensor.name.c_str());
                QCOMPARE(plan.error().code, ErrorCode::Damaged);
                QVERIFY2(plan.error().message.find("cannot be loaded: tensor " + tensor.name +
                                                   " is missing") != std::string::npos,
                         plan.error().message.c_str());
            }
        }
    }
    void everyShapeIsChecked()
    {
        for (const char *architecture : {"llama", "qwen2"}) {
            const TinyModel whole(optionsOf(architecture, false));
            for (std::size_t i = 0; i < whole.tensors.size(); ++i) {
                TinyModel model = whole;
                std::vector<std::uint64_t> &dimensions = model.tensors[i].dimensions;
                if (dimensions.size() == 2 && dimensions[0] != dimensions[1])
                    std::swap(dimensions[0], dimensions[1]);
                else if (dimensions[0] % 2 == 0) // same bytes, one more dimension
                    dimensions = {dimensions[0] / 2, dimensions.size() == 2 ? dimensions[1] * 2 : 2};
                const auto plan = planOf(model);
                QVERIFY2(!plan, model.tensors[i].name.c_str());
                QCOMPARE(plan.error().code, ErrorCode::Damaged);
                QVERIFY2(plan.error().message.find("tensor " + model.tensors[i].name +
                                                   " has another shape") != std::string::npos,
                         plan.error().message.c_str());
            }
        }
    }
    void namesExpectedAndFoundShape()
    {
        TinyModel model(optionsOf("llama", false));
        model.tensor("output.weight").dimensions = {410, 64};
        const auto plan = planOf(model);
        QVERIFY(!plan);
        QVERIFY2(
            plan.error().message.find("tensor output.weight has another shape, expected [64, 410], found "
                                      "[410, 64]") != std::string::npos,
            plan.error().message.c_str());
    }
    void vocabularyAndEmbeddingMustAgree()
    {
        TinyModel model(optionsOf("llama", true));
        auto vocabulary = test::tinyVocabulary();
        vocabulary.tokens.push_back("one more");
        model.set("tokenizer.ggml.tokens", vocabulary.tokens);
        const auto plan = planOf(model);
        QVERIFY(!plan);
        QVERIFY2(plan.error().message.find(
                     "token_embd.weight has another shape, expected [64, 411], found [64, 410]") !=
                     std::string::npos,
                 plan.error().message.c_str());
    }
    void namesUnsupportedTypes()
    {
        TinyModel model(test::wideTinyModel());
        TinyModel::Tensor &up = model.tensor("blk.1.ffn_up.weight");
        up.type = ElementType(16); // IQ2_XXS: published, not supported
        up.bytes.assign(256 * 512 / 256 * 66, 'x');
        TinyModel::Tensor &norm = model.tensor("blk.0.ffn_norm.weight");
        norm.type = ElementType::Q8_0;
        norm.bytes.resize(256 / 32 * 34);
        const auto plan = planOf(model);
        QVERIFY(!plan);
        QCOMPARE(plan.error().code, ErrorCode::Unsupported);
        const std::string &message = plan.error().message;
        QVERIFY2(
            message.find("tensor blk.1.ffn_up.weight has an unsupported type, expected one of F32 F16 ") !=
                std::string::npos,
            message.c_str());
        QVERIFY2(message.find("found IQ2_XXS") != std::string::npos, message.c_str());
        QVERIFY2(
            message.find("tensor blk.0.ffn_norm.weight has an unsupported type, expected F32, F16 or BF16, found Q8_0") !=
                std::string::npos,
            message.c_str());
    }
    // qwen3's q_norm in a file that says llama: computed without it the answers would be wrong.
    void tensorsOfAnUnknownVariantAreRefused()
    {
        TinyModel model(optionsOf("llama", false));
        model.tensors.push_back({"blk.0.attn_q_norm.weight", ElementType::F32, {16}, std::string(64, '\0')});
        const auto plan = planOf(model);
        QVERIFY(!plan);
        QCOMPARE(plan.error().code, ErrorCode::Unsupported);
        QVERIFY2(plan.error().message.find(
                     "tensor blk.0.attn_q_norm.weight is not part of the architecture llama") !=
                     std::string::npos,
                 plan.error().message.c_str());
        TinyModel divisors(optionsOf("qwen2", false)); // llama's divisors in a model that does not use them
        divisors.tensors.push_back({"rope_freqs.weight", ElementType::F32, {8}, std::string(32, '\x3f')});
        QVERIFY(!planOf(divisors));
    }
    void manyProblemsAreNamedAndCounted()
    {
        TinyModelOptions options = optionsOf("llama", false);
        options.layers = 3;
        TinyModel model(options);
        for (int layer = 0; layer < 3; ++layer)
            for (const char *name : {"ffn_up", "ffn_down", "ffn_gate"})
                model.remove("blk." + std::to_string(layer) + "." + name + ".weight");
        const auto plan = planOf(model);
        QVERIFY(!plan);
        const QString message = QString::fromStdString(plan.error().message);
        QVERIFY2(message.startsWith(QLatin1String("The model cannot be loaded for 9 reasons: tensor ")),
                 qPrintable(message));
        QCOMPARE(message.count(QLatin1String(" is missing")), 5);
        QVERIFY2(message.contains(QLatin1String("; and 4 more, ")), qPrintable(message));
        QVERIFY2(message.endsWith(QLatin1String("Download the file again, or choose another one.")),
                 qPrintable(message));
    }
};

QTEST_GUILESS_MAIN(TestArchitecture)
#include "tst_architecture.moc"
