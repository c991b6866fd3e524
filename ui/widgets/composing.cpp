#include "ui/widgets/composing.h"

#include <QApplication>
#include <QInputMethodEvent>
#include <QKeyEvent>
#include <QWidget>

namespace ui {

namespace {

constexpr const char *kComposing = "composing"; // of the field: true, else there is no such property

bool belongsToInputMethod(int key)
{
    switch (key) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Escape:
    case Qt::Key_Tab:
    case Qt::Key_Backtab:
    case Qt::Key_Up:
    case Qt::Key_Down:
    case Qt::Key_Left:
    case Qt::Key_Right:
    case Qt::Key_PageUp:
    case Qt::Key_PageDown:
        return true;
    default:
        return key >= Qt::Key_0 && key <= Qt::Key_9;
    }
}

} // namespace

bool isComposing(const QWidget *field)
{
    return field && field->property(kComposing).toBool();
}

ComposingGuard::ComposingGuard(QObject *parent) : QObject(parent)
{
    qApp->installEventFilter(this);
}

bool ComposingGuard::eventFilter(QObject *watched, QEvent *event)
{
    switch (event->type()) {
    case QEvent::InputMethod:
        if (const bool composes = !static_cast<QInputMethodEvent *>(event)->preeditString().isEmpty();
            watched->isWidgetType() && composes != watched->property(kComposing).toBool())
            watched->setProperty(kComposing, composes ? QVariant(true) : QVariant());
        return false;
    case QEvent::FocusOut:
        if (watched->isWidgetType() && watched->property(kComposing).toBool())
            watched->setProperty(kComposing, QVariant());
        return false;
    case QEvent::ShortcutOverride:
    case QEvent::KeyPress:
        break;
    default:
        return false;
    }
    if (!watched->isWidgetType() || !isComposing(static_cast<QWidget *>(watched)))
        return false;
    if (event->type() == QEvent::KeyPress && !belongsToInputMethod(static_cast<QKeyEvent *>(event)->key()))
        return false;
    event->accept(); // the input method has it already, or does not want it
    return true;
}

} // namespace ui
