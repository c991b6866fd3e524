// Chat: what menus and keys do with the whole chat: the search, the receipt, export, links.
#include "app/chat/link_target.h"
#include "ui/chat/attachment_words.h"
#include "ui/chat/chat_find_bar.h"
#include "ui/chat/chat_panel.h"
#include "ui/chat/comparison_view.h"
#include "ui/chat/composer.h"
#include "ui/chat/conversation_list.h"
#include "ui/chat/conversation_menu.h"
#include "ui/chat/receipt_dialog.h"
#include "ui/chat/token_lens_view.h"

#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QFileDialog>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QSaveFile>
#include <QUrl>

namespace ui {

void ChatPanel::findChats()
{
    m_list->focusSearch();
}

void ChatPanel::findHere()
{
    if (m_session && m_session->messages()->rowCount() > 0 && !m_comparison->isOpen())
        m_findBar->open();
}

void ChatPanel::findNext()
{
    m_findBar->findNext(false);
}

void ChatPanel::findPrevious()
{
    m_findBar->findNext(true);
}

void ChatPanel::pinHere()
{
    const int row = m_session ? m_conversations.rowOf(m_session->conversationId()) : -1;
    if (row >= 0)
        m_conversations.setPinned(m_session->conversationId(), !m_conversations.conversation(row).pinned);
}

void ChatPanel::toggleLens()
{
    if (m_lens->isOpen()) {
        m_lens->close();
        return;
    }
    if (m_comparison->isOpen())
        return;
    for (int row = m_transcript->messageCount() - 1; row >= 0; --row) {
        if (!m_transcript->message(row).isUser()) {
            m_lens->toggle(m_session, row);
            return;
        }
    }
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
    connect(m_comparison, &ComparisonView::openChanged, this, &ChatPanel::refresh);
    connect(m_comparison, &ComparisonView::closed, this, &ChatPanel::focusInput);
    connect(m_comparison, &ComparisonView::modelWanted, this, &ChatPanel::modelRequested);
    connectTexts(m_comparison->question());
    for (int side = 0; side < app::AnswerComparison::kSides; ++side)
        connectTexts(m_comparison->column(side)->transcript());
}

void ChatPanel::connectTexts(Transcript *transcript)
{
    connect(transcript, &Transcript::linkActivated, this, &ChatPanel::confirmLink);
    connect(transcript, &Transcript::zoomRequested, this, [this](int step) { m_appearance.setReadingSize(m_appearance.readingSize() + step); });
    connect(transcript, &Transcript::saveCodeRequested, this, &ChatPanel::saveCode);
    connect(transcript, &Transcript::openInCode, this, &Panel::openInCode);
    connect(transcript, &Transcript::typed, this, [this](QKeyEvent *event) {
        focusInput();
        QApplication::sendEvent(m_composer->edit(), event);
    });
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

void ChatPanel::showMore(IconButton *button)
{
    if (!m_session)
        return;
    const qint64 id = m_session->conversationId();
    QMenu menu(this);
    menu.addAction(m_appearance.icon(QStringLiteral("edit")), tr("Rename"), this, &ChatPanel::renameHere)
        ->setEnabled(id != 0);
    menu.addAction(m_appearance.icon(QStringLiteral("copy")), tr("Copy the chat as Markdown"), this,
                   [this] { QApplication::clipboard()->setText(asMarkdown()); });
    QAction *exported = menu.addAction(m_appearance.icon(QStringLiteral("export")), tr("Export…"), this, &ChatPanel::exportChat);
    exported->setShortcut(Qt::CTRL | Qt::Key_S);
    exported->setEnabled(id != 0);
    menu.addAction(m_appearance.icon(QStringLiteral("search")), tr("Find in this chat"), this, &ChatPanel::findHere)
        ->setShortcut(Qt::CTRL | Qt::Key_F);
    menu.addAction(m_appearance.icon(QStringLiteral("compare")), tr("Compare answers…"), this, &ChatPanel::compareAnswers)
        ->setShortcut(Qt::CTRL | Qt::SHIFT | Qt::Key_D);
    menu.addSeparator();
    addConversationActions(menu, m_appearance, m_conversations, id, window());
    menu.addSeparator();
    m_list->addFileActions(menu);
    menu.exec(button->mapToGlobal(QPoint(button->width() - menu.sizeHint().width(), button->height() + 4)));
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

void ChatPanel::saveCode(const QString &code, const QString &suffix)
{
    const QString name = QFileDialog::getSaveFileName(this, tr("Save code"), QStringLiteral("code.") + suffix);
    if (name.isEmpty())
        return;
    QSaveFile file(name);
    QByteArray bytes = code.toUtf8();
    if (!bytes.endsWith('\n'))
        bytes += '\n';
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
        QMessageBox::warning(this, tr("Save code"), tr("%1 was not written: %2").arg(name, file.errorString()));
}

// Where the words of a link name its host, a click opens it; else its address is shown first.
void ChatPanel::confirmLink(const QString &url, const QString &words)
{
    const app::LinkTarget target = app::linkTarget(url, words);
    const QUrl parsed(url, QUrl::StrictMode);
    if (target.opens && target.honest) {
        QDesktopServices::openUrl(parsed);
        return;
    }
    QMessageBox box(this);
    box.setTextFormat(Qt::PlainText);
    box.setWindowTitle(tr("Open link"));
    box.setText(target.opens ? tr("This link leads to %1. Open it in the browser?").arg(target.host)
                             : tr("Only web and mail addresses are opened."));
    box.setInformativeText(target.words.section(QLatin1Char('\n'), -1));
    QPushButton *open = target.opens ? box.addButton(tr("Open"), QMessageBox::AcceptRole) : nullptr;
    QPushButton *copy = box.addButton(tr("Copy"), QMessageBox::ActionRole);
    box.addButton(tr("Cancel"), QMessageBox::RejectRole);
    box.exec();
    if (open && box.clickedButton() == open)
        QDesktopServices::openUrl(parsed);
    else if (box.clickedButton() == copy)
        QApplication::clipboard()->setText(url);
}

} // namespace ui
