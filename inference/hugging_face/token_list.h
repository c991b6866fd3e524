// Tokens by id while a tokenizer's files are read: literals, kinds, and which literal has which id.
#pragma once

#include "inference/text/vocabulary.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace inference {

// As many tokens as the embedding has rows; unused ones until they are set.
class TokenList
{
public:
    static constexpr std::uint32_t kMaxTokens = 1u << 20; // DeepSeek's models have up to 152,064

    // At most kMaxTokens.
    explicit TokenList(std::uint32_t size);

    // Empty, or why it cannot be: the id is outside or taken, the literal exists or is too long.
    std::string add(std::string literal, std::uint64_t id, TokenType type);
    // The same for an added token, which may be there under the same id: it then only gets its kind.
    std::string addOrMark(std::string literal, std::uint64_t id, TokenType type);

    std::uint32_t size() const { return static_cast<std::uint32_t>(m_literals.size()); }
    bool isSet(std::uint64_t id) const { return id < size() && m_types[id] != TokenType::Unused; }
    TokenType type(TokenId id) const { return m_types[static_cast<std::size_t>(id)]; }
    const std::string &literal(TokenId id) const { return m_literals[static_cast<std::size_t>(id)]; }

    // -1 where no token is spelled like that.
    TokenId find(std::string_view literal) const { return find(literal, hashBytes(literal)); }
    TokenId find(std::string_view literal, std::uint64_t hash) const;
    void prefetch(std::uint64_t hash) const { __builtin_prefetch(&m_slots[hash & m_mask]); }

    // For the metadata: [PADn] where there is no token.
    const std::vector<std::string> &named();
    std::vector<std::int32_t> types() const;

private:
    struct Slot
    {
        TokenId token = -1;
        std::uint32_t tag = 0; // upper half of the hash
    };
    std::string problem(const std::string &literal, std::uint64_t id) const;

    std::vector<std::string> m_literals;
    std::vector<TokenType> m_types;
    std::vector<Slot> m_slots; // open addressing
    std::uint64_t m_mask = 0;
    bool m_named = false;
};

} // namespace inference
