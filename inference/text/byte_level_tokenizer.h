// Byte-level BPE: the tokenizer of GPT-2, Qwen, Llama 3 and every DeepSeek model ("gpt2" in GGUF).
#pragma once

#include "inference/text/byte_pairs.h"
#include "inference/text/pre_tokenizer.h"
#include "inference/text/special_ids.h"
#include "inference/text/tokenizer.h"
#include "inference/text/vocabulary.h"

#include <memory>
#include <string>

namespace inference {

class ByteLevelTokenizer final : public Tokenizer
{
public:
    static Result<std::unique_ptr<Tokenizer>> fromGguf(const GgufFile &file);

    std::string_view kind() const override { return "gpt2"; }
    std::string_view preTokenizer() const override { return m_preTokenizerName; }
    std::uint32_t vocabularySize() const override { return m_vocabulary.size(); }
    using Tokenizer::encode;
    void encode(std::span<const PromptPiece> pieces, std::vector<TokenId> &out) const override;
    std::string_view bytes(TokenId token) const override { return m_vocabulary.bytes(token); }
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
    explicit ByteLevelTokenizer(Vocabulary vocabulary) : m_vocabulary(std::move(vocabulary)) {}

    const Vocabulary m_vocabulary;
    std::unique_ptr<const BytePairs> m_pairs;
    std::string m_preTokenizerName;
    PreTokenizer m_preTokenizer = PreTokenizer::Gpt2;
    bool m_composes = false; // NFC first
    SpecialIds m_ids;
};

} // namespace inference
