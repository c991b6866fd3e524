// Byte-pair encoding of single pieces: the merges of a vocabulary, applied by rank.
#pragma once

#include "inference/text/character_joins.h"
#include "inference/text/piece_cache.h"
#include "inference/text/vocabulary.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace inference {

// Immutable to its users, thread-safe; refers to a vocabulary that outlives it.
class BytePairs
{
public:
    // `merges` holds "left right" in GPT-2's alphabet, in order of rank. Fails with Damaged, naming the
    // merge. With `wholeFirst`, a piece that is a token is taken whole, whatever the merges say (Llama 3).
    static Result<std::unique_ptr<BytePairs>> create(const Vocabulary &vocabulary,
                                                     std::span<const std::string_view> merges,
                                                     bool wholeFirst, std::string_view fileName);

    // Appends the tokens of one piece, which is not empty. Takes n log n of its length. A byte without a
    // token (C0 and F5 in the vocabularies of DeepSeek LLM and Coder, some control characters in SmolLM2's)
    // is left out before anything merges, as the reference does. `cache` has seen no other vocabulary.
    void encode(std::string_view piece, PieceCache &cache, std::vector<TokenId> &out) const;

private:
    static constexpr std::uint32_t kNone = 0xFFFFFFFF;
    // Left token, right token and rank in one word: the table is what merging waits for, so it is small.
    static constexpr int kRankBits = 24, kTokenBits = 20;
    static constexpr std::uint64_t kEmpty = ~std::uint64_t(0);

    BytePairs(const Vocabulary &vocabulary, std::size_t merges) : m_vocabulary(vocabulary), m_joins(merges) {}
    static std::uint64_t pairOf(TokenId a, TokenId b)
    {
        return std::uint64_t(static_cast<std::uint32_t>(a)) << kTokenBits | static_cast<std::uint32_t>(b);
    }
    std::size_t placeOf(std::uint64_t pair) const { return pair * 0x9E3779B97F4A7C15u >> m_shift; }
    std::size_t bitOf(std::uint64_t pair) const { return pair * 0x9E3779B97F4A7C15u >> (m_shift - 2); }
    Result<void> readMerges(std::span<const std::string_view> merges, std::string_view fileName);
    // The rank of the merge of two tokens, kNone when there is none.
    std::uint32_t find(TokenId a, TokenId b) const
    {
        const std::uint64_t pair = pairOf(a, b);
        if (const std::size_t bit = bitOf(pair); (m_filter[bit / 64] >> bit % 64 & 1) == 0)
            return kNone; // most neighbours, and the table is too large for the processor's nearest caches
        const std::size_t mask = m_slots.size() - 1;
        for (std::size_t i = placeOf(pair);; i = (i + 1) & mask) {
            const std::uint64_t slot = m_slots[i];
            if (slot >> kRankBits == pair)
                return static_cast<std::uint32_t>(slot) & ((1u << kRankBits) - 1);
            if (slot == kEmpty)
                return kNone;
        }
    }
    std::uint32_t ofBytes(char a, char b) const
    {
        return m_ofTwoBytes[static_cast<std::size_t>(static_cast<std::uint8_t>(a)) << 8 |
                            static_cast<std::uint8_t>(b)];
    }
    bool add(std::uint64_t pair, std::uint32_t rank); // false where pairs were made to have one place
    enum class Kind { Piece, Part };                  // Part: of a piece, cut where no token can reach
    void encodeKnown(std::string_view piece, Kind kind, PieceCache &cache, std::vector<TokenId> &out) const;
    void encodeAnew(std::string_view piece, Kind kind, PieceCache &cache, std::vector<TokenId> &out) const;
    bool encodeWhole(std::string_view piece, std::vector<TokenId> &out) const;
    void merge(std::string_view bytes, std::vector<TokenId> &out) const;
    void mergeShort(std::string_view bytes, std::vector<TokenId> &out) const;
    void mergeLong(std::string_view bytes, std::vector<TokenId> &out) const;

    const Vocabulary &m_vocabulary;
    TokenId m_ofByte[256];
    std::vector<std::uint64_t> m_slots;
    std::vector<std::uint64_t> m_filter; // four bits a slot: set where a pair of that hash is in the table
    std::vector<TokenId> m_made;         // by each merge; -1 for one that can never apply
    std::vector<std::uint32_t> m_ofTwoBytes; // find() for the tokens of every two bytes
    CharacterJoins m_joins;                  // of all tokens that merges make
    int m_shift = 64;
    bool m_wholeFirst = false;
    bool m_hasAllBytes = true;
    std::size_t m_longest = 0; // bytes of the longest token
};

} // namespace inference
