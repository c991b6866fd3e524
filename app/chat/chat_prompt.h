// From a conversation to what the engine is asked: pure functions.
#pragma once

#include "app/chat/chat_records.h"
#include "app/settings_keys.h"
#include "inference/engine.h"

#include <optional>

namespace app {

struct ChatOptions
{
    QString systemPrompt;
    SamplingPreset preset = SamplingPreset::Recommended;
    inference::Thinking thinking = inference::Thinking::ModelDefault;
    quint32 maxTokens = 0; // 0: until the context is full
};
ChatOptions chatOptions(const Settings &settings);

// `path` goes from the first message to the one to be answered; what of it the model sees, see chat_context.h. Answers without text are left
// out, and neighbouring messages of the user are joined: every format wants the turns to alternate. Attachments stand before the words of
// their message (attachment_prompt.h). Reasoning is not sent back. Models whose makers advise against a system prompt (R1 and its distills)
// get the instructions in the first turn of the user.
inference::GenerationRequest chatRequest(const QVector<MessageRecord> &path, const ChatOptions &options,
                                         const std::optional<inference::ModelSummary> &model);
// The same for going on with the last answer of the path, which was cut short.
inference::GenerationRequest continueRequest(const QVector<MessageRecord> &path, const ChatOptions &options,
                                             const std::optional<inference::ModelSummary> &model);
// What belongs between the text of an answer and its continuation: a space when both are words of a script
// that has spaces.
QString joint(QStringView before, QStringView after);

// The first line with words, without Markdown marks, at most 60 characters, cut between words where there are
// any.
QString titleFrom(const QString &text);

} // namespace app
