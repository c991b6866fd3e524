// --device cuda and auto from end to end: the real plug-in on the emulated device, loaded by the program as
// it loads CUDA's.
#include "inference/device_choice.h"
#include "inference/model/architecture.h"
#include "inference/model_engine.h"
#include "inference/open_model.h"
#include "kernels/cpu/cpu_backend.h"
#include "kernels/cuda/cuda_backend.h"
#include "kernels/token_stream.h"
#include "tests/support/cuda_shim/shim.h"
#include "tests/support/sanitized.h"
#include "tests/support/temporary_file.h"
#include "tests/support/tiny_model.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTest>

using namespace inference;

namespace {

class Text : public GenerationSink
{
public:
    std::string said;
    void onText(std::string_view piece) override { said += piece; }
};

// A backend that hides its token stream, or does not, and counts what is run by the host.
class Watched : public kernels::Backend
{
public:
    Watched(std::unique_ptr<kernels::Backend> backend, bool streams, int &runs) : m_backend(std::move(backend)), m_streams(streams), m_runs(runs) {}
    const kernels::BackendCapabilities &capabilities() const override { return m_backend->capabilities(); }
    Result<void> compile(kernels::Plan plan, std::uint32_t maxTokens) override { return m_backend->compile(std::move(plan), maxTokens); }
    const kernels::Plan &plan() const override { return m_backend->plan(); }
    std::uint32_t maxTokens() const override { return m_backend->maxTokens(); }
    std::size_t kvPageBytes() const override { return m_backend->kvPageBytes(); }
    std::size_t activationBytes() const override { return m_backend->activationBytes(); }
    Result<kernels::KvPageId> allocateKvPage() override { return m_backend->allocateKvPage(); }
    void freeKvPage(kernels::KvPageId page) override { m_backend->freeKvPage(page); }
    void copyKvPage(kernels::KvPageId from, kernels::KvPageId to, std::uint32_t tokens) override { m_backend->copyKvPage(from, to, tokens); }
    std::string kvFormat() const override { return m_backend->kvFormat(); }
    Result<void> exportKvPage(kernels::KvPageId page, std::uint32_t tokens, std::span<std::byte> bytes) const override
    {
        return m_backend->exportKvPage(page, tokens, bytes);
    }
    void importKvPage(kernels::KvPageId page, std::uint32_t tokens, std::span<const std::byte> bytes) override
    {
        m_backend->importKvPage(page, tokens, bytes);
    }
    Result<kernels::RunOutcome> run(const kernels::RunInput &input, std::span<float> logits, std::stop_token stop) override
    {
        ++m_runs;
        return m_backend->run(input, logits, std::move(stop));
    }
    Result<std::optional<std::size_t>> findInvalidStep(const kernels::RunInput &input, std::stop_token stop) override
    {
        return m_backend->findInvalidStep(input, std::move(stop));
    }
    kernels::TokenStream *tokenStream() override { return m_streams ? m_backend->tokenStream() : nullptr; }

private:
    const std::unique_ptr<kernels::Backend> m_backend;
    const bool m_streams;
    int &m_runs;
};

// Everything that an answer brings, as text.
class Events : public GenerationSink
{
public:
    std::string all;
    std::vector<std::string> pieces; // of the text
    int tokens = 0, stopAfter = 0;
    std::stop_source stop;
    void onText(std::string_view piece) override
    {
        pieces.emplace_back(piece);
        all += "text " + pieces.back() + '\n';
    }
    void onToken(const TokenChance &token, std::span<const TokenChance> others) override
    {
        all += name(token);
        for (const TokenChance &other : others)
            all += ' ' + name(other);
        all += '\n';
        if (++tokens == stopAfter)
            stop.request_stop();
    }

private:
    static std::string name(const TokenChance &token)
    {
        return std::to_string(token.token) + '=' + std::to_string(std::bit_cast<std::uint32_t>(token.probability));
    }
};

GenerationRequest request()
{
    GenerationRequest result;
    result.input = RawInput{"ab ab ab", true};
    result.sampling.temperature = 0;
    result.maxTokens = 6;
    return result;
}

} // namespace

class TestCudaDevice : public QObject
{
    Q_OBJECT

    test::TemporaryFolder m_folder;
    QString m_model, m_program;

    // The program beside the plug-in, as both are installed.
    struct Finished
    {
        int code = -1;
        QByteArray out, err;
    };
    Finished run(const QStringList &arguments) const
    {
        QProcess process;
        process.start(m_program, arguments);
        if (!process.waitForFinished(120000))
            return {};
        return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
    }
    LoadOptions options(const std::string &device) const
    {
        LoadOptions result;
        result.device = device;
        result.contextLength = 128;
        result.chunkTokens = 16;
        result.gpu.plugin = SHIM_CUDA_PLUGIN;
        return result;
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_model = m_folder.write("tiny.gguf", QByteArray::fromStdString(test::tinyModel(
                                                  {.weights = kernels::ElementType::Q8_0, .layers = 1})));
        m_program = m_folder.path("baleen-cli");
        QVERIFY(QFile::copy(BALEEN_CLI, m_program));
        QVERIFY(QFile::link(SHIM_CUDA_PLUGIN, m_folder.path("libbaleen_cuda.so")));
    }

    void aModelThatFitsRunsOnTheGpu_data()
    {
        QTest::addColumn<QByteArray>("device");
        QTest::newRow("auto") << QByteArray("auto");
        QTest::newRow("cuda") << QByteArray("cuda");
    }
    void aModelThatFitsRunsOnTheGpu()
    {
        QFETCH(QByteArray, device);
        ModelEngine engine(createBackend);
        const auto loaded = engine.load(m_model.toStdString(), options(device.toStdString()), nullptr, {});
        QVERIFY2(loaded.ok(), loaded ? "" : loaded.error().message.c_str());
        QCOMPARE(loaded->device, std::string("Shim"));
        QVERIFY2(loaded->deviceReason.starts_with("The model fits the memory of Shim ("),
                 loaded->deviceReason.c_str());
        Text text;
        const auto statistics = engine.generate(request(), text, {});
        QVERIFY2(statistics.ok(), statistics ? "" : statistics.error().message.c_str());
        QCOMPARE(statistics->generatedTokens, 6u);
    }

    void whatFailsOnTheGpuAllTheSameRunsOnTheProcessor()
    {
        const BackendFactory failsThere =
            [](const LoadOptions &options) -> Result<std::unique_ptr<kernels::Backend>> {
            if (options.device == "cuda")
                return Error(ErrorCode::OutOfMemory, "There is no GPU memory for the model.");
            return kernels::createCpuBackend({.threads = 1, .isa = "scalar"});
        };
        ModelEngine engine(failsThere);
        const auto loaded = engine.load(m_model.toStdString(), options("auto"), nullptr, {});
        QVERIFY(loaded.ok());
        QCOMPARE(loaded->deviceReason,
                 std::string("There is no GPU memory for the model. The model runs on the processor."));
        Text text;
        QVERIFY(engine.generate(request(), text, {}).ok());
        // Who asks for the GPU is told.
        const auto refused = engine.load(m_model.toStdString(), options("cuda"), nullptr, {});
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::OutOfMemory);
    }

    void aGpuThatGivesWrongNumbersIsNotUsedUnasked()
    {
        ModelEngine engine(createBackend);
        LoadOptions wrong = options("auto");
        wrong.gpu.plugin = FAKE_CUDA_PLUGIN; // its self-test fails
        const auto loaded = engine.load(m_model.toStdString(), wrong, nullptr, {});
        QVERIFY2(loaded.ok(), loaded ? "" : loaded.error().message.c_str());
        QCOMPARE(loaded->deviceReason, std::string("1 of 2 checks of the GPU's kernels failed (another: wrong by 1). "
                                                   "The model runs on the processor."));
        Text text;
        QVERIFY(engine.generate(request(), text, {}).ok());
    }

    // A model that the bound on the GPU's memory does not hold runs on both; the answer is of the same quality, not of the same bits.
    void aModelThatDoesNotFitIsShared()
    {
        const QString path = m_folder.write("large.gguf", QByteArray::fromStdString(test::tinyModel(test::wideTinyModel(
                                                              {.weights = kernels::ElementType::Q8_0, .tied = false, .layers = 6}))));
        LoadOptions shared = options("cuda");
        const auto file = ModelFile::open(path.toStdString());
        QVERIFY(file.ok());
        const auto plan = buildPlan(*(*file)->gguf, (*file)->config);
        QVERIFY(plan.ok());
        const MemoryPlan five = planGpuMemory(kernels::splitPlan(*plan, {1, 0}).gpu, shared.contextLength, shared.chunkTokens);
        shared.gpu.mostBytes = five.totalBytes() + kGpuReserveBytes;
        const auto model = OpenModel::open(path.toStdString(), shared, createBackend, nullptr, {});
        QVERIFY2(model.ok(), model ? "" : model.error().message.c_str());
        const ModelSummary &summary = (*model)->summary;
        QVERIFY2(summary.deviceReason.starts_with("5 of 6 layers are on Shim; the rest does not fit its memory ("),
                 summary.deviceReason.c_str());
        QVERIFY(summary.placement && summary.placement->layers == 6 && summary.placement->cpuLayers == 1);
        QVERIFY2(summary.device.starts_with("Shim and "), summary.device.c_str());
        // A context has its pages on both sides.
        std::vector<kernels::KvPageId> pages;
        for (std::uint32_t i = 0; i < KvCache::pagesFor(shared.contextLength); ++i) {
            const auto page = (*model)->backend->allocateKvPage();
            QVERIFY(page.ok());
            pages.push_back(*page);
        }
        for (const kernels::KvPageId page : pages)
            (*model)->backend->freeKvPage(page);
        ModelEngine engine(createBackend);
        QVERIFY(engine.load(path.toStdString(), shared, nullptr, {}).ok());
        Text first, second;
        const auto statistics = engine.generate(request(), first, {});
        QVERIFY2(statistics.ok(), statistics ? "" : statistics.error().message.c_str());
        QCOMPARE(statistics->generatedTokens, 6u);
        QVERIFY(engine.generate(request(), second, {}).ok());
        QCOMPARE(first.said, second.said);
        // and the program says so, to the megabyte
        const std::uint64_t whole = planGpuMemory(*plan, shared.contextLength, kFastChunk).totalBytes() + kGpuReserveBytes;
        const QString bound = QString::number(whole / 1'000'000);
        const QJsonObject gpu =
            QJsonDocument::fromJson(run({"info", path, "--context", "128", "--gpu-memory", bound, "--json"}).out).object()["gpu"].toObject();
        QVERIFY(!gpu["fits"].toBool());
        QVERIFY2(gpu["reason"].toString().contains("on Shim"), qPrintable(gpu["reason"].toString()));
        QVERIFY(gpu["shared"].toObject()["cpu_layers"].toInt() >= 1);
    }

    void theCacheTakesWhatThePlanLeaves()
    {
        const auto model =
            OpenModel::open(m_model.toStdString(), options("cuda"), createBackend, nullptr, {});
        QVERIFY(model.ok());
        QVERIFY((*model)->cache != nullptr);
        // A context fits in any case.
        std::vector<kernels::KvPageId> pages;
        for (std::uint32_t i = 0; i < KvCache::pagesFor(128); ++i) {
            const auto page = (*model)->backend->allocateKvPage();
            QVERIFY(page.ok());
            pages.push_back(*page);
        }
        for (const kernels::KvPageId page : pages)
            (*model)->backend->freeKvPage(page);
    }

    void theProgramRunsOnTheGpu()
    {
        const QStringList generate{"generate",      m_model, "--raw",        "--prompt", "ab ab ab",
                                   "--temperature", "0",     "--max-tokens", "6"};
        const Finished onGpu = run(generate + QStringList{"--device", "cuda", "--log", "info"});
        QVERIFY2(onGpu.code == 0, onGpu.err.constData());
        QVERIFY2(onGpu.err.contains("on Shim") && onGpu.err.contains("The model fits the memory of Shim"),
                 onGpu.err.constData());
        const Finished onAuto = run(generate + QStringList{"--quiet"});
        QCOMPARE(onAuto.out, onGpu.out);
        const Finished onCpu = run(generate + QStringList{"--quiet", "--device", "cpu"});
        QVERIFY(onCpu.code == 0 && !onCpu.out.isEmpty());
    }

    void infoShowsThePlan()
    {
        const Finished text = run({"info", m_model});
        QVERIFY2(text.out.contains("\nGPU               The model fits the memory of Shim ("),
                 text.out.constData());
        const QJsonObject gpu =
            QJsonDocument::fromJson(run({"info", m_model, "--json"}).out).object()["gpu"].toObject();
        QVERIFY(gpu["fits"].toBool());
        QVERIFY(gpu["needed_bytes"].toDouble() > double(512 << 20));
    }

    void doctorNamesTheGpu()
    {
        const Finished finished = run({"doctor", "--json"});
        const QJsonObject gpu = QJsonDocument::fromJson(finished.out).object()["gpu"].toObject();
        QCOMPARE(gpu["status"].toString(),
                 QString("Shim (compute 9.0, 4.0 GiB, 4.0 GiB free), driver for CUDA 13.0"));
        QVERIFY(gpu["plugin"].toString().endsWith(".so"));
    }

    void selftestRunsOnTheGpu()
    {
        const Finished finished = run({"selftest", "--device", "cuda", "--all"});
        QVERIFY2(finished.code == 0, finished.out.right(2000).constData());
        QVERIFY2(finished.out.contains("passed: cuda product Q4_K"), finished.out.left(2000).constData());
        QVERIFY2(finished.out.contains(", 0 failed\n"), finished.out.right(200).constData());
    }

    // What the backend takes on the device is what the plan says, and the reserve.
    // Tokens that the GPU draws, steps ahead of the host, and those that the host draws from its logits: the same answers, to the last event.
    void answersAreThoseOfTheHostsSampler_data()
    {
        QTest::addColumn<SamplingOptions>("sampling");
        QTest::addColumn<int>("vocabulary");
        QTest::addColumn<bool>("isStreamed"); // to the end, with no step of the host
        QTest::newRow("default") << SamplingOptions{} << 0 << true;
        if (!test::kSanitized) // the rest is the same code
            QTest::newRow("greedy") << SamplingOptions{.temperature = 0} << 0 << true;
        const SamplingOptions all{.temperature = 1.5f, .topK = 20, .topP = 0.9f, .minP = 0.01f, .repeatPenalty = 1.4f, .repeatWindow = 8};
        QTest::newRow("all") << all << 0 << true;
        if (!test::kSanitized)
            QTest::newRow("no filter") << SamplingOptions{.temperature = 1, .topK = 0, .topP = 1} << 0 << true;
        QTest::newRow("left to the host now and then") << SamplingOptions{.temperature = 1, .topK = 0, .topP = 0.9f} << 2500 << false;
        if (!test::kSanitized)
            QTest::newRow("not served") << SamplingOptions{.topK = 4000} << 0 << false;
    }
    void answersAreThoseOfTheHostsSampler()
    {
        QFETCH(SamplingOptions, sampling);
        QFETCH(int, vocabulary);
        QFETCH(bool, isStreamed);
        shim::reset();
        {
            const QString path = m_folder.write("drawn.gguf", QByteArray::fromStdString(test::tinyModel(
                {.weights = kernels::ElementType::Q8_0, .layers = 1, .vocabularySize = std::uint32_t(vocabulary)})));
            int runs[2] = {};
            std::unique_ptr<ModelEngine> engines[2];
            for (int i = 0; i < 2; ++i) {
                engines[i] = std::make_unique<ModelEngine>([&, i](const LoadOptions &) -> Result<std::unique_ptr<kernels::Backend>> {
                    auto backend = std::move(kernels::cuda::createCudaBackend({.kvBudgetBytes = 8 << 20})).value();
                    return std::unique_ptr<kernels::Backend>(std::make_unique<Watched>(std::move(backend), i == 1, runs[i]));
                });
                const auto loaded = engines[i]->load(path.toStdString(), {.device = "cpu", .contextLength = 40, .chunkTokens = 16}, nullptr, {});
                QVERIFY2(loaded.ok(), loaded ? "" : loaded.error().message.c_str());
            }
            GenerationRequest what = request();
            what.sampling = sampling;
            what.sampling.seed = 6;
            what.maxTokens = 0;
            what.alternatives = 8;
            what.guesses = Guesses::None;
            // Both, and whether they are one.
            std::string answer;
            std::vector<std::string> pieces;
            const auto ask = [&](int stopAfter = 0) {
                std::optional<GenerationStatistics> both[2];
                for (int i = 0; i < 2; ++i) {
                    Events events;
                    events.stopAfter = stopAfter;
                    const auto statistics = engines[i]->generate(what, events, events.stop.get_token());
                    if (!statistics)
                        qWarning("%s", statistics.error().message.c_str());
                    if (!statistics || (i == 1 && events.all != answer))
                        return std::optional<GenerationStatistics>();
                    answer = events.all;
                    pieces = events.pieces;
                    both[i] = *statistics;
                }
                const auto same = [&](auto member) { return (*both[0]).*member == (*both[1]).*member; };
                if (!same(&GenerationStatistics::tokens) || !same(&GenerationStatistics::endReason) || !same(&GenerationStatistics::cachedTokens)
                    || !same(&GenerationStatistics::generatedTokens))
                    return std::optional<GenerationStatistics>();
                return both[0];
            };
            if (vocabulary > 0) // a large one takes its time
                what.maxTokens = 10;
            const auto whole = ask(); // until an end token, or the context is full
            QVERIFY(whole);
            const int tokens = int(whole->tokens.size());
            QVERIFY(tokens > 8);
            if (isStreamed)
                QVERIFY2(runs[1] < runs[0] - tokens / 2, qPrintable(QStringLiteral("%1 and %2 runs").arg(runs[0]).arg(runs[1])));
            // cancelled, and going on from there
            const auto cancelled = ask(4);
            QVERIFY(cancelled);
            QCOMPARE(cancelled->endReason, EndReason::Cancelled);
            QCOMPARE(cancelled->tokens.size(), std::size_t(4));
            what.start = cancelled->tokens;
            const auto rest = ask();
            QVERIFY(rest);
            QVERIFY(std::equal(whole->tokens.begin() + 4, whole->tokens.end(), rest->tokens.begin()));
            what.start.clear();
            // a stop string in the middle of the answer
            if (!pieces.empty()) { // of a padded vocabulary most tokens have no text
                what.stopStrings = {pieces.at(pieces.size() / 2)};
                const auto stopped = ask();
                QVERIFY(stopped);
                QCOMPARE(stopped->endReason, EndReason::Stop);
                QVERIFY(stopped->tokens.size() < whole->tokens.size());
            }
            // guesses, some of which hold: the tokens are the same again
            what.stopStrings.clear();
            what.guesses = Guesses::Always;
            for (const auto &engine : engines) {
                Events events;
                const auto guessed = engine->generate(what, events, {});
                QVERIFY(guessed);
                QCOMPARE(guessed->tokens, whole->tokens);
            }
            what.maxTokens = 3;
            QVERIFY(ask());
        }
        QCOMPARE(shim::fault(), std::string());
        QVERIFY(shim::counts().nothingLeft());
    }
    void thePlanCoversWhatTheBackendTakes_data()
    {
        QTest::addColumn<int>("weights");
        QTest::addColumn<int>("layers");
        QTest::addColumn<int>("chunk");
        QTest::newRow("one layer") << int(kernels::ElementType::Q8_0) << 1 << 16;
        QTest::newRow("more, in 4 bits") << int(kernels::ElementType::Q4_K) << 3 << 64;
        QTest::newRow("floats, long chunks") << int(kernels::ElementType::F16) << 2 << 512;
    }
    void thePlanCoversWhatTheBackendTakes()
    {
        QFETCH(int, weights);
        QFETCH(int, layers);
        QFETCH(int, chunk);
        shim::reset();
        test::TinyModelOptions tiny =
            test::wideTinyModel({.weights = kernels::ElementType(weights), .layers = std::uint32_t(layers)});
        const QString path = m_folder.write("wide.gguf", QByteArray::fromStdString(test::tinyModel(tiny)));
        const auto file = ModelFile::open(path.toStdString());
        QVERIFY(file.ok());
        auto plan = buildPlan(*(*file)->gguf, (*file)->config);
        QVERIFY(plan.ok());
        const std::uint32_t context = 512;
        const MemoryPlan memory = planGpuMemory(*plan, context, std::uint32_t(chunk));
        auto backend = kernels::cuda::createCudaBackend({});
        QVERIFY(backend.ok());
        QVERIFY((*backend)->compile(std::move(*plan), std::uint32_t(chunk)).ok());
        for (std::uint32_t i = 0; i < KvCache::pagesFor(context); ++i)
            QVERIFY((*backend)->allocateKvPage().ok());
        const std::uint64_t taken = shim::counts().mostDeviceBytes;
        QVERIFY2(taken <= memory.totalBytes() + (96 << 20), // pieces of weights on their way, a whole slab of pages
                 qPrintable(QStringLiteral("%1 taken, %2 planned").arg(taken).arg(memory.totalBytes())));
        QVERIFY((*backend)->kvPageBytes() <= memory.kvBytesPerToken * kernels::kKvPageTokens * 2);
        backend->reset();
        QVERIFY(shim::counts().nothingLeft());
    }
};

QTEST_GUILESS_MAIN(TestCudaDevice)
#include "tst_cuda_device.moc"
