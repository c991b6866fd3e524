// Typed settings over QSettings, passed in and never global. All keys are declared in settings_keys.h.
#pragma once

#include <QObject>
#include <QSettings>
#include <QString>
#include <QStringList>
#include <QVariant>
#include <QVector>

#include <algorithm>
#include <cmath>
#include <limits>

namespace app {

// What values a key can have. What else stands in the file, edited by hand or damaged, counts as missing.
template <class T> struct SettingBounds
{
    bool holds(const T &) const { return true; }
};
template <> struct SettingBounds<int>
{
    int least = std::numeric_limits<int>::min(), most = std::numeric_limits<int>::max();
    QVector<int> oneOf{}; // empty: all between the two
    bool holds(int value) const { return value >= least && value <= most && (oneOf.isEmpty() || oneOf.contains(value)); }
};
template <> struct SettingBounds<qint64>
{
    qint64 least = std::numeric_limits<qint64>::min();
    bool holds(qint64 value) const { return value >= least; }
};
template <> struct SettingBounds<double>
{
    double least = std::numeric_limits<double>::lowest(), most = std::numeric_limits<double>::max();
    bool holds(double value) const { return std::isfinite(value) && value >= least && value <= most; }
};
template <> struct SettingBounds<QString>
{
    QStringList oneOf{};      // empty: any text
    QString orBeginsWith{};   // what else it may be, with something behind it; empty: nothing
    bool holds(const QString &value) const
    {
        return oneOf.isEmpty() || oneOf.contains(value) || (!orBeginsWith.isEmpty() && value.startsWith(orBeginsWith) && value.size() > orBeginsWith.size());
    }
};

// `inline const SettingKey<int> kReadingSize{"appearance/readingSize", 15, {13, 20}};`
template <class T> struct SettingKey
{
    const char *name;
    T defaultValue;
    SettingBounds<T> bounds{};
};

// As a value of the type, where it is one; "15" is 15, "fifteen" and 15.5 are no int. An .ini file holds texts only.
bool readSetting(const QVariant &stored, bool &value);
bool readSetting(const QVariant &stored, int &value);
bool readSetting(const QVariant &stored, qint64 &value);
bool readSetting(const QVariant &stored, double &value);
bool readSetting(const QVariant &stored, QString &value); // with its commas
bool readSetting(const QVariant &stored, QStringList &value);
bool readSetting(const QVariant &stored, QByteArray &value);

// GUI thread only.
class Settings : public QObject
{
    Q_OBJECT

public:
    explicit Settings(const QString &iniPath, QObject *parent = nullptr);

    template <class T> T get(const SettingKey<T> &key) const
    {
        T value{};
        return readSetting(m_settings.value(QLatin1String(key.name)), value) && key.bounds.holds(value) ? value : key.defaultValue;
    }
    // A value that the key cannot have changes nothing.
    template <class T> void set(const SettingKey<T> &key, const T &value)
    {
        if (!key.bounds.holds(value) || (get(key) == value && m_settings.contains(QLatin1String(key.name))))
            return;
        m_settings.setValue(QLatin1String(key.name), QVariant::fromValue(value));
        Q_EMIT changed(QLatin1String(key.name));
    }
    // The default again, also when a later version has another one.
    template <class T> void reset(const SettingKey<T> &key)
    {
        if (!m_settings.contains(QLatin1String(key.name)))
            return;
        m_settings.remove(QLatin1String(key.name));
        Q_EMIT changed(QLatin1String(key.name));
    }
    template <class T> bool isDefault(const SettingKey<T> &key) const { return get(key) == key.defaultValue; }
    void sync() { m_settings.sync(); }

Q_SIGNALS:
    void changed(const QString &name);

private:
    QSettings m_settings;
};

} // namespace app
