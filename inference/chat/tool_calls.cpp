#include "inference/chat/tool_calls.h"

#include "inference/chat/tool_call_json.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

namespace inference {

namespace {

constexpr std::string_view kCallsBegin = "<｜tool▁calls▁begin｜>";
constexpr std::string_view kCallsEnd = "<｜tool▁calls▁end｜>";
constexpr std::string_view kCallBegin = "<｜tool▁call▁begin｜>";
constexpr std::string_view kCallEnd = "<｜tool▁call▁end｜>";
constexpr std::string_view kSeparator = "<｜tool▁sep｜>";
constexpr std::string_view kHermesBegin = "<tool_call>";
constexpr std::string_view kHermesEnd = "</tool_call>";
constexpr std::string_view kFence = "```";

constexpr std::array kOpenings = {kCallsBegin, kCallBegin, kHermesBegin};
constexpr std::array kBetweenCalls = {kCallsBegin, kCallBegin, kHermesBegin, kCallsEnd};
constexpr std::array kEndsOfDeepSeekCall = {kCallEnd, kCallsEnd, kCallBegin};
constexpr std::array kEndsOfHermesCall = {kHermesEnd};
constexpr std::size_t kMaxNameBytes = 256;

using Tags = std::span<const std::string_view>;
using Parts = std::vector<AnswerPart>;

// The tag at the beginning of `text`; or that there may be one when more comes.
struct TagMatch
{
    std::string_view tag; // empty: none
    bool mayCome = false;
};

TagMatch tagAt(std::string_view text, Tags tags)
{
    TagMatch match;
    for (const std::string_view tag : tags) {
        if (text.starts_with(tag))
            return {tag, false};
        match.mayCome = match.mayCome || tag.starts_with(text);
    }
    return match;
}

// The first of the tags from `from` on, or where one may begin: the end of `text` when there is none.
std::size_t findTag(std::string_view text, std::size_t from, Tags tags, TagMatch &match)
{
    for (std::size_t at = text.find('<', from); at != text.npos; at = text.find('<', at + 1)) {
        match = tagAt(text.substr(at), tags);
        if (!match.tag.empty() || match.mayCome)
            return at;
    }
    match = {};
    return text.size();
}

void emitText(std::string_view text, Parts &out)
{
    if (text.empty())
        return;
    if (out.empty() || out.back().kind != AnswerPart::Kind::Text)
        out.emplace_back();
    out.back().text += text;
}

AnswerPart broken(std::string_view source, std::string problem)
{
    AnswerPart part;
    part.kind = AnswerPart::Kind::BrokenCall;
    part.text = source;
    part.problem = std::move(problem);
    return part;
}

AnswerPart finished(std::string_view source, std::string_view name, std::string_view arguments)
{
    const bool isName =
        !name.empty() && name.size() <= kMaxNameBytes && std::none_of(name.begin(), name.end(), [](char c) {
            return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F;
        });
    if (!isName)
        return broken(source, "The call of a tool has no name that could be one.");
    if (std::string problem = problemOfJsonObject(arguments, ToolCallParser::kMaxDepth); !problem.empty())
        return broken(source, "The arguments of a tool call are no JSON object: " + problem);
    AnswerPart part;
    part.kind = AnswerPart::Kind::Call;
    part.call = {std::string(name), std::string(arguments)};
    return part;
}

// Without the Markdown fence around it, where there is one.
std::string_view withoutFence(std::string_view text)
{
    text = trimmed(text);
    if (!text.starts_with(kFence))
        return text;
    text.remove_prefix(std::min(text.find('\n'), text.size()));
    text = trimmed(text);
    if (text.ends_with(kFence))
        text.remove_suffix(kFence.size());
    return trimmed(text);
}

AnswerPart deepSeekCall(std::string_view source)
{
    const std::string_view body = source.substr(kCallBegin.size());
    const std::size_t separator = body.find(kSeparator);
    if (separator == body.npos)
        return broken(source, "The call of a tool has no separator behind its name.");
    const std::string_view before = trimmed(body.substr(0, separator));
    const std::string_view behind = trimmed(body.substr(separator + kSeparator.size()));
    if (behind.empty() || behind.starts_with('{') || behind.starts_with(kFence)) // V3.1
        return finished(source, before, withoutFence(behind));
    // V3: `before` is the type, "function".
    const std::size_t line = std::min(behind.find('\n'), behind.size());
    return finished(source, trimmed(behind.substr(0, line)), withoutFence(behind.substr(line)));
}

AnswerPart hermesCall(std::string_view source)
{
    const std::string_view json = trimmed(source.substr(kHermesBegin.size()));
    // One bracket more: the arguments stand in an object.
    if (std::string problem = problemOfJsonObject(json, ToolCallParser::kMaxDepth + 1); !problem.empty())
        return broken(source, "The call of a tool is no JSON object: " + problem);
    const std::optional<std::string> name = textOf(memberOf(json, "name"));
    if (!name)
        return broken(source, "The call of a tool has no name that could be one.");
    std::string_view arguments = memberOf(json, "arguments");
    if (arguments.empty())
        arguments = memberOf(json, "parameters");
    // Some models write the object as a text.
    if (const std::optional<std::string> text = textOf(arguments))
        return finished(source, *name, trimmed(*text));
    return finished(source, *name, arguments);
}

} // namespace

std::vector<AnswerPart> ToolCallParser::push(std::string_view text)
{
    m_pending += text;
    return read(false);
}

std::vector<AnswerPart> ToolCallParser::flush()
{
    Parts out = read(true);
    *this = {};
    return out;
}

std::vector<AnswerPart> ToolCallParser::read(bool ends)
{
    Parts out;
    bool goesOn = true;
    while (goesOn) {
        switch (m_state) {
        case State::Text:
            goesOn = readText(ends, out);
            break;
        case State::Between:
            goesOn = readBetween(ends);
            break;
        case State::DeepSeekCall:
        case State::HermesCall:
            goesOn = readCall(ends, out);
            break;
        }
    }
    m_pending.erase(0, m_at);
    m_scanned -= std::min(m_scanned, m_at);
    m_at = 0;
    return out;
}

// True when the state is another one now. The same holds for the other two.
bool ToolCallParser::readText(bool ends, Parts &out)
{
    const std::string_view text = std::string_view(m_pending).substr(m_at);
    if (m_calls >= kMaxCalls) {
        emitText(text, out);
        m_at = m_pending.size();
        return false;
    }
    TagMatch match;
    std::size_t end = findTag(text, 0, kOpenings, match);
    if (ends && match.tag.empty())
        end = text.size();
    emitText(text.substr(0, end), out);
    m_at += end;
    if (match.tag.empty())
        return false;
    m_state = State::Between;
    return true;
}

bool ToolCallParser::readBetween(bool ends)
{
    const std::string_view rest = std::string_view(m_pending).substr(m_at);
    const std::string_view text = withoutLeadingSpace(rest);
    m_at += rest.size() - text.size();
    const TagMatch match = tagAt(text, kBetweenCalls);
    if (match.tag == kCallsBegin || match.tag == kCallsEnd) {
        m_at += match.tag.size();
        return true;
    }
    if (match.mayCome && match.tag.empty() && !ends) // the empty text is the beginning of a tag, too
        return false;
    m_state = match.tag.empty() || m_calls >= kMaxCalls ? State::Text
              : match.tag == kCallBegin                 ? State::DeepSeekCall
                                                        : State::HermesCall;
    m_scanned = m_at + match.tag.size();
    return m_state != State::Text || !text.empty();
}

bool ToolCallParser::readCall(bool ends, Parts &out)
{
    const bool hermes = m_state == State::HermesCall;
    TagMatch match;
    const std::size_t end =
        findTag(m_pending, m_scanned, hermes ? Tags(kEndsOfHermesCall) : Tags(kEndsOfDeepSeekCall), match);
    const bool found = !match.tag.empty();
    const std::size_t length = (found || !ends ? end : m_pending.size()) - m_at;
    if (length > kMaxCallBytes)
        return breakOff(out);
    if (!found && !ends) {
        m_scanned = end;
        return false;
    }
    const std::string_view source = std::string_view(m_pending).substr(m_at, length);
    out.push_back(hermes ? hermesCall(source) : deepSeekCall(source));
    ++m_calls;
    m_at += length;
    if (match.tag == kCallEnd || match.tag == kHermesEnd)
        m_at += match.tag.size();
    m_state = State::Between;
    return true;
}

// A call that does not end: its beginning is broken, the rest is text.
bool ToolCallParser::breakOff(Parts &out)
{
    std::size_t length = kMaxCallBytes;
    while ((static_cast<unsigned char>(m_pending[m_at + length]) & 0xC0) == 0x80)
        --length; // never inside a character
    out.push_back(
        broken(std::string_view(m_pending).substr(m_at, length), "The call of a tool is too long."));
    ++m_calls;
    m_at += length;
    m_state = State::Text;
    return true;
}

} // namespace inference
