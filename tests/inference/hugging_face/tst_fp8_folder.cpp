// Folders with weights in FP8 e4m3 and a scale for each block: a tiny model with ragged edges everywhere, its
// experts one tensor each. Its agreement with the oracle is a row of tst_folder.cpp.
#include "inference/model/architecture.h"
#include "inference/model_file.h"
#include "kernels/cpu/cpu_backend.h"
#include "kernels/cpu/isa.h"
#include "kernels/reference/reference_backend.h"
#include "tests/support/divergence.h"
#include "tests/support/golden_logits.h"
#include "tests/support/hugging_face_folder.h"
#include "tests/support/temporary_file.h"
#include "tests/support/tiny_deepseek.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

using namespace inference;
using nlohmann::json;
using test::StoredTensors;

namespace {

constexpr std::uint32_t kTokens = 256;
const char *const kName = "deepseek2_fp8";

json tinyConfig()
{
    return test::readGolden(QString(BALEEN_GOLDEN_DIR "/deepseek/config/%1.json").arg(kName));
}

class Fp8Folder
{
public:
    explicit Fp8Folder(std::function<void(StoredTensors &)> change = {}, const json &config = tinyConfig())
    {
        const std::string bytes = m_model.toGguf();
        m_folder.write("tiny.gguf", QByteArray::fromStdString(bytes));
        const auto file = GgufFile::openMemory(std::as_bytes(std::span(bytes)), kName);
        test::writeHuggingFaceFolder(**file, config,
                                     {.type = kernels::ElementType::BF16,
                                      .files = 2,
                                      .fp8 = m_model.fp8Matrices(),
                                      .change = std::move(change)},
                                     path());
    }
    QString path() const { return m_folder.path("Tiny-Whale"); }
    QString multipliedOut() const { return m_folder.path("tiny.gguf"); }
    std::vector<kernels::TokenId> tokens() const
    {
        return test::readGolden(QString::fromStdString(m_model.goldenPath()))["tokens"];
    }
    std::vector<float> reference(const QString &model) const
    {
        return test::RunnableModel(model, kTokens, kernels::createReferenceBackend(0))
            .logits(tokens(), kTokens);
    }
    std::vector<float> fast(const std::string &isa, unsigned threads, std::size_t chunk) const
    {
        return test::RunnableModel(path(), kTokens,
                                   std::move(kernels::createCpuBackend({threads, isa})).value())
            .logits(tokens(), chunk);
    }
    // What is wrong with it, whenever that is found.
    QString refusal() const
    {
        const auto model = ModelFile::open(path().toStdString());
        if (!model)
            return QString::fromStdString(model.error().message);
        const auto plan = buildPlan(*(*model)->gguf, (*model)->config);
        return plan ? QString() : QString::fromStdString(plan.error().message);
    }

private:
    test::TinyDeepseek m_model{kName};
    test::TemporaryFolder m_folder;
};

void setScale(StoredTensors &tensors, const std::string &name, float value)
{
    test::StoredTensor &scales = tensors.at(name);
    std::memcpy(scales.bytes.data() + scales.bytes.size() - 4, &value, 4);
}

} // namespace

class TestFp8Folder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isTheModelThatItsWeightsMultipliedOutAre()
    {
        const Fp8Folder folder;
        const std::vector<float> logits = folder.reference(folder.path());
        QVERIFY(logits == folder.reference(folder.multipliedOut()));
        QVERIFY(std::all_of(logits.begin(), logits.end(), [](float logit) { return std::isfinite(logit); }));
        const Fp8Folder other([](StoredTensors &tensors) {
            setScale(tensors, "model.layers.1.mlp.experts.8.down_proj.weight_scale_inv", 1);
        });
        QVERIFY(logits != other.reference(other.path())); // the last block of the last expert counts
    }

    void weightsStayWhereTheyAre()
    {
        const Fp8Folder folder;
        const auto model = ModelFile::open(folder.path().toStdString());
        QVERIFY2(model.ok(), model ? "" : model.error().message.c_str());
        const auto plan = buildPlan(*(*model)->gguf, (*model)->config);
        QVERIFY2(plan.ok(), plan ? "" : plan.error().message.c_str());
        std::size_t inPlace = 0, floats = 0;
        for (const kernels::WeightView &weight : plan->weights) {
            inPlace += weight.type == kernels::ElementType::F8_E4M3;
            floats += weight.type == kernels::ElementType::BF16;
            QCOMPARE(weight.scales.size(),
                     weight.type == kernels::ElementType::F8_E4M3 ? weight.matrices() : std::size_t(0));
        }
        // 2 x (q down and up, kv down, values of kv, output), a dense part of 3, experts and shared experts
        // of 3 each.
        QCOMPARE(inPlace, std::size_t(2 * 5 + 3 + 3 + 3));
        QVERIFY(floats > 0);                            // embedding, head, router, norms
        QCOMPARE(plan->derived.size(), std::size_t(2)); // the keys of kv, transposed, and nothing else
        QCOMPARE(summarise(**model).quantisation, std::string("F8_E4M3"));
    }

    void fastPathIsClose_data()
    {
        QTest::addColumn<QString>("isa");
        for (const std::string_view isa : kernels::availableIsas())
            QTest::newRow(std::string(isa).c_str()) << QString::fromStdString(std::string(isa));
    }
    void fastPathIsClose()
    {
        QFETCH(QString, isa);
        const Fp8Folder folder;
        const std::vector<float> reference = folder.reference(folder.path());
        const std::vector<float> fast = folder.fast(isa.toStdString(), 2, kTokens);
        const std::size_t vocabulary = fast.size() / kTokens;
        const double divergence = test::meanDivergence(reference, fast, vocabulary);
        std::size_t same = 0;
        for (std::size_t row = 0; row < fast.size(); row += vocabulary) {
            const auto best = [&](const std::vector<float> &logits) {
                const auto begin = logits.begin() + std::ptrdiff_t(row);
                return std::max_element(begin, begin + std::ptrdiff_t(vocabulary)) - begin;
            };
            same += best(reference) == best(fast);
        }
        qInfo("mean KL divergence %.2g, the same best token in %zu of %u", divergence, same, kTokens);
        QVERIFY(divergence < 1e-3);
        QVERIFY(double(same) > 0.98 * kTokens);
    }

    void sameBitsHoweverCut_data() { fastPathIsClose_data(); }
    void sameBitsHoweverCut()
    {
        QFETCH(QString, isa);
        const Fp8Folder folder;
        const std::vector<float> whole = folder.fast(isa.toStdString(), 1, kTokens);
        for (const std::size_t chunk : {std::size_t(1), std::size_t(2), std::size_t(7), std::size_t(64)})
            QVERIFY2(folder.fast(isa.toStdString(), chunk == 7 ? 3 : 1, chunk) == whole,
                     qPrintable(QString::number(chunk)));
    }

    void refusesScales_data()
    {
        using Change = std::function<void(StoredTensors &)>;
        QTest::addColumn<Change>("change");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, Change change, const char *says) {
            QTest::newRow(name) << std::move(change) << QString::fromUtf8(says);
        };
        const std::string q = "model.layers.0.self_attn.q_a_proj.weight_scale_inv";
        row(
            "missing", [q](StoredTensors &t) { t.erase(q); },
            "tensor blk.0.attn_q_a.weight_scale_inv is missing");
        row(
            "missing of one expert",
            [](StoredTensors &t) { t.erase("model.layers.1.mlp.experts.7.up_proj.weight_scale_inv"); },
            "tensor blk.1.ffn_up.7.weight_scale_inv is missing");
        row(
            "for whole blocks only",
            [q](StoredTensors &t) {
                t[q].shape = {1, 1};
                t[q].bytes.resize(4);
            },
            "tensor blk.0.attn_q_a.weight_scale_inv has another shape, expected [2, 2], found [1, 1]");
        row(
            "one for all",
            [q](StoredTensors &t) {
                t[q].shape = {1};
                t[q].bytes.resize(4);
            },
            "weight_scale_inv has another shape, expected [2, 2], found [1]");
        row(
            "NaN", [q](StoredTensors &t) { setScale(t, q, std::numeric_limits<float>::quiet_NaN()); },
            "tensor blk.0.attn_q_a.weight_scale_inv holds scales that are no finite numbers");
        row(
            "infinite", [q](StoredTensors &t) { setScale(t, q, std::numeric_limits<float>::infinity()); },
            "holds scales that are no finite numbers");
        row(
            "in FP8",
            [q](StoredTensors &t) {
                t[q].type = "F8_E4M3";
                t[q].bytes.resize(4);
            },
            "tensor blk.0.attn_q_a.weight_scale_inv has an unsupported type");
        row(
            "of a float weight",
            [](StoredTensors &t) {
                t["model.layers.1.mlp.gate.weight_scale_inv"] = {"F32", {1, 2}, QByteArray(8, '\0')};
            },
            "tensor blk.1.ffn_gate_inp.weight_scale_inv has scales for a weight that is not in FP8");
        row(
            "of no weight",
            [](StoredTensors &t) {
                t["model.layers.1.mlp.other.weight_scale_inv"] = {"F32", {1, 2}, QByteArray(8, '\0')};
            },
            "tensor model.layers.1.mlp.other.weight_scale_inv is not part of the architecture deepseek2");
        row(
            "a norm in FP8",
            [](StoredTensors &t) {
                t["model.norm.weight"] = {"F8_E4M3", {200}, QByteArray(200, '\x38')};
            },
            "tensor output_norm.weight has an unsupported type, expected F32, F16 or BF16, found F8_E4M3");
        row(
            "experts as one tensor in FP8",
            [](StoredTensors &t) {
                t["blk.1.ffn_gate_exps.weight"] = {
                    "F8_E4M3", {9, 132, 200}, QByteArray(9 * 132 * 200, '\x38')};
            },
            "tensor blk.1.ffn_gate_exps.weight has an unsupported type");
        row(
            "all at once",
            [q](StoredTensors &t) {
                t.erase(q);
                setScale(t, "model.layers.1.self_attn.o_proj.weight_scale_inv", HUGE_VALF);
            },
            "for 2 reasons: tensor blk.0.attn_q_a.weight_scale_inv is missing; tensor "
            "blk.1.attn_output.weight_scale_inv "
            "holds scales");
    }
    void refusesScales()
    {
        QFETCH(std::function<void(StoredTensors &)>, change);
        QFETCH(QString, says);
        const QString message = Fp8Folder(change).refusal();
        QVERIFY2(message.contains(says), qPrintable(message));
        QVERIFY(!message.contains('\n'));
    }

    void refusesFp8ThatTheConfigurationDoesNotName()
    {
        json config = tinyConfig();
        config.erase("quantization_config");
        const QString message = Fp8Folder({}, config).refusal();
        QVERIFY2(message.contains("expected F32, F16 or BF16, found F8_E4M3"), qPrintable(message));
    }

    void scalesMayBeInBrainFloat()
    {
        const std::string q = "model.layers.0.self_attn.q_a_proj.weight_scale_inv";
        const Fp8Folder folder([q](StoredTensors &t) {
            QByteArray halves;
            for (qsizetype i = 0; i < t[q].bytes.size(); i += 4)
                halves += t[q].bytes.mid(i + 2, 2);
            t[q] = {"BF16", t[q].shape, halves};
        });
        QCOMPARE(folder.refusal(), QString());
    }
};

QTEST_GUILESS_MAIN(TestFp8Folder)
#include "tst_fp8_folder.moc"
