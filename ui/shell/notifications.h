// Notifications of the desktop, over D-Bus as freedesktop.org's specification says (Notify, version 1.2). Where there is no such
// service, nothing happens.
#pragma once

#include <QObject>
#include <QString>

namespace ui {

class Notifications : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    // One at a time: a new one takes the place of the one before. Returns at once.
    void show(const QString &title, const QString &words);

Q_SIGNALS:
    void activated(const QString &token); // the user pressed it; the token raises a window on Wayland, where the desktop gave one

private Q_SLOTS:
    void takeToken(uint id, const QString &token); // comes before
    void invoked(uint id, const QString &action);

private:
    bool m_connected = false;
    uint m_id = 0; // of the one that is shown; 0: none yet
    QString m_token;
};

} // namespace ui
