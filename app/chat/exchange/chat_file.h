// Chats outside of the store: what an export holds and an import brings.
#pragma once

#include "app/chat/store_queries.h"

namespace app {

// A folder by its name, with what it wants for all its conversations (chat_choices.h).
struct ExchangedFolder
{
    QString name;
    QByteArray choices{};
    friend bool operator==(const ExchangedFolder &, const ExchangedFolder &) = default;
};

// A conversation with its folders in place of an id, which means something in one store alone.
struct ExchangedChat
{
    ConversationContents contents;     // ids are those of the store it comes from, or 1, 2 … of a foreign file
    QVector<ExchangedFolder> folders{}; // from the outermost to the one it is in; empty: in none
};

struct ChatFile
{
    QVector<ExchangedChat> chats;
    QStringList notes; // what was left out of a foreign file, a sentence each
};

// A time in the files: in UTC, to the millisecond. 0 for what is none.
QString exchangeTime(qint64 ms);
qint64 exchangeTime(const QString &text);

// What brings them into a store: new ids in the same order, folders by their names and places, made where there are none; one that is
// there keeps its own choices, if it has any. A chat is a chat of its
// own, whatever is there already. Some messages a piece, so that nobody waits long for the store; a chat's own operations stay together.
QVector<StoreOperations> importOperations(const ChatFile &file, const QVector<FolderRecord> &folders);

} // namespace app
