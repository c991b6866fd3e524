#include "ui/code/code_layout.h"

#include <QTextBlock>
#include <QTextLayout>

#include <cmath>

namespace ui {

CodeLayout::CodeLayout(QTextDocument *document) : QPlainTextDocumentLayout(document) {}

void CodeLayout::setLinePixels(int px)
{
    m_linePixels = px;
    requestUpdate();
}

QRectF CodeLayout::blockBoundingRect(const QTextBlock &block) const
{
    QRectF rect = QPlainTextDocumentLayout::blockBoundingRect(block);
    if (m_linePixels <= 0 || !block.isValid() || !block.isVisible() || block.layout()->lineCount() != 1)
        return rect;
    // The base class lays a block out at its top whenever the text changed; the line moves down from there.
    QTextLine line = block.layout()->lineAt(0);
    const qreal top = std::floor((m_linePixels - line.height()) / 2);
    if (line.y() != top)
        line.setPosition(QPointF(line.x(), top));
    rect.setHeight(m_linePixels);
    return rect;
}

} // namespace ui
