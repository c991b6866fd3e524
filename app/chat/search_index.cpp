#include "app/chat/search_index.h"

#include "app/chat/store_queries.h"

#include <QDateTime>
#include <QFile>
#include <QHash>
#include <QSet>

#include <functional>
#include <vector>

namespace app {

using inference::Error;
using inference::ErrorCode;
using inference::Result;

namespace {

// A document is one state of a message, or a piece of an attachment of it: so a long one never keeps the store from its other work for
// long. All words have to be in one document. The index cannot forget words (it does not keep the texts): a message that changes becomes
// another document, and what is found in the old one leads nowhere. columnsize: nothing is ranked by length.
constexpr const char *kTables = R"sql(
CREATE VIRTUAL TABLE IF NOT EXISTS search.words USING fts5(
    text, content='', columnsize=0, prefix='1 2', tokenize="unicode61 remove_diacritics 2");
CREATE TABLE IF NOT EXISTS search.documents(
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- never again that of one that is gone: its words are in the index still
    message_id INTEGER NOT NULL,
    conversation_id INTEGER NOT NULL,
    model TEXT NOT NULL,
    created INTEGER NOT NULL,
    attachment_id INTEGER NOT NULL DEFAULT 0, -- 0: the message itself
    start INTEGER NOT NULL DEFAULT 0, -- of the piece, UTF-16 units
    letters INTEGER NOT NULL DEFAULT 0, -- of the whole attachment
    UNIQUE(message_id, attachment_id, start));
)sql";
constexpr int kFormat = 2; // of the words and documents; another one is begun anew
constexpr qsizetype kPiece = 100'000;  // UTF-16 units of an attachment in a document, and read at once
constexpr qsizetype kOverlap = 200;    // of one piece with the next: no word is cut
constexpr qint64 kMostShown = 2'000'000; // units of attachments that are looked through for the snippets of one search
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
    return database.run("PRAGMA search.user_version = " + QByteArray::number(kFormat));
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
    const auto differs = database.integer("SELECT ((SELECT count(*) FROM main.messages) <> (SELECT count(*) FROM search.documents WHERE attachment_id = 0))"
                                          " + ((SELECT count(*) FROM main.attachments WHERE message_id IS NOT NULL)"
                                          " <> (SELECT count(*) FROM search.documents WHERE attachment_id <> 0 AND start = 0))"
                                          " + (SELECT count(*) FROM main.search_pending)");
    if (!differs)
        return differs.error();
    if (*differs == 0)
        return index;
    for (const char *repair : {"DELETE FROM search.documents WHERE message_id NOT IN (SELECT id FROM main.messages)"
                               " OR (attachment_id <> 0 AND attachment_id NOT IN (SELECT id FROM main.attachments))",
                               "INSERT OR IGNORE INTO main.search_pending SELECT id FROM main.messages WHERE state <> 'streaming'"
                               " AND id NOT IN (SELECT message_id FROM search.documents WHERE attachment_id = 0)",
                               "INSERT OR IGNORE INTO main.search_pending SELECT message_id FROM main.attachments WHERE message_id IS NOT NULL"
                               " AND id NOT IN (SELECT attachment_id FROM search.documents)"})
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

// The message itself comes last: it is the newest document of both, and the one that says that its attachments are in.
Result<bool> SearchIndex::take(qint64 message)
{
    auto row = m_database.prepare("SELECT conversation_id, coalesce(model, ''), created, content, reasoning FROM main.messages WHERE id = ?",
                                  {message});
    if (!row)
        return row.error();
    const auto found = row->step();
    if (!found)
        return found.error();
    if (!*found) { // deleted meanwhile
        if (const auto removed = m_database.run("DELETE FROM search.documents WHERE message_id = ?", {message}); !removed)
            return removed.error();
        return true;
    }
    const auto whole = takeAttachments(*row, message);
    if (!whole || !*whole)
        return whole;
    if (const auto removed = m_database.run("DELETE FROM search.documents WHERE message_id = ? AND attachment_id = 0", {message}); !removed)
        return removed.error();
    if (const auto added = m_database.run("INSERT INTO search.documents(message_id, conversation_id, model, created) VALUES(?,?,?,?)",
                                          {message, row->integer(0), row->text(1), row->integer(2)});
        !added)
        return added.error();
    if (const auto added = m_database.run("INSERT INTO search.words(rowid, text) VALUES(last_insert_rowid(), ?)",
                                          {QString(searchWords(row->text(3)) + QLatin1Char('\n') + searchWords(row->text(4)))});
        !added)
        return added.error();
    return true;
}

// False: the time is up, and more of them waits. The name is in the first piece.
Result<bool> SearchIndex::takeAttachments(const Statement &message, qint64 id)
{
    struct Waiting
    {
        qint64 attachment, start; // the piece that is next
    };
    std::vector<Waiting> waiting;
    if (const auto removed = m_database.run("DELETE FROM search.documents WHERE message_id = ?1 AND attachment_id <> 0"
                                            " AND attachment_id NOT IN (SELECT id FROM main.attachments WHERE message_id = ?1)",
                                            {id});
        !removed)
        return removed.error();
    const auto read = m_database.each("SELECT id, (SELECT max(start) FROM search.documents AS d WHERE d.message_id = ?2 AND d.attachment_id = a.id)"
                                      " FROM main.attachments AS a WHERE conversation_id = ?1 AND message_id = ?2 ORDER BY position, id",
                                      {message.integer(0), id}, [&](const Statement &row) {
                                          waiting.push_back({row.integer(0), row.isNull(1) ? 0 : row.integer(1) + kPiece});
                                      });
    if (!read)
        return read.error();
    for (auto [attachment, start] : waiting) {
        auto row = m_database.prepare("SELECT name, text FROM main.attachments WHERE id = ?", {attachment});
        if (!row)
            return row.error();
        if (const auto found = row->step(); !found)
            return found.error();
        const QString text = row->text(1);
        for (; start == 0 || start < text.size(); start += kPiece) {
            if (m_letters <= 0)
                return false;
            const QString piece = text.mid(start, kPiece + kOverlap);
            m_letters -= piece.size();
            if (const auto added = m_database.run("INSERT INTO search.documents(message_id, conversation_id, model, created, attachment_id, start, letters)"
                                                  " VALUES(?,?,?,?,?,?,?)",
                                                  {id, message.integer(0), message.text(1), message.integer(2), attachment, start, qint64(text.size())});
                !added)
                return added.error();
            if (const auto added = m_database.run("INSERT INTO search.words(rowid, text) VALUES(last_insert_rowid(), ?)",
                                                  {searchWords(start == 0 ? row->text(0) + QLatin1Char('\n') + piece : piece)});
                !added)
                return added.error();
        }
    }
    return true;
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
    std::size_t whole = 0;
    m_letters = kPiece;
    // The index first and what it had to do afterwards: two files have no common commit that a power cut could not divide.
    if (const auto taken = inTransaction(m_database,
                                         [&]() -> Result<void> {
                                             for (; whole < waiting.size(); ++whole) {
                                                 const auto done = take(waiting[whole]);
                                                 if (!done)
                                                     return done.error();
                                                 if (!*done)
                                                     break;
                                             }
                                             return {};
                                         });
        !taken)
        return taken.error();
    if (whole == 0)
        return true;
    const auto ticked = inTransaction(m_database, [&] {
        return m_database.run("DELETE FROM main.search_pending WHERE message_id BETWEEN ? AND ?", {waiting.front(), waiting[whole - 1]});
    });
    if (!ticked)
        return ticked.error();
    return whole < waiting.size() || waiting.size() == std::size_t(messages);
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
    // Those whose name has the words, and all in them.
    const auto inFolder = [](const QByteArray &name) {
        return "(" + name + " IS NULL OR c.folder_id IN (WITH RECURSIVE inside(id) AS (SELECT id FROM main.folders WHERE name LIKE " + name +
               " ESCAPE '\\' UNION SELECT f.id FROM main.folders AS f JOIN inside ON f.parent_id = inside.id) SELECT id FROM inside))";
    };
    const SqlValue folder = query.folder.isEmpty() ? SqlValue() : SqlValue(like(query.folder));
    // A folder or tag that no chat is in, as while its name is typed: the words need not be looked for.
    if (!query.folder.isEmpty() || !query.tag.isEmpty()) {
        auto any = m_database.prepare("SELECT EXISTS(SELECT 1 FROM main.conversations AS c WHERE c.deleted_at IS NULL AND c.kind = ?1"
                                      " AND " + inFolder("?3") +
                                      " AND (?2 IS NULL OR EXISTS(SELECT 1 FROM main.tags AS t WHERE t.conversation_id = c.id AND t.tag = ?2)))",
                                      {kind, orNull(query.tag), folder});
        const auto row = any ? any->step() : Result<bool>(any.error());
        if (!row)
            return row.error();
        if (any->integer(0) == 0)
            return result;
    }
    // Newest documents first, which FTS5 gives without sorting; a filter that is not given is NULL.
    QByteArray sql = "SELECT d.message_id, d.conversation_id, d.attachment_id, d.start, d.letters FROM ";
    sql += query.match.isEmpty() ? "(SELECT * FROM search.documents WHERE attachment_id = 0) AS d" : "search.words JOIN search.documents AS d ON d.id = words.rowid";
    sql += " JOIN main.conversations AS c ON c.id = d.conversation_id WHERE c.deleted_at IS NULL AND c.kind = ?2"
           " AND (?3 IS NULL OR d.model LIKE ?3 ESCAPE '\\') AND " + inFolder("?4") +
           " AND (?5 IS NULL OR EXISTS(SELECT 1 FROM main.tags AS t WHERE t.conversation_id = c.id AND t.tag = ?5))"
           " AND (?6 IS NULL OR d.created >= ?6) AND (?7 IS NULL OR d.created < ?7) AND (?1 IS NULL OR 1)";
    if (!query.match.isEmpty())
        sql += " AND words MATCH ?1";
    sql += query.match.isEmpty() ? " ORDER BY d.id DESC" : " ORDER BY words.rowid DESC";
    sql += " LIMIT " + QByteArray::number(kMostMatches);
    auto rows = m_database.prepare(sql, {orNull(query.match), kind, query.model.isEmpty() ? SqlValue() : SqlValue(like(query.model)),
                                         folder, orNull(query.tag),
                                         ms(query.from), ms(query.until)});
    if (!rows)
        return rows.error();
    struct Found
    {
        qint64 attachment, start, letters;
    };
    std::vector<Found> founds;       // of the hits
    QHash<qint64, qsizetype> places; // in hits
    QSet<qint64> counted;            // messages
    for (auto row = rows->step();; row = rows->step()) {
        if (!row)
            return row.error();
        if (!*row)
            break;
        const qint64 message = rows->integer(0), conversation = rows->integer(1);
        if (counted.contains(message))
            continue;
        if (const auto known = places.constFind(conversation); known != places.constEnd()) {
            counted << message;
            ++result.hits[*known].more;
            continue;
        }
        if (result.hits.size() == conversations)
            continue;
        counted << message;
        places.insert(conversation, result.hits.size());
        SearchHit hit;
        hit.messageId = message;
        hit.conversationId = conversation;
        result.hits << hit;
        founds.push_back({rows->integer(2), rows->integer(3), rows->integer(4)});
    }
    qint64 left = kMostShown;
    for (qsizetype i = 0; i < result.hits.size(); ++i) {
        const Found &found = founds[std::size_t(i)];
        if (const auto shown = showHit(result.hits[i], found.attachment, found.start, found.letters, left, query); !shown)
            return shown.error();
    }
    return result;
}

Result<void> SearchIndex::showHit(SearchHit &hit, qint64 attachment, qint64 start, qint64 letters, qint64 &left, const SearchQuery &query) const
{
    const auto message = readMessage(m_database, hit.messageId);
    if (!message)
        return message.error();
    hit.role = message->role;
    if (attachment == 0) {
        hit.inReasoning = !message->reasoning.isEmpty() && !query.words.isEmpty() && placesOf(message->content, query.words).isEmpty() &&
                          !placesOf(message->reasoning, query.words).isEmpty();
        hit.snippet = snippetOf(hit.inReasoning ? message->reasoning : message->content, query.words);
        return {};
    }
    // Many long attachments would take longer than a search may: of some there is the name alone.
    const bool whole = letters <= left;
    auto row = m_database.prepare(whole ? "SELECT name, text FROM main.attachments WHERE id = ?" : "SELECT name, '' FROM main.attachments WHERE id = ?",
                                  {attachment});
    if (!row)
        return row.error();
    if (const auto found = row->step(); !found)
        return found.error();
    hit.attachment = row->text(0);
    if (whole)
        left -= letters;
    const QString text = row->text(1).mid(start, kPiece + kOverlap);
    const QString name = hit.attachment.left(60) + (text.isEmpty() ? QString() : QStringLiteral(": "));
    hit.snippet = snippetOf(text, query.words);
    hit.snippet.text.prepend(name);
    for (auto &mark : hit.snippet.marks)
        mark.first += int(name.size());
    return {};
}

} // namespace app
