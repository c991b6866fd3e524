// The dot before a status sentence: green idle, pulsing accent at work, warn, red, hollow when nothing is
// there.
#pragma once

#include "ui/appearance.h"

#include <QWidget>

class QTimer;

namespace ui {

class BusyDot : public QWidget
{
    Q_OBJECT

public:
    enum class State { Idle, Busy, Warn, Bad, Hollow };

    explicit BusyDot(const Appearance &appearance, QWidget *parent = nullptr);
    void setState(State state);
    State state() const { return m_state; }
    QSize sizeHint() const override { return {8, 8}; }

protected:
    void paintEvent(QPaintEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    void runOrRest();

    const Appearance &m_appearance;
    State m_state = State::Idle;
    QTimer *m_pulse; // runs only while seen and busy
    int m_phase = 0;
};

} // namespace ui
