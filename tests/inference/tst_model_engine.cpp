// inference/model_engine.h on a scripted backend and a tiny model file: the road from a request to its
// answer.
#include "inference/model_engine.h"
#include "tests/support/fake_backend.h"
#include "tests/support/temporary_file.h"
#include "tests/support/tiny_model.h"

#include <QElapsedTimer>
#include <QTest>

#include <atomic>
#include <thread>

using namespace inference;
using namespace std::chrono_literals;

namespace {

class Collector : public GenerationSink
{
public:
    std::string text;
    std::uint32_t promptTokens = 0, cachedTokens = 0;
    int prompts = 0;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> progress;
    std::function<void()> onAnything;

    void onPrompt(std::uint32_t tokens, std::uint32_t cached, bool) override
    {
        ++prompts;
        promptTokens = tokens;
        cachedTokens = cached;
    }
    void onPromptProgress(std::uint32_t done, std::uint32_t total) override
    {
        progress.emplace_back(done, total);
        if (onAnything)
            onAnything();
    }
    void onText(std::string_view piece) override
    {
        text += piece;
        if (onAnything)
            onAnything();
    }
};

// An engine with a tiny model and a scripted device.
struct Machine
{
    test::TemporaryFolder folder;
    std::shared_ptr<test::FakeBackend::Arrangement> device =
        std::make_shared<test::FakeBackend::Arrangement>();
    ModelEngine engine{[this](const LoadOptions &) -> Result<std::unique_ptr<kernels::Backend>> {
        return std::unique_ptr<kernels::Backend>(std::make_unique<test::FakeBackend>(device));
    }};
    std::filesystem::path path;
    std::shared_ptr<const ModelFile> file;

    explicit Machine(test::TinyModelOptions model = {}, LoadOptions options = {})
    {
        path = folder.write("tiny.gguf", QByteArray::fromStdString(test::tinyModel(model))).toStdString();
        const auto loaded = engine.load(path, options, nullptr, {});
        if (!loaded)
            qFatal("%s", loaded.error().message.c_str());
        file = *ModelFile::open(path);
    }
    ~Machine()
    {
        engine.unload();
        for (const std::string &fault : device->faults)
            QTest::qFail(fault.c_str(), __FILE__, __LINE__);
    }
    std::vector<TokenId> ids(const std::string &text) const
    {
        return file->tokenizer->encode(text, PromptPiece::Origin::Template);
    }
    TokenId eos() const { return *file->tokenizer->eos(); }
    // The device answers with these tokens, whatever the prompt is, and ends the turn after them.
    void answerWith(std::vector<TokenId> answer, std::size_t promptTokens)
    {
        device->next = [answer, promptTokens, end = eos()](std::span<const TokenId> tokens) {
            const std::size_t at = tokens.size() - promptTokens;
            return tokens.size() >= promptTokens && at < answer.size() ? answer[at] : end;
        };
    }
    std::uint32_t count(const GenerationRequest &request) const { return *engine.countTokens(request); }
    GenerationStatistics run(const GenerationRequest &request, Collector &sink, std::stop_token stop = {})
    {
        const auto statistics = engine.generate(request, sink, stop);
        if (!statistics) {
            QTest::qFail(statistics.error().message.c_str(), __FILE__, __LINE__);
            return {};
        }
        return *statistics;
    }
    GenerationStatistics run(const GenerationRequest &request)
    {
        Collector sink;
        return run(request, sink);
    }
};

GenerationRequest chat(std::vector<ChatMessage> messages)
{
    GenerationRequest request;
    request.input = ChatInput{std::move(messages)};
    request.sampling.temperature = 0;
    return request;
}

GenerationRequest raw(std::string prompt, std::uint32_t maxTokens = 0)
{
    GenerationRequest request;
    request.input = RawInput{std::move(prompt)};
    request.sampling.temperature = 0;
    request.maxTokens = maxTokens;
    return request;
}

std::string longText(std::size_t characters)
{
    std::string text;
    while (text.size() < characters)
        text += char('a' + text.size() * 7 % 26);
    return text;
}

std::vector<TokenId> operator+(std::vector<TokenId> a, const std::vector<TokenId> &b)
{
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

} // namespace

class TestModelEngine : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void saysWhatIsLoaded()
    {
        Machine m({.architecture = "qwen2"});
        const ModelSummary summary = *m.engine.summary();
        QCOMPARE(summary.path, m.path);
        QCOMPARE(summary.name, std::string("Tiny"));
        QCOMPARE(summary.architecture, std::string("qwen2"));
        QCOMPARE(summary.device, std::string("scripted"));
        QCOMPARE(summary.contextLength, 512u);
        QCOMPARE(summary.trainedContextLength, 512u);
        QCOMPARE(summary.fileBytes, std::uint64_t(std::filesystem::file_size(m.path)));
        QCOMPARE(summary.vocabularySize, m.file->config.shape.vocabularySize);
        QVERIFY(summary.parameterCount > 10000);
        QVERIFY(summary.canFillInMiddle);
        QVERIFY(summary.kvBytesPerToken > 0);
        QVERIFY(summary.loadMs > 0);
        m.engine.unload();
        QVERIFY(!m.engine.summary());
        Collector sink;
        QVERIFY(!m.engine.generate(raw("x"), sink, {}));
        QVERIFY(!m.engine.countTokens(raw("x")));
    }
    void loadReportsProgressUpToTheEnd()
    {
        Machine m;
        std::vector<std::uint64_t> done;
        std::uint64_t total = 0;
        QVERIFY(m.engine.load(m.path, {},
                              [&](std::uint64_t now, std::uint64_t all) {
                                  done.push_back(now);
                                  total = all;
                              },
                              {}));
        QCOMPARE(done.front(), std::uint64_t(0));
        QVERIFY(std::is_sorted(done.begin(), done.end()));
        QCOMPARE(done.back(), total);
        QVERIFY(total > 0 && total <= std::filesystem::file_size(m.path));
    }
    void theFormerModelStaysWhenLoadingFails()
    {
        Machine m;
        const auto bad = m.folder.write("bad.gguf", "GGUFrubbish").toStdString();
        const auto failed = m.engine.load(bad, {}, nullptr, {});
        QVERIFY(!failed);
        QVERIFY(failed.error().message.find("bad.gguf") != std::string::npos);
        std::stop_source stopped;
        const auto cancelled = m.engine.load(
            m.path, {}, [&](std::uint64_t, std::uint64_t) { stopped.request_stop(); }, stopped.get_token());
        QVERIFY(!cancelled);
        QCOMPARE(cancelled.error().code, ErrorCode::Cancelled);
        QCOMPARE(m.engine.summary()->name, std::string("Tiny"));
        m.device->next = [token = m.ids("a").front()](auto) { return token; };
        QCOMPARE(m.run(raw("go on", 3)).generatedTokens, 3u);
    }
    void refusesFoldersWithASentence()
    {
        Machine m;
        const auto failed = m.engine.load(m.path.parent_path(), {}, nullptr, {});
        QVERIFY(!failed);
        QCOMPARE(failed.error().code, ErrorCode::Unsupported);
        m.folder.write("config.json", "{}");
        const auto noFamily = m.engine.load(m.path.parent_path(), {}, nullptr, {});
        QVERIFY(!noFamily);
        QVERIFY(noFamily.error().message.find("model_type") != std::string::npos);
    }
    void refusesMoreContextThanTrained()
    {
        Machine m;
        const auto failed = m.engine.load(m.path, {.contextLength = 513}, nullptr, {});
        QVERIFY(!failed);
        QCOMPARE(failed.error().code, ErrorCode::InvalidArgument);
        QVERIFY(failed.error().message.find("512") != std::string::npos);
        QCOMPARE((*m.engine.load(m.path, {.contextLength = 100}, nullptr, {})).contextLength, 100u);
    }
    void answersUntilTheModelEndsItsTurn()
    {
        Machine m;
        const auto request = chat({{"user", "Grüße, 世界"}});
        const std::uint32_t prompt = m.count(request);
        const std::vector<TokenId> answer = m.ids("Hällo 世界 😀!");
        m.answerWith(answer, prompt);
        Collector sink;
        const GenerationStatistics statistics = m.run(request, sink);
        QCOMPARE(sink.text, std::string("Hällo 世界 😀!"));
        QCOMPARE(statistics.tokens, answer);
        QCOMPARE(statistics.endReason, EndReason::Stop);
        QCOMPARE(statistics.promptTokens, prompt);
        QCOMPARE(statistics.cachedTokens, 0u);
        QCOMPARE(statistics.generatedTokens, std::uint32_t(answer.size()));
        QVERIFY(statistics.prefillTokensPerSecond > 0);
        QVERIFY(statistics.decodeTokensPerSecond > 0);
        QVERIFY(statistics.firstTokenMs > 0);
        QCOMPARE(sink.prompts, 1);
        QCOMPARE(sink.promptTokens, prompt);
        QCOMPARE(sink.progress.back(), std::pair(prompt, prompt));
    }
    void aConversationIsNeverReadTwice()
    {
        Machine m;
        std::vector<ChatMessage> messages{{"user", "First question"}};
        auto request = chat(messages);
        m.answerWith(m.ids("first answer"), m.count(request));
        Collector sink;
        const auto first = m.run(request, sink);
        messages.push_back({"assistant", sink.text});
        messages.push_back({"user", "Second question"});
        request = chat(messages);
        m.answerWith(m.ids("second"), m.count(request));
        const auto second = m.run(request);
        // Everything up to the end of the first answer is in the cache: its last token was never run.
        QCOMPARE(second.cachedTokens, first.promptTokens + first.generatedTokens);
        m.run(chat({{"user", "Another panel's prompt"}}));
        const auto repeated = m.run(request);
        QCOMPARE(repeated.cachedTokens, repeated.promptTokens - 1);
    }
    void reuseNeverChangesTheAnswer()
    {
        // Without a script, each token depends on all tokens before it as they lie in the cache.
        const auto first = raw(longText(300), 20), second = raw(longText(200) + "and another end", 20);
        std::vector<std::vector<TokenId>> fresh, reused;
        for (const auto &request : {first, second}) {
            Machine m;
            fresh.push_back(m.run(request).tokens);
        }
        for (const std::uint32_t chunk : {0u, 1u, 7u, 64u}) {
            Machine m({}, {.chunkTokens = chunk});
            QCOMPARE(m.run(first).tokens, fresh[0]);
            const auto statistics = m.run(second);
            QVERIFY(statistics.cachedTokens >= 100);
            QCOMPARE(statistics.tokens, fresh[1]);
            QCOMPARE(m.run(first).tokens, fresh[0]);
        }
    }
    void chunksAreAsLargeAsAskedFor()
    {
        Machine m({}, {.chunkTokens = 50});
        const auto request = raw(longText(400), 1);
        const std::uint32_t prompt = m.count(request);
        m.run(request);
        std::uint32_t sum = 0;
        for (const std::size_t size : m.device->runSizes) {
            QVERIFY(size <= 50);
            sum += std::uint32_t(size);
        }
        QCOMPARE(sum, prompt);
    }
    void stopStringEndsTheAnswer()
    {
        Machine m;
        auto request = chat({{"user", "count"}});
        request.stopStrings = {"###"};
        m.answerWith(m.ids("one two #") + m.ids("##") + m.ids(" three"), m.count(request));
        Collector sink;
        const auto statistics = m.run(request, sink);
        QCOMPARE(sink.text, std::string("one two "));
        QCOMPARE(statistics.endReason, EndReason::Stop);
        request.stopStrings = {""};
        QVERIFY(!m.engine.generate(request, sink, {}));
    }
    void lengthEndsTheAnswer()
    {
        Machine m;
        m.device->next = [token = m.ids("a").front()](auto) { return token; };
        const auto statistics = m.run(raw("abc", 5));
        QCOMPARE(statistics.endReason, EndReason::Length);
        QCOMPARE(statistics.generatedTokens, 5u);
        QCOMPARE(m.run(raw("xyz", 1)).generatedTokens, 1u);
    }
    void aFullContextEndsTheAnswer()
    {
        Machine m({}, {.contextLength = 100});
        m.device->next = [token = m.ids("a").front()](auto) { return token; };
        const auto request = raw(longText(90));
        const auto statistics = m.run(request);
        QCOMPARE(statistics.endReason, EndReason::Context);
        QCOMPARE(statistics.promptTokens + statistics.generatedTokens, 100u);
    }
    void aPromptThatDoesNotFitIsRefusedWithFigures()
    {
        Machine m({}, {.contextLength = 100});
        std::string text = longText(50);
        while (m.count(raw(text)) < 99)
            text += 'q';
        Collector sink;
        const auto last = m.run(raw(text), sink);
        QCOMPARE(last.generatedTokens, 1u); // 99 tokens leave room for one
        while (m.count(raw(text)) < 100)
            text += 'q';
        Collector refused;
        const auto failed = m.engine.generate(raw(text), refused, {});
        QVERIFY(!failed);
        QCOMPARE(failed.error().code, ErrorCode::ContextFull);
        QVERIFY2(failed.error().message.find("99 tokens") != std::string::npos,
                 failed.error().message.c_str());
        QVERIFY2(failed.error().message.find("found 100") != std::string::npos,
                 failed.error().message.c_str());
        QCOMPARE(refused.prompts, 0);
        m.device->next = [token = m.ids("a").front()](auto) { return token; };
        QCOMPARE(m.run(raw("short", 2)).generatedTokens, 2u);
    }
    void anEmptyPromptIsRefused()
    {
        Machine m;
        Collector sink;
        const auto none = m.engine.generate(chat({}), sink, {});
        QVERIFY(!none);
        QCOMPARE(none.error().code, ErrorCode::InvalidArgument);
    }
    void fillInTheMiddleEndsAtAnySpecialToken()
    {
        Machine m;
        GenerationRequest request;
        request.input = FillInMiddleInput{"int f() { return ", "; }"};
        request.sampling.temperature = 0;
        const auto special = *m.file->tokenizer->fillInMiddle();
        m.answerWith(m.ids("42") + std::vector<TokenId>{special.suffix} + m.ids("never"), m.count(request));
        Collector sink;
        const auto statistics = m.run(request, sink);
        QCOMPARE(sink.text, std::string("42"));
        QCOMPARE(statistics.endReason, EndReason::Stop);
    }
    void stopsWhileALongPromptIsRead_data()
    {
        QTest::addColumn<int>("microsecondsPerToken");
        QTest::newRow("quick device") << 500;
        QTest::newRow("slow device") << 20000;
    }
    void stopsWhileALongPromptIsRead()
    {
        QFETCH(int, microsecondsPerToken);
        Machine m;
        m.device->perToken = std::chrono::microseconds(microsecondsPerToken);
        const auto request = raw(longText(500), 1);
        std::stop_source stop;
        std::atomic<qint64> stoppedAt{0};
        QElapsedTimer clock;
        clock.start();
        std::thread stopper([&] {
            std::this_thread::sleep_for(120ms);
            stoppedAt = clock.elapsed();
            stop.request_stop();
        });
        Collector sink;
        const auto statistics = m.run(request, sink, stop.get_token());
        const qint64 idleAt = clock.elapsed();
        stopper.join();
        QCOMPARE(statistics.endReason, EndReason::Cancelled);
        QVERIFY2(idleAt - stoppedAt < 150, qPrintable(QString("%1 ms").arg(idleAt - stoppedAt)));
        QCOMPARE(statistics.generatedTokens, 0u);
        // What was read stays: the next attempt begins there.
        m.device->perToken = 0us;
        const std::uint32_t read = sink.progress.empty() ? 0 : sink.progress.back().first;
        QCOMPARE(m.run(request).cachedTokens, read);
    }
    void stopsBetweenTokens()
    {
        Machine m;
        std::stop_source stop;
        Collector sink;
        sink.onAnything = [&] {
            if (sink.text.size() > 5)
                stop.request_stop();
        };
        m.device->next = [token = m.ids("a").front()](auto) { return token; };
        const auto statistics = m.run(raw("go"), sink, stop.get_token());
        QCOMPARE(statistics.endReason, EndReason::Cancelled);
        QCOMPARE(statistics.generatedTokens, 6u);
        QCOMPARE(sink.text, std::string("aaaaaa"));
        std::stop_source before;
        before.request_stop();
        QCOMPARE(m.run(raw("go"), sink, before.get_token()).endReason, EndReason::Cancelled);
    }
    void aFailingDeviceIsAnErrorAndNotTheEnd_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("run");
        QTest::addColumn<int>("code");
        for (const int run : {1, 2, 5}) {
            QTest::addRow("error at run %d", run) << 0 << run << int(ErrorCode::Internal);
            QTest::addRow("exception at run %d", run) << 1 << run << int(ErrorCode::OutOfMemory);
            if (run > 1)
                QTest::addRow("invalid numbers at run %d", run) << 2 << run << int(ErrorCode::InvalidNumbers);
        }
    }
    void aFailingDeviceIsAnErrorAndNotTheEnd()
    {
        QFETCH(int, kind);
        QFETCH(int, run);
        QFETCH(int, code);
        Machine m({}, {.chunkTokens = 100});
        const auto request = raw(longText(150), 10);
        std::vector<TokenId> expected;
        {
            Machine healthy({}, {.chunkTokens = 100});
            expected = healthy.run(request).tokens;
        }
        (kind == 0   ? m.device->failAtRun
         : kind == 1 ? m.device->throwAtRun
                     : m.device->poisonAtRun) = std::size_t(run);
        Collector sink;
        const auto failed = m.engine.generate(request, sink, {});
        QVERIFY(!failed);
        QCOMPARE(int(failed.error().code), code);
        QCOMPARE(m.run(request).tokens, expected);
    }
    void seedsRepeatAnAnswer()
    {
        Machine m;
        auto request = raw("Once upon a time", 30);
        request.sampling = {};
        const auto random = m.run(request);
        request.sampling.seed = random.seed;
        QCOMPARE(m.run(request).tokens, random.tokens);
        request.sampling.seed = random.seed + 1;
        QVERIFY(m.run(request).tokens != random.tokens);
    }
    void repeatPenaltySeesThePrompt()
    {
        Machine m;
        const TokenId favourite = m.ids("z").front();
        m.device->next = [favourite](auto) { return favourite; };
        auto request = raw("zzz", 1);
        QCOMPARE(m.run(request).tokens, std::vector<TokenId>{favourite});
        request.sampling.repeatPenalty = 100; // 10 becomes 0.1, below the noise of the others
        QVERIFY(m.run(request).tokens != std::vector<TokenId>{favourite});
    }
    void badSamplingOptionsAreRefused()
    {
        Machine m;
        auto request = raw("x", 1);
        request.sampling.topP = 2;
        Collector sink;
        const auto failed = m.engine.generate(request, sink, {});
        QVERIFY(!failed);
        QCOMPARE(failed.error().code, ErrorCode::InvalidArgument);
    }
    void countsTokensFromOtherThreadsWhileModelsComeAndGo()
    {
        Machine m;
        std::atomic<bool> over{false};
        std::atomic<int> counted{0};
        std::vector<std::thread> threads;
        for (int i = 0; i < 3; ++i) {
            threads.emplace_back([&] {
                while (!over) {
                    const auto tokens = m.engine.countTokens(raw("abcdef"));
                    const auto summary = m.engine.summary();
                    counted += tokens && summary && summary->vocabularySize > 0;
                }
            });
        }
        for (int i = 0; i < 20; ++i) {
            QVERIFY(m.engine.load(m.path, {}, nullptr, {}));
            m.run(raw("hello", 5));
            if (i % 5 == 4)
                m.engine.unload();
        }
        over = true;
        for (std::thread &thread : threads)
            thread.join();
        QVERIFY(counted > 0);
    }
    // The device repeats the prompt, then something else, then the prompt again: guesses hold and fail in
    // turn.
    void guessesNeverChangeAnAnswer_data()
    {
        QTest::addColumn<std::uint32_t>("maxTokens");
        QTest::addColumn<QByteArray>("stopString");
        QTest::addColumn<std::uint32_t>("mostInARun");
        QTest::addColumn<std::uint32_t>("context");
        QTest::newRow("until the end") << 0u << QByteArray() << 0u << 512u;
        QTest::newRow("some tokens") << 9u << QByteArray() << 0u << 512u;
        QTest::newRow("a stop string amid right guesses") << 0u << QByteArray("dog") << 0u << 512u;
        QTest::newRow("runs of three") << 0u << QByteArray() << 3u << 512u;
        QTest::newRow("runs of one") << 0u << QByteArray() << 1u << 512u;
        QTest::newRow("a full context") << 0u << QByteArray() << 0u << 128u;
    }
    void guessesNeverChangeAnAnswer()
    {
        QFETCH(std::uint32_t, maxTokens);
        QFETCH(QByteArray, stopString);
        QFETCH(std::uint32_t, mostInARun);
        QFETCH(std::uint32_t, context);
        const std::string text = "the quick brown fox jumps over the lazy dog; ";
        const std::string answer = text + "12345" + text + text.substr(0, 20) + "67" + text.substr(20);
        std::vector<GenerationStatistics> results;
        std::vector<std::string> texts;
        std::vector<std::size_t> runs;
        std::vector<std::uint32_t> cached;
        for (const Guesses guesses : {Guesses::None, Guesses::Always}) {
            Machine m({}, {.contextLength = context, .chunkTokens = mostInARun});
            GenerationRequest request = raw(text, maxTokens);
            request.guesses = guesses;
            if (!stopString.isEmpty())
                request.stopStrings = {stopString.toStdString()};
            m.answerWith(m.ids(answer), m.count(request));
            Collector sink;
            results.push_back(m.run(request, sink));
            const std::size_t before = m.device->runs;
            // what is in the cache is what was answered: the same conversation goes on from there
            request.input = RawInput{text + sink.text};
            request.maxTokens = 1;
            request.stopStrings.clear();
            cached.push_back(m.count(request) < context ? m.run(request).cachedTokens : 0);
            texts.push_back(sink.text);
            runs.push_back(before);
        }
        QCOMPARE(results[1].tokens, results[0].tokens);
        QCOMPARE(texts[1], texts[0]);
        QCOMPARE(results[1].endReason, results[0].endReason);
        QCOMPARE(cached[1], cached[0]);
        QCOMPARE(results[0].guessedTokens, 0u);
        QCOMPARE(results[1].guessedTokens > 0, mostInARun != 1);
        QVERIFY(results[1].rightGuesses <= results[1].guessedTokens);
        if (mostInARun == 0 && maxTokens == 0)
            QVERIFY2(runs[1] + results[1].rightGuesses == runs[0] && runs[1] < runs[0] * 2 / 3,
                     qPrintable(QString("%1 runs, %2 without").arg(runs[1]).arg(runs[0])));
    }
    // The same on the processor, where logits have to be the same bits for a step of one token and of many.
    void guessesNeverChangeADraw_data()
    {
        QTest::addColumn<float>("temperature");
        QTest::addColumn<float>("repeatPenalty");
        QTest::newRow("greedy") << 0.0f << 1.0f;
        QTest::newRow("drawn") << 1.0f << 1.0f;
        QTest::newRow("drawn, with a penalty") << 1.0f << 1.01f;
    }
    void guessesNeverChangeADraw()
    {
        QFETCH(float, temperature);
        QFETCH(float, repeatPenalty);
        test::TemporaryFolder folder;
        const auto path =
            folder.write("tiny.gguf", QByteArray::fromStdString(test::tinyModel({}))).toStdString();
        const std::unique_ptr<Engine> engine = createEngine();
        QVERIFY(engine->load(path, {.threads = 2}, nullptr, {}));
        std::uint32_t guessed = 0, right = 0;
        for (std::uint64_t seed = 1; seed <= 20; ++seed) {
            GenerationRequest request = raw("abcabcabc dabcab " + std::string(seed, 'x'), 200);
            request.sampling = {
                .temperature = temperature, .topK = 2, .repeatPenalty = repeatPenalty, .seed = seed};
            Collector sink;
            request.guesses = Guesses::None;
            const auto expected = engine->generate(request, sink, {});
            request.guesses = Guesses::Always;
            const auto found = engine->generate(request, sink, {});
            QVERIFY(expected && found);
            QCOMPARE(found->tokens, expected->tokens);
            guessed += found->guessedTokens;
            right += found->rightGuesses;
        }
        QVERIFY2(guessed > 50 && right < guessed && (right > 0 || repeatPenalty > 1),
                 qPrintable(QString("%1 of %2").arg(right).arg(guessed)));
    }
    // Numbers that are wrong behind a wrong guess are no matter of the answer.
    void aGuessThatFailsToRunEndsNothing()
    {
        const std::string text = "abcdefgh abcdefgh ";
        std::vector<GenerationStatistics> results;
        for (const std::size_t failAtRun : {0, 3}) {
            Machine m;
            GenerationRequest request = raw(text);
            request.guesses = Guesses::Always;
            m.answerWith(m.ids(text + text), m.count(request));
            m.device->failAtRun = failAtRun;
            results.push_back(m.run(request));
        }
        QCOMPARE(results[1].tokens, results[0].tokens);
    }
    void forgottenPrefixesAreReadAgain()
    {
        Machine m({}, {.contextLength = 256});
        m.device->pageLimit = 4; // memory for one conversation only
        const auto a = raw(longText(220), 3), b = raw("b" + longText(219), 3);
        const auto expected = m.run(a).tokens;
        m.run(b);
        const auto again = m.run(a);
        QCOMPARE(again.cachedTokens, 0u);
        QCOMPARE(again.tokens, expected);
    }
};

QTEST_GUILESS_MAIN(TestModelEngine)
#include "tst_model_engine.moc"
