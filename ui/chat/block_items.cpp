// Items for Markdown blocks: words, code, tables, rules, formulas, each behind its quote bars and list marks.
#include "app/chat/link_target.h"
#include "app/chat/search_words.h"
#include "ui/chat/code_item.h"
#include "ui/chat/formula_item.h"
#include "ui/chat/item.h"
#include "ui/chat/rich_text.h"
#include "ui/chat/table_item.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace ui {

namespace {

using app::markdown::Block;
using app::markdown::BlockKind;
using app::markdown::Container;

qint64 g_itemsMade = 0; // GUI thread only

constexpr int kQuoteIndent = 16;
constexpr int kListIndent = 26;

// What a block stands in: bars of quotes and marks of list items, painted left of it.
class Frame
{
public:
    explicit Frame(const QVector<Container> &containers) : m_containers(containers) {}

    int indent() const
    {
        int px = 0;
        for (const Container &container : m_containers)
            px += container.kind == Container::Quote ? kQuoteIndent : kListIndent;
        return px;
    }

    void paint(QPainter &painter, const PaintContext &context, int height, int above, int lineHeight,
               int barsAbove, int markTop) const
    {
        const Theme &theme = context.appearance.theme();
        int x = 0;
        int quotes = 0;
        int bullets = 0;
        painter.setRenderHint(QPainter::Antialiasing);
        for (const Container &container : m_containers) {
            if (container.kind == Container::Quote) {
                ++quotes;
                const int up = quotes <= barsAbove ? above : 0;
                painter.fillRect(QRectF(x, -up, 3, height + up), theme.borderStrong);
                x += kQuoteIndent;
                continue;
            }
            ++bullets;
            if (container.begins)
                paintMark(painter, context, container, x, markTop, lineHeight, bullets);
            x += kListIndent;
        }
    }

private:
    static void paintMark(QPainter &painter, const PaintContext &context, const Container &container, int x,
                          int top, int lineHeight, int depth)
    {
        const Theme &theme = context.appearance.theme();
        const qreal middle = top + lineHeight / 2.0 + 0.5;
        switch (container.kind) {
        case Container::Bullet:
            if (container.footnote) // its name stands in front of its words
                break;
            painter.setPen(QPen(theme.text2, 1.2));
            painter.setBrush(depth % 3 == 2 ? QBrush(Qt::NoBrush) : QBrush(theme.text2));
            if (depth % 3 == 0)
                painter.drawRect(QRectF(x + 9, middle - 2, 4, 4));
            else
                painter.drawEllipse(QPointF(x + 11, middle), 2.2, 2.2);
            break;
        case Container::Number:
            painter.setFont(context.appearance.font(FontRole::Reading));
            painter.setPen(theme.text2);
            painter.drawText(QRectF(x - 60, top, 60 + kListIndent - 7, lineHeight),
                             Qt::AlignRight | Qt::AlignVCenter,
                             container.footnote ? QStringLiteral("[%1]").arg(container.number) : QStringLiteral("%1.").arg(container.number));
            break;
        case Container::TaskOpen:
        case Container::TaskDone: {
            const QRectF box(x + 3.5, std::round(middle - 7.5) + 0.5, 14, 14);
            const bool done = container.kind == Container::TaskDone;
            painter.setPen(QPen(done ? theme.accent : theme.control, 1.5));
            painter.setBrush(done ? QBrush(theme.accent) : QBrush(Qt::NoBrush));
            painter.drawRoundedRect(box, 3.5, 3.5);
            if (done) {
                painter.setPen(QPen(theme.onAccent, 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
                painter.drawPolyline(
                    QPolygonF({box.topLeft() + QPointF(3.2, 7.4), box.topLeft() + QPointF(5.9, 10.2),
                               box.topLeft() + QPointF(10.8, 4.4)}));
            }
            break;
        }
        default:
            break;
        }
    }

    QVector<Container> m_containers;
};

class WordsItem : public Item
{
public:
    WordsItem(const Appearance &appearance, const app::markdown::Text &text, const TextType &type)
        : m_text(appearance, text, type)
    {}

    int layout(int width) override
    {
        if (width != m_width) {
            m_width = width;
            m_text.layout(width);
        }
        return m_text.height();
    }
    void paint(QPainter &painter, const PaintContext &context) const override
    {
        m_text.paint(painter, QPointF(0, 0), context.selection, context.from, context.to,
                     m_text.linkAt(context.pointer), context.marksIn(m_text.text()));
    }
    int length() const override { return m_text.length(); }
    int positionAt(const QPointF &point) const override { return m_text.positionAt(point); }
    QString text(int from, int to) const override
    {
        QString words = m_text.text().mid(from, to - from);
        words.replace(QChar::LineSeparator, QLatin1Char('\n'));
        return words;
    }
    Hot hotAt(const QPointF &point) const override
    {
        const int link = m_text.linkAt(point);
        if (link < 0)
            return {Action::None, QRectF(point, QSizeF(1, 1)), m_text.formulaErrorAt(point), {}, {}, {}};
        return linkHot(point, m_text.link(link), m_text.linkWords(link));
    }
    QVector<Hot> hots() const override
    {
        QVector<Hot> all;
        for (int i = 0; i < m_text.source().links.size(); ++i)
            all << linkHot({}, m_text.link(i), m_text.linkWords(i));
        return all;
    }
    bool isTextAt(const QPointF &point) const override
    {
        return point.y() >= 0 && point.y() < m_text.height() && point.x() >= 0 &&
               point.x() <= m_text.naturalWidth();
    }
    bool takeFormulas() override
    {
        if (!m_text.takeFormulas())
            return false;
        m_width = -1;
        return true;
    }
    int markTop() const override { return m_text.firstLineTop(); }
    int lineHeight() const { return m_text.lineHeight(); }

private:
    RichText m_text;
    int m_width = -1;
};

class RuleItem : public Item
{
public:
    int layout(int width) override
    {
        m_width = width;
        return 17;
    }
    void paint(QPainter &painter, const PaintContext &context) const override
    {
        painter.fillRect(QRectF(0, 8, m_width, 1), context.appearance.theme().borderStrong);
    }

private:
    int m_width = 0;
};

// A block with its frame; passes everything on, moved by the indentation.
class FramedItem : public Item
{
public:
    FramedItem(std::unique_ptr<Item> inner, const Block &block, int lineHeight)
        : m_inner(std::move(inner)), m_frame(block.containers), m_indent(m_frame.indent()),
          m_lineHeight(lineHeight)
    {
        const app::markdown::Container &item = block.containers.last();
        if (!item.footnote || !item.begins)
            return;
        const QString label = item.kind == Container::Number ? QString::number(item.number) : block.text.text.section(QLatin1Char(':'), 0, 0);
        m_anchor = app::markdown::kFootnoteLink.toString() + label;
    }

    int layout(int width) override
    {
        m_height = m_inner->layout(std::max(40, width - m_indent));
        return m_height;
    }
    void paint(QPainter &painter, const PaintContext &context) const override
    {
        m_frame.paint(painter, context, m_height, gapAbove, m_lineHeight, barsAbove, m_inner->markTop());
        PaintContext inner = context;
        inner.pointer -= offset();
        inner.clip.translate(-offset());
        painter.save();
        painter.translate(offset());
        m_inner->paint(painter, inner);
        painter.restore();
    }
    int length() const override { return m_inner->length(); }
    int positionAt(const QPointF &point) const override { return m_inner->positionAt(point - offset()); }
    QString text(int from, int to) const override { return m_inner->text(from, to); }
    Hot hotAt(const QPointF &point) const override
    {
        Hot hot = m_inner->hotAt(point - offset());
        hot.rect.translate(offset());
        return hot;
    }
    QVector<Hot> hots() const override { return m_inner->hots(); }
    bool isTextAt(const QPointF &point) const override { return m_inner->isTextAt(point - offset()); }
    bool scrollSideways(int delta) override { return m_inner->scrollSideways(delta); }
    bool toggle(const Hot &hot) override { return m_inner->toggle(hot); }
    QString anchor() const override { return m_anchor; }
    bool takeFormulas() override { return m_inner->takeFormulas(); }
    void markCopied(const Hot &hot, bool copied) override { m_inner->markCopied(hot, copied); }
    Item *inner() const { return m_inner.get(); }

private:
    QPointF offset() const { return QPointF(m_indent, 0); }

    std::unique_ptr<Item> m_inner;
    Frame m_frame;
    int m_indent;
    int m_lineHeight;
    int m_height = 0;
    QString m_anchor;
};

Item *innermost(Item *item)
{
    auto *framed = dynamic_cast<FramedItem *>(item);
    return framed ? framed->inner() : item;
}

FontRole headingRole(int level)
{
    return level == 1 ? FontRole::Heading1 : level == 2 ? FontRole::Heading2 : FontRole::ReadingBold;
}

int sharedQuotes(const Block &above, const Block &below)
{
    int quotes = 0;
    const qsizetype depth = std::min(above.containers.size(), below.containers.size());
    for (qsizetype i = 0; i < depth; ++i) {
        const bool bothQuote =
            above.containers[i].kind == Container::Quote && below.containers[i].kind == Container::Quote;
        if (below.containers[i].begins)
            break;
        if (bothQuote)
            ++quotes;
    }
    return quotes;
}

} // namespace

Hot linkHot(const QPointF &point, const QString &url, const QString &words)
{
    const bool inside = url.startsWith(app::markdown::kFootnoteLink);
    return {Action::OpenLink, QRectF(point, QSizeF(1, 1)), inside ? QString() : app::linkTarget(url, words).words, url, {}, words};
}

std::unique_ptr<Item> makeBlockItem(const Appearance &appearance, const Block &block, const BlockType &type,
                                    Item *previous)
{
    ++g_itemsMade;
    std::unique_ptr<Item> item;
    int lineHeight = appearance.lineHeight(type.role);
    switch (block.kind) {
    case BlockKind::Paragraph:
    case BlockKind::Heading: {
        TextType text{type.role, type.color, false};
        if (!block.containers.isEmpty() && block.containers.last().footnote && type.role == FontRole::Reading)
            text = {FontRole::Reasoning, &Theme::text2, false}; // footnotes are smaller
        if (block.kind == BlockKind::Heading && type.role == FontRole::Reading)
            text.role = headingRole(block.level);
        else if (block.kind == BlockKind::Heading)
            text.bold = true;
        auto words = std::make_unique<WordsItem>(appearance, block.text, text);
        lineHeight = words->lineHeight();
        item = std::move(words);
        break;
    }
    case BlockKind::Code:
        item = makeCodeItem(appearance, block.language, block.code, innermost(previous));
        break;
    case BlockKind::Table:
        item = makeTableItem(appearance, block, innermost(previous));
        break;
    case BlockKind::Rule:
        item = std::make_unique<RuleItem>();
        break;
    case BlockKind::Formula:
        item = makeFormulaItem(appearance, block.code, block.open);
        break;
    }
    if (!block.containers.isEmpty())
        item = std::make_unique<FramedItem>(std::move(item), block, lineHeight);
    return item;
}

int blockGap(const Block &above, const Block &below)
{
    const auto isBox = [](const Block &block) {
        return block.kind == BlockKind::Code || block.kind == BlockKind::Table;
    };
    if (below.continued)
        return 4;
    if (below.kind == BlockKind::Heading)
        return above.kind == BlockKind::Heading ? 12 : 20;
    if (above.kind == BlockKind::Heading)
        return 8;
    if (isBox(above) && isBox(below))
        return 16;
    if (below.kind == BlockKind::Rule || above.kind == BlockKind::Rule)
        return 8;
    const bool inList = !above.containers.isEmpty() && !below.containers.isEmpty();
    if (inList && !isBox(above) && !isBox(below))
        return below.tight && !below.separated ? 4 : 8;
    if (!below.containers.isEmpty() && below.containers.last().kind != Container::Quote && !isBox(below) &&
        !isBox(above))
        return 8; // a list belongs to the words above it
    return 12;
}

QVector<QPair<int, int>> PaintContext::marksIn(const QString &text, int start) const
{
    QVector<QPair<int, int>> marks = found.isEmpty() ? QVector<QPair<int, int>>() : app::placesOf(text, found);
    for (const auto &[begin, length] : differences) {
        const int from = std::max(begin - start, 0), to = std::min(begin + length - start, int(text.size()));
        if (to > from)
            marks.append({from, to - from});
    }
    return marks;
}

qint64 blockItemsMade()
{
    return g_itemsMade;
}

int sharedQuoteBars(const Block &above, const Block &below)
{
    return sharedQuotes(above, below);
}

} // namespace ui
