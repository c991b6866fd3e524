// Byte-pair encoding of single pieces: the merges of a vocabulary, applied by rank.
#pragma once

#include "inference/text/vocabulary.h"

#include <atomic>
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

    // Appends the tokens of one piece. Takes n log n of its length. A byte without a token (C0 and F5, say,
    // in the vocabularies of DeepSeek LLM and Coder: no UTF-8 text has them) becomes U+FFFD.
    void encode(std::string_view piece, std::vector<TokenId> &out) const;

private:
    struct Merge
    {
        std::uint32_t rank = kNone;
        TokenId token = -1;
    };
    static constexpr std::uint32_t kNone = 0xFFFFFFFF;
    struct Slot
    {
        std::uint64_t pair = kEmpty;
        Merge merge;
    };
    static constexpr std::uint64_t kEmpty = ~std::uint64_t(0);

    explicit BytePairs(const Vocabulary &vocabulary) : m_vocabulary(vocabulary) {}
    static std::uint64_t pairOf(TokenId a, TokenId b)
    {
        return std::uint64_t(static_cast<std::uint32_t>(a)) << 32 | static_cast<std::uint32_t>(b);
    }
    Merge find(TokenId a, TokenId b) const;
    void add(TokenId a, TokenId b, Merge merge);
    void replaceMissing(std::size_t from, std::vector<TokenId> &out) const;
    void encodeShort(std::string_view piece, std::vector<TokenId> &out) const;
    void encodeLong(std::string_view piece, std::vector<TokenId> &out) const;

    const Vocabulary &m_vocabulary;
    TokenId m_ofByte[256];
    std::vector<Slot> m_slots;
    int m_shift = 64;
    bool m_wholeFirst = false;
    bool m_hasAllBytes = true;
    std::vector<TokenId> m_replacement; // U+FFFD; empty when the vocabulary cannot spell it
    // What merging the bytes of a token gives: 0 not asked yet, 1 the token itself, 2 something else. A cache
    // that threads may fill at once: all write the same.
    std::unique_ptr<std::atomic<std::uint8_t>[]> m_whole;
};

} // namespace inference
