// The line at the foot: what the engine does now in words, with its speed and one reason; memory and what is
// saved at the right.
#pragma once

#include "ui/widgets/busy_dot.h"
#include "ui/widgets/buttons.h"

#include <QTimer>
#include <QWidget>

namespace ui {

class StatusLine : public QWidget
{
    Q_OBJECT

public:
    explicit StatusLine(const Appearance &appearance, QWidget *parent = nullptr);

    void setStatus(BusyDot::State dot, const QString &sentence, const QString &speed = QString(),
                   const QString &reason = QString());
    void setContext(int tokens, int limit); // -1: not shown
    void setSaved(const QString &words, bool failed);
    void setModelName(const QString &name); // shown in rail mode
    void setCancellable(bool cancellable);
    void announce(const QString &sentence); // read aloud at once, and nothing else is for five seconds
    QString sentence() const { return m_sentence; }
    QString speed() const { return m_speed; }
    QString reason() const { return m_reason; }
    QString context() const; // "Context 1,930 / 16,384"; empty: not shown
    BusyDot::State dot() const { return m_dot->state(); }
    QAbstractButton *speedButton() const { return m_speedButton; }

Q_SIGNALS:
    void cancelRequested(); // of the loading that goes on
    void savedPressed();
    void speedPressed(const QPoint &place); // the upper left corner of its words, in the window

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    bool event(QEvent *event) override;

private:
    struct Part
    {
        QRect rect;
        QString tip;
    };
    void readMemory();
    void tell();

    const Appearance &m_appearance;
    BusyDot *m_dot;
    TextButton *m_cancel;
    QAbstractButton *m_speedButton; // over the painted words: for pointer, keys and screen readers
    QString m_sentence, m_speed, m_reason, m_saved, m_model;
    bool m_savedFailed = false;
    int m_tokens = -1, m_limit = -1;
    double m_memoryGib = 0, m_totalGib = 0;
    QTimer m_memoryTimer, m_tellTimer;
    QRect m_savedRect;
    QVector<Part> m_parts;
};

} // namespace ui
