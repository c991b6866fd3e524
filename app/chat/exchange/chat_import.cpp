#include "app/chat/exchange/chat_import.h"

#include "app/chat/exchange/chat_json.h"
#include "app/chat/exchange/chat_markdown.h"
#include "app/chat/exchange/foreign_chats.h"

#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonObject>
#include <QStringDecoder>

namespace app {

using inference::Error;
using inference::ErrorCode;
using inference::ErrorParts;
using inference::Result;

namespace {

constexpr const char *kKnown = "JSON of Baleen, ChatGPT, Open WebUI or LM Studio, a list of messages, or Markdown with headings of roles";

Error unknownFormat(const QString &name, const QString &found)
{
    return Error(ErrorCode::Unsupported, ErrorParts{.what = "No chats are found in this file",
                                                    .where = name.toStdString(),
                                                    .expected = kKnown,
                                                    .found = found.toStdString()});
}

Result<ChatFile> fromJson(const QJsonDocument &document, const QString &name)
{
    if (isChatsJson(document))
        return chatsFromJson(document);
    const ForeignFormat format = formatOf(document);
    if (format == ForeignFormat::None)
        return unknownFormat(name, QStringLiteral("other JSON"));
    ChatFile file = foreignChats(document, format);
    if (file.chats.isEmpty())
        return unknownFormat(name, file.notes.value(0, QStringLiteral("no message")));
    return file;
}

// A chat a line.
std::optional<QJsonDocument> fromLines(const QByteArray &bytes)
{
    QJsonArray chats;
    for (const QByteArray &line : bytes.split('\n')) {
        if (line.trimmed().isEmpty())
            continue;
        const QJsonDocument document = QJsonDocument::fromJson(line);
        if (!document.isObject())
            return std::nullopt;
        chats.append(document.object());
    }
    return chats.size() > 1 ? std::optional(QJsonDocument(chats)) : std::nullopt;
}

} // namespace

Result<ChatFile> importChats(const QByteArray &bytes, const QString &name)
{
    QByteArray json = bytes;
    if (json.startsWith("\xEF\xBB\xBF"))
        json.remove(0, 3);
    const QByteArray head = json.left(64).trimmed();
    if (head.startsWith('{') || head.startsWith('[')) {
        QJsonParseError error;
        const QJsonDocument document = QJsonDocument::fromJson(json, &error);
        if (error.error == QJsonParseError::NoError)
            return fromJson(document, name);
        if (const auto lines = fromLines(json))
            return fromJson(*lines, name);
        return Error(ErrorCode::Damaged, ErrorParts{.what = "This file is no JSON",
                                                    .where = (name + QStringLiteral(", byte %1").arg(error.offset)).toStdString(),
                                                    .found = error.errorString().toStdString()});
    }
    QStringDecoder decoder(QStringDecoder::Utf8);
    const QString markdown = decoder.decode(json);
    if (decoder.hasError())
        return unknownFormat(name, QStringLiteral("bytes that are no text"));
    const auto chat = chatFromMarkdown(markdown);
    if (!chat || chat->contents.messages.isEmpty())
        return unknownFormat(name, QStringLiteral("text without such headings"));
    ChatFile file;
    file.chats << *chat;
    ConversationRecord &c = file.chats.first().contents.conversation;
    if (c.title.isEmpty())
        c.title = QFileInfo(name).completeBaseName();
    if (c.created == 0)
        c.created = c.updated = nowMs();
    return file;
}

Result<ChatFile> importChats(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Error(file.exists() ? ErrorCode::Io : ErrorCode::NotFound,
                     ErrorParts{.what = "The file cannot be read", .where = path.toStdString(), .found = file.errorString().toStdString()});
    if (file.size() > kLargestImport)
        return Error(ErrorCode::Unsupported, ErrorParts{.what = "The file is too large",
                                                        .where = path.toStdString(),
                                                        .expected = "at most " + std::to_string(kLargestImport) + " bytes",
                                                        .found = std::to_string(file.size())});
    const QByteArray bytes = file.readAll();
    if (file.error() != QFileDevice::NoError)
        return Error(ErrorCode::Io, ErrorParts{.what = "The file cannot be read", .where = path.toStdString(), .found = file.errorString().toStdString()});
    return importChats(bytes, QFileInfo(path).fileName());
}

} // namespace app
