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
        for (const ExchangedFolder &wanted : chat.folders) {
            const qint64 outer = contents.conversation.folder;
            auto folder = std::find_if(known.begin(), known.end(), [&](const FolderRecord &f) { return f.name == wanted.name && f.parent == outer; });
            const bool isNew = folder == known.end();
            if (isNew) {
                known << FolderRecord{newRecordId(), wanted.name, known.isEmpty() ? 1 : known.last().position + 1, {}, outer};
                folder = known.end() - 1;
            }
            if (isNew || (folder->choices.isEmpty() && !wanted.choices.isEmpty())) {
                folder->choices = wanted.choices;
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
