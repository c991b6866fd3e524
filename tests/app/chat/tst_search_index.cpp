// app/chat/search_index.h: everything that was typed or answered is found, quickly, whatever happens to the index.
#include "app/chat/store.h"

#include "tests/support/temporary_file.h"

#include <QElapsedTimer>
#include <QFile>
#include <QRandomGenerator>
#include <QTest>

#include <algorithm>

using namespace app;
using inference::Result;

namespace {

class Chats
{
public:
    Chats() : m_store(std::make_unique<ChatStore>(path())) { (void)open(); }

    QString path() const { return m_folder.path(QStringLiteral("data")); }
    bool open() { return QTest::qWaitFor([this] { return m_store->isOpen(); }, 20000); }
    void close() { m_store.reset(); }
    bool reopen()
    {
        m_store = std::make_unique<ChatStore>(path());
        return open();
    }
    ChatStore &store() { return *m_store; }

    qint64 conversation(const QString &title = {}, qint64 folder = 0)
    {
        ConversationRecord record;
        record.id = newRecordId();
        record.title = title;
        record.folder = folder;
        record.created = record.updated = nowMs();
        save({CreateConversation{record}});
        return record.id;
    }
    MessageRecord message(qint64 conversation, const QString &text, Role role = Role::User)
    {
        MessageRecord record;
        record.id = newRecordId();
        record.conversationId = conversation;
        record.role = role;
        record.content = text;
        record.created = nowMs();
        return record;
    }
    qint64 say(qint64 conversation, const QString &text)
    {
        const MessageRecord record = message(conversation, text);
        save({SaveMessage{record}});
        return record.id;
    }
    void save(const StoreOperations &operations)
    {
        bool done = false;
        m_store->write(operations, Durability::Typed, &m_context, [&](const Result<void> &result) { done = result.ok(); });
        QVERIFY(QTest::qWaitFor([&] { return done; }, 20000));
    }
    SearchResult find(const QString &typed, int conversations = 50)
    {
        std::optional<Result<SearchResult>> result;
        m_store->find(searchQuery(typed), QStringLiteral("chat"), conversations, &m_context,
                      [&](const Result<SearchResult> &found) { result = found; });
        if (!QTest::qWaitFor([&] { return result.has_value(); }, 60000) || !*result) {
            QTest::qFail(result ? result->error().message.c_str() : "no answer", __FILE__, __LINE__);
            return {};
        }
        return **result;
    }
    QVector<qint64> messages(const QString &typed)
    {
        QVector<qint64> ids;
        for (const SearchHit &hit : find(typed).hits)
            ids << hit.messageId;
        return ids;
    }
    // Until all is in the index.
    bool wait()
    {
        return QTest::qWaitFor([this] { return find(QStringLiteral("zzzz")).unread == 0; }, 240000);
    }

private:
    const test::TemporaryFolder m_folder;
    std::unique_ptr<ChatStore> m_store;
    QObject m_context;
};

// Text of a language model's kind: many words that are rare, few that are in every message.
QString prose(QRandomGenerator &random, int words)
{
    QString text;
    for (int i = 0; i < words; ++i) {
        const double r = random.generateDouble();
        const int word = int(20000 * r * r * r);
        if (random.bounded(4) == 0)
            text += QChar(0x4E00 + word % 3000) + QString(QChar(0x4E00 + (word * 7) % 3000));
        else
            text += QStringLiteral("w%1").arg(word) + QLatin1Char(' ');
    }
    return text;
}

} // namespace

class TestSearchIndex : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void wordsAreFound_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("typed");
        QTest::addColumn<bool>("found");
        const auto row = [](const char *name, const char *text, const char *typed, bool found) {
            QTest::newRow(name) << QString::fromUtf8(text) << QString::fromUtf8(typed) << found;
        };
        row("a word", "The blue whale dives.", "whale", true);
        row("other case", "The blue WHALE dives.", "Whale", true);
        row("the beginning of the last word", "The blue whale dives.", "blue div", true);
        row("not the beginning of another", "The blue whale dives.", "blu dives", false);
        row("all words are needed", "The blue whale dives.", "whale sings ", false);
        row("a phrase", "The blue whale dives.", "\"blue whale\"", true);
        row("not in another order", "The blue whale dives.", "\"whale blue\"", false);
        row("without accents", "La cathédrale d'Orléans", "cathedrale orleans", true);
        row("German", "Die Straße über den Fluß", "straße über", true);
        row("two Chinese letters", "我们用机器学习翻译文字。", "学习", true);
        row("two across words", "我们用机器学习翻译文字。", "习翻", true);
        row("two that are apart", "我们用机器学习翻译文字。", "机学", false);
        row("five", "我们用机器学习翻译文字。", "机器学习翻", true);
        row("one", "我们用机器学习翻译文字。", "字", true);
        row("one at the beginning", "我们用机器学习翻译文字。", "我", true);
        row("Chinese and Latin", "用GPU训练模型", "GPU训练", true);
        row("Latin in Chinese", "用GPU训练模型", "gpu", true);
        row("Japanese", "東京タワーでコーヒーを飲む", "コーヒー", true);
        row("two Japanese letters", "東京タワーでコーヒーを飲む", "飲む", true);
        row("Korean", "고래는 바다에 산다", "바다", true);
        row("Korean with an ending", "고래는 바다에 산다", "고래", true);
        row("Cyrillic", "Синий кит ныряет", "кит", true);
        row("code", "int read_all(std::vector<int> v)", "read_all std::vector", true);
        row("a number", "It costs 1,299.50 today", "1,299.50", true);
        row("full width", "ＧＰＵを使う", "gpu", true);
    }
    void wordsAreFound()
    {
        QFETCH(QString, text);
        QFETCH(QString, typed);
        QFETCH(bool, found);
        Chats chats;
        const qint64 other = chats.conversation();
        chats.say(other, QStringLiteral("Nothing of the kind."));
        const qint64 id = chats.say(chats.conversation(), text);
        QCOMPARE(chats.messages(typed), found ? QVector<qint64>{id} : QVector<qint64>{});
    }

    void aConversationIsFoundOnceByItsNewestMessage()
    {
        Chats chats;
        const qint64 first = chats.conversation(), second = chats.conversation();
        chats.say(first, QStringLiteral("whale one"));
        chats.say(second, QStringLiteral("whale two"));
        const qint64 newest = chats.say(first, QStringLiteral("The third whale of the day"));
        const SearchResult result = chats.find(QStringLiteral("whale"));
        QCOMPARE(result.hits.size(), 2);
        QCOMPARE(result.hits[0].conversationId, first);
        QCOMPARE(result.hits[0].messageId, newest);
        QCOMPARE(result.hits[0].more, 1);
        QCOMPARE(result.hits[1].conversationId, second);
        const Snippet &snippet = result.hits[0].snippet;
        QCOMPARE(snippet.marks.size(), 1);
        QCOMPARE(snippet.text.mid(snippet.marks[0].first, snippet.marks[0].second), QStringLiteral("whale"));
        QCOMPARE(chats.find(QStringLiteral("whale"), 1).hits.size(), 1);
    }

    void answersAreFoundWhenTheyAreWholeAndByTheirReasoning()
    {
        Chats chats;
        const qint64 conversation = chats.conversation();
        MessageRecord answer = chats.message(conversation, QStringLiteral("It dives"), Role::Assistant);
        answer.state = MessageState::Streaming;
        chats.save({SaveMessage{answer}});
        chats.save({JournalAnswer{answer.id, QStringLiteral("It dives deep"), {}, 0}});
        QVERIFY(chats.messages(QStringLiteral("dives")).isEmpty());
        answer.state = MessageState::Complete;
        answer.content = QStringLiteral("It dives deep.");
        answer.reasoning = QStringLiteral("The user asks about cetaceans.");
        chats.save({SaveMessage{answer}});
        QCOMPARE(chats.messages(QStringLiteral("dives")), QVector<qint64>{answer.id});
        const SearchResult result = chats.find(QStringLiteral("cetaceans"));
        QCOMPARE(result.hits.size(), 1);
        QVERIFY(result.hits[0].inReasoning);
        QVERIFY(result.hits[0].snippet.text.contains(QStringLiteral("asks about cetaceans")));
        QCOMPARE(result.hits[0].role, Role::Assistant);
        // continued: the same message, more text, and one document
        answer.content += QStringLiteral(" Then it sings.");
        chats.save({SaveMessage{answer}});
        QCOMPARE(chats.messages(QStringLiteral("sings")), QVector<qint64>{answer.id});
        QCOMPARE(chats.messages(QStringLiteral("deep")), QVector<qint64>{answer.id});
    }

    void attachmentsAreFoundAtTheirMessage()
    {
        Chats chats;
        const qint64 conversation = chats.conversation();
        const MessageRecord question = chats.message(conversation, QStringLiteral("What does it say of whales?"));
        AttachmentRecord report;
        report.id = newRecordId();
        report.conversationId = conversation;
        report.messageId = question.id;
        report.name = QStringLiteral("report.pdf");
        report.text = QStringLiteral("Ein langer Text. ").repeated(20) + QStringLiteral("Narwhals 独角鲸 dive.") + QStringLiteral(" Noch mehr. ").repeated(20);
        AttachmentRecord draft = report;
        draft.id = newRecordId();
        draft.messageId = 0;
        draft.text = QStringLiteral("unsent walrus");
        chats.save({SaveMessage{question}, SaveAttachment{report}, SaveAttachment{draft}});
        const SearchResult result = chats.find(QStringLiteral("narwhals"));
        QCOMPARE(result.hits.size(), 1);
        QCOMPARE(result.hits[0].messageId, question.id);
        QCOMPARE(result.hits[0].attachment, QStringLiteral("report.pdf"));
        const Snippet &snippet = result.hits[0].snippet;
        QVERIFY2(snippet.text.startsWith(QStringLiteral("report.pdf: ")), qPrintable(snippet.text));
        QCOMPARE(snippet.text.mid(snippet.marks[0].first, snippet.marks[0].second), QStringLiteral("Narwhals"));
        QCOMPARE(chats.messages(QStringLiteral("独角")), QVector<qint64>{question.id});
        QCOMPARE(chats.messages(QStringLiteral("report.pdf")), QVector<qint64>{question.id}); // by its name
        QCOMPARE(chats.find(QStringLiteral("whales")).hits.first().attachment, QString());     // of the message itself
        QVERIFY(chats.messages(QStringLiteral("walrus")).isEmpty());                           // of a draft
        QCOMPARE(chats.find(QStringLiteral("narwhals")).hits.first().more, 0);
        // what was made of it is made again when it is gone, and goes with the attachment
        chats.close();
        SearchIndex::discard(chats.path());
        QVERIFY(chats.reopen());
        QVERIFY(chats.wait());
        QCOMPARE(chats.messages(QStringLiteral("narwhals")), QVector<qint64>{question.id});
        chats.save({RemoveAttachment{report.id}});
        QVERIFY(chats.messages(QStringLiteral("narwhals")).isEmpty());
        QCOMPARE(chats.messages(QStringLiteral("whales")), QVector<qint64>{question.id});
    }

    // A long one is read in pieces: no other work of the store waits for all of it, and an end on the way loses nothing.
    void aLongAttachmentIsReadInPieces()
    {
        Chats chats;
        QRandomGenerator random(3);
        const qint64 conversation = chats.conversation();
        const MessageRecord question = chats.message(conversation, QStringLiteral("Long"));
        AttachmentRecord report;
        report.id = newRecordId();
        report.conversationId = conversation;
        report.messageId = question.id;
        report.name = QStringLiteral("long.txt");
        report.text = prose(random, 5000).repeated(120).left(2'500'000) + QStringLiteral(" the very last narwhal");
        chats.save({SaveMessage{question}, SaveAttachment{report}});
        qint64 longest = 0;
        for (int i = 0; i < 5; ++i) {
            QElapsedTimer timer;
            timer.start();
            chats.say(conversation, QStringLiteral("short %1").arg(i));
            longest = std::max(longest, timer.elapsed());
        }
        QVERIFY2(longest < 1000, qPrintable(QString::number(longest)));
        chats.close(); // on the way
        QVERIFY(chats.reopen());
        QVERIFY(chats.wait());
        QCOMPARE(chats.messages(QStringLiteral("\"very last narwhal\"")), QVector<qint64>{question.id});
        QCOMPARE(chats.find(QStringLiteral("narwhal")).hits.first().attachment, QStringLiteral("long.txt"));
    }

    void aFolderFilterTakesThoseBelowIt()
    {
        Chats chats;
        chats.save({SaveFolder{{10, QStringLiteral("Work"), 1}}, SaveFolder{{11, QStringLiteral("Sea"), 2, {}, 10}}, SaveFolder{{12, QStringLiteral("Deep"), 3, {}, 11}},
                    SaveFolder{{13, QStringLiteral("Round"), 4, {}, 14}}, SaveFolder{{14, QStringLiteral("Circle"), 5, {}, 13}}});
        const qint64 top = chats.say(chats.conversation({}, 10), QStringLiteral("whale one")), deep = chats.say(chats.conversation({}, 12), QStringLiteral("whale two")),
                     none = chats.say(chats.conversation(), QStringLiteral("whale three")), round = chats.say(chats.conversation({}, 13), QStringLiteral("whale four"));
        QVERIFY(none);
        QCOMPARE(chats.messages(QStringLiteral("whale folder:work")), (QVector<qint64>{deep, top}));
        QCOMPARE(chats.messages(QStringLiteral("whale folder:sea")), QVector<qint64>{deep});
        QCOMPARE(chats.messages(QStringLiteral("folder:deep")), QVector<qint64>{deep});
        QCOMPARE(chats.messages(QStringLiteral("whale folder:circle")), QVector<qint64>{round}); // a circle ends
    }

    void anInterruptedAnswerIsFoundAfterTheNextStart()
    {
        Chats chats;
        MessageRecord answer = chats.message(chats.conversation(), {}, Role::Assistant);
        answer.state = MessageState::Streaming;
        chats.save({SaveMessage{answer}});
        chats.save({JournalAnswer{answer.id, QStringLiteral("Half of a narwhal"), {}, 0}});
        QVERIFY(chats.reopen());
        QCOMPARE(chats.messages(QStringLiteral("narwhal")), QVector<qint64>{answer.id});
    }

    void deletedConversationsAreNotFoundUntilTheyComeBack()
    {
        Chats chats;
        const qint64 conversation = chats.conversation(), id = chats.say(conversation, QStringLiteral("whale"));
        chats.save({SetDeleted{conversation, nowMs()}});
        QVERIFY(chats.messages(QStringLiteral("whale")).isEmpty());
        chats.save({SetDeleted{conversation, 0}});
        QCOMPARE(chats.messages(QStringLiteral("whale")), QVector<qint64>{id});
    }

    void filtersNarrow()
    {
        Chats chats;
        const qint64 conversation = chats.conversation();
        MessageRecord old = chats.message(conversation, QStringLiteral("whale of old"), Role::Assistant);
        old.model = QStringLiteral("DeepSeek-R1-Distill-Qwen-7B");
        old.created = QDate(2026, 3, 5).startOfDay().toMSecsSinceEpoch() + 3600 * 1000;
        const qint64 other = chats.conversation();
        MessageRecord fresh = chats.message(other, QStringLiteral("whale of today"), Role::Assistant);
        fresh.model = QStringLiteral("100%_sure");
        fresh.created = QDate(2026, 11, 5).startOfDay().toMSecsSinceEpoch();
        chats.save({SaveMessage{old}, SaveMessage{fresh}});
        const QVector<qint64> none, both{fresh.id, old.id}, first{old.id}, second{fresh.id};
        QCOMPARE(chats.messages(QStringLiteral("whale")), both);
        QCOMPARE(chats.messages(QStringLiteral("whale model:qwen")), first);
        QCOMPARE(chats.messages(QStringLiteral("model:qwen")), first); // alone, too
        QCOMPARE(chats.messages(QStringLiteral("whale model:%_s")), second);
        QCOMPARE(chats.messages(QStringLiteral("whale model:_")), second); // no pattern
        QCOMPARE(chats.messages(QStringLiteral("whale after:2026-11-05")), second);
        QCOMPARE(chats.messages(QStringLiteral("whale before:2026-11-05")), first);
        QCOMPARE(chats.messages(QStringLiteral("whale after:2026-03-05 before:2026-03-06")), first);
        QCOMPARE(chats.messages(QStringLiteral("whale after:2026-12-01")), none);
        QCOMPARE(chats.messages(QStringLiteral("whale folder:sea")), none);
    }

    void theIndexIsMadeAgainWhenItIsGoneOrDamaged_data()
    {
        QTest::addColumn<QString>("damage");
        for (const char *damage : {"gone", "empty", "text", "header", "middle", "tail", "other version"})
            QTest::newRow(damage) << QString::fromLatin1(damage);
    }
    void theIndexIsMadeAgainWhenItIsGoneOrDamaged()
    {
        QFETCH(QString, damage);
        Chats chats;
        QRandomGenerator random(7);
        const qint64 conversation = chats.conversation();
        QVector<qint64> ids;
        StoreOperations operations;
        for (int i = 0; i < 300; ++i) {
            const MessageRecord record = chats.message(conversation, QStringLiteral("whale%1 ").arg(i) + prose(random, 50));
            ids << record.id;
            operations << SaveMessage{record};
        }
        chats.save(operations);
        QVERIFY(chats.wait());
        chats.close();
        const QString path = searchPath(chats.path());
        QVERIFY(QFile::exists(path));
        if (damage == QLatin1String("gone")) {
            QVERIFY(QFile::remove(path));
        } else if (damage == QLatin1String("other version")) {
            QVERIFY((*Database::open(path, Database::Mode::ReadWrite))->run("PRAGMA user_version = 77"));
        } else {
            QFile file(path);
            QVERIFY(file.open(QIODevice::ReadWrite));
            if (damage == QLatin1String("empty") || damage == QLatin1String("text"))
                file.resize(0);
            if (damage == QLatin1String("text"))
                file.write(QByteArray("This is not a database. ").repeated(500));
            else if (damage == QLatin1String("header"))
                file.write(QByteArray(100, '\xFF'));
            else if (damage == QLatin1String("middle"))
                QVERIFY(file.seek(8192) && file.write(QByteArray(int(file.size()) - 12288, '\0')) > 0);
            else if (damage == QLatin1String("tail"))
                file.resize(file.size() / 2);
        }
        QVERIFY(chats.reopen());
        QVERIFY(chats.wait());
        for (const int i : {0, 150, 299})
            QCOMPARE(chats.messages(QStringLiteral("whale%1 ").arg(i)), QVector<qint64>{ids[i]});
    }

    void whatIsLeftToReadIsReadAfterAnEndAtAnyMoment()
    {
        Chats chats;
        const qint64 conversation = chats.conversation();
        StoreOperations operations;
        for (int i = 0; i < 500; ++i)
            operations << SaveMessage{chats.message(conversation, QStringLiteral("whale%1").arg(i))};
        chats.save(operations);
        chats.close(); // some were read, some not
        QVERIFY(chats.reopen());
        QVERIFY(chats.wait());
        for (int i = 0; i < 500; i += 37)
            QCOMPARE(chats.messages(QStringLiteral("whale%1 ").arg(i)).size(), 1);
    }

    void aHundredThousandMessagesAreSearchedInFiftyMilliseconds()
    {
        constexpr int kMessages = 100000, kEach = 20;
        Chats chats;
        chats.close();
        QRandomGenerator random(1);
        {
            const auto database = Database::open(storePath(chats.path()), Database::Mode::ReadWrite);
            QVERIFY(database && (*database)->run("BEGIN"));
            for (int i = 0; i < kMessages; ++i) {
                const qint64 conversation = i / kEach + 1;
                if (i % kEach == 0)
                    QVERIFY((*database)->run("INSERT INTO conversations(id, created, updated) VALUES(?, ?, ?)",
                                             {conversation, qint64(i), qint64(i)}));
                QVERIFY((*database)->run("INSERT INTO messages(id, conversation_id, role, content, model, created) VALUES(?,?,?,?,?,?)",
                                         {qint64(i + 1), conversation, QStringLiteral("user"), prose(random, 40),
                                          QStringLiteral("model-%1").arg(i % 7), qint64(i) * 1000}));
            }
            QVERIFY((*database)->run("COMMIT"));
        }
        QElapsedTimer clock;
        clock.start();
        QVERIFY(chats.reopen());
        QVERIFY(chats.wait());
        qInfo("read %d messages in %.1f s, index %.1f MB, chats %.1f MB", kMessages, double(clock.elapsed()) / 1000,
              double(QFileInfo(searchPath(chats.path())).size()) / 1e6, double(QFileInfo(storePath(chats.path())).size()) / 1e6);
        for (const char *typed : {"w0", "w1 w2", "w", "w19990", "w3 w5 w700", "一", "一一", "一丁七", "\"w0 w1\"", "w1 model:model-3",
                                  "model:model-6", "w1 before:1970-01-02", "w0 folder:none", "nothingofthekind"}) {
            qint64 best = 1000000000;
            qsizetype found = 0;
            for (int i = 0; i < 5; ++i) {
                clock.restart();
                found = chats.find(QString::fromUtf8(typed)).hits.size();
                best = std::min(best, clock.nsecsElapsed() / 1000);
            }
            qInfo("%-24s %3lld chats in %6.1f ms", typed, static_cast<long long>(found), double(best) / 1000);
            QVERIFY2(best < 50000, typed);
        }
    }
};

QTEST_GUILESS_MAIN(TestSearchIndex)
#include "tst_search_index.moc"
