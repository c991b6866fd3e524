#include "app/code/code_prompt.h"

#include "app/syntax/lexer.h"

#include <algorithm>
#include <cmath>

namespace app::code {

namespace {

constexpr std::uint32_t kAssumedContext = 4096;
constexpr std::uint32_t kCompleteTokens = 256;
constexpr std::uint32_t kLargestAnswer = 8192;
// Characters a token of code stands for, on the low side: a window chosen with it fits.
constexpr double kCharactersPerToken = 2.5;

const char kSystem[] =
    "You are an expert programmer. You write correct, complete, readable code and answer exactly "
    "in the form that is asked for.";

const char kOneBlock[] = "Answer with one fenced code block.";

QString languageName(const CodeTask &task)
{
    const syntax::Language *language = syntax::findLanguage(task.languageId);
    if (!language && !task.source.isEmpty())
        language = syntax::guessLanguage(task.source);
    return language && syntax::languageId(*language) != QLatin1String("text") ? syntax::displayName(*language)
                                                                              : QString();
}

QString fenceTag(const CodeTask &task)
{
    const syntax::Language *language = syntax::findLanguage(task.languageId);
    if (!language)
        language = syntax::guessLanguage(task.source);
    return language ? syntax::languageId(*language) : QString();
}

// "the Python code", "the code".
QString codeOf(const QString &language)
{
    return language.isEmpty() ? QStringLiteral("code") : language + QStringLiteral(" code");
}

// The usual way of testing in a language; empty: the model chooses.
QString testFramework(const QString &language)
{
    static const struct
    {
        const char *language, *framework;
    } kFrameworks[] = {{"C++", "GoogleTest"},
                       {"C", "plain assert() in a main()"},
                       {"C#", "xUnit"},
                       {"Java", "JUnit 5"},
                       {"JavaScript", "Jest"},
                       {"TypeScript", "Jest"},
                       {"Python", "pytest"},
                       {"Go", "the testing package, table-driven"},
                       {"Rust", "a #[cfg(test)] module"},
                       {"Swift", "XCTest"},
                       {"Kotlin", "JUnit 5"},
                       {"Scala", "ScalaTest"},
                       {"PHP", "PHPUnit"},
                       {"Ruby", "Minitest"},
                       {"Dart", "the test package"},
                       {"Lua", "busted"},
                       {"Haskell", "Hspec"},
                       {"R", "testthat"},
                       {"Julia", "the Test standard library"},
                       {"Elixir", "ExUnit"},
                       {"Shell", "plain shell functions that exit with 1 when a check fails"}};
    for (const auto &row : kFrameworks)
        if (language == QLatin1String(row.language))
            return QString::fromLatin1(row.framework);
    return {};
}

QString generatePrompt(const CodeTask &task, const QString &language, const QString &tag)
{
    QString prompt =
        language.isEmpty()
            ? QStringLiteral("Write code for this task. Use the language that the task names, or "
                             "Python when it names none.\n\n")
            : QStringLiteral("Write %1 for this task.\n\n").arg(codeOf(language));
    prompt += QStringLiteral("Task:\n%1\n\n").arg(task.instruction.trimmed());
    if (!task.source.trimmed().isEmpty())
        prompt += QStringLiteral("This is the code so far. Change it as the task says and keep the rest. "
                                 "When the task asks for "
                                 "something else, write new code instead.\n\n%1\n\n")
                      .arg(fenced(task.source, tag));
    return prompt + QLatin1String(kOneBlock) +
           QStringLiteral(" It holds the complete code, ready to run, with nothing left out. After the block "
                          "say in at most "
                          "three short sentences what one must know to use it.");
}

QString fixPrompt(const CodeTask &task, const QString &language, const QString &tag)
{
    QString prompt = QStringLiteral("Find and fix the bugs in this %1.\n\n").arg(codeOf(language));
    if (!task.instruction.trimmed().isEmpty())
        prompt += QStringLiteral("What is wrong:\n%1\n\n").arg(task.instruction.trimmed());
    return prompt + fenced(task.source, tag) + QStringLiteral("\n\n") + QLatin1String(kOneBlock) +
           QStringLiteral(" It holds the whole corrected code, also the parts that did not change. Change "
                          "only what is wrong. "
                          "After the block list each bug and its fix in one line.");
}

QString refactorPrompt(const CodeTask &task, const QString &language, const QString &tag)
{
    QString prompt =
        QStringLiteral("Refactor this %1 so that it is easier to read. What it does stays the same.\n\n")
            .arg(codeOf(language));
    if (!task.instruction.trimmed().isEmpty())
        prompt += QStringLiteral("What to change:\n%1\n\n").arg(task.instruction.trimmed());
    return prompt + fenced(task.source, tag) + QStringLiteral("\n\n") + QLatin1String(kOneBlock) +
           QStringLiteral(" It holds the whole code. After the block list the changes, one line each.");
}

QString testsPrompt(const CodeTask &task, const QString &language, const QString &tag)
{
    const QString framework = testFramework(language);
    QString prompt = QStringLiteral("Write unit tests for this %1.").arg(codeOf(language));
    if (!framework.isEmpty())
        prompt += QStringLiteral(" Use %1.").arg(framework);
    prompt += QStringLiteral("\n\n%1\n\n").arg(fenced(task.source, tag));
    if (!task.instruction.trimmed().isEmpty())
        prompt += QStringLiteral("What to test:\n%1\n\n").arg(task.instruction.trimmed());
    return prompt + QLatin1String(kOneBlock) +
           QStringLiteral(" It holds one complete test file. Test normal cases, edge cases and errors, one "
                          "test a behaviour. Do "
                          "not repeat the code under test.");
}

QString explainPrompt(const CodeTask &task, const QString &language, const QString &tag)
{
    QString prompt =
        QStringLiteral("Explain this %1.\n\n%2\n\n").arg(codeOf(language), fenced(task.source, tag));
    if (!task.instruction.trimmed().isEmpty())
        prompt += QStringLiteral("Question:\n%1\n\n").arg(task.instruction.trimmed());
    return prompt + QStringLiteral("Say in one sentence what it does. Then explain its parts in order, "
                                   "briefly. Then name bugs and "
                                   "risks, if there are any. Do not repeat the whole code.");
}

// The text between `before` and `after` is what is missing.
QString fillingPrompt(const CodeTask &task, const QString &before, const QString &after,
                      const QString &language, const QString &tag)
{
    QString prompt = QStringLiteral("In this %1 a piece is missing at the mark <MISSING>.\n\n%2\n\n")
                         .arg(codeOf(language), fenced(before + QStringLiteral("<MISSING>") + after, tag));
    if (!task.instruction.trimmed().isEmpty())
        prompt += QStringLiteral("What the piece does:\n%1\n\n").arg(task.instruction.trimmed());
    return prompt + QLatin1String(kOneBlock) +
           QStringLiteral(" It holds only the missing piece, a few lines at most. Repeat nothing that stands "
                          "before or after the "
                          "mark.");
}

std::uint32_t contextOf(const std::optional<inference::ModelSummary> &model)
{
    return model && model->contextLength > 0 ? model->contextLength : kAssumedContext;
}

// Room for the answer: twice the source and a fixed part, never more than half of the context.
std::uint32_t answerTokens(const CodeTask &task, std::uint32_t context, std::uint32_t least)
{
    const double source = double(task.source.size()) / kCharactersPerToken;
    const double wanted = std::min(double(kLargestAnswer), std::max(double(least), 2 * source + 512));
    return std::max<std::uint32_t>(64,
                                   std::min<std::uint32_t>(std::uint32_t(std::lround(wanted)), context / 2));
}

// The part of the source that Complete shows to the model: what is next to the cursor, cut at line starts.
struct Window
{
    qsizetype from = 0, to = 0;
};

Window windowAround(const QString &source, qsizetype cursor, qsizetype characters)
{
    Window window{0, source.size()};
    if (source.size() <= characters)
        return window;
    // What stands before the cursor says more than what follows.
    const qsizetype after = std::min(source.size() - cursor, std::max(characters / 4, characters - cursor));
    window.from = std::max<qsizetype>(0, cursor - (characters - after));
    window.to = std::min(source.size(), cursor + after);
    if (window.from > 0) {
        const qsizetype line = source.indexOf(QLatin1Char('\n'), window.from - 1);
        window.from = line >= 0 && line < cursor ? line + 1 : window.from;
    }
    if (window.to < source.size()) {
        const qsizetype line = source.lastIndexOf(QLatin1Char('\n'), window.to);
        window.to = line > cursor ? line : window.to;
    }
    // Never half of a surrogate pair.
    if (window.from > 0 && source[window.from].isLowSurrogate() && window.from < cursor)
        ++window.from;
    if (window.to < source.size() && source[window.to].isLowSurrogate() && window.to > cursor)
        --window.to;
    return window;
}

CodeRequest buildComplete(const CodeTask &task, const std::optional<inference::ModelSummary> &model)
{
    CodeRequest built;
    built.answer = AnswerKind::Insertion;
    const std::uint32_t context = contextOf(model);
    inference::GenerationRequest &request = built.request;
    request.sampling.temperature = 0;
    request.maxTokens = std::min(kCompleteTokens, std::max<std::uint32_t>(32, context / 4));

    qsizetype cursor =
        task.cursor < 0 ? task.source.size() : std::min<qsizetype>(task.cursor, task.source.size());
    if (cursor > 0 && cursor < task.source.size() && task.source[cursor].isLowSurrogate())
        --cursor;
    const double room = double(context) - request.maxTokens - 64;
    const Window window =
        windowAround(task.source, cursor, qsizetype(std::max(64.0, room * kCharactersPerToken)));
    built.leftOutBefore = int(window.from);
    built.leftOutAfter = int(task.source.size() - window.to);
    const QString before = task.source.mid(window.from, cursor - window.from);
    const QString after = task.source.mid(cursor, window.to - cursor);

    // Something follows on this line: the piece ends with the line.
    const QString restOfLine = after.section(QLatin1Char('\n'), 0, 0);
    const bool insideLine =
        std::any_of(restOfLine.begin(), restOfLine.end(), [](QChar c) { return c.isLetterOrNumber(); });

    if (model && model->canFillInMiddle) {
        built.form = PromptForm::FillInMiddle;
        request.input = inference::FillInMiddleInput{before.toStdString(), after.toStdString()};
        // Marks of the training format that small models write instead of ending.
        request.stopStrings = {"<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|fim_pad|>",
                               "<|file_sep|>",   "<|repo_name|>",  "<|endoftext|>",  "<fim_prefix>",
                               "<fim_suffix>",   "<fim_middle>"};
        if (insideLine)
            request.stopStrings.push_back("\n");
        return built;
    }
    built.form = PromptForm::InstructedFilling;
    request.input = inference::ChatInput{
        {{"system", kSystem},
         {"user", fillingPrompt(task, before, after, languageName(task), fenceTag(task)).toStdString()}},
        inference::Thinking::Off};
    return built;
}

} // namespace

Lack lackOf(const CodeTask &task)
{
    switch (task.verb) {
    case Verb::Generate:
        return task.instruction.trimmed().isEmpty() ? Lack::Instruction : Lack::Nothing;
    case Verb::Complete:
    case Verb::Explain:
    case Verb::Fix:
    case Verb::Refactor:
    case Verb::Tests:
        break;
    }
    return task.source.trimmed().isEmpty() ? Lack::Source : Lack::Nothing;
}

QString fenced(const QString &text, const QString &tag)
{
    qsizetype longest = 2, run = 0;
    for (const QChar c : text) {
        run = c == QLatin1Char('`') ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    const QString fence(longest + 1, QLatin1Char('`'));
    return fence + tag + QLatin1Char('\n') + text +
           (text.endsWith(QLatin1Char('\n')) ? QString() : QStringLiteral("\n")) + fence;
}

CodeRequest buildRequest(const CodeTask &task, const std::optional<inference::ModelSummary> &model)
{
    if (task.verb == Verb::Complete)
        return buildComplete(task, model);
    CodeRequest built;
    const QString language = languageName(task);
    const QString tag = fenceTag(task);
    QString prompt;
    std::uint32_t least = 2048;
    switch (task.verb) {
    case Verb::Generate:
        prompt = generatePrompt(task, language, tag);
        least = 4096;
        break;
    case Verb::Fix:
        prompt = fixPrompt(task, language, tag);
        break;
    case Verb::Refactor:
        prompt = refactorPrompt(task, language, tag);
        break;
    case Verb::Tests:
        prompt = testsPrompt(task, language, tag);
        least = 4096;
        break;
    case Verb::Explain:
        prompt = explainPrompt(task, language, tag);
        built.answer = AnswerKind::Prose;
        least = 1536;
        break;
    case Verb::Complete:
        break;
    }
    inference::GenerationRequest &request = built.request;
    request.input =
        inference::ChatInput{{{"system", kSystem}, {"user", prompt.toStdString()}}, inference::Thinking::Off};
    request.sampling.temperature = 0.2f;
    request.sampling.topP = 0.9f;
    request.maxTokens = answerTokens(task, contextOf(model), least);
    return built;
}

} // namespace app::code
