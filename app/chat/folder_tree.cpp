#include "app/chat/folder_tree.h"

#include <QHash>
#include <QSet>
#include <QStringList>

#include <algorithm>
#include <functional>
#include <tuple>

namespace app {

namespace {

QHash<qint64, FolderRecord> byId(const QVector<FolderRecord> &folders)
{
    QHash<qint64, FolderRecord> known;
    for (const FolderRecord &folder : folders)
        known.insert(folder.id, folder);
    return known;
}

} // namespace

QVector<FolderRecord> folderPath(const QVector<FolderRecord> &folders, qint64 folder)
{
    const QHash<qint64, FolderRecord> known = byId(folders);
    QVector<FolderRecord> path;
    QSet<qint64> seen;
    for (qint64 id = folder; id != 0 && known.contains(id) && !seen.contains(id); id = known.value(id).parent) {
        seen << id;
        path.prepend(known.value(id));
    }
    return path;
}

QString folderPathName(const QVector<FolderRecord> &folders, qint64 folder)
{
    QStringList names;
    for (const FolderRecord &each : folderPath(folders, folder))
        names << each.name;
    return names.join(QStringLiteral(" \u203a "));
}

QVector<FolderRecord> inTreeOrder(const QVector<FolderRecord> &folders)
{
    QVector<FolderRecord> sorted = folders;
    std::sort(sorted.begin(), sorted.end(),
              [](const FolderRecord &a, const FolderRecord &b) { return std::tuple(a.position, a.id) < std::tuple(b.position, b.id); });
    const QHash<qint64, FolderRecord> known = byId(folders);
    QHash<qint64, QVector<FolderRecord>> inside;
    for (const FolderRecord &folder : std::as_const(sorted))
        inside[known.contains(folder.parent) ? folder.parent : 0] << folder;
    QVector<FolderRecord> order;
    QSet<qint64> seen;
    const std::function<void(const FolderRecord &)> add = [&](const FolderRecord &folder) {
        if (seen.contains(folder.id))
            return;
        seen << folder.id;
        order << folder;
        for (const FolderRecord &each : inside.value(folder.id))
            add(each);
    };
    for (const FolderRecord &folder : inside.value(0))
        add(folder);
    for (const FolderRecord &folder : std::as_const(sorted)) // those of circles
        add(folder);
    return order;
}

bool isFolderInside(const QVector<FolderRecord> &folders, qint64 folder, qint64 outer)
{
    const QVector<FolderRecord> path = folderPath(folders, folder);
    return std::any_of(path.begin(), path.end(), [outer](const FolderRecord &each) { return each.id == outer; });
}

} // namespace app
