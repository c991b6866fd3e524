#include "app/chat/store_queries.h"

#include "app/attachments/attachment_queries.h"
#include "app/chat/folder_tree.h"

#include <QHash>

#include <algorithm>
#include <array>
#include <utility>

namespace app {

using inference::Result;

namespace {

// Words in the file, for readers with the sqlite3 program; never translated.
constexpr std::array<std::pair<Role, const char *>, 3> kRoles{
    {{Role::User, "user"}, {Role::Assistant, "assistant"}, {Role::System, "system"}}};
constexpr std::array<std::pair<MessageState, const char *>, 5> kStates{
    {{MessageState::Complete, "complete"},
     {MessageState::Streaming, "streaming"},
     {MessageState::Stopped, "stopped"},
     {MessageState::Interrupted, "interrupted"},
     {MessageState::Failed, "failed"}}};

template <class Words, class T> QString wordOf(const Words &words, T value)
{
    for (const auto &[key, word] : words)
        if (key == value)
            return QString::fromLatin1(word);
    return QString::fromLatin1(words.front().second);
}

template <class Words> auto valueOf(const Words &words, const QString &text)
{
    for (const auto &[key, word] : words)
        if (text == QLatin1String(word))
            return key;
    return words.front().first;
}

Result<void> applyOne(Database &database, const CreateConversation &operation)
{
    const ConversationRecord &c = operation.conversation;
    return database.run(
        "INSERT OR IGNORE INTO conversations(id, kind, title, titled_by_user, pinned, folder_id,"
        " current_leaf, created, updated, settings) VALUES(?,?,?,?,?,?,?,?,?,?)",
        {c.id, c.kind, orEmpty(c.title), qint64(c.titledByUser), qint64(c.pinned), orNull(c.folder),
         orNull(c.currentLeaf), c.created, c.updated, orNull(QString::fromUtf8(c.choices))});
}

Result<void> applyOne(Database &database, const SaveMessage &operation)
{
    const MessageRecord &m = operation.message;
    // One that is written still is read by the search when it is whole.
    if (m.state != MessageState::Streaming)
        if (const auto noted = database.run("INSERT OR IGNORE INTO search_pending VALUES(?)", {m.id}); !noted)
            return noted;
    return database.run(
        "INSERT INTO messages(id, conversation_id, parent_id, role, content, reasoning, reasoning_ms, state,"
        " end_reason, error, error_code, model, prompt_tokens, cached_tokens, generated_tokens,"
        " prefill_tokens_per_second, decode_tokens_per_second, first_token_ms, created, receipt,"
        " pinned, left_out, summary, summary_from)"
        " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,?21,?22,?23,?24)"
        // What the user marked meanwhile stays: an answer that ends knows nothing of it.
        " ON CONFLICT(id) DO UPDATE SET content=?5, reasoning=?6, reasoning_ms=?7, state=?8, end_reason=?9, "
        "error=?10,"
        " error_code=?11, model=?12, prompt_tokens=?13, cached_tokens=?14, generated_tokens=?15,"
        " prefill_tokens_per_second=?16, decode_tokens_per_second=?17, first_token_ms=?18, receipt=?20",
        {m.id, m.conversationId, orNull(m.parentId), wordOf(kRoles, m.role), orEmpty(m.content),
         orEmpty(m.reasoning), m.reasoningMs, wordOf(kStates, m.state), orNull(m.endReason), orNull(m.error),
         m.errorCode < 0 ? SqlValue() : SqlValue(qint64(m.errorCode)), orNull(m.model),
         qint64(m.promptTokens), qint64(m.cachedTokens), qint64(m.generatedTokens), m.prefillTokensPerSecond,
         m.decodeTokensPerSecond, m.firstTokenMs, m.created, orNull(QString::fromUtf8(m.receipt)), qint64(m.pinned), qint64(m.leftOut),
         orNull(m.summary), orNull(m.summaryFrom)});
}

Result<void> applyOne(Database &database, const JournalAnswer &operation)
{
    return database.run("UPDATE messages SET content = ?, reasoning = ?, reasoning_ms = ?, lens = coalesce(?, lens) WHERE id = ?",
                        {orEmpty(operation.content), orEmpty(operation.reasoning), operation.reasoningMs,
                         orNull(operation.lens), operation.messageId});
}

Result<void> applyOne(Database &database, const SaveLens &operation)
{
    return database.run("UPDATE messages SET lens = ? WHERE id = ?", {orNull(operation.lens), operation.messageId});
}

Result<void> applyOne(Database &database, const SetCurrentLeaf &operation)
{
    return database.run("UPDATE conversations SET current_leaf = ?, updated = max(updated, ?) WHERE id = ?",
                        {orNull(operation.messageId), operation.updated, operation.conversationId});
}

Result<void> applyOne(Database &database, const SetTitle &operation)
{
    return database.run("UPDATE conversations SET title = ?1, titled_by_user = ?2 WHERE id = ?3 AND (?2 OR "
                        "NOT titled_by_user)",
                        {orEmpty(operation.title), qint64(operation.byUser), operation.conversationId});
}

Result<void> applyOne(Database &database, const SetPinned &operation)
{
    return database.run("UPDATE conversations SET pinned = ? WHERE id = ?",
                        {qint64(operation.pinned), operation.conversationId});
}

Result<void> applyOne(Database &database, const SetDeleted &operation)
{
    return database.run("UPDATE conversations SET deleted_at = ? WHERE id = ?",
                        {orNull(operation.deletedAt), operation.conversationId});
}

Result<void> applyOne(Database &database, const RemoveConversation &operation)
{
    for (const char *sql : {"INSERT OR IGNORE INTO search_pending SELECT id FROM messages WHERE conversation_id = ?",
                            "DELETE FROM drafts WHERE conversation_id = ?", "DELETE FROM conversations WHERE id = ?"})
        if (const auto done = database.run(sql, {operation.conversationId}); !done)
            return done;
    return {};
}

Result<void> applyOne(Database &database, const SetArchived &operation)
{
    return database.run("UPDATE conversations SET archived_at = ? WHERE id = ?",
                        {orNull(operation.archivedAt), operation.conversationId});
}

Result<void> applyOne(Database &database, const SetTags &operation)
{
    Result<void> done = database.run("DELETE FROM tags WHERE conversation_id = ?", {operation.conversationId});
    for (const QString &tag : operation.tags)
        if (done)
            done = database.run("INSERT OR IGNORE INTO tags(conversation_id, tag) SELECT id, ? FROM conversations WHERE id = ?",
                                {tag, operation.conversationId});
    return done;
}

Result<void> applyOne(Database &database, const SetFolder &operation)
{
    return database.run("UPDATE conversations SET folder_id = ? WHERE id = ?",
                        {orNull(operation.folderId), operation.conversationId});
}

Result<void> applyOne(Database &database, const SaveFolder &operation)
{
    return database.run("INSERT INTO folders(id, name, position, choices, parent_id) VALUES(?1, ?2, ?3, ?4, ?5)"
                        " ON CONFLICT(id) DO UPDATE SET name = ?2, position = ?3, choices = ?4, parent_id = ?5",
                        {operation.folder.id, orEmpty(operation.folder.name), operation.folder.position,
                         orNull(QString::fromUtf8(operation.folder.choices)), orNull(operation.folder.parent)});
}

Result<void> applyOne(Database &database, const RemoveFolder &operation)
{
    for (const char *sql : {"UPDATE conversations SET folder_id = (SELECT parent_id FROM folders WHERE id = ?1) WHERE folder_id = ?1",
                            "UPDATE folders SET parent_id = (SELECT parent_id FROM folders WHERE id = ?1) WHERE parent_id = ?1"})
        if (const auto emptied = database.run(sql, {operation.folderId}); !emptied)
            return emptied;
    return database.run("DELETE FROM folders WHERE id = ?", {operation.folderId});
}

Result<void> applyOne(Database &database, const SetView &operation)
{
    return database.run("UPDATE conversations SET view_message = ?, view_offset = ? WHERE id = ?",
                        {orNull(operation.view.messageId), qint64(operation.view.offset), operation.conversationId});
}

Result<void> applyOne(Database &database, const SetContextMarks &operation)
{
    return database.run("UPDATE messages SET pinned = ?, left_out = ? WHERE id = ?",
                        {qint64(operation.pinned), qint64(operation.leftOut), operation.messageId});
}

Result<void> applyOne(Database &database, const SetSummary &operation)
{
    return database.run("UPDATE messages SET summary = ?, summary_from = ? WHERE id = ?",
                        {orNull(operation.text), operation.text.isEmpty() ? SqlValue() : orNull(operation.from), operation.messageId});
}

Result<void> applyOne(Database &database, const SetChoices &operation)
{
    return database.run("UPDATE conversations SET settings = ? WHERE id = ?",
                        {orNull(QString::fromUtf8(operation.choices)), operation.conversationId});
}

Result<void> applyOne(Database &database, const SetDraft &operation)
{
    if (operation.text.isEmpty())
        return database.run("DELETE FROM drafts WHERE conversation_id = ?", {operation.conversationId});
    return database.run("INSERT INTO drafts(conversation_id, text, updated) VALUES(?1, ?2, ?3)"
                        " ON CONFLICT(conversation_id) DO UPDATE SET text = ?2, updated = ?3",
                        {operation.conversationId, operation.text, nowMs()});
}

constexpr const char *kMessageColumns =
    "SELECT id, conversation_id, coalesce(parent_id, 0), role, content, reasoning,"
    " reasoning_ms, state, end_reason, error, error_code, model, prompt_tokens,"
    " cached_tokens, generated_tokens, prefill_tokens_per_second,"
    " decode_tokens_per_second, first_token_ms, created, receipt, pinned, left_out, summary,"
    " coalesce(summary_from, 0) FROM messages ";

constexpr const char *kConversationColumns =
    "SELECT id, kind, title, titled_by_user, pinned, coalesce(folder_id, 0), coalesce(current_leaf, 0), "
    "created,"
    " updated, coalesce(deleted_at, 0), coalesce(archived_at, 0), coalesce(view_message, 0), view_offset, settings FROM conversations ";

ConversationRecord conversationOf(const Statement &row)
{
    ConversationRecord c;
    c.id = row.integer(0);
    c.kind = row.text(1);
    c.title = row.text(2);
    c.titledByUser = row.integer(3) != 0;
    c.pinned = row.integer(4) != 0;
    c.folder = row.integer(5);
    c.currentLeaf = row.integer(6);
    c.created = row.integer(7);
    c.updated = row.integer(8);
    c.deletedAt = row.integer(9);
    c.archivedAt = row.integer(10);
    c.view = {row.integer(11), int(row.integer(12))};
    c.choices = row.text(13).toUtf8();
    return c;
}

// By conversation.
Result<QHash<qint64, QStringList>> readTags(const Database &database, const char *sql, std::initializer_list<SqlValue> values)
{
    QHash<qint64, QStringList> tags;
    if (const auto read = database.each(sql, values, [&](const Statement &row) { tags[row.integer(0)] << row.text(1); }); !read)
        return read.error();
    return tags;
}

// To the messages that they are of. What belongs to a message that is not there goes to the draft: it is not lost.
void distribute(const QVector<AttachmentRecord> &attachments, ConversationContents &contents)
{
    if (attachments.isEmpty())
        return;
    QHash<qint64, qsizetype> places;
    for (qsizetype i = 0; i < contents.messages.size(); ++i)
        places.insert(contents.messages[i].id, i);
    for (AttachmentRecord attachment : attachments) {
        const auto place = places.constFind(attachment.messageId);
        if (place != places.constEnd()) {
            contents.messages[*place].attachments << attachment;
        } else {
            attachment.messageId = 0;
            contents.draftAttachments << attachment;
        }
    }
}

MessageRecord messageOf(const Statement &row)
{
    MessageRecord m;
    m.id = row.integer(0);
    m.conversationId = row.integer(1);
    m.parentId = row.integer(2);
    m.role = valueOf(kRoles, row.text(3));
    m.content = row.text(4);
    m.reasoning = row.text(5);
    m.reasoningMs = row.integer(6);
    m.state = valueOf(kStates, row.text(7));
    m.endReason = row.text(8);
    m.error = row.text(9);
    m.errorCode = row.isNull(10) ? -1 : int(row.integer(10));
    m.model = row.text(11);
    m.promptTokens = int(row.integer(12));
    m.cachedTokens = int(row.integer(13));
    m.generatedTokens = int(row.integer(14));
    m.prefillTokensPerSecond = row.real(15);
    m.decodeTokensPerSecond = row.real(16);
    m.firstTokenMs = row.real(17);
    m.created = row.integer(18);
    m.receipt = row.text(19).toUtf8();
    m.pinned = row.integer(20) != 0;
    m.leftOut = row.integer(21) != 0;
    m.summary = row.text(22);
    m.summaryFrom = row.integer(23);
    return m;
}

} // namespace

QString roleWord(Role role)
{
    return wordOf(kRoles, role);
}

Role roleOf(const QString &word)
{
    return valueOf(kRoles, word);
}

QString stateWord(MessageState state)
{
    return wordOf(kStates, state);
}

MessageState stateOf(const QString &word)
{
    return valueOf(kStates, word);
}

Result<void> apply(Database &database, const StoreOperation &operation)
{
    return std::visit([&](const auto &which) { return applyOne(database, which); }, operation);
}

Result<QVector<ConversationRecord>> readConversations(const Database &database, bool deleted)
{
    const auto tags = readTags(database, "SELECT conversation_id, tag FROM tags ORDER BY tag", {});
    if (!tags)
        return tags.error();
    QVector<ConversationRecord> conversations;
    const auto read = database.each(QByteArray(kConversationColumns) +
                                        (deleted ? "WHERE deleted_at IS NOT NULL ORDER BY deleted_at DESC, id DESC"
                                                 : "WHERE deleted_at IS NULL ORDER BY updated DESC, id DESC"),
                                    {}, [&](const Statement &row) {
                                        conversations << conversationOf(row);
                                        conversations.last().tags = tags->value(conversations.last().id);
                                    });
    if (!read)
        return read.error();
    return conversations;
}

Result<QVector<FolderRecord>> readFolders(const Database &database)
{
    QVector<FolderRecord> folders;
    const auto read = database.each("SELECT id, name, position, choices, coalesce(parent_id, 0) FROM folders ORDER BY position, id", {}, [&](const Statement &row) {
        folders << FolderRecord{row.integer(0), row.text(1), row.integer(2), row.text(3).toUtf8(), row.integer(4)};
    });
    if (!read)
        return read.error();
    return folders;
}

Result<MessageRecord> readMessage(const Database &database, qint64 id)
{
    auto rows = database.prepare(QByteArray(kMessageColumns) + "WHERE id = ?", {id});
    if (!rows)
        return rows.error();
    const auto row = rows->step();
    if (!row)
        return row.error();
    if (!*row)
        return inference::Error(inference::ErrorCode::NotFound, "There is no such message.");
    return messageOf(*rows);
}

Result<ConversationContents> readContents(const Database &database, qint64 conversationId)
{
    ConversationContents contents;
    auto conversation = database.prepare(QByteArray(kConversationColumns) + "WHERE id = ?", {conversationId});
    if (!conversation)
        return conversation.error();
    const auto found = conversation->step();
    if (!found)
        return found.error();
    if (*found) {
        contents.conversation = conversationOf(*conversation);
        const auto tags = readTags(database, "SELECT conversation_id, tag FROM tags WHERE conversation_id = ? ORDER BY tag", {conversationId});
        if (!tags)
            return tags.error();
        contents.conversation.tags = tags->value(conversationId);
        const auto folders = readFolders(database);
        if (!folders)
            return folders.error();
        contents.outerFolders = folderPath(*folders, contents.conversation.folder);
        if (!contents.outerFolders.isEmpty())
            contents.folder = contents.outerFolders.takeLast();
        std::reverse(contents.outerFolders.begin(), contents.outerFolders.end());
    }

    const auto read = database.each(QByteArray(kMessageColumns) + "WHERE conversation_id = ? ORDER BY id", {conversationId},
                                    [&](const Statement &row) { contents.messages << messageOf(row); });
    if (!read)
        return read.error();
    const auto attachments = readAttachments(database, conversationId);
    if (!attachments)
        return attachments.error();
    distribute(*attachments, contents);
    auto draft = database.prepare("SELECT text FROM drafts WHERE conversation_id = ?", {conversationId});
    if (!draft)
        return draft.error();
    const auto drafted = draft->step();
    if (!drafted)
        return drafted.error();
    if (*drafted)
        contents.draft = draft->text(0);
    return contents;
}

Result<ConversationContents> readWhole(const Database &database, qint64 conversationId)
{
    auto contents = readContents(database, conversationId);
    if (!contents)
        return contents;
    const auto read = database.each("SELECT id, lens FROM messages WHERE conversation_id = ? AND lens IS NOT NULL", {conversationId},
                                    [&](const Statement &row) { contents->lenses.insert(row.integer(0), row.blob(1)); });
    if (!read)
        return read.error();
    return contents;
}

Result<QByteArray> readLens(const Database &database, qint64 messageId)
{
    auto rows = database.prepare("SELECT lens FROM messages WHERE id = ?", {messageId});
    if (!rows)
        return rows.error();
    const auto row = rows->step();
    if (!row)
        return row.error();
    return *row ? rows->blob(0) : QByteArray();
}

} // namespace app
