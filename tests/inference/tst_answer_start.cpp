// GenerationRequest::start: an answer that was cut goes on with the very tokens that it would have had.
#include "inference/model_engine.h"
#include "tests/support/models.h"
#include "tests/support/temporary_file.h"
#include "tests/support/tiny_deepseek.h"
#include "tests/support/tiny_model.h"

#include <QTest>

using namespace inference;

namespace {

class Collector : public GenerationSink
{
public:
    std::string startText, text;
    int starts = 0;
    std::uint64_t seed = 0;
    std::vector<TokenId> told;
    std::vector<float> probabilities;
    bool startFirst = true;

    void onSeed(std::uint64_t value) override { seed = value; }
    void onStartText(std::string_view piece) override
    {
        ++starts;
        startFirst = startFirst && text.empty();
        startText += piece;
    }
    void onToken(const TokenChance &token, std::span<const TokenChance> others) override
    {
        told.push_back(token.token);
        probabilities.push_back(token.probability);
        for (const TokenChance &other : others)
            startFirst = startFirst && other.token != token.token;
    }
    void onText(std::string_view piece) override { text += piece; }
};

std::unique_ptr<Engine> engineWith(const std::string &path, std::uint32_t context)
{
    auto engine = createEngine();
    LoadOptions options;
    options.contextLength = context;
    const auto loaded = engine->load(path, options, nullptr, {});
    if (!loaded)
        qFatal("%s", loaded.error().message.c_str());
    return engine;
}

GenerationStatistics run(Engine &engine, const GenerationRequest &request, Collector &sink)
{
    const auto statistics = engine.generate(request, sink, {});
    if (!statistics)
        qFatal("%s", statistics.error().message.c_str());
    return *statistics;
}

SamplingOptions greedy()
{
    SamplingOptions options;
    options.temperature = 0;
    return options;
}

SamplingOptions drawn(float penalty, bool filters)
{
    SamplingOptions options;
    options.temperature = 0.9f;
    options.seed = 4711;
    options.repeatPenalty = penalty;
    options.repeatWindow = 16;
    if (!filters) {
        options.topK = 0;
        options.topP = 1;
    }
    return options;
}

// Cut after each token, on an engine that has seen nothing and on one that remembers.
void compareAllCuts(const std::string &path, GenerationRequest request, std::uint32_t length, int freshEvery)
{
    request.maxTokens = length;
    request.alternatives = 8;
    const auto engine = engineWith(path, 512);
    std::unique_ptr<Engine> other;
    for (const Guesses guesses : {Guesses::None, Guesses::Always}) {
        request.guesses = guesses;
        Collector whole;
        const GenerationStatistics uncut = run(*engine, request, whole);
        QVERIFY(uncut.tokens.size() > length / 2);
        QCOMPARE(whole.told, uncut.tokens);
        QCOMPARE(whole.starts, 0);
        for (std::size_t n = 1; n < uncut.tokens.size(); ++n) {
            if (!other || n % std::size_t(freshEvery) == 0)
                other = engineWith(path, 512);
            GenerationRequest rest = request;
            rest.start.assign(uncut.tokens.begin(), uncut.tokens.begin() + std::ptrdiff_t(n));
            rest.maxTokens = length - std::uint32_t(n);
            for (Engine *which : {engine.get(), other.get()}) {
                Collector sink;
                const GenerationStatistics cut = run(*which, rest, sink);
                std::vector<TokenId> all = rest.start;
                all.insert(all.end(), cut.tokens.begin(), cut.tokens.end());
                if (all != uncut.tokens)
                    qFatal("cut after %zu tokens it went another way", n);
                QCOMPARE(sink.startText + sink.text, whole.text);
                QCOMPARE(sink.starts, 1);
                QVERIFY(sink.startFirst);
                QCOMPARE(cut.startTokens, std::uint32_t(n));
                QCOMPARE(cut.promptTokens, uncut.promptTokens + std::uint32_t(n));
                QCOMPARE(cut.generatedTokens, std::uint32_t(cut.tokens.size()));
                QCOMPARE(cut.endReason, uncut.endReason);
                QCOMPARE(sink.told, cut.tokens);
                for (std::size_t i = 0; i < cut.tokens.size(); ++i)
                    QCOMPARE(sink.probabilities[i], whole.probabilities[n + i]);
            }
        }
    }
}

} // namespace

class TestAnswerStart : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aCutAnswerGoesOnBitByBit_data()
    {
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<int>("way");
        const QByteArray qwen = QByteArray::fromStdString(test::tinyModel(test::wideTinyModel({.architecture = "qwen2", .weights = kernels::ElementType::Q4_K})));
        const QByteArray deepseek = QByteArray::fromStdString(test::TinyDeepseek("deepseek2_v3").toGguf());
        for (int way = 0; way < 4; ++way) {
            const char *names[] = {"greedy", "drawn", "drawn, with a penalty", "drawn from all, with a penalty"};
            QTest::addRow("qwen2, %s", names[way]) << qwen << way;
            QTest::addRow("deepseek2, %s", names[way]) << deepseek << way;
        }
    }
    void aCutAnswerGoesOnBitByBit()
    {
        QFETCH(QByteArray, file);
        QFETCH(int, way);
        test::TemporaryFolder folder;
        const std::string path = folder.write("tiny.gguf", file).toStdString();
        GenerationRequest request;
        request.input = RawInput{"The whale sang. The whale sang", false};
        request.sampling = way == 0 ? greedy() : drawn(way >= 2 ? 1.3f : 1.0f, way != 3);
        compareAllCuts(path, request, 24, 1);
    }

    void soDoesTheSmallModel_data()
    {
        QTest::addColumn<bool>("draws");
        QTest::newRow("greedy") << false;
        QTest::newRow("drawn") << true;
    }
    void soDoesTheSmallModel()
    {
        QFETCH(bool, draws);
        GenerationRequest request;
        // Its answers to this hold characters of several tokens.
        request.input = ChatInput{{{"user", "Repeat exactly: 鲸鱼 🐋 sings, 鲸鱼 🐋 sings"}}};
        request.sampling = draws ? drawn(1.1f, true) : greedy();
        compareAllCuts(test::smallModel().toStdString(), request, 12, 6);
    }

    void theSeedIsToldBeforeTheAnswer()
    {
        test::TemporaryFolder folder;
        const auto engine = engineWith(folder.write("tiny.gguf", QByteArray::fromStdString(test::tinyModel({}))).toStdString(), 128);
        GenerationRequest request;
        request.input = RawInput{"abc"};
        request.maxTokens = 3;
        Collector sink;
        QCOMPARE(run(*engine, request, sink).seed, sink.seed); // a random one
        QVERIFY(sink.seed != 0);
    }

    void tokensThatCannotBeAreRefused()
    {
        test::TemporaryFolder folder;
        const auto engine = engineWith(folder.write("tiny.gguf", QByteArray::fromStdString(test::tinyModel({}))).toStdString(), 128);
        const auto vocabulary = TokenId(engine->summary()->vocabularySize);
        for (const TokenId bad : {TokenId(-1), vocabulary, TokenId(0x7fffffff)}) {
            GenerationRequest request;
            request.input = RawInput{"abc"};
            request.start = {1, bad};
            Collector sink;
            const auto refused = engine->generate(request, sink, {});
            QVERIFY(!refused);
            QCOMPARE(refused.error().code, ErrorCode::InvalidArgument);
            QVERIFY(refused.error().message.find("vocabulary") != std::string::npos);
        }
        GenerationRequest full; // the start counts as context
        full.input = RawInput{"abc"};
        full.start.assign(200, 1);
        Collector sink;
        const auto refused = engine->generate(full, sink, {});
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::ContextFull);
        QVERIFY(*engine->countTokens(full) > 200u);
    }

    void aStartThatEndsTheAnswerIsAllOfIt()
    {
        test::TemporaryFolder folder;
        const std::string path = folder.write("tiny.gguf", QByteArray::fromStdString(test::tinyModel({}))).toStdString();
        const auto engine = engineWith(path, 128);
        const auto file = ModelFile::open(path);
        QVERIFY(file);
        GenerationRequest request;
        request.input = RawInput{"abc"};
        request.start = (*file)->tokenizer->encode("Hi", PromptPiece::Origin::User);
        request.start.push_back((*file)->tokenizer->endOfGeneration().front());
        Collector sink;
        const auto statistics = run(*engine, request, sink);
        QCOMPARE(statistics.endReason, EndReason::Stop);
        QCOMPARE(statistics.generatedTokens, 0u);
        QCOMPARE(sink.startText + sink.text, std::string("Hi"));

        request.start = (*file)->tokenizer->encode("Hi STOP", PromptPiece::Origin::User);
        request.stopStrings = {"STOP"};
        Collector stopped;
        QCOMPARE(run(*engine, request, stopped).generatedTokens, 0u);
        QCOMPARE(stopped.startText + stopped.text, std::string("Hi "));
    }
};

QTEST_GUILESS_MAIN(TestAnswerStart)
#include "tst_answer_start.moc"
