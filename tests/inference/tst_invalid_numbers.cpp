// A NaN or an infinity among the weights: the answer stops with a sentence that names the layer, on every
// path, and what was said before stays.
#include "inference/model/architecture.h"
#include "inference/model_engine.h"
#include "kernels/cpu/isa.h"
#include "kernels/half.h"
#include "tests/support/temporary_file.h"
#include "tests/support/tiny_deepseek.h"
#include "tests/support/tiny_model.h"

#include <QTest>

#include <cmath>
#include <cstring>
#include <limits>

using namespace inference;
using kernels::ElementType;

namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN(),
                kInfinity = std::numeric_limits<float>::infinity();

struct Collector : GenerationSink
{
    std::string text;
    void onText(std::string_view piece) override { text += piece; }
};

std::string model(const QString &name)
{
    if (name == "llama")
        return test::tinyModel({.tied = false, .layers = 3});
    if (name == "qwen2 Q8_0")
        return test::tinyModel(test::wideTinyModel(
            {.architecture = "qwen2", .weights = ElementType::Q8_0, .tied = false, .layers = 3}));
    return test::TinyDeepseek(name.toStdString()).toGguf();
}

// The first number of each of the tensor's matrices; of quantised ones the scale.
void poison(std::string &file, const std::string &name, float value)
{
    const auto gguf = GgufFile::openMemory(std::as_bytes(std::span(file)), "tiny");
    const GgufTensor *tensor = (*gguf)->findTensor(name);
    if (!tensor)
        qFatal("no tensor %s", name.c_str());
    const auto bytes = (*gguf)->bytes(*tensor);
    const std::size_t begin = std::size_t(reinterpret_cast<const char *>(bytes.data()) - file.data());
    const std::size_t matrices = std::size_t(tensor->dimensions[2]);
    for (std::size_t i = 0; i < matrices; ++i) {
        const std::size_t at = begin + i * (bytes.size() / matrices);
        const std::uint16_t half = kernels::floatToHalf(value);
        if (tensor->ggufType == std::uint32_t(ElementType::F32))
            std::memcpy(&file[at], &value, sizeof value);
        else
            std::memcpy(&file[at], &half, sizeof half);
    }
}

GenerationRequest request(std::uint32_t tokens)
{
    GenerationRequest request;
    request.input = RawInput{"the sea"};
    request.sampling.temperature = 0;
    request.maxTokens = tokens;
    return request;
}

} // namespace

class TestInvalidNumbers : public QObject
{
    Q_OBJECT

    test::TemporaryFolder m_folder;
    int m_files = 0;

    std::unique_ptr<ModelEngine> engineOf(const std::string &file, const LoadOptions &options)
    {
        const QString path =
            m_folder.write(QString("%1.gguf").arg(++m_files), QByteArray::fromStdString(file));
        auto engine = std::make_unique<ModelEngine>();
        const auto loaded = engine->load(path.toStdString(), options, nullptr, {});
        if (!loaded)
            qFatal("%s", loaded.error().message.c_str());
        return engine;
    }

private Q_SLOTS:
    void theLayerIsNamed_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("tensor");
        QTest::addColumn<QString>("place");
        const auto rows = [](const char *name, const char *place,
                             std::initializer_list<const char *> tensors) {
            for (const char *tensor : tensors)
                QTest::addRow("%s %s", name, tensor) << name << tensor << place;
        };
        rows("llama", "layer 1, attention",
             {"blk.1.attn_norm.weight", "blk.1.attn_q.weight", "blk.1.attn_k.weight", "blk.1.attn_v.weight",
              "blk.1.attn_output.weight"});
        rows("llama", "layer 2, feed-forward",
             {"blk.2.ffn_norm.weight", "blk.2.ffn_gate.weight", "blk.2.ffn_up.weight",
              "blk.2.ffn_down.weight"});
        rows("llama", "the output", {"output_norm.weight", "output.weight"});
        rows("qwen2 Q8_0", "layer 0, attention",
             {"blk.0.attn_norm.weight", "blk.0.attn_q.weight", "blk.0.attn_k.weight", "blk.0.attn_k.bias",
              "blk.0.attn_v.weight", "blk.0.attn_output.weight"});
        rows("qwen2 Q8_0", "layer 1, feed-forward",
             {"blk.1.ffn_norm.weight", "blk.1.ffn_gate.weight", "blk.1.ffn_up.weight",
              "blk.1.ffn_down.weight"});
        rows("qwen2 Q8_0", "the output", {"output_norm.weight", "output.weight"});
        rows("deepseek2_v3", "layer 1, attention",
             {"blk.1.attn_norm.weight", "blk.1.attn_q_a.weight", "blk.1.attn_q_a_norm.weight",
              "blk.1.attn_q_b.weight", "blk.1.attn_kv_a_mqa.weight", "blk.1.attn_kv_a_norm.weight",
              "blk.1.attn_k_b.weight", "blk.1.attn_v_b.weight", "blk.1.attn_output.weight"});
        rows("deepseek2_v3", "layer 3, feed-forward",
             {"blk.3.ffn_norm.weight", "blk.3.ffn_gate_inp.weight", "blk.3.exp_probs_b.bias",
              "blk.3.ffn_gate_exps.weight", "blk.3.ffn_up_exps.weight", "blk.3.ffn_down_exps.weight",
              "blk.3.ffn_gate_shexp.weight", "blk.3.ffn_up_shexp.weight", "blk.3.ffn_down_shexp.weight"});
        rows("deepseek2_v3", "layer 0, feed-forward", {"blk.0.ffn_down.weight"});
    }
    void theLayerIsNamed()
    {
        QFETCH(QString, name);
        QFETCH(QString, tensor);
        QFETCH(QString, place);
        for (const float value : {kNan, kInfinity, -kInfinity}) {
            std::string file = model(name);
            poison(file, tensor.toStdString(), value);
            std::vector<LoadOptions> ways{{.precision = Precision::Reference}};
            for (const std::string_view isa : kernels::availableIsas())
                for (const KvCacheType type : {KvCacheType::F16, KvCacheType::Q8})
                    ways.push_back({.threads = 2, .isa = std::string(isa), .kvCacheType = type});
            for (const LoadOptions &options : ways) {
                Collector sink;
                const auto answer = engineOf(file, options)->generate(request(4), sink, {});
                QVERIFY2(!answer, qPrintable(QString("%1 %2").arg(double(value)).arg(options.isa.c_str())));
                QCOMPARE(int(answer.error().code), int(ErrorCode::InvalidNumbers));
                const QString message = QString::fromStdString(answer.error().message);
                QVERIFY2(message.startsWith("The model produced invalid numbers, " + place + " ("),
                         qPrintable(message));
                QCOMPARE(sink.text, std::string());
            }
        }
    }

    void theAnswerSoFarIsKept_data()
    {
        QTest::addColumn<bool>("reference");
        QTest::newRow("fast") << false;
        QTest::newRow("reference") << true;
    }
    void theAnswerSoFarIsKept()
    {
        QFETCH(bool, reference);
        const LoadOptions options{.threads = 2,
                                  .precision = reference ? Precision::Reference : Precision::Fast};
        std::string file = test::tinyModel({.tied = false, .layers = 3});
        Collector whole;
        const auto healthy = engineOf(file, options)->generate(request(12), whole, {});
        QVERIFY(healthy.ok());
        QCOMPARE(healthy->tokens.size(), std::size_t(12));

        // The row of a token that the answer reaches first in the middle: to be read, it has to be said
        // before.
        std::size_t at = 3;
        while (std::count(healthy->tokens.begin(), healthy->tokens.begin() + std::ptrdiff_t(at),
                          healthy->tokens[at]) > 0)
            QVERIFY(++at < 11);
        const auto gguf = GgufFile::openMemory(std::as_bytes(std::span(file)), "tiny");
        const GgufTensor &embedding = *(*gguf)->findTensor("token_embd.weight");
        const std::size_t row = std::size_t(embedding.dimensions[0]) * sizeof(float);
        std::memcpy(&file[std::size_t(reinterpret_cast<const char *>((*gguf)->bytes(embedding).data()) -
                                      file.data()) +
                          std::size_t(healthy->tokens[at]) * row],
                    &kNan, sizeof kNan);

        const auto engine = engineOf(file, options);
        for (int i = 0; i < 2; ++i) { // and the model is as it was
            GenerationRequest again = request(12);
            again.stopStrings = {whole.text + "and then"}; // holds back all that may be its beginning
            Collector sink;
            const auto answer = engine->generate(again, sink, {});
            QVERIFY(!answer);
            QVERIFY2(answer.error().message.find(", the embedding (") != std::string::npos,
                     answer.error().message.c_str());
            QVERIFY(!sink.text.empty());
            QVERIFY2(whole.text.starts_with(sink.text), sink.text.c_str());
            Collector begin;
            const auto shorter = engine->generate(request(std::uint32_t(at + 1)), begin, {});
            QVERIFY(shorter.ok());
            QCOMPARE(sink.text, begin.text);
        }
    }

    void everyStepHasAPlace()
    {
        const std::string file = model("deepseek2_v3");
        const auto gguf = GgufFile::openMemory(std::as_bytes(std::span(file)), "tiny");
        const auto plan = buildPlan(**gguf, *ModelConfig::fromGguf(**gguf));
        std::vector<std::string> places;
        for (std::size_t step = 0; step < plan->steps.size(); ++step)
            if (const std::string place = kernels::stepPlace(*plan, step);
                places.empty() || places.back() != place)
                places.push_back(place);
        std::vector<std::string> expected{"the embedding"};
        for (const char *layer : {"0", "1", "2", "3"})
            for (const char *part : {"attention", "feed-forward"})
                expected.push_back(std::string("layer ") + layer + ", " + part);
        expected.push_back("the output");
        QCOMPARE(places, expected);
    }
};

QTEST_GUILESS_MAIN(TestInvalidNumbers)
#include "tst_invalid_numbers.moc"
