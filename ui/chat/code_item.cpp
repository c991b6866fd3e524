#include "ui/chat/code_item.h"

#include "app/chat/search_words.h"
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
constexpr int kLongestLine = 5000; // longer ones are cut for display alone

QString tr(const char *text)
{
    return QCoreApplication::translate("ui::CodeItem", text);
}

struct Line
{
    int start = 0, length = 0;
    int stateAfter = app::syntax::kInitialState;
    mutable std::unique_ptr<QTextLayout> layout; // made when first painted
};

class CodeItem : public Item
{
public:
    CodeItem(const Appearance &appearance, const QString &language, const QString &code, CodeItem *previous)
        : m_appearance(appearance), m_code(code), m_fence(language),
          m_language(app::syntax::findLanguage(language)), m_font(appearance.font(FontRole::Mono)),
          m_lineHeight(appearance.lineHeight(FontRole::Mono))
    {
        m_name = m_language           ? app::syntax::displayName(*m_language)
                 : language.isEmpty() ? tr("Text")
                                      : language;
        int from = 0;
        if (previous && previous->m_fence == language && previous->m_font == m_font &&
            previous->m_dark == isDark() && !previous->m_lines.empty()) {
            m_offset = previous->m_offset;
            const Line &last = previous->m_lines.back();
            if (code.startsWith(QStringView(previous->m_code).left(last.start))) {
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
        m_width = width;
        m_offset = std::clamp(m_offset, 0, std::max(0, contentWidth() - width));
        return kHead + kPadTop + int(m_lines.size()) * m_lineHeight + kPadBottom;
    }

    void paint(QPainter &painter, const PaintContext &context) const override
    {
        const Theme &theme = m_appearance.theme();
        const int height = kHead + kPadTop + int(m_lines.size()) * m_lineHeight + kPadBottom;
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(theme.border, 1));
        painter.setBrush(theme.codeBackground);
        painter.drawRoundedRect(QRectF(0.5, 0.5, m_width - 1, height - 1), 7.5, 7.5);
        painter.fillRect(QRectF(1, kHead - 1, m_width - 2, 1), theme.border);

        painter.setFont(m_appearance.font(FontRole::Small));
        painter.setPen(theme.text2);
        const qreal nameRoom = openRect().left() - kPadX - 8;
        painter.drawText(QRectF(kPadX, 0, nameRoom, kHead - 1), Qt::AlignVCenter | Qt::AlignLeft,
                         QFontMetricsF(painter.font()).elidedText(m_name, Qt::ElideRight, nameRoom));
        paintButton(painter, context, openRect(), QStringLiteral("code"), tr("Open in Code"));
        paintButton(painter, context, copyRect(), m_copied ? QStringLiteral("check") : QStringLiteral("copy"),
                    m_copied ? tr("Copied") : tr("Copy"));

        painter.save();
        painter.setClipRect(QRectF(1, kHead, m_width - 2, height - kHead - 1), Qt::IntersectClip);
        const QRectF clip = context.clip;
        const int first = std::max(0, int((clip.top() - kHead - kPadTop) / m_lineHeight));
        const int last =
            std::min(int(m_lines.size()) - 1, int((clip.bottom() - kHead - kPadTop) / m_lineHeight));
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
        const int row = int((point.y() - kHead - kPadTop) / m_lineHeight);
        if (row >= int(m_lines.size()))
            return length();
        const Line &line = m_lines[std::max(0, row)];
        ensure(std::max(0, row));
        return line.start + line.layout->lineAt(0).xToCursor(point.x() - kPadX + m_offset);
    }
    QString text(int from, int to) const override { return m_code.mid(from, to - from); }
    bool isTextAt(const QPointF &point) const override { return point.y() > kHead; }
    Hot hotAt(const QPointF &point) const override
    {
        if (copyRect().contains(point))
            return {Action::CopyCode, copyRect(),
                    tr("Copy code, %1, %2 lines").arg(m_name).arg(int(m_lines.size())), m_code, m_fence};
        if (openRect().contains(point))
            return {Action::OpenInCode, openRect(), tr("Open this code in the Code panel"), m_code,
                    m_language ? app::syntax::languageId(*m_language) : m_fence};
        return {};
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
    void markCopied(const Hot &, bool copied) override { m_copied = copied; }
    QString accessibleText() const override { return m_name + QLatin1Char('\n') + m_code; }

private:
    bool isDark() const { return m_appearance.theme().dark; }
    int contentWidth() const { return int(std::ceil(m_widest)) + 2 * kPadX; }

    void addLines(int from)
    {
        QFontMetricsF metrics(m_font);
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
            QString shown = m_code.mid(from, std::min(line.length, kLongestLine));
            m_widest =
                std::max(m_widest,
                         metrics.horizontalAdvance(shown.replace(QLatin1Char('\t'), QStringLiteral("    "))));
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
        line.layout = std::make_unique<QTextLayout>(text, m_font);
        QTextOption option;
        option.setWrapMode(QTextOption::NoWrap);
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
        line.layout->setFormats(formats);
        line.layout->setCacheEnabled(true);
        line.layout->beginLayout();
        QTextLine only = line.layout->createLine();
        if (only.isValid()) {
            only.setLineWidth(1e6);
            const QFontMetricsF metrics(m_font);
            const qreal baseline =
                std::round((m_lineHeight - metrics.ascent() - metrics.descent()) / 2 + metrics.ascent());
            only.setPosition(QPointF(0, baseline - only.ascent()));
        }
        line.layout->endLayout();
    }

    void paintLine(QPainter &painter, const PaintContext &context, int row) const
    {
        ensure(row);
        const Line &line = m_lines[row];
        const QPointF at(kPadX - m_offset, kHead + kPadTop + row * m_lineHeight);
        const QTextLine text = line.layout->lineAt(0);
        if (!text.isValid())
            return;
        const int end = line.start + line.length;
        if (!context.found.isEmpty())
            for (const auto &[first, length] : app::placesOf(m_code.mid(line.start, line.length), context.found)) {
                const qreal left = text.cursorToX(first), right = text.cursorToX(first + length);
                painter.fillRect(QRectF(at.x() + left, at.y() + 1, right - left, m_lineHeight - 2), m_appearance.theme().mark);
            }
        if (context.to > context.from && context.from <= end && context.to > line.start) {
            const qreal left = text.cursorToX(std::max(0, context.from - line.start));
            const bool beyond = context.to > end;
            const qreal right =
                text.cursorToX(std::min(line.length, context.to - line.start)) + (beyond ? 6 : 0);
            painter.fillRect(QRectF(at.x() + left, at.y(), right - left, m_lineHeight), context.selection);
        }
        text.draw(&painter, at);
    }

    int buttonWidth(const QString &words) const
    {
        return 8 + 14 + 5 + QFontMetrics(m_appearance.font(FontRole::Small)).horizontalAdvance(words) + 8;
    }
    QRectF copyRect() const
    {
        const int width = std::max(buttonWidth(tr("Copy")), m_copied ? buttonWidth(tr("Copied")) : 0);
        return QRectF(m_width - 5 - width, 5, width, 24);
    }
    QRectF openRect() const
    {
        const int width = buttonWidth(tr("Open in Code"));
        return QRectF(copyRect().left() - 2 - width, 5, width, 24);
    }

    void paintButton(QPainter &painter, const PaintContext &context, const QRectF &rect, const QString &icon,
                     const QString &words) const
    {
        const Theme &theme = m_appearance.theme();
        const bool hovered = rect.contains(context.pointer);
        if (hovered) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(theme.hover);
            painter.drawRoundedRect(rect, 5, 5);
        }
        const bool done = icon == QLatin1String("check");
        const QColor color = done ? theme.success : hovered ? theme.text : theme.text2;
        painter.drawPixmap(QPointF(rect.left() + 8, rect.top() + 5),
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
