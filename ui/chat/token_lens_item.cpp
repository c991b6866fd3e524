#include "ui/chat/token_lens_item.h"

#include <QCoreApplication>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace ui {

TokenLensItem::TokenLensItem(const Appearance &appearance, std::shared_ptr<const app::TokenLens> lens, int first, int last, const TextType &type,
                             bool doubt)
    : m_appearance(appearance), m_lens(std::move(lens)), m_first(first), m_last(last), m_doubt(doubt), m_blockOf(std::size_t(std::max(0, last - first)), -1)
{
    for (LensParagraph &paragraph : lensParagraphs(*m_lens, first, last)) {
        app::markdown::Text text;
        text.text = paragraph.text;
        for (const LensParagraph::Piece &piece : paragraph.pieces) {
            if (int &block = m_blockOf[std::size_t(piece.token - first)]; block < 0)
                block = int(m_blocks.size());
        }
        auto words = std::make_unique<RichText>(appearance, text, type);
        m_lineHeight = std::max(m_lineHeight, words->lineHeight());
        m_blocks.push_back({std::move(paragraph), std::move(words), 0});
    }
}

int TokenLensItem::layout(int width)
{
    if (width != m_width) {
        m_width = width;
        int y = 0;
        for (Block &block : m_blocks) {
            block.y = y;
            y += block.words->layout(width);
        }
        m_height = y;
        setCurrent(m_current, m_room);
    }
    return m_height + m_room;
}

QRectF TokenLensItem::rectOf(const Block &block, const LensParagraph::Piece &piece) const
{
    QRectF rect = block.words->boundsOf(piece.from, piece.to);
    if (piece.parts > 1) {
        const qreal width = rect.width() / piece.parts;
        rect = QRectF(rect.left() + piece.part * width, rect.top(), width, rect.height());
    }
    if (rect.width() < 4)
        rect.setWidth(4);
    return rect.translated(0, block.y);
}

TokenLensItem::Place TokenLensItem::placeOf(int token) const
{
    const int block = holds(token) ? m_blockOf[std::size_t(token - m_first)] : -1;
    if (block < 0)
        return {};
    const auto &pieces = m_blocks[std::size_t(block)].paragraph.pieces;
    const auto piece = std::lower_bound(pieces.begin(), pieces.end(), token, [](const LensParagraph::Piece &p, int t) { return p.token < t; });
    return {block, rectOf(m_blocks[std::size_t(block)], *piece)};
}

QRectF TokenLensItem::rectOf(int token) const
{
    const Place place = placeOf(token);
    if (place.block < 0)
        return {};
    return m_room > 0 && place.rect.top() >= m_roomAt ? place.rect.translated(0, m_room) : place.rect;
}

void TokenLensItem::setCurrent(int token, int room)
{
    const Place place = placeOf(token);
    m_current = place.block < 0 ? -1 : token;
    m_room = m_current < 0 ? 0 : room;
    m_roomAt = place.rect.bottom();
}

int TokenLensItem::tokenAt(const QPointF &point) const
{
    qreal y = point.y();
    if (m_room > 0 && y >= m_roomAt) {
        if (y < m_roomAt + m_room)
            return -1;
        y -= m_room;
    }
    auto block = std::upper_bound(m_blocks.begin(), m_blocks.end(), y, [](qreal at, const Block &b) { return at < b.y; });
    if (block == m_blocks.begin())
        return -1;
    --block;
    const QPointF inBlock(point.x(), y - block->y);
    if (inBlock.y() >= block->words->height())
        return -1;
    const int position = block->words->positionAt(inBlock);
    const auto &pieces = block->paragraph.pieces;
    // Those that end before it cannot be under the point, nor can those that begin behind.
    auto piece = std::lower_bound(pieces.begin(), pieces.end(), position, [](const LensParagraph::Piece &p, int at) { return p.to < at; });
    for (; piece != pieces.end() && piece->from <= position; ++piece) {
        if (rectOf(*block, *piece).contains(QPointF(point.x(), y)))
            return piece->token;
    }
    return -1;
}

Hot TokenLensItem::hotAt(const QPointF &point) const
{
    const int token = tokenAt(point);
    if (token < 0)
        return {};
    return {Action::Custom, rectOf(token), QString(), QStringLiteral("token:%1").arg(token), QString()};
}

void TokenLensItem::paintDoubt(QPainter &painter, const QRectF &rect) const
{
    QPainterPath wave;
    const qreal y = std::round(rect.bottom()) - 2.5;
    wave.moveTo(rect.left(), y);
    bool up = true;
    for (qreal x = rect.left(); x < rect.right(); x += 2, up = !up)
        wave.lineTo(std::min(x + 2, rect.right()), y + (up ? -1.5 : 1.0));
    painter.setPen(QPen(m_appearance.theme().warn, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(wave);
}

void TokenLensItem::paintBlocks(QPainter &painter, const PaintContext &context, qreal from, qreal to) const
{
    const Theme &theme = m_appearance.theme();
    for (std::size_t i = 0; i < m_blocks.size(); ++i) {
        const Block &block = m_blocks[i];
        if (block.y + block.words->height() <= from)
            continue;
        if (block.y >= to)
            break;
        // The grounds of all pieces of the current token, which may go over lines.
        for (const LensParagraph::Piece &piece : block.paragraph.pieces) {
            if (piece.token != m_current)
                continue;
            const QRectF ground = rectOf(block, piece).adjusted(-0.5, 1, 0.5, -1);
            painter.setPen(QPen(theme.accent, 1));
            painter.setBrush(theme.accentSoft);
            painter.drawRoundedRect(ground, 3, 3);
        }
        block.words->paint(painter, QPointF(0, block.y), context.selection);
        if (!m_doubt)
            continue;
        for (const LensParagraph::Piece &piece : block.paragraph.pieces) {
            if (app::isUnsure(*m_lens, m_lens->tokens[std::size_t(piece.token)]))
                paintDoubt(painter, rectOf(block, piece));
        }
    }
}

void TokenLensItem::paint(QPainter &painter, const PaintContext &context) const
{
    painter.setRenderHint(QPainter::Antialiasing);
    if (m_room == 0) {
        paintBlocks(painter, context, context.clip.top(), context.clip.bottom());
        return;
    }
    painter.save();
    painter.setClipRect(QRectF(-4, -4, m_width + 8, m_roomAt + 4), Qt::IntersectClip);
    paintBlocks(painter, context, context.clip.top(), std::min(context.clip.bottom(), m_roomAt));
    painter.restore();
    painter.save();
    painter.translate(0, m_room);
    painter.setClipRect(QRectF(-4, m_roomAt, m_width + 8, m_height - m_roomAt + 4), Qt::IntersectClip);
    paintBlocks(painter, context, std::max(m_roomAt, context.clip.top() - m_room), context.clip.bottom() - m_room);
    painter.restore();
}

QString TokenLensItem::accessibleText() const
{
    QString text;
    for (const Block &block : m_blocks)
        text += block.paragraph.text;
    return text;
}

} // namespace ui
