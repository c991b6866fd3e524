// Where Baleen keeps and looks for what: the XDG folders, or one folder alone (--data-dir).
#pragma once

#include "inference/result.h"

#include <QString>
#include <QStringList>

namespace app {

// Absolute paths without a slash at the end. Nothing is created before create().
struct DataPaths
{
    QString data;     // baleen.db, its backups, the lock: $XDG_DATA_HOME/baleen
    QString settings; // the file: $XDG_CONFIG_HOME/baleen/baleen.ini
    QString cache;    // what can be made again: $XDG_CACHE_HOME/baleen, or $BALEEN_CACHE

    // Relative paths in the XDG variables are ignored, as their specification wants.
    static DataPaths xdg();
    static DataPaths inFolder(const QString &folder);

    // Where downloads go, and the folders that are searched for models: $BALEEN_MODELS, cache and data folder
    // (those of XDG as well when one folder is used alone: models are opened where they are), and `more`.
    QString downloads() const;
    QStringList modelFolders(const QStringList &more = {}) const;

    // Where the engine keeps what it read, if the user allows it (inference/kv_folder.h).
    QString keptPages() const { return cache + QStringLiteral("/kv"); }

    // Makes the folders, for this user alone.
    inference::Result<void> create() const;
};

} // namespace app
