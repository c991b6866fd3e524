// The transcript without a pointer: the message that has the focus, its menu, and keys.
#include "ui/chat/transcript.h"

#include "ui/chat/attachment_chips.h"
#include "ui/chat/attachment_words.h"

#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>

namespace ui {

namespace {

constexpr int kMostLinks = 20; // in a menu

} // namespace

QString Transcript::accessibleRowDescription(int row) const
{
    return answerFigures(m_messages[size_t(row)]->record(), true);
}

int Transcript::rowOf(qint64 message) const
{
    for (int row = messageCount() - 1; message != 0 && row >= 0; --row)
        if (m_messages[size_t(row)]->id() == message)
            return row;
    return -1;
}

int Transcript::lastFocused() const
{
    return rowOf(m_focusedId);
}

void Transcript::focusMessage(int step)
{
    if (m_messages.empty())
        return;
    // The first time it is the last one that is seen.
    const int now = lastFocused(), seen = rowAt(verticalScrollBar()->value() + viewport()->height() - 1);
    const int row = now < 0 ? seen : std::clamp(now + step, 0, messageCount() - 1);
    takeFocus(row);
    const int scroll = verticalScrollBar()->value(), top = topOf(row), bottom = top + m_messages[size_t(row)]->height();
    if (top < scroll || (bottom > scroll + viewport()->height() && now >= 0)) {
        m_following = false;
        verticalScrollBar()->setValue(
            row + 1 == messageCount() && bottom - top < viewport()->height() ? verticalScrollBar()->maximum() : top - 20);
    }
}

void Transcript::goTo(int row)
{
    if (row < 0 || row >= messageCount())
        return;
    takeFocus(row);
    scrollTo(row, 0);
}

void Transcript::takeFocus(int row)
{
    m_focusedId = m_messages[size_t(row)]->id();
    if (!hasFocus())
        setFocus(Qt::OtherFocusReason);
    QAccessibleEvent event(this, QAccessible::Focus);
    event.setChild(row);
    QAccessible::updateAccessibility(&event);
    viewport()->update();
}

bool Transcript::saveLastCode()
{
    for (int row = messageCount() - 1; row >= 0; --row) {
        MessageView &message = *m_messages[size_t(row)];
        if (message.isUser() || !message.record().content.contains(QLatin1String("```")))
            continue; // not laid out for nothing
        message.layout(columnWidth());
        for (int item = message.itemCount() - 1; item >= 0; --item) {
            for (const Hot &hot : message.item(item).item->hots()) {
                if (hot.action == Action::SaveCode) {
                    press(hot, {row, item, {}});
                    return true;
                }
            }
        }
    }
    return false;
}

void Transcript::paintFocus(QPainter &painter, const QRectF &message) const
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(m_appearance.theme().focus, 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(message.adjusted(-9, -5, 9, 5), 8, 8);
    painter.restore();
}

void Transcript::contextMenuEvent(QContextMenuEvent *event)
{
    if (event->reason() == QContextMenuEvent::Keyboard && focusedMessage() >= 0) {
        showFocusedMenu();
        return;
    }
    Spot spot;
    const Hot hot = hotAt(event->pos(), &spot);
    QMenu menu(this);
    fillMenu(menu, hot, spot);
    menu.exec(event->globalPos());
}

// At the message that has the focus; with what a pointer would find in it.
void Transcript::showFocusedMenu()
{
    const int row = focusedMessage();
    if (row < 0)
        return;
    QMenu menu(this);
    Spot spot;
    spot.row = row;
    fillMenu(menu, {}, spot);
    MessageView &message = *m_messages[size_t(row)];
    message.layout(columnWidth());
    menu.addSeparator();
    int links = 0;
    for (int item = 0; item < message.itemCount(); ++item) {
        spot.item = item;
        for (const Hot &hot : message.item(item).item->hots()) {
            const bool link = hot.action == Action::OpenLink;
            if (link && ++links > kMostLinks)
                continue;
            QString words = link ? tr("Open the link “%1”").arg(hot.words.simplified().left(60)) : hot.tip;
            words.replace(QLatin1Char('&'), QLatin1String("&&"));
            menu.addAction(words, this, [this, hot, spot, id = message.id()] {
                // While the menu was open an answer may have come to its end, or another chat.
                if (spot.row < messageCount() && m_messages[size_t(spot.row)]->id() == id &&
                    spot.item < m_messages[size_t(spot.row)]->itemCount())
                    press(hot, spot);
            });
        }
    }
    const QRect rect = messageRect(row).intersected(QRect(viewport()->mapToGlobal(QPoint()), viewport()->size()));
    menu.exec(QPoint(rect.left() + 24, rect.top() + std::min(40, rect.height())));
}

void Transcript::fillMenu(QMenu &menu, const Hot &hot, const Spot &spot)
{
    if (hasSelection()) {
        menu.addAction(m_appearance.icon(QStringLiteral("copy")), tr("Copy"), this,
                       &Transcript::copySelection);
        menu.addAction(m_appearance.icon(QStringLiteral("copy")), tr("Copy as Markdown"), this, &Transcript::copyAsMarkdown);
    }
    if (hot.action == Action::OpenLink)
        menu.addAction(m_appearance.icon(QStringLiteral("link")), tr("Copy link"), this,
                       [url = hot.text] { QApplication::clipboard()->setText(url); });
    if (spot.row >= 0) {
        const MessageView &message = *m_messages[size_t(spot.row)];
        const QString words = m_wordsAlone       ? tr("Copy all as Markdown")
                              : message.isUser() ? tr("Copy message")
                                                 : tr("Copy answer as Markdown");
        menu.addAction(m_appearance.icon(QStringLiteral("copy")), words, this,
                       [text = message.record().content] { QApplication::clipboard()->setText(text); });
        for (const app::AttachmentRecord &one : message.record().attachments)
            menu.addAction(
                m_appearance.icon(QStringLiteral("eye")), tr("Show %1").arg(shownName(one.name).left(60)), this,
                [this, row = spot.row, id = one.id] { Q_EMIT actionRequested(Action::Custom, row, attachmentAction(id)); });
    }
    // A question that stands above the answers that are compared is the chat's to edit.
    if (spot.row >= 0 && !m_wordsAlone && !(m_compared && m_messages[size_t(spot.row)]->isUser())) {
        const MessageView &message = *m_messages[size_t(spot.row)];
        menu.addSeparator();
        const int row = spot.row;
        QAction *work =
            message.isUser()
                ? menu.addAction(m_appearance.icon(QStringLiteral("edit")), tr("Edit and send again"), this,
                                 [this, row] { Q_EMIT actionRequested(Action::Edit, row, {}); })
                : menu.addAction(m_appearance.icon(QStringLiteral("retry")), tr("Retry"), this,
                                 [this, row] { Q_EMIT actionRequested(Action::Retry, row, {}); });
        work->setEnabled(!m_busy);
        if (!message.isUser()) {
            const auto add = [&](const QString &icon, const QString &name, Action action, const QString &custom, bool enabled) {
                menu.addAction(m_appearance.icon(icon), name, this, [=, this] { Q_EMIT actionRequested(action, row, custom); })
                    ->setEnabled(enabled);
            };
            if (!m_compared) {
                add(QStringLiteral("edit"), tr("Edit the answer"), Action::Edit, {}, !m_busy);
                add(QStringLiteral("compare"), tr("Compare answers…"), Action::Custom, QStringLiteral("compare"), !m_busy);
                add(QStringLiteral("branch"), tr("Branch from here"), Action::Custom, QStringLiteral("branch"),
                    !m_busy && row + 1 < messageCount());
            }
            add(QStringLiteral("receipt"), tr("Receipt and replay…"), Action::Custom, QStringLiteral("receipt"),
                !message.record().receipt.isEmpty());
        }
    }
    menu.addAction(tr("Select all"), this, &Transcript::selectAll);
}

void Transcript::keyPressEvent(QKeyEvent *event)
{
    QScrollBar *bar = verticalScrollBar();
    if (event->matches(QKeySequence::Copy)) {
        copySelection();
    } else if (event->matches(QKeySequence::SelectAll)) {
        selectAll();
    } else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && focusedMessage() >= 0) {
        showFocusedMenu();
    } else if (event->key() == Qt::Key_Home) {
        bar->setValue(0);
    } else if (event->key() == Qt::Key_End) {
        scrollToEnd();
    } else if (!event->text().isEmpty() && event->text()[0].isPrint() &&
               !(event->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier)) &&
               event->key() != Qt::Key_Space) {
        Q_EMIT typed(event);
    } else if (event->key() == Qt::Key_Space) {
        bar->setValue(bar->value() +
                      (event->modifiers() & Qt::ShiftModifier ? -1 : 1) * bar->pageStep() * 9 / 10);
    } else {
        QAbstractScrollArea::keyPressEvent(event);
    }
}

void Transcript::focusInEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusInEvent(event);
    if (event->reason() == Qt::MouseFocusReason)
        m_focusedId = 0;
    else if ((event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason) && lastFocused() < 0)
        focusMessage(-1);
    viewport()->update();
}

void Transcript::focusOutEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

} // namespace ui
