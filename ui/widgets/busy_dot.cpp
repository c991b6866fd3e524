#include "ui/widgets/busy_dot.h"

#include <QPainter>
#include <QTimer>

#include <cmath>

namespace ui {

namespace {
constexpr int kSteps = 10; // of one second
}

BusyDot::BusyDot(const Appearance &appearance, QWidget *parent)
    : QWidget(parent), m_appearance(appearance), m_pulse(new QTimer(this))
{
    setFixedSize(8, 8);
    m_pulse->setInterval(1000 / kSteps);
    connect(m_pulse, &QTimer::timeout, this, [this] {
        m_phase = (m_phase + 1) % kSteps;
        update();
    });
    connect(&appearance, &Appearance::changed, this, [this] { update(); });
}

void BusyDot::setState(State state)
{
    if (m_state == state)
        return;
    m_state = state;
    runOrRest();
    update();
}

void BusyDot::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    runOrRest();
}

void BusyDot::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    runOrRest();
}

void BusyDot::runOrRest()
{
    if (m_state == State::Busy && isVisible()) {
        if (!m_pulse->isActive())
            m_pulse->start();
    } else {
        m_pulse->stop();
        m_phase = 0;
    }
}

void BusyDot::paintEvent(QPaintEvent *)
{
    const Theme &t = m_appearance.theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (m_state == State::Hollow) {
        painter.setPen(QPen(t.text3, 1.5));
        painter.drawEllipse(QRectF(0.75, 0.75, 6.5, 6.5));
        return;
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_state == State::Idle   ? t.success
                     : m_state == State::Busy ? t.accent
                     : m_state == State::Warn ? t.warn
                                              : t.danger);
    if (m_state == State::Busy)
        painter.setOpacity(0.8 + 0.2 * std::cos(2 * 3.14159265358979 * m_phase / kSteps));
    painter.drawEllipse(QRectF(0, 0, 8, 8));
}

} // namespace ui
