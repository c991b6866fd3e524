// The tables of the chat store, and how older ones become the present ones.
#pragma once

#include "app/chat/database.h"

#include <array>
#include <span>

namespace app {

// The tables whose rows are copied when a damaged file is salvaged, parents before children.
struct StoreTable
{
    const char *name;
    const char *key; // integer primary key, by which its rows are walked
};
inline constexpr std::array<StoreTable, 6> kStoreTables{{{"folders", "id"},
                                                         {"conversations", "id"},
                                                         {"messages", "id"},
                                                         {"drafts", "conversation_id"},
                                                         {"tags", "id"},
                                                         {"attachments", "id"}}};

// migrations[n] is the SQL that leads from schema n to n + 1, schema 0 being an empty file.
using StoreSchema = std::span<const char *const>;
StoreSchema storeSchema();

// Brings a database from `version` to the newest schema; the caller holds the transaction.
inference::Result<void> migrateStore(Database &database, int version, StoreSchema schema);

} // namespace app
