// What of a conversation the model sees, and how it is asked: the user's choices, kept in the file.
#include "app/chat/chat_session.h"

#include "app/chat/folder_tree.h"

#include <algorithm>

namespace app {

void ChatSession::mark(const MessageRecord &record, const StoreOperation &operation)
{
    m_messages.setMarks({record});
    m_store.write({operation}, Durability::Typed);
    Q_EMIT contextChanged();
}

// A pinned turn is not left out: a mark that is set takes the other away, one that is taken away leaves it.
bool ChatSession::markTurn(qint64 message, bool MessageRecord::*which, bool set)
{
    const int row = m_messages.rowOf(message);
    if (m_state != State::Idle || row < 0)
        return false;
    MessageRecord question = m_messages.message(m_messages.questionRow(m_messages.turnOf(row)));
    if (set)
        question.pinned = question.leftOut = false;
    question.*which = set;
    mark(question, SetContextMarks{question.id, question.pinned, question.leftOut});
    return true;
}

bool ChatSession::setPinned(qint64 message, bool pinned)
{
    return markTurn(message, &MessageRecord::pinned, pinned);
}

bool ChatSession::setLeftOut(qint64 message, bool leftOut)
{
    return markTurn(message, &MessageRecord::leftOut, leftOut);
}

bool ChatSession::setSummary(qint64 from, qint64 to, const QString &text)
{
    const int first = m_messages.rowOf(from), last = m_messages.rowOf(to);
    if (m_state != State::Idle || first < 0 || last < first || text.trimmed().isEmpty())
        return false;
    const ContextTurn &end = m_messages.turnOf(last);
    MessageRecord record = m_messages.message(end.first + end.count - 1);
    record.summary = text.trimmed();
    record.summaryFrom = m_messages.message(m_messages.turnOf(first).first).id;
    mark(record, SetSummary{record.id, record.summaryFrom, record.summary});
    return true;
}

bool ChatSession::removeSummary(qint64 carrier)
{
    if (m_state != State::Idle || !m_messages.tree().contains(carrier) || m_messages.tree().at(carrier).summary.isEmpty())
        return false;
    MessageRecord record = m_messages.tree().at(carrier);
    record.summary.clear();
    record.summaryFrom = 0;
    mark(record, SetSummary{carrier, 0, QString()});
    return true;
}

void ChatSession::setChoices(const ChatChoices &choices)
{
    if (m_choices == choices)
        return;
    m_choices = choices;
    if (m_conversation.id != 0)
        m_store.write({SetChoices{m_conversation.id, choicesToJson(choices)}}, Durability::Typed);
    Q_EMIT choicesChanged();
}

PromptVariables ChatSession::promptVariables() const
{
    const auto model = m_service.model();
    const QDateTime began = m_conversation.created != 0 ? QDateTime::fromMSecsSinceEpoch(m_conversation.created) : QDateTime::currentDateTime();
    return {began, model ? QString::fromStdString(model->name) : QString()};
}

ChatOptions ChatSession::options() const
{
    ChatChoices folder = choicesFromJson(m_folder.choices);
    for (const FolderRecord &outer : m_outerFolders)
        folder = withInherited(folder, choicesFromJson(outer.choices));
    return chatOptions(m_settings, {m_choices, folder, modelChoices(m_settings, m_service.model())}, promptVariables());
}

// The conversation was moved, or a folder changed that it is in.
void ChatSession::followFolder(const StoreOperation &operation)
{
    if (m_conversation.id == 0)
        return;
    if (const auto *moved = std::get_if<SetFolder>(&operation); moved && moved->conversationId == m_conversation.id) {
        m_conversation.folder = moved->folderId;
        readFolder();
    } else if (const auto *saved = std::get_if<SaveFolder>(&operation); saved && m_folder.id != 0) {
        if (saved->folder.id == m_folder.id && saved->folder.parent == m_folder.parent) {
            m_folder = saved->folder;
            Q_EMIT choicesChanged();
        } else {
            readFolder();
        }
    } else if (const auto *removed = std::get_if<RemoveFolder>(&operation); removed && m_folder.id != 0) {
        if (removed->folderId == m_folder.id)
            m_conversation.folder = m_folder.parent;
        readFolder();
    }
}

void ChatSession::readFolder()
{
    m_store.readFolders(this, [this](const inference::Result<QVector<FolderRecord>> &folders) {
        m_outerFolders = folderPath(folders ? *folders : QVector<FolderRecord>(), m_conversation.folder);
        m_folder = m_outerFolders.isEmpty() ? FolderRecord() : m_outerFolders.takeLast();
        std::reverse(m_outerFolders.begin(), m_outerFolders.end());
        Q_EMIT choicesChanged();
    });
}

// An answer of a session that is gone was read before its last words were written: it shows what the file has.
void ChatSession::followAnswer(const StoreOperation &operation)
{
    const auto *saved = std::get_if<SaveMessage>(&operation);
    if (!saved || saved->message.state == MessageState::Streaming || !m_messages.tree().contains(saved->message.id) ||
        (m_answer && m_answer->id == saved->message.id) || m_messages.tree().at(saved->message.id).state != MessageState::Interrupted)
        return;
    m_messages.setTexts(saved->message.id, saved->message.content, saved->message.reasoning);
    m_messages.update(saved->message);
}

} // namespace app
