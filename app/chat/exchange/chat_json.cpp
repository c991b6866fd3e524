#include "app/chat/exchange/chat_json.h"

#include <QDateTime>
#include <QHash>
#include <QJsonArray>
#include <QJsonObject>

#include <algorithm>

namespace app {

using inference::Error;
using inference::ErrorCode;
using inference::ErrorParts;
using inference::Result;

namespace {

const QString kChatFormat = QStringLiteral("baleen-chats");
constexpr int kVersion = 1;
constexpr int kDeepestFolder = 32;

void put(QJsonObject &object, const char *key, const QString &value)
{
    if (!value.isEmpty())
        object[QLatin1String(key)] = value;
}
void put(QJsonObject &object, const char *key, qint64 value)
{
    if (value != 0)
        object[QLatin1String(key)] = value;
}
void put(QJsonObject &object, const char *key, double value)
{
    if (value != 0)
        object[QLatin1String(key)] = value;
}
void putTime(QJsonObject &object, const char *key, qint64 ms)
{
    if (ms != 0)
        object[QLatin1String(key)] = exchangeTime(ms);
}

void putAttachments(QJsonObject &object, const char *key, const QVector<AttachmentRecord> &attachments)
{
    QJsonArray array;
    for (const AttachmentRecord &a : attachments) {
        QJsonObject one{{QStringLiteral("name"), a.name}, {QStringLiteral("kind"), attachmentKindWord(a.kind)}, {QStringLiteral("text"), a.text}};
        put(one, "bytes", a.bytes);
        put(one, "note", a.note);
        if (a.pinned)
            one[QLatin1String("pinned")] = true;
        if (a.leftOut)
            one[QLatin1String("left_out")] = true;
        array.append(one);
    }
    if (!array.isEmpty())
        object[QLatin1String(key)] = array;
}

// `places`: of the messages before, by id.
QJsonObject toJson(const MessageRecord &m, const QByteArray &lens, const QHash<qint64, int> &places)
{
    QJsonObject object;
    if (const int parent = places.value(m.parentId, -1); parent >= 0)
        object[QLatin1String("parent")] = parent;
    object[QLatin1String("role")] = roleWord(m.role);
    object[QLatin1String("text")] = m.content;
    put(object, "reasoning", m.reasoning);
    put(object, "reasoning_ms", m.reasoningMs);
    // An answer that is being written while it is exported is one that ends there.
    const MessageState state = m.state == MessageState::Streaming ? MessageState::Interrupted : m.state;
    if (state != MessageState::Complete)
        object[QLatin1String("state")] = stateWord(state);
    put(object, "end_reason", m.endReason);
    put(object, "error", m.error);
    if (m.errorCode >= 0)
        object[QLatin1String("error_code")] = m.errorCode;
    put(object, "model", m.model);
    put(object, "prompt_tokens", qint64(m.promptTokens));
    put(object, "cached_tokens", qint64(m.cachedTokens));
    put(object, "generated_tokens", qint64(m.generatedTokens));
    put(object, "prefill_tokens_per_second", m.prefillTokensPerSecond);
    put(object, "decode_tokens_per_second", m.decodeTokensPerSecond);
    put(object, "first_token_ms", m.firstTokenMs);
    if (!m.receipt.isEmpty())
        object[QLatin1String("receipt")] = QJsonDocument::fromJson(m.receipt).object();
    put(object, "lens", QString::fromLatin1(lens.toBase64()));
    putTime(object, "created", m.created);
    if (m.pinned)
        object[QLatin1String("pinned")] = true;
    if (m.leftOut)
        object[QLatin1String("left_out")] = true;
    if (const int from = m.summaryFrom == m.id ? int(places.size()) : places.value(m.summaryFrom, -1); !m.summary.isEmpty() && from >= 0) {
        object[QLatin1String("summary")] = m.summary;
        object[QLatin1String("summary_from")] = from;
    }
    putAttachments(object, "attachments", m.attachments);
    return object;
}

// A name alone where there is no more to say.
QJsonValue toJson(const QVector<ExchangedFolder> &folders)
{
    if (folders.size() == 1 && folders.first().choices.isEmpty())
        return folders.first().name;
    QJsonArray path;
    for (const ExchangedFolder &folder : folders) {
        QJsonObject one{{QStringLiteral("name"), folder.name}};
        if (!folder.choices.isEmpty())
            one[QLatin1String("choices")] = QJsonDocument::fromJson(folder.choices).object();
        path.append(one);
    }
    return path;
}

QJsonObject toJson(const ExchangedChat &chat)
{
    const ConversationRecord &c = chat.contents.conversation;
    QVector<MessageRecord> messages = chat.contents.messages;
    std::sort(messages.begin(), messages.end(), [](const MessageRecord &a, const MessageRecord &b) { return a.id < b.id; });
    QHash<qint64, int> places;
    QJsonArray array;
    for (const MessageRecord &message : std::as_const(messages)) {
        array.append(toJson(message, chat.contents.lenses.value(message.id), places));
        places.insert(message.id, int(array.size()) - 1);
    }
    QJsonObject object;
    object[QLatin1String("title")] = c.title;
    if (c.titledByUser)
        object[QLatin1String("titled_by_user")] = true;
    if (c.pinned)
        object[QLatin1String("pinned")] = true;
    if (!chat.folders.isEmpty())
        object[QLatin1String("folder")] = toJson(chat.folders);
    if (!c.tags.isEmpty())
        object[QLatin1String("tags")] = QJsonArray::fromStringList(c.tags);
    putTime(object, "created", c.created);
    putTime(object, "updated", c.updated);
    putTime(object, "archived", c.archivedAt);
    if (places.contains(c.currentLeaf))
        object[QLatin1String("current")] = places.value(c.currentLeaf);
    put(object, "draft", chat.contents.draft);
    if (!c.choices.isEmpty())
        object[QLatin1String("choices")] = QJsonDocument::fromJson(c.choices).object();
    putAttachments(object, "draft_attachments", chat.contents.draftAttachments);
    object[QLatin1String("messages")] = array;
    return object;
}

// Reads one object, and remembers the first thing that is not as it should be.
class Fields
{
public:
    Fields(const QJsonObject &object, const QString &where, std::optional<Error> &error)
        : m_object(object), m_where(where), m_error(error)
    {}

    QString text(const char *key) { return value(key, QJsonValue::String, "text").toString(); }
    bool flag(const char *key) { return value(key, QJsonValue::Bool, "true or false").toBool(); }
    double real(const char *key) { return value(key, QJsonValue::Double, "a number").toDouble(); }
    qint64 integer(const char *key, qint64 otherwise = 0)
    {
        const QJsonValue found = value(key, QJsonValue::Double, "a number");
        return found.isDouble() ? found.toInteger(otherwise) : otherwise;
    }
    QJsonObject object(const char *key) { return value(key, QJsonValue::Object, "an object").toObject(); }
    QJsonArray array(const char *key) { return value(key, QJsonValue::Array, "a list").toArray(); }
    qint64 time(const char *key)
    {
        const QString words = text(key);
        if (words.isEmpty())
            return 0;
        const QDateTime time = QDateTime::fromString(words, Qt::ISODateWithMs);
        if (!time.isValid())
            fail(key, "a time like 2026-11-27T09:30:00.000Z", words.left(40));
        return time.isValid() ? time.toMSecsSinceEpoch() : 0;
    }
    void fail(const char *key, const char *expected, const QString &found)
    {
        if (!m_error)
            m_error = Error(ErrorCode::Damaged, ErrorParts{.what = "This file of chats is damaged",
                                                           .where = (m_where + QStringLiteral(", ") + QLatin1String(key)).toStdString(),
                                                           .expected = expected,
                                                           .found = found.toStdString()});
    }

private:
    QJsonValue value(const char *key, QJsonValue::Type type, const char *expected)
    {
        const QJsonValue found = m_object.value(QLatin1String(key));
        if (found.isUndefined() || found.type() == type)
            return found;
        fail(key, expected, QString::fromUtf8(QJsonDocument(QJsonArray{found}).toJson(QJsonDocument::Compact)).left(40));
        return QJsonValue(QJsonValue::Undefined);
    }

    QJsonObject m_object;
    QString m_where;
    std::optional<Error> &m_error;
};

QVector<AttachmentRecord> attachmentsOf(const QJsonArray &array, const QString &where, std::optional<Error> &error)
{
    QVector<AttachmentRecord> attachments;
    for (int i = 0; i < array.size(); ++i) {
        Fields fields(array[i].toObject(), where + QStringLiteral(", attachment %1").arg(i + 1), error);
        AttachmentRecord a;
        a.position = i;
        a.name = fields.text("name");
        a.kind = attachmentKindOf(fields.text("kind"));
        a.text = fields.text("text");
        a.bytes = fields.integer("bytes");
        a.note = fields.text("note");
        a.pinned = fields.flag("pinned");
        a.leftOut = fields.flag("left_out");
        attachments << a;
    }
    return attachments;
}

MessageRecord messageFrom(const QJsonObject &object, int number, const QString &where, std::optional<Error> &error)
{
    Fields fields(object, where, error);
    MessageRecord m;
    m.id = number + 1;
    const qint64 parent = fields.integer("parent", -1);
    if (parent >= number || parent < -1)
        fields.fail("parent", "the number of an earlier message", QString::number(parent));
    m.parentId = parent + 1;
    m.role = roleOf(fields.text("role"));
    if (roleWord(m.role) != fields.text("role"))
        fields.fail("role", "user, assistant or system", fields.text("role").left(40));
    m.content = fields.text("text");
    m.reasoning = fields.text("reasoning");
    m.reasoningMs = fields.integer("reasoning_ms");
    m.state = stateOf(fields.text("state"));
    if (m.state == MessageState::Streaming)
        m.state = MessageState::Interrupted;
    m.endReason = fields.text("end_reason");
    m.error = fields.text("error");
    m.errorCode = int(fields.integer("error_code", -1));
    m.model = fields.text("model");
    m.promptTokens = int(fields.integer("prompt_tokens"));
    m.cachedTokens = int(fields.integer("cached_tokens"));
    m.generatedTokens = int(fields.integer("generated_tokens"));
    m.prefillTokensPerSecond = fields.real("prefill_tokens_per_second");
    m.decodeTokensPerSecond = fields.real("decode_tokens_per_second");
    m.firstTokenMs = fields.real("first_token_ms");
    if (const QJsonObject receipt = fields.object("receipt"); !receipt.isEmpty())
        m.receipt = QJsonDocument(receipt).toJson(QJsonDocument::Compact);
    m.created = fields.time("created");
    m.pinned = fields.flag("pinned");
    m.leftOut = fields.flag("left_out");
    m.summary = fields.text("summary");
    if (!m.summary.isEmpty()) {
        const qint64 from = fields.integer("summary_from", -1);
        if (from > number || from < 0)
            fields.fail("summary_from", "the number of this message or an earlier one", QString::number(from));
        m.summaryFrom = from + 1;
    }
    m.attachments = attachmentsOf(fields.array("attachments"), where, error);
    return m;
}

QVector<ExchangedFolder> foldersOf(const QJsonValue &value, Fields &fields, const QString &where, std::optional<Error> &error)
{
    if (!value.isArray()) {
        const QString name = fields.text("folder");
        return name.isEmpty() ? QVector<ExchangedFolder>() : QVector<ExchangedFolder>{{name}};
    }
    QVector<ExchangedFolder> folders;
    const QJsonArray path = value.toArray();
    if (path.size() > kDeepestFolder)
        fields.fail("folder", "at most 32 folders in each other", QString::number(path.size()));
    for (const QJsonValue &one : path) {
        Fields folder(one.toObject(), where + QStringLiteral(", folder"), error);
        ExchangedFolder read{folder.text("name")};
        if (read.name.isEmpty())
            folder.fail("name", "a name", QString());
        if (const QJsonObject choices = folder.object("choices"); !choices.isEmpty())
            read.choices = QJsonDocument(choices).toJson(QJsonDocument::Compact);
        folders << read;
    }
    return folders;
}

ExchangedChat chatOf(const QJsonObject &object, int number, std::optional<Error> &error)
{
    const QString where = QStringLiteral("chat %1").arg(number + 1);
    Fields fields(object, where, error);
    ExchangedChat chat;
    ConversationRecord &c = chat.contents.conversation;
    c.id = number + 1;
    c.title = fields.text("title");
    c.titledByUser = fields.flag("titled_by_user");
    c.pinned = fields.flag("pinned");
    chat.folders = foldersOf(object.value(QLatin1String("folder")), fields, where, error);
    for (const QJsonValue &tag : fields.array("tags"))
        c.tags << tag.toString();
    c.created = fields.time("created");
    c.updated = fields.time("updated");
    c.archivedAt = fields.time("archived");
    chat.contents.draft = fields.text("draft");
    if (const QJsonObject choices = fields.object("choices"); !choices.isEmpty())
        c.choices = QJsonDocument(choices).toJson(QJsonDocument::Compact);
    chat.contents.draftAttachments = attachmentsOf(fields.array("draft_attachments"), where, error);
    const QJsonArray messages = fields.array("messages");
    for (int i = 0; i < messages.size(); ++i) {
        const QJsonObject message = messages[i].toObject();
        const QString place = where + QStringLiteral(", message %1").arg(i + 1);
        chat.contents.messages << messageFrom(message, i, place, error);
        if (const QString lens = Fields(message, place, error).text("lens"); !lens.isEmpty())
            chat.contents.lenses.insert(i + 1, QByteArray::fromBase64(lens.toLatin1()));
    }
    const qint64 current = fields.integer("current", -1);
    if (current >= messages.size() || current < -1)
        fields.fail("current", "the number of a message", QString::number(current));
    c.currentLeaf = current + 1;
    return chat;
}

} // namespace

QByteArray chatsToJson(const QVector<ExchangedChat> &chats)
{
    QJsonArray array;
    for (const ExchangedChat &chat : chats)
        array.append(toJson(chat));
    return QJsonDocument(QJsonObject{{QStringLiteral("format"), kChatFormat}, {QStringLiteral("version"), kVersion}, {QStringLiteral("chats"), array}})
        .toJson(QJsonDocument::Indented);
}

bool isChatsJson(const QJsonDocument &document)
{
    return document.object().value(QLatin1String("format")) == QJsonValue(kChatFormat);
}

Result<ChatFile> chatsFromJson(const QJsonDocument &document)
{
    const QJsonObject object = document.object();
    std::optional<Error> error;
    Fields fields(object, QStringLiteral("the file"), error);
    if (fields.integer("version") > kVersion)
        return Error(ErrorCode::Unsupported, ErrorParts{.what = "This file of chats was written by a newer Baleen",
                                                        .expected = "version " + std::to_string(kVersion),
                                                        .found = std::to_string(fields.integer("version")),
                                                        .wayOut = "Update Baleen."});
    ChatFile file;
    const QJsonArray chats = fields.array("chats");
    for (int i = 0; i < chats.size() && !error; ++i)
        file.chats << chatOf(chats[i].toObject(), i, error);
    if (error)
        return *error;
    return file;
}

} // namespace app
