// What each chat format writes: roles and markers as template text, contents as user text.
#include "inference/chat/chat_format.h"

#include "inference/chat/chat_markers.h"
#include "inference/chat/chat_template.h"
#include "inference/text/utf8.h"

namespace inference {

namespace {

using Messages = std::span<const ChatMessage>;

// Python's str.strip(), which Jinja's trim is: white space and the four separators 1C-1F.
std::string_view stripped(std::string_view text)
{
    const auto isSpace = [](std::uint32_t c) {
        return (utf8::classOf(c, unicode::classes()) & unicode::kSpace) != 0 || (c >= 0x1C && c <= 0x1F);
    };
    const char *begin = text.data(), *end = begin + text.size();
    while (begin < end) {
        const utf8::Character c = utf8::read(begin, end);
        if (!isSpace(c.codePoint))
            break;
        begin += c.length;
    }
    const char *last = begin; // behind the last character that is no space
    for (const char *p = begin; p < end;) {
        const utf8::Character c = utf8::read(p, end);
        p += c.length;
        if (!isSpace(c.codePoint))
            last = p;
    }
    return {begin, static_cast<std::size_t>(last - begin)};
}

// Every system message's content, or the last one's.
std::string systemText(Messages messages, bool joins)
{
    std::string text;
    bool first = true;
    for (const ChatMessage &message : messages) {
        if (message.role != "system")
            continue;
        if (!joins)
            text.clear();
        else if (!first)
            text += "\n\n";
        text += message.content;
        first = false;
    }
    return text;
}

} // namespace

// Joins neighbours of one origin.
class ChatFormat::Writer
{
public:
    explicit Writer(RenderedPrompt &prompt) : m_prompt(prompt) {}
    void marker(std::string_view text) { append(PromptPiece::Origin::Template, text); }
    void content(std::string_view text) { append(PromptPiece::Origin::User, text); }

private:
    void append(PromptPiece::Origin origin, std::string_view text)
    {
        if (text.empty())
            return;
        if (!m_prompt.pieces.empty() && m_prompt.pieces.back().origin == origin)
            m_prompt.pieces.back().text += text;
        else
            m_prompt.pieces.push_back({origin, std::string(text)});
    }
    RenderedPrompt &m_prompt;
};

RenderedPrompt ChatFormat::renderInCode(Messages messages, const RenderOptions &options) const
{
    RenderedPrompt prompt;
    Writer out(prompt);
    switch (m_kind) {
    case Kind::ChatMl:
        renderChatMl(messages, options, out);
        break;
    case Kind::DeepSeekR1:
    case Kind::DeepSeekV3:
    case Kind::DeepSeekV31:
        renderDeepSeek(messages, options, out);
        break;
    case Kind::DeepSeekLlm:
        renderDeepSeekLlm(messages, options, out);
        break;
    case Kind::DeepSeekCoder:
        renderDeepSeekCoder(messages, options, out);
        break;
    case Kind::Llama3:
        renderLlama3(messages, options, out);
        break;
    case Kind::Plain:
        renderPlain(messages, options, out);
        break;
    }
    writeBosOnce(prompt.pieces, m_bosInCode);
    prompt.opensReasoning = options.generationPrompt && endsInsideThought(prompt.pieces);
    return prompt;
}

// What of an assistant's message is sent back. In formats that do not reason, only a text that begins with
// <think> is taken for reasoning (from another model, earlier in the conversation); elsewhere the tag is a
// word like others.
std::string_view ChatFormat::withoutReasoning(std::string_view content) const
{
    constexpr std::string_view kClose = "</think>";
    const std::size_t start = content.find_first_not_of(" \t\r\n");
    const bool opens = start != content.npos && content.substr(start).starts_with("<think>");
    const std::size_t close = content.rfind(kClose);
    if (close == content.npos)
        return opens ? std::string_view() : content; // cut off while it was thinking
    if (!m_canThink && !opens)
        return content;
    std::string_view answer = content.substr(close + kClose.size());
    if (m_kind == Kind::DeepSeekR1 || m_kind == Kind::DeepSeekV31)
        return answer; // with its line breaks, as those templates do
    const std::size_t first = answer.find_first_not_of(kLineBreaks);
    return first == answer.npos ? std::string_view() : answer.substr(first);
}

void ChatFormat::renderChatMl(Messages messages, const RenderOptions &options, Writer &out) const
{
    if (!m_defaultSystem.empty() && (messages.empty() || messages[0].role != "system"))
        out.marker("<|im_start|>system\n" + m_defaultSystem + "<|im_end|>\n");
    std::size_t lastUser = messages.size();
    for (std::size_t i = 0; i < messages.size(); ++i)
        lastUser = messages[i].role == "user" ? i : lastUser;
    for (std::size_t i = 0; i < messages.size(); ++i) {
        const ChatMessage &message = messages[i];
        const bool answers = message.role == "assistant";
        out.marker("<|im_start|>" + message.role + "\n");
        // Qwen 3 keeps an empty thought in front of an answer that ends the conversation.
        if (m_canThink && answers && i + 1 == messages.size() && lastUser < i)
            out.marker("<think>\n\n</think>\n\n");
        out.content(answers ? withoutReasoning(message.content) : message.content);
        out.marker("<|im_end|>\n");
    }
    if (!options.generationPrompt)
        return;
    out.marker("<|im_start|>assistant\n");
    if (m_canThink && options.thinking == Thinking::Off)
        out.marker("<think>\n\n</think>\n\n");
}

void ChatFormat::renderDeepSeek(Messages messages, const RenderOptions &options, Writer &out) const
{
    out.content(systemText(messages, m_joinsSystems));
    bool afterUser = false;
    for (const ChatMessage &message : messages) {
        if (message.role == "user") {
            out.marker("<｜User｜>");
            out.content(message.content);
            if (m_answersInUserTurn)
                out.marker("<｜Assistant｜>");
            afterUser = true;
        } else if (message.role == "assistant") {
            if (m_kind == Kind::DeepSeekV31) {
                if (afterUser)
                    out.marker("<｜Assistant｜></think>");
            } else if (!m_answersInUserTurn) {
                out.marker("<｜Assistant｜>");
            }
            out.content(withoutReasoning(message.content));
            out.marker(m_eos);
            afterUser = false;
        }
    }
    if (options.generationPrompt && (afterUser || m_opensAfterAnyTurn))
        openDeepSeekAnswer(options, m_answersInUserTurn && afterUser, out);
}

void ChatFormat::openDeepSeekAnswer(const RenderOptions &options, bool roleWritten, Writer &out) const
{
    if (!roleWritten)
        out.marker("<｜Assistant｜>");
    if (m_kind == Kind::DeepSeekV3)
        return;
    if (m_kind == Kind::DeepSeekV31) {
        out.marker(options.thinking == Thinking::On ? "<think>" : "</think>");
        return;
    }
    if (options.thinking == Thinking::Off) {
        out.marker("<think>\n\n</think>\n\n"); // a thought that is over: the model goes on with the answer
    } else if (options.thinking == Thinking::On || m_opensThink) {
        out.marker("<think>\n");
    }
}

// The prefix has no space behind the colon: one breaks the Lite models.
void ChatFormat::renderDeepSeekLlm(Messages messages, const RenderOptions &options, Writer &out) const
{
    for (const ChatMessage &message : messages) {
        if (message.role == "assistant") {
            out.marker("Assistant: ");
            out.content(withoutReasoning(message.content));
            out.marker(m_eos);
            continue;
        }
        if (message.role == "user")
            out.marker("User: ");
        out.content(message.content);
        out.marker("\n\n");
    }
    if (options.generationPrompt)
        out.marker("Assistant:");
}

// A system message stands without a line break before the next turn: so does the template.
void ChatFormat::renderDeepSeekCoder(Messages messages, const RenderOptions &options, Writer &out) const
{
    bool hasSystem = false;
    for (const ChatMessage &message : messages)
        hasSystem = hasSystem || message.role == "system";
    if (!hasSystem)
        out.marker(m_defaultSystem);
    for (const ChatMessage &message : messages) {
        if (message.role == "system") {
            out.content(message.content);
            continue;
        }
        const bool answers = message.role == "assistant";
        out.marker(answers ? "### Response:\n" : "### Instruction:\n");
        out.content(answers ? withoutReasoning(message.content) : message.content);
        out.marker(answers ? "\n<|EOT|>\n" : "\n");
    }
    if (options.generationPrompt)
        out.marker("### Response:\n");
}

void ChatFormat::renderLlama3(Messages messages, const RenderOptions &options, Writer &out) const
{
    const auto header = [&out](std::string_view role) {
        out.marker("<|start_header_id|>" + std::string(role) + "<|end_header_id|>\n\n");
    };
    if (m_tellsDate) {
        header("system");
        // The date that the template itself falls back to: prompts stay equal from day to day, and their
        // prefix cached.
        out.marker("Cutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n");
        if (!messages.empty() && messages[0].role == "system") {
            out.content(stripped(messages[0].content));
            messages = messages.subspan(1);
        }
        out.marker("<|eot_id|>");
    }
    for (const ChatMessage &message : messages) {
        header(message.role);
        out.content(stripped(message.role == "assistant" ? withoutReasoning(message.content)
                                                         : std::string_view(message.content)));
        out.marker("<|eot_id|>");
    }
    if (options.generationPrompt)
        header("assistant");
}

// For models that were never taught to chat: a dialogue to go on with.
void ChatFormat::renderPlain(Messages messages, const RenderOptions &options, Writer &out) const
{
    for (const ChatMessage &message : messages) {
        const bool answers = message.role == "assistant";
        if (message.role != "system")
            out.marker(answers ? "Assistant: " : "User: ");
        out.content(answers ? withoutReasoning(message.content) : message.content);
        out.marker("\n\n");
    }
    if (options.generationPrompt)
        out.marker("Assistant:");
}

} // namespace inference
