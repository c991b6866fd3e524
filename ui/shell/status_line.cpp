#include "ui/shell/status_line.h"

#include "ui/widgets/figures.h"

#include <QAbstractButton>
#include <QAccessible>
#include <QFile>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>

#include <unistd.h>

namespace ui {

namespace {
constexpr int kLeft = 4;
constexpr int kRight = 20;
constexpr int kGap = 16;
constexpr double kGib = 1024.0 * 1024 * 1024;

// Its words are painted by the line; it adds what a button has, the ground under the pointer and the focus.
class PlainButton : public QAbstractButton
{
public:
    PlainButton(const Appearance &appearance, QWidget *parent) : QAbstractButton(parent), m_appearance(appearance)
    {
        setCursor(Qt::PointingHandCursor);
        setFocusPolicy(Qt::TabFocus);
        setAttribute(Qt::WA_Hover);
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        if (!underMouse() && !hasFocus())
            return;
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        QColor ground = m_appearance.theme().text;
        ground.setAlphaF(0.07f);
        painter.setBrush(ground);
        painter.drawRoundedRect(rect(), 6, 6);
    }

private:
    const Appearance &m_appearance;
};
} // namespace

StatusLine::StatusLine(const Appearance &appearance, QWidget *parent)
    : QWidget(parent), m_appearance(appearance), m_dot(new BusyDot(appearance, this)),
      m_cancel(new TextButton(appearance, tr("Cancel"), TextButton::Kind::Quiet, this)),
      m_speedButton(new PlainButton(appearance, this))
{
    setFixedHeight(30);
    setAccessibleName(tr("Status"));
    setFocusPolicy(Qt::TabFocus); // its sentence is read where the focus is
    m_dot->move(kLeft, 11);
    m_cancel->setButtonHeight(24);
    m_cancel->hide();
    connect(m_cancel, &TextButton::clicked, this, &StatusLine::cancelRequested);
    m_speedButton->hide();
    m_speedButton->setAccessibleName(tr("Why this speed"));
    m_speedButton->setToolTip(tr("Tokens a second; a token is about 4 letters or 1.5 Chinese characters. Click: why this speed."));
    connect(m_speedButton, &QAbstractButton::clicked, this, [this] { Q_EMIT speedPressed(m_speedButton->mapTo(window(), QPoint(0, 0))); });
    connect(&appearance, &Appearance::changed, this, [this] { update(); });
    m_memoryTimer.setInterval(2000);
    connect(&m_memoryTimer, &QTimer::timeout, this, &StatusLine::readMemory);
    m_memoryTimer.start();
    readMemory();
    // Read aloud at most every five seconds.
    m_tellTimer.setSingleShot(true);
    m_tellTimer.setInterval(5000);
    connect(&m_tellTimer, &QTimer::timeout, this, &StatusLine::tell);
}

void StatusLine::setStatus(BusyDot::State dot, const QString &sentence, const QString &speed,
                           const QString &reason)
{
    m_dot->setState(dot);
    if (m_sentence == sentence && m_speed == speed && m_reason == reason)
        return;
    m_sentence = sentence;
    m_speed = speed;
    m_reason = reason;
    if (!m_tellTimer.isActive())
        m_tellTimer.start();
    update();
}

void StatusLine::tell()
{
    setAccessibleDescription(QStringList{m_sentence, m_speed, m_reason}.join(QLatin1Char(' ')).simplified());
    QAccessibleEvent event(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&event);
}

void StatusLine::announce(const QString &sentence)
{
    m_tellTimer.start();
    setAccessibleDescription(sentence);
    for (const QAccessible::Event kind : {QAccessible::DescriptionChanged, QAccessible::Alert}) {
        QAccessibleEvent event(this, kind);
        QAccessible::updateAccessibility(&event);
    }
}

void StatusLine::setContext(int tokens, int limit)
{
    m_tokens = tokens;
    m_limit = limit;
    update();
}

QString StatusLine::context() const
{
    return m_tokens >= 0 && m_limit > 0 ? tr("Context %1 / %2").arg(withCommas(m_tokens), withCommas(m_limit))
                                        : QString();
}

void StatusLine::setSaved(const QString &words, bool failed)
{
    m_saved = words;
    m_savedFailed = failed;
    update();
}

void StatusLine::setModelName(const QString &name)
{
    m_model = name;
    update();
}

void StatusLine::setCancellable(bool cancellable)
{
    m_cancel->setVisible(cancellable);
    update();
}

void StatusLine::readMemory()
{
    QFile statm(QStringLiteral("/proc/self/statm"));
    double pages = 0;
    if (statm.open(QIODevice::ReadOnly))
        pages = statm.readAll().split(' ').value(1).toDouble();
    const double page = double(sysconf(_SC_PAGESIZE));
    const double used = pages * page / kGib, total = double(sysconf(_SC_PHYS_PAGES)) * page / kGib;
    if (qRound(used * 10) != qRound(m_memoryGib * 10) || total != m_totalGib)
        update();
    m_memoryGib = used;
    m_totalGib = total;
}

void StatusLine::resizeEvent(QResizeEvent *)
{
    update();
}

void StatusLine::paintEvent(QPaintEvent *)
{
    const Theme &t = m_appearance.theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(m_appearance.font(FontRole::Small));
    const QFontMetrics metrics = painter.fontMetrics();
    m_parts.clear();

    // From the right: saved, memory, context. What has no room is left out.
    int right = width() - kRight;
    const int leftNeed = kLeft + 16 + metrics.horizontalAdvance(m_sentence) + kGap + 80;
    m_savedRect = QRect();
    if (!m_saved.isEmpty()) {
        const int w = metrics.horizontalAdvance(m_saved) + 20;
        m_savedRect = QRect(right - w, 0, w, height());
        const QColor color = m_savedFailed ? t.danger : t.success;
        painter.drawPixmap(QPoint(right - w, 8),
                           m_appearance.pixmap(m_savedFailed             ? QStringLiteral("warning")
                                               : m_saved == tr("Saving") ? QStringLiteral("save")
                                                                         : QStringLiteral("check"),
                                               14, color, devicePixelRatioF()));
        painter.setPen(m_savedFailed ? t.danger : t.text2);
        painter.drawText(QRect(right - w + 20, 0, w - 20, height()), Qt::AlignVCenter, m_saved);
        right -= w + kGap;
    }
    const QString memory = tr("RAM %1 / %2 GiB").arg(m_memoryGib, 0, 'f', 1).arg(m_totalGib, 0, 'f', 0);
    const bool meter = window()->width() >= 1100;
    const int memoryWidth = metrics.horizontalAdvance(memory) + (meter ? 64 : 0);
    if (right - memoryWidth > leftNeed) {
        if (meter) {
            const QRectF lane(right - 56, 13, 56, 4);
            painter.setPen(Qt::NoPen);
            painter.setBrush(t.mapFree);
            painter.drawRoundedRect(lane, 2, 2);
            const double share = m_totalGib > 0 ? std::clamp(m_memoryGib / m_totalGib, 0.0, 1.0) : 0;
            painter.setBrush(share > 0.92 ? t.warn : t.text3);
            painter.drawRoundedRect(QRectF(lane.left(), lane.top(), std::max(2.0, 56 * share), 4), 2, 2);
        }
        painter.setPen(t.text2);
        painter.drawText(QRect(right - memoryWidth, 0, memoryWidth, height()), Qt::AlignVCenter, memory);
        m_parts.append({QRect(right - memoryWidth, 0, memoryWidth, height()),
                        tr("Memory this program uses, the model included, of what the machine has.")});
        right -= memoryWidth + kGap;
    }
    if (const QString words = context(); !words.isEmpty()) {
        const int w = metrics.horizontalAdvance(words);
        if (right - w > leftNeed) {
            painter.setPen(m_tokens > m_limit ? t.danger : t.text2);
            painter.drawText(QRect(right - w, 0, w, height()), Qt::AlignVCenter, words);
            m_parts.append({QRect(right - w, 0, w, height()),
                            tr("Tokens the model sees now, of what its context holds.")});
            right -= w + kGap;
        }
    }

    int x = kLeft + 16;
    const auto put = [&](const QString &words, const QColor &color, bool rule) {
        if (words.isEmpty() || right - x < 40)
            return;
        if (rule) {
            painter.fillRect(QRect(x - 4, 9, 1, 12), t.borderStrong);
            x += 9;
        }
        const QString shown = metrics.elidedText(words, Qt::ElideRight, right - x);
        painter.setPen(color);
        painter.drawText(QRect(x, 0, right - x, height()), Qt::AlignVCenter, shown);
        x += metrics.horizontalAdvance(shown) + kGap;
    };
    put(m_sentence, t.text, false);
    if (m_cancel->isVisible()) {
        m_cancel->setGeometry(x - 8, 3, m_cancel->sizeHint().width(), 24);
        x += m_cancel->width();
    }
    const int speedAt = x;
    put(m_speed, t.text2, false);
    if (m_speed.isEmpty() || x == speedAt)
        m_speedButton->hide();
    else if (const QRect place(speedAt - 6, 3, x - kGap - speedAt + 12, 24); m_speedButton->isHidden() || m_speedButton->geometry() != place) {
        m_speedButton->setGeometry(place);
        m_speedButton->show();
    }
    put(m_reason, t.text2, !m_speed.isEmpty());
    put(m_model, t.text2, true);
}

void StatusLine::mouseReleaseEvent(QMouseEvent *event)
{
    if (m_savedRect.contains(event->pos()))
        Q_EMIT savedPressed();
}

bool StatusLine::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        for (const Part &part : std::as_const(m_parts)) {
            if (part.rect.contains(help->pos())) {
                QToolTip::showText(help->globalPos(), part.tip, this);
                return true;
            }
        }
        QToolTip::hideText();
        return true;
    }
    return QWidget::event(event);
}

} // namespace ui
