// chat: a conversation in the terminal.
#include "inference/chat/reasoning_parser.h"
#include "inference/cli/common.h"
#include "inference/cli/conversation.h"
#include "inference/cli/interrupt.h"
#include "inference/cli/line_editor.h"
#include "inference/cli/report.h"
#include "inference/cli/text_width.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace inference::cli {

namespace {

// Shows an answer as it comes, reasoning dimmed, and keeps its text.
class ChatSink : public GenerationSink
{
public:
    void onPrompt(std::uint32_t, std::uint32_t, bool opensReasoning) override
    {
        m_parser = ReasoningParser(opensReasoning);
    }
    void onText(std::string_view text) override
    {
        m_text += text;
        show(m_parser.push(text));
    }
    void end()
    {
        show(m_parser.flush());
        if (m_dimmed)
            write("\x1b[0m");
        m_dimmed = false;
        write("\n");
    }
    const std::string &text() const { return m_text; }

private:
    void show(const std::vector<TextPiece> &pieces)
    {
        for (const TextPiece &piece : pieces) {
            if (m_lastKind == TextKind::Reasoning && piece.kind == TextKind::Answer)
                write("\n\n");
            const bool dim = piece.kind == TextKind::Reasoning && coloursWanted();
            if (dim != m_dimmed)
                write(dim ? "\x1b[2m" : "\x1b[0m");
            m_dimmed = dim;
            m_lastKind = piece.kind;
            write(outputIsTerminal() ? terminalSafe(piece.text) : piece.text);
        }
    }

    ReasoningParser m_parser{false};
    std::string m_text;
    TextKind m_lastKind = TextKind::Answer;
    bool m_dimmed = false;
};

class Chat
{
public:
    Chat(Engine &engine, GenerationRequest request, Conversation conversation)
        : m_engine(engine), m_request(std::move(request)), m_conversation(std::move(conversation))
    {}

    int run()
    {
        if (inputIsTerminal())
            note(m_engine.summary()->name + " on " + m_engine.summary()->device +
                 ". /help shows the commands; Ctrl-C stops an answer; Ctrl-D leaves.");
        bool leaving = false; // Ctrl-C once on an empty line
        for (;;) {
            const TypedLine line = m_editor.read("> ");
            if (line.end == TypedLine::End::Interrupted) {
                if (line.text.empty() && leaving)
                    return kDone;
                leaving = line.text.empty();
                m_editor.remember(line.text);
                if (leaving)
                    note("Ctrl-C again or Ctrl-D leaves.");
                continue;
            }
            leaving = false;
            if (line.end == TypedLine::End::Closed)
                return interrupt().raised() ? kInterrupted : m_exitCode;
            if (line.text.find_first_not_of(" \t\n") == std::string::npos)
                continue;
            m_editor.remember(line.text);
            const Conversation::Action action = m_conversation.take(line.text);
            if (!action.message.empty())
                note(action.message);
            if (action.kind == Conversation::Action::Kind::Leave)
                return m_exitCode;
            if (action.kind == Conversation::Action::Kind::Answer && !answer())
                return kInterrupted;
        }
    }

private:
    // False when a script was interrupted.
    bool answer()
    {
        interrupt().renew();
        m_request.input = ChatInput{m_conversation.messages(), m_conversation.thinking()};
        ChatSink sink;
        auto statistics = m_engine.generate(m_request, sink, interrupt().token());
        sink.end();
        if (!statistics) {
            m_exitCode = fail(statistics.error());
            if (sink.text().empty())
                m_conversation.dropUnanswered();
            else
                m_conversation.addAnswer(sink.text()); // what was said is said
            return true;
        }
        m_conversation.addAnswer(sink.text());
        note(describe(*statistics));
        std::erase_if(statistics->notes,
                      [this](const std::string &told) { return !m_told.insert(told).second; });
        logNotes(statistics->notes);
        const bool stopped = statistics->endReason == EndReason::Cancelled;
        if (inputIsTerminal())
            interrupt().renew();
        return !stopped || inputIsTerminal();
    }

    Engine &m_engine;
    GenerationRequest m_request;
    Conversation m_conversation;
    LineEditor m_editor;
    int m_exitCode = kDone;       // of the last failure
    std::set<std::string> m_told; // notes, each once
};

} // namespace

int runChat(CommandLine arguments)
{
    std::string model, thinking;
    std::optional<std::string> system, chatFile;
    GenerationRequest request;
    CommonOptions common;
    KvCacheOptions kvCache;
    Options options("chat", "A conversation in the terminal. On a pipe, each line is a message.");
    options.positional("MODEL", "the model file", model);
    options.text("--system", "TEXT", "a system message", system);
    options.text("--chat", "F", "goes on with a saved conversation", chatFile);
    options.choice("--thinking", {"on", "off"}, "let the model reason first, or not", thinking);
    options.shownDefault("as the model does");
    options.number("--max-tokens", "N", "length of an answer; 0: until the context is full",
                   request.maxTokens, 0, 1u << 30);
    addSamplingOptions(options, request.sampling);
    options.texts("--stop", "TEXT", "an answer ends before it", request.stopStrings);
    addContextOption(options, common);
    kvCache.addTo(options);
    common.addTo(options);
    if (const auto code = options.parse(arguments))
        return *code;
    if (auto applied = common.apply(); !applied)
        return fail(applied.error());
    if (auto applied = kvCache.apply(common.load); !applied)
        return fail(applied.error());

    Conversation conversation;
    if (!thinking.empty())
        conversation.setThinking(thinking == "on" ? Thinking::On : Thinking::Off);
    if (chatFile) {
        if (auto loaded = conversation.load(*chatFile); !loaded)
            return fail(loaded.error());
    }
    if (system)
        conversation.setSystem(*system);
    auto engine = loadEngine(model, common.load);
    if (!engine)
        return fail(engine.error());
    return Chat(**engine, std::move(request), std::move(conversation)).run();
}

} // namespace inference::cli
