#include "inference/text/byte_pairs.h"

#include <algorithm>
#include <array>
#include <bit>
#include <functional>
#include <queue>
#include <string>

namespace inference {

namespace {

// Pieces up to this many bytes are merged by looking through the pairs; longer ones through a heap.
constexpr std::size_t kShort = 40;

Error badMerge(std::size_t index, std::string_view merge, std::string_view what, std::string_view fileName)
{
    return {ErrorCode::Damaged,
            {.what = "Merge " + std::to_string(index) + " " + std::string(what),
             .where = "tokenizer.ggml.merges of " + std::string(fileName),
             .found = "\"" + std::string(merge.substr(0, 80)) + "\"",
             .wayOut = "Download the model again."}};
}

} // namespace

BytePairs::Merge BytePairs::find(TokenId a, TokenId b) const
{
    const std::uint64_t pair = pairOf(a, b);
    const std::size_t mask = m_slots.size() - 1;
    for (std::size_t i = pair * 0x9E3779B97F4A7C15u >> m_shift;; i = (i + 1) & mask) {
        if (m_slots[i].pair == pair)
            return m_slots[i].merge;
        if (m_slots[i].pair == kEmpty)
            return {};
    }
}

void BytePairs::add(TokenId a, TokenId b, Merge merge)
{
    const std::uint64_t pair = pairOf(a, b);
    const std::size_t mask = m_slots.size() - 1;
    std::size_t i = pair * 0x9E3779B97F4A7C15u >> m_shift;
    for (; m_slots[i].pair != kEmpty; i = (i + 1) & mask) {
        if (m_slots[i].pair == pair)
            return; // the lower rank counts
    }
    m_slots[i] = {pair, merge};
}

Result<std::unique_ptr<BytePairs>> BytePairs::create(const Vocabulary &vocabulary,
                                                     std::span<const std::string_view> merges,
                                                     bool wholeFirst, std::string_view fileName)
{
    std::unique_ptr<BytePairs> result(new BytePairs(vocabulary));
    BytePairs &pairs = *result;
    pairs.m_wholeFirst = wholeFirst;
    for (int b = 0; b < 256; ++b) {
        const char byte = static_cast<char>(b);
        pairs.m_ofByte[b] = vocabulary.findText({&byte, 1});
        pairs.m_hasAllBytes = pairs.m_hasAllBytes && pairs.m_ofByte[b] >= 0;
    }
    const std::size_t capacity = std::bit_ceil(std::max<std::size_t>(16, merges.size() + merges.size() / 2));
    pairs.m_slots.assign(capacity, {});
    pairs.m_shift = 64 - std::countr_zero(capacity);
    pairs.m_whole = std::make_unique<std::atomic<std::uint8_t>[]>(vocabulary.size());
    std::string both;
    for (std::size_t rank = 0; rank < merges.size(); ++rank) {
        const std::string_view merge = merges[rank];
        const std::size_t space = merge.find(' ', 1);
        if (space == merge.npos || space + 1 == merge.size())
            return badMerge(rank, merge, "has not two parts", fileName);
        both.clear();
        if (!appendByteLevel(merge.substr(0, space), both))
            return badMerge(rank, merge, "is not in the byte-level alphabet", fileName);
        const std::size_t leftSize = both.size();
        if (!appendByteLevel(merge.substr(space + 1), both))
            return badMerge(rank, merge, "is not in the byte-level alphabet", fileName);
        const std::string_view whole = both;
        const TokenId left = vocabulary.findText(whole.substr(0, leftSize));
        const TokenId right = vocabulary.findText(whole.substr(leftSize));
        if (left < 0 || right < 0)
            continue; // can never apply: no piece is ever cut into parts that are no tokens
        const TokenId token = vocabulary.findText(whole);
        if (token < 0)
            return badMerge(rank, merge, "makes no token of the vocabulary", fileName);
        pairs.add(left, right, {static_cast<std::uint32_t>(rank), token});
    }
    if (!pairs.m_hasAllBytes) {
        std::vector<TokenId> replacement;
        pairs.encodeShort("\xEF\xBF\xBD", replacement);
        if (std::find(replacement.begin(), replacement.end(), TokenId(-1)) == replacement.end())
            pairs.m_replacement = std::move(replacement);
    }
    return result;
}

void BytePairs::replaceMissing(std::size_t from, std::vector<TokenId> &out) const
{
    const std::vector<TokenId> tokens(out.begin() + static_cast<std::ptrdiff_t>(from), out.end());
    out.resize(from);
    for (const TokenId token : tokens) {
        if (token >= 0)
            out.push_back(token);
        else
            out.insert(out.end(), m_replacement.begin(), m_replacement.end());
    }
}

void BytePairs::encode(std::string_view piece, std::vector<TokenId> &out) const
{
    const std::size_t before = out.size();
    const TokenId whole = m_vocabulary.findText(piece);
    if (whole >= 0) {
        std::atomic<std::uint8_t> &known = m_whole[static_cast<std::size_t>(whole)];
        if (m_wholeFirst || known.load(std::memory_order_relaxed) == 1) {
            out.push_back(whole);
            return;
        }
    }
    if (piece.size() <= kShort)
        encodeShort(piece, out);
    else
        encodeLong(piece, out);
    if (whole >= 0) {
        const bool same = out.size() == before + 1 && out.back() == whole;
        m_whole[static_cast<std::size_t>(whole)].store(same ? 1 : 2, std::memory_order_relaxed);
    }
    if (!m_hasAllBytes)
        replaceMissing(before, out); // they stand as -1 until here
}

void BytePairs::encodeShort(std::string_view piece, std::vector<TokenId> &out) const
{
    std::array<TokenId, kShort> tokens;
    std::array<Merge, kShort> merges; // of each token with the next
    std::size_t count = piece.size();
    for (std::size_t i = 0; i < count; ++i)
        tokens[i] = m_ofByte[static_cast<std::uint8_t>(piece[i])];
    const auto mergeAt = [&](std::size_t i) {
        return i + 1 < count ? find(tokens[i], tokens[i + 1]) : Merge{};
    };
    for (std::size_t i = 0; i < count; ++i)
        merges[i] = mergeAt(i);
    while (count > 1) {
        std::size_t best = 0; // the leftmost of the lowest rank
        for (std::size_t i = 1; i + 1 < count; ++i) {
            if (merges[i].rank < merges[best].rank)
                best = i;
        }
        if (merges[best].rank == kNone)
            break;
        tokens[best] = merges[best].token;
        for (std::size_t i = best + 1; i + 1 < count; ++i) {
            tokens[i] = tokens[i + 1];
            merges[i] = merges[i + 1];
        }
        --count;
        merges[best] = mergeAt(best);
        if (best > 0)
            merges[best - 1] = mergeAt(best - 1);
    }
    out.insert(out.end(), tokens.begin(), tokens.begin() + static_cast<std::ptrdiff_t>(count));
}

void BytePairs::encodeLong(std::string_view piece, std::vector<TokenId> &out) const
{
    // Positions are 32 bits wide; a longer piece than that is cut, which no text in the world can notice.
    constexpr std::size_t kMost = std::size_t(1) << 30;
    if (piece.size() > kMost) {
        encodeLong(piece.substr(0, kMost), out);
        encodeLong(piece.substr(kMost), out);
        return;
    }
    struct Symbol
    {
        TokenId token;
        std::uint32_t previous, next; // positions; kNone at the ends
        Merge merge;                  // with the next; rank kNone when there is none
    };
    const auto count = static_cast<std::uint32_t>(piece.size());
    std::vector<Symbol> symbols(count);
    for (std::uint32_t i = 0; i < count; ++i)
        symbols[i] = {m_ofByte[static_cast<std::uint8_t>(piece[i])],
                      i ? i - 1 : kNone,
                      i + 1 < count ? i + 1 : kNone,
                      {}};
    // Lowest rank first, then leftmost. An entry is stale when the symbol has another merge by now.
    std::vector<std::uint64_t> first;
    first.reserve(count);
    const auto refresh = [&](std::uint32_t i) {
        Symbol &s = symbols[i];
        s.merge = s.next == kNone ? Merge{} : find(s.token, symbols[s.next].token);
        return std::uint64_t(s.merge.rank) << 32 | i;
    };
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint64_t entry = refresh(i);
        if (symbols[i].merge.rank != kNone)
            first.push_back(entry);
    }
    std::priority_queue<std::uint64_t, std::vector<std::uint64_t>, std::greater<>> queue(std::greater<>(),
                                                                                         std::move(first));
    const auto push = [&](std::uint32_t i) {
        const std::uint64_t entry = refresh(i);
        if (symbols[i].merge.rank != kNone)
            queue.push(entry);
    };
    while (!queue.empty()) {
        const auto rank = static_cast<std::uint32_t>(queue.top() >> 32);
        const auto i = static_cast<std::uint32_t>(queue.top());
        queue.pop();
        Symbol &left = symbols[i];
        if (left.merge.rank != rank)
            continue;
        Symbol &right = symbols[left.next];
        left.token = left.merge.token;
        left.next = right.next;
        right.merge = {}; // no longer there
        if (left.next != kNone)
            symbols[left.next].previous = i;
        push(i);
        if (left.previous != kNone)
            push(left.previous);
    }
    for (std::uint32_t i = 0; i != kNone; i = symbols[i].next)
        out.push_back(symbols[i].token);
}

} // namespace inference
