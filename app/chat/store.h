// Conversations on disk: SQLite on a thread of its own, asked from the GUI thread and never waited for.
#pragma once

#include "app/chat/chat_records.h"
#include "app/chat/search_index.h"
#include "app/chat/store_file.h"
#include "app/chat/store_queries.h"

#include <QObject>

#include <functional>
#include <memory>
#include <optional>

namespace app {

enum class Durability {
    Typed,    // on the disk when done() is called: what the user wrote or decided
    Streamed, // survives the end of the program, and a power cut up to the last seconds: answers being
              // written
};

// One writing connection on one thread; reads and writes run in the order in which they were asked for. A
// write that fails for a reason that can go away (disk full, I/O error, locked by another program) is kept in
// memory and tried again every two seconds, and its done() comes after the commit; saveState() tells
// meanwhile. Everything is called and calls back in the GUI thread; a callback whose context is gone is
// dropped.
class ChatStore : public QObject
{
    Q_OBJECT

public:
    enum class SaveState { Saved, Saving, NotSaved };
    Q_ENUM(SaveState)

    // Opens `baleen.db` in the folder at once, in the background. One instance a folder: see
    // single_instance.h.
    explicit ChatStore(const QString &folder, QObject *parent = nullptr);
    // Writes what waits (each once more where it had failed) and closes the file.
    ~ChatStore() override;

    bool isOpen() const { return m_open; } // opened() has come
    const StoreReport &report() const { return m_report; }
    bool isReadOnly() const { return m_report.readOnly; }
    QString folder() const { return m_folder; }

    SaveState saveState() const { return m_saveState; }
    std::optional<inference::Error> saveError() const { return m_saveError; } // while NotSaved
    int unsavedWrites() const { return m_writes; }
    void retry(); // now, instead of within two seconds

    // All operations or none. done() comes after COMMIT, or with an error that waiting cannot heal (ReadOnly,
    // InvalidArgument): then nothing is kept.
    using Done = std::function<void(const inference::Result<void> &)>;
    void write(StoreOperations operations, Durability durability, QObject *context = nullptr, Done done = {});

    using ConversationsDone = std::function<void(const inference::Result<QVector<ConversationRecord>> &)>;
    void readConversations(QObject *context, ConversationsDone done);
    void readDeleted(QObject *context, ConversationsDone done);
    using FoldersDone = std::function<void(const inference::Result<QVector<FolderRecord>> &)>;
    void readFolders(QObject *context, FoldersDone done);
    using ContentsDone = std::function<void(const inference::Result<ConversationContents> &)>;
    void readContents(qint64 conversationId, QObject *context, ContentsDone done);
    void readWhole(qint64 conversationId, QObject *context, ContentsDone done); // with ConversationContents::lenses
    using LensDone = std::function<void(const inference::Result<QByteArray> &)>;
    void readLens(qint64 messageId, QObject *context, LensDone done);
    // See SearchIndex::find(). Fails where nothing can be written: there is no index then.
    using FindDone = std::function<void(const inference::Result<SearchResult> &)>;
    void find(const SearchQuery &query, const QString &kind, int conversations, QObject *context, FindDone done);

Q_SIGNALS:
    void opened(); // and again when the file had to be salvaged while it was in use; see report()
    // These operations are in the file now; before their done().
    void committed(const app::StoreOperations &operations);
    void saveStateChanged();

private:
    struct Private;
    template <class T, class Read>
    void ask(QObject *context, Read read, std::function<void(const inference::Result<T> &)> done);
    void setSaveState();

    std::unique_ptr<Private> d;
    QString m_folder;
    StoreReport m_report;
    bool m_open = false;
    SaveState m_saveState = SaveState::Saved;
    std::optional<inference::Error> m_saveError;
    int m_writes = 0;
};

} // namespace app
