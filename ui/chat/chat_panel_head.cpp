// Chat: the head of the panel: the title, renamed in place, and its buttons.
#include "ui/actions.h"
#include "ui/chat/chat_panel.h"
#include "ui/chat/comparison_view.h"
#include "ui/chat/composer.h"
#include "ui/chat/start_view.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>

#include <algorithm>
#include <utility>

namespace ui {

QVector<Panel::Region> ChatPanel::regions()
{
    return {{m_transcript, m_transcript},       {m_comparison, reading()}, {m_start, m_start->first()},
            {m_inspector, m_inspector->list()}, {m_tree, m_tree->list()},  {m_foot, m_composer->edit()}};
}

QWidget *ChatPanel::makeHead()
{
    auto *head = new QWidget(this);
    head->setFixedHeight(51); // and the rule below
    auto *line = new QHBoxLayout(head);
    line->setContentsMargins(20, 0, 12, 0);
    line->setSpacing(8);
    m_title->setTextFormat(Qt::PlainText);
    m_title->setMinimumWidth(40);
    m_title->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_title->setToolTip(tr("Double click renames"));
    m_title->installEventFilter(this);
    m_more = new IconButton(m_appearance, QStringLiteral("more"), tr("More for this chat"), this);
    connect(m_more, &IconButton::clicked, this, [this] { showMore(m_more); });
    m_more->setName(tr("More for this chat"), actionKeys("chat.menu"));
    m_find = new IconButton(m_appearance, QStringLiteral("search"), tr("Find in this chat"), this);
    m_find->setName(tr("Find in this chat"), actionKeys("chat.find"));
    connect(m_find, &IconButton::clicked, this, &ChatPanel::findHere);
    m_treeButton = new IconButton(m_appearance, QStringLiteral("tree"), tr("Tree of this chat"), this);
    m_treeButton->setName(tr("Tree of this chat"), actionKeys("chat.tree"));
    m_treeButton->setCheckable(true);
    connect(m_treeButton, &IconButton::clicked, this, &ChatPanel::toggleTree);
    m_contextButton = new IconButton(m_appearance, QStringLiteral("context-map"), tr("Context: what the model sees"), this);
    m_contextButton->setName(tr("Context: what the model sees"), actionKeys("chat.inspector"));
    m_contextButton->setCheckable(true);
    line->addWidget(m_title, 1);
    line->addWidget(m_find);
    line->addWidget(m_treeButton);
    line->addWidget(m_contextButton);
    line->addWidget(m_more);
    auto *both = new QWidget(this);
    auto *column = new QVBoxLayout(both);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(head);
    auto *rule = new QFrame(both);
    rule->setFixedHeight(1);
    rule->setAutoFillBackground(true);
    const auto paint = [this, rule] {
        QPalette palette;
        palette.setColor(QPalette::Window, m_appearance.theme().border);
        rule->setPalette(palette);
    };
    connect(&m_appearance, &Appearance::changed, rule, paint);
    paint();
    column->addWidget(rule);
    return both;
}

void ChatPanel::updateTitle()
{
    QString title = m_session ? m_session->title() : QString();
    if (title.isEmpty())
        title = tr("New chat");
    m_title->setFont(m_appearance.font(FontRole::Title));
    m_title->setText(
        m_title->fontMetrics().elidedText(title.simplified(), Qt::ElideRight, std::max(80, m_title->width())));
}

bool ChatPanel::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_title && event->type() == QEvent::MouseButtonDblClick) {
        renameHere();
        return true;
    }
    if (watched == m_title && event->type() == QEvent::Resize)
        updateTitle();
    if (watched == m_titleEdit) {
        const auto finish = [this](bool keep) {
            QLineEdit *edit = std::exchange(m_titleEdit, nullptr);
            if (keep && m_session && m_session->conversationId() && !edit->text().simplified().isEmpty())
                m_conversations.rename(m_session->conversationId(), edit->text().simplified());
            edit->hide();
            edit->deleteLater();
        };
        if (event->type() == QEvent::FocusOut) {
            finish(true);
        } else if (event->type() == QEvent::KeyPress) {
            const int key = static_cast<QKeyEvent *>(event)->key();
            if (key == Qt::Key_Return || key == Qt::Key_Enter || key == Qt::Key_Escape) {
                finish(key != Qt::Key_Escape);
                focusInput(); // not where the focus has gone elsewhere
                return true;
            }
        } else if (event->type() == QEvent::ShortcutOverride &&
                   static_cast<QKeyEvent *>(event)->key() == Qt::Key_Escape) {
            event->accept();
            return true;
        }
    }
    return Panel::eventFilter(watched, event);
}

void ChatPanel::renameHere()
{
    if (!m_session || !m_session->conversationId() || m_titleEdit)
        return;
    m_titleEdit = new QLineEdit(m_session->title(), m_title->parentWidget());
    m_titleEdit->setMaxLength(200);
    m_titleEdit->setAccessibleName(tr("New title"));
    m_titleEdit->setGeometry(m_title->geometry()
                                 .adjusted(-10, 0, -20, 0)
                                 .intersected(m_title->parentWidget()->rect().adjusted(8, 10, 0, -10)));
    m_titleEdit->installEventFilter(this);
    m_titleEdit->show();
    m_titleEdit->selectAll();
    m_titleEdit->setFocus(Qt::OtherFocusReason);
}

} // namespace ui
