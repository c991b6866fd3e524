// Which messages of a conversation the model sees: all of them, but for those that the user left out or had summarised.
#pragma once

#include "app/chat/chat_records.h"

#include <functional>

namespace app {

enum class Sight {
    Seen,
    LeftOut,   // the user took it out
    Summarised // a summary stands for it
};

// A message of the user and the answers that follow it on a path: they are pinned, left out and summarised together, so that what is
// left alternates as every chat format wants it. Messages before the first of the user belong to the first turn.
struct ContextTurn
{
    int first = 0, count = 0; // of the path
    Sight sight = Sight::Seen;
    bool pinned = false;
    // Place in the path of the message whose summary stands before this turn, where the summarised ones begin; -1: none does.
    int summary = -1;
    friend bool operator==(const ContextTurn &, const ContextTurn &) = default;
};

// Of a path of `count` messages. Pinned turns are seen, inside of what is summarised too.
// A summary stands for its messages only where the path holds the first and the last of them; of two that overlap the later one does.
using MessageAt = std::function<const MessageRecord &(int place)>;
QVector<ContextTurn> contextTurns(int count, const MessageAt &at);
QVector<ContextTurn> contextTurns(const QVector<MessageRecord> &path);

// What the model reads where a summary stands.
QString summaryForModel(const QString &summary);

} // namespace app
