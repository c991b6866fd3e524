// Functions that every template sees.
#include "inference/chat/jinja/builtin_filters.h"
#include "inference/chat/jinja/strings.h"
#include "inference/gguf/wording.h"

#include <algorithm>
#include <cstdio>

namespace inference::jinja {

namespace {

using Shape = SequenceObject::Shape;

Value range(Interpreter &interpreter, Arguments &arguments)
{
    Evaluation &evaluation = interpreter.evaluation;
    const auto bound = arguments.bind(evaluation, "range", {"start", "stop", "step"}, 1);
    const auto number = [&](std::size_t i) { return wholeArgument(evaluation, *bound[i], "range"); };
    const std::int64_t start = bound[1] ? number(0) : 0, stop = bound[1] ? number(1) : number(0);
    const std::int64_t step = bound[2] ? number(2) : 1;
    if (step == 0)
        evaluation.fail("The step of range() is nothing", "another number", "0");
    std::vector<Value> items;
    for (std::int64_t i = start; step > 0 ? i < stop : i > stop;) {
        if (static_cast<std::int64_t>(items.size()) == evaluation.limits().rangeSize)
            evaluation.failUnsupported(
                "range() is too large",
                "at most " + grouped(static_cast<std::uint64_t>(evaluation.limits().rangeSize)), "more");
        evaluation.spend(kElementPrice);
        items.push_back(Value::integer(i));
        if (__builtin_add_overflow(i, step, &i))
            break;
    }
    return Value::sequence(evaluation, Shape::Range, std::move(items));
}

// The entries of dict(...) and namespace(...): of a dict or of pairs, then those with names.
std::vector<std::pair<Value, Value>> entriesOf(Interpreter &interpreter, const Arguments &arguments)
{
    Evaluation &evaluation = interpreter.evaluation;
    std::vector<std::pair<Value, Value>> entries;
    if (arguments.positional.size() > 1)
        evaluation.fail("dict() or namespace() is given too many arguments", "at most 1",
                        std::to_string(arguments.positional.size()));
    for (const Value &from : arguments.positional) {
        if (from.is(Kind::Dict)) {
            evaluation.spendElements(from.dict().entries.size() * 2);
            entries = from.dict().entries;
            continue;
        }
        for (const Value &item : iterate(evaluation, from)) {
            const std::vector<Value> pair = iterate(evaluation, item);
            if (pair.size() != 2)
                evaluation.fail("dict() is given something that is no pair", "a key and a value",
                                describe(item));
            insert(evaluation, entries, pair[0], pair[1]);
        }
    }
    for (const auto &[name, value] : arguments.named)
        insert(evaluation, entries, Value::string(name), value);
    return entries;
}

Value dict(Interpreter &interpreter, Arguments &arguments)
{
    return Value::dict(interpreter.evaluation, entriesOf(interpreter, arguments));
}

Value makeNamespace(Interpreter &interpreter, Arguments &arguments)
{
    std::vector<std::pair<std::string, Value>> attributes;
    for (auto &[key, value] : entriesOf(interpreter, arguments)) {
        if (!key.is(Kind::String) || key.bytes().starts_with('_'))
            interpreter.evaluation.fail("An attribute of a namespace has a wrong name", "a letter first",
                                        describe(key));
        attributes.emplace_back(std::string(key.bytes()), value);
    }
    return interpreter.newNamespace(std::move(attributes));
}

Value raiseException(Interpreter &interpreter, Arguments &arguments)
{
    Evaluation &evaluation = interpreter.evaluation;
    const Value &message = *arguments.bind(evaluation, "raise_exception", {"message"}, 1)[0];
    evaluation.fail("The template refuses the conversation", {}, toText(evaluation, message).bytes(),
                    "Change the conversation or choose another model.");
}

Value strftimeNow(Interpreter &interpreter, Arguments &arguments)
{
    Evaluation &evaluation = interpreter.evaluation;
    const Value &format = *arguments.bind(evaluation, "strftime_now", {"format"}, 1)[0];
    if (!format.is(Kind::String))
        evaluation.fail("strftime_now is given something that is no text", "text", describe(format));
    return Value::string(
        Text(formattedTime(evaluation, interpreter.now(), format.bytes()), format.foreign()));
}

// Empty at the first call, then what it was made with.
Value joiner(Interpreter &interpreter, Arguments &arguments)
{
    const Value *given = arguments.bind(interpreter.evaluation, "joiner", {"sep"})[0];
    const Value separator = given ? *given : Value::string(", ");
    return Value::callable(
        "joiner",
        [separator, used = std::make_shared<bool>(false)](Interpreter &, Arguments &) {
            return std::exchange(*used, true) ? separator : Value::string("");
        },
        separator.depth() + 1);
}

// Days since 1970-01-01 in the proleptic Gregorian calendar (Howard Hinnant, "chrono-compatible date
// algorithms").
std::int64_t daysFromCivil(std::int64_t year, int month, int day)
{
    year -= month <= 2 ? 1 : 0;
    const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
    const std::int64_t yearOfEra = year - era * 400;
    const std::int64_t dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468;
}

std::string padded(std::int64_t number, int width, char fill)
{
    std::string digits = std::to_string(number);
    if (fill != '\0' && static_cast<int>(digits.size()) < width)
        digits.insert(0, static_cast<std::size_t>(width) - digits.size(), fill);
    return digits;
}

constexpr std::string_view kDays[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                      "Thursday", "Friday", "Saturday"};
constexpr std::string_view kMonths[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};

} // namespace

// In the C locale, whatever the machine's: the model has learnt English names.
std::string formattedTime(Evaluation &evaluation, const DateTime &time, std::string_view format)
{
    const int month = std::clamp(time.month, 1, 12), hour12 = time.hour % 12 == 0 ? 12 : time.hour % 12;
    const std::int64_t days = daysFromCivil(time.year, month, time.day);
    const auto weekday = static_cast<std::size_t>(((days + 4) % 7 + 7) % 7);
    const std::string_view day = kDays[weekday], name = kMonths[month - 1];
    std::string out;
    for (std::size_t i = 0; i < format.size(); ++i) {
        evaluation.spend(kNodePrice);
        if (format[i] != '%' || i + 1 == format.size()) {
            out += format[i];
            continue;
        }
        const std::size_t begin = i++;
        const bool bare = (format[i] == '-' || format[i] == '_') && i + 1 < format.size();
        const char fill = !bare ? '0' : format[i] == '-' ? '\0' : ' ';
        i += bare ? 1 : 0;
        const auto again = [&](std::string_view other) { out += formattedTime(evaluation, time, other); };
        switch (format[i]) {
        case 'Y':
            out += std::to_string(time.year);
            break;
        case 'y':
            out += padded(time.year % 100, 2, fill);
            break;
        case 'm':
            out += padded(month, 2, fill);
            break;
        case 'd':
            out += padded(time.day, 2, fill);
            break;
        case 'e':
            out += padded(time.day, 2, bare ? fill : ' ');
            break;
        case 'H':
            out += padded(time.hour, 2, fill);
            break;
        case 'I':
            out += padded(hour12, 2, fill);
            break;
        case 'M':
            out += padded(time.minute, 2, fill);
            break;
        case 'S':
            out += padded(time.second, 2, fill);
            break;
        case 'j':
            out += padded(days - daysFromCivil(time.year, 1, 1) + 1, 3, fill);
            break;
        case 'f':
            out += "000000";
            break;
        case 'p':
            out += time.hour < 12 ? "AM" : "PM";
            break;
        case 'a':
            out += day.substr(0, 3);
            break;
        case 'A':
            out += day;
            break;
        case 'b':
        case 'h':
            out += name.substr(0, 3);
            break;
        case 'B':
            out += name;
            break;
        case 'u':
            out += std::to_string(weekday == 0 ? 7 : weekday);
            break;
        case 'w':
            out += std::to_string(weekday);
            break;
        case 'F':
            again("%Y-%m-%d");
            break;
        case 'T':
        case 'X':
            again("%H:%M:%S");
            break;
        case 'R':
            again("%H:%M");
            break;
        case 'D':
        case 'x':
            again("%m/%d/%y");
            break;
        case 'c':
            again("%a %b %e %H:%M:%S %Y");
            break;
        case 'z':
        case 'Z':
            break; // the reference's time has no zone either
        case 'n':
            out += '\n';
            break;
        case 't':
            out += '\t';
            break;
        case '%':
            out += '%';
            break;
        default:
            out += format.substr(begin, i - begin + 1); // as the C library leaves it
        }
    }
    return out;
}

Value findFunction(std::string_view name)
{
    constexpr std::pair<std::string_view, Value (*)(Interpreter &, Arguments &)> kFunctions[] = {
        {"range", range},
        {"dict", dict},
        {"namespace", makeNamespace},
        {"raise_exception", raiseException},
        {"strftime_now", strftimeNow},
        {"joiner", joiner},
    };
    for (const auto &[key, function] : kFunctions) {
        if (key == name)
            return Value::callable(std::string(name), function);
    }
    return {};
}

} // namespace inference::jinja
