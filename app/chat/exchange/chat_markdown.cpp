#include "app/chat/exchange/chat_markdown.h"

#include "app/chat/message_tree.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>

namespace app {

namespace {

const QString kMarkBegin = QStringLiteral("<!-- baleen: ");
const QString kEnd = QStringLiteral(" -->");

struct MarkdownExport
{
    Q_DECLARE_TR_FUNCTIONS(ChatExport)
};

// Two hyphens end a comment in some readers: JSON has another way to write them.
QString markOf(const QJsonObject &object)
{
    QString json = QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
    json.replace(QStringLiteral("--"), QStringLiteral("-\\u002d"));
    return kMarkBegin + json + kEnd + QLatin1Char('\n');
}

// What would end a part gets one backslash more, in a message's own text.
QString escapedContent(QString content)
{
    static const QRegularExpression marks(QStringLiteral(R"((<!-- baleen|</details)(\\*)(: |>))"));
    return content.replace(marks, QStringLiteral(R"(\1\2\\3)"));
}

QString unescaped(QString content)
{
    static const QRegularExpression marks(QStringLiteral(R"((<!-- baleen|</details)(\\*)\\(: |>))"));
    return content.replace(marks, QStringLiteral(R"(\1\2\3)"));
}

// A role that others write as a heading.
std::optional<Role> roleOfHeading(const QString &heading)
{
    static const QRegularExpression user(QStringLiteral("^(you|user|human|me|prompt|question)\\b[: ]*$"), QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression answer(QStringLiteral("^(assistant|answer|ai|chatgpt|claude|gemini|deepseek|model|bot|response)\\b[^a-z]*$"),
                                           QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression system(QStringLiteral("^(system)\\b[: ]*$"), QRegularExpression::CaseInsensitiveOption);
    const QString words = QString(heading).remove(QLatin1Char('*')).trimmed();
    if (user.match(words).hasMatch())
        return Role::User;
    if (answer.match(words).hasMatch())
        return Role::Assistant;
    return system.match(words).hasMatch() ? std::optional(Role::System) : std::nullopt;
}

QJsonArray attachmentsJson(const QVector<AttachmentRecord> &attachments)
{
    QJsonArray array;
    for (const AttachmentRecord &a : attachments)
        array.append(QJsonObject{{QStringLiteral("name"), a.name},
                                 {QStringLiteral("kind"), attachmentKindWord(a.kind)},
                                 {QStringLiteral("bytes"), a.bytes},
                                 {QStringLiteral("note"), a.note},
                                 {QStringLiteral("pinned"), a.pinned},
                                 {QStringLiteral("left_out"), a.leftOut}});
    return array;
}

AttachmentRecord attachmentOf(const QJsonObject &object)
{
    AttachmentRecord a;
    a.name = object.value(QLatin1String("name")).toString();
    a.kind = attachmentKindOf(object.value(QLatin1String("kind")).toString());
    a.bytes = object.value(QLatin1String("bytes")).toInteger();
    a.note = object.value(QLatin1String("note")).toString();
    a.pinned = object.value(QLatin1String("pinned")).toBool();
    a.leftOut = object.value(QLatin1String("left_out")).toBool();
    return a;
}

// Between fences longer than any in the text.
QString fenced(const QString &text)
{
    QString fence = QStringLiteral("```");
    while (text.contains(fence))
        fence += QLatin1Char('`');
    return fence + QLatin1Char('\n') + text + QLatin1Char('\n') + fence;
}

QString unfenced(const QString &block)
{
    const qsizetype first = block.indexOf(QLatin1Char('\n')), last = block.lastIndexOf(QLatin1Char('\n'));
    return first < last ? block.mid(first + 1, last - first - 1) : QString();
}

void append(ExchangedChat &chat, MessageRecord message)
{
    message.id = chat.contents.messages.size() + 1;
    message.parentId = message.id - 1;
    chat.contents.messages << message;
    chat.contents.conversation.currentLeaf = message.id;
}

// A file of ours: messages stand behind marks.
ExchangedChat fromMarks(const QString &markdown)
{
    ExchangedChat chat;
    ConversationRecord &c = chat.contents.conversation;
    c.id = 1;
    const QStringList pieces = QString(QLatin1Char('\n') + markdown).split(QLatin1Char('\n') + kMarkBegin);
    for (qsizetype i = 1; i < pieces.size(); ++i) {
        const qsizetype end = pieces[i].indexOf(kEnd + QLatin1Char('\n'));
        const QJsonObject object = QJsonDocument::fromJson(pieces[i].left(end).toUtf8()).object();
        QString rest = end < 0 ? QString() : pieces[i].mid(end + kEnd.size() + 1);
        if (i == 1) { // the chat's own
            c.title = object.value(QLatin1String("title")).toString();
            c.titledByUser = true;
            c.created = exchangeTime(object.value(QLatin1String("created")).toString());
            c.updated = exchangeTime(object.value(QLatin1String("updated")).toString());
            continue;
        }
        MessageRecord message;
        message.role = roleOf(object.value(QLatin1String("role")).toString());
        message.state = stateOf(object.value(QLatin1String("state")).toString());
        message.endReason = object.value(QLatin1String("end_reason")).toString();
        message.model = object.value(QLatin1String("model")).toString();
        message.created = exchangeTime(object.value(QLatin1String("created")).toString());
        message.reasoningMs = object.value(QLatin1String("reasoning_ms")).toInteger();
        const auto take = [&rest](const QString &from, const QString &to) {
            const qsizetype begin = rest.indexOf(from);
            const qsizetype stop = begin < 0 ? -1 : rest.indexOf(to, begin + from.size());
            if (stop < 0)
                return QString();
            const QString part = rest.mid(begin + from.size(), stop - begin - from.size());
            rest = rest.mid(stop + to.size());
            return unescaped(part);
        };
        for (const QJsonValue &value : object.value(QLatin1String("attachments")).toArray()) {
            AttachmentRecord a = attachmentOf(value.toObject());
            a.text = unfenced(take(QStringLiteral("</summary>\n\n"), QStringLiteral("\n\n</details>\n")));
            a.position = int(message.attachments.size());
            message.attachments << a;
        }
        if (object.value(QLatin1String("reasons")).toBool())
            message.reasoning = take(QStringLiteral("</summary>\n\n"), QStringLiteral("\n\n</details>\n"));
        else if (message.attachments.isEmpty())
            rest = rest.mid(rest.indexOf(QLatin1Char('\n')) + 1); // the heading
        if (rest.startsWith(QLatin1Char('\n')))
            rest.remove(0, 1);
        // the last line break of the file, and the blank line before the next mark
        if (rest.endsWith(QLatin1Char('\n')))
            rest.chop(1);
        message.content = unescaped(rest);
        append(chat, message);
    }
    return chat;
}

} // namespace

QString chatToMarkdown(const ExchangedChat &chat)
{
    const ConversationRecord &c = chat.contents.conversation;
    MessageTree tree;
    tree.reset(chat.contents.messages);
    QString all = QStringLiteral("# %1\n\n").arg(c.title.isEmpty() ? MarkdownExport::tr("New chat") : c.title.simplified());
    all += markOf({{QStringLiteral("title"), c.title}, {QStringLiteral("created"), exchangeTime(c.created)}, {QStringLiteral("updated"), exchangeTime(c.updated)}});
    for (const MessageRecord &m : tree.messages(tree.path(tree.leafOrNewest(c.currentLeaf)))) {
        QJsonObject object{{QStringLiteral("role"), roleWord(m.role)}, {QStringLiteral("created"), exchangeTime(m.created)}};
        if (!m.model.isEmpty())
            object[QStringLiteral("model")] = m.model;
        if (m.state != MessageState::Complete)
            object[QStringLiteral("state")] = stateWord(m.state == MessageState::Streaming ? MessageState::Interrupted : m.state);
        if (!m.endReason.isEmpty())
            object[QStringLiteral("end_reason")] = m.endReason;
        if (!m.reasoning.isEmpty()) {
            object[QStringLiteral("reasons")] = true;
            object[QStringLiteral("reasoning_ms")] = m.reasoningMs;
        }
        if (!m.attachments.isEmpty())
            object[QStringLiteral("attachments")] = attachmentsJson(m.attachments);
        all += QLatin1Char('\n') + markOf(object);
        all += QStringLiteral("## %1\n").arg(m.role == Role::User ? MarkdownExport::tr("You") : m.model.isEmpty() ? MarkdownExport::tr("Answer") : m.model.simplified());
        for (const AttachmentRecord &a : m.attachments)
            all += QStringLiteral("\n<details><summary>") + MarkdownExport::tr("Attached: %1").arg(a.name.simplified()).toHtmlEscaped() + QStringLiteral("</summary>\n\n") +
                   fenced(escapedContent(a.text)) + QStringLiteral("\n\n</details>\n");
        if (!m.reasoning.isEmpty())
            all += QStringLiteral("\n<details><summary>%1</summary>\n\n%2\n\n</details>\n")
                       .arg(MarkdownExport::tr("Thought for %1 s").arg(double(m.reasoningMs) / 1000, 0, 'f', 0), escapedContent(m.reasoning));
        all += QLatin1Char('\n') + escapedContent(m.content) + QLatin1Char('\n');
    }
    return all;
}

std::optional<ExchangedChat> chatFromMarkdown(const QString &markdown)
{
    if (markdown.startsWith(kMarkBegin) || markdown.contains(QLatin1Char('\n') + kMarkBegin))
        return fromMarks(markdown);
    QString source = markdown;
    source.replace(QStringLiteral("\r\n"), QStringLiteral("\n"));

    static const QRegularExpression headingLine(QStringLiteral("^(#{1,6})\\s+(.+)$"));
    ExchangedChat chat;
    chat.contents.conversation.id = 1;
    std::optional<MessageRecord> message;
    QStringList lines;
    const auto finish = [&] {
        if (message) {
            message->content = lines.join(QLatin1Char('\n')).trimmed();
            if (!message->content.isEmpty())
                append(chat, *message);
        }
        lines.clear();
    };
    bool inFence = false;
    for (const QString &line : source.split(QLatin1Char('\n'))) {
        if (line.startsWith(QStringLiteral("```")) || line.startsWith(QStringLiteral("~~~")))
            inFence = !inFence;
        const QRegularExpressionMatch heading = inFence ? QRegularExpressionMatch() : headingLine.match(line);
        const auto role = heading.hasMatch() ? roleOfHeading(heading.captured(2)) : std::nullopt;
        if (role) {
            finish();
            message.emplace();
            message->role = *role;
        } else if (!message && heading.hasMatch() && chat.contents.conversation.title.isEmpty()) {
            chat.contents.conversation.title = heading.captured(2).trimmed();
        } else {
            lines << line;
        }
    }
    finish();
    if (chat.contents.messages.isEmpty())
        return std::nullopt;
    return chat;
}

} // namespace app
