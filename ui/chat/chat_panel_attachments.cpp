// Chat: what is attached to the message that is written, from the file or the paste to the chip and its menu.
#include "ui/chat/attachment_dialog.h"
#include "ui/chat/attachment_strip.h"
#include "ui/chat/attachment_words.h"
#include "ui/chat/chat_panel.h"
#include "ui/chat/composer.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>

#include <algorithm>

namespace ui {

namespace {

// Characters that the composer lays out in a tenth of a second.
constexpr qsizetype kLongestForMessage = 32'000;

} // namespace

void ChatPanel::connectAttachments()
{
    AttachmentStrip *strip = m_composer->attachments();
    connect(m_composer, &Composer::attachRequested, this, &ChatPanel::chooseFiles);
    connect(m_composer->edit(), &PlainEdit::filesDropped, this, &ChatPanel::attachFiles);
    connect(m_composer->edit(), &PlainEdit::longTextPasted, this, &ChatPanel::attachText);
    connect(m_composer->edit(), &PlainEdit::imagePasted, this, [this] {
        if (m_session)
            intake(m_session)->refuse(tr("What was pasted is a picture. The model reads text only."));
    });
    connect(strip, &AttachmentStrip::openRequested, this, &ChatPanel::openAttachment);
    connect(strip, &AttachmentStrip::removeRequested, this, &ChatPanel::removeAttachment);
    connect(strip, &AttachmentStrip::menuRequested, this, &ChatPanel::showAttachmentMenu);
    connect(strip, &AttachmentStrip::leftByKeys, this, &ChatPanel::focusInput);
    connect(strip, &AttachmentStrip::retryRequested, this, [this](qint64 id) {
        if (m_session)
            intake(m_session)->retry(id);
    });
}

bool ChatPanel::editsQuestion() const
{
    return m_session && m_editRow >= 0 && m_editRow < m_session->messages()->rowCount() &&
           m_session->messages()->message(m_editRow).role == app::Role::User;
}

app::AttachmentIntake *ChatPanel::intake(app::ChatSession *session)
{
    app::AttachmentIntake *&found = m_intakes[session];
    if (found)
        return found;
    found = new app::AttachmentIntake(m_reader, session);
    connect(found, &app::AttachmentIntake::read, this, [this, session](app::AttachmentRecord attachment) {
        if (session == m_session && editsQuestion()) {
            attachment.id = app::newRecordId();
            m_editAttachments << attachment;
        } else {
            session->attach(attachment);
        }
    });
    connect(found, &app::AttachmentIntake::changed, this, [this, session] {
        if (session != m_session)
            return;
        showAttachments();
        if (!intake(session)->isReading() && std::exchange(m_submitWhenRead, false))
            submit();
    });
    return found;
}

bool ChatPanel::acceptsFile(const QString &path) const
{
    return QFileInfo(path).isFile();
}

void ChatPanel::openFile(const QString &path)
{
    attachFiles({path});
}

void ChatPanel::chooseFiles()
{
    attachFiles(QFileDialog::getOpenFileNames(this, tr("Attach files")));
}

void ChatPanel::attachFiles(const QStringList &paths)
{
    if (!m_session || paths.isEmpty())
        return;
    intake(m_session)->addFiles(paths);
    focusInput();
}

void ChatPanel::attachText(const QString &text)
{
    if (!m_session)
        return;
    intake(m_session)->addText(text, tr("Pasted text"));
    focusInput();
}

// Without those that a message in the queue has taken.
QVector<app::AttachmentRecord> ChatPanel::composed() const
{
    if (!m_session)
        return {};
    if (m_editRow >= 0)
        return editsQuestion() ? m_editAttachments : QVector<app::AttachmentRecord>();
    QVector<app::AttachmentRecord> all = m_session->draftAttachments();
    for (const QueuedMessage &message : m_queues.value(m_session))
        all.removeIf([&](const app::AttachmentRecord &one) { return message.attachments.contains(one.id); });
    return all;
}

std::optional<app::AttachmentRecord> ChatPanel::attachment(qint64 id) const
{
    if (!m_session)
        return std::nullopt;
    for (const QVector<app::AttachmentRecord> &all : {composed(), m_session->draftAttachments(), m_session->shownAttachments()})
        for (const app::AttachmentRecord &one : all)
            if (one.id == id)
                return one;
    return std::nullopt;
}

void ChatPanel::showAttachments()
{
    if (!m_session)
        return;
    const QVector<app::AttachmentRecord> all = composed();
    const QVector<app::IncomingAttachment> incoming = m_intakes.contains(m_session) ? m_intakes.value(m_session)->incoming() : QVector<app::IncomingAttachment>();
    m_composer->attachments()->setAttachments(all, incoming);
    for (const app::AttachmentRecord &one : all)
        m_composer->attachments()->setTokens(one.id, m_counter.attachmentTokens(one.id));
    const bool isReading = std::any_of(incoming.begin(), incoming.end(), [](const app::IncomingAttachment &one) { return one.isReading(); });
    m_composer->setHasAttachments(!all.isEmpty() || isReading);
    countSoon();
}

bool ChatPanel::waitsForAttachments()
{
    const auto incoming = m_intakes.contains(m_session) ? m_intakes.value(m_session)->incoming() : QVector<app::IncomingAttachment>();
    for (const app::IncomingAttachment &one : incoming)
        if (!one.isReading()) {
            m_notSent = one.name.isEmpty() ? tr("Some files are not attached. Take their note away, then send.")
                                           : tr("%1 is not attached. Take its note away, then send.").arg(shownName(one.name));
            updateNotice();
            return true;
        }
    if (incoming.isEmpty())
        return false;
    m_submitWhenRead = true;
    return true;
}

void ChatPanel::removeAttachment(qint64 id)
{
    if (!m_session)
        return;
    intake(m_session)->remove(id);
    if (editsQuestion()) {
        m_editAttachments.removeIf([id](const app::AttachmentRecord &one) { return one.id == id; });
        showAttachments();
    } else {
        m_session->removeAttachment(id);
    }
    m_notSent.clear();
    updateNotice();
}

void ChatPanel::putIntoMessage(qint64 id)
{
    const auto found = attachment(id);
    if (!found || found->text.size() > kLongestForMessage)
        return;
    QString text = found->text;
    if (found->kind == app::AttachmentKind::Code) {
        QString fence = QStringLiteral("```"); // longer than any in the file
        while (text.contains(fence))
            fence += QLatin1Char('`');
        text = found->name + QStringLiteral(":\n") + fence + QFileInfo(found->name).suffix() + QLatin1Char('\n') + text +
               (text.endsWith(QLatin1Char('\n')) ? QString() : QStringLiteral("\n")) + fence + QLatin1Char('\n');
    }
    m_composer->edit()->textCursor().insertText(text); // undo takes it out again
    removeAttachment(id);
    focusInput();
}

void ChatPanel::openAttachment(qint64 id)
{
    const auto found = attachment(id);
    if (!found)
        return;
    auto *dialog = new AttachmentDialog(m_appearance, *found, m_counter.attachmentTokens(id), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

void ChatPanel::showAttachmentMenu(qint64 id, const QPoint &at)
{
    const auto found = attachment(id);
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    if (found) {
        menu->addAction(m_appearance.icon(QStringLiteral("eye")), tr("Show the text"), this, [this, id] { openAttachment(id); });
        QAction *put = menu->addAction(m_appearance.icon(QStringLiteral("edit")), tr("Put into the message"), this, [this, id] { putIntoMessage(id); });
        put->setEnabled(found->text.size() <= kLongestForMessage);
        menu->setToolTipsVisible(true);
        if (!put->isEnabled())
            put->setToolTip(tr("It is longer than a message is: the model reads it as an attachment."));
    }
    menu->addAction(m_appearance.icon(QStringLiteral("close")), tr("Remove"), this, [this, id] { removeAttachment(id); });
    menu->popup(at);
}

void ChatPanel::moveToNewChat()
{
    const QString text = m_composer->edit()->text();
    const QVector<app::AttachmentRecord> all = composed();
    if (m_editRow < 0 && m_session)
        for (const app::AttachmentRecord &one : all)
            m_session->removeAttachment(one.id);
    newItem();
    m_composer->edit()->replaceText(text);
    for (app::AttachmentRecord one : all) {
        one.id = 0;
        m_session->attach(one);
    }
}

} // namespace ui
