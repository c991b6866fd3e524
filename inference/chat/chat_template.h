// The chat template of a model's file on the messages of this program: the prompt as `transformers` makes it.
#pragma once

#include "inference/chat/chat_format.h"
#include "inference/chat/jinja/template.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace inference {

// Immutable, thread-safe.
class ChatTemplate
{
public:
    // `bos` and `eos` are what the template gets under bos_token and eos_token; they stay not defined when
    // empty. Fails like jinja::Template::parse(): every Error names line and column.
    static Result<ChatTemplate> parse(std::string_view source, std::string bos, std::string eos,
                                      const jinja::Limits &limits);

    // The template's own bytes, nothing added. Fails like jinja::Template::render().
    Result<std::vector<PromptPiece>> render(std::span<const ChatMessage> messages,
                                            const RenderOptions &options) const;

private:
    ChatTemplate(jinja::Template parsed, std::string bos, std::string eos);

    jinja::Template m_template;
    std::optional<std::string> m_bos, m_eos;
};

// Whether a prompt that ends in these pieces goes on inside <think>: the template opened it last, and nothing
// but the beginning of a thought stands behind.
bool endsInsideThought(std::span<const PromptPiece> pieces);

// A conversation that a template is tried with before it is trusted.
struct ChatProbe
{
    std::vector<ChatMessage> messages;
    RenderOptions options;
};
// The first has one message of the user and nothing else; the last three are there for models that think.
std::vector<ChatProbe> chatProbes(bool thinks);
ChatProbe thoughtProbe(); // one of those three: an earlier answer holds a thought
// Words that stand in the user's message of the first probe, and in the thought of an earlier answer.
inline constexpr std::string_view kProbeQuestion = "krill or plankton?";
inline constexpr std::string_view kProbeThought = "baleen plates";
// A template that needs more for a probe is not used: it would need minutes for a real conversation.
jinja::Limits probeLimits();

} // namespace inference
