// The messages of one conversation as a tree: versions are siblings, what is shown is the path to one leaf.
#pragma once

#include "app/chat/chat_records.h"

#include <QHash>
#include <QVector>

namespace app {

// Takes any set of messages. Ids grow with time, so a parent has a smaller id than its child; one whose
// parent is missing or not older becomes a first message, and there can be no circle.
class MessageTree
{
public:
    void reset(const QVector<MessageRecord> &messages);
    void add(const MessageRecord &message);
    bool contains(qint64 id) const { return m_messages.contains(id); }
    bool isEmpty() const { return m_messages.isEmpty(); }
    // The message must be there.
    const MessageRecord &at(qint64 id) const { return *m_messages.constFind(id); }
    MessageRecord &at(qint64 id) { return *m_messages.find(id); }

    // Ids from the first message down to `leaf`; empty when there is no such message.
    QVector<qint64> path(qint64 leaf) const;
    // Of a message, or the first ones for 0, in the order in which they were made.
    const QVector<qint64> &children(qint64 id) const;
    // All versions of a message in the order in which they were made, itself included.
    const QVector<qint64> &siblings(qint64 id) const;
    // The end of the newest branch below a message; itself when nothing follows.
    qint64 newestLeaf(qint64 id) const;
    // `leaf` when it is there, else the newest leaf of all (0 when there are no messages).
    qint64 leafOrNewest(qint64 leaf) const;
    QVector<MessageRecord> messages(const QVector<qint64> &ids) const;

private:
    qint64 parentOf(const MessageRecord &message) const;

    QHash<qint64, MessageRecord> m_messages;
    QHash<qint64, QVector<qint64>> m_children; // 0: first messages
};

} // namespace app
