// What a chat session does with attachments: those of the draft, and how the context uses those of messages.
#include "app/chat/chat_session.h"

#include <algorithm>

namespace app {

namespace {

auto attachmentWithId(QVector<AttachmentRecord> &attachments, qint64 id)
{
    return std::find_if(attachments.begin(), attachments.end(), [id](const AttachmentRecord &a) { return a.id == id; });
}

} // namespace

QVector<AttachmentRecord> ChatSession::shownAttachments() const
{
    QVector<AttachmentRecord> shown;
    for (int row = 0; row < m_messages.rowCount(); ++row)
        shown += m_messages.message(row).attachments;
    return shown;
}

void ChatSession::attach(AttachmentRecord attachment)
{
    if (attachment.id == 0)
        attachment.id = newRecordId();
    attachment.conversationId = m_conversation.id;
    attachment.messageId = 0;
    attachment.position = m_draftAttachments.isEmpty() ? 0 : m_draftAttachments.last().position + 1;
    m_draftAttachments << attachment;
    m_store.write({SaveAttachment{attachment}}, Durability::Typed);
    Q_EMIT attachmentsChanged();
}

void ChatSession::removeAttachment(qint64 id)
{
    const auto found = attachmentWithId(m_draftAttachments, id);
    if (found == m_draftAttachments.end())
        return;
    m_draftAttachments.erase(found);
    m_store.write({RemoveAttachment{id}}, Durability::Typed);
    Q_EMIT attachmentsChanged();
}

void ChatSession::setAttachmentUse(qint64 id, bool pinned, bool leftOut)
{
    const auto apply = [&](QVector<AttachmentRecord> &attachments) {
        const auto found = attachmentWithId(attachments, id);
        if (found == attachments.end())
            return false;
        found->pinned = pinned;
        found->leftOut = leftOut;
        return true;
    };
    bool known = apply(m_draftAttachments);
    for (int row = 0; row < m_messages.rowCount() && !known; ++row) {
        QVector<AttachmentRecord> attachments = m_messages.message(row).attachments;
        known = apply(attachments);
        if (known)
            m_messages.setAttachments(m_messages.message(row).id, attachments);
    }
    if (!known)
        return;
    m_store.write({SetAttachmentUse{id, pinned, leftOut}}, Durability::Typed);
    Q_EMIT attachmentsChanged();
}

// Those that were attached while the chat was being read stay.
void ChatSession::takeDraftAttachments(const ConversationContents &contents)
{
    QVector<AttachmentRecord> all = contents.draftAttachments;
    for (const AttachmentRecord &attachment : std::as_const(m_draftAttachments))
        if (attachmentWithId(all, attachment.id) == all.end())
            all << attachment;
    m_draftAttachments = all;
}

QVector<AttachmentRecord> ChatSession::takeFromDraft(const std::optional<QVector<qint64>> &ids)
{
    QVector<AttachmentRecord> taken, kept;
    for (const AttachmentRecord &attachment : std::as_const(m_draftAttachments))
        (!ids || ids->contains(attachment.id) ? taken : kept) << attachment;
    m_draftAttachments = kept;
    if (!taken.isEmpty())
        Q_EMIT attachmentsChanged();
    return taken;
}

// Nothing of the message was saved: in the file they are the draft's still, or of an edit that did not happen.
void ChatSession::giveBack(const QVector<AttachmentRecord> &attachments)
{
    if (attachments.isEmpty())
        return;
    m_draftAttachments = attachments + m_draftAttachments;
    Q_EMIT attachmentsChanged();
}

void ChatSession::moveDraftAttachments()
{
    StoreOperations operations;
    for (AttachmentRecord &attachment : m_draftAttachments) {
        attachment.conversationId = m_conversation.id;
        operations << SaveAttachment{attachment};
    }
    if (!operations.isEmpty())
        m_store.write(operations, Durability::Typed);
}

} // namespace app
