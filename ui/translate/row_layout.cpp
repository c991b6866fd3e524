#include "ui/translate/row_layout.h"

#include "app/translate/languages.h"

#include <QElapsedTimer>
#include <QFontMetricsF>
#include <QPainter>
#include <QTextBlock>
#include <QTextDocument>
#include <QTextLayout>

#include <algorithm>
#include <cmath>

namespace ui {
namespace {

constexpr int kFoldedLine = 12; // a blank line between two paragraphs

bool hasCjk(const QString &text)
{
    using app::translate::Script;
    for (const QChar c : text) {
        if (c.unicode() < 0x1100)
            continue;
        const Script script = app::translate::scriptOf(c.unicode());
        if (script == Script::Han || script == Script::Kana || script == Script::Hangul)
            return true;
    }
    return false;
}

bool isBlank(const QTextBlock &block)
{
    const QString text = block.text();
    return std::all_of(text.cbegin(), text.cend(), [](QChar c) { return c.isSpace(); }) &&
           (!block.layout() || block.layout()->preeditAreaText().isEmpty());
}

} // namespace

RowLayout::RowLayout(QTextDocument *document, RowMetrics &metrics, RowMetrics::Side side)
    : QAbstractTextDocumentLayout(document), m_metrics(metrics), m_side(side)
{
    m_idle.setSingleShot(true);
    m_idle.setInterval(0);
    connect(&m_idle, &QTimer::timeout, this, &RowLayout::continueIdle);
}

void RowLayout::setType(const Type &type)
{
    m_type = type;
    forgetAll();
}

void RowLayout::setInsets(int left, int right)
{
    m_left = left;
    m_right = right;
    forgetAll();
}

void RowLayout::setDirection(std::optional<Qt::LayoutDirection> direction)
{
    if (direction == m_direction)
        return;
    m_direction = direction;
    forgetAll();
}

void RowLayout::setRows(std::vector<int> firstBlocks)
{
    m_first = std::move(firstBlocks);
    if (m_first.empty())
        m_first.push_back(0);
    m_textRange = {};
    for (int row = 0; row < std::min(int(m_first.size()), m_metrics.size()); ++row)
        measureRow(row);
    m_idleRow = 0;
    m_idle.start();
    announceSize();
}

int RowLayout::rowOf(const QTextBlock &block) const
{
    const auto after = std::upper_bound(m_first.begin(), m_first.end(), block.blockNumber());
    const int row = std::max(0, int(after - m_first.begin()) - 1);
    return std::min(row, m_metrics.size() - 1);
}

int RowLayout::endBlock(int row) const
{
    return std::size_t(row) + 1 < m_first.size() ? m_first[std::size_t(row) + 1] : document()->blockCount();
}

int RowLayout::textWidth() const
{
    return std::max(40, int(document()->textWidth()) - m_left - m_right);
}

int RowLayout::estimate(const QTextBlock &block) const
{
    const QString text = block.text();
    const bool cjk = hasCjk(text.left(64));
    const double letter = m_type.font.pixelSize() > 0 ? m_type.font.pixelSize() : 15;
    const double width = double(text.size()) * letter * (cjk ? 1.0 : 0.52);
    return std::max(1, int(std::ceil(width / textWidth()))) * (cjk ? m_type.cjkLine : m_type.line);
}

// The blank lines between paragraphs belong to the row above and take little room; a document that is nothing
// but blank keeps whole lines.
bool RowLayout::isFolded(int row, const QTextBlock &block) const
{
    const int first = m_first[std::size_t(row)], end = endBlock(row);
    if (end - first < 2 || !isBlank(block))
        return false;
    if (m_textRange.row != row || m_textRange.revision != document()->revision()) {
        m_textRange = {row, document()->revision(), end, -1};
        for (QTextBlock b = document()->findBlockByNumber(first); b.isValid() && b.blockNumber() < end;
             b = b.next()) {
            if (isBlank(b))
                continue;
            m_textRange.first = std::min(m_textRange.first, b.blockNumber());
            m_textRange.last = b.blockNumber();
        }
    }
    const int number = block.blockNumber();
    // Between two lines of text (in code) it is part of it.
    return m_textRange.last >= 0 && (number < m_textRange.first || number > m_textRange.last);
}

void RowLayout::layOut(const QTextBlock &block) const
{
    Block &own = m_blocks[std::size_t(block.blockNumber())];
    QTextLayout *layout = block.layout();
    if (own.exact && layout->lineCount() > 0)
        return;
    const QString text = block.text();
    const bool rightToLeft = m_direction && text.isEmpty()    ? *m_direction == Qt::RightToLeft
                             : m_direction == Qt::RightToLeft ? true
                                                              : text.isRightToLeft();
    QTextOption option(rightToLeft ? Qt::AlignRight | Qt::AlignAbsolute : Qt::AlignLeft | Qt::AlignAbsolute);
    option.setTextDirection(rightToLeft ? Qt::RightToLeft : Qt::LeftToRight);
    option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    layout->setTextOption(option);
    layout->setFont(m_type.font);
    const QString all = text + layout->preeditAreaText();
    const int line = hasCjk(all) ? m_type.cjkLine : m_type.line;
    const QFontMetricsF metrics(m_type.font);
    const int width = textWidth();
    double y = 0;
    layout->beginLayout();
    for (;;) {
        QTextLine textLine = layout->createLine();
        if (!textLine.isValid())
            break;
        textLine.setLineWidth(width);
        // The base line stays where the first font has it, whatever other fonts the line needs; taller
        // scripts get taller lines.
        const double height = std::max<double>(line, std::ceil(textLine.height()) + 2);
        const double base = (line - metrics.height()) / 2 + metrics.ascent();
        const double top = height > line ? (height - textLine.height()) / 2 : base - textLine.ascent();
        textLine.setPosition(QPointF(m_left, y + std::round(top)));
        y += height;
    }
    layout->endLayout();
    const int row = rowOf(block);
    own.height = row >= 0 && isFolded(row, block) ? kFoldedLine : int(y);
    own.exact = true;
}

int RowLayout::blockTop(int row, const QTextBlock &block) const
{
    int y = m_metrics.top(row) + RowMetrics::kPadding;
    for (int i = m_first[std::size_t(row)]; i < block.blockNumber(); ++i)
        y += m_blocks[std::size_t(i)].height;
    return y;
}

void RowLayout::measureRow(int row) const
{
    const int end = std::min(endBlock(row), int(m_blocks.size()));
    int height = 0;
    for (int i = m_first[std::size_t(row)]; i < end; ++i)
        height += m_blocks[std::size_t(i)].height;
    m_metrics.setContentHeight(row, m_side, height);
}

void RowLayout::forgetAll()
{
    documentChanged(0, 0, document()->characterCount());
}

void RowLayout::documentChanged(int from, int removed, int added)
{
    const QTextDocument *doc = document();
    const int count = doc->blockCount();
    const bool all = m_width != doc->textWidth() || m_blocks.empty() ||
                     (from == 0 && removed == 0 && added >= doc->characterCount() - 1);
    m_width = doc->textWidth();
    int first = 0, last = count - 1;
    if (!all) {
        first = doc->findBlock(from).blockNumber();
        const QTextBlock end = doc->findBlock(std::max(0, from + added));
        last = end.isValid() ? end.blockNumber() : count - 1;
        first = std::max(0, first);
    }
    // As many blocks came in (or went) as the count differs by; they lie between the first and the last one.
    const int delta = count - int(m_blocks.size());
    if (delta != 0 && !all) {
        const auto at = m_blocks.begin() + std::min(first + 1, int(m_blocks.size()));
        if (delta > 0)
            m_blocks.insert(at, std::size_t(delta), Block());
        else
            m_blocks.erase(at, at + std::min<std::ptrdiff_t>(-delta, m_blocks.end() - at));
        for (int &start : m_first) {
            if (start > first)
                start = std::clamp(start + delta, 0, count - 1);
        }
    }
    m_blocks.resize(std::size_t(count));
    for (QTextBlock block = doc->findBlockByNumber(first); block.isValid() && block.blockNumber() <= last;
         block = block.next()) {
        block.layout()->clearLayout();
        m_blocks[std::size_t(block.blockNumber())] = {estimate(block), false};
    }
    if (m_metrics.size() > 0) {
        const QTextBlock firstBlock = doc->findBlockByNumber(first), lastBlock = doc->findBlockByNumber(last);
        const int firstRow = rowOf(firstBlock);
        const int lastRow = std::min(rowOf(lastBlock), int(m_first.size()) - 1);
        for (int row = firstRow; row <= lastRow; ++row) {
            if (last - first < 200) { // what is typed is exact at once
                for (QTextBlock block = doc->findBlockByNumber(m_first[std::size_t(row)]);
                     block.isValid() && block.blockNumber() < endBlock(row); block = block.next())
                    layOut(block);
            }
            measureRow(row);
        }
        m_idleRow = std::min(m_idleRow, firstRow);
        m_idle.start();
    }
    announceSize();
    Q_EMIT update();
}

bool RowLayout::makeExact(int top, int bottom)
{
    bool changed = false;
    for (int row = m_metrics.rowAt(top);
         row >= 0 && row < std::min(m_metrics.size(), int(m_first.size())) && m_metrics.top(row) <= bottom;
         ++row) {
        const int before = m_metrics.contentHeight(row, m_side);
        for (QTextBlock block = document()->findBlockByNumber(m_first[std::size_t(row)]);
             block.isValid() && block.blockNumber() < endBlock(row); block = block.next())
            layOut(block);
        measureRow(row);
        changed = changed || before != m_metrics.contentHeight(row, m_side);
    }
    return changed;
}

void RowLayout::continueIdle()
{
    QElapsedTimer timer;
    timer.start();
    const int rows = std::min(m_metrics.size(), int(m_first.size()));
    while (m_idleRow < rows && timer.elapsed() < 6) {
        const int top = m_metrics.top(m_idleRow);
        makeExact(top, top);
        ++m_idleRow;
    }
    if (m_idleRow < rows)
        m_idle.start();
}

QPointF RowLayout::endOfText(int row) const
{
    const QTextBlock block = document()->findBlockByNumber(endBlock(row) - 1);
    if (!block.isValid())
        return {};
    layOut(block);
    const QTextLayout *layout = block.layout();
    const QTextLine line = layout->lineAt(layout->lineCount() - 1);
    if (!line.isValid())
        return {};
    return QPointF(line.cursorToX(block.length() - 1), blockTop(row, block) + line.y());
}

void RowLayout::draw(QPainter *painter, const PaintContext &context)
{
    if (m_metrics.size() == 0)
        return;
    const QRectF clip = context.clip.isValid() ? context.clip : QRectF(QPointF(0, 0), documentSize());
    makeExact(int(clip.top()), int(clip.bottom()));
    painter->setPen(context.palette.color(QPalette::Text));
    const int rows = std::min(m_metrics.size(), int(m_first.size()));
    for (int row = m_metrics.rowAt(int(clip.top())); row < rows && m_metrics.top(row) <= clip.bottom();
         ++row) {
        double y = m_metrics.top(row) + RowMetrics::kPadding;
        for (QTextBlock block = document()->findBlockByNumber(m_first[std::size_t(row)]);
             block.isValid() && block.blockNumber() < endBlock(row); block = block.next()) {
            const int height = m_blocks[std::size_t(block.blockNumber())].height;
            if (y + height >= clip.top() - 40 && y <= clip.bottom() + 40) {
                QTextLayout *layout = block.layout();
                const int start = block.position(), length = block.length();
                QVector<QTextLayout::FormatRange> selections;
                for (const Selection &selection : context.selections) {
                    const int from = std::max(0, selection.cursor.selectionStart() - start);
                    const int to = std::min(length, selection.cursor.selectionEnd() - start);
                    if (from < to)
                        selections.push_back({from, to - from, selection.format});
                }
                layout->draw(painter, QPointF(0, y), selections, clip);
                const int at = context.cursorPosition;
                if ((at >= start && at < start + length) ||
                    (at < -1 && !layout->preeditAreaText().isEmpty())) {
                    const int inBlock = at < -1 ? layout->preeditAreaPosition() - (at + 2) : at - start;
                    layout->drawCursor(painter, QPointF(0, y), inBlock, 1);
                }
            }
            y += height;
        }
    }
}

int RowLayout::hitTest(const QPointF &point, Qt::HitTestAccuracy accuracy) const
{
    const int row = m_metrics.rowAt(int(point.y()));
    if (row < 0 || std::size_t(row) >= m_first.size())
        return accuracy == Qt::ExactHit ? -1 : 0;
    double y = m_metrics.top(row) + RowMetrics::kPadding;
    const int end = endBlock(row);
    for (QTextBlock block = document()->findBlockByNumber(m_first[std::size_t(row)]); block.isValid();
         block = block.next()) {
        layOut(block);
        const int height = m_blocks[std::size_t(block.blockNumber())].height;
        const bool isLast = block.blockNumber() + 1 >= end;
        if (point.y() < y + height || isLast) {
            const QTextLayout *layout = block.layout();
            for (int i = 0; i < layout->lineCount(); ++i) {
                const QTextLine line = layout->lineAt(i);
                const double bottom = i + 1 < layout->lineCount() ? layout->lineAt(i + 1).y() : height;
                if (point.y() >= y + bottom && i + 1 < layout->lineCount())
                    continue;
                if (accuracy == Qt::ExactHit) {
                    const QRectF text = line.naturalTextRect().translated(0, y);
                    if (!text.contains(point))
                        return -1;
                    return block.position() + line.xToCursor(point.x(), QTextLine::CursorOnCharacter);
                }
                return block.position() + line.xToCursor(point.x());
            }
            return block.position();
        }
        y += height;
    }
    return accuracy == Qt::ExactHit ? -1 : document()->characterCount() - 1;
}

QSizeF RowLayout::documentSize() const
{
    return QSizeF(std::max(0.0, document()->textWidth()), m_metrics.total());
}

QRectF RowLayout::frameBoundingRect(QTextFrame *) const
{
    return QRectF(QPointF(0, 0), documentSize());
}

QRectF RowLayout::blockBoundingRect(const QTextBlock &block) const
{
    if (!block.isValid() || m_metrics.size() == 0 || std::size_t(block.blockNumber()) >= m_blocks.size())
        return {};
    layOut(block);
    const int row = rowOf(block);
    return QRectF(0, blockTop(row, block), document()->textWidth(),
                  m_blocks[std::size_t(block.blockNumber())].height);
}

void RowLayout::announceSize()
{
    const QSizeF size = documentSize();
    if (size == m_announcedSize)
        return;
    m_announcedSize = size;
    Q_EMIT documentSizeChanged(size);
}

} // namespace ui
