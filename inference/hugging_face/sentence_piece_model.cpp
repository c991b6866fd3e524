#include "inference/hugging_face/sentence_piece_model.h"

#include "inference/gguf/wording.h"
#include "inference/hugging_face/json_tree.h"

#include <sentencepiece_processor.h>

#include <cstring>
#include <string_view>

namespace inference {

namespace {

// The wire format of protocol buffers, field by field. The library has no call for the kind of a piece that
// users defined, nor for how it normalises; its own headers for the messages are not installed with it.
class WireReader
{
public:
    struct Field
    {
        std::uint64_t number = 0;
        std::uint64_t value = 0;  // of a varint, or the bits of a float
        std::string_view bytes{}; // of a message or text
    };

    explicit WireReader(std::string_view bytes) : m_rest(bytes) {}

    // False at the end and where the bytes are none of that format; failed() tells.
    bool next(Field &field)
    {
        field = {};
        std::uint64_t tag = 0;
        if (m_rest.empty() || !varint(tag))
            return false;
        field.number = tag >> 3;
        switch (tag & 7) {
        case 0:
            return varint(field.value);
        case 1:
            return fixed(8, field);
        case 2: {
            std::uint64_t size = 0;
            if (!varint(size) || size > m_rest.size())
                return fail();
            field.bytes = m_rest.substr(0, size);
            m_rest.remove_prefix(size);
            return true;
        }
        case 5:
            return fixed(4, field);
        default:
            return fail();
        }
    }
    bool failed() const { return m_failed; }

private:
    bool fail()
    {
        m_failed = true;
        return false;
    }
    bool varint(std::uint64_t &value)
    {
        for (unsigned shift = 0; shift < 64 && !m_rest.empty(); shift += 7) {
            const auto byte = static_cast<std::uint8_t>(m_rest.front());
            m_rest.remove_prefix(1);
            value |= std::uint64_t(byte & 0x7F) << shift;
            if (byte < 0x80)
                return true;
        }
        return fail();
    }
    bool fixed(std::size_t size, Field &field)
    {
        if (m_rest.size() < size)
            return fail();
        std::memcpy(&field.value, m_rest.data(), size); // little endian, as this machine is
        m_rest.remove_prefix(size);
        return true;
    }

    std::string_view m_rest;
    bool m_failed = false;
};

struct Facts
{
    std::uint64_t kind = 1; // TrainerSpec.model_type: 1 Unigram, 2 BPE, 3 words, 4 characters
    bool hasRules = false;  // NormalizerSpec.precompiled_charsmap
    bool removesSpaces = true, escapesSpaces = true, addsSpace = true, spaceAsSuffix = false;
    std::string problem;
};

// ModelProto: 1 pieces {1 piece, 2 score, 3 type}, 2 trainer {3 model type, 24 space as suffix}, 3 normalizer
// {2 rules, 3 dummy prefix, 4 extra spaces removed, 5 spaces escaped}.
Facts readFacts(std::string_view bytes, TokenList &tokens, std::vector<float> &scores)
{
    Facts facts;
    std::uint64_t id = 0;
    WireReader reader(bytes);
    bool broken = false;
    for (WireReader::Field field, inner; facts.problem.empty() && reader.next(field);) {
        WireReader message(field.bytes);
        if (field.number == 1) {
            std::string_view piece;
            std::uint64_t type = 1;
            float score = 0;
            while (message.next(inner)) {
                if (inner.number == 1)
                    piece = inner.bytes;
                else if (inner.number == 2)
                    std::memcpy(&score, &inner.value, sizeof score);
                else if (inner.number == 3)
                    type = inner.value;
            }
            if (type < 1 || type > 6)
                facts.problem = "piece " + grouped(id) + " of an unknown kind";
            else
                facts.problem = tokens.add(std::string(piece), id, static_cast<TokenType>(type));
            if (facts.problem.empty())
                scores[id++] = score;
        } else if (field.number == 2) {
            while (message.next(inner)) {
                if (inner.number == 3)
                    facts.kind = inner.value;
                else if (inner.number == 24)
                    facts.spaceAsSuffix = inner.value != 0;
            }
        } else if (field.number == 3) {
            while (message.next(inner)) {
                if (inner.number == 2)
                    facts.hasRules = !inner.bytes.empty();
                else if (inner.number == 3)
                    facts.addsSpace = inner.value != 0;
                else if (inner.number == 4)
                    facts.removesSpaces = inner.value != 0;
                else if (inner.number == 5)
                    facts.escapesSpaces = inner.value != 0;
            }
        }
        broken = broken || message.failed();
    }
    if (facts.problem.empty() && (broken || reader.failed()))
        facts.problem = "no SentencePiece model";
    return facts;
}

} // namespace

Result<SentencePieceModel> SentencePieceModel::read(const std::filesystem::path &path,
                                                    std::uint32_t vocabularySize)
{
    const Result<std::optional<std::string>> bytes = readOptionalText(path, kMaxJsonBytes);
    if (!bytes)
        return bytes.error();
    const std::string where = pathText(path);
    const auto damaged = [&where](const std::string &found) {
        return Error(ErrorCode::Damaged, {.what = "The tokenizer is damaged",
                                          .where = where,
                                          .found = found,
                                          .wayOut = "Download it again."});
    };
    if (!*bytes)
        return damaged("no file");
    SentencePieceModel model{TokenList(vocabularySize), std::vector<float>(vocabularySize), true};
    const Facts facts = readFacts(**bytes, model.tokens, model.scores);
    if (!facts.problem.empty())
        return damaged(facts.problem);
    const char *other = facts.kind != 2                               ? "another kind of model than BPE"
                        : facts.hasRules                              ? "a normaliser with rules of its own"
                        : facts.removesSpaces                         ? "a normaliser that removes spaces"
                        : !facts.escapesSpaces || facts.spaceAsSuffix ? "spaces in another form"
                                                                      : nullptr;
    if (other)
        return Error(ErrorCode::Unsupported, {.what = "This kind of tokenizer is not known here",
                                              .where = where,
                                              .expected = "SentencePiece BPE that keeps text as it is",
                                              .found = other,
                                              .wayOut = "Use a model of the DeepSeek family."});
    sentencepiece::SentencePieceProcessor processor;
    if (const auto status = processor.LoadFromSerializedProto(**bytes); !status.ok())
        return damaged(printable(status.error_message()));
    model.addsSpace = facts.addsSpace;
    return model;
}

} // namespace inference
