// The engine on its own thread, for the GUI thread: requests in, signals out.
#pragma once

#include "app/answer_token.h"

#include <QObject>
#include <QPointer>
#include <QString>

#include <deque>
#include <memory>
#include <stop_token>

namespace app {

class InferenceService;

enum class Priority { InlineCompletion, Chat, Document }; // what runs first when several wait

// One generation, from queued to finished or failed; exactly one of finished() and failed() comes, once, and
// never from inside generate() or stop(). Owned by the caller's context object (or by deleteLater());
// deleting it stops the generation. Lives in the GUI thread.
class GenerationReply : public QObject
{
    Q_OBJECT

public:
    enum class State { Queued, Reading, Writing, Stopping, Finished, Failed };
    Q_ENUM(State)

    ~GenerationReply() override;
    State state() const { return m_state; }
    bool isOver() const { return m_state == State::Finished || m_state == State::Failed; }
    quint64 seed() const { return m_seed; } // from started() on
    // Also for a reply that is still queued: it finishes as cancelled at once.
    void stop();

Q_SIGNALS:
    void stateChanged();
    // How many requests run before this one (0: it is next or waits for the model).
    void queuePositionChanged(int ahead);
    void promptProgress(quint32 done, quint32 total, quint32 cached);
    // Once, before the first text: the answer begins as reasoning.
    void started(quint32 promptTokens, quint32 cachedTokens, bool opensReasoning);
    // After started(), where the request has a start: see GenerationSink::onStartText().
    void startTextKnown(const QString &text);
    // Where alternatives were asked for: the tokens of the next textAdded(), or of a character that is not whole yet.
    void tokensAdded(const std::vector<app::AnswerToken> &tokens);
    // What came since the last signal, at most 30 times a second. Whole characters.
    void textAdded(const QString &text);
    void finished(const inference::GenerationStatistics &statistics);
    void failed(const inference::Error &error);

private:
    friend class InferenceService;
    explicit GenerationReply(QObject *parent);
    void setState(State state);
    void finishCancelled(inference::GenerationStatistics statistics);

    QPointer<InferenceService> m_service;
    State m_state = State::Queued;
    std::stop_source m_stop;
    quint64 m_id = 0, m_seed = 0;
};

// Owns the engine and its thread. Lives in the GUI thread; the engine thread never touches a QObject of the
// GUI (it posts with a guard). Requests made while no model is loaded or one is loading wait for the next
// loaded model.
class InferenceService : public QObject
{
    Q_OBJECT

public:
    enum class State { NoModel, Loading, Ready, Busy };
    Q_ENUM(State)

    explicit InferenceService(std::unique_ptr<inference::Engine> engine, QObject *parent = nullptr);
    // Stops what runs, waits for the engine thread (at most about 150 ms of work).
    ~InferenceService() override;

    State state() const { return m_state; }
    std::optional<inference::ModelSummary> model() const { return m_model; }

    // The running generation is stopped first. The former model stays when this one cannot be loaded. A load
    // that is still going on is replaced and tells nothing more; one that is cancelled or unloaded ends with
    // loadFailed() and ErrorCode::Cancelled. model() is empty from unload() on.
    void load(const QString &path, const inference::LoadOptions &options = {});
    void cancelLoad();
    void unload();
    QString loadingPath() const { return m_loadingPath; }

    // Of the last answer of the loaded model that was long enough to measure; where none was, of the last one; nothing after another
    // model is loaded. Titles are not: the user asked for something else.
    const std::optional<inference::GenerationStatistics> &lastStatistics() const { return m_lastStatistics; }

    // Whether chats and code may be kept on disk when they are answered, where LoadOptions::kvFolder says so;
    // texts that are translated and completions never are. From the next request on; true at first.
    void setKeepsOnDisk(bool keeps) { m_keepsOnDisk = keeps; }

    // Never null. The reply belongs to `context`.
    GenerationReply *generate(inference::GenerationRequest request, Priority priority, QObject *context);
    // The reply that runs now, or null.
    GenerationReply *running() const;
    int waiting() const;

    // Exact prompt tokens of a request, counted on a worker; `done` is called in the GUI thread unless
    // `context` is gone. A new count for the same context replaces one that has not begun. -1: no model or
    // not countable.
    void countTokens(inference::GenerationRequest request, QObject *context, std::function<void(int)> done);

Q_SIGNALS:
    void stateChanged();
    void loadProgress(quint64 bytesDone, quint64 bytesTotal);
    void modelChanged(); // loaded or unloaded; see model()
    void loadFailed(const QString &path, const inference::Error &error);
    void queueChanged();
    // An answer that is to be read with this in mind (GenerationStatistics::notes): once for each loaded
    // model.
    void noted(const QString &sentence);

private:
    friend class GenerationReply;
    struct Private;
    std::unique_ptr<Private> d;
    State m_state = State::NoModel;
    std::optional<inference::ModelSummary> m_model;
    QString m_loadingPath;
    bool m_keepsOnDisk = true;
    std::optional<inference::GenerationStatistics> m_lastStatistics;
};

} // namespace app
