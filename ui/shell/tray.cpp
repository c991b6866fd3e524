#include "ui/shell/tray.h"

#include "app/settings_keys.h"

#include <QApplication>

namespace ui {

Tray::Tray(app::Settings &settings, QObject *parent, std::function<bool()> isThere)
    : QObject(parent), m_settings(settings), m_isThere(std::move(isThere))
{
    m_menu.addAction(tr("Open Baleen"), this, &Tray::openRequested);
    m_menu.addAction(tr("Quit Baleen"), this, &Tray::quitRequested);
    m_icon.setContextMenu(&m_menu);
    m_icon.setIcon(QApplication::windowIcon());
    m_icon.setToolTip(QStringLiteral("Baleen"));
    connect(&m_icon, &QSystemTrayIcon::activated, this, [this](QSystemTrayIcon::ActivationReason reason) {
        if (reason != QSystemTrayIcon::Context)
            Q_EMIT openRequested();
    });
    connect(&settings, &app::Settings::changed, this, [this](const QString &key) {
        if (key == QLatin1String(app::kTray.name))
            follow();
    });
    follow();
}

bool Tray::takeWindow()
{
    follow(); // a tray can come later than the program
    return m_icon.isVisible();
}

void Tray::follow()
{
    m_icon.setVisible(m_settings.get(app::kTray) && m_isThere());
}

} // namespace ui
