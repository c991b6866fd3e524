#include "app/code/text_file.h"

#include "app/text_encoding.h"

#include <QFile>
#include <QFileInfo>
#include <QLocale>
#include <QSaveFile>
#include <QStringDecoder>

#include <cerrno>
#include <filesystem>

namespace app::code {

using inference::Error;
using inference::ErrorCode;
using inference::ErrorParts;
using inference::Result;

namespace {

// QFileInfo::isFile() is true for pipes as well.
bool isRegular(const QString &path)
{
    std::error_code ignored;
    return std::filesystem::is_regular_file(std::filesystem::path(QFile::encodeName(path).toStdString()), ignored);
}

std::string count(qint64 n)
{
    return QLocale(QLocale::English).toString(n).toStdString();
}

Error writeError(const QString &path, const QString &reason, int systemError)
{
    const bool readOnly = systemError == EACCES || systemError == EPERM || systemError == EROFS;
    const ErrorCode code = readOnly                                         ? ErrorCode::ReadOnly
                           : systemError == ENOSPC || systemError == EDQUOT ? ErrorCode::DiskFull
                           : systemError == ENOENT                          ? ErrorCode::NotFound
                                                                            : ErrorCode::Io;
    const std::string where = path.toStdString();
    const std::string found = reason.toStdString();
    return Error(code,
                 ErrorParts{.what = "The file was not saved",
                            .where = where,
                            .found = found,
                            .wayOut = code == ErrorCode::DiskFull
                                          ? "The text is kept here. Make room, or save it in another folder."
                                          : "The text is kept here. Save it in another folder."});
}

} // namespace

Result<TextFile> readTextFile(const QString &path)
{
    const std::string where = path.toStdString();
    QFile file(path);
    if (!QFileInfo::exists(path))
        return Error(ErrorCode::NotFound, ErrorParts{.what = "There is no such file", .where = where});
    if (!isRegular(path)) // opening a pipe would wait for its other end
        return Error(ErrorCode::Unsupported,
                     ErrorParts{.what = "This is a folder or a device, not a file", .where = where});
    if (!file.open(QIODevice::ReadOnly)) {
        const std::string reason = file.errorString().toStdString();
        return Error(ErrorCode::Io,
                     ErrorParts{.what = "The file cannot be read", .where = where, .found = reason});
    }
    if (file.size() > kLargestFile) {
        const std::string expected = "at most " + count(kLargestFile) + " bytes", found = count(file.size());
        return Error(ErrorCode::Unsupported, ErrorParts{.what = "The file is too large to edit",
                                                        .where = where,
                                                        .expected = expected,
                                                        .found = found});
    }
    QByteArray bytes = file.read(kLargestFile + 1);
    if (file.error() != QFileDevice::NoError || bytes.size() > kLargestFile) {
        const std::string reason = file.errorString().toStdString();
        return Error(ErrorCode::Io,
                     ErrorParts{.what = "The file cannot be read", .where = where, .found = reason});
    }

    TextFile result;
    result.bytes = bytes.size();
    result.modified = QFileInfo(path).lastModified();
    const bool utf16 = bytes.startsWith("\xff\xfe") || bytes.startsWith("\xfe\xff");
    if (utf16) {
        QStringDecoder decoder(QStringDecoder::Utf16);
        result.text = decoder(bytes);
    } else {
        result.byteOrderMark = bytes.startsWith("\xef\xbb\xbf");
        if (result.byteOrderMark)
            bytes.remove(0, 3);
        if (bytes.contains('\0'))
            return Error(ErrorCode::Unsupported, ErrorParts{.what = "This file is not text", .where = where});
        const qint64 broken = firstInvalidUtf8Byte(bytes);
        if (broken >= 0) {
            const std::string found = "another encoding at byte " + count(broken);
            return Error(ErrorCode::Damaged, ErrorParts{.what = "The text cannot be read",
                                                        .where = where,
                                                        .expected = "UTF-8",
                                                        .found = found,
                                                        .wayOut = "Convert it, for example with iconv."});
        }
        result.text = QString::fromUtf8(bytes);
    }
    const qsizetype breaks = result.text.count(u'\n');
    result.carriageReturns = breaks > 0 && 2 * result.text.count(QLatin1String("\r\n")) > breaks;
    result.text.replace(QLatin1String("\r\n"), QLatin1String("\n"));
    result.text.replace(u'\r', u'\n');
    return result;
}

Result<TextFile> writeTextFile(const QString &path, const TextFile &file)
{
    QString text = file.text;
    if (file.carriageReturns)
        text.replace(u'\n', QLatin1String("\r\n"));
    QByteArray bytes = text.toUtf8();
    if (file.byteOrderMark)
        bytes.prepend("\xef\xbb\xbf");

    // A link is followed: the file it names is written, the link stays.
    const QString target = QFileInfo(path).isSymLink() ? QFileInfo(path).canonicalFilePath() : path;
    const std::string where = path.toStdString();
    // Renaming over a device or a pipe would put a file in its place.
    if (QFileInfo::exists(target) && !isRegular(target))
        return Error(ErrorCode::Unsupported,
                     ErrorParts{.what = "The text was not saved",
                                .where = where,
                                .expected = "a file",
                                .found = "a folder or a device",
                                .wayOut = "The text is kept here. Save it under another name."});
    QSaveFile out(target.isEmpty() ? path : target);
    out.setDirectWriteFallback(true);
    errno = 0;
    if (!out.open(QIODevice::WriteOnly))
        return writeError(path, out.errorString(), errno);
    errno = 0;
    if (out.write(bytes) != bytes.size() || !out.commit()) {
        const int systemError = errno;
        const QString reason = out.errorString();
        out.cancelWriting();
        return writeError(path, reason, systemError);
    }
    TextFile written = file;
    written.bytes = bytes.size();
    written.modified = QFileInfo(path).lastModified();
    return written;
}

bool changedOnDisk(const QString &path, const TextFile &file)
{
    const QFileInfo info(path);
    return !info.exists() || info.size() != file.bytes || info.lastModified() != file.modified;
}

} // namespace app::code
