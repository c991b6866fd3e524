// Finds filters and tests that do not exist before a template runs.
#include "inference/chat/jinja/builtins.h"
#include "inference/chat/jinja/parser.h"

namespace inference::jinja {

namespace {

// `soft`: inside a condition, where templates ask whether something is there before they use it.
void check(const Expression *node, bool soft)
{
    if (!node)
        return;
    soft = soft || node->type == Expression::Type::Condition;
    if (!soft && node->type == Expression::Type::Filter && !findFilter(node->name))
        failAt(node->at, ErrorCode::Unsupported, "A filter is not known", {}, "'" + node->name + "'");
    if (!soft && node->type == Expression::Type::Test && !findTest(node->name))
        failAt(node->at, ErrorCode::Unsupported, "A test is not known", {}, "'" + node->name + "'");
    for (const ExpressionPtr &child : node->children)
        check(child.get(), soft);
}

void check(const Block &body, bool soft)
{
    for (const auto &statement : body) {
        const bool condition = statement->type == Statement::Type::If;
        const bool scope = !condition && !statement->blocks.empty(); // a scope of its own begins anew
        check(statement->value.get(), soft || condition);
        for (const ExpressionPtr &value : statement->values)
            check(value.get(), soft || condition);
        for (const Block &block : statement->blocks)
            check(block, condition || (soft && !scope));
        if (statement->macro) {
            for (const Parameter &parameter : statement->macro->parameters)
                check(parameter.fallback.get(), false);
            check(statement->macro->body, false);
        }
    }
}

} // namespace

void checkNames(const Block &body)
{
    check(body, false);
}

} // namespace inference::jinja
