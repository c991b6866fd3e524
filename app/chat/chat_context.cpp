#include "app/chat/chat_context.h"

namespace app {

QVector<ContextTurn> contextTurns(int count, const MessageAt &at)
{
    QVector<ContextTurn> turns;
    QVector<int> turnOf(count);
    bool asked = true; // the turn has its message of the user
    for (int i = 0; i < count; ++i) {
        const bool user = at(i).role == Role::User;
        if (turns.isEmpty() || (user && asked)) {
            turns.append({i, 0});
            asked = false;
        }
        asked = asked || user;
        ContextTurn &turn = turns.last();
        ++turn.count;
        turnOf[i] = int(turns.size()) - 1;
        if (at(i).role == Role::User) {
            turn.pinned = at(i).pinned;
            turn.sight = at(i).leftOut ? Sight::LeftOut : Sight::Seen;
        }
    }
    // From the end, so that of two summaries the later one stands.
    int free = count; // messages from here on are taken
    for (int carrier = count - 1; carrier >= 0; --carrier) {
        const MessageRecord &record = at(carrier);
        if (record.summary.isEmpty() || carrier >= free)
            continue;
        int from = carrier;
        while (from >= 0 && at(from).id != record.summaryFrom)
            --from;
        if (from < 0)
            continue; // on another branch
        const int firstTurn = turnOf[from];
        turns[firstTurn].summary = carrier;
        for (int t = firstTurn; t <= turnOf[carrier]; ++t)
            if (!turns[t].pinned && turns[t].sight == Sight::Seen)
                turns[t].sight = Sight::Summarised;
        free = turns[firstTurn].first;
    }
    return turns;
}

QVector<ContextTurn> contextTurns(const QVector<MessageRecord> &path)
{
    return contextTurns(int(path.size()), [&path](int place) -> const MessageRecord & { return path[place]; });
}

// To the model: never translated.
QString summaryForModel(const QString &summary)
{
    return QStringLiteral("Summary of the earlier part of this conversation:\n\n") + summary;
}

} // namespace app
