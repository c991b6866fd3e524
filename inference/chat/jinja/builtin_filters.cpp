// Filters on texts and numbers. Those on lists are in list_filters.cpp.
#include "inference/chat/jinja/builtin_filters.h"

#include "inference/chat/jinja/json.h"
#include "inference/chat/jinja/strings.h"

#include <charconv>
#include <cmath>
#include <optional>

namespace inference::jinja {

namespace {

using Shape = SequenceObject::Shape;

template <Text (*change)(Evaluation &, const Text &)>
Value changed(Interpreter &interpreter, const Value &input, Arguments &arguments)
{
    arguments.bind(interpreter.evaluation, "filter", {});
    return Value::string(change(interpreter.evaluation, toText(interpreter.evaluation, input)));
}

// Jinja's title(): words begin behind white space and - ( { [ <, not behind every other character.
Text titleOfWords(Evaluation &evaluation, const Text &text)
{
    evaluation.spendBytes(text.size() * 4);
    const std::vector<std::uint32_t> offsets = characterOffsets(text.bytes());
    const auto parts = [&](std::size_t i) {
        const std::string_view character = text.bytes().substr(offsets[i], offsets[i + 1] - offsets[i]);
        return std::string_view("-({[<").find(character) != std::string_view::npos ||
               stripped(evaluation, Text(character, false), {}).empty();
    };
    Text out;
    const std::size_t count = offsets.size() - 1;
    for (std::size_t begin = 0; begin < count;) {
        std::size_t end = begin;
        while (end < count && !parts(end))
            ++end;
        if (end == begin) {
            out.append(text, offsets[begin], offsets[begin + 1] - offsets[begin]);
            ++begin;
            continue;
        }
        const std::size_t first = offsets[begin], second = offsets[begin + 1];
        appendTo(evaluation, out, upper(evaluation, text.slice(first, second - first)));
        appendTo(evaluation, out, lower(evaluation, text.slice(second, offsets[end] - second)));
        begin = end;
    }
    return out;
}

Value trim(Interpreter &interpreter, const Value &input, Arguments &arguments)
{
    Evaluation &evaluation = interpreter.evaluation;
    const Value *set = arguments.bind(evaluation, "trim", {"chars"})[0];
    std::optional<std::string_view> characters;
    if (set && !set->is(Kind::None)) {
        if (!set->is(Kind::String))
            evaluation.fail("trim is given something that is no text", "text", describe(*set));
        characters = set->bytes();
    }
    const bool markup = input.is(Kind::String) && input.markup();
    return Value::string(stripped(evaluation, toText(evaluation, input), characters), markup);
}

Value replace(Interpreter &interpreter, const Value &input, Arguments &arguments)
{
    Evaluation &evaluation = interpreter.evaluation;
    const auto bound = arguments.bind(evaluation, "replace", {"old", "new", "count"}, 2);
    std::int64_t limit = -1;
    if (bound[2] && !bound[2]->is(Kind::None))
        limit = wholeArgument(evaluation, *bound[2], "replace");
    return Value::string(replaced(evaluation, toText(evaluation, input), toText(evaluation, *bound[0]),
                                  toText(evaluation, *bound[1]), limit));
}

Value defaulted(Interpreter &interpreter, const Value &input, Arguments &arguments)
{
    const auto bound = arguments.bind(interpreter.evaluation, "default", {"default_value", "boolean"});
    const bool missing = input.is(Kind::Undefined) || (bound[1] && truth(*bound[1]) && !truth(input));
    if (!missing)
        return input;
    return bound[0] ? *bound[0] : Value::string("");
}

Value asString(Interpreter &interpreter, const Value &input, Arguments &arguments)
{
    arguments.bind(interpreter.evaluation, "string", {});
    return input.is(Kind::String) ? input : Value::string(toText(interpreter.evaluation, input));
}

Value safe(Interpreter &interpreter, const Value &input, Arguments &arguments)
{
    arguments.bind(interpreter.evaluation, "safe", {});
    return Value::string(toText(interpreter.evaluation, input), true);
}

Value escape(Interpreter &interpreter, const Value &input, Arguments &arguments)
{
    arguments.bind(interpreter.evaluation, "escape", {});
    if (input.is(Kind::String) && input.markup())
        return input;
    return Value::string(escaped(interpreter.evaluation, toText(interpreter.evaluation, input)), true);
}

Value indent(Interpreter &interpreter, const Value &input, Arguments &arguments)
{
    Evaluation &evaluation = interpreter.evaluation;
    const auto bound = arguments.bind(evaluation, "indent", {"width", "first", "blank"});
    if (input.is(Kind::Undefined))
        interpreter.failUndefined(input);
    if (!input.is(Kind::String))
        evaluation.fail("indent is given something that is no text", "text", describe(input));
    Text indention;
    if (bound[0] && bound[0]->is(Kind::String))
        indention = bound[0]->text();
    else
        indention = repeated(evaluation, Text(" ", false),
                             bound[0] ? wholeArgument(evaluation, *bound[0], "indent") : 4);
    const bool first = bound[1] && truth(*bound[1]), blank = bound[2] && truth(*bound[2]);
    Text text = toText(evaluation, input);
    text.append("\n", false); // so that a line break at the end counts, as in Jinja
    const std::vector<Text> lines = splitLines(evaluation, text, false);
    Text out;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (i > 0)
            appendTo(evaluation, out, "\n", false);
        if (i == 0 ? first : blank || !lines[i].empty())
            appendTo(evaluation, out, indention);
        appendTo(evaluation, out, lines[i]);
    }
    return Value::string(std::move(out));
}

Value toJsonFilter(Interpreter &interpreter, const Value &input, Arguments &arguments)
{
    Evaluation &evaluation = interpreter.evaluation;
    const auto bound =
        arguments.bind(evaluation, "tojson", {"ensure_ascii", "indent", "separators", "sort_keys"});
    JsonStyle style;
    style.asciiOnly = bound[0] && truth(*bound[0]);
    style.sortsKeys = bound[3] && truth(*bound[3]);
    if (bound[1] && !bound[1]->is(Kind::None)) {
        style.indents = true;
        style.indent = bound[1]->is(Kind::String) ? bound[1]->text()
                                                  : repeated(evaluation, Text(" ", false),
                                                             wholeArgument(evaluation, *bound[1], "tojson"));
    }
    style.itemSeparator = Text(style.indents ? "," : ", ", false);
    style.keySeparator = Text(": ", false);
    if (bound[2] && !bound[2]->is(Kind::None)) {
        const std::vector<Value> pair = iterate(evaluation, *bound[2]);
        if (pair.size() != 2 || !pair[0].is(Kind::String) || !pair[1].is(Kind::String))
            evaluation.fail("tojson is given wrong separators", "two texts", describe(*bound[2]));
        style.itemSeparator = pair[0].text();
        style.keySeparator = pair[1].text();
    }
    return Value::string(toJson(evaluation, input, style));
}

Value format(Interpreter &interpreter, const Value &input, Arguments &arguments)
{
    Evaluation &evaluation = interpreter.evaluation;
    Value values;
    if (!arguments.named.empty()) {
        std::vector<std::pair<Value, Value>> entries;
        for (const auto &[name, value] : arguments.named)
            insert(evaluation, entries, Value::string(name), value);
        values = Value::dict(evaluation, std::move(entries));
    } else {
        values = Value::sequence(evaluation, Shape::Tuple, arguments.positional);
    }
    return percentFormat(interpreter, toText(evaluation, input), values);
}

// Digits without the single underscores that Python allows between them; empty when they stand elsewhere.
std::string withoutUnderscores(std::string_view text)
{
    std::string digits;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '_') {
            digits += text[i];
            continue;
        }
        const auto isDigit = [&](std::size_t at) {
            return at < text.size() && std::isalnum(static_cast<unsigned char>(text[at]));
        };
        if (i == 0 || !isDigit(i - 1) || !isDigit(i + 1))
            return {};
    }
    return digits;
}

std::optional<double> readReal(Evaluation &evaluation, const Value &input)
{
    if (input.isNumber())
        return input.real();
    if (!input.is(Kind::String))
        return {};
    const Text text = stripped(evaluation, input.text(), {});
    std::string digits = withoutUnderscores(text.bytes());
    if (digits.starts_with('+') && digits.size() > 1 && digits[1] != '-')
        digits.erase(0, 1);
    double value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (digits.empty() || end != digits.data() + digits.size() || digits.find('(') != digits.npos)
        return {};
    if (error == std::errc::result_out_of_range) { // Python gives zero or infinity
        const bool tiny = digits.find("e-") != digits.npos || digits.find("E-") != digits.npos;
        value = tiny ? 0.0 : HUGE_VAL;
        return digits.starts_with('-') ? -value : value;
    }
    return error == std::errc() ? std::optional(value) : std::nullopt;
}

std::optional<std::int64_t> readWhole(Evaluation &evaluation, const Text &input, std::int64_t base)
{
    const Text text = stripped(evaluation, input, {});
    std::string digits = withoutUnderscores(text.bytes());
    const bool negative = digits.starts_with('-');
    if (negative || digits.starts_with('+'))
        digits.erase(0, 1);
    const char mark = digits.size() > 2 && digits[0] == '0' ? static_cast<char>(digits[1] | 0x20) : ' ';
    const std::int64_t marked = mark == 'x' ? 16 : mark == 'o' ? 8 : mark == 'b' ? 2 : 0;
    if (marked != 0 && (base == marked || base == 0)) {
        digits.erase(0, 2);
        base = marked;
    }
    if (base == 0)
        base = 10;
    if (base < 2 || base > 36 || digits.empty() || digits[0] == '-')
        return {};
    std::int64_t value = 0;
    if (negative)
        digits.insert(0, 1, '-');
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, static_cast<int>(base));
    if (end != digits.data() + digits.size())
        return {};
    if (error == std::errc::result_out_of_range)
        evaluation.failUnsupported("A whole number is too large", "64 bits", digits);
    return error == std::errc() ? std::optional(value) : std::nullopt;
}

Value toInt(Interpreter &interpreter, const Value &input, Arguments &arguments)
{
    Evaluation &evaluation = interpreter.evaluation;
    const auto bound = arguments.bind(evaluation, "int", {"default", "base"});
    if (input.is(Kind::Undefined))
        interpreter.failUndefined(input);
    if (input.isWhole())
        return Value::integer(input.integer(), input.foreign());
    if (input.is(Kind::String)) {
        const std::int64_t base = bound[1] ? wholeArgument(evaluation, *bound[1], "int") : 10;
        if (const auto whole = readWhole(evaluation, input.text(), base))
            return Value::integer(*whole, input.foreign());
    }
    if (const auto real = readReal(evaluation, input); real && std::isfinite(*real)) {
        const double whole = std::trunc(*real);
        if (whole >= 9223372036854775808.0 || whole < -9223372036854775808.0)
            evaluation.failUnsupported("A whole number is too large", "64 bits", floatText(*real));
        return Value::integer(static_cast<std::int64_t>(whole), input.foreign());
    }
    return bound[0] ? *bound[0] : Value::integer(0);
}

Value toFloat(Interpreter &interpreter, const Value &input, Arguments &arguments)
{
    const Value *fallback = arguments.bind(interpreter.evaluation, "float", {"default"})[0];
    if (input.is(Kind::Undefined))
        interpreter.failUndefined(input);
    if (const auto real = readReal(interpreter.evaluation, input))
        return Value::real(*real, input.foreign());
    return fallback ? *fallback : Value::real(0);
}

Value absolute(Interpreter &interpreter, const Value &input, Arguments &arguments)
{
    arguments.bind(interpreter.evaluation, "abs", {});
    const double real = realArgument(interpreter, input, "abs");
    if (input.is(Kind::Float))
        return Value::real(std::fabs(real), input.foreign());
    if (input.integer() == INT64_MIN)
        interpreter.evaluation.failUnsupported("A whole number becomes too large", "64 bits", "more");
    return Value::integer(std::abs(input.integer()), input.foreign());
}

Value rounded(Interpreter &interpreter, const Value &input, Arguments &arguments)
{
    Evaluation &evaluation = interpreter.evaluation;
    const auto bound = arguments.bind(evaluation, "round", {"precision", "method"});
    const std::int64_t precision = bound[0] ? wholeArgument(evaluation, *bound[0], "round") : 0;
    const std::string_view method = !bound[1]                    ? "common"
                                    : bound[1]->is(Kind::String) ? bound[1]->bytes()
                                                                 : "?";
    const double real = realArgument(interpreter, input, "round");
    if (method != "common" && method != "ceil" && method != "floor")
        evaluation.fail("round is given a method that it does not have", "common, ceil or floor", method);
    if (precision < -300 || precision > 300)
        evaluation.failUnsupported("round is given too large a precision", "at most 300",
                                   std::to_string(precision));
    if (method != "common") {
        const double scale = std::pow(10.0, static_cast<double>(precision));
        return Value::real((method == "ceil" ? std::ceil(real * scale) : std::floor(real * scale)) / scale,
                           input.foreign());
    }
    if (input.isWhole() && precision >= 0)
        return Value::integer(input.integer(), input.foreign());
    double result = real;
    if (precision >= 0 && std::isfinite(real)) { // exactly: the decimal that is nearest, ties to even
        char buffer[700];
        const auto end = std::to_chars(buffer, buffer + sizeof buffer, real, std::chars_format::fixed,
                                       static_cast<int>(precision))
                             .ptr;
        std::from_chars(buffer, end, result);
    } else if (std::isfinite(real)) {
        const double scale = std::pow(10.0, static_cast<double>(-precision));
        result = std::nearbyint(real / scale) * scale;
    }
    return input.is(Kind::Float) ? Value::real(result, input.foreign())
                                 : Value::integer(static_cast<std::int64_t>(result), input.foreign());
}

constexpr std::pair<std::string_view, Filter> kFilters[] = {
    {"upper", changed<upper>},
    {"lower", changed<lower>},
    {"capitalize", changed<capitalized>},
    {"title", changed<titleOfWords>},
    {"trim", trim},
    {"replace", replace},
    {"default", defaulted},
    {"d", defaulted},
    {"string", asString},
    {"safe", safe},
    {"escape", escape},
    {"e", escape},
    {"indent", indent},
    {"tojson", toJsonFilter},
    {"format", format},
    {"int", toInt},
    {"float", toFloat},
    {"abs", absolute},
    {"round", rounded},
};

} // namespace

std::int64_t wholeArgument(const Evaluation &evaluation, const Value &value, std::string_view callee)
{
    if (!value.isWhole())
        evaluation.fail("'" + std::string(callee) + "' is given something that is no whole number",
                        "a whole number", describe(value));
    return value.integer();
}

double realArgument(const Interpreter &interpreter, const Value &value, std::string_view callee)
{
    if (value.is(Kind::Undefined))
        interpreter.failUndefined(value);
    if (!value.isNumber())
        interpreter.evaluation.fail("'" + std::string(callee) + "' is given something that is no number",
                                    "a number", describe(value));
    return value.real();
}

Filter findFilter(std::string_view name)
{
    for (const auto &[key, filter] : kFilters) {
        if (key == name)
            return filter;
    }
    return findListFilter(name);
}

} // namespace inference::jinja
