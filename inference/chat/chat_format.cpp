#include "inference/chat/chat_format.h"

#include "inference/chat/chat_markers.h"
#include "inference/chat/chat_template.h"
#include "inference/gguf/gguf_file.h"

#include <algorithm>

namespace inference {

namespace {

bool dropsThoughts(const ChatTemplate &chatTemplate)
{
    const ChatProbe probe = thoughtProbe();
    const auto pieces = chatTemplate.render(probe.messages, probe.options);
    if (!pieces)
        return false;
    std::string text;
    for (const PromptPiece &piece : *pieces)
        text += piece.text;
    return !has(text, kProbeThought);
}

} // namespace

ChatFormat ChatFormat::fromGguf(const GgufFile &file, const Tokenizer &tokenizer)
{
    ChatFormat format;
    if (const std::optional<TokenId> eos = tokenizer.eos())
        format.m_eos = tokenizer.bytes(*eos);
    if (const std::optional<TokenId> bos = tokenizer.bos())
        format.m_bos = tokenizer.bytes(*bos);
    format.m_addsBos = tokenizer.addsBos();
    std::string_view source;
    if (const Result<std::optional<std::string_view>> found = file.optionalString("tokenizer.chat_template"))
        source = found->value_or("");
    format.recognise(source);
    if (!format.m_recognised)
        format.guess(tokenizer);
    format.m_bosInCode =
        has(source, "bos_token") || format.m_addsBos ||
        (!format.m_recognised && (format.m_kind == Kind::DeepSeekV31 || format.m_kind == Kind::Llama3));
    if (source.empty())
        format.m_note = "The file has no chat template. The format " + std::string(format.name()) +
                        " was chosen by the vocabulary.";
    else
        format.adoptTemplate(source);
    if (format.m_template && !format.m_recognised)
        return format; // what ends an answer is in the vocabulary
    if (format.m_kind == Kind::ChatMl)
        format.m_stopLiterals = {std::string(kImEnd)};
    else if (format.m_kind == Kind::DeepSeekCoder)
        format.m_stopLiterals = {"<|EOT|>"};
    else if (format.m_kind == Kind::Llama3)
        format.m_stopLiterals = {"<|eot_id|>"};
    else if (format.m_kind == Kind::Plain)
        format.m_stopLiterals = {"\nUser:"};
    return format;
}

// Trusts a template after it has written a few short conversations, with little fuel, beside the format in
// code.
void ChatFormat::adoptTemplate(std::string_view source)
{
    Result<ChatTemplate> trial = ChatTemplate::parse(source, m_bos, m_eos, probeLimits());
    if (!trial)
        return rejectTemplate(trial.error().message);
    if (!m_recognised)
        m_canThink = m_canThink || has(source, kThink);
    if (has(source, kThinkEnd))
        m_templateDropsThoughts = dropsThoughts(*trial);
    m_template = std::make_shared<const ChatTemplate>(std::move(*trial));
    std::string difference;
    bool first = true;
    for (const ChatProbe &probe : chatProbes(m_canThink)) {
        const Result<RenderedPrompt> prompt = renderByTemplate(probe.messages, probe.options);
        if (!prompt && (first || prompt.error().code == ErrorCode::Unsupported))
            return rejectTemplate(prompt.error().message);
        if (first && !has(prompt->text(), kProbeQuestion))
            return rejectTemplate("It leaves out what the user says.");
        first = false;
        if (difference.empty())
            difference = differenceFromCode(probe, prompt);
    }
    Result<ChatTemplate> whole = ChatTemplate::parse(source, m_bos, m_eos, {});
    if (!whole)
        return rejectTemplate(whole.error().message);
    m_template = std::make_shared<const ChatTemplate>(std::move(*whole));
    m_known = m_recognised && difference.empty();
    if (!m_recognised)
        m_note = "The chat template of the file is used. It is not one that is known.";
    else if (!m_known)
        m_note = "The chat template of the file is used. It is not the known one of " + std::string(name()) +
                 ": " + difference;
}

void ChatFormat::rejectTemplate(std::string_view why)
{
    m_template = nullptr;
    m_note = "The chat template of the file is not used. " + std::string(why) + " The format " +
             std::string(name()) +
             (m_recognised ? ", which it resembles, stands in." : " was chosen by the vocabulary.");
}

std::string ChatFormat::differenceFromCode(const ChatProbe &probe,
                                           const Result<RenderedPrompt> &byTemplate) const
{
    if (!byTemplate)
        return "it refuses a conversation. " + byTemplate.error().message;
    const std::string ours = renderInCode(probe.messages, probe.options).text();
    const std::string theirs = byTemplate->text();
    if (ours == theirs)
        return {};
    const auto at = std::mismatch(ours.begin(), ours.end(), theirs.begin(), theirs.end()).first;
    return "it differs from byte " + std::to_string(at - ours.begin()) + " of a short conversation on.";
}

Result<RenderedPrompt> ChatFormat::render(std::span<const ChatMessage> messages,
                                          const RenderOptions &options) const
{
    for (std::size_t i = 0; i < messages.size(); ++i) {
        const std::string &role = messages[i].role;
        if (role != "system" && role != "user" && role != "assistant")
            return Error(ErrorCode::InvalidArgument,
                         {.what = "A message has a role that the chat format does not know",
                          .where = "message " + std::to_string(i + 1),
                          .expected = "system, user or assistant",
                          .found = "\"" + role.substr(0, 40) + "\""});
    }
    std::string note;
    if (m_template) {
        Result<RenderedPrompt> prompt = renderByTemplate(messages, options);
        if (prompt)
            return prompt;
        note = "The model's chat template does not take this conversation, the format " +
               std::string(name()) + " stands in. " + prompt.error().message;
    }
    RenderedPrompt prompt = renderInCode(messages, options);
    prompt.note = std::move(note);
    return prompt;
}

Result<RenderedPrompt> ChatFormat::renderByTemplate(std::span<const ChatMessage> messages,
                                                    const RenderOptions &options) const
{
    std::vector<ChatMessage> seen(messages.begin(), messages.end());
    for (ChatMessage &message : seen) {
        if (message.role == "assistant")
            message.content = sentBack(message.content);
    }
    Result<std::vector<PromptPiece>> pieces = m_template->render(seen, options);
    if (!pieces)
        return pieces.error();
    RenderedPrompt prompt;
    prompt.pieces = std::move(*pieces);
    if (options.generationPrompt) {
        applyThinking(prompt.pieces, options);
        prompt.opensReasoning = endsInsideThought(prompt.pieces);
    }
    writeBosOnce(prompt.pieces, m_addsBos);
    return prompt;
}

// What the template is given of an earlier answer. Where it takes thoughts out itself it gets them, so that
// the bytes are those of `transformers`; but a thought that was cut off, or hidden behind a second closing
// tag, it would send back.
std::string ChatFormat::sentBack(const std::string &content) const
{
    if (!m_templateDropsThoughts)
        return std::string(withoutReasoning(content));
    const std::size_t start = content.find_first_not_of(" \t\r\n");
    if (start == content.npos || !std::string_view(content).substr(start).starts_with(kThink))
        return content;
    const std::size_t end = content.rfind(kThinkEnd);
    if (end == content.npos)
        return {};
    if (content.find(kThinkEnd) == end)
        return content;
    return std::string(kThink) + content.substr(end);
}

// A template without a switch for reasoning is helped where its family's way to do it is known: R1 is made to
// think by an opening tag, and a thought that is over at once makes a model answer.
void ChatFormat::applyThinking(std::vector<PromptPiece> &pieces, const RenderOptions &options) const
{
    if (!m_canThink || options.thinking == Thinking::ModelDefault || pieces.empty() ||
        pieces.back().origin != PromptPiece::Origin::Template)
        return;
    std::string &tail = pieces.back().text;
    const bool inside = endsInsideThought(pieces);
    if (options.thinking == Thinking::On) {
        if (m_kind == Kind::DeepSeekR1 && tail.ends_with(kAssistant))
            tail += "<think>\n";
    } else if (inside) {
        tail += tail.ends_with('\n') ? "\n</think>\n\n" : "\n\n</think>\n\n";
    } else if ((m_kind == Kind::DeepSeekR1 && tail.ends_with(kAssistant)) ||
               (m_kind == Kind::ChatMl && tail.ends_with("<|im_start|>assistant\n"))) {
        tail += "<think>\n\n</think>\n\n";
    }
}

// The one place that sees to BOS. A template that writes it has decided; where none does, it comes first when
// it is wanted. Two in a row at the beginning are one.
void ChatFormat::writeBosOnce(std::vector<PromptPiece> &pieces, bool wanted) const
{
    if (m_bos.empty())
        return;
    const auto isTemplate = [](const PromptPiece &piece) {
        return piece.origin == PromptPiece::Origin::Template;
    };
    if (!pieces.empty() && isTemplate(pieces.front()) && pieces.front().text.starts_with(m_bos)) {
        std::string &text = pieces.front().text;
        std::size_t last = 0; // of them
        while (std::string_view(text).substr(last + m_bos.size()).starts_with(m_bos))
            last += m_bos.size();
        text.erase(0, last);
        return;
    }
    for (const PromptPiece &piece : pieces) {
        if (isTemplate(piece) && has(piece.text, m_bos))
            return;
    }
    if (!wanted)
        return;
    if (!pieces.empty() && isTemplate(pieces.front()))
        pieces.front().text.insert(0, m_bos);
    else
        pieces.insert(pieces.begin(), {PromptPiece::Origin::Template, m_bos});
}

std::string_view ChatFormat::name() const
{
    switch (m_kind) {
    case Kind::ChatMl:
        return "chatml";
    case Kind::DeepSeekR1:
        return "deepseek-r1";
    case Kind::DeepSeekV3:
        return "deepseek-v3";
    case Kind::DeepSeekV31:
        return "deepseek-v3.1";
    case Kind::DeepSeekLlm:
        return "deepseek-llm";
    case Kind::DeepSeekCoder:
        return "deepseek-coder";
    case Kind::Llama3:
        return "llama3";
    case Kind::Plain:
        break;
    }
    return "plain";
}

bool ChatFormat::known() const
{
    return m_known;
}

bool ChatFormat::usesTemplate() const
{
    return m_template != nullptr;
}

std::string_view ChatFormat::note() const
{
    return m_note;
}

bool ChatFormat::canThink() const
{
    return m_canThink;
}

std::span<const std::string> ChatFormat::stopLiterals() const
{
    return m_stopLiterals;
}

std::string RenderedPrompt::text() const
{
    std::string all;
    for (const PromptPiece &piece : pieces)
        all += piece.text;
    return all;
}

} // namespace inference
