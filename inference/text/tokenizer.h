// Text to token ids and back, exactly as the model was trained with.
//
// Byte-level BPE with the pre-tokenizers of reference/deepseek-models.md section 4, and SentencePiece for
// `llama` vocabularies. User text can never become a special token: special literals are recognised in
// template pieces only.
#pragma once

#include "inference/result.h"
#include "kernels/backend.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace inference {

using kernels::TokenId;
class GgufFile;

// A part of a prompt. Neighbouring parts are joined before they are split into tokens, so that merges across
// the seam happen as they do in the reference; only a template part may hold special-token literals.
struct PromptPiece
{
    enum class Origin { Template, User };
    Origin origin = Origin::User;
    std::string text; // UTF-8; invalid bytes are kept, byte for byte
};

// Ids of fill-in-the-middle tokens, where a vocabulary has all three.
struct FillInMiddleTokens
{
    TokenId prefix = 0, suffix = 0, middle = 0;
    // DeepSeek: <begin>prefix<hole>suffix<end>; Qwen and StarCoder: <prefix>..<suffix>..<middle>. Both orders
    // are the same.
};

// Immutable after creation, thread-safe.
class Tokenizer
{
public:
    // Fails with Unsupported (kind or pre-tokenizer unknown: named) or Damaged.
    static Result<std::unique_ptr<Tokenizer>> fromGguf(const GgufFile &file);
    virtual ~Tokenizer() = default;

    virtual std::string_view kind() const = 0;         // "gpt2" or "llama", GGUF's tokenizer.ggml.model
    virtual std::string_view preTokenizer() const = 0; // "qwen2", "smollm", ...; empty for SentencePiece
    virtual std::uint32_t vocabularySize() const = 0;

    // Appends the ids of the pieces, no BOS added. Any bytes are accepted.
    virtual void encode(std::span<const PromptPiece> pieces, std::vector<TokenId> &out) const = 0;
    // Ids of one text: as user text (special literals are plain text) or as template text.
    std::vector<TokenId> encode(std::string_view text, PromptPiece::Origin origin) const;

    // The exact bytes a token stands for: part of a character, perhaps; the literal of a special token.
    // Empty for an id outside the vocabulary.
    virtual std::string_view bytes(TokenId token) const = 0;
    // Ids to bytes, exactly (SentencePiece: without the space that encode() put in front).
    virtual std::string decode(std::span<const TokenId> tokens) const;

    virtual bool isSpecial(TokenId token) const = 0; // control and unknown tokens, and added ones with a role
    virtual std::optional<TokenId>
    find(std::string_view literal) const = 0; // id of exactly this special literal
    virtual bool addsBos() const = 0;
    virtual std::optional<TokenId> bos() const = 0;
    virtual std::optional<TokenId> eos() const = 0;
    // eos, eot, <|EOT|> and the like: each ends an answer.
    virtual std::span<const TokenId> endOfGeneration() const = 0;
    virtual std::optional<FillInMiddleTokens> fillInMiddle() const = 0;
};

// Streaming bytes to text: whole characters only. Holds back at most 3 bytes of an incomplete character;
// invalid bytes become U+FFFD. The output does not depend on how the bytes are cut.
class Utf8Stream
{
public:
    std::string push(std::string_view bytes); // what is whole now
    std::string flush();                      // the rest, an incomplete character as U+FFFD

private:
    std::string m_pending;
};

} // namespace inference
