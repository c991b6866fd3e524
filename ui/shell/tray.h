// The icon in the desktop's tray, where there is one and the user wants it: a window that is closed goes there, and what it is at goes on.
#pragma once

#include "app/settings.h"

#include <QMenu>
#include <QSystemTrayIcon>

#include <functional>

namespace ui {

class Tray : public QObject
{
    Q_OBJECT

public:
    // `isThere` says whether the desktop has a tray now. The settings outlive it.
    explicit Tray(app::Settings &settings, QObject *parent = nullptr, std::function<bool()> isThere = &QSystemTrayIcon::isSystemTrayAvailable);

    // A window is closed: true where it can be opened again from here, as the icon is shown.
    bool takeWindow();
    QMenu &menu() { return m_menu; }

Q_SIGNALS:
    void openRequested();
    void quitRequested();

private:
    void follow();

    app::Settings &m_settings;
    const std::function<bool()> m_isThere;
    QMenu m_menu;
    QSystemTrayIcon m_icon;
};

} // namespace ui
