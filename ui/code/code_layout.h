// Lines of program text at a fixed height, which QPlainTextDocumentLayout has no setting for.
#pragma once

#include <QPlainTextDocumentLayout>

namespace ui {

// For documents that do not wrap: one line a block, its letters centred in the height.
class CodeLayout : public QPlainTextDocumentLayout
{
    Q_OBJECT

public:
    explicit CodeLayout(QTextDocument *document);
    void setLinePixels(int px); // 0: the font's own
    int linePixels() const { return m_linePixels; }
    QRectF blockBoundingRect(const QTextBlock &block) const override;

private:
    int m_linePixels = 0;
};

} // namespace ui
