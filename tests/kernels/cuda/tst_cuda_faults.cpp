// The engine on a GPU that fails: at every call of a short run, for once and for good. It ends with an error
// in a sentence, keeps what was said, gives all memory back, and the processor goes on.
#include "inference/model_engine.h"
#include "kernels/cpu/cpu_backend.h"
#include "kernels/cuda/cuda_backend.h"
#include "tests/support/cuda_shim/shim.h"
#include "tests/support/sanitized.h"
#include "tests/support/temporary_file.h"
#include "tests/support/tiny_model.h"

#include <QTest>

using namespace inference;
using kernels::cuda::createCudaBackend;

namespace {

constexpr std::uint32_t kTokens = 5;

class Text : public GenerationSink
{
public:
    std::string said;
    void onText(std::string_view piece) override { said += piece; }
};

GenerationRequest request(std::uint32_t tokens = kTokens)
{
    GenerationRequest result;
    result.input = RawInput{"ab ab ab", true};
    result.sampling.temperature = 0;
    result.maxTokens = tokens;
    result.guesses = Guesses::None;
    return result;
}

// One load, one answer, one unload; `said` has what came before an error.
struct Outcome
{
    std::optional<Error> error;
    std::vector<TokenId> tokens;
    std::string said;
    bool loaded = false;
};

BackendFactory onGpu()
{
    return [](const LoadOptions &) { return createCudaBackend({.kvBudgetBytes = 8 << 20}); };
}

BackendFactory onCpu()
{
    return [](const LoadOptions &) { return kernels::createCpuBackend({.threads = 1, .isa = "scalar"}); };
}

Outcome answer(Engine &engine)
{
    Outcome outcome;
    outcome.loaded = true;
    Text text;
    const auto statistics = engine.generate(request(), text, {});
    outcome.said = text.said;
    if (statistics)
        outcome.tokens = statistics->tokens;
    else
        outcome.error = statistics.error();
    return outcome;
}

const LoadOptions kOptions = {.device = "cpu", .contextLength = 64, .chunkTokens = 16};

bool isSentence(const std::string &text)
{
    return text.size() > 10 && text.find('\n') == text.npos && text.back() == '.' &&
           text.find("cuda") == text.npos;
}

} // namespace

class TestCudaFaults : public QObject
{
    Q_OBJECT

    test::TemporaryFolder m_folder;
    std::filesystem::path m_model;
    Outcome m_right;              // on the GPU without a fault
    std::vector<TokenId> m_onCpu; // on the processor alone

    Outcome shortRun(const BackendFactory &factory)
    {
        ModelEngine engine(factory);
        const auto loaded = engine.load(m_model, kOptions, nullptr, {});
        if (!loaded)
            return {loaded.error(), {}, {}, false};
        return answer(engine);
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_model = m_folder
                      .write("tiny.gguf", QByteArray::fromStdString(test::tinyModel(
                                              {.weights = kernels::ElementType::Q8_0, .layers = 1})))
                      .toStdString();
        shim::reset();
        m_right = shortRun(onGpu());
        QVERIFY2(!m_right.error, m_right.error ? m_right.error->message.c_str() : "");
        QCOMPARE(m_right.tokens.size(), std::size_t(kTokens));
        m_onCpu = shortRun(onCpu()).tokens;
        QCOMPARE(m_onCpu.size(), std::size_t(kTokens));
        QVERIFY(shim::counts().nothingLeft());
    }

    void everyFaultIsAnErrorAndNoMore_data()
    {
        QTest::addColumn<int>("call");
        QTest::addColumn<int>("error");
        QTest::addColumn<bool>("sticky");
        const auto rows = [](const char *name, shim::Call call, cudaError_t once, cudaError_t forGood) {
            QTest::addRow("%s, once", name) << int(call) << int(once) << false;
            QTest::addRow("%s, for good", name) << int(call) << int(forGood) << true;
        };
        rows("allocation", shim::Call::Allocation, cudaErrorMemoryAllocation, cudaErrorECCUncorrectable);
        rows("copy", shim::Call::Copy, cudaErrorInvalidValue, cudaErrorIllegalAddress);
        rows("launch", shim::Call::Launch, cudaErrorInvalidConfiguration, cudaErrorIllegalAddress);
        QTest::newRow("execution, for good")
            << int(shim::Call::Execution) << int(cudaErrorIllegalAddress) << true;
        rows("synchronisation", shim::Call::Synchronise, cudaErrorUnknown, cudaErrorIllegalAddress);
        rows("capture", shim::Call::Capture, cudaErrorStreamCaptureUnsupported, cudaErrorIllegalAddress);
        rows("others", shim::Call::Other, cudaErrorUnknown, cudaErrorECCUncorrectable);
    }
    void everyFaultIsAnErrorAndNoMore()
    {
        QFETCH(int, call);
        QFETCH(int, error);
        QFETCH(bool, sticky);
        shim::reset();
        QVERIFY(!shortRun(onGpu()).error);
        const std::uint64_t calls = shim::counts().of(shim::Call(call));
        QVERIFY(calls > 0);
        ModelEngine cpu(onCpu());
        QVERIFY(cpu.load(m_model, kOptions, nullptr, {}).ok());
        // A sanitizer takes several times as long: every few of them, another residue for each kind of call.
        const std::uint64_t step = test::kSanitized ? 5 : 1;
        std::uint64_t runs = 0, errors = 0;
        for (std::uint64_t nth = 1 + std::uint64_t(call) % step; nth <= calls; nth += step) {
            ++runs;
            const QByteArray place = QByteArray("call ") + QByteArray::number(qulonglong(nth));
            shim::planFailure({shim::Call(call), nth, cudaError_t(error), sticky});
            {
                ModelEngine gpu(onGpu());
                const auto loaded = gpu.load(m_model, kOptions, nullptr, {});
                const Outcome outcome = loaded ? answer(gpu) : Outcome{loaded.error(), {}, {}, false};
                errors += outcome.error.has_value();
                QVERIFY2(shim::failureHappened() || outcome.tokens == m_right.tokens, place.constData());
                if (outcome.error)
                    QVERIFY2(isSentence(outcome.error->message),
                             (place + ": " + outcome.error->message.c_str()).constData());
                else // a call that the answer does not depend on, as of what is given back
                    QVERIFY2(outcome.tokens == m_right.tokens, place.constData());
                QVERIFY2(m_right.said.starts_with(outcome.said),
                         (place + ": " + outcome.said.c_str()).constData());
                if (sticky && outcome.loaded && outcome.error)
                    QVERIFY2(answer(gpu).error, place.constData()); // and nothing wrong instead
                if (!sticky && outcome.loaded) {
                    const Outcome again = answer(gpu);
                    QVERIFY2(again.tokens == m_right.tokens,
                             (place + (again.error ? ": " + QByteArray(again.error->message.c_str())
                                                   : ": other tokens"))
                                 .constData());
                }
            }
            QVERIFY2(shim::counts().nothingLeft(), place.constData());
            shim::clearFailure();
            QVERIFY2(answer(cpu).tokens == m_onCpu, place.constData());
        }
        // Nearly every call matters; what the runtime is told and asked besides may fail unseen.
        QVERIFY2(errors * 10 >= runs * (shim::Call(call) == shim::Call::Other ? 3 : 9),
                 qPrintable(QStringLiteral("%1 errors in %2 runs").arg(errors).arg(runs)));
        QCOMPARE(shortRun(onGpu()).tokens, m_right.tokens);
    }
};

QTEST_GUILESS_MAIN(TestCudaFaults)
#include "tst_cuda_faults.moc"
