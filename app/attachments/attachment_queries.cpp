#include "app/attachments/attachment_queries.h"

#include <array>
#include <utility>

namespace app {

using inference::Result;

namespace {

constexpr std::array<std::pair<AttachmentKind, const char *>, 5> kKinds{{{AttachmentKind::Text, "text"},
                                                                         {AttachmentKind::Code, "code"},
                                                                         {AttachmentKind::Pdf, "pdf"},
                                                                         {AttachmentKind::Docx, "docx"},
                                                                         {AttachmentKind::Xlsx, "xlsx"}}};

} // namespace

QString attachmentKindWord(AttachmentKind kind)
{
    for (const auto &[key, word] : kKinds)
        if (key == kind)
            return QString::fromLatin1(word);
    return QString::fromLatin1(kKinds.front().second);
}

AttachmentKind attachmentKindOf(const QString &word)
{
    for (const auto &[key, known] : kKinds)
        if (word == QLatin1String(known))
            return key;
    return kKinds.front().first;
}

Result<void> applyOne(Database &database, const SaveAttachment &operation)
{
    const AttachmentRecord &a = operation.attachment;
    if (a.messageId != 0)
        if (const auto noted = database.run("INSERT OR IGNORE INTO search_pending VALUES(?)", {a.messageId}); !noted)
            return noted;
    return database.run("INSERT INTO attachments(id, conversation_id, message_id, position, name, kind, bytes, note, pinned, left_out, text)"
                        " SELECT ?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11 WHERE ?2 IS NULL OR EXISTS(SELECT 1 FROM conversations WHERE id = ?2)"
                        " ON CONFLICT(id) DO UPDATE SET conversation_id=?2, message_id=?3, position=?4, name=?5, kind=?6, bytes=?7, note=?8,"
                        " pinned=?9, left_out=?10, text=?11",
                        {a.id, orNull(a.conversationId), orNull(a.messageId), qint64(a.position), orEmpty(a.name), attachmentKindWord(a.kind), a.bytes,
                         orEmpty(a.note), qint64(a.pinned), qint64(a.leftOut), orEmpty(a.text)});
}

Result<void> applyOne(Database &database, const SetAttachmentUse &operation)
{
    return database.run("UPDATE attachments SET pinned = ?, left_out = ? WHERE id = ?",
                        {qint64(operation.pinned), qint64(operation.leftOut), operation.attachmentId});
}

Result<void> applyOne(Database &database, const RemoveAttachment &operation)
{
    if (const auto noted = database.run("INSERT OR IGNORE INTO search_pending SELECT message_id FROM attachments WHERE id = ? AND message_id IS NOT NULL",
                                        {operation.attachmentId});
        !noted)
        return noted;
    return database.run("DELETE FROM attachments WHERE id = ?", {operation.attachmentId});
}

Result<QVector<AttachmentRecord>> readAttachments(const Database &database, qint64 conversationId)
{
    QVector<AttachmentRecord> attachments;
    const auto read = database.each("SELECT id, coalesce(message_id, 0), position, name, kind, bytes, note, pinned, left_out, text FROM attachments"
                                    " WHERE conversation_id IS ? ORDER BY coalesce(message_id, 0), position, id",
                                    {orNull(conversationId)}, [&](const Statement &row) {
                                        AttachmentRecord a;
                                        a.id = row.integer(0);
                                        a.conversationId = conversationId;
                                        a.messageId = row.integer(1);
                                        a.position = int(row.integer(2));
                                        a.name = row.text(3);
                                        a.kind = attachmentKindOf(row.text(4));
                                        a.bytes = row.integer(5);
                                        a.note = row.text(6);
                                        a.pinned = row.integer(7) != 0;
                                        a.leftOut = row.integer(8) != 0;
                                        a.text = row.text(9);
                                        attachments << a;
                                    });
    if (!read)
        return read.error();
    return attachments;
}

} // namespace app
