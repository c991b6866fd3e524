// "Why this speed": one sentence, bars of what was measured, and what would help most; above the status line.
#pragma once

#include "app/speed_reason.h"
#include "ui/appearance.h"

#include <QVector>
#include <QWidget>

namespace ui {

class SpeedPopover : public QWidget
{
    Q_OBJECT

public:
    static constexpr int kWidth = 360;

    struct Row
    {
        QString name, value;
        double share = -1; // of the bar, 0 to 1; -1: none
    };

    // A child of the window, hidden at first.
    SpeedPopover(const Appearance &appearance, QWidget *window);

    void setFacts(const app::SpeedFacts &facts);
    // Its lower left corner is there, in coordinates of the window; moved so that all of it is seen.
    void openAbove(const QPoint &place);
    QString sentence() const { return m_sentence; }
    QString advice() const { return m_advice; }
    const QVector<Row> &rows() const { return m_rows; }

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;

private:
    int sentenceHeight(const QString &words, FontRole role) const;
    int wantedHeight() const;

    const Appearance &m_appearance;
    QString m_sentence, m_advice;
    QVector<Row> m_rows;
};

} // namespace ui
