#include "app/settings.h"

namespace app {

Settings::Settings(const QString &iniPath, QObject *parent) : QObject(parent), m_settings(iniPath, QSettings::IniFormat) {}

} // namespace app
