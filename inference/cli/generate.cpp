// generate: one answer, streamed.
#include "inference/cli/common.h"
#include "inference/cli/input.h"
#include "inference/cli/interrupt.h"
#include "inference/cli/report.h"
#include "inference/cli/text_width.h"

#include <nlohmann/json.hpp>

namespace inference::cli {

namespace {

void writeLine(const nlohmann::ordered_json &object)
{
    write(object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

class TextSink : public GenerationSink
{
public:
    void onText(std::string_view text) override
    {
        write(outputIsTerminal() ? terminalSafe(text) : std::string(text));
        m_last = text.empty() ? m_last : text.back();
    }
    // A terminal's prompt begins on a line of its own; a file gets the answer and nothing else.
    void end() const
    {
        if (outputIsTerminal() && m_last != '\n')
            write("\n");
    }

private:
    char m_last = '\n';
};

class JsonSink : public GenerationSink
{
public:
    void onText(std::string_view text) override { writeLine({{"text", text}}); }
};

nlohmann::ordered_json generationJson(const GenerationStatistics &statistics)
{
    nlohmann::ordered_json json{{"stats",
                                 {{"end_reason", endReasonName(statistics.endReason)},
                                  {"prompt_tokens", statistics.promptTokens},
                                  {"cached_tokens", statistics.cachedTokens},
                                  {"tokens_from_disk", statistics.tokensFromDisk},
                                  {"disk_ms", statistics.diskMs},
                                  {"generated_tokens", statistics.generatedTokens},
                                  {"guessed_tokens", statistics.guessedTokens},
                                  {"right_guesses", statistics.rightGuesses},
                                  {"prefill_tokens_per_second", statistics.prefillTokensPerSecond},
                                  {"decode_tokens_per_second", statistics.decodeTokensPerSecond},
                                  {"first_token_ms", statistics.firstTokenMs},
                                  {"seed", statistics.seed},
                                  {"tokens", statistics.tokens}}}};
    if (!statistics.notes.empty())
        json["stats"]["notes"] = statistics.notes;
    return json;
}

struct Source
{
    std::optional<std::string> prompt, promptFile, chatFile, system;
    bool raw = false;
    std::string thinking;
};

Error usage(std::string_view what, std::string_view where)
{
    return {ErrorCode::InvalidArgument,
            {.what = what, .where = where, .wayOut = "See baleen-cli generate --help."}};
}

Result<std::string> promptText(const Source &source)
{
    if (source.prompt && *source.prompt != "-")
        return *source.prompt;
    return readAll(source.prompt ? "-" : *source.promptFile);
}

Result<void> fillInput(const Source &source, GenerationRequest &request)
{
    const int sources = int(source.prompt.has_value()) + int(source.promptFile.has_value()) +
                        int(source.chatFile.has_value());
    if (sources != 1)
        return usage(sources == 0 ? "There is no prompt" : "There is more than one prompt",
                     "give one of --prompt, --prompt-file and --chat");
    if (source.raw && (source.chatFile || source.system || !source.thinking.empty()))
        return usage("--raw has no conversation", "--chat, --system and --thinking need the template");
    if (source.raw) {
        auto text = promptText(source);
        if (!text)
            return text.error();
        request.input = RawInput{.prompt = std::move(*text)};
        return {};
    }
    ChatInput input;
    if (!source.thinking.empty())
        input.thinking = source.thinking == "on" ? Thinking::On : Thinking::Off;
    if (source.chatFile) {
        const auto json = readAll(*source.chatFile);
        if (!json)
            return json.error();
        auto messages = parseMessages(*json);
        if (!messages)
            return messages.error();
        input.messages = std::move(*messages);
    } else {
        auto text = promptText(source);
        if (!text)
            return text.error();
        input.messages.push_back({"user", std::move(*text)});
    }
    if (source.system)
        input.messages.insert(input.messages.begin(), {"system", *source.system});
    request.input = std::move(input);
    return {};
}

} // namespace

int runGenerate(CommandLine arguments)
{
    std::string model;
    Source source;
    GenerationRequest request;
    bool json = false, noGuesses = false;
    CommonOptions common;
    KvCacheOptions kvCache;
    Options options("generate", "Writes the model's answer to one prompt as it comes.");
    options.positional("MODEL", "the model file", model);
    options.text("--prompt", "TEXT", "the user's message; - is standard input", source.prompt);
    options.text("--prompt-file", "F", "the user's message from a file; - is standard input",
                 source.promptFile);
    options.text("--chat", "F", "a conversation: a JSON list of {\"role\", \"content\"}; - is standard input",
                 source.chatFile);
    options.text("--system", "TEXT", "a system message before it", source.system);
    options.flag("--raw", "no template: the model goes on with the text", source.raw);
    options.choice("--thinking", {"on", "off"}, "let the model reason first, or not", source.thinking);
    options.shownDefault("as the model does");
    options.number("--max-tokens", "N", "length of the answer; 0: until the context is full",
                   request.maxTokens, 0, 1u << 30);
    addSamplingOptions(options, request.sampling);
    options.texts("--stop", "TEXT", "the answer ends before it", request.stopStrings);
    addContextOption(options, common);
    kvCache.addTo(options);
    options.flag("--no-guesses",
                 "one token a step, even where the text repeats itself: slower, the same answer", noGuesses);
    options.flag("--json", "one JSON object a line: pieces of text, then the statistics", json);
    common.addTo(options);
    if (const auto code = options.parse(arguments))
        return *code;
    if (auto applied = common.apply(); !applied)
        return fail(applied.error());
    if (auto applied = kvCache.apply(common.load); !applied)
        return fail(applied.error());
    if (auto filled = fillInput(source, request); !filled)
        return fail(filled.error());
    if (noGuesses)
        request.guesses = Guesses::None;

    auto engine = loadEngine(model, common.load);
    if (!engine)
        return fail(engine.error());
    TextSink textSink;
    JsonSink jsonSink;
    GenerationSink &sink = json ? static_cast<GenerationSink &>(jsonSink) : textSink;
    const auto statistics = (*engine)->generate(request, sink, interrupt().token());
    if (!json)
        textSink.end();
    if (!statistics)
        return fail(statistics.error());
    if (json)
        writeLine(generationJson(*statistics));
    else
        note(describe(*statistics));
    logNotes(statistics->notes);
    return exitCode(*statistics);
}

} // namespace inference::cli
