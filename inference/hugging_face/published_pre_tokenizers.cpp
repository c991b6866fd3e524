#include "inference/hugging_face/published_pre_tokenizers.h"

#include "inference/gguf/wording.h"
#include "inference/text/unicode_tables.h"
#include "inference/text/utf8.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>
#include <vector>

namespace inference {

using nlohmann::json;

namespace {

using Range = std::pair<std::uint32_t, std::uint32_t>;

std::string hex(std::uint32_t codePoint)
{
    char text[16];
    std::snprintf(text, sizeof text, "%X", codePoint);
    return text;
}

std::string canonicalSet(bool negated, std::vector<Range> ranges, std::vector<std::string> classes)
{
    std::sort(ranges.begin(), ranges.end());
    std::sort(classes.begin(), classes.end());
    classes.erase(std::unique(classes.begin(), classes.end()), classes.end());
    std::vector<Range> joined;
    for (const Range &range : ranges) {
        if (!joined.empty() && range.first <= joined.back().second + 1)
            joined.back().second = std::max(joined.back().second, range.second);
        else
            joined.push_back(range);
    }
    std::string out = negated ? "[^" : "[";
    for (const std::string &name : classes)
        out += name;
    for (const Range &range : joined)
        out += hex(range.first) + "-" + hex(range.second) + " ";
    return out + "]";
}

class RegexReader
{
public:
    explicit RegexReader(std::string_view regex) : m_at(regex.data()), m_end(m_at + regex.size()) {}

    std::optional<std::string> read()
    {
        std::string out;
        while (m_at < m_end) {
            if (*m_at == '[') {
                ++m_at;
                const std::optional<std::string> set = readSet();
                if (!set)
                    return std::nullopt;
                out += *set;
            } else if (std::string_view("()|?*+{}^$.").find(*m_at) != std::string_view::npos) {
                out += *m_at++;
            } else {
                const std::optional<Item> item = readItem();
                if (!item)
                    return std::nullopt;
                out += item->name.empty() ? "<" + hex(item->codePoint) + ">" : item->name;
            }
        }
        return out;
    }

private:
    struct Item // a character, or a class such as \s or \p{L}
    {
        std::uint32_t codePoint = 0;
        std::string name;
    };

    std::optional<Item> readItem()
    {
        if (*m_at != '\\') {
            const utf8::Character c = utf8::read(m_at, m_end);
            m_at += c.length;
            return c.codePoint < utf8::kInvalid ? std::optional(Item{c.codePoint, {}}) : std::nullopt;
        }
        if (++m_at == m_end)
            return std::nullopt;
        const char c = *m_at++;
        switch (c) {
        case 'r':
            return Item{'\r', {}};
        case 'n':
            return Item{'\n', {}};
        case 't':
            return Item{'\t', {}};
        case 's':
        case 'S':
            return Item{0, std::string("\\") + c};
        case 'x':
            return readHex(2);
        case 'u':
            return readHex(4);
        case 'p':
        case 'P': {
            const std::string_view rest(m_at, static_cast<std::size_t>(m_end - m_at));
            const std::size_t close = rest.find('}');
            if (!rest.starts_with('{') || close == rest.npos || close > 8)
                return std::nullopt;
            m_at += close + 1;
            return Item{0, std::string("\\") + c + std::string(rest.substr(0, close + 1))};
        }
        default: { // an escaped sign means itself; letters and digits have meanings that are not known here
            const bool sign = (c >= 0x21 && c < 0x7F) && !(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') &&
                              !(c >= 'a' && c <= 'z');
            return sign ? std::optional(Item{static_cast<std::uint32_t>(c), {}}) : std::nullopt;
        }
        }
    }

    // \x{HEX}, or so many digits
    std::optional<Item> readHex(int digits)
    {
        const bool braces = m_at < m_end && *m_at == '{';
        m_at += braces ? 1 : 0;
        std::uint32_t value = 0;
        int count = 0;
        for (; m_at < m_end && count < (braces ? 6 : digits); ++m_at, ++count) {
            const char c = *m_at;
            const int digit = c >= '0' && c <= '9'   ? c - '0'
                              : c >= 'a' && c <= 'f' ? c - 'a' + 10
                              : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                     : -1;
            if (digit < 0)
                break;
            value = value * 16 + static_cast<std::uint32_t>(digit);
        }
        if (count == 0 || (!braces && count != digits) || (braces && (m_at == m_end || *m_at++ != '}')) ||
            value > 0x10FFFF)
            return std::nullopt;
        return Item{value, {}};
    }

    std::optional<std::string> readSet()
    {
        const bool negated = m_at < m_end && *m_at == '^';
        m_at += negated ? 1 : 0;
        std::vector<Range> ranges;
        std::vector<std::string> classes;
        while (m_at < m_end && *m_at != ']') {
            const std::string_view rest(m_at, static_cast<std::size_t>(m_end - m_at));
            if (*m_at == '[' || rest.starts_with("&&")) // sets within sets
                return std::nullopt;
            const std::optional<Item> low = readItem();
            if (!low)
                return std::nullopt;
            if (!low->name.empty()) {
                classes.push_back(low->name);
                continue;
            }
            std::uint32_t high = low->codePoint;
            if (m_end - m_at >= 2 && *m_at == '-' && m_at[1] != ']') {
                ++m_at;
                const std::optional<Item> item = readItem();
                if (!item || !item->name.empty() || item->codePoint < low->codePoint)
                    return std::nullopt;
                high = item->codePoint;
            }
            ranges.emplace_back(low->codePoint, high);
        }
        if (m_at == m_end || (ranges.empty() && classes.empty()))
            return std::nullopt;
        ++m_at;
        return canonicalSet(negated, std::move(ranges), std::move(classes));
    }

    const char *m_at, *m_end;
};

// Regular expressions as text/pre_tokenizer.cpp implements them. One \p{N} is what Digits does.
constexpr std::string_view kOneNumber = R"(\p{N})";
constexpr std::string_view kGpt2 =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
constexpr std::string_view kLineBreak = R"([\r\n])";
constexpr std::string_view kCjk = R"([\x{0800}-\x{9FA5}\x{AC00}-\x{D7FF}]+)";
constexpr std::string_view kCasedLetters = "letters"; // \s?[...]+ of the letters that unicode_tables.h marks

struct Published
{
    std::string_view name;
    std::vector<std::string_view> splits;
};

const std::vector<Published> &published()
{
    static const std::vector<Published> list = {
        {"gpt2", {kGpt2}},
        {"smollm", {kOneNumber, kGpt2}},
        {"qwen2",
         {R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)"}},
        {"llama-bpe",
         {R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)"}},
        {"deepseek-llm",
         {kLineBreak, kCasedLetters,
          R"(\s?[!-/:-~\x{FF01}-\x{FF0F}\x{FF1A}-\x{FF5E}\x{2018}-\x{201F}\x{3000}-\x{3002}]+)", R"(\s+$)",
          kCjk, kOneNumber}},
        {"deepseek-coder", {kLineBreak, R"(\s?\p{L}+)", R"(\s?\p{P}+)", kCjk, kOneNumber}},
        {"deepseek-v3",
         {R"(\p{N}{1,3})", R"([\x{4E00}-\x{9FA5}\x{3040}-\x{30FF}]+)",
          R"([!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)"}},
    };
    return list;
}

// \s?[LETTERS]+ of deepseek-llm, from the table that its scanner uses.
std::string canonicalCasedLetters()
{
    const std::uint8_t *classes = unicode::classes();
    std::vector<Range> ranges;
    for (std::uint32_t c = 0; c < utf8::kInvalid; ++c) {
        if (classes[c] & unicode::kCasedLetter)
            ranges.emplace_back(c, c);
    }
    return "\\s?" + canonicalSet(false, std::move(ranges), {}) + "+";
}

std::string canonicalOf(std::string_view split)
{
    return split == kCasedLetters ? canonicalCasedLetters() : canonicalRegex(split).value_or("");
}

bool flag(const json &object, const char *name, bool otherwise)
{
    const auto found = object.find(name);
    return found != object.end() && found->is_boolean() ? found->get<bool>() : otherwise;
}

std::string text(const json &object, const char *name)
{
    const auto found = object.is_object() ? object.find(name) : object.end();
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// Appends canonical splits, "bytes" for the step to GPT-2's alphabet. False for a step that is not known.
bool appendSteps(const json &step, std::vector<std::string> &out)
{
    const std::string type = text(step, "type");
    if (type == "Sequence") {
        const auto steps = step.find("pretokenizers");
        return steps != step.end() && steps->is_array() &&
               std::all_of(steps->begin(), steps->end(),
                           [&out](const json &inner) { return appendSteps(inner, out); });
    }
    if (type == "Split") {
        const auto pattern = step.find("pattern");
        if (pattern == step.end() || text(step, "behavior") != "Isolated" || flag(step, "invert", false))
            return false;
        const std::optional<std::string> regex = canonicalRegex(text(*pattern, "Regex"));
        out.push_back(regex.value_or(""));
        return regex && !regex->empty();
    }
    if (type == "Digits" && flag(step, "individual_digits", false)) {
        out.push_back(canonicalOf(kOneNumber));
        return true;
    }
    if (type == "ByteLevel" && !flag(step, "add_prefix_space", true)) {
        if (flag(step, "use_regex", true))
            out.push_back(canonicalOf(kGpt2));
        out.push_back("bytes");
        return true;
    }
    return false;
}

std::string shown(const json &value)
{
    return printable(value.dump(-1, ' ', false, json::error_handler_t::replace), 400);
}

} // namespace

std::optional<std::string> canonicalRegex(std::string_view regex)
{
    return RegexReader(regex).read();
}

Result<std::string_view> publishedPreTokenizer(const json &preTokenizer, std::string_view where)
{
    std::vector<std::string> steps;
    if (appendSteps(preTokenizer, steps) && !steps.empty() && steps.back() == "bytes") {
        steps.pop_back();
        for (const Published &candidate : published()) {
            if (std::equal(steps.begin(), steps.end(), candidate.splits.begin(), candidate.splits.end(),
                           [](const std::string &step, std::string_view split) {
                               return step == canonicalOf(split);
                           }))
                return candidate.name;
        }
    }
    return Error(
        ErrorCode::Unsupported,
        {.what = "The model cuts text in a way that is not known here",
         .where = "pre_tokenizer of " + std::string(where),
         .expected = "what deepseek-llm, deepseek-coder, deepseek-v3, qwen2, llama-bpe, gpt2 or smollm have",
         .found = shown(preTokenizer),
         .wayOut = "Use a model of the DeepSeek family."});
}

Result<bool> normalizesToFormC(const json &normalizer, std::string_view where)
{
    if (normalizer.is_null())
        return false;
    const std::string type = text(normalizer, "type");
    if (type == "NFC")
        return true;
    if (type == "Sequence") {
        const auto steps = normalizer.find("normalizers");
        if (steps != normalizer.end() && steps->is_array()) {
            const auto isFormC = [](const json &step) { return text(step, "type") == "NFC"; };
            if (std::all_of(steps->begin(), steps->end(), isFormC))
                return !steps->empty();
        }
    }
    return Error(ErrorCode::Unsupported, {.what = "The model changes text in a way that is not known here",
                                          .where = "normalizer of " + std::string(where),
                                          .expected = "NFC or none",
                                          .found = shown(normalizer),
                                          .wayOut = "Use a model of the DeepSeek family."});
}

} // namespace inference
