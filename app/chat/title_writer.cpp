#include "app/chat/title_writer.h"

#include "app/chat/chat_prompt.h"

#include <QRegularExpression>

namespace app {

namespace {

// To the model: never translated.
const QString kAskForTitle = QStringLiteral(
    "Give this conversation a title of two to six words, in the language of my message. Answer with the title alone.");
constexpr quint32 kMostTokens = 24;
constexpr qsizetype kLongest = 60, kMostWords = 10;

} // namespace

QString titleOfAnswer(const QString &answer)
{
    static const QRegularExpression label(QStringLiteral("^(title|titel|titre|título|标题|標題|タイトル|제목)\\s*[:：]\\s*"),
                                          QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression edges(QStringLiteral("^[\\s\"'“”‘’«»「」『』《》*#_`]+|[\\s\"'“”‘’«»「」『』《》*_`.。]+$"));
    QString title = answer.trimmed().section(QLatin1Char('\n'), 0, 0);
    title.remove(edges).remove(label).remove(edges);
    title = title.simplified();
    const bool talks = title.contains(QLatin1Char('<')) || title.endsWith(QLatin1Char(':')) || title.endsWith(QLatin1Char('?')) ||
                       title.split(QLatin1Char(' ')).size() > kMostWords;
    return title.size() < 2 || title.size() > kLongest || talks ? QString() : titleFrom(title);
}

TitleWriter::TitleWriter(InferenceService &service, ChatStore &store, const Settings &settings, QObject *parent)
    : QObject(parent), m_service(service), m_store(store), m_settings(settings)
{
    m_idle.setSingleShot(true);
    m_idle.setInterval(kIdleMs);
    connect(&m_idle, &QTimer::timeout, this, &TitleWriter::begin);
}

TitleWriter::~TitleWriter()
{
    stop();
}

void TitleWriter::consider(ChatSession &session)
{
    const MessageListModel &messages = *session.messages();
    if (!m_settings.get(kModelTitles) || session.isTitledByUser() || messages.rowCount() != 2 ||
        messages.message(1).state != MessageState::Complete || messages.message(1).content.isEmpty())
        return;
    // Later versions of the answer change no title that was written; several answers at once come before there is one.
    if (messages.versionCount(1) > 1 && session.title() != titleFrom(messages.message(0).content))
        return;
    m_session = &session;
    m_conversation = session.conversationId();
    m_idle.start();
}

void TitleWriter::stop()
{
    m_idle.stop();
    m_session = nullptr;
    if (m_reply) {
        m_reply->disconnect(this);
        m_reply->stop();
        m_reply->deleteLater();
        m_reply = nullptr;
        Q_EMIT changed();
    }
}

void TitleWriter::begin()
{
    if (!m_session || m_session->state() != ChatSession::State::Idle || m_session->messages()->rowCount() != 2 || m_reply)
        return;
    if (m_service.state() != InferenceService::State::Ready) { // somebody else's work
        m_idle.start();
        return;
    }
    QVector<MessageRecord> path{m_session->messages()->message(0), m_session->messages()->message(1)};
    MessageRecord ask;
    ask.content = kAskForTitle;
    path << ask;
    ChatOptions options = m_session->options(); // as the answer was asked for: what was read is not read again
    options.thinking = inference::Thinking::Off;
    options.maxTokens = kMostTokens;
    inference::GenerationRequest request = chatRequest(path, options, m_service.model());
    request.sampling = {};
    request.sampling.temperature = 0;
    request.keepOnDisk = false;
    m_text.clear();
    m_reply = m_service.generate(std::move(request), Priority::Document, this);
    connect(m_reply, &GenerationReply::started, this, [this](quint32, quint32, bool opensReasoning) {
        if (opensReasoning) // a model that cannot but think: not worth it
            stop();
    });
    connect(m_reply, &GenerationReply::textAdded, this, [this](const QString &text) { m_text += text; });
    connect(m_reply, &GenerationReply::finished, this, &TitleWriter::finish);
    connect(m_reply, &GenerationReply::failed, this, &TitleWriter::stop);
    Q_EMIT changed();
}

void TitleWriter::finish(const inference::GenerationStatistics &statistics)
{
    const QString title = titleOfAnswer(m_text);
    // Cut at the length limit it is no title.
    if (statistics.endReason == inference::EndReason::Stop && !title.isEmpty())
        m_store.write({SetTitle{m_conversation, title, false}}, Durability::Streamed);
    stop();
}

} // namespace app
