// What the chat panel shows of its session: activity, notices, the status line, titles and token counts.
#include "ui/chat/chat_panel.h"

#include "app/error_text.h"
#include "app/settings_keys.h"
#include "ui/actions.h"
#include "ui/chat/chat_find_bar.h"
#include "ui/chat/comparison_view.h"
#include "ui/chat/composer.h"
#include "ui/chat/context_bar.h"
#include "ui/chat/conversation_list.h"
#include "ui/chat/queue_bar.h"
#include "ui/chat/start_view.h"
#include "ui/widgets/figures.h"
#include "ui/widgets/progress_words.h"

#include <QFileInfo>
#include <QLabel>
#include <QLayout>
#include <QMenu>
#include <QPushButton>
#include <QStackedWidget>

#include <algorithm>
#include <utility>

namespace ui {

namespace {

using app::ChatSession;
using State = app::ChatSession::State;

} // namespace

QString ChatPanel::waitingWords() const
{
    const int others = int(m_sessions.busy().size()) - 1;
    if (others > 0)
        return tr("Waiting: another chat is being answered");
    return tr("Waiting: another panel is at work");
}

void ChatPanel::refresh()
{
    if (!m_session)
        return;
    const bool empty = m_session->messages()->rowCount() == 0 && m_session->state() != State::Loading;
    m_stack->setCurrentWidget(m_comparison->isOpen() ? static_cast<QWidget *>(m_comparison)
                              : empty                ? static_cast<QWidget *>(m_start)
                                                     : m_transcript);
    m_more->setVisible(!empty);
    m_find->setVisible(!empty);
    m_findBar->setTranscripts(m_comparison->isOpen() ? m_comparison->texts() : QVector<Transcript *>{m_transcript});
    m_treeButton->setVisible(!empty);
    m_treeButton->setEnabled(canShowTree());
    const bool busy = m_session->isBusy();
    m_composer->setBusy(busy);
    showPresets();
    m_composer->setPlaceholder(busy    ? tr("Write the next message; it is sent when this answer ends")
                               : empty ? tr("Write a message")
                               : m_comparison->openSide() >= 0
                                   ? tr("Write the next message; it follows answer %1").arg(m_comparison->openSide() + 1)
                                   : tr("Write the next message"));
    QStringList waiting;
    for (const QueuedMessage &message : m_queues.value(m_session)) {
        const QString words = message.text.trimmed().isEmpty() ? tr("Attachments without words") : message.text;
        waiting << (message.choices ? tr("Two answers: %1").arg(words) : words);
    }
    m_queueBar->setMessages(waiting);
    const bool writes = m_session->state() == State::Writing || m_session->state() == State::Thinking;
    if (!writes) {
        m_writing.invalidate();
        m_speed.clear();
        const app::MessageTree &tree = m_session->messages()->tree();
        m_writtenBefore = tree.contains(m_session->answerId()) ? int(tree.at(m_session->answerId()).content.size()) : 0;
    } else if (!m_writing.isValid()) {
        m_writing.start();
    }
    if (busy && !m_ticker.isActive())
        m_ticker.start();
    else if (!busy)
        m_ticker.stop();
    updateTitle();
    updateActivity();
    updateNotice();
    updateStatus();
    place();
}

void ChatPanel::updateActivity()
{
    if (!m_session)
        return;
    std::optional<Progress> progress;
    switch (m_session->state()) {
    case State::WaitingForModel:
        progress = Progress{m_service.state() == app::InferenceService::State::Loading
                                ? tr("Sent as soon as the model is loaded")
                                : tr("No model is loaded. The message waits."),
                            0, 0};
        break;
    case State::Queued:
        progress = Progress{waitingWords(), 0, 0};
        break;
    case State::Reading:
        progress = Progress{tr("Reading prompt"), m_session->promptDone(), m_session->promptTotal()};
        break;
    case State::Stopping:
        progress = Progress{tr("Stopping"), 0, 0};
        break;
    default:
        break;
    }
    m_transcript->setActivity(m_session->answerRow(), m_session->isBusy(), m_session->canContinue(), progress,
                              m_session->state() == State::Thinking, m_session->thinkingMs());
}

void ChatPanel::updateNotice()
{
    m_notice->clearActions();
    m_notice->setClosable(false);
    m_notice->setIconName(QString());
    bool shown = true;
    const bool noModel = m_service.state() == app::InferenceService::State::NoModel;
    const bool loading = m_service.state() == app::InferenceService::State::Loading && !m_service.model();
    updateChoices();
    if (m_summaries.isWriting()) {
        m_notice->setKind(Notice::Kind::Plain);
        m_notice->setIconName(QStringLiteral("summarise"));
        m_notice->setWords(QString(), summaryWords());
        connect(m_notice->addAction(tr("Stop")), &TextButton::clicked, this, [this] { m_summaries.stop(); });
    } else if (m_planShown) {
        m_notice->setKind(Notice::Kind::Warn);
        m_notice->setIconName(QStringLiteral("context-map"));
        m_notice->setWords(tr("The context is full. Nothing was dropped, your message is not sent yet."), planWords());
    } else if (!m_notSent.isEmpty()) {
        m_notice->setKind(Notice::Kind::Danger);
        m_notice->setIconName(QStringLiteral("error"));
        m_notice->setWords(tr("Not sent. Your text is kept."), m_notSent);
        m_notice->setClosable(true);
    } else if (!m_fileNotice.isEmpty()) {
        m_notice->setKind(m_fileFailed ? Notice::Kind::Danger : Notice::Kind::Success);
        m_notice->setIconName(m_fileFailed ? QStringLiteral("error") : QStringLiteral("check"));
        m_notice->setWords(QString(), m_fileNotice);
        m_notice->setClosable(true);
    } else if (!m_hint.isEmpty()) {
        m_notice->setKind(Notice::Kind::Plain);
        m_notice->setIconName(QStringLiteral("info"));
        m_notice->setWords(QString(), m_hint);
        m_notice->setClosable(true);
    } else if (!m_leftOut.isEmpty()) {
        m_notice->setKind(Notice::Kind::Plain);
        m_notice->setIconName(QStringLiteral("eye"));
        m_notice->setWords(QString(), m_leftOut.size() == 1
                                          ? tr("1 part is left out. It stays in the chat, the model does not see it.")
                                          : tr("%1 parts are left out. They stay in the chat, the model does not see them.")
                                                .arg(withCommas(m_leftOut.size())));
        m_notice->setClosable(true);
        connect(m_notice->addAction(tr("Bring back")), &TextButton::clicked, this, &ChatPanel::bringBack);
    } else if (m_editRow >= 0) {
        m_notice->setKind(Notice::Kind::Plain);
        m_notice->setWords(QString(), isEditingAnswer()
                                          ? tr("You edit the answer. Sending makes it a version of its own; the model's stays.")
                                          : tr("You edit an earlier message. Sending makes a new version; the old one stays."));
        connect(m_notice->addAction(tr("Cancel")), &TextButton::clicked, this, &ChatPanel::cancelEdit);
    } else if (m_session && m_session->isBranching()) {
        m_notice->setKind(Notice::Kind::Plain);
        m_notice->setIconName(QStringLiteral("branch"));
        m_notice->setWords(QString(), tr("Your next message begins a branch here. What stood below is kept."));
        connect(m_notice->addAction(tr("Show it")), &TextButton::clicked, this, [this] {
            m_session->leaveBranch();
            refresh();
        });
    } else if (m_store.saveState() == app::ChatStore::SaveState::NotSaved) {
        m_notice->setKind(Notice::Kind::Danger);
        m_notice->setIconName(QStringLiteral("error"));
        m_notice->setWords(QString(), m_store.saveError() ? app::errorSentence(*m_store.saveError())
                                                          : tr("The last changes are not on the disk yet."));
        connect(m_notice->addAction(tr("Try again")), &TextButton::clicked, this,
                [this] { m_store.retry(); });
    } else if (!m_storeNotice.isEmpty()) {
        m_notice->setKind(Notice::Kind::Warn);
        m_notice->setIconName(QStringLiteral("info"));
        m_notice->setWords(QString(), m_storeNotice);
        m_notice->setClosable(true);
    } else if (noModel) {
        m_notice->setKind(Notice::Kind::Plain);
        m_notice->setIconName(QStringLiteral("model"));
        m_notice->setWords(QString(), tr("No model is loaded. Your message will wait."));
        connect(m_notice->addAction(tr("Choose a model"), TextButton::Kind::Soft), &TextButton::clicked, this,
                &ChatPanel::chooseModelRequested);
    } else if (loading) {
        m_notice->setKind(Notice::Kind::Plain);
        m_notice->setIconName(QStringLiteral("clock"));
        m_notice->setWords(
            QString(), tr("The model is being loaded. What you send is answered as soon as it is there."));
    } else {
        shown = false;
    }
    m_notice->setVisible(shown);
    m_contextBar->setVisible(m_service.model().has_value());
    m_foot->layout()->setContentsMargins(0, shown ? 8 : 0, 0, 12);
    if (!m_service.model() && shown)
        m_foot->layout()->setSpacing(8);
    else
        m_foot->layout()->setSpacing(0);
}

QString ChatPanel::summaryWords() const
{
    QString words = tr("Summarising %1").arg(turnCount(m_summaries.turns()));
    if (m_summaries.pieces() > 1)
        words += tr(", part %1 of %2").arg(m_summaries.piece()).arg(m_summaries.pieces());
    if (m_summaries.isReading() && m_summaries.promptTotal() > 0)
        words += tr(": reading %1/%2").arg(withCommas(m_summaries.promptDone()), withCommas(m_summaries.promptTotal()));
    else if (!m_summaries.isReading())
        words += tr(": writing");
    return words;
}

// What the model does for this panel beside the chat that is shown. Empty: nothing.
QString ChatPanel::besideWords() const
{
    if (m_replaying)
        return tr("Replaying an answer");
    if (m_titles.isWriting())
        return tr("Writing a title");
    const QVector<ChatSession *> busy = m_sessions.busy();
    const bool answers = std::any_of(busy.begin(), busy.end(), [](const ChatSession *session) {
        const State state = session->state();
        return state == State::Reading || state == State::Thinking || state == State::Writing || state == State::Stopping;
    });
    return answers ? tr("Answering another chat") : QString();
}

void ChatPanel::hint(const QString &sentence)
{
    m_hint = sentence;
    updateNotice();
}

void ChatPanel::updateStatus()
{
    if (!m_session)
        return;
    if (m_summaries.isWriting()) {
        Q_EMIT statusChanged(summaryWords(), QString(), QString());
        return;
    }
    const auto number = [](quint32 n) { return withCommas(n); };
    switch (m_session->state()) {
    case State::Reading: {
        const QString reason = m_session->promptCached() > 0
                                   ? tr("%1 tokens reused").arg(number(m_session->promptCached()))
                                   : QString();
        Q_EMIT statusChanged(readingWords(m_session->promptDone(), m_session->promptTotal()), QString(), reason);
        break;
    }
    case State::Thinking:
        Q_EMIT statusChanged(tr("Thinking, %1").arg(durationWords(m_session->thinkingMs())), m_speed,
                             QString());
        break;
    case State::Writing:
        Q_EMIT statusChanged(tr("Writing"), m_speed, QString());
        break;
    case State::Queued:
        Q_EMIT statusChanged(waitingWords(), QString(), QString());
        break;
    case State::Sending:
        Q_EMIT statusChanged(tr("Saving the message"), QString(), QString());
        break;
    case State::Stopping:
        Q_EMIT statusChanged(tr("Stopping"), QString(), QString());
        break;
    case State::WaitingForModel:
    case State::Loading:
    case State::Idle: {
        const QString beside = besideWords();
        QString speed;
        const int last = m_session->messages()->rowCount() - 1;
        if (last >= 0 && m_session->messages()->message(last).decodeTokensPerSecond > 0 &&
            m_session->state() == State::Idle && beside.isEmpty())
            speed = tr("%1 tok/s").arg(m_session->messages()->message(last).decodeTokensPerSecond, 0, 'f', 1);
        Q_EMIT statusChanged(beside, speed, QString());
        break;
    }
    }
}

// The engine tells its speed at the end; until then the tokens of what has come are counted, once a second.
void ChatPanel::measureSpeed()
{
    if (!m_session || !m_writing.isValid() || !m_session->messages()->tree().contains(m_session->answerId()))
        return;
    const app::MessageRecord &record = m_session->messages()->tree().at(m_session->answerId());
    inference::GenerationRequest request;
    request.input =
        inference::RawInput{(record.reasoning + record.content.mid(m_writtenBefore)).toStdString(), false};
    const qint64 ms = m_writing.elapsed();
    m_service.countTokens(std::move(request), &m_speedCounter, [this, ms](int tokens) {
        if (tokens < 0 || !m_writing.isValid() || !m_session)
            return;
        if (tokens > 0 && ms > 500)
            m_speed = tr("%1 tok/s").arg(tokens * 1000.0 / double(ms), 0, 'f', 1);
        m_runningTokens = int(m_session->promptTotal()) + tokens;
        showContext();
        updateStatus();
    });
}

void ChatPanel::updateBusyList()
{
    QSet<qint64> ids;
    for (const ChatSession *session : m_sessions.busy())
        ids.insert(session->conversationId());
    m_list->setBusy(ids);
    Q_EMIT countBadge(ids.size() > 1 ? QString::number(ids.size()) : QString());
}

void ChatPanel::announceAnswers()
{
    const QVector<app::ChatSession *> busy = m_sessions.busy();
    const QSet<app::ChatSession *> now(busy.begin(), busy.end()), before = std::exchange(m_answering, now);
    for (app::ChatSession *session : now - before)
        if (session == m_session)
            Q_EMIT announced(tr("The answer has begun."));
    for (app::ChatSession *session : m_sessions.findChildren<app::ChatSession *>()) { // one that is gone says nothing
        const int last = session->messages()->rowCount() - 1;
        if (now.contains(session) || !before.contains(session) || last < 0)
            continue;
        const app::MessageRecord &answer = session->messages()->message(last);
        if (session == m_session)
            Q_EMIT announced(answer.generatedTokens > 0 ? tr("The answer has ended, %1.").arg(tokenCount(answer.generatedTokens))
                                                        : tr("The answer has ended."));
        Q_EMIT answerEnded(session->title().isEmpty() ? tr("New chat") : session->title(), answer.content);
    }
}

void ChatPanel::updateSaved()
{
    switch (m_store.saveState()) {
    case app::ChatStore::SaveState::Saved:
        Q_EMIT savedChanged(tr("Saved"), false);
        break;
    case app::ChatStore::SaveState::Saving:
        Q_EMIT savedChanged(tr("Saving"), false);
        break;
    case app::ChatStore::SaveState::NotSaved:
        Q_EMIT savedChanged(m_store.saveError()
                                ? tr("Not saved: %1").arg(app::errorTitle(m_store.saveError()->code))
                                : tr("Not saved"),
                            true);
        break;
    }
    updateNotice();
}

} // namespace ui
