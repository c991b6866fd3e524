// Tests: what may stand behind `is`.
#include "inference/chat/jinja/builtins.h"
#include "inference/chat/jinja/strings.h"
#include "inference/text/utf8.h"

#include <algorithm>

namespace inference::jinja {

namespace {

using Shape = SequenceObject::Shape;

const Value &only(Interpreter &interpreter, const Arguments &arguments, std::string_view test)
{
    return *arguments.bind(interpreter.evaluation, test, {"other"}, 1)[0];
}

void none(Interpreter &interpreter, const Arguments &arguments)
{
    arguments.bind(interpreter.evaluation, "test", {});
}

template <bool (*is)(const Value &)>
bool plain(Interpreter &interpreter, const Value &value, Arguments &arguments)
{
    none(interpreter, arguments);
    return is(value);
}

bool isDefined(const Value &value)
{
    return !value.is(Kind::Undefined);
}

bool isUndefined(const Value &value)
{
    return value.is(Kind::Undefined);
}

template <Kind kind> bool isKind(const Value &value)
{
    return value.is(kind);
}

bool isNumber(const Value &value)
{
    return value.isNumber();
}

bool isTrue(const Value &value)
{
    return value.is(Kind::Bool) && value.boolean();
}

bool isFalse(const Value &value)
{
    return value.is(Kind::Bool) && !value.boolean();
}

bool isSequence(const Value &value)
{
    return value.is(Kind::Undefined) || value.is(Kind::String) || value.is(Kind::Dict) ||
           value.hasShape(Shape::List) || value.hasShape(Shape::Tuple) || value.hasShape(Shape::Range);
}

bool isCallable(const Value &value)
{
    return value.is(Kind::Undefined) || value.is(Kind::Callable);
}

bool isEscaped(const Value &value)
{
    return value.is(Kind::String) && value.markup();
}

template <bool equals, bool greater, bool negated>
bool compares(Interpreter &interpreter, const Value &value, Arguments &arguments)
{
    Evaluation &evaluation = interpreter.evaluation;
    const Value &other = only(interpreter, arguments, "comparison");
    if constexpr (equals && !greater) {
        return equal(evaluation, value, other) != negated;
    } else {
        // a < b, and a <= b as b < a or equal
        const Value &a = greater ? other : value;
        const Value &b = greater ? value : other;
        if (a.is(Kind::Undefined) || b.is(Kind::Undefined))
            interpreter.failUndefined(a.is(Kind::Undefined) ? a : b);
        return less(evaluation, a, b) || (negated && equal(evaluation, a, b));
    }
}

bool isIn(Interpreter &interpreter, const Value &value, Arguments &arguments)
{
    return contains(interpreter.evaluation, only(interpreter, arguments, "in"), value);
}

bool isSame(Interpreter &interpreter, const Value &value, Arguments &arguments)
{
    const Value &other = only(interpreter, arguments, "sameas");
    if (value.kind() != other.kind())
        return false;
    if (value.is(Kind::None) || value.is(Kind::Bool) || value.is(Kind::Int))
        return equal(interpreter.evaluation, value, other);
    return value.sameObject(other);
}

template <bool odd> bool hasParity(Interpreter &interpreter, const Value &value, Arguments &arguments)
{
    none(interpreter, arguments);
    if (!value.isWhole())
        interpreter.evaluation.fail("Only a whole number is odd or even", "a whole number", describe(value));
    return (value.integer() % 2 != 0) == odd;
}

bool isDivisible(Interpreter &interpreter, const Value &value, Arguments &arguments)
{
    const Value &by = only(interpreter, arguments, "divisibleby");
    if (!value.isWhole() || !by.isWhole() || by.integer() == 0)
        interpreter.evaluation.fail("Two values cannot be divided", "whole numbers",
                                    describe(value) + " and " + describe(by));
    return by.integer() == -1 || value.integer() % by.integer() == 0;
}

// str.isupper() and islower(): a cased character, and none of the other case.
template <bool wantsUpper> bool isCase(Interpreter &interpreter, const Value &value, Arguments &arguments)
{
    none(interpreter, arguments);
    Evaluation &evaluation = interpreter.evaluation;
    const Text text = toText(evaluation, value);
    const Text other = wantsUpper ? lower(evaluation, text) : upper(evaluation, text);
    const Text same = wantsUpper ? upper(evaluation, text) : lower(evaluation, text);
    return same.bytes() == text.bytes() && other.bytes() != text.bytes();
}

bool isFilter(Interpreter &interpreter, const Value &value, Arguments &arguments)
{
    none(interpreter, arguments);
    return value.is(Kind::String) && findFilter(value.bytes());
}

bool isTest(Interpreter &interpreter, const Value &value, Arguments &arguments)
{
    none(interpreter, arguments);
    return value.is(Kind::String) && findTest(value.bytes());
}

constexpr std::pair<std::string_view, Test> kTests[] = {
    {"defined", plain<isDefined>},
    {"undefined", plain<isUndefined>},
    {"none", plain<isKind<Kind::None>>},
    {"boolean", plain<isKind<Kind::Bool>>},
    {"integer", plain<isKind<Kind::Int>>},
    {"float", plain<isKind<Kind::Float>>},
    {"number", plain<isNumber>},
    {"string", plain<isKind<Kind::String>>},
    {"mapping", plain<isKind<Kind::Dict>>},
    {"iterable", plain<isIterable>},
    {"sequence", plain<isSequence>},
    {"callable", plain<isCallable>},
    {"escaped", plain<isEscaped>},
    {"true", plain<isTrue>},
    {"false", plain<isFalse>},
    {"sameas", isSame},
    {"odd", hasParity<true>},
    {"even", hasParity<false>},
    {"divisibleby", isDivisible},
    {"in", isIn},
    {"upper", isCase<true>},
    {"lower", isCase<false>},
    {"filter", isFilter},
    {"test", isTest},
    {"eq", compares<true, false, false>},
    {"equalto", compares<true, false, false>},
    {"==", compares<true, false, false>},
    {"ne", compares<true, false, true>},
    {"!=", compares<true, false, true>},
    {"lt", compares<false, false, false>},
    {"lessthan", compares<false, false, false>},
    {"<", compares<false, false, false>},
    {"le", compares<false, false, true>},
    {"<=", compares<false, false, true>},
    {"gt", compares<false, true, false>},
    {"greaterthan", compares<false, true, false>},
    {">", compares<false, true, false>},
    {"ge", compares<false, true, true>},
    {">=", compares<false, true, true>},
};

} // namespace

Test findTest(std::string_view name)
{
    for (const auto &[key, test] : kTests) {
        if (key == name)
            return test;
    }
    return nullptr;
}

} // namespace inference::jinja
