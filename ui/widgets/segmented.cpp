#include "ui/widgets/segmented.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace ui {

Segmented::Segmented(const Appearance &appearance, const QStringList &choices, QWidget *parent)
    : QWidget(parent), m_appearance(appearance), m_choices(choices)
{
    setFocusPolicy(Qt::TabFocus);
    setFixedHeight(32);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAccessibleName(choices.join(QStringLiteral(", ")));
    connect(&appearance, &Appearance::changed, this, [this] { update(); });
}

QVector<QRect> Segmented::rects() const
{
    const QFontMetrics metrics(m_appearance.font(FontRole::Ui));
    QVector<QRect> all;
    int x = 3;
    for (const QString &choice : m_choices) {
        const int w = metrics.horizontalAdvance(choice) + 24;
        all.append(QRect(x, 3, w, 26));
        x += w;
    }
    return all;
}

QSize Segmented::sizeHint() const
{
    return {rects().isEmpty() ? 20 : rects().last().right() + 4, 32};
}

void Segmented::setCurrent(int index)
{
    m_current = index;
    setAccessibleDescription(m_choices.value(index));
    update();
}

void Segmented::paintEvent(QPaintEvent *)
{
    const Theme &t = m_appearance.theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(t.border, 1));
    painter.setBrush(t.raised);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6.5, 6.5);
    painter.setFont(m_appearance.font(FontRole::Ui));
    const QVector<QRect> all = rects();
    for (int i = 0; i < all.size(); ++i) {
        if (i == m_current) {
            painter.setPen(QPen(t.borderStrong, 1));
            painter.setBrush(t.dark ? t.pressed : t.surface);
            painter.drawRoundedRect(QRectF(all[i]).adjusted(0.5, 0.5, -0.5, -0.5), 4.5, 4.5);
        }
        painter.setPen(i == m_current ? t.text : t.text2);
        painter.drawText(all[i], Qt::AlignCenter, m_choices[i]);
    }
}

void Segmented::mousePressEvent(QMouseEvent *event)
{
    const QVector<QRect> all = rects();
    for (int i = 0; i < all.size(); ++i) {
        if (all[i].contains(event->pos()) && i != m_current) {
            setCurrent(i);
            Q_EMIT chosen(i);
        }
    }
}

void Segmented::keyPressEvent(QKeyEvent *event)
{
    const int step = event->key() == Qt::Key_Right ? 1 : event->key() == Qt::Key_Left ? -1 : 0;
    const int to = std::clamp<int>(m_current + step, 0, int(m_choices.size()) - 1);
    if (step == 0) {
        QWidget::keyPressEvent(event);
    } else if (to != m_current) {
        setCurrent(to);
        Q_EMIT chosen(to);
    }
}

} // namespace ui
