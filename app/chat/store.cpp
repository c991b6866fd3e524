#include "app/chat/store.h"

#include "app/wake_event.h"

#include <QCoreApplication>
#include <QEvent>
#include <QPointer>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace app {

using inference::Error;
using inference::ErrorCode;
using inference::ErrorParts;
using inference::Result;

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kRetryInterval{2};
// Messages that are read for the search between two jobs: some milliseconds.
constexpr int kReadTogether = 32;

// A failure that can go away by itself or by what the user does.
bool canHeal(ErrorCode code)
{
    return code != ErrorCode::InvalidArgument && code != ErrorCode::Internal;
}

const JournalAnswer *onlyJournal(const StoreOperations &operations)
{
    return operations.size() == 1 ? std::get_if<JournalAnswer>(&operations.front()) : nullptr;
}

} // namespace

struct ChatStore::Private : QObject
{
    // Made in the GUI thread, run on the store's, finished and destroyed in the GUI thread again.
    struct Job
    {
        virtual ~Job() = default;
        virtual void finish(ChatStore &store) = 0;
    };
    struct WriteJob : Job
    {
        StoreOperations operations;
        Durability durability = Durability::Typed;
        QPointer<QObject> context;
        bool hasContext = false;
        Done done;
        bool superseded = false; // a later one carries what it held
        Result<void> result;
        void finish(ChatStore &store) override;
    };
    struct ReadJob : Job
    {
        virtual void run(Result<Database *> database) = 0;
        QPointer<QObject> context;
    };
    template <class T> struct TypedRead;
    // From the store's thread: opened, could not save, could save again.
    struct Opened : Job
    {
        StoreReport report;
        void finish(ChatStore &store) override;
    };
    struct Stuck : Job
    {
        std::optional<Error> error;
        void finish(ChatStore &store) override;
    };

    Private(ChatStore *store, const QString &storeFolder) : q(store), folder(storeFolder)
    {
        thread = std::thread([this] { run(); });
    }
    ~Private() override { join(); }

    // GUI thread.
    bool event(QEvent *event) override;
    void submit(std::unique_ptr<Job> job);
    void join();

    // Store thread.
    void run();
    void post(std::unique_ptr<Job> job);
    void open();
    void close();
    void reopen();
    void openSearch();
    bool readForSearch(int messages);
    Result<SearchResult> find(const SearchQuery &query, const QString &kind, int conversations);
    void handleWrite(std::unique_ptr<WriteJob> job);
    void retryStuck();
    Result<void> apply(const WriteJob &job);
    Result<void> applyReopening(const WriteJob &job);
    void tellStuck(std::optional<Error> error);

    ChatStore *q;
    const QString folder;

    std::mutex mutex; // of what both threads use
    std::condition_variable wake;
    std::deque<std::unique_ptr<Job>> jobs;
    std::vector<std::unique_ptr<Job>> results;
    bool quit = false, retryNow = false;

    // Store thread alone.
    std::unique_ptr<Database> database;
    std::unique_ptr<SearchIndex> search; // of `database`
    bool searchWaits = false;            // there may be messages to read for it
    std::optional<Error> openError;
    bool readOnly = false;
    bool fullSync = true;
    bool wasOpen = false, toldClosed = false;
    StoreReport salvaged; // not told yet
    std::deque<std::unique_ptr<WriteJob>> stuck; // in order; the first has failed
    Clock::time_point retryAt;

    std::thread thread;
};

void ChatStore::Private::WriteJob::finish(ChatStore &store)
{
    const QPointer<ChatStore> alive(&store);
    --store.m_writes;
    if (result && !superseded)
        Q_EMIT store.committed(operations);
    if (alive)
        store.setSaveState();
    if (done && (!hasContext || context))
        done(result);
}

void ChatStore::Private::Opened::finish(ChatStore &store)
{
    store.m_report = report;
    store.m_open = true;
    Q_EMIT store.opened();
}

void ChatStore::Private::Stuck::finish(ChatStore &store)
{
    store.m_saveError = error;
    store.setSaveState();
}

template <class T> struct ChatStore::Private::TypedRead : ReadJob
{
    std::function<Result<T>(const Database &)> read;
    std::function<void(const Result<T> &)> done;
    std::optional<Result<T>> result;

    void run(Result<Database *> database) override
    {
        result.emplace(database ? read(**database) : Result<T>(database.error()));
    }
    void finish(ChatStore &) override
    {
        if (context && result)
            done(*result);
    }
};

bool ChatStore::Private::event(QEvent *event)
{
    if (event->type() != wakeEvent())
        return QObject::event(event);
    const QPointer<QObject> alive(this);
    for (;;) {
        std::unique_ptr<Job> job;
        {
            const std::lock_guard lock(mutex);
            if (results.empty())
                return true;
            job = std::move(results.front());
            results.erase(results.begin());
        }
        job->finish(*q);
        if (!alive)
            return true;
    }
}

void ChatStore::Private::submit(std::unique_ptr<Job> job)
{
    {
        const std::lock_guard lock(mutex);
        jobs.push_back(std::move(job));
    }
    wake.notify_one();
}

void ChatStore::Private::join()
{
    {
        const std::lock_guard lock(mutex);
        quit = true;
    }
    wake.notify_one();
    if (thread.joinable())
        thread.join();
}

void ChatStore::Private::post(std::unique_ptr<Job> job)
{
    bool first = false;
    {
        const std::lock_guard lock(mutex);
        first = results.empty();
        results.push_back(std::move(job));
    }
    if (first)
        QCoreApplication::postEvent(this, new QEvent(wakeEvent()));
}

void ChatStore::Private::run()
{
    open();
    for (;;) {
        std::unique_ptr<Job> job;
        bool retries = false, ends = false;
        {
            std::unique_lock lock(mutex);
            const auto ready = [this] { return !jobs.empty() || quit || retryNow; };
            if (!ready() && searchWaits && stuck.empty()) {
                lock.unlock();
                searchWaits = readForSearch(kReadTogether);
                continue;
            }
            if (stuck.empty() && database)
                wake.wait(lock, ready);
            else
                wake.wait_until(lock, retryAt, ready);
            retries = std::exchange(retryNow, false);
            if (!jobs.empty()) {
                job = std::move(jobs.front());
                jobs.pop_front();
            } else {
                ends = quit;
            }
        }
        if (auto *write = dynamic_cast<WriteJob *>(job.get())) {
            (void)job.release();
            handleWrite(std::unique_ptr<WriteJob>(write));
        } else if (auto *read = dynamic_cast<ReadJob *>(job.get())) {
            read->run(database ? Result<Database *>(database.get())
                               : Result<Database *>(
                                     openError.value_or(Error(ErrorCode::Io, "The store is closed."))));
            post(std::move(job));
        }
        if (!stuck.empty() && (retries || ends || Clock::now() >= retryAt))
            retryStuck();
        else if (!database && !ends && (retries || Clock::now() >= retryAt)) // the list waits for it, if nothing else
            reopen();
        if (ends) {
            close();
            return;
        }
    }
}

void ChatStore::Private::open()
{
    OpenedStore opened = openStoreFile(folder);
    // A salvage that was done, and then the file could not be opened: it is told when it can be.
    if (opened.database && opened.report.damagedCopy.isEmpty() && !salvaged.damagedCopy.isEmpty()) {
        opened.report = std::exchange(salvaged, {});
        opened.report.error.reset();
        opened.report.notice = storeNotice(opened.report);
    } else if (!opened.database && !opened.report.damagedCopy.isEmpty()) {
        salvaged = opened.report;
    }
    database = std::move(opened.database);
    openError = opened.report.error;
    readOnly = opened.report.readOnly;
    fullSync = true;
    // Told once when it fails, and again when it is there.
    if (database || !std::exchange(toldClosed, true)) {
        auto message = std::make_unique<Opened>();
        message->report = opened.report;
        post(std::move(message));
    }
    retryAt = Clock::now() + kRetryInterval;
    if (!database)
        return;
    wasOpen = true;
    if (readOnly)
        return;
    openSearch();
    if (const auto backedUp = backUpDaily(*database, folder, QDate::currentDate()); !backedUp)
        qWarning("%s", backedUp.error().message.c_str());
}

void ChatStore::Private::close()
{
    search.reset();
    database.reset();
}

void ChatStore::Private::openSearch()
{
    search.reset();
    searchWaits = false;
    auto opened = SearchIndex::open(*database, folder);
    if (!opened) {
        qWarning("%s", opened.error().message.c_str());
        return;
    }
    search = std::move(*opened);
    searchWaits = true;
}

// True: there is more.
bool ChatStore::Private::readForSearch(int messages)
{
    if (!search)
        return false;
    const auto more = search->takeSome(messages);
    if (more)
        return *more;
    qWarning("%s", more.error().message.c_str());
    if (more.error().code == ErrorCode::Damaged) { // of the index or of the chats: the next write tells
        search.reset();
        SearchIndex::discard(folder);
        openSearch();
    }
    return false;
}

Result<SearchResult> ChatStore::Private::find(const SearchQuery &query, const QString &kind, int conversations)
{
    if (!search)
        return Error(ErrorCode::ReadOnly, "There is no search index where nothing can be saved.");
    searchWaits = readForSearch(kReadTogether); // what was just written
    if (!search)
        return Error(ErrorCode::Io, "The search index cannot be read.");
    return search->find(query, kind, conversations);
}

void ChatStore::Private::handleWrite(std::unique_ptr<WriteJob> job)
{
    searchWaits = search != nullptr;
    if (stuck.empty()) {
        job->result = applyReopening(*job);
        const bool waits = !job->result && canHeal(job->result.error().code) && !readOnly;
        if (!waits) {
            post(std::move(job));
            return;
        }
        tellStuck(job->result.error());
        retryAt = Clock::now() + kRetryInterval;
    } else if (const JournalAnswer *journal = onlyJournal(job->operations)) {
        // Only the newest state of an answer is worth keeping.
        const JournalAnswer *last = onlyJournal(stuck.back()->operations);
        if (last && last->messageId == journal->messageId && !stuck.back()->done) {
            stuck.back()->superseded = true;
            post(std::exchange(stuck.back(), std::move(job)));
            return;
        }
    }
    stuck.push_back(std::move(job));
}

void ChatStore::Private::retryStuck()
{
    if (!database)
        reopen();
    while (!stuck.empty()) {
        stuck.front()->result = applyReopening(*stuck.front());
        const Result<void> &result = stuck.front()->result;
        if (!result && canHeal(result.error().code) && !readOnly) {
            tellStuck(result.error());
            retryAt = Clock::now() + kRetryInterval;
            return;
        }
        post(std::move(stuck.front()));
        stuck.pop_front();
    }
    tellStuck(std::nullopt);
}

// After an I/O error nothing of the connection can be trusted: it is closed and opened anew, once.
Result<void> ChatStore::Private::applyReopening(const WriteJob &job)
{
    auto result = apply(job);
    if (result || readOnly || !database)
        return result;
    const ErrorCode code = result.error().code;
    if (code == ErrorCode::Damaged) {
        close();
        open();
        return apply(job);
    }
    if (code != ErrorCode::Io)
        return result;
    close();
    reopen();
    return apply(job);
}

void ChatStore::Private::reopen()
{
    if (!wasOpen) {
        open();
        return;
    }
    retryAt = Clock::now() + kRetryInterval;
    auto reopened = reopenStoreFile(folder);
    fullSync = true;
    if (!reopened) {
        openError = reopened.error();
        return;
    }
    database = std::move(*reopened);
    openSearch();
}

Result<void> ChatStore::Private::apply(const WriteJob &job)
{
    if (!database)
        return openError.value_or(Error(ErrorCode::Io, "The store is closed."));
    if (readOnly)
        return Error(ErrorCode::ReadOnly,
                     ErrorParts{.what = "Nothing can be saved", .where = database->path().toStdString()});
    const bool full = job.durability == Durability::Typed;
    if (full != fullSync) {
        if (const auto set =
                database->run(full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
            !set)
            return set;
        fullSync = full;
    }
    if (const auto begun = database->run("BEGIN IMMEDIATE"); !begun)
        return begun;
    Result<void> result;
    for (const StoreOperation &operation : job.operations) {
        result = app::apply(*database, operation);
        if (!result)
            break;
    }
    if (result)
        result = database->run("COMMIT");
    if (!result && database->inTransaction())
        (void)database->run("ROLLBACK");
    return result;
}

void ChatStore::Private::tellStuck(std::optional<Error> error)
{
    auto message = std::make_unique<Stuck>();
    message->error = std::move(error);
    post(std::move(message));
}

ChatStore::ChatStore(const QString &folder, QObject *parent)
    : QObject(parent), d(std::make_unique<Private>(this, folder)), m_folder(folder)
{
    qRegisterMetaType<app::StoreOperations>();
}

ChatStore::~ChatStore()
{
    d->join();
}

void ChatStore::setSaveState()
{
    const SaveState state = m_saveError    ? SaveState::NotSaved
                            : m_writes > 0 ? SaveState::Saving
                                           : SaveState::Saved;
    if (state == m_saveState && state != SaveState::NotSaved)
        return;
    m_saveState = state;
    Q_EMIT saveStateChanged();
}

void ChatStore::retry()
{
    {
        const std::lock_guard lock(d->mutex);
        d->retryNow = true;
    }
    d->wake.notify_one();
}

void ChatStore::write(StoreOperations operations, Durability durability, QObject *context, Done done)
{
    auto job = std::make_unique<Private::WriteJob>();
    job->operations = std::move(operations);
    job->durability = durability;
    job->context = context;
    job->hasContext = context != nullptr;
    job->done = std::move(done);
    ++m_writes;
    d->submit(std::move(job));
    setSaveState();
}

// `read` runs on the store's thread.
template <class T, class Read>
void ChatStore::ask(QObject *context, Read read, std::function<void(const Result<T> &)> done)
{
    auto job = std::make_unique<Private::TypedRead<T>>();
    job->context = context;
    job->read = std::move(read);
    job->done = std::move(done);
    d->submit(std::move(job));
}

void ChatStore::readConversations(QObject *context, ConversationsDone done)
{
    ask<QVector<ConversationRecord>>(
        context, [](const Database &database) { return app::readConversations(database); }, std::move(done));
}

void ChatStore::readDeleted(QObject *context, ConversationsDone done)
{
    ask<QVector<ConversationRecord>>(
        context, [](const Database &database) { return app::readConversations(database, true); }, std::move(done));
}

void ChatStore::readFolders(QObject *context, FoldersDone done)
{
    ask<QVector<FolderRecord>>(context, &app::readFolders, std::move(done));
}

void ChatStore::readContents(qint64 conversationId, QObject *context, ContentsDone done)
{
    ask<ConversationContents>(
        context, [conversationId](const Database &database) { return app::readContents(database, conversationId); }, std::move(done));
}

void ChatStore::readWhole(qint64 conversationId, QObject *context, ContentsDone done)
{
    ask<ConversationContents>(
        context, [conversationId](const Database &database) { return app::readWhole(database, conversationId); },
        std::move(done));
}

void ChatStore::readLens(qint64 messageId, QObject *context, LensDone done)
{
    ask<QByteArray>(
        context, [messageId](const Database &database) { return app::readLens(database, messageId); }, std::move(done));
}

void ChatStore::find(const SearchQuery &query, const QString &kind, int conversations, QObject *context, FindDone done)
{
    ask<SearchResult>(
        context, [this, query, kind, conversations](const Database &) { return d->find(query, kind, conversations); }, std::move(done));
}

} // namespace app
