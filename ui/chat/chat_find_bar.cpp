#include "ui/chat/chat_find_bar.h"

#include "ui/chat/transcript.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>

namespace ui {

ChatFindBar::ChatFindBar(const Appearance &appearance, Transcript &transcript, QWidget *parent)
    : QFrame(parent), m_appearance(appearance), m_transcript(transcript), m_field(new QLineEdit(this)), m_figures(new QLabel(this)),
      m_up(new IconButton(appearance, QStringLiteral("chevron-up"), tr("Previous place"), this)),
      m_down(new IconButton(appearance, QStringLiteral("chevron-down"), tr("Next place"), this))
{
    m_up->setName(tr("Previous place"), tr("Shift+F3"));
    m_down->setName(tr("Next place"), tr("F3"));
    auto *close = new IconButton(appearance, QStringLiteral("close"), tr("Close the search"), this);
    close->setName(tr("Close the search"), tr("Esc"));
    m_field->setPlaceholderText(tr("Find in this chat"));
    m_field->setAccessibleName(tr("Find in this chat"));
    m_field->setFixedWidth(220);
    m_field->installEventFilter(this);
    m_figures->setMinimumWidth(64);
    m_figures->setAlignment(Qt::AlignCenter);
    m_figures->setTextFormat(Qt::PlainText);
    auto *line = new QHBoxLayout(this);
    line->setContentsMargins(8, 6, 6, 6);
    line->setSpacing(4);
    line->addWidget(m_field);
    line->addWidget(m_figures);
    line->addWidget(m_up);
    line->addWidget(m_down);
    line->addWidget(close);
    hide();
    connect(m_field, &QLineEdit::textChanged, this, &ChatFindBar::find);
    connect(m_up, &IconButton::clicked, this, [this] { next(-1); });
    connect(m_down, &IconButton::clicked, this, [this] { next(1); });
    connect(close, &IconButton::clicked, this, &ChatFindBar::close);
    connect(&transcript, &Transcript::foundChanged, this, &ChatFindBar::update);
    connect(&appearance, &Appearance::changed, this, &ChatFindBar::update);
    update();
}

void ChatFindBar::open()
{
    const QString selected = m_transcript.selectedText();
    if (!selected.isEmpty() && !selected.contains(QLatin1Char('\n')) && selected.size() < 200)
        m_field->setText(selected);
    show();
    raise();
    m_field->setFocus(Qt::ShortcutFocusReason);
    m_field->selectAll();
    find();
}

void ChatFindBar::close()
{
    if (isHidden() && m_transcript.foundCount() == 0)
        return;
    hide();
    m_transcript.find({});
    Q_EMIT closed();
}

void ChatFindBar::next(int step)
{
    if (isHidden() && m_field->text().isEmpty())
        open();
    else
        m_transcript.findNext(step);
}

void ChatFindBar::setWords(const QString &words)
{
    const QSignalBlocker blocker(m_field);
    m_field->setText(words);
}

void ChatFindBar::find()
{
    const QString text = m_field->text().trimmed();
    m_transcript.find(text.isEmpty() ? QStringList() : QStringList{text});
    m_transcript.findNext(1);
}

QString ChatFindBar::figures() const
{
    return m_figures->text();
}

void ChatFindBar::update()
{
    const int count = m_transcript.foundCount();
    m_figures->setFont(m_appearance.font(FontRole::Small));
    QPalette palette = m_figures->palette();
    palette.setColor(QPalette::WindowText, m_appearance.theme().text2);
    m_figures->setPalette(palette);
    m_figures->setText(m_field->text().trimmed().isEmpty() ? QString()
                       : count == 0                        ? tr("Not found")
                                                           : tr("%1/%2").arg(m_transcript.foundAt() + 1).arg(count));
    m_up->setEnabled(count > 0);
    m_down->setEnabled(count > 0);
    QFrame::update();
}

void ChatFindBar::paintEvent(QPaintEvent *)
{
    const Theme &theme = m_appearance.theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme.popoverEdge, 1));
    painter.setBrush(theme.popover);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10);
}

bool ChatFindBar::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_field && event->type() == QEvent::KeyPress) {
        const auto *key = static_cast<QKeyEvent *>(event);
        if (key->key() == Qt::Key_Escape) {
            close();
            return true;
        }
        if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
            next(key->modifiers() & Qt::ShiftModifier ? -1 : 1);
            return true;
        }
    }
    return QFrame::eventFilter(watched, event);
}

} // namespace ui
