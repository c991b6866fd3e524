#include "inference/chat/reasoning_parser.h"

#include <QTest>

#include <random>

using namespace inference;

namespace {

struct Split
{
    std::string reasoning, answer;
    bool inOrder = true; // no reasoning after the answer began
    bool operator==(const Split &) const = default;
};

Split parsed(bool inside, const std::vector<std::string_view> &parts)
{
    ReasoningParser parser(inside);
    Split out;
    const auto take = [&out](const std::vector<TextPiece> &pieces) {
        for (const TextPiece &piece : pieces) {
            if (piece.kind == TextKind::Reasoning)
                out.inOrder = out.inOrder && out.answer.empty();
            (piece.kind == TextKind::Reasoning ? out.reasoning : out.answer) += piece.text;
        }
    };
    for (const std::string_view part : parts)
        take(parser.push(part));
    take(parser.flush());
    return out;
}

} // namespace

class TestReasoningParser : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void splitsAnAnswer_data();
    void splitsAnAnswer();
    void resultDoesNotDependOnTheCuts();
    void holdsBackNoMoreThanATagMayNeed();
};

void TestReasoningParser::splitsAnAnswer_data()
{
    QTest::addColumn<bool>("inside");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("reasoning");
    QTest::addColumn<QByteArray>("answer");
    const auto row = [](const char *name, bool inside, const char *text, const char *reasoning,
                        const char *answer) {
        QTest::newRow(name) << inside << QByteArray(text) << QByteArray(reasoning) << QByteArray(answer);
    };
    row("no reasoning", false, "Hello", "", "Hello");
    row("reasoning", false, "<think>\nWhy?\n</think>\n\nBecause.", "Why?", "Because.");
    row("opening tag in the prompt", true, "Why?\n</think>\n\nBecause.", "Why?", "Because.");
    row("opening tag twice", true, "<think>\nWhy?\n</think>\n\nBecause.", "Why?", "Because.");
    row("empty", false, "<think>\n\n</think>\n\nBecause.", "", "Because.");
    row("empty, inside", true, "\n</think>\n\nBecause.", "", "Because.");
    row("empty without breaks", false, "<think></think>Because.", "", "Because.");
    row("cut off", false, "<think>\nWhy? Well", "Why? Well", "");
    row("cut off, inside", true, "Why? Well\n", "Why? Well", "");
    row("cut off in the closing tag", true, "Why?</thi", "Why?</thi", "");
    row("cut off in the opening tag", false, "<thi", "", "<thi");
    row("nothing", false, "", "", "");
    row("nothing, inside", true, "", "", "");
    row("only a tag", false, "<think>", "", "");
    row("white space first", false, " \n<think>a</think>b", "a", "b");
    row("white space and no tag", false, "\n\n  Hello", "", "\n\n  Hello");
    row("another tag", false, "<thing>x</thing>", "", "<thing>x</thing>");
    row("a second thought", false, "<think>a</think>b<think>c</think>d", "a", "b<think>c</think>d");
    row("tag behind the answer", false, "Hi <think>x</think>", "", "Hi <think>x</think>");
    row("closing tag alone", false, "a</think>b", "", "a</think>b");
    row("tags in the thought", true, "use <b> and </b> < > </thin </think>ok", "use <b> and </b> < > </thin",
        "ok");
    row("breaks in the thought", true, "a\n\n\nb\n\n</think>c\n\nd\n", "a\n\n\nb", "c\n\nd\n");
    row("an indent opens the answer", false, "<think>a</think>\n\n    code", "a", "    code");
    row("opening tag in the thought", true, "a <think> b</think>c", "a <think> b", "c");
    row("no answer", false, "<think>a</think>\n\n", "a", "");
    row("Chinese", true, "好的，\n我想想\n</think>\n\n你好", "好的，\n我想想", "你好");
}

void TestReasoningParser::splitsAnAnswer()
{
    QFETCH(bool, inside);
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, reasoning);
    QFETCH(QByteArray, answer);
    const std::string whole = text.toStdString();
    const std::string_view view = whole;
    const Split expected{reasoning.toStdString(), answer.toStdString(), true};
    QVERIFY(parsed(inside, {view}) == expected);
    // All ways to cut it in two and in three, and byte by byte.
    for (std::size_t a = 0; a <= view.size(); ++a) {
        QVERIFY(parsed(inside, {view.substr(0, a), view.substr(a)}) == expected);
        for (std::size_t b = a; b <= view.size(); ++b)
            QVERIFY(parsed(inside, {view.substr(0, a), view.substr(a, b - a), view.substr(b)}) == expected);
    }
    std::vector<std::string_view> single;
    for (std::size_t i = 0; i < view.size(); ++i)
        single.push_back(view.substr(i, 1));
    QVERIFY(parsed(inside, single) == expected);
}

void TestReasoningParser::resultDoesNotDependOnTheCuts()
{
    std::mt19937 random(9);
    const std::string_view parts[] = {"<think>", "</think>", "<",   "</",   "think",   ">",    "\n",
                                      " ",       "a",        "b c", "\n\n", "</think", "<thin"};
    for (int round = 0; round < 50000; ++round) {
        std::string text;
        for (auto n = random() % 10; n > 0; --n)
            text += parts[random() % std::size(parts)];
        std::vector<std::string_view> cut;
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t n = std::min<std::size_t>(random() % 5, text.size() - at);
            cut.push_back(std::string_view(text).substr(at, n));
            at += n;
        }
        const bool inside = random() % 2;
        const Split whole = parsed(inside, {text});
        QVERIFY2(parsed(inside, cut) == whole, text.c_str());
        QVERIFY(whole.inOrder);
    }
}

void TestReasoningParser::holdsBackNoMoreThanATagMayNeed()
{
    ReasoningParser parser(true);
    QCOMPARE(parser.push("abc").front().text, std::string("abc"));
    QVERIFY(parser.push("</think").empty());
    const auto pieces = parser.push("!x");
    QCOMPARE(pieces.front().text, std::string("</think!x"));
    QVERIFY(pieces.front().kind == TextKind::Reasoning);
    ReasoningParser plain(false);
    QCOMPARE(plain.push("H").front().text, std::string("H"));
}

QTEST_GUILESS_MAIN(TestReasoningParser)
#include "tst_reasoning_parser.moc"
