// What stands beside the conversation, or over it where the window is narrow: its title, a way to close it, and what it is for.
#pragma once

#include "ui/widgets/buttons.h"

#include <QWidget>

class QLabel;
class QListView;
class QVBoxLayout;

namespace ui {

inline constexpr int kSidePaneWidth = 300, kSidePaneMargin = 16; // px

class SidePane : public QWidget
{
    Q_OBJECT

public:
    SidePane(const Appearance &appearance, const QString &title, const QString &closeName, QWidget *parent);

Q_SIGNALS:
    void closed();

protected:
    void paintEvent(QPaintEvent *event) override;
    QVBoxLayout *column() const { return m_column; } // below the head
    const Appearance &appearance() const { return m_appearance; }
    static void styleLabel(QLabel *label, const QFont &font, const QColor &color);
    void setUpList(QListView *list); // its ground, its keys, its scrolling; rows paint themselves

private:
    void restyle();

    const Appearance &m_appearance;
    QLabel *m_title;
    QVBoxLayout *m_column;
};

} // namespace ui
