#include "inference/text/sentence_piece_tokenizer.h"

#include "inference/gguf/gguf_file.h"
#include "inference/gguf/wording.h"
#include "inference/text/prompt_runs.h"
#include "inference/text/utf8.h"

#include <sentencepiece_processor.h>

#include <array>
#include <cmath>
#include <cstring>
#include <limits>

namespace inference {

class SentencePieceTokenizer::Library
{
public:
    sentencepiece::SentencePieceProcessor processor;
};

SentencePieceTokenizer::SentencePieceTokenizer(Vocabulary vocabulary)
    : m_vocabulary(std::move(vocabulary)), m_library(std::make_unique<Library>()),
      m_joins(m_vocabulary.size(), CharacterJoins::Ascii::Cut)
{}

SentencePieceTokenizer::~SentencePieceTokenizer() = default;

namespace {

// The wire format of protocol buffers, as far as a ModelProto needs it.
void appendVarint(std::string &out, std::uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        out += static_cast<char>(value | 0x80);
    out += static_cast<char>(value);
}

void appendNumber(std::string &out, std::uint32_t field, std::uint64_t value)
{
    appendVarint(out, field << 3);
    appendVarint(out, value);
}

void appendBytes(std::string &out, std::uint32_t field, std::string_view bytes)
{
    appendVarint(out, field << 3 | 2);
    appendVarint(out, bytes.size());
    out += bytes;
}

void appendFloat(std::string &out, std::uint32_t field, float value)
{
    appendVarint(out, field << 3 | 5);
    char raw[4];
    std::memcpy(raw, &value, 4);
    out.append(raw, 4);
}

// A user-defined piece that is markup must never match in text: to the library it is a control piece, and
// template literals are found before the library sees the text.
std::uint64_t libraryType(const Vocabulary &vocabulary, TokenId token)
{
    const TokenType type = vocabulary.type(token);
    const std::string_view literal = vocabulary.bytes(token);
    const bool markup = literal.find_first_of("<>[]|") != literal.npos;
    return static_cast<std::uint64_t>(type == TokenType::UserDefined && markup ? TokenType::Control : type);
}

// ModelProto: 1 pieces {1 piece, 2 score, 3 type}, 2 trainer {3 model type 2 BPE, 4 size, 35 byte
// fallback, 40..43 ids of unk, bos, eos, pad, 45 the unknown piece}, 3 normalizer {3 dummy prefix, 4 extra
// whitespace, 5 escape whitespace}.
std::string modelProto(const Vocabulary &vocabulary, std::span<const std::string_view> pieces,
                       std::span<const float> scores, TokenId unknown)
{
    std::string model, part;
    bool bytePieces = false;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        const std::uint64_t type = libraryType(vocabulary, static_cast<TokenId>(i));
        bytePieces = bytePieces || type == static_cast<std::uint64_t>(TokenType::Byte);
        part.clear();
        appendBytes(part, 1, pieces[i]);
        appendFloat(part, 2, scores[i]);
        appendNumber(part, 3, type);
        appendBytes(model, 1, part);
    }
    constexpr auto kNone = ~std::uint64_t(0); // -1
    part.clear();
    appendNumber(part, 3, 2);
    appendNumber(part, 4, pieces.size());
    appendNumber(part, 35, bytePieces ? 1 : 0);
    appendNumber(part, 40, static_cast<std::uint64_t>(unknown));
    for (std::uint32_t field = 41; field <= 43; ++field)
        appendNumber(part, field, kNone);
    appendBytes(part, 45, pieces[static_cast<std::size_t>(unknown)]);
    appendBytes(model, 2, part);
    part.clear();
    appendBytes(part, 1, "identity");
    appendNumber(part, 3, 0); // encodeRun() adds the space
    appendNumber(part, 4, 0);
    appendNumber(part, 5, 1);
    appendBytes(model, 3, part);
    return model;
}

Result<std::vector<float>> readScores(const GgufFile &file, std::size_t tokens)
{
    constexpr std::string_view kKey = "tokenizer.ggml.scores";
    const Result<std::optional<GgufArray>> array = file.optionalArray(kKey, GgufValueType::F32);
    if (!array)
        return array.error();
    const std::string where = std::string(kKey) + " of " + pathText(file.path());
    std::vector<float> scores = *array ? file.floats(**array) : std::vector<float>();
    if (scores.size() != tokens)
        return Error(ErrorCode::Damaged, {.what = "The scores do not fit the tokens",
                                          .where = where,
                                          .expected = std::to_string(tokens),
                                          .found = std::to_string(scores.size()),
                                          .wayOut = "Download the model again."});
    for (std::size_t i = 0; i < scores.size(); ++i) {
        if (!std::isfinite(scores[i]))
            return Error(ErrorCode::Damaged,
                         {.what = "The score of token " + std::to_string(i) + " is no number",
                          .where = where,
                          .wayOut = "Download the model again."});
    }
    return scores;
}

} // namespace

Result<std::unique_ptr<Tokenizer>> SentencePieceTokenizer::fromGguf(const GgufFile &file)
{
    Result<Vocabulary> vocabulary = Vocabulary::fromGguf(file, TokenSpelling::SentencePiece);
    if (!vocabulary)
        return vocabulary.error();
    std::unique_ptr<SentencePieceTokenizer> tokenizer(new SentencePieceTokenizer(std::move(*vocabulary)));
    const Vocabulary &tokens = tokenizer->m_vocabulary;

    Result<std::vector<float>> scores = readScores(file, tokens.size());
    if (!scores)
        return scores.error();
    tokenizer->m_ofByte.fill(-1);
    for (TokenId id = 0; id < static_cast<TokenId>(tokens.size()); ++id) {
        if (tokens.type(id) == TokenType::Unknown && tokenizer->m_unknown < 0)
            tokenizer->m_unknown = id;
        if (tokens.type(id) == TokenType::Byte && tokens.bytes(id).size() == 1)
            tokenizer->m_ofByte[static_cast<std::uint8_t>(tokens.bytes(id)[0])] = id;
        tokenizer->m_hasBytes = tokenizer->m_hasBytes || tokens.type(id) == TokenType::Byte;
        // The library keeps user-defined tokens whole, takes unused ones apart again, and merges what reads
        // like a marker.
        const auto type = static_cast<TokenType>(libraryType(tokens, id));
        tokenizer->m_mergesPlainly = tokenizer->m_mergesPlainly && type != TokenType::UserDefined &&
                                     type != TokenType::Unused &&
                                     (type != TokenType::Normal || tokens.isText(id));
        tokenizer->m_joins.add(tokens.bytes(id));
    }
    const std::string where = "tokenizer.ggml.tokens of " + pathText(file.path());
    if (tokenizer->m_unknown < 0)
        return Error(ErrorCode::Damaged, {.what = "The vocabulary has no token for what it does not know",
                                          .where = where,
                                          .expected = "one token of type 2",
                                          .found = "none",
                                          .wayOut = "Download the model again."});
    const Result<std::optional<GgufArray>> array =
        file.optionalArray("tokenizer.ggml.tokens", GgufValueType::String);
    if (!array)
        return array.error();
    const auto status = tokenizer->m_library->processor.LoadFromSerializedProto(
        modelProto(tokens, file.strings(**array), *scores, tokenizer->m_unknown));
    if (!status.ok())
        return Error(ErrorCode::Damaged, {.what = "The vocabulary is not one that SentencePiece accepts",
                                          .where = where,
                                          .found = status.error_message(),
                                          .wayOut = "Download the model again."});
    tokenizer->m_scores = std::move(*scores);
    const Result<std::optional<bool>> addsSpace = file.optionalBool("tokenizer.ggml.add_space_prefix");
    if (!addsSpace)
        return addsSpace.error();
    tokenizer->m_addsSpace = addsSpace->value_or(true);
    Result<SpecialIds> ids = SpecialIds::fromGguf(file, tokens, true);
    if (!ids)
        return ids.error();
    tokenizer->m_ids = std::move(*ids);
    return std::unique_ptr<Tokenizer>(std::move(tokenizer));
}

void SentencePieceTokenizer::encode(std::span<const PromptPiece> pieces, std::vector<TokenId> &out) const
{
    struct Sink final : PromptRunSink
    {
        const SentencePieceTokenizer &tokenizer;
        std::vector<TokenId> &out;
        Sink(const SentencePieceTokenizer &t, std::vector<TokenId> &o) : tokenizer(t), out(o) {}
        void onToken(TokenId special) override { out.push_back(special); }
        void onText(std::string_view text) override { tokenizer.encodeRun(text, out); }
    };
    Sink sink(*this, out);
    splitAtSpecials(m_vocabulary, pieces, sink);
}

// The library replaces what is not UTF-8; such bytes go around it.
void SentencePieceTokenizer::encodeRun(std::string_view text, std::vector<TokenId> &out) const
{
    std::string valid = m_addsSpace ? " " : "";
    const char *p = text.data(), *end = p + text.size(), *from = p;
    PieceCache cache(text.size());
    const auto flush = [&](const char *to) {
        valid.append(from, to);
        encodeValid(valid, cache, out);
        valid.clear();
    };
    while (p < end) {
        const utf8::Character c = utf8::read(p, end);
        if (c.codePoint >= utf8::kInvalid) {
            flush(p);
            const TokenId byte = m_ofByte[c.codePoint - utf8::kInvalid];
            out.push_back(byte >= 0 ? byte : m_unknown);
            from = p + 1;
        }
        p += c.length;
    }
    flush(end);
}

void SentencePieceTokenizer::encodeValid(std::string_view text, PieceCache &cache,
                                         std::vector<TokenId> &out) const
{
    constexpr std::string_view kSpaceMark = "\xE2\x96\x81"; // a space to the library
    const bool cuts = m_hasBytes && text.find(kSpaceMark) == text.npos;
    for (std::size_t from = 0; from < text.size();) {
        const std::size_t end = cuts ? m_joins.partEnd(text, from) : text.size();
        cache.encode(text.substr(from, end - from), false, out, [&](std::string_view part) {
            if (!cuts || !merge(part, out))
                encodeByLibrary(part, out);
        });
        from = end;
    }
}

// Of all neighbours that make a token, those of the highest score first, the leftmost of equals.
bool SentencePieceTokenizer::merge(std::string_view part, std::vector<TokenId> &out) const
{
    constexpr std::size_t kMost = 48; // characters
    constexpr float kNone = -std::numeric_limits<float>::infinity();
    if (!m_mergesPlainly || part.size() > 4 * kMost)
        return false;
    std::array<std::uint32_t, kMost + 1> begin; // of each symbol, and the end of the last
    std::array<TokenId, kMost> tokens;          // of each symbol
    std::array<TokenId, kMost> joined;          // of a symbol with the next one
    std::array<float, kMost> scores;            // of that token; kNone where there is none
    std::size_t count = 0;
    for (const char *p = part.data(), *end = p + part.size(); p < end; ++count) {
        const utf8::Character c = utf8::read(p, end);
        const TokenId token = count < kMost ? m_vocabulary.findText({p, c.length}) : -1;
        if (token < 0)
            return false;
        begin[count] = static_cast<std::uint32_t>(p - part.data());
        tokens[count] = token;
        p += c.length;
    }
    begin[count] = static_cast<std::uint32_t>(part.size());
    const auto join = [&](std::size_t i) {
        joined[i] = m_vocabulary.findText(part.substr(begin[i], begin[i + 2] - begin[i]));
        scores[i] = joined[i] < 0 ? kNone : m_scores[static_cast<std::size_t>(joined[i])];
    };
    for (std::size_t i = 0; i + 1 < count; ++i)
        join(i);
    while (count > 1) {
        std::size_t best = 0;
        for (std::size_t i = 1; i + 1 < count; ++i)
            best = scores[i] > scores[best] ? i : best;
        if (scores[best] == kNone)
            break;
        tokens[best] = joined[best];
        --count;
        for (std::size_t i = best + 1; i < count; ++i) {
            begin[i] = begin[i + 1];
            tokens[i] = tokens[i + 1];
            joined[i] = joined[i + 1];
            scores[i] = scores[i + 1];
        }
        begin[count] = static_cast<std::uint32_t>(part.size());
        if (best + 1 < count)
            join(best);
        if (best > 0)
            join(best - 1);
    }
    out.insert(out.end(), tokens.begin(), tokens.begin() + static_cast<std::ptrdiff_t>(count));
    return true;
}

void SentencePieceTokenizer::encodeByLibrary(std::string_view text, std::vector<TokenId> &out) const
{
    std::vector<int> ids;
    const auto status = m_library->processor.Encode({text.data(), text.size()}, &ids);
    if (status.ok()) {
        out.insert(out.end(), ids.begin(), ids.end());
        return;
    }
    for (const char c : text) { // nothing is lost when the library refuses
        const TokenId byte = m_ofByte[static_cast<std::uint8_t>(c)];
        out.push_back(byte >= 0 ? byte : m_unknown);
    }
}

std::string SentencePieceTokenizer::decode(std::span<const TokenId> tokens) const
{
    std::string text;
    bool startsRun = true;
    for (const TokenId token : tokens) {
        std::string_view piece = bytes(token);
        const bool literal = m_vocabulary.findLiteral(piece) == token;
        if (m_addsSpace && startsRun && !literal && piece.starts_with(' '))
            piece.remove_prefix(1);
        startsRun = literal;
        text += piece;
    }
    return text;
}

} // namespace inference
