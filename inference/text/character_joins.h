// Which neighbouring characters some token spans: text can be cut between all others, and nothing changes.
//
// A merge never crosses a place that no token of the vocabulary spans, so byte-pair encoding gives the same
// for the parts as for the whole. In scripts without spaces a piece is a whole sentence; most of its places
// are such ones.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace inference {

// Immutable once all tokens are added.
class CharacterJoins
{
public:
    // Whether text may be cut between two bytes of ASCII: not where a pre-tokenizer has cut it into words
    // before.
    enum class Ascii { Keep, Cut };

    // For about that many tokens.
    explicit CharacterJoins(std::size_t tokens, Ascii ascii = Ascii::Keep);

    // The bytes of a token that merges make.
    void add(std::string_view token);

    // The end of the part of `text` that begins at `from` (before the end): no token spans it, as far as is
    // seen here. Any bytes are accepted.
    std::size_t partEnd(std::string_view text, std::size_t from) const;

private:
    // The bytes around a place, first one lowest. A token may hold a part of a character only.
    struct Side
    {
        std::uint32_t bytes = 0;
        std::uint32_t length = 0; // 0: none can be told
        bool cut = false;         // by the end of the text
    };
    // No cut is looked for before `byte`, which has `last` before it.
    bool isInside(std::uint32_t byte, std::uint32_t last) const
    {
        return (byte & 0xC0) == 0x80 || (m_ascii == Ascii::Keep && byte < 0x80 && last < 0x80);
    }
    static Side before(std::string_view text, std::size_t place);
    static Side behind(std::string_view text, std::size_t place);

    std::size_t bitOf(std::uint32_t left, std::uint32_t right) const;
    bool has(std::uint32_t left, std::uint32_t right) const
    {
        const std::size_t bit = bitOf(left, right);
        return (m_bits[bit / 64] >> bit % 64 & 1) != 0;
    }
    bool mayJoin(Side left, Side right) const;

    std::vector<std::uint64_t> m_bits; // a Bloom filter with one hash
    int m_shift;
    Ascii m_ascii;
    // Which lengths of incomplete characters there are, as bits: of those that end with a byte, that begin
    // with one.
    std::array<std::uint8_t, 256> m_tails{}, m_heads{};
};

} // namespace inference
