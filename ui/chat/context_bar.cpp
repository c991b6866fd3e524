#include "ui/chat/context_bar.h"

#include "ui/widgets/figures.h"

#include <QHelpEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>

#include <algorithm>

namespace ui {

ContextBar::ContextBar(const Appearance &appearance, QWidget *parent)
    : QWidget(parent), m_appearance(appearance)
{
    setFixedHeight(32);
    connect(&appearance, &Appearance::changed, this, [this] { update(); });
}

void ContextBar::setUse(int conversation, int draft, int kept, int limit)
{
    m_conversation = std::max(0, conversation);
    m_draft = std::max(0, draft);
    m_kept = std::max(0, kept);
    m_limit = std::max(0, limit);
    setAccessibleName(tr("Context: %1").arg(words()));
    update();
}

int ContextBar::excess() const
{
    return m_limit > 0 ? std::max(0, m_conversation + m_draft + 1 - m_limit) : 0;
}

QString ContextBar::words() const
{
    if (m_limit <= 0)
        return QString();
    if (excess() > 0)
        return tr("%1 too many").arg(withCommas(excess()));
    return tr("%1 of %2 tokens").arg(withCommas(m_conversation + m_draft), withCommas(m_limit));
}

bool ContextBar::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip && m_limit > 0) {
        const int free = std::max(0, m_limit - m_conversation - m_draft);
        QToolTip::showText(static_cast<QHelpEvent *>(event)->globalPos(),
                           tr("Conversation %1 · your draft %2 · free for the answer %3")
                               .arg(withCommas(m_conversation), withCommas(m_draft), withCommas(free)),
                           this);
        return true;
    }
    return QWidget::event(event);
}

void ContextBar::paintEvent(QPaintEvent *)
{
    if (m_limit <= 0)
        return;
    const Theme &theme = m_appearance.theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(m_appearance.font(FontRole::Small));
    const QString text = words();
    const int textWidth = painter.fontMetrics().horizontalAdvance(text);
    painter.setPen(excess() > 0 ? theme.danger : theme.text2);
    painter.drawText(rect(), Qt::AlignRight | Qt::AlignVCenter, text);

    const QRectF lane(0, 13, width() - textWidth - 12, 6);
    QPainterPath shape;
    shape.addRoundedRect(lane, 3, 3);
    painter.fillPath(shape, theme.mapFree);
    painter.save();
    painter.setClipPath(shape);
    painter.setPen(Qt::NoPen);
    const qreal scale = lane.width() / std::max(m_limit, m_conversation + m_draft);
    qreal x = 0;
    for (const auto &[tokens, color] :
         {std::pair(m_conversation, theme.mapConversation), std::pair(m_draft, theme.mapDraft)}) {
        if (tokens == 0)
            continue;
        const qreal w = std::max<qreal>(3, tokens * scale);
        painter.fillRect(QRectF(x, lane.top(), w, lane.height()), color);
        painter.fillRect(QRectF(x + w, lane.top(), 2, lane.height()), theme.surface);
        x += w + 2;
    }
    painter.restore();
    if (m_kept > 0 && excess() == 0) {
        const qreal w = std::min(lane.width() - x, m_kept * scale);
        const QRectF kept(lane.right() - w, lane.top(), w, lane.height());
        QPainterPath keptShape;
        keptShape.addRoundedRect(kept.adjusted(0.5, 0.5, -0.5, -0.5), 2.5, 2.5);
        painter.setClipPath(keptShape);
        painter.setPen(QPen(theme.mapKept, 1.6));
        for (qreal at = kept.left() - 8; at < kept.right() + 8; at += 5)
            painter.drawLine(QPointF(at, kept.bottom()), QPointF(at + 6, kept.top()));
        painter.setClipping(false);
        painter.setPen(QPen(theme.mapConversation, 1));
        painter.drawPath(keptShape);
    }
}

} // namespace ui
