// What is sent to the model for each verb of the Code panel. Pure functions: text in, request out.
#pragma once

#include "inference/engine.h"

#include <QString>

#include <optional>

namespace app::code {

enum class Verb { Generate, Complete, Explain, Fix, Refactor, Tests };
inline constexpr Verb kVerbs[] = {Verb::Generate, Verb::Complete, Verb::Explain,
                                  Verb::Fix,      Verb::Refactor, Verb::Tests};

struct CodeTask
{
    Verb verb = Verb::Generate;
    QString languageId;  // app::syntax::languageId(); empty: automatic
    QString instruction; // what to build, what is wrong, what to ask
    QString source;      // line breaks are \n
    int cursor = -1;     // UTF-16 index into source, where Complete inserts; -1: the end
};

// What a task lacks before it can run.
enum class Lack { Nothing, Instruction, Source };
Lack lackOf(const CodeTask &task);

// What becomes of the answer.
enum class AnswerKind {
    Code,     // the main block replaces the text of the editor, the rest is prose
    Prose,    // all of it is prose
    Insertion // all of it is code that goes in at the cursor
};

enum class PromptForm {
    Chat,
    FillInMiddle,     // the model reads what stands before and after the cursor, and nothing else
    InstructedFilling // for models without fill-in-the-middle: a chat that asks for the missing piece
};

struct CodeRequest
{
    inference::GenerationRequest request;
    AnswerKind answer = AnswerKind::Code;
    PromptForm form = PromptForm::Chat;
    // Complete reads a window around the cursor when the source does not fit the context; UTF-16 units
    // outside of it.
    int leftOutBefore = 0, leftOutAfter = 0;
};

// `model`: what is loaded; nothing: a context of 4,096 tokens and no fill-in-the-middle are assumed.
CodeRequest buildRequest(const CodeTask &task, const std::optional<inference::ModelSummary> &model);

// `text` between fences that are longer than any run of backticks inside it.
QString fenced(const QString &text, const QString &tag);

} // namespace app::code
