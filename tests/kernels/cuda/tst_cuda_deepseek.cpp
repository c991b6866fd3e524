// DeepSeek's architectures on the CUDA engine, on the emulated device, against the oracle's logits: MLA and routed experts with
// each feature on somewhere (tests/inference/model/tst_deepseek_logits.cpp, which has the CPU's).
#include "kernels/cuda/cuda_backend.h"
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
    std::vector<float> reference() const
    {
        return test::RunnableModel(path, kTokens, kernels::createReferenceBackend(1)).logits(tokens, kTokens);
    }
};

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
};

QTEST_GUILESS_MAIN(TestCudaDeepseek)
#include "tst_cuda_deepseek.moc"
