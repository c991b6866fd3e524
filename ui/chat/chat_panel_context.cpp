// Chat: what the model sees of the conversation: the counts, the plan before sending, and what the user decides about it.
#include "ui/chat/chat_panel.h"

#include "app/chat/context_plan.h"
#include "app/settings_keys.h"
#include "inference/model/memory_plan.h"
#include "ui/chat/attachment_strip.h"
#include "ui/chat/composer.h"
#include "ui/chat/comparison_view.h"
#include "ui/chat/context_bar.h"
#include "ui/chat/context_choices.h"
#include "ui/chat/context_inspector.h"
#include "ui/widgets/figures.h"

#include <algorithm>

namespace ui {

namespace {

// A message's marks in any chat format take less.
constexpr int kMostTurnMarks = 64;

QString secondsWords(double seconds)
{
    return seconds < 1 ? ChatPanel::tr("under a second") : ChatPanel::tr("about %1").arg(durationWords(qint64(seconds * 1000)));
}

} // namespace

void ChatPanel::connectContext()
{
    connect(&m_counter, &app::ContextCounter::changed, this, &ChatPanel::showContext);
    connect(m_contextBar, &ContextBar::opened, this, [this](ContextKind kind) {
        showInspector(true);
        m_inspector->showKind(kind);
    });
    connect(m_contextBar, &ContextBar::leaveOutRequested, this, &ChatPanel::leaveOutKind);
    connect(m_tree, &MessageTreeView::closed, this, [this] { showTree(false); });
    connect(m_tree, &MessageTreeView::chosen, this, &ChatPanel::goTo);
    connect(m_inspector, &ContextInspector::closed, this, [this] { showInspector(false); });
    connect(m_inspector, &ContextInspector::summariseRequested, this,
            [this] { summarise(app::summariseOlder(m_counter.map(), rates())); });
    connect(m_inspector, &ContextInspector::actionRequested, this, &ChatPanel::actOnContext);
    connect(m_choices, &ContextChoices::chosen, this, &ChatPanel::choose);
    connect(m_contextButton, &IconButton::clicked, this, &ChatPanel::toggleInspector);
    connect(&m_summaries, &app::SummaryWriter::changed, this, [this] {
        refresh();
        updateStatus();
    });
    connect(&m_summaries, &app::SummaryWriter::finished, this, [this] {
        countSoon();
        for (app::ChatSession *session : m_queues.keys())
            sendNext(session);
    });
    connect(&m_summaries, &app::SummaryWriter::failed, this, [this](const QString &sentence) {
        m_fileNotice = sentence;
        m_fileFailed = true;
        updateNotice();
    });
}

void ChatPanel::toggleInspector()
{
    showInspector(m_inspector->isHidden());
}

void ChatPanel::toggleTree()
{
    showTree(m_tree->isHidden());
}

bool ChatPanel::canShowTree() const
{
    return m_session && m_session->messages()->rowCount() > 0;
}

void ChatPanel::showTree(bool shown)
{
    const int focused = m_transcript->focusedMessage();
    const qint64 here = m_comparison->isOpen() ? m_comparison->messageHere()
                        : focused >= 0         ? m_transcript->message(focused).id()
                                               : 0;
    m_treeShown = shown && canShowTree();
    place();
    if (m_treeShown) {
        m_tree->showMessage(here != 0 ? here : m_session->messages()->leaf());
        m_tree->list()->setFocus(Qt::OtherFocusReason);
    }
}

void ChatPanel::goTo(qint64 message)
{
    const bool compared = m_comparison->isOpen() && m_comparison->goTo(message);
    if (!compared && m_comparison->isOpen()) {
        if (m_session->isBusy()) {
            hint(tr("Stop the answers first: going there closes their comparison."));
            return;
        }
        m_comparison->comparison()->close();
    }
    if (!m_session || (!compared && !m_session->showMessage(message)))
        return;
    refresh();
    if (!isInspectorBeside())
        showTree(false); // it would lie over what was asked for
    if (!compared)
        m_transcript->goTo(m_session->messages()->rowOf(message));
}

void ChatPanel::showInspector(bool shown)
{
    m_settings.set(app::kInspectorShown, shown);
    m_treeShown = false;
    m_inspectorOver = shown && !isInspectorBeside();
    place();
}

// Beside the conversation it stays as it was left; over it only where it was asked for.
void ChatPanel::placeInspector()
{
    const bool beside = isInspectorBeside();
    m_inspectorOver = m_inspectorOver && !beside;
    m_treeShown = m_treeShown && canShowTree();
    const bool shown = !m_treeShown && (m_inspectorOver || (beside && m_settings.get(app::kInspectorShown)));
    const bool appears = shown && m_inspector->isHidden();
    const QWidget *focus = window()->focusWidget(); // what goes with it has no place to go to but the composer
    const bool leaves = (!shown && m_inspector->isAncestorOf(focus)) || (!m_treeShown && m_tree->isAncestorOf(focus));
    m_inspector->setVisible(shown);
    m_contextButton->setChecked(shown);
    if (appears)
        m_inspector->setMap(m_counter.map(), m_counter, m_session && m_session->state() == app::ChatSession::State::Idle);
    m_tree->setVisible(m_treeShown);
    m_treeButton->setChecked(m_treeShown);
    for (SidePane *pane : std::initializer_list<SidePane *>{m_inspector, m_tree}) {
        pane->setGeometry(width() - kSidePaneWidth, 0, kSidePaneWidth, height());
        pane->raise();
    }
    layout()->setContentsMargins(0, 0, (shown || m_treeShown) && beside ? kSidePaneWidth : 0, 0);
    if (leaves)
        focusInput();
}

app::ContextRates ChatPanel::rates() const
{
    app::ContextRates rates;
    if (!m_session)
        return rates;
    const app::MessageListModel &messages = *m_session->messages();
    for (int row = messages.rowCount() - 1; row >= 0 && (rates.reading <= 0 || rates.writing <= 0); --row) {
        if (rates.reading <= 0)
            rates.reading = messages.message(row).prefillTokensPerSecond;
        if (rates.writing <= 0)
            rates.writing = messages.message(row).decodeTokensPerSecond;
    }
    return rates;
}

void ChatPanel::countSoon()
{
    if (m_service.model())
        m_countTimer.start();
    else
        count();
}

void ChatPanel::count()
{
    m_countTimer.stop();
    const QString draft = m_composer->edit()->text();
    if (!m_service.model() || !m_session) {
        m_composer->setHint(draft.isEmpty() ? tr("Enter sends, Shift Enter starts a new line") : QString());
        Q_EMIT contextUsed(-1, -1);
    }
    if (!m_writing.isValid())
        m_runningTokens = -1;
    m_counter.count(draft, composed(), m_editRow);
}

// From the last counts: the conversation, which grows with the answer that is written, and the draft.
void ChatPanel::showContext()
{
    const app::ContextMap &map = m_counter.map();
    m_contextBar->setMap(map, m_runningTokens);
    const bool canWork = m_session && m_session->state() == app::ChatSession::State::Idle && !m_summaries.isWriting();
    if (!m_inspector->isHidden())
        m_inspector->setMap(map, m_counter, canWork);
    if (!m_service.model() || !m_session)
        return;
    const QVector<app::AttachmentRecord> attached = composed();
    for (const app::AttachmentRecord &one : attached)
        m_composer->attachments()->setTokens(one.id, m_counter.attachmentTokens(one.id));
    const bool blank = m_composer->edit()->text().trimmed().isEmpty() && attached.isEmpty();
    if (blank)
        m_composer->setHint(m_session->messages()->rowCount() == 0 && width() > 560
                                ? tr("Enter sends, Shift Enter starts a new line")
                                : QString());
    else if (m_counter.isExact(m_composer->edit()->text(), composed(), m_editRow))
        m_composer->setHint(tokenCount(map.draft));
    Q_EMIT contextUsed(std::max({0, map.used, m_runningTokens}), map.limit);
    const bool planned = planShown();
    if (planned != m_planShown || planned)
        updateNotice();
    if (m_submitWhenCounted && m_counter.isExact(m_composer->edit()->text(), composed(), m_editRow)) {
        m_submitWhenCounted = false;
        submit();
    }
}

// The message that is typed does not fit, and nothing else is going on.
bool ChatPanel::planShown() const
{
    return m_session && !m_session->isBusy() && !m_summaries.isWriting() && m_service.model() && m_counter.map().excess() > 0 &&
           (!m_composer->edit()->text().trimmed().isEmpty() || !composed().isEmpty()) && !isEditingAnswer();
}

bool ChatPanel::isEditingAnswer() const
{
    return m_session && m_editRow >= 0 && m_editRow < m_session->messages()->rowCount() &&
           m_session->messages()->message(m_editRow).role == app::Role::Assistant;
}

// Whether what is typed may be sent: `Unknown` where its tokens have to be counted first, which is under way then.
ChatPanel::Fit ChatPanel::fitOf(const QString &text)
{
    const auto model = m_service.model();
    if (!model || isEditingAnswer())
        return Fit::Fits;
    const app::ContextMap &map = m_counter.map();
    const QVector<app::AttachmentRecord> attached = composed();
    if (m_counter.isExact(text, attached, m_editRow))
        return map.excess() > 0 ? Fit::TooLong : Fit::Fits;
    // No token is less than a byte.
    const int limit = int(model->contextLength);
    const bool first = m_session->messages()->rowCount() == 0;
    const qsizetype before = first ? m_session->options().systemPrompt.toUtf8().size() : m_counter.base(m_editRow);
    if (attached.isEmpty() && before >= 0 &&
        before + text.toUtf8().size() + 2 * kMostTurnMarks + app::keptForAnswer(m_settings, limit) <= limit)
        return Fit::Fits;
    count();
    return Fit::Unknown;
}

void ChatPanel::updateChoices()
{
    m_planShown = planShown();
    m_choices->setVisible(m_planShown);
    if (!m_planShown)
        return;
    const app::ContextMap &map = m_counter.map();
    const app::ContextWaysOut ways =
        app::waysOut(map, map.excess(), rates(), m_service.model(), inference::availableMemory().value_or(0));
    using Card = ContextChoices::Card;
    using Choice = ContextChoices::Choice;
    QVector<Card> cards;
    if (ways.enough) {
        const QString time = ways.seconds > 0 ? tr(", takes %1").arg(secondsWords(ways.seconds)) : QString();
        cards << Card{Choice::Summarise, QStringLiteral("summarise"), tr("Summarise"),
                      tr("The oldest %1. Frees %2%3.").arg(turnCount(ways.turns), tokenCount(ways.frees), time)};
    }
    if (m_session->messages()->rowCount() > 0)
        cards << Card{Choice::LeaveOut, QStringLiteral("close"), tr("Leave out"),
                      tr("You pick what the model stops seeing. It stays here.")};
    if (ways.largerContext > 0)
        cards << Card{
            Choice::Larger, QStringLiteral("memory"), tr("Larger context"),
            tr("%1 tokens. Takes %2 more; the model is loaded again.")
                .arg(withCommas(ways.largerContext), QString::fromStdString(inference::memoryText(ways.largerBytes, true)))};
    if (m_session->messages()->rowCount() > 0 && map.draft + map.kept <= map.limit)
        cards << Card{Choice::NewChat, QStringLiteral("new-chat"), tr("New chat"),
                      tr("Starts with this message. This chat stays.")};
    m_choices->setCards(cards);
}

QString ChatPanel::planWords() const
{
    const app::ContextMap &map = m_counter.map();
    const int before = std::max(0, map.used - map.draft);
    return tr("This message and its answer need %1 tokens; %2 are free.")
        .arg(withCommas(map.draft + map.kept), withCommas(std::max(0, map.limit - before)));
}

void ChatPanel::choose(ContextChoices::Choice choice)
{
    if (!m_session || !planShown())
        return;
    const app::ContextMap &map = m_counter.map();
    const auto model = m_service.model();
    const app::ContextWaysOut ways = app::waysOut(map, map.excess(), rates(), model, inference::availableMemory().value_or(0));
    switch (choice) {
    case ContextChoices::Choice::Summarise:
        summarise(ways);
        break;
    case ContextChoices::Choice::LeaveOut:
        showInspector(true);
        m_inspector->showKind(ContextKind::Conversation);
        break;
    case ContextChoices::Choice::Larger:
        if (ways.largerContext > 0)
            Q_EMIT contextLengthRequested(ways.largerContext);
        break;
    case ContextChoices::Choice::NewChat:
        moveToNewChat();
        break;
    }
}

void ChatPanel::summarise(const app::ContextWaysOut &ways)
{
    m_fileNotice.clear();
    if (!m_session || ways.turns == 0 || !m_summaries.begin(*m_session, ways.from, ways.to)) {
        m_fileNotice = tr("There is nothing older that a summary would make shorter.");
        m_fileFailed = false;
        updateNotice();
    }
}

void ChatPanel::actOnContext(ContextAction action, const app::ContextPart &part)
{
    if (!m_session)
        return;
    if (part.attachmentId != 0) {
        if (action == ContextAction::Show)
            openAttachment(part.attachmentId);
        else
            m_session->setAttachmentUse(part.attachmentId, action == ContextAction::Pin, action == ContextAction::LeaveOut);
        return;
    }
    const qint64 message = part.messageId;
    if (!m_session->messages()->tree().contains(message))
        return;
    const int row = m_session->messages()->rowOf(message);
    switch (action) {
    case ContextAction::Show:
        if (row >= 0)
            m_transcript->showMessage(row, {}, false);
        break;
    case ContextAction::Pin:
        m_session->setPinned(message, true);
        break;
    case ContextAction::Unpin:
        m_session->setPinned(message, false);
        break;
    case ContextAction::LeaveOut:
        m_session->setLeftOut(message, true);
        break;
    case ContextAction::BringBack:
        if (!m_session->removeSummary(message))
            m_session->setLeftOut(message, false);
        break;
    case ContextAction::SummariseUpTo: {
        app::ContextWaysOut ways;
        for (const app::ContextPart &each : m_counter.map().parts) {
            if (each.kind != app::ContextPart::Kind::Conversation || each.isSummary || each.sight == app::Sight::LeftOut)
                continue;
            if (ways.from == 0)
                ways.from = each.messageId;
            ways.to = each.messageId;
            ++ways.turns;
            if (each.messageId == message)
                break;
        }
        summarise(ways);
        break;
    }
    }
}

// All parts of a kind but the last turn, which is what the next message is about; with a way back.
void ChatPanel::leaveOutKind(ContextKind kind)
{
    if (!m_session || m_session->state() != app::ChatSession::State::Idle)
        return;
    QVector<app::ContextPart> parts;
    for (const app::ContextPart &part : m_counter.map().parts)
        if (part.kind == kind && !part.isSummary && part.sight == app::Sight::Seen &&
            (part.messageId != 0 || part.attachmentId != 0))
            parts << part;
    if (kind == ContextKind::Conversation && !parts.isEmpty())
        parts.removeLast();
    if (parts.isEmpty()) {
        m_fileNotice = tr("%1 cannot be left out.").arg(contextKindName(kind));
        m_fileFailed = false;
        updateNotice();
        return;
    }
    for (const app::ContextPart &part : std::as_const(parts))
        actOnContext(ContextAction::LeaveOut, part);
    m_leftOut = parts;
    updateNotice();
}

void ChatPanel::bringBack()
{
    for (const app::ContextPart &part : std::exchange(m_leftOut, {})) {
        actOnContext(ContextAction::BringBack, part);
        if (part.kind == ContextKind::Pinned)
            actOnContext(ContextAction::Pin, part);
    }
    updateNotice();
}

} // namespace ui
