// What a conversation, a folder or a model wants otherwise than the settings: instructions, sampling, thinking; and the variables in instructions.
#pragma once

#include "app/chat/chat_prompt.h"

#include <QByteArray>
#include <QDateTime>

#include <optional>

namespace app {

// Nothing: as the next level has it. The levels are conversation, folder, model, settings.
struct ChatChoices
{
    std::optional<QString> instructions{};
    std::optional<SamplingPreset> preset{};
    std::optional<inference::Thinking> thinking{};
    bool isEmpty() const { return !instructions && !preset && !thinking; }
    friend bool operator==(const ChatChoices &, const ChatChoices &) = default;
};

// What `nearer` leaves open is as `further` has it.
ChatChoices withInherited(ChatChoices nearer, const ChatChoices &further);

// As they are kept, JSON; empty where nothing is chosen. What is damaged or of a newer program counts as not chosen.
QByteArray choicesToJson(const ChatChoices &choices);
ChatChoices choicesFromJson(const QByteArray &json);

// Of a model, by its fingerprint, in the settings.
ChatChoices modelChoices(const Settings &settings, const std::optional<inference::ModelSummary> &model);
void setModelChoices(Settings &settings, const inference::ModelSummary &model, const ChatChoices &choices);

// What stands for {{date}}, {{weekday}}, {{time}}, {{model}} and {{language}} (of the desktop). Date and time are those of the conversation's
// beginning: with the present ones every message would change the prompt's beginning, and all of it would have to be read again.
struct PromptVariables
{
    QDateTime began;
    QString model;
};
// Words in braces that are no variable stay as they are.
QString withVariables(const QString &text, const PromptVariables &variables);

// `levels` from the nearest: the first that has a choice makes it.
ChatOptions chatOptions(const Settings &settings, std::initializer_list<ChatChoices> levels, const PromptVariables &variables);

} // namespace app
