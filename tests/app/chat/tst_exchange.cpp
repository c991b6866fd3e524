// app/chat/exchange/: chats go out and come back without a difference, and those of other programs come in.
#include "app/chat/exchange/chat_html.h"
#include "app/chat/exchange/chat_import.h"
#include "app/chat/exchange/chat_json.h"
#include "app/chat/exchange/chat_markdown.h"
#include "app/chat/exchange/formula_html.h"
#include "app/chat/folder_tree.h"
#include "app/chat/store.h"

#include "tests/support/temporary_file.h"

#include <QDateTime>
#include <QFile>
#include <QJsonArray>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QTest>
#include <QXmlStreamReader>

using namespace app;
using inference::ErrorCode;
using inference::Result;

namespace {

ExchangedChat sample(bool onePath = false)
{
    ExchangedChat chat;
    ConversationRecord &c = chat.contents.conversation;
    c.id = 77;
    c.title = QStringLiteral("A -- title --> with <marks> & 汉字");
    c.titledByUser = true;
    c.created = 1764000000123;
    c.updated = 1764000099456;
    const auto add = [&](qint64 id, qint64 parent, Role role, const QString &text) -> MessageRecord & {
        MessageRecord m;
        m.id = id;
        m.conversationId = c.id;
        m.parentId = parent;
        m.role = role;
        m.content = text;
        m.created = 1764000000123 + id;
        chat.contents.messages << m;
        return chat.contents.messages.last();
    };
    add(1000, 0, Role::User, QStringLiteral("A question\n\n## You\n\n<!-- baleen: {} -->\n<!-- baleen\\: x\n  ends with breaks\n\n"));
    MessageRecord &answer = add(1001, 1000, Role::Assistant, QStringLiteral("Line\r\nwith CRLF, a NUL-free \u2028 text, 🐳.\n```cpp\nint a = 1 < 2;\n```"));
    answer.reasoning = QStringLiteral("Let me think.\n\n</details>\n\nStill.");
    answer.reasoningMs = 1500;
    answer.model = QStringLiteral("DeepSeek -- R1");
    answer.endReason = QStringLiteral("stop");
    if (!onePath) {
        answer.promptTokens = 12;
        answer.cachedTokens = 3;
        answer.generatedTokens = 40;
        answer.prefillTokensPerSecond = 123.456789012345;
        answer.decodeTokensPerSecond = 1.0 / 3;
        answer.firstTokenMs = 0.125;
        chat.contents.lenses.insert(1001, QByteArray("\x01\x00\xff tokens \n", 12)); // as it is, whatever it holds
        c.pinned = true;
        c.tags = {QStringLiteral("one"), QStringLiteral("two")};
        chat.folders = {{QStringLiteral("Work"), "{\"thinking\":false}"}, {QStringLiteral("Sea"), "{\"instructions\":\"Be brief.\",\"sampling\":\"precise\"}"}};
        chat.contents.draft = QStringLiteral("half a sentence");
        MessageRecord &other = add(1002, 1000, Role::Assistant, QString());
        other.state = MessageState::Failed;
        other.error = QStringLiteral("No memory.");
        other.errorCode = 3;
    }
    add(1003, 1001, Role::User, QStringLiteral("Another"));
    MessageRecord &last = add(1004, 1003, Role::Assistant, QStringLiteral("Stopped he"));
    last.state = MessageState::Stopped;
    last.model = QStringLiteral("R1");
    c.currentLeaf = onePath ? 1004 : 1002;
    return chat;
}

// Everything but ids, which are new each time.
void compare(const ExchangedChat &a, const ExchangedChat &b, bool figures = true)
{
    const ConversationRecord &x = a.contents.conversation, &y = b.contents.conversation;
    QCOMPARE(x.title, y.title);
    QCOMPARE(x.titledByUser, y.titledByUser);
    QCOMPARE(x.pinned, y.pinned);
    QCOMPARE(x.tags, y.tags);
    QCOMPARE(x.created, y.created);
    QCOMPARE(x.updated, y.updated);
    QCOMPARE(x.archivedAt, y.archivedAt);
    QCOMPARE(a.folders, b.folders);
    QCOMPARE(a.contents.draft, b.contents.draft);
    QCOMPARE(a.contents.messages.size(), b.contents.messages.size());
    const auto place = [](const ExchangedChat &chat, qint64 id) {
        for (qsizetype i = 0; i < chat.contents.messages.size(); ++i)
            if (chat.contents.messages[i].id == id)
                return i;
        return qsizetype(-1);
    };
    QCOMPARE(place(a, x.currentLeaf), place(b, y.currentLeaf));
    for (qsizetype i = 0; i < a.contents.messages.size(); ++i) {
        const MessageRecord &m = a.contents.messages[i], &n = b.contents.messages[i];
        QCOMPARE(m.role, n.role);
        QCOMPARE(m.content, n.content);
        QCOMPARE(m.reasoning, n.reasoning);
        QCOMPARE(m.reasoningMs, n.reasoningMs);
        QCOMPARE(m.state, n.state);
        QCOMPARE(m.endReason, n.endReason);
        QCOMPARE(m.model, n.model);
        QCOMPARE(m.created, n.created);
        QCOMPARE(place(a, m.parentId), place(b, n.parentId));
        if (!figures)
            continue;
        QCOMPARE(m.error, n.error);
        QCOMPARE(m.errorCode, n.errorCode);
        QCOMPARE(m.promptTokens, n.promptTokens);
        QCOMPARE(m.cachedTokens, n.cachedTokens);
        QCOMPARE(m.generatedTokens, n.generatedTokens);
        QVERIFY(m.prefillTokensPerSecond == n.prefillTokensPerSecond); // to the last bit
        QVERIFY(m.decodeTokensPerSecond == n.decodeTokensPerSecond);
        QVERIFY(m.firstTokenMs == n.firstTokenMs);
        QCOMPARE(a.contents.lenses.value(m.id), b.contents.lenses.value(n.id));
    }
}

ChatFile import(const QByteArray &bytes)
{
    const Result<ChatFile> file = importChats(bytes, QStringLiteral("file"));
    if (!file) {
        QTest::qFail(file.error().message.c_str(), __FILE__, __LINE__);
        return {};
    }
    return *file;
}

QStringList shown(const ExchangedChat &chat)
{
    QStringList words;
    for (const MessageRecord &m : chat.contents.messages)
        words << QStringLiteral("%1<%2 %3: %4").arg(m.id).arg(m.parentId).arg(roleWord(m.role), m.content);
    return words;
}

} // namespace

class TestExchange : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void jsonComesBackWithoutADifference()
    {
        const ExchangedChat chat = sample();
        const QByteArray json = chatsToJson({chat, chat});
        const ChatFile back = import(json);
        QCOMPARE(back.chats.size(), 2);
        QVERIFY(back.notes.isEmpty());
        for (const ExchangedChat &one : back.chats)
            compare(chat, one);
        QCOMPARE(chatsToJson(back.chats), json);
    }

    void markdownComesBackWithoutADifference()
    {
        const ExchangedChat chat = sample(true);
        const QString markdown = chatToMarkdown(chat);
        const ChatFile back = import(markdown.toUtf8());
        QCOMPARE(back.chats.size(), 1);
        compare(chat, back.chats.first(), false);
        QCOMPARE(chatToMarkdown(back.chats.first()), markdown);
        QVERIFY(markdown.contains(QStringLiteral("## DeepSeek -- R1\n")));
    }

    void randomTextsComeBackInBothFormats()
    {
        QRandomGenerator random(3);
        const QStringList pieces{QStringLiteral("\n"), QStringLiteral("<!-- baleen: "), QStringLiteral(" -->"), QStringLiteral("\\"),
                                 QStringLiteral("</details>"), QStringLiteral("\n\n"), QStringLiteral("## You\n"), QStringLiteral("--"),
                                 QStringLiteral("</summary>"), QStringLiteral("\""), QStringLiteral("a"), QStringLiteral("鲸"), QStringLiteral("\r"),
                                 QStringLiteral("<!-- baleen")};
        const auto text = [&] {
            QString all;
            for (int i = random.bounded(12); i > 0; --i)
                all += pieces[random.bounded(int(pieces.size()))];
            return all;
        };
        for (int round = 0; round < 400; ++round) {
            ExchangedChat chat = sample(true);
            chat.contents.conversation.title = text();
            for (MessageRecord &message : chat.contents.messages) {
                message.content = text();
                if (message.role == Role::Assistant)
                    message.reasoning = text();
                message.reasoningMs = message.reasoning.isEmpty() ? 0 : 7;
            }
            compare(chat, import(chatsToJson({chat})).chats.value(0));
            ExchangedChat back = import(chatToMarkdown(chat).toUtf8()).chats.value(0);
            if (chat.contents.conversation.title.isEmpty())
                back.contents.conversation.title.clear(); // a file has its name
            compare(chat, back, false);
            if (QTest::currentTestFailed())
                return;
        }
    }

    void importedChatsAreInTheStore()
    {
        const test::TemporaryFolder folder;
        ChatStore store(folder.path(QStringLiteral("data")));
        QObject context;
        ChatFile file;
        file.chats << sample() << sample(true);
        int done = 0;
        for (const StoreOperations &piece : importOperations(file, {}))
            store.write(piece, Durability::Typed, &context, [&](const Result<void> &result) { done += result.ok(); });
        QTRY_COMPARE(done, 2);
        std::optional<QVector<FolderRecord>> folders;
        std::optional<QVector<ConversationRecord>> chats;
        store.readFolders(&context, [&](const auto &result) { folders = *result; });
        store.readConversations(&context, [&](const auto &result) { chats = *result; });
        QTRY_VERIFY(folders && chats);
        QCOMPARE(folders->size(), 2);
        QCOMPARE(folderPathName(*folders, folders->last().id), QStringLiteral("Work › Sea"));
        const auto foldersOf = [&](qint64 id) {
            QVector<ExchangedFolder> path;
            for (const FolderRecord &record : folderPath(*folders, id))
                path << ExchangedFolder{record.name, record.choices};
            return path;
        };
        QCOMPARE(chats->size(), 2);
        for (const ConversationRecord &record : *chats) {
            std::optional<ConversationContents> contents;
            store.readWhole(record.id, &context, [&](const auto &result) { contents = *result; });
            QTRY_VERIFY(contents.has_value());
            compare(record.folder ? sample() : sample(true), {*contents, foldersOf(record.folder)});
        }
        // the same folder again, not another of its name
        QCOMPARE(std::get_if<SaveFolder>(&importOperations(file, *folders).first().first()), nullptr);
        // one that is there keeps its choices, one without takes them, one of the same name elsewhere is another
        QVector<FolderRecord> other{{1, QStringLiteral("Work"), 1, "{\"thinking\":true}"}, {2, QStringLiteral("Sea"), 2}};
        const auto operations = importOperations(file, other).first();
        const auto *sea = std::get_if<SaveFolder>(&operations.first());
        QVERIFY(sea && sea->folder.parent == 1 && sea->folder.id != 2 && !sea->folder.choices.isEmpty());
        other = {{1, QStringLiteral("Work"), 1}};
        const auto more = importOperations(file, other).first();
        const auto *work = std::get_if<SaveFolder>(&more.first());
        QVERIFY(work && work->folder.id == 1 && !work->folder.choices.isEmpty());
    }

    void foldersInFilesAreChecked_data()
    {
        QTest::addColumn<QByteArray>("folder");
        QTest::addColumn<int>("count"); // -1: refused
        QTest::newRow("a name") << QByteArray("\"Sea\"") << 1;
        QTest::newRow("a path") << QByteArray("[{\"name\":\"A\"},{\"name\":\"B\"}]") << 2;
        QTest::newRow("no name") << QByteArray("[{\"choices\":{}}]") << -1;
        QTest::newRow("not a name") << QByteArray("[7]") << -1;
        QTest::newRow("a number") << QByteArray("7") << -1;
        QTest::newRow("too deep") << '[' + QByteArray("{\"name\":\"A\"},").repeated(40) + "{\"name\":\"A\"}]" << -1;
    }
    void foldersInFilesAreChecked()
    {
        QFETCH(QByteArray, folder);
        QFETCH(int, count);
        const auto file = chatsFromJson(QJsonDocument::fromJson("{\"format\":\"baleen-chats\",\"version\":1,\"chats\":[{\"title\":\"T\",\"messages\":[],\"folder\":" + folder + "}]}"));
        QCOMPARE(file.ok(), count >= 0);
        if (file)
            QCOMPARE(file->chats.first().folders.size(), count);
    }

    void formulasAreVectorsInThePage()
    {
        ExchangedChat chat = sample(true);
        chat.contents.messages[1].content = QStringLiteral("Let $x^2$ be\n\n$$\\frac{a}{b}$$\n");
        const QString plain = chatToHtml(chat);
        QVERIFY(plain.contains(QStringLiteral("<code>x^2</code>")));
        math::Formula picture;
        picture.svg = "<svg xmlns='http://www.w3.org/2000/svg' width='2ex' height='1ex' viewBox='0 -700 1000 900' onload='alert(1)'>"
                      "<script>alert(2)</script><g stroke='currentColor' fill='url(#x)'><a href='http://a.b'><path d='M1'/></a>"
                      "<path d='M0 0L9 9' class='c'/><image href='http://a.b/c.png'/><text>&lt;b&gt;</text></g></svg>";
        picture.width = 1;
        picture.ascent = 0.7;
        picture.descent = 0.2;
        QVector<math::FormulaSource> asked;
        const QString html = chatToHtml(chat, {.formula = [&](const math::FormulaSource &source) {
                                            asked << source;
                                            return formulaSvg(picture, source);
                                        }});
        QCOMPARE(asked, (QVector<math::FormulaSource>{{QStringLiteral("x^2"), false}, {QStringLiteral("\\frac{a}{b}"), true}}));
        QCOMPARE(html.count(QStringLiteral("<svg ")), 2);
        QVERIFY(html.contains(QStringLiteral("aria-label=\"x^2\"")) && html.contains(QStringLiteral("d=\"M0 0L9 9\"")) && html.contains(QStringLiteral("&lt;b&gt;")));
        for (const char *unwanted : {"script>", "onload", "alert", "http:", "url(", "<image", "M1\"", "class=\"c\"", "2ex"})
            QVERIFY2(!html.contains(QLatin1String(unwanted)), unwanted);
        picture.svg = "<svg><g>"; // broken
        QVERIFY(formulaSvg(picture, {}).isEmpty());
        QVERIFY(formulaSvg({}, {}).isEmpty());
    }

    void htmlIsWellFormedAndHarmless()
    {
        ExchangedChat chat = sample(true);
        chat.contents.messages[1].content = QStringLiteral(
            "# Head <script>alert(1)</script>\n\n- one\n  1. inner\n  2. second\n\n     > quote\n\nWords\n\n- [x] done\n- [ ] open\n\n"
            "| a | b |\n|--|:-:|\n| <b> | `x` |\n\n[bad](javascript:alert(1)) [good](https://example.org/?a=1&b=2) ![p](https://t.example/p.png)\n\n"
            "```html\n<script src=x>\n```\n\n***\n\n**bold *both* ~~gone~~**  \nline\n\n> a\n> > b\n\n$$x<y$$\n");
        for (const bool printing : {false, true}) {
            const QString html = chatToHtml(chat, {printing});
            QString xml = html.mid(html.indexOf(QStringLiteral("<body>")));
            xml.chop(int(QStringLiteral("</html>\n").size()));
            xml.replace(QStringLiteral("<br>"), QStringLiteral("<br/>")).replace(QStringLiteral("<hr>"), QStringLiteral("<hr/>"));
            QXmlStreamReader reader(xml);
            while (!reader.atEnd())
                reader.readNext();
            QVERIFY2(!reader.hasError(), qPrintable(reader.errorString() + QStringLiteral(" in line %1\n").arg(reader.lineNumber()) + xml));
            QVERIFY(!html.contains(QStringLiteral("<script"))); // but as words
            QVERIFY(html.contains(QStringLiteral("&lt;script&gt;alert")));
            QVERIFY(!html.contains(QStringLiteral("javascript:")));
            QVERIFY(!html.contains(QStringLiteral("<img")) && !html.contains(QStringLiteral("p.png")));
            QVERIFY(html.contains(QStringLiteral("href=\"https://example.org/?a=1&amp;b=2\"")));
            QVERIFY(html.contains(QStringLiteral("<td align=\"center\"><code>x</code></td>")));
            QVERIFY2(html.contains(QChar(0x2611)), qPrintable(html));
            QVERIFY(html.contains(QStringLiteral("A -- title --&gt; with &lt;marks&gt;")));
        }
        QCOMPARE(chatToHtml(chat).count(QStringLiteral("<ol start=\"1\">")), 1);
        QCOMPARE(chatToHtml(chat).count(QStringLiteral("<ul>")), 2);
    }

    void chatGptsExportIsUnderstood()
    {
        const ChatFile file = import(R"json([{"title":"Whales","create_time":1700000000.5,"update_time":1700000100,"is_archived":true,"current_node":"e",
 "mapping":{
  "root":{"id":"root","message":null,"parent":null,"children":["s"]},
  "s":{"id":"s","parent":"root","message":{"author":{"role":"system"},"content":{"content_type":"text","parts":[""]},"metadata":{"is_visually_hidden_from_conversation":true}}},
  "a":{"id":"a","parent":"s","message":{"author":{"role":"user"},"create_time":1700000001,"content":{"content_type":"multimodal_text","parts":[{"content_type":"image_asset_pointer"},"What is it?"]}}},
  "b":{"id":"b","parent":"a","message":{"author":{"role":"assistant"},"create_time":1700000002,"content":{"content_type":"text","parts":["A whale."]},"metadata":{"model_slug":"gpt-4o"}}},
  "c":{"id":"c","parent":"a","message":{"author":{"role":"assistant"},"create_time":1700000003,"content":{"content_type":"thoughts","thoughts":[{"summary":"x","content":"Hm."}]}}},
  "t":{"id":"t","parent":"c","message":{"author":{"role":"tool"},"create_time":1700000004,"content":{"content_type":"text","parts":["tool"]}}},
  "d":{"id":"d","parent":"t","message":{"author":{"role":"assistant"},"create_time":1700000005,"content":{"content_type":"text","parts":["A blue one."]},"metadata":{"model_slug":"o3"}}},
  "e":{"id":"e","parent":"d","message":{"author":{"role":"user"},"create_time":1700000006,"content":{"content_type":"text","parts":["Thanks"]}}}
 }},{"title":"Empty","mapping":{}}])json");
        QCOMPARE(file.chats.size(), 1);
        QCOMPARE(file.notes.size(), 3);
        const ExchangedChat &chat = file.chats.first();
        QCOMPARE(shown(chat), (QStringList{QStringLiteral("1<0 user: What is it?"), QStringLiteral("2<1 assistant: A whale."),
                                           QStringLiteral("3<1 assistant: A blue one."), QStringLiteral("4<3 user: Thanks")}));
        QCOMPARE(chat.contents.messages[2].reasoning, QStringLiteral("Hm."));
        QCOMPARE(chat.contents.messages[1].model, QStringLiteral("gpt-4o"));
        QCOMPARE(chat.contents.conversation.currentLeaf, 4);
        QCOMPARE(chat.contents.conversation.title, QStringLiteral("Whales"));
        QCOMPARE(chat.contents.conversation.created, 1700000000500);
        QVERIFY(chat.contents.conversation.archivedAt != 0);
    }

    void answersOfTwoBranchesAreNotJoined()
    {
        const ChatFile file = import(R"json([{"title":"x","current_node":"d","mapping":{
  "a":{"parent":null,"message":{"author":{"role":"assistant"},"create_time":1,"content":{"content_type":"text","parts":["one"]}}},
  "t":{"parent":"a","message":{"author":{"role":"tool"},"create_time":2,"content":{"content_type":"text","parts":["t"]}}},
  "u":{"parent":"a","message":{"author":{"role":"tool"},"create_time":3,"content":{"content_type":"text","parts":["u"]}}},
  "c":{"parent":"t","message":{"author":{"role":"assistant"},"create_time":4,"content":{"content_type":"text","parts":["two"]}}},
  "d":{"parent":"u","message":{"author":{"role":"assistant"},"create_time":5,"content":{"content_type":"text","parts":["three"]}}}}}])json");
        QCOMPARE(shown(file.chats.value(0)), (QStringList{QStringLiteral("1<0 assistant: one"), QStringLiteral("2<1 assistant: two"),
                                                          QStringLiteral("3<1 assistant: three")}));
    }

    void openWebUisExportIsUnderstood()
    {
        // @: a quotation mark in a text
        const ChatFile file = import(QByteArray(R"json([{"id":"1","title":"Sea","created_at":1700000000,"updated_at":1700000009,"pinned":true,"meta":{"tags":["blue"]},
 "chat":{"title":"Sea","history":{"currentId":"b","messages":{
  "a":{"id":"a","parentId":null,"childrenIds":["b","c"],"role":"user","content":"Why salty?","timestamp":1700000001},
  "c":{"id":"c","parentId":"a","role":"assistant","content":"Rivers.","timestamp":1700000005,"model":"m1"},
  "b":{"id":"b","parentId":"a","role":"assistant","timestamp":1700000003,"modelName":"R1","content":"<details type=@reasoning@ done=@true@ duration=@12@>\n<summary>Thought for 12 seconds</summary>\n> Let me\n> see.\n</details>\nMinerals."}}}}}])json").replace("@", "\\\""));
        QCOMPARE(file.chats.size(), 1);
        const ExchangedChat &chat = file.chats.first();
        QCOMPARE(shown(chat), (QStringList{QStringLiteral("1<0 user: Why salty?"), QStringLiteral("2<1 assistant: Minerals."), QStringLiteral("3<1 assistant: Rivers.")}));
        QCOMPARE(chat.contents.messages[1].reasoning, QStringLiteral("Let me\nsee."));
        QCOMPARE(chat.contents.messages[1].reasoningMs, 12000);
        QCOMPARE(chat.contents.messages[1].model, QStringLiteral("R1"));
        QCOMPARE(chat.contents.conversation.currentLeaf, 2);
        QVERIFY(chat.contents.conversation.pinned);
        QCOMPARE(chat.contents.conversation.tags, QStringList{QStringLiteral("blue")});
    }

    void lmStudiosChatIsUnderstood()
    {
        const ChatFile file = import(R"json({"name":"Chat 1","createdAt":1700000000123,"messages":[
 {"currentlySelected":0,"versions":[{"type":"singleStep","role":"user","content":[{"type":"text","text":"Hi"}]}]},
 {"currentlySelected":1,"versions":[
  {"type":"multiStep","role":"assistant","steps":[{"type":"contentBlock","content":[{"type":"text","text":"First"}]}]},
  {"type":"multiStep","role":"assistant","senderInfo":{"senderName":"qwen"},"steps":[
   {"type":"contentBlock","style":{"type":"thinking"},"content":[{"type":"text","text":"Hm"}]},
   {"type":"contentBlock","content":[{"type":"text","text":"Second"}]},{"type":"debugInfoBlock"}]}]},
 {"currentlySelected":0,"versions":[{"type":"singleStep","role":"user","content":[{"type":"text","text":"More"}]}]}]})json");
        QCOMPARE(shown(file.chats.value(0)), (QStringList{QStringLiteral("1<0 user: Hi"), QStringLiteral("2<1 assistant: First"),
                                                          QStringLiteral("3<1 assistant: Second"), QStringLiteral("4<3 user: More")}));
        QCOMPARE(file.chats[0].contents.messages[2].reasoning, QStringLiteral("Hm"));
        QCOMPARE(file.chats[0].contents.conversation.created, 1700000000123);
        QCOMPARE(file.chats[0].contents.conversation.title, QStringLiteral("Chat 1"));
    }

    void plainMessagesAndMarkdownAreUnderstood_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("chats");
        QTest::newRow("a list") << QByteArray("[{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"Hello\"}]}]") << 1;
        QTest::newRow("an object") << QByteArray("{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":\"assistant\",\"content\":\"Hello\"}]}") << 1;
        QTest::newRow("share gpt") << QByteArray("{\"conversations\":[{\"from\":\"human\",\"value\":\"Hi\"},{\"from\":\"gpt\",\"value\":\"Hello\"}]}") << 1;
        QTest::newRow("lines") << QByteArray("\xEF\xBB\xBF{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":\"assistant\",\"content\":\"Hello\"}]}\n"
                                             "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":\"assistant\",\"content\":\"Hello\"}]}\n") << 2;
        QTest::newRow("markdown") << QByteArray("# Title\r\n\r\n## User\r\n\r\nHi\r\n\r\n## Assistant\r\n\r\nHello\r\n") << 1;
        QTest::newRow("bold headings") << QByteArray("### **You:**\nHi\n### **ChatGPT:**\nHello\n") << 1;
    }
    void plainMessagesAndMarkdownAreUnderstood()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(int, chats);
        const ChatFile file = import(bytes);
        QCOMPARE(file.chats.size(), chats);
        for (const ExchangedChat &chat : file.chats) {
            QCOMPARE(shown(chat), (QStringList{QStringLiteral("1<0 user: Hi"), QStringLiteral("2<1 assistant: Hello")}));
            QVERIFY(chat.contents.conversation.created > 0);
        }
    }

    void whatIsNoChatIsRefusedWithAReason_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("says");
        QTest::newRow("nothing") << QByteArray() << QStringLiteral("No chats");
        QTest::newRow("text") << QByteArray("just words") << QStringLiteral("headings");
        QTest::newRow("bytes") << QByteArray("\xFF\xFE\x00", 3) << QStringLiteral("no text");
        QTest::newRow("cut JSON") << QByteArray("[{\"mapping\": {") << QStringLiteral("byte ");
        QTest::newRow("other JSON") << QByteArray("{\"a\": 1}") << QStringLiteral("other JSON");
        QTest::newRow("empty list") << QByteArray("[]") << QStringLiteral("other JSON");
        QTest::newRow("deep") << QByteArray(100000, '[') << QStringLiteral("byte ");
        QTest::newRow("newer") << QByteArray("{\"format\":\"baleen-chats\",\"version\":2,\"chats\":[]}") << QStringLiteral("newer Baleen");
        QTest::newRow("wrong type") << QByteArray("{\"format\":\"baleen-chats\",\"version\":1,\"chats\":[{\"title\":7}]}") << QStringLiteral("chat 1, title");
        QTest::newRow("a later parent") << QByteArray("{\"format\":\"baleen-chats\",\"version\":1,\"chats\":[{\"messages\":[{\"role\":\"user\",\"text\":\"a\",\"parent\":0}]}]}") << QStringLiteral("message 1, parent");
        QTest::newRow("no role") << QByteArray("{\"format\":\"baleen-chats\",\"version\":1,\"chats\":[{\"messages\":[{\"role\":\"king\",\"text\":\"a\"}]}]}") << QStringLiteral("role");
        QTest::newRow("no time") << QByteArray("{\"format\":\"baleen-chats\",\"version\":1,\"chats\":[{\"created\":\"soon\"}]}") << QStringLiteral("created");
        QTest::newRow("no such message") << QByteArray("{\"format\":\"baleen-chats\",\"version\":1,\"chats\":[{\"current\":3}]}") << QStringLiteral("current");
    }
    void whatIsNoChatIsRefusedWithAReason()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, says);
        const Result<ChatFile> file = importChats(bytes, QStringLiteral("export.json"));
        QVERIFY(!file);
        QVERIFY2(QString::fromStdString(file.error().message).contains(says), file.error().message.c_str());
    }

    void damagedExportsNeverHarm()
    {
        QRandomGenerator random(11);
        const QByteArray originals[]{chatsToJson({sample()}), chatToMarkdown(sample(true)).toUtf8(),
                                     "[{\"mapping\":{\"a\":{\"parent\":\"b\",\"message\":{\"author\":{\"role\":\"user\"},\"content\":{\"parts\":[\"x\"]}}},\"b\":{\"parent\":\"a\",\"message\":{\"author\":{\"role\":\"assistant\"},\"content\":{\"parts\":[\"y\"]}}}},\"current_node\":\"a\"}]"};
        for (const QByteArray &original : originals)
            for (int round = 0; round < 3000; ++round) {
                QByteArray bytes = original;
                for (int change = random.bounded(4); change >= 0; --change) {
                    const int at = random.bounded(int(bytes.size()));
                    switch (random.bounded(4)) {
                    case 0:
                        bytes[at] = char(random.bounded(256));
                        break;
                    case 1:
                        bytes.remove(at, random.bounded(30));
                        break;
                    case 2:
                        bytes.insert(at, bytes.mid(random.bounded(int(bytes.size())), random.bounded(60)));
                        break;
                    default:
                        bytes.truncate(std::max(1, at));
                    }
                    if (bytes.isEmpty())
                        bytes = "x";
                }
                const Result<ChatFile> file = importChats(bytes, QStringLiteral("f"));
                if (!file)
                    continue;
                for (const ExchangedChat &chat : file->chats)
                    for (const MessageRecord &m : chat.contents.messages)
                        QVERIFY(m.parentId < m.id);
                (void)importOperations(*file, {});
            }
    }

    void aMissingFileSaysSo()
    {
        QCOMPARE(importChats(QStringLiteral("/no/such/file.json")).error().code, ErrorCode::NotFound);
    }
};

QTEST_GUILESS_MAIN(TestExchange)
#include "tst_exchange.moc"
