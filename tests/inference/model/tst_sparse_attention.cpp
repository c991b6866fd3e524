// inference/model/sparse_attention.h: DeepSeek-V3.2 with its indexer is refused in a sentence, without it it
// runs as V3 and says so where it matters.
#include "inference/model/sparse_attention.h"
#include "inference/model_engine.h"
#include "inference/model_file.h"
#include "tests/support/temporary_file.h"
#include "tests/support/tiny_deepseek.h"

#include <QTest>

using namespace inference;

namespace {

struct Silent : GenerationSink
{
    void onText(std::string_view) override {}
};

Result<ModelConfig> configOf(const std::string &bytes)
{
    const auto file = GgufFile::openMemory(std::as_bytes(std::span(bytes)), "tiny.gguf");
    return ModelConfig::fromGguf(**file);
}

} // namespace

class TestSparseAttention : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isRecognised_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("isV32");
        for (const char *name :
             {"DeepSeek-V3.2", "DeepSeek V3.2 Exp", "deepseek_v3_2_speciale", "Deepseek-Ai_DeepSeek V3.2"})
            QTest::newRow(name) << name << true;
        for (const char *name :
             {"DeepSeek-V3", "DeepSeek V3.1 Terminus", "DeepSeek-V3-0324", "R1", "DeepSeek-V3.20", "v3.", ""})
            QTest::newRow(*name ? name : "no name") << name << false;
    }
    void isRecognised()
    {
        QFETCH(QString, name);
        QFETCH(bool, isV32);
        test::TinyDeepseek model("deepseek2_v3");
        model.set("general.name", name.toStdString());
        const auto config = configOf(model.toGguf());
        QVERIFY2(config.ok(), config ? "" : config.error().message.c_str());
        QCOMPARE(config->denseAbove, isV32 ? 2048u : 0u);
    }

    void theKeysOfTheIndexerAreASignToo()
    {
        test::TinyDeepseek model("deepseek2_v3");
        model.add("deepseek2.attention.indexer.head_count", 64);
        model.add("deepseek2.attention.indexer.top_k", 100);
        QCOMPARE(configOf(model.toGguf())->denseAbove, 100u);
    }

    void isRefusedWithItsIndexer()
    {
        test::TinyDeepseek model("deepseek2_v3");
        for (const char *layer : {"0", "1", "2", "3"})
            model.addTensor(std::string("blk.") + layer + ".indexer.attn_q_b.weight", {48, 64});
        const auto config = configOf(model.toGguf());
        QVERIFY(!config);
        QCOMPARE(int(config.error().code), int(ErrorCode::Unsupported));
        const QString message = QString::fromStdString(config.error().message);
        for (const char *part : {"The sparse attention of DeepSeek-V3.2 is not supported", "expected llama",
                                 "deepseek2", "found tensor blk.0.indexer.attn_q_b.weight"})
            QVERIFY2(message.contains(part), qPrintable(message));
        QVERIFY(!message.contains('\n'));
    }

    void laterArchitecturesAreRefused_data()
    {
        QTest::addColumn<QString>("architecture");
        for (const char *name : {"deepseek32", "deepseek4", "deepseek41"})
            QTest::newRow(name) << name;
    }
    void laterArchitecturesAreRefused()
    {
        QFETCH(QString, architecture);
        test::TinyDeepseek model("deepseek2_v3");
        model.set("general.architecture", architecture.toStdString());
        const auto config = configOf(model.toGguf());
        QVERIFY(!config);
        const QString message = QString::fromStdString(config.error().message);
        QVERIFY2(message.contains("The architecture \"" + architecture + "\" is not supported") &&
                     message.contains("expected llama, qwen2, qwen3, deepseek and deepseek2"),
                 qPrintable(message));
        QVERIFY(!message.contains('\n'));
    }

    void saysSoWhereItMatters()
    {
        const test::TemporaryFolder folder;
        test::TinyDeepseek model("deepseek2_v3");
        model.set("general.name", "DeepSeek-V3.2-Exp");
        const QString path = folder.write("tiny.gguf", QByteArray::fromStdString(model.toGguf()));
        ModelEngine engine;
        const auto summary = engine.load(path.toStdString(), {.threads = 2}, nullptr, {});
        QVERIFY2(summary.ok(), summary ? "" : summary.error().message.c_str());
        QCOMPARE(summary->notes, std::vector<std::string>{denseAttentionNote(2048)});
        QVERIFY(summary->notes.front().find("above 2,048 tokens") != std::string::npos);

        const auto notesOf = [&](std::size_t promptTokens) {
            GenerationRequest request;
            request.input = RawInput{std::string(promptTokens - 1, 'q')}; // a token each, behind the first
            request.maxTokens = 4;
            Silent sink;
            const auto answer = engine.generate(request, sink, {});
            return answer ? answer->notes : std::vector<std::string>{answer.error().message};
        };
        QCOMPARE(notesOf(2044), std::vector<std::string>());
        QCOMPARE(notesOf(2060), summary->notes);
    }
};

QTEST_GUILESS_MAIN(TestSparseAttention)
#include "tst_sparse_attention.moc"
