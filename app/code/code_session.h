// One run of a verb: asks the model, splits what comes into code and prose, and says so by signals.
#pragma once

#include "app/code/answer_splitter.h"
#include "app/code/code_prompt.h"
#include "app/inference_service.h"

#include <QObject>
#include <QPointer>

#include <memory>

namespace inference {
class ReasoningParser;
}

namespace app::code {

// Lives in the GUI thread. One run at a time. Between run() and the end, code() only ever grows by
// codeAppended() or changes as a whole by codeReplaced(); the same holds for prose().
class CodeSession : public QObject
{
    Q_OBJECT

public:
    enum class State { Idle, Queued, Reading, Thinking, Writing, Stopping, Done, Failed };
    Q_ENUM(State)

    explicit CodeSession(InferenceService &service, QObject *parent = nullptr);
    ~CodeSession() override;

    // False and nothing happens while another run goes on or when the task lacks something (lackOf()).
    bool run(const CodeTask &task);
    void stop(); // what has come is kept; ends in Done with EndReason::Cancelled

    State state() const { return m_state; }
    bool isBusy() const;
    const CodeTask &task() const { return m_task; } // of the run that goes on or the last one
    AnswerKind answerKind() const { return m_request.answer; }
    PromptForm form() const { return m_request.form; }
    int leftOutBefore() const { return m_request.leftOutBefore; }
    int leftOutAfter() const { return m_request.leftOutAfter; }

    const QString &code() const { return m_code; }
    const QString &prose() const { return m_prose; }
    QString languageTag() const; // that the model gave to the code; may be empty

    int queuePosition() const { return m_queuePosition; }
    quint32 promptDone() const { return m_promptDone; }
    quint32 promptTotal() const { return m_promptTotal; }
    // Of the last run that ended; valid in Done.
    const inference::GenerationStatistics &statistics() const { return m_statistics; }
    const inference::Error &error() const { return m_error; } // valid in Failed

Q_SIGNALS:
    void stateChanged();
    void progressChanged(); // queue position, prompt tokens
    void codeAppended(const QString &text);
    void codeReplaced(const QString &code);
    void proseAppended(const QString &text);
    void proseReplaced(const QString &prose);
    // After the last text, with state() Done or Failed.
    void ended();

private:
    void setState(State state);
    void receive(const QString &text);
    void receiveAnswer(const QString &text);
    void end(State state);
    void publish();
    QString insertion() const;

    InferenceService &m_service;
    QPointer<GenerationReply> m_reply;
    State m_state = State::Idle;
    CodeTask m_task;
    CodeRequest m_request;
    std::unique_ptr<AnswerSplitter> m_splitter;
    std::unique_ptr<inference::ReasoningParser> m_reasoning;
    QString m_code, m_prose;
    int m_queuePosition = 0;
    quint32 m_promptDone = 0, m_promptTotal = 0;
    bool m_ending = false;
    inference::GenerationStatistics m_statistics;
    inference::Error m_error;
};

} // namespace app::code
