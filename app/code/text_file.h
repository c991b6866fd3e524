// Program text on disk: read as Unicode or refused, written whole or not at all.
#pragma once

#include "inference/result.h"

#include <QDateTime>
#include <QString>

namespace app::code {

struct TextFile
{
    QString text; // line breaks are \n
    bool byteOrderMark = false;
    bool carriageReturns = false; // most lines end with \r\n; writing keeps it so
    QDateTime modified;           // when it was read or written
    qint64 bytes = 0;
};

inline constexpr qint64 kLargestFile = 8 * 1024 * 1024; // bytes

// UTF-8, or UTF-16 with its mark. Fails with Io, NotFound, Unsupported (too large, not text) or Damaged (not
// UTF-8: says where).
inference::Result<TextFile> readTextFile(const QString &path);

// Writes beside the file and renames, so that a full disk leaves the former file; on a folder that takes no
// new files the file itself is written. As UTF-8, with mark and line ends as in `file`. Returns what is on
// disk now. Fails with ReadOnly, DiskFull, NotFound or Io; each says that the text is kept.
inference::Result<TextFile> writeTextFile(const QString &path, const TextFile &file);

// The file at `path` is not the one that was read or written: somebody else changed it, or it is gone.
bool changedOnDisk(const QString &path, const TextFile &file);

} // namespace app::code
