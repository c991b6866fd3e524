#include "app/chat/message_outline.h"

#include <QSet>

#include <algorithm>
#include <utility>

namespace app {

namespace {

// The newest message of each branch, by the message it begins with.
QHash<qint64, qint64> newestBelow(const MessageTree &tree)
{
    QVector<qint64> ids = tree.children(0); // each before its children
    for (qsizetype i = 0; i < ids.size(); ++i)
        ids << tree.children(ids[i]);
    QHash<qint64, qint64> newest;
    newest.reserve(ids.size());
    for (auto id = ids.crbegin(); id != ids.crend(); ++id) {
        qint64 last = *id;
        for (const qint64 child : tree.children(*id))
            last = std::max(last, newest.value(child));
        newest.insert(*id, last);
    }
    return newest;
}

} // namespace

QVector<OutlineRow> outline(const MessageTree &tree, qint64 leaf)
{
    const QVector<qint64> path = tree.path(leaf);
    const QSet<qint64> shown(path.begin(), path.end());
    const QHash<qint64, qint64> newest = newestBelow(tree);
    QVector<OutlineRow> rows, open;
    rows.reserve(newest.size());
    const auto follow = [&](qint64 parent, int lane) {
        const QVector<qint64> &children = tree.children(parent);
        if (children.isEmpty())
            return;
        const auto weight = [&](qint64 id) { return std::pair(shown.contains(id), newest.value(id)); };
        const qint64 straight = *std::max_element(children.begin(), children.end(), [&](qint64 a, qint64 b) { return weight(a) < weight(b); });
        open.append({straight, lane});
        for (auto child = children.crbegin(); child != children.crend(); ++child)
            if (*child != straight)
                open.append({*child, lane + 1, true});
    };
    follow(0, 0);
    bool pathGoesOn = !path.isEmpty();
    while (!open.isEmpty()) {
        OutlineRow row = open.takeLast();
        row.goesOn = !tree.children(row.id).isEmpty();
        row.isShown = shown.contains(row.id);
        row.pathAbove = pathGoesOn;
        if (row.lane == 0)
            pathGoesOn = row.isShown && row.id != leaf;
        row.pathBelow = pathGoesOn;
        follow(row.id, row.lane);
        rows << row;
    }
    return rows;
}

} // namespace app
