// Runs a parsed template.
#pragma once

#include "inference/chat/jinja/ast.h"

#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace inference::jinja {

// What a call passes.
class Arguments
{
public:
    std::vector<Value> positional;
    std::vector<std::pair<std::string, Value>> named;

    // The argument for each of `names`, in their order, by place or by name; nullptr where none is given.
    // Fails for more than these, and when one of the first `required` is missing.
    std::vector<const Value *> bind(const Evaluation &evaluation, std::string_view callee,
                                    std::initializer_list<std::string_view> names,
                                    std::size_t required = 0) const;
};

// Variables by name, and where to look further.
struct Scope
{
    std::shared_ptr<Scope> outer;
    std::vector<std::pair<std::string_view, Value>> variables; // names live in the tree or in Variables

    const Value *find(std::string_view name) const;
    void set(std::string_view name, Value value);
};

// One rendering. `evaluation` is public: every builtin charges for its work there.
class Interpreter
{
public:
    Interpreter(const Program &program, const Variables &variables);
    ~Interpreter();
    Interpreter(const Interpreter &) = delete;
    Interpreter &operator=(const Interpreter &) = delete;

    Text run();

    Evaluation evaluation;

    Value call(const Value &callee, Arguments &arguments);
    Value callFilter(std::string_view name, const Value &input, Arguments &arguments);
    bool callTest(std::string_view name, const Value &input, Arguments &arguments);
    Value attribute(const Value &object, std::string_view name); // object.name
    Value subscript(const Value &object, const Value &key);      // object[key]
    Value arithmetic(Operator operation, const Value &a, const Value &b);
    void hold(std::shared_ptr<LoopObject> loop); // it remembers values, perhaps itself
    Value newNamespace(std::vector<std::pair<std::string, Value>> attributes);
    const DateTime &now() const { return m_variables.now; }
    [[noreturn]] void failUndefined(const Value &value) const;

private:
    enum class Flow { Next, Break, Continue };

    // Statements
    Flow run(const Block &block);
    Flow run(const Statement &statement);
    Flow runIf(const Statement &statement);
    Flow runFor(const Statement &statement);
    void runSetBlock(const Statement &statement);
    void runCallBlock(const Statement &statement);
    void runWith(const Statement &statement);
    Flow runScoped(const Block &block);
    Text capture(const Block &block); // what it writes, in a scope of its own
    void write(const Text &text);
    void assign(const Expression &target, const Value &value);
    Value makeMacro(const Macro &macro);
    Value callMacro(const Macro &macro, const std::shared_ptr<Scope> &definedIn, Arguments &arguments);

    // Expressions
    Value evaluate(const Expression &expression);
    Value evaluateName(const Expression &expression);
    Value evaluateSlice(const Expression &expression);
    Value evaluateCall(const Expression &expression);
    Value evaluateFilter(const Expression &expression, const Value *input);
    Value evaluateTest(const Expression &expression);
    Value evaluateCompare(const Expression &expression);
    Value evaluateConcat(const Expression &expression);
    Value evaluateDict(const Expression &expression);
    Value evaluateSign(const Expression &expression);
    std::vector<Value> evaluateAll(std::span<const ExpressionPtr> expressions);
    Arguments evaluateArguments(const Expression &call);

    // Operators
    Value add(const Value &a, const Value &b);
    Value wholeArithmetic(Operator operation, std::int64_t a, std::int64_t b, bool foreign);
    Value realArithmetic(Operator operation, double a, double b, bool foreign);
    Value multiply(const Value &a, const Value &times);
    [[noreturn]] void failOperands(Operator operation, const Value &a, const Value &b) const;

    const Program &m_program;
    const Variables &m_variables;
    std::shared_ptr<Scope> m_scope;
    Text *m_out = nullptr;
    // What may hold itself: emptied at the end, one by one, so that nothing leaks and no destructor goes
    // deep.
    std::vector<std::shared_ptr<NamespaceObject>> m_namespaces;
    std::vector<std::shared_ptr<LoopObject>> m_heldLoops;
    std::vector<std::shared_ptr<Scope>> m_scopesOfMacros;
};

} // namespace inference::jinja
