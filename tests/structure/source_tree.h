// The repository's own text files, for the tests that look at the sources themselves.
#pragma once

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QString>
#include <QStringList>

namespace test {

// Text files below `root` as paths relative to it, sorted: sources, scripts and documents; nothing built,
// nothing of version control.
inline QStringList textFiles(const QString &root)
{
    static const QStringList patterns = {
        QStringLiteral("*.h"),     QStringLiteral("*.cpp"), QStringLiteral("*.cu"),
        QStringLiteral("*.cuh"),   QStringLiteral("*.txt"), QStringLiteral("*.json"),
        QStringLiteral("*.md"),    QStringLiteral("*.sh"),  QStringLiteral("*.py"),
        QStringLiteral("*.cmake"), QStringLiteral("*.xml"), QStringLiteral("*.desktop"),
        QStringLiteral("*.in"),    QStringLiteral("*.1"),   QStringLiteral("*.supp"),
        QStringLiteral("run")};
    QStringList files;
    const QDir base(root);
    QDirIterator walk(root, patterns, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (walk.hasNext()) {
        const QString path = base.relativeFilePath(walk.next());
        if (!path.startsWith(QLatin1String("build/")) && !path.startsWith(QLatin1String(".git/")) &&
            !path.startsWith(QLatin1String(".cache/")))
            files.append(path);
    }
    files.sort();
    return files;
}

// The whole text of a file; empty when it cannot be read.
inline QString textOf(const QString &root, const QString &relative)
{
    QFile file(QDir(root).filePath(relative));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return QString::fromUtf8(file.readAll());
}

inline bool isSource(const QString &path)
{
    return path.endsWith(QLatin1String(".h")) || path.endsWith(QLatin1String(".cpp")) ||
           path.endsWith(QLatin1String(".cu")) || path.endsWith(QLatin1String(".cuh"));
}

} // namespace test
