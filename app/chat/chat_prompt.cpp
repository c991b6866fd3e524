#include "app/chat/chat_prompt.h"

#include "app/attachments/attachment_prompt.h"
#include "app/chat/chat_context.h"

#include <QRegularExpression>
#include <QTextBoundaryFinder>

namespace app {

using inference::ChatInput;
using inference::ChatMessage;
using inference::GenerationRequest;
using inference::ModelSummary;

namespace {

constexpr int kTitleLength = 60;
const char *const kContinue = "Go on with your answer exactly where it stopped. Repeat nothing.";

bool wantsNoSystemPrompt(const std::optional<ModelSummary> &model)
{
    return model && model->chatFormat == "deepseek-r1";
}

void addTurn(std::vector<ChatMessage> &messages, const char *role, std::string content)
{
    if (!messages.empty() && messages.back().role == role)
        messages.back().content += "\n\n" + content;
    else
        messages.push_back({role, std::move(content)});
}

GenerationRequest request(std::vector<ChatMessage> turns, const ChatOptions &options,
                          const std::optional<ModelSummary> &model)
{
    const std::string instructions = options.systemPrompt.trimmed().toStdString();
    if (!instructions.empty()) {
        const bool inUserTurn = wantsNoSystemPrompt(model) && !turns.empty() && turns.front().role == "user";
        if (inUserTurn)
            turns.front().content = instructions + "\n\n" + turns.front().content;
        else
            turns.insert(turns.begin(), {"system", instructions});
    }
    GenerationRequest result;
    result.input = ChatInput{std::move(turns), options.thinking};
    result.sampling = samplingFor(options.preset, model);
    result.maxTokens = options.maxTokens;
    return result;
}

// Those stay where a summary stands for their message.
QVector<AttachmentRecord> pinnedOf(QVector<AttachmentRecord> attachments)
{
    attachments.removeIf([](const AttachmentRecord &one) { return !one.pinned; });
    return attachments;
}

std::vector<ChatMessage> turnsOf(const QVector<MessageRecord> &path)
{
    std::vector<ChatMessage> turns;
    QVector<ContextTurn> parts = contextTurns(path);
    if (!parts.isEmpty())
        parts.last().sight = Sight::Seen; // it is what is asked
    for (const ContextTurn &turn : std::as_const(parts)) {
        if (turn.summary >= 0)
            addTurn(turns, "user", summaryForModel(path[turn.summary].summary).toStdString());
        for (const MessageRecord &message : path.mid(turn.first, turn.count)) {
            const QString content = turn.sight == Sight::Seen         ? withAttachments(message.attachments, message.content)
                                    : turn.sight == Sight::Summarised ? withAttachments(pinnedOf(message.attachments), QString())
                                                                      : QString();
            if (content.isEmpty())
                continue;
            const char *role = message.role == Role::Assistant ? "assistant"
                               : message.role == Role::System  ? "system"
                                                               : "user";
            addTurn(turns, role, content.toStdString());
        }
    }
    return turns;
}

bool isWordOfSpacedScript(QChar c)
{
    switch (c.script()) {
    case QChar::Script_Han:
    case QChar::Script_Hiragana:
    case QChar::Script_Katakana:
    case QChar::Script_Thai:
    case QChar::Script_Lao:
    case QChar::Script_Khmer:
    case QChar::Script_Myanmar:
        return false;
    default:
        return c.isLetterOrNumber();
    }
}

} // namespace

ChatOptions chatOptions(const Settings &settings)
{
    ChatOptions options;
    options.systemPrompt = settings.get(kSystemPrompt);
    options.preset = samplingPreset(settings);
    options.thinking = inference::Thinking(settings.get(kThinking));
    options.maxTokens = quint32(settings.get(kMaxAnswerTokens));
    return options;
}

GenerationRequest chatRequest(const QVector<MessageRecord> &path, const ChatOptions &options,
                              const std::optional<ModelSummary> &model)
{
    return request(turnsOf(path), options, model);
}

GenerationRequest continueRequest(const QVector<MessageRecord> &path, const ChatOptions &options,
                                  const std::optional<ModelSummary> &model)
{
    std::vector<ChatMessage> turns = turnsOf(path);
    addTurn(turns, "user", kContinue);
    return request(std::move(turns), options, model);
}

QString joint(QStringView before, QStringView after)
{
    if (before.isEmpty() || after.isEmpty())
        return {};
    const QChar last = before.back();
    const bool afterWord = isWordOfSpacedScript(last) || QStringView(u".,;:!?)\"'").contains(last);
    return afterWord && isWordOfSpacedScript(after.front()) ? QStringLiteral(" ") : QString();
}

QString titleFrom(const QString &text)
{
    // Long pastes are not searched to their end for a title.
    static const QRegularExpression marks(QStringLiteral("^[\\s#>*\\-+`_~=|]+|[\\s*`_]+$"));
    QString title;
    for (QStringView line : QStringView(text).left(10000).tokenize(u'\n')) {
        title = line.toString().simplified().remove(marks).trimmed();
        if (!title.isEmpty())
            break;
    }
    // Joiners are part of characters; controls and what turns the direction of a whole line are not wanted.
    title.removeIf([](QChar c) {
        const char16_t u = c.unicode();
        return c.category() == QChar::Other_Control || (u >= 0x202a && u <= 0x202e) ||
               (u >= 0x2066 && u <= 0x2069);
    });
    if (title.isEmpty())
        title = text.left(200).simplified();
    if (title.size() <= kTitleLength)
        return title;
    constexpr qsizetype kLongest = kTitleLength - 1; // room for the ellipsis
    QTextBoundaryFinder words(QTextBoundaryFinder::Word, title);
    words.setPosition(kLongest);
    qsizetype end = words.isAtBoundary() ? kLongest : words.toPreviousBoundary();
    if (end < kLongest / 2) { // one very long word
        QTextBoundaryFinder characters(QTextBoundaryFinder::Grapheme, title);
        characters.setPosition(kLongest);
        end = characters.isAtBoundary() ? kLongest : characters.toPreviousBoundary();
    }
    return title.left(end).trimmed() + QChar(0x2026);
}

} // namespace app
