#include "app/chat/message_tree.h"

#include <algorithm>

namespace app {

void MessageTree::reset(const QVector<MessageRecord> &messages)
{
    m_messages.clear();
    m_children.clear();
    for (const MessageRecord &message : messages)
        m_messages.insert(message.id, message);
    QVector<qint64> ids = m_messages.keys();
    std::sort(ids.begin(), ids.end());
    for (const qint64 id : ids) {
        MessageRecord &message = m_messages[id];
        if (message.parentId >= id || !m_messages.contains(message.parentId))
            message.parentId = 0; // ids grow: a parent is older than its child
        m_children[message.parentId] << id;
    }
}

void MessageTree::add(const MessageRecord &message)
{
    MessageRecord record = message;
    record.parentId = parentOf(message);
    m_messages.insert(record.id, record);
    m_children[record.parentId] << record.id;
}

qint64 MessageTree::parentOf(const MessageRecord &message) const
{
    return m_messages.contains(message.parentId) && message.parentId < message.id ? message.parentId : 0;
}

QVector<qint64> MessageTree::path(qint64 leaf) const
{
    QVector<qint64> ids;
    for (auto found = m_messages.constFind(leaf); found != m_messages.constEnd();
         found = m_messages.constFind(found->parentId))
        ids << found->id;
    std::reverse(ids.begin(), ids.end());
    return ids;
}

const QVector<qint64> &MessageTree::children(qint64 id) const
{
    static const QVector<qint64> none;
    const auto all = m_children.constFind(id);
    return all == m_children.constEnd() ? none : *all;
}

const QVector<qint64> &MessageTree::siblings(qint64 id) const
{
    const auto found = m_messages.constFind(id);
    return children(found == m_messages.constEnd() ? -1 : found->parentId);
}

qint64 MessageTree::newestLeaf(qint64 id) const
{
    // Ids grow with time, so the newest message below is the end of the newest branch.
    QVector<qint64> open{id};
    qint64 newest = id;
    while (!open.isEmpty()) {
        const qint64 next = open.takeLast();
        newest = std::max(newest, next);
        open << children(next);
    }
    return newest;
}

qint64 MessageTree::leafOrNewest(qint64 leaf) const
{
    if (m_messages.contains(leaf))
        return leaf;
    qint64 newest = 0;
    for (auto message = m_messages.constBegin(); message != m_messages.constEnd(); ++message)
        newest = std::max(newest, message.key());
    return newest;
}

QVector<MessageRecord> MessageTree::messages(const QVector<qint64> &ids) const
{
    QVector<MessageRecord> records;
    records.reserve(ids.size());
    for (const qint64 id : ids)
        records << at(id);
    return records;
}

} // namespace app
