#include "inference/chat/jinja/json.h"

#include "inference/chat/jinja/strings.h"
#include "inference/text/utf8.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace inference::jinja {

namespace {

using Json = nlohmann::ordered_json;
using Shape = SequenceObject::Shape;

constexpr std::string_view kRoles[] = {"system", "developer", "user",     "assistant",
                                       "tool",   "ipython",   "function", "model"};

class JsonWriter
{
public:
    JsonWriter(Evaluation &evaluation, const JsonStyle &style, Text &out)
        : m_evaluation(evaluation), m_style(style), m_out(out)
    {}

    void write(const Value &value, std::size_t level)
    {
        const Nested nested(m_evaluation);
        switch (value.kind()) {
        case Kind::None:
            return add("null", value.foreign());
        case Kind::Bool:
            return add(value.boolean() ? "true" : "false", value.foreign());
        case Kind::Int:
        case Kind::Float:
            return add(number(value), value.foreign());
        case Kind::String:
            return writeString(value.text());
        case Kind::Sequence:
            if (value.sequence().shape == Shape::List || value.sequence().shape == Shape::Tuple)
                return writeList(value.sequence().items, level);
            break;
        case Kind::Dict:
            return writeDict(value.dict(), level);
        default:
            break;
        }
        m_evaluation.fail("A value cannot be written as JSON", "text, a number, list or dict",
                          describe(value));
    }

private:
    void add(std::string_view bytes, bool foreign) { appendTo(m_evaluation, m_out, bytes, foreign); }

    static std::string number(const Value &value)
    {
        if (value.is(Kind::Int))
            return std::to_string(value.integer());
        const double real = value.real();
        if (std::isnan(real))
            return "NaN";
        if (std::isinf(real))
            return real < 0 ? "-Infinity" : "Infinity";
        return floatText(real);
    }

    void newLine(std::size_t level)
    {
        if (!m_style.indents)
            return;
        add("\n", false);
        for (std::size_t i = 0; i < level; ++i)
            appendTo(m_evaluation, m_out, m_style.indent);
    }

    void writeString(const Text &text)
    {
        add("\"", text.anyForeign());
        const char *begin = text.bytes().data(), *end = begin + text.size();
        const char *kept = begin; // of the bytes that need no escape
        for (const char *p = begin; p <= end;) {
            const utf8::Character c = p < end ? utf8::read(p, end) : utf8::Character{'\n', 1};
            const bool plain = c.codePoint >= 0x20 && c.codePoint != '"' && c.codePoint != '\\' &&
                               !(m_style.asciiOnly && c.codePoint >= 0x7F);
            if (!plain) {
                const auto from = static_cast<std::size_t>(kept - begin),
                           at = static_cast<std::size_t>(p - begin);
                if (at > from)
                    appendTo(m_evaluation, m_out, text.slice(from, at - from));
                if (p == end)
                    break;
                add(escape(c.codePoint), text.foreignAt(at));
                kept = p + c.length;
            }
            p += c.length;
        }
        add("\"", text.anyForeign());
    }

    static std::string escape(std::uint32_t c)
    {
        switch (c) {
        case '"':
            return "\\\"";
        case '\\':
            return "\\\\";
        case '\n':
            return "\\n";
        case '\r':
            return "\\r";
        case '\t':
            return "\\t";
        case '\f':
            return "\\f";
        case '\b':
            return "\\b";
        default:
            break;
        }
        char written[16];
        if (c >= utf8::kInvalid) // not text: as Python shows such bytes of a file
            c = 0xDC00 + (c - utf8::kInvalid);
        if (c < 0x10000)
            std::snprintf(written, sizeof written, "\\u%04x", c);
        else
            std::snprintf(written, sizeof written, "\\u%04x\\u%04x", 0xD7C0 + (c >> 10),
                          0xDC00 + (c & 0x3FF));
        return written;
    }

    void writeList(const std::vector<Value> &items, std::size_t level)
    {
        if (items.empty())
            return add("[]", false);
        add("[", false);
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (i > 0)
                appendTo(m_evaluation, m_out, m_style.itemSeparator);
            newLine(level + 1);
            write(items[i], level + 1);
        }
        newLine(level);
        add("]", false);
    }

    // Python's keys: text; numbers, bools and none as their JSON in quotes.
    void writeKey(const Value &key)
    {
        if (key.is(Kind::String))
            return writeString(key.text());
        if (!key.isNumber() && !key.is(Kind::None))
            m_evaluation.fail("A key cannot be written as JSON", "text or a number", describe(key));
        add("\"", key.foreign());
        write(key, 0);
        add("\"", key.foreign());
    }

    void writeDict(const DictObject &dict, std::size_t level)
    {
        if (dict.entries.empty())
            return add("{}", false);
        std::vector<const std::pair<Value, Value> *> entries;
        for (const auto &entry : dict.entries)
            entries.push_back(&entry);
        if (m_style.sortsKeys)
            std::stable_sort(entries.begin(), entries.end(), [&](const auto *a, const auto *b) {
                return less(m_evaluation, a->first, b->first);
            });
        add("{", false);
        for (std::size_t i = 0; i < entries.size(); ++i) {
            if (i > 0)
                appendTo(m_evaluation, m_out, m_style.itemSeparator);
            newLine(level + 1);
            writeKey(entries[i]->first);
            appendTo(m_evaluation, m_out, m_style.keySeparator);
            write(entries[i]->second, level + 1);
        }
        newLine(level);
        add("}", false);
    }

    Evaluation &m_evaluation;
    const JsonStyle &m_style;
    Text &m_out;
};

Value scalar(Evaluation &evaluation, const Json &json)
{
    switch (json.type()) {
    case Json::value_t::boolean:
        return Value::boolean(json.get<bool>(), true);
    case Json::value_t::number_integer:
        return Value::integer(json.get<std::int64_t>(), true);
    case Json::value_t::number_unsigned: {
        const auto number = json.get<std::uint64_t>();
        if (number > static_cast<std::uint64_t>(INT64_MAX))
            return Value::real(static_cast<double>(number), true);
        return Value::integer(static_cast<std::int64_t>(number), true);
    }
    case Json::value_t::number_float:
        return Value::real(json.get<double>(), true);
    case Json::value_t::string: {
        const std::string &text = json.get_ref<const std::string &>();
        evaluation.spendBytes(text.size());
        return Value::string(Text(text, true));
    }
    default:
        return Value::none(true);
    }
}

} // namespace

Value fromJson(Evaluation &evaluation, const Json &json)
{
    const Nested nested(evaluation);
    if (json.is_array()) {
        evaluation.spendElements(json.size());
        std::vector<Value> items;
        items.reserve(json.size());
        for (const Json &item : json)
            items.push_back(fromJson(evaluation, item));
        return Value::sequence(evaluation, Shape::List, std::move(items));
    }
    if (json.is_object()) {
        evaluation.spendElements(json.size() * 2);
        std::vector<std::pair<Value, Value>> entries;
        entries.reserve(json.size());
        for (const auto &[key, value] : json.items())
            entries.emplace_back(Value::string(Text(key, true)), fromJson(evaluation, value));
        return Value::dict(evaluation, std::move(entries));
    }
    return scalar(evaluation, json);
}

Value fromMessages(Evaluation &evaluation, const Json &messages)
{
    std::vector<Value> items;
    for (const Json &message : messages) {
        Value value = fromJson(evaluation, message);
        const Value *role = value.is(Kind::Dict) ? find(value.dict(), "role") : nullptr;
        const bool known = role && role->is(Kind::String) &&
                           std::find(std::begin(kRoles), std::end(kRoles), role->bytes()) != std::end(kRoles);
        if (known) {
            std::vector<std::pair<Value, Value>> entries = value.dict().entries;
            for (auto &[key, entry] : entries) {
                if (key.bytes() == "role")
                    entry = Value::string(entry.bytes());
            }
            value = Value::dict(evaluation, std::move(entries));
        }
        items.push_back(std::move(value));
    }
    return Value::sequence(evaluation, Shape::List, std::move(items));
}

Text toJson(Evaluation &evaluation, const Value &value, const JsonStyle &style)
{
    Text out;
    JsonWriter(evaluation, style, out).write(value, 0);
    return out;
}

} // namespace inference::jinja
