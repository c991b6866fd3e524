#include "ui/chat/composer.h"

#include "ui/actions.h"
#include "ui/chat/attachment_strip.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

namespace {

// A paste above these is no message to be looked over in ten lines but something beside it: twelve times what the field shows at its
// largest, some 2,000 tokens, and well below what a QTextEdit lays out without a pause.
constexpr int kLongestPaste = 8000, kMostPastedLines = 200;

} // namespace

Composer::Composer(const Appearance &appearance, QWidget *parent)
    : QWidget(parent), m_appearance(appearance), m_edit(new PlainEdit(appearance, this)),
      m_attachments(new AttachmentStrip(appearance, this)),
      m_attach(new IconButton(appearance, QStringLiteral("attach"), tr("Attach files"), this)),
      m_think(new TextButton(appearance, tr("Think"), TextButton::Kind::Pill, this)),
      m_preset(new ComboButton(appearance, QString(), ComboButton::Look::Pill, this)),
      m_hint(new QLabel(this)),
      m_send(new IconButton(appearance, QStringLiteral("send"), tr("Send message"), this, 32)),
      m_stop(new TextButton(appearance, tr("Stop"), TextButton::Kind::Outlined, this))
{
    m_send->setName(tr("Send message"), tr("Enter"));
    m_send->setKind(IconButton::Kind::Primary);
    m_stop->setIconName(QStringLiteral("stop"));
    m_stop->setKeyHint(actionKeys("window.stop"));
    m_stop->setAccessibleName(tr("Stop the answer"));
    m_stop->setToolTip(tr("Stop the answer (%1)").arg(actionKeys("window.stop")));
    m_think->setCheckable(true);
    m_think->setIconName(QStringLiteral("think"));
    m_think->setToolTip(tr("Let the model think before it answers (%1)").arg(actionKeys("chat.think")));
    m_preset->setIconName(QStringLiteral("settings"));
    m_preset->setChevronShown(false);
    m_preset->setToolTip(tr("How freely the model chooses its words"));
    m_edit->setAccessibleName(tr("Message"));
    m_attachments->setNext(m_edit);
    m_edit->setLongestPaste(kLongestPaste, kMostPastedLines);
    m_attach->setName(tr("Attach files"), actionKeys("chat.attach"));
    m_edit->viewport()->installEventFilter(this);
    m_edit->installEventFilter(this);

    auto *foot = new QHBoxLayout;
    foot->setContentsMargins(9, 0, 7, 0);
    foot->setSpacing(4);
    foot->addWidget(m_attach);
    foot->addWidget(m_think);
    foot->addWidget(m_preset);
    foot->addStretch(1);
    foot->addWidget(m_hint);
    foot->addSpacing(4);
    foot->addWidget(m_stop);
    foot->addWidget(m_send);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(1, 13, 1, 7);
    all->setSpacing(10);
    auto *attached = new QHBoxLayout;
    attached->setContentsMargins(16, 0, 16, 0);
    attached->addWidget(m_attachments);
    all->addLayout(attached);
    auto *words = new QHBoxLayout;
    words->setContentsMargins(16, 0, 4, 0);
    words->addWidget(m_edit);
    all->addLayout(words);
    all->addLayout(foot);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);

    connect(m_edit, &PlainEdit::submitted, this, &Composer::submit);
    connect(m_send, &IconButton::clicked, this, &Composer::submit);
    connect(m_stop, &TextButton::clicked, this, &Composer::stopRequested);
    connect(m_attach, &IconButton::clicked, this, &Composer::attachRequested);
    connect(m_edit, &QTextEdit::textChanged, this, [this] {
        fit();
        setBusy(m_busy);
        Q_EMIT textEdited();
    });
    connect(&appearance, &Appearance::changed, this, &Composer::restyle);
    restyle();
    setBusy(false);
    fit();
}

void Composer::restyle()
{
    m_hint->setFont(m_appearance.font(FontRole::Small));
    QPalette palette = m_hint->palette();
    palette.setColor(QPalette::WindowText, m_appearance.theme().text3);
    m_hint->setPalette(palette);
    fit();
    update();
}

void Composer::setBusy(bool busy)
{
    m_busy = busy;
    const bool blank = isBlank();
    m_stop->setVisible(busy);
    // While an answer is under way a message that is written can still be put into the queue.
    m_send->setVisible(!busy || !blank);
    m_send->setEnabled(!blank);
    m_send->setName(busy ? tr("Send when this answer ends") : tr("Send message"), tr("Enter"));
}

bool Composer::isBlank() const
{
    return !m_hasAttachments && (m_edit->document()->isEmpty() || m_edit->text().trimmed().isEmpty());
}

void Composer::setHasAttachments(bool has)
{
    m_hasAttachments = has;
    setBusy(m_busy);
}

void Composer::setPlaceholder(const QString &text)
{
    m_edit->setPlaceholderText(text);
}

void Composer::setHint(const QString &text)
{
    m_hint->setText(text);
}

void Composer::setLines(int most)
{
    m_lines = most;
    fit();
}

void Composer::fit()
{
    const int line = m_edit->linePixels();
    const int height = std::clamp(m_edit->contentHeight(), line, m_lines * line);
    if (m_edit->height() != height)
        m_edit->setFixedHeight(height);
}

void Composer::submit()
{
    if (!isBlank())
        Q_EMIT submitted();
}

bool Composer::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut)
        update();
    if (event->type() == QEvent::Resize && watched == m_edit)
        QMetaObject::invokeMethod(
            this, [this] { fit(); }, Qt::QueuedConnection);
    return QWidget::eventFilter(watched, event);
}

void Composer::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    fit();
}

void Composer::mousePressEvent(QMouseEvent *event)
{
    m_edit->setFocus(Qt::MouseFocusReason);
    QWidget::mousePressEvent(event);
}

void Composer::paintEvent(QPaintEvent *)
{
    const Theme &theme = m_appearance.theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool focused = m_edit->hasFocus();
    const qreal edge = focused ? 2 : 1;
    painter.setPen(QPen(focused ? theme.focus : theme.control, edge));
    painter.setBrush(theme.surface);
    painter.drawRoundedRect(QRectF(rect()).adjusted(edge / 2, edge / 2, -edge / 2, -edge / 2), 12 - edge / 2,
                            12 - edge / 2);
}

} // namespace ui
