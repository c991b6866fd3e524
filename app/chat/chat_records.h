// Conversations and messages as they are stored: plain values, passed between threads.
#pragma once

#include "app/attachments/attachment_record.h"

#include <QByteArray>
#include <QString>
#include <QStringList>
#include <QVector>

#include <optional>
#include <variant>

namespace app {

enum class Role { User, Assistant, System };
enum class MessageState {
    Complete,
    Streaming,   // is being written; after a crash it becomes Interrupted at the next start
    Stopped,     // by the user
    Interrupted, // by the end of the program
    Failed       // see MessageRecord::error
};

// MessageRecord::endReason of an answer that the user wrote or changed.
inline const QString kEditedByUser = QStringLiteral("edited");

// Times are milliseconds since 1970 (UTC); ids are those of newRecordId().
struct MessageRecord
{
    qint64 id = 0;
    qint64 conversationId = 0;
    qint64 parentId = 0; // 0: the first of its conversation
    Role role = Role::User;
    QString content;
    QString reasoning;      // what the model thought before it answered
    qint64 reasoningMs = 0; // how long
    MessageState state = MessageState::Complete;
    QString endReason;  // inference::endReasonName(), empty while it streams and for user messages
    QString error;      // one sentence
    int errorCode = -1; // inference::ErrorCode, -1: none
    QString model;      // that answered, by the name the window has for it
    int promptTokens = 0, cachedTokens = 0, generatedTokens = 0;
    double prefillTokensPerSecond = 0, decodeTokensPerSecond = 0, firstTokenMs = 0;
    QByteArray receipt; // of an answer, see receipt.h; empty: none
    qint64 created = 0;
    // What of the conversation the model sees, by the user's choice: see chat_context.h. They stand at messages of the user and
    // hold for the answers to them.
    bool pinned = false;
    bool leftOut = false;
    // What the model sees in place of the messages from `summaryFrom` to this one, on a path that holds both. Empty: nothing.
    QString summary;
    qint64 summaryFrom = 0;
    QVector<AttachmentRecord> attachments; // in order; the store keeps them by SaveAttachment, not by SaveMessage
};

// Where the reader was: this message stands at the top of the view, so many px above it. 0: at the end, where new text appears.
struct ConversationView
{
    qint64 messageId = 0;
    int offset = 0;
    friend bool operator==(const ConversationView &, const ConversationView &) = default;
};

struct ConversationRecord
{
    qint64 id = 0;
    QString kind = QStringLiteral("chat"); // the panel it belongs to
    QString title;
    bool titledByUser = false;
    bool pinned = false;
    qint64 folder = 0; // 0: none
    QStringList tags;  // sorted, each once
    qint64 currentLeaf = 0; // the message whose path from the root is shown; 0: no message yet
    qint64 created = 0, updated = 0;
    qint64 deletedAt = 0;  // 0: not deleted; 30 days later it is gone for good
    qint64 archivedAt = 0; // 0: not archived
    ConversationView view;
    QByteArray choices; // of this conversation alone, JSON, see chat_choices.h; empty: none
};

// Conversations that belong together, under a head of their own in the list.
struct FolderRecord
{
    qint64 id = 0;
    QString name;
    qint64 position = 0; // among the others; equal ones by id
    QByteArray choices{}; // for all its conversations, JSON, see chat_choices.h
    qint64 parent = 0; // the folder it is in; 0: none. See folder_tree.h
    friend bool operator==(const FolderRecord &, const FolderRecord &) = default;
};

// What a write does. All of one write are committed together or not at all; each can be repeated without
// harm, so that a write whose commit was in doubt is simply done again.
struct CreateConversation
{
    ConversationRecord conversation;
};
struct SaveMessage // inserts or replaces
{
    MessageRecord message;
};
struct JournalAnswer // the answer so far
{
    qint64 messageId = 0;
    QString content, reasoning;
    qint64 reasoningMs = 0;
    QByteArray lens{}; // empty: what is there stays
};
struct SaveLens // the tokens of an answer, see token_lens.h; empty: there are none
{
    qint64 messageId = 0;
    QByteArray lens;
};
struct SetCurrentLeaf
{
    qint64 conversationId = 0, messageId = 0;
    qint64 updated = 0; // 0: leaves the time of the last change as it is
};
struct SetTitle
{
    qint64 conversationId = 0;
    QString title;
    bool byUser = false; // a title that is not by the user never replaces one that is
};
struct SetPinned
{
    qint64 conversationId = 0;
    bool pinned = false;
};
struct SetDeleted
{
    qint64 conversationId = 0;
    qint64 deletedAt = 0; // 0: brings it back
};
struct RemoveConversation // for good, with all its messages
{
    qint64 conversationId = 0;
};
struct SetArchived
{
    qint64 conversationId = 0;
    qint64 archivedAt = 0; // 0: brings it back
};
struct SetTags // instead of those it has
{
    qint64 conversationId = 0;
    QStringList tags;
};
struct SetFolder
{
    qint64 conversationId = 0;
    qint64 folderId = 0; // 0: out of its folder
};
struct SaveFolder // inserts or replaces
{
    FolderRecord folder;
};
struct RemoveFolder // its conversations and folders stay, in the folder that it is in
{
    qint64 folderId = 0;
};
struct SetView
{
    qint64 conversationId = 0;
    ConversationView view;
};
struct SetContextMarks
{
    qint64 messageId = 0;
    bool pinned = false, leftOut = false;
};
struct SetSummary // an empty text removes it
{
    qint64 messageId = 0;
    qint64 from = 0;
    QString text;
};
struct SetChoices
{
    qint64 conversationId = 0;
    QByteArray choices;
};
struct SetDraft // an empty text removes it; conversation 0: the one not begun yet
{
    qint64 conversationId = 0;
    QString text;
};
using StoreOperation =
    std::variant<CreateConversation, SaveMessage, JournalAnswer, SaveLens, SetCurrentLeaf, SetTitle, SetPinned, SetDeleted,
                 RemoveConversation, SetArchived, SetTags, SetFolder, SaveFolder, RemoveFolder, SetView, SetContextMarks,
                 SetSummary, SetChoices, SetDraft, SaveAttachment, SetAttachmentUse, RemoveAttachment>;
using StoreOperations = QVector<StoreOperation>;

inline constexpr qint64 kKeepDeletedMs = qint64(30) * 24 * 3600 * 1000;

// Unique and growing: microseconds since 1970, one later than the one before where needed. Any thread.
qint64 newRecordId();
// Ids from now on are larger than this one: for a clock that was set back.
void raiseRecordId(qint64 id);
qint64 nowMs();

} // namespace app
