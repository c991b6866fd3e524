#include "ui/chat/context_bar.h"

#include "ui/actions.h"
#include "ui/widgets/figures.h"

#include <QCoreApplication>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>

#include <algorithm>

namespace ui {

namespace {

constexpr int kDragOut = 28; // px above or below the bar: out of it

} // namespace

QString contextKindName(ContextKind kind)
{
    switch (kind) {
    case ContextKind::Instructions:
        return QCoreApplication::translate("ui::ContextBar", "Instructions");
    case ContextKind::Pinned:
        return QCoreApplication::translate("ui::ContextBar", "Pinned");
    case ContextKind::Files:
        return QCoreApplication::translate("ui::ContextBar", "Files");
    case ContextKind::Conversation:
        return QCoreApplication::translate("ui::ContextBar", "Conversation");
    case ContextKind::Draft:
        return QCoreApplication::translate("ui::ContextBar", "Your draft");
    }
    return QString();
}

const QColor &contextKindColor(const Theme &theme, ContextKind kind)
{
    switch (kind) {
    case ContextKind::Instructions:
        return theme.mapInstructions;
    case ContextKind::Pinned:
        return theme.mapPinned;
    case ContextKind::Files:
        return theme.mapFiles;
    case ContextKind::Conversation:
        return theme.mapConversation;
    case ContextKind::Draft:
        break;
    }
    return theme.mapDraft;
}

void paintHatch(QPainter &painter, const QRectF &rect, const QColor &lines, const QColor &edge)
{
    painter.save();
    QPainterPath shape;
    shape.addRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 2.5, 2.5);
    painter.setClipPath(shape, Qt::IntersectClip);
    painter.setPen(QPen(lines, 1.6));
    for (qreal at = rect.left() - rect.height() - 2; at < rect.right() + 2; at += 5)
        painter.drawLine(QPointF(at, rect.bottom()), QPointF(at + rect.height(), rect.top()));
    painter.restore();
    painter.setPen(QPen(edge, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(shape);
}

ContextBar::ContextBar(const Appearance &appearance, QWidget *parent) : QWidget(parent), m_appearance(appearance)
{
    installAccessibleRows();
    setFixedHeight(32);
    setFocusPolicy(Qt::TabFocus);
    setMouseTracking(true);
    setCursor(Qt::PointingHandCursor);
    connect(&appearance, &Appearance::changed, this, [this] { update(); });
}

void ContextBar::setMap(const app::ContextMap &map, int running)
{
    m_map = map;
    m_running = running;
    m_focused = std::min(m_focused, int(segments().size()) - 1);
    setAccessibleName(tr("Context: %1").arg(words()));
    update();
}

int ContextBar::used() const
{
    return std::max({0, m_map.used, m_running + (m_running >= 0 ? m_map.draft : 0)});
}

QString ContextBar::words() const
{
    if (m_map.limit <= 0)
        return QString();
    if (excess() > 0)
        return tr("%1 too many").arg(withCommas(excess()));
    return tr("%1 of %2 tokens").arg(withCommas(used()), withCommas(m_map.limit));
}

QString ContextBar::wordsOf(const Segment &segment) const
{
    const int percent = m_map.limit > 0 ? int(100.0 * segment.tokens / m_map.limit + 0.5) : 0;
    return tr("%1, %2, %3 %").arg(contextKindName(segment.kind), tokenCount(segment.tokens)).arg(percent);
}

QRectF ContextBar::lane() const
{
    const QFontMetrics metrics(m_appearance.font(FontRole::Small));
    return QRectF(0, 13, std::max(20, width() - metrics.horizontalAdvance(words()) - 12), 6);
}

QVector<ContextBar::Segment> ContextBar::segments() const
{
    QVector<Segment> result;
    const QRectF all = lane();
    // The excess is drawn inside of the lane too: the scale follows what is larger.
    const qreal scale = all.width() / std::max({1, m_map.limit, used() + (excess() > 0 ? m_map.kept : 0)});
    qreal x = 0;
    for (const ContextKind kind : {ContextKind::Instructions, ContextKind::Pinned, ContextKind::Files, ContextKind::Conversation, ContextKind::Draft}) {
        int tokens = m_map.of(kind);
        // The answer that is written belongs to the conversation.
        if (kind == ContextKind::Conversation && m_running >= 0)
            tokens += std::max(0, m_running - std::max(0, m_map.used - m_map.draft));
        if (tokens <= 0)
            continue;
        const qreal w = std::max<qreal>(3, tokens * scale);
        result.append({kind, tokens, QRectF(x, all.top(), w, all.height())});
        x += w + 2;
    }
    return result;
}

int ContextBar::segmentAt(const QPointF &point) const
{
    const QVector<Segment> all = segments();
    for (int i = 0; i < all.size(); ++i)
        if (point.x() >= all[i].rect.left() - 1 && point.x() < all[i].rect.right() + 1)
            return i;
    return -1;
}

QRect ContextBar::accessibleRowRect(int row) const
{
    const QRect lane = segments()[row].rect.toAlignedRect();
    return QRect(mapToGlobal(QPoint(lane.left(), 0)), QSize(lane.width(), height()));
}

bool ContextBar::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip && m_map.limit > 0) {
        auto *help = static_cast<QHelpEvent *>(event);
        const QVector<Segment> all = segments();
        const int at = segmentAt(help->pos());
        QStringList lines;
        if (at >= 0)
            lines << wordsOf(all[at]);
        else
            for (const Segment &segment : all)
                lines << wordsOf(segment);
        lines << tr("Kept for the answer, %1").arg(tokenCount(m_map.kept)) << tr("Free, %1").arg(tokenCount(m_map.free()))
              << tr("Click: all parts (%1)").arg(actionKeys("chat.inspector"));
        QToolTip::showText(help->globalPos(), lines.join(QLatin1Char('\n')), this);
        return true;
    }
    return QWidget::event(event);
}

void ContextBar::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton || m_map.limit <= 0)
        return;
    m_pressed = segmentAt(event->position());
    m_dragged = false;
}

void ContextBar::mouseMoveEvent(QMouseEvent *event)
{
    if (!(event->buttons() & Qt::LeftButton) || m_pressed < 0)
        return;
    const bool out = event->position().y() < -kDragOut || event->position().y() > height() + kDragOut;
    if (out != m_dragged) {
        m_dragged = out;
        setCursor(out ? Qt::ForbiddenCursor : Qt::PointingHandCursor);
        update();
    }
}

void ContextBar::mouseReleaseEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton || m_map.limit <= 0)
        return;
    const QVector<Segment> all = segments();
    const int pressed = std::exchange(m_pressed, -1);
    const bool dragged = std::exchange(m_dragged, false);
    setCursor(Qt::PointingHandCursor);
    update();
    if (dragged && pressed >= 0 && pressed < all.size())
        Q_EMIT leaveOutRequested(all[pressed].kind);
    else if (rect().contains(event->position().toPoint()))
        Q_EMIT opened(pressed >= 0 && pressed < all.size() ? all[pressed].kind : ContextKind::Conversation);
}

void ContextBar::keyPressEvent(QKeyEvent *event)
{
    const QVector<Segment> all = segments();
    const int key = event->key();
    if (all.isEmpty()) {
        QWidget::keyPressEvent(event);
    } else if (key == Qt::Key_Left || key == Qt::Key_Right) {
        m_focused = std::clamp(m_focused + (key == Qt::Key_Left ? -1 : 1), 0, int(all.size()) - 1);
        setAccessibleDescription(wordsOf(all[m_focused]));
        update();
    } else if ((key == Qt::Key_Delete || key == Qt::Key_Backspace) && m_focused >= 0) {
        Q_EMIT leaveOutRequested(all[m_focused].kind);
    } else if (key == Qt::Key_Return || key == Qt::Key_Enter || key == Qt::Key_Space) {
        Q_EMIT opened(m_focused >= 0 ? all[m_focused].kind : ContextKind::Conversation);
    } else {
        QWidget::keyPressEvent(event);
    }
}

void ContextBar::focusInEvent(QFocusEvent *event)
{
    m_focused = std::max(0, m_focused);
    QWidget::focusInEvent(event);
    update();
}

void ContextBar::focusOutEvent(QFocusEvent *event)
{
    m_focused = -1;
    QWidget::focusOutEvent(event);
    update();
}

void ContextBar::paintEvent(QPaintEvent *)
{
    if (m_map.limit <= 0)
        return;
    const Theme &theme = m_appearance.theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(m_appearance.font(FontRole::Small));
    painter.setPen(excess() > 0 ? theme.danger : theme.text2);
    painter.drawText(rect(), Qt::AlignRight | Qt::AlignVCenter, words());

    const QRectF all = lane();
    QPainterPath shape;
    shape.addRoundedRect(all, 3, 3);
    painter.fillPath(shape, theme.mapFree);
    painter.save();
    painter.setClipPath(shape);
    const QVector<Segment> parts = segments();
    qreal end = 0;
    for (int i = 0; i < parts.size(); ++i) {
        if (i == m_pressed && m_dragged)
            painter.setOpacity(0.3);
        painter.fillRect(parts[i].rect, contextKindColor(theme, parts[i].kind));
        painter.setOpacity(1);
        painter.fillRect(QRectF(parts[i].rect.right(), all.top(), 2, all.height()), theme.surface);
        end = parts[i].rect.right() + 2;
    }
    painter.restore();
    if (excess() > 0) {
        // What does not fit: at the end, at least wide enough to be seen.
        const qreal scale = all.width() / std::max(1, used() + m_map.kept);
        const qreal w = std::clamp<qreal>(excess() * scale, 24, all.width());
        const QRectF over(all.right() - w, all.top(), w, all.height());
        painter.fillRect(over, theme.surface);
        paintHatch(painter, over, theme.danger, theme.danger);
    } else if (m_map.kept > 0 && m_running < 0) {
        const qreal w = std::min(all.right() - end, m_map.kept * all.width() / std::max(1, m_map.limit));
        if (w >= 3)
            paintHatch(painter, QRectF(all.right() - w, all.top(), w, all.height()), theme.mapKept, theme.mapConversation);
    }
    if (hasFocus() && m_focused >= 0 && m_focused < parts.size()) {
        painter.setPen(QPen(theme.focus, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(parts[m_focused].rect.adjusted(-3, -3, 3, 3).intersected(QRectF(rect()).adjusted(1, 1, -1, -1)), 4, 4);
    }
}

} // namespace ui
