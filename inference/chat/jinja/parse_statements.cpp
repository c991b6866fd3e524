#include "inference/chat/jinja/parser.h"

#include <initializer_list>

namespace inference::jinja {

namespace {

using TokenType = Token::Type;
using StatementType = Statement::Type;
using StatementPtr = std::unique_ptr<Statement>;
using Names = std::initializer_list<std::string_view>;

class StatementParser
{
public:
    explicit StatementParser(TokenStream &stream) : m_stream(stream), m_expressions(stream) {}

    // Up to one of `ends`, which stays the current token; with none, up to the end.
    Block block(Names ends)
    {
        const ParseDepth depth(m_stream);
        const Position opened = m_stream.current().at;
        Block body;
        while (m_stream.current().type != TokenType::End) {
            const Token &token = m_stream.next();
            if (token.type == TokenType::Data) {
                add(body, StatementType::Data, token.at)->data = token.text;
            } else if (token.type == TokenType::VariableBegin) {
                add(body, StatementType::Output, token.at)->value = m_expressions.tuple();
                m_stream.expect(TokenType::VariableEnd, "'}}'");
            } else {
                for (const std::string_view end : ends) {
                    if (m_stream.isName(end))
                        return body;
                }
                body.push_back(statement());
                m_stream.expect(TokenType::BlockEnd, "'%}'");
            }
        }
        if (ends.size() > 0)
            failAt(opened, ErrorCode::Damaged, "A block does not end",
                   "{% " + std::string(*(ends.end() - 1)) + " %}", "the end of the template");
        return body;
    }

private:
    static Statement *add(Block &body, StatementType type, Position at)
    {
        body.push_back(make(type, at));
        return body.back().get();
    }

    static StatementPtr make(StatementType type, Position at)
    {
        auto node = std::make_unique<Statement>();
        node->type = type;
        node->at = at;
        return node;
    }

    // The rest of an opening tag, and what is between it and one of `ends`.
    Block body(Names ends)
    {
        m_stream.skipOperator(":");
        m_stream.expect(TokenType::BlockEnd, "'%}'");
        return block(ends);
    }

    Block bodyUpTo(std::string_view end)
    {
        Block result = body({end});
        m_stream.next();
        return result;
    }

    StatementPtr statement()
    {
        const Token &token = m_stream.current();
        const std::string tag = m_stream.expectName("the name of a tag");
        if (tag == "if")
            return parseIf(token.at);
        if (tag == "for")
            return parseFor(token.at);
        if (tag == "set")
            return parseSet(token.at);
        if (tag == "macro")
            return parseMacro(token.at);
        if (tag == "call")
            return parseCall(token.at);
        if (tag == "filter")
            return parseFilter(token.at);
        if (tag == "with")
            return parseWith(token.at);
        if (tag == "generation") {
            const LoopDepth noLoop(*this, 0); // its body is a function in the reference
            StatementPtr node = make(StatementType::Scope, token.at);
            node->blocks.push_back(bodyUpTo("endgeneration"));
            return node;
        }
        if (tag == "break" || tag == "continue") {
            if (m_loops == 0)
                failAt(token.at, ErrorCode::Damaged, "A loop is left where there is none",
                       "{% for %} around it", "'" + tag + "'");
            return make(tag == "break" ? StatementType::Break : StatementType::Continue, token.at);
        }
        constexpr std::string_view kOthers[] = {"include", "import", "from",
                                                "extends", "block",  "autoescape"};
        bool exists = false;
        for (const std::string_view other : kOthers)
            exists = exists || tag == other;
        failAt(token.at, exists ? ErrorCode::Unsupported : ErrorCode::Damaged,
               exists ? "A tag of Jinja is not supported" : "A tag is not known",
               "if, for, set, macro, call, filter, with or their ends", "'" + tag + "'");
    }

    StatementPtr parseIf(Position at)
    {
        StatementPtr node = make(StatementType::If, at);
        while (true) {
            node->values.push_back(m_expressions.tuple(false));
            node->blocks.push_back(body({"elif", "else", "endif"}));
            const std::string end = m_stream.next().text;
            if (end == "elif")
                continue;
            if (end == "else")
                node->blocks.push_back(bodyUpTo("endif"));
            return node;
        }
    }

    StatementPtr parseFor(Position at)
    {
        StatementPtr node = make(StatementType::For, at);
        node->target = m_expressions.target(false, "in");
        if (!m_stream.skipName("in"))
            m_stream.fail("The template has an error", "'in'");
        node->value = m_expressions.tuple(false, "recursive");
        node->values.push_back(m_stream.skipName("if") ? m_expressions.expression() : nullptr);
        if (m_stream.isName("recursive"))
            failAt(m_stream.current().at, ErrorCode::Unsupported, "Recursive loops are not supported", "'%}'",
                   "'recursive'");
        {
            const LoopDepth loop(*this, m_loops + 1);
            node->blocks.push_back(body({"else", "endfor"}));
        }
        node->blocks.emplace_back();
        if (m_stream.next().text == "else")
            node->blocks.back() = bodyUpTo("endfor");
        return node;
    }

    StatementPtr parseSet(Position at)
    {
        StatementPtr node = make(StatementType::Set, at);
        node->target = m_expressions.target(true);
        if (m_stream.skipOperator("=")) {
            node->value = m_expressions.tuple();
            return node;
        }
        node->type = StatementType::SetBlock;
        node->value = m_expressions.filters(nullptr);
        node->blocks.push_back(bodyUpTo("endset"));
        return node;
    }

    void parameters(Macro &macro)
    {
        m_stream.expectOperator("(");
        while (!m_stream.isOperator(")")) {
            if (!macro.parameters.empty())
                m_stream.expectOperator(",");
            Parameter parameter;
            parameter.name = m_expressions.target(false, {}, false)->name;
            if (m_stream.skipOperator("="))
                parameter.fallback = m_expressions.expression();
            else if (!macro.parameters.empty() && macro.parameters.back().fallback)
                m_stream.fail("A parameter without a default stands behind one with a default", "'='");
            macro.parameters.push_back(std::move(parameter));
        }
        m_stream.expectOperator(")");
    }

    void macroBody(Macro &macro, std::string_view end)
    {
        Macro *outer = m_stream.macro;
        m_stream.macro = &macro;
        const LoopDepth noLoop(*this, 0);
        macro.body = bodyUpTo(end);
        m_stream.macro = outer;
    }

    StatementPtr parseMacro(Position at)
    {
        StatementPtr node = make(StatementType::Macro, at);
        node->macro = std::make_unique<Macro>();
        node->macro->name = m_expressions.target(false, {}, false)->name;
        parameters(*node->macro);
        macroBody(*node->macro, "endmacro");
        return node;
    }

    StatementPtr parseCall(Position at)
    {
        StatementPtr node = make(StatementType::CallBlock, at);
        node->macro = std::make_unique<Macro>();
        node->macro->name = "caller";
        if (m_stream.isOperator("("))
            parameters(*node->macro);
        const Position called = m_stream.current().at;
        node->value = m_expressions.expression();
        if (node->value->type != Expression::Type::Call)
            failAt(called, ErrorCode::Damaged, "The template has an error", "a call of a macro",
                   "another expression");
        macroBody(*node->macro, "endcall");
        return node;
    }

    StatementPtr parseFilter(Position at)
    {
        StatementPtr node = make(StatementType::Filter, at);
        node->value = m_expressions.filters(m_expressions.filter(nullptr));
        node->blocks.push_back(bodyUpTo("endfilter"));
        return node;
    }

    StatementPtr parseWith(Position at)
    {
        StatementPtr node = make(StatementType::With, at);
        node->target = std::make_unique<Expression>();
        node->target->type = Expression::Type::Tuple;
        while (m_stream.current().type != TokenType::BlockEnd && m_stream.current().type != TokenType::End) {
            if (!node->values.empty())
                m_stream.expectOperator(",");
            node->target->children.push_back(m_expressions.target(false, {}, false));
            m_stream.expectOperator("=");
            node->values.push_back(m_expressions.expression());
        }
        node->blocks.push_back(bodyUpTo("endwith"));
        return node;
    }

    // break and continue belong to the loop of their own function.
    class LoopDepth
    {
    public:
        LoopDepth(StatementParser &parser, std::uint32_t depth) : m_parser(parser), m_before(parser.m_loops)
        {
            parser.m_loops = depth;
        }
        ~LoopDepth() { m_parser.m_loops = m_before; }
        LoopDepth(const LoopDepth &) = delete;
        LoopDepth &operator=(const LoopDepth &) = delete;

    private:
        StatementParser &m_parser;
        std::uint32_t m_before;
    };

    TokenStream &m_stream;
    ExpressionParser m_expressions;
    std::uint32_t m_loops = 0;
};

} // namespace

Block parseTemplate(std::vector<Token> tokens, const Limits &limits)
{
    TokenStream stream(std::move(tokens), limits);
    return StatementParser(stream).block({});
}

} // namespace inference::jinja
