#include "app/chat/answer_replay.h"

#include "app/chat/chat_prompt.h"
#include "app/error_text.h"

#include <algorithm>

namespace app {

AnswerReplay::AnswerReplay(InferenceService &service, QVector<MessageRecord> path, const Receipt &receipt, QObject *parent)
    : QObject(parent), m_service(service), m_path(std::move(path)), m_receipt(receipt)
{}

AnswerReplay::~AnswerReplay()
{
    if (m_reply)
        m_reply->stop();
}

QString AnswerReplay::problem(const Receipt &receipt, const InferenceService &service)
{
    const auto model = service.model();
    if (receipt.continued)
        return tr("This answer was continued: its parts had prompts of their own, and it cannot be replayed in one.");
    if (receipt.tokens.isEmpty())
        return tr("This answer has no token.");
    if (receipt.tokens.size() <= receipt.given)
        return tr("All tokens of this answer were given: there is nothing to replay.");
    if (!model)
        return tr("No model is loaded. Load %1.").arg(modelName(receipt));
    if (QString::fromStdString(model->fingerprint) != receipt.fingerprint)
        return tr("Another model is loaded. Load %1 from %2.").arg(modelName(receipt), receipt.file);
    return {};
}

void AnswerReplay::start()
{
    if (const QString why = problem(m_receipt, m_service); !why.isEmpty()) {
        Q_EMIT finished(Outcome::Impossible, why);
        return;
    }
    ChatOptions options;
    options.systemPrompt = m_receipt.instructions;
    options.thinking = m_receipt.thinking;
    options.maxTokens = quint32(m_receipt.tokens.size() - m_receipt.given); // an answer that was stopped goes as far as it went
    inference::GenerationRequest request = chatRequest(m_path, options, m_service.model());
    request.sampling = m_receipt.sampling;
    request.start.assign(m_receipt.tokens.begin(), m_receipt.tokens.begin() + m_receipt.given);
    request.keepOnDisk = false;
    m_reply = m_service.generate(std::move(request), Priority::Chat, this);
    connect(m_reply, &GenerationReply::textAdded, this, [this](const QString &text) {
        m_characters += int(text.size());
        Q_EMIT progressed(m_characters);
    });
    connect(m_reply, &GenerationReply::finished, this, &AnswerReplay::compare);
    connect(m_reply, &GenerationReply::failed, this,
            [this](const inference::Error &error) { Q_EMIT finished(Outcome::Impossible, errorSentence(error)); });
}

void AnswerReplay::stop()
{
    if (m_reply)
        m_reply->stop();
}

void AnswerReplay::compare(const inference::GenerationStatistics &statistics)
{
    const auto &now = statistics.tokens;
    const QVector<inference::TokenId> then = m_receipt.tokens.mid(m_receipt.given);
    const auto [a, b] = std::mismatch(then.begin(), then.end(), now.begin(), now.end());
    const auto same = int(a - then.begin());
    const bool sameDevice = m_service.model() && QString::fromStdString(m_service.model()->device) == m_receipt.device;
    if (a != then.end() && b == now.end() && statistics.endReason == inference::EndReason::Cancelled) {
        Q_EMIT finished(Outcome::Stopped, tr("Stopped. The first %1 tokens are the same.").arg(same));
    } else if (a == then.end() && b == now.end()) {
        Q_EMIT finished(Outcome::Same, tr("The same %1 tokens, one by one.").arg(then.size()));
    } else {
        QString sentence = tr("The first %1 tokens are the same; from token %2 on they differ.").arg(same).arg(same + 1);
        if (const int prompt = int(statistics.promptTokens - statistics.startTokens); prompt != m_receipt.promptTokens)
            sentence =
                joinedSentences(sentence, tr("The prompt has %1 tokens now, %2 then.").arg(prompt).arg(m_receipt.promptTokens));
        else if (!sameDevice)
            sentence = joinedSentences(sentence, tr("The device is another one: %1 then.").arg(m_receipt.device));
        else if (m_receipt.program != QStringLiteral(BALEEN_VERSION))
            sentence = joinedSentences(sentence, tr("Baleen is another one: %1 then.").arg(m_receipt.program));
        Q_EMIT finished(Outcome::Differs, sentence);
    }
}

} // namespace app
