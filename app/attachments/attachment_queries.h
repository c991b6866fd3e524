// Attachments to rows and back. On the store's thread.
#pragma once

#include "app/attachments/attachment_record.h"
#include "app/chat/database.h"

namespace app {

inference::Result<void> applyOne(Database &database, const SaveAttachment &operation);
inference::Result<void> applyOne(Database &database, const SetAttachmentUse &operation);
inference::Result<void> applyOne(Database &database, const RemoveAttachment &operation);
// All of a conversation, of its messages and its draft, in the order in which they are shown. Conversation 0: of the chat not begun yet.
inference::Result<QVector<AttachmentRecord>> readAttachments(const Database &database, qint64 conversationId);

} // namespace app
