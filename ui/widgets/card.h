// The rounded sheet that one works in. Its corners are painted over the children, so that they need not know
// them.
#pragma once

#include "ui/appearance.h"

#include <QFrame>

#include <array>

namespace ui {

class Card : public QFrame
{
    Q_OBJECT

public:
    explicit Card(const Appearance &appearance, QWidget *parent = nullptr);

    // Layouts of the card begin inside its 1 px edge.
    void setColors(ColorToken background, ColorToken edge, ColorToken behind = &Theme::window);
    void setRadius(int px);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void childEvent(QChildEvent *event) override;

private:
    class Corner;
    void placeCorners();

    const Appearance &m_appearance;
    ColorToken m_background = &Theme::surface;
    ColorToken m_edge = &Theme::border;
    ColorToken m_behind = &Theme::window;
    int m_radius = 10;
    std::array<QWidget *, 4> m_corners{};
};

} // namespace ui
