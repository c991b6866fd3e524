// What the model says beside the code: Markdown, laid out with own formats. Nothing in it is loaded, opened
// or run.
#pragma once

#include "app/chat/markdown_stream.h"
#include "ui/appearance.h"

#include <QTextEdit>

namespace ui {

class ProseView : public QTextEdit
{
    Q_OBJECT

public:
    explicit ProseView(const Appearance &appearance, QWidget *parent = nullptr);

    void append(const QString &markdown);
    void setMarkdown(const QString &markdown);
    QString markdown() const { return m_stream.source(); }
    bool isEmpty() const { return m_stream.blocks().isEmpty(); }

protected:
    QVariant loadResource(int type, const QUrl &name) override; // nothing, ever

private:
    void renderTail();
    void renderAll();
    void renderBlock(QTextCursor &cursor, const app::markdown::Block &block);
    void renderText(QTextCursor &cursor, const app::markdown::Text &text, FontRole role);
    void renderCode(QTextCursor &cursor, const app::markdown::Block &block, int left);
    void startLine(QTextCursor &cursor, const QTextBlockFormat &format);

    const Appearance &m_appearance;
    app::markdown::MarkdownStream m_stream;
    int m_rendered = 0;    // sealed blocks that are in the document for good
    int m_renderedEnd = 0; // document position behind them
    bool m_fresh = true;   // the document's first line is still unused
};

} // namespace ui
