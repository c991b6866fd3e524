#include "inference/text/byte_pairs.h"

#include "inference/gguf/wording.h"

#include <algorithm>
#include <array>
#include <bit>
#include <functional>
#include <iterator>
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
             .found = "\"" + printable(merge, 80) + "\"",
             .wayOut = "Download the model again."}};
}

} // namespace

BytePairs::Merge BytePairs::find(TokenId a, TokenId b) const
{
    const std::uint64_t pair = pairOf(a, b);
    const std::size_t mask = m_slots.size() - 1;
    for (std::size_t i = placeOf(pair);; i = (i + 1) & mask) {
        if (m_slots[i].pair == pair)
            return m_slots[i].merge;
        if (m_slots[i].pair == kEmpty)
            return {};
    }
}

bool BytePairs::add(std::uint64_t pair, Merge merge)
{
    const std::size_t mask = m_slots.size() - 1;
    std::size_t i = placeOf(pair);
    for (int probes = 0; m_slots[i].pair != kEmpty; i = (i + 1) & mask) {
        if (m_slots[i].pair == pair)
            return true; // the lower rank counts
        if (++probes > kMaxProbes)
            return false;
    }
    m_slots[i] = {pair, merge};
    return true;
}

// A look-up waits for memory; a block of merges is looked up together so that the waits overlap.
Result<void> BytePairs::readMerges(std::span<const std::string_view> merges, std::string_view fileName)
{
    struct Parts
    {
        std::size_t begin, middle, end; // in `text`
        std::uint64_t left, right;      // hashes
    };
    constexpr std::size_t kBlock = 32;
    std::array<Parts, kBlock> block;
    std::array<Slot, kBlock> pairs;
    std::string text;
    TokenId next =
        0; // vocabularies list what merges make in their order: the token after the last one is a good guess
    for (std::size_t first = 0; first < merges.size(); first += kBlock) {
        const std::size_t count = std::min(kBlock, merges.size() - first);
        text.clear();
        for (std::size_t i = 0; i < count; ++i) {
            const std::string_view merge = merges[first + i];
            const std::size_t space = merge.find(' ', 1);
            if (space == merge.npos || space + 1 == merge.size())
                return badMerge(first + i, merge, "has not two parts", fileName);
            Parts &parts = block[i];
            parts.begin = text.size();
            const bool leftSpelled = appendByteLevel(merge.substr(0, space), text);
            parts.middle = text.size();
            if (!leftSpelled || !appendByteLevel(merge.substr(space + 1), text))
                return badMerge(first + i, merge, "is not in the byte-level alphabet", fileName);
            parts.end = text.size();
            const std::string_view whole = text;
            parts.left = hashBytes(whole.substr(parts.begin, parts.middle - parts.begin));
            parts.right = hashBytes(whole.substr(parts.middle, parts.end - parts.middle));
            m_vocabulary.prefetch(parts.left);
            m_vocabulary.prefetch(parts.right);
        }
        const std::string_view all = text;
        std::size_t found = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const Parts &parts = block[i];
            const std::string_view whole = all.substr(parts.begin, parts.end - parts.begin);
            const std::size_t cut = parts.middle - parts.begin;
            const TokenId left = m_vocabulary.findText(whole.substr(0, cut), parts.left);
            const TokenId right = m_vocabulary.findText(whole.substr(cut), parts.right);
            if (left < 0 || right < 0)
                continue; // can never apply: no piece is ever cut into parts that are no tokens
            const bool guessed = m_vocabulary.isText(next) && m_vocabulary.bytes(next) == whole;
            const TokenId token = guessed ? next : m_vocabulary.findText(whole);
            if (token < 0)
                return badMerge(first + i, merges[first + i], "makes no token of the vocabulary", fileName);
            next = token + 1;
            pairs[found] = {pairOf(left, right), {static_cast<std::uint32_t>(first + i), token}};
            __builtin_prefetch(&m_slots[placeOf(pairs[found++].pair)]);
        }
        for (std::size_t i = 0; i < found; ++i)
            if (!add(pairs[i].pair, pairs[i].merge))
                return badMerge(pairs[i].merge.rank, merges[pairs[i].merge.rank],
                                "is one of many that are made to be slow to look up", fileName);
    }
    return {};
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
    for (std::uint32_t token = 0; token < vocabulary.size(); ++token)
        pairs.m_longest = std::max(pairs.m_longest, vocabulary.bytes(static_cast<TokenId>(token)).size());
    if (Result<void> read = pairs.readMerges(merges, fileName); !read)
        return read.error();
    return result;
}

void BytePairs::encode(std::string_view piece, std::vector<TokenId> &out) const
{
    const auto isMissing = [this](char c) { return m_ofByte[static_cast<std::uint8_t>(c)] < 0; };
    if (m_hasAllBytes || std::none_of(piece.begin(), piece.end(), isMissing))
        return encodeKnown(piece, out);
    std::string known;
    std::copy_if(piece.begin(), piece.end(), std::back_inserter(known), std::not_fn(isMissing));
    if (!known.empty())
        encodeKnown(known, out);
}

void BytePairs::encodeKnown(std::string_view piece, std::vector<TokenId> &out) const
{
    const TokenId whole = piece.size() <= m_longest ? m_vocabulary.findText(piece) : -1;
    if (whole < 0)
        return piece.size() <= kShort ? encodeShort(piece, out) : encodeLong(piece, out);
    std::atomic<std::uint8_t> &known = m_whole[static_cast<std::size_t>(whole)];
    if (m_wholeFirst || known.load(std::memory_order_relaxed) == kItself) {
        out.push_back(whole);
        return;
    }
    const std::size_t before = out.size();
    piece.size() <= kShort ? encodeShort(piece, out) : encodeLong(piece, out);
    const bool same = out.size() == before + 1 && out.back() == whole;
    known.store(same ? kItself : kOther, std::memory_order_relaxed);
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
