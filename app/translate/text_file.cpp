#include "app/translate/text_file.h"

#include "app/translate/languages.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QLocale>
#include <QSaveFile>
#include <QStorageInfo>
#include <QStringDecoder>
#include <QStringEncoder>

namespace app::translate {

using inference::Error;
using inference::ErrorCode;
using inference::ErrorParts;
using inference::Result;

namespace {

QString withCommas(qint64 number)
{
    return QLocale(QLocale::English).toString(number);
}

Error fileError(ErrorCode code, const std::string &what, const QString &path, const QString &found,
                const std::string &wayOut)
{
    const std::string where = path.toStdString(), foundText = found.toStdString();
    return Error(code, ErrorParts{.what = what, .where = where, .found = foundText, .wayOut = wayOut});
}

} // namespace

Result<TextFile> readTextFile(const QString &path)
{
    const QFileInfo info(path);
    if (!info.exists())
        return fileError(ErrorCode::NotFound, "There is no such file", path, {}, "Choose another file.");
    if (!info.isFile()) // a pipe or a device could be read for ever
        return fileError(ErrorCode::Unsupported, "This is no regular file", path, {}, "Choose a text file.");
    const auto tooLarge = [&](qint64 size) {
        return fileError(ErrorCode::Unsupported, "The file is larger than 5 MiB and was not opened", path,
                         withCommas(size) + QStringLiteral(" bytes"), "Split it into smaller files.");
    };
    if (info.size() > kMaxTextFile)
        return tooLarge(info.size());
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fileError(ErrorCode::Io, "The file cannot be read", path, file.errorString(),
                         "Check its permissions.");
    const QByteArray bytes = file.read(kMaxTextFile + 1); // it may have grown
    if (bytes.size() > kMaxTextFile)
        return tooLarge(bytes.size());
    if (file.error() != QFileDevice::NoError)
        return fileError(ErrorCode::Io, "The file cannot be read", path, file.errorString(), "Try again.");

    TextFile result;
    QByteArrayView content = bytes;
    auto encoding = QStringConverter::Utf8;
    if (content.startsWith("\xEF\xBB\xBF")) {
        result.encoding = TextEncoding::Utf8Bom;
        content = content.sliced(3);
    } else if (content.startsWith("\xFF\xFE")) {
        result.encoding = TextEncoding::Utf16LittleEndian;
        encoding = QStringConverter::Utf16LE;
        content = content.sliced(2);
    } else if (content.startsWith("\xFE\xFF")) {
        result.encoding = TextEncoding::Utf16BigEndian;
        encoding = QStringConverter::Utf16BE;
        content = content.sliced(2);
    } else if (content.contains('\0')) {
        return fileError(ErrorCode::Unsupported, "This is no text file", path, QStringLiteral("zero bytes"),
                         "Choose a UTF-8 or UTF-16 text file.");
    }
    QStringDecoder decoder(encoding, QStringConverter::Flag::Stateless);
    result.text = decoder.decode(content);
    if (decoder.hasError() || result.text.contains(QChar::ReplacementCharacter)) {
        // Those that the file itself has are no damage.
        const qsizetype own =
            encoding == QStringConverter::Utf8 ? content.toByteArray().count("\xEF\xBF\xBD") : 0;
        result.replaced = int(std::max<qsizetype>(0, result.text.count(QChar::ReplacementCharacter) - own));
    }
    return result;
}

Result<void> writeTextFile(const QString &path, const QString &text, TextEncoding encoding, bool overwrite)
{
    const QFileInfo info(path);
    if (info.exists() && !info.isFile())
        return fileError(ErrorCode::Unsupported, "This is no regular file", path, {}, "Choose another name.");
    if (info.exists() && !overwrite)
        return fileError(ErrorCode::Busy, "A file of this name exists and was kept", path, {},
                         "Choose another name.");
    QByteArray bytes;
    switch (encoding) {
    case TextEncoding::Utf8Bom:
        bytes = "\xEF\xBB\xBF";
        [[fallthrough]];
    case TextEncoding::Utf8:
        bytes += text.toUtf8();
        break;
    case TextEncoding::Utf16LittleEndian:
        bytes = "\xFF\xFE" + QByteArray(QStringEncoder(QStringConverter::Utf16LE).encode(text));
        break;
    case TextEncoding::Utf16BigEndian:
        bytes = "\xFE\xFF" + QByteArray(QStringEncoder(QStringConverter::Utf16BE).encode(text));
        break;
    }
    QSaveFile file(path);
    const auto failed = [&] {
        const QStorageInfo storage(info.absolutePath());
        if (storage.isValid() && storage.bytesAvailable() < bytes.size())
            return fileError(ErrorCode::DiskFull, "The disk is full and nothing was written", path, {},
                             "Free some space or choose another folder.");
        return fileError(file.error() == QFileDevice::PermissionsError ? ErrorCode::ReadOnly : ErrorCode::Io,
                         "The file cannot be written", path, file.errorString(), "Choose another folder.");
    };
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
        return failed();
    return {};
}

QString suggestedName(const QString &sourcePath, const QString &targetCode)
{
    const QFileInfo info(sourcePath);
    QString base = sourcePath.isEmpty() ? QStringLiteral("translation") : info.completeBaseName();
    const QString suffix =
        sourcePath.isEmpty() || info.suffix().isEmpty() ? QStringLiteral("txt") : info.suffix();
    // The code of the source language gives way: "notes.zh.md".
    const qsizetype dot = base.lastIndexOf(QLatin1Char('.'));
    if (dot > 0 && base.size() - dot <= 8 && findLanguage(QStringView(base).mid(dot + 1)))
        base.truncate(dot);
    const QDir folder = sourcePath.isEmpty() ? QDir::home() : info.dir();
    const QString stem = base + QLatin1Char('.') + targetCode;
    QString path = folder.filePath(stem + QLatin1Char('.') + suffix);
    for (int n = 2; QFileInfo::exists(path); ++n)
        path = folder.filePath(QStringLiteral("%1-%2.%3").arg(stem).arg(n).arg(suffix));
    return path;
}

} // namespace app::translate
