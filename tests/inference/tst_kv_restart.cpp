// Conversations that outlive their engine: the same logits, bit by bit, and nothing that is read twice.
#include "inference/kv_root.h"
#include "inference/model/architecture.h"
#include "inference/model_engine.h"
#include "tests/support/fake_backend.h"
#include "tests/support/temporary_file.h"
#include "tests/support/tiny_deepseek.h"
#include "tests/support/tiny_model.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QTest>

#include <cstring>
#include <thread>

using namespace inference;
using Tokens = std::vector<TokenId>;

namespace {

class Silent : public GenerationSink
{
public:
    std::string text;
    void onText(std::string_view piece) override { text += piece; }
};

GenerationRequest raw(std::string prompt, std::uint32_t maxTokens)
{
    GenerationRequest request;
    request.input = RawInput{std::move(prompt)};
    request.sampling.temperature = 0;
    request.maxTokens = maxTokens;
    return request;
}

std::string longText(std::size_t letters)
{
    std::string text;
    for (std::size_t i = 0; i < letters; ++i)
        text += char('a' + i * i % 23);
    return text;
}

GenerationStatistics answer(Engine &engine, const GenerationRequest &request, std::string *text = nullptr)
{
    Silent sink;
    const auto statistics = engine.generate(request, sink, {});
    if (!statistics)
        qFatal("%s", statistics.error().message.c_str());
    if (text)
        *text = sink.text;
    return *statistics;
}

void load(Engine &engine, const std::filesystem::path &path, const LoadOptions &options)
{
    if (const auto loaded = engine.load(path, options, nullptr, {}); !loaded)
        qFatal("%s", loaded.error().message.c_str());
}

// A tiny model on a scripted device, and a folder to keep pages in.
struct Machine
{
    test::TemporaryFolder folder;
    std::filesystem::path path =
        folder.write("tiny.gguf", QByteArray::fromStdString(test::tinyModel({}))).toStdString();
    std::filesystem::path kv = folder.path("kv").toStdString();
    std::shared_ptr<test::FakeBackend::Arrangement> device =
        std::make_shared<test::FakeBackend::Arrangement>();

    std::unique_ptr<Engine> start(LoadOptions options = {})
    {
        auto engine = std::make_unique<ModelEngine>(
            [this](const LoadOptions &) -> Result<std::unique_ptr<kernels::Backend>> {
                return std::unique_ptr<kernels::Backend>(std::make_unique<test::FakeBackend>(device));
            });
        options.kvFolder = kv;
        load(*engine, path, options);
        return engine;
    }
    ~Machine()
    {
        for (const std::string &fault : device->faults)
            QTest::qFail(fault.c_str(), __FILE__, __LINE__);
    }
};

struct Kept
{
    Tokens tokens;
    std::vector<float> logits; // after the last token
    std::uint32_t cached = 0, fromDisk = 0;
};

// What one process makes of a prompt.
Kept process(const std::filesystem::path &path, const LoadOptions &options, const Tokens &tokens)
{
    auto model = OpenModel::open(path, options, createBackend, nullptr, {});
    if (!model)
        qFatal("%s", model.error().message.c_str());
    OpenModel &open = **model;
    Kept kept{tokens, std::vector<float>(open.file->config.shape.vocabularySize)};
    kept.cached = open.cache->open(tokens);
    kept.fromDisk = open.cache->tokensFromDisk();
    const auto read = readPrompt(*open.backend, *open.cache, tokens, open.chunk, kept.logits, nullptr, {});
    if (!read)
        qFatal("%s", read.error().message.c_str());
    open.cache->close();
    open.cache->keepOnDisk();
    return kept;
}

bool sameBits(const std::vector<float> &a, const std::vector<float> &b)
{
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

} // namespace

class TestKvRestart : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void logitsAreTheSameBitByBit_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<bool>("reference");
        QTest::addColumn<QByteArray>("isa");
        QTest::addColumn<bool>("eightBits");
        const auto rows = [](const char *name, const std::string &model) {
            const QByteArray bytes = QByteArray::fromStdString(model);
            QTest::addRow("%s", name) << bytes << false << QByteArray("auto") << false;
            QTest::addRow("%s, cache in 8 bits", name) << bytes << false << QByteArray("auto") << true;
            QTest::addRow("%s, scalar", name) << bytes << false << QByteArray("scalar") << false;
            QTest::addRow("%s, reference", name) << bytes << true << QByteArray("auto") << false;
        };
        rows("llama", test::tinyModel({}));
        rows("qwen2", test::tinyModel({.architecture = "qwen2", .headDim = 20, .hiddenSize = 80}));
        rows("deepseek2", test::TinyDeepseek("deepseek2_v3").toGguf());
    }
    void logitsAreTheSameBitByBit()
    {
        QFETCH(QByteArray, model);
        QFETCH(bool, reference);
        QFETCH(QByteArray, isa);
        QFETCH(bool, eightBits);
        const test::TemporaryFolder folder;
        const std::filesystem::path path = folder.write("m.gguf", model).toStdString();
        LoadOptions without{.threads = 2,
                            .precision = reference ? Precision::Reference : Precision::Fast,
                            .isa = isa.toStdString(),
                            .kvCacheType = eightBits ? KvCacheType::Q8 : KvCacheType::F16};
        LoadOptions with = without;
        with.kvFolder = folder.path("kv").toStdString();
        Tokens tokens;
        for (int i = 0; i < 150; ++i)
            tokens.push_back(3 + i * i % 15);
        const Tokens beginning(tokens.begin(), tokens.begin() + 100);
        process(path, with, beginning);
        const Kept kept = process(path, with, tokens);
        QCOMPARE(kept.fromDisk, 100u);
        const Kept again = process(path, with, tokens);
        QCOMPARE(again.fromDisk, 149u);
        const Kept fresh = process(path, without, tokens);
        QCOMPARE(fresh.cached, 0u);
        QVERIFY(sameBits(kept.logits, fresh.logits));
        QVERIFY(sameBits(again.logits, fresh.logits));
        // Another precision or instruction set has rows of its own.
        LoadOptions other = with;
        other.precision = reference ? Precision::Fast : Precision::Reference;
        QCOMPARE(process(path, other, tokens).cached, 0u);
        // So has another size of them, where there is a choice.
        other = with;
        other.kvCacheType = eightBits ? KvCacheType::F16 : KvCacheType::Q8;
        const bool choice = !reference && !QByteArray(QTest::currentDataTag()).startsWith("deepseek2");
        QCOMPARE(process(path, other, tokens).cached, choice ? 0u : 149u);
    }
    void aConversationGoesOnWithoutBeingRead()
    {
        Machine m;
        const std::string prompt = longText(200);
        std::string text;
        std::size_t promptTokens = 0;
        {
            const auto engine = m.start();
            const auto first = answer(*engine, raw(prompt, 40), &text);
            QCOMPARE(first.cachedTokens, 0u);
            promptTokens = first.promptTokens;
        }
        const std::size_t before = m.device->tokensRun;
        const auto engine = m.start();
        const auto again = answer(*engine, raw(prompt, 40)); // regenerated
        QCOMPARE(again.cachedTokens, std::uint32_t(promptTokens - 1));
        QCOMPARE(again.tokensFromDisk, std::uint32_t(promptTokens - 1));
        QVERIFY(again.diskMs > 0);
        QCOMPARE(m.device->tokensRun - before, std::size_t(1 + again.generatedTokens - 1));
        const auto branch = answer(*engine, raw(prompt.substr(0, 150) + "zzz", 5));
        QVERIFY(branch.cachedTokens >= 140 && branch.tokensFromDisk == 0);
    }
    void answersAreTheSameWithAndWithout()
    {
        const test::TemporaryFolder folder;
        const std::filesystem::path path =
            folder.write("tiny.gguf", QByteArray::fromStdString(test::tinyModel({}))).toStdString();
        LoadOptions with{.threads = 2};
        with.kvFolder = folder.path("kv").toStdString();
        std::string conversation = longText(90);
        for (int turn = 0; turn < 5; ++turn) {
            const auto engine = createEngine(), without = createEngine();
            load(*engine, path, with);
            load(*without, path, {.threads = 1});
            std::string text;
            const auto kept = answer(*engine, raw(conversation, 30), &text);
            QCOMPARE(kept.tokens, answer(*without, raw(conversation, 30)).tokens);
            QVERIFY(turn == 0 || kept.tokensFromDisk > 0);
            conversation += "next" + std::to_string(turn);
        }
    }
    void nothingIsKeptUnlessAllowed()
    {
        Machine m;
        {
            const auto engine = m.start();
            GenerationRequest request = raw(longText(200), 5);
            request.keepOnDisk = false;
            answer(*engine, request);
        }
        QCOMPARE(kvFolderBytes(m.kv), std::uint64_t(0));
        const auto engine = m.start();
        QCOMPARE(answer(*engine, raw(longText(200), 5)).cachedTokens, 0u);
    }
    void aFolderThatCannotBeUsedIsToldOnceAndAnswersCome()
    {
        Machine m;
        m.kv = "/proc/baleen";
        const auto engine = m.start();
        const auto first = answer(*engine, raw(longText(100), 5));
        QCOMPARE(first.notes.size(), std::size_t(1));
        QVERIFY2(first.notes[0].find("/proc/baleen") != std::string::npos, first.notes[0].c_str());
        QCOMPARE(first.generatedTokens, 5u);
        QVERIFY(answer(*engine, raw(longText(100), 5)).notes.empty());
    }
    // Rows of a model whose file was written over are rows of no model.
    void aModelFileThatChangesIsNotKept()
    {
        Machine m;
        {
            const auto engine = m.start();
            std::filesystem::last_write_time(m.path, std::filesystem::file_time_type::clock::now() +
                                                         std::chrono::hours(1));
            answer(*engine, raw(longText(200), 5));
        }
        QCOMPARE(kvFolderBytes(m.kv), std::uint64_t(0));
    }
    // What a device in error gives is no page: none is kept, and the next answer says why.
    void pagesThatTheDeviceCannotGiveAreNotKept()
    {
        Machine m;
        m.device->failExports = true;
        const auto engine = m.start();
        QVERIFY(answer(*engine, raw(longText(200), 5)).notes.empty());
        QTRY_VERIFY(m.device->exportsTried > 0);
        std::vector<std::string> notes;
        for (int i = 0; i < 50 && notes.empty(); ++i) {
            QTest::qWait(10);
            notes = answer(*engine, raw(longText(200), 5)).notes;
        }
        QCOMPARE(notes, std::vector<std::string>{"The device failed."});
        engine->unload();
        QCOMPARE(kvFolderBytes(m.kv), std::uint64_t(0));
    }
    void slowWritingHoldsNothingUp()
    {
        Machine m;
        m.device->perExport = std::chrono::milliseconds(300);
        const auto engine = m.start();
        QElapsedTimer clock;
        for (int i = 0; i < 4; ++i) { // as many as memory holds
            clock.start();
            answer(*engine, raw(char('a' + i) + longText(400), 2));
            QVERIFY2(clock.elapsed() < 250, qPrintable(QString::number(clock.elapsed())));
        }
        clock.start();
        engine->unload(); // eight seconds of writing are waiting; it takes two of them
        QVERIFY2(clock.elapsed() < 3500, qPrintable(QString::number(clock.elapsed())));
        QCOMPARE(m.device->pagesInUse, std::size_t(0));
        QVERIFY(kvFolderBytes(m.kv) > 0);
    }
    void theKeyIsThatOfTheModelAndTheDevice()
    {
        const test::TemporaryFolder folder;
        const auto key = [&](const std::string &model, Precision precision = Precision::Fast,
                             std::int64_t seconds = 1000, KvCacheType cache = KvCacheType::F16) {
            const std::filesystem::path path =
                folder.write("m.gguf", QByteArray::fromStdString(model)).toStdString();
            std::filesystem::last_write_time(path,
                                             std::filesystem::file_time_type(std::chrono::seconds(seconds)));
            const auto file = ModelFile::open(path);
            auto backend = createBackend({.threads = 1, .precision = precision, .isa = "scalar", .kvCacheType = cache});
            auto plan = buildPlan(*(*file)->gguf, (*file)->config);
            if (!(*backend)->compile(std::move(*plan), 8))
                qFatal("no plan");
            return hexadecimal(kvRoot(*(*file)->gguf, **backend));
        };
        const test::TinyModelOptions options{.weights = kernels::ElementType::F16};
        const std::string model = test::tinyModel(options), base = key(model);
        QCOMPARE(key(model), base);
        QVERIFY(key(model, Precision::Reference) != base);
        QVERIFY(key(model, Precision::Fast, 1001) != base);
        QVERIFY(key(model, Precision::Fast, 1000, KvCacheType::Q8) != base);
        test::TinyModelOptions other = options;
        other.seed = 2;
        QVERIFY(key(test::tinyModel(other)) != base);
        other = options;
        other.ropeBase = 20000;
        QVERIFY(key(test::tinyModel(other)) != base);
        std::string weights = model; // the last weight of the last tensor
        weights.back() = char(weights.back() ^ 1);
        QVERIFY(key(weights) != base);
    }
};

QTEST_GUILESS_MAIN(TestKvRestart)
#include "tst_kv_restart.moc"
