#include "inference/hugging_face/byte_level_json.h"

#include "inference/gguf/wording.h"
#include "inference/hugging_face/json_tree.h"
#include "inference/hugging_face/published_pre_tokenizers.h"

#include <array>

namespace inference {

using nlohmann::json;

namespace {

constexpr std::size_t kMaxMerges = 1'000'000; // DeepSeek-V3 has 127,741

// Keeps model.vocab and model.merges, which are nearly all of the file, out of the tree.
class Handler final : public JsonTree
{
public:
    TokenList tokens;
    std::vector<std::string> merges;

    explicit Handler(std::uint32_t size) : tokens(size) {}

    bool start_object(std::size_t size) override
    {
        if (m_part != Part::Tree)
            return refuse("an object");
        if (isAt("vocab")) {
            if (m_hasVocabulary)
                return fail("model.vocab twice");
            m_hasVocabulary = true;
            m_part = Part::Vocabulary;
            return true;
        }
        return JsonTree::start_object(size);
    }
    bool end_object() override
    {
        if (m_part == Part::Vocabulary) {
            m_part = Part::Tree;
            return true;
        }
        return JsonTree::end_object();
    }
    bool start_array(std::size_t size) override
    {
        if (m_part == Part::Merges) { // ["left", "right"]
            if (merges.size() == kMaxMerges)
                return fail("more than " + grouped(kMaxMerges) + " merges");
            merges.emplace_back();
            m_parts = 0;
            m_part = Part::Pair;
            return true;
        }
        if (m_part != Part::Tree)
            return refuse("a list");
        if (isAt("vocab")) {
            unsupported = true;
            return fail("model.vocab is a list, as in Unigram models");
        }
        if (isAt("merges")) {
            if (m_hasMerges)
                return fail("model.merges twice");
            m_hasMerges = true;
            m_part = Part::Merges;
            return true;
        }
        return JsonTree::start_array(size);
    }
    bool end_array() override
    {
        if (m_part == Part::Pair) {
            m_part = Part::Merges;
            return m_parts == 2 || refuse("a pair without two parts");
        }
        if (m_part == Part::Merges) {
            m_part = Part::Tree;
            return true;
        }
        return JsonTree::end_array();
    }
    bool key(string_t &name) override
    {
        if (m_part != Part::Vocabulary)
            return JsonTree::key(name);
        m_literal = std::move(name);
        return true;
    }
    bool number_unsigned(number_unsigned_t value) override
    {
        if (m_part != Part::Vocabulary)
            return m_part == Part::Tree ? JsonTree::number_unsigned(value) : refuse("a number");
        std::string why = tokens.add(std::move(m_literal), value, TokenType::Normal);
        return why.empty() || fail(std::move(why));
    }
    bool string(string_t &value) override
    {
        switch (m_part) {
        case Part::Tree:
            return JsonTree::string(value);
        case Part::Vocabulary:
            return refuse("a text");
        case Part::Merges:
            if (merges.size() == kMaxMerges)
                return fail("more than " + grouped(kMaxMerges) + " merges");
            merges.push_back(std::move(value));
            return true;
        case Part::Pair:
            if (m_parts++ > 0)
                merges.back() += ' ';
            merges.back() += value;
            return m_parts <= 2 || refuse("a pair of more than two parts");
        }
        return false;
    }
    bool null() override { return m_part == Part::Tree ? JsonTree::null() : refuse("null"); }
    bool boolean(bool value) override
    {
        return m_part == Part::Tree ? JsonTree::boolean(value) : refuse("true or false");
    }
    bool number_integer(number_integer_t value) override
    {
        return m_part == Part::Tree ? JsonTree::number_integer(value) : refuse("a negative number");
    }
    bool number_float(number_float_t value, const string_t &text) override
    {
        return m_part == Part::Tree ? JsonTree::number_float(value, text) : refuse("a fraction");
    }

    bool hasVocabulary() const { return m_hasVocabulary; }
    bool hasMerges() const { return m_hasMerges; }

private:
    enum class Part { Tree, Vocabulary, Merges, Pair };

    bool isAt(std::string_view name) const
    {
        if (depth() != 2 || currentKey() != name)
            return false;
        const auto model = root.find("model"); // of the file's outermost members the model is the open one
        return model != root.end() && &*model == innermost();
    }
    bool refuse(const std::string &kind)
    {
        if (m_part == Part::Vocabulary)
            return fail("model.vocab gives token " + inQuotes(m_literal, 60) + " " + kind);
        return fail("model.merges holds " + kind + " at " + grouped(merges.size()));
    }

    Part m_part = Part::Tree;
    std::string m_literal;
    int m_parts = 0;
    bool m_hasVocabulary = false, m_hasMerges = false;
};

// GPT-2's own file has no type.
TokenizerProblem checkType(const json &model)
{
    const auto type = model.find("type");
    if (type == model.end() || *type == "BPE")
        return {};
    if (!type->is_string())
        return {"model.type is no text"};
    return {"model.type is " + printable(type->get<std::string>(), 40), true};
}

// Options of model under which the merges mean something else.
TokenizerProblem checkOptions(const json &model, const TokenList &tokens)
{
    for (const char *name : {"continuing_subword_prefix", "end_of_word_suffix"}) {
        const auto found = model.find(name);
        if (found != model.end() && !found->is_null() && *found != "")
            return {std::string("model.") + name + " is " + printable(found->dump(-1, ' ', true), 40), true};
    }
    const auto dropout = model.find("dropout");
    if (dropout != model.end() && !dropout->is_null() && *dropout != 0)
        return {"model.dropout is set: its tokens depend on chance", true};
    // Text that has a byte without a token would be encoded in another way.
    const auto fallback = model.find("byte_fallback"), unknown = model.find("unk_token");
    const bool falls = fallback != model.end() && fallback->is_boolean() && fallback->get<bool>();
    const bool hasUnknown = unknown != model.end() && !unknown->is_null();
    std::size_t missing = 0;
    std::string bytes;
    for (std::uint32_t c = 0x21; c < 0x144; ++c) {
        const bool lead = c == 0xC0 || c == 0xC1 || (c >= 0xF5 && c <= 0xFF); // in no UTF-8
        const std::string spelled =
            c < 0x80 ? std::string(1, static_cast<char>(c))
                     : std::string{static_cast<char>(0xC0 | c >> 6), static_cast<char>(0x80 | (c & 0x3F))};
        bytes.clear();
        if (!lead && appendByteLevel(spelled, bytes) && tokens.find(spelled) < 0)
            ++missing;
    }
    if (missing > 0 && (falls || hasUnknown))
        return {std::to_string(missing) + " bytes without a token, and " +
                    (falls ? "byte_fallback" : "unk_token") + " for them",
                true};
    return {};
}

// Every merge joins two tokens to a third. A look-up waits for memory: a block of merges is looked up
// together.
std::string checkMerges(const std::vector<std::string> &merges, const TokenList &tokens)
{
    constexpr std::size_t kBlock = 32;
    struct Parts
    {
        std::size_t space, whole; // `whole`: where it begins in the joined text
        std::uint64_t left, right, joined;
    };
    std::array<Parts, kBlock> block;
    std::string joined;
    for (std::size_t first = 0; first < merges.size(); first += kBlock) {
        const std::size_t count = std::min(kBlock, merges.size() - first);
        const auto bad = [&](std::size_t i, const char *what) {
            return "merge " + grouped(first + i) + " " + inQuotes(merges[first + i], 80) + " " + what;
        };
        joined.clear();
        for (std::size_t i = 0; i < count; ++i) {
            const std::string_view merge = merges[first + i];
            const std::size_t space = merge.find(' ');
            if (space == merge.npos || space == 0 || space + 1 == merge.size() ||
                merge.find(' ', space + 1) != merge.npos)
                return bad(i, "is not two tokens");
            const std::size_t begin = joined.size();
            joined.append(merge.substr(0, space)).append(merge.substr(space + 1));
            block[i] = {space, begin, hashBytes(merge.substr(0, space)), hashBytes(merge.substr(space + 1)),
                        hashBytes(std::string_view(joined).substr(begin))};
            for (const std::uint64_t hash : {block[i].left, block[i].right, block[i].joined})
                tokens.prefetch(hash);
        }
        for (std::size_t i = 0; i < count; ++i) {
            const std::string_view merge = merges[first + i];
            const Parts &p = block[i];
            if (tokens.find(merge.substr(0, p.space), p.left) < 0 ||
                tokens.find(merge.substr(p.space + 1), p.right) < 0)
                return bad(i, "joins what is no token");
            if (tokens.find(std::string_view(joined).substr(p.whole, merge.size() - 1), p.joined) < 0)
                return bad(i, "makes no token of the vocabulary");
        }
    }
    return {};
}

} // namespace

TokenizerProblem addTokens(const json &list, TokenList &tokens)
{
    if (!list.is_array())
        return {"added_tokens is no list"};
    for (std::size_t i = 0; i < list.size(); ++i) {
        const json &entry = list[i];
        const std::string place = "added_tokens[" + std::to_string(i) + "]";
        if (!entry.is_object())
            return {place + " is no object"};
        const auto id = entry.find("id"), content = entry.find("content"), special = entry.find("special");
        if (id == entry.end() || !id->is_number_unsigned())
            return {place + " has no id"};
        if (content == entry.end() || !content->is_string() || *content == "")
            return {place + " has no content"};
        if (special != entry.end() && !special->is_boolean())
            return {place + ".special is not true or false"};
        for (const char *option : {"single_word", "lstrip", "rstrip"}) {
            const auto found = entry.find(option);
            if (found != entry.end() && *found != false)
                return {place + " (" + printable(content->get<std::string>(), 60) + ") has the option " +
                            option,
                        true};
        }
        const bool control = special != entry.end() && special->get<bool>();
        std::string why = tokens.addOrMark(content->get<std::string>(), id->get<std::uint64_t>(),
                                           control ? TokenType::Control : TokenType::UserDefined);
        if (!why.empty())
            return {place + ": " + why};
    }
    return {};
}

Result<ByteLevelJson> ByteLevelJson::read(const std::filesystem::path &path, std::uint32_t vocabularySize)
{
    Handler handler(vocabularySize);
    if (Result<void> read = readJsonFile(path, handler); !read)
        return read.error();
    const std::string where = pathText(path);
    const auto refuse = [&where](const TokenizerProblem &problem) {
        const bool unsupported = problem.unsupported;
        return Error(
            unsupported ? ErrorCode::Unsupported : ErrorCode::Damaged,
            {.what = unsupported ? "This kind of tokenizer is not known here" : "The tokenizer is damaged",
             .where = where,
             .expected = unsupported ? "byte-level BPE" : "",
             .found = problem.text,
             .wayOut = unsupported ? "Use a model of the DeepSeek family, or a GGUF file of this one."
                                   : "Download it again."});
    };
    const json &root = handler.root;
    const auto model = root.is_object() ? root.find("model") : root.end();
    if (!root.is_object() || model == root.end() || !model->is_object())
        return refuse({"no object \"model\""});
    const auto member = [&root](const char *name) {
        const auto found = root.find(name);
        return found == root.end() ? json() : *found;
    };
    if (const TokenizerProblem problem = checkType(*model); !problem.text.empty())
        return refuse(problem);
    if (!handler.hasVocabulary())
        return refuse({"no object model.vocab"});
    if (!handler.hasMerges())
        return refuse({"no list model.merges"});
    ByteLevelJson result{std::move(handler.tokens), std::move(handler.merges), {}, false, false, {}};

    const json preTokenizer = member("pre_tokenizer"), normalizer = member("normalizer");
    const Result<std::string_view> pre = publishedPreTokenizer(preTokenizer, where);
    if (!pre)
        return pre.error();
    const Result<bool> composes = normalizesToFormC(normalizer, where);
    if (!composes)
        return composes.error();
    if (const TokenizerProblem problem = checkOptions(*model, result.tokens); !problem.text.empty())
        return refuse(problem);
    result.preTokenizer = *pre;
    result.composes = *composes;
    const auto wholeFirst = model->find("ignore_merges");
    if (wholeFirst != model->end() && !wholeFirst->is_boolean())
        return refuse({"model.ignore_merges is not true or false"});
    result.wholeFirst = wholeFirst != model->end() && wholeFirst->get<bool>();
    // Merges are made of the model's own tokens; added ones come behind.
    if (const std::string why = checkMerges(result.merges, result.tokens); !why.empty())
        return refuse({why});
    if (const json added = member("added_tokens"); !added.is_null()) {
        if (const TokenizerProblem problem = addTokens(added, result.tokens); !problem.text.empty())
            return refuse(problem);
    }
    result.postProcessor = member("post_processor");
    return result;
}

} // namespace inference
