// Every kernel of the CUDA engine against loops in double (kernels/cuda/self_test.h), on the emulated device; and tokens that it draws
// against those of the host's sampler.
#include "inference/logit_passes.h"
#include "inference/sampler.h"
#include "kernels/cuda/arena.h"
#include "kernels/cuda/ops.h"
#include "kernels/cuda/self_test.h"
#include "tests/support/cuda_shim/shim.h"
#include "tests/support/sanitized.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

using namespace kernels;
using inference::SamplingOptions;

namespace {

constexpr std::uint32_t kLikeliest = 9;

// Draws from one row after another, as steps do.
class Drawer
{
public:
    explicit Drawer(std::uint32_t vocabulary) : m_task(cuda::drawTaskFor(m_arena, vocabulary)), m_ring(cuda::kTokenRing)
    {
        m_rows = m_arena.take<float>(2 * std::size_t(vocabulary));
        m_task.logits = m_rows;
        m_task.penalised = m_rows + vocabulary;
        m_task.ring = m_ring.data();
        m_task.findings = m_findings = m_arena.take<cuda::RunFindings>(1);
        m_task.state = m_arena.take<cuda::RunState>(1);
        m_task.tokens = m_arena.take<TokenId>(1);
    }
    void start(const inference::Sampler &sampler)
    {
        const DrawState from = sampler.drawState();
        cuda::DrawingState drawing;
        drawing.options = sampler.drawOptions(kLikeliest);
        drawing.random = from.random;
        drawing.windowSize = std::uint32_t(from.window.size());
        drawing.windowNext = from.windowNext;
        drawing.windowUsed = from.windowUsed;
        copy(m_task.drawing, &drawing, sizeof drawing);
        if (!from.window.empty())
            copy(m_task.window, from.window.data(), from.window.size_bytes());
        m_steps = 0;
    }
    void setCacheInvalid(bool invalid)
    {
        const cuda::RunFindings findings{invalid};
        copy(m_findings, &findings, sizeof findings);
    }
    DrawnToken draw(const std::vector<float> &row)
    {
        copy(m_rows, row.data(), row.size() * sizeof(float));
        cuda::ops::draw(m_task, m_stream);
        m_stream.wait();
        return m_ring.data()[m_steps++ % cuda::kTokenRing];
    }
    // What the next step runs, and where.
    std::pair<TokenId, std::uint32_t> next() const
    {
        TokenId token = -1;
        cuda::RunState state;
        cuda::check(cudaMemcpy(&token, m_task.tokens, sizeof token, cudaMemcpyDeviceToHost), "copy");
        cuda::check(cudaMemcpy(&state, m_task.state, sizeof state, cudaMemcpyDeviceToHost), "copy");
        return {token, state.firstPosition};
    }

private:
    static void copy(void *to, const void *from, std::size_t bytes)
    {
        cuda::check(cudaMemcpy(to, from, bytes, cudaMemcpyHostToDevice), "copy");
    }

    cuda::Arena m_arena;
    cuda::DrawTask m_task;
    cuda::PinnedBuffer<DrawnToken> m_ring;
    cuda::Stream m_stream = cuda::Stream::create();
    cuda::RunFindings *m_findings = nullptr;
    float *m_rows = nullptr;
    std::uint32_t m_steps = 0;
};

enum class Row { Peaked, Noise, Ties, Equal, Extreme, Bad };
constexpr Row kRows[] = {Row::Peaked, Row::Noise, Row::Ties, Row::Peaked, Row::Equal, Row::Extreme, Row::Bad, Row::Ties, Row::Peaked};

std::vector<float> logitsOf(Row kind, std::uint32_t size, std::mt19937 &random)
{
    constexpr float most = std::numeric_limits<float>::max();
    const auto unit = [&] { return float(random() % 1000000 + 1) / 1000001; };
    std::vector<float> row(size);
    for (float &logit : row) {
        const float noise = (unit() + unit() + unit() + unit() - 2) * 6;
        logit = kind == Row::Equal ? -1.25f : kind == Row::Noise ? noise : -2 * std::log(unit()) - 3;
        if (kind == Row::Ties)
            logit = std::round(logit) * (random() % 2 ? 1 : -0.0f);
        if (kind == Row::Extreme)
            logit = random() % 3 ? -most : most;
    }
    if (kind == Row::Bad) {
        constexpr float bad[] = {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity(),
                                 std::numeric_limits<float>::infinity()};
        row[random() % size] = bad[random() % 3];
    }
    return row;
}

} // namespace

class TestCudaSelfTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyKernel()
    {
        shim::reset();
        QStringList failures;
        const Result<SelfTestResult> result =
            cuda::runSelfTest(0, [&](const std::string &check, const std::string &failure) {
                if (!failure.empty())
                    failures.append(QString::fromStdString(check + ": " + failure));
            });
        QCOMPARE(shim::fault(), std::string());
        QVERIFY2(result.ok(), result ? "" : result.error().message.c_str());
        QVERIFY2(failures.isEmpty(), qPrintable(failures.mid(0, 10).join(QLatin1Char('\n'))));
        QVERIFY(result->passed > 300);
        qInfo("%u checks", result->passed);
        QVERIFY(shim::counts().nothingLeft());
    }

    // The very token of inference::Sampler, and what the host shows of its chances.
    void drawsTheTokensOfTheSampler_data()
    {
        QTest::addColumn<int>("vocabulary");
        QTest::addColumn<SamplingOptions>("options");
        QTest::addColumn<bool>("always"); // there is room for all candidates of any row
        // name, options, whether there is room for any row
        const std::tuple<const char *, SamplingOptions, bool> all[] = {
            {"default", {}, true},
            {"greedy", {.temperature = 0}, true},
            {"greedy with a penalty", {.temperature = 0, .repeatPenalty = 5, .repeatWindow = 2}, true},
            {"top-k 1", {.topK = 1}, true},
            {"top-k 7, hot", {.temperature = 4, .topK = 7, .topP = 1}, true},
            {"top-k 1000", {.temperature = 1, .topK = 1000, .topP = 0.99f}, false},
            {"top-p alone", {.temperature = 0.6f, .topK = 0, .topP = 0.9f}, false},
            {"top-p 0", {.topK = 0, .topP = 0}, true},
            {"min-p alone", {.topK = 0, .topP = 1, .minP = 0.05f}, false},
            {"min-p 1", {.topK = 0, .topP = 1, .minP = 1}, false},
            {"min-p of next to nothing", {.topK = 0, .topP = 1, .minP = 1e-40f}, false},
            {"nothing", {.temperature = 1, .topK = 0, .topP = 1}, true},
            {"nothing but a penalty, cold",
             {.temperature = 0.05f, .topK = 0, .topP = 1, .repeatPenalty = 0.7f, .repeatWindow = 300},
             true},
            {"all",
             {.temperature = 1.7f, .topK = 50, .topP = 0.9f, .minP = 0.02f, .repeatPenalty = 1.3f, .repeatWindow = 3},
             true},
            {"a penalty that leaves the numbers", {.repeatPenalty = 1000}, true},
        };
        const QStringList large = {"default", "greedy with a penalty", "top-k 1000", "top-p alone", "min-p alone", "nothing", "all"};
        for (const auto &[name, options, always] : all)
            for (const int vocabulary : {1, 2, 63, 1000, 5003, 129280})
                if (vocabulary < 5003 || (!test::kSanitized && (vocabulary == 5003 || large.contains(QLatin1String(name)))))
                    QTest::addRow("%s, %d", name, vocabulary)
                        << vocabulary << options << (always || vocabulary <= int(cuda::kMostCandidates));
    }
    void drawsTheTokensOfTheSampler()
    {
        QFETCH(int, vocabulary);
        QFETCH(SamplingOptions, options);
        QFETCH(bool, always);
        shim::reset();
        {
            std::mt19937 random(unsigned(vocabulary) + 7);
            const auto size = std::uint32_t(vocabulary);
            inference::Sampler sampler(options, size, 100, 42);
            for (int i = 0; i < 5; ++i)
                sampler.accept(TokenId(random() % size));
            Drawer drawer(size);
            drawer.start(sampler);
            std::uint32_t steps = 0;
            for (const Row kind : kRows) {
                const std::vector<float> raw = logitsOf(kind, size, random);
                std::vector<float> row = raw;
                const std::uint64_t before = sampler.drawState().random;
                const Result<TokenId> token = sampler.sample(row);
                const DrawnToken drawn = drawer.draw(raw);
                ++steps;
                if (drawn.token < 0) { // left to the host
                    QVERIFY2(!token || !always, qPrintable(QStringLiteral("row %1").arg(int(kind))));
                    QVERIFY(!token || kind != Row::Peaked || options.topK > 40 || options.minP == 1e-40f);
                    QCOMPARE(drawer.draw(raw).token, -1); // and all behind it
                    if (token)
                        sampler.accept(*token);
                    else
                        QCOMPARE(sampler.drawState().random, before);
                    drawer.start(sampler);
                    steps += 1;
                    continue;
                }
                QVERIFY(token);
                QCOMPARE(drawn.token, *token);
                sampler.accept(*token);
                QCOMPARE(drawer.next(), std::pair(*token, steps));
                QCOMPARE(drawn.logit, raw[std::size_t(*token)]);
                std::vector<TokenId> order(raw.size());
                std::iota(order.begin(), order.end(), 0);
                const auto count = std::min<std::size_t>(kLikeliest, order.size());
                std::partial_sort(order.begin(), order.begin() + std::ptrdiff_t(count), order.end(), [&](TokenId a, TokenId b) {
                    const float x = raw[std::size_t(a)], y = raw[std::size_t(b)];
                    return x != y ? x > y : a < b;
                });
                QCOMPARE(std::size_t(drawn.likeliestCount), count);
                for (std::size_t i = 0; i < count; ++i) {
                    QCOMPARE(drawn.likeliest[i].token, order[i]);
                    QCOMPARE(drawn.likeliest[i].logit, raw[std::size_t(order[i])]);
                }
                QCOMPARE(drawn.sum, inference::sumOfChances(raw, raw[std::size_t(order[0])]));
            }
            drawer.setCacheInvalid(true);
            QCOMPARE(drawer.draw(logitsOf(Row::Peaked, size, random)).token, -1);
        }
        QCOMPARE(shim::fault(), std::string());
        QVERIFY(shim::counts().nothingLeft());
    }
    void aDeviceThatIsNotThereIsAnError()
    {
        shim::reset();
        QVERIFY(!cuda::runSelfTest(5, [](const std::string &, const std::string &) {}));
    }
};

QTEST_GUILESS_MAIN(TestCudaSelfTest)
#include "tst_cuda_self_test.moc"
