// Text files in and out: encodings kept, foreign bytes survived, nothing overwritten by accident.
#pragma once

#include "inference/result.h"

#include <QString>

namespace app::translate {

enum class TextEncoding { Utf8, Utf8Bom, Utf16LittleEndian, Utf16BigEndian }; // UTF-16 always with its mark

struct TextFile
{
    QString text; // line breaks as in the file
    TextEncoding encoding = TextEncoding::Utf8;
    int replaced = 0; // bytes or units that were no text and became U+FFFD
};

inline constexpr qint64 kMaxTextFile = 5 * 1024 * 1024; // bytes

// Fails with NotFound, Io, Unsupported (too large, no regular file, or holding zero bytes: no text).
inference::Result<TextFile> readTextFile(const QString &path);
// Atomic. Fails with Busy when the file exists and `overwrite` is not set, with ReadOnly, DiskFull or Io
// otherwise; what stood there before then still stands.
inference::Result<void> writeTextFile(const QString &path, const QString &text, TextEncoding encoding,
                                      bool overwrite);

// "notes.zh.md" and English give "notes.en.md", "a.txt" gives "a.en.txt"; a number is added while the name is
// taken.
QString suggestedName(const QString &sourcePath, const QString &targetCode);

} // namespace app::translate
