#include "inference/chat/tool_call_json.h"

#include "inference/chat/chat_markers.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace inference {

namespace {

using json = nlohmann::json;

// Keeps nothing: arguments are handed on as text.
class ObjectCheck : public nlohmann::json_sax<json>
{
public:
    explicit ObjectCheck(std::size_t maxDepth) : m_maxDepth(maxDepth) {}
    std::string problem;

    bool null() override { return scalar(); }
    bool boolean(bool) override { return scalar(); }
    bool number_integer(number_integer_t) override { return scalar(); }
    bool number_unsigned(number_unsigned_t) override { return scalar(); }
    bool number_float(number_float_t, const string_t &) override { return scalar(); }
    bool string(string_t &) override { return scalar(); }
    bool binary(binary_t &) override { return scalar(); }
    bool key(string_t &) override { return true; }
    bool start_object(std::size_t) override { return open(); }
    bool end_object() override { return close(); }
    bool start_array(std::size_t) override { return m_depth == 0 ? scalar() : open(); }
    bool end_array() override { return close(); }
    bool parse_error(std::size_t position, const std::string &, const nlohmann::detail::exception &) override
    {
        problem = "it breaks off or goes wrong at byte " + std::to_string(position) + ".";
        return false;
    }

private:
    bool scalar()
    {
        if (m_depth == 0)
            problem = "it is another value.";
        return m_depth > 0;
    }
    bool open()
    {
        if (++m_depth <= m_maxDepth)
            return true;
        problem = "its brackets are more than " + std::to_string(m_maxDepth) + " deep.";
        return false;
    }
    bool close()
    {
        --m_depth;
        return true;
    }

    std::size_t m_maxDepth, m_depth = 0;
};

// Behind the string that begins at `at`.
std::size_t endOfString(std::string_view text, std::size_t at)
{
    for (++at; at < text.size() && text[at] != '"'; ++at)
        at += text[at] == '\\' ? 1 : 0;
    return std::min(at + 1, text.size());
}

// Behind the value that begins at `at`.
std::size_t endOfValue(std::string_view text, std::size_t at)
{
    std::size_t depth = 0;
    while (at < text.size()) {
        const char c = text[at];
        if (c == '"') {
            at = endOfString(text, at);
            if (depth == 0)
                return at;
            continue;
        }
        if (depth == 0 && (c == ',' || c == '}' || c == ']' || kBlanks.find(c) != kBlanks.npos))
            return at;
        ++at;
        if (c == '{' || c == '[') {
            ++depth;
        } else if ((c == '}' || c == ']') && --depth == 0) {
            return at;
        }
    }
    return at;
}

std::size_t behindSpace(std::string_view text, std::size_t at)
{
    return std::min(text.find_first_not_of(kBlanks, at), text.size());
}

} // namespace

std::string_view withoutLeadingSpace(std::string_view text)
{
    return text.substr(behindSpace(text, 0));
}

std::string_view trimmed(std::string_view text)
{
    text = withoutLeadingSpace(text);
    return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

std::string problemOfJsonObject(std::string_view text, std::size_t maxDepth)
{
    if (text.empty())
        return "there is nothing.";
    ObjectCheck check(maxDepth);
    const bool good = json::sax_parse(text.begin(), text.end(), &check);
    return good ? std::string() : check.problem;
}

std::string_view memberOf(std::string_view object, std::string_view name)
{
    std::string_view value;
    std::size_t at = behindSpace(object, 1);
    while (at < object.size() && object[at] == '"') {
        const std::size_t end = endOfString(object, at);
        const bool wanted = textOf(object.substr(at, end - at)) == name;
        at = behindSpace(object, behindSpace(object, end) + 1); // behind the colon
        const std::size_t behind = endOfValue(object, at);
        if (wanted)
            value = object.substr(at, behind - at);
        at = behindSpace(object, behindSpace(object, behind) + 1); // behind the comma
    }
    return value;
}

std::optional<std::string> textOf(std::string_view value)
{
    if (!value.starts_with('"'))
        return std::nullopt;
    const json text = json::parse(value, nullptr, false);
    return text.is_string() ? std::optional(text.get<std::string>()) : std::nullopt;
}

} // namespace inference
