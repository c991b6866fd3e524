// The whole conversation beside itself: every message of every branch as a dot on lines, with who spoke and the first words.
#pragma once

#include "app/chat/message_list_model.h"
#include "app/chat/message_outline.h"
#include "ui/chat/side_pane.h"

#include <QAbstractListModel>
#include <QListView>
#include <QPointer>
#include <QStyledItemDelegate>

namespace ui {

class TreeListModel : public QAbstractListModel
{
    Q_OBJECT

public:
    using QAbstractListModel::QAbstractListModel;
    void setMessages(const app::MessageListModel *messages); // lays out the rows anew; null: none
    int rowCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : int(m_rows.size()); }
    QVariant data(const QModelIndex &index, int role) const override; // DisplayRole: the first words; AccessibleTextRole, ToolTipRole
    const app::OutlineRow &row(int i) const { return m_rows[i]; }
    int rowOf(qint64 message) const { return m_rowOf.value(message, -1); }
    const app::MessageRecord &message(int row) const { return m_messages->tree().at(m_rows[row].id); }
    QString speaker(int row) const;
    QString version(int row) const; // "2/3"; empty where there is one alone
    void tellChanged(qint64 message);

private:
    QPointer<const app::MessageListModel> m_messages;
    QVector<app::OutlineRow> m_rows;
    QHash<qint64, int> m_rowOf;
};

class TreeDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    TreeDelegate(const Appearance &appearance, const TreeListModel &rows, QObject *parent);
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    const Appearance &m_appearance;
    const TreeListModel &m_rows;
};

class MessageTreeView : public SidePane
{
    Q_OBJECT

public:
    explicit MessageTreeView(const Appearance &appearance, QWidget *parent = nullptr);

    // The messages outlive it or are replaced. While it is hidden nothing is laid out.
    void setMessages(app::MessageListModel *messages);
    void showMessage(qint64 id); // makes it the current one and scrolls to it
    QListView *list() const { return m_list; }
    const TreeListModel &rows() const { return *m_rows; }

Q_SIGNALS:
    void chosen(qint64 message); // go there

protected:
    void showEvent(QShowEvent *event) override;

private:
    void layOut();

    QPointer<app::MessageListModel> m_messages;
    TreeListModel *m_rows;
    QListView *m_list;
    bool m_stale = false;
    bool m_layingOut = false; // soon
};

} // namespace ui
