// A file or a long paste beside a message: its text as the model sees it, kept with the chat.
#pragma once

#include <QString>
#include <QVector>

namespace app {

enum class AttachmentKind { Text, Code, Pdf, Docx, Xlsx };

// Ids are those of newRecordId().
struct AttachmentRecord
{
    qint64 id = 0;
    qint64 conversationId = 0; // 0: of the chat that is not begun yet
    qint64 messageId = 0;      // 0: of the draft
    int position = 0;          // among those of one message; equal ones by id
    QString name;              // of the file, without its folder
    AttachmentKind kind = AttachmentKind::Text;
    qint64 bytes = 0;     // of the original
    QString text;         // line breaks are \n
    QString note;         // in words: "12 pages, 2 without text"
    bool pinned = false;  // the user wants it to stay when the context gets tight
    bool leftOut = false; // stays in the chat, is not sent to the model
    friend bool operator==(const AttachmentRecord &, const AttachmentRecord &) = default;
};

// Words in files, for readers with other programs; never translated. Of an unknown word: text.
QString attachmentKindWord(AttachmentKind kind);
AttachmentKind attachmentKindOf(const QString &word);

// Operations of the store, see StoreOperation.
struct SaveAttachment // inserts or replaces; of a conversation that is gone: nothing
{
    AttachmentRecord attachment;
};
struct SetAttachmentUse
{
    qint64 attachmentId = 0;
    bool pinned = false, leftOut = false;
};
struct RemoveAttachment
{
    qint64 attachmentId = 0;
};

} // namespace app
