#include "ui/widgets/card.h"

#include <QChildEvent>
#include <QPainter>
#include <QPainterPath>

namespace ui {

// One corner: what lies outside of the arc in the colour behind the card, and the arc itself.
class Card::Corner : public QWidget
{
public:
    explicit Corner(Card *card) : QWidget(card), m_card(card)
    {
        setAttribute(Qt::WA_TransparentForMouseEvents);
        setFocusPolicy(Qt::NoFocus);
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Theme &theme = m_card->m_appearance.theme();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.translate(-pos());
        const QRectF edge = QRectF(m_card->rect()).adjusted(0.5, 0.5, -0.5, -0.5);
        QPainterPath outside;
        outside.addRect(m_card->rect());
        outside.addRoundedRect(edge, m_card->m_radius - 0.5, m_card->m_radius - 0.5);
        painter.fillPath(outside, theme.*(m_card->m_behind));
        painter.setPen(QPen(theme.*(m_card->m_edge), 1));
        painter.drawRoundedRect(edge, m_card->m_radius - 0.5, m_card->m_radius - 0.5);
    }

private:
    Card *m_card;
};

Card::Card(const Appearance &appearance, QWidget *parent) : QFrame(parent), m_appearance(appearance)
{
    setContentsMargins(1, 1, 1, 1);
    for (QWidget *&corner : m_corners)
        corner = new Corner(this);
    connect(&appearance, &Appearance::changed, this, [this] { update(); });
}

void Card::setColors(ColorToken background, ColorToken edge, ColorToken behind)
{
    m_background = background;
    m_edge = edge;
    m_behind = behind;
    update();
}

void Card::setRadius(int px)
{
    m_radius = px;
    placeCorners();
    update();
}

void Card::paintEvent(QPaintEvent *)
{
    const Theme &theme = m_appearance.theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme.*m_edge, 1));
    painter.setBrush(theme.*m_background);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), m_radius - 0.5, m_radius - 0.5);
}

void Card::resizeEvent(QResizeEvent *event)
{
    QFrame::resizeEvent(event);
    placeCorners();
}

void Card::childEvent(QChildEvent *event)
{
    QFrame::childEvent(event);
    if (event->added() && event->child()->isWidgetType() && m_corners[3] && event->child() != m_corners[3])
        QMetaObject::invokeMethod(
            this, [this] { placeCorners(); }, Qt::QueuedConnection);
}

void Card::placeCorners()
{
    const int r = m_radius;
    const QPoint at[4] = {{0, 0}, {width() - r, 0}, {0, height() - r}, {width() - r, height() - r}};
    for (int i = 0; i < 4; ++i) {
        m_corners[i]->setGeometry(at[i].x(), at[i].y(), r, r);
        m_corners[i]->raise();
    }
}

} // namespace ui
