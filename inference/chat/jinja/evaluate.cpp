// Expressions.
#include "inference/chat/jinja/builtins.h"
#include "inference/chat/jinja/interpreter.h"
#include "inference/chat/jinja/strings.h"

#include <algorithm>
#include <array>

namespace inference::jinja {

namespace {

using Shape = SequenceObject::Shape;

// Methods that change a list or dict, which the reference's sandbox does not let a template call.
bool changes(const Value &object, std::string_view name)
{
    constexpr std::string_view kOfLists[] = {"append", "clear", "pop",    "reverse",
                                             "insert", "sort",  "extend", "remove"};
    constexpr std::string_view kOfDicts[] = {"clear", "pop", "popitem", "setdefault", "update"};
    if (object.hasShape(Shape::List))
        return std::find(std::begin(kOfLists), std::end(kOfLists), name) != std::end(kOfLists);
    return object.is(Kind::Dict) &&
           std::find(std::begin(kOfDicts), std::end(kOfDicts), name) != std::end(kOfDicts);
}

// One bound of a slice as Python's slice.indices() has it.
std::int64_t clipped(std::int64_t bound, std::int64_t length, bool backwards)
{
    if (bound < 0)
        return std::max<std::int64_t>(bound < -length ? -1 : bound + length, backwards ? -1 : 0);
    return std::min(bound, backwards ? length - 1 : length);
}

} // namespace

void Interpreter::failUndefined(const Value &value) const
{
    evaluation.fail("A value is used that is not there", {}, value.hint());
}

std::vector<Value> Interpreter::evaluateAll(std::span<const ExpressionPtr> expressions)
{
    evaluation.spendElements(expressions.size());
    std::vector<Value> values;
    values.reserve(expressions.size());
    for (const ExpressionPtr &expression : expressions)
        values.push_back(evaluate(*expression));
    return values;
}

Arguments Interpreter::evaluateArguments(const Expression &call)
{
    Arguments arguments;
    std::vector<Value> values = evaluateAll(std::span(call.children).subspan(1));
    const std::size_t places = values.size() - call.keywords.size();
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i < places)
            arguments.positional.push_back(std::move(values[i]));
        else
            arguments.named.emplace_back(call.keywords[i - places], std::move(values[i]));
    }
    return arguments;
}

Value Interpreter::evaluate(const Expression &expression)
{
    using Type = Expression::Type;
    const Nested nested(evaluation);
    evaluation.position = expression.at;
    evaluation.spend(kNodePrice);
    const auto &children = expression.children;
    switch (expression.type) {
    case Type::Constant:
        return expression.constant;
    case Type::Name:
        return evaluateName(expression);
    case Type::Attribute: {
        const Value object = evaluate(*children[0]);
        evaluation.position = expression.at;
        return attribute(object, expression.name);
    }
    case Type::Subscript: {
        const Value object = evaluate(*children[0]);
        const Value key = evaluate(*children[1]);
        evaluation.position = expression.at;
        return subscript(object, key);
    }
    case Type::Slice:
        return evaluateSlice(expression);
    case Type::Call:
        return evaluateCall(expression);
    case Type::Filter:
        return evaluateFilter(expression, nullptr);
    case Type::Test:
        return evaluateTest(expression);
    case Type::Not: {
        const Value value = evaluate(*children[0]);
        return Value::boolean(!truth(value), value.foreign());
    }
    case Type::Minus:
    case Type::Plus:
        return evaluateSign(expression);
    case Type::Arithmetic: {
        const Value a = evaluate(*children[0]);
        const Value b = evaluate(*children[1]);
        evaluation.position = expression.at;
        return arithmetic(expression.arithmetic, a, b);
    }
    case Type::Compare:
        return evaluateCompare(expression);
    case Type::And:
    case Type::Or: {
        Value left = evaluate(*children[0]);
        return truth(left) == (expression.type == Type::Or) ? left : evaluate(*children[1]);
    }
    case Type::Condition:
        if (truth(evaluate(*children[0])))
            return evaluate(*children[1]);
        return children[2]
                   ? evaluate(*children[2])
                   : Value::undefined("the inline if-expression evaluated to false and no else is there");
    case Type::Concat:
        return evaluateConcat(expression);
    case Type::List:
        return Value::sequence(evaluation, Shape::List, evaluateAll(children));
    case Type::Tuple:
        return Value::sequence(evaluation, Shape::Tuple, evaluateAll(children));
    case Type::Dict:
        return evaluateDict(expression);
    }
    return {};
}

Value Interpreter::evaluateName(const Expression &expression)
{
    if (const Value *value = m_scope->find(expression.name))
        return *value;
    const Value function = findFunction(expression.name);
    return function.is(Kind::Undefined) ? Value::undefined("'" + expression.name + "' is undefined")
                                        : function;
}

Value Interpreter::evaluateSign(const Expression &expression)
{
    const Value value = evaluate(*expression.children[0]);
    evaluation.position = expression.at;
    if (!value.isNumber())
        evaluation.fail("A sign stands before something that is no number", "a number", describe(value));
    if (expression.type == Expression::Type::Plus)
        return value.is(Kind::Float) ? value : Value::integer(value.integer(), value.foreign());
    if (value.is(Kind::Float))
        return Value::real(-value.real(), value.foreign());
    return wholeArithmetic(Operator::Subtract, 0, value.integer(), value.foreign());
}

Value Interpreter::evaluateDict(const Expression &expression)
{
    std::vector<std::pair<Value, Value>> entries;
    for (std::size_t i = 0; i < expression.children.size(); i += 2) {
        Value key = evaluate(*expression.children[i]);
        Value value = evaluate(*expression.children[i + 1]);
        evaluation.position = expression.at;
        insert(evaluation, entries, std::move(key), std::move(value));
    }
    return Value::dict(evaluation, std::move(entries));
}

Value Interpreter::evaluateConcat(const Expression &expression)
{
    Text text;
    for (const ExpressionPtr &child : expression.children) {
        const Value value = evaluate(*child);
        evaluation.position = expression.at;
        appendTo(evaluation, text, value.is(Kind::String) ? value.text() : toText(evaluation, value));
    }
    return Value::string(std::move(text));
}

Value Interpreter::evaluateCompare(const Expression &expression)
{
    Value left = evaluate(*expression.children[0]);
    bool foreign = false;
    for (std::size_t i = 0; i < expression.comparisons.size(); ++i) {
        Value right = evaluate(*expression.children[i + 1]);
        evaluation.position = expression.at;
        foreign = foreign || left.foreign() || right.foreign();
        const Comparison comparison = expression.comparisons[i];
        const bool orders = comparison != Comparison::Equal && comparison != Comparison::NotEqual &&
                            comparison != Comparison::In && comparison != Comparison::NotIn;
        if (orders && (left.is(Kind::Undefined) || right.is(Kind::Undefined)))
            failUndefined(left.is(Kind::Undefined) ? left : right);
        bool holds = false;
        switch (comparison) {
        case Comparison::Equal:
            holds = equal(evaluation, left, right);
            break;
        case Comparison::NotEqual:
            holds = !equal(evaluation, left, right);
            break;
        case Comparison::Less:
            holds = less(evaluation, left, right);
            break;
        case Comparison::LessEqual:
            holds = less(evaluation, left, right) || equal(evaluation, left, right);
            break;
        case Comparison::Greater:
            holds = less(evaluation, right, left);
            break;
        case Comparison::GreaterEqual:
            holds = less(evaluation, right, left) || equal(evaluation, left, right);
            break;
        case Comparison::In:
            holds = contains(evaluation, right, left);
            break;
        case Comparison::NotIn:
            holds = !contains(evaluation, right, left);
            break;
        }
        if (!holds)
            return Value::boolean(false, foreign);
        left = std::move(right);
    }
    return Value::boolean(true, foreign);
}

Value Interpreter::evaluateSlice(const Expression &expression)
{
    const Value object = evaluate(*expression.children[0]);
    std::array<std::optional<std::int64_t>, 3> bounds;
    for (std::size_t i = 0; i < 3; ++i) {
        if (!expression.children[i + 1])
            continue;
        const Value bound = evaluate(*expression.children[i + 1]);
        evaluation.position = expression.at;
        if (bound.isWhole())
            bounds[i] = bound.integer();
        else if (!bound.is(Kind::None))
            evaluation.fail("A bound of a slice is no whole number", "a whole number", describe(bound));
    }
    evaluation.position = expression.at;
    const bool text = object.is(Kind::String);
    const bool list =
        object.hasShape(Shape::List) || object.hasShape(Shape::Tuple) || object.hasShape(Shape::Range);
    if (object.is(Kind::Undefined))
        failUndefined(object);
    if (!text && !list)
        evaluation.fail("A slice is taken of something that has none", "a list or text", describe(object));
    const std::int64_t step = bounds[2].value_or(1);
    if (step == 0)
        evaluation.fail("The step of a slice is nothing", "another number", "0");
    std::vector<std::uint32_t> offsets;
    if (text) {
        evaluation.spend(object.text().size() * 4);
        offsets = characterOffsets(object.bytes());
    }
    const auto length = static_cast<std::int64_t>(text ? offsets.size() - 1 : object.sequence().items.size());
    const bool backwards = step < 0;
    const std::int64_t from = bounds[0] ? clipped(*bounds[0], length, backwards) : backwards ? length - 1 : 0;
    const std::int64_t to = bounds[1] ? clipped(*bounds[1], length, backwards) : backwards ? -1 : length;
    if (text && step == 1) {
        if (from >= to)
            return Value::string(Text());
        const std::size_t first = offsets[static_cast<std::size_t>(from)],
                          last = offsets[static_cast<std::size_t>(to)];
        evaluation.spendBytes(last - first);
        return Value::string(object.text().slice(first, last - first));
    }
    std::vector<Value> items;
    Text out;
    // One by one with a guard: from + step may pass the end of the number's range.
    for (std::int64_t i = from; backwards ? i > to : i < to;) {
        const auto at = static_cast<std::size_t>(i);
        evaluation.spend(kElementPrice);
        if (text)
            out.append(object.text(), offsets[at], offsets[at + 1] - offsets[at]);
        else
            items.push_back(object.sequence().items[at]);
        if (__builtin_add_overflow(i, step, &i))
            break;
    }
    return text ? Value::string(std::move(out))
                : Value::sequence(evaluation, object.sequence().shape, std::move(items));
}

Value Interpreter::evaluateCall(const Expression &expression)
{
    const Value callee = evaluate(*expression.children[0]);
    const bool named = expression.children[0]->type == Expression::Type::Name;
    if (callee.is(Kind::Undefined) && named)
        failAt(expression.children[0]->at, ErrorCode::Unsupported, "A function is not known", {},
               "'" + expression.children[0]->name + "'");
    Arguments arguments = evaluateArguments(expression);
    evaluation.position = expression.at;
    return call(callee, arguments);
}

Value Interpreter::call(const Value &callee, Arguments &arguments)
{
    if (callee.is(Kind::Undefined))
        failUndefined(callee);
    if (!callee.is(Kind::Callable))
        evaluation.fail("Something that is no function is called", "a function or macro", describe(callee));
    const Nested nested(evaluation);
    return callee.callable().call(*this, arguments);
}

Value Interpreter::evaluateFilter(const Expression &expression, const Value *input)
{
    Value value;
    if (!expression.children[0])
        value = *input;
    else if (input && expression.children[0]->type == Expression::Type::Filter)
        value = evaluateFilter(*expression.children[0], input); // a chain in {% filter a|b %}
    else
        value = evaluate(*expression.children[0]);
    Arguments arguments = evaluateArguments(expression);
    evaluation.position = expression.at;
    return callFilter(expression.name, value, arguments);
}

Value Interpreter::callFilter(std::string_view name, const Value &input, Arguments &arguments)
{
    const Filter filter = findFilter(name);
    if (!filter)
        evaluation.failUnsupported("A filter is not known", {}, "'" + std::string(name) + "'");
    const Nested nested(evaluation);
    evaluation.spend(kNodePrice);
    return filter(*this, input, arguments);
}

bool Interpreter::callTest(std::string_view name, const Value &input, Arguments &arguments)
{
    const Test test = findTest(name);
    if (!test)
        evaluation.failUnsupported("A test is not known", {}, "'" + std::string(name) + "'");
    const Nested nested(evaluation);
    evaluation.spend(kNodePrice);
    return test(*this, input, arguments);
}

Value Interpreter::evaluateTest(const Expression &expression)
{
    const Value input = evaluate(*expression.children[0]);
    Arguments arguments = evaluateArguments(expression);
    evaluation.position = expression.at;
    return Value::boolean(callTest(expression.name, input, arguments));
}

Value Interpreter::attribute(const Value &object, std::string_view name)
{
    if (object.is(Kind::Undefined))
        failUndefined(object);
    if (object.is(Kind::Namespace)) {
        for (const auto &[key, value] : object.ofNamespace().attributes) {
            if (key == name)
                return value;
        }
    }
    if (changes(object, name))
        return Value::undefined("'" + std::string(name) + "' would change a " +
                                std::string(typeName(object)) + ", which a template may not");
    if (const Value method = findMethod(*this, object, name); !method.is(Kind::Undefined))
        return method;
    if (object.is(Kind::Dict)) {
        evaluation.spend(object.dict().entries.size());
        if (const Value *value = find(object.dict(), name))
            return *value;
    }
    if (object.is(Kind::Loop) && (name == "previtem" || name == "nextitem"))
        return Value::undefined("there is no previous or next item");
    return Value::undefined("'" + std::string(typeName(object)) + "' has no attribute '" + std::string(name) +
                            "'");
}

Value Interpreter::subscript(const Value &object, const Value &key)
{
    if (object.is(Kind::Undefined))
        failUndefined(object);
    const bool list =
        object.hasShape(Shape::List) || object.hasShape(Shape::Tuple) || object.hasShape(Shape::Range);
    if (key.isWhole() && (list || object.is(Kind::String))) {
        const std::int64_t size = length(evaluation, object);
        const std::int64_t index = key.integer() < 0 ? key.integer() + size : key.integer();
        if (index < 0 || index >= size)
            return Value::undefined("'" + std::string(typeName(object)) + "' has no element " +
                                    std::to_string(key.integer()));
        if (list)
            return object.sequence().items[static_cast<std::size_t>(index)];
        evaluation.spend(object.text().size() * 4);
        const std::vector<std::uint32_t> offsets = characterOffsets(object.bytes());
        const std::size_t at = offsets[static_cast<std::size_t>(index)];
        return Value::string(object.text().slice(at, offsets[static_cast<std::size_t>(index) + 1] - at));
    }
    const bool hashable = !key.is(Kind::Dict) && !key.hasShape(Shape::List);
    if (object.is(Kind::Dict) && hashable) {
        if (const Value *value = find(evaluation, object, key))
            return *value;
    }
    if (key.is(Kind::String))
        return attribute(object, key.bytes());
    return Value::undefined("'" + std::string(typeName(object)) + "' has no such element");
}

} // namespace inference::jinja
