#include "ui/widgets/focus_ring.h"

#include <QAbstractScrollArea>
#include <QApplication>
#include <QEvent>
#include <QFocusEvent>
#include <QLineEdit>
#include <QPainter>

namespace ui {

FocusRing::FocusRing(const Appearance &appearance, QWidget *window)
    : QWidget(window), m_appearance(appearance)
{
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setFocusPolicy(Qt::NoFocus);
    hide();
    qApp->installEventFilter(this);
}

bool FocusRing::eventFilter(QObject *watched, QEvent *event)
{
    switch (event->type()) {
    case QEvent::FocusIn: {
        auto *control = qobject_cast<QWidget *>(watched);
        if (!control || control->window() != parentWidget())
            break;
        const Qt::FocusReason reason = static_cast<QFocusEvent *>(event)->reason();
        const bool byKeyboard = reason == Qt::TabFocusReason || reason == Qt::BacktabFocusReason;
        const bool isField =
            qobject_cast<QAbstractScrollArea *>(control) || qobject_cast<QLineEdit *>(control);
        follow(byKeyboard && !isField ? control : nullptr);
        break;
    }
    case QEvent::FocusOut:
        if (watched == m_control)
            follow(nullptr);
        break;
    case QEvent::MouseButtonPress:
        follow(nullptr);
        break;
    case QEvent::Move:
    case QEvent::Resize:
    case QEvent::Show:
    case QEvent::Hide:
        if (m_control &&
            (watched == m_control || watched == m_control->parentWidget() || watched == parentWidget()))
            place();
        break;
    default:
        break;
    }
    return false;
}

void FocusRing::follow(QWidget *control)
{
    if (m_control == control && !control)
        return;
    m_control = control;
    place();
}

void FocusRing::place()
{
    if (!m_control || !m_control->isVisible()) {
        hide();
        return;
    }
    setGeometry(
        QRect(m_control->mapTo(parentWidget(), QPoint(0, 0)), m_control->size()).adjusted(-4, -4, 4, 4));
    raise();
    show();
    update();
}

void FocusRing::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(m_appearance.theme().focus, 2));
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 8, 8);
}

} // namespace ui
