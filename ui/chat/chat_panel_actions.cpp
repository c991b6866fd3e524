// Chat: the actions of the panel, and what they do.
#include "ui/actions.h"
#include "ui/chat/attachment_chips.h"
#include "ui/chat/attachment_words.h"
#include "ui/chat/chat_find_bar.h"
#include "ui/chat/chat_panel.h"
#include "ui/chat/comparison_view.h"
#include "ui/chat/composer.h"
#include "ui/chat/conversation_list.h"
#include "ui/chat/conversation_menu.h"
#include "ui/chat/deleted_chats_dialog.h"
#include "ui/chat/receipt_dialog.h"
#include "ui/chat/text_requests.h"
#include "ui/chat/token_lens_view.h"

#include <QApplication>
#include <QClipboard>
#include <QMenu>

#include <algorithm>
#include <functional>
#include <utility>

namespace ui {

void ChatPanel::bindActions()
{
    const auto bind = [this](const char *id, auto act, BoundAction::Possible possible = {}) {
        bindAction(this, id, std::bind_front(act, this), std::move(possible));
    };
    const auto idle = [this] { return m_session && !m_session->isBusy(); };
    const auto answered = [this] { return rowHere(false) >= 0; };
    const auto said = [this] { return m_session && m_session->messages()->rowCount() > 0; };
    bind("chat.retry", &ChatPanel::retry, [=] { return idle() && answered(); });
    bind("chat.continue", &ChatPanel::goOn, [this] { return m_session && m_session->canContinue(); });
    bind("chat.edit", &ChatPanel::editHere, [=, this] { return idle() && rowHere(true) >= 0; });
    bind("chat.branch", &ChatPanel::branchHere,
         [=, this] { return idle() && answered() && rowHere(false) + 1 < m_transcript->messageCount(); });
    const auto forked = [=, this] { return idle() && rowWithVersions() >= 0; };
    bindAction(this, "chat.previousVersion", [this] { showVersion(-1); }, forked);
    bindAction(this, "chat.nextVersion", [this] { showVersion(1); }, forked);
    bindAction(this, "chat.previousMessage", [this] { m_transcript->focusMessage(-1); }, said);
    bindAction(this, "chat.nextMessage", [this] { m_transcript->focusMessage(1); }, said);
    bind("chat.copyAnswer", &ChatPanel::copyAnswer, answered);
    bindAction(this, "chat.saveCode", [this] { m_transcript->saveLastCode(); }, answered);
    bind("chat.lens", &ChatPanel::toggleLens, [=, this] { return m_lens->isOpen() || (idle() && answered()); });
    bind("chat.compare", &ChatPanel::compareAnswers, idle);
    bind("chat.receipt", &ChatPanel::showReceiptHere, answered);
    bind("chat.think", &ChatPanel::toggleThink, [this] { return m_composer->think()->isVisible(); });
    bind("chat.tree", &ChatPanel::toggleTree, [this] { return canShowTree(); });
    bind("chat.inspector", &ChatPanel::toggleInspector);
    bind("chat.instructions", &ChatPanel::editInstructions);
    bind("chat.attach", &ChatPanel::chooseFiles);
    bind("chat.find", &ChatPanel::findHere, said);
    bindAction(this, "chat.findNext", [this] { m_findBar->findNext(false); }, said);
    bindAction(this, "chat.findPrevious", [this] { m_findBar->findNext(true); }, said);
    bindChatActions();
}

// What is done with chats as a whole.
void ChatPanel::bindChatActions()
{
    const auto kept = [this] { return chatHere() != 0; };
    bindAction(this, "chat.pin", [this] { pinHere(); }, kept);
    bindAction(
        this, "chat.rename",
        [this] {
            if (m_list->focusedId() != 0)
                m_list->rename(m_list->focusedId());
            else
                renameHere();
        },
        kept);
    bindAction(this, "chat.duplicate", [this] { m_conversations.duplicate(chatHere()); }, kept);
    bindAction(
        this, "chat.archive",
        [this] {
            if (const int row = m_conversations.rowOf(chatHere()); row >= 0)
                m_conversations.setArchived(chatHere(), m_conversations.conversation(row).archivedAt == 0);
        },
        kept);
    bindAction(this, "chat.delete", [this] { m_conversations.remove(chatHere()); }, kept);
    bindAction(
        this, "chat.undoDelete", [this] { m_conversations.undoRemove(); }, [this] { return m_conversations.canUndoRemove(); });
    const auto openIsKept = [this] { return m_session && m_session->conversationId() != 0; };
    bindAction(this, "chat.export", [this] { exportChat(); }, openIsKept);
    bindAction(this, "chat.copyMarkdown", [this] { QApplication::clipboard()->setText(asMarkdown()); }, openIsKept);
    bindAction(this, "chat.menu", [this] { showMore(m_more); });
    bindAction(this, "chat.import", [this] { m_files.importChats(window()); });
    bindAction(this, "chat.exportAll", [this] { m_files.exportAll(window()); }, [this] { return m_conversations.total() > 0; });
    bindAction(this, "chat.archived", [this] { m_conversations.showArchived(!m_conversations.archivedShown()); });
    bindAction(this, "chat.deleted", [this] { showDeleted(); });
}

int ChatPanel::rowHere(bool user) const
{
    if (const int focused = m_transcript->focusedMessage(); focused >= 0 && m_transcript->message(focused).isUser() == user)
        return focused;
    for (int row = m_transcript->messageCount() - 1; row >= 0; --row)
        if (m_transcript->message(row).isUser() == user)
            return row;
    return -1;
}

int ChatPanel::rowWithVersions() const
{
    const app::MessageListModel *messages = m_session->messages();
    if (const int focused = m_transcript->focusedMessage();
        focused >= 0 && focused < messages->rowCount() && messages->versionCount(focused) > 1)
        return focused;
    for (int row = messages->rowCount() - 1; row >= 0; --row)
        if (messages->versionCount(row) > 1)
            return row;
    return -1;
}

qint64 ChatPanel::chatHere() const
{
    const qint64 focused = m_list->focusedId();
    return focused != 0 ? focused : m_session ? m_session->conversationId() : 0;
}

void ChatPanel::retry()
{
    if (const int row = rowHere(false); row >= 0 && m_session && !m_session->isBusy())
        m_session->regenerate(row);
}

void ChatPanel::goOn()
{
    if (m_session && m_session->canContinue())
        m_session->continueAnswer();
}

// An answer too, where it has the focus.
void ChatPanel::editHere()
{
    const int focused = m_transcript->focusedMessage();
    beginEdit(focused >= 0 ? focused : rowHere(true));
}

void ChatPanel::branchHere()
{
    act(Action::Custom, rowHere(false), QStringLiteral("branch"));
}

void ChatPanel::showReceiptHere()
{
    if (const int row = rowHere(false); row >= 0)
        showReceipt(m_session->messages()->message(row).id);
}

void ChatPanel::toggleThink()
{
    if (m_composer->think()->isVisible())
        m_composer->think()->click();
}

void ChatPanel::copyAnswer()
{
    if (const int row = rowHere(false); row >= 0)
        QApplication::clipboard()->setText(m_transcript->message(row).record().content);
}

void ChatPanel::showVersion(int step)
{
    if (!m_session || m_session->isBusy())
        return;
    const app::MessageListModel *messages = m_session->messages();
    if (const int row = rowWithVersions(); row >= 0)
        m_session->showVersion(row, std::clamp(messages->version(row) + step, 1, messages->versionCount(row)));
}

void ChatPanel::findChats()
{
    m_list->focusSearch();
}

void ChatPanel::findHere()
{
    if (m_session && m_session->messages()->rowCount() > 0)
        m_findBar->open();
}

void ChatPanel::pinHere()
{
    if (const int row = m_conversations.rowOf(chatHere()); row >= 0)
        m_conversations.setPinned(chatHere(), !m_conversations.conversation(row).pinned);
}

void ChatPanel::toggleLens()
{
    if (m_comparison->isOpen())
        m_comparison->toggleLens();
    else if (m_lens->isOpen())
        m_lens->close();
    else if (const int row = rowHere(false); row >= 0)
        m_lens->toggle(m_session, m_transcript->message(row).id());
}

void ChatPanel::compareAnswers()
{
    m_comparison->ask(-1, !m_composer->edit()->text().trimmed().isEmpty());
}

QWidget *ChatPanel::reading() const
{
    if (!m_comparison->isOpen())
        return m_transcript;
    return m_comparison->column(m_comparison->column(0)->isVisible() ? 0 : 1)->transcript();
}

void ChatPanel::connectComparison()
{
    connect(m_comparison, &ComparisonView::openChanged, this, [this] {
        m_hint.clear(); // was of what is not shown any more
        refresh();
    });
    connect(m_comparison, &ComparisonView::closed, this, &ChatPanel::focusInput);
    connect(m_comparison, &ComparisonView::told, this, &ChatPanel::hint);
    connect(m_comparison, &ComparisonView::modelWanted, this, &ChatPanel::modelRequested);
    connect(m_comparison, &ComparisonView::modelKept, this, &ChatPanel::modelKept);
    connect(m_comparison, &ComparisonView::actionRequested, this, [this](const QString &name, qint64 message) {
        if (name == QLatin1String("receipt"))
            showReceipt(message);
        else if (const qint64 id = attachmentOfAction(name))
            openAttachment(id);
    });
    connectTexts(m_comparison->question());
    for (int side = 0; side < app::AnswerComparison::kSides; ++side)
        connectTexts(m_comparison->column(side)->transcript());
}

void ChatPanel::connectTexts(Transcript *transcript)
{
    connectText(*transcript, m_appearance);
    connect(transcript, &Transcript::openInCode, this, &Panel::openInCode);
    connect(transcript, &Transcript::typed, this, [this](QKeyEvent *event) {
        focusInput();
        QApplication::sendEvent(m_composer->edit(), event);
    });
}

// A chat of the list; at the message that was found in it, where one was.
void ChatPanel::openFound(qint64 id)
{
    app::SearchHit hit = m_conversations.hit(id);
    hit.conversationId = id;
    openMessage(hit, m_conversations.query().words);
}

void ChatPanel::openMessage(const app::SearchHit &hit, const QStringList &words)
{
    openConversation(hit.conversationId);
    if (hit.messageId == 0)
        return;
    const Found found{hit.messageId, words, hit.inReasoning};
    if (m_session && m_session->state() == app::ChatSession::State::Loading)
        m_found = found;
    else
        showFound(found);
}

void ChatPanel::showFound(const Found &found)
{
    if (!m_session || !m_session->showMessage(found.message))
        return;
    m_findBar->setWords(found.words.join(QLatin1Char(' ')));
    m_transcript->showMessage(m_session->messages()->rowOf(found.message), found.words, found.inReasoning);
}

void ChatPanel::showDeleted()
{
    DeletedChatsDialog dialog(m_appearance, m_conversations, window());
    dialog.exec();
}

void ChatPanel::showReceipt(qint64 answer)
{
    if (!m_session || !m_session->messages()->tree().contains(answer))
        return;
    const auto receipt = app::receiptFromJson(m_session->messages()->tree().at(answer).receipt);
    if (!receipt)
        return;
    ReceiptDialog dialog(m_appearance, m_service, m_session->pathBefore(answer), *receipt, this);
    connect(&dialog, &ReceiptDialog::replaying, this, [this](bool running) {
        m_replaying = running;
        updateStatus();
    });
    dialog.exec();
    m_replaying = false; // closed meanwhile
    updateStatus();
}

void ChatPanel::showMore(IconButton *button)
{
    if (!m_session)
        return;
    QMenu menu(this);
    for (const char *id : {"chat.rename", "chat.copyMarkdown", "chat.export", "chat.find", "chat.compare"})
        addToMenu(menu, m_appearance, this, id);
    menu.addSeparator();
    addConversationActions(menu, m_appearance, m_conversations, m_session->conversationId(), window());
    menu.addSeparator();
    addFileActions(menu);
    menu.exec(button->mapToGlobal(QPoint(button->width() - menu.sizeHint().width(), button->height() + 4)));
}

void ChatPanel::addFileActions(QMenu &menu)
{
    for (const char *id : {"chat.import", "chat.exportAll", "chat.archived", "chat.deleted"})
        addToMenu(menu, m_appearance, this, id);
}

// Names alone: the export has the texts.
static QString attachedNames(const app::MessageRecord &message)
{
    QString lines;
    for (const app::AttachmentRecord &attachment : message.attachments)
        lines += ChatPanel::tr("Attached: %1").arg(shownName(attachment.name)) + QStringLiteral("\n\n");
    return lines;
}

QString ChatPanel::asMarkdown() const
{
    QString all;
    if (!m_session)
        return all;
    all = QStringLiteral("# %1\n").arg(m_session->title());
    for (int row = 0; row < m_session->messages()->rowCount(); ++row) {
        const app::MessageRecord &message = m_session->messages()->message(row);
        all += QStringLiteral("\n## %1\n\n%2\n")
                   .arg(message.role == app::Role::User ? tr("You")
                        : message.model.isEmpty()       ? tr("Answer")
                                                        : message.model,
                        attachedNames(message) + message.content);
    }
    return all;
}

void ChatPanel::exportChat()
{
    if (m_session && m_session->conversationId() != 0)
        m_files.exportChat(m_session->conversationId(), window());
}

} // namespace ui
