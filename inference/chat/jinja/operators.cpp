// Arithmetic as Python has it, in 64 bits and double.
#include "inference/chat/jinja/builtins.h"
#include "inference/chat/jinja/interpreter.h"
#include "inference/chat/jinja/strings.h"

#include <cmath>

namespace inference::jinja {

namespace {

using Shape = SequenceObject::Shape;

std::string_view symbol(Operator operation)
{
    constexpr std::string_view kSymbols[] = {"+", "-", "*", "/", "//", "%", "**"};
    return kSymbols[static_cast<std::size_t>(operation)];
}

bool isList(const Value &value)
{
    return value.hasShape(Shape::List) || value.hasShape(Shape::Tuple);
}

// a ** b for b >= 0; false when it needs more than 64 bits.
bool wholePower(std::int64_t base, std::int64_t exponent, std::int64_t &out)
{
    out = 1;
    while (exponent > 0) {
        if ((exponent & 1) && __builtin_mul_overflow(out, base, &out))
            return false;
        exponent >>= 1;
        if (exponent > 0 && __builtin_mul_overflow(base, base, &base))
            return false;
    }
    return true;
}

} // namespace

void Interpreter::failOperands(Operator operation, const Value &a, const Value &b) const
{
    if (a.is(Kind::Undefined) || b.is(Kind::Undefined))
        failUndefined(a.is(Kind::Undefined) ? a : b);
    evaluation.fail("'" + std::string(symbol(operation)) + "' cannot be done with two such values",
                    "two of one kind", describe(a) + " and " + describe(b));
}

Value Interpreter::add(const Value &a, const Value &b)
{
    if (a.is(Kind::String) && b.is(Kind::String)) {
        const bool markup = a.markup() || b.markup();
        Text text;
        evaluation.spend(1);
        appendTo(evaluation, text, markup && !a.markup() ? escaped(evaluation, a.text()) : a.text());
        appendTo(evaluation, text, markup && !b.markup() ? escaped(evaluation, b.text()) : b.text());
        return Value::string(std::move(text), markup);
    }
    if (!isList(a) || !isList(b) || a.sequence().shape != b.sequence().shape)
        failOperands(Operator::Add, a, b);
    evaluation.spendElements(a.sequence().items.size() + b.sequence().items.size());
    std::vector<Value> items = a.sequence().items;
    items.insert(items.end(), b.sequence().items.begin(), b.sequence().items.end());
    return Value::sequence(evaluation, a.sequence().shape, std::move(items));
}

Value Interpreter::multiply(const Value &a, const Value &times)
{
    if (a.is(Kind::String))
        return Value::string(repeated(evaluation, a.text(), times.integer()));
    std::vector<Value> items;
    const std::vector<Value> &from = a.sequence().items;
    for (std::int64_t i = 0; i < times.integer() && !from.empty(); ++i) {
        evaluation.spendElements(from.size());
        items.insert(items.end(), from.begin(), from.end());
    }
    return Value::sequence(evaluation, a.sequence().shape, std::move(items));
}

Value Interpreter::arithmetic(Operator operation, const Value &a, const Value &b)
{
    const bool foreign = a.foreign() || b.foreign();
    if (a.isWhole() && b.isWhole())
        return wholeArithmetic(operation, a.integer(), b.integer(), foreign);
    if (a.isNumber() && b.isNumber())
        return realArithmetic(operation, a.real(), b.real(), foreign);
    if (operation == Operator::Add)
        return add(a, b);
    if (operation == Operator::Remainder && a.is(Kind::String))
        return percentFormat(*this, a.text(), b);
    if (operation == Operator::Multiply) {
        if ((a.is(Kind::String) || isList(a)) && b.isWhole())
            return multiply(a, b);
        if ((b.is(Kind::String) || isList(b)) && a.isWhole())
            return multiply(b, a);
    }
    failOperands(operation, a, b);
}

Value Interpreter::wholeArithmetic(Operator operation, std::int64_t a, std::int64_t b, bool foreign)
{
    std::int64_t result = 0;
    bool overflow = false;
    switch (operation) {
    case Operator::Add:
        overflow = __builtin_add_overflow(a, b, &result);
        break;
    case Operator::Subtract:
        overflow = __builtin_sub_overflow(a, b, &result);
        break;
    case Operator::Multiply:
        overflow = __builtin_mul_overflow(a, b, &result);
        break;
    case Operator::FloorDivide:
    case Operator::Remainder: {
        if (b == 0)
            evaluation.fail("A number is divided by nothing", "another number", "0");
        if (b == -1) { // the only quotient that can overflow
            overflow =
                operation == Operator::FloorDivide && __builtin_sub_overflow(std::int64_t(0), a, &result);
            break;
        }
        const std::int64_t remainder = a % b;
        const bool down = remainder != 0 && (remainder < 0) != (b < 0); // Python rounds down, C++ to zero
        result = operation == Operator::FloorDivide ? a / b - (down ? 1 : 0) : remainder + (down ? b : 0);
        break;
    }
    case Operator::Power:
        if (b < 0)
            return realArithmetic(operation, static_cast<double>(a), static_cast<double>(b), foreign);
        overflow = !wholePower(a, b, result);
        break;
    case Operator::Divide:
        return realArithmetic(operation, static_cast<double>(a), static_cast<double>(b), foreign);
    }
    if (overflow)
        evaluation.failUnsupported("A whole number becomes too large", "64 bits",
                                   std::to_string(a) + " " + std::string(symbol(operation)) + " " +
                                       std::to_string(b));
    return Value::integer(result, foreign);
}

Value Interpreter::realArithmetic(Operator operation, double a, double b, bool foreign)
{
    const bool divides = operation == Operator::Divide || operation == Operator::FloorDivide ||
                         operation == Operator::Remainder;
    if (b == 0 && divides)
        evaluation.fail("A number is divided by nothing", "another number", "0");
    double result = 0;
    switch (operation) {
    case Operator::Add:
        result = a + b;
        break;
    case Operator::Subtract:
        result = a - b;
        break;
    case Operator::Multiply:
        result = a * b;
        break;
    case Operator::Divide:
        result = a / b;
        break;
    case Operator::FloorDivide:
    case Operator::Remainder: { // as CPython's float_divmod
        double remainder = std::fmod(a, b);
        double quotient = (a - remainder) / b;
        if (remainder != 0 && (b < 0) != (remainder < 0)) {
            remainder += b;
            quotient -= 1;
        }
        if (remainder == 0)
            remainder = std::copysign(0.0, b);
        if (operation == Operator::Remainder) {
            result = remainder;
            break;
        }
        result = quotient == 0 ? std::copysign(0.0, a / b) : std::floor(quotient);
        if (quotient - result > 0.5)
            result += 1;
        break;
    }
    case Operator::Power:
        if ((a == 0 && b < 0) || (a < 0 && b != std::floor(b)))
            evaluation.fail("A power has no real value", "a positive number",
                            floatText(a) + " ** " + floatText(b));
        result = std::pow(a, b);
        break;
    }
    return Value::real(result, foreign);
}

} // namespace inference::jinja
