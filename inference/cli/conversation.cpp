#include "inference/cli/conversation.h"

#include "inference/cli/input.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace inference::cli {

namespace {

constexpr const char *kHelp = "/system TEXT       sets the system message; without TEXT shows it\n"
                              "/regenerate        answers the last message anew\n"
                              "/undo              takes the last message and its answer back\n"
                              "/clear             begins a new conversation, the system message stays\n"
                              "/thinking on|off   lets the model reason first, or not; /thinking default\n"
                              "/save FILE         writes the conversation as JSON\n"
                              "/load FILE         goes on with a saved one\n"
                              "/quit              leaves, as Ctrl-D does\n"
                              "//TEXT             a message that begins with a slash\n"
                              "Ctrl-J begins a new line, Return sends. Ctrl-C stops an answer.";

} // namespace

Conversation::Action Conversation::take(const std::string &line)
{
    if (line.starts_with("/") && !line.starts_with("//")) {
        const std::size_t space = line.find_first_of(" \t\n");
        std::string argument = space == std::string::npos ? "" : line.substr(space);
        argument.erase(0, argument.find_first_not_of(" \t\n"));
        argument.erase(argument.find_last_not_of(" \t\n") + 1);
        return command(line.substr(1, space == std::string::npos ? space : space - 1), argument);
    }
    m_messages.push_back({"user", line.starts_with("//") ? line.substr(1) : line});
    return {Action::Kind::Answer, {}};
}

Conversation::Action Conversation::command(const std::string &name, const std::string &argument)
{
    const auto say = [](std::string text) { return Action{Action::Kind::None, std::move(text)}; };
    if (name == "help" || name == "?")
        return say(kHelp);
    if (name == "quit" || name == "exit" || name == "q")
        return {Action::Kind::Leave, {}};
    if (name == "system") {
        if (!argument.empty()) {
            setSystem(argument);
            return say("The system message is set.");
        }
        const bool has = !m_messages.empty() && m_messages.front().role == "system";
        return say(has ? m_messages.front().content : "There is no system message.");
    }
    if (name == "regenerate" || name == "retry")
        return regenerate();
    if (name == "undo")
        return undo();
    if (name == "clear" || name == "new") {
        const bool has = !m_messages.empty() && m_messages.front().role == "system";
        m_messages.resize(has ? 1 : 0);
        return say("A new conversation.");
    }
    if (name == "thinking")
        return changeThinking(argument);
    if (name == "save" || name == "load") {
        if (argument.empty())
            return say("/" + name + " needs a file name.");
        const Result<void> done = name == "save" ? save(argument) : load(argument);
        if (!done)
            return say(done.error().message);
        return say(name == "save" ? "Saved." : "Loaded: " + std::to_string(m_messages.size()) + " messages.");
    }
    return say("There is no command /" + name + ". /help lists them; // begins a message with a slash.");
}

Conversation::Action Conversation::regenerate()
{
    while (!m_messages.empty() && m_messages.back().role == "assistant")
        m_messages.pop_back();
    if (m_messages.empty() || m_messages.back().role != "user")
        return {Action::Kind::None, "There is nothing to answer yet."};
    return {Action::Kind::Answer, {}};
}

Conversation::Action Conversation::undo()
{
    while (!m_messages.empty() && m_messages.back().role == "assistant")
        m_messages.pop_back();
    if (m_messages.empty() || m_messages.back().role != "user")
        return {Action::Kind::None, "There is nothing to take back."};
    m_messages.pop_back();
    return {Action::Kind::None, "The last message and its answer are taken back."};
}

Conversation::Action Conversation::changeThinking(const std::string &argument)
{
    if (argument == "on")
        m_thinking = Thinking::On;
    else if (argument == "off")
        m_thinking = Thinking::Off;
    else if (argument == "default")
        m_thinking = Thinking::ModelDefault;
    else
        return {Action::Kind::None, "/thinking takes on, off or default."};
    return {Action::Kind::None, "Thinking: " + argument + "."};
}

void Conversation::addAnswer(std::string text)
{
    m_messages.push_back({"assistant", std::move(text)});
}

void Conversation::dropUnanswered()
{
    if (!m_messages.empty() && m_messages.back().role == "user")
        m_messages.pop_back();
}

void Conversation::setSystem(const std::string &text)
{
    if (!m_messages.empty() && m_messages.front().role == "system")
        m_messages.erase(m_messages.begin());
    if (!text.empty())
        m_messages.insert(m_messages.begin(), {"system", text});
}

Result<void> Conversation::load(const std::string &path)
{
    const auto json = readAll(path);
    if (!json)
        return json.error();
    auto messages = parseMessages(*json);
    if (!messages)
        return messages.error();
    m_messages = std::move(*messages);
    return {};
}

Result<void> Conversation::save(const std::string &path) const
{
    const std::string json = messagesToJson(m_messages);
    const std::string part = path + ".part"; // the old file stays whole until the new one is
    FILE *file = std::fopen(part.c_str(), "wb");
    bool good = file && std::fwrite(json.data(), 1, json.size(), file) == json.size();
    if (file)
        good = std::fclose(file) == 0 && good;
    if (good && std::rename(part.c_str(), path.c_str()) == 0)
        return {};
    const int error = errno;
    if (file)
        std::remove(part.c_str());
    return Error(
        ErrorCode::Io,
        {.what = "The conversation could not be saved", .where = path, .found = std::strerror(error)});
}

} // namespace inference::cli
