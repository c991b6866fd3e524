// Files that lie: a tiny model with bytes of its header changed is refused in one sentence, or it is loaded
// and run. Nothing crashes, whatever the bytes say (the sanitizer builds look closer).
#include "inference/gguf/gguf_file.h"
#include "inference/model/architecture.h"
#include "kernels/reference/reference_backend.h"
#include "tests/support/tiny_model.h"

#include <QTest>

#include <cstring>
#include <random>

using namespace inference;

namespace {

struct Tally
{
    int opened = 0, configured = 0, planned = 0;
};

// One sentence, no line break, not endless.
bool readable(const Error &error)
{
    return !error.message.empty() && error.message.find('\n') == std::string::npos &&
           error.message.size() < 4000;
}

// As far as the file gets; false where a refusal is not a sentence.
bool load(const std::string &bytes, Tally &tally)
{
    const auto file = GgufFile::openMemory(std::as_bytes(std::span(bytes)), "mutant.gguf");
    if (!file)
        return readable(file.error());
    ++tally.opened;
    const auto config = ModelConfig::fromGguf(**file);
    if (!config)
        return readable(config.error());
    ++tally.configured;
    auto plan = buildPlan(**file, *config);
    if (!plan)
        return readable(plan.error());
    ++tally.planned;

    const std::uint32_t vocabulary = plan->shape.vocabularySize;
    const auto backend = kernels::createReferenceBackend(1);
    if (!backend->compile(std::move(plan).value(), 2))
        return false;
    const kernels::KvPageId page = *backend->allocateKvPage();
    const kernels::TokenId tokens[] = {1, kernels::TokenId(vocabulary - 1)};
    std::vector<float> logits(vocabulary);
    const auto outcome = backend->run({tokens, 0, {&page, 1}, kernels::LogitsWanted::Last}, logits, {});
    return outcome ? true : outcome.error().code == ErrorCode::InvalidNumbers && readable(outcome.error());
}

} // namespace

class TestHostileModels : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void changedBytes_data()
    {
        QTest::addColumn<QString>("architecture");
        QTest::addRow("llama") << "llama";
        QTest::addRow("qwen2") << "qwen2";
    }
    void changedBytes()
    {
        QFETCH(QString, architecture);
        test::TinyModelOptions options;
        options.architecture = architecture.toStdString();
        options.hiddenSize = 16;
        options.heads = 2;
        options.keyValueHeads = 1;
        options.headDim = 8;
        options.intermediateSize = 8;
        options.ropeDivisors =
            architecture == QLatin1String("llama") ? std::vector<float>(4, 2.0f) : std::vector<float>();
        const test::TinyModel model(options);
        const std::string whole = model.toGguf();
        Tally untouched;
        QVERIFY(load(whole, untouched));
        QCOMPARE(untouched.planned, 1);

        // Outside the token list: its bytes are most of the header and mean nothing here.
        std::size_t dataBytes = 0;
        for (const auto &tensor : model.tensors)
            dataBytes += (tensor.bytes.size() + 31) / 32 * 32;
        const std::size_t header = whole.size() - dataBytes;
        const std::size_t listBegin = whole.find("tokenizer.ggml.tokens") + 64;
        const std::size_t listEnd = whole.find("tokenizer.ggml.bos_token_id");
        QVERIFY(listBegin < listEnd && listEnd < header);

        constexpr std::uint64_t interesting[] = {0,
                                                 1,
                                                 2,
                                                 7,
                                                 255,
                                                 256,
                                                 1u << 16,
                                                 0x7fffffff,
                                                 0x80000000,
                                                 0xffffffff,
                                                 0x100000000,
                                                 0x7fffffffffffffff,
                                                 0xffffffffffffffff};
        std::mt19937 random(20);
        Tally tally;
        for (int i = 0; i < 20000; ++i) {
            std::string mutant = whole;
            for (unsigned changes = 1 + random() % 2; changes > 0; --changes) {
                std::size_t at = random() % (header - (listEnd - listBegin));
                if (at >= listBegin)
                    at += listEnd - listBegin;
                const std::uint64_t value = interesting[random() % std::size(interesting)];
                switch (random() % 4) {
                case 0:
                    mutant[at] = char(random());
                    break;
                case 1:
                    mutant[at] = char(mutant[at] ^ 1 << random() % 8);
                    break;
                case 2:
                    std::memcpy(mutant.data() + at, &value, 4);
                    break;
                default:
                    std::memcpy(mutant.data() + at, &value, 8);
                }
            }
            QVERIFY2(load(mutant, tally), qPrintable(QString::number(i)));
        }
        qInfo("of 20000 files %d opened, %d had a sound configuration, %d ran", tally.opened,
              tally.configured, tally.planned);
        QVERIFY(tally.opened > tally.configured && tally.configured > tally.planned && tally.planned > 100);
    }
};

QTEST_GUILESS_MAIN(TestHostileModels)
#include "tst_hostile_models.moc"
