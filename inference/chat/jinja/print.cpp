// Python's str() and repr().
#include "inference/chat/jinja/strings.h"
#include "inference/chat/jinja/value.h"
#include "inference/text/utf8.h"

#include <charconv>
#include <cmath>
#include <cstdio>

namespace inference::jinja {

namespace {

using Shape = SequenceObject::Shape;

// One character of a string in Python's repr().
std::string inRepr(const utf8::Character &c, const char *p, char quote)
{
    if (c.codePoint == static_cast<std::uint32_t>(quote) || c.codePoint == '\\')
        return {'\\', static_cast<char>(c.codePoint)};
    if (c.codePoint == '\n' || c.codePoint == '\r' || c.codePoint == '\t')
        return c.codePoint == '\n' ? "\\n" : c.codePoint == '\r' ? "\\r" : "\\t";
    if (isPrintable(c.codePoint))
        return {p, c.length};
    const std::uint32_t number = c.codePoint >= utf8::kInvalid ? c.codePoint - utf8::kInvalid : c.codePoint;
    char written[16];
    std::snprintf(written, sizeof written,
                  number < 0x100     ? "\\x%02x"
                  : number < 0x10000 ? "\\u%04x"
                                     : "\\U%08x",
                  number);
    return written;
}

void appendString(Evaluation &evaluation, const Text &text, Text &out)
{
    const std::string_view bytes = text.bytes();
    const char quote = bytes.find('\'') != bytes.npos && bytes.find('"') == bytes.npos ? '"' : '\'';
    appendTo(evaluation, out, {&quote, 1}, text.anyForeign());
    const char *begin = bytes.data(), *end = begin + bytes.size();
    for (const char *p = begin; p < end;) {
        const utf8::Character c = utf8::read(p, end);
        appendTo(evaluation, out, inRepr(c, p, quote), text.foreignAt(static_cast<std::size_t>(p - begin)));
        p += c.length;
    }
    appendTo(evaluation, out, {&quote, 1}, text.anyForeign());
}

void appendRepr(Evaluation &evaluation, const Value &value, Text &out);

void appendSequence(Evaluation &evaluation, const SequenceObject &sequence, Text &out)
{
    const auto add = [&](std::string_view part) { appendTo(evaluation, out, part, false); };
    const bool tuple = sequence.shape == Shape::Tuple;
    switch (sequence.shape) {
    case Shape::List:
    case Shape::Tuple:
        add(tuple ? "(" : "[");
        break;
    case Shape::Keys:
        add("dict_keys([");
        break;
    case Shape::Values:
        add("dict_values([");
        break;
    case Shape::Items:
        add("dict_items([");
        break;
    case Shape::Iterator: // Python writes an address here
        add("<generator>");
        return;
    case Shape::Range:
        add("range(");
        if (sequence.items.empty()) {
            add("0, 0)");
            return;
        }
        add(std::to_string(sequence.items.front().integer()));
        {
            const std::int64_t step =
                sequence.items.size() > 1 ? sequence.items[1].integer() - sequence.items[0].integer() : 1;
            add(", " + std::to_string(sequence.items.back().integer() + (step > 0 ? 1 : -1)));
            if (step != 1)
                add(", " + std::to_string(step));
        }
        add(")");
        return;
    }
    for (std::size_t i = 0; i < sequence.items.size(); ++i) {
        if (i > 0)
            add(", ");
        appendRepr(evaluation, sequence.items[i], out);
    }
    if (tuple)
        add(sequence.items.size() == 1 ? ",)" : ")");
    else
        add(sequence.shape == Shape::List ? "]" : "])");
}

void appendRepr(Evaluation &evaluation, const Value &value, Text &out)
{
    const Nested nested(evaluation);
    const auto add = [&](std::string_view part) { appendTo(evaluation, out, part, value.foreign()); };
    switch (value.kind()) {
    case Kind::Undefined:
        return add("Undefined");
    case Kind::None:
        return add("None");
    case Kind::Bool:
        return add(value.boolean() ? "True" : "False");
    case Kind::Int:
        return add(std::to_string(value.integer()));
    case Kind::Float:
        return add(floatText(value.real()));
    case Kind::String:
        if (value.markup())
            appendTo(evaluation, out, "Markup(", false);
        appendString(evaluation, value.text(), out);
        if (value.markup())
            appendTo(evaluation, out, ")", false);
        return;
    case Kind::Sequence:
        return appendSequence(evaluation, value.sequence(), out);
    case Kind::Dict: {
        add("{");
        bool first = true;
        for (const auto &[key, entry] : value.dict().entries) {
            if (!first)
                add(", ");
            first = false;
            appendRepr(evaluation, key, out);
            add(": ");
            appendRepr(evaluation, entry, out);
        }
        return add("}");
    }
    case Kind::Namespace: {
        add("<Namespace {");
        bool first = true;
        for (const auto &[name, attribute] : value.ofNamespace().attributes) {
            add(first ? "'" : ", '");
            first = false;
            add(name);
            add("': ");
            appendRepr(evaluation, attribute, out); // a namespace inside itself ends at the depth allowed
        }
        return add("}>");
    }
    case Kind::Loop:
        return add("<LoopContext " + std::to_string(value.loop().index0 + 1) + "/" +
                   std::to_string(value.loop().items->items.size()) + ">");
    case Kind::Callable:
        return add("<function '" + value.callable().name + "'>");
    }
}

} // namespace

std::string floatText(double value)
{
    if (std::isnan(value))
        return "nan";
    if (std::isinf(value))
        return value < 0 ? "-inf" : "inf";
    char buffer[64];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific).ptr;
    std::string_view written(buffer, static_cast<std::size_t>(end - buffer));
    std::string sign;
    if (written.front() == '-') {
        sign = "-";
        written.remove_prefix(1);
    }
    const std::size_t e = written.find('e');
    int exponent = 0;
    const char *digitsOfExponent = written.data() + e + 1 + (written[e + 1] == '+' ? 1 : 0);
    std::from_chars(digitsOfExponent, written.data() + written.size(), exponent);
    std::string digits(1, written[0]);
    if (e > 2)
        digits += written.substr(2, e - 2);
    if (exponent < -4 || exponent >= 16) { // as repr() chooses
        std::string text = sign + digits[0];
        if (digits.size() > 1)
            text += "." + digits.substr(1);
        const std::string size = std::to_string(std::abs(exponent));
        return text + (exponent < 0 ? "e-" : "e+") + (size.size() < 2 ? "0" : "") + size;
    }
    if (exponent < 0)
        return sign + "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
    const auto whole = static_cast<std::size_t>(exponent) + 1;
    if (digits.size() <= whole)
        return sign + digits + std::string(whole - digits.size(), '0') + ".0";
    return sign + digits.substr(0, whole) + "." + digits.substr(whole);
}

Text toRepr(Evaluation &evaluation, const Value &value)
{
    Text out;
    appendRepr(evaluation, value, out);
    return out;
}

Text toText(Evaluation &evaluation, const Value &value)
{
    if (value.is(Kind::Undefined))
        return {};
    if (value.is(Kind::String)) {
        evaluation.spend(value.text().size() + value.text().runs().size() * 8);
        return value.text();
    }
    return toRepr(evaluation, value);
}

} // namespace inference::jinja
