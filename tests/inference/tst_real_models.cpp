// The engine on real models: reuse, chunks, threads and seeds never change an answer, and stopping is quick.
#include "inference/model_engine.h"
#include "tests/support/models.h"

#include <QElapsedTimer>
#include <QTest>

#include <algorithm>
#include <atomic>
#include <thread>

using namespace inference;

namespace {

class Collector : public GenerationSink
{
public:
    std::string text;
    std::atomic<bool> reads{false}, writes{false};
    void onPrompt(std::uint32_t, std::uint32_t, bool) override { reads = true; }
    void onText(std::string_view piece) override
    {
        text += piece;
        writes = true;
    }
};

std::unique_ptr<Engine> engineWith(const QString &model, LoadOptions options = {})
{
    auto engine = createEngine();
    const auto loaded = engine->load(model.toStdString(), options, nullptr, {});
    if (!loaded)
        qFatal("%s", loaded.error().message.c_str());
    return engine;
}

GenerationRequest chat(std::vector<ChatMessage> messages, std::uint32_t maxTokens)
{
    GenerationRequest request;
    request.input = ChatInput{std::move(messages)};
    request.sampling.temperature = 0;
    request.maxTokens = maxTokens;
    return request;
}

GenerationStatistics run(Engine &engine, const GenerationRequest &request, Collector &sink, std::stop_token stop = {})
{
    const auto statistics = engine.generate(request, sink, stop);
    if (!statistics)
        qFatal("%s", statistics.error().message.c_str());
    return *statistics;
}

GenerationStatistics run(Engine &engine, const GenerationRequest &request)
{
    Collector sink;
    return run(engine, request, sink);
}

std::string article(int sentences)
{
    std::string text;
    for (int i = 0; i < sentences; ++i)
        text += "Sentence " + std::to_string(i) + " of this report says that whale number " + std::to_string(i * 37 % 101) +
                " was seen near the coast. ";
    return text;
}

} // namespace

class TestRealModels : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theSmallModelAnswers()
    {
        const auto engine = engineWith(test::smallModel());
        Collector sink;
        const auto statistics = run(*engine, chat({{"user", "What is 2+2?"}}, 40), sink);
        QVERIFY2(sink.text.find("4") != std::string::npos, sink.text.c_str());
        QCOMPARE(statistics.endReason, EndReason::Stop);
        QVERIFY(engine->summary()->chatFormatKnown);
        QCOMPARE(engine->summary()->quantisation, std::string("Q4_1"));
    }
    void theStarterWritesCode()
    {
        const auto engine = engineWith(test::starterModel());
        Collector sink;
        run(*engine, chat({{"user", "Write a C++ function that adds two ints. Only the code."}}, 60), sink);
        QVERIFY2(sink.text.find("return a + b") != std::string::npos, sink.text.c_str());
        QVERIFY(engine->summary()->canFillInMiddle);
        GenerationRequest middle;
        middle.input = FillInMiddleInput{"def add(a, b):\n    return ", "\n\nprint(add(1, 2))\n"};
        middle.sampling.temperature = 0;
        middle.maxTokens = 20;
        Collector filled;
        run(*engine, middle, filled);
        QVERIFY2(filled.text.find("a + b") != std::string::npos, filled.text.c_str());
    }
    void reuseChunksAndThreadsNeverChangeAnAnswer()
    {
        const auto first = chat({{"system", "You know whales."}, {"user", article(6) + "Which whale came first?"}}, 24);
        const auto second = chat({{"system", "You know whales."}, {"user", article(5) + "How many were seen?"}}, 24);
        std::vector<TokenId> firstAlone, secondAlone;
        {
            const auto engine = engineWith(test::smallModel());
            firstAlone = run(*engine, first).tokens;
        }
        {
            const auto engine = engineWith(test::smallModel());
            secondAlone = run(*engine, second).tokens;
        }
        QVERIFY(!firstAlone.empty() && !secondAlone.empty());
        for (const auto &[chunk, threads] : {std::pair(0u, 0u), std::pair(1u, 1u), std::pair(17u, 2u), std::pair(512u, 1u)}) {
            const auto engine = engineWith(test::smallModel(), {.threads = threads, .chunkTokens = chunk});
            QCOMPARE(run(*engine, first).tokens, firstAlone);
            const auto reused = run(*engine, second);
            QVERIFY(reused.cachedTokens > 50);
            QCOMPARE(reused.tokens, secondAlone);
            const auto repeated = run(*engine, first);
            QCOMPARE(repeated.cachedTokens, repeated.promptTokens - 1);
            QCOMPARE(repeated.tokens, firstAlone);
        }
    }
    void conversationsGoOnWhereTheyWere()
    {
        const auto engine = engineWith(test::smallModel());
        std::vector<ChatMessage> messages;
        std::uint32_t known = 0;
        for (const char *question : {"Name a colour.", "Name another one.", "And a third."}) {
            messages.push_back({"user", question});
            Collector sink;
            const auto statistics = run(*engine, chat(messages, 30), sink);
            QVERIFY2(statistics.cachedTokens >= known,
                     qPrintable(QString("%1 of %2 reused").arg(statistics.cachedTokens).arg(known)));
            known = statistics.promptTokens;
            messages.push_back({"assistant", sink.text});
            run(*engine, chat({{"user", "Something else in between."}}, 5));
        }
    }
    void seedsRepeatAnAnswer()
    {
        auto request = chat({{"user", "Tell a story."}}, 30);
        request.sampling = {.temperature = 1.0f};
        request.sampling.seed = 11;
        const auto engine = engineWith(test::smallModel());
        const auto first = run(*engine, request);
        QCOMPARE(run(*engine, request).tokens, first.tokens);
        QCOMPARE(run(*engineWith(test::smallModel(), {.threads = 1}), request).tokens, first.tokens);
        request.sampling.seed = 12;
        QVERIFY(run(*engine, request).tokens != first.tokens);
    }
    void stopsAtOnce_data()
    {
        QTest::addColumn<QString>("model");
        QTest::addColumn<bool>("whileReading");
        QTest::newRow("small model reads") << test::smallModel() << true;
        QTest::newRow("small model writes") << test::smallModel() << false;
        QTest::newRow("starter reads") << test::starterModel() << true;
        QTest::newRow("starter writes") << test::starterModel() << false;
    }
    // At moments spread over the run, so that every kind of step is met. One may be late: other programs have the
    // processor too.
    void stopsAtOnce()
    {
        QFETCH(QString, model);
        QFETCH(bool, whileReading);
        constexpr int kStops = 12;
        const auto engine = engineWith(model);
        std::vector<qint64> waits;
        for (int i = 0; i < kStops; ++i) {
            std::stop_source stop;
            Collector sink;
            std::atomic<bool> over{false};
            QElapsedTimer clock;
            clock.start();
            std::atomic<qint64> stoppedAt{0};
            std::thread stopper([&] {
                while (!over && !(whileReading ? sink.reads : sink.writes))
                    std::this_thread::sleep_for(std::chrono::milliseconds(1));
                std::this_thread::sleep_for(std::chrono::milliseconds(1 + i * (whileReading ? 29 : 7)));
                stoppedAt = clock.elapsed();
                stop.request_stop();
            });
            auto request = chat({{"user", std::to_string(i) + article(whileReading ? 300 : 1) + "Write a long story about them."}}, 0);
            request.sampling.temperature = 1;
            const auto statistics = run(*engine, request, sink, stop.get_token());
            const qint64 idleAt = clock.elapsed();
            over = true;
            stopper.join();
            if (whileReading)
                QCOMPARE(statistics.endReason, EndReason::Cancelled);
            if (statistics.endReason == EndReason::Cancelled) // an answer may have ended before
                waits.push_back(idleAt - stoppedAt);
        }
        QVERIFY2(waits.size() > kStops / 2, qPrintable(QString::number(waits.size())));
        std::sort(waits.begin(), waits.end());
        qInfo("idle after the stop: %lld ms at most, median %lld ms", static_cast<long long>(waits.back()),
              static_cast<long long>(waits[waits.size() / 2]));
        QVERIFY2(waits[waits.size() - 2] < 150, qPrintable(QString("%1 ms").arg(waits[waits.size() - 2])));
    }
};

QTEST_GUILESS_MAIN(TestRealModels)
#include "tst_real_models.moc"
