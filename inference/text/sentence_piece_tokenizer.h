// SentencePiece BPE: the tokenizer of Llama 1 and 2 and of small models made like them ("llama" in GGUF).
#pragma once

#include "inference/text/character_joins.h"
#include "inference/text/piece_cache.h"
#include "inference/text/special_ids.h"
#include "inference/text/tokenizer.h"
#include "inference/text/vocabulary.h"

#include <array>
#include <memory>
#include <string>
#include <vector>

namespace inference {

class SentencePieceTokenizer final : public Tokenizer
{
public:
    static Result<std::unique_ptr<Tokenizer>> fromGguf(const GgufFile &file);
    ~SentencePieceTokenizer() override;

    std::string_view kind() const override { return "llama"; }
    std::string_view preTokenizer() const override { return {}; }
    std::uint32_t vocabularySize() const override { return m_vocabulary.size(); }
    using Tokenizer::encode;
    void encode(std::span<const PromptPiece> pieces, std::vector<TokenId> &out) const override;
    std::string_view bytes(TokenId token) const override { return m_vocabulary.bytes(token); }
    // Leaves out the space that encode() puts in front of every run of text.
    std::string decode(std::span<const TokenId> tokens) const override;
    bool isSpecial(TokenId token) const override { return m_vocabulary.isSpecial(token); }
    std::optional<TokenId> find(std::string_view literal) const override
    {
        return m_vocabulary.findLiteral(literal);
    }
    bool addsBos() const override { return m_ids.addsBos; }
    std::optional<TokenId> bos() const override { return m_ids.bos; }
    std::optional<TokenId> eos() const override { return m_ids.eos; }
    std::span<const TokenId> endOfGeneration() const override { return m_ids.endOfGeneration; }
    std::optional<FillInMiddleTokens> fillInMiddle() const override { return m_ids.fillInMiddle; }

private:
    class Library; // the SentencePiece processor
    explicit SentencePieceTokenizer(Vocabulary vocabulary);
    void encodeRun(std::string_view text, std::vector<TokenId> &out) const;
    void encodeValid(std::string_view text, PieceCache &cache, std::vector<TokenId> &out) const;
    // Appends the tokens of a short part as the library would, many times faster. False, and nothing
    // appended, where that is left to the library: long parts, and characters without a token.
    bool merge(std::string_view part, std::vector<TokenId> &out) const;
    void encodeByLibrary(std::string_view text, std::vector<TokenId> &out) const;

    const Vocabulary m_vocabulary;
    std::unique_ptr<Library> m_library;
    // The library takes a text as one long word, and its time for it: it gets what no token spans, in parts.
    CharacterJoins m_joins;
    bool m_hasBytes = false;             // else the library makes one unknown token of several
    bool m_mergesPlainly = true;         // no token needs what merge() leaves out
    std::vector<float> m_scores;         // by token: the pair with the highest merges first
    std::array<TokenId, 256> m_ofByte{}; // -1 where there is none
    TokenId m_unknown = -1;
    bool m_addsSpace = true;
    SpecialIds m_ids;
};

} // namespace inference
