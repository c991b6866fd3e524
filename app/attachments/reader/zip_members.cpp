#include "app/attachments/reader/zip_members.h"

#include <archive.h>
#include <archive_entry.h>
#include <memory>

namespace app::reader {

namespace {

constexpr int kMostMembers = 20000;
constexpr qsizetype kMostBytes = qsizetype(192) << 20; // a bomb unpacks a thousand times its size

} // namespace

ZipMembers readZip(const QByteArray &zip, const std::function<bool(const QString &)> &wanted)
{
    ZipMembers members;
    const std::unique_ptr<archive, int (*)(archive *)> reader(archive_read_new(), &archive_read_free);
    archive_read_support_format_zip(reader.get());
    const auto why = [&] {
        const char *words = archive_error_string(reader.get());
        return words ? QString::fromUtf8(words).left(200) : QStringLiteral("unknown");
    };
    if (archive_read_open_memory(reader.get(), zip.constData(), std::size_t(zip.size())) != ARCHIVE_OK) {
        members.damage = why();
        return members;
    }
    qsizetype room = kMostBytes;
    for (int count = 0;; ++count) {
        archive_entry *entry = nullptr;
        const int next = archive_read_next_header(reader.get(), &entry);
        if (next == ARCHIVE_EOF)
            return members;
        if (next != ARCHIVE_OK && next != ARCHIVE_WARN) {
            members.damage = why();
            return members;
        }
        if (count >= kMostMembers) {
            members.tooLarge = true;
            return members;
        }
        const char *path = archive_entry_pathname(entry);
        const QString name = QString::fromUtf8(path ? path : "");
        members.names << name;
        if (!wanted(name) || members.contents.contains(name))
            continue;
        if (archive_entry_is_encrypted(entry)) {
            members.encrypted = true;
            return members;
        }
        QByteArray content;
        for (;;) {
            char piece[65536];
            const la_ssize_t got = archive_read_data(reader.get(), piece, sizeof piece);
            if (got < 0) {
                members.damage = why();
                return members;
            }
            if (got == 0)
                break;
            room -= qsizetype(got);
            if (room < 0) {
                members.tooLarge = true;
                return members;
            }
            content.append(piece, qsizetype(got));
        }
        members.contents.insert(name, content);
    }
}

} // namespace app::reader
