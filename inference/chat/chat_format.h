// Conversation to prompt: by the chat template in the model's file, or by a format in code.
//
// The template is run (chat_template.h). ChatML, DeepSeek V3/R1 and the distills, DeepSeek LLM and Coder,
// Llama 3 and a plain dialogue are in code, too (chat_layouts.cpp, reference/deepseek-models.md section 5):
// they serve where a file has no template that runs, and they are the second opinion on those that do.
#pragma once

#include "inference/chat/date_time.h"
#include "inference/result.h"
#include "inference/text/tokenizer.h"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace inference {

struct ChatMessage
{
    std::string role; // "system", "user" or "assistant"
    std::string content;
};

enum class Thinking { ModelDefault, On, Off };

struct RenderOptions
{
    bool generationPrompt = true; // end with the opening of the assistant's turn
    Thinking thinking = Thinking::ModelDefault;
    DateTime now{}; // local time, for templates that tell the date
};

struct RenderedPrompt
{
    std::vector<PromptPiece> pieces; // the exact prompt, BOS literal included where the format has it
    bool opensReasoning = false;     // the prompt ends inside <think>: the answer begins as reasoning
    std::string note; // a sentence when the model's template refused this conversation and code stood in

    std::string text() const; // the pieces joined
};

class ChatTemplate;
struct ChatProbe;

// Immutable, thread-safe; copies share the template.
class ChatFormat
{
public:
    // Never fails. Takes less than 20 ms, whatever the template: it is tried on a few short conversations
    // with little fuel, and not used when it fails on them.
    static ChatFormat fromGguf(const GgufFile &file, const Tokenizer &tokenizer);

    // The format in code that the template was recognised as, else the best one for the vocabulary: "chatml",
    // "deepseek-r1", "deepseek-v3", ...
    std::string_view name() const;
    bool usesTemplate() const; // prompts are written by the file's template
    // The template was recognised, and writes what the format in code writes, byte for byte, for every probe.
    bool known() const;
    std::string_view note() const; // empty when known(); else in sentences what is used, and why
    bool canThink() const;         // the model reasons between <think> tags

    // Fails with InvalidArgument for a role that is none of the three. An assistant message's reasoning is
    // not sent back, but where the template itself wants it. BOS stands at the beginning once, or not at all.
    Result<RenderedPrompt> render(std::span<const ChatMessage> messages, const RenderOptions &options) const;

    // Literals that end an answer in this format besides the tokenizer's own, e.g. "<|im_end|>".
    std::span<const std::string> stopLiterals() const;

private:
    enum class Kind {
        ChatMl,
        DeepSeekR1,
        DeepSeekV3,
        DeepSeekV31,
        DeepSeekLlm,
        DeepSeekCoder,
        Llama3,
        Plain
    };
    class Writer;
    void recognise(std::string_view chatTemplate);
    void guess(const Tokenizer &tokenizer);
    void adoptTemplate(std::string_view source);
    void rejectTemplate(std::string_view why);
    std::string differenceFromCode(const ChatProbe &probe, const Result<RenderedPrompt> &byTemplate) const;
    Result<RenderedPrompt> renderByTemplate(std::span<const ChatMessage> messages,
                                            const RenderOptions &options) const;
    void applyThinking(std::vector<PromptPiece> &pieces, const RenderOptions &options) const;
    void writeBosOnce(std::vector<PromptPiece> &pieces, bool wanted) const;
    std::string sentBack(const std::string &content) const;

    RenderedPrompt renderInCode(std::span<const ChatMessage> messages, const RenderOptions &options) const;
    void renderChatMl(std::span<const ChatMessage> messages, const RenderOptions &options, Writer &out) const;
    void renderDeepSeek(std::span<const ChatMessage> messages, const RenderOptions &options,
                        Writer &out) const;
    void openDeepSeekAnswer(const RenderOptions &options, bool roleWritten, Writer &out) const;
    void renderDeepSeekLlm(std::span<const ChatMessage> messages, const RenderOptions &options,
                           Writer &out) const;
    void renderDeepSeekCoder(std::span<const ChatMessage> messages, const RenderOptions &options,
                             Writer &out) const;
    void renderLlama3(std::span<const ChatMessage> messages, const RenderOptions &options, Writer &out) const;
    void renderPlain(std::span<const ChatMessage> messages, const RenderOptions &options, Writer &out) const;
    std::string_view withoutReasoning(std::string_view content) const;

    std::shared_ptr<const ChatTemplate> m_template; // null: the format in code is used
    bool m_templateDropsThoughts = false;           // it takes the reasoning out of earlier answers itself

    Kind m_kind = Kind::Plain;
    bool m_recognised = false; // by the template's text
    bool m_known = false;
    std::string m_note;
    std::string m_bos, m_eos;    // the literals; empty where there are none
    bool m_bosInCode = false;    // the format in code begins with BOS
    bool m_addsBos = false;      // the vocabulary wants BOS in front of a text
    std::string m_defaultSystem; // text that the template itself adds when no system message is given
    std::vector<std::string> m_stopLiterals;
    bool m_opensThink = false; // the template opens the reasoning itself
    bool m_canThink = false;
    bool m_joinsSystems = true; // several system messages count; in early R1 templates the last one alone
    bool m_answersInUserTurn = false; // the assistant's role token ends the user's turn (V3-0324, R1-0528)
    bool m_opensAfterAnyTurn =
        true;                 // V3.1 opens an answer behind the user's turn alone; later versions always
    bool m_tellsDate = false; // Llama 3.1 and later begin with a knowledge date
};

} // namespace inference
