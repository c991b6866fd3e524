#include "app/chat/conversation_list_model.h"

#include <QDateTime>
#include <QSet>

#include <algorithm>
#include <tuple>

namespace app {

using inference::Result;

namespace {

bool isFound(const ConversationRecord &conversation, const QStringList &words)
{
    return std::all_of(words.begin(), words.end(), [&](const QString &word) {
        return conversation.title.contains(word, Qt::CaseInsensitive);
    });
}

bool sameRow(const ConversationRecord &a, const ConversationRecord &b)
{
    return a.title == b.title && a.pinned == b.pinned && a.updated == b.updated;
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
    if (store.isOpen())
        load();
}

void ConversationListModel::load()
{
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
    case GroupNameRole:
        return groupName(groupOf(conversation, m_groupedOn));
    case PinnedRole:
        return conversation.pinned;
    case CreatedRole:
        return conversation.created;
    case UpdatedRole:
        return conversation.updated;
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

void ConversationListModel::remove(qint64 id)
{
    m_store.write({SetDeleted{id, nowMs()}}, Durability::Typed);
}

void ConversationListModel::undoRemove()
{
    if (!m_removed.isEmpty())
        m_store.write({SetDeleted{m_removed.last().id, 0}}, Durability::Typed);
}

void ConversationListModel::applyCommitted(const StoreOperations &operations)
{
    if (!m_loaded)
        return; // load() reads it
    bool changes = false;
    QVector<QPair<qint64, QString>> removedNow;
    QVector<qint64> restoredNow;
    for (const StoreOperation &operation : operations) {
        if (const auto *create = std::get_if<CreateConversation>(&operation)) {
            if (create->conversation.kind == m_kind && !record(create->conversation.id)) {
                m_all << create->conversation;
                changes = true;
            }
        } else if (const auto *title = std::get_if<SetTitle>(&operation)) {
            ConversationRecord *c = record(title->conversationId);
            if (c && (title->byUser || !c->titledByUser)) {
                c->title = title->title;
                c->titledByUser = title->byUser;
                changes = true;
            }
        } else if (const auto *pin = std::get_if<SetPinned>(&operation)) {
            if (ConversationRecord *c = record(pin->conversationId)) {
                c->pinned = pin->pinned;
                changes = true;
            }
        } else if (const auto *leaf = std::get_if<SetCurrentLeaf>(&operation)) {
            if (ConversationRecord *c = record(leaf->conversationId)) {
                c->currentLeaf = leaf->messageId;
                c->updated = std::max(c->updated, leaf->updated);
                changes = changes || leaf->updated > 0;
            }
        } else if (const auto *deleted = std::get_if<SetDeleted>(&operation)) {
            const qint64 id = deleted->conversationId;
            const auto byId = [id](const ConversationRecord &c) { return c.id == id; };
            auto &from = deleted->deletedAt ? m_all : m_removed;
            auto &to = deleted->deletedAt ? m_removed : m_all;
            const auto found = std::find_if(from.begin(), from.end(), byId);
            if (found == from.end())
                continue;
            to << *found;
            from.erase(found);
            changes = true;
            if (deleted->deletedAt)
                removedNow << qMakePair(id, m_removed.last().title);
            else
                restoredNow << id;
        }
    }
    if (changes)
        refresh();
    for (const auto &[id, title] : removedNow)
        Q_EMIT removed(id, title);
    for (const qint64 id : restoredNow)
        Q_EMIT restored(id);
}

ConversationListModel::Group ConversationListModel::groupOf(const ConversationRecord &conversation,
                                                            const QDate &today)
{
    if (conversation.pinned)
        return Group::Pinned;
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
    const QStringList words = m_search.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    QVector<ConversationRecord> wanted;
    for (const ConversationRecord &conversation : std::as_const(m_all))
        if (isFound(conversation, words))
            wanted << conversation;
    std::sort(wanted.begin(), wanted.end(), [](const ConversationRecord &a, const ConversationRecord &b) {
        return std::tuple(!a.pinned, -a.updated, -a.id) < std::tuple(!b.pinned, -b.updated, -b.id);
    });
    const bool regroups = m_groupedOn != today();
    m_groupedOn = today();

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
