#include "app/data_paths.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

namespace app {

using inference::Error;
using inference::ErrorCode;
using inference::ErrorParts;
using inference::Result;

namespace {

QString fromEnvironment(const char *variable, const QString &fallback)
{
    const QString value = qEnvironmentVariable(variable);
    return QDir::cleanPath(QDir::isAbsolutePath(value) ? value
                                                       : QDir::homePath() + QLatin1Char('/') + fallback);
}

Result<void> makePrivate(const QString &folder)
{
    if (QFileInfo(folder).isDir())
        return {};
    if (!QDir().mkpath(folder))
        return Error(ErrorCode::Io, ErrorParts{.what = "The folder cannot be made",
                                               .where = folder.toStdString(),
                                               .wayOut = "Choose another one with --data-dir."});
    QFile::setPermissions(folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    return {};
}

} // namespace

DataPaths DataPaths::xdg()
{
    DataPaths paths;
    const QString name = QStringLiteral("/baleen");
    paths.data = fromEnvironment("XDG_DATA_HOME", QStringLiteral(".local/share")) + name;
    paths.settings =
        fromEnvironment("XDG_CONFIG_HOME", QStringLiteral(".config")) + name + name + QStringLiteral(".ini");
    paths.cache = fromEnvironment("XDG_CACHE_HOME", QStringLiteral(".cache")) + name;
    const QString cache = qEnvironmentVariable("BALEEN_CACHE");
    if (QDir::isAbsolutePath(cache))
        paths.cache = QDir::cleanPath(cache);
    return paths;
}

DataPaths DataPaths::inFolder(const QString &folder)
{
    DataPaths paths;
    paths.data = QDir::cleanPath(QFileInfo(folder).absoluteFilePath());
    paths.settings = paths.data + QStringLiteral("/baleen.ini");
    paths.cache = paths.data + QStringLiteral("/cache");
    return paths;
}

QString DataPaths::downloads() const
{
    const QString models = qEnvironmentVariable("BALEEN_MODELS");
    return models.isEmpty() ? cache + QStringLiteral("/models")
                            : QDir::cleanPath(QFileInfo(models).absoluteFilePath());
}

QStringList DataPaths::modelFolders(const QStringList &more) const
{
    const DataPaths shared = xdg();
    QStringList folders{downloads()};
    for (const QString &base : {cache, data, shared.cache, shared.data})
        folders << base + QStringLiteral("/models");
    for (const QString &folder : more)
        if (!folder.isEmpty())
            folders << QDir::cleanPath(QFileInfo(folder).absoluteFilePath());
    folders.removeDuplicates();
    return folders;
}

Result<void> DataPaths::create() const
{
    for (const QString &folder : {data, QFileInfo(settings).absolutePath(), cache})
        if (auto made = makePrivate(folder); !made)
            return made;
    return {};
}

} // namespace app
