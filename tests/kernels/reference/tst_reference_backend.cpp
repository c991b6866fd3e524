// kernels/reference/reference_backend.h: plans of one or more steps against plain loops in double, at odd
// sizes.
#include "kernels/dequantize.h"
#include "kernels/reference/reference_backend.h"
#include "tests/support/block_quantiser.h"

#include <QTest>

#include <chrono>
#include <cmath>
#include <deque>
#include <random>
#include <thread>

using namespace kernels;

namespace {

using Row = std::vector<double>;
using Rows = std::vector<Row>;

// A small model whose weights this test owns.
struct Fixture
{
    ModelShape shape;
    ElementType type = ElementType::F32;
    std::deque<std::string> bytes; // addresses stay
    std::vector<WeightView> weights;
    std::vector<Step> steps;

    WeightId add(std::uint32_t columns, std::uint32_t rows, bool vector = false)
    {
        std::mt19937 random(unsigned(weights.size()) + 11);
        std::vector<float> values(std::size_t(columns) * rows);
        for (float &value : values)
            value =
                float(int(random() % 2001) - 1000) / 1000 * (vector ? 1.0f : 2 / std::sqrt(float(columns)));
        const ElementType of = vector ? ElementType::F32 : type;
        bytes.push_back(test::quantiseRows(of, columns, values));
        WeightView view;
        view.name = "w" + std::to_string(weights.size());
        view.type = of;
        view.columns = columns;
        view.rows = rows;
        view.bytes = reinterpret_cast<const std::byte *>(bytes.back().data());
        weights.push_back(view);
        return WeightId(weights.size() - 1);
    }
    WeightId addVector(std::uint32_t length) { return add(length, 1, true); }

    Plan plan() const
    {
        Plan plan;
        plan.shape = shape;
        plan.weights = weights;
        plan.steps = steps;
        return plan;
    }
    Row row(WeightId id, std::uint32_t r = 0) const
    {
        std::vector<float> values(weights[id].columns);
        dequantizeRow(weights[id].type, weights[id].bytes + r * weights[id].rowBytes(), weights[id].columns,
                      values.data());
        return Row(values.begin(), values.end());
    }
    Row times(WeightId id, const Row &x) const
    {
        Row out(weights[id].rows);
        for (std::uint32_t r = 0; r < weights[id].rows; ++r) {
            const Row w = row(id, r);
            for (std::size_t j = 0; j < x.size(); ++j)
                out[r] += w[j] * x[j];
        }
        return out;
    }
    Row normed(WeightId id, const Row &x) const
    {
        double squares = 0;
        for (const double v : x)
            squares += v * v;
        Row out = row(id);
        for (std::size_t j = 0; j < x.size(); ++j)
            out[j] *= x[j] / std::sqrt(squares / double(x.size()) + double(shape.rmsNormEpsilon));
        return out;
    }
};

ModelShape oddShape(RopePairs pairs)
{
    ModelShape s;
    s.hiddenSize = 37;
    s.layers = 3;
    s.attentionHeads = 6;
    s.keyValueHeads = 2;
    s.headDim = 10;
    s.intermediateSize = 53;
    s.vocabularySize = 101;
    s.rmsNormEpsilon = 1e-5f;
    s.ropePairs = pairs;
    for (std::uint32_t i = 0; i < s.headDim / 2; ++i)
        s.ropeInverseFrequencies.push_back(float(std::pow(100.0, -2.0 * i / s.headDim)));
    return s;
}

struct LayerWeights
{
    WeightId attentionNorm, q, k, v, qBias, kBias, vBias, output, outputBias, ffnNorm, gate, up, down;
};

enum Part { Attention = 1, FeedForward = 2, Biases = 4 };

// Embed, layers of the parts asked for, Head; and the same computed by loops in double.
struct Network
{
    Fixture fixture;
    WeightId embedding, finalNorm, head;
    std::vector<LayerWeights> layers;
    int parts;

    Network(const ModelShape &shape, int which, ElementType type = ElementType::F32) : parts(which)
    {
        Fixture &f = fixture;
        f.shape = shape;
        f.type = type;
        const std::uint32_t qRows = shape.attentionHeads * shape.headDim,
                            kRows = shape.keyValueHeads * shape.headDim;
        embedding = f.add(shape.hiddenSize, shape.vocabularySize);
        f.steps.push_back(EmbedStep{embedding});
        for (std::uint32_t layer = 0; layer < shape.layers; ++layer) {
            LayerWeights w{};
            const auto bias = [&](std::uint32_t n) { return parts & Biases ? f.addVector(n) : kNoWeight; };
            if (parts & Attention) {
                w.attentionNorm = f.addVector(shape.hiddenSize);
                w.q = f.add(shape.hiddenSize, qRows);
                w.k = f.add(shape.hiddenSize, kRows);
                w.v = f.add(shape.hiddenSize, kRows);
                w.qBias = bias(qRows);
                w.kBias = bias(kRows);
                w.vBias = bias(kRows);
                w.output = f.add(qRows, shape.hiddenSize);
                w.outputBias = bias(shape.hiddenSize);
                f.steps.push_back(NormQuantStep{w.attentionNorm});
                f.steps.push_back(QkvRopeKvStep{layer, w.q, w.k, w.v, w.qBias, w.kBias, w.vBias});
                f.steps.push_back(AttentionStep{layer});
                f.steps.push_back(OutResidualStep{w.output, w.outputBias});
            }
            if (parts & FeedForward) {
                w.ffnNorm = f.addVector(shape.hiddenSize);
                w.gate = f.add(shape.hiddenSize, shape.intermediateSize);
                w.up = f.add(shape.hiddenSize, shape.intermediateSize);
                w.down = f.add(shape.intermediateSize, shape.hiddenSize);
                f.steps.push_back(NormQuantStep{w.ffnNorm});
                f.steps.push_back(GateUpActStep{w.gate, w.up});
                f.steps.push_back(DownResidualStep{w.down});
            }
            layers.push_back(w);
        }
        finalNorm = f.addVector(shape.hiddenSize);
        head = f.add(shape.hiddenSize, shape.vocabularySize);
        f.steps.push_back(HeadStep{finalNorm, head});
    }

    Row rotated(Row x, std::size_t position) const
    {
        const ModelShape &s = fixture.shape;
        for (std::size_t at = 0; at < x.size(); at += s.headDim) {
            for (std::uint32_t i = 0; i < s.headDim / 2; ++i) {
                const std::size_t first = at + (s.ropePairs == RopePairs::Adjacent ? 2 * i : i);
                const std::size_t second =
                    s.ropePairs == RopePairs::Adjacent ? first + 1 : first + s.headDim / 2;
                const double angle = double(position) * double(s.ropeInverseFrequencies[i]);
                const double a = x[first], b = x[second];
                x[first] = a * std::cos(angle) - b * std::sin(angle);
                x[second] = a * std::sin(angle) + b * std::cos(angle);
            }
        }
        return x;
    }
    Row projected(WeightId id, WeightId bias, const Row &x) const
    {
        Row out = fixture.times(id, x);
        if (bias != kNoWeight)
            for (std::size_t j = 0; j < out.size(); ++j)
                out[j] += fixture.row(bias)[j];
        return out;
    }

    Rows logits(const std::vector<TokenId> &tokens) const
    {
        const Fixture &f = fixture;
        const ModelShape &s = f.shape;
        Rows x;
        for (const TokenId token : tokens)
            x.push_back(f.row(embedding, std::uint32_t(token)));
        for (const LayerWeights &w : layers) {
            Rows keys, values;
            for (std::size_t t = 0; t < x.size() && parts & Attention; ++t) {
                const Row n = f.normed(w.attentionNorm, x[t]);
                const Row q = rotated(projected(w.q, w.qBias, n), t);
                keys.push_back(rotated(projected(w.k, w.kBias, n), t));
                values.push_back(projected(w.v, w.vBias, n));
                Row attended(q.size());
                for (std::uint32_t h = 0; h < s.attentionHeads; ++h) {
                    const std::uint32_t at = h * s.headDim,
                                        kvAt = h * s.keyValueHeads / s.attentionHeads * s.headDim;
                    Row e(t + 1);
                    double sum = 0;
                    for (std::size_t p = 0; p <= t; ++p) {
                        for (std::uint32_t j = 0; j < s.headDim; ++j)
                            e[p] += q[at + j] * keys[p][kvAt + j] / std::sqrt(double(s.headDim));
                        e[p] = std::exp(e[p]);
                        sum += e[p];
                    }
                    for (std::size_t p = 0; p <= t; ++p)
                        for (std::uint32_t j = 0; j < s.headDim; ++j)
                            attended[at + j] += e[p] / sum * values[p][kvAt + j];
                }
                const Row o = projected(w.output, w.outputBias, attended);
                for (std::size_t j = 0; j < o.size(); ++j)
                    x[t][j] += o[j];
            }
            for (Row &xt : x) {
                if (!(parts & FeedForward))
                    break;
                const Row n = f.normed(w.ffnNorm, xt);
                Row activated = f.times(w.gate, n);
                const Row up = f.times(w.up, n);
                for (std::size_t j = 0; j < up.size(); ++j)
                    activated[j] *= up[j] / (1 + std::exp(-activated[j]));
                const Row down = f.times(w.down, activated);
                for (std::size_t j = 0; j < down.size(); ++j)
                    xt[j] += down[j];
            }
        }
        Rows out;
        for (const Row &xt : x)
            out.push_back(f.times(head, f.normed(finalNorm, xt)));
        return out;
    }
};

std::vector<TokenId> someTokens(std::size_t n, std::uint32_t vocabulary)
{
    std::mt19937 random(77);
    std::vector<TokenId> tokens(n);
    for (TokenId &token : tokens)
        token = TokenId(random() % vocabulary);
    return tokens;
}

// A backend with pages for some positions, handed out in an order that is not that of the positions.
struct Session
{
    std::unique_ptr<Backend> backend;
    std::vector<KvPageId> pages;
    std::vector<float> logits;

    Session(const Plan &plan, unsigned threads, std::uint32_t maxTokens, std::uint32_t positions)
        : backend(createReferenceBackend(threads))
    {
        if (!backend->compile(plan, maxTokens))
            qFatal("compile failed");
        for (std::uint32_t p = 0; p < positions; p += kKvPageTokens)
            pages.insert(pages.begin(), *backend->allocateKvPage());
    }
    Result<RunOutcome> run(std::span<const TokenId> tokens, std::uint32_t first, LogitsWanted wanted,
                           std::stop_token stop = {})
    {
        const std::size_t rows = wanted == LogitsWanted::All    ? tokens.size()
                                 : wanted == LogitsWanted::Last ? 1
                                                                : 0;
        logits.assign(rows * backend->plan().shape.vocabularySize, -1e30f);
        return backend->run({tokens, first, pages, wanted}, logits, stop);
    }
};

double largestRelativeDifference(std::span<const float> found, const Row &expected)
{
    double difference = 0, largest = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        difference = std::max(difference, std::fabs(double(found[i]) - expected[i]));
        largest = std::max(largest, std::fabs(expected[i]));
    }
    return difference / largest;
}

} // namespace

class TestReferenceBackend : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void agreesWithDoubleLoops_data()
    {
        QTest::addColumn<int>("parts");
        QTest::addColumn<bool>("adjacent");
        QTest::addRow("embedding and head") << 0 << true;
        QTest::addRow("feed-forward") << int(FeedForward) << true;
        QTest::addRow("attention, adjacent pairs") << int(Attention) << true;
        QTest::addRow("attention, half pairs") << int(Attention) << false;
        QTest::addRow("attention with biases") << int(Attention | Biases) << false;
        QTest::addRow("everything") << int(Attention | FeedForward | Biases) << true;
    }
    void agreesWithDoubleLoops()
    {
        QFETCH(int, parts);
        QFETCH(bool, adjacent);
        const Network network(oddShape(adjacent ? RopePairs::Adjacent : RopePairs::Half), parts);
        const std::vector<TokenId> tokens = someTokens(71, 101); // over the seam of two pages
        Session session(network.fixture.plan(), 2, 71, 71);
        const Result<RunOutcome> outcome = session.run(tokens, 0, LogitsWanted::All);
        QVERIFY(outcome && *outcome == RunOutcome::Done);
        const Rows expected = network.logits(tokens);
        for (std::size_t t = 0; t < tokens.size(); ++t)
            QVERIFY(largestRelativeDifference(std::span(session.logits).subspan(t * 101, 101), expected[t]) <
                    2e-6);
    }

    void readsEveryElementType_data()
    {
        QTest::addColumn<int>("type");
        for (const ElementTypeTraits &traits : elementTypes())
            QTest::addRow("%s", traits.name.data()) << int(traits.type);
    }
    void readsEveryElementType()
    {
        QFETCH(int, type);
        ModelShape shape = oddShape(RopePairs::Half);
        shape.layers = 1;
        shape.hiddenSize = 256;
        shape.headDim = 128;
        shape.attentionHeads = 2;
        shape.keyValueHeads = 1;
        shape.intermediateSize = 256;
        shape.ropeInverseFrequencies.resize(64, 0.3f);
        const Network network(shape, Attention | FeedForward, ElementType(type));
        const std::vector<TokenId> tokens = someTokens(3, 101);
        Session session(network.fixture.plan(), 1, 3, 3);
        QVERIFY(session.run(tokens, 0, LogitsWanted::Last));
        QVERIFY(largestRelativeDifference(session.logits, network.logits(tokens)[2]) < 2e-6);
    }

    void chunksAndThreadsChangeNothing_data()
    {
        QTest::addColumn<int>("chunk");
        QTest::addColumn<int>("threads");
        for (const int chunk : {1, 7, 64, 150})
            for (const int threads : {1, 2, 5})
                QTest::addRow("chunks of %d, %d threads", chunk, threads) << chunk << threads;
    }
    void chunksAndThreadsChangeNothing()
    {
        QFETCH(int, chunk);
        QFETCH(int, threads);
        const Network network(oddShape(RopePairs::Adjacent), Attention | FeedForward | Biases);
        const std::vector<TokenId> tokens = someTokens(150, 101);
        Session whole(network.fixture.plan(), 1, 150, 150);
        QVERIFY(whole.run(tokens, 0, LogitsWanted::All));
        Session cut(network.fixture.plan(), unsigned(threads), std::uint32_t(chunk), 150);
        for (std::size_t at = 0; at < tokens.size(); at += std::size_t(chunk)) {
            const std::size_t n = std::min(tokens.size() - at, std::size_t(chunk));
            QVERIFY(cut.run(std::span(tokens).subspan(at, n), std::uint32_t(at), LogitsWanted::All));
            const std::span<const float> expected = std::span(whole.logits).subspan(at * 101, n * 101);
            QVERIFY(std::equal(expected.begin(), expected.end(), cut.logits.begin(), cut.logits.end()));
        }
    }

    void wantedLogitsAreRowsOfAll()
    {
        const Network network(oddShape(RopePairs::Half), Attention | FeedForward);
        const std::vector<TokenId> tokens = someTokens(9, 101);
        Session session(network.fixture.plan(), 2, 9, 9);
        QVERIFY(session.run(tokens, 0, LogitsWanted::All));
        const std::vector<float> all = session.logits;
        QVERIFY(session.run(tokens, 0, LogitsWanted::Last));
        QVERIFY(std::equal(session.logits.begin(), session.logits.end(), all.end() - 101));
        QVERIFY(session.run(tokens, 0, LogitsWanted::None));
        QVERIFY(session.logits.empty());
    }

    void copiedPagesHoldTheSameKeysAndValues()
    {
        const Network network(oddShape(RopePairs::Half), Attention | FeedForward);
        std::vector<TokenId> tokens = someTokens(41, 101);
        Session session(network.fixture.plan(), 2, 41, 41);
        QVERIFY(session.run(tokens, 0, LogitsWanted::Last));
        const std::vector<float> expected = session.logits;
        // A branch: 40 positions copied, the rest of the page is another sequence's.
        const KvPageId branch = *session.backend->allocateKvPage();
        session.backend->copyKvPage(session.pages[0], branch, 40);
        session.pages = {branch};
        QVERIFY(session.run(std::span(tokens).last(1), 40, LogitsWanted::Last));
        QCOMPARE(session.logits, expected);
    }
    void copyLeavesLaterPositionsAlone()
    {
        const Network network(oddShape(RopePairs::Half), Attention);
        const std::vector<TokenId> tokens = someTokens(12, 101), others(12, 5);
        Session session(network.fixture.plan(), 1, 12, 12);
        QVERIFY(session.run(tokens, 0, LogitsWanted::None));
        const KvPageId first = session.pages[0], second = *session.backend->allocateKvPage();
        session.pages = {second};
        QVERIFY(session.run(others, 0, LogitsWanted::None));
        session.backend->copyKvPage(first, second, 6); // positions 6 .. 11 stay those of `others`
        QVERIFY(session.run(std::span(others).first(1), 12, LogitsWanted::Last));
        const std::vector<float> found = session.logits;
        session.pages = {first};
        QVERIFY(session.run(std::span(others).first(1), 12, LogitsWanted::Last));
        QVERIFY(found != session.logits);
        session.backend->copyKvPage(first, second, kKvPageTokens);
        session.pages = {second};
        QVERIFY(session.run(std::span(others).first(1), 12, LogitsWanted::Last));
        session.pages = {first};
        const std::vector<float> copied = session.logits;
        QVERIFY(session.run(std::span(others).first(1), 12, LogitsWanted::Last));
        QCOMPARE(copied, session.logits);
    }
    void freedPagesAreHandedOutAgain()
    {
        const Network network(oddShape(RopePairs::Half), Attention);
        Session session(network.fixture.plan(), 1, 1, 0);
        const KvPageId a = *session.backend->allocateKvPage(), b = *session.backend->allocateKvPage();
        QVERIFY(a != b);
        session.backend->freeKvPage(a);
        session.backend->freeKvPage(a); // twice does not put it on the list twice
        QCOMPARE(*session.backend->allocateKvPage(), a);
        QVERIFY(*session.backend->allocateKvPage() != a);
        QCOMPARE(session.backend->kvPageBytes(), std::size_t(3 * 2 * 64 * 20 * 4));
        QVERIFY(session.backend->activationBytes() > 0);
    }

    void stopsBeforeTheNextStep()
    {
        const Network network(oddShape(RopePairs::Half), Attention | FeedForward);
        Session session(network.fixture.plan(), 2, 10, 20);
        const std::vector<TokenId> tokens = someTokens(10, 101);
        std::stop_source stop;
        stop.request_stop();
        const Result<RunOutcome> stopped = session.run(tokens, 0, LogitsWanted::Last, stop.get_token());
        QVERIFY(stopped && *stopped == RunOutcome::Stopped);
        // Nothing stays of the stop.
        QVERIFY(session.run(tokens, 0, LogitsWanted::Last));
        const std::vector<float> expected = session.logits;
        QVERIFY(*session.run(tokens, 10, LogitsWanted::Last, stop.get_token()) == RunOutcome::Stopped);
        QVERIFY(*session.run(tokens, 0, LogitsWanted::Last) == RunOutcome::Done);
        QCOMPARE(session.logits, expected);
    }
    void stopsWithinALongStep()
    {
        ModelShape shape = oddShape(RopePairs::Half);
        shape.layers = 1;
        shape.hiddenSize = 2048;
        shape.intermediateSize = 8192;
        const Network network(shape, FeedForward);
        Session session(network.fixture.plan(), 2, 256, 256);
        std::stop_source stop;
        std::chrono::steady_clock::time_point raised;
        std::jthread other([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
            raised = std::chrono::steady_clock::now();
            stop.request_stop();
        });
        const Result<RunOutcome> outcome =
            session.run(someTokens(256, 101), 0, LogitsWanted::None, stop.get_token()); // 12 billion products
        const auto now = std::chrono::steady_clock::now();
        other.join();
        QVERIFY(outcome && *outcome == RunOutcome::Stopped);
        QVERIFY(now - raised < std::chrono::milliseconds(500));
    }

    void refusesRunsThatMakeNoSense_data()
    {
        QTest::addColumn<int>("tokens");
        QTest::addColumn<int>("badToken");
        QTest::addColumn<int>("first");
        QTest::addColumn<int>("pages");
        QTest::addColumn<int>("logits");
        QTest::addRow("no tokens") << 0 << 0 << 0 << 1 << 101;
        QTest::addRow("too many tokens") << 9 << 0 << 0 << 1 << 101;
        QTest::addRow("negative token") << 3 << -1 << 0 << 1 << 101;
        QTest::addRow("token outside the vocabulary") << 3 << 101 << 0 << 1 << 101;
        QTest::addRow("no pages") << 3 << 0 << 0 << 0 << 101;
        QTest::addRow("pages end before the run") << 3 << 0 << 62 << 1 << 101;
        QTest::addRow("position near 2^32") << 3 << 0 << -2 << 1 << 101;
        QTest::addRow("page that was never allocated") << 3 << 0 << 0 << -1 << 101;
        QTest::addRow("no room for logits") << 3 << 0 << 0 << 1 << 100;
    }
    void refusesRunsThatMakeNoSense()
    {
        QFETCH(int, tokens);
        QFETCH(int, badToken);
        QFETCH(int, first);
        QFETCH(int, pages);
        QFETCH(int, logits);
        const Network network(oddShape(RopePairs::Half), Attention);
        Session session(network.fixture.plan(), 1, 8, 64);
        std::vector<TokenId> ids(std::size_t(tokens), 1);
        if (!ids.empty() && badToken)
            ids.back() = badToken;
        if (pages < 0)
            session.pages = {1234};
        else
            session.pages.resize(std::size_t(pages));
        std::vector<float> room;
        room.resize(std::size_t(logits));
        const Result<RunOutcome> outcome = session.backend->run(
            {ids, std::uint32_t(first), session.pages, LogitsWanted::Last}, room, std::stop_token());
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().code, ErrorCode::InvalidArgument);
        QVERIFY(!outcome.error().message.empty());
    }
    void compilesOnce()
    {
        const Network network(oddShape(RopePairs::Half), 0);
        const auto backend = createReferenceBackend(0);
        QVERIFY(!backend->compile(network.fixture.plan(), 0));
        QVERIFY(backend->compile(network.fixture.plan(), 4));
        QCOMPARE(backend->maxTokens(), 4u);
        QVERIFY(!backend->compile(network.fixture.plan(), 4));
        QVERIFY(backend->capabilities().threads >= 1);
        QCOMPARE(backend->capabilities().device, std::string("cpu"));
    }
};

QTEST_GUILESS_MAIN(TestReferenceBackend)
#include "tst_reference_backend.moc"
