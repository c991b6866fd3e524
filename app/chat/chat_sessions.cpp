#include "app/chat/chat_sessions.h"

#include <algorithm>

namespace app {

namespace {

constexpr int kIdleSessions = 8;

} // namespace

ChatSessions::ChatSessions(InferenceService &service, ChatStore &store, const Settings &settings,
                           QObject *parent)
    : QObject(parent), m_service(service), m_store(store), m_settings(settings)
{
    connect(&store, &ChatStore::committed, this, &ChatSessions::applyCommitted);
}

ChatSession *ChatSessions::open(qint64 conversationId)
{
    if (conversationId == 0)
        return newChat();
    for (ChatSession *session : std::as_const(m_sessions))
        if (session->conversationId() == conversationId) {
            use(session);
            session->retryLoad();
            return session;
        }
    return make(conversationId);
}

ChatSession *ChatSessions::newChat()
{
    for (ChatSession *session : std::as_const(m_sessions))
        if (session->conversationId() == 0 && session->state() != ChatSession::State::Sending) {
            use(session);
            return session;
        }
    return make(0);
}

QVector<ChatSession *> ChatSessions::busy() const
{
    QVector<ChatSession *> sessions;
    std::copy_if(m_sessions.begin(), m_sessions.end(), std::back_inserter(sessions),
                 [](const ChatSession *session) { return session->isBusy(); });
    return sessions;
}

ChatSession *ChatSessions::make(qint64 conversationId)
{
    auto *session = new ChatSession(m_service, m_store, m_settings, conversationId, this);
    connect(session, &ChatSession::conversationCreated, this,
            [this, session] { Q_EMIT conversationCreated(session); });
    connect(session, &ChatSession::stateChanged, this, &ChatSessions::busyChanged);
    connect(session, &QObject::destroyed, this, [this, session] { m_sessions.removeAll(session); });
    m_sessions << session;
    use(session);
    return session;
}

void ChatSessions::use(ChatSession *session)
{
    m_sessions.removeAll(session);
    m_sessions << session;
    int idle = 0;
    const QVector<ChatSession *> all = m_sessions;
    for (auto old = all.rbegin(); old != all.rend(); ++old)
        if (!(*old)->isBusy() && ++idle > kIdleSessions && (*old)->conversationId() != 0) {
            (*old)->saveDraft(); // before its conversation is read again
            m_sessions.removeAll(*old);
            (*old)->deleteLater();
        }
}

void ChatSessions::applyCommitted(const StoreOperations &operations)
{
    for (const StoreOperation &operation : operations) {
        const auto *deleted = std::get_if<SetDeleted>(&operation);
        if (!deleted || deleted->deletedAt == 0)
            continue;
        const QVector<ChatSession *> all = m_sessions;
        for (ChatSession *session : all)
            if (session->conversationId() == deleted->conversationId) {
                session->stop();
                session->saveDraft();
                m_sessions.removeAll(session);
                session->deleteLater(); // its answer is saved as far as it came
            }
    }
}

} // namespace app
