#include "ui/widgets/find_bar.h"

#include "ui/actions.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>

namespace ui {

FindBar::FindBar(const Appearance &appearance, const QString &placeholder, QWidget *parent)
    : QWidget(parent), m_appearance(appearance), m_line(new QHBoxLayout(this)), m_field(new QLineEdit(this)), m_count(new QLabel(this)),
      m_previous(new IconButton(appearance, QStringLiteral("chevron-up"), tr("Previous hit"), this)),
      m_next(new IconButton(appearance, QStringLiteral("chevron-down"), tr("Next hit"), this))
{
    m_field->setPlaceholderText(placeholder);
    m_field->setAccessibleName(placeholder);
    m_field->installEventFilter(this);
    m_previous->setName(tr("Previous hit"), actionKeys("chat.findPrevious"));
    m_next->setName(tr("Next hit"), actionKeys("chat.findNext"));
    auto *close = new IconButton(appearance, QStringLiteral("close"), tr("Close find"), this);
    close->setName(tr("Close find"), actionKeys("window.stop"));
    m_count->setTextFormat(Qt::PlainText);
    m_line->setSpacing(4);
    m_line->addWidget(m_field, 1);
    m_line->addWidget(m_previous);
    m_line->addWidget(m_next);
    m_line->addSpacing(8);
    m_line->addWidget(m_count);
    m_line->addStretch(1);
    m_line->addWidget(close);
    connect(m_field, &QLineEdit::textChanged, this, [this] { search(); });
    connect(m_previous, &IconButton::clicked, this, [this] { findNext(true); });
    connect(m_next, &IconButton::clicked, this, [this] { findNext(false); });
    connect(close, &IconButton::clicked, this, &FindBar::close);
    const auto words = [this] {
        m_count->setFont(m_appearance.font(FontRole::Small));
        QPalette palette = m_count->palette();
        palette.setColor(QPalette::WindowText, m_appearance.theme().text3);
        m_count->setPalette(palette);
    };
    connect(&appearance, &Appearance::changed, this, words);
    words();
    hide();
}

void FindBar::open()
{
    const QString chosen = chosenText();
    if (!chosen.isEmpty())
        m_field->setText(chosen);
    show();
    raise();
    m_field->setFocus(Qt::ShortcutFocusReason);
    m_field->selectAll();
    search();
}

void FindBar::close()
{
    clear();
    if (isHidden())
        return;
    hide();
    Q_EMIT closed();
}

void FindBar::findNext(bool backwards)
{
    if (m_field->text().isEmpty())
        open();
    else
        step(backwards);
}

QString FindBar::count() const
{
    return m_count->text();
}

void FindBar::setCount(const QString &words, bool found)
{
    m_count->setText(words);
    m_previous->setEnabled(found);
    m_next->setEnabled(found);
}

bool FindBar::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_field && event->type() == QEvent::KeyPress) {
        const auto *key = static_cast<QKeyEvent *>(event);
        if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
            findNext(key->modifiers() & Qt::ShiftModifier);
            return true;
        }
        if (key->key() == Qt::Key_Escape) {
            close();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace ui
