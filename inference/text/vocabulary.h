// The tokens of a file: the bytes each stands for, its kind, and which literals are special.
#pragma once

#include "inference/result.h"
#include "inference/text/tokenizer.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace inference {

// tokenizer.ggml.token_type
enum class TokenType : std::uint8_t { Normal = 1, Unknown, Control, UserDefined, Unused, Byte };

// How the strings of a file spell bytes.
enum class TokenSpelling {
    ByteLevel,    // GPT-2's alphabet: a printable character for each byte
    SentencePiece // U+2581 for a space, <0xXX> for the bytes of type Byte
};

// Fast hash of bytes for the tables of this folder. Anybody can make texts of one hash: who fills a table
// with foreign ones gives up after kMaxProbes steps from one place to the next.
std::uint64_t hashBytes(std::string_view bytes);
inline constexpr int kMaxProbes = 1000;

// Immutable after creation.
class Vocabulary
{
public:
    static Result<Vocabulary> fromGguf(const GgufFile &file, TokenSpelling spelling);

    std::uint32_t size() const { return static_cast<std::uint32_t>(m_types.size()); }
    std::string_view bytes(TokenId token) const
    {
        if (token < 0 || static_cast<std::uint32_t>(token) >= size())
            return {};
        const auto i = static_cast<std::size_t>(token);
        return {m_arena.data() + m_offsets[i], m_offsets[i + 1] - m_offsets[i]};
    }
    TokenType type(TokenId token) const { return m_types[static_cast<std::size_t>(token)]; }
    bool isSpecial(TokenId token) const
    {
        return token >= 0 && static_cast<std::uint32_t>(token) < size() &&
               m_special[static_cast<std::size_t>(token)];
    }

    // The token that stands for these bytes as text: never a control token or a marker. -1 when there is
    // none.
    TokenId findText(std::string_view bytes) const { return findText(bytes, hashBytes(bytes)); }
    // The same in two steps, for many look-ups at once: the first brings the place into the cache.
    void prefetch(std::uint64_t hash) const { __builtin_prefetch(&m_slots[hash & m_mask]); }
    TokenId findText(std::string_view bytes, std::uint64_t hash) const;
    // Whether a token is one that findText() may give; two normal tokens of the same bytes count both.
    bool isText(TokenId token) const
    {
        return token >= 0 && static_cast<std::uint32_t>(token) < size() &&
               m_spelled[static_cast<std::size_t>(token)];
    }
    // The token of exactly this special literal: control tokens and markers, and plain user-defined ones.
    std::optional<TokenId> findLiteral(std::string_view literal) const;

    // Longest literal at the start of `text`, or -1. Markers and control tokens are recognised in template
    // text alone; user-defined tokens that are no markup (runs of spaces, say) in any text.
    TokenId matchLiteral(std::string_view text) const { return match(m_literals, text); }
    TokenId matchPlain(std::string_view text) const { return match(m_plain, text); }
    bool mayStartLiteral(char c) const { return m_literals.starts[static_cast<std::uint8_t>(c)]; }
    bool mayStartPlain(char c) const { return m_plain.starts[static_cast<std::uint8_t>(c)]; }
    bool hasPlain() const { return !m_plain.tokens.empty(); }

private:
    // Sorted by their bytes.
    struct LiteralSet
    {
        std::vector<TokenId> tokens;
        std::vector<bool> starts = std::vector<bool>(256, false); // first bytes
    };

    Result<void> readTypes(const GgufFile &file);
    void classify();
    bool buildTextIndex(); // false where literals were made to have one hash
    void sort(LiteralSet &set);
    TokenId match(const LiteralSet &set, std::string_view text) const;

    std::string m_arena;
    std::vector<std::uint32_t> m_offsets; // size() + 1
    std::vector<TokenType> m_types;
    std::vector<bool> m_special;
    std::vector<bool> m_spelled; // the string was in the alphabet: its bytes are text
    LiteralSet m_literals, m_plain;
    // Open addressing: token id and the upper half of its hash, id -1 where empty.
    struct Slot
    {
        TokenId token = -1;
        std::uint32_t tag = 0;
    };
    std::vector<Slot> m_slots;
    std::uint64_t m_mask = 0;
};

// Bytes that a string in GPT-2's alphabet spells, appended; false and nothing appended when a character is
// not in it.
bool appendByteLevel(std::string_view spelled, std::string &out);

} // namespace inference
