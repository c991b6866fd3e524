#include "app/chat/exchange/foreign_chats.h"

#include <QCoreApplication>
#include <QHash>
#include <QJsonArray>
#include <QJsonObject>
#include <QRegularExpression>
#include <QSet>

#include <algorithm>
#include <cmath>
#include <functional>

namespace app {

namespace {

struct ChatImport
{
    Q_DECLARE_TR_FUNCTIONS(ChatImport)
};

// Seconds or milliseconds since 1970, as number or text; 0: not known.
qint64 msOf(const QJsonValue &value)
{
    double number = value.isString() ? value.toString().toDouble() : value.toDouble();
    if (!std::isfinite(number) || number <= 0 || number > 1e14)
        return 0;
    return qint64(number > 1e11 ? number : number * 1000);
}

struct Counts
{
    int other = 0;  // pictures, sounds, tool calls: parts that are no text
    int hidden = 0; // messages of tools and systems
};

// A node of a foreign tree, or of a list, before it has one of our ids.
struct Node
{
    QString id, parent;
    MessageRecord message;
    bool kept = false; // has something to show
};

// Words of a message's content, which is text, or a list of parts of which some are.
QString wordsOf(const QJsonValue &content, Counts &counts)
{
    if (content.isString())
        return content.toString();
    if (content.isObject()) {
        const QJsonObject object = content.toObject();
        for (const char *key : {"text", "content"})
            if (object.value(QLatin1String(key)).isString())
                return object.value(QLatin1String(key)).toString();
        if (object.value(QLatin1String("parts")).isArray())
            return wordsOf(object.value(QLatin1String("parts")), counts);
        if (!object.isEmpty())
            ++counts.other;
        return {};
    }
    QStringList parts;
    for (const QJsonValue &part : content.toArray()) {
        const QString words = wordsOf(part, counts);
        if (!words.isEmpty())
            parts << words;
    }
    return parts.join(QStringLiteral("\n\n"));
}

// Nodes in the order in which they hang on each other; a circle, and what hangs on it, is broken where it closes. Nodes without
// something to show are passed over; the answer that goes on behind a tool's work is one answer.
void build(QVector<Node> nodes, const QString &current, ExchangedChat &chat)
{
    QHash<QString, qsizetype> places;
    for (qsizetype i = 0; i < nodes.size(); ++i)
        places.insert(nodes[i].id, i);
    QHash<QString, QVector<qsizetype>> children;
    QVector<qsizetype> roots;
    for (qsizetype i = 0; i < nodes.size(); ++i)
        if (nodes[i].parent.isEmpty() || nodes[i].parent == nodes[i].id || !places.contains(nodes[i].parent))
            roots << i;
        else
            children[nodes[i].parent] << i;
    // Parents before children: ids grow along each path.
    QVector<qint64> ids(nodes.size(), 0); // of what is shown at or above the node
    QVector<bool> done(nodes.size(), false);
    QVector<MessageRecord> &messages = chat.contents.messages;
    struct Open
    {
        qsizetype node;
        qint64 above; // id of the message that is shown above
        bool only;    // nothing else hangs on that one
    };
    QVector<Open> open;
    const auto walk = [&](qsizetype root) {
        open << Open{root, 0, false};
        while (!open.isEmpty()) {
            const auto [i, above, only] = open.takeLast();
            if (std::exchange(done[i], true))
                continue;
            ids[i] = above;
            Node &node = nodes[i];
            if (node.kept) {
                MessageRecord *last = above > 0 ? &messages[above - 1] : nullptr;
                const bool goesOn = only && last && last->role == Role::Assistant && node.message.role == Role::Assistant;
                if (goesOn) {
                    const auto join = [](QString &to, const QString &more) {
                        if (!to.isEmpty() && !more.isEmpty())
                            to += QStringLiteral("\n\n");
                        to += more;
                    };
                    join(last->content, node.message.content);
                    join(last->reasoning, node.message.reasoning);
                } else {
                    node.message.id = messages.size() + 1;
                    node.message.parentId = above;
                    messages << node.message;
                    ids[i] = node.message.id;
                }
            }
            const QVector<qsizetype> below = children.value(node.id);
            for (auto child = below.rbegin(); child != below.rend(); ++child)
                open << Open{*child, ids[i], below.size() == 1 && (node.kept || only)};
        }
    };
    for (const qsizetype root : roots)
        walk(root);
    for (qsizetype i = 0; i < nodes.size(); ++i) // circles
        if (!done[i])
            walk(i);
    const auto at = places.constFind(current);
    chat.contents.conversation.currentLeaf = at != places.constEnd() && ids[*at] > 0 ? ids[*at] : messages.size();
}

void finish(ExchangedChat &chat)
{
    ConversationRecord &c = chat.contents.conversation;
    c.titledByUser = !c.title.isEmpty();
    qint64 first = 0, last = 0;
    for (const MessageRecord &message : std::as_const(chat.contents.messages)) {
        if (message.created > 0 && (first == 0 || message.created < first))
            first = message.created;
        last = std::max(last, message.created);
    }
    if (c.created == 0)
        c.created = first > 0 ? first : nowMs();
    if (c.updated == 0)
        c.updated = std::max(last, c.created);
    for (MessageRecord &message : chat.contents.messages)
        if (message.created == 0)
            message.created = c.created;
}

std::optional<Role> roleOfWord(const QString &word)
{
    static const QHash<QString, Role> roles{{QStringLiteral("user"), Role::User},
                                            {QStringLiteral("human"), Role::User},
                                            {QStringLiteral("assistant"), Role::Assistant},
                                            {QStringLiteral("model"), Role::Assistant},
                                            {QStringLiteral("gpt"), Role::Assistant}};
    const auto found = roles.constFind(word.toLower());
    return found == roles.constEnd() ? std::nullopt : std::optional(*found);
}

// --- ChatGPT --------------------------------------------------------------------------------------------------------

Node openAiNode(const QString &id, const QJsonObject &object, Counts &counts)
{
    Node node{id, object.value(QLatin1String("parent")).toString(), {}, false};
    const QJsonObject message = object.value(QLatin1String("message")).toObject();
    const QJsonObject content = message.value(QLatin1String("content")).toObject();
    const QJsonObject metadata = message.value(QLatin1String("metadata")).toObject();
    const auto role = roleOfWord(message.value(QLatin1String("author")).toObject().value(QLatin1String("role")).toString());
    const QString type = content.value(QLatin1String("content_type")).toString();
    if (!role || metadata.value(QLatin1String("is_visually_hidden_from_conversation")).toBool()) {
        counts.hidden += !message.isEmpty();
        return node;
    }
    if (message.value(QLatin1String("recipient")).toString(QStringLiteral("all")) != QLatin1String("all")) {
        ++counts.hidden; // to a tool
        return node;
    }
    node.message.role = *role;
    node.message.created = msOf(message.value(QLatin1String("create_time")));
    node.message.model = *role == Role::Assistant ? metadata.value(QLatin1String("model_slug")).toString() : QString();
    if (type == QLatin1String("thoughts")) {
        QStringList thoughts;
        for (const QJsonValue &thought : content.value(QLatin1String("thoughts")).toArray())
            thoughts << thought.toObject().value(QLatin1String("content")).toString();
        node.message.reasoning = thoughts.join(QStringLiteral("\n\n"));
    } else if (type == QLatin1String("code")) {
        node.message.content = QStringLiteral("```%1\n%2\n```").arg(content.value(QLatin1String("language")).toString().remove(QLatin1Char('`')),
                                                                   content.value(QLatin1String("text")).toString());
    } else if (type != QLatin1String("reasoning_recap")) {
        node.message.content = wordsOf(content.contains(QLatin1String("parts")) ? content.value(QLatin1String("parts")) : QJsonValue(content), counts);
    }
    node.kept = !node.message.content.isEmpty() || !node.message.reasoning.isEmpty();
    return node;
}

ExchangedChat openAiChat(const QJsonObject &object, Counts &counts)
{
    ExchangedChat chat;
    ConversationRecord &c = chat.contents.conversation;
    c.title = object.value(QLatin1String("title")).toString();
    c.created = msOf(object.value(QLatin1String("create_time")));
    c.updated = msOf(object.value(QLatin1String("update_time")));
    if (object.value(QLatin1String("is_archived")).toBool())
        c.archivedAt = std::max<qint64>(c.updated, 1);
    c.pinned = object.value(QLatin1String("is_starred")).toBool();
    const QJsonObject mapping = object.value(QLatin1String("mapping")).toObject();
    QVector<Node> nodes;
    for (auto it = mapping.begin(); it != mapping.end(); ++it)
        nodes << openAiNode(it.key(), it.value().toObject(), counts);
    // A JSON object has no order, and siblings do.
    std::stable_sort(nodes.begin(), nodes.end(), [](const Node &a, const Node &b) { return a.message.created < b.message.created; });
    build(nodes, object.value(QLatin1String("current_node")).toString(), chat);
    return chat;
}

// --- Open WebUI -----------------------------------------------------------------------------------------------------

// <details type="reasoning" …>\n<summary>…</summary>\n> words\n</details> before an answer.
void takeReasoning(MessageRecord &message)
{
    static const QRegularExpression details(
        QStringLiteral("<details type=\"reasoning\"([^>]*)>\\s*<summary>[^<]*</summary>\\s*(.*?)\\s*</details>\\s*"),
        QRegularExpression::DotMatchesEverythingOption);
    static const QRegularExpression duration(QStringLiteral("duration=\"(\\d+)"));
    static const QRegularExpression quote(QStringLiteral("^> ?"), QRegularExpression::MultilineOption);
    QStringList reasoning;
    for (QRegularExpressionMatch match = details.match(message.content); match.hasMatch(); match = details.match(message.content)) {
        message.reasoningMs += duration.match(match.captured(1)).captured(1).toLongLong() * 1000;
        reasoning << match.captured(2).remove(quote);
        message.content.remove(match.capturedStart(), match.capturedLength());
    }
    message.reasoning = reasoning.join(QStringLiteral("\n\n"));
}

ExchangedChat openWebUiChat(const QJsonObject &object, Counts &counts)
{
    ExchangedChat exchanged;
    ConversationRecord &c = exchanged.contents.conversation;
    const QJsonObject chat = object.value(QLatin1String("chat")).toObject();
    c.title = object.value(QLatin1String("title")).toString(chat.value(QLatin1String("title")).toString());
    c.created = msOf(object.value(QLatin1String("created_at")));
    c.updated = msOf(object.value(QLatin1String("updated_at")));
    c.pinned = object.value(QLatin1String("pinned")).toBool();
    if (object.value(QLatin1String("archived")).toBool())
        c.archivedAt = std::max<qint64>(c.updated, 1);
    QJsonArray tags = object.value(QLatin1String("meta")).toObject().value(QLatin1String("tags")).toArray();
    if (tags.isEmpty())
        tags = chat.value(QLatin1String("tags")).toArray();
    for (const QJsonValue &tag : tags)
        if (const QString name = tag.isObject() ? tag.toObject().value(QLatin1String("name")).toString() : tag.toString(); !name.isEmpty())
            c.tags << name.left(60);
    const QJsonObject history = chat.value(QLatin1String("history")).toObject();
    const QJsonObject messages = history.value(QLatin1String("messages")).toObject();
    QVector<Node> nodes;
    for (auto it = messages.begin(); it != messages.end(); ++it) {
        const QJsonObject message = it.value().toObject();
        Node node{it.key(), message.value(QLatin1String("parentId")).toString(), {}, false};
        const auto role = roleOfWord(message.value(QLatin1String("role")).toString());
        if (role) {
            node.message.role = *role;
            node.message.created = msOf(message.value(QLatin1String("timestamp")));
            node.message.content = wordsOf(message.value(QLatin1String("content")), counts);
            if (*role == Role::Assistant) {
                node.message.model = message.value(QLatin1String("modelName")).toString(message.value(QLatin1String("model")).toString());
                takeReasoning(node.message);
            }
            counts.other += int(message.value(QLatin1String("files")).toArray().size());
            node.kept = !node.message.content.isEmpty() || !node.message.reasoning.isEmpty();
        } else {
            ++counts.hidden;
        }
        nodes << node;
    }
    std::stable_sort(nodes.begin(), nodes.end(), [](const Node &a, const Node &b) { return a.message.created < b.message.created; });
    build(nodes, history.value(QLatin1String("currentId")).toString(), exchanged);
    return exchanged;
}

// --- lists of messages ----------------------------------------------------------------------------------------------

ExchangedChat listedChat(const QJsonArray &messages, const std::function<std::optional<MessageRecord>(const QJsonObject &)> &read)
{
    ExchangedChat chat;
    QVector<Node> nodes;
    for (const QJsonValue &value : messages) {
        const auto message = read(value.toObject());
        if (message && (!message->content.isEmpty() || !message->reasoning.isEmpty()))
            nodes << Node{QString::number(nodes.size() + 1), nodes.isEmpty() ? QString() : QString::number(nodes.size()), *message, true};
    }
    build(nodes, QString::number(nodes.size()), chat);
    return chat;
}

// A list of messages whose versions stand side by side; those behind hang on the selected one.
ExchangedChat lmStudioChat(const QJsonObject &object, Counts &counts)
{
    ExchangedChat chat;
    QVector<Node> nodes;
    QString parent;
    for (const QJsonValue &value : object.value(QLatin1String("messages")).toArray()) {
        const QJsonObject message = value.toObject();
        const QJsonArray versions = message.value(QLatin1String("versions")).toArray();
        const qint64 selected = std::clamp<qint64>(message.value(QLatin1String("currentlySelected")).toInteger(), 0, std::max<qint64>(0, versions.size() - 1));
        QString chosen = parent;
        for (qsizetype i = 0; i < versions.size(); ++i) {
            const QJsonObject version = versions[i].toObject();
            const auto role = roleOfWord(version.value(QLatin1String("role")).toString());
            if (!role) {
                ++counts.hidden;
                continue;
            }
            Node node{QString::number(nodes.size() + 1), parent, {}, true};
            node.message.role = *role;
            node.message.model = version.value(QLatin1String("senderInfo")).toObject().value(QLatin1String("senderName")).toString();
            QStringList words, thoughts;
            const auto add = [&](const QJsonObject &block) {
                const QString part = wordsOf(block.value(QLatin1String("content")), counts);
                const bool thinks = block.value(QLatin1String("style")).toObject().value(QLatin1String("type")) == QLatin1String("thinking");
                if (!part.isEmpty())
                    (thinks ? thoughts : words) << part;
            };
            if (version.contains(QLatin1String("steps")))
                for (const QJsonValue &step : version.value(QLatin1String("steps")).toArray())
                    if (step.toObject().value(QLatin1String("type")) == QLatin1String("contentBlock"))
                        add(step.toObject());
                    else
                        ++counts.hidden;
            else
                add(version);
            node.message.content = words.join(QStringLiteral("\n\n"));
            node.message.reasoning = thoughts.join(QStringLiteral("\n\n"));
            node.kept = !node.message.content.isEmpty() || !node.message.reasoning.isEmpty();
            nodes << node;
            if (i == selected)
                chosen = node.id;
        }
        parent = chosen;
    }
    build(nodes, parent, chat);
    chat.contents.conversation.title = object.value(QLatin1String("name")).toString();
    chat.contents.conversation.created = msOf(object.value(QLatin1String("createdAt")));
    chat.contents.conversation.pinned = object.value(QLatin1String("pinned")).toBool();
    return chat;
}

ExchangedChat plainChat(const QJsonValue &value, Counts &counts)
{
    const QJsonObject object = value.toObject();
    const QJsonArray messages = value.isArray() ? value.toArray()
                                : object.contains(QLatin1String("messages")) ? object.value(QLatin1String("messages")).toArray()
                                                                             : object.value(QLatin1String("conversations")).toArray();
    ExchangedChat chat = listedChat(messages, [&](const QJsonObject &message) -> std::optional<MessageRecord> {
        const auto role = roleOfWord(message.value(message.contains(QLatin1String("role")) ? QLatin1String("role") : QLatin1String("from")).toString());
        if (!role) {
            ++counts.hidden;
            return std::nullopt;
        }
        MessageRecord record;
        record.role = *role;
        record.content = wordsOf(message.value(message.contains(QLatin1String("content")) ? QLatin1String("content") : QLatin1String("value")), counts);
        record.reasoning = message.value(QLatin1String("reasoning_content")).toString();
        record.model = message.value(QLatin1String("model")).toString();
        record.created = msOf(message.value(QLatin1String("timestamp")));
        return record;
    });
    for (const char *key : {"title", "name"})
        if (chat.contents.conversation.title.isEmpty())
            chat.contents.conversation.title = object.value(QLatin1String(key)).toString();
    return chat;
}

bool isMessage(const QJsonValue &value)
{
    const QJsonObject object = value.toObject();
    return (object.contains(QLatin1String("role")) && object.contains(QLatin1String("content"))) ||
           (object.contains(QLatin1String("from")) && object.contains(QLatin1String("value")));
}

ForeignFormat formatOfChat(const QJsonObject &object)
{
    if (object.value(QLatin1String("mapping")).isObject())
        return ForeignFormat::OpenAi;
    if (object.value(QLatin1String("chat")).toObject().value(QLatin1String("history")).isObject())
        return ForeignFormat::OpenWebUi;
    const QJsonArray messages = object.value(QLatin1String("messages")).toArray();
    if (!messages.isEmpty() && messages.first().toObject().value(QLatin1String("versions")).isArray())
        return ForeignFormat::LmStudio;
    if (!messages.isEmpty() && isMessage(messages.first()))
        return ForeignFormat::Messages;
    const QJsonArray conversations = object.value(QLatin1String("conversations")).toArray();
    return !conversations.isEmpty() && isMessage(conversations.first()) ? ForeignFormat::Messages : ForeignFormat::None;
}

} // namespace

ForeignFormat formatOf(const QJsonDocument &document)
{
    if (document.isObject())
        return formatOfChat(document.object());
    const QJsonArray array = document.array();
    if (array.isEmpty())
        return ForeignFormat::None;
    return isMessage(array.first()) ? ForeignFormat::Messages : formatOfChat(array.first().toObject());
}

ChatFile foreignChats(const QJsonDocument &document, ForeignFormat format)
{
    QJsonArray chats = document.array();
    if (document.isObject() || (format == ForeignFormat::Messages && !chats.isEmpty() && isMessage(chats.first())))
        chats = {document.isObject() ? QJsonValue(document.object()) : QJsonValue(chats)};
    ChatFile file;
    Counts counts;
    int empty = 0;
    for (const QJsonValue &value : std::as_const(chats)) {
        ExchangedChat chat;
        switch (format) {
        case ForeignFormat::OpenAi:
            chat = openAiChat(value.toObject(), counts);
            break;
        case ForeignFormat::OpenWebUi:
            chat = openWebUiChat(value.toObject(), counts);
            break;
        case ForeignFormat::LmStudio:
            chat = lmStudioChat(value.toObject(), counts);
            break;
        case ForeignFormat::Messages:
            chat = plainChat(value, counts);
            break;
        case ForeignFormat::None:
            break;
        }
        if (chat.contents.messages.isEmpty()) {
            ++empty;
            continue;
        }
        chat.contents.conversation.id = file.chats.size() + 1;
        finish(chat);
        file.chats << chat;
    }
    if (counts.other > 0)
        file.notes << ChatImport::tr("Pictures, files and other parts that are no text, left out: %1.").arg(counts.other);
    if (counts.hidden > 0)
        file.notes << ChatImport::tr("Messages of tools and systems, left out: %1.").arg(counts.hidden);
    if (empty > 0)
        file.notes << ChatImport::tr("Chats without a message, left out: %1.").arg(empty);
    return file;
}

} // namespace app
