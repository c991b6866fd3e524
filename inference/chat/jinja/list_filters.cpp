// Filters on lists and dicts.
#include "inference/chat/jinja/builtin_filters.h"
#include "inference/chat/jinja/strings.h"

#include <algorithm>

namespace inference::jinja {

namespace {

using Shape = SequenceObject::Shape;

Value iterator(Interpreter &interpreter, std::vector<Value> items)
{
    return Value::sequence(interpreter.evaluation, Shape::Iterator, std::move(items));
}

Value lengthOf(Interpreter &interpreter, const Value &input, Arguments &arguments)
{
    arguments.bind(interpreter.evaluation, "length", {});
    return Value::integer(length(interpreter.evaluation, input), input.is(Kind::String) && input.foreign());
}

Value asList(Interpreter &interpreter, const Value &input, Arguments &arguments)
{
    arguments.bind(interpreter.evaluation, "list", {});
    return Value::sequence(interpreter.evaluation, Shape::List, iterate(interpreter.evaluation, input));
}

Value first(Interpreter &interpreter, const Value &input, Arguments &arguments)
{
    arguments.bind(interpreter.evaluation, "first", {});
    if (input.hasShape(Shape::Iterator)) { // takes one and leaves the others
        const auto sequence = input.sharedSequence();
        if (sequence->next < sequence->items.size())
            return sequence->items[sequence->next++];
    } else if (const std::vector<Value> items = iterate(interpreter.evaluation, input); !items.empty()) {
        return items.front();
    }
    return Value::undefined("No first item, sequence was empty");
}

Value last(Interpreter &interpreter, const Value &input, Arguments &arguments)
{
    arguments.bind(interpreter.evaluation, "last", {});
    if (input.hasShape(Shape::Iterator))
        interpreter.evaluation.fail("The last item of a generator cannot be told", "a list", "a generator");
    const std::vector<Value> items = iterate(interpreter.evaluation, input);
    return items.empty() ? Value::undefined("No last item, sequence was empty") : items.back();
}

Value reversed(Interpreter &interpreter, const Value &input, Arguments &arguments)
{
    Evaluation &evaluation = interpreter.evaluation;
    arguments.bind(evaluation, "reverse", {});
    std::vector<Value> items = iterate(evaluation, input);
    std::reverse(items.begin(), items.end());
    if (input.is(Kind::String)) {
        Text text;
        for (const Value &item : items)
            appendTo(evaluation, text, item.text());
        return Value::string(std::move(text));
    }
    if (input.hasShape(Shape::Iterator))
        return Value::sequence(evaluation, Shape::List, std::move(items));
    return iterator(interpreter, std::move(items));
}

Value joinFilter(Interpreter &interpreter, const Value &input, Arguments &arguments)
{
    Evaluation &evaluation = interpreter.evaluation;
    const auto bound = arguments.bind(evaluation, "join", {"d", "attribute"});
    std::vector<Text> parts;
    for (const Value &item : iterate(evaluation, input)) {
        const bool byAttribute = bound[1] && !bound[1]->is(Kind::None);
        parts.push_back(toText(evaluation, byAttribute ? attributePath(interpreter, item, *bound[1]) : item));
    }
    return Value::string(joined(evaluation, parts, bound[0] ? toText(evaluation, *bound[0]) : Text()));
}

Value items(Interpreter &interpreter, const Value &input, Arguments &arguments)
{
    Evaluation &evaluation = interpreter.evaluation;
    arguments.bind(evaluation, "items", {});
    if (input.is(Kind::Undefined))
        return iterator(interpreter, {});
    if (!input.is(Kind::Dict))
        evaluation.fail("Only a dict has pairs of items", "a dict", describe(input));
    std::vector<Value> pairs;
    for (const auto &[key, value] : input.dict().entries) {
        evaluation.spend(kElementPrice * 3);
        pairs.push_back(Value::sequence(evaluation, Shape::Tuple, {key, value}));
    }
    return iterator(interpreter, std::move(pairs));
}

Value map(Interpreter &interpreter, const Value &input, Arguments &arguments)
{
    Evaluation &evaluation = interpreter.evaluation;
    std::vector<Value> results;
    if (!truth(input)) // none too, as in Jinja
        return iterator(interpreter, {});
    if (arguments.positional.empty()) {
        const auto bound = arguments.bind(evaluation, "map", {"attribute", "default"}, 1);
        for (const Value &item : iterate(evaluation, input)) {
            Value value = attributePath(interpreter, item, *bound[0]);
            if (value.is(Kind::Undefined) && bound[1] && !bound[1]->is(Kind::None))
                value = *bound[1];
            results.push_back(std::move(value));
        }
        return iterator(interpreter, std::move(results));
    }
    if (!arguments.positional[0].is(Kind::String))
        evaluation.fail("map is given something that is no filter", "the name of a filter",
                        describe(arguments.positional[0]));
    const std::string name(arguments.positional[0].bytes());
    Arguments rest = arguments;
    rest.positional.erase(rest.positional.begin());
    for (const Value &item : iterate(evaluation, input))
        results.push_back(interpreter.callFilter(name, item, rest));
    return iterator(interpreter, std::move(results));
}

template <bool keeps, bool byAttribute>
Value select(Interpreter &interpreter, const Value &input, Arguments &arguments)
{
    Evaluation &evaluation = interpreter.evaluation;
    if (!truth(input))
        return iterator(interpreter, {});
    Arguments rest = arguments;
    Value path;
    const auto take = [&] {
        Value value = rest.positional.front();
        rest.positional.erase(rest.positional.begin());
        return value;
    };
    if (byAttribute) {
        if (rest.positional.empty())
            evaluation.fail("selectattr or rejectattr is given too few arguments", "the name of an attribute",
                            "nothing");
        path = take();
    }
    std::string test;
    if (!rest.positional.empty()) {
        const Value name = take();
        if (!name.is(Kind::String))
            evaluation.fail("A filter that selects is given something that is no test", "the name of a test",
                            describe(name));
        test = name.bytes();
    }
    std::vector<Value> kept;
    for (const Value &item : iterate(evaluation, input)) {
        evaluation.spend(kNodePrice);
        const Value value = byAttribute ? attributePath(interpreter, item, path) : item;
        const bool holds = test.empty() ? truth(value) : interpreter.callTest(test, value, rest);
        if (holds == keeps)
            kept.push_back(item);
    }
    return iterator(interpreter, std::move(kept));
}

// What an item is sorted or told apart by: itself or its attributes ("a,b"), without regard to case.
std::vector<Value> keyOf(Interpreter &interpreter, const Value &item, const Value *attribute,
                         bool caseMatters)
{
    Evaluation &evaluation = interpreter.evaluation;
    std::vector<Value> key;
    if (!attribute || attribute->is(Kind::None)) {
        key.push_back(item);
    } else if (attribute->is(Kind::String)) {
        for (const Text &part : splitText(evaluation, attribute->text(), ",", -1, false))
            key.push_back(attributePath(interpreter, item, Value::string(part)));
    } else {
        key.push_back(attributePath(interpreter, item, *attribute));
    }
    for (Value &part : key) {
        if (part.is(Kind::String) && !caseMatters)
            part = Value::string(lower(evaluation, part.text()));
    }
    return key;
}

bool lessKey(Interpreter &interpreter, const std::vector<Value> &a, const std::vector<Value> &b)
{
    Evaluation &evaluation = interpreter.evaluation;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (equal(evaluation, a[i], b[i]))
            continue;
        if (a[i].is(Kind::Undefined) || b[i].is(Kind::Undefined))
            interpreter.failUndefined(a[i].is(Kind::Undefined) ? a[i] : b[i]);
        return less(evaluation, a[i], b[i]);
    }
    return false;
}

struct Keyed
{
    std::vector<Value> key;
    Value value;
};

std::vector<Value> sortedBy(Interpreter &interpreter, std::vector<Keyed> keyed, bool backwards)
{
    interpreter.evaluation.spendElements(keyed.size() * 4);
    std::stable_sort(keyed.begin(), keyed.end(), [&](const Keyed &a, const Keyed &b) {
        return backwards ? lessKey(interpreter, b.key, a.key) : lessKey(interpreter, a.key, b.key);
    });
    std::vector<Value> values;
    for (Keyed &item : keyed)
        values.push_back(std::move(item.value));
    return values;
}

Value sort(Interpreter &interpreter, const Value &input, Arguments &arguments)
{
    Evaluation &evaluation = interpreter.evaluation;
    const auto bound = arguments.bind(evaluation, "sort", {"reverse", "case_sensitive", "attribute"});
    std::vector<Keyed> keyed;
    for (const Value &item : iterate(evaluation, input))
        keyed.push_back({keyOf(interpreter, item, bound[2], bound[1] && truth(*bound[1])), item});
    return Value::sequence(evaluation, Shape::List,
                           sortedBy(interpreter, std::move(keyed), bound[0] && truth(*bound[0])));
}

Value dictsort(Interpreter &interpreter, const Value &input, Arguments &arguments)
{
    Evaluation &evaluation = interpreter.evaluation;
    const auto bound = arguments.bind(evaluation, "dictsort", {"case_sensitive", "by", "reverse"});
    if (!input.is(Kind::Dict))
        evaluation.fail("Only a dict can be sorted by its keys", "a dict", describe(input));
    const std::string_view by = bound[1] && bound[1]->is(Kind::String) ? bound[1]->bytes() : "key";
    if (by != "key" && by != "value")
        evaluation.fail("dictsort is given something else to sort by", "'key' or 'value'", by);
    std::vector<Keyed> keyed;
    for (const auto &[key, value] : input.dict().entries) {
        evaluation.spend(kElementPrice * 3);
        keyed.push_back({keyOf(interpreter, by == "key" ? key : value, nullptr, bound[0] && truth(*bound[0])),
                         Value::sequence(evaluation, Shape::Tuple, {key, value})});
    }
    return Value::sequence(evaluation, Shape::List,
                           sortedBy(interpreter, std::move(keyed), bound[2] && truth(*bound[2])));
}

Value unique(Interpreter &interpreter, const Value &input, Arguments &arguments)
{
    Evaluation &evaluation = interpreter.evaluation;
    const auto bound = arguments.bind(evaluation, "unique", {"case_sensitive", "attribute"});
    std::vector<std::vector<Value>> seen;
    std::vector<Value> kept;
    for (const Value &item : iterate(evaluation, input)) {
        std::vector<Value> key = keyOf(interpreter, item, bound[1], bound[0] && truth(*bound[0]));
        const bool known = std::any_of(seen.begin(), seen.end(), [&](const std::vector<Value> &other) {
            for (std::size_t i = 0; i < key.size(); ++i) {
                if (!equal(evaluation, key[i], other[i]))
                    return false;
            }
            return true;
        });
        if (known)
            continue;
        seen.push_back(std::move(key));
        kept.push_back(item);
    }
    return iterator(interpreter, std::move(kept));
}

template <bool smallest> Value extreme(Interpreter &interpreter, const Value &input, Arguments &arguments)
{
    Evaluation &evaluation = interpreter.evaluation;
    const auto bound = arguments.bind(evaluation, "min or max", {"case_sensitive", "attribute"});
    std::vector<Value> bestKey;
    Value best = Value::undefined("No aggregated item, sequence was empty");
    for (const Value &item : iterate(evaluation, input)) {
        std::vector<Value> key = keyOf(interpreter, item, bound[1], bound[0] && truth(*bound[0]));
        if (bestKey.empty() ||
            (smallest ? lessKey(interpreter, key, bestKey) : lessKey(interpreter, bestKey, key))) {
            bestKey = std::move(key);
            best = item;
        }
    }
    return best;
}

Value sum(Interpreter &interpreter, const Value &input, Arguments &arguments)
{
    Evaluation &evaluation = interpreter.evaluation;
    const auto bound = arguments.bind(evaluation, "sum", {"attribute", "start"});
    Value total = bound[1] ? *bound[1] : Value::integer(0);
    for (const Value &item : iterate(evaluation, input)) {
        const bool byAttribute = bound[0] && !bound[0]->is(Kind::None);
        total = interpreter.arithmetic(Operator::Add, total,
                                       byAttribute ? attributePath(interpreter, item, *bound[0]) : item);
    }
    return total;
}

Value attr(Interpreter &interpreter, const Value &input, Arguments &arguments)
{
    const auto bound = arguments.bind(interpreter.evaluation, "attr", {"name"}, 1);
    if (!bound[0]->is(Kind::String))
        interpreter.evaluation.fail("attr is given something that is no name", "text", describe(*bound[0]));
    if (input.is(Kind::Dict)) // only real attributes, not the entries
        return findMethod(interpreter, input, bound[0]->bytes());
    return interpreter.attribute(input, bound[0]->bytes());
}

constexpr std::pair<std::string_view, Filter> kListFilters[] = {
    {"length", lengthOf},
    {"count", lengthOf},
    {"list", asList},
    {"first", first},
    {"last", last},
    {"reverse", reversed},
    {"join", joinFilter},
    {"items", items},
    {"map", map},
    {"select", select<true, false>},
    {"reject", select<false, false>},
    {"selectattr", select<true, true>},
    {"rejectattr", select<false, true>},
    {"sort", sort},
    {"dictsort", dictsort},
    {"unique", unique},
    {"min", extreme<true>},
    {"max", extreme<false>},
    {"sum", sum},
    {"attr", attr},
};

} // namespace

Filter findListFilter(std::string_view name)
{
    for (const auto &[key, filter] : kListFilters) {
        if (key == name)
            return filter;
    }
    return nullptr;
}

Value attributePath(Interpreter &interpreter, const Value &value, const Value &path)
{
    if (!path.is(Kind::String))
        return interpreter.subscript(value, path);
    Value current = value;
    for (const Text &part : splitText(interpreter.evaluation, path.text(), ".", -1, false)) {
        const std::string_view name = part.bytes();
        const bool number =
            !name.empty() && name.size() < 10 &&
            std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
        current = interpreter.subscript(current, number ? Value::integer(std::stoll(std::string(name)))
                                                        : Value::string(part));
    }
    return current;
}

} // namespace inference::jinja
