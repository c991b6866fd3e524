#include "inference/text/vocabulary.h"

#include "inference/gguf/gguf_file.h"
#include "inference/gguf/wording.h"
#include "inference/text/utf8.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>

namespace inference {

namespace {

// GPT-2 writes a byte as a printable character: 21-7E, A1-AC and AE-FF as themselves, the other 68 from
// U+0100 on.
constexpr std::uint32_t kAlphabetEnd = 0x144;
constexpr std::array<std::int16_t, kAlphabetEnd> kByteOfCharacter = [] {
    std::array<std::int16_t, kAlphabetEnd> table{};
    for (std::int16_t &entry : table)
        entry = -1;
    std::size_t next = 0x100;
    for (std::int16_t b = 0; b < 256; ++b) {
        const bool printable = (b >= 0x21 && b <= 0x7E) || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
        table[printable ? static_cast<std::size_t>(b) : next++] = b;
    }
    return table;
}();

// Tags that are part of an answer: they decode as text whatever the file calls them.
constexpr std::array<std::string_view, 6> kTextTags = {"<think>",      "</think>",        "<tool_call>",
                                                       "</tool_call>", "<tool_response>", "</tool_response>"};

// Markers without bars that some files call normal text.
constexpr std::array<std::string_view, 3> kBareMarkers = {"<fim_prefix>", "<fim_middle>", "<fim_suffix>"};

template <std::size_t kCount>
bool isOneOf(const std::array<std::string_view, kCount> &list, std::string_view literal)
{
    return std::find(list.begin(), list.end(), literal) != list.end();
}

// <|...|> and <｜...｜>
bool hasBars(std::string_view s)
{
    constexpr std::string_view kWideBar = "\xEF\xBD\x9C";
    if (s.size() < 5 || s.front() != '<' || s.back() != '>')
        return false;
    const std::string_view inner = s.substr(1, s.size() - 2);
    return (inner.front() == '|' && inner.back() == '|') ||
           (inner.size() >= 2 * kWideBar.size() && inner.starts_with(kWideBar) && inner.ends_with(kWideBar));
}

// Literals that mean something to a format, as opposed to plain text such as a run of spaces.
bool isMarkup(std::string_view literal)
{
    return literal.find_first_of("<>[]|") != literal.npos || literal.find("\xEF\xBD\x9C") != literal.npos;
}

void appendSentencePiece(std::string_view spelled, TokenType type, std::string &out)
{
    const auto hex = [](char c) {
        return c >= '0' && c <= '9'   ? c - '0'
               : c >= 'A' && c <= 'F' ? c - 'A' + 10
               : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                      : -1;
    };
    if (type == TokenType::Byte && spelled.size() == 6 && spelled.starts_with("<0x") && spelled[5] == '>' &&
        hex(spelled[3]) >= 0 && hex(spelled[4]) >= 0) {
        out += static_cast<char>(hex(spelled[3]) * 16 + hex(spelled[4]));
        return;
    }
    if (type == TokenType::Control || type == TokenType::Unknown) {
        out += spelled;
        return;
    }
    for (std::size_t i = 0; i < spelled.size();) {
        if (spelled.compare(i, 3, "\xE2\x96\x81") == 0) {
            out += ' ';
            i += 3;
        } else {
            out += spelled[i++];
        }
    }
}

} // namespace

std::uint64_t hashBytes(std::string_view bytes)
{
    constexpr std::uint64_t kFactor = 0x9E3779B97F4A7C15u;
    const char *p = bytes.data();
    std::size_t n = bytes.size();
    std::uint64_t hash = n * kFactor;
    const auto mix = [&hash](std::uint64_t word) {
        hash = (hash ^ word) * kFactor;
        hash ^= hash >> 29;
    };
    for (; n >= 8; p += 8, n -= 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, p, 8);
        mix(word);
    }
    if (n > 0) {
        std::uint64_t word = 0;
        std::memcpy(&word, p, n);
        mix(word);
    }
    hash *= 0xBF58476D1CE4E5B9u;
    return hash ^ hash >> 32;
}

bool appendByteLevel(std::string_view spelled, std::string &out)
{
    const std::size_t before = out.size();
    const char *p = spelled.data(), *end = p + spelled.size();
    while (p < end) {
        const utf8::Character c = utf8::read(p, end);
        const std::int16_t byte =
            c.codePoint < kAlphabetEnd ? kByteOfCharacter[c.codePoint] : std::int16_t(-1);
        if (byte < 0) {
            out.resize(before);
            return false;
        }
        out += static_cast<char>(byte);
        p += c.length;
    }
    return true;
}

Result<void> Vocabulary::readTypes(const GgufFile &file)
{
    constexpr std::string_view kKey = "tokenizer.ggml.token_type";
    const GgufValue *value = file.find(kKey);
    if (!value)
        return {};
    const std::string where = std::string(kKey) + " of " + pathText(file.path());
    const GgufArray *array = std::get_if<GgufArray>(value);
    if (!array || array->elementType == GgufValueType::String || array->elementType == GgufValueType::F32 ||
        array->elementType == GgufValueType::F64 || array->elementType == GgufValueType::Bool)
        return Error(ErrorCode::Damaged, {.what = "The kinds of tokens are no whole numbers",
                                          .where = where,
                                          .wayOut = "Download the model again."});
    const std::vector<std::uint64_t> types = file.integers(*array);
    if (types.size() != m_types.size())
        return Error(ErrorCode::Damaged, {.what = "The kinds of tokens do not fit the tokens",
                                          .where = where,
                                          .expected = std::to_string(m_types.size()),
                                          .found = std::to_string(types.size()),
                                          .wayOut = "Download the model again."});
    for (std::size_t i = 0; i < types.size(); ++i) {
        if (types[i] > 6)
            return Error(ErrorCode::Damaged, {.what = "Token " + std::to_string(i) + " has an unknown kind",
                                              .where = where,
                                              .expected = "0 to 6",
                                              .found = std::to_string(types[i]),
                                              .wayOut = "Download the model again."});
        m_types[i] = types[i] == 0 ? TokenType::Normal : static_cast<TokenType>(types[i]);
    }
    return {};
}

Result<Vocabulary> Vocabulary::fromGguf(const GgufFile &file, TokenSpelling spelling)
{
    constexpr std::string_view kKey = "tokenizer.ggml.tokens";
    const Result<std::optional<GgufArray>> array = file.optionalArray(kKey, GgufValueType::String);
    if (!array)
        return array.error();
    const std::vector<std::string_view> tokens =
        *array ? file.strings(**array) : std::vector<std::string_view>();
    std::uint64_t total = 0;
    for (const std::string_view token : tokens)
        total += token.size();
    if (tokens.empty() || tokens.size() > std::numeric_limits<TokenId>::max() ||
        total > std::numeric_limits<std::uint32_t>::max())
        return Error(ErrorCode::Damaged,
                     {.what = tokens.empty() ? "The model has no tokens" : "The model has too many tokens",
                      .where = std::string(kKey) + " of " + pathText(file.path()),
                      .found = std::to_string(tokens.size()) + " tokens",
                      .wayOut = "Download the model again."});
    Vocabulary v;
    v.m_types.assign(tokens.size(), TokenType::Normal);
    if (Result<void> types = v.readTypes(file); !types)
        return types.error();
    v.m_arena.reserve(total);
    v.m_offsets.reserve(tokens.size() + 1);
    v.m_offsets.push_back(0);
    v.m_spelled.assign(tokens.size(), false);
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const TokenType type = v.m_types[i];
        if (spelling == TokenSpelling::SentencePiece) {
            appendSentencePiece(tokens[i], type, v.m_arena);
            v.m_spelled[i] = type == TokenType::Normal;
        } else if (type == TokenType::Normal || type == TokenType::Byte) {
            v.m_spelled[i] = appendByteLevel(tokens[i], v.m_arena);
            if (!v.m_spelled[i])
                v.m_arena += tokens[i];
        } else {
            v.m_arena += tokens[i];
        }
        v.m_offsets.push_back(static_cast<std::uint32_t>(v.m_arena.size()));
    }
    v.classify();
    if (!v.buildTextIndex())
        return Error(ErrorCode::Damaged, {.what = "The tokens are made to be slow to look up",
                                          .where = std::string(kKey) + " of " + pathText(file.path()),
                                          .wayOut = "Choose another file of this model."});
    return v;
}

// Old files type role tokens as normal or user-defined text; what is special is told by type and shape.
void Vocabulary::classify()
{
    m_special.assign(size(), false);
    for (TokenId token = 0; token < static_cast<TokenId>(size()); ++token) {
        const auto i = static_cast<std::size_t>(token);
        const std::string_view literal = bytes(token);
        const TokenType type = m_types[i];
        if (type == TokenType::Byte)
            continue;
        if (type == TokenType::Unused) {
            m_special[i] = true;
            continue;
        }
        if (type == TokenType::Normal) {
            if (literal.empty() || literal.front() != '<')
                continue;
            if (!hasBars(literal) && !isOneOf(kTextTags, literal) && !isOneOf(kBareMarkers, literal))
                continue;
            m_spelled[i] = false;
        }
        if (literal.empty())
            continue;
        m_literals.tokens.push_back(token);
        if (type == TokenType::UserDefined && !isMarkup(literal))
            m_plain.tokens.push_back(token);
        else
            m_special[i] =
                !isOneOf(kTextTags, literal) && (type == TokenType::Control || type == TokenType::Unknown ||
                                                 hasBars(literal) || isOneOf(kBareMarkers, literal));
    }
    sort(m_literals);
    sort(m_plain);
}

void Vocabulary::sort(LiteralSet &set)
{
    std::stable_sort(set.tokens.begin(), set.tokens.end(),
                     [this](TokenId a, TokenId b) { return bytes(a) < bytes(b); });
    // Of equal literals the first id counts.
    const auto last = std::unique(set.tokens.begin(), set.tokens.end(),
                                  [this](TokenId a, TokenId b) { return bytes(a) == bytes(b); });
    set.tokens.erase(last, set.tokens.end());
    for (const TokenId token : set.tokens)
        set.starts[static_cast<std::uint8_t>(bytes(token).front())] = true;
}

TokenId Vocabulary::match(const LiteralSet &set, std::string_view text) const
{
    auto low = set.tokens.begin(), high = set.tokens.end(); // the literals that begin as the text does
    TokenId longest = -1;
    for (std::size_t depth = 0; low < high; ++depth) {
        if (bytes(*low).size() == depth && depth > 0)
            longest = *low++; // the shortest of them comes first
        if (depth == text.size())
            break;
        const auto c = static_cast<std::uint8_t>(text[depth]);
        const auto byteAt = [&](TokenId token) { return static_cast<std::uint8_t>(bytes(token)[depth]); };
        low = std::partition_point(low, high, [&](TokenId token) { return byteAt(token) < c; });
        high = std::partition_point(low, high, [&](TokenId token) { return byteAt(token) == c; });
    }
    return longest;
}

bool Vocabulary::buildTextIndex()
{
    bool isFair = true;
    std::size_t count = 0;
    for (std::size_t i = 0; i < size(); ++i)
        count += m_spelled[i] ? 1 : 0;
    count += m_plain.tokens.size();
    m_slots.assign(std::bit_ceil(std::max<std::size_t>(16, count + count / 2)), {});
    m_mask = m_slots.size() - 1;
    const auto insert = [this, &isFair](TokenId token) {
        const std::string_view key = bytes(token);
        if (key.empty())
            return;
        const std::uint64_t hash = hashBytes(key);
        const auto tag = static_cast<std::uint32_t>(hash >> 32);
        std::uint64_t i = hash & m_mask;
        for (int probes = 0; m_slots[i].token >= 0; i = (i + 1) & m_mask) {
            if (m_slots[i].tag == tag && bytes(m_slots[i].token) == key)
                return;
            isFair = isFair && ++probes <= kMaxProbes;
            if (!isFair)
                return;
        }
        m_slots[i] = {token, tag};
    };
    for (std::size_t i = 0; i < size(); ++i) {
        if (m_spelled[i])
            insert(static_cast<TokenId>(i));
    }
    for (const TokenId token : m_plain.tokens) // where no normal token stands for the same text
        insert(token);
    return isFair;
}

TokenId Vocabulary::findText(std::string_view text, std::uint64_t hash) const
{
    const auto tag = static_cast<std::uint32_t>(hash >> 32);
    for (std::uint64_t i = hash & m_mask; m_slots[i].token >= 0; i = (i + 1) & m_mask) {
        if (m_slots[i].tag == tag && bytes(m_slots[i].token) == text)
            return m_slots[i].token;
    }
    return -1;
}

std::optional<TokenId> Vocabulary::findLiteral(std::string_view literal) const
{
    const auto found = std::lower_bound(m_literals.tokens.begin(), m_literals.tokens.end(), literal,
                                        [this](TokenId a, std::string_view b) { return bytes(a) < b; });
    if (found == m_literals.tokens.end() || bytes(*found) != literal)
        return std::nullopt;
    return *found;
}

} // namespace inference
