#include "inference/chat/jinja/parser.h"
#include "inference/gguf/wording.h"

#include <algorithm>
#include <charconv>

namespace inference::jinja {

namespace {

bool isAssignable(std::string_view name)
{
    constexpr std::string_view kFixed[] = {"true", "false", "none", "True", "False", "None"};
    return std::find(std::begin(kFixed), std::end(kFixed), name) == std::end(kFixed);
}

} // namespace

const Token &TokenStream::next()
{
    const Token &token = m_tokens[m_next];
    if (m_next + 1 < m_tokens.size())
        ++m_next;
    return token;
}

bool TokenStream::isOperator(std::string_view text) const
{
    return current().type == Token::Type::Operator && current().text == text;
}

bool TokenStream::isName(std::string_view text) const
{
    return current().type == Token::Type::Name && current().text == text;
}

bool TokenStream::skipOperator(std::string_view text)
{
    const bool is = isOperator(text);
    if (is)
        next();
    return is;
}

bool TokenStream::skipName(std::string_view text)
{
    const bool is = isName(text);
    if (is)
        next();
    return is;
}

void TokenStream::expectOperator(std::string_view text)
{
    if (!skipOperator(text))
        fail("The template has an error", "'" + std::string(text) + "'");
}

void TokenStream::expect(Token::Type type, std::string_view what)
{
    if (current().type != type)
        fail("The template has an error", what);
    next();
}

std::string TokenStream::expectName(std::string_view what)
{
    if (current().type != Token::Type::Name)
        fail("The template has an error", what);
    return next().text;
}

void TokenStream::fail(std::string_view what, std::string_view expected) const
{
    failAt(current().at, ErrorCode::Damaged, what, expected, describe(current()));
}

ParseDepth::ParseDepth(TokenStream &stream) : m_stream(stream)
{
    if (stream.depth >= stream.limits().parseDepth)
        failAt(stream.current().at, ErrorCode::Unsupported, "The template is nested too deeply",
               "at most " + grouped(stream.limits().parseDepth) + " levels", "more");
    ++stream.depth;
}

ExpressionPtr ExpressionParser::make(Type type, Position at, std::vector<ExpressionPtr> children)
{
    auto node = std::make_unique<Expression>();
    node->type = type;
    node->at = at;
    for (ExpressionPtr &child : children)
        add(*node, std::move(child));
    return node;
}

ExpressionPtr ExpressionParser::pair(Type type, Position at, ExpressionPtr a, ExpressionPtr b)
{
    auto node = make(type, at);
    add(*node, std::move(a));
    add(*node, std::move(b));
    return node;
}

void ExpressionParser::add(Expression &parent, ExpressionPtr child)
{
    if (child)
        parent.depth = std::max(parent.depth, child->depth + 1);
    parent.children.push_back(std::move(child));
    checkDepth(parent);
}

// A long chain (a + b + c ...) makes a deep tree without deep recursion here.
void ExpressionParser::checkDepth(const Expression &expression)
{
    if (expression.depth > m_stream.limits().parseDepth)
        failAt(expression.at, ErrorCode::Unsupported, "An expression has too many parts in one another",
               "at most " + grouped(m_stream.limits().parseDepth), "more");
}

ExpressionPtr ExpressionParser::name(const Token &token)
{
    auto node = make(Type::Name, token.at);
    node->name = token.text;
    if (Macro *macro = m_stream.macro) {
        macro->readsVarargs = macro->readsVarargs || token.text == "varargs";
        macro->readsKwargs = macro->readsKwargs || token.text == "kwargs";
        macro->readsCaller = macro->readsCaller || token.text == "caller";
    }
    return node;
}

bool ExpressionParser::tupleEnds(std::string_view endName) const
{
    return m_stream.current().type == Token::Type::VariableEnd ||
           m_stream.current().type == Token::Type::BlockEnd || m_stream.isOperator(")") ||
           (!endName.empty() && m_stream.isName(endName));
}

ExpressionPtr ExpressionParser::tuple(bool withCondition, std::string_view endName, bool inParentheses)
{
    const Position at = m_stream.current().at;
    std::vector<ExpressionPtr> parts;
    bool isTuple = false;
    while (!tupleEnds(endName)) {
        parts.push_back(expression(withCondition));
        if (!m_stream.isOperator(","))
            break;
        m_stream.next();
        isTuple = true;
    }
    if (!isTuple && !parts.empty())
        return std::move(parts.front());
    if (!isTuple && !inParentheses)
        m_stream.fail("The template has an error", "an expression");
    return make(Type::Tuple, at, std::move(parts));
}

void ExpressionParser::checkTarget(const Expression &expression)
{
    if (expression.type == Type::Tuple) {
        for (const ExpressionPtr &part : expression.children)
            checkTarget(*part);
        return;
    }
    const bool name = expression.type == Type::Name && isAssignable(expression.name);
    if (!name && expression.type != Type::Attribute)
        failAt(expression.at, ErrorCode::Damaged, "Something that is no variable is assigned to", "a name",
               "another expression");
}

ExpressionPtr ExpressionParser::target(bool withNamespace, std::string_view endName, bool withTuple)
{
    const Position at = m_stream.current().at;
    if (!withTuple) {
        const Token &token = m_stream.current();
        m_stream.expectName("a name");
        auto node = name(token);
        checkTarget(*node);
        return node;
    }
    std::vector<ExpressionPtr> parts;
    bool isTuple = false;
    while (!tupleEnds(endName)) {
        parts.push_back(primary(withNamespace));
        if (!m_stream.isOperator(","))
            break;
        m_stream.next();
        isTuple = true;
    }
    if (parts.empty())
        m_stream.fail("The template has an error", "a name");
    auto node = isTuple ? make(Type::Tuple, at, std::move(parts)) : std::move(parts.front());
    checkTarget(*node);
    return node;
}

ExpressionPtr ExpressionParser::expression(bool withCondition)
{
    const ParseDepth depth(m_stream);
    const Position at = m_stream.current().at;
    if (!withCondition)
        return orOperation();
    ExpressionPtr node = orOperation();
    while (m_stream.skipName("if")) {
        auto condition = make(Type::Condition, at);
        add(*condition, orOperation());
        add(*condition, std::move(node));
        add(*condition, m_stream.skipName("else") ? expression() : nullptr);
        node = std::move(condition);
    }
    return node;
}

ExpressionPtr ExpressionParser::orOperation()
{
    const Position at = m_stream.current().at;
    ExpressionPtr left = andOperation();
    while (m_stream.skipName("or"))
        left = pair(Type::Or, at, std::move(left), andOperation());
    return left;
}

ExpressionPtr ExpressionParser::andOperation()
{
    const Position at = m_stream.current().at;
    ExpressionPtr left = notOperation();
    while (m_stream.skipName("and"))
        left = pair(Type::And, at, std::move(left), notOperation());
    return left;
}

ExpressionPtr ExpressionParser::notOperation()
{
    const Position at = m_stream.current().at;
    if (!m_stream.skipName("not"))
        return comparison();
    const ParseDepth depth(m_stream);
    auto node = make(Type::Not, at);
    add(*node, notOperation());
    return node;
}

ExpressionPtr ExpressionParser::comparison()
{
    constexpr std::pair<std::string_view, Comparison> kOperators[] = {
        {"==", Comparison::Equal},     {"!=", Comparison::NotEqual}, {"<", Comparison::Less},
        {"<=", Comparison::LessEqual}, {">", Comparison::Greater},   {">=", Comparison::GreaterEqual}};
    const Position at = m_stream.current().at;
    ExpressionPtr first = sum();
    ExpressionPtr node;
    while (true) {
        std::optional<Comparison> found;
        for (const auto &[text, comparison] : kOperators) {
            if (m_stream.isOperator(text))
                found = comparison;
        }
        const bool notIn = m_stream.isName("not") && m_stream.look().type == Token::Type::Name &&
                           m_stream.look().text == "in";
        if (notIn)
            found = Comparison::NotIn;
        else if (m_stream.isName("in"))
            found = Comparison::In;
        if (!found)
            break;
        m_stream.next();
        if (notIn)
            m_stream.next();
        if (!node) {
            node = make(Type::Compare, at);
            add(*node, std::move(first));
        }
        node->comparisons.push_back(*found);
        add(*node, sum());
    }
    return node ? std::move(node) : std::move(first);
}

ExpressionPtr ExpressionParser::sum()
{
    const Position at = m_stream.current().at;
    ExpressionPtr left = concatenation();
    while (m_stream.isOperator("+") || m_stream.isOperator("-")) {
        const Operator arithmetic = m_stream.next().text == "+" ? Operator::Add : Operator::Subtract;
        left = pair(Type::Arithmetic, at, std::move(left), concatenation());
        left->arithmetic = arithmetic;
    }
    return left;
}

ExpressionPtr ExpressionParser::concatenation()
{
    const Position at = m_stream.current().at;
    ExpressionPtr first = product();
    if (!m_stream.isOperator("~"))
        return first;
    auto node = make(Type::Concat, at);
    add(*node, std::move(first));
    while (m_stream.skipOperator("~"))
        add(*node, product());
    return node;
}

ExpressionPtr ExpressionParser::product()
{
    constexpr std::pair<std::string_view, Operator> kOperators[] = {{"*", Operator::Multiply},
                                                                    {"/", Operator::Divide},
                                                                    {"//", Operator::FloorDivide},
                                                                    {"%", Operator::Remainder}};
    const Position at = m_stream.current().at;
    ExpressionPtr left = power();
    while (true) {
        const auto found = std::find_if(std::begin(kOperators), std::end(kOperators),
                                        [&](const auto &row) { return m_stream.isOperator(row.first); });
        if (found == std::end(kOperators))
            return left;
        m_stream.next();
        left = pair(Type::Arithmetic, at, std::move(left), power());
        left->arithmetic = found->second;
    }
}

ExpressionPtr ExpressionParser::power()
{
    const Position at = m_stream.current().at;
    ExpressionPtr left = unary();
    while (m_stream.skipOperator("**")) {
        left = pair(Type::Arithmetic, at, std::move(left), unary());
        left->arithmetic = Operator::Power;
    }
    return left;
}

ExpressionPtr ExpressionParser::unary(bool withFilter)
{
    const ParseDepth depth(m_stream);
    const Position at = m_stream.current().at;
    ExpressionPtr node;
    if (m_stream.isOperator("-") || m_stream.isOperator("+")) {
        node = make(m_stream.next().text == "-" ? Type::Minus : Type::Plus, at);
        add(*node, unary(false));
    } else {
        node = primary();
    }
    node = postfix(std::move(node));
    return withFilter ? filtersAndTests(std::move(node)) : std::move(node);
}

ExpressionPtr ExpressionParser::primary(bool withNamespace)
{
    const Token &token = m_stream.current();
    switch (token.type) {
    case Token::Type::Name: {
        m_stream.next();
        if (!isAssignable(token.text)) {
            auto node = make(Type::Constant, token.at);
            const char first = token.text[0];
            node->constant =
                first == 'n' || first == 'N' ? Value::none() : Value::boolean(first == 't' || first == 'T');
            return node;
        }
        ExpressionPtr node = name(token);
        if (withNamespace && m_stream.skipOperator(".")) {
            const std::string attribute = m_stream.expectName("a name behind the point");
            auto reference = make(Type::Attribute, token.at);
            add(*reference, std::move(node));
            reference->name = attribute;
            return reference;
        }
        return node;
    }
    case Token::Type::String: {
        std::string text;
        while (m_stream.current().type == Token::Type::String)
            text += m_stream.next().text;
        auto node = make(Type::Constant, token.at);
        node->constant = Value::string(text);
        return node;
    }
    case Token::Type::Integer:
    case Token::Type::Float:
        return number(m_stream.next());
    case Token::Type::Operator:
        if (token.text == "[")
            return list();
        if (token.text == "{")
            return dict();
        if (token.text == "(") {
            m_stream.next();
            ExpressionPtr node = tuple(true, {}, true);
            m_stream.expectOperator(")");
            return node;
        }
        break;
    default:
        break;
    }
    m_stream.fail("The template has an error", "a name, value or bracket");
}

ExpressionPtr ExpressionParser::number(const Token &token)
{
    auto node = make(Type::Constant, token.at);
    const char *begin = token.text.data(), *end = begin + token.text.size();
    if (token.type == Token::Type::Float) {
        double value = 0;
        if (std::from_chars(begin, end, value).ec != std::errc())
            failAt(token.at, ErrorCode::Unsupported, "A number is too large or small", "a double",
                   token.text);
        node->constant = Value::real(value);
        return node;
    }
    const char kind = token.text.size() > 2 ? static_cast<char>(token.text[1] | 0x20) : ' ';
    const int base = kind == 'x' ? 16 : kind == 'o' ? 8 : kind == 'b' ? 2 : 10;
    std::int64_t value = 0;
    const auto [read, error] = std::from_chars(begin + (base == 10 ? 0 : 2), end, value, base);
    if (error == std::errc::result_out_of_range)
        failAt(token.at, ErrorCode::Unsupported, "A whole number is too large", "64 bits", token.text);
    if (error != std::errc() || read != end ||
        (base == 10 && token.text.size() > 1 && token.text[0] == '0' && value != 0))
        failAt(token.at, ErrorCode::Damaged, "A number is not written as one", "digits", token.text);
    node->constant = Value::integer(value);
    return node;
}

ExpressionPtr ExpressionParser::list()
{
    auto node = make(Type::List, m_stream.next().at);
    while (!m_stream.isOperator("]")) {
        if (!node->children.empty())
            m_stream.expectOperator(",");
        if (m_stream.isOperator("]"))
            break;
        add(*node, expression());
    }
    m_stream.expectOperator("]");
    return node;
}

ExpressionPtr ExpressionParser::dict()
{
    auto node = make(Type::Dict, m_stream.next().at);
    while (!m_stream.isOperator("}")) {
        if (!node->children.empty())
            m_stream.expectOperator(",");
        if (m_stream.isOperator("}"))
            break;
        add(*node, expression());
        m_stream.expectOperator(":");
        add(*node, expression());
    }
    m_stream.expectOperator("}");
    return node;
}

ExpressionPtr ExpressionParser::postfix(ExpressionPtr node)
{
    while (true) {
        if (m_stream.isOperator(".") || m_stream.isOperator("[")) {
            node = subscript(std::move(node));
        } else if (m_stream.isOperator("(")) {
            auto call = make(Type::Call, m_stream.current().at);
            add(*call, std::move(node));
            arguments(*call);
            node = std::move(call);
        } else {
            return node;
        }
    }
}

ExpressionPtr ExpressionParser::subscript(ExpressionPtr node)
{
    const Position at = m_stream.current().at;
    if (m_stream.skipOperator(".")) {
        const Token &token = m_stream.next();
        if (token.type == Token::Type::Integer)
            return pair(Type::Subscript, at, std::move(node), number(token));
        if (token.type != Token::Type::Name)
            failAt(token.at, ErrorCode::Damaged, "The template has an error",
                   "a name or number behind the point", describe(token));
        auto attribute = make(Type::Attribute, at);
        add(*attribute, std::move(node));
        attribute->name = token.text;
        return attribute;
    }
    m_stream.expectOperator("[");
    ExpressionPtr parts[3];
    bool slice = false;
    if (!m_stream.isOperator(":"))
        parts[0] = expression();
    for (int i = 1; i < 3 && m_stream.skipOperator(":"); ++i) {
        slice = true;
        if (!m_stream.isOperator("]") && !m_stream.isOperator(":"))
            parts[i] = expression();
    }
    if (m_stream.isOperator(","))
        m_stream.fail("A subscript of several parts is not supported", "']'");
    m_stream.expectOperator("]");
    if (!slice)
        return pair(Type::Subscript, at, std::move(node), std::move(parts[0]));
    auto result = make(Type::Slice, at);
    add(*result, std::move(node));
    for (ExpressionPtr &part : parts)
        add(*result, std::move(part));
    return result;
}

void ExpressionParser::arguments(Expression &call)
{
    m_stream.expectOperator("(");
    bool first = true;
    while (!m_stream.isOperator(")")) {
        if (!first)
            m_stream.expectOperator(",");
        first = false;
        if (m_stream.isOperator(")"))
            break;
        if (m_stream.isOperator("*") || m_stream.isOperator("**"))
            m_stream.fail("Arguments from a list or dict are not supported", "an expression");
        const bool keyword = m_stream.current().type == Token::Type::Name &&
                             m_stream.look().type == Token::Type::Operator && m_stream.look().text == "=";
        if (keyword) {
            call.keywords.push_back(m_stream.next().text);
            m_stream.next();
        } else if (!call.keywords.empty()) {
            m_stream.fail("An argument without a name stands behind one with a name", "NAME=");
        }
        add(call, expression());
    }
    m_stream.expectOperator(")");
}

ExpressionPtr ExpressionParser::filtersAndTests(ExpressionPtr node)
{
    while (true) {
        if (m_stream.skipOperator("|")) {
            node = filter(std::move(node));
        } else if (m_stream.isName("is")) {
            node = test(std::move(node));
        } else if (m_stream.isOperator("(")) {
            auto call = make(Type::Call, m_stream.current().at);
            add(*call, std::move(node));
            arguments(*call);
            node = std::move(call);
        } else {
            return node;
        }
    }
}

ExpressionPtr ExpressionParser::filters(ExpressionPtr input)
{
    while (m_stream.skipOperator("|"))
        input = filter(std::move(input));
    return input;
}

ExpressionPtr ExpressionParser::filter(ExpressionPtr input)
{
    auto node = make(Type::Filter, m_stream.current().at);
    node->name = m_stream.expectName("the name of a filter");
    while (m_stream.skipOperator("."))
        node->name += "." + m_stream.expectName("the name of a filter");
    add(*node, std::move(input));
    if (m_stream.isOperator("("))
        arguments(*node);
    return node;
}

ExpressionPtr ExpressionParser::test(ExpressionPtr node)
{
    auto test = make(Type::Test, m_stream.next().at);
    const bool negated = m_stream.skipName("not");
    test->name = m_stream.expectName("the name of a test");
    while (m_stream.skipOperator("."))
        test->name += "." + m_stream.expectName("the name of a test");
    add(*test, std::move(node));
    const Token &token = m_stream.current();
    const bool word =
        token.type == Token::Type::Name && token.text != "else" && token.text != "or" && token.text != "and";
    const bool value = token.type == Token::Type::String || token.type == Token::Type::Integer ||
                       token.type == Token::Type::Float || m_stream.isOperator("[") ||
                       m_stream.isOperator("{");
    if (m_stream.isOperator("(")) {
        arguments(*test);
    } else if (word || value) {
        if (m_stream.isName("is"))
            m_stream.fail("Tests cannot follow one another", "and");
        add(*test, postfix(primary()));
    }
    if (!negated)
        return test;
    auto negation = make(Type::Not, test->at);
    add(*negation, std::move(test));
    return negation;
}

} // namespace inference::jinja
