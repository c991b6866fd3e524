// A conversation at work: the tokens of its answers. An answer goes on from them, or branches at one.
#include "app/chat/chat_session.h"

#include "app/model_catalog.h"

namespace app {

using inference::GenerationRequest;
using inference::GenerationStatistics;
using inference::Result;

// Whether the answer's own tokens lead on, or the model has to be asked for more.
void ChatSession::askToGoOn(const QByteArray &lens)
{
    if (m_answer->stopRequested) {
        GenerationStatistics statistics;
        statistics.endReason = inference::EndReason::Cancelled;
        m_answer->hasTokens = false; // those in the file stay
        finish(statistics);
        return;
    }
    const ChatOptions options = this->options();
    const auto model = m_service.model();
    QVector<qint64> path = m_messages.tree().path(m_answer->id);
    m_answer->start = exactStart(m_messages.tree().at(m_answer->id), lens, model);
    if (!m_answer->start) {
        m_answer->hasTokens = false;
        askFor(continueRequest(m_messages.tree().messages(path), options, model), options.systemPrompt);
        return;
    }
    m_answer->tokensBefore = int(m_answer->start->lens.tokens.size());
    m_answer->lens = TokenLensWriter(m_answer->start->lens);
    path.removeLast();
    auto request = startRequest(m_messages.tree().messages(path), *m_answer->start, options.maxTokens, model);
    request.alternatives = kLensAlternatives;
    askFor(std::move(request), m_answer->start->receipt.instructions);
}

void ChatSession::askFor(GenerationRequest request, const QString &instructions)
{
    m_answer->request = request;
    m_answer->instructions = instructions;
    m_answer->model = m_service.model();
    GenerationReply *reply = m_service.generate(std::move(request), Priority::Chat, this);
    m_answer->reply = reply;
    connectReply(reply);
    setState(State::Queued);
}

// The receipt is kept from now on: with it and the tokens, an answer that the end of the program cuts can go on.
void ChatSession::takePrompt(quint32 prompt, quint32 cached, bool opensReasoning)
{
    m_answer->parser.emplace(opensReasoning);
    m_answer->lens.setOpensReasoning(opensReasoning);
    m_promptTotal = prompt;
    m_promptCached = cached;
    MessageRecord record = m_messages.tree().at(m_answer->id);
    const auto start = quint32(m_answer->request.start.size());
    record.promptTokens = int(prompt - start);
    record.cachedTokens = int(cached);
    if (const auto model = m_service.model())
        record.model = shortModelName(QString::fromStdString(model->path.string()));
    if (m_answer->model) {
        GenerationStatistics statistics;
        statistics.promptTokens = prompt;
        statistics.startTokens = start;
        statistics.seed = m_answer->reply->seed();
        m_answer->receipt = makeReceipt(*m_answer->model, m_answer->instructions, m_answer->request, statistics);
        m_answer->receipt->continued = m_answer->continues && !m_answer->start;
        if (m_answer->start) {
            const Receipt &before = m_answer->start->receipt;
            m_answer->receipt->given = before.given;
            m_answer->receipt->cuts = before.cuts;
            if (int(start) > before.given)
                m_answer->receipt->cuts << int(start);
        }
        if (m_answer->hasTokens)
            record.receipt = receiptToJson(*m_answer->receipt);
    }
    m_messages.update(record);
    m_store.write({SaveMessage{m_messages.tree().at(record.id)}}, Durability::Streamed);
}

// What the tokens of the start read as while they are followed by others: what an end had cut off, half a character or a
// beginning tag, is taken back and comes again.
void ChatSession::takeStart(const QString &text)
{
    if (!m_answer || !m_answer->parser)
        return;
    const QByteArray utf8 = text.toUtf8();
    AnswerTexts texts;
    for (const inference::TextPiece &piece : m_answer->parser->push({utf8.constData(), std::size_t(utf8.size())}))
        (piece.kind == inference::TextKind::Reasoning ? texts.reasoning : texts.content) += QString::fromStdString(piece.text);
    m_answer->began = true;
    m_messages.setTexts(m_answer->id, texts.content, texts.reasoning);
}

// Of the answer under way, for its record that is about to be saved: all tokens so far, in the receipt too.
StoreOperations ChatSession::savedTokens(MessageRecord &record) const
{
    StoreOperations operations;
    const bool complete = m_answer->hasTokens && !m_answer->lens.isEmpty();
    if (m_answer->receipt) {
        Receipt receipt = *m_answer->receipt;
        if (complete)
            receipt.tokens = m_answer->lens.ids();
        if (!receipt.tokens.isEmpty())
            record.receipt = receiptToJson(receipt);
        else if (m_answer->hasTokens)
            record.receipt.clear(); // nothing came
        if (!receipt.tokens.isEmpty() && !m_answer->hasTokens)
            operations << SaveLens{record.id, {}}; // what is there is not all of the text any more
    }
    if (complete) {
        const MessageRecord &texts = m_messages.tree().at(record.id);
        operations << SaveLens{record.id, m_answer->lens.bytes(texts.content, texts.reasoning)};
    }
    return operations;
}

void ChatSession::readLens(const MessageRecord &answer, QObject *context,
                           std::function<void(const std::optional<TokenLens> &)> done) const
{
    m_store.readLens(answer.id, context, [answer, done = std::move(done)](const Result<QByteArray> &bytes) {
        auto lens = bytes ? readTokenLens(*bytes) : std::nullopt;
        if (lens && !lens->belongsTo(answer.content, answer.reasoning))
            lens.reset();
        done(lens);
    });
}

QString ChatSession::branchProblem(const MessageRecord &answer) const
{
    if (answer.role != Role::Assistant)
        return tr("Only answers have tokens.");
    if (m_state != State::Idle)
        return tr("An answer is under way.");
    const auto receipt = receiptFromJson(answer.receipt);
    if (!receipt || receipt->continued)
        return tr("How this answer was asked is not known.");
    const auto model = m_service.model();
    if (!model || QString::fromStdString(model->fingerprint) != receipt->fingerprint)
        return tr("Load %1 to go on from here.").arg(modelName(*receipt));
    return {};
}

bool ChatSession::branchAtToken(const MessageRecord &answer, int token, int alternative,
                                const std::optional<AnswerChoice> &beside)
{
    if (!branchProblem(answer).isEmpty() || token < 0 || alternative < 0)
        return false;
    const MessageRecord from = answer;
    m_answer.emplace();
    m_answer->id = newRecordId();
    setState(State::Sending);
    readLens(from, this, [this, from, token, alternative, beside](const std::optional<TokenLens> &lens) {
        const auto branch = lens ? branchedLens(*lens, token, alternative) : std::nullopt;
        const auto tokens = branch ? readTokenLens(*branch) : std::nullopt;
        auto receipt = receiptFromJson(from.receipt);
        const bool stopped = m_answer && m_answer->stopRequested;
        if (!tokens || !receipt || stopped) {
            m_answer.reset();
            setState(State::Idle);
            return;
        }
        MessageRecord answer = newAnswer(from.parentId);
        const AnswerTexts texts = textsOf(*tokens);
        answer.content = texts.content;
        answer.reasoning = texts.reasoning;
        answer.reasoningMs = from.reasoningMs;
        answer.model = from.model;
        answer.promptTokens = from.promptTokens;
        answer.generatedTokens = int(tokens->tokens.size());
        const std::vector<inference::TokenId> ids = tokens->ids();
        receipt->tokens = QVector<inference::TokenId>(ids.begin(), ids.end());
        receipt->given = int(receipt->tokens.size());
        receipt->cuts.clear();
        answer.receipt = receiptToJson(*receipt);
        commitAndAnswer({answer}, QString(), beside ? Asking{*branch, {*beside}, true} : Asking{*branch});
    });
    return true;
}

} // namespace app
