// The translate table: source and translation in two texts with level rows, their numbers, states and
// remarks.
#pragma once

#include "app/translate/translate_session.h"
#include "ui/translate/row_edit.h"
#include "ui/widgets/accessible_rows.h"

#include <QHash>
#include <QWidget>

class QScrollBar;

namespace ui {

class RowRemark;

class SegmentTable : public QWidget, public AccessibleRows
{
    Q_OBJECT

public:
    SegmentTable(app::translate::TranslateSession &session, const Appearance &appearance,
                 QWidget *parent = nullptr);

    RowEdit &source() { return *m_source; }
    RowEdit &target() { return *m_target; }
    RowMetrics &metrics() { return m_metrics; }
    // Replaces all text as one step that undo takes back.
    void replaceSource(const QString &text);
    // Scrolls to the next (1) or previous (-1) row that needs a look, after the current one.
    void showFlagged(int direction);
    int rowOfSegment(int segment) const;

    int accessibleRowCount() const override;
    QString accessibleRow(int segment) const override; // "Segment 6 of 24, unsure: source … translation …"
    QRect accessibleRowRect(int segment) const override;
    bool hasFieldsBesideRows() const override { return true; }

    static constexpr int kNumberWidth = 44, kStateWidth = 56;

Q_SIGNALS:
    void filesDropped(const QStringList &paths);

protected:
    void resizeEvent(QResizeEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;

private:
    struct RowState
    {
        app::translate::SegmentState state = app::translate::SegmentState::Waiting;
        int remark = -1;         // segment whose verdict is told below the translation
        int segments = 0;        // of the row
        bool translated = false; // some text to show
    };

    void readSource();     // the session's text into the edit
    void sourceEdited();   // and back
    void readSegments();   // rows, numbers and translations after the text has changed
    void readRow(int row); // after a segment has changed
    QString targetText(int row) const;
    RowState stateOf(int row) const;
    void paintSourceRow(QPainter &painter, int row, const QRect &rect) const;
    void paintTargetRow(QPainter &painter, int row, const QRect &rect) const;
    void paintState(QPainter &painter, const RowState &state, const QRect &rect) const;
    void placeRemarks();
    void retryRow(int row);
    void follow(int row);
    void applyLook();
    void applyLanguages();
    int ruleAt() const { return (width() - 1) / 2; } // x of the rule between the sides
    int ruleBottom() const;

    app::translate::TranslateSession &m_session;
    const Appearance &m_appearance;
    RowMetrics m_metrics;
    RowEdit *m_source;
    RowEdit *m_target;
    QScrollBar *m_bar;
    QString m_lineBreak = QStringLiteral("\n"); // of the session's text
    std::vector<RowState> m_states;
    std::vector<QString> m_targetTexts; // as the target document has them
    QHash<int, RowRemark *> m_remarks;  // by row; only those seen
    int m_flagged = -1;
    int m_ruleBottom = 0; // that it was last asked to be painted to
    bool m_reading = false;
    bool m_following = true; // the view goes with the row that is being translated
};

} // namespace ui
