#include "app/chat/message_list_model.h"

#include <algorithm>

namespace app {

int MessageListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_path.size());
}

QVariant MessageListModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const MessageRecord &m = message(index.row());
    switch (role) {
    case IdRole:
        return m.id;
    case RoleRole:
        return int(m.role);
    case Qt::DisplayRole:
    case ContentRole:
        return m.content;
    case ReasoningRole:
        return m.reasoning;
    case ReasoningMsRole:
        return m.reasoningMs;
    case StateRole:
        return int(m.state);
    case EndReasonRole:
        return m.endReason;
    case ErrorRole:
        return m.error;
    case ErrorCodeRole:
        return m.errorCode;
    case ModelRole:
        return m.model;
    case PromptTokensRole:
        return m.promptTokens;
    case CachedTokensRole:
        return m.cachedTokens;
    case GeneratedTokensRole:
        return m.generatedTokens;
    case TokensPerSecondRole:
        return m.decodeTokensPerSecond;
    case PromptTokensPerSecondRole:
        return m.prefillTokensPerSecond;
    case FirstTokenMsRole:
        return m.firstTokenMs;
    case CreatedRole:
        return m.created;
    case VersionRole:
        return version(index.row());
    case VersionCountRole:
        return versionCount(index.row());
    case SightRole:
        return int(turnOf(index.row()).sight);
    case AttachmentCountRole:
        return int(m.attachments.size());
    default:
        return {};
    }
}

QHash<int, QByteArray> MessageListModel::roleNames() const
{
    return {{IdRole, "id"},           {RoleRole, "role"},
            {ContentRole, "content"}, {ReasoningRole, "reasoning"},
            {StateRole, "state"},     {ErrorRole, "error"},
            {VersionRole, "version"}, {VersionCountRole, "versionCount"}};
}

const MessageRecord &MessageListModel::message(int row) const
{
    return m_tree.at(m_path[row]);
}

int MessageListModel::rowOf(qint64 id) const
{
    return int(m_path.lastIndexOf(id)); // most often asked for the last one
}

int MessageListModel::version(int row) const
{
    return int(m_tree.siblings(m_path[row]).indexOf(m_path[row])) + 1;
}

int MessageListModel::versionCount(int row) const
{
    return int(m_tree.siblings(m_path[row]).size());
}

qint64 MessageListModel::versionId(int row, int version) const
{
    if (row < 0 || row >= m_path.size())
        return 0;
    return m_tree.siblings(m_path[row]).value(version - 1);
}

void MessageListModel::reset(const QVector<MessageRecord> &messages, qint64 leaf)
{
    beginResetModel();
    m_tree.reset(messages);
    m_path = m_tree.path(m_tree.leafOrNewest(leaf));
    findTurns();
    endResetModel();
    Q_EMIT treeChanged();
}

void MessageListModel::add(const QVector<MessageRecord> &messages, qint64 leaf)
{
    for (const MessageRecord &message : messages)
        m_tree.add(message);
    showPath(leaf);
    // A new version changes "2/2" beside the ones that stay shown.
    for (const MessageRecord &message : messages)
        if (const int row = rowOf(message.id); row >= 0)
            tellVersions(row);
    Q_EMIT treeChanged();
}

void MessageListModel::showLeaf(qint64 leaf)
{
    showPath(leaf);
    Q_EMIT treeChanged();
}

void MessageListModel::showPath(qint64 leaf)
{
    const QVector<qint64> path = m_tree.path(leaf);
    const auto differs = std::mismatch(m_path.cbegin(), m_path.cend(), path.cbegin(), path.cend());
    const int common = int(differs.second - path.cbegin());
    if (common < m_path.size()) {
        beginRemoveRows({}, common, int(m_path.size()) - 1);
        m_path.resize(common);
        findTurns();
        endRemoveRows();
    }
    if (common < path.size()) {
        beginInsertRows({}, common, int(path.size()) - 1);
        m_path = path;
        findTurns();
        endInsertRows();
    }
}

const ContextTurn &MessageListModel::turnOf(int row) const
{
    return m_turns[m_turnOf[row]];
}

int MessageListModel::questionRow(const ContextTurn &turn) const
{
    for (int row = turn.first; row < turn.first + turn.count; ++row)
        if (message(row).role == Role::User)
            return row;
    return turn.first;
}

int MessageListModel::turnsSummarised(const ContextTurn &turn) const
{
    if (turn.summary < 0)
        return 0;
    return int(std::count_if(m_turns.begin(), m_turns.end(), [&](const ContextTurn &other) {
        return other.sight == Sight::Summarised && other.first >= turn.first && other.first <= turn.summary;
    }));
}

void MessageListModel::findTurns()
{
    m_turns = contextTurns(int(m_path.size()), [this](int row) -> const MessageRecord & { return message(row); });
    m_turnOf.resize(m_path.size());
    for (int turn = 0; turn < m_turns.size(); ++turn)
        std::fill_n(m_turnOf.begin() + m_turns[turn].first, m_turns[turn].count, turn);
}

void MessageListModel::setMarks(const QVector<MessageRecord> &marked)
{
    for (const MessageRecord &message : marked) {
        MessageRecord &record = m_tree.at(message.id);
        record.pinned = message.pinned;
        record.leftOut = message.leftOut;
        record.summary = message.summary;
        record.summaryFrom = message.summaryFrom;
    }
    findTurns();
    if (!m_path.isEmpty())
        Q_EMIT dataChanged(index(0), index(rowCount() - 1), {SightRole});
}

void MessageListModel::tellVersions(int row)
{
    Q_EMIT dataChanged(index(row), index(row), {VersionRole, VersionCountRole});
}

void MessageListModel::appendText(qint64 id, const QString &text)
{
    m_tree.at(id).content += text;
    if (const int row = rowOf(id); row >= 0)
        Q_EMIT textAppended(row, text);
    Q_EMIT textGrew(id, text);
}

void MessageListModel::appendReasoning(qint64 id, const QString &text)
{
    m_tree.at(id).reasoning += text;
    if (const int row = rowOf(id); row >= 0)
        Q_EMIT reasoningAppended(row, text);
    Q_EMIT reasoningGrew(id, text);
}

void MessageListModel::setTexts(qint64 id, const QString &content, const QString &reasoning)
{
    MessageRecord &record = m_tree.at(id);
    if (record.content == content && record.reasoning == reasoning)
        return;
    record.content = content;
    record.reasoning = reasoning;
    if (const int row = rowOf(id); row >= 0)
        Q_EMIT dataChanged(index(row), index(row), {ContentRole, ReasoningRole});
    Q_EMIT recordChanged(id);
}

void MessageListModel::update(const MessageRecord &message)
{
    MessageRecord &record = m_tree.at(message.id);
    const qint64 parent = record.parentId;
    QString content = std::move(record.content), reasoning = std::move(record.reasoning);
    const bool pinned = record.pinned, leftOut = record.leftOut;
    QString summary = std::move(record.summary);
    const qint64 summaryFrom = record.summaryFrom;
    record = message;
    record.parentId = parent;
    record.pinned = pinned;
    record.leftOut = leftOut;
    record.summary = std::move(summary);
    record.summaryFrom = summaryFrom;
    record.content = std::move(content);
    record.reasoning = std::move(reasoning);
    if (const int row = rowOf(message.id); row >= 0)
        Q_EMIT dataChanged(index(row), index(row),
                           {StateRole, EndReasonRole, ErrorRole, ErrorCodeRole, ModelRole, ReasoningMsRole,
                            PromptTokensRole, CachedTokensRole, GeneratedTokensRole, TokensPerSecondRole,
                            PromptTokensPerSecondRole, FirstTokenMsRole});
    Q_EMIT recordChanged(message.id);
}

void MessageListModel::setAttachments(qint64 id, const QVector<AttachmentRecord> &attachments)
{
    m_tree.at(id).attachments = attachments;
    if (const int row = rowOf(id); row >= 0)
        Q_EMIT dataChanged(index(row), index(row), {AttachmentCountRole});
}

} // namespace app
