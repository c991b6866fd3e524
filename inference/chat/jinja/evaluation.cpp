#include "inference/chat/jinja/evaluation.h"

#include "inference/gguf/wording.h"

namespace inference::jinja {

void failAt(Position at, ErrorCode code, std::string_view what, std::string_view expected,
            std::string_view found, std::string_view wayOut)
{
    const std::string where =
        "chat template, line " + std::to_string(at.line) + ", column " + std::to_string(at.column);
    throw Failure{Error(code, ErrorParts{.what = printable(what, 400),
                                         .where = where,
                                         .expected = printable(expected),
                                         .found = printable(found),
                                         .wayOut = wayOut})};
}

void Evaluation::spendBytes(std::uint64_t size)
{
    if (size > m_limits.stringBytes)
        failUnsupported("A string becomes too long", "at most " + byteCount(m_limits.stringBytes),
                        byteCount(size));
    spend(size);
}

void Evaluation::failForFuel() const
{
    failUnsupported("The template does more work than a prompt can need",
                    "at most " + grouped(m_limits.fuel) + " units", "more");
}

void Nested::fail()
{
    --m_evaluation.depth; // no destructor runs for what was not constructed
    m_evaluation.failUnsupported("The template is nested too deeply while it runs",
                                 "at most " + grouped(m_evaluation.limits().evaluationDepth) + " levels",
                                 "more");
}

} // namespace inference::jinja
