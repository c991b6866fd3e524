// The CUDA engine as a whole on the emulated device: close to the reference, the same bits in decode and verify, pages that are
// copied, what stops and what is invalid.
#include "inference/gguf/gguf_file.h"
#include "inference/model/architecture.h"
#include "kernels/cpu/cpu_backend.h"
#include "kernels/cuda/cuda_backend_impl.h"
#include "kernels/half.h"
#include "kernels/hybrid_backend.h"
#include "kernels/reference/reference_backend.h"
#include "kernels/token_stream.h"
#include "tests/support/cuda_shim/shim.h"
#include "tests/support/divergence.h"
#include "tests/support/sanitized.h"
#include "tests/support/tiny_model.h"

#include <QTest>

#include <cmath>
#include <cstring>
#include <limits>

using namespace kernels;

namespace {

constexpr std::uint32_t kTokens = 100; // two pages

struct Loaded
{
    std::string bytes;
    std::unique_ptr<inference::GgufFile> file;
    Plan plan;
};

Loaded load(std::string bytes)
{
    Loaded model;
    model.bytes = std::move(bytes);
    model.file = std::move(inference::GgufFile::openMemory(std::as_bytes(std::span(model.bytes)), "tiny")).value();
    const auto config = inference::ModelConfig::fromGguf(*model.file);
    model.plan = std::move(inference::buildPlan(*model.file, *config)).value();
    return model;
}

Loaded load(const test::TinyModelOptions &options)
{
    return load(test::tinyModel(options));
}

std::vector<TokenId> someTokens(std::uint32_t vocabulary, std::uint32_t count = kTokens)
{
    std::vector<TokenId> tokens(count);
    for (std::uint32_t i = 0; i < count; ++i)
        tokens[i] = static_cast<TokenId>((i * 7919u + 13u) % vocabulary);
    return tokens;
}

std::vector<KvPageId> pagesFor(Backend &backend, std::size_t tokens)
{
    std::vector<KvPageId> pages;
    for (std::size_t p = 0; p * kKvPageTokens < tokens; ++p)
        pages.push_back(*backend.allocateKvPage());
    return pages;
}

// Logits of all tokens, read in runs of these sizes, the last one again and again.
std::vector<float> logitsOf(Backend &backend, const std::vector<TokenId> &tokens, const std::vector<std::uint32_t> &chunks)
{
    const std::vector<KvPageId> pages = pagesFor(backend, tokens.size());
    const std::size_t vocabulary = backend.plan().shape.vocabularySize;
    std::vector<float> logits(tokens.size() * vocabulary);
    std::size_t turn = 0;
    for (std::uint32_t first = 0; first < tokens.size(); ++turn) {
        const std::uint32_t chunk = chunks[std::min(turn, chunks.size() - 1)];
        const std::uint32_t count = std::min<std::uint32_t>(chunk, static_cast<std::uint32_t>(tokens.size()) - first);
        const auto outcome = backend.run({std::span(tokens).subspan(first, count), first, pages, LogitsWanted::All},
                                         std::span(logits).subspan(first * vocabulary, count * vocabulary), {});
        if (!outcome)
            qFatal("%s; %s", outcome.error().message.c_str(), shim::fault().c_str());
        first += count;
    }
    for (const KvPageId page : pages)
        backend.freeKvPage(page);
    return logits;
}

std::unique_ptr<cuda::CudaBackend> compiled(const Plan &plan, std::uint32_t maxTokens = kTokens,
                                            const cuda::CudaBackendOptions &options = {})
{
    std::unique_ptr<Backend> backend = std::move(cuda::createCudaBackend(options)).value();
    if (const auto done = backend->compile(plan, maxTokens); !done)
        qFatal("%s; %s", done.error().message.c_str(), shim::fault().c_str());
    return std::unique_ptr<cuda::CudaBackend>(static_cast<cuda::CudaBackend *>(backend.release()));
}

// The GPU alone, or the CPU with it, for its first layers: what holds for one holds for the other.
std::unique_ptr<Backend> compiledFor(const Plan &plan, std::uint32_t cpuLayers)
{
    if (cpuLayers == 0)
        return compiled(plan);
    auto backend = createHybridBackend(std::move(cuda::createCudaBackend({})).value(),
                                       std::move(createCpuBackend({.threads = 1, .isa = "scalar"})).value(), {cpuLayers, 0});
    if (const auto done = backend->compile(plan, kTokens); !done)
        qFatal("%s; %s", done.error().message.c_str(), shim::fault().c_str());
    return backend;
}

void rowsWithAndWithoutTheCpu()
{
    QTest::addColumn<std::uint32_t>("cpuLayers");
    QTest::newRow("GPU") << 0u;
    QTest::newRow("GPU and CPU") << 1u;
}

// The first number of a tensor of the file becomes this one.
void spoil(std::string &bytes, const std::string &tensor, float wrong)
{
    const auto gguf = std::move(inference::GgufFile::openMemory(std::as_bytes(std::span(bytes)), "tiny")).value();
    const inference::GgufTensor *found = gguf->findTensor(tensor);
    if (!found)
        qFatal("no %s", tensor.c_str());
    char *at = bytes.data() + (reinterpret_cast<const char *>(gguf->bytes(*found).data()) - bytes.data());
    const std::uint16_t half = floatToHalf(wrong);
    if (found->ggufType == std::uint32_t(ElementType::F32))
        std::memcpy(at, &wrong, sizeof wrong);
    else
        std::memcpy(at, &half, sizeof half);
}

// A library that multiplies on the host, as cublasGemmEx() says, for the one form that is asked of it.
struct FakeCublas
{
    static inline int products = 0, handles = 0;
    static inline cudaStream_t stream = nullptr;

    static int create(void **handle)
    {
        ++handles;
        *handle = &handles;
        return 0;
    }
    static int destroy(void *)
    {
        --handles;
        return 0;
    }
    static int setStream(void *, cudaStream_t of)
    {
        stream = of;
        return 0;
    }
    static int setWorkspace(void *, void *workspace, std::size_t bytes) { return workspace && bytes ? 0 : 7; }
    static int gemm(void *, int opA, int opB, int m, int n, int k, const void *alpha, const void *a, int typeA, int lda,
                    const void *b, int typeB, int ldb, const void *beta, void *c, int typeC, int ldc, int computeType, int)
    {
        if (opA != 1 || opB != 0 || typeA != 2 || typeB != 2 || typeC != 0 || computeType != 68 || lda < k || ldb < k || ldc < m)
            return 7;
        if (*static_cast<const float *>(alpha) != 1 || *static_cast<const float *>(beta) != 0)
            return 7;
        ++products;
        cudaStreamSynchronize(stream);
        const auto halves = [](const void *from, int rows, int stride) {
            std::vector<std::uint16_t> values(std::size_t(rows) * std::size_t(stride));
            cudaMemcpy(values.data(), from, values.size() * 2, cudaMemcpyDeviceToHost);
            return std::vector<float>([&] {
                std::vector<float> floats;
                for (const std::uint16_t value : values)
                    floats.push_back(halfToFloat(value));
                return floats;
            }());
        };
        const std::vector<float> weights = halves(a, m, lda), inputs = halves(b, n, ldb);
        std::vector<float> sums(std::size_t(n) * std::size_t(ldc));
        for (std::size_t column = 0; column < std::size_t(n); ++column)
            for (std::size_t row = 0; row < std::size_t(m); ++row)
                for (std::size_t i = 0; i < std::size_t(k); ++i)
                    sums[column * std::size_t(ldc) + row] +=
                        weights[row * std::size_t(lda) + i] * inputs[column * std::size_t(ldb) + i];
        return cudaMemcpy(c, sums.data(), sums.size() * sizeof(float), cudaMemcpyHostToDevice);
    }
};

// Of these types all; those that are enough for a sanitizer, which watches each kernel of each in the self-test
// (tst_cuda_self_test.cpp) and takes many times as long.
void rowsOfTypes(std::vector<ElementType> types, std::vector<ElementType> sanitized)
{
    QTest::addColumn<int>("type");
    for (const ElementType type : test::kSanitized ? sanitized : types)
        QTest::addRow("%s", std::string(traitsOf(type).name).c_str()) << int(type);
}

void rowsOfAllTypes()
{
    std::vector<ElementType> types;
    for (const ElementTypeTraits &traits : elementTypes())
        types.push_back(traits.type);
    rowsOfTypes(types, {ElementType::F16, ElementType::Q8_0, ElementType::Q4_K});
}

bool same(std::span<const float> a, std::span<const float> b)
{
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

} // namespace

class TestCudaBackend : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { shim::reset(); }
    void cleanup()
    {
        QCOMPARE(shim::fault(), std::string());
        QVERIFY(shim::counts().nothingLeft());
    }

    void closeToTheReference_data() { rowsOfAllTypes(); }
    void closeToTheReference()
    {
        QFETCH(int, type);
        for (const char *architecture : {"qwen2", "llama"}) {
            if (architecture == std::string_view("llama") && ElementType(type) != ElementType::Q4_K)
                continue;
            const Loaded model = load(test::wideTinyModel({.architecture = architecture, .weights = ElementType(type)}));
            const std::vector<TokenId> tokens = someTokens(model.plan.shape.vocabularySize, 20);
            ReferenceBackend reference(1);
            QVERIFY(reference.compile(model.plan, kTokens).ok());
            const std::vector<float> expected = logitsOf(reference, tokens, {kTokens});
            const std::vector<float> found = logitsOf(*compiled(model.plan), tokens, {16});
            const double divergence = test::meanDivergence(expected, found, model.plan.shape.vocabularySize);
            qInfo("%s: mean KL divergence %.2g", architecture, divergence);
            QVERIFY2(divergence < 1e-4, qPrintable(QStringLiteral("mean KL divergence %1").arg(divergence)));
        }
    }

    // Decode, verify of every size, and twice: a value's sum has one order. All types: kernels are made for each.
    void sameBitsInDecodeAndVerify_data() { rowsOfAllTypes(); }
    void sameBitsInDecodeAndVerify()
    {
        QFETCH(int, type);
        const Loaded model =
            load(test::wideTinyModel({.architecture = "qwen2", .weights = ElementType(type), .layers = 1}));
        const std::vector<TokenId> tokens = someTokens(model.plan.shape.vocabularySize, 16);
        const auto backend = compiled(model.plan);
        const std::vector<float> whole = logitsOf(*backend, tokens, {16});
        for (const std::vector<std::uint32_t> &chunks :
             {std::vector{16u}, std::vector{2u, 1u, 3u, 5u, 4u, 1u}, std::vector{8u, 1u}})
            QVERIFY2(same(whole, logitsOf(*backend, tokens, chunks)), qPrintable(QString::number(chunks.front())));
        QVERIFY(same(whole, logitsOf(*compiled(model.plan), tokens, {9, 7})));
    }

    // Rows that several warps share; a sequence of several pages.
    void sameBitsInLongRowsBehindManyTokens()
    {
        const Loaded model = load({.architecture = "llama",
                                   .weights = ElementType::Q4_K,
                                   .layers = 1,
                                   .headDim = 64,
                                   .hiddenSize = 256,
                                   .intermediateSize = 2048});
        constexpr std::uint32_t before = 190, count = 7;
        const std::vector<TokenId> tokens = someTokens(model.plan.shape.vocabularySize, before + count);
        const auto backend = compiled(model.plan, before);
        const std::vector<float> decoded = logitsOf(*backend, tokens, {before, 1});
        QVERIFY(same(decoded, logitsOf(*backend, tokens, {before, 3, 4})));
        ReferenceBackend reference(1);
        QVERIFY(reference.compile(model.plan, before + count).ok());
        const std::vector<float> expected = logitsOf(reference, tokens, {before + count});
        QVERIFY(test::meanDivergence(expected, decoded, model.plan.shape.vocabularySize) < 1e-5);
    }

    void longRunsAreCloseToTheReference_data()
    {
        rowsOfTypes({ElementType::Q4_K, ElementType::Q6_K, ElementType::Q8_0, ElementType::F16}, {ElementType::Q4_K});
    }
    void longRunsAreCloseToTheReference()
    {
        QFETCH(int, type);
        const Loaded model = load(test::wideTinyModel({.architecture = "qwen2", .weights = ElementType(type), .layers = 2}));
        const std::vector<TokenId> tokens = someTokens(model.plan.shape.vocabularySize);
        ReferenceBackend reference(1);
        QVERIFY(reference.compile(model.plan, kTokens).ok());
        const std::vector<float> expected = logitsOf(reference, tokens, {kTokens});
        const auto backend = compiled(model.plan);
        for (const std::vector<std::uint32_t> &chunks : {std::vector{kTokens}, std::vector{17u, 40u, 2u}}) {
            const std::vector<float> found = logitsOf(*backend, tokens, chunks);
            const double divergence = test::meanDivergence(expected, found, model.plan.shape.vocabularySize);
            QVERIFY2(divergence < 1e-4, qPrintable(QStringLiteral("mean KL divergence %1").arg(divergence)));
            QVERIFY(same(found, logitsOf(*backend, tokens, chunks)));
        }
    }

    // Dense products of many tokens through cuBLAS; a token's NaN stays its own.
    void cublasIsCloseToTheReference_data()
    {
        rowsOfTypes({ElementType::Q4_K, ElementType::Q8_0, ElementType::BF16, ElementType::F32}, {ElementType::BF16});
    }
    void cublasIsCloseToTheReference()
    {
        QFETCH(int, type);
        constexpr std::uint32_t many = cuda::kCublasTokens;
        const Loaded model = load(test::wideTinyModel({.architecture = "qwen2", .weights = ElementType(type), .layers = 2}));
        const std::vector<TokenId> tokens = someTokens(model.plan.shape.vocabularySize, many + 2);
        ReferenceBackend reference(1);
        QVERIFY(reference.compile(model.plan, many + 2).ok());
        const std::vector<float> expected = logitsOf(reference, tokens, {many + 2});
        const cuda::CublasFunctions library{FakeCublas::create, FakeCublas::destroy, FakeCublas::setStream,
                                            FakeCublas::setWorkspace, FakeCublas::gemm};
        FakeCublas::products = 0;
        {
            const auto backend = compiled(model.plan, many, {.cublas = &library});
            const std::vector<float> found = logitsOf(*backend, tokens, {many, 2});
            QCOMPARE(FakeCublas::products, 2 * 7); // two layers, seven matrices; none for two tokens
            const double divergence = test::meanDivergence(expected, found, model.plan.shape.vocabularySize);
            QVERIFY2(divergence < 1e-4, qPrintable(QStringLiteral("mean KL divergence %1").arg(divergence)));
            logitsOf(*backend, tokens, {many - 1, 3});
            QCOMPARE(FakeCublas::products, 2 * 7); // nor for fewer than pay
        }
        QCOMPARE(FakeCublas::handles, 0);
    }

    // Heads and rows that are no whole blocks, biases, norms of heads.
    void smallHeadsAndOddSizes()
    {
        const Loaded model = load({.architecture = "llama",
                                   .weights = ElementType::F16,
                                   .tied = false,
                                   .headDim = 24,
                                   .hiddenSize = 72,
                                   .intermediateSize = 100});
        const std::vector<TokenId> tokens = someTokens(model.plan.shape.vocabularySize, 40);
        ReferenceBackend reference(1);
        QVERIFY(reference.compile(model.plan, kTokens).ok());
        const std::vector<float> expected = logitsOf(reference, tokens, {kTokens});
        const auto backend = compiled(model.plan);
        const std::vector<float> found = logitsOf(*backend, tokens, {30, 1});
        QVERIFY(test::meanDivergence(expected, found, model.plan.shape.vocabularySize) < 1e-5);
        QVERIFY(same(logitsOf(*backend, tokens, {16, 13}), logitsOf(*backend, tokens, {13, 16})));
    }

    // Norms of the heads of queries and keys (Qwen3), and a projection with a bias, as plans may have them.
    void headNormsAndBiases()
    {
        Loaded model = load({.architecture = "qwen2", .weights = ElementType::Q8_0});
        Plan &plan = model.plan;
        const auto add = [&](std::uint32_t count) {
            auto values = std::make_shared<std::vector<std::byte>>(count * sizeof(float));
            for (std::uint32_t i = 0; i < count; ++i) {
                const float value = 0.5f + static_cast<float>(i % 7) / 8;
                std::memcpy(values->data() + i * sizeof value, &value, sizeof value);
            }
            plan.derived.push_back(values);
            WeightView view;
            view.columns = count;
            view.rows = 1;
            view.bytes = values->data();
            plan.weights.push_back(view);
            return static_cast<WeightId>(plan.weights.size() - 1);
        };
        for (Step &step : plan.steps) {
            if (auto *qkv = std::get_if<QkvRopeKvStep>(&step)) {
                qkv->qNorm = add(plan.shape.headDim);
                qkv->kNorm = add(plan.shape.headDim);
            } else if (auto *out = std::get_if<OutResidualStep>(&step)) {
                out->bias = add(plan.shape.hiddenSize);
            }
        }
        const std::vector<TokenId> tokens = someTokens(plan.shape.vocabularySize, 20);
        ReferenceBackend reference(1);
        QVERIFY(reference.compile(plan, kTokens).ok());
        const std::vector<float> expected = logitsOf(reference, tokens, {kTokens});
        const std::vector<float> found = logitsOf(*compiled(plan), tokens, {13, 7});
        QVERIFY(test::meanDivergence(expected, found, plan.shape.vocabularySize) < 1e-5);
    }

    // Gate and up of different types are two products: the same function.
    void gateAndUpOfDifferentTypes()
    {
        const test::TinyModelOptions options = test::wideTinyModel({.weights = ElementType::Q8_0, .layers = 1});
        const Loaded model = load(options);
        test::TinyModelOptions floats = options;
        floats.weights = ElementType::F16;
        const Loaded other = load(floats);
        Plan mixed = model.plan;
        for (Step &step : mixed.steps)
            if (auto *gateUp = std::get_if<GateUpActStep>(&step))
                mixed.weights[gateUp->up] = other.plan.weights[gateUp->up];
        const std::vector<TokenId> tokens = someTokens(mixed.shape.vocabularySize, 20);
        ReferenceBackend reference(1);
        QVERIFY(reference.compile(mixed, kTokens).ok());
        const std::vector<float> expected = logitsOf(reference, tokens, {kTokens});
        const auto backend = compiled(mixed);
        const std::vector<float> found = logitsOf(*backend, tokens, {16, 4});
        QVERIFY(test::meanDivergence(expected, found, mixed.shape.vocabularySize) < 1e-5);
        QVERIFY(same(found, logitsOf(*backend, tokens, {1})));
    }

    void onlyWantedLogitsAreComputed()
    {
        const Loaded model = load(test::wideTinyModel({.weights = ElementType::Q4_K, .layers = 1}));
        const std::size_t vocabulary = model.plan.shape.vocabularySize;
        const std::vector<TokenId> tokens = someTokens(model.plan.shape.vocabularySize, 40);
        const auto backend = compiled(model.plan);
        const std::vector<KvPageId> pages = pagesFor(*backend, tokens.size());
        for (const std::uint32_t count : {5u, 40u}) {
            const auto run = [&](LogitsWanted wanted, std::span<float> logits) {
                return backend->run({std::span(tokens).first(count), 0, pages, wanted}, logits, {}).ok();
            };
            std::vector<float> all(count * vocabulary), last(vocabulary), none(3, -1.0f);
            QVERIFY(run(LogitsWanted::All, all));
            QVERIFY(run(LogitsWanted::Last, last));
            QVERIFY(run(LogitsWanted::None, none));
            QVERIFY(same(last, std::span(all).last(vocabulary)) || count > cuda::kVerifyTokens);
            QVERIFY(test::meanDivergence(std::span(all).last(vocabulary), last, vocabulary) < 1e-9);
            QCOMPARE(none.front(), -1.0f);
        }
    }

    // Nothing is captured, allocated or instantiated after the first run of a kind.
    void aGraphIsCapturedOnce()
    {
        const Loaded model = load(test::wideTinyModel({.weights = ElementType::Q4_K, .layers = 1}));
        const auto backend = compiled(model.plan);
        const std::vector<TokenId> tokens = someTokens(model.plan.shape.vocabularySize, 40);
        logitsOf(*backend, tokens, {1});
        QCOMPARE(backend->graphCaptures(), 1u);
        QCOMPARE(backend->graphLaunches(), std::uint64_t(39)); // the first run goes without
        logitsOf(*backend, tokens, {3, 4, 3}); // one bucket
        QCOMPARE(backend->graphCaptures(), 2u);
        const shim::Counts before = shim::counts();
        const std::uint64_t launched = backend->graphLaunches();
        logitsOf(*backend, tokens, {1, 1, 4, 3, 4});
        const shim::Counts after = shim::counts();
        QCOMPARE(backend->graphCaptures(), 2u);
        QCOMPARE(after.of(shim::Call::Launch) - before.of(shim::Call::Launch), backend->graphLaunches() - launched);
        QCOMPARE(after.of(shim::Call::Allocation), before.of(shim::Call::Allocation));
        QCOMPARE(after.of(shim::Call::Capture), before.of(shim::Call::Capture));
        logitsOf(*backend, tokens, {2, 5, 16, 17});
        QCOMPARE(backend->graphCaptures(), 5u); // one a bucket; longer runs have none
    }

    // Steps that feed one another draw what runs of the same tokens say, over the end of a page, by one graph.
    void aTokenStreamGoesOnByItself()
    {
        const Loaded model = load(test::wideTinyModel({.weights = ElementType::Q4_K}));
        const std::uint32_t vocabulary = model.plan.shape.vocabularySize, first = 61, steps = 6;
        const auto backend = compiled(model.plan);
        const std::vector<TokenId> prompt = someTokens(vocabulary, first + 1);
        std::vector<float> logits(vocabulary);
        const auto read = [&](const std::vector<KvPageId> &pages) {
            return backend->run({std::span(prompt).first(first), 0, pages, LogitsWanted::None}, {}, {}).ok();
        };
        std::vector<TokenId> expected{prompt.back()};
        const std::vector<KvPageId> pages = pagesFor(*backend, first + steps);
        QVERIFY(read(pages));
        for (std::uint32_t i = 0; i < steps; ++i) {
            QVERIFY(backend->run({{&expected.back(), 1}, first + i, pages, LogitsWanted::Last}, logits, {}).ok());
            expected.push_back(TokenId(std::max_element(logits.begin(), logits.end()) - logits.begin()));
        }

        TokenStream *stream = backend->tokenStream();
        QVERIFY(stream);
        QVERIFY(stream->serves({}, 0));
        QVERIFY(!stream->serves({.topK = 5000}, 0));
        QVERIFY(!stream->serves({}, 100000));
        const std::vector<KvPageId> own = pagesFor(*backend, first + steps);
        QVERIFY(read(own));
        QVERIFY(!stream->queueStep(own)); // not begun
        QVERIFY(!stream->takeToken());
        const RunInput begin{{&prompt.back(), 1}, first, own, LogitsWanted::Last};
        const std::uint32_t captures = backend->graphCaptures();
        for (int round = 0; round < 2; ++round) { // the second with the graph
            QVERIFY(stream->startDrawing({}, {}, begin).ok());
            std::uint32_t queued = 0;
            for (std::uint32_t i = 0; i < steps; ++i) {
                for (; queued < steps && queued < i + TokenStream::kMostAhead; ++queued)
                    QVERIFY(stream->queueStep(own).ok());
                if (queued == i + TokenStream::kMostAhead)
                    QCOMPARE(stream->queueStep(own).error().code, ErrorCode::InvalidArgument);
                const auto drawn = stream->takeToken();
                QVERIFY(drawn.ok());
                QCOMPARE(drawn->token, expected[i + 1]);
            }
            QVERIFY(!stream->takeToken());
        }
        QCOMPARE(backend->graphCaptures(), captures + 1);
        // pages end, and so does the stream where a run comes between
        QVERIFY(stream->startDrawing({}, {}, {{&prompt.back(), 1}, kKvPageTokens - 1, own, LogitsWanted::Last}).ok());
        QVERIFY(stream->queueStep(std::span(own).first(1)).ok());
        QCOMPARE(stream->queueStep(std::span(own).first(1)).error().code, ErrorCode::InvalidArgument);
        QVERIFY(read(own));
        QVERIFY(!stream->takeToken());
        QVERIFY(!compiledFor(model.plan, 1)->tokenStream()); // two devices meet in every step
    }

    // Two sequences that share a beginning, the second from a copied page or from one that left the process.
    void pagesThatAreCopiedOrComeBackGiveTheSameBits_data() { rowsWithAndWithoutTheCpu(); }
    void pagesThatAreCopiedOrComeBackGiveTheSameBits()
    {
        QFETCH(std::uint32_t, cpuLayers);
        const Loaded model = load(test::wideTinyModel({.architecture = "qwen2", .weights = ElementType::Q4_K}));
        const std::uint32_t vocabulary = model.plan.shape.vocabularySize, shared = 70, rest = 12;
        const std::vector<TokenId> tokens = someTokens(vocabulary, shared + rest);
        const auto backend = compiledFor(model.plan, cpuLayers), other = compiledFor(model.plan, cpuLayers);
        const std::vector<float> expected = logitsOf(*backend, tokens, {shared, rest}); // leaves pages that are recycled
        logitsOf(*other, std::vector<TokenId>(shared + rest, 5), {kTokens});

        const std::vector<KvPageId> first = pagesFor(*backend, shared + rest);
        const std::vector<KvPageId> second{first[0], *backend->allocateKvPage()};
        std::vector<float> logits(std::size_t(rest) * vocabulary);
        QVERIFY(backend->run({std::span(tokens).first(shared), 0, first, LogitsWanted::None}, {}, {}).ok());
        backend->copyKvPage(first[1], second[1], shared - kKvPageTokens);
        // what comes behind the copy in the first sequence is not in the second
        const std::vector<TokenId> different(rest, 3);
        QVERIFY(backend->run({different, shared, first, LogitsWanted::None}, {}, {}).ok());
        const auto readRest = [&](Backend &by, const std::vector<KvPageId> &pages) {
            std::fill(logits.begin(), logits.end(), 0.0f);
            return by.run({std::span(tokens).subspan(shared), shared, pages, LogitsWanted::All}, logits, {}).ok()
                && same(logits, std::span(expected).subspan(std::size_t(shared) * vocabulary));
        };
        QVERIFY(readRest(*backend, second));

        const std::vector<KvPageId> third = pagesFor(*other, shared + rest);
        std::vector<std::byte> bytes(backend->kvPageBytes());
        for (int p = 0; p < 2; ++p) {
            const std::uint32_t positions = p == 0 ? kKvPageTokens : shared - kKvPageTokens;
            const auto some = std::span(bytes).first(positions * bytes.size() / kKvPageTokens);
            QVERIFY(backend->exportKvPage(second[std::size_t(p)], positions, some).ok());
            other->importKvPage(third[std::size_t(p)], positions, some);
        }
        QVERIFY(readRest(*other, third));
        QCOMPARE(backend->kvFormat(), other->kvFormat());
    }

    void aBudgetEndsThePages()
    {
        const Loaded model = load(test::TinyModelOptions{});
        std::unique_ptr<Backend> backend = std::move(cuda::createCudaBackend({.kvBudgetBytes = 100000})).value();
        QVERIFY(backend->compile(model.plan, 16).ok());
        const std::size_t most = 100000 / backend->kvPageBytes();
        std::vector<KvPageId> pages;
        for (std::size_t i = 0; i < most; ++i) {
            const auto page = backend->allocateKvPage();
            QVERIFY(page.ok());
            QVERIFY(std::find(pages.begin(), pages.end(), *page) == pages.end());
            pages.push_back(*page);
        }
        QCOMPARE(backend->allocateKvPage().error().code, ErrorCode::OutOfMemory);
        backend->freeKvPage(pages[1]);
        QCOMPARE(*backend->allocateKvPage(), pages[1]);
    }

    void stopsBetweenSteps_data() { rowsWithAndWithoutTheCpu(); }
    void stopsBetweenSteps()
    {
        QFETCH(std::uint32_t, cpuLayers);
        const Loaded model = load(test::wideTinyModel({.weights = ElementType::Q4_K}));
        const auto backend = compiledFor(model.plan, cpuLayers);
        const std::vector<TokenId> tokens = someTokens(model.plan.shape.vocabularySize, 30);
        const std::vector<float> before = logitsOf(*backend, tokens, {20, 10});
        const std::vector<KvPageId> pages = pagesFor(*backend, tokens.size());
        std::vector<float> logits(model.plan.shape.vocabularySize);
        std::stop_source stop;
        stop.request_stop();
        for (const std::size_t count : {std::size_t(1), std::size_t(30)}) {
            const auto outcome =
                backend->run({std::span(tokens).first(count), 0, pages, LogitsWanted::Last}, logits, stop.get_token());
            QVERIFY(outcome.ok());
            QCOMPARE(*outcome, RunOutcome::Stopped);
        }
        // and the backend goes on as if nothing had been
        QVERIFY(same(before, logitsOf(*backend, tokens, {20, 10})));
    }

    void refusesWhatMakesNoSense()
    {
        const Loaded model = load(test::TinyModelOptions{});
        const auto backend = compiled(model.plan, 20);
        const std::vector<TokenId> tokens(21, 1);
        const std::vector<KvPageId> pages = pagesFor(*backend, 64);
        std::vector<float> logits(model.plan.shape.vocabularySize);
        const auto code = [&](const RunInput &input, std::span<float> room) {
            const auto outcome = backend->run(input, room, {});
            return outcome ? ErrorCode::Busy : outcome.error().code;
        };
        const std::span<const TokenId> one = std::span(tokens).first(1);
        QCOMPARE(code({tokens, 0, pages}, logits), ErrorCode::InvalidArgument);
        QCOMPARE(code({{}, 0, pages}, logits), ErrorCode::InvalidArgument);
        QCOMPARE(code({one, 64, pages}, logits), ErrorCode::InvalidArgument);
        QCOMPARE(code({one, 0, pages}, std::span(logits).first(3)), ErrorCode::InvalidArgument);
        const TokenId outside = TokenId(model.plan.shape.vocabularySize);
        QCOMPARE(code({{&outside, 1}, 0, pages}, logits), ErrorCode::InvalidArgument);
        const KvPageId unknown = 1u << 20;
        QCOMPARE(code({one, 0, {&unknown, 1}}, logits), ErrorCode::InvalidArgument);
        QCOMPARE(code({one, 0, pages}, logits), ErrorCode::Busy); // it goes on
        QCOMPARE(backend->compile(model.plan, 20).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(cuda::createCudaBackend({.device = 7}).error().code, ErrorCode::Unsupported);
    }

    // A NaN or an infinity never vanishes: it is in the logits, or ends the run, and its step is found.
    void invalidNumbersAreSeen_data()
    {
        QTest::addColumn<int>("type");
        QTest::addColumn<QString>("tensor");
        QTest::addColumn<bool>("inCache");
        for (const ElementType type : {ElementType::F32, ElementType::Q8_0}) {
            if (test::kSanitized && type == ElementType::F32)
                continue;
            for (const char *tensor : {"blk.1.attn_norm.weight", "blk.1.attn_k.weight", "blk.1.attn_v.weight"})
                QTest::addRow("%s %s", traitsOf(type).name.data(), tensor) << int(type) << tensor << true;
            for (const char *tensor : {"blk.1.attn_q.weight", "blk.1.attn_output.weight", "blk.1.ffn_norm.weight",
                                       "blk.1.ffn_gate.weight", "blk.1.ffn_up.weight", "blk.1.ffn_down.weight",
                                       "output_norm.weight", "output.weight"})
                QTest::addRow("%s %s", traitsOf(type).name.data(), tensor) << int(type) << tensor << false;
        }
    }
    void invalidNumbersAreSeen()
    {
        QFETCH(int, type);
        QFETCH(QString, tensor);
        QFETCH(bool, inCache);
        for (const float wrong : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
            std::string bytes = test::tinyModel(test::wideTinyModel({.weights = ElementType(type), .tied = false}));
            spoil(bytes, tensor.toStdString(), wrong);
            const Loaded model = load(std::move(bytes));
            const auto backend = compiled(model.plan);
            const std::vector<TokenId> tokens = someTokens(model.plan.shape.vocabularySize, 20);
            const std::vector<KvPageId> pages = pagesFor(*backend, tokens.size());
            // decode, and prefill of what has tensor cores there
            const std::size_t counts[] = {2, 20};
            for (const std::size_t count : std::span(counts).first(std::isnan(wrong) ? 2 : 1)) {
                std::vector<float> logits(model.plan.shape.vocabularySize);
                const RunInput input{std::span(tokens).first(count), 0, pages, LogitsWanted::Last};
                const auto outcome = backend->run(input, logits, {});
                if (inCache) {
                    QVERIFY(!outcome);
                    QCOMPARE(outcome.error().code, ErrorCode::InvalidNumbers);
                } else {
                    QVERIFY(outcome.ok());
                    QVERIFY(!std::all_of(logits.begin(), logits.end(), [](float logit) { return std::isfinite(logit); }));
                }
                const auto step = backend->findInvalidStep(input, {});
                QVERIFY(step.ok() && *step);
                const std::string place = stepPlace(model.plan, **step);
                const std::string expected = tensor.startsWith(u"output") ? "the output"
                    : tensor.contains(u"attn")                            ? "layer 1, attention"
                                                                          : "layer 1, feed-forward";
                QCOMPARE(place, expected);
            }
        }
    }

    // The same on either side of a model that is shared.
    void invalidNumbersOfEitherPartAreSeen()
    {
        for (const char *tensor : {"blk.1.attn_k.weight", "blk.1.ffn_down.weight"}) {
            std::string bytes = test::tinyModel(test::wideTinyModel({.weights = ElementType::F32, .layers = 3}));
            spoil(bytes, tensor, std::numeric_limits<float>::quiet_NaN());
            const Loaded model = load(std::move(bytes));
            for (const std::uint32_t cpuLayers : {1u, 2u}) {
                const auto backend = compiledFor(model.plan, cpuLayers);
                const std::vector<TokenId> tokens = someTokens(model.plan.shape.vocabularySize, 3);
                const std::vector<KvPageId> pages = pagesFor(*backend, tokens.size());
                std::vector<float> logits(model.plan.shape.vocabularySize);
                const RunInput input{tokens, 0, pages, LogitsWanted::Last};
                QVERIFY(!backend->run(input, logits, {}).ok()); // the NaN of a layer is in the next one's keys
                const auto step = backend->findInvalidStep(input, {});
                QVERIFY(step.ok() && *step);
                QCOMPARE(stepPlace(model.plan, **step), std::string("layer 1, ") + (tensor[6] == 'a' ? "attention" : "feed-forward"));
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestCudaBackend)
#include "tst_cuda_backend.moc"
