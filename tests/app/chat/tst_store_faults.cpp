// app/chat/store.h on a disk that fails: the process is killed, the power cut, the disk full or broken at hundreds of chosen
// operations of a script of real use. What was told to be saved is there, and nothing by halves.
#include "app/chat/store.h"
#include "tests/support/disk/faulty_disk.h"
#include "tests/support/temporary_file.h"

#include <QCoreApplication>
#include <QDir>
#include <QEventLoop>
#include <QFile>
#include <QProcess>
#include <QTest>
#include <QTimer>

#include <cstdio>

using namespace app;
using inference::Result;
using test::DiskFault;
using test::FaultyDisk;

namespace {

// Fixed, so that every run writes the same.
constexpr qint64 kTime = 1790000000000, kLater = 4102444800000;
constexpr int kVariants = 4; // the file is new, or of schema 1, 2 or 3

MessageRecord message(qint64 id, qint64 conversation, qint64 parent, const QString &text, Role role = Role::User)
{
    MessageRecord record;
    record.id = id;
    record.conversationId = conversation;
    record.parentId = parent;
    record.role = role;
    record.content = text;
    record.created = kTime + id;
    if (role == Role::Assistant)
        record.model = QStringLiteral("R1");
    return record;
}

ConversationRecord conversation(qint64 id, const QString &title)
{
    ConversationRecord record;
    record.id = id;
    record.title = title;
    record.created = record.updated = kTime + id;
    return record;
}

struct Step
{
    enum class Kind { Write, Restart, BackUp, Find };
    Kind kind = Kind::Write;
    StoreOperations operations;
    Durability durability = Durability::Typed;
};

// A day with Baleen.
QVector<Step> script()
{
    const auto typed = [](StoreOperations operations) { return Step{Step::Kind::Write, std::move(operations), Durability::Typed}; };
    const auto streamed = [](StoreOperations operations) { return Step{Step::Kind::Write, std::move(operations), Durability::Streamed}; };
    const QString words = QStringLiteral("The whale feeds through its baleen 鲸鱼. ");
    QVector<Step> steps;
    auto answer = message(102, 100, 101, QString(), Role::Assistant);
    answer.state = MessageState::Streaming;
    steps << typed({CreateConversation{conversation(100, QStringLiteral("first"))}, SetDraft{0, QString()},
                    SaveMessage{message(101, 100, 0, words)}, SaveMessage{answer}, SetCurrentLeaf{100, 102, kTime}});
    for (int i = 1; i <= 4; ++i)
        steps << streamed({JournalAnswer{102, words.repeated(i * 30), QStringLiteral("hmm ").repeated(i), i}});
    answer.content = words.repeated(150);
    answer.reasoning = QStringLiteral("hmm hmm");
    answer.state = MessageState::Complete;
    answer.endReason = QStringLiteral("stop");
    answer.receipt = "{\"seed\":1}";
    steps << typed({SaveMessage{answer}, SetCurrentLeaf{100, 102, kTime + 1}});
    steps << typed({SetDraft{100, QStringLiteral("half a thought")}}) << typed({SetTitle{100, QStringLiteral("mine"), true}});
    steps << Step{Step::Kind::Find, {}, {}};
    steps << typed({SaveMessage{message(103, 100, 0, QStringLiteral("edited"))},
                    SaveMessage{message(104, 100, 103, words, Role::Assistant)}, SetCurrentLeaf{100, 104, kTime + 2}});
    steps << streamed({SetView{100, {104, 33}}});
    steps << typed({CreateConversation{conversation(200, QStringLiteral("second"))}, SaveMessage{message(201, 200, 0, words.repeated(6000))}});
    steps << typed({SaveFolder{{300, QStringLiteral("work"), 1}}, SetFolder{200, 300}, SetTags{200, {QStringLiteral("a"), QStringLiteral("b")}}});
    steps << typed({SetDeleted{200, kLater}}) << Step{Step::Kind::Restart, {}, {}} << typed({SetDeleted{200, 0}});
    steps << typed({SetTags{200, {QStringLiteral("c")}}, SetPinned{200, true}, SetArchived{100, kLater}});
    steps << Step{Step::Kind::BackUp, {}, {}};
    steps << typed({CreateConversation{conversation(400, QStringLiteral("third"))}, SaveMessage{message(401, 400, 0, words)}});
    steps << Step{Step::Kind::Find, {}, {}} << typed({RemoveConversation{400}}) << typed({RemoveFolder{300}});
    steps << typed({SetDraft{100, QString()}, SetDraft{0, QStringLiteral("a new one")}});
    auto unfinished = message(202, 200, 201, QString(), Role::Assistant);
    unfinished.state = MessageState::Streaming;
    steps << typed({SaveMessage{unfinished}, SetCurrentLeaf{200, 202, kTime + 3}});
    steps << streamed({JournalAnswer{202, words.repeated(200), QString(), 0}});
    return steps;
}

// What is in the file, as text; an answer that was being written counts as interrupted, which is what opening makes of it.
QString dump(const Database &database)
{
    QString all;
    for (const char *sql :
         {"SELECT 'message', id, conversation_id, parent_id, role, content, reasoning, reasoning_ms,"
          " CASE state WHEN 'streaming' THEN 'interrupted' ELSE state END, end_reason, model, created, receipt FROM messages ORDER BY id",
          "SELECT 'conversation', id, kind, title, titled_by_user, pinned, folder_id, current_leaf, created, updated, deleted_at,"
          " archived_at, view_message, view_offset FROM conversations ORDER BY id",
          "SELECT 'draft', conversation_id, text FROM drafts ORDER BY 1, 2",
          "SELECT 'tag', conversation_id, tag FROM tags ORDER BY 2, 3", "SELECT 'folder', id, name, position FROM folders ORDER BY id"}) {
        auto rows = database.prepare(sql);
        if (!rows)
            return QString::fromStdString(rows.error().message);
        for (auto row = rows->step();; row = rows->step()) {
            if (!row)
                return QString::fromStdString(row.error().message);
            if (!*row)
                break;
            for (int column = 0; column < rows->columns(); ++column)
                all += rows->text(column) + QLatin1Char('|');
            all += QLatin1Char('\n');
        }
    }
    return all;
}

// The folder as the script finds it. False: something went wrong.
bool prepare(const QString &folder, int variant)
{
    if (!QDir().mkpath(folder) || variant == 0)
        return true;
    auto database = Database::open(storePath(folder), Database::Mode::ReadWrite);
    if (!database || !(*database)->run("PRAGMA journal_mode = WAL") || !migrateStore(**database, 0, storeSchema().first(std::size_t(variant))))
        return false;
    const char *rows = "INSERT INTO conversations(id, title, current_leaf, created, updated) VALUES(1, 'old one', 12, 5, 6), (2, 'two', 20, 5, 6);"
                       "INSERT INTO drafts VALUES(2, 'not sent yet', 7);"
                       "INSERT INTO messages(id, conversation_id, parent_id, role, content, created) VALUES(11, 1, NULL, 'user', 'hello whale', 8),"
                       " (12, 1, 11, 'assistant', 'hello you', 9), (20, 2, NULL, 'user', 'whales?', 10);";
    return (*database)->run(rows).ok();
}

struct Expected
{
    QStringList states;        // after so many steps of the script
    QVector<bool> mayBeLost;   // by a power cut: this step alone has not waited for the disk
    QString problem;
};

Expected expectedStates(const QString &folder, int variant)
{
    Expected expected;
    if (!prepare(folder, variant))
        expected.problem = QStringLiteral("cannot prepare");
    auto opened = openStoreFile(folder);
    if (!opened.database)
        return expected;
    expected.states << dump(*opened.database);
    expected.mayBeLost << false;
    for (const Step &step : script()) {
        for (const StoreOperation &operation : step.operations)
            if (const auto done = apply(*opened.database, operation); !done)
                expected.problem = QString::fromStdString(done.error().message);
        expected.states << dump(*opened.database);
        expected.mayBeLost << (step.durability == Durability::Streamed);
    }
    return expected;
}

// Runs the script; `done` is told the number of each step when the store says so. 0: to the end.
int runScript(const QString &folder, FaultyDisk &disk, bool heals, const std::function<void(int)> &done)
{
    const auto open = [&] {
        auto store = std::make_unique<ChatStore>(folder);
        QObject::connect(store.get(), &ChatStore::saveStateChanged, store.get(), [&disk, heals, s = store.get()] {
            if (s->saveState() != ChatStore::SaveState::NotSaved || !heals)
                return;
            disk.heal();
            s->retry();
        });
        return store;
    };
    auto store = open();
    const QVector<Step> steps = script();
    for (int i = 0; i < steps.size(); ++i) {
        QEventLoop loop;
        int code = 0;
        const auto answered = [&](const auto &result) {
            if (!result && steps[i].kind == Step::Kind::Write) {
                std::fprintf(stderr, "step %d: %s\n", i, result.error().message.c_str());
                code = 3;
            }
            loop.quit();
        };
        QTimer::singleShot(60000, &loop, [&] {
            code = 4;
            loop.quit();
        });
        switch (steps[i].kind) {
        case Step::Kind::Write:
            store->write(steps[i].operations, steps[i].durability, &loop, answered);
            loop.exec();
            break;
        case Step::Kind::Find:
            store->find(searchQuery(QStringLiteral("whale")), QStringLiteral("chat"), 10, &loop, answered);
            loop.exec();
            break;
        case Step::Kind::Restart:
            store.reset();
            store = open();
            break;
        case Step::Kind::BackUp: {
            const auto database = Database::open(storePath(folder), Database::Mode::ReadOnly);
            for (int day = 1; database && day <= 7; ++day)
                (void)backUpDaily(**database, folder, QDate(2099, 1, day)); // an error is told and costs nothing
            break;
        }
        }
        if (code)
            return code;
        done(i + 1);
    }
    return 0;
}

// The process that is killed: --script folder fault at heals|stays|opens.
int runProcess(const QStringList &arguments)
{
    FaultyDisk disk(arguments[0]);
    const auto fault = DiskFault(arguments[1].toInt());
    disk.plan(fault, arguments[2].toInt());
    const auto say = [](int step) {
        std::printf("%d\n", step);
        std::fflush(stdout);
    };
    const auto opens = [&] {
        const OpenedStore opened = openStoreFile(arguments[0]);
        if (!opened.report.damagedCopy.isEmpty())
            say(opened.report.salvagedMessages);
        return opened.database ? 0 : 5;
    };
    const int code = arguments[3] == QLatin1String("opens") ? opens()
                                                            : runScript(arguments[0], disk, arguments[3] == QLatin1String("heals"), say);
    std::printf("operations %d\n", disk.operations());
    std::fflush(stdout);
    return code;
}

// Opens what is left and compares; empty: all is well.
QString problemOf(const QString &folder, const Expected &expected, int atLeast, int atMost)
{
    auto opened = openStoreFile(folder);
    if (!opened.database)
        return QStringLiteral("not opened: ") + opened.report.notice;
    const StoreReport &report = opened.report;
    if (!report.damagedCopy.isEmpty() || report.error || report.readOnly)
        return QStringLiteral("opened with: ") + report.notice;
    Database &database = *opened.database;
    if (const auto checked = database.integer("SELECT integrity_check = 'ok' FROM pragma_integrity_check"); !checked || *checked != 1)
        return QStringLiteral("integrity");
    if (const auto broken = database.integer("SELECT count(*) FROM pragma_foreign_key_check"); !broken || *broken != 0)
        return QStringLiteral("foreign keys");
    const QString state = dump(database);
    bool found = false;
    for (int i = atLeast; i <= atMost && !found; ++i)
        found = expected.states[i] == state;
    if (!found) {
        const qsizetype other = expected.states.indexOf(state);
        return QStringLiteral("a state that was not to be: %1, wanted %2 to %3").arg(other).arg(atLeast).arg(atMost) +
               (other < 0 ? QLatin1Char('\n') + state.left(2000) : QString());
    }
    {
        auto search = SearchIndex::open(database, folder);
        if (!search)
            return QStringLiteral("search: ") + QString::fromStdString(search.error().message);
        for (auto more = (*search)->takeSome(100);; more = (*search)->takeSome(100)) {
            if (!more)
                return QStringLiteral("search: ") + QString::fromStdString(more.error().message);
            if (!*more)
                break;
        }
        const auto documents = database.integer("SELECT (SELECT count(*) FROM search.documents) - (SELECT count(*) FROM main.messages)");
        if (!documents || *documents != 0)
            return QStringLiteral("search: documents %1").arg(documents ? *documents : -1);
        if (!database.run("INSERT INTO search.words(words) VALUES('integrity-check')"))
            return QStringLiteral("search: integrity");
        const auto wanted = database.integer("SELECT count(DISTINCT m.conversation_id) FROM messages AS m JOIN conversations AS c"
                                             " ON c.id = m.conversation_id WHERE c.deleted_at IS NULL"
                                             " AND m.content LIKE '%whale%'");
        const auto hits = (*search)->find(searchQuery(QStringLiteral("whale")), QStringLiteral("chat"), 100);
        if (!hits || !wanted || hits->hits.size() != *wanted)
            return QStringLiteral("search: %1 hits, wanted %2").arg(hits ? hits->hits.size() : -1).arg(wanted ? *wanted : -1);
    }
    for (const QString &copy : backups(folder)) {
        const auto backup = Database::open(copy, Database::Mode::ReadOnly);
        const auto version = backup ? (*backup)->integer("PRAGMA user_version") : Result<qint64>(backup.error());
        if (!version || *version != qint64(storeSchema().size()))
            return QStringLiteral("backup %1").arg(copy);
    }
    if (!backUpDaily(database, folder, QDate(2099, 2, 1)))
        return QStringLiteral("no backup can be made");
    if (backups(folder).size() > kBackupCount)
        return QStringLiteral("backups: %1").arg(backups(folder).size());
    if (const QStringList parts = QDir(backupFolder(folder)).entryList({QStringLiteral("*.part*")}); !parts.isEmpty())
        return QStringLiteral("left over: ") + parts.join(QLatin1Char(' '));
    return {};
}

// The points of one kind of fault, spread over all operations of all variants.
struct Points
{
    DiskFault fault;
    int count;
    bool heals;
};

} // namespace

class TestStoreFaults : public QObject
{
    Q_OBJECT

private:
    test::TemporaryFolder m_folder;
    Expected m_expected[kVariants];
    int m_operations[kVariants] = {}; // of a run to the end

    struct Run
    {
        int code = -1; // of the process; -1: it was killed
        int steps = 0, operations = 0; // steps: the last number that was told
        QByteArray errors;
    };
    Run run(const QString &folder, DiskFault fault, int at, const QString &what)
    {
        QProcess child;
        child.start(QCoreApplication::applicationFilePath(),
                    {QStringLiteral("--script"), folder, QString::number(int(fault)), QString::number(at), what});
        Run run;
        if (!child.waitForFinished(90000))
            child.kill();
        child.waitForFinished();
        run.code = child.exitStatus() == QProcess::NormalExit ? child.exitCode() : -1;
        run.errors = child.readAllStandardError();
        const QList<QByteArray> lines = child.readAllStandardOutput().split('\n');
        for (const QByteArray &line : lines.mid(0, lines.size() - 1))
            if (line.startsWith("operations "))
                run.operations = line.mid(11).toInt();
            else
                run.steps = line.toInt();
        return run;
    }
    void runPoints(const Points &points)
    {
        int happened = 0;
        for (int point = 0; point < points.count; ++point) {
            const int variant = point % kVariants;
            const int ofVariant = points.count / kVariants, number = point / kVariants;
            const int at = 1 + int(qint64(m_operations[variant]) * number / ofVariant);
            const QString folder = m_folder.path(QStringLiteral("%1-%2").arg(int(points.fault)).arg(point));
            QVERIFY(prepare(folder, variant));
            const Run ran = run(folder, points.fault, at, points.heals ? QStringLiteral("heals") : QStringLiteral("stays"));
            const int last = int(script().size());
            const bool kills = points.fault == DiskFault::Kill || points.fault == DiskFault::ShortWrite;
            happened += kills ? ran.code == -1 : 1;
            if (points.heals) {
                QVERIFY2(ran.code == 0 && ran.steps == last,
                         qPrintable(QStringLiteral("variant %1, operation %2: exit %3 at step %4: ").arg(variant).arg(at).arg(ran.code).arg(ran.steps) +
                                    QString::fromUtf8(ran.errors)));
            }
            const QString problem = problemOf(folder, m_expected[variant], ran.steps, std::min(ran.steps + 1, last));
            QVERIFY2(problem.isEmpty(), qPrintable(QStringLiteral("variant %1, operation %2: ").arg(variant).arg(at) + problem));
            QDir(folder).removeRecursively();
        }
        QVERIFY2(happened > points.count * 9 / 10, qPrintable(QString::number(happened)));
    }

private Q_SLOTS:
    void initTestCase()
    {
        for (int variant = 0; variant < kVariants; ++variant) {
            m_expected[variant] = expectedStates(m_folder.path(QStringLiteral("expected%1").arg(variant)), variant);
            QCOMPARE(m_expected[variant].problem, QString());
            QCOMPARE(m_expected[variant].states.size(), script().size() + 1);
            const QString folder = m_folder.path(QStringLiteral("whole%1").arg(variant));
            QVERIFY(prepare(folder, variant));
            const Run ran = run(folder, DiskFault::None, 0, QStringLiteral("stays"));
            QCOMPARE(ran.code, 0);
            QCOMPARE(ran.steps, int(script().size()));
            QVERIFY2(ran.operations > 150, qPrintable(QString::number(ran.operations)));
            m_operations[variant] = ran.operations;
            QCOMPARE(problemOf(folder, m_expected[variant], ran.steps, ran.steps), QString());
        }
    }
    void killedBeforeAnOperation() { runPoints({DiskFault::Kill, 220, false}); }
    void killedInTheMiddleOfAWrite() { runPoints({DiskFault::ShortWrite, 100, false}); }
    void theDiskIsFullAndThenIsNot() { runPoints({DiskFault::Full, 60, true}); }
    void theDiskIsFullInTheMiddleOfAWrite() { runPoints({DiskFault::ShortThenFull, 32, true}); }
    void anOperationFails() { runPoints({DiskFault::IoError, 60, true}); }
    void aSyncFails() { runPoints({DiskFault::FailedSync, 32, true}); }
    // A damaged file, and what ends the program or fills the disk while its rows are saved: the next start saves as many.
    void aSalvageThatIsCutShortIsDoneAgain()
    {
        const QString damaged = m_folder.path(QStringLiteral("damaged"));
        int messages = 0;
        {
            auto opened = openStoreFile(damaged);
            QVERIFY(opened.database);
            for (int i = 0; i < 40; ++i)
                for (const StoreOperation &operation :
                     StoreOperations{CreateConversation{conversation(1000 + i, QStringLiteral("chat"))},
                                     SaveMessage{message(2000 + i, 1000 + i, 0, QStringLiteral("text %1 ").arg(i).repeated(100))}})
                    QVERIFY(apply(*opened.database, operation));
        }
        QFile file(storePath(damaged));
        QVERIFY(file.open(QIODevice::ReadWrite));
        for (qint64 page = file.size() / 4096 / 2; page < file.size() / 4096; ++page) { // a leaf with rows
            QVERIFY(file.seek(page * 4096));
            const QByteArray bytes = file.peek(4096);
            if (bytes.startsWith('\r') && bytes.contains("text ")) {
                QCOMPARE(file.write(QByteArray(4096, '\0')), 4096);
                break;
            }
        }
        file.close();
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray bytes = file.readAll();
        const auto put = [&](const QString &folder) {
            QFile copy(storePath(folder));
            return QDir().mkpath(folder) && copy.open(QIODevice::WriteOnly) && copy.write(bytes) == bytes.size();
        };
        const QString whole = m_folder.path(QStringLiteral("salvage"));
        QVERIFY(put(whole));
        const int operations = run(whole, DiskFault::None, 0, QStringLiteral("opens")).operations;
        QVERIFY2(operations > 40, qPrintable(QString::number(operations)));
        {
            const auto opened = openStoreFile(whole);
            QVERIFY(opened.database && opened.report.damagedCopy.isEmpty());
            messages = int(*opened.database->integer("SELECT count(*) FROM messages"));
            QVERIFY2(messages >= 20 && messages < 40, qPrintable(QString::number(messages)));
        }
        constexpr int kPoints = 24;
        for (const DiskFault fault : {DiskFault::Kill, DiskFault::Full, DiskFault::IoError})
            for (int point = 0; point < kPoints; ++point) {
                const int at = 1 + operations * point / kPoints;
                const QString folder = m_folder.path(QStringLiteral("salvage%1-%2").arg(int(fault)).arg(point));
                QVERIFY(put(folder));
                const Run cut = run(folder, fault, at, QStringLiteral("opens"));
                QVERIFY(fault != DiskFault::Kill || cut.code == -1);
                const auto opened = openStoreFile(folder);
                const QString where = QStringLiteral("fault %1, operation %2: ").arg(int(fault)).arg(at);
                QVERIFY2(opened.database && !opened.report.error, qPrintable(where + opened.report.notice));
                QCOMPARE(*opened.database->integer("SELECT count(*) FROM messages"), messages);
                const QStringList kept = QDir(folder).entryList({QStringLiteral("baleen.damaged-*.db")});
                bool isThere = false;
                for (const QString &name : kept) {
                    QFile copy(folder + QLatin1Char('/') + name);
                    isThere = isThere || (copy.open(QIODevice::ReadOnly) && copy.readAll() == bytes);
                }
                QVERIFY2(isThere, qPrintable(where + kept.join(QLatin1Char(' '))));
                const int told = opened.report.damagedCopy.isEmpty() ? cut.steps : opened.report.salvagedMessages;
                QVERIFY2(told == messages || (fault == DiskFault::Kill && at > operations * 9 / 10), qPrintable(where + QString::number(told)));
                QCOMPARE(QDir(folder).entryList({QStringLiteral("*salvag*")}), QStringList());
                QDir(folder).removeRecursively();
            }
    }
    void thePowerIsCut_data()
    {
        QTest::addColumn<int>("variant");
        QTest::addColumn<bool>("syncFails"); // once, before
        for (int variant = 0; variant < kVariants; ++variant)
            for (const bool fails : {false, true})
                QTest::addRow("variant %d%s", variant, fails ? " after a sync that failed" : "") << variant << fails;
    }
    void thePowerIsCut()
    {
        QFETCH(int, variant);
        QFETCH(bool, syncFails);
        const int rounds = syncFails ? 8 : 1, cuts = syncFails ? 10 : 80;
        for (int round = 0; round < rounds; ++round) {
            const QString name = QStringLiteral("power%1%2-%3").arg(variant).arg(syncFails).arg(round);
            const QString before = m_folder.path(name + QStringLiteral("before")), at = m_folder.path(name + QStringLiteral("at"));
            QVERIFY(prepare(before, variant) && prepare(at, variant));
            std::vector<test::DiskEvent> events;
            {
                FaultyDisk disk(at);
                disk.record();
                if (syncFails)
                    disk.plan(DiskFault::FailedSync, 1 + m_operations[variant] * round / rounds);
                QCOMPARE(runScript(at, disk, true, [&](int step) { disk.mark(step); }), 0);
                events = disk.takeEvents();
            }
            QVERIFY(events.size() > 100);
            for (int cut = 0; cut < cuts; ++cut) {
                const std::size_t end = events.size() * std::size_t(cut + 1) / std::size_t(cuts);
                int told = 0, begun = 0;
                for (std::size_t i = 0; i < end; ++i)
                    if (events[i].kind == test::DiskEvent::Kind::Mark)
                        told = int(events[i].offset);
                begun = std::min(told + 1, int(script().size()));
                while (told > 0 && m_expected[variant].mayBeLost[told])
                    --told;
                const QString folder = m_folder.path(name + QStringLiteral("after"));
                QDir(folder).removeRecursively();
                QVERIFY(QDir().mkpath(folder));
                test::writeAfterPowerCut(before, events, end, at, folder, quint32(1000 * round + cut));
                const FaultyDisk fast(folder);
                const QString problem = problemOf(folder, m_expected[variant], told, begun);
                QVERIFY2(problem.isEmpty(), qPrintable(QStringLiteral("event %1 of %2 (round %3, cut %4): ").arg(end).arg(events.size()).arg(round).arg(cut) + problem));
            }
        }
    }
};

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    if (argc > 5 && qstrcmp(argv[1], "--script") == 0)
        return runProcess(QCoreApplication::arguments().mid(2));
    TestStoreFaults test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_store_faults.moc"
