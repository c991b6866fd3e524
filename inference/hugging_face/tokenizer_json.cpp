#include "inference/hugging_face/tokenizer_json.h"

#include "inference/gguf/wording.h"
#include "inference/hugging_face/byte_level_json.h"
#include "inference/hugging_face/json_tree.h"
#include "inference/hugging_face/sentence_piece_model.h"

#include <array>
#include <cmath>
#include <optional>

namespace inference {

using nlohmann::json;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxTemplateBytes = 4u << 20;
constexpr std::size_t kMaxEnds = 4096;

using OptionalText = std::optional<std::string>;
using OptionalId = std::optional<std::uint32_t>;

Error damaged(const fs::path &path, std::string_view place, std::string_view expected, std::string_view found)
{
    return {ErrorCode::Damaged,
            {.what = "The file is damaged",
             .where = std::string(place) + " of " + pathText(path),
             .expected = expected,
             .found = found,
             .wayOut = "Download it again."}};
}

// The small files of a folder, and what has to be known to read them.
struct Settings
{
    fs::path folder;
    json tokenizerConfig, specialTokens, generationConfig;

    fs::path path(const char *name) const { return folder / name; }

    static Result<Settings> read(const fs::path &folder)
    {
        Settings settings{folder, {}, {}, {}};
        const std::array<std::pair<const char *, json *>, 3> files = {{
            {"tokenizer_config.json", &settings.tokenizerConfig},
            {"special_tokens_map.json", &settings.specialTokens},
            {"generation_config.json", &settings.generationConfig},
        }};
        for (const auto &[name, into] : files) {
            Result<json> file = readOptionalJsonObject(folder / name);
            if (!file)
                return file.error();
            *into = std::move(*file);
        }
        return settings;
    }
};

// A special token as it is written: a text, an object with "content", or null.
Result<OptionalText> literalIn(const json &object, const std::string &key, const fs::path &path)
{
    const auto found = object.find(key);
    if (found == object.end() || found->is_null())
        return OptionalText();
    if (found->is_string())
        return OptionalText(found->get<std::string>());
    if (found->is_object()) {
        const auto content = found->find("content");
        if (content != found->end() && content->is_string())
            return OptionalText(content->get<std::string>());
    }
    return damaged(path, key, "a token", found->type_name());
}

// bos, eos, unk or pad. The first two have to exist; the others are named by some files that have none.
Result<OptionalId> roleToken(const Settings &settings, const TokenList &tokens, const char *role, bool needed)
{
    const std::string key = std::string(role) + "_token";
    const char *name = "tokenizer_config.json";
    Result<OptionalText> literal = literalIn(settings.tokenizerConfig, key, settings.path(name));
    if (literal && !*literal) {
        name = "special_tokens_map.json";
        literal = literalIn(settings.specialTokens, key, settings.path(name));
    }
    if (!literal)
        return literal.error();
    if (!*literal || (*literal)->empty())
        return OptionalId();
    const TokenId id = tokens.find(**literal);
    if (id >= 0)
        return OptionalId(static_cast<std::uint32_t>(id));
    if (needed)
        return damaged(settings.path(name), key, "a token of the vocabulary", inQuotes(**literal, 60));
    return OptionalId();
}

// A number or a list of numbers, each a token.
Result<std::vector<std::int32_t>> idsIn(const Settings &settings, const char *key, std::uint32_t tokens)
{
    std::vector<std::int32_t> ids;
    const auto found = settings.generationConfig.find(key);
    if (found == settings.generationConfig.end() || found->is_null())
        return ids;
    const fs::path path = settings.path("generation_config.json");
    const std::string expected = "numbers below " + grouped(tokens);
    const auto add = [&](const json &id) {
        if (!id.is_number_unsigned() || id.get<std::uint64_t>() >= tokens || ids.size() == kMaxEnds)
            return false;
        ids.push_back(static_cast<std::int32_t>(id.get<std::uint64_t>()));
        return true;
    };
    const auto shown = [](const json &value) { return printable(value.dump(-1, ' ', true), 60); };
    if (!found->is_array())
        return add(*found) ? Result<std::vector<std::int32_t>>(ids)
                           : damaged(path, key, expected, shown(*found));
    for (const json &id : *found) {
        if (!add(id))
            return damaged(path, key, expected, shown(id));
    }
    return ids;
}

// What the template of a post-processor puts around a text.
struct Surroundings
{
    bool known = false;
    std::string first, last; // literals
};

Surroundings surroundings(const json &processor)
{
    Surroundings result;
    if (!processor.is_object())
        return result;
    const auto type = processor.find("type");
    if (type != processor.end() && *type == "Sequence") {
        const auto inner = processor.find("processors");
        if (inner != processor.end() && inner->is_array()) {
            for (const json &each : *inner) {
                if (Surroundings found = surroundings(each); found.known)
                    return found;
            }
        }
        return result;
    }
    const auto single = processor.find("single");
    if (type == processor.end() || *type != "TemplateProcessing" || single == processor.end() ||
        !single->is_array())
        return result;
    bool behind = false;
    for (const json &item : *single) {
        if (!item.is_object())
            continue;
        if (item.contains("Sequence")) {
            behind = result.known = true;
            continue;
        }
        const auto special = item.find("SpecialToken");
        if (special == item.end() || !special->is_object())
            continue;
        const auto id = special->find("id");
        if (id == special->end() || !id->is_string())
            continue;
        if (behind)
            result.last = id->get<std::string>();
        else if (result.first.empty())
            result.first = id->get<std::string>();
    }
    return result;
}

Result<std::optional<bool>> flagIn(const Settings &settings, const char *key)
{
    const auto found = settings.tokenizerConfig.find(key);
    if (found == settings.tokenizerConfig.end() || found->is_null())
        return std::optional<bool>();
    if (!found->is_boolean())
        return damaged(settings.path("tokenizer_config.json"), key, "true or false", found->type_name());
    return std::optional<bool>(found->get<bool>());
}

// Whether a text gets BOS or EOS: as the settings say, else as the post-processor does. Llama's class adds
// BOS where its settings say nothing.
Result<void> addRules(const Settings &settings, const json &postProcessor, const TokenList &tokens,
                      OptionalId bos, OptionalId eos, MetadataWriter &out)
{
    const Surroundings around = surroundings(postProcessor);
    const Result<std::optional<bool>> first = flagIn(settings, "add_bos_token");
    const Result<std::optional<bool>> last = flagIn(settings, "add_eos_token");
    if (!first)
        return first.error();
    if (!last)
        return last.error();
    const auto is = [&tokens](const std::string &literal, OptionalId id) {
        return id && !literal.empty() && tokens.find(literal) == static_cast<TokenId>(*id);
    };
    const auto type = settings.tokenizerConfig.find("tokenizer_class");
    const bool llama = type != settings.tokenizerConfig.end() && type->is_string() &&
                       type->get<std::string>().starts_with("LlamaTokenizer");
    if (*first || around.known || !settings.tokenizerConfig.empty())
        out.add("tokenizer.ggml.add_bos_token",
                first->value_or(around.known ? is(around.first, bos) : llama));
    if (*last || around.known || !settings.tokenizerConfig.empty())
        out.add("tokenizer.ggml.add_eos_token", last->value_or(is(around.last, eos)));
    return {};
}

Result<void> addSpecialTokens(const Settings &settings, const json &postProcessor, const TokenList &tokens,
                              MetadataWriter &out)
{
    const Result<std::vector<std::int32_t>> begins = idsIn(settings, "bos_token_id", tokens.size());
    const Result<std::vector<std::int32_t>> ends = idsIn(settings, "eos_token_id", tokens.size());
    if (!begins)
        return begins.error();
    if (!ends)
        return ends.error();
    struct Role
    {
        const char *name, *key;
        bool needed;
        OptionalId id{};
    };
    std::array<Role, 4> roles = {{{"bos", "tokenizer.ggml.bos_token_id", true},
                                  {"eos", "tokenizer.ggml.eos_token_id", true},
                                  {"unk", "tokenizer.ggml.unknown_token_id", false},
                                  {"pad", "tokenizer.ggml.padding_token_id", false}}};
    for (Role &role : roles) {
        const Result<OptionalId> id = roleToken(settings, tokens, role.name, role.needed);
        if (!id)
            return id.error();
        role.id = *id;
    }
    if (!roles[0].id && !begins->empty())
        roles[0].id = static_cast<std::uint32_t>(begins->front());
    if (!roles[1].id && !ends->empty())
        roles[1].id = static_cast<std::uint32_t>(ends->front());
    for (const Role &role : roles) {
        if (role.id)
            out.add(role.key, *role.id);
    }
    if (!ends->empty())
        out.add("baleen.eos_token_ids", std::span<const std::int32_t>(*ends));
    return addRules(settings, postProcessor, tokens, roles[0].id, roles[1].id, out);
}

// How the makers advise to sample, under the keys that llama.cpp's converter writes. What is no number is
// left out: advice is no reason to refuse a model.
void addSampling(const Settings &settings, MetadataWriter &out)
{
    const auto number = [&](const char *key) -> std::optional<float> {
        const auto found = settings.generationConfig.find(key);
        if (found == settings.generationConfig.end() || !found->is_number())
            return std::nullopt;
        const double value = found->get<double>();
        return std::abs(value) <= 1e6 ? std::optional(static_cast<float>(value)) : std::nullopt;
    };
    const auto greedy = settings.generationConfig.find("do_sample");
    const bool isGreedy = greedy != settings.generationConfig.end() && *greedy == false;
    if (const auto temperature = number("temperature"); isGreedy || temperature)
        out.add("general.sampling.temp", isGreedy ? 0.0f : *temperature);
    for (const auto &[key, name] :
         {std::pair("top_p", "general.sampling.top_p"), std::pair("min_p", "general.sampling.min_p"),
          std::pair("repetition_penalty", "general.sampling.penalty_repeat")}) {
        if (const auto value = number(key))
            out.add(name, *value);
    }
    if (const auto topK = number("top_k"); topK && *topK >= 0)
        out.add("general.sampling.top_k", static_cast<std::uint32_t>(*topK));
}

// chat_template.jinja, else chat_template: a text, or the one of a list that is called "default".
Result<void> addChatTemplate(const Settings &settings, MetadataWriter &out)
{
    constexpr const char *kKey = "tokenizer.chat_template";
    const Result<OptionalText> file =
        readOptionalText(settings.path("chat_template.jinja"), kMaxTemplateBytes);
    if (!file)
        return file.error();
    if (*file) {
        out.add(kKey, **file);
        return {};
    }
    const auto found = settings.tokenizerConfig.find("chat_template");
    if (found == settings.tokenizerConfig.end() || found->is_null())
        return {};
    const auto refuse = [&](const char *kind) {
        return damaged(settings.path("tokenizer_config.json"), "chat_template",
                       "a text, or a list of them by name", kind);
    };
    if (found->is_string()) {
        out.add(kKey, found->get_ref<const std::string &>());
        return {};
    }
    if (!found->is_array())
        return refuse(found->type_name());
    for (const json &entry : *found) {
        const auto name = entry.find("name"), text = entry.find("template");
        if (!entry.is_object() || name == entry.end() || !name->is_string() || text == entry.end() ||
            !text->is_string())
            return refuse("another list");
        if (*name == "default") {
            out.add(kKey, text->get_ref<const std::string &>());
            return {};
        }
    }
    return {};
}

void addTokenList(TokenList &tokens, MetadataWriter &out)
{
    out.add("tokenizer.ggml.tokens", std::span<const std::string>(tokens.named()));
    out.add("tokenizer.ggml.token_type", std::span<const std::int32_t>(tokens.types()));
}

Result<void> addByteLevel(const fs::path &path, const Settings &settings, std::uint32_t vocabularySize,
                          MetadataWriter &out)
{
    Result<ByteLevelJson> model = ByteLevelJson::read(path, vocabularySize);
    if (!model)
        return model.error();
    out.add("tokenizer.ggml.model", "gpt2");
    out.add("tokenizer.ggml.pre", model->preTokenizer);
    if (model->composes != (model->preTokenizer == "qwen2"))
        out.add("baleen.normalizer_nfc", model->composes);
    if (model->wholeFirst != (model->preTokenizer == "llama-bpe"))
        out.add("baleen.ignore_merges", model->wholeFirst);
    if (Result<void> added = addSpecialTokens(settings, model->postProcessor, model->tokens, out); !added)
        return added;
    addTokenList(model->tokens, out);
    out.add("tokenizer.ggml.merges", std::span<const std::string>(model->merges));
    return {};
}

// Tokens beside a SentencePiece model: added_tokens.json {"literal": id}, and with their kinds
// added_tokens_decoder {"id": {"content", "special", ...}} of tokenizer_config.json.
Result<void> addTokensBeside(const Settings &settings, TokenList &tokens)
{
    const auto refuse = [](const fs::path &path, const TokenizerProblem &problem) {
        return Error(problem.unsupported ? ErrorCode::Unsupported : ErrorCode::Damaged,
                     {.what = "The added tokens cannot be used",
                      .where = pathText(path),
                      .found = problem.text,
                      .wayOut = "Download the model again."});
    };
    json list = json::array();
    const auto decoder = settings.tokenizerConfig.find("added_tokens_decoder");
    if (decoder != settings.tokenizerConfig.end() && decoder->is_object()) {
        for (const auto &[id, entry] : decoder->items()) {
            json token = entry;
            const bool number =
                !id.empty() && id.size() < 10 && id.find_first_not_of("0123456789") == id.npos;
            if (!token.is_object() || !number)
                return refuse(settings.path("tokenizer_config.json"),
                              {"added_tokens_decoder holds no tokens by id"});
            token["id"] = std::stoul(id);
            // The model's own pieces stay what they are.
            const auto content = token.find("content");
            if (content != token.end() && content->is_string() &&
                tokens.find(content->get_ref<const std::string &>()) == static_cast<TokenId>(token["id"]))
                continue;
            list.push_back(std::move(token));
        }
    }
    if (const TokenizerProblem problem = addTokens(list, tokens); !problem.text.empty())
        return refuse(settings.path("tokenizer_config.json"), problem);
    const fs::path path = settings.path("added_tokens.json");
    const Result<json> added = readOptionalJsonObject(path);
    if (!added)
        return added.error();
    for (const auto &[literal, id] : added->items()) {
        if (!id.is_number_unsigned())
            return refuse(path, {"token " + inQuotes(literal, 60) + " without a number"});
        const auto number = id.get<std::uint64_t>();
        if (tokens.isSet(number) && tokens.literal(static_cast<TokenId>(number)) == literal)
            continue;
        if (std::string why = tokens.add(literal, number, TokenType::UserDefined); !why.empty())
            return refuse(path, {why});
    }
    return {};
}

Result<void> addSentencePiece(const fs::path &path, const Settings &settings, std::uint32_t vocabularySize,
                              MetadataWriter &out)
{
    Result<SentencePieceModel> model = SentencePieceModel::read(path, vocabularySize);
    if (!model)
        return model.error();
    if (Result<void> added = addTokensBeside(settings, model->tokens); !added)
        return added;
    out.add("tokenizer.ggml.model", "llama");
    out.add("tokenizer.ggml.pre", "default");
    out.add("tokenizer.ggml.add_space_prefix", model->addsSpace);
    if (Result<void> added = addSpecialTokens(settings, json(), model->tokens, out); !added)
        return added;
    addTokenList(model->tokens, out);
    out.add("tokenizer.ggml.scores", std::span<const float>(model->scores));
    return {};
}

} // namespace

Result<void> addTokenizer(const fs::path &folder, std::uint32_t vocabularySize, MetadataWriter &out)
{
    if (vocabularySize == 0 || vocabularySize > TokenList::kMaxTokens)
        return Error(ErrorCode::Unsupported,
                     {.what = "The model's vocabulary has no size that can be used",
                      .where = pathText(folder),
                      .expected = "1 to " + grouped(TokenList::kMaxTokens) + " tokens",
                      .found = grouped(vocabularySize),
                      .wayOut = "Download the model again."});
    const Result<Settings> settings = Settings::read(folder);
    if (!settings)
        return settings.error();
    const fs::path byteLevel = folder / "tokenizer.json", sentencePiece = folder / "tokenizer.model";
    Result<void> added;
    if (isThere(byteLevel))
        added = addByteLevel(byteLevel, *settings, vocabularySize, out);
    else if (isThere(sentencePiece))
        added = addSentencePiece(sentencePiece, *settings, vocabularySize, out);
    else
        added = Error(ErrorCode::NotFound, {.what = "The model has no tokenizer",
                                            .where = pathText(folder),
                                            .expected = "tokenizer.json or tokenizer.model",
                                            .found = "neither",
                                            .wayOut = "Download all files of the model."});
    if (!added)
        return added;
    addSampling(*settings, out);
    return addChatTemplate(*settings, out);
}

} // namespace inference
