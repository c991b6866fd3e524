#include "inference/chat/jinja/template.h"

#include "inference/chat/jinja/interpreter.h"
#include "inference/chat/jinja/parser.h"
#include "inference/gguf/wording.h"

#include <new>

namespace inference::jinja {

Template::Template(std::shared_ptr<const Program> program) : m_program(std::move(program)) {}

Result<Template> Template::parse(std::string_view source, const Limits &limits)
{
    if (source.size() > limits.templateBytes)
        return Error(ErrorCode::Unsupported,
                     ErrorParts{.what = "The chat template is too long",
                                .where = "line 1, column 1",
                                .expected = "at most " + byteCount(limits.templateBytes),
                                .found = byteCount(source.size())});
    auto program = std::make_shared<Program>();
    program->limits = limits;
    try {
        program->body = parseTemplate(tokenize(source), program->limits);
        checkNames(program->body);
    } catch (const Failure &failure) {
        return failure.error;
    }
    return Template(std::move(program));
}

Result<std::vector<PromptPiece>> Template::render(const Variables &variables) const
{
    std::vector<PromptPiece> pieces;
    try {
        Interpreter interpreter(*m_program, variables);
        const Text text = interpreter.run();
        std::size_t from = 0;
        for (const Text::Run &run : text.runs()) {
            pieces.push_back({run.foreign ? PromptPiece::Origin::User : PromptPiece::Origin::Template,
                              std::string(text.bytes().substr(from, run.end - from))});
            from = run.end;
        }
    } catch (const Failure &failure) {
        return failure.error;
    }
    return pieces;
}

} // namespace inference::jinja
