// A few choices side by side, one of them chosen: "System | Light | Dark".
#pragma once

#include "ui/widgets/buttons.h"

#include <QStringList>
#include <QWidget>

namespace ui {

class Segmented : public QWidget
{
    Q_OBJECT

public:
    Segmented(const Appearance &appearance, const QStringList &choices, QWidget *parent = nullptr);
    int current() const { return m_current; }
    void setCurrent(int index);
    QSize sizeHint() const override;

Q_SIGNALS:
    void chosen(int index); // by the user

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    QVector<QRect> rects() const;

    const Appearance &m_appearance;
    QStringList m_choices;
    int m_current = 0;
};

} // namespace ui
