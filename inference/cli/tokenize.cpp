// tokenize, detokenize, template: text, ids and prompts, without the weights.
#include "inference/chat/chat_format.h"
#include "inference/cli/common.h"
#include "inference/cli/input.h"
#include "inference/cli/report.h"

namespace inference::cli {

int runTokenize(CommandLine arguments)
{
    std::string model;
    std::optional<std::string> file;
    bool special = false, bos = false;
    CommonOptions common;
    Options options("tokenize",
                    "Prints the token ids of standard input, or of a file, separated by spaces on one line.");
    options.positional("MODEL", "the model file", model);
    options.flag("--special", "literals of special tokens become those tokens, as in a template", special);
    options.flag("--bos", "put the begin-of-text token first", bos);
    options.text("--file", "F", "the text; - is standard input", file);
    options.shownDefault("-");
    common.addTo(options);
    if (const auto code = options.parse(arguments))
        return *code;
    if (auto applied = common.apply(); !applied)
        return fail(applied.error());

    const auto text = openText(model);
    if (!text)
        return fail(text.error());
    const auto input = readAll(file.value_or("-"));
    if (!input)
        return fail(input.error());
    std::vector<TokenId> tokens =
        text->tokenizer->encode(*input, special ? PromptPiece::Origin::Template : PromptPiece::Origin::User);
    if (bos) {
        const auto token = text->tokenizer->bos();
        if (!token)
            return fail(
                {ErrorCode::InvalidArgument, "This model has no begin-of-text token. Leave --bos out."});
        tokens.insert(tokens.begin(), *token);
    }
    std::string line;
    for (const TokenId token : tokens)
        line += (line.empty() ? "" : " ") + std::to_string(token);
    write(line + "\n");
    return kDone;
}

int runDetokenize(CommandLine arguments)
{
    std::string model;
    CommonOptions common;
    Options options("detokenize",
                    "Writes the bytes that the token ids on standard input stand for, exactly.");
    options.positional("MODEL", "the model file", model);
    common.addTo(options);
    if (const auto code = options.parse(arguments))
        return *code;
    if (auto applied = common.apply(); !applied)
        return fail(applied.error());

    const auto text = openText(model);
    if (!text)
        return fail(text.error());
    const auto input = readAll("-");
    if (!input)
        return fail(input.error());
    const auto tokens = parseTokens(*input, text->tokenizer->vocabularySize());
    if (!tokens)
        return fail(tokens.error());
    write(text->tokenizer->decode(*tokens));
    return kDone;
}

int runTemplate(CommandLine arguments)
{
    std::string model, thinking;
    bool noGenerationPrompt = false;
    CommonOptions common;
    Options options("template",
                    "Writes the exact prompt text of the conversation on standard input: a JSON list of\n"
                    "{\"role\": ..., \"content\": ...}.");
    options.positional("MODEL", "the model file", model);
    options.flag("--no-generation-prompt", "do not open the assistant's turn at the end", noGenerationPrompt);
    options.choice("--thinking", {"on", "off"}, "let the model reason first, or not", thinking);
    options.shownDefault("as the model does");
    common.addTo(options);
    if (const auto code = options.parse(arguments))
        return *code;
    if (auto applied = common.apply(); !applied)
        return fail(applied.error());

    const auto text = openText(model);
    if (!text)
        return fail(text.error());
    const auto input = readAll("-");
    if (!input)
        return fail(input.error());
    const auto messages = parseMessages(*input);
    if (!messages)
        return fail(messages.error());
    RenderOptions render{.now = localTime()};
    render.generationPrompt = !noGenerationPrompt;
    if (!thinking.empty())
        render.thinking = thinking == "on" ? Thinking::On : Thinking::Off;
    const auto prompt = ChatFormat::fromGguf(*text->file, *text->tokenizer).render(*messages, render);
    if (!prompt)
        return fail(prompt.error());
    if (!prompt->note.empty())
        log(LogLevel::Warning, oneLine(prompt->note));
    write(prompt->text());
    return kDone;
}

} // namespace inference::cli
