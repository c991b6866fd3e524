#include "app/chat/store_file.h"

#include "app/chat/chat_records.h"
#include "app/chat/store_salvage.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>

namespace app {

using inference::Error;
using inference::ErrorCode;
using inference::ErrorParts;
using inference::Result;

namespace {

QString text(const char *source)
{
    return QCoreApplication::translate("ChatStore", source);
}

Result<void> configure(Database &database)
{
    // A reader with the sqlite3 program does not wait for a writer in WAL mode, nor the other way.
    return database.run(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
        "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA journal_size_limit = 8388608;");
}

// Every page is where it belongs. Fails with Damaged when not, or with why it cannot be told.
Result<void> check(const Database &database)
{
    auto statement = database.prepare("PRAGMA quick_check(1)");
    if (!statement)
        return statement.error();
    const auto row = statement->step();
    if (!row)
        return row.error();
    const QString answer = *row ? statement->text(0) : QString();
    if (answer == QLatin1String("ok"))
        return {};
    return Error(ErrorCode::Damaged, ErrorParts{.what = "The database is damaged",
                                                .where = database.path().toStdString(),
                                                .found = answer.simplified().toStdString()});
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

// Moves the file away under a name with the date; gives the new name, or nothing when it cannot be moved.
QString keepAside(const QString &path)
{
    const QString stamp = QDateTime::currentDateTime().toString(QStringLiteral("yyyyMMdd-HHmmss"));
    QString name = path;
    name.chop(3);
    name += QStringLiteral(".damaged-") + stamp;
    QString free = name + QStringLiteral(".db");
    for (int i = 2; QFile::exists(free); ++i)
        free = QStringLiteral("%1-%2.db").arg(name).arg(i);
    if (!QFile::rename(path, free))
        return {};
    // The write-ahead log belongs to it: the last commits may be there alone.
    if (QFile::exists(path + QStringLiteral("-wal")))
        QFile::rename(path + QStringLiteral("-wal"), free + QStringLiteral("-wal"));
    QFile::remove(path + QStringLiteral("-shm"));
    return free;
}

// Messages whose conversation is lost get one, so that they are seen.
Result<void> adoptOrphans(Database &database)
{
    return database.run(
        "INSERT INTO conversations(id, title, created, updated) "
        "SELECT conversation_id, ?, min(created), max(created) FROM messages "
        "WHERE conversation_id NOT IN (SELECT id FROM conversations) GROUP BY conversation_id",
        {text("Recovered chat")});
}

// Every row of the damaged file that can be read, then what only the newest backup has.
Result<void> fillFrom(StoreReport &report, const QString &folder, Database &fresh)
{
    const auto rows = salvageRows(report.damagedCopy, fresh);
    if (!rows)
        return rows.error();
    report.salvagedConversations = rows->value(QStringLiteral("conversations"));
    report.salvagedMessages = rows->value(QStringLiteral("messages"));
    report.salvagedDrafts = rows->value(QStringLiteral("drafts"));
    const QStringList copies = backups(folder);
    if (copies.isEmpty())
        return {};
    const auto restored = salvageRows(copies.first(), fresh);
    if (!restored)
        return restored.error();
    report.restoredFrom = copies.first();
    report.restoredConversations = restored->value(QStringLiteral("conversations"));
    report.restoredMessages = restored->value(QStringLiteral("messages"));
    return {};
}

OpenedStore salvage(const QString &folder, OpenedStore opened, StoreSchema schema)
{
    const QString path = storePath(folder);
    opened.database.reset();
    opened.report.damagedCopy = keepAside(path);
    if (opened.report.damagedCopy.isEmpty()) {
        opened.report.error =
            Error(ErrorCode::ReadOnly, ErrorParts{.what = "The damaged database cannot be kept aside",
                                                  .where = path.toStdString(),
                                                  .wayOut = "Make its folder writable."});
        return opened;
    }
    auto fresh = Database::open(path, Database::Mode::ReadWrite);
    auto ready = fresh ? configure(**fresh) : Result<void>(fresh.error());
    if (ready)
        ready = migrate(**fresh, 0, folder, schema);
    if (ready)
        ready = (*fresh)->run("PRAGMA foreign_keys = OFF");
    if (ready)
        ready = fillFrom(opened.report, folder, **fresh);
    if (ready)
        ready = adoptOrphans(**fresh);
    if (ready)
        ready = (*fresh)->run("PRAGMA foreign_keys = ON");
    if (ready)
        opened.database = std::move(*fresh);
    else
        opened.report.error = ready.error();
    return opened;
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
        done = database.run("COMMIT");
    if (!done && database.inTransaction())
        (void)database.run("ROLLBACK");
    const auto largest = database.integer("SELECT max((SELECT coalesce(max(id), 0) FROM conversations),"
                                          " (SELECT coalesce(max(id), 0) FROM messages), (SELECT coalesce(max(id), 0) FROM attachments))");
    if (largest && *largest < (qint64(1) << 53))
        raiseRecordId(*largest);
    return done;
}

QString noticeOf(const StoreReport &report)
{
    if (report.newerSchema > 0)
        return text(
            "Your chats were written by a newer Baleen. They can be read but not changed: update Baleen.");
    if (!report.damagedCopy.isEmpty() && !report.error)
        return text("The chat database was damaged. %1 chats and %2 messages were saved from it, %3 messages "
                    "came back "
                    "from the backup; the damaged file is kept as %4.")
            .arg(report.salvagedConversations)
            .arg(report.salvagedMessages)
            .arg(report.restoredMessages)
            .arg(report.damagedCopy);
    if (report.error && report.readOnly)
        return text("Your chats can be read but nothing can be saved: the folder or the file is read-only.");
    if (report.error)
        return text("Your chats could not be opened. %1").arg(QString::fromStdString(report.error->message));
    if (report.interrupted > 0)
        return text("Baleen closed unexpectedly. Everything up to the last second is here.");
    return {};
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
    opened.report.created = QFileInfo(path).size() == 0;
    auto database = Database::open(path, Database::Mode::ReadWrite);
    if (!database) {
        opened.report.error = database.error();
        return opened;
    }
    opened.database = std::move(*database);
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
    if (*version > qint64(schema.size())) {
        opened.report.newerSchema = int(*version);
        return openReadOnly(path, std::move(opened));
    }
    if (opened.database->isReadOnly())
        return fail(
            Error(ErrorCode::ReadOnly, ErrorParts{.what = "The database cannot be written",
                                                  .where = path.toStdString(),
                                                  .wayOut = "Make the folder and the file writable."}));
    if (const auto checked = check(*opened.database); !checked)
        return fail(checked.error());
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
    if (const auto copied = database.copyTo(name); !copied)
        return copied.error();
    const QStringList all = backups(folder);
    for (qsizetype i = kBackupCount; i < all.size(); ++i)
        QFile::remove(all[i]);
    return true;
}

OpenedStore openStoreFile(const QString &folder, StoreSchema schema)
{
    OpenedStore opened = openUnreported(folder, schema);
    if (opened.database && !opened.report.readOnly)
        if (const auto settled = settle(*opened.database, opened.report); !settled)
            opened.report.error = settled.error();
    opened.report.notice = noticeOf(opened.report);
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
