// Small files for tests.
#pragma once

#include <QByteArray>
#include <QTemporaryDir>

namespace test {

// A directory that vanishes with the object, and files in it.
class TemporaryFolder
{
public:
    QString path(const QString &name) const { return m_directory.filePath(name); }
    QString write(const QString &name, const QByteArray &bytes) const;

private:
    QTemporaryDir m_directory;
};

} // namespace test
