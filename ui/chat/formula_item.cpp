#include "ui/chat/formula_item.h"

#include "app/math/formula_renderer.h"
#include "ui/chat/formula_pictures.h"
#include "ui/chat/rich_text.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace ui {

namespace {

constexpr int kAbove = 6;          // px
constexpr double kSize = 19.0 / 15; // of the letters that are read

class FormulaItem : public Item
{
public:
    FormulaItem(const Appearance &appearance, const QString &tex, bool open) : m_appearance(appearance), m_tex(tex), m_open(open)
    {
        ask();
        if (!isDrawn()) {
            app::markdown::Text text;
            text.text = tex;
            text.text.replace(QLatin1Char('\n'), QChar::LineSeparator);
            m_source = std::make_unique<RichText>(appearance, text, TextType{FontRole::Mono, &Theme::text, false});
        }
    }

    int layout(int width) override
    {
        m_width = width;
        if (isDrawn()) {
            m_em = m_appearance.readingSize() * kSize;
            m_offset = std::clamp(m_offset, 0, std::max(0, pictureWidth() - width));
            return int(std::ceil(m_formula->ascent * m_em) + std::ceil(m_formula->descent * m_em)) + 2 * kAbove;
        }
        return m_source->layout(width, Qt::AlignHCenter) + 2 * kAbove;
    }

    void paint(QPainter &painter, const PaintContext &context) const override
    {
        if (!isDrawn()) {
            m_source->paint(painter, QPointF(0, kAbove), context.selection, context.from, context.to, -1,
                            context.marksIn(m_source->text()));
            return;
        }
        const int height = int(std::ceil(m_formula->ascent * m_em) + std::ceil(m_formula->descent * m_em));
        const QRectF place(pictureLeft(), kAbove, pictureWidth(), height);
        painter.save();
        painter.setClipRect(QRectF(0, 0, m_width, height + 2 * kAbove), Qt::IntersectClip);
        if (context.to > context.from)
            painter.fillRect(place.adjusted(-3, -3, 3, 3), context.selection);
        FormulaPictures::of(m_appearance).paint(painter, QPointF(pictureLeft(), kAbove + std::ceil(m_formula->ascent * m_em)), *m_formula, m_em,
                                      m_appearance.theme().text);
        painter.restore();
        if (pictureWidth() > m_width) { // the thumb of what can be moved sideways
            const qreal thumb = std::max<qreal>(32, qreal(m_width) * m_width / pictureWidth());
            const qreal x = (m_width - thumb) * m_offset / std::max(1, pictureWidth() - m_width);
            painter.setRenderHint(QPainter::Antialiasing);
            painter.setPen(Qt::NoPen);
            painter.setBrush(m_appearance.theme().borderStrong);
            painter.drawRoundedRect(QRectF(x, height + 2 * kAbove - 4, thumb, 4), 2, 2);
        }
    }

    // A picture is selected as a whole: the half that is pointed at says which end is meant.
    int length() const override { return int(m_tex.size()); }
    int positionAt(const QPointF &point) const override
    {
        if (!isDrawn())
            return m_source->positionAt(point - QPointF(0, kAbove));
        return point.x() < pictureLeft() + pictureWidth() / 2.0 ? 0 : length();
    }
    QString text(int from, int to) const override { return isDrawn() && to > from ? m_tex : m_tex.mid(from, to - from); }
    Hot hotAt(const QPointF &point) const override
    {
        if (!m_formula || m_formula->error.isEmpty() || !isTextAt(point))
            return {};
        return {Action::None, QRectF(point, QSizeF(1, 1)), m_formula->error, {}, {}, {}};
    }
    bool isTextAt(const QPointF &point) const override
    {
        return point.y() >= 0 && (!isDrawn() || (point.x() >= pictureLeft() && point.x() <= pictureLeft() + pictureWidth()));
    }
    bool scrollSideways(int delta) override
    {
        const int most = isDrawn() ? std::max(0, pictureWidth() - m_width) : 0;
        m_offset = std::clamp(m_offset - delta, 0, most);
        return most > 0;
    }
    bool takeFormulas() override
    {
        if (m_formula)
            return false;
        ask();
        if (isDrawn())
            m_source.reset();
        return bool(m_formula);
    }

private:
    void ask()
    {
        if (!m_open)
            m_formula = FormulaPictures::of(m_appearance).renderer().find({m_tex.trimmed(), true});
    }
    bool isDrawn() const { return m_formula && m_formula->error.isEmpty(); }
    int pictureWidth() const { return int(std::ceil(m_formula->width * m_em)); }
    int pictureLeft() const { return pictureWidth() > m_width ? -m_offset : (m_width - pictureWidth()) / 2; }

    const Appearance &m_appearance;
    QString m_tex;
    bool m_open; // still being written: nothing to draw
    app::math::FormulaPointer m_formula; // null: it is being typeset
    std::unique_ptr<RichText> m_source;  // while there is no picture
    double m_em = 0;                     // px
    int m_width = 0, m_offset = 0;
};

} // namespace

std::unique_ptr<Item> makeFormulaItem(const Appearance &appearance, const QString &tex, bool open)
{
    return std::make_unique<FormulaItem>(appearance, tex, open);
}

} // namespace ui
