// The fast path as a whole: the same bits however a prompt is cut, and close to the reference path.
#include "inference/gguf/gguf_file.h"
#include "inference/model/architecture.h"
#include "kernels/cpu/cpu_backend.h"
#include "kernels/cpu/cpu_backend_impl.h"
#include "kernels/cpu/isa.h"
#include "kernels/reference/reference_backend.h"
#include "tests/support/divergence.h"
#include "tests/support/tiny_model.h"

#include <QElapsedTimer>
#include <QTest>

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstring>
#include <numeric>
#include <thread>

using namespace kernels;

namespace {

constexpr std::uint32_t kTokens = 150; // three pages
constexpr int kStops = 3000;

struct Loaded
{
    std::string bytes;
    std::unique_ptr<inference::GgufFile> file;
    Plan plan;
};

Loaded load(const test::TinyModelOptions &options)
{
    Loaded model;
    model.bytes = test::tinyModel(options);
    model.file = std::move(inference::GgufFile::openMemory(std::as_bytes(std::span(model.bytes)), "tiny")).value();
    const auto config = inference::ModelConfig::fromGguf(*model.file);
    model.plan = std::move(inference::buildPlan(*model.file, *config)).value();
    return model;
}

std::vector<TokenId> someTokens(std::uint32_t vocabulary)
{
    std::vector<TokenId> tokens(kTokens);
    for (std::uint32_t i = 0; i < kTokens; ++i)
        tokens[i] = static_cast<TokenId>((i * 7919u + 13u) % vocabulary);
    return tokens;
}

// Logits of all tokens, read in runs of `chunk`.
std::vector<float> logitsOf(Backend &backend, const std::vector<TokenId> &tokens, std::uint32_t chunk)
{
    std::vector<KvPageId> pages;
    for (std::uint32_t p = 0; p * kKvPageTokens < tokens.size(); ++p)
        pages.push_back(*backend.allocateKvPage());
    const std::size_t vocabulary = backend.plan().shape.vocabularySize;
    std::vector<float> logits(tokens.size() * vocabulary);
    for (std::uint32_t first = 0; first < tokens.size(); first += chunk) {
        const std::uint32_t count = std::min<std::uint32_t>(chunk, static_cast<std::uint32_t>(tokens.size()) - first);
        const auto outcome = backend.run({std::span(tokens).subspan(first, count), first, pages, LogitsWanted::All},
                                         std::span(logits).subspan(first * vocabulary, count * vocabulary), {});
        if (!outcome || *outcome != RunOutcome::Done)
            qFatal("the run failed");
    }
    for (const KvPageId page : pages)
        backend.freeKvPage(page);
    return logits;
}

std::unique_ptr<Backend> compiled(const Plan &plan, unsigned threads, const std::string &isa,
                                  KvCacheType kvCacheType = KvCacheType::F16)
{
    std::unique_ptr<Backend> backend = std::move(createCpuBackend({threads, isa, kvCacheType})).value();
    if (!backend->compile(plan, kTokens))
        qFatal("compile failed");
    return backend;
}

} // namespace

class TestCpuBackend : public QObject
{
    Q_OBJECT

    void cacheTypes()
    {
        QTest::addColumn<int>("type");
        QTest::newRow("16 bits") << int(KvCacheType::F16);
        QTest::newRow("8 bits") << int(KvCacheType::Q8);
    }

private Q_SLOTS:
    void sameBitsHoweverCut_data()
    {
        QTest::addColumn<QString>("isa");
        QTest::addColumn<int>("type");
        QTest::addColumn<int>("cache");
        const std::vector<std::string_view> isas = availableIsas();
        for (const std::string_view isa : isas)
            for (const ElementType type : {ElementType::Q4_K, ElementType::Q2_K, ElementType::Q3_K, ElementType::IQ4_NL,
                                           ElementType::IQ4_XS, ElementType::MXFP4}) {
                // One type is enough for plain C++, which takes its time: tst_self_test.cpp has the bits of all.
                if (isa == "scalar" && isas.size() > 1 && type != ElementType::Q4_K)
                    continue;
                QTest::addRow("%s %s", std::string(isa).c_str(), traitsOf(type).name.data())
                    << QString::fromUtf8(isa.data(), qsizetype(isa.size())) << int(type) << int(KvCacheType::F16);
            }
        for (const std::string_view isa : isas)
            QTest::addRow("%s, cache in 8 bits", std::string(isa).c_str())
                << QString::fromUtf8(isa.data(), qsizetype(isa.size())) << int(ElementType::Q4_K) << int(KvCacheType::Q8);
    }
    void sameBitsHoweverCut()
    {
        QFETCH(QString, isa);
        QFETCH(int, type);
        QFETCH(int, cache);
        const Loaded model = load(test::wideTinyModel({.architecture = "qwen2", .weights = ElementType(type)}));
        const std::vector<TokenId> tokens = someTokens(model.plan.shape.vocabularySize);
        const std::vector<float> whole = logitsOf(*compiled(model.plan, 1, isa.toStdString(), KvCacheType(cache)), tokens, kTokens);
        for (const unsigned threads : {1u, 2u, 3u, 4u, 5u})
            for (const std::uint32_t chunk : {1u, 7u, 64u, kTokens}) {
                const std::unique_ptr<Backend> backend = compiled(model.plan, threads, isa.toStdString(), KvCacheType(cache));
                const std::vector<float> cut = logitsOf(*backend, tokens, chunk);
                QVERIFY2(std::memcmp(whole.data(), cut.data(), whole.size() * sizeof(float)) == 0,
                         qPrintable(QStringLiteral("%1 threads, chunks of %2").arg(threads).arg(chunk)));
            }
    }

    // Few tokens behind many: threads share out the keys of one query then. Beyond 8,192 they do it twice.
    void sameBitsHoweverManyShareTheKeys_data()
    {
        QTest::addColumn<int>("before");
        QTest::addColumn<int>("cache");
        for (const int before : {250, 700, 8300})
            QTest::addRow("behind %d tokens", before) << before << int(KvCacheType::F16);
        QTest::newRow("behind 700 tokens, cache in 8 bits") << 700 << int(KvCacheType::Q8);
    }
    void sameBitsHoweverManyShareTheKeys()
    {
        QFETCH(int, before);
        QFETCH(int, cache);
        const Loaded model = load(test::wideTinyModel({.weights = ElementType::Q4_K, .contextLength = 16384}));
        const std::uint32_t vocabulary = model.plan.shape.vocabularySize, rows = 14;
        std::vector<TokenId> tokens(std::size_t(before) + rows);
        for (std::size_t i = 0; i < tokens.size(); ++i)
            tokens[i] = static_cast<TokenId>((i * 7919u + 13u) % vocabulary);
        std::vector<float> first;
        for (const unsigned threads : {1u, 2u, 3u, 4u}) {
            if (before > 1000 && threads % 2 == 0)
                continue; // takes its time
            const std::unique_ptr<Backend> backend = compiled(model.plan, threads, "auto", KvCacheType(cache));
            std::vector<KvPageId> pages;
            for (std::size_t p = 0; p * kKvPageTokens < tokens.size(); ++p)
                pages.push_back(*backend->allocateKvPage());
            std::uint32_t position = 0;
            const auto run = [&](std::uint32_t count, LogitsWanted wanted, std::span<float> logits) {
                const auto outcome = backend->run({std::span(tokens).subspan(position, count), position, pages, wanted}, logits, {});
                position += count;
                return outcome && *outcome == RunOutcome::Done;
            };
            while (position < std::uint32_t(before))
                QVERIFY(run(std::min(kTokens, std::uint32_t(before) - position), LogitsWanted::None, {}));
            std::vector<float> logits(std::size_t(rows) * vocabulary);
            for (const std::uint32_t count : {1u, 1u, 2u, 4u, 6u}) {
                const std::size_t at = std::size_t(position - std::uint32_t(before)) * vocabulary;
                QVERIFY(run(count, LogitsWanted::All, std::span(logits).subspan(at, std::size_t(count) * vocabulary)));
            }
            QVERIFY(std::all_of(logits.begin(), logits.end(), [](float value) { return std::isfinite(value); }));
            if (first.empty())
                first = logits;
            QVERIFY2(std::memcmp(first.data(), logits.data(), logits.size() * sizeof(float)) == 0,
                     qPrintable(QStringLiteral("%1 threads").arg(threads)));
            // and all at once, where each thread has queries of its own
            position = std::uint32_t(before);
            QVERIFY(run(rows, LogitsWanted::All, logits));
            QVERIFY(std::memcmp(first.data(), logits.data(), logits.size() * sizeof(float)) == 0);
        }
    }

    // Two sequences that share a beginning, the second from a copied page or from one that left the process.
    void pagesThatAreCopiedOrComeBackGiveTheSameBits_data() { cacheTypes(); }
    void pagesThatAreCopiedOrComeBackGiveTheSameBits()
    {
        QFETCH(int, type);
        const Loaded model = load(test::wideTinyModel({.architecture = "qwen2", .weights = ElementType::Q4_K}));
        const std::uint32_t vocabulary = model.plan.shape.vocabularySize, shared = 100, rest = kTokens - shared;
        const std::vector<TokenId> tokens = someTokens(vocabulary);
        const auto backend = compiled(model.plan, 2, "auto", KvCacheType(type)), other = compiled(model.plan, 1, "auto", KvCacheType(type));
        const std::vector<float> expected = logitsOf(*backend, tokens, kTokens); // leaves three pages that are recycled
        QCOMPARE(logitsOf(*other, std::vector<TokenId>(kTokens, 5), kTokens).size(), expected.size());

        std::vector<KvPageId> first, second, third;
        for (int p = 0; p < 3; ++p)
            first.push_back(*backend->allocateKvPage());
        for (int p = 0; p < 2; ++p)
            second.push_back(*backend->allocateKvPage());
        second.insert(second.begin(), first[0]);
        std::vector<float> none, logits(std::size_t(rest) * vocabulary);
        QVERIFY(backend->run({std::span(tokens).first(shared), 0, first, LogitsWanted::None}, none, {}).ok());
        backend->copyKvPage(first[1], second[1], shared - kKvPageTokens);
        // what comes behind the copy in the first sequence is not in the second
        const std::vector<TokenId> different(rest, 3);
        QVERIFY(backend->run({different, shared, first, LogitsWanted::None}, none, {}).ok());
        QVERIFY(backend->run({std::span(tokens).subspan(shared), shared, second, LogitsWanted::All}, logits, {}).ok());
        const auto same = [&] {
            return std::memcmp(logits.data(), expected.data() + std::size_t(shared) * vocabulary, logits.size() * sizeof(float)) == 0;
        };
        QVERIFY(same());

        std::vector<std::byte> bytes(backend->kvPageBytes());
        for (int p = 0; p < 3; ++p) {
            third.push_back(*other->allocateKvPage());
            const std::uint32_t positions = p == 0 ? kKvPageTokens : shared - kKvPageTokens;
            const auto some = std::span(bytes).first(positions * bytes.size() / kKvPageTokens);
            if (p == 2)
                continue;
            QVERIFY(backend->exportKvPage(second[std::size_t(p)], positions, some).ok());
            other->importKvPage(third.back(), positions, some);
        }
        std::fill(logits.begin(), logits.end(), 0.0f);
        QVERIFY(other->run({std::span(tokens).subspan(shared), shared, third, LogitsWanted::All}, logits, {}).ok());
        QVERIFY(same());
    }

    // A barrier costs what a thread waits for the slowest one: there are few of them.
    void aLayerTakesAtMostEightRegions_data()
    {
        QTest::addColumn<quint32>("tokens");
        QTest::addColumn<quint32>("position");
        QTest::addColumn<double>("most");
        QTest::addRow("decode") << 1u << 20u << 6.0;
        QTest::addRow("decode, keys shared out") << 1u << 300u << 7.0;
        QTest::addRow("verify") << 8u << 20u << 8.0;
        QTest::addRow("prefill") << 100u << 300u << 8.0;
    }
    void aLayerTakesAtMostEightRegions()
    {
        QFETCH(quint32, tokens);
        QFETCH(quint32, position);
        QFETCH(double, most);
        const auto regions = [&](std::uint32_t layers) {
            const Loaded model = load(test::wideTinyModel({.weights = ElementType::Q4_K, .layers = layers}));
            CpuBackend backend(**opsForIsa("auto"), 2);
            const std::vector<TokenId> ids(tokens, 5);
            if (!backend.compile(model.plan, kTokens))
                qFatal("compile failed");
            std::vector<KvPageId> pages;
            for (std::uint32_t p = 0; p * kKvPageTokens < position + tokens; ++p)
                pages.push_back(*backend.allocateKvPage());
            const std::uint32_t before = backend.regions();
            if (!backend.run({ids, position, pages, LogitsWanted::None}, {}, {}))
                qFatal("the run failed");
            return backend.regions() - before;
        };
        QCOMPARE(double(regions(6) - regions(2)) / 4, most);
    }

    void closeToTheReference_data()
    {
        QTest::addColumn<QString>("architecture");
        QTest::addColumn<int>("type");
        for (const char *architecture : {"llama", "qwen2"})
            for (const ElementTypeTraits &traits : elementTypes())
                QTest::addRow("%s %s", architecture, std::string(traits.name).c_str())
                    << QString::fromLatin1(architecture) << int(traits.type);
    }
    void closeToTheReference()
    {
        QFETCH(QString, architecture);
        QFETCH(int, type);
        const Loaded model = load(test::wideTinyModel({.architecture = architecture.toStdString(), .weights = ElementType(type)}));
        const std::vector<TokenId> tokens = someTokens(model.plan.shape.vocabularySize);
        ReferenceBackend reference(1);
        QVERIFY(reference.compile(model.plan, kTokens).ok());
        const std::vector<float> expected = logitsOf(reference, tokens, kTokens);
        const std::vector<float> found = logitsOf(*compiled(model.plan, 2, "auto"), tokens, 32);
        const double divergence = test::meanDivergence(expected, found, model.plan.shape.vocabularySize);
        // 1e-3 is what users are promised. Blocks of the feed-forward products have activations of 8 bits (QuantForm). The real
        // models' bound is in tests/inference/model/tst_golden_logits.cpp.
        const double bound = traitsOf(ElementType(type)).blockLength > 1 ? 6e-4 : 1e-5;
        QVERIFY2(divergence < bound, qPrintable(QStringLiteral("mean KL divergence %1").arg(divergence)));
    }

    // The real models' bound is in tests/inference/model/tst_golden_logits.cpp.
    void eightBitsOfCacheAreCloseToSixteen_data()
    {
        QTest::addColumn<QString>("architecture");
        QTest::addColumn<int>("headDim");
        for (const char *architecture : {"llama", "qwen2"})
            for (const int headDim : {16, 24, 64, 80})
                QTest::addRow("%s, heads of %d", architecture, headDim) << QString::fromLatin1(architecture) << headDim;
    }
    void eightBitsOfCacheAreCloseToSixteen()
    {
        QFETCH(QString, architecture);
        QFETCH(int, headDim);
        const Loaded model = load({.architecture = architecture.toStdString(), .headDim = std::uint32_t(headDim)});
        const std::vector<TokenId> tokens = someTokens(model.plan.shape.vocabularySize);
        const auto sixteen = compiled(model.plan, 2, "auto"), eight = compiled(model.plan, 2, "auto", KvCacheType::Q8);
        QVERIFY(eight->kvPageBytes() < sixteen->kvPageBytes() * 0.7);
        const std::vector<float> expected = logitsOf(*sixteen, tokens, kTokens), found = logitsOf(*eight, tokens, kTokens);
        const double divergence = test::meanDivergence(expected, found, model.plan.shape.vocabularySize);
        qInfo("mean KL divergence %.2g", divergence);
        QVERIFY(divergence < 1e-3);
        QVERIFY(found != expected); // it is another cache
    }

    void smallHeadsAndOddSizes_data() { cacheTypes(); }
    void smallHeadsAndOddSizes()
    {
        QFETCH(int, type);
        const Loaded model = load({.architecture = "llama", .weights = ElementType::F16, .tied = false, .headDim = 24, .hiddenSize = 72, .intermediateSize = 100});
        const std::vector<TokenId> tokens = someTokens(model.plan.shape.vocabularySize);
        ReferenceBackend reference(1);
        QVERIFY(reference.compile(model.plan, kTokens).ok());
        const std::vector<float> expected = logitsOf(reference, tokens, kTokens);
        const std::vector<float> found = logitsOf(*compiled(model.plan, 3, "auto", KvCacheType(type)), tokens, 50);
        const double divergence = test::meanDivergence(expected, found, model.plan.shape.vocabularySize);
        QVERIFY2(divergence < (KvCacheType(type) == KvCacheType::F16 ? 1e-5 : 2e-3), qPrintable(QString::number(divergence)));
    }

    void stopsBetweenSteps()
    {
        const Loaded model = load(test::wideTinyModel());
        const std::unique_ptr<Backend> backend = compiled(model.plan, 2, "auto");
        const std::vector<TokenId> tokens = someTokens(model.plan.shape.vocabularySize);
        const std::vector<float> before = logitsOf(*backend, tokens, kTokens);
        std::vector<KvPageId> pages;
        for (int i = 0; i < 3; ++i)
            pages.push_back(*backend->allocateKvPage());
        std::stop_source stop;
        stop.request_stop();
        std::vector<float> logits(model.plan.shape.vocabularySize);
        const auto outcome = backend->run({tokens, 0, pages, LogitsWanted::Last}, logits, stop.get_token());
        QVERIFY(outcome.ok());
        QCOMPARE(*outcome, RunOutcome::Stopped);
        for (const KvPageId page : pages)
            backend->freeKvPage(page);
        // and the backend goes on as if nothing had been
        QVERIFY(before == logitsOf(*backend, tokens, kTokens));
    }

    // A participant that looked late saw the stop of the next step, left a barrier early, and the others waited for it
    // for ever. More threads than processors make lateness common.
    void aStopAtAnyMomentEndsTheRun()
    {
        const Loaded model = load(test::wideTinyModel());
        const std::unique_ptr<Backend> backend = compiled(model.plan, 6, "auto");
        const TokenId token = 1;
        const KvPageId page = *backend->allocateKvPage();
        std::vector<float> logits(model.plan.shape.vocabularySize);
        const auto decode = [&](std::stop_token stop) {
            return *backend->run({std::span(&token, 1), 0, std::span(&page, 1), LogitsWanted::Last}, logits, std::move(stop));
        };
        QCOMPARE(decode({}), RunOutcome::Done);
        const std::vector<float> expected = logits;

        QElapsedTimer timer;
        timer.start();
        for (int i = 0; i < 20; ++i)
            decode({});
        const qint64 runNs = timer.nsecsElapsed() / 20;
        int stopped = 0, done = 0;
        // Beside other tests a stop often comes too late (259 of 3000 came in time once): it goes on until enough were seen.
        for (int i = 0; i < kStops || (stopped <= kStops / 10 && i < 10 * kStops); ++i) {
            std::stop_source stop;
            std::atomic<bool> started = false;
            std::jthread stopper([&] {
                started.wait(false);
                const auto until = std::chrono::steady_clock::now() + std::chrono::nanoseconds(runNs * (i % 97) / 97);
                while (std::chrono::steady_clock::now() < until)
                    std::this_thread::yield();
                stop.request_stop();
            });
            started = true;
            started.notify_one();
            ++(decode(stop.get_token()) == RunOutcome::Stopped ? stopped : done);
        }
        QVERIFY2(stopped > kStops / 10, qPrintable(QString::number(stopped)));
        QCOMPARE(decode({}), RunOutcome::Done);
        QVERIFY(logits == expected);
        backend->freeKvPage(page);
    }

    // With a large model a step takes long.
    void stopsWithinALongStep()
    {
        const Loaded model = load({.architecture = "llama", .weights = ElementType::Q8_0, .layers = 1, .hiddenSize = 256,
                                   .intermediateSize = 4096});
        const std::unique_ptr<Backend> backend = compiled(model.plan, 1, "scalar");
        const std::vector<TokenId> tokens = someTokens(model.plan.shape.vocabularySize);
        const KvPageId pages[] = {*backend->allocateKvPage(), *backend->allocateKvPage(), *backend->allocateKvPage()};
        const auto read = [&](std::stop_token stop) {
            return *backend->run({tokens, 0, pages, LogitsWanted::None}, {}, std::move(stop));
        };
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(read({}), RunOutcome::Done);
        const qint64 wholeNs = timer.nsecsElapsed();
        // Two of its steps take nearly all of the time, so one of them is under way at any of these moments.
        for (const int percent : {25, 50, 75}) {
            qint64 waitedNs = wholeNs;
            for (int attempt = 0; attempt < 5 && waitedNs > wholeNs / 10; ++attempt) { // the machine may be busy
                std::stop_source stop;
                std::atomic<qint64> stoppedNs = 0;
                timer.start();
                std::jthread stopper([&] {
                    std::this_thread::sleep_for(std::chrono::nanoseconds(wholeNs * percent / 100));
                    stoppedNs = timer.nsecsElapsed();
                    stop.request_stop();
                });
                const RunOutcome outcome = read(stop.get_token());
                const qint64 endedNs = timer.nsecsElapsed();
                stopper.join();
                if (outcome == RunOutcome::Stopped)
                    waitedNs = endedNs - stoppedNs;
            }
            QVERIFY2(waitedNs <= wholeNs / 10, qPrintable(QStringLiteral("%1 % of the run after a stop at %2 %").arg(100 * waitedNs / wholeNs).arg(percent)));
        }
        for (const KvPageId page : pages)
            backend->freeKvPage(page);
    }
};

QTEST_GUILESS_MAIN(TestCpuBackend)
#include "tst_cpu_backend.moc"
