// A parsed template. Immutable once parsed; renderings share it.
#pragma once

#include "inference/chat/jinja/value.h"

#include <memory>
#include <string>
#include <vector>

namespace inference::jinja {

struct Expression;
using ExpressionPtr = std::unique_ptr<Expression>;

enum class Operator { Add, Subtract, Multiply, Divide, FloorDivide, Remainder, Power };
enum class Comparison { Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual, In, NotIn };

struct Expression
{
    enum class Type {
        Constant,  // constant
        Name,      // name
        Attribute, // children[0].name
        Subscript, // children[0][children[1]]
        Slice,     // children[0][children[1] : children[2] : children[3]], each may be missing
        Call,      // children[0](children[1], ...)
        Filter, // children[0] | name(children[1], ...); children[0] is missing in {% filter %} and {% set x |
                // ... %}
        Test,   // children[0] is name(children[1], ...)
        Not,
        Minus,
        Plus,
        Arithmetic, // children[0] arithmetic children[1]
        Compare,    // children[0] comparisons[0] children[1] comparisons[1] children[2] ...
        And,
        Or,
        Condition, // children[1] if children[0] else children[2], which may be missing
        Concat,
        List,
        Tuple,
        Dict // key, value, key, value ...
    };
    Type type = Type::Constant;
    Position at;
    std::uint32_t depth = 1; // of the tree
    std::string name;
    Value constant;
    Operator arithmetic = Operator::Add;
    std::vector<Comparison> comparisons;
    std::vector<ExpressionPtr> children;
    std::vector<std::string> keywords; // names of the last children of a call, filter or test
};

struct Statement;
using Block = std::vector<std::unique_ptr<Statement>>;

struct Parameter
{
    std::string name;
    ExpressionPtr fallback; // may be missing
};

struct Macro
{
    std::string name;
    std::vector<Parameter> parameters;
    Block body;
    bool readsVarargs = false, readsKwargs = false, readsCaller = false;
};

struct Statement
{
    enum class Type {
        Data,      // data
        Output,    // value
        If,        // values[i] -> blocks[i]; one block more than values: else
        For,       // target in value if values[0] (may be missing): blocks[0], else blocks[1]
        Set,       // target = value
        SetBlock,  // target = blocks[0] through the filters of value (may be missing)
        Macro,     // macro
        CallBlock, // value is the call, macro the body
        Filter,    // blocks[0] through value
        With,      // target.children[i] = values[i]: blocks[0]
        Scope,     // blocks[0], with variables of its own: {% generation %}
        Break,
        Continue
    };
    Type type = Type::Data;
    Position at;
    std::string data;
    ExpressionPtr value,
        target; // a target is a Name, an Attribute of a Name (of a namespace), or a Tuple of targets
    std::vector<ExpressionPtr> values;
    std::vector<Block> blocks;
    std::unique_ptr<Macro> macro;
};

struct Program
{
    Limits limits;
    Block body;
};

} // namespace inference::jinja
