// The nineteen pitfalls of reference/deepseek-models.md section 6, a test each. Where a pitfall is a formula,
// the test computes the right logits and those of the fault, and shows that the golden file tells them apart:
// an engine that falls in fails.
#include "inference/hugging_face/config_json.h"
#include "inference/hugging_face/tokenizer_json.h"
#include "inference/model/architecture.h"
#include "inference/model_file.h"
#include "inference/prompt.h"
#include "kernels/cpu/cpu_backend.h"
#include "kernels/dequantize.h"
#include "kernels/reference/reference_backend.h"
#include "kernels/router.h"
#include "tests/support/divergence.h"
#include "tests/support/golden_logits.h"
#include "tests/support/hugging_face_folder.h"
#include "tests/support/temporary_file.h"
#include "tests/support/tiny_deepseek.h"
#include "tests/support/tiny_model.h"

#include <QFile>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <functional>

using namespace inference;
using kernels::ElementType;
using kernels::MlaForm;
using kernels::Plan;
using nlohmann::json;
using test::refusal;
using test::TinyModel;

namespace {

constexpr double kRight = 1e-5;   // agreement with the oracle, relative to a row's largest logit
constexpr double kVisible = 1e-3; // what a fault changes at least

using Fault = std::function<void(Plan &)>;

// A file of one of the oracle's tiny models, and what the oracle says of it.
struct Golden
{
    TinyModel model;
    json logits;
    std::vector<TokenId> tokens;

    explicit Golden(std::string_view name)
    {
        const test::TinyDeepseek description(name);
        model = TinyModel::ofFile(description.toGguf());
        logits = test::readGolden(QString::fromStdString(description.goldenPath()));
        tokens = logits["tokens"].get<std::vector<TokenId>>();
    }
    std::string key(std::string_view suffix) const
    {
        return std::get<std::string>(model.metadata.front().second) + "." + std::string(suffix);
    }
};

ModelConfig configOf(const TinyModel &model)
{
    const std::string bytes = model.toGguf();
    const auto file = GgufFile::openMemory(std::as_bytes(std::span(bytes)), "tiny.gguf");
    auto config = ModelConfig::fromGguf(**file);
    if (!config)
        qFatal("%s", config.error().message.c_str());
    return std::move(*config);
}

struct Running
{
    Fault fault{};
    MlaForm form = MlaForm::Expanded;
    std::size_t chunk = 256;
    bool fast = false;
};

std::vector<float> logitsOf(const TinyModel &model, std::span<const TokenId> tokens, const Running &how = {})
{
    const std::string bytes = model.toGguf();
    const auto file = GgufFile::openMemory(std::as_bytes(std::span(bytes)), "tiny.gguf");
    const auto config = ModelConfig::fromGguf(**file);
    if (!config)
        qFatal("%s", config.error().message.c_str());
    auto plan = buildPlan(**file, *config);
    if (!plan)
        qFatal("%s", plan.error().message.c_str());
    if (how.fault)
        how.fault(*plan);
    const auto backend = how.fast ? std::move(kernels::createCpuBackend({.threads = 2})).value()
                                  : kernels::createReferenceBackend(2, how.form);
    if (const auto compiled = backend->compile(std::move(*plan), std::uint32_t(tokens.size())); !compiled)
        qFatal("%s", compiled.error().message.c_str());
    const std::size_t vocabulary = backend->plan().shape.vocabularySize;
    std::vector<kernels::KvPageId> pages;
    for (std::size_t at = 0; at < tokens.size(); at += kernels::kKvPageTokens)
        pages.push_back(*backend->allocateKvPage());
    std::vector<float> logits(tokens.size() * vocabulary);
    for (std::size_t at = 0; at < tokens.size(); at += how.chunk) {
        const std::size_t n = std::min(how.chunk, tokens.size() - at);
        const auto ran =
            backend->run({tokens.subspan(at, n), std::uint32_t(at), pages, kernels::LogitsWanted::All},
                         std::span(logits).subspan(at * vocabulary, n * vocabulary), {});
        if (!ran)
            qFatal("%s", ran.error().message.c_str());
    }
    return logits;
}

// Largest difference to the oracle.
double offBy(const Golden &golden, const TinyModel &model, const Running &how = {})
{
    return test::compareWithGolden(golden.logits, logitsOf(model, golden.tokens, how)).largest;
}
double offBy(const Golden &golden, const Running &how = {})
{
    return offBy(golden, golden.model, how);
}

// Largest difference of the rows from `first` up to `end`, relative to a row's largest logit.
double difference(const std::vector<float> &a, const std::vector<float> &b, std::size_t vocabulary,
                  std::size_t first, std::size_t end)
{
    double worst = 0;
    for (std::size_t row = first; row < end; ++row) {
        double largest = 0, differs = 0;
        for (std::size_t i = row * vocabulary; i < (row + 1) * vocabulary; ++i) {
            largest = std::max(largest, std::fabs(double(a[i])));
            differs = std::max(differs, std::fabs(double(a[i]) - double(b[i])));
        }
        worst = std::max(worst, differs / largest);
    }
    return worst;
}

template <class StepKind> Fault inEvery(std::function<void(StepKind &)> change)
{
    return [change](Plan &plan) {
        int changed = 0;
        for (kernels::Step &step : plan.steps)
            if (auto *found = std::get_if<StepKind>(&step)) {
                change(*found);
                ++changed;
            }
        if (changed == 0)
            qFatal("the plan has no such step");
    };
}

Fault inRouters(std::function<void(kernels::RouterStep &)> change)
{
    return inEvery<kernels::RouterStep>(std::move(change));
}

// The floats of an F32 tensor, changed in place.
void changeFloats(TinyModel::Tensor &tensor, const std::function<void(std::vector<float> &)> &change)
{
    std::vector<float> values(tensor.bytes.size() / sizeof(float));
    std::memcpy(values.data(), tensor.bytes.data(), tensor.bytes.size());
    change(values);
    tensor.bytes.assign(reinterpret_cast<const char *>(values.data()), values.size() * sizeof(float));
}

// The model as a Hugging Face folder.
class Folder
{
public:
    explicit Folder(const std::string &name, const std::function<void(json &)> &change = {})
    {
        json config = test::readGolden(
            QString(BALEEN_GOLDEN_DIR "/deepseek/config/%1.json").arg(QString::fromStdString(name)));
        if (change)
            change(config);
        const std::string bytes = test::TinyDeepseek(name).toGguf();
        const auto file = GgufFile::openMemory(std::as_bytes(std::span(bytes)), name);
        test::writeHuggingFaceFolder(**file, config, {}, path());
    }
    QString path() const { return m_folder.path("model"); }
    std::string refusal() const
    {
        const auto model = ModelFile::open(path().toStdString());
        return model ? std::string() : model.error().message;
    }

private:
    test::TemporaryFolder m_folder;
};

bool holds(const std::string &text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

} // namespace

#define COMPARE_RIGHT(value)                                                                                 \
    do {                                                                                                     \
        const double off = value;                                                                            \
        QVERIFY2(off < kRight, qPrintable(QString::number(off)));                                            \
    } while (false)
#define COMPARE_VISIBLE(value)                                                                               \
    do {                                                                                                     \
        const double off = value;                                                                            \
        QVERIFY2(off > kVisible, qPrintable(QString::number(off)));                                          \
    } while (false)

class TestPitfalls : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // 1
    void ropePairLayoutOfEachArchitecture_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("adjacent");
        QTest::newRow("llama") << "llama_grouped" << true;
        QTest::newRow("qwen2") << "qwen2_tied" << false;
        QTest::newRow("qwen3") << "qwen3_yarn" << false;
        QTest::newRow("deepseek") << "deepseek" << true;
        QTest::newRow("deepseek2") << "deepseek2_v3" << true;
    }
    void ropePairLayoutOfEachArchitecture()
    {
        QFETCH(QString, name);
        QFETCH(bool, adjacent);
        using kernels::RopePairs;
        const Golden golden(name.toStdString());
        QCOMPARE(configOf(golden.model).shape.ropePairs == RopePairs::Adjacent, adjacent);
        COMPARE_RIGHT(offBy(golden));
        const RopePairs other = adjacent ? RopePairs::Half : RopePairs::Adjacent;
        COMPARE_VISIBLE(offBy(golden, {.fault = [other](Plan &plan) { plan.shape.ropePairs = other; }}));
        // Rows in a folder are as the model was trained: halves, but for MLA.
        const auto folder = ModelFile::open(Folder(name.toStdString()).path().toStdString());
        QVERIFY(folder.ok());
        QCOMPARE((*folder)->config.shape.ropePairs == RopePairs::Adjacent, (*folder)->config.shape.hasMla());
    }

    // 2
    void mscaleSquaredInTheSoftmaxScale_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<double>("multiplier");
        QTest::newRow("Lite, 0.707") << "deepseek2_lite" << 0.0707;
        QTest::newRow("V3, 1.0") << "deepseek2_v3" << 0.1;
    }
    void mscaleSquaredInTheSoftmaxScale()
    {
        QFETCH(QString, name);
        QFETCH(double, multiplier);
        const Golden golden(name.toStdString());
        const ModelConfig config = configOf(golden.model);
        const double mscale = 1 + multiplier * std::log(40.0);
        QVERIFY(std::fabs(double(config.shape.attentionScaleFactor) - mscale * mscale) < 1e-5);
        QCOMPARE(config.shape.ropeAmplitude, 1.0f);
        COMPARE_RIGHT(offBy(golden));

        const std::vector<float> right = logitsOf(golden.model, golden.tokens);
        const std::vector<float> without = logitsOf(
            golden.model, golden.tokens, {.fault = [](Plan &plan) { plan.shape.attentionScaleFactor = 1; }});
        const std::size_t vocabulary = config.shape.vocabularySize;
        QVERIFY(difference(right, without, vocabulary, 0, 1) <
                kRight); // one key: its weight is 1 at any scale
        COMPARE_VISIBLE(difference(right, without, vocabulary, 64, 256));
        // Counted twice: once in the scale, once in cosines and sines.
        COMPARE_VISIBLE(
            offBy(golden, {.fault = [&](Plan &plan) { plan.shape.ropeAmplitude = float(mscale); }}));
    }

    // 3
    void yarnIsAlwaysOnAndMscaleIsTheFiles()
    {
        Golden golden("deepseek2_v3");
        COMPARE_RIGHT(offBy(golden));
        TinyModel unscaled = golden.model;
        unscaled.set(golden.key("rope.scaling.type"), std::string("none"));
        const std::size_t vocabulary = configOf(golden.model).shape.vocabularySize;
        const std::vector<float> right = logitsOf(golden.model, golden.tokens),
                                 wrong = logitsOf(unscaled, golden.tokens);
        // The original context is 64: the scaling counts below it, too, whatever the context length.
        COMPARE_VISIBLE(difference(right, wrong, vocabulary, 1, 64));
        TinyModel shortContext = golden.model;
        shortContext.set(golden.key("context_length"), 64u);
        QVERIFY(logitsOf(shortContext, golden.tokens) == right);

        const auto factor = [](const char *name) {
            return configOf(Golden(name).model).shape.attentionScaleFactor;
        };
        QVERIFY(std::fabs(factor("deepseek2_lite") - 1.5896f) < 1e-3f);
        QVERIFY(std::fabs(factor("deepseek2_v3") - 1.8739f) < 1e-3f);
        // Without a multiplier there is no M², and the amplitude is 0.1 ln f + 1.
        const Golden plain("deepseek2_plain_yarn");
        QCOMPARE(configOf(plain.model).shape.attentionScaleFactor, 1.0f);
        QVERIFY(std::fabs(configOf(plain.model).shape.ropeAmplitude - 1.36889f) < 1e-4f);
        COMPARE_RIGHT(offBy(plain));
    }

    // 4
    void routerInFloatBiasForTheChoiceAlone()
    {
        const Golden golden("deepseek2_v3");
        COMPARE_RIGHT(offBy(golden));
        using kernels::RouterStep;
        COMPARE_VISIBLE(
            offBy(golden, {.fault = inRouters([](RouterStep &r) { r.bias = kernels::kNoWeight; })}));
        COMPARE_VISIBLE(
            offBy(golden, {.fault = inRouters([](RouterStep &r) { r.groups = r.groupsUsed = 1; })}));
        COMPARE_VISIBLE(offBy(golden, {.fault = inRouters([](RouterStep &r) { r.normalised = false; })}));
        COMPARE_VISIBLE(offBy(
            golden, {.fault = inRouters([](RouterStep &r) { r.score = kernels::RouterScore::Softmax; })}));

        // A bias that is the same for all changes no choice, so it changes nothing; 1/4 is exact.
        const auto biased = [&](const std::function<void(std::vector<float> &)> &change) {
            TinyModel model = golden.model;
            for (const char *name : {"blk.2.exp_probs_b.bias", "blk.3.exp_probs_b.bias"})
                changeFloats(model.tensor(name), change);
            return model;
        };
        const auto coarse = [](std::vector<float> &values) {
            for (float &value : values)
                value = std::round(value * 64) / 64;
        };
        const std::vector<float> before = logitsOf(biased(coarse), golden.tokens);
        const std::vector<float> after = logitsOf(biased([&](std::vector<float> &values) {
                                                      coarse(values);
                                                      for (float &value : values)
                                                          value += 0.25f;
                                                  }),
                                                  golden.tokens);
        QVERIFY(before == after);

        // Router weights of 8 bits of mantissa are seen: they have to be float.
        TinyModel rounded = golden.model;
        for (const char *name : {"blk.2.ffn_gate_inp.weight", "blk.3.ffn_gate_inp.weight"})
            changeFloats(rounded.tensor(name), [](std::vector<float> &values) {
                for (float &value : values) {
                    std::uint32_t bits = 0;
                    std::memcpy(&bits, &value, sizeof bits);
                    bits = (bits + 0x8000) & 0xffff0000;
                    std::memcpy(&value, &bits, sizeof bits);
                }
            });
        QVERIFY(offBy(golden, rounded) > 20 * kRight);

        // Scores that are all 0 are not divided by 0; what is normalised is scaled behind it.
        RouterStep step{};
        step.experts = 4;
        step.used = 2;
        step.score = kernels::RouterScore::Sigmoid;
        step.normalised = true;
        step.scale = 2.5f;
        kernels::ExpertChooser chooser(step);
        std::vector<kernels::ExpertChoice> chosen(2);
        chooser.choose(step, std::vector<float>(4, -1000.0f), {}, chosen);
        QVERIFY(chosen[0].weight == 0 && chosen[1].weight == 0);
        chooser.choose(step, std::vector<float>{0, 0, -9, -9}, std::vector<float>{0, 0, 0, 10}, chosen);
        QCOMPARE(chosen[0].expert, 3u); // for its bias, and with the weight of its score
        QVERIFY(std::fabs(chosen[0].weight + chosen[1].weight - 2.5f) < 1e-6f);
        QVERIFY(chosen[0].weight < 0.01f);
    }

    // 5
    void v2ScalesBy16AndOnlyV3Renormalises()
    {
        using kernels::RouterStep;
        const Golden v2("deepseek2_v2");
        COMPARE_RIGHT(offBy(v2));
        QCOMPARE(configOf(v2.model).moe.router.scale, 16.0f);
        COMPARE_VISIBLE(offBy(v2, {.fault = inRouters([](RouterStep &r) { r.scale = 1; })}));
        for (const char *name : {"deepseek", "deepseek2_lite", "deepseek2_v2"}) {
            const Golden golden(name);
            QVERIFY(!configOf(golden.model).moe.router.normalised);
            COMPARE_VISIBLE(offBy(golden, {.fault = inRouters([](RouterStep &r) { r.normalised = true; })}));
        }
    }

    // 6
    void epsilonOfTheFileAndOfTheLatents()
    {
        const Golden llama("llama_llama3");
        QCOMPARE(configOf(llama.model).shape.rmsNormEpsilon, 1e-5f);
        COMPARE_RIGHT(offBy(llama));
        COMPARE_VISIBLE(offBy(llama, {.fault = [](Plan &plan) { plan.shape.rmsNormEpsilon = 1e-6f; }}));
        // The norms of the latents have 1e-6 whatever the file says of the others.
        Golden v3("deepseek2_v3");
        v3.model.set(v3.key("attention.layer_norm_rms_epsilon"), 1e-5f);
        const ModelConfig config = configOf(v3.model);
        QCOMPARE(config.shape.rmsNormEpsilon, 1e-5f);
        QCOMPARE(config.shape.mla.normEpsilon, 1e-6f);
    }

    // 7
    void orderOfKeysAndValuesInAHead()
    {
        for (const char *name : {"deepseek2_v3", "deepseek2_v3_kv_b", "deepseek2_v3_all", "deepseek2_ragged"})
            COMPARE_RIGHT(offBy(Golden(name)));
        Golden together("deepseek2_v3_kv_b");
        const kernels::ModelShape shape = configOf(together.model).shape;
        const std::size_t half = std::size_t(shape.mla.nopeDim) * shape.mla.latentSize;
        QCOMPARE(shape.mla.nopeDim, shape.mla.valueDim);
        changeFloats(together.model.tensor("blk.1.attn_kv_b.weight"), [&](std::vector<float> &values) {
            for (std::size_t head = 0; head < shape.attentionHeads; ++head) // [v | k] instead of [k | v]
                std::swap_ranges(values.begin() + std::ptrdiff_t(2 * head * half),
                                 values.begin() + std::ptrdiff_t((2 * head + 1) * half),
                                 values.begin() + std::ptrdiff_t((2 * head + 1) * half));
        });
        COMPARE_VISIBLE(offBy(together));

        Golden apart("deepseek2_v3");
        const std::size_t nope = shape.mla.nopeDim, latent = shape.mla.latentSize;
        changeFloats(apart.model.tensor("blk.1.attn_k_b.weight"), [&](std::vector<float> &values) {
            const std::vector<float> right = values; // each head on its side: as it is in attn_kv_b
            for (std::size_t head = 0; head < shape.attentionHeads; ++head)
                for (std::size_t l = 0; l < latent; ++l)
                    for (std::size_t j = 0; j < nope; ++j)
                        values[head * half + j * latent + l] = right[head * half + l * nope + j];
        });
        COMPARE_VISIBLE(offBy(apart));
    }

    // 8
    void naiveAndAbsorbedMlaAgree_data()
    {
        QTest::addColumn<QString>("name");
        for (const std::string &name : test::TinyDeepseek::names())
            if (name.starts_with("deepseek2"))
                QTest::newRow(name.c_str()) << QString::fromStdString(name);
    }
    void naiveAndAbsorbedMlaAgree()
    {
        QFETCH(QString, name);
        const Golden golden(name.toStdString());
        const std::size_t vocabulary = configOf(golden.model).shape.vocabularySize;
        const auto naive = logitsOf(golden.model, golden.tokens, {.form = MlaForm::Expanded});
        const auto absorbed = logitsOf(golden.model, golden.tokens, {.form = MlaForm::Absorbed});
        QVERIFY(naive != absorbed); // two computations, not one
        COMPARE_RIGHT(difference(naive, absorbed, vocabulary, 0, golden.tokens.size()));
        // The fast path is absorbed, with a cache of half precision.
        const auto fast = logitsOf(golden.model, golden.tokens, {.fast = true});
        QVERIFY(test::meanDivergence(naive, fast, vocabulary) < 1e-3);
    }

    // 9. The cache is read by later runs alone: cut anywhere, they must find c after its norm and the key
    // after RoPE at its own position. This engine never shifts a context: a prompt that does not fit is
    // refused.
    void theCacheHoldsTheNormedLatentAndTheRotatedKey()
    {
        const Golden golden("deepseek2_ragged");
        for (const MlaForm form : {MlaForm::Expanded, MlaForm::Absorbed})
            for (const std::size_t chunk : {std::size_t(1), std::size_t(100)})
                COMPARE_RIGHT(offBy(golden, {.form = form, .chunk = chunk}));
    }

    // 10
    void linearScalingOfCoder()
    {
        const Golden golden("llama_linear");
        COMPARE_RIGHT(offBy(golden));
        TinyModel forgotten = golden.model;
        forgotten.remove(golden.key("rope.scaling.type"));
        forgotten.remove(golden.key("rope.scaling.factor"));
        COMPARE_VISIBLE(offBy(golden, forgotten));
    }

    // 11
    void ropeDivisorsOfLlama3InEveryLayer()
    {
        const Golden golden("llama_llama3");
        COMPARE_RIGHT(offBy(golden));
        TinyModel without = golden.model;
        without.remove("rope_freqs.weight");
        COMPARE_VISIBLE(offBy(golden, without));
        // A folder has no such tensor: they are computed from its config.json.
        const Folder folder("llama_llama3");
        const auto model = ModelFile::open(folder.path().toStdString());
        QVERIFY2(model.ok(), model ? "" : model.error().message.c_str());
        const auto &computed = (*model)->config.shape.ropeInverseFrequencies;
        const auto &given = configOf(golden.model).shape.ropeInverseFrequencies;
        QCOMPARE(computed.size(), given.size());
        for (std::size_t i = 0; i < given.size(); ++i)
            QVERIFY(std::fabs(computed[i] - given[i]) < 1e-6f * given[i]);
    }

    // 12. A norm before RoPE and one behind it differ, since its weights differ within a pair.
    void biasesOfQwen2AndHeadNormsOfQwen3()
    {
        using kernels::kNoWeight;
        using kernels::QkvRopeKvStep;
        const Golden qwen2("qwen2_tied"), qwen3("qwen3_yarn");
        COMPARE_RIGHT(offBy(qwen2));
        COMPARE_RIGHT(offBy(qwen3));
        for (const auto part : {&QkvRopeKvStep::qBias, &QkvRopeKvStep::kBias, &QkvRopeKvStep::vBias})
            COMPARE_VISIBLE(offBy(
                qwen2, {.fault = inEvery<QkvRopeKvStep>([part](QkvRopeKvStep &s) { s.*part = kNoWeight; })}));
        for (const auto part : {&QkvRopeKvStep::qNorm, &QkvRopeKvStep::kNorm})
            COMPARE_VISIBLE(offBy(
                qwen3, {.fault = inEvery<QkvRopeKvStep>([part](QkvRopeKvStep &s) { s.*part = kNoWeight; })}));
    }

    // 13
    void idsAreThoseOfTheTokenizersLibrary_data()
    {
        QTest::addColumn<QString>("name");
        for (const char *name : {"deepseek-v3", "deepseek-coder", "deepseek-llm", "llama-bpe"})
            QTest::newRow(name) << name;
    }
    void idsAreThoseOfTheTokenizersLibrary()
    {
        QFETCH(QString, name);
        const QString golden = QStringLiteral(BALEEN_GOLDEN_DIR "/text/");
        const json ids = test::readGolden(golden + "tokenizer_json/ids.json");
        const json texts = test::readGolden(golden + "text.json")["texts"];
        test::TemporaryFolder folder;
        QVERIFY(QFile::copy(golden + "tokenizer_json/" + name + ".json", folder.path("tokenizer.json")));
        // As these models say it: a class that would be read as one that loses spaces.
        folder.write("tokenizer_config.json", R"({"tokenizer_class": "LlamaTokenizerFast"})");
        MetadataWriter writer;
        const auto added = addTokenizer(folder.path("").toStdString(), 704, writer);
        QVERIFY2(added.ok(), added ? "" : added.error().message.c_str());
        const std::string bytes = writer.file();
        const auto file = GgufFile::openMemory(std::as_bytes(std::span(bytes)), "folder");
        const auto tokenizer = Tokenizer::fromGguf(**file);
        QVERIFY(tokenizer.ok());
        const json &expected = ids[name.toStdString()];
        int spaces = 0;
        for (std::size_t i = 0; i < ids["tested"].get<std::size_t>(); ++i) {
            const std::string text = texts[i];
            const auto found = (*tokenizer)->encode(text, PromptPiece::Origin::Template);
            QVERIFY2(found == expected[i].get<std::vector<TokenId>>(), text.substr(0, 100).c_str());
            if (text.starts_with(' ') || holds(text, "  ") || holds(text, "\n ")) {
                ++spaces;
                QCOMPARE((*tokenizer)->decode(found), text);
            }
        }
        QVERIFY(spaces > 5);
    }

    // 14
    void oneBosAndEveryEnd()
    {
        const test::TinyDeepseek description("deepseek2_v3");
        const std::string bos = "<｜begin▁of▁sentence｜>";
        test::TemporaryFolder folder;
        const auto opened = [&](const TinyModel &model) {
            folder.write("tiny.gguf", QByteArray::fromStdString(model.toGguf()));
            auto file = ModelFile::open(folder.path("tiny.gguf").toStdString());
            if (!file)
                qFatal("%s", file.error().message.c_str());
            return std::move(*file);
        };
        const auto count = [](const ModelFile &model, const GenerationRequest &request) {
            const auto prompt = buildPrompt(model, request, {});
            if (!prompt)
                qFatal("%s", prompt.error().message.c_str());
            const auto all =
                std::count(prompt->tokens.begin(), prompt->tokens.end(), *model.tokenizer->bos());
            return prompt->tokens.front() == *model.tokenizer->bos() ? int(all) : -int(all);
        };
        const GenerationRequest chat{ChatInput{{{.role = "user", .content = "Hello"}}}, {}, {}};
        const GenerationRequest plain{RawInput{"Hello"}, {}, {}}, withBos{RawInput{bos + "Hello"}, {}, {}};
        TinyModel model = TinyModel::ofFile(description.toGguf());
        const auto adds = opened(model);
        QCOMPARE(count(*adds, chat), 1);
        QCOMPARE(count(*adds, plain), 1);
        QCOMPARE(count(*adds, withBos), 1);
        model.set("tokenizer.ggml.add_bos_token", false); // V3.2, V4: the template writes it
        const auto leaves = opened(model);
        QCOMPARE(count(*leaves, chat), 1);
        QCOMPARE(count(*leaves, plain), 0);
        QCOMPARE(count(*leaves, withBos), 1);
        // Coder's files name one of two ends: EOS of the base models or <|EOT|>. Both end an answer.
        for (const char *eos : {"<｜end▁of▁sentence｜>", "<|EOT|>"}) {
            model.set("tokenizer.ggml.eos_token_id", std::uint32_t(*adds->tokenizer->find(eos)));
            const auto ends = buildPrompt(*opened(model), plain, {})->endTokens;
            QVERIFY(std::count(ends.begin(), ends.end(), *adds->tokenizer->find("<|EOT|>")) > 0);
            QVERIFY(std::count(ends.begin(), ends.end(), *adds->tokenizer->find(eos)) > 0);
        }
    }

    // 15
    void theReferenceKeepsActivationsInFloat()
    {
        test::TinyModelOptions options = test::wideTinyModel();
        options.weights = ElementType::Q4_K;
        const TinyModel quantised(options);
        TinyModel plain = quantised; // the same weights in float
        for (TinyModel::Tensor &tensor : plain.tensors) {
            if (tensor.type != ElementType::Q4_K)
                continue;
            const auto columns = std::uint32_t(tensor.dimensions[0]);
            const std::size_t rowBytes = columns / 256 * 144;
            std::vector<float> values(tensor.bytes.size() / rowBytes * columns);
            for (std::size_t row = 0; row * columns < values.size(); ++row)
                kernels::dequantizeRow(ElementType::Q4_K,
                                       reinterpret_cast<const std::byte *>(tensor.bytes.data()) +
                                           row * rowBytes,
                                       columns, values.data() + row * columns);
            tensor.type = ElementType::F32;
            tensor.bytes.assign(reinterpret_cast<const char *>(values.data()), values.size() * sizeof(float));
        }
        std::vector<TokenId> tokens;
        for (TokenId i = 0; i < 64; ++i)
            tokens.push_back(i * 5);
        const std::vector<float> reference = logitsOf(quantised, tokens),
                                 fast = logitsOf(quantised, tokens, {.fast = true});
        const std::size_t vocabulary = configOf(plain).shape.vocabularySize;
        QVERIFY(difference(reference, logitsOf(plain, tokens), vocabulary, 0, 64) < 1e-6);
        QVERIFY(fast != reference);
        const double ofFast = difference(reference, fast, vocabulary, 0, 64);
        QVERIFY2(ofFast < 5e-2, qPrintable(QString::number(ofFast)));
    }

    // 16
    void nibblesAndScalesOfMxfp4AndRaggedBlocksOfFp8()
    {
        // 2^(e - 128) times the doubled table; the low nibbles are the first half of a block.
        std::vector<std::byte> block(17);
        block[0] = std::byte{128};
        for (std::size_t j = 0; j < 16; ++j)
            block[1 + j] = std::byte(j | (15 - j) << 4);
        std::vector<float> values(32);
        kernels::dequantizeRow(ElementType::MXFP4, block.data(), 32, values.data());
        const float doubled[] = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};
        for (std::size_t j = 0; j < 16; ++j) {
            QCOMPARE(values[j], doubled[j]);
            QCOMPARE(values[16 + j], doubled[15 - j]);
        }
        block[0] = std::byte{127};
        kernels::dequantizeRow(ElementType::MXFP4, block.data(), 32, values.data());
        QCOMPARE(values[1], 0.5f);
        // 130 x 129 in FP8: four blocks, of which three are cut short; the row of scales is that of the row /
        // 128.
        const std::vector<std::byte> ones(std::size_t(130) * 129, std::byte{0x38});
        const float scales[] = {2, 3, 5, 7};
        kernels::WeightView weight;
        weight.type = ElementType::F8_E4M3;
        weight.columns = 129;
        weight.rows = 130;
        weight.bytes = ones.data();
        weight.scales = {{scales, 0}};
        std::vector<float> row(129);
        for (const std::uint32_t number : {0u, 127u, 128u, 129u}) {
            kernels::dequantizeRow(weight, 0, number, row.data());
            QCOMPARE(row[127], number < 128 ? 2.0f : 5.0f);
            QCOMPARE(row[128], number < 128 ? 3.0f : 7.0f);
        }
    }

    // 17
    void v4IsRefusedByName()
    {
        TinyModel model = Golden("llama_grouped").model;
        model.set("general.architecture", std::string("deepseek4"));
        QVERIFY2(holds(refusal(model), "\"deepseek4\" is not supported"), refusal(model).c_str());
        const std::string message =
            Folder("deepseek2_v3", [](json &config) { config["model_type"] = "deepseek_v4"; }).refusal();
        QVERIFY2(holds(message, "deepseek_v4"), message.c_str());
        // Its router's score, sqrt(softplus), under a name that is known.
        Golden v3("deepseek2_v3");
        v3.model.set(v3.key("expert_gating_func"), 4u);
        QVERIFY2(holds(refusal(v3.model), "expert_gating_func must be 1 (softmax) or 2 (sigmoid), found 4"),
                 refusal(v3.model).c_str());
    }

    // 18. Without its indexer it is the same function up to 2048 tokens only, which must be known; with it,
    // it must not open at all.
    void v32WithItsIndexerIsRefusedAndWithoutSaysSo()
    {
        TinyModel model = Golden("deepseek2_v3").model;
        QCOMPARE(refusal(model), std::string());
        TinyModel v32 = model;
        v32.set("general.name", std::string("DeepSeek-V3.2"));
        const std::string bytes = v32.toGguf();
        const auto file = GgufFile::openMemory(std::as_bytes(std::span(bytes)), "v3.2.gguf");
        QCOMPARE(ModelConfig::fromGguf(**file)->denseAbove, 2048u);
        TinyModel::Tensor indexer = model.tensor("blk.0.attn_norm.weight");
        indexer.name = "blk.0.indexer.k_norm.weight";
        model.tensors.push_back(indexer);
        QVERIFY2(holds(refusal(model), "The sparse attention of DeepSeek-V3.2 is not supported") &&
                     holds(refusal(model), "blk.0.indexer.k_norm.weight"),
                 refusal(model).c_str());
        model.set("general.architecture", std::string("deepseek32"));
        QVERIFY(holds(refusal(model), "\"deepseek32\" is not supported"));
        const std::string message =
            Folder("deepseek2_v3", [](json &config) { config["model_type"] = "deepseek_v32"; }).refusal();
        QVERIFY2(holds(message, "deepseek_v32"), message.c_str());
    }

    // 19
    void oldFilesWithoutAGatingFunctionAndDerivatives()
    {
        // Softmax, but for files with the bias that came with the sigmoid.
        for (const char *name : {"deepseek", "deepseek2_lite", "deepseek2_v2", "deepseek2_v3"}) {
            Golden golden(name);
            if (golden.model.has(golden.key("expert_gating_func")))
                golden.model.remove(golden.key("expert_gating_func"));
            COMPARE_RIGHT(offBy(golden));
            COMPARE_VISIBLE(offBy(golden, {.fault = inRouters([](kernels::RouterStep &r) {
                                               using kernels::RouterScore;
                                               r.score = r.score == RouterScore::Softmax
                                                             ? RouterScore::Sigmoid
                                                             : RouterScore::Softmax;
                                           })}));
        }
        // The same architecture's name on other models: their tokenizers and tensors give them away.
        Golden kimi("deepseek2_v3"), glm("deepseek2_v3");
        kimi.model.set("tokenizer.ggml.pre", std::string("kimi-k2"));
        QVERIFY2(holds(refusal(kimi.model), "kimi-k2"), refusal(kimi.model).c_str());
        TinyModel::Tensor bias = glm.model.tensor("blk.0.attn_norm.weight");
        bias.name = "blk.0.attn_q_b.bias";
        glm.model.tensors.push_back(bias);
        QVERIFY2(holds(refusal(glm.model), "tensor blk.0.attn_q_b.bias is not part of"),
                 refusal(glm.model).c_str());
    }
};

QTEST_GUILESS_MAIN(TestPitfalls)
#include "tst_pitfalls.moc"
