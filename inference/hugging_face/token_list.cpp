#include "inference/hugging_face/token_list.h"

#include "inference/gguf/wording.h"

#include <algorithm>
#include <bit>

namespace inference {

namespace {

constexpr std::size_t kMaxLiteralBytes = 65'536;

} // namespace

TokenList::TokenList(std::uint32_t size)
    : m_literals(size), m_types(size, TokenType::Unused),
      m_slots(std::bit_ceil(std::max<std::size_t>(16, std::size_t(size) * 2))), m_mask(m_slots.size() - 1)
{}

std::string TokenList::problem(const std::string &literal, std::uint64_t id) const
{
    const bool isBeyond = id >= size();
    const bool isTaken = !isBeyond && m_types[id] != TokenType::Unused;
    if (!isBeyond && !isTaken && literal.size() <= kMaxLiteralBytes)
        return {}; // words cost time, and there are hundreds of thousands of tokens
    const std::string named = "token " + inQuotes(literal, 60) + " has the id " + grouped(id);
    if (isBeyond)
        return named + ", beyond the model's vocabulary of " + grouped(size());
    if (isTaken)
        return named + ", which " + inQuotes(m_literals[id], 60) + " has too";
    return named + " and " + byteCount(literal.size());
}

std::string TokenList::add(std::string literal, std::uint64_t id, TokenType type)
{
    if (std::string why = problem(literal, id); !why.empty())
        return why;
    const std::uint64_t hash = hashBytes(literal);
    const auto tag = static_cast<std::uint32_t>(hash >> 32);
    std::uint64_t i = hash & m_mask;
    for (int probes = 0; m_slots[i].token >= 0; i = (i + 1) & m_mask) {
        if (m_slots[i].tag == tag && this->literal(m_slots[i].token) == literal)
            return "token " + inQuotes(literal, 60) + " is there twice";
        if (++probes > kMaxProbes)
            return "tokens that are made to be slow to look up";
    }
    m_slots[i] = {static_cast<TokenId>(id), tag};
    m_literals[id] = std::move(literal);
    m_types[id] = type;
    return {};
}

std::string TokenList::addOrMark(std::string literal, std::uint64_t id, TokenType type)
{
    const TokenId known = find(literal);
    if (known < 0)
        return add(std::move(literal), id, type);
    if (static_cast<std::uint64_t>(known) != id)
        return "token " + inQuotes(literal, 60) + " has the ids " +
               grouped(static_cast<std::uint64_t>(known)) + " and " + grouped(id);
    m_types[id] = type;
    return {};
}

TokenId TokenList::find(std::string_view literal, std::uint64_t hash) const
{
    const auto tag = static_cast<std::uint32_t>(hash >> 32);
    for (std::uint64_t i = hash & m_mask; m_slots[i].token >= 0; i = (i + 1) & m_mask) {
        if (m_slots[i].tag == tag && this->literal(m_slots[i].token) == literal)
            return m_slots[i].token;
    }
    return -1;
}

const std::vector<std::string> &TokenList::named()
{
    for (std::size_t i = 0; i < m_literals.size() && !m_named; ++i) {
        if (m_types[i] == TokenType::Unused && m_literals[i].empty())
            m_literals[i] = "[PAD" + std::to_string(i) + "]";
    }
    m_named = true;
    return m_literals;
}

std::vector<std::int32_t> TokenList::types() const
{
    std::vector<std::int32_t> types(m_types.size());
    std::transform(m_types.begin(), m_types.end(), types.begin(),
                   [](TokenType type) { return static_cast<std::int32_t>(type); });
    return types;
}

} // namespace inference
