// What fills the context, part by part, beside the conversation: exact tokens, and what can be done with each.
#pragma once

#include "app/chat/context_counter.h"
#include "ui/chat/context_bar.h"
#include "ui/chat/side_pane.h"

#include <QAbstractListModel>
#include <QListView>
#include <QStyledItemDelegate>

class QLabel;

namespace ui {

enum class ContextAction { Show, Pin, Unpin, SummariseUpTo, LeaveOut, BringBack };

class ContextInspector : public SidePane
{
    Q_OBJECT

public:
    explicit ContextInspector(const Appearance &appearance, QWidget *parent = nullptr);

    // The counter gives the names of parts while they are painted; it outlives this. `canWork`: nothing is under way.
    void setMap(const app::ContextMap &map, const app::ContextCounter &counter, bool canWork);
    void showKind(ContextKind kind); // scrolls to it
    QListView *list() const { return m_list; }
    TextButton *summariseButton() const { return m_summarise; }

Q_SIGNALS:
    void actionRequested(ui::ContextAction action, const app::ContextPart &part);
    void summariseRequested();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void restyle();

    class RowsModel *m_rows;
    QListView *m_list;
    QLabel *m_figure, *m_of, *m_promise;
    TextButton *m_summarise;
};

// A row: a kind with its sum, or one of its parts.
struct ContextRow
{
    enum class Type { Group, Part, Note, Rule, Kept, Free };
    Type type = Type::Part;
    ContextKind kind = ContextKind::Conversation;
    bool isReasoning = false; // a group of its own, which is never in the context
    app::ContextPart part{};
    QString words; // of a note
    int tokens = 0;
};

class RowsModel : public QAbstractListModel
{
    Q_OBJECT

public:
    using QAbstractListModel::QAbstractListModel;
    void setMap(const app::ContextMap &map, const app::ContextCounter &counter, bool canWork);
    int rowCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : int(m_rows.size()); }
    QVariant data(const QModelIndex &index, int role) const override; // AccessibleTextRole, ToolTipRole
    Qt::ItemFlags flags(const QModelIndex &index) const override;
    const ContextRow &row(int i) const { return m_rows[i]; }
    QString nameOf(int i) const;
    QVector<ContextAction> actionsOf(int i) const; // as they stand from left to right
    int rowOfGroup(ContextKind kind) const;

private:
    QVector<ContextRow> m_rows;
    const app::ContextCounter *m_counter = nullptr;
    bool m_canWork = false;
};

class RowDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    RowDelegate(const Appearance &appearance, const RowsModel &rows, QObject *parent);
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    bool editorEvent(QEvent *event, QAbstractItemModel *model, const QStyleOptionViewItem &option, const QModelIndex &index) override;
    bool helpEvent(QHelpEvent *event, QAbstractItemView *view, const QStyleOptionViewItem &option, const QModelIndex &index) override;

Q_SIGNALS:
    void acted(ui::ContextAction action, int row);

private:
    QRect buttonRect(const QRect &row, int fromRight) const;
    int buttonAt(const QPoint &point, const QRect &row, int count) const; // from the left; -1: none

    const Appearance &m_appearance;
    const RowsModel &m_rows;
};

} // namespace ui
