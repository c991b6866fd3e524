// How full the context is: instructions, pinned turns, files, conversation, draft, what is kept for the answer and what is free, to scale.
#pragma once

#include "app/chat/context_counter.h"
#include "ui/appearance.h"
#include "ui/widgets/accessible_rows.h"

#include <QWidget>

namespace ui {

using ContextKind = app::ContextPart::Kind;

// Words and colour of a kind of part; shared with the inspector.
QString contextKindName(ContextKind kind);
const QColor &contextKindColor(const Theme &theme, ContextKind kind);
// The hatch of what is kept for the answer; in danger's colour it is what is too much.
void paintHatch(QPainter &painter, const QRectF &rect, const QColor &lines, const QColor &edge);

// A click opens the inspector; a part that is dragged out of the bar, or focused when Delete is pressed, is to be left out.
class ContextBar : public QWidget, public AccessibleRows
{
    Q_OBJECT

public:
    explicit ContextBar(const Appearance &appearance, QWidget *parent = nullptr);

    // `running`: tokens of prompt and answer while one is written, -1: none is.
    void setMap(const app::ContextMap &map, int running);
    int excess() const { return m_running >= 0 ? 0 : m_map.excess(); }
    QSize sizeHint() const override { return {200, 32}; }
    int accessibleRowCount() const override { return int(segments().size()); }
    QString accessibleRow(int row) const override { return wordsOf(segments()[row]); }
    QRect accessibleRowRect(int row) const override;

Q_SIGNALS:
    void opened(ui::ContextKind kind);
    void leaveOutRequested(ui::ContextKind kind);

protected:
    void paintEvent(QPaintEvent *event) override;
    bool event(QEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;

private:
    struct Segment
    {
        ContextKind kind;
        int tokens;
        QRectF rect;
    };
    QVector<Segment> segments() const;
    int segmentAt(const QPointF &point) const; // -1: none
    int used() const;
    QRectF lane() const;
    QString words() const;
    QString wordsOf(const Segment &segment) const;

    const Appearance &m_appearance;
    app::ContextMap m_map;
    int m_running = -1;
    int m_focused = -1; // of segments()
    int m_pressed = -1;
    bool m_dragged = false; // the pressed one is outside
};

} // namespace ui
