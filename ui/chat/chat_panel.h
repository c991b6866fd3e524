// Chat: one conversation at a time, its transcript and the composer; answers of others go on meanwhile.
#pragma once

#include "app/attachments/attachment_intake.h"
#include "app/chat/answer_comparison.h"
#include "app/chat/chat_sessions.h"
#include "app/chat/context_plan.h"
#include "app/chat/conversation_list_model.h"
#include "app/chat/summary_writer.h"
#include "app/chat/title_writer.h"
#include "app/settings.h"
#include "ui/chat/chat_files.h"
#include "ui/chat/context_choices.h"
#include "ui/chat/context_inspector.h"
#include "ui/chat/message_tree_view.h"
#include "ui/chat/transcript.h"
#include "ui/panel.h"
#include "ui/widgets/notice.h"

#include <QElapsedTimer>
#include <QHash>
#include <QPointer>
#include <QTimer>

class QLabel;
class QLineEdit;
class QMenu;
class QStackedWidget;

namespace ui {

class AttachmentStrip;
class Composer;
class ContextBar;
class ConversationList;
class ChatFindBar;
class ComparisonView;
class QueueBar;
class StartView;
class TokenLensView;

// What was sent while an answer was under way: its attachments are the draft's until then.
struct QueuedMessage
{
    QString text;
    QVector<qint64> attachments;
    std::optional<app::AnswerComparison::Choices> choices{}; // it gets two answers
};

class ChatPanel : public Panel
{
    Q_OBJECT

public:
    // Keeps its conversations in `dataFolder`. The service, the settings and the appearance outlive it.
    ChatPanel(app::InferenceService &service, app::Settings &settings, Appearance &appearance,
              const QString &dataFolder, QWidget *parent = nullptr);
    ~ChatPanel() override;

    QWidget *sidebarList() override;
    void focusInput() override;
    QVector<Region> regions() override;
    void newItem() override;
    void stop() override;
    bool acceptsFile(const QString &path) const override;
    void openFile(const QString &path) override;

    // Files and long pastes beside the message; see chat_panel_attachments.cpp.
    void attachFiles(const QStringList &paths);
    void attachText(const QString &text); // a paste
    void chooseFiles();

    void openConversation(qint64 id);
    // At a message that was found by these words.
    void openMessage(const app::SearchHit &hit, const QStringList &words);
    // What keys and menus do; see bindActions(). They work on the message that has the focus, else on the last that they can work
    // on.
    void retry();
    void goOn();
    void editHere();
    void branchHere();
    void showReceiptHere();
    void toggleThink();
    void copyAnswer();
    void showVersion(int step); // 1 or -1
    void toggleLens();
    void findChats();
    void findHere();
    void pinHere();
    void toggleInspector();
    void toggleTree();
    void compareAnswers(); // of the last one, or of the next message

    Composer *composer() const { return m_composer; }
    Transcript *transcript() const { return m_transcript; }
    ConversationList *list() const { return m_list; }
    ChatFindBar *findBar() const { return m_findBar; }
    TokenLensView *lens() const { return m_lens; }
    ComparisonView *comparison() const { return m_comparison; }
    QWidget *reading() const; // what is read now, for the keyboard's focus
    app::ChatSession *session() const { return m_session; }
    Notice *notice() const { return m_notice; }
    ContextBar *contextBar() const { return m_contextBar; }
    ContextChoices *choices() const { return m_choices; }
    ContextInspector *inspector() const { return m_inspector; }
    MessageTreeView *tree() const { return m_tree; }
    const app::ContextCounter &counter() const { return m_counter; }
    app::ChatStore &store() { return m_store; }
    app::ConversationListModel &conversations() { return m_conversations; }

Q_SIGNALS:
    void chooseModelRequested();
    void modelRequested(const QString &path); // a comparison is to be answered by it; it is no choice for the next start
    void modelKept(const QString &path);      // but this one is
    void contextLengthRequested(int tokens); // the model is to be loaded again with that much

protected:
    void resizeEvent(QResizeEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    enum class Fit { Fits, TooLong, Unknown };
    enum class ChoiceLevel { All, Model, Folder, Chat }; // from the widest to the nearest

    void bindActions();
    void bindChatActions();
    int rowHere(bool user) const; // -1: there is none
    int rowWithVersions() const;
    qint64 chatHere() const; // of the list's row that has the focus, else the one that is open; 0: not in the file
    void addFileActions(QMenu &menu); // import, export of all, archived and deleted chats
    void showDeleted();
    void connectContext();
    void showInspector(bool shown);
    void placeInspector();
    void showTree(bool shown);
    bool canShowTree() const;
    void goTo(qint64 message); // of any branch
    bool isInspectorBeside() const; // else it lies over the conversation
    app::ContextRates rates() const;
    bool planShown() const;
    bool isEditingAnswer() const;
    Fit fitOf(const QString &text);
    void updateChoices();
    QString planWords() const;
    QString summaryWords() const;
    void choose(ContextChoices::Choice choice);
    void summarise(const app::ContextWaysOut &ways);
    void actOnContext(ContextAction action, const app::ContextPart &part);
    void leaveOutKind(ContextKind kind);
    void bringBack();
    void connectComparison();
    void connectTexts(Transcript *transcript); // links, code, zoom
    QWidget *makeHead();
    void makePresets();
    void showPresets();
    QVector<ChoiceLevel> levelsHere() const;
    QString levelName(ChoiceLevel level) const;
    app::ChatChoices choicesAt(ChoiceLevel level) const;
    void setChoicesAt(ChoiceLevel level, const app::ChatChoices &choices);
    ChoiceLevel choiceLevel() const;
    void setChoiceLevel(ChoiceLevel level);
    void editInstructions();
    void use(app::ChatSession *session);
    void submit();
    void sendNext(app::ChatSession *session);
    void keepQueue(app::ChatSession *session); // in the file
    bool sendQueued(app::ChatSession *session, const QueuedMessage &message);
    void giveBack(app::ChatSession *session, const QueuedMessage &message);
    void act(Action action, int row, const QString &name);
    void showReceipt(qint64 answer);
    void beginEdit(int row);
    void cancelEdit();
    void refresh(); // everything that follows from the state of session and model
    void updateActivity();
    void updateNotice();
    void updateStatus();
    QString besideWords() const;
    void hint(const QString &sentence);
    void updateTitle();
    void measureSpeed();
    void updateBusyList();
    void announceAnswers(); // those that have begun or ended since the last time
    void updateSaved();
    void countSoon();
    void count();
    void showContext();
    void place();
    void connectAttachments();
    bool editsQuestion() const; // else an answer, or nothing
    app::AttachmentIntake *intake(app::ChatSession *session);
    QVector<app::AttachmentRecord> composed() const; // what would go with the message that is written
    std::optional<app::AttachmentRecord> attachment(qint64 id) const;
    void showAttachments();
    bool waitsForAttachments(); // nothing can be sent yet; says why, or sends later
    void removeAttachment(qint64 id);
    void putIntoMessage(qint64 id);
    void openAttachment(qint64 id);
    void showAttachmentMenu(qint64 id, const QPoint &at);
    void moveToNewChat();
    void renameHere();
    void showMore(IconButton *button);
    void exportChat();
    QString asMarkdown() const;
    struct Found // a message, by its words
    {
        qint64 message = 0;
        QStringList words;
        bool inReasoning = false;
    };
    void openFound(qint64 id);
    void showFound(const Found &found);
    QString waitingWords() const;

    app::InferenceService &m_service;
    app::Settings &m_settings;
    Appearance &m_appearance;
    app::ChatStore m_store;
    app::ConversationListModel m_conversations;
    app::ChatSessions m_sessions;
    ChatFiles m_files;
    app::TitleWriter m_titles;
    app::SummaryWriter m_summaries;
    app::ContextCounter m_counter;
    QPointer<app::ChatSession> m_session;
    QHash<app::ChatSession *, QVector<QueuedMessage>> m_queues; // messages that wait for the end of an answer
    QSet<app::ChatSession *> m_planning; // the first of its queue is being counted
    QHash<app::ChatSession *, QString> m_editDrafts;
    QSet<app::ChatSession *> m_answering;

    QLabel *m_title;
    QLineEdit *m_titleEdit = nullptr;
    IconButton *m_more = nullptr, *m_find = nullptr, *m_treeButton = nullptr, *m_contextButton = nullptr;
    QStackedWidget *m_stack;
    StartView *m_start;
    Transcript *m_transcript;
    Notice *m_notice;
    QueueBar *m_queueBar;
    ContextBar *m_contextBar;
    ContextChoices *m_choices;
    ContextInspector *m_inspector;
    MessageTreeView *m_tree;
    Composer *m_composer;
    app::AttachmentReader m_reader;
    QHash<app::ChatSession *, app::AttachmentIntake *> m_intakes;
    QVector<app::AttachmentRecord> m_editAttachments; // while an earlier message is edited
    bool m_submitWhenRead = false;
    QWidget *m_foot;
    ConversationList *m_list;
    ChatFindBar *m_findBar;
    TokenLensView *m_lens;
    ComparisonView *m_comparison;
    Found m_found; // to be shown when it is loaded
    QPointer<QWidget> m_listKeeper;

    QTimer m_ticker;     // while thinking: the seconds
    QTimer m_countTimer; // the draft's tokens, a moment after the last key
    QObject m_speedCounter, m_queueCounter;
    QElapsedTimer m_writing; // since the first text of the answer
    int m_ticks = 0;
    int m_writtenBefore = 0; // characters of an answer that is continued
    QString m_speed;         // while it is written: exact tokens by measured time
    int m_runningTokens = -1; // prompt and answer so far, while one is written
    int m_editRow = -1;
    bool m_settingDraft = false;
    bool m_submitWhenLoaded = false, m_submitWhenCounted = false;
    bool m_inspectorOver = false; // the conversation, in a narrow window
    bool m_treeShown = false;     // in place of the inspector
    bool m_planShown = false;    // the context is full: the choices are seen
    QVector<app::ContextPart> m_leftOut; // what was just left out, to be brought back
    QString m_notSent; // why the store took a message back
    QString m_storeNotice;
    QString m_fileNotice; // what became of an export or import
    bool m_fileFailed = false;
    QString m_hint; // why something that was asked for cannot be shown
    bool m_replaying = false;
};

} // namespace ui
