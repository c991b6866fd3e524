#include "ui/widgets/list_keys.h"

#include <QAbstractItemView>
#include <QCoreApplication>
#include <QKeyEvent>

namespace ui {

namespace {

class JkFilter : public QObject
{
public:
    using QObject::QObject;

protected:
    bool eventFilter(QObject *watched, QEvent *event) override
    {
        if (event->type() != QEvent::KeyPress)
            return false;
        const auto *key = static_cast<QKeyEvent *>(event);
        if (key->modifiers() != Qt::NoModifier || (key->key() != Qt::Key_J && key->key() != Qt::Key_K))
            return false;
        QKeyEvent arrow(QEvent::KeyPress, key->key() == Qt::Key_J ? Qt::Key_Down : Qt::Key_Up, Qt::NoModifier);
        QCoreApplication::sendEvent(watched, &arrow);
        return true;
    }
};

} // namespace

void moveWithJk(QAbstractItemView *view)
{
    view->installEventFilter(new JkFilter(view));
}

} // namespace ui
