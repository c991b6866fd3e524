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

    // Appends the tokens of one piece. Takes n log n of its length. A byte without a token (C0 and F5 in the
    // vocabularies of DeepSeek LLM and Coder, some control characters in SmolLM2's) is left out before
    // anything merges, as the reference does.
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
    std::size_t placeOf(std::uint64_t pair) const { return pair * 0x9E3779B97F4A7C15u >> m_shift; }
    Result<void> readMerges(std::span<const std::string_view> merges, std::string_view fileName);
    Merge find(TokenId a, TokenId b) const;
    bool add(std::uint64_t pair, Merge merge); // false where pairs were made to have one place
    void encodeKnown(std::string_view piece, std::vector<TokenId> &out) const;
    void encodeShort(std::string_view piece, std::vector<TokenId> &out) const;
    void encodeLong(std::string_view piece, std::vector<TokenId> &out) const;

    const Vocabulary &m_vocabulary;
    TokenId m_ofByte[256];
    std::vector<Slot> m_slots;
    int m_shift = 64;
    bool m_wholeFirst = false;
    bool m_hasAllBytes = true;
    // What merging the bytes of a token gives: 0 not asked yet, 1 the token itself, 2 something else. A cache
    // that threads may fill at once: all write the same.
    static constexpr std::uint8_t kItself = 1, kOther = 2; // 0: not asked yet
    std::unique_ptr<std::atomic<std::uint8_t>[]> m_whole;
    std::size_t m_longest = 0; // bytes of the longest token
};

} // namespace inference
