// Words with styles, laid out at one fixed line height whatever scripts they mix: Han and Latin in their own
// fonts with air between them, inline code on a chip, links in the accent, formulas as pictures among the letters.
// A line is higher only where a formula is.
#pragma once

#include "app/chat/markdown.h"
#include "app/math/formula.h"
#include "ui/appearance.h"

#include <QTextLayout>

#include <memory>
#include <vector>

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
    int firstLineTop() const { return m_firstTop; } // px that formulas need above the letters of the first line
    int lineCount() const { return m_layout->lineCount(); }
    int naturalWidth() const { return m_naturalWidth; } // widest line of the last layout()
    int longestWord() const;                            // px: narrower columns break words

    const QString &text() const { return m_text.text; }
    const app::markdown::Text &source() const { return m_text; }
    int length() const { return int(m_text.text.size()); }
    int positionAt(const QPointF &point) const;
    // Index of the link under a point, or -1.
    int linkAt(const QPointF &point) const;
    // Why a formula under a point is shown as its source; empty where none is.
    QString formulaErrorAt(const QPointF &point) const;
    // Formulas came: true when one of them stands here, and it must be laid out again.
    bool takeFormulas();
    QString link(int index) const { return m_text.links.value(index); }
    QString linkWords(int index) const;
    QRectF boundsOf(int from, int to) const; // of the first line of the range

    // Selected from `from` up to `to` (equal: nothing). `hoveredLink` is underlined, `marks` (begin, length) are marked.
    void paint(QPainter &painter, const QPointF &at, const QColor &selection, int from = 0, int to = 0,
               int hoveredLink = -1, QVector<QPair<int, int>> marks = {}) const;

private:
    // A formula among the letters: one letter, as wide as the picture, stands for it in what is laid out.
    struct Inline
    {
        int start = 0, length = 0; // of its source in m_text
        int shown = 0;             // of the letter in m_shown
        app::math::FormulaPointer formula;
        double em = 0; // px
        double width() const { return formula->width * em; }
    };
    struct Refused // a formula that stays its source
    {
        int shown = 0, length = 0;
        QString error;
    };

    void placeFormulas();
    void format();
    double formulaEm() const;
    int toShown(int position) const;
    int fromShown(int position) const;
    int lineUnder(double y) const;
    int lineTop(int line) const { return m_tops[size_t(line)]; }
    int shownLength() const { return int(m_shown.text.size()); }

    const Appearance &m_appearance;
    app::markdown::Text m_text;  // what is written, with the source of formulas
    app::markdown::Text m_shown; // what is laid out
    std::vector<Inline> m_formulas;
    std::vector<Refused> m_refused;
    int m_waiting = 0; // formulas
    int m_room = 0;    // px: wider formulas are made smaller; 0: not known yet
    TextType m_type;
    std::unique_ptr<QTextLayout> m_layout;
    std::vector<int> m_tops; // of the lines, and the end
    int m_lineHeight = 0;
    double m_baseline = 0; // px, in a line without formulas
    int m_height = 0;
    int m_firstTop = 0;
    int m_naturalWidth = 0;
};

} // namespace ui
