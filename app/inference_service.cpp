#include "app/inference_service.h"

#include "app/engine_thread.h"
#include "app/error_text.h"
#include "app/wake_event.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEvent>
#include <QTimer>

#include <algorithm>

namespace app {

using inference::Error;
using inference::ErrorCode;
using inference::ErrorParts;
using inference::GenerationRequest;
using inference::GenerationStatistics;
using inference::ModelSummary;

namespace {

constexpr int kTextIntervalMs = 33; // 30 Hz
constexpr quint32 kMeasuredTokens = 25; // fewer say little of the speed; no title has as many

GenerationStatistics cancelledStatistics()
{
    GenerationStatistics statistics;
    statistics.endReason = inference::EndReason::Cancelled;
    return statistics;
}

Error loadStopped(const QString &path)
{
    return Error(ErrorCode::Cancelled,
                 ErrorParts{.what = "Loading was stopped", .where = path.toStdString()});
}

} // namespace

// Everything here runs in the GUI thread. An emitted signal may do anything, deletion of the reply, of the
// service or a nested event loop included: after each one only what a guard still shows is touched.
struct InferenceService::Private : QObject
{
    struct Queued
    {
        quint64 id = 0;
        Priority priority = Priority::Chat;
        GenerationRequest request;
        QPointer<GenerationReply> reply;
        int announced = -1; // the position last told
    };
    struct Running
    {
        quint64 id = 0;
        quint32 cachedTokens = 0;
        QPointer<GenerationReply> reply;
        std::stop_source stop;
        QString text; // not told yet
        std::vector<AnswerToken> tokens; // nor these
        bool told = false;
    };
    struct Load
    {
        quint64 id = 0;
        QString path;
        std::stop_source stop;
    };
    struct Count
    {
        quint64 id = 0;
        QPointer<QObject> context;
        bool hasContext = false;
        std::function<void(int)> done;
    };

    Private(InferenceService *service, std::unique_ptr<inference::Engine> engine);
    bool event(QEvent *event) override;

    void handleMessages();
    void handle(const PromptKnown &message);
    void handle(const StartTextKnown &message);
    void handle(const PromptProgressed &message);
    void handle(const TextCame &message);
    void handle(const GenerationEnded &message);
    void handle(const LoadProgressed &message);
    void handle(const LoadEnded &message);
    void handle(const UnloadEnded &message);
    void handle(const TokensCounted &message);

    void enqueue(Queued request);
    void stop(GenerationReply *reply);
    void forget(quint64 id); // its reply is going away
    void stopRunning();
    void flushText();
    void schedule();
    void dispatch();
    void announceQueue();
    void updateState();
    void setModel(std::optional<ModelSummary> model);
    void tellNotes(const std::vector<std::string> &notes);
    void leaveReplies();

    InferenceService *q;
    std::deque<EngineMessage> unread; // a member: a nested event loop goes on where the outer one stands
    std::deque<Queued> queue;         // in the order in which they will run
    std::optional<Running> running;
    std::deque<EngineJob> controls; // wait for the engine to be idle: at most an unload, then a load
    std::optional<Load> loading;    // the one that counts; a replaced one may still be on its way out
    std::deque<Count> counts;
    QStringList toldNotes; // of the loaded model
    quint64 lastId = 0;
    bool engineBusy = false;
    bool scheduled = false;
    QElapsedTimer sinceText;
    QTimer textTimer;
    EngineThread thread; // last: its wake-up uses the rest
};

InferenceService::Private::Private(InferenceService *service, std::unique_ptr<inference::Engine> engine)
    : q(service),
      thread(std::move(engine), [this] { QCoreApplication::postEvent(this, new QEvent(wakeEvent())); })
{
    textTimer.setSingleShot(true);
    textTimer.setTimerType(Qt::PreciseTimer);
    connect(&textTimer, &QTimer::timeout, this, &Private::flushText);
}

bool InferenceService::Private::event(QEvent *event)
{
    if (event->type() != wakeEvent())
        return QObject::event(event);
    handleMessages();
    return true;
}

void InferenceService::Private::handleMessages()
{
    for (EngineMessage &message : thread.take())
        unread.push_back(std::move(message));
    const QPointer<QObject> alive(this);
    while (alive && !unread.empty()) {
        const EngineMessage message = std::move(unread.front());
        unread.pop_front();
        std::visit([this](const auto &which) { handle(which); }, message);
    }
}

void InferenceService::Private::handle(const PromptKnown &message)
{
    if (!running || running->id != message.id)
        return;
    running->cachedTokens = message.cachedTokens;
    if (running->reply)
        running->reply->m_seed = message.seed;
    if (running->reply)
        Q_EMIT running->reply->started(message.promptTokens, message.cachedTokens, message.opensReasoning);
}

void InferenceService::Private::handle(const StartTextKnown &message)
{
    if (running && running->id == message.id && running->reply)
        Q_EMIT running->reply->startTextKnown(QString::fromUtf8(message.text.data(), qsizetype(message.text.size())));
}

void InferenceService::Private::handle(const PromptProgressed &message)
{
    if (running && running->id == message.id && running->reply)
        Q_EMIT running->reply->promptProgress(message.done, message.total, running->cachedTokens);
}

void InferenceService::Private::handle(const TextCame &message)
{
    if (!running || running->id != message.id)
        return;
    running->text += QString::fromUtf8(message.text.data(), qsizetype(message.text.size()));
    running->tokens.insert(running->tokens.end(), message.tokens.begin(), message.tokens.end());
    if (textTimer.isActive())
        return;
    const qint64 elapsed = running->told ? sinceText.elapsed() : kTextIntervalMs;
    if (elapsed >= kTextIntervalMs)
        flushText();
    else
        textTimer.start(int(kTextIntervalMs - elapsed));
}

void InferenceService::Private::flushText()
{
    textTimer.stop();
    if (!running || (running->text.isEmpty() && running->tokens.empty()))
        return;
    const std::vector<AnswerToken> tokens = std::exchange(running->tokens, {});
    const QString text = std::exchange(running->text, QString());
    const QPointer<GenerationReply> reply = running->reply;
    running->told = true;
    sinceText.start();
    if (reply && reply->m_state == GenerationReply::State::Reading)
        reply->setState(GenerationReply::State::Writing);
    if (reply && !tokens.empty())
        Q_EMIT reply->tokensAdded(tokens);
    if (reply && !text.isEmpty())
        Q_EMIT reply->textAdded(text);
}

void InferenceService::Private::handle(const GenerationEnded &message)
{
    if (!running || running->id != message.id)
        return;
    const QPointer<QObject> alive(this);
    flushText();
    if (!alive)
        return;
    const QPointer<GenerationReply> reply = running->reply;
    running.reset();
    engineBusy = false;
    if (message.result && (message.result->generatedTokens >= kMeasuredTokens || !q->m_lastStatistics ||
                           q->m_lastStatistics->generatedTokens < kMeasuredTokens))
        q->m_lastStatistics = *message.result;
    schedule();
    updateState();
    if (message.result)
        tellNotes(message.result->notes);
    if (!alive || !reply)
        return;
    if (message.result) {
        reply->setState(GenerationReply::State::Finished);
        if (reply)
            Q_EMIT reply->finished(*message.result);
    } else {
        reply->setState(GenerationReply::State::Failed);
        if (reply)
            Q_EMIT reply->failed(message.result.error());
    }
}

void InferenceService::Private::handle(const LoadProgressed &message)
{
    if (loading && loading->id == message.id)
        Q_EMIT q->loadProgress(message.done, message.total);
}

void InferenceService::Private::handle(const LoadEnded &message)
{
    engineBusy = false;
    schedule();
    const bool current = loading && loading->id == message.id;
    const QString path = current ? loading->path : QString();
    if (current) {
        loading.reset();
        q->m_loadingPath.clear();
    }
    const QPointer<QObject> alive(this);
    // A load that was replaced may have succeeded before its stop was seen: then it is the former model now.
    const bool unloads = !controls.empty() && std::holds_alternative<UnloadJob>(controls.front());
    if (message.result && !unloads)
        setModel(*message.result);
    if (!alive)
        return;
    updateState();
    if (alive && current && !message.result)
        Q_EMIT q->loadFailed(path, message.result.error());
}

void InferenceService::Private::handle(const UnloadEnded &)
{
    engineBusy = false;
    schedule();
}

void InferenceService::Private::handle(const TokensCounted &message)
{
    const auto found =
        std::find_if(counts.begin(), counts.end(), [&](const Count &c) { return c.id == message.id; });
    if (found == counts.end())
        return;
    const Count count = std::move(*found);
    counts.erase(found);
    if (!count.hasContext || count.context)
        count.done(message.tokens);
}

void InferenceService::Private::enqueue(Queued request)
{
    const auto later = std::find_if(queue.begin(), queue.end(),
                                    [&](const Queued &other) { return other.priority > request.priority; });
    queue.insert(later, std::move(request));
    schedule();
    Q_EMIT q->queueChanged();
}

void InferenceService::Private::stop(GenerationReply *reply)
{
    reply->m_stop.request_stop();
    const auto found =
        std::find_if(queue.begin(), queue.end(), [&](const Queued &r) { return r.id == reply->m_id; });
    if (found != queue.end()) {
        queue.erase(found);
        schedule(); // positions of the others
        QMetaObject::invokeMethod(
            reply, [reply] { reply->finishCancelled({}); }, Qt::QueuedConnection);
    }
    const QPointer<QObject> alive(this);
    reply->setState(GenerationReply::State::Stopping);
    if (alive)
        Q_EMIT q->queueChanged();
}

void InferenceService::Private::forget(quint64 id)
{
    if (running && running->id == id) {
        running->reply.clear();
        running->stop.request_stop();
        return;
    }
    const auto found = std::find_if(queue.begin(), queue.end(), [&](const Queued &r) { return r.id == id; });
    if (found == queue.end())
        return;
    queue.erase(found);
    schedule();
    Q_EMIT q->queueChanged();
}

void InferenceService::Private::stopRunning()
{
    if (!running)
        return;
    running->stop.request_stop();
    if (running->reply)
        running->reply->setState(GenerationReply::State::Stopping);
}

// Posted: what runs next is decided when all callers of this turn of the event loop have had their say.
void InferenceService::Private::schedule()
{
    if (std::exchange(scheduled, true))
        return;
    QMetaObject::invokeMethod(
        this,
        [this] {
            scheduled = false;
            dispatch();
        },
        Qt::QueuedConnection);
}

void InferenceService::Private::dispatch()
{
    const QPointer<QObject> alive(this);
    if (!engineBusy && !controls.empty()) {
        engineBusy = true;
        thread.submit(std::move(controls.front()));
        controls.pop_front();
    } else if (!engineBusy && !loading && q->m_model && !queue.empty()) {
        Queued next = std::move(queue.front());
        queue.pop_front();
        engineBusy = true;
        running = Running{next.id, 0, next.reply, next.reply->m_stop, {}, {}, false};
        thread.submit(GenerateJob{next.id, std::move(next.request), running->stop.get_token()});
        next.reply->setState(GenerationReply::State::Reading);
        if (alive)
            updateState();
        if (alive)
            Q_EMIT q->queueChanged();
    }
    if (alive)
        announceQueue();
}

void InferenceService::Private::announceQueue()
{
    // A slot may change the queue: begin again until every position has been told.
    const QPointer<QObject> alive(this);
    for (bool told = true; told && alive;) {
        told = false;
        for (std::size_t ahead = 0; ahead < queue.size(); ++ahead) {
            Queued &request = queue[ahead];
            if (request.announced == int(ahead))
                continue;
            request.announced = int(ahead);
            told = true;
            Q_EMIT request.reply->queuePositionChanged(int(ahead));
            break;
        }
    }
}

void InferenceService::Private::updateState()
{
    const State state = loading       ? State::Loading
                        : !q->m_model ? State::NoModel
                        : running     ? State::Busy
                                      : State::Ready;
    if (state == q->m_state)
        return;
    q->m_state = state;
    Q_EMIT q->stateChanged();
}

void InferenceService::Private::tellNotes(const std::vector<std::string> &notes)
{
    const QPointer<QObject> alive(this);
    for (const std::string &note : notes) {
        const QString sentence = errorDetails(note);
        if (!alive)
            return;
        if (toldNotes.contains(sentence))
            continue;
        toldNotes << sentence;
        Q_EMIT q->noted(sentence);
    }
}

void InferenceService::Private::setModel(std::optional<ModelSummary> model)
{
    toldNotes.clear();
    q->m_lastStatistics.reset();
    q->m_model = std::move(model);
    Q_EMIT q->modelChanged();
}

// Before the end: every reply that outlives the service gets its finished(), with the text that had come.
void InferenceService::Private::leaveReplies()
{
    QString rest;
    auto statistics = cancelledStatistics();
    for (EngineMessage &message : thread.take())
        unread.push_back(std::move(message));
    for (const EngineMessage &message : unread) {
        const auto *text = std::get_if<TextCame>(&message);
        if (text && running && text->id == running->id)
            running->tokens.insert(running->tokens.end(), text->tokens.begin(), text->tokens.end());
        if (text && running && text->id == running->id)
            running->text += QString::fromUtf8(text->text.data(), qsizetype(text->text.size()));
        const auto *ended = std::get_if<GenerationEnded>(&message);
        if (ended && running && ended->id == running->id && ended->result)
            statistics = *ended->result;
    }
    const auto leave = [&](GenerationReply *reply, const std::vector<AnswerToken> &tokens, const QString &text,
                           const GenerationStatistics &last) {
        if (!reply)
            return;
        reply->m_service.clear();
        QMetaObject::invokeMethod(
            reply,
            [reply, tokens, text, last] {
                const QPointer<GenerationReply> here(reply);
                if (!tokens.empty())
                    Q_EMIT reply->tokensAdded(tokens);
                if (here && !text.isEmpty())
                    Q_EMIT reply->textAdded(text);
                if (here)
                    reply->finishCancelled(last);
            },
            Qt::QueuedConnection);
    };
    if (running)
        leave(running->reply, running->tokens, running->text, statistics);
    for (const Queued &request : queue)
        leave(request.reply, {}, QString(), cancelledStatistics());
}

GenerationReply::GenerationReply(QObject *parent) : QObject(parent) {}

GenerationReply::~GenerationReply()
{
    m_stop.request_stop();
    if (m_service && !isOver())
        m_service->d->forget(m_id);
}

void GenerationReply::stop()
{
    if (isOver() || m_state == State::Stopping || !m_service)
        return;
    m_service->d->stop(this);
}

void GenerationReply::setState(State state)
{
    if (m_state == state || isOver())
        return;
    m_state = state;
    Q_EMIT stateChanged();
}

void GenerationReply::finishCancelled(GenerationStatistics statistics)
{
    if (isOver())
        return;
    statistics.endReason = inference::EndReason::Cancelled;
    const QPointer<GenerationReply> here(this);
    setState(State::Finished);
    if (here)
        Q_EMIT finished(statistics);
}

InferenceService::InferenceService(std::unique_ptr<inference::Engine> engine, QObject *parent)
    : QObject(parent), d(std::make_unique<Private>(this, std::move(engine)))
{
    qRegisterMetaType<inference::GenerationStatistics>();
    qRegisterMetaType<inference::Error>();
    qRegisterMetaType<inference::ModelSummary>();
}

InferenceService::~InferenceService()
{
    if (d->running)
        d->running->stop.request_stop();
    if (d->loading)
        d->loading->stop.request_stop();
    for (EngineJob &job : d->controls)
        if (auto *load = std::get_if<LoadJob>(&job))
            load->stop.request_stop();
    d->thread.join();
    d->leaveReplies();
}

void InferenceService::load(const QString &path, const inference::LoadOptions &options)
{
    if (d->loading)
        d->loading->stop.request_stop();
    std::erase_if(d->controls, [](const EngineJob &job) { return std::holds_alternative<LoadJob>(job); });
    LoadJob job{++d->lastId, std::filesystem::path(path.toStdString()), options, std::stop_source()};
    d->loading = Private::Load{job.id, path, job.stop};
    m_loadingPath = path;
    d->controls.push_back(std::move(job));
    d->schedule();
    const QPointer<InferenceService> alive(this);
    d->stopRunning();
    if (alive)
        d->updateState();
}

void InferenceService::cancelLoad()
{
    if (!d->loading)
        return;
    d->loading->stop.request_stop();
    const quint64 id = d->loading->id;
    const auto waiting = std::find_if(d->controls.begin(), d->controls.end(), [&](const EngineJob &job) {
        return std::holds_alternative<LoadJob>(job) && std::get<LoadJob>(job).id == id;
    });
    if (waiting == d->controls.end())
        return; // the engine has it and reports its end
    d->controls.erase(waiting);
    const QString path = std::exchange(m_loadingPath, QString());
    d->loading.reset();
    d->schedule();
    QMetaObject::invokeMethod(
        this, [this, path] { Q_EMIT loadFailed(path, loadStopped(path)); }, Qt::QueuedConnection);
    d->updateState();
}

void InferenceService::unload()
{
    if (!m_model && !d->loading)
        return;
    if (d->loading)
        d->loading->stop.request_stop();
    const QString path = std::exchange(m_loadingPath, QString());
    const bool wasLoading = d->loading.has_value();
    d->loading.reset();
    d->controls.assign(1, UnloadJob{});
    d->schedule();
    if (wasLoading)
        QMetaObject::invokeMethod(
            this, [this, path] { Q_EMIT loadFailed(path, loadStopped(path)); }, Qt::QueuedConnection);
    const QPointer<InferenceService> alive(this);
    d->stopRunning();
    if (alive && m_model)
        d->setModel(std::nullopt);
    if (alive)
        d->updateState();
}

GenerationReply *InferenceService::generate(GenerationRequest request, Priority priority, QObject *context)
{
    auto *reply = new GenerationReply(context);
    reply->m_service = this;
    reply->m_id = ++d->lastId;
    request.keepOnDisk = request.keepOnDisk && m_keepsOnDisk && priority == Priority::Chat;
    d->enqueue({reply->m_id, priority, std::move(request), reply, -1});
    return reply;
}

GenerationReply *InferenceService::running() const
{
    return d->running ? d->running->reply.data() : nullptr;
}

int InferenceService::waiting() const
{
    return int(d->queue.size());
}

void InferenceService::countTokens(GenerationRequest request, QObject *context, std::function<void(int)> done)
{
    const quint64 id = ++d->lastId;
    std::erase_if(d->counts, [](const Private::Count &count) { return count.hasContext && !count.context; });
    const auto former = std::find_if(d->counts.rbegin(), d->counts.rend(), [&](const Private::Count &count) {
        return context && count.context == context;
    });
    if (former != d->counts.rend() && d->thread.replaceCount(former->id, id, request)) {
        former->id = id;
        former->done = std::move(done);
        return;
    }
    d->counts.push_back({id, context, context != nullptr, std::move(done)});
    d->thread.count(id, std::move(request));
}

} // namespace app
