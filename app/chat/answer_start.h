// Whether an answer can go on from its very tokens, and what is asked then: pure functions.
#pragma once

#include "app/chat/chat_prompt.h"
#include "app/chat/receipt.h"
#include "app/chat/token_lens.h"

#include <optional>

namespace app {

inline constexpr quint32 kLensAlternatives = 8; // of each token of a chat

// What is known of an answer that was cut: how it was asked, and its tokens.
struct AnswerStart
{
    Receipt receipt;
    TokenLens lens;
};

// Nothing where tokens or receipt are missing or damaged, where the text is not theirs any more, or where `model` is not the one
// that wrote it. Then the model is asked to go on, see continueRequest().
std::optional<AnswerStart> exactStart(const MessageRecord &answer, const QByteArray &lens,
                                      const std::optional<inference::ModelSummary> &model);

// The question once more as it was asked, `path` ending with it, and the answer's tokens: it goes on with the sampler where that stood.
inference::GenerationRequest startRequest(const QVector<MessageRecord> &path, const AnswerStart &start, quint32 maxTokens,
                                          const std::optional<inference::ModelSummary> &model);

} // namespace app
