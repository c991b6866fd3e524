#include "app/settings.h"

namespace app {

namespace {

bool isText(const QVariant &stored)
{
    return stored.typeId() == QMetaType::QString;
}

} // namespace

bool readSetting(const QVariant &stored, bool &value)
{
    const QString text = isText(stored) ? stored.toString() : QString();
    value = text == QLatin1String("true") || (stored.typeId() == QMetaType::Bool && stored.toBool());
    return stored.typeId() == QMetaType::Bool || value || text == QLatin1String("false");
}

bool readSetting(const QVariant &stored, int &value)
{
    bool whole = false;
    value = isText(stored) ? stored.toString().toInt(&whole) : stored.toInt();
    return whole || stored.typeId() == QMetaType::Int;
}

bool readSetting(const QVariant &stored, qint64 &value)
{
    bool whole = false;
    value = isText(stored) ? stored.toString().toLongLong(&whole) : stored.toLongLong();
    return whole || stored.typeId() == QMetaType::LongLong || stored.typeId() == QMetaType::Int;
}

bool readSetting(const QVariant &stored, double &value)
{
    bool number = false;
    value = isText(stored) ? stored.toString().toDouble(&number) : stored.toDouble();
    return number || stored.typeId() == QMetaType::Double || stored.typeId() == QMetaType::Int;
}

bool readSetting(const QVariant &stored, QString &value)
{
    // Words with commas that were written by hand, without quotes, are a list to QSettings.
    value = stored.typeId() == QMetaType::QStringList ? stored.toStringList().join(QStringLiteral(", ")) : isText(stored) ? stored.toString() : QString();
    return isText(stored) || stored.typeId() == QMetaType::QStringList;
}

bool readSetting(const QVariant &stored, QStringList &value)
{
    // A list of one is a text to QSettings, an empty one an invalid value that is there.
    value = isText(stored) || stored.typeId() == QMetaType::QStringList ? stored.toStringList() : QStringList();
    return isText(stored) || stored.typeId() == QMetaType::QStringList;
}

bool readSetting(const QVariant &stored, QByteArray &value)
{
    value = stored.typeId() == QMetaType::QByteArray ? stored.toByteArray() : QByteArray();
    return stored.typeId() == QMetaType::QByteArray;
}

Settings::Settings(const QString &iniPath, QObject *parent) : QObject(parent), m_settings(iniPath, QSettings::IniFormat) {}

} // namespace app
