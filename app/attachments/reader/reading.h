// What the reader says of a file: its text, or why there is none. Pure functions over bytes, run inside of the box.
#pragma once

#include "app/text_encoding.h"

#include <QByteArray>
#include <QString>

namespace app::reader {

// Files and texts above these are refused. A text of 16 MiB is more than any model's context.
inline constexpr qsizetype kLargestFile = qsizetype(64) << 20, kLargestText = qsizetype(16) << 20;

struct Reading
{
    // "text", "pdf", "docx" or "xlsx"; of what is refused "image", "audio", "video", "archive", "program", "font", "document" or
    // "unknown"; of what should have been read "damaged", "locked" or "large".
    QString kind;
    QString found; // "PNG", "RAR", "ODT": what a refused file is; of a damaged one where
    QString text;
    QString encoding;
    int replaced = 0;         // bytes that were no text
    int sheets = 0, rows = 0; // xlsx
    bool isRead() const { return kind == QLatin1String("text") || kind == QLatin1String("pdf") || kind == QLatin1String("docx") || kind == QLatin1String("xlsx"); }
};

inline Reading refused(const char *kind, const QString &found = QString())
{
    Reading reading;
    reading.kind = QLatin1String(kind);
    reading.found = found;
    return reading;
}

bool isPdf(QByteArrayView head); // of the first 1,024 bytes
// All but PDF, which has a program of its own.
Reading readBytes(const QByteArray &bytes, const TextDecoder &decoder);

// By the first bytes; nothing of a text or of what is not known.
struct FileKind
{
    QString kind, found; // see Reading
};
FileKind kindOfBytes(const QByteArray &bytes);

Reading readOffice(const QByteArray &zip); // docx, xlsx; other archives are refused by what they hold

} // namespace app::reader
