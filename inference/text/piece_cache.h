// What short pieces of a text gave when they were last met, so that a word is merged once and then looked up.
#pragma once

#include "kernels/backend.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace inference {

using kernels::TokenId;

// Belongs to one call, and so to one thread and one vocabulary. Pieces of at most kLongest bytes with at most
// kMostTokens are kept, in their own bytes: nothing is taken for another. A piece takes the place of another
// that has the same one: the size is bounded, and text made to collide is merely not remembered.
class PieceCache
{
public:
    static constexpr std::size_t kLongest = 31; // bytes of a piece
    static constexpr std::size_t kMostTokens = 7;

    // For a text of that many bytes: short ones do not pay for a large table, long ones get one that the
    // second-level cache of a processor holds.
    explicit PieceCache(std::size_t textBytes)
        : m_entries(std::bit_ceil(std::min(kMostEntries, textBytes / 16 + 1))),
          m_shift(63 - std::countr_zero(m_entries.size()))
    {}

    // Appends the tokens of a piece: those that it had before, or those that `encodeAnew(piece)` appends now.
    // Pieces that are looked up whole and parts of them may give other tokens for the same bytes:
    // `wholeFirst` parts them.
    template <class Encode>
    void encode(std::string_view piece, bool wholeFirst, std::vector<TokenId> &out, Encode &&encodeAnew)
    {
        if (piece.empty() || piece.size() > kLongest)
            return encodeAnew(piece);
        const Key key = keyOf(piece, wholeFirst);
        Entry &entry = place(key);
        if (entry.key == key) {
            for (std::uint32_t i = 0; i < entry.count; ++i) // mostly one
                out.push_back(entry.tokens[i]);
            return;
        }
        const std::size_t before = out.size();
        encodeAnew(piece); // may use this cache
        if (const std::size_t count = out.size() - before; count <= kMostTokens) {
            entry.key = key;
            entry.count = static_cast<std::uint32_t>(count);
            std::copy(out.end() - static_cast<std::ptrdiff_t>(count), out.end(), entry.tokens);
        }
    }

private:
    // The bytes, zeros behind them, and in the last one the length and `wholeFirst`; all zero for none.
    struct Key
    {
        std::array<std::uint64_t, 4> words{};
        friend bool operator==(const Key &a, const Key &b) // the library's calls memcmp
        {
            std::uint64_t differing = 0;
            for (std::size_t i = 0; i < a.words.size(); ++i)
                differing |= a.words[i] ^ b.words[i];
            return differing == 0;
        }
    };
    struct alignas(64) Entry // a line of the processor's cache
    {
        Key key;
        TokenId tokens[kMostTokens] = {};
        std::uint32_t count = 0;
    };

    static constexpr std::size_t kMostEntries = 8192; // 512 kB

    template <class T> static T load(const char *p)
    {
        T value;
        std::memcpy(&value, p, sizeof value);
        return value;
    }
    // n bytes, 0 to 15, with zeros behind them.
    static void pad(const char *p, std::size_t n, std::uint64_t &low, std::uint64_t &high)
    {
        if (n >= 8) {
            low = load<std::uint64_t>(p);
            high = load<std::uint64_t>(p + n - 8) >> 8 * (15 - n) >> 8;
        } else if (n >= 4) {
            low = load<std::uint32_t>(p) | std::uint64_t(load<std::uint32_t>(p + n - 4)) << 8 * (n - 4);
        } else if (n > 0) {
            const auto at = [p](std::size_t i) {
                return std::uint64_t(static_cast<std::uint8_t>(p[i])) << 8 * i;
            };
            low = at(0) | at(n / 2) | at(n - 1);
        }
    }

    // Of a piece of 1 to kLongest bytes.
    static Key keyOf(std::string_view piece, bool wholeFirst)
    {
        Key key;
        const char *p = piece.data();
        std::size_t n = piece.size();
        if (n < 16) {
            pad(p, n, key.words[0], key.words[1]);
        } else {
            key.words[0] = load<std::uint64_t>(p);
            key.words[1] = load<std::uint64_t>(p + 8);
            pad(p + 16, n - 16, key.words[2], key.words[3]);
        }
        key.words[3] |= std::uint64_t(wholeFirst ? 0x80 | n : n) << 56;
        return key;
    }
    // Where a key is, or would be: the entry may hold another one.
    Entry &place(const Key &key)
    {
        std::uint64_t hash = 0;
        for (const std::uint64_t word : key.words)
            hash = (std::rotl(hash, 27) ^ word) * 0x9E3779B97F4A7C15u;
        return m_entries[(hash ^ hash >> 29) * 0xBF58476D1CE4E5B9u >> 1 >> m_shift];
    }

    std::vector<Entry> m_entries;
    int m_shift;
};

} // namespace inference
