// Whether the file of the chat store is whole: its pages, its indexes, and the tables of its schema.
#pragma once

#include "app/chat/store_schema.h"

namespace app {

// Newer schemas than this are no schemas but a damaged number.
inline constexpr qint64 kNewestThinkable = 1000;

// Every page is where it belongs, every row is in its indexes, and the tables are those of that version: a bit that
// flips in their names is no damage to SQLite. Fails with Damaged when not, or with why it cannot be told.
inference::Result<void> checkStore(const Database &database, qint64 version, StoreSchema schema);
// The first part of it: for a copy of whatever version.
inference::Result<void> checkPages(const Database &database);
// The tables are those of one of the schemas that ever were. What cannot be told is not.
bool hasKnownTables(const Database &database);

} // namespace app
