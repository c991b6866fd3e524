#include "ui/chat/rich_text.h"

#include "app/chat/search_words.h"

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
    format();
}

void RichText::format()
{
    const Theme &theme = m_appearance.theme();
    QFont base = m_appearance.font(m_type.role);
    if (m_type.bold)
        base.setWeight(QFont::Bold);
    m_layout = std::make_unique<QTextLayout>(m_text.text, base);
    QTextOption option;
    option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    m_layout->setTextOption(option);
    m_layout->setCacheEnabled(true);

    const QString &text = m_text.text;
    const QVector<Script> scripts = scriptsOf(text);
    const qreal air = base.pixelSize() / 8.0;
    QFont mono = m_appearance.font(FontRole::Mono);
    if (m_type.role != FontRole::Reading && m_type.role != FontRole::ReadingBold)
        mono.setPixelSize(std::max(11, base.pixelSize() - 1));
    QStringList hanFirst = base.families();
    std::rotate(hanFirst.begin(), hanFirst.begin() + 1, hanFirst.begin() + 2);

    QVector<QTextLayout::FormatRange> formats;
    int span = 0;
    for (int i = 0; i < text.size();) {
        while (span < m_text.spans.size() && m_text.spans[span].start + m_text.spans[span].length <= i)
            ++span;
        const bool inSpan = span < m_text.spans.size() && m_text.spans[span].start <= i;
        const Span style = inSpan ? m_text.spans[span] : Span{};
        const int limit = inSpan                       ? style.start + style.length
                          : span < m_text.spans.size() ? m_text.spans[span].start
                                                       : int(text.size());
        const bool han = scripts[i] == Script::Han;
        const bool shared = han && isShared(text[i]);
        int end = i + 1;
        while (end < limit && (scripts[end] == Script::Han) == han && (han && isShared(text[end])) == shared)
            ++end;

        QTextCharFormat format;
        format.setForeground(style.link >= 0 ? theme.accentText : theme.*m_type.color);
        if (style.styles & app::markdown::Code) {
            format.setFont(mono);
        } else if (style.styles & (app::markdown::Bold | app::markdown::Emphasis | app::markdown::Math) ||
                   shared) {
            QFont font = base;
            if (style.styles & app::markdown::Bold)
                font.setWeight(QFont::Bold);
            if (style.styles & (app::markdown::Emphasis | app::markdown::Math)) {
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
        formats.append({i, end - i, format});

        // Air after the run: where Han meets Latin, and around the chip of inline code.
        qreal space = 0;
        const bool codeEnds = (style.styles & app::markdown::Code) && end == limit;
        const bool codeBegins =
            end < text.size() && end == limit && !(style.styles & app::markdown::Code) && [&] {
                const int next = inSpan ? span + 1 : span;
                return next < m_text.spans.size() && m_text.spans[next].start == end &&
                       (m_text.spans[next].styles & app::markdown::Code);
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
    const QFontMetricsF metrics(m_layout->font());
    const qreal leading = (m_lineHeight - metrics.ascent() - metrics.descent()) / 2;
    const qreal baseline = std::round(leading + metrics.ascent());
    qreal widest = 0;
    int lines = 0;
    m_layout->beginLayout();
    for (;;) {
        QTextLine line = m_layout->createLine();
        if (!line.isValid())
            break;
        line.setLineWidth(std::max(1, width));
        line.setPosition(QPointF(0, lines * m_lineHeight + baseline - line.ascent()));
        widest = std::max(widest, line.naturalTextWidth());
        ++lines;
    }
    m_layout->endLayout();
    m_naturalWidth = int(std::ceil(widest));
    m_height = std::max(1, lines) * m_lineHeight;
    return m_height;
}

int RichText::longestWord() const
{
    const QFontMetricsF metrics(m_layout->font());
    qreal longest = 0;
    int from = 0;
    const QString &text = m_text.text;
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
    return int(std::ceil(longest)) + 2;
}

int RichText::positionAt(const QPointF &point) const
{
    const int lines = m_layout->lineCount();
    if (lines == 0)
        return 0;
    const int row = std::clamp(int(std::floor(point.y() / m_lineHeight)), 0, lines - 1);
    if (point.y() < 0)
        return 0;
    if (point.y() >= lines * m_lineHeight)
        return length();
    return m_layout->lineAt(row).xToCursor(point.x());
}

int RichText::linkAt(const QPointF &point) const
{
    const int row = int(std::floor(point.y() / m_lineHeight));
    if (row < 0 || row >= m_layout->lineCount() || m_text.links.isEmpty())
        return -1;
    const QTextLine line = m_layout->lineAt(row);
    if (!line.naturalTextRect().adjusted(-1, -8, 1, 8).contains(point))
        return -1;
    const int at = line.xToCursor(point.x(), QTextLine::CursorOnCharacter);
    for (const Span &span : m_text.spans) {
        if (span.link >= 0 && at >= span.start && at < span.start + span.length)
            return span.link;
    }
    return -1;
}

QRectF RichText::boundsOf(int from, int to) const
{
    const QTextLine line = m_layout->lineForTextPosition(from);
    if (!line.isValid())
        return {};
    const qreal left = line.cursorToX(from);
    const qreal right = line.cursorToX(std::min(to, line.textStart() + line.textLength()));
    return QRectF(std::min(left, right), line.lineNumber() * m_lineHeight, std::abs(right - left),
                  m_lineHeight);
}

void RichText::paint(QPainter &painter, const QPointF &at, const QColor &selection, int from, int to,
                     int hoveredLink, const QStringList &found) const
{
    const Theme &theme = m_appearance.theme();
    const QVector<QPair<int, int>> marks = found.isEmpty() ? QVector<QPair<int, int>>() : app::placesOf(m_text.text, found);
    const QRectF clip = painter.hasClipping() ? painter.clipBoundingRect() : QRectF();
    for (int i = 0; i < m_layout->lineCount(); ++i) {
        const QTextLine line = m_layout->lineAt(i);
        const qreal top = at.y() + i * m_lineHeight;
        if (clip.isValid() && (top > clip.bottom() || top + m_lineHeight < clip.top()))
            continue;
        const int begin = line.textStart();
        const int end = begin + line.textLength();
        for (const Span &span : m_text.spans) {
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
                                           std::round(top + (m_lineHeight - height) / 2) + 0.5,
                                           right - left + 3.5, height),
                                    3.5, 3.5);
        }
        for (const auto &[first, length] : marks) {
            if (first >= end || first + length <= begin)
                continue;
            const qreal left = line.cursorToX(std::max(first, begin)), right = line.cursorToX(std::min(first + length, end));
            painter.fillRect(QRectF(at.x() + left, top + 1, right - left, m_lineHeight - 2), theme.mark);
        }
        if (to > from && from < end + (i + 1 < m_layout->lineCount() ? 1 : 0) && to > begin) {
            const qreal left = line.cursorToX(std::max(from, begin));
            const qreal right = to > end ? line.naturalTextRect().right() : line.cursorToX(std::min(to, end));
            painter.fillRect(
                QRectF(at.x() + left, top, std::max<qreal>(right - left, to > end ? 3 : 0), m_lineHeight),
                selection);
        }
        line.draw(&painter, at);
        for (const Span &span : m_text.spans) {
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
