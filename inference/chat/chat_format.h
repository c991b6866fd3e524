// Conversation to prompt: the model's own chat format, chosen from the template in its file.
//
// ChatML, DeepSeek V3/R1 and the distills, DeepSeek LLM and Coder, Llama 3 and a plain fall-back, in code
// (reference/deepseek-models.md section 5). The file's template is only read to tell which one it is.
#pragma once

#include "inference/result.h"
#include "inference/text/tokenizer.h"

#include <optional>
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
};

struct RenderedPrompt
{
    std::vector<PromptPiece> pieces; // the exact prompt, BOS literal included where the format has it
    bool opensReasoning = false;     // the prompt ends inside <think>: the answer begins as reasoning

    std::string text() const; // the pieces joined
};

// Immutable, thread-safe.
class ChatFormat
{
public:
    // Never fails: an unknown template gets the best known format for the vocabulary, and known() is false.
    static ChatFormat fromGguf(const GgufFile &file, const Tokenizer &tokenizer);

    std::string_view name() const; // "chatml", "deepseek-r1", "deepseek-v3", ...
    bool known() const;            // the template's own fingerprint was recognised
    bool canThink() const;         // the model reasons between <think> tags

    // Fails with InvalidArgument for a role that the format does not have.
    // An assistant message's reasoning (up to the last </think>) is never sent back.
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

    Kind m_kind = Kind::Plain;
    bool m_known = false;
    std::string m_bos, m_eos;    // the literals; m_bos is empty where none is to be written
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
