#include "app/chat/search_index.h"

#include "app/chat/store_queries.h"

#include <QDateTime>
#include <QFile>
#include <QHash>

#include <functional>
#include <vector>

namespace app {

using inference::Error;
using inference::ErrorCode;
using inference::Result;

namespace {

// A document is one state of a message. The index cannot forget words (it does not keep the texts): a message that changes becomes
// another document, and what is found in the old one leads nowhere. columnsize: nothing is ranked by length.
constexpr const char *kTables = R"sql(
CREATE VIRTUAL TABLE IF NOT EXISTS search.words USING fts5(
    text, content='', columnsize=0, prefix='1 2', tokenize="unicode61 remove_diacritics 2");
CREATE TABLE IF NOT EXISTS search.documents(
    id INTEGER PRIMARY KEY,
    message_id INTEGER NOT NULL UNIQUE,
    conversation_id INTEGER NOT NULL,
    model TEXT NOT NULL,
    created INTEGER NOT NULL);
)sql";
constexpr int kFormat = 1; // of the words; another one is begun anew
constexpr int kMostMatches = 2000; // messages that are looked at for one search

Result<void> inTransaction(Database &database, const std::function<Result<void>()> &work)
{
    if (const auto begun = database.run("BEGIN IMMEDIATE"); !begun)
        return begun;
    Result<void> done = work();
    if (done)
        done = database.run("COMMIT");
    if (!done && database.inTransaction())
        (void)database.run("ROLLBACK");
    return done;
}

// Attached, of this format, and readable.
Result<void> attach(Database &database, const QString &path)
{
    if (const auto attached = database.run("ATTACH DATABASE ? AS search", {path}); !attached)
        return attached;
    const auto version = database.integer("PRAGMA search.user_version");
    if (!version)
        return version.error();
    if (*version != 0 && *version != kFormat)
        return Error(ErrorCode::Damaged, "The search index is of another version of the program.");
    if (const auto set = database.run("PRAGMA search.journal_mode = WAL; PRAGMA search.synchronous = FULL;"
                                      "PRAGMA search.journal_size_limit = 8388608;");
        !set)
        return set;
    if (const auto made = database.run(kTables); !made)
        return made;
    // FTS5 reads its configuration, and the last word of a table its last page.
    for (const char *probe : {"SELECT count(*) FROM search.words WHERE words MATCH 'a'", "SELECT max(id) FROM search.documents"})
        if (const auto read = database.integer(probe); !read)
            return read.error();
    return database.run("PRAGMA search.user_version = 1");
}

} // namespace

QString searchPath(const QString &folder)
{
    return folder + QStringLiteral("/search.db");
}

Result<std::unique_ptr<SearchIndex>> SearchIndex::open(Database &database, const QString &folder)
{
    const QString path = searchPath(folder);
    std::unique_ptr<SearchIndex> index(new SearchIndex(database));
    if (const auto attached = attach(database, path); !attached) {
        (void)database.run("DETACH DATABASE search");
        discard(folder);
        if (const auto again = attach(database, path); !again) {
            (void)database.run("DETACH DATABASE search");
            return again.error();
        }
    }
    // A new index, a salvaged file of chats, a backup that was put back, chats that are gone for good: nothing is missing or left over.
    const auto differs = database.integer("SELECT (SELECT count(*) FROM main.messages) <> (SELECT count(*) FROM search.documents)"
                                          " + (SELECT count(*) FROM main.search_pending)");
    if (!differs)
        return differs.error();
    if (*differs == 0)
        return index;
    for (const char *repair : {"DELETE FROM search.documents WHERE message_id NOT IN (SELECT id FROM main.messages)",
                               "INSERT OR IGNORE INTO main.search_pending SELECT id FROM main.messages WHERE state <> 'streaming'"
                               " AND id NOT IN (SELECT message_id FROM search.documents)"})
        if (const auto done = database.run(repair); !done)
            return done.error();
    return index;
}

void SearchIndex::discard(const QString &folder)
{
    for (const char *end : {"", "-wal", "-shm"})
        QFile::remove(searchPath(folder) + QLatin1String(end));
}

SearchIndex::~SearchIndex()
{
    (void)m_database.run("DETACH DATABASE search");
}

Result<void> SearchIndex::take(qint64 message)
{
    auto row = m_database.prepare("SELECT conversation_id, coalesce(model, ''), created, content, reasoning FROM main.messages WHERE id = ?",
                                  {message});
    if (!row)
        return row.error();
    const auto found = row->step();
    if (!found)
        return found.error();
    if (const auto removed = m_database.run("DELETE FROM search.documents WHERE message_id = ?", {message}); !removed)
        return removed;
    if (!*found)
        return {}; // deleted meanwhile
    if (const auto added = m_database.run("INSERT INTO search.documents(message_id, conversation_id, model, created) VALUES(?,?,?,?)",
                                          {message, row->integer(0), row->text(1), row->integer(2)});
        !added)
        return added;
    return m_database.run("INSERT INTO search.words(rowid, text) VALUES(last_insert_rowid(), ?)",
                          {QString(searchWords(row->text(3)) + QLatin1Char('\n') + searchWords(row->text(4)))});
}

Result<bool> SearchIndex::takeSome(int messages)
{
    std::vector<qint64> waiting;
    {
        auto rows = m_database.prepare("SELECT message_id FROM main.search_pending ORDER BY message_id LIMIT ?", {qint64(messages)});
        if (!rows)
            return rows.error();
        for (auto row = rows->step();; row = rows->step()) {
            if (!row)
                return row.error();
            if (!*row)
                break;
            waiting.push_back(rows->integer(0));
        }
    }
    if (waiting.empty())
        return false;
    // The index first and what it had to do afterwards: two files have no common commit that a power cut could not divide.
    if (const auto taken = inTransaction(m_database,
                                         [&]() -> Result<void> {
                                             for (const qint64 message : waiting)
                                                 if (const auto done = take(message); !done)
                                                     return done;
                                             return {};
                                         });
        !taken)
        return taken.error();
    const auto ticked = inTransaction(m_database, [&] {
        return m_database.run("DELETE FROM main.search_pending WHERE message_id BETWEEN ? AND ?", {waiting.front(), waiting.back()});
    });
    if (!ticked)
        return ticked.error();
    return waiting.size() == std::size_t(messages);
}

Result<SearchResult> SearchIndex::find(const SearchQuery &query, const QString &kind, int conversations) const
{
    SearchResult result;
    const auto unread = m_database.integer("SELECT count(*) FROM main.search_pending");
    if (!unread)
        return unread.error();
    result.unread = int(*unread);
    if (query.isEmpty())
        return result;

    const auto like = [](const QString &part) {
        QString pattern = part;
        for (const char special : {'\\', '%', '_'})
            pattern.replace(QLatin1Char(special), QLatin1Char('\\') + QString(QLatin1Char(special)));
        return QString(QLatin1Char('%') + pattern + QLatin1Char('%'));
    };
    const auto ms = [](const QDate &day) { return day.isValid() ? SqlValue(day.startOfDay().toMSecsSinceEpoch()) : SqlValue(); };
    const auto orNull = [](const QString &value) { return value.isEmpty() ? SqlValue() : SqlValue(value); };
    // A folder or tag that no chat is in, as while its name is typed: the words need not be looked for.
    if (!query.folder.isEmpty() || !query.tag.isEmpty()) {
        auto any = m_database.prepare("SELECT EXISTS(SELECT 1 FROM main.conversations AS c LEFT JOIN main.folders AS f ON f.id = c.folder_id"
                                      " WHERE c.deleted_at IS NULL AND c.kind = ?1 AND (?2 IS NULL OR f.name LIKE ?2 ESCAPE '\\')"
                                      " AND (?3 IS NULL OR EXISTS(SELECT 1 FROM main.tags AS t WHERE t.conversation_id = c.id AND t.tag = ?3)))",
                                      {kind, query.folder.isEmpty() ? SqlValue() : SqlValue(like(query.folder)), orNull(query.tag)});
        const auto row = any ? any->step() : Result<bool>(any.error());
        if (!row)
            return row.error();
        if (any->integer(0) == 0)
            return result;
    }
    // Newest documents first, which FTS5 gives without sorting; a filter that is not given is NULL.
    QByteArray sql = "SELECT d.message_id, d.conversation_id FROM ";
    sql += query.match.isEmpty() ? "search.documents AS d" : "search.words JOIN search.documents AS d ON d.id = words.rowid";
    sql += " JOIN main.conversations AS c ON c.id = d.conversation_id LEFT JOIN main.folders AS f ON f.id = c.folder_id"
           " WHERE c.deleted_at IS NULL AND c.kind = ?2"
           " AND (?3 IS NULL OR d.model LIKE ?3 ESCAPE '\\') AND (?4 IS NULL OR f.name LIKE ?4 ESCAPE '\\')"
           " AND (?5 IS NULL OR EXISTS(SELECT 1 FROM main.tags AS t WHERE t.conversation_id = c.id AND t.tag = ?5))"
           " AND (?6 IS NULL OR d.created >= ?6) AND (?7 IS NULL OR d.created < ?7) AND (?1 IS NULL OR 1)";
    if (!query.match.isEmpty())
        sql += " AND words MATCH ?1";
    sql += query.match.isEmpty() ? " ORDER BY d.id DESC" : " ORDER BY words.rowid DESC";
    sql += " LIMIT " + QByteArray::number(kMostMatches);
    auto rows = m_database.prepare(sql, {orNull(query.match), kind, query.model.isEmpty() ? SqlValue() : SqlValue(like(query.model)),
                                         query.folder.isEmpty() ? SqlValue() : SqlValue(like(query.folder)), orNull(query.tag),
                                         ms(query.from), ms(query.until)});
    if (!rows)
        return rows.error();
    QHash<qint64, qsizetype> places; // in hits
    for (auto row = rows->step();; row = rows->step()) {
        if (!row)
            return row.error();
        if (!*row)
            break;
        const qint64 conversation = rows->integer(1);
        if (const auto known = places.constFind(conversation); known != places.constEnd()) {
            ++result.hits[*known].more;
            continue;
        }
        if (result.hits.size() == conversations)
            continue;
        places.insert(conversation, result.hits.size());
        SearchHit hit;
        hit.messageId = rows->integer(0);
        hit.conversationId = conversation;
        result.hits << hit;
    }
    for (SearchHit &hit : result.hits) {
        const auto message = readMessage(m_database, hit.messageId);
        if (!message)
            return message.error();
        hit.role = message->role;
        hit.inReasoning = !message->reasoning.isEmpty() && !query.words.isEmpty() && placesOf(message->content, query.words).isEmpty() &&
                          !placesOf(message->reasoning, query.words).isEmpty();
        hit.snippet = snippetOf(hit.inReasoning ? message->reasoning : message->content, query.words);
    }
    return result;
}

} // namespace app
