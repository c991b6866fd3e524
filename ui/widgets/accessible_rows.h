// What a view that paints its rows itself shows to readers of the screen: list items.
#pragma once

#include <QRect>
#include <QString>

namespace ui {

// A QWidget that is one of these too has its rows as accessible children.
class AccessibleRows
{
public:
    virtual ~AccessibleRows() = default;
    virtual int accessibleRowCount() const = 0;
    virtual QString accessibleRow(int row) const = 0;
    virtual QString accessibleRowDescription(int) const { return {}; }
    virtual QRect accessibleRowRect(int row) const = 0; // on the screen
    virtual bool hasFieldsBesideRows() const { return false; } // child widgets are shown before the rows
};

// Before the first such widget is asked for its interface; the second time it does nothing.
void installAccessibleRows();

} // namespace ui
