#include "app/code/code_session.h"

#include "app/code/insertion.h"
#include "inference/chat/reasoning_parser.h"

namespace app::code {

CodeSession::CodeSession(InferenceService &service, QObject *parent) : QObject(parent), m_service(service) {}

CodeSession::~CodeSession() = default;

bool CodeSession::isBusy() const
{
    return m_state != State::Idle && m_state != State::Done && m_state != State::Failed;
}

bool CodeSession::run(const CodeTask &task)
{
    if (isBusy() || lackOf(task) != Lack::Nothing)
        return false;
    m_task = task;
    m_request = buildRequest(task, m_service.model());
    m_splitter = std::make_unique<AnswerSplitter>(m_request.answer != AnswerKind::Prose);
    m_reasoning = std::make_unique<inference::ReasoningParser>(false);
    m_code.clear();
    m_prose.clear();
    m_queuePosition = 0;
    m_promptDone = m_promptTotal = 0;
    m_ending = false;
    m_statistics = {};
    m_error = {};

    const Priority priority = task.verb == Verb::Complete ? Priority::InlineCompletion : Priority::Chat;
    m_reply = m_service.generate(m_request.request, priority, this);
    GenerationReply *reply = m_reply;
    connect(reply, &GenerationReply::stateChanged, this, [this, reply] {
        if (reply->state() == GenerationReply::State::Reading)
            setState(State::Reading);
        else if (reply->state() == GenerationReply::State::Stopping)
            setState(State::Stopping);
    });
    connect(reply, &GenerationReply::queuePositionChanged, this, [this](int ahead) {
        m_queuePosition = ahead;
        Q_EMIT progressChanged();
    });
    connect(reply, &GenerationReply::promptProgress, this, [this](quint32 done, quint32 total, quint32) {
        m_promptDone = done;
        m_promptTotal = total;
        Q_EMIT progressChanged();
    });
    connect(reply, &GenerationReply::started, this,
            [this](quint32 promptTokens, quint32, bool opensReasoning) {
                m_promptTotal = promptTokens;
                m_reasoning = std::make_unique<inference::ReasoningParser>(opensReasoning);
            });
    connect(reply, &GenerationReply::textAdded, this, &CodeSession::receive);
    connect(reply, &GenerationReply::finished, this,
            [this](const inference::GenerationStatistics &statistics) {
                m_statistics = statistics;
                end(State::Done);
            });
    connect(reply, &GenerationReply::failed, this, [this](const inference::Error &error) {
        m_error = error;
        end(State::Failed);
    });
    setState(State::Queued);
    return true;
}

void CodeSession::stop()
{
    if (isBusy() && m_reply)
        m_reply->stop();
}

void CodeSession::receive(const QString &text)
{
    // A fill-in-the-middle answer is code from its first character: "<think>" in it would be text.
    if (m_request.form == PromptForm::FillInMiddle) {
        receiveAnswer(text);
        return;
    }
    for (const inference::TextPiece &piece : m_reasoning->push(text.toStdString())) {
        if (piece.kind == inference::TextKind::Answer)
            receiveAnswer(QString::fromStdString(piece.text));
        else if (m_state == State::Reading || m_state == State::Queued)
            setState(State::Thinking);
    }
}

void CodeSession::receiveAnswer(const QString &text)
{
    if (m_state != State::Stopping)
        setState(State::Writing);
    m_splitter->push(text);
    publish();
}

void CodeSession::end(State state)
{
    if (m_request.form != PromptForm::FillInMiddle)
        for (const inference::TextPiece &piece : m_reasoning->flush())
            if (piece.kind == inference::TextKind::Answer)
                m_splitter->push(QString::fromStdString(piece.text));
    m_ending = true;
    m_splitter->finish();
    publish();
    if (m_reply)
        m_reply->deleteLater();
    m_reply.clear();
    setState(state);
    Q_EMIT ended();
}

// What changed since the last time, as one append or as a whole.
void CodeSession::publish()
{
    const QString code = m_request.answer == AnswerKind::Insertion ? insertion() : m_splitter->code();
    if (code != m_code) {
        const bool grows = code.startsWith(m_code);
        const QString added = grows ? code.mid(m_code.size()) : QString();
        m_code = code;
        if (grows)
            Q_EMIT codeAppended(added);
        else
            Q_EMIT codeReplaced(m_code);
    }
    const QString prose = m_request.form == PromptForm::FillInMiddle ? QString() : m_splitter->prose();
    if (prose == m_prose)
        return;
    const bool grows = prose.startsWith(m_prose);
    const QString added = grows ? prose.mid(m_prose.size()) : QString();
    m_prose = prose;
    if (grows)
        Q_EMIT proseAppended(added);
    else
        Q_EMIT proseReplaced(m_prose);
}

// The text that goes in at the cursor, so far.
QString CodeSession::insertion() const
{
    const QString &source = m_task.source;
    const qsizetype cursor =
        m_task.cursor < 0 ? source.size() : std::min<qsizetype>(m_task.cursor, source.size());
    const QString after = source.mid(cursor);
    if (m_request.form == PromptForm::FillInMiddle) {
        const QString &piece = m_splitter->text();
        return m_ending ? withoutRepeatedEnd(piece, after) : piece;
    }
    QString piece = withoutRepeatedStart(m_splitter->code(), source.left(cursor));
    if (!m_ending)
        return piece;
    // The fence put a line break at the end that the place may have already.
    if (piece.endsWith(u'\n') && (after.isEmpty() || after.startsWith(u'\n')))
        piece.chop(1);
    return withoutRepeatedEnd(piece, after);
}

QString CodeSession::languageTag() const
{
    return m_splitter ? m_splitter->languageTag() : QString();
}

void CodeSession::setState(State state)
{
    if (m_state == state)
        return;
    m_state = state;
    Q_EMIT stateChanged();
}

} // namespace app::code
