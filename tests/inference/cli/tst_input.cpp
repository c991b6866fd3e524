// inference/cli/input.h and conversation.h: what comes from files and users.
#include "inference/cli/conversation.h"
#include "inference/cli/input.h"
#include "inference/cli/interrupt.h"
#include "inference/cli/report.h"
#include "tests/support/temporary_file.h"

#include <QTest>

using namespace inference;
using namespace inference::cli;

class TestInput : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tokens_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("tokens"); // or the error
        QTest::newRow("spaces") << "1 2  3\n4\t5\r\n"
                                << "1 2 3 4 5";
        QTest::newRow("commas") << "[1, 2,3]"
                                << "1 2 3";
        QTest::newRow("nothing") << " \n"
                                 << "";
        QTest::newRow("word") << "1 two 3"
                              << "id number 2 (expected a number from 0 to 99, found two)";
        QTest::newRow("too large") << "99 100"
                                   << "id number 2 (expected a number from 0 to 99, found 100)";
        QTest::newRow("negative") << "-1"
                                  << "found -1";
        QTest::newRow("overflow") << "99999999999999999999999999"
                                  << "found 99999999999999999999999999";
        QTest::newRow("tail") << "1x"
                              << "found 1x";
    }
    void tokens()
    {
        QFETCH(QString, text);
        QFETCH(QString, tokens);
        const auto parsed = parseTokens(text.toStdString(), 100);
        QString found;
        if (parsed) {
            for (const TokenId token : *parsed)
                found += (found.isEmpty() ? "" : " ") + QString::number(token);
            QCOMPARE(found, tokens);
        } else {
            QCOMPARE(parsed.error().code, ErrorCode::InvalidArgument);
            found = QString::fromStdString(parsed.error().message);
            QVERIFY2(found.contains(tokens), qPrintable(found));
        }
    }
    void tokensAreForeignBytes()
    {
        const std::string text("1 \0 2", 5);
        QVERIFY(!parseTokens(text, 100));
    }
    void messages_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QString>("result"); // role:content|... or a part of the error
        QTest::addColumn<bool>("good");
        const auto row = [](const char *name, const char *json, const char *result, bool good) {
            QTest::newRow(name) << QByteArray(json) << QString(result) << good;
        };
        row("two", R"([{"role":"system","content":"a"},{"role":"user","content":"b"}])", "system:a|user:b",
            true);
        row("object with messages", R"({"messages":[{"role":"user","content":"b"}]})", "user:b", true);
        row("parts", R"([{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}])",
            "user:ab", true);
        row("null content", R"([{"role":"assistant","content":null}])", "assistant:", true);
        row("empty list", "[]", "", true);
        row("broken", "[{", "JSON is broken", false);
        row("empty", "", "JSON is broken", false);
        row("a string", "\"x\"", "found string", false);
        row("no role", R"([{"content":"b"}])", "message 1", false);
        row("role no string", R"([{"role":1,"content":"b"}])", "message 1", false);
        row("no content", R"([{"role":"user","content":"b"},{"role":"user"}])", "message 2", false);
        row("content a number", R"([{"role":"user","content":7}])", "message 1", false);
        row("a picture", R"([{"role":"user","content":[{"type":"image_url","image_url":{}}]}])", "image_url",
            false);
        row("invalid UTF-8", "[{\"role\":\"user\",\"content\":\"\xff\"}]", "JSON is broken", false);
    }
    void messages()
    {
        QFETCH(QByteArray, json);
        QFETCH(QString, result);
        QFETCH(bool, good);
        const auto parsed = parseMessages(json.toStdString());
        QCOMPARE(parsed.ok(), good);
        if (!good) {
            QCOMPARE(parsed.error().code, ErrorCode::InvalidArgument);
            QVERIFY2(QString::fromStdString(parsed.error().message).contains(result),
                     parsed.error().message.c_str());
            return;
        }
        QString found;
        for (const ChatMessage &message : *parsed)
            found +=
                (found.isEmpty() ? "" : "|") + QString::fromStdString(message.role + ":" + message.content);
        QCOMPARE(found, result);
    }
    void deepJsonIsRefusedWithoutHarm()
    {
        QVERIFY(!parseMessages(std::string(100000, '[')));
        QVERIFY(!parseMessages(std::string(100000, '[') + std::string(100000, ']')));
    }
    void findsModels()
    {
        const test::TemporaryFolder folder;
        folder.write("a.gguf", "x");
        qputenv("BALEEN_MODELS", folder.path("").toUtf8());
        QCOMPARE(findModel(folder.path("a.gguf").toStdString())->filename().string(), std::string("a.gguf"));
        QCOMPARE(findModel("a.gguf")->filename().string(), std::string("a.gguf"));
        QCOMPARE(findModel("a")->filename().string(), std::string("a.gguf"));
        const auto missing = findModel("b");
        QVERIFY(!missing);
        QCOMPARE(missing.error().code, ErrorCode::NotFound);
        QVERIFY(QString::fromStdString(missing.error().message).contains(folder.path("")));
        QVERIFY(!findModel("x/../a.gguf"));
        QVERIFY(!findModel(""));
        qunsetenv("BALEEN_MODELS");
    }
    void conversation()
    {
        using Kind = Conversation::Action::Kind;
        const test::TemporaryFolder folder;
        Conversation c;
        QCOMPARE(c.take("/regenerate").kind, Kind::None);
        QCOMPARE(c.take("/system Be brief.").kind, Kind::None);
        QCOMPARE(c.take("/system").message, std::string("Be brief."));
        QCOMPARE(c.take("hello").kind, Kind::Answer);
        c.addAnswer("hi");
        QCOMPARE(c.take("//slash").kind, Kind::Answer);
        QCOMPARE(c.messages().back().content, std::string("/slash"));
        c.dropUnanswered();
        QCOMPARE(c.messages().size(), std::size_t(3));
        QCOMPARE(c.take("/save " + folder.path("c.json").toStdString()).message, std::string("Saved."));
        QCOMPARE(c.take("/regenerate").kind, Kind::Answer);
        QCOMPARE(c.messages().size(), std::size_t(2));
        c.addAnswer("hey");
        QCOMPARE(c.take("/undo").kind, Kind::None);
        QCOMPARE(c.messages().size(), std::size_t(1));
        QCOMPARE(c.take("/load  " + folder.path("c.json").toStdString() + " ").kind, Kind::None);
        QCOMPARE(c.messages().size(), std::size_t(3));
        QCOMPARE(c.messages().back().content, std::string("hi"));
        c.take("/clear");
        QCOMPARE(c.messages().size(), std::size_t(1));
        QCOMPARE(c.take("/frob").kind, Kind::None);
        QVERIFY(c.take("/load /no/such/file").message.find("/no/such/file") != std::string::npos);
        QVERIFY(c.take("/save /no/such/folder/file").message.find("/no/such/folder/file") !=
                std::string::npos);
        QCOMPARE(c.take("/thinking off").kind, Kind::None);
        QCOMPARE(c.thinking(), Thinking::Off);
        QCOMPARE(c.take("/quit").kind, Kind::Leave);
    }
    void amounts()
    {
        QCOMPARE(byteAmount(0), std::string("0 bytes"));
        QCOMPARE(byteAmount(999), std::string("999 bytes"));
        QCOMPARE(byteAmount(98362432), std::string("98.4 MB"));
        QCOMPARE(byteAmount(1117320768), std::string("1.1 GB"));
        QCOMPARE(oneLine("a\nb\x1b[1m"), std::string("a b [1m"));
    }
};

int main(int argc, char **argv)
{
    const Interrupt interrupt; // before any thread
    QCoreApplication application(argc, argv);
    TestInput test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_input.moc"
