// Summaries of the older part of a conversation, written by the model when the user asks for one.
#pragma once

#include "app/chat/chat_session.h"

#include <QObject>
#include <QPointer>

namespace app {

// One at a time. The turns are read as text, in pieces that fit into the context; nothing is left out of them. What comes is kept by
// ChatSession::setSummary(); one that reached its limit of tokens ends with its last whole sentence. GUI thread; the service outlives it.
class SummaryWriter : public QObject
{
    Q_OBJECT

public:
    explicit SummaryWriter(InferenceService &service, QObject *parent = nullptr);
    ~SummaryWriter() override;

    // The turns from that of `from` to that of `to`, which are shown; see ContextWaysOut. False: busy, or not to be found.
    bool begin(ChatSession &session, qint64 from, qint64 to);
    // Nothing is changed then.
    void stop();
    bool isWriting() const { return m_session != nullptr; }
    ChatSession *session() const { return m_session; }
    int turns() const { return m_turns; }
    // Of the piece at work.
    int piece() const { return m_piece; } // 1 ..
    int pieces() const { return int(m_pieces.size()); }
    bool isReading() const { return m_text.isEmpty(); }
    quint32 promptDone() const { return m_promptDone; }
    quint32 promptTotal() const { return m_promptTotal; }

Q_SIGNALS:
    void changed();
    void finished();                             // the summary stands
    void failed(const QString &sentence); // and all is as it was

private:
    void countNext();
    void ask();
    void end(const QString &sentence); // empty: stopped

    InferenceService &m_service;
    QPointer<ChatSession> m_session;
    qint64 m_from = 0, m_to = 0;
    int m_turns = 0;
    QVector<QString> m_texts;  // of a turn each, not yet in a piece
    QVector<QString> m_pieces; // to be summarised, one after the other
    int m_piece = 0;
    QString m_growing;          // the piece that is being filled
    int m_room = 0;             // tokens for the text of a piece
    QString m_text, m_done;     // of this piece; of those before
    quint32 m_promptDone = 0, m_promptTotal = 0;
    QPointer<GenerationReply> m_reply;
    std::optional<inference::ReasoningParser> m_parser;
    QObject m_counter;
};

// What the model is asked for one piece of a conversation.
inference::GenerationRequest summaryRequest(const QString &piece, const std::optional<inference::ModelSummary> &model);

} // namespace app
