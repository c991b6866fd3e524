// The list of chats in the sidebar: by folder and time, newest first, found by title and by what was said in them.
#pragma once

#include "app/chat/store.h"

#include <QAbstractListModel>
#include <QDate>
#include <QHash>
#include <QTimer>

#include <functional>
#include <optional>

namespace app {

// Shows what is in the file: rows change when a write has been committed. GUI thread.
class ConversationListModel : public QAbstractListModel
{
    Q_OBJECT

public:
    enum class Group { Pinned, Folder, Today, Yesterday, PreviousWeek, Earlier, Archived };
    Q_ENUM(Group)
    enum Roles {
        IdRole = Qt::UserRole + 1,
        TitleRole, // as stored; Qt::DisplayRole says "New chat" for an empty one
        GroupRole,   // int of Group; rows of a group stand together, groups in the order of the enum
        SectionRole, // qint64: the same for rows under one head; each folder is one
        GroupNameRole, // of a folder: with those that it is in
        FolderRole,    // qint64: the folder of a row that stands under its folder's head, else 0
        DepthRole,     // of that folder: 0 at the top
        PinnedRole,
        CreatedRole,
        UpdatedRole,
        TagsRole,        // QStringList
        SnippetRole,     // QString: where what is looked for was said; empty where it is in the title alone
        SnippetMarksRole // QVector<QPair<int, int>> of it, see Snippet
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
    QVector<qint64> allIds() const;                 // archived ones too
    const QVector<ConversationRecord> &all() const { return m_all; } // the same, in no order

    // Shows only chats with all words of the text in their title, at once, or in one of their messages, as soon as the store has
    // looked (searched()); see SearchQuery. An empty text shows all.
    void find(const QString &text);
    QString searchText() const { return m_search; }
    const SearchQuery &query() const { return m_query; }
    bool isSearching() const { return m_searchTimer.isActive() || m_searching; }
    int unread() const { return m_unread; } // messages that the search does not know yet
    // Where a conversation was found by what was said in it; messageId 0: it was not.
    SearchHit hit(qint64 id) const { return m_hits.value(id); }

    // Archived chats are hidden, and not found, unless they are shown.
    void showArchived(bool show);
    bool archivedShown() const { return m_archivedShown; }
    int hiddenFound() const; // archived ones that would be found

    // Creates an empty conversation and gives its id at once; its row comes with the commit.
    qint64 create(const QString &title = {});
    void rename(qint64 id, const QString &title); // an empty title changes nothing
    void setPinned(qint64 id, bool pinned);
    void setArchived(qint64 id, bool archived);
    // Commas separate them; # before one is taken off.
    void setTags(qint64 id, const QString &tags);
    // A copy with all messages and versions, in the same folder. Its row comes with the commit.
    void duplicate(qint64 id);

    const QVector<FolderRecord> &folders() const { return m_folders; }
    qint64 createFolder(const QString &name, qint64 parent = 0); // 0: a name of nothing
    void renameFolder(qint64 folder, const QString &name);
    bool canMoveFolder(qint64 folder, qint64 parent) const; // not into itself or one in it
    void moveFolder(qint64 folder, qint64 parent);          // 0: to the top; nothing where it cannot be
    void removeFolder(qint64 folder); // its chats and folders stay, in the folder it is in
    void undoRemoveFolder();          // the last one, with what was in it and is still where it was put
    void setFolder(qint64 id, qint64 folder); // 0: none
    // Gone from the list, kept for 30 days.
    void remove(qint64 id);
    bool canUndoRemove() const { return !m_removed.isEmpty(); }
    QString lastRemovedTitle() const { return m_removed.isEmpty() ? QString() : m_removed.last().title; }
    void undoRemove(); // the last one that is still removed
    // Those that were deleted, in this run of the program or before, last deleted first. None where they cannot be read.
    void readDeleted(QObject *context, std::function<void(const QVector<ConversationRecord> &)> done);
    void restore(qint64 id);
    void removeForGood(qint64 id);

    static QString groupName(Group group); // of a folder: no name
    static Group groupOf(const ConversationRecord &conversation, const QDate &today);
    // For tests: the day that counts as today; the real one otherwise.
    void setToday(std::optional<QDate> today);

Q_SIGNALS:
    void loaded();
    void loadFailed(const inference::Error &error);
    void removed(qint64 id, const QString &title); // offer Undo
    void restored(qint64 id);
    void folderRemoved(const QString &name); // by removeFolder(): offer Undo
    void searched(); // the messages were looked through for query()
    void foldersChanged();

private:
    void load();
    void search();
    bool isWanted(const ConversationRecord &conversation) const;
    bool isFound(const ConversationRecord &conversation) const;
    bool applyToConversation(const StoreOperation &operation);
    bool applyToFolders(const StoreOperation &operation);
    int folderIndex(qint64 folder) const;
    qint64 nextPosition() const; // of a new folder: behind all others
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
    QVector<FolderRecord> m_folders; // as inTreeOrder()
    struct RemovedFolder
    {
        FolderRecord folder;
        QVector<qint64> chats, folders; // that were in it
    };
    RemovedFolder m_removedFolder; // the last one; id 0: none
    SearchQuery m_query;             // of m_search
    QHash<qint64, SearchHit> m_hits; // by conversation
    QTimer m_searchTimer;            // a moment after the last key
    bool m_searching = false;
    quint64 m_searchNumber = 0;
    int m_unread = 0;
    bool m_archivedShown = false;
    QTimer m_dayTimer;
    std::optional<QDate> m_today;
    QDate m_groupedOn;
    bool m_loaded = false;
};

} // namespace app
