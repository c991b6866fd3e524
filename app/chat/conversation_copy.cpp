#include "app/chat/conversation_copy.h"

#include <QHash>

#include <algorithm>
#include <utility>

namespace app {

namespace {

SaveAttachment savedAs(AttachmentRecord attachment, qint64 conversation, qint64 message)
{
    attachment.id = newRecordId();
    attachment.conversationId = conversation;
    attachment.messageId = message;
    return {attachment};
}

} // namespace

StoreOperations withNewIds(const ConversationContents &contents)
{
    ConversationRecord conversation = contents.conversation;
    conversation.id = newRecordId();
    conversation.deletedAt = 0;

    QVector<MessageRecord> messages = contents.messages;
    // Ids grow with time, and a parent is older than its child: new ones in the same order keep that.
    std::sort(messages.begin(), messages.end(), [](const MessageRecord &a, const MessageRecord &b) { return a.id < b.id; });
    QHash<qint64, qint64> newIds;
    StoreOperations saved;
    for (MessageRecord &message : messages) {
        const qint64 id = newRecordId();
        const qint64 formerId = std::exchange(message.id, id);
        newIds.insert(formerId, id);
        message.parentId = newIds.value(message.parentId);
        message.summaryFrom = newIds.value(message.summaryFrom);
        message.conversationId = conversation.id;
        if (message.state == MessageState::Streaming)
            message.state = MessageState::Interrupted;
        saved << SaveMessage{message};
        if (const QByteArray lens = contents.lenses.value(formerId); !lens.isEmpty())
            saved << SaveLens{id, lens};
        for (const AttachmentRecord &attachment : std::as_const(message.attachments))
            saved << savedAs(attachment, conversation.id, id);
    }
    conversation.currentLeaf = newIds.value(contents.conversation.currentLeaf);
    StoreOperations operations{CreateConversation{conversation}};
    operations << saved;
    if (conversation.archivedAt != 0)
        operations << SetArchived{conversation.id, conversation.archivedAt};
    if (!conversation.tags.isEmpty())
        operations << SetTags{conversation.id, conversation.tags};
    if (!contents.draft.isEmpty())
        operations << SetDraft{conversation.id, contents.draft};
    for (const AttachmentRecord &attachment : contents.draftAttachments)
        operations << savedAs(attachment, conversation.id, 0);
    return operations;
}

StoreOperations copyOf(const ConversationContents &contents, const QString &title)
{
    ConversationContents copy = contents;
    copy.conversation.title = title;
    copy.conversation.titledByUser = true;
    copy.conversation.pinned = false;
    copy.conversation.archivedAt = 0;
    copy.conversation.updated = nowMs();
    copy.draft.clear();
    copy.draftAttachments.clear();
    return withNewIds(copy);
}

} // namespace app
