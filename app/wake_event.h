// The event by which a thread tells an object of the GUI thread, posted to it, that something waits there.
#pragma once

#include <QEvent>

namespace app {

inline QEvent::Type wakeEvent()
{
    static const auto type = QEvent::Type(QEvent::registerEventType());
    return type;
}

} // namespace app
