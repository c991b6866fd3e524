#include "inference/text/pre_tokenizer.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTest>

#include <nlohmann/json.hpp>
#include <random>
#include <vector>

using namespace inference;
using Json = nlohmann::json;

namespace {

constexpr std::array kKinds = {"deepseek-llm", "deepseek-coder", "deepseek-v3", "qwen2",
                               "llama-bpe",    "gpt2",           "smollm"};

std::vector<std::string_view> piecesOf(const char *kind, std::string_view text)
{
    std::vector<std::string_view> pieces;
    splitIntoPieces(*preTokenizerNamed(kind), text,
                    [&pieces](std::string_view piece) { pieces.push_back(piece); });
    return pieces;
}

} // namespace

class TestPreTokenizer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cutsAsTheReferenceDoes_data();
    void cutsAsTheReferenceDoes();
    void keepsEveryByte_data() { everyKind(); }
    void keepsEveryByte();
    void takesOnePassOverLongRuns_data();
    void takesOnePassOverLongRuns();
    void knowsNames();

private:
    static void everyKind()
    {
        QTest::addColumn<QByteArray>("kind");
        for (const char *kind : kKinds)
            QTest::newRow(kind) << QByteArray(kind);
    }
};

void TestPreTokenizer::cutsAsTheReferenceDoes_data()
{
    everyKind();
}

void TestPreTokenizer::cutsAsTheReferenceDoes()
{
    QFile file(QStringLiteral(BALEEN_GOLDEN_DIR "/text/text.json"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const Json golden = Json::parse(file.readAll().toStdString());
    const Json &expected = golden["splits"][QTest::currentDataTag()];
    QVERIFY(expected.size() > 100);
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const std::string text = golden["texts"][i];
        std::vector<std::size_t> lengths;
        for (const std::string_view piece : piecesOf(QTest::currentDataTag(), text))
            lengths.push_back(piece.size());
        QVERIFY2(lengths == expected[i].get<std::vector<std::size_t>>(), text.c_str());
    }
}

// Whatever the bytes, the pieces are the text, and none is empty.
void TestPreTokenizer::keepsEveryByte()
{
    std::mt19937 random(1);
    const std::string_view parts[] = {
        "a", "Z",        " ",    "  ",       "\n",           "\r",       "1",    "'",    "中", "あ",
        "é", "\xCC\x81", "\xFF", "\xE4\xB8", "\xED\xA0\x80", "\xF0\x9F", "\xC0", "\x80", "😀",  "\xE3\x80\x80",
        "."};
    for (int round = 0; round < 5000; ++round) {
        std::string text;
        for (auto n = random() % 30; n > 0; --n)
            text += parts[random() % std::size(parts)];
        std::string joined;
        for (const std::string_view piece : piecesOf(QTest::currentDataTag(), text)) {
            QVERIFY(!piece.empty());
            joined += piece;
        }
        QCOMPARE(joined, text);
    }
}

void TestPreTokenizer::takesOnePassOverLongRuns_data()
{
    QTest::addColumn<QByteArray>("unit");
    QTest::addColumn<QByteArray>("end");
    QTest::newRow("spaces") << QByteArray(" ") << QByteArray();
    QTest::newRow("spaces and a letter") << QByteArray(" ") << QByteArray("x");
    QTest::newRow("spaces and a control character") << QByteArray(" ") << QByteArray("\x01");
    QTest::newRow("line breaks") << QByteArray("\n") << QByteArray("x");
    QTest::newRow("letters") << QByteArray("a") << QByteArray();
    QTest::newRow("control characters") << QByteArray("\x01") << QByteArray();
    QTest::newRow("marks") << QByteArray("\xCC\x81") << QByteArray();
    QTest::newRow("apostrophes") << QByteArray("'") << QByteArray("s");
    QTest::newRow("digits") << QByteArray("7") << QByteArray();
    QTest::newRow("broken bytes") << QByteArray("\xE4") << QByteArray();
    QTest::newRow("space and tab") << QByteArray(" \t") << QByteArray("x");
    QTest::newRow("ideographic spaces") << QByteArray("\xE3\x80\x80") << QByteArray("\x01");
}

void TestPreTokenizer::takesOnePassOverLongRuns()
{
    QFETCH(QByteArray, unit);
    QFETCH(QByteArray, end);
    const std::string text =
        unit.repeated(1000000 / static_cast<int>(unit.size())).toStdString() + end.toStdString();
    for (const char *kind : kKinds) {
        QElapsedTimer timer;
        timer.start();
        std::size_t bytes = 0;
        splitIntoPieces(*preTokenizerNamed(kind), text,
                        [&bytes](std::string_view piece) { bytes += piece.size(); });
        QCOMPARE(bytes, text.size());
        // Tens of milliseconds even when optimised little; a quadratic scan would take hours.
        QVERIFY2(timer.elapsed() < 5000, kind);
    }
}

void TestPreTokenizer::knowsNames()
{
    QVERIFY(preTokenizerNamed("joyai-llm") == PreTokenizer::DeepSeekV3);
    QVERIFY(preTokenizerNamed("deepseek-r1-qwen") == PreTokenizer::Qwen2);
    for (const char *name : {"llama3", "llama-v3", "llama-bpe"})
        QVERIFY(preTokenizerNamed(name) == PreTokenizer::LlamaBpe);
    for (const char *name : {"", "default", "Qwen2", "qwen2 ", "falcon"})
        QVERIFY(!preTokenizerNamed(name));
}

QTEST_GUILESS_MAIN(TestPreTokenizer)
#include "tst_pre_tokenizer.moc"
