#include "app/chat/conversation_list_model.h"

#include "app/chat/conversation_copy.h"
#include "app/chat/folder_tree.h"

#include <QDateTime>
#include <QSet>

#include <algorithm>
#include <tuple>
#include <utility>

namespace app {

using inference::Result;

namespace {

// Typing is over, for now.
constexpr int kSearchDelayMs = 120;
constexpr int kMostFound = 200;

bool sameRow(const ConversationRecord &a, const ConversationRecord &b)
{
    return a.title == b.title && a.pinned == b.pinned && a.updated == b.updated && a.folder == b.folder && a.tags == b.tags &&
           a.archivedAt == b.archivedAt;
}

QStringList tagsOf(const QString &typed)
{
    QStringList tags;
    for (QString tag : typed.split(QLatin1Char(',')))
    {
        tag = tag.simplified();
        while (tag.startsWith(QLatin1Char('#')))
            tag.remove(0, 1);
        if (!tag.isEmpty() && !tags.contains(tag, Qt::CaseInsensitive))
            tags << tag.left(60);
    }
    tags.sort(Qt::CaseInsensitive);
    return tags;
}

} // namespace

ConversationListModel::ConversationListModel(ChatStore &store, const QString &kind, QObject *parent)
    : QAbstractListModel(parent), m_store(store), m_kind(kind)
{
    connect(&store, &ChatStore::committed, this, &ConversationListModel::applyCommitted);
    connect(&store, &ChatStore::opened, this, &ConversationListModel::load);
    m_dayTimer.setSingleShot(true);
    connect(&m_dayTimer, &QTimer::timeout, this, [this] {
        refresh();
        startDayTimer();
    });
    startDayTimer();
    m_searchTimer.setSingleShot(true);
    m_searchTimer.setInterval(kSearchDelayMs);
    connect(&m_searchTimer, &QTimer::timeout, this, &ConversationListModel::search);
    if (store.isOpen())
        load();
}

void ConversationListModel::load()
{
    m_store.readFolders(this, [this](const Result<QVector<FolderRecord>> &result) {
        if (!result)
            return; // the conversations' own answer tells
        m_folders = inTreeOrder(*result);
        refresh();
        Q_EMIT foldersChanged();
    });
    m_store.readConversations(this, [this](const Result<QVector<ConversationRecord>> &result) {
        if (!result) {
            Q_EMIT loadFailed(result.error());
            return;
        }
        m_all.clear();
        for (const ConversationRecord &conversation : *result)
            if (conversation.kind == m_kind)
                m_all << conversation;
        m_loaded = true;
        refresh();
        Q_EMIT loaded();
    });
}

int ConversationListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_shown.size());
}

QVariant ConversationListModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const ConversationRecord &conversation = m_shown[index.row()];
    switch (role) {
    case Qt::DisplayRole:
        return conversation.title.isEmpty() ? tr("New chat") : conversation.title;
    case IdRole:
        return conversation.id;
    case TitleRole:
        return conversation.title;
    case GroupRole:
        return int(groupOf(conversation, m_groupedOn));
    case SectionRole: {
        const Group group = groupOf(conversation, m_groupedOn);
        return group == Group::Folder ? conversation.folder : qint64(group);
    }
    case GroupNameRole: {
        const Group group = groupOf(conversation, m_groupedOn);
        const int folder = folderIndex(conversation.folder);
        return group == Group::Folder && folder >= 0 ? folderPathName(m_folders, conversation.folder) : groupName(group);
    }
    case FolderRole:
        return groupOf(conversation, m_groupedOn) == Group::Folder ? conversation.folder : qint64(0);
    case DepthRole:
        return groupOf(conversation, m_groupedOn) == Group::Folder ? std::max(0, int(folderPath(m_folders, conversation.folder).size()) - 1) : 0;
    case PinnedRole:
        return conversation.pinned;
    case CreatedRole:
        return conversation.created;
    case UpdatedRole:
        return conversation.updated;
    case TagsRole:
        return conversation.tags;
    case SnippetRole:
        return m_hits.value(conversation.id).snippet.text;
    case SnippetMarksRole:
        return QVariant::fromValue(m_hits.value(conversation.id).snippet.marks);
    default:
        return {};
    }
}

int ConversationListModel::rowOf(qint64 id) const
{
    for (qsizetype row = 0; row < m_shown.size(); ++row)
        if (m_shown[row].id == id)
            return int(row);
    return -1;
}

QVector<qint64> ConversationListModel::allIds() const
{
    QVector<qint64> ids;
    for (const ConversationRecord &conversation : m_all)
        ids << conversation.id;
    return ids;
}

// Removed ones too: what changes about them is there again when they come back.
ConversationRecord *ConversationListModel::record(qint64 id)
{
    for (auto *records : {&m_all, &m_removed})
        for (ConversationRecord &conversation : *records)
            if (conversation.id == id)
                return &conversation;
    return nullptr;
}

void ConversationListModel::find(const QString &text)
{
    m_search = text;
    m_query = searchQuery(text);
    ++m_searchNumber; // what is still looked for is not wanted any more
    m_searching = false;
    m_hits.clear();
    if (m_query.isEmpty()) {
        m_searchTimer.stop();
        m_unread = 0;
    } else {
        m_searchTimer.start();
    }
    refresh();
}

void ConversationListModel::search()
{
    m_searching = true;
    m_store.find(m_query, m_kind, kMostFound, this, [this, number = m_searchNumber](const Result<SearchResult> &result) {
        if (number != m_searchNumber)
            return;
        m_searching = false;
        m_unread = result ? result->unread : 0;
        for (const SearchHit &hit : result ? result->hits : QVector<SearchHit>())
            m_hits.insert(hit.conversationId, hit);
        refresh();
        if (!m_shown.isEmpty())
            Q_EMIT dataChanged(index(0), index(int(m_shown.size()) - 1)); // snippets
        Q_EMIT searched();
    });
}

bool ConversationListModel::isFound(const ConversationRecord &conversation) const
{
    if (m_search.trimmed().isEmpty() || m_hits.contains(conversation.id))
        return true;
    if (m_query.hasFilter()) // of messages
        return false;
    const QStringList words = m_query.words.isEmpty() ? m_search.split(QLatin1Char(' '), Qt::SkipEmptyParts) : m_query.words;
    return std::all_of(words.begin(), words.end(),
                       [&](const QString &word) { return conversation.title.contains(word, Qt::CaseInsensitive); });
}

bool ConversationListModel::isWanted(const ConversationRecord &conversation) const
{
    return (conversation.archivedAt == 0 || m_archivedShown) && isFound(conversation);
}

int ConversationListModel::hiddenFound() const
{
    return m_archivedShown ? 0
                           : int(std::count_if(m_all.begin(), m_all.end(), [this](const ConversationRecord &conversation) {
                                 return conversation.archivedAt != 0 && isFound(conversation);
                             }));
}

void ConversationListModel::showArchived(bool show)
{
    m_archivedShown = show;
    refresh();
}

qint64 ConversationListModel::create(const QString &title)
{
    ConversationRecord conversation;
    conversation.id = newRecordId();
    conversation.kind = m_kind;
    conversation.title = title;
    conversation.titledByUser = !title.isEmpty();
    conversation.created = conversation.updated = nowMs();
    m_store.write({CreateConversation{conversation}}, Durability::Typed);
    return conversation.id;
}

void ConversationListModel::rename(qint64 id, const QString &title)
{
    const QString simplified = title.simplified();
    if (!simplified.isEmpty())
        m_store.write({SetTitle{id, simplified, true}}, Durability::Typed);
}

void ConversationListModel::setPinned(qint64 id, bool pinned)
{
    m_store.write({SetPinned{id, pinned}}, Durability::Typed);
}

void ConversationListModel::setArchived(qint64 id, bool archived)
{
    m_store.write({SetArchived{id, archived ? nowMs() : 0}}, Durability::Typed);
}

void ConversationListModel::setTags(qint64 id, const QString &tags)
{
    m_store.write({SetTags{id, tagsOf(tags)}}, Durability::Typed);
}

void ConversationListModel::duplicate(qint64 id)
{
    m_store.readWhole(id, this, [this](const Result<ConversationContents> &result) {
        if (result && result->conversation.id != 0)
            m_store.write(copyOf(*result, tr("%1 (copy)").arg(result->conversation.title)), Durability::Typed);
    });
}

qint64 ConversationListModel::createFolder(const QString &name, qint64 parent)
{
    const QString simplified = name.simplified();
    if (simplified.isEmpty())
        return 0;
    const FolderRecord folder{newRecordId(), simplified, nextPosition(), {}, folderIndex(parent) < 0 ? 0 : parent};
    m_store.write({SaveFolder{folder}}, Durability::Typed);
    return folder.id;
}

void ConversationListModel::renameFolder(qint64 folder, const QString &name)
{
    const int at = folderIndex(folder);
    if (at < 0 || name.simplified().isEmpty())
        return;
    FolderRecord record = m_folders[at];
    record.name = name.simplified();
    m_store.write({SaveFolder{record}}, Durability::Typed);
}

bool ConversationListModel::canMoveFolder(qint64 folder, qint64 parent) const
{
    const int at = folderIndex(folder);
    return at >= 0 && m_folders[at].parent != parent && (parent == 0 || folderIndex(parent) >= 0) && !isFolderInside(m_folders, parent, folder);
}

void ConversationListModel::moveFolder(qint64 folder, qint64 parent)
{
    if (!canMoveFolder(folder, parent))
        return;
    FolderRecord record = m_folders[folderIndex(folder)];
    record.parent = parent;
    record.position = nextPosition(); // the last one there
    m_store.write({SaveFolder{record}}, Durability::Typed);
}

void ConversationListModel::removeFolder(qint64 folder)
{
    const int at = folderIndex(folder);
    if (at < 0)
        return;
    m_removedFolder = {m_folders[at], {}, {}};
    for (const auto *records : {&m_all, &m_removed})
        for (const ConversationRecord &conversation : *records)
            if (conversation.folder == folder)
                m_removedFolder.chats << conversation.id;
    for (const FolderRecord &each : std::as_const(m_folders))
        if (each.parent == folder)
            m_removedFolder.folders << each.id;
    m_store.write({RemoveFolder{folder}}, Durability::Typed, this, [this, name = m_folders[at].name](const Result<void> &result) {
        if (result)
            Q_EMIT folderRemoved(name);
    });
}

void ConversationListModel::undoRemoveFolder()
{
    const RemovedFolder removed = std::exchange(m_removedFolder, {});
    if (removed.folder.id == 0)
        return;
    StoreOperations operations{SaveFolder{removed.folder}};
    for (const qint64 id : removed.chats)
        if (const ConversationRecord *chat = record(id); chat && chat->folder == removed.folder.parent)
            operations << SetFolder{id, removed.folder.id};
    for (const qint64 id : removed.folders)
        if (const int at = folderIndex(id); at >= 0 && m_folders[at].parent == removed.folder.parent) {
            FolderRecord inside = m_folders[at];
            inside.parent = removed.folder.id;
            operations << SaveFolder{inside};
        }
    m_store.write(operations, Durability::Typed);
}

void ConversationListModel::setFolder(qint64 id, qint64 folder)
{
    m_store.write({SetFolder{id, folder}}, Durability::Typed);
}

qint64 ConversationListModel::nextPosition() const
{
    qint64 last = 0;
    for (const FolderRecord &folder : m_folders)
        last = std::max(last, folder.position);
    return last + 1;
}

int ConversationListModel::folderIndex(qint64 folder) const
{
    const auto found = std::find_if(m_folders.begin(), m_folders.end(), [folder](const FolderRecord &f) { return f.id == folder; });
    return found == m_folders.end() ? -1 : int(found - m_folders.begin());
}

void ConversationListModel::remove(qint64 id)
{
    m_store.write({SetDeleted{id, nowMs()}}, Durability::Typed);
}

void ConversationListModel::undoRemove()
{
    if (!m_removed.isEmpty())
        restore(m_removed.last().id);
}

void ConversationListModel::readDeleted(QObject *context, std::function<void(const QVector<ConversationRecord> &)> done)
{
    m_store.readDeleted(context, [this, done = std::move(done)](const Result<QVector<ConversationRecord>> &result) {
        QVector<ConversationRecord> chats;
        for (const ConversationRecord &conversation : result ? *result : QVector<ConversationRecord>())
            if (conversation.kind == m_kind)
                chats << conversation;
        // Those of an earlier run are known from now on, so that their rows come when they are brought back.
        for (const ConversationRecord &conversation : std::as_const(chats))
            if (!record(conversation.id))
                m_removed.prepend(conversation);
        done(chats);
    });
}

void ConversationListModel::restore(qint64 id)
{
    m_store.write({SetDeleted{id, 0}}, Durability::Typed);
}

void ConversationListModel::removeForGood(qint64 id)
{
    m_store.write({RemoveConversation{id}}, Durability::Typed);
}

// One that changes a conversation where it is. True: its row may be another now.
bool ConversationListModel::applyToConversation(const StoreOperation &operation)
{
    const auto change = [this](qint64 id, auto &&how) {
        ConversationRecord *c = record(id);
        if (c)
            how(*c);
        return c != nullptr;
    };
    if (const auto *title = std::get_if<SetTitle>(&operation))
        return change(title->conversationId, [title](ConversationRecord &c) {
            if (!title->byUser && c.titledByUser)
                return;
            c.title = title->title;
            c.titledByUser = title->byUser;
        });
    if (const auto *pin = std::get_if<SetPinned>(&operation))
        return change(pin->conversationId, [pin](ConversationRecord &c) { c.pinned = pin->pinned; });
    if (const auto *archived = std::get_if<SetArchived>(&operation))
        return change(archived->conversationId, [archived](ConversationRecord &c) { c.archivedAt = archived->archivedAt; });
    if (const auto *tags = std::get_if<SetTags>(&operation))
        return change(tags->conversationId, [tags](ConversationRecord &c) { c.tags = tags->tags; });
    if (const auto *folder = std::get_if<SetFolder>(&operation))
        return change(folder->conversationId, [folder](ConversationRecord &c) { c.folder = folder->folderId; });
    if (const auto *leaf = std::get_if<SetCurrentLeaf>(&operation)) {
        const bool found = change(leaf->conversationId, [leaf](ConversationRecord &c) {
            c.currentLeaf = leaf->messageId;
            c.updated = std::max(c.updated, leaf->updated);
        });
        return found && leaf->updated > 0;
    }
    return false;
}

bool ConversationListModel::applyToFolders(const StoreOperation &operation)
{
    if (const auto *save = std::get_if<SaveFolder>(&operation)) {
        const int at = folderIndex(save->folder.id);
        if (at >= 0)
            m_folders.removeAt(at);
        m_folders << save->folder;
        m_folders = inTreeOrder(m_folders);
        return true;
    }
    if (const auto *removed = std::get_if<RemoveFolder>(&operation)) {
        const int at = folderIndex(removed->folderId);
        const qint64 outer = at >= 0 ? m_folders[at].parent : 0;
        for (auto *records : {&m_all, &m_removed})
            for (ConversationRecord &conversation : *records)
                if (conversation.folder == removed->folderId)
                    conversation.folder = outer;
        for (FolderRecord &folder : m_folders)
            if (folder.parent == removed->folderId)
                folder.parent = outer;
        if (at >= 0)
            m_folders.removeAt(at);
        m_folders = inTreeOrder(m_folders);
        return true;
    }
    return false;
}

void ConversationListModel::applyCommitted(const StoreOperations &operations)
{
    if (!m_loaded)
        return; // load() reads it
    bool changes = false, folders = false;
    QVector<QPair<qint64, QString>> removedNow;
    QVector<qint64> restoredNow;
    for (const StoreOperation &operation : operations) {
        if (const auto *create = std::get_if<CreateConversation>(&operation)) {
            if (create->conversation.kind == m_kind && !record(create->conversation.id)) {
                m_all << create->conversation;
                changes = true;
            }
        } else if (const auto *deleted = std::get_if<SetDeleted>(&operation)) {
            const qint64 id = deleted->conversationId;
            const auto byId = [id](const ConversationRecord &c) { return c.id == id; };
            auto &from = deleted->deletedAt ? m_all : m_removed;
            auto &to = deleted->deletedAt ? m_removed : m_all;
            const auto found = std::find_if(from.begin(), from.end(), byId);
            if (found == from.end()) {
                if (!deleted->deletedAt && !record(id))
                    load(); // deleted in an earlier run
                continue;
            }
            to << *found;
            from.erase(found);
            changes = true;
            if (deleted->deletedAt)
                removedNow << qMakePair(id, m_removed.last().title);
            else
                restoredNow << id;
        } else if (const auto *gone = std::get_if<RemoveConversation>(&operation)) {
            for (auto *records : {&m_all, &m_removed})
                changes = records->removeIf([gone](const ConversationRecord &c) { return c.id == gone->conversationId; }) > 0 || changes;
        } else if (applyToFolders(operation)) {
            changes = folders = true;
        } else {
            changes = applyToConversation(operation) || changes;
        }
    }
    if (changes)
        refresh();
    if (folders)
        Q_EMIT foldersChanged();
    for (const auto &[id, title] : removedNow)
        Q_EMIT removed(id, title);
    for (const qint64 id : restoredNow)
        Q_EMIT restored(id);
}

ConversationListModel::Group ConversationListModel::groupOf(const ConversationRecord &conversation,
                                                            const QDate &today)
{
    if (conversation.archivedAt != 0)
        return Group::Archived;
    if (conversation.pinned)
        return Group::Pinned;
    if (conversation.folder != 0)
        return Group::Folder;
    const qint64 days = QDateTime::fromMSecsSinceEpoch(conversation.updated).date().daysTo(today);
    if (days <= 0)
        return Group::Today;
    if (days == 1)
        return Group::Yesterday;
    return days <= 7 ? Group::PreviousWeek : Group::Earlier;
}

QString ConversationListModel::groupName(Group group)
{
    switch (group) {
    case Group::Pinned:
        return tr("Pinned");
    case Group::Today:
        return tr("Today");
    case Group::Yesterday:
        return tr("Yesterday");
    case Group::PreviousWeek:
        return tr("Previous 7 days");
    case Group::Earlier:
        return tr("Earlier");
    case Group::Archived:
        return tr("Archived");
    case Group::Folder:
        break;
    }
    return {};
}

QDate ConversationListModel::today() const
{
    return m_today.value_or(QDate::currentDate());
}

void ConversationListModel::setToday(std::optional<QDate> today)
{
    m_today = today;
    refresh();
}

void ConversationListModel::startDayTimer()
{
    // A little after midnight; also after a change of the clock it is never wrong for more than an hour.
    const qint64 left =
        QDateTime::currentDateTime().msecsTo(QDate::currentDate().addDays(1).startOfDay()) + 1000;
    m_dayTimer.start(int(qBound(qint64(1000), left, qint64(3600 * 1000))));
}

// Brings the rows to what they should be by single removals, moves and insertions, so that a view keeps its
// place.
void ConversationListModel::refresh()
{
    const bool regroups = m_groupedOn != today();
    m_groupedOn = today();
    QVector<ConversationRecord> wanted;
    for (const ConversationRecord &conversation : std::as_const(m_all))
        if (isWanted(conversation))
            wanted << conversation;
    // Groups of days follow the time by themselves.
    const auto key = [this](const ConversationRecord &c) {
        const Group group = groupOf(c, m_groupedOn);
        const int place = group == Group::Pinned ? 0 : group == Group::Folder ? 1 : group == Group::Archived ? 3 : 2;
        return std::tuple(place, group == Group::Folder ? folderIndex(c.folder) : 0, -c.updated, -c.id);
    };
    std::sort(wanted.begin(), wanted.end(),
              [&](const ConversationRecord &a, const ConversationRecord &b) { return key(a) < key(b); });

    if (wanted.size() > m_shown.size() + 50 || m_shown.size() > wanted.size() + 50) {
        beginResetModel();
        m_shown = wanted;
        endResetModel();
        return;
    }
    QSet<qint64> stays;
    for (const ConversationRecord &conversation : std::as_const(wanted))
        stays << conversation.id;
    for (int row = int(m_shown.size()) - 1; row >= 0; --row) {
        if (stays.contains(m_shown[row].id))
            continue;
        beginRemoveRows({}, row, row);
        m_shown.removeAt(row);
        endRemoveRows();
    }
    for (int row = 0; row < wanted.size(); ++row) {
        if (row >= m_shown.size() || m_shown[row].id != wanted[row].id) {
            const int from = rowOf(wanted[row].id);
            if (from < 0) {
                beginInsertRows({}, row, row);
                m_shown.insert(row, wanted[row]);
                endInsertRows();
                continue;
            }
            beginMoveRows({}, from, from, {}, row);
            m_shown.move(from, row);
            endMoveRows();
        }
        const bool changed = regroups || !sameRow(m_shown[row], wanted[row]);
        m_shown[row] = wanted[row];
        if (changed)
            Q_EMIT dataChanged(index(row), index(row));
    }
}

} // namespace app
