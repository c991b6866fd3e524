#include "inference/text/special_ids.h"

#include "inference/gguf/gguf_file.h"
#include "inference/gguf/wording.h"

#include <algorithm>
#include <array>
#include <string>

namespace inference {

namespace {

using OptionalToken = std::optional<TokenId>;

// "-1" is how some converters say that there is none.
Result<OptionalToken> tokenUnder(const GgufFile &file, const Vocabulary &vocabulary, std::string_view role)
{
    const std::string key = "tokenizer.ggml." + std::string(role) + "_token_id";
    const GgufValue *value = file.find(key);
    if (!value)
        return OptionalToken();
    if (const auto *number = std::get_if<std::int64_t>(value); number && *number == -1)
        return OptionalToken();
    if (const auto *number = std::get_if<std::uint64_t>(value); number && *number == 0xFFFFFFFFu)
        return OptionalToken();
    const Result<std::optional<std::uint32_t>> id = file.optionalU32(key);
    if (!id)
        return id.error();
    if (**id >= vocabulary.size())
        return Error(ErrorCode::Damaged, {.what = "A special token is not in the vocabulary",
                                          .where = key + " of " + pathText(file.path()),
                                          .expected = "below " + std::to_string(vocabulary.size()),
                                          .found = std::to_string(**id),
                                          .wayOut = "Download the model again."});
    return OptionalToken(static_cast<TokenId>(**id));
}

// baleen.eos_token_ids: what a Hugging Face folder's generation_config.json lets end an answer; GGUF has one
// EOS.
Result<void> appendEnds(const GgufFile &file, const Vocabulary &vocabulary, std::vector<TokenId> &ends)
{
    constexpr std::string_view kKey = "baleen.eos_token_ids";
    const Result<std::optional<GgufArray>> array = file.optionalArray(kKey, GgufValueType::I32);
    if (!array)
        return array.error();
    if (!*array)
        return {};
    for (const std::int32_t id : file.int32s(**array)) {
        if (id < 0 || static_cast<std::uint32_t>(id) >= vocabulary.size())
            return Error(ErrorCode::Damaged, {.what = "A special token is not in the vocabulary",
                                              .where = std::string(kKey) + " of " + pathText(file.path()),
                                              .expected = "below " + std::to_string(vocabulary.size()),
                                              .found = std::to_string(id),
                                              .wayOut = "Download the model again."});
        ends.push_back(id);
    }
    return {};
}

// The first of the keys that is there.
Result<OptionalToken> firstToken(const GgufFile &file, const Vocabulary &vocabulary,
                                 std::initializer_list<std::string_view> roles)
{
    for (const std::string_view role : roles) {
        Result<OptionalToken> token = tokenUnder(file, vocabulary, role);
        if (!token || *token)
            return token;
    }
    return OptionalToken();
}

// DeepSeek writes <begin>prefix<hole>suffix<end>: hole stands where others have "suffix", end where they have
// "middle".
struct FillInMiddleLiterals
{
    std::string_view prefix, suffix, middle;
};
constexpr std::array kFillInMiddle = {
    FillInMiddleLiterals{"<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"},
    FillInMiddleLiterals{"<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>"},
    FillInMiddleLiterals{"<fim_prefix>", "<fim_suffix>", "<fim_middle>"},
};

constexpr std::array<std::string_view, 13> kEndLiterals = {
    "<|EOT|>",         "<|im_end|>",    "<|eot_id|>",    "<|eom_id|>",   "<|endoftext|>",
    "<|end|>",         "<|fim_pad|>",   "<|repo_name|>", "<|file_sep|>", "<｜end▁of▁sentence｜>",
    "<|end_of_text|>", "<end_of_turn>", "<｜User｜>"};

} // namespace

Result<SpecialIds> SpecialIds::fromGguf(const GgufFile &file, const Vocabulary &vocabulary, bool addsBos)
{
    SpecialIds ids;
    std::vector<TokenId> &ends = ids.endOfGeneration;
    const auto read = [&](std::initializer_list<std::string_view> roles, OptionalToken &out) -> Result<void> {
        Result<OptionalToken> token = firstToken(file, vocabulary, roles);
        if (!token)
            return token.error();
        out = *token;
        return {};
    };
    OptionalToken eot, eom, prefix, suffix, middle, pad, repository, separator;
    for (Result<void> result :
         {read({"bos"}, ids.bos), read({"eos"}, ids.eos), read({"eot"}, eot), read({"eom"}, eom),
          read({"fim_pre", "prefix"}, prefix), read({"fim_suf", "suffix"}, suffix),
          read({"fim_mid", "middle"}, middle), read({"fim_pad"}, pad), read({"fim_rep"}, repository),
          read({"fim_sep"}, separator)}) {
        if (!result)
            return result.error();
    }
    if (prefix && suffix && middle)
        ids.fillInMiddle = FillInMiddleTokens{*prefix, *suffix, *middle};
    for (const FillInMiddleLiterals &literals : kFillInMiddle) {
        const OptionalToken a = vocabulary.findLiteral(literals.prefix),
                            b = vocabulary.findLiteral(literals.suffix),
                            c = vocabulary.findLiteral(literals.middle);
        if (a && b && c) {
            // The literals settle the order that converters have confused.
            ids.fillInMiddle = FillInMiddleTokens{*a, *b, *c};
            break;
        }
    }
    for (const OptionalToken &token : {ids.eos, eot, eom, pad, repository, separator}) {
        if (token)
            ends.push_back(*token);
    }
    if (Result<void> appended = appendEnds(file, vocabulary, ends); !appended)
        return appended.error();
    for (const std::string_view literal : kEndLiterals) {
        if (const OptionalToken token = vocabulary.findLiteral(literal))
            ends.push_back(*token);
    }
    if (ids.fillInMiddle) // an answer that begins another hole has gone astray
        ends.insert(ends.end(),
                    {ids.fillInMiddle->prefix, ids.fillInMiddle->suffix, ids.fillInMiddle->middle});
    std::sort(ends.begin(), ends.end());
    ends.erase(std::unique(ends.begin(), ends.end()), ends.end());

    const Result<std::optional<bool>> adds = file.optionalBool("tokenizer.ggml.add_bos_token");
    if (!adds)
        return adds.error();
    ids.addsBos = ids.bos && adds->value_or(addsBos);
    return ids;
}

} // namespace inference
