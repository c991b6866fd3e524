#include "app/chat/summary_writer.h"

#include "app/attachments/attachment_prompt.h"
#include "app/chat/context_plan.h"
#include "app/error_text.h"

#include <QRegularExpression>

namespace app {

using inference::EndReason;

namespace {

// To the model: never translated.
const QString kAskForSummary = QStringLiteral(
    "Below is the earlier part of a conversation between a user and an assistant. Summarise it so that the conversation can go on from the "
    "summary alone: what was asked, what was found and decided, and every name, number, file and piece of code that may be needed later. "
    "Write in the language of the conversation, at most 250 words. Answer with the summary alone.");
constexpr int kAskTokens = 160; // and the marks of the format around it, more than enough

QString turnAsText(const MessageListModel &messages, const ContextTurn &turn)
{
    QString text;
    if (turn.summary >= 0)
        text += summaryForModel(messages.message(turn.summary).summary) + QStringLiteral("\n\n");
    if (turn.sight != Sight::Seen || turn.pinned)
        return text;
    for (int row = turn.first; row < turn.first + turn.count; ++row) {
        const MessageRecord &message = messages.message(row);
        QVector<AttachmentRecord> files = message.attachments;
        files.removeIf([](const AttachmentRecord &one) { return one.pinned; }); // these stay
        if (const QString words = withAttachments(files, message.content); !words.isEmpty())
            text += (message.role == Role::Assistant ? QStringLiteral("Assistant:\n") : QStringLiteral("User:\n")) + words + QStringLiteral("\n\n");
    }
    return text;
}

// Up to the end of its last sentence, where there is one in its second half.
QString wholeSentences(const QString &text)
{
    static const QRegularExpression end(QStringLiteral("[.!?。！？…](?=\\s|$)|[。！？]|\\n"));
    qsizetype at = -1;
    for (auto match = end.globalMatch(text); match.hasNext();)
        at = match.next().capturedEnd();
    return at > text.size() / 2 ? text.left(at).trimmed() : text;
}

} // namespace

inference::GenerationRequest summaryRequest(const QString &piece, const std::optional<inference::ModelSummary> &model)
{
    MessageRecord ask;
    ask.content = kAskForSummary + QStringLiteral("\n\n---\n\n") + piece.trimmed();
    ChatOptions options;
    options.preset = SamplingPreset::Precise;
    options.thinking = inference::Thinking::Off;
    options.maxTokens = quint32(summaryTokens(int(model ? model->contextLength : 0)));
    inference::GenerationRequest request = chatRequest({ask}, options, model);
    request.keepOnDisk = false;
    return request;
}

SummaryWriter::SummaryWriter(InferenceService &service, QObject *parent) : QObject(parent), m_service(service) {}

SummaryWriter::~SummaryWriter()
{
    if (m_reply)
        m_reply->disconnect(this);
}

bool SummaryWriter::begin(ChatSession &session, qint64 from, qint64 to)
{
    const auto model = m_service.model();
    const MessageListModel &messages = *session.messages();
    const int first = messages.rowOf(from), last = messages.rowOf(to);
    if (isWriting() || !model || session.state() != ChatSession::State::Idle || first < 0 || last < first)
        return false;
    m_texts.clear();
    m_pieces.clear();
    m_turns = 0;
    for (const ContextTurn &turn : messages.turns()) {
        if (turn.first + turn.count <= first || turn.first > last)
            continue;
        ++m_turns;
        if (const QString text = turnAsText(messages, turn); !text.isEmpty())
            m_texts << text;
    }
    if (m_texts.isEmpty())
        return false;
    m_session = &session;
    m_from = from;
    m_to = to;
    m_piece = 0;
    m_growing.clear();
    m_done.clear();
    m_text.clear();
    m_promptDone = m_promptTotal = 0;
    m_room = int(model->contextLength) - summaryTokens(int(model->contextLength)) - kAskTokens;
    connect(&session, &QObject::destroyed, this, [this] { end(QString()); });
    // What changes under the summary makes it another conversation.
    connect(&session, &ChatSession::stateChanged, this, [this] {
        if (m_session && m_session->isBusy())
            end(QString());
    });
    countNext();
    Q_EMIT changed();
    return true;
}

// Fills pieces with whole turns, as many as fit.
void SummaryWriter::countNext()
{
    if (m_texts.isEmpty()) {
        if (!m_growing.isEmpty())
            m_pieces << std::exchange(m_growing, QString());
        ask();
        return;
    }
    inference::GenerationRequest request;
    request.input = inference::RawInput{(m_growing + m_texts.first()).toStdString(), false};
    m_service.countTokens(std::move(request), &m_counter, [this](int tokens) {
        if (!isWriting())
            return;
        if (tokens >= 0 && tokens <= m_room) {
            m_growing += m_texts.takeFirst();
        } else if (tokens < 0) {
            end(tr("The model was unloaded. Nothing was summarised."));
            return;
        } else if (m_growing.isEmpty()) {
            end(tr("A message is too long to be read in one piece. Nothing was summarised."));
            return;
        } else {
            m_pieces << std::exchange(m_growing, QString());
        }
        countNext();
    });
}

void SummaryWriter::ask()
{
    m_text.clear();
    m_promptDone = m_promptTotal = 0;
    m_parser.reset();
    m_reply = m_service.generate(summaryRequest(m_pieces[m_piece], m_service.model()), Priority::Chat, this);
    ++m_piece;
    connect(m_reply, &GenerationReply::promptProgress, this, [this](quint32 done, quint32 total, quint32) {
        m_promptDone = done;
        m_promptTotal = total;
        Q_EMIT changed();
    });
    connect(m_reply, &GenerationReply::started, this, [this](quint32, quint32, bool opensReasoning) { m_parser.emplace(opensReasoning); });
    const auto take = [this](const std::vector<inference::TextPiece> &pieces) {
        for (const inference::TextPiece &piece : pieces)
            if (piece.kind == inference::TextKind::Answer)
                m_text += QString::fromStdString(piece.text);
    };
    connect(m_reply, &GenerationReply::textAdded, this, [this, take](const QString &text) {
        if (!m_parser)
            m_parser.emplace(false);
        take(m_parser->push(text.toStdString()));
        Q_EMIT changed();
    });
    connect(m_reply, &GenerationReply::finished, this, [this, take](const inference::GenerationStatistics &statistics) {
        if (m_parser)
            take(m_parser->flush());
        m_reply->deleteLater();
        m_reply = nullptr;
        if (statistics.endReason == EndReason::Cancelled) {
            end(QString());
        } else if (m_text.trimmed().isEmpty()) {
            end(tr("The model wrote no summary. Nothing was changed."));
        } else {
            const QString text = m_text.trimmed();
            m_done += (m_done.isEmpty() ? QString() : QStringLiteral("\n\n")) +
                      (statistics.endReason == EndReason::Stop ? text : wholeSentences(text));
            if (m_piece < m_pieces.size()) {
                ask();
                Q_EMIT changed();
                return;
            }
            const QPointer<ChatSession> session = m_session;
            const QString summary = m_done;
            const qint64 from = m_from, to = m_to;
            session->disconnect(this);
            m_session = nullptr;
            if (session->setSummary(from, to, summary))
                Q_EMIT finished();
            else
                Q_EMIT failed(tr("The conversation changed meanwhile. Nothing was summarised."));
            Q_EMIT changed();
        }
    });
    connect(m_reply, &GenerationReply::failed, this, [this](const inference::Error &error) { end(errorSentence(error)); });
}

void SummaryWriter::end(const QString &sentence)
{
    if (m_session)
        m_session->disconnect(this);
    const bool wrote = m_reply || m_session;
    m_session = nullptr;
    if (m_reply) {
        m_reply->disconnect(this);
        m_reply->stop();
        m_reply->deleteLater();
        m_reply = nullptr;
    }
    if (wrote && !sentence.isEmpty())
        Q_EMIT failed(sentence);
    Q_EMIT changed();
}

void SummaryWriter::stop()
{
    if (isWriting())
        end(QString());
}

} // namespace app
