// inference/token_chances.h: the same probabilities as in double precision, whatever the sampler does to the row.
#include "inference/sampler.h"
#include "inference/token_chances.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

using namespace inference;

namespace {

class NumberTokenizer : public Tokenizer
{
public:
    std::string_view kind() const override { return "gpt2"; }
    std::string_view preTokenizer() const override { return ""; }
    std::uint32_t vocabularySize() const override { return 0; }
    void encode(std::span<const PromptPiece>, std::vector<TokenId> &) const override {}
    std::string_view bytes(TokenId token) const override { return token % 2 ? "odd" : "even"; }
    bool isSpecial(TokenId token) const override { return token == 4; }
    std::optional<TokenId> find(std::string_view) const override { return {}; }
    bool addsBos() const override { return false; }
    std::optional<TokenId> bos() const override { return {}; }
    std::optional<TokenId> eos() const override { return {}; }
    std::span<const TokenId> endOfGeneration() const override { return {}; }
    std::optional<FillInMiddleTokens> fillInMiddle() const override { return {}; }
};

struct Sink : GenerationSink
{
    std::vector<TokenChance> drawn;
    std::vector<std::vector<TokenChance>> others;
    void onText(std::string_view) override {}
    void onToken(const TokenChance &token, std::span<const TokenChance> all) override
    {
        drawn.push_back(token);
        others.emplace_back(all.begin(), all.end());
    }
};

std::vector<double> softmax(const std::vector<float> &logits)
{
    const double greatest = *std::max_element(logits.begin(), logits.end());
    double sum = 0;
    std::vector<double> p;
    for (const float logit : logits)
        sum += p.emplace_back(std::exp(double(logit) - greatest));
    for (double &value : p)
        value /= sum;
    return p;
}

} // namespace

class TestTokenChances : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void equalsDoublePrecision_data()
    {
        QTest::addColumn<int>("vocabulary");
        QTest::addColumn<float>("penalty");
        QTest::addColumn<int>("topK");
        QTest::addColumn<int>("alternatives");
        for (const int vocabulary : {1, 2, 5, 9, 63, 64, 65, 1000, 32003})
            for (const int alternatives : {1, 8, 16})
                QTest::addRow("%d, %d", vocabulary, alternatives) << vocabulary << 1.0f << 40 << alternatives;
        QTest::newRow("penalty") << 5000 << 1.3f << 40 << 8;
        QTest::newRow("no filter") << 5000 << 1.0f << 0 << 8;
        QTest::newRow("penalty, no filter") << 5000 << 0.7f << 0 << 8;
    }
    void equalsDoublePrecision()
    {
        QFETCH(int, vocabulary);
        QFETCH(float, penalty);
        QFETCH(int, topK);
        QFETCH(int, alternatives);
        std::mt19937 random(5);
        std::normal_distribution<float> normal(0, 4);
        SamplingOptions options;
        options.temperature = 1.5f;
        options.repeatPenalty = penalty;
        options.topK = std::uint32_t(topK);
        options.topP = 1;
        NumberTokenizer tokenizer;
        TokenChances chances(std::uint32_t(alternatives), options, tokenizer, std::uint32_t(vocabulary));
        Sampler sampler(options, std::uint32_t(vocabulary), 100, 3);
        for (int round = 0; round < 20; ++round) {
            std::vector<float> logits(static_cast<std::size_t>(vocabulary));
            for (float &logit : logits)
                logit = round % 4 == 3 ? std::round(normal(random)) : normal(random); // many equal ones
            const std::vector<float> raw = logits;
            const std::vector<double> expected = softmax(raw);
            chances.read(logits);
            const auto token = sampler.sample(logits);
            QVERIFY(token);
            sampler.accept(*token);
            Sink sink;
            chances.tell(*token, sink);
            QCOMPARE(sink.drawn.size(), 1u);
            const TokenChance drawn = sink.drawn[0];
            QCOMPARE(drawn.token, *token);
            QVERIFY(std::abs(double(drawn.probability) - expected[std::size_t(*token)]) < 1e-5);
            QCOMPARE(drawn.bytes, tokenizer.bytes(*token));
            QCOMPARE(drawn.isText, *token != 4);
            const auto &others = sink.others[0];
            QCOMPARE(int(others.size()), std::min(alternatives, vocabulary - 1));
            std::vector<TokenId> order(raw.size());
            for (std::size_t i = 0; i < order.size(); ++i)
                order[i] = TokenId(i);
            std::erase(order, *token);
            std::stable_sort(order.begin(), order.end(), [&](TokenId a, TokenId b) { return raw[std::size_t(a)] > raw[std::size_t(b)]; });
            for (std::size_t i = 0; i < others.size(); ++i) {
                QCOMPARE(others[i].token, order[i]);
                QVERIFY(std::abs(double(others[i].probability) - expected[std::size_t(order[i])]) < 1e-5);
            }
        }
    }

    void nothingIsDoneWhereNothingIsAskedFor()
    {
        NumberTokenizer tokenizer;
        TokenChances chances(0, {}, tokenizer, 3);
        chances.read(std::vector<float>{1, 2, 3});
        Sink sink;
        chances.tell(1, sink);
        QVERIFY(sink.drawn.empty());
    }

    void numbersThatAreNoneDoNoHarm()
    {
        NumberTokenizer tokenizer;
        constexpr float kNone = std::numeric_limits<float>::quiet_NaN(), kInfinite = std::numeric_limits<float>::infinity();
        for (const float bad : {kNone, kInfinite, -kInfinite}) {
            for (const std::size_t at : {0u, 3u, 70u, 199u}) {
                TokenChances chances(8, {}, tokenizer, 200);
                std::vector<float> logits(200, 1.0f);
                logits[at] = bad;
                chances.read(logits);
                Sampler sampler({}, 200, 10, 1);
                QVERIFY(!sampler.sample(logits)); // nothing is told of such a row
            }
        }
    }

    void aSamplerThatSkipsIsOneThatDrew()
    {
        for (const std::uint64_t skipped : {0u, 1u, 2u, 77u, 100000u}) {
            RandomStream one(9), other(9);
            for (std::uint64_t i = 0; i < skipped; ++i)
                one.next();
            other.skip(skipped);
            QCOMPARE(one.next(), other.next());
        }
    }
};

QTEST_GUILESS_MAIN(TestTokenChances)
#include "tst_token_chances.moc"
