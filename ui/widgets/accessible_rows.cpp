#include "ui/widgets/accessible_rows.h"

#include <QAccessibleWidget>
#include <QPointer>

#include <vector>

namespace ui {

namespace {

// Null for other widgets, and for one that is being destroyed.
AccessibleRows *rowsOf(QObject *object)
{
    return dynamic_cast<AccessibleRows *>(object);
}

int countOf(QObject *object)
{
    const AccessibleRows *rows = rowsOf(object);
    return rows ? rows->accessibleRowCount() : 0;
}

// One row. Asks the view each time: rows come and go.
class RowAccessible : public QAccessibleInterface
{
public:
    RowAccessible(QWidget *view, int row) : m_view(view), m_row(row) {}

    bool isValid() const override { return m_view && m_row < countOf(m_view); }
    QObject *object() const override { return nullptr; }
    QAccessibleInterface *parent() const override { return QAccessible::queryAccessibleInterface(m_view); }
    QAccessibleInterface *child(int) const override { return nullptr; }
    QAccessibleInterface *childAt(int, int) const override { return nullptr; }
    int childCount() const override { return 0; }
    int indexOfChild(const QAccessibleInterface *) const override { return -1; }
    QRect rect() const override { return isValid() ? rowsOf(m_view)->accessibleRowRect(m_row) : QRect(); }
    QAccessible::Role role() const override { return QAccessible::ListItem; }
    QString text(QAccessible::Text kind) const override
    {
        if (!isValid())
            return {};
        return kind == QAccessible::Name          ? rowsOf(m_view)->accessibleRow(m_row)
               : kind == QAccessible::Description ? rowsOf(m_view)->accessibleRowDescription(m_row)
                                                  : QString();
    }
    void setText(QAccessible::Text, const QString &) override {}
    QAccessible::State state() const override
    {
        QAccessible::State state;
        state.readOnly = true;
        state.invalid = !isValid();
        return state;
    }

private:
    QPointer<QWidget> m_view;
    int m_row;
};

class RowsAccessible : public QAccessibleWidget
{
public:
    explicit RowsAccessible(QWidget *view) : QAccessibleWidget(view, QAccessible::List) {}
    ~RowsAccessible() override
    {
        for (const QAccessible::Id id : m_ids)
            QAccessible::deleteAccessibleInterface(id);
    }

    int childCount() const override { return fields() + countOf(widget()); }
    QAccessibleInterface *child(int index) const override
    {
        if (index < fields())
            return QAccessibleWidget::child(index);
        const int row = index - fields();
        if (row < 0 || row >= countOf(widget()))
            return nullptr;
        while (int(m_ids.size()) <= row)
            m_ids.push_back(QAccessible::registerAccessibleInterface(new RowAccessible(widget(), int(m_ids.size()))));
        return QAccessible::accessibleInterface(m_ids[size_t(row)]);
    }
    int indexOfChild(const QAccessibleInterface *child) const override
    {
        for (size_t i = 0; i < m_ids.size(); ++i)
            if (QAccessible::accessibleInterface(m_ids[i]) == child)
                return fields() + int(i);
        return fields() > 0 ? QAccessibleWidget::indexOfChild(child) : -1;
    }

private:
    int fields() const { return rowsOf(widget()) && rowsOf(widget())->hasFieldsBesideRows() ? QAccessibleWidget::childCount() : 0; }

    mutable std::vector<QAccessible::Id> m_ids;
};

QAccessibleInterface *makeAccessible(const QString &, QObject *object)
{
    return object && object->isWidgetType() && rowsOf(object) ? new RowsAccessible(static_cast<QWidget *>(object)) : nullptr;
}

} // namespace

void installAccessibleRows()
{
    static const bool installed = [] {
        QAccessible::installFactory(makeAccessible);
        return true;
    }();
    Q_UNUSED(installed);
}

} // namespace ui
