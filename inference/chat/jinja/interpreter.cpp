// Statements, scopes and macros.
#include "inference/chat/jinja/interpreter.h"

#include "inference/chat/jinja/builtins.h"
#include "inference/chat/jinja/json.h"
#include "inference/chat/jinja/strings.h"
#include "inference/gguf/wording.h"

#include <algorithm>

namespace inference::jinja {

namespace {

using Shape = SequenceObject::Shape;

} // namespace

std::vector<const Value *> Arguments::bind(const Evaluation &evaluation, std::string_view callee,
                                           std::initializer_list<std::string_view> names,
                                           std::size_t required) const
{
    std::vector<const Value *> bound(names.size(), nullptr);
    if (positional.size() > names.size())
        evaluation.fail("'" + std::string(callee) + "' is given too many arguments",
                        "at most " + std::to_string(names.size()), std::to_string(positional.size()));
    for (std::size_t i = 0; i < positional.size(); ++i)
        bound[i] = &positional[i];
    for (const auto &[name, value] : named) {
        const auto known = std::find(names.begin(), names.end(), name);
        const auto place = static_cast<std::size_t>(known - names.begin());
        if (known == names.end() || bound[place])
            evaluation.fail("'" + std::string(callee) + "' is given an argument that it does not take", {},
                            "'" + name + "'");
        bound[place] = &value;
    }
    for (std::size_t i = 0; i < required; ++i) {
        if (!bound[i])
            evaluation.fail("'" + std::string(callee) + "' is given too few arguments",
                            "'" + std::string(names.begin()[i]) + "'", "nothing");
    }
    return bound;
}

const Value *Scope::find(std::string_view name) const
{
    for (const Scope *scope = this; scope; scope = scope->outer.get()) {
        for (const auto &[key, value] : scope->variables) {
            if (key == name)
                return &value;
        }
    }
    return nullptr;
}

void Scope::set(std::string_view name, Value value)
{
    for (auto &[key, old] : variables) {
        if (key == name) {
            old = std::move(value);
            return;
        }
    }
    variables.emplace_back(name, std::move(value));
}

Interpreter::Interpreter(const Program &program, const Variables &variables)
    : evaluation(program.limits), m_program(program), m_variables(variables),
      m_scope(std::make_shared<Scope>())
{}

Interpreter::~Interpreter()
{
    for (const auto &object : m_namespaces)
        object->attributes.clear();
    for (const auto &loop : m_heldLoops)
        loop->lastChanged.clear();
    for (const auto &scope : m_scopesOfMacros)
        scope->variables.clear();
}

Text Interpreter::run()
{
    const auto set = [this](std::string_view name, Value value) { m_scope->set(name, std::move(value)); };
    set("messages", fromMessages(evaluation, m_variables.messages));
    set("tools", m_variables.tools.is_null() ? Value::none() : fromJson(evaluation, m_variables.tools));
    set("documents", Value::none());
    set("add_generation_prompt", Value::boolean(m_variables.addGenerationPrompt));
    if (m_variables.bosToken)
        set("bos_token", Value::string(*m_variables.bosToken));
    if (m_variables.eosToken)
        set("eos_token", Value::string(*m_variables.eosToken));
    if (m_variables.thinking) {
        set("thinking", Value::boolean(*m_variables.thinking));
        set("enable_thinking", Value::boolean(*m_variables.thinking));
    }
    if (m_variables.further.is_object()) {
        for (auto entry = m_variables.further.begin(); entry != m_variables.further.end(); ++entry)
            set(entry.key(), fromJson(evaluation, entry.value()));
    }
    auto inner = std::make_shared<Scope>();
    inner->outer = m_scope;
    m_scope = inner;
    Text out;
    m_out = &out;
    run(m_program.body);
    return out;
}

void Interpreter::hold(std::shared_ptr<LoopObject> loop)
{
    evaluation.spend(kObjectPrice);
    m_heldLoops.push_back(std::move(loop));
}

Value Interpreter::newNamespace(std::vector<std::pair<std::string, Value>> attributes)
{
    evaluation.spend(kObjectPrice + attributes.size() * kElementPrice);
    auto object = std::make_shared<NamespaceObject>();
    object->attributes = std::move(attributes);
    m_namespaces.push_back(object);
    return Value::ofNamespace(std::move(object));
}

void Interpreter::write(const Text &text)
{
    if (m_out->size() + text.size() > evaluation.limits().outputBytes)
        evaluation.failUnsupported("The prompt becomes too long",
                                   "at most " + byteCount(evaluation.limits().outputBytes), "more");
    appendTo(evaluation, *m_out, text);
}

Interpreter::Flow Interpreter::run(const Block &block)
{
    const Nested nested(evaluation);
    for (const auto &statement : block) {
        if (const Flow flow = run(*statement); flow != Flow::Next)
            return flow;
    }
    return Flow::Next;
}

Interpreter::Flow Interpreter::run(const Statement &statement)
{
    using Type = Statement::Type;
    evaluation.position = statement.at;
    evaluation.spend(kNodePrice);
    switch (statement.type) {
    case Type::Data:
        write(Text(statement.data, false));
        break;
    case Type::Output: {
        const Value value = evaluate(*statement.value);
        evaluation.position = statement.at;
        write(value.is(Kind::String) ? value.text() : toText(evaluation, value));
        break;
    }
    case Type::If:
        return runIf(statement);
    case Type::For:
        return runFor(statement);
    case Type::Set:
        assign(*statement.target, evaluate(*statement.value));
        break;
    case Type::SetBlock:
        runSetBlock(statement);
        break;
    case Type::Macro:
        m_scope->set(statement.macro->name, makeMacro(*statement.macro));
        break;
    case Type::CallBlock:
        runCallBlock(statement);
        break;
    case Type::Filter: {
        const Value input = Value::string(capture(statement.blocks[0]));
        write(toText(evaluation, evaluateFilter(*statement.value, &input)));
        break;
    }
    case Type::With:
        runWith(statement);
        break;
    case Type::Scope:
        write(capture(statement.blocks[0]));
        break;
    case Type::Break:
        return Flow::Break;
    case Type::Continue:
        return Flow::Continue;
    }
    return Flow::Next;
}

Interpreter::Flow Interpreter::runIf(const Statement &statement)
{
    for (std::size_t i = 0; i < statement.blocks.size(); ++i) {
        if (i == statement.values.size() || truth(evaluate(*statement.values[i])))
            return run(statement.blocks[i]);
    }
    return Flow::Next;
}

// Each iteration has variables of its own; what is set in one is gone in the next.
Interpreter::Flow Interpreter::runFor(const Statement &statement)
{
    std::vector<Value> items = iterate(evaluation, evaluate(*statement.value));
    const std::shared_ptr<Scope> outer = m_scope;
    const auto freshScope = [&] {
        if (m_scope == outer || m_scope.use_count() > 1) { // a macro has kept it
            evaluation.spend(kObjectPrice);
            m_scope = std::make_shared<Scope>();
            m_scope->outer = outer;
        } else {
            m_scope->variables.clear();
        }
    };
    if (const Expression *test = statement.values[0].get()) {
        std::vector<Value> kept;
        for (const Value &item : items) {
            freshScope();
            assign(*statement.target, item);
            if (truth(evaluate(*test)))
                kept.push_back(item);
        }
        items = std::move(kept);
    }
    const Value sequence = Value::sequence(evaluation, Shape::List, std::move(items));
    auto loop = std::make_shared<LoopObject>();
    loop->items = sequence.sharedSequence();
    const Value loopValue = Value::ofLoop(evaluation, loop);
    bool finishedOne = false; // Jinja's else runs too when every iteration was left early
    for (std::size_t i = 0; i < loop->items->items.size(); ++i) {
        freshScope();
        evaluation.position = statement.at;
        evaluation.spend(kNodePrice);
        loop->index0 = i;
        m_scope->set("loop", loopValue);
        assign(*statement.target, loop->items->items[i]);
        const Flow flow = run(statement.blocks[0]);
        if (flow == Flow::Break)
            break;
        finishedOne = finishedOne || flow == Flow::Next;
    }
    m_scope = outer;
    return finishedOne ? Flow::Next : run(statement.blocks[1]);
}

Text Interpreter::capture(const Block &block)
{
    Text text;
    Text *out = std::exchange(m_out, &text);
    runScoped(block);
    m_out = out;
    return text;
}

Interpreter::Flow Interpreter::runScoped(const Block &block)
{
    evaluation.spend(kObjectPrice);
    const std::shared_ptr<Scope> outer = m_scope;
    m_scope = std::make_shared<Scope>();
    m_scope->outer = outer;
    const Flow flow = run(block);
    m_scope = outer;
    return flow;
}

void Interpreter::runSetBlock(const Statement &statement)
{
    Value value = Value::string(capture(statement.blocks[0]));
    if (statement.value)
        value = evaluateFilter(*statement.value, &value);
    assign(*statement.target, value);
}

void Interpreter::runCallBlock(const Statement &statement)
{
    const Value callee = evaluate(*statement.value->children[0]);
    Arguments arguments = evaluateArguments(*statement.value);
    arguments.named.emplace_back("caller", makeMacro(*statement.macro));
    evaluation.position = statement.at;
    write(toText(evaluation, call(callee, arguments)));
}

void Interpreter::runWith(const Statement &statement)
{
    std::vector<Value> values;
    for (const ExpressionPtr &value : statement.values)
        values.push_back(evaluate(*value));
    const std::shared_ptr<Scope> outer = m_scope;
    m_scope = std::make_shared<Scope>();
    m_scope->outer = outer;
    for (std::size_t i = 0; i < values.size(); ++i)
        assign(*statement.target->children[i], values[i]);
    runScoped(statement.blocks[0]);
    m_scope = outer;
}

void Interpreter::assign(const Expression &target, const Value &value)
{
    evaluation.spend(kNodePrice);
    if (target.type == Expression::Type::Name) {
        m_scope->set(target.name, value);
        return;
    }
    evaluation.position = target.at;
    if (target.type == Expression::Type::Attribute) {
        const Value *object = m_scope->find(target.children[0]->name);
        if (!object || !object->is(Kind::Namespace))
            evaluation.fail("An attribute is set on something that is no namespace", "a namespace()",
                            object ? describe(*object) : "'" + target.children[0]->name + "' is undefined");
        if (target.name.starts_with('_'))
            evaluation.fail("An attribute of a namespace begins with an underscore", "a letter",
                            "'" + target.name + "'");
        auto &attributes = object->ofNamespace().attributes;
        for (auto &[name, old] : attributes) {
            if (name == target.name) {
                old = value;
                return;
            }
        }
        evaluation.spend(kElementPrice);
        attributes.emplace_back(target.name, value);
        return;
    }
    const std::vector<Value> items = iterate(evaluation, value);
    if (items.size() != target.children.size())
        evaluation.fail("A value has another number of parts than there are names for them",
                        std::to_string(target.children.size()), std::to_string(items.size()));
    for (std::size_t i = 0; i < items.size(); ++i)
        assign(*target.children[i], items[i]);
}

Value Interpreter::makeMacro(const Macro &macro)
{
    evaluation.spend(kObjectPrice);
    if (m_scopesOfMacros.empty() || m_scopesOfMacros.back() != m_scope)
        m_scopesOfMacros.push_back(m_scope);
    return Value::callable(macro.name,
                           [&macro, scope = m_scope](Interpreter &interpreter, Arguments &arguments) {
                               return interpreter.callMacro(macro, scope, arguments);
                           });
}

Value Interpreter::callMacro(const Macro &macro, const std::shared_ptr<Scope> &definedIn,
                             Arguments &arguments)
{
    const Nested nested(evaluation);
    evaluation.spend(kObjectPrice);
    const std::string name = "The macro '" + macro.name + "'";
    auto scope = std::make_shared<Scope>();
    scope->outer = definedIn;
    std::vector<Value> more;
    for (std::size_t i = 0; i < arguments.positional.size(); ++i) {
        if (i < macro.parameters.size())
            scope->set(macro.parameters[i].name, arguments.positional[i]);
        else
            more.push_back(arguments.positional[i]);
    }
    if (!more.empty() && !macro.readsVarargs)
        evaluation.fail(name + " is given too many arguments",
                        "at most " + std::to_string(macro.parameters.size()),
                        std::to_string(arguments.positional.size()));
    std::vector<std::pair<Value, Value>> moreNamed;
    bool hasCaller = false;
    for (const auto &[key, value] : arguments.named) {
        const auto known = std::find_if(macro.parameters.begin(), macro.parameters.end(),
                                        [&name = key](const Parameter &parameter) { return parameter.name == name; });
        if (known != macro.parameters.end()) {
            if (static_cast<std::size_t>(known - macro.parameters.begin()) < arguments.positional.size())
                evaluation.fail(name + " is given an argument twice", {}, "'" + key + "'");
            scope->set(known->name, value);
        } else if (key == "caller" && macro.readsCaller) {
            scope->set("caller", value);
            hasCaller = true;
        } else if (macro.readsKwargs && key != "caller") {
            moreNamed.emplace_back(Value::string(key), value);
        } else {
            evaluation.fail(name + " is given an argument that it does not take", {}, "'" + key + "'");
        }
    }
    if (macro.readsCaller && !hasCaller)
        scope->set("caller", Value::undefined("No caller defined"));
    if (macro.readsVarargs)
        scope->set("varargs", Value::sequence(evaluation, Shape::Tuple, std::move(more)));
    if (macro.readsKwargs)
        scope->set("kwargs", Value::dict(evaluation, std::move(moreNamed)));
    const std::shared_ptr<Scope> before = std::exchange(m_scope, scope);
    const auto isGiven = [&](std::string_view key) {
        return std::any_of(scope->variables.begin(), scope->variables.end(),
                           [&](const auto &variable) { return variable.first == key; });
    };
    for (const Parameter &parameter : macro.parameters) {
        if (isGiven(parameter.name))
            continue;
        scope->set(parameter.name, parameter.fallback
                                       ? evaluate(*parameter.fallback)
                                       : Value::undefined("'" + parameter.name + "' was not provided"));
    }
    Text text;
    Text *out = std::exchange(m_out, &text);
    run(macro.body);
    m_out = out;
    m_scope = before;
    return Value::string(std::move(text));
}

} // namespace inference::jinja
