// Decode allocates nothing: everything is sized when the model is opened or the generation begins.
#include "inference/lookup_draft.h"
#include "inference/open_model.h"
#include "inference/prefill.h"
#include "inference/sampler.h"
#include "inference/token_chances.h"
#include "tests/support/temporary_file.h"
#include "tests/support/tiny_deepseek.h"
#include "tests/support/tiny_model.h"

#include <QTest>

#include <atomic>
#include <cstdlib>
#include <new>

using namespace inference;

namespace {

std::atomic<bool> counting{false};
std::atomic<std::uint64_t> allocations{0};

void *allocate(std::size_t size, std::size_t alignment)
{
    if (counting.load(std::memory_order_relaxed))
        allocations.fetch_add(1, std::memory_order_relaxed);
    size = (size + alignment - 1) / alignment * alignment;
    if (void *p = std::aligned_alloc(alignment, size ? size : alignment))
        return p;
    throw std::bad_alloc();
}

struct Sink : GenerationSink
{
    std::size_t told = 0;
    void onText(std::string_view) override {}
    void onToken(const TokenChance &, std::span<const TokenChance> others) override { told += 1 + others.size(); }
};

} // namespace

// All threads of the program use these.
void *operator new(std::size_t size)
{
    return allocate(size, alignof(std::max_align_t));
}
void *operator new(std::size_t size, std::align_val_t alignment)
{
    return allocate(size, std::size_t(alignment));
}
void operator delete(void *p) noexcept
{
    std::free(p);
}
void operator delete(void *p, std::size_t) noexcept
{
    std::free(p);
}
void operator delete(void *p, std::align_val_t) noexcept
{
    std::free(p);
}
void operator delete(void *p, std::size_t, std::align_val_t) noexcept
{
    std::free(p);
}

class TestDecodeAllocations : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aTokenAllocatesNothing_data()
    {
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<QString>("isa");
        QTest::addColumn<bool>("eightBits");
        const auto wide = [](const char *architecture, kernels::ElementType type) {
            return QByteArray::fromStdString(test::tinyModel(
                test::wideTinyModel({.architecture = architecture, .weights = type, .contextLength = 1024})));
        };
        QTest::newRow("llama Q4_K") << wide("llama", kernels::ElementType::Q4_K) << "auto" << false;
        QTest::newRow("qwen2 F16") << wide("qwen2", kernels::ElementType::F16) << "auto" << false;
        QTest::newRow("llama Q8_0, plain C++") << wide("llama", kernels::ElementType::Q8_0) << "scalar" << false;
        const QByteArray deepseek = QByteArray::fromStdString(test::TinyDeepseek("deepseek2_v3").toGguf());
        QTest::newRow("deepseek2, experts") << deepseek << "auto" << false;
        QTest::newRow("qwen2 F16, cache in 8 bits")
            << wide("qwen2", kernels::ElementType::F16) << "auto" << true;
        QTest::newRow("deepseek2, cache in 8 bits") << deepseek << "auto" << true;
    }
    void aTokenAllocatesNothing()
    {
        QFETCH(QByteArray, file);
        QFETCH(QString, isa);
        QFETCH(bool, eightBits);
        constexpr std::uint32_t kPrompt = 40, kSteps = 300; // beyond a chunk of keys
        test::TemporaryFolder folder;
        const std::string path = folder.write("tiny.gguf", file).toStdString();
        LoadOptions options;
        options.isa = isa.toStdString();
        options.threads = 2;
        options.kvCacheType = eightBits ? KvCacheType::Q8 : KvCacheType::F16;
        options.contextLength = 512;
        auto opened = OpenModel::open(path, options, createBackend, {}, {});
        QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
        OpenModel &model = **opened;
        const std::uint32_t vocabulary = model.file->config.shape.vocabularySize;
        std::vector<TokenId> prompt;
        for (std::uint32_t i = 0; i < kPrompt; ++i)
            prompt.push_back(TokenId(i * 7919u % vocabulary));
        std::vector<float> logits(4 * std::size_t(vocabulary));
        const SamplingOptions sampling{.temperature = 0.8f, .repeatPenalty = 1.1f};
        Sampler sampler(sampling, vocabulary, model.cache->contextLength(), 1);
        TokenChances chances(8, sampling, *model.file->tokenizer, vocabulary);
        Sink sink;
        LookupDraft lookup(model.cache->contextLength());
        for (const TokenId token : prompt) {
            sampler.accept(token);
            lookup.append(token);
        }
        model.cache->open(prompt);
        QVERIFY(readPrompt(*model.backend, *model.cache, prompt, model.chunk,
                           std::span(logits).first(vocabulary), {}, {}));
        QVERIFY(model.cache->reserve(kSteps + 3)); // pages are allocated one at a time, every 64 tokens

        TokenId step[4] = {};
        const auto next = [&](std::uint32_t guesses) {
            chances.read(std::span(logits).first(vocabulary));
            const auto token = sampler.sample(std::span(logits).first(vocabulary));
            if (!token)
                return false;
            chances.tell(*token, sink);
            sampler.accept(*token);
            lookup.append(*token);
            step[0] = *token;
            for (std::uint32_t i = 1; i <= guesses; ++i)
                step[i] = TokenId(i);
            static_cast<void>(lookup.guess(3));
            const auto outcome =
                decodeStep(*model.backend, *model.cache, std::span(step).first(1 + guesses),
                           std::span(logits).first((1 + guesses) * std::size_t(vocabulary)), {});
            return outcome && *outcome == kernels::RunOutcome::Done;
        };
        QVERIFY(next(0)); // the first one wakes the threads
        allocations = 0;
        counting = true;
        bool done = true;
        for (std::uint32_t i = 1; i < kSteps && done; ++i)
            done = next(i % 5 == 0 ? 3 : 0);
        counting = false;
        QVERIFY(done);
        QCOMPARE(allocations.load(), std::uint64_t(0));
        QCOMPARE(sink.told, std::size_t(kSteps) * 9);
    }
    // It does count.
    void anAllocationIsCounted()
    {
        allocations = 0;
        counting = true;
        ::operator delete(::operator new(4));
        counting = false;
        QCOMPARE(allocations.load(), std::uint64_t(1));
    }
};

QTEST_GUILESS_MAIN(TestDecodeAllocations)
#include "tst_decode_allocations.moc"
