// The file of the chat store: its schema, migrations, backups, and what is done when it is damaged.
#pragma once

#include "app/chat/store_schema.h"

#include <QDateTime>
#include <QString>
#include <QStringList>

#include <memory>
#include <optional>

namespace app {

inline constexpr int kBackupCount = 5;

// What happened while the store was opened, for a notice. Nothing to tell when all is empty.
struct StoreReport
{
    bool created = false;  // there was no file before
    bool readOnly = false; // nothing can be saved; why says so
    int migratedFrom = -1; // the older schema
    int newerSchema = -1;  // the file's, when it is newer than this program: opened read-only
    int interrupted = 0;   // answers that were being written when the program ended
    QString damagedCopy;   // where the damaged file is kept
    int salvagedConversations = 0, salvagedMessages = 0, salvagedDrafts = 0;
    int restoredConversations = 0, restoredMessages = 0; // of these, taken from the newest backup
    QString restoredFrom;                                // that backup
    QString notice;                        // one or two sentences for people; empty when all is well
    std::optional<inference::Error> error; // why nothing can be read, or why it is read-only
};

QString storeNotice(const StoreReport &report); // for StoreReport::notice

struct OpenedStore
{
    std::unique_ptr<Database> database; // null: could not be opened at all; the report's error says why
    StoreReport report;
};

// Opens or creates `baleen.db` in the folder: checks it whole, keeps a damaged file aside and saves its rows,
// migrates an older one after a backup, opens a newer one read-only, marks interrupted answers, removes what
// was deleted 30 days ago.
OpenedStore openStoreFile(const QString &folder, StoreSchema schema = storeSchema());
// Closes nothing, decides nothing: just the connection, for going on after an I/O error.
inference::Result<std::unique_ptr<Database>> reopenStoreFile(const QString &folder);

QString storePath(const QString &folder);
QString backupFolder(const QString &folder);
QStringList backups(const QString &folder); // full paths, newest first
// One backup a day at most; the five newest are kept.
inference::Result<bool> backUpDaily(const Database &database, const QString &folder, const QDate &today);

} // namespace app
