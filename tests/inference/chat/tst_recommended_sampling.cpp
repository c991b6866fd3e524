#include "inference/chat/recommended_sampling.h"

#include "inference/gguf/gguf_file.h"
#include "inference/hugging_face/metadata_writer.h"
#include "inference/hugging_face/tokenizer_json.h"
#include "tests/inference/chat/jinja/jinja_golden.h"
#include "tests/inference/text/byte_vocabulary.h"
#include "tests/support/temporary_file.h"

#include <QTest>

#include <functional>
#include <limits>

using namespace inference;

namespace {

using Edit = std::function<void(test::GgufWriter &)>;

RecommendedSampling adviceFor(const test::ByteVocabulary &vocabulary, const Edit &edit = {})
{
    test::GgufWriter writer;
    vocabulary.write(writer);
    if (edit)
        edit(writer);
    const test::OpenVocabulary open(writer);
    if (!open.tokenizer)
        qFatal("%s", open.error.c_str());
    return recommendedSampling(*open.file, *open.tokenizer,
                               ChatFormat::fromGguf(*open.file, *open.tokenizer));
}

test::ByteVocabulary chatMl(const char *architecture, const char *pre)
{
    test::ByteVocabulary v;
    v.architecture = architecture;
    v.pre = pre;
    v.specials = {{"<|im_start|>"}, {"<|im_end|>"}};
    v.eos = "<|im_end|>";
    return v;
}

} // namespace

class TestRecommendedSampling : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void followsTheFamily_data();
    void followsTheFamily();
    void theFileKnowsBetter();
    void aSenselessFileIsNoAdvice_data();
    void aSenselessFileIsNoAdvice();
    void foldersSayItInGenerationConfig_data();
    void foldersSayItInGenerationConfig();
};

void TestRecommendedSampling::followsTheFamily_data()
{
    QTest::addColumn<QByteArray>("templateName"); // empty: none
    QTest::addColumn<QByteArray>("architecture");
    QTest::addColumn<QByteArray>("pre");
    QTest::addColumn<float>("temperature");
    QTest::addColumn<float>("topP");
    QTest::addColumn<bool>("known");
    const auto row = [](const char *name, const char *source, const char *architecture, const char *pre,
                        float temperature, float topP, bool known = true) {
        QTest::newRow(name) << QByteArray(source) << QByteArray(architecture) << QByteArray(pre)
                            << temperature << topP << known;
    };
    row("R1 distill", "r1", "qwen2", "deepseek-r1-qwen", 0.6f, 0.95f);
    row("R1-0528", "r1-0528", "qwen3", "qwen2", 0.6f, 0.95f);
    row("V3-0324", "v3-0324", "deepseek2", "deepseek-v3", 0.3f, 0.95f);
    row("V3.1", "v3.1", "deepseek2", "deepseek-v3", 0.6f, 0.95f);
    row("V2-Lite", "llm", "deepseek2", "deepseek-llm", 0.3f, 0.95f);
    row("LLM", "llm", "llama", "deepseek-llm", 0.7f, 0.95f);
    row("Coder", "coder", "llama", "deepseek-coder", 0.0f, 0.95f);
    row("Qwen3", "qwen3", "qwen3", "qwen2", 0.6f, 0.95f);
    row("Llama 3", "llama3", "llama", "llama-bpe", 0.6f, 0.9f);
    row("SmolLM2", "", "llama", "smollm", 0.2f, 0.9f);
    row("Qwen2.5", "", "qwen2", "qwen2", 0.7f, 0.8f);
    row("ChatML of another family", "", "llama", "gpt2", 0.7f, 0.95f, false);
}

void TestRecommendedSampling::followsTheFamily()
{
    QFETCH(QByteArray, templateName);
    QFETCH(QByteArray, architecture);
    QFETCH(QByteArray, pre);
    QFETCH(float, temperature);
    QFETCH(float, topP);
    QFETCH(bool, known);
    test::ByteVocabulary v = chatMl(architecture.constData(), pre.constData());
    if (!templateName.isEmpty())
        v.chatTemplate = test::templateSource(templateName.toStdString());
    const RecommendedSampling advice = adviceFor(v);
    QCOMPARE(advice.options.temperature, temperature);
    QCOMPARE(advice.options.topP, topP);
    QCOMPARE(!advice.source.empty(), known);
}

void TestRecommendedSampling::theFileKnowsBetter()
{
    const RecommendedSampling advice = adviceFor(chatMl("qwen2", "qwen2"), [](test::GgufWriter &writer) {
        writer.set("general.sampling.temp", 0.45f);
        writer.set("general.sampling.top_k", std::int32_t(-1));
        writer.set("general.sampling.min_p", 0.05f);
    });
    QCOMPARE(advice.options.temperature, 0.45f);
    QCOMPARE(advice.options.topK, 0u);
    QCOMPARE(advice.options.minP, 0.05f);
    QCOMPARE(advice.options.topP, SamplingOptions().topP); // not the family's
    QCOMPARE(advice.options.repeatPenalty, 1.0f);
    QCOMPARE(advice.source, std::string("the file itself"));
}

void TestRecommendedSampling::aSenselessFileIsNoAdvice_data()
{
    QTest::addColumn<float>("temperature");
    QTest::addColumn<float>("topP");
    QTest::newRow("negative") << -1.0f << 0.9f;
    QTest::newRow("no number") << std::numeric_limits<float>::quiet_NaN()
                               << std::numeric_limits<float>::infinity();
    QTest::newRow("above all") << 0.5f << 1.5f;
    QTest::newRow("boiling") << 1e30f << 0.9f;
}

void TestRecommendedSampling::aSenselessFileIsNoAdvice()
{
    QFETCH(float, temperature);
    QFETCH(float, topP);
    const RecommendedSampling advice = adviceFor(chatMl("qwen2", "qwen2"), [&](test::GgufWriter &writer) {
        writer.set("general.sampling.temp", temperature);
        writer.set("general.sampling.top_p", topP);
        writer.set("general.sampling.top_k", "many");
        writer.set("general.sampling.penalty_repeat", true);
    });
    QCOMPARE(advice.options.temperature, 0.7f);
    QCOMPARE(advice.source, std::string("generation_config.json of Qwen2.5"));
}

void TestRecommendedSampling::foldersSayItInGenerationConfig_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<float>("temperature");
    QTest::addColumn<float>("topP");
    QTest::addColumn<unsigned>("topK");
    QTest::addColumn<float>("penalty");
    QTest::addColumn<bool>("said");
    const auto row = [](const char *name, const char *json, float temperature, float topP, unsigned topK,
                        float penalty, bool said = true) {
        QTest::newRow(name) << QByteArray(json) << temperature << topP << topK << penalty << said;
    };
    const SamplingOptions own;
    row("R1", R"({"do_sample": true, "temperature": 0.6, "top_p": 0.95})", 0.6f, 0.95f, own.topK, 1);
    row("Qwen2.5",
        R"({"do_sample": true, "repetition_penalty": 1.05, "temperature": 0.7, "top_p": 0.8, "top_k": 20})",
        0.7f, 0.8f, 20, 1.05f);
    row("whole numbers", R"({"do_sample": true, "temperature": 1, "top_p": 1, "top_k": 0})", 1, 1, 0, 1);
    row("greedy", R"({"do_sample": false, "temperature": 0.6})", 0, own.topP, own.topK, 1);
    row("nothing", R"({"eos_token_id": 1})", own.temperature, own.topP, own.topK, 1, false);
    row("null", R"({"do_sample": null, "temperature": null, "top_k": null})", own.temperature, own.topP,
        own.topK, 1, false);
    row("no numbers", R"({"temperature": "hot", "top_p": [], "top_k": {"a": 1}, "min_p": true})",
        own.temperature, own.topP, own.topK, 1, false);
    row("too large", R"({"temperature": 1e300, "top_k": 1e300})", own.temperature, own.topP, own.topK, 1,
        false);
}

void TestRecommendedSampling::foldersSayItInGenerationConfig()
{
    QFETCH(QByteArray, json);
    QFETCH(float, temperature);
    QFETCH(float, topP);
    QFETCH(unsigned, topK);
    QFETCH(float, penalty);
    QFETCH(bool, said);
    test::TemporaryFolder folder;
    QFile tokenizer(QStringLiteral(BALEEN_GOLDEN_DIR "/text/tokenizer_json/qwen2.json"));
    QVERIFY(tokenizer.open(QIODevice::ReadOnly));
    folder.write(QStringLiteral("tokenizer.json"), tokenizer.readAll());
    folder.write(QStringLiteral("generation_config.json"), json);
    MetadataWriter writer;
    writer.add("general.architecture", "llama");
    const Result<void> added = addTokenizer(folder.path(QString()).toStdString(), 704, writer);
    QVERIFY2(added, added ? "" : added.error().message.c_str());
    const std::string bytes = writer.file();
    const auto file = GgufFile::openMemory(std::as_bytes(std::span(bytes)), "folder");
    QVERIFY2(file, file ? "" : file.error().message.c_str());
    const auto made = Tokenizer::fromGguf(**file);
    QVERIFY2(made, made ? "" : made.error().message.c_str());
    const RecommendedSampling advice =
        recommendedSampling(**file, **made, ChatFormat::fromGguf(**file, **made));
    QCOMPARE(advice.source == "the file itself", said);
    if (!said)
        return; // the family's
    QCOMPARE(advice.options.temperature, temperature);
    QCOMPARE(advice.options.topP, topP);
    QCOMPARE(advice.options.topK, topK);
    QCOMPARE(advice.options.repeatPenalty, penalty);
}

QTEST_GUILESS_MAIN(TestRecommendedSampling)
#include "tst_recommended_sampling.moc"
