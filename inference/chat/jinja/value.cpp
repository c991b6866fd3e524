#include "inference/chat/jinja/value.h"

#include "inference/gguf/wording.h"

#include <algorithm>

namespace inference::jinja {

namespace {

using Shape = SequenceObject::Shape;

std::uint32_t depthOver(Evaluation &evaluation, std::uint32_t below)
{
    if (below >= evaluation.limits().valueDepth)
        evaluation.failUnsupported("Lists lie too deep in one another",
                                   "at most " + grouped(evaluation.limits().valueDepth) + " levels", "more");
    return below + 1;
}

} // namespace

Value Value::undefined(std::string_view name)
{
    Value value;
    auto object = std::make_shared<StringObject>();
    object->text = Text(name, true);
    value.m_object = std::move(object);
    return value;
}

Value Value::none(bool foreign)
{
    Value value;
    value.m_kind = Kind::None;
    value.m_foreign = foreign;
    return value;
}

Value Value::boolean(bool truth, bool foreign)
{
    Value value;
    value.m_kind = Kind::Bool;
    value.m_integer = truth ? 1 : 0;
    value.m_foreign = foreign;
    return value;
}

Value Value::integer(std::int64_t number, bool foreign)
{
    Value value;
    value.m_kind = Kind::Int;
    value.m_integer = number;
    value.m_foreign = foreign;
    return value;
}

Value Value::real(double number, bool foreign)
{
    Value value;
    value.m_kind = Kind::Float;
    value.m_real = number;
    value.m_foreign = foreign;
    return value;
}

Value Value::string(Text text, bool markup)
{
    Value value;
    value.m_kind = Kind::String;
    auto object = std::make_shared<StringObject>();
    object->text = std::move(text);
    object->markup = markup;
    value.m_object = std::move(object);
    return value;
}

Value Value::sequence(Evaluation &evaluation, Shape shape, std::vector<Value> items)
{
    std::uint32_t below = 0;
    for (const Value &item : items)
        below = std::max(below, item.depth());
    Value value;
    value.m_kind = Kind::Sequence;
    auto object = std::make_shared<SequenceObject>();
    object->depth = depthOver(evaluation, below);
    object->shape = shape;
    object->items = std::move(items);
    value.m_object = std::move(object);
    return value;
}

Value Value::dict(Evaluation &evaluation, std::vector<std::pair<Value, Value>> entries)
{
    std::uint32_t below = 0;
    for (const auto &[key, entry] : entries)
        below = std::max({below, key.depth(), entry.depth()});
    Value value;
    value.m_kind = Kind::Dict;
    auto object = std::make_shared<DictObject>();
    object->depth = depthOver(evaluation, below);
    object->entries = std::move(entries);
    value.m_object = std::move(object);
    return value;
}

Value Value::ofNamespace(std::shared_ptr<NamespaceObject> object)
{
    Value value;
    value.m_kind = Kind::Namespace;
    value.m_object = std::move(object);
    return value;
}

Value Value::ofLoop(Evaluation &evaluation, std::shared_ptr<LoopObject> object)
{
    Value value;
    value.m_kind = Kind::Loop;
    object->depth = depthOver(evaluation, object->items->depth);
    value.m_object = std::move(object);
    return value;
}

Value Value::callable(std::string name, std::function<Value(Interpreter &, Arguments &)> call,
                      std::uint32_t depth)
{
    Value value;
    value.m_kind = Kind::Callable;
    auto object = std::make_shared<CallableObject>();
    object->name = std::move(name);
    object->call = std::move(call);
    object->depth = depth;
    value.m_object = std::move(object);
    return value;
}

bool Value::foreign() const
{
    return is(Kind::String) ? text().anyForeign() : m_foreign;
}

std::string_view Value::hint() const
{
    return m_object ? bytes() : std::string_view("an undefined value");
}

std::string_view typeName(const Value &value)
{
    switch (value.kind()) {
    case Kind::Undefined:
        return "undefined";
    case Kind::None:
        return "NoneType";
    case Kind::Bool:
        return "bool";
    case Kind::Int:
        return "int";
    case Kind::Float:
        return "float";
    case Kind::String:
        return value.markup() ? "Markup" : "str";
    case Kind::Sequence:
        switch (value.sequence().shape) {
        case Shape::List:
            return "list";
        case Shape::Tuple:
            return "tuple";
        case Shape::Range:
            return "range";
        case Shape::Keys:
            return "dict_keys";
        case Shape::Values:
            return "dict_values";
        case Shape::Items:
            return "dict_items";
        case Shape::Iterator:
            return "generator";
        }
        return "list";
    case Kind::Dict:
        return "dict";
    case Kind::Namespace:
        return "namespace";
    case Kind::Loop:
        return "loop";
    case Kind::Callable:
        return "function";
    }
    return "value";
}

std::string describe(const Value &value)
{
    if (value.is(Kind::Undefined))
        return std::string(value.hint());
    if (value.is(Kind::String))
        return "the text '" + printable(value.bytes(), 60) + "'";
    if (value.is(Kind::None))
        return "none";
    if (value.is(Kind::Sequence))
        return std::string(typeName(value)) + " of " + std::to_string(value.sequence().items.size());
    if (value.is(Kind::Bool))
        return value.boolean() ? "true" : "false";
    if (value.is(Kind::Int))
        return std::to_string(value.integer());
    if (value.is(Kind::Float))
        return floatText(value.real());
    return std::string(typeName(value));
}

bool truth(const Value &value)
{
    switch (value.kind()) {
    case Kind::Undefined:
    case Kind::None:
        return false;
    case Kind::Bool:
    case Kind::Int:
        return value.integer() != 0;
    case Kind::Float:
        return value.real() != 0;
    case Kind::String:
        return !value.text().empty();
    case Kind::Sequence: // a generator is true whatever it will give
        return value.sequence().shape == Shape::Iterator || !value.sequence().items.empty();
    case Kind::Dict:
        return !value.dict().entries.empty();
    case Kind::Loop: // has a length, which is not 0 while it runs
    case Kind::Namespace:
    case Kind::Callable:
        break;
    }
    return true;
}

bool isIterable(const Value &value)
{
    return value.is(Kind::Undefined) || value.is(Kind::String) || value.is(Kind::Sequence) ||
           value.is(Kind::Dict) || value.is(Kind::Loop);
}

std::vector<Value> iterate(Evaluation &evaluation, const Value &value)
{
    std::vector<Value> items;
    switch (value.kind()) {
    case Kind::Undefined:
        return items;
    case Kind::String: {
        const std::vector<std::uint32_t> offsets = characterOffsets(value.bytes());
        evaluation.spendElements(offsets.size() * 2); // each is a string of its own
        items.reserve(offsets.size());
        for (std::size_t i = 0; i + 1 < offsets.size(); ++i)
            items.push_back(Value::string(value.text().slice(offsets[i], offsets[i + 1] - offsets[i])));
        return items;
    }
    case Kind::Sequence: {
        const auto sequence = value.sharedSequence();
        evaluation.spendElements(sequence->items.size() - sequence->next);
        items.assign(sequence->items.begin() + static_cast<std::ptrdiff_t>(sequence->next),
                     sequence->items.end());
        if (sequence->shape == Shape::Iterator)
            sequence->next = sequence->items.size();
        return items;
    }
    case Kind::Dict:
        evaluation.spendElements(value.dict().entries.size());
        for (const auto &entry : value.dict().entries)
            items.push_back(entry.first);
        return items;
    default:
        evaluation.fail("A value that is no list cannot be gone through", "a list, text or dict",
                        describe(value));
    }
}

std::int64_t length(Evaluation &evaluation, const Value &value)
{
    switch (value.kind()) {
    case Kind::Undefined:
        return 0;
    case Kind::String:
        evaluation.spend(value.text().size());
        return static_cast<std::int64_t>(characterCount(value.bytes()));
    case Kind::Sequence:
        if (value.sequence().shape != Shape::Iterator)
            return static_cast<std::int64_t>(value.sequence().items.size());
        break;
    case Kind::Dict:
        return static_cast<std::int64_t>(value.dict().entries.size());
    case Kind::Loop:
        return static_cast<std::int64_t>(value.loop().items->items.size());
    default:
        break;
    }
    evaluation.fail("A value without a length is asked for it", "a list, text or dict", describe(value));
}

const Value *find(const DictObject &dict, std::string_view key)
{
    for (const auto &[name, value] : dict.entries) {
        if (name.is(Kind::String) && name.bytes() == key)
            return &value;
    }
    return nullptr;
}

namespace {

void checkHashable(Evaluation &evaluation, const Value &key)
{
    if (key.is(Kind::Dict) || (key.is(Kind::Sequence) && key.sequence().shape == Shape::List))
        evaluation.fail("A list or dict cannot be a key", "text or a number", describe(key));
    if (key.hasShape(Shape::Tuple)) {
        for (const Value &item : key.sequence().items)
            checkHashable(evaluation, item);
    }
}

} // namespace

const Value *find(Evaluation &evaluation, const Value &dict, const Value &key)
{
    checkHashable(evaluation, key);
    evaluation.spend(dict.dict().entries.size());
    if (key.is(Kind::String))
        return find(dict.dict(), key.bytes());
    for (const auto &[name, value] : dict.dict().entries) {
        if (equal(evaluation, name, key))
            return &value;
    }
    return nullptr;
}

void insert(Evaluation &evaluation, std::vector<std::pair<Value, Value>> &entries, Value key, Value value)
{
    checkHashable(evaluation, key);
    evaluation.spend(kElementPrice + entries.size());
    for (auto &[name, old] : entries) {
        if (equal(evaluation, name, key)) {
            old = std::move(value);
            return;
        }
    }
    entries.emplace_back(std::move(key), std::move(value));
}

} // namespace inference::jinja
