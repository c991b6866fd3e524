#include "ui/chat/code_item.h"

#include "app/chat/hidden_characters.h"
#include "app/syntax/lexer.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>
#include <QTextLayout>

#include <algorithm>
#include <cmath>
#include <vector>

namespace ui {

namespace {

constexpr int kHead = 34;
constexpr int kPadX = 14;
constexpr int kPadTop = 10;
constexpr int kPadBottom = 11;
constexpr int kLongestLine = 5000;  // longer ones are cut for display alone
constexpr int kMostWrapped = 2000;  // lines; more are not wrapped, which needs all of them laid out

struct CodeWords
{
    Q_DECLARE_TR_FUNCTIONS(ui::CodeItem)
};

struct Line
{
    int start = 0, length = 0;
    int stateAfter = app::syntax::kInitialState;
    int hidden = 0;                              // characters that are not seen
    mutable std::unique_ptr<QTextLayout> layout; // made when first painted
};

// Each hidden character as one that is seen, so that positions stay.
QString shownCode(const QStringView code)
{
    QString shown = code.toString();
    for (qsizetype i = 0; i < shown.size(); ++i) {
        char32_t c = shown[i].unicode();
        const bool pair = shown[i].isHighSurrogate() && i + 1 < shown.size() && shown[i + 1].isLowSurrogate();
        if (pair)
            c = QChar::surrogateToUcs4(shown[i], shown[i + 1]);
        if (app::isHidden(c)) {
            const bool space = c == 0xa0 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f || c == 0x205f;
            shown[i] = c < 0x20 ? QChar(0x2400 + c) : QChar(space ? 0x237d : 0xfffd);
            if (pair)
                shown[i + 1] = QChar(0xfffd);
        }
        i += pair ? 1 : 0;
    }
    return shown;
}

class CodeItem : public Item
{
public:
    CodeItem(const Appearance &appearance, const QString &language, const QString &code, CodeItem *previous)
        : m_appearance(appearance), m_code(code), m_fence(language),
          m_language(app::syntax::findLanguage(language)), m_font(appearance.font(FontRole::Mono)),
          m_lineHeight(appearance.lineHeight(FontRole::Mono))
    {
        m_name = m_language           ? app::syntax::displayName(*m_language)
                 : language.isEmpty() ? CodeWords::tr("Text")
                                      : language;
        int from = 0;
        if (previous && previous->m_fence == language && previous->m_font == m_font &&
            previous->m_dark == isDark() && !previous->m_lines.empty()) {
            m_offset = previous->m_offset;
            m_wrap = previous->m_wrap;
            const Line &last = previous->m_lines.back();
            if (code.startsWith(QStringView(previous->m_code).left(last.start))) {
                m_hidden = previous->m_hidden - last.hidden;
                previous->m_lines.pop_back(); // the last line may have grown
                m_lines = std::move(previous->m_lines);
                previous->m_lines.clear();
                m_widest = previous->m_widest;
                from = m_lines.empty() ? 0 : m_lines.back().start + m_lines.back().length + 1;
            }
        }
        m_dark = isDark();
        addLines(from);
    }

    int layout(int width) override
    {
        if (width != m_width && m_wrap)
            forgetLayouts();
        m_width = width;
        m_tops.clear();
        if (isWrapped()) {
            int top = 0;
            for (int row = 0; row < int(m_lines.size()); ++row) {
                ensure(row);
                m_tops.push_back(top);
                top += std::max(1, m_lines[row].layout->lineCount()) * m_lineHeight;
            }
            m_tops.push_back(top);
        }
        m_offset = std::clamp(m_offset, 0, std::max(0, contentWidth() - width));
        return height();
    }

    void paint(QPainter &painter, const PaintContext &context) const override
    {
        const Theme &theme = m_appearance.theme();
        const int height = this->height();
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(theme.border, 1));
        painter.setBrush(theme.codeBackground);
        painter.drawRoundedRect(QRectF(0.5, 0.5, m_width - 1, height - 1), 7.5, 7.5);
        painter.fillRect(QRectF(1, kHead - 1, m_width - 2, 1), theme.border);

        painter.setFont(m_appearance.font(FontRole::Small));
        painter.setPen(theme.text2);
        const qreal nameRoom = wrapRect().left() - kPadX - 8;
        const QFontMetricsF small(painter.font());
        painter.drawText(QRectF(kPadX, 0, nameRoom, kHead - 1), Qt::AlignVCenter | Qt::AlignLeft,
                         small.elidedText(m_name, Qt::ElideRight, nameRoom));
        if (m_hidden > 0) {
            const QRectF badge = badgeRect();
            painter.setPen(Qt::NoPen);
            painter.setBrush(theme.warnSoft);
            painter.drawRoundedRect(badge, 4, 4);
            painter.drawPixmap(QPointF(badge.left() + 5, badge.top() + 3), m_appearance.pixmap(QStringLiteral("warning"), 14, theme.warn, context.ratio));
            painter.setPen(theme.warn);
            painter.drawText(badge.adjusted(23, 0, -4, 0), Qt::AlignVCenter | Qt::AlignLeft,
                             small.elidedText(badgeWords(), Qt::ElideRight, badge.width() - 27));
        }
        paintButton(painter, context, wrapRect(), QStringLiteral("wrap"), {}, m_wrap);
        paintButton(painter, context, saveRect(), QStringLiteral("save"), {});
        paintButton(painter, context, openRect(), QStringLiteral("code"), CodeWords::tr("Open in Code"));
        paintButton(painter, context, copyRect(), m_copied ? QStringLiteral("check") : QStringLiteral("copy"),
                    m_copied ? CodeWords::tr("Copied") : CodeWords::tr("Copy"));

        painter.save();
        painter.setClipRect(QRectF(1, kHead, m_width - 2, height - kHead - 1), Qt::IntersectClip);
        const QRectF clip = context.clip;
        const int first = std::max(0, rowAt(clip.top() - kHead - kPadTop));
        const int last = std::min(int(m_lines.size()) - 1, rowAt(clip.bottom() - kHead - kPadTop));
        for (int i = first; i <= last; ++i)
            paintLine(painter, context, i);
        painter.restore();

        if (contentWidth() > m_width) {
            const qreal lane = m_width - 2 * kPadX;
            const qreal thumb = std::max<qreal>(32, lane * m_width / contentWidth());
            const qreal x = kPadX + (lane - thumb) * m_offset / std::max(1, contentWidth() - m_width);
            painter.setPen(Qt::NoPen);
            painter.setBrush(theme.borderStrong);
            painter.drawRoundedRect(QRectF(x, height - 7, thumb, 4), 2, 2);
        }
    }

    int length() const override { return int(m_code.size()); }
    int positionAt(const QPointF &point) const override
    {
        if (point.y() < kHead || m_lines.empty())
            return 0;
        const qreal y = point.y() - kHead - kPadTop;
        if (rowAt(y) >= int(m_lines.size()))
            return length();
        const int row = std::max(0, rowAt(y));
        const Line &line = m_lines[row];
        ensure(row);
        const int part = std::clamp(int((y - rowTop(row)) / m_lineHeight), 0, std::max(0, line.layout->lineCount() - 1));
        return line.start + line.layout->lineAt(part).xToCursor(point.x() - kPadX + m_offset);
    }
    QString text(int from, int to) const override { return m_code.mid(from, to - from); }
    bool isTextAt(const QPointF &point) const override { return point.y() > kHead; }
    Hot hotAt(const QPointF &point) const override
    {
        if (point.y() < kHead)
            for (const Hot &hot : hots())
                if (hot.rect.contains(point))
                    return hot;
        if (m_hidden > 0 && badgeRect().contains(point))
            return {Action::None, badgeRect(), CodeWords::tr("This code holds characters that are not seen. They are shown as signs here and copied as they are."), {}, {}};
        if (const QString name = hiddenAt(point); !name.isEmpty())
            return {Action::None, QRectF(point, QSizeF(1, 1)), name, {}, {}};
        return {};
    }
    QVector<Hot> hots() const override
    {
        return {{Action::CopyCode, copyRect(), CodeWords::tr("Copy code, %1, %2 lines").arg(m_name).arg(int(m_lines.size())), m_code, m_fence},
                {Action::SaveCode, saveRect(), CodeWords::tr("Save this code as a file"), m_code, m_language ? app::syntax::fileSuffix(*m_language) : QStringLiteral("txt")},
                {Action::OpenInCode, openRect(), CodeWords::tr("Open this code in the Code panel"), m_code, m_language ? app::syntax::languageId(*m_language) : m_fence},
                {Action::ToggleWrap, wrapRect(), m_wrap ? CodeWords::tr("Do not wrap long lines") : CodeWords::tr("Wrap long lines"), QString(), m_fence}};
    }
    bool scrollSideways(int delta) override
    {
        const int most = std::max(0, contentWidth() - m_width);
        const int to = std::clamp(m_offset - delta, 0, most);
        if (to == m_offset)
            return most > 0;
        m_offset = to;
        return true;
    }
    bool toggle(const Hot &hot) override
    {
        if (hot.action != Action::ToggleWrap)
            return false;
        m_wrap = !m_wrap;
        m_offset = 0;
        forgetLayouts();
        return true;
    }
    void markCopied(const Hot &, bool copied) override { m_copied = copied; }
    QString accessibleText() const override { return m_name + QLatin1Char('\n') + m_code; }

private:
    bool isDark() const { return m_appearance.theme().dark; }
    bool isWrapped() const { return m_wrap && int(m_lines.size()) <= kMostWrapped; }
    int contentWidth() const { return isWrapped() ? m_width : int(std::ceil(m_widest)) + 2 * kPadX; }
    int rowTop(int row) const { return m_tops.empty() ? row * m_lineHeight : m_tops[row]; }
    int height() const
    {
        const int code = m_tops.empty() ? int(m_lines.size()) * m_lineHeight : m_tops.back();
        return kHead + kPadTop + code + kPadBottom;
    }
    int rowAt(qreal y) const // below 0 above the first, their number below the last
    {
        if (m_tops.empty())
            return int(std::floor(y / m_lineHeight));
        return int(std::upper_bound(m_tops.begin(), m_tops.end(), int(std::floor(y))) - m_tops.begin()) - 1;
    }
    void forgetLayouts()
    {
        for (Line &line : m_lines)
            line.layout.reset();
    }
    QString badgeWords() const { return CodeWords::tr("Hidden characters: %1").arg(m_hidden); }
    QRectF badgeRect() const
    {
        const QFontMetricsF small(m_appearance.font(FontRole::Small));
        const qreal left = kPadX + std::min<qreal>(small.horizontalAdvance(m_name), 120) + 10;
        const qreal room = wrapRect().left() - 8 - left;
        return QRectF(left, 7, std::clamp<qreal>(small.horizontalAdvance(badgeWords()) + 32, 0, std::max<qreal>(24, room)), 20);
    }
    QString hiddenAt(const QPointF &point) const
    {
        if (m_hidden == 0 || point.y() <= kHead + kPadTop)
            return {};
        const int row = rowAt(point.y() - kHead - kPadTop);
        if (row < 0 || row >= int(m_lines.size()) || m_lines[row].hidden == 0)
            return {};
        ensure(row);
        const int part = std::clamp(int((point.y() - kHead - kPadTop - rowTop(row)) / m_lineHeight), 0, std::max(0, m_lines[row].layout->lineCount() - 1));
        const int at = m_lines[row].start + m_lines[row].layout->lineAt(part).xToCursor(point.x() - kPadX + m_offset, QTextLine::CursorOnCharacter);
        if (at >= m_code.size())
            return {};
        char32_t c = m_code[at].unicode();
        if (m_code[at].isHighSurrogate() && at + 1 < m_code.size())
            c = QChar::surrogateToUcs4(m_code[at], m_code[at + 1]);
        return app::isHidden(c) ? app::hiddenName(c) : QString();
    }

    void addLines(int from)
    {
        const QFontMetricsF metrics(m_font);
        const qreal letter = metrics.horizontalAdvance(QLatin1Char('m')); // all are as wide
        int state = m_lines.empty() ? app::syntax::kInitialState : m_lines.back().stateAfter;
        QVector<app::syntax::Span> spans;
        for (;;) {
            const int end = int(m_code.indexOf(QLatin1Char('\n'), from));
            const int stop = end < 0 ? int(m_code.size()) : end;
            Line line;
            line.start = from;
            line.length = stop - from;
            if (m_language)
                state = app::syntax::lexLine(*m_language, QStringView(m_code).mid(from, line.length), state,
                                             spans);
            line.stateAfter = state;
            line.hidden = app::countHidden(QStringView(m_code).mid(from, line.length));
            m_hidden += line.hidden;
            QString shown = m_code.mid(from, std::min(line.length, kLongestLine));
            shown.replace(QLatin1Char('\t'), QStringLiteral("    "));
            const bool plain = std::all_of(shown.cbegin(), shown.cend(), [](QChar c) { return c.unicode() < 127; });
            m_widest = std::max(m_widest, plain ? shown.size() * letter : metrics.horizontalAdvance(shown));
            m_lines.push_back(std::move(line));
            if (end < 0)
                break;
            from = end + 1;
        }
    }

    void ensure(int row) const
    {
        const Line &line = m_lines[row];
        if (line.layout)
            return;
        const Theme &theme = m_appearance.theme();
        const QString text = m_code.mid(line.start, std::min(line.length, kLongestLine));
        line.layout = std::make_unique<QTextLayout>(line.hidden > 0 ? shownCode(text) : text, m_font);
        QTextOption option;
        option.setWrapMode(isWrapped() ? QTextOption::WrapAtWordBoundaryOrAnywhere : QTextOption::NoWrap);
        option.setTabStopDistance(4 * QFontMetricsF(m_font).horizontalAdvance(QLatin1Char(' ')));
        line.layout->setTextOption(option);
        QVector<QTextLayout::FormatRange> formats;
        QTextCharFormat plain;
        plain.setForeground(theme.codeName);
        formats.append({0, int(text.size()), plain});
        if (m_language) {
            QVector<app::syntax::Span> spans;
            const int before = row > 0 ? m_lines[row - 1].stateAfter : app::syntax::kInitialState;
            app::syntax::lexLine(*m_language, text, before, spans);
            for (const app::syntax::Span &span : std::as_const(spans)) {
                QTextCharFormat format;
                format.setForeground(theme.code(span.kind));
                formats.append({span.start, span.length, format});
            }
        }
        for (int i = 0; line.hidden > 0 && i < text.size(); ++i) {
            const bool pair = text[i].isHighSurrogate() && i + 1 < text.size();
            if (!app::isHidden(pair ? QChar::surrogateToUcs4(text[i], text[i + 1]) : char32_t(text[i].unicode())))
                continue;
            QTextCharFormat format;
            format.setForeground(theme.warn);
            format.setBackground(theme.warnSoft);
            formats.append({i, pair ? 2 : 1, format});
        }
        line.layout->setFormats(formats);
        line.layout->setCacheEnabled(true);
        const QFontMetricsF metrics(m_font);
        const qreal baseline = std::round((m_lineHeight - metrics.ascent() - metrics.descent()) / 2 + metrics.ascent());
        line.layout->beginLayout();
        for (int part = 0;; ++part) {
            QTextLine one = line.layout->createLine();
            if (!one.isValid())
                break;
            one.setLineWidth(isWrapped() ? std::max(40, m_width - 2 * kPadX) : 1e6);
            one.setPosition(QPointF(0, part * m_lineHeight + baseline - one.ascent()));
        }
        line.layout->endLayout();
    }

    void paintLine(QPainter &painter, const PaintContext &context, int row) const
    {
        ensure(row);
        const Line &line = m_lines[row];
        const QPointF rowAt(kPadX - m_offset, kHead + kPadTop + rowTop(row));
        const auto marks = context.marksIn(m_code.mid(line.start, line.length), line.start);
        for (int part = 0; part < line.layout->lineCount(); ++part) {
            const QTextLine text = line.layout->lineAt(part);
            const QPointF at = rowAt + QPointF(0, part * m_lineHeight);
            const int first = text.textStart(), end = first + text.textLength();
            for (const auto &[from, length] : marks) {
                if (from >= end || from + length <= first)
                    continue;
                const qreal left = text.cursorToX(std::max(from, first)), right = text.cursorToX(std::min(from + length, end));
                painter.fillRect(QRectF(at.x() + left, at.y() + 1, right - left, m_lineHeight - 2), m_appearance.theme().mark);
            }
            const int from = context.from - line.start, to = context.to - line.start;
            const bool lastPart = part + 1 == line.layout->lineCount();
            if (context.to > context.from && from <= end && to > first) {
                const qreal left = text.cursorToX(std::clamp(from, first, end));
                const bool beyond = lastPart && to > line.length;
                const qreal right = text.cursorToX(std::clamp(to, first, end)) + (beyond ? 6 : 0);
                painter.fillRect(QRectF(at.x() + left, at.y(), right - left, m_lineHeight), context.selection);
            }
            text.draw(&painter, rowAt);
        }
    }

    int buttonWidth(const QString &words) const
    {
        return 8 + 14 + 5 + QFontMetrics(m_appearance.font(FontRole::Small)).horizontalAdvance(words) + 8;
    }
    QRectF copyRect() const
    {
        const int width = std::max(buttonWidth(CodeWords::tr("Copy")), m_copied ? buttonWidth(CodeWords::tr("Copied")) : 0);
        return QRectF(m_width - 5 - width, 5, width, 24);
    }
    QRectF openRect() const
    {
        const int width = buttonWidth(CodeWords::tr("Open in Code"));
        return QRectF(copyRect().left() - 2 - width, 5, width, 24);
    }
    QRectF saveRect() const { return QRectF(openRect().left() - 2 - 26, 5, 26, 24); }
    QRectF wrapRect() const { return QRectF(saveRect().left() - 2 - 26, 5, 26, 24); }

    void paintButton(QPainter &painter, const PaintContext &context, const QRectF &rect, const QString &icon,
                     const QString &words, bool on = false) const
    {
        const Theme &theme = m_appearance.theme();
        const bool hovered = rect.contains(context.pointer);
        if (hovered) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(theme.hover);
            painter.drawRoundedRect(rect, 5, 5);
        }
        const bool done = icon == QLatin1String("check");
        const QColor color = done ? theme.success : on ? theme.accentText : hovered ? theme.text : theme.text2;
        painter.drawPixmap(QPointF(rect.left() + (words.isEmpty() ? 6 : 8), rect.top() + 5),
                           m_appearance.pixmap(icon, 14, color, context.ratio));
        painter.setFont(m_appearance.font(FontRole::Small));
        painter.setPen(color);
        painter.drawText(rect.adjusted(27, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft, words);
    }

    const Appearance &m_appearance;
    QString m_code;
    QString m_fence;
    QString m_name;
    const app::syntax::Language *m_language;
    QFont m_font;
    int m_lineHeight;
    std::vector<Line> m_lines;
    qreal m_widest = 0;
    int m_width = 0;
    int m_offset = 0;
    int m_hidden = 0;        // characters that are not seen
    std::vector<int> m_tops; // of wrapped rows, and the end
    bool m_wrap = false;
    bool m_copied = false;
    bool m_dark = false;
};

} // namespace

std::unique_ptr<Item> makeCodeItem(const Appearance &appearance, const QString &language, const QString &code,
                                   Item *previous)
{
    return std::make_unique<CodeItem>(appearance, language, code, dynamic_cast<CodeItem *>(previous));
}

} // namespace ui
