// Records to rows and back. On the store's thread.
#pragma once

#include "app/chat/chat_records.h"
#include "app/chat/database.h"

namespace app {

// A conversation with all its messages in the order in which they were made, and what is typed but not sent.
struct ConversationContents
{
    ConversationRecord conversation; // id 0: there is none (for a draft without a conversation)
    QVector<MessageRecord> messages;
    QString draft;
};

inference::Result<void> apply(Database &database, const StoreOperation &operation);
// All that are not deleted, last changed first.
inference::Result<QVector<ConversationRecord>> readConversations(const Database &database);
inference::Result<ConversationContents> readContents(const Database &database, qint64 conversationId);

} // namespace app
