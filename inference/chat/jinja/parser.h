// Tokens to a tree, by Jinja's grammar.
#pragma once

#include "inference/chat/jinja/ast.h"
#include "inference/chat/jinja/lexer.h"

namespace inference::jinja {

// Fails (Failure) with what was expected and found where.
Block parseTemplate(std::vector<Token> tokens, const Limits &limits);
// Fails for a filter or test that is not known; inside `if` it fails only when it runs, as in Jinja.
void checkNames(const Block &body);

// What statements and expressions share: the tokens, the depth, what the macro at hand reads.
class TokenStream
{
public:
    TokenStream(std::vector<Token> tokens, const Limits &limits)
        : m_tokens(std::move(tokens)), m_limits(limits)
    {}

    const Token &current() const { return m_tokens[m_next]; }
    const Token &look() const { return m_tokens[m_next + 1 < m_tokens.size() ? m_next + 1 : m_next]; }
    const Token &next(); // the current one, and goes on
    bool isOperator(std::string_view text) const;
    bool isName(std::string_view text) const;
    bool skipOperator(std::string_view text);
    bool skipName(std::string_view text);
    void expectOperator(std::string_view text);
    void expect(Token::Type type, std::string_view what);
    std::string expectName(std::string_view what);
    [[noreturn]] void fail(std::string_view what, std::string_view expected) const; // at the current token

    const Limits &limits() const { return m_limits; }
    Macro *macro = nullptr; // the one whose body is being read
    std::uint32_t depth = 0;

private:
    std::vector<Token> m_tokens;
    std::size_t m_next = 0;
    const Limits &m_limits;
};

class ParseDepth
{
public:
    explicit ParseDepth(TokenStream &stream);
    ~ParseDepth() { --m_stream.depth; }
    ParseDepth(const ParseDepth &) = delete;
    ParseDepth &operator=(const ParseDepth &) = delete;

private:
    TokenStream &m_stream;
};

class ExpressionParser
{
public:
    explicit ExpressionParser(TokenStream &stream) : m_stream(stream) {}

    ExpressionPtr expression(bool withCondition = true);
    // One expression, or a tuple where commas follow; `endName` is a word that ends it ("in", "recursive").
    ExpressionPtr tuple(bool withCondition = true, std::string_view endName = {}, bool inParentheses = false);
    // What can be assigned to.
    ExpressionPtr target(bool withNamespace, std::string_view endName = {}, bool withTuple = true);
    // `| name(...)`, any number of them, on `input`, which may be missing.
    ExpressionPtr filters(ExpressionPtr input);
    ExpressionPtr filter(ExpressionPtr input); // the current token is the name
    ExpressionPtr unary(bool withFilter = true);

private:
    using Type = Expression::Type;
    ExpressionPtr make(Type type, Position at, std::vector<ExpressionPtr> children = {});
    ExpressionPtr pair(Type type, Position at, ExpressionPtr a, ExpressionPtr b);
    void add(Expression &parent, ExpressionPtr child);
    void checkDepth(const Expression &expression);
    void checkTarget(const Expression &expression);
    ExpressionPtr name(const Token &token);
    bool tupleEnds(std::string_view endName) const;

    ExpressionPtr orOperation();
    ExpressionPtr andOperation();
    ExpressionPtr notOperation();
    ExpressionPtr comparison();
    ExpressionPtr sum();
    ExpressionPtr concatenation();
    ExpressionPtr product();
    ExpressionPtr power();
    ExpressionPtr primary(bool withNamespace = false);
    ExpressionPtr number(const Token &token);
    ExpressionPtr list();
    ExpressionPtr dict();
    ExpressionPtr postfix(ExpressionPtr node);
    ExpressionPtr filtersAndTests(ExpressionPtr node);
    ExpressionPtr subscript(ExpressionPtr node);
    ExpressionPtr test(ExpressionPtr node);
    void arguments(Expression &call);

    TokenStream &m_stream;
};

} // namespace inference::jinja
