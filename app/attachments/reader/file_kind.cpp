// What a file is by its first bytes.
#include "app/attachments/reader/reading.h"

#include <array>
#include <iterator>

namespace app::reader {

namespace {

struct Magic
{
    int offset;
    QByteArrayView bytes;
    const char *kind, *found;
};

template <std::size_t N> constexpr QByteArrayView view(const char (&bytes)[N])
{
    return QByteArrayView(bytes, qsizetype(N - 1));
}

bool has(QByteArrayView bytes, int offset, QByteArrayView magic)
{
    return bytes.size() >= offset + magic.size() && bytes.sliced(offset, magic.size()) == magic;
}

} // namespace

FileKind kindOfBytes(const QByteArray &bytes)
{
    static const Magic kMagics[] = {
        {0, view("\x89PNG\r\n\x1a\n"), "image", "PNG"},
        {0, view("\xff\xd8\xff"), "image", "JPEG"},
        {0, view("GIF87a"), "image", "GIF"},
        {0, view("GIF89a"), "image", "GIF"},
        {8, view("WEBP"), "image", "WebP"},
        {0, view("II*\0"), "image", "TIFF"},
        {0, view("MM\0*"), "image", "TIFF"},
        {0, view("\0\0\1\0"), "image", "ICO"},
        {0, view("8BPS"), "image", "Photoshop"},
        {0, view("\xff\x0a"), "image", "JPEG XL"},
        {4, view("ftypheic"), "image", "HEIC"},
        {4, view("ftypmif1"), "image", "HEIF"},
        {4, view("ftypavif"), "image", "AVIF"},
        {4, view("ftypM4A"), "audio", "M4A"},
        {4, view("ftyp"), "video", "MP4"},
        {0, view("\x1a\x45\xdf\xa3"), "video", "Matroska"},
        {8, view("AVI "), "video", "AVI"},
        {8, view("WAVE"), "audio", "WAV"},
        {0, view("ID3"), "audio", "MP3"},
        {0, view("\xff\xfb"), "audio", "MP3"},
        {0, view("fLaC"), "audio", "FLAC"},
        {0, view("OggS"), "audio", "Ogg"},
        {0, view("MThd"), "audio", "MIDI"},
        {0, view("\x1f\x8b"), "archive", "gzip"},
        {0, view("BZh"), "archive", "bzip2"},
        {0, view("\xfd" "7zXZ\0"), "archive", "xz"},
        {0, view("\x28\xb5\x2f\xfd"), "archive", "Zstandard"},
        {0, view("7z\xbc\xaf\x27\x1c"), "archive", "7z"},
        {0, view("Rar!\x1a\x07"), "archive", "RAR"},
        {257, view("ustar"), "archive", "tar"},
        {0, view("!<arch>\n"), "archive", "ar"},
        {0, view("\x7f" "ELF"), "program", "ELF"},
        {0, view("\xcf\xfa\xed\xfe"), "program", "Mach-O"},
        {0, view("\xca\xfe\xba\xbe"), "program", "Java"},
        {0, view("\0asm"), "program", "WebAssembly"},
        {0, view("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "document", "Word or Excel before 2007"},
        {0, view("{\\rtf"), "document", "RTF"},
        {0, view("%!PS"), "document", "PostScript"},
        {0, view("AT&TFORM"), "document", "DjVu"},
        {0, view("SQLite format 3\0"), "unknown", "SQLite"},
        {0, view("GGUF"), "unknown", "GGUF"},
        {0, view("wOFF"), "font", "WOFF"},
        {0, view("wOF2"), "font", "WOFF2"},
        {0, view("OTTO"), "font", "OpenType"},
        {0, view("\0\1\0\0\0"), "font", "TrueType"},
    };
    for (const Magic &magic : kMagics)
        if (has(bytes, magic.offset, magic.bytes) && (magic.offset != 8 || has(bytes, 0, view("RIFF"))))
            return {QLatin1String(magic.kind), QLatin1String(magic.found)};
    // Letters that a text may begin with: more has to fit.
    if (has(bytes, 0, view("MZ")) && bytes.size() > 64 && bytes.left(1024).contains('\0'))
        return {QStringLiteral("program"), QStringLiteral("Windows")};
    if (has(bytes, 0, view("BM")) && bytes.size() > 26 && has(bytes, 6, view("\0\0\0\0")))
        return {QStringLiteral("image"), QStringLiteral("BMP")};
    return {};
}

bool isPdf(QByteArrayView head)
{
    return head.first(std::min<qsizetype>(head.size(), 1024)).contains(view("%PDF-"));
}

Reading readBytes(const QByteArray &bytes, const TextDecoder &decoder)
{
    if (bytes.startsWith("PK\x03\x04") || bytes.startsWith("PK\x05\x06"))
        return readOffice(bytes);
    if (const FileKind kind = kindOfBytes(bytes); !kind.kind.isEmpty())
        return refused(kind.kind.toLatin1().constData(), kind.found);
    if (bytes.size() > kLargestText)
        return refused("large");
    auto decoded = decoder.decode(bytes);
    if (!decoded)
        return refused("unknown");
    Reading reading;
    reading.kind = QStringLiteral("text");
    reading.text = std::move(decoded->text);
    reading.encoding = decoded->encoding;
    reading.replaced = decoded->replaced;
    return reading;
}

} // namespace app::reader
