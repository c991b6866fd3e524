// inference/answer_text.h: the text of an answer does not depend on how it is cut into tokens.
#include "inference/answer_text.h"

#include <QTest>

#include <random>

using namespace inference;

namespace {

// Each token is the piece with its number; ids from 1000 on are special.
class PieceTokenizer : public Tokenizer
{
public:
    std::vector<std::string> pieces;

    std::string_view kind() const override { return "gpt2"; }
    std::string_view preTokenizer() const override { return ""; }
    std::uint32_t vocabularySize() const override { return 2000; }
    void encode(std::span<const PromptPiece>, std::vector<TokenId> &) const override {}
    std::string_view bytes(TokenId token) const override
    {
        if (token == 1001)
            return "<think>";
        if (token >= 1000)
            return "<|special|>";
        return pieces.at(std::size_t(token));
    }
    bool isSpecial(TokenId token) const override { return token >= 1000; }
    std::optional<TokenId> find(std::string_view) const override { return {}; }
    bool addsBos() const override { return false; }
    std::optional<TokenId> bos() const override { return {}; }
    std::optional<TokenId> eos() const override { return {}; }
    std::span<const TokenId> endOfGeneration() const override { return {}; }
    std::optional<FillInMiddleTokens> fillInMiddle() const override { return {}; }
};

class Collector : public GenerationSink
{
public:
    std::vector<std::string> pieces;
    std::string text;
    void onText(std::string_view piece) override
    {
        pieces.emplace_back(piece);
        text += piece;
    }
};

bool isUtf8(const std::string &text)
{
    return QString::fromUtf8(text.c_str(), qsizetype(text.size())).toUtf8() ==
           QByteArray::fromStdString(text);
}

} // namespace

class TestAnswerText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void stopStrings_data()
    {
        QTest::addColumn<QStringList>("pieces");
        QTest::addColumn<QStringList>("stops");
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("stopped");
        const auto row = [](const char *name, QStringList pieces, QStringList stops, const char *text,
                            bool stopped) {
            QTest::newRow(name) << pieces << stops << QString(text) << stopped;
        };
        row("none", {"one ", "two"}, {}, "one two", false);
        row("whole in a piece", {"one ", "STOP", " two"}, {"STOP"}, "one ", true);
        row("inside a piece", {"one STOP two"}, {"STOP"}, "one ", true);
        row("over pieces", {"one S", "T", "OP two"}, {"STOP"}, "one ", true);
        row("begun but not ended", {"one ST", "one"}, {"STOP"}, "one STone", false);
        row("begun at the end", {"one STO"}, {"STOP"}, "one STO", false);
        row("begins again inside", {"ST", "ST", "OP"}, {"STOP"}, "ST", true);
        row("overlapping itself", {"aab", "aab", "aac"}, {"aabaac"}, "aab", true);
        row("the earliest of two", {"x [end] y ### z"}, {"###", "[end]"}, "x ", true);
        row("the one that is complete first", {"abcd"}, {"abcde", "bc"}, "a", true);
        row("one character", {"line one", "\nline two"}, {"\n"}, "line one", true);
        row("at once", {"STOP"}, {"STOP"}, "", true);
        row("of several bytes", {"日本", "語です"}, {"語"}, "日本", true);
    }
    void stopStrings()
    {
        QFETCH(QStringList, pieces);
        QFETCH(QStringList, stops);
        QFETCH(QString, text);
        QFETCH(bool, stopped);
        PieceTokenizer tokenizer;
        for (const QString &piece : pieces)
            tokenizer.pieces.push_back(piece.toStdString());
        std::vector<std::string> stopStrings;
        for (const QString &stop : stops)
            stopStrings.push_back(stop.toStdString());
        Collector sink;
        AnswerText answer(tokenizer, stopStrings, sink);
        bool over = false;
        for (TokenId token = 0; token < TokenId(pieces.size()) && !over; ++token)
            over = answer.push(token);
        answer.flush();
        QCOMPARE(over, stopped);
        QCOMPARE(QString::fromStdString(sink.text), text);
    }
    void textIsNotHeldBackWithoutNeed()
    {
        PieceTokenizer tokenizer;
        tokenizer.pieces = {"Hello", " wor", "ld"};
        Collector sink;
        AnswerText answer(tokenizer, {"STOP"}, sink);
        for (TokenId token = 0; token < 3; ++token)
            answer.push(token);
        QCOMPARE(sink.pieces, (std::vector<std::string>{"Hello", " wor", "ld"}));
    }
    void specialTokensAreNoTextButReasoningTagsAre()
    {
        PieceTokenizer tokenizer;
        tokenizer.pieces = {"a", "b"};
        Collector sink;
        AnswerText answer(tokenizer, {}, sink);
        for (const TokenId token : {1001, 0, 1000, 1})
            answer.push(token);
        answer.flush();
        QCOMPARE(sink.text, std::string("<think>ab"));
    }
    void randomCuts()
    {
        std::mt19937 random(7);
        const std::string alphabet[] = {"a", "b", "ab", "ö", "語", "😀", "\xff", "\xe8\xaa", "\n"};
        for (int round = 0; round < 3000; ++round) {
            std::string bytes;
            const std::size_t length = random() % 30;
            for (std::size_t i = 0; i < length; ++i)
                bytes += alphabet[random() % std::size(alphabet)];
            std::vector<std::string> stops;
            for (std::size_t i = random() % 3; i > 0; --i) {
                std::string stop;
                for (std::size_t j = 1 + random() % 4; j > 0; --j)
                    stop += alphabet[random() % 6];
                stops.push_back(stop);
            }
            Utf8Stream whole;
            std::string expected = whole.push(bytes);
            expected += whole.flush();
            std::size_t first = std::string::npos;
            for (const std::string &stop : stops)
                first = std::min(first, expected.find(stop));
            expected = expected.substr(0, first);

            PieceTokenizer tokenizer;
            for (std::size_t at = 0; at < bytes.size();) {
                tokenizer.pieces.push_back(bytes.substr(at, 1 + random() % 5));
                at += tokenizer.pieces.back().size();
            }
            Collector sink;
            AnswerText answer(tokenizer, stops, sink);
            bool over = false;
            for (TokenId token = 0; token < TokenId(tokenizer.pieces.size()) && !over; ++token)
                over = answer.push(token);
            answer.flush();
            // Cut anywhere and begun again with the tokens so far, it is the same text.
            const std::size_t cut = random() % (tokenizer.pieces.size() + 1);
            std::vector<TokenId> start;
            for (TokenId token = 0; token < TokenId(cut); ++token)
                start.push_back(token);
            Collector rest;
            AnswerText goesOn(tokenizer, stops, rest);
            std::string all = goesOn.begin(start);
            QVERIFY2(isUtf8(all), "half a character was passed on");
            bool ended = goesOn.stopped();
            for (TokenId token = TokenId(cut); token < TokenId(tokenizer.pieces.size()) && !ended; ++token)
                ended = goesOn.push(token);
            goesOn.flush();
            QCOMPARE(ended, over);
            all += rest.text;
            QCOMPARE(all, sink.text);
            // With two stop strings, the one that is complete first ends the answer, even when another began
            // earlier and would have been complete later: then the text is longer, never shorter.
            if (stops.size() <= 1)
                QCOMPARE(sink.text, expected);
            else
                QVERIFY(sink.text.size() >= expected.size());
            for (const std::string &piece : sink.pieces)
                QVERIFY2(isUtf8(piece), "half a character was passed on");
        }
    }
};

QTEST_GUILESS_MAIN(TestAnswerText)
#include "tst_answer_text.moc"
