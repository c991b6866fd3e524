// A conversation at work: several answers to one message, one after the other, each by the model that was chosen for it.
#include "app/chat/chat_session.h"

#include "app/error_text.h"
#include "app/model_catalog.h"

#include <utility>

namespace app {

using inference::Error;
using inference::ErrorCode;

bool ChatSession::sendForAnswers(const QString &text, const QVector<AnswerChoice> &choices, const std::optional<QVector<qint64>> &attachments)
{
    return !choices.isEmpty() && sendFor(text, attachments, choices);
}

bool ChatSession::askBeside(qint64 question, const QVector<AnswerChoice> &choices)
{
    if (m_state != State::Idle || choices.isEmpty() || !m_messages.tree().contains(question) ||
        m_messages.tree().at(question).role != Role::User)
        return false;
    QVector<MessageRecord> answers;
    for (qsizetype i = 0; i < choices.size(); ++i)
        answers << newAnswer(question);
    commitAndAnswer(answers, QString(), {{}, choices, true});
    return true;
}

bool ChatSession::isPending(qint64 answer) const
{
    return std::any_of(m_pending.begin(), m_pending.end(), [=](const PendingAnswer &pending) { return pending.record.id == answer && !pending.dropped; });
}

void ChatSession::dropPending(qint64 answer)
{
    for (qsizetype i = 0; i < m_pending.size(); ++i) {
        if (m_pending[i].record.id != answer)
            continue;
        if (m_messages.tree().contains(answer))
            stopPending(m_pending.takeAt(i));
        else
            m_pending[i].dropped = true; // its commit is under way
        return;
    }
}

void ChatSession::stopPending(const PendingAnswer &pending)
{
    MessageRecord record = pending.record;
    record.state = MessageState::Stopped;
    record.endReason = QString::fromLatin1(inference::endReasonName(inference::EndReason::Cancelled));
    m_store.write({SaveMessage{record}}, Durability::Typed);
    if (m_messages.tree().contains(record.id))
        m_messages.update(record);
}

bool ChatSession::beginNext()
{
    while (!m_pending.isEmpty()) {
        const PendingAnswer next = m_pending.takeFirst();
        if (next.dropped) {
            stopPending(next);
            continue;
        }
        m_answer.emplace();
        m_answer->choice = next.choice;
        beginAnswer(next.record.id, false);
        return true;
    }
    return false;
}

bool ChatSession::lacksItsModel() const
{
    if (m_answer->choice.model.isEmpty())
        return false;
    const auto model = m_service.model();
    return !model || QString::fromStdString(model->path.string()) != m_answer->choice.model;
}

// A load would stop what others are asking the engine: it is asked for once that is through.
void ChatSession::waitForModel()
{
    const QPointer<ChatSession> alive(this);
    setState(State::WaitingForModel);
    const auto service = m_service.state();
    if (!alive || !m_answer || m_answer->modelAsked || !lacksItsModel() || service == InferenceService::State::Loading ||
        service == InferenceService::State::Busy)
        return;
    m_answer->modelAsked = true;
    Q_EMIT modelWanted(QString(m_answer->choice.model));
}

void ChatSession::modelFailed(const QString &path, const Error &error)
{
    // One that was cancelled can be under way again.
    if (m_state != State::WaitingForModel || !m_answer || !m_answer->modelAsked || path != m_answer->choice.model || m_service.loadingPath() == path)
        return;
    failWith(error.code, error.code == ErrorCode::Cancelled ? tr("Loading %1 was stopped.").arg(shortModelName(path)) : errorSentence(error));
}

void ChatSession::followModel()
{
    if (m_state == State::WaitingForModel && m_answer && m_answer->modelAsked && m_service.model() && lacksItsModel())
        failWith(ErrorCode::Cancelled, tr("Another model was loaded meanwhile."));
}

} // namespace app
