// Typed settings over QSettings, passed in and never global. Each part of the program declares its own keys.
#pragma once

#include <QObject>
#include <QSettings>
#include <QString>
#include <QVariant>

namespace app {

// `inline const SettingKey<int> kReadingSize{"appearance/readingSize", 15};`
template <class T> struct SettingKey
{
    const char *name;
    T defaultValue;
};

// GUI thread only. A value of the wrong type in the file counts as missing.
class Settings : public QObject
{
    Q_OBJECT

public:
    explicit Settings(const QString &iniPath, QObject *parent = nullptr);

    template <class T> T get(const SettingKey<T> &key) const
    {
        const QVariant value = m_settings.value(QLatin1String(key.name));
        return value.isValid() && value.canConvert<T>() ? value.value<T>() : key.defaultValue;
    }
    template <class T> void set(const SettingKey<T> &key, const T &value)
    {
        if (get(key) == value && m_settings.contains(QLatin1String(key.name)))
            return;
        m_settings.setValue(QLatin1String(key.name), QVariant::fromValue(value));
        Q_EMIT changed(QLatin1String(key.name));
    }
    void sync() { m_settings.sync(); }

Q_SIGNALS:
    void changed(const QString &name);

private:
    QSettings m_settings;
};

} // namespace app
