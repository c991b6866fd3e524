// Attachments in a chat: in the file with the draft, sent with the message, in its versions, exported and imported.
#include "app/attachments/attachment_queries.h"
#include "app/chat/chat_session.h"
#include "app/chat/conversation_copy.h"
#include "app/chat/exchange/chat_html.h"
#include "app/chat/exchange/chat_import.h"
#include "app/chat/exchange/chat_json.h"
#include "app/chat/exchange/chat_markdown.h"
#include "app/chat/store_file.h"
#include "tests/support/fake_engine.h"
#include "tests/support/temporary_file.h"

#include <QSignalSpy>
#include <QTest>

using namespace app;
using test::EngineScript;
using test::FakeEngine;
using State = ChatSession::State;

namespace {

AttachmentRecord file(const QString &name, const QString &text)
{
    AttachmentRecord record;
    record.name = name;
    record.kind = AttachmentKind::Pdf;
    record.bytes = 12345;
    record.text = text;
    record.note = QStringLiteral("12 pages, 2 without text");
    return record;
}

struct Setup
{
    Setup() : settings(folder.path(QStringLiteral("settings.ini"))) { start(0); }
    void start(qint64 conversation)
    {
        store = std::make_unique<ChatStore>(folder.path(QStringLiteral("data")));
        service = std::make_unique<InferenceService>(std::make_unique<FakeEngine>(script));
        service->load(QStringLiteral("/models/a.gguf"));
        (void)QTest::qWaitFor([&] { return service->state() == InferenceService::State::Ready; });
        open(conversation);
    }
    void open(qint64 conversation)
    {
        session = std::make_unique<ChatSession>(*service, *store, settings, conversation);
        (void)QTest::qWaitFor([&] { return session->state() == State::Idle; });
    }
    void restart(qint64 conversation)
    {
        session.reset();
        service.reset();
        store.reset();
        start(conversation);
    }
    bool idle()
    {
        return QTest::qWaitFor([&] { return session->state() == State::Idle; }, 10000);
    }
    bool ask(const QString &text)
    {
        script->addAnswer("fine");
        return session->send(text) && idle();
    }
    ConversationContents contents(qint64 id)
    {
        std::optional<ConversationContents> read;
        store->readContents(id, store.get(), [&](const auto &result) { read = result ? *result : ConversationContents(); });
        (void)QTest::qWaitFor([&] { return read.has_value(); });
        return read.value_or(ConversationContents());
    }
    QString lastQuestion()
    {
        const auto requests = script->requests();
        return requests.empty() ? QString() : QString::fromStdString(std::get<inference::ChatInput>(requests.back().input).messages.back().content);
    }
    bool written()
    {
        return QTest::qWaitFor([&] { return store->saveState() == ChatStore::SaveState::Saved; });
    }

    test::TemporaryFolder folder;
    Settings settings;
    std::shared_ptr<EngineScript> script = std::make_shared<EngineScript>();
    std::unique_ptr<ChatStore> store;
    std::unique_ptr<InferenceService> service;
    std::unique_ptr<ChatSession> session;
};

QStringList names(const QVector<AttachmentRecord> &attachments)
{
    QStringList all;
    for (const AttachmentRecord &attachment : attachments)
        all << attachment.name;
    return all;
}

// All but ids, which differ from store to store.
bool same(AttachmentRecord a, AttachmentRecord b)
{
    a.id = a.conversationId = a.messageId = b.id = b.conversationId = b.messageId = 0;
    return a == b;
}

// A chat with what an attachment can have.
ExchangedChat exampleChat()
{
    ExchangedChat chat;
    ConversationContents &c = chat.contents;
    c.conversation.id = 1;
    c.conversation.title = QStringLiteral("Files");
    c.conversation.created = c.conversation.updated = 1'764'236'000'000;
    MessageRecord question, answer;
    question.id = 1;
    question.content = QStringLiteral("what is in it?");
    question.created = 1'764'236'000'000;
    question.attachments = {file(QStringLiteral("报告 <b>.pdf"), QStringLiteral("one\n\n</details>\n```\n<!-- baleen: {} -->\nlast\n")),
                            file(QStringLiteral("b.cpp"), QStringLiteral("int x;"))};
    question.attachments[1].kind = AttachmentKind::Code;
    question.attachments[1].position = 1;
    question.attachments[1].pinned = true;
    question.attachments[1].leftOut = true;
    question.attachments[1].note.clear();
    answer.id = 2;
    answer.parentId = 1;
    answer.role = Role::Assistant;
    answer.content = QStringLiteral("text");
    answer.reasoning = QStringLiteral("hm");
    answer.created = question.created;
    c.messages = {question, answer};
    c.conversation.currentLeaf = 2;
    c.draft = QStringLiteral("and then");
    c.draftAttachments = {file(QStringLiteral("draft.txt"), QStringLiteral("later"))};
    return chat;
}

} // namespace

class TestChatAttachments : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void goWithTheMessageInOneCommit()
    {
        Setup s;
        QSignalSpy changed(s.session.get(), &ChatSession::attachmentsChanged);
        s.session->attach(file(QStringLiteral("a.pdf"), QStringLiteral("AAA")));
        s.session->attach(file(QStringLiteral("b.pdf"), QStringLiteral("BBB")));
        QCOMPARE(changed.size(), 2);
        QCOMPARE(names(s.session->draftAttachments()), QStringList({QStringLiteral("a.pdf"), QStringLiteral("b.pdf")}));
        QVector<StoreOperations> commits;
        connect(s.store.get(), &ChatStore::committed, this, [&](const StoreOperations &operations) { commits << operations; });
        QVERIFY(s.ask(QStringLiteral("read them")));
        QVERIFY(s.session->draftAttachments().isEmpty());
        QCOMPARE(names(s.session->shownAttachments()), QStringList({QStringLiteral("a.pdf"), QStringLiteral("b.pdf")}));
        QVERIFY(s.lastQuestion().startsWith(QStringLiteral("[file name]: a.pdf\n[file content begin]\nAAA\n[file content end]\n[file name]: b.pdf")));
        QVERIFY(s.lastQuestion().endsWith(QStringLiteral("\nread them")));
        // The message and both attachments are in one write.
        int together = 0;
        for (const StoreOperations &operations : std::as_const(commits)) {
            int saved = 0;
            bool message = false;
            for (const StoreOperation &operation : operations) {
                if (const auto *one = std::get_if<SaveAttachment>(&operation))
                    saved += one->attachment.messageId != 0;
                message = message || std::holds_alternative<SaveMessage>(operation);
            }
            together += message && saved == 2;
        }
        QCOMPARE(together, 1);
        s.restart(s.session->conversationId());
        QCOMPARE(names(s.session->messages()->message(0).attachments), QStringList({QStringLiteral("a.pdf"), QStringLiteral("b.pdf")}));
        QCOMPARE(s.session->messages()->message(0).attachments[0].text, QStringLiteral("AAA"));
        QCOMPARE(s.session->messages()->message(0).attachments[0].note, QStringLiteral("12 pages, 2 without text"));
        QVERIFY(s.session->messages()->message(0).attachments[0].kind == AttachmentKind::Pdf);
    }

    void thoseOfADraftSurviveARestart()
    {
        Setup s;
        s.session->attach(file(QStringLiteral("new.pdf"), QStringLiteral("of a chat that is not begun")));
        QVERIFY(s.written());
        s.restart(0);
        QCOMPARE(names(s.session->draftAttachments()), QStringList{QStringLiteral("new.pdf")});
        QVERIFY(s.ask(QStringLiteral("go")));
        const qint64 id = s.session->conversationId();
        s.session->attach(file(QStringLiteral("next.pdf"), QStringLiteral("of this one")));
        s.restart(id);
        QCOMPARE(names(s.session->draftAttachments()), QStringList{QStringLiteral("next.pdf")});
        s.open(0); // and of this chat alone
        QVERIFY(s.session->draftAttachments().isEmpty());
    }

    void someGoAndOthersStay()
    {
        Setup s;
        s.session->attach(file(QStringLiteral("a"), QStringLiteral("1")));
        s.session->attach(file(QStringLiteral("b"), QStringLiteral("2")));
        s.script->addAnswer("fine");
        QVERIFY(s.session->send(QStringLiteral("only b"), QVector<qint64>{s.session->draftAttachments()[1].id}));
        QVERIFY(s.idle());
        QCOMPARE(names(s.session->draftAttachments()), QStringList{QStringLiteral("a")});
        QCOMPARE(names(s.session->shownAttachments()), QStringList{QStringLiteral("b")});
        // The chat was begun by that message: what stays belongs to it now.
        s.restart(s.session->conversationId());
        QCOMPARE(names(s.session->draftAttachments()), QStringList{QStringLiteral("a")});
        s.open(0);
        QVERIFY(s.session->draftAttachments().isEmpty());
    }

    void canBeSentWithoutWords()
    {
        Setup s;
        QVERIFY(!s.session->send(QString()));
        s.session->attach(file(QStringLiteral("报告.pdf"), QStringLiteral("1")));
        QSignalSpy sent(s.session.get(), &ChatSession::sent);
        QVERIFY(s.ask(QString()));
        QCOMPARE(sent.size(), 1);
        QCOMPARE(s.session->title(), QStringLiteral("报告.pdf"));
        QCOMPARE(s.session->messages()->rowCount(), 2);
    }

    void versionsKeepThem()
    {
        Setup s;
        s.session->attach(file(QStringLiteral("a"), QStringLiteral("1")));
        QVERIFY(s.ask(QStringLiteral("one")));
        s.script->addAnswer("fine");
        QVERIFY(s.session->editAndResend(0, QStringLiteral("two")));
        QVERIFY(s.idle());
        QCOMPARE(names(s.session->shownAttachments()), QStringList{QStringLiteral("a")});
        QVERIFY(s.lastQuestion().contains(QLatin1String("[file name]: a")));
        s.script->addAnswer("fine");
        QVERIFY(s.session->editAndResend(0, QStringLiteral("three"), QVector<AttachmentRecord>()));
        QVERIFY(s.idle());
        QVERIFY(s.session->shownAttachments().isEmpty());
        s.restart(s.session->conversationId());
        for (const int version : {1, 2, 3}) {
            s.session->showVersion(0, version);
            QCOMPARE(s.session->shownAttachments().size(), qsizetype(version < 3 ? 1 : 0));
        }
    }

    void removingAndUseAreKept()
    {
        Setup s;
        s.session->attach(file(QStringLiteral("a"), QStringLiteral("1")));
        s.session->attach(file(QStringLiteral("b"), QStringLiteral("2")));
        s.session->removeAttachment(s.session->draftAttachments()[0].id);
        s.session->setAttachmentUse(s.session->draftAttachments()[0].id, true, false);
        QVERIFY(s.ask(QStringLiteral("x")));
        QVERIFY(s.session->shownAttachments()[0].pinned);
        QSignalSpy changed(s.session.get(), &ChatSession::attachmentsChanged);
        s.session->setAttachmentUse(s.session->shownAttachments()[0].id, false, true);
        QCOMPARE(changed.size(), 1);
        s.session->setAttachmentUse(12345, true, true); // of nothing
        QCOMPARE(changed.size(), 1);
        QVERIFY(s.ask(QStringLiteral("y")));
        s.restart(s.session->conversationId());
        QCOMPARE(names(s.session->shownAttachments()), QStringList{QStringLiteral("b")});
        QVERIFY(s.session->shownAttachments()[0].leftOut && !s.session->shownAttachments()[0].pinned);
        const auto turns = std::get<inference::ChatInput>(s.session->draftRequest(QStringLiteral("z")).input).messages;
        QCOMPARE(turns.front().content, std::string("x"));
    }

    void aDeletedChatTakesThemAlong()
    {
        Setup s;
        s.session->attach(file(QStringLiteral("a"), QStringLiteral("1")));
        QVERIFY(s.ask(QStringLiteral("x")));
        const qint64 id = s.session->conversationId();
        s.session->attach(file(QStringLiteral("draft"), QStringLiteral("2")));
        s.store->write({RemoveConversation{id}}, Durability::Typed);
        // A write that comes late makes nothing.
        AttachmentRecord late = file(QStringLiteral("late"), QStringLiteral("3"));
        late.id = newRecordId();
        late.conversationId = id;
        s.store->write({SaveAttachment{late}}, Durability::Typed);
        QVERIFY(s.written());
        QVERIFY(!s.store->saveError());
        s.session.reset();
        s.service.reset();
        s.store.reset();
        auto database = Database::open(storePath(s.folder.path(QStringLiteral("data"))), Database::Mode::ReadWrite);
        QVERIFY(database.ok());
        QCOMPARE(*(*database)->integer("SELECT count(*) FROM attachments"), qint64(0));
    }

    void aDuplicateHasItsOwn()
    {
        Setup s;
        s.session->attach(file(QStringLiteral("a"), QStringLiteral("1")));
        QVERIFY(s.ask(QStringLiteral("x")));
        s.session->attach(file(QStringLiteral("draft"), QStringLiteral("2")));
        const ConversationContents original = s.contents(s.session->conversationId());
        const StoreOperations copied = copyOf(original, QStringLiteral("copy"));
        s.store->write(copied, Durability::Typed);
        const ConversationContents copy = s.contents(std::get<CreateConversation>(copied.first()).conversation.id);
        QCOMPARE(copy.messages.size(), qsizetype(2));
        QVERIFY(same(copy.messages[0].attachments.value(0), original.messages[0].attachments.value(0)));
        QVERIFY(copy.messages[0].attachments[0].id != original.messages[0].attachments[0].id);
        QVERIFY(copy.draftAttachments.isEmpty());
        QCOMPARE(original.draftAttachments.size(), qsizetype(1));
    }

    void jsonKeepsAllOfThem()
    {
        const ExchangedChat chat = exampleChat();
        const QByteArray json = chatsToJson({chat});
        const auto file = importChats(json, QStringLiteral("chats.json"));
        QVERIFY(file.ok());
        // Into a store and out of it again without a difference.
        Setup s;
        for (const StoreOperations &operations : importOperations(*file, {}))
            s.store->write(operations, Durability::Typed);
        std::optional<QVector<ConversationRecord>> all;
        s.store->readConversations(s.store.get(), [&](const auto &result) { all = *result; });
        QVERIFY(QTest::qWaitFor([&] { return all.has_value(); }));
        QCOMPARE(all->size(), qsizetype(1));
        ExchangedChat back;
        back.contents = s.contents(all->first().id);
        QCOMPARE(back.contents.messages[0].attachments.size(), qsizetype(2));
        for (int i : {0, 1})
            QVERIFY(same(back.contents.messages[0].attachments[i], chat.contents.messages[0].attachments[i]));
        QCOMPARE(QString::fromUtf8(chatsToJson({back})), QString::fromUtf8(json));
    }

    void damagedJsonSaysWhere()
    {
        QByteArray json = chatsToJson({exampleChat()});
        json.replace("\"bytes\": 12345", "\"bytes\": \"many\"");
        const auto file = importChats(json, QStringLiteral("chats.json"));
        QVERIFY(!file.ok());
        QVERIFY(QString::fromStdString(file.error().message).contains(QLatin1String("attachment 1")));
    }

    void markdownIsReadBack()
    {
        const ExchangedChat chat = exampleChat();
        const QString markdown = chatToMarkdown(chat);
        QVERIFY(markdown.contains(QStringLiteral("<summary>Attached: 报告 &lt;b&gt;.pdf</summary>")));
        const auto back = chatFromMarkdown(markdown);
        QVERIFY(back.has_value());
        QCOMPARE(back->contents.messages.size(), qsizetype(2));
        const MessageRecord &question = back->contents.messages[0];
        QCOMPARE(question.content, QStringLiteral("what is in it?"));
        QCOMPARE(question.attachments.size(), qsizetype(2));
        for (int i : {0, 1})
            QVERIFY(same(question.attachments[i], chat.contents.messages[0].attachments[i]));
        QCOMPARE(back->contents.messages[1].reasoning, QStringLiteral("hm"));
        QCOMPARE(chatToMarkdown(*back), markdown);
    }

    void htmlShowsThemEscaped()
    {
        const QString html = chatToHtml(exampleChat());
        QVERIFY(html.contains(QStringLiteral("报告 &lt;b&gt;.pdf")));
        QVERIFY(html.contains(QStringLiteral("int x;")));
        QVERIFY(!html.contains(QStringLiteral("<!-- baleen")));
        QVERIFY(!chatToHtml(exampleChat(), {.forPrinting = true}).contains(QStringLiteral("int x;")));
    }

    void salvageBringsThemBack()
    {
        Setup s;
        s.session->attach(file(QStringLiteral("a"), QStringLiteral("text that is worth a salvage")));
        QVERIFY(s.ask(QStringLiteral("x")));
        const qint64 id = s.session->conversationId();
        s.session.reset();
        s.service.reset();
        s.store.reset();
        const QString path = storePath(s.folder.path(QStringLiteral("data")));
        {
            QFile database(path); // its first page
            QVERIFY(database.open(QIODevice::ReadWrite));
            database.seek(30);
            database.write(QByteArray(60, '\xff'));
        }
        s.start(id);
        QVERIFY(QTest::qWaitFor([&] { return s.store->isOpen(); }));
        QVERIFY(!s.store->report().damagedCopy.isEmpty());
        QCOMPARE(names(s.session->shownAttachments()), QStringList{QStringLiteral("a")});
    }
};

QTEST_GUILESS_MAIN(TestChatAttachments)
#include "tst_chat_attachments.moc"
