#include "ui/chat/chat_panel.h"

#include "app/error_text.h"
#include "app/settings_keys.h"
#include "ui/chat/attachment_chips.h"
#include "ui/chat/chat_find_bar.h"
#include "ui/chat/comparison_view.h"
#include "ui/chat/composer.h"
#include "ui/chat/context_bar.h"
#include "ui/chat/conversation_list.h"
#include "ui/chat/queue_bar.h"
#include "ui/chat/sampling_words.h"
#include "ui/chat/start_view.h"
#include "ui/chat/token_lens_view.h"
#include "ui/widgets/figures.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <limits>
#include <utility>

namespace ui {

namespace {

using app::ChatSession;
using State = app::ChatSession::State;

QVector<qint64> idsOf(const QVector<app::AttachmentRecord> &attachments)
{
    QVector<qint64> ids;
    for (const app::AttachmentRecord &attachment : attachments)
        ids << attachment.id;
    return ids;
}

} // namespace

ChatPanel::ChatPanel(app::InferenceService &service, app::Settings &settings, Appearance &appearance, const QString &dataFolder,
                     QWidget *parent)
    : Panel(parent), m_service(service), m_settings(settings), m_appearance(appearance), m_store(dataFolder),
      m_conversations(m_store), m_sessions(service, m_store, settings), m_files(m_store, m_conversations),
      m_titles(service, m_store, settings), m_summaries(service), m_counter(service, settings), m_title(new QLabel(this)),
      m_stack(new QStackedWidget(this)), m_start(new StartView(appearance, this)), m_transcript(new Transcript(appearance, this)),
      m_notice(new Notice(appearance, Notice::Kind::Plain, this)), m_queueBar(new QueueBar(appearance, this)),
      m_contextBar(new ContextBar(appearance, this)), m_choices(new ContextChoices(appearance, this)),
      m_inspector(new ContextInspector(appearance, this)), m_tree(new MessageTreeView(appearance, this)),
      m_composer(new Composer(appearance, this)), m_foot(new QWidget(this)),
      m_list(new ConversationList(appearance, m_conversations, this)), m_findBar(new ChatFindBar(appearance, this)),
      m_lens(new TokenLensView(appearance, settings, *m_transcript, this)),
      m_comparison(new ComparisonView(appearance, service, settings, this)), m_listKeeper(m_list)
{
    m_list->hide();
    m_notice->hide();
    m_stack->addWidget(m_start);
    m_stack->addWidget(m_transcript);
    m_stack->addWidget(m_comparison);

    auto *foot = new QVBoxLayout(m_foot);
    foot->setContentsMargins(0, 0, 0, 12);
    foot->setSpacing(0);
    foot->addWidget(m_notice);
    foot->addWidget(m_comparison->nextBar());
    foot->addWidget(m_choices);
    foot->addWidget(m_queueBar);
    foot->addWidget(m_contextBar);
    foot->addWidget(m_composer);
    auto *footLine = new QHBoxLayout;
    footLine->setContentsMargins(24, 0, 24, 0);
    footLine->addWidget(m_foot);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(makeHead());
    all->addWidget(m_stack, 1);
    all->addLayout(footLine);
    makePresets();

    connect(m_composer, &Composer::submitted, this, &ChatPanel::submit);
    connect(m_composer, &Composer::stopRequested, this, [this] {
        if (!m_comparison->stopSide())
            stop();
    });
    connect(m_composer, &Composer::textEdited, this, [this] {
        m_submitWhenCounted = false;
        if (!m_settingDraft && m_session && m_editRow < 0)
            m_session->setDraft(m_composer->edit()->text());
        countSoon();
        place();
    });
    connectAttachments();
    connect(m_composer->edit(), &PlainEdit::upInEmpty, this, [this] {
        for (int row = m_transcript->messageCount() - 1; row >= 0; --row) {
            if (m_transcript->message(row).isUser() && m_session && !m_session->isBusy()) {
                beginEdit(row);
                return;
            }
        }
    });
    connect(m_start, &StartView::chosen, this, [this](const QString &text, int cursor) {
        m_composer->edit()->replaceText(text);
        QTextCursor at = m_composer->edit()->textCursor();
        at.setPosition(cursor);
        m_composer->edit()->setTextCursor(at);
        focusInput();
    });
    connect(m_transcript, &Transcript::actionRequested, this, &ChatPanel::act);
    connectTexts(m_transcript);
    connectComparison();
    connect(m_queueBar, &QueueBar::dropRequested, this, [this](int i) {
        m_queues[m_session].removeAt(i);
        keepQueue(m_session);
        refresh();
        showAttachments();
    });
    connect(m_queueBar, &QueueBar::moveUpRequested, this, [this](int i) {
        m_queues[m_session].swapItemsAt(i, i - 1);
        keepQueue(m_session);
        refresh();
    });
    connect(m_queueBar, &QueueBar::editRequested, this, [this](int i) {
        const QueuedMessage taken = m_queues[m_session].takeAt(i); // its attachments are the draft's again
        const QString &text = taken.text;
        if (taken.choices)
            m_comparison->setNext(m_session, taken.choices);
        const QString written = m_composer->edit()->text();
        m_composer->edit()->replaceText(
            written.trimmed().isEmpty() ? text : text + QStringLiteral("\n\n") + written);
        keepQueue(m_session);
        focusInput();
        refresh();
        showAttachments();
    });
    connect(m_list, &ConversationList::opened, this, &ChatPanel::openFound);
    connect(m_list, &ConversationList::menuRequested, this, [this](QMenu *menu) { addFileActions(*menu); });
    connect(&m_files, &ChatFiles::told, this, [this](const QString &sentence, bool failed) {
        m_fileNotice = sentence;
        m_fileFailed = failed;
        updateNotice();
    });
    connect(m_findBar, &ChatFindBar::closed, this, &ChatPanel::focusInput);
    connect(m_lens, &TokenLensView::closed, this, &ChatPanel::focusInput);
    connect(m_lens, &TokenLensView::branchChosen, this, [this](qint64 answer, int token, int alternative) {
        if (m_session && m_session->messages()->tree().contains(answer))
            m_session->branchAtToken(m_session->messages()->tree().at(answer), token, alternative);
    });
    connect(m_lens, &TokenLensView::told, this, &ChatPanel::hint);
    connect(&m_titles, &app::TitleWriter::changed, this, &ChatPanel::updateStatus);
    connect(m_list, &ConversationList::newChatRequested, this, &ChatPanel::newItem);
    connect(&m_conversations, &app::ConversationListModel::loaded, this, [this] {
        const qint64 last = m_settings.get(app::kLastConversation);
        if (last && m_conversations.rowOf(last) >= 0 && m_session && m_session->conversationId() == 0 &&
            !m_session->isBusy() && m_composer->edit()->document()->isEmpty())
            openConversation(last);
    });
    connect(&m_conversations, &app::ConversationListModel::loadFailed, this, [this](const inference::Error &error) {
        m_storeNotice = app::errorSentence(error);
        updateNotice();
    });
    connect(&m_conversations, &app::ConversationListModel::removed, this, [this](qint64 id, const QString &) {
        if (m_session && m_session->conversationId() == id)
            use(m_sessions.newChat());
    });
    connect(&m_conversations, &app::ConversationListModel::restored, this, &ChatPanel::openConversation);
    connect(&m_sessions, &app::ChatSessions::busyChanged, this, [this] {
        updateBusyList();
        announceAnswers();
        updateStatus();
        if (!m_sessions.busy().isEmpty())
            m_titles.stop(); // the user goes first
        for (auto it = m_queues.keyBegin(); it != m_queues.keyEnd(); ++it) {
            ChatSession *session = *it;
            QMetaObject::invokeMethod(
                this,
                [this, p = QPointer<ChatSession>(session)] {
                    if (p)
                        sendNext(p);
                },
                Qt::QueuedConnection);
        }
    });
    connect(&m_service, &app::InferenceService::stateChanged, this, &ChatPanel::refresh);
    connect(&m_service, &app::InferenceService::queueChanged, this, &ChatPanel::updateStatus);
    connect(&m_service, &app::InferenceService::modelChanged, this, [this] {
        refresh();
        countSoon();
    });
    connect(&m_store, &app::ChatStore::saveStateChanged, this, &ChatPanel::updateSaved);
    connect(&m_store, &app::ChatStore::opened, this, [this] {
        m_storeNotice = m_store.report().notice;
        updateSaved();
        updateNotice();
    });
    connect(m_notice, &Notice::closed, this, [this] {
        m_leftOut.clear();
        m_storeNotice.clear();
        m_fileNotice.clear();
        m_hint.clear();
        m_notSent.clear();
        updateNotice();
    });
    connect(&m_settings, &app::Settings::changed, this, [this] {
        refresh();
        countSoon(); // instructions are part of the prompt
    });
    connect(&appearance, &Appearance::changed, this, &ChatPanel::updateTitle);
    m_ticker.setInterval(250);
    connect(&m_ticker, &QTimer::timeout, this, [this] {
        if (m_session && m_session->state() != State::Writing)
            updateActivity();
        if (++m_ticks % 4 == 0)
            measureSpeed();
        updateStatus();
    });
    m_countTimer.setSingleShot(true);
    m_countTimer.setInterval(200);
    connect(&m_countTimer, &QTimer::timeout, this, &ChatPanel::count);
    bindActions();
    connectContext();
    use(m_sessions.newChat());
}

ChatPanel::~ChatPanel()
{
    if (m_listKeeper && m_listKeeper->parent() != this)
        delete m_listKeeper; // its model goes with this panel
    if (m_session)
        m_session->setView(m_transcript->view());
    m_titles.disconnect(this);
    m_titles.stop();
    m_summaries.disconnect(this);
    m_summaries.stop();
    m_counter.disconnect(this);
    m_transcript->setModel(nullptr);
    m_tree->setMessages(nullptr);
    m_comparison->setSession(nullptr);
    // Sessions save their drafts while they go, and the store tells of it: nobody is left to listen.
    m_store.disconnect(this);
    m_sessions.disconnect(this);
    for (app::ChatSession *session : m_sessions.findChildren<app::ChatSession *>()) {
        session->disconnect(this);
        session->messages()->disconnect(this);
    }
}

QWidget *ChatPanel::sidebarList()
{
    return m_list;
}

void ChatPanel::use(app::ChatSession *session)
{
    cancelEdit();
    if (m_session) {
        m_session->setView(m_transcript->view());
        m_session->disconnect(this);
    }
    m_session = session;
    m_submitWhenLoaded = m_submitWhenRead = false;
    m_found = {};
    m_fileNotice.clear();
    m_hint.clear();
    m_findBar->close();
    m_leftOut.clear();
    m_submitWhenCounted = false;
    m_lens->close();
    m_comparison->setSession(session);
    m_notSent.clear();
    m_runningTokens = -1;
    m_counter.setSession(session);
    const auto showDraft = [this] {
        m_settingDraft = true;
        m_composer->edit()->setText(m_session->draft());
        m_settingDraft = false;
    };
    connect(session, &ChatSession::stateChanged, this, [this] {
        refresh();
        if (m_session && !m_session->isBusy())
            countSoon();
    });
    connect(session, &ChatSession::promptProgress, this, [this] {
        updateActivity();
        updateStatus();
    });
    connect(session, &ChatSession::queuePositionChanged, this, &ChatPanel::refresh);
    connect(session, &ChatSession::titleChanged, this, &ChatPanel::updateTitle);
    connect(session, &ChatSession::choicesChanged, this, [this] {
        refresh();
        countSoon();
    });
    connect(session, &ChatSession::contextChanged, this, [this] {
        m_leftOut.clear();
        count();
        updateNotice();
    });
    connect(session, &ChatSession::sent, this, [this] { countSoon(); });
    connect(session, &ChatSession::sendFailed, this,
            [this](const QString &text, const inference::Error &error) {
                const QString written = m_composer->edit()->text();
                if (!text.isEmpty()) // nothing was typed for a retry or a branch
                    m_composer->edit()->setText(
                        written.trimmed().isEmpty() ? text : text + QStringLiteral("\n\n") + written);
                m_notSent = app::errorSentence(error);
                updateNotice();
            });
    connect(session, &ChatSession::loaded, this, [this, showDraft] {
        if (m_composer->edit()->text() != m_session->draft())
            showDraft(); // else the cursor stays where the user types
        refresh();
        countSoon();
        if (m_found.message != 0)
            showFound(std::exchange(m_found, {}));
        else
            m_transcript->setView(m_session->view());
        if (std::exchange(m_submitWhenLoaded, false))
            submit();
    });
    connect(session, &ChatSession::loadFailed, this, [this](const inference::Error &error) {
        m_notSent = app::errorSentence(error);
        refresh();
    });
    connect(session, &ChatSession::conversationCreated, this, [this](qint64 id) {
        m_settings.set(app::kLastConversation, id);
        m_list->setCurrent(id);
    });
    connect(session, &ChatSession::answerFinished, this, [this, session](int) {
        countSoon();
        m_titles.consider(*session);
    });
    connect(session, &QObject::destroyed, this, [this, session] {
        m_queues.remove(session);
        m_planning.remove(session);
        m_intakes.remove(session);
    });
    connect(session, &ChatSession::attachmentsChanged, this, &ChatPanel::showAttachments);
    connect(session->messages(), &QAbstractItemModel::rowsInserted, this, &ChatPanel::refresh,
            Qt::UniqueConnection);
    connect(session->messages(), &QAbstractItemModel::modelReset, this, &ChatPanel::refresh,
            Qt::UniqueConnection);
    m_transcript->setModel(session->messages());
    m_tree->setMessages(session->messages());
    m_transcript->setView(session->view());
    showDraft();
    if (session->conversationId())
        m_settings.set(app::kLastConversation, session->conversationId());
    m_list->setCurrent(session->conversationId());
    refresh();
    showAttachments();
    countSoon();
}

void ChatPanel::openConversation(qint64 id)
{
    if (id == 0 || (m_session && m_session->conversationId() == id)) {
        focusInput();
        return;
    }
    use(m_sessions.open(id));
    if (isVisible())
        focusInput();
}

void ChatPanel::newItem()
{
    m_settings.set(app::kLastConversation, qint64(0));
    use(m_sessions.newChat());
    focusInput();
}

void ChatPanel::focusInput()
{
    m_composer->edit()->setFocus(Qt::OtherFocusReason);
}

void ChatPanel::stop()
{
    if (!m_findBar->isHidden()) {
        m_findBar->close();
        return;
    }
    if (m_lens->isOpen()) {
        m_lens->close();
        return;
    }
    if (!m_tree->isHidden() && (!isInspectorBeside() || m_tree->list()->hasFocus())) {
        showTree(false);
        return;
    }
    if (m_comparison->escape())
        return;
    if (m_editRow >= 0) {
        cancelEdit();
        return;
    }
    if (!m_inspector->isHidden() && !isInspectorBeside()) {
        showInspector(false);
        return;
    }
    if (m_summaries.isWriting() && m_summaries.session() == m_session)
        m_summaries.stop();
    if (m_session && m_session->isBusy())
        m_session->stop();
    else
        m_titles.stop();
}

void ChatPanel::submit()
{
    if (!m_session)
        return;
    const QString text = m_composer->edit()->text();
    if (waitsForAttachments() || (text.trimmed().isEmpty() && composed().isEmpty()))
        return;
    if (m_session->state() == State::Loading) {
        // The chat is still read from the disk: what was sent goes as soon as it is there.
        m_submitWhenLoaded = true;
        return;
    }
    const bool waits = m_session->isBusy() || (m_summaries.isWriting() && m_summaries.session() == m_session);
    if (!waits) { // what waits is planned when its turn comes
        const Fit fit = fitOf(text);
        m_submitWhenCounted = fit == Fit::Unknown;
        if (fit != Fit::Fits) {
            updateNotice();
            return;
        }
    }
    m_notSent.clear();
    m_leftOut.clear();
    if (m_editRow >= 0) {
        const int row = m_editRow;
        if (m_session->isBusy())
            return;
        m_editDrafts.remove(m_session);
        m_editRow = -1;
        const bool isAnswer = m_session->messages()->message(row).role == app::Role::Assistant;
        if (isAnswer ? m_session->editAnswer(row, text)
                     : m_session->editAndResend(row, text, std::exchange(m_editAttachments, {}))) {
            m_settingDraft = true;
            m_composer->edit()->setText(m_session->draft());
            m_settingDraft = false;
        }
        refresh();
        showAttachments();
        return;
    }
    const QueuedMessage message{text, idsOf(composed()), m_comparison->next()};
    if (waits)
        m_queues[m_session].append(message);
    else if (!sendQueued(m_session, message))
        return;
    if (message.choices)
        m_comparison->leaveNext();
    m_settingDraft = true;
    m_composer->edit()->setText(QString());
    m_settingDraft = false;
    m_session->setDraft(QString());
    keepQueue(m_session);
    if (waits)
        m_session->saveDraft(); // what waits is as safe as what is sent
    m_transcript->scrollToEnd();
    refresh();
    showAttachments();
}

bool ChatPanel::sendQueued(app::ChatSession *session, const QueuedMessage &message)
{
    return message.choices ? m_comparison->send(session, message.text, *message.choices, message.attachments)
                           : session->send(message.text, message.attachments);
}

void ChatPanel::keepQueue(app::ChatSession *session)
{
    QStringList texts;
    for (const QueuedMessage &message : m_queues.value(session))
        if (!message.text.trimmed().isEmpty())
            texts << message.text;
    session->setWaiting(texts);
}

void ChatPanel::sendNext(app::ChatSession *session)
{
    const auto queue = m_queues.find(session);
    if (queue == m_queues.end() || queue->isEmpty() || session->isBusy() ||
        session->state() == State::Loading)
        return;
    // After a stop or a failure the user decides: nothing is sent by itself.
    app::MessageListModel *messages = session->messages();
    const int last = messages->rowCount() - 1;
    const bool wentWell = last >= 0 && messages->message(last).state == app::MessageState::Complete;
    if (m_summaries.isWriting() && m_summaries.session() == session)
        return;
    const auto model = m_service.model();
    if (wentWell && model) {
        if (m_planning.contains(session))
            return;
        m_planning.insert(session);
        const QueuedMessage next = queue->first(); // stays there until it is sent or given back
        const int limit = int(model->contextLength); // 0: not known
        const int room = limit > 0 ? limit - app::keptForAnswer(m_settings, limit) : std::numeric_limits<int>::max();
        QVector<app::AttachmentRecord> attached = session->draftAttachments();
        attached.removeIf([&](const app::AttachmentRecord &one) { return !next.attachments.contains(one.id); });
        m_service.countTokens(session->draftRequest(next.text, attached), &m_queueCounter,
                              [this, next, p = QPointer<ChatSession>(session), room](int tokens) {
                                  if (!p)
                                      return;
                                  m_planning.remove(p);
                                  QVector<QueuedMessage> &queued = m_queues[p];
                                  if (queued.isEmpty() || queued.first().text != next.text)
                                      return; // taken back meanwhile
                                  queued.removeFirst();
                                  keepQueue(p);
                                  if (tokens > room || !sendQueued(p, next))
                                      giveBack(p, next);
                                  refresh();
                                  showAttachments();
                              });
        return;
    }
    const QueuedMessage next = queue->takeFirst();
    keepQueue(session);
    if (wentWell && sendQueued(session, next)) {
        refresh();
        return;
    }
    giveBack(session, next);
}

// What was written while an answer was under way and is not sent by itself stands in the composer again.
void ChatPanel::giveBack(app::ChatSession *session, const QueuedMessage &message)
{
    QStringList back{message.text};
    for (const QueuedMessage &other : std::exchange(m_queues[session], {}))
        back << other.text;
    if (message.choices)
        m_comparison->setNext(session, message.choices);
    if (!session->draft().trimmed().isEmpty())
        back.append(session->draft());
    session->setDraft(back.join(QStringLiteral("\n\n")));
    keepQueue(session);
    if (session == m_session) {
        m_settingDraft = true;
        m_composer->edit()->setText(session->draft());
        m_settingDraft = false;
        count();
    }
    refresh();
    showAttachments();
}

void ChatPanel::act(Action action, int row, const QString &name)
{
    if (!m_session)
        return;
    app::MessageListModel *messages = m_session->messages();
    switch (action) {
    case Action::Retry:
        m_session->regenerate(row);
        break;
    case Action::Continue:
        m_session->continueAnswer();
        break;
    case Action::Edit:
        beginEdit(row);
        break;
    case Action::TokenLens:
        m_lens->toggle(m_session, messages->message(row).id);
        break;
    case Action::PreviousVersion:
        m_session->showVersion(row, messages->version(row) - 1);
        break;
    case Action::NextVersion:
        m_session->showVersion(row, messages->version(row) + 1);
        break;
    case Action::Custom:
        if (name == QLatin1String("newChat")) {
            newItem();
        } else if (name == QLatin1String("branch") && m_session->branchFrom(row)) {
            refresh();
            focusInput();
        } else if (name == QLatin1String("bringBack")) {
            const app::ContextTurn &turn = messages->turnOf(row);
            app::ContextPart part;
            part.messageId = messages->message(turn.summary >= 0 ? turn.summary : row).id;
            actOnContext(ContextAction::BringBack, part);
        } else if (name == QLatin1String("compare")) {
            m_comparison->ask(row, false);
        } else if (name == QLatin1String("versions")) {
            m_comparison->showVersions(row, QCursor::pos());
        } else if (name == QLatin1String("receipt")) {
            showReceipt(messages->message(row).id);
        } else if (const qint64 id = attachmentOfAction(name)) {
            openAttachment(id);
        }
        break;
    default:
        break;
    }
}

void ChatPanel::beginEdit(int row)
{
    if (!m_session || m_session->isBusy() || row < 0 || row >= m_session->messages()->rowCount())
        return;
    if (m_editRow < 0)
        m_editDrafts[m_session] = m_composer->edit()->text();
    m_editRow = row;
    m_editAttachments = m_session->messages()->message(row).attachments;
    m_settingDraft = true;
    m_composer->edit()->setText(m_session->messages()->message(row).content);
    m_settingDraft = false;
    count();
    updateNotice();
    showAttachments();
    focusInput();
}

void ChatPanel::cancelEdit()
{
    if (m_editRow < 0)
        return;
    m_editRow = -1;
    m_editAttachments.clear();
    const QString draft = m_session ? m_editDrafts.take(m_session) : QString();
    m_settingDraft = true;
    m_composer->edit()->setText(draft);
    m_settingDraft = false;
    count();
    updateNotice();
    showAttachments();
}

void ChatPanel::place()
{
    placeInspector();
    const int column = width() - layout()->contentsMargins().right();
    const int room = std::max(120, column - 48);
    m_foot->setMaximumWidth(std::min(720, room)); // no least width: it would keep a narrower window from being one
    m_composer->setLines(window()->height() < 640 ? 5 : 10);
    const QSize bar = m_findBar->sizeHint();
    // In the head, so that it covers no words.
    const int right = column - 12 - 4 * (m_more->width() + 8), wide = std::min(bar.width(), right - 8);
    m_findBar->setGeometry(right - wide, (51 - bar.height()) / 2, wide, bar.height());
}

bool ChatPanel::isInspectorBeside() const
{
    return window()->width() >= 1100;
}

void ChatPanel::resizeEvent(QResizeEvent *event)
{
    Panel::resizeEvent(event);
    place();
    updateTitle();
}

} // namespace ui
