#include "inference/text/tokenizer.h"

#include "inference/gguf/gguf_file.h"
#include "inference/gguf/wording.h"
#include "inference/text/byte_level_tokenizer.h"
#include "inference/text/sentence_piece_tokenizer.h"

namespace inference {

Result<std::unique_ptr<Tokenizer>> Tokenizer::fromGguf(const GgufFile &file)
{
    constexpr std::string_view kKey = "tokenizer.ggml.model";
    const Result<std::string_view> kind = file.requireString(kKey);
    if (!kind)
        return kind.error();
    if (*kind == "gpt2")
        return ByteLevelTokenizer::fromGguf(file);
    if (*kind == "llama")
        return SentencePieceTokenizer::fromGguf(file);
    return Error(ErrorCode::Unsupported, {.what = "The model's kind of tokenizer is not known here",
                                          .where = std::string(kKey) + " of " + pathText(file.path()),
                                          .expected = "gpt2 or llama",
                                          .found = printable(*kind, 80),
                                          .wayOut = "Use a model of the DeepSeek family."});
}

std::vector<TokenId> Tokenizer::encode(std::string_view text, PromptPiece::Origin origin) const
{
    const PromptPiece piece{origin, std::string(text)};
    std::vector<TokenId> tokens;
    encode(std::span(&piece, 1), tokens);
    return tokens;
}

std::string Tokenizer::decode(std::span<const TokenId> tokens) const
{
    std::string text;
    for (const TokenId token : tokens)
        text += bytes(token);
    return text;
}

} // namespace inference
