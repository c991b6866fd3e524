// The list of chats in the sidebar: grouped by time, newest first, found by title.
#pragma once

#include "app/chat/store.h"

#include <QAbstractListModel>
#include <QDate>
#include <QTimer>

#include <optional>

namespace app {

// Shows what is in the file: rows change when a write has been committed. GUI thread.
class ConversationListModel : public QAbstractListModel
{
    Q_OBJECT

public:
    enum class Group { Pinned, Today, Yesterday, PreviousWeek, Earlier };
    Q_ENUM(Group)
    enum Roles {
        IdRole = Qt::UserRole + 1,
        TitleRole, // as stored; Qt::DisplayRole says "New chat" for an empty one
        GroupRole, // int of Group; rows of a group stand together, groups in the order of the enum
        GroupNameRole,
        PinnedRole,
        CreatedRole,
        UpdatedRole
    };

    // `kind` is the panel whose conversations are shown.
    ConversationListModel(ChatStore &store, const QString &kind = QStringLiteral("chat"),
                          QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;

    bool isLoaded() const { return m_loaded; }
    const ConversationRecord &conversation(int row) const { return m_shown[row]; }
    int rowOf(qint64 id) const;                     // -1: not shown
    int total() const { return int(m_all.size()); } // found or not

    // Shows only titles that hold all words of the text, whatever their case; an empty one shows all.
    void find(const QString &text);
    QString searchText() const { return m_search; }

    // Creates an empty conversation and gives its id at once; its row comes with the commit.
    qint64 create(const QString &title = {});
    void rename(qint64 id, const QString &title); // an empty title changes nothing
    void setPinned(qint64 id, bool pinned);
    // Gone from the list, kept for 30 days.
    void remove(qint64 id);
    bool canUndoRemove() const { return !m_removed.isEmpty(); }
    QString lastRemovedTitle() const { return m_removed.isEmpty() ? QString() : m_removed.last().title; }
    void undoRemove(); // the last one that is still removed

    static QString groupName(Group group);
    static Group groupOf(const ConversationRecord &conversation, const QDate &today);
    // For tests: the day that counts as today; the real one otherwise.
    void setToday(std::optional<QDate> today);

Q_SIGNALS:
    void loaded();
    void loadFailed(const inference::Error &error);
    void removed(qint64 id, const QString &title); // offer Undo
    void restored(qint64 id);

private:
    void load();
    void applyCommitted(const StoreOperations &operations);
    ConversationRecord *record(qint64 id);
    void refresh();
    void startDayTimer();
    QDate today() const;

    ChatStore &m_store;
    QString m_kind, m_search;
    QVector<ConversationRecord> m_all;     // not deleted
    QVector<ConversationRecord> m_shown;   // found, in order
    QVector<ConversationRecord> m_removed; // since the start, last one last
    QTimer m_dayTimer;
    std::optional<QDate> m_today;
    QDate m_groupedOn;
    bool m_loaded = false;
};

} // namespace app
