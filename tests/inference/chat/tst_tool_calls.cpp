#include "inference/chat/tool_calls.h"

#include "inference/chat/tool_call_json.h"

#include <QElapsedTimer>
#include <QTest>

using namespace inference;
using Kind = AnswerPart::Kind;
using Parts = std::vector<AnswerPart>;

namespace {

const std::string kV3 =
    "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n```json\n"
    "{\"city\": \"São \\\"Paulo\\\" 🐋\", \"days\": 3}\n```<｜tool▁call▁end｜>";
const std::string kV31 = "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>{\"city\": "
                         "\"Paris\"}<｜tool▁call▁end｜>";

void append(Parts &to, const Parts &more)
{
    for (const AnswerPart &part : more) {
        if (part.kind == Kind::Text && !to.empty() && to.back().kind == Kind::Text)
            to.back().text += part.text;
        else
            to.push_back(part);
    }
}

Parts parsed(const std::vector<std::string> &pieces)
{
    ToolCallParser parser;
    Parts parts;
    for (const std::string &piece : pieces)
        append(parts, parser.push(piece));
    append(parts, parser.flush());
    return parts;
}

// "text", name(arguments), or ?broken? and why.
QByteArray shown(const Parts &parts)
{
    std::string all;
    for (const AnswerPart &part : parts) {
        if (part.kind == Kind::Text)
            all += '"' + part.text + '"';
        else if (part.kind == Kind::Call)
            all += part.call.name + '(' + part.call.arguments + ')';
        else
            all += '?' + part.text + "? " + part.problem;
        all += ';';
    }
    return QByteArray::fromStdString(all);
}

} // namespace

class TestToolCalls : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsCallsCutAnywhere_data();
    void readsCallsCutAnywhere();
    void handsTextOnAtOnce();
    void keepsWhatIsBrokenAndSaysWhy_data();
    void keepsWhatIsBrokenAndSaysWhy();
    void breaksOffEndlessCalls_data();
    void breaksOffEndlessCalls();
    void stopsReadingCallsAfterMany();
    void isLinearInHostileText_data();
    void isLinearInHostileText();
    void findsMembersOfJson_data();
    void findsMembersOfJson();
};

void TestToolCalls::readsCallsCutAnywhere_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *name, const std::string &text, const std::string &expected) {
        QTest::newRow(name) << QByteArray::fromStdString(text) << QByteArray::fromStdString(expected);
    };
    const std::string v3Call = "get_weather({\"city\": \"São \\\"Paulo\\\" 🐋\", \"days\": 3});";
    const std::string v31Call = "get_weather({\"city\": \"Paris\"});";
    row("no call", "Just text < with <｜signs｜> and <tool_cal>.",
        "\"Just text < with <｜signs｜> and <tool_cal>.\";");
    row("nothing", "", "");
    row("V3", kV3 + "<｜tool▁calls▁end｜>", v3Call);
    row("V3, the end tag of calls missing", kV3, v3Call);
    row("V3, both end tags missing", kV3.substr(0, kV3.find("<｜tool▁call▁end｜>")), v3Call);
    row("V3, two calls", kV3 + "\n" + kV3.substr(kV3.find("<｜tool▁call▁begin｜>")) + "<｜tool▁calls▁end｜>",
        v3Call + v3Call);
    row("V3 without a fence", "<｜tool▁call▁begin｜>function<｜tool▁sep｜>now\n{}<｜tool▁call▁end｜>",
        "now({});");
    row("V3 without the end of its fence",
        "<｜tool▁call▁begin｜>function<｜tool▁sep｜>now\n```json\n{\"a\": 1}\n", "now({\"a\": 1});");
    row("V3.1", kV31 + "<｜tool▁calls▁end｜>", v31Call);
    row("V3.1, text before", "I look it up.\n\n" + kV31, "\"I look it up.\n\n\";" + v31Call);
    row("V3.1, two calls, the first end missing",
        "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>a<｜tool▁sep｜>{}<｜tool▁call▁begin｜>b<｜tool▁sep｜>{"
        "\"x\": [1, "
        "{}]}<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
        "a({});b({\"x\": [1, {}]});");
    row("V3.1, text behind", kV31 + "<｜tool▁calls▁end｜>\nDone.", v31Call + "\"Done.\";");
    row("V3.1, fenced", "<｜tool▁call▁begin｜>a<｜tool▁sep｜>```json\n{}\n```<｜tool▁call▁end｜>", "a({});");
    row("Qwen", "<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\": \"}\", \"n\": 1e20}}\n</tool_call>",
        "f({\"a\": \"}\", \"n\": 1e20});");
    row("Qwen, two calls and text",
        "Well.\n<tool_call>\n{\"name\": \"f\", \"arguments\": {}}\n</tool_call>\n<tool_call>\n"
        "{\"arguments\": {\"name\": \"inner\"}, \"name\": \"g\"}\n</tool_call>",
        "\"Well.\n\";f({});g({\"name\": \"inner\"});");
    row("Qwen, arguments as text",
        R"(<tool_call>{"name": "f", "arguments": "{\"a\": \"\u00e9\"}"}</tool_call>)", "f({\"a\": \"é\"});");
    row("Qwen, parameters", R"(<tool_call>{"name": "f", "parameters": {"a": 1}}</tool_call>)",
        "f({\"a\": 1});");
    row("Qwen, the end missing", "<tool_call>{\"name\": \"f\", \"arguments\": {\"a\": [\"x\"]}}",
        "f({\"a\": [\"x\"]});");
    row("Qwen, an escaped name", R"(<tool_call>{"n\u0061me": "f", "arguments": {}}</tool_call>)", "f({});");
    row("half a tag at the end", "a <｜tool▁calls▁be", "\"a <｜tool▁calls▁be\";");
    row("only tags", "<｜tool▁calls▁begin｜><｜tool▁calls▁end｜>", "");
}

void TestToolCalls::readsCallsCutAnywhere()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, expected);
    const std::string whole = text.toStdString();
    QCOMPARE(shown(parsed({whole})), expected);
    for (std::size_t cut = 1; cut < whole.size(); ++cut) {
        const QByteArray found = shown(parsed({whole.substr(0, cut), whole.substr(cut)}));
        QVERIFY2(found == expected, (std::to_string(cut) + ": ").c_str() + found);
    }
    std::vector<std::string> bytes;
    for (const char c : whole)
        bytes.emplace_back(1, c);
    QCOMPARE(shown(parsed(bytes)), expected);
}

void TestToolCalls::handsTextOnAtOnce()
{
    ToolCallParser parser;
    QCOMPARE(shown(parser.push("Hello")), QByteArray("\"Hello\";"));
    QCOMPARE(shown(parser.push(" a < b")), QByteArray("\" a < b\";"));
    QCOMPARE(shown(parser.push(" <tool_")), QByteArray("\" \";"));
    QCOMPARE(shown(parser.push("x")), QByteArray("\"<tool_x\";"));
    QCOMPARE(shown(parser.push("<tool_call>{\"name\": \"f\", \"arguments\": {}}</tool_call>")),
             QByteArray("f({});"));
    QCOMPARE(shown(parser.flush()), QByteArray());
}

void TestToolCalls::keepsWhatIsBrokenAndSaysWhy_data()
{
    QTest::addColumn<QByteArray>("source"); // the call without its closing tag
    QTest::addColumn<QByteArray>("part");   // of the problem
    const auto row = [](const char *name, const std::string &source, const char *part) {
        QTest::newRow(name) << QByteArray::fromStdString(source) << QByteArray(part);
    };
    const std::string call = "<｜tool▁call▁begin｜>", sep = "<｜tool▁sep｜>", hermes = "<tool_call>";
    row("no separator", call + "get_weather {\"a\": 1}", "no separator");
    row("no name", call + sep + "{}", "no name");
    row("a name with a space", call + "get weather" + sep + "{}", "no name");
    row("a very long name", call + std::string(300, 'n') + sep + "{}", "no name");
    row("no arguments", call + "f" + sep + "", "there is nothing");
    row("V3, no arguments", call + "function" + sep + "f\n```json\n```", "there is nothing");
    row("cut off", call + "f" + sep + "{\"a\": [1, 2", "goes wrong at byte 12");
    row("a comma too many", call + "f" + sep + "{\"a\": 1,}", "goes wrong at byte 9");
    row("two objects", call + "f" + sep + "{} {}", "goes wrong");
    row("a list", call + "function" + sep + "f\n[1]", "another value");
    row("too deep", call + "f" + sep + "{\"a\": " + std::string(64, '[') + std::string(64, ']') + "}",
        "64 deep");
    row("a number beyond all", call + "f" + sep + "{\"a\": 1e999}", "goes wrong");
    row("invalid UTF-8", call + "f" + sep + "{\"a\": \"\xFF\"}", "goes wrong");
    row("Qwen, no JSON", hermes + "f(1)", "no JSON object");
    row("Qwen, a text", hermes + "\"f\"", "another value");
    row("Qwen, no name", hermes + "{\"arguments\": {}}", "no name");
    row("Qwen, a number as name", hermes + "{\"name\": 1, \"arguments\": {}}", "no name");
    row("Qwen, no arguments", hermes + "{\"name\": \"f\"}", "there is nothing");
    row("Qwen, arguments as a list", hermes + "{\"name\": \"f\", \"arguments\": [1]}", "another value");
    row("Qwen, arguments as text without JSON", hermes + "{\"name\": \"f\", \"arguments\": \"x\"}",
        "goes wrong");
}

void TestToolCalls::keepsWhatIsBrokenAndSaysWhy()
{
    QFETCH(QByteArray, source);
    QFETCH(QByteArray, part);
    const std::string whole = source.toStdString();
    for (const char *end : {"", "<｜tool▁call▁end｜>", "</tool_call>"}) {
        const bool hermes = whole.starts_with("<tool_call>");
        if (*end && hermes != std::string(end).starts_with("</"))
            continue;
        const Parts parts = parsed({"Before. " + whole + end + "\nBehind."});
        if (*end) {
            QCOMPARE(parts.size(), std::size_t(3));
            QCOMPARE(QByteArray::fromStdString(parts[2].text), QByteArray("Behind."));
        }
        const Parts alone = parsed({whole + end});
        QCOMPARE(alone.size(), std::size_t(1));
        QVERIFY(alone[0].kind == Kind::BrokenCall);
        QCOMPARE(QByteArray::fromStdString(alone[0].text), source);
        QVERIFY2(QByteArray::fromStdString(alone[0].problem).contains(part), alone[0].problem.c_str());
        QVERIFY(alone[0].problem.ends_with('.'));
    }
}

void TestToolCalls::breaksOffEndlessCalls_data()
{
    QTest::addColumn<QByteArray>("opening");
    QTest::newRow("DeepSeek") << QByteArray("<｜tool▁call▁begin｜>f<｜tool▁sep｜>{\"a\": \"");
    QTest::newRow("Qwen") << QByteArray("<tool_call>{\"name\": \"f\", \"arguments\": {\"a\": \"");
}

void TestToolCalls::breaksOffEndlessCalls()
{
    QFETCH(QByteArray, opening);
    std::string text = opening.toStdString();
    while (text.size() < 3 * ToolCallParser::kMaxCallBytes)
        text += "鯨鯨鯨 <｜tool▁call ";
    const Parts whole = parsed({text});
    QCOMPARE(whole.size(), std::size_t(2));
    QVERIFY(whole[0].kind == Kind::BrokenCall);
    QVERIFY(whole[0].text.size() <= ToolCallParser::kMaxCallBytes);
    QVERIFY(whole[0].text.size() > ToolCallParser::kMaxCallBytes - 4);
    QVERIFY2(whole[0].problem.find("too long") != std::string::npos, whole[0].problem.c_str());
    QVERIFY(whole[0].text + whole[1].text == text);
    // The same from a stream, and never more in memory than a call may have.
    std::vector<std::string> pieces;
    for (std::size_t at = 0; at < text.size(); at += 1009)
        pieces.push_back(text.substr(at, 1009));
    QVERIFY(shown(parsed(pieces)) == shown(whole));
}

void TestToolCalls::stopsReadingCallsAfterMany()
{
    std::string text;
    for (std::size_t i = 0; i < ToolCallParser::kMaxCalls + 3; ++i)
        text += "<tool_call>{\"name\": \"f\", \"arguments\": {}}</tool_call>\n";
    for (const std::size_t piece : {text.size(), std::size_t(7)}) {
        std::vector<std::string> pieces;
        for (std::size_t at = 0; at < text.size(); at += piece)
            pieces.push_back(text.substr(at, piece));
        const Parts parts = parsed(pieces);
        QCOMPARE(parts.size(), ToolCallParser::kMaxCalls + 1);
        QVERIFY(parts[ToolCallParser::kMaxCalls - 1].kind == Kind::Call);
        QVERIFY(parts.back().kind == Kind::Text);
        QCOMPARE(QByteArray::fromStdString(parts.back().text).count("<tool_call>"), 3);
    }
}

void TestToolCalls::isLinearInHostileText_data()
{
    QTest::addColumn<QByteArray>("unit");
    QTest::newRow("openings of calls") << QByteArray("<｜tool▁calls▁begin｜>");
    QTest::newRow("openings of a call") << QByteArray("<｜tool▁call▁begin｜>");
    QTest::newRow("Qwen's openings") << QByteArray("<tool_call>");
    QTest::newRow("beginnings of tags") << QByteArray("<｜tool▁call<tool_call");
    QTest::newRow("signs") << QByteArray("<");
    QTest::newRow("brackets") << QByteArray("{[");
    QTest::newRow("white space") << QByteArray(" \n");
}

void TestToolCalls::isLinearInHostileText()
{
    QFETCH(QByteArray, unit);
    for (const char *before :
         {"", "<｜tool▁calls▁begin｜>", "<｜tool▁call▁begin｜>f<｜tool▁sep｜>{\"a\": ", "<tool_call>"}) {
        const std::string text = before + unit.repeated(2'000'000 / int(unit.size())).toStdString();
        QElapsedTimer timer;
        timer.start();
        parsed({text});
        ToolCallParser parser;
        for (std::size_t at = 0; at < text.size(); at += 16)
            parser.push(std::string_view(text).substr(at, 16));
        parser.flush();
        // Milliseconds where every step is linear; hours where one is quadratic.
        QVERIFY2(timer.elapsed() < 30'000, before);
    }
}

void TestToolCalls::findsMembersOfJson_data()
{
    QTest::addColumn<QByteArray>("object");
    QTest::addColumn<QByteArray>("value"); // of "a"
    QTest::newRow("number") << QByteArray("{\"a\":1.50}") << QByteArray("1.50");
    QTest::newRow("spaces") << QByteArray("{ \n \"a\" \t:\r [ 1 , 2 ] \n }") << QByteArray("[ 1 , 2 ]");
    QTest::newRow("text") << QByteArray(R"({"b": "\"a\": 2", "a": "x\\"})") << QByteArray(R"("x\\")");
    QTest::newRow("nested") << QByteArray(R"({"b": {"a": 1, "c": "}"}, "a": {"d": [{"e": "]"}]}, "f": 0})")
                            << QByteArray(R"({"d": [{"e": "]"}]})");
    QTest::newRow("twice") << QByteArray(R"({"a": 1, "a": 2})") << QByteArray("2");
    QTest::newRow("missing") << QByteArray(R"({"b": "a"})") << QByteArray();
    QTest::newRow("empty") << QByteArray("{}") << QByteArray();
    QTest::newRow("words") << QByteArray(R"({"b": null, "a": true})") << QByteArray("true");
}

void TestToolCalls::findsMembersOfJson()
{
    QFETCH(QByteArray, object);
    QFETCH(QByteArray, value);
    const std::string text = object.toStdString();
    QVERIFY(problemOfJsonObject(text, 64).empty());
    QCOMPARE(QByteArray::fromStdString(std::string(memberOf(text, "a"))), value);
}

QTEST_GUILESS_MAIN(TestToolCalls)
#include "tst_tool_calls.moc"
