// Which format a template is, by its text, or a vocabulary without one.
#include "inference/chat/chat_format.h"
#include "inference/chat/chat_markers.h"

namespace inference {

namespace {

constexpr std::string_view kImStart = "<|im_start|>";

constexpr std::string_view kCoderSystem =
    "You are an AI programming assistant, utilizing the Deepseek Coder model, developed by Deepseek Company, "
    "and you "
    "only answer questions related to computer science. For politically sensitive questions, security and "
    "privacy "
    "issues, and other non-computer science questions, you will refuse to answer\n";

// The value of a string literal's inside in Jinja source.
std::string unescaped(std::string_view literal)
{
    std::string text;
    for (std::size_t i = 0; i < literal.size(); ++i) {
        if (literal[i] != '\\' || i + 1 == literal.size()) {
            text += literal[i];
            continue;
        }
        const char c = literal[++i];
        if (c == 'n' || c == 't' || c == 'r')
            text += c == 'n' ? '\n' : c == 't' ? '\t' : '\r';
        else if (c == '\\' || c == '\'' || c == '"')
            text += c;
        else
            text.append({'\\', c});
    }
    return text;
}

// The system text that a ChatML template writes itself: '<|im_start|>system\nTEXT<|im_end|>' as one string
// literal.
std::string defaultChatMlSystem(std::string_view source)
{
    constexpr std::string_view kOpening = "<|im_start|>system";
    for (std::size_t at = source.find(kOpening); at != source.npos; at = source.find(kOpening, at + 1)) {
        std::string_view rest = source.substr(at + kOpening.size());
        if (rest.starts_with("\\n"))
            rest.remove_prefix(2);
        else if (rest.starts_with('\n'))
            rest.remove_prefix(1);
        else
            continue;
        if (at == 0)
            continue;
        const char quote = source[at - 1];
        const std::size_t end = rest.find(kImEnd);
        if (end == rest.npos || (quote != '\'' && quote != '"'))
            continue;
        const std::string_view text = rest.substr(0, end);
        bool oneLiteral = !text.empty();
        for (std::size_t i = 0; i < text.size(); ++i)
            oneLiteral = oneLiteral && (text[i] != quote || (i > 0 && text[i - 1] == '\\'));
        if (oneLiteral)
            return unescaped(text);
    }
    return {};
}

// The literal of {{'...'}} behind "not ns.found" in DeepSeek Coder's template.
std::string defaultCoderSystem(std::string_view source)
{
    const std::size_t at = source.find("You are");
    if (at == source.npos || at == 0 || at > source.find("### Instruction"))
        return {};
    const char quote = source[at - 1];
    if (quote != '\'' && quote != '"')
        return {};
    const std::string_view rest = source.substr(at);
    std::size_t end = rest.find(quote);
    while (end != rest.npos && end > 0 && rest[end - 1] == '\\')
        end = rest.find(quote, end + 1);
    return end == rest.npos ? std::string() : unescaped(rest.substr(0, end));
}

} // namespace

void ChatFormat::recognise(std::string_view source)
{
    m_recognised = true;
    if (has(source, kAssistant)) {
        if (has(source, "set thinking") || has(source, "<｜Assistant｜></think>") || has(source, "｜DSML｜"))
            m_kind = Kind::DeepSeekV31;
        else
            m_kind = has(source, "</think>") ? Kind::DeepSeekR1 : Kind::DeepSeekV3;
        m_canThink = m_kind != Kind::DeepSeekV3;
        m_joinsSystems = has(source, "is_first_sp") || has(source, "｜DSML｜");
        m_answersInUserTurn = has(source, "+ '<｜Assistant｜>'}}");
        m_opensThink = m_kind == Kind::DeepSeekR1 && has(source, "<｜Assistant｜><think>");
        m_opensAfterAnyTurn = m_kind != Kind::DeepSeekV31 || has(source, "is_only_sys");
    } else if (has(source, "### Instruction:") && has(source, "### Response:")) {
        m_kind = Kind::DeepSeekCoder;
        m_defaultSystem = defaultCoderSystem(source);
    } else if (has(source, "'User: '") && has(source, "'Assistant: '")) {
        m_kind = Kind::DeepSeekLlm;
    } else if (has(source, kImStart)) {
        m_kind = Kind::ChatMl;
        m_defaultSystem = defaultChatMlSystem(source);
        m_canThink = has(source, "<think>");
    } else if (has(source, "<|start_header_id|>")) {
        m_kind = Kind::Llama3;
        m_tellsDate = has(source, "Cutting Knowledge Date");
    } else {
        m_recognised = false;
    }
}

// Without a template that is known, the vocabulary tells what the model was made with.
void ChatFormat::guess(const Tokenizer &tokenizer)
{
    const bool thinks = tokenizer.find("<think>").has_value();
    if (tokenizer.find(kAssistant)) {
        const bool switches = tokenizer.preTokenizer() == "joyai-llm";
        m_kind = switches ? Kind::DeepSeekV31 : thinks ? Kind::DeepSeekR1 : Kind::DeepSeekV3;
        m_canThink = thinks;
        m_opensThink = m_kind == Kind::DeepSeekR1;
    } else if (tokenizer.find(kImStart)) {
        m_kind = Kind::ChatMl;
        m_canThink = thinks;
    } else if (tokenizer.find("<|start_header_id|>")) {
        m_kind = Kind::Llama3;
    } else if (tokenizer.preTokenizer() == "deepseek-llm") {
        m_kind = Kind::DeepSeekLlm;
    } else if (tokenizer.preTokenizer() == "deepseek-coder") {
        m_kind = Kind::DeepSeekCoder;
        m_defaultSystem = kCoderSystem;
    } else {
        m_kind = Kind::Plain;
    }
}

} // namespace inference
