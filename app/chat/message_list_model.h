// The messages that a transcript shows: the path from the first message to the current leaf, with versions.
#pragma once

#include "app/chat/chat_context.h"
#include "app/chat/message_tree.h"

#include <QAbstractListModel>

namespace app {

// Text only ever grows and is told by textAppended() and reasoningAppended() alone, so that a view never
// reads a whole answer again; dataChanged() tells of everything else. GUI thread.
class MessageListModel : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Roles {
        IdRole = Qt::UserRole + 1,
        RoleRole, // int of app::Role
        ContentRole,
        ReasoningRole,
        ReasoningMsRole,
        StateRole, // int of app::MessageState
        EndReasonRole,
        ErrorRole,
        ErrorCodeRole,
        ModelRole,
        PromptTokensRole,
        CachedTokensRole,
        GeneratedTokensRole,
        TokensPerSecondRole,
        PromptTokensPerSecondRole,
        FirstTokenMsRole,
        CreatedRole,
        VersionRole, // 1 .. VersionCountRole
        VersionCountRole,
        SightRole, // int of app::Sight
        AttachmentCountRole
    };

    using QAbstractListModel::QAbstractListModel;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override; // Qt::DisplayRole: the content
    QHash<int, QByteArray> roleNames() const override;

    // Without a copy; valid until the model changes. The row must be there.
    const MessageRecord &message(int row) const;
    int rowOf(qint64 id) const; // -1: not shown
    int version(int row) const;
    int versionCount(int row) const;
    // Id of that version (1 ..) of the message in a row; 0 when there is none.
    qint64 versionId(int row, int version) const;
    qint64 leaf() const { return m_path.isEmpty() ? 0 : m_path.last(); }
    const MessageTree &tree() const { return m_tree; }
    // Of the messages shown.
    const QVector<ContextTurn> &turns() const { return m_turns; }
    const ContextTurn &turnOf(int row) const;
    // Of the user's message of a turn, which carries its marks; of the first one where there is none.
    int questionRow(const ContextTurn &turn) const;
    int turnsSummarised(const ContextTurn &turn) const; // by the summary that stands before it

    // For ChatSession.
    void reset(const QVector<MessageRecord> &messages, qint64 leaf);
    void add(const QVector<MessageRecord> &messages, qint64 leaf); // and shows the path to `leaf`
    void showLeaf(qint64 leaf);
    void appendText(qint64 id, const QString &text);
    void appendReasoning(qint64 id, const QString &text);
    void update(const MessageRecord &message); // everything but the texts and the marks
    void setMarks(const QVector<MessageRecord> &marked); // pinned, left out and summaries alone
    void setTexts(qint64 id, const QString &content, const QString &reasoning);
    void setAttachments(qint64 id, const QVector<AttachmentRecord> &attachments);

Q_SIGNALS:
    void textAppended(int row, const QString &text);
    void reasoningAppended(int row, const QString &text);
    // Of any message, on the path that is shown or not: for whoever shows it elsewhere.
    void textGrew(qint64 id, const QString &text);
    void reasoningGrew(qint64 id, const QString &text);
    void recordChanged(qint64 id); // anything but growing texts
    void treeChanged();            // messages have come, or another path is shown

private:
    void showPath(qint64 leaf);
    void tellVersions(int row);
    void findTurns();

    MessageTree m_tree;
    QVector<qint64> m_path;
    QVector<ContextTurn> m_turns;
    QVector<int> m_turnOf; // by row
};

} // namespace app
