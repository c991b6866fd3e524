// One conversation at work: what is sent is committed, then answered; answers stream into the list model and
// the file.
#pragma once

#include "app/chat/answer_start.h"
#include "app/chat/chat_choices.h"
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

// How one answer is asked for, otherwise than its conversation has it.
struct AnswerChoice
{
    std::optional<SamplingPreset> preset{};
    QString model{}; // path: only this one answers, and the answer waits for it; empty: whichever is loaded
    friend bool operator==(const AnswerChoice &, const AnswerChoice &) = default;
};

// An answer that stands in the file and waits for the one before it.
struct PendingAnswer
{
    MessageRecord record;
    AnswerChoice choice;
    bool dropped = false;
};

// What goes to the file with new messages, whose last ones are answers.
struct Asking
{
    QByteArray lens{};               // the answer goes on from its tokens
    QVector<AnswerChoice> choices{}; // of so many answers; none: one, as the conversation has it
    bool beside = false;             // what is shown stays
};

// An answer under way.
struct RunningAnswer
{
    qint64 id = 0;
    AnswerChoice choice;
    bool modelAsked = false; // modelWanted() has told
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
    MessageRecord unsent; // while Sending: what is being committed
    std::optional<Receipt> receipt; // as far as it is known
    std::optional<AnswerStart> start; // of one that goes on from its very tokens
    bool hasTokens = true;            // `lens` holds all of its tokens so far
    TokenLensWriter lens;
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
    void retryLoad(); // where the conversation could not be read: it stays Loading until then
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
    // Several answers to one message, see chat_session_beside.cpp: all are committed at once, answersAsked() tells their ids, and
    // they are answered one after the other, each way that one ends. With a message the first answer is what is shown; further
    // answers to a question that has some change nothing in what is shown.
    bool sendForAnswers(const QString &text, const QVector<AnswerChoice> &choices,
                        const std::optional<QVector<qint64>> &attachments = {});
    bool askBeside(qint64 question, const QVector<AnswerChoice> &choices);
    bool isPending(qint64 answer) const; // committed, and not begun
    void dropPending(qint64 answer);     // it ends as stopped before its first token
    qint64 answerId() const { return m_answer ? m_answer->id : 0; } // of the answer under way
    // A new version of the message in that row, with a new answer, as a new branch. It keeps the attachments, or has these.
    bool editAndResend(int row, const QString &text, const std::optional<QVector<AttachmentRecord>> &attachments = {});
    // A version of the answer in that row as the user wants it to be; the model's own stays. Nothing is asked.
    bool editAnswer(int row, const QString &text);
    // The next message follows this one, as a new branch beside what stands below it now.
    bool branchFrom(int row);
    bool isBranching() const; // nothing has followed yet, and what stands below is not shown
    void leaveBranch();       // shows it again
    // Goes on with the last answer, which ended early (length, stop, interruption): with its tokens and the sampler where that
    // stood if the same model is loaded, else by asking to go on; the receipt says which.
    bool canContinue() const;
    bool continueAnswer();
    // A new version of that answer, shown or not: the tokens before `token`, in its place one of its alternatives, and from there
    // on the model. False, and nothing happens, where branchProblem() says why or there is no such token. `beside`: what is shown
    // stays, and answersAsked() tells the id, see askBeside().
    bool branchAtToken(const MessageRecord &answer, int token, int alternative, const std::optional<AnswerChoice> &beside = {});
    QString branchProblem(const MessageRecord &answer) const; // a sentence; empty: it can be done
    // The tokens of an answer; nothing where there are none or the text is another one. In the file, so not at once.
    void readLens(const MessageRecord &answer, QObject *context,
                  std::function<void(const std::optional<TokenLens> &)> done) const;
    // The messages before an answer, shown or not, as they were asked; for a replay.
    QVector<MessageRecord> pathBefore(qint64 answer) const;
    // Shows another version (1 ..) of the message in a row, with the newest branch below it.
    void showVersion(int row, int version);
    // Shows the newest branch with this message, where another one is shown. False: there is no such message here.
    bool showMessage(qint64 id);

    // What of the conversation the model sees, see chat_context.h. Not while busy or Loading: false then. The turn is named by
    // any of its messages that are shown.
    bool setPinned(qint64 message, bool pinned);   // a pinned turn is not left out
    bool setLeftOut(qint64 message, bool leftOut); // and the other way round
    // `text` stands for the turns from that of `from` to that of `to`, which are shown.
    bool setSummary(qint64 from, qint64 to, const QString &text);
    bool removeSummary(qint64 carrier); // of the message that carries it; what it stood for is seen again

    // What this conversation wants otherwise than its folder, the model and the settings; before its first message kept in memory
    // only.
    ChatChoices choices() const { return m_choices; }
    void setChoices(const ChatChoices &choices);
    FolderRecord folder() const { return m_folder; } // id 0: in none
    // As the next answer is asked for: all levels taken together.
    ChatOptions options() const;
    PromptVariables promptVariables() const;

    // What is typed and not sent; kept in the file.
    QString draft() const { return m_draft; }
    void setDraft(const QString &text);
    void saveDraft(); // now, instead of within half a second
    // What was sent while an answer is under way and goes when that has ended: in the file it stands before the draft, so that it
    // is not lost whatever happens meanwhile.
    void setWaiting(const QStringList &texts);
    // What the engine would be asked if `draft` were sent now with these: to count its tokens. With a row: as another version of
    // the message there.
    inference::GenerationRequest draftRequest(const QString &draft, const QVector<AttachmentRecord> &attachments = {},
                                              int row = -1) const;

    // Attachments, see chat_session_attachments.cpp. Those of the draft are kept in the file and go with the message that is
    // sent.
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
    void choicesChanged(); // of any level: see options()
    void contextChanged(); // what the model sees of the messages is another now
    void attachmentsChanged(); // of the draft or on the path that is shown, or how they are used
    void conversationCreated(qint64 id);
    void answersAsked(const QVector<qint64> &ids); // committed, in the order of the choices
    // The answer under way waits for this model, and the engine is free: load it. Where that fails, the answer does.
    void modelWanted(const QString &path);
    // The answer in that row (-1: not shown) has ended, whatever way; its record says how.
    void answerFinished(int row);

private:
    void load(qint64 id);
    void showBranch(qint64 message);
    void commitAndAnswer(const QVector<MessageRecord> &messages, const QString &typed, const Asking &asking = {});
    bool sendFor(const QString &text, const std::optional<QVector<qint64>> &attachments, const QVector<AnswerChoice> &choices);
    bool beginNext(); // of those pending; false: there is none
    void stopPending(const PendingAnswer &pending);
    bool lacksItsModel() const; // another one is wanted than the one that is loaded
    void waitForModel();
    void modelFailed(const QString &path, const inference::Error &error);
    void followModel();
    void takeDraftAttachments(const ConversationContents &contents);
    QVector<AttachmentRecord> takeFromDraft(const std::optional<QVector<qint64>> &ids);
    void giveBack(const QVector<AttachmentRecord> &attachments);
    void moveDraftAttachments(); // to the conversation that has just been made
    void beginAnswer(qint64 id, bool continues);
    void ask();
    void askToGoOn(const QByteArray &lens);
    void askFor(inference::GenerationRequest request, const QString &instructions);
    void takePrompt(quint32 prompt, quint32 cached, bool opensReasoning);
    void takeStart(const QString &text);
    void connectReply(GenerationReply *reply);
    void takeText(const QString &text);
    void takePieces(const std::vector<inference::TextPiece> &pieces);
    void finish(const inference::GenerationStatistics &statistics);
    void fail(const inference::Error &error);
    void failWith(inference::ErrorCode code, const QString &sentence);
    void endAnswer(MessageRecord record);
    StoreOperations savedTokens(MessageRecord &record) const;
    void endThinking();
    void flushParser();
    void journal();
    void setState(State state);
    MessageRecord newAnswer(qint64 parent) const;
    void applyCommitted(const StoreOperations &operations);
    // Only while Idle. Shows the record's marks, keeps them by the operation, and tells.
    void mark(const MessageRecord &record, const StoreOperation &operation);
    bool markTurn(qint64 message, bool MessageRecord::*which, bool set);
    void followFolder(const StoreOperation &operation);
    void readFolder();
    void followAnswer(const StoreOperation &operation);
    QString unsent(const QString &draft) const; // with what waits before it

    InferenceService &m_service;
    ChatStore &m_store;
    const Settings &m_settings;
    ConversationRecord m_conversation;
    ChatChoices m_choices;
    FolderRecord m_folder;
    QVector<FolderRecord> m_outerFolders; // that it is in, the nearest first
    MessageListModel m_messages;
    State m_state = State::Idle;
    bool m_unread = false; // the conversation could not be read
    std::optional<RunningAnswer> m_answer;
    QVector<PendingAnswer> m_pending;
    QString m_pendingText;
    QString m_draft, m_savedDraft;
    QStringList m_waiting;
    QVector<AttachmentRecord> m_draftAttachments;
    QTimer m_journalTimer, m_draftTimer;
    quint32 m_promptDone = 0, m_promptTotal = 0, m_promptCached = 0;
    int m_queuePosition = 0;
};

} // namespace app
