// One conversation at work: what is sent is committed, then answered; answers stream into the list model and
// the file.
#pragma once

#include "app/chat/chat_prompt.h"
#include "app/chat/message_list_model.h"
#include "app/chat/store.h"
#include "app/inference_service.h"
#include "inference/chat/reasoning_parser.h"

#include <QElapsedTimer>
#include <QPointer>
#include <QTimer>

#include <memory>
#include <optional>

namespace app {

// An answer under way.
struct RunningAnswer
{
    qint64 id = 0;
    bool continues = false;
    bool stopRequested = false;
    bool began = false; // the first text has come
    std::optional<inference::ReasoningParser> parser;
    QElapsedTimer thinking;
    bool thinks = false;
    qint64 reasoningMsBefore = 0;
    int tokensBefore = 0;
    QPointer<GenerationReply> reply;
    inference::GenerationRequest request; // what was asked, for the receipt
    QString instructions;
    std::optional<inference::ModelSummary> model;
};

// GUI thread. The service, the store and the settings outlive it. Destroying it stops the answer and saves
// what came.
class ChatSession : public QObject
{
    Q_OBJECT

public:
    enum class State {
        Loading, // the conversation is being read from the file
        Idle,
        Sending,         // what was typed is being committed
        WaitingForModel, // sent; answered as soon as a model is loaded
        Queued,          // behind other requests
        Reading,         // the prompt
        Thinking,
        Writing,
        Stopping
    };
    Q_ENUM(State)

    // Conversation 0 is one that begins with its first message.
    ChatSession(InferenceService &service, ChatStore &store, const Settings &settings, qint64 conversationId,
                QObject *parent = nullptr);
    ~ChatSession() override;

    qint64 conversationId() const { return m_conversation.id; } // 0 until the first message is committed
    QString title() const { return m_conversation.title; }
    bool isTitledByUser() const { return m_conversation.titledByUser; }
    // What the reader saw last of a conversation that was opened, see ConversationRecord.
    ConversationView view() const { return m_conversation.view; }
    void setView(const ConversationView &view);
    MessageListModel *messages() { return &m_messages; }
    State state() const { return m_state; }
    // An answer is under way, from Sending to Stopping.
    bool isBusy() const { return m_state != State::Loading && m_state != State::Idle; }
    int answerRow() const; // of the answer under way, -1: none or not shown

    // While Reading.
    quint32 promptDone() const { return m_promptDone; }
    quint32 promptTotal() const { return m_promptTotal; }
    quint32 promptCached() const { return m_promptCached; }
    int queuePosition() const { return m_queuePosition; } // while Queued: requests that run before
    qint64 thinkingMs() const;                            // while Thinking, and how long it took afterwards
    // Of the answer under way or the last one: prompt and answer, for "5,170 of 16,384 tokens". 0: not known.
    int contextTokens() const;

    // False, and nothing happens, while Loading or busy, or when the text is blank and nothing is attached. Else sent() or
    // sendFailed() comes. `attachments` are ids of the draft's; without it all of them go.
    bool send(const QString &text, const std::optional<QVector<qint64>> &attachments = {});
    QString pendingText() const { return m_pendingText; } // while Sending, also while the disk is full
    void stop();
    // A new version of the answer in that row; the former ones stay.
    bool regenerate(int row);
    // A new version of the message in that row, with a new answer, as a new branch. It keeps the attachments, or has these.
    bool editAndResend(int row, const QString &text, const std::optional<QVector<AttachmentRecord>> &attachments = {});
    // A version of the answer in that row as the user wants it to be; the model's own stays. Nothing is asked.
    bool editAnswer(int row, const QString &text);
    // The next message follows this one, as a new branch beside what stands below it now.
    bool branchFrom(int row);
    bool isBranching() const; // nothing has followed yet, and what stands below is not shown
    void leaveBranch();       // shows it again
    // Goes on with the last answer, which ended early (length, stop, interruption).
    bool canContinue() const;
    bool continueAnswer();
    // The messages before the answer in a row, as they were asked; for a replay.
    QVector<MessageRecord> pathBefore(int row) const;
    // Shows another version (1 ..) of the message in a row, with the newest branch below it.
    void showVersion(int row, int version);
    // Shows the newest branch with this message, where another one is shown. False: there is no such message here.
    bool showMessage(qint64 id);

    // What is typed and not sent; kept in the file.
    QString draft() const { return m_draft; }
    void setDraft(const QString &text);
    // What the engine would be asked if `draft` were sent now with these: to count its tokens.
    inference::GenerationRequest draftRequest(const QString &draft, const QVector<AttachmentRecord> &attachments = {}) const;

    // Attachments, see chat_session_attachments.cpp. Those of the draft are kept in the file and go with the message that is sent.
    const QVector<AttachmentRecord> &draftAttachments() const { return m_draftAttachments; }
    QVector<AttachmentRecord> shownAttachments() const; // of the messages on the path that is shown, in their order
    void attach(AttachmentRecord attachment);           // to the draft, last; it gets its id where it has none
    void removeAttachment(qint64 id);                   // of the draft
    // Of the draft's, or of a message: how the context is to treat it.
    void setAttachmentUse(qint64 id, bool pinned, bool leftOut);

Q_SIGNALS:
    void loaded();
    void loadFailed(const inference::Error &error);
    void sent(); // committed: the composer may forget the text
    void sendFailed(const QString &text,
                    const inference::Error &error); // nothing is kept of it here: give it back
    void stateChanged();
    void promptProgress();
    void queuePositionChanged();
    void titleChanged();
    void attachmentsChanged(); // of the draft or on the path that is shown, or how they are used
    void conversationCreated(qint64 id);
    // The answer in that row (-1: not shown) has ended, whatever way; its record says how.
    void answerFinished(int row);

private:
    void load(qint64 id);
    void showBranch(qint64 message);
    void commitAndAnswer(const QVector<MessageRecord> &messages, const QString &typed);
    void takeDraftAttachments(const ConversationContents &contents);
    QVector<AttachmentRecord> takeFromDraft(const std::optional<QVector<qint64>> &ids);
    void giveBack(const QVector<AttachmentRecord> &attachments);
    void moveDraftAttachments(); // to the conversation that has just been made
    void beginAnswer(qint64 id, bool continues);
    void ask();
    void connectReply(GenerationReply *reply);
    void takeText(const QString &text);
    void takePieces(const std::vector<inference::TextPiece> &pieces);
    void finish(const inference::GenerationStatistics &statistics);
    void fail(const inference::Error &error);
    void endAnswer(MessageRecord record);
    void endThinking();
    void flushParser();
    void journal();
    void saveDraft();
    void setState(State state);
    MessageRecord newAnswer(qint64 parent) const;
    void applyCommitted(const StoreOperations &operations);

    InferenceService &m_service;
    ChatStore &m_store;
    const Settings &m_settings;
    ConversationRecord m_conversation;
    MessageListModel m_messages;
    State m_state = State::Idle;
    std::optional<RunningAnswer> m_answer;
    QString m_pendingText;
    QString m_draft, m_savedDraft;
    QVector<AttachmentRecord> m_draftAttachments;
    QTimer m_journalTimer, m_draftTimer;
    quint32 m_promptDone = 0, m_promptTotal = 0, m_promptCached = 0;
    int m_queuePosition = 0;
};

} // namespace app
