// Chats as Baleen's own JSON: complete, and read back without a difference.
//
//   {"format": "baleen-chats", "version": 1, "chats": [{"title": …, "messages": [{"parent": 0, "role": "user", "text": …}, …]}, …]}
//
// Messages stand in the order in which they were made; "parent" and "current" count them from 0. What is empty or 0 is left out.
// "folder" is a name, or from the outermost on a list of {"name": …, "choices": {…}}. Times are in UTC, to the millisecond. "attachments" of a message and "draft_attachments" of a chat hold name, kind, text and note.
#pragma once

#include "app/chat/exchange/chat_file.h"

#include <QJsonDocument>

namespace app {

QByteArray chatsToJson(const QVector<ExchangedChat> &chats);
bool isChatsJson(const QJsonDocument &document);
// Fails with Damaged (says where) or Unsupported (a newer version).
inference::Result<ChatFile> chatsFromJson(const QJsonDocument &document);

} // namespace app
