#include "ui/chat/rich_text.h"

#include "app/chat/hidden_characters.h"
#include "app/math/formula_renderer.h"
#include "ui/chat/formula_pictures.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace ui {

namespace {

using app::markdown::Span;

bool isCjk(char32_t c)
{
    return (c >= 0x2e80 && c <= 0x303f) || (c >= 0x3040 && c <= 0x9fff) || (c >= 0xac00 && c <= 0xd7af) ||
           (c >= 0xf900 && c <= 0xfaff) || (c >= 0xfe30 && c <= 0xfe4f) || (c >= 0xff00 && c <= 0xffef) ||
           (c >= 0x20000 && c <= 0x3ffff);
}

bool isHanLetter(char32_t c)
{
    return (c >= 0x3040 && c <= 0x30ff) || (c >= 0x3400 && c <= 0x9fff) || (c >= 0xac00 && c <= 0xd7af) ||
           (c >= 0xf900 && c <= 0xfaff) || (c >= 0x20000 && c <= 0x3ffff);
}

bool isShared(QChar c)
{
    return QStringView(u"“”‘’…—·").contains(c);
}

char32_t codePoint(const QString &text, int i)
{
    const QChar c = text[i];
    if (c.isHighSurrogate() && i + 1 < text.size() && text[i + 1].isLowSurrogate())
        return QChar::surrogateToUcs4(c, text[i + 1]);
    if (c.isLowSurrogate() && i > 0 && text[i - 1].isHighSurrogate())
        return QChar::surrogateToUcs4(text[i - 1], c);
    return c.unicode();
}

constexpr QChar kFormulaLetter = u'x'; // unseen; breaks lines as a letter does
constexpr int kFormulaAir = 1;         // px at either side of a formula
constexpr double kSmallestFormula = 0.6; // of its size, to fit a column

enum class Script : quint8 { Neutral, Latin, Han };

// Han for ideographs and their punctuation; shared punctuation follows the nearest letter.
QVector<Script> scriptsOf(const QString &text)
{
    QVector<Script> scripts(text.size(), Script::Neutral);
    for (int i = 0; i < text.size(); ++i) {
        const char32_t c = codePoint(text, i);
        if (isCjk(c))
            scripts[i] = Script::Han;
        else if (text[i].isLetterOrNumber())
            scripts[i] = Script::Latin;
    }
    for (int i = 0; i < text.size(); ++i) {
        if (!isShared(text[i]))
            continue;
        for (int d = 1; d <= 24; ++d) {
            const bool left = i - d >= 0 && !isShared(text[i - d]) && scripts[i - d] != Script::Neutral;
            const bool right =
                i + d < text.size() && !isShared(text[i + d]) && scripts[i + d] != Script::Neutral;
            if (!left && !right)
                continue;
            const bool han =
                (left && scripts[i - d] == Script::Han) || (right && scripts[i + d] == Script::Han);
            if (han)
                scripts[i] = Script::Han;
            break;
        }
    }
    return scripts;
}

} // namespace

bool holdsCjk(QStringView text)
{
    for (const QChar c : text) {
        if (isCjk(c.unicode()) || (c.isHighSurrogate() && c.unicode() >= 0xd840 && c.unicode() <= 0xd8bf))
            return true;
    }
    return false;
}

RichText::RichText(const Appearance &appearance, const app::markdown::Text &text, const TextType &type)
    : m_appearance(appearance), m_text(text), m_type(type)
{
    m_lineHeight =
        holdsCjk(text.text) ? appearance.lineHeightCjk(type.role) : appearance.lineHeight(type.role);
    placeFormulas();
    format();
}

// Formulas that are there become letters of what is laid out; others stay their source.
void RichText::placeFormulas()
{
    m_shown = m_text;
    m_formulas.clear();
    m_refused.clear();
    m_waiting = 0;
    const bool any = std::any_of(m_text.spans.begin(), m_text.spans.end(),
                                 [](const Span &span) { return span.styles & app::markdown::Math; });
    if (!any)
        return;
    m_shown = {{}, {}, m_text.links, m_text.pictures};
    int at = 0;
    const double em = formulaEm();
    for (const Span &span : std::as_const(m_text.spans)) {
        m_shown.text += QStringView(m_text.text).mid(at, span.start - at);
        at = span.start + span.length;
        Span shown = span;
        shown.start = shownLength();
        app::math::FormulaPointer formula;
        if (span.styles & app::markdown::Math) {
            QString tex = m_text.text.mid(span.start, span.length);
            tex.replace(QChar::LineSeparator, QLatin1Char(' '));
            formula = FormulaPictures::of(m_appearance).renderer().find({tex.trimmed(), bool(span.styles & app::markdown::Display)});
            if (!formula)
                ++m_waiting;
            else if (!formula->error.isEmpty())
                m_refused.push_back({shown.start, span.length, formula->error});
        }
        if (formula && formula->error.isEmpty()) {
            m_formulas.push_back({span.start, span.length, shown.start, formula, em});
            m_shown.text += kFormulaLetter;
            shown.length = 1;
        } else {
            m_shown.text += QStringView(m_text.text).mid(span.start, span.length);
        }
        m_shown.spans.append(shown);
    }
    m_shown.text += QStringView(m_text.text).mid(at);
}

// The letters of a formula are as high as those around it: MathJax's x is 0.442 em.
double RichText::formulaEm() const
{
    return QFontMetricsF(m_appearance.font(m_type.role)).xHeight() / 0.442;
}

bool RichText::takeFormulas()
{
    if (m_waiting == 0)
        return false;
    const int waited = m_waiting;
    placeFormulas();
    if (m_waiting == waited)
        return false;
    m_room = 0;
    format();
    return true;
}

int RichText::toShown(int position) const
{
    int moved = 0;
    for (const Inline &one : m_formulas) {
        if (position <= one.start)
            break;
        if (position < one.start + one.length)
            return one.shown + 1; // inside: all of it
        moved += one.length - 1;
    }
    return position - moved;
}

int RichText::fromShown(int position) const
{
    int moved = 0;
    for (const Inline &one : m_formulas) {
        if (position <= one.shown)
            break;
        moved += one.length - 1;
    }
    return position + moved;
}

int RichText::lineUnder(double y) const
{
    const auto after = std::upper_bound(m_tops.begin(), m_tops.end(), int(std::floor(y)));
    return int(after - m_tops.begin()) - 1;
}

void RichText::format()
{
    const Theme &theme = m_appearance.theme();
    QFont base = m_appearance.font(m_type.role);
    if (m_type.bold)
        base.setWeight(QFont::Bold);
    m_layout = std::make_unique<QTextLayout>(app::withPartedMarks(m_shown.text), base);
    QTextOption option;
    option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    m_layout->setTextOption(option);
    m_layout->setCacheEnabled(true);

    const QString &text = m_shown.text;
    const QVector<Span> &spans = m_shown.spans;
    const QVector<Script> scripts = scriptsOf(text);
    const qreal air = base.pixelSize() / 8.0;
    QFont mono = m_appearance.font(FontRole::Mono);
    if (m_type.role != FontRole::Reading && m_type.role != FontRole::ReadingBold)
        mono.setPixelSize(std::max(11, base.pixelSize() - 1));
    QStringList hanFirst = base.families();
    std::rotate(hanFirst.begin(), hanFirst.begin() + 1, hanFirst.begin() + 2);

    QVector<QTextLayout::FormatRange> formats;
    int span = 0;
    size_t formula = 0;
    for (int i = 0; i < text.size();) {
        while (span < spans.size() && spans[span].start + spans[span].length <= i)
            ++span;
        const bool inSpan = span < spans.size() && spans[span].start <= i;
        const Span style = inSpan ? spans[span] : Span{};
        const int limit = inSpan                       ? style.start + style.length
                          : span < spans.size() ? spans[span].start
                                                       : int(text.size());
        const bool han = scripts[i] == Script::Han;
        const bool shared = han && isShared(text[i]);
        int end = i + 1;
        while (end < limit && (scripts[end] == Script::Han) == han && (han && isShared(text[end])) == shared)
            ++end;

        QTextCharFormat format;
        format.setForeground(style.link >= 0 ? theme.accentText : theme.*m_type.color);
        if (formula < m_formulas.size() && m_formulas[formula].shown == i) {
            const double letter = QFontMetricsF(base).horizontalAdvance(kFormulaLetter);
            format.setFont(base);
            format.setForeground(Qt::transparent);
            format.setFontLetterSpacingType(QFont::AbsoluteSpacing);
            format.setFontLetterSpacing(m_formulas[formula].width() + 2 * kFormulaAir - letter);
            formats.append({i, 1, format});
            ++formula;
            i = end;
            continue;
        }
        if (style.styles & (app::markdown::Code | app::markdown::Math)) {
            format.setFont(mono);
        } else if (style.styles & (app::markdown::Bold | app::markdown::Emphasis) || shared) {
            QFont font = base;
            if (style.styles & app::markdown::Bold)
                font.setWeight(QFont::Bold);
            if (style.styles & app::markdown::Emphasis) {
                if (han)
                    font.setWeight(QFont::Bold); // no slanted Han
                else
                    font.setItalic(true);
            }
            if (shared)
                font.setFamilies(hanFirst);
            format.setFont(font);
        }
        if (style.styles & app::markdown::Strike)
            format.setFontStrikeOut(true);
        if (style.styles & app::markdown::Superscript) {
            format.setVerticalAlignment(QTextCharFormat::AlignSuperScript);
            format.setForeground(theme.accentText);
        }
        formats.append({i, end - i, format});

        // Air after the run: where Han meets Latin, and around the chip of inline code.
        qreal space = 0;
        const bool codeEnds = (style.styles & app::markdown::Code) && end == limit;
        const bool codeBegins =
            end < text.size() && end == limit && !(style.styles & app::markdown::Code) && [&] {
                const int next = inSpan ? span + 1 : span;
                return next < spans.size() && spans[next].start == end &&
                       (spans[next].styles & app::markdown::Code);
            }();
        if (codeEnds || codeBegins) {
            space = 5;
        } else if (end < text.size()) {
            const char32_t a = codePoint(text, end - 1), b = codePoint(text, end);
            const bool latinA = end > 0 && scripts[end - 1] == Script::Latin;
            const bool latinB = scripts[end] == Script::Latin;
            if ((isHanLetter(a) && latinB) || (latinA && isHanLetter(b)))
                space = air;
        }
        if (space > 0 && !text[end - 1].isLowSurrogate()) {
            QTextCharFormat last = format;
            if (!last.hasProperty(QTextFormat::FontFamilies) && !(style.styles & app::markdown::Code))
                last.setFont(base);
            last.setFontLetterSpacingType(QFont::AbsoluteSpacing);
            last.setFontLetterSpacing(space);
            last.setForeground(format.foreground());
            if (style.styles & (app::markdown::Bold) && !(style.styles & app::markdown::Code))
                last.setFontWeight(QFont::Bold);
            formats.last().length -= 1;
            if (formats.last().length == 0)
                formats.removeLast();
            formats.append({end - 1, 1, last});
        }
        i = end;
    }
    m_layout->setFormats(formats);
}

int RichText::layout(int width, Qt::Alignment alignment)
{
    QTextOption option = m_layout->textOption();
    option.setAlignment(alignment);
    m_layout->setTextOption(option);
    // Formulas that are wider than the column are made smaller.
    const int room = std::max(40, width);
    if (!m_formulas.empty() && room != m_room) {
        m_room = room;
        bool changed = false;
        for (Inline &one : m_formulas) {
            const double whole = formulaEm();
            const double em = whole * std::clamp((room - 2 * kFormulaAir) / std::max(1.0, one.formula->width * whole), kSmallestFormula, 1.0);
            changed = changed || em != one.em;
            one.em = em;
        }
        if (changed) {
            format();
            m_layout->setTextOption(option);
        }
    }
    const QFontMetricsF metrics(m_layout->font());
    const qreal leading = (m_lineHeight - metrics.ascent() - metrics.descent()) / 2;
    const qreal baseline = m_baseline = std::round(leading + metrics.ascent());
    qreal widest = 0;
    int top = 0;
    size_t formula = 0;
    m_tops.clear();
    m_firstTop = 0;
    m_layout->beginLayout();
    for (;;) {
        QTextLine line = m_layout->createLine();
        if (!line.isValid())
            break;
        line.setLineWidth(std::max(1, width));
        double above = 0, below = 0; // what formulas need beyond the line
        for (; formula < m_formulas.size() && m_formulas[formula].shown < line.textStart() + line.textLength(); ++formula) {
            const Inline &one = m_formulas[formula];
            above = std::max(above, one.formula->ascent * one.em + 2 - baseline);
            below = std::max(below, one.formula->descent * one.em + 2 - (m_lineHeight - baseline));
        }
        if (m_tops.empty())
            m_firstTop = int(std::ceil(above));
        m_tops.push_back(top);
        top += int(std::ceil(above));
        line.setPosition(QPointF(0, top + baseline - line.ascent()));
        top += m_lineHeight + int(std::ceil(below));
        widest = std::max(widest, line.naturalTextWidth());
    }
    m_layout->endLayout();
    if (m_tops.empty())
        top = m_lineHeight;
    m_tops.push_back(top);
    m_naturalWidth = int(std::ceil(widest));
    m_height = top;
    return m_height;
}

int RichText::longestWord() const
{
    const QFontMetricsF metrics(m_layout->font());
    qreal longest = 0;
    int from = 0;
    const QString &text = m_shown.text;
    for (int i = 0; i <= text.size(); ++i) {
        const bool breaks = i == text.size() || text[i].isSpace() || isCjk(text[i].unicode());
        if (!breaks)
            continue;
        if (i > from)
            longest = std::max(longest, metrics.horizontalAdvance(text.mid(from, i - from)));
        else if (i < text.size())
            longest = std::max(longest, metrics.horizontalAdvance(text[i]));
        from = i + 1;
    }
    for (const Inline &one : m_formulas)
        longest = std::max(longest, one.width() + 2 * kFormulaAir);
    return int(std::ceil(longest)) + 2;
}

int RichText::positionAt(const QPointF &point) const
{
    const int lines = m_layout->lineCount();
    if (lines == 0 || point.y() < 0)
        return 0;
    if (point.y() >= m_height)
        return length();
    const int row = std::clamp(lineUnder(point.y()), 0, lines - 1);
    return fromShown(m_layout->lineAt(row).xToCursor(point.x()));
}

int RichText::linkAt(const QPointF &point) const
{
    const int row = m_text.links.isEmpty() ? -1 : lineUnder(point.y());
    if (row < 0 || row >= m_layout->lineCount())
        return -1;
    const QTextLine line = m_layout->lineAt(row);
    if (!line.naturalTextRect().adjusted(-1, -8, 1, 8).contains(point))
        return -1;
    const int at = line.xToCursor(point.x(), QTextLine::CursorOnCharacter);
    for (const Span &span : m_shown.spans) {
        if (span.link >= 0 && at >= span.start && at < span.start + span.length)
            return span.link;
    }
    return -1;
}

QString RichText::linkWords(int index) const
{
    QString words;
    for (const Span &span : m_text.spans) {
        if (span.link == index)
            words += QStringView(m_text.text).mid(span.start, span.length);
    }
    return words;
}

QString RichText::formulaErrorAt(const QPointF &point) const
{
    const int row = m_refused.empty() ? -1 : lineUnder(point.y());
    if (row < 0 || row >= m_layout->lineCount())
        return {};
    const QTextLine line = m_layout->lineAt(row);
    if (!line.naturalTextRect().adjusted(-1, -8, 1, 8).contains(point))
        return {};
    const int at = line.xToCursor(point.x(), QTextLine::CursorOnCharacter);
    for (const Refused &one : m_refused) {
        if (at >= one.shown && at < one.shown + one.length)
            return one.error;
    }
    return {};
}

QRectF RichText::boundsOf(int from, int to) const
{
    const int begin = toShown(from), end = toShown(to);
    const QTextLine line = m_layout->lineForTextPosition(begin);
    if (!line.isValid())
        return {};
    const qreal left = line.cursorToX(begin);
    const qreal right = line.cursorToX(std::min(end, line.textStart() + line.textLength()));
    const int top = lineTop(line.lineNumber());
    return QRectF(std::min(left, right), top, std::abs(right - left), lineTop(line.lineNumber() + 1) - top);
}

void RichText::paint(QPainter &painter, const QPointF &at, const QColor &selection, int from, int to,
                     int hoveredLink, QVector<QPair<int, int>> marks) const
{
    const Theme &theme = m_appearance.theme();
    if (!m_formulas.empty()) {
        from = toShown(from), to = toShown(to);
        for (auto &[first, length] : marks) {
            const int begin = toShown(first);
            length = std::max(1, toShown(first + length) - begin);
            first = begin;
        }
    }
    size_t formula = 0;
    const QRectF clip = painter.hasClipping() ? painter.clipBoundingRect() : QRectF();
    for (int i = 0; i < m_layout->lineCount(); ++i) {
        const QTextLine line = m_layout->lineAt(i);
        const qreal top = at.y() + lineTop(i), high = lineTop(i + 1) - lineTop(i);
        if (clip.isValid() && (top > clip.bottom() || top + high < clip.top()))
            continue;
        const int begin = line.textStart();
        const int end = begin + line.textLength();
        for (const Span &span : m_shown.spans) {
            if (!(span.styles & app::markdown::Code) || span.start >= end ||
                span.start + span.length <= begin)
                continue;
            const qreal left = line.cursorToX(std::max(span.start, begin));
            const qreal right = line.cursorToX(std::min(span.start + span.length, end));
            const qreal height = std::min<qreal>(m_lineHeight - 2, 21);
            painter.setRenderHint(QPainter::Antialiasing);
            painter.setPen(QPen(theme.border, 1));
            painter.setBrush(theme.codeBackground);
            painter.drawRoundedRect(QRectF(at.x() + left - 4.5,
                                           std::round(line.position().y() + at.y() + line.ascent() - m_baseline + (m_lineHeight - height) / 2) + 0.5,
                                           right - left + 3.5, height),
                                    3.5, 3.5);
        }
        for (const auto &[first, length] : marks) {
            if (first >= end || first + length <= begin)
                continue;
            const qreal left = line.cursorToX(std::max(first, begin)), right = line.cursorToX(std::min(first + length, end));
            painter.fillRect(QRectF(at.x() + left, top + 1, right - left, high - 2), theme.mark);
        }
        if (to > from && from < end + (i + 1 < m_layout->lineCount() ? 1 : 0) && to > begin) {
            const qreal left = line.cursorToX(std::max(from, begin));
            const qreal right = to > end ? line.naturalTextRect().right() : line.cursorToX(std::min(to, end));
            painter.fillRect(
                QRectF(at.x() + left, top, std::max<qreal>(right - left, to > end ? 3 : 0), high),
                selection);
        }
        line.draw(&painter, at);
        while (formula < m_formulas.size() && m_formulas[formula].shown < begin)
            ++formula;
        for (; formula < m_formulas.size() && m_formulas[formula].shown < end; ++formula) {
            const Inline &one = m_formulas[formula];
            FormulaPictures::of(m_appearance).paint(painter,
                                          at + QPointF(line.cursorToX(one.shown) + kFormulaAir, std::round(line.position().y() + line.ascent())),
                                          *one.formula, one.em, theme.*m_type.color);
        }
        for (const Span &span : m_shown.spans) {
            if (span.link < 0 || span.start >= end || span.start + span.length <= begin)
                continue;
            const qreal left = line.cursorToX(std::max(span.start, begin));
            const qreal right = line.cursorToX(std::min(span.start + span.length, end));
            const qreal y = std::round(at.y() + line.position().y() + line.ascent()) + 2.5;
            QColor color = theme.accentText;
            color.setAlphaF(span.link == hoveredLink ? 1.0 : 0.45);
            painter.setPen(QPen(color, 1));
            painter.drawLine(QPointF(at.x() + left, y), QPointF(at.x() + right, y));
        }
    }
}

} // namespace ui
