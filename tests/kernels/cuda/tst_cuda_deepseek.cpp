// DeepSeek's architectures on the CUDA engine, on the emulated device, against the oracle's logits: MLA and routed experts with
// each feature on somewhere (tests/inference/model/tst_deepseek_logits.cpp, which has the CPU's). And every model shared by GPU and CPU
// (kernels/hybrid_backend.h), at every point.
#include "inference/model/architecture.h"
#include "inference/model_file.h"
#include "kernels/cpu/cpu_backend.h"
#include "kernels/cuda/cuda_backend.h"
#include "kernels/hybrid_backend.h"
#include "kernels/reference/reference_backend.h"
#include "tests/support/cuda_shim/shim.h"
#include "tests/support/divergence.h"
#include "tests/support/golden_logits.h"
#include "tests/support/sanitized.h"
#include "tests/support/temporary_file.h"
#include "tests/support/tiny_deepseek.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <cstring>

using kernels::TokenId;

namespace {

// The arithmetic is the same under a sanitizer, many times slower.
constexpr std::uint32_t kTokens = test::kSanitized ? 48 : 256;

struct Case
{
    test::TemporaryFolder folder;
    QString path;
    nlohmann::json golden;
    std::vector<TokenId> tokens;

    explicit Case(const QString &name)
    {
        const test::TinyDeepseek model(name.toStdString());
        path = folder.write(QStringLiteral("tiny.gguf"), QByteArray::fromStdString(model.toGguf()));
        golden = test::readGolden(QString::fromStdString(model.goldenPath()));
        tokens = golden["tokens"].get<std::vector<TokenId>>();
        tokens.resize(std::min<std::size_t>(tokens.size(), kTokens));
    }
    std::vector<float> cuda(std::size_t chunk, std::size_t count = kTokens) const
    {
        return test::RunnableModel(path, kTokens, std::move(kernels::cuda::createCudaBackend({})).value())
            .logits(std::span(tokens).first(count), chunk);
    }
    std::vector<float> reference(std::size_t count = kTokens) const
    {
        return test::RunnableModel(path, kTokens, kernels::createReferenceBackend(1))
            .logits(std::span(tokens).first(count), kTokens);
    }
};

std::unique_ptr<kernels::Backend> shared(const kernels::PlanSplit &split)
{
    return kernels::createHybridBackend(std::move(kernels::cuda::createCudaBackend({})).value(),
                                        std::move(kernels::createCpuBackend({.threads = 2, .isa = "scalar"})).value(), split);
}

// The file and its plan, which points into it.
struct Planned
{
    std::unique_ptr<inference::GgufFile> file;
    kernels::Plan plan;

    explicit Planned(const QString &path)
        : file(std::move(inference::openGguf(path.toStdString())).value()),
          plan(std::move(inference::buildPlan(*file, *inference::ModelConfig::fromGguf(*file))).value())
    {}
};

bool same(std::span<const float> a, std::span<const float> b)
{
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

std::string inWords(const kernels::PlanSplit &split)
{
    return std::to_string(split.cpuLayers) + " layers, experts of " + std::to_string(split.cpuExpertLayers);
}

} // namespace

class TestCudaDeepseek : public QObject
{
    Q_OBJECT

    void rowsOfAllModels()
    {
        QTest::addColumn<QString>("name");
        for (const std::string &name : test::TinyDeepseek::names())
            QTest::newRow(name.c_str()) << QString::fromStdString(name);
    }

private Q_SLOTS:
    void init() { shim::reset(); }
    void cleanup()
    {
        QCOMPARE(shim::fault(), std::string());
        QVERIFY(shim::counts().nothingLeft());
    }

    void agreesWithTheOracle_data() { rowsOfAllModels(); }
    void agreesWithTheOracle()
    {
        QFETCH(QString, name);
        const Case model(name);
        QCOMPARE(model.tokens.size(), std::size_t(kTokens));
        const std::vector<float> found = model.cuda(kTokens);
        const std::size_t vocabulary = model.golden["vocabularySize"];
        const double divergence = test::meanDivergence(model.reference(), found, vocabulary);
        const test::Agreement agreement = test::compareWithGolden(model.golden, found);
        qInfo("mean KL divergence %.2g, another best token at %d of %d positions", divergence, agreement.argmaxDifferences,
              agreement.positions);
        // The cache is in half precision, and a token whose scores are that close changes an expert.
        QVERIFY(agreement.positions > 0);
        QVERIFY(test::kSanitized || agreement.argmaxDifferences <= agreement.positions / 50); // a share of 48 says nothing
        QVERIFY(divergence < 1e-3);
    }

    void sameBitsInDecodeAndVerify_data() { rowsOfAllModels(); }
    void sameBitsInDecodeAndVerify()
    {
        QFETCH(QString, name);
        const Case model(name);
        constexpr std::size_t tokens = 11;
        const std::vector<float> decoded = model.cuda(1, tokens);
        for (const std::size_t chunk : {tokens, std::size_t(3)}) {
            const std::vector<float> verified = model.cuda(chunk, tokens);
            QVERIFY2(std::memcmp(decoded.data(), verified.data(), decoded.size() * sizeof(float)) == 0,
                     qPrintable(QStringLiteral("chunks of %1").arg(chunk)));
        }
    }

    void everySplitGivesTheModelsAnswers_data() { rowsOfAllModels(); }
    void everySplitGivesTheModelsAnswers()
    {
        QFETCH(QString, name);
        const Case model(name);
        const std::size_t vocabulary = model.golden["vocabularySize"];
        constexpr std::size_t many = 17, few = 3; // prefill and decode
        const std::vector<float> expected = model.reference(many);
        const std::vector<kernels::PlanSplit> splits = kernels::splitsOf(Planned(model.path).plan);
        QVERIFY(splits.size() >= 2);
        // At every point those that have everything between them; of the others, and under a sanitizer, one.
        const bool isMain = name == QLatin1String("deepseek") || name == QLatin1String("deepseek2_v3") || name == QLatin1String("qwen3_yarn");
        for (std::size_t i = 0; i < splits.size(); ++i) {
            if ((test::kSanitized || !isMain) && i != splits.size() - 1)
                continue;
            const std::string words = inWords(splits[i]);
            test::RunnableModel run(model.path, many, shared(splits[i]));
            const std::vector<float> found = run.logits(std::span(model.tokens).first(many), many);
            const double divergence = test::meanDivergence(expected, found, vocabulary);
            const QString finding = QStringLiteral("%1: mean KL divergence %2").arg(words.c_str()).arg(divergence);
            QVERIFY2(divergence < 1e-3, qPrintable(finding));
            const std::vector<float> decoded = run.logits(std::span(model.tokens).first(few), 1);
            QVERIFY2(same(decoded, run.logits(std::span(model.tokens).first(few), few)), words.c_str());
            QVERIFY2(same(decoded, run.logits(std::span(model.tokens).first(few), 2)), words.c_str()); // graphs are replayed
            QVERIFY2(test::meanDivergence(std::span(expected).first(few * vocabulary), decoded, vocabulary) < 1e-3, words.c_str());
            if (isMain)
                QVERIFY2(same(found, run.logits(std::span(model.tokens).first(many), many)), words.c_str());
        }
    }

    // Each part has what it needs and no more; all weights are somewhere, each layer's positions once.
    void splitsHaveEveryStepOnce_data() { rowsOfAllModels(); }
    void splitsHaveEveryStepOnce()
    {
        QFETCH(QString, name);
        const Case model(name);
        const Planned whole(model.path);
        std::size_t before = std::size_t(-1);
        for (const kernels::PlanSplit &split : kernels::splitsOf(whole.plan)) {
            const kernels::SplitPlan parts = kernels::splitPlan(whole.plan, split);
            QCOMPARE(parts.cpu.segments.size(), parts.gpu.segments.size());
            QCOMPARE(parts.cpu.shape.layers + parts.gpu.shape.layers, whole.plan.shape.layers);
            QCOMPARE(kernels::hasRoutedExperts(parts.gpu), kernels::hasRoutedExperts(whole.plan));
            std::vector<int> seen(whole.plan.steps.size());
            for (std::size_t i = 0; i < parts.cpuSteps.size(); ++i) {
                QCOMPARE(parts.cpu.steps[i].index(), whole.plan.steps[parts.cpuSteps[i]].index());
                ++seen[parts.cpuSteps[i]];
            }
            for (std::size_t i = 0; i < parts.gpuSteps.size(); ++i) {
                QCOMPARE(parts.gpu.steps[i].index(), whole.plan.steps[parts.gpuSteps[i]].index());
                ++seen[parts.gpuSteps[i]];
            }
            for (std::size_t i = 0; i < seen.size(); ++i) {
                const bool onBoth = i == 0 || std::holds_alternative<kernels::NormQuantStep>(whole.plan.steps[i]);
                QVERIFY2(seen[i] == 1 || (onBoth && seen[i] == 2), kernels::stepPlace(whole.plan, i).c_str());
            }
            QVERIFY(std::holds_alternative<kernels::HeadStep>(parts.gpu.steps.back()));
            // each takes less of the GPU than the one before
            std::size_t bytes = 0;
            for (const kernels::WeightView &weight : parts.gpu.weights)
                bytes += weight.byteSize();
            QVERIFY2(bytes < before, inWords(split).c_str());
            before = bytes;
        }
    }

    // A GPU that fails somewhere between the segments: an error, and the next run is right where the GPU is.
    void faultsOfTheGpuAreErrors_data()
    {
        QTest::addColumn<int>("call");
        QTest::addColumn<int>("error");
        QTest::newRow("copy") << int(shim::Call::Copy) << int(cudaErrorInvalidValue);
        QTest::newRow("launch") << int(shim::Call::Launch) << int(cudaErrorInvalidConfiguration);
        QTest::newRow("synchronisation") << int(shim::Call::Synchronise) << int(cudaErrorUnknown);
        QTest::newRow("capture") << int(shim::Call::Capture) << int(cudaErrorStreamCaptureUnsupported);
        QTest::newRow("allocation") << int(shim::Call::Allocation) << int(cudaErrorMemoryAllocation);
    }
    void faultsOfTheGpuAreErrors()
    {
        QFETCH(int, call);
        QFETCH(int, error);
        const Case model(QStringLiteral("deepseek2_lite"));
        const Planned whole(model.path);
        const std::size_t vocabulary = model.golden["vocabularySize"];
        const auto compiled = [&] {
            std::unique_ptr<kernels::Backend> backend = shared({1, whole.plan.shape.layers});
            if (!backend->compile(whole.plan, 19))
                backend.reset();
            return backend;
        };
        // Of 18 tokens and one more; empty where a run failed.
        const auto answer = [&](kernels::Backend &backend) {
            std::vector<float> logits(vocabulary);
            const auto page = backend.allocateKvPage();
            if (!page)
                return std::vector<float>();
            bool done = true;
            for (const auto &[first, count] : {std::pair(0u, 18u), std::pair(18u, 1u)})
                done = done && backend.run({std::span(model.tokens).subspan(first, count), first, {&*page, 1}, {}}, logits, {}).ok();
            backend.freeKvPage(*page);
            return done ? logits : std::vector<float>();
        };
        shim::reset();
        std::vector<float> right;
        {
            const auto backend = compiled();
            right = answer(*backend);
            QVERIFY(!right.empty() && same(right, answer(*backend)));
        }
        const std::uint64_t calls = shim::counts().of(shim::Call(call));
        const std::uint64_t step = std::max<std::uint64_t>(1, calls / (test::kSanitized ? 4 : 10));
        for (std::uint64_t nth = 1; nth <= calls; nth += step) {
            for (const bool sticky : {false, true}) {
                const QByteArray place = "call " + QByteArray::number(qulonglong(nth)) + (sticky ? ", for good" : ", once");
                shim::planFailure({shim::Call(call), nth, sticky ? cudaErrorIllegalAddress : cudaError_t(error), sticky});
                if (const auto backend = compiled()) {
                    const std::vector<float> first = answer(*backend), second = answer(*backend);
                    QVERIFY2(first.empty() || same(first, right), place.constData());
                    QVERIFY2(second.empty() || same(second, right), place.constData());
                    // A failure for once spoils one of the two at most.
                    QVERIFY2(sticky || !first.empty() || !second.empty(), place.constData());
                }
                QVERIFY2(shim::counts().nothingLeft(), place.constData());
                shim::clearFailure();
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestCudaDeepseek)
#include "tst_cuda_deepseek.moc"
