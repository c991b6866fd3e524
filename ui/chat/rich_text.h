// Words with styles, laid out at one fixed line height whatever scripts they mix: Han and Latin in their own
// fonts with air between them, inline code on a chip, links in the accent.
#pragma once

#include "app/chat/markdown.h"
#include "ui/appearance.h"

#include <QTextLayout>

#include <memory>

class QPainter;

namespace ui {

// True for ideographs, kana, hangul and full-width forms: such a block takes the taller line.
bool holdsCjk(QStringView text);

struct TextType
{
    FontRole role = FontRole::Reading;
    ColorToken color = &Theme::text;
    bool bold = false;
};

class RichText
{
public:
    RichText(const Appearance &appearance, const app::markdown::Text &text, const TextType &type);

    // Breaks lines at `width` px; gives the height.
    int layout(int width, Qt::Alignment alignment = Qt::AlignLeft);
    int height() const { return m_height; }
    int lineHeight() const { return m_lineHeight; }
    int lineCount() const { return m_layout->lineCount(); }
    int naturalWidth() const { return m_naturalWidth; } // widest line of the last layout()
    int longestWord() const;                            // px: narrower columns break words

    const QString &text() const { return m_text.text; }
    const app::markdown::Text &source() const { return m_text; }
    int length() const { return int(m_text.text.size()); }
    int positionAt(const QPointF &point) const;
    // Index of the link under a point, or -1.
    int linkAt(const QPointF &point) const;
    QString link(int index) const { return m_text.links.value(index); }
    QRectF boundsOf(int from, int to) const; // of the first line of the range

    // Selected from `from` up to `to` (equal: nothing). `hoveredLink` is underlined, the words of `found` are marked.
    void paint(QPainter &painter, const QPointF &at, const QColor &selection, int from = 0, int to = 0,
               int hoveredLink = -1, const QStringList &found = {}) const;

private:
    void format();

    const Appearance &m_appearance;
    app::markdown::Text m_text;
    TextType m_type;
    std::unique_ptr<QTextLayout> m_layout;
    int m_lineHeight = 0;
    int m_height = 0;
    int m_naturalWidth = 0;
};

} // namespace ui
