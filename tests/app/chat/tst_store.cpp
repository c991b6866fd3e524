// app/chat/store.h: what was committed is there, whatever happens to the process, the disk or the file.
#include "app/chat/store.h"

#include "tests/support/temporary_file.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTest>

#include <sys/resource.h>

#include <csignal>
#include <cstdio>

using namespace app;
using inference::ErrorCode;
using inference::Result;

namespace {

MessageRecord message(qint64 conversation, qint64 parent, const QString &text, Role role = Role::User)
{
    MessageRecord record;
    record.id = newRecordId();
    record.conversationId = conversation;
    record.parentId = parent;
    record.role = role;
    record.content = text;
    record.created = nowMs();
    return record;
}

ConversationRecord conversation(const QString &title)
{
    ConversationRecord record;
    record.id = newRecordId();
    record.title = title;
    record.created = record.updated = nowMs();
    return record;
}

// Writes and waits for the answer.
Result<void> save(ChatStore &store, const StoreOperations &operations,
                  Durability durability = Durability::Typed)
{
    std::optional<Result<void>> result;
    QObject context;
    store.write(operations, durability, &context, [&](const Result<void> &done) { result = done; });
    if (!QTest::qWaitFor([&] { return result.has_value(); }, 20000))
        return inference::Error(ErrorCode::Internal, "no answer");
    return *result;
}

QVector<ConversationRecord> conversations(ChatStore &store)
{
    std::optional<Result<QVector<ConversationRecord>>> result;
    QObject context;
    store.readConversations(&context, [&](const auto &done) { result = done; });
    if (!QTest::qWaitFor([&] { return result.has_value(); }, 20000) || !*result)
        return {};
    return **result;
}

ConversationContents contents(ChatStore &store, qint64 id)
{
    std::optional<Result<ConversationContents>> result;
    QObject context;
    store.readContents(id, &context, [&](const auto &done) { result = done; });
    if (!QTest::qWaitFor([&] { return result.has_value(); }, 20000) || !*result)
        return {};
    return **result;
}

bool waitOpen(ChatStore &store)
{
    return QTest::qWaitFor([&] { return store.isOpen(); }, 20000);
}

std::unique_ptr<Database> openRaw(const QString &folder, Database::Mode mode = Database::Mode::ReadWrite)
{
    auto database = Database::open(storePath(folder), mode);
    return database ? std::move(*database) : nullptr;
}

// A store with that many conversations of that many messages.
void fill(const QString &folder, int conversationCount, int messageCount)
{
    ChatStore store(folder);
    for (int i = 0; i < conversationCount; ++i) {
        const auto chat = conversation(QStringLiteral("Chat %1").arg(i));
        StoreOperations operations{CreateConversation{chat}};
        qint64 parent = 0;
        for (int j = 0; j < messageCount; ++j) {
            auto record =
                message(chat.id, parent, QStringLiteral("message %1 ").arg(j).repeated(8 + j * 7 % 60));
            parent = record.id;
            operations << SaveMessage{record};
        }
        QVERIFY(save(store, operations));
    }
}

void damage(const QString &path, qint64 offset, const QByteArray &bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadWrite));
    QVERIFY(file.seek(offset));
    QCOMPARE(file.write(bytes), bytes.size());
}

} // namespace

class TestStore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsConversationsAsTrees()
    {
        const test::TemporaryFolder folder;
        const QString path = folder.path(QStringLiteral("data"));
        auto chat = conversation(QStringLiteral("Größe 大小"));
        auto question = message(chat.id, 0, QStringLiteral("Wie groß? 🐋"));
        auto answer = message(chat.id, question.id, QStringLiteral("Groß."), Role::Assistant);
        answer.reasoning = QStringLiteral("Hmm");
        answer.reasoningMs = 1200;
        answer.endReason = QStringLiteral("stop");
        answer.model = QStringLiteral("R1");
        answer.promptTokens = 12;
        answer.generatedTokens = 3;
        answer.decodeTokensPerSecond = 7.5;
        auto other = message(chat.id, question.id, QStringLiteral("Sehr groß."), Role::Assistant);
        other.state = MessageState::Failed;
        other.error = QStringLiteral("No.");
        other.errorCode = int(ErrorCode::InvalidNumbers);
        {
            ChatStore store(path);
            QSignalSpy committed(&store, &ChatStore::committed);
            QVERIFY(save(store, {CreateConversation{chat}, SaveMessage{question}, SaveMessage{answer},
                                 SaveMessage{other}, SetCurrentLeaf{chat.id, answer.id, nowMs()},
                                 SetDraft{chat.id, QStringLiteral("and")}}));
            QCOMPARE(committed.count(), 1);
            QVERIFY(store.report().created);
            QCOMPARE(store.saveState(), ChatStore::SaveState::Saved);
        }
        ChatStore store(path);
        const auto list = conversations(store);
        QCOMPARE(list.size(), 1);
        QCOMPARE(list[0].title, chat.title);
        QCOMPARE(list[0].currentLeaf, answer.id);
        const auto all = contents(store, chat.id);
        QVERIFY(!store.report().created);
        QCOMPARE(all.draft, QStringLiteral("and"));
        QCOMPARE(all.messages.size(), 3);
        QCOMPARE(all.messages[0].content, question.content);
        QCOMPARE(all.messages[1].reasoning, answer.reasoning);
        QCOMPARE(all.messages[1].reasoningMs, answer.reasoningMs);
        QCOMPARE(all.messages[1].decodeTokensPerSecond, 7.5);
        QCOMPARE(all.messages[1].errorCode, -1);
        QCOMPARE(all.messages[2].parentId, question.id);
        QCOMPARE(all.messages[2].state, MessageState::Failed);
        QCOMPARE(all.messages[2].errorCode, int(ErrorCode::InvalidNumbers));
    }
    void aWriteIsAllOrNothing()
    {
        const test::TemporaryFolder folder;
        ChatStore store(folder.path(QStringLiteral("data")));
        const auto chat = conversation(QStringLiteral("a"));
        const auto orphan = message(12345, 0, QStringLiteral("no such conversation"));
        const auto result = save(store, {CreateConversation{chat}, SaveMessage{orphan}});
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::InvalidArgument);
        QVERIFY(conversations(store).isEmpty());
        QVERIFY(save(store, {CreateConversation{chat}}));
        QCOMPARE(conversations(store).size(), 1);
    }
    void aTitleOfTheUserStays()
    {
        const test::TemporaryFolder folder;
        ChatStore store(folder.path(QStringLiteral("data")));
        const auto chat = conversation(QStringLiteral("a"));
        QVERIFY(
            save(store, {CreateConversation{chat}, SetTitle{chat.id, QStringLiteral("mine"), true},
                         SetTitle{chat.id, QStringLiteral("automatic"), false}, SetPinned{chat.id, true}}));
        QCOMPARE(conversations(store)[0].title, QStringLiteral("mine"));
        QVERIFY(conversations(store)[0].titledByUser);
        QVERIFY(conversations(store)[0].pinned);
    }
    void deletionCanBeTakenBackForThirtyDays()
    {
        const test::TemporaryFolder folder;
        const QString path = folder.path(QStringLiteral("data"));
        const auto recent = conversation(QStringLiteral("recent")), old = conversation(QStringLiteral("old"));
        {
            ChatStore store(path);
            const auto text = message(old.id, 0, QStringLiteral("x"));
            QVERIFY(save(store, {CreateConversation{recent}, CreateConversation{old}, SaveMessage{text},
                                 SetDeleted{recent.id, nowMs() - kKeepDeletedMs + 60000},
                                 SetDeleted{old.id, nowMs() - kKeepDeletedMs - 60000}}));
            QVERIFY(conversations(store).isEmpty());
        }
        ChatStore store(path);
        QVERIFY(save(store, {SetDeleted{recent.id, 0}, SetDeleted{old.id, 0}}));
        QCOMPARE(conversations(store).size(), 1);
        QCOMPARE(conversations(store)[0].title, QStringLiteral("recent"));
        QCOMPARE(contents(store, old.id).messages.size(), 0);
    }
    void aReaderSeesTheFileWhileItIsOpen()
    {
        const test::TemporaryFolder folder;
        const QString path = folder.path(QStringLiteral("data"));
        ChatStore store(path);
        const auto chat = conversation(QStringLiteral("seen"));
        QVERIFY(save(store,
                     {CreateConversation{chat}, SaveMessage{message(chat.id, 0, QStringLiteral("hello"))}}));
        const auto reader = openRaw(path, Database::Mode::ReadOnly);
        QVERIFY(reader);
        auto rows = reader->prepare("SELECT content FROM messages");
        QVERIFY(rows);
        QVERIFY(*rows->step());
        QCOMPARE(rows->text(0), QStringLiteral("hello"));
        // The reader's open statement does not hold the writer up.
        QVERIFY(save(store, {SetTitle{chat.id, QStringLiteral("b"), true}}));
    }
    void answersBeingWrittenAreInterruptedAtTheNextStart()
    {
        const test::TemporaryFolder folder;
        const QString path = folder.path(QStringLiteral("data"));
        const auto chat = conversation(QStringLiteral("a"));
        auto answer = message(chat.id, 0, QString(), Role::Assistant);
        answer.state = MessageState::Streaming;
        {
            ChatStore store(path);
            QVERIFY(save(store, {CreateConversation{chat}, SaveMessage{answer}}));
            QVERIFY(save(store,
                         {JournalAnswer{answer.id, QStringLiteral("so far"), QStringLiteral("why"), 5}},
                         Durability::Streamed));
        }
        ChatStore store(path);
        const auto all = contents(store, chat.id);
        QCOMPARE(all.messages[0].content, QStringLiteral("so far"));
        QCOMPARE(all.messages[0].reasoning, QStringLiteral("why"));
        QCOMPARE(all.messages[0].state, MessageState::Interrupted);
        QCOMPARE(store.report().interrupted, 1);
        QVERIFY(!store.report().notice.isEmpty());
    }
    void aCallbackWhoseContextIsGoneIsDropped()
    {
        const test::TemporaryFolder folder;
        ChatStore store(folder.path(QStringLiteral("data")));
        auto *context = new QObject;
        bool called = false;
        store.readConversations(context, [&](const auto &) { called = true; });
        store.write({}, Durability::Typed, context, [&](const auto &) { called = true; });
        delete context;
        QVERIFY(save(store, {}));
        QVERIFY(!called);
    }
    void aSlotMayDeleteTheStore()
    {
        const test::TemporaryFolder folder;
        auto *store = new ChatStore(folder.path(QStringLiteral("data")));
        bool gone = false;
        connect(store, &ChatStore::committed, this, [&] {
            delete store;
            gone = true;
        });
        const auto chat = conversation(QStringLiteral("a"));
        store->write({CreateConversation{chat}}, Durability::Typed, this, {});
        store->write({SetPinned{chat.id, true}}, Durability::Typed, this, {});
        QVERIFY(QTest::qWaitFor([&] { return gone; }));
        ChatStore again(folder.path(QStringLiteral("data")));
        QVERIFY(conversations(again)[0].pinned); // the second write was not lost
    }
    void aNewerSchemaIsReadOnly()
    {
        const test::TemporaryFolder folder;
        const QString path = folder.path(QStringLiteral("data"));
        fill(path, 1, 2);
        QVERIFY(openRaw(path)->run("PRAGMA user_version = 99"));
        QFile file(storePath(path));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray before = file.readAll();
        ChatStore store(path);
        QVERIFY(waitOpen(store));
        QVERIFY(store.isReadOnly());
        QCOMPARE(store.report().newerSchema, 99);
        QVERIFY(!store.report().notice.isEmpty());
        QCOMPARE(conversations(store).size(), 1);
        const auto result = save(store, {CreateConversation{conversation(QStringLiteral("x"))}});
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::ReadOnly);
        file.seek(0);
        QVERIFY(file.readAll() == before);
    }
    void migratesInOneTransactionAfterABackup()
    {
        const test::TemporaryFolder folder;
        const QString path = folder.path(QStringLiteral("data"));
        fill(path, 2, 3);
        std::vector<const char *> steps(storeSchema().begin(), storeSchema().end());
        steps.push_back("ALTER TABLE messages ADD COLUMN mood TEXT; UPDATE messages SET mood = 'new'");
        steps.push_back("CREATE TABLE one(x); CREATE TABLE two(x); SELECT broken");
        auto failed = openStoreFile(path, steps);
        QVERIFY(!failed.database);
        QVERIFY(failed.report.error.has_value());
        QCOMPARE(*openRaw(path)->integer("PRAGMA user_version"), qint64(storeSchema().size()));
        QCOMPARE(
            *openRaw(path)->integer("SELECT count(*) FROM pragma_table_info('messages') WHERE name = 'mood'"),
            0);
        QCOMPARE(*openRaw(path)->integer("SELECT count(*) FROM messages"), 6);

        steps.pop_back();
        auto opened = openStoreFile(path, steps);
        QVERIFY(opened.database);
        QCOMPARE(opened.report.migratedFrom, int(storeSchema().size()));
        QCOMPARE(*opened.database->integer("SELECT count(*) FROM messages WHERE mood = 'new'"), 6);
        const QStringList copies = QDir(backupFolder(path)).entryList({QStringLiteral("baleen-before-*")});
        QVERIFY(!copies.isEmpty());
        const auto copy =
            Database::open(backupFolder(path) + QLatin1Char('/') + copies.first(), Database::Mode::ReadOnly);
        QVERIFY(copy);
        QCOMPARE(*(*copy)->integer("PRAGMA user_version"), qint64(storeSchema().size()));
        QCOMPARE(*(*copy)->integer("SELECT count(*) FROM messages"), 6);
    }
    void keepsFiveDailyBackups()
    {
        const test::TemporaryFolder folder;
        const QString path = folder.path(QStringLiteral("data"));
        fill(path, 1, 1);
        const auto database = openRaw(path);
        QDir(backupFolder(path)).removeRecursively();
        for (int day = 1; day <= 8; ++day)
            for (int time = 0; time < 2; ++time) {
                const auto done = backUpDaily(*database, path, QDate(2031, 1, day));
                QVERIFY(done);
                QCOMPARE(*done, time == 0);
            }
        const QStringList all = backups(path);
        QCOMPARE(all.size(), kBackupCount);
        QVERIFY(all.first().endsWith(QLatin1String("2031-01-08.db")));
        QVERIFY(all.last().endsWith(QLatin1String("2031-01-04.db")));
        QCOMPARE(*(*Database::open(all.first(), Database::Mode::ReadOnly))
                      ->integer("SELECT count(*) FROM messages"),
                 1);
        QVERIFY(QDir(backupFolder(path)).entryList({QStringLiteral("*.part*")}).isEmpty());
    }
    void aDamagedFileIsKeptAndItsRowsAreSaved_data()
    {
        QTest::addColumn<QString>("damageKind");
        QTest::addColumn<int>("atLeast"); // of 3000 messages, with no backup at hand
        QTest::newRow("one page zeroed") << QStringLiteral("page") << 2900;
        QTest::newRow("three pages zeroed") << QStringLiteral("pages") << 2700;
        QTest::newRow("cut in half") << QStringLiteral("cut") << 1000;
        QTest::newRow("header overwritten") << QStringLiteral("header") << 3000;
        QTest::newRow("first page zeroed") << QStringLiteral("first") << 3000;
    }
    void aDamagedFileIsKeptAndItsRowsAreSaved()
    {
        QFETCH(QString, damageKind);
        QFETCH(int, atLeast);
        const test::TemporaryFolder folder;
        const QString path = folder.path(QStringLiteral("data"));
        fill(path, 30, 100);
        QDir(backupFolder(path)).removeRecursively();
        const qint64 size = QFileInfo(storePath(path)).size();
        const qint64 pages = size / 4096;
        if (damageKind == QLatin1String("cut")) {
            QVERIFY(QFile::resize(storePath(path), pages / 2 * 4096 + 1000));
        } else if (damageKind == QLatin1String("header")) {
            damage(storePath(path), 0, QByteArray(100, 'x'));
        } else if (damageKind == QLatin1String("first")) {
            damage(storePath(path), 0, QByteArray(4096, '\0'));
        } else {
            // Leaf pages of the messages table: those with its rows, found by their text.
            QFile file(storePath(path));
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QByteArray all = file.readAll();
            file.close();
            int zeroed = 0;
            const int wanted = damageKind == QLatin1String("page") ? 1 : 3;
            for (qint64 page = pages / 3; page < pages && zeroed < wanted; page += 17)
                for (; page < pages; ++page)
                    if (all[page * 4096] == 13 && all.mid(page * 4096, 4096).contains("message ")) {
                        damage(storePath(path), page * 4096, QByteArray(4096, '\0'));
                        ++zeroed;
                        break;
                    }
            QCOMPARE(zeroed, wanted);
        }
        const qint64 damagedSize = QFileInfo(storePath(path)).size();
        ChatStore store(path);
        QVERIFY(waitOpen(store));
        QVERIFY(!store.isReadOnly());
        QVERIFY(QFile::exists(store.report().damagedCopy));
        QCOMPARE(QFileInfo(store.report().damagedCopy).size(), damagedSize);
        QVERIFY2(store.report().salvagedMessages >= atLeast, qPrintable(store.report().notice));
        QVERIFY(!store.report().notice.isEmpty());
        qint64 seen = 0;
        for (const auto &chat : conversations(store))
            seen += contents(store, chat.id).messages.size();
        QCOMPARE(seen, qint64(store.report().salvagedMessages));
        QVERIFY(save(store, {CreateConversation{conversation(QStringLiteral("goes on"))}}));
    }
    void whatIsBeyondSalvageComesFromTheBackup()
    {
        const test::TemporaryFolder folder;
        const QString path = folder.path(QStringLiteral("data"));
        fill(path, 3, 10);
        {
            const auto database = openRaw(path);
            QVERIFY(*backUpDaily(*database, path, QDate(2100, 1, 1)));
        }
        damage(storePath(path), 0, QByteArray(QFileInfo(storePath(path)).size(), 'x'));
        ChatStore store(path);
        QVERIFY(waitOpen(store));
        QCOMPARE(store.report().restoredMessages, 30);
        QCOMPARE(conversations(store).size(), 3);
        QVERIFY(QFile::exists(store.report().damagedCopy));
    }
    void randomDamageNeverStopsTheStore()
    {
        const test::TemporaryFolder folder;
        const QString source = folder.path(QStringLiteral("source"));
        fill(source, 6, 40);
        QFile file(storePath(source));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray whole = file.readAll();
        for (quint32 seed = 1; seed <= 100; ++seed) {
            QRandomGenerator random(seed);
            QByteArray bytes = whole;
            const int flips = 1 + int(random.bounded(64));
            for (int i = 0; i < flips; ++i)
                bytes[qsizetype(random.bounded(quint32(bytes.size())))] = char(random.bounded(256));
            const QString path = folder.path(QString::number(seed));
            QVERIFY(QDir().mkpath(path));
            folder.write(QString::number(seed) + QStringLiteral("/baleen.db"), bytes);
            ChatStore store(path);
            QVERIFY(waitOpen(store));
            const auto chat = conversation(QStringLiteral("new"));
            const auto result = save(store, {CreateConversation{chat}});
            QVERIFY2(
                result || store.isReadOnly(),
                qPrintable(QStringLiteral("seed %1: %2")
                               .arg(seed)
                               .arg(result ? QString() : QString::fromStdString(result.error().message))));
            for (const auto &each : conversations(store))
                contents(store, each.id);
            // The damaged bytes are still somewhere, unless the store could use the file as it is.
            if (!store.report().damagedCopy.isEmpty()) {
                QFile kept(store.report().damagedCopy);
                QVERIFY(kept.open(QIODevice::ReadOnly));
                QVERIFY(kept.readAll() == bytes);
            }
        }
    }
    void nothingSentIsLostWhenTheProcessIsKilled();
    void aFullDiskKeepsTheTextAndHeals();
};

namespace {

// A process that sends messages and journals an answer, telling on its output what was committed, until it is
// killed.
int writeForever(const QString &folder)
{
    ChatStore store(folder);
    const auto chat = conversation(QStringLiteral("killed"));
    const auto answer = [&] {
        auto record = message(chat.id, 0, QString(), Role::Assistant);
        record.state = MessageState::Streaming;
        return record;
    }();
    const auto say = [](const char *what, qint64 value) {
        std::printf("%s %lld\n", what, static_cast<long long>(value));
        std::fflush(stdout);
    };
    QObject context;
    QString text;
    std::function<void()> next = [&] {
        const auto record = message(chat.id, answer.id, QStringLiteral("typed text ").repeated(50));
        store.write({SaveMessage{record}, SetCurrentLeaf{chat.id, record.id, nowMs()}}, Durability::Typed,
                    &context, [&, id = record.id](const Result<void> &) {
                        say("sent", id);
                        text += QStringLiteral("0123456789");
                        store.write({JournalAnswer{answer.id, text, QString(), 0}}, Durability::Streamed,
                                    &context, [&, size = text.size()](const Result<void> &) {
                                        say("journal", size);
                                        next();
                                    });
                    });
    };
    store.write({CreateConversation{chat}, SaveMessage{answer}}, Durability::Typed, &context,
                [&](const Result<void> &) { next(); });
    return QCoreApplication::exec();
}

// A process whose files may not grow beyond a limit for a while: to the store the same as a full disk.
int fillDisk(const QString &folder)
{
    std::signal(SIGXFSZ, SIG_IGN);
    ChatStore store(folder);
    const auto chat = conversation(QStringLiteral("full"));
    if (!save(store, {CreateConversation{chat}}))
        return 2;
    rlimit limit{};
    getrlimit(RLIMIT_FSIZE, &limit);
    const rlimit unlimited = limit;
    limit.rlim_cur = 256 * 1024;
    setrlimit(RLIMIT_FSIZE, &limit);

    QObject context;
    int done = 0, failed = 0;
    constexpr int kMessages = 40;
    for (int i = 0; i < kMessages; ++i)
        store.write({SaveMessage{message(chat.id, 0, QString::number(i) + QString(20000, QLatin1Char('x')))}},
                    Durability::Typed, &context,
                    [&](const Result<void> &result) { result ? ++done : ++failed; });
    if (!QTest::qWaitFor([&] { return store.saveState() == ChatStore::SaveState::NotSaved; }, 10000))
        return 3;
    if (!store.saveError() || store.saveError()->code != ErrorCode::DiskFull) {
        std::printf("%s\n", store.saveError() ? store.saveError()->message.c_str() : "no error");
        return 4;
    }
    QTest::qWait(100);
    if (done >= kMessages || failed > 0 || store.unsavedWrites() == 0)
        return 5;
    // What is there can be read meanwhile.
    if (contents(store, chat.id).messages.size() != done)
        return 6;
    setrlimit(RLIMIT_FSIZE, &unlimited);
    store.retry();
    if (!QTest::qWaitFor([&] { return done == kMessages; }, 10000) || failed > 0)
        return 7;
    if (!QTest::qWaitFor([&] { return store.saveState() == ChatStore::SaveState::Saved; }, 10000))
        return 8;
    const auto all = contents(store, chat.id);
    for (int i = 0; i < kMessages; ++i)
        if (!all.messages[i].content.startsWith(QString::number(i) + QLatin1Char('x')))
            return 9;
    return 0;
}

} // namespace

void TestStore::nothingSentIsLostWhenTheProcessIsKilled()
{
    const test::TemporaryFolder folder;
    QRandomGenerator random(7);
    int sentInAll = 0;
    for (int round = 0; round < 50; ++round) {
        const QString path = folder.path(QString::number(round));
        QProcess child;
        child.start(QCoreApplication::applicationFilePath(), {QStringLiteral("--write-forever"), path});
        QVERIFY(child.waitForStarted());
        if (round % 5 != 0) // now and then it is killed while it opens
            QVERIFY(child.waitForReadyRead(20000));
        QTest::qSleep(int(random.bounded(round % 5 == 0 ? 30 : 80)));
        child.kill();
        QVERIFY(child.waitForFinished(20000));
        const QList<QByteArray> lines = child.readAllStandardOutput().split('\n');
        QSet<qint64> sent;
        qint64 journaled = 0;
        for (const QByteArray &line : lines.mid(0, lines.size() - 1)) {
            if (line.startsWith("sent "))
                sent << line.mid(5).toLongLong();
            else if (line.startsWith("journal "))
                journaled = line.mid(8).toLongLong();
        }
        sentInAll += int(sent.size());
        ChatStore store(path);
        QVERIFY(waitOpen(store));
        QVERIFY2(store.report().damagedCopy.isEmpty(), qPrintable(store.report().notice));
        const auto list = conversations(store);
        QVERIFY(list.size() == 1 || sent.isEmpty());
        if (list.isEmpty())
            continue;
        for (const auto &record : contents(store, list[0].id).messages) {
            sent.remove(record.id);
            if (record.role == Role::Assistant) {
                QVERIFY(record.content.size() >= journaled);
                QCOMPARE(record.state, MessageState::Interrupted);
            } else {
                QCOMPARE(record.content.size(), 550);
            }
        }
        QVERIFY2(sent.isEmpty(), qPrintable(QString::number(sent.size())));
    }
    QVERIFY(sentInAll > 50);
}

void TestStore::aFullDiskKeepsTheTextAndHeals()
{
    const test::TemporaryFolder folder;
    QProcess child;
    child.setProcessChannelMode(QProcess::MergedChannels);
    child.start(QCoreApplication::applicationFilePath(),
                {QStringLiteral("--fill-disk"), folder.path(QStringLiteral("data"))});
    QVERIFY(child.waitForFinished(60000));
    const QByteArray output = child.readAll();
    QVERIFY2(child.exitStatus() == QProcess::NormalExit && child.exitCode() == 0,
             "exit " + QByteArray::number(child.exitCode()) + ": " + output);
}

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    if (argc > 2 && qstrcmp(argv[1], "--write-forever") == 0)
        return writeForever(QString::fromLocal8Bit(argv[2]));
    if (argc > 2 && qstrcmp(argv[1], "--fill-disk") == 0)
        return fillDisk(QString::fromLocal8Bit(argv[2]));
    TestStore test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_store.moc"
