#include "app/chat/store_file.h"

#include "app/chat/chat_records.h"
#include "app/chat/store_check.h"
#include "app/chat/store_salvage.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

namespace app {

using inference::Error;
using inference::ErrorCode;
using inference::ErrorParts;
using inference::Result;

namespace {

struct ChatStoreWords
{
    Q_DECLARE_TR_FUNCTIONS(ChatStore)
};

Result<void> configure(Database &database)
{
    // A reader with the sqlite3 program does not wait for a writer in WAL mode, nor the other way.
    return database.run(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
        "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA journal_size_limit = 8388608;");
}

Result<void> migrate(Database &database, int version, const QString &folder, StoreSchema schema)
{
    if (version > 0) {
        const QString name =
            QStringLiteral("%1/baleen-before-schema-%2-%3.db")
                .arg(backupFolder(folder))
                .arg(schema.size())
                .arg(QDateTime::currentDateTime().toString(QStringLiteral("yyyyMMdd-HHmmss")));
        QDir().mkpath(backupFolder(folder));
        if (const auto copied = database.copyTo(name); !copied)
            return copied;
    }
    if (const auto begun = database.run("BEGIN IMMEDIATE"); !begun)
        return begun;
    auto done = migrateStore(database, version, schema);
    if (done)
        done = database.run("COMMIT");
    if (!done && database.inTransaction())
        (void)database.run("ROLLBACK");
    return done;
}

QString besideStore(const QString &folder, const char *name)
{
    return folder + QLatin1Char('/') + QLatin1String(name);
}

// A salvage is written into the first, which becomes the second when it is whole, and then the store. What ends the program in
// between leaves the damaged file where it was, or a whole one that only has to take its place.
constexpr const char *kSalvaging = "baleen.salvaging.db", *kSalvaged = "baleen.salvaged.db";

void removeDatabase(const QString &path)
{
    for (const char *suffix : {"", "-wal", "-shm"})
        QFile::remove(path + QLatin1String(suffix));
}

// What was renamed in the folder is on the disk.
void syncFolder(const QString &folder)
{
    const int file = ::open(QFile::encodeName(folder).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0)
        return;
    ::fsync(file);
    ::close(file);
}

bool rename(const QString &from, const QString &to)
{
    return ::rename(QFile::encodeName(from).constData(), QFile::encodeName(to).constData()) == 0;
}

// The same bytes under a second name, which the first can lose later.
bool keepAs(const QString &from, const QString &to)
{
    return ::link(QFile::encodeName(from).constData(), QFile::encodeName(to).constData()) == 0 || QFile::copy(from, to);
}

// Gives the damaged file a second name with the date; nothing when that cannot be done.
QString keepAside(const QString &path)
{
    const QString stamp = QDateTime::currentDateTime().toString(QStringLiteral("yyyyMMdd-HHmmss"));
    QString name = path;
    name.chop(3);
    name += QStringLiteral(".damaged-") + stamp;
    QString free = name + QStringLiteral(".db");
    for (int i = 2; QFile::exists(free) || QFile::exists(free + QStringLiteral("-wal")); ++i)
        free = QStringLiteral("%1-%2.db").arg(name).arg(i);
    // The write-ahead log belongs to it: the last commits may be there alone.
    if (QFile::exists(path + QStringLiteral("-wal")) && !keepAs(path + QStringLiteral("-wal"), free + QStringLiteral("-wal")))
        return {};
    return keepAs(path, free) ? free : QString();
}

// The salvaged file takes the place of the damaged one, which has another name by now. Can be done again.
Result<void> takeItsPlace(const QString &folder)
{
    const QString path = storePath(folder);
    for (const char *suffix : {"-wal", "-shm"}) // of the damaged one: they would be read into this one
        QFile::remove(path + QLatin1String(suffix));
    if (QFile::exists(path + QStringLiteral("-wal")) || !rename(besideStore(folder, kSalvaged), path))
        return Error(ErrorCode::ReadOnly, ErrorParts{.what = "The salvaged database cannot take the place of the damaged one",
                                                     .where = path.toStdString(),
                                                     .wayOut = "Make its folder writable."});
    syncFolder(folder);
    return {};
}

// Messages whose conversation is lost get one, so that they are seen.
Result<void> adoptOrphans(Database &database)
{
    const auto orphans = database.integer("SELECT EXISTS(SELECT 1 FROM messages WHERE conversation_id NOT IN (SELECT id FROM conversations))");
    if (!orphans || *orphans == 0)
        return orphans ? Result<void>() : Result<void>(orphans.error());
    // Damage may have left no number there.
    const qint64 other = newRecordId();
    if (const auto made = database.run("INSERT INTO conversations(id, title, created, updated) SELECT ?1, ?2, ?3, ?3"
                                       " WHERE EXISTS(SELECT 1 FROM messages WHERE typeof(conversation_id) <> 'integer')",
                                       {other, ChatStoreWords::tr("Recovered chat"), nowMs()});
        !made)
        return made;
    if (const auto moved = database.run("UPDATE messages SET conversation_id = ? WHERE typeof(conversation_id) <> 'integer'", {other}); !moved)
        return moved;
    return database.run(
        "INSERT INTO conversations(id, title, created, updated) "
        "SELECT conversation_id, ?, min(created), max(created) FROM messages "
        "WHERE conversation_id NOT IN (SELECT id FROM conversations) GROUP BY conversation_id",
        {ChatStoreWords::tr("Recovered chat")});
}

// The newest backup that is whole; where none is, the newest.
QString bestBackup(const QString &folder)
{
    const QStringList copies = backups(folder);
    for (const QString &copy : copies)
        if (const auto database = Database::open(copy, Database::Mode::ReadOnly); database && checkPages(**database))
            return copy;
    return copies.value(0);
}

// Every row of the damaged file that can be read, then what only the backup has.
Result<void> fillFrom(StoreReport &report, const QString &folder, Database &fresh)
{
    const auto rows = salvageRows(storePath(folder), fresh);
    if (!rows)
        return rows.error();
    report.salvagedConversations = rows->value(QStringLiteral("conversations"));
    report.salvagedMessages = rows->value(QStringLiteral("messages"));
    report.salvagedDrafts = rows->value(QStringLiteral("drafts"));
    const QString backup = bestBackup(folder);
    if (backup.isEmpty())
        return {};
    const auto restored = salvageRows(backup, fresh);
    if (!restored)
        return restored.error();
    report.restoredFrom = backup;
    report.restoredConversations = restored->value(QStringLiteral("conversations"));
    report.restoredMessages = restored->value(QStringLiteral("messages"));
    return {};
}

// A whole database of what is left of the damaged one, under the name kSalvaging.
Result<void> writeSalvaged(StoreReport &report, const QString &folder, StoreSchema schema)
{
    const QString path = besideStore(folder, kSalvaging);
    removeDatabase(path);
    auto fresh = Database::open(path, Database::Mode::ReadWrite);
    auto ready = fresh ? configure(**fresh) : Result<void>(fresh.error());
    if (ready)
        ready = migrate(**fresh, 0, folder, schema);
    if (ready)
        ready = (*fresh)->run("PRAGMA foreign_keys = OFF");
    if (ready)
        ready = fillFrom(report, folder, **fresh);
    if (ready)
        ready = adoptOrphans(**fresh);
    // All of it into the one file that is renamed.
    if (ready)
        ready = (*fresh)->run("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE");
    return ready;
}

OpenedStore openReadOnly(const QString &path, OpenedStore opened)
{
    opened.database.reset();
    opened.report.readOnly = true;
    auto database = Database::open(path, Database::Mode::ReadOnly);
    if (database)
        opened.database = std::move(*database);
    else
        opened.report.error = database.error();
    return opened;
}

OpenedStore salvage(const QString &folder, OpenedStore opened, StoreSchema schema)
{
    const QString path = storePath(folder);
    opened.database.reset();
    const auto fail = [&](const Error &error) {
        removeDatabase(besideStore(folder, kSalvaging));
        if (error.code == ErrorCode::ReadOnly) {
            opened = openReadOnly(path, std::move(opened));
            opened.report.damagedCopy.clear();
        }
        opened.report.error = error;
        return std::move(opened);
    };
    if (const auto written = writeSalvaged(opened.report, folder, schema); !written)
        return fail(written.error());
    opened.report.damagedCopy = keepAside(path);
    if (opened.report.damagedCopy.isEmpty() || !rename(besideStore(folder, kSalvaging), besideStore(folder, kSalvaged)))
        return fail(Error(ErrorCode::ReadOnly, ErrorParts{.what = "The damaged database cannot be kept aside",
                                                          .where = path.toStdString(),
                                                          .wayOut = "Make its folder writable."}));
    syncFolder(folder);
    if (const auto placed = takeItsPlace(folder); !placed)
        return fail(placed.error());
    auto reopened = reopenStoreFile(folder);
    if (!reopened)
        return fail(reopened.error());
    opened.database = std::move(*reopened);
    return opened;
}

// The program ended between the two names of a salvaged file: what it would have told is told now.
void tellOfSalvaged(const QString &folder, OpenedStore &opened)
{
    QStringList kept = QDir(folder).entryList({QStringLiteral("baleen.damaged-*.db")}, QDir::Files, QDir::Name);
    if (kept.isEmpty() || !opened.database)
        return;
    const auto count = [&](const char *sql) {
        const auto rows = opened.database->integer(sql);
        return rows ? int(*rows) : 0;
    };
    opened.report.damagedCopy = folder + QLatin1Char('/') + kept.last();
    opened.report.salvagedConversations = count("SELECT count(*) FROM conversations");
    opened.report.salvagedMessages = count("SELECT count(*) FROM messages");
    opened.report.salvagedDrafts = count("SELECT count(*) FROM drafts");
}

// Rights of a writer: answers that were cut off, old deletions, the largest id.
Result<void> settle(Database &database, StoreReport &report)
{
    if (const auto begun = database.run("BEGIN IMMEDIATE"); !begun)
        return begun;
    Result<void> done =
        database.run("INSERT OR IGNORE INTO search_pending SELECT id FROM messages WHERE state = 'streaming'");
    if (done)
        done = database.run("UPDATE messages SET state = 'interrupted' WHERE state = 'streaming'");
    report.interrupted = done ? int(database.changes()) : 0;
    if (done)
        done = database.run("DELETE FROM conversations WHERE deleted_at IS NOT NULL AND deleted_at < ?",
                            {nowMs() - kKeepDeletedMs});
    if (done)
        done = adoptOrphans(database);
    if (done)
        done = database.run("COMMIT");
    if (!done && database.inTransaction())
        (void)database.run("ROLLBACK");
    const auto largest = database.integer("SELECT max((SELECT coalesce(max(id), 0) FROM conversations),"
                                          " (SELECT coalesce(max(id), 0) FROM messages), (SELECT coalesce(max(id), 0) FROM attachments))");
    if (largest && *largest < (qint64(1) << 53))
        raiseRecordId(*largest);
    return done;
}

OpenedStore openUnreported(const QString &folder, StoreSchema schema)
{
    OpenedStore opened;
    const QString path = storePath(folder);
    if (!QDir().mkpath(folder)) {
        opened.report.error =
            Error(ErrorCode::Io, ErrorParts{.what = "The data folder cannot be made",
                                            .where = folder.toStdString(),
                                            .wayOut = "Choose another one with --data-dir."});
        return opened;
    }
    const bool salvaged = QFile::exists(besideStore(folder, kSalvaged));
    if (salvaged) {
        if (const auto placed = takeItsPlace(folder); !placed) {
            opened.report.error = placed.error();
            return opened;
        }
    }
    opened.report.created = QFileInfo(path).size() == 0;
    auto database = Database::open(path, Database::Mode::ReadWrite);
    if (!database) {
        opened.report.error = database.error();
        return opened;
    }
    opened.database = std::move(*database);
    opened.database->setCheckpointAtClose(false);
    const auto fail = [&](const Error &error) {
        if (error.code == ErrorCode::Damaged)
            return salvage(folder, std::move(opened), schema);
        if (error.code == ErrorCode::ReadOnly) {
            opened = openReadOnly(path, std::move(opened));
            opened.report.error = error;
            return std::move(opened);
        }
        opened.database.reset();
        opened.report.error = error;
        return std::move(opened);
    };
    const auto version = opened.database->integer("PRAGMA user_version");
    if (!version)
        return fail(version.error());
    if (*version > qint64(schema.size()) && *version <= kNewestThinkable) {
        opened.report.newerSchema = int(*version);
        return openReadOnly(path, std::move(opened));
    }
    if (opened.database->isReadOnly())
        return fail(
            Error(ErrorCode::ReadOnly, ErrorParts{.what = "The database cannot be written",
                                                  .where = path.toStdString(),
                                                  .wayOut = "Make the folder and the file writable."}));
    if (const auto checked = checkStore(*opened.database, *version, schema); !checked)
        return fail(checked.error());
    opened.database->setCheckpointAtClose(true);
    if (salvaged)
        tellOfSalvaged(folder, opened);
    if (const auto configured = configure(*opened.database); !configured)
        return fail(configured.error());
    if (*version < qint64(schema.size())) {
        if (*version > 0)
            opened.report.migratedFrom = int(*version);
        if (const auto migrated = migrate(*opened.database, int(*version), folder, schema); !migrated)
            return fail(migrated.error());
    }
    return opened;
}

} // namespace

QString storePath(const QString &folder)
{
    return folder + QStringLiteral("/baleen.db");
}

QString backupFolder(const QString &folder)
{
    return folder + QStringLiteral("/backups");
}

QStringList backups(const QString &folder)
{
    QStringList paths;
    // Names carry the date, so that their order is that of time whatever a copy did to the times of the
    // files.
    const QDir directory(backupFolder(folder));
    for (const QString &name :
         directory.entryList({QStringLiteral("baleen-[0-9]*.db")}, QDir::Files, QDir::Name))
        paths.prepend(directory.filePath(name));
    return paths;
}

Result<bool> backUpDaily(const Database &database, const QString &folder, const QDate &today)
{
    const QString name =
        QStringLiteral("%1/baleen-%2.db").arg(backupFolder(folder), today.toString(Qt::ISODate));
    if (QFile::exists(name))
        return false;
    if (!QDir().mkpath(backupFolder(folder)))
        return Error(ErrorCode::Io, ErrorParts{.what = "The backup folder cannot be made",
                                               .where = backupFolder(folder).toStdString()});
    for (const QString &part : QDir(backupFolder(folder)).entryList({QStringLiteral("*.part*")}, QDir::Files)) // the program ended then
        QFile::remove(backupFolder(folder) + QLatin1Char('/') + part);
    if (const auto copied = database.copyTo(name); !copied)
        return copied.error();
    const QStringList all = backups(folder);
    for (qsizetype i = kBackupCount; i < all.size(); ++i)
        QFile::remove(all[i]);
    return true;
}

QString storeNotice(const StoreReport &report)
{
    if (report.newerSchema > 0)
        return ChatStoreWords::tr(
            "Your chats were written by a newer Baleen. They can be read but not changed: update Baleen.");
    if (!report.damagedCopy.isEmpty() && !report.error)
        return ChatStoreWords::tr("The chat database was damaged. %1 chats and %2 messages were saved from it, %3 messages "
                    "came back "
                    "from the backup; the damaged file is kept as %4.")
            .arg(report.salvagedConversations)
            .arg(report.salvagedMessages)
            .arg(report.restoredMessages)
            .arg(report.damagedCopy);
    if (report.error && report.readOnly)
        return ChatStoreWords::tr("Your chats can be read but nothing can be saved: the folder or the file is read-only.");
    if (report.error)
        return ChatStoreWords::tr("Your chats could not be opened. %1").arg(QString::fromStdString(report.error->message));
    if (report.interrupted > 0)
        return ChatStoreWords::tr("Baleen closed unexpectedly. Everything up to the last second is here.");
    return {};
}

OpenedStore openStoreFile(const QString &folder, StoreSchema schema)
{
    OpenedStore opened = openUnreported(folder, schema);
    if (opened.database && !opened.report.readOnly) // of a salvage that something ended
        for (const QString &where : {folder, backupFolder(folder)})
            for (const QString &name :
                 QDir(where).entryList({QStringLiteral("baleen*.db.salvage*"), QLatin1String(kSalvaging) + QLatin1Char('*')}, QDir::Files))
                QFile::remove(where + QLatin1Char('/') + name);
    if (opened.database && !opened.report.readOnly)
        if (const auto settled = settle(*opened.database, opened.report); !settled)
            opened.report.error = settled.error();
    opened.report.notice = storeNotice(opened.report);
    return opened;
}

Result<std::unique_ptr<Database>> reopenStoreFile(const QString &folder)
{
    auto database = Database::open(storePath(folder), Database::Mode::ReadWrite);
    if (!database)
        return database;
    if (const auto configured = configure(**database); !configured)
        return configured.error();
    return database;
}

} // namespace app
