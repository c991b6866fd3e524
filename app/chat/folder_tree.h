// Folders within folders. Foreign files are not trusted: a folder whose parent is gone stands at the top, and so does each of a circle.
#pragma once

#include "app/chat/chat_records.h"

namespace app {

// From the outermost to the folder itself. Empty: there is no such folder.
QVector<FolderRecord> folderPath(const QVector<FolderRecord> &folders, qint64 folder);
QString folderPathName(const QVector<FolderRecord> &folders, qint64 folder); // "Work › Reports"
// Each before those in it, siblings by position and id.
QVector<FolderRecord> inTreeOrder(const QVector<FolderRecord> &folders);
// Whether `folder` is `outer` or in it at any depth.
bool isFolderInside(const QVector<FolderRecord> &folders, qint64 folder, qint64 outer);

} // namespace app
