#include "app/chat/chat_session.h"

#include "app/chat/receipt.h"

#include "app/error_text.h"

namespace app {

using inference::EndReason;
using inference::Error;
using inference::GenerationStatistics;
using inference::Result;
using inference::TextKind;
using inference::TextPiece;

namespace {

constexpr int kJournalMs = 500;
constexpr int kDraftMs = 400;

} // namespace

ChatSession::ChatSession(InferenceService &service, ChatStore &store, const Settings &settings,
                         qint64 conversationId, QObject *parent)
    : QObject(parent), m_service(service), m_store(store), m_settings(settings)
{
    m_journalTimer.setSingleShot(true);
    m_journalTimer.setInterval(kJournalMs);
    connect(&m_journalTimer, &QTimer::timeout, this, &ChatSession::journal);
    m_draftTimer.setSingleShot(true);
    m_draftTimer.setInterval(kDraftMs);
    connect(&m_draftTimer, &QTimer::timeout, this, &ChatSession::saveDraft);
    connect(&store, &ChatStore::committed, this, &ChatSession::applyCommitted);
    connect(&store, &ChatStore::opened, this, &ChatSession::retryLoad);
    connect(&service, &InferenceService::stateChanged, this, [this] {
        if (m_state == State::WaitingForModel)
            ask();
    });
    connect(&service, &InferenceService::loadFailed, this, &ChatSession::modelFailed);
    connect(&service, &InferenceService::modelChanged, this, &ChatSession::followModel);
    for (const auto changed : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(&m_messages, changed, this, &ChatSession::attachmentsChanged);
    load(conversationId);
}

ChatSession::~ChatSession()
{
    saveDraft();
    for (const PendingAnswer &pending : std::as_const(m_pending))
        stopPending(pending);
    if (!m_answer)
        return;
    flushParser();
    MessageRecord record =
        m_messages.tree().contains(m_answer->id) ? m_messages.tree().at(m_answer->id) : MessageRecord();
    if (m_state == State::Sending) { // it will be in the file, and nobody will write it
        record = m_answer->unsent;
        if (const QString since = unsent(m_draft == m_pendingText ? QString() : m_draft); !since.isEmpty())
            m_store.write({SetDraft{record.conversationId, since}}, Durability::Typed);
    }
    if (record.id == 0)
        return;
    endThinking();
    record.state = MessageState::Stopped;
    record.endReason = QString::fromLatin1(inference::endReasonName(EndReason::Cancelled));
    if (m_state != State::Sending)
        record.reasoningMs = thinkingMs();
    const StoreOperations tokens = savedTokens(record);
    m_store.write(StoreOperations{SaveMessage{record}} + tokens, Durability::Typed);
}

void ChatSession::load(qint64 id)
{
    m_conversation.id = id;
    m_state = State::Loading;
    m_store.readContents(id, this, [this](const Result<ConversationContents> &result) {
        if (result) {
            const qint64 asked = m_conversation.id;
            m_conversation = result->conversation;
            m_conversation.id = asked;
            if (asked != 0)
                m_choices = choicesFromJson(result->conversation.choices);
            m_folder = result->folder;
            m_outerFolders = result->outerFolders;
            QVector<MessageRecord> messages = result->messages;
            for (MessageRecord &message : messages)
                if (message.state == MessageState::Streaming) // by a session that is gone
                    message.state = MessageState::Interrupted;
            m_messages.reset(messages, m_conversation.currentLeaf);
            if (m_draft.isEmpty())
                m_draft = result->draft;
            m_savedDraft = result->draft;
            takeDraftAttachments(*result);
        }
        const QPointer<ChatSession> alive(this);
        // What was said there is not known: nothing can follow it.
        m_unread = !result && m_conversation.id != 0;
        if (!m_unread)
            setState(State::Idle);
        if (alive && !m_conversation.title.isEmpty())
            Q_EMIT titleChanged();
        if (!alive)
            return;
        if (result)
            Q_EMIT attachmentsChanged();
        if (!alive)
            return;
        if (result)
            Q_EMIT loaded();
        else
            Q_EMIT loadFailed(result.error());
    });
}

void ChatSession::retryLoad()
{
    if (std::exchange(m_unread, false))
        load(m_conversation.id);
}

int ChatSession::answerRow() const
{
    return m_answer ? m_messages.rowOf(m_answer->id) : -1;
}

int ChatSession::contextTokens() const
{
    const int last = m_messages.rowCount() - 1;
    if (last < 0)
        return 0;
    const MessageRecord &record = m_messages.message(last);
    return record.promptTokens + record.generatedTokens;
}

qint64 ChatSession::thinkingMs() const
{
    if (!m_answer)
        return 0;
    if (m_answer->thinks)
        return m_answer->reasoningMsBefore + m_answer->thinking.elapsed();
    return m_messages.tree().contains(m_answer->id) ? m_messages.tree().at(m_answer->id).reasoningMs : 0;
}

MessageRecord ChatSession::newAnswer(qint64 parent) const
{
    MessageRecord answer;
    answer.id = newRecordId();
    answer.conversationId = m_conversation.id;
    answer.parentId = parent;
    answer.role = Role::Assistant;
    answer.state = MessageState::Streaming;
    answer.created = nowMs();
    return answer;
}

bool ChatSession::send(const QString &text, const std::optional<QVector<qint64>> &attachments)
{
    return sendFor(text, attachments, {});
}

bool ChatSession::sendFor(const QString &text, const std::optional<QVector<qint64>> &attachments, const QVector<AnswerChoice> &choices)
{
    const bool attaches = attachments ? !attachments->isEmpty() : !m_draftAttachments.isEmpty();
    if (m_state != State::Idle || (text.trimmed().isEmpty() && !attaches))
        return false;
    MessageRecord question;
    question.attachments = takeFromDraft(attachments);
    if (text.trimmed().isEmpty() && question.attachments.isEmpty())
        return false; // they were removed meanwhile
    question.id = newRecordId();
    question.parentId = m_messages.leaf();
    question.content = text;
    question.created = nowMs();
    QVector<MessageRecord> messages{question};
    for (qsizetype i = 0; i < std::max<qsizetype>(1, choices.size()); ++i)
        messages << newAnswer(question.id);
    commitAndAnswer(messages, text, {{}, choices, false});
    return true;
}

bool ChatSession::editAndResend(int row, const QString &text, const std::optional<QVector<AttachmentRecord>> &attachments)
{
    if (m_state != State::Idle || row < 0 || row >= m_messages.rowCount() || m_messages.message(row).role != Role::User)
        return false;
    const QVector<AttachmentRecord> attached = attachments.value_or(m_messages.message(row).attachments);
    if (text.trimmed().isEmpty() && attached.isEmpty())
        return false;
    MessageRecord question;
    question.attachments = attached;
    for (AttachmentRecord &attachment : question.attachments)
        attachment.id = newRecordId(); // the version before keeps its own
    question.id = newRecordId();
    question.parentId = m_messages.message(row).parentId;
    question.content = text;
    question.created = nowMs();
    commitAndAnswer({question, newAnswer(question.id)}, text);
    return true;
}

bool ChatSession::editAnswer(int row, const QString &text)
{
    if (m_state != State::Idle || text.trimmed().isEmpty() || row < 0 || row >= m_messages.rowCount() ||
        m_messages.message(row).role != Role::Assistant)
        return false;
    MessageRecord answer = newAnswer(m_messages.message(row).parentId);
    answer.content = text;
    answer.reasoning = m_messages.message(row).reasoning;
    answer.reasoningMs = m_messages.message(row).reasoningMs;
    answer.state = MessageState::Complete;
    answer.endReason = kEditedByUser;
    m_store.write({SaveMessage{answer}, SetCurrentLeaf{m_conversation.id, answer.id, nowMs()}}, Durability::Typed, this,
                  [this, answer, text](const Result<void> &result) {
                      if (result)
                          m_messages.add({answer}, answer.id);
                      const QPointer<ChatSession> alive(this);
                      setState(State::Idle);
                      if (alive && !result)
                          Q_EMIT sendFailed(text, result.error());
                  });
    setState(State::Sending); // what is shown stays until this is
    return true;
}

bool ChatSession::branchFrom(int row)
{
    if (m_state != State::Idle || row < 0 || row + 1 >= m_messages.rowCount() || m_messages.message(row).role != Role::Assistant)
        return false;
    const qint64 leaf = m_messages.message(row).id;
    m_messages.showLeaf(leaf);
    m_store.write({SetCurrentLeaf{m_conversation.id, leaf, 0}}, Durability::Typed);
    return true;
}

bool ChatSession::isBranching() const
{
    const qint64 leaf = m_messages.leaf();
    return m_state == State::Idle && leaf != 0 && m_messages.tree().newestLeaf(leaf) != leaf;
}

void ChatSession::leaveBranch()
{
    if (isBranching())
        showBranch(m_messages.leaf());
}

bool ChatSession::regenerate(int row)
{
    if (m_state != State::Idle || row < 0 || row >= m_messages.rowCount())
        return false;
    const MessageRecord &record = m_messages.message(row);
    const qint64 question = record.role == Role::Assistant ? record.parentId : record.id;
    if (question == 0)
        return false;
    commitAndAnswer({newAnswer(question)}, QString());
    return true;
}

// First the commit, then the rows, then the answer: what is shown as sent is in the file.
void ChatSession::commitAndAnswer(const QVector<MessageRecord> &messages, const QString &typed, const Asking &asking)
{
    ConversationRecord conversation = m_conversation;
    StoreOperations operations;
    const bool isNew = conversation.id == 0;
    if (isNew) {
        conversation.id = newRecordId();
        conversation.created = conversation.updated = nowMs();
        conversation.choices = choicesToJson(m_choices);
    }
    if (isNew || (m_messages.tree().isEmpty() && conversation.title.isEmpty()))
        conversation.title = titleFrom(typed.trimmed().isEmpty() && !messages.first().attachments.isEmpty() ? messages.first().attachments.first().name : typed);
    if (isNew)
        operations << CreateConversation{conversation} << SetDraft{0, QString()};
    else if (conversation.title != m_conversation.title)
        operations << SetTitle{conversation.id, conversation.title, false};
    QVector<MessageRecord> records = messages;
    for (MessageRecord &record : records) {
        record.conversationId = conversation.id;
        operations << SaveMessage{record};
        for (AttachmentRecord &attachment : record.attachments) {
            attachment.conversationId = conversation.id;
            attachment.messageId = record.id;
            attachment.position = int(&attachment - record.attachments.constData());
            operations << SaveAttachment{attachment};
        }
    }
    const qsizetype first = records.size() - std::max<qsizetype>(1, asking.choices.size());
    const qint64 answer = records[first].id;
    const bool continues = !asking.lens.isEmpty();
    if (continues)
        operations << SaveLens{answer, asking.lens};
    const bool isTyped = first > 0;
    const qint64 leaf = asking.beside ? m_messages.leaf() : answer;
    operations << SetCurrentLeaf{conversation.id, leaf, nowMs()};
    if (isTyped)
        operations << SetDraft{conversation.id, unsent(QString())};

    m_pendingText = typed;
    m_answer.emplace();
    m_answer->id = answer;
    m_answer->choice = asking.choices.value(0);
    m_answer->unsent = records[first];
    for (qsizetype i = 1; i < asking.choices.size(); ++i)
        m_pending.append({records[first + i], asking.choices[i]});
    m_draftTimer.stop();
    m_store.write(operations, Durability::Typed, this, [=, this](const Result<void> &result) {
        const QPointer<ChatSession> alive(this);
        const QString text = std::exchange(m_pendingText, QString());
        if (!result) {
            m_answer.reset();
            m_pending.clear();
            setState(State::Idle);
            if (alive)
                giveBack(messages.first().attachments);
            if (alive)
                Q_EMIT sendFailed(text, result.error());
            return;
        }
        const bool titled = conversation.title != m_conversation.title;
        m_conversation.id = conversation.id;
        m_conversation.created = conversation.created;
        if (!m_conversation.titledByUser)
            m_conversation.title = conversation.title;
        if (!text.isEmpty() && m_draft == text)
            m_draft.clear();
        m_savedDraft.clear();
        if (!unsent(m_draft).isEmpty())
            m_draftTimer.start(); // typed since
        if (isNew)
            moveDraftAttachments();
        m_messages.add(records, leaf);
        if (isNew && alive)
            Q_EMIT conversationCreated(conversation.id);
        if (alive && titled)
            Q_EMIT titleChanged();
        if (alive && isTyped)
            Q_EMIT sent();
        if (alive && !asking.choices.isEmpty()) {
            QVector<qint64> ids;
            for (qsizetype i = first; i < records.size(); ++i)
                ids << records[i].id;
            Q_EMIT answersAsked(ids);
        }
        if (alive)
            beginAnswer(answer, continues);
    });
    setState(State::Sending);
}

bool ChatSession::canContinue() const
{
    const int last = m_messages.rowCount() - 1;
    if (m_state != State::Idle || last < 0)
        return false;
    const MessageRecord &record = m_messages.message(last);
    if (record.role != Role::Assistant || (record.content.isEmpty() && (record.reasoning.isEmpty() || record.receipt.isEmpty())))
        return false;
    return record.state == MessageState::Stopped || record.state == MessageState::Interrupted ||
           (record.state == MessageState::Complete && record.endReason == QLatin1String("length"));
}

bool ChatSession::continueAnswer()
{
    if (!canContinue())
        return false;
    beginAnswer(m_messages.leaf(), true);
    return true;
}

void ChatSession::beginAnswer(qint64 id, bool continues)
{
    const bool stopRequested = m_answer && m_answer->stopRequested;
    const AnswerChoice choice = m_answer ? m_answer->choice : AnswerChoice();
    m_answer.emplace();
    m_answer->id = id;
    m_answer->choice = choice;
    m_answer->continues = continues;
    m_promptDone = m_promptTotal = m_promptCached = 0;
    m_queuePosition = 0;
    if (continues) {
        MessageRecord record = m_messages.tree().at(id);
        m_answer->reasoningMsBefore = record.reasoningMs;
        m_answer->tokensBefore = record.generatedTokens;
        record.state = MessageState::Streaming;
        record.endReason.clear();
        m_messages.update(record);
        m_store.write({SaveMessage{m_messages.tree().at(id)}}, Durability::Typed);
    }
    if (stopRequested) {
        GenerationStatistics statistics;
        statistics.endReason = EndReason::Cancelled;
        finish(statistics);
        return;
    }
    ask();
}

// As soon as a model is there: how it is asked depends on the model.
void ChatSession::ask()
{
    const auto service = m_service.state();
    if (service == InferenceService::State::NoModel || service == InferenceService::State::Loading || lacksItsModel()) {
        waitForModel();
        return;
    }
    if (m_answer->continues) {
        setState(State::Queued);
        m_store.readLens(m_answer->id, this, [this, id = m_answer->id](const Result<QByteArray> &lens) {
            if (m_answer && m_answer->id == id && !m_answer->reply)
                askToGoOn(lens ? *lens : QByteArray());
        });
        return;
    }
    QVector<qint64> path = m_messages.tree().path(m_answer->id);
    path.removeLast();
    ChatOptions options = this->options();
    options.preset = m_answer->choice.preset.value_or(options.preset);
    auto request = chatRequest(m_messages.tree().messages(path), options, m_service.model());
    request.alternatives = kLensAlternatives;
    askFor(std::move(request), options.systemPrompt);
}

void ChatSession::connectReply(GenerationReply *reply)
{
    connect(reply, &GenerationReply::stateChanged, this, [this, reply] {
        if (reply->state() == GenerationReply::State::Reading)
            setState(State::Reading);
        else if (reply->state() == GenerationReply::State::Stopping)
            setState(State::Stopping);
    });
    connect(reply, &GenerationReply::queuePositionChanged, this, [this](int ahead) {
        m_queuePosition = ahead;
        Q_EMIT queuePositionChanged();
    });
    connect(reply, &GenerationReply::promptProgress, this,
            [this](quint32 done, quint32 total, quint32 cached) {
                m_promptDone = done;
                m_promptTotal = total;
                m_promptCached = cached;
                Q_EMIT promptProgress();
            });
    connect(reply, &GenerationReply::started, this, &ChatSession::takePrompt);
    connect(reply, &GenerationReply::startTextKnown, this, &ChatSession::takeStart);
    connect(reply, &GenerationReply::tokensAdded, this, [this](const std::vector<AnswerToken> &tokens) {
        for (const AnswerToken &token : tokens)
            m_answer->lens.add(token);
    });
    connect(reply, &GenerationReply::textAdded, this, &ChatSession::takeText);
    connect(reply, &GenerationReply::finished, this, &ChatSession::finish);
    connect(reply, &GenerationReply::failed, this, &ChatSession::fail);
}

void ChatSession::takeText(const QString &text)
{
    if (!m_answer)
        return;
    if (!m_answer->parser)
        m_answer->parser.emplace(false);
    const QByteArray utf8 = text.toUtf8();
    takePieces(m_answer->parser->push({utf8.constData(), std::size_t(utf8.size())}));
    if (m_answer && !m_journalTimer.isActive())
        m_journalTimer.start();
}

void ChatSession::takePieces(const std::vector<TextPiece> &pieces)
{
    const QPointer<ChatSession> alive(this);
    for (const TextPiece &piece : pieces) {
        QString text = QString::fromStdString(piece.text);
        if (text.isEmpty() || !m_answer)
            continue;
        if (piece.kind == TextKind::Reasoning) {
            if (!m_answer->thinks) {
                m_answer->thinks = true;
                m_answer->thinking.start();
            }
            if (m_state != State::Stopping)
                setState(State::Thinking);
            if (alive)
                m_messages.appendReasoning(m_answer->id, text);
        } else {
            endThinking();
            if (m_answer->continues && !m_answer->began)
                text = joint(m_messages.tree().at(m_answer->id).content, text) + text;
            m_answer->began = true;
            if (m_state != State::Stopping)
                setState(State::Writing);
            if (alive && m_answer)
                m_messages.appendText(m_answer->id, text);
        }
        if (!alive)
            return;
    }
}

void ChatSession::endThinking()
{
    if (!m_answer || !m_answer->thinks)
        return;
    MessageRecord record = m_messages.tree().at(m_answer->id);
    record.reasoningMs = thinkingMs();
    m_answer->thinks = false;
    m_answer->reasoningMsBefore = record.reasoningMs;
    m_messages.update(record);
}

void ChatSession::flushParser()
{
    if (m_answer && m_answer->parser)
        takePieces(m_answer->parser->flush());
}

void ChatSession::finish(const GenerationStatistics &statistics)
{
    const QPointer<ChatSession> alive(this);
    flushParser();
    if (!alive || !m_answer)
        return;
    endThinking();
    MessageRecord record = m_messages.tree().at(m_answer->id);
    record.state =
        statistics.endReason == EndReason::Cancelled ? MessageState::Stopped : MessageState::Complete;
    record.endReason = QString::fromLatin1(inference::endReasonName(statistics.endReason));
    if (statistics.promptTokens > 0) {
        record.promptTokens = int(statistics.promptTokens - statistics.startTokens);
        record.cachedTokens = int(statistics.cachedTokens);
        record.prefillTokensPerSecond = statistics.prefillTokensPerSecond;
        record.decodeTokensPerSecond = statistics.decodeTokensPerSecond;
        record.firstTokenMs = statistics.firstTokenMs;
    }
    record.generatedTokens = m_answer->tokensBefore + int(statistics.generatedTokens);
    if (m_answer->receipt)
        m_answer->receipt->tokens.append(QVector<inference::TokenId>(statistics.tokens.begin(), statistics.tokens.end()));
    record.error.clear();
    record.errorCode = -1;
    endAnswer(record);
}

void ChatSession::fail(const Error &error)
{
    failWith(error.code, errorSentence(error));
}

void ChatSession::failWith(inference::ErrorCode code, const QString &sentence)
{
    const QPointer<ChatSession> alive(this);
    flushParser();
    if (!alive || !m_answer)
        return;
    endThinking();
    MessageRecord record = m_messages.tree().at(m_answer->id);
    record.state = MessageState::Failed;
    record.error = sentence;
    record.errorCode = int(code);
    endAnswer(record);
}

void ChatSession::endAnswer(MessageRecord record)
{
    m_journalTimer.stop();
    if (m_answer->reply)
        m_answer->reply->deleteLater();
    const StoreOperations tokens = savedTokens(record);
    m_messages.update(record);
    m_store.write(StoreOperations{SaveMessage{m_messages.tree().at(record.id)},
                                  SetCurrentLeaf{record.conversationId, m_messages.leaf(), nowMs()}} +
                      tokens,
                  Durability::Typed);
    m_answer.reset();
    const QPointer<ChatSession> alive(this);
    if (!beginNext() && alive)
        setState(State::Idle);
    if (alive)
        Q_EMIT answerFinished(m_messages.rowOf(record.id));
}

void ChatSession::journal()
{
    if (!m_answer || !m_messages.tree().contains(m_answer->id))
        return;
    const MessageRecord &record = m_messages.tree().at(m_answer->id);
    QByteArray lens;
    if (m_answer->hasTokens && !m_answer->lens.isEmpty())
        lens = m_answer->lens.bytes(record.content, record.reasoning);
    m_store.write({JournalAnswer{record.id, record.content, record.reasoning, thinkingMs(), lens}},
                  Durability::Streamed);
}

void ChatSession::stop()
{
    if (!m_answer)
        return;
    m_answer->stopRequested = true;
    if (m_answer->reply) {
        m_answer->reply->stop();
    } else if (m_state == State::WaitingForModel) {
        if (m_answer->modelAsked && m_service.loadingPath() == m_answer->choice.model)
            m_service.cancelLoad();
        GenerationStatistics statistics;
        statistics.endReason = EndReason::Cancelled;
        finish(statistics);
    }
}

QVector<MessageRecord> ChatSession::pathBefore(qint64 answer) const
{
    QVector<qint64> path = m_messages.tree().path(answer);
    if (!path.isEmpty())
        path.removeLast();
    return m_messages.tree().messages(path);
}

void ChatSession::showVersion(int row, int version)
{
    const qint64 id = m_messages.versionId(row, version);
    if (id == 0 || m_state == State::Loading || m_state == State::Sending)
        return;
    showBranch(id);
}

void ChatSession::setView(const ConversationView &view)
{
    if (m_conversation.id == 0 || m_state == State::Loading || view == m_conversation.view)
        return;
    m_conversation.view = view;
    m_store.write({SetView{m_conversation.id, view}}, Durability::Streamed);
}

bool ChatSession::showMessage(qint64 id)
{
    if (!m_messages.tree().contains(id) || m_state == State::Loading || m_state == State::Sending)
        return false;
    if (m_messages.rowOf(id) < 0)
        showBranch(id);
    return true;
}

void ChatSession::showBranch(qint64 message)
{
    const qint64 leaf = m_messages.tree().newestLeaf(message);
    m_messages.showLeaf(leaf);
    m_store.write({SetCurrentLeaf{m_conversation.id, leaf, 0}}, Durability::Typed);
}

void ChatSession::setDraft(const QString &text)
{
    if (text == m_draft)
        return;
    m_draft = text;
    m_draftTimer.start();
}

void ChatSession::saveDraft()
{
    m_draftTimer.stop();
    const QString text = unsent(m_draft);
    if (text == m_savedDraft || (m_state == State::Sending && m_answer))
        return;
    m_savedDraft = text;
    m_store.write({SetDraft{m_conversation.id, text}}, Durability::Typed);
}

void ChatSession::setWaiting(const QStringList &texts)
{
    if (texts == m_waiting)
        return;
    m_waiting = texts;
    m_draftTimer.start(); // not at once: one that is sent now leaves the draft with the commit of the message
}

QString ChatSession::unsent(const QString &draft) const
{
    QStringList all = m_waiting;
    if (all.isEmpty() || !draft.trimmed().isEmpty())
        all << draft;
    return all.join(QStringLiteral("\n\n"));
}

inference::GenerationRequest ChatSession::draftRequest(const QString &draft, const QVector<AttachmentRecord> &attachments, int row) const
{
    const bool instead = row >= 0 && row < m_messages.rowCount();
    QVector<MessageRecord> path = instead ? pathBefore(m_messages.message(row).id) : m_messages.tree().messages(m_messages.tree().path(m_messages.leaf()));
    MessageRecord question;
    question.content = draft;
    question.attachments = attachments;
    path << question;
    return chatRequest(path, options(), m_service.model());
}

void ChatSession::setState(State state)
{
    if (state == m_state)
        return;
    m_state = state;
    Q_EMIT stateChanged();
}

void ChatSession::applyCommitted(const StoreOperations &operations)
{
    for (const StoreOperation &operation : operations) {
        followFolder(operation);
        followAnswer(operation);
        const auto *title = std::get_if<SetTitle>(&operation);
        if (!title || title->conversationId != m_conversation.id || m_conversation.id == 0)
            continue;
        if (!title->byUser && m_conversation.titledByUser)
            continue;
        m_conversation.titledByUser = title->byUser;
        if (m_conversation.title == title->title)
            continue;
        m_conversation.title = title->title;
        Q_EMIT titleChanged();
    }
}

} // namespace app
