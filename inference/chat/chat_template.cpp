#include "inference/chat/chat_template.h"

namespace inference {

namespace {

constexpr std::string_view kOpen = "<think>";
const ChatMessage kQuestion{"user", std::string(kProbeQuestion)};
const ChatMessage kNext{"user", "\n  And in winter? "};
// Llama 3.1 and later tell the day; in code it is the one that their template falls back to.
constexpr RenderOptions kOnThatDay{.now = {2024, 7, 26, 12, 0, 0}};

} // namespace

ChatTemplate::ChatTemplate(jinja::Template parsed, std::string bos, std::string eos)
    : m_template(std::move(parsed))
{
    if (!bos.empty())
        m_bos = std::move(bos);
    if (!eos.empty())
        m_eos = std::move(eos);
}

Result<ChatTemplate> ChatTemplate::parse(std::string_view source, std::string bos, std::string eos,
                                         const jinja::Limits &limits)
{
    auto parsed = jinja::Template::parse(source, limits);
    if (!parsed)
        return parsed.error();
    return ChatTemplate(std::move(*parsed), std::move(bos), std::move(eos));
}

Result<std::vector<PromptPiece>> ChatTemplate::render(std::span<const ChatMessage> messages,
                                                      const RenderOptions &options) const
{
    jinja::Variables variables;
    for (const ChatMessage &message : messages)
        variables.messages.push_back({{"role", message.role}, {"content", message.content}});
    variables.addGenerationPrompt = options.generationPrompt;
    variables.bosToken = m_bos;
    variables.eosToken = m_eos;
    if (options.thinking != Thinking::ModelDefault)
        variables.thinking = options.thinking == Thinking::On;
    variables.now = options.now;
    return m_template.render(variables);
}

bool endsInsideThought(std::span<const PromptPiece> pieces)
{
    if (pieces.empty() || pieces.back().origin != PromptPiece::Origin::Template)
        return false;
    const std::string_view tail = pieces.back().text;
    const std::size_t open = tail.rfind(kOpen);
    // Behind it may stand the first words of the thought, but no other marker: instructions that speak of the
    // tag are followed by one.
    return open != tail.npos && tail.find('<', open + kOpen.size()) == tail.npos;
}

std::vector<ChatProbe> chatProbes(bool thinks)
{
    const ChatMessage system{"system", " Speak of whales.\n"};
    const ChatMessage answer{"assistant", "Both.\n\n**Mostly** krill. "};
    std::vector<ChatProbe> probes = {{{kQuestion}, kOnThatDay},
                                     {{system, kQuestion, answer, kNext}, kOnThatDay}};
    if (thinks) {
        RenderOptions on = kOnThatDay, off = kOnThatDay;
        on.thinking = Thinking::On;
        off.thinking = Thinking::Off;
        probes.push_back(thoughtProbe());
        probes.push_back({{kQuestion}, on});
        probes.push_back({{kQuestion}, off});
    }
    return probes;
}

ChatProbe thoughtProbe()
{
    const ChatMessage answer{"assistant", "<think>\n" + std::string(kProbeThought) + "\n</think>\n\nKrill."};
    return {{kQuestion, answer, kNext}, kOnThatDay};
}

jinja::Limits probeLimits()
{
    jinja::Limits limits;
    // Of the 51 templates that it was measured with, the longest has 7 KiB and the dearest probe took 39,000.
    limits.templateBytes = 128u << 10;
    limits.fuel = 1u << 18;
    limits.outputBytes = limits.stringBytes = 1u << 20;
    return limits;
}

} // namespace inference
