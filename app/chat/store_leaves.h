// Rows of a damaged database that no tree leads to any more.
#pragma once

#include "app/chat/database.h"

#include <QHash>
#include <QString>

namespace app {

// Reads every leaf page of the file as if it belonged to the table of conversations or messages and copies
// the rows that fit; rows that are there already stay. The file is changed while it is read: give it a copy
// in which the write-ahead log is merged, with a first page that SQLite accepts. Adds the rows by table to
// `rows`.
void salvageLeaves(const QString &copy, Database &into, QHash<QString, int> &rows);

} // namespace app
