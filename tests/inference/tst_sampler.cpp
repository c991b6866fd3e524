// inference/sampler.h against a plain implementation with a full sort in double precision.
#include "inference/sampler.h"

#include <QElapsedTimer>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <random>
#include <set>

using namespace inference;

namespace {

std::vector<float> noise(std::size_t size, unsigned seed, float spread = 3)
{
    std::mt19937 random(seed);
    std::vector<float> logits(size);
    for (float &logit : logits) {
        double sum = 0;
        for (int i = 0; i < 12; ++i)
            sum += double(random()) / 4294967296.0;
        logit = float((sum - 6) * double(spread));
    }
    return logits;
}

// Token -> probability, as the header describes it.
std::map<TokenId, double> expectedDistribution(std::vector<float> logits, const SamplingOptions &options,
                                               const std::vector<TokenId> &window)
{
    const std::size_t looked = std::min<std::size_t>(window.size(), options.repeatWindow);
    for (const TokenId token : std::set<TokenId>(window.end() - std::ptrdiff_t(looked), window.end())) {
        float &logit = logits[std::size_t(token)];
        logit = logit > 0 ? logit / options.repeatPenalty : logit * options.repeatPenalty;
    }
    std::vector<TokenId> order(logits.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](TokenId a, TokenId b) { return logits[std::size_t(a)] > logits[std::size_t(b)]; });
    const double greatest = double(logits[std::size_t(order.front())]);
    const auto weight = [&](TokenId token) {
        return std::exp(double(logits[std::size_t(token)]) - greatest);
    };
    if (options.temperature == 0)
        return {{order.front(), 1.0}};
    if (options.topK != 0 && options.topK < order.size())
        order.resize(options.topK);
    if (options.topP < 1) {
        double total = 0, sum = 0;
        for (const TokenId token : order)
            total += weight(token);
        std::size_t kept = 0;
        do
            sum += weight(order[kept++]);
        while (kept < order.size() && sum < total * double(options.topP));
        order.resize(kept);
    }
    std::erase_if(order, [&](TokenId token) { return weight(token) < double(options.minP); });
    std::map<TokenId, double> result;
    double total = 0;
    for (const TokenId token : order)
        total += result[token] =
            std::exp((double(logits[std::size_t(token)]) - greatest) / double(options.temperature));
    for (auto &[token, probability] : result)
        probability /= total;
    return result;
}

} // namespace

class TestSampler : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void distribution_data()
    {
        QTest::addColumn<int>("vocabulary");
        QTest::addColumn<SamplingOptions>("options");
        SamplingOptions off{.temperature = 1, .topK = 0, .topP = 1};
        const auto row = [](const char *name, int vocabulary, SamplingOptions options) {
            QTest::newRow(name) << vocabulary << options;
        };
        row("nothing", 300, off);
        row("one token only", 1, off);
        row("odd size", 67, off);
        row("default", 1000, {});
        auto options = off;
        options.topK = 7;
        row("top-k", 1000, options);
        options.topK = 900;
        row("top-k above the number of blocks", 1000, options);
        options.topK = 5000;
        row("top-k above the vocabulary", 1000, options);
        options = off;
        options.topP = 0.6f;
        row("top-p alone", 1000, options);
        row("top-p alone, large", 40000, options);
        options.topP = 0;
        row("top-p 0 keeps one", 1000, options);
        options.topP = 0.999f;
        row("top-p that needs thousands", 5000, options);
        options = off;
        options.minP = 0.05f;
        row("min-p alone", 1000, options);
        options.minP = 1;
        row("min-p 1 keeps the best", 1000, options);
        row("all of them", 5000,
            {.temperature = 1.7f,
             .topK = 50,
             .topP = 0.9f,
             .minP = 0.02f,
             .repeatPenalty = 1.3f,
             .repeatWindow = 3});
        options = off;
        options.temperature = 4;
        row("hot", 500, options);
        options.temperature = 0.05f;
        row("cold", 500, options);
        options.temperature = 0;
        options.repeatPenalty = 5;
        row("greedy with penalty", 500, options);
    }
    void distribution()
    {
        QFETCH(int, vocabulary);
        QFETCH(SamplingOptions, options);
        const std::vector<float> logits = noise(std::size_t(vocabulary), 5);
        std::vector<TokenId> window;
        for (int i = 0; i < 9; ++i) // the best tokens, so that penalties matter; one of them twice
            window.push_back(TokenId(std::max_element(logits.begin(), logits.end()) - logits.begin()) *
                             (i % 2));
        const auto expected = expectedDistribution(logits, options, window);

        Sampler sampler(options, std::uint32_t(vocabulary), 4096, 42);
        for (const TokenId token : window)
            sampler.accept(token);
        std::map<TokenId, int> drawn;
        const int draws = vocabulary > 1000 ? 3000 : 15000;
        for (int i = 0; i < draws; ++i) {
            std::vector<float> row = logits;
            const Result<TokenId> token = sampler.sample(row);
            QVERIFY(token);
            ++drawn[*token];
            QVERIFY2(expected.count(*token), qPrintable(QString("token %1 was filtered out").arg(*token)));
        }
        double distance = 0; // chi-square over what can be told from chance, the rest together
        double restExpected = 0, restDrawn = 0;
        int cells = 0;
        for (const auto &[token, probability] : expected) {
            const double wanted = probability * draws;
            if (wanted < 8) {
                restExpected += wanted;
                restDrawn += drawn[token];
                continue;
            }
            distance += (drawn[token] - wanted) * (drawn[token] - wanted) / wanted;
            ++cells;
        }
        if (restExpected >= 8) {
            distance += (restDrawn - restExpected) * (restDrawn - restExpected) / restExpected;
            ++cells;
        }
        // Mean cells - 1, deviation sqrt(2 (cells - 1)): five deviations, and the seed is fixed.
        QVERIFY2(distance <= cells + 5 * std::sqrt(2.0 * cells),
                 qPrintable(QString("chi-square %1 over %2 cells").arg(distance).arg(cells)));
    }
    void sameSeedSameTokens()
    {
        const SamplingOptions options;
        for (const std::uint64_t seed : {std::uint64_t(0), std::uint64_t(1), ~std::uint64_t(0)}) {
            std::vector<TokenId> first, second;
            for (auto *tokens : {&first, &second}) {
                Sampler sampler(options, 2000, 100, seed);
                for (unsigned i = 0; i < 50; ++i) {
                    std::vector<float> logits = noise(2000, i);
                    tokens->push_back(*sampler.sample(logits));
                }
            }
            QCOMPARE(first, second);
        }
    }
    // A change here changes every answer that was given with a seed.
    void drawsAreFixedForever()
    {
        RandomStream stream(42);
        std::vector<quint64> numbers;
        for (int i = 0; i < 3; ++i)
            numbers.push_back(stream.next());
        // Python: the same three lines of SplitMix64 with seed mix(42 + golden).
        QCOMPARE(numbers,
                 (std::vector<quint64>{0x57e1faba65107204ull, 0xf4abd143feb24055ull, 0x7c816738c12903b2ull}));
        Sampler sampler({.temperature = 1, .topK = 0, .topP = 1}, 4, 1, 7);
        std::vector<TokenId> tokens;
        for (int i = 0; i < 12; ++i) {
            std::vector<float> logits{0.5f, 0.25f, 0.0f, 1.0f};
            tokens.push_back(*sampler.sample(logits));
        }
        QCOMPARE(tokens, (std::vector<TokenId>{3, 3, 2, 3, 1, 0, 3, 3, 3, 0, 3, 1}));
    }
    void nearSeedsAreUnrelated()
    {
        std::set<std::uint64_t> seen;
        for (std::uint64_t seed = 0; seed < 100; ++seed) {
            RandomStream stream(seed);
            for (int i = 0; i < 100; ++i)
                seen.insert(stream.next());
        }
        QCOMPARE(seen.size(), std::size_t(10000));
    }
    void greedyTakesTheLowestIdOfEquals()
    {
        for (const std::size_t size : {3u, 64u, 65u, 1000u}) {
            Sampler sampler({.temperature = 0}, std::uint32_t(size), 10, 1);
            std::vector<float> logits(size, -2.0f);
            QCOMPARE(*sampler.sample(logits), 0);
            logits[size - 1] = logits[size / 2] = 3;
            QCOMPARE(*sampler.sample(logits), TokenId(size / 2));
        }
    }
    void invalidNumbersAreAnError_data()
    {
        QTest::addColumn<float>("value");
        QTest::newRow("nan") << std::numeric_limits<float>::quiet_NaN();
        QTest::newRow("negative nan") << -std::numeric_limits<float>::quiet_NaN();
        QTest::newRow("infinity") << std::numeric_limits<float>::infinity();
        QTest::newRow("minus infinity") << -std::numeric_limits<float>::infinity();
    }
    void invalidNumbersAreAnError()
    {
        QFETCH(float, value);
        for (const float temperature : {0.0f, 1.0f}) {
            for (const std::size_t place : {0u, 8u, 63u, 64u, 130u}) {
                Sampler sampler({.temperature = temperature}, 131, 10, 1);
                std::vector<float> logits(131, 1.0f);
                logits[place] = value;
                const Result<TokenId> token = sampler.sample(logits);
                QVERIFY(!token);
                QCOMPARE(token.error().code, ErrorCode::InvalidNumbers);
            }
        }
    }
    void extremeLogitsAreNoProblem()
    {
        const float most = std::numeric_limits<float>::max();
        for (const SamplingOptions &options :
             {SamplingOptions{}, SamplingOptions{.temperature = 1e-30f, .topK = 0, .topP = 1},
              SamplingOptions{.temperature = 1000, .topK = 0, .topP = 0.5f},
              SamplingOptions{.topK = 0, .topP = 1, .minP = 1e-40f}}) {
            Sampler sampler(options, 3, 10, 1);
            std::vector<float> logits{-most, most, -most};
            QCOMPARE(*sampler.sample(logits), 1);
        }
    }
    void refusesOptionsOutOfRange_data()
    {
        QTest::addColumn<SamplingOptions>("options");
        QTest::addColumn<bool>("good");
        const float nan = std::numeric_limits<float>::quiet_NaN();
        QTest::newRow("default") << SamplingOptions{} << true;
        QTest::newRow("temperature below 0") << SamplingOptions{.temperature = -0.1f} << false;
        QTest::newRow("temperature nan") << SamplingOptions{.temperature = nan} << false;
        QTest::newRow("top-p above 1") << SamplingOptions{.topP = 1.1f} << false;
        QTest::newRow("min-p below 0") << SamplingOptions{.minP = -1} << false;
        QTest::newRow("penalty 0") << SamplingOptions{.repeatPenalty = 0} << false;
        QTest::newRow("penalty infinite") << SamplingOptions{.repeatPenalty = INFINITY} << false;
    }
    void refusesOptionsOutOfRange()
    {
        QFETCH(SamplingOptions, options);
        QFETCH(bool, good);
        const Result<void> checked = checkSamplingOptions(options);
        QCOMPARE(checked.ok(), good);
        if (!good)
            QCOMPARE(checked.error().code, ErrorCode::InvalidArgument);
    }
    void isFastOnALargeVocabulary()
    {
        const std::vector<float> logits = noise(151936, 1);
        Sampler sampler({}, 151936, 4096, 1);
        std::vector<double> times;
        for (int i = 0; i < 21; ++i) {
            std::vector<float> row = logits;
            QElapsedTimer timer;
            timer.start();
            QVERIFY(sampler.sample(row));
            times.push_back(double(timer.nsecsElapsed()) / 1e6);
        }
        std::sort(times.begin(), times.end());
        qInfo("151,936 logits, default options: %.3f ms", times[10]);
#ifdef NDEBUG
        QVERIFY2(times[10] < 0.3, qPrintable(QString("%1 ms").arg(times[10])));
#else
        QVERIFY2(times[10] < 3, qPrintable(QString("%1 ms").arg(times[10])));
#endif
    }
};

QTEST_GUILESS_MAIN(TestSampler)
#include "tst_sampler.moc"
