#include "app/chat/store_schema.h"

#include <QByteArray>

namespace app {

namespace {

// One that was released never changes.
constexpr std::array<const char *, 4> kMigrations{R"sql(
CREATE TABLE folders(
    id INTEGER PRIMARY KEY,
    parent_id INTEGER,
    name TEXT NOT NULL,
    position INTEGER NOT NULL DEFAULT 0,
    instructions TEXT);
CREATE TABLE conversations(
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL DEFAULT 'chat',
    title TEXT NOT NULL DEFAULT '',
    titled_by_user INTEGER NOT NULL DEFAULT 0,
    pinned INTEGER NOT NULL DEFAULT 0,
    folder_id INTEGER,
    current_leaf INTEGER,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    deleted_at INTEGER,
    archived_at INTEGER,
    settings TEXT);
CREATE TABLE messages(
    id INTEGER PRIMARY KEY,
    conversation_id INTEGER NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
    parent_id INTEGER,
    role TEXT NOT NULL,
    content TEXT NOT NULL DEFAULT '',
    reasoning TEXT NOT NULL DEFAULT '',
    reasoning_ms INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'complete',
    end_reason TEXT,
    error TEXT,
    error_code INTEGER,
    model TEXT,
    prompt_tokens INTEGER,
    cached_tokens INTEGER,
    generated_tokens INTEGER,
    prefill_tokens_per_second REAL,
    decode_tokens_per_second REAL,
    first_token_ms REAL,
    created INTEGER NOT NULL,
    pinned INTEGER NOT NULL DEFAULT 0,
    left_out INTEGER NOT NULL DEFAULT 0,
    receipt TEXT);
CREATE INDEX messages_by_conversation ON messages(conversation_id);
CREATE INDEX messages_streaming ON messages(id) WHERE state = 'streaming';
CREATE TABLE drafts(
    conversation_id INTEGER PRIMARY KEY,
    text TEXT NOT NULL,
    updated INTEGER NOT NULL);
CREATE TABLE tags(
    id INTEGER PRIMARY KEY,
    conversation_id INTEGER NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
    tag TEXT NOT NULL,
    UNIQUE(conversation_id, tag));
)sql",
                                                R"sql(
CREATE TABLE search_pending(message_id INTEGER PRIMARY KEY); -- what search_index.h has to read
)sql",
                                                R"sql(
ALTER TABLE conversations ADD COLUMN view_message INTEGER;
ALTER TABLE conversations ADD COLUMN view_offset INTEGER NOT NULL DEFAULT 0;
)sql",
                                                R"sql(
ALTER TABLE messages ADD COLUMN summary TEXT;
ALTER TABLE messages ADD COLUMN summary_from INTEGER;
ALTER TABLE folders ADD COLUMN choices TEXT;
ALTER TABLE messages ADD COLUMN lens BLOB; -- see token_lens.h
CREATE TABLE attachments(
    id INTEGER PRIMARY KEY,
    conversation_id INTEGER REFERENCES conversations(id) ON DELETE CASCADE, -- NULL: of the chat not begun yet
    message_id INTEGER, -- NULL: of the draft
    position INTEGER NOT NULL DEFAULT 0,
    name TEXT NOT NULL,
    kind TEXT NOT NULL DEFAULT 'text',
    bytes INTEGER NOT NULL DEFAULT 0,
    note TEXT NOT NULL DEFAULT '',
    pinned INTEGER NOT NULL DEFAULT 0,
    left_out INTEGER NOT NULL DEFAULT 0,
    text TEXT NOT NULL DEFAULT '');
CREATE INDEX attachments_by_conversation ON attachments(conversation_id);
)sql"};

} // namespace

StoreSchema storeSchema()
{
    return kMigrations;
}

inference::Result<void> migrateStore(Database &database, int version, StoreSchema schema)
{
    for (std::size_t from = std::size_t(version); from < schema.size(); ++from)
        if (const auto done = database.run(schema[from]); !done)
            return done;
    return database.run("PRAGMA user_version = " + QByteArray::number(qsizetype(schema.size())));
}

} // namespace app
