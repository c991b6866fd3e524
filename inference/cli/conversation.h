// The conversation of the chat verb and its commands, without terminal and model.
#pragma once

#include "inference/chat/chat_format.h"
#include "inference/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace inference::cli {

class Conversation
{
public:
    struct Action
    {
        enum class Kind { None, Answer, Leave };
        Kind kind = Kind::None;
        std::string message; // for the user
    };

    // A line of the user: a command (/help lists them; // begins a message with a slash) or a message.
    Action take(const std::string &line);
    void addAnswer(std::string text);
    // The last user message found no answer: it is not part of the conversation.
    void dropUnanswered();

    const std::vector<ChatMessage> &messages() const { return m_messages; }
    Thinking thinking() const { return m_thinking; }
    void setThinking(Thinking thinking) { m_thinking = thinking; }
    void setSystem(const std::string &text); // empty: none
    Result<void> load(const std::string &path);
    Result<void> save(const std::string &path) const;

private:
    Action command(const std::string &name, const std::string &argument);
    Action regenerate();
    Action undo();
    Action changeThinking(const std::string &argument);

    std::vector<ChatMessage> m_messages;
    Thinking m_thinking = Thinking::ModelDefault;
};

} // namespace inference::cli
