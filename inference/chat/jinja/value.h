// What expressions of a template have as values: Python's, as far as templates can tell.
#pragma once

#include "inference/chat/jinja/evaluation.h"
#include "inference/chat/jinja/text.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inference::jinja {

class Interpreter;
class Arguments;
struct StringObject;
struct SequenceObject;
struct DictObject;
struct NamespaceObject;
struct LoopObject;
struct CallableObject;

enum class SequenceShape { List, Tuple, Range, Keys, Values, Items, Iterator };
enum class Kind : std::uint8_t {
    Undefined,
    None,
    Bool,
    Int,
    Float,
    String,
    Sequence,
    Dict,
    Namespace,
    Loop,
    Callable
};

// What a value of one of the later kinds shares. `depth`: how many objects lie in one another, which bounds
// the recursion of everything that walks values, their destruction included.
struct Object
{
    virtual ~Object() = default;
    std::uint32_t depth = 1;
};

class Value
{
public:
    Value() = default;                             // undefined
    static Value undefined(std::string_view name); // e.g. "'x' is undefined"
    static Value none(bool foreign = false);
    static Value boolean(bool value, bool foreign = false);
    static Value integer(std::int64_t value, bool foreign = false);
    static Value real(double value, bool foreign = false);
    static Value string(Text text, bool markup = false);
    static Value string(std::string_view templateText) { return string(Text(templateText, false)); }
    // Fails when lists lie too deep in one another.
    static Value sequence(Evaluation &evaluation, SequenceShape shape, std::vector<Value> items);
    static Value dict(Evaluation &evaluation, std::vector<std::pair<Value, Value>> entries);
    static Value ofNamespace(std::shared_ptr<NamespaceObject> object);
    static Value ofLoop(Evaluation &evaluation, std::shared_ptr<LoopObject> object);
    static Value callable(std::string name, std::function<Value(Interpreter &, Arguments &)> call,
                          std::uint32_t depth = 1);

    Kind kind() const { return m_kind; }
    bool is(Kind kind) const { return m_kind == kind; }
    bool isNumber() const { return m_kind == Kind::Bool || m_kind == Kind::Int || m_kind == Kind::Float; }
    bool isWhole() const { return m_kind == Kind::Bool || m_kind == Kind::Int; }
    // A number or bool that was computed from foreign text, and foreign text itself.
    bool foreign() const;

    bool boolean() const { return m_integer != 0; }
    std::int64_t integer() const { return m_integer; } // of Bool too
    double real() const { return m_kind == Kind::Float ? m_real : static_cast<double>(m_integer); }
    const Text &text() const; // of String
    std::string_view bytes() const;
    bool markup() const;
    std::string_view hint() const; // of Undefined: the sentence that says what is missing
    const SequenceObject &sequence() const;
    std::shared_ptr<SequenceObject> sharedSequence() const;
    const DictObject &dict() const;
    NamespaceObject &ofNamespace() const;
    LoopObject &loop() const;
    std::shared_ptr<LoopObject> sharedLoop() const;
    const CallableObject &callable() const;

    bool sameObject(const Value &other) const { return m_object && m_object == other.m_object; }
    std::uint32_t depth() const { return m_object ? m_object->depth : 0; }
    bool hasShape(SequenceShape shape) const;

private:
    template <class T> const T &as() const { return *static_cast<const T *>(m_object.get()); }

    Kind m_kind = Kind::Undefined;
    bool m_foreign = false;
    union {
        std::int64_t m_integer = 0;
        double m_real;
    };
    std::shared_ptr<Object> m_object;
};

struct StringObject : Object
{
    Text text;
    bool markup = false; // of |safe and |escape: what is added to it with + is escaped
};

// Immutable but for `next` of iterators.
struct SequenceObject : Object
{
    using Shape = SequenceShape;
    Shape shape = Shape::List;
    std::vector<Value> items;
    std::size_t next = 0; // an iterator gives each item once
};

struct DictObject : Object
{
    std::vector<std::pair<Value, Value>> entries; // in order of insertion; looked through one by one
};

// Mutable; lives until the end of the rendering, so that cycles can be broken then.
struct NamespaceObject : Object
{
    std::vector<std::pair<std::string, Value>> attributes;
};

struct LoopObject : Object
{
    std::shared_ptr<const SequenceObject> items;
    std::size_t index0 = 0;
    std::vector<Value> lastChanged;
    bool hasChanged = false;
};

struct CallableObject : Object
{
    std::string name;
    std::function<Value(Interpreter &, Arguments &)> call;
};

inline const Text &Value::text() const
{
    return as<StringObject>().text;
}

inline std::string_view Value::bytes() const
{
    return text().bytes();
}

inline bool Value::markup() const
{
    return as<StringObject>().markup;
}

inline const SequenceObject &Value::sequence() const
{
    return as<SequenceObject>();
}

inline std::shared_ptr<SequenceObject> Value::sharedSequence() const
{
    return std::static_pointer_cast<SequenceObject>(m_object);
}

inline const DictObject &Value::dict() const
{
    return as<DictObject>();
}

inline NamespaceObject &Value::ofNamespace() const
{
    return *static_cast<NamespaceObject *>(m_object.get());
}

inline LoopObject &Value::loop() const
{
    return *static_cast<LoopObject *>(m_object.get());
}

inline std::shared_ptr<LoopObject> Value::sharedLoop() const
{
    return std::static_pointer_cast<LoopObject>(m_object);
}

inline const CallableObject &Value::callable() const
{
    return as<CallableObject>();
}

inline bool Value::hasShape(SequenceShape shape) const
{
    return is(Kind::Sequence) && sequence().shape == shape;
}

// "str", "list", "NoneType" ...: Python's names, which authors of templates know.
std::string_view typeName(const Value &value);
// A short description for messages: "list of 3", "'some text'".
std::string describe(const Value &value);

bool truth(const Value &value);
// Python's ==. Fails only when it takes too much fuel.
bool equal(Evaluation &evaluation, const Value &a, const Value &b);
// Python's <; fails for kinds that have no order.
bool less(Evaluation &evaluation, const Value &a, const Value &b);
// Python's `in`.
bool contains(Evaluation &evaluation, const Value &container, const Value &item);

// Python's str() and repr(). str() of an undefined value is empty.
Text toText(Evaluation &evaluation, const Value &value);
Text toRepr(Evaluation &evaluation, const Value &value);
std::string floatText(double value); // as Python writes it: the shortest that reads back

// What a for loop goes through; an iterator is used up. Fails for what cannot be iterated.
std::vector<Value> iterate(Evaluation &evaluation, const Value &value);
bool isIterable(const Value &value);
// len(); fails where Python does.
std::int64_t length(Evaluation &evaluation, const Value &value);

// The entry of a dict, or nullptr. Fails for keys that Python cannot hash.
const Value *find(Evaluation &evaluation, const Value &dict, const Value &key);
const Value *find(const DictObject &dict, std::string_view key);
// Adds or replaces.
void insert(Evaluation &evaluation, std::vector<std::pair<Value, Value>> &entries, Value key, Value value);

} // namespace inference::jinja
