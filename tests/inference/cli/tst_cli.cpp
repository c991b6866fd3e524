// baleen-cli as a program: every verb, every kind of bad input, exit codes and the shape of messages.
#include "tests/support/gguf_writer.h"
#include "tests/support/models.h"
#include "tests/support/temporary_file.h"
#include "tests/support/tiny_deepseek.h"
#include "tests/support/tiny_model.h"

#include <QElapsedTimer>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QRegularExpression>
#include <QTest>

#include <chrono>
#include <csignal>
#include <cstring>
#include <thread>

namespace {

struct Finished
{
    int code = -1;
    QByteArray out, err;
};

Finished run(const QStringList &arguments, const QByteArray &input = {},
             const QMap<QString, QString> &environment = {})
{
    QProcess process;
    auto variables = QProcessEnvironment::systemEnvironment();
    for (const auto &[name, value] : environment.toStdMap())
        variables.insert(name, value);
    process.setProcessEnvironment(variables);
    process.start(BALEEN_CLI, arguments);
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(120000)) {
        process.kill();
        process.waitForFinished();
        qFatal("baleen-cli %s does not end", qPrintable(arguments.join(' ')));
    }
    Finished finished{process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -2,
                      process.readAllStandardOutput(), process.readAllStandardError()};
    return finished;
}

QJsonObject object(const QByteArray &json)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(json, &error);
    if (error.error != QJsonParseError::NoError)
        qWarning("%s in %s", qPrintable(error.errorString()), json.constData());
    return document.object();
}

} // namespace

#define COMPARE_CODE(finished, expected)                                                                     \
    QVERIFY2((finished).code == (expected),                                                                  \
             qPrintable(QString("exit %1: %2").arg((finished).code).arg(QString::fromUtf8((finished).err))))

class TestCli : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_tiny =
            m_folder.write("tiny.gguf", QByteArray::fromStdString(test::tinyModel({.contextLength = 256})));
    }

    void everyVerbHasHelp_data()
    {
        QTest::addColumn<QStringList>("options");
        const QStringList common{"--device", "--threads", "--precision", "--isa", "--kv-cache-type",
                                 "--quiet", "--log"};
        QTest::newRow("info") << common + QStringList{"--json", "--gpu-memory"};
        QTest::newRow("tokenize") << common + QStringList{"--special", "--bos", "--file"};
        QTest::newRow("detokenize") << common;
        QTest::newRow("template") << common + QStringList{"--no-generation-prompt", "--thinking"};
        QTest::newRow("logits") << common + QStringList{"--tokens", "--out", "--chunk", "--gpu-memory"};
        QTest::newRow("generate") << common + QStringList{"--prompt ",     "--prompt-file",    "--chat",
                                                          "--raw",         "--system",         "--max-tokens",
                                                          "--temperature", "--top-k",          "--top-p",
                                                          "--min-p",       "--repeat-penalty", "--seed",
                                                          "--stop",        "--context",        "--json",
                                                          "--kv-cache ",   "--kv-cache-size"};
        QTest::newRow("chat") << common + QStringList{"--system", "--temperature", "--kv-cache "};
        QTest::newRow("bench") << common +
                                      QStringList{"--prompt", "--generate", "--depth", "--repeat", "--json", "--gpu-memory"};
        QTest::newRow("doctor") << common + QStringList{"--json"};
        QTest::newRow("selftest") << common;
    }
    void everyVerbHasHelp()
    {
        QFETCH(QStringList, options);
        const QString verb = QTest::currentDataTag();
        const Finished help = run({verb, "--help"});
        COMPARE_CODE(help, 0);
        QVERIFY(help.err.isEmpty());
        for (const QString &option : options)
            QVERIFY2(help.out.contains(option.toUtf8()), qPrintable(option + " in\n" + help.out));
        const Finished wrong = run({verb, "--no-such-option"});
        COMPARE_CODE(wrong, 2);
        QVERIFY(wrong.err.contains("--no-such-option"));
    }
    void theProgramHasHelp()
    {
        const Finished help = run({"--help"});
        COMPARE_CODE(help, 0);
        for (const char *verb : {"info", "tokenize", "detokenize", "template", "logits", "generate", "chat",
                                 "bench", "doctor", "selftest"})
            QVERIFY(help.out.contains(verb));
        COMPARE_CODE(run({}), 2);
        COMPARE_CODE(run({"frobnicate"}), 2);
        COMPARE_CODE(run({"--version"}), 0);
    }

    void badModels_data()
    {
        QTest::addColumn<QString>("model");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("says");
        const QByteArray good = QByteArray::fromStdString(test::tinyModel());
        const auto row = [](const char *name, const QString &path, int code, const char *says) {
            QTest::newRow(name) << path << code << QString(says);
        };
        row("no file", m_folder.path("none.gguf"), 2, "none.gguf");
        m_folder.write("folder.txt", "");
        QDir(m_folder.path("")).mkdir("plain");
        QDir(m_folder.path("")).mkdir("hf");
        m_folder.write("hf/config.json", "{}");
        row("a folder", m_folder.path("plain"), 3, "folder");
        row("a Hugging Face folder of no family", m_folder.path("hf"), 3, "model_type");
        row("empty", m_folder.write("empty.gguf", ""), 3, "empty.gguf");
        row("truncated in the header", m_folder.write("head.gguf", good.left(20)), 3, "head.gguf");
        row("truncated in the metadata", m_folder.write("meta.gguf", good.left(900)), 3, "meta.gguf");
        row("truncated in the weights", m_folder.write("cut.gguf", good.left(good.size() - 100)), 3,
            "cut.gguf");
        row("wrong magic", m_folder.write("magic.gguf", "GGUX" + good.mid(4)), 3, "magic.gguf");
        row("text", m_folder.write("text.gguf", "This is no model at all, it is only a text.\n"), 3,
            "text.gguf");
        test::TinyModel strange(test::TinyModelOptions{});
        strange.set("general.architecture", std::string("mamba"));
        row("unknown architecture",
            m_folder.write("strange.gguf", QByteArray::fromStdString(strange.toGguf())), 3, "mamba");
        test::TinyModel incomplete(test::TinyModelOptions{});
        incomplete.remove("blk.1.ffn_up.weight");
        row("a tensor is missing",
            m_folder.write("missing.gguf", QByteArray::fromStdString(incomplete.toGguf())), 3,
            "blk.1.ffn_up.weight");
        test::TinyModel wordless(test::TinyModelOptions{});
        wordless.remove("tokenizer.ggml.tokens");
        row("no vocabulary", m_folder.write("wordless.gguf", QByteArray::fromStdString(wordless.toGguf())), 3,
            "tokenizer.ggml.tokens");
        row("a device", "/dev/null", 3, "/dev/null");
    }
    void badModels()
    {
        QFETCH(QString, model);
        QFETCH(int, code);
        QFETCH(QString, says);
        const QString tokens = m_folder.write("ids.txt", "1 2 3");
        const QString out = m_folder.path("never.npy");
        for (const QStringList &arguments :
             {QStringList{"generate", model, "--prompt", "x"}, QStringList{"bench", model},
              QStringList{"info", model}, QStringList{"logits", model, "--tokens", tokens, "--out", out},
              QStringList{"chat", model}}) {
            const Finished finished = run(arguments);
            QVERIFY2(
                finished.code == code,
                qPrintable(arguments.first() + QString(": exit %1, ").arg(finished.code) + finished.err));
            QVERIFY2(finished.err.contains(says.toUtf8()), finished.err.constData());
            QVERIFY2(finished.err.startsWith("baleen-cli: "), finished.err.constData());
            if (arguments.first() != "info")
                QCOMPARE(finished.err.count('\n'), 1);
            QVERIFY(!QFile::exists(out));
        }
    }
    void aModelWithTheFileGoneIsSaidSo()
    {
        // The whole form: WHAT, WHERE (expected X, found Y). WAY OUT
        const Finished cut =
            run({"generate",
                 m_folder.write("short.gguf", QByteArray::fromStdString(test::tinyModel()).chopped(64)),
                 "--prompt", "x"});
        COMPARE_CODE(cut, 3);
        const QRegularExpression shape("^baleen-cli: [A-Z][^\n]*, [^\n]*short\\.gguf[^\n]* \\(expected "
                                       "[^\n]*, found [^\n]*\\)\\. [A-Z][^\n]*\\.\n$");
        QVERIFY2(shape.match(QString::fromUtf8(cut.err)).hasMatch(), cut.err.constData());
    }

    void badValues_data()
    {
        QTest::addColumn<QStringList>("arguments");
        const auto row = [this](const char *name, QStringList arguments) {
            QTest::newRow(name) << QStringList{arguments.takeFirst(), m_tiny} + arguments;
        };
        row("temperature", {"generate", "--prompt", "x", "--temperature", "hot"});
        row("negative temperature", {"generate", "--prompt", "x", "--temperature", "-1"});
        row("top-p", {"generate", "--prompt", "x", "--top-p", "1.5"});
        row("penalty", {"generate", "--prompt", "x", "--repeat-penalty", "0"});
        row("seed", {"generate", "--prompt", "x", "--seed", "abc"});
        row("threads", {"generate", "--prompt", "x", "--threads", "-3"});
        row("device", {"generate", "--prompt", "x", "--device", "tpu"});
        row("no card", {"generate", "--prompt", "x", "--device", "cuda:"});
        row("isa", {"generate", "--prompt", "x", "--isa", "neon"});
        row("cache type", {"generate", "--prompt", "x", "--kv-cache-type", "q4"});
        row("precision", {"generate", "--prompt", "x", "--precision", "double"});
        row("log", {"generate", "--prompt", "x", "--log", "loud"});
        row("context too long", {"generate", "--prompt", "x", "--context", "100000"});
        row("context zero", {"generate", "--prompt", "x", "--context", "0"});
        row("value missing", {"generate", "--prompt"});
        row("no prompt", {"generate"});
        row("two prompts", {"generate", "--prompt", "x", "--prompt-file", "y"});
        row("raw chat", {"generate", "--raw", "--chat", "x"});
        row("no such prompt file", {"generate", "--prompt-file", "/no/such/file"});
        row("kept nowhere", {"generate", "--prompt", "x", "--kv-cache", ""});
        row("kept too little", {"generate", "--prompt", "x", "--kv-cache", "x", "--kv-cache-size", "0"});
        row("empty stop", {"generate", "--prompt", "x", "--stop", ""});
        row("two models", {"generate", "another.gguf", "--prompt", "x"});
        row("repeat", {"bench", "--repeat", "0"});
        row("no tokens option", {"logits", "--out", "x.npy"});
        row("no out option", {"logits", "--tokens", "x"});
        row("no such token file", {"logits", "--tokens", "/no/such/file", "--out", "x.npy"});
        row("chunk zero", {"logits", "--tokens", "-", "--out", "x.npy", "--chunk", "0"});
        row("no such text file", {"tokenize", "--file", "/no/such/file"});
        row("thinking", {"template", "--thinking", "maybe"});
        row("template without JSON", {"template"});
        QTest::newRow("no model") << QStringList{"generate", "--prompt", "x"};
    }
    void badValues()
    {
        QFETCH(QStringList, arguments);
        const Finished finished = run(arguments);
        COMPARE_CODE(finished, 2);
        QVERIFY(finished.out.isEmpty());
        QVERIFY2(finished.err.startsWith("baleen-cli: ") && finished.err.endsWith(".\n"),
                 finished.err.constData());
        QCOMPARE(finished.err.count('\n'), 1);
    }
    void cudaIsRefusedWithAWayOut()
    {
        const Finished finished = run({"generate", m_tiny, "--prompt", "x", "--device", "cuda"});
        COMPARE_CODE(finished, 1);
        QVERIFY(finished.err.contains("--device cpu"));
    }

    void infoShowsEverything()
    {
        const Finished text = run({"info", test::smallModel()});
        COMPARE_CODE(text, 0);
        for (const char *part : {"llama", "Q4_1", "Q8_0", "8,192", "49,152", "smollm", "chatml", "30 layers",
                                 "Supported         yes"})
            QVERIFY2(text.out.contains(part), qPrintable(QString(part) + " in\n" + text.out));
        const Finished json = run({"info", "--json", test::smallModel()});
        COMPARE_CODE(json, 0);
        const QJsonObject info = object(json.out);
        QCOMPARE(info["architecture"].toString(), QString("llama"));
        QCOMPARE(info["shape"].toObject()["layers"].toInt(), 30);
        QCOMPARE(info["supported"].toBool(), true);
        QVERIFY(info["memory"].toObject()["total_bytes"].toDouble() > 9e7);
        QVERIFY(info["groups"].toObject().contains("attention"));
        const Finished longer = run({"info", "--json", test::smallModel(), "--context", "1000"});
        QVERIFY(object(longer.out)["memory"].toObject()["kv_bytes"].toDouble() <
                info["memory"].toObject()["kv_bytes"].toDouble());
        // heads of 64: see kvRowBytes()
        const Finished eight = run({"info", "--json", test::smallModel(), "--kv-cache-type", "q8"});
        QCOMPARE(object(eight.out)["memory"].toObject()["kv_bytes"].toDouble() * 256 / (84 + 68),
                 info["memory"].toObject()["kv_bytes"].toDouble());
    }
    void infoTellsWhoWritesThePrompt()
    {
        const QJsonObject known = object(run({"info", "--json", test::smallModel()}).out);
        QCOMPARE(known["chat_format"].toObject()["template_known"].toBool(), true);
        QCOMPARE(known["chat_format"].toObject()["note"].toString(), QString());
        QCOMPARE(known["sampling"].toObject()["temperature"].toDouble(), 0.2);
        QVERIFY(known["sampling"].toObject()["source"].toString().contains("SmolLM2"));

        const auto write = [&](const char *name, const std::string &chatTemplate) {
            test::TinyModel model(test::TinyModelOptions{});
            model.set("tokenizer.chat_template", chatTemplate);
            return m_folder.write(name, QByteArray::fromStdString(model.toGguf()));
        };
        const QString broken = write("broken.gguf", "<|im_start|>\n{% frob %}");
        const Finished text = run({"info", broken});
        COMPARE_CODE(text, 0);
        QVERIFY2(text.out.contains("no template used") && text.out.contains("line 2, column 4"),
                 qPrintable(text.out));
        const QJsonObject format = object(run({"info", broken, "--json"}).out)["chat_format"].toObject();
        QCOMPARE(format["template_used"].toBool(true), false);
        QCOMPARE(format["template_known"].toBool(true), false);
        QVERIFY(format["note"].toString().contains("line 2, column 4"));

        // Said for the conversation that it is true of, on standard error.
        const QString strict =
            write("strict.gguf", "{% for m in messages %}<{{ m.content }}>{% if m.content == 'no' %}"
                                 "{{ raise_exception('Never') }}{% endif %}{% endfor %}");
        const Finished taken = run({"template", strict}, R"([{"role": "user", "content": "yes"}])");
        QCOMPARE(taken.out, QString("<yes>"));
        QVERIFY(!taken.err.contains("template"));
        const Finished refused = run({"template", strict}, R"([{"role": "user", "content": "no"}])");
        COMPARE_CODE(refused, 0);
        QVERIFY2(refused.err.contains("Never"), qPrintable(refused.err));
        QVERIFY2(refused.out.startsWith("<|im_start|>user"), qPrintable(refused.out));
    }
    void infoTellsWhatIsUnsupported()
    {
        test::TinyModel strange(test::TinyModelOptions{});
        strange.set("general.architecture", std::string("mamba"));
        const QString path = m_folder.write("strange2.gguf", QByteArray::fromStdString(strange.toGguf()));
        const Finished json = run({"info", path, "--json"});
        COMPARE_CODE(json, 3);
        const QJsonObject info = object(json.out);
        QCOMPARE(info["supported"].toBool(true), false);
        QVERIFY(info["problems"].toArray().first().toString().contains("mamba"));
        QVERIFY(info["tokenizer"].toObject()["vocabulary_size"].toInt() > 0);
    }

    void tokensAndBack_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("plain") << QByteArray("Hello, world!");
        QTest::newRow("lines") << QByteArray("a\n\n  b\r\n\tc \n");
        QTest::newRow("unicode") << QByteArray("Grüße 世界 😀 e\xcc\x81");
        QTest::newRow("invalid UTF-8") << QByteArray("a\x80 b\xc3"); // 0xf5 and on are in no real vocabulary
        QTest::newRow("special literal") << QByteArray("<|im_start|>user");
        QTest::newRow("NUL") << QByteArray("a\0b", 3);
        QTest::newRow("empty") << QByteArray();
    }
    void tokensAndBack()
    {
        QFETCH(QByteArray, text);
        for (const QString &model : {m_tiny, test::smallModel()}) {
            const Finished tokens = run({"tokenize", model}, text);
            COMPARE_CODE(tokens, 0);
            QVERIFY(QRegularExpression("^([0-9]+( [0-9]+)*)?\n$").match(tokens.out).hasMatch());
            const Finished back = run({"detokenize", model}, tokens.out);
            COMPARE_CODE(back, 0);
            QCOMPARE(back.out, text);
            QCOMPARE(run({"tokenize", "--file", m_folder.write("text", text), model}).out, tokens.out);
        }
    }
    void specialLiteralsAreTokensOnlyWhenAskedFor()
    {
        const Finished plain = run({"tokenize", test::smallModel()}, "<|im_start|>");
        const Finished special = run({"tokenize", test::smallModel(), "--special"}, "<|im_start|>");
        QCOMPARE(special.out, QByteArray("1\n"));
        QVERIFY(plain.out.count(' ') > 2);
        QVERIFY(run({"tokenize", m_tiny, "--bos"}, "a").out.count(' ') >= 1);
        COMPARE_CODE(run({"detokenize", m_tiny}, "1 999999"), 2);
        COMPARE_CODE(run({"detokenize", m_tiny}, "one"), 2);
    }
    void templateWritesTheExactPrompt()
    {
        const QByteArray messages =
            R"([{"role":"system","content":"Be brief."},{"role":"user","content":"Hi <|im_end|>"}])";
        const QByteArray prompt =
            "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi <|im_end|><|im_end|>\n";
        const Finished open = run({"template", test::smallModel()}, messages);
        COMPARE_CODE(open, 0);
        QCOMPARE(open.out, prompt + "<|im_start|>assistant\n");
        QCOMPARE(run({"template", test::smallModel(), "--no-generation-prompt"}, messages).out, prompt);
        const Finished role = run({"template", test::smallModel()}, R"([{"role":"wizard","content":"x"}])");
        COMPARE_CODE(role, 2);
        QVERIFY(role.err.contains("wizard"));
    }

    void logitsHaveTheRightShapeAndDoNotDependOnTheChunk()
    {
        QByteArray ids;
        for (int i = 0; i < 100; ++i)
            ids += QByteArray::number(i * 3 % 256) + (i % 2 ? "," : "\n");
        const QString tokens = m_folder.write("logit-ids", ids);
        QByteArray first;
        for (const QString &chunk : QStringList{"", "1", "7", "64", "1000"}) {
            const QString out = m_folder.path("logits" + chunk + ".npy");
            COMPARE_CODE(run(QStringList{"logits", m_tiny, "--tokens", tokens, "--out", out} +
                             (chunk.isEmpty() ? QStringList() : QStringList{"--chunk", chunk})),
                         0);
            QFile file(out);
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QByteArray bytes = file.readAll();
            QVERIFY(bytes.startsWith("\x93NUMPY"));
            const int header = 10 + quint8(bytes[8]) + 256 * quint8(bytes[9]);
            QCOMPARE(header % 64, 0);
            const QString text = bytes.mid(10, header - 10);
            QVERIFY2(text.contains("'descr': '<f4', 'fortran_order': False, 'shape': (100, "),
                     qPrintable(text));
            QCOMPARE((bytes.size() - header) % 400, 0);
            if (first.isEmpty())
                first = bytes;
            QVERIFY(bytes == first);
        }
        const QString eight = m_folder.path("logits8.npy");
        COMPARE_CODE(run({"logits", m_tiny, "--tokens", tokens, "--out", eight, "--kv-cache-type", "q8"}), 0);
        QFile file(eight);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray bytes = file.readAll();
        QCOMPARE(bytes.size(), first.size());
        QVERIFY(bytes != first);
        COMPARE_CODE(run({"logits", m_tiny, "--tokens", "-", "--out", m_folder.path("x.npy")}, "1 2 999999"),
                     2);
        COMPARE_CODE(run({"logits", m_tiny, "--tokens", "-", "--out", m_folder.path("x.npy")}, ""), 2);
        COMPARE_CODE(run({"logits", m_tiny, "--tokens", "-", "--out", m_folder.path("x.npy")},
                         QByteArray("1 ").repeated(257)),
                     1);
        COMPARE_CODE(run({"logits", m_tiny, "--tokens", tokens, "--out", "/no/such/folder/x.npy"}), 1);
        QVERIFY(!QFile::exists(m_folder.path("x.npy")));
        QCOMPARE(QDir(m_folder.path("")).entryList({"*.part"}), QStringList());
    }

    void generateStreamsAnAnswer()
    {
        const Finished finished = run({"generate", test::smallModel(), "--prompt", "What is 2+2?",
                                       "--temperature", "0", "--max-tokens", "30"});
        COMPARE_CODE(finished, 0);
        QVERIFY2(finished.out.contains("is 4"), finished.out.constData());
        QVERIFY(finished.err.contains("tok/s"));
        const Finished quiet = run({"--quiet", "x"});
        COMPARE_CODE(quiet, 2); // an option is no verb
        const Finished file = run({"generate", "--quiet", "--temperature", "0", "--max-tokens", "30",
                                   test::smallModel(), "--prompt-file", "-"},
                                  "What is 2+2?");
        COMPARE_CODE(file, 0);
        QCOMPARE(file.out, finished.out);
        QVERIFY(file.err.isEmpty());
        const Finished chat = run({"generate", test::smallModel(), "--chat", "-", "--quiet", "--temperature",
                                   "0", "--max-tokens", "30"},
                                  R"([{"role":"user","content":"What is 2+2?"}])");
        QCOMPARE(chat.out, finished.out);
    }
    // A V3.2 whose indexer is missing: the terminal says so where it matters, and info always.
    void notesAreSaid()
    {
        test::TinyDeepseek model("deepseek2_v3");
        model.add("deepseek2.attention.indexer.top_k", 8);
        const QString path = m_folder.write("v32.gguf", QByteArray::fromStdString(model.toGguf()));
        const QByteArray note = "above 8 tokens";
        const Finished info = run({"info", path}), json = run({"info", path, "--json"});
        QVERIFY2(info.out.contains(note), info.out.constData());
        QVERIFY(object(json.out)["notes"].toArray().at(0).toString().contains(QString::fromUtf8(note)));
        const Finished brief = run({"generate", path, "--raw", "--prompt", "a", "--max-tokens", "2"});
        // Greedy: with a random seed the answer now and then ends before it is long enough.
        const Finished longer = run({"generate", path, "--raw", "--prompt", "a", "--max-tokens", "20", "--temperature", "0", "--json"});
        QVERIFY2(!brief.err.contains(note), brief.err.constData());
        QVERIFY2(longer.err.contains(note), longer.err.constData());
        QVERIFY(object(longer.out.trimmed().split('\n').last())["stats"].toObject()["notes"].isArray());
        const Finished chat = run({"chat", path, "--max-tokens", "20", "--temperature", "0"}, "one\ntwo\n");
        QCOMPARE(chat.err.count(note), 1);
        QVERIFY(!object(run({"info", m_tiny, "--json"}).out).contains("notes"));
    }
    void generateWritesJsonLines()
    {
        const Finished finished = run({"generate", m_tiny, "--raw", "--prompt", "abc \xff", "--max-tokens",
                                       "40", "--seed", "5", "--json"});
        COMPARE_CODE(finished, 0);
        QString text;
        QJsonObject statistics;
        for (const QByteArray &line : finished.out.trimmed().split('\n')) {
            const QJsonObject json = object(line);
            QCOMPARE(json.size(), 1);
            if (json.contains("stats"))
                statistics = json["stats"].toObject();
            else
                text += json["text"].toString();
        }
        for (const char *key :
             {"end_reason", "prompt_tokens", "cached_tokens", "generated_tokens", "prefill_tokens_per_second",
              "decode_tokens_per_second", "first_token_ms", "tokens"})
            QVERIFY2(statistics.contains(key), key);
        QCOMPARE(statistics["tokens"].toArray().size(), statistics["generated_tokens"].toInt());
        QVERIFY(QStringList({"length", "stop"}).contains(statistics["end_reason"].toString()));
        QVERIFY(!text.isEmpty());
        const Finished again = run({"generate", m_tiny, "--raw", "--prompt", "abc \xff", "--max-tokens", "40",
                                    "--seed", "5", "--json"});
        QCOMPARE(object(again.out.trimmed().split('\n').last())["stats"].toObject()["tokens"],
                 statistics["tokens"]);
    }
    void generateEndsAtStopStringsAndLimits()
    {
        const auto statistics = [&](QStringList options) {
            const Finished finished = run(
                QStringList{"generate", m_tiny, "--raw", "--prompt", "abc", "--temperature", "0", "--json"} +
                options);
            return object(finished.out.trimmed().split('\n').last())["stats"].toObject();
        };
        QCOMPARE(statistics({"--max-tokens", "3"})["end_reason"].toString(), QString("length"));
        const QJsonObject full = statistics({"--context", "20"});
        if (full["end_reason"].toString() == "context")
            QCOMPARE(full["prompt_tokens"].toInt() + full["generated_tokens"].toInt(), 20);
        const Finished answer = run({"generate", test::smallModel(), "--quiet", "--temperature", "0",
                                     "--max-tokens", "40", "--prompt", "Count from one to ten."});
        QVERIFY(answer.out.size() > 10);
        const QByteArray stop = answer.out.mid(5, 4);
        const Finished stopped =
            run({"generate", test::smallModel(), "--quiet", "--temperature", "0", "--max-tokens", "40",
                 "--prompt", "Count from one to ten.", "--stop", QString::fromUtf8(stop)});
        QCOMPARE(stopped.out, answer.out.left(answer.out.indexOf(stop)));
    }
    void aPromptLongerThanTheContextIsRefused()
    {
        const Finished finished =
            run({"generate", m_tiny, "--raw", "--prompt-file", "-"}, QByteArray("x y z ").repeated(200));
        COMPARE_CODE(finished, 1);
        QVERIFY2(finished.err.contains("255 tokens"), finished.err.constData());
        QVERIFY(finished.out.isEmpty());
    }
    void bothPathsGiveAnAnswer()
    {
        for (const QString &precision : QStringList{"fast", "reference"}) {
            const Finished finished =
                run({"generate", test::smallModel(), "--precision", precision, "--quiet", "--temperature",
                     "0", "--max-tokens", "16", "--prompt", "What is 2+2?"});
            COMPARE_CODE(finished, 0);
            QVERIFY2(finished.out.contains("is 4"), finished.out.constData());
        }
    }
    void interruptionEndsCleanly()
    {
        QProcess process;
        process.start(BALEEN_CLI, {"generate", test::smallModel(), "--raw", "--prompt", "Once upon a time",
                                   "--json", "--temperature", "1"});
        QVERIFY(process.waitForStarted());
        QVERIFY(process.waitForReadyRead(60000)); // the first text
        QElapsedTimer clock;
        clock.start();
        ::kill(pid_t(process.processId()), SIGINT);
        QVERIFY(process.waitForFinished(10000));
        const qint64 elapsed = clock.elapsed();
        QCOMPARE(process.exitStatus(), QProcess::NormalExit);
        const QByteArray last = process.readAllStandardOutput().trimmed().split('\n').last();
        const QJsonObject statistics = object(last)["stats"].toObject();
        if (statistics["end_reason"].toString() == "stop") // the story was over before
            return;
        QCOMPARE(process.exitCode(), 130);
        QCOMPARE(statistics["end_reason"].toString(), QString("cancelled"));
        QVERIFY(statistics["generated_tokens"].toInt() > 0);
        QVERIFY2(elapsed < 1000, qPrintable(QString("%1 ms").arg(elapsed)));
    }
    void aPromptIsReadOnceForAllProcesses()
    {
        const test::TemporaryFolder folder;
        const QStringList arguments{
            "generate", m_tiny,    "--raw",         "--prompt", QString(150, 'x') + "abc",
            "--json",   "--quiet", "--temperature", "0",        "--max-tokens",
            "20"};
        const QStringList keeping = arguments + QStringList{"--kv-cache", folder.path("kv")};
        const auto statistics = [](const Finished &finished) {
            return object(finished.out.trimmed().split('\n').last())["stats"].toObject();
        };
        const QJsonObject without = statistics(run(arguments)), first = statistics(run(keeping)),
                          second = statistics(run(keeping));
        QCOMPARE(first["cached_tokens"].toInt(-1), 0);
        QCOMPARE(second["cached_tokens"].toInt(), second["prompt_tokens"].toInt() - 1);
        QCOMPARE(second["tokens_from_disk"].toInt(), second["cached_tokens"].toInt());
        QVERIFY(second["disk_ms"].toDouble() > 0);
        QVERIFY(!without["tokens"].toArray().isEmpty());
        QCOMPARE(first["tokens"].toArray(), without["tokens"].toArray());
        QCOMPARE(second["tokens"].toArray(), without["tokens"].toArray());

        const QStringList chat{"chat", m_tiny,       "--quiet",        "--max-tokens",
                               "5",    "--kv-cache", folder.path("kv")};
        COMPARE_CODE(run(chat, "hello\n"), 0);
        QVERIFY(run(chat, "hello\n").err.isEmpty());
    }
    // At any moment of its life: what is left is whole or is nothing.
    void aKilledProcessSpoilsNothing()
    {
        const test::TemporaryFolder folder;
        QStringList arguments{"generate", m_tiny,          "--raw", "--prompt",     QString(200, 'y'),
                              "--json",   "--temperature", "0",     "--max-tokens", "40"};
        const QByteArray expected = run(arguments).out;
        const auto text = [](const QByteArray &out) { return out.left(out.lastIndexOf("{\"stats\"")); };
        QVERIFY(text(expected).size() > 20);
        arguments += {"--kv-cache", folder.path("kv")};
        for (int i = 0; i < 25; ++i) {
            QProcess process;
            process.start(BALEEN_CLI, arguments);
            QVERIFY(process.waitForStarted());
            std::this_thread::sleep_for(std::chrono::microseconds(500 * i));
            process.kill();
            QVERIFY(process.state() == QProcess::NotRunning || process.waitForFinished());
            if (i % 6 == 5)
                QCOMPARE(text(run(arguments).out), text(expected));
        }
    }
    void aFolderThatCannotBeUsedIsAWarning()
    {
        const QStringList arguments{"generate",     m_tiny, "--prompt", "x",
                                    "--max-tokens", "3",    "--quiet",  "--kv-cache"};
        const QString file = m_folder.write("file", "x");
        for (const QString &folder : {QString("/proc/nowhere"), file}) {
            const Finished finished = run(arguments + QStringList{folder});
            COMPARE_CODE(finished, 0);
            QVERIFY2(finished.err.contains("not kept on disk") && finished.err.count('\n') == 1,
                     finished.err.constData());
        }
    }
    void interruptionWhileInputIsAwaited()
    {
        QProcess process;
        process.start(BALEEN_CLI, {"tokenize", m_tiny});
        QVERIFY(process.waitForStarted());
        QTest::qWait(300);
        ::kill(pid_t(process.processId()), SIGINT);
        QVERIFY(process.waitForFinished(5000));
        QCOMPARE(process.exitCode(), 130);
    }
    void modelsAreFoundByName()
    {
        const Finished finished = run({"info", "tiny", "--json"}, {}, {{"BALEEN_MODELS", m_folder.path("")}});
        COMPARE_CODE(finished, 0);
        QVERIFY(object(finished.out)["path"].toString().endsWith("/tiny.gguf"));
        const Finished missing = run({"info", "giant"}, {}, {{"BALEEN_MODELS", m_folder.path("")}});
        COMPARE_CODE(missing, 2);
        QVERIFY(missing.err.contains(m_folder.path("").toUtf8()));
    }
    void anUnwritableOutputIsAnError()
    {
        QProcess process;
        process.setStandardOutputFile("/dev/full");
        process.start(BALEEN_CLI, {"info", m_tiny});
        QVERIFY(process.waitForFinished(30000));
        QCOMPARE(process.exitCode(), 1);
        QVERIFY(process.readAllStandardError().contains("standard output"));
    }

    void chatWorksOnAPipe()
    {
        const QString saved = m_folder.path("saved.json");
        const Finished finished =
            run({"chat", test::smallModel(), "--temperature", "0", "--max-tokens", "20"},
                "What is 2+2?\n/save " + saved.toUtf8() + "\n/frob\n/regenerate\n/quit\nnever\n");
        COMPARE_CODE(finished, 0);
        QCOMPARE(finished.out.count("is 4"), 2);
        QVERIFY(finished.err.contains("/frob"));
        QVERIFY2(finished.err.contains("reused"),
                 finished.err.constData()); // the regeneration reads nothing twice
        QVERIFY(!finished.out.contains("\x1b"));
        QFile file(saved);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QJsonArray messages = QJsonDocument::fromJson(file.readAll()).array();
        QCOMPARE(messages.size(), 2);
        QCOMPARE(messages[1].toObject()["role"].toString(), QString("assistant"));
    }

    void benchMeasures()
    {
        const Finished json = run({"bench", m_tiny, "--prompt", "64", "--generate", "16", "--depth", "32",
                                   "--repeat", "3", "--json"});
        COMPARE_CODE(json, 0);
        const QJsonObject bench = object(json.out);
        for (const char *key : {"model", "commit", "device", "threads", "isa", "load_ms", "first_token_ms",
                                "peak_rss_bytes", "prefill", "decode", "machine", "percent_of_limit"})
            QVERIFY2(bench.contains(key), key);
        const QJsonObject prefill = bench["prefill"].toObject(), decode = bench["decode"].toObject();
        QCOMPARE(prefill["tokens"].toInt(), 64);
        QCOMPARE(decode["tokens"].toInt(), 16);
        QCOMPARE(decode["depth"].toInt(), 32);
        for (const QJsonObject &part : {prefill, decode}) {
            const QJsonObject speed = part["tokens_per_second"].toObject();
            QVERIFY(speed["min"].toDouble() > 0);
            QVERIFY(speed["min"].toDouble() <= speed["median"].toDouble());
            QVERIFY(speed["median"].toDouble() <= speed["max"].toDouble());
        }
        QVERIFY(bench["machine"].toObject()["read_gb_s"].toDouble() > 0);
        QVERIFY(bench["percent_of_limit"].toObject()["decode"].toDouble() > 0);
        QVERIFY(bench["percent_of_limit"].toObject()["prefill"].toDouble() > 0);
        QVERIFY(!bench["machine"].toObject()["cpu"].toString().isEmpty());
        QVERIFY(bench["peak_rss_bytes"].toDouble() > 1e6);
        const Finished text = run({"bench", m_tiny, "--prompt", "8", "--generate", "4", "--repeat", "1"});
        COMPARE_CODE(text, 0);
        QVERIFY(text.out.contains("Prefill") && text.out.contains("Decode"));
    }
    void selftestPasses()
    {
        const Finished finished = run({"selftest", "--isa", "scalar"});
        COMPARE_CODE(finished, 0);
        const QByteArray last = finished.out.trimmed().split('\n').last();
        QVERIFY2(QRegularExpression("^[1-9][0-9]* passed, 0 failed$").match(last).hasMatch(),
                 last.constData());
        COMPARE_CODE(run({"selftest", "--device", "cuda"}), 1);
    }
    void doctorExaminesTheMachine()
    {
        const Finished json = run({"doctor", "--json"});
        COMPARE_CODE(json, 0);
        const QJsonObject doctor = object(json.out);
        QVERIFY(!doctor["cpu"].toObject()["name"].toString().isEmpty());
        QVERIFY(doctor["cpu"].toObject()["features"].toObject().contains("avx2"));
        QVERIFY(doctor["kernels"].toObject()["threads"].toInt() > 0);
        const QJsonObject amx = doctor["amx"].toObject();
        QCOMPARE(amx["granted"].toBool(), amx["reason"].isNull());
        QVERIFY(doctor["measured"].toObject()["read_gb_s"].toDouble() > 0);
        QVERIFY(doctor["measured"].toObject()["int8_gops"].toDouble() > 0);
        QVERIFY(doctor["gpu"].isObject());
        QVERIFY(doctor["advice"].isArray());
        const Finished text = run({"doctor"});
        COMPARE_CODE(text, 0);
        QVERIFY(text.out.contains("Kernels"));
        QVERIFY(text.out.contains("AMX"));
    }

private:
    test::TemporaryFolder m_folder;
    QString m_tiny;
};

QTEST_GUILESS_MAIN(TestCli)
#include "tst_cli.moc"
