// 'a %s' % b, and 'a {}'.format(b).
#include "inference/chat/jinja/builtin_filters.h"
#include "inference/chat/jinja/strings.h"

#include <charconv>
#include <cmath>

namespace inference::jinja {

namespace {

using Shape = SequenceObject::Shape;

constexpr std::int64_t kWidest = 10'000;

struct Conversion
{
    bool left = false, zeros = false, plus = false, space = false;
    std::int64_t width = 0, precision = -1;
    char kind = 's';
};

std::string realText(double value, const Conversion &conversion)
{
    const auto style = conversion.kind == 'e'   ? std::chars_format::scientific
                       : conversion.kind == 'g' ? std::chars_format::general
                                                : std::chars_format::fixed;
    const auto precision =
        static_cast<int>(conversion.precision < 0 ? 6 : std::min<std::int64_t>(conversion.precision, 300));
    char buffer[800];
    return {buffer, std::to_chars(buffer, buffer + sizeof buffer, value, style, precision).ptr};
}

// Reads "%..." from `bytes` at `at`, which is behind the per cent sign; afterwards behind the conversion.
class PercentFormatter
{
public:
    PercentFormatter(Interpreter &interpreter, const Text &format, const Value &arguments)
        : m_interpreter(interpreter), m_evaluation(interpreter.evaluation), m_format(format),
          m_arguments(arguments)
    {}

    // One value by the part of {:...} behind the colon: [<>][0][width][.precision][type].
    Text specified(const Value &value, std::string_view specification)
    {
        Conversion conversion;
        conversion.kind = value.isNumber() ? (value.isWhole() ? 'd' : 's') : 's';
        conversion.left = !value.isNumber();
        std::size_t i = 0;
        const auto has = [&](char c) { return i < specification.size() && specification[i] == c; };
        const auto number = [&] {
            std::int64_t number = 0;
            for (; i < specification.size() && specification[i] >= '0' && specification[i] <= '9'; ++i)
                number = std::min<std::int64_t>(number * 10 + (specification[i] - '0'), kWidest + 1);
            return number;
        };
        if (has('<') || has('>'))
            conversion.left = specification[i++] == '<';
        if (has('0')) {
            conversion.zeros = true;
            ++i;
        }
        conversion.width = number();
        if (has('.')) {
            ++i;
            conversion.precision = number();
        }
        constexpr std::string_view kKinds = "sdfxXoeg";
        if (i + 1 == specification.size() && kKinds.find(specification[i]) != kKinds.npos)
            conversion.kind = specification[i++];
        const bool text = value.is(Kind::String) == (conversion.kind == 's');
        if (i != specification.size() || conversion.width > kWidest || conversion.precision > kWidest ||
            (!specification.empty() && !text))
            m_evaluation.failUnsupported("A format specification is not supported", "such as {:5d} or {:.2f}",
                                         specification);
        put(value, conversion);
        return std::move(m_out);
    }

    Value run()
    {
        const std::string_view bytes = m_format.bytes();
        std::size_t from = 0;
        for (std::size_t at = bytes.find('%'); at != bytes.npos; at = bytes.find('%', from)) {
            appendTo(m_evaluation, m_out, m_format.slice(from, at - from));
            m_evaluation.spend(kNodePrice);
            from = convert(at + 1);
        }
        appendTo(m_evaluation, m_out, m_format.slice(from, bytes.size() - from));
        const bool tuple = m_arguments.hasShape(Shape::Tuple);
        const bool scalar = !m_arguments.is(Kind::Dict) && !m_arguments.is(Kind::Sequence);
        if ((tuple && m_next < m_arguments.sequence().items.size()) || (scalar && m_next == 0))
            m_evaluation.fail("A format has fewer places than there are values", std::to_string(m_next),
                              describe(m_arguments));
        return Value::string(std::move(m_out));
    }

private:
    char at(std::size_t i)
    {
        if (i >= m_format.size())
            m_evaluation.fail("A format ends inside a place for a value", "a conversion such as %s",
                              "the end");
        return m_format.bytes()[i];
    }

    std::size_t convert(std::size_t i)
    {
        Conversion conversion;
        const Value *named = nullptr;
        if (at(i) == '(') {
            const std::size_t end = m_format.bytes().find(')', i);
            if (end == std::string_view::npos || !m_arguments.is(Kind::Dict))
                m_evaluation.fail("A format names a value where there are no names", "a dict",
                                  describe(m_arguments));
            named = find(m_arguments.dict(), m_format.bytes().substr(i + 1, end - i - 1));
            if (!named)
                m_evaluation.fail("A format names a value that is not there", {},
                                  m_format.bytes().substr(i + 1, end - i - 1));
            i = end + 1;
        }
        for (;; ++i) {
            const char c = at(i);
            conversion.left = conversion.left || c == '-';
            conversion.zeros = conversion.zeros || c == '0';
            conversion.plus = conversion.plus || c == '+';
            conversion.space = conversion.space || c == ' ';
            if (c != '-' && c != '0' && c != '+' && c != ' ')
                break;
        }
        const auto number = [&] {
            std::int64_t value = 0;
            for (; at(i) >= '0' && at(i) <= '9'; ++i)
                value = std::min<std::int64_t>(value * 10 + (at(i) - '0'), kWidest + 1);
            if (value > kWidest)
                m_evaluation.failUnsupported("A format is too wide", "at most " + std::to_string(kWidest),
                                             "more");
            return value;
        };
        conversion.width = number();
        if (at(i) == '.') {
            ++i;
            conversion.precision = number();
        }
        conversion.kind = at(i);
        if (conversion.kind == '%')
            m_out.append("%", m_format.foreignAt(i));
        else
            put(named ? *named : next(), conversion);
        return i + 1;
    }

    const Value &next()
    {
        const bool tuple = m_arguments.hasShape(Shape::Tuple);
        if (m_next >= (tuple ? m_arguments.sequence().items.size() : 1))
            m_evaluation.fail("A format has more places than there are values", "another value",
                              describe(m_arguments));
        ++m_next;
        return tuple ? m_arguments.sequence().items[m_next - 1] : m_arguments;
    }

    void put(const Value &value, const Conversion &conversion)
    {
        Text text;
        bool isNumber = true;
        switch (conversion.kind) {
        case 's':
        case 'r':
            isNumber = false;
            text = conversion.kind == 's' ? toText(m_evaluation, value) : toRepr(m_evaluation, value);
            if (conversion.precision >= 0) {
                const auto offsets = characterOffsets(text.bytes());
                const auto kept =
                    std::min<std::size_t>(offsets.size() - 1, static_cast<std::size_t>(conversion.precision));
                text = text.slice(0, offsets[kept]);
            }
            break;
        case 'd':
        case 'i': {
            const double real = realArgument(m_interpreter, value, "%d");
            if (!value.isWhole() && !(std::fabs(real) < 9e18))
                m_evaluation.failUnsupported("A whole number is too large", "64 bits", describe(value));
            text = Text(std::to_string(value.isWhole() ? value.integer() : static_cast<std::int64_t>(real)),
                        value.foreign());
            break;
        }
        case 'x':
        case 'X':
        case 'o': {
            char buffer[80];
            const auto end =
                std::to_chars(buffer, buffer + sizeof buffer, wholeArgument(m_evaluation, value, "%x"),
                              conversion.kind == 'o' ? 8 : 16)
                    .ptr;
            text = Text({buffer, static_cast<std::size_t>(end - buffer)}, value.foreign());
            if (conversion.kind == 'X')
                text = upper(m_evaluation, text);
            break;
        }
        case 'f':
        case 'F':
        case 'e':
        case 'g':
            text = Text(realText(realArgument(m_interpreter, value, "%f"), conversion), value.foreign());
            break;
        default:
            m_evaluation.failUnsupported("A conversion is not known", "%s, %d, %f, %x or %r",
                                         std::string("%") + conversion.kind);
        }
        pad(std::move(text), conversion, isNumber);
    }

    void pad(Text text, const Conversion &conversion, bool isNumber)
    {
        const bool negative = text.bytes().starts_with('-');
        if (isNumber && !negative && (conversion.plus || conversion.space)) {
            Text sign(conversion.plus ? "+" : " ", text.anyForeign());
            sign.append(text);
            text = std::move(sign);
        }
        const auto size = static_cast<std::int64_t>(characterCount(text.bytes()));
        const std::int64_t missing = std::max<std::int64_t>(0, conversion.width - size);
        const bool zeros = conversion.zeros && isNumber && !conversion.left;
        const Text fill = repeated(m_evaluation, Text(zeros ? "0" : " ", m_format.anyForeign()), missing);
        const bool sign = zeros && (text.bytes().starts_with('-') || text.bytes().starts_with('+') ||
                                    text.bytes().starts_with(' '));
        if (sign)
            appendTo(m_evaluation, m_out, text.slice(0, 1));
        if (!conversion.left)
            appendTo(m_evaluation, m_out, fill);
        appendTo(m_evaluation, m_out, sign ? text.slice(1, text.size() - 1) : text);
        if (conversion.left)
            appendTo(m_evaluation, m_out, fill);
    }

    Interpreter &m_interpreter;
    Evaluation &m_evaluation;
    const Text &m_format;
    const Value m_arguments;
    Text m_out;
    std::size_t m_next = 0;
};

} // namespace

Value percentFormat(Interpreter &interpreter, const Text &format, const Value &arguments)
{
    return PercentFormatter(interpreter, format, arguments).run();
}

// {}, {0}, {name}, each with !r or !s or a short specification; {{ and }}.
Value braceFormat(Interpreter &interpreter, const Text &format, Arguments &arguments)
{
    Evaluation &evaluation = interpreter.evaluation;
    const std::string_view bytes = format.bytes();
    Text out;
    std::size_t next = 0;
    for (std::size_t i = 0; i < bytes.size();) {
        const std::size_t brace = bytes.find_first_of("{}", i);
        const std::size_t end = brace == bytes.npos ? bytes.size() : brace;
        appendTo(evaluation, out, format.slice(i, end - i));
        if (brace == bytes.npos)
            break;
        evaluation.spend(kNodePrice);
        if (brace + 1 < bytes.size() && bytes[brace + 1] == bytes[brace]) {
            appendTo(evaluation, out, format.slice(brace, 1));
            i = brace + 2;
            continue;
        }
        const std::size_t close = bytes.find_first_of("{}", brace + 1);
        if (bytes[brace] == '}' || close == bytes.npos || bytes[close] == '{')
            evaluation.fail("The braces of a format do not match", "{} in pairs",
                            std::string(1, bytes[brace]));
        std::string_view field = bytes.substr(brace + 1, close - brace - 1);
        std::string_view specification;
        if (const std::size_t colon = field.find(':'); colon != field.npos) {
            specification = field.substr(colon + 1);
            field = field.substr(0, colon);
        }
        const bool repr = field.ends_with("!r");
        if (repr || field.ends_with("!s"))
            field.remove_suffix(2);
        std::size_t place = next;
        const bool number = std::from_chars(field.data(), field.data() + field.size(), place).ptr ==
                            field.data() + field.size();
        const Value *value = nullptr;
        if (field.empty() || number) {
            next += field.empty() ? 1 : 0;
            value = place < arguments.positional.size() ? &arguments.positional[place] : nullptr;
        } else {
            for (const auto &[name, named] : arguments.named)
                value = name == field ? &named : value;
        }
        if (!value)
            evaluation.failUnsupported("A format has a place for which there is no value",
                                       "{}, {0} or {name}", field);
        if (specification.empty())
            appendTo(evaluation, out, repr ? toRepr(evaluation, *value) : toText(evaluation, *value));
        else
            appendTo(evaluation, out,
                     PercentFormatter(interpreter, format, {}).specified(*value, specification));
        i = close + 1;
    }
    return Value::string(std::move(out));
}

} // namespace inference::jinja
