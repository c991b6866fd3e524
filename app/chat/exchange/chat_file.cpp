#include "app/chat/exchange/chat_file.h"

#include "app/chat/conversation_copy.h"

#include <QDateTime>

#include <algorithm>

namespace app {

QString exchangeTime(qint64 ms)
{
    return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC).toString(Qt::ISODateWithMs);
}

qint64 exchangeTime(const QString &text)
{
    const QDateTime time = QDateTime::fromString(text, Qt::ISODateWithMs);
    return time.isValid() ? time.toMSecsSinceEpoch() : 0;
}

QVector<StoreOperations> importOperations(const ChatFile &file, const QVector<FolderRecord> &folders)
{
    QVector<StoreOperations> pieces;
    QVector<FolderRecord> known = folders;
    for (const ExchangedChat &chat : file.chats) {
        StoreOperations operations;
        ConversationContents contents = chat.contents;
        contents.conversation.folder = 0;
        if (!chat.folder.isEmpty()) {
            auto folder = std::find_if(known.begin(), known.end(), [&](const FolderRecord &f) { return f.name == chat.folder; });
            if (folder == known.end()) {
                known << FolderRecord{newRecordId(), chat.folder, known.isEmpty() ? 1 : known.last().position + 1};
                folder = known.end() - 1;
                operations << SaveFolder{*folder};
            }
            contents.conversation.folder = folder->id;
        }
        operations << withNewIds(contents);
        pieces << operations;
    }
    return pieces;
}

} // namespace app
