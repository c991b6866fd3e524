// Lays out one side of the translate table: the blocks of a row stand at the row's top, which the other side
// has too.
#pragma once

#include "ui/translate/row_metrics.h"

#include <QAbstractTextDocumentLayout>
#include <QFont>
#include <QTimer>

#include <optional>

namespace ui {

// Installed with QTextDocument::setDocumentLayout(). Blocks are laid out when they are seen or asked for;
// until then their height is an estimate, and an idle timer makes the rest exact in slices of a few
// milliseconds.
class RowLayout : public QAbstractTextDocumentLayout
{
    Q_OBJECT

public:
    RowLayout(QTextDocument *document, RowMetrics &metrics, RowMetrics::Side side);

    struct Type
    {
        QFont font;
        int line = 24, cjkLine = 26; // px
    };
    void setType(const Type &type);
    void setInsets(int left, int right); // px beside the text
    int leftInset() const { return m_left; }
    int rightInset() const { return m_right; }
    // Nothing: each block runs as its own first letter says.
    void setDirection(std::optional<Qt::LayoutDirection> direction);

    // First block of each row, rising; the first is 0. As many as the metrics have rows.
    void setRows(std::vector<int> firstBlocks);
    int rowOf(const QTextBlock &block) const;
    int firstBlock(int row) const { return m_first[std::size_t(row)]; }
    int endBlock(int row) const; // after the last one
    // Makes the heights of rows between two y positions exact; true when one changed.
    bool makeExact(int top, int bottom);
    // End of the last line of the row's text, for a caret; null when nothing is laid out.
    QPointF endOfText(int row) const;

    void draw(QPainter *painter, const PaintContext &context) override;
    int hitTest(const QPointF &point, Qt::HitTestAccuracy accuracy) const override;
    int pageCount() const override { return 1; }
    QSizeF documentSize() const override;
    QRectF frameBoundingRect(QTextFrame *frame) const override;
    QRectF blockBoundingRect(const QTextBlock &block) const override;
    void announceSize(); // the metrics have changed

protected:
    void documentChanged(int from, int removed, int added) override;

private:
    struct Block
    {
        int height = 0;
        bool exact = false;
    };

    int textWidth() const;
    int estimate(const QTextBlock &block) const;
    bool isFolded(int row, const QTextBlock &block) const; // a blank line before or after the text of a row
    void layOut(const QTextBlock &block) const;
    int blockTop(int row, const QTextBlock &block) const;
    void measureRow(int row) const;
    void forgetAll();
    void continueIdle();

    RowMetrics &m_metrics;
    RowMetrics::Side m_side;
    Type m_type;
    int m_left = 0, m_right = 0;
    std::optional<Qt::LayoutDirection> m_direction;
    double m_width = -1; // of the document, when the heights were taken
    mutable std::vector<Block> m_blocks;
    std::vector<int> m_first{0};
    struct TextRange // blocks of a row that are not blank: first and last of them
    {
        int row = -1, revision = -1, first = 0, last = -1;
    };
    mutable TextRange m_textRange; // of the row asked for last
    QTimer m_idle;
    int m_idleRow = 0;
    QSizeF m_announcedSize;
};

} // namespace ui
