// Members of a zip archive in memory, read within bounds.
#pragma once

#include <QByteArray>
#include <QMap>
#include <QStringList>

#include <functional>

namespace app::reader {

struct ZipMembers
{
    QMap<QString, QByteArray> contents; // of those that were wanted
    QStringList names;                  // of all, as far as the archive could be walked
    bool encrypted = false;
    bool tooLarge = false; // more members or bytes than the bounds allow: what is here is not all
    QString damage;        // what libarchive says of the place where it broke off; empty: it did not
};

// `wanted` says which members are unpacked: together 192 MiB at most, of 20,000 members at most.
ZipMembers readZip(const QByteArray &zip, const std::function<bool(const QString &name)> &wanted);

} // namespace app::reader
