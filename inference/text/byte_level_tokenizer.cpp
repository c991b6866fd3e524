#include "inference/text/byte_level_tokenizer.h"

#include "inference/gguf/gguf_file.h"
#include "inference/gguf/wording.h"
#include "inference/text/normalize.h"
#include "inference/text/prompt_runs.h"

#include <algorithm>

namespace inference {

namespace {

// What a file without `tokenizer.ggml.pre` was made for, as far as its vocabulary tells.
std::string_view guessPreTokenizer(const Vocabulary &vocabulary)
{
    const std::uint32_t size = vocabulary.size();
    if (vocabulary.findLiteral("<｜begin▁of▁sentence｜>")) {
        if (size >= 151600 && size <= 152100)
            return "deepseek-r1-qwen";
        if (size >= 128256 && size < 128800)
            return "llama-bpe";
        if (size >= 128800 && size <= 129300)
            return "deepseek-v3";
        if (size >= 32000 && size <= 32300)
            return "deepseek-coder";
        if (size >= 100000 && size <= 102400)
            return "deepseek-llm";
    }
    if (size >= 151600 && size <= 152100 && vocabulary.findLiteral("<|im_start|>"))
        return "qwen2";
    if (size >= 128000 && size <= 128512 && vocabulary.findLiteral("<|begin_of_text|>"))
        return "llama-bpe";
    if (size == 49152 && vocabulary.findLiteral("<|im_start|>"))
        return "smollm";
    return "gpt2";
}

// Whether BOS is put first where the file does not say.
bool addsBosByDefault(std::string_view preTokenizer)
{
    return preTokenizer == "deepseek-llm" || preTokenizer == "deepseek-coder" ||
           preTokenizer == "deepseek-v3" || preTokenizer == "deepseek-r1-qwen" ||
           preTokenizerNamed(preTokenizer) == PreTokenizer::LlamaBpe;
}

} // namespace

Result<std::unique_ptr<Tokenizer>> ByteLevelTokenizer::fromGguf(const GgufFile &file)
{
    constexpr std::string_view kPreKey = "tokenizer.ggml.pre";
    Result<Vocabulary> vocabulary = Vocabulary::fromGguf(file, TokenSpelling::ByteLevel);
    if (!vocabulary)
        return vocabulary.error();
    const Result<std::optional<std::string_view>> named = file.optionalString(kPreKey);
    if (!named)
        return named.error();
    std::unique_ptr<ByteLevelTokenizer> tokenizer(new ByteLevelTokenizer(std::move(*vocabulary)));
    const std::string_view stated = named->value_or("");
    tokenizer->m_preTokenizerName =
        stated.empty() || stated == "default" ? guessPreTokenizer(tokenizer->m_vocabulary) : stated;
    const std::optional<PreTokenizer> kind = preTokenizerNamed(tokenizer->m_preTokenizerName);
    if (!kind)
        return Error(ErrorCode::Unsupported,
                     {.what = "The model cuts text in a way that is not known here",
                      .where = std::string(kPreKey) + " of " + pathText(file.path()),
                      .expected =
                          "deepseek-llm, deepseek-coder, deepseek-v3, joyai-llm, qwen2, deepseek-r1-qwen, "
                          "llama-bpe, gpt2 or smollm",
                      .found = printable(tokenizer->m_preTokenizerName, 80),
                      .wayOut = "Use a model of the DeepSeek family."});
    tokenizer->m_preTokenizer = *kind;
    // What the name implies, unless a Hugging Face folder says otherwise (hugging_face/tokenizer_json.h).
    const Result<std::optional<bool>> composes = file.optionalBool("baleen.normalizer_nfc");
    const Result<std::optional<bool>> wholeFirst = file.optionalBool("baleen.ignore_merges");
    if (!composes)
        return composes.error();
    if (!wholeFirst)
        return wholeFirst.error();
    tokenizer->m_composes = composes->value_or(*kind == PreTokenizer::Qwen2);

    constexpr std::string_view kMergesKey = "tokenizer.ggml.merges";
    const Result<std::optional<GgufArray>> merges = file.optionalArray(kMergesKey, GgufValueType::String);
    if (!merges)
        return merges.error();
    if (!*merges)
        return Error(ErrorCode::Damaged, {.what = "The model has no merges for its vocabulary",
                                          .where = std::string(kMergesKey) + " of " + pathText(file.path()),
                                          .wayOut = "Download the model again."});
    Result<std::unique_ptr<BytePairs>> pairs =
        BytePairs::create(tokenizer->m_vocabulary, file.strings(**merges),
                          wholeFirst->value_or(*kind == PreTokenizer::LlamaBpe), pathText(file.path()));
    if (!pairs)
        return pairs.error();
    tokenizer->m_pairs = std::move(*pairs);

    Result<SpecialIds> ids =
        SpecialIds::fromGguf(file, tokenizer->m_vocabulary, addsBosByDefault(tokenizer->m_preTokenizerName));
    if (!ids)
        return ids.error();
    tokenizer->m_ids = std::move(*ids);
    return std::unique_ptr<Tokenizer>(std::move(tokenizer));
}

void ByteLevelTokenizer::encode(std::span<const PromptPiece> pieces, std::vector<TokenId> &out) const
{
    struct Sink final : PromptRunSink
    {
        const ByteLevelTokenizer &tokenizer;
        std::vector<TokenId> &out;
        Sink(const ByteLevelTokenizer &t, std::vector<TokenId> &o) : tokenizer(t), out(o) {}

        void onToken(TokenId special) override { out.push_back(special); }
        void onText(std::string_view text) override
        {
            std::string normalised;
            if (tokenizer.m_composes && !isSurelyComposed(text)) {
                normalised = composed(text);
                text = normalised;
            }
            const BytePairs &pairs = *tokenizer.m_pairs;
            PieceCache cache(text.size());
            const auto encodePiece = [&](std::string_view piece) { pairs.encode(piece, cache, out); };
            splitIntoPieces(tokenizer.m_preTokenizer, text, encodePiece);
        }
    };
    Sink sink(*this, out);
    splitAtSpecials(m_vocabulary, pieces, sink);
}

} // namespace inference
