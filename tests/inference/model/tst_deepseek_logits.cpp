// DeepSeek's architectures against an oracle that was written without a look at the engine
// (tests/golden/deepseek_oracle.py): every tiny model, with each feature on somewhere, from its GGUF file to
// logits. Expanded and absorbed MLA, the fast path, and prompts cut in any way.
#include "inference/model/architecture.h"
#include "inference/model/memory_plan.h"
#include "inference/model_file.h"
#include "kernels/cpu/cpu_backend.h"
#include "kernels/cpu/cpu_backend_impl.h"
#include "kernels/cpu/isa.h"
#include "kernels/reference/reference_backend.h"
#include "tests/support/divergence.h"
#include "tests/support/golden_logits.h"
#include "tests/support/temporary_file.h"
#include "tests/support/tiny_deepseek.h"

#include <QFileInfo>
#include <QTest>

#include <algorithm>
#include <cmath>

using kernels::TokenId;

namespace {

constexpr std::uint32_t kTokens = 256;

// A tiny model on disk with what the oracle says of it.
struct Case
{
    test::TemporaryFolder folder;
    QString path;
    nlohmann::json golden;
    std::vector<TokenId> tokens;

    // numbers: the type of matrices whose numbers fit it.
    explicit Case(const QString &name, kernels::ElementType numbers = kernels::ElementType::F32)
    {
        const test::TinyDeepseek model(name.toStdString());
        path = folder.write(QStringLiteral("tiny.gguf"), QByteArray::fromStdString(model.toGguf(numbers)));
        golden = test::readGolden(QString::fromStdString(model.goldenPath()));
        tokens = golden["tokens"].get<std::vector<TokenId>>();
    }
    std::vector<float> reference(kernels::MlaForm form) const
    {
        return test::RunnableModel(path, kTokens, kernels::createReferenceBackend(0, form))
            .logits(tokens, kTokens);
    }
    std::vector<float> fast(const std::string &isa, unsigned threads, std::size_t chunk,
                            kernels::KvCacheType cache = kernels::KvCacheType::F16) const
    {
        return test::RunnableModel(path, kTokens,
                                   std::move(kernels::createCpuBackend({threads, isa, cache})).value())
            .logits(tokens, chunk);
    }
};

} // namespace

class TestDeepseekLogits : public QObject
{
    Q_OBJECT

    void rowsOfAllModels()
    {
        QTest::addColumn<QString>("name");
        for (const std::string &name : test::TinyDeepseek::names())
            QTest::newRow(name.c_str()) << QString::fromStdString(name);
    }

private Q_SLOTS:
    void agreesWithTheOracle_data() { rowsOfAllModels(); }
    void agreesWithTheOracle()
    {
        QFETCH(QString, name);
        const Case model(name);
        QCOMPARE(model.tokens.size(), std::size_t(kTokens));
        for (const kernels::MlaForm form : {kernels::MlaForm::Expanded, kernels::MlaForm::Absorbed}) {
            const test::Agreement agreement = test::compareWithGolden(model.golden, model.reference(form));
            QVERIFY(agreement.positions > 0);
            QCOMPARE(agreement.argmaxDifferences, 0);
            qInfo("largest relative difference %.2g", agreement.largest);
            QVERIFY(agreement.largest < 1e-5); // promised are 1e-4
        }
    }

    // The same numbers in half the bytes: the same logits.
    void halfPrecisionIsTheSameModel_data()
    {
        QTest::addColumn<int>("type");
        for (const kernels::ElementType type : {kernels::ElementType::F16, kernels::ElementType::BF16})
            QTest::newRow(kernels::traitsOf(type).name.data()) << int(type);
    }
    void halfPrecisionIsTheSameModel()
    {
        QFETCH(int, type);
        const QString name = QStringLiteral("deepseek2_half");
        const Case whole(name), half(name, kernels::ElementType(type));
        QVERIFY(QFileInfo(half.path).size() < QFileInfo(whole.path).size() * 6 / 10);
        const std::vector<float> logits = half.reference(kernels::MlaForm::Expanded);
        QVERIFY(logits == whole.reference(kernels::MlaForm::Expanded));
        QVERIFY(test::compareWithGolden(half.golden, logits).largest < 1e-5);
        QVERIFY(half.fast("auto", 2, kTokens) == whole.fast("auto", 2, kTokens));
        QVERIFY(half.fast("auto", 1, 1) == whole.fast("auto", 2, kTokens));
    }

    void expandedAndAbsorbedAgree_data()
    {
        QTest::addColumn<QString>("name");
        for (const std::string &name : test::TinyDeepseek::names())
            if (name.starts_with("deepseek2"))
                QTest::newRow(name.c_str()) << QString::fromStdString(name);
    }
    void expandedAndAbsorbedAgree()
    {
        QFETCH(QString, name);
        const Case model(name);
        const std::vector<float> expanded = model.reference(kernels::MlaForm::Expanded);
        const std::vector<float> absorbed = model.reference(kernels::MlaForm::Absorbed);
        const std::size_t vocabulary = model.golden["vocabularySize"];
        for (std::size_t row = 0; row < expanded.size(); row += vocabulary) {
            float largest = 0, difference = 0;
            for (std::size_t i = row; i < row + vocabulary; ++i) {
                largest = std::max(largest, std::fabs(expanded[i]));
                difference = std::max(difference, std::fabs(expanded[i] - absorbed[i]));
            }
            QVERIFY2(difference < 1e-5f * largest, qPrintable(QString::number(difference / largest)));
        }
        QVERIFY(expanded != absorbed); // two computations, not one
    }

    void fastPathIsClose_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("isa");
        for (const std::string &name : test::TinyDeepseek::names())
            for (const std::string_view isa : kernels::availableIsas())
                QTest::addRow("%s, %s", name.c_str(), std::string(isa).c_str())
                    << QString::fromStdString(name) << QString::fromStdString(std::string(isa));
    }
    void fastPathIsClose()
    {
        QFETCH(QString, name);
        QFETCH(QString, isa);
        const Case model(name);
        const std::vector<float> fast = model.fast(isa.toStdString(), 2, kTokens);
        const std::vector<float> reference = model.reference(kernels::MlaForm::Expanded);
        const std::size_t vocabulary = model.golden["vocabularySize"];
        const double divergence = test::meanDivergence(reference, fast, vocabulary);
        const auto best = [&](const std::vector<float> &logits, std::size_t row) {
            const auto begin = logits.begin() + std::ptrdiff_t(row * vocabulary);
            return std::max_element(begin, begin + std::ptrdiff_t(vocabulary)) - begin;
        };
        std::size_t same = 0;
        for (std::size_t row = 0; row < kTokens; ++row)
            same += best(reference, row) == best(fast, row);
        qInfo("mean KL divergence %.2g, the same best token in %zu of %u", divergence, same, kTokens);
        // The cache is in half precision, and a token whose scores are that close changes an expert.
        QVERIFY(divergence < 1e-3);
        QVERIFY(double(same) > 0.98 * kTokens);
    }

    void eightBitsOfCacheAreCloseToSixteen_data() { rowsOfAllModels(); }
    void eightBitsOfCacheAreCloseToSixteen()
    {
        QFETCH(QString, name);
        const Case model(name);
        const auto file = inference::ModelFile::open(model.path.toStdString());
        QVERIFY(file);
        const kernels::Plan plan = *inference::buildPlan(*(*file)->gguf, (*file)->config);
        const bool offered = inference::kvCacheTypeFor(plan, kernels::KvCacheType::Q8) == kernels::KvCacheType::Q8;
        QCOMPARE(offered, !name.startsWith(u"deepseek"));
        if (!offered)
            return;
        const std::vector<float> sixteen = model.fast("auto", 2, kTokens);
        const std::vector<float> eight = model.fast("auto", 2, kTokens, kernels::KvCacheType::Q8);
        QVERIFY(eight != sixteen);
        const std::size_t vocabulary = model.golden["vocabularySize"];
        const double divergence = test::meanDivergence(sixteen, eight, vocabulary);
        qInfo("mean KL divergence %.2g", divergence);
        // Random weights make more of it than real ones, whose bound is in tst_golden_logits.cpp.
        QVERIFY(divergence < 2e-3);
    }

    void sameBitsHoweverCut_data() { rowsOfAllModels(); }
    void sameBitsHoweverCut()
    {
        QFETCH(QString, name);
        const Case model(name);
        for (const kernels::KvCacheType cache : {kernels::KvCacheType::F16, kernels::KvCacheType::Q8}) {
            const std::vector<float> whole = model.fast("auto", 1, kTokens, cache);
            for (const unsigned threads : {1u, 2u, 5u})
                for (const std::size_t chunk :
                     {std::size_t(1), std::size_t(3), std::size_t(7), std::size_t(64), std::size_t(kTokens)})
                    QVERIFY2(model.fast("auto", threads, chunk, cache) == whole,
                             qPrintable(QStringLiteral("%1 threads, chunks of %2").arg(threads).arg(chunk)));
        }
    }

    // The regions of a run less those of one without the feed-forward parts that have experts.
    void expertsAndSharedOnesTakeTheSameRegions_data()
    {
        QTest::addColumn<quint32>("tokens");
        QTest::addColumn<int>("most");
        QTest::newRow("decode") << 1u << 3;
        QTest::newRow("verify") << 3u << 3;
        QTest::newRow("prefill") << 64u << 6;
    }
    void expertsAndSharedOnesTakeTheSameRegions()
    {
        QFETCH(quint32, tokens);
        QFETCH(int, most);
        const Case model(QStringLiteral("deepseek2_lite"));
        const auto file = inference::ModelFile::open(model.path.toStdString());
        QVERIFY(file);
        const auto regions = [&](kernels::Plan plan) {
            kernels::CpuBackend backend(**kernels::opsForIsa("auto"), 2);
            if (!backend.compile(std::move(plan), kTokens))
                qFatal("compile failed");
            const std::vector<kernels::KvPageId> pages{*backend.allocateKvPage()};
            const std::uint32_t before = backend.regions();
            const std::span<const TokenId> ids = std::span(model.tokens).first(tokens);
            if (!backend.run({ids, 0, pages, kernels::LogitsWanted::None}, {}, {}))
                qFatal("the run failed");
            return int(backend.regions() - before);
        };
        const kernels::Plan whole = *inference::buildPlan(*(*file)->gguf, (*file)->config);
        kernels::Plan without = whole;
        without.steps.clear();
        int layers = 0;
        for (std::size_t i = 0; i < whole.steps.size(); ++i) {
            if (!std::holds_alternative<kernels::RouterStep>(whole.steps[i])) {
                without.steps.push_back(whole.steps[i]);
                continue;
            }
            ++layers;
            QVERIFY(std::holds_alternative<kernels::NormQuantStep>(without.steps.back())); // theirs
            without.steps.pop_back();
            QVERIFY(std::holds_alternative<kernels::DownResidualStep>(whole.steps[i + 3])); // the shared ones
            i += 3;
        }
        QVERIFY(layers > 0);
        QCOMPARE(regions(whole) - regions(without), layers * most);
    }
};

QTEST_GUILESS_MAIN(TestDeepseekLogits)
#include "tst_deepseek_logits.moc"
