// Finds words in everything that was typed, attached or answered: an FTS5 index in a file of its own, `search.db`, beside the chats. It can be
// deleted at any time: it is made again from them. On the store's thread.
#pragma once

#include "app/chat/chat_records.h"
#include "app/chat/database.h"
#include "app/chat/search_words.h"

namespace app {

struct SearchHit
{
    qint64 conversationId = 0;
    qint64 messageId = 0; // the newest one of the conversation that has all words
    Role role = Role::User;
    bool inReasoning = false; // of an answer; the snippet is of it
    QString attachment;       // the name of the one that the snippet is of; empty: it is of the message itself
    Snippet snippet;
    int more = 0; // other messages of the conversation that have them, as far as was looked
};

struct SearchResult
{
    QVector<SearchHit> hits; // one a conversation, newest message first
    int unread = 0;          // messages that are not in the index yet
};

// What the index has to do is written down in the chats' own file, table search_pending, in the transaction that changes a message: so
// nothing is forgotten whatever ends the program, and at worst a message is read twice.
class SearchIndex
{
public:
    // Attaches the index of this folder to the chats' connection, which outlives it. An index that is damaged, missing or lacks
    // messages is begun anew.
    static inference::Result<std::unique_ptr<SearchIndex>> open(Database &database, const QString &folder);
    ~SearchIndex();
    // Removes the files of an index that is not open.
    static void discard(const QString &folder);

    // Takes up to so many messages into the index, or a piece of a long attachment. True: more are waiting. An error means that nothing
    // was changed.
    inference::Result<bool> takeSome(int messages);
    // A filter alone finds the messages that pass it. Conversations of the panel `kind` that are not deleted.
    inference::Result<SearchResult> find(const SearchQuery &query, const QString &kind, int conversations) const;

private:
    explicit SearchIndex(Database &database) : m_database(database) {}
    inference::Result<bool> take(qint64 message); // true: it is whole, with its attachments
    inference::Result<bool> takeAttachments(const Statement &message, qint64 id);
    // Reads what is shown of it; `letters` are those of the attachment, `left` what may be read of attachments for one search.
    inference::Result<void> showHit(SearchHit &hit, qint64 attachment, qint64 start, qint64 letters, qint64 &left, const SearchQuery &query) const;

    Database &m_database;
    qsizetype m_letters = 0; // of attachments that may be read still before others get their turn
};

QString searchPath(const QString &folder);

} // namespace app
