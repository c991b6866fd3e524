// Rows out of a damaged database.
#pragma once

#include "app/chat/database.h"

#include <QHash>
#include <QString>

namespace app {

// Copies every row that can be read from the file at `path` into the fresh database, table by table, rows
// that are there already left alone. Damaged pages are walked around. Gives the rows added by table; never
// fails: what cannot be read is not there.
inference::Result<QHash<QString, int>> salvageRows(const QString &path, Database &into);

} // namespace app
