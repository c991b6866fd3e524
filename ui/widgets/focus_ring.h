// The 2 px ring around the control that has the focus, two pixels outside of it, and only after keyboard use.
#pragma once

#include "ui/appearance.h"

#include <QPointer>
#include <QWidget>

namespace ui {

// One for each window. Fields draw their own thick edge and are left out.
class FocusRing : public QWidget
{
    Q_OBJECT

public:
    FocusRing(const Appearance &appearance, QWidget *window);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void follow(QWidget *control);
    void place();

    const Appearance &m_appearance;
    QPointer<QWidget> m_control;
};

} // namespace ui
