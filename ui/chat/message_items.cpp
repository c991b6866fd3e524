#include "ui/chat/message_items.h"

#include "ui/actions.h"
#include "ui/chat/attachment_chips.h"
#include "ui/chat/rich_text.h"
#include "ui/widgets/figures.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <vector>

namespace ui {

namespace {

constexpr int kWidestBubble = 576;
constexpr int kBubblePadX = 16;
constexpr int kFoldedCharacters = 4000;
constexpr int kPieceCharacters = 4000; // of a long message: one text layout each
constexpr int kSmallButton = 24;

struct MessageWords
{
    Q_DECLARE_TR_FUNCTIONS(ui::MessageItem)
};

QString ellipsized(const QString &text, const QFont &font, qreal width)
{
    return QFontMetricsF(font).elidedText(text, Qt::ElideRight, width);
}

class ReasoningItem : public Item
{
public:
    ReasoningItem(const Appearance &appearance, const ReasoningHead &head)
        : m_appearance(appearance), m_head(head)
    {}
    int layout(int width) override
    {
        m_width = width;
        return 30;
    }
    void paint(QPainter &painter, const PaintContext &context) const override
    {
        const Theme &theme = m_appearance.theme();
        const bool hovered = rect().contains(context.pointer);
        if (hovered) {
            painter.setRenderHint(QPainter::Antialiasing);
            painter.setPen(Qt::NoPen);
            painter.setBrush(theme.hover);
            painter.drawRoundedRect(rect(), 6, 6);
        }
        const QColor color = hovered ? theme.text : theme.text2;
        painter.drawPixmap(QPointF(0, 8),
                           m_appearance.pixmap(m_head.unfolded ? QStringLiteral("chevron-down")
                                                               : QStringLiteral("chevron-right"),
                                               14, color, context.ratio));
        painter.drawPixmap(QPointF(22, 7),
                           m_appearance.pixmap(QStringLiteral("think"), 16,
                                               m_head.running ? theme.accentText : color, context.ratio));
        painter.setFont(m_appearance.font(FontRole::Ui));
        painter.setPen(color);
        painter.drawText(QRectF(46, 0, m_width, 30), Qt::AlignVCenter, words());
        const qreal after = 46 + QFontMetricsF(painter.font()).horizontalAdvance(words()) + 8;
        painter.setPen(theme.text3);
        QString more = m_head.running && !m_head.unfolded ? m_head.lastLine : QString();
        if (!m_head.running && m_head.tokens > 0)
            more = tokenCount(m_head.tokens);
        painter.drawText(QRectF(after, 0, m_width - after, 30), Qt::AlignVCenter,
                         ellipsized(more, painter.font(), m_width - after));
    }
    Hot hotAt(const QPointF &point) const override
    {
        return rect().contains(point) ? hots().first() : Hot{};
    }
    QVector<Hot> hots() const override
    {
        return {{Action::ToggleReasoning, rect(), m_head.unfolded ? MessageWords::tr("Fold the reasoning") : MessageWords::tr("Show the reasoning"), QString(), QString()}};
    }
    QString accessibleText() const override { return words(); }

private:
    QString words() const
    {
        if (m_head.running)
            return m_head.ms >= 1000 ? MessageWords::tr("Thinking, %1").arg(durationWords(m_head.ms)) : MessageWords::tr("Thinking");
        return m_head.ms > 0 ? MessageWords::tr("Thought for %1").arg(durationWords(m_head.ms)) : MessageWords::tr("Thought");
    }
    QRectF rect() const
    {
        const QFontMetricsF metrics(m_appearance.font(FontRole::Ui));
        qreal width = 46 + metrics.horizontalAdvance(words()) + 10;
        if (!m_head.running && m_head.tokens > 0)
            width += 8 + metrics.horizontalAdvance(tokenCount(m_head.tokens));
        if (m_head.running && !m_head.unfolded && !m_head.lastLine.isEmpty())
            width = m_width;
        return QRectF(-6, 0, width + 6, 30);
    }

    const Appearance &m_appearance;
    ReasoningHead m_head;
    int m_width = 0;
};

class ProgressItem : public Item
{
public:
    ProgressItem(const Appearance &appearance, const Progress &progress)
        : m_appearance(appearance), m_progress(progress)
    {}
    int layout(int width) override
    {
        m_width = width;
        return 30;
    }
    void paint(QPainter &painter, const PaintContext &) const override
    {
        const Theme &theme = m_appearance.theme();
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setFont(m_appearance.font(FontRole::Ui));
        painter.setPen(theme.text2);
        painter.drawText(QRectF(0, 0, m_width, 30), Qt::AlignVCenter, m_progress.words);
        if (m_progress.total == 0)
            return;
        const qreal x = QFontMetricsF(painter.font()).horizontalAdvance(m_progress.words) + 12;
        const qreal lane = std::min<qreal>(200, m_width - x - 100);
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.mapFree);
        painter.drawRoundedRect(QRectF(x, 13, lane, 4), 2, 2);
        painter.setBrush(theme.accent);
        painter.drawRoundedRect(
            QRectF(x, 13, std::max<qreal>(4, lane * m_progress.done / m_progress.total), 4), 2, 2);
        painter.setPen(theme.text3);
        painter.drawText(
            QRectF(x + lane + 12, 0, 160, 30), Qt::AlignVCenter,
            QStringLiteral("%1/%2").arg(withCommas(m_progress.done), withCommas(m_progress.total)));
    }
    QString accessibleText() const override { return m_progress.words; }

private:
    const Appearance &m_appearance;
    Progress m_progress;
    int m_width = 0;
};

class EndingItem : public Item
{
public:
    EndingItem(const Appearance &appearance, const Ending &ending)
        : m_appearance(appearance), m_ending(ending)
    {
        app::markdown::Text text;
        text.text = ending.sentence;
        m_words = std::make_unique<RichText>(
            appearance, text, TextType{FontRole::Ui, ending.failed ? &Theme::text : &Theme::text2, false});
    }
    int layout(int width) override
    {
        if (width == m_width)
            return m_height;
        m_width = width;
        const QFontMetricsF metrics(m_appearance.font(FontRole::Ui));
        m_rects.clear();
        if (!m_ending.failed) {
            // One line: the sentence and quiet buttons behind it; below it where they have no room there.
            m_words->layout(width);
            qreal buttons = 8;
            for (const Ending::Choice &choice : m_ending.choices)
                buttons += metrics.horizontalAdvance(choice.words) + 24;
            m_below = m_words->naturalWidth() + buttons > width;
            qreal x = m_below ? -10 : m_words->naturalWidth() + 8;
            for (const Ending::Choice &choice : m_ending.choices) {
                const qreal w = metrics.horizontalAdvance(choice.words) + 20;
                m_rects.append(QRectF(x, m_below ? m_words->height() + 2 : 0, w, 28));
                x += w + 4;
            }
            m_height = std::max(28, m_words->height() + (m_below && !m_rects.isEmpty() ? 30 : 0));
            return m_height;
        }
        m_words->layout(width - 48 - 17);
        qreal y = 14 + (m_ending.title.isEmpty() ? 0 : 21) + m_words->height();
        if (!m_ending.choices.isEmpty()) {
            y += 10;
            qreal x = 48;
            for (const Ending::Choice &choice : m_ending.choices) {
                const qreal w = metrics.horizontalAdvance(choice.words) + 20;
                m_rects.append(QRectF(x, y, w, 28));
                x += w + 8;
            }
            y += 28;
        }
        m_height = int(std::ceil(y)) + 16;
        return m_height;
    }
    void paint(QPainter &painter, const PaintContext &context) const override
    {
        const Theme &theme = m_appearance.theme();
        painter.setRenderHint(QPainter::Antialiasing);
        QPointF at(0, m_below ? 0 : (m_height - m_words->height()) / 2);
        if (m_ending.failed) {
            painter.setPen(QPen(theme.dangerLine, 1));
            painter.setBrush(theme.dangerSoft);
            painter.drawRoundedRect(QRectF(0.5, 0.5, m_width - 1, m_height - 1), 9.5, 9.5);
            painter.drawPixmap(QPointF(16, 14),
                               m_appearance.pixmap(QStringLiteral("error"), 20, theme.danger, context.ratio));
            at = QPointF(48, 14);
            if (!m_ending.title.isEmpty()) {
                painter.setFont(m_appearance.font(FontRole::UiBold));
                painter.setPen(theme.text);
                painter.drawText(QRectF(48, 14, m_width - 60, 20), Qt::AlignVCenter, m_ending.title);
                at.ry() += 21;
            }
        }
        m_words->paint(painter, at, context.selection);
        painter.setFont(m_appearance.font(FontRole::Ui));
        for (int i = 0; i < m_rects.size(); ++i)
            paintChoice(painter, context, m_rects[i], m_ending.choices[i]);
    }
    Hot hotAt(const QPointF &point) const override
    {
        for (const Hot &hot : hots())
            if (hot.rect.contains(point))
                return hot;
        return {};
    }
    QVector<Hot> hots() const override
    {
        QVector<Hot> all;
        for (int i = 0; i < m_rects.size(); ++i)
            all.append({m_ending.choices[i].action, m_rects[i], m_ending.choices[i].words, m_ending.choices[i].name, QString()});
        return all;
    }
    QString accessibleText() const override { return m_ending.title + QLatin1Char(' ') + m_ending.sentence; }

private:
    void paintChoice(QPainter &painter, const PaintContext &context, const QRectF &rect,
                     const Ending::Choice &choice) const
    {
        const Theme &theme = m_appearance.theme();
        const bool hovered = rect.contains(context.pointer);
        const QRectF inner = rect.adjusted(0.5, 0.5, -0.5, -0.5);
        if (!m_ending.failed) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(hovered ? QBrush(theme.hover) : QBrush(Qt::NoBrush));
            painter.drawRoundedRect(inner, 6, 6);
            painter.setPen(theme.accentText);
        } else if (choice.primary) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(hovered ? theme.accentHover : theme.accent);
            painter.drawRoundedRect(rect, 6, 6);
            painter.setPen(theme.onAccent);
        } else {
            painter.setPen(QPen(theme.borderStrong, 1));
            painter.setBrush(hovered ? theme.hover : theme.surface);
            painter.drawRoundedRect(inner, 5.5, 5.5);
            painter.setPen(theme.text);
        }
        painter.drawText(rect, Qt::AlignCenter, choice.words);
    }

    const Appearance &m_appearance;
    Ending m_ending;
    std::unique_ptr<RichText> m_words;
    QVector<QRectF> m_rects;
    int m_width = -1, m_height = 0;
    bool m_below = false; // the buttons stand below the sentence
};

class ActionRowItem : public Item
{
public:
    ActionRowItem(const Appearance &appearance, const ActionRow &row) : m_appearance(appearance), m_row(row)
    {}

    int layout(int width) override
    {
        m_width = width;
        m_buttons.clear();
        qreal x = -4;
        const QFontMetricsF metrics(m_appearance.font(FontRole::Small));
        const qreal versionsWidth = metrics.horizontalAdvance(versionWords());
        std::vector<Button> all;
        if (m_row.versions > 1) {
            all.push_back({Action::PreviousVersion,
                           QStringLiteral("chevron-left"),
                           MessageWords::tr("Previous version, %1 of %2").arg(m_row.version).arg(m_row.versions),
                           m_row.canWork && m_row.version > 1,
                           {}});
            all.push_back({Action::NextVersion,
                           QStringLiteral("chevron-right"),
                           MessageWords::tr("Next version, %1 of %2").arg(m_row.version).arg(m_row.versions),
                           m_row.canWork && m_row.version < m_row.versions,
                           {}});
        }
        all.push_back({Action::CopyMessage,
                       QStringLiteral("copy"),
                       m_copied     ? MessageWords::tr("Copied")
                       : m_row.user ? MessageWords::tr("Copy message")
                                    : MessageWords::tr("Copy answer"),
                       true,
                       {}});
        if (!m_row.user && m_row.canRetry)
            all.push_back({Action::Retry, QStringLiteral("retry"), MessageWords::tr("Retry (%1)").arg(actionKeys("chat.retry")), m_row.canWork, {}});
        if (m_row.lens)
            all.push_back({Action::TokenLens, QStringLiteral("lens"), m_row.lensOpen ? MessageWords::tr("Close the token lens (%1)").arg(actionKeys("window.stop")) : MessageWords::tr("Token lens (%1)").arg(actionKeys("chat.lens")), m_row.canWork, {}});
        if (m_row.user && m_row.canRetry)
            all.push_back(
                {Action::Edit, QStringLiteral("edit"), MessageWords::tr("Edit and send again"), m_row.canWork, {}});
        for (Button &button : all) {
            button.rect = QRectF(x, 2, kSmallButton, kSmallButton);
            x += kSmallButton + 2;
            if (button.action == Action::PreviousVersion) {
                m_versionLeft = x;
                x += versionsWidth + 2;
            } else if (button.action == Action::NextVersion) {
                x += 8;
            }
        }
        if (m_row.user) { // stands under the right edge of the bubble
            const qreal shift = width - (x - 2) + 4;
            for (Button &button : all)
                button.rect.translate(shift, 0);
            m_versionLeft += shift;
        }
        m_buttons = all;
        return 28;
    }

    void paint(QPainter &painter, const PaintContext &context) const override
    {
        if (!m_row.always && !context.messageHovered)
            return;
        const Theme &theme = m_appearance.theme();
        painter.setRenderHint(QPainter::Antialiasing);
        for (const Button &button : m_buttons) {
            const bool hovered = button.rect.contains(context.pointer) && button.enabled;
            if (hovered) {
                painter.setPen(Qt::NoPen);
                painter.setBrush(theme.hover);
                painter.drawRoundedRect(button.rect, 6, 6);
            }
            const bool done = m_copied && button.action == Action::CopyMessage;
            const QColor color = done              ? theme.success
                                 : !button.enabled ? theme.disabled
                                 : button.action == Action::TokenLens && m_row.lensOpen ? theme.accentText
                                 : hovered         ? theme.text
                                                   : theme.text2;
            painter.drawPixmap(
                button.rect.topLeft() + QPointF(4, 4),
                m_appearance.pixmap(done ? QStringLiteral("check") : button.icon, 16, color, context.ratio));
        }
        painter.setFont(m_appearance.font(FontRole::Small));
        if (m_row.versions > 1) {
            if (choosesVersions() && versionsRect().contains(context.pointer)) {
                painter.setPen(Qt::NoPen);
                painter.setBrush(theme.hover);
                painter.drawRoundedRect(versionsRect(), 6, 6);
            }
            painter.setPen(theme.text2);
            painter.drawText(QRectF(m_versionLeft, 2, 60, kSmallButton), Qt::AlignVCenter, versionWords());
        }
        if (!m_row.figures.isEmpty() && !m_buttons.empty()) {
            painter.setPen(theme.text3);
            const QRectF room = figuresRoom();
            painter.drawText(room, Qt::AlignVCenter | Qt::AlignRight, ellipsized(m_row.figures, painter.font(), room.width()));
        }
    }

    Hot hotAt(const QPointF &point) const override
    {
        for (const Button &button : m_buttons) {
            if (button.enabled && button.rect.contains(point))
                return {button.action, button.rect, button.tip, QString(), QString()};
        }
        if (choosesVersions() && versionsRect().contains(point))
            return {Action::Custom, versionsRect(), MessageWords::tr("Compare two versions"), QStringLiteral("versions"), QString()};
        // All of them, where they are cut.
        if (!m_row.figures.isEmpty() && figuresRoom().contains(point) &&
            QFontMetricsF(m_appearance.font(FontRole::Small)).horizontalAdvance(m_row.figures) > figuresRoom().width())
            return {Action::None, figuresRoom(), m_row.figures, QString(), QString()};
        return {};
    }
    void markCopied(const Hot &hot, bool copied) override
    {
        if (hot.action == Action::CopyMessage)
            m_copied = copied;
    }

private:
    struct Button
    {
        Action action;
        QString icon;
        QString tip;
        bool enabled;
        QRectF rect;
    };
    QString versionWords() const { return QStringLiteral("%1/%2").arg(m_row.version).arg(m_row.versions); }
    bool choosesVersions() const { return !m_row.user && m_row.versions > 1 && m_row.canWork; }
    QRectF versionsRect() const
    {
        const qreal wide = QFontMetricsF(m_appearance.font(FontRole::Small)).horizontalAdvance(versionWords());
        return QRectF(m_versionLeft - 2, 2, wide + 4, kSmallButton);
    }
    QRectF figuresRoom() const
    {
        const qreal left = m_buttons.empty() ? m_width : m_buttons.back().rect.right() + 16;
        return QRectF(left, 2, std::max<qreal>(0, m_width - left), kSmallButton);
    }

    const Appearance &m_appearance;
    ActionRow m_row;
    std::vector<Button> m_buttons;
    qreal m_versionLeft = 0;
    int m_width = 0;
    bool m_copied = false;
};

class BubbleItem : public Item
{
public:
    BubbleItem(const Appearance &appearance, const QString &text, const QVector<app::AttachmentRecord> &attachments, bool unfolded, const ActionRow &row)
        : m_appearance(appearance), m_text(text), m_chips(appearance, attachments), m_actions(appearance, row)
    {
        m_folds = text.size() > 2 * kFoldedCharacters;
        m_unfolded = unfolded;
        QString shown = m_folds && !unfolded ? text.left(kFoldedCharacters) : text;
        if (!shown.isEmpty() && shown.back().isHighSurrogate())
            shown.chop(1);
        m_cjk = holdsCjk(shown);
        int from = 0;
        while (from < shown.size() || m_pieces.empty()) {
            int end = int(shown.size());
            if (end - from > kPieceCharacters) {
                end = int(shown.lastIndexOf(QLatin1Char('\n'), from + kPieceCharacters));
                if (end <= from)
                    end = std::min(int(shown.size()), from + 4 * kPieceCharacters);
            }
            app::markdown::Text piece;
            piece.text = shown.mid(from, end - from);
            piece.text.replace(QLatin1Char('\n'), QChar::LineSeparator);
            piece.text.remove(QLatin1Char('\r'));
            m_starts.push_back(from);
            m_pieces.push_back(std::make_unique<RichText>(appearance, piece, TextType{}));
            from = end < shown.size() && shown[end] == QLatin1Char('\n') ? end + 1 : end;
            if (end >= shown.size())
                break;
        }
    }

    int layout(int width) override
    {
        if (width == m_width)
            return m_height;
        m_width = width;
        const int room = std::min(kWidestBubble, width) - 2 * kBubblePadX - 2;
        m_chips.layout(room);
        int widest = m_chips.width(), y = padY() + chipsHeight();
        for (auto &piece : m_pieces) {
            const int high = piece->layout(room);
            y += m_text.isEmpty() ? 0 : high;
            widest = std::max(widest, piece->naturalWidth());
        }
        if (m_folds) {
            y += 30;
            widest = std::max(widest, 260);
        }
        m_height = y + padY();
        m_bubble = QRectF(width - widest - 2 * kBubblePadX - 2, 0, widest + 2 * kBubblePadX + 2, m_height);
        m_actions.layout(std::max(0, int(m_bubble.left()) - 4));
        return m_height;
    }

    void paint(QPainter &painter, const PaintContext &context) const override
    {
        PaintContext actions = context;
        actions.pointer -= actionsAt();
        painter.save();
        painter.translate(actionsAt());
        m_actions.paint(painter, actions);
        painter.restore();
        const Theme &theme = m_appearance.theme();
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(theme.border, 1));
        painter.setBrush(theme.raised);
        painter.drawRoundedRect(m_bubble.adjusted(0.5, 0.5, -0.5, -0.5), 11.5, 11.5);
        m_chips.paint(painter, chipsAt(), context.pointer - chipsAt(), context.ratio);
        QPointF at = origin();
        for (size_t i = 0; i < m_pieces.size(); ++i) {
            const int start = m_starts[i];
            m_pieces[i]->paint(painter, at, context.selection, std::max(0, context.from - start),
                               std::clamp(context.to - start, 0, m_pieces[i]->length()), -1, context.marksIn(m_pieces[i]->text(), start));
            at.ry() += m_pieces[i]->height();
        }
        if (m_folds) {
            const QRectF rect = foldRect();
            const bool hovered = rect.contains(context.pointer);
            painter.setFont(m_appearance.font(FontRole::Ui));
            painter.setPen(hovered ? theme.text : theme.accentText);
            painter.drawText(rect, Qt::AlignVCenter | Qt::AlignLeft, foldWords());
        }
    }

    int length() const override { return m_starts.back() + m_pieces.back()->length(); }
    int positionAt(const QPointF &point) const override
    {
        QPointF at = point - origin();
        for (size_t i = 0; i < m_pieces.size(); ++i) {
            if (at.y() < m_pieces[i]->height() || i + 1 == m_pieces.size())
                return m_starts[i] + m_pieces[i]->positionAt(at);
            at.ry() -= m_pieces[i]->height();
        }
        return 0;
    }
    QString text(int from, int to) const override { return m_text.mid(from, to - from); }
    bool isTextAt(const QPointF &point) const override { return m_bubble.contains(point); }
    Hot hotAt(const QPointF &point) const override
    {
        if (m_folds && foldRect().contains(point))
            return hots().first();
        if (Hot chip = m_chips.hotAt(point - chipsAt()); chip.action != Action::None) {
            chip.rect.translate(chipsAt());
            return chip;
        }
        Hot hot = m_actions.hotAt(point - actionsAt());
        hot.rect.translate(actionsAt());
        return hot;
    }
    QVector<Hot> hots() const override
    {
        return m_folds ? QVector<Hot>{{Action::Custom, foldRect(), foldWords(), QStringLiteral("fold"), QString()}} : QVector<Hot>();
    }
    void markCopied(const Hot &hot, bool copied) override { m_actions.markCopied(hot, copied); }

private:
    QPointF actionsAt() const { return QPointF(0, m_height - 34); } // level with the last line
    int padY() const { return (m_cjk ? 8 : 9) + 1; }
    QPointF chipsAt() const { return m_bubble.topLeft() + QPointF(kBubblePadX + 1, padY() + 2); }
    int chipsHeight() const { return m_chips.isEmpty() ? 0 : m_chips.height() + (m_text.isEmpty() ? 4 : 10); }
    QPointF origin() const { return m_bubble.topLeft() + QPointF(kBubblePadX + 1, padY() + chipsHeight()); }
    QRectF foldRect() const
    {
        return QRectF(m_bubble.left() + kBubblePadX + 1, m_bubble.bottom() - padY() - 26, 250, 26);
    }
    QString foldWords() const
    {
        return m_unfolded ? MessageWords::tr("Show less") : MessageWords::tr("Show all %1 characters").arg(withCommas(m_text.size()));
    }

    const Appearance &m_appearance;
    QString m_text;
    AttachmentChips m_chips;
    ActionRowItem m_actions;
    std::vector<std::unique_ptr<RichText>> m_pieces;
    std::vector<int> m_starts;
    QRectF m_bubble;
    int m_width = -1, m_height = 0;
    bool m_cjk = false, m_folds = false, m_unfolded = false;
};

} // namespace

std::unique_ptr<Item> makeBubbleItem(const Appearance &appearance, const QString &text, const QVector<app::AttachmentRecord> &attachments,
                                     bool unfolded, const ActionRow &row)
{
    return std::make_unique<BubbleItem>(appearance, text, attachments, unfolded, row);
}

std::unique_ptr<Item> makeReasoningHead(const Appearance &appearance, const ReasoningHead &head)
{
    return std::make_unique<ReasoningItem>(appearance, head);
}

std::unique_ptr<Item> makeProgressItem(const Appearance &appearance, const Progress &progress)
{
    return std::make_unique<ProgressItem>(appearance, progress);
}

std::unique_ptr<Item> makeEndingItem(const Appearance &appearance, const Ending &ending)
{
    return std::make_unique<EndingItem>(appearance, ending);
}

std::unique_ptr<Item> makeActionRow(const Appearance &appearance, const ActionRow &row)
{
    return std::make_unique<ActionRowItem>(appearance, row);
}

QString durationWords(qint64 ms)
{
    const qint64 seconds = std::max<qint64>(1, (ms + 500) / 1000);
    if (seconds < 60)
        return MessageWords::tr("%1 s").arg(seconds);
    return seconds % 60 ? MessageWords::tr("%1 min %2 s").arg(seconds / 60).arg(seconds % 60)
                        : MessageWords::tr("%1 min").arg(seconds / 60);
}

} // namespace ui
