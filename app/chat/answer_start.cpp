#include "app/chat/answer_start.h"

namespace app {

std::optional<AnswerStart> exactStart(const MessageRecord &answer, const QByteArray &lens,
                                      const std::optional<inference::ModelSummary> &model)
{
    auto receipt = receiptFromJson(answer.receipt);
    auto tokens = readTokenLens(lens);
    if (!receipt || receipt->continued || !tokens || tokens->tokens.empty() || !model ||
        QString::fromStdString(model->fingerprint) != receipt->fingerprint || !tokens->belongsTo(answer.content, answer.reasoning))
        return std::nullopt;
    return AnswerStart{std::move(*receipt), std::move(*tokens)};
}

inference::GenerationRequest startRequest(const QVector<MessageRecord> &path, const AnswerStart &start, quint32 maxTokens,
                                          const std::optional<inference::ModelSummary> &model)
{
    ChatOptions options;
    options.systemPrompt = start.receipt.instructions;
    options.thinking = start.receipt.thinking;
    options.maxTokens = maxTokens;
    inference::GenerationRequest request = chatRequest(path, options, model);
    request.sampling = start.receipt.sampling;
    request.start = start.lens.ids();
    return request;
}

} // namespace app
