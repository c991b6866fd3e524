// The conversations that are open or at work: one session each, so that an answer goes on while another chat
// is shown.
#pragma once

#include "app/chat/chat_session.h"

#include <QHash>
#include <QObject>
#include <QVector>

namespace app {

// Owns the sessions. GUI thread; destroyed before the service and the store.
class ChatSessions : public QObject
{
    Q_OBJECT

public:
    ChatSessions(InferenceService &service, ChatStore &store, const Settings &settings,
                 QObject *parent = nullptr);

    // The session of a conversation, opened when needed. Valid until its conversation is deleted, or until it
    // is idle and eight others have been opened since: hold it with a QPointer.
    ChatSession *open(qint64 conversationId);
    // The one chat that has not begun; it gets its id with its first message, and then the next call makes
    // another.
    ChatSession *newChat();
    QVector<ChatSession *> busy() const;

Q_SIGNALS:
    void conversationCreated(app::ChatSession *session);
    void busyChanged(); // a session has begun or ended an answer

private:
    ChatSession *make(qint64 conversationId);
    void use(ChatSession *session);
    void applyCommitted(const StoreOperations &operations);

    InferenceService &m_service;
    ChatStore &m_store;
    const Settings &m_settings;
    QVector<ChatSession *> m_sessions; // last used last
};

} // namespace app
