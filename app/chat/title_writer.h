// Titles written by the model, once it has nothing else to do.
#pragma once

#include "app/chat/chat_session.h"

#include <QObject>
#include <QPointer>
#include <QTimer>

namespace app {

// After the first answer of a chat that the user gave no title. The conversation is in the model's memory then: little is read
// again. Whatever the user asks meanwhile goes first, and the title is left as it is. GUI thread; service, store and settings
// outlive it.
class TitleWriter : public QObject
{
    Q_OBJECT

public:
    TitleWriter(InferenceService &service, ChatStore &store, const Settings &settings, QObject *parent = nullptr);
    ~TitleWriter() override;

    // An answer of the session has ended.
    void consider(ChatSession &session);
    void stop();
    bool isWriting() const { return m_reply != nullptr; }
    static constexpr int kIdleMs = 3000;

Q_SIGNALS:
    void changed(); // it has begun to write, or ended

private:
    void begin();
    void finish(const inference::GenerationStatistics &statistics);

    InferenceService &m_service;
    ChatStore &m_store;
    const Settings &m_settings;
    QTimer m_idle;
    QPointer<ChatSession> m_session; // whose turn it is
    qint64 m_conversation = 0;
    QPointer<GenerationReply> m_reply;
    QString m_text;
};

// The title in what a model answers; empty where there is none: too long, empty, or talk.
QString titleOfAnswer(const QString &answer);

} // namespace app
