#include "inference/text/byte_pairs.h"

#include "inference/gguf/wording.h"

#include <algorithm>
#include <array>
#include <bit>
#include <functional>
#include <iterator>
#include <limits>
#include <queue>
#include <string>

namespace inference {

namespace {

// Pieces up to this many bytes are merged by looking through the pairs, longer ones with a heap.
constexpr std::size_t kShort = 128;
constexpr std::size_t kLanes = 8; // pairs looked at together
// Real vocabularies have up to half a million.
constexpr std::size_t kMostMerges = 8'000'000;

Error badMerge(std::size_t index, std::string_view merge, std::string_view what, std::string_view fileName)
{
    return {ErrorCode::Damaged,
            {.what = "Merge " + std::to_string(index) + " " + std::string(what),
             .where = "tokenizer.ggml.merges of " + std::string(fileName),
             .found = inQuotes(merge, 80),
             .wayOut = "Download the model again."}};
}

} // namespace

bool BytePairs::add(std::uint64_t pair, std::uint32_t rank)
{
    const std::size_t mask = m_slots.size() - 1;
    std::size_t i = placeOf(pair);
    for (int probes = 0; m_slots[i] != kEmpty; i = (i + 1) & mask) {
        if (m_slots[i] >> kRankBits == pair)
            return true; // the lower rank counts
        if (++probes > kMaxProbes)
            return false;
    }
    m_slots[i] = pair << kRankBits | rank;
    const std::size_t bit = bitOf(pair);
    m_filter[bit / 64] |= std::uint64_t(1) << bit % 64;
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
    std::array<std::uint64_t, kBlock> pairs;
    std::array<std::uint32_t, kBlock> ranks;
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
            ranks[found] = static_cast<std::uint32_t>(first + i);
            pairs[found] = pairOf(left, right);
            m_made[first + i] = token;
            __builtin_prefetch(&m_slots[placeOf(pairs[found++])]);
        }
        for (std::size_t i = 0; i < found; ++i)
            if (!add(pairs[i], ranks[i]))
                return badMerge(ranks[i], merges[ranks[i]],
                                "is one of many that are made to be slow to look up", fileName);
        for (std::size_t i = 0; i < found; ++i)
            m_joins.add(m_vocabulary.bytes(m_made[ranks[i]]));
    }
    return {};
}

Result<std::unique_ptr<BytePairs>> BytePairs::create(const Vocabulary &vocabulary,
                                                     std::span<const std::string_view> merges,
                                                     bool wholeFirst, std::string_view fileName)
{
    if (merges.size() > kMostMerges)
        return Error(ErrorCode::Unsupported, {.what = "The model has too many merges",
                                              .where = "tokenizer.ggml.merges of " + std::string(fileName),
                                              .expected = "at most " + std::to_string(kMostMerges),
                                              .found = std::to_string(merges.size())});
    if (vocabulary.size() >= 1u << kTokenBits)
        return Error(ErrorCode::Unsupported, {.what = "The model has too many tokens",
                                              .where = "tokenizer.ggml.tokens of " + std::string(fileName),
                                              .expected = "below " + std::to_string(1u << kTokenBits),
                                              .found = std::to_string(vocabulary.size())});
    std::unique_ptr<BytePairs> result(new BytePairs(vocabulary, merges.size()));
    BytePairs &pairs = *result;
    pairs.m_wholeFirst = wholeFirst;
    for (int b = 0; b < 256; ++b) {
        const char byte = static_cast<char>(b);
        pairs.m_ofByte[b] = vocabulary.findText({&byte, 1});
        pairs.m_hasAllBytes = pairs.m_hasAllBytes && pairs.m_ofByte[b] >= 0;
    }
    const std::size_t capacity = std::bit_ceil(std::max<std::size_t>(16, merges.size() + merges.size() / 2));
    pairs.m_slots.assign(capacity, kEmpty);
    pairs.m_filter.assign(capacity / 16, 0);
    pairs.m_made.assign(merges.size(), -1);
    pairs.m_shift = 64 - std::countr_zero(capacity);
    for (std::uint32_t token = 0; token < vocabulary.size(); ++token)
        pairs.m_longest = std::max(pairs.m_longest, vocabulary.bytes(static_cast<TokenId>(token)).size());
    if (Result<void> read = pairs.readMerges(merges, fileName); !read)
        return read.error();
    pairs.m_ofTwoBytes.assign(256 * 256, kNone);
    for (std::size_t i = 0; i < pairs.m_ofTwoBytes.size(); ++i) {
        const TokenId left = pairs.m_ofByte[i >> 8], right = pairs.m_ofByte[i & 0xFF];
        if (left >= 0 && right >= 0)
            pairs.m_ofTwoBytes[i] = pairs.find(left, right);
    }
    return result;
}

void BytePairs::encode(std::string_view piece, PieceCache &cache, std::vector<TokenId> &out) const
{
    const auto isMissing = [this](char c) { return m_ofByte[static_cast<std::uint8_t>(c)] < 0; };
    if (m_hasAllBytes || std::none_of(piece.begin(), piece.end(), isMissing))
        return encodeKnown(piece, Kind::Piece, cache, out);
    std::string known;
    std::copy_if(piece.begin(), piece.end(), std::back_inserter(known), std::not_fn(isMissing));
    if (!known.empty())
        encodeKnown(known, Kind::Piece, cache, out);
}

void BytePairs::encodeKnown(std::string_view piece, Kind kind, PieceCache &cache,
                            std::vector<TokenId> &out) const
{
    cache.encode(piece, m_wholeFirst && kind == Kind::Piece, out,
                 [&](std::string_view unknown) { encodeAnew(unknown, kind, cache, out); });
}

void BytePairs::encodeAnew(std::string_view piece, Kind kind, PieceCache &cache,
                           std::vector<TokenId> &out) const
{
    if (kind == Kind::Part)
        return merge(piece, out);
    if (m_wholeFirst && encodeWhole(piece, out))
        return;
    for (std::size_t from = 0; from < piece.size();) {
        const std::size_t end = m_joins.partEnd(piece, from);
        if (end - from == piece.size())
            return merge(piece, out);
        encodeKnown(piece.substr(from, end - from), Kind::Part, cache, out);
        from = end;
    }
}

// Appends the one token that a piece is; false when it is none.
bool BytePairs::encodeWhole(std::string_view piece, std::vector<TokenId> &out) const
{
    const TokenId whole = piece.size() <= m_longest ? m_vocabulary.findText(piece) : -1;
    if (whole >= 0)
        out.push_back(whole);
    return whole >= 0;
}

void BytePairs::merge(std::string_view bytes, std::vector<TokenId> &out) const
{
    bytes.size() <= kShort ? mergeShort(bytes, out) : mergeLong(bytes, out);
}

void BytePairs::mergeShort(std::string_view bytes, std::vector<TokenId> &out) const
{
    // For each symbol, in the place of its first byte: the rank of its merge with the next one, and that
    // place. The least is the leftmost of the lowest rank; all are looked through with vector operations.
    constexpr std::int32_t kNever = std::numeric_limits<std::int32_t>::max();
    static_assert(kShort <= 256 && kMostMerges <= kNever >> 8);
    alignas(64) std::array<std::int32_t, kShort> keys;
    std::array<TokenId, kShort> tokens;
    std::array<std::uint8_t, kShort> previous, next; // places of symbols
    const std::size_t count = bytes.size(), padded = (count + kLanes - 1) / kLanes * kLanes;
    const auto keyOf = [](std::uint32_t rank, std::size_t place) {
        return rank == kNone ? kNever : static_cast<std::int32_t>(rank << 8 | place);
    };
    for (std::size_t i = 0; i < count; ++i) {
        tokens[i] = m_ofByte[static_cast<std::uint8_t>(bytes[i])];
        previous[i] = static_cast<std::uint8_t>(i - 1);
        next[i] = static_cast<std::uint8_t>(i + 1);
    }
    for (std::size_t i = 0; i + 1 < count; ++i)
        keys[i] = keyOf(ofBytes(bytes[i], bytes[i + 1]), i);
    for (std::size_t i = count - 1; i < padded; ++i)
        keys[i] = kNever;
    for (;;) {
        std::array<std::int32_t, kLanes> lanes;
        std::copy_n(keys.begin(), kLanes, lanes.begin());
        for (std::size_t i = kLanes; i < padded; i += kLanes)
            for (std::size_t lane = 0; lane < kLanes; ++lane)
                lanes[lane] = std::min(lanes[lane], keys[i + lane]);
        const std::int32_t least = *std::min_element(lanes.begin(), lanes.end());
        if (least == kNever)
            break;
        const auto left = static_cast<std::size_t>(least & 0xFF);
        const std::size_t right = next[left], behind = next[right];
        tokens[left] = m_made[static_cast<std::size_t>(least >> 8)];
        keys[left] = keys[right] = kNever;
        next[left] = static_cast<std::uint8_t>(behind);
        if (behind < count) {
            previous[behind] = static_cast<std::uint8_t>(left);
            keys[left] = keyOf(find(tokens[left], tokens[behind]), left);
        }
        if (left > 0)
            keys[previous[left]] = keyOf(find(tokens[previous[left]], tokens[left]), previous[left]);
    }
    for (std::size_t i = 0; i < count; i = next[i])
        out.push_back(tokens[i]);
}

void BytePairs::mergeLong(std::string_view bytes, std::vector<TokenId> &out) const
{
    // Positions are 32 bits wide; a longer piece than that is cut, which no text in the world can notice.
    constexpr std::size_t kMost = std::size_t(1) << 30;
    if (bytes.size() > kMost) {
        mergeLong(bytes.substr(0, kMost), out);
        mergeLong(bytes.substr(kMost), out);
        return;
    }
    struct Symbol
    {
        TokenId token;
        std::uint32_t previous, next; // positions; kNone at the ends
        std::uint32_t rank;           // of the merge with the next; kNone when there is none
    };
    const auto count = static_cast<std::uint32_t>(bytes.size());
    std::vector<Symbol> symbols(count);
    for (std::uint32_t i = 0; i < count; ++i)
        symbols[i] = {m_ofByte[static_cast<std::uint8_t>(bytes[i])], i ? i - 1 : kNone,
                      i + 1 < count ? i + 1 : kNone, kNone};
    // Lowest rank first, then leftmost. An entry is stale when the symbol has another merge by now.
    std::vector<std::uint64_t> first;
    first.reserve(count);
    const auto refresh = [&](std::uint32_t i) {
        Symbol &s = symbols[i];
        s.rank = s.next == kNone ? kNone : find(s.token, symbols[s.next].token);
        return std::uint64_t(s.rank) << 32 | i;
    };
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint64_t entry = refresh(i);
        if (symbols[i].rank != kNone)
            first.push_back(entry);
    }
    std::priority_queue<std::uint64_t, std::vector<std::uint64_t>, std::greater<>> queue(std::greater<>(),
                                                                                         std::move(first));
    const auto push = [&](std::uint32_t i) {
        const std::uint64_t entry = refresh(i);
        if (symbols[i].rank != kNone)
            queue.push(entry);
    };
    while (!queue.empty()) {
        const auto rank = static_cast<std::uint32_t>(queue.top() >> 32);
        const auto i = static_cast<std::uint32_t>(queue.top());
        queue.pop();
        Symbol &left = symbols[i];
        if (left.rank != rank)
            continue;
        Symbol &right = symbols[left.next];
        left.token = m_made[rank];
        left.next = right.next;
        right.rank = kNone; // no longer there
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
