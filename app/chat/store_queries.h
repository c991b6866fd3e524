// Records to rows and back. On the store's thread.
#pragma once

#include "app/chat/chat_records.h"
#include "app/chat/database.h"

#include <QHash>

namespace app {

// A conversation with all its messages in the order in which they were made, and what is typed but not sent.
struct ConversationContents
{
    ConversationRecord conversation; // id 0: there is none (for a draft without a conversation)
    QVector<MessageRecord> messages; // with their attachments
    QString draft;
    FolderRecord folder; // id 0: in none
    QHash<qint64, QByteArray> lenses{}; // by message; only where they were asked for
    QVector<AttachmentRecord> draftAttachments;
    QVector<FolderRecord> outerFolders{}; // those that `folder` is in, the nearest first
};

// Words in files, for readers with other programs; never translated. Of an unknown word: user, complete.
QString roleWord(Role role);
Role roleOf(const QString &word);
QString stateWord(MessageState state);
MessageState stateOf(const QString &word);

inference::Result<void> apply(Database &database, const StoreOperation &operation);
// All that are not deleted, archived ones too, last changed first. Or those that are, last deleted first.
inference::Result<QVector<ConversationRecord>> readConversations(const Database &database, bool deleted = false);
inference::Result<QVector<FolderRecord>> readFolders(const Database &database);
// NotFound where there is none.
inference::Result<MessageRecord> readMessage(const Database &database, qint64 id);
inference::Result<ConversationContents> readContents(const Database &database, qint64 conversationId);
// With the lenses, which are larger than the text and not kept in memory.
inference::Result<ConversationContents> readWhole(const Database &database, qint64 conversationId);
inference::Result<QByteArray> readLens(const Database &database, qint64 messageId); // empty: none

} // namespace app
