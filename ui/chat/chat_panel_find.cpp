// Chat: the search over all chats and in this one, and what stands behind an answer.
#include "ui/chat/chat_find_bar.h"
#include "ui/chat/chat_panel.h"
#include "ui/chat/conversation_list.h"
#include "ui/chat/receipt_dialog.h"

namespace ui {

void ChatPanel::findChats()
{
    m_list->focusSearch();
}

void ChatPanel::findHere()
{
    if (m_session && m_session->messages()->rowCount() > 0)
        m_findBar->open();
}

void ChatPanel::findNext()
{
    m_findBar->next(1);
}

void ChatPanel::findPrevious()
{
    m_findBar->next(-1);
}

void ChatPanel::pinHere()
{
    const int row = m_session ? m_conversations.rowOf(m_session->conversationId()) : -1;
    if (row >= 0)
        m_conversations.setPinned(m_session->conversationId(), !m_conversations.conversation(row).pinned);
}

// A chat of the list; at the message that was found in it, where one was.
void ChatPanel::openFound(qint64 id)
{
    const qint64 message = m_conversations.hit(id).messageId;
    openConversation(id);
    if (message == 0)
        return;
    if (m_session && m_session->state() == app::ChatSession::State::Loading)
        m_showWhenLoaded = message;
    else
        showFound(message);
}

void ChatPanel::showFound(qint64 message)
{
    if (!m_session || !m_session->showMessage(message))
        return;
    const QStringList words = m_conversations.query().words;
    m_findBar->setWords(words.join(QLatin1Char(' ')));
    m_transcript->showMessage(m_session->messages()->rowOf(message), words,
                              m_conversations.hit(m_session->conversationId()).inReasoning);
}

void ChatPanel::showReceipt(int row)
{
    const auto receipt = app::receiptFromJson(m_session->messages()->message(row).receipt);
    if (!receipt)
        return;
    ReceiptDialog dialog(m_appearance, m_service, m_session->pathBefore(row), *receipt, this);
    dialog.exec();
}

} // namespace ui
